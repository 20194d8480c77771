//! The computer that the relay runs on, where this is it: who may open the state folder, how many files the relay may
//! open, and how much memory there is.

use std::path::Path;

use stillroom_relay::{Config, Limits};

use super::finding::{Check, Finding};
use crate::service::memory_of;

/// Bytes of one connection at rest, its room included and TLS besides (`docs/benchmarks.md`), rounded up.
const CONNECTION_BYTES: u64 = 32 * 1024;

/// Bytes of the process before anybody comes, with its pages and records.
const PROCESS_BYTES: u64 = 64 * 1024 * 1024;

/// Looks at one program's part of the computer.
pub(super) async fn look(config: &Config) -> Vec<Finding> {
    let folder = &config.state.folder;
    let mut findings = vec![state_folder(folder)];
    match running(folder).await {
        Some(process) => {
            findings.push(files(folder, &config.limits, process));
            findings.push(memory(folder, &config.limits, process));
        }
        None => findings.push(Finding::to_do(
            Check::Files,
            folder.display(),
            "No relay runs on this folder, or its user is another than yours.",
            "Start it with `stillroom serve`, or run this as the user that it runs as.",
        )),
    }
    findings
}

#[cfg(unix)]
fn state_folder(folder: &Path) -> Finding {
    use std::os::unix::fs::PermissionsExt as _;
    match std::fs::metadata(folder).map(|about| about.permissions().mode() & 0o077) {
        Ok(0) => {
            Finding::well(Check::Folder, folder.display(), "Only the relay's own user can open it.")
        }
        Ok(_) => Finding::to_do(
            Check::Folder,
            folder.display(),
            "Others than the relay's own user can open it.",
            format!("chmod 700 {}", folder.display()),
        ),
        Err(error) => Finding::to_do(
            Check::Folder,
            folder.display(),
            format!("It cannot be looked at: {error}."),
            "Check the configuration, and run this as the user that the relay runs as.",
        ),
    }
}

#[cfg(not(unix))]
fn state_folder(folder: &Path) -> Finding {
    Finding::not_looked(Check::Folder, folder.display(), "Not on this kind of computer.")
}

/// The process at the other end of the relay's control socket.
#[cfg(unix)]
async fn running(folder: &Path) -> Option<u32> {
    let socket = folder.join(stillroom_relay::control::SOCKET);
    let stream = tokio::net::UnixStream::connect(socket).await.ok()?;
    stream.peer_cred().ok()?.pid()?.try_into().ok()
}

#[cfg(not(unix))]
async fn running(_folder: &Path) -> Option<u32> {
    None
}

fn files(folder: &Path, limits: &Limits, process: u32) -> Finding {
    let needed = limits.sockets() as u64;
    let said = std::fs::read_to_string(format!("/proc/{process}/limits")).ok();
    let Some(may) = said.as_deref().and_then(open_files) else {
        let why = "This system does not say how many files the relay may open.";
        return Finding::not_looked(Check::Files, folder.display(), why);
    };
    if may >= needed {
        let found = format!("The relay may open {may} files, and needs {needed} when it is full.");
        return Finding::well(Check::Files, folder.display(), found);
    }
    Finding::to_do(
        Check::Files,
        folder.display(),
        format!(
            "The relay may open {may} files, and needs {needed} when as many connect as `limits` say."
        ),
        format!(
            "Let it open more (systemd: LimitNOFILE={needed}; a shell: ulimit -n {needed}), or set `connections` lower."
        ),
    )
}

/// How many files a process may open, of what Linux says of its limits.
fn open_files(said: &str) -> Option<u64> {
    let line = said.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    match line.split_whitespace().next()? {
        "unlimited" => Some(u64::MAX),
        number => number.parse().ok(),
    }
}

fn memory(folder: &Path, limits: &Limits, process: u32) -> Finding {
    let needed = most(limits);
    let Some(there) = memory_of(&process.to_string()) else {
        let why = "This system does not say how much memory there is.";
        return Finding::not_looked(Check::Memory, folder.display(), why);
    };
    let megabytes = |bytes: u64| bytes / (1024 * 1024);
    let found = format!(
        "There are {} MB for the relay, and it takes {} MB when everything that `limits` allow is there.",
        megabytes(there),
        megabytes(needed)
    );
    if there >= needed {
        return Finding::well(Check::Memory, folder.display(), found);
    }
    Finding::to_do(
        Check::Memory,
        folder.display(),
        found,
        "Give it more, or set `connections`, `bytes` or `outgoing_bytes_in_all` lower.",
    )
}

/// Bytes of a relay at all its limits.
fn most(limits: &Limits) -> u64 {
    let connections = limits.sockets() as u64 * CONNECTION_BYTES;
    let held = limits.bytes as u64 + 2 * limits.outgoing_bytes_in_all as u64;
    PROCESS_BYTES.saturating_add(connections).saturating_add(held)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_that_holds_now_is_read_and_not_the_one_that_could() {
        let said = "Max open files            1024                 524288               files\n";
        assert_eq!(open_files(said), Some(1024));
        assert_eq!(open_files("Max open files  unlimited  unlimited  files"), Some(u64::MAX));
        assert_eq!(open_files("Max processes 5 5 processes"), None);
    }

    #[test]
    fn a_relay_as_it_comes_fits_into_two_gigabytes() {
        assert!(most(&Limits::default()) < 2 * 1024 * 1024 * 1024);
    }
}
