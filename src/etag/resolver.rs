//! How an application tells the layer the current state of what a request asks for.

use std::fmt;
use std::future::Ready;

use http::request;

use crate::rules::validators::Validators;

/// What is known of the current state of what a request asks for.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Current {
    /// Nothing: the handler is called, and its response is compared if the method is GET or HEAD.
    ///
    /// A resolver says this about every route whose state it does not know.
    #[default]
    Unknown,
    /// There is no representation yet, or no longer: a write with `If-Match` gets a 412.
    ///
    /// Say this only where the resolver would know the representation.
    Missing,
    /// There is one, and these are its validators.
    Present(Validators),
}

/// Tells the current state of what a request asks for, from the head of the request.
///
/// [`resolver_fn`] and [`async_resolver_fn`] make one from a closure, and
/// [`versioned`](super::versioned) is one. It works without any layer too.
///
/// # Example
///
/// ```
/// use http::Request;
/// use tower_egress::etag::{Current, EntityTag, Resolution, Resolver, resolver_fn};
///
/// let tag = EntityTag::strong("v1")?;
/// let resolver = resolver_fn(move |head| match head.uri.path() {
///     "/article" => Current::Present(tag.clone().into()),
///     // Another route, whose state this resolver does not know.
///     _ => Current::Unknown,
/// });
///
/// let (head, ()) = Request::get("/other").body(())?.into_parts();
/// assert!(matches!(resolver.resolve(&head), Resolution::Now(Current::Unknown)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not tell the current state of what a request asks for",
    label = "not a `Resolver`",
    note = "wrap a closure in `resolver_fn(|head| …)`, or in `async_resolver_fn(|head| …)` if it \
            returns a future"
)]
pub trait Resolver {
    /// The future of a state that is not at hand.
    type Future: Future<Output = Current>;

    /// The state, or a future of it.
    fn resolve(&self, head: &request::Parts) -> Resolution<Self::Future>;
}

/// What a [`Resolver`] returns.
#[derive(Debug)]
#[non_exhaustive]
pub enum Resolution<F> {
    /// The state was at hand.
    Now(Current),
    /// The state takes its time.
    Later(F),
}

/// Makes a resolver that has the state at hand: in memory, or in the request itself.
///
/// The closure keeps the thread while it runs. To read a file or to ask a database, use
/// [`async_resolver_fn`].
#[must_use]
pub const fn resolver_fn<F>(resolve: F) -> ResolverFn<F>
where
    F: Fn(&request::Parts) -> Current,
{
    ResolverFn { resolve }
}

/// Makes a resolver that waits for the state.
///
/// The future cannot borrow from the head: the closure copies what it needs.
///
/// # Example
///
/// ```
/// use tower_egress::etag::{Current, EtagLayer, async_resolver_fn};
///
/// # #[derive(Clone)]
/// # struct Store;
/// # impl Store {
/// #     async fn current(&self, _path: &str) -> Current { Current::Unknown }
/// # }
/// # let store = Store;
/// let layer = EtagLayer::new().resolver(async_resolver_fn(move |head| {
///     let (store, path) = (store.clone(), head.uri.path().to_owned());
///     async move { store.current(&path).await }
/// }));
/// # drop(layer);
/// ```
#[must_use]
pub const fn async_resolver_fn<F, T>(resolve: F) -> AsyncResolverFn<F>
where
    F: Fn(&request::Parts) -> T,
    T: Future<Output = Current>,
{
    AsyncResolverFn { resolve }
}

/// Made by [`resolver_fn`].
#[derive(Clone, Copy)]
pub struct ResolverFn<F> {
    resolve: F,
}

impl<F> Resolver for ResolverFn<F>
where
    F: Fn(&request::Parts) -> Current,
{
    type Future = Ready<Current>;

    fn resolve(&self, head: &request::Parts) -> Resolution<Self::Future> {
        Resolution::Now((self.resolve)(head))
    }
}

impl<F> fmt::Debug for ResolverFn<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResolverFn").finish_non_exhaustive()
    }
}

/// Made by [`async_resolver_fn`].
#[derive(Clone, Copy)]
pub struct AsyncResolverFn<F> {
    resolve: F,
}

impl<F, T> Resolver for AsyncResolverFn<F>
where
    F: Fn(&request::Parts) -> T,
    T: Future<Output = Current>,
{
    type Future = T;

    fn resolve(&self, head: &request::Parts) -> Resolution<Self::Future> {
        Resolution::Later((self.resolve)(head))
    }
}

impl<F> fmt::Debug for AsyncResolverFn<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncResolverFn").finish_non_exhaustive()
    }
}

/// The default: no resolver, so that every request reaches the handler.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct NoResolver;
