//! Which containers are open: a bit each.

/// What a value can be inside of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Container {
    Array,
    Object,
}

/// The open containers of a text.
#[derive(Debug, Default)]
pub(super) struct Nesting {
    depth: usize,
    /// The innermost containers, the last in the lowest bit; 1 is an object.
    innermost: u64,
    /// The others, 64 each.
    others: Vec<u64>,
}

impl Nesting {
    pub(super) const fn depth(&self) -> usize {
        self.depth
    }

    /// The innermost container, if any is open.
    #[inline]
    pub(super) const fn container(&self) -> Option<Container> {
        match (self.depth, self.innermost & 1) {
            (0, _) => None,
            (_, 0) => Some(Container::Array),
            _ => Some(Container::Object),
        }
    }

    #[inline]
    pub(super) fn open(&mut self, container: Container) {
        if self.depth > 0 && self.depth % 64 == 0 {
            self.others.push(self.innermost);
        }
        self.depth += 1;
        self.innermost = self.innermost << 1 | u64::from(container == Container::Object);
    }

    /// Closes the innermost container, of which there must be one.
    #[inline]
    pub(super) fn close(&mut self) {
        self.depth -= 1;
        self.innermost >>= 1;
        if self.depth > 0 && self.depth % 64 == 0 {
            self.innermost = self.others.pop().unwrap_or_default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn containers_close_in_the_order_that_they_opened_in() {
        let kinds: Vec<_> = (0_usize..300)
            .map(|level| match level.wrapping_mul(2_654_435_761) >> 7 & 1 {
                0 => Container::Array,
                _ => Container::Object,
            })
            .collect();
        let mut nesting = Nesting::default();
        for turn in 0..3 {
            for (depth, &kind) in kinds.iter().enumerate() {
                assert_eq!(nesting.depth(), depth, "{turn}");
                nesting.open(kind);
                assert_eq!(nesting.container(), Some(kind), "{depth}");
            }
            for (depth, &kind) in kinds.iter().enumerate().rev() {
                assert_eq!(nesting.container(), Some(kind), "{depth}");
                nesting.close();
                assert_eq!(nesting.depth(), depth, "{turn}");
            }
            assert_eq!(nesting.container(), None);
        }
    }
}
