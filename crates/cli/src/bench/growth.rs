//! What a message and a connection cost as chats become more, at the relay and at one that passes bytes on: as a table
//! and as a picture.

use std::fmt::Write;

use serde::Serialize;

use super::rooms::Rooms;
use super::server::Server;
use super::{Measurement, Scale, messages};
use crate::failure::Failure;
use crate::terminal::remark;

/// Chats at which it is measured.
pub(super) const SIZES: [usize; 5] = [100, 300, 1_000, 3_000, 10_000];

/// The same, for a short run that shows that everything works.
pub(super) const FEW: [usize; 3] = [5, 10, 20];

/// Both relays at so many chats.
#[derive(Debug, Serialize)]
struct Point {
    chats: usize,
    relay: Measurement,
    limit: Measurement,
}

/// The relay's cost at each size.
#[derive(Debug, Serialize)]
pub(super) struct Growth {
    points: Vec<Point>,
}

/// Measures at each of these sizes.
pub(super) async fn measure(
    rooms: &Rooms,
    sizes: &[usize],
    scale: Scale,
) -> Result<Growth, Failure> {
    let mut points = Vec::new();
    for chats in sizes.iter().copied() {
        remark(format!("{chats} chats ..."));
        let scale = Scale { chats, ..scale };
        let limit = messages(Server::limit().await?, None, scale).await?;
        let relay = messages(Server::relay(rooms).await?, Some(rooms), scale).await?;
        points.push(Point { chats, relay, limit });
    }
    Ok(Growth { points })
}

impl Growth {
    /// For people to read.
    pub(super) fn table(&self) -> String {
        let mut table = format!(
            "{:>7}  {:>14}  {:>14}  {:>14}  {:>13}  {:>9}\n",
            "chats", "CPU us", "median ms", "99th ms", "KB each", "KB limit"
        );
        for Point { chats, relay, limit } in &self.points {
            let pair = |relay: f64, limit: f64| format!("{relay:.2} ({:.2}x)", relay / limit);
            // Writing into a text does not fail.
            let _ = writeln!(
                table,
                "{chats:>7}  {:>14}  {:>14}  {:>14}  {:>13.1}  {:>9.1}",
                pair(relay.flood, limit.flood),
                pair(relay.median, limit.median),
                pair(relay.ninety_ninth, limit.ninety_ninth),
                relay.each,
                limit.each,
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
            ("CPU for a message, microseconds", |it| it.flood),
            ("memory for a connection, KB", |it| it.each),
        ];
        for (number, (title, of)) in panels.into_iter().enumerate() {
            let _ = self.panel(&mut picture, (number as f64) * PANEL.0, title, of);
        }
        picture.push_str("</svg>\n");
        picture
    }

    fn panel(&self, picture: &mut String, left: f64, title: &str, of: Of) -> std::fmt::Result {
        let all = self.points.iter().flat_map(|point| [of(&point.relay), of(&point.limit)]);
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
            let chats = point.chats;
            writeln!(
                picture,
                "<text x=\"{x:.1}\" y=\"{y}\" text-anchor=\"middle\">{chats}</text>"
            )?;
        }
        let lines: [(&str, &str, Which); 2] = [
            ("relay", "#1a5fa8", |point| &point.relay),
            ("bytes passed on", "#8a5a00", |point| &point.limit),
        ];
        for (number, (name, colour, which)) in lines.into_iter().enumerate() {
            let places = self.points.iter().enumerate().map(|(number, point)| {
                format!("{:.1},{:.1}", self.place(number), height(of(which(point)), most))
            });
            let places = places.collect::<Vec<_>>().join(" ");
            let y = 40.0 + 16.0 * number as f64;
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

/// One of the relays.
type Which = fn(&Point) -> &Measurement;

/// Width and height of each half of the picture.
const PANEL: (f64, f64) = (400.0, 260.0);

/// Around what is drawn.
const MARGIN: f64 = 48.0;

/// How far down a value stands, where the highest is `most`.
fn height(value: f64, most: f64) -> f64 {
    let (top, bottom) = (72.0, PANEL.1 - MARGIN);
    bottom - (bottom - top) * value / most
}
