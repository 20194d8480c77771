//! The client core of a chat, sans-IO.
pub mod mls;
pub mod randomness;
