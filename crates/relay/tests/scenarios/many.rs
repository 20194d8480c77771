//! Many programs in one process: nothing of one reaches another, and a flood on one leaves the others their share
//! (`features.md` 6.4, 6.6).

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use stillroom_program::encode;
use stillroom_protocol::{About, AttachToken, ClientFrame, Operation, Refusal, RelayFrame, Reply};
use stillroom_relay::control::{self, Answer as Said, NoticeKind, Question};
use stillroom_relay::holdings::Report;
use stillroom_relay::{
    Config, InAll, Many, Metrics, Postgres, Relays, RunningRelays, Sockets, StartError,
};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::device::{Line, PATIENCE};
use crate::program::Program;
use crate::scene::{Answer, pages};
use crate::traffic::{ask, chat_between};

/// Hosts of the two programs' pages.
pub(crate) const HOSTS: [[&str; 2]; 2] = [
    ["chat.rivertown.example", "desk.rivertown.example"],
    ["chat.hilltown.example", "desk.hilltown.example"],
];

pub(crate) struct Town {
    pub(crate) folder: TempDir,
    pub(crate) programs: Vec<Program>,
    pub(crate) relays: RunningRelays,
}

/// Two programs, and what one process is told of them.
fn two() -> (TempDir, Vec<Program>, Many) {
    let folder = tempfile::tempdir().unwrap();
    let shown = pages(folder.path(), |_| "<title>{{ $title }}</title>".to_owned());
    let mut programs = vec![Program::new(1), Program::new(2)];
    for (program, name) in programs.iter_mut().zip(["Rivertown", "Hilltown"]) {
        program.policy.page.title = name.try_into().unwrap();
    }
    let configs = programs.iter().enumerate().map(|(number, program)| {
        let file = folder.path().join(format!("{number}.stillroom"));
        std::fs::write(&file, program.file().encode()).unwrap();
        let mut config = Config::on_this_computer(file, folder.path().join(number.to_string()));
        config.testing.pages = Some(shown.clone());
        config
    });
    let programs_told = configs.collect();
    let many =
        Many { programs: programs_told, in_all: InAll::default(), metrics: None, redirect: None };
    (folder, programs, many)
}

fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// Has both programs' doors of one kind at one listener, each under a name of its own.
pub(crate) fn share(many: &mut Many, at: [SocketAddr; 2]) {
    for (config, hosts) in many.programs.iter_mut().zip(HOSTS) {
        let doors = [&mut config.survivor, &mut config.desk];
        for ((door, listen), host) in doors.into_iter().zip(at).zip(hosts) {
            door.listen = listen;
            door.origin = Some(format!("https://{host}").parse().unwrap());
        }
    }
}

impl Town {
    async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    async fn start_with(change: impl FnOnce(&mut Many)) -> Self {
        let change = |_: &Path, many: &mut Many| change(many);
        Self::start_on(Sockets::own(), change).await
    }

    /// On these sockets, told what `change` makes of it in a folder of the town's own.
    pub(crate) async fn start_on(sockets: Sockets, change: impl FnOnce(&Path, &mut Many)) -> Self {
        let (folder, programs, mut many) = two();
        change(folder.path(), &mut many);
        let relays = Relays::start_with(many, sockets).await.unwrap();
        assert_eq!(relays.not_started, []);
        Self { folder, programs, relays }
    }

    /// On two listeners for both programs, told apart by their hosts.
    async fn at_shared_listeners() -> Self {
        let at = [free(), free()];
        Self::start_with(|many| share(many, at)).await
    }

    pub(crate) fn survivors(&self, program: usize) -> SocketAddr {
        self.relays.relays[program].survivor_addr
    }

    pub(crate) fn desks(&self, program: usize) -> SocketAddr {
        self.relays.relays[program].desk_addr
    }

    fn state(&self, program: usize) -> PathBuf {
        self.folder.path().join(program.to_string())
    }

    async fn survivor(&self, program: usize) -> Line {
        Line::greeted(self.survivors(program), &self.programs[program]).await
    }

    /// The desk of a new advocate, on duty.
    async fn on_duty(&mut self, program: usize) -> Line {
        let at = self.desks(program);
        let of = &mut self.programs[program];
        let advocate = of.advocate();
        let mut desk = Line::staff(at, of, &advocate).await;
        desk.go_on_duty(of, &advocate).await;
        desk
    }

    async fn administrator(&self, program: usize) -> Line {
        let of = &self.programs[program];
        Line::staff(self.desks(program), of, &of.administrator).await
    }

    async fn told(&self, program: usize, question: Question) -> Said {
        let folder = self.state(program);
        let asked = tokio::task::spawn_blocking(move || control::ask(&folder, &question));
        asked.await.unwrap().unwrap()
    }

    async fn report(&self, program: usize) -> Report {
        match self.told(program, Question::Holdings).await {
            Said::Holdings(report) => report,
            other => panic!("{other:?}"),
        }
    }

    async fn count(&self, program: usize, name: &str) -> u64 {
        let report = self.report(program).await;
        let mut items = report.memory.iter().flat_map(|memory| &memory.items);
        let stored = report.storage.items.iter().find(|item| item.name == name);
        items.find(|item| item.name == name).or(stored).map(|item| item.count).unwrap()
    }
}

#[tokio::test]
async fn two_chats_on_two_programs_know_nothing_of_each_other() {
    let mut town = Town::start().await;
    let mut chats = Vec::new();
    for program in 0..2 {
        let doors = (town.survivors(program), town.desks(program));
        chats.push(chat_between(doors, &mut town.programs[program], &[]).await);
    }
    for chat in &mut chats {
        chat.write().await;
    }
    // Both rooms have the same secret, and differ by whose device opened them.
    assert_ne!(chats[0].room, chats[1].room);
    for program in 0..2 {
        assert_eq!(town.count(program, "rooms").await, 1);
        assert_eq!(town.count(program, "connections").await, 2);
        assert_eq!(town.count(program, "duty").await, 1);
        assert_eq!(town.report(program).await.program, town.programs[program].root.to_string());
    }
    // Whoever knows a room of the other program finds none here.
    let mut stranger = town.survivor(1).await;
    let (room, token) = (chats[0].room, AttachToken([2; 32]));
    stranger.say(&ClientFrame::Attach { room, token }).await;
    let refused = stranger.hear_until(|frame| matches!(frame, RelayFrame::Refused { .. })).await;
    assert!(
        matches!(refused, RelayFrame::Refused { about: About::Room(of), .. } if of == room),
        "{refused:?}"
    );
    town.relays.stop().await;
}

#[tokio::test]
async fn a_place_in_one_line_is_shown_to_the_staff_of_that_program_alone() {
    let mut town = Town::start().await;
    let mut asking = [town.survivor(0).await, town.survivor(1).await];
    let mut desks = [town.on_duty(0).await, town.on_duty(1).await];
    for (program, survivor) in asking.iter_mut().enumerate() {
        survivor.hear_until(|frame| matches!(frame, RelayFrame::Duty { .. })).await;
        survivor.say(&ask([40 + u8::try_from(program).unwrap(); 32])).await;
        survivor.hear_until(|frame| matches!(frame, RelayFrame::InLine { .. })).await;
    }
    for (program, desk) in desks.iter_mut().enumerate() {
        let own = stillroom_protocol::Ticket([40 + u8::try_from(program).unwrap(); 32]).id();
        let heard = desk.hear_until(|frame| matches!(frame, RelayFrame::Waiting { .. })).await;
        assert!(matches!(heard, RelayFrame::Waiting { ticket, .. } if ticket == own), "{heard:?}");
        assert_eq!(town.count(program, "line").await, 1);
    }
    // A place of the other program can be claimed by nobody here.
    let other = stillroom_protocol::Ticket([40; 32]).id();
    desks[1].say(&ClientFrame::Claim { ticket: other }).await;
    desks[1].hear_until(|frame| matches!(frame, RelayFrame::Refused { .. })).await;
    assert_eq!(town.count(0, "line").await, 1);
    town.relays.stop().await;
}

#[tokio::test]
async fn staff_of_one_program_are_nobody_on_another() {
    let mut town = Town::start().await;
    let mut wrong = Line::open(town.desks(1)).await;
    wrong.hello(&town.programs[0]).await;
    wrong.is_refused(Refusal::ProgramUnknown).await;
    let advocate = town.programs[0].advocate();
    let devices = [&town.programs[0].administrator, &advocate];
    for device in devices {
        let mut line = Line::greeted(town.desks(1), &town.programs[1]).await;
        let chain = encode(&device.chain).try_into().unwrap();
        line.say(&ClientFrame::Staff { chain }).await;
        line.is_refused(Refusal::CertificateRefused).await;
    }
    town.relays.stop().await;
}

#[tokio::test]
async fn what_one_program_publishes_is_stored_and_shown_in_that_one_alone() {
    let town = Town::start().await;
    let mut administrators = [town.administrator(0).await, town.administrator(1).await];
    let record = encode(&town.programs[0].administrator.staff_record()).try_into().unwrap();
    let published = administrators[0].ask(Operation::PublishStaff { record }).await;
    assert_eq!(published, Ok(Reply::Done));
    let file = b"chat-is-open = open".as_slice().try_into().unwrap();
    assert_eq!(administrators[0].ask(Operation::PublishLocale { file }).await, Ok(Reply::Done));
    // Signed for another program: refused, whoever brings it.
    let policy = encode(&town.programs[0].signed_policy()).try_into().unwrap();
    let foreign = administrators[1].ask(Operation::PublishPolicy { replaces: 1, policy }).await;
    assert_eq!(foreign, Err(Refusal::RecordRefused));
    for (name, counts) in [("staff", [1, 0]), ("texts", [1, 0]), ("policy", [1, 1])] {
        for (program, count) in counts.into_iter().enumerate() {
            assert_eq!(town.count(program, name).await, count, "{name}");
        }
    }
    for (program, name) in ["Rivertown", "Hilltown"].into_iter().enumerate() {
        let page = Answer::to(town.survivors(program), "GET /", &[]).await.text();
        assert!(page.contains(name), "{page}");
    }
    town.relays.stop().await;
}

#[tokio::test]
async fn a_notice_of_the_host_is_given_to_the_program_that_it_is_for() {
    let town = Town::start().await;
    let text = "The relay will be down from ten to eleven.".to_owned();
    let notice = Question::Notice { kind: NoticeKind::Maintenance, text };
    let Said::Notices(given) = town.told(0, notice).await else { panic!("no notices") };
    let Said::Notices(others) = town.told(1, Question::Notices).await else { panic!("no notices") };
    assert_eq!((given.notices.len(), others.notices.len()), (1, 0));
    assert_ne!(given.host, others.host, "not even the host is known to be the same");
    let mut told = town.administrator(0).await;
    told.hear_until(|frame| matches!(frame, RelayFrame::HostNotices { .. })).await;
    town.relays.stop().await;
}

#[tokio::test]
async fn a_full_line_of_one_program_is_full_for_that_one_alone() {
    let mut town = Town::start_with(|many| many.programs[0].limits.line = 1).await;
    for program in 0..2 {
        let mut survivors = [town.survivor(program).await, town.survivor(program).await];
        let _desk = town.on_duty(program).await;
        for (number, survivor) in survivors.iter_mut().enumerate() {
            survivor.hear_until(|frame| matches!(frame, RelayFrame::Duty { .. })).await;
            survivor.say(&ask([u8::try_from(number).unwrap(); 32])).await;
            let about = |frame: &RelayFrame| {
                matches!(frame, RelayFrame::InLine { .. } | RelayFrame::Refused { .. })
            };
            let heard = survivor.hear_until(about).await;
            let full = matches!(heard, RelayFrame::Refused { refusal: Refusal::LineFull, .. });
            assert_eq!(full, program == 0 && number == 1, "{heard:?}");
        }
    }
    town.relays.stop().await;
}

#[tokio::test]
async fn connections_that_flood_one_program_leave_every_other_its_part() {
    let town = Town::start_with(|many| {
        many.in_all = InAll { connections: 8, reserved: 50, ..InAll::default() };
    })
    .await;
    let mut flood = Vec::new();
    for _ in 0..6 {
        flood.push(town.survivor(0).await);
    }
    Line::open(town.survivors(0)).await.is_refused(Refusal::ConnectionsFull).await;
    let others = [town.survivor(1).await, town.survivor(1).await];
    Line::open(town.survivors(1)).await.is_refused(Refusal::ConnectionsFull).await;
    drop((flood, others));
    while town.count(0, "connections").await + town.count(1, "connections").await > 0 {
        tokio::task::yield_now().await;
    }
    town.survivor(0).await;
    town.relays.stop().await;
}

#[tokio::test]
async fn survivors_devices_that_flood_a_program_leave_its_administrator_the_way_to_close_chat() {
    let mut town = Town::start_with(|many| {
        many.in_all =
            InAll { connections: 4, page_connections: 4, reserved: 50, ..InAll::default() };
    })
    .await;
    let _flood = [town.survivor(0).await, town.survivor(0).await, town.survivor(0).await];
    Line::open(town.survivors(0)).await.is_refused(Refusal::ConnectionsFull).await;
    let mut silent = Vec::new();
    for _ in 0..40 {
        silent.push(TcpStream::connect(town.survivors(0)).await.unwrap());
    }
    assert_eq!(Answer::to(town.desks(0), "GET /", &[]).await.status, 200);
    let mut administrator = town.administrator(0).await;
    let policy = &mut town.programs[0].policy;
    policy.terms.version += 1;
    let policy = encode(&town.programs[0].signed_policy()).try_into().unwrap();
    let closed = administrator.ask(Operation::PublishPolicy { replaces: 1, policy }).await;
    assert_eq!(closed, Ok(Reply::Done));
    town.relays.stop().await;
}

#[tokio::test]
async fn silent_sockets_at_one_program_keep_nobody_from_the_pages_of_another() {
    let town = Town::start_with(|many| {
        many.in_all = InAll { page_connections: 8, reserved: 50, ..InAll::default() };
    })
    .await;
    let mut silent = Vec::new();
    for _ in 0..40 {
        silent.push(TcpStream::connect(town.survivors(0)).await.unwrap());
    }
    for _ in 0..10 {
        assert_eq!(Answer::to(town.survivors(1), "GET /", &[]).await.status, 200);
    }
    town.relays.stop().await;
}

#[tokio::test]
async fn programs_that_share_a_listener_are_told_apart_by_the_host_that_is_asked_for() {
    let town = Town::at_shared_listeners().await;
    let at = town.survivors(0);
    assert_eq!(at, town.survivors(1));
    for (hosts, name) in HOSTS.iter().zip(["Rivertown", "Hilltown"]) {
        let host = format!("host: {}", hosts[0]);
        let answer = Answer::to(at, "GET /", &[&host]).await;
        assert!(answer.text().contains(name), "{answer:?}");
        assert_eq!(answer.header("connection"), Some("close"), "the next request may be another's");
        let csp = answer.header("content-security-policy").unwrap();
        assert!(csp.contains(hosts[0]), "{csp}");
    }
    for host in ["chat.elsewhere.example", "localhost", HOSTS[0][1], "chat.rivertown.example:443"] {
        let answer = Answer::to(at, "GET /", &[&format!("host: {host}")]).await;
        assert_eq!(answer.status, 421, "{host}");
    }
    town.relays.stop().await;
}

#[tokio::test]
async fn a_chat_goes_over_a_shared_listener_and_reaches_its_own_program() {
    let town = Town::at_shared_listeners().await;
    for (program, [host, _]) in HOSTS.into_iter().enumerate() {
        let mut line = Line::open_for(town.survivors(program), host).await;
        line.hello(&town.programs[program]).await;
        assert!(matches!(line.hear().await, RelayFrame::Greeting { .. }));
        let mut wrong = Line::open_for(town.survivors(program), host).await;
        wrong.hello(&town.programs[1 - program]).await;
        wrong.is_refused(Refusal::ProgramUnknown).await;
    }
    town.relays.stop().await;
}

#[tokio::test]
async fn a_program_that_cannot_be_served_holds_up_no_other() {
    let (folder, _, many) = two();
    std::fs::write(folder.path().join("0.stillroom"), "cut").unwrap();
    let relays = Relays::start(many.clone()).await.unwrap();
    assert!(
        matches!(&relays.not_started[..], [(file, StartError::Program(_))] if file.ends_with("0.stillroom"))
    );
    assert_eq!(relays.relays.len(), 1);
    assert_eq!(Answer::to(relays.relays[0].survivor_addr, "GET /", &[]).await.status, 200);
    relays.stop().await;
    std::fs::write(folder.path().join("1.stillroom"), "cut").unwrap();
    assert!(matches!(Relays::start(many).await, Err(StartError::Program(_))));
}

#[tokio::test]
async fn a_program_whose_database_is_silent_holds_up_no_other_at_the_same_listener() {
    let (_folder, _, mut many) = two();
    let at = [free(), free()];
    share(&mut many, at);
    // Whoever comes to it is let in by the system, and hears nothing.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("postgres://relay@{}/records", silent.local_addr().unwrap());
    many.programs[0].postgres = Some(Postgres { url, password_file: None, ca: None });
    let [waits, serves] = HOSTS.map(|hosts| format!("host: {}", hosts[0]));
    let coming = async {
        while TcpStream::connect(at[0]).await.is_err() {
            tokio::task::yield_now().await;
        }
        let answer = Answer::to(at[0], "GET /", &[&serves]).await;
        assert!(answer.text().contains("Hilltown"), "{answer:?}");
        // Nobody waits for long at a page that does not come.
        let mut line = TcpStream::connect(at[0]).await.unwrap();
        line.write_all(format!("GET / HTTP/1.1\r\n{waits}\r\n\r\n").as_bytes()).await.unwrap();
        let mut heard = Vec::new();
        let _ = line.read_to_end(&mut heard).await;
        assert_eq!(heard, [0; 0]);
    };
    tokio::select! {
        started = Relays::start(many) => panic!("the database answered: {started:?}"),
        came = timeout(PATIENCE, coming) => came.expect("the other is served meanwhile"),
    }
}

#[tokio::test]
async fn monitoring_sees_each_program_and_what_they_share_in_steps() {
    let town = Town::start_with(|many| {
        many.metrics = Some(Metrics { listen: ([127, 0, 0, 1], 0).into() });
    })
    .await;
    let _one = town.survivor(0).await;
    let told = Answer::to(town.relays.metrics_addr.unwrap(), "GET /metrics", &[]).await.text();
    for program in &town.programs {
        let name: String = program.root.to_string().chars().take(8).collect();
        let line =
            format!("stillroom_in_use_ratio{{program=\"{name}\",limit=\"connections\"}} 0\n");
        assert!(told.contains(&line), "{told}");
    }
    assert!(told.contains("stillroom_in_use_ratio{limit=\"all_connections\"} 0\n"), "{told}");
    town.relays.stop().await;
}

#[tokio::test]
async fn all_are_told_when_the_process_stops() {
    let town = Town::start().await;
    let mut lines = [town.survivor(0).await, town.survivor(1).await];
    let stopping = tokio::spawn(town.relays.stop());
    for line in &mut lines {
        line.is_refused(Refusal::Stopping).await;
    }
    stopping.await.unwrap();
}
