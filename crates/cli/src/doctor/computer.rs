//! The computer that the relay runs on, where this is it: who may open the state folder, how many files the relay may
//! open, and how much memory there is, beside what its limits allow ([`Needs`], which it says at its own start).

use std::path::Path;

use stillroom_relay::{Given, Hosting, Needs};

use super::finding::{Check, Finding};
use crate::service::memory_of;

/// Bytes of a megabyte, as it is said here.
const MB: u64 = 1024 * 1024;

/// Looks at the folder of each program, and at the process that serves them.
pub(super) async fn look(hosting: &Hosting) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut serving = None;
    for config in hosting.programs() {
        let folder = &config.state.folder;
        findings.push(state_folder(folder));
        match running(folder).await {
            Some(process) => serving = serving.or(Some((folder, process))),
            None => findings.push(not_running(folder)),
        }
    }
    if let Some((folder, process)) = serving {
        let (needs, given) = (Needs::of(hosting), given_to(process));
        findings.extend([files(folder, &needs, &given), memory(folder, &needs, &given)]);
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

fn not_running(folder: &Path) -> Finding {
    Finding::to_do(
        Check::Files,
        folder.display(),
        "No relay runs on this folder, or its user is another than yours.",
        "Start it with `stillroom serve`, or run this as the user that it runs as.",
    )
}

/// What the system lets this process have.
fn given_to(process: u32) -> Given {
    let limits = std::fs::read_to_string(format!("/proc/{process}/limits")).ok();
    Given { files: limits.as_deref().and_then(open_files), memory: memory_of(&process.to_string()) }
}

fn files(folder: &Path, needs: &Needs, given: &Given) -> Finding {
    let needed = needs.files;
    let Some(may) = given.files else {
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
            "Let it open more (systemd: LimitNOFILE={needed}; a shell: ulimit -n {needed}), or set `connections` and \
             `page_connections` lower."
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

fn memory(folder: &Path, needs: &Needs, given: &Given) -> Finding {
    let Some(there) = given.memory else {
        let why = "This system does not say how much memory there is.";
        return Finding::not_looked(Check::Memory, folder.display(), why);
    };
    let found = format!(
        "There are {} MB for the relay, and it takes {} MB when everything that `limits` allow is there.",
        there / MB,
        needs.memory.div_ceil(MB)
    );
    if there >= needs.memory {
        return Finding::well(Check::Memory, folder.display(), found);
    }
    Finding::to_do(
        Check::Memory,
        folder.display(),
        found,
        "Give it more, or set `connections`, `bytes` or `outgoing_bytes_in_all` lower.",
    )
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
    fn exactly_what_is_needed_is_enough_and_one_less_is_not() {
        let folder = Path::new("relay.state");
        let needs = Needs { files: 31_064, memory: 513 * MB };
        let given = Given { files: Some(31_064), memory: Some(513 * MB) };
        assert!(!files(folder, &needs, &given).is_to_do());
        assert!(!memory(folder, &needs, &given).is_to_do());
        let less = Given { files: Some(31_063), memory: Some(513 * MB - 1) };
        let said = files(folder, &needs, &less);
        assert!(said.is_to_do() && said.in_words().contains("LimitNOFILE=31064"), "{said:?}");
        let said = memory(folder, &needs, &less);
        assert!(said.is_to_do() && said.in_words().contains("takes 513 MB"), "{said:?}");
        let unsaid = Given::default();
        assert!(!files(folder, &needs, &unsaid).is_to_do());
        assert!(!memory(folder, &needs, &unsaid).is_to_do());
    }

    #[tokio::test]
    async fn the_folder_of_each_program_is_looked_at() {
        let many = include_str!("../../../relay/samples/many.toml");
        let hosting = Hosting::from_toml(many).unwrap();
        let folders = hosting.programs().len();
        let said: Vec<_> = look(&hosting).await.iter().map(Finding::in_words).collect();
        let idle = said.iter().filter(|said| said.contains("No relay runs on this folder"));
        assert_eq!((folders, idle.count()), (2, 2), "{said:?}");
    }
}
