//! `stillroom program`: a program's keys under a passphrase, and back from paper.

use std::path::Path;

use crate::support::program::{PASSPHRASE, fingerprint};
use crate::support::{self, file, folder, run_badly, run_well, text};

/// The 24 words that `program new` printed.
fn recovery_words(said: &str) -> String {
    let words: Vec<&str> = said
        .lines()
        .filter(|line| {
            line.split_whitespace().next().is_some_and(|first| first.parse::<u8>().is_ok())
        })
        .flat_map(str::split_whitespace)
        .filter(|word| word.bytes().all(|byte| byte.is_ascii_lowercase()))
        .collect();
    assert_eq!(words.len(), 24, "{said}");
    words.join(" ")
}

/// Gets these keys back by these words, under this passphrase.
fn recover<'a>(keys: &'a Path, words: &'a Path, passphrase: &'a Path) -> [&'a str; 7] {
    let (keys, words, passphrase) = (text(keys), text(words), text(passphrase));
    ["program", "recover", keys, "--words-file", words, "--passphrase-file", passphrase]
}

#[test]
fn a_new_program_shows_its_recovery_words_once_and_keeps_them_nowhere() {
    let folder = folder();
    let passphrase = file(folder.path(), "passphrase", PASSPHRASE);
    let keys = folder.path().join("program");
    let said = run_well(&["program", "new", text(&keys), "--passphrase-file", text(&passphrase)]);
    let words = recovery_words(&said);
    let second = words.split(' ').take(3).collect::<Vec<_>>().join(" ");
    for entry in std::fs::read_dir(&keys).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains(&second));
        assert!(!String::from_utf8_lossy(&bytes).contains(PASSPHRASE));
    }
    let again = run_badly(&["program", "new", text(&keys), "--passphrase-file", text(&passphrase)]);
    assert!(again.contains("is not empty"), "{again}");
}

#[test]
fn a_short_passphrase_is_refused_before_anything_is_written() {
    let folder = folder();
    let passphrase = file(folder.path(), "passphrase", "secret");
    let keys = folder.path().join("program");
    let said = run_badly(&["program", "new", text(&keys), "--passphrase-file", text(&passphrase)]);
    assert!(said.contains("shorter than"), "{said}");
    assert!(!keys.exists());
}

#[test]
fn a_wrong_passphrase_opens_nothing_and_the_words_on_paper_do() {
    let folder = folder();
    let passphrase = file(folder.path(), "passphrase", PASSPHRASE);
    let wrong = file(folder.path(), "wrong", "another passphrase altogether");
    let keys = folder.path().join("program");
    let said = run_well(&["program", "new", text(&keys), "--passphrase-file", text(&passphrase)]);
    let policy = keys.join("policy.toml");
    let publish = |passphrase: &Path| {
        let relay = format!("ws://localhost:{}", support::free_port());
        let arguments = ["policy", "publish", text(&keys), "--relay", &relay];
        run_badly(&[&arguments[..], &["--passphrase-file", text(passphrase)]].concat())
    };
    let said_wrong = publish(&wrong);
    assert!(said_wrong.contains("passphrase is wrong"), "{said_wrong}");

    let words = file(folder.path(), "words", &recovery_words(&said));
    let recovered = run_well(&recover(&keys, &words, &wrong));
    assert_eq!(fingerprint(&recovered), fingerprint(&said));
    // Now that one opens the key, and only the relay is missing.
    let said_right = publish(&wrong);
    assert!(said_right.contains("does not answer"), "{said_right}");
    assert!(policy.exists());
}

#[test]
fn words_of_another_program_are_refused() {
    let folder = folder();
    let passphrase = file(folder.path(), "passphrase", PASSPHRASE);
    let (one, other) = (folder.path().join("one"), folder.path().join("other"));
    run_well(&["program", "new", text(&one), "--passphrase-file", text(&passphrase)]);
    let said = run_well(&["program", "new", text(&other), "--passphrase-file", text(&passphrase)]);
    let words = file(folder.path(), "words", &recovery_words(&said));
    let refused = run_badly(&recover(&one, &words, &passphrase));
    assert!(refused.contains("another program"), "{refused}");
    let words = file(folder.path(), "typo", "abandon ability able");
    let refused = run_badly(&recover(&one, &words, &passphrase));
    assert!(refused.contains("24 words"), "{refused}");
}
