//! Who else is on duty, how loaded they are, who asks for help, and a word among colleagues
//! (`features.md` 5.3, 5.4; `decisions/0020`).
//!
//! Every line of it comes from a colleague's own sealed note, and their rights from their certificate: a relay can
//! keep somebody off the list, and put nobody on it. A note has no place for anything about a survivor but how many
//! chats somebody has; it does not protect against what a colleague types.

use std::collections::BTreeMap;

use mls_rs_codec::{MlsDecode, MlsEncode, MlsSize};
use stillroom_program::{
    DisplayName, Epoch, NameCertificate, NoteInbox, Roles, SignedAuditEntry, StaffNote, Timestamp,
    VerifiedNote, VerifiedStaff, VerifyingKey,
};
use stillroom_protocol::{
    AttachToken, Bytes, ClientFrame, Flag, List, Operation, Reply, RoomId, StaffId, Text, choice,
    decode, encode,
    limits::{AUDIT_ENTRY_MAX, KEY_PACKAGE_MAX, STAFF_HERE_MAX, STAFF_NOTE_MAX, WELCOME_MAX},
};
use zeroize::Zeroize;

use super::{
    Desk, DeskEvent, Duty, audit,
    offers::{OnDuty, Ready},
};
use crate::{
    conversation::{JoinsAs, WriteError, Written},
    envelope::Certified,
    limits::{CONSULT_BYTES, CONSULT_CHARACTERS},
};

/// The number of its request: duty counts its own up from 1, and the guidance has 0.
pub(super) const REQUEST: u32 = u32::MAX;

/// What somebody on duty asks of the supervisors, without a word about why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
#[repr(u8)]
pub enum Asks {
    /// Nothing.
    #[default]
    Nothing = 0,
    /// For help, now.
    Help = 1,
    /// To talk a chat over, when there is time.
    Debrief = 2,
}

/// A colleague who is on duty: their rights as certified, the rest as they say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Colleague {
    /// Their device.
    pub id: StaffId,
    /// The name in their certificate.
    pub name: DisplayName,
    /// What their certificate lets them do.
    pub roles: Roles,
    /// How many chats they have open.
    pub chats: u8,
    /// How many more they would take now: none on a break, at the end of their shift, and at a desk that is locked.
    pub room: u8,
    /// Whether they are on a break.
    pub on_break: bool,
    /// Whether their desk is locked: nobody is there to be asked anything.
    pub locked: bool,
    /// What they ask. Told to supervisors alone.
    pub asks: Asks,
    /// In how many of their chats too many code words were wrong. Told to supervisors alone.
    pub words_closed: u8,
}

/// How a desk stands, as it tells one colleague.
#[derive(Clone, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub(super) struct State {
    chats: u8,
    on_break: Flag,
    asks: Asks,
    words_closed: u8,
    /// The newest version of the vault that it knows.
    vault: u64,
    room: u8,
    ready: Ready,
    locked: Flag,
}

choice! {
    /// What a note says.
    #[derive(Clone)]
    pub(super) enum Says {
        /// How this desk stands.
        State { state: State } = 0,
        /// This desk goes off duty.
        OffDuty = 1,
        /// A word to this colleague alone.
        Words { text: Text<CONSULT_BYTES> } = 2,
        /// Can you come into a chat of mine now? `call` is the sender's number for it.
        Call { call: u32, joins_as: JoinsAs } = 3,
        /// In answer to that: not now.
        CannotCome { call: u32 } = 4,
        /// In answer to that: this desk comes, with these keys.
        Comes { call: u32, key_package: Bytes<KEY_PACKAGE_MAX> } = 5,
        /// You are in, and this is the way.
        Welcome {
            call: u32,
            turn: u32,
            room: RoomId,
            token: AttachToken,
            welcome: Bytes<WELCOME_MAX>,
        } = 6,
        /// You are not to come, or not in it any more.
        CallOver { call: u32 } = 7,
        /// The newest entry of the record of administrative acts that this desk has seen.
        Audit { entry: Bytes<AUDIT_ENTRY_MAX> } = 8,
    }
}

/// A device whose line stands and whose certificates hold.
struct Known {
    staff: VerifiedStaff,
    /// Whether it had this desk's first note.
    greeted: bool,
    /// Its time on duty, where it told it.
    epoch: Option<Epoch>,
    /// What it was told last within that.
    told: Option<State>,
    /// The number of the newest entry that it was told of, within that.
    told_audit: u64,
    /// What shows its user's name, once a note of theirs was here.
    name: Option<NameCertificate>,
    /// When it is to be offered somebody.
    ready: Ready,
    /// How it stands: told within this desk's own time on duty, so that it was heard of there.
    shown: Option<Colleague>,
}

impl Known {
    fn id(&self) -> StaffId {
        StaffId(self.staff.device.key.0)
    }
}

/// Whether there is more to ask once the answer is there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Again {
    No,
    Yes,
}

/// What this desk knows of its colleagues, while it is on duty.
#[derive(Default)]
pub(super) struct Colleagues {
    /// Whose lines stand, as the relay says.
    here: Vec<StaffId>,
    known: Vec<Known>,
    /// The names of all who were heard of in this time on duty, also of those who left.
    names: BTreeMap<VerifyingKey, DisplayName>,
    /// This time on duty, while it lasts.
    inbox: Option<NoteInbox>,
    last_stamp: u64,
    /// Whether it is asked who the staff are, and whether that is to be asked again after.
    asking: Option<Again>,
    asks: Asks,
    /// What was shown last.
    shown: (Vec<Colleague>, Asks),
}

impl Colleagues {
    /// The line is down: nobody can be reached, and whoever is there later is met anew.
    pub(super) fn handle_line_down(&mut self) {
        self.here.clear();
        self.known.clear();
        self.asking = None;
    }

    /// What shows who a colleague is, where they are on duty and would take somebody.
    pub(super) fn who_takes(&self, id: StaffId) -> Option<Certified> {
        let known = self.known.iter().find(|known| known.id() == id)?;
        known.shown.as_ref().filter(|shown| shown.room > 0)?;
        Some(Certified { chain: known.staff.chain.clone(), name: known.name.clone()? })
    }

    /// Who else is on duty, as far as offers go by it.
    pub(super) fn on_duty(&self) -> Vec<OnDuty> {
        let on = self.known.iter().filter_map(|known| {
            let Colleague { roles, chats, room, .. } = *known.shown.as_ref()?;
            let (device, ready) = (known.staff.device.key, known.ready.clone());
            Some(OnDuty { device, roles, chats, room, ready })
        });
        on.collect()
    }

    /// A colleague's name, where they were heard of in this time on duty.
    pub(super) fn name(&self, device: VerifyingKey) -> Option<DisplayName> {
        self.names.get(&device).cloned()
    }

    fn to_show(&self) -> (Vec<Colleague>, Asks) {
        let mut on = self.known.iter().filter_map(|known| known.shown.clone()).collect::<Vec<_>>();
        on.sort_by(|one, two| (one.name.as_str(), one.id).cmp(&(two.name.as_str(), two.id)));
        (on, self.asks)
    }
}

impl Desk {
    /// Asks something of the supervisors on duty, or takes it back.
    pub fn ask_supervisors(&mut self, asks: Asks, now: Timestamp) {
        self.now = now;
        if self.colleagues.inbox.is_some() {
            self.colleagues.asks = asks;
        }
        self.settle();
    }

    /// Writes to a colleague on duty. It is kept nowhere, and lost where their line drops.
    ///
    /// # Errors
    /// [`WriteError::NotNow`] where they are not on duty.
    pub fn consult(&mut self, to: StaffId, text: &str, now: Timestamp) -> Result<(), WriteError> {
        self.now = now;
        if text.trim().is_empty() {
            return Err(WriteError::Empty);
        }
        if text.chars().count() > CONSULT_CHARACTERS {
            return Err(WriteError::TooLong);
        }
        let mut known = self.colleagues.known.iter();
        let at = known.position(|known| known.id() == to && known.shown.is_some());
        let at = at.ok_or(WriteError::NotNow)?;
        let text = Text::try_from(text).map_err(|_| WriteError::TooLong)?;
        let mut says = Says::Words { text };
        let sent = self.send_note(at, Some(&says));
        if let Says::Words { text } = &mut says {
            text.zeroize();
        }
        sent.ok_or(WriteError::NotNow)
    }

    /// The relay says whose lines stand.
    pub(super) fn handle_staff_here(&mut self, devices: List<StaffId, STAFF_HERE_MAX>) {
        self.colleagues.here = devices.into_vec();
        let here = &self.colleagues.here;
        self.colleagues.known.retain(|known| here.contains(&known.id()));
        self.ask_who();
    }

    /// Who the staff are. What is not certified, is revoked or is never in a chat is nobody.
    pub(super) fn handle_staff_listed(&mut self, reply: &Reply, now: Timestamp) {
        let again = self.colleagues.asking.take() == Some(Again::Yes);
        let Reply::Records { records } = reply else { return };
        let staff = self.trust.staff(records, now).collect::<Vec<_>>();
        let revocations = self.trust.revocations();
        self.vault
            .handle_staff(staff.iter().filter(|staff| !revocations.is_revoked(&staff.device)));
        for staff in staff {
            let known = Known {
                staff,
                greeted: false,
                epoch: None,
                told: None,
                told_audit: 0,
                name: None,
                ready: Ready::default(),
                shown: None,
            };
            if self.is_unmet(known.id()) && known.staff.device.roles.may_join() {
                self.colleagues.known.push(known);
            }
        }
        if again {
            self.ask_who();
        }
    }

    /// The relay does not say now who the staff are; it is asked again when somebody comes.
    pub(super) fn handle_staff_refused(&mut self) {
        self.colleagues.asking = None;
    }

    /// A note came, as the relay says from there. What does not hold is passed over.
    pub(super) fn handle_note(&mut self, from: StaffId, sealed: &[u8]) {
        let colleagues = &mut self.colleagues;
        let known = colleagues.known.iter_mut().find(|known| known.id() == from);
        let (Some(inbox), Some(known)) = (&mut colleagues.inbox, known) else { return };
        let revocations = self.trust.revocations();
        let Ok(opened) = inbox.open(&self.setup.device, &known.staff, revocations, sealed) else {
            return;
        };
        let note = &opened.note;
        if known.epoch != Some(note.sender) || note.receiver.is_none() {
            // Another time on duty, or a page that was loaded anew: what it said before is over.
            known.epoch = Some(note.sender);
            known.told = None;
            known.told_audit = 0;
            known.shown = None;
        }
        let device = known.staff.device.key;
        let is_new = colleagues.names.insert(device, opened.name.clone()).is_none();
        let said = decode::<Says>(&note.body);
        if let Ok(says) = said {
            self.handle_said(from, &opened, says);
        }
        if is_new {
            self.name_who_is_meant();
        }
    }

    /// What a colleague says in a note that holds.
    fn handle_said(&mut self, from: StaffId, opened: &VerifiedNote, says: Says) {
        let mut known = self.colleagues.known.iter_mut();
        let Some(known) = known.find(|known| known.id() == from) else { return };
        match says {
            Says::State { state } => {
                let State { chats, on_break, asks, words_closed, vault, room, ready, locked } =
                    state;
                // Whoever cannot lead a chat takes none over, whatever their desk says.
                let room = if known.staff.device.roles.may_lead() { room } else { 0 };
                let (name, roles) = (opened.name.clone(), known.staff.device.roles);
                let (on_break, locked) = (*on_break, *locked);
                known.ready = ready;
                known.name = Some(opened.certificate.clone());
                known.shown = Some(Colleague {
                    id: from,
                    name,
                    roles,
                    chats,
                    room,
                    on_break,
                    locked,
                    asks,
                    words_closed,
                });
                self.vault.handle_stated(vault);
            }
            Says::OffDuty => known.shown = None,
            Says::Audit { entry } => self.handle_audit_told(&entry),
            Says::Words { mut text } => {
                let is_on = known.shown.is_some();
                let said = Written::new(&text);
                text.zeroize();
                if is_on {
                    self.show(DeskEvent::Consult { from, text: said });
                }
            }
            says if known.shown.is_some() => {
                let name = opened.name.clone();
                self.handle_call_note(from, name, says);
            }
            _ => {}
        }
    }

    /// After anything happened: a time on duty begins or ends, who was revoked goes, and everybody is told what they
    /// do not know yet.
    pub(super) fn mind_colleagues(&mut self) {
        match (self.duty.shown(), self.colleagues.inbox.is_some()) {
            (Duty::Off, true) => self.leave_colleagues(),
            (Duty::Starting | Duty::On, false) => {
                let epoch = Epoch::generate(&mut self.randomness);
                self.colleagues.inbox = Some(NoteInbox::new(epoch));
                self.begin_offers();
                self.ask_who();
            }
            _ => {}
        }
        let revocations = self.trust.revocations();
        self.colleagues.known.retain(|known| !revocations.is_revoked(&known.staff.device));
        for at in 0..self.colleagues.known.len() {
            self.tell_colleague(at);
        }
        let shown = self.colleagues.to_show();
        if shown != self.colleagues.shown {
            self.colleagues.shown = shown.clone();
            let (on, asks) = shown;
            self.show(DeskEvent::Colleagues { on, asks });
        }
    }

    /// A colleague on duty who can be called now, with what shows who they are; where they are to take over, one who
    /// would.
    pub(super) fn colleague_on_duty(
        &self,
        id: StaffId,
        takes_over: bool,
    ) -> Option<(VerifiedStaff, NameCertificate)> {
        let mut known = self.colleagues.known.iter();
        let known = known.find(|known| known.id() == id)?;
        let can = |shown: &&Colleague| !shown.locked && (!takes_over || shown.room > 0);
        known.shown.as_ref().filter(can)?;
        Some((known.staff.clone(), known.name.clone()?))
    }

    /// Says something to a colleague, where they can be reached.
    pub(super) fn send_to(&mut self, id: StaffId, says: &Says) {
        let mut known = self.colleagues.known.iter();
        let at = known.position(|known| known.id() == id && known.epoch.is_some());
        if let Some(at) = at {
            self.send_note(at, Some(says));
        }
    }

    /// Says so to everybody who knows of this time on duty, and forgets them and it.
    fn leave_colleagues(&mut self) {
        self.leave_calls();
        for at in 0..self.colleagues.known.len() {
            if self.colleagues.known[at].epoch.is_some() {
                self.send_note(at, Some(&Says::OffDuty));
            }
        }
        self.colleagues.known.clear();
        self.colleagues.names.clear();
        self.colleagues.inbox = None;
        self.colleagues.asks = Asks::Nothing;
        self.drop_calls();
    }

    /// Whether this is a colleague's device whose line stands and that nothing is known of.
    fn is_unmet(&self, id: StaffId) -> bool {
        let Colleagues { here, known, .. } = &self.colleagues;
        id.0 != self.setup.device.key().0
            && here.contains(&id)
            && !known.iter().any(|known| known.id() == id)
    }

    /// Asks for the certificates of those whose lines stand, while on duty: once at a time, however many come.
    fn ask_who(&mut self) {
        let unmet = self.colleagues.here.iter().any(|id| self.is_unmet(*id));
        if !unmet || self.colleagues.inbox.is_none() {
            return;
        }
        if let Some(again) = &mut self.colleagues.asking {
            *again = Again::Yes;
        } else {
            self.colleagues.asking = Some(Again::No);
            self.send(&ClientFrame::Request { number: REQUEST, operation: Operation::ListStaff });
        }
    }

    /// A first note, which says nothing, or how this desk stands where they do not know it.
    fn tell_colleague(&mut self, at: usize) {
        if self.colleagues.inbox.is_none() {
            return;
        }
        if !core::mem::replace(&mut self.colleagues.known[at].greeted, true) {
            self.send_note(at, None);
        }
        let known = &self.colleagues.known[at];
        let state = self.state_for(&known.staff);
        if known.epoch.is_some() && known.told.as_ref() != Some(&state) {
            self.colleagues.known[at].told = Some(state.clone());
            self.send_note(at, Some(&Says::State { state }));
        }
        self.tell_audit(at);
    }

    /// The newest entry of the record of administrative acts, where they do not know that it was seen here.
    fn tell_audit(&mut self, at: usize) {
        let known = &mut self.colleagues.known[at];
        let newest = self.audit.newest();
        let new = newest.filter(|new| known.epoch.is_some() && known.told_audit != new.number());
        if let Some(entry) = new.and_then(audit::noted) {
            known.told_audit = new.map_or(0, SignedAuditEntry::number);
            self.send_note(at, Some(&Says::Audit { entry }));
        }
    }

    /// How this desk stands. That somebody asks for something is for supervisors.
    fn state_for(&self, colleague: &VerifiedStaff) -> State {
        let supervises = colleague.device.roles.contains(Roles::SUPERVISOR);
        State {
            chats: self.open_chats(),
            on_break: (self.duty.shown() == Duty::Break).into(),
            asks: if supervises { self.colleagues.asks } else { Asks::Nothing },
            words_closed: if supervises { self.words_closed() } else { 0 },
            vault: self.vault.version(),
            room: self.room(),
            ready: self.offers.ready(),
            locked: self.shift.is_locked().into(),
        }
    }

    /// This desk, as its colleagues know it, while they know of it.
    pub(super) fn as_on_duty(&self) -> Option<OnDuty> {
        self.colleagues.inbox.as_ref()?;
        let own = &self.setup.device;
        let (device, roles) = (own.key(), own.chain.leaf().roles);
        let (chats, room) = (self.open_chats(), self.room());
        Some(OnDuty { device, roles, chats, room, ready: self.offers.ready() })
    }

    fn open_chats(&self) -> u8 {
        let open = self.chats.values().filter(|held| held.chat.is_open()).count();
        u8::try_from(open).unwrap_or(u8::MAX)
    }

    /// Seals a note to a colleague and sends it: nothing but this time on duty, or what is said within theirs.
    fn send_note(&mut self, at: usize, says: Option<&Says>) -> Option<()> {
        let sender = self.colleagues.inbox.as_ref()?.epoch();
        let stamp = self.now.0.max(self.colleagues.last_stamp.saturating_add(1));
        self.colleagues.last_stamp = stamp;
        let known = &self.colleagues.known[at];
        let receiver = says.and(known.epoch);
        let body = Bytes::try_from(says.map(encode).unwrap_or_default()).ok()?;
        let note = StaffNote { stamp, sender, receiver, body };
        let sealed = note.seal(&self.setup.device, &known.staff, &mut self.randomness).ok()?;
        let sealed = Bytes::<STAFF_NOTE_MAX>::try_from(sealed).ok()?;
        let to = known.id();
        self.send(&ClientFrame::ToStaff { to, sealed });
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng as _};

    use super::*;
    use crate::{
        desk::DeskSetup, limits::CLOCK_TOLERANCE, mls::tests::staff::device_with,
        randomness::Randomness,
    };

    const NOW: Timestamp = Timestamp(1_780_000_000_000);

    /// Whether a colleague with these rights, whose desk says that it has room, is one who can take over.
    fn takes_over(roles: Roles) -> bool {
        let (own, other) = (device_with(10, Roles::ADVOCATE, NOW), device_with(11, roles, NOW));
        let root = own.program();
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let verified = |device: &stillroom_program::Device| {
            device.staff_record().verify(&root, NOW, CLOCK_TOLERANCE).unwrap()
        };
        let (receiver, staff, id) = (verified(&own), verified(&other), StaffId(other.key().0));
        let (sender, here) = (Epoch::generate(&mut rng), Epoch::generate(&mut rng));
        let state = State {
            chats: 0,
            on_break: false.into(),
            asks: Asks::Nothing,
            words_closed: 0,
            vault: 0,
            room: 5,
            ready: Ready::default(),
            locked: false.into(),
        };
        let body = Bytes::try_from(encode(&Says::State { state })).unwrap();
        let note = StaffNote { stamp: NOW.0, sender, receiver: Some(here), body };
        let sealed = note.seal(&other, &receiver, &mut rng).unwrap();
        let setup = DeskSetup { root, device: own };
        let mut desk = Desk::new(setup, Randomness::new(rng), NOW);
        desk.colleagues.inbox = Some(NoteInbox::new(here));
        desk.colleagues.known.push(Known {
            staff,
            greeted: true,
            epoch: Some(sender),
            told: None,
            told_audit: 0,
            name: None,
            ready: Ready::default(),
            shown: None,
        });
        desk.handle_note(id, &sealed);
        assert_eq!(desk.colleagues.on_duty().len(), 1);
        desk.colleagues.who_takes(id).is_some()
    }

    #[test]
    fn whoever_cannot_lead_takes_no_chat_over_whatever_their_desk_says() {
        assert!(takes_over(Roles::ADVOCATE));
        assert!(!takes_over(Roles::INTERPRETER));
    }
}
