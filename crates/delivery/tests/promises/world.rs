//! A core, everybody connected to it, and what each of them has heard.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use stillroom_delivery::{
    Command, ConnectionId, Delivery, Limits, Setup, Share, ShareName, Side, Sort,
};
use stillroom_program::{Device, Label, Timestamp, VerifiedDevice, encode};
use stillroom_protocol::counts::SealedDayCounts;
use stillroom_protocol::{
    About, AnswersBatch, AttachToken, Bytes, ClientFrame, Operation, ProgramId, Refusal,
    RelayFrame, RoomId, RoomSecret, StaffId, Ticket, TicketId, VERSION, decode,
};

use crate::program::{NOW, Program};

pub(crate) struct Request {
    pub(crate) connection: ConnectionId,
    pub(crate) number: u32,
    pub(crate) operation: Operation,
    pub(crate) by: Option<Arc<VerifiedDevice>>,
}

pub(crate) struct World {
    pub(crate) program: Program,
    pub(crate) core: Delivery,
    pub(crate) now: Timestamp,
    pub(crate) heard: BTreeMap<ConnectionId, Vec<RelayFrame>>,
    pub(crate) closed: BTreeMap<ConnectionId, Option<Refusal>>,
    pub(crate) requests: Vec<Request>,
    pub(crate) batches: Vec<AnswersBatch>,
    pub(crate) days: Vec<SealedDayCounts>,
    pub(crate) sent: Vec<Arc<[u8]>>,
    /// Desks are shown duty statements as everybody is; few tests are about that.
    pub(crate) shown_to_desks: Vec<RelayFrame>,
    /// Who is connected, as each desk was told last; few tests are about that either.
    pub(crate) staff_here: BTreeMap<ConnectionId, Vec<StaffId>>,
    desks: BTreeSet<ConnectionId>,
}

fn core(program: &Program, limits: Limits) -> Delivery {
    let setup = Setup { root: program.root, limits };
    let mut core = Delivery::new(setup, ChaCha20Rng::seed_from_u64(7));
    let (signed, policy) = program.signed_policy();
    core.set_policy(Bytes::try_from(signed).unwrap(), policy, program.calendar(), NOW);
    core
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(Limits::default())
    }

    pub(crate) fn with(limits: Limits) -> Self {
        let program = Program::new(1);
        Self {
            core: core(&program, limits),
            program,
            now: NOW,
            heard: BTreeMap::new(),
            closed: BTreeMap::new(),
            requests: Vec::new(),
            batches: Vec::new(),
            days: Vec::new(),
            sent: Vec::new(),
            shown_to_desks: Vec::new(),
            staff_here: BTreeMap::new(),
            desks: BTreeSet::new(),
        }
    }

    /// The relay is killed, and another starts with empty memory.
    pub(crate) fn restart(&mut self) {
        self.core = core(&self.program, Limits::default());
        self.heard.clear();
        self.closed.clear();
        self.desks.clear();
    }

    /// Another relay has the program's line and rooms from now on.
    pub(crate) fn moved(&mut self) {
        self.core.handle_moved(self.now);
        self.drain();
    }

    pub(crate) fn drain(&mut self) {
        while let Some(command) = self.core.poll_command() {
            match command {
                Command::Send { to, frame } => {
                    let decoded = decode(&frame).expect("the core sends whole frames");
                    let duty = matches!(decoded, RelayFrame::Duty { .. });
                    if let RelayFrame::StaffHere { devices } = decoded {
                        self.staff_here.insert(to, devices.into_vec());
                    } else if duty && self.desks.contains(&to) {
                        self.shown_to_desks.push(decoded);
                    } else {
                        self.heard.entry(to).or_default().push(decoded);
                    }
                    self.sent.push(frame);
                }
                Command::Close { connection, refusal } => {
                    self.closed.insert(connection, refusal);
                }
                Command::KeepAnswers(batch) => self.batches.push(batch),
                Command::KeepCounts(counts) => self.days.push(counts),
                Command::Lasting { connection, number, operation, by } => {
                    self.requests.push(Request { connection, number, operation, by })
                }
            }
        }
        self.take_stock();
    }

    /// What the inventory says is what the core counts by itself, whatever happened before.
    fn take_stock(&self) {
        let (counted, inventory) = (self.core.holdings(), self.core.inventory());
        let held =
            |sort| *inventory.iter().find(|held| held.sort == sort).expect("each sort is there");
        let sent = [Sort::Line, Sort::Welcomes, Sort::Tails].map(|sort| held(sort).sent);
        assert_eq!(sent.iter().sum::<usize>(), counted.bytes);
        assert_eq!(held(Sort::Connections).count, counted.connections);
        assert_eq!(held(Sort::Duty).count, counted.on_duty);
        assert_eq!(held(Sort::Line).count, counted.waiting + counted.claimed);
        assert_eq!(held(Sort::Rooms).count, counted.rooms);
        assert_eq!(held(Sort::Closed).count, counted.closed_rooms);
        assert_eq!(held(Sort::Answers).count, counted.answers);
    }

    pub(crate) fn connect(&mut self) -> ConnectionId {
        self.connect_from(EVERYBODY)
    }

    /// A connection from a certain place.
    pub(crate) fn connect_from(&mut self, from: u16) -> ConnectionId {
        self.core.handle_connect(Side::Survivors, &share(from), self.now).unwrap()
    }

    /// Sends a frame and gives back what this connection hears at once.
    pub(crate) fn send(&mut self, from: ConnectionId, frame: ClientFrame) -> Vec<RelayFrame> {
        self.send_bytes(from, &encode(&frame))
    }

    pub(crate) fn send_bytes(&mut self, from: ConnectionId, bytes: &[u8]) -> Vec<RelayFrame> {
        self.heard.remove(&from);
        self.core.handle_frame(from, bytes, self.now);
        self.drain();
        self.hear(from)
    }

    /// What the connection has heard since it was last asked.
    pub(crate) fn hear(&mut self, connection: ConnectionId) -> Vec<RelayFrame> {
        self.drain();
        self.heard.remove(&connection).unwrap_or_default()
    }

    /// Time passes, in which everything that becomes due is done when it is due.
    pub(crate) fn wait(&mut self, duration: Duration) {
        let until = self.now + duration;
        while let Some(due) = self.core.poll_timeout().filter(|due| *due <= until) {
            self.now = self.now.max(due);
            self.core.handle_timeout(self.now);
        }
        self.now = until;
        self.drain();
    }

    /// Time passes, in which these connections ping.
    pub(crate) fn wait_with(&mut self, duration: Duration, alive: &[ConnectionId]) {
        let until = self.now + duration;
        while self.now < until {
            let step = Duration::from_secs(20).min(until.checked_since(self.now));
            self.wait(step);
            for connection in alive {
                self.core.handle_frame(*connection, &encode(&ClientFrame::Ping), self.now);
            }
            self.drain();
        }
        for frames in self.heard.values_mut() {
            frames.retain(|frame| *frame != RelayFrame::Pong);
        }
    }

    pub(crate) fn drop_line(&mut self, connection: ConnectionId) {
        self.core.handle_disconnect(connection, self.now);
        self.drain();
    }

    /// A page goes away, and its connection with it.
    pub(crate) fn page_goes(&mut self, connection: ConnectionId) {
        self.core.handle_page_gone(connection, self.now);
        self.drop_line(connection);
    }

    pub(crate) fn survivor(&mut self) -> ConnectionId {
        self.survivor_from(EVERYBODY)
    }

    pub(crate) fn survivor_from(&mut self, from: u16) -> ConnectionId {
        let connection = self.connect_from(from);
        self.greeted(connection)
    }

    /// A connection at the desks' door that was greeted, and has not shown who it is.
    pub(crate) fn at_the_desks_door(&mut self) -> ConnectionId {
        let connection = self.core.handle_connect(Side::Staff, &share(EVERYBODY), self.now);
        self.drain();
        self.greeted(connection.unwrap())
    }

    fn greeted(&mut self, connection: ConnectionId) -> ConnectionId {
        let program = self.program.root.program_id();
        let heard = self.send(connection, hello(program));
        assert!(matches!(heard[..], [RelayFrame::Greeting { .. }]), "{heard:?}");
        connection
    }

    /// A staff device that has answered the challenge.
    pub(crate) fn desk(&mut self, device: &Device) -> ConnectionId {
        let connection = self.at_the_desks_door();
        self.desks.insert(connection);
        let nonce = match self.send(connection, chain(device))[..] {
            [RelayFrame::Challenge { nonce }] => nonce,
            ref other => panic!("{other:?}"),
        };
        let message = [&self.program.root.program_id().0[..], &nonce.0[..]].concat();
        let signature = device.signing.sign(Label::Challenge, &message);
        let heard = self.send(connection, ClientFrame::Proof { signature });
        assert_eq!(heard, [RelayFrame::Admitted]);
        connection
    }

    pub(crate) fn go_on_duty(&mut self, desk: ConnectionId, device: &Device) -> Vec<RelayFrame> {
        let statement = self.program.statement(device, self.now);
        self.send(desk, on_duty(&statement))
    }

    pub(crate) fn desk_on_duty(&mut self, device: &Device) -> ConnectionId {
        let desk = self.desk(device);
        let heard = self.go_on_duty(desk, device);
        let of_the_line = |frame: &RelayFrame| {
            matches!(frame, RelayFrame::Waiting { .. } | RelayFrame::WaitingPresence { .. })
        };
        assert!(heard.iter().all(of_the_line), "{heard:?}");
        desk
    }

    /// An advocate's device on duty.
    pub(crate) fn advocate_on_duty(&mut self) -> (Device, ConnectionId) {
        let device = self.program.advocate();
        let desk = self.desk_on_duty(&device);
        (device, desk)
    }

    /// A survivor in the line under this ticket.
    pub(crate) fn waiting(&mut self, ticket: u8) -> ConnectionId {
        let survivor = self.survivor();
        let heard = self.send(survivor, ask(ticket));
        assert!(matches!(heard[..], [RelayFrame::InLine { .. }]), "{heard:?}");
        survivor
    }

    /// A room of the desk, with it and a survivor attached.
    pub(crate) fn chat(&mut self, device: &Device, desk: ConnectionId) -> (RoomId, ConnectionId) {
        let room = secret(1).room(&device.key().0);
        let opened = self.send(desk, open_room(1));
        assert_eq!(opened, [RelayFrame::RoomOpened { room }]);
        self.send(desk, attach(room, 1));
        let survivor = self.survivor();
        let heard = self.send(survivor, attach(room, 0));
        assert_eq!(heard[0], RelayFrame::Attached { room });
        self.hear(desk);
        (room, survivor)
    }
}

/// Where everybody comes from in tests that are not about that.
pub(crate) const EVERYBODY: u16 = 0;

/// What the shell says of a place, under its first key.
pub(crate) fn share(from: u16) -> Share {
    share_under(from, 1, 1)
}

/// What it says of one under its keys from `newest` down to `oldest`.
pub(crate) fn share_under(from: u16, newest: u32, oldest: u32) -> Share {
    let hash = |generation: u32| {
        let mut hash = [0; 16];
        hash[..2].copy_from_slice(&from.to_be_bytes());
        hash[2..6].copy_from_slice(&generation.to_be_bytes());
        ShareName { generation, hash }
    };
    Share::new(hash(newest), (oldest..newest).rev().map(hash).collect())
}

pub(crate) fn refused(about: About, refusal: Refusal) -> RelayFrame {
    RelayFrame::Refused { about, refusal }
}

/// One frame and nothing else.
pub(crate) fn only(frame: &RelayFrame) -> &[RelayFrame] {
    std::slice::from_ref(frame)
}

pub(crate) fn hello(program: ProgramId) -> ClientFrame {
    ClientFrame::Hello { version: VERSION, program }
}

pub(crate) fn chain(device: &Device) -> ClientFrame {
    ClientFrame::Staff { chain: encode(&device.chain).try_into().unwrap() }
}

pub(crate) fn on_duty(statement: &[u8]) -> ClientFrame {
    ClientFrame::GoOnDuty { statement: statement.try_into().unwrap() }
}

pub(crate) fn ticket(number: u8) -> Ticket {
    Ticket([number; 32])
}

pub(crate) fn place(number: u8) -> TicketId {
    ticket(number).id()
}

pub(crate) fn key_package(number: u8) -> Vec<u8> {
    vec![number; 100]
}

pub(crate) fn ask(number: u8) -> ClientFrame {
    ask_sealed(number, &[number; 50])
}

pub(crate) fn ask_sealed(number: u8, intake: &[u8]) -> ClientFrame {
    ClientFrame::Ask {
        ticket: ticket(number),
        key_package: key_package(number).try_into().unwrap(),
        intake: intake.try_into().unwrap(),
    }
}

pub(crate) fn claim(number: u8) -> ClientFrame {
    ClientFrame::Claim { ticket: place(number) }
}

pub(crate) fn offer(number: u8, welcome: &[u8]) -> ClientFrame {
    ClientFrame::Offer { ticket: place(number), welcome: welcome.try_into().unwrap() }
}

pub(crate) fn secret(number: u8) -> RoomSecret {
    RoomSecret([number; 32])
}

pub(crate) fn token(number: u8) -> AttachToken {
    AttachToken([100 + number; 32])
}

/// Opens a room of two: the survivor is member 0, the advocate member 1.
pub(crate) fn open_room(number: u8) -> ClientFrame {
    open_room_of(number, 2)
}

pub(crate) fn open_room_of(number: u8, members: u8) -> ClientFrame {
    let members: Vec<_> = (0..members).map(|member| token(member).hash()).collect();
    ClientFrame::OpenRoom { secret: secret(number), members: members.try_into().unwrap() }
}

pub(crate) fn attach(room: RoomId, member: u8) -> ClientFrame {
    ClientFrame::Attach { room, token: token(member) }
}

pub(crate) fn post(room: RoomId, message: &[u8]) -> ClientFrame {
    ClientFrame::Post { room, message: message.try_into().unwrap() }
}

pub(crate) fn delivered(room: RoomId, message: &[u8]) -> RelayFrame {
    RelayFrame::Delivered { room, message: message.try_into().unwrap() }
}

pub(crate) fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
