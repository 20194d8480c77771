//! A program made with the real commands, its relay, an advocate, a survivor.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::certificates::Authority;
use super::{Running, file, folder, free_port, http_get, run_well, text};

/// A passphrase that is long enough.
pub(crate) const PASSPHRASE: &str = "four words or rather more";

/// A program in a temporary folder.
pub(crate) struct Program {
    /// Everything of it.
    pub(crate) folder: TempDir,
    /// The fingerprint of its root key.
    pub(crate) root: String,
    /// The port of the survivor's page.
    pub(crate) visitor: u16,
    /// The port of the desk.
    pub(crate) desk: u16,
    /// Who vouches for its relay, where that speaks TLS.
    pub(crate) authority: Option<Authority>,
}

impl Program {
    /// `stillroom program new`, and a configuration for its relay.
    pub(crate) fn new() -> Self {
        let folder = folder();
        let passphrase = file(folder.path(), "passphrase", PASSPHRASE);
        let keys = folder.path().join("program");
        let said =
            run_well(&["program", "new", text(&keys), "--passphrase-file", text(&passphrase)]);
        let root = fingerprint(&said);
        let (visitor, desk) = (free_port(), free_port());
        let program = Self { folder, root, visitor, desk, authority: None };
        program.never_close();
        file(program.folder.path(), "relay.toml", &program.configuration());
        program
    }

    /// The same, whose relay speaks TLS itself.
    pub(crate) fn over_tls() -> Self {
        let mut program = Self::new();
        let authority = Authority::new(program.folder.path());
        authority.certify(program.folder.path(), "localhost", 1, 90);
        let tls = "tls = { certificate = \"chat.pem\", key = \"chat.key\" }";
        let mut configuration = program.configuration();
        for port in [program.visitor, program.desk] {
            let listen = format!("listen = \"127.0.0.1:{port}\"\n");
            let more = format!("{listen}origin = \"https://localhost:{port}\"\n{tls}\n");
            configuration = configuration.replace(&listen, &more);
        }
        file(program.folder.path(), "relay.toml", &configuration);
        program.authority = Some(authority);
        program
    }

    /// The binary with these arguments, which trusts the authority of this program, if it has one.
    pub(crate) fn stillroom(&self, arguments: &[&str]) -> Command {
        let mut command = super::stillroom(arguments);
        if let Some(authority) = &self.authority {
            command.env("SSL_CERT_FILE", &authority.file);
        }
        command
    }

    /// Where its relay is at this port.
    pub(crate) fn address(&self, of_web_socket: bool, port: u16) -> String {
        let scheme = if of_web_socket { "ws" } else { "http" };
        let safe = if self.authority.is_some() { "s" } else { "" };
        format!("{scheme}{safe}://localhost:{port}")
    }

    /// Tests run at any time of day: the policy is signed anew without its hours.
    fn never_close(&self) {
        let (keys, passphrase) = (self.path("program"), self.path("passphrase"));
        let policy = std::fs::read_to_string(keys.join("policy.toml")).expect("it was written");
        let hours = policy.find("\n[[hours.open]]").expect("the sample has hours");
        let rest = policy.find("\n[timers]").expect("the sample has timers after them");
        let zone = "time_zone = \"America/Chicago\"\n";
        let before = policy[..hours].replace(zone, &format!("{zone}always_open = true\n"));
        let always =
            format!("{before}{}", &policy[rest..]).replace("version = 1\n", "version = 2\n");
        file(&keys, "policy.toml", &always);
        run_well(&["policy", "sign", text(&keys), "--passphrase-file", text(&passphrase)]);
    }

    fn configuration(&self) -> String {
        format!(
            "[survivor]\nlisten = \"127.0.0.1:{}\"\n[desk]\nlisten = \"127.0.0.1:{}\"\n\
             [program]\nfile = \"program/public.stillroom\"\n[state]\nfolder = \"relay.state\"\n\
             [log]\nlevel = \"trace\"\n",
            self.visitor, self.desk
        )
    }

    /// A file of it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `stillroom serve`, once it answers.
    pub(crate) fn serve(&self) -> Running {
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.path("relay.log"))
            .expect("the log can be written");
        let mut command =
            super::stillroom(&["serve", "--json", "--config", text(&self.path("relay.toml"))]);
        command.stderr(log);
        // Whatever it might write beside its state would be written here.
        let around = self.path("relay.around");
        std::fs::create_dir_all(&around).expect("a folder can be made");
        command.current_dir(&around).env("TMPDIR", &around);
        let relay = Running::of(command);
        relay.json();
        if self.authority.is_none() {
            assert!(http_get(self.visitor, "/status").is_some());
        }
        relay
    }

    /// `stillroom staff invite`, answered by a device without a page: the file with the device.
    pub(crate) fn advocate(&self, name: &str) -> PathBuf {
        let device = self.path(&format!("{name}.device"));
        let keys = self.path("program");
        let passphrase = self.path("passphrase");
        let relay = self.address(true, self.desk);
        let arguments = [
            "staff",
            "invite",
            text(&keys),
            "--name",
            name,
            "--role",
            "advocate",
            "--relay",
            &relay,
            "--passphrase-file",
            text(&passphrase),
            "--json",
        ];
        let mut invitation = Running::of(self.stillroom(&arguments));
        let link = invitation.json()["link"].as_str().expect("the link is text").to_owned();
        let arguments = [
            "client",
            "join",
            "--link",
            &link,
            "--root",
            &self.root,
            "--device-file",
            text(&device),
        ];
        assert!(self.stillroom(&arguments).status().expect("the binary starts").success());
        assert!(invitation.wait().success());
        device
    }

    /// A desk without a page, on duty, whose relay is at `port`.
    pub(crate) fn desk(&self, device: &Path, port: u16) -> Running {
        let relay = self.address(true, port);
        let arguments = ["client", "desk", "--relay", &relay, "--device-file", text(device)];
        let mut desk = Running::of(self.stillroom(&arguments));
        desk.tell(json!({"do": "on-duty"}));
        desk.event(|event| event["duty"] == "on");
        desk
    }

    /// A survivor without a page who has asked for an advocate, whose relay is at `port`.
    pub(crate) fn survivor(&self, port: u16) -> Running {
        self.survivor_who(port, &json!({"do": "start"}))
    }

    /// The same, who says this as they ask.
    pub(crate) fn survivor_who(&self, port: u16, start: &Value) -> Running {
        let link = format!("{}/", self.address(false, port));
        let arguments = ["client", "survivor", "--link", &link, "--root", &self.root];
        let mut survivor = Running::of(self.stillroom(&arguments));
        survivor.tell(start.clone());
        survivor.event(|event| event["phase"] == "waiting");
        survivor
    }
}

/// Lets the desk take who waits, and waits until both are in the chat. The chat's number on the desk.
pub(crate) fn meet(survivor: &Running, desk: &mut Running) -> Value {
    // What the desk says may be of somebody who was there before: it takes again when it says so again.
    let joined = loop {
        let event = desk.event(|event| {
            event["event"] == "joined" || event["event"] == "waiting" && event["count"] == 1
        });
        if event["event"] == "joined" {
            break event;
        }
        desk.tell(json!({"do": "take-next"}));
    };
    survivor.event(|event| event["phase"] == "chatting");
    joined["chat"].clone()
}

/// The 64 hexadecimal digits in what `program new` printed.
pub(crate) fn fingerprint(said: &str) -> String {
    said.split_whitespace()
        .find(|word| word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .expect("the fingerprint is printed")
        .to_owned()
}
