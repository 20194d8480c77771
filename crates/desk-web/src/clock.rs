//! The time that the core is told: the wall clock at the start, and what has passed since by a clock that
//! never runs backwards. Setting the device's clock while the desk is open changes nothing here.

use leptos::prelude::window;
use stillroom_program::Timestamp;

/// The clock of one page.
#[derive(Clone, Copy)]
pub(crate) struct Clock {
    wall_at_start: f64,
    elapsed_at_start: f64,
}

impl Clock {
    /// Starts it.
    pub(crate) fn start() -> Self {
        Self { wall_at_start: js_sys::Date::now(), elapsed_at_start: elapsed() }
    }

    /// Now.
    pub(crate) fn now(&self) -> Timestamp {
        let now = self.wall_at_start + (elapsed() - self.elapsed_at_start).max(0.0);
        // Milliseconds since 1970 are far below where a float loses whole numbers.
        Timestamp(now.max(0.0) as u64)
    }
}

fn elapsed() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now())
}
