//! A batch of answers, opened, in memory, with what was held from batches before it.

use std::collections::BTreeSet;

use rand_core::Rng as _;
use stillroom_program::{AnswersEnvelope, Fingerprint, ReportKey, Timestamp, VerifiedRevocations};
use stillroom_protocol::AnswersBatch;

use super::held::Sealed;
use super::period::LEAST;
use super::tokens::Checks;
use super::totals::Totals;
use crate::randomness::system;

/// What a batch is opened and judged with.
pub(super) struct With<'a> {
    pub(super) root: &'a Fingerprint,
    pub(super) report: &'a ReportKey,
    pub(super) revocations: &'a VerifiedRevocations,
    pub(super) now: Timestamp,
}

/// What could be opened, has a token that counts, and is of a version that is known, in an order drawn anew; and how
/// many could not, have none, or are not.
pub(super) struct Opened {
    genuine: Vec<(Sealed, AnswersEnvelope)>,
    pub(super) unreadable: usize,
    pub(super) without_token: usize,
    pub(super) unknown: usize,
}

/// What becomes of the genuine ones.
pub(super) enum Together {
    /// There are enough of them to be added up.
    Enough(Vec<AnswersEnvelope>),
    /// There are too few: they stay sealed.
    TooFew(Vec<Sealed>),
}

impl Opened {
    /// One that is there twice counts once: nobody seals the same bytes again.
    pub(super) fn of(batch: &AnswersBatch, with: &With<'_>, totals: &Totals) -> Self {
        let (program, report) = (with.root.program_id(), with.report);
        let fresh = batch.sealed.iter().map(|sealed| Sealed(sealed.to_vec()));
        let held = totals.held.of(batch.kind);
        let sealed: BTreeSet<Sealed> = fresh.chain(held.iter().cloned()).collect();
        let in_all = batch.sealed.len() + held.len();
        let open = |sealed: Sealed| {
            report.open(&program, batch.kind, &sealed.0).ok().map(|envelope| (sealed, envelope))
        };
        let opened: Vec<_> = sealed.into_iter().filter_map(open).collect();
        let unreadable = in_all - opened.len();
        let mut checks = Checks::new(with);
        let (spending, without_token): (Vec<_>, Vec<_>) =
            opened.into_iter().partition(|(_, envelope)| checks.counts(envelope, &totals.spent));
        let (mut genuine, unknown): (Vec<_>, Vec<_>) =
            spending.into_iter().partition(|(_, envelope)| totals.knows(&envelope.answers));
        shuffle(&mut genuine);
        let (without_token, unknown) = (without_token.len(), unknown.len());
        Self { genuine, unreadable, without_token, unknown }
    }

    /// The genuine ones, if they are enough.
    pub(super) fn together(self) -> Together {
        if (self.genuine.len() as u64) < LEAST {
            Together::TooFew(self.genuine.into_iter().map(|(sealed, _)| sealed).collect())
        } else {
            Together::Enough(self.genuine.into_iter().map(|(_, envelope)| envelope).collect())
        }
    }
}

/// Puts them in an order of which each is as likely as any other (Fisher and Yates).
pub(super) fn shuffle<T>(items: &mut [T]) {
    let mut rng = system();
    for at in (1..items.len()).rev() {
        let drawn = rng.next_u64() % (at as u64 + 1);
        items.swap(at, usize::try_from(drawn).unwrap_or(at));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use stillroom_program::{
        Answers, AnswersKind, Issuer, IssuingKey, ItemAnswer, NewDevice, Policy, Revocations,
        Roles, RootKey, SAMPLE_POLICY, SignedRevocations, Token, TokenRequest, Validity, decode,
    };
    use stillroom_protocol::AnswersBatchId;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
    const KIND: AnswersKind = AnswersKind::Questions;

    /// A program whose desks give tokens, and its sums.
    struct Scene {
        root: RootKey,
        issuer: Issuer,
        key: IssuingKey,
        totals: Totals,
    }

    impl Scene {
        fn new() -> Self {
            let root = RootKey::generate(&mut system());
            let (issuer, key) = issuer(&root, &root);
            let mut totals = Totals::default();
            let policy = Policy::from_toml(SAMPLE_POLICY).unwrap();
            totals.remember(&policy.with_report_key(&root.report_key().public_key()));
            Self { root, issuer, key, totals }
        }

        /// A token that a desk gave.
        fn token(&self) -> Token {
            let (request, asked) = TokenRequest::new(&mut system()).unwrap();
            let given = self.key.give(&asked, &mut system()).unwrap();
            request.finish(&given, &self.issuer.content.public).unwrap().remove(0)
        }

        /// What somebody posts who answered this, with this token.
        fn posted(&self, choice: u8, token: Token) -> Vec<u8> {
            self.posted_with(choice, token, self.issuer.clone())
        }

        fn posted_with(&self, choice: u8, token: Token, issuer: Issuer) -> Vec<u8> {
            let items = vec![ItemAnswer::chosen(choice)].try_into().unwrap();
            let language = "en".try_into().unwrap();
            let answers = Answers { policy_version: 1, kind: KIND, language, items };
            let issuer = issuer.record().unwrap();
            let envelope = AnswersEnvelope { answers, token, issuer };
            let program = self.root.fingerprint().program_id();
            envelope.seal(&program, &self.root.report_key().public_key(), &mut system()).unwrap()
        }

        fn opened(&self, sealed: Vec<Vec<u8>>) -> Opened {
            self.opened_under(sealed, &VerifiedRevocations::none())
        }

        fn opened_under(&self, sealed: Vec<Vec<u8>>, list: &VerifiedRevocations) -> Opened {
            let sealed: Vec<_> = sealed.into_iter().map(|one| one.try_into().unwrap()).collect();
            let id = AnswersBatchId([1; 16]);
            let batch = AnswersBatch { id, kind: KIND, sealed: sealed.try_into().unwrap() };
            let (root, report) = (self.root.fingerprint(), self.root.report_key());
            let with = With { root: &root, report: &report, revocations: list, now: NOW };
            Opened::of(&batch, &with, &self.totals)
        }

        fn ten(&self) -> Vec<Vec<u8>> {
            (0..10).map(|_| self.posted(1, self.token())).collect()
        }
    }

    /// A key for tokens that a device of `maker` made for the report key of `root`.
    fn issuer(maker: &RootKey, root: &RootKey) -> (Issuer, IssuingKey) {
        let (new, validity) = (NewDevice::generate(&mut system()), Validity::days(NOW, 90));
        let device = maker.make_administrator(new, Roles::ADVOCATE, "Sam", validity).unwrap();
        let (report, none) = (root.report_key().public_key(), VerifiedRevocations::none());
        Issuer::make(&device, &report, &none, NOW, &mut system()).unwrap()
    }

    /// One that anybody can make, and that no key made.
    fn forged(number: u8) -> Token {
        decode(&[[number; 16].as_slice(), &[0; 64]].concat()).unwrap()
    }

    fn is_shown(opened: Opened) -> bool {
        matches!(opened.together(), Together::Enough(_))
    }

    #[test]
    fn ten_with_tokens_are_added_and_one_is_not_counted_that_has_none() {
        let scene = Scene::new();
        assert!(is_shown(scene.opened(scene.ten())));
        let mut sealed = scene.ten();
        sealed[0] = scene.posted(1, forged(7));
        let opened = scene.opened(sealed);
        assert_eq!((opened.without_token, opened.unreadable, opened.unknown), (1, 0, 0));
        assert!(!is_shown(opened), "nine are left");
    }

    #[test]
    fn nine_of_an_attackers_own_around_one_persons_show_nothing_of_that_one() {
        let scene = Scene::new();
        let own = |number| scene.posted(1, forged(number));
        let sealed = (0..9).map(own).chain([scene.posted(3, scene.token())]).collect();
        let opened = scene.opened(sealed);
        assert_eq!(opened.without_token, 9);
        let Together::TooFew(held) = opened.together() else { unreachable!("one is left") };
        assert_eq!(held.len(), 1);
    }

    #[test]
    fn nine_with_one_token_are_one() {
        let scene = Scene::new();
        let token = scene.token();
        let padded = (0..9).map(|_| scene.posted(1, token.clone()));
        let opened = scene.opened(padded.chain([scene.posted(3, scene.token())]).collect());
        assert_eq!(opened.without_token, 8);
        assert!(!is_shown(opened));
    }

    #[test]
    fn a_token_that_was_spent_is_not_spent_again_in_a_later_batch() {
        let mut scene = Scene::new();
        let first = scene.ten();
        let Together::Enough(added) = scene.opened(first.clone()).together() else {
            unreachable!("ten")
        };
        added.iter().for_each(|envelope| scene.totals.spent.spend(envelope));
        let kept = serde_json::to_vec(&scene.totals).unwrap();
        scene.totals = serde_json::from_slice(&kept).unwrap();
        assert_eq!(scene.opened(first).without_token, 10, "also after the file was read again");
        assert!(is_shown(scene.opened(scene.ten())));
    }

    #[test]
    fn what_waits_for_others_spends_its_token_once_they_are_there() {
        let mut scene = Scene::new();
        let nine: Vec<_> = scene.ten().into_iter().take(9).collect();
        let Together::TooFew(held) = scene.opened(nine).together() else { unreachable!("nine") };
        scene.totals.held.set(KIND, held);
        assert!(is_shown(scene.opened(vec![scene.posted(1, scene.token())])));
    }

    #[test]
    fn a_key_of_somebodys_own_or_of_a_former_colleague_makes_no_token_that_counts() {
        let scene = Scene::new();
        let mut stranger = Scene::new();
        (stranger.issuer, stranger.key) = issuer(&stranger.root, &scene.root);
        let forged = || scene.posted_with(1, stranger.token(), stranger.issuer.clone());
        assert_eq!(scene.opened((0..10).map(|_| forged()).collect()).without_token, 10);

        let maker = scene.issuer.chain.leaf().device;
        let (new, validity) = (NewDevice::generate(&mut system()), Validity::days(NOW, 90));
        let ada = scene.root.make_administrator(new, Roles::ADVOCATE, "Ada", validity).unwrap();
        let list = Revocations::default().with(maker, u64::MAX, NOW).unwrap();
        let list = SignedRevocations::sign(list, &ada).unwrap();
        let list = list.verify(&scene.root.fingerprint(), NOW, std::time::Duration::ZERO).unwrap();
        assert_eq!(scene.opened_under(scene.ten(), &list).without_token, 10);
    }

    #[test]
    fn what_cannot_count_any_more_is_forgotten() {
        let mut scene = Scene::new();
        let Together::Enough(added) = scene.opened(scene.ten()).together() else {
            unreachable!("ten")
        };
        added.iter().for_each(|envelope| scene.totals.spent.spend(envelope));
        let kept = |scene: &Scene| serde_json::to_string(&scene.totals.spent).unwrap().len();
        let day = std::time::Duration::from_secs(24 * 60 * 60);
        scene.totals.spent.forget(NOW + day * 400);
        assert!(kept(&scene) > 300);
        scene.totals.spent.forget(NOW + day * 402);
        assert_eq!(kept(&scene), 2);
    }
}
