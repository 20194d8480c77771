//! A program made with the real commands, its relay, an advocate, a survivor.

use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::certificates::Authority;
use super::words::message;
use super::{Running, file, folder, free_port, http_get, run_well, text};

/// A passphrase that is long enough.
pub(crate) const PASSPHRASE: &str = "four words or rather more";

/// A program in a temporary folder.
pub(crate) struct Program {
    /// Everything of it.
    pub(crate) folder: TempDir,
    /// The fingerprint of its root key.
    pub(crate) root: String,
    /// The name of the computer that its relay is on.
    pub(crate) host: String,
    /// The port of the survivor's page.
    pub(crate) visitor: u16,
    /// The port of the desk.
    pub(crate) desk: u16,
    /// By what its devices come to the relay: whatever works, if nothing is said.
    pub(crate) by: &'static [&'static str],
    /// Who vouches for its relay, where that speaks TLS.
    pub(crate) authority: Option<Authority>,
}

/// The sockets of a relay, which outlive it.
pub(crate) struct Sockets {
    survivor: TcpListener,
    desk: TcpListener,
}

impl Sockets {
    /// Opens them at these ports of this computer.
    pub(crate) fn open(survivor: u16, desk: u16) -> Self {
        let open = |port| TcpListener::bind(("127.0.0.1", port)).expect("the port is free");
        Self { survivor: open(survivor), desk: open(desk) }
    }

    /// Starts `command` with both, as systemd would. A shell puts them where they are looked for, since only a
    /// process's own number may be in `LISTEN_PID`.
    pub(crate) fn hand_to(&self, command: &Command, log: &Path) -> Running {
        let mut shell = Command::new("sh");
        let place = "exec 3<&0 4<&2 0</dev/null 2>>\"$0\"; LISTEN_PID=$$ LISTEN_FDS=2; \
                     export LISTEN_PID LISTEN_FDS; exec \"$@\"";
        shell.args(["-c", place, text(log)]).arg(command.get_program()).args(command.get_args());
        let set = command.get_envs().filter_map(|(name, value)| Some((name, value?)));
        shell.envs(set);
        if let Some(folder) = command.get_current_dir() {
            shell.current_dir(folder);
        }
        let [survivor, desk] = [&self.survivor, &self.desk].map(|socket| {
            Stdio::from(OwnedFd::from(socket.try_clone().expect("a socket can be shared")))
        });
        shell.stderr(desk);
        Running::with_input(shell, survivor)
    }
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
        let host = "localhost".to_owned();
        let program = Self { folder, root, host, visitor, desk, by: &[], authority: None };
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
        format!("{scheme}{safe}://{}:{port}", self.host)
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

    /// Sets a limit of its relay's, before it serves.
    pub(crate) fn limit(&self, limit: &str) {
        let limited = format!("{}[limits]\n{limit}\n", self.configuration());
        std::fs::write(self.path("relay.toml"), limited).expect("the configuration can be written");
    }

    /// Keeps its relay's records in this database, before it serves.
    pub(crate) fn keep_in(&self, url: &str) {
        let configuration = format!("{}[postgres]\nurl = \"{url}\"\n", self.configuration());
        std::fs::write(self.path("relay.toml"), configuration)
            .expect("the configuration can be written");
    }

    /// A file of it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `stillroom serve`, once it answers.
    pub(crate) fn serve(&self) -> Running {
        let relay = Running::of(self.serving());
        relay.json();
        if self.authority.is_none() {
            assert!(http_get(self.visitor, "/status").is_some());
        }
        relay
    }

    /// The same on sockets that outlive it, handed over in systemd's way.
    pub(crate) fn serve_on(&self, sockets: &Sockets) -> Running {
        let relay = sockets.hand_to(&self.serving(), &self.path("relay.log"));
        relay.json();
        relay
    }

    /// Opens its relay's sockets.
    pub(crate) fn sockets(&self) -> Sockets {
        Sockets::open(self.visitor, self.desk)
    }

    /// `stillroom serve`, before it is started.
    pub(crate) fn serving(&self) -> Command {
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
        command
    }

    /// `stillroom staff invite` for an advocate, before it is started.
    pub(crate) fn inviting(&self, name: &str) -> Command {
        let (keys, passphrase) = (self.path("program"), self.path("passphrase"));
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
        self.stillroom(&arguments)
    }

    /// The words by which an administrator does something at the relay with this door of the staff.
    pub(crate) fn administering(&self, desk: u16, what: &[&str], more: &[&str]) -> Vec<String> {
        let (keys, passphrase) = (self.path("program"), self.path("passphrase"));
        let relay = self.address(true, desk);
        let by = ["--relay", &relay, "--passphrase-file", text(&passphrase)];
        [what, &[text(&keys)], more, &by].concat().into_iter().map(str::to_owned).collect()
    }

    /// `stillroom staff invite`, answered by a device without a page: the file with the device.
    pub(crate) fn advocate(&self, name: &str) -> PathBuf {
        let device = self.path(&format!("{name}.device"));
        let mut invitation = Running::of(self.inviting(name));
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
        let mut desk = self.client(&["desk", "--relay", &relay, "--device-file", text(device)]);
        desk.tell(json!({"do": "on-duty"}));
        desk.event(|event| event["duty"] == "on");
        desk
    }

    /// A device without a page, which is told what it does.
    pub(crate) fn client(&self, side: &[&str]) -> Running {
        Running::of(self.stillroom(&[&["client"], self.by, side].concat()))
    }

    /// A survivor without a page who has asked for an advocate, whose relay is at `port`.
    pub(crate) fn survivor(&self, port: u16) -> Running {
        self.survivor_who(port, &json!({"do": "start"}))
    }

    /// The same, who says this as they ask.
    pub(crate) fn survivor_who(&self, port: u16, start: &Value) -> Running {
        let link = format!("{}/", self.address(false, port));
        let mut survivor = self.client(&["survivor", "--link", &link, "--root", &self.root]);
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

/// Both sides write ten messages of words that are searched for ([`words`](super::words)), and hear those of the other.
pub(crate) fn ten_messages_each_way(survivor: &mut Running, desk: &mut Running, chat: &Value) {
    for number in 0..10 {
        survivor.tell(json!({"do": "write", "text": message("survivor", number)}));
        desk.tell(json!({"do": "write", "chat": chat, "text": message("desk", number)}));
    }
    for side in [&*survivor, &*desk] {
        for _ in 0..10 {
            side.hears();
        }
    }
}

/// The 64 hexadecimal digits in what `program new` printed.
pub(crate) fn fingerprint(said: &str) -> String {
    said.split_whitespace()
        .find(|word| word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .expect("the fingerprint is printed")
        .to_owned()
}

/// A chat of this program's: its survivor, its desk, and its number there.
pub(crate) fn chat(program: &Program) -> (Running, Running, Value) {
    let device = program.advocate("Sam");
    let mut desk = program.desk(&device, program.desk);
    let survivor = program.survivor(program.visitor);
    let chat = meet(&survivor, &mut desk);
    (survivor, desk, chat)
}

/// What one process is told of these programs.
pub(crate) fn many(programs: &[Program]) -> String {
    let one = |program: &Program| {
        format!(
            "[[programs]]\nfile = '{}'\nfolder = '{}'\nsurvivor.listen = \"127.0.0.1:{}\"\n\
             desk.listen = \"127.0.0.1:{}\"\n",
            text(&program.path("program/public.stillroom")),
            text(&program.path("relay.state")),
            program.visitor,
            program.desk
        )
    };
    programs.iter().map(one).collect()
}
