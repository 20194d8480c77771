//! One small program, always the same, whose genuine records the fuzzers start from and whose keys the
//! decoders under attack check against. It is made from a fixed seed: none of its keys guards anything.

use std::sync::LazyLock;
use std::time::Duration;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use stillroom_program::{
    Act, Again, Answers, AnswersEnvelope, AnswersKind, AskedTokens, DayCounts, Device,
    DutyStatement, Enrolment, EnrolmentRequest, Fingerprint, GivenTokens, Intake, Invitation,
    InvitationSecret, Issuer, IssuingKey, ItemAnswer, NewDevice, Policy, ReceivingKey, ReportKey,
    Revocations, Roles, RootKey, SAMPLE_POLICY, SharedKey, SharedKeyBundle, SignedAuditEntry,
    SignedInvitation, SignedPolicy, SignedStatement, Successor, Timestamp, TokenRequest, Validity,
    VerifiedRevocations, encode,
};
use stillroom_protocol::{KeyPackageHash, Operation, SealedAnswers};

/// The time in which everything here holds: in 2026, in milliseconds.
pub const NOW: Timestamp = Timestamp(1_790_000_000_000);
/// What a clock is forgiven.
pub const TOLERANCE: Duration = Duration::from_secs(24 * 60 * 60);

/// All that a program makes.
pub struct World {
    /// Whom everything leads back to.
    pub root: Fingerprint,
    /// An administrator's device that is on duty as well.
    pub administrator: Device,
    /// Its policy, signed.
    pub policy: SignedPolicy,
    /// Its duty key, wrapped for itself.
    pub duty_bundle: SharedKeyBundle,
    /// The duty key.
    pub duty_key: ReceivingKey,
    /// A statement of now.
    pub statement: SignedStatement,
    /// The link of an invitation.
    pub secret: InvitationSecret,
    /// The invitation.
    pub invitation: SignedInvitation,
    /// The keys that it is answered with.
    pub newcomer: NewDevice,
    /// The answer.
    pub request: EnrolmentRequest,
    /// What goes back, sealed.
    pub completion: Vec<u8>,
    /// What a survivor said beforehand, sealed.
    pub intake: Vec<u8>,
    /// What answers are sealed to.
    pub report_key: ReportKey,
    /// What a survivor answered to the survey, sealed.
    pub answers: SealedAnswers,
    /// The record of the key that tokens are made with.
    pub issuer: Issuer,
    /// That key.
    pub issuing_key: IssuingKey,
    /// What a page asks a desk for.
    pub asked_tokens: AskedTokens,
    /// What the desk answers.
    pub given_tokens: GivenTokens,
    /// The record of its administrative acts.
    pub record: Vec<SignedAuditEntry>,
    /// What a relay counted of a day, sealed.
    pub day_counts: Vec<u8>,
}

/// The hash of the KeyPackage that [`World::intake`] is bound to.
pub fn key_package() -> KeyPackageHash {
    KeyPackageHash::of(b"a key package")
}

/// The same one each time.
pub static WORLD: LazyLock<World> = LazyLock::new(make);

fn make() -> World {
    let mut rng = ChaCha20Rng::seed_from_u64(7);
    let root = RootKey::generate(&mut rng);
    let validity = Validity::days(NOW, 365);
    let administrator = root
        .make_administrator(NewDevice::generate(&mut rng), Roles::ADVOCATE, "Ada", validity)
        .unwrap();
    let report_key = root.report_key();
    let root = root.fingerprint();
    let mut policy = Policy::from_toml(SAMPLE_POLICY).unwrap();
    policy.terms.issued = NOW.seconds();
    policy.terms.expires = NOW.seconds() + 90 * 24 * 60 * 60;
    let policy = SignedPolicy::sign(&policy, &administrator).unwrap();
    let (duty_bundle, duty_key) = SharedKeyBundle::make(
        SharedKey::Duty,
        &administrator,
        &[],
        &VerifiedRevocations::none(),
        NOW,
        &mut rng,
    )
    .unwrap();
    let verified = policy.verify(&root, NOW, TOLERANCE).unwrap();
    let statement = DutyStatement {
        issued: NOW.seconds(),
        expires: NOW.seconds() + 30 * 60,
        policy_version: verified.version,
        policy_hash: verified.hash(),
        revocations_hash: Revocations::none_hash(),
        duty_key: duty_key.public_key(),
        vault_version: 0,
        issuer: [0; 32],
        open: true.into(),
    };
    let statement = SignedStatement::sign(statement, &administrator);
    statement.verify(&root, &verified, &VerifiedRevocations::none(), NOW, TOLERANCE).unwrap();

    let secret = InvitationSecret::generate(&mut rng);
    let expires = NOW.seconds() + 60 * 60;
    let invitation = Invitation { id: secret.id(), roles: Roles::ADVOCATE, expires };
    let invitation = SignedInvitation::sign(invitation, &administrator).unwrap();
    let newcomer = NewDevice::generate(&mut rng);
    let request = newcomer.request(&secret, &root);
    let keys = request.verify(&secret, &root).unwrap();
    let enrolment =
        Enrolment::grant(&administrator, &keys, Roles::ADVOCATE, "Bo", validity).unwrap();
    let completion = enrolment.seal(&keys, &mut rng).unwrap();
    let to = Successor::Colleague { device: administrator.key() };
    let again = Again::HandedOver { to, by: administrator.key() };
    let intake = Intake { again, language: "ar".try_into().unwrap(), ..Intake::default() };
    let intake =
        intake.seal(&root.program_id(), &duty_key.public_key(), &key_package(), &mut rng).unwrap();
    let answers = Answers {
        policy_version: 1,
        kind: AnswersKind::Survey,
        language: "ar".try_into().unwrap(),
        items: vec![ItemAnswer::chosen(1), ItemAnswer::new(0, "more tea").unwrap()]
            .try_into()
            .unwrap(),
    };
    let none = VerifiedRevocations::none();
    let (issuer, issuing_key) =
        Issuer::make(&administrator, &report_key.public_key(), &none, NOW, &mut rng).unwrap();
    let (asking, asked_tokens) = TokenRequest::new(&mut rng).unwrap();
    let given_tokens = issuing_key.give(&asked_tokens, &mut rng).unwrap();
    let token = asking.finish(&given_tokens, &issuer.content.public).unwrap().remove(0);
    let answers = AnswersEnvelope { answers, token, issuer: issuer.record().unwrap() };
    let answers = answers.seal(&root.program_id(), &report_key.public_key(), &mut rng).unwrap();
    let answers = SealedAnswers::new(root.program_id(), AnswersKind::Survey, answers).unwrap();
    let invite = Operation::Invite { invitation: encode(&invitation).try_into().unwrap() };
    let publish =
        Operation::PublishPolicy { replaces: 0, policy: encode(&policy).try_into().unwrap() };
    let mut record: Vec<SignedAuditEntry> = Vec::new();
    for operation in [invite, publish] {
        let after = record.last().map(SignedAuditEntry::head).unwrap_or_default();
        let act = Act::of(&operation).unwrap();
        record.push(SignedAuditEntry::sign(after, act, NOW, &administrator).unwrap());
    }
    let day_counts = DayCounts { day: 20_700, chats: 3, left_waiting: 1, open_seconds: 3600 };
    let day_counts =
        day_counts.seal(&root.program_id(), &report_key.public_key(), &mut rng).unwrap();
    World {
        root,
        administrator,
        policy,
        duty_bundle,
        duty_key,
        statement,
        secret,
        invitation,
        newcomer,
        request,
        completion,
        intake,
        report_key,
        answers,
        issuer,
        issuing_key,
        asked_tokens,
        given_tokens,
        record,
        day_counts,
    }
}
