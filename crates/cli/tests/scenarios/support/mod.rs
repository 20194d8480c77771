//! Starts the real binary and talks to it as a person or a program would.

use std::ffi::OsStr;
use std::fmt::Debug;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value;

pub(crate) mod balancer;
pub(crate) mod certificates;
pub(crate) mod cluster;
pub(crate) mod lines;
pub(crate) mod memory;
pub(crate) mod network;
pub(crate) mod pages;
pub(crate) mod program;
pub(crate) mod proxy;
pub(crate) mod tls;
pub(crate) mod versions;
pub(crate) mod words;

/// Long enough for the slowest machine; a test that waits this long has failed.
const PATIENCE: Duration = Duration::from_secs(120);

/// The binary with these arguments: the one that was built for tests, or one that is to be measured.
pub(crate) fn stillroom(arguments: &[impl AsRef<OsStr>]) -> Command {
    let named = std::env::var_os("STILLROOM");
    let mut command = Command::new(named.unwrap_or(env!("CARGO_BIN_EXE_stillroom").into()));
    command.args(arguments);
    command
}

/// Every file below this folder.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("it can be read").flatten();
    let below = |path: PathBuf| if path.is_dir() { files_below(&path) } else { vec![path] };
    entries.flat_map(|entry| below(entry.path())).collect()
}

/// Where another program is, if it is installed; Debian keeps servers in a folder that not everybody's path leads to.
pub(crate) fn installed(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
    folders.map(|folder| folder.join(name)).find(|program| program.is_file())
}

/// A relay of this configuration, to be started, whose log comes where its answers come.
pub(crate) fn serving_with_log(config: &Path) -> Command {
    let mut command = Command::new("sh");
    let binary = env!("CARGO_BIN_EXE_stillroom");
    command.args(["-c", &format!("exec {binary} serve --config {} 2>&1", text(config))]);
    command
}

/// Runs to the end.
pub(crate) fn run(arguments: &[impl AsRef<OsStr>]) -> Output {
    stillroom(arguments).stdin(Stdio::null()).output().expect("the binary starts")
}

/// Runs to the end, which must be a good one, and returns the answer.
pub(crate) fn run_well(arguments: &[impl AsRef<OsStr> + Debug]) -> String {
    let output = run(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("the answer is text")
}

/// Runs to the end, which must be a bad one, and returns what it said.
pub(crate) fn run_badly(arguments: &[impl AsRef<OsStr> + Debug]) -> String {
    let output = run(arguments);
    assert!(!output.status.success(), "{arguments:?} was expected to fail");
    String::from_utf8(output.stderr).expect("a failure is told in text")
}

/// A process that runs beside the test and is gone with it.
pub(crate) struct Running {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
}

impl Running {
    /// Starts the binary.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::of(stillroom(arguments))
    }

    /// Starts a prepared command.
    pub(crate) fn of(command: Command) -> Self {
        Self::with_input(command, Stdio::piped())
    }

    /// Starts a prepared command with something else to read from than this test.
    pub(crate) fn with_input(mut command: Command, input: Stdio) -> Self {
        let mut child =
            command.stdin(input).stdout(Stdio::piped()).spawn().expect("the binary starts");
        let (sender, lines) = channel();
        let output = BufReader::new(child.stdout.take().expect("standard output is a pipe"));
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        let input = child.stdin.take();
        Self { child, input, lines }
    }

    /// The next line of the answer.
    pub(crate) fn line(&self) -> String {
        self.lines.recv_timeout(PATIENCE).expect("a line comes before patience ends")
    }

    /// All that it says until it says this.
    pub(crate) fn says(&self, wanted: &str) -> String {
        let mut all = String::new();
        while !all.contains(wanted) {
            all.push_str(&self.line());
            all.push('\n');
        }
        all
    }

    /// The lines that are left, once the process has ended.
    pub(crate) fn rest(&self) -> Vec<String> {
        self.lines.iter().collect()
    }

    /// The next line, as JSON.
    pub(crate) fn json(&self) -> Value {
        let line = self.line();
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("not a line of JSON: {line}"))
    }

    /// The next message that this side is shown of somebody else's.
    pub(crate) fn hears(&self) -> Value {
        self.event(|event| event["event"] == "message" && event["mine"] == false)
    }

    /// The next event that `wanted` accepts; those before it are passed over.
    pub(crate) fn event(&self, mut wanted: impl FnMut(&Value) -> bool) -> Value {
        loop {
            let event = self.json();
            if wanted(&event) {
                return event;
            }
        }
    }

    /// Sends a command.
    pub(crate) fn tell(&mut self, command: Value) {
        let input = self.input.as_mut().expect("standard input is a pipe");
        writeln!(input, "{command}").expect("the process reads");
    }

    /// Sends a signal (`INT`, `TERM`, `KILL`).
    pub(crate) fn signal(&self, name: &str) {
        let status = Command::new("kill")
            .args([format!("-{name}"), self.child.id().to_string()])
            .status()
            .expect("kill runs");
        assert!(status.success());
    }

    /// Waits for the end.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        self.child.wait().expect("the process ends")
    }

    /// Whether the end has come.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("it can be asked").is_some()
    }

    /// The process's id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Bytes that the process has in memory, as the system says it.
    pub(crate) fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id()));
        let status = status.expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.expect("a line of it").trim().trim_end_matches(" kB");
        kilobytes.parse::<u64>().expect("a number") * 1024
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A folder that is gone with the test.
pub(crate) fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder can be made")
}

/// A file in `folder`.
pub(crate) fn file(folder: &Path, name: &str, content: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, content).expect("the file can be written");
    path
}

/// A path as an argument.
pub(crate) fn text(path: &Path) -> &str {
    path.to_str().expect("the path is text")
}

/// A port that was free a moment ago: below those that Linux gives to whoever connects, so that no connection has it
/// before it is listened at.
pub(crate) fn free_port() -> u16 {
    loop {
        let drawn = RandomState::new().build_hasher().finish() % 22_000;
        let port = 10_000 + u16::try_from(drawn).expect("it is small");
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// One request over HTTP; the whole answer.
pub(crate) fn http_get(port: u16, path: &str) -> Option<String> {
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).ok()?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n")
        .ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    Some(String::from_utf8_lossy(&answer).into_owned())
}
