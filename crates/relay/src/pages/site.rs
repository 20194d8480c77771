//! The files of the pages: inside the program, put there by `build.rs`, or in a folder, for tests.
//!
//! A page is a folder with `page.html`, which the relay fills (`template`), and files that are served as
//! they are under `/s/`, each named by its hash, with `.br` and `.gz` beside it where it was packed.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

use axum::body::Bytes;
use axum::http::header::HeaderValue;

use super::encoding::Packed;

/// One file as `build.rs` writes it down.
pub(super) struct Embedded {
    name: &'static str,
    bytes: &'static [u8],
}

mod embedded {
    use super::Embedded;
    include!(concat!(env!("OUT_DIR"), "/pages.rs"));
}

/// The page's own document among its files.
const DOCUMENT: &str = "page.html";

/// Served as it is.
#[derive(Clone, Debug)]
pub(crate) struct Asset {
    pub(crate) content_type: HeaderValue,
    pub(crate) packed: Packed,
}

/// One page's files.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    /// The document, yet to be filled.
    pub(crate) document: Cow<'static, str>,
    assets: BTreeMap<String, Asset>,
}

/// All pages' files.
#[derive(Clone, Debug)]
pub(crate) struct Sites {
    pub(crate) survivor: Site,
    pub(crate) desk: Site,
    pub(crate) practice: Site,
    pub(crate) console: Site,
}

impl Sites {
    /// Those inside the program; nothing if it was built without.
    pub(crate) fn embedded() -> Option<Self> {
        let files = |of: &'static [Embedded]| {
            of.iter().map(|file| (file.name.to_owned(), Bytes::from_static(file.bytes))).collect()
        };
        Some(Self {
            survivor: Site::of(files(embedded::SURVIVOR))?,
            desk: Site::of(files(embedded::DESK))?,
            practice: Site::of(files(embedded::PRACTICE))?,
            console: Site::of(files(embedded::CONSOLE))?,
        })
    }

    /// Those in a folder.
    pub(crate) fn in_folder(folder: &Path) -> io::Result<Self> {
        let site = |name: &str| {
            let mut files = BTreeMap::new();
            collect(&folder.join(name), &mut files)?;
            Site::of(files).ok_or_else(|| io::Error::other(format!("{name}/ has no {DOCUMENT}")))
        };
        Ok(Self {
            survivor: site("survivor")?,
            desk: site("desk")?,
            practice: site("practice")?,
            console: site("console")?,
        })
    }
}

impl Site {
    fn of(mut files: BTreeMap<String, Bytes>) -> Option<Self> {
        let document = String::from_utf8(files.remove(DOCUMENT)?.into()).ok()?;
        let mut assets = BTreeMap::new();
        for (name, identity) in &files {
            if let Some(content_type) = content_type(name).map(HeaderValue::from_static) {
                let packed = Packed {
                    identity: identity.clone(),
                    brotli: files.get(&format!("{name}.br")).cloned(),
                    gzip: files.get(&format!("{name}.gz")).cloned(),
                };
                assets.insert(name.clone(), Asset { content_type, packed });
            }
        }
        Some(Self { document: Cow::Owned(document), assets })
    }

    /// Every file, by name.
    pub(crate) fn assets(&self) -> impl Iterator<Item = (&str, &Asset)> {
        self.assets.iter().map(|(name, asset)| (name.as_str(), asset))
    }

    /// The file of this name.
    pub(crate) fn asset(&self, name: &str) -> Option<&Asset> {
        self.assets.get(name)
    }
}

/// As what a file is given out, by its ending. A kind that no page of ours has is not given out.
pub fn content_type(name: &str) -> Option<&'static str> {
    let (_, ending) = name.rsplit_once('.')?;
    Some(match ending {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "wasm" => "application/wasm",
        _ => return None,
    })
}

fn collect(folder: &Path, into: &mut BTreeMap<String, Bytes>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), into)?;
        } else if let Ok(name) = entry.file_name().into_string() {
            into.insert(name, fs::read(entry.path())?.into());
        }
    }
    Ok(())
}
