//! The Debian package, unpacked: it has what it should and nothing else, and its program runs.

use std::path::Path;

use crate::deb;
use crate::failure::{Failure, Outcome};
use crate::places;
use crate::run::{Run, say};

/// What must be in it, with its rights, whoever builds it with whatever umask.
const CONTENTS: [(&str, &str); 11] = [
    ("-rwxr-xr-x", "./usr/bin/stillroom"),
    ("-rw-r--r--", "./usr/lib/systemd/system/stillroom.service"),
    ("-rw-r--r--", "./usr/lib/systemd/system/stillroom.socket"),
    ("-rw-r--r--", "./etc/stillroom/relay.toml"),
    ("-rw-r--r--", "./usr/share/doc/stillroom/copyright"),
    ("-rw-r--r--", "./usr/share/doc/stillroom/deploying.md"),
    ("-rw-r--r--", "./usr/share/doc/stillroom/hosting.md"),
    ("-rw-r--r--", "./usr/share/doc/stillroom/legal-demands.md"),
    ("-rw-r--r--", "./usr/share/doc/stillroom/upgrading.md"),
    ("-rw-r--r--", "./usr/share/doc/stillroom/examples/everything.toml"),
    ("-rw-r--r--", "./usr/share/doc/stillroom/examples/many.toml"),
];

pub(super) fn prove() -> Outcome {
    let package = deb::package()?;
    has_its_contents(&package)?;
    let unpacked = places::target().join("debian/unpacked");
    places::remove_folder(&unpacked)?;
    Run::new("dpkg-deb")
        .args(["--extract"])
        .args([package.as_path(), unpacked.as_path()])
        .quietly()?;
    let program = unpacked.join("usr/bin/stillroom");
    let version = Run::new(program).args(["--version"]).quietly()?;
    say(format!("the package's program says: {}", version.trim()));
    Ok(())
}

fn has_its_contents(package: &Path) -> Outcome {
    let listed = Run::new("dpkg-deb").args(["--contents"]).args([package]).quietly()?;
    let files: Vec<(&str, &str)> = listed
        .lines()
        .filter_map(|line| {
            let (rights, name) = (line.split(' ').next()?, line.split(' ').next_back()?);
            (!name.ends_with('/')).then_some((rights, name))
        })
        .collect();
    let missing = CONTENTS.iter().filter(|wanted| !files.contains(wanted)).map(|(_, name)| *name);
    let more = files.iter().filter(|file| !CONTENTS.contains(file)).map(|(_, name)| *name);
    let wrong: Vec<&str> = missing.chain(more).collect();
    if wrong.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!("The package and its list differ in {}:\n{listed}", wrong.join(", "))))
}
