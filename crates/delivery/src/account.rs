//! How many bytes are held for others, all together (`features.md` 6.6).
//!
//! Counts what devices sent and the relay keeps: what waits in rooms, and what came with the places in
//! the line. It does not count the relay's own structures, which the other limits bound.

/// The bytes held, and how many that may be.
#[derive(Debug)]
pub(crate) struct Account {
    held: usize,
    most: usize,
}

impl Account {
    pub(crate) fn new(most: usize) -> Self {
        Self { held: 0, most }
    }

    /// Counts `bytes` if they fit.
    #[must_use]
    pub(crate) fn take(&mut self, bytes: usize) -> bool {
        let after = self.held.saturating_add(bytes);
        let fits = after <= self.most;
        if fits {
            self.held = after;
        }
        fits
    }

    /// Counts `bytes` that another limit has already allowed.
    pub(crate) fn add(&mut self, bytes: usize) {
        self.held = self.held.saturating_add(bytes);
    }

    /// These are held no longer.
    pub(crate) fn give_back(&mut self, bytes: usize) {
        self.held = self.held.saturating_sub(bytes);
    }

    pub(crate) fn held(&self) -> usize {
        self.held
    }
}
