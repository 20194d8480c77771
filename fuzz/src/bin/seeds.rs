//! Writes `seeds/`: what each fuzzer starts from. Run again (`cargo xtask fuzz --write-seeds`) when a
//! record's form has changed.

use std::fs;
use std::path::Path;

use stillroom_fuzz::WORLD;
use stillroom_program::limits::AUDIT_MAX;
use stillroom_program::{List, SAMPLE_POLICY, SignedAuditEntry, encode};
use stillroom_protocol::counts::SealedDayCounts;
use stillroom_protocol::second_way::{Down, Manner, SessionId, Then, Up, put_frame};
use stillroom_protocol::{
    About, AnswersBatch, AnswersBatchId, AnswersKind, AttachToken, ClientFrame, DayCountsId,
    Operation, ProgramId, Puzzle, Refusal, RelayFrame, RoomId, Ticket, TicketId, VERSION,
};

fn main() {
    let world = &*WORLD;
    write(
        "frame",
        "hello",
        &encode(&ClientFrame::Hello { version: VERSION, program: world.root.program_id() }),
    );
    write(
        "frame",
        "ask",
        &encode(&ClientFrame::Ask {
            ticket: Ticket([1; 32]),
            key_package: vec![2; 2650].try_into().unwrap(),
            intake: world.intake.clone().try_into().unwrap(),
        }),
    );
    write(
        "frame",
        "attach",
        &encode(&ClientFrame::Attach { room: RoomId([3; 32]), token: AttachToken([4; 32]) }),
    );
    write(
        "frame",
        "post",
        &encode(&ClientFrame::Post {
            room: RoomId([3; 32]),
            message: vec![5; 414].try_into().unwrap(),
        }),
    );
    write(
        "frame",
        "other-program",
        &encode(&ClientFrame::Hello { version: 9, program: ProgramId([0; 16]) }),
    );
    let puzzle = Puzzle { made: 1_800_000_000_000, bits: 6, seed: [6; 16], tag: [7; 32] };
    write(
        "frame",
        "ask-solved",
        &encode(&ClientFrame::AskSolved {
            ticket: Ticket([1; 32]),
            key_package: vec![2; 2650].try_into().unwrap(),
            intake: world.intake.clone().try_into().unwrap(),
            puzzle,
            answer: 77,
        }),
    );
    write("frame", "puzzle", &encode(&RelayFrame::Puzzle { ticket: TicketId([8; 16]), puzzle }));
    write("frame", "pong", &encode(&RelayFrame::Pong));
    write(
        "frame",
        "refused",
        &encode(&RelayFrame::Refused { about: About::Connection, refusal: Refusal::TooFast }),
    );

    let session = SessionId([9; 16]);
    let down = Down { session: session.clone(), received: 3, manner: Manner::Stream };
    write("frame", "down", &down.to_bytes());
    let mut up = Up { session, first: 2, received: 3, then: Then::GoesOn }.to_bytes();
    write("frame", "up", &up);
    up.clear();
    for frame in [&b"first"[..], &[], b"second"] {
        put_frame(&mut up, frame);
    }
    write("frame", "up-frames", &up);

    write("certificate", "chain", &encode(&world.administrator.chain));
    write("certificate", "name", &encode(&world.administrator.name));
    write("certificate", "staff", &encode(&world.administrator.staff_record()));

    let policy = world.policy.unverified().unwrap();
    write("policy", "signed", &encode(&world.policy));
    write("policy", "greeted", &encode(&world.policy.terms_alone()));
    write("policy", "terms", &encode(&policy.terms));
    write("policy", "page", &encode(&policy.page));
    write("policy", "guidance", &encode(&policy.guidance));
    write("policy", "file", SAMPLE_POLICY.as_bytes());

    write("statement", "signed", &encode(&world.statement));
    write("statement", "duty-key", &encode(&world.duty_bundle));

    write("enrolment", "invitation", &encode(&world.invitation));
    write("enrolment", "request", &encode(&world.request));
    write("enrolment", "completion", &world.completion);
    write("enrolment", "intake", &world.intake);

    let record: List<SignedAuditEntry, AUDIT_MAX> = world.record.clone().try_into().unwrap();
    write("audit", "entry", &encode(&world.record[1]));
    write("audit", "record", &encode(&record));
    let invitation = encode(&world.invitation).try_into().unwrap();
    write("audit", "request", &encode(&Operation::Invite { invitation }));

    let sealed = world.answers.clone().into_sealed();
    let opened = world.report_key.open(&world.root.program_id(), AnswersKind::Survey, &sealed);
    write("answers", "posted", &world.answers.to_bytes());
    write("answers", "opened", &encode(&opened.unwrap()));
    write("answers", "sealed", &sealed);
    let batch = AnswersBatch {
        id: AnswersBatchId([6; 16]),
        kind: AnswersKind::Survey,
        sealed: vec![sealed.try_into().unwrap()].try_into().unwrap(),
    };
    write("answers", "batch", &encode(&batch));
    write("answers", "issuer", &encode(&world.issuer));
    write("answers", "tokens-asked", &encode(&world.asked_tokens));
    write("answers", "tokens-given", &encode(&world.given_tokens));
    let sealed = world.day_counts.clone();
    let opened = world.report_key.open_counts(&world.root.program_id(), &sealed);
    write("answers", "day-opened", &encode(&opened.unwrap()));
    let day = SealedDayCounts { id: DayCountsId([7; 16]), sealed: sealed.try_into().unwrap() };
    write("answers", "day", &encode(&day));
}

fn write(target: &str, name: &str, bytes: &[u8]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(target);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(name), bytes).unwrap();
}
