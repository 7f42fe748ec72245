//! `Permissions-Policy` (W3C): which features of the browser a page and its frames may use.

use std::borrow::Cow;

use http::HeaderName;

use super::error::InvalidSecurityHeaders;
use super::field::Field;
use crate::fields::structured;

/// `Permissions-Policy`: who may use which [`Feature`].
///
/// # Example
///
/// ```
/// use tower_egress::security_headers::{Allowed, Feature, Field, PermissionsPolicy};
///
/// let policy = PermissionsPolicy::new(Feature::CAMERA, Allowed::nobody())
///     .feature(Feature::FULLSCREEN, Allowed::page())
///     .feature(Feature::GEOLOCATION, Allowed::page().and("https://maps.example")?);
/// assert_eq!(
///     Field::from(policy).value(),
///     "camera=(), fullscreen=(self), geolocation=(self \"https://maps.example\")",
/// );
/// # Ok::<(), tower_egress::security_headers::InvalidSecurityHeaders>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[must_use]
pub struct PermissionsPolicy {
    features: Vec<(Feature, Allowed)>,
}

impl PermissionsPolicy {
    /// Says who may use this feature. Every other feature is as its specification has it.
    pub fn new(feature: Feature, allowed: Allowed) -> Self {
        Self {
            features: vec![(feature, allowed)],
        }
    }

    /// Nobody has the camera, the microphone, the place, payments or USB.
    pub fn cautious() -> Self {
        [
            Feature::MICROPHONE,
            Feature::GEOLOCATION,
            Feature::PAYMENT,
            Feature::USB,
        ]
        .into_iter()
        .fold(
            Self::new(Feature::CAMERA, Allowed::nobody()),
            |policy, feature| policy.feature(feature, Allowed::nobody()),
        )
    }

    /// Says who may use a feature, instead of what was said of it before.
    pub fn feature(mut self, feature: Feature, allowed: Allowed) -> Self {
        match self
            .features
            .iter_mut()
            .find(|(known, _)| *known == feature)
        {
            Some((_, before)) => *before = allowed,
            None => self.features.push((feature, allowed)),
        }
        self
    }
}

impl From<PermissionsPolicy> for Field {
    fn from(policy: PermissionsPolicy) -> Self {
        let member =
            |(feature, allowed): &(Feature, Allowed)| format!("{}={}", feature.0, allowed.text());
        let members: Vec<_> = policy.features.iter().map(member).collect();
        Self::new(PERMISSIONS_POLICY, members.join(", "))
    }
}

/// Who may use a feature.
#[derive(Clone, Debug, Eq, PartialEq)]
#[must_use]
pub struct Allowed(Who);

#[derive(Clone, Debug, Eq, PartialEq)]
enum Who {
    Everybody,
    /// In the order in which they are written.
    These(Vec<String>),
}

impl Allowed {
    /// The page and every frame in it.
    pub const fn everybody() -> Self {
        Self(Who::Everybody)
    }

    /// Not even the page.
    pub const fn nobody() -> Self {
        Self(Who::These(Vec::new()))
    }

    /// The page, and frames of its origin.
    pub fn page() -> Self {
        Self(Who::These(vec!["self".to_owned()]))
    }

    /// Frames of this origin too.
    ///
    /// # Errors
    ///
    /// [`InvalidSecurityHeaders::Origin`]: it is not a scheme, a host and perhaps a port.
    pub fn and(mut self, origin: &str) -> Result<Self, InvalidSecurityHeaders> {
        if !is_origin(origin) {
            return Err(InvalidSecurityHeaders::Origin {
                origin: origin.to_owned(),
            });
        }
        if let Who::These(these) = &mut self.0 {
            let mut quoted = String::new();
            structured::write_string(&mut quoted, origin);
            these.push(quoted);
        }
        Ok(self)
    }

    fn text(&self) -> String {
        match &self.0 {
            Who::Everybody => "*".to_owned(),
            Who::These(these) => format!("({})", these.join(" ")),
        }
    }
}

/// A scheme, a host and perhaps a port, in ASCII; the first label of the host may be `*`.
fn is_origin(text: &str) -> bool {
    let Some((scheme, authority)) = text.split_once("://") else {
        return false;
    };
    let (host, port) = authority.split_once(':').unwrap_or((authority, "0"));
    let is_label = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    matches!(scheme, "https" | "http")
        && host
            .strip_prefix("*.")
            .unwrap_or(host)
            .split('.')
            .all(is_label)
        && !port.is_empty()
        && port.bytes().all(|byte| byte.is_ascii_digit())
}

/// A feature of the browser.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Feature(Cow<'static, str>);

macro_rules! features {
    ($($name:ident = $token:literal,)*) => {
        /// Those that are registered and that browsers know.
        impl Feature {
            $(
                #[doc = concat!("`", $token, "`.")]
                pub const $name: Self = Self(Cow::Borrowed($token));
            )*
        }
    };
}

features! {
    ACCELEROMETER = "accelerometer",
    AUTOPLAY = "autoplay",
    BLUETOOTH = "bluetooth",
    CAMERA = "camera",
    CLIPBOARD_READ = "clipboard-read",
    CLIPBOARD_WRITE = "clipboard-write",
    CROSS_ORIGIN_ISOLATED = "cross-origin-isolated",
    DISPLAY_CAPTURE = "display-capture",
    ENCRYPTED_MEDIA = "encrypted-media",
    FULLSCREEN = "fullscreen",
    GAMEPAD = "gamepad",
    GEOLOCATION = "geolocation",
    GYROSCOPE = "gyroscope",
    HID = "hid",
    IDENTITY_CREDENTIALS_GET = "identity-credentials-get",
    IDLE_DETECTION = "idle-detection",
    KEYBOARD_MAP = "keyboard-map",
    LOCAL_FONTS = "local-fonts",
    MAGNETOMETER = "magnetometer",
    MICROPHONE = "microphone",
    MIDI = "midi",
    PAYMENT = "payment",
    PICTURE_IN_PICTURE = "picture-in-picture",
    PUBLICKEY_CREDENTIALS_CREATE = "publickey-credentials-create",
    PUBLICKEY_CREDENTIALS_GET = "publickey-credentials-get",
    SCREEN_WAKE_LOCK = "screen-wake-lock",
    SERIAL = "serial",
    STORAGE_ACCESS = "storage-access",
    SYNC_XHR = "sync-xhr",
    UNLOAD = "unload",
    USB = "usb",
    WINDOW_MANAGEMENT = "window-management",
    XR_SPATIAL_TRACKING = "xr-spatial-tracking",
}

impl Feature {
    /// A feature that is not listed here. Browsers that do not know it say so on their console.
    ///
    /// # Errors
    ///
    /// [`InvalidSecurityHeaders::Feature`]: the name is no key of a structured field.
    pub fn raw(name: &str) -> Result<Self, InvalidSecurityHeaders> {
        if !structured::is_key(name) {
            return Err(InvalidSecurityHeaders::Feature {
                name: name.to_owned(),
            });
        }
        Ok(Self(Cow::Owned(name.to_owned())))
    }
}

const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
