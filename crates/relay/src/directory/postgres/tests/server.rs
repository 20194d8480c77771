//! A real PostgreSQL for tests, in a folder that is gone with it, reached by a socket in that folder alone.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A database server.
pub(crate) struct Server {
    pub(crate) folder: tempfile::TempDir,
    process: Child,
}

impl Server {
    /// Starts one. PostgreSQL does not run as root: there it is the user `nobody`.
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let all = std::fs::Permissions::from_mode(0o777);
        std::fs::set_permissions(folder.path(), all).unwrap();
        let made = program("initdb", folder.path())
            .args([
                "--no-sync",
                "--auth=trust",
                "--username=relay",
                "--encoding=UTF8",
                "--locale=C",
            ])
            .arg(folder.path().join("data"))
            .stdout(Stdio::null())
            .status();
        assert!(made.expect("`cargo xtask setup` gets PostgreSQL").success());
        let process = run(folder.path());
        let server = Self { folder, process };
        server.wait_until_ready();
        server
    }

    /// Where it is reached.
    pub(crate) fn url(&self) -> String {
        let socket = self.folder.path().to_str().unwrap().replace('/', "%2F");
        format!("postgres://relay@{socket}/postgres")
    }

    /// Sends a signal to it and to the processes of its connections, which it has put in groups of their own.
    pub(crate) fn signal(&self, name: &str) {
        // Stopped first, so that it makes no further ones.
        kill("STOP", &[self.process.id()]);
        kill(name, &self.ids());
    }

    /// The processes: its own, and those that it has made.
    pub(crate) fn ids(&self) -> Vec<u32> {
        let own = self.process.id();
        let asked = Command::new("ps").args(["-o", "pid=", "--ppid", &own.to_string()]).output();
        let made = String::from_utf8(asked.unwrap().stdout).unwrap();
        let made = made.split_whitespace().map(|id| id.parse().unwrap());
        made.chain([own]).collect()
    }

    /// Starts it again once it has ended.
    pub(crate) fn start_again(&mut self) {
        self.process.wait().unwrap();
        self.process = run(self.folder.path());
        self.wait_until_ready();
    }

    /// Waits until it answers.
    pub(crate) fn wait_until_ready(&self) {
        let ready = || {
            let asked = program("pg_isready", self.folder.path())
                .args(["--quiet", "--host"])
                .arg(self.folder.path())
                .status();
            asked.unwrap().success()
        };
        while !ready() {
            std::thread::yield_now();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.signal("KILL");
        let _ = self.process.wait();
    }
}

/// Some may have ended by themselves.
fn kill(signal: &str, processes: &[u32]) {
    let _ = Command::new("kill")
        .arg(format!("-{signal}"))
        .args(processes.iter().map(u32::to_string))
        .stderr(Stdio::null())
        .status();
}

fn run(folder: &Path) -> Child {
    program("postgres", folder)
        .arg("-D")
        .arg(folder.join("data"))
        .arg("-k")
        .arg(folder)
        .args(["-c", "listen_addresses=", "-c", "fsync=off", "-c", "wal_recycle=off"])
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// One of PostgreSQL's programs. Debian keeps them in a folder for each version.
fn program(name: &str, folder: &Path) -> Command {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let found =
        versions.map(|version| version.path().join("bin").join(name)).find(|it| it.exists());
    let path = found.unwrap_or_else(|| name.into());
    let root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    let mut command = if root {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"]).arg(path);
        command
    } else {
        Command::new(path)
    };
    command.current_dir(folder);
    command
}
