//! That a survivor is asked whether their chat may end, and what came of it (`features.md` 4.1).

use stillroom_conversation::EndStep;
use stillroom_staff_web::draw::prelude::*;

use super::asked::asked;
use crate::board::Seated;
use crate::chat::Chat;
use crate::console::Console;
use crate::texts::say_with;
use crate::words;

/// How far the question has come.
pub(super) fn ending(console: Console, seated: Seated) -> impl IntoView {
    let Seated { seat, chat, .. } = seated;
    let step = Memo::new(move |_| chat.with(Chat::end));
    let is_asked = move || matches!(step.get(), Some(EndStep::Asked { .. }));
    let told = move || {
        let (text, count) = words::end(step.get()?);
        Some(say_with(text, &[("count", &count.to_string())]))
    };
    asked(seat, is_asked, told, "end-back", move || console.withdraw_end(seat))
}
