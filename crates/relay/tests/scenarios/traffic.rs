//! A whole chat's frames, with words in them that must turn up nowhere.

use std::net::SocketAddr;

use stillroom_program::Device;
use stillroom_protocol::{
    AttachToken, ClientFrame, KeyPackageHash, RelayFrame, RoomId, RoomSecret, Ticket,
};

use crate::device::Line;
use crate::program::Program;
use crate::scene::Scene;

/// What was written, as far as a relay could know.
pub(crate) const WORDS: &[u8] = b"WORDS-OF-A-CHAT-THAT-NOBODY-KEEPS";

pub(crate) const TICKET: [u8; 32] = *b"THE-TICKET-OF-A-SURVIVOR-IN-LINE";
pub(crate) const SECRET: [u8; 32] = *b"THE-SECRET-OF-A-ROOM-FOR-THE-TWO";

pub(crate) struct Chat {
    pub(crate) room: RoomId,
    pub(crate) survivor: Line,
    pub(crate) desk: Line,
    pub(crate) advocate: Device,
}

fn token(number: u8) -> AttachToken {
    AttachToken([number; 32])
}

fn key_package() -> Vec<u8> {
    [b"KEY-PACKAGE-OF-A-SURVIVOR", WORDS].concat()
}

/// Somebody asks under this ticket.
pub(crate) fn ask(ticket: [u8; 32]) -> ClientFrame {
    ClientFrame::Ask {
        ticket: Ticket(ticket),
        key_package: key_package().try_into().unwrap(),
        intake: WORDS.try_into().unwrap(),
    }
}

/// From an empty line to two people in a room.
pub(crate) async fn chat(scene: &mut Scene) -> Chat {
    chat_from(scene, &[]).await
}

/// The same, with what a server before the relay says of where the survivor comes from.
pub(crate) async fn chat_from(scene: &mut Scene, from: &[&str]) -> Chat {
    let doors = (scene.survivors(), scene.desks());
    chat_between(doors, &mut scene.program, from).await
}

/// The same, at the doors of survivors and of staff of a program.
pub(crate) async fn chat_between(
    (survivors, desks): (SocketAddr, SocketAddr),
    program: &mut Program,
    from: &[&str],
) -> Chat {
    let advocate = program.advocate();
    let mut survivor = Line::greeted_from(survivors, program, from).await;
    let mut desk = Line::staff(desks, program, &advocate).await;
    desk.go_on_duty(program, &advocate).await;
    survivor.hear_until(|frame| matches!(frame, RelayFrame::Duty { .. })).await;
    let key_package = key_package();
    let ticket = Ticket(TICKET);
    survivor.say(&ask(TICKET)).await;
    let place = ticket.id();
    desk.hear_until(|frame| {
        matches!(frame, RelayFrame::Waiting { key_package: hash, .. }
            if *hash == KeyPackageHash::of(&key_package))
    })
    .await;
    desk.say(&ClientFrame::Claim { ticket: place }).await;
    desk.hear_until(|frame| matches!(frame, RelayFrame::Claimed { .. })).await;
    let welcome = WORDS.try_into().unwrap();
    desk.say(&ClientFrame::Offer { ticket: place, welcome }).await;
    let RelayFrame::Welcome { offer, .. } =
        survivor.hear_until(|frame| matches!(frame, RelayFrame::Welcome { .. })).await
    else {
        unreachable!()
    };
    survivor.say(&ClientFrame::Accept { ticket, offer }).await;
    desk.hear_until(|frame| matches!(frame, RelayFrame::OfferAccepted { .. })).await;
    let members = vec![token(1).hash(), token(2).hash()].try_into().unwrap();
    let secret = RoomSecret(SECRET);
    let room = secret.room(&advocate.key().0);
    desk.say(&ClientFrame::OpenRoom { secret, members }).await;
    desk.hear_until(|frame| matches!(frame, RelayFrame::RoomOpened { .. })).await;
    for (line, number) in [(&mut desk, 1), (&mut survivor, 2)] {
        let token = token(number);
        line.say(&ClientFrame::Attach { room, token }).await;
        line.hear_until(|frame| matches!(frame, RelayFrame::Attached { .. })).await;
    }
    Chat { room, survivor, desk, advocate }
}

impl Chat {
    /// One message each way.
    pub(crate) async fn write(&mut self) {
        let room = self.room;
        let post = ClientFrame::Post { room, message: WORDS.try_into().unwrap() };
        let delivered = |frame: &RelayFrame| matches!(frame, RelayFrame::Delivered { message, .. } if message[..] == *WORDS);
        self.survivor.say(&post).await;
        self.desk.hear_until(delivered).await;
        self.desk.say(&post).await;
        self.survivor.hear_until(delivered).await;
    }
}
