//! What each record promises, against each way to break the promise.

mod certificates;
mod decoding;
mod devices;
mod duty;
mod enrolments;
#[cfg(feature = "author")]
mod files;
mod fixture;
mod intakes;
mod manifests;
#[cfg(feature = "staff")]
mod passphrases;
mod policies;
mod revocations;
mod seals;
mod secrets;
mod statements;
