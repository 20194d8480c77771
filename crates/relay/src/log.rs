//! What the relay says about itself, on standard error (`features.md` 6.1).
//!
//! Lines speak of the relay: that it started, that its records do not answer. None speaks of a contact, at
//! any level; there is no access log. The libraries beneath, which would tell of frames and peers at their
//! finer levels, are not heard at all. A test runs traffic through everything at the finest level and reads
//! what was said. What the system around the relay logs (a proxy before it, say) is not in its hands.

use std::io;

use tracing::Metadata;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::config::{Log, LogLevel};

/// Only what is said by crates of this name is heard.
const OURS: &str = "stillroom";

/// Writes the log to standard error from now on, for the whole process. Does nothing if something else does
/// so already.
pub fn start(log: Log) {
    let _ = tracing::subscriber::set_global_default(subscriber(log, io::stderr));
}

/// What hears the relay, and writes lines to `writer`.
pub fn subscriber<W>(log: Log, writer: W) -> impl tracing::Subscriber + Send + Sync
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(writer)
        .with_ansi(false)
        .with_filter(filter_fn(is_ours))
        .with_filter(level(log.level));
    tracing_subscriber::registry().with(lines)
}

fn is_ours(metadata: &Metadata<'_>) -> bool {
    metadata.target().starts_with(OURS)
}

fn level(level: LogLevel) -> LevelFilter {
    match level {
        LogLevel::Off => LevelFilter::OFF,
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    }
}
