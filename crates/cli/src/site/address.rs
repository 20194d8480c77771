//! Addresses on the command line, with a sentence for each that would undo what a page of one's own is for.

use stillroom_relay::{Origin, OriginError};

/// Where a page is given out: a host name and nothing behind it.
pub(crate) fn page(text: &str) -> Result<Origin, String> {
    whole(text).map_err(|wrong| match wrong {
        Wrong::Path => {
            "a page needs a host name of its own, never a folder of a website: whatever else that \
                        site loads (its editor, its statistics) could read the chat"
                .to_owned()
        }
        Wrong::Origin(error) => error.to_string(),
    })
}

/// Where a relay is: `wss://` is taken for `https://`, which is the same place.
pub(crate) fn relay(text: &str) -> Result<Origin, String> {
    let text = match text.strip_prefix("ws") {
        Some(rest) => format!("http{rest}"),
        None => text.to_owned(),
    };
    whole(&text).map_err(|wrong| match wrong {
        Wrong::Path => {
            "a relay's address is a host name and perhaps a port, with no path behind it: the page \
                        finds /line and /status there by itself"
                .to_owned()
        }
        Wrong::Origin(error) => error.to_string(),
    })
}

enum Wrong {
    Path,
    Origin(OriginError),
}

/// An origin; one slash at its end, as browsers show it, is no path.
fn whole(text: &str) -> Result<Origin, Wrong> {
    let text = text.strip_suffix('/').unwrap_or(text);
    let beyond = text.split_once("://").is_some_and(|(_, rest)| rest.contains(['/', '?', '#']));
    if beyond {
        return Err(Wrong::Path);
    }
    text.parse().map_err(Wrong::Origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_never_a_folder_of_a_website() {
        for text in [
            "https://example.org/chat",
            "https://example.org/chat/",
            "https://example.org/?chat",
            "https://example.org/#chat",
        ] {
            assert!(page(text).unwrap_err().contains("host name of its own"), "{text}");
        }
        assert_eq!(page("https://chat.example.org/").unwrap().as_str(), "https://chat.example.org");
    }

    #[test]
    fn a_relay_is_an_origin_however_its_scheme_is_written() {
        for text in ["wss://relay.example.net", "https://relay.example.net/"] {
            assert_eq!(relay(text).unwrap().as_str(), "https://relay.example.net");
        }
        assert_eq!(relay("ws://localhost:7420").unwrap().as_str(), "http://localhost:7420");
        assert!(relay("wss://relay.example.net/line").unwrap_err().contains("no path"));
        assert!(relay("ws://relay.example.net").unwrap_err().contains("localhost"));
    }
}
