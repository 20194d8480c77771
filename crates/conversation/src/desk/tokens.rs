//! Giving the tokens that go with answers, in each chat that this desk leads, once (`features.md` 5.9;
//! `decisions/0040`).
//!
//! The desk neither sees nor learns later which tokens it gave, nor whether anything was answered. So somebody who
//! wants many must have as many chats. It does not protect against a desk that was changed, which gives what it likes.

use stillroom_program::AskedTokens;

use super::{ChatNumber, Desk};
use crate::envelope::Content;

impl Desk {
    /// The survivor's page asks for tokens, of which the chat lets through the first question alone. A page that gets
    /// none sends nothing.
    pub(super) fn handle_tokens_asked(&mut self, number: ChatNumber, asked: &AskedTokens) {
        let now = self.now;
        let Some(held) = self.chats.get_mut(&number).filter(|held| held.is_with_survivor()) else {
            return;
        };
        let given = self.duty.issuer().and_then(|(issuer, key)| {
            Some((key.give(asked, &mut self.randomness)?, issuer.record()?))
        });
        if let Some((given, issuer)) = given {
            held.chat.say(Content::GiveTokens { given, issuer }, now);
        }
    }
}
