//! Lists of a form: entries are added, taken out, and moved by buttons, which is by the keyboard as well.

use std::collections::BTreeSet;

use stillroom_program::FormField;
use stillroom_staff_web::draw::ev;
use stillroom_staff_web::draw::html::{div, input, label, span};
use stillroom_staff_web::draw::prelude::*;

use super::fields::{Drawn, draw, group};
use super::small;
use crate::focus;
use crate::places;
use crate::texts::{say, say_with};

/// Entries of a list above which one looks for them by words.
const LOOKED_FOR: usize = 24;

/// A list whose entries have fields of their own.
pub(super) fn records(drawn: &Drawn, most: usize, fields: &'static [FormField]) -> View {
    let hidden = RwSignal::new(BTreeSet::<u32>::new());
    let search = (most > LOOKED_FOR).then(|| search(drawn, fields, hidden));
    let first = fields.first().map_or("", |field| field.name);
    let inner = drawn.clone();
    let entry = move |number: u32| {
        let parts = fields.iter().map(|field| draw(&inner.part(field, number)));
        let parts = parts.collect::<Vec<_>>();
        let group = group(inner.entry_name(number), (parts, inner.buttons(number)));
        div()
            .class("entry")
            .attr("hidden", move || hidden.with(|all| all.contains(&number)))
            .child(group)
    };
    list(drawn, first, search, entry)
}

/// A list of single values.
pub(super) fn values(drawn: &Drawn, each: &'static FormField) -> View {
    let inner = drawn.clone();
    let entry = move |number: u32| {
        let value = draw(&inner.part(each, number));
        div().class("entry entry-value").child((value, inner.buttons(number)))
    };
    list(drawn, "", None::<View>, entry)
}

fn list<V: IntoView + 'static>(
    drawn: &Drawn,
    first: &'static str,
    search: Option<impl IntoView + 'static>,
    entry: impl Fn(u32) -> V + Clone + Send + 'static,
) -> View {
    let (draft, at) = (drawn.draft, drawn.at.clone());
    let numbers = move || {
        draft.typed.with(|typed| typed.as_ref().map(|typed| typed.entries(&at))).unwrap_or_default()
    };
    let entries = rows(numbers, |number| *number, entry);
    let add = {
        let drawn = drawn.clone();
        let one = say(&format!("console-one-{}", places::slug(&drawn.name)));
        let text = say_with("console-add", &[("one", &one)]);
        let id = drawn.add_id();
        let add = small(text, move || {
            let mut added = None;
            drawn.draft.edit(|typed| added = typed.add(drawn.field, &drawn.at));
            if let Some(number) = added {
                focus::move_to(drawn.id_of(first, number));
            }
        });
        add.id(id)
    };
    let name = (span().child(places::label(&drawn.name)), " ", drawn.changed());
    group(name, (drawn.hint_line(), drawn.to_mend(), search, entries, add))
}

/// A field to look for entries by any of their words. What was found stays while one types in it.
fn search(
    drawn: &Drawn,
    fields: &'static [FormField],
    hidden: RwSignal<BTreeSet<u32>>,
) -> impl IntoView + use<> {
    let id = format!("{}-search", drawn.id);
    let (draft, at) = (drawn.draft, drawn.at.clone());
    let look = move |words: &str| {
        let words = words.to_lowercase();
        let numbers =
            draft.typed.with_untracked(|typed| typed.as_ref().map(|typed| typed.entries(&at)));
        let says = |number: &u32| {
            fields.iter().any(|field| {
                let said = untrack(|| draft.said(&at.entry(*number).part(field.name)));
                said.to_lowercase().contains(words.trim())
            })
        };
        hidden
            .set(numbers.unwrap_or_default().into_iter().filter(|number| !says(number)).collect());
    };
    let field = input()
        .attr("id", id.clone())
        .attr("type", "search")
        .attr("autocomplete", "off")
        .on(ev::input, move |event| look(&event_target_value(&event)));
    div().class("field").child((label().attr("for", id).child(say("console-search")), field))
}

impl Drawn {
    /// A field of the entry of this number.
    fn part(&self, field: &'static FormField, number: u32) -> Self {
        let name = match field.name {
            "" => self.name.clone(),
            part => format!("{}.{part}", self.name),
        };
        let entry = self.at.entry(number);
        Self {
            draft: self.draft,
            field,
            at: entry.part(field.name),
            name,
            id: self.id_of(field.name, number),
            entry: Some((entry, number)),
            entry_name: Some(Signal::derive(self.entry_name(number))),
        }
    }

    fn id_of(&self, part: &str, number: u32) -> String {
        format!("{}-{number}-{}", self.id, places::slug(part))
    }

    fn add_id(&self) -> String {
        format!("{}-add", self.id)
    }

    /// "Right 3", wherever it is moved.
    fn entry_name(&self, number: u32) -> impl Fn() -> String + Clone + Send + 'static {
        let (draft, at, name) = (self.draft, self.at.clone(), self.name.clone());
        move || {
            let entries = draft.typed.with(|typed| typed.as_ref().map(|typed| typed.entries(&at)));
            let place = entries.unwrap_or_default().iter().position(|other| *other == number);
            places::entry(&name, place.unwrap_or_default().saturating_add(1))
        }
    }

    /// What moves an entry and takes it out.
    fn buttons(&self, number: u32) -> impl IntoView + use<> {
        let named = |text: &'static str| {
            let name = self.entry_name(number);
            move || say_with(text, &[("one", &name())])
        };
        let shift = |text: &'static str, to_beginning: bool| {
            let (draft, at) = (self.draft, self.at.clone());
            let id = self.id_of(if to_beginning { "up" } else { "down" }, number);
            let back = id.clone();
            let shift = small(named(text), move || {
                draft.edit(|typed| typed.shift(&at, number, to_beginning));
                // A browser may drop the keyboard from what is moved.
                focus::move_to(back.clone());
            });
            shift.id(id)
        };
        let (draft, at, add) = (self.draft, self.at.clone(), self.add_id());
        let out = small(named("console-take-out"), move || {
            draft.edit(|typed| typed.take_out(&at, number));
            focus::move_to(add.clone());
        });
        let out = out.id(self.id_of("out", number));
        div().class("choices entry-buttons").child((
            shift("console-move-up", true),
            shift("console-move-down", false),
            out,
        ))
    }
}
