//! The texts that a page of staff's says: read from the page once, filled with their values.
//!
//! No word that people read stands in Rust: the page brings each as `<p data-text="name">` in the template
//! `texts`, in the program's language. A text that is missing shows as nothing; a test holds that none is.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use wasm_bindgen::JsCast;

use crate::browser::document;

thread_local! {
    static TEXTS: OnceCell<BTreeMap<String, String>> = const { OnceCell::new() };
}

/// The text of this name.
pub fn say(name: &str) -> String {
    say_with(name, &[])
}

/// The text of this name with its variables filled.
pub fn say_with(name: &str, values: &[(&str, &str)]) -> String {
    TEXTS.with(|texts| {
        let texts = texts.get_or_init(read);
        let program = texts.get("").map_or("", String::as_str);
        texts
            .get(name)
            .map_or_else(String::new, |text| fill(&fill(text, values), &[("program", program)]))
    })
}

/// The program's name, from its policy.
pub fn program() -> String {
    TEXTS.with(|texts| texts.get_or_init(read).get("").cloned().unwrap_or_default())
}

/// `text` with each `{name}` replaced by its value. What a value holds is not looked at again.
fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let known = after.split_once('}').and_then(|(name, tail)| {
            let (_, value) = values.iter().find(|(known, _)| *known == name)?;
            Some((*value, tail))
        });
        match known {
            Some((value, tail)) => {
                filled.push_str(value);
                rest = tail;
            }
            None => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    filled
}

/// Every text of the page, and the program's name under the empty name.
fn read() -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    if let Some(name) =
        document().document_element().and_then(|html| html.get_attribute("data-name"))
    {
        texts.insert(String::new(), name);
    }
    let Some(template) = document()
        .get_element_by_id("texts")
        .and_then(|template| template.dyn_into::<web_sys::HtmlTemplateElement>().ok())
    else {
        return texts;
    };
    let mut next = template.content().first_element_child();
    while let Some(element) = next {
        if let (Some(name), Some(text)) =
            (element.get_attribute("data-text"), element.text_content())
        {
            texts.insert(name, text);
        }
        next = element.next_element_sibling();
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_filled_and_what_a_value_holds_is_left_alone() {
        let filled = fill("{chat}: {what} {other}", &[("chat", "{what}"), ("what", "x")]);
        assert_eq!(filled, "{what}: x {other}");
    }
}
