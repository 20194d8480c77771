//! One drawing for each kind of field, whatever it is a field of. Beside each stands what has to be mended there and
//! whether something else is published.

use stillroom_program::{FieldAt, FieldKind, FormField};
use stillroom_staff_web::draw::ev;
use stillroom_staff_web::draw::html::{
    bdi, div, fieldset, input, label, legend, option, p, select, span, textarea,
};
use stillroom_staff_web::draw::prelude::*;

use super::{list, translation};
use crate::draft::Draft;
use crate::places;
use crate::texts::{say, say_with};

/// A field that is being drawn.
#[derive(Clone)]
pub(super) struct Drawn {
    pub(super) draft: Draft,
    pub(super) field: &'static FormField,
    pub(super) at: FieldAt,
    /// Its name with those of what it is in: `questions.choices.text`.
    pub(super) name: String,
    /// The id of its element.
    pub(super) id: String,
    /// The entry that it is in, if it is in one, with its number and what that is called where it now stands.
    pub(super) entry: Option<(FieldAt, u32)>,
    pub(super) entry_name: Option<Signal<String>>,
}

/// A field of the policy.
pub(super) fn field(draft: Draft, field: &'static FormField) -> View {
    let id = format!("field-{}", places::slug(field.name));
    let (at, name) = (FieldAt::field(field.name), field.name.into());
    draw(&Drawn { draft, field, at, name, id, entry: None, entry_name: None })
}

/// Whatever it is.
pub(super) fn draw(drawn: &Drawn) -> View {
    match &drawn.field.kind {
        FieldKind::List(most, fields) => list::records(drawn, *most, fields),
        FieldKind::Values(_, each) => list::values(drawn, each),
        FieldKind::Texts => translation::texts(drawn),
        FieldKind::Paragraph(_) => beside(drawn, paragraph(drawn)),
        FieldKind::Choice(words) => beside(drawn, choice(drawn, words)),
        FieldKind::IdOf(list) => beside(drawn, id_of(drawn, list)),
        FieldKind::Number(_) => beside(drawn, line(drawn, "numeric")),
        FieldKind::Line(_) | FieldKind::Date | FieldKind::Id => beside(drawn, line(drawn, "text")),
    }
}

impl Drawn {
    /// What stands there.
    fn said(&self) -> impl Fn() -> String + Send + 'static {
        let (draft, at) = (self.draft, self.at.clone());
        move || draft.said(&at)
    }

    /// Puts what was typed there.
    fn say(&self) -> impl Fn(String) + 'static {
        let (draft, at) = (self.draft, self.at.clone());
        move |said| draft.edit(|typed| typed.say(&at, said))
    }

    /// What has to be mended there.
    pub(super) fn wrong(&self) -> Memo<Vec<String>> {
        let (draft, at) = (self.draft, self.at.clone());
        Memo::new(move |_| {
            let path = draft.path(&at);
            draft.to_mend.with(|all| {
                all.iter().filter(|it| it.path == path).map(|it| it.what.clone()).collect()
            })
        })
    }

    fn hint(&self) -> Option<String> {
        let hint = say(&format!("console-hint-{}", places::slug(&self.name)));
        (!hint.is_empty()).then_some(hint)
    }

    /// By what the field is described: the hint, and what has to be mended.
    fn described(&self) -> String {
        let id = &self.id;
        if self.hint().is_some() { format!("{id}-hint {id}-wrong") } else { format!("{id}-wrong") }
    }

    /// Whether it has to be mended, as browsers are told.
    fn invalid(&self) -> impl Fn() -> &'static str + Send + 'static {
        let wrong = self.wrong();
        move || if wrong.with(Vec::is_empty) { "false" } else { "true" }
    }

    /// That something else is published there.
    pub(super) fn changed(&self) -> impl IntoView + use<> {
        let (draft, at) = (self.draft, self.at.clone());
        let changed = Memo::new(move |_| draft.is_changed(&at));
        move || changed.get().then(|| span().class("mark").child(say("console-changed")))
    }

    /// What has to be mended, read out as one types.
    pub(super) fn to_mend(&self) -> impl IntoView + use<> {
        let wrong = self.wrong();
        let said = move || {
            let all = wrong.get();
            let said = all.iter().map(|what| say_with("console-mend-here", &[("what", what)]));
            (!all.is_empty()).then(|| bdi().child(said.collect::<Vec<_>>().join(" ")))
        };
        p().class("wrong")
            .attr("id", format!("{}-wrong", self.id))
            .attr("role", "status")
            .child(said)
    }

    /// That what is typed there is hard to read, where it is.
    fn hard(&self) -> impl IntoView + use<> {
        let (draft, at) = (self.draft, self.at.clone());
        let age = Memo::new(move |_| {
            let path = draft.path(&at);
            draft.hard.with(|all| all.iter().find(|hard| hard.path == path).map(|hard| hard.age))
        });
        move || {
            age.get().map(|age| {
                p().class("small").child(say_with("console-hard", &[("age", &age.to_string())]))
            })
        }
    }

    pub(super) fn hint_line(&self) -> impl IntoView + use<> {
        let id = format!("{}-hint", self.id);
        self.hint().map(|hint| p().class("small").attr("id", id).child(hint))
    }
}

/// The field between its name and what is said of it.
fn beside(drawn: &Drawn, control: View) -> View {
    // A single value is called what its entry is.
    let entry = drawn.entry_name.filter(|_| drawn.field.name.is_empty());
    let name = places::label(&drawn.name);
    let name = move || entry.map_or_else(|| name.clone(), |entry| entry.get());
    let name = label().attr("for", drawn.id.clone()).child(name);
    let head = div().class("field-head").child((name, drawn.changed()));
    div()
        .class("field")
        .child((head, drawn.hint_line(), control, drawn.to_mend(), drawn.hard()))
        .into_any()
}

fn line(drawn: &Drawn, mode: &'static str) -> View {
    let say = drawn.say();
    input()
        .attr("id", drawn.id.clone())
        .attr("type", "text")
        .attr("inputmode", mode)
        .attr("dir", "auto")
        .attr("autocomplete", "off")
        .attr("aria-describedby", drawn.described())
        .attr("aria-invalid", drawn.invalid())
        .prop("value", drawn.said())
        .on(ev::input, move |event| say(event_target_value(&event)))
        .into_any()
}

fn paragraph(drawn: &Drawn) -> View {
    let say = drawn.say();
    textarea()
        .attr("id", drawn.id.clone())
        .attr("rows", "3")
        .attr("dir", "auto")
        .attr("aria-describedby", drawn.described())
        .attr("aria-invalid", drawn.invalid())
        .prop("value", drawn.said())
        .on(ev::input, move |event| say(event_target_value(&event)))
        .into_any()
}

fn choice(drawn: &Drawn, words: &'static [&'static str]) -> View {
    let slug = places::slug(&drawn.name);
    let named =
        |word: &'static str| (word.to_owned(), say(&format!("console-choice-{slug}-{word}")));
    let options: Vec<(String, String)> = words.iter().map(|word| named(word)).collect();
    chosen(drawn, move || options.clone())
}

/// One of the entries of another list, or none. What is chosen stays to be chosen, though it is gone from there.
fn id_of(drawn: &Drawn, list: &'static str) -> View {
    let (draft, at) = (drawn.draft, drawn.at.clone());
    let options = Memo::new(move |_| {
        let list = FieldAt::field(list);
        let numbers = draft.typed.with(|typed| typed.as_ref().map(|typed| typed.entries(&list)));
        let mut ids: Vec<String> = numbers
            .unwrap_or_default()
            .into_iter()
            .map(|number| draft.said(&list.entry(number).part("id")))
            .collect();
        let chosen = draft.said(&at);
        if !chosen.is_empty() && !ids.contains(&chosen) {
            ids.push(chosen);
        }
        ids
    });
    chosen(drawn, move || {
        let none = (String::new(), say("console-none"));
        [none].into_iter().chain(options.get().into_iter().map(|id| (id.clone(), id))).collect()
    })
}

fn chosen(drawn: &Drawn, options: impl Fn() -> Vec<(String, String)> + Send + 'static) -> View {
    let (draft, at, say) = (drawn.draft, drawn.at.clone(), drawn.say());
    let each = move |(value, name): (String, String)| {
        let (at, word) = (at.clone(), value.clone());
        option().attr("value", value).prop("selected", move || draft.said(&at) == word).child(name)
    };
    let list = move || options().into_iter().map(&each).collect::<Vec<_>>();
    select()
        .attr("id", drawn.id.clone())
        .attr("aria-describedby", drawn.described())
        .attr("aria-invalid", drawn.invalid())
        .on(ev::change, move |event| say(event_target_value(&event)))
        .child(list)
        .into_any()
}

/// Fields that belong together, under one name.
pub(super) fn group(name: impl IntoView, content: impl IntoView) -> View {
    fieldset().class("group").child((legend().child(name), content)).into_any()
}
