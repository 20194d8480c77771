//! What an attribute or a property is set to: the same always, or what a signal says.

use std::borrow::Cow;

use super::element::{Element, Name};

/// What something is set to.
#[derive(PartialEq, Eq)]
pub enum Worth {
    /// Not there.
    No,
    /// There, with nothing more to say.
    Yes,
    /// This.
    Text(Cow<'static, str>),
}

impl From<bool> for Worth {
    fn from(is: bool) -> Self {
        if is { Self::Yes } else { Self::No }
    }
}

impl From<&'static str> for Worth {
    fn from(text: &'static str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Worth {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl<T: Into<Worth>> From<Option<T>> for Worth {
    fn from(may_be: Option<T>) -> Self {
        may_be.map_or(Self::No, T::into)
    }
}

/// What an attribute or a property can be set to.
pub trait Value {
    /// Sets it on an element.
    fn put(self, element: Element, name: Name) -> Element;
}

impl Value for bool {
    fn put(self, element: Element, name: Name) -> Element {
        element.fixed(name, self.into())
    }
}

impl Value for &'static str {
    fn put(self, element: Element, name: Name) -> Element {
        element.text(name, self)
    }
}

impl Value for String {
    fn put(self, element: Element, name: Name) -> Element {
        element.fixed(name, self.into())
    }
}

impl<T: Into<Worth>> Value for Option<T> {
    fn put(self, element: Element, name: Name) -> Element {
        element.fixed(name, self.into())
    }
}

impl<T: Into<Worth>, F: FnMut() -> T + 'static> Value for F {
    fn put(mut self, element: Element, name: Name) -> Element {
        element.live(name, Box::new(move || self().into()))
    }
}
