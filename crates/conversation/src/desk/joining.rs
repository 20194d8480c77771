//! A third person, at the desks (`features.md` 3.3, 3.5, 5.4; `decisions/0024`): asking the survivor, calling a
//! colleague, letting them in, and putting them out.
//!
//! The lead asks the survivor first, and a colleague only after their yes. What passes between the two desks goes in
//! sealed notes, is said again until it is answered, and holds nothing of what the chat is about. It does not protect
//! against a lead whose desk was changed and who shows the chat to somebody beside the group.

use core::mem::replace;

use stillroom_program::{DisplayName, NameCertificate, Timestamp, VerifiedStaff, VerifyingKey};
use stillroom_protocol::{AttachToken, Bytes, RoomId, StaffId, encode};

use super::{ChatEvent, ChatNumber, Desk, DeskEvent, Held, colleagues::Says};
use crate::{
    chat::{Admission, Chat, Member, Opening, Sign},
    conversation::{
        Announcement, Company, ConversationEvent, EndStep, HandoverStep, JoinsAs, MessageNumber,
        Newcomer, Role, StaysAway, WriteError,
    },
    envelope::{Certified, Content},
    limits::{CALL_AGAIN, CALL_LASTS, CALLS_HELD, THIRD_LOST_AFTER},
    mls::{Group, Prospect},
};

/// A colleague's call into their chat: can this desk come now?
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Whose device calls.
    pub from: StaffId,
    /// The name in their certificate.
    pub name: DisplayName,
    /// That device's number for it.
    pub number: u32,
    /// As what whoever is at this desk is wanted.
    pub joins_as: JoinsAs,
    /// The role that they would show as.
    pub role: Role,
    /// Whether this desk said that it comes, and is on the way in.
    pub coming: bool,
}

/// A call that this desk was given.
pub(super) struct Called {
    shown: Call,
    until: Timestamp,
    /// Once this desk said that it comes: its keys, and when that is said again.
    prospect: Option<(Prospect, Timestamp)>,
}

/// Somebody whom this desk asks into a chat that it leads.
struct Colleague {
    staff: VerifiedStaff,
    name: NameCertificate,
    who: Newcomer,
}

impl Colleague {
    fn id(&self) -> StaffId {
        StaffId(self.staff.device.key.0)
    }

    fn shown(&self) -> Certified {
        Certified { chain: self.staff.chain.clone(), name: self.name.clone() }
    }
}

/// How far it has come.
#[derive(Default)]
enum Stage {
    #[default]
    Nobody,
    /// The survivor is asked.
    Asked,
    /// They agreed, and the colleague is called.
    Called { again: Timestamp },
    /// The colleague comes: as soon as everything said before has arrived they are let in.
    Coming { key_package: Vec<u8> },
    /// They are in the group; they may not have heard it yet.
    In { welcome: Box<Says> },
    /// They are in, and said who they are.
    Here,
}

/// What one chat of this desk's has of a third person.
#[derive(Default)]
pub(super) struct Joining {
    turn: u32,
    call: u32,
    colleague: Option<Colleague>,
    stage: Stage,
    /// By when the colleague must have answered, and then be there; once they are, be back.
    until: Option<Timestamp>,
}

impl Joining {
    pub(super) fn poll_timeout(&self) -> Option<Timestamp> {
        let again = match self.stage {
            Stage::Called { again } => Some(again),
            _ => None,
        };
        [again, self.until].into_iter().flatten().min()
    }

    /// Whether nobody is asked about, called, or there.
    pub(super) fn is_nobody(&self) -> bool {
        matches!(self.stage, Stage::Nobody)
    }

    fn is_in(&self) -> bool {
        matches!(self.stage, Stage::In { .. } | Stage::Here)
    }

    fn is(&self, from: StaffId, call: u32) -> bool {
        self.call == call && self.colleague.as_ref().is_some_and(|one| one.id() == from)
    }

    /// What shows who this colleague is, where they are here so that the survivor may go on with them.
    pub(super) fn met(&self, device: VerifyingKey) -> Option<Certified> {
        (self.successor()? == device).then_some(())?;
        self.colleague.as_ref().map(Colleague::shown)
    }

    /// Who is here so that the survivor may go on with them.
    pub(super) fn successor(&self) -> Option<VerifyingKey> {
        let is_here = matches!(self.stage, Stage::Here);
        let colleague = self.colleague.as_ref().filter(|_| is_here)?;
        (colleague.who.joins_as == JoinsAs::Successor).then_some(colleague.staff.device.key)
    }

    fn company(&self) -> Company {
        let Some(who) = self.colleague.as_ref().map(|one| one.who.clone()) else {
            return Company::Nobody;
        };
        match self.stage {
            Stage::Nobody => Company::Nobody,
            Stage::Asked => Company::Asked(who),
            Stage::Called { .. } => Company::Awaited(who),
            Stage::Coming { .. } | Stage::In { .. } | Stage::Here => Company::Here(who),
        }
    }
}

impl Desk {
    // What the person does.

    /// Asks the survivor whether this colleague may join, who is called after their yes and not before.
    ///
    /// # Errors
    /// [`WriteError::NotNow`] where the colleague is not on duty, is locked or is not certified for that, or would have
    /// to go on with the survivor and takes nobody now; where this desk does not lead the chat or has no survivor in
    /// it; and where somebody else is asked about or there.
    pub fn ask_joining(
        &mut self,
        chat: ChatNumber,
        colleague: StaffId,
        joins_as: JoinsAs,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        self.now = now;
        let colleague = self.find_colleague(colleague, joins_as).ok_or(WriteError::NotNow)?;
        let held = self.chats.get_mut(&chat).ok_or(WriteError::NotNow)?;
        if !held.is_with_survivor() || !held.joining.is_nobody() {
            return Err(WriteError::NotNow);
        }
        let shown = colleague.shown();
        // One question at a time: an end or somebody else who takes over must not come in the middle of this.
        self.withdraw_word(chat, now);
        self.withdraw_handover(chat, now);
        self.close_end_question(chat, EndStep::Withdrawn);
        let held = self.chats.get_mut(&chat).ok_or(WriteError::NotNow)?;
        let turn = held.joining.turn.saturating_add(1);
        let (colleague, stage) = (Some(colleague), Stage::Asked);
        held.joining = Joining { turn, colleague, stage, ..Joining::default() };
        held.chat.say(Content::AskJoining { turn, colleague: shown, joins_as }, now);
        held.silence.handle_said(now);
        self.show_company(chat);
        self.settle();
        Ok(())
    }

    /// Asks no more; or, where the third person is there, puts them out at once.
    pub fn put_out(&mut self, chat: ChatNumber, now: Timestamp) {
        self.now = now;
        self.part_from(chat, StaysAway::NotAsked);
        self.settle();
    }

    /// Says to a colleague who calls that this desk comes, or cannot.
    pub fn answer_call(&mut self, from: StaffId, number: u32, comes: bool, now: Timestamp) {
        self.now = now;
        let mut calls = self.calls.iter();
        let at = calls.position(|call| (call.shown.from, call.shown.number) == (from, number));
        // Who says twice that they come keeps the keys that the lead lets in.
        if let Some(at) = at.filter(|at| !(comes && self.calls[*at].shown.coming)) {
            let prospect = Prospect::staff(&self.setup.device, &self.randomness, now);
            if let (true, Ok(prospect)) = (comes, prospect) {
                self.calls[at].shown.coming = true;
                self.calls[at].prospect = Some((prospect, now));
                self.calls[at].until = now + CALL_LASTS;
            } else {
                self.calls.remove(at);
                self.send_to(from, &Says::CannotCome { call: number });
            }
            self.show_calls();
        }
        self.settle();
    }

    // What the survivor says.

    pub(super) fn handle_joining_answered(&mut self, chat: ChatNumber, turn: u32, agrees: bool) {
        let now = self.now;
        self.handle_sign(chat, Sign::StillHere);
        let Some(held) = self.chats.get_mut(&chat).filter(|held| held.joining.turn == turn) else {
            return;
        };
        match (&held.joining.stage, agrees) {
            (Stage::Asked, true) => {
                self.last_call = self.last_call.wrapping_add(1);
                held.joining.call = self.last_call;
                held.joining.stage = Stage::Called { again: now };
                held.joining.until = Some(now + CALL_LASTS);
                if let Company::Awaited(who) = held.joining.company() {
                    self.announce(chat, Announcement::Awaited(who));
                }
                self.show_company(chat);
            }
            (Stage::Nobody, _) | (_, true) => {}
            (_, false) => self.part_from(chat, StaysAway::NotWanted),
        }
    }

    /// The survivor wishes for an interpreter, or does not any more. Whom to ask about is for whoever is at the desk.
    pub(super) fn handle_interpreter_wanted(&mut self, chat: ChatNumber, wanted: bool) {
        self.handle_sign(chat, Sign::StillHere);
        self.announce(chat, Announcement::InterpreterWanted(wanted));
        self.set_interpreter_wanted(chat, wanted);
    }

    pub(super) fn set_interpreter_wanted(&mut self, chat: ChatNumber, wanted: bool) {
        if let Some(held) = self.chats.get_mut(&chat)
            && replace(&mut held.wants_interpreter, wanted) != wanted
        {
            self.show_chat(chat, ChatEvent::InterpreterWanted(wanted));
        }
    }

    /// The third person said who they are.
    pub(super) fn handle_third_arrived(&mut self, chat: ChatNumber) {
        let Some(held) = self.chats.get_mut(&chat).filter(|held| held.joining.is_in()) else {
            return;
        };
        held.joining.stage = Stage::Here;
        held.joining.until = None;
        if matches!(held.joining.company(), Company::Here(who) if who.joins_as == JoinsAs::Interpreter)
        {
            self.set_interpreter_wanted(chat, false);
        }
    }

    /// The survivor, or the third person, wants them out: nobody at the desk is asked.
    pub(super) fn handle_put_out_asked(&mut self, chat: ChatNumber) {
        let now = self.now;
        if let Some(held) = self.chats.get_mut(&chat) {
            held.chat.put_out(now);
        }
    }

    /// The third person is out of the group: their desk is told so outside it, too, where the way in is closed to it
    /// before the change has come.
    pub(super) fn handle_third_gone(&mut self, chat: ChatNumber) {
        let is_met = self.chats.get(&chat).is_some_and(|held| held.joining.successor().is_some());
        self.forget_colleague(chat);
        if is_met {
            self.close_handover_question(chat, HandoverStep::ColleagueLeft);
        }
    }

    // What colleagues say.

    /// What a colleague's note says of a call. What is of none that is known here is passed over.
    pub(super) fn handle_call_note(&mut self, from: StaffId, name: DisplayName, says: Says) {
        match says {
            Says::Call { call, joins_as } => self.handle_call(from, name, call, joins_as),
            Says::CallOver { call } => self.handle_call_over(from, call),
            Says::Welcome { call, turn, room, token, welcome } => {
                self.handle_welcome(from, call, (turn, room, token), &welcome);
            }
            Says::CannotCome { call } => {
                if let Some(chat) = self.chat_of_call(from, call) {
                    self.part_from(chat, StaysAway::CannotCome);
                }
            }
            Says::Comes { call, key_package } => self.handle_comes(from, call, &key_package),
            Says::State { .. } | Says::OffDuty | Says::Words { .. } | Says::Audit { .. } => {}
        }
    }

    fn handle_call(&mut self, from: StaffId, name: DisplayName, number: u32, joins_as: JoinsAs) {
        let until = self.now + CALL_LASTS;
        let roles = self.setup.device.chain.leaf().roles;
        let is_new =
            !self.calls.iter().any(|one| one.shown.from == from && one.shown.number == number);
        if joins_as.is_for(roles) && is_new && self.calls.len() < CALLS_HELD {
            let role = joins_as.role(roles);
            let shown = Call { from, name, number, joins_as, role, coming: false };
            self.calls.push(Called { shown, until, prospect: None });
            self.show_calls();
        }
    }

    fn handle_call_over(&mut self, from: StaffId, number: u32) {
        self.drop_call(from, number);
        let mut chats = self.chats.values_mut();
        if let Some(held) = chats.find(|held| held.called == Some((from, number))) {
            held.chat.is_out();
        }
    }

    /// The colleague comes, with these keys. Who says so again has not heard that they are in.
    fn handle_comes(&mut self, from: StaffId, call: u32, key_package: &[u8]) {
        let Some(chat) = self.chat_of_call(from, call) else {
            self.send_to(from, &Says::CallOver { call });
            return;
        };
        let now = self.now;
        let Some(held) = self.chats.get_mut(&chat) else { return };
        let turn = held.joining.turn;
        match &held.joining.stage {
            Stage::Called { .. } => {
                held.joining.stage = Stage::Coming { key_package: key_package.to_vec() };
                held.joining.until = Some(now + CALL_LASTS);
                held.chat.let_in(turn, now);
                if let Company::Here(who) = held.joining.company() {
                    self.announce(chat, Announcement::ComesIn(who));
                }
                self.show_company(chat);
            }
            Stage::In { welcome } => {
                let welcome = welcome.clone();
                self.send_to(from, &welcome);
            }
            Stage::Nobody | Stage::Asked | Stage::Coming { .. } | Stage::Here => {}
        }
    }

    /// This desk is in: nothing from before can be read here.
    fn handle_welcome(
        &mut self,
        from: StaffId,
        call: u32,
        way: (u32, RoomId, AttachToken),
        welcome: &[u8],
    ) {
        let mut calls = self.calls.iter();
        let at = calls.position(|one| (one.shown.from, one.shown.number) == (from, call));
        let Some(at) = at.filter(|at| self.calls[*at].prospect.is_some()) else {
            return;
        };
        let joins_as = self.calls[at].shown.joins_as;
        if let Some(chat) = self.join(at, way, welcome) {
            self.last_chat += 1;
            let number = ChatNumber(self.last_chat);
            let held = Held { called: Some((from, call)), ..Held::new(chat, None) };
            self.chats.insert(number, held);
            self.drop_call(from, call);
            self.show_chat(number, ChatEvent::Entered(joins_as));
            self.drain(number);
        }
    }

    /// Joins the group, if whoever called leads it and nobody is in it but them and a survivor.
    fn join(
        &mut self,
        at: usize,
        (turn, room, token): (u32, RoomId, AttachToken),
        welcome: &[u8],
    ) -> Option<Chat> {
        let (now, own) = (self.now, self.own_certificate(self.now).ok()?);
        let call = &mut self.calls[at];
        let (prospect, _) = call.prospect.as_mut()?;
        let (trust, from) = (&self.trust, call.shown.from);
        let accept = |group: &Group| {
            let members = group.members();
            let lead = members.iter().find(|member| member.leaf == group.lead())?;
            let device = trust.check_staff(lead, now)?;
            let is_sound = device.roles.may_lead() && device.key.0 == from.0 && members.len() == 3;
            is_sound.then_some(device)
        };
        let (group, lead) = prospect.join_if(welcome, now, accept).ok()?;
        let name = Bytes::try_from(encode(&self.setup.device.name)).ok()?;
        let myself = self.setup.device.name.verify(&own).ok()?;
        let who = Newcomer::new(myself.as_str(), call.shown.joins_as, own.roles);
        let (me, lead_leaf, lead_key) = (group.own_leaf(), group.lead(), lead.key);
        let members = group.members().into_iter().map(|member| {
            let entry = match member.leaf {
                leaf if leaf == me => Member::newcomer(own.clone(), &who),
                leaf if leaf == lead_leaf => Member::staff(lead.clone()),
                _ => Member::survivor(true),
            };
            (member.leaf.0, entry)
        });
        let members = members.collect();
        let opening = Opening::Third { name, who, turn, room, token };
        let chat = Chat::new(group, members, &lead_key, opening, MessageNumber(0), now);
        let mut chat = chat.ok()?;
        chat.handle_line_up(now);
        chat.show_roster();
        Some(chat)
    }

    // After anything happened, and when time has passed.

    /// Says again what was not answered, lets in whoever can come in now, and gives up on who does not come.
    pub(super) fn mind_joining(&mut self) {
        for chat in self.chats.keys().copied().collect::<Vec<_>>() {
            self.mind_newcomer(chat);
        }
        self.mind_calls();
    }

    fn mind_newcomer(&mut self, chat: ChatNumber) {
        let now = self.now;
        let Some(held) = self.chats.get_mut(&chat).filter(|held| !held.joining.is_nobody()) else {
            return;
        };
        let Some(colleague) = &held.joining.colleague else { return };
        let (id, joins_as) = (colleague.id(), colleague.who.joins_as);
        if !held.chat.is_open() {
            self.part_from(chat, StaysAway::NotAsked);
            return;
        }
        if matches!(held.joining.stage, Stage::Here) {
            let back_by = held.joining.until.unwrap_or(now + THIRD_LOST_AFTER);
            held.joining.until = (!held.chat.third_is_here()).then_some(back_by);
        }
        let is_late = held.joining.until.is_some_and(|until| until <= now);
        if is_late || self.trust.revocations().is_revoked(&colleague.staff.device) {
            self.part_from(chat, StaysAway::CannotCome);
            return;
        }
        match &mut held.joining.stage {
            Stage::Called { again } if *again <= now => {
                *again = now + CALL_AGAIN;
                let call = held.joining.call;
                self.send_to(id, &Says::Call { call, joins_as });
            }
            Stage::Coming { .. } if held.chat.can_admit() => self.admit(chat),
            _ => {}
        }
    }

    /// Lets the colleague in. What they need for that goes to their desk, after the relay has their way in.
    fn admit(&mut self, chat: ChatNumber) {
        let now = self.now;
        let token = AttachToken(self.randomness.bytes());
        let name = Bytes::try_from(encode(&self.setup.device.name));
        let Some(held) = self.chats.get_mut(&chat) else { return };
        let (turn, call) = (held.joining.turn, held.joining.call);
        let stage = replace(&mut held.joining.stage, Stage::Nobody);
        let (Stage::Coming { key_package }, Some(colleague), Ok(name)) =
            (stage, &held.joining.colleague, name)
        else {
            return;
        };
        let (id, who) = (colleague.id(), colleague.who.clone());
        let keys = (key_package.as_slice(), token.clone());
        let admitted = held.chat.admit(&colleague.staff, who, keys, name, now);
        let admitted = admitted.and_then(|Admission { welcome, room }| {
            let welcome = Bytes::try_from(welcome).ok()?;
            Some(Box::new(Says::Welcome { call, turn, room, token, welcome }))
        });
        match admitted {
            Some(welcome) => {
                held.joining.stage = Stage::In { welcome: welcome.clone() };
                self.drain(chat);
                self.send_to(id, &welcome);
            }
            None => {
                held.joining.stage = Stage::Coming { key_package };
                self.part_from(chat, StaysAway::CannotCome);
            }
        }
    }

    fn mind_calls(&mut self) {
        let now = self.now;
        let before = self.calls.len();
        self.calls.retain(|call| call.until > now);
        let mut said = Vec::new();
        for call in &mut self.calls {
            if let Some((prospect, again)) = call.prospect.as_mut().filter(|(_, at)| *at <= now)
                && let Ok(key_package) = Bytes::try_from(prospect.key_package())
            {
                *again = now + CALL_AGAIN;
                let Call { from, number, .. } = call.shown;
                said.push((from, Says::Comes { call: number, key_package }));
            }
        }
        for (from, says) in said {
            self.send_to(from, &says);
        }
        if self.calls.len() != before {
            self.show_calls();
        }
    }

    pub(super) fn calls_timeout(&self) -> Option<Timestamp> {
        let again = self.calls.iter().filter_map(|call| call.prospect.as_ref());
        let again = again.map(|(_, again)| *again);
        self.calls.iter().map(|call| call.until).chain(again).min()
    }

    /// Before going off duty: whoever called this desk, and whom it called, is told, and waits for nothing.
    pub(super) fn leave_calls(&mut self) {
        let called = self.calls.iter().map(|call| (call.shown.from, call.shown.number));
        for (from, call) in called.collect::<Vec<_>>() {
            self.send_to(from, &Says::CannotCome { call });
        }
        for chat in self.chats.keys().copied().collect::<Vec<_>>() {
            self.ask_nobody_in(chat);
        }
    }

    /// Whoever is asked about or called does not come after all. Who is in stays.
    pub(super) fn ask_nobody_in(&mut self, chat: ChatNumber) {
        if self.chats.get(&chat).is_some_and(|held| !held.joining.is_in()) {
            self.part_from(chat, StaysAway::NotAsked);
        }
    }

    /// Off duty: nobody can be called.
    pub(super) fn drop_calls(&mut self) {
        if !core::mem::take(&mut self.calls).is_empty() {
            self.show_calls();
        }
    }

    /// A third person's desk keeps nothing of a chat whose lead was revoked.
    pub(super) fn leave_revoked_leads(&mut self) {
        let revocations = self.trust.revocations();
        for held in self.chats.values_mut() {
            if held.called.is_some() && held.chat.lead_was_revoked(revocations) {
                held.chat.is_out();
            }
        }
    }

    // Inside.

    /// Whoever is asked about, called or there is not, from now on.
    pub(super) fn part_from(&mut self, chat: ChatNumber, why: StaysAway) {
        let now = self.now;
        let Some(held) = self.chats.get_mut(&chat) else { return };
        if held.joining.is_in() && held.chat.is_open() {
            // The core removes them, and says so.
            held.chat.put_out(now);
            self.drain(chat);
            return;
        }
        let (Company::Asked(who) | Company::Awaited(who) | Company::Here(who)) =
            held.joining.company()
        else {
            return;
        };
        held.chat.stop_letting_in(now);
        if why != StaysAway::NotWanted {
            held.chat.say(Content::WithdrawJoining { turn: held.joining.turn, why }, now);
        }
        let is_told = held.chat.is_open();
        self.forget_colleague(chat);
        if is_told {
            self.announce(chat, Announcement::StaysAway { who, why });
        }
    }

    pub(super) fn forget_colleague(&mut self, chat: ChatNumber) {
        let Some(held) = self.chats.get_mut(&chat) else { return };
        let was = replace(&mut held.joining.stage, Stage::Nobody);
        held.joining.until = None;
        let call = held.joining.call;
        let is_called = match was {
            Stage::Nobody | Stage::Asked => false,
            Stage::Called { .. } | Stage::Coming { .. } => true,
            // Of a chat that is over they hear inside it.
            Stage::In { .. } | Stage::Here => held.chat.is_open(),
        };
        if let Some(colleague) = held.joining.colleague.take().filter(|_| is_called) {
            self.send_to(colleague.id(), &Says::CallOver { call });
        }
        self.show_company(chat);
    }

    fn drop_call(&mut self, from: StaffId, number: u32) {
        let before = self.calls.len();
        self.calls.retain(|call| (call.shown.from, call.shown.number) != (from, number));
        if self.calls.len() != before {
            self.show_calls();
        }
    }

    fn find_colleague(&self, id: StaffId, joins_as: JoinsAs) -> Option<Colleague> {
        let (staff, name) = self.colleague_on_duty(id, joins_as == JoinsAs::Successor)?;
        let roles = staff.device.roles;
        let shown = name.verify(&staff.device).ok().filter(|_| joins_as.is_for(roles))?;
        let who = Newcomer::new(shown.as_str(), joins_as, roles);
        Some(Colleague { staff, name, who })
    }

    fn chat_of_call(&self, from: StaffId, call: u32) -> Option<ChatNumber> {
        let mut chats = self.chats.iter();
        chats.find(|(_, held)| held.joining.is(from, call)).map(|(number, _)| *number)
    }

    fn announce(&mut self, chat: ChatNumber, announcement: Announcement) {
        let event = ConversationEvent::Announced(announcement);
        self.show_chat(chat, ChatEvent::Conversation(event));
    }

    fn show_company(&mut self, chat: ChatNumber) {
        if let Some(held) = self.chats.get(&chat) {
            let company = held.joining.company();
            self.show_chat(chat, ChatEvent::Company(company));
        }
    }

    fn show_calls(&mut self) {
        let calls = self.calls.iter().map(|call| call.shown.clone()).collect();
        self.show(DeskEvent::Calls(calls));
    }
}
