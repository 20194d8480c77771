//! Whether a text holds an address that somebody could open: nothing leads out of the page
//! (`features.md` 3.9, 4.2).

use core::net::IpAddr;

pub(super) fn holds_link(text: &str) -> bool {
    let text = text.to_lowercase();
    let of_address = |c: char| c.is_alphanumeric() || ".-_".contains(c);
    text.contains("://")
        || text.contains('@')
        || text.split(|c| !of_address(c)).any(is_host)
        || text.split(|c: char| c.is_whitespace() || "[]()/".contains(c)).any(is_ip)
}

/// A name with an ending: two letters or more, or one that is written otherwise than it reads (`xn--`).
fn is_host(name: &str) -> bool {
    let name = name.trim_matches(|c: char| !c.is_alphanumeric());
    if name.starts_with("xn--") || name.contains(".xn--") {
        return true;
    }
    name.rsplit_once('.').is_some_and(|(before, ending)| {
        let letters = ending.chars().all(char::is_alphabetic) && ending.chars().count() >= 2;
        (letters && !before.ends_with('.')) || is_ip(name)
    })
}

fn is_ip(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_ascii_hexdigit() && c != ':');
    // A time, such as 12:30, is no address; a colon that ends a clause is none either.
    word.parse::<IpAddr>().is_ok() && word.len() > 2
}
