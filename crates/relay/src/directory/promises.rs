//! What every lasting state promises, wherever it is kept: run against SQLite and against PostgreSQL.

use stillroom_protocol::{HostNoticeId, InvitationId};

use super::{Directory, Kind, Sealed, Stored, StoredNotice, Versioned};

const ID: InvitationId = InvitationId([1; 16]);

/// Somewhere empty that a lasting state can be opened on, again and again.
pub(super) trait Place {
    async fn open(&self) -> Box<dyn Directory>;
}

/// Runs every promise, each on a new place.
macro_rules! keeps_every_promise {
    ($new:expr) => {{
        use $crate::directory::promises;
        promises::what_was_published_is_there_after_a_restart(&$new).await;
        promises::of_two_who_replace_the_same_version_one_succeeds(&$new).await;
        promises::a_device_has_one_staff_record(&$new).await;
        promises::an_invitation_is_asked_for_and_completed_for_one_device(&$new).await;
        promises::an_invitation_that_is_done_runs_out_sooner_and_never_later(&$new).await;
        promises::an_invitation_that_has_run_out_is_no_longer_there(&$new).await;
        promises::open_invitations_are_bounded(&$new).await;
        promises::a_batch_of_answers_is_kept_until_it_is_destroyed(&$new).await;
        promises::a_batch_of_answers_that_nobody_took_runs_out(&$new).await;
        promises::counts_of_days_are_kept_apart_from_answers_and_run_out_as_well(&$new).await;
        promises::files_of_texts_are_kept_up_to_a_number_and_as_long_as_they_are_wanted(&$new).await;
        promises::a_replaced_policy_is_among_the_former_ones_as_long_as_there_is_room(&$new).await;
        promises::a_notice_is_kept_with_who_read_it_until_it_is_withdrawn_or_runs_out(&$new).await;
        promises::a_notice_whose_name_is_there_is_told_from_a_database_that_is_away(&$new).await;
        promises::an_entry_is_put_after_the_last_one_or_not_at_all_and_the_newest_is_never_forgotten(&$new).await;
    }};
}
pub(super) use keeps_every_promise;

fn version(version: u64) -> Versioned {
    Versioned { version, record: vec![u8::try_from(version).unwrap(); 8] }
}

pub(super) async fn what_was_published_is_there_after_a_restart(place: &impl Place) {
    let directory = place.open().await;
    assert!(directory.replace(Kind::Policy, 0, version(3)).await.unwrap());
    directory.put_staff([2; 32], vec![5; 4]).await.unwrap();
    drop(directory);
    let directory = place.open().await;
    assert_eq!(directory.newest(Kind::Policy).await.unwrap(), Some(version(3)));
    assert_eq!(directory.newest(Kind::DutyKey).await.unwrap(), None);
    assert_eq!(directory.staff(10).await.unwrap(), vec![vec![5; 4]]);
}

pub(super) async fn of_two_who_replace_the_same_version_one_succeeds(place: &impl Place) {
    let directory = place.open().await;
    assert!(directory.replace(Kind::DutyKey, 0, version(1)).await.unwrap());
    assert!(!directory.replace(Kind::DutyKey, 0, version(1)).await.unwrap());
    assert!(directory.replace(Kind::DutyKey, 1, version(2)).await.unwrap());
    assert!(!directory.replace(Kind::DutyKey, 1, version(3)).await.unwrap());
    assert_eq!(directory.newest(Kind::DutyKey).await.unwrap(), Some(version(2)));
}

pub(super) async fn a_device_has_one_staff_record(place: &impl Place) {
    let directory = place.open().await;
    directory.put_staff([2; 32], vec![1]).await.unwrap();
    directory.put_staff([3; 32], vec![2]).await.unwrap();
    directory.put_staff([2; 32], vec![3]).await.unwrap();
    assert_eq!(directory.staff(10).await.unwrap(), vec![vec![3], vec![2]]);
    assert_eq!(directory.staff(1).await.unwrap().len(), 1);
}

pub(super) async fn an_invitation_is_asked_for_and_completed_for_one_device(place: &impl Place) {
    let directory = place.open().await;
    assert!(!directory.enrol(ID, 0, vec![1]).await.unwrap());
    assert!(directory.invite(ID, 100, vec![9], 5).await.unwrap());
    assert!(directory.invite(ID, 100, vec![9], 5).await.unwrap(), "sent twice");
    assert!(!directory.invite(ID, 100, vec![8], 5).await.unwrap(), "another one");
    assert!(!directory.complete(ID, 0, vec![2]).await.unwrap());
    assert!(directory.enrol(ID, 0, vec![1]).await.unwrap());
    assert!(directory.complete(ID, 0, vec![2]).await.unwrap());
    assert!(!directory.enrol(ID, 0, vec![7]).await.unwrap(), "completed for another");
    assert!(directory.enrol(ID, 0, vec![1]).await.unwrap(), "sent twice");
    let state = directory.invitation(ID, 0).await.unwrap().unwrap();
    assert_eq!((state.request, state.completion), (Some(vec![1]), Some(vec![2])));
}

pub(super) async fn an_invitation_that_is_done_runs_out_sooner_and_never_later(place: &impl Place) {
    let directory = place.open().await;
    assert!(directory.invite(ID, 100, vec![9], 5).await.unwrap());
    directory.end_invitation(ID, 200).await.unwrap();
    assert_eq!(directory.invitation(ID, 100).await.unwrap(), None, "it ends by its own date");
    for at in [50, 70] {
        directory.end_invitation(ID, at).await.unwrap();
        assert!(directory.invitation(ID, 49).await.unwrap().is_some());
        assert_eq!(directory.invitation(ID, 50).await.unwrap(), None);
    }
    directory.forget_expired(50).await.unwrap();
    assert_eq!(directory.invitation(ID, 0).await.unwrap(), None);
    directory.end_invitation(ID, 50).await.unwrap();
}

pub(super) async fn an_invitation_that_has_run_out_is_no_longer_there(place: &impl Place) {
    let directory = place.open().await;
    assert!(directory.invite(ID, 100, vec![9], 5).await.unwrap());
    assert_eq!(directory.invitation(ID, 100).await.unwrap(), None);
    assert!(!directory.enrol(ID, 100, vec![1]).await.unwrap());
    directory.forget_expired(100).await.unwrap();
    assert_eq!(directory.invitation(ID, 0).await.unwrap(), None);
}

pub(super) async fn open_invitations_are_bounded(place: &impl Place) {
    let directory = place.open().await;
    assert!(directory.invite(ID, 100, vec![9], 1).await.unwrap());
    assert!(!directory.invite(InvitationId([2; 16]), 100, vec![9], 1).await.unwrap());
}

pub(super) async fn a_batch_of_answers_is_kept_until_it_is_destroyed(place: &impl Place) {
    let directory = place.open().await;
    let batch = b"what ten survivors have sealed".to_vec();
    assert!(directory.put_sealed(Sealed::Answers, [2; 16], 100, batch.clone(), 2).await.unwrap());
    assert!(directory.put_sealed(Sealed::Answers, [1; 16], 100, vec![1], 2).await.unwrap());
    let third = directory.put_sealed(Sealed::Answers, [3; 16], 100, vec![3], 2).await.unwrap();
    assert!(!third, "no more than two are kept");
    let again = directory.put_sealed(Sealed::Answers, [2; 16], 100, batch.clone(), 2).await;
    assert_eq!(again, Ok(true), "the same one again, of which nobody heard");
    let other = directory.put_sealed(Sealed::Answers, [2; 16], 100, vec![3], 9).await;
    assert_eq!(other, Ok(false), "another one of the same name");
    drop(directory);
    let directory = place.open().await;
    for _ in 0..2 {
        let next = directory.next_sealed(Sealed::Answers).await.unwrap();
        assert_eq!(next, Some(vec![1]), "in the order of their names");
    }
    directory.destroy_sealed(Sealed::Answers, [1; 16]).await.unwrap();
    directory.destroy_sealed(Sealed::Answers, [1; 16]).await.unwrap();
    assert_eq!(directory.next_sealed(Sealed::Answers).await.unwrap().as_ref(), Some(&batch));
    directory.destroy_sealed(Sealed::Answers, [2; 16]).await.unwrap();
    assert_eq!(directory.next_sealed(Sealed::Answers).await.unwrap(), None);
}

pub(super) async fn a_batch_of_answers_that_nobody_took_runs_out(place: &impl Place) {
    let directory = place.open().await;
    assert!(directory.put_sealed(Sealed::Answers, [1; 16], 100, vec![1], 5).await.unwrap());
    directory.forget_expired(99).await.unwrap();
    assert!(directory.next_sealed(Sealed::Answers).await.unwrap().is_some());
    directory.forget_expired(100).await.unwrap();
    assert_eq!(directory.next_sealed(Sealed::Answers).await.unwrap(), None);
}

pub(super) async fn counts_of_days_are_kept_apart_from_answers_and_run_out_as_well(
    place: &impl Place,
) {
    let directory = place.open().await;
    for (id, runs_out) in [([1; 16], 100), ([2; 16], 200), ([3; 16], 300)] {
        let kept = directory.put_sealed(Sealed::Counts, id, runs_out, id.to_vec(), 2);
        assert_eq!(kept.await.unwrap(), runs_out < 300, "no more than two are kept");
    }
    let again = directory.put_sealed(Sealed::Counts, [1; 16], 100, vec![1; 16], 2).await;
    assert_eq!(again, Ok(true), "the same one again");
    assert_eq!(directory.next_sealed(Sealed::Answers).await.unwrap(), None);
    directory.destroy_sealed(Sealed::Answers, [1; 16]).await.unwrap();
    assert_eq!(directory.next_sealed(Sealed::Counts).await.unwrap(), Some(vec![1; 16]));
    directory.forget_expired(100).await.unwrap();
    assert_eq!(directory.next_sealed(Sealed::Counts).await.unwrap(), Some(vec![2; 16]));
    directory.destroy_sealed(Sealed::Counts, [2; 16]).await.unwrap();
    assert_eq!(directory.next_sealed(Sealed::Counts).await.unwrap(), None);
}

pub(super) async fn files_of_texts_are_kept_up_to_a_number_and_as_long_as_they_are_wanted(
    place: &impl Place,
) {
    let directory = place.open().await;
    assert!(directory.put_locale([1; 32], vec![1], 2).await.unwrap());
    assert!(directory.put_locale([2; 32], vec![2], 2).await.unwrap());
    assert!(!directory.put_locale([3; 32], vec![3], 2).await.unwrap(), "one too many");
    assert!(directory.put_locale([2; 32], vec![2], 2).await.unwrap(), "there already");
    directory.keep_locales(vec![[2; 32], [9; 32]]).await.unwrap();
    assert_eq!(directory.locale([1; 32]).await.unwrap(), None);
    assert!(directory.put_locale([3; 32], vec![3], 2).await.unwrap());
    drop(directory);
    let directory = place.open().await;
    assert_eq!(directory.locale([2; 32]).await.unwrap(), Some(vec![2]));
}

pub(super) async fn a_replaced_policy_is_among_the_former_ones_as_long_as_there_is_room(
    place: &impl Place,
) {
    let directory = place.open().await;
    for number in 1..=4 {
        assert!(directory.replace_policy(number - 1, version(number), 2).await.unwrap());
    }
    assert_eq!(directory.newest(Kind::Policy).await.unwrap(), Some(version(4)));
    assert_eq!(directory.former_policies().await.unwrap(), [version(3), version(2)]);
    assert!(!directory.replace_policy(3, version(5), 2).await.unwrap(), "4 is there");
    assert_eq!(directory.former_policies().await.unwrap(), [version(3), version(2)]);
    directory.remove_former_policy(3).await.unwrap();
    assert_eq!(directory.former_policies().await.unwrap(), [version(2)]);
}

fn notice(number: u8, runs_out: u64) -> StoredNotice {
    let (id, record) = (HostNoticeId([number; 16]), vec![number; 3]);
    StoredNotice { id, runs_out, record, read_by: Vec::new() }
}

pub(super) async fn a_notice_is_kept_with_who_read_it_until_it_is_withdrawn_or_runs_out(
    place: &impl Place,
) {
    let directory = place.open().await;
    for (number, runs_out) in [(9, 100), (1, 200)] {
        assert!(directory.put_notice(notice(number, runs_out), 2).await.unwrap());
    }
    assert!(!directory.put_notice(notice(5, 300), 2).await.unwrap(), "one too many");
    let (first, second) = (HostNoticeId([9; 16]), HostNoticeId([1; 16]));
    directory.read_notice(first, [7; 32]).await.unwrap();
    directory.read_notice(first, [7; 32]).await.unwrap();
    directory.read_notice(HostNoticeId([3; 16]), [7; 32]).await.unwrap();
    let read = StoredNotice { read_by: vec![[7; 32]], ..notice(9, 100) };
    assert_eq!(directory.notices().await.unwrap(), [read, notice(1, 200)], "as they were given");
    directory.forget_expired(100).await.unwrap();
    assert_eq!(directory.notices().await.unwrap(), [notice(1, 200)]);
    let left = directory.inventory().await.unwrap();
    let read = left.iter().find(|tally| tally.stored == Stored::NoticesRead).unwrap();
    assert_eq!(read.count, 0, "nobody is named for a notice that went");
    assert!(directory.withdraw_notice(second).await.unwrap());
    assert!(!directory.withdraw_notice(second).await.unwrap());
}

pub(super) async fn a_notice_whose_name_is_there_is_told_from_a_database_that_is_away(
    place: &impl Place,
) {
    let directory = place.open().await;
    let other = StoredNotice { record: vec![9], ..notice(1, 100) };
    assert_eq!(directory.put_notice(notice(1, 100), 2).await, Ok(true));
    assert_eq!(directory.put_notice(other, 2).await, Ok(false), "another one of its name");
    assert_eq!(directory.put_notice(notice(2, 100), 2).await, Ok(true), "at once");
    assert_eq!(directory.put_notice(notice(1, 100), 2).await, Ok(true), "the same one again");
    assert_eq!(directory.notices().await, Ok(vec![notice(1, 100), notice(2, 100)]));
}

pub(super) async fn an_entry_is_put_after_the_last_one_or_not_at_all_and_the_newest_is_never_forgotten(
    place: &impl Place,
) {
    let directory = place.open().await;
    assert!(!directory.put_audit(2, 20, vec![2], 9).await.unwrap());
    for number in 1..=5 {
        let entry = vec![u8::try_from(number).unwrap()];
        assert!(directory.put_audit(number, number * 10, entry, 4).await.unwrap());
    }
    assert!(!directory.put_audit(5, 50, vec![9], 4).await.unwrap(), "another came first");
    assert_eq!(
        directory.audit_from(1, 9).await.unwrap(),
        [[2], [3], [4], [5]],
        "as many as are kept"
    );
    assert_eq!(directory.audit_from(3, 2).await.unwrap(), [[3], [4]]);
    directory.forget_audit(1_000).await.unwrap();
    assert_eq!(directory.audit_from(1, 9).await.unwrap(), [[5]]);
    assert_eq!(directory.audit_last().await.unwrap(), Some(vec![5]));
    assert!(directory.put_audit(6, 60, vec![6], 4).await.unwrap());
    directory.remove_audit().await.unwrap();
    assert_eq!(directory.audit_last().await.unwrap(), None);
}
