//! What a page may name, and what it then says.

use stillroom_program::{
    Calendar, CodeWordTimes, List, Notice, NoticeKind, ReceivingKey, SAMPLE_POLICY, SigningKey,
    SurveyItem, Text, Timestamp,
};

use super::*;
use crate::template::Template;

/// 10:00 in Chicago on the Wednesday before Thanksgiving of 2026.
const MORNING: Timestamp = Timestamp::from_seconds(1_795_622_400);

fn sample() -> Policy {
    let report_key = ReceivingKey::from_bytes(&[2; 32]).public_key();
    Policy::from_toml(SAMPLE_POLICY).unwrap().with_report_key(&report_key)
}

/// The page, filled from a policy.
fn filled(page: &str, policy: &Policy, at: Timestamp, on_duty: bool) -> String {
    let calendar = Calendar::of(policy).unwrap();
    let moment = Moment { now: calendar.local_time(at), offer: calendar.offer(at), on_duty };
    let texts = Texts::read(None).unwrap();
    let root = Fingerprint::of(&SigningKey::from_bytes(&[1; 32]).verifying_key());
    let values = values(policy, &root, &moment, &texts);
    Template::read(page).unwrap().fill(&|name| texts.get(name).map(str::to_owned), &values).unwrap()
}

fn at(hours: u64) -> Timestamp {
    Timestamp::from_seconds(MORNING.seconds() + hours * 60 * 60)
}

#[test]
fn a_number_becomes_a_link_and_nothing_else_does() {
    let phone = |value| link(AlternativeKind::Phone, value);
    assert_eq!(phone("+1 (555) 010-0199"), "tel:+15550100199");
    assert_eq!(phone("112"), "tel:112");
    assert_eq!(phone("ask for Ann"), "");
    assert_eq!(phone("1+2 3 4"), "");
    assert_eq!(link(AlternativeKind::Relay, "711"), "tel:711");
    assert_eq!(link(AlternativeKind::Website, "https://example.org"), "https://example.org");
    assert_eq!(link(AlternativeKind::Website, "javascript:alert(1)"), "");
    assert_eq!(link(AlternativeKind::Email, "a@example.org"), "");
}

#[test]
fn a_page_may_name_each_value_of_the_table_above() {
    for name in [
        "lang",
        "dir",
        "root",
        "version",
        "exit",
        "title",
        "name",
        "neutral_name",
        "about",
        "platform",
        "emergency",
        "emergency_number",
        "emergency_link",
        "state",
        "closes",
        "hours_note",
        "time_zone",
        "not_served",
        "word_days",
        "safety",
        "safety_question",
        "safety_yes",
        "safety_not_sure",
        "safety_no",
        "safety_advice",
    ] {
        let page = format!("{{{{ ${name} }}}}");
        assert!(!filled(&page, &sample(), MORNING, true).is_empty(), "{name}");
    }
    for name in ["next_opening", "notice", "notice_kind"] {
        let page = format!("{{{{ ${name} }}}}");
        assert_eq!(filled(&page, &sample(), MORNING, true), "", "{name}");
    }
}

#[test]
fn each_state_has_its_word_its_condition_and_its_sentence() {
    let page = "{{ $state }}{{#if open}} O{{/if}}{{#if nobody}} N{{/if}}{{#if closed}} C{{/if}}\
                {{#if noticed}} X{{/if}}: {{ $next_opening }}{{ $closes }}{{ $notice }}";
    let said = |at, on_duty| filled(page, &sample(), at, on_duty);
    assert_eq!(said(at(0), true), "open O: Chat is open until 22:00 today.");
    assert_eq!(said(at(0), false), "nobody N: ");
    // Thanksgiving is an exception: chat is closed all day.
    assert_eq!(said(at(13), true), "closed C: Chat opens again on Friday at 08:00.");
    assert_eq!(said(at(14 + 24), false), "closed C: Chat opens again today at 08:00.");
    let mut policy = sample();
    let notice = Notice {
        kind: NoticeKind::Emergency,
        text: "Leave the town.".try_into().unwrap(),
        from: None,
        until: Some(at(2).seconds()),
    };
    policy.page.notices = vec![notice].try_into().unwrap();
    assert_eq!(
        filled(page, &policy, at(0), true),
        "notice X: Chat opens again today at 12:00.Leave the town."
    );
}

#[test]
fn exceptions_to_come_are_listed_with_what_they_are() {
    let page = "{{#each exceptions}}{{ $date }}: {{ $what }};{{/each}}";
    assert_eq!(
        filled(page, &sample(), MORNING, true),
        "Thursday, November 26: Closed (Thanksgiving);\
         Thursday, December 24: 10:00–14:00 (The day before Christmas);\
         Friday, December 25: Closed (Christmas);Friday, January 1: Closed (New Year&#39;s Day);"
    );
}

#[test]
fn languages_are_named_as_their_speakers_write_them() {
    let page = "{{#if has_languages}}{{#each languages}}{{ $tag }} {{ $name }}{{#if hours}} ({{ $hours }})\
                {{/if}}{{#if interpreter}} interpreter{{/if}};{{/each}}{{/if}}";
    let said = filled(page, &sample(), MORNING, true);
    assert!(
        said.starts_with("en English;es Español (De lunes a viernes, de 9:00 a 17:00);"),
        "{said}"
    );
    assert!(said.contains("ar العربية") && said.ends_with(" interpreter;"), "{said}");
}

#[test]
fn an_interpreter_can_be_asked_for_where_the_program_has_any() {
    let page = "{{#if has_interpreters}}ask{{/if}}";
    assert_eq!(filled(page, &sample(), MORNING, true), "ask");
    let mut policy = sample();
    let served = policy.page.languages.served.iter();
    let spoken = served.filter(|language| language.by == SpokenBy::Advocates).cloned();
    policy.page.languages.served = spoken.collect::<Vec<_>>().try_into().unwrap();
    assert_eq!(filled(page, &policy, MORNING, true), "");
}

#[test]
fn code_words_are_asked_about_where_the_policy_says_anything_of_them() {
    let page = "{{#if code_words}}asked{{/if}}{{#if word_days}} {{ $word_days }}{{/if}}";
    let said = |due_days, delete_days| {
        let mut policy = sample();
        policy.guidance.code_words = CodeWordTimes { due_days, delete_days };
        filled(page, &policy, MORNING, true)
    };
    assert_eq!(said(Some(180), Some(365)), "asked 365");
    assert_eq!(said(Some(180), None), "asked");
    assert_eq!(said(None, None), "");
}

#[test]
fn questions_bring_their_choices_and_a_survey_its_limit() {
    let page = "{{#if has_questions}}{{#each questions}}{{ $id }}/{{ $ask }}{{#each choices}} \
                {{ $id }}={{ $text }}{{/each}};{{/each}}{{/if}}";
    let said = filled(page, &sample(), MORNING, true);
    assert!(
        said.starts_with("age/Which age group are you in? under-18=Under 18 18-24=18 to 24"),
        "{said}"
    );
    assert_eq!(filled("{{ $version }}", &sample(), MORNING, true), "1");
    let page = "{{#if has_survey}}{{#each survey}}{{ $id }}{{#each choices}} {{ $id }}{{/each}}\
                {{#if limit}} up to {{ $limit }}{{/if}};{{/each}}{{else}}none{{/if}}";
    assert_eq!(
        filled(page, &sample(), MORNING, true),
        "helped yes some no;safer yes some no;better up to 500;"
    );
    let mut policy = sample();
    policy.page.survey = List::<SurveyItem, 8>::default();
    assert_eq!(filled(page, &policy, MORNING, true), "none");
}

#[test]
fn what_cannot_be_sealed_is_not_asked() {
    let mut policy = sample();
    policy.terms.report_key = None;
    let page = "{{#if has_questions}}questions{{/if}}{{#if has_survey}}survey{{/if}}";
    assert_eq!(filled(page, &policy, MORNING, true), "");
}

#[test]
fn rights_and_safer_ways_are_listed() {
    let page = "{{#each rights}}{{ $id }}{{#if details}}+{{/if}} {{/each}}{{#each safer_ways}}[{{ $text }}]\
                {{/each}}";
    let mut policy = sample();
    let mut rights = policy.page.rights.to_vec();
    rights[0].details = Text::default();
    policy.page.rights = rights.try_into().unwrap();
    let said = filled(page, &policy, MORNING, true);
    assert!(
        said.starts_with("choice share+ told+ reporting+ unseen+ kept+ [Use a computer"),
        "{said}"
    );
}

#[test]
fn a_page_can_choose_its_picture() {
    let page = "{{#if icon_dot}}dot{{/if}}{{#if icon_sheet}}sheet{{/if}}{{#if icon_cloud}}cloud{{/if}}\
                {{#if icon_leaf}}leaf{{/if}}";
    for (icon, word) in
        [(Icon::Dot, "dot"), (Icon::Sheet, "sheet"), (Icon::Cloud, "cloud"), (Icon::Leaf, "leaf")]
    {
        let mut policy = sample();
        policy.page.icon = icon;
        assert_eq!(filled(page, &policy, MORNING, true), word);
    }
}
