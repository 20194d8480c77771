//! The texts of other languages as they are typed, each beside what it says in English or in the policy
//! (`features.md` 1.5, 5.6).
//!
//! A language's texts are one file, which the policy names by its hash. A file that was fetched or chosen is taken as it
//! is; what is typed over it makes another one, without what cannot be used. That stays typed, and is told.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use stillroom_document::{Originals, PageTexts};
use stillroom_program::{Locale, LocaleFile, Policy};
use stillroom_staff_web::draw::prelude::*;

use crate::texts::say;

/// One language's texts.
#[derive(Clone, Default)]
struct Sheet {
    /// The hash of the file that the draft names for them.
    file: Option<[u8; 32]>,
    /// The file that they make; nothing where they are longer than a file may be.
    made: Option<LocaleFile>,
    /// All that was typed, and all that was in the file before that.
    said: BTreeMap<String, String>,
}

/// The texts of all languages. Copied into every handler.
#[derive(Clone, Copy)]
pub(crate) struct Sheets {
    /// The files that are here, by their hashes.
    files: RwSignal<BTreeMap<[u8; 32], LocaleFile>>,
    /// What is typed, by the numbers of the languages in the draft.
    typed: RwSignal<BTreeMap<u32, Sheet>>,
    /// The pages' own texts, read when they are first needed.
    pages: StoredValue<Option<Rc<PageTexts>>, LocalStorage>,
}

impl Sheets {
    /// Nothing yet.
    pub(crate) fn new() -> Self {
        Self {
            files: RwSignal::new(BTreeMap::new()),
            typed: RwSignal::new(BTreeMap::new()),
            pages: StoredValue::new_local(None),
        }
    }

    /// These files are here now.
    pub(crate) fn know(self, files: Vec<LocaleFile>) {
        self.files.update(|all| {
            all.extend(files.into_iter().map(|file| (Locale::hash(&file), file)));
        });
    }

    /// The files that this policy names, as far as they are here.
    pub(crate) fn files(self, policy: &Policy) -> Vec<LocaleFile> {
        let named = policy.page.locales.iter();
        named.filter_map(|locale| self.file(&locale.file)).collect()
    }

    /// All that can be translated under this policy.
    pub(crate) fn originals(self, policy: &Policy) -> Option<Arc<Originals>> {
        let pages = self.pages.get_value().or_else(|| {
            let pages = PageTexts::read().ok().map(Rc::new);
            self.pages.set_value(pages.clone());
            pages
        });
        pages.map(|pages| Arc::new(pages.with(policy)))
    }

    /// What is said for each text in the language of this number, whose file has this hash, if it has one; nothing before
    /// that file is here.
    pub(crate) fn said(
        self,
        number: u32,
        file: Option<[u8; 32]>,
        originals: &Originals,
    ) -> Option<BTreeMap<String, String>> {
        let typed = self.typed.with(|typed| {
            let sheet = typed.get(&number).filter(|sheet| sheet.file == file);
            sheet.map(|sheet| sheet.said.clone())
        });
        typed.or_else(|| match file {
            None => Some(BTreeMap::new()),
            Some(file) => Some(originals.read(&self.file(&file)?).texts().clone()),
        })
    }

    /// Puts these texts in the place of what is said in the language of this number, whose file has this hash so far, and
    /// says the hash of the file that they make.
    pub(crate) fn write(
        self,
        number: u32,
        (tag, file): (&str, Option<[u8; 32]>),
        said: BTreeMap<String, String>,
        originals: &Originals,
    ) -> Option<[u8; 32]> {
        let mut usable = said.clone();
        usable.retain(|name, text| originals.fault(name, text).is_none());
        let made = LocaleFile::try_from(originals.file(tag, &usable).into_bytes()).ok();
        let file = made.as_ref().map(|made| Locale::hash(made)).or(file);
        self.typed.update(|typed| drop(typed.insert(number, Sheet { file, made, said })));
        file
    }

    /// The file with this hash, if it is here: as it came, or as it was made of what is typed.
    fn file(self, hash: &[u8; 32]) -> Option<LocaleFile> {
        let came = self.files.with(|files| files.get(hash).cloned());
        came.or_else(|| {
            self.typed.with(|typed| {
                let sheet = typed.values().find(|sheet| sheet.file == Some(*hash))?;
                sheet.made.clone()
            })
        })
    }

    /// What has to be mended in the language of this number, in sentences.
    pub(crate) fn faults(
        self,
        number: u32,
        file: Option<[u8; 32]>,
        originals: &Originals,
    ) -> Vec<String> {
        let typed = self.typed.with(|typed| {
            typed.get(&number).filter(|sheet| sheet.file == file).map(|sheet| {
                let said = sheet.said.iter().filter(|(_, text)| !text.trim().is_empty());
                let faults = said.filter_map(|(name, text)| originals.fault(name, text));
                let mut faults: Vec<String> = faults.map(|fault| fault.to_string()).collect();
                faults.extend(sheet.made.is_none().then(|| say("console-texts-long")));
                faults
            })
        });
        typed.unwrap_or_else(|| {
            let file = file.and_then(|file| self.file(&file));
            let faults = file.map(|file| originals.read(&file).faults).unwrap_or_default();
            faults.iter().map(ToString::to_string).collect()
        })
    }
}
