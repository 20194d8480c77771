//! The texts that the desk says: read from the page once, filled with their values.
//!
//! No word that people read stands in Rust: the page brings each as `<p data-text="name">` in the template
//! `texts`, in the program's language. A text that is missing shows as nothing; a test holds that none is.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use leptos::prelude::document;
use wasm_bindgen::JsCast;

thread_local! {
    static TEXTS: OnceCell<BTreeMap<String, String>> = const { OnceCell::new() };
}

/// The text of this name.
pub(crate) fn say(name: &str) -> String {
    say_with(name, &[])
}

/// The text of this name with its variables filled.
pub(crate) fn say_with(name: &str, values: &[(&str, &str)]) -> String {
    TEXTS.with(|texts| {
        let texts = texts.get_or_init(read);
        let program = texts.get("").map_or("", String::as_str);
        texts
            .get(name)
            .map_or_else(String::new, |text| fill(&fill(text, values), &[("program", program)]))
    })
}

/// The program's name, from its policy.
pub(crate) fn program() -> String {
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
    use std::path::Path;

    #[test]
    fn variables_are_filled_and_what_a_value_holds_is_left_alone() {
        let filled = fill("{chat}: {what} {other}", &[("chat", "{what}"), ("what", "x")]);
        assert_eq!(filled, "{what}: x {other}");
    }

    /// Every quoted word of this crate's source that looks like the name of a text.
    fn names_in(folder: &Path, names: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                names_in(&path, names);
                continue;
            }
            let source = std::fs::read_to_string(&path).unwrap();
            let source = source.split("#[cfg(test)]").next().unwrap();
            for call in ["say(\"", "say_with(\"", "text(\""] {
                for (start, _) in source.match_indices(call) {
                    let name = source[start + call.len()..].split('"').next().unwrap();
                    names.push(name.into());
                }
            }
            if path.ends_with("words.rs")
                || path.ends_with("moments.rs")
                || path.ends_with("chat.rs")
            {
                let quoted = source.split('"').skip(1).step_by(2);
                names.extend(quoted.filter(|name| name.contains('-')).map(String::from));
            }
        }
    }

    #[test]
    fn every_text_that_the_desk_says_is_in_the_page_and_in_english() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let pages = here.join("../../pages");
        let page = std::fs::read_to_string(pages.join("desk/page.html")).unwrap();
        let english: String = ["shared", "desk"]
            .map(|file| {
                std::fs::read_to_string(pages.join(format!("texts/en/{file}.ftl"))).unwrap()
            })
            .join("\n");
        let mut names = Vec::new();
        names_in(&here.join("src"), &mut names);
        assert!(names.len() > 60, "{}", names.len());
        for name in names {
            assert!(
                page.contains(&format!("data-text=\"{name}\">{{{{ {name} }}}}<")),
                "page: {name}"
            );
            assert!(english.contains(&format!("\n{name} = ")), "english: {name}");
        }
    }
}
