//! The record as people and programs read it, and what is in force and not in it.

use std::path::PathBuf;

use serde_json::{Value, json};
use stillroom_program::{Act, Fingerprint, SignedAuditEntry, SignedPolicy, VerifyingKey, decode};

use crate::clock::{Clock, TOLERANCE};
use crate::failure::Failure;
use crate::program::date;
use crate::staff::line::StaffLine;
use crate::staff::{devices, in_words, register, revocations};

/// What is told of a record.
pub(super) struct Report {
    register: PathBuf,
    /// The administrator's device of the folder.
    own: VerifyingKey,
    /// How many entries the relay was given back.
    pub(super) given_back: usize,
    /// What is in force at the relay and in no entry; not asked without a relay.
    outside: Option<Outside>,
}

/// What is in force and in no entry.
struct Outside {
    policy: Option<u64>,
    devices: Vec<VerifyingKey>,
    revoked: Vec<VerifyingKey>,
}

impl Report {
    pub(super) fn new(register: PathBuf, own: VerifyingKey) -> Self {
        Self { register, own, given_back: 0, outside: None }
    }

    /// Looks for what the relay has in force and no entry tells of.
    pub(super) async fn compare(
        &mut self,
        entries: &[SignedAuditEntry],
        line: &mut StaffLine,
        root: &Fingerprint,
    ) -> Result<(), Failure> {
        let acts = || entries.iter().map(|signed| &signed.entry.act);
        let policy = decode::<SignedPolicy>(line.policy()).ok();
        let policy =
            policy.and_then(|signed| signed.verify(root, Clock::start().now(), TOLERANCE).ok());
        let is_entered = |wanted: [u8; 32]| {
            acts().any(|act| matches!(act, Act::Policy { hash, .. } if *hash == wanted))
        };
        let policy =
            policy.filter(|policy| !is_entered(policy.hash())).map(|policy| policy.version);
        let certified = |key: &VerifyingKey| {
            acts().any(|act| matches!(act, Act::Certified { device, .. } if device == key))
        };
        let devices = devices(line, root).await?.into_iter().map(|device| device.key);
        let devices = devices.filter(|key| !certified(key)).collect();
        let was_revoked = |key: &VerifyingKey| {
            acts().any(|act| matches!(act, Act::Revoked { device, .. } if device == key))
        };
        let list = revocations(line, root).await?;
        let listed = list.list().devices.iter().map(|revoked| revoked.device);
        let revoked = listed.filter(|key| !was_revoked(key)).collect();
        self.outside = Some(Outside { policy, devices, revoked });
        Ok(())
    }

    pub(super) fn in_words(&self, entries: &[SignedAuditEntry]) -> Vec<String> {
        let mut lines: Vec<String> = entries.iter().map(|signed| self.line(signed)).collect();
        if self.given_back > 0 {
            lines.push(format!("The relay was given back {} entries.", self.given_back));
        }
        let Some(last) = entries.last() else {
            lines.push("There is no entry yet: the first is written with the next act.".to_owned());
            lines.extend(self.outside_in_words());
            return lines;
        };
        let first = entries.first().map_or(1, SignedAuditEntry::number);
        lines.push(if first == 1 {
            format!("It holds: {} entries, each signed, none missing.", entries.len())
        } else {
            format!(
                "It holds from entry {first} on, each signed, none missing. What was before is not kept any more."
            )
        });
        let head = last.head();
        lines.push(format!(
            "Its mark is {} {}. Whoever reads you the same one sees the same record.",
            head.number,
            Fingerprint(head.hash)
        ));
        lines.extend(self.outside_in_words());
        lines
    }

    fn outside_in_words(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let Some(outside) = &self.outside else {
            return lines;
        };
        if let Some(version) = outside.policy {
            lines.push(format!(
                "Not in it: version {version} of the policy, which is in force. It came with the program's file, or past \
                 the record. `stillroom policy publish` enters it."
            ));
        }
        let whose = |keys: &[VerifyingKey]| {
            keys.iter().map(|key| self.device(key)).collect::<Vec<_>>().join(", ")
        };
        if !outside.devices.is_empty() {
            lines.push(format!(
                "Not in it: devices of staff that were certified before the record began, or past it: {}. Revoke any \
                 that you do not know.",
                whose(&outside.devices)
            ));
        }
        if !outside.revoked.is_empty() {
            lines.push(format!(
                "Not in it: devices that were revoked before the record began, or past it: {}.",
                whose(&outside.revoked)
            ));
        }
        lines
    }

    fn line(&self, signed: &SignedAuditEntry) -> String {
        let entry = &signed.entry;
        format!(
            "{:>5}  {}  {}: {}",
            signed.number(),
            moment(entry.at),
            self.signer(signed),
            self.act(&entry.act)
        )
    }

    fn act(&self, act: &Act) -> String {
        match act {
            Act::Invited { roles, .. } => format!("invited somebody as {}", in_words(*roles)),
            Act::Certified { device, roles, .. } => {
                format!("certified {} as {}", self.device(device), in_words(*roles))
            }
            Act::Revoked { device, version, .. } => {
                format!("revoked {} (list {version})", self.device(device))
            }
            Act::Policy { version, report_key, .. } => format!(
                "published version {version} of the policy, with {}",
                match report_key {
                    [0, 0, 0, 0, ..] => "no report key".to_owned(),
                    key => format!("report key {}", register::digits(&VerifyingKey(*key))),
                }
            ),
            Act::NoticeRead { notice, shown, .. } => {
                format!("read the host's notice {}, shown since {}", hex(&notice.0), moment(*shown))
            }
        }
    }

    fn signer(&self, signed: &SignedAuditEntry) -> String {
        let key = signed.signer();
        match register::name(&self.register, &key) {
            None if key == self.own => {
                format!("this folder's administrator ({})", register::digits(&key))
            }
            None => format!("an administrator ({})", register::digits(&key)),
            Some(_) => self.device(&key),
        }
    }

    /// A device with the name that was noted for it.
    fn device(&self, key: &VerifyingKey) -> String {
        let digits = register::digits(key);
        register::name(&self.register, key)
            .map_or_else(|| digits.clone(), |name| format!("{name} ({digits})"))
    }

    pub(super) fn json(&self, entries: &[SignedAuditEntry]) -> Value {
        let head = entries.last().map(SignedAuditEntry::head).unwrap_or_default();
        let digits = |keys: &[VerifyingKey]| keys.iter().map(register::digits).collect::<Vec<_>>();
        json!({
            "entries": entries.iter().map(|signed| self.entry_json(signed)).collect::<Vec<_>>(),
            "number": head.number,
            "mark": Fingerprint(head.hash).to_string(),
            "from_the_first": entries.first().is_none_or(|first| first.number() == 1),
            "given_back": self.given_back,
            "not_in_it": self.outside.as_ref().map(|outside| json!({
                "policy": outside.policy,
                "devices": digits(&outside.devices),
                "revoked": digits(&outside.revoked),
            })),
        })
    }

    fn entry_json(&self, signed: &SignedAuditEntry) -> Value {
        let act = match &signed.entry.act {
            Act::Invited { roles, invitation } => json!({
                "act": "invited", "roles": in_words(*roles), "invitation": hex(invitation),
            }),
            Act::Certified { device, roles, record } => json!({
                "act": "certified", "device": register::digits(device), "roles": in_words(*roles),
                "name": register::name(&self.register, device), "record": hex(record),
            }),
            Act::Revoked { device, version, list } => json!({
                "act": "revoked", "device": register::digits(device), "version": version,
                "name": register::name(&self.register, device), "list": hex(list),
            }),
            Act::Policy { version, hash, report_key } => json!({
                "act": "policy", "version": version, "hash": hex(hash),
                "report_key": hex(report_key),
            }),
            Act::NoticeRead { notice, hash, shown } => json!({
                "act": "notice-read", "notice": hex(&notice.0), "hash": hex(hash), "shown": shown,
            }),
        };
        let mut entry = json!({
            "number": signed.number(),
            "at": signed.entry.at,
            "by": register::digits(&signed.signer()),
            "mark": Fingerprint(signed.head().hash).to_string(),
        });
        if let (Value::Object(entry), Value::Object(act)) = (&mut entry, act) {
            entry.extend(act);
        }
        entry
    }
}

/// Minutes are enough, in UTC.
fn moment(seconds: u64) -> String {
    let of_day = seconds % (24 * 60 * 60);
    format!("{} {:02}:{:02} UTC", date(seconds), of_day / 3600, of_day / 60 % 60)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
