//! The one source of randomness of a conversation, given by the shell.
//!
//! A core has no system randomness of its own (`features.md` 1.7 and 6.6 rest on tests that play a whole
//! chat again from a seed): a page hands in the browser's generator, a test a seeded one. Whoever gives a
//! generator that can be guessed gives away the chat; nothing here can notice that.

use std::convert::Infallible;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use rand_core::{CryptoRng, Rng as _, TryCryptoRng, TryRng};

/// A handle on the shared generator: every clone draws from the same one.
#[derive(Clone)]
pub struct Randomness(Arc<Mutex<Box<dyn CryptoRng + Send>>>);

impl Randomness {
    /// Shares `source`.
    pub fn new(source: impl CryptoRng + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(Box::new(source))))
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// Fills `out` with random bytes.
    pub fn fill(&self, out: &mut [u8]) {
        // A generator whose user panicked half-way still gives random bytes: nothing in it is torn.
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(out);
    }
}

impl fmt::Debug for Randomness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Randomness")
    }
}

impl TryRng for Randomness {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_le_bytes(self.bytes()))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_le_bytes(self.bytes()))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        self.fill(out);
        Ok(())
    }
}

impl TryCryptoRng for Randomness {}
