//! What the relay says about itself, on standard error (`features.md` 6.1).
//!
//! Lines speak of the relay: that it started, that its records do not answer. None speaks of a contact, at
//! any level; there is no access log. The libraries beneath, which would tell of frames and peers at their
//! finer levels, are not heard at all. A test runs traffic through everything at the finest level and reads
//! what was said. What the system around the relay logs (a proxy before it, say) is not in its hands.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use tracing::level_filters::LevelFilter;
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::Context;
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
    tracing_subscriber::registry().with(lines).with(Counting.with_filter(filter_fn(is_ours)))
}

/// How many lines of the worse kinds there were, written or not, since the process started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) errors: u64,
    pub(crate) warnings: u64,
}

static ERRORS: AtomicU64 = AtomicU64::new(0);
static WARNINGS: AtomicU64 = AtomicU64::new(0);

/// For the metrics: that something needs somebody shows there also where nobody reads the log.
pub(crate) fn count() -> Count {
    Count { errors: ERRORS.load(Ordering::Relaxed), warnings: WARNINGS.load(Ordering::Relaxed) }
}

struct Counting;

impl<S: Subscriber> Layer<S> for Counting {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        match *event.metadata().level() {
            Level::ERROR => ERRORS.fetch_add(1, Ordering::Relaxed),
            Level::WARN => WARNINGS.fetch_add(1, Ordering::Relaxed),
            _ => 0,
        };
    }
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
