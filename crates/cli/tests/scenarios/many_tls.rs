//! Two programs in one process that speaks TLS itself, at one port for survivors and one for desks (`features.md` 6.4,
//! 6.7): each name has its own certificate, page and chats, and whoever names nobody holds up nobody.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use tokio_rustls::rustls::pki_types::CertificateDer;

use crate::support::certificates::Authority;
use crate::support::pages::pages;
use crate::support::program::{Program, chat};
use crate::support::tls::ask;
use crate::support::{Running, file, free_port, serving_with_log, text};

/// What stands for "for ever" where a test would otherwise hang.
const PATIENCE: Duration = Duration::from_secs(120);

/// More than the process may grow by for first messages that do not end: as many as there are places, and each with
/// what rustls reads at once besides.
const GROWTH: u64 = 32 * 1024 * 1024;

/// Two programs, and the process that serves both.
struct Town {
    programs: [Program; 2],
    config: PathBuf,
    relay: Running,
}

impl Town {
    /// Under these names.
    fn start(names: [&str; 2]) -> Self {
        let (visitor, desk) = (free_port(), free_port());
        let programs = names.map(|name| {
            let mut program = Program::new();
            let authority = Authority::new(program.folder.path());
            authority.certify(program.folder.path(), name, 1, 90);
            program.authority = Some(authority);
            (program.visitor, program.desk) = (visitor, desk);
            name.clone_into(&mut program.host);
            program
        });
        let around = programs[0].folder.path();
        let shown = format!("[testing]\npages = '{}'\n", text(&pages(around)));
        let told: String = programs.iter().map(one_of).collect();
        let config = file(around, "many.toml", &format!("{told}[log]\nlevel = \"trace\"\n{shown}"));
        let relay = Running::of(serving_with_log(&config));
        for program in &programs {
            relay.says(&program.root);
        }
        Self { programs, config, relay }
    }

    /// A connection to survivors' pages.
    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.programs[0].visitor)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// What a browser that trusts this one's authority alone is shown at this port, and the page.
    fn shown(&self, program: usize, port: u16) -> (CertificateDer<'static>, String) {
        let program = &self.programs[program];
        let trusted = &program.authority.as_ref().unwrap().file;
        get(port, &program.host, trusted).unwrap()
    }

    /// Both programs' pages are given out, each under its own name.
    fn gives_out_its_pages(&self) {
        for (number, program) in self.programs.iter().enumerate() {
            for port in [program.visitor, program.desk] {
                let (_, page) = self.shown(number, port);
                assert!(page.starts_with("HTTP/1.1 200"), "{page}");
                let own = format!("wss://{}:{port}", program.host);
                assert!(page.contains(&own), "{page}");
            }
        }
    }
}

fn one_of(program: &Program) -> String {
    let path = |name| text(&program.path(name)).to_owned();
    let (certificate, key) = (path("chat.pem"), path("chat.key"));
    let door = |which: &str, port| {
        format!(
            "[programs.{which}]\nlisten = \"0.0.0.0:{port}\"\norigin = \"https://{}:{port}\"\n\
             tls = {{ certificate = '{certificate}', key = '{key}' }}\n",
            program.host
        )
    };
    format!(
        "[[programs]]\nfile = '{}'\nfolder = '{}'\n{}{}",
        path("program/public.stillroom"),
        path("relay.state"),
        door("survivor", program.visitor),
        door("desk", program.desk)
    )
}

/// The certificate that this name shows, and its page.
fn get(port: u16, name: &str, trusted: &Path) -> io::Result<(CertificateDer<'static>, String)> {
    let mut stream = ask(name, port, "/", trusted)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let own = stream.conn.peer_certificates().unwrap()[0].clone();
    Ok((own, String::from_utf8_lossy(&answer).into_owned()))
}

/// What this computer is called besides `localhost`, where that leads to it.
fn own_name() -> Option<String> {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok()?.trim().to_lowercase();
    let leads_here = (name.as_str(), 0).to_socket_addrs().ok()?.any(|at| at.ip().is_loopback());
    (leads_here && name != "localhost").then_some(name)
}

#[test]
fn a_chat_goes_over_each_name_and_a_new_certificate_of_one_is_no_affair_of_the_others() {
    let Some(own) = own_name() else {
        eprintln!("this computer has no second name: two chats over two names were not tried");
        return;
    };
    let town = Town::start(["localhost", &own]);
    let mut chats: Vec<_> = town.programs.iter().map(chat).collect();
    town.gives_out_its_pages();
    let port = town.programs[0].visitor;
    let before = [0, 1].map(|program| town.shown(program, port).0);
    assert_ne!(before[0], before[1]);

    let [first, _] = &town.programs;
    let authority = first.authority.as_ref().unwrap();
    authority.certify(first.folder.path(), &first.host, 1, 60);
    for _ in ["chat", "desk"] {
        town.relay.says("a new certificate is in use");
    }
    let after = [0, 1].map(|program| town.shown(program, port).0);
    assert_ne!(after[0], before[0]);
    assert_eq!(after[1], before[1]);

    for (number, (survivor, desk, chat)) in chats.iter_mut().enumerate() {
        survivor.tell(json!({"do": "write", "text": format!("on program {number}")}));
        assert_eq!(desk.hears()["text"], json!(format!("on program {number}")));
        desk.tell(json!({"do": "write", "chat": chat, "text": "still here"}));
        assert_eq!(survivor.hears()["text"], json!("still here"));
    }
    doctor_finds_each_well(&town);
}

/// `stillroom doctor` at each program of a process.
fn doctor_finds_each_well(town: &Town) {
    let built = town.programs[0].path("pages");
    for program in &town.programs {
        let [chat, desk] = [program.visitor, program.desk].map(|port| program.address(false, port));
        let folder = program.path("program");
        let said = program
            .stillroom(&["doctor", text(&folder), "--chat", &chat, "--desk", &desk, "--json"])
            .args(["--pages", text(&built), "--config", text(&town.config)])
            .output()
            .unwrap();
        let said: Value = serde_json::from_slice(&said.stdout).unwrap();
        for check in ["certificate", "tls", "headers", "page", "web-socket", "second-way"] {
            let of = |finding: &&Value| finding["check"] == check;
            let findings: Vec<_> = said["findings"].as_array().unwrap().iter().filter(of).collect();
            assert!(findings.len() >= 2, "{check}: {said}");
            assert!(findings.iter().all(|finding| finding["result"] == "well"), "{findings:?}");
        }
    }
}

/// All that comes until the relay closes the connection, which it does by itself.
fn until_closed(stream: &mut TcpStream) -> Vec<u8> {
    let mut all = Vec::new();
    if let Err(error) = stream.read_to_end(&mut all) {
        assert_eq!(error.kind(), ErrorKind::ConnectionReset, "it is closed");
    }
    all
}

/// The first bytes of a first message that says it is longer than that.
const HALF: &[u8] = &[22, 3, 1, 0, 200, 1, 0];

/// More than may say at once for whom they come, or as many as this process may have open.
fn very_many() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap();
    let line = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
    let most = line.split_whitespace().nth(3).unwrap().parse().unwrap_or(usize::MAX);
    most.saturating_sub(200).min(2_100)
}

#[test]
fn first_messages_that_do_not_end_keep_nobody_out_and_whoever_names_nobody_gets_nothing() {
    let town = Town::start(["rivertown.example", "hilltown.example"]);
    town.gives_out_its_pages();
    let before = town.relay.memory();
    let mut half: Vec<_> = (0..very_many()).map(|_| town.connect()).collect();
    for stream in &mut half {
        // The first to come may have gone for those who came later.
        let _ = stream.write_all(HALF);
    }
    town.gives_out_its_pages();
    let grown = town.relay.memory().saturating_sub(before);
    assert!(grown < GROWTH, "{grown} bytes more");

    let trusted = &town.programs[0].authority.as_ref().unwrap().file;
    for name in ["elsewhere.example", "127.0.0.1"] {
        let refused = get(town.programs[0].visitor, name, trusted).unwrap_err();
        assert!(refused.to_string().contains("UnrecognisedName"), "{refused}");
    }
    let too_long = [&[22, 3, 1, 64, 0, 1, 0, 0xea, 0x60][..], &[0; 20_000]].concat();
    let plain = b"GET / HTTP/1.1\r\nHost: rivertown.example\r\n\r\n";
    for bytes in [&too_long[..], plain, &[0x80; 600]] {
        let mut stream = town.connect();
        // Whoever was refused in the middle may find the connection closed.
        let _ = stream.write_all(bytes);
        let answer = until_closed(&mut stream);
        assert!(answer.is_empty() || answer.len() == 7 && answer[0] == 21, "{answer:?}");
    }
    for stream in &mut half {
        assert!(until_closed(stream).is_empty(), "and nothing is said to them");
    }
    town.gives_out_its_pages();
}
