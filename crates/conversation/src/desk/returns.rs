//! Return words: three words that this desk gives out at the start of each chat and knows again, once, when
//! somebody who lost their page brings them in their sealed intake (`features.md` 3.8); and those that an advocate gives
//! for after the chat (3.4).
//!
//! Only their salted hashes stay here, and only for the shift. They restore nothing and prove no identity:
//! whoever saw them on the survivor's screen could bring them, and gets a place at the head of the line.
//! Against guessing there is one try for each place and a bound on all; whoever spends that bound makes the
//! words useless until the next shift, and nothing else.

use std::collections::{BTreeMap, VecDeque};

use sha2::{Digest as _, Sha256};
use stillroom_program::{ReturnWords, Timestamp};
use stillroom_protocol::TicketId;
use subtle::{Choice, ConditionallySelectable as _, ConstantTimeEq as _};

use super::ChatNumber;
use crate::{
    limits::{RETURN_TRIES_MAX, RETURN_WORDS_HELD, RETURN_WORDS_LAST},
    randomness::Randomness,
};

/// Short words that are easy to copy by hand, and none that hurts: a selection from BIP-39's English list.
const WORDS: &str = include_str!("words.txt");

/// How many they are, so that ten random bits choose one.
const WORDS_COUNT: usize = 1024;

/// What words lead back from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BackFrom {
    /// A page that is lost in the middle of a chat.
    LostPage,
    /// The end of a chat.
    End,
}

/// Words that are good.
struct Given {
    chat: ChatNumber,
    from: BackFrom,
    salt: [u8; 16],
    hash: [u8; 32],
    until: Timestamp,
}

/// The words of this desk's shift.
#[derive(Default)]
pub(crate) struct Returns {
    given: VecDeque<Given>,
    /// Places that brought words, and what came of it: a place is judged once, however often it asks.
    judged: BTreeMap<TicketId, Option<ChatNumber>>,
}

impl Returns {
    /// New words for the survivor in this chat, in place of earlier ones for the same.
    pub(crate) fn give(
        &mut self,
        chat: ChatNumber,
        from: BackFrom,
        randomness: &Randomness,
        now: Timestamp,
    ) -> Option<ReturnWords> {
        let words = ReturnWords::of(&pick(randomness)?)?;
        let salt = randomness.bytes();
        let hash = salted(&salt, &words);
        self.given.retain(|given| (given.chat, given.from) != (chat, from));
        if self.given.len() >= RETURN_WORDS_HELD {
            self.given.pop_front();
        }
        self.given.push_back(Given { chat, from, salt, hash, until: now + RETURN_WORDS_LAST });
        Some(words)
    }

    /// Whose words this place brought; they are used up by that. Nothing where they are not this desk's.
    pub(crate) fn judge(
        &mut self,
        ticket: TicketId,
        words: &ReturnWords,
        now: Timestamp,
    ) -> Option<ChatNumber> {
        if let Some(judged) = self.judged.get(&ticket) {
            return *judged;
        }
        let wrong = self.judged.values().filter(|judged| judged.is_none()).count();
        if wrong >= RETURN_TRIES_MAX {
            return None;
        }
        self.given.retain(|given| given.until > now);
        let found = self.find(words).and_then(|at| self.given.remove(at));
        let chat = found.map(|given| given.chat);
        self.judged.insert(ticket, chat);
        chat
    }

    /// This chat was ended: its page is lost no more.
    pub(crate) fn handle_ended(&mut self, chat: ChatNumber) {
        self.given.retain(|given| (given.chat, given.from) != (chat, BackFrom::LostPage));
    }

    /// This chat went on to somebody else.
    pub(crate) fn forget(&mut self, chat: ChatNumber) {
        self.given.retain(|given| given.chat != chat);
    }

    /// The shift is over.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Where these words are. All are compared, each whole, so that the time taken says nothing.
    fn find(&self, words: &ReturnWords) -> Option<usize> {
        let mut found = 0_u32;
        for (at, given) in (1..).zip(&self.given) {
            let same: Choice = given.hash.ct_eq(&salted(&given.salt, words));
            found.conditional_assign(&at, same);
        }
        usize::try_from(found).ok()?.checked_sub(1)
    }
}

fn salted(salt: &[u8; 16], words: &ReturnWords) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"stillroom return\0");
    hash.update(salt);
    hash.update(words.as_str());
    hash.finalize().into()
}

/// Three words by chance.
fn pick(randomness: &Randomness) -> Option<String> {
    let mut picked = [""; 3];
    for word in &mut picked {
        let at = usize::from(u16::from_le_bytes(randomness.bytes())) % WORDS_COUNT;
        *word = WORDS.lines().nth(at)?;
    }
    Some(picked.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::time::Duration;
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng as _;
    use std::collections::BTreeSet;

    const NOW: Timestamp = Timestamp(1_000_000);
    const CHAT: ChatNumber = ChatNumber(3);

    fn randomness() -> Randomness {
        Randomness::new(ChaCha20Rng::seed_from_u64(7))
    }

    fn ticket(number: u8) -> TicketId {
        TicketId([number; 16])
    }

    #[test]
    fn the_list_has_1024_different_short_words() {
        let words = WORDS.lines().collect::<BTreeSet<_>>();
        assert_eq!((words.len(), WORDS.lines().count()), (WORDS_COUNT, WORDS_COUNT));
        let plain = |word: &str| word.bytes().all(|letter| letter.is_ascii_lowercase());
        assert!(words.iter().all(|word| (3..=8).contains(&word.len()) && plain(word)));
    }

    #[test]
    fn words_lead_back_once() {
        let mut returns = Returns::default();
        let words = returns.give(CHAT, BackFrom::LostPage, &randomness(), NOW).unwrap();
        assert_eq!(returns.judge(ticket(1), &words, NOW), Some(CHAT));
        assert_eq!(
            returns.judge(ticket(1), &words, NOW),
            Some(CHAT),
            "the same place, asking again"
        );
        assert_eq!(returns.judge(ticket(2), &words, NOW), None, "another place");
    }

    #[test]
    fn a_place_has_one_try() {
        let mut returns = Returns::default();
        let words = returns.give(CHAT, BackFrom::LostPage, &randomness(), NOW).unwrap();
        let wrong = ReturnWords::of("apple apple apple").unwrap();
        assert_eq!(returns.judge(ticket(1), &wrong, NOW), None);
        assert_eq!(returns.judge(ticket(1), &words, NOW), None);
        assert_eq!(returns.judge(ticket(2), &words, NOW), Some(CHAT));
    }

    #[test]
    fn after_so_many_wrong_tries_none_counts_until_the_next_shift() {
        let mut returns = Returns::default();
        let words = returns.give(CHAT, BackFrom::LostPage, &randomness(), NOW).unwrap();
        let wrong = ReturnWords::of("apple apple apple").unwrap();
        for number in 0..=u8::try_from(RETURN_TRIES_MAX).unwrap() {
            assert_eq!(returns.judge(ticket(number), &wrong, NOW), None);
        }
        assert_eq!(returns.judge(ticket(200), &words, NOW), None);
        assert!(returns.judged.len() <= RETURN_TRIES_MAX + RETURN_WORDS_HELD);
        returns.clear();
        let words = returns.give(CHAT, BackFrom::LostPage, &randomness(), NOW).unwrap();
        assert_eq!(returns.judge(ticket(200), &words, NOW), Some(CHAT));
    }

    #[test]
    fn words_are_good_for_twelve_hours_and_not_after_the_chat_was_ended() {
        let mut returns = Returns::default();
        let late = NOW + Duration::from_secs(12 * 60 * 60);
        let words = returns.give(CHAT, BackFrom::LostPage, &randomness(), NOW).unwrap();
        assert_eq!(returns.judge(ticket(1), &words, late), None);
        let words = returns.give(CHAT, BackFrom::LostPage, &randomness(), NOW).unwrap();
        returns.forget(CHAT);
        assert_eq!(returns.judge(ticket(2), &words, NOW), None);
    }

    #[test]
    fn words_for_after_a_chat_are_good_when_it_was_ended_and_the_latest_alone() {
        let (mut returns, randomness) = (Returns::default(), randomness());
        let give =
            |returns: &mut Returns, from| returns.give(CHAT, from, &randomness, NOW).unwrap();
        let lost = give(&mut returns, BackFrom::LostPage);
        let first = give(&mut returns, BackFrom::End);
        let words = give(&mut returns, BackFrom::End);
        returns.handle_ended(CHAT);
        assert_eq!(returns.judge(ticket(1), &lost, NOW), None);
        assert_eq!(returns.judge(ticket(2), &first, NOW), None);
        assert_eq!(returns.judge(ticket(3), &words, NOW), Some(CHAT));
        assert_eq!(returns.judge(ticket(4), &words, NOW), None, "once");
        let words = give(&mut returns, BackFrom::End);
        returns.forget(CHAT);
        assert_eq!(returns.judge(ticket(5), &words, NOW), None);
    }

    #[test]
    fn no_more_words_are_good_at_once_than_a_shift_has_chats() {
        let mut returns = Returns::default();
        let (mut given, randomness) = (Vec::new(), randomness());
        for number in 0..100 {
            given.push(
                returns.give(ChatNumber(number), BackFrom::LostPage, &randomness, NOW).unwrap(),
            );
        }
        assert_eq!(returns.given.len(), RETURN_WORDS_HELD);
        assert_eq!(returns.judge(ticket(1), &given[0], NOW), None);
        assert_eq!(returns.judge(ticket(2), &given[99], NOW), Some(ChatNumber(99)));
    }
}
