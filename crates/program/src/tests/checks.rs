//! What a policy is refused for, what it is warned of, and what is told of two.

use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use proptest::prelude::*;

use super::fixture::{DAY, policy};
use crate::*;

fn found(alter: impl Fn(&mut Policy)) -> Vec<(String, Problem)> {
    let mut policy = policy();
    alter(&mut policy);
    policy.check().into_iter().map(|finding| (finding.field, finding.problem)).collect()
}

fn one(field: &str, problem: Problem) -> Vec<(String, Problem)> {
    vec![(field.to_string(), problem)]
}

fn text<const MAX: usize>(text: &str) -> Text<MAX> {
    text.try_into().unwrap()
}

fn list<T, const MAX: usize>(entries: Vec<T>) -> List<T, MAX> {
    entries.try_into().map_err(|_| "too many").unwrap()
}

#[test]
fn a_fault_of_the_terms_is_named_by_its_field() {
    assert_eq!(found(|_| ()), []);
    assert_eq!(found(|p| p.terms.version = 0), one("version", Problem::NoVersion));
    assert_eq!(found(|p| p.terms.version = limits::POLICY_VERSION_MAX), []);
    for version in [limits::POLICY_VERSION_MAX + 1, 1 << 63, u64::MAX] {
        assert_eq!(found(|p| p.terms.version = version), one("version", Problem::VersionTooHigh));
    }
    assert_eq!(found(|p| p.terms.expires = p.terms.issued), one("expires", Problem::EndsTooEarly));
    assert_eq!(
        found(|p| p.terms.expires = p.terms.issued + 401 * DAY.as_secs()),
        one("expires", Problem::LastsTooLong)
    );
    assert_eq!(found(|p| p.terms.exits = List::default()), one("exits", Problem::Empty));
    assert_eq!(
        found(|p| p.terms.exits = list(vec![text("http://example.org/")])),
        one("exits", Problem::NotHttps)
    );
    assert_eq!(
        found(|p| p.terms.timers.silence_close = 20),
        one("timers.silence_close", Problem::OutOfOrder)
    );
    let silence = |ask, warn, close| {
        found(|p| {
            let timers = &mut p.terms.timers;
            (timers.silence_ask, timers.silence_warn, timers.silence_close) = (ask, warn, close);
        })
    };
    assert_eq!(silence(0, 0, 0), [], "by hand");
    assert_eq!(silence(0, 20, 30), one("timers.silence_ask", Problem::Empty));
    assert_eq!(found(|p| p.terms.timers.line_kept = 0), one("timers.line_kept", Problem::Empty));
    assert_eq!(
        found(|p| p.terms.timers.line_kept = 241),
        one("timers.line_kept", Problem::TooManyMinutes)
    );
}

#[test]
fn a_title_or_a_neutral_name_that_tells_is_refused() {
    for telling in [
        "Crisis chat",
        "Rivertown advocates",
        "SAFE space",
        "Rape counselling for women",
        "Stalked? Talk to us",
        "Trauma line",
        "Woman to woman",
        "Not the police",
        "Counsel",
        "Línea de violencia",
    ] {
        assert_eq!(
            found(|p| p.page.title = text(telling)),
            one("title", Problem::TellsTooMuch),
            "{telling}"
        );
        assert_eq!(
            found(|p| p.page.neutral_name = text(telling)),
            one("neutral_name", Problem::TellsTooMuch),
            "{telling}"
        );
    }
    for honest in
        ["Chat", "Grapes", "Draper Street", "Essex", "City Council", "Riverside", "Stamps"]
    {
        assert_eq!(found(|p| p.page.title = text(honest)), [], "{honest}");
        assert_eq!(found(|p| p.page.neutral_name = text(honest)), [], "{honest}");
    }
}

#[test]
fn nobody_leaves_to_a_website_of_the_programs_own() {
    let leave_to = |exit: &str, website: &str| {
        let own =
            Alternative { kind: AlternativeKind::Website, label: text("x"), value: text(website) };
        found(|p| {
            p.terms.exits = list(vec![text("https://weather.gov/"), text(exit)]);
            p.page.alternatives = list(vec![own.clone()]);
        })
    };
    let leads_back = one("exits", Problem::LeadsBack);
    for website in
        ["https://rivertown.org/help", "https://WWW.Rivertown.org:443", "https://a@rivertown.org?x"]
    {
        assert_eq!(leave_to("https://www.rivertown.org/", website), leads_back, "{website}");
        assert_eq!(leave_to("https://rivertown.org.", website), leads_back, "{website}");
        assert_eq!(leave_to("https://town.org/", website), [], "{website}");
    }
    let shared = leave_to("https://www.example.com/", "https://sites.example.com/rivertown");
    assert_eq!(shared, [], "others have websites there too");
}

#[test]
fn what_survivors_need_to_read_must_be_there() {
    for (field, alter) in [
        ("about", (|p: &mut Policy| p.page.about = Text::default()) as fn(&mut Policy)),
        ("platform", |p| p.page.platform = Text::default()),
        ("emergency.text", |p| p.page.emergency.text = Text::default()),
        ("alternatives", |p| p.page.alternatives = List::default()),
        ("languages.not_served", |p| p.page.languages.not_served = Text::default()),
        ("languages.served", |p| p.page.languages.served = List::default()),
        ("safety.text", |p| p.page.safety.text = Text::default()),
        ("safety.question", |p| p.page.safety.question = Text::default()),
        ("safety.not_sure", |p| p.page.safety.not_sure = Text::default()),
        ("safety.advice", |p| p.page.safety.advice = Text::default()),
        ("safety.safer_ways", |p| p.page.safety.safer_ways = List::default()),
    ] {
        assert_eq!(found(alter), one(field, Problem::Empty), "{field}");
    }
    assert_eq!(
        found(|p| {
            p.page.rights = List::default();
            p.terms.opening_messages = List::default();
            p.guidance.checklist = Checklist::default();
        }),
        one("rights", Problem::Empty)
    );
    assert_eq!(
        found(|p| p.page.emergency.number = text("the police")),
        one("emergency.number", Problem::NotANumber)
    );
}

#[test]
fn ways_to_reach_an_advocate_must_be_such() {
    let alternative = |kind, value: &str| {
        let entry = Alternative { kind, label: text("x"), value: text(value) };
        found(|p| p.page.alternatives = list(vec![entry.clone()]))
    };
    let problem = |problem| one("alternatives \"x\"", problem);
    assert_eq!(alternative(AlternativeKind::Phone, "988"), []);
    assert_eq!(alternative(AlternativeKind::Relay, "711"), []);
    assert_eq!(alternative(AlternativeKind::Hotline, "1-800-799-SAFE (7233)"), []);
    assert_eq!(alternative(AlternativeKind::Email, "a@b.org"), []);
    assert_eq!(alternative(AlternativeKind::Tty, "call us"), problem(Problem::NotANumber));
    assert_eq!(alternative(AlternativeKind::Website, "http://a.org"), problem(Problem::NotHttps));
    assert_eq!(alternative(AlternativeKind::Email, "a b@c.org"), problem(Problem::NotAnAddress));
}

#[test]
fn languages_need_tags_and_each_is_there_once() {
    let language = |tag: &str| Language {
        tag: text(tag),
        name: text("x"),
        by: SpokenBy::Advocates,
        hours: Text::default(),
    };
    let served = |tags: &[&str]| {
        let entries: Vec<Language> = tags.iter().map(|tag| language(tag)).collect();
        found(|p| p.page.languages.served = list(entries.clone()))
    };
    assert_eq!(served(&["en", "zh-Hant", "ar-XB"]), []);
    assert_eq!(
        served(&["english!"]),
        one("languages.served.tag \"english!\"", Problem::NotALanguage)
    );
    assert_eq!(served(&["en", "en"]), one("languages.served.tag \"en\"", Problem::Twice));
}

fn week(times: &[(Day, u16, u16)]) -> Vec<(String, Problem)> {
    let weekly =
        times.iter().map(|&(day, opens, closes)| Weekly { day, time: OpenTime { opens, closes } });
    let weekly: Vec<Weekly> = weekly.collect();
    found(|p| p.page.hours.weekly = list(weekly.clone()))
}

#[test]
fn hours_that_cannot_be_meant_are_named() {
    assert_eq!(week(&[(Day::Monday, 600, 900), (Day::Monday, 900, 1000)]), []);
    assert_eq!(week(&[(Day::Sunday, 1320, 1560)]), [], "past midnight");
    assert_eq!(
        week(&[(Day::Monday, 800, 1000), (Day::Monday, 600, 900)]),
        one("hours.open", Problem::Overlaps)
    );
    assert_eq!(
        week(&[(Day::Sunday, 1320, 1560), (Day::Monday, 60, 120)]),
        one("hours.open", Problem::Overlaps),
        "past the end of the week"
    );
    assert_eq!(week(&[(Day::Monday, 900, 900)]), one("hours.open.until", Problem::EndsTooEarly));
    assert_eq!(week(&[(Day::Monday, 0, 1441)]), one("hours.open.until", Problem::EndsTooEarly));
    assert_eq!(week(&[(Day::Monday, 1440, 1500)]), one("hours.open.from", Problem::NotOfTheDay));
    assert_eq!(week(&[]), one("hours.open", Problem::Empty));
    assert_eq!(
        found(|p| p.page.hours.time_zone = text("America/Rivertown")),
        one("hours.time_zone", Problem::NotATimeZone)
    );
}

#[test]
fn a_chat_that_never_closes_must_be_meant() {
    const ALL: [Day; 7] = [
        Day::Monday,
        Day::Tuesday,
        Day::Wednesday,
        Day::Thursday,
        Day::Friday,
        Day::Saturday,
        Day::Sunday,
    ];
    let always = ALL.map(|day| (day, 480, 480 + 1440));
    assert_eq!(week(&always), one("hours.open", Problem::NeverCloses));
    assert_eq!(
        found(|p| p.page.hours.always_open = true.into()),
        one("hours.open", Problem::HoursThoughAlwaysOpen)
    );
    assert_eq!(
        found(|p| {
            p.page.hours.always_open = true.into();
            p.page.hours.weekly = List::default();
        }),
        []
    );
}

/// A date of 2027, and when it is open.
type Special<'a> = (u8, u8, &'a [(u16, u16)]);

#[test]
fn exceptions_must_be_dates_and_each_is_there_once() {
    let exceptions = |exceptions: &[Special<'_>]| {
        let entries = exceptions.iter().map(|&(month, day, times)| Exception {
            date: Date { year: 2027, month, day },
            open: list(times.iter().map(|&(opens, closes)| OpenTime { opens, closes }).collect()),
            text: Text::default(),
        });
        let entries: Vec<Exception> = entries.collect();
        found(|p| p.page.hours.exceptions = list(entries.clone()))
    };
    let field = "hours.exceptions 2027-02-28";
    assert_eq!(exceptions(&[(2, 28, &[(600, 840), (1320, 1560)])]), []);
    assert_eq!(exceptions(&[(2, 29, &[])]), one("hours.exceptions 2027-02-29", Problem::NotADate));
    assert_eq!(exceptions(&[(2, 28, &[]), (2, 28, &[])]), one(field, Problem::Twice));
    assert_eq!(exceptions(&[(2, 28, &[(600, 840), (700, 720)])]), one(field, Problem::Overlaps));
    assert_eq!(
        exceptions(&[(2, 28, &[(840, 600)])]),
        one("hours.exceptions 2027-02-28.until", Problem::EndsTooEarly)
    );
}

#[test]
fn a_notice_that_never_holds_is_named() {
    let notice = |from, until| {
        let entry = Notice { kind: NoticeKind::Closed, text: text("We are closed."), from, until };
        found(|p| p.page.notices = list(vec![entry.clone()]))
    };
    assert_eq!(notice(Some(5), Some(6)), []);
    assert_eq!(notice(None, None), []);
    assert_eq!(notice(Some(5), Some(5)), one("notices.until 1", Problem::EndsTooEarly));
}

fn opening(message: &str, details: &str) -> Vec<(String, Problem)> {
    let message = OpeningMessage { text: text(message), details: text(details) };
    found(|p| {
        p.terms.opening_messages = list(vec![message.clone()]);
        p.guidance.checklist = Checklist::default();
    })
}

#[test]
fn an_opening_message_is_short_and_leads_to_the_details() {
    // Characters as people count them, not bytes.
    assert_eq!(opening(&"ü".repeat(400), "kept"), []);
    assert_eq!(
        opening(&"x".repeat(401), "kept"),
        one("opening_messages.text 1", Problem::TooManyCharacters)
    );
    assert_eq!(opening("x", ""), one("opening_messages.details 1", Problem::NoDetails));
    assert_eq!(opening("x", "nothing"), one("opening_messages.details 1", Problem::UnknownDetails));
    let without_details = found(|p| {
        let mut rights = p.page.rights.to_vec();
        rights.iter_mut().for_each(|right| right.details = Text::default());
        p.page.rights = list(rights);
        let message = OpeningMessage { text: text("x"), details: Text::default() };
        p.terms.opening_messages = list(vec![message]);
        p.guidance.checklist = Checklist::default();
    });
    assert_eq!(without_details, [], "where there are none, none are led to");
}

fn question(ask: &str, choices: &[&str]) -> Vec<(String, Problem)> {
    let choices = choices
        .iter()
        .enumerate()
        .map(|(number, said)| Choice { id: text(&number.to_string()), text: text(said) });
    let question = Question {
        id: text("q"),
        ask: text(ask),
        why: text("x"),
        privacy: text("x"),
        choices: list(choices.collect()),
    };
    found(|p| p.page.questions = list(vec![question.clone()]))
}

fn survey(ask: &str, free_text: u16) -> Vec<(String, Problem)> {
    let item = SurveyItem { id: text("s"), ask: text(ask), choices: List::default(), free_text };
    found(|p| p.page.survey = list(vec![item.clone()]))
}

#[test]
fn a_question_that_could_name_or_find_somebody_is_refused() {
    let yes_no = &["Yes", "No"];
    for (ask, problem) in [
        ("What is your first name?", Problem::AsksName),
        ("May we know your NAME?", Problem::AsksName),
        ("¿Cuál es su nombre?", Problem::AsksName),
        ("What are you called?", Problem::AsksName),
        ("What is your 'name'?", Problem::AsksName),
        ("What is your e-mail?", Problem::AsksContact),
        ("What is your phone-number?", Problem::AsksContact),
        ("Which town do you live in?", Problem::AsksContact),
        ("What is your date-of-birth?", Problem::AsksBirth),
        ("Is it safe to call you?", Problem::AsksContact),
        ("Which street do you live on?", Problem::AsksContact),
        ("What is your phone number?", Problem::AsksContact),
        ("Where do you live?", Problem::AsksContact),
        ("¿Tiene teléfono?", Problem::AsksContact),
        ("In which year were you born?", Problem::AsksBirth),
        ("When is your birthday?", Problem::AsksBirth),
        ("Who are you?", Problem::AsksName),
        ("Please say who you are.", Problem::AsksName),
        ("What is your firstname?", Problem::AsksName),
        ("What is your na\u{200b}me?", Problem::AsksName),
        ("How can we get in touch with you?", Problem::AsksContact),
        ("Phone:", Problem::AsksContact),
        ("Home phone or mobile", Problem::AsksContact),
        ("Mobile number?", Problem::AsksContact),
        ("Your postal code", Problem::AsksContact),
        ("What is your adress?", Problem::AsksContact),
        ("Which school do you go to?", Problem::AsksContact),
        ("Which county do you live in?", Problem::AsksContact),
        ("Your county:", Problem::AsksContact),
        ("Your Telegram or Snapchat", Problem::AsksContact),
        ("Your passport number", Problem::AsksNumber),
        ("What is your social security number?", Problem::AsksNumber),
        ("When did you turn 18?", Problem::AsksBirth),
        ("Which year did you come into the world?", Problem::AsksBirth),
        ("Would you look at www.example.org?", Problem::HoldsLink),
        ("Would you look at example.org/form for us?", Problem::HoldsLink),
        ("Did you see https://localhost?", Problem::HoldsLink),
    ] {
        assert_eq!(question(ask, yes_no), one("questions.ask \"q\"", problem), "{ask}");
        assert_eq!(survey(ask, 100), one("survey.ask \"s\"", problem), "{ask}");
    }
}

#[test]
fn a_question_that_is_about_none_of_that_is_not_refused() {
    for ask in [
        "Which age group are you in?",
        "How did you find this chat?",
        "Did the chat help you? Yes... or no",
        "Are you an unnamed hero, e.g. of this town?",
        "How old are you?",
        "Which of these languages do you speak best?",
        "Which state do you live in?",
        "Who are you worried about?",
        "Whom did you turn to first?",
        "Would you get in touch with us again?",
        "Are you on a phone or a computer?",
        "Do you live alone, or with others?",
        "Do you go to school?",
        "Do you feel safe where you are now?",
        "What did you want to talk about? For example: work, school, family.",
        "Did the chat open in 3.5 seconds, at 12:30 or later?",
        "Was it clear who can read what you write?",
    ] {
        assert_eq!(question(ask, &["18 to 24", "25 or older"]), [], "{ask}");
        assert_eq!(question("Well?", &[ask, "Something else"]), [], "{ask}");
    }
}

#[test]
fn an_address_is_a_link_however_it_goes_on() {
    for link in [
        "example.com",
        "example.com?x=1",
        "example.com:443",
        "example.com#why",
        "(example.com),",
        "look:example.com",
        "192.0.2.1",
        "192.0.2.1:8080/x",
        "2001:db8::1",
        "[2001:db8::1]:443",
        "xn--fiq228c.xn--fiqs8s",
        "münchen.example",
        "me@localhost",
    ] {
        let said = alloc::format!("Look at {link} first.");
        let problem =
            |field: &str| one(&alloc::format!("questions.{field} \"q\""), Problem::HoldsLink);
        assert_eq!(question(&said, &["Yes", "No"]), problem("ask"), "{link}");
        assert_eq!(question("Well?", &["Yes", &said]), problem("choices"), "{link}");
        assert_eq!(about(&said, "x"), problem("why"), "{link}");
        assert_eq!(about("x", &said), problem("privacy"), "{link}");
    }
    for none in
        ["At 12:30, or 12:30:15.", "3.5 of 10", "e.g. this... or that", "18-24", "a : b", "1.2.3"]
    {
        assert_eq!(question("Well?", &["Yes", none]), [], "{none}");
    }
}

/// A question with this reason and this note on privacy.
fn about(why: &str, privacy: &str) -> Vec<(String, Problem)> {
    let choice = |id: &str, said: &str| Choice { id: text(id), text: text(said) };
    let question = Question {
        id: text("q"),
        ask: text("Well?"),
        why: text(why),
        privacy: text(privacy),
        choices: list(vec![choice("a", "Yes"), choice("b", "No")]),
    };
    found(|p| p.page.questions = list(vec![question.clone()]))
}

#[test]
fn what_a_question_must_not_ask_no_choice_and_no_reason_asks_in_its_place() {
    for (said, problem) in [
        ("What is your name? Put it in the last box", Problem::AsksName),
        ("Tell us your name", Problem::AsksName),
        ("Other: write your phone number below", Problem::AsksContact),
        ("When is your birthday?", Problem::AsksBirth),
        ("We do not keep it. Please put your passport number here.", Problem::AsksNumber),
        ("So that we can help we need your address.", Problem::AsksContact),
    ] {
        let of = |field: &str| one(&alloc::format!("questions.{field} \"q\""), problem);
        assert_eq!(question("Well?", &["Yes", said]), of("choices"), "{said}");
        assert_eq!(about(said, "x"), of("why"), "{said}");
        assert_eq!(about("x", said), of("privacy"), "{said}");
    }
    for honest in [
        "We do not ask your name.",
        "Please do not write your name or your address.",
        "Never tell us your phone number here.",
        "Your name is not kept, and nobody sees your address.",
        "It helps us to know in which town people have no bus.",
        "On Facebook or Instagram",
        "I would rather not say my name",
        "I saw your number on the street",
        "Somebody I went to school with",
        "I was born in another country",
    ] {
        assert_eq!(question("Well?", &["Yes", honest]), [], "{honest}");
        assert_eq!(about(honest, honest), [], "{honest}");
    }
}

proptest! {
    /// Whatever stands around it, in whatever letters, with whatever between its words.
    #[test]
    fn a_forbidden_phrase_is_found_wherever_it_stands(
        before in "([a-z]{1,8} ){0,4}",
        after in "( [a-z]{1,8}){0,4}",
        phrase in prop::sample::select(vec![
            ("firstname", Problem::AsksName),
            ("phone number", Problem::AsksContact),
            ("where do you live", Problem::AsksContact),
            ("which county", Problem::AsksContact),
            ("passport", Problem::AsksNumber),
            ("turned 21", Problem::AsksBirth),
        ]),
        between in prop::sample::select(vec![" ", "-", "  ", " / ", "_", "\u{a0}"]),
        upper: bool,
    ) {
        let (phrase, problem) = phrase;
        let you = if problem == Problem::AsksBirth { "you " } else { "" };
        let said = alloc::format!("{before}{you}{phrase}{after}?").replace(' ', between);
        let said = if upper { said.to_uppercase() } else { said };
        prop_assert!(TextKind::Asked.problem(&said).is_some(), "{said}");
        prop_assert!(TextKind::AboutAsked.problem(&said).is_some(), "{said}");
    }

    /// No text, however odd, does more than be refused.
    #[test]
    fn any_text_can_be_looked_at(said in "\\PC{0,80}") {
        for kind in [TextKind::Asked, TextKind::AskedFreely, TextKind::AboutAsked] {
            let _: Option<Problem> = kind.problem(&said);
        }
    }

    /// Words that none of the lists has, in any order, are honest.
    #[test]
    fn words_that_ask_for_nothing_are_never_refused(
        words in prop::collection::vec(
            prop::sample::select(vec![
                "did", "the", "chat", "help", "you", "with", "what", "we", "could", "do", "better",
                "how", "long", "wait", "feel", "safe", "language", "18", "24", "or", "older",
            ]),
            1..12,
        ),
        end in prop::sample::select(vec!["?", ".", "", ":", "..."]),
    ) {
        let said = words.join(" ") + end;
        for kind in [TextKind::Asked, TextKind::AskedFreely, TextKind::AboutAsked] {
            prop_assert_eq!(kind.problem(&said), None, "{}", said);
        }
    }
}

#[test]
fn a_reason_leads_nowhere() {
    let question = Question {
        id: text("q"),
        ask: text("Well?"),
        why: text("Write to us@example.org."),
        privacy: text("More at www.example.org."),
        choices: list(vec![
            Choice { id: text("a"), text: text("Yes") },
            Choice { id: text("b"), text: text("No") },
        ]),
    };
    let found = found(|p| p.page.questions = list(vec![question.clone()]));
    let problem = |part: &str| (alloc::format!("questions.{part} \"q\""), Problem::HoldsLink);
    assert_eq!(found, [problem("why"), problem("privacy")]);
}

#[test]
fn what_must_not_be_asked_must_not_be_asked_in_another_language() {
    for (kind, text, problem) in [
        (TextKind::Asked, "What is your full name?", Some(Problem::AsksName)),
        (TextKind::Asked, "Quel âge ? https://example.org", Some(Problem::HoldsLink)),
        (TextKind::AskedFreely, "How old are you?", Some(Problem::AsksAge)),
        (TextKind::AboutAsked, "example.org/pourquoi", Some(Problem::HoldsLink)),
        (TextKind::AboutAsked, "me@example.org", Some(Problem::HoldsLink)),
        (TextKind::AboutAsked, "What is your name?", Some(Problem::AsksName)),
        (TextKind::Opening, &*"न".repeat(401), Some(Problem::TooManyCharacters)),
        (TextKind::Opening, &*"न".repeat(400), None),
        (TextKind::Asked, "Quel âge avez-vous ?", None),
        (TextKind::Plain, "Our name is River. www.example.org", None),
    ] {
        assert_eq!(kind.problem(text), problem, "{kind:?}: {text}");
    }
    let sample = Policy::from_toml(SAMPLE_POLICY).unwrap();
    let kind_of =
        |name: &str| sample.texts().into_iter().find(|text| text.name == name).unwrap().kind;
    assert_eq!(kind_of("policy-question-age-ask"), TextKind::Asked);
    assert_eq!(kind_of("policy-question-age-why"), TextKind::AboutAsked);
    assert_eq!(kind_of("policy-survey-helped-choice-yes"), TextKind::AboutAsked);
    assert_eq!(kind_of("policy-survey-better-ask"), TextKind::AskedFreely);
    assert_eq!(kind_of("policy-opening-1"), TextKind::Opening);
    assert_eq!(kind_of("policy-about"), TextKind::Plain);
}

#[test]
fn an_age_is_asked_in_groups_or_not_at_all() {
    let ask = "How old are you?";
    assert_eq!(question(ask, &["Under 18", "18 to 24", "25 or older"]), []);
    let age = one("questions.ask \"q\"", Problem::AsksAge);
    assert_eq!(question("How much did it help, from 1 to 3?", &["1", "2", "3"]), []);
    assert_eq!(question("For how long?", &["1 year", "2 years", "3 years or more"]), []);
    assert_eq!(question("How old are your children?", &["1", "2", "3"]), age);
    assert_eq!(question(ask, &["18", "19", "20"]), age);
    assert_eq!(question("Which is it?", &["17 years old", "18 years old"]), age);
    assert_eq!(survey(ask, 3), one("survey.ask \"s\"", Problem::AsksAge));
}

#[test]
fn questions_have_choices_and_reasons_and_surveys_an_answer() {
    assert_eq!(question("Well?", &["Yes"]), one("questions.choices \"q\"", Problem::TooFewChoices));
    assert_eq!(
        question("Well?", &["Yes", "See example.org"]),
        one("questions.choices \"q\"", Problem::HoldsLink)
    );
    assert_eq!(survey("Well?", 0), one("survey.choices \"s\"", Problem::NoAnswer));
    assert_eq!(survey("Well?", 501), one("survey.free_text \"s\"", Problem::TooMuchFreeText));
    assert_eq!(survey("Well?", 500), []);
    let together = found(|p| {
        let mut survey = p.page.survey.to_vec();
        survey.iter_mut().for_each(|item| item.free_text = 334);
        p.page.survey = survey.try_into().unwrap();
    });
    assert_eq!(together, one("survey", Problem::TooMuchFreeTextInAll));
    let no_reason = found(|p| {
        let mut questions = p.page.questions.to_vec();
        questions[0].why = Text::default();
        questions[1].privacy = Text::default();
        questions[1].id = questions[0].id.clone();
        p.page.questions = list(questions);
    });
    let problems: Vec<Problem> = no_reason.into_iter().map(|(_, problem)| problem).collect();
    assert_eq!(problems, [Problem::Twice, Problem::Empty, Problem::Empty]);
}

fn canned(message: &str) -> Vec<(String, Problem)> {
    found(|p| {
        p.guidance.canned_messages =
            list(vec![CannedMessage { id: text("a"), title: text("A"), text: text(message) }]);
    })
}

#[test]
fn a_prepared_message_is_short_leads_nowhere_and_has_finished_placeholders() {
    let field = "canned_messages.text \"a\"";
    assert_eq!(canned("Go to {name of place} at {time}."), []);
    assert_eq!(canned(&"x".repeat(600)), []);
    assert_eq!(canned(&"x".repeat(601)), one(field, Problem::TooManyPreparedCharacters));
    assert_eq!(canned("Look at https://example.org."), one(field, Problem::HoldsLink));
    assert_eq!(canned("Look at example.org."), one(field, Problem::HoldsLink));
    assert_eq!(canned(" "), one(field, Problem::Empty));
    for unfinished in ["Go to {name of place", "Go to {}", "Go to {a {b}}", "at 5}"] {
        assert_eq!(canned(unfinished), one(field, Problem::Placeholder), "{unfinished}");
    }
}

#[test]
fn only_the_guide_about_reporting_is_sent_and_it_is_sent_as_it_is() {
    let guide = |kind, say: &str| {
        let (title, say) = (text("A"), text(say));
        let guide = Guide { id: text("a"), kind, title, text: text("x"), say };
        found(|p| p.guidance.guides = list(vec![guide.clone()]))
    };
    let field = "guides.say \"a\"";
    assert_eq!(guide(GuideKind::Prank, ""), []);
    assert_eq!(guide(GuideKind::Reporting, "We must report."), []);
    assert_eq!(guide(GuideKind::Reporting, ""), one(field, Problem::NothingToSay));
    assert_eq!(guide(GuideKind::Prank, "We must report."), one(field, Problem::NotToBeSaid));
    let unfilled = guide(GuideKind::Reporting, "We report to {whom}.");
    assert_eq!(unfilled, one(field, Problem::PlaceholderInSaid));
    let long = guide(GuideKind::Reporting, &"x".repeat(601));
    assert_eq!(long, one(field, Problem::TooManyPreparedCharacters));
    let link = guide(GuideKind::Reporting, "See https://example.org");
    assert_eq!(link, one(field, Problem::HoldsLink));
}

#[test]
fn the_checklist_names_opening_messages_that_are_there() {
    let platform =
        |numbers: &[u8]| found(|p| p.guidance.checklist.platform = list(numbers.to_vec()));
    assert_eq!(platform(&[1, 3]), []);
    for unknown in [0, 4] {
        assert_eq!(platform(&[unknown]), one("checklist.platform", Problem::UnknownOpening));
    }
    let own = found(|p| p.guidance.checklist.own = list(vec![text(" ")]));
    assert_eq!(own, one("checklist.own", Problem::Empty));
}

#[test]
fn the_reminder_to_check_in_comes_after_a_time_that_is_meant() {
    let minutes = |minutes| found(|p| p.guidance.check_in = minutes);
    assert_eq!(minutes(1), []);
    assert_eq!(minutes(0), one("timers.check_in", Problem::Empty));
    assert_eq!(minutes(241), one("timers.check_in", Problem::TooManyMinutes));
}

#[test]
fn the_time_to_accept_is_one_in_which_somebody_can_look_up_and_nobody_waits_for_long() {
    let seconds = |accept_seconds| {
        found(|p| {
            let languages = List::default();
            p.guidance.offers = Some(Offers { accept_seconds, languages });
        })
    };
    assert_eq!((seconds(15), seconds(300)), (vec![], vec![]));
    for out in [0, 14, 301] {
        assert_eq!(seconds(out), one("offers.accept_seconds", Problem::AcceptSeconds));
    }
}

#[test]
fn code_words_are_good_for_a_time_and_are_deleted_after_they_were_due() {
    let days = |due_days, delete_days| {
        found(|p| p.guidance.code_words = CodeWordTimes { due_days, delete_days })
    };
    for sound in [(None, None), (Some(7), None), (None, Some(7)), (Some(1_094), Some(1_095))] {
        assert_eq!(days(sound.0, sound.1), []);
    }
    for out in [0, 6, 1_096] {
        assert_eq!(days(Some(out), None), one("code_words.due_days", Problem::CodeWordDays));
        assert_eq!(days(None, Some(out)), one("code_words.delete_days", Problem::CodeWordDays));
    }
    let before = one("code_words.delete_days", Problem::DeletedBeforeDue);
    assert_eq!(days(Some(90), Some(90)), before);
}

#[test]
fn what_is_said_to_whoever_is_turned_away_is_sent_as_it_is() {
    let said = |says: &str| found(|p| p.guidance.turned_away = text(says));
    for sound in ["", "We are ending this chat now.", &"x".repeat(600)] {
        assert_eq!(said(sound), []);
    }
    let wrong = |problem| one("turned_away.say", problem);
    assert_eq!(said("Call {number}."), wrong(Problem::PlaceholderInSaid));
    assert_eq!(said("See https://example.org"), wrong(Problem::HoldsLink));
    assert_eq!(said(&"x".repeat(601)), wrong(Problem::TooManyPreparedCharacters));
}

#[test]
fn guides_that_are_too_long_all_together_are_refused() {
    let guide = |number: usize| Guide {
        id: text(&number.to_string()),
        kind: GuideKind::Other,
        title: text("A"),
        text: text(&"x".repeat(4_000)),
        say: Text::default(),
    };
    let found = found(|p| p.guidance.guides = list((0..9).map(guide).collect()));
    assert_eq!(found, one("guides", Problem::TooLong));
}

#[test]
fn a_finding_says_where_and_what() {
    let mut policy = policy();
    policy.page.title = text("Help");
    assert_eq!(
        policy.check()[0].to_string(),
        "title: says what the page is: a neutral title shows in the browser's history"
    );
}

#[test]
fn the_sample_is_read_with_ease() {
    assert_eq!(policy().warnings(), []);
}

#[test]
fn a_text_that_is_hard_to_read_is_a_warning_and_no_fault() {
    let hard = "Communications with advocates are confidential except where disclosure is mandated by \
                statutory obligations regarding the maltreatment of minors or vulnerable individuals.";
    let mut policy = policy();
    let mut rights = policy.page.rights.to_vec();
    rights[2].details = text(hard);
    policy.page.rights = list(rights);
    assert_eq!(policy.check(), []);
    let warnings = policy.warnings();
    assert_eq!(warnings.len(), 1);
    assert_eq!(warnings[0].field, "rights.details \"told\"");
    assert!(warnings[0].age > 13);
    let mut guides = policy.guidance.guides.to_vec();
    guides.iter_mut().for_each(|guide| guide.text = text(hard));
    policy.guidance.guides = list(guides.clone());
    assert_eq!(policy.warnings().len(), 1, "what only staff read is not measured");
    guides.iter_mut().for_each(|guide| guide.say = text(hard));
    policy.guidance.guides = list(guides[3..4].to_vec());
    assert_eq!(policy.warnings()[1].field, "guides.say \"reporting\"");
    policy.page.language = text("fi");
    assert_eq!(policy.warnings(), [], "the measure is for English");
}

#[test]
fn two_policies_differ_by_what_each_says_field_by_field() {
    let old = policy();
    assert_eq!(old.differences(&old), []);
    let mut new = policy();
    new.terms.version = 4;
    new.page.hours.weekly = list(new.page.hours.weekly.iter().skip(1).copied().collect());
    let mut alternatives = new.page.alternatives.to_vec();
    alternatives.remove(2);
    alternatives[0].value = text("+1 555 010 0777");
    new.page.alternatives = list(alternatives);
    let notice = Notice {
        kind: NoticeKind::Emergency,
        text: text("Leave the town."),
        from: None,
        until: Some(1_800_000_000),
    };
    new.page.notices = list(vec![notice]);
    let told: Vec<String> = old.differences(&new).iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "version\n  - 3\n  + 4",
            "hours.open monday\n  - 08:00–22:00",
            "alternatives \"Hotline, day and night\" value\n  - +1 555 010 0100\n  + +1 555 010 0777",
            "alternatives \"TTY\" kind\n  - tty",
            "alternatives \"TTY\" value\n  - +1 555 010 0102",
            "notices \"1\" kind\n  + emergency",
            "notices \"1\" text\n  + Leave the town.",
            "notices \"1\" until\n  + 2027-01-15T02:00-06:00",
        ]
    );
}

#[test]
fn every_field_of_a_policy_is_told_of() {
    let old = policy();
    let mut new = policy();
    new.page.icon = Icon::Leaf;
    new.page.neutral_name = text("Town");
    new.page.languages.not_served = text("x");
    new.page.safety.no = text("x");
    new.terms.timers.line_kept = 16;
    new.terms.exits = list(vec![text("https://example.org/")]);
    new.page.hours.exceptions = List::default();
    new.page.survey = List::default();
    new.guidance.check_in = 20;
    new.guidance.offers = Some(Offers { accept_seconds: 45, languages: List::default() });
    new.guidance.code_words = CodeWordTimes { due_days: Some(90), delete_days: None };
    new.guidance.turned_away = text("x");
    new.guidance.canned_messages = List::default();
    new.guidance.guides = List::default();
    new.guidance.checklist = Checklist::default();
    let fields: Vec<String> = old.differences(&new).into_iter().map(|d| d.field).collect();
    for field in [
        "icon",
        "neutral_name",
        "languages.not_served",
        "safety.no",
        "timers.line_kept",
        "exits 1",
        "exits 2",
        "hours.exceptions 2026-12-24",
        "survey \"helped\" ask",
        "survey \"better\" free_text",
        "timers.check_in",
        "offers.accept_seconds",
        "code_words.due_days",
        "code_words.delete_days",
        "turned_away.say",
        "canned_messages \"welcome\" text",
        "guides \"reporting\" kind",
        "guides \"reporting\" say",
        "checklist.rights",
        "checklist.own 1",
    ] {
        assert!(fields.iter().any(|told| told == field), "{field}: {fields:?}");
    }
}

#[test]
fn a_language_of_the_page_needs_a_tag_and_a_name_and_is_there_once() {
    let locale = |tag: &str, name: &str| Locale {
        tag: text(tag),
        name: text(name),
        direction: Direction::RightToLeft,
        file: [7; 32],
    };
    let locales = |entries: &[(&str, &str)]| {
        let entries: Vec<Locale> = entries.iter().map(|(tag, name)| locale(tag, name)).collect();
        found(|p| p.page.locales = list(entries.clone()))
    };
    assert_eq!(locales(&[("ar", "x"), ("zh-Hant", "y"), ("en", "z")]), []);
    assert_eq!(locales(&[("ar/x", "x")]), one("locales.tag \"ar/x\"", Problem::NotALanguage));
    assert_eq!(locales(&[("ar", " ")]), one("locales.name \"ar\"", Problem::Empty));
    assert_eq!(locales(&[("ar", "x"), ("AR", "y")]), one("locales.tag \"AR\"", Problem::Twice));
}

#[test]
fn another_file_of_texts_is_another_policy() {
    let file = |text: &str| LocaleFile::try_from(text.as_bytes()).unwrap();
    let files = [file("send = x\n"), file("send = y\n")];
    let with = |file: &LocaleFile| {
        let mut policy = policy();
        policy.page.locales = list(vec![Locale {
            tag: text("ar"),
            name: text("x"),
            direction: Direction::RightToLeft,
            file: Locale::hash(file),
        }]);
        policy
    };
    let [one, other] = [with(&files[0]), with(&files[1])];
    assert_eq!(one.page.locales[0].find(&files), Some(&files[0]));
    assert_eq!(one.page.locales[0].find(&files[1..]), None);
    let differences = one.differences(&other);
    let fields: Vec<&str> = differences.iter().map(|found| found.field.as_str()).collect();
    assert_eq!(fields, ["locales \"ar\" SHA-256 of its file"]);
    assert_ne!(encode(&one.page), encode(&other.page), "what is signed names the file");
}

#[test]
fn each_text_of_a_policy_has_a_name_of_its_own_and_what_shows_in_a_history_has_none() {
    let mut policy = Policy::from_toml(SAMPLE_POLICY).unwrap();
    policy.page.title = text("Title");
    policy.page.neutral_name = text("Neutral");
    let texts = policy.texts();
    let names: alloc::collections::BTreeSet<&str> =
        texts.iter().map(|said| said.name.as_str()).collect();
    assert_eq!(names.len(), texts.len());
    for name in [
        "policy-about",
        "policy-right-choice-details",
        "policy-question-age-choice-18-24",
        "policy-survey-better-ask",
        "policy-exception-2026-11-26",
        "policy-alternative-6-value",
        "policy-opening-1",
    ] {
        assert!(names.contains(name), "{name}");
    }
    assert!(!names.contains("policy-alternative-1-value"), "a number is the same for all");
    assert!(texts.iter().all(|said| !["Title", "Neutral"].contains(&said.text)));
}

#[test]
fn a_policy_outside_its_time_and_a_version_far_ahead_are_remarked_upon() {
    let old = policy();
    let at = |seconds| old.holds(Timestamp::from_seconds(seconds));
    assert_eq!(at(old.terms.issued - 1), Err(Untimely::NotYet));
    assert_eq!(at(old.terms.issued), Ok(()));
    assert_eq!(at(old.terms.expires - 1), Ok(()));
    assert_eq!(at(old.terms.expires), Err(Untimely::RanOut));
    let mut new = old.clone();
    for (ahead, jumps) in [(0, false), (1, false), (1_000, false), (1_001, true)] {
        new.terms.version = old.terms.version + ahead;
        assert_eq!(new.jumps_from(&old), jumps, "{ahead}");
    }
    assert!(!old.jumps_from(&new), "back is no jump");
}
