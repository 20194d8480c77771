//! Words that lead back to a chat.

use proptest::prelude::*;

use crate::*;

#[test]
fn however_they_are_typed_the_same_words_in_the_same_order_are_the_same() {
    let shown = ReturnWords::of("river lamp stone").unwrap();
    for typed in
        [" River  LAMP stone ", "river, lamp, stone.", "river-lamp-stone", "river\nlamp\tstone"]
    {
        assert_eq!(ReturnWords::of(typed), Some(shown.clone()), "{typed}");
    }
    assert_ne!(ReturnWords::of("lamp river stone"), Some(shown));
}

#[test]
fn two_or_four_words_and_endless_ones_are_none() {
    let endless = "a".repeat(60);
    for typed in
        ["", "river", "river lamp", "river lamp stone moon", &alloc::format!("a b {endless}")]
    {
        assert_eq!(ReturnWords::of(typed), None, "{typed}");
    }
}

#[test]
fn words_in_another_form_than_ours_are_refused_on_the_wire() {
    let words = ReturnWords::of("river lamp stone").unwrap();
    assert_eq!(decode::<ReturnWords>(&encode(&words)), Ok(words));
    for other in ["River lamp stone", "river lamp", "river  lamp stone"] {
        let text = Text::<48>::try_from(other).unwrap();
        assert_eq!(decode::<ReturnWords>(&encode(&text)), Err(DecodeError::Malformed), "{other}");
    }
}

#[test]
fn they_do_not_print() {
    let words = ReturnWords::of("river lamp stone").unwrap();
    assert!(!alloc::format!("{words:?}").contains("river"));
}

proptest! {
    #[test]
    fn whatever_is_typed_is_three_words_in_one_form_or_nothing(typed in ".{0,80}") {
        if let Some(words) = ReturnWords::of(&typed) {
            prop_assert_eq!(words.as_str().split(' ').count(), 3);
            prop_assert_eq!(ReturnWords::of(words.as_str()), Some(words.clone()));
        }
    }
}
