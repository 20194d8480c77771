//! The record of administrative acts through the real relay: an act comes with its entry, an entry after the last one.

use stillroom_program::{
    Act, AuditHead, SignedAuditEntry, VerifiedRevocations, check_audit, encode,
};
use stillroom_protocol::{Bytes, HostNoticeId, Operation, Refusal, Reply};

use crate::device::{Line, entry};
use crate::program::{DAY, Program, now};
use crate::scene::Scene;

fn enrols(program: &mut Program) -> Operation {
    let record = encode(&program.advocate().staff_record()).try_into().unwrap();
    Operation::PublishStaff { record }
}

fn audited(after: AuditHead, operation: &Operation, scene: &Scene) -> Operation {
    let entry = entry(after, operation, &scene.program.administrator);
    Operation::Audited { entry, operation: encode(operation).try_into().unwrap() }
}

fn check(scene: &Scene, entries: &[SignedAuditEntry]) -> AuditHead {
    check_audit(entries, &scene.program.root, &VerifiedRevocations::none(), now(), DAY).unwrap()
}

#[tokio::test]
async fn every_act_has_its_entry_and_the_record_stands_over_a_restart() {
    let mut scene = Scene::start().await;
    let mut line = scene.administrator().await;
    assert_eq!(line.record().await, [], "a deployment without a record begins one");
    let first = enrols(&mut scene.program);
    assert_eq!(line.ask(first.clone()).await, Ok(Reply::Done));
    let lost = scene.program.advocate().key();
    let revoke =
        Operation::PublishRevocations { list: scene.program.revoke(lost).try_into().unwrap() };
    assert_eq!(line.ask(revoke.clone()).await, Ok(Reply::Done));
    let record = line.record().await;
    let acts: Vec<_> = record.iter().map(|signed| signed.entry.act.clone()).collect();
    assert_eq!(acts, [Act::of(&first).unwrap(), Act::of(&revoke).unwrap()]);
    assert_eq!(check(&scene, &record).number, 2);
    drop(line);
    let scene = scene.restart().await;
    let mut line = scene.administrator().await;
    assert_eq!(line.record().await, record);
    scene.relay.stop().await;
}

#[tokio::test]
async fn an_act_without_its_entry_is_not_done() {
    let mut scene = Scene::start().await;
    let mut line = scene.administrator().await;
    let enrols = enrols(&mut scene.program);
    let policy = encode(&scene.program.signed_policy()).try_into().unwrap();
    let notice = HostNoticeId([1; 16]);
    for act in [
        enrols.clone(),
        Operation::PublishPolicy { replaces: 1, policy },
        Operation::PublishRevocations { list: Bytes::default() },
        Operation::Invite { invitation: Bytes::default() },
        Operation::AcknowledgeHostNotice { notice },
    ] {
        assert_eq!(line.ask_alone(act).await, Err(Refusal::EntryRefused));
    }
    // With the entry of another act; and by another administrator's device.
    let other = Operation::AcknowledgeHostNotice { notice };
    let wrong = entry(AuditHead::default(), &other, &scene.program.administrator);
    let operation = encode(&enrols).try_into().unwrap();
    let asked = Operation::Audited { entry: wrong, operation };
    assert_eq!(line.ask_alone(asked).await, Err(Refusal::RecordRefused));
    // One request within another goes nowhere.
    let within = audited(AuditHead::default(), &enrols, &scene);
    let around = Operation::Audited {
        entry: entry(AuditHead::default(), &enrols, &scene.program.administrator),
        operation: encode(&within).try_into().unwrap(),
    };
    assert_eq!(line.ask_alone(around).await, Err(Refusal::RecordRefused));
    assert_eq!(line.record().await, []);
    let staff = line.ask_alone(Operation::ListStaff).await;
    assert_eq!(staff, Ok(Reply::Records { records: Vec::new().try_into().unwrap() }));
    scene.relay.stop().await;
}

#[tokio::test]
async fn of_two_who_write_at_once_one_writes_anew() {
    let mut scene = Scene::start().await;
    let (one, two) = (enrols(&mut scene.program), enrols(&mut scene.program));
    let mut line = scene.administrator().await;
    let asked = audited(AuditHead::default(), &one, &scene);
    assert_eq!(line.ask_alone(asked.clone()).await, Ok(Reply::Done));
    let late = audited(AuditHead::default(), &two, &scene);
    assert_eq!(line.ask_alone(late).await, Err(Refusal::EntryRefused));
    assert_eq!(line.ask_alone(asked).await, Err(Refusal::EntryRefused), "the same once more");
    assert_eq!(line.ask(two).await, Ok(Reply::Done));
    assert_eq!(check(&scene, &line.record().await).number, 2);
    scene.relay.stop().await;
}

#[tokio::test]
async fn entries_that_the_relay_lost_are_given_back_as_they_were() {
    let mut scene = Scene::start().await;
    let mut line = scene.administrator().await;
    let enrols = enrols(&mut scene.program);
    let lost = entry(AuditHead::default(), &enrols, &scene.program.administrator);
    let back = Operation::Audited { entry: lost.clone(), operation: Bytes::default() };
    assert_eq!(line.ask_alone(back).await, Ok(Reply::Done));
    let record = line.record().await;
    assert_eq!(record.iter().map(encode).collect::<Vec<_>>(), [lost.to_vec()]);
    // Not by somebody who is no administrator, and nothing that is forged.
    let advocate = scene.program.advocate();
    let mut desk = Line::staff(scene.desks(), &scene.program, &advocate).await;
    let forged = entry(record[0].head(), &enrols, &advocate);
    let asked = Operation::Audited { entry: forged, operation: Bytes::default() };
    assert_eq!(desk.ask_alone(asked.clone()).await, Err(Refusal::RoleMissing));
    assert_eq!(line.ask_alone(asked).await, Err(Refusal::RecordRefused));
    assert_eq!(desk.record().await, record, "staff check it as well");
    scene.relay.stop().await;
}

#[tokio::test]
async fn an_entry_of_another_programs_administrator_is_refused() {
    let mut scene = Scene::start().await;
    let mut line = scene.administrator().await;
    let enrols = enrols(&mut scene.program);
    let forged = entry(AuditHead::default(), &enrols, &Program::new(2).administrator);
    let operation = encode(&enrols).try_into().unwrap();
    let asked = Operation::Audited { entry: forged, operation };
    assert_eq!(line.ask_alone(asked).await, Err(Refusal::RecordRefused));
    scene.relay.stop().await;
}
