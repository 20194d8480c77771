//! What a message and a connection cost as chats become more, at the relay and at one that passes bytes on: as a table
//! and as a picture. Beside a bare relay with two lines for each chat, which is all that such a relay knows; and as a
//! program has them, with few desks' lines.

use std::fmt::Write;

use serde::Serialize;

use super::rooms::{ROOMS_OF_A_DESK, Rooms};
use super::{Chats, Measurement, Scale, messages};
use crate::failure::Failure;
use crate::terminal::remark;

/// Chats at which it is measured.
pub(super) const SIZES: [usize; 5] = [100, 300, 1_000, 3_000, 10_000];

/// Chats of two lines, where there are to be fewer, are a multiple of this.
const ROUNDED: usize = 1_000;

/// The same, for a short run that shows that everything works.
pub(super) const FEW: [usize; 3] = [5, 10, 20];

/// What was measured at so many chats.
#[derive(Debug, Serialize)]
struct Point {
    chats: usize,
    pairs: Pairs,
    desks: Measurement,
}

/// Both relays, with two lines for each chat: fewer chats where the system gives a process too few open files.
#[derive(Debug, Serialize)]
struct Pairs {
    chats: usize,
    relay: Measurement,
    limit: Measurement,
}

/// The relay's cost at each size.
#[derive(Debug, Serialize)]
pub(super) struct Growth {
    points: Vec<Point>,
}

/// Measures at each of these sizes; with two lines for each chat at no more than a process may have `sockets` for.
pub(super) async fn measure(
    rooms: &Rooms,
    sizes: &[usize],
    sockets: usize,
    scale: Scale,
) -> Result<Growth, Failure> {
    let mut points = Vec::new();
    for chats in sizes.iter().copied() {
        remark(format!("{chats} chats ..."));
        let scale = Scale { chats, ..scale };
        let mut of_pairs = chats;
        if 2 * chats > sockets {
            of_pairs = sockets / 2 / ROUNDED * ROUNDED;
            remark(format!("As a process may open no more files, {of_pairs} with two lines each."));
        }
        let two = Scale { chats: of_pairs, ..scale };
        let limit = messages(Chats::Bare, two).await?;
        let relay = messages(Chats::Pairs(rooms), two).await?;
        let pairs = Pairs { chats: of_pairs, relay, limit };
        let desks = messages(Chats::AtDesks(rooms), scale).await?;
        points.push(Point { chats, pairs, desks });
    }
    Ok(Growth { points })
}

impl Growth {
    /// For people to read.
    pub(super) fn table(&self) -> String {
        let mut table = format!(
            "Two lines for each chat, and how many times what a relay costs that passes bytes on:\n\
             {:>7}  {:>14}  {:>14}  {:>14}  {:>14}  {:>9}  {:>9}\n",
            "chats", "flood us", "paced us", "median ms", "99th ms", "KB a line", "KB limit"
        );
        for Pairs { chats, relay, limit } in self.points.iter().map(|point| &point.pairs) {
            let pair = |of: Of| beside(of(relay), of(limit));
            // Writing into a text does not fail.
            let _ = writeln!(
                table,
                "{chats:>7}  {:>14}  {:>14}  {:>14}  {:>14}  {:>9.1}  {:>9.1}",
                pair(|it| it.flood),
                pair(|it| it.paced),
                pair(|it| it.median),
                pair(|it| it.ninety_ninth),
                relay.each,
                limit.each,
            );
        }
        let _ = writeln!(
            table,
            "\nA line for each survivor, and one for each desk, which has {ROOMS_OF_A_DESK} chats:\n\
             {:>7}  {:>14}  {:>14}  {:>14}  {:>14}  {:>9}  {:>9}",
            "chats", "flood us", "paced us", "median ms", "99th ms", "KB a line", "MB in all"
        );
        for Point { chats, desks, .. } in &self.points {
            let _ = writeln!(
                table,
                "{chats:>7}  {:>14.2}  {:>14.2}  {:>14.2}  {:>14.2}  {:>9.1}  {:>9.1}",
                desks.flood, desks.paced, desks.median, desks.ninety_ninth, desks.each, desks.full,
            );
        }
        table
    }

    /// The same as a picture (SVG): CPU of a message and memory of a connection, over the number of chats.
    pub(super) fn picture(&self) -> String {
        let mut picture = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" role=\"img\" \
             font-family=\"sans-serif\" font-size=\"12\">\n<title>What a message and a connection cost \
             as chats become more</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n",
            2.0 * PANEL.0,
            PANEL.1
        );
        let panels: [(&str, Of); 2] = [
            ("CPU for a message in a flood, microseconds", |it| it.flood),
            ("memory for a line, KB", |it| it.each),
        ];
        for (number, (title, of)) in panels.into_iter().enumerate() {
            let _ = self.panel(&mut picture, (number as f64) * PANEL.0, title, of);
        }
        picture.push_str("</svg>\n");
        picture
    }

    fn panel(&self, picture: &mut String, left: f64, title: &str, of: Of) -> std::fmt::Result {
        let all = self.points.iter().flat_map(|point| LINES.map(|line| of((line.of)(point))));
        let most = all.fold(f64::MIN_POSITIVE, f64::max);
        writeln!(picture, "<g transform=\"translate({left} 0)\">")?;
        writeln!(picture, "<text x=\"{MARGIN}\" y=\"20\" font-weight=\"bold\">{title}</text>")?;
        for part in [0.0, 0.5, 1.0] {
            let (y, value) = (height(part * most, most), part * most);
            let right = PANEL.0 - MARGIN;
            writeln!(
                picture,
                "<path d=\"M{MARGIN} {y:.1}H{right}\" stroke=\"#ccc\"/>\
                 <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{value:.1}</text>",
                MARGIN - 6.0,
                y + 4.0
            )?;
        }
        for (number, point) in self.points.iter().enumerate() {
            let (x, y) = (self.place(number), PANEL.1 - 24.0);
            let chats = match (point.chats, point.pairs.chats) {
                (chats, pairs) if pairs < chats => format!("{chats} ({pairs})"),
                (chats, _) => chats.to_string(),
            };
            writeln!(
                picture,
                "<text x=\"{x:.1}\" y=\"{y}\" text-anchor=\"middle\">{chats}</text>"
            )?;
        }
        for (number, Line { name, colour, of: which }) in LINES.iter().enumerate() {
            let places = self.points.iter().enumerate().map(|(number, point)| {
                format!("{:.1},{:.1}", self.place(number), height(of(which(point)), most))
            });
            let places = places.collect::<Vec<_>>().join(" ");
            let y = 36.0 + 14.0 * number as f64;
            writeln!(
                picture,
                "<polyline points=\"{places}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>\
                 <text x=\"{:.1}\" y=\"{y}\" fill=\"{colour}\" text-anchor=\"end\">{name}</text>",
                PANEL.0 - MARGIN
            )?;
        }
        writeln!(picture, "</g>")
    }

    /// How far right a size stands: each as far from the next.
    fn place(&self, number: usize) -> f64 {
        let steps = self.points.len().saturating_sub(1).max(1) as f64;
        MARGIN + (PANEL.0 - 2.0 * MARGIN) * number as f64 / steps
    }
}

/// One of the figures.
type Of = fn(&Measurement) -> f64;

/// What one line of a panel shows.
struct Line {
    name: &'static str,
    colour: &'static str,
    of: fn(&Point) -> &Measurement,
}

const LINES: [Line; 3] = [
    Line { name: "relay, two lines a chat", colour: "#1a5fa8", of: |point| &point.pairs.relay },
    Line { name: "relay, as programs have them", colour: "#2e7d32", of: |point| &point.desks },
    Line { name: "bytes passed on", colour: "#8a5a00", of: |point| &point.pairs.limit },
];

/// A value, and how many times the limit's it is where that is not too small to be measured.
fn beside(value: f64, limit: f64) -> String {
    if limit > 0.0 { format!("{value:.2} ({:.2}x)", value / limit) } else { format!("{value:.2}") }
}

/// Width and height of each half of the picture.
const PANEL: (f64, f64) = (400.0, 272.0);

/// Around what is drawn.
const MARGIN: f64 = 48.0;

/// How far down a value stands, where the highest is `most`.
fn height(value: f64, most: f64) -> f64 {
    let (top, bottom) = (84.0, PANEL.1 - MARGIN);
    bottom - (bottom - top) * value / most
}
