//! What the page language promises.

use super::*;

fn values() -> Values {
    let mut values = Values::default();
    values.plain.insert("name", "Open <Door> & \"Co\"".to_owned());
    values.plain.insert("note", String::new());
    values.conditions.insert("open", true);
    values.conditions.insert("late", false);
    values.lists.insert(
        "ways",
        vec![
            BTreeMap::from([("name", "Phone".to_owned()), ("link", "tel:1".to_owned())]),
            BTreeMap::from([("name", "Post".to_owned()), ("link", String::new())]),
        ],
    );
    values.lists.insert("none", Vec::new());
    values
}

fn fill(source: &str) -> Result<String, TemplateError> {
    let text = |id: &str| (id == "hello").then(|| "Hello <you>".to_owned());
    Template::read(source)?.fill(&text, &values())
}

#[test]
fn texts_and_values_are_escaped() {
    assert_eq!(fill("<p>{{ hello }}</p>").unwrap(), "<p>Hello &lt;you&gt;</p>");
    assert_eq!(
        fill("<p title=\"{{ $name }}\">").unwrap(),
        "<p title=\"Open &lt;Door&gt; &amp; &quot;Co&quot;\">"
    );
}

#[test]
fn a_condition_chooses_a_part() {
    assert_eq!(fill("{{#if open}}yes{{else}}no{{/if}}").unwrap(), "yes");
    assert_eq!(fill("{{#if late}}yes{{else}}no{{/if}}").unwrap(), "no");
    assert_eq!(fill("{{#if note}}yes{{/if}}").unwrap(), "");
    assert_eq!(fill("{{#if none}}yes{{else}}no{{/if}}").unwrap(), "no");
}

#[test]
fn a_list_repeats_its_part_with_each_items_values() {
    assert_eq!(
        fill("{{#each ways}}[{{ $name }}{{#if link}} {{ $link }}{{/if}}]{{/each}} {{ $note }}.")
            .unwrap(),
        "[Phone tel:1][Post] ."
    );
    assert_eq!(fill("{{#each none}}x{{/each}}").unwrap(), "");
}

#[test]
fn a_hole_that_nothing_fills_is_an_error() {
    assert_eq!(fill("{{ goodbye }}"), Err(TemplateError::TextMissing("goodbye".into())));
    assert_eq!(fill("{{ $nobody }}"), Err(TemplateError::ValueMissing("nobody".into())));
    assert_eq!(fill("{{#each hello}}{{/each}}"), Err(TemplateError::ValueMissing("hello".into())));
    assert_eq!(fill("{{#if nobody}}{{/if}}"), Err(TemplateError::ValueMissing("nobody".into())));
}

#[test]
fn what_is_not_of_the_language_is_refused_with_its_line() {
    assert_eq!(fill("a\nb\n{{ asset page.css }}"), Err(TemplateError::Unknown(3)));
    assert_eq!(fill("\n{{ hello"), Err(TemplateError::Unclosed(2)));
    assert_eq!(fill("{{}}"), Err(TemplateError::Unknown(1)));
    assert_eq!(fill("{{/if}}"), Err(TemplateError::Stray(1)));
    assert_eq!(fill("{{#each ways}}{{/if}}"), Err(TemplateError::Stray(1)));
    assert_eq!(fill("{{#if open}}a{{else}}b{{else}}c{{/if}}"), Err(TemplateError::Stray(1)));
    assert_eq!(fill("{{#if open}}"), Err(TemplateError::Nesting));
    assert_eq!(fill(&"{{#if open}}".repeat(100)), Err(TemplateError::Nesting));
}

#[test]
fn text_that_looks_like_a_hole_in_a_value_is_not_one() {
    let mut values = values();
    values.plain.insert("name", "{{ hello }}".to_owned());
    let template = Template::read("{{ $name }}").unwrap();
    assert_eq!(template.fill(&|_| None, &values).unwrap(), "{{ hello }}");
}
