//! A third person, on the survivor's device (`features.md` 3.3, 3.5; `decisions/0024`): being asked, saying yes or no,
//! and asking them to leave.
//!
//! Nobody is let into the group but exactly the device whose certificates were shown with the question, after a yes,
//! and for as long as that yes stands. The core holds to that whatever the lead's desk or the relay does; a chat into
//! which somebody else is added is over.

use stillroom_program::Timestamp;

use super::{State, Survivor, SurvivorEvent};
use crate::{
    chat::Agreed,
    conversation::{Announcement, Company, JoinsAs, Newcomer, StaysAway},
    envelope::{Certified, Content},
    mls::MemberCredential,
};

/// A colleague of the lead's who may join, while that is asked and until they come.
pub(super) struct Asked {
    turn: u32,
    colleague: Agreed,
    agrees: bool,
}

impl Survivor {
    /// Agrees that whoever is asked about may join.
    pub fn accept_joining(&mut self, now: Timestamp) {
        self.answer_joining(true, now);
    }

    /// Says no to that, or takes a yes back. Whoever is on the way in is put out at once.
    pub fn decline_joining(&mut self, now: Timestamp) {
        self.answer_joining(false, now);
    }

    /// Asks the third person to leave: nothing that is written from now on reaches them.
    pub fn put_out(&mut self, now: Timestamp) {
        self.stir(now);
        self.drop_wish(now);
        self.ask_out(now);
    }

    fn ask_out(&mut self, now: Timestamp) {
        if let (State::Chatting(chat), Company::Here(who)) = (&mut self.state, &self.company) {
            let who = who.clone();
            chat.ask_out(now);
            self.show_company(Company::Leaving(who));
        }
        self.drain_chat(now);
    }

    fn answer_joining(&mut self, agrees: bool, now: Timestamp) {
        self.stir(now);
        if matches!(self.company, Company::Here(_)) && !agrees {
            return self.put_out(now);
        }
        if let State::Chatting(chat) = &mut self.state
            && let Some(asked) = self.asked.as_mut().filter(|asked| !(agrees && asked.agrees))
        {
            asked.agrees = agrees;
            let who = asked.colleague.who.clone();
            chat.say(Content::AnswerJoining { turn: asked.turn, agrees: agrees.into() }, now);
            if agrees {
                self.announce(Announcement::Awaited(who.clone()));
                self.show_company(Company::Awaited(who));
                self.say_going_on(now);
            } else {
                self.asked = None;
                self.announce(Announcement::StaysAway { who, why: StaysAway::NotWanted });
                self.show_company(Company::Nobody);
            }
        }
        self.drain_chat(now);
    }

    /// The lead asks. A colleague who is not certified for that is nobody, and the answer is no.
    pub(super) fn handle_joining_asked(
        &mut self,
        turn: u32,
        colleague: Certified,
        joins_as: JoinsAs,
        now: Timestamp,
    ) {
        let may_be_asked = !self.is_in_company() && self.question.is_none();
        let checked = self.check_colleague(colleague, joins_as, now).filter(|_| may_be_asked);
        if let Some(colleague) = checked {
            let who = colleague.who.clone();
            self.asked = Some(Asked { turn, colleague, agrees: false });
            self.show_company(Company::Asked(who));
        } else if let State::Chatting(chat) = &mut self.state {
            chat.say(Content::AnswerJoining { turn, agrees: false.into() }, now);
        }
    }

    /// The lead says that they do not come after all.
    pub(super) fn handle_joining_withdrawn(&mut self, turn: u32, why: StaysAway, now: Timestamp) {
        // Of somebody who is in it is not true, whatever a desk that was changed says.
        let is_coming = !self.is_in_company() || self.is_letting_in();
        let Some(asked) = self.asked.take_if(|asked| asked.turn == turn && is_coming) else {
            return;
        };
        if let State::Chatting(chat) = &mut self.state {
            chat.close_to(now);
        }
        self.announce(Announcement::StaysAway { who: asked.colleague.who, why });
        self.show_company(Company::Nobody);
    }

    /// They come now, where that is who the survivor agreed to.
    pub(super) fn handle_let_in(&mut self, turn: u32, now: Timestamp) {
        let comes = self.asked.as_ref().filter(|asked| asked.turn == turn && asked.agrees);
        if let (Some(asked), State::Chatting(chat)) = (comes, &mut self.state) {
            let Agreed { who, device, credential } = &asked.colleague;
            let (who, device, credential) = (who.clone(), device.clone(), credential.clone());
            let agreed = Agreed { who: who.clone(), device, credential };
            chat.open_to(turn, agreed, now);
            self.close_word_question();
            self.show_company(Company::Here(who));
        }
    }

    /// Whether somebody may come in and is not in yet.
    fn is_letting_in(&self) -> bool {
        matches!(&self.state, State::Chatting(chat) if chat.is_letting_in())
    }

    /// The third person is out.
    pub(super) fn handle_third_gone(&mut self) {
        self.asked = None;
        self.show_company(Company::Nobody);
    }

    /// Somebody whose device was revoked is put out at once.
    pub(super) fn mind_revoked_third(&mut self, now: Timestamp) {
        if let State::Chatting(chat) = &self.state
            && chat.third_was_revoked(self.trust.revocations())
        {
            self.ask_out(now);
        }
    }

    /// Whether nobody else is asked about, called or there.
    pub(super) fn is_alone(&self) -> bool {
        self.company == Company::Nobody
    }

    /// Whether somebody else reads what is written, or still could.
    pub(super) fn is_in_company(&self) -> bool {
        matches!(self.company, Company::Here(_) | Company::Leaving(_))
    }

    /// Nobody is asked about or here any more: there is no chat for them to join.
    pub(super) fn drop_company(&mut self) {
        self.asked = None;
        self.show_company(Company::Nobody);
    }

    fn check_colleague(
        &self,
        colleague: Certified,
        joins_as: JoinsAs,
        now: Timestamp,
    ) -> Option<Agreed> {
        let (device, name) = self.trust.check_certified(&colleague, now)?;
        let who = Newcomer::new(name.as_str(), joins_as, device.roles);
        let credential = MemberCredential::Staff { chain: colleague.chain };
        joins_as.is_for(device.roles).then_some(Agreed { who, device, credential })
    }

    pub(super) fn show_company(&mut self, company: Company) {
        if self.company != company {
            self.company = company.clone();
            self.show(SurvivorEvent::Company(company));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        conversation::Role, mls::tests::staff::device_with, randomness::Randomness,
        survivor::SurvivorSetup,
    };
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng as _};
    use stillroom_program::Roles;

    const NOW: Timestamp = Timestamp(1_780_000_000_000);

    /// Whom the survivor is asked about, where the lead's desk asks about somebody with these rights.
    fn asked_about(roles: Roles, joins_as: JoinsAs) -> Option<Newcomer> {
        let colleague = device_with(20, roles, NOW);
        let randomness = Randomness::new(ChaCha20Rng::seed_from_u64(1));
        let mut survivor = Survivor::new(SurvivorSetup { root: colleague.program() }, randomness);
        let shown = Certified { chain: colleague.chain.clone(), name: colleague.name };
        survivor.handle_joining_asked(1, shown, joins_as, NOW);
        match survivor.company {
            Company::Asked(who) => Some(who),
            _ => None,
        }
    }

    #[test]
    fn a_desk_that_was_changed_names_nobody_for_what_they_are_not_certified_for() {
        let asked = |roles, joins_as| asked_about(roles, joins_as).map(|who| who.role);
        for joins_as in [JoinsAs::Successor, JoinsAs::Supervisor] {
            assert_eq!(asked(Roles::INTERPRETER, joins_as), None, "they lead nothing");
        }
        for roles in [Roles::ADVOCATE, Roles::SUPERVISOR] {
            assert_eq!(asked(roles, JoinsAs::Interpreter), None);
        }
        assert_eq!(asked(Roles::ADVOCATE, JoinsAs::Supervisor), None);
    }

    #[test]
    fn whoever_may_go_on_with_them_shows_in_the_role_that_they_have() {
        let asked = |roles| asked_about(roles, JoinsAs::Successor).map(|who| who.role);
        assert_eq!(asked(Roles::ADVOCATE), Some(Role::Advocate));
        assert_eq!(asked(Roles::SUPERVISOR), Some(Role::Supervisor));
        assert_eq!(asked(Roles::ADVOCATE | Roles::INTERPRETER), Some(Role::Advocate));
    }
}
