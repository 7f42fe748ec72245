//! Encoding a body as it was decided: at once, or as a stream.

use bytes::Bytes;
use http::response;

use super::config::Config;
use super::decision::{self, Encoding};
use super::encoder::{self, Encoder, Extent, Settings};
use super::etags::Label;
use super::plan::Reason;
use crate::rules::{eligible, live};

/// A body in a coding.
pub(super) struct Coded {
    pub(super) label: Label,
    pub(super) body: CodedBody,
}

/// What takes the place of the handler's body, or stands between it and the client.
pub(super) enum CodedBody {
    /// The handler's body is encoded as it comes. It must have at least `declared` bytes.
    Stream {
        encoder: Encoder,
        declared: u64,
        /// A reader waits for every piece.
        is_live: bool,
    },
    Whole(Bytes),
    /// The response to HEAD has no body.
    Withheld,
}

/// Encodes a body of which nothing was looked at.
pub(super) fn unseen(
    config: &Config,
    encoding: &Encoding<'_>,
    head: &response::Parts,
) -> Result<Coded, Reason> {
    match encoding.is_head {
        true => Ok(coded(encoding, CodedBody::Withheld)),
        false => stream(config, encoding, head, encoding.announced),
    }
}

/// Encodes a body whose beginning was looked at. `complete` is its length, and `whole` its data, if
/// it was seen to its end.
pub(super) fn seen<'a>(
    config: &Config,
    encoding: &Encoding<'_>,
    head: &response::Parts,
    complete: Option<u64>,
    whole: Option<impl Iterator<Item = &'a Bytes>>,
) -> Result<Coded, Reason> {
    let known = eligible::known_length(None, complete, encoding.is_head);
    let short =
        known.and_then(|known| decision::too_short(config, known, || encoding.identity_refused));
    if let Some(reason) = short {
        return Err(reason);
    }
    if encoding.is_head {
        return Ok(coded(encoding, CodedBody::Withheld));
    }
    let length = complete.or(encoding.announced);
    // What is shorter than declared is streamed, and so shown to be.
    let whole = whole.filter(|_| encoding.declared <= length);
    let small = length.filter(|&length| length <= config.one_shot);
    let Some((whole, length)) = whole.zip(small) else {
        return stream(config, encoding, head, length);
    };
    let body = encoder::encode_whole(settings(config, encoding), length, whole)
        .ok_or(Reason::NoEncoder)?;
    if body.len() as u64 >= length && !encoding.identity_refused {
        return Err(Reason::NotSmaller);
    }
    Ok(coded(encoding, CodedBody::Whole(body)))
}

/// Makes an encoder for a body that streams.
fn stream(
    config: &Config,
    encoding: &Encoding<'_>,
    head: &response::Parts,
    length: Option<u64>,
) -> Result<Coded, Reason> {
    let extent = Extent::Stream {
        length,
        window: config.window(),
    };
    let encoder = Encoder::new(settings(config, encoding), extent).ok_or(Reason::NoEncoder)?;
    let is_live = live::is_live_of_type(encoding.media_type, head);
    let body = CodedBody::Stream {
        encoder,
        declared: encoding.declared.unwrap_or(0),
        is_live,
    };
    Ok(coded(encoding, body))
}

const fn coded(encoding: &Encoding<'_>, body: CodedBody) -> Coded {
    Coded {
        label: encoding.label,
        body,
    }
}

fn settings(config: &Config, encoding: &Encoding<'_>) -> Settings {
    let form = encoding.label.form;
    Settings {
        form,
        level: config.level(form),
        pool_size: config.pool_size,
    }
}
