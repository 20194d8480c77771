//! Answers questions to the lasting records, and verifies whatever is to be published before it is kept
//! (`features.md` 5.1).
//!
//! The right to ask was checked by the core. Here a record must be signed by an administrator (a duty key:
//! by a device that may state duty), under this program's root, by a device that is not revoked, and newer
//! than what is there. Readers check all that again; what is refused here only saves them the trouble.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use stillroom_program::limits::{LOCALE_MAX, LOCALES_MAX};
use stillroom_program::{
    Act, Calendar, EnrolmentRequest, Fingerprint, Locale, LocaleFile, Page, Policy, PolicyError,
    SharedKey, SharedKeyBundle, SignedInvitation, SignedPolicy, SignedRevocations, StaffRecord,
    VerifiedDevice, VerifiedPolicy, VerifiedRevocations, VerifyingKey, encode,
};
use stillroom_protocol::limits::{
    POLICIES_LISTED, POLICY_MAX, RECORD_MAX, RECORDS_MAX, REVOCATIONS_MAX,
};
use stillroom_protocol::{
    AnswersBatch, Bytes, InvitationId, MlsDecode, Operation, Refusal, Reply, Shared, decode,
};
use tokio::sync::{MutexGuard, Notify, mpsc};
use tokio::time::sleep;

use crate::clock::Clock;
use crate::directory::{Answer, Directory, DirectoryError, Kind, Record, Sealed, Versioned};
use crate::notice_board::{Notice, NoticeBoard};
use crate::opening::{self, NotKept};
use crate::retention::{BATCH_DAYS, DAY, HANDED_OVER_DAYS, INVITATION_DAYS, POLICIES_KEPT};
use crate::stop::LastOf;
use crate::switchboard::{Request, Several, Switchboard, ToKeep};

/// Invitations open at once: more than a program invites in the weeks that one holds.
const INVITATIONS_MAX: usize = 256;

/// Files of texts that are kept at once: those of the policy, of the one that is about to come, and of those that were
/// replaced, as far as they fit.
pub(crate) const LOCALES_KEPT: usize = 4 * LOCALES_MAX;
/// Batches of sealed answers kept at once: 20,000 survivors' between two visits of an administrator, and at most
/// a hundred megabytes.
const BATCHES_MAX: usize = 2_000;

/// Sealed counts of days kept at once: of each day for which they are kept, with several restarts a day.
const COUNTS_MAX: usize = 500;

/// How soon what another relay published is read again after that did not work.
const READ_AGAIN: Duration = Duration::from_secs(2);
/// How long to wait before a database that is away is asked again.
const AGAIN_AFTER: Duration = Duration::from_secs(2);

/// Seconds of a week.
const WEEK: u64 = 7 * DAY;

/// The lasting records, and everybody who has to hear of a change.
pub(crate) struct Records {
    pub(crate) directory: Arc<dyn Directory>,
    pub(crate) switchboard: Arc<dyn Switchboard>,
    pub(crate) board: Arc<NoticeBoard>,
    pub(crate) root: Fingerprint,
    pub(crate) clock: Clock,
    pub(crate) tolerance: Duration,
    revoked: Mutex<VerifiedRevocations>,
    /// The duty key, wrapped, as it was last read or put: what desks are given while the database is away.
    duty_key: Mutex<Option<Versioned>>,
    /// Held from where a policy or a list of revoked devices is read or kept until this relay goes by it, so that it
    /// never goes back to an older one.
    going_by: tokio::sync::Mutex<()>,
    /// The same, of the host's notices.
    pub(crate) showing_notices: tokio::sync::Mutex<()>,
    /// Something that this relay goes by may have been changed without its knowing.
    in_doubt: Notify,
}

/// Why a question has no answer.
pub(crate) enum Failure {
    Refused(Refusal),
    Directory(DirectoryError),
}

impl From<DirectoryError> for Failure {
    fn from(error: DirectoryError) -> Self {
        Self::Directory(error)
    }
}

pub(crate) const NOT_SIGNED: Failure = Failure::Refused(Refusal::RecordRefused);
const REPLACED: Failure = Failure::Refused(Refusal::PolicyReplaced);

/// Whoever made a genuine one can mend its dates, and is told so.
fn policy_refused(error: PolicyError) -> Failure {
    match error {
        PolicyError::Expired | PolicyError::NotYetValid => {
            Failure::Refused(Refusal::RecordOutOfTime)
        }
        _ => NOT_SIGNED,
    }
}
pub(crate) const NO_ENTRY: Failure = Failure::Refused(Refusal::EntryRefused);
const NO_INVITATION: Failure = Failure::Refused(Refusal::InvitationUnknown);

/// What was said of trouble: once, and not for each request, since a full disk may be the one that the log is on. Acts
/// of administrators, which write, may fail while all else reads.
#[derive(Default)]
struct Trouble {
    said_of_acts: bool,
    said_of_others: bool,
}

impl Trouble {
    fn said(&mut self, act: bool) -> &mut bool {
        if act { &mut self.said_of_acts } else { &mut self.said_of_others }
    }

    fn is_new(&mut self, act: bool) -> bool {
        !std::mem::replace(self.said(act), true)
    }

    fn is_over(&mut self, act: bool) {
        *self.said(act) = false;
    }
}

/// Why what is kept cannot be read, which is tried again and again: said when it is another reason than before.
#[derive(Default)]
struct Unread(Option<String>);

impl Unread {
    fn tell(&mut self, error: &NotKept, what: &str) {
        // That the database is away is said where it is asked.
        if matches!(error, NotKept::Directory(DirectoryError::Away(_))) {
            return;
        }
        let why = Some(error.to_string());
        if self.0 != why {
            tracing::error!(%error, "{what}");
            self.0 = why;
        }
    }
}

impl Records {
    pub(crate) fn new(
        directory: Arc<dyn Directory>,
        switchboard: Arc<dyn Switchboard>,
        board: Arc<NoticeBoard>,
        root: Fingerprint,
        clock: Clock,
        tolerance: Duration,
    ) -> Self {
        Self {
            directory,
            switchboard,
            board,
            root,
            clock,
            tolerance,
            revoked: Mutex::new(VerifiedRevocations::none()),
            duty_key: Mutex::new(None),
            going_by: tokio::sync::Mutex::new(()),
            showing_notices: tokio::sync::Mutex::new(()),
            in_doubt: Notify::new(),
        }
    }

    /// Answers requests until nobody can make any.
    pub(crate) async fn answer(
        self: Arc<Self>,
        mut requests: mpsc::Receiver<Request>,
        mut last: LastOf,
    ) {
        let mut trouble = Trouble::default();
        while let Some(request) = last.next(&mut requests).await {
            let act = matches!(request.operation, Operation::Audited { .. });
            let outcome = match self.perform(request.by, request.operation).await {
                Ok(reply) => {
                    trouble.is_over(act);
                    Ok(reply)
                }
                Err(Failure::Refused(refusal)) => Err(refusal),
                // Said once by the directory itself.
                Err(Failure::Directory(DirectoryError::Away(_))) => Err(Refusal::RelayFault),
                Err(Failure::Directory(error)) => {
                    if trouble.is_new(act) {
                        tracing::error!(%error, "the lasting records do not answer");
                    }
                    Err(Refusal::RelayFault)
                }
            };
            self.switchboard.reply(request.connection, request.number, outcome);
        }
    }

    /// Reads what is published anew whenever another relay has changed it, for as long as this one runs.
    pub(crate) async fn keep_reading(self: Arc<Self>, several: Arc<Several>) {
        loop {
            several.changed_elsewhere().await;
            let mut unread = Unread::default();
            while let Err(error) = opening::read_anew(&self).await {
                unread.tell(&error, "what another relay published cannot be read");
                sleep(READ_AGAIN).await;
            }
        }
    }

    /// Goes by what is kept once a change of it had no answer, for as long as this relay runs: it may have been made, and
    /// whoever asked for it need not ask again.
    pub(crate) async fn keep_sure(self: Arc<Self>) {
        loop {
            self.in_doubt.notified().await;
            let mut unread = Unread::default();
            while let Err(error) = self.find_out().await {
                unread.tell(&error, "what was published here cannot be read");
                sleep(READ_AGAIN).await;
            }
        }
    }

    async fn find_out(&self) -> Result<(), NotKept> {
        // Read before it is made, the change would seem never to have been.
        self.directory.settle().await?;
        opening::read_anew(self).await?;
        self.switchboard.published();
        Ok(())
    }

    /// Makes a change of something that this relay goes by, or reads what came of it.
    pub(crate) async fn surely<T>(&self, change: Answer<'_, T>) -> Result<T, DirectoryError> {
        let answer = change.await;
        if answer.is_err() {
            self.in_doubt.notify_one();
        }
        answer
    }

    /// Nobody else changes what this relay goes by as long as this is held.
    pub(crate) async fn go_by(&self) -> MutexGuard<'_, ()> {
        self.going_by.lock().await
    }

    /// Goes by what is kept, where that is not what this relay knows: an answer may have been lost. The others may not
    /// have heard of it either.
    async fn catch_up(&self) -> Result<(), Failure> {
        match opening::follow(self).await {
            Ok(true) => self.switchboard.published(),
            Ok(false) => {}
            Err(NotKept::Directory(error)) => return Err(error.into()),
            // What is published now may be what mends it.
            Err(error) => tracing::error!(%error, "what was published here cannot be read"),
        }
        Ok(())
    }

    /// Whether this is what is kept.
    async fn is_kept(&self, kind: Kind, record: &[u8]) -> Result<bool, DirectoryError> {
        let kept = self.newest(kind).await?;
        Ok(kept.is_some_and(|kept| kept.record == record))
    }

    /// Keeps batches of sealed answers until there can be no more. What cannot be kept goes on being held.
    pub(crate) async fn keep_answers(
        self: Arc<Self>,
        mut batches: mpsc::Receiver<AnswersBatch>,
        mut last: LastOf,
    ) {
        let mut kept = true;
        while let Some(batch) = last.next(&mut batches).await {
            let put = self.keep_sealed(Sealed::Answers, batch.id.0, encode(&batch)).await;
            let before = std::mem::replace(&mut kept, put);
            if !kept {
                self.switchboard.take_back_answers(batch);
            }
            // Said once, and not for each: how many come is nobody's business.
            if before && !kept {
                tracing::warn!(
                    "no more sealed answers are kept: an administrator should take them"
                );
            }
        }
    }

    /// Keeps the sealed counts of days until there can be no more, and tells whoever waits for it.
    pub(crate) async fn keep_counts(self: Arc<Self>, mut counts: mpsc::Receiver<ToKeep>) {
        while let Some(to_keep) = counts.recv().await {
            match to_keep {
                ToKeep::Counts(counts) => {
                    if !self.keep_sealed(Sealed::Counts, counts.id.0, encode(&counts)).await {
                        tracing::warn!(
                            "a day's sealed counts were not kept: an administrator should take them"
                        );
                    }
                }
                ToKeep::Nothing(said) => {
                    // Whoever waited may have gone.
                    let _ = said.send(());
                }
            }
        }
    }

    /// Keeps something sealed, as soon as the database is there. It comes back, and may have kept this one before it went:
    /// the same is put again, under the same name, so that it is there once. What waits meanwhile is bounded by the
    /// channel. Whether it is kept now.
    async fn keep_sealed(&self, what: Sealed, id: [u8; 16], record: Record) -> bool {
        let most = match what {
            Sealed::Answers => BATCHES_MAX,
            Sealed::Counts => COUNTS_MAX,
        };
        let runs_out = self.sealed_runs_out();
        loop {
            match self.directory.put_sealed(what, id, runs_out, record.clone(), most).await {
                Err(DirectoryError::Away(_)) => sleep(AGAIN_AFTER).await,
                kept => return kept.unwrap_or(false),
            }
        }
    }

    /// When something sealed runs out that comes now: it shows in which week that was, and no more.
    fn sealed_runs_out(&self) -> u64 {
        (self.seconds() / WEEK + 1) * WEEK + BATCH_DAYS * DAY
    }

    async fn perform(
        &self,
        by: Option<VerifyingKey>,
        operation: Operation,
    ) -> Result<Reply, Failure> {
        match operation {
            Operation::Audited { entry, operation } => {
                self.perform_audited(by, &entry, &operation).await
            }
            operation if Act::is_one(&operation) => Err(NO_ENTRY),
            operation => self.perform_alone(by, operation).await,
        }
    }

    /// Does what is asked, whether or not an entry describes it.
    pub(crate) async fn perform_alone(
        &self,
        by: Option<VerifyingKey>,
        operation: Operation,
    ) -> Result<Reply, Failure> {
        match operation {
            Operation::PublishPolicy { replaces, policy } => {
                self.publish_policy(replaces, policy).await
            }
            Operation::PolicyHistory { below } => self.policy_history(below).await,
            Operation::Policy { version } => self.policy(version).await,
            Operation::Locale { file } => {
                records(self.directory.locale(file).await?.into_iter().collect())
            }
            Operation::PublishLocale { file } => self.publish_locale(file.into_vec()).await,
            Operation::PublishStaff { record } => self.publish_staff(record.into_vec()).await,
            Operation::PublishRevocations { list } => self.publish_revocations(list).await,
            Operation::Invite { invitation } => self.invite(invitation.into_vec()).await,
            Operation::Enrol { invitation, request } => {
                self.enrol(invitation, request.into_vec()).await
            }
            Operation::EnrolmentRequest { invitation } => self.requested(invitation).await,
            Operation::CompleteEnrolment { invitation, completion } => {
                self.complete(invitation, completion.into_vec()).await
            }
            Operation::TakeEnrolment { invitation } => self.take(invitation).await,
            Operation::ListStaff => records(self.directory.staff(RECORDS_MAX).await?),
            Operation::Revocations => {
                let list = self.directory.newest(Kind::Revocations).await?;
                records(list.map(|list| list.record).into_iter().collect())
            }
            Operation::PutShared { which, replaces, record } => {
                self.put_shared(which, replaces, record.into_vec()).await
            }
            Operation::Shared { which } => self.shared(which).await,
            Operation::Guidance => self.part(|signed| signed.guidance.into_vec()).await,
            Operation::Page => self.part(|signed| signed.page.into_vec()).await,
            Operation::NextAnswers => {
                let next = self.directory.next_sealed(Sealed::Answers);
                records(next.await?.into_iter().collect())
            }
            Operation::DestroyAnswers { batch } => {
                self.directory.destroy_sealed(Sealed::Answers, batch.0).await?;
                Ok(Reply::Done)
            }
            Operation::NextCounts => {
                let next = self.directory.next_sealed(Sealed::Counts);
                records(next.await?.into_iter().collect())
            }
            Operation::DestroyCounts { counts } => {
                self.directory.destroy_sealed(Sealed::Counts, counts.0).await?;
                Ok(Reply::Done)
            }
            Operation::AcknowledgeHostNotice { notice } => {
                let device = by.ok_or(Failure::Refused(Refusal::NotStaff))?;
                self.acknowledge_notice(notice, device).await?;
                Ok(Reply::Done)
            }
            Operation::AuditFrom { number } => {
                records(self.directory.audit_from(number, RECORDS_MAX).await?)
            }
            // One within another would be a request without end.
            Operation::Audited { .. } => Err(NO_ENTRY),
        }
    }

    /// In the place of the version that its maker knew. Whoever published meanwhile is not written over: the maker is
    /// told, and can merge.
    async fn publish_policy(
        &self,
        replaces: u64,
        record: Bytes<POLICY_MAX>,
    ) -> Result<Reply, Failure> {
        let signed = read::<SignedPolicy>(&record)?;
        let verified = signed.verify(&self.root, self.clock.now(), self.tolerance);
        let verified = verified.map_err(policy_refused)?;
        self.not_revoked(verified.signer())?;
        let policy = verified.whole(&signed).map_err(|_| NOT_SIGNED)?;
        let calendar = Calendar::of(&policy).map_err(|_| NOT_SIGNED)?;
        let _alone = self.go_by().await;
        self.catch_up().await?;
        let current = self.directory.newest(Kind::Policy).await?;
        if current.as_ref().is_some_and(|current| current.record == *record) {
            return Ok(Reply::Done);
        }
        if current.map_or(0, |current| current.version) != replaces {
            return Err(REPLACED);
        }
        if verified.version <= replaces {
            return Err(NOT_SIGNED);
        }
        let files = self.locale_files(&policy).await?;
        if files.len() != policy.page.locales.len() {
            return Err(NOT_SIGNED);
        }
        let with = Versioned { version: verified.version, record: record.to_vec() };
        let put = self.directory.replace_policy(replaces, with, POLICIES_KEPT);
        // The same may have been on its way.
        if !self.surely(put).await? && !self.is_kept(Kind::Policy, &record).await? {
            return Err(REPLACED);
        }
        self.show(&signed, verified, Notice { policy, files, calendar }).await?;
        // It is published, whatever becomes of texts that nobody needs any more; the next round looks for them again.
        if let Err(error) = self.forget_locales().await {
            error.say();
        }
        Ok(Reply::Done)
    }

    /// Shows a policy that was just published on the pages, and greets everybody with it.
    async fn show(
        &self,
        signed: &SignedPolicy,
        verified: VerifiedPolicy,
        notice: Notice,
    ) -> Result<(), Failure> {
        let calendar = notice.calendar.clone();
        if let Err(error) = self.board.put_up(notice).await {
            tracing::error!(%error, "the pages cannot show the new policy");
        }
        let greeted = fitting(encode(&signed.terms_alone()))?;
        self.switchboard.set_policy(greeted, verified, calendar);
        self.switchboard.published();
        Ok(())
    }

    /// Removes the files of texts that no policy names.
    async fn forget_locales(&self) -> Result<(), DirectoryError> {
        self.directory.keep_locales(self.locales_named().await?).await
    }

    /// Every policy that is kept, the newest first.
    async fn policies(&self) -> Result<Vec<Versioned>, DirectoryError> {
        let newest = self.directory.newest(Kind::Policy).await?;
        Ok(newest.into_iter().chain(self.directory.former_policies().await?).collect())
    }

    async fn policy_history(&self, below: u64) -> Result<Reply, Failure> {
        let policies = self.policies().await?.into_iter();
        let listed = policies.filter(|policy| policy.version < below).take(POLICIES_LISTED);
        let terms =
            |policy: Versioned| Ok(encode(&read::<SignedPolicy>(&policy.record)?.terms_alone()));
        records(listed.map(terms).collect::<Result<_, Failure>>()?)
    }

    async fn policy(&self, version: u64) -> Result<Reply, Failure> {
        let mut policies = self.policies().await?.into_iter();
        let wanted = policies.find(|policy| version == 0 || policy.version == version);
        records(wanted.map(|policy| policy.record).into_iter().collect())
    }

    /// Keeps a file of texts, which the next policy names by its hash and so signs. Files that no policy came
    /// to name make room, and then the oldest of the policies that were replaced.
    async fn publish_locale(&self, file: Record) -> Result<Reply, Failure> {
        if file.len() > LOCALE_MAX {
            return Err(NOT_SIGNED);
        }
        let hash = Locale::hash(&file);
        if self.directory.put_locale(hash, file.clone(), LOCALES_KEPT).await? {
            return Ok(Reply::Done);
        }
        let mut former = self.directory.former_policies().await?;
        loop {
            self.forget_locales().await?;
            if self.directory.put_locale(hash, file.clone(), LOCALES_KEPT).await? {
                return Ok(Reply::Done);
            }
            let oldest = former.pop().ok_or(NOT_SIGNED)?;
            self.directory.remove_former_policy(oldest.version).await?;
        }
    }

    /// The files of texts that any policy names which is kept.
    pub(crate) async fn locales_named(&self) -> Result<Vec<[u8; 32]>, DirectoryError> {
        let mut named = Vec::new();
        for policy in self.policies().await? {
            let page =
                decode::<SignedPolicy>(&policy.record).and_then(|signed| decode(&signed.page));
            named.extend(named_by(&page.map_err(|_| altered())?));
        }
        Ok(named)
    }

    /// The files of texts that a policy names, as far as they are there.
    pub(crate) async fn locale_files(
        &self,
        policy: &Policy,
    ) -> Result<Vec<LocaleFile>, DirectoryError> {
        let mut files = Vec::new();
        for hash in named_by(&policy.page) {
            let file = self.directory.locale(hash).await?;
            files.extend(file.and_then(|file| LocaleFile::try_from(file).ok()));
        }
        Ok(files)
    }

    async fn publish_revocations(&self, list: Bytes<REVOCATIONS_MAX>) -> Result<Reply, Failure> {
        let verified = read::<SignedRevocations>(&list)?
            .verify(&self.root, self.clock.now(), self.tolerance)
            .map_err(|_| NOT_SIGNED)?;
        let _alone = self.go_by().await;
        self.catch_up().await?;
        if verified == *self.revoked() {
            return Ok(Reply::Done);
        }
        if !verified.follows(&self.revoked()) {
            return Err(NOT_SIGNED);
        }
        let current = self.directory.newest(Kind::Revocations).await?;
        let replaces = current.map_or(0, |current| current.version);
        let with = Versioned { version: verified.version(), record: list.to_vec() };
        let put = self.directory.replace(Kind::Revocations, replaces, with);
        // The same may have been on its way.
        if !self.surely(put).await? && !self.is_kept(Kind::Revocations, &list).await? {
            return Err(NOT_SIGNED);
        }
        self.set_revocations(list, verified);
        self.switchboard.published();
        Ok(Reply::Done)
    }

    /// Goes by this list from now on.
    pub(crate) fn set_revocations(
        &self,
        signed: Bytes<REVOCATIONS_MAX>,
        list: VerifiedRevocations,
    ) {
        *self.revoked() = list.clone();
        self.switchboard.set_revocations(signed, list);
    }

    async fn publish_staff(&self, record: Record) -> Result<Reply, Failure> {
        let staff = read::<StaffRecord>(&record)?
            .verify(&self.root, self.clock.now(), self.tolerance)
            .map_err(|_| NOT_SIGNED)?;
        self.not_revoked(&staff.device)?;
        self.directory.put_staff(staff.device.key.0, record).await?;
        Ok(Reply::Done)
    }

    async fn invite(&self, record: Record) -> Result<Reply, Failure> {
        let invitation = read::<SignedInvitation>(&record)?
            .verify(&self.root, self.clock.now(), self.tolerance)
            .map_err(|_| NOT_SIGNED)?;
        let longest = self.seconds() + INVITATION_DAYS * DAY + self.tolerance.as_secs();
        if invitation.expires > longest {
            return Err(NOT_SIGNED);
        }
        self.directory.forget_expired(self.seconds()).await?;
        let (id, expires) = (invitation.id, invitation.expires);
        let kept = self.directory.invite(id, expires, record, INVITATIONS_MAX);
        if kept.await? { Ok(Reply::Done) } else { Err(NOT_SIGNED) }
    }

    /// Whether the new member knows the link's secret is for the administrator to check: this relay was
    /// never told it.
    async fn enrol(&self, id: InvitationId, request: Record) -> Result<Reply, Failure> {
        read::<EnrolmentRequest>(&request)?;
        done(self.directory.enrol(id, self.seconds(), request).await?)
    }

    async fn requested(&self, id: InvitationId) -> Result<Reply, Failure> {
        let state = self.directory.invitation(id, self.seconds()).await?;
        records(state.ok_or(NO_INVITATION)?.request.into_iter().collect())
    }

    async fn complete(&self, id: InvitationId, completion: Record) -> Result<Reply, Failure> {
        done(self.directory.complete(id, self.seconds(), completion).await?)
    }

    /// Whoever asks again has it again: the first answer may have been lost on the way. It opens on the one device that it
    /// was sealed to, and no other device's request is taken any more.
    async fn take(&self, id: InvitationId) -> Result<Reply, Failure> {
        let state = self.directory.invitation(id, self.seconds()).await?;
        let completion = state.ok_or(NO_INVITATION)?.completion;
        if completion.is_some() {
            let at = self.seconds() + HANDED_OVER_DAYS * DAY;
            self.directory.end_invitation(id, at).await?;
        }
        records(completion.into_iter().collect())
    }

    /// Of a key this relay sees who made it and for which devices; the vault is bytes to it, and who changed it is
    /// for the desks to check.
    async fn put_shared(
        &self,
        which: Shared,
        replaces: u64,
        record: Record,
    ) -> Result<Reply, Failure> {
        if let Some(purpose) = key_in(which) {
            let revoked = self.revoked().clone();
            read::<SharedKeyBundle>(&record)?
                .verify(purpose, &self.root, &revoked, self.clock.now(), self.tolerance)
                .map_err(|_| NOT_SIGNED)?;
        }
        let kind = kind_of(which);
        if self.is_kept(kind, &record).await? {
            return Ok(Reply::Done);
        }
        let with = Versioned { version: replaces.saturating_add(1), record };
        let put = self.surely(self.directory.replace(kind, replaces, with.clone())).await?;
        if put && which == Shared::DutyKey {
            *self.known_duty_key() = Some(with.clone());
            // The others would know the former one while the database is away.
            self.switchboard.published();
        }
        // The same may have been on its way.
        let is_kept = put || self.is_kept(kind, &with.record).await?;
        if is_kept { Ok(Reply::Done) } else { Err(NOT_SIGNED) }
    }

    async fn shared(&self, which: Shared) -> Result<Reply, Failure> {
        let Some(held) = self.newest(kind_of(which)).await? else {
            return Ok(Reply::Shared { version: 0, record: Bytes::default() });
        };
        Ok(Reply::Shared { version: held.version, record: fitting(held.record)? })
    }

    /// The newest record of this kind. Desks whose line comes back while the database is away need the duty key, or
    /// nobody would be on duty: they are given the one that was known last, and see for themselves what it is worth.
    pub(crate) async fn newest(&self, kind: Kind) -> Result<Option<Versioned>, DirectoryError> {
        let newest = self.directory.newest(kind).await;
        if kind != Kind::DutyKey {
            return newest;
        }
        let mut known = self.known_duty_key();
        match newest {
            Err(DirectoryError::Away(_)) if known.is_some() => Ok(known.clone()),
            Ok(newest) => {
                known.clone_from(&newest);
                Ok(newest)
            }
            newest => newest,
        }
    }

    fn known_duty_key(&self) -> std::sync::MutexGuard<'_, Option<Versioned>> {
        self.duty_key.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A part of the newest policy, as it was signed with it. Whoever was greeted with another one asks again.
    async fn part(&self, of: impl FnOnce(SignedPolicy) -> Record) -> Result<Reply, Failure> {
        let Some(kept) = self.directory.newest(Kind::Policy).await? else {
            return records(Vec::new());
        };
        records(vec![of(read::<SignedPolicy>(&kept.record)?)])
    }

    fn not_revoked(&self, device: &VerifiedDevice) -> Result<(), Failure> {
        if self.revoked().is_revoked(device) { Err(NOT_SIGNED) } else { Ok(()) }
    }

    pub(crate) fn revoked(&self) -> std::sync::MutexGuard<'_, VerifiedRevocations> {
        self.revoked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn seconds(&self) -> u64 {
        self.clock.now().seconds()
    }
}

/// The hashes of the files of texts that a page names.
fn named_by(page: &Page) -> Vec<[u8; 32]> {
    page.locales.iter().map(|locale| locale.file).collect()
}

pub(crate) fn read<T: MlsDecode>(record: &[u8]) -> Result<T, Failure> {
    decode(record).map_err(|_| NOT_SIGNED)
}

fn done(kept: bool) -> Result<Reply, Failure> {
    if kept { Ok(Reply::Done) } else { Err(NO_INVITATION) }
}

fn records(records: Vec<Record>) -> Result<Reply, Failure> {
    let records: Result<Vec<_>, _> = records.into_iter().map(fitting::<RECORD_MAX>).collect();
    Ok(Reply::Records { records: records?.try_into().map_err(|_| too_long())? })
}

fn fitting<const MAX: usize>(record: Record) -> Result<Bytes<MAX>, Failure> {
    record.try_into().map_err(|_| too_long())
}

/// What was kept was no longer than it may be, so whoever changed it since was not this relay.
fn too_long() -> Failure {
    altered().into()
}

fn altered() -> DirectoryError {
    DirectoryError::Unusable("a record was altered".to_owned())
}

/// Which key a record holds, if it is one.
fn key_in(which: Shared) -> Option<SharedKey> {
    match which {
        Shared::DutyKey => Some(SharedKey::Duty),
        Shared::VaultKey => Some(SharedKey::Vault),
        Shared::Vault => None,
    }
}

fn kind_of(which: Shared) -> Kind {
    match which {
        Shared::DutyKey => Kind::DutyKey,
        Shared::VaultKey => Kind::VaultKey,
        Shared::Vault => Kind::Vault,
    }
}
