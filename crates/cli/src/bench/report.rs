//! Figures beside what they should be: a table for people, a line of JSON for programs.

use std::fmt::Write;

use serde::Serialize;

/// One figure.
#[derive(Debug, Serialize)]
pub(crate) struct Figure {
    /// What was measured.
    pub(crate) what: &'static str,
    /// In which unit.
    pub(crate) unit: &'static str,
    /// The relay's value.
    pub(crate) value: f64,
    /// The bare relay's value, measured in the same run.
    pub(crate) limit: Option<f64>,
    /// What `value`, or its ratio to `limit` where there is one, should be at most: at first, and in the end.
    pub(crate) targets: Option<(f64, f64)>,
}

impl Figure {
    /// What the targets speak of: the ratio to the bare relay where there is one, else the value.
    fn compared(&self) -> f64 {
        match self.limit {
            Some(limit) if limit > 0.0 => self.value / limit,
            _ => self.value,
        }
    }

    fn verdict(&self) -> &'static str {
        match self.targets {
            Some((_, end)) if self.compared() <= end => "end",
            Some((first, _)) if self.compared() <= first => "first",
            Some(_) => "missed",
            None => "",
        }
    }
}

/// Every figure of a run.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    /// In the order in which they were measured.
    pub(crate) figures: Vec<Figure>,
}

impl Report {
    /// The table.
    pub(crate) fn table(&self) -> String {
        let mut table = format!(
            "{:<46} {:>10} {:>10} {:>9} {:>15}  {}\n",
            "", "relay", "limit", "ratio", "first / end", "meets"
        );
        for figure in &self.figures {
            let limit = figure.limit.map(number).unwrap_or_default();
            let ratio =
                figure.limit.map(|_| format!("{:.2}x", figure.compared())).unwrap_or_default();
            let targets = figure
                .targets
                .map(|(first, end)| format!("{} / {}", number(first), number(end)))
                .unwrap_or_default();
            let what = format!("{} ({})", figure.what, figure.unit);
            let _ = writeln!(
                table,
                "{what:<46} {:>10} {limit:>10} {ratio:>9} {targets:>15}  {}",
                number(figure.value),
                figure.verdict()
            );
        }
        table
    }
}

fn number(value: f64) -> String {
    if value >= 100.0 {
        format!("{value:.0}")
    } else if value >= 10.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.2}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(value: f64, limit: Option<f64>) -> Figure {
        Figure { what: "CPU", unit: "us", value, limit, targets: Some((4.0, 2.0)) }
    }

    #[test]
    fn a_figure_with_a_limit_is_judged_by_its_ratio() {
        assert_eq!(figure(15.0, Some(5.0)).verdict(), "first");
        assert_eq!(figure(10.0, Some(5.0)).verdict(), "end");
        assert_eq!(figure(25.0, Some(5.0)).verdict(), "missed");
    }

    #[test]
    fn a_figure_without_one_is_judged_by_itself() {
        assert_eq!(figure(3.0, None).verdict(), "first");
        assert_eq!(figure(5.0, None).verdict(), "missed");
    }
}
