//! Tests of the group from inside, where the hostile side can be built from the bare library.

mod flow;
mod hostile;
mod members;
mod people;
mod rules;
pub(crate) mod staff;
mod vectors;
mod welcomes;
