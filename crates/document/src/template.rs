//! The language in which a page is written: HTML with a few holes in it.
//!
//! | written | filled with |
//! |---|---|
//! | `{{ message-id }}` | the Fluent text of that name |
//! | `{{ $name }}` | a value |
//! | `{{#if name}} … {{else}} … {{/if}}` | the first part where the condition holds or the value is not empty, else the second, which may be left out |
//! | `{{#each name}} … {{/each}}` | the part once for each item of the list; in it, an item's own values and lists hide those around it |
//!
//! All texts and values are escaped for HTML, in text and in quoted attributes. There is nothing else:
//! no raw output, no expressions, no inclusion. A hole that nothing fills is an error when the relay
//! starts, never a gap in a page. It does not know where a value stands: an address that is put into
//! `href` must be checked by whoever makes the value.

use std::collections::BTreeMap;
use std::fmt;

/// How deep parts may stand in one another: a guard against a file that is not a page of ours.
const DEPTH: usize = 8;

/// A page, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(Vec<Node>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Node {
    Html(String),
    Text(String),
    Value(String),
    If(String, Vec<Node>, Vec<Node>),
    Each(String, Vec<Node>),
}

/// What fills the holes, the texts aside.
#[derive(Clone, Debug, Default)]
pub struct Values {
    /// Conditions by name.
    pub conditions: BTreeMap<&'static str, bool>,
    /// The page's own values and lists.
    pub page: Item,
}

/// Values and lists of the page, or of one entry of a list.
#[derive(Clone, Debug, Default)]
pub struct Item {
    /// Values by name.
    pub plain: BTreeMap<&'static str, String>,
    /// Lists by name.
    pub lists: BTreeMap<&'static str, Vec<Item>>,
}

impl<const N: usize> From<[(&'static str, String); N]> for Item {
    fn from(plain: [(&'static str, String); N]) -> Self {
        Self { plain: plain.into(), lists: BTreeMap::new() }
    }
}

impl Item {
    /// The same, with these values besides.
    pub fn and<const N: usize>(mut self, plain: [(&'static str, String); N]) -> Self {
        self.plain.extend(plain);
        self
    }

    /// The same, with a list of its own.
    pub fn with(mut self, name: &'static str, list: Vec<Self>) -> Self {
        self.lists.insert(name, list);
        self
    }
}

/// Why a page cannot be read or filled. Whoever wrote the page can mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplateError {
    /// A hole that begins on this line has no end.
    Unclosed(usize),
    /// What stands in the hole on this line is none of the language's words.
    Unknown(usize),
    /// An `{{else}}` or an end on this line belongs to nothing.
    Stray(usize),
    /// An `{{#if}}` or `{{#each}}` has no end, or too many stand in one another.
    Nesting,
    /// There is no such text.
    TextMissing(String),
    /// There is no such value, condition or list.
    ValueMissing(String),
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unclosed(line) => write!(f, "line {line}: a hole has no end"),
            Self::Unknown(line) => write!(f, "line {line}: not a word of the page language"),
            Self::Stray(line) => write!(f, "line {line}: this belongs to nothing"),
            Self::Nesting => f.write_str("an if or each has no end, or they stand too deep"),
            Self::TextMissing(id) => write!(f, "there is no text «{id}»"),
            Self::ValueMissing(name) => write!(f, "there is no value «{name}»"),
        }
    }
}

impl std::error::Error for TemplateError {}

impl Template {
    /// Reads a page.
    pub fn read(source: &str) -> Result<Self, TemplateError> {
        let mut reader = Reader { rest: source, line: 1 };
        match reader.part(0)? {
            (nodes, End::OfPage) => Ok(Self(nodes)),
            (_, _) => Err(TemplateError::Stray(reader.line)),
        }
    }

    /// Fills the page.
    pub fn fill(
        &self,
        text: &dyn Fn(&str) -> Option<String>,
        values: &Values,
    ) -> Result<String, TemplateError> {
        let mut filled = String::new();
        let filler = Filler { text, conditions: &values.conditions };
        filler.fill(&self.0, Scope { item: &values.page, around: None }, &mut filled)?;
        Ok(filled)
    }

    /// The names of all texts in the page.
    pub fn texts(&self) -> Vec<&str> {
        fn collect<'a>(nodes: &'a [Node], into: &mut Vec<&'a str>) {
            for node in nodes {
                match node {
                    Node::Text(id) => into.push(id),
                    Node::If(_, then, otherwise) => {
                        collect(then, into);
                        collect(otherwise, into);
                    }
                    Node::Each(_, part) => collect(part, into),
                    Node::Html(_) | Node::Value(_) => {}
                }
            }
        }
        let mut texts = Vec::new();
        collect(&self.0, &mut texts);
        texts
    }
}

/// What ended a part.
#[derive(PartialEq, Eq)]
enum End {
    OfPage,
    Else,
    OfIf,
    OfEach,
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
}

impl Reader<'_> {
    fn part(&mut self, depth: usize) -> Result<(Vec<Node>, End), TemplateError> {
        if depth > DEPTH {
            return Err(TemplateError::Nesting);
        }
        let mut nodes = Vec::new();
        while let Some((html, after)) = self.rest.split_once("{{") {
            self.line += lines(html);
            nodes.push(Node::Html(html.to_owned()));
            let (hole, after) = after.split_once("}}").ok_or(TemplateError::Unclosed(self.line))?;
            self.rest = after;
            match self.hole(hole.trim(), depth)? {
                Hole::Node(node) => nodes.push(node),
                Hole::End(end) => return Ok((nodes, end)),
            }
        }
        nodes.push(Node::Html(std::mem::take(&mut self.rest).to_owned()));
        Ok((nodes, End::OfPage))
    }

    fn hole(&mut self, hole: &str, depth: usize) -> Result<Hole, TemplateError> {
        let unknown = TemplateError::Unknown(self.line);
        let named = |name: &str| is_name(name).then(|| name.to_owned());
        Ok(match hole {
            "else" => Hole::End(End::Else),
            "/if" => Hole::End(End::OfIf),
            "/each" => Hole::End(End::OfEach),
            _ => Hole::Node(if let Some(name) = hole.strip_prefix("#if ") {
                self.choice(named(name.trim()).ok_or(unknown)?, depth)?
            } else if let Some(name) = hole.strip_prefix("#each ") {
                let name = named(name.trim()).ok_or(unknown)?;
                match self.part(depth + 1)? {
                    (part, End::OfEach) => Node::Each(name, part),
                    (_, End::OfPage) => return Err(TemplateError::Nesting),
                    (_, _) => return Err(TemplateError::Stray(self.line)),
                }
            } else if let Some(name) = hole.strip_prefix('$') {
                Node::Value(named(name).ok_or(unknown)?)
            } else {
                Node::Text(named(hole).ok_or(unknown)?)
            }),
        })
    }

    fn choice(&mut self, name: String, depth: usize) -> Result<Node, TemplateError> {
        let (then, end) = self.part(depth + 1)?;
        let (otherwise, end) = match end {
            End::Else => self.part(depth + 1)?,
            end => (Vec::new(), end),
        };
        match end {
            End::OfIf => Ok(Node::If(name, then, otherwise)),
            End::OfPage => Err(TemplateError::Nesting),
            End::Else | End::OfEach => Err(TemplateError::Stray(self.line)),
        }
    }
}

enum Hole {
    Node(Node),
    End(End),
}

/// An entry of a list, and what stands around it, up to the page.
#[derive(Clone, Copy)]
struct Scope<'a> {
    item: &'a Item,
    around: Option<&'a Scope<'a>>,
}

impl<'a> Scope<'a> {
    fn value(&self, name: &str) -> Option<&'a str> {
        let own = self.item.plain.get(name).map(String::as_str);
        own.or_else(|| self.around.and_then(|around| around.value(name)))
    }

    fn list(&self, name: &str) -> Option<&'a [Item]> {
        let own = self.item.lists.get(name).map(Vec::as_slice);
        own.or_else(|| self.around.and_then(|around| around.list(name)))
    }

    /// Whether the nearest value or list of this name is not empty.
    fn has(&self, name: &str) -> Option<bool> {
        let list = self.item.lists.get(name).map(|list| !list.is_empty());
        let own = list.or_else(|| self.item.plain.get(name).map(|value| !value.is_empty()));
        own.or_else(|| self.around.and_then(|around| around.has(name)))
    }
}

struct Filler<'a> {
    text: &'a dyn Fn(&str) -> Option<String>,
    conditions: &'a BTreeMap<&'static str, bool>,
}

impl Filler<'_> {
    fn fill(
        &self,
        nodes: &[Node],
        scope: Scope<'_>,
        into: &mut String,
    ) -> Result<(), TemplateError> {
        let missing = |name: &String| TemplateError::ValueMissing(name.clone());
        for node in nodes {
            match node {
                Node::Html(html) => into.push_str(html),
                Node::Text(id) => {
                    let text =
                        (self.text)(id).ok_or_else(|| TemplateError::TextMissing(id.clone()))?;
                    escape(&text, into);
                }
                Node::Value(name) => {
                    escape(scope.value(name).ok_or_else(|| missing(name))?, into);
                }
                Node::If(name, then, otherwise) => {
                    let holds = self.holds(name, scope).ok_or_else(|| missing(name))?;
                    self.fill(if holds { then } else { otherwise }, scope, into)?;
                }
                Node::Each(name, part) => {
                    for item in scope.list(name).ok_or_else(|| missing(name))? {
                        self.fill(part, Scope { item, around: Some(&scope) }, into)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn holds(&self, name: &str, scope: Scope<'_>) -> Option<bool> {
        self.conditions.get(name).copied().or_else(|| scope.has(name))
    }
}

/// Escapes for HTML, in text and in a quoted attribute.
fn escape(text: &str, into: &mut String) {
    for character in text.chars() {
        match character {
            '&' => into.push_str("&amp;"),
            '<' => into.push_str("&lt;"),
            '>' => into.push_str("&gt;"),
            '"' => into.push_str("&quot;"),
            '\'' => into.push_str("&#39;"),
            _ => into.push(character),
        }
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

fn lines(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'\n').count()
}

mod recognise;
#[cfg(test)]
mod tests;
