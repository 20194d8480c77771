//! What the page language promises.

use super::*;

fn values() -> Values {
    let text = |text: &str| text.to_owned();
    let choice = |name| Item::from([("name", text(name))]);
    let ways = vec![
        Item::from([("name", text("Phone")), ("link", text("tel:1"))])
            .with("choices", vec![choice("day"), choice("night")]),
        Item::from([("name", text("Post")), ("link", text(""))]).with("choices", Vec::new()),
    ];
    let page = Item::from([("name", text("Open <Door> & \"Co\"")), ("note", text(""))])
        .with("ways", ways)
        .with("none", Vec::new());
    Values { conditions: BTreeMap::from([("open", true), ("late", false)]), page }
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
fn a_list_in_a_list_sees_what_stands_around_it() {
    assert_eq!(
        fill("{{#each ways}}{{ $name }}:{{#each choices}} {{ $name }}({{ $link }}{{ $note }}){{/each}};{{/each}}")
            .unwrap(),
        "Phone: day(tel:1) night(tel:1);Post:;"
    );
    assert_eq!(
        fill("{{#each ways}}{{#if choices}}yes{{else}}no{{/if}}{{/each}}").unwrap(),
        "yesno"
    );
    assert_eq!(
        fill("{{#each choices}}{{/each}}"),
        Err(TemplateError::ValueMissing("choices".into()))
    );
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
    values.page.plain.insert("name", "{{ hello }}".to_owned());
    let template = Template::read("{{ $name }}").unwrap();
    assert_eq!(template.fill(&|_| None, &values).unwrap(), "{{ hello }}");
}
