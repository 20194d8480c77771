//! Chats between two ends that hold no core: rooms at a real relay, opened by desks that were let in, and frames of the
//! size that encrypted messages have. What is measured with these is the relay alone.

use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use stillroom_program::{Device, Roles};
use stillroom_protocol::{
    AttachToken, Bytes, ClientFrame, Flag, RelayFrame, RoomId, RoomSecret, VERSION, decode, encode,
};
use tempfile::TempDir;

use super::desk_line::{self, DeskRoom};
use super::end::End;
use super::load::{Chat, Other, broken};
use super::wire::client_frame;
use crate::clock::Clock;
use crate::failure::Failure;
use crate::files;
use crate::program::{Fresh, ProgramFolder, throw_away_policy};
use crate::randomness::system;

/// Bytes of an encrypted message of 400 bytes: its padding bucket (512), and what MLS adds (158 measured).
pub(super) const MESSAGE: usize = 670;

/// Chats whose rooms one desk opens: a few fewer than a relay lets one device open (64).
pub(super) const ROOMS_OF_A_DESK: usize = 60;

/// How often lines that stand say that they are there while others are opened: well before the relay takes one that is
/// silent for dropped.
const SAY_EVERY: Duration = Duration::from_secs(15);

/// Limits that a flood does not reach: what is measured is the work, not the refusal of it.
const LIMITS: &str = "connections = 100000
staff_connections = 100000
rooms = 50000
asks_per_second = 100000
frames_per_second = 1000000
frames_at_once = 1000000
staff_frames_per_second = 1000000
staff_frames_at_once = 1000000
";

const CONFIGURATION: &str = r#"
[survivor]
listen = "127.0.0.1:0"
[desk]
listen = "127.0.0.1:0"
[program]
file = "public.stillroom"
[state]
folder = "state"
[log]
level = "warn"
[limits]
"#;

/// Connections of so many chats as [`Rooms::at_desks`] opens them.
pub(super) fn lines_at_desks(chats: usize) -> usize {
    chats + chats.div_ceil(ROOMS_OF_A_DESK)
}

/// The numbers of so many chats, those of one desk after another: as many are opened at once.
pub(super) fn of_each_desk(chats: usize) -> impl Iterator<Item = Range<usize>> {
    (0..chats)
        .step_by(ROOMS_OF_A_DESK)
        .map(move |first| first..(first + ROOMS_OF_A_DESK).min(chats))
}

/// A throw-away program, and what opens rooms at its relay.
pub(crate) struct Rooms {
    folder: TempDir,
    program: Fresh,
}

impl Rooms {
    /// Makes the program, and the configuration of its relay.
    pub(crate) fn new() -> Result<Self, Failure> {
        let folder = tempfile::tempdir().map_err(broken)?;
        let now = Clock::start().now();
        let program = Fresh::make(&mut system(), now)?;
        let public = program.public(&throw_away_policy(now)?).map_err(|error| {
            Failure::new(format!("The sample policy is broken: {error}."), "Tell its makers.")
        })?;
        files::create(&folder.path().join("public.stillroom"), &public.encode())?;
        files::create(
            &folder.path().join("relay.toml"),
            format!("{CONFIGURATION}{LIMITS}").as_bytes(),
        )?;
        Ok(Self { folder, program })
    }

    /// The same of the program in this folder, whose relays are configured by somebody else.
    pub(crate) fn of(program: &ProgramFolder, passphrase: Option<&Path>) -> Result<Self, Failure> {
        let folder = tempfile::tempdir().map_err(broken)?;
        let (root, administrator) = program.root_and_administrator(passphrase)?;
        Ok(Self { folder, program: Fresh { root, administrator } })
    }

    /// The relay's configuration.
    pub(crate) fn configuration(&self) -> PathBuf {
        self.folder.path().join("relay.toml")
    }

    /// A file in the same folder.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What a process is told of this program that serves several.
    pub(crate) fn among_many(&self) -> String {
        let folder = self.folder.path().display();
        format!(
            "[[programs]]\nfile = '{folder}/public.stillroom'\nfolder = '{folder}/among-many'\n\
             survivor.listen = \"127.0.0.1:0\"\ndesk.listen = \"127.0.0.1:0\"\n[programs.limits]\n{LIMITS}"
        )
    }

    /// The program.
    pub(crate) fn program(&self) -> &Fresh {
        &self.program
    }

    /// A device that may lead chats.
    pub(crate) fn advocate(&self) -> Result<Device, Failure> {
        let now = Clock::start().now();
        self.program.staff("Sam", Roles::ADVOCATE, &mut system(), now)
    }

    /// Opens so many chats of two lines each, which show no certificate and attach to a room: what is measured with
    /// these is beside a relay that passes bytes from one line to another. Their ends come in by the survivors' and the
    /// staff's door; the desks that opened their rooms are gone.
    pub(crate) async fn pairs(&self, doors: Doors, chats: usize) -> Result<Vec<Chat>, Failure> {
        in_steps(chats, async |some| self.pairs_of_a_desk(doors, some).await).await
    }

    /// One of those, whose ends are at hand.
    pub(crate) async fn pair(&self, doors: Doors) -> Result<Pair, Failure> {
        let device = self.advocate()?;
        let opening = async {
            let mut desk = self.desk(doors, &device, 0).await?;
            let room = open_room(&mut desk, &device).await?;
            self.attached(doors, 0, room).await
        };
        opening.await.map_err(broken)
    }

    /// Opens so many chats as a program has them: a line for each survivor, and one for each desk, which carries the
    /// rooms of [`ROOMS_OF_A_DESK`].
    pub(crate) async fn at_desks(&self, doors: Doors, chats: usize) -> Result<Vec<Chat>, Failure> {
        in_steps(chats, async |some| self.chats_of_a_desk(doors, chats, some).await).await
    }

    /// A survivor's connection that was greeted, and says nothing more.
    pub(crate) async fn greeted(&self, doors: Doors, number: usize) -> Result<End, Failure> {
        let mut end = End::open(doors.survivor, "/line", number).await.map_err(broken)?;
        self.greet(&mut end).await.map_err(broken)?;
        Ok(end)
    }

    async fn pairs_of_a_desk(
        &self,
        doors: Doors,
        some: Range<usize>,
    ) -> Result<Vec<Chat>, Failure> {
        let device = self.advocate()?;
        let opening = async {
            let mut desk = self.desk(doors, &device, 2 * some.start).await?;
            let mut attaching = Vec::new();
            for number in some {
                let room = open_room(&mut desk, &device).await?;
                attaching.push(self.attached(doors, number, room));
            }
            try_join_all(attaching).await
        };
        let pairs = opening.await.map_err(broken)?;
        Ok(pairs.into_iter().map(Chat::from).collect())
    }

    /// Both ends of chat `number`, attached to this room.
    async fn attached(&self, doors: Doors, number: usize, room: Room) -> io::Result<Pair> {
        let Room { id, tokens: [first, second] } = room;
        let mut left = End::open(doors.survivor, "/line", 2 * number).await?;
        let mut right = End::open(doors.desk, "/line", 2 * number + 1).await?;
        for (end, token) in [(&mut right, first), (&mut left, second)] {
            self.greet(end).await?;
            attach(end, id, token).await?;
        }
        Ok(Pair { left, right, frame: post(id)? })
    }

    async fn chats_of_a_desk(
        &self,
        doors: Doors,
        chats: usize,
        some: Range<usize>,
    ) -> Result<Vec<Chat>, Failure> {
        let device = self.advocate()?;
        let opening = async {
            let mut desk = self.desk(doors, &device, chats + some.start / ROOMS_OF_A_DESK).await?;
            let mut attaching = Vec::new();
            for number in some {
                let Room { id, tokens: [first, second] } = open_room(&mut desk, &device).await?;
                attach(&mut desk, id, first).await?;
                attaching.push(async move {
                    let mut survivor = End::open(doors.survivor, "/line", number).await?;
                    self.greet(&mut survivor).await?;
                    attach(&mut survivor, id, second).await?;
                    io::Result::Ok((id, survivor))
                });
            }
            let survivors = try_join_all(attaching).await?;
            let rooms = survivors.iter().map(|(room, _)| *room);
            let ends = desk_line::carry(desk, rooms);
            survivors.into_iter().zip(ends).map(chat_at_desk).collect::<io::Result<Vec<_>>>()
        };
        opening.await.map_err(broken)
    }

    /// The line of a desk that was let in.
    async fn desk(&self, doors: Doors, device: &Device, number: usize) -> io::Result<End> {
        let mut desk = End::open(doors.desk, "/line", number).await?;
        self.greet(&mut desk).await?;
        self.admit(&mut desk, device).await?;
        Ok(desk)
    }

    async fn greet(&self, end: &mut End) -> io::Result<()> {
        let program = self.program.root.fingerprint().program_id();
        say(end, &ClientFrame::Hello { version: VERSION, program }).await?;
        hear(end, |frame| matches!(frame, RelayFrame::Greeting { .. })).await?;
        Ok(())
    }

    async fn admit(&self, end: &mut End, device: &Device) -> io::Result<()> {
        let chain = encode(&device.chain).try_into().map_err(io::Error::other)?;
        say(end, &ClientFrame::Staff { chain }).await?;
        let challenge = hear(end, |frame| matches!(frame, RelayFrame::Challenge { .. })).await?;
        let RelayFrame::Challenge { nonce } = challenge else {
            return Err(io::Error::other("the relay did not challenge the device"));
        };
        let program = self.program.root.fingerprint().program_id();
        let signature = device.answer_challenge(&program, &nonce);
        say(end, &ClientFrame::Proof { signature }).await?;
        hear(end, |frame| matches!(frame, RelayFrame::Admitted)).await?;
        Ok(())
    }
}

/// A room that was opened, and what its two members attach with.
struct Room {
    id: RoomId,
    tokens: [AttachToken; 2],
}

/// The two ends of one chat, each with a line of its own.
pub(crate) struct Pair {
    /// The survivor's.
    pub(crate) left: End,
    /// The other.
    pub(crate) right: End,
    /// The frame that either sends.
    pub(crate) frame: Arc<[u8]>,
}

impl From<Pair> for Chat {
    fn from(Pair { left, right, frame }: Pair) -> Self {
        Self { left, right: Other::Line(right), frame, least: MESSAGE }
    }
}

fn chat_at_desk(((room, left), right): ((RoomId, End), DeskRoom)) -> io::Result<Chat> {
    Ok(Chat { left, right: Other::Desk(right), frame: post(room)?, least: MESSAGE })
}

/// Opens so many chats, as many at once as one desk has. What stands already says now and then that it is there, and once
/// more at the end: a relay closes a line that is silent.
async fn in_steps(
    chats: usize,
    mut open: impl AsyncFnMut(Range<usize>) -> Result<Vec<Chat>, Failure>,
) -> Result<Vec<Chat>, Failure> {
    let mut opened = Vec::with_capacity(chats);
    let mut said = Instant::now();
    for some in of_each_desk(chats) {
        opened.extend(open(some).await?);
        if said.elapsed() > SAY_EVERY {
            say_all_are_there(&mut opened).await?;
            said = Instant::now();
        }
    }
    say_all_are_there(&mut opened).await?;
    Ok(opened)
}

async fn say_all_are_there(chats: &mut [Chat]) -> Result<(), Failure> {
    let ping = client_frame(&encode(&ClientFrame::Ping));
    for chat in chats {
        chat.say_it_is_there(&ping).await.map_err(broken)?;
    }
    Ok(())
}

/// Opens a room of two at the line of this desk.
async fn open_room(desk: &mut End, device: &Device) -> io::Result<Room> {
    let secret = RoomSecret(random()?);
    let tokens = [AttachToken(random()?), AttachToken(random()?)];
    let id = secret.room(&device.key().0);
    let members = tokens.iter().map(AttachToken::hash).collect::<Vec<_>>();
    let members = members.try_into().map_err(io::Error::other)?;
    say(desk, &ClientFrame::OpenRoom { secret, members }).await?;
    hear(desk, |frame| matches!(frame, RelayFrame::RoomOpened { .. })).await?;
    Ok(Room { id, tokens })
}

async fn attach(end: &mut End, room: RoomId, token: AttachToken) -> io::Result<()> {
    say(end, &ClientFrame::Attach { room, token }).await?;
    hear(end, |frame| matches!(frame, RelayFrame::Attached { .. })).await?;
    Ok(())
}

/// The two ports of a relay.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Doors {
    /// Where survivors come in.
    pub(crate) survivor: u16,
    /// Where staff come in.
    pub(crate) desk: u16,
}

/// The frame with one message for this room, as it goes over the line.
fn post(room: RoomId) -> io::Result<Arc<[u8]>> {
    let message = Bytes::try_from(vec![0xa5; MESSAGE]).map_err(io::Error::other)?;
    Ok(client_frame(&encode(&ClientFrame::Post { room, message })).into())
}

/// Whether the other one in a room is there, if that is what the relay says by this frame.
pub(super) fn presence(frame: &[u8]) -> Option<bool> {
    match decode(frame) {
        Ok(RelayFrame::Presence { here: Flag(here), .. }) => Some(here),
        _ => None,
    }
}

async fn say(end: &mut End, frame: &ClientFrame) -> io::Result<()> {
    end.send(&encode(frame)).await
}

/// The next frame that is `wanted`; a refusal before it is an error.
async fn hear(end: &mut End, wanted: fn(&RelayFrame) -> bool) -> io::Result<RelayFrame> {
    loop {
        let frame: RelayFrame = decode(&end.receive().await?).map_err(io::Error::other)?;
        if wanted(&frame) {
            return Ok(frame);
        }
        if let RelayFrame::Refused { refusal, .. } = frame {
            return Err(io::Error::other(format!("the relay refused ({refusal:?})")));
        }
    }
}

fn random() -> io::Result<[u8; 32]> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes)
}
