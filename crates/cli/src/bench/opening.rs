//! Chats opened by survivors and desks that run the real core: keys, certificates, a claim, a Welcome, a
//! room. Only the relay's share of the work is measured.

use std::time::Duration;

use stillroom_conversation::{
    Author, ChatEvent, ChatNumber, ConversationEvent, Desk, DeskEvent, DeskSetup, Duty, Phase,
    Said, Survivor, SurvivorEvent, SurvivorSetup,
};
use stillroom_program::{Device, Fingerprint};

use super::load::per;
use super::rooms::Rooms;
use super::server::Server;
use crate::client::{Client, RelayAddress};
use crate::clock::Clock;
use crate::failure::Failure;
use crate::randomness::randomness;

/// Chats that one desk takes before the next one comes on duty: what a busy advocate holds.
pub(super) const CHATS_OF_A_DESK: usize = 10;

/// How long one chat may take to open.
const OPENED_WITHIN: Duration = Duration::from_secs(30);

/// CPU time of the relay for each staffed chat opened, in milliseconds: with that of a desk that comes on duty, for one in
/// [`CHATS_OF_A_DESK`].
pub(super) async fn cpu_per_chat(
    server: &Server,
    rooms: &Rooms,
    chats: usize,
) -> Result<f64, Failure> {
    let doors = server.doors();
    let before = server.measured().cpu()?;
    let mut held = Vec::new();
    let mut former: Option<Client<Desk>> = None;
    while held.len() < chats {
        let mut desk = desk_on_duty(rooms, doors.desk).await?;
        // As at a change of shifts, chat stays open. Nobody has published these devices, so each has a duty key of its
        // own, and only whoever came on duty last reads what a survivor sealed.
        if let Some(mut former) = former.take() {
            former.act(|core, _| core.go_off_duty());
        }
        for _ in 0..CHATS_OF_A_DESK.min(chats - held.len()) {
            held.push(open(rooms, &mut desk, doors.survivor).await?.0);
        }
        former = Some(desk);
    }
    let cpu = server.measured().cpu()?.saturating_sub(before);
    let each = per(cpu, u64::try_from(chats).unwrap_or(u64::MAX));
    Ok(each.as_secs_f64() * 1e3)
}

pub(super) fn local(port: u16) -> Result<RelayAddress, Failure> {
    format!("ws://127.0.0.1:{port}").parse().map_err(|error| {
        Failure::new(format!("No relay to open chats at: {error}."), "Measure again.")
    })
}

/// A desk that runs the real core, once it is on duty: of a device that the relay does not list.
pub(super) async fn desk_on_duty(rooms: &Rooms, port: u16) -> Result<Client<Desk>, Failure> {
    desk_of(rooms, rooms.advocate()?, port).await
}

/// The desk of this device, once it is on duty.
pub(super) async fn desk_of(
    rooms: &Rooms,
    device: Device,
    port: u16,
) -> Result<Client<Desk>, Failure> {
    let clock = Clock::start();
    let setup = DeskSetup { root: rooms.program().root.fingerprint(), device };
    let mut desk = Client::new(Desk::new(setup, randomness(), clock.now()), local(port)?, clock);
    desk.act(Desk::go_on_duty);
    let on = async { while desk.event().await != DeskEvent::Duty(Duty::On) {} };
    within(on).await?;
    Ok(desk)
}

/// A survivor of this program who comes in by `port`, and asks for an advocate.
pub(super) fn asking(root: Fingerprint, port: u16) -> Result<Client<Survivor>, Failure> {
    let core = Survivor::new(SurvivorSetup { root }, randomness());
    let mut survivor = Client::new(core, local(port)?, Clock::start());
    survivor.act(|core, now| core.start(Said::default(), now));
    Ok(survivor)
}

/// What somebody else in the chat wrote, where it is that.
pub(super) fn heard(event: &ConversationEvent) -> Option<&str> {
    match event {
        ConversationEvent::Message { from: Author::Member(_), text, .. } => Some(text),
        _ => None,
    }
}

/// A chat at this desk with a survivor who comes in by `port`, and its number there.
pub(super) async fn open(
    rooms: &Rooms,
    desk: &mut Client<Desk>,
    port: u16,
) -> Result<(Client<Survivor>, ChatNumber), Failure> {
    let mut survivor = asking(rooms.program().root.fingerprint(), port)?;
    let opened = async {
        let (mut joined, mut chatting) = (None, false);
        loop {
            if let Some(chat) = joined
                && chatting
            {
                break chat;
            }
            tokio::select! {
                event = survivor.event() => {
                    chatting |= event == SurvivorEvent::Phase(Phase::Chatting);
                }
                event = desk.event() => match event {
                    DeskEvent::Waiting(waiting) if !waiting.is_empty() => {
                        desk.act(|core, _| core.take_next());
                    },
                    DeskEvent::Chat { chat, event: ChatEvent::Joined } => joined = Some(chat),
                    _ => {}
                },
            }
        }
    };
    let chat = within(opened).await?;
    Ok((survivor, chat))
}

pub(super) async fn within<T>(opening: impl Future<Output = T>) -> Result<T, Failure> {
    tokio::time::timeout(OPENED_WITHIN, opening).await.map_err(|_| {
        Failure::new(
            "A chat did not open within half a minute.",
            "Look at what the relay said above; try fewer chats.",
        )
    })
}
