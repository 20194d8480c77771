//! Everything that a relay has about its program, in words and sizes: the honest answer to a subpoena
//! (`features.md` 6.1, 6.2).
//!
//! Each sort of thing has one entry in one list ([`words`]), in memory and in storage; a sort without words does not
//! compile, and what is found in storage that no sort is for is said to be unknown. Counts and sizes, never of whom.
//! It tells what an honest relay holds at one moment: not what another program in its place could keep, nor what
//! passes by, nor what somebody wrote down elsewhere.

mod words;

use serde::{Deserialize, Serialize};
use stillroom_delivery::Held;
use stillroom_program::Fingerprint;

use crate::config::Config;
use crate::directory::{self, Tally};
use crate::relay::{StartError, read_program};

/// Whether whoever runs the relay can read something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HostReads {
    /// All of it.
    Yes,
    /// A part, as the words say.
    InPart,
    /// Not what is in it.
    No,
}

/// Something that the relay has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// A short name that stays the same, for programs.
    pub name: String,
    /// What it is.
    pub what: String,
    /// Whether the host can read it.
    pub host_reads: HostReads,
    /// What of it, in words.
    pub host_reads_what: String,
    /// When it goes.
    pub goes: String,
    /// How many there are.
    pub count: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// What is in the memory of a relay that runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// Each sort once.
    pub items: Vec<Item>,
    /// The bytes of all items.
    pub bytes: u64,
}

/// What is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Storage {
    /// Each sort once.
    pub items: Vec<Item>,
    /// The bytes of all items, which are those of every file in the state folder and of the program's part of a
    /// database.
    pub bytes: u64,
}

/// Everything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The fingerprint of the program's root key.
    pub program: String,
    /// What is in memory; nothing where no relay runs.
    pub memory: Option<Memory>,
    /// What is stored.
    pub storage: Storage,
}

/// What the live state holds: the core's own count, and what waits to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Live {
    /// In the core.
    pub core: Vec<Held>,
    /// Connections for which something may wait.
    pub queues: usize,
    /// Bytes that wait to be sent.
    pub outgoing_bytes: usize,
}

impl Memory {
    /// What a live state holds, with what the whole process takes besides where the system says how much that is.
    pub(crate) fn of(live: &Live, process_bytes: Option<u64>) -> Self {
        let mut items: Vec<Item> = live.core.iter().map(words::held).collect();
        items.push(words::outgoing(live));
        let counted = bytes(&items);
        items.extend(process_bytes.map(|all| words::rest_of_process(all.saturating_sub(counted))));
        Self { bytes: bytes(&items), items }
    }
}

impl Storage {
    pub(crate) fn of(tallies: &[Tally]) -> Self {
        let items: Vec<Item> = tallies.iter().map(words::tally).collect();
        Self { bytes: bytes(&items), items }
    }
}

fn bytes(items: &[Item]) -> u64 {
    items.iter().map(|item| item.bytes).sum()
}

/// What a program is called in a report and on the command line.
pub(crate) fn name(root: &Fingerprint) -> String {
    root.to_string()
}

/// Whose relay this is.
///
/// # Errors
/// [`StartError`]: the program's file cannot be read.
pub fn program_of(config: &Config) -> Result<Fingerprint, StartError> {
    Ok(read_program(config)?.root)
}

/// What the state folder of a relay holds that does not run.
///
/// # Errors
/// [`StartError`]: the program's file or the folder cannot be read; or a relay does run on it.
pub async fn of_storage(config: &Config) -> Result<Report, StartError> {
    let root = read_program(config)?.root;
    let directory = directory::open_existing(config, &root).await?;
    let storage = Storage::of(&directory.inventory().await?);
    Ok(Report { program: name(&root), memory: None, storage })
}

/// What the whole process has in memory, where the system says so.
pub(crate) fn process_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}
