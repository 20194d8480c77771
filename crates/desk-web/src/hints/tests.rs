use proptest::prelude::*;

use super::*;

const YEAR: u32 = 2026;

fn seen(text: &str) -> Vec<(Kind, String)> {
    let known = ["Rivertown Advocates".to_owned(), "Sam".to_owned()];
    let hints = find(text, About { known: &known, year: YEAR });
    hints.into_iter().map(|hint| (hint.kind, hint.seen.to_string())).collect()
}

fn only(text: &str, kind: Kind, what: &str) {
    assert_eq!(seen(text), [(kind, what.to_owned())], "{text}");
}

fn nothing(text: &str) {
    assert_eq!(seen(text), [], "{text}");
}

#[test]
fn plain_words_are_left_alone() {
    nothing("");
    nothing("I am glad that you wrote. How are you just now?\nWe can take our time.");
    nothing("You can call us at any time, from 9 to 5 on Monday, and I will be here until 22:00.");
    nothing("In danger, call 911 or 988. It is your choice. OK?");
    nothing("Sam from Rivertown Advocates will be here. I'm here. I’ll wait.");
    nothing("It took 3.5 hours, and it is 12/24 for 1,000,000 people on 2026-12-24.");
}

#[test]
fn slang_is_told_with_what_it_says_in_full() {
    only("I will brb, one moment.", Kind::Slang, "brb");
    only("LOL", Kind::Slang, "LOL");
    let hints = find("ttyl", About { known: &[], year: YEAR });
    assert_eq!(hints[0].meaning, Some("until later"));
}

#[test]
fn acronyms_are_told_whether_they_are_known_or_not() {
    only("You can ask for a TRO there.", Kind::Acronym, "TRO");
    only("They have a QXZ’s form.", Kind::Acronym, "QXZ");
    let meaning = |text| find(text, About { known: &[], year: YEAR })[0].meaning;
    assert_eq!(meaning("about DV"), Some("domestic violence"));
    assert_eq!(meaning("about QXZ"), None);
}

#[test]
fn words_in_capitals_are_told_together() {
    only("Please DO NOT GO there.", Kind::Capitals, "DO NOT GO");
    only("That is NOT your fault.", Kind::Capitals, "NOT");
    only("That is TERRIBLE to hear.", Kind::Capitals, "TERRIBLE");
    assert_eq!(seen("the DV SA team").len(), 2, "two acronyms are not shouted");
    nothing("هل أنت بخير؟ 你好吗？ क्या आप ठीक हैं?");
}

#[test]
fn emoji_are_told_whole_and_faces_of_signs_as_well() {
    only(
        "Thank you \u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467} for that",
        Kind::Emoji,
        "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}",
    );
    only("good\u{1F44D}\u{1F3FD}", Kind::Emoji, "\u{1F44D}\u{1F3FD}");
    only("\u{1F1FA}\u{1F1F8}", Kind::Emoji, "\u{1F1FA}\u{1F1F8}");
    only("I love that \u{2764}\u{FE0F}.", Kind::Emoji, "\u{2764}\u{FE0F}");
    only("good to hear :)", Kind::Emoji, ":)");
}

#[test]
fn links_are_told_with_and_without_what_they_begin_with() {
    only("Look at https://example.org/help?x=1.", Kind::Link, "https://example.org/help?x=1");
    only("Look at WWW.example.de", Kind::Link, "WWW.example.de");
    only("Look at example.org/help", Kind::Link, "example.org/help");
    nothing("I will look.You can wait.");
}

#[test]
fn what_could_reach_a_person_is_told() {
    only("Write to jo.doe@example.org then.", Kind::Email, "jo.doe@example.org");
    only("Call +1 (555) 010-0100, please.", Kind::Telephone, "+1 (555) 010-0100");
    only("هاتفي ٠٥٥١٢٣٤٥٦٧ اليوم", Kind::Telephone, "٠٥٥١٢٣٤٥٦٧");
    only("They live at 12 Mill Street now.", Kind::Street, "12 Mill Street");
    only("They live at 12b Old Mill Rd.", Kind::Street, "12b Old Mill Rd");
    only("It is on Mill Street, I think.", Kind::Street, "Mill Street");
}

#[test]
fn days_of_birth_are_told_and_days_to_come_are_not() {
    only("born 3/12/1990, yes", Kind::Birth, "3/12/1990");
    only("born 1990-12-03", Kind::Birth, "1990-12-03");
    only("born 3.12.90 there", Kind::Birth, "3.12.90");
    only("born on May 3, 1990.", Kind::Birth, "May 3, 1990");
    only("born on 3rd of May 1990.", Kind::Birth, "3rd of May 1990");
    only("What is your date of birth?", Kind::Birth, "date of birth");
    nothing("Your appointment is on 12/3/2026, or in May.");
}

#[test]
fn names_are_told_where_they_show() {
    only("You said that Xandra Quill was there.", Kind::Name, "Xandra Quill");
    only("Jennifer’s car was there.", Kind::Name, "Jennifer");
    only("and what did michael do?", Kind::Name, "michael");
    only("I spoke with Dr Öztürk.", Kind::Name, "Öztürk");
}

#[test]
fn a_name_that_was_made_up_is_left_alone_and_a_real_one_is_told() {
    for handle in ["", "Sparrow", "blue kettle", "Sparrow 2", "KITE", "ツバメ", "BRB :)"] {
        assert_eq!(in_handle(handle, YEAR), None, "{handle}");
    }
    for name in ["Jennifer", "michael", "jennifer 2", "Xandra Quill", "Quill, Xandra", "Mr Quill"] {
        assert_eq!(in_handle(name, YEAR), Some(Kind::Name), "{name}");
    }
    assert_eq!(in_handle("+1 555 010 0100", YEAR), Some(Kind::Telephone));
    assert_eq!(in_handle("jo.doe@example.org", YEAR), Some(Kind::Email));
    assert_eq!(in_handle("12 Mill Street", YEAR), Some(Kind::Street));
    assert_eq!(in_handle("3/12/1990", YEAR), Some(Kind::Birth));
    assert_eq!(in_handle("2026-11-27", YEAR), Some(Kind::Birth), "the day of a chat");
    assert_eq!(in_handle("Jennifer 3/12/1990", YEAR), Some(Kind::Name), "the worst of two");
}

#[test]
fn marks_and_directions_are_kept_whole() {
    only("I met Zoe\u{301} there.", Kind::Name, "Zoe\u{301}");
    only("אני עם John כאן", Kind::Name, "John");
    let text = "शुक्रिया \u{200f}https://example.org\u{200f} मुझे";
    assert_eq!(seen(text)[0].0, Kind::Link);
}

#[test]
fn the_word_that_is_being_written_is_not_finished() {
    assert_eq!(finished("call 555 01"), "call 555 ");
    assert_eq!(finished("brb"), "");
    assert_eq!(finished("brb\n"), "brb\n");
    assert_eq!(finished("a\u{3000}b"), "a\u{3000}");
}

#[test]
fn what_is_being_written_is_told_once_it_is_finished_and_stays_until_it_is_gone() {
    let about = About { known: &[], year: YEAR };
    assert_eq!(go_on(&[], "I will brb", about), []);
    let paused = find("I will brb", about);
    assert_eq!(go_on(&paused, "I will brb,", about), paused, "it does not go and come again");
    assert_eq!(go_on(&paused, "I will be right back ", about), []);
}

#[test]
fn a_list_poured_into_the_box_is_told_in_part() {
    let many: String =
        ('a'..='z').flat_map(|a| ('a'..='c').map(move |b| format!("x@{a}{b}.org "))).collect();
    assert_eq!(seen(&many).len(), FOUND_MAX);
}

#[test]
fn a_hint_does_not_print_what_was_seen() {
    let hints = find("Call 555 010 0100.", About { known: &[], year: YEAR });
    assert_eq!(format!("{hints:?}"), "[Hint(Telephone)]");
}

#[test]
fn every_list_is_of_single_entries_and_pairs_say_something() {
    for list in [lists::SLANG, lists::ACRONYMS] {
        for entry in lists::entries(list) {
            let (word, meaning) = entry.split_once(" = ").unwrap();
            assert!(!word.is_empty() && !meaning.is_empty(), "{entry}");
        }
    }
    let all = [
        lists::KNOWN_CAPITALS,
        lists::EMPHASIS,
        lists::EMOTICONS,
        lists::LINK_ENDINGS,
        lists::STREETS,
        lists::BIRTH,
        lists::MONTHS,
        lists::CAPITALISED,
        lists::NAMES,
        lists::SLANG,
        lists::ACRONYMS,
    ];
    for list in all {
        let entries: Vec<&str> = lists::entries(list).collect();
        let twice = entries.iter().enumerate().find(|(at, entry)| entries[..*at].contains(entry));
        assert_eq!(twice, None);
        assert!(entries.iter().all(|entry| *entry == entry.trim()));
    }
}

proptest! {
    /// Whatever is written: no panic, and what was seen is a part of it that begins and ends with whole characters.
    #[test]
    fn any_text_is_read(text in "\\PC{0,300}") {
        for (_, what) in seen(&text) {
            prop_assert!(!what.is_empty() && text.contains(&what));
        }
    }

    /// The signs that matter here, in any order.
    #[test]
    fn any_order_of_the_signs_that_are_looked_for_is_read(
        parts in proptest::collection::vec(
            prop_oneof![
                Just("+1 "), Just("5"), Just("/"), Just("."), Just("-"), Just("@"), Just("www."), Just("Mill "),
                Just("Street "), Just("12 "), Just("May "), Just("1990 "), Just("\u{200d}"), Just("\u{1F469}"),
                Just("\u{1F1FA}"), Just("\u{FE0F}"), Just("e\u{301}"), Just("NOT "), Just("’"), Just("\n"),
                Just("٣"), Just("שלום "), Just("Xandra "),
            ],
            0..60,
        )
    ) {
        let text: String = parts.concat();
        for (_, what) in seen(&text) {
            prop_assert!(text.contains(&what));
        }
        let finished = finished(&text);
        prop_assert!(text.starts_with(finished));
    }
}
