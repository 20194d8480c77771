//! The texts of a language: a file that is chosen, or each text typed beside what it says in English or in the policy.
//! What is missing is said in words, for the language and at each text.

use std::collections::BTreeMap;
use std::sync::Arc;

use stillroom_document::Originals;
use stillroom_program::{FieldAt, Locale, LocaleFile};
use stillroom_staff_web::draw::ev;
use stillroom_staff_web::draw::html::{bdi, div, input, label, li, p, span, textarea, ul};
use stillroom_staff_web::draw::prelude::*;
use stillroom_staff_web::view::told;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::HtmlInputElement;

use super::fields::Drawn;
use super::small;
use crate::draft::Draft;
use crate::texts::{say, say_with};

/// What belongs to the policy, and needs no translation into its own language.
const POLICYS: &str = "policy-";

/// One language of the draft.
#[derive(Clone)]
struct Language {
    draft: Draft,
    /// Its entry in the list of languages.
    entry: FieldAt,
    number: u32,
}

impl Language {
    /// What is said for each text, with all that there is to translate.
    fn sheet(&self) -> Option<(Arc<Originals>, BTreeMap<String, String>)> {
        let originals = self.draft.originals.get()?;
        let said = self.draft.sheets.said(self.number, self.file(), &originals)?;
        Some((originals, said))
    }

    fn file(&self) -> Option<[u8; 32]> {
        Locale::hash_in(&self.draft.said(&self.entry.part("file")))
    }

    /// Whether this text need not be translated, since it is in this language already.
    fn is_own(&self, name: &str) -> bool {
        let own = self.draft.policy.with(|policy| {
            policy.as_ref().is_some_and(|policy| {
                policy
                    .page
                    .language
                    .eq_ignore_ascii_case(self.draft.said(&self.entry.part("tag")).trim())
            })
        });
        own && name.starts_with(POLICYS)
    }

    /// The names and originals of what can be translated, and whether each is missing.
    fn lines(&self) -> Vec<(String, String, bool)> {
        let Some((originals, said)) = self.sheet() else {
            return Vec::new();
        };
        let is_missing = |name: &str| said.get(name).is_none_or(|text| text.trim().is_empty());
        let needed = originals.iter().filter(|(name, _)| !self.is_own(name));
        needed.map(|(name, text)| (name.to_owned(), text.to_owned(), is_missing(name))).collect()
    }

    /// Types one text, which makes another file.
    fn say(&self, name: &str, text: String) {
        let Some((originals, mut said)) = untrack(|| self.sheet()) else { return };
        said.insert(name.to_owned(), text);
        self.write(said, &originals);
    }

    fn write(&self, said: BTreeMap<String, String>, originals: &Originals) {
        let (tag, before) = untrack(|| (self.draft.said(&self.entry.part("tag")), self.file()));
        let file = self.draft.sheets.write(self.number, (&tag, before), said, originals);
        file.into_iter().for_each(|file| self.name_file(file));
    }

    fn name_file(&self, file: [u8; 32]) {
        let at = self.entry.part("file");
        self.draft.edit(|typed| typed.say(&at, Locale::file_named(file)));
    }

    /// Takes a file as it is.
    fn take(&self, bytes: Vec<u8>) -> Result<(), &'static str> {
        let file = LocaleFile::try_from(bytes).map_err(|_| "console-texts-long")?;
        let hash = Locale::hash(&file);
        self.draft.sheets.know(vec![file]);
        self.name_file(hash);
        Ok(())
    }
}

/// The field.
pub(super) fn texts(drawn: &Drawn) -> View {
    let Some((entry, number)) = drawn.entry.clone() else {
        return ().into_any();
    };
    let language = Language { draft: drawn.draft, entry, number };
    let counted = language.clone();
    let lines = Memo::new(move |_| counted.lines());
    let state = told("small", move || {
        let (all, missing) = lines
            .with(|lines| (lines.len(), lines.iter().filter(|(.., missing)| *missing).count()));
        let (all, missing) = (all.to_string(), missing.to_string());
        if all == "0" {
            say("console-texts-fetching")
        } else if missing == "0" {
            say_with("console-texts-all", &[("all", &all)])
        } else {
            say_with("console-texts-missing", &[("missing", &missing), ("all", &all)])
        }
    });
    div()
        .class("field texts")
        .child((
            div().class("field-head").child((
                span().class("field-name").child(crate::places::label(&drawn.name)),
                drawn.changed(),
            )),
            drawn.hint_line(),
            state,
            chooser(drawn, &language),
            drawn.to_mend(),
            leave_out(drawn, &language),
            typing(drawn, language, lines),
        ))
        .into_any()
}

/// Where a file is chosen.
fn chooser(drawn: &Drawn, language: &Language) -> impl IntoView + use<> {
    let id = drawn.id.clone();
    let language = language.clone();
    let outcome = RwSignal::new(None::<&'static str>);
    let on_change = move |event: ev::Event| {
        let chosen = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        let file = chosen.and_then(|input| input.files()).and_then(|files| files.get(0));
        let (Some(file), language) = (file, language.clone()) else { return };
        spawn_local(async move {
            let text = JsFuture::from(file.text()).await.ok().and_then(|text| text.as_string());
            let taken = text.map(|text| language.take(text.into_bytes()));
            outcome.set(match taken {
                Some(Ok(())) => None,
                Some(Err(text)) => Some(text),
                None => Some("console-texts-unreadable"),
            });
        });
    };
    let field = input()
        .attr("id", id.clone())
        .attr("type", "file")
        .attr("accept", ".ftl,text/plain")
        .attr("aria-describedby", format!("{id}-hint {id}-wrong"))
        .on(ev::change, on_change);
    let told = told("wrong", move || outcome.get().map(say).unwrap_or_default());
    (label().attr("for", id).child(say("console-texts-file")), field, told)
}

/// A way out of a file with faults: what cannot be used is left out.
fn leave_out(drawn: &Drawn, language: &Language) -> impl IntoView + use<> {
    let (wrong, language) = (drawn.wrong(), language.clone());
    move || {
        let language = language.clone();
        (language.draft.originals.with(Option::is_some) && !wrong.with(Vec::is_empty)).then(|| {
            let leave = move || {
                if let Some((originals, mut said)) = untrack(|| language.sheet()) {
                    said.retain(|name, text| originals.fault(name, text).is_none());
                    language.write(said, &originals);
                }
            };
            small(say("console-texts-leave-out"), leave)
        })
    }
}

/// Each text beside what it says in English or in the policy, drawn once somebody wants to type.
fn typing(
    drawn: &Drawn,
    language: Language,
    lines: Memo<Vec<(String, String, bool)>>,
) -> impl IntoView + use<> {
    let id = drawn.id.clone();
    // Those that were missing when they were asked for: none goes away under the hands of whoever types it.
    let shown = RwSignal::new(None::<Vec<(String, String)>>);
    let open = move |all: bool| {
        let some = lines.get_untracked().into_iter().filter(|(.., missing)| all || *missing);
        shown.set(Some(some.map(|(name, original, _)| (name, original)).collect()));
    };
    let named = |text: &'static str, all: bool| small(say(text), move || open(all));
    let list = move || {
        shown.get().map(|shown| {
            let rows = shown.into_iter().zip(0..);
            let rows = rows.map(|(text, at)| row(format!("{id}-{at}"), text, &language));
            ul().class("translations").child(rows.collect::<Vec<_>>())
        })
    };
    let buttons =
        (named("console-texts-type-missing", false), named("console-texts-type-all", true));
    (div().class("choices").child(buttons), list)
}

fn row(id: String, (name, original): (String, String), language: &Language) -> View {
    let (reading, writing) = (language.clone(), language.clone());
    let text = name.clone();
    let said = Memo::new(move |_| {
        reading.sheet().and_then(|(_, mut said)| said.remove(&text)).unwrap_or_default()
    });
    let (draft, text) = (language.draft, name.clone());
    let wrong = move || {
        let said = said.get();
        if said.trim().is_empty() {
            return say("console-text-missing");
        }
        let fault = draft.originals.with(|originals| originals.as_ref()?.fault(&text, &said));
        fault.map(|fault| fault.to_string()).unwrap_or_default()
    };
    let field = textarea()
        .attr("id", id.clone())
        .attr("rows", "2")
        .attr("dir", "auto")
        .attr("aria-describedby", format!("{id}-state"))
        .prop("value", move || said.get())
        .on(ev::input, move |event| writing.say(&name, event_target_value(&event)));
    let state = p().class("small").attr("id", format!("{id}-state")).child(wrong);
    li().child((label().attr("for", id).child(bdi().child(original)), field, state)).into_any()
}
