//! `cargo xtask size`: what each page weighs over the line, beside its budget (`docs/benchmarks.md`).
//!
//! Brotli 11, everything that a page loads counted (what it loads only when it is wanted in a row of its own), without the few hundred bytes of headers. The page's
//! own document is counted as the demo serves it, its texts and the program's policy filled in.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::failure::{Failure, Outcome};
use crate::{build, places};

const KB: usize = 1024;

/// What is weighed, what is due with the first release, and what it is to come to.
struct Budget {
    what: &'static str,
    page: &'static str,
    /// Beginnings of the names of files that count.
    counts: &'static [&'static str],
    /// Beginnings of those that do not.
    spares: &'static [&'static str],
    /// Whether the document counts.
    document: bool,
    first: usize,
    end: usize,
}

/// What the survivor's page loads only when a relay under pressure asks for a puzzle.
const UNDER_PRESSURE: &[&str] = &["puzzle"];

/// What every page with a line loads only where something on the way breaks WebSocket.
const SECOND_WAY: &[&str] = &["second-way"];

/// What the desk loads only where a passphrase is chosen.
const FOR_PASSPHRASES: &[&str] = &["strength"];

const BUDGETS: [Budget; 8] = [
    Budget {
        what: "survivor's page: HTML, CSS and way out",
        page: "survivor",
        counts: &["page.css", "leave.js"],
        spares: &[],
        document: true,
        first: 20 * KB,
        end: 14 * KB,
    },
    Budget {
        what: "survivor's page: everything",
        page: "survivor",
        counts: &[""],
        spares: &["puzzle", "second-way"],
        document: true,
        first: 170 * KB,
        end: 130 * KB,
    },
    Budget {
        what: "survivor's page: only under pressure",
        page: "survivor",
        counts: UNDER_PRESSURE,
        spares: &[],
        document: false,
        first: 20 * KB,
        end: 14 * KB,
    },
    Budget {
        what: "a line: only where WebSocket is broken",
        page: "survivor",
        counts: SECOND_WAY,
        spares: &[],
        document: false,
        first: 4 * KB,
        end: 3 * KB,
    },
    Budget {
        what: "desk: everything",
        page: "desk",
        counts: &[""],
        spares: &["strength", "second-way"],
        document: true,
        first: 450 * KB,
        end: 350 * KB,
    },
    Budget {
        what: "desk: only to choose a passphrase",
        page: "desk",
        counts: FOR_PASSPHRASES,
        spares: &[],
        document: false,
        first: 600 * KB,
        end: 450 * KB,
    },
    Budget {
        what: "practice: everything",
        page: "practice",
        counts: &[""],
        spares: &[],
        document: true,
        first: 40 * KB,
        end: 30 * KB,
    },
    Budget {
        what: "console: everything",
        page: "console",
        counts: &[""],
        spares: SECOND_WAY,
        document: true,
        first: 450 * KB,
        end: 350 * KB,
    },
];

/// Builds what has changed, then weighs it.
pub(crate) fn command() -> Outcome {
    build::release()?;
    weigh()
}

/// Weighs what is built. Over the first column is a failure.
pub(crate) fn weigh() -> Outcome {
    let demo = Demo::start()?;
    let documents = [
        ("survivor", demo.document("visitor", "/")?),
        ("desk", demo.document("desk", "/")?),
        ("practice", demo.document("desk", "/practice")?),
        ("console", demo.document("desk", "/console")?),
    ];
    drop(demo);
    println!("{:<42}{:>10}{:>10}{:>10}", "brotli, KB", "now", "first", "end");
    let mut over = Vec::new();
    for budget in &BUDGETS {
        let document =
            documents.iter().find(|(page, _)| *page == budget.page).map_or(0, |(_, bytes)| *bytes);
        let bytes = if budget.document { document } else { 0 } + files(budget)?;
        println!(
            "{:<42}{:>10}{:>10}{:>10}",
            budget.what,
            tenths(bytes),
            tenths(budget.first),
            tenths(budget.end)
        );
        if bytes > budget.first {
            over.push(budget.what);
        }
    }
    list_files(&documents)?;
    if over.is_empty() {
        Ok(())
    } else {
        Err(Failure::new(format!("Over its budget: {}", over.join("; "))))
    }
}

/// Kilobytes with one digit behind the point.
fn tenths(bytes: usize) -> String {
    let tenths = (bytes * 10).div_ceil(KB);
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// The compressed bytes of a page's files that a budget counts.
fn files(budget: &Budget) -> Outcome<usize> {
    Ok(assets(budget.page)?
        .iter()
        .filter(|(name, _)| begins(name, budget.counts) && !begins(name, budget.spares))
        .map(|(_, bytes)| bytes)
        .sum())
}

fn begins(name: &str, with: &[&str]) -> bool {
    with.iter().any(|beginning| name.starts_with(beginning))
}

fn list_files(documents: &[(&str, usize)]) -> Outcome {
    for (page, document) in documents {
        let mut line = format!("  {page}: document {}", tenths(*document));
        for (name, bytes) in assets(page)? {
            line.push_str(&format!(", {name} {}", tenths(bytes)));
        }
        println!("{line}");
    }
    Ok(())
}

/// The files of a page, as its template calls them, with their compressed bytes.
fn assets(page: &str) -> Outcome<Vec<(String, usize)>> {
    let folder = places::pages().join(page);
    let manifest: Value = serde_json::from_str(&places::read(&folder.join("manifest.json"))?)
        .map_err(|error| Failure::at(&folder, error))?;
    let listed = manifest.get("assets").and_then(Value::as_array);
    listed
        .into_iter()
        .flatten()
        .map(|asset| {
            let text = |name| asset.get(name).and_then(Value::as_str).unwrap_or_default();
            let packed = folder.join(format!("{}.br", text("file")));
            let size = fs::metadata(&packed).map_err(|error| Failure::at(&packed, error))?.len();
            Ok((text("from").to_owned(), usize::try_from(size).unwrap_or(usize::MAX)))
        })
        .collect()
}

/// The built program, showing itself.
struct Demo {
    process: Child,
    ready: Value,
}

impl Demo {
    fn start() -> Outcome<Self> {
        let binary = places::binary();
        let mut process = Command::new(&binary)
            .args(["demo", "--json"])
            .stdout(Stdio::piped())
            .stdin(Stdio::null())
            .spawn()
            .map_err(|error| Failure::at(&binary, error))?;
        let mut line = String::new();
        if let Some(answers) = process.stdout.take() {
            BufReader::new(answers)
                .read_line(&mut line)
                .map_err(|error| Failure::at(&binary, error))?;
        }
        let mut demo = Self { process, ready: Value::Null };
        demo.ready = serde_json::from_str(&line).map_err(|error| {
            Failure::new(format!("stillroom demo --json said {line:?}: {error}"))
        })?;
        Ok(demo)
    }

    /// The compressed bytes of a document at the host of one of the demo's two links.
    fn document(&self, link: &str, path: &str) -> Outcome<usize> {
        let url = self.ready.get(link).and_then(Value::as_str).unwrap_or_default();
        let host = url
            .strip_prefix("http://")
            .and_then(|rest| rest.split(['/', '#', '?']).next())
            .ok_or_else(|| Failure::new(format!("stillroom demo gave no link {link}")))?;
        body(host, path).map_err(|error| Failure::at(Path::new(url), error))
    }
}

impl Drop for Demo {
    /// The demo removes what it made when it is asked to stop.
    fn drop(&mut self) {
        let asked = Command::new("kill").arg(self.process.id().to_string()).status();
        if !asked.is_ok_and(|status| status.success()) {
            // Nothing better is left to do; it may have ended already.
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
    }
}

/// How many bytes of a document come after the headers, packed as a browser takes it.
fn body(host: &str, path: &str) -> std::io::Result<usize> {
    let mut line = TcpStream::connect(host)?;
    write!(
        line,
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: br\r\nAccept: text/html\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = Vec::new();
    line.read_to_end(&mut answer)?;
    let head = answer.windows(4).position(|four| four == b"\r\n\r\n");
    match head {
        Some(head) if answer.starts_with(b"HTTP/1.1 200") => Ok(answer.len() - head - 4),
        _ => Err(std::io::Error::other("the page was not served")),
    }
}
