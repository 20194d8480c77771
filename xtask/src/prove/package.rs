//! The Debian package, unpacked: it has what it should and nothing else, and its program runs.

use std::path::Path;

use crate::deb;
use crate::failure::{Failure, Outcome};
use crate::places;
use crate::run::{Run, is_root, say, there_is};

/// What must be in it, with its rights, whoever builds it with whatever umask.
const CONTENTS: [(&str, &str); 24] = [
    ("-rwxr-xr-x", "./usr/bin/stillroom"),
    ("-rw-r--r--", "./usr/lib/systemd/system/stillroom.service"),
    ("-rw-r--r--", "./usr/lib/systemd/system/stillroom.socket"),
    ("-rw-r--r--", "./usr/lib/sysusers.d/stillroom.conf"),
    ("-rw-r--r--", "./etc/stillroom/relay.toml"),
    ("-rw-r--r--", "./usr/share/doc/stillroom/CHANGELOG.md"),
    ("-rw-r--r--", "./usr/share/doc/stillroom/benchmarks.md"),
    ("-rw-r--r--", "./usr/share/doc/stillroom/copyright"),
    ("-rw-r--r--", "./usr/share/doc/stillroom/deploying.md"),
    ("-rw-r--r--", "./usr/share/doc/stillroom/hosting.md"),
    ("-rw-r--r--", "./usr/share/doc/stillroom/legal-demands.md"),
    ("-rw-r--r--", "./usr/share/doc/stillroom/practice.md"),
    ("-rw-r--r--", "./usr/share/doc/stillroom/record.md"),
    ("-rw-r--r--", "./usr/share/doc/stillroom/scaling.md"),
    ("-rw-r--r--", "./usr/share/doc/stillroom/upgrading.md"),
    ("-rw-r--r--", "./usr/share/doc/stillroom/examples/balancer/haproxy.cfg"),
    ("-rw-r--r--", "./usr/share/doc/stillroom/examples/balancer/nginx.conf"),
    ("-rw-r--r--", "./usr/share/doc/stillroom/examples/balancer/openssl.cnf"),
    ("-rw-r--r--", "./usr/share/doc/stillroom/examples/everything.toml"),
    ("-rw-r--r--", "./usr/share/doc/stillroom/examples/exported.toml"),
    ("-rw-r--r--", "./usr/share/doc/stillroom/examples/many.toml"),
    ("-rw-r--r--", "./usr/share/doc/stillroom/examples/many-tls.toml"),
    ("-rw-r--r--", "./usr/share/doc/stillroom/examples/several.toml"),
    ("-rw-r--r--", "./usr/share/doc/stillroom/examples/tls.toml"),
];

/// What its scripts must do: the user and the units that systemd has just got, the end of the relay with the package's.
const SCRIPTS: [(&str, &[&str]); 3] = [
    ("postinst", &["systemd-sysusers", "stillroom.conf", "systemctl --system daemon-reload"]),
    ("prerm", &["deb-systemd-invoke stop", "stillroom.service", "stillroom.socket"]),
    ("postrm", &["deb-systemd-helper purge", "systemctl --system daemon-reload"]),
];

/// What they must not do: a relay that runs is restarted by its host, after a copy (`docs/upgrading.md`).
const NOT_AT_AN_UPGRADE: [&str; 3] =
    ["deb-systemd-invoke restart", "deb-systemd-invoke try-restart", "deb-systemd-invoke start"];

pub(super) fn prove() -> Outcome {
    let package = deb::package()?;
    has_its_contents(&package)?;
    has_its_scripts(&package)?;
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

/// Looks at the scripts, and runs the first of them on a system that is an empty folder.
fn has_its_scripts(package: &Path) -> Outcome {
    let around = places::target().join("debian/scripts");
    places::remove_folder(&around)?;
    Run::new("dpkg-deb").args(["--control"]).args([package, &around]).quietly()?;
    for (name, wanted) in SCRIPTS {
        let script = places::read(&around.join(name))?;
        if let Some(missing) = wanted.iter().find(|wanted| !script.contains(**wanted)) {
            return Err(Failure::new(format!("The package's {name} has no {missing}:\n{script}")));
        }
        if let Some(wrong) = NOT_AT_AN_UPGRADE.iter().find(|wrong| script.contains(**wrong)) {
            return Err(Failure::new(format!("The package's {name} has {wrong}:\n{script}")));
        }
    }
    if !there_is("systemd-sysusers") || !is_root() {
        say("not tried, since systemd-sysusers or root is not here: the package's postinst");
        return Ok(());
    }
    let system = around.join("system");
    Run::new("dpkg-deb").args(["--extract"]).args([package, &system]).quietly()?;
    let configure = || {
        Run::new("sh")
            .args([around.join("postinst").as_os_str(), "configure".as_ref()])
            .env("DPKG_ROOT", &system)
            .quietly()
    };
    configure()?;
    // As at an upgrade: the user is there.
    configure()?;
    let users = places::read(&system.join("etc/passwd"))?;
    if users.lines().filter(|user| user.starts_with("stillroom:")).count() != 1 {
        return Err(Failure::new(format!("The package's postinst made no user:\n{users}")));
    }
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
