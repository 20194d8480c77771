//! Starting other programs, and saying what they do.

use std::collections::VecDeque;
use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::failure::{Failure, Outcome};

/// How many of its last lines a failure of something long says once more: what failed among a thousand tests stands at
/// the end.
const LAST_LINES: usize = 120;

/// A line of progress. On the error stream, so that what a command answers can be piped.
pub(crate) fn say(words: impl AsRef<str>) {
    eprintln!("==> {}", words.as_ref());
}

/// A program about to be started.
pub(crate) struct Run {
    command: Command,
    shown: String,
}

impl Run {
    pub(crate) fn new(program: impl AsRef<OsStr>) -> Self {
        let program = program.as_ref();
        let mut command = Command::new(program);
        command.current_dir(crate::places::root());
        Self { command, shown: program.to_string_lossy().into_owned() }
    }

    /// The cargo that runs this tool.
    pub(crate) fn cargo() -> Self {
        // What cargo tells this tool about itself is not for the cargo that it starts.
        let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut run = Self::new(program);
        run.shown = "cargo".into();
        run
    }

    /// These files of tests in browsers, so many `at_once`. Each has an `end`: a browser that hangs fails its file,
    /// not the whole run.
    pub(crate) fn scenarios(
        files: impl IntoIterator<Item = PathBuf>,
        at_once: u8,
        end: Duration,
    ) -> Self {
        Self::new("node")
            .args(["--test", "--test-reporter=spec"])
            .args([format!("--test-concurrency={at_once}")])
            .args([format!("--test-timeout={}", end.as_millis())])
            .args(files)
    }

    pub(crate) fn args<A: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        for argument in arguments {
            self.shown.push(' ');
            self.shown.push_str(&argument.as_ref().to_string_lossy());
            self.command.arg(argument);
        }
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    pub(crate) fn folder(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Runs it to its end, its output shown.
    pub(crate) fn done(mut self) -> Outcome {
        let status = self.command.status().map_err(|error| self.absent(&error))?;
        if status.success() {
            Ok(())
        } else {
            Err(Failure::new(format!("This did not work ({status}): {}", self.shown)))
        }
    }

    /// As [`done`](Self::done), for something long, after which more is printed: the failure has its last lines.
    pub(crate) fn done_with_last_lines(mut self) -> Outcome {
        let spawned = self.command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = spawned.map_err(|error| self.absent(&error))?;
        let last = Mutex::new(VecDeque::with_capacity(LAST_LINES));
        let streams = (child.stdout.take(), child.stderr.take());
        std::thread::scope(|scope| {
            scope.spawn(|| show_and_keep(streams.0, std::io::stdout(), &last));
            scope.spawn(|| show_and_keep(streams.1, std::io::stderr(), &last));
        });
        let status = child.wait().map_err(|error| self.absent(&error))?;
        if status.success() {
            return Ok(());
        }
        let last = last.into_inner().unwrap_or_else(PoisonError::into_inner);
        let last: Vec<_> = last.into();
        Err(Failure::new(format!(
            "This did not work ({status}): {}\nIts last lines:\n{}",
            self.shown,
            last.join("\n")
        )))
    }

    /// Runs it to its end, its output kept: shown only where it fails.
    pub(crate) fn quietly(self) -> Outcome<String> {
        self.kept().map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// As [`quietly`](Self::quietly), for a program whose answer is on its error stream.
    pub(crate) fn quietly_with_log(self) -> Outcome<String> {
        self.kept().map(|output| String::from_utf8_lossy(&output.stderr).into_owned())
    }

    fn kept(mut self) -> Outcome<Output> {
        let output =
            self.command.stdin(Stdio::null()).output().map_err(|error| self.absent(&error))?;
        if output.status.success() {
            return Ok(output);
        }
        Err(Failure::new(format!(
            "This did not work ({}): {}\n{}{}",
            output.status,
            self.shown,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        )))
    }

    /// Becomes that program. Comes back only where it could not be started.
    #[cfg(unix)]
    pub(crate) fn instead_of_us(mut self) -> Outcome {
        let error = std::os::unix::process::CommandExt::exec(&mut self.command);
        Err(self.absent(&error))
    }

    /// Runs that program to its end, where one program cannot become another.
    #[cfg(not(unix))]
    pub(crate) fn instead_of_us(self) -> Outcome {
        self.done()
    }

    fn absent(&self, error: &std::io::Error) -> Failure {
        Failure::new(format!("Could not start {}: {error}", self.shown))
    }
}

/// Passes a stream on as it comes, and keeps its last lines.
fn show_and_keep(from: Option<impl Read>, mut to: impl Write, last: &Mutex<VecDeque<String>>) {
    let Some(from) = from else { return };
    let mut lines = BufReader::new(from);
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
        // Where nobody listens any more, the end of the program still counts.
        let _ = to.write_all(&line);
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.len() == LAST_LINES {
            last.pop_front();
        }
        last.push_back(String::from_utf8_lossy(&line).trim_end().to_owned());
        line.clear();
    }
}

/// Does this run as root?
pub(crate) fn is_root() -> bool {
    Run::new("id").args(["-u"]).quietly().is_ok_and(|id| id.trim() == "0")
}

/// Is there such a program on the path?
pub(crate) fn there_is(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| {
        // Servers are in a folder that not everybody's path has.
        let folders = std::env::split_paths(&path).chain(["/usr/sbin".into()]);
        folders.into_iter().any(|folder| folder.join(program).is_file())
    })
}
