//! The distribution's packages: by apt-get where we may, else as a command for somebody who may.

use crate::failure::{Failure, Outcome};
use crate::run::{Run, is_root, say, there_is};

/// Sees to it that each program (first) is there, from its package (second).
pub(crate) fn programs(wanted: &[(&str, &str)]) -> Outcome {
    let missing: Vec<&str> = wanted
        .iter()
        .filter(|(program, _)| !there_is(program))
        .map(|(_, package)| *package)
        .collect();
    if missing.is_empty() { Ok(()) } else { get(&missing, "for programs that are not here yet") }
}

/// Installs packages.
pub(crate) fn get(packages: &[&str], why: &str) -> Outcome {
    let list = packages.join(" ");
    if !there_is("apt-get") {
        return Err(Failure::new(format!(
            "Wanted {why}: {list}\nThose are Debian's names. Please install the same with this system's \
             package manager, then run the command again."
        )));
    }
    let Some(before) = with_rights() else {
        return Err(by_hand(&list, why));
    };
    say(format!("installing {list} {why}"));
    let result = apt(before, &["update", "-qq"]).and_then(|()| {
        let mut arguments = vec!["install", "-qq", "-y", "--no-install-recommends"];
        arguments.extend(packages);
        apt(before, &arguments)
    });
    result.map_err(|failure| Failure::new(format!("{failure}\n{}", by_hand(&list, why))))
}

fn by_hand(list: &str, why: &str) -> Failure {
    Failure::new(format!(
        "Wanted {why}: {list}\nPlease run this, then the command again:\n  \
         sudo apt-get update && sudo apt-get install --no-install-recommends {list}"
    ))
}

/// What to put before a command that needs root: nothing as root, sudo where it asks no password.
fn with_rights() -> Option<&'static [&'static str]> {
    if is_root() {
        return Some(&[]);
    }
    let sudo = there_is("sudo") && Run::new("sudo").args(["-n", "true"]).quietly().is_ok();
    sudo.then_some(&["sudo", "-n"])
}

fn apt(before: &[&str], arguments: &[&str]) -> Outcome {
    let words: Vec<&str> = before
        .iter()
        .copied()
        .chain(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"])
        .chain(arguments.iter().copied())
        .collect();
    match words.split_first() {
        Some((program, rest)) => Run::new(program).args(rest).quietly().map(drop),
        None => Ok(()),
    }
}
