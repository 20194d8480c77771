//! Builds all pages of the newest commit twice, in two folders and under different circumstances, and
//! compares every byte (`features.md` 6.5). Only so can somebody who trusts nobody find out that the files of a
//! page come of this source.
//!
//! It shows nothing of two compilers or two machines: what those must have in common, docs/hosting.md says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::failure::{Failure, Outcome};
use crate::run::{Run, say};
use crate::{fingerprint, places};

/// What one build has other than its twin. Its folder's name is longer, and has a space in it.
struct Circumstances {
    folder: &'static str,
    umask: &'static str,
    environment: [(&'static str, &'static str); 4],
}

const TWINS: [Circumstances; 2] = [
    Circumstances {
        folder: "one",
        umask: "022",
        environment: [
            ("TZ", "UTC"),
            ("LC_ALL", "C"),
            ("CARGO_BUILD_JOBS", "1"),
            ("SOURCE_DATE_EPOCH", "1"),
        ],
    },
    Circumstances {
        folder: "a deeper place/and further down",
        umask: "077",
        environment: [
            ("TZ", "Pacific/Kiritimati"),
            ("LC_ALL", "C.UTF-8"),
            ("CARGO_BUILD_JOBS", "2"),
            ("SOURCE_DATE_EPOCH", "1000000000"),
        ],
    },
];

/// Files by name, with the hash of each.
type Files = BTreeMap<String, String>;

/// Builds, compares, and says the hash of every file.
pub(crate) fn prove() -> Outcome {
    let commit = Run::new("git").args(["rev-parse", "HEAD"]).quietly()?;
    let commit = commit.trim();
    if !Run::new("git").args(["status", "--porcelain"]).quietly()?.trim().is_empty() {
        say("what is not committed yet is not in what is built here");
    }
    let base = std::env::temp_dir().join(format!("stillroom-twins-{}", std::process::id()));
    let mut built = Vec::new();
    for twin in &TWINS {
        let folder = base.join(twin.folder);
        say(format!("building {commit} in {}", folder.display()));
        check_out(commit, &base, &folder)?;
        build(&folder, twin)?;
        built.push(hashes(&folder.join("target/pages"))?);
    }
    compare(&built, &base)?;
    let [files, ..] = built.as_slice() else {
        return Err(Failure::new("Nothing was built"));
    };
    for (name, hash) in files {
        println!("{hash}  {name}");
    }
    say(format!("{} files of {commit} are the same in both folders", files.len()));
    places::remove_folder(&base)
}

/// The commit's files, without the repository around them.
fn check_out(commit: &str, base: &Path, folder: &Path) -> Outcome {
    std::fs::create_dir_all(folder).map_err(|error| Failure::at(folder, error))?;
    let archive = base.join("commit.tar");
    Run::new("git").args(["archive", "--output"]).args([&archive]).args([commit]).quietly()?;
    Run::new("tar").args(["-xf"]).args([&archive]).folder(folder).quietly().map(drop)
}

fn build(folder: &Path, twin: &Circumstances) -> Outcome {
    // A mask of rights belongs to a process, not to its environment.
    let command = format!("umask {} && exec cargo xtask build --pages", twin.umask);
    let mut run = Run::new("sh").args(["-c", &command]).folder(folder);
    for (name, value) in twin.environment {
        run = run.env(name, value);
    }
    // Where this tool's own build goes is not where its twins' go.
    run.without("CARGO_TARGET_DIR").without("RUSTFLAGS").without("CARGO_ENCODED_RUSTFLAGS").done()
}

fn hashes(pages: &Path) -> Outcome<Files> {
    let name = |file: &PathBuf| file.strip_prefix(pages).unwrap_or(file).display().to_string();
    places::files(pages)?
        .iter()
        .map(|file| {
            let hash = Sha256::digest(places::read_bytes(file)?);
            Ok((name(file), fingerprint::hex(&hash)))
        })
        .collect()
}

fn compare(built: &[Files], kept: &Path) -> Outcome {
    let [one, other] = built else {
        return Err(Failure::new("Two builds are compared, and no other number"));
    };
    let names = one.keys().chain(other.keys());
    let different: std::collections::BTreeSet<_> =
        names.filter(|name| one.get(*name) != other.get(*name)).map(String::as_str).collect();
    if different.is_empty() && !one.is_empty() {
        return Ok(());
    }
    let different: Vec<_> = different.into_iter().collect();
    Err(Failure::new(format!(
        "The same commit gave two different builds. These files differ, and are kept in {}:\n  {}",
        kept.display(),
        different.join("\n  ")
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_differs_or_is_missing_is_named() {
        let files = |list: &[(&str, &str)]| -> Files {
            list.iter().map(|(name, hash)| ((*name).to_owned(), (*hash).to_owned())).collect()
        };
        let one = files(&[("a", "1"), ("b", "2")]);
        assert!(compare(&[one.clone(), one.clone()], Path::new("/kept")).is_ok());
        for other in [files(&[("a", "1"), ("b", "3")]), files(&[("a", "1")])] {
            let failure = compare(&[one.clone(), other], Path::new("/kept")).unwrap_err();
            assert!(failure.to_string().ends_with("  b"), "{failure}");
        }
        assert!(compare(&[Files::new(), Files::new()], Path::new("/kept")).is_err());
    }
}
