//! Dependencies point one way (`ARCHITECTURE.md`): a table of which crate here may use which, and what the
//! cores may not reach even through others. That is what keeps the relay unable to read a message.

use std::collections::BTreeSet;

use crate::failure::Outcome;
use crate::places;
use crate::run::Run;
use crate::workspace::{self, Package};

/// A crate, and all that it may use of this workspace. A crate that is not here may not exist.
const MAY_USE: [(&str, &[&str]); 20] = [
    ("wire", &[]),
    ("protocol", &["wire"]),
    ("program", &["wire", "protocol"]),
    ("puzzle", &[]),
    ("strength", &[]),
    ("delivery", &["wire", "protocol", "program", "puzzle"]),
    ("document", &["program"]),
    ("relay", &["protocol", "program", "delivery", "document"]),
    ("conversation", &["wire", "protocol", "program"]),
    ("practice", &["protocol"]),
    ("survivor-web", &["protocol", "program", "conversation"]),
    ("staff-web", &["protocol", "program", "conversation"]),
    ("desk-web", &["protocol", "program", "conversation", "staff-web"]),
    ("console-web", &["protocol", "program", "conversation", "staff-web", "document"]),
    ("practice-web", &["practice"]),
    ("puzzle-web", &["puzzle"]),
    ("strength-web", &["strength"]),
    ("simulation", &["wire", "protocol", "program", "delivery", "conversation", "puzzle"]),
    ("cli", &["protocol", "program", "delivery", "relay", "conversation", "puzzle", "strength"]),
    ("xtask", &[]),
];

/// Crates that hold no clock, no socket and no randomness of their own.
const CORES: [&str; 8] =
    ["wire", "protocol", "program", "puzzle", "delivery", "conversation", "practice", "document"];

/// What would give them one, whoever brings it in.
const NOT_IN_CORES: [&str; 6] = ["tokio", "axum", "web-sys", "js-sys", "getrandom", "wasm-bindgen"];

/// The one place that names the MLS library (its codec is used everywhere).
const MLS: &str = "conversation/src/mls";
const MLS_CRATES: [&str; 2] = ["mls-rs", "mls-rs-core"];

/// Every edge that the table does not have.
pub(crate) fn breaches() -> Outcome<Vec<String>> {
    let mut breaches = Vec::new();
    for package in workspace::packages()?.values() {
        breaches.extend(of_package(package));
    }
    for core in CORES {
        breaches.extend(reached_by(core)?);
    }
    breaches.extend(mls_named_elsewhere()?);
    Ok(breaches)
}

fn of_package(package: &Package) -> Vec<String> {
    let name = short(&package.name);
    let Some((_, allowed)) = MAY_USE.iter().find(|(crate_name, _)| *crate_name == name) else {
        return vec![format!("{name}: a crate that xtask/src/check/edges.rs does not know")];
    };
    let mut breaches = Vec::new();
    for used in &package.uses {
        let ours = used.starts_with("stillroom-");
        if ours && !allowed.contains(&short(used)) {
            breaches.push(format!("{name} may not use {}", short(used)));
        }
        let mls = used.starts_with("mls-rs") && used != "mls-rs-codec";
        if mls && name != "conversation" {
            breaches.push(format!("{name} may not use {used}: conversation alone does"));
        }
    }
    // Tests may use more, but a relay that is tested against a decryption could come to need it.
    let relay = ["delivery", "relay"].contains(&name);
    if relay && package.tests_use.iter().any(|used| short(used) == "conversation") {
        breaches.push(format!("{name}: not even its tests may use conversation"));
    }
    breaches
}

/// What a core reaches through any number of crates, in what is shipped.
fn reached_by(core: &str) -> Outcome<Vec<String>> {
    let package = format!("stillroom-{core}");
    let tree = Run::cargo()
        .args(["tree", "--locked", "--package", &package, "--edges", "normal"])
        .args(["--prefix", "none", "--format", "{lib}"])
        .quietly()?;
    let reached: BTreeSet<String> =
        tree.lines().map(|line| line.trim().replace('_', "-")).collect();
    Ok(NOT_IN_CORES
        .iter()
        .filter(|banned| reached.contains(**banned))
        .map(|banned| {
            format!("{core} reaches {banned}: see `cargo tree -p {package} -e normal -i {banned}`")
        })
        .collect())
}

fn mls_named_elsewhere() -> Outcome<Vec<String>> {
    let mut breaches = Vec::new();
    let crates = places::root().join("crates");
    for file in places::files(&crates)? {
        let name = file.strip_prefix(&crates).unwrap_or(&file).display().to_string();
        if !name.ends_with(".rs") || name.starts_with(MLS) {
            continue;
        }
        let text = places::read(&file)?;
        let found = MLS_CRATES.iter().map(|used| used.replace('-', "_")).any(|used| {
            ["::", " as ", ";", "}", ","]
                .iter()
                .any(|after| text.contains(&format!("{used}{after}")))
        });
        if found {
            breaches.push(format!("crates/{name} names the MLS library: only {MLS} may"));
        }
    }
    Ok(breaches)
}

fn short(name: &str) -> &str {
    name.strip_prefix("stillroom-").unwrap_or(name)
}
