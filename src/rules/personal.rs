//! What may be somebody's own.
//!
//! Two things tell that a response may be meant for one person alone. *Credentials* say who asks:
//! `Authorization` and its kind. A *cookie* may say so too, or hold nothing but a setting. Each layer
//! says which of the two it minds; no layer makes a response with credentials storable for others.

use http::header::{COOKIE, HeaderMap, HeaderName};

/// Which fields of a request identify a person: the list of this crate, and what the user adds to it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Personal {
    credentials: Vec<HeaderName>,
    ignored_cookies: Vec<CookieName>,
}

/// What a request says of who sent it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Identity {
    /// It has credentials.
    pub(crate) has_credentials: bool,
    /// It has a cookie that is not ignored.
    pub(crate) has_cookie: bool,
}

impl Personal {
    /// Takes a field for credentials too.
    pub(crate) fn add_credentials(&mut self, name: HeaderName) {
        self.credentials.push(name);
    }

    /// Ignores cookies of this name; a star at its end stands for any rest.
    pub(crate) fn ignore_cookie(&mut self, name: &str) -> Result<(), NotACookieName> {
        self.ignored_cookies.push(CookieName::parse(name)?);
        Ok(())
    }

    /// Who a request is from.
    pub(crate) fn identity(&self, request: &HeaderMap) -> Identity {
        let mut identity = Identity::default();
        // One pass: to look each up by its name would cost more than all the rest.
        for (name, line) in request {
            if *name == COOKIE {
                identity.has_cookie |= self.has_cookie(line.as_bytes());
            } else {
                identity.has_credentials |= self.is_credentials(name);
            }
        }
        identity
    }

    fn is_credentials(&self, name: &HeaderName) -> bool {
        matches!(
            name.as_str(),
            "authorization"
                | "proxy-authorization"
                | "x-api-key"
                | "x-auth-token"
                | "x-forwarded-user"
        ) || self.credentials.contains(name)
    }

    /// Whether a `Cookie` line has a cookie that is not ignored.
    ///
    /// ```text
    /// cookie-string = cookie-pair *( ";" SP cookie-pair )
    /// cookie-pair   = cookie-name "=" cookie-value
    /// ```
    ///
    /// (RFC 6265 §4.2.1). A pair without a name is not ignored.
    fn has_cookie(&self, line: &[u8]) -> bool {
        line.split(|&byte| byte == b';')
            .map(<[u8]>::trim_ascii)
            .filter(|pair| !pair.is_empty())
            .any(|pair| {
                let end = pair.iter().position(|&byte| byte == b'=');
                let name = pair[..end.unwrap_or(0)].trim_ascii_end();
                !self
                    .ignored_cookies
                    .iter()
                    .any(|ignored| ignored.matches(name))
            })
    }
}

/// The name of a cookie, or all that begin so.
#[derive(Clone, Debug)]
struct CookieName {
    name: String,
    is_prefix: bool,
}

/// The text is not the name of a cookie, nor the beginning of one and a star.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct NotACookieName;

impl CookieName {
    fn parse(text: &str) -> Result<Self, NotACookieName> {
        let (name, is_prefix) = match text.strip_suffix('*') {
            Some(name) => (name, true),
            None => (text, false),
        };
        // A star alone would ignore every cookie, which is more than anybody means.
        if !crate::fields::is_token(name.as_bytes()) || name.contains('*') {
            return Err(NotACookieName);
        }
        Ok(Self {
            name: name.to_owned(),
            is_prefix,
        })
    }

    fn matches(&self, name: &[u8]) -> bool {
        match self.is_prefix {
            true => name.starts_with(self.name.as_bytes()),
            false => name == self.name.as_bytes(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn fields(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut fields = HeaderMap::new();
        for &(name, value) in lines {
            fields.append(name, HeaderValue::from_static(value));
        }
        fields
    }

    #[track_caller]
    fn check(personal: &Personal, lines: &[(&'static str, &'static str)], expected: (bool, bool)) {
        let found = personal.identity(&fields(lines));
        let found = (found.has_credentials, found.has_cookie);
        assert_eq!(found, expected, "{lines:?}");
    }

    #[test]
    fn f_10_credentials_and_cookies_are_two_things() {
        let personal = Personal::default();
        check(&personal, &[("accept", "*/*")], (false, false));
        for name in [
            "authorization",
            "proxy-authorization",
            "x-api-key",
            "x-auth-token",
            "x-forwarded-user",
        ] {
            check(&personal, &[("accept", "*/*"), (name, "x")], (true, false));
        }
        check(&personal, &[("cookie", "a=1")], (false, true));
        check(&personal, &[("cookie", "")], (false, false));
        check(
            &personal,
            &[("cookie", "a=1"), ("x-api-key", "k")],
            (true, true),
        );
    }

    #[test]
    fn f_10_the_user_adds_credentials() {
        let mut personal = Personal::default();
        personal.add_credentials(HeaderName::from_static("x-session"));
        check(&personal, &[("x-session", "1")], (true, false));
        check(&personal, &[("authorization", "1")], (true, false));
    }

    #[test]
    fn cookies_are_ignored_by_name_and_by_prefix() {
        let mut personal = Personal::default();
        personal.ignore_cookie("_ga*").unwrap();
        personal.ignore_cookie("theme").unwrap();
        for line in [
            "_ga=1",
            "_ga_X1=2; theme=dark",
            "theme = a;",
            " ; _gat=",
            "_ga=1;_gid=2",
        ] {
            let expected = line.contains("_gid");
            check(&personal, &[("cookie", line)], (false, expected));
        }
        for line in [
            "session=1",
            "_ga=1; session=2",
            "themes=1",
            "Theme=1",
            "theme",
            "=theme",
            "theme;a",
        ] {
            check(&personal, &[("cookie", line)], (false, true));
        }
        check(
            &personal,
            &[("cookie", "_ga=1"), ("cookie", "session=1")],
            (false, true),
        );
    }

    #[test]
    fn what_is_not_a_cookie_name_is_refused() {
        for name in ["", "*", "a*b", "a**", "a b", "a=b", "a;b", "\u{e9}"] {
            let found = Personal::default().ignore_cookie(name);
            assert_eq!(found, Err(NotACookieName), "{name:?}");
        }
    }
}
