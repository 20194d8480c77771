//! A real balancer before two relays, with the configuration in `deploy/balancer`: ports, certificates and how many it
//! takes alone are filled in.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};

use super::cluster::until;
use super::{Running, file, installed, text};

/// What a balancer says beside its answers.
const SAID: &str = "balancer.said";

/// Which of both.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Balancer {
    HaProxy,
    Nginx,
}

/// Where people and relays are.
#[derive(Clone, Copy)]
pub(crate) struct Between {
    /// The ports of survivors' door and of staff's, where people look for them.
    pub(crate) doors: (u16, u16),
    /// The same of each relay.
    pub(crate) relays: [(u16, u16); 2],
}

impl Balancer {
    /// Starts it, with the certificate `chat.pem` in this folder, and waits until it listens. All that it writes is in
    /// that folder.
    pub(crate) fn start(self, between: Between, folder: &Path) -> Running {
        let mut command = match self {
            Self::HaProxy => haproxy(between, folder),
            Self::Nginx => nginx(between, folder),
        };
        command.stderr(File::create(folder.join(SAID)).expect("the file can be written"));
        let mut balancer = Running::of(command);
        for port in [between.doors.0, between.doors.1] {
            until("the balancer listens", || {
                assert!(!balancer.has_ended(), "{self:?} does not start: {}", said(folder));
                TcpStream::connect(("127.0.0.1", port)).is_ok()
            });
        }
        balancer
    }
}

fn said(folder: &Path) -> String {
    std::fs::read_to_string(folder.join(SAID)).unwrap_or_default()
}

/// The program of a balancer.
fn balancer(name: &str) -> PathBuf {
    installed(name).unwrap_or_else(|| panic!("`cargo xtask cluster-test` installs {name}"))
}

/// A file of `deploy/balancer`.
fn deployed(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/balancer").join(name)
}

/// A configuration with each of these in the place of what stands there.
fn filled(name: &str, with: &[(&str, String)]) -> String {
    let mut written = std::fs::read_to_string(deployed(name)).expect("it is there");
    for (from, to) in with {
        assert!(written.contains(from), "{name} has no {from}");
        written = written.replace(from, to);
    }
    assert!(!written.contains("192.0.2."), "{name} has an address more");
    written
}

fn addresses(Between { doors, relays }: Between) -> Vec<(&'static str, String)> {
    let [(one, one_desk), (two, two_desk)] = relays;
    let here = |port: u16| format!("127.0.0.1:{port}");
    vec![
        ("192.0.2.1:443", here(doors.0)),
        ("192.0.2.2:443", here(doors.1)),
        ("192.0.2.11:7420", here(one)),
        ("192.0.2.12:7420", here(two)),
        ("192.0.2.11:7421", here(one_desk)),
        ("192.0.2.12:7421", here(two_desk)),
    ]
}

fn haproxy(between: Between, folder: &Path) -> Command {
    let both = ["chat.pem", "chat.key"]
        .map(|name| std::fs::read_to_string(folder.join(name)).expect("there is a certificate"));
    let both = file(folder, "both.pem", &both.concat());
    let mut with = addresses(between);
    with.extend([
        ("/etc/haproxy/chat.example.org.pem", text(&both).to_owned()),
        ("/etc/haproxy/desk.example.org.pem", text(&both).to_owned()),
        ("maxconn 40000", "maxconn 1000".to_owned()),
    ]);
    let config = file(folder, "haproxy.cfg", &filled("haproxy.cfg", &with));
    let mut command = Command::new(balancer("haproxy"));
    command.args(["-db", "-f", text(&config)]).env("OPENSSL_CONF", deployed("openssl.cnf"));
    command
}

fn nginx(between: Between, folder: &Path) -> Command {
    let mut with = addresses(between);
    let [certificate, key] =
        ["chat.pem", "chat.key"].map(|name| text(&folder.join(name)).to_owned());
    with.extend([
        ("/etc/letsencrypt/live/chat.example.org/fullchain.pem", certificate.clone()),
        ("/etc/letsencrypt/live/desk.example.org/fullchain.pem", certificate),
        ("/etc/letsencrypt/live/chat.example.org/privkey.pem", key.clone()),
        ("/etc/letsencrypt/live/desk.example.org/privkey.pem", key),
    ]);
    file(folder, "balancer.conf", &filled("nginx.conf", &with));
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {}/{kind};\n", folder.display()))
        .concat();
    // It writes down who comes, as nginx does unless it is told otherwise.
    let all = format!(
        "daemon off;\nmaster_process off;\npid {0}/nginx.pid;\nevents {{ worker_connections 1000; }}\n\
         http {{\naccess_log {0}/access.log;\nerror_log {0}/error.log;\n{temporary}include {0}/balancer.conf;\n}}\n",
        folder.display()
    );
    let mut command = Command::new(balancer("nginx"));
    let all = file(folder, "nginx.conf", &all);
    command.args(["-p", text(folder), "-e", "stderr", "-c", text(&all)]);
    command
}

/// What stands for a relay: it is ready, and says nothing to whoever asks for a page or sends answers.
pub(crate) struct SilentRelay {
    pub(crate) port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl SilentRelay {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("some port is free");
        let port = listener.local_addr().expect("it has an address").port();
        let asked = Arc::<Mutex<Vec<_>>>::default();
        let all = Arc::clone(&asked);
        std::thread::spawn(move || {
            for balancer in listener.incoming().map_while(Result::ok) {
                let all = Arc::clone(&all);
                // A balancer that goes away is its own affair.
                std::thread::spawn(move || hear(balancer, &all).ok());
            }
        });
        Self { port, asked }
    }

    /// The heads of what it was asked since it was asked for them last, but for whether it is ready.
    pub(crate) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().expect("nobody panicked"))
    }
}

fn hear(mut balancer: TcpStream, asked: &Mutex<Vec<String>>) -> io::Result<()> {
    let (mut head, mut bytes) = (Vec::new(), [0; 1024]);
    while !head.windows(4).any(|four| four == b"\r\n\r\n") {
        match balancer.read(&mut bytes)? {
            0 => return Ok(()),
            length => head.extend_from_slice(&bytes[..length]),
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let is_silent = head.starts_with("GET / ") || head.starts_with("POST /a ");
    if !head.starts_with("GET /ready ") {
        asked.lock().expect("nobody panicked").push(head);
    }
    if is_silent {
        return Ok(());
    }
    balancer.write_all(b"HTTP/1.1 204 Yes\r\nConnection: close\r\n\r\n")
}
