//! Whether a document is this page, filled with something: the way back from what a server gives out.
//!
//! Every tag must stand where the page has it; a hole may hold whatever an escaped text can be, which is
//! never a tag and never the end of an attribute. What the texts say is not looked at here.

use std::collections::BTreeSet;

use super::{Node, Template};

/// All that `escape` writes for the characters that it does not leave alone.
const ESCAPED: [&str; 5] = ["&amp;", "&lt;", "&gt;", "&quot;", "&#39;"];

/// Where in the document the reading may stand. Texts can be read in more than one way, so there may be
/// several places.
type Places = BTreeSet<usize>;

impl Template {
    /// Whether `document` can have come of this page.
    ///
    /// # Errors
    /// The line, from 1, up to which it can have.
    pub fn recognise(&self, document: &str) -> Result<(), usize> {
        let mut reading = Reading { document, furthest: 0 };
        let ends = reading.part(&self.0, Places::from([0]));
        if ends.contains(&document.len()) {
            return Ok(());
        }
        // It may be the page, and something after it.
        let furthest = ends.last().map_or(reading.furthest, |end| reading.furthest.max(*end));
        let read = document.as_bytes().get(..furthest).unwrap_or_default();
        Err(1 + read.iter().filter(|byte| **byte == b'\n').count())
    }
}

struct Reading<'a> {
    document: &'a str,
    furthest: usize,
}

impl Reading<'_> {
    fn part(&mut self, nodes: &[Node], from: Places) -> Places {
        nodes.iter().fold(from, |from, node| self.node(node, from))
    }

    fn node(&mut self, node: &Node, from: Places) -> Places {
        match node {
            Node::Html(html) => from.into_iter().filter_map(|at| self.html(html, at)).collect(),
            Node::Text(_) | Node::Value(_) => self.filled(&from),
            Node::If(_, then, otherwise) => {
                let mut ends = self.part(then, from.clone());
                ends.extend(self.part(otherwise, from));
                ends
            }
            Node::Each(_, part) => {
                let mut ends = from.clone();
                let mut latest = from;
                while !latest.is_empty() {
                    latest = self.part(part, latest);
                    latest.retain(|end| ends.insert(*end));
                }
                ends
            }
        }
    }

    /// The end of this piece of the page, if it stands here.
    fn html(&mut self, html: &str, at: usize) -> Option<usize> {
        let rest = self.document.as_bytes().get(at..)?;
        let same = html.bytes().zip(rest).take_while(|(one, other)| one == *other).count();
        self.furthest = self.furthest.max(at + same);
        (same == html.len()).then_some(at + same)
    }

    /// Every place at which a text that begins at one of these may end.
    fn filled(&self, from: &Places) -> Places {
        let mut ends = Places::new();
        for start in from {
            let mut at = *start;
            // From a place where an earlier text may end, this one goes no further than that.
            while ends.insert(at) {
                match self.character(at) {
                    Some(length) => at += length,
                    None => break,
                }
            }
        }
        ends
    }

    /// The bytes of the character at this place, if an escaped text can hold it.
    fn character(&self, at: usize) -> Option<usize> {
        let rest = self.document.get(at..)?;
        match rest.chars().next()? {
            '<' | '>' | '"' | '\'' => None,
            '&' => {
                ESCAPED.iter().find(|escaped| rest.starts_with(**escaped)).map(|found| found.len())
            }
            other => Some(other.len_utf8()),
        }
    }
}
