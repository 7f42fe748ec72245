//! The settings of a [`CompressionLayer`](super::CompressionLayer), and their defaults.

use std::fmt;
use std::sync::Arc;

use http::{request, response};

use super::coding::Coding;
use super::content_types::ContentTypes;
use super::error::InvalidCompression;
use super::variant::Variant;
use super::window::{self, DEFAULT_STREAM_WINDOW};
use crate::matcher::Switch;

/// Bodies of fewer bytes than this are not compressed, unless another threshold is set.
///
/// Below about a kilobyte a response fits one packet with or without a coding, and the coding's own
/// framing eats much of what it saves.
pub const DEFAULT_THRESHOLD: u64 = 1024;

/// What happens to a strong entity tag when its representation is sent in a coding.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum StrongEtags {
    /// `"x"` becomes `"x-gzip"`, and the layer understands such tags in requests. The tag still
    /// works with `If-Match`.
    ///
    /// Such a tag stands for one coding of one representation. The coded bytes may still differ
    /// between levels, versions of a library, and how a stream was cut; that is why no ranges of
    /// them are offered. Handlers whose own tags end in `-gzip`, `-br`, `-deflate` or `-zstd` need
    /// [`Weaken`](Self::Weaken): the layer takes such tags of an offered coding for its own.
    #[default]
    Suffix,
    /// `"x"` becomes `W/"x"`. `If-None-Match` still works. `If-Match` with it never holds, so a
    /// client that read a compressed response cannot make a guarded write.
    Weaken,
}

/// Bodies of at most this many bytes that are at hand as a whole are encoded at once, unless
/// another limit is set.
///
/// They are sent with their exact length, and as they are if the coding does not make them smaller.
/// With gzip at its default level, 64 KiB keep the thread for about half a millisecond.
pub const DEFAULT_ONE_SHOT: u64 = 64 * 1024;

/// How many idle encoders of each coding a thread keeps, unless another number is set.
///
/// One serves all that is encoded at once; the second serves a stream beside it. An idle encoder of
/// gzip or deflate holds 0.4 MiB, one of zstd at most 1 MiB; brotli keeps none.
pub const DEFAULT_POOL_SIZE: usize = 2;

/// Settings of a layer, shared by its services.
#[derive(Clone, Debug)]
pub(super) struct Config {
    /// In order of preference.
    pub(super) codings: Vec<Coding>,
    pub(super) compress_signed: bool,
    pub(super) content_types: ContentTypes,
    /// By coding, where the user set one.
    levels: [Option<i32>; Coding::COUNT],
    pub(super) one_shot: u64,
    pub(super) pool_size: usize,
    pub(super) predicate: Option<Predicate>,
    pub(super) request_no_transform: bool,
    pub(super) request_opt_out: bool,
    /// The base-two logarithm of the largest window of a stream, where the user set one.
    stream_window: Option<u32>,
    pub(super) strong_etags: StrongEtags,
    pub(super) switch: Switch,
    pub(super) threshold: u64,
    // Invariant: one of `codings`.
    pub(super) when_absent: Option<Coding>,
}

impl Config {
    pub(super) fn new() -> Self {
        let available = Coding::preference().iter().copied();
        Self {
            codings: available.filter(|coding| coding.is_available()).collect(),
            compress_signed: false,
            content_types: ContentTypes::new(),
            levels: [None; Coding::COUNT],
            one_shot: DEFAULT_ONE_SHOT,
            pool_size: DEFAULT_POOL_SIZE,
            predicate: None,
            request_no_transform: false,
            request_opt_out: false,
            stream_window: None,
            strong_etags: StrongEtags::Suffix,
            switch: Switch::new(),
            threshold: DEFAULT_THRESHOLD,
            when_absent: None,
        }
    }

    pub(super) fn set_codings(&mut self, codings: Vec<Coding>) -> Result<(), InvalidCompression> {
        if codings.is_empty() {
            return Err(InvalidCompression::NoCodings);
        }
        for (place, &coding) in codings.iter().enumerate() {
            if !coding.is_available() {
                return Err(InvalidCompression::Unavailable { coding });
            }
            if codings[..place].contains(&coding) {
                return Err(InvalidCompression::DuplicateCoding { coding });
            }
        }
        self.codings = codings;
        self.check()
    }

    pub(super) fn set_when_absent(
        &mut self,
        coding: Option<Coding>,
    ) -> Result<(), InvalidCompression> {
        self.when_absent = coding;
        self.check()
    }

    pub(super) fn set_level(
        &mut self,
        coding: Coding,
        level: i32,
    ) -> Result<(), InvalidCompression> {
        if !coding.is_available() {
            return Err(InvalidCompression::Unavailable { coding });
        }
        if !coding.levels().contains(&level) {
            return Err(InvalidCompression::Level { coding, level });
        }
        self.levels[coding as usize] = Some(level);
        self.check()
    }

    pub(super) fn set_stream_window(&mut self, bytes: u64) -> Result<(), InvalidCompression> {
        let logarithm = window::logarithm(bytes);
        self.stream_window = Some(logarithm.ok_or(InvalidCompression::StreamWindow { bytes })?);
        self.check()
    }

    /// Both predicates must hold where there is one already.
    pub(super) fn add_predicate(&mut self, other: Predicate) {
        self.predicate = Some(match self.predicate.take() {
            Some(first) => Predicate::new(move |request, response| {
                first.holds(request, response) && other.holds(request, response)
            }),
            None => other,
        });
    }

    /// Refuses settings that would change nothing, whichever was made first.
    fn check(&self) -> Result<(), InvalidCompression> {
        let has_level = |coding: &&Coding| self.levels[**coding as usize].is_some();
        let levels = Coding::preference().iter().filter(has_level);
        for &coding in levels.chain(&self.when_absent) {
            if !self.codings.contains(&coding) {
                return Err(InvalidCompression::NotOffered { coding });
            }
        }
        if self.stream_window.is_some() && !self.codings.iter().any(|coding| coding.has_window()) {
            return Err(InvalidCompression::NoWindow);
        }
        Ok(())
    }

    /// The base-two logarithm of the largest window of a stream.
    pub(super) fn window(&self) -> u32 {
        self.stream_window.unwrap_or(DEFAULT_STREAM_WINDOW.ilog2())
    }

    pub(super) fn level(&self, variant: Variant) -> i32 {
        let coding = variant.coding();
        self.levels[coding as usize].unwrap_or(coding.default_level())
    }
}

/// A rule of the user: which responses to compress.
#[derive(Clone)]
pub(super) struct Predicate(Arc<Holds>);

type Holds = dyn Fn(&request::Parts, &response::Parts) -> bool + Send + Sync;

impl Predicate {
    pub(super) fn new(
        holds: impl Fn(&request::Parts, &response::Parts) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(holds))
    }

    pub(super) fn holds(&self, request: &request::Parts, response: &response::Parts) -> bool {
        (self.0)(request, response)
    }
}

impl fmt::Debug for Predicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Predicate").finish_non_exhaustive()
    }
}
