//! What stands in for the encoder of a coding that this build lacks.

use std::io;

use super::extent::Extent;
use super::operation::Operation;

/// An encoder that does not exist.
pub(in crate::compression) enum Encoder {}

impl Encoder {
    pub(super) const fn new(_level: i32, _extent: Extent) -> Option<Self> {
        None
    }

    pub(super) const fn begin(&mut self, _level: i32, _extent: Extent) -> bool {
        match *self {}
    }

    #[cfg(not(feature = "compression-zstd"))]
    pub(super) const fn is_small(&self) -> bool {
        match *self {}
    }

    pub(super) const fn run(
        &mut self,
        _input: &[u8],
        _operation: Operation,
        _output: &mut Vec<u8>,
    ) -> io::Result<()> {
        match *self {}
    }
}
