//! `stillroom doctor` at a real relay, and at servers with one thing wrong.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;

use crate::support::pages::{Served, StaticServer, pages};
use crate::support::program::Program;
use crate::support::{self, Running, file, free_port, run_well, text};

/// A program with a relay that speaks TLS and gives out the project's pages.
struct Scene {
    program: Program,
    pages: PathBuf,
    /// Who listens, while it is there.
    relay: Option<Running>,
}

impl Scene {
    fn start() -> Self {
        let mut scene = Self::prepared();
        scene.relay = Some(scene.program.serve());
        scene
    }

    /// Without TLS, on this computer alone.
    fn start_plainly() -> Self {
        let mut scene = Self::of(Program::new());
        scene.relay = Some(scene.program.serve());
        scene
    }

    fn prepared() -> Self {
        Self::of(Program::over_tls())
    }

    fn of(program: Program) -> Self {
        let pages = pages(program.folder.path());
        let configuration = std::fs::read_to_string(program.path("relay.toml")).unwrap();
        let configuration = format!("{configuration}[testing]\npages = \"pages\"\n");
        file(program.folder.path(), "relay.toml", &configuration);
        Self { program, pages, relay: None }
    }

    fn chat(&self) -> String {
        format!("https://localhost:{}", self.program.visitor)
    }

    fn desk(&self) -> String {
        let safe = if self.program.authority.is_some() { "s" } else { "" };
        format!("http{safe}://localhost:{}", self.program.desk)
    }

    /// `stillroom doctor`, with these further arguments.
    fn doctor(&self, chat: &str, more: &[&str]) -> Command {
        let folder = self.program.path("program");
        let desk = self.desk();
        let arguments = [
            "doctor",
            text(&folder),
            "--chat",
            chat,
            "--desk",
            &desk,
            "--pages",
            text(&self.pages),
        ];
        self.program.stillroom(&[&arguments[..], more].concat())
    }

    /// What it finds, and whether it ends well.
    fn found(&self, chat: &str, more: &[&str]) -> Found {
        let output = self.doctor(chat, &[more, &["--json"]].concat()).output().unwrap();
        let report: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
        assert_eq!(report["well"].as_bool().unwrap(), output.status.success());
        Found(report["findings"].as_array().unwrap().clone())
    }
}

/// Findings.
struct Found(Vec<Value>);

impl Found {
    fn to_do(&self) -> Vec<&Value> {
        self.0.iter().filter(|finding| finding["result"] == "to-do").collect()
    }

    /// That this alone must be done, in these words.
    fn is_only(&self, check: &str, words: &str) {
        let to_do = self.to_do();
        assert!(!to_do.is_empty(), "nothing is to do, but {check}: {words}");
        for finding in to_do {
            assert_eq!(finding["check"], check, "{finding}");
            assert!(finding["found"].as_str().unwrap().contains(words), "{finding}");
            assert!(!finding["do"].as_str().unwrap().is_empty());
        }
    }
}

#[test]
fn where_all_is_well_everything_is_named_and_nothing_is_to_do() {
    let scene = Scene::start();
    let closed = free_port().to_string();
    let found = scene.found(&scene.chat(), &["--closed", &closed]);
    assert_eq!(found.to_do(), Vec::<&Value>::new());
    for check in [
        "certificate",
        "tls",
        "headers",
        "page",
        "clock",
        "web-socket",
        "second-way",
        "policy",
        "port",
    ] {
        let well = found.0.iter().any(|found| found["check"] == check && found["result"] == "well");
        assert!(well, "{check}: {:?}", found.0);
    }
    let said = scene.doctor(&scene.chat(), &[]).output().unwrap();
    assert!(said.status.success());
    let said = String::from_utf8(said.stdout).unwrap();
    assert!(said.contains("well: certificate, https://localhost"), "{said}");
    assert!(said.contains("X25519MLKEM768"), "{said}");
}

#[test]
fn a_certificate_that_ran_out_or_runs_out_or_is_anothers_is_said_so() {
    let scene = Scene::prepared();
    let authority = scene.program.authority.as_ref().unwrap();
    let folder = scene.program.folder.path();
    for (ago, until, words) in [(90, -1, "ran out on"), (80, 10, "runs out on")] {
        authority.certify(folder, "localhost", ago, until);
        let _relay = scene.program.serve();
        let found = scene.found(&scene.chat(), &[]);
        let certificates: Vec<_> =
            found.to_do().into_iter().filter(|found| found["check"] == "certificate").collect();
        assert_eq!(certificates.len(), 2, "{:?}", found.0);
        assert!(certificates[0]["found"].as_str().unwrap().contains(words), "{certificates:?}");
    }
    authority.certify(folder, "localhost", 1, 90);
    let _relay = scene.program.serve();
    let chat = format!("https://127.0.0.1:{}", scene.program.visitor);
    let found = scene.found(&chat, &[]);
    let certificate =
        found.to_do().into_iter().find(|found| found["check"] == "certificate").unwrap();
    assert!(certificate["found"].as_str().unwrap().contains("for another name than 127.0.0.1"));
}

#[test]
fn whom_nobody_vouches_for_and_who_is_not_there_is_said_so() {
    let scene = Scene::start();
    let nobody = format!("https://localhost:{}", free_port());
    let found = scene.found(&nobody, &[]);
    let first = found.to_do()[0];
    assert_eq!(first["check"], "certificate");
    assert!(first["found"].as_str().unwrap().contains("no connection"), "{first}");

    let mut command = scene.doctor(&scene.chat(), &[]);
    let other = support::certificates::Authority::new(&scene.pages);
    let said = command.env("SSL_CERT_FILE", &other.file).output().unwrap();
    assert!(!said.status.success());
    let said = String::from_utf8(said.stdout).unwrap();
    assert!(said.contains("Nobody whom this computer trusts"), "{said}");
}

/// A server before the relay at this port, which treats requests for what is for a device in its own way: it answers
/// that it may not, or keeps answers of no known length back until they are whole.
fn before(relay: u16, refuses: bool) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for mut device in listener.incoming().map_while(Result::ok) {
            let mut relay = TcpStream::connect(("127.0.0.1", relay)).unwrap();
            let (mut back, mut to_device) =
                (relay.try_clone().unwrap(), device.try_clone().unwrap());
            thread::spawn(move || {
                let (mut bytes, mut kept) = ([0; 16 * 1024], Vec::new());
                while let Ok(length @ 1..) = back.read(&mut bytes) {
                    kept.extend(&bytes[..length]);
                    let said = String::from_utf8_lossy(&kept).to_lowercase();
                    let is_whole = said.ends_with("\r\n0\r\n\r\n");
                    if is_whole || !said.contains("transfer-encoding: chunked") {
                        let _ = to_device.write_all(&std::mem::take(&mut kept));
                    }
                }
                let _ = to_device.write_all(&kept);
                let _ = to_device.shutdown(Shutdown::Both);
            });
            thread::spawn(move || {
                let mut bytes = [0; 16 * 1024];
                while let Ok(length @ 1..) = device.read(&mut bytes) {
                    if refuses && bytes.starts_with(b"POST /d") {
                        let refusal = b"HTTP/1.1 405 No\r\ncontent-length: 0\r\n\r\n";
                        let _ = device.write_all(refusal);
                    } else if relay.write_all(&bytes[..length]).is_err() {
                        return;
                    }
                }
                let _ = relay.shutdown(Shutdown::Both);
            });
        }
    });
    port
}

#[test]
fn a_server_that_breaks_the_second_way_in_is_said_so_with_what_to_do() {
    let scene = Scene::start_plainly();
    let chat = format!("http://localhost:{}", scene.program.visitor);
    let relay = |port: u16| format!("ws://localhost:{port}");
    let refused = scene.found(&chat, &["--relay", &relay(before(scene.program.visitor, true))]);
    refused.is_only("second-way", "do not get through");
    let kept = scene.found(&chat, &["--relay", &relay(before(scene.program.visitor, false))]);
    let of_chat = kept.0.iter().find(|found| found["check"] == "second-way").unwrap();
    assert_eq!(of_chat["result"], "better", "{of_chat}");
    assert!(of_chat["do"].as_str().unwrap().contains("proxy_buffering off"), "{of_chat}");
}

/// A balancer that sends so many connections in a row to the one relay, and then as many to the other.
fn by_turns(relays: [u16; 2], in_a_row: usize) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for (number, device) in listener.incoming().map_while(Result::ok).enumerate() {
            let relay = TcpStream::connect(("127.0.0.1", relays[number / in_a_row % 2])).unwrap();
            for (from, to) in [(&device, &relay), (&relay, &device)] {
                let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
                thread::spawn(move || {
                    let _ = std::io::copy(&mut from, &mut to);
                    let _ = to.shutdown(Shutdown::Write);
                });
            }
        }
    });
    port
}

#[test]
fn a_balancer_that_sends_one_address_to_two_relays_is_said_so_with_what_to_do() {
    let scene = Scene::start_plainly();
    let (second, desk) = (free_port(), free_port());
    let first = std::fs::read_to_string(scene.program.path("relay.toml")).unwrap();
    let config = first
        .replace(&scene.program.visitor.to_string(), &second.to_string())
        .replace(&scene.program.desk.to_string(), &desk.to_string())
        .replace("relay.state", "second.state");
    let config = file(scene.program.folder.path(), "second.toml", &config);
    let _second = Running::start(&["serve", "--json", "--config", text(&config)]);
    let chat = format!("http://localhost:{}", scene.program.visitor);
    let relays = [scene.program.visitor, second];
    // Turn by turn; and so that what is asked first and what is said first come to one relay, as by chance.
    for in_a_row in [1, 2, 7] {
        let relay = format!("ws://localhost:{}", by_turns(relays, in_a_row));
        let found = scene.found(&chat, &["--relay", &relay]);
        found.is_only("second-way", "come to different relays");
        let advice = found.to_do()[0]["do"].as_str().unwrap();
        assert!(advice.contains("deploy/balancer"), "{advice}");
    }
}

/// The survivor's page on a server of the program's own, and a relay that gives no page to survivors.
fn exported(change: impl FnOnce(&mut Served)) -> Found {
    let scene = Scene::start();
    let server = StaticServer::start();
    let export = scene.program.path("export");
    run_well(&[
        "site",
        "export",
        "survivor",
        text(&scene.program.path("program")),
        "--origin",
        &server.origin(),
        "--relay",
        &scene.chat(),
        "--into",
        text(&export),
        "--passphrase-file",
        text(&scene.program.path("passphrase")),
        "--pages",
        text(&scene.pages),
    ]);
    server.give(&export);
    server.change(change);
    scene.found(&server.origin(), &[])
}

#[test]
fn a_page_of_the_programs_own_is_looked_at_together_with_its_relay() {
    let found = exported(|_| {});
    assert_eq!(found.to_do(), Vec::<&Value>::new());
    // Its own server is on this computer and has no TLS; the relay that the page names has.
    let certificates = found.0.iter().filter(|found| found["check"] == "certificate");
    let results: Vec<_> = certificates.map(|found| found["result"].as_str().unwrap()).collect();
    assert_eq!(results, ["not-looked", "well", "well"]);
}

#[test]
fn a_missing_header_is_said_with_what_is_lost() {
    let found = exported(|served| {
        served.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("x-frame-options"));
    });
    found.is_only("headers", "inside its own");
}

#[test]
fn a_page_that_is_another_is_said_so() {
    let found = exported(|served| {
        served.alter_document(|page| {
            page.replace("</head>", "<script src=\"/x.js\"></script>\n</head>")
        });
    });
    found.is_only("page", "/x.js");
}

#[test]
fn a_clock_that_is_off_is_said_with_what_comes_of_it() {
    let hours = |hours: u64| {
        let time = SystemTime::now() + std::time::Duration::from_secs(hours * 3600);
        ("date".to_owned(), httpdate::fmt_http_date(time))
    };
    let found = exported(|served| served.headers.push(hours(3)));
    found.is_only("clock", "ahead of this computer's. Records would hold");
    let found = exported(|served| served.headers.push(hours(50)));
    found.is_only("clock", "no chat starts");
}

#[test]
fn a_policy_that_is_about_to_run_out_is_said_so() {
    let scene = Scene::prepared();
    let (keys, passphrase) = (scene.program.path("program"), scene.program.path("passphrase"));
    let policy = std::fs::read_to_string(keys.join("policy.toml")).unwrap();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let soon =
        httpdate::fmt_http_date(UNIX_EPOCH + std::time::Duration::from_secs(now + 6 * 86_400));
    let changed: Vec<_> = policy
        .lines()
        .map(|line| match line.split_once(" = ") {
            Some(("expires", _)) => format!("expires = {}", day(&soon)),
            Some(("version", _)) if line == "version = 2" => "version = 3".to_owned(),
            _ => line.to_owned(),
        })
        .collect();
    file(&keys, "policy.toml", &(changed.join("\n") + "\n"));
    run_well(&["policy", "sign", text(&keys), "--passphrase-file", text(&passphrase)]);
    let _relay = scene.program.serve();
    scene.found(&scene.chat(), &[]).is_only("policy", "runs out on");
}

/// The day of `Sat, 28 Nov 2026 12:00:00 GMT` as a policy writes it.
fn day(date: &str) -> String {
    let months =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let parts: Vec<_> = date.split(' ').collect();
    let month = months.iter().position(|month| *month == parts[2]).unwrap() + 1;
    format!("{}-{month:02}-{}", parts[3], parts[1])
}

#[test]
fn a_port_that_should_be_closed_and_is_not_is_said_so() {
    let scene = Scene::start();
    let open = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = open.local_addr().unwrap().port().to_string();
    scene.found(&scene.chat(), &["--closed", &port]).is_only("port", "From here one can reach");
}

#[test]
fn a_port_is_looked_for_where_the_desk_is_as_well() {
    let scene = Scene::start();
    let open = TcpListener::bind("127.0.0.2:0").unwrap();
    let port = open.local_addr().unwrap().port().to_string();
    let (folder, desk) = (scene.program.path("program"), "https://127.0.0.2:9");
    let asked =
        ["doctor", text(&folder), "--chat", &scene.chat(), "--desk", desk, "--closed", &port];
    let said = scene.program.stillroom(&asked).output().unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    let line = format!("port, 127.0.0.2:{port}");
    assert!(said.lines().any(|own| own.starts_with("TO DO") && own.contains(&line)), "{said}");
    assert!(said.contains(&format!("port, localhost:{port}")), "{said}");
}

#[test]
fn a_relay_that_may_open_too_few_files_is_told_how_many_it_needs() {
    let mut scene = Scene::prepared();
    let config = scene.program.path("relay.toml");
    let config = text(&config);
    let before = scene.found_at(config);
    assert!(before.contains("No relay runs on this folder"), "{before}");
    let mut command = Command::new("sh");
    let binary = env!("CARGO_BIN_EXE_stillroom");
    command
        .args(["-c", &format!("ulimit -n 512; exec {binary} serve --json --config {config}")])
        .stderr(Stdio::null());
    let relay = Running::of(command);
    relay.json();
    scene.relay = Some(relay);
    let said = scene.found_at(config);
    assert!(said.contains("may open 512 files, and needs 31064"), "{said}");
    assert!(said.contains("Only the relay's own user can open it"), "{said}");
    assert!(said.contains("well: memory") || said.contains("TO DO: memory"), "{said}");
}

impl Scene {
    /// What it says where the relay's configuration is at hand.
    fn found_at(&self, config: &str) -> String {
        let output = self.doctor(&self.chat(), &["--config", config]).output().unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stdout).unwrap()
    }
}
