//! A real cluster of NATS servers, relays that meet in it as processes of their own, and chats over them.

use std::collections::HashSet;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpSocket;

use super::network::Network;
use super::program::{Program, Sockets};
use super::versions::{hear_as_the_next, say_as_the_next};
use super::{Running, file, files_below, folder, free_port, http_get, stillroom, text};

/// How long something may take that is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// The server's program, which `cargo xtask cluster-test` gets and names here.
pub(crate) fn server() -> PathBuf {
    let named = std::env::var_os("STILLROOM_NATS_SERVER");
    named.expect("`cargo xtask cluster-test` names the program of the NATS server").into()
}

/// Waits until something is so.
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < end, "{what}: not within a minute");
        std::thread::sleep(Duration::from_millis(25));
    }
}

/// Chats that go on while something happens to those who carry them; `cargo xtask prove` has more.
pub(crate) fn chats(few: usize) -> usize {
    let more = std::env::var("STILLROOM_CHATS").ok();
    more.and_then(|chats| chats.parse().ok()).unwrap_or(few)
}

/// Three servers, or one alone, each with a store folder of its own.
pub(crate) struct Nats {
    folder: TempDir,
    /// Where each of them runs, if not all are here: with what they keep apart, each on a computer after the relays'.
    network: Option<Rc<Network>>,
    ports: Vec<u16>,
    monitors: Vec<u16>,
    running: Vec<Option<Child>>,
}

impl Nats {
    /// Starts three servers, and waits until they are one cluster.
    pub(crate) fn start() -> Self {
        Self::start_at(None, 3)
    }

    /// Starts one server that is no cluster, which takes less time.
    pub(crate) fn alone() -> Self {
        Self::start_at(None, 1)
    }

    /// The same in a network, each on the computer that [`Self::host`] says.
    pub(crate) fn start_in(network: &Rc<Network>) -> Self {
        Self::start_at(Some(Rc::clone(network)), 3)
    }

    /// The computer on which a server runs: they come after three relays.
    pub(crate) fn host(number: usize) -> usize {
        3 + number
    }

    fn start_at(network: Option<Rc<Network>>, servers: usize) -> Self {
        let address = |number| address(network.as_deref(), number);
        let ports = || (0..servers).map(|_| free_port()).collect::<Vec<_>>();
        let (clients, routes, monitors) = (ports(), ports(), ports());
        let folder = folder();
        let route = |number: usize| format!("{}:{}", address(number), routes[number]);
        let each: Vec<_> = (0..servers).map(|number| format!("nats://{}", route(number))).collect();
        for number in 0..servers {
            let (client, monitor) = (clients[number], monitors[number]);
            let (at, here, route) = (folder.path().display(), address(number), route(number));
            let cluster = format!(
                "cluster {{ name: relays, listen: \"{route}\", no_advertise: true, routes: {each:?} }}\n"
            );
            let config = format!(
                "server_name: n{number}\nlisten: \"{here}:{client}\"\nhttp: \"{here}:{monitor}\"\n\
                 log_file: \"{at}/n{number}.log\"\n\
                 jetstream {{ store_dir: \"{at}/n{number}\" }}\n{}",
                if servers > 1 { &cluster } else { "" }
            );
            file(folder.path(), &format!("n{number}.conf"), &config);
        }
        let mut nats = Self { folder, network, ports: clients, monitors, running: Vec::new() };
        nats.running.extend((0..servers).map(|_| None));
        (0..servers).for_each(|number| nats.serve(number));
        nats.is_whole();
        nats
    }

    /// Starts one of the servers.
    pub(crate) fn serve(&mut self, number: usize) {
        let config = self.folder.path().join(format!("n{number}.conf"));
        let mut command = Command::new(server());
        command.args(["-c", text(&config)]);
        if let Some(network) = &self.network {
            command = network.at(Self::host(number), &command);
        }
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        self.running[number] = Some(child.expect("the server starts"));
    }

    /// Kills one of the servers.
    pub(crate) fn kill(&mut self, number: usize) {
        if let Some(mut child) = self.running[number].take() {
            child.kill().expect("it runs");
            child.wait().expect("it ends");
        }
    }

    /// Removes what a server kept.
    pub(crate) fn empty(&self, number: usize) {
        std::fs::remove_dir_all(self.folder.path().join(format!("n{number}")))
            .expect("it had a store folder");
    }

    /// Waits until all servers know who leads JetStream.
    pub(crate) fn is_whole(&self) {
        for number in 0..self.running.len() {
            until("the NATS servers are one cluster", || {
                self.ask(number, "/healthz").is_some_and(|said| said.contains("\"ok\""))
            });
        }
    }

    /// What a server answers to whoever watches over it.
    fn ask(&self, number: usize, path: &str) -> Option<String> {
        let port = self.monitors[number];
        let Some(network) = &self.network else {
            return http_get(port, path);
        };
        let host = network.address(Self::host(number));
        let mut command = Command::new("bash");
        let request = format!("GET {path} HTTP/1.0\\r\\n\\r\\n");
        let asks = format!("exec 3<>/dev/tcp/{host}/{port} && printf '{request}' >&3 && cat <&3");
        command.args(["-c", &asks]);
        let said = network.at(Self::host(number), &command).output().expect("a shell runs");
        said.status.success().then(|| String::from_utf8_lossy(&said.stdout).into_owned())
    }

    /// The server that leads JetStream.
    pub(crate) fn leader(&self) -> usize {
        let said = self.ask(0, "/jsz").expect("the server answers");
        (0..3)
            .find(|number| said.contains(&format!("\"leader\": \"n{number}\"")))
            .expect("somebody leads")
    }

    /// The server that leads the stream with the lease, which need not be the one that leads JetStream; nobody while a
    /// new one is chosen.
    pub(crate) fn leader_of_the_lease(&self) -> Option<usize> {
        let mut running = (0..3).filter(|number| self.running[*number].is_some());
        running.find(|number| {
            let leads = self.ask(*number, "/jsz?streams=true&stream-leader-only=true");
            leads.is_some_and(|said| said.contains("\"KV_stillroom\""))
        })
    }

    /// The port of a server for relays.
    pub(crate) fn port(&self, number: usize) -> u16 {
        self.ports[number]
    }

    /// The servers, as a relay's configuration names them.
    pub(crate) fn addresses(&self) -> Vec<String> {
        let network = self.network.as_deref();
        let each = self.ports.iter().enumerate();
        each.map(|(number, port)| format!("nats://{}:{port}", address(network, number))).collect()
    }

    /// The processes' ids.
    pub(crate) fn ids(&self) -> Vec<u32> {
        self.running.iter().flatten().map(Child::id).collect()
    }

    /// Every file that the servers wrote: what they store, and their logs.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        files_below(self.folder.path())
    }
}

/// Where others reach a server.
fn address(network: Option<&Network>, number: usize) -> String {
    network.map_or("127.0.0.1".to_owned(), |network| network.address(Nats::host(number)))
}

/// Milliseconds of processor time that a process has used.
pub(crate) fn processor(id: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).expect("it runs");
    let after = stat.rsplit(')').next().expect("a name in brackets");
    let fields: Vec<_> = after.split_whitespace().collect();
    // The 14th and 15th of all, in hundredths of a second.
    fields[11..13].iter().map(|field| field.parse::<u64>().expect("a number") * 10).sum()
}

/// The bytes that somebody could look for, sixteen at a time: whatever is drawn at random is at least as long. Runs of
/// few different bytes are in every file.
pub(crate) fn telling(bytes: &[u8]) -> HashSet<[u8; 16]> {
    let windows = bytes.windows(16).filter_map(|window| <[u8; 16]>::try_from(window).ok());
    windows.filter(|window| window.iter().collect::<HashSet<_>>().len() >= 8).collect()
}

/// The bytes of a file, and what it says in hexadecimal digits.
pub(crate) fn read_both(path: &Path) -> Vec<u8> {
    let mut bytes = std::fs::read(path).expect("it can be read");
    let digit = |byte: &u8| (*byte as char).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut said = Vec::new();
    for run in bytes.split(|byte| digit(byte).is_none()) {
        let digits: Vec<_> = run.iter().filter_map(digit).collect();
        said.extend(digits.chunks_exact(2).map(|two| two[0] * 16 + two[1]));
        said.push(0);
    }
    bytes.extend(said);
    bytes
}

impl Drop for Nats {
    fn drop(&mut self) {
        (0..self.running.len()).for_each(|number| self.kill(number));
    }
}

/// A way to a server or a relay that can be cut, and led elsewhere.
pub(crate) struct Wire {
    port: u16,
    to: Arc<AtomicU16>,
    cut: Arc<AtomicBool>,
    open: Arc<Mutex<Vec<TcpStream>>>,
}

impl Wire {
    /// A new way to this port of this computer.
    pub(crate) fn to(port: u16) -> Self {
        Self::from(Ipv4Addr::LOCALHOST, port)
    }

    /// The same, as somebody comes from another address of this computer.
    pub(crate) fn from(address: Ipv4Addr, port: u16) -> Self {
        Self::passing(address, port, copy, copy)
    }

    /// One to a NATS server on which a relay speaks the next version of the protocol.
    pub(crate) fn of_the_next_version(port: u16) -> Self {
        Self::passing(Ipv4Addr::LOCALHOST, port, say_as_the_next, hear_as_the_next)
    }

    fn passing(
        address: Ipv4Addr,
        port: u16,
        there: fn(TcpStream, TcpStream),
        back: fn(TcpStream, TcpStream),
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("some port is free");
        let own = listener.local_addr().expect("it has an address").port();
        let (cut, open) = (Arc::new(AtomicBool::new(false)), Arc::<Mutex<Vec<_>>>::default());
        let to = Arc::new(AtomicU16::new(port));
        let (is_cut, all, port) = (Arc::clone(&cut), Arc::clone(&open), Arc::clone(&to));
        std::thread::spawn(move || {
            for relay in listener.incoming().map_while(Result::ok) {
                if is_cut.load(Ordering::SeqCst) {
                    continue;
                }
                if let Ok(server) = connect_from(address, port.load(Ordering::SeqCst)) {
                    let clone = |stream: &TcpStream| stream.try_clone().expect("it is shared");
                    all.lock().expect("nobody panicked").extend([clone(&relay), clone(&server)]);
                    let (from, to) = (clone(&relay), clone(&server));
                    std::thread::spawn(move || there(from, to));
                    std::thread::spawn(move || back(server, relay));
                }
            }
        });
        Self { port: own, to, cut, open }
    }

    /// Its address, for a relay.
    pub(crate) fn address(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// Its port, for a device.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Leads whoever connects from now on to this port.
    pub(crate) fn lead(&self, port: u16) {
        self.to.store(port, Ordering::SeqCst);
    }

    /// Cuts it, or mends it.
    pub(crate) fn cut(&self, cut: bool) {
        self.cut.store(cut, Ordering::SeqCst);
        for stream in self.open.lock().expect("nobody panicked").drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

/// A connection to this port of this computer, from one of its addresses.
fn connect_from(address: Ipv4Addr, port: u16) -> io::Result<TcpStream> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let stream = runtime.block_on(async {
        let socket = TcpSocket::new_v4()?;
        socket.bind((address, 0).into())?;
        socket.connect((Ipv4Addr::LOCALHOST, port).into()).await?.into_std()
    })?;
    stream.set_nonblocking(false)?;
    Ok(stream)
}

fn copy(mut from: TcpStream, mut to: TcpStream) {
    let mut bytes = [0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut bytes) {
        if to.write_all(&bytes[..length]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}

/// Relays of one program, each a process with a folder of its own.
pub(crate) struct Relays {
    pub(crate) folder: TempDir,
    each: Vec<Member>,
    /// Where each runs, if not all are here.
    network: Option<Rc<Network>>,
}

struct Member {
    visitor: u16,
    desk: u16,
    running: Option<Running>,
    /// Where people reach it who are not in its network.
    sockets: Option<Sockets>,
}

impl Relays {
    /// So many relays of the program with this file, each of which reaches the cluster at its own addresses; one that
    /// has none is alone.
    pub(crate) fn new(program: &Path, nats: &[Vec<String>]) -> Self {
        let folder = folder();
        let each = nats.iter().enumerate().map(|(number, addresses)| {
            let (visitor, desk) = (free_port(), free_port());
            let meet = if addresses.is_empty() { "" } else { "[relays]\ntrial = true\nwithout_tls = true\nnats = " };
            let at = if addresses.is_empty() { String::new() } else { format!("{addresses:?}\n") };
            let config = format!(
                "[survivor]\nlisten = \"127.0.0.1:{visitor}\"\n[desk]\nlisten = \"127.0.0.1:{desk}\"\n\
                 [program]\nfile = '{}'\n[state]\nfolder = \"state-{number}\"\n[log]\nlevel = \"trace\"\n\
                 {meet}{at}",
                text(program)
            );
            file(folder.path(), &format!("{number}.toml"), &config);
            Member { visitor, desk, running: None, sockets: None }
        });
        let each = each.collect();
        Self { folder, each, network: None }
    }

    /// The same, each on a computer of its own. People reach them from here, by sockets that are handed over.
    pub(crate) fn new_in(network: &Rc<Network>, program: &Path, nats: &Nats) -> Self {
        let each: Vec<_> = (0..3).map(|_| nats.addresses()).collect();
        let mut relays = Self::new(program, &each);
        relays.network = Some(Rc::clone(network));
        for member in &mut relays.each {
            member.sockets = Some(Sockets::open(member.visitor, member.desk));
        }
        relays
    }

    /// Starts one, and waits until it answers.
    pub(crate) fn serve(&mut self, number: usize) {
        let log_file = self.log_file(number);
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&log_file)
            .expect("the log can be written");
        let config = self.folder.path().join(format!("{number}.toml"));
        let mut command = stillroom(&["serve", "--json", "--config", text(&config)]);
        let member = &mut self.each[number];
        let relay = match (&self.network, &member.sockets) {
            (Some(network), Some(sockets)) => {
                sockets.hand_to(&network.at(number, &command), &log_file)
            }
            _ => {
                command.stderr(log);
                Running::of(command)
            }
        };
        relay.json();
        member.running = Some(relay);
    }

    /// Starts all, and waits until one of them is home.
    pub(crate) fn serve_all(&mut self) {
        (0..self.each.len()).for_each(|number| self.serve(number));
        self.home();
    }

    /// Gives one what a relay of the program kept before.
    pub(crate) fn keep(&self, number: usize, state: &Path) {
        let into = self.folder.path().join(format!("state-{number}"));
        std::fs::create_dir_all(&into).expect("a folder can be made");
        for entry in std::fs::read_dir(state).expect("it can be read").flatten() {
            if entry.path().is_file() {
                std::fs::copy(entry.path(), into.join(entry.file_name())).expect("it is copied");
            }
        }
    }

    /// Changes what the configuration of one says, before it is served.
    pub(crate) fn change(&self, number: usize, change: impl FnOnce(&str) -> String) {
        let config = self.folder.path().join(format!("{number}.toml"));
        let said = std::fs::read_to_string(&config).expect("it was written");
        std::fs::write(&config, change(&said)).expect("it can be written");
    }

    /// Lets all keep their records in this database, before any serves.
    pub(crate) fn keep_in(&self, database: &str) {
        for number in 0..self.each.len() {
            let config = self.folder.path().join(format!("{number}.toml"));
            let apart = std::fs::read_to_string(&config).expect("it was written");
            let shared = apart.replace("trial = true\n", "");
            std::fs::write(config, format!("{shared}[postgres]\nurl = \"{database}\"\n"))
                .expect("the configuration can be written");
        }
    }

    /// Gives one the key of the host of another, which has served: over the same records they are one host's.
    pub(crate) fn is_of_the_host_of(&self, number: usize, other: usize) {
        let key = |number| self.folder.path().join(format!("state-{number}/host.key"));
        std::fs::create_dir_all(self.folder.path().join(format!("state-{number}")))
            .expect("a folder can be made");
        std::fs::copy(key(other), key(number)).expect("it has a key");
    }

    fn log_file(&self, number: usize) -> PathBuf {
        self.folder.path().join(format!("{number}.log"))
    }

    /// What a relay said.
    pub(crate) fn log(&self, number: usize) -> String {
        std::fs::read_to_string(self.log_file(number)).unwrap_or_default()
    }

    /// Whether a relay runs, and believes to be home.
    pub(crate) fn is_home(&self, number: usize) -> bool {
        let log = self.log(number);
        let last = |what| log.rfind(what).map_or(0, |at| at + 1);
        self.each[number].running.is_some()
            && last("this relay has the program now") > last("another relay has the program now")
            && last("this relay has the program now") > last("the relay runs").min(1)
    }

    /// The relays that believe to be home.
    pub(crate) fn homes(&self) -> Vec<usize> {
        (0..self.each.len()).filter(|number| self.is_home(*number)).collect()
    }

    /// The one that is home, once one is.
    pub(crate) fn home(&self) -> usize {
        until("one relay is home", || self.homes().len() == 1);
        self.homes()[0]
    }

    /// Kills one as a power cut does.
    pub(crate) fn kill(&mut self, number: usize) {
        self.end(number, "KILL");
    }

    /// Ends one with this signal, and waits until it has ended.
    pub(crate) fn end(&mut self, number: usize, signal: &str) {
        if let Some(mut relay) = self.each[number].running.take() {
            relay.signal(signal);
            relay.wait();
        }
        // What it said was said by one that is gone.
        std::fs::rename(self.log_file(number), self.folder.path().join(format!("{number}.former")))
            .expect("it had a log");
    }

    /// The ports where survivors and staff come in.
    pub(crate) fn doors(&self, number: usize) -> (u16, u16) {
        (self.each[number].visitor, self.each[number].desk)
    }

    /// The process's id of one.
    pub(crate) fn id(&self, number: usize) -> u32 {
        self.each[number].running.as_ref().expect("it runs").id()
    }
}

impl Drop for Relays {
    fn drop(&mut self) {
        if std::thread::panicking() {
            for number in 0..self.each.len() {
                println!("What relay {number} said:\n{}", self.log(number));
            }
        }
    }
}

/// Chats of the real core, in a process of their own.
pub(crate) struct Talk {
    running: Running,
    /// The program's public file.
    pub(crate) program: PathBuf,
}

impl Talk {
    /// Makes a program; there are no chats yet.
    pub(crate) fn start() -> Self {
        Self::every(250)
    }

    /// The same, in whose chats each side writes every so many milliseconds.
    pub(crate) fn every(milliseconds: u32) -> Self {
        Self::with(&["--every", &milliseconds.to_string()])
    }

    /// The same of a program that was made with the real commands.
    pub(crate) fn of(program: &Program) -> Self {
        let (keys, passphrase) = (program.path("program"), program.path("passphrase"));
        Self::with(&["--program", text(&keys), "--passphrase-file", text(&passphrase)])
    }

    fn with(arguments: &[&str]) -> Self {
        let running = Running::start(&[&["bench-talk"], arguments].concat());
        let program = running.json()["program"].as_str().expect("a path").into();
        Self { running, program }
    }

    /// Opens chats between survivors at these relays and desks at those, and lets them talk.
    pub(crate) fn open(&mut self, chats: usize, survivors: &[u16], desks: &[u16]) {
        let command = json!({"do": "open", "chats": chats, "survivors": survivors, "desks": desks});
        self.running.tell(command);
        self.running.event(|event| event["opened"].is_number());
    }

    /// Lets each side write a few more, and then nobody until everything that was written has come, which must be once
    /// each and in order.
    pub(crate) fn settle(&mut self) -> Value {
        self.settle_after(8)
    }

    /// The same after so many more.
    pub(crate) fn settle_after(&mut self, more: u32) -> Value {
        self.running.tell(json!({"do": "settle", "after": more}));
        let report = self.running.event(|event| event["settled"].is_boolean());
        assert_eq!(report["wrong"], json!([]), "{report}");
        assert!(
            report["settled"] == json!(true) && report["written"] == report["heard"],
            "{report}"
        );
        report
    }

    /// Lets them write again.
    pub(crate) fn write(&mut self) {
        self.running.tell(json!({"do": "write"}));
    }

    /// Ends every chat.
    pub(crate) fn end(&mut self) {
        self.running.tell(json!({"do": "end"}));
        let ended = self.running.event(|event| event["ended"].is_number());
        assert_eq!(ended["all"], json!(true), "{ended}");
    }
}
