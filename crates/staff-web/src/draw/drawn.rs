//! What is in the page, and bringing it up to date with what is to be seen.
//!
//! What is of the same shape as before is changed in place: an element stays the same, with the keyboard on it and
//! what was typed in it. Everything else is drawn anew.

use reactive_graph::effect::RenderEffect;
use wasm_bindgen::JsValue;
use web_sys::Node;

use super::element::{Element, Name, Parts, Set};
use super::ev::{Listener, Listening};
use super::rows::Rows;
use super::value::Worth;
use super::view::View;
use crate::browser::document;

/// The names of elements of drawings.
const SVG: &str = "http://www.w3.org/2000/svg";

/// A view in the page.
pub(super) enum Drawn {
    /// Where nothing is.
    Mark(Node),
    Text(Node, String),
    Element(Box<DrawnElement>),
    /// Several, and a mark where they end.
    All(Vec<Drawn>, Node),
    Live(RenderEffect<Drawn>),
    Rows(RenderEffect<Rows>),
}

impl Drawn {
    /// Draws a view. It is nowhere yet.
    pub(super) fn of(view: View) -> Self {
        match view {
            View::Nothing => Self::Mark(mark()),
            View::Text(text) => {
                Self::Text(document().create_text_node(&text).into(), text.into_owned())
            }
            View::Element(element) => DrawnElement::of(*element.0)
                .map_or_else(|| Self::Mark(mark()), |drawn| Self::Element(Box::new(drawn))),
            View::All(all) => Self::All(all.into_iter().map(Self::of).collect(), mark()),
            View::Live(mut view) => Self::Live(RenderEffect::new(move |drawn: Option<Self>| {
                let view = view();
                match drawn {
                    Some(mut drawn) => {
                        drawn.update(view);
                        drawn
                    }
                    None => Self::of(view),
                }
            })),
            View::Rows(list) => Self::Rows(Rows::of(list)),
        }
    }

    fn update(&mut self, view: View) {
        match (self, view) {
            (Self::Mark(_), View::Nothing) => {}
            (Self::Text(node, shown), View::Text(text)) => {
                if *shown != text {
                    node.set_node_value(Some(&text));
                    *shown = text.into_owned();
                }
            }
            (Self::Element(drawn), View::Element(element)) if drawn.is_like(&element) => {
                drawn.update(*element.0);
            }
            (Self::All(drawn, end), View::All(all)) => {
                if let Some(parent) = end.parent_node() {
                    update_all(drawn, all, &parent, Some(end));
                }
            }
            (drawn, view) => drawn.replace(view),
        }
    }

    fn replace(&mut self, view: View) {
        let new = Self::of(view);
        if let Some(first) = self.first()
            && let Some(parent) = first.parent_node()
        {
            new.put(&parent, Some(&first));
        }
        self.take_out();
        *self = new;
    }

    /// Puts it there, or moves it.
    pub(super) fn put(&self, parent: &Node, before: Option<&Node>) {
        match self {
            Self::Mark(node) | Self::Text(node, _) => insert(parent, node, before),
            Self::Element(element) => insert(parent, &element.node, before),
            Self::All(all, end) => {
                for one in all {
                    one.put(parent, before);
                }
                insert(parent, end, before);
            }
            Self::Live(live) => {
                live.with_value_mut(|drawn| drawn.put(parent, before));
            }
            Self::Rows(rows) => {
                rows.with_value_mut(|rows| rows.put(parent, before));
            }
        }
    }

    /// Its first node.
    pub(super) fn first(&self) -> Option<Node> {
        match self {
            Self::Mark(node) | Self::Text(node, _) => Some(node.clone()),
            Self::Element(element) => Some(element.node.clone().into()),
            Self::All(all, end) => all.first().map_or_else(|| Some(end.clone()), Self::first),
            Self::Live(live) => live.with_value_mut(|drawn| drawn.first()).flatten(),
            Self::Rows(rows) => rows.with_value_mut(|rows| rows.first()).flatten(),
        }
    }

    /// Takes it out of the page.
    pub(super) fn take_out(&self) {
        match self {
            Self::Mark(node) | Self::Text(node, _) => remove(node),
            Self::Element(element) => remove(&element.node),
            Self::All(all, end) => {
                all.iter().for_each(Self::take_out);
                remove(end);
            }
            Self::Live(live) => {
                live.with_value_mut(|drawn| drawn.take_out());
            }
            Self::Rows(rows) => {
                rows.with_value_mut(|rows| rows.take_out());
            }
        }
    }
}

/// Brings several up to date, each with what is at its place now.
fn update_all(drawn: &mut Vec<Drawn>, all: Vec<View>, parent: &Node, end: Option<&Node>) {
    for gone in drawn.drain(all.len().min(drawn.len())..) {
        gone.take_out();
    }
    for (at, view) in all.into_iter().enumerate() {
        match drawn.get_mut(at) {
            Some(drawn) => drawn.update(view),
            None => {
                let new = Drawn::of(view);
                new.put(parent, end);
                drawn.push(new);
            }
        }
    }
}

/// A place in the page at which nothing is to be seen.
pub(super) fn mark() -> Node {
    document().create_comment("").into()
}

/// Fails for nothing that is drawn here: no node is put into itself, and `before` is in `parent`.
pub(super) fn insert(parent: &Node, node: &Node, before: Option<&Node>) {
    let _ = parent.insert_before(node, before);
}

pub(super) fn remove(node: &Node) {
    if let Some(parent) = node.parent_node() {
        let _ = parent.remove_child(node);
    }
}

/// An element in the page.
pub(super) struct DrawnElement {
    node: web_sys::Element,
    tag: &'static str,
    set: Vec<(Name, DrawnSet)>,
    listens: Vec<Listening>,
    children: Vec<Drawn>,
}

/// What something on an element is set to.
enum DrawnSet {
    Fixed(Worth),
    /// Goes on for as long as it is held.
    Live {
        _goes_on: RenderEffect<Worth>,
    },
}

impl DrawnElement {
    /// There is none only for a name that is no element's.
    fn of(parts: Parts) -> Option<Self> {
        let page = document();
        let node = if parts.is_svg {
            page.create_element_ns(Some(SVG), parts.tag)
        } else {
            page.create_element(parts.tag)
        };
        let node = node.ok()?;
        let set = parts.set.into_iter().map(|(name, to)| (name, DrawnSet::of(&node, name, to)));
        let set = set.collect();
        let listens = listen(&node, parts.listens);
        let children: Vec<_> = parts.children.into_iter().map(Drawn::of).collect();
        for child in &children {
            child.put(&node, None);
        }
        for act in parts.made {
            act(&node);
        }
        Some(Self { node, tag: parts.tag, set, listens, children })
    }

    /// Whether it can become this one: the same, with the same things set on it.
    fn is_like(&self, element: &Element) -> bool {
        let names = element.0.set.iter().map(|(name, _)| name);
        self.tag == element.0.tag && self.set.iter().map(|(name, _)| name).eq(names)
    }

    fn update(&mut self, parts: Parts) {
        for ((name, drawn), (_, to)) in self.set.iter_mut().zip(parts.set) {
            match (drawn, to) {
                (DrawnSet::Fixed(was), Set::Fixed(worth)) if *was == worth => {}
                (drawn, to) => *drawn = DrawnSet::of(&self.node, *name, to),
            }
        }
        self.listens.clear();
        self.listens = listen(&self.node, parts.listens);
        update_all(&mut self.children, parts.children, &self.node, None);
        for act in parts.made {
            act(&self.node);
        }
    }
}

impl DrawnSet {
    fn of(node: &web_sys::Element, name: Name, to: Set) -> Self {
        match to {
            Set::Fixed(worth) => {
                set(node, name, &worth);
                Self::Fixed(worth)
            }
            Set::Live(mut worth) => {
                let node = node.clone();
                let _goes_on = RenderEffect::new(move |was: Option<Worth>| {
                    let worth = worth();
                    if was.as_ref() != Some(&worth) {
                        set(&node, name, &worth);
                    }
                    worth
                });
                Self::Live { _goes_on }
            }
        }
    }
}

/// Sets an attribute or a property. Fails for none of those that the pages set.
fn set(node: &web_sys::Element, name: Name, worth: &Worth) {
    let _ = match (name, worth) {
        (Name::Attribute(name), Worth::No) => node.remove_attribute(name),
        (Name::Attribute(name), Worth::Yes) => node.set_attribute(name, ""),
        (Name::Attribute(name), Worth::Text(text)) => node.set_attribute(name, text),
        (Name::Property(name), worth) => {
            let worth = match worth {
                Worth::No => JsValue::FALSE,
                Worth::Yes => JsValue::TRUE,
                Worth::Text(text) => JsValue::from_str(text),
            };
            js_sys::Reflect::set(node, &JsValue::from_str(name), &worth).map(drop)
        }
    };
}

fn listen(node: &web_sys::Element, listens: Vec<(&'static str, Listener)>) -> Vec<Listening> {
    listens.into_iter().map(|(name, act)| Listening::to(node, name, act)).collect()
}
