//! Invitations and enrolment, with a relay in the middle that lies.

use super::fixture::{DAY, EXACT, NOW, Program, days};
use crate::*;

struct Invited {
    program: Program,
    secret: InvitationSecret,
    new: NewDevice,
}

fn invited() -> Invited {
    let mut program = Program::new(1);
    let secret = InvitationSecret::generate(&mut program.rng);
    let new = NewDevice::generate(&mut program.rng);
    Invited { program, secret, new }
}

impl Invited {
    fn keys(&self) -> VerifiedKeys {
        let request = self.new.request(&self.secret, &self.program.fingerprint);
        request.verify(&self.secret, &self.program.fingerprint).unwrap()
    }

    fn granted(&self) -> Enrolment {
        let administrator = &self.program.administrator;
        let roles = Roles::ADVOCATE;
        Enrolment::grant(administrator, &self.keys(), roles, "Robin", days(90)).unwrap()
    }

    fn complete(self, sealed: &[u8]) -> Result<Device, EnrolmentError> {
        let root = self.program.fingerprint;
        self.new.complete(&self.secret, &root, sealed, NOW, EXACT)
    }
}

#[test]
fn a_new_member_enrols_with_the_link_alone() {
    let mut invited = invited();
    let granted = invited.granted();
    let keys = invited.keys();
    let record = granted.staff_record(&keys);
    let staff = record.verify(&invited.program.fingerprint, NOW, EXACT).unwrap();
    assert_eq!(staff.device.key, keys.device);
    let sealed = granted.seal(&keys, &mut invited.program.rng).unwrap();
    let root = invited.program.fingerprint;
    let device = invited.complete(&sealed).unwrap();
    let verified = device.chain.verify(&root, NOW, EXACT).unwrap();
    assert_eq!(device.name.verify(&verified).unwrap().as_str(), "Robin");
    assert_eq!(verified.roles, Roles::ADVOCATE);
}

#[test]
fn a_relay_that_swaps_the_keys_is_found_out() {
    let mut invited = invited();
    let root = invited.program.fingerprint;
    let honest = invited.new.request(&invited.secret, &root);
    let theirs = NewDevice::generate(&mut invited.program.rng);
    // It knows the address, not the secret.
    let guess = InvitationSecret::generate(&mut invited.program.rng);
    let forged = theirs.request(&guess, &root);
    let refused = Err(EnrolmentError::NotFromTheLink);
    assert_eq!(forged.verify(&invited.secret, &root), refused);
    let half = EnrolmentRequest { receiving_key: theirs.receiving.public_key(), ..honest.clone() };
    assert_eq!(half.verify(&invited.secret, &root), refused);
    let other_half = EnrolmentRequest { device: theirs.signing.verifying_key(), ..honest };
    assert_eq!(other_half.verify(&invited.secret, &root), refused);
}

#[test]
fn a_request_made_for_another_root_is_found_out() {
    let invited = invited();
    let elsewhere = Program::new(2).fingerprint;
    let request = invited.new.request(&invited.secret, &elsewhere);
    assert_eq!(
        request.verify(&invited.secret, &invited.program.fingerprint),
        Err(EnrolmentError::NotFromTheLink)
    );
}

#[test]
fn nobody_enrols_with_a_key_that_they_do_not_hold() {
    let mut invited = invited();
    let root = invited.program.fingerprint;
    let advocate = invited.program.staff(Roles::ADVOCATE);
    // Whoever has the link asks for a colleague's key, and can sign with their own alone.
    let mut request = invited.new.request(&invited.secret, &root);
    let own = request.signature;
    let with_both =
        NewDevice { signing: advocate.signing.clone(), receiving: invited.new.receiving.clone() };
    request = EnrolmentRequest { signature: own, ..with_both.request(&invited.secret, &root) };
    assert_eq!(request.verify(&invited.secret, &root), Err(EnrolmentError::KeyNotHeld));
}

#[test]
fn what_was_sealed_for_another_device_or_invitation_does_not_open() {
    let mut one = invited();
    let sealed = one.granted().seal(&one.keys(), &mut one.program.rng).unwrap();
    let mut other = invited();
    other.new = NewDevice::generate(&mut one.program.rng);
    assert_eq!(other.complete(&sealed).unwrap_err(), EnrolmentError::DoesNotOpen);
    let mut other = invited();
    other.secret = InvitationSecret::generate(&mut one.program.rng);
    assert_eq!(other.complete(&sealed).unwrap_err(), EnrolmentError::DoesNotOpen);
    assert_eq!(one.complete(&sealed[..99]).unwrap_err(), EnrolmentError::DoesNotOpen);
}

#[test]
fn certificates_for_other_keys_are_not_taken() {
    let mut invited = invited();
    let keys = invited.keys();
    let other = invited.program.staff(Roles::ADVOCATE);
    let wrong = Enrolment { chain: other.chain, name: other.name };
    let sealed = wrong.seal(&keys, &mut invited.program.rng).unwrap();
    assert_eq!(invited.complete(&sealed).unwrap_err(), EnrolmentError::OtherKeys);
}

#[test]
fn certificates_of_another_program_are_not_taken() {
    let mut invited = invited();
    let keys = invited.keys();
    let theirs = Program::new(2);
    let granted =
        Enrolment::grant(&theirs.administrator, &keys, Roles::ADVOCATE, "Robin", days(9)).unwrap();
    // Sealed in this program's name, as a relay could.
    let id = invited.secret.id();
    let context = [&invited.program.fingerprint.0[..], &id.0, &keys.device.0].concat();
    let (to, info) = (&keys.receiving_key, b"stillroom enrolment 1");
    let sealed = seal(to, info, &context, &encode(&granted), &mut invited.program.rng).unwrap();
    assert_eq!(
        invited.complete(&sealed).unwrap_err(),
        EnrolmentError::Certificate(CertificateError::WrongProgram)
    );
}

#[test]
fn only_an_administrator_grants_and_a_name_has_its_limit() {
    let mut invited = invited();
    let keys = invited.keys();
    let advocate = invited.program.staff(Roles::ADVOCATE);
    assert_eq!(
        Enrolment::grant(&advocate, &keys, Roles::ADVOCATE, "Robin", days(9)),
        Err(EnrolmentError::Certificate(CertificateError::NotAdministrator))
    );
    let long = "x".repeat(65);
    let administrator = &invited.program.administrator;
    assert_eq!(
        Enrolment::grant(administrator, &keys, Roles::ADVOCATE, &long, days(9)),
        Err(EnrolmentError::NameTooLong)
    );
}

#[test]
fn an_invitation_is_by_an_administrator_and_runs_out() {
    let mut invited = invited();
    let root = invited.program.fingerprint;
    let invitation = Invitation {
        id: invited.secret.id(),
        roles: Roles::ADVOCATE,
        expires: NOW.seconds() + 3600,
    };
    let signed =
        SignedInvitation::sign(invitation.clone(), &invited.program.administrator).unwrap();
    assert_eq!(signed.verify(&root, NOW, EXACT), Ok(invitation.clone()));
    assert_eq!(signed.verify(&root, NOW + DAY, EXACT), Err(InvitationError::Expired));
    let mut altered = signed.clone();
    altered.invitation.roles = Roles::SUPERVISOR;
    assert_eq!(
        altered.verify(&root, NOW, EXACT),
        Err(InvitationError::Signer(CertificateError::SignatureWrong))
    );
    let advocate = invited.program.staff(Roles::ADVOCATE);
    assert_eq!(
        SignedInvitation::sign(invitation.clone(), &advocate),
        Err(InvitationError::NotAdministrator)
    );
    let signature = advocate.sign_record(Label::Invitation, &invitation);
    let forged = SignedInvitation { chain: advocate.chain, invitation, signature };
    assert_eq!(forged.verify(&root, NOW, EXACT), Err(InvitationError::NotAdministrator));
}

#[test]
fn the_address_of_an_invitation_does_not_give_its_secret_away() {
    let secret = InvitationSecret::from_bytes(&[3; 32]);
    assert_ne!(secret.id().0[..], secret.to_bytes()[..16]);
    assert_eq!(secret.id(), InvitationSecret::from_bytes(&[3; 32]).id());
}
