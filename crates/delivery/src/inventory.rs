//! What the core holds, sort by sort: how many, how many bytes, and until when (`features.md` 6.2).
//!
//! Counts and nothing of whom: no ticket, address or key leaves by this way. Each sort carries the limit that
//! ends it, from the constant that enforces it. What is not counted here is what a queue holds for the blink
//! between two calls.

use core::mem::size_of;
use core::time::Duration;

use stillroom_program::{Timestamp, VerifiedDevice, VerifyingKey};
use stillroom_protocol::limits::TURNED_AWAY_BYTES;
use stillroom_protocol::{RoomId, TicketId, TokenHash};

use crate::command::ConnectionId;
use crate::connection::Connection;
use crate::counters::Counters;
use crate::delivery::Delivery;
use crate::duty::OnDuty;
use crate::limits::{
    CLOSED_KEPT, DUTY_KEPT, IDLE_KEPT, SETTLED_KEPT, SILENCE_AT_MOST, TAIL_KEPT, TURNED_AWAY_KEPT,
};
use crate::line::Place;
use crate::puzzles::LIFE;
use crate::room::Room;
use crate::shares::{self, ShareId, ShareName};
use crate::timers::Timer;

/// How long a day is counted at most.
const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Everything that the core ever holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    /// Lines of devices to the relay.
    Connections,
    /// Staff devices that were let in, by their keys.
    Staff,
    /// Who is on duty, and their statements.
    Duty,
    /// Places in the line: what a survivor's page sent to get one.
    Line,
    /// Welcomes on their way to survivors.
    Welcomes,
    /// What became of places that were claimed.
    Settled,
    /// Rooms: their addresses, and their members by number.
    Rooms,
    /// Where connections and places come from, as hashes, and that somebody from there was turned away.
    Shares,
    /// Puzzles that were answered and are not to be answered again.
    Puzzles,
    /// Messages that wait for members of rooms who are away.
    Tails,
    /// Rooms that are remembered as closed.
    Closed,
    /// Sealed answers that are short of a batch.
    Answers,
    /// What is counted of the day, for the program's reports.
    Counts,
    /// What is due when.
    Timers,
    /// The policy and the list of revoked devices, as they were published.
    Published,
    /// Notices of the host's to the program's administrators, and on which devices each was read.
    HostNotices,
}

/// Until when something is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Never longer than this.
    AtMost(Duration),
    /// As long as the line stands that it belongs to, and this long after it dropped.
    WithLine(Duration),
    /// As long as the line stands that it belongs to; a line that says nothing is dropped after this long.
    SilentLine(Duration),
    /// Until so many of its kind are there.
    UntilEnough(usize),
    /// Until the certificate runs out, or the device is revoked.
    WithCertificate,
    /// As long as what it is about.
    WithItsSubject,
    /// Until it is replaced.
    UntilReplaced,
}

/// How much of one sort is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// What.
    pub sort: Sort,
    /// How many.
    pub count: usize,
    /// Bytes that devices sent.
    pub sent: usize,
    /// Bytes of the relay's own about it: keys of tables, numbers, times.
    pub own: usize,
    /// Until when.
    pub kept: Kept,
}

impl Held {
    /// All of its bytes.
    pub fn bytes(&self) -> usize {
        self.sent.saturating_add(self.own)
    }
}

/// Bytes of so many entries of a table.
fn entries<K, V>(count: usize) -> usize {
    count.saturating_mul(size_of::<K>() + size_of::<V>())
}

impl Delivery {
    /// What is held, each sort once. How much is counted when this is called: it looks at everything, so it is
    /// for a person who asks and not for every second.
    pub fn inventory(&self) -> Vec<Held> {
        // Named one by one: a new part of the core is counted here, or does not compile.
        let Self {
            root: _,
            program: _,
            limits,
            rng: _,
            published,
            hours: _,
            connections: _,
            staff: _,
            line: _,
            rooms: _,
            answers,
            counters,
            puzzles,
            host_notices,
            fx,
            stopping: _,
        } = self;
        let mut all = self.inventory_of_people().to_vec();
        all.extend(self.inventory_of_line());
        all.push(self.inventory_of_shares());
        all.extend(self.inventory_of_rooms());
        let batch = limits.batch();
        let (count, sent) = answers.size();
        all.push(Held { sort: Sort::Answers, count, sent, own: 0, kept: Kept::UntilEnough(batch) });
        let count = usize::from(counters.is_counting());
        let own = count.saturating_mul(size_of::<Counters>());
        all.push(Held { sort: Sort::Counts, count, sent: 0, own, kept: Kept::AtMost(A_DAY) });
        let count = puzzles.answered();
        let own = count.saturating_mul(size_of::<(u64, [u8; 32])>());
        all.push(Held { sort: Sort::Puzzles, count, sent: 0, own, kept: Kept::AtMost(LIFE) });
        let count = fx.timers.len();
        let own = 2 * entries::<Timer, Timestamp>(count);
        let kept = Kept::WithItsSubject;
        all.push(Held { sort: Sort::Timers, count, sent: 0, own, kept });
        let signed = host_notices.iter().map(|notice| notice.signed.len()).sum::<usize>();
        let read = host_notices.iter().map(|notice| notice.read_by.len()).sum::<usize>();
        all.push(Held {
            sort: Sort::HostNotices,
            count: host_notices.len(),
            sent: 0,
            own: signed + entries::<VerifyingKey, ()>(read),
            kept: Kept::UntilReplaced,
        });
        let (count, sent) = published.size();
        all.push(Held { sort: Sort::Published, count, sent, own: 0, kept: Kept::UntilReplaced });
        all
    }

    fn inventory_of_people(&self) -> [Held; 3] {
        let count = self.connections.len();
        let rooms = self.connections.rooms().saturating_mul(size_of::<RoomId>());
        let connections = Held {
            sort: Sort::Connections,
            count,
            sent: 0,
            own: entries::<ConnectionId, Connection>(count) + rooms,
            kept: Kept::SilentLine(SILENCE_AT_MOST),
        };
        let known = self.staff.known();
        let lines = entries::<VerifyingKey, ConnectionId>(self.staff.connected());
        let staff = Held {
            sort: Sort::Staff,
            count: known,
            sent: 0,
            own: entries::<VerifyingKey, VerifiedDevice>(known) + lines,
            kept: Kept::WithCertificate,
        };
        let count = self.staff.duty.len();
        let duty = Held {
            sort: Sort::Duty,
            count,
            sent: self.staff.statement_bytes(),
            own: entries::<VerifyingKey, OnDuty>(count),
            kept: Kept::WithLine(DUTY_KEPT),
        };
        [connections, staff, duty]
    }

    fn inventory_of_line(&self) -> [Held; 3] {
        let (welcomes, welcome_bytes) = self.line.welcomes();
        let places = self.line.places.len();
        let indexes = entries::<i64, TicketId>(self.line.waiting.len())
            + entries::<VerifyingKey, TicketId>(self.line.claims.len());
        let line = Held {
            sort: Sort::Line,
            count: places,
            sent: self.line.bytes().saturating_sub(welcome_bytes),
            own: entries::<TicketId, Place>(places) + indexes,
            kept: Kept::WithLine(self.published.line_kept()),
        };
        let welcomes = Held {
            sort: Sort::Welcomes,
            count: welcomes,
            sent: welcome_bytes,
            own: 0,
            kept: Kept::WithLine(self.published.line_kept()),
        };
        let count = self.line.settled.len();
        let claimants = self.line.settled.values().map(Vec::len).sum::<usize>();
        let settled = Held {
            sort: Sort::Settled,
            count,
            sent: 0,
            own: entries::<TicketId, Vec<()>>(count) + entries::<VerifyingKey, bool>(claimants),
            kept: Kept::AtMost(SETTLED_KEPT),
        };
        [line, welcomes, settled]
    }

    fn inventory_of_shares(&self) -> Held {
        let (count, marked) = self.line.shares.size();
        let own = entries::<ShareName, ShareId>(count) + entries::<ShareId, shares::Held>(count);
        let sent = marked.saturating_mul(TURNED_AWAY_BYTES);
        Held { sort: Sort::Shares, count, sent, own, kept: Kept::WithLine(TURNED_AWAY_KEPT) }
    }

    fn inventory_of_rooms(&self) -> [Held; 3] {
        let count = self.rooms.len();
        let members = self.rooms.members().saturating_mul(size_of::<TokenHash>());
        let rooms = Held {
            sort: Sort::Rooms,
            count,
            sent: 0,
            own: entries::<RoomId, Room>(count) + members,
            kept: Kept::WithLine(IDLE_KEPT),
        };
        let (count, sent) = self.rooms.tails();
        let kept = Kept::AtMost(TAIL_KEPT);
        let tails = Held { sort: Sort::Tails, count, sent, own: 0, kept };
        let count = self.rooms.closed();
        let own = 2 * entries::<RoomId, Timestamp>(count);
        let kept = Kept::AtMost(CLOSED_KEPT);
        let closed = Held { sort: Sort::Closed, count, sent: 0, own, kept };
        [rooms, tails, closed]
    }
}
