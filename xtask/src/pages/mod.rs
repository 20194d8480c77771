//! From `pages/` and the built modules to `target/pages/{survivor,desk,practice,console}`, which the relay takes in.
//!
//! Each folder holds `page.html` (a template: the relay fills in the rest), `s/` with every file that the
//! page names, under a neutral name that is its own hash (`features.md` 1.7: a cache tells nothing), each
//! with a `.br` and a `.gz` beside it, and `manifest.json`, which lists them.

mod compress;
mod css;
mod html;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use serde_json::json;
use sha2::{Digest, Sha256, Sha384};

use crate::failure::{Failure, Outcome};
use crate::fingerprint::{self, Fingerprint};
use crate::places;
use crate::run::{Run, say};
use crate::setup::node;
use crate::wasm::{BESIDE, Page};

/// One file that a page names.
#[derive(Clone, Debug)]
pub(crate) struct Asset {
    /// As the template calls it.
    from: String,
    /// As browsers ask for it.
    path: String,
    /// For the `integrity` attribute.
    integrity: String,
    media_type: &'static str,
    bytes: usize,
}

/// Brings `target/pages/NAME` up to date.
pub(crate) fn assemble(page: Page) -> Outcome {
    let step = format!("pages-{}", page.name);
    let fingerprint = inputs(page, &step)?;
    let into = places::pages().join(page.name);
    if into.join("manifest.json").is_file() && fingerprint::is_current(&step, &fingerprint) {
        return Ok(());
    }
    say(format!("putting the {} page together", page.name));
    fingerprint::forget(&step);
    let template = places::read(&places::root().join("pages").join(page.name).join("page.html"))?;
    let mut assets = BTreeMap::new();
    for name in html::assets(&template) {
        assets.insert(name.clone(), asset(page, &name, &into)?);
    }
    let html = html::fill(&template, &assets)?;
    places::write(&into.join("page.html"), html.as_bytes())?;
    places::write(&into.join("manifest.json"), manifest(page, &assets).as_bytes())?;
    sweep(&into.join("s"), &assets)?;
    fingerprint::remember(&step, &fingerprint)
}

fn inputs(page: Page, step: &str) -> Outcome<String> {
    let root = places::root();
    let mut fingerprint = Fingerprint::of(step);
    fingerprint.words(if node::build_tool("esbuild").is_some() { "esbuild" } else { "plain" });
    fingerprint.paths([
        root.join("xtask/src/pages"),
        root.join("pages/components"),
        root.join("pages").join(page.name),
        page.folder(),
    ])?;
    fingerprint.paths(BESIDE.map(Page::folder))?;
    Ok(fingerprint.done())
}

/// Finds, prepares, names, writes and compresses one file.
fn asset(page: Page, name: &str, into: &Path) -> Outcome<Asset> {
    let source = source(page, name)?;
    let bytes = prepare(&source)?;
    let hash = fingerprint::hex(Sha256::digest(&bytes).get(..8).unwrap_or_default());
    let extension = name.rsplit_once('.').map_or("bin", |(_, extension)| extension);
    let file = format!("s/p-{hash}.{extension}");
    compress::write_all(&into.join(&file), &bytes)?;
    let integrity = base64::engine::general_purpose::STANDARD.encode(Sha384::digest(&bytes));
    Ok(Asset {
        from: name.to_owned(),
        path: format!("/{file}"),
        integrity: format!("sha384-{integrity}"),
        media_type: media_type(name)?,
        bytes: bytes.len(),
    })
}

/// A file that a template names: what wasm-bindgen made, for the page or for what is loaded beside it (`puzzle/…`), or
/// the page's own, or a component's.
fn source(page: Page, name: &str) -> Outcome<PathBuf> {
    let pages = places::root().join("pages");
    let made = page.folder();
    let beside = made.with_file_name(name);
    let mut places = vec![made.join(name), beside, pages.join(page.name).join(name)];
    let components = pages.join("components");
    if let Ok(entries) = std::fs::read_dir(&components) {
        let mut folders: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        folders.sort();
        places.extend(folders.into_iter().map(|folder| folder.join(name)));
    }
    places.into_iter().find(|path| path.is_file()).ok_or_else(|| {
        Failure::new(format!(
            "pages/{}/page.html names {name}, and there is no such file",
            page.name
        ))
    })
}

/// What is sent for a file: styles with their imports in place, both they and scripts without the air that
/// people need to read them. Without esbuild the air stays.
fn prepare(source: &Path) -> Outcome<Vec<u8>> {
    let kind = source.extension().and_then(|extension| extension.to_str());
    let text = match kind {
        Some("css") => css::joined(source)?,
        Some("js") => places::read(source)?,
        _ => return places::read_bytes(source),
    };
    let (Some(esbuild), Some(kind)) = (node::build_tool("esbuild"), kind) else {
        return Ok(text.into_bytes());
    };
    let spare = places::memory().join(format!("spare.{kind}"));
    places::write(&spare, text.as_bytes())?;
    let small = Run::new(esbuild)
        .args(["--minify", "--target=es2022", "--charset=utf8", "--legal-comments=none"])
        .args(["--log-level=warning"])
        .args([&spare])
        .quietly()?;
    Ok(small.into_bytes())
}

fn media_type(name: &str) -> Outcome<&'static str> {
    Ok(match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        _ => return Err(Failure::new(format!("no media type is known for {name}"))),
    })
}

fn manifest(page: Page, assets: &BTreeMap<String, Asset>) -> String {
    let list: Vec<_> = assets
        .values()
        .map(|asset| {
            json!({
                "from": asset.from,
                "path": asset.path,
                "file": asset.path.trim_start_matches('/'),
                "type": asset.media_type,
                "integrity": asset.integrity,
                "bytes": asset.bytes,
            })
        })
        .collect();
    format!("{:#}\n", json!({ "page": page.name, "template": "page.html", "assets": list }))
}

/// Removes files of earlier builds.
fn sweep(folder: &Path, assets: &BTreeMap<String, Asset>) -> Outcome {
    for file in places::files(folder)? {
        let name = file.to_string_lossy();
        if !assets.values().any(|asset| name.contains(asset.path.as_str())) {
            std::fs::remove_file(&file).map_err(|error| Failure::at(&file, error))?;
        }
    }
    Ok(())
}
