//! What the console shows, as signals.

use std::sync::Arc;

use stillroom_conversation::{AuditTrouble, HostSays, Line};
use stillroom_program::{Hours, Notice, NoticeKind, Policy, SignedAuditEntry, Timestamp};
use stillroom_staff_web::draw::prelude::*;

use crate::closing::Lasts;
use crate::draft::Draft;
use crate::hours::HoursTyped;
use crate::past::Past;

/// The name of the part that has the hours, which have a form of their own.
pub(crate) const HOURS: &str = "hours";

/// What is asked once more before it is done.
#[derive(Clone, PartialEq)]
pub(crate) enum Asked {
    /// Whether to close, with this notice.
    Close(Notice),
    /// Whether to open again.
    Open,
    /// Whether to publish the draft.
    Publish {
        /// What is published.
        from: Arc<Policy>,
        /// What was typed.
        to: Arc<Policy>,
    },
}

/// What came of the last press.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is on its way.
    Sent,
    /// It is published, in this version.
    Published(u64),
    /// It is not, and the text of this name says why.
    Refused(&'static str),
}

/// The form by which chat is closed. What is typed stays while the console is locked.
#[derive(Clone, Copy)]
pub(crate) struct ClosingForm {
    /// What kind of notice.
    pub(crate) kind: RwSignal<NoticeKind>,
    /// What people read.
    pub(crate) text: RwSignal<String>,
    /// Until when.
    pub(crate) lasts: RwSignal<Lasts>,
    /// What has to be mended before chat can be closed: the name of the text.
    pub(crate) wrong: RwSignal<Option<&'static str>>,
}

/// The form for the hours. What is typed stays while the console is locked.
#[derive(Clone, Copy)]
pub(crate) struct HoursForm {
    /// What is typed; nothing before the policy is here.
    pub(crate) typed: RwSignal<Option<HoursTyped>>,
    /// The published hours that it was begun from.
    pub(crate) from: RwSignal<Hours>,
    /// Others, which another administrator published meanwhile.
    pub(crate) theirs: RwSignal<Option<Hours>>,
}

impl HoursForm {
    fn new() -> Self {
        Self {
            typed: RwSignal::new(None),
            from: RwSignal::new(Hours::default()),
            theirs: RwSignal::new(None),
        }
    }

    /// A policy with these hours is published: where nothing was typed, they are shown; else whoever typed is asked.
    pub(crate) fn follow(self, published: &Hours) {
        let same = typed_is(self, published);
        let untouched = self.typed.with_untracked(Option::is_none)
            || self.from.with_untracked(|from| typed_is(self, from));
        if untouched || same {
            if !same {
                self.typed.set(Some(HoursTyped::of(published)));
            }
            self.from.set(published.clone());
            self.theirs.set(None);
        } else if self.from.with_untracked(|from| from != published) {
            self.theirs.set(Some(published.clone()));
        }
    }

    /// What was typed is to stand in the place of theirs.
    pub(crate) fn keep_mine(self) {
        if let Some(theirs) = self.theirs.get_untracked() {
            self.from.set(theirs);
            self.theirs.set(None);
        }
    }

    /// What was typed is dropped for what is published.
    pub(crate) fn take_published(self) {
        let published = self.theirs.get_untracked().unwrap_or_else(|| self.from.get_untracked());
        self.typed.set(Some(HoursTyped::of(&published)));
        self.from.set(published);
        self.theirs.set(None);
    }
}

fn typed_is(form: HoursForm, hours: &Hours) -> bool {
    form.typed.with_untracked(|typed| {
        typed.as_ref().is_some_and(|typed| typed.hours().as_ref() == Ok(hours))
    })
}

/// All of it. Copied into every handler.
#[derive(Clone, Copy)]
pub(crate) struct Board {
    /// Whether nothing of the console is drawn.
    pub(crate) locked: RwSignal<bool>,
    /// Whether it is about to be so.
    pub(crate) locks_soon: RwSignal<bool>,
    /// Whether the line stands.
    pub(crate) line: RwSignal<Line>,
    /// The policy that holds, once it is here.
    pub(crate) policy: RwSignal<Option<Arc<Policy>>>,
    /// What must be known: the name of the text.
    pub(crate) trouble: RwSignal<Option<&'static str>>,
    /// What the host says.
    pub(crate) host: RwSignal<HostSays>,
    /// What is wrong with the record of administrative acts.
    pub(crate) audit: RwSignal<Option<AuditTrouble>>,
    /// That record, as far as it was read.
    pub(crate) record: RwSignal<Vec<SignedAuditEntry>>,
    /// What was published before.
    pub(crate) past: Past,
    /// What is asked once more.
    pub(crate) asked: RwSignal<Option<Asked>>,
    /// What came of the last press.
    pub(crate) outcome: RwSignal<Option<Outcome>>,
    /// The form by which chat is closed.
    pub(crate) closing: ClosingForm,
    /// The form for the hours.
    pub(crate) hours: HoursForm,
    /// The whole policy as it is typed.
    pub(crate) draft: Draft,
    /// The name of the part of it that is shown.
    pub(crate) part: RwSignal<&'static str>,
    /// The time, as what stands on the page goes by it.
    pub(crate) now: RwSignal<Timestamp>,
}

impl Board {
    pub(crate) fn new(now: Timestamp) -> Self {
        let hours = HoursForm::new();
        Self {
            locked: RwSignal::new(false),
            locks_soon: RwSignal::new(false),
            line: RwSignal::new(Line::Up),
            policy: RwSignal::new(None),
            trouble: RwSignal::new(None),
            host: RwSignal::new(HostSays::default()),
            audit: RwSignal::new(None),
            record: RwSignal::new(Vec::new()),
            past: Past::new(),
            asked: RwSignal::new(None),
            outcome: RwSignal::new(None),
            closing: ClosingForm {
                kind: RwSignal::new(NoticeKind::Closed),
                text: RwSignal::new(String::new()),
                lasts: RwSignal::new(Lasts::UntilOpened),
                wrong: RwSignal::new(None),
            },
            hours,
            draft: Draft::new(hours),
            // What changes most often.
            part: RwSignal::new(HOURS),
            now: RwSignal::new(now),
        }
    }

    /// This entry is the newest of the record: one that this device wrote follows what was read.
    pub(crate) fn follow_record(self, newest: SignedAuditEntry) {
        let last = self.record.with_untracked(|read| read.last().map(SignedAuditEntry::head));
        if last.unwrap_or_default() == newest.entry.after {
            self.record.update(|read| read.push(newest));
        }
    }
}
