//! What the parts and fields of the policy are called on the page.
//!
//! The names of the texts follow from the names of the fields: `console-field-safety-question`. A test holds that each is
//! there.

use stillroom_program::{FORM, FieldKind, FormField, FormPart};

use crate::board::HOURS;
use crate::texts::{say, say_with};

/// The name of a part.
pub(crate) fn part(name: &str) -> String {
    if name == HOURS { say("console-hours-heading") } else { say(&format!("console-part-{name}")) }
}

/// A name of the policy's file as a part of a text's name.
pub(crate) fn slug(name: &str) -> String {
    name.replace(['.', '_'], "-")
}

/// What a field is called, by its name with those of what it is in.
pub(crate) fn label(name: &str) -> String {
    match name {
        "hours.time_zone" => say("console-zone"),
        "hours.always_open" => say("console-always-open"),
        "hours.note" => say("console-hours-note"),
        "hours" | "hours.open" => say("console-hours-heading"),
        "hours.exceptions" => say("console-exceptions"),
        name => say(&format!("console-field-{}", slug(name))),
    }
}

/// What an entry of a list is called: "Right 3".
pub(crate) fn entry(list: &str, number: usize) -> String {
    let one = say(&format!("console-one-{}", slug(list)));
    say_with("console-entry", &[("one", &one), ("number", &number.to_string())])
}

/// The part that a path of the checks is in.
pub(crate) fn part_of(path: &str) -> &'static str {
    if path == HOURS || path.starts_with("hours.") {
        return HOURS;
    }
    // What is said of the policy as a whole stands in the first.
    let whole = FORM.first().map_or(HOURS, |part| part.name);
    FORM.iter().find(|part| is_in(part, path)).map_or(whole, |part| part.name)
}

/// Whether a path of the checks leads into this part.
pub(crate) fn is_in(part: &FormPart, path: &str) -> bool {
    part.fields.iter().any(|field| rest_of(path, field.name).is_some())
}

/// What of a path stands behind the name of a field, if it leads there.
fn rest_of<'a>(path: &'a str, name: &str) -> Option<&'a str> {
    let rest = path.strip_prefix(name)?;
    (rest.is_empty() || rest.starts_with(['.', '['])).then_some(rest)
}

/// What a path of the checks leads to, in words: "Right 3, in a sentence or two".
pub(crate) fn place(path: &str) -> String {
    let all = FORM.iter().flat_map(|part| part.fields);
    let found = all.filter_map(|field| Some((field, rest_of(path, field.name)?))).next();
    let Some((field, rest)) = found else {
        let list = path.split('[').next().unwrap_or(path);
        return label(if list.starts_with("hours.open") { HOURS } else { list });
    };
    let mut said = Vec::new();
    along(field, field.name, rest, &mut said);
    said.join(", ")
}

fn along(field: &FormField, name: &str, rest: &str, said: &mut Vec<String>) {
    let behind = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let Some((at, behind)) = behind else {
        said.push(label(name));
        return;
    };
    said.push(entry(name, at.parse::<usize>().unwrap_or_default().saturating_add(1)));
    let (FieldKind::List(_, fields), Some(behind)) = (&field.kind, behind.strip_prefix('.')) else {
        return;
    };
    let part = fields.iter().find_map(|part| Some((part, rest_of(behind, part.name)?)));
    if let Some((part, rest)) = part {
        along(part, &format!("{name}.{}", part.name), rest, said);
    }
}

/// What a difference or a conflict is about, in words: its field, and in a list the entry's own name or its number.
pub(crate) fn field(field: &str) -> String {
    let (list, rest) = field.split_once(' ').unwrap_or((field, ""));
    let (name, part) = match rest.strip_prefix('"').and_then(|rest| rest.rsplit_once('"')) {
        Some((name, part)) => (name, part.trim()),
        None => rest.split_once(' ').unwrap_or((rest, "")),
    };
    let part = match part {
        "" => String::new(),
        "(their order)" => say("console-order"),
        "SHA-256 of its file" => label("locales.file"),
        part => label(&format!("{list}.{part}")),
    };
    let said = [label(list), name.to_owned(), part];
    said.into_iter().filter(|said| !said.is_empty()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    /// The names of all texts that fields need, and of those that they may have.
    fn names(fields: &[FormField], within: &str, into: &mut Vec<String>) {
        for field in fields {
            let name = if within.is_empty() {
                field.name.into()
            } else {
                format!("{within}.{}", field.name)
            };
            into.push(format!("console-field-{}", slug(&name)));
            match &field.kind {
                FieldKind::Choice(words) => {
                    into.extend(
                        words.iter().map(|word| format!("console-choice-{}-{word}", slug(&name))),
                    );
                }
                FieldKind::List(_, fields) => {
                    into.push(format!("console-one-{}", slug(&name)));
                    names(fields, &name, into);
                }
                FieldKind::Values(..) => into.push(format!("console-one-{}", slug(&name))),
                _ => {}
            }
        }
    }

    #[test]
    fn every_field_and_choice_has_its_words_in_the_page_and_in_english() {
        let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pages");
        let read = |file: &str| std::fs::read_to_string(pages.join(file)).unwrap();
        let (html, english) = (read("console/page.html"), read("texts/en/console.ftl"));
        let mut all: Vec<String> =
            FORM.iter().map(|part| format!("console-part-{}", part.name)).collect();
        FORM.iter().for_each(|part| names(part.fields, "", &mut all));
        // What the page brings beyond them, such as hints, is in English as well.
        let brought = html.split("data-text=\"").skip(1).filter_map(|rest| rest.split('"').next());
        let more = ["console-hint-", "console-about-"];
        all.extend(
            brought.filter(|name| more.iter().any(|more| name.starts_with(more))).map(String::from),
        );
        for name in all {
            assert!(
                html.contains(&format!("data-text=\"{name}\">{{{{ {name} }}}}<")),
                "page: {name}"
            );
            assert!(english.contains(&format!("\n{name} = ")), "english: {name}");
        }
    }

    #[test]
    fn what_is_found_is_found_in_its_part() {
        for (path, part) in [
            ("safety.safer_ways[2]", "safety"),
            ("languages.served[0].tag", "languages"),
            ("language", "program"),
            ("hours.open[1].until", HOURS),
            ("policy", "program"),
            ("timers.check_in", "timers"),
        ] {
            assert_eq!(part_of(path), part, "{path}");
        }
    }
}
