//! The draft: the whole policy as it is typed, what it is different from, and what has to be mended (`features.md` 5.6).
//!
//! It lives in this page's memory alone. What another administrator publishes meanwhile comes into it; what both
//! changed waits until somebody chose. Nothing typed is taken away by either.

use std::collections::BTreeMap;
use std::sync::Arc;

use stillroom_document::Originals;
use stillroom_program::{
    Conflict, Difference, FieldAt, FormField, Locale, LocaleFile, Policy, PolicyDraft, Side,
    Warning,
};
use stillroom_staff_web::draw::prelude::*;

use crate::board::HoursForm;
use crate::hours::HoursTyped;
use crate::sheets::Sheets;
use crate::texts::{say, say_with};

/// Something that has to be mended before the draft can be published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ToMend {
    /// Where, as the policy's checks name it.
    pub(crate) path: String,
    /// What must be so, in words that go on from the field's name.
    pub(crate) what: String,
}

/// What another administrator published while this was typed, as long as something is to be chosen.
#[derive(Clone, PartialEq, Eq)]
struct Theirs {
    /// What both started from.
    base: Arc<Policy>,
    choices: BTreeMap<String, Side>,
    conflicts: Vec<Conflict>,
}

/// The draft, as signals. Copied into every handler.
#[derive(Clone, Copy)]
pub(crate) struct Draft {
    /// What is typed; nothing before the policy is here.
    pub(crate) typed: RwSignal<Option<PolicyDraft>>,
    /// The form for the hours, which are a part of it.
    hours: HoursForm,
    /// The texts of other languages.
    pub(crate) sheets: Sheets,
    /// The published policy that it is compared with.
    published: RwSignal<Option<Arc<Policy>>>,
    /// What was sent to be published last.
    sent: RwSignal<Option<Arc<Policy>>>,
    theirs: RwSignal<Option<Theirs>>,
    /// The policy that comes nearest to what is typed: to be looked at, though perhaps not sound.
    pub(crate) policy: Memo<Option<Arc<Policy>>>,
    /// What is published, as a draft whose entries have the same numbers.
    pub(crate) before: Memo<Option<PolicyDraft>>,
    /// What has to be mended.
    pub(crate) to_mend: Memo<Vec<ToMend>>,
    /// What is hard to read: it may be published, and would be better if it were put more simply.
    pub(crate) hard: Memo<Vec<Warning>>,
    /// What is different from what is published.
    pub(crate) differences: Memo<Vec<Difference>>,
    /// All that can be translated under this draft, once it has other languages.
    pub(crate) originals: Memo<Option<Arc<Originals>>>,
}

impl Draft {
    /// No draft yet; the hours of the one that will be are in this form.
    pub(crate) fn new(hours: HoursForm) -> Self {
        let typed = RwSignal::new(None::<PolicyDraft>);
        let published = RwSignal::new(None::<Arc<Policy>>);
        let sheets = Sheets::new();
        let policy = Memo::new(move |_| {
            let published = published.get()?;
            let mut policy = typed.with(|typed| Some(typed.as_ref()?.nearest(&published)))?;
            let hours = hours.typed.with(|typed| typed.as_ref().map(HoursTyped::hours));
            policy.page.hours = hours?.unwrap_or_else(|_| published.page.hours.clone());
            policy.terms.report_key.clone_from(&published.terms.report_key);
            Some(Arc::new(policy))
        });
        let before = Memo::new(move |_| {
            let published = published.get()?;
            typed.with(|typed| Some(PolicyDraft::of(&published).numbered_as(typed.as_ref()?)))
        });
        let originals = Memo::new(move |_| {
            policy.with(|policy| {
                let policy = policy.as_deref().filter(|policy| !policy.page.locales.is_empty())?;
                sheets.originals(policy)
            })
        });
        let languages = Memo::new(move |_| typed.with(|typed| languages(typed.as_ref())));
        let untranslatable = Memo::new(move |_| {
            let (Some(originals), languages) = (originals.get(), languages.get()) else {
                return Vec::new();
            };
            let wrong = languages.iter().zip(0..).flat_map(|((number, file), at)| {
                let faults = sheets.faults(*number, *file, &originals).into_iter();
                faults.map(move |fault| ToMend {
                    path: format!("locales[{at}].file"),
                    what: say_with("console-texts-fault", &[("what", &fault)]),
                })
            });
            wrong.collect()
        });
        let to_mend = Memo::new(move |_| {
            let mut all = to_mend(typed, hours, policy);
            all.extend(untranslatable.get());
            all
        });
        let hard = Memo::new(move |_| {
            policy.with(|policy| policy.as_deref().map(Policy::warnings)).unwrap_or_default()
        });
        let differences = Memo::new(move |_| {
            let (Some(published), Some(policy)) = (published.get(), policy.get()) else {
                return Vec::new();
            };
            let mut all = published.differences(&policy);
            all.retain(|difference| !["version", "issued"].contains(&&*difference.field));
            all
        });
        let (sent, theirs) = (RwSignal::new(None), RwSignal::new(None));
        Self {
            typed,
            hours,
            sheets,
            published,
            sent,
            theirs,
            policy,
            before,
            to_mend,
            hard,
            differences,
            originals,
        }
    }

    /// Puts this policy in the place of what is typed, to be looked over and published: an older one, with
    /// the files of texts that it names.
    pub(crate) fn set(self, policy: &Policy, files: Vec<LocaleFile>) {
        self.sheets.know(files);
        self.hours.typed.set(Some(HoursTyped::of(&policy.page.hours)));
        self.replace(PolicyDraft::of(policy));
    }

    /// This policy is published: what it says comes into the draft, where nobody typed something else.
    pub(crate) fn follow(self, published: &Arc<Policy>) {
        self.hours.follow(&published.page.hours);
        let base = self.base(published);
        let typed = self.typed.get_untracked();
        self.published.set(Some(Arc::clone(published)));
        match base.zip(typed) {
            None => self.typed.set(Some(PolicyDraft::of(published))),
            Some((base, typed)) => {
                let choices = BTreeMap::new();
                let (merged, conflicts) = typed.merged(&base, published, &choices);
                self.replace(merged);
                let theirs = (!conflicts.is_empty()).then_some(Theirs { base, choices, conflicts });
                self.theirs.set(theirs);
            }
        }
    }

    /// What both changed, each otherwise, and nobody has chosen yet.
    pub(crate) fn conflicts(self) -> Vec<Conflict> {
        self.theirs.with(|theirs| {
            let all = theirs.iter().flat_map(|theirs| &theirs.conflicts);
            all.filter(|conflict| conflict.chosen.is_none()).cloned().collect()
        })
    }

    /// Chooses for one of them.
    pub(crate) fn choose(self, field: &str, side: Side) {
        let theirs = self.theirs.get_untracked();
        let (Some(mut theirs), Some(published)) = (theirs, self.published.get_untracked()) else {
            return;
        };
        theirs.choices.insert(field.to_owned(), side);
        let Some(typed) = self.typed.get_untracked() else { return };
        let (merged, _) = typed.merged(&theirs.base, &published, &theirs.choices);
        self.replace(merged);
        let chosen = theirs.conflicts.iter_mut().find(|conflict| conflict.field == field);
        if let Some(conflict) = chosen {
            conflict.chosen = Some(side);
        }
        let undecided = theirs.conflicts.iter().any(|conflict| conflict.chosen.is_none());
        self.theirs.set(undecided.then_some(theirs));
    }

    /// What is published, and what is to be, if that can be published as it stands.
    pub(crate) fn ready(self) -> Option<(Arc<Policy>, Arc<Policy>)> {
        let undecided =
            self.theirs.with(Option::is_some) || self.hours.theirs.with(Option::is_some);
        let sound =
            self.to_mend.with(Vec::is_empty) && self.differences.with(|all| !all.is_empty());
        (sound && !undecided).then(|| self.published.get().zip(self.policy.get())).flatten()
    }

    /// Puts what is published into these fields.
    pub(crate) fn take_back(self, fields: &[FormField]) {
        self.before.with_untracked(|before| {
            if let Some(before) = before {
                self.edit(|typed| typed.take_back(fields, before));
            }
        });
    }

    /// Does something to what is typed.
    pub(crate) fn edit(self, change: impl FnOnce(&mut PolicyDraft)) {
        self.typed.update(|typed| {
            if let Some(typed) = typed {
                change(typed);
            }
        });
    }

    /// What stands in a field.
    pub(crate) fn said(self, at: &FieldAt) -> String {
        self.typed.with(|typed| typed.as_ref()?.said(at).map(str::to_owned)).unwrap_or_default()
    }

    /// Where a field stands, as the checks name it.
    pub(crate) fn path(self, at: &FieldAt) -> String {
        self.typed.with(|typed| typed.as_ref().map(|typed| typed.path(at))).unwrap_or_default()
    }

    /// Whether something else is published there.
    pub(crate) fn is_changed(self, at: &FieldAt) -> bool {
        self.before.with(|before| {
            let before = before.as_ref();
            self.typed.with(|typed| {
                typed.as_ref().zip(before).is_some_and(|(typed, before)| typed.differs(before, at))
            })
        })
    }

    /// This is on its way to be published; says which files of texts go before it: the relay has those of what is
    /// published.
    pub(crate) fn send(self, policy: &Arc<Policy>) -> Vec<LocaleFile> {
        self.sent.set(Some(Arc::clone(policy)));
        let mut files = self.sheets.files(policy);
        self.published.with_untracked(|published| {
            let there = published.iter().flat_map(|published| published.page.locales.iter());
            let there: Vec<[u8; 32]> = there.map(|locale| locale.file).collect();
            files.retain(|file| !there.contains(&Locale::hash(file)));
        });
        files
    }

    /// What the draft was begun from: where this is what was sent from here, that, so that what was typed since is no
    /// conflict with it; until every conflict is decided, what both started from.
    fn base(self, published: &Policy) -> Option<Arc<Policy>> {
        let dates = ["version", "issued", "expires"];
        let is_sent = |sent: &Arc<Policy>| {
            let differences = sent.differences(published);
            differences.iter().all(|difference| dates.contains(&&*difference.field))
        };
        let sent = self.sent.get_untracked().filter(is_sent);
        let theirs = self.theirs.get_untracked().map(|theirs| theirs.base);
        sent.or(theirs).or_else(|| self.published.get_untracked())
    }

    /// Whatever has its like keeps its number, and so its place on the page.
    fn replace(self, draft: PolicyDraft) {
        let draft = match self.typed.get_untracked() {
            Some(typed) => draft.numbered_as(&typed),
            None => draft,
        };
        self.typed.set(Some(draft));
    }
}

/// What no policy can say first; of what it can, what the checks find.
fn to_mend(
    typed: RwSignal<Option<PolicyDraft>>,
    hours: HoursForm,
    policy: Memo<Option<Arc<Policy>>>,
) -> Vec<ToMend> {
    let unfit = typed.with(|typed| typed.as_ref().map(PolicyDraft::unfit)).unwrap_or_default();
    let unfit = unfit.into_iter().map(|it| ToMend { path: it.path, what: it.why.to_string() });
    let mut all: Vec<ToMend> = unfit.collect();
    let no_hours = hours.typed.with(|typed| typed.as_ref().and_then(|typed| typed.hours().err()));
    all.extend(no_hours.map(|text| ToMend { path: "hours".into(), what: say(text) }));
    policy.with(|policy| {
        let Some(policy) = policy.as_deref() else { return };
        for finding in policy.check() {
            if !all.iter().any(|other| other.path == finding.path) {
                all.push(ToMend { path: finding.path, what: finding.problem.to_string() });
            }
        }
    });
    all
}

/// The languages of a draft: the number of each, and the hash of its file, if it has one.
fn languages(typed: Option<&PolicyDraft>) -> Vec<(u32, Option<[u8; 32]>)> {
    let list = FieldAt::field("locales");
    let of = |typed: &PolicyDraft, number: u32| {
        (number, typed.said(&list.entry(number).part("file")).and_then(Locale::hash_in))
    };
    typed.map_or_else(Vec::new, |typed| {
        typed.entries(&list).into_iter().map(|number| of(typed, number)).collect()
    })
}
