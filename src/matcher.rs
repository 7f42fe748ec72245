//! Which requests and responses a setting is about.
//!
//! ```
//! use http::Method;
//! use tower_egress::matcher::{RequestMatcher, ResponseMatcher};
//!
//! let uploads = RequestMatcher::prefix("/uploads/")?.and(!RequestMatcher::method(Method::GET));
//! let pictures = ResponseMatcher::media_type("image/*")?.and(RequestMatcher::prefix("/public/")?);
//! # Ok::<(), tower_egress::matcher::InvalidMatcher>(())
//! ```
//!
//! There are two kinds, because two things are known at two times:
//!
//! - a [`RequestMatcher`] is asked before the handler, and sees the head of the request;
//! - a [`ResponseMatcher`] is asked after the handler, and sees both heads. A request matcher can
//!   stand wherever a response matcher can.
//!
//! Every layer takes a request matcher in its method `skip`. Layers that act after the handler alone
//! take a response matcher in `skip_responses`. The rules of
//! [`cache_control`](crate::cache_control) take response matchers.
//!
//! Matchers are parsed and checked when they are made. Join them with `and`, `or` and `!`.

mod error;
mod glob;
mod head;
mod request;
mod response;
mod seen;
mod switch;

pub use self::error::InvalidMatcher;
pub(crate) use self::head::{with_head, with_response_head};
pub use self::request::RequestMatcher;
pub use self::response::ResponseMatcher;
pub(crate) use self::seen::{KeptRequest, SeenRequest, SeenResponse};
pub(crate) use self::switch::{Off, Switch};
