//! The world: devices, wires, a relay that can be killed, and the time, which jumps from one thing that is
//! due to the next.

use core::time::Duration;

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng as _};
use stillroom_conversation::{
    Desk, DeskSetup, Randomness, Survivor, SurvivorEvent, SurvivorSetup, Transmit,
};
use stillroom_delivery::{Command, Delivery, Holdings, Limits, Setup, Share, ShareName, Side};
use stillroom_program::{
    Calendar, Device, Fingerprint, Policy, Revocations, SignedAuditEntry, SignedPolicy,
    SignedRevocations, Timestamp, encode,
};
use stillroom_protocol::counts::SealedDayCounts;
use stillroom_protocol::{AnswersBatch, Bytes};
use stillroom_puzzle::Solver;

use crate::{
    network::{Direction, Fate, Way, Wire},
    program::SimulatedProgram,
    records::Records,
    shown::Shown,
};

/// A device's number in the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceNumber(pub usize);

/// Everybody here comes from one address, as in a shelter.
fn one_address() -> Share {
    Share::new(ShareName { generation: 1, hash: [1; 16] }, Vec::new())
}

/// Whose core a device runs.
enum Party {
    Survivor(Box<Survivor>),
    Desk(Box<Desk>),
}

struct SimulatedDevice {
    party: Party,
    wire: Option<Wire>,
    /// A connection that was asked for is there then.
    connects: Option<Timestamp>,
    /// Nothing of it runs, as on a phone that is locked or asleep.
    locked: bool,
    /// It has solved what the relay wants solved then.
    solves: Option<Timestamp>,
    shown: Shown,
}

/// The world.
pub struct World {
    /// The time.
    pub now: Timestamp,
    /// The program that everybody belongs to.
    pub program: SimulatedProgram,
    rng: ChaCha20Rng,
    limits: Limits,
    relay: Option<Delivery>,
    records: Records,
    devices: Vec<SimulatedDevice>,
    way: Way,
    /// Every frame that the relay was given, for a test that looks for words in them.
    pub seen_by_relay: Vec<Vec<u8>>,
    /// What devices posted beside their lines, in the order in which they did.
    pub answers_sent: Vec<(DeviceNumber, Vec<u8>)>,
    /// The batches of sealed answers that the relay gave out.
    pub batches: Vec<AnswersBatch>,
    /// The sealed counts of days that it gave out.
    pub days: Vec<SealedDayCounts>,
}

/// When a world begins, in milliseconds since the Unix epoch: a day within the sample policy's validity.
const BEGINNING: u64 = 1_780_000_000_000;

/// How long a device takes to solve what the relay wants solved.
const SOLVING: Duration = Duration::from_secs(3);

/// Longest way of a frame, in milliseconds.
const DELAY_AT_MOST: u64 = 200;

impl World {
    /// A world in which a relay runs and nobody is there yet.
    pub fn new(seed: u64) -> Self {
        let now = Timestamp(BEGINNING);
        let mut world = Self {
            now,
            program: SimulatedProgram::new(seed, now),
            rng: ChaCha20Rng::seed_from_u64(seed ^ 0x0005_711D),
            limits: Limits::default(),
            relay: None,
            records: Records::default(),
            devices: Vec::new(),
            way: Box::new(|_, _, _| Fate::Arrives),
            seen_by_relay: Vec::new(),
            answers_sent: Vec::new(),
            batches: Vec::new(),
            days: Vec::new(),
        };
        world.start_relay();
        world
    }

    /// A world whose relay has these limits.
    pub fn with_limits(seed: u64, limits: Limits) -> Self {
        let mut world = Self::new(seed);
        world.limits = limits;
        world.start_relay();
        world
    }

    // Who is there.

    /// A survivor who has opened the page.
    pub fn survivor(&mut self) -> DeviceNumber {
        self.survivor_with_root(self.program.root)
    }

    /// A survivor whose page pins this root.
    pub fn survivor_with_root(&mut self, root: Fingerprint) -> DeviceNumber {
        let setup = SurvivorSetup { root };
        let survivor = Survivor::new(setup, self.randomness());
        self.add(Party::Survivor(Box::new(survivor)))
    }

    /// A staff device at work, certified and published.
    pub fn desk(&mut self, device: Device) -> DeviceNumber {
        self.records.publish_staff(&device.staff_record());
        let setup = DeskSetup { root: self.program.root, device };
        let desk = Desk::new(setup, self.randomness(), self.now);
        self.add(Party::Desk(Box::new(desk)))
    }

    /// Puts an entry at the end of the relay's record of administrative acts, where it follows.
    pub fn enter(&mut self, entry: SignedAuditEntry) -> bool {
        self.records.enter(entry)
    }

    /// The relay's record of administrative acts.
    pub fn record(&self) -> &[SignedAuditEntry] {
        self.records.audit()
    }

    /// What a device has shown.
    pub fn shown(&self, device: DeviceNumber) -> &Shown {
        &self.devices[device.0].shown
    }

    /// A survivor does something.
    pub fn as_survivor<T>(
        &mut self,
        device: DeviceNumber,
        act: impl FnOnce(&mut Survivor, Timestamp) -> T,
    ) -> Option<T> {
        let now = self.now;
        let acted = match &mut self.devices[device.0].party {
            Party::Survivor(survivor) => Some(act(survivor, now)),
            Party::Desk(_) => None,
        };
        self.drain_device(device.0);
        acted
    }

    /// A survivor's page is left: what a browser sends as it goes reaches the relay, and the line closes
    /// without another word.
    pub fn leave(&mut self, device: DeviceNumber) {
        let leaving = self.as_survivor(device, |survivor, _| survivor.leaving()).flatten();
        self.destroy(device);
        if let (Some(relay), Some(leaving)) = (&mut self.relay, leaving) {
            relay.handle_leaving(&leaving, self.now);
        }
        self.drain_relay();
    }

    /// Somebody at a desk does something.
    pub fn as_desk<T>(
        &mut self,
        device: DeviceNumber,
        act: impl FnOnce(&mut Desk, Timestamp) -> T,
    ) -> Option<T> {
        let now = self.now;
        let acted = match &mut self.devices[device.0].party {
            Party::Desk(desk) => Some(act(desk, now)),
            Party::Survivor(_) => None,
        };
        self.drain_device(device.0);
        acted
    }

    // What goes wrong.

    /// From now on this decides over every frame.
    pub fn set_way(&mut self, way: Way) {
        self.way = way;
    }

    /// Frames arrive again.
    pub fn mend_way(&mut self) {
        self.way = Box::new(|_, _, _| Fate::Arrives);
    }

    /// A device's connection breaks; what was under way is lost.
    pub fn cut(&mut self, device: DeviceNumber) {
        if let Some(wire) = self.devices[device.0].wire.take() {
            if let Some(relay) = &mut self.relay {
                relay.handle_disconnect(wire.connection, self.now);
            }
            self.tell_disconnected(device.0);
        }
        self.drain_relay();
    }

    /// A device is locked: its connection breaks, which it does not see, and nothing of it runs.
    pub fn lock(&mut self, device: DeviceNumber) {
        if let (Some(wire), Some(relay)) = (&self.devices[device.0].wire, &mut self.relay) {
            relay.handle_disconnect(wire.connection, self.now);
        }
        self.devices[device.0].locked = true;
        self.drain_relay();
    }

    /// Nothing of a device runs, and its line stands: what comes meanwhile waits.
    pub fn sleep(&mut self, device: DeviceNumber) {
        self.devices[device.0].locked = true;
    }

    /// A device that slept runs again.
    pub fn wake(&mut self, device: DeviceNumber) {
        self.devices[device.0].locked = false;
    }

    /// A locked device runs again, and finds its connection broken.
    pub fn unlock(&mut self, device: DeviceNumber) {
        self.devices[device.0].locked = false;
        if self.devices[device.0].wire.take().is_some() {
            self.tell_disconnected(device.0);
        }
    }

    /// A device is gone with everything in its memory.
    pub fn destroy(&mut self, device: DeviceNumber) {
        self.cut(device);
        self.devices[device.0].connects = None;
        let setup = SurvivorSetup { root: self.program.root };
        let nobody = Survivor::new(setup, self.randomness());
        self.devices[device.0].party = Party::Survivor(Box::new(nobody));
    }

    /// The relay is killed: every connection breaks and its memory is gone.
    pub fn kill_relay(&mut self) {
        self.relay = None;
        for device in 0..self.devices.len() {
            if self.devices[device].wire.take().is_some() {
                self.tell_disconnected(device);
            }
        }
    }

    /// A relay starts with empty memory and the lasting records.
    pub fn start_relay(&mut self) {
        let setup = Setup { root: self.program.root, limits: self.limits.clone() };
        let seed = self.rng.next_u64();
        self.relay = Some(Delivery::new(setup, ChaCha20Rng::seed_from_u64(seed)));
        self.tell_policy();
    }

    /// The relay is told the program's policy.
    fn tell_policy(&mut self) {
        let signed = &self.program.policy;
        if let Some(relay) = &mut self.relay
            && let Ok(policy) = signed.verify(&self.program.root, self.now, Duration::ZERO)
            && let Ok(whole) = policy.whole(signed)
            && let Ok(calendar) = Calendar::of(&whole)
            && let Ok(greeted) = Bytes::try_from(encode(&signed.terms_alone()))
        {
            relay.set_policy(greeted, policy, calendar, self.now);
        }
        self.drain_relay();
    }

    /// The administrator publishes a policy that says this otherwise.
    ///
    /// # Panics
    /// If it may not be signed so.
    #[allow(clippy::expect_used, reason = "a test that cannot publish has nothing to say")]
    pub fn publish(&mut self, alter: impl FnOnce(&mut Policy)) {
        let mut policy = self.program.policy.unverified().expect("the program signed it");
        policy.terms.version += 1;
        alter(&mut policy);
        self.program.policy =
            SignedPolicy::sign(&policy, &self.program.administrator).expect("a sound policy");
        self.tell_policy();
    }

    /// The administrator revokes a device, and the relay publishes it.
    ///
    /// # Panics
    /// Never: the administrator may, and the list has room.
    #[allow(clippy::expect_used, reason = "a test that cannot revoke has nothing to say")]
    pub fn revoke(&mut self, device: &Device) {
        let until = device.chain.leaf().not_after;
        let list = Revocations::default().with(device.key(), until, self.now).expect("room");
        let signed = SignedRevocations::sign(list, &self.program.administrator).expect("a right");
        let verified =
            signed.verify(&self.program.root, self.now, Duration::ZERO).expect("just signed");
        if let (Some(relay), Ok(signed)) = (&mut self.relay, Bytes::try_from(encode(&signed))) {
            relay.set_revocations(signed, verified, self.now);
        }
        self.drain_relay();
    }

    /// What the relay holds; nothing where none runs.
    pub fn holdings(&self) -> Holdings {
        self.relay.as_ref().map(Delivery::holdings).unwrap_or_default()
    }

    /// Puts bytes of a test's own making on a device's way to the relay.
    pub fn inject(&mut self, device: DeviceNumber, frame: Vec<u8>) {
        let arrives = self.now;
        if let Some(wire) = &mut self.devices[device.0].wire {
            wire.send(Direction::Up, arrives, frame);
        }
    }

    /// Puts bytes of a test's own making on a device's way from the relay.
    pub fn inject_down(&mut self, device: DeviceNumber, frame: Vec<u8>) {
        let arrives = self.now;
        if let Some(wire) = &mut self.devices[device.0].wire {
            wire.send(Direction::Down, arrives, frame);
        }
    }

    // Time.

    /// Lets things happen until `done`, or until `at_most` has passed. Whether it was done.
    pub fn run_until(&mut self, at_most: Duration, done: impl Fn(&Self) -> bool) -> bool {
        let end = self.now + at_most;
        while !done(self) {
            match self.next_due() {
                Some(due) if due <= end => {
                    self.now = self.now.max(due);
                    self.step();
                }
                _ => {
                    self.now = end;
                    return done(self);
                }
            }
        }
        true
    }

    /// Lets this much time pass.
    pub fn run_for(&mut self, time: Duration) {
        self.run_until(time, |_| false);
    }

    fn next_due(&self) -> Option<Timestamp> {
        let devices = self.devices.iter().filter(|device| !device.locked).flat_map(|device| {
            let party = match &device.party {
                Party::Survivor(survivor) => survivor.poll_timeout(),
                Party::Desk(desk) => desk.poll_timeout(),
            };
            [
                party,
                device.connects,
                device.solves,
                device.wire.as_ref().and_then(Wire::poll_timeout),
            ]
        });
        let relay = self.relay.as_ref().and_then(Delivery::poll_timeout);
        devices.chain([relay]).flatten().min()
    }

    /// Does everything that is due.
    fn step(&mut self) {
        for device in 0..self.devices.len() {
            if self.devices[device].locked {
                continue;
            }
            self.connect_if_due(device);
            self.deliver_arrived(device);
            self.solve_if_due(device);
            self.time_out(device);
        }
        if let Some(relay) = &mut self.relay
            && relay.poll_timeout().is_some_and(|due| due <= self.now)
        {
            relay.handle_timeout(self.now);
        }
        self.drain_relay();
    }

    fn time_out(&mut self, device: usize) {
        let now = self.now;
        match &mut self.devices[device].party {
            Party::Survivor(survivor) => {
                if survivor.poll_timeout().is_some_and(|due| due <= now) {
                    survivor.handle_timeout(now);
                }
            }
            Party::Desk(desk) => {
                if desk.poll_timeout().is_some_and(|due| due <= now) {
                    desk.handle_timeout(now);
                }
            }
        }
        self.drain_device(device);
    }

    fn connect_if_due(&mut self, device: usize) {
        if self.devices[device].connects.is_none_or(|due| due > self.now) {
            return;
        }
        self.devices[device].connects = None;
        let side = match self.devices[device].party {
            Party::Survivor(_) => Side::Survivors,
            Party::Desk(_) => Side::Staff,
        };
        let connection = match &mut self.relay {
            Some(relay) => relay.handle_connect(side, &one_address(), self.now).ok(),
            None => None,
        };
        match connection {
            Some(connection) => {
                self.devices[device].wire = Some(Wire::new(connection));
                let now = self.now;
                match &mut self.devices[device].party {
                    Party::Survivor(survivor) => survivor.handle_connected(now),
                    Party::Desk(desk) => desk.handle_connected(now),
                }
                self.drain_device(device);
            }
            None => self.tell_disconnected(device),
        }
    }

    fn solve_if_due(&mut self, device: usize) {
        let now = self.now;
        let SimulatedDevice { party, solves, shown, .. } = &mut self.devices[device];
        if solves.take_if(|due| *due <= now).is_none() {
            return;
        }
        if let (Party::Survivor(survivor), Some(puzzle)) = (party, shown.puzzle.take()) {
            let puzzle = stillroom_puzzle::Puzzle { salt: puzzle.tag, bits: puzzle.bits };
            survivor.solved(Solver::new(puzzle).solve(), now);
        }
        self.drain_device(device);
    }

    fn deliver_arrived(&mut self, device: usize) {
        let now = self.now;
        while let Some((direction, frame)) =
            self.devices[device].wire.as_mut().and_then(|wire| wire.take_arrived(now))
        {
            match direction {
                Direction::Up => {
                    let connection = self.devices[device].wire.as_ref().map(|wire| wire.connection);
                    if let (Some(connection), Some(relay)) = (connection, &mut self.relay) {
                        relay.handle_frame(connection, &frame, now);
                    }
                    self.seen_by_relay.push(frame);
                    self.drain_relay();
                }
                Direction::Down => {
                    match &mut self.devices[device].party {
                        Party::Survivor(survivor) => survivor.handle_frame(&frame, now),
                        Party::Desk(desk) => desk.handle_frame(&frame, now),
                    }
                    self.drain_device(device);
                }
            }
        }
    }

    fn tell_disconnected(&mut self, device: usize) {
        let now = self.now;
        match &mut self.devices[device].party {
            Party::Survivor(survivor) => survivor.handle_disconnected(now),
            Party::Desk(desk) => desk.handle_disconnected(now),
        }
        self.drain_device(device);
    }

    fn drain_device(&mut self, device: usize) {
        loop {
            let number = DeviceNumber(device);
            let transmit = match &mut self.devices[device].party {
                Party::Survivor(survivor) => survivor.poll_transmit(),
                Party::Desk(desk) => desk.poll_transmit(),
            };
            let Some(transmit) = transmit else { break };
            match transmit {
                // Both ways lead through the same network here.
                Transmit::Connect(_) => {
                    self.devices[device].connects = Some(self.now + self.delay());
                }
                Transmit::Frame(frame) => self.put_on_way(number, Direction::Up, &frame),
                Transmit::Answers(bytes) => {
                    if let Some(relay) = &mut self.relay {
                        relay.handle_answers(&bytes, self.now);
                    }
                    self.answers_sent.push((number, bytes));
                    self.drain_relay();
                }
                Transmit::Disconnect => {
                    self.devices[device].connects = None;
                    self.hang_up(device);
                }
            }
        }
        let SimulatedDevice { party, shown, solves, .. } = &mut self.devices[device];
        match party {
            Party::Survivor(survivor) => {
                while let Some(event) = survivor.poll_event() {
                    if let SurvivorEvent::Puzzle(puzzle) = &event {
                        *solves = puzzle.as_ref().map(|_| self.now + SOLVING);
                    }
                    shown.show_survivor(event);
                }
            }
            Party::Desk(desk) => {
                while let Some(event) = desk.poll_event() {
                    shown.show_desk(event);
                }
            }
        }
    }

    /// Closes a connection from the device's end: what it sent before still arrives.
    fn hang_up(&mut self, device: usize) {
        let Some(wire) = self.devices[device].wire.take() else {
            return;
        };
        let Some(relay) = &mut self.relay else { return };
        for (_, frame) in wire.up {
            relay.handle_frame(wire.connection, &frame, self.now);
        }
        relay.handle_disconnect(wire.connection, self.now);
        self.drain_relay();
    }

    /// Closes a connection from the relay's end: what it sent before still arrives.
    fn close_from_relay(&mut self, device: usize) {
        let Some(wire) = self.devices[device].wire.take() else {
            return;
        };
        let now = self.now;
        for (_, frame) in wire.down {
            match &mut self.devices[device].party {
                Party::Survivor(survivor) => survivor.handle_frame(&frame, now),
                Party::Desk(desk) => desk.handle_frame(&frame, now),
            }
        }
        self.tell_disconnected(device);
    }

    fn drain_relay(&mut self) {
        while let Some(command) = self.relay.as_mut().and_then(Delivery::poll_command) {
            match command {
                Command::Send { to, frame } => {
                    if let Some(device) = self.device_of(to) {
                        self.put_on_way(DeviceNumber(device), Direction::Down, &frame);
                    }
                }
                Command::Close { connection, .. } => {
                    if let Some(device) = self.device_of(connection) {
                        self.close_from_relay(device);
                    }
                }
                Command::KeepAnswers(batch) => self.batches.push(batch),
                Command::KeepCounts(counts) => self.days.push(counts),
                Command::Lasting { connection, number, operation, .. } => {
                    let answer = self.records.answer(operation, &self.program.policy);
                    if let Some(relay) = &mut self.relay {
                        relay.handle_reply(connection, number, answer);
                    }
                }
            }
        }
    }

    fn put_on_way(&mut self, device: DeviceNumber, direction: Direction, frame: &[u8]) {
        let frames = match (self.way)(device, direction, frame) {
            Fate::Arrives => vec![frame.to_vec()],
            Fate::Dropped => Vec::new(),
            Fate::Becomes(frames) => frames,
        };
        for frame in frames {
            let arrives = self.now + self.delay();
            if let Some(wire) = &mut self.devices[device.0].wire {
                wire.send(direction, arrives, frame);
            }
        }
    }

    fn device_of(&self, connection: stillroom_delivery::ConnectionId) -> Option<usize> {
        self.devices.iter().position(|device| {
            device.wire.as_ref().is_some_and(|wire| wire.connection == connection)
        })
    }

    fn add(&mut self, party: Party) -> DeviceNumber {
        let device = SimulatedDevice {
            party,
            wire: None,
            connects: None,
            locked: false,
            solves: None,
            shown: Shown::default(),
        };
        self.devices.push(device);
        let number = self.devices.len() - 1;
        self.drain_device(number);
        DeviceNumber(number)
    }

    fn delay(&mut self) -> Duration {
        Duration::from_millis(1 + self.rng.next_u64() % DELAY_AT_MOST)
    }

    fn randomness(&mut self) -> Randomness {
        Randomness::new(ChaCha20Rng::seed_from_u64(self.rng.next_u64()))
    }
}
