//! The service with a resolver: learns the state, answers itself or calls the handler.

use std::fmt;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::SystemTime;

use http::{Request, Response, request};
use http_body::Body;
use pin_project_lite::pin_project;
use tower_service::Service;

use super::answer;
use super::before::{Before, Call, Held, Need, Step};
use super::body::EtagBody;
use super::config::Config;
use super::hasher::{Hasher, Md5};
use super::resolver::{Current, Resolution, Resolver};
use super::service::{Etag, ResponseFuture, remove_range};

/// A resolver that takes its time is waited for with a clone in the place of the service that was polled
/// ready; that one is called, or released with the future. One that has the state at hand leaves it in
/// its place.
impl<S, H, R, ReqBody, ResBody> Service<Request<ReqBody>> for Etag<S, H, R>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>> + Clone,
    H: Hasher,
    R: Resolver,
    ResBody: Body,
{
    type Response = Response<EtagBody<ResBody>>;
    type Error = S::Error;
    type Future = GuardedFuture<S, ReqBody, ResBody, R::Future, H>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        let (head, body) = request.into_parts();
        let asking = Asking {
            before: Before::read(&head, self.config.requires_precondition),
            config: Arc::clone(&self.config),
            head,
            body,
        };
        let stage = match asking.before.need() {
            Need::Nothing => asking.carry_out(Step::Call(Call::default()), &mut self.inner),
            Need::Condition => asking.carry_out(Step::Required, &mut self.inner),
            Need::State => match self.resolver.resolve(&asking.head) {
                Resolution::Now(state) => asking.go_on(state, &mut self.inner),
                Resolution::Later(state) => {
                    let clone = self.inner.clone();
                    let service = mem::replace(&mut self.inner, clone);
                    let waiting = Some(Box::new((service, asking)));
                    Stage::Resolving { state, waiting }
                }
            },
        };
        GuardedFuture { stage }
    }
}

pin_project! {
    /// Response future of [`Etag`] with a [`Resolver`].
    pub struct GuardedFuture<S, ReqBody, ResBody, T, H = Md5>
    where
        S: Service<Request<ReqBody>>,
        ResBody: Body,
    {
        #[pin]
        stage: Stage<S, S::Future, ReqBody, ResBody, T, H>,
    }
}

pin_project! {
    #[project = StageProjection]
    enum Stage<S, F, ReqBody, ResBody: Body, T, H> {
        /// The state is waited for.
        Resolving {
            #[pin]
            state: T,
            // Invariant: there until the state is.
            waiting: Option<Box<(S, Asking<ReqBody, H>)>>,
        },
        /// The handler is.
        Calling {
            #[pin]
            response: ResponseFuture<F, ResBody, H>,
        },
        /// The layer has answered.
        Answered {
            // Invariant: there until it is given away.
            response: Option<Response<EtagBody<ResBody>>>,
        },
    }
}

/// A request, and all that is decided with.
struct Asking<B, H> {
    before: Before,
    config: Arc<Config<H>>,
    head: request::Parts,
    body: B,
}

impl<S, ReqBody, ResBody, T, H> Future for GuardedFuture<S, ReqBody, ResBody, T, H>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
    H: Hasher,
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
                    let (mut service, asking) = *waiting;
                    asking.go_on(state, &mut service)
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

impl<B, H: Hasher> Asking<B, H> {
    /// Decides with the state, and does it.
    fn go_on<S, ResBody, T>(
        self,
        state: Current,
        service: &mut S,
    ) -> Stage<S, S::Future, B, ResBody, T, H>
    where
        S: Service<Request<B>, Response = Response<ResBody>>,
        ResBody: Body,
    {
        let step = self.before.decide(state, &self.config);
        self.carry_out(step, service)
    }

    fn carry_out<S, ResBody, T>(
        self,
        step: Step,
        service: &mut S,
    ) -> Stage<S, S::Future, B, ResBody, T, H>
    where
        S: Service<Request<B>, Response = Response<ResBody>>,
        ResBody: Body,
    {
        report(&step);
        let (head, body) = match step {
            Step::Call(call) => {
                let response = self.call(call, service);
                return Stage::Calling { response };
            }
            Step::NotModified(validators) => {
                let conditions = self.before.asked.conditions.as_deref();
                let fields = &self.head.headers;
                let head = answer::not_modified(validators, conditions, fields, SystemTime::now);
                (head, EtagBody::withheld())
            }
            Step::Failed(validators) => {
                let is_head = self.before.asked.is_head();
                let (head, text) = answer::failed(validators, is_head, SystemTime::now);
                (head, EtagBody::refusal(text))
            }
            Step::Required => {
                let (head, text) = answer::required();
                (head, EtagBody::said(text))
            }
        };
        let response = Some(Response::from_parts(head, body));
        Stage::Answered { response }
    }

    fn call<S, ResBody>(
        mut self,
        call: Call,
        service: &mut S,
    ) -> ResponseFuture<S::Future, ResBody, H>
    where
        S: Service<Request<B>, Response = Response<ResBody>>,
        ResBody: Body,
    {
        if call.without_range {
            remove_range(&mut self.head.headers);
        }
        // What a layer further out found to hold need not be this one's.
        self.head.extensions.remove::<Held>();
        if let Some(held) = call.held {
            self.head.extensions.insert(held);
        }
        let mut asked = self.before.asked;
        asked.validators = call.validators.map(Box::new);
        let request = Request::from_parts(self.head, self.body);
        ResponseFuture::new(service.call(request), self.config, asked)
    }
}

impl<S, ReqBody, ResBody, T, H> fmt::Debug for GuardedFuture<S, ReqBody, ResBody, T, H>
where
    S: Service<Request<ReqBody>>,
    ResBody: Body,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuardedFuture").finish_non_exhaustive()
    }
}

/// Makes the decision visible.
fn report(step: &Step) {
    #[cfg(feature = "tracing")]
    tracing::debug!(step = step.name(), "etag: before the handler");
    #[cfg(not(feature = "tracing"))]
    let _ = step;
}
