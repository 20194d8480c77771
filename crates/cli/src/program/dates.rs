//! Dates, as the policy's file writes them.

/// Seconds in a day.
const DAY: u64 = 24 * 60 * 60;

/// The day (UTC) in which this second since the Unix epoch lies: `2027-01-31`.
pub(crate) fn date(seconds: u64) -> String {
    // Years are counted from March, so that the leap day comes last; an era is 400 years.
    let days = seconds / DAY + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let (month, next) = if from_march < 10 { (from_march + 3, 0) } else { (from_march - 9, 1) };
    format!("{:04}-{month:02}-{day:02}", era * 400 + year + next)
}

/// A policy's file with these dates in place of its own.
pub(crate) fn dated(policy: &str, issued: u64, expires: u64) -> String {
    let line = |line: &str| {
        if line.starts_with("issued = ") {
            format!("issued = {}\n", date(issued))
        } else if line.starts_with("expires = ") {
            format!("expires = {}\n", date(expires))
        } else {
            format!("{line}\n")
        }
    };
    policy.lines().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(951_782_400), "2000-02-29");
        assert_eq!(date(951_868_800), "2000-03-01");
        assert_eq!(date(1_798_761_599), "2026-12-31");
    }

    #[test]
    fn only_the_dates_of_a_policy_are_replaced() {
        let file = "# issued = never\nissued = 2020-01-01\nexpires = 2020-01-02\nname = \"x\"\n";
        let expected =
            "# issued = never\nissued = 1970-01-01\nexpires = 1970-01-02\nname = \"x\"\n";
        assert_eq!(dated(file, 0, DAY), expected);
    }
}
