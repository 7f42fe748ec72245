//! What a [`CompressionLayer`](super::CompressionLayer) was told.

use std::fmt;
use std::sync::Arc;

use http::{request, response};

use super::coding::Coding;
use super::content_types::ContentTypes;
use super::encoder::{self, Extent};
use super::error::InvalidCompression;

/// Bodies of fewer bytes than this are not compressed, unless another threshold is set.
///
/// Below about a kilobyte a response fits one packet with or without a coding, and the coding's own
/// framing eats much of what it saves.
pub const DEFAULT_THRESHOLD: u64 = 1024;

/// What becomes of a strong entity tag when its representation is sent in a coding.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum StrongEtags {
    /// `"x"` becomes `"x-gzip"`, and what comes back is understood. The tag still works with
    /// `If-Match`.
    ///
    /// Such a tag stands for one coding of one representation. The coded bytes may still differ between
    /// levels, versions of a library, and how a stream was cut; that is why no ranges of them are
    /// offered. Handlers whose own tags end in `-gzip`, `-br`, `-deflate` or `-zstd` need
    /// [`Weaken`](Self::Weaken), for those of an offered coding are taken for the layer's.
    #[default]
    Suffix,
    /// `"x"` becomes `W/"x"`. `If-None-Match` still works; `If-Match` with it never holds, so that
    /// a client which read a compressed answer cannot do a guarded write.
    Weaken,
}

/// Bodies of at most this many bytes that are at hand as a whole are encoded at once, unless another
/// limit is set.
///
/// They leave with their exact length, and not at all if the coding does not make them smaller. With
/// gzip at its default level, 64 KiB keep the thread for about half a millisecond.
pub const DEFAULT_ONE_SHOT: u64 = 64 * 1024;

/// How many idle encoders of each coding a thread keeps, unless another number is set.
///
/// One serves all that is encoded at once; the second serves a stream beside it. An idle encoder of
/// gzip or deflate holds 0.4 MiB, one of zstd at most 1 MiB; brotli keeps none.
pub const DEFAULT_POOL_SIZE: usize = 2;

/// The largest window of a stream, unless another is set: 64 KiB.
///
/// A window is how far back an encoder looks for what repeats. With this one an open stream holds at
/// most 512 KiB of encoder state in any coding, so that a thousand clients that read slowly do not cost
/// gigabytes. (zstd has 32 KiB then, for the same reason.) Larger windows make large bodies smaller, by
/// about a tenth in br and zstd.
pub const DEFAULT_STREAM_WINDOW: u64 = 64 * 1024;

/// The largest window that a stream can have: 8 MiB, which is as much as browsers accept in zstd
/// (RFC 9659 §3).
pub const LARGEST_STREAM_WINDOW: u64 = 8 * 1024 * 1024;

/// Settings of a layer, shared by its services.
#[derive(Clone, Debug)]
pub(super) struct Config {
    /// In order of preference.
    pub(super) codings: Vec<Coding>,
    pub(super) compress_signed: bool,
    pub(super) content_types: ContentTypes,
    /// By coding.
    levels: [u32; Coding::COUNT],
    pub(super) one_shot: u64,
    pool_size: usize,
    pub(super) predicate: Option<Predicate>,
    pub(super) request_no_transform: bool,
    pub(super) request_opt_out: bool,
    /// The base-two logarithm of the largest window of a stream.
    stream_window: u32,
    pub(super) strong_etags: StrongEtags,
    pub(super) threshold: u64,
    // Invariant: one of `codings`.
    pub(super) when_absent: Option<Coding>,
}

impl Config {
    pub(super) fn new() -> Self {
        Self {
            codings: Coding::PREFERENCE
                .into_iter()
                .filter(|coding| coding.is_available())
                .collect(),
            compress_signed: false,
            content_types: ContentTypes::new(),
            levels: default_levels(),
            one_shot: DEFAULT_ONE_SHOT,
            pool_size: DEFAULT_POOL_SIZE,
            predicate: None,
            request_no_transform: false,
            request_opt_out: false,
            stream_window: DEFAULT_STREAM_WINDOW.ilog2(),
            strong_etags: StrongEtags::Suffix,
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
        offered(&codings, self.when_absent)?;
        self.codings = codings;
        Ok(())
    }

    pub(super) fn set_when_absent(&mut self, coding: Coding) -> Result<(), InvalidCompression> {
        offered(&self.codings, Some(coding))?;
        self.when_absent = Some(coding);
        Ok(())
    }

    pub(super) fn set_level(
        &mut self,
        coding: Coding,
        level: u32,
    ) -> Result<(), InvalidCompression> {
        if !coding.is_available() {
            return Err(InvalidCompression::Unavailable { coding });
        }
        if !coding.levels().contains(&level) {
            return Err(InvalidCompression::Level { coding, level });
        }
        self.levels[coding as usize] = level;
        Ok(())
    }

    pub(super) const fn set_pool_size(&mut self, size: usize) {
        self.pool_size = size;
    }

    pub(super) fn set_stream_window(&mut self, bytes: u64) -> Result<(), InvalidCompression> {
        if !(DEFAULT_STREAM_WINDOW..=LARGEST_STREAM_WINDOW).contains(&bytes) {
            return Err(InvalidCompression::StreamWindow { bytes });
        }
        self.stream_window = bytes.ilog2();
        Ok(())
    }

    /// What the encoder of a stream is told.
    pub(super) const fn stream(&self, length: Option<u64>) -> Extent {
        Extent::Stream {
            length,
            window: self.stream_window,
        }
    }

    pub(super) const fn encoder(&self, coding: Coding) -> encoder::Settings {
        encoder::Settings {
            coding,
            level: self.levels[coding as usize],
            pool_size: self.pool_size,
        }
    }
}

fn default_levels() -> [u32; Coding::COUNT] {
    let mut levels = [0; Coding::COUNT];
    for coding in Coding::PREFERENCE {
        levels[coding as usize] = coding.default_level();
    }
    levels
}

fn offered(codings: &[Coding], when_absent: Option<Coding>) -> Result<(), InvalidCompression> {
    match when_absent {
        Some(coding) if !codings.contains(&coding) => {
            Err(InvalidCompression::NotOffered { coding })
        }
        _ => Ok(()),
    }
}

/// A user's own rule of what to compress.
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
