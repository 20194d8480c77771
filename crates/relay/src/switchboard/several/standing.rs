//! Who is home: which one relay has the program's core, and what this one does about it (`decisions/0044`).
//!
//! The home holds a lease in the cluster and renews it; every relay says a few times a second that it is there. Where
//! no home is heard of, the others ask for the lease, one after the other, in an order that differs from program to
//! program, so that programs spread over relays by themselves. Words and the time go in, [`Step`]s come out; it waits
//! for nothing and sends nothing. Two that believe to be home at once are told apart by the lease alone; one that
//! cannot ask goes on serving whoever it has.
//!
//! Relays of two versions of the protocol are beside each other while they are replaced one after the other
//! (`decisions/0048`). One of another version than the home carries nothing; and the lease is left to relays of an
//! earlier version, as long as one of them is heard.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use stillroom_program::Timestamp;

use super::envelope::{RelayId, Term, Version};

/// How often a relay says that it is there.
pub(super) const BEAT: Duration = Duration::from_millis(500);

/// How long a home may be silent: three beats lost, and a margin.
pub(super) const SILENT: Duration = Duration::from_millis(2_000);

/// How long a lease holds that is not renewed. Whoever notices the silence finds it run out soon after.
pub(super) const LEASE: Duration = Duration::from_millis(3_000);

/// How often it is renewed: twice it may fail.
const RENEW: Duration = Duration::from_millis(1_000);

/// How long a relay that has just reached the cluster listens for who is there.
const LISTEN: Duration = Duration::from_millis(700);

/// The head start of each relay before the next one in the program's order.
const HEAD_START: Duration = Duration::from_millis(250);

/// How soon the lease is asked for again that somebody else had.
const AGAIN: Duration = Duration::from_millis(300);

/// Relays of a program at most; words of more are not heard.
const RELAYS_MAX: usize = 64;

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Ask for the lease for this term: take it where nobody has it, renew it where it is this term's.
    Hold(Term),
    /// Say that it is there.
    Beat,
    /// This relay is home from now on.
    BecomeHome(Term),
    /// It is home no longer: whatever is connected is closed.
    GiveWay,
    /// That one is home: carry connections there.
    Follow(RelayId, Term),
    /// Another one is home, and speaks this other version: nobody is let in while that is so.
    StandBeside(Version),
    /// The home that was followed is none any more: whatever is carried is closed.
    LoseHome,
}

/// What became of asking for the lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lease {
    /// This relay has it.
    Held,
    /// Another relay has it.
    Others,
    /// Nobody could be asked.
    Unanswered,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// It cannot reach the cluster.
    Apart,
    /// It has just come, and until then listens for who is there.
    Listening { until: Timestamp },
    /// It knows of no home, and asks for the lease then.
    Seeking { at: Timestamp },
    /// It has asked.
    Asking,
    /// Another one is home, and was last heard then. Nothing is carried there if it speaks another version.
    Following { home: RelayId, term: Term, speaks: Version, heard: Timestamp },
    /// It is home itself, and the lease is renewed then; nothing while that is being done.
    Home { term: Term, renew: Option<Timestamp> },
}

/// What is known of another relay.
#[derive(Clone, Copy)]
struct Other {
    heard: Timestamp,
    speaks: Version,
}

/// The standing of one relay among those of its program.
pub(super) struct Standing {
    me: RelayId,
    speaks: Version,
    /// What makes the order of relays differ from program to program.
    program: Vec<u8>,
    state: State,
    connected: bool,
    /// Those that were heard lately.
    others: BTreeMap<RelayId, Other>,
    beat: Timestamp,
    steps: VecDeque<Step>,
    draw: Box<dyn FnMut() -> Term + Send + Sync>,
}

impl Standing {
    /// A relay of this version that has not reached the cluster yet. `draw` gives a new term each time.
    pub(super) fn new(
        me: RelayId,
        speaks: Version,
        program: &[u8],
        draw: impl FnMut() -> Term + Send + Sync + 'static,
    ) -> Self {
        Self {
            me,
            speaks,
            program: program.to_vec(),
            state: State::Apart,
            connected: false,
            others: BTreeMap::new(),
            beat: Timestamp(0),
            steps: VecDeque::new(),
            draw: Box::new(draw),
        }
    }

    /// The term in which this relay is home.
    pub(super) fn home(&self) -> Option<Term> {
        match self.state {
            State::Home { term, .. } => Some(term),
            _ => None,
        }
    }

    /// How many others were heard lately.
    pub(super) fn others(&self) -> usize {
        self.others.len()
    }

    /// The cluster can be reached.
    pub(super) fn handle_connected(&mut self, now: Timestamp) {
        self.connected = true;
        self.beat = now;
        match &mut self.state {
            State::Home { renew, .. } => *renew = Some(now),
            State::Apart => self.state = State::Listening { until: now + LISTEN },
            State::Listening { .. }
            | State::Seeking { .. }
            | State::Asking
            | State::Following { .. } => {}
        }
    }

    /// The cluster cannot be reached. A home that is followed stays so while it is not silent for too long: another
    /// server may be reached at once.
    pub(super) fn handle_disconnected(&mut self) {
        self.connected = false;
        if !matches!(self.state, State::Home { .. } | State::Following { .. }) {
            self.state = State::Apart;
        }
    }

    /// Another relay, which speaks this version, said that it is there, and in which term it is home if it is.
    pub(super) fn handle_beat(
        &mut self,
        from: RelayId,
        speaks: Version,
        home: Option<Term>,
        now: Timestamp,
    ) {
        if !self.connected || from == self.me {
            return;
        }
        let known = self.others.len() < RELAYS_MAX || self.others.contains_key(&from);
        if known && self.others.insert(from, Other { heard: now, speaks }).is_none() {
            // It has just come, and is told at once who is there.
            self.beat = now;
        }
        match (self.state, home) {
            (State::Following { home, term, speaks: known, .. }, Some(said))
                if (from, said, speaks) == (home, term, known) =>
            {
                self.state = State::Following { home, term, speaks, heard: now };
            }
            // Another one that says so is not believed before this one is silent or says so no longer.
            (State::Following { home, .. }, _) if from != home => {}
            (State::Following { .. }, said) => {
                self.lose_home();
                self.state = State::Seeking { at: now + self.turn() };
                if said.is_some() {
                    self.handle_beat(from, speaks, said, now);
                }
            }
            (State::Listening { .. } | State::Seeking { .. } | State::Asking, Some(term)) => {
                self.state = State::Following { home: from, term, speaks, heard: now };
                self.steps.push_back(if speaks == self.speaks {
                    Step::Follow(from, term)
                } else {
                    Step::StandBeside(speaks)
                });
            }
            // Two believe to be home: the lease says who is.
            (State::Home { term, renew: Some(_) }, Some(_)) => {
                self.state = State::Home { term, renew: Some(now) };
            }
            (_, None) | (State::Home { .. } | State::Apart, _) => {}
        }
    }

    /// Another relay said that it stops.
    pub(super) fn handle_left(&mut self, who: RelayId, now: Timestamp) {
        self.others.remove(&who);
        if matches!(self.state, State::Following { home, .. } if home == who) {
            self.lose_home();
            self.state = State::Seeking { at: now + self.turn() };
        }
    }

    /// What became of [`Step::Hold`] for this term.
    pub(super) fn handle_lease(&mut self, asked: Term, lease: Lease, now: Timestamp) {
        match (self.state, lease) {
            (State::Home { term, .. }, Lease::Held | Lease::Unanswered) if term == asked => {
                self.state = State::Home { term, renew: Some(now + RENEW) };
            }
            (State::Home { term, .. }, Lease::Others) if term == asked => {
                self.state = State::Seeking { at: now + AGAIN };
                self.steps.push_back(Step::GiveWay);
            }
            (State::Home { .. }, _) => {}
            // Whoever else says to be home lost the lease, and finds that out as they renew it.
            (_, Lease::Held) if self.connected => {
                self.lose_home();
                self.state = State::Home { term: asked, renew: Some(now + RENEW) };
                self.beat = now;
                self.steps.push_back(Step::BecomeHome(asked));
            }
            (State::Asking, Lease::Others) => self.state = State::Seeking { at: now + AGAIN },
            (State::Asking, Lease::Unanswered) => {
                self.state = State::Seeking { at: now + SILENT };
            }
            _ => {}
        }
    }

    /// The way to the home that is followed broke: it is followed anew, if it still says to be home.
    pub(super) fn handle_way_broken(&mut self, now: Timestamp) {
        if matches!(self.state, State::Following { .. }) {
            self.lose_home();
            self.state = State::Seeking { at: now + SILENT };
        }
    }

    /// Does what is due.
    pub(super) fn handle_timeout(&mut self, now: Timestamp) {
        self.others.retain(|_, other| now.checked_since(other.heard) <= SILENT);
        if self.connected && self.beat <= now {
            self.beat = now + BEAT;
            self.steps.push_back(Step::Beat);
        }
        match self.state {
            State::Listening { until } if until <= now => {
                self.state = State::Seeking { at: now + self.turn() };
                self.handle_timeout(now);
            }
            State::Seeking { at } if at <= now && self.hears_an_earlier_version() => {
                self.state = State::Seeking { at: now + AGAIN };
            }
            State::Seeking { at } if at <= now => {
                self.state = State::Asking;
                let term = (self.draw)();
                self.steps.push_back(Step::Hold(term));
            }
            State::Following { heard, .. } if now.checked_since(heard) > SILENT => {
                self.lose_home();
                self.state = if self.connected {
                    State::Seeking { at: now + self.turn() }
                } else {
                    State::Apart
                };
            }
            State::Home { term, renew: Some(at) } if at <= now && self.connected => {
                self.state = State::Home { term, renew: None };
                self.steps.push_back(Step::Hold(term));
            }
            _ => {}
        }
    }

    /// When [`Self::handle_timeout`] is due.
    pub(super) fn poll_timeout(&self) -> Option<Timestamp> {
        let of_state = match self.state {
            State::Listening { until: at } | State::Seeking { at } => Some(at),
            State::Following { heard, .. } => Some(heard + SILENT + Duration::from_millis(1)),
            State::Home { renew, .. } => renew.filter(|_| self.connected),
            State::Apart | State::Asking => None,
        };
        of_state.into_iter().chain(self.connected.then_some(self.beat)).min()
    }

    /// What to do next.
    pub(super) fn poll_step(&mut self) -> Option<Step> {
        self.steps.pop_front()
    }

    fn lose_home(&mut self) {
        if matches!(self.state, State::Following { .. }) {
            self.steps.push_back(Step::LoseHome);
        }
    }

    /// Whether a relay is there whose pages would be told that they are out of date if this one were home.
    fn hears_an_earlier_version(&self) -> bool {
        self.others.values().any(|other| other.speaks < self.speaks)
    }

    /// How long this relay lets others go first: as many head starts as there are before it in the program's order
    /// (rendezvous hashing), of those of its version that were heard of lately.
    fn turn(&self) -> Duration {
        let mine = self.weight(&self.me);
        let goes_first = |(id, other): &(&RelayId, &Other)| {
            other.speaks == self.speaks && self.weight(id) > mine
        };
        let before = self.others.iter().filter(goes_first).count();
        HEAD_START * u32::try_from(before).unwrap_or(u32::MAX).min(RELAYS_MAX as u32)
    }

    fn weight(&self, relay: &RelayId) -> [u8; 32] {
        Sha256::new().chain_update(&self.program).chain_update(relay.0).finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// Some relays, what each believes, the lease, and who hears whom.
    struct Relays {
        now: Timestamp,
        each: Vec<Standing>,
        /// Whose term the lease is, and until when.
        lease: Option<(Term, Timestamp)>,
        cut: BTreeSet<usize>,
        dead: BTreeSet<usize>,
        /// Whom each carries to.
        follows: Vec<Option<(RelayId, Term)>>,
        /// The version of the home beside which each stands, which is another than its own.
        beside: Vec<Option<Version>>,
        versions: Vec<Version>,
    }

    fn id(number: usize) -> RelayId {
        RelayId([u8::try_from(number).unwrap() + 1; 16])
    }

    fn standing(number: usize, speaks: Version, program: &[u8]) -> Standing {
        let mut drawn = 0_u8;
        let draw = move || {
            drawn = drawn.wrapping_add(1);
            let mut term = [0; 16];
            term[..2].copy_from_slice(&[u8::try_from(number).unwrap(), drawn]);
            Term(term)
        };
        Standing::new(id(number), speaks, program, draw)
    }

    impl Relays {
        fn new(count: usize, program: &[u8]) -> Self {
            Self::of_versions(&vec![1; count], program)
        }

        fn of_versions(versions: &[u16], program: &[u8]) -> Self {
            let now = Timestamp(1_000_000);
            let versions: Vec<_> = versions.iter().copied().map(Version).collect();
            let numbered = versions.iter().enumerate();
            let mut each: Vec<_> =
                numbered.map(|(number, speaks)| standing(number, *speaks, program)).collect();
            each.iter_mut().for_each(|relay| relay.handle_connected(now));
            let (follows, beside) = (vec![None; each.len()], vec![None; each.len()]);
            let nobody = BTreeSet::new;
            Self {
                now,
                each,
                lease: None,
                cut: nobody(),
                dead: nobody(),
                follows,
                beside,
                versions,
            }
        }

        /// One stops, gives the lease up if it was home, and says so.
        fn stop(&mut self, who: usize) {
            if self.each[who].home().is_some() {
                self.lease = None;
            }
            self.dead.insert(who);
            for other in (0..self.each.len()).filter(|other| !self.dead.contains(other)) {
                self.each[other].handle_left(id(who), self.now);
            }
        }

        fn hold(&mut self, who: usize, term: Term) -> Lease {
            if self.cut.contains(&who) {
                return Lease::Unanswered;
            }
            match self.lease {
                Some((holder, until)) if until > self.now && holder != term => Lease::Others,
                _ => {
                    self.lease = Some((term, self.now + LEASE));
                    Lease::Held
                }
            }
        }

        fn steps(&mut self) {
            for who in 0..self.each.len() {
                while let Some(step) = self.each[who].poll_step() {
                    match step {
                        Step::Hold(term) => {
                            let lease = self.hold(who, term);
                            self.each[who].handle_lease(term, lease, self.now);
                        }
                        Step::Beat => self.beat(who),
                        Step::Follow(home, term) => {
                            (self.follows[who], self.beside[who]) = (Some((home, term)), None);
                        }
                        Step::StandBeside(version) => {
                            (self.follows[who], self.beside[who]) = (None, Some(version));
                        }
                        Step::BecomeHome(_) | Step::GiveWay | Step::LoseHome => {
                            (self.follows[who], self.beside[who]) = (None, None);
                        }
                    }
                }
            }
        }

        fn beat(&mut self, who: usize) {
            let home = self.each[who].home();
            for other in 0..self.each.len() {
                let apart = [who, other].iter().any(|one| self.cut.contains(one));
                if !apart && !self.dead.contains(&other) {
                    let speaks = self.versions[who];
                    self.each[other].handle_beat(id(who), speaks, home, self.now);
                }
            }
        }

        fn pass(&mut self, time: Duration) {
            let end = self.now + time;
            while self.now < end {
                self.now = self.now + Duration::from_millis(50);
                for who in 0..self.each.len() {
                    if !self.dead.contains(&who) {
                        let relay = &mut self.each[who];
                        if relay.poll_timeout().is_some_and(|due| due <= self.now) {
                            relay.handle_timeout(self.now);
                        }
                    }
                }
                self.steps();
            }
        }

        fn homes(&self) -> Vec<usize> {
            let alive = (0..self.each.len()).filter(|who| !self.dead.contains(who));
            alive.filter(|who| self.each[*who].home().is_some()).collect()
        }

        /// One is home, all of its version carry there, and those of another let nobody in.
        fn settled(&self) -> bool {
            let homes = self.homes();
            let [home] = homes[..] else { return false };
            let at = self.each[home].home().map(|term| (id(home), term));
            let spoken = self.versions[home];
            let others =
                (0..self.each.len()).filter(|who| *who != home && !self.dead.contains(who));
            others.into_iter().all(|who| {
                let stands = (self.follows[who], self.beside[who]);
                if self.versions[who] == spoken {
                    stands == (at, None)
                } else {
                    stands == (None, Some(spoken))
                }
            })
        }
    }

    const MOMENT: Duration = Duration::from_secs(4);

    #[test]
    fn of_relays_that_start_together_one_is_home_and_all_carry_there() {
        let mut relays = Relays::new(5, b"program");
        relays.pass(MOMENT);
        assert!(relays.settled(), "{:?}", relays.homes());
    }

    #[test]
    fn programs_spread_over_relays_that_lose_their_homes() {
        let heirs: BTreeSet<usize> = (0_u8..20)
            .map(|program| {
                let mut relays = Relays::new(4, &[program]);
                relays.pass(MOMENT);
                let first = relays.homes()[0];
                relays.dead.insert(first);
                relays.pass(MOMENT);
                relays.homes()[0]
            })
            .collect();
        assert!(heirs.len() >= 3, "{heirs:?}");
    }

    #[test]
    fn a_home_that_is_killed_is_replaced_within_the_lease_and_a_second() {
        let mut relays = Relays::new(3, b"program");
        relays.pass(MOMENT);
        relays.dead.insert(relays.homes()[0]);
        relays.pass(LEASE + Duration::from_secs(1));
        assert!(relays.settled(), "{:?}", relays.homes());
    }

    #[test]
    fn a_home_that_gives_the_lease_up_is_replaced_at_once() {
        let mut relays = Relays::new(3, b"program");
        relays.pass(MOMENT);
        let home = relays.homes()[0];
        relays.dead.insert(home);
        relays.lease = None;
        for other in (0..3).filter(|other| *other != home) {
            relays.each[other].handle_left(id(home), relays.now);
        }
        relays.pass(Duration::from_millis(800));
        assert!(relays.settled(), "{:?}", relays.homes());
    }

    #[test]
    fn relays_that_are_replaced_one_by_one_are_of_the_earlier_version_until_the_last_is_gone() {
        for program in 0_u8..10 {
            let mut relays = Relays::of_versions(&[2, 2, 1, 1], &[program]);
            // The later ones, which would ask first, are not there yet.
            for later in [0, 1] {
                relays.cut.insert(later);
                relays.each[later].handle_disconnected();
            }
            relays.pass(MOMENT);
            let first = relays.homes()[0];
            for later in [0, 1] {
                relays.cut.remove(&later);
                relays.each[later].handle_connected(relays.now);
            }
            relays.pass(MOMENT);
            assert_eq!(relays.homes(), [first]);
            assert!(relays.settled(), "{:?} {:?}", relays.follows, relays.beside);
            relays.stop(first);
            relays.pass(MOMENT);
            assert_eq!(
                relays.homes(),
                [5 - first],
                "whoever speaks what pages that are open speak"
            );
            assert!(relays.settled(), "{:?} {:?}", relays.follows, relays.beside);
            relays.stop(5 - first);
            relays.pass(Duration::from_millis(800));
            assert!(relays.homes().iter().all(|home| *home < 2));
            assert!(relays.settled(), "{:?} {:?}", relays.follows, relays.beside);
        }
    }

    #[test]
    fn a_home_of_the_earlier_version_that_is_killed_is_replaced_by_one_of_that_version() {
        for program in 0_u8..10 {
            let mut relays = Relays::of_versions(&[2, 1, 1], &[program]);
            relays.pass(MOMENT);
            let home = relays.homes()[0];
            assert_ne!(home, 0, "of relays that start together");
            relays.dead.insert(home);
            relays.pass(LEASE + Duration::from_secs(1));
            assert_eq!(relays.homes(), [3 - home]);
            assert!(relays.settled(), "{:?} {:?}", relays.follows, relays.beside);
        }
    }

    #[test]
    fn a_relay_of_an_earlier_version_that_is_started_beside_a_later_home_waits_as_well() {
        let mut relays = Relays::of_versions(&[2, 1], b"program");
        relays.cut.insert(1);
        relays.each[1].handle_disconnected();
        relays.pass(MOMENT);
        relays.cut.clear();
        relays.each[1].handle_connected(relays.now);
        relays.pass(MOMENT);
        assert_eq!((relays.homes(), relays.beside[1]), (vec![0], Some(Version(2))));
    }

    #[test]
    fn a_home_that_was_taken_for_one_of_another_version_is_followed_as_soon_as_it_says_its_own() {
        let mut relays = Relays::new(2, b"program");
        relays.pass(MOMENT);
        let home = relays.homes()[0];
        let (other, term) = (1 - home, relays.each[home].home());
        // Somebody else in the cluster says so.
        relays.each[other].handle_beat(id(home), Version(2), term, relays.now);
        relays.steps();
        assert_eq!((relays.follows[other], relays.beside[other]), (None, Some(Version(2))));
        relays.pass(Duration::from_secs(1));
        assert!(relays.settled(), "{:?} {:?}", relays.follows, relays.beside);
    }

    #[test]
    fn a_home_that_is_cut_off_serves_on_until_it_hears_that_another_took_over() {
        let mut relays = Relays::new(3, b"program");
        relays.pass(MOMENT);
        let home = relays.homes()[0];
        relays.cut.insert(home);
        relays.each[home].handle_disconnected();
        relays.pass(LEASE + MOMENT);
        assert_eq!(relays.homes().len(), 2, "the old one cannot know, and serves those it has");
        relays.cut.clear();
        relays.each[home].handle_connected(relays.now);
        relays.pass(MOMENT);
        assert!(relays.settled(), "{:?}", relays.homes());
        assert_ne!(relays.homes(), [home], "whoever has the lease is home");
    }

    #[test]
    fn a_relay_that_cannot_reach_the_cluster_carries_nothing_and_asks_for_nothing() {
        let mut relays = Relays::new(2, b"program");
        relays.pass(MOMENT);
        let other = 1 - relays.homes()[0];
        relays.cut.insert(other);
        relays.each[other].handle_disconnected();
        relays.pass(MOMENT);
        assert_eq!(relays.follows[other], None);
        assert!(!relays.homes().contains(&other));
        assert_eq!(relays.each[other].poll_timeout(), None);
    }

    #[test]
    fn a_cluster_that_forgets_the_lease_changes_no_home() {
        let mut relays = Relays::new(3, b"program");
        relays.pass(MOMENT);
        let before = relays.homes();
        relays.lease = None;
        relays.pass(MOMENT);
        assert_eq!(relays.homes(), before);
        assert!(relays.settled());
    }

    #[test]
    fn two_that_believe_to_be_home_are_told_apart_by_the_lease() {
        let mut relays = Relays::new(3, b"program");
        relays.pass(MOMENT);
        let home = relays.homes()[0];
        let other = (home + 1) % 3;
        let term = Term([0xee; 16]);
        relays.lease = Some((term, relays.now + LEASE));
        relays.each[other].handle_lease(term, Lease::Held, relays.now);
        relays.pass(MOMENT);
        assert_eq!(relays.homes(), [other]);
        assert!(relays.settled());
    }

    proptest! {
        /// Whatever relays die, are cut off and come back, in the end one is home and all of its version carry there.
        #[test]
        fn in_the_end_one_is_home(
            steps in proptest::collection::vec((0_u8..4, 0_usize..4, 100_u64..4_000), 1..12),
            versions in proptest::array::uniform4(1_u16..3),
        ) {
            let mut relays = Relays::of_versions(&versions, b"program");
            for (what, who, time) in steps {
                match what {
                    0 if relays.dead.len() < 3 => { relays.dead.insert(who); }
                    1 => {
                        if relays.cut.insert(who) { relays.each[who].handle_disconnected() }
                    }
                    2 => {
                        if relays.cut.remove(&who) { relays.each[who].handle_connected(relays.now) }
                    }
                    _ => relays.lease = None,
                }
                relays.pass(Duration::from_millis(time));
            }
            for who in std::mem::take(&mut relays.cut) {
                relays.each[who].handle_connected(relays.now);
            }
            relays.pass(LEASE + MOMENT + MOMENT);
            prop_assert!(relays.settled(), "{:?} {:?}", relays.homes(), relays.follows);
        }
    }
}
