//! The end of a shift as it is typed: a time of day by the clock of this device, which whoever sits at it
//! reads as well (`features.md` 5.3). The program's own time zone is on the survivor's page; a desk that is
//! elsewhere would have to add and subtract.

use std::fmt;
use std::str::FromStr;

/// A time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TimeOfDay {
    /// From 0 to 23.
    pub(crate) hours: u8,
    /// From 0 to 59.
    pub(crate) minutes: u8,
}

/// What was typed is no time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoTime;

impl FromStr for TimeOfDay {
    type Err = NoTime;

    /// From what a browser's field for times gives: hours and minutes, and perhaps seconds.
    fn from_str(text: &str) -> Result<Self, NoTime> {
        let mut parts = text.split(':').map(|part| part.parse::<u8>().map_err(|_| NoTime));
        let (hours, minutes) = (parts.next().ok_or(NoTime)??, parts.next().ok_or(NoTime)??);
        if hours > 23 || minutes > 59 {
            return Err(NoTime);
        }
        Ok(Self { hours, minutes })
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.hours, self.minutes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_day_is_read_and_said_as_a_field_for_times_has_it() {
        for (typed, said) in [("00:00", "00:00"), ("23:59", "23:59"), ("07:05:00", "07:05")] {
            assert_eq!(typed.parse::<TimeOfDay>().map(|time| time.to_string()), Ok(said.into()));
        }
        for typed in ["", "7", "24:00", "12:60", "-1:00", "noon", "12:", ":30"] {
            assert_eq!(typed.parse::<TimeOfDay>(), Err(NoTime), "{typed}");
        }
    }
}
