//! The media types that are compressed unless the user says otherwise. Pure.

use crate::fields::media_type::MediaType;

/// Whether compressing bodies of this type pays.
pub(super) fn is_compressible(media_type: MediaType<'_>) -> bool {
    // What most responses are, before the table is searched.
    media_type.kind_is("text")
        || media_type.is("application", "json")
        || media_type.suffix().is_some_and(|suffix| {
            SUFFIXES
                .iter()
                .any(|name| suffix.eq_ignore_ascii_case(name))
        })
        || NAMED
            .iter()
            .filter(|(kind, _)| media_type.kind_is(kind))
            .any(|(_, subtypes)| {
                subtypes.iter().any(|subtype| {
                    media_type
                        .subtype()
                        .eq_ignore_ascii_case(subtype.as_bytes())
                })
            })
}

/// Structured syntaxes that are text.
const SUFFIXES: &[&[u8]] = &[b"json", b"xml", b"text"];

/// Compressible types that `text/*` and the suffixes miss.
const NAMED: &[(&str, &[&str])] = &[
    (
        "application",
        &[
            "cbor",
            "dart",
            "ecmascript",
            "javascript",
            "json",
            "json-seq",
            "jsonl",
            "ndjson",
            "postscript",
            "protobuf",
            "raml+yaml",
            "rtf",
            "tar",
            "toml",
            "vnd.dart",
            "vnd.google.protobuf",
            "vnd.ms-fontobject",
            "vnd.ms-opentype",
            "wasm",
            "x-httpd-php",
            "x-javascript",
            "x-jsonlines",
            "x-ndjson",
            "x-ns-proxy-autoconfig",
            "x-protobuf",
            "x-sh",
            "x-tar",
            "x-virtualbox-hdd",
            "x-virtualbox-ova",
            "x-virtualbox-ovf",
            "x-virtualbox-vbox",
            "x-virtualbox-vdi",
            "x-virtualbox-vhd",
            "x-virtualbox-vmdk",
            "x-www-form-urlencoded",
            "x-yaml",
            "xml",
            "xml-dtd",
            "yaml",
        ],
    ),
    ("font", &["otf", "ttf"]),
    (
        "image",
        &[
            "bmp",
            "vnd.adobe.photoshop",
            "vnd.microsoft.icon",
            "vnd.ms-dds",
            "x-icon",
            "x-ms-bmp",
        ],
    ),
    ("message", &["rfc822"]),
    ("model", &["gltf-binary"]),
    ("x-shader", &["x-fragment", "x-vertex"]),
];
