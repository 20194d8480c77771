//! The log says nothing of a contact, at its finest level, whatever comes.

use std::io;
use std::sync::{Arc, Mutex};

use stillroom_protocol::limits::TURNED_AWAY_BYTES;
use stillroom_protocol::{
    AnswersKind, ClientFrame, Leaving, LeavingToken, Operation, RelayFrame, SealedAnswers,
};
use stillroom_relay::{Log, LogLevel, log};

use crate::device::Line;
use crate::scene::{Answer, Scene};
use crate::traffic::{SECRET, TICKET, WORDS, ask, chat_from};

/// Where the survivor comes from, as the server before the relay says.
const ADDRESS: &str = "203.0.113.77";

/// What was written into the log.
#[derive(Clone, Default)]
pub(crate) struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Each way in which bytes might be printed.
fn printed(bytes: &[u8]) -> [String; 4] {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let list = format!("{bytes:?}");
    let inside = list.trim_matches(['[', ']']).to_owned();
    let text = String::from_utf8_lossy(bytes).into_owned();
    [hex.to_uppercase(), hex, inside, text]
}

#[tokio::test]
async fn the_log_says_nothing_of_a_contact() {
    let written = Written::default();
    let writer = written.clone();
    let level = LogLevel::Trace;
    tracing::subscriber::set_global_default(log::subscriber(Log { level }, move || writer.clone()))
        .unwrap();

    let mut scene = Scene::start_with(|_, config| {
        config.survivor.proxy = Some("127.0.0.1".parse().unwrap());
    })
    .await;
    let mut chat = chat_from(&mut scene, &[ADDRESS]).await;
    chat.write().await;
    let note = vec![7; TURNED_AWAY_BYTES].try_into().unwrap();
    chat.desk.say(&ClientFrame::TurnAway { room: chat.room, note }).await;
    let mut again = Line::greeted_from(scene.survivors(), &scene.program, &[ADDRESS]).await;
    again.say(&ask(TICKET)).await;
    chat.desk.hear_until(|frame| matches!(frame, RelayFrame::WaitingShare { .. })).await;
    let mut garbage = scene.survivor().await;
    garbage.say_bytes([WORDS, &[0xff; 40_000]].concat()).await;
    let mut rejected = scene.administrator().await;
    let invitation = WORDS.try_into().unwrap();
    let _ = rejected.ask(Operation::Invite { invitation }).await;
    let mut unknown = Line::open(scene.desks()).await;
    unknown.say_bytes(WORDS.to_vec()).await;
    let path = "GET /s/WORDS-OF-A-CHAT-THAT-NOBODY-KEEPS?WORDS-OF-A-CHAT-THAT-NOBODY-KEEPS";
    Answer::to(scene.survivors(), path, &["user-agent: WORDS-OF-A-CHAT-THAT-NOBODY-KEEPS"]).await;
    let leaving = Leaving::Chat { room: chat.room, token: LeavingToken(SECRET) }.to_bytes();
    Answer::posted(scene.survivors(), "/b", &leaving, &[]).await;
    Answer::posted(scene.survivors(), "/b", WORDS, &[]).await;
    for _ in 0..10 {
        let kind = AnswersKind::Questions;
        let mut sealed = WORDS.to_vec();
        sealed.resize(kind.sealed_bytes(), 0);
        let program = scene.program.root.program_id();
        let answers = SealedAnswers::new(program, kind, sealed).unwrap().to_bytes();
        Answer::posted(scene.survivors(), "/a", &answers, &[]).await;
    }
    Answer::posted(scene.survivors(), "/a", WORDS, &[]).await;
    let lines = [&chat.survivor, &chat.desk, &garbage, &rejected, &unknown];
    let ports: Vec<_> = lines.map(|line| line.local.port().to_string()).into();
    let room = chat.room;
    scene.relay.stop().await;

    let log = written.text();
    assert!(log.contains("the relay runs") && log.contains("the relay has stopped"), "{log}");
    for secret in [WORDS, &TICKET, &SECRET, &room.0, &stillroom_protocol::Ticket(TICKET).id().0] {
        for form in printed(secret) {
            assert!(!log.contains(&form), "{log}");
        }
    }
    for line in log.lines() {
        // A line begins with the time, which is full of digits.
        let said = line.split_once(' ').map_or("", |(_, said)| said);
        assert!(!said.contains("127.0.0.1") && !said.contains(ADDRESS), "{line}");
        assert!(!ports.iter().any(|port| said.contains(port.as_str())), "{line}");
    }
}
