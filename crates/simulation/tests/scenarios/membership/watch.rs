//! What everybody may read, held against what their pages show. The survivor's page alone says who is in the chat:
//! whoever reads anything must have been announced there, when it was written or, of a lead who came later, before it
//! was shown to them.

use std::collections::BTreeMap;

use stillroom_conversation::{Announcement, ChatNumber, Company, Phase, Role};
use stillroom_simulation::{DeviceNumber, Shown, ShownChat, World};

use super::floor::Person;

/// A time in which somebody is in as a third person, numbered per page.
type Stay = (Person, usize);

/// Something that somebody wrote, and who was in as their page showed it.
struct Sent {
    author: Person,
    text: String,
    /// Of the survivor: the first lead, in the order in which they came, who may read it.
    from: usize,
    third: Option<Stay>,
}

/// What of one chat at one desk was looked at, and what it turned out to be.
#[derive(Default)]
struct Seen {
    messages: usize,
    companies: usize,
    was_over: bool,
    /// Of a chat that this desk leads: which of the survivor's leads they are in it.
    tenure: Option<usize>,
    third: Option<Stay>,
    stays: usize,
    /// Of a chat that this desk joined: in which stay, by the survivor's page and by the lead's.
    stay: Option<Stay>,
    stay_by_lead: Option<(Person, Stay)>,
    /// The last that was read of each author.
    last: BTreeMap<usize, usize>,
}

/// The survivor's page, as far as it was looked at.
#[derive(Default)]
struct Page {
    phases: usize,
    announced: usize,
    messages: usize,
    companies: usize,
    /// Who led, in the order in which they came.
    leads: Vec<Person>,
    in_chat: bool,
    went_back: usize,
    third: Option<Stay>,
    stays: Vec<Stay>,
    /// Whom the survivor said yes to.
    agreed: Option<Person>,
    present: Vec<Person>,
    last: BTreeMap<usize, usize>,
}

pub(crate) struct Watch {
    survivor: DeviceNumber,
    desks: [(Person, DeviceNumber); 4],
    sent: Vec<Sent>,
    page: Page,
    seen: BTreeMap<(usize, usize), Seen>,
    /// What was wrong, in the order in which it was seen.
    pub(crate) wrong: Vec<String>,
}

impl Watch {
    pub(crate) fn new(survivor: DeviceNumber, desks: [(Person, DeviceNumber); 4]) -> Self {
        let (sent, page, seen, wrong) = Default::default();
        Self { survivor, desks, sent, page, seen, wrong }
    }

    fn require(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.wrong.push(what());
        }
    }

    /// Somebody writes this, with their page as it was looked at last.
    pub(crate) fn before_writing(&mut self, author: Person, chat: Option<ChatNumber>, text: &str) {
        let (from, third) = match chat {
            None => {
                let next = self.page.leads.len() + usize::from(!self.page.in_chat);
                (next, self.page.third)
            }
            Some(ChatNumber(number)) => {
                let device = self.desks.iter().find(|(one, _)| *one == author);
                let at = device.map_or(0, |(_, device)| device.0);
                (0, self.seen.get(&(at, number as usize)).and_then(|seen| seen.third))
            }
        };
        self.sent.push(Sent { author, text: text.to_owned(), from, third });
    }

    /// The survivor says yes while their page shows this.
    pub(crate) fn before_yes(&mut self, company: &Company) {
        if let Company::Asked(who) = company {
            self.page.agreed = Person::named(&who.name);
        }
    }

    /// Looks at every page.
    pub(crate) fn look(&mut self, world: &World) {
        self.look_at_survivor(world.shown(self.survivor));
        for (desk, device) in self.desks {
            for (number, chat) in world.shown(device).chats.iter().enumerate().skip(1) {
                self.look_at_desk(desk, (device.0, number), chat);
            }
        }
    }

    // The survivor's page.

    fn look_at_survivor(&mut self, shown: &Shown) {
        let Some(chat) = shown.chats.first() else { return };
        for company in chat.company.iter().skip(self.page.companies) {
            self.see_company(company);
        }
        self.page.companies = chat.company.len();
        let were_present = self.page.present.clone();
        for announcement in chat.announced.iter().skip(self.page.announced) {
            self.see_announced(announcement);
        }
        self.page.announced = chat.announced.len();
        for phase in shown.phases.iter().skip(self.page.phases) {
            self.see_phase(*phase, chat);
        }
        self.page.phases = shown.phases.len();
        let questions = [
            shown.question.is_some(),
            shown.end_asked.is_some(),
            matches!(chat.company.last(), Some(Company::Asked(_))),
        ];
        let asked = questions.iter().filter(|one| **one).count();
        self.require(asked <= 1, || format!("{asked} questions at once"));
        for (own, _, text) in chat.messages.iter().skip(self.page.messages) {
            if let (false, Some(at)) = (own, self.find(text)) {
                let author = self.sent[at].author;
                let is_announced = [&were_present, &self.page.present];
                let is_announced = is_announced.iter().any(|names| names.contains(&author));
                self.require(is_announced, || format!("the survivor reads {text}, of nobody here"));
                let last = self.page.last.insert(author as usize, at);
                self.require(last < Some(at), || {
                    format!("the survivor reads {text} late or twice")
                });
            }
        }
        self.page.messages = chat.messages.len();
    }

    fn see_company(&mut self, company: &Company) {
        let here = match company {
            Company::Here(who) => Person::named(&who.name),
            _ => None,
        };
        if let Some(who) = here.filter(|who| self.page.third.map(|(one, _)| one) != Some(*who)) {
            let agreed = self.page.agreed;
            self.require(agreed == Some(who), || format!("{who:?} comes without a yes"));
            let stay = (who, self.page.stays.len());
            self.page.stays.push(stay);
            self.page.third = Some(stay);
        }
        if here.is_none() {
            self.page.third = None;
        }
        if matches!(company, Company::Nobody | Company::Asked(_)) {
            self.page.agreed = None;
        }
    }

    fn see_announced(&mut self, announcement: &Announcement) {
        match announcement {
            Announcement::Joined { name, .. } => self.page.present.extend(Person::named(name)),
            Announcement::Left { name, .. } | Announcement::HandedOver { name, .. } => {
                self.page.present.retain(|one| one.name() != name);
            }
            Announcement::AdvocateLost => self.page.present.clear(),
            _ => {}
        }
    }

    fn see_phase(&mut self, phase: Phase, chat: &ShownChat) {
        let backs = chat.announced.iter().filter(|one| **one == Announcement::NobodyTakesOver);
        let backs = backs.count();
        if phase != Phase::Chatting {
            self.page.in_chat = false;
            return;
        }
        if core::mem::replace(&mut self.page.went_back, backs) < backs {
            // What was written meanwhile is for the lead whom the survivor is back with.
            let tenure = self.page.leads.len();
            for sent in self.sent.iter_mut().filter(|sent| sent.from > tenure) {
                sent.from = tenure;
            }
        } else {
            let lead = chat.announced.iter().rev().find_map(|one| match one {
                Announcement::Joined { name, .. } => Person::named(name),
                _ => None,
            });
            self.require(lead.is_some(), || "a chat with nobody who was announced".into());
            self.page.leads.extend(lead);
        }
        self.page.in_chat = true;
    }

    // The desks' pages.

    fn look_at_desk(&mut self, desk: Person, key: (usize, usize), chat: &ShownChat) {
        let mut seen = self.seen.remove(&key).unwrap_or_default();
        for company in chat.company.iter().skip(seen.companies) {
            let here = match company {
                Company::Here(who) => Person::named(&who.name),
                _ => None,
            };
            if here.is_some() && seen.third.is_none() {
                seen.stays += 1;
            }
            seen.third = here.map(|who| (who, seen.stays));
        }
        seen.companies = chat.company.len();
        if chat.entered.is_some() {
            let agreed = self.page.stays.iter().any(|(who, _)| *who == desk);
            self.require(agreed, || format!("{desk:?} is in, whom no page announced"));
        }
        for (own, _, text) in chat.messages.iter().skip(seen.messages) {
            if *own {
                continue;
            }
            let was_over = seen.was_over;
            self.require(!was_over, || format!("{desk:?} reads {text}, after it was over"));
            if let Some(at) = self.find(text) {
                let last = seen.last.insert(self.sent[at].author as usize, at);
                self.require(last < Some(at), || format!("{desk:?} reads {text} late or twice"));
                let may_read = match chat.entered {
                    Some(_) => self.third_may_read(desk, &mut seen, at),
                    None => self.lead_may_read(desk, key, &mut seen, at),
                };
                self.require(may_read, || format!("{desk:?} reads {text}, which is not for them"));
            }
        }
        seen.messages = chat.messages.len();
        seen.was_over = chat.over;
        self.seen.insert(key, seen);
    }

    /// A third person reads what was written while they were in, by the page of whoever wrote it; all of it in one
    /// stay.
    fn third_may_read(&self, desk: Person, seen: &mut Seen, at: usize) -> bool {
        let Sent { author, third, .. } = &self.sent[at];
        let Some(stay) = third.filter(|(who, _)| *who == desk) else {
            return false;
        };
        if *author == Person::Survivor {
            *seen.stay.get_or_insert(stay) == stay
        } else {
            *seen.stay_by_lead.get_or_insert((*author, stay)) == (*author, stay)
        }
    }

    /// A lead reads the survivor from when they were announced until they were left, and whoever they let in.
    fn lead_may_read(&self, desk: Person, key: (usize, usize), seen: &mut Seen, at: usize) -> bool {
        let Sent { author, from, .. } = &self.sent[at];
        if *author != Person::Survivor {
            return seen.stays > 0 && Person::GUESTS.contains(author);
        }
        let taken = |tenure: &usize| {
            let mut others = self.seen.iter().filter(|((device, _), _)| *device == key.0);
            others.any(|(_, other)| other.tenure == Some(*tenure))
        };
        let tenures = self.page.leads.iter().enumerate().rev();
        let mut tenures = tenures.filter(|(_, lead)| **lead == desk).map(|(before, _)| before + 1);
        seen.tenure = seen.tenure.or_else(|| tenures.find(|tenure| !taken(tenure)));
        seen.tenure.is_some_and(|tenure| *from <= tenure)
    }

    fn find(&mut self, text: &str) -> Option<usize> {
        let found = self.sent.iter().position(|sent| sent.text == text);
        self.require(found.is_some(), || format!("{text} was written by nobody"));
        found
    }

    // At the end.

    /// Nothing was lost among those who stayed: `lead` in `chat`, and whoever is in with them.
    pub(crate) fn settle(&mut self, world: &World, lead: Person, chat: ChatNumber) {
        let page = world.shown(self.survivor).chat(0);
        self.require(page.all_delivered(), || "the survivor waits for an acknowledgement".into());
        let mut read = Vec::new();
        for (_, device) in self.desks {
            let led = world.shown(device).chats.iter().skip(1).filter(|one| one.entered.is_none());
            for one in led {
                read.extend(one.received().into_iter().map(str::to_owned));
            }
        }
        for text in page.written() {
            let was_read = read.iter().any(|one| one == text);
            self.require(was_read, || format!("{text} is lost"));
        }
        let desk = self.desks.iter().find(|(one, _)| *one == lead).map(|(_, device)| *device);
        let Some(device) = desk else { return };
        let at_desk = world.shown(device).chat(chat.0 as usize);
        self.require(at_desk.all_delivered(), || format!("{lead:?} waits for an acknowledgement"));
        let received = page.received();
        for text in at_desk.written() {
            let was_read = received.contains(&text);
            self.require(was_read, || format!("{text} is lost for the survivor"));
        }
        let in_page = page.roster.len();
        let in_desk = at_desk.roster.len();
        self.require(in_page == in_desk, || format!("{in_page} here, and {in_desk} for {lead:?}"));
        let third = at_desk
            .roster
            .iter()
            .find(|one| one.role != Role::Survivor && Person::named(&one.name) != Some(lead));
        let third = third.and_then(|one| Person::named(&one.name));
        let is_shown = self.page.third.map(|(who, _)| who) == third;
        self.require(is_shown, || format!("{third:?} is in for {lead:?} and not for the survivor"));
        if let Some(third) = third {
            self.settle_third(world, third, &page);
        }
    }

    /// Whoever is in as a third person has all that was written while they were.
    fn settle_third(&mut self, world: &World, third: Person, page: &ShownChat) {
        let desk = self.desks.iter().find(|(one, _)| *one == third).map(|(_, device)| *device);
        let Some(device) = desk else { return };
        let chats = &world.shown(device).chats;
        let Some(chat) = chats.iter().rev().find(|chat| chat.entered.is_some()) else {
            self.wrong.push(format!("{third:?} is in and does not know"));
            return;
        };
        self.require(!chat.over, || format!("{third:?} is in and does not know any more"));
        self.require(chat.all_delivered(), || format!("{third:?} waits for an acknowledgement"));
        let received = page.received();
        for text in chat.written() {
            self.require(received.contains(&text), || format!("{text} is lost"));
        }
        let stay = self.page.third;
        let mine = self
            .sent
            .iter()
            .filter(|sent| sent.author == Person::Survivor && stay.is_some() && sent.third == stay);
        let mine = mine.map(|sent| sent.text.clone()).collect::<Vec<_>>();
        let read = chat.received();
        for text in mine {
            self.require(read.contains(&&*text), || format!("{text} is lost for {third:?}"));
        }
    }
}
