//! The report as one page: it loads nothing and runs nothing. Each chart has its table beside it, which says the
//! same to whoever does not see it.

use std::fmt::Write as _;

use super::{Block, EXPLANATION, NOTHING, Section, shown};

/// Width of the widest bar, and height of each with its gap, in pixels.
const WIDEST: u64 = 320;
const BAR: usize = 24;

const HEAD: &str = "<!doctype html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width\">
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">
<title>Report</title>
<style>
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 56rem; margin: 2rem auto; padding: 0 1rem; }
figure { display: flex; flex-wrap: wrap; gap: 1rem; align-items: end; margin: 0 0 2rem; break-inside: avoid; }
table { border-collapse: collapse; }
caption { text-align: start; font-weight: bold; }
th, td { padding: 0 .5rem; height: 24px; text-align: start; font-weight: normal; }
td { text-align: end; }
svg { max-width: 100%; }
rect { fill: #2b6a9b; }
@media (prefers-color-scheme: dark) { body { background: #16191c; color: #e8eaec; } rect { fill: #7db8e8; } }
</style>
";

pub(super) fn write(sections: &[Section]) -> String {
    let mut page = HEAD.to_owned();
    let explanation = if sections.is_empty() { NOTHING } else { EXPLANATION };
    // Writing into a text does not fail.
    let _ = write!(page, "<h1>Report</h1>\n<p>{}</p>\n", escaped(explanation));
    for section in sections {
        let _ = write_section(&mut page, section);
    }
    page
}

fn write_section(page: &mut String, section: &Section) -> std::fmt::Result {
    let Section { period, about, people, .. } = section;
    writeln!(page, "<h2>{}: {about}</h2>", escaped(period))?;
    if let Some(people) = people {
        writeln!(page, "<p>{people} people</p>")?;
    }
    section.blocks.iter().try_for_each(|block| write_block(page, block))
}

fn write_block(page: &mut String, block: &Block) -> std::fmt::Result {
    let caption = match &*block.languages {
        "" => escaped(&block.ask),
        languages => format!("{} ({})", escaped(&block.ask), escaped(languages)),
    };
    writeln!(page, "<figure>\n<table>\n<caption>{caption}</caption>")?;
    for (label, number) in &block.rows {
        let (label, number) = (escaped(label), shown(*number));
        writeln!(page, "<tr><th scope=\"row\">{label}</th><td>{number}</td></tr>")?;
    }
    writeln!(page, "</table>")?;
    chart(page, &block.rows)?;
    writeln!(page, "</figure>")
}

/// One bar for each row, beside it. Whoever hears the page has heard the table.
fn chart(page: &mut String, rows: &[(String, Option<u64>)]) -> std::fmt::Result {
    let most = rows.iter().filter_map(|(_, number)| *number).max().unwrap_or_default().max(1);
    let height = rows.len() * BAR;
    writeln!(page, "<svg width=\"{WIDEST}\" height=\"{height}\" aria-hidden=\"true\">")?;
    for (place, (_, number)) in rows.iter().enumerate() {
        let width = number.unwrap_or_default().saturating_mul(WIDEST) / most;
        let y = place * BAR + 4;
        writeln!(page, "<rect y=\"{y}\" width=\"{width}\" height=\"{}\"/>", BAR - 8)?;
    }
    writeln!(page, "</svg>")
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::super::{Format, tests::period, write};

    #[test]
    fn each_chart_has_its_table_and_no_text_becomes_markup() {
        let page = write(&[period("<script>alert(1)</script>", "a & \"b\"")], Format::Html);
        assert!(!page.contains("<script") && page.contains("&lt;script&gt;"), "{page}");
        assert!(page.contains("a &amp; &quot;b&quot;"));
        let count = |what: &str| page.matches(what).count();
        assert_eq!((count("<svg"), count("<table")), (5, 5));
        assert_eq!(count("<rect"), count("<tr>"), "a bar for each row");
        assert!(!page.contains("http:") && !page.contains("https:"), "it loads nothing");
    }
}
