//! The error of a body that a layer rewrites.

use std::error::Error;
use std::fmt;

/// Any error of an inner body.
pub(crate) type BoxError = Box<dyn Error + Send + Sync>;

/// Why a response body failed after a layer had begun to send it.
///
/// It is the error of the bodies of the layers that rewrite bytes: compression and `strip_nulls`.
/// [`kind`](Self::kind) tells what failed. [`source`](Error::source) gives the error below, which
/// is the handler's own where the handler's body failed, however many layers it passed.
///
/// # Example
///
/// ```
/// # #[cfg(feature = "strip-nulls")] {
/// use std::convert::Infallible;
///
/// use http::{Request, Response, header};
/// use http_body_util::BodyExt;
/// use tower::{Layer, ServiceExt, service_fn};
/// use tower_egress::BodyErrorKind;
/// use tower_egress::strip_nulls::StripNullsLayer;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let service = StripNullsLayer::new().layer(service_fn(|_: Request<()>| async {
///     let response = Response::builder()
///         .header(header::CONTENT_TYPE, "application/json")
///         .header(header::CONTENT_LENGTH, 1000)
///         .body(r#"{"died":null}"#.to_owned());
///     Ok::<_, Infallible>(response.expect("the header fields are valid"))
/// }));
///
/// let response = service.oneshot(Request::new(())).await.expect("the service never fails");
/// let error = response.into_body().collect().await.expect_err("the body is too short");
/// assert_eq!(error.kind(), BodyErrorKind::Truncated { declared: 1000, taken: 13 });
/// assert_eq!(error.to_string(), "the body ended after 13 of 1000 bytes");
/// # }
/// # main();
/// # }
/// ```
#[derive(Debug)]
pub struct BodyError {
    kind: BodyErrorKind,
    // Invariant: there for every kind but `Truncated`.
    source: Option<BoxError>,
}

/// What failed; see [`BodyError::kind`].
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum BodyErrorKind {
    /// The encoder failed.
    Coder,
    /// The handler's body failed.
    Inner,
    /// The handler's body ended before it had given all the bytes that its `Content-Length` or its
    /// size hint declared.
    ///
    /// A layer that removes `Content-Length` reports this itself, since the client no longer can.
    Truncated {
        /// How many bytes were declared.
        declared: u64,
        /// How many bytes came.
        taken: u64,
    },
}

impl BodyError {
    /// What failed.
    #[must_use]
    pub const fn kind(&self) -> BodyErrorKind {
        self.kind
    }

    /// The encoder has failed.
    pub(crate) fn coder(error: impl Into<BoxError>) -> Self {
        Self {
            kind: BodyErrorKind::Coder,
            source: Some(error.into()),
        }
    }

    /// The inner body has failed. The error of another layer's body is handed on as it is.
    pub(crate) fn inner(error: impl Into<BoxError>) -> Self {
        error.into().downcast().map_or_else(
            |error| Self {
                kind: BodyErrorKind::Inner,
                source: Some(error),
            },
            |error| *error,
        )
    }

    /// The inner body has ended too soon.
    pub(crate) const fn truncated(declared: u64, taken: u64) -> Self {
        Self {
            kind: BodyErrorKind::Truncated { declared, taken },
            source: None,
        }
    }
}

/// The message of the error below, where there is one.
impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            Some(source) => source.fmt(f),
            None => self.kind.fmt(f),
        }
    }
}

impl Error for BodyError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let source = self.source.as_deref()?;
        Some(source)
    }
}

impl fmt::Display for BodyErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Coder => f.write_str("the encoder failed"),
            Self::Inner => f.write_str("the inner body failed"),
            Self::Truncated { declared, taken } => {
                write!(f, "the body ended after {taken} of {declared} bytes")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    fn disk() -> io::Error {
        io::Error::new(io::ErrorKind::StorageFull, "the disk is full")
    }

    #[track_caller]
    fn check_disk(error: &BodyError) {
        assert_eq!(error.to_string(), "the disk is full");
        let source = error
            .source()
            .and_then(<dyn Error>::downcast_ref::<io::Error>);
        assert_eq!(
            source.map(io::Error::kind),
            Some(io::ErrorKind::StorageFull)
        );
    }

    #[test]
    fn it_is_an_error_that_any_thread_can_have() {
        fn check<T: Error + Send + Sync + 'static>() {}
        check::<BodyError>();
    }

    #[test]
    fn an_error_of_the_inner_body_is_its_source() {
        let error = BodyError::inner(disk());
        assert_eq!(error.kind(), BodyErrorKind::Inner);
        check_disk(&error);
    }

    #[test]
    fn an_error_of_the_encoder_is_its_source() {
        let error = BodyError::coder(disk());
        assert_eq!(error.kind(), BodyErrorKind::Coder);
        check_disk(&error);
    }

    #[test]
    fn a_truncated_body_has_no_source() {
        let error = BodyError::truncated(9, 4);
        let kind = BodyErrorKind::Truncated {
            declared: 9,
            taken: 4,
        };
        assert_eq!(error.kind(), kind);
        assert!(error.source().is_none());
        assert_eq!(error.to_string(), "the body ended after 4 of 9 bytes");
    }

    #[test]
    fn the_error_of_another_layer_is_handed_on_as_it_is() {
        let error = BodyError::inner(BodyError::inner(disk()));
        assert_eq!(error.kind(), BodyErrorKind::Inner);
        check_disk(&error);
        let kind = BodyErrorKind::Truncated {
            declared: 9,
            taken: 4,
        };
        assert_eq!(BodyError::inner(BodyError::truncated(9, 4)).kind(), kind);
        // An adapter between two layers may have put it into a box.
        let boxed: BoxError = Box::new(BodyError::truncated(9, 4));
        assert_eq!(BodyError::inner(boxed).kind(), kind);
    }

    #[test]
    fn every_kind_has_words() {
        for (kind, expected) in [
            (BodyErrorKind::Coder, "the encoder failed"),
            (BodyErrorKind::Inner, "the inner body failed"),
            (
                BodyErrorKind::Truncated {
                    declared: 9,
                    taken: 4,
                },
                "the body ended after 4 of 9 bytes",
            ),
        ] {
            assert_eq!(kind.to_string(), expected);
        }
    }
}
