//! Getting what the other commands need. Every step looks first, and does nothing where the thing is there.

pub(crate) mod cargo_tools;
pub(crate) mod nats;
pub(crate) mod node;
pub(crate) mod packages;

use std::path::{Path, PathBuf};

use crate::failure::Outcome;
use crate::run::{say, there_is};
use crate::toolchain;

/// `cargo xtask setup`: all of it, the tests' browsers too.
pub(crate) fn everything() -> Outcome {
    for_build()?;
    for_unit_tests()?;
    for_forensics()?;
    for_cluster_tests()?;
    for_deployment()?;
    say("everything is here");
    Ok(())
}

/// What `build` and `demo` need.
pub(crate) fn for_build() -> Outcome {
    compiler()?;
    let toolchain = toolchain::pick()?;
    say(format!("the pages are built with {}", toolchain.name()));
    node::build_tools()
}

/// What some of the tests without browsers need beside that. Some are passed over where it is not to be had.
pub(crate) fn for_unit_tests() -> Outcome {
    if let Err(failure) = packages::programs(&[("pebble", "pebble")]) {
        say(format!("tests of asking an authority for a certificate are passed over. {failure}"));
    }
    if let Err(failure) = packages::programs(&[("faketime", "faketime")]) {
        say(format!("tests of a clock that jumps are passed over. {failure}"));
    }
    postgresql()
}

/// Tests start it themselves. Debian keeps its programs in a folder that no path leads to.
fn postgresql() -> Outcome {
    if there_is("initdb") || Path::new("/usr/lib/postgresql").is_dir() {
        return Ok(());
    }
    packages::get(&["postgresql"], "for tests of a database that relays share")
}

/// What the tests in browsers need beside that. WebKit draws on a screen, and gets one that nobody sees.
pub(crate) fn for_browser_tests() -> Outcome {
    packages::programs(&[
        ("node", "nodejs"),
        ("npm", "npm"),
        ("chromium", "chromium"),
        ("firefox-esr", "firefox-esr"),
        ("certutil", "libnss3-tools"),
        ("WebKitWebDriver", "webkit2gtk-driver"),
        ("Xvfb", "xvfb"),
        ("openssl", "openssl"),
        ("nginx", "nginx-light"),
    ])?;
    node::test_tools()
}

/// What the search of browsers' profiles needs beside that: a keyboard for that screen, and SQLite's own
/// program.
pub(crate) fn for_forensics() -> Outcome {
    for_browser_tests()?;
    packages::programs(&[("xdotool", "xdotool"), ("sqlite3", "sqlite3")])
}

/// What the tests of several relays need beside that: what makes networks, the balancers, a PostgreSQL, and the NATS
/// server, whose place this says.
pub(crate) fn for_cluster_tests() -> Outcome<PathBuf> {
    postgresql()?;
    packages::programs(&[("ip", "iproute2"), ("haproxy", "haproxy"), ("nginx", "nginx-light")])?;
    nats::server()
}

/// What judges the units of `deploy/` and looks into a package. Tests do without where it is not, and say so.
fn for_deployment() -> Outcome {
    packages::programs(&[
        ("systemd-analyze", "systemd"),
        ("unshare", "util-linux"),
        ("dpkg-deb", "dpkg"),
        ("dpkg-shlibdeps", "dpkg-dev"),
    ])
}

/// Some crates bring a little C along (SQLite; the cryptography below TLS).
fn compiler() -> Outcome {
    packages::programs(&[("cc", "gcc")])
}
