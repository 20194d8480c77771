//! The stories, in the order in which they are best practised. One file each.

mod another;
mod capitals;
mod code_word;
mod interpreter;
mod monitored;
mod prank;
mod reporting;
mod shift;
mod silence;
mod suicide;
mod unsure;

use crate::story::Story;

/// All of them.
pub static STORIES: [&Story; 11] = [
    &monitored::STORY,
    &unsure::STORY,
    &code_word::STORY,
    &another::STORY,
    &reporting::STORY,
    &silence::STORY,
    &suicide::STORY,
    &interpreter::STORY,
    &capitals::STORY,
    &prank::STORY,
    &shift::STORY,
];
