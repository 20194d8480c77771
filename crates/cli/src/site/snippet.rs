//! `stillroom site snippet`: the HTML for the program's own website.
//!
//! Two forms of the same: with its script in a file beside it, for a website whose rules (a content security
//! policy) allow files alone, and with the script inside. In both the browser takes no other script in its
//! place: by its hash, or because it stands there.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use sha2::{Digest as _, Sha256};
use stillroom_relay::{Origin, PagesError, SNIPPET_SCRIPT, snippet};

use super::{address, manifest, signed};
use crate::clock::Clock;
use crate::failure::Failure;
use crate::files;
use crate::program::ProgramFolder;
use crate::terminal::answer;

/// Write the HTML for the program's website: a link to the chat, hours, whether chat is open.
#[derive(Args)]
pub(super) struct SnippetArguments {
    /// The program's folder.
    folder: PathBuf,
    /// The address of the survivor's page, such as https://chat.example.org.
    #[arg(long, value_parser = address::page)]
    chat: Origin,
    /// The relay's address for survivors, where it is another than the page's.
    #[arg(long, value_parser = address::relay)]
    relay: Option<Origin>,
    /// The address at which the website will give out snippet.js.
    #[arg(long, default_value = "/snippet.js", value_parser = script_address)]
    script: String,
    /// The language of the snippet, where it is one of the policy's [[locales]].
    #[arg(long)]
    language: Option<String>,
    /// A folder to write both forms into. Without it, the form with the script inside is printed.
    #[arg(long)]
    into: Option<PathBuf>,
}

/// An address of the website's own: a script from elsewhere could change for whoever opens the page.
fn script_address(text: &str) -> Result<String, &'static str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-~%".contains(&byte);
    let own = text.starts_with('/') && !text.starts_with("//");
    if own && text.bytes().all(plain) {
        Ok(text.to_owned())
    } else {
        Err("the script's address starts with a slash: it is given out by the website itself")
    }
}

pub(super) fn run(arguments: &SnippetArguments) -> Result<(), Failure> {
    let folder = ProgramFolder::new(&arguments.folder);
    let now = Clock::start().now();
    let (public, policy) = signed(&folder, now)?;
    let relay = arguments.relay.as_ref().unwrap_or(&arguments.chat);
    let place = (&arguments.chat, relay);
    let language = arguments.language.as_deref();
    let markup =
        snippet(&policy, &public.locales, language, &public.root, place, now).map_err(|error| {
            match error {
                PagesError::NoLanguage => Failure::new(
                    "The policy has no texts in this language.",
                    "Name one of its [[locales]], and sign or publish the policy before.",
                ),
                error => Failure::new(
                    format!("The snippet cannot be filled: {error}."),
                    "Tell the program's makers.",
                ),
            }
        })?;
    match &arguments.into {
        Some(into) => write(arguments, into, &markup),
        None => {
            answer(inline(&markup).trim_end());
            Ok(())
        }
    }
}

/// The script inside.
fn inline(markup: &str) -> String {
    format!("{markup}<script>{SNIPPET_SCRIPT}</script>\n")
}

/// The script in a file of the website's own, which the browser takes as it was written or not at all.
fn apart(markup: &str, address: &str) -> String {
    let hash = STANDARD.encode(manifest::sha384(SNIPPET_SCRIPT.as_bytes()));
    format!("{markup}<script src=\"{address}\" integrity=\"sha384-{hash}\" defer></script>\n")
}

fn write(
    arguments: &SnippetArguments,
    into: &std::path::Path,
    markup: &str,
) -> Result<(), Failure> {
    std::fs::create_dir_all(into).map_err(|error| {
        Failure::new(
            format!("The folder {} cannot be made: {error}.", into.display()),
            "Name another place.",
        )
    })?;
    let apart = apart(markup, &arguments.script);
    files::replace(&into.join("snippet.html"), apart.as_bytes())?;
    files::replace(&into.join("snippet.js"), SNIPPET_SCRIPT.as_bytes())?;
    files::replace(&into.join("snippet-inline.html"), inline(markup).as_bytes())?;
    let hash = STANDARD.encode(Sha256::digest(SNIPPET_SCRIPT));
    let status = arguments.relay.as_ref().unwrap_or(&arguments.chat);
    answer(format!(
        "Written into {}. Put one of these into the website's page:\n\n  \
         snippet.html          with snippet.js given out at {}\n  \
         snippet-inline.html   with the script inside\n\n\
         If the website sends a content security policy, it needs\n\n  connect-src {status}\n\n\
         and for the second form script-src 'sha256-{hash}'. Make them anew whenever a policy is published.",
        into.display(),
        arguments.script,
    ));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_comes_from_the_website_itself() {
        assert_eq!(script_address("/files/snippet.js").as_deref(), Ok("/files/snippet.js"));
        for elsewhere in
            ["https://cdn.example/x.js", "//cdn.example/x.js", "x.js", "/x\"onload=\"y"]
        {
            assert!(script_address(elsewhere).is_err(), "{elsewhere}");
        }
    }
}
