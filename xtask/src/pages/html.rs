//! A page's template: `{{asset NAME}}` becomes the address of that file, and a script, a style sheet or the
//! module is given its hash, so that a browser refuses one that was altered alone.
//!
//! It does not protect against a server that alters the page as well: see `docs/threats.md`.

use std::collections::BTreeMap;

use super::Asset;
use crate::failure::{Failure, Outcome};

const MARK: &str = "{{asset ";

/// The names of all files that a template asks for.
pub(crate) fn assets(template: &str) -> Vec<String> {
    let mut names: Vec<String> = template
        .split(MARK)
        .skip(1)
        .filter_map(|rest| rest.split_once("}}"))
        .map(|(name, _)| name.trim().to_owned())
        .collect();
    names.sort();
    names.dedup();
    names
}

/// The template with addresses in place. What the relay fills in stays as it is.
pub(crate) fn fill(template: &str, assets: &BTreeMap<String, Asset>) -> Outcome<String> {
    let mut filled = String::with_capacity(template.len() * 2);
    // A tag begins after the previous one ended; a mark never holds a `>`.
    for tag in template.split_inclusive('>') {
        filled.push_str(&fill_tag(tag, assets)?);
    }
    Ok(filled)
}

fn fill_tag(tag: &str, assets: &BTreeMap<String, Asset>) -> Outcome<String> {
    let Some((before, rest)) = tag.split_once(MARK) else {
        return Ok(tag.to_owned());
    };
    let (name, after) = rest
        .split_once("}}")
        .ok_or_else(|| Failure::new(format!("a template ends inside {tag}")))?;
    let asset = assets
        .get(name.trim())
        .ok_or_else(|| Failure::new(format!("a template names {name}, which is not there")))?;
    let mut after = after.to_owned();
    if is_checked(tag)
        && let Some((inside, end)) = after.rsplit_once('>')
    {
        after = format!("{inside} integrity=\"{}\">{end}", asset.integrity);
    }
    Ok(format!("{before}{}{after}", asset.path))
}

/// Tags whose `integrity` browsers keep to, or, for the preloaded module, the script that makes use of it.
fn is_checked(tag: &str) -> bool {
    ["<script ", "rel=\"stylesheet\"", "rel=\"preload\"", "rel=\"modulepreload\""]
        .iter()
        .any(|kind| tag.contains(kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one() -> BTreeMap<String, Asset> {
        let asset = Asset {
            from: "boot.js".into(),
            path: "/s/p-1.js".into(),
            integrity: "sha384-x".into(),
            media_type: "text/javascript",
            bytes: 1,
        };
        BTreeMap::from([("boot.js".to_owned(), asset)])
    }

    #[test]
    fn a_script_gets_its_address_and_its_hash() {
        let html = "<p>{{ text }}</p><script src=\"{{asset boot.js}}\"></script>";
        assert_eq!(
            fill(html, &one()).unwrap(),
            "<p>{{ text }}</p><script src=\"/s/p-1.js\" integrity=\"sha384-x\"></script>"
        );
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        assert!(fill("<script src=\"{{asset none.js}}\">", &one()).is_err());
    }
}
