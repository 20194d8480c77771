//! The threads that a relay runs on.

use std::io;

use tokio::runtime::{Builder, Runtime};

use crate::config::Config;

/// Threads for what may not hold up frames: the making of pages. One is enough, and each costs memory.
const BLOCKING_THREADS: usize = 1;

/// A runtime as the configuration wants it: the calling thread alone for one worker, which is the smallest.
///
/// # Errors
/// The system gives no threads or no descriptors.
pub fn runtime(config: &Config) -> io::Result<Runtime> {
    let mut builder = match config.threads.workers {
        1 => Builder::new_current_thread(),
        workers => {
            let mut builder = Builder::new_multi_thread();
            builder.worker_threads(workers);
            builder
        }
    };
    builder.max_blocking_threads(BLOCKING_THREADS).enable_io().enable_time().build()
}
