//! What each record promises, against each way to break the promise.

mod answers;
mod calendar;
mod certificates;
mod checks;
mod decoding;
mod devices;
mod enrolments;
mod files;
mod fixture;
mod generated;
mod host_notices;
mod intakes;
mod manifests;
mod merges;
mod passkeys;
mod passphrases;
mod policies;
mod return_words;
mod revocations;
mod seals;
mod secrets;
mod shared_keys;
mod staff_notes;
mod statements;
mod vaults;
