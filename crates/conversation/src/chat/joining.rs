//! A third person in a chat (`features.md` 3.3, 3.5; `decisions/0024`): how they come in, and how they are put out.
//!
//! Whoever joins reads what is encrypted from then on, and a message that nobody acknowledged is encrypted anew each
//! time it is sent. So before they come in, both sides say a last thing, and keep back what is written until they are
//! in: everything said before has arrived by then and is never sent again. From the moment that they are to leave,
//! the device that wants it encrypts nothing that was written until the lead has removed them. A relay, or a lead whose
//! desk was changed, can put that off; it shows, and costs a wait. Not protected against: a third person who copies
//! what they may read.

use stillroom_program::{
    Timestamp, VerifiedDevice, VerifiedRevocations, VerifiedStaff, VerifyingKey,
};
use stillroom_protocol::{AttachToken, Bytes, ClientFrame, List, RoomId, limits::CHAIN_MAX};
use zeroize::Zeroize;

use super::{Chat, ChatOutput, Member, Stage};
use crate::{
    conversation::{Announcement, Company, Ending, LiveStep, MessageNumber, Newcomer},
    envelope::{Content, Envelope, LeafNumber},
    limits::{CLOSING_AT_MOST, PUT_OUT_AGAIN, RESEND_FIRST, RESEND_LONGEST, RESEND_TO_ABSENT},
    line::doubled,
    mls::{self, MemberCredential},
    trust::Trust,
};

/// Until when what is said is kept back on this device.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Keeps {
    /// It is not.
    #[default]
    Nothing,
    /// Until somebody is in.
    UntilIn,
    /// Until they are out again; that is asked for again then.
    UntilOut(Timestamp),
}

/// Something said that is kept back. Overwritten when dropped.
struct Kept {
    content: Content,
    number: Option<MessageNumber>,
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.content.zeroize();
    }
}

/// On the lead's device: a change of the group that the survivor's device may not have yet.
struct Commit {
    bytes: Vec<u8>,
    /// The first place that was said after it: who acknowledges that has made the change.
    place: u64,
    due: Timestamp,
    tries: u32,
}

/// On the survivor's device: whom it lets in.
pub(crate) struct Agreed {
    pub(crate) who: Newcomer,
    pub(crate) device: VerifiedDevice,
    pub(crate) credential: MemberCredential,
}

/// What somebody who was let in needs beside the Welcome.
pub(crate) struct Admission {
    pub(crate) welcome: Vec<u8>,
    pub(crate) room: RoomId,
}

/// What one chat knows of a third person.
#[derive(Default)]
pub(crate) struct Third {
    /// The lead's question that led to it.
    turn: u32,
    keeps: Keeps,
    kept: Vec<Kept>,
    /// On the survivor's device: whom it lets in, and the place of what it said last before that.
    agreed: Option<(Agreed, u64)>,
    /// Whether they are to leave as soon as they are in.
    unwanted: bool,
    /// On the lead's device: whether the survivor's lets them in.
    open: bool,
    /// In the order in which they were made.
    commits: Vec<Commit>,
    /// Who is in.
    who: Option<Newcomer>,
}

impl Third {
    /// On the third person's own device.
    pub(crate) fn myself(turn: u32, who: Newcomer) -> Self {
        Self { turn, who: Some(who), ..Self::default() }
    }

    /// How much is kept back.
    pub(crate) fn kept(&self) -> usize {
        self.kept.len()
    }

    /// Whether anything is to be kept back.
    pub(crate) fn keeps(&self) -> bool {
        self.keeps != Keeps::Nothing
    }

    /// Whether somebody is to be put out.
    pub(crate) fn puts_out(&self) -> bool {
        matches!(self.keeps, Keeps::UntilOut(_))
    }

    /// Takes the messages that are kept back out, in order; the rest goes.
    pub(crate) fn take_messages(&mut self) -> Vec<(MessageNumber, Content)> {
        let kept = core::mem::take(&mut self.kept);
        let messages = kept.into_iter().filter_map(|mut kept| {
            let number = kept.number?;
            Some((number, core::mem::replace(&mut kept.content, Content::Acknowledgement)))
        });
        messages.collect()
    }

    pub(crate) fn poll_timeout(&self) -> Option<Timestamp> {
        let asked = match self.keeps {
            Keeps::UntilOut(due) => Some(due),
            Keeps::Nothing | Keeps::UntilIn => None,
        };
        self.commits.iter().map(|commit| commit.due).chain(asked).min()
    }

    /// The survivor's device has everything up to this.
    pub(crate) fn acknowledge(&mut self, up_to: u64) {
        self.commits.retain(|commit| commit.place > up_to);
    }

    /// Every change is due again: somebody is back.
    pub(crate) fn send_all_again(&mut self, now: Timestamp) {
        for commit in &mut self.commits {
            commit.due = now;
            commit.tries = 0;
        }
    }
}

impl Chat {
    // On the survivor's device.

    /// Lets in whom the survivor agreed to, and nobody else; says so last of all, and keeps back what comes next.
    pub(crate) fn open_to(&mut self, turn: u32, agreed: Agreed, now: Timestamp) {
        if !self.is_open() || self.third.keeps() || self.third.who.is_some() {
            return;
        }
        self.step(LiveStep::Stop, now);
        self.say(Content::Open { turn }, now);
        self.group.consent(&agreed.device.key, &agreed.credential);
        self.announce(Announcement::ComesIn(agreed.who.clone()));
        self.third.turn = turn;
        self.third.keeps = Keeps::UntilIn;
        self.third.unwanted = false;
        self.third.agreed = Some((agreed, self.outbox.last_place()));
    }

    /// They do not come after all: nobody is let in any more.
    pub(crate) fn close_to(&mut self, now: Timestamp) {
        if let Some((agreed, _)) = self.third.agreed.take() {
            self.group.withdraw_consent(&agreed.device.key, &agreed.credential);
            self.release(now);
        }
    }

    /// Whether this device lets somebody in who is not in yet.
    pub(crate) fn is_letting_in(&self) -> bool {
        self.third.agreed.is_some()
    }

    /// The survivor wants the third person to leave: from now on nothing that was written is encrypted until they are
    /// out. Whoever is just coming in is put out as soon as they are in.
    pub(crate) fn ask_out(&mut self, now: Timestamp) {
        let coming = self.third.agreed.as_ref().map(|(agreed, _)| agreed.who.clone());
        let Some(who) = self.third.who.clone().or(coming) else {
            return;
        };
        if !self.is_open() || self.third.puts_out() || self.third.unwanted {
            return;
        }
        self.announce(Announcement::AskedToLeave(who));
        if self.third.who.is_some() {
            self.third.keeps = Keeps::UntilOut(now);
        } else {
            self.third.unwanted = true;
        }
        self.send_due(now);
    }

    /// Whether the device of a third person who is here was revoked.
    pub(crate) fn third_was_revoked(&self, revocations: &VerifiedRevocations) -> bool {
        let device = self.third_leaf().and_then(|leaf| self.roster.device(leaf));
        device.is_some_and(|device| revocations.is_revoked(device))
    }

    // On the lead's device.

    /// Tells the survivor's device that whom the survivor agreed to comes in, and keeps back what comes next.
    pub(crate) fn let_in(&mut self, turn: u32, now: Timestamp) {
        if self.is_open() && !self.third.keeps() {
            self.step(LiveStep::Stop, now);
            self.say(Content::LetIn { turn }, now);
            self.third.turn = turn;
            self.third.open = false;
            self.third.keeps = Keeps::UntilIn;
        }
    }

    /// They do not come after all.
    pub(crate) fn stop_letting_in(&mut self, now: Timestamp) {
        if self.third.keeps == Keeps::UntilIn {
            self.release(now);
        }
    }

    /// The survivor's device lets them in, and said nothing after.
    pub(super) fn handle_open(&mut self, turn: u32) {
        if turn == self.third.turn && self.third.keeps == Keeps::UntilIn {
            self.third.open = true;
        }
    }

    /// Whether they can come in now: everything that was said has arrived on both sides.
    pub(crate) fn can_admit(&self) -> bool {
        let is_ready = self.third.keeps == Keeps::UntilIn && self.third.open;
        is_ready && self.is_open() && self.room.is_attached() && self.outbox.is_empty()
    }

    /// Adds them to the group, with this way into the room. The first that they read is `name`, the part of the lead's
    /// certificate with the name.
    pub(crate) fn admit(
        &mut self,
        colleague: &VerifiedStaff,
        who: Newcomer,
        (key_package, token): (&[u8], AttachToken),
        name: Bytes<CHAIN_MAX>,
        now: Timestamp,
    ) -> Option<Admission> {
        let credential = MemberCredential::Staff { chain: colleague.chain.clone() };
        let key = colleague.device.key;
        self.group.consent(&key, &credential);
        let added = self.group.add(key_package, now);
        self.group.withdraw_consent(&key, &credential);
        let (commit, welcome) = added.ok()?;
        let leaf = self.group.members().iter().find(|member| member.signing == key)?.leaf.0;
        self.room.let_in(leaf, Some(token));
        if self.room.is_attached() {
            self.frames.extend(self.room.register());
        }
        self.welcome_third(leaf, Member::newcomer(colleague.device.clone(), &who), who);
        self.outbox.push(Content::Introduction { name }, None, self.roster.others(), now);
        self.keep_commit(commit, now);
        self.release(now);
        self.show_roster();
        Some(Admission { welcome, room: self.room.id() })
    }

    /// Puts the third person out of the group at once.
    pub(crate) fn put_out(&mut self, now: Timestamp) {
        let third = self.third_leaf().filter(|_| self.is_leads() && self.is_open());
        let Some(leaf) = third else {
            return;
        };
        let Ok(commit) = self.group.remove(mls::Leaf(leaf), now) else {
            self.finish(ChatOutput::Unsafe);
            return;
        };
        self.forget_third(leaf);
        self.outbox.push(Content::Acknowledgement, None, self.roster.others(), now);
        self.keep_commit(commit, now);
        // Those who are in hear of the change before the way in is closed.
        self.send_due(now);
        if self.room.is_attached() {
            self.frames.extend(self.room.register());
        }
        self.show_roster();
    }

    /// Somebody asks that whoever joined last is put out: the survivor can, and they themselves. The desk's core does
    /// it at once; the survivor's page is spared the code that changes a group.
    pub(super) fn handle_put_out(&mut self, sender: LeafNumber, turn: u32) {
        let may =
            self.is_survivor(super::MemberNumber(sender)) || self.third_leaf() == Some(sender);
        if may && turn == self.third.turn && self.is_leads() {
            self.outputs.push_back(ChatOutput::PutOutAsked);
        }
    }

    // On the third person's own device.

    /// Leaves; the chat goes on. It is over here at once, and held until the lead has heard it.
    pub(crate) fn step_out(&mut self, now: Timestamp) {
        if self.is_open() {
            self.third.kept.clear();
            self.third.keeps = Keeps::UntilOut(now);
            self.stage = Stage::Closing { until: now + CLOSING_AT_MOST };
            self.outputs.push_back(ChatOutput::Ended(Ending::Out));
            self.send_due(now);
        }
    }

    /// The lead says that this device is not in the chat any more, or not to come.
    pub(crate) fn is_out(&mut self) {
        self.finish(ChatOutput::Ended(Ending::Out));
    }

    // Inside.

    /// Whether the relay says that the third person's line stands.
    pub(crate) fn third_is_here(&self) -> bool {
        self.third_leaf().is_some_and(|leaf| self.roster.others_here().contains(&leaf))
    }

    /// Whether this device leads.
    pub(crate) fn is_leads(&self) -> bool {
        self.group.own_leaf().0 == self.lead
    }

    /// Whether this is the third person's own device.
    pub(super) fn is_thirds(&self) -> bool {
        !self.is_leads() && !self.is_survivors()
    }

    /// The key of a third person who is in.
    pub(crate) fn third_key(&self) -> Option<VerifyingKey> {
        self.roster.key(self.third_leaf()?)
    }

    /// Who is in beside an advocate and a survivor.
    pub(crate) fn company(&self) -> Company {
        self.third.who.clone().map_or(Company::Nobody, Company::Here)
    }

    pub(super) fn third_leaf(&self) -> Option<LeafNumber> {
        self.roster.third(self.lead)
    }

    /// Somebody was added: nothing where it is not whom this device lets in.
    pub(super) fn handle_joined(
        &mut self,
        member: &mls::Member,
        trust: &Trust,
        now: Timestamp,
    ) -> Option<()> {
        let (agreed, said) = self.third.agreed.take()?;
        let device = trust.check_staff(member, now)?;
        if device != agreed.device {
            return None;
        }
        let leaf = member.leaf.0;
        // The lead adds nobody before it has all that was said here until then: it is never sent again.
        let delivered = self.outbox.acknowledge(self.lead, said);
        self.show_delivered(delivered);
        self.room.let_in(leaf, None);
        self.welcome_third(leaf, Member::newcomer(device, &agreed.who), agreed.who);
        if core::mem::take(&mut self.third.unwanted) {
            self.third.keeps = Keeps::UntilOut(now);
        } else {
            self.release(now);
        }
        Some(())
    }

    /// Somebody was removed.
    pub(super) fn handle_gone(&mut self, leaf: LeafNumber, now: Timestamp) {
        self.forget_third(leaf);
        if self.third.puts_out() {
            self.release(now);
            self.outbox.send_all_again(now);
        }
    }

    /// Says something to everybody, or keeps it back.
    pub(super) fn push(&mut self, content: Content, number: Option<MessageNumber>, now: Timestamp) {
        if self.third.keeps() {
            self.third.kept.push(Kept { content, number });
        } else {
            self.outbox.push(content, number, self.roster.others(), now);
        }
    }

    /// What was kept back is of no use any more. Of what is to be put out with somebody still here, not a word is sent.
    pub(super) fn drop_kept(&mut self) {
        self.third.kept.clear();
        if self.third.puts_out() {
            self.outbox.take_unsent();
        }
        self.third.keeps = Keeps::Nothing;
    }

    /// Sends the changes of the group that are due, in their order, and asks for somebody to be put out.
    pub(super) fn send_changes(&mut self, now: Timestamp) {
        let room = self.room.id();
        let longest =
            if self.roster.survivor_is_here() { RESEND_LONGEST } else { RESEND_TO_ABSENT };
        for commit in self.third.commits.iter_mut().filter(|commit| commit.due <= now) {
            commit.due = now + doubled(RESEND_FIRST, commit.tries, longest);
            commit.tries = commit.tries.saturating_add(1);
            if let Ok(message) = Bytes::try_from(commit.bytes.as_slice()) {
                self.frames.push_back(ClientFrame::Post { room, message });
            }
        }
        if let Keeps::UntilOut(due) = self.third.keeps
            && due <= now
        {
            self.third.keeps = Keeps::UntilOut(now + PUT_OUT_AGAIN);
            let acknowledged =
                List::try_from(self.inbox.take_acknowledgements()).unwrap_or_default();
            let content = Content::PutOut { turn: self.third.turn };
            self.post(Envelope { place: 0, acknowledged, starts: List::default(), content });
        }
    }

    fn welcome_third(&mut self, leaf: LeafNumber, member: Member, who: Newcomer) {
        self.roster.add(leaf, member);
        self.outbox.start_for(leaf);
        self.third.who = Some(who);
        if let Some(announcement) = self.roster.joined(leaf) {
            self.announce(announcement);
        }
    }

    fn forget_third(&mut self, leaf: LeafNumber) {
        self.inbox.forget(leaf);
        let delivered = self.outbox.forget(leaf);
        self.show_delivered(delivered);
        self.room.put_out(leaf);
        self.third.who = None;
        if let Some(announcement) = self.roster.remove(leaf) {
            self.announce(announcement);
            self.outputs.push_back(ChatOutput::ThirdGone);
        }
    }

    fn keep_commit(&mut self, bytes: Vec<u8>, now: Timestamp) {
        let place = self.outbox.last_place();
        self.third.commits.push(Commit { bytes, place, due: now, tries: 0 });
    }

    /// Says what was kept back to whoever is here now.
    fn release(&mut self, now: Timestamp) {
        self.third.keeps = Keeps::Nothing;
        for mut kept in core::mem::take(&mut self.third.kept) {
            let content = core::mem::replace(&mut kept.content, Content::Acknowledgement);
            self.outbox.push(content, kept.number, self.roster.others(), now);
        }
        self.send_due(now);
    }
}
