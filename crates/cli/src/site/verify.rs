//! `stillroom site verify`: whether a server gives out a page just as it was released.
//!
//! Without a manifest the page is held against the one inside this program: everything but the words that
//! the program's policy fills in. With one, every byte. Each file is asked for in every form in which it may
//! travel. It shows what this server gave to this computer now; a server can give something else to others.

use std::path::PathBuf;

use clap::Args;
use futures_util::{StreamExt as _, stream};
use stillroom_program::Fingerprint;
use stillroom_relay::{CONSOLE, DOCUMENT, Origin, Release, Which, content_type, files_kept};

use super::fetch::{Answer, FORMS, Server};
use super::{BuiltPages, Page, address, headers, manifest};
use crate::failure::Failure;
use crate::terminal::answer;

/// How many of a page's files are asked for at once: what browsers ask of one server over HTTP/1.1.
const AT_ONCE: usize = 6;

/// Compare what a server gives out with what was released. Exit code 1 where something differs.
#[derive(Args)]
pub(super) struct VerifyArguments {
    /// The page's address, such as https://chat.example.org.
    #[arg(value_parser = address::page)]
    url: Origin,
    /// The fingerprint of the program's root key, which the page must pin.
    #[arg(long)]
    root: Option<Fingerprint>,
    /// The manifest that `stillroom site export` wrote: then every byte counts, the program's words too.
    #[arg(long, requires = "root")]
    manifest: Option<PathBuf>,
    #[command(flatten)]
    built: BuiltPages,
}

pub(super) async fn run(arguments: &VerifyArguments) -> Result<(), Failure> {
    let released = match (&arguments.manifest, &arguments.root) {
        (Some(file), Some(root)) => Released::Signed(manifest::read(file, root)?),
        _ => Released::Here(Box::new(arguments.built.release()?)),
    };
    let (seen, looked) = visit(&arguments.url, arguments.root, &released).await?;
    let findings = [looked.contents, looked.headers].concat();
    if findings.is_empty() {
        answer(seen.sentence(&arguments.url, looked.files, &released));
        return Ok(());
    }
    Err(Failure::new(
        format!(
            "{} does not give out {} as it was released:\n  - {}",
            arguments.url,
            seen.page.called(),
            findings.join("\n  - ")
        ),
        "Until that is mended, do not rely on this page: mend the server's configuration, or copy the export \
         there anew. If nobody changed anything, somebody else did.",
    ))
}

/// What a look at a server found.
pub(crate) struct Looked {
    /// The page that it gives out, or the one that it resembles most.
    pub(crate) page: Page,
    /// The relay to which that page connects, where it is another server.
    pub(crate) relay: Option<Origin>,
    /// How many files it has.
    pub(crate) files: usize,
    /// In what it differs from what was released.
    pub(crate) contents: Vec<String>,
    /// Which promises are lost with its headers.
    pub(crate) headers: Vec<String>,
}

/// Compares what a server gives out with the pages inside this program.
///
/// # Errors
/// There is no page at all, here or there.
pub(crate) async fn look_at(
    origin: &Origin,
    root: Option<Fingerprint>,
    built: &BuiltPages,
) -> Result<Looked, Failure> {
    let released = Released::Here(Box::new(built.release()?));
    visit(origin, root, &released).await.map(|(_, looked)| looked)
}

/// What is wrong with the headers of a document of which nothing else is known.
pub(crate) fn document_headers(answer: &Answer, page: Page, origin: &Origin) -> Vec<String> {
    headers::of_document(answer, page.which(), origin, None)
}

async fn visit(
    origin: &Origin,
    root: Option<Fingerprint>,
    released: &Released,
) -> Result<(Seen, Looked), Failure> {
    let visit = Visit { server: Server::at(origin), origin, root, released };
    let (seen, of_document) = visit.document().await?;
    let files = released.files(seen.page);
    let parts = files.iter().map(Part::File);
    let parts = parts.chain(seen.languages.iter().map(|name| Part::Language(name)));
    let parts = parts.chain(released.has_console(seen.page).then_some(Part::Console));
    let looks = parts.map(|part| visit.part(part, &seen));
    let others: Vec<Differs> = stream::iter(looks).buffered(AT_ONCE).collect().await;
    let mut differs = of_document;
    for other in others {
        differs.contents.extend(other.contents);
        differs.headers.extend(other.headers);
    }
    let Differs { contents, headers } = differs;
    let (page, relay) = (seen.page, seen.relay.clone());
    let files = files.len() + seen.languages.len();
    Ok((seen, Looked { page, relay, files, contents, headers }))
}

/// What a server is held against.
enum Released {
    /// The pages inside this program.
    Here(Box<Release>),
    /// What the program signed.
    Signed(stillroom_program::Manifest),
}

/// A file as it was released.
struct ReleasedFile {
    path: String,
    sha384: [u8; 48],
}

/// What a document turned out to be.
struct Seen {
    page: Page,
    root: Option<String>,
    relay: Option<Origin>,
    /// Documents in other languages, where no manifest has their hashes.
    languages: Vec<String>,
}

impl Released {
    /// The files of a page, its document aside.
    fn files(&self, page: Page) -> Vec<ReleasedFile> {
        match self {
            Self::Here(release) => release
                .files(page.which())
                .map(|file| ReleasedFile {
                    path: format!("s/{}", file.name),
                    sha384: manifest::sha384(&file.packed.identity),
                })
                .collect(),
            Self::Signed(manifest) => manifest
                .files
                .iter()
                .filter(|file| ![DOCUMENT, CONSOLE].contains(&&*file.path))
                .map(|file| ReleasedFile { path: file.path.to_string(), sha384: file.sha384 })
                .collect(),
        }
    }

    /// Whether the console is given out beside this page.
    fn has_console(&self, page: Page) -> bool {
        match self {
            Self::Here(_) => page == Page::Desk,
            Self::Signed(manifest) => manifest.files.iter().any(|file| &*file.path == CONSOLE),
        }
    }

    /// Whether this is the console's document, filled with the same as the page beside it.
    ///
    /// # Errors
    /// In what it differs.
    fn recognise_console(&self, document: &[u8], beside: &Seen) -> Result<(), String> {
        match self {
            Self::Signed(manifest) => signed(manifest, CONSOLE, document),
            Self::Here(release) => {
                let document =
                    std::str::from_utf8(document).map_err(|_| "it is not text".to_owned())?;
                let filled = release
                    .recognise(Which::Console, document)
                    .map_err(|difference| in_words(difference, document))?;
                let same = Some(&filled.root) == beside.root.as_ref()
                    && filled.relay.parse().ok() == beside.relay;
                if same { Ok(()) } else { Err("it is another program's".to_owned()) }
            }
        }
    }

    /// Which page a document is, and what it was filled with.
    ///
    /// # Errors
    /// The page that it resembles most, and in what it differs.
    fn recognise(&self, document: &[u8]) -> Result<Seen, (Page, String)> {
        match self {
            Self::Signed(manifest) => {
                let page = manifest.page.into();
                signed(manifest, DOCUMENT, document).map_err(|why| (page, why))?;
                let relay = manifest.relay.parse().ok();
                Ok(Seen { page, root: None, relay, languages: Vec::new() })
            }
            Self::Here(release) => recognise(release, document),
        }
    }
}

/// Whether this is the document that was signed for this path.
fn signed(
    manifest: &stillroom_program::Manifest,
    path: &str,
    document: &[u8],
) -> Result<(), String> {
    let hash = manifest::sha384(document);
    let is_signed = manifest.files.iter().any(|file| &*file.path == path && file.sha384 == hash);
    if is_signed { Ok(()) } else { Err("it is not the document that was signed".to_owned()) }
}

fn recognise(release: &Release, document: &[u8]) -> Result<Seen, (Page, String)> {
    use stillroom_relay::Difference;
    let Ok(document) = std::str::from_utf8(document) else {
        return Err((Page::Survivor, "it is not text".to_owned()));
    };
    let mut nearest = None;
    for page in Page::BOTH {
        let difference = match release.recognise(page.which(), document) {
            Ok(filled) => {
                let relay = filled.relay.parse().ok();
                let (root, languages) = (Some(filled.root), filled.languages);
                return Ok(Seen { page, root, relay, languages });
            }
            Err(difference) => difference,
        };
        let line = match difference {
            Difference::Line(line) => line,
            Difference::Address | Difference::TooLong => usize::MAX,
        };
        if nearest.is_none_or(|(furthest, _, _)| line > furthest) {
            nearest = Some((line, page, difference));
        }
    }
    let (_, page, difference) = nearest.unwrap_or((0, Page::Survivor, Difference::Line(1)));
    Err((page, in_words(difference, document)))
}

/// A difference, with the line as the server gave it out.
fn in_words(difference: stillroom_relay::Difference, document: &str) -> String {
    const SHOWN: usize = 120;
    let stillroom_relay::Difference::Line(line) = difference else {
        return difference.to_string();
    };
    let text: String = document
        .lines()
        .nth(line.saturating_sub(1))
        .unwrap_or_default()
        .chars()
        .filter(|character| !character.is_control())
        .take(SHOWN)
        .collect();
    format!("{difference}: {text}")
}

/// A visit to a server, and what it is held against.
struct Visit<'a> {
    server: Server,
    origin: &'a Origin,
    root: Option<Fingerprint>,
    released: &'a Released,
}

/// What is looked at beside the document of a page.
#[derive(Clone, Copy)]
enum Part<'a> {
    File(&'a ReleasedFile),
    /// The document in another language, by its name below `s/`.
    Language(&'a str),
    Console,
}

/// In what something differs from what was released.
#[derive(Default)]
struct Differs {
    contents: Vec<String>,
    headers: Vec<String>,
}

impl Differs {
    fn found(&mut self, finding: String) {
        self.contents.push(finding);
    }

    fn find(&mut self, findings: impl IntoIterator<Item = String>) {
        self.headers.extend(findings);
    }
}

impl Visit<'_> {
    /// Looks at the document in each form.
    ///
    /// # Errors
    /// Where there is no document at all to look at.
    async fn document(&self) -> Result<(Seen, Differs), Failure> {
        let (mut seen, mut differs) = (None, Differs::default());
        for form in FORMS {
            let answer = self.get("/", form).await.map_err(|why| self.no_page(&why))?;
            match self.released.recognise(&answer.body) {
                Ok(now) => {
                    if seen.is_none() {
                        self.look_at(&answer, &now, &mut differs);
                        seen = Some(now);
                    }
                }
                Err((page, why)) => {
                    differs.found(format!("the document ({form}) is another: {why}"));
                    if seen.is_none() {
                        let wrong = headers::of_document(&answer, page.which(), self.origin, None);
                        differs.find(wrong);
                        let languages = Vec::new();
                        seen = Some(Seen { page, root: None, relay: None, languages });
                    }
                }
            }
        }
        seen.map(|seen| (seen, differs)).ok_or_else(|| self.no_page("it gave none"))
    }

    /// Looks at what a document that was recognised says, and at its headers.
    fn look_at(&self, answer: &Answer, seen: &Seen, differs: &mut Differs) {
        let relay = seen.relay.as_ref().unwrap_or(self.origin);
        differs.find(headers::of_document(answer, seen.page.which(), self.origin, Some(relay)));
        let pinned = seen.root.as_ref();
        if let (Some(expected), Some(pinned)) = (self.root.map(|root| root.to_string()), pinned)
            && expected != *pinned
        {
            differs.found(format!(
                "the document is another program's: it pins the fingerprint {pinned}"
            ));
        }
    }

    async fn part(&self, part: Part<'_>, seen: &Seen) -> Differs {
        let mut differs = Differs::default();
        match part {
            Part::File(file) => self.file(file, seen.page, &mut differs).await,
            Part::Language(name) => self.language(name, seen, &mut differs).await,
            Part::Console => self.console(seen, &mut differs).await,
        }
        differs
    }

    /// Looks at a file in each form.
    async fn file(&self, file: &ReleasedFile, page: Page, differs: &mut Differs) {
        let kind = content_type(&file.path).unwrap_or("application/octet-stream");
        for form in FORMS {
            let answer = match self.get(&format!("/{}", file.path), form).await {
                Ok(answer) => answer,
                Err(why) => return differs.found(format!("{}: {why}", file.path)),
            };
            if manifest::sha384(&answer.body) != file.sha384 {
                differs.found(format!("{} ({form}) is not the file that was released", file.path));
            }
            if form == FORMS[0] {
                let wrong = headers::of_file(&answer, kind, files_kept(page.which()));
                differs.find(wrong.into_iter().map(|wrong| format!("{}: {wrong}", file.path)));
            }
        }
    }

    /// Looks at the document in another language in each form: it must be the same page, filled with the same.
    async fn language(&self, name: &str, seen: &Seen, differs: &mut Differs) {
        let kind = content_type(name).unwrap_or_default();
        for form in FORMS {
            let answer = match self.get(&format!("/s/{name}"), form).await {
                Ok(answer) => answer,
                Err(why) => return differs.found(format!("s/{name}: {why}")),
            };
            match self.released.recognise(&answer.body) {
                Ok(other) if (&other.root, &other.relay) == (&seen.root, &seen.relay) => {}
                Ok(_) => differs.found(format!("s/{name} ({form}) is another program's page")),
                Err((_, why)) => differs.found(format!("s/{name} ({form}) is another: {why}")),
            }
            if form == FORMS[0] {
                let wrong = headers::of_file(&answer, kind, files_kept(seen.page.which()));
                differs.find(wrong.into_iter().map(|wrong| format!("s/{name}: {wrong}")));
            }
        }
    }

    /// Looks at the console's document in each form, and at its headers, which are not quite the desk's.
    async fn console(&self, seen: &Seen, differs: &mut Differs) {
        for form in FORMS {
            let answer = match self.get("/console", form).await {
                Ok(answer) => answer,
                Err(why) => return differs.found(format!("the console: {why}")),
            };
            if let Err(why) = self.released.recognise_console(&answer.body, seen) {
                differs.found(format!("the console's document ({form}) is another: {why}"));
            }
            if form == FORMS[0] {
                let relay = Some(seen.relay.as_ref().unwrap_or(self.origin));
                let wrong = headers::of_document(&answer, Which::Console, self.origin, relay);
                differs.find(wrong.into_iter().map(|wrong| format!("the console: {wrong}")));
            }
        }
    }

    /// What the server gives out there, or why it gives out nothing.
    async fn get(&self, path: &str, form: &str) -> Result<Answer, String> {
        let answer = self.server.get(path, form).await?;
        match answer.status.is_success() {
            true => Ok(answer),
            false => Err(format!("it answers {}", answer.status)),
        }
    }

    fn no_page(&self, why: &str) -> Failure {
        Failure::new(
            format!("{} gives out no page: {why}.", self.origin),
            "Check the address, and that the server runs.",
        )
    }
}

impl Seen {
    fn sentence(&self, origin: &Origin, files: usize, released: &Released) -> String {
        let page = self.page.called();
        let what = match released {
            Released::Here(_) => format!(
                "{origin} gives out {page} of this release: the document and {files} files, with every header. \
                 Which words the program filled in was not looked at; a manifest covers them too."
            ),
            Released::Signed(manifest) => format!(
                "{origin} gives out {page} as the program signed it, byte for byte: the document (version {} of \
                 the policy) and {files} files, with every header.",
                manifest.policy_version
            ),
        };
        let relay = match &self.relay {
            Some(relay) => format!("It connects to the relay at {relay}."),
            None => "It comes from the relay itself, which could give out another page to somebody else."
                .to_owned(),
        };
        let root = match &self.root {
            Some(root) => format!(
                "\nIt pins the fingerprint {root}: compare that with what the program gives you by another way."
            ),
            None => String::new(),
        };
        format!("{what}\n{relay}{root}")
    }
}
