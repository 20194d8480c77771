//! The time that the core is told: the wall clock at the start, and what has passed since by a clock that
//! never runs backwards. Setting the device's clock while the desk is open changes nothing here.

use std::time::Duration;

use stillroom_program::Timestamp;

use crate::browser::window;

/// The clock of one page.
#[derive(Clone, Copy)]
pub struct Clock {
    wall_at_start: f64,
    elapsed_at_start: f64,
}

impl Clock {
    /// Starts it.
    pub fn start() -> Self {
        Self { wall_at_start: js_sys::Date::now(), elapsed_at_start: elapsed() }
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        let now = self.wall_at_start + (elapsed() - self.elapsed_at_start).max(0.0);
        // Milliseconds since 1970 are far below where a float loses whole numbers.
        Timestamp(now.max(0.0) as u64)
    }

    /// When the clock that this device shows comes to that time of day next.
    pub fn next(&self, hours: u8, minutes: u8) -> Timestamp {
        let now = js_sys::Date::now();
        let date = js_sys::Date::new_0();
        date.set_hours(hours.into());
        date.set_minutes(minutes.into());
        date.set_seconds(0);
        date.set_milliseconds(0);
        if date.get_time() <= now {
            // The day after a month's last is the next one's first.
            date.set_date(date.get_date() + 1);
        }
        // Less than two days, and more than nothing.
        let wait = (date.get_time() - now).max(0.0) as u64;
        self.now() + Duration::from_millis(wait)
    }
}

fn elapsed() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now())
}
