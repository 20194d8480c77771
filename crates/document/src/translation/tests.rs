//! What becomes of a program's translation, and of a file that is none.

use stillroom_program::{Direction, SAMPLE_POLICY};

use super::*;

fn policy() -> Policy {
    Policy::from_toml(SAMPLE_POLICY).unwrap()
}

fn read(file: &str) -> Translation {
    Translation::read(file.as_bytes(), &policy()).unwrap()
}

fn fault(file: &str) -> TranslationFault {
    let faults = read(file).faults;
    assert_eq!(faults.len(), 1, "{file}: {faults:?}");
    faults[0].clone()
}

fn locale() -> Locale {
    Locale {
        tag: "ar-XB".try_into().unwrap(),
        name: "x".try_into().unwrap(),
        direction: Direction::RightToLeft,
        file: [0; 32],
    }
}

#[test]
fn a_translators_file_that_was_filled_has_no_fault_and_nothing_is_missing() {
    for disguise in [PseudoLocale::Accented, PseudoLocale::RightToLeft] {
        let file = translators_file(&policy(), "ar-XB", b"", Some(disguise)).unwrap();
        let translation = read(&file);
        assert_eq!((translation.faults, translation.missing), (vec![], vec![]));
    }
}

#[test]
fn an_empty_translators_file_names_everything_that_is_missing_and_is_read_as_nothing() {
    let file = translators_file(&policy(), "ar", b"", None).unwrap();
    let translation = read(&file);
    assert!(translation.texts.is_empty() && translation.faults.is_empty());
    assert_eq!(file.matches("# MISSING\n").count(), translation.missing.len());
    for line in [
        "# place-ahead = People ahead of you: { $count }\n",
        "# policy-right-choice-short = It is your choice to chat. You can stop at any time.\n",
    ] {
        assert!(file.contains(line), "{line}");
    }
    // Neither the desk's nor what shows in a history.
    for name in ["go-on-duty", "policy-title", "policy-neutral-name", "not-found"] {
        assert!(!file.contains(&format!("{name} = ")), "{name}");
    }
}

#[test]
fn what_was_translated_stays_in_a_translators_file() {
    let there = "place-ahead = { $count } قبلك\npolicy-safety-yes = { \"{\" }نعم\n    { \"\" }.لا\n";
    let file = translators_file(&policy(), "ar", there.as_bytes(), None);
    let file = file.unwrap();
    assert!(file.contains("\nplace-ahead = { $count } قبلك\n"), "{file}");
    let again = read(&file);
    assert!(again.faults.is_empty(), "{:?}", again.faults);
    assert_eq!(again.texts["place-ahead"], "{count} قبلك");
    assert_eq!(again.texts["policy-safety-yes"], "{نعم\n.لا");
}

#[test]
fn each_fault_is_named() {
    use TranslationFault as Fault;
    let name = |name: &str| name.to_owned();
    assert_eq!(fault("send = x\n= y\n"), Fault::Malformed(2));
    assert_eq!(fault("send = x\nsend = y\n"), Fault::Twice(name("send")));
    assert_eq!(fault("sedn = x\n"), Fault::Unknown(name("sedn")));
    assert_eq!(fault("go-on-duty = x\n"), Fault::Unknown(name("go-on-duty")));
    let clever = "place-ahead = { $count ->\n    [one] x\n   *[other] y\n }\n";
    assert_eq!(fault(clever), Fault::TooClever(name("place-ahead")));
    assert_eq!(fault("send = { NUMBER(1) }\n"), Fault::TooClever(name("send")));
    let variables =
        |of: &str, wanted: &str| Fault::Variables { name: of.into(), wanted: wanted.into() };
    assert_eq!(fault("place-ahead = x\n"), variables("place-ahead", "{ $count }"));
    assert_eq!(fault("place-ahead = { $cuont }\n"), variables("place-ahead", "{ $count }"));
    assert_eq!(fault("joined = { $name }\n"), variables("joined", "{ $name } and { $role }"));
    assert_eq!(fault("send = { $count }\n"), variables("send", ""));
    assert_eq!(fault("policy-about = { $count }\n"), variables("policy-about", ""));
    let link = "policy-question-age-ask = Quel âge ? https://example.org\n";
    let problem = stillroom_program::Problem::HoldsLink;
    assert_eq!(fault(link), Fault::Problem { name: name("policy-question-age-ask"), problem });
    let bytes = Translation::read(b"send = \xff\n", &policy()).unwrap();
    assert_eq!(bytes.faults, [Fault::NotText]);
}

#[test]
fn one_fault_leaves_the_other_texts_of_use() {
    let translation = read("send = x\nsedn = y\nplace-ahead = z\n");
    assert_eq!(translation.texts.keys().collect::<Vec<_>>(), ["send"]);
    assert_eq!(translation.faults.len(), 2);
}

#[test]
fn what_is_not_translated_is_set_apart_in_its_own_direction() {
    let base = Texts::read(None).unwrap();
    let texts = base.translated(&locale(), &read("send = x\npolicy-about = y\n"), true);
    assert_eq!((texts.lang(), texts.dir()), ("ar-XB", "rtl"));
    assert_eq!(texts.get("send"), Some("x"));
    assert_eq!(texts.get("you"), Some("\u{2068}You\u{2069}"));
    assert_eq!(texts.policys("policy-about", "English"), "y");
    assert_eq!(texts.policys("policy-platform", "English"), "\u{2068}English\u{2069}");
    assert_eq!(texts.policys("policy-about", ""), "", "what the policy does not say is not said");
}

#[test]
fn a_language_whose_file_is_not_there_or_of_no_use_is_left_out() {
    let base = Texts::read(None).unwrap();
    let file = |text: &str| stillroom_program::LocaleFile::try_from(text.as_bytes()).unwrap();
    let files = [file("send = x\n"), file("no Fluent"), file("you = own\n")];
    let mut policy = policy();
    let named = |tag: &str, file: &[u8]| Locale {
        tag: tag.try_into().unwrap(),
        file: Locale::hash(file),
        ..locale()
    };
    policy.page.locales = vec![
        named("ar", &files[0]),
        named("he", &files[1]),
        named("fa", b"elsewhere"),
        named("EN", &files[2]),
    ]
    .try_into()
    .unwrap();
    let languages = languages(&base, &policy, &files).unwrap().readable;
    let tags: Vec<&str> = languages.iter().map(|(tag, _)| tag.as_str()).collect();
    assert_eq!(tags, ["en", "ar"], "the policy's own comes first");
    assert_eq!(languages[0].1.get("you"), Some("own"), "and may have a file as well");
    assert_eq!(languages[1].1.get("you"), Some("\u{2068}own\u{2069}"));
}

#[test]
fn what_is_typed_text_by_text_makes_a_file_that_says_the_same() {
    let originals = PageTexts::read().unwrap().with(&policy());
    let typed: BTreeMap<String, String> = originals
        .iter()
        .map(|(name, text)| (name.to_owned(), format!("* {text}\n[x] ä\n.y")))
        .collect();
    for (name, text) in &typed {
        assert_eq!(originals.fault(name, text), None, "{name}");
    }
    let translation = originals.read(originals.file("ar", &typed).as_bytes());
    assert_eq!(translation.faults, []);
    assert_eq!(translation.texts, typed);
}

#[test]
fn a_typed_text_with_other_variables_or_half_a_brace_is_told() {
    let originals = PageTexts::read().unwrap().with(&policy());
    assert_eq!(originals.fault("place-ahead", "{count} قبلك"), None);
    for wrong in ["قبلك", "{count", "{count} }", "{number}", "{count} {count", "{}"] {
        let fault = originals.fault("place-ahead", wrong);
        assert!(matches!(fault, Some(TranslationFault::Variables { .. })), "{wrong}: {fault:?}");
    }
    assert_eq!(originals.fault("policy-safety-yes", "{ نعم"), None, "a brace is a brace there");
    let unknown = originals.fault("policy-right-gone-short", "x");
    assert!(matches!(unknown, Some(TranslationFault::Unknown(_))));
}
