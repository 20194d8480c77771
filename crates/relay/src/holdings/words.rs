//! The list: what each sort is, whether the host can read it, and when it goes. Read by administrators and in court,
//! so plain, and exact. Times come from the constants that enforce them.

use stillroom_delivery::{Held, Kept, Sort};

use super::{HostReads, Item, Live};
use crate::directory::{Stored, Tally};
use crate::retention::{
    AUDIT_YEARS, BATCH_DAYS, ENDED_DAYS, FORMER_POLICY_DAYS, GIVEN_UP_DAYS, HANDED_OVER_DAYS,
    INVITATION_DAYS, NOTICE_DAYS, POLICIES_KEPT,
};

/// What an entry of the list says.
struct Words {
    name: &'static str,
    what: &'static str,
    reads: HostReads,
    reads_what: &'static str,
}

const fn words(
    name: &'static str,
    what: &'static str,
    reads: HostReads,
    reads_what: &'static str,
) -> Words {
    Words { name, what, reads, reads_what }
}

impl Words {
    fn item(self, goes: String, count: u64, bytes: u64) -> Item {
        Item {
            name: self.name.to_owned(),
            what: self.what.to_owned(),
            host_reads: self.reads,
            host_reads_what: self.reads_what.to_owned(),
            goes,
            count,
            bytes,
        }
    }
}

/// A sort of the core's.
pub(super) fn held(held: &Held) -> Item {
    let goes = match held.kept {
        Kept::AtMost(time) => format!("after {} at most", in_words(time.as_secs())),
        Kept::WithLine(time) => format!(
            "with the line of whoever it belongs to, or {} after that line dropped",
            in_words(time.as_secs())
        ),
        Kept::SilentLine(time) => {
            format!("when the line closes, or after {} of silence", in_words(time.as_secs()))
        }
        Kept::UntilEnough(enough) => {
            format!("to storage, as one batch in random order, when there are {enough} of one kind")
        }
        Kept::WithCertificate => {
            "when the device's certificate runs out or it is revoked".to_owned()
        }
        Kept::WithItsSubject => "with what it is about".to_owned(),
        Kept::UntilReplaced => "when it is replaced by a newer one".to_owned(),
    };
    let goes = format!("{goes}; all of it when the relay stops");
    words_of(held.sort).item(goes, held.count as u64, held.bytes() as u64)
}

fn words_of(sort: Sort) -> Words {
    use HostReads::{InPart, No, Yes};
    match sort {
        Sort::Connections => words(
            "connections",
            "Devices that are connected: when each was last heard, how fast it sends, which rooms it is in. No \
             address: that is in the socket alone",
            Yes,
            "numbers and times that name no survivor",
        ),
        Sort::Staff => words(
            "staff-devices",
            "Staff devices that connected since the relay started: their keys and roles",
            Yes,
            "all of it; no names are there",
        ),
        Sort::Duty => words(
            "duty",
            "Staff devices on duty, and the statement that each signed for survivors to see",
            Yes,
            "all of it; no names are there",
        ),
        Sort::Line => words(
            "line",
            "Places in the line: a number that only the survivor's page can claim, the page's public keys, and what \
             the survivor said beforehand, sealed to the staff on duty",
            InPart,
            "that somebody waits, and for how long; not what they said",
        ),
        Sort::Welcomes => words(
            "welcomes",
            "The way into a chat, from an advocate's device to a survivor's page, encrypted",
            No,
            "that there is one",
        ),
        Sort::Settled => words(
            "settled-places",
            "What became of places that were claimed: the place's number, the staff device, and whether they met",
            Yes,
            "all of it; nothing names the survivor",
        ),
        Sort::Rooms => words(
            "rooms",
            "Chats that are open: an address of random bytes, the key of the staff device that leads, and a hash for \
             each device that may enter",
            InPart,
            "that there is a chat, how many are in it and whose device leads; nothing of the survivor, no word",
        ),
        Sort::Shares => words(
            "shares",
            "Where those who are connected come from: for each address a hash under a key that is in memory alone and \
             replaced every ten minutes, how many connections and places it has, and where somebody from there was \
             turned away, when, and a word about it that is sealed to staff",
            InPart,
            "counts and times. Whoever took the key out of the running process could try addresses against the hashes",
        ),
        Sort::Puzzles => words(
            "puzzles",
            "Random marks of the puzzles that were solved in the last minutes, so that none counts twice",
            Yes,
            "all of it; nothing names anybody",
        ),
        Sort::Tails => words(
            "messages",
            "Encrypted messages that wait for somebody in a chat whose line dropped",
            No,
            "how many, and in which of eight sizes",
        ),
        Sort::Closed => words(
            "closed-rooms",
            "Addresses of chats that ended, so that whoever was away learns that they did",
            Yes,
            "all of it: random bytes",
        ),
        Sort::Answers => words(
            "answers-held",
            "Answers of survivors to optional questions and to the survey, sealed to the program's report key, short \
             of a batch",
            No,
            "how many of each kind",
        ),
        Sort::Counts => words(
            "counts-of-today",
            "Counts of today for the program's reports: chats, people who left while they waited, seconds for which \
             chat was open",
            Yes,
            "four numbers; sealed to the program's report key at the end of the day, and when the relay stops",
        ),
        Sort::Timers => words(
            "timers",
            "When something above is to be removed or done",
            Yes,
            "times, beside the numbers of what they are about",
        ),
        Sort::HostNotices => words(
            "host-notices",
            "Notices of the host's to the program's administrators, and the keys of the devices on which each was read",
            Yes,
            "all of it; the host wrote them",
        ),
        Sort::Published => words(
            "published",
            "The program's policy and its list of revoked devices, as every page gets them",
            Yes,
            "all of it; it is public",
        ),
    }
}

/// What waits to be sent.
pub(super) fn outgoing(live: &Live) -> Item {
    let words = words(
        "outgoing",
        "What is on its way to devices that are connected: the above, and encrypted messages and notes",
        HostReads::InPart,
        "to which connection and how long; not what is encrypted",
    );
    let goes =
        "when the device has read it; a device that does not read is dropped with it".to_owned();
    words.item(goes, live.queues as u64, live.outgoing_bytes as u64)
}

/// The process without all that.
pub(super) fn rest_of_process(bytes: u64) -> Item {
    let words = words(
        "rest-of-process",
        "The rest of the process's memory, with what is there of any other program that it serves: its own code, the \
         public pages that it gives out, its cache of what is stored, and room that is free",
        HostReads::Yes,
        "all of it",
    );
    words.item("when the relay stops".to_owned(), 1, bytes)
}

/// A sort of storage's.
pub(super) fn tally(tally: &Tally) -> Item {
    let mut item =
        words_of_stored(&tally.stored).item(goes(&tally.stored), tally.count, tally.bytes);
    if let Stored::Unknown(name) = &tally.stored {
        item.name = format!("unknown: {name}");
    }
    item
}

fn words_of_stored(stored: &Stored) -> Words {
    use HostReads::{InPart, No, Yes};
    match stored {
        Stored::Root => words(
            "program",
            "The fingerprint of the program's root key",
            Yes,
            "all of it; it is public",
        ),
        Stored::Policy => words(
            "policy",
            "The newest policy: hours, telephone numbers, texts",
            Yes,
            "all of it; it is public, but for prepared messages and guides, which staff alone are shown",
        ),
        Stored::FormerPolicies => words(
            "former-policies",
            "Policies that were replaced, so that administrators can compare them and bring one back",
            Yes,
            "all of it; it was public, but for prepared messages and guides, which staff alone were shown",
        ),
        Stored::Revocations => words(
            "revocations",
            "The list of staff devices that were revoked, by their keys",
            Yes,
            "all of it; no names are there",
        ),
        Stored::DutyKey => words(
            "duty-key",
            "The key that opens what survivors say beforehand, encrypted for each staff device that may be on duty",
            InPart,
            "for which devices, who made it and when; not the key",
        ),
        Stored::VaultKey => words(
            "vault-key",
            "The key of the vault of code words, encrypted for each such device",
            InPart,
            "for which devices, who made it and when; not the key",
        ),
        Stored::Vault => words(
            "vault",
            "The vault of code words, encrypted, in one of seven sizes",
            No,
            "its size, and how often it was written",
        ),
        Stored::Staff => words(
            "staff",
            "Certificates and public keys of staff devices, with their roles and until when they hold",
            Yes,
            "all of it; no names are there",
        ),
        Stored::Invitations => words(
            "invitations",
            "Invitations of new members of staff, and what passes between their device and the administrator",
            InPart,
            "keys, roles and until when; the name is encrypted",
        ),
        Stored::Answers => words(
            "answers",
            "Batches of survivors' answers to optional questions and to the survey, sealed to the program's report key",
            No,
            "how many batches, of which kind, and the week in which each came",
        ),
        Stored::Counts => words(
            "counts-of-days",
            "The same counts of days before, sealed to the program's report key",
            No,
            "how many days, and the week in which each was",
        ),
        Stored::Locales => words(
            "texts",
            "The texts of the survivor's page in further languages",
            Yes,
            "all of it; it is public",
        ),
        Stored::Notices => words(
            "notices",
            "Notices of the host's to the program's administrators",
            Yes,
            "all of it; the host wrote them",
        ),
        Stored::NoticesRead => words(
            "notices-read",
            "The keys of administrators' devices on which each notice was read",
            Yes,
            "all of it; no names are there",
        ),
        Stored::Audit => words(
            "administrative-acts",
            "The record of what administrators did: who was invited, certified or revoked, by the keys of devices; which \
             policy was published and which notice was read, by hashes; when, and by which administrator's device. \
             Nothing of a chat",
            Yes,
            "all of it; no names are there",
        ),
        Stored::HostKey => words(
            "host-key",
            "The host's own key, which signs its notices and nothing else. It opens nothing",
            Yes,
            "all of it",
        ),
        Stored::HostPublicKey => words(
            "host-public-key",
            "The host's public key, by which relays that share a database see that they are one host's",
            Yes,
            "all of it; it is public",
        ),
        Stored::Certificates => words(
            "tls-certificates",
            "The relay's own certificate for TLS, which an authority gave and everybody who connects is shown, its \
             private key, and the key by which the authority knows the relay. They open no chat, and no recording of \
             a connection",
            Yes,
            "all of it",
        ),
        Stored::Structure => words(
            "structure",
            "What the database takes around these records: its own structure, and room that was freed and overwritten",
            Yes,
            "and nothing is in it",
        ),
        Stored::OwnFile => words(
            "own-files",
            "Files by which the relay is found and held to one at a time",
            Yes,
            "and nothing is in them",
        ),
        Stored::Unknown(_) => words(
            "unknown",
            "This version of Stillroom did not make it and knows nothing of it. Look at it yourself",
            Yes,
            "not known to this program",
        ),
    }
}

fn goes(stored: &Stored) -> String {
    let given_up = format!("{GIVEN_UP_DAYS} days after the last policy ran out");
    match stored {
        Stored::Notices | Stored::NoticesRead => {
            format!("when it is withdrawn, or {NOTICE_DAYS} days after it was given")
        }
        Stored::HostPublicKey => "with the program's part of the database".to_owned(),
        Stored::Root
        | Stored::HostKey
        | Stored::Certificates
        | Stored::Structure
        | Stored::OwnFile => "with the state folder".to_owned(),
        Stored::Policy => {
            format!("among the former ones when a newer one is published; or {given_up}")
        }
        Stored::FormerPolicies => format!(
            "{FORMER_POLICY_DAYS} days after it ran out by itself, when {POLICIES_KEPT} newer ones were replaced, or \
             {given_up}"
        ),
        Stored::Revocations => {
            format!(
                "when a newer one is published, or {given_up} and no device on it could come any more"
            )
        }
        Stored::Audit => format!(
            "each entry after {AUDIT_YEARS} years, but for the newest; the whole of it with the list of revoked devices \
             of a program that was given up"
        ),
        Stored::DutyKey | Stored::VaultKey => format!(
            "when a newer one is made, or {ENDED_DAYS} days after the certificate of whoever made it ran out"
        ),
        Stored::Vault => "when it is written anew, or with its key".to_owned(),
        Stored::Staff => format!("{ENDED_DAYS} days after the certificate ran out"),
        Stored::Invitations => {
            format!(
                "{} hours after it was taken up, or on the date that it names, {INVITATION_DAYS} days at most",
                HANDED_OVER_DAYS * 24
            )
        }
        Stored::Answers | Stored::Counts => format!(
            "when the program takes it, or {BATCH_DAYS} to {} days after it came",
            BATCH_DAYS + 7
        ),
        Stored::Locales => {
            format!("when no policy names it any more, within two hours; or {given_up}")
        }
        Stored::Unknown(_) => "not by this program".to_owned(),
    }
}

fn in_words(seconds: u64) -> String {
    match seconds {
        60 => "1 minute".to_owned(),
        _ if seconds > 3_600 && seconds.is_multiple_of(3_600) => {
            format!("{} hours", seconds / 3_600)
        }
        _ if seconds.is_multiple_of(60) => format!("{} minutes", seconds / 60),
        _ => format!("{seconds} seconds"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_as_people_say_them() {
        assert_eq!(in_words(50), "50 seconds");
        assert_eq!(in_words(60), "1 minute");
        assert_eq!(in_words(600), "10 minutes");
        assert_eq!(in_words(86_400), "24 hours");
    }
}
