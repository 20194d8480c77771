//! The hours as a form (`features.md` 1.2, 5.6): a week that one can drag, every range as two time fields as well, and
//! exceptions on dates.

use stillroom_program::OpenTime;
use stillroom_staff_web::draw::ev;
use stillroom_staff_web::draw::html::{button, div, fieldset, h4, input, label, legend, p, span};
use stillroom_staff_web::draw::prelude::*;

use super::{small, week};
use crate::board::{HOURS, HoursForm};
use crate::console::Console;
use crate::draft::Draft;
use crate::hours::{DAYS, HoursTyped, Place, Range};
use crate::places;
use crate::texts::{say, say_with};

/// What a range that is added is at first: a usual day.
const USUAL: OpenTime = OpenTime { opens: 9 * 60, closes: 17 * 60 };

/// The form. What has to be mended stands with that of the other parts, and they are published together.
pub(super) fn hours(console: Console) -> impl IntoView {
    let fields = console.board.hours;
    let back = button()
        .attr("type", "button")
        .class("button")
        .attr("aria-disabled", move || if is_changed(fields) { "false" } else { "true" })
        .on(ev::click, move |_| fields.take_published())
        .child(say("console-back"));
    let form = div().class("console-form").child((
        zone(fields),
        always_open(fields),
        week_of(fields),
        exceptions(fields),
        note(fields),
        to_mend(console.board.draft),
        theirs(fields),
        div().class("choices").child(back),
    ));
    (p().child(say("console-hours-about")), form)
}

/// Whether other hours are published.
pub(super) fn is_changed(fields: HoursForm) -> bool {
    let typed = fields.typed.with(|typed| typed.as_ref().map(HoursTyped::hours));
    typed.is_some_and(|typed| fields.from.with(|from| typed.as_ref() != Ok(from)))
}

/// What has to be mended of the hours, read out as one types.
fn to_mend(draft: Draft) -> impl IntoView {
    let said = Memo::new(move |_| {
        draft.to_mend.with(|all| {
            let ours = all.iter().filter(|it| places::part_of(&it.path) == HOURS);
            ours.map(|it| say_with("console-mend-here", &[("what", &it.what)])).collect::<Vec<_>>()
        })
    });
    let said = move || said.with(|said| (!said.is_empty()).then(|| said.join(" ")));
    p().class("wrong").attr("role", "status").child(said)
}

/// Another administrator changed the hours meanwhile: nothing is written over unseen.
fn theirs(fields: HoursForm) -> impl IntoView {
    let question = move || {
        fields.theirs.with(Option::is_some).then(|| {
            let mine = small(say("console-keep-mine"), move || fields.keep_mine());
            let take = small(say("console-take-theirs"), move || fields.take_published());
            div().class("notice").child((
                p().child(say("console-hours-theirs")),
                div().class("choices").child((mine, take)),
            ))
        })
    };
    div().attr("role", "alert").child(question)
}

fn zone(fields: HoursForm) -> impl IntoView {
    text_field(
        "hours-zone",
        "console-zone",
        move || fields.typed.with(|typed| typed.as_ref().map(|typed| typed.time_zone.clone())),
        move |said| edit(fields, |typed| typed.time_zone = said),
    )
}

fn note(fields: HoursForm) -> impl IntoView {
    text_field(
        "hours-note",
        "console-hours-note",
        move || fields.typed.with(|typed| typed.as_ref().map(|typed| typed.note.clone())),
        move |said| edit(fields, |typed| typed.note = said),
    )
}

fn always_open(fields: HoursForm) -> impl IntoView {
    let tick = input().attr("type", "checkbox").prop("checked", move || is_always_open(fields)).on(
        ev::change,
        move |event| {
            let always = event_target_checked(&event);
            edit(fields, |typed| typed.always_open = always);
        },
    );
    label().class("choice").child((tick, span().child(say("console-always-open"))))
}

fn is_always_open(fields: HoursForm) -> bool {
    fields.typed.with(|typed| typed.as_ref().is_some_and(|typed| typed.always_open))
}

fn week_of(fields: HoursForm) -> impl IntoView {
    let always = Memo::new(move |_| is_always_open(fields));
    move || {
        (!always.get()).then(|| {
            let days = DAYS.map(|(day, name)| {
                fieldset().class("day").child((
                    legend().child(say(name)),
                    week::bar(fields, day),
                    ranges(fields, Place::Day(day), say(name)),
                ))
            });
            div().class("week").child(days.into_iter().collect::<Vec<_>>())
        })
    }
}

/// The ranges of a day or an exception, each as two fields, and a way to add one.
fn ranges(fields: HoursForm, place: Place, of: String) -> impl IntoView {
    let ids = move || {
        fields.typed.with(|typed| {
            let ranges = typed.as_ref().map_or(&[][..], |typed| typed.ranges(place));
            ranges.iter().map(|range| range.id).collect::<Vec<_>>()
        })
    };
    let each = {
        let of = of.clone();
        move |id: u32| range(fields, place, id, of.clone())
    };
    let list = rows(ids, |id| *id, each);
    let add = small(say_with("console-add-range", &[("of", &of)]), move || {
        edit(fields, |typed| {
            typed.add(place, USUAL);
        });
    });
    div().class("ranges").child((list, add))
}

fn range(fields: HoursForm, place: Place, id: u32, of: String) -> impl IntoView {
    let value = move |part: fn(&Range) -> &String| {
        move || {
            fields.typed.with(|typed| {
                let ranges = typed.as_ref().map_or(&[][..], |typed| typed.ranges(place));
                let range = ranges.iter().find(|range| range.id == id);
                range.map(|range| part(range).clone()).unwrap_or_default()
            })
        }
    };
    let field = |name: &'static str, value, set: fn(&mut Range, String)| {
        input()
            .attr("type", "time")
            .attr("aria-label", say_with(name, &[("of", &of)]))
            .prop("value", value)
            .on(ev::input, move |event| {
                let said = event_target_value(&event);
                edit(fields, |typed| typed.with_range(id, |range| set(range, said)));
            })
    };
    let opens = field("console-opens", value(|range| &range.opens), |range, said| {
        range.opens = said;
    });
    let closes = field("console-closes", value(|range| &range.closes), |range, said| {
        range.closes = said;
    });
    let out = small(say_with("console-remove-range", &[("of", &of)]), move || {
        edit(fields, |typed| typed.remove(id));
    });
    div().class("range").child((opens, span().child("–"), closes, out))
}

fn exceptions(fields: HoursForm) -> impl IntoView {
    let ids = move || {
        fields.typed.with(|typed| {
            let exceptions = typed.as_ref().map_or(&[][..], |typed| &typed.exceptions[..]);
            exceptions.iter().map(|exception| exception.id).collect::<Vec<_>>()
        })
    };
    let each = move |id: u32| exception(fields, id);
    let list = rows(ids, |id| *id, each);
    let add = small(say("console-add-exception"), move || {
        edit(fields, |typed| {
            typed.add_exception(String::new(), "");
        });
    });
    div().class("exceptions").child((
        h4().child(say("console-exceptions")),
        p().class("small").child(say("console-exceptions-about")),
        list,
        add,
    ))
}

fn exception(fields: HoursForm, id: u32) -> impl IntoView {
    let part = move |part: fn(&crate::hours::ExceptionTyped) -> &String| {
        move || {
            fields.typed.with(|typed| {
                let all = typed.as_ref().map_or(&[][..], |typed| &typed.exceptions[..]);
                let found = all.iter().find(|exception| exception.id == id);
                found.map(|exception| part(exception).clone()).unwrap_or_default()
            })
        }
    };
    let date = input()
        .attr("type", "date")
        .attr("aria-label", say("console-exception-date"))
        .prop("value", part(|exception| &exception.date))
        .on(ev::input, move |event| {
            let said = event_target_value(&event);
            edit(fields, |typed| typed.with_exception(id, |exception| exception.date = said));
        });
    let text = input()
        .attr("type", "text")
        .attr("dir", "auto")
        .attr("aria-label", say("console-exception-text"))
        .attr("placeholder", say("console-exception-text"))
        .prop("value", part(|exception| &exception.text))
        .on(ev::input, move |event| {
            let said = event_target_value(&event);
            edit(fields, |typed| typed.with_exception(id, |exception| exception.text = said));
        });
    let shown = part(|exception| &exception.date);
    let closed = move || {
        let open = fields.typed.with(|typed| {
            typed.as_ref().is_some_and(|typed| !typed.ranges(Place::Exception(id)).is_empty())
        });
        say(if open { "console-exception-open" } else { "console-exception-closed" })
    };
    let out =
        small(say("console-remove-exception"), move || edit(fields, |typed| typed.remove(id)));
    fieldset().class("exception").child((
        legend().child(move || say_with("console-exception", &[("date", &shown())])),
        div().class("range").child((date, text, out)),
        p().class("small").child(closed),
        ranges(fields, Place::Exception(id), say("console-that-date")),
    ))
}

fn text_field(
    id: &'static str,
    name: &'static str,
    value: impl Fn() -> Option<String> + Send + 'static,
    set: impl Fn(String) + 'static,
) -> impl IntoView {
    let field = input()
        .attr("id", id)
        .attr("type", "text")
        .attr("dir", "auto")
        .attr("autocomplete", "off")
        .prop("value", move || value().unwrap_or_default())
        .on(ev::input, move |event| set(event_target_value(&event)));
    div().class("field").child((label().attr("for", id).child(say(name)), field))
}

/// Does something to what is typed.
pub(super) fn edit(fields: HoursForm, change: impl FnOnce(&mut HoursTyped)) {
    fields.typed.update(|typed| {
        if let Some(typed) = typed {
            change(typed);
        }
    });
}
