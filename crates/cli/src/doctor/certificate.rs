//! The certificate that a server shows, and how the connection is made safe.
//!
//! Whatever certificate comes is looked at, also one that no browser would take; nothing is asked over that
//! connection, which is closed after the handshake.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use stillroom_relay::Origin;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::client::danger::{
    HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier,
};
use tokio_rustls::rustls::client::verify_server_name;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::server::ParsedCertificate;
use tokio_rustls::rustls::{
    AlertDescription, CertificateError, DigitallySignedStruct, Error, NamedGroup, ProtocolVersion,
    SignatureScheme,
};
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer as _;

use super::finding::{Check, Finding};
use crate::failure::Failure;
use crate::program::date;
use crate::secure;
use crate::site::fetch::Place;

/// How long a connection and its handshake may take.
const WITHIN: Duration = Duration::from_secs(20);

/// Of a certificate's whole life the last part, in which it should have been renewed: whoever renews by itself does
/// so with a third of it left.
const RENEWED_BEFORE: u64 = 6;

const DAY: u64 = 24 * 60 * 60;

/// Looks at the server of an origin.
pub(super) async fn look(origin: &Origin) -> Result<Vec<Finding>, Failure> {
    if !origin.is_tls() {
        let why = "This is an address on this computer, without TLS.";
        return Ok(vec![Finding::not_looked(Check::Certificate, origin, why)]);
    }
    let shown = match timeout(WITHIN, shown(&Place::of(origin))).await {
        Ok(shown) => shown?,
        Err(_) => Err("There was no connection within 20 seconds.".to_owned()),
    };
    Ok(match shown {
        Ok(shown) => vec![certificate(origin, &shown), tls(origin, &shown)],
        Err(why) => vec![Finding::to_do(
            Check::Certificate,
            origin,
            why,
            "Check the address, that its name leads to the right computer, that the server runs, and that no \
             firewall is in between.",
        )],
    })
}

/// What a handshake showed.
struct Shown {
    noted: Noted,
    version: Option<ProtocolVersion>,
    group: Option<NamedGroup>,
}

async fn shown(place: &Place) -> Result<Result<Shown, String>, Failure> {
    let Ok(name) = ServerName::try_from(place.host.clone()) else {
        return Ok(Err("Its name is none that a certificate can have.".to_owned()));
    };
    let roots = Arc::new(secure::trusted());
    let trusted = WebPkiServerVerifier::builder_with_provider(roots, secure::provider()).build();
    let trusted = trusted.map_err(|_| {
        Failure::new(
            "This computer trusts no certificates at all.",
            "Install its ca-certificates, or look from another computer.",
        )
    })?;
    let noting = Arc::new(Noting { trusted, noted: Mutex::default() });
    let config = secure::client()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(&noting) as _)
        .with_no_client_auth();
    let stream = match TcpStream::connect((place.host.as_str(), place.port)).await {
        Ok(stream) => stream,
        Err(error) => return Ok(Err(format!("There is no connection: {error}."))),
    };
    let stream = match TlsConnector::from(Arc::new(config)).connect(name, stream).await {
        Ok(stream) => stream,
        Err(error) => return Ok(Err(no_tls(&error))),
    };
    let (_, connection) = stream.get_ref();
    let noted = noting.noted.lock().unwrap_or_else(PoisonError::into_inner).take();
    Ok(noted.ok_or_else(|| "It showed no certificate.".to_owned()).map(|noted| Shown {
        noted,
        version: connection.protocol_version(),
        group: connection.negotiated_key_exchange_group().map(|group| group.name()),
    }))
}

/// Why a handshake came to nothing, in words.
fn no_tls(error: &io::Error) -> String {
    let said = error.get_ref().and_then(|error| error.downcast_ref::<Error>());
    match said {
        Some(Error::AlertReceived(AlertDescription::UnrecognisedName)) => {
            "The server there has nothing under this name.".to_owned()
        }
        _ => format!("There is no TLS: {error}."),
    }
}

/// Takes any certificate, and notes what a browser would have said to it.
#[derive(Debug)]
struct Noting {
    trusted: Arc<WebPkiServerVerifier>,
    noted: Mutex<Option<Noted>>,
}

#[derive(Debug)]
struct Noted {
    own: CertificateDer<'static>,
    /// Whether the name is the server's.
    name: Result<(), Error>,
    /// Whether somebody trusted vouches for it now.
    trust: Result<(), Error>,
}

impl ServerCertVerifier for Noting {
    fn verify_server_cert(
        &self,
        own: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let trust = self.trusted.verify_server_cert(own, others, name, ocsp, now).map(|_| ());
        let parsed = ParsedCertificate::try_from(own);
        let named = parsed.and_then(|parsed| verify_server_name(&parsed, name));
        let noted = Noted { own: own.clone().into_owned(), name: named, trust };
        *self.noted.lock().unwrap_or_else(PoisonError::into_inner) = Some(noted);
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        own: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.trusted.verify_tls12_signature(message, own, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        own: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.trusted.verify_tls13_signature(message, own, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.trusted.supported_verify_schemes()
    }
}

fn certificate(origin: &Origin, shown: &Shown) -> Finding {
    let to_do =
        |found: &str, advice: &str| Finding::to_do(Check::Certificate, origin, found, advice);
    let Ok((_, parsed)) = X509Certificate::from_der(&shown.noted.own) else {
        return to_do("The certificate cannot be read.", "Get a new one.");
    };
    let life = Life::of(&parsed);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    if let Some(finding) = out_of_time(origin, &life, now) {
        return finding;
    }
    if shown.noted.name.is_err() {
        return to_do(
            &format!("The certificate is for another name than {}.", origin.host()),
            "Get one for this name, or give the server the one that it already has for it.",
        );
    }
    match &shown.noted.trust {
        Ok(()) => Finding::well(
            Check::Certificate,
            origin,
            format!(
                "It is for {}, and holds for {} more days.",
                origin.host(),
                life.days_left(now)
            ),
        ),
        Err(Error::InvalidCertificate(
            CertificateError::UnknownIssuer | CertificateError::BadSignature,
        )) => to_do(
            "Nobody whom this computer trusts vouches for the certificate, so browsers warn or refuse.",
            "Give the server the whole chain (certbot calls it fullchain.pem, not cert.pem), or get a \
             certificate from an authority that browsers trust.",
        ),
        Err(error) => to_do(
            &format!("The certificate is not one that browsers take: {error}."),
            "Get a new one, from an authority that browsers trust.",
        ),
    }
}

/// What is to be said of a certificate whose time has not come, is over, or ends soon.
fn out_of_time(origin: &Origin, life: &Life, now: u64) -> Option<Finding> {
    let (found, advice) = if now >= life.to {
        (
            format!("The certificate ran out on {}. No browser opens the page.", date(life.to)),
            "Renew it now, and find out why it was not renewed by itself.",
        )
    } else if now < life.from {
        (
            format!("The certificate holds only from {} on.", date(life.from)),
            "Look at the clock of this computer, and get one that holds now.",
        )
    } else if (life.to - now) * RENEWED_BEFORE < life.to - life.from {
        (
            format!(
                "The certificate runs out on {}, in {} days.",
                date(life.to),
                life.days_left(now)
            ),
            "Renew it now: what renews it by itself should have done so before.",
        )
    } else {
        return None;
    };
    Some(Finding::to_do(Check::Certificate, origin, found, advice))
}

/// From when to when a certificate holds, in seconds since the Unix epoch.
struct Life {
    from: u64,
    to: u64,
}

impl Life {
    fn of(certificate: &X509Certificate<'_>) -> Self {
        let validity = certificate.validity();
        let seconds = |time: i64| u64::try_from(time).unwrap_or_default();
        Self {
            from: seconds(validity.not_before.timestamp()),
            to: seconds(validity.not_after.timestamp()),
        }
    }

    fn days_left(&self, now: u64) -> u64 {
        self.to.saturating_sub(now) / DAY
    }
}

fn tls(origin: &Origin, shown: &Shown) -> Finding {
    if shown.version != Some(ProtocolVersion::TLSv1_3) {
        return Finding::to_do(
            Check::Tls,
            origin,
            "The server speaks no TLS 1.3.",
            "Turn it on (nginx: ssl_protocols TLSv1.2 TLSv1.3;): staff's page asks for it, and only there can \
             the key exchange stand up to later quantum computers.",
        );
    }
    if shown.group == Some(NamedGroup::X25519MLKEM768) {
        return Finding::well(
            Check::Tls,
            origin,
            "TLS 1.3 with X25519MLKEM768: what is recorded is not opened by a later quantum computer.",
        );
    }
    Finding::better(
        Check::Tls,
        origin,
        "TLS 1.3, with a key exchange that a later quantum computer could undo. Chats are sealed against that \
         by themselves; who connected, and when, would show.",
        "Have the server offer X25519MLKEM768: OpenSSL 3.5 or later does, and so does the relay's own TLS.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_has_others_and_not_this_one_is_told_from_one_without_tls() {
        let alert = Error::AlertReceived(AlertDescription::UnrecognisedName);
        let refused = io::Error::new(io::ErrorKind::InvalidData, alert);
        assert!(no_tls(&refused).contains("nothing under this name"));
        assert!(no_tls(&io::ErrorKind::UnexpectedEof.into()).contains("no TLS"));
    }
}
