//! What the desk shows, as signals: the core's reports go in, the views draw what they read.
//!
//! Decides nothing about a chat. Its own are only which chat is in front, and which numbers the chats
//! carry on the screen: a chat keeps its number until it is put away, so nothing moves by itself.

use std::sync::Arc;
use std::time::Duration;

use stillroom_conversation::{
    Announcement, AuditTrouble, Call, Capacity, ChatEvent, ChatNumber, Duty, Hindrance, HostSays,
    Line, Meant, Shift, WaitingSurvivor,
};
use stillroom_program::{DisplayName, Guidance, Notice, Roles, Timestamp};
use stillroom_staff_web::draw::prelude::*;

use crate::chat::{Chat, News, Stage, What, Writer};
use crate::code_words::CodeWords;
use crate::colleagues::Colleagues;
use crate::offers::Offers;
use crate::shift::TimeOfDay;
use crate::texts::{say, say_with};
use crate::words;

/// A chat's number on the screen, from 1: what `Alt` and a number go to.
pub(crate) type Seat = u32;

/// What whoever is at the desk is asked before it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Whether this chat is to end.
    End(Seat),
    /// Whether to end this chat and turn the survivor away.
    TurnAway(Seat),
    /// Whether to go off duty with open chats.
    OffDuty,
}

/// One chat of the desk.
#[derive(Clone)]
pub(crate) struct Seated {
    /// Its number on the screen.
    pub(crate) seat: Seat,
    /// Its number in the core.
    pub(crate) number: ChatNumber,
    /// What it shows.
    pub(crate) chat: ArcRwSignal<Chat>,
}

/// All that is shown.
#[derive(Clone, Copy)]
pub(crate) struct Board {
    /// Whether the line stands.
    pub(crate) line: RwSignal<Line>,
    /// Whether this device is on duty.
    pub(crate) duty: RwSignal<Duty>,
    /// Why nobody is taken now.
    pub(crate) hindrance: RwSignal<Option<Hindrance>>,
    /// Whether the desk is locked, so that nothing of this is shown.
    pub(crate) locked: RwSignal<bool>,
    /// Whether it is about to lock, since nobody seems to be there.
    pub(crate) locks_soon: RwSignal<bool>,
    /// How many chats the person wants at once.
    pub(crate) capacity: RwSignal<Capacity>,
    /// When their shift ends: as they set it, and when that is.
    pub(crate) ends: RwSignal<Option<(TimeOfDay, Timestamp)>>,
    /// What is to be said of it, until it is closed.
    pub(crate) reminder: RwSignal<Option<Shift>>,
    /// What the program gives its staff to help them; nothing before it came.
    pub(crate) guidance: RwSignal<Option<Arc<Guidance>>>,
    /// Who waits.
    pub(crate) waiting: RwSignal<Vec<WaitingSurvivor>>,
    /// The chats, by their numbers on the screen.
    pub(crate) seated: RwSignal<Vec<Seated>>,
    /// The chat in front.
    pub(crate) current: RwSignal<Option<Seat>>,
    /// What is asked.
    pub(crate) asked: RwSignal<Option<Asked>>,
    /// The chat for which a prepared message is chosen.
    pub(crate) choosing: RwSignal<Option<Seat>>,
    /// Whether the guides are open.
    pub(crate) guides: RwSignal<bool>,
    /// Colleagues on duty.
    pub(crate) colleagues: Colleagues,
    /// Who calls this desk into a chat of theirs.
    pub(crate) calls: RwSignal<Vec<Call>>,
    /// Code words.
    pub(crate) code_words: CodeWords,
    /// To whom places are offered.
    pub(crate) offers: Offers,
    /// What the host says to administrators.
    pub(crate) host: RwSignal<HostSays>,
    /// What is wrong with the record of administrative acts, for those who look after the program; until it is closed.
    pub(crate) audit: RwSignal<Option<AuditTrouble>>,
    /// The program's notices.
    pub(crate) notices: RwSignal<Vec<Notice>>,
    /// Whether this device is an administrator's.
    pub(crate) administers: bool,
    /// Whether it is a supervisor's, who is told on the console whom to ask.
    pub(crate) supervises: bool,
    /// The text of the latest trouble.
    pub(crate) trouble: RwSignal<Option<&'static str>>,
    /// What is announced.
    pub(crate) said: RwSignal<String>,
    /// The time that ages are told by; moves on every few seconds, not with each message: it redraws
    /// the age of every one.
    pub(crate) now: RwSignal<Timestamp>,
    /// Whether this is a practice desk, whose keys are in its address.
    pub(crate) practice: bool,
}

impl Board {
    /// An empty one, for a device with these rights.
    pub(crate) fn new(roles: Roles, practice: bool, now: Timestamp) -> Self {
        Self {
            line: RwSignal::new(Line::Up),
            duty: RwSignal::new(Duty::Off),
            hindrance: RwSignal::new(Some(Hindrance::OffDuty)),
            capacity: RwSignal::new(Capacity::MOST),
            ends: RwSignal::new(None),
            reminder: RwSignal::new(None),
            locked: RwSignal::new(false),
            locks_soon: RwSignal::new(false),
            guidance: RwSignal::new(None),
            waiting: RwSignal::new(Vec::new()),
            seated: RwSignal::new(Vec::new()),
            current: RwSignal::new(None),
            asked: RwSignal::new(None),
            choosing: RwSignal::new(None),
            guides: RwSignal::new(false),
            colleagues: Colleagues::new(roles),
            calls: RwSignal::new(Vec::new()),
            code_words: CodeWords::new(roles),
            offers: Offers::new(now),
            host: RwSignal::new(HostSays::default()),
            audit: RwSignal::new(None),
            notices: RwSignal::new(Vec::new()),
            administers: !practice && roles.contains(Roles::ADMINISTRATOR),
            supervises: !practice && roles.contains(Roles::SUPERVISOR),
            trouble: RwSignal::new(None),
            said: RwSignal::new(String::new()),
            now: RwSignal::new(now),
            practice,
        }
    }

    /// Takes up what happened in a chat. One that opens takes the lowest free number; what comes late of
    /// one that was put away is nothing.
    pub(crate) fn handle_chat(
        self,
        number: ChatNumber,
        event: ChatEvent,
        now: Timestamp,
    ) -> Option<Seat> {
        let seated = match self.find(number) {
            Some(seated) => seated,
            None if matches!(event, ChatEvent::Opened(_) | ChatEvent::Entered(_)) => {
                self.seat(number)
            }
            None => return None,
        };
        let news = seated.chat.try_update(|chat| chat.handle(event, now)).flatten();
        if let Some(news) = news {
            self.announce(&seated, &news);
        }
        Some(seated.seat)
    }

    /// Says that somebody waits for whoever is at this desk, when that is new.
    pub(crate) fn say_who_is_for_me(self, waiting: &[WaitingSurvivor]) {
        let for_me = |one: &&WaitingSurvivor| matches!(one.meant, Some(Meant::Me { .. }));
        let is_new = |one: &&WaitingSurvivor| {
            self.waiting.with_untracked(|all| !all.iter().any(|before| before.ticket == one.ticket))
        };
        if let Some(Meant::Me { by }) =
            waiting.iter().filter(for_me).find(is_new).and_then(|one| one.meant.as_ref())
        {
            self.said.set(say_with("meant-for-you", &[("name", &name_of(by.as_ref()))]));
        }
    }

    fn find(self, number: ChatNumber) -> Option<Seated> {
        self.seated
            .with_untracked(|seated| seated.iter().find(|seated| seated.number == number).cloned())
    }

    fn seat(self, number: ChatNumber) -> Seated {
        let taken: Vec<Seat> =
            self.seated.with_untracked(|seated| seated.iter().map(|seated| seated.seat).collect());
        let seated =
            Seated { seat: lowest_free(&taken), number, chat: ArcRwSignal::new(Chat::new()) };
        self.seated.update(|all| {
            all.push(seated.clone());
            all.sort_by_key(|seated| seated.seat);
        });
        seated
    }

    /// The chat with this number on the screen.
    pub(crate) fn at(self, seat: Seat) -> Option<Seated> {
        self.seated
            .with_untracked(|seated| seated.iter().find(|seated| seated.seat == seat).cloned())
    }

    /// Takes a chat that is over off the screen.
    pub(crate) fn put_away(self, seat: Seat) {
        self.seated.update(|seated| seated.retain(|seated| seated.seat != seat));
        if self.current.get_untracked() == Some(seat) {
            self.current.set(None);
        }
    }

    /// How long a chat goes on before it is time to check in; nothing while the program's policy is not here.
    pub(crate) fn check_in_after(self) -> Option<Duration> {
        let minutes = self.guidance.with(|guidance| guidance.as_ref().map(|given| given.check_in));
        minutes.map(|minutes| Duration::from_secs(u64::from(minutes) * 60))
    }

    /// The chat in front, if something can be written in it.
    pub(crate) fn to_write_in(self) -> Option<Seat> {
        let seat = self.current.get()?;
        let open = self.at(seat)?.chat.with(Chat::stage) == Stage::Open;
        open.then_some(seat)
    }

    /// Whether leaving the page would lose a chat.
    pub(crate) fn has_open_chats(self) -> bool {
        self.seated.with_untracked(|seated| {
            seated.iter().any(|seated| seated.chat.with_untracked(|chat| !chat.is_over()))
        })
    }

    /// The next chat after the one in front that needs an answer.
    pub(crate) fn next_to_answer(self) -> Option<Seat> {
        let after = self.current.get_untracked().unwrap_or(0);
        let waiting: Vec<Seat> = self.seated.with_untracked(|seated| {
            let needing =
                seated.iter().filter(|seated| seated.chat.with_untracked(Chat::needs_answer));
            needing.map(|seated| seated.seat).collect()
        });
        let next = waiting.iter().find(|seat| **seat > after);
        next.or(waiting.first()).copied()
    }

    /// Says in the region for announcements what a log that is read aloud does not say: a message in the
    /// chat in front is read from its log.
    fn announce(self, seated: &Seated, news: &News) {
        let in_front = self.current.get_untracked() == Some(seated.seat);
        let chat = chat_name(seated.seat);
        let what = match news {
            // In the chat in front these are read from its log, or from regions of their own.
            News::Message
            | News::Note(_)
            | News::Silence(_)
            | News::Live(_)
            | News::Handover(_)
            | News::End(_)
            | News::Word(_)
                if in_front =>
            {
                return;
            }
            News::Message => {
                self.said.set(say_with("desk-new-message", &[("chat", &chat)]));
                return;
            }
            News::Note(announcement) => told(announcement),
            News::Live(live) => say(words::live(*live)),
            News::Handover(step) => self.colleagues.about_handover(*step),
            News::End(step) => {
                let (text, count) = words::end(*step);
                say_with(text, &[("count", &count.to_string())])
            }
            // For whom is said in the chat itself.
            News::Word(step) => say(words::code_word_apart(*step)),
            News::Silence(silence) => {
                let Some((text, count)) = words::silence(*silence) else {
                    return;
                };
                say_with(text, &[("count", &count.to_string())])
            }
            News::Stage(Stage::Open) => say("desk-survivor-joined"),
            News::Stage(Stage::Ended(ending)) => say(words::ending(*ending)),
            News::Stage(Stage::Lost) => say("chat-lost"),
            News::Stage(Stage::Joining) => return,
        };
        self.said.set(say_with("desk-in-chat", &[("chat", &chat), ("what", &what)]));
    }
}

/// A name in a sentence, where it is known.
pub(crate) fn name_of(name: Option<&DisplayName>) -> String {
    name.map_or_else(|| say("a-colleague"), |name| name.as_str().to_owned())
}

/// "Chat 3".
pub(crate) fn chat_name(seat: Seat) -> String {
    say_with("chat-name", &[("number", &seat.to_string())])
}

/// An announcement as a sentence.
pub(crate) fn told(announcement: &Announcement) -> String {
    match words::announcement(announcement) {
        (text, None) => say(text),
        (text, Some((name, role))) => {
            say_with(text, &[("name", name), ("role", &say(words::role(role)))])
        }
    }
}

/// Who wrote, as the log shows it: a name, and a role where it does not go without saying.
pub(crate) fn signature(what: &What) -> Option<(String, String)> {
    let What::Message { writer, .. } = what else {
        return None;
    };
    Some(match writer {
        Writer::Me => (say("you"), String::new()),
        Writer::Other { name, role } if name.is_empty() => (say(words::role(*role)), String::new()),
        Writer::Other { name, role } => (name.clone(), say(words::role(*role))),
    })
}

fn lowest_free(taken: &[Seat]) -> Seat {
    (1..).find(|seat| !taken.contains(seat)).unwrap_or(Seat::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_chat_takes_the_lowest_number_that_is_free() {
        assert_eq!(lowest_free(&[]), 1);
        assert_eq!(lowest_free(&[1, 3]), 2);
        assert_eq!(lowest_free(&[1, 2]), 3);
    }
}
