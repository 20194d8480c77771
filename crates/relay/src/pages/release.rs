//! The pages of this build for those who have no relay at hand: whoever gives them out at an address of the
//! program's own, and whoever looks whether a server gives out just these (`features.md` 6.5).
//!
//! What a document's texts say is the policy's; a document is recognised by everything else in it. It does
//! not protect against a server that shows one page to whoever looks and another to a survivor.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use stillroom_program::{Calendar, Fingerprint, LocaleFile, Policy, Timestamp};

use super::{
    Built, Giver, Moment, Packed, PageLanguage, PagesError, Said, Texts, Which, file_of, own_texts,
};
use crate::config::{Origin, Purpose};

/// Bytes of the longest document that is looked at: ten times a page in a language of many letters.
const DOCUMENT_MAX: usize = 512 * 1024;

/// Addresses that a page may hold where a text is filled in, by how they begin. None of them runs anything.
const HARMLESS: [&str; 5] = ["https://", "tel:", "sms:", "mailto:", "#"];

/// Attributes by which a page leads somewhere.
const LEADING: [&str; 3] = [" href=\"", " data-exit=\"", WORDS];

/// The attribute by which a choice of language says where its words are.
const WORDS: &str = " data-words=\"";

/// The pages of this build.
pub struct Release {
    built: Arc<Built>,
    texts: Arc<Texts>,
}

/// A file that a page names.
#[derive(Clone, Copy, Debug)]
pub struct ReleasedFile<'a> {
    /// Its name below `s/` at the page's address: `p-0123456789abcdef.js`.
    pub name: &'a str,
    /// Its bytes.
    pub packed: &'a Packed,
}

/// Where the document of a page's address lies among its files.
pub const DOCUMENT: &str = "index.html";

/// Where the console's document lies among the desk's files: given out at `/console`, beside it, since the device that
/// opens it is kept there.
pub const CONSOLE: &str = "console.html";

/// A document of a page.
#[derive(Clone, Debug)]
pub struct ReleasedDocument {
    /// Where it lies: [`DOCUMENT`], [`CONSOLE`], or below `s/` in another language.
    pub path: String,
    /// Its bytes.
    pub packed: Packed,
}

/// What a document that was recognised was filled with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filled {
    /// The fingerprint of the program's root key, as the page pins it.
    pub root: String,
    /// The relay that the page connects to; empty where that is its own origin.
    pub relay: String,
    /// Where the page is in other languages: names below `s/`.
    pub languages: Vec<String>,
}

/// Why a document is not the page of this build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference {
    /// On this line, from 1, something stands that the page does not have, or lacks what it has.
    Line(usize),
    /// It is longer than any page.
    TooLong,
    /// It is the page, but a link in it leads to what is no telephone number and no site: it could run
    /// something.
    Address,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line} is not as in this release"),
            Self::TooLong => f.write_str("it is far too long"),
            Self::Address => f.write_str("a link in it leads to what is no number and no site"),
        }
    }
}

impl std::error::Error for Difference {}

impl Release {
    /// The pages in this folder, or those inside the program; nothing if it was built without.
    ///
    /// # Errors
    /// [`PagesError`], which whoever built the program can mend.
    pub fn read(folder: Option<&Path>) -> Result<Option<Self>, PagesError> {
        let Some(built) = Built::read(folder)? else {
            return Ok(None);
        };
        Ok(Some(Self { built, texts: own_texts()? }))
    }

    /// The files of a page, its documents aside: those of the desk with the console's.
    pub fn files(&self, which: Which) -> impl Iterator<Item = ReleasedFile<'_>> {
        let own = self.built.site(which);
        let beside = (which == Which::Desk).then(|| self.built.site(Which::Console));
        let beside = beside.into_iter().flat_map(|site| site.assets());
        own.assets()
            .chain(beside.filter(|(name, _)| own.asset(name).is_none()))
            .map(|(name, asset)| ReleasedFile { name, packed: &asset.packed })
    }

    /// The documents of a page under this policy as it is `now`, to be given out at `origin` by another server
    /// than the relay, which is at `relay`: first the one of its address, in the policy's language, then those in
    /// the languages of `files`; the console's after the desk's.
    ///
    /// # Errors
    /// [`PagesError`], where the page asks for something that a policy does not have.
    pub fn documents(
        &self,
        which: Which,
        policy: &Policy,
        files: &[LocaleFile],
        root: &Fingerprint,
        place: (&Origin, &Origin),
        now: Timestamp,
    ) -> Result<Vec<ReleasedDocument>, PagesError> {
        let (origin, relay) = place;
        let giver = Giver::Other { origin, relay };
        let calendar = Calendar::of(policy).map_err(PagesError::TimeZone)?;
        let moment = Moment::of(&calendar, false, now);
        let languages = PageLanguage::all(&self.texts, policy, files)?;
        let purpose = Purpose::Chats;
        let said = Said { policy, root, purpose, giver, languages: &languages };
        let fill = |which, texts: &Texts| {
            self.built.fill(which, &said, texts, &moment).map(String::into_bytes).map(Packed::pack)
        };
        let document = |path: &str, packed| ReleasedDocument { path: path.to_owned(), packed };
        if which != Which::Survivor {
            let mut documents = vec![document(DOCUMENT, fill(which, &self.texts)?)];
            if which == Which::Desk {
                documents.push(document(CONSOLE, fill(Which::Console, &self.texts)?));
            }
            return Ok(documents);
        }
        let mut documents = Vec::new();
        for (number, PageLanguage { tag, texts, .. }) in languages.iter().enumerate() {
            let packed = fill(which, texts)?;
            if number == 0 {
                documents.push(document(DOCUMENT, packed.clone()));
            }
            if languages.len() > 1 {
                documents.push(document(&format!("s/{}", file_of(tag)), packed));
            }
        }
        Ok(documents)
    }

    /// What a document was filled with, if it is this page and nothing else.
    ///
    /// # Errors
    /// [`Difference`].
    pub fn recognise(&self, which: Which, document: &str) -> Result<Filled, Difference> {
        if document.len() > DOCUMENT_MAX {
            return Err(Difference::TooLong);
        }
        self.built.template(which).recognise(document).map_err(Difference::Line)?;
        let leads = LEADING.iter().flat_map(|attribute| values(document, attribute));
        // Its own files are named by the page itself, not by a text.
        if !leads.into_iter().all(|to| {
            to.starts_with("/s/") || HARMLESS.iter().any(|harmless| to.starts_with(harmless))
        }) {
            return Err(Difference::Address);
        }
        let first = |attribute| values(document, attribute).next().unwrap_or_default().to_owned();
        let words = values(document, WORDS).filter_map(|words| words.strip_prefix("/s/"));
        Ok(Filled {
            root: first(" data-root=\""),
            relay: first(" data-relay=\""),
            languages: words.map(str::to_owned).collect(),
        })
    }
}

/// The values of an attribute. In a document that was recognised no text can hold a quotation mark, so
/// wherever the attribute is written out it is one.
fn values<'a>(document: &'a str, attribute: &'a str) -> impl Iterator<Item = &'a str> {
    document
        .split(attribute)
        .skip(1)
        .filter_map(|rest| rest.split_once('"').map(|(value, _)| value))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<!doctype html>\n<html lang=\"{{ $lang }}\" data-root=\"{{ $root }}\" \
                        data-relay=\"{{ $relay }}\">\n<script src=\"/s/p-1.js\"></script>\n\
                        <title>{{ $title }}</title>\n<h1>{{ chat-heading }}</h1>\n\
                        {{#if asks}}<p>{{ chat-open }}</p>{{else}}<i></i>{{/if}}\n\
                        <ul>{{#each alternatives}}<li>{{ $label }}: <b>{{ $value }}</b>\
                        {{#if link}} <a href=\"{{ $link }}\">x</a>{{/if}}</li>{{/each}}</ul>\n";

    fn release() -> (tempfile::TempDir, Release) {
        let folder = tempfile::tempdir().unwrap();
        for page in ["survivor", "desk", "practice", "console"] {
            let files = folder.path().join(page).join("s");
            std::fs::create_dir_all(&files).unwrap();
            std::fs::write(folder.path().join(page).join("page.html"), PAGE).unwrap();
            std::fs::write(files.join("p-1.js"), "export {}").unwrap();
        }
        let release = Release::read(Some(folder.path())).unwrap().unwrap();
        (folder, release)
    }

    fn policy() -> Policy {
        let mut policy = Policy::from_toml(stillroom_program::SAMPLE_POLICY).unwrap();
        policy.page.title = "A & B \"<script>\" '".try_into().unwrap();
        policy
    }

    fn document(release: &Release) -> String {
        let (origin, relay) = ("https://chat.example.org", "https://relay.example.net");
        let (origin, relay) = (origin.parse().unwrap(), relay.parse().unwrap());
        let root = Fingerprint([7; 32]);
        let now = Timestamp(1_795_000_000_000);
        let place = (&origin, &relay);
        let documents = release.documents(Which::Survivor, &policy(), &[], &root, place, now);
        String::from_utf8(documents.unwrap()[0].packed.identity.to_vec()).unwrap()
    }

    #[test]
    fn a_document_of_this_build_is_recognised_whatever_its_policy_says() {
        let (_folder, release) = release();
        let filled = release.recognise(Which::Survivor, &document(&release)).unwrap();
        assert_eq!(filled.root, Fingerprint([7; 32]).to_string());
        assert_eq!(filled.relay, "https://relay.example.net");
    }

    #[test]
    fn whatever_a_server_puts_in_takes_out_or_alters_is_found_with_its_line() {
        let (_folder, release) = release();
        let document = document(&release);
        for (from, to, line) in [
            ("<title>", "<script src=\"/s/p-2.js\"></script><title>", 4),
            ("/s/p-1.js", "/s/p-2.js", 3),
            ("</script>", ">alert(1)</script>", 3),
            ("<h1>", "<h1 onclick=\"x()\">", 5),
            ("</h1>", "<img src=x></h1>", 5),
            ("</ul>\n", "</ul>\n<script>x()</script>\n", 8),
            ("<script src=\"/s/p-1.js\"></script>\n", "", 3),
            ("&lt;script&gt;", "<script>", 4),
        ] {
            assert!(document.contains(from), "{from}");
            let altered = document.replacen(from, to, 1);
            let difference = release.recognise(Which::Survivor, &altered);
            assert_eq!(difference, Err(Difference::Line(line)), "{from} -> {to}");
        }
    }

    #[test]
    fn a_link_that_could_run_something_is_found() {
        let (_folder, release) = release();
        let altered = document(&release).replacen("href=\"tel:", "href=\"javascript:x(", 1);
        assert_eq!(release.recognise(Which::Survivor, &altered), Err(Difference::Address));
    }

    #[test]
    fn a_document_whose_texts_could_end_anywhere_is_read_once_and_a_longer_one_not_at_all() {
        let (_folder, release) = release();
        let long = |times| document(&release).replacen("</b>", &"x: ".repeat(times), 1);
        assert!(matches!(
            release.recognise(Which::Survivor, &long(5_000)),
            Err(Difference::Line(_))
        ));
        let too_long = release.recognise(Which::Survivor, &long(DOCUMENT_MAX / 3));
        assert_eq!(too_long, Err(Difference::TooLong));
    }
}
