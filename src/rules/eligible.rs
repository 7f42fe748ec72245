//! Which bodies a layer may change at all.

use crate::fields::media_type::MediaType;

/// Whether this is a type of gRPC, which frames and compresses its messages itself and reads trailers
/// of its own: `application/grpc`, alone or followed by `+`, `-` or `.`.
#[inline]
pub(crate) fn is_grpc(media_type: MediaType<'_>) -> bool {
    const GRPC: &[u8] = b"grpc";
    let subtype = media_type.subtype();
    let starts_with_grpc = || {
        let start = subtype.get(..GRPC.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(GRPC))
    };
    // The subtype first: its first byte tells for most.
    starts_with_grpc()
        && media_type.kind_is("application")
        && matches!(subtype.get(GRPC.len()), None | Some(b'+' | b'-' | b'.'))
}

/// Whether bodies of this type are never changed: gRPC, and `multipart/byteranges`, whose parts count
/// the bytes of what they were cut from (RFC 9110 §14.6).
#[inline]
pub(crate) fn is_never_changed(media_type: MediaType<'_>) -> bool {
    is_grpc(media_type) || media_type.is("multipart", "byteranges")
}

/// The length of a body as far as the response tells it: what the head declares, or what the body
/// itself announces.
///
/// A router that answers HEAD by dropping the body of GET leaves an empty one, of a known length of 0 or
/// of none. It says nothing about the length of GET's; a declared length does (RFC 9110 §9.3.2, §8.6).
#[inline]
pub(crate) fn known_length(declared: Option<u64>, hint: Option<u64>, is_head: bool) -> Option<u64> {
    declared.or(hint.filter(|&length| length > 0 || !is_head))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(content_type: &str, grpc: bool, never_changed: bool) {
        let media_type = MediaType::parse(content_type.as_bytes()).unwrap();
        let found = (is_grpc(media_type), is_never_changed(media_type));
        assert_eq!(found, (grpc, never_changed), "{content_type}");
    }

    #[test]
    fn c_36_grpc_and_byte_ranges_are_never_changed() {
        check("application/grpc", true, true);
        check("application/gRPC+proto", true, true);
        check("application/grpc-web+json", true, true);
        check("application/grpc.x", true, true);
        check("multipart/byteranges; boundary=x", false, true);
        check("application/grpcx", false, false);
        check("application/grp", false, false);
        check("text/grpc", false, false);
        check("multipart/mixed", false, false);
    }

    #[test]
    fn c_25_an_emptied_answer_to_head_tells_no_length() {
        for (declared, hint, is_head, expected) in [
            (None, Some(0), false, Some(0)),
            (None, Some(0), true, None),
            (None, Some(7), true, Some(7)),
            (Some(5), Some(0), true, Some(5)),
            (Some(0), Some(0), true, Some(0)),
            (None, None, false, None),
        ] {
            let found = known_length(declared, hint, is_head);
            assert_eq!(found, expected, "{declared:?} {hint:?} HEAD: {is_head}");
        }
    }
}
