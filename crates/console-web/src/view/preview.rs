//! The survivor's page of the draft, beside the forms (`features.md` 5.6): as it will be on a telephone or a computer, in
//! any of its languages, on any of its screens that a policy fills.
//!
//! It follows what is typed a moment later. Two frames take turns, so that nothing flickers: the new drawing shows once it
//! is there. The frames are as long as their page, so that what scrolls is around them and stays where it is.

use std::time::Duration;

use stillroom_document::{Look, PreviewError, PreviewScreen};
use stillroom_program::Policy;
use stillroom_staff_web::attended::Attended as _;
use stillroom_staff_web::draw::ev;
use stillroom_staff_web::draw::html::{Iframe, div, h2, iframe, label, option, p, section, select};
use stillroom_staff_web::draw::prelude::*;

use crate::console::Console;
use crate::language;
use crate::preview;
use crate::texts::say;

/// How long nothing is typed before it is drawn.
const REST: Duration = Duration::from_millis(300);

/// As what it is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Width {
    Phone,
    Desktop,
}

impl Width {
    const fn name(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Desktop => "desktop",
        }
    }
}

/// What is looked at.
#[derive(Clone, Copy)]
struct Chosen {
    width: RwSignal<Width>,
    screen: RwSignal<PreviewScreen>,
    /// The tag of a language; the policy's own where it has none of this.
    language: RwSignal<String>,
    /// What is to be said instead of a drawing.
    wrong: RwSignal<Option<String>>,
}

/// The part of the page with the drawing.
pub(super) fn preview(console: Console) -> impl IntoView {
    let chosen = Chosen {
        width: RwSignal::new(Width::Phone),
        screen: RwSignal::new(PreviewScreen::Before),
        language: RwSignal::new(String::new()),
        wrong: RwSignal::new(None),
    };
    let wrong = move || chosen.wrong.get().map(|said| p().class("wrong").child(said));
    section().class("card preview").attr("aria-labelledby", "preview").child((
        h2().attr("id", "preview").attr("tabindex", "-1").child(say("console-preview-heading")),
        p().child(say("console-preview-about")),
        choices(console, chosen),
        div().attr("role", "status").child(wrong),
        frames(console, chosen),
    ))
}

fn choices(console: Console, chosen: Chosen) -> impl IntoView {
    let widths = [Width::Phone, Width::Desktop].map(|width| {
        let name = match width {
            Width::Phone => "console-preview-phone",
            Width::Desktop => "console-preview-desktop",
        };
        choice(width.name(), say(name), move || chosen.width.get() == width).into_any()
    });
    let screens = move || {
        let draft = console.board.draft.policy.get();
        let in_draft = |screen: &PreviewScreen| draft.as_ref().is_some_and(|it| screen.is_in(it));
        let screens = PreviewScreen::ALL.into_iter().filter(in_draft).map(|screen| {
            let name = say(screen_name(screen));
            choice(screen.name(), name, move || chosen.screen.get() == screen).into_any()
        });
        screens.collect::<Vec<_>>()
    };
    let languages = move || {
        let draft = console.board.draft.policy.get();
        let tags = draft.iter().flat_map(|draft| tags(draft)).map(|tag| {
            let is_chosen = tag.clone();
            let name = language::name(&tag);
            choice(&tag, name, move || chosen.language.get() == is_chosen).into_any()
        });
        tags.collect::<Vec<_>>()
    };
    let width = list(
        "preview-width",
        "console-preview-width",
        widths.into_iter().collect::<Vec<_>>(),
        move |value| {
            let desktop = value == Width::Desktop.name();
            chosen.width.set(if desktop { Width::Desktop } else { Width::Phone });
        },
    );
    let screen = list("preview-screen", "console-preview-screen", screens, move |value| {
        let found = PreviewScreen::ALL.into_iter().find(|screen| screen.name() == value);
        chosen.screen.set(found.unwrap_or(PreviewScreen::Before));
    });
    let language = list("preview-language", "console-preview-language", languages, move |value| {
        chosen.language.set(value);
    });
    div().class("choices").child((width, screen, language))
}

/// The languages in which the page can be read, the policy's own first.
fn tags(draft: &Policy) -> Vec<String> {
    let own = &draft.page.language;
    let others = draft.page.locales.iter().map(|locale| &locale.tag);
    let others = others.filter(|tag| !tag.eq_ignore_ascii_case(own)).map(|tag| tag.to_string());
    core::iter::once(own.to_string()).chain(others).collect()
}

fn choice<IsChosen: Fn() -> bool + Send + 'static>(
    value: &str,
    name: String,
    is_chosen: IsChosen,
) -> impl IntoView + use<IsChosen> {
    option().attr("value", value.to_owned()).prop("selected", is_chosen).child(name)
}

fn list(
    id: &'static str,
    name: &'static str,
    options: impl IntoView,
    choose: impl Fn(String) + 'static,
) -> impl IntoView {
    let list = select()
        .attr("id", id)
        .on(ev::change, move |event| choose(event_target_value(&event)))
        .child(options);
    div().class("field").child((label().attr("for", id).child(say(name)), list))
}

const fn screen_name(screen: PreviewScreen) -> &'static str {
    match screen {
        PreviewScreen::Before => "console-screen-before",
        PreviewScreen::Safety => "console-screen-safety",
        PreviewScreen::Rights => "console-screen-rights",
        PreviewScreen::Questions => "console-screen-questions",
        PreviewScreen::Ended => "console-screen-ended",
        PreviewScreen::Survey => "console-screen-survey",
    }
}

/// The document of what is chosen, or why there is none; nothing before there is a policy.
fn drawn(console: Console, chosen: Chosen) -> Option<Result<String, String>> {
    let draft = console.board.draft.policy.get_untracked()?;
    let language = chosen.language.get_untracked();
    let screen = chosen.screen.get_untracked();
    let look = Look {
        language: Some(&*language).filter(|tag| !tag.is_empty()),
        screen: if screen.is_in(&draft) { screen } else { PreviewScreen::Before },
        on_duty: true,
        now: console.now(),
    };
    Some(
        stillroom_document::preview(&draft, &console.board.draft.sheets.files(&draft), &look)
            .map_err(not_drawn),
    )
}

fn not_drawn(error: PreviewError) -> String {
    match error {
        PreviewError::TimeZone(_) => say("console-preview-no-zone"),
        PreviewError::NoLanguage => say("console-preview-no-language"),
        PreviewError::Texts(_) | PreviewError::Template(_) => say("console-preview-not"),
    }
}

/// Two frames that take turns: what was drawn last goes into the one behind, which comes to the front when it is there.
fn frames(console: Console, chosen: Chosen) -> impl IntoView {
    let nodes = [NodeRef::<Iframe>::new(), NodeRef::<Iframe>::new()];
    let front = RwSignal::new(0_usize);
    let coming = RwSignal::new(None::<usize>);
    let frame = |number: usize, node| {
        iframe()
            .attr("sandbox", "")
            .attr("referrerpolicy", "no-referrer")
            .attr("title", say("console-preview-frame"))
            .class(move || if front.get() == number { "front" } else { "behind" })
            .node_ref(node)
            .on(ev::load, move |_| {
                if coming.get_untracked() == Some(number) {
                    coming.set(None);
                    front.set(number);
                }
            })
    };
    let draw = move || {
        let behind = 1 - front.get_untracked().min(1);
        let Some(frame) = nodes.get(behind).and_then(|node| node.get_untracked()) else { return };
        match drawn(console, chosen) {
            None => {}
            Some(Ok(document)) => {
                chosen.wrong.set(None);
                coming.set(Some(behind));
                preview::show(&frame, document);
            }
            Some(Err(said)) => chosen.wrong.set(Some(said)),
        }
    };
    follow(console, chosen, draw);
    let class = move || format!("frames {}", chosen.width.get().name());
    // What scrolls can be scrolled by the keyboard.
    div()
        .class("scroller")
        .attr("tabindex", "0")
        .attr("role", "group")
        .attr("aria-labelledby", "preview")
        .child(div().class(class).child((frame(0, nodes[0]), frame(1, nodes[1]))))
}

/// Draws whenever nothing was typed for a moment.
fn follow(console: Console, chosen: Chosen, draw: impl Fn() + Copy + Send + Sync + 'static) {
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let stop = move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    };
    Effect::new(move |_| {
        console.board.draft.policy.track();
        chosen.screen.track();
        chosen.language.track();
        stop();
        timer.set_value(set_timeout(draw, REST));
    });
    on_cleanup(stop);
}
