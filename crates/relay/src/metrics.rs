//! Figures of the relay itself, for whoever watches over it (`features.md` 6.1): Prometheus' text format 0.0.4, on a
//! listener of its own, which answers `/metrics` and nothing else.
//!
//! A monitoring system asks every few seconds and keeps what it was told for years. So no figure moves with one
//! chat: what is in use is rounded down to steps of a tenth of its limit, and of ten people at least, and memory to
//! sixteen megabytes. Frames, addresses and processor time are counted nowhere.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::Router;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use axum::routing::get;

use crate::allotment::Stocks;
use crate::config::Limits;
use crate::holdings::process_bytes;
use crate::log::{self, Count};
use crate::notice_board::NoticeBoard;
use crate::switchboard::Switchboard;

/// Connections to this listener at once: one monitoring system, and whoever looks by hand.
pub(crate) const CONNECTIONS: usize = 4;

/// The fewest of anything that show: what is below reads as none.
const FEWEST: usize = 10;

/// The step of the process's memory: some thousand chats.
const MEMORY_STEP: u64 = 16 * 1024 * 1024;

/// What is measured.
pub(crate) struct Metrics {
    pub(crate) programs: Measured,
    /// What several programs share.
    pub(crate) in_all: Option<Stocks>,
    pub(crate) started: Instant,
}

/// The programs that are measured. One that starts later than the others comes to them.
#[derive(Clone, Default)]
pub(crate) struct Measured(Arc<Mutex<Vec<Arc<OfProgram>>>>);

impl Measured {
    pub(crate) fn add(&self, program: OfProgram) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::new(program));
    }

    fn all(&self) -> Vec<Arc<OfProgram>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What is measured of one program.
pub(crate) struct OfProgram {
    /// Set beside its figures, where there are several.
    pub(crate) name: Option<String>,
    pub(crate) switchboard: Arc<dyn Switchboard>,
    pub(crate) board: Arc<NoticeBoard>,
    pub(crate) limits: Limits,
}

impl OfProgram {
    /// What is in use of each of its limits, and how much that may be.
    fn used(&self) -> [(&'static str, usize, usize); 4] {
        let holdings = self.switchboard.holdings();
        [
            ("connections", holdings.connections, self.limits.connections),
            ("line", holdings.waiting, self.limits.line),
            ("rooms", holdings.rooms, self.limits.rooms),
            ("bytes", holdings.bytes, self.limits.bytes),
        ]
    }

    /// Its name and this label.
    fn labels(&self, label: &str) -> String {
        let name = self.name.iter().map(|name| format!("program=\"{name}\""));
        let labels: Vec<_> = name.chain((!label.is_empty()).then(|| label.to_owned())).collect();
        if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) }
    }
}

impl Metrics {
    /// What the listener answers.
    pub(crate) fn router(self) -> Router {
        Router::new().route("/metrics", get(answer)).with_state(Arc::new(self))
    }

    async fn text(&self) -> String {
        let mut text = String::new();
        let programs = self.programs.all();
        about(&mut text, "in_use_ratio", "gauge", "Share of a limit in use, in steps of a tenth.");
        for program in &programs {
            for (limit, used, most) in program.used() {
                let labels = program.labels(&format!("limit=\"{limit}\""));
                line(&mut text, "in_use_ratio", &labels, share(used, most));
            }
        }
        for (limit, (used, most)) in self.in_all.iter().flat_map(Stocks::used) {
            line(&mut text, "in_use_ratio", &format!("{{limit=\"{limit}\"}}"), share(used, most));
        }
        about(&mut text, "log_lines_total", "counter", "Lines that the log has, or would have.");
        let Count { errors, warnings } = log::count();
        line(&mut text, "log_lines_total", "{level=\"error\"}", errors);
        line(&mut text, "log_lines_total", "{level=\"warn\"}", warnings);
        about(&mut text, "uptime_seconds", "gauge", "Since the relay started.");
        line(&mut text, "uptime_seconds", "", self.started.elapsed().as_secs());
        if let Some(bytes) = process_bytes() {
            about(&mut text, "memory_bytes", "gauge", "Of the process, rounded up to 16 MB.");
            line(&mut text, "memory_bytes", "", bytes.div_ceil(MEMORY_STEP) * MEMORY_STEP);
        }
        about(&mut text, "policy_expires_seconds", "gauge", "Unix time; no chat starts after.");
        for program in &programs {
            if let Some(expires) = program.board.policy_expires().await {
                line(&mut text, "policy_expires_seconds", &program.labels(""), expires);
            }
        }
        text
    }
}

async fn answer(State(metrics): State<Arc<Metrics>>) -> impl IntoResponse {
    let headers = [(CONTENT_TYPE, "text/plain; version=0.0.4"), (CACHE_CONTROL, "no-store")];
    (headers, metrics.text().await)
}

fn about(text: &mut String, name: &str, kind: &str, help: &str) {
    // Writing into a text does not fail.
    let _ = writeln!(text, "# HELP stillroom_{name} {help}\n# TYPE stillroom_{name} {kind}");
}

fn line(text: &mut String, name: &str, labels: &str, value: impl std::fmt::Display) {
    let _ = writeln!(text, "stillroom_{name}{labels} {value}");
}

/// How much of `most` is used, rounded down so that no single one shows.
fn share(used: usize, most: usize) -> f64 {
    let step = most.div_ceil(10).max(FEWEST);
    let steps = used / step;
    let share = f64::from(u32::try_from(steps * step).unwrap_or(u32::MAX))
        / f64::from(u32::try_from(most.max(1)).unwrap_or(u32::MAX));
    (share * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn one_more_does_not_show_within_a_step() {
        assert_eq!(share(0, 500).to_string(), "0");
        assert_eq!(share(49, 500).to_string(), "0");
        assert_eq!(share(50, 500).to_string(), "0.1");
        assert_eq!(share(99, 500).to_string(), "0.1");
        assert_eq!(share(500, 500).to_string(), "1");
    }

    #[test]
    fn fewer_than_ten_never_show_however_small_the_limit() {
        assert_eq!(share(9, 12).to_string(), "0");
        assert_eq!(share(5, 5).to_string(), "0");
        assert_eq!(share(10, 12).to_string(), "0.83");
    }
}
