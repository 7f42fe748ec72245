//! `deflate`: the zlib container (RFC 1950), which the library writes itself.

use std::io;

use super::deflate::{Container, Deflate};
use super::extent::Extent;
use super::operation::Operation;

pub(in crate::compression) struct Encoder {
    deflate: Deflate,
}

impl Encoder {
    pub(super) fn new(level: i32, _extent: Extent) -> Option<Self> {
        Some(Self {
            deflate: Deflate::new(level, Container::Zlib),
        })
    }

    pub(super) fn begin(&mut self, _level: i32, _extent: Extent) -> bool {
        self.deflate.reset();
        true
    }

    pub(super) fn run(
        &mut self,
        input: &[u8],
        operation: Operation,
        output: &mut Vec<u8>,
    ) -> io::Result<()> {
        self.deflate.run(input, operation, output)
    }
}
