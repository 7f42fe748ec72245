//! Directives, and what may stand in one.

use super::source;
use crate::security_headers::error::InvalidSecurityHeaders;

/// A directive that has a list of sources.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Directive {
    /// `base-uri`: what `<base>` may say.
    BaseUri,
    /// `child-src`: frames and workers, where they have no directive of their own.
    ChildSrc,
    /// `connect-src`: what scripts may ask for.
    ConnectSrc,
    /// `default-src`: all that is loaded and has no directive of its own.
    DefaultSrc,
    /// `fenced-frame-src`: fenced frames.
    FencedFrameSrc,
    /// `font-src`: fonts.
    FontSrc,
    /// `form-action`: where forms may be sent.
    FormAction,
    /// `frame-ancestors`: who may show the page in a frame. Only in the field, never in a `<meta>`.
    FrameAncestors,
    /// `frame-src`: frames.
    FrameSrc,
    /// `img-src`: pictures.
    ImgSrc,
    /// `manifest-src`: application manifests.
    ManifestSrc,
    /// `media-src`: sound and film.
    MediaSrc,
    /// `object-src`: plug-ins.
    ObjectSrc,
    /// `script-src`: scripts.
    ScriptSrc,
    /// `script-src-attr`: scripts in attributes.
    ScriptSrcAttr,
    /// `script-src-elem`: scripts in elements.
    ScriptSrcElem,
    /// `style-src`: style sheets.
    StyleSrc,
    /// `style-src-attr`: styles in attributes.
    StyleSrcAttr,
    /// `style-src-elem`: styles in elements.
    StyleSrcElem,
    /// `worker-src`: workers.
    WorkerSrc,
}

impl Directive {
    /// The name in a policy.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BaseUri => "base-uri",
            Self::ChildSrc => "child-src",
            Self::ConnectSrc => "connect-src",
            Self::DefaultSrc => "default-src",
            Self::FencedFrameSrc => "fenced-frame-src",
            Self::FontSrc => "font-src",
            Self::FormAction => "form-action",
            Self::FrameAncestors => "frame-ancestors",
            Self::FrameSrc => "frame-src",
            Self::ImgSrc => "img-src",
            Self::ManifestSrc => "manifest-src",
            Self::MediaSrc => "media-src",
            Self::ObjectSrc => "object-src",
            Self::ScriptSrc => "script-src",
            Self::ScriptSrcAttr => "script-src-attr",
            Self::ScriptSrcElem => "script-src-elem",
            Self::StyleSrc => "style-src",
            Self::StyleSrcAttr => "style-src-attr",
            Self::StyleSrcElem => "style-src-elem",
            Self::WorkerSrc => "worker-src",
        }
    }
}

impl_display!(Directive);

/// What a page in a sandbox may do nevertheless.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Sandbox {
    /// Start downloads.
    AllowDownloads,
    /// Send forms.
    AllowForms,
    /// Open dialogs.
    AllowModals,
    /// Lock the orientation of the screen.
    AllowOrientationLock,
    /// Lock the pointer.
    AllowPointerLock,
    /// Open windows.
    AllowPopups,
    /// Open windows that are in no sandbox.
    AllowPopupsToEscapeSandbox,
    /// Present on another screen.
    AllowPresentation,
    /// Keep its origin.
    AllowSameOrigin,
    /// Run scripts.
    AllowScripts,
    /// Ask for the storage of its origin.
    AllowStorageAccessByUserActivation,
    /// Change what the window shows.
    AllowTopNavigation,
    /// Change what the window shows, when the user clicks.
    AllowTopNavigationByUserActivation,
}

impl Sandbox {
    /// The word in a policy.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AllowDownloads => "allow-downloads",
            Self::AllowForms => "allow-forms",
            Self::AllowModals => "allow-modals",
            Self::AllowOrientationLock => "allow-orientation-lock",
            Self::AllowPointerLock => "allow-pointer-lock",
            Self::AllowPopups => "allow-popups",
            Self::AllowPopupsToEscapeSandbox => "allow-popups-to-escape-sandbox",
            Self::AllowPresentation => "allow-presentation",
            Self::AllowSameOrigin => "allow-same-origin",
            Self::AllowScripts => "allow-scripts",
            Self::AllowStorageAccessByUserActivation => "allow-storage-access-by-user-activation",
            Self::AllowTopNavigation => "allow-top-navigation",
            Self::AllowTopNavigationByUserActivation => "allow-top-navigation-by-user-activation",
        }
    }
}

impl_display!(Sandbox);

/// ```text
/// directive-name = 1*( ALPHA / DIGIT / "-" )
/// ```
///
/// of which only what names have is taken: lower-case words with single hyphens between.
pub(super) fn check_name(name: &str) -> Result<(), InvalidSecurityHeaders> {
    let is_word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    if name.split('-').all(is_word) {
        return Ok(());
    }
    Err(InvalidSecurityHeaders::DirectiveName {
        name: name.to_owned(),
    })
}

/// CSP3 §2.3:
///
/// ```text
/// directive-value = *( required-ascii-whitespace / ( %x21-%x2B / %x2D-%x3A / %x3C-%x7E ) )
/// ```
///
/// which is all but `,` and `;`, of which the one ends a policy and the other a directive.
pub(super) fn check_value(directive: &str, value: &str) -> Result<(), InvalidSecurityHeaders> {
    let is_sound = |byte: u8| matches!(byte, b' ' | 0x21..=0x2b | 0x2d..=0x3a | 0x3c..=0x7e);
    if value.trim().is_empty() || !value.bytes().all(is_sound) {
        return Err(InvalidSecurityHeaders::DirectiveValue {
            directive: directive.to_owned(),
            value: value.to_owned(),
        });
    }
    value.split(' ').try_for_each(source::check_quotes)
}
