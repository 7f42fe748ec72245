//! What every typed field becomes, written once.

/// Makes a type with `Display` a field of this name.
macro_rules! impl_field {
    ($type:ty, $name:expr) => {
        impl From<$type> for $crate::security_headers::header::SecurityHeader {
            fn from(field: $type) -> Self {
                Self::written($name, field.to_string())
            }
        }

        impl_value!($type);
    };
}

/// Makes a type with `as_str` a field of this name, whose value is one of a few words.
macro_rules! impl_word {
    ($type:ty, $name:expr) => {
        impl From<$type> for $crate::security_headers::header::SecurityHeader {
            fn from(word: $type) -> Self {
                Self::fixed($name, word.as_str())
            }
        }

        impl_value!($type);
        impl_display!($type);
    };
}

/// The value of a field by itself.
macro_rules! impl_value {
    ($type:ty) => {
        /// The value that is sent by https.
        impl From<$type> for ::http::HeaderValue {
            fn from(field: $type) -> Self {
                $crate::security_headers::header::SecurityHeader::from(field).into_value()
            }
        }
    };
}

/// Shows a word as `as_str` has it.
macro_rules! impl_display {
    ($type:ty) => {
        impl ::std::fmt::Display for $type {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

/// Gives a field whose value is a [`Reported`](super::reported::Reported) its methods.
macro_rules! impl_reported {
    ($type:ty, $name:expr, $report_only:expr) => {
        impl $type {
            /// Has browsers report violations to this endpoint. Send the endpoints with the
            /// response too.
            ///
            /// # Errors
            ///
            /// [`InvalidSecurityHeaders::UnknownEndpoint`]: `endpoints` has no endpoint of this name.
            pub fn report_to(
                self,
                endpoints: &ReportingEndpoints,
                name: &str,
            ) -> Result<Self, InvalidSecurityHeaders> {
                self.0.report_to(endpoints, name).map(Self)
            }

            /// The policy as a field that forbids nothing and only has violations reported.
            pub fn report_only(self) -> SecurityHeader {
                SecurityHeader::written($report_only, self.to_string())
            }
        }

        /// The value that is sent.
        impl ::std::fmt::Display for $type {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl_field!($type, $name);
    };
}
