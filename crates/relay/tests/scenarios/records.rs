//! What is published is verified before it is kept; an invitation leads to an enrolled device.

use stillroom_program::{
    Enrolment, EnrolmentRequest, Invitation, InvitationSecret, NewDevice, Roles, SignedInvitation,
    SignedPolicy, Validity,
};
use stillroom_protocol::{Bytes, MlsEncode, Operation, Refusal, Reply, Shared, decode, encode};

use crate::device::Line;
use crate::program::{DAY, Program, now};
use crate::scene::Scene;

fn record<const MAX: usize>(record: &impl MlsEncode) -> Bytes<MAX> {
    encode(record).try_into().unwrap()
}

fn only(reply: Result<Reply, Refusal>) -> Vec<u8> {
    match reply {
        Ok(Reply::Records { records }) if records.len() == 1 => records[0].to_vec(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_another_program_signed_is_not_kept() {
    let scene = Scene::start().await;
    let mut line = scene.administrator().await;
    let mut other = Program::new(2);
    other.policy.terms.version = 9;
    let lost = other.advocate().key();
    let publish = [
        Operation::PublishPolicy { replaces: 1, policy: record(&other.signed_policy()) },
        Operation::PublishStaff { record: record(&other.advocate().staff_record()) },
        Operation::PublishRevocations { list: other.revoke(lost).try_into().unwrap() },
        Operation::PutShared {
            which: Shared::DutyKey,
            replaces: 0,
            record: {
                let maker = other.advocate();
                other.duty_key(&maker).try_into().unwrap()
            },
        },
        Operation::Invite { invitation: Bytes::try_from(vec![1, 2, 3]).unwrap() },
    ];
    for operation in publish {
        let shown = format!("{operation:?}");
        assert_eq!(line.ask(operation).await, Err(Refusal::RecordRefused), "{shown}");
    }
    let none = Reply::Records { records: Default::default() };
    assert_eq!(line.ask(Operation::ListStaff).await, Ok(none));
}

#[tokio::test]
async fn a_policy_is_replaced_by_a_newer_one_alone() {
    let mut scene = Scene::start().await;
    let mut line = scene.administrator().await;
    let old = record(&scene.program.signed_policy());
    let version = scene.program.policy.terms.version;
    scene.program.policy.terms.version += 1;
    let new: Bytes<_> = record(&scene.program.signed_policy());
    let publish = |replaces, policy| Operation::PublishPolicy { replaces, policy };
    assert_eq!(line.ask(publish(version, new.clone())).await, Ok(Reply::Done));
    assert_eq!(line.ask(publish(version, new)).await, Ok(Reply::Done), "sent again");
    assert_eq!(line.ask(publish(version + 1, old.clone())).await, Err(Refusal::RecordRefused));
    assert_eq!(line.ask(publish(version, old)).await, Err(Refusal::PolicyReplaced));
}

#[tokio::test]
async fn nobody_publishes_over_a_policy_that_they_did_not_know() {
    let mut scene = Scene::start().await;
    let mut line = scene.administrator().await;
    let replaces = scene.program.policy.terms.version;
    let publish = |policy| Operation::PublishPolicy { replaces, policy };
    scene.program.policy.terms.version += 1;
    scene.program.policy.page.name = "Hilltown".try_into().unwrap();
    let first = scene.program.signed_policy();
    scene.program.policy.terms.version += 1;
    scene.program.policy.page.name = "Lakeside".try_into().unwrap();
    let second = scene.program.signed_policy();
    assert_eq!(line.ask(publish(record(&first))).await, Ok(Reply::Done));
    let refused = line.ask(publish(record(&second))).await;
    assert_eq!(refused, Err(Refusal::PolicyReplaced), "though its number is higher");
    let newest = only(line.ask(Operation::Policy { version: 0 }).await);
    assert_eq!(newest, encode(&first));
    let over = Operation::PublishPolicy { replaces: replaces + 1, policy: record(&second) };
    assert_eq!(line.ask(over).await, Ok(Reply::Done));
}

#[tokio::test]
async fn every_policy_that_was_published_can_be_looked_at_again() {
    let mut scene = Scene::start().await;
    let mut line = scene.administrator().await;
    let first = scene.program.policy.terms.version;
    let mut published = vec![scene.program.signed_policy()];
    for replaces in first..first + 10 {
        scene.program.policy.terms.version += 1;
        let signed = scene.program.signed_policy();
        let policy = record(&signed);
        let done = line.ask(Operation::PublishPolicy { replaces, policy }).await;
        assert_eq!(done, Ok(Reply::Done));
        published.push(signed);
    }
    for (version, signed) in (first..).zip(&published) {
        assert_eq!(only(line.ask(Operation::Policy { version }).await), encode(signed));
    }
    let none = Operation::Policy { version: first + 11 };
    assert_eq!(line.ask(none).await, Ok(Reply::Records { records: Default::default() }));
    let mut listed = Vec::new();
    for below in [u64::MAX, first + 3] {
        let Ok(Reply::Records { records }) = line.ask(Operation::PolicyHistory { below }).await
        else {
            panic!("no list");
        };
        listed.extend(records.iter().map(|record| record.to_vec()));
    }
    let terms: Vec<_> =
        published.iter().rev().map(|signed| encode(&signed.terms_alone())).collect();
    assert_eq!(listed, terms, "eight, and the other three");
}

#[tokio::test]
async fn former_policies_are_for_administrators_alone() {
    let mut scene = Scene::start().await;
    let advocate = scene.program.advocate();
    let mut line = Line::staff(scene.desks(), &scene.program, &advocate).await;
    for operation in [
        Operation::PolicyHistory { below: u64::MAX },
        Operation::Policy { version: 0 },
        Operation::Locale { file: [1; 32] },
    ] {
        assert_eq!(line.ask(operation).await, Err(Refusal::RoleMissing));
    }
}

#[tokio::test]
async fn a_policy_outside_its_time_is_refused_by_that_name() {
    let mut scene = Scene::start().await;
    let mut line = scene.administrator().await;
    scene.program.policy.terms.version += 1;
    let (now, day) = (now().seconds(), 86_400);
    for (issued, expires) in [(now - 40 * day, now - 10 * day), (now + 10 * day, now + 40 * day)] {
        scene.program.policy.terms.issued = issued;
        scene.program.policy.terms.expires = expires;
        let policy = record(&scene.program.signed_policy());
        let refused = line.ask(Operation::PublishPolicy { replaces: 1, policy }).await;
        assert_eq!(refused, Err(Refusal::RecordOutOfTime));
    }
}

#[tokio::test]
async fn a_policy_is_kept_with_its_texts_alone() {
    let mut scene = Scene::start().await;
    let mut line = scene.administrator().await;
    let replaces = scene.program.policy.terms.version;
    scene.program.policy.terms.version += 1;
    let signed = scene.program.signed_policy();
    scene.program.policy.page.name = "Hilltown Advocates".try_into().unwrap();
    scene.program.policy.guidance.check_in += 1;
    let other = scene.program.signed_policy();
    let publish = |policy| Operation::PublishPolicy { replaces, policy };
    let without = publish(record(&signed.terms_alone()));
    assert_eq!(line.ask(without).await, Err(Refusal::RecordRefused));
    let others = [
        SignedPolicy { page: other.page, ..signed.clone() },
        SignedPolicy { guidance: other.guidance, ..signed.clone() },
        SignedPolicy { guidance: Bytes::default(), ..signed.clone() },
    ];
    for others in others {
        assert_eq!(line.ask(publish(record(&others))).await, Err(Refusal::RecordRefused));
    }
    assert_eq!(line.ask(publish(record(&signed))).await, Ok(Reply::Done));
    assert_eq!(only(line.ask(Operation::Guidance).await), signed.guidance.to_vec());
    assert_eq!(only(line.ask(Operation::Page).await), signed.page.to_vec());
}

#[tokio::test]
async fn of_two_desks_that_replace_the_duty_key_one_succeeds() {
    let mut scene = Scene::start().await;
    let (bea, cem) = (scene.program.advocate(), scene.program.advocate());
    let mut first = Line::staff(scene.desks(), &scene.program, &bea).await;
    let mut second = Line::staff(scene.desks(), &scene.program, &cem).await;
    let mut put = |maker| Operation::PutShared {
        which: Shared::DutyKey,
        replaces: 0,
        record: scene.program.duty_key(maker).try_into().unwrap(),
    };
    let (from_bea, from_cem) = (put(&bea), put(&cem));
    assert_eq!(first.ask(from_bea.clone()).await, Ok(Reply::Done));
    assert_eq!(first.ask(from_bea).await, Ok(Reply::Done), "sent again");
    assert_eq!(second.ask(from_cem).await, Err(Refusal::RecordRefused));
    match second.ask(Operation::Shared { which: Shared::DutyKey }).await {
        Ok(Reply::Shared { version: 1, record: bundle }) => assert!(!bundle.is_empty()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_survivor_may_ask_for_no_record() {
    let scene = Scene::start().await;
    let mut line = scene.survivor().await;
    for operation in [Operation::ListStaff, Operation::Guidance, Operation::Page] {
        assert_eq!(line.ask(operation).await, Err(Refusal::NotStaff));
    }
}

#[tokio::test]
async fn an_invitation_leads_to_an_enrolled_device_and_serves_once() {
    let mut scene = Scene::start().await;
    let (root, administrator) = (scene.program.root, scene.program.administrator.clone());
    let secret = InvitationSecret::generate(&mut scene.program.rng);
    let invitation = secret.id();
    let signed = Invitation {
        id: invitation,
        roles: Roles::ADVOCATE,
        expires: now().seconds() + DAY.as_secs(),
    };
    let signed = SignedInvitation::sign(signed, &administrator).unwrap();
    let mut line = scene.administrator().await;
    let mut member = scene.survivor().await;
    let other = NewDevice::generate(&mut scene.program.rng).request(&secret, &root);
    let new = NewDevice::generate(&mut scene.program.rng);
    let request = new.request(&secret, &root);
    let enrol = Operation::Enrol { invitation, request: record(&request) };
    assert_eq!(member.ask(enrol.clone()).await, Err(Refusal::InvitationUnknown));
    let invite = Operation::Invite { invitation: record(&signed) };
    assert_eq!(line.ask(invite).await, Ok(Reply::Done));
    assert_eq!(member.ask(enrol.clone()).await, Ok(Reply::Done));

    let asked = only(line.ask(Operation::EnrolmentRequest { invitation }).await);
    let asked: EnrolmentRequest = decode(&asked).unwrap();
    let keys = asked.verify(&secret, &root).unwrap();
    let validity = Validity::days(now(), 100);
    let granted =
        Enrolment::grant(&administrator, &keys, Roles::ADVOCATE, "Cem", validity).unwrap();
    let completion = granted.seal(&keys, &mut scene.program.rng).unwrap();
    let complete =
        Operation::CompleteEnrolment { invitation, completion: completion.try_into().unwrap() };
    assert_eq!(line.ask(complete).await, Ok(Reply::Done));
    let staff = record(&granted.staff_record(&keys));
    assert_eq!(line.ask(Operation::PublishStaff { record: staff }).await, Ok(Reply::Done));

    let taken = only(member.ask(Operation::TakeEnrolment { invitation }).await);
    let mut again = scene.survivor().await;
    assert_eq!(again.ask(enrol).await, Ok(Reply::Done), "its answer was lost on the way");
    assert_eq!(only(again.ask(Operation::TakeEnrolment { invitation }).await), taken);
    let intrude = Operation::Enrol { invitation, request: record(&other) };
    assert_eq!(again.ask(intrude).await, Err(Refusal::InvitationUnknown), "another device");
    let device = new.complete(&secret, &root, &taken, now(), DAY).unwrap();
    let mut desk = Line::staff(scene.desks(), &scene.program, &device).await;
    assert_eq!(only(desk.ask(Operation::ListStaff).await), encode(&device.staff_record()));
}
