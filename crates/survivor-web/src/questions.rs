//! What was answered on the screens of questions, as the core takes it (`features.md` 2.3, 4.2).
//!
//! The markup is the policy's, so the page knows a choice by its place alone. What is handed over here is erased
//! once it is sealed; the browser's own copies of a text are gone when it clears its memory, and no sooner.

use stillroom_conversation::ItemAnswer;
use zeroize::Zeroizing;

/// Between two texts: a character that nobody types.
const BETWEEN: char = '\0';

/// The answers to items in their order: each one's choice (1 for the first, 0 for none), and the texts beside
/// them. A text that is longer than any may be is left out; the page's fields take none.
pub(crate) fn answers(choices: Vec<u8>, texts: String) -> Vec<ItemAnswer> {
    let (choices, texts) = (Zeroizing::new(choices), Zeroizing::new(texts));
    let mut texts = texts.split(BETWEEN);
    let answer = |choice: &u8| {
        let text = texts.next().unwrap_or_default();
        ItemAnswer::new(*choice, text).unwrap_or_else(|_| ItemAnswer::chosen(*choice))
    };
    choices.iter().map(answer).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(choices: &[u8], texts: &str) -> Vec<(u8, String)> {
        let answers = answers(choices.to_vec(), texts.to_owned());
        answers.iter().map(|answer| (answer.choice, answer.text.as_str().to_owned())).collect()
    }

    #[test]
    fn each_text_stands_beside_its_own_choice() {
        assert_eq!(
            of(&[2, 0, 0], "\0\0more tea"),
            [(2, String::new()), (0, String::new()), (0, "more tea".to_owned())]
        );
    }

    #[test]
    fn questions_have_no_texts_and_who_skips_has_no_answers() {
        assert_eq!(of(&[1, 0], ""), [(1, String::new()), (0, String::new())]);
        assert_eq!(of(&[], ""), []);
    }

    #[test]
    fn what_is_longer_than_any_may_be_takes_nothing_else_along() {
        let long = "न".repeat(700);
        assert_eq!(
            of(&[3, 1], &[&long, "\0here"].concat()),
            [(3, String::new()), (1, "here".to_owned())]
        );
    }
}
