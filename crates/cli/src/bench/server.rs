//! The processes that are measured: started on one CPU, stopped with the measurement.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde::Deserialize;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use super::process::Measured;
use super::rooms::{Doors, Rooms};
use crate::failure::Failure;
use crate::files;

/// The CPU that measured processes run on.
const MEASURED_CPU: usize = 0;

/// The CPU that the load comes from.
const LOAD_CPU: usize = 1;

/// How long a server may take to start.
const START_WITHIN: Duration = Duration::from_secs(30);

/// Descriptors beside those of the chats: listeners, pipes, databases.
const OTHER_DESCRIPTORS: u64 = 256;

/// A running server. Killed when dropped.
pub(crate) struct Server {
    child: Child,
    doors: Doors,
}

/// What a measured server says when it is ready.
#[derive(Deserialize)]
struct Ready {
    visitor: String,
    desk: String,
}

/// The same of several programs.
#[derive(Deserialize)]
struct ManyReady {
    programs: Vec<Ready>,
}

impl Server {
    /// The bare relay.
    pub(crate) async fn limit() -> Result<Self, Failure> {
        Self::start(&["bench-limit".as_ref()]).await
    }

    /// The real relay, of a throw-away program.
    pub(crate) async fn relay(rooms: &Rooms) -> Result<Self, Failure> {
        Self::start(&serving(&rooms.configuration())).await
    }

    /// One process for these programs, and the doors of each.
    pub(crate) async fn of_programs<const N: usize>(
        programs: [&Rooms; N],
    ) -> Result<(Self, [Doors; N]), Failure> {
        let (server, doors) = Self::of_all(&programs).await?;
        Ok((server, doors.try_into().map_err(|_| not_started())?))
    }

    /// The same for as many as there are.
    pub(crate) async fn of_all(programs: &[&Rooms]) -> Result<(Self, Vec<Doors>), Failure> {
        let first = programs.first().ok_or_else(not_started)?;
        let configuration = first.beside("many.toml");
        let told = programs.iter().map(|rooms| rooms.among_many());
        let told = told.collect::<Vec<_>>().join("\n");
        files::create(&configuration, format!("{told}\n[log]\nlevel = \"warn\"\n").as_bytes())?;
        let (child, line) = start(&serving(&configuration)).await?;
        let ready: ManyReady = serde_json::from_str(&line).map_err(|_| not_started())?;
        let doors = ready.programs.iter().map(Ready::doors).collect::<Result<Vec<_>, _>>()?;
        let own = doors.first().copied().ok_or_else(not_started)?;
        Ok((Self { child, doors: own }, doors))
    }

    async fn start(arguments: &[&OsStr]) -> Result<Self, Failure> {
        let (child, line) = start(arguments).await?;
        let ready: Ready = serde_json::from_str(&line).map_err(|_| not_started())?;
        Ok(Self { child, doors: ready.doors()? })
    }

    /// Ends it, and waits until it is gone: the next one uses the same folder.
    pub(crate) async fn end(mut self) {
        // One that is gone already is what is wanted.
        let _ = self.child.kill().await;
    }

    /// Where it listens.
    pub(crate) fn doors(&self) -> Doors {
        self.doors
    }

    /// The process, to be measured.
    pub(crate) fn measured(&self) -> Measured {
        // A child that has ended has no id; reading its figures then says so.
        Measured::new(self.child.id().unwrap_or_default())
    }
}

/// What starts a real relay of this configuration.
fn serving(configuration: &Path) -> [&OsStr; 4] {
    ["serve".as_ref(), "--json".as_ref(), "--config".as_ref(), configuration.as_os_str()]
}

/// Starts a server, and waits for the line that it says when it is ready.
async fn start(arguments: &[&OsStr]) -> Result<(Child, String), Failure> {
    let program = std::env::current_exe().map_err(|_| not_started())?;
    let mut child = Command::new(program)
        .args(arguments)
        .args(["--on-cpu", &MEASURED_CPU.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|_| not_started())?;
    let output = child.stdout.take().ok_or_else(not_started)?;
    let mut line = String::new();
    let mut output = BufReader::new(output);
    let reading = output.read_line(&mut line);
    tokio::time::timeout(START_WITHIN, reading)
        .await
        .map_err(|_| not_started())?
        .map_err(|_| not_started())?;
    Ok((child, line))
}

impl Ready {
    fn doors(&self) -> Result<Doors, Failure> {
        let port = |origin: &str| origin.rsplit_once(':')?.1.parse().ok();
        Ok(Doors {
            survivor: port(&self.visitor).ok_or_else(not_started)?,
            desk: port(&self.desk).ok_or_else(not_started)?,
        })
    }
}

fn not_started() -> Failure {
    Failure::new("The relay that was to be measured did not start.", "Look at what it said above.")
}

/// Keeps this process on one CPU, before it has threads. Where there is but one, there is nothing to choose.
pub(crate) fn stay_on(cpu: usize) {
    core_affinity::set_for_current(core_affinity::CoreId { id: cpu });
}

/// Keeps the load away from what is measured.
pub(crate) fn stay_on_second_cpu() {
    stay_on(LOAD_CPU);
}

/// Raises this process's limit of open files, which its children inherit, to what the run takes.
pub(crate) fn allow_connections(connections: usize) -> Result<(), Failure> {
    if most_connections(connections) >= connections {
        return Ok(());
    }
    let needed = connections as u64 + OTHER_DESCRIPTORS;
    Err(Failure::new(
        format!("This run takes {needed} open files, and the system does not allow as many."),
        "Raise the limit (ulimit -n) or measure fewer chats.",
    ))
}

/// The same as far as the system allows it: how many connections each process may then have, beside what else it opens.
pub(crate) fn most_connections(wanted: usize) -> usize {
    let allowed = rlimit::increase_nofile_limit(wanted as u64 + OTHER_DESCRIPTORS).unwrap_or(0);
    usize::try_from(allowed.saturating_sub(OTHER_DESCRIPTORS)).unwrap_or(usize::MAX)
}
