//! Strict decoders: all of the input is one complete stream, or it is an error.

use std::io::{Read, Write};

use bytes::Bytes;
use tower_egress::compression::Coding;

/// Decodes a whole body.
pub(crate) fn decode(coding: Coding, coded: &[u8]) -> Result<Bytes, String> {
    let mut decoded = Vec::new();
    let mut rest = coded;
    let read = match coding {
        Coding::Brotli => {
            // A byte at a time, for the decoder does not give back what it read too much.
            let mut bytes = ByteByByte(&mut rest);
            brotli::BrotliDecompress(&mut bytes, &mut decoded).map(|()| decoded.len())
        }
        Coding::Deflate => flate2::bufread::ZlibDecoder::new(&mut rest).read_to_end(&mut decoded),
        Coding::Gzip => flate2::bufread::GzDecoder::new(&mut rest).read_to_end(&mut decoded),
        Coding::Zstd => zstd::stream::read::Decoder::with_buffer(&mut rest)
            .map(zstd::stream::read::Decoder::single_frame)
            .and_then(|mut decoder| decoder.read_to_end(&mut decoded)),
        other => return Err(format!("no decoder for {other}")),
    };
    read.map_err(|error| error.to_string())?;
    if rest.is_empty() {
        Ok(decoded.into())
    } else {
        Err(format!("{} bytes follow the end of the stream", rest.len()))
    }
}

struct ByteByByte<'a, 'b>(&'a mut &'b [u8]);

impl Read for ByteByByte<'_, '_> {
    fn read(&mut self, room: &mut [u8]) -> std::io::Result<usize> {
        let one = room.len().min(1);
        self.0.read(&mut room[..one])
    }
}

/// Decodes as much as a client can from a body of which more will come.
pub(crate) fn decode_so_far(coding: Coding, coded: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::new();
    let sink = &mut decoded;
    match coding {
        Coding::Brotli => {
            let mut decoder = brotli::DecompressorWriter::new(sink, 4096);
            let _ = decoder.write_all(coded);
            let _ = decoder.flush();
            // Its `Drop` complains of an incomplete stream by itself.
            let _ = decoder.into_inner();
        }
        Coding::Deflate => write_all(flate2::write::ZlibDecoder::new(sink), coded),
        Coding::Gzip => write_all(flate2::write::GzDecoder::new(sink), coded),
        Coding::Zstd => write_all(
            zstd::stream::write::Decoder::new(sink).expect("a decoder can be made"),
            coded,
        ),
        other => unreachable!("no decoder for {other}"),
    }
    decoded
}

fn write_all(mut decoder: impl Write, coded: &[u8]) {
    decoder
        .write_all(coded)
        .expect("the stream so far is sound");
    decoder.flush().expect("the stream so far is sound");
}
