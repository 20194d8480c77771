//! The pages, filled and packed once for each policy, and again when what they say of the hours changes
//! (`features.md` 1.1, 1.2; `design.md`, Pages).
//!
//! A survivor's page says in its first packet what this is, whether chat is open and how else to reach an
//! advocate; nothing in it depends on who asks but its language (`language`). What a page says is the policy's,
//! which the page's own code verifies again before it trusts anything but the words.

mod encoding;
mod language;
mod release;
mod site;
mod snippet;
mod status;

use std::fmt;
use std::path::Path;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
use stillroom_program::{Calendar, Fingerprint, LocaleFile, Policy, TimeZoneUnknown, Timestamp};

pub use encoding::Packed;
pub use release::{CONSOLE, DOCUMENT, Difference, Filled, Release, ReleasedDocument, ReleasedFile};
pub(crate) use site::Asset;
pub use site::content_type;
use site::{Site, Sites};
pub use snippet::{SNIPPET_SCRIPT, snippet};
pub(crate) use status::Status;
use stillroom_document::values::{self, Moment, Readable};
use stillroom_document::{Languages, Template, Texts};
pub use stillroom_document::{
    TemplateError, TextsError, Translation, TranslationFault, translators_file,
};

use crate::config::{Origin, Purpose, Testing};
use crate::headers::document_policy;

/// Which of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The survivor's.
    Survivor,
    /// The staff's.
    Desk,
    /// The one for practice chats, given out beside the desk.
    Practice,
    /// The administrator's console, given out beside the desk as well.
    Console,
}

/// Who gives a document out.
#[derive(Clone, Copy)]
enum Giver<'a> {
    /// The relay, which knows whether chat is open.
    Relay,
    /// Another server, at `origin`: the page asks `relay` whether chat is open.
    Other { origin: &'a Origin, relay: &'a Origin },
}

/// Why the pages cannot be shown. Whoever built the relay can mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PagesError {
    /// The folder that the configuration names cannot be read.
    Folder(String),
    /// The texts.
    Texts(TextsError),
    /// The survivor's page.
    Survivor(TemplateError),
    /// The desk.
    Desk(TemplateError),
    /// The page for practice chats.
    Practice(TemplateError),
    /// The administrator's console.
    Console(TemplateError),
    /// The work was broken off.
    Interrupted,
    /// The snippet for the program's website.
    Snippet(TemplateError),
    /// The policy's time zone.
    TimeZone(TimeZoneUnknown),
    /// The policy has no texts in the language that was asked for.
    NoLanguage,
}

impl fmt::Display for PagesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(why) => write!(f, "the pages' folder cannot be read: {why}"),
            Self::Texts(error) => write!(f, "the texts: {error}"),
            Self::Survivor(error) => write!(f, "the survivor's page: {error}"),
            Self::Desk(error) => write!(f, "the desk's page: {error}"),
            Self::Practice(error) => write!(f, "the page for practice chats: {error}"),
            Self::Console(error) => write!(f, "the administrator's console: {error}"),
            Self::Interrupted => f.write_str("filling the pages was broken off"),
            Self::Snippet(error) => write!(f, "the snippet: {error}"),
            Self::TimeZone(error) => write!(f, "the policy's hours: {error}"),
            Self::NoLanguage => f.write_str("the policy has no texts in this language"),
        }
    }
}

impl std::error::Error for PagesError {}

/// The pages and all that they are made of.
pub(crate) struct Pages {
    root: Fingerprint,
    purpose: Purpose,
    texts: Arc<Texts>,
    built: Option<Arc<Built>>,
    documents: RwLock<Option<Arc<Documents>>>,
}

struct Built {
    sites: Sites,
    survivor: Template,
    desk: Template,
    practice: Template,
    console: Template,
}

impl Built {
    /// The pages in this folder, or those inside the program, which are read once for all programs of a process;
    /// nothing if it was built without.
    fn read(folder: Option<&Path>) -> Result<Option<Arc<Self>>, PagesError> {
        static INSIDE: OnceLock<Result<Option<Arc<Built>>, PagesError>> = OnceLock::new();
        match folder {
            Some(folder) => {
                let sites = Sites::in_folder(folder);
                let sites = sites.map_err(|error| PagesError::Folder(error.to_string()))?;
                Self::of(sites).map(Some)
            }
            None => INSIDE.get_or_init(|| Sites::embedded().map(Self::of).transpose()).clone(),
        }
    }

    fn of(sites: Sites) -> Result<Arc<Self>, PagesError> {
        Ok(Arc::new(Self {
            survivor: Template::read(&sites.survivor.document).map_err(PagesError::Survivor)?,
            desk: Template::read(&sites.desk.document).map_err(PagesError::Desk)?,
            practice: Template::read(&sites.practice.document).map_err(PagesError::Practice)?,
            console: Template::read(&sites.console.document).map_err(PagesError::Console)?,
            sites,
        }))
    }

    fn site(&self, which: Which) -> &Site {
        match which {
            Which::Survivor => &self.sites.survivor,
            Which::Desk => &self.sites.desk,
            Which::Practice => &self.sites.practice,
            Which::Console => &self.sites.console,
        }
    }

    fn template(&self, which: Which) -> &Template {
        match which {
            Which::Survivor => &self.survivor,
            Which::Desk => &self.desk,
            Which::Practice => &self.practice,
            Which::Console => &self.console,
        }
    }

    /// The document of a page under this policy, in the language of these texts.
    fn fill(
        &self,
        which: Which,
        said: &Said<'_>,
        texts: &Texts,
        moment: &Moment,
    ) -> Result<String, PagesError> {
        let page = &said.policy.page;
        let mut values = values::values(said.policy, said.root, moment, texts);
        let (relay, content_policy) = match said.giver {
            Giver::Relay => (String::new(), String::new()),
            Giver::Other { origin, relay } => {
                (relay.to_string(), document_policy(which, origin, relay))
            }
        };
        values.page.plain.extend([("relay", relay), ("content_policy", content_policy)]);
        if let Giver::Other { .. } = said.giver {
            // What holds at this moment would be wrong the next day: the page asks.
            let passing = ["closes", "next_opening", "notice", "notice_kind"];
            values.page.plain.extend(passing.map(|name| (name, String::new())));
            let all = values::all_exceptions(said.policy, moment, texts);
            values.page.lists.insert("exceptions", all);
        }
        values.conditions.insert("for_practice", said.purpose == Purpose::Practice);
        values.conditions.insert("asks", matches!(said.giver, Giver::Other { .. }));
        let has_locales = which == Which::Survivor && said.languages.len() > 1;
        values.conditions.insert("has_locales", has_locales);
        let readable = said.languages.iter().map(|language| Readable {
            tag: &language.tag,
            words: &language.words,
            current: language.texts.lang() == texts.lang(),
        });
        let readable: Vec<Readable<'_>> = readable.collect();
        let all = values::choose_language(page, &readable, texts);
        values.page.lists.insert("all_languages", all);
        if which == Which::Practice {
            values.page.lists.insert("stories", values::stories(texts));
        }
        let text = |name: &str| texts.get(name).map(str::to_owned);
        self.template(which).fill(&text, &values).map_err(|error| match which {
            Which::Survivor => PagesError::Survivor(error),
            Which::Desk => PagesError::Desk(error),
            Which::Practice => PagesError::Practice(error),
            Which::Console => PagesError::Console(error),
        })
    }
}

/// What documents say, whoever reads them.
struct Said<'a> {
    policy: &'a Policy,
    root: &'a Fingerprint,
    purpose: Purpose,
    giver: Giver<'a>,
    languages: &'a [PageLanguage],
}

/// A language in which the survivor's page can be read.
struct PageLanguage {
    tag: String,
    /// Where the page is in it: a file among its others, of a name that says nothing else.
    words: String,
    texts: Texts,
}

impl PageLanguage {
    /// All of a policy, its own first.
    fn all(base: &Texts, policy: &Policy, files: &[LocaleFile]) -> Result<Vec<Self>, PagesError> {
        let Languages { readable, left_out } =
            stillroom_document::languages(base, policy, files).map_err(PagesError::Texts)?;
        for language in left_out {
            tracing::warn!(language, "a file of texts is of no use");
        }
        let language = |(tag, texts): (String, Texts)| {
            let words = format!("/s/{}", file_of(&tag));
            Self { tag, words, texts }
        };
        Ok(readable.into_iter().map(language).collect())
    }
}

/// The name of the page's document in a language.
fn file_of(tag: &str) -> String {
    format!("l-{}.html", tag.to_ascii_lowercase())
}

/// What is said of one policy at one moment.
struct Documents {
    /// In each language, the policy's own first.
    survivor: Vec<Document>,
    desk: Option<Packed>,
    practice: Option<Packed>,
    console: Option<Packed>,
    /// While somebody is on duty, and while nobody is.
    status: [Status; 2],
}

/// A survivor's page in one language.
struct Document {
    tag: String,
    /// While somebody is on duty, and while nobody is.
    states: [Packed; 2],
}

impl Document {
    fn state(&self, on_duty: bool) -> Packed {
        let [with_somebody, with_nobody] = &self.states;
        if on_duty { with_somebody.clone() } else { with_nobody.clone() }
    }
}

/// The texts inside the program, read once for all programs of a process.
fn own_texts() -> Result<Arc<Texts>, PagesError> {
    static OWN: OnceLock<Result<Arc<Texts>, PagesError>> = OnceLock::new();
    OWN.get_or_init(|| Texts::read(None).map(Arc::new).map_err(PagesError::Texts)).clone()
}

impl Pages {
    /// Reads them. There is no document before [`Pages::show`].
    pub(crate) fn read(
        root: Fingerprint,
        purpose: Purpose,
        testing: &Testing,
    ) -> Result<Self, PagesError> {
        Ok(Self {
            root,
            purpose,
            texts: match testing.pseudo_locale {
                None => own_texts()?,
                pseudo => Arc::new(Texts::read(pseudo).map_err(PagesError::Texts)?),
            },
            built: Built::read(testing.pages.as_deref())?,
            documents: RwLock::default(),
        })
    }

    /// Shows this policy as it is now, in the languages of these files. Takes some tens of milliseconds of work
    /// for each language.
    pub(crate) fn show(
        &self,
        policy: &Policy,
        files: &[LocaleFile],
        calendar: &Calendar,
        now: Timestamp,
    ) -> Result<(), PagesError> {
        let moments = [true, false].map(|on_duty| Moment::of(calendar, on_duty, now));
        let [on_duty, nobody] = &moments;
        let mut survivor = Vec::new();
        let (mut desk, mut practice, mut console) = (None, None, None);
        if let Some(built) = &self.built {
            let languages = PageLanguage::all(&self.texts, policy, files)?;
            let giver = Giver::Relay;
            let (root, purpose) = (&self.root, self.purpose);
            let said = Said { policy, root, purpose, giver, languages: &languages };
            let fill = |which, texts, moment| {
                built.fill(which, &said, texts, moment).map(String::into_bytes).map(Packed::pack)
            };
            for PageLanguage { tag, texts, .. } in &languages {
                let state = |moment| fill(Which::Survivor, texts, moment);
                let states = [state(on_duty)?, state(nobody)?];
                survivor.push(Document { tag: tag.clone(), states });
            }
            desk = Some(fill(Which::Desk, &self.texts, nobody)?);
            practice = Some(fill(Which::Practice, &self.texts, nobody)?);
            console = Some(fill(Which::Console, &self.texts, nobody)?);
        }
        let status = moments.map(|moment| Status::of(&moment, policy));
        let documents = Documents { survivor, desk, practice, console, status };
        *self.documents.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(documents));
        Ok(())
    }

    /// Whether this program was built with its pages.
    pub(crate) fn are_built(&self) -> bool {
        self.built.is_some()
    }

    /// The document of a page, while somebody is on duty or nobody is, in the language that this request asks
    /// for. Nothing where the program was built without.
    pub(crate) fn document(
        &self,
        which: Which,
        on_duty: bool,
        request: &HeaderMap,
    ) -> Option<Packed> {
        let documents = self.documents()?;
        let all = match which {
            Which::Survivor => &documents.survivor,
            Which::Desk => return documents.desk.clone(),
            Which::Practice => return documents.practice.clone(),
            Which::Console => return documents.console.clone(),
        };
        let wanted = request.get(ACCEPT_LANGUAGE).and_then(|header| header.to_str().ok());
        let tags = all.iter().map(|document| document.tag.as_str());
        let chosen = wanted.and_then(|header| language::chosen(header, tags)).unwrap_or_default();
        all.get(chosen).map(|document| document.state(on_duty))
    }

    /// The survivor's page in the language of this file, where it can be read in several.
    pub(crate) fn in_language(&self, name: &str, on_duty: bool) -> Option<Packed> {
        let documents = self.documents()?;
        let all = &documents.survivor;
        let several = all.len() > 1;
        let found = all.iter().find(|document| file_of(&document.tag) == name);
        found.filter(|_| several).map(|document| document.state(on_duty))
    }

    /// What any site may know: whether chat is open, and when it opens. Nothing before [`Pages::show`].
    pub(crate) fn status(&self, on_duty: bool) -> Option<Status> {
        let documents = self.documents()?;
        let [with_somebody, with_nobody] = &documents.status;
        Some(if on_duty { with_somebody.clone() } else { with_nobody.clone() })
    }

    fn documents(&self) -> Option<Arc<Documents>> {
        self.documents.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A file of a page, or at the desk's door of one that is beside it.
    pub(crate) fn asset(&self, which: Which, name: &str) -> Option<&Asset> {
        let built = self.built.as_ref()?;
        let own = built.site(which).asset(name);
        own.or_else(|| {
            let beside: &[Which] =
                if which == Which::Desk { &[Which::Practice, Which::Console] } else { &[] };
            beside.iter().find_map(|which| built.site(*which).asset(name))
        })
    }

    /// A sentence of the relay's own.
    pub(crate) fn sentence(&self, name: &str) -> &str {
        self.texts.get(name).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page as it is written, before its files have names.
    fn written(page: &str) -> Template {
        let mut source = page.to_owned();
        while let Some(start) = source.find("{{asset ") {
            let end = source[start..].find("}}").unwrap() + start + 2;
            source.replace_range(start..end, "/s/x");
        }
        Template::read(&source).unwrap()
    }

    #[test]
    fn all_programs_of_a_process_have_what_is_inside_it_once() {
        let pages = || {
            let root = Fingerprint([7; 32]);
            Pages::read(root, Purpose::Chats, &Testing::default()).unwrap()
        };
        let (one, other) = (pages(), pages());
        assert!(Arc::ptr_eq(&one.texts, &other.texts));
        let built = one.built.zip(other.built);
        assert!(built.is_none_or(|(one, other)| Arc::ptr_eq(&one, &other)));
    }

    #[test]
    fn every_text_that_a_page_names_is_written() {
        let texts = Texts::read(None).unwrap();
        let pages = [
            include_str!("../../../../pages/survivor/page.html"),
            include_str!("../../../../pages/desk/page.html"),
            include_str!("../../../../pages/practice/page.html"),
            include_str!("../../../../pages/console/page.html"),
        ];
        for page in pages {
            let template = written(page);
            let missing: Vec<_> =
                template.texts().into_iter().filter(|name| texts.get(name).is_none()).collect();
            assert!(missing.is_empty(), "{missing:?}");
        }
    }
}
