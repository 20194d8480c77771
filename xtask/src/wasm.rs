//! One page's crate into `page.wasm` and `page.js`: cargo, then wasm-bindgen (linked into this tool), then
//! wasm-opt and esbuild where they are. Two steps, each skipped when nothing that goes into it has changed.

use std::path::{Path, PathBuf};

use wasm_bindgen_cli_support::Bindgen;

use crate::failure::{Failure, Outcome};
use crate::fingerprint::{self, Fingerprint};
use crate::run::{Run, say};
use crate::setup::node;
use crate::toolchain::{self, Toolchain};
use crate::{places, workspace};

/// A page, or a part of one, and the crate that moves it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    pub(crate) name: &'static str,
    pub(crate) package: &'static str,
}

/// All pages.
pub(crate) const PAGES: [Page; 4] = [
    Page { name: "survivor", package: "stillroom-survivor-web" },
    Page { name: "desk", package: "stillroom-desk-web" },
    Page { name: "practice", package: "stillroom-practice-web" },
    Page { name: "console", package: "stillroom-console-web" },
];

/// What the survivor's page loads beside its own module, and only when it is wanted: the puzzle's search.
const PUZZLE: Page = Page { name: "puzzle", package: "stillroom-puzzle-web" };

/// What the desk loads in the same way: what tells how hard a passphrase is to guess.
const STRENGTH: Page = Page { name: "strength", package: "stillroom-strength-web" };

/// What is loaded beside a page.
pub(crate) const BESIDE: [Page; 2] = [PUZZLE, STRENGTH];

/// All modules.
pub(crate) fn modules() -> impl Iterator<Item = Page> {
    PAGES.into_iter().chain(BESIDE)
}

/// What browsers of the last years all know, and the compiler makes use of. Never all features: that writes
/// what browsers refuse.
const FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

impl Page {
    /// Where its finished module and glue are.
    pub(crate) fn folder(self) -> PathBuf {
        places::target().join("browser/pages").join(self.name)
    }

    /// The module as cargo left it.
    fn raw(self) -> PathBuf {
        let module = format!("{}.wasm", self.package.replace('-', "_"));
        toolchain::folder().join(toolchain::TARGET).join("page").join(module)
    }

    /// Brings `page.wasm`, `page.js` and `imports.txt` up to date.
    pub(crate) fn build(self, toolchain: Toolchain) -> Outcome {
        self.compile(toolchain)?;
        self.bind()
    }

    fn compile(self, toolchain: Toolchain) -> Outcome {
        let step = format!("compile-{}", self.name);
        let mut fingerprint = Fingerprint::of(&step);
        fingerprint.words(&toolchain.version()?);
        fingerprint.paths(workspace::sources(self.package)?)?;
        let fingerprint = fingerprint.done();
        if self.raw().is_file() && fingerprint::is_current(&step, &fingerprint) {
            return Ok(());
        }
        say(format!("compiling the {} page", self.name));
        fingerprint::forget(&step);
        toolchain.cargo(self.package).done()?;
        fingerprint::remember(&step, &fingerprint)
    }

    fn bind(self) -> Outcome {
        let step = format!("bind-{}", self.name);
        let (wasm_opt, esbuild) = (node::build_tool("wasm-opt"), node::build_tool("esbuild"));
        let mut fingerprint = Fingerprint::of(&step);
        fingerprint.words(&format!("{} {}", wasm_opt.is_some(), esbuild.is_some()));
        fingerprint.paths([
            self.raw(),
            places::root().join("xtask/src/wasm.rs"),
            places::root().join("xtask/node/package-lock.json"),
        ])?;
        let fingerprint = fingerprint.done();
        if fingerprint::is_current(&step, &fingerprint) {
            return Ok(());
        }
        say(format!("making the {} page's module small", self.name));
        fingerprint::forget(&step);
        let folder = self.folder();
        places::remove_folder(&folder)?;
        bindgen(&self.raw(), &folder)?;
        let module = folder.join("page.wasm");
        if let Some(wasm_opt) = wasm_opt {
            optimise(&wasm_opt, &module)?;
        }
        join_scripts(esbuild.as_deref(), &folder)?;
        fingerprint::remember(&step, &fingerprint)
    }
}

/// Writes the glue, the module, and the list of what the module asks of the page.
fn bindgen(raw: &Path, folder: &Path) -> Outcome {
    let wrong = |error| Failure::new(format!("wasm-bindgen on {}: {error:#}", raw.display()));
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(raw)
        .out_name("page")
        .typescript(false)
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true);
    bindgen.web(true).map_err(wrong)?;
    let mut output = bindgen.generate_output().map_err(wrong)?;
    let mut imports: Vec<String> = output
        .wasm()
        .imports
        .iter()
        .map(|import| format!("{} {}\n", import.module, import.name))
        .collect();
    imports.sort();
    output.emit(folder).map_err(wrong)?;
    let module = folder.join("page.wasm");
    std::fs::rename(folder.join("page_bg.wasm"), &module)
        .map_err(|error| Failure::at(&module, error))?;
    places::write(&folder.join("imports.txt"), imports.concat().as_bytes())
}

fn optimise(wasm_opt: &Path, module: &Path) -> Outcome {
    Run::new(wasm_opt)
        .args(FEATURES)
        // What is called from one place alone stays a function: inside its caller it takes fewer bytes, but more once
        // they are packed for the line.
        .args(["-Oz", "--one-caller-inline-max-function-size=0"])
        .args(["--strip-debug", "--strip-producers", "-o"])
        .args([module, module])
        .quietly()
        .map(drop)
}

/// One script instead of several: crates may bring small scripts of their own, most of them not called.
fn join_scripts(esbuild: Option<&Path>, folder: &Path) -> Outcome {
    let glue = folder.join("page.js");
    let several = places::read(&glue)?.contains("./snippets/");
    match esbuild {
        Some(esbuild) => Run::new(esbuild)
            .args(["--bundle", "--minify", "--format=esm", "--target=es2022"])
            .args(["--legal-comments=none", "--log-level=warning", "--allow-overwrite"])
            .args(["--outfile=page.js", "page.js"])
            .folder(folder)
            .quietly()
            .map(drop),
        None if several => Err(Failure::new(format!(
            "{} is made of several scripts, which takes esbuild to join. Please install Node and npm, \
             then run the command again.",
            glue.display()
        ))),
        None => Ok(()),
    }
}
