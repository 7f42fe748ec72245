//! The service with a resolver: learns the state, sends a response itself or calls the handler.

use std::fmt;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use http::{Request, Response, request};
use http_body::Body;
use pin_project_lite::pin_project;
use tower_service::Service;

use super::asked::Asked;
use super::before::{self, Action, Call};
use super::body::EtagBody;
use super::config::Config;
use super::held::Held;
use super::known;
use super::refusal;
use super::resolver::{Current, Resolution, Resolver};
use super::service::{ResponseFuture, remove_range, report_off};

/// Does what [`Etag`](super::Etag) does, and sends 304, 412 and 428 before the handler where the
/// [`Resolver`] knows the state; made by [`EtagLayer`](super::EtagLayer) with a
/// [resolver](super::EtagLayer::resolver).
///
/// The inner service has to be `Clone`. See the [module docs](super#before-the-handler) for what it
/// does.
#[derive(Clone)]
pub struct Guarded<S, R> {
    inner: S,
    config: Arc<Config>,
    resolver: R,
}

impl<S, R> Guarded<S, R> {
    pub(super) const fn new(inner: S, config: Arc<Config>, resolver: R) -> Self {
        Self {
            inner,
            config,
            resolver,
        }
    }

    /// The inner service.
    pub const fn get_ref(&self) -> &S {
        &self.inner
    }

    /// The inner service, to change it.
    pub const fn get_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// Takes the inner service out of the layer.
    pub fn into_inner(self) -> S {
        self.inner
    }
}

impl<S: fmt::Debug, R> fmt::Debug for Guarded<S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guarded")
            .field("inner", &self.inner)
            .finish_non_exhaustive()
    }
}

/// While an async resolver waits, the future owns the service that was polled ready, and
/// `self.inner` is a clone of it. A resolver that has the state at hand skips that swap.
impl<S, R, ReqBody, ResBody> Service<Request<ReqBody>> for Guarded<S, R>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>> + Clone,
    R: Resolver,
    ResBody: Body,
{
    type Response = Response<EtagBody<ResBody>>;
    type Error = S::Error;
    type Future = GuardedFuture<S, ReqBody, ResBody, R::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<ReqBody>) -> Self::Future {
        let config = Arc::clone(&self.config);
        if let Some(off) = config.switch.off(&mut request) {
            report_off(off);
            let response = ResponseFuture::off(self.inner.call(request), config);
            let stage = Stage::Calling { response };
            return GuardedFuture { stage };
        }
        let (head, body) = request.into_parts();
        let received = Received {
            asked: Asked::read(&head),
            config,
            head,
            body,
        };
        let stage = match before::without_state(&received.asked, &self.config) {
            Some(action) => received.carry_out(action, &mut self.inner),
            None => match self.resolver.resolve(&received.head) {
                Resolution::Now(state) => received.decide(state, &mut self.inner),
                Resolution::Later(state) => {
                    let clone = self.inner.clone();
                    let service = mem::replace(&mut self.inner, clone);
                    let waiting = Some(Box::new((service, received)));
                    Stage::Resolving { state, waiting }
                }
            },
        };
        GuardedFuture { stage }
    }
}

pin_project! {
    /// Response future of [`Guarded`].
    pub struct GuardedFuture<S, ReqBody, ResBody, T>
    where
        S: Service<Request<ReqBody>>,
        ResBody: Body,
    {
        #[pin]
        stage: Stage<S, S::Future, ReqBody, ResBody, T>,
    }
}

pin_project! {
    #[project = StageProjection]
    enum Stage<S, F, ReqBody, ResBody: Body, T> {
        /// The future waits for the state.
        Resolving {
            #[pin]
            state: T,
            // Invariant: there until the state is.
            waiting: Option<Box<(S, Received<ReqBody>)>>,
        },
        /// It waits for the handler.
        Calling {
            #[pin]
            response: ResponseFuture<F, ResBody>,
        },
        /// The layer made the response.
        Answered {
            // Invariant: there until it is given away.
            response: Option<Response<EtagBody<ResBody>>>,
        },
    }
}

/// A request taken apart, and the settings to decide about it.
struct Received<B> {
    asked: Asked,
    config: Arc<Config>,
    head: request::Parts,
    body: B,
}

impl<S, ReqBody, ResBody, T> Future for GuardedFuture<S, ReqBody, ResBody, T>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
    T: Future<Output = Current>,
    ResBody: Body,
{
    type Output = Result<Response<EtagBody<ResBody>>, S::Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut stage = self.project().stage;
        loop {
            let next = match stage.as_mut().project() {
                StageProjection::Resolving { state, waiting } => {
                    let state = ready!(state.poll(cx));
                    let waiting = waiting.take().expect("the state comes once");
                    let (mut service, received) = *waiting;
                    received.decide(state, &mut service)
                }
                StageProjection::Calling { response } => return response.poll(cx),
                StageProjection::Answered { response } => {
                    let response = response.take().expect("a future is polled to its end once");
                    return Poll::Ready(Ok(response));
                }
            };
            stage.set(next);
        }
    }
}

impl<B> Received<B> {
    /// Decides with the state, and does it.
    fn decide<S, ResBody, T>(
        self,
        state: Current,
        service: &mut S,
    ) -> Stage<S, S::Future, B, ResBody, T>
    where
        S: Service<Request<B>, Response = Response<ResBody>>,
        ResBody: Body,
    {
        let action = before::with_state(&self.asked, state, &self.config);
        self.carry_out(action, service)
    }

    fn carry_out<S, ResBody, T>(
        self,
        action: Action,
        service: &mut S,
    ) -> Stage<S, S::Future, B, ResBody, T>
    where
        S: Service<Request<B>, Response = Response<ResBody>>,
        ResBody: Body,
    {
        crate::trace::debug!(%action, "etag: before the handler");
        let now = || self.config.clock.now();
        let (head, body) = match action {
            Action::Call(call) => {
                let response = self.call(call, service);
                return Stage::Calling { response };
            }
            Action::NotModified(validators) => {
                let conditions = self.asked.conditions.as_deref();
                let head = known::not_modified(validators, conditions, &self.head.headers, now);
                (head, EtagBody::withheld())
            }
            Action::Failed(validators) => {
                let (head, text) = known::failed(validators, self.asked.is_head(), now);
                (head, EtagBody::refusal(text))
            }
            Action::Required => {
                let (head, text) = refusal::required();
                (head, EtagBody::said(text))
            }
        };
        let response = Some(Response::from_parts(head, body));
        Stage::Answered { response }
    }

    fn call<S, ResBody>(mut self, call: Call, service: &mut S) -> ResponseFuture<S::Future, ResBody>
    where
        S: Service<Request<B>, Response = Response<ResBody>>,
        ResBody: Body,
    {
        if call.without_range {
            remove_range(&mut self.head.headers);
        }
        // What held for a layer further out need not hold for this one.
        self.head.extensions.remove::<Held>();
        if let Some(held) = call.held {
            self.head.extensions.insert(held);
        }
        let request = Request::from_parts(self.head, self.body);
        let response = service.call(request);
        ResponseFuture::new(response, self.config, self.asked, call.validators)
    }
}

impl<S, ReqBody, ResBody, T> fmt::Debug for GuardedFuture<S, ReqBody, ResBody, T>
where
    S: Service<Request<ReqBody>>,
    ResBody: Body,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuardedFuture").finish_non_exhaustive()
    }
}
