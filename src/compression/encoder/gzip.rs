//! gzip (RFC 1952): one member.

use std::io;

use flate2::Crc;

use super::deflate::{Container, Deflate};
use super::extent::Extent;
use super::operation::Operation;

/// A header (RFC 1952 §2.3) that tells nothing of the time, the file or the host, so that the same
/// bytes in give the same bytes out everywhere: no flags, no time, system unknown.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

pub(in crate::compression) struct Encoder {
    deflate: Deflate,
    begun: bool,
    checksum: Crc,
}

impl Encoder {
    pub(super) fn new(level: i32, _extent: Extent) -> Option<Self> {
        Some(Self {
            deflate: Deflate::new(level, Container::None),
            begun: false,
            checksum: Crc::new(),
        })
    }

    pub(super) fn begin(&mut self, _level: i32, _extent: Extent) -> bool {
        self.deflate.reset();
        self.checksum.reset();
        self.begun = false;
        true
    }

    pub(super) fn run(
        &mut self,
        input: &[u8],
        operation: Operation,
        output: &mut Vec<u8>,
    ) -> io::Result<()> {
        if !self.begun {
            output.extend_from_slice(&HEADER);
            self.begun = true;
        }
        self.checksum.update(input);
        self.deflate.run(input, operation, output)?;
        if operation == Operation::Finish {
            // RFC 1952 §2.3.1: the checksum, then the length modulo 2^32.
            output.extend_from_slice(&self.checksum.sum().to_le_bytes());
            output.extend_from_slice(&self.checksum.amount().to_le_bytes());
        }
        Ok(())
    }
}
