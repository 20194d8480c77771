//! The elements that drawings are made of.

use super::element::Element;

/// `<svg>`.
#[must_use]
pub fn svg() -> Element {
    Element::svg("svg")
}

/// `<line>`.
#[must_use]
pub fn line() -> Element {
    Element::svg("line")
}

/// `<rect>`.
#[must_use]
pub fn rect() -> Element {
    Element::svg("rect")
}
