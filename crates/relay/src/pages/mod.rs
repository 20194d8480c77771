//! The pages, filled and packed once for each policy, and again when what they say of the hours changes
//! (`features.md` 1.1, 1.2; `design.md`, Pages).
//!
//! A survivor's page says in its first packet what this is, whether chat is open and how else to reach an
//! advocate; nothing in it depends on who asks. What a page says is the policy's, which the page's own code
//! verifies again before it trusts anything but the words.

mod encoding;
mod hours;
mod pseudo;
mod site;
mod status;
mod template;
mod texts;
mod values;

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use axum::body::Bytes;
use stillroom_program::{Calendar, Fingerprint, Policy, Timestamp};

pub(crate) use encoding::Packed;
pub(crate) use site::Asset;
use site::Sites;
use template::Template;
pub use template::TemplateError;
use texts::Texts;
pub use texts::TextsError;
use values::Moment;

use crate::config::Testing;

/// Which of the two pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    Survivor,
    Desk,
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
    /// The work was broken off.
    Interrupted,
}

impl fmt::Display for PagesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(why) => write!(f, "the pages' folder cannot be read: {why}"),
            Self::Texts(error) => write!(f, "the texts: {error}"),
            Self::Survivor(error) => write!(f, "the survivor's page: {error}"),
            Self::Desk(error) => write!(f, "the desk's page: {error}"),
            Self::Interrupted => f.write_str("filling the pages was broken off"),
        }
    }
}

impl std::error::Error for PagesError {}

/// The pages and all that they are made of.
pub(crate) struct Pages {
    root: Fingerprint,
    texts: Texts,
    built: Option<Built>,
    documents: RwLock<Option<Arc<Documents>>>,
}

struct Built {
    sites: Sites,
    survivor: Template,
    desk: Template,
}

/// What is said of one policy at one moment.
struct Documents {
    /// While somebody is on duty, and while nobody is.
    survivor: [Option<Packed>; 2],
    desk: Option<Packed>,
    status: [Bytes; 2],
}

impl Pages {
    /// Reads them. There is no document before [`Pages::show`].
    pub(crate) fn read(root: Fingerprint, testing: &Testing) -> Result<Self, PagesError> {
        let sites = match &testing.pages {
            Some(folder) => Some(
                Sites::in_folder(folder).map_err(|error| PagesError::Folder(error.to_string()))?,
            ),
            None => Sites::embedded(),
        };
        let built = match sites {
            Some(sites) => Some(Built {
                survivor: Template::read(&sites.survivor.document).map_err(PagesError::Survivor)?,
                desk: Template::read(&sites.desk.document).map_err(PagesError::Desk)?,
                sites,
            }),
            None => None,
        };
        Ok(Self {
            root,
            texts: Texts::read(testing.pseudo_locale).map_err(PagesError::Texts)?,
            built,
            documents: RwLock::default(),
        })
    }

    /// Shows this policy as it is now. Takes some tens of milliseconds of work.
    pub(crate) fn show(
        &self,
        policy: &Policy,
        calendar: &Calendar,
        now: Timestamp,
    ) -> Result<(), PagesError> {
        let (offer, now) = (calendar.offer(now), calendar.local_time(now));
        let moments = [true, false].map(|on_duty| Moment { now, offer, on_duty });
        let [on_duty, nobody] = moments;
        let survivor = |moment| {
            self.fill(|built| &built.survivor, policy, moment).map_err(PagesError::Survivor)
        };
        let documents = Documents {
            survivor: [survivor(&on_duty)?, survivor(&nobody)?],
            desk: self.fill(|built| &built.desk, policy, &nobody).map_err(PagesError::Desk)?,
            status: moments.map(|moment| status::status(&moment, policy.terms.version).into()),
        };
        *self.documents.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(documents));
        Ok(())
    }

    /// A page's document; nothing where the program was built without.
    fn fill(
        &self,
        template: impl Fn(&Built) -> &Template,
        policy: &Policy,
        moment: &Moment,
    ) -> Result<Option<Packed>, TemplateError> {
        let Some(built) = &self.built else {
            return Ok(None);
        };
        let values = values::values(policy, &self.root, moment, &self.texts);
        let text = |name: &str| self.texts.get(name).map(str::to_owned);
        let filled = template(built).fill(&text, &values)?;
        Ok(Some(Packed::pack(filled.into_bytes())))
    }

    /// Whether this program was built with its pages.
    pub(crate) fn are_built(&self) -> bool {
        self.built.is_some()
    }

    /// The document of a page, while somebody is on duty or nobody is. Nothing where the program was built
    /// without.
    pub(crate) fn document(&self, which: Which, on_duty: bool) -> Option<Packed> {
        let documents = self.documents()?;
        let [with_somebody, with_nobody] = &documents.survivor;
        match (which, on_duty) {
            (Which::Survivor, true) => with_somebody.clone(),
            (Which::Survivor, false) => with_nobody.clone(),
            (Which::Desk, _) => documents.desk.clone(),
        }
    }

    /// What any site may know: whether chat is open, and when it opens. Nothing before [`Pages::show`].
    pub(crate) fn status(&self, on_duty: bool) -> Option<Bytes> {
        let documents = self.documents()?;
        let [with_somebody, with_nobody] = &documents.status;
        Some(if on_duty { with_somebody.clone() } else { with_nobody.clone() })
    }

    fn documents(&self) -> Option<Arc<Documents>> {
        self.documents.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A file of a page.
    pub(crate) fn asset(&self, which: Which, name: &str) -> Option<&Asset> {
        let built = self.built.as_ref()?;
        match which {
            Which::Survivor => built.sites.survivor.asset(name),
            Which::Desk => built.sites.desk.asset(name),
        }
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
    fn every_text_that_a_page_names_is_written() {
        let texts = Texts::read(None).unwrap();
        let pages = [
            include_str!("../../../../pages/survivor/page.html"),
            include_str!("../../../../pages/desk/page.html"),
        ];
        for page in pages {
            let template = written(page);
            let missing: Vec<_> =
                template.texts().into_iter().filter(|name| texts.get(name).is_none()).collect();
            assert!(missing.is_empty(), "{missing:?}");
        }
    }
}
