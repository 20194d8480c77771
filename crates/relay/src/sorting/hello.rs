//! For whom a TLS connection is, before anybody answers it: the name in its first message (ClientHello, RFC 8446
//! section 4.1.2; SNI, RFC 6066 section 3).
//!
//! rustls reads the message; here it is only given its bytes, and asked for the name. Nothing is kept from whoever is
//! on the way: the name stands there in the open, as in every TLS connection.

use std::io;

use rustls::server::Acceptor;
use tokio::io::{AsyncRead, AsyncReadExt as _};

/// Bytes of a first message, with the heads of its records: four times what browsers send with the hybrid key exchange.
const HELLO_MAX: usize = 8 * 1024;

/// Bytes of most: a browser's without the hybrid key exchange.
const USUAL: usize = 1024;

/// A first message.
pub(super) struct Hello {
    /// Whom it asks for, in lower case; nobody, where it names none or an address.
    pub(super) name: Option<String>,
    /// All that was read, for whoever answers it.
    pub(super) read: Vec<u8>,
}

/// Why a connection's first message is none.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NoHello {
    /// The connection ended, or failed, before.
    Ended(io::ErrorKind),
    /// It is longer than any browser's.
    TooLong,
    /// It is no ClientHello of TLS; what is to be answered.
    NotTls(Vec<u8>),
}

/// Reads the first message, and no more than it may be long. How long that may take is the caller's affair.
pub(super) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Result<Hello, NoHello> {
    let mut acceptor = Acceptor::default();
    let mut read = Vec::with_capacity(USUAL);
    let mut stream = stream.take(HELLO_MAX as u64);
    loop {
        let before = read.len();
        let more = stream.read_buf(&mut read).await;
        if more.map_err(|error| NoHello::Ended(error.kind()))? == 0 {
            return Err(match stream.limit() {
                0 => NoHello::TooLong,
                _ => NoHello::Ended(io::ErrorKind::UnexpectedEof),
            });
        }
        if let Some(name) = take(&mut acceptor, read.get(before..).unwrap_or_default())? {
            return Ok(Hello { name, read });
        }
    }
}

/// Gives these bytes to the reader; the name in the message, or none, once that is whole.
fn take(acceptor: &mut Acceptor, mut bytes: &[u8]) -> Result<Option<Option<String>>, NoHello> {
    while !bytes.is_empty() {
        if acceptor.read_tls(&mut bytes).is_err() {
            return Err(NoHello::TooLong);
        }
        match acceptor.accept() {
            Ok(None) => {}
            Ok(Some(hello)) => {
                return Ok(Some(hello.client_hello().server_name().map(str::to_owned)));
            }
            Err((_, mut alert)) => {
                let mut answer = Vec::new();
                // Memory takes it.
                let _ = alert.write_all(&mut answer);
                return Err(NoHello::NotTls(answer));
            }
        }
    }
    Ok(None)
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;
    use rustls::pki_types::ServerName;
    use rustls::{ClientConfig, ClientConnection, RootCertStore};

    use super::*;

    /// What a browser says first that asks for this name, and for these kinds of HTTP.
    pub(in crate::sorting) fn said(name: &str, protocols: &[&[u8]]) -> Vec<u8> {
        let mut config = ClientConfig::builder_with_provider(crate::tls::provider())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(RootCertStore::empty())
            .with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
        let name = ServerName::try_from(name.to_owned()).unwrap();
        let mut browser = ClientConnection::new(Arc::new(config), name).unwrap();
        let mut said = Vec::new();
        browser.write_tls(&mut said).unwrap();
        said
    }

    async fn of(mut bytes: &[u8]) -> Result<Hello, NoHello> {
        read(&mut bytes).await
    }

    /// The same message, in records of so many bytes.
    fn in_pieces(said: &[u8], of: usize) -> Vec<u8> {
        let piece = |piece: &[u8]| {
            let length = u16::try_from(piece.len()).unwrap().to_be_bytes();
            [&said[..3], &length, piece].concat()
        };
        said[5..].chunks(of).flat_map(piece).collect()
    }

    #[tokio::test]
    async fn a_browser_names_whom_it_wants_and_nothing_that_was_read_is_lost() {
        let said = said("Chat.Rivertown.example", &[b"h2"]);
        let mut early = said.clone();
        early.extend(b"what comes after it");
        for bytes in [&said, &early, &in_pieces(&said, 100)] {
            let hello = of(bytes).await.unwrap();
            assert_eq!(hello.name.as_deref(), Some("chat.rivertown.example"));
            assert!(bytes.starts_with(&hello.read) && hello.read.len() >= said.len());
        }
    }

    #[tokio::test]
    async fn whoever_asks_for_an_address_names_nobody() {
        assert_eq!(of(&said("127.0.0.1", &[])).await.unwrap().name, None);
    }

    #[tokio::test]
    async fn what_is_no_first_message_is_not_waited_for() {
        let refused = of(b"GET / HTTP/1.1\r\nHost: chat.rivertown.example\r\n\r\n").await.err();
        assert!(matches!(refused, Some(NoHello::NotTls(_))), "{refused:?}");
        let mut cut = said("chat.rivertown.example", &[]);
        cut.pop();
        let ended = Some(NoHello::Ended(io::ErrorKind::UnexpectedEof));
        assert_eq!(of(&cut).await.err(), ended);
        assert_eq!(of(&[]).await.err(), ended);
    }

    #[tokio::test]
    async fn a_message_that_goes_on_and_on_is_not_held() {
        // It says that it is 60,000 bytes long, in records that are each as long as one may be.
        let record = |content: &[u8]| {
            let length = u16::try_from(content.len()).unwrap().to_be_bytes();
            [&[22, 3, 1][..], &length, content].concat()
        };
        let first = record(&[&[1, 0, 0xea, 0x60][..], &[0; 4_000]].concat());
        let endless = [first, record(&[0; 16_000]).repeat(4)].concat();
        assert_eq!(of(&endless).await.err(), Some(NoHello::TooLong));
        let in_crumbs = in_pieces(&endless[..4_009], 1);
        assert_eq!(of(&in_crumbs).await.err(), Some(NoHello::TooLong));
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_to_its_end_or_to_the_limit(
            bytes in prop::collection::vec(any::<u8>(), 0..300),
            place in 0_usize..200,
        ) {
            let mut altered = said("a.example", &[]);
            altered.truncate(place);
            altered.extend(&bytes);
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            for bytes in [&bytes, &altered] {
                if let Ok(hello) = runtime.block_on(of(bytes)) {
                    prop_assert!(bytes.starts_with(&hello.read));
                }
            }
        }
    }
}
