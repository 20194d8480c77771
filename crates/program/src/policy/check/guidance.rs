//! What is prepared for staff: messages that can be sent as they are once their placeholders are filled, guides,
//! and the checklist (`features.md` 3.2, 3.10, 3.11).

use super::links::holds_link;
use super::{Findings, Place, Problem, quoted};
use crate::limits::{
    ACCEPT_SECONDS_MAX, ACCEPT_SECONDS_MIN, CODE_WORD_DAYS_MAX, CODE_WORD_DAYS_MIN,
    POLICY_GUIDANCE_MAX, PREPARED_CHARACTERS, TIMER_MAX,
};
use crate::policy::guidance::is_finished;
use crate::policy::{CannedMessage, Checklist, CodeWordTimes, Guidance, Guide, GuideKind};

pub(super) fn check(guidance: &Guidance, openings: usize, findings: &mut Findings) {
    check_canned_messages(&guidance.canned_messages, findings);
    check_guides(&guidance.guides, findings);
    check_checklist(&guidance.checklist, openings, findings);
    let minutes = guidance.check_in;
    findings.add_if(minutes == 0, "timers.check_in", Problem::Empty);
    findings.add_if(minutes > TIMER_MAX, "timers.check_in", Problem::TooManyMinutes);
    if let Some(offers) = &guidance.offers {
        let seconds = ACCEPT_SECONDS_MIN..=ACCEPT_SECONDS_MAX;
        let is_out = !seconds.contains(&offers.accept_seconds);
        findings.add_if(is_out, "offers.accept_seconds", Problem::AcceptSeconds);
    }
    check_code_words(guidance.code_words, findings);
    check_sent(&"turned_away.say".into(), &guidance.turned_away, findings);
    let too_long = stillroom_wire::encode(guidance).len() > POLICY_GUIDANCE_MAX;
    findings.add_if(too_long, "guides", Problem::TooLong);
}

fn check_code_words(times: CodeWordTimes, findings: &mut Findings) {
    let CodeWordTimes { due_days, delete_days } = times;
    for (field, days) in
        [("code_words.due_days", due_days), ("code_words.delete_days", delete_days)]
    {
        let is_out = |days| !(CODE_WORD_DAYS_MIN..=CODE_WORD_DAYS_MAX).contains(&days);
        findings.add_if(days.is_some_and(is_out), field, Problem::CodeWordDays);
    }
    let before = due_days.zip(delete_days).is_some_and(|(due, delete)| delete <= due);
    findings.add_if(before, "code_words.delete_days", Problem::DeletedBeforeDue);
}

fn check_canned_messages(messages: &[CannedMessage], findings: &mut Findings) {
    findings.ids(&"canned_messages".into(), messages.iter().map(|message| &*message.id));
    for (at, message) in messages.iter().enumerate() {
        let name = || quoted(&message.id);
        let field = |part: &str| Place::of_entry("canned_messages", at, part, name());
        findings.not_empty(field("title"), &message.title);
        findings.not_empty(field("text"), &message.text);
        let unfinished = !is_finished(&message.text);
        findings.add_if(unfinished, field("text"), Problem::Placeholder);
        check_said(&field("text"), &message.text, findings);
    }
}

fn check_guides(guides: &[Guide], findings: &mut Findings) {
    findings.ids(&"guides".into(), guides.iter().map(|guide| &*guide.id));
    for (at, guide) in guides.iter().enumerate() {
        let field = |part: &str| Place::of_entry("guides", at, part, quoted(&guide.id));
        findings.not_empty(field("title"), &guide.title);
        findings.not_empty(field("text"), &guide.text);
        let says = !guide.say.trim().is_empty();
        let reporting = guide.kind == GuideKind::Reporting;
        findings.add_if(reporting && !says, field("say"), Problem::NothingToSay);
        findings.add_if(says && !reporting, field("say"), Problem::NotToBeSaid);
        check_sent(&field("say"), &guide.say, findings);
    }
}

/// What one press sends to the survivor, and nobody fills in.
fn check_sent(place: &Place, said: &str, findings: &mut Findings) {
    findings.add_if(said.contains(['{', '}']), place.clone(), Problem::PlaceholderInSaid);
    check_said(place, said, findings);
}

/// What goes to the survivor word for word.
fn check_said(place: &Place, said: &str, findings: &mut Findings) {
    let long = said.chars().count() > PREPARED_CHARACTERS;
    findings.add_if(long, place.clone(), Problem::TooManyPreparedCharacters);
    findings.add_if(holds_link(said), place.clone(), Problem::HoldsLink);
}

fn check_checklist(checklist: &Checklist, openings: usize, findings: &mut Findings) {
    let Checklist { rights, platform, ending, own } = checklist;
    for (field, told_by) in [
        ("checklist.rights", rights),
        ("checklist.platform", platform),
        ("checklist.ending", ending),
    ] {
        let known = |number: &u8| (1..=openings).contains(&usize::from(*number));
        findings.add_if(!told_by.iter().all(known), field, Problem::UnknownOpening);
    }
    if let Some(at) = own.iter().position(|line| line.trim().is_empty()) {
        let path = alloc::format!("checklist.own[{at}]");
        findings.add(Place::of_field("checklist.own", path), Problem::Empty);
    }
}
