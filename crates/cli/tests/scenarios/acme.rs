//! A certificate that the relay asks an authority for: Pebble, Let's Encrypt's own small server for tests, which looks
//! at the relay's door as the real one does. Where it is not installed this is passed over, and said.

use std::io::{self, Read};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::support::certificates::Authority;
use crate::support::program::Program;
use crate::support::tls::ask;
use crate::support::{self, Running, file, folder, free_port, run_well, serving_with_log, text};

/// The authority's server, gone with its test.
struct Pebble {
    process: Child,
    folder: tempfile::TempDir,
    /// Who vouches for the authority's own address.
    trusted: Authority,
    port: u16,
    management: u16,
}

impl Drop for Pebble {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Pebble {
    /// One that looks at doors at this port; nothing where it is not installed.
    fn start(looks_at: u16) -> Option<Self> {
        let folder = folder();
        let trusted = Authority::new(folder.path());
        trusted.certify(folder.path(), "localhost", 1, 90);
        let (port, management) = (free_port(), free_port());
        let told = format!(
            "{{\"pebble\": {{\"listenAddress\": \"127.0.0.1:{port}\", \"managementListenAddress\": \
             \"127.0.0.1:{management}\", \"certificate\": \"chat.pem\", \"privateKey\": \"chat.key\", \
             \"httpPort\": 1, \"tlsPort\": {looks_at}, \"ocspResponderURL\": \"\"}}}}"
        );
        file(folder.path(), "pebble.json", &told);
        let started = Command::new("pebble")
            .args(["-config", "pebble.json"])
            .current_dir(folder.path())
            .envs([("PEBBLE_VA_NOSLEEP", "1"), ("PEBBLE_WFE_NONCEREJECT", "0")])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let Ok(process) = started else {
            eprintln!("pebble is not installed: asking an authority was not tried");
            return None;
        };
        let mut pebble = Self { process, folder, trusted, port, management };
        for port in [port, management] {
            while TcpStream::connect(("127.0.0.1", port)).is_err() {
                assert!(pebble.process.try_wait().unwrap().is_none(), "pebble does not start");
            }
        }
        Some(pebble)
    }

    /// Who vouches for what it signs, in a file.
    fn root(&self) -> std::path::PathBuf {
        let answer = get(self.management, "/roots/0", &self.trusted.file).unwrap();
        let (_, pem) = answer.split_once("\r\n\r\n").unwrap();
        file(self.folder.path(), "root.pem", pem)
    }
}

/// Asks over TLS, trusting the one in this file.
fn get(port: u16, path: &str, trusted: &Path) -> io::Result<String> {
    get_at("localhost", port, path, trusted)
}

/// The same at this name.
fn get_at(host: &str, port: u16, path: &str, trusted: &Path) -> io::Result<String> {
    let mut answer = Vec::new();
    // Some servers end without a word.
    let _ = ask(host, port, path, trusted)?.read_to_end(&mut answer);
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// A relay whose survivors' door asks for its certificate; its log comes where its answers come.
fn serve(program: &Program, trusted: &Path) -> Running {
    serve_by(&program.path("relay.toml"), trusted)
}

fn serve_by(config: &Path, trusted: &Path) -> Running {
    let mut command = serving_with_log(config);
    command.env("SSL_CERT_FILE", trusted);
    Running::of(command)
}

fn configure(program: &Program, directory: &str) {
    let before = std::fs::read_to_string(program.path("relay.toml")).unwrap();
    let port = program.visitor;
    let listen = format!("listen = \"127.0.0.1:{port}\"\n");
    let asks = format!(
        "{listen}origin = \"https://localhost:{port}\"\n\
         tls.acme = {{ contact = \"host@example.org\", directory = \"{directory}\" }}\n"
    );
    file(program.folder.path(), "relay.toml", &before.replace(&listen, &asks));
}

#[test]
fn a_relay_gets_its_certificate_by_itself_and_keeps_it() {
    let program = Program::new();
    let Some(pebble) = Pebble::start(program.visitor) else { return };
    configure(&program, &format!("https://localhost:{}/dir", pebble.port));
    let mut relay = serve(&program, &pebble.trusted.file);
    relay.says("a new certificate is in use");
    let root = pebble.root();
    let answer = get(program.visitor, "/status", &root).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");

    let kept = program.path("relay.state/tls");
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&kept), 0o700);
    // The certificate is kept a moment after it is in use.
    relay.signal("TERM");
    assert!(relay.wait().success());
    let files: Vec<_> =
        std::fs::read_dir(&kept).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 2, "{files:?}");
    assert!(files.iter().all(|file| mode(file) == 0o600), "{files:?}");

    let config = program.path("relay.toml");
    let held = run_well(&["holdings", "--json", "--config", text(&config)]);
    assert!(held.contains("tls-certificates") && !held.contains("\"unknown\""), "{held}");

    // What is kept is used again, and nobody asked.
    let trusted = pebble.trusted.file.clone();
    let other = folder();
    let trusted = file(other.path(), "trusted.pem", &std::fs::read_to_string(trusted).unwrap());
    let root = file(other.path(), "root.pem", &std::fs::read_to_string(root).unwrap());
    drop(pebble);
    let relay = serve(&program, &trusted);
    relay.says("The relay runs");
    let answer = get(program.visitor, "/status", &root).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[test]
fn an_authority_that_is_not_there_is_said_and_chats_at_the_other_door_go_on() {
    let program = Program::new();
    let around = folder();
    let trusted = Authority::new(around.path());
    configure(&program, &format!("https://localhost:{}/dir", free_port()));
    let relay = serve(&program, &trusted.file);
    relay.says("the authority gave no certificate");
    assert!(support::http_get(program.desk, "/line").is_some());
}

#[test]
fn an_authority_that_looks_at_a_shared_listener_is_shown_the_program_that_asked() {
    let programs = [Program::new(), Program::new()];
    let port = programs[0].visitor;
    let Some(pebble) = Pebble::start(port) else { return };
    let around = programs[1].folder.path();
    let authority = Authority::new(around);
    authority.certify(around, "hilltown.example", 1, 90);
    let one = |program: &Program, name: &str, tls: &str| {
        let path = |name| text(&program.path(name)).to_owned();
        format!(
            "[[programs]]\nfile = '{}'\nfolder = '{}'\ndesk.listen = \"127.0.0.1:{}\"\n\
             survivor.listen = \"127.0.0.1:{port}\"\nsurvivor.origin = \"https://{name}:{port}\"\n\
             survivor.tls = {tls}\n",
            path("program/public.stillroom"),
            path("relay.state"),
            program.desk,
        )
    };
    let asks = format!("{{ acme.directory = \"https://localhost:{}/dir\" }}", pebble.port);
    let [certificate, key] = ["chat.pem", "chat.key"].map(|name| programs[1].path(name));
    let has = format!("{{ certificate = '{}', key = '{}' }}", text(&certificate), text(&key));
    let [first, second] = &programs;
    let told = one(first, "localhost", &asks) + &one(second, "hilltown.example", &has);
    let config = file(around, "many.toml", &told);

    let relay = serve_by(&config, &pebble.trusted.file);
    relay.says("a new certificate is in use");
    for (name, trusted) in [("localhost", &pebble.root()), ("hilltown.example", &authority.file)] {
        let answer = get_at(name, port, "/status", trusted).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
}
