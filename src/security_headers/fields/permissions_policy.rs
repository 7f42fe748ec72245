//! `Permissions-Policy` (W3C): which features of the browser a page and its frames may use.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use http::HeaderName;

use super::host;
use crate::fields::structured;
use crate::security_headers::error::InvalidSecurityHeaders;

/// `Permissions-Policy`: who may use which [`PermissionsFeature`].
///
/// # Example
///
/// ```
/// use tower_egress::security_headers::{
///     PermissionsAllowlist, PermissionsFeature, PermissionsPolicy,
/// };
///
/// let maps = PermissionsAllowlist::same_origin().and("https://maps.example")?;
/// let policy = PermissionsPolicy::new(PermissionsFeature::CAMERA, PermissionsAllowlist::nobody())
///     .feature(PermissionsFeature::FULLSCREEN, PermissionsAllowlist::same_origin())
///     .feature(PermissionsFeature::GEOLOCATION, maps);
/// assert_eq!(
///     policy.to_string(),
///     "camera=(), fullscreen=(self), geolocation=(self \"https://maps.example\")",
/// );
/// # Ok::<(), tower_egress::security_headers::InvalidSecurityHeaders>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[must_use]
pub struct PermissionsPolicy {
    features: Vec<(PermissionsFeature, PermissionsAllowlist)>,
}

impl PermissionsPolicy {
    /// Says who may use this feature. Every other feature keeps the default of its specification.
    pub fn new(feature: PermissionsFeature, allowed: PermissionsAllowlist) -> Self {
        Self {
            features: vec![(feature, allowed)],
        }
    }

    /// Nobody may use the camera, the microphone, geolocation, payments or USB.
    pub fn cautious() -> Self {
        let nobody = PermissionsAllowlist::nobody;
        Self::new(PermissionsFeature::CAMERA, nobody())
            .feature(PermissionsFeature::MICROPHONE, nobody())
            .feature(PermissionsFeature::GEOLOCATION, nobody())
            .feature(PermissionsFeature::PAYMENT, nobody())
            .feature(PermissionsFeature::USB, nobody())
    }

    /// Says who may use a feature, instead of what the policy said of it before.
    pub fn feature(mut self, feature: PermissionsFeature, allowed: PermissionsAllowlist) -> Self {
        let mut features = self.features.iter_mut();
        match features.find(|(known, _)| *known == feature) {
            Some((_, before)) => *before = allowed,
            None => self.features.push((feature, allowed)),
        }
        self
    }
}

/// The value that is sent.
impl fmt::Display for PermissionsPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (feature, allowed)) in self.features.iter().enumerate() {
            let separator = if place > 0 { ", " } else { "" };
            write!(f, "{separator}{feature}={allowed}")?;
        }
        Ok(())
    }
}

impl_field!(PermissionsPolicy, NAME);

/// Who may use a feature: an allowlist of origins.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[must_use]
pub struct PermissionsAllowlist(Allowed);

#[derive(Clone, Debug, Eq, Hash, PartialEq)]
enum Allowed {
    Everybody,
    /// In the order in which they are written.
    Origins(Vec<String>),
}

impl PermissionsAllowlist {
    /// `*`: the page and every frame in it.
    pub const fn everybody() -> Self {
        Self(Allowed::Everybody)
    }

    /// `()`: not even the page.
    pub const fn nobody() -> Self {
        Self(Allowed::Origins(Vec::new()))
    }

    /// `(self)`: the page, and frames of its origin.
    pub fn same_origin() -> Self {
        Self(Allowed::Origins(vec!["self".to_owned()]))
    }

    /// Frames of this origin too.
    ///
    /// # Errors
    ///
    /// - [`InvalidSecurityHeaders::Origin`]: it is not a scheme, a host and perhaps a port.
    /// - [`InvalidSecurityHeaders::OriginBesideEverybody`]: everybody may use the feature already.
    pub fn and(mut self, origin: &str) -> Result<Self, InvalidSecurityHeaders> {
        if !is_origin(origin) {
            return Err(InvalidSecurityHeaders::Origin {
                origin: origin.to_owned(),
            });
        }
        let Allowed::Origins(origins) = &mut self.0 else {
            return Err(InvalidSecurityHeaders::OriginBesideEverybody {
                origin: origin.to_owned(),
            });
        };
        let mut quoted = String::new();
        structured::write_string(&mut quoted, origin);
        if !origins.contains(&quoted) {
            origins.push(quoted);
        }
        Ok(self)
    }
}

/// The list as it is sent.
impl fmt::Display for PermissionsAllowlist {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Allowed::Everybody => f.write_str("*"),
            Allowed::Origins(origins) => write!(f, "({})", origins.join(" ")),
        }
    }
}

/// A scheme, a host and perhaps a port, in ASCII; the first label of the host may be `*`.
fn is_origin(text: &str) -> bool {
    let Some((scheme, authority)) = text.split_once("://") else {
        return false;
    };
    let (host, port) = authority.split_once(':').unwrap_or((authority, "0"));
    matches!(scheme, "https" | "http")
        && host::is_host(host::without_wildcard(host))
        && host::is_port(port)
}

/// A feature of the browser. A feature that has no constant is parsed from its name:
/// `"x-new".parse()?`.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct PermissionsFeature(Cow<'static, str>);

macro_rules! features {
    ($($name:ident = $token:literal,)*) => {
        /// The registered features that browsers know.
        impl PermissionsFeature {
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

impl PermissionsFeature {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Reads the name of a feature, listed here or not. Browsers that do not know it say so on their
/// console.
///
/// Refuses a name that is not a key of a structured field
/// ([`Feature`](InvalidSecurityHeaders::Feature)).
impl FromStr for PermissionsFeature {
    type Err = InvalidSecurityHeaders;

    fn from_str(name: &str) -> Result<Self, InvalidSecurityHeaders> {
        if !structured::is_key(name) {
            return Err(InvalidSecurityHeaders::Feature {
                name: name.to_owned(),
            });
        }
        Ok(Self(Cow::Owned(name.to_owned())))
    }
}

impl_display!(PermissionsFeature);

const NAME: HeaderName = HeaderName::from_static("permissions-policy");
