//! An element as data: its name, what is set on it, what it listens to, and what is in it.

use wasm_bindgen::JsCast;

use super::ev::{Kind, Listener};
use super::node_ref::NodeRef;
use super::value::{Value, Worth};
use super::view::{IntoView, View};

/// An element that is to be seen.
pub struct Element(pub(super) Box<Parts>);

/// What an element is made of.
pub(super) struct Parts {
    pub(super) tag: &'static str,
    pub(super) is_svg: bool,
    pub(super) set: Vec<(Name, Set)>,
    pub(super) listens: Vec<(&'static str, Listener)>,
    pub(super) made: Vec<Made>,
    pub(super) children: Vec<View>,
}

/// What is done with an element once it is there.
pub(super) type Made = Box<dyn FnOnce(&web_sys::Element)>;

/// What is set.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Name {
    /// An attribute.
    Attribute(&'static str),
    /// A property: what somebody has typed or ticked since, which an attribute does not tell.
    Property(&'static str),
}

/// What it is set to.
pub(super) enum Set {
    Fixed(Worth),
    Live(Box<dyn FnMut() -> Worth>),
}

impl Element {
    /// An element of HTML.
    pub(super) fn html(tag: &'static str) -> Self {
        Self::named(tag, false)
    }

    /// An element of a drawing.
    pub(super) fn svg(tag: &'static str) -> Self {
        Self::named(tag, true)
    }

    fn named(tag: &'static str, is_svg: bool) -> Self {
        let (set, listens, made, children) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self(Box::new(Parts { tag, is_svg, set, listens, made, children }))
    }

    /// Sets its class.
    #[must_use]
    pub fn class(self, value: impl Value) -> Self {
        self.attr("class", value)
    }

    /// Sets its id.
    #[must_use]
    pub fn id(self, value: impl Value) -> Self {
        self.attr("id", value)
    }

    /// Sets an attribute.
    #[must_use]
    pub fn attr(self, name: &'static str, value: impl Value) -> Self {
        value.put(self, Name::Attribute(name))
    }

    /// Sets a property.
    #[must_use]
    pub fn prop(self, name: &'static str, value: impl Value) -> Self {
        value.put(self, Name::Property(name))
    }

    /// Listens to an event.
    #[must_use]
    pub fn on<E: JsCast>(self, event: Kind<E>, mut act: impl FnMut(E) + 'static) -> Self {
        self.listen(event.name, Box::new(move |event| act(event.unchecked_into())))
    }

    /// Makes it known to others once it is there.
    #[must_use]
    pub fn node_ref<E: JsCast + Clone + 'static>(self, node: NodeRef<E>) -> Self {
        self.made(move |element| node.load(element))
    }

    /// Does something with it once it is there.
    #[must_use]
    pub fn made(mut self, act: impl FnOnce(&web_sys::Element) + 'static) -> Self {
        self.0.made.push(Box::new(act));
        self
    }

    /// Puts something into it, behind what is there.
    #[must_use]
    pub fn child(self, child: impl IntoView) -> Self {
        self.holds(child.into_view())
    }

    #[inline(never)]
    fn holds(mut self, child: View) -> Self {
        match child {
            View::All(all) => self.0.children.extend(all),
            one => self.0.children.push(one),
        }
        self
    }

    #[inline(never)]
    fn listen(mut self, name: &'static str, act: Listener) -> Self {
        self.0.listens.push((name, act));
        self
    }

    #[inline(never)]
    pub(super) fn text(self, name: Name, text: &'static str) -> Self {
        self.fixed(name, text.into())
    }

    #[inline(never)]
    pub(super) fn fixed(mut self, name: Name, worth: Worth) -> Self {
        self.0.set.push((name, Set::Fixed(worth)));
        self
    }

    #[inline(never)]
    pub(super) fn live(mut self, name: Name, worth: Box<dyn FnMut() -> Worth>) -> Self {
        self.0.set.push((name, Set::Live(worth)));
        self
    }
}
