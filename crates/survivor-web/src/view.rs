//! Draws the conversation into the markup of `page.html` (`features.md` 3.3, 3.6, 3.7, 3.8, 3.9, 3.12, 4.1).
//!
//! Whatever a person wrote, or is called, becomes the content of a text node, set apart from the direction
//! of what is around it. When the chat is over it is taken off the page before anything else is shown.
//! A screenshot taken before cannot be undone.

use stillroom_conversation::{
    Announcement, Author, Company, ConversationEvent, Ending, HandoverAsked, JoinsAs, Line, Live,
    MemberNumber, MessageNumber, Participant, Phase, Proposed, Silence, Typed, WordWanted,
    WriteError, Written,
};
use stillroom_program::Timestamp;
use wasm_bindgen::JsCast;
use web_sys::{
    Document, DocumentFragment, Element, HtmlInputElement, HtmlTemplateElement, HtmlTextAreaElement,
};

use crate::words::{self, Phrase};

/// How near its end, in CSS pixels, the log counts as read to the end. It is laid out from its end, so that
/// a keyboard that comes up covers the oldest messages first: its end is at nought, and above is negative.
const NEAR_END: i32 = 80;

/// What is said of one's own message that everybody has.
const RECEIVED: &str = "state-received";

/// The fields of a code word, and of the one for danger.
const WORDS: [&str; 2] = ["word", "word-danger"];

/// A message on the page.
struct Shown {
    number: MessageNumber,
    at: Timestamp,
    /// How far one's own message got, by the name of the text that says so; empty for another's.
    how_far: &'static str,
    /// Where both are said, in one text: each element more is kept a thousand times, and has to go before the way out is
    /// through.
    meta: Element,
    /// What is said there now.
    said: Option<Phrase>,
}

impl Shown {
    /// One's own message got so far; once everybody has it, there is no further.
    fn got(&mut self, so_far: &'static str) {
        if !["", RECEIVED].contains(&self.how_far) {
            self.how_far = so_far;
            self.said = None;
        }
    }
}

/// The page's elements, and what is shown in them.
pub(crate) struct View {
    document: Document,
    texts: DocumentFragment,
    box_: HtmlTextAreaElement,
    log: Element,
    messages: Element,
    shown: Vec<Shown>,
    here: Vec<Participant>,
    screen: &'static str,
    place: Option<Phrase>,
    silence: Silence,
    live: Live,
    /// What is asked: whether somebody else may take over.
    asked: Option<HandoverAsked>,
    /// In how many minutes the advocate is about to end the chat, while that is so.
    end_asked: Option<u16>,
    /// How far it has come that a third person joins.
    company: Company,
}

impl View {
    /// `None` where something that this code needs is not in the page.
    pub(crate) fn new(document: Document) -> Option<Self> {
        Some(Self {
            texts: template(&document, "texts")?,
            box_: document.get_element_by_id("message")?.dyn_into().ok()?,
            log: document.get_element_by_id("log")?,
            messages: document.get_element_by_id("messages")?,
            shown: Vec::new(),
            here: Vec::new(),
            screen: "",
            place: None,
            silence: Silence::Over,
            live: Live::Off,
            asked: None,
            end_asked: None,
            company: Company::Nobody,
            document,
        })
    }

    // Screens.

    /// Prepares for a phase; returns the screen to show and its part where that changes.
    pub(crate) fn show_phase(&mut self, phase: Phase) -> Option<(&'static str, &'static str)> {
        let (screen, part) = match phase {
            Phase::Before => return None,
            Phase::Waiting { ahead } => {
                let place = words::place(ahead);
                self.place = Some(place);
                self.set("place", &self.phrase(place));
                if ahead.is_some() {
                    self.show_line(Line::Up);
                }
                ("waiting", "")
            }
            Phase::Chatting => {
                self.show_line(Line::Up);
                self.show_openings();
                ("chat", "")
            }
            Phase::Ended(ending) => {
                if self.screen == "waiting" && ending == Ending::BySurvivor {
                    self.show_told(true);
                    ("ended", "ended-waiting")
                } else {
                    ("ended", words::ending(ending))
                }
            }
            Phase::Stopped(stop) => ("stopped", words::stop(stop)),
        };
        if self.screen == screen {
            return None;
        }
        self.screen = screen;
        if screen != "ended" {
            self.show_way_back("");
        }
        if screen == "waiting" || screen == "chat" {
            let under_way = self.under_way();
            self.shown.iter_mut().for_each(|shown| shown.got(under_way));
        } else {
            self.erase();
        }
        Some((screen, part))
    }

    /// Whether an advocate is there.
    pub(crate) fn is_in_chat(&self) -> bool {
        self.screen == "chat"
    }

    /// Takes the conversation off the page.
    fn erase(&mut self) {
        self.show_live(Live::Off);
        self.show_typed(&Typed::Nothing);
        self.messages.set_text_content(None);
        self.clear_written();
        self.set("roster", "");
        self.show_silence(Silence::Over);
        self.show_handover(None);
        self.show_end(None);
        self.show_company(Company::Nobody);
        self.show_word(None);
        self.shown.clear();
        self.here.clear();
    }

    /// Says whether the line stands.
    pub(crate) fn show_line(&self, line: Line) {
        let (state, id) = match line {
            Line::Up => ("up", "line-up"),
            Line::Down => ("down", "line-down"),
        };
        self.show_told(line == Line::Up);
        if let Some(element) = self.document.get_element_by_id("line")
            && element.get_attribute("data-line").as_deref() != Some(state)
        {
            let _ = element.set_attribute("data-line", state);
            element.set_text_content(Some(&self.text(id)));
        }
    }

    /// Says on the last screen whether the other side can have heard of the end.
    fn show_told(&self, told: bool) {
        if let Some(not_told) = self.document.get_element_by_id("not-told") {
            let _ = not_told.toggle_attribute_with_force("hidden", told);
        }
    }

    /// Says again what is so now, after the page's texts came in another language. What stands in the log stays
    /// as it was said.
    pub(crate) fn say_anew(&mut self, now: Timestamp) {
        if let Some(place) = self.place {
            self.set("place", &self.phrase(place));
        }
        let line = self.document.get_element_by_id("line");
        match line.and_then(|line| line.get_attribute("data-line")).as_deref() {
            Some("up") => self.set("line", &self.text("line-up")),
            Some("down") => self.set("line", &self.text("line-down")),
            _ => {}
        }
        let here = core::mem::take(&mut self.here);
        self.show_roster(here);
        self.say_typing(self.says("typing"));
        self.show_silence(self.silence);
        self.show_live(self.live);
        let asked = self.asked.take();
        self.show_handover(asked);
        self.show_end(self.end_asked);
        let company = core::mem::take(&mut self.company);
        self.show_company(company);
        self.say_length();
        self.shown.iter_mut().for_each(|shown| shown.said = None);
        self.show_times(now);
    }

    // The message box.

    /// What is in the message box.
    pub(crate) fn written(&self) -> String {
        self.box_.value()
    }

    /// Empties the message box.
    pub(crate) fn clear_written(&self) {
        self.box_.set_value("");
        self.set("left", "");
    }

    /// Says how much room a message has left, near the limit.
    pub(crate) fn say_length(&self) {
        // A character has at least one unit of the browser's, so most texts need no copy to be counted.
        let room = words::room_left(self.box_.text_length() as usize)
            .and_then(|_| words::room_left(self.written().chars().count()));
        self.set("left", &room.map(|phrase| self.phrase(phrase)).unwrap_or_default());
    }

    /// Says that a message was not taken, and is still in the box.
    pub(crate) fn say_not_now(&self) {
        self.set("left", &self.text("message-not-now"));
    }

    // The conversation.

    /// Shows what the core says of the conversation.
    pub(crate) fn show_conversation(&mut self, event: ConversationEvent, now: Timestamp) {
        match event {
            ConversationEvent::Message { number, from, text } => {
                self.show_message(number, from, &text, now);
            }
            ConversationEvent::Delivered { number } => {
                for shown in self.shown.iter_mut().filter(|shown| shown.number == number) {
                    shown.got(RECEIVED);
                }
            }
            ConversationEvent::Roster(here) => self.show_roster(here),
            ConversationEvent::Announced(said) => self.announce(&said),
            ConversationEvent::ReturnWords(words) => self.show_return_words(&words),
            ConversationEvent::WayBack(words) => self.show_way_back(&words),
            ConversationEvent::LastWords(words) => self.set("last-words", &words),
            ConversationEvent::Silence(silence) => self.show_silence(silence),
            ConversationEvent::Live(live) => {
                self.show_live(live);
                if live == Live::Off {
                    self.note(&self.text("live-off"));
                }
            }
            ConversationEvent::Typed(typed) => self.show_typed(&typed),
        }
    }

    fn show_message(&mut self, number: MessageNumber, from: Author, text: &Written, at: Timestamp) {
        let mine = from == Author::Me;
        let Some(item) = self.copy(if mine { "of-mine" } else { "of-message" }) else {
            return;
        };
        if let Author::Member(member) = from {
            let (name, role) = self.who(member);
            put(&item, "bdi", &name);
            put(&item, ".role", &role);
        }
        put(&item, ".words", text);
        let Some(meta) = part(&item, ".meta") else {
            return;
        };
        let how_far = if mine { self.under_way() } else { "" };
        self.shown.push(Shown { number, at, how_far, meta, said: None });
        self.show_times(at);
        self.append(&item, mine);
    }

    fn show_roster(&mut self, here: Vec<Participant>) {
        self.here = here;
        self.set("roster", "");
        let Some(roster) = self.document.get_element_by_id("roster") else {
            return;
        };
        for person in &self.here {
            let Some(item) = self.copy("of-person") else {
                return;
            };
            if person.me {
                put(&item, ".who", &self.text("you"));
            } else {
                put(&item, ".who", &person.name);
                put(&item, ".role", &self.text(words::role(person.role)));
            }
            if !person.me && !person.here {
                item.set_class_name("gone");
                put(&item, ".away", &self.text("connection-lost"));
            }
            let _ = roster.append_child(&item);
        }
    }

    /// An announcement stands in the log, at the moment at which it came.
    fn announce(&self, said: &Announcement) {
        let (id, about) = words::announcement(said);
        let mut sentence = self.text(id);
        if let Some((name, role)) = about {
            sentence = words::fill(&sentence, "name", &words::isolated(name));
            sentence = words::fill(&sentence, "role", &self.text(words::role(role)));
        }
        self.note(&sentence);
    }

    fn note(&self, sentence: &str) {
        if let Some(item) = self.copy("of-note") {
            put(&item, "p", sentence);
            self.append(&item, false);
        }
    }

    /// What the program says by itself. It is moved out of its template, and so said once in a page: another
    /// language of the page fills no template that is empty (`words.js`).
    fn show_openings(&self) {
        let list = template(&self.document, "of-openings");
        if let Some(list) = list.and_then(|content| content.first_element_child()) {
            while let Some(item) = list.first_element_child() {
                self.append(&item, false);
            }
        }
    }

    /// The three words stand in the log until they are hidden there; newer ones take their place.
    fn show_return_words(&self, words: &Written) {
        if let Some(earlier) = self.document.get_element_by_id("return") {
            earlier.remove();
        }
        if let Some(item) = self.copy("of-words") {
            put(&item, "strong", words);
            self.append(&item, false);
        }
    }

    /// The words that lead back to this advocate, which are seen when the chat has ended; nothing where there are none.
    fn show_way_back(&self, words: &str) {
        self.set("back-words", words);
        if let Some(back) = self.document.get_element_by_id("back") {
            show_if(&back, !words.is_empty());
        }
    }

    /// Asks whether somebody is still there, or says when the chat closes; nothing once it is over.
    fn show_silence(&mut self, silence: Silence) {
        self.silence = silence;
        let Some(panel) = self.document.get_element_by_id("silence") else {
            return;
        };
        let phrase = words::silence(silence);
        show_if(&panel, phrase.is_some());
        self.set("silence-said", &phrase.map(|phrase| self.phrase(phrase)).unwrap_or_default());
    }

    /// Asks whether somebody else may take over. That there is a question is said in the log.
    pub(crate) fn ask_handover(&mut self, asked: Option<HandoverAsked>) {
        if asked.is_some() {
            self.note(&self.about_advocate("handover-asked"));
        }
        self.show_handover(asked);
    }

    fn show_handover(&mut self, asked: Option<HandoverAsked>) {
        let Some(panel) = self.document.get_element_by_id("handover") else {
            return;
        };
        show_if(&panel, asked.is_some());
        let (mut to, mut why) = (String::new(), String::new());
        let (mut words, mut note) = ("", "");
        if let Some(asked) = &asked {
            let ids = words::handover(asked);
            (to, why) = (self.about_advocate(ids.0), self.text(ids.1));
            if let Proposed::Colleague { name, role } = &asked.to {
                to = words::fill(&to, "role", &self.text(words::role(*role)));
                to = words::fill(&to, "colleague", &words::isolated(name.as_str()));
            }
            (words, note) = (&asked.handover.words, &asked.handover.note);
        }
        self.set("handover-to", &to);
        self.set("handover-why", &why);
        self.set("handover-words", words);
        self.set("handover-note", note);
        if let Some(more) = self.document.get_element_by_id("handover-more") {
            let _ = more.remove_attribute("open");
        }
        self.asked = asked;
    }

    /// Says that the advocate is about to end the chat, and asks whether there is more to say. That there is a
    /// question is said in the log.
    pub(crate) fn ask_end(&mut self, minutes: Option<u16>) {
        if minutes.is_some() {
            self.note(&self.about_advocate("end-asked"));
        }
        self.show_end(minutes);
    }

    fn show_end(&mut self, minutes: Option<u16>) {
        self.end_asked = minutes;
        let Some(panel) = self.document.get_element_by_id("end-asked") else {
            return;
        };
        show_if(&panel, minutes.is_some());
        let when = minutes.map(|minutes| self.phrase(words::ends_in(minutes)));
        self.set("end-when", &when.unwrap_or_default());
    }

    /// Asks whether somebody may join, or says that they are here. That there is a question is said in the log.
    pub(crate) fn ask_joining(&mut self, company: Company) {
        if matches!(company, Company::Asked(_)) {
            self.note(&self.about_advocate("may-somebody-join"));
        }
        self.show_company(company);
    }

    fn show_company(&mut self, company: Company) {
        self.company = company;
        let Some(panel) = self.document.get_element_by_id("company") else {
            return;
        };
        let told = words::company(&self.company);
        show_if(&panel, told.is_some());
        let (mut state, mut said, mut who) = ("", String::new(), "");
        if let Some((part, id, newcomer)) = told {
            state = part;
            said = words::fill(&self.text(id), "name", &words::isolated(&newcomer.name));
            let role = self.text(words::role(newcomer.role));
            said = words::fill(&said, "role", &role);
            who = match newcomer.joins_as {
                JoinsAs::Interpreter => "company-interpreter",
                JoinsAs::Supervisor => "company-supervisor",
                JoinsAs::Successor => "company-successor",
            };
        }
        self.set("company-said", &said);
        self.set("company-who", &self.text(who));
        let _ = panel.set_attribute("data-company", state);
    }

    /// Offers to ask for an interpreter, or says that the survivor did and offers to take it back. Not in the page
    /// of a program without any.
    pub(crate) fn show_interpreter_wanted(&self, wanted: bool) {
        if let Some(button) = self.document.get_element_by_id("interpreter") {
            let _ = button.toggle_attribute_with_force("data-wanted", wanted);
        }
    }

    /// Asks for a code word. That there is a question is said in the log.
    pub(crate) fn ask_word(&self, wanted: Option<WordWanted>) {
        if let Some(wanted) = wanted {
            self.note(&self.about_advocate(words::code_word(wanted).1));
        }
        self.show_word(wanted);
    }

    /// Empty fields each time, whatever was typed before.
    fn show_word(&self, wanted: Option<WordWanted>) {
        for id in WORDS {
            if let Some(field) = self.field(id) {
                field.set_value("");
            }
        }
        self.set("word-said", "");
        self.set("word-advice", "");
        if let Some(panel) = self.document.get_element_by_id("word-asked") {
            show_if(&panel, wanted.is_some());
            let part = wanted.map_or("", |wanted| words::code_word(wanted).0);
            let _ = panel.set_attribute("data-wanted", part);
        }
    }

    /// The code word as it was typed, and the one for danger.
    pub(crate) fn code_words(&self) -> [String; 2] {
        WORDS.map(|id| self.field(id).map(|field| field.value()).unwrap_or_default())
    }

    /// Says why what was typed is no code word.
    pub(crate) fn say_no_word(&self, error: WriteError) {
        self.set("word-said", &self.text(words::no_code_word(error)));
    }

    fn field(&self, id: &str) -> Option<HtmlInputElement> {
        self.document.get_element_by_id(id)?.dyn_into().ok()
    }

    /// A sentence with the advocate's name in it.
    fn about_advocate(&self, id: &str) -> String {
        let who = self.here.iter().find(|person| !person.me);
        let said =
            who.map(|person| words::fill(&self.text(id), "name", &words::isolated(&person.name)));
        said.unwrap_or_default()
    }

    /// Says who sees what is typed, and offers what can be done about it, for as long as it is so.
    fn show_live(&mut self, live: Live) {
        self.live = live;
        let Some(talk) = self.document.get_element_by_id("talk") else {
            return;
        };
        match words::live(live) {
            Some((state, id)) => {
                let _ = talk.set_attribute("data-live", state);
                self.set("live-said", &self.text(id));
            }
            None => {
                let _ = talk.remove_attribute("data-live");
                self.set("live-said", "");
            }
        }
    }

    /// Shows what the advocate is typing. That they are is said once; the words are there to be read.
    fn show_typed(&self, typed: &Typed) {
        self.say_typing(*typed != Typed::Nothing);
        self.set("draft", if let Typed::Text(text) = typed { text } else { "" });
    }

    fn say_typing(&self, typing: bool) {
        let said = if typing { self.about_advocate("is-typing") } else { String::new() };
        self.set("typing", &said);
    }

    /// A member's name and role; whoever wrote and left since is still named by what was shown.
    fn who(&self, member: MemberNumber) -> (String, String) {
        match self.here.iter().find(|person| person.member == member) {
            Some(person) => (person.name.clone(), self.text(words::role(person.role))),
            None => (self.text("role-advocate"), String::new()),
        }
    }

    /// How far a message is that is not everywhere yet: it is kept, or on its way.
    fn under_way(&self) -> &'static str {
        if self.screen == "chat" { "state-sending" } else { "state-kept" }
    }

    /// Puts an item last in the log, and keeps the end in sight for whoever was there or wrote it.
    fn append(&self, item: &Element, mine: bool) {
        let _ = self.messages.append_child(item);
        if mine || self.log.scroll_top() > -NEAR_END {
            self.scroll_to_end();
            // While waiting, and on a very low screen, it is the page that scrolls.
            if self.log.scroll_height() <= self.log.client_height() {
                item.scroll_into_view_with_bool(false);
            }
        }
    }

    /// Brings the end of the log into sight.
    pub(crate) fn scroll_to_end(&self) {
        self.log.set_scroll_top(0);
    }

    // Times.

    /// Whether a time is shown that will be another one later.
    pub(crate) fn has_times(&self) -> bool {
        !self.shown.is_empty()
    }

    /// Says of each message how long ago it was, and of one's own how far it got, where that has changed.
    pub(crate) fn show_times(&mut self, now: Timestamp) {
        let texts = &self.texts;
        for shown in &mut self.shown {
            let phrase = words::how_long_ago(now.checked_since(shown.at).as_secs());
            if shown.said != Some(phrase) {
                shown.said = Some(phrase);
                let said = filled(texts, phrase) + &text(texts, shown.how_far);
                set_text(&shown.meta, &said);
            }
        }
    }

    // Texts and copies of markup.

    fn text(&self, id: &str) -> String {
        text(&self.texts, id)
    }

    fn phrase(&self, phrase: Phrase) -> String {
        filled(&self.texts, phrase)
    }

    /// Sets an element's text, unless it says so already: a live region speaks at every setting.
    fn set(&self, id: &str, words: &str) {
        if let Some(element) = self.document.get_element_by_id(id)
            && element.text_content().as_deref() != Some(words)
        {
            set_text(&element, words);
        }
    }

    /// Whether an element says anything.
    fn says(&self, id: &str) -> bool {
        let element = self.document.get_element_by_id(id);
        element.and_then(|element| element.text_content()).is_some_and(|words| !words.is_empty())
    }

    fn copy(&self, id: &str) -> Option<Element> {
        let copy = template(&self.document, id)?.first_element_child()?.clone_node_with_deep(true);
        copy.ok()?.dyn_into().ok()
    }
}

fn template(document: &Document, id: &str) -> Option<DocumentFragment> {
    Some(document.get_element_by_id(id)?.dyn_into::<HtmlTemplateElement>().ok()?.content())
}

fn text(texts: &DocumentFragment, id: &str) -> String {
    let found = texts.query_selector(&["[data-text=", id, "]"].concat()).ok().flatten();
    found.and_then(|element| element.text_content()).unwrap_or_default()
}

fn filled(texts: &DocumentFragment, phrase: Phrase) -> String {
    words::fill(&text(texts, phrase.id), "count", &phrase.count.to_string())
}

fn part(item: &Element, selector: &str) -> Option<Element> {
    item.query_selector(selector).ok().flatten()
}

fn put(item: &Element, selector: &str, words: &str) {
    if let Some(part) = part(item, selector) {
        set_text(&part, words);
    }
}

fn show_if(element: &Element, shown: bool) {
    let _ = if shown {
        element.remove_attribute("hidden")
    } else {
        element.set_attribute("hidden", "")
    };
}

fn set_text(element: &Element, words: &str) {
    element.set_text_content(Some(words));
}
