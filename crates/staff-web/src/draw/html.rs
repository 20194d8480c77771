//! The elements that the pages of staff's are made of, and what the browser calls those that are asked something.

use super::element::Element;

pub use web_sys::{
    HtmlDialogElement as Dialog, HtmlDivElement as Div, HtmlIFrameElement as Iframe,
    HtmlInputElement as Input, HtmlSelectElement as Select, HtmlTextAreaElement as Textarea,
};

/// A function for each, of its name.
macro_rules! elements {
    ($($name:ident)*) => {$(
        #[doc = concat!("`<", stringify!($name), ">`.")]
        #[must_use]
        pub fn $name() -> Element {
            Element::html(stringify!($name))
        }
    )*};
}

elements! {
    a aside bdi blockquote button code dd del details dialog div dl dt fieldset form h1 h2 h3 h4 header iframe input ins
    label legend li main nav ol option p section select span strong summary textarea ul
}
