//! Articles in memory, of which each version has a tag.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::http::header::ETAG;
use axum::http::{StatusCode, Uri, request};
use axum::response::IntoResponse;
use axum::routing::get;
use tower_egress::etag::{Current, EntityTag, Held};

/// A store with compare-and-swap.
#[derive(Clone, Debug, Default)]
pub(crate) struct Articles {
    shared: Arc<Mutex<Stored>>,
}

#[derive(Debug, Default)]
struct Stored {
    /// By their paths as they stand in requests, so that layer and handlers mean the same one.
    articles: HashMap<String, Article>,
    /// Of the store and not of an article, so that one that was removed and created again has no
    /// version of before.
    last_version: u64,
}

#[derive(Debug)]
struct Article {
    tag: EntityTag,
    text: String,
}

impl Articles {
    /// With one article, `first`.
    pub(crate) fn new() -> Self {
        let articles = Self::default();
        articles
            .write("/articles/first", None, "Once upon a time".to_owned())
            .expect("the store is empty");
        articles
    }

    /// The state of what a request is about, if it is about an article: for the layer.
    pub(crate) fn resolve(&self, head: &request::Parts) -> Current {
        match head.uri.path() {
            path if path.starts_with("/articles/") => self.lock().current(path),
            _ => Current::Unknown,
        }
    }

    /// To be read, written and removed at `/articles/{id}`.
    pub(crate) fn routes(self) -> Router {
        let methods = get(read).put(write).delete(remove);
        Router::new()
            .route("/articles/{id}", methods)
            .with_state(self)
    }

    fn text(&self, path: &str) -> Option<String> {
        let stored = self.lock();
        stored
            .articles
            .get(path)
            .map(|article| article.text.clone())
    }

    /// Replaces an article whose tag is the `expected` one, or creates one where none is expected:
    /// what `UPDATE … WHERE version = …` does.
    pub(crate) fn write(
        &self,
        path: &str,
        expected: Option<&EntityTag>,
        text: String,
    ) -> Result<EntityTag, StatusCode> {
        let mut stored = self.lock();
        stored.expect(path, expected)?;
        stored.last_version += 1;
        let version = stored.last_version.to_string();
        let tag = EntityTag::strong(&version).expect("digits are a tag");
        let article = Article {
            tag: tag.clone(),
            text,
        };
        stored.articles.insert(path.to_owned(), article);
        Ok(tag)
    }

    fn remove(&self, path: &str, expected: Option<&EntityTag>) -> Result<(), StatusCode> {
        let mut stored = self.lock();
        stored.expect(path, expected)?;
        match stored.articles.remove(path) {
            Some(_) => Ok(()),
            None => Err(StatusCode::NOT_FOUND),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Stored> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stored {
    fn current(&self, path: &str) -> Current {
        match self.articles.get(path) {
            Some(article) => Current::Present(article.tag.clone().into()),
            None => Current::Missing,
        }
    }

    fn expect(&self, path: &str, expected: Option<&EntityTag>) -> Result<(), StatusCode> {
        let current = self.articles.get(path).map(|article| &article.tag);
        match current == expected {
            true => Ok(()),
            false => Err(StatusCode::PRECONDITION_FAILED),
        }
    }
}

/// The layer gives it its tag.
async fn read(State(articles): State<Articles>, uri: Uri) -> Result<String, StatusCode> {
    articles.text(uri.path()).ok_or(StatusCode::NOT_FOUND)
}

/// The state that the layer compared may have changed by now, because the text takes its time to
/// arrive. So the store compares again, and writes, in one step.
async fn write(
    State(articles): State<Articles>,
    uri: Uri,
    held: Held,
    text: String,
) -> Result<impl IntoResponse, StatusCode> {
    let tag = articles.write(uri.path(), held.etag(), text)?;
    let status = match held.etag() {
        None => StatusCode::CREATED,
        Some(_) => StatusCode::NO_CONTENT,
    };
    // RFC 9110 §9.3.4 allows the tag, for the text is stored as it came.
    Ok((status, [(ETAG, tag)]))
}

async fn remove(
    State(articles): State<Articles>,
    uri: Uri,
    held: Held,
) -> Result<StatusCode, StatusCode> {
    articles.remove(uri.path(), held.etag())?;
    Ok(StatusCode::NO_CONTENT)
}
