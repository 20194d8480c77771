//! The policy's file, the root key and its words.

use super::fixture::{EXACT, NOW, Program, days};
use crate::*;

/// The sample's own time: a day in the middle of it.
const SAMPLE_TIME: Timestamp = Timestamp::from_seconds(1_800_000_000);

#[test]
fn the_sample_is_a_sound_policy_that_can_be_signed_and_believed() {
    let policy = Policy::from_toml(SAMPLE_POLICY).unwrap();
    assert_eq!(policy.check(), []);
    assert_eq!(policy.page.hours.weekly.len(), 7);
    assert_eq!(policy.page.alternatives.len(), 7);
    assert_eq!(policy.terms.issued, 1_793_491_200);
    let program = Program::new(1);
    let signed = SignedPolicy::sign(&policy, &program.administrator).unwrap();
    let verified = signed.verify(&program.fingerprint, SAMPLE_TIME, EXACT).unwrap();
    assert_eq!(verified.whole(&signed), Ok(policy));
}

#[test]
fn offers_are_off_unless_the_file_says_how_long_they_stand_and_then_name_the_policys_languages() {
    assert_eq!(Policy::from_toml(SAMPLE_POLICY).unwrap().guidance.offers, None);
    let on = SAMPLE_POLICY.replace("# [offers]\n# accept_seconds", "[offers]\naccept_seconds");
    let policy = Policy::from_toml(&on).unwrap();
    let offers = policy.guidance.offers.clone().unwrap();
    assert_eq!((offers.accept_seconds, policy.check()), (45, alloc::vec![]));
    let tags = offers.languages.iter().map(|tag| &**tag).collect::<alloc::vec::Vec<_>>();
    assert_eq!(tags.first(), Some(&"en"));
    assert!(policy.page.languages.served.iter().all(|language| tags.contains(&&*language.tag)));
    let mut once = tags.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), tags.len());
}

#[test]
fn code_words_are_good_for_ever_where_the_file_says_nothing() {
    let times = |text: &str| Policy::from_toml(text).unwrap().guidance.code_words;
    let sample = CodeWordTimes { due_days: Some(180), delete_days: Some(365) };
    assert_eq!(times(SAMPLE_POLICY), sample);
    let of_one = SAMPLE_POLICY.replace("due_days = 180\n", "");
    assert_eq!(times(&of_one), CodeWordTimes { due_days: None, ..sample });
    let none = of_one.replace("[code_words]\ndelete_days = 365\n", "");
    assert_eq!(times(&none), CodeWordTimes::default());
}

#[test]
fn an_unknown_key_is_refused_with_its_line() {
    let line_of = |text: &str, needle: &str| {
        1 + text.lines().position(|line| line.starts_with(needle)).unwrap()
    };
    let misspelt = SAMPLE_POLICY.replace("\nabout = ", "\nabuot = ");
    let error = Policy::from_toml(&misspelt).unwrap_err();
    assert_eq!(error.line, Some(line_of(&misspelt, "abuot")));
    assert!(error.message.contains("abuot"), "{error}");
    let nested = SAMPLE_POLICY.replace("silence_warn", "silence_wrn");
    let error = Policy::from_toml(&nested).unwrap_err();
    assert_eq!(error.line, Some(line_of(&nested, "silence_wrn")));
}

#[test]
fn a_value_that_does_not_fit_is_refused_with_its_line() {
    let wrong = |from: &str, to: &str, start: &str| {
        let text = SAMPLE_POLICY.replace(from, to);
        let line = 1 + text.lines().position(|line| line.starts_with(start)).unwrap();
        let error = Policy::from_toml(&text).unwrap_err();
        assert_eq!(error.line, Some(line), "{error}");
        error.message
    };
    let long = alloc::format!("title = \"{}\"", "x".repeat(41));
    assert!(wrong("title = \"Chat\"", &long, "title").contains("longer than 40 bytes"));
    wrong("from = \"08:00\"", "from = \"8 am\"", "from = \"8 am");
    wrong("issued = 2026-11-01", "issued = \"soon\"", "issued");
    wrong("issued = 2026-11-01", "issued = 2026-11-01T10:00:00", "issued");
    wrong("kind = \"tty\"", "kind = \"fax\"", "kind = \"fax");
}

#[test]
fn what_ends_earlier_than_it_begins_ends_on_the_next_day() {
    let late = "\n[[hours.open]]\ndays = [\"friday\"]\nfrom = \"22:30\"\nuntil = \"02:00\"\n\n[[hours.open]]";
    let policy = Policy::from_toml(&SAMPLE_POLICY.replacen("\n[[hours.open]]", late, 1)).unwrap();
    let time = OpenTime { opens: 22 * 60 + 30, closes: 26 * 60 };
    assert_eq!(policy.page.hours.weekly[0], Weekly { day: Day::Friday, time });
    assert_eq!(alloc::format!("{time}"), "22:30–02:00");
}

#[test]
fn the_day_before_christmas_of_the_sample_is_open_at_other_times() {
    let policy = Policy::from_toml(SAMPLE_POLICY).unwrap();
    let exception = &policy.page.hours.exceptions[1];
    assert_eq!(exception.date, Date { year: 2026, month: 12, day: 24 });
    assert_eq!(exception.open[..], [OpenTime { opens: 600, closes: 840 }]);
    assert_eq!(&*exception.text, "The day before Christmas");
    assert!(policy.page.hours.exceptions[2].open.is_empty());
}

#[test]
fn a_notice_holds_by_the_programs_own_clock_or_by_the_one_that_it_names() {
    let notice = |from: &str| {
        let notice =
            alloc::format!("[[notices]]\nkind = \"emergency\"\ntext = \"x\"\nfrom = {from}\n");
        let text = SAMPLE_POLICY.replacen("[timers]", &alloc::format!("{notice}\n[timers]"), 1);
        Policy::from_toml(&text).map(|policy| policy.page.notices[0].from)
    };
    // Six hours behind UTC in winter, five in summer.
    assert_eq!(notice("2026-12-01T14:00:00"), Ok(Some(1_796_155_200)));
    assert_eq!(notice("2026-12-01T20:00:00Z"), Ok(Some(1_796_155_200)));
    assert_eq!(notice("2026-12-01T21:00:00+01:00"), Ok(Some(1_796_155_200)));
    assert_eq!(notice("2027-07-01T15:00:00"), Ok(Some(1_814_472_000)));
    let error = notice("2026-12-01").unwrap_err();
    assert!(error.message.starts_with("notices.from"), "{error}");
}

#[test]
fn too_many_of_a_kind_are_refused_by_name() {
    let exceptions: alloc::string::String = (1..=65)
        .map(|number| alloc::format!("[[hours.exceptions]]\ndate = 20{:02}-01-01\n", number + 27))
        .collect();
    let text = SAMPLE_POLICY.replacen("[timers]", &alloc::format!("{exceptions}\n[timers]"), 1);
    let error = Policy::from_toml(&text).unwrap_err();
    assert!(error.message.contains("hours.exceptions: at most 64"), "{error}");
}

#[test]
fn a_throw_away_policy_is_sound_and_says_everything() {
    let policy = Policy::throw_away(NOW).unwrap();
    assert_eq!(policy.check(), []);
    assert!(Calendar::of(&policy).unwrap().offer(NOW).is_open());
    let page = &policy.page;
    assert!(!page.questions.is_empty() && !page.survey.is_empty() && !page.rights.is_empty());
    assert_eq!(page.hours.exceptions.len(), 1);
}

#[test]
fn a_missing_key_is_named() {
    let text = SAMPLE_POLICY.replace("language = \"en\"", "");
    let error = Policy::from_toml(&text).unwrap_err();
    assert!(error.message.contains("language"), "{error}");
}

#[test]
fn recovery_words_bring_the_same_root_back() {
    let mut program = Program::new(1);
    let root = RootKey::generate(&mut program.rng);
    let words = root.recovery_words();
    assert_eq!(words.split(' ').count(), 24);
    let back = RootKey::from_recovery_words(&words).unwrap();
    assert_eq!(back.fingerprint(), root.fingerprint());
    let shouted = words.to_uppercase().replace(' ', "\n  ");
    let back = RootKey::from_recovery_words(&shouted).unwrap();
    assert_eq!(back.fingerprint(), root.fingerprint());
}

#[test]
fn the_published_words_of_a_published_seed_are_read() {
    // BIP 39's own vectors: 32 bytes of 0x7f.
    let words = "legal winner thank year wave sausage worth useful legal winner thank year wave \
                 sausage worth useful legal winner thank year wave sausage worth title";
    let expected = SigningKey::from_bytes(&[0x7f; 32]).verifying_key();
    let root = RootKey::from_recovery_words(words).unwrap();
    assert_eq!(root.verifying_key(), expected);
}

#[test]
fn words_that_are_too_few_misspelt_or_swapped_are_refused() {
    let mut program = Program::new(1);
    let words = RootKey::generate(&mut program.rng).recovery_words();
    let refused = |words: &str| RootKey::from_recovery_words(words).unwrap_err();
    assert_eq!(refused("legal winner thank"), RecoveryError::Count);
    assert_eq!(refused(&words.replacen(' ', " xyzzy ", 1)), RecoveryError::Count);
    let (first, rest) = words.split_once(' ').unwrap();
    assert_eq!(refused(&alloc::format!("xyzzy {rest}")), RecoveryError::UnknownWord);
    let swapped = alloc::format!("{rest} {first}");
    assert_eq!(refused(&swapped), RecoveryError::Checksum);
}

#[test]
fn a_root_makes_administrators_who_can_do_more_beside() {
    let mut program = Program::new(1);
    let root = RootKey::generate(&mut program.rng);
    let new = NewDevice::generate(&mut program.rng);
    let device = root.make_administrator(new, Roles::ADVOCATE, "Kim", days(365)).unwrap();
    let verified = device.chain.verify(&root.fingerprint(), NOW, EXACT).unwrap();
    assert!(verified.roles.contains(Roles::ADVOCATE | Roles::ADMINISTRATOR));
    assert_eq!(device.name.verify(&verified).unwrap().as_str(), "Kim");
    assert_eq!(device.program(), root.fingerprint());
}
