//! Which Rust builds the pages. Chosen in one place, [`pick`], and said aloud.
//!
//! An ordinary machine gets the target, and the standard library's source, from rustup. Where rustup cannot
//! reach its server, Debian's own Rust stands in. With the library built from source every panic message is
//! left out, which makes the pages about a tenth smaller.
//!
//! No page may depend on where it was built: whoever wants to know what is in it builds it anew and compares
//! (`features.md` 6.5). So the compiler is told to call this machine's folders by other names.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Outcome};
use crate::run::{Run, say, there_is};
use crate::setup::packages;
use crate::{fingerprint, places};

/// The pages' target.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// What Debian calls its Rust for browsers, that one's library source, and a linker for WebAssembly.
const DEBIAN: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld-22"];
const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_SOURCE: &str = "/usr/lib/rustlib/src/rust/library";
const DEBIAN_LINKER: &str = "wasm-ld-22";

/// The small, slower-looking forms of the hashes and ciphers: measured no slower, and smaller.
const SMALL: &str = r#"--cfg getrandom_backend="wasm_js" --cfg sha2_backend_soft="compact" --cfg aes_backend_soft="compact""#;
/// A panic is a bare trap, for which the page has a sentence. Needs the library built along.
const BARE: &str =
    "-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none -Zfmt-debug=none";

/// A Rust that can build for browsers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Toolchain {
    /// The one that runs this tool, with the standard library built along from rustup's `rust-src`.
    RustupWithSource,
    /// The one that runs this tool, with the target as rustup brings it.
    Rustup,
    /// Debian's packages, beside whatever else is there; the standard library is built along.
    Debian,
}

impl Toolchain {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::RustupWithSource => "rustup's Rust, its standard library built from source",
            Self::Rustup => "rustup's Rust as it comes (pages about a tenth larger)",
            Self::Debian => "Debian's Rust, its standard library built from source",
        }
    }

    /// Everything that decides what comes out, for the fingerprint.
    pub(crate) fn version(self) -> Outcome<String> {
        let rustc = match self {
            Self::RustupWithSource | Self::Rustup => "rustc",
            Self::Debian => DEBIAN_RUSTC,
        };
        let version = Run::new(rustc).args(["--version"]).quietly()?;
        let called: Vec<_> = renamed().into_iter().map(|(_, name)| name).collect();
        Ok(format!("{} {version} {SMALL} {BARE} {}", self.name(), called.join(" ")))
    }

    /// Cargo, about to build one crate as a module of WebAssembly, into a folder of its own.
    pub(crate) fn cargo(self, package: &str) -> Run {
        let shared = |run: Run| {
            run.args(["rustc", "--locked", "--package", package, "--lib"])
                .args(["--crate-type", "cdylib", "--profile", "page", "--target", TARGET])
                .env("CARGO_TARGET_DIR", folder())
        };
        match self {
            Self::Rustup => shared(Run::cargo()).env(FLAGS, flags(SMALL)),
            Self::RustupWithSource => with_library(shared(Run::cargo())),
            Self::Debian => with_library(shared(Run::new(DEBIAN_CARGO)))
                .env("PATH", debian_first())
                .env("RUSTC", DEBIAN_RUSTC)
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", DEBIAN_LINKER)
                .without("CARGO")
                .without("RUSTUP_TOOLCHAIN")
                .without("RUSTDOC"),
        }
    }
}

/// The standard library built along, small, and without the words of its panics. Cargo calls that
/// unfinished and asks for a sign that we know.
fn with_library(run: Run) -> Run {
    run.args(["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"])
        .env("RUSTC_BOOTSTRAP", "1")
        .env(FLAGS, flags(&format!("{SMALL} {BARE}")))
}

/// Flags for the compiler, kept apart by a character that no path has.
const FLAGS: &str = "CARGO_ENCODED_RUSTFLAGS";

fn flags(words: &str) -> OsString {
    let mut flags = OsString::new();
    for word in words.split(' ') {
        flags.push(word);
        flags.push("\u{1f}");
    }
    let mut folders = renamed().into_iter().peekable();
    while let Some((folder, name)) = folders.next() {
        flags.push("--remap-path-prefix=");
        flags.push(folder);
        flags.push(format!("={name}"));
        if folders.peek().is_some() {
            flags.push("\u{1f}");
        }
    }
    flags
}

/// Folders of this machine that a compiler could write into what it makes, and what it calls them instead. Of
/// two that fit it takes the last.
fn renamed() -> [(PathBuf, &'static str); 3] {
    [(places::home(), "/home"), (places::cargo_home(), "/cargo"), (places::root(), "/stillroom")]
}

/// Where the pages' cargo puts what it builds.
pub(crate) fn folder() -> PathBuf {
    places::target().join("browser")
}

/// The Rust that builds the pages: rustup's where there is one or can be one, else Debian's, got if need be.
/// `STILLROOM_PAGES_RUST` (`rustup`, `rustup-plain`, `debian`) decides instead, to try each of the ways.
pub(crate) fn pick() -> Outcome<Toolchain> {
    match std::env::var("STILLROOM_PAGES_RUST").as_deref() {
        Ok("rustup") => return Ok(Toolchain::RustupWithSource),
        Ok("rustup-plain") => return Ok(Toolchain::Rustup),
        Ok("debian") => return debian(),
        _ => {}
    }
    if !rustup_has(TARGET_LIBRARY) && !rustup_gets(&["target", "add", TARGET]) {
        return debian();
    }
    if rustup_has(SOURCE) || rustup_gets(&["component", "add", "rust-src"]) {
        return Ok(Toolchain::RustupWithSource);
    }
    Ok(Toolchain::Rustup)
}

fn debian() -> Outcome<Toolchain> {
    if !debian_has_it() {
        packages::get(&DEBIAN, "to build the pages (rustup could not add its WebAssembly target)")?;
    }
    if debian_has_it() {
        Ok(Toolchain::Debian)
    } else {
        Err(Failure::new(format!(
            "There is no Rust here that can build the pages. One of these helps:\n  \
             rustup target add {TARGET}\n  apt-get install {}",
            DEBIAN.join(" ")
        )))
    }
}

/// Below the compiler's own folder: the target's library, and the library's source.
const TARGET_LIBRARY: &str = "lib/rustlib/wasm32-unknown-unknown/lib";
const SOURCE: &str = "lib/rustlib/src/rust/library";

fn rustup_has(what: &str) -> bool {
    Run::new("rustc").args(["--print", "sysroot"]).quietly().is_ok_and(|folder| {
        fs::read_dir(Path::new(folder.trim()).join(what))
            .is_ok_and(|mut inside| inside.next().is_some())
    })
}

/// Asks rustup once. A refusal is remembered until the compiler changes or the target folder goes.
fn rustup_gets(what: &[&str]) -> bool {
    let step = format!("rustup-refused-{}", what.join("-"));
    let version = Run::new("rustc").args(["--version"]).quietly().unwrap_or_default();
    if !there_is("rustup") || fingerprint::is_current(&step, &version) {
        return false;
    }
    say(format!("rustup {}", what.join(" ")));
    let asked = Run::new("rustup").args(what).quietly();
    if asked.is_err() {
        say("rustup could not get it (and is not asked again): going on without");
        // Where this cannot be written down, rustup is asked again next time.
        let _ = fingerprint::remember(&step, &version);
    }
    asked.is_ok()
}

fn debian_has_it() -> bool {
    [DEBIAN_CARGO, DEBIAN_RUSTC, DEBIAN_SOURCE].iter().all(|path| Path::new(path).exists())
        && there_is(DEBIAN_LINKER)
}

/// The path with Debian's programs first: a cargo finds its compiler there.
fn debian_first() -> OsString {
    let mut path = OsString::from("/usr/bin");
    if let Some(rest) = std::env::var_os("PATH") {
        path.push(":");
        path.push(rest);
    }
    path
}
