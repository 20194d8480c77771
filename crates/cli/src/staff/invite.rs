//! `stillroom staff invite`.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::Args;
use serde_json::json;
use stillroom_program::{
    Enrolment, EnrolmentRequest, Invitation, InvitationSecret, SignedInvitation, Timestamp,
    Validity, VerifiedKeys, decode, encode,
};
use stillroom_protocol::Operation;
use stillroom_relay::Origin;
use tokio::time::sleep;

use super::line::{StaffLine, too_long};
use super::{Administration, Administrator, Role, in_words, register};
use crate::clock::Clock;
use crate::failure::Failure;
use crate::program::STAFF_DAYS;
use crate::randomness::system;
use crate::site::page_address;
use crate::terminal::{answer, remark};

/// How often the relay is asked whether the new member has answered.
const ASKS_EVERY: Duration = Duration::from_secs(1);

/// How long after a dropped line it is tried again.
const TRIES_AGAIN_AFTER: Duration = Duration::from_secs(5);

/// Invite a new member: prints a link, and waits until they have opened it.
#[derive(Args)]
pub(super) struct InviteArguments {
    #[command(flatten)]
    administration: Administration,
    /// The name that survivors see, such as a first name.
    #[arg(long)]
    name: String,
    /// What they may do; can be given several times.
    #[arg(long, required = true)]
    role: Vec<Role>,
    /// The address of the desk's page, where the program gives it out itself; else it is the relay's.
    #[arg(long, value_parser = page_address)]
    desk: Option<Origin>,
    /// Hours until the link is good for nothing.
    #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u64).range(1..=24 * 14))]
    hours: u64,
    /// Print one line of JSON for the link, and one when it is done.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: &InviteArguments) -> Result<(), Failure> {
    let administrator = arguments.administration.open()?;
    let clock = Clock::start();
    let roles = Role::of_all(&arguments.role);
    let secret = InvitationSecret::generate(&mut system());
    let invitation = Invitation {
        id: secret.id(),
        roles,
        expires: clock.now().seconds() + arguments.hours * 60 * 60,
    };
    let mut line = administrator.connect().await?;
    open(&mut line, &administrator, &invitation).await?;
    show_link(arguments, &administrator, &secret);

    let keys = answered(&mut line, &administrator, &secret, &invitation, &clock).await?;
    let enrolment = certify(&administrator, &keys, &invitation, &arguments.name, clock.now())?;
    publish(&mut line, &administrator, &enrolment, &keys).await?;
    register::note(&administrator.folder.register(), &keys.device, &arguments.name)?;
    let device = register::digits(&keys.device);
    if arguments.json {
        answer(json!({"done": true, "device": device}).to_string());
    } else {
        answer(format!(
            "{} is in, as {}. Their device: {device}.",
            arguments.name,
            in_words(roles)
        ));
    }
    Ok(())
}

async fn open(
    line: &mut StaffLine,
    administrator: &Administrator,
    invitation: &Invitation,
) -> Result<(), Failure> {
    let signed = SignedInvitation::sign(invitation.clone(), &administrator.device)
        .map_err(|error| not_invited(&error))?;
    let invitation = encode(&signed).try_into().map_err(|_| too_long("invitation"))?;
    administrator.perform(line, &Operation::Invite { invitation }).await
}

fn show_link(
    arguments: &InviteArguments,
    administrator: &Administrator,
    secret: &InvitationSecret,
) {
    let page = match &arguments.desk {
        Some(desk) => desk.to_string(),
        None => administrator.relay.origin(),
    };
    let link = format!("{page}/#join={}", URL_SAFE_NO_PAD.encode(*secret.to_bytes()));
    if arguments.json {
        answer(json!({"link": link}).to_string());
        return;
    }
    answer(format!(
        "Give this link to {} and nobody else, by a way that you trust. It works once, for {} hours:\n\n  \
         {link}\n",
        arguments.name, arguments.hours
    ));
    remark("Waiting until it is opened. Leave this running (Ctrl-C gives the invitation up) ...");
}

/// Waits for an answer that was made with the link's secret. Any other is passed over: a relay can put one
/// there, and the right one still replaces it.
async fn answered(
    line: &mut StaffLine,
    administrator: &Administrator,
    secret: &InvitationSecret,
    invitation: &Invitation,
    clock: &Clock,
) -> Result<VerifiedKeys, Failure> {
    let ask = || Operation::EnrolmentRequest { invitation: secret.id() };
    while clock.now().seconds() < invitation.expires {
        match line.records(ask()).await {
            Ok(records) => {
                let keys = records.iter().find_map(|record| {
                    let request: EnrolmentRequest = decode(record).ok()?;
                    request.verify(secret, &administrator.root).ok()
                });
                if let Some(keys) = keys {
                    return Ok(keys);
                }
                sleep(ASKS_EVERY).await;
            }
            Err(_) => {
                sleep(TRIES_AGAIN_AFTER).await;
                if let Ok(again) = administrator.connect().await {
                    *line = again;
                }
            }
        }
    }
    Err(Failure::new(
        "Nobody opened the link while it was good.",
        "Invite again, when the new member is at their device.",
    ))
}

fn certify(
    administrator: &Administrator,
    keys: &VerifiedKeys,
    invitation: &Invitation,
    name: &str,
    now: Timestamp,
) -> Result<Enrolment, Failure> {
    let validity = Validity::days(now, STAFF_DAYS);
    Enrolment::grant(&administrator.device, keys, invitation.roles, name, validity)
        .map_err(|error| not_invited(&error))
}

async fn publish(
    line: &mut StaffLine,
    administrator: &Administrator,
    enrolment: &Enrolment,
    keys: &VerifiedKeys,
) -> Result<(), Failure> {
    let record =
        encode(&enrolment.staff_record(keys)).try_into().map_err(|_| too_long("staff record"))?;
    administrator.perform(line, &Operation::PublishStaff { record }).await?;
    let completion = enrolment
        .seal(keys, &mut system())
        .map_err(|error| not_invited(&error))?
        .try_into()
        .map_err(|_| too_long("enrolment"))?;
    line.done(Operation::CompleteEnrolment { invitation: keys.invitation, completion }).await
}

fn not_invited(error: &dyn std::fmt::Display) -> Failure {
    Failure::new(
        format!("The new member was not certified: {error}."),
        "Mend that and invite again; the link that was given out is good for nothing now.",
    )
}
