//! Chats between two ends that hold no core: a room at a real relay, frames of the size that encrypted
//! messages have. What is measured with these is the relay alone.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use stillroom_program::{Device, Roles};
use stillroom_protocol::{
    AttachToken, Bytes, ClientFrame, Flag, RelayFrame, RoomId, RoomSecret, VERSION, decode, encode,
};
use tempfile::TempDir;

use super::end::End;
use super::load::{Chat, broken};
use super::wire::client_frame;
use crate::clock::Clock;
use crate::failure::Failure;
use crate::files;
use crate::program::{Fresh, throw_away_policy};
use crate::randomness::system;

/// Bytes of an encrypted message of 400 bytes: its padding bucket (512), and what MLS adds (158 measured).
pub(super) const MESSAGE: usize = 670;

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

    /// Opens chat `number`: a staff device is let in and opens a room, and both ends attach to it. The ends
    /// come in by the survivors' and the staff's door.
    pub(crate) async fn open(&self, doors: Doors, number: usize) -> Result<Chat, Failure> {
        let device = self.advocate()?;
        self.opened(doors, number, &device).await.map_err(broken)
    }

    /// A survivor's connection that was greeted, and says nothing more.
    pub(crate) async fn greeted(&self, doors: Doors, number: usize) -> Result<End, Failure> {
        let mut end = End::open(doors.survivor, "/line", number).await.map_err(broken)?;
        self.greet(&mut end).await.map_err(broken)?;
        Ok(end)
    }

    async fn opened(&self, doors: Doors, number: usize, device: &Device) -> io::Result<Chat> {
        let mut survivor = End::open(doors.survivor, "/line", 2 * number).await?;
        let mut desk = End::open(doors.desk, "/line", 2 * number + 1).await?;
        self.greet(&mut survivor).await?;
        self.greet(&mut desk).await?;
        self.admit(&mut desk, device).await?;

        let secret = RoomSecret(random()?);
        let tokens = [AttachToken(random()?), AttachToken(random()?)];
        let room = secret.room(&device.key().0);
        let members = tokens.iter().map(AttachToken::hash).collect::<Vec<_>>();
        let members = members.try_into().map_err(io::Error::other)?;
        say(&mut desk, &ClientFrame::OpenRoom { secret, members }).await?;
        hear(&mut desk, |frame| matches!(frame, RelayFrame::RoomOpened { .. })).await?;
        let [first, second] = tokens;
        for (end, token) in [(&mut desk, first), (&mut survivor, second)] {
            say(end, &ClientFrame::Attach { room, token }).await?;
            hear(end, |frame| matches!(frame, RelayFrame::Attached { .. })).await?;
        }
        Ok(Chat { left: survivor, right: desk, frame: post(room)?, least: MESSAGE })
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
