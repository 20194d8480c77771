//! `stillroom policy`: checked, compared, signed, published.

use std::path::{Path, PathBuf};

use stillroom_program::limits::LOCALE_MAX;

use crate::support::program::{PASSPHRASE, Program};
use crate::support::{file, folder, free_port, http_get, run, run_badly, run_well, text};

/// A program's folder, and the file with its passphrase, in a folder of their own.
fn program(within: &Path) -> (PathBuf, PathBuf) {
    let passphrase = file(within, "passphrase", PASSPHRASE);
    let keys = within.join("program");
    run_well(&["program", "new", text(&keys), "--passphrase-file", text(&passphrase)]);
    (keys, passphrase)
}

/// Writes the policy anew with this in place of that.
fn edit(keys: &Path, changes: &[(&str, &str)]) -> PathBuf {
    let path = keys.join("policy.toml");
    let mut policy = std::fs::read_to_string(&path).unwrap();
    for (before, after) in changes {
        assert!(policy.contains(before), "{before}");
        policy = policy.replacen(before, after, 1);
    }
    std::fs::write(&path, policy).unwrap();
    path
}

#[test]
fn a_policy_with_a_mistake_is_shown_with_its_line() {
    let folder = folder();
    let (keys, _) = program(folder.path());
    let policy = keys.join("policy.toml");
    assert!(run_well(&["policy", "check", text(&policy)]).contains("Nothing"));
    let sample = std::fs::read_to_string(&policy).unwrap();
    std::fs::write(&policy, format!("nmae = \"A typo\"\n{sample}")).unwrap();
    let said = run_badly(&["policy", "check", text(&policy)]);
    assert!(said.contains("line 1") && said.contains("nmae"), "{said}");
}

#[test]
fn everything_that_has_to_be_mended_is_named_at_once_and_nothing_of_it_is_signed() {
    let folder = folder();
    let (keys, passphrase) = program(folder.path());
    let signed = std::fs::read(keys.join("public.stillroom")).unwrap();
    let policy = edit(
        &keys,
        &[
            ("version = 1", "version = 2"),
            ("title = \"Chat\"", "title = \"Crisis chat\""),
            ("Which age group are you in?", "What is your name?"),
            ("until = \"18:00\"", "until = \"10:00\""),
        ],
    );
    for command in [
        vec!["policy", "check", text(&policy)],
        vec!["policy", "sign", text(&keys), "--passphrase-file", text(&passphrase)],
    ] {
        let said = run_badly(&command);
        for part in [
            "title: says what the page is",
            "questions.ask \"age\": must not ask for a name",
            "hours.open.until: must be later than the start",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
    }
    assert_eq!(std::fs::read(keys.join("public.stillroom")).unwrap(), signed);
}

#[test]
fn a_text_that_is_hard_to_read_is_remarked_upon_and_may_be_signed() {
    let folder = folder();
    let (keys, passphrase) = program(folder.path());
    let hard = "Communications with advocates are confidential except where disclosure is mandated by \
                statutory obligations regarding maltreatment of minors or vulnerable individuals.";
    let policy =
        edit(&keys, &[("version = 1", "version = 2"), ("We keep nothing that you write.", hard)]);
    let output = run(&["policy", "check", text(&policy)]);
    let remark = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success());
    assert!(remark.contains("rights.short \"kept\"") && remark.contains("reads like"), "{remark}");
    run_well(&["policy", "sign", text(&keys), "--passphrase-file", text(&passphrase)]);
}

#[test]
fn a_policy_outside_its_time_is_remarked_upon_and_a_relay_says_so() {
    let program = Program::new();
    let _relay = program.serve();
    let keys = program.path("program");
    let path = edit(&keys, &[("version = 2", "version = 3")]);
    let dated = |issued: &str, expires: &str| {
        let policy = std::fs::read_to_string(&path).unwrap();
        let line = |line: &str| match line.split_once(" = ") {
            Some(("issued", _)) => format!("issued = {issued}\n"),
            Some(("expires", _)) => format!("expires = {expires}\n"),
            _ => format!("{line}\n"),
        };
        std::fs::write(&path, policy.lines().map(line).collect::<String>()).unwrap();
        String::from_utf8(run(&["policy", "check", text(&path)]).stderr).unwrap()
    };
    let later = dated("2199-01-01", "2199-12-01");
    assert!(later.contains("begins later"), "{later}");
    let early = dated("2021-01-01", "2021-12-01");
    assert!(early.contains("has run out"), "{early}");
    let relay = format!("ws://localhost:{}", program.desk);
    let passphrase = program.path("passphrase");
    let publish = ["policy", "publish", text(&keys), "--relay", &relay];
    let publish = [&publish[..], &["--passphrase-file", text(&passphrase)]].concat();
    let refused = run_badly(&publish);
    let refused = refused.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(refused.contains("has run out") && !refused.contains("something newer"), "{refused}");
}

#[test]
fn a_version_that_jumps_is_remarked_upon_and_one_that_nothing_can_follow_is_refused() {
    let folder = folder();
    let (keys, passphrase) = program(folder.path());
    let sign = ["policy", "sign", text(&keys), "--passphrase-file", text(&passphrase)];
    let said = |command: &[&str]| {
        let output = run(command);
        (output.status.success(), String::from_utf8(output.stderr).unwrap())
    };
    edit(&keys, &[("version = 1", "version = 9223372036854775807")]);
    let (well, refused) = said(&sign);
    assert!(!well && refused.contains("version: must be no more than 999999999999"), "{refused}");
    edit(&keys, &[("version = 9223372036854775807", "version = 999999")]);
    for command in [&["policy", "diff", text(&keys)][..], &sign] {
        let (well, remark) = said(command);
        assert!(well && remark.contains("jumps from 1 to 999999"), "{remark}");
    }
}

#[test]
fn what_was_signed_before_needs_another_version_to_say_something_else() {
    let folder = folder();
    let (keys, passphrase) = program(folder.path());
    let sign = ["policy", "sign", text(&keys), "--passphrase-file", text(&passphrase)];
    assert!(run_well(&sign).contains("Version 1"), "the same may be signed again");
    edit(&keys, &[("name = \"Rivertown Advocates\"", "name = \"Hilltown Advocates\"")]);
    let said = run_badly(&sign);
    assert!(said.contains("`version = 2`"), "{said}");
    edit(&keys, &[("version = 1", "version = 2")]);
    assert!(run_well(&sign).contains("Version 2"));
    edit(&keys, &[("version = 2", "version = 1")]);
    assert!(run_badly(&sign).contains("`version = 3`"), "nor is there a way back");
}

#[test]
fn beside_another_programs_file_nothing_is_signed_and_it_stays_as_it_is() {
    let (ours, theirs) = (folder(), folder());
    let (keys, passphrase) = program(ours.path());
    let (other, _) = program(theirs.path());
    let public = keys.join("public.stillroom");
    std::fs::copy(other.join("public.stillroom"), &public).unwrap();
    let before = std::fs::read(&public).unwrap();
    edit(&keys, &[("version = 1\n", "version = 2\n")]);
    let sign = ["policy", "sign", text(&keys), "--passphrase-file", text(&passphrase)];
    let said = in_a_line(&run_badly(&sign));
    assert!(said.contains("of another program than the keys"), "{said}");
    assert_eq!(std::fs::read(&public).unwrap(), before);
}

#[test]
fn what_changed_since_it_was_signed_is_told_field_by_field() {
    let folder = folder();
    let (keys, passphrase) = program(folder.path());
    assert_eq!(run_well(&["policy", "diff", text(&keys)]), "Both say the same.\n");
    let before = folder.path().join("before.toml");
    std::fs::copy(keys.join("policy.toml"), &before).unwrap();
    let after = edit(
        &keys,
        &[
            ("version = 1", "version = 2"),
            ("value = \"+1 555 010 0100\"", "value = \"+1 555 010 0777\""),
            ("until = \"22:00\"", "until = \"02:00\""),
        ],
    );
    let told = run_well(&["policy", "diff", text(&keys)]);
    for part in [
        "version\n  - 1\n  + 2\n",
        "hours.open friday\n  - 08:00–22:00\n  + 08:00–02:00\n",
        "alternatives \"Hotline, day and night\" value\n  - +1 555 010 0100\n  + +1 555 010 0777\n",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert!(!told.contains("about") && !told.contains("rights"), "{told}");
    assert_eq!(run_well(&["policy", "diff", text(&before), text(&after)]), told);
    run_well(&["policy", "sign", text(&keys), "--passphrase-file", text(&passphrase)]);
    let public = keys.join("public.stillroom");
    assert_eq!(run_well(&["policy", "diff", text(&before), text(&public)]), told);
    assert_eq!(run_well(&["policy", "diff", text(&keys)]), "Both say the same.\n");
}

#[test]
fn a_published_notice_is_what_a_relay_tells_at_once() {
    let program = Program::new();
    let _relay = program.serve();
    let keys = program.path("program");
    let status = || http_get(program.visitor, "/status").unwrap();
    assert!(status().contains("\"state\":\"nobody\""));
    let notice = "[[notices]]\nkind = \"emergency\"\ntext = \"The river rises.\"\n\n[timers]";
    edit(&keys, &[("version = 2", "version = 3"), ("[timers]", notice)]);
    let relay = format!("ws://localhost:{}", program.desk);
    let passphrase = program.path("passphrase");
    let publish = [
        "policy",
        "publish",
        text(&keys),
        "--relay",
        &relay,
        "--passphrase-file",
        text(&passphrase),
    ];
    assert!(run_well(&publish).contains("Version 3 of the policy is published."));
    let said = status();
    assert!(
        said.contains("\"state\":\"notice\",\"open\":false,\"next\":null,\"version\":3"),
        "{said}"
    );
}

#[test]
fn chat_is_closed_and_opened_again_with_nothing_of_the_file_published() {
    let program = Program::new();
    let _relay = program.serve();
    let keys = program.path("program");
    let relay = format!("ws://localhost:{}", program.desk);
    let passphrase = program.path("passphrase");
    let policy = |command: &str, more: &[&str]| {
        let place = [text(&keys), "--relay", &relay, "--passphrase-file", text(&passphrase)];
        [&["policy", command], &place[..], more].concat().into_iter().map(String::from).collect()
    };
    let well = |words: Vec<String>| run_well(&words.iter().map(String::as_str).collect::<Vec<_>>());
    let badly =
        |words: Vec<String>| run_badly(&words.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(badly(policy("open", &[])).contains("No notice holds now"));
    assert!(badly(policy("close", &["--text", " "])).contains("says nothing"));
    // A draft that nobody is to see yet.
    edit(&keys, &[("Rivertown Advocates", "Somebody else")]);
    let flood = ["--kind", "emergency", "--text", "The river rises.", "--hours", "4"];
    assert!(well(policy("close", &flood)).contains("Version 3 of the policy is published."));
    let now = http_get(program.visitor, "/now").unwrap();
    assert!(now.contains("The river rises.") && now.contains("\"version\":3"), "{now}");
    assert!(badly(policy("publish", &[])).contains("Set `version = 4`"));
    assert!(well(policy("open", &[])).contains("Version 4 of the policy is published."));
    let now = http_get(program.visitor, "/now").unwrap();
    assert!(now.contains("\"state\":\"nobody\"") && now.contains("\"version\":4"), "{now}");
    assert!(!http_get(program.visitor, "/").unwrap_or_default().contains("Somebody else"));
}

#[test]
fn what_a_relay_was_not_told_is_not_written_down_as_published() {
    let folder = folder();
    let (keys, passphrase) = program(folder.path());
    let before = std::fs::read(keys.join("public.stillroom")).unwrap();
    edit(&keys, &[("version = 1", "version = 2")]);
    let relay = format!("ws://localhost:{}", free_port());
    run_badly(&[
        "policy",
        "publish",
        text(&keys),
        "--relay",
        &relay,
        "--passphrase-file",
        text(&passphrase),
    ]);
    assert_eq!(std::fs::read(keys.join("public.stillroom")).unwrap(), before);
}

/// Names a language in the policy, with these texts.
fn add_language(keys: &Path, tag: &str, texts: &str) {
    std::fs::create_dir_all(keys.join("locales")).unwrap();
    file(&keys.join("locales"), &format!("{tag}.ftl"), texts);
    let path = keys.join("policy.toml");
    let mut policy = std::fs::read_to_string(&path).unwrap();
    policy.push_str(&format!(
        "\n[[locales]]\ntag = \"{tag}\"\nname = \"Name\"\ndirection = \"rtl\"\nfile = \"locales/{tag}.ftl\"\n"
    ));
    std::fs::write(path, policy).unwrap();
}

#[test]
fn a_translator_gets_a_file_with_every_text_and_what_is_missing_is_remarked_upon() {
    let folder = folder();
    let (keys, _) = program(folder.path());
    let written = run_well(&["policy", "texts", text(&keys), "--language", "ar"]);
    for line in ["# MISSING\n# send = Send\n", "# policy-safety-yes = Yes\n"] {
        assert!(written.contains(line), "{line}");
    }
    add_language(&keys, "ar", &written);
    let policy = keys.join("policy.toml");
    let remark = |missing: bool| {
        let output = run(&["policy", "check", text(&policy)]);
        let remark = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{remark}");
        assert_eq!(remark.contains("Not translated into ar: "), missing, "{remark}");
        remark
    };
    assert!(remark(true).contains(", send, "));
    let file = keys.join("locales/ar.ftl");
    std::fs::write(&file, format!("{written}\nsend = أرسل\n")).unwrap();
    assert!(!remark(true).contains(", send, "));
    let texts = ["policy", "texts", text(&keys), "--language", "ar", "--into", text(&file)];
    run_well(&texts);
    let again = std::fs::read_to_string(&file).unwrap();
    assert!(again.contains("# Send\nsend = أرسل\n"), "{again}");
    run_well(&[&texts[..], &["--pseudo-locale", "ar-XB"]].concat());
    assert_eq!(remark(false), "");
}

#[test]
fn a_file_of_texts_that_has_to_be_mended_is_refused_with_what_is_wrong() {
    let folder = folder();
    let (keys, passphrase) = program(folder.path());
    add_language(&keys, "ar", "sedn = x\nplace-ahead = y\n");
    let policy = keys.join("policy.toml");
    for command in [
        vec!["policy", "check", text(&policy)],
        vec!["policy", "sign", text(&keys), "--passphrase-file", text(&passphrase)],
    ] {
        let said = run_badly(&command);
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        for part in [
            "locales \"ar\": there is no text «sedn» to translate",
            "locales \"ar\": the text «place-ahead» must have { $count }",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
    }
    let texts = keys.join("locales/ar.ftl");
    std::fs::write(&texts, "#".repeat(LOCALE_MAX + 1)).unwrap();
    assert!(run_badly(&["policy", "check", text(&policy)]).contains("has more than"));
    std::fs::remove_file(&texts).unwrap();
    assert!(run_badly(&["policy", "check", text(&policy)]).contains("no readable file"));
}

#[test]
fn what_is_published_brings_its_languages_along() {
    let program = Program::new();
    let _relay = program.serve();
    let keys = program.path("program");
    edit(&keys, &[("version = 2", "version = 3")]);
    add_language(&keys, "ar", "send = أرسل\n");
    let relay = format!("ws://localhost:{}", program.desk);
    let passphrase = program.path("passphrase");
    let publish = ["policy", "publish", text(&keys), "--relay", &relay];
    let publish = [&publish[..], &["--passphrase-file", text(&passphrase)]].concat();
    assert!(run_well(&publish).contains("Version 3 of the policy is published."));
    assert!(http_get(program.visitor, "/status").unwrap().contains("\"version\":3"));
    let told = run_well(&["policy", "diff", text(&keys)]);
    assert_eq!(told, "Both say the same.\n");
    let snippet = ["site", "snippet", text(&keys), "--chat", "https://chat.example.org"];
    let arabic = run_well(&[&snippet[..], &["--language", "ar"]].concat());
    assert!(arabic.contains("lang=\"ar\" dir=\"rtl\""), "{arabic}");
    assert!(run_badly(&[&snippet[..], &["--language", "fr"]].concat()).contains("no texts"));
}

/// A second administrator's computer: the program's folder as it is now.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            std::fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
        }
    }
}

/// Two administrators of one program, and its relay.
struct Two {
    program: Program,
    relay: String,
    passphrase: PathBuf,
    mine: PathBuf,
    theirs: PathBuf,
}

impl Two {
    fn new() -> Self {
        let program = Program::new();
        let relay = format!("ws://localhost:{}", program.desk);
        let (mine, theirs) = (program.path("program"), program.path("theirs"));
        copy(&mine, &theirs);
        let passphrase = program.path("passphrase");
        Self { program, relay, passphrase, mine, theirs }
    }

    /// The command's arguments, for one of the folders.
    fn at<'a>(&'a self, command: &'a str, folder: &'a Path, more: &[&'a str]) -> Vec<&'a str> {
        let start = ["policy", command, text(folder), "--relay", &self.relay];
        [&start[..], &["--passphrase-file", text(&self.passphrase)], more].concat()
    }
}

/// What was said, on one line.
fn in_a_line(said: &str) -> String {
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn whoever_publishes_second_is_refused_and_merges_and_nothing_is_lost() {
    let two = Two::new();
    let _relay = two.program.serve();
    let next = ("version = 2", "version = 3");
    let name = ("name = \"Rivertown Advocates\"", "name = \"Hilltown Advocates\"");
    edit(&two.theirs, &[next, name]);
    run_well(&two.at("publish", &two.theirs, &[]));
    edit(&two.mine, &[next, ("value = \"711\"", "value = \"777\"")]);
    let before = std::fs::read(two.mine.join("policy.toml")).unwrap();
    let refused = in_a_line(&run_badly(&two.at("publish", &two.mine, &[])));
    assert!(refused.contains("Somebody else published version 3"), "{refused}");
    assert!(refused.contains("policy merge"), "{refused}");
    assert_eq!(std::fs::read(two.mine.join("policy.toml")).unwrap(), before);
    let told = run_well(&two.at("merge", &two.mine, &[]));
    assert!(told.contains("as version 4"), "{told}");
    let merged = std::fs::read_to_string(two.mine.join("policy.toml")).unwrap();
    for said in ["version = 4", "Hilltown Advocates", "value = \"777\""] {
        assert!(merged.contains(said), "{said}: {merged}");
    }
    let kept = two.mine.join("policy-before-3.toml");
    assert_eq!(std::fs::read(kept).unwrap(), before, "as it was");
    run_well(&two.at("publish", &two.mine, &[]));
    assert!(run_well(&two.at("merge", &two.mine, &[])).contains("nothing to merge"));
}

#[test]
fn a_field_that_both_changed_is_asked_about() {
    let two = Two::new();
    let _relay = two.program.serve();
    let next = ("version = 2", "version = 3");
    edit(&two.theirs, &[next, ("number = \"911\"", "number = \"112\"")]);
    run_well(&two.at("publish", &two.theirs, &[]));
    edit(&two.mine, &[next, ("number = \"911\"", "number = \"999\"")]);
    let before = std::fs::read(two.mine.join("policy.toml")).unwrap();
    let asked = run_badly(&two.at("merge", &two.mine, &[]));
    for part in ["emergency.number", "mine: 999", "theirs: 112", "Nothing was changed"] {
        assert!(asked.contains(part), "{part}: {asked}");
    }
    assert_eq!(std::fs::read(two.mine.join("policy.toml")).unwrap(), before);
    run_well(&two.at("merge", &two.mine, &["--theirs", "emergency.number"]));
    let merged = std::fs::read_to_string(two.mine.join("policy.toml")).unwrap();
    assert!(merged.contains("number = \"112\"") && !merged.contains("999"), "{merged}");
}

#[test]
fn what_was_published_can_be_listed_fetched_compared_and_brought_back() {
    let two = Two::new();
    let _relay = two.program.serve();
    let notice = "[[notices]]\nkind = \"closed\"\ntext = \"The river rises.\"\n\n[timers]";
    let name = |from: &str, to: &str| {
        (format!("name = \"{from} Advocates\""), format!("name = \"{to} Advocates\""))
    };
    let (from, to) = name("Rivertown", "Hilltown");
    edit(&two.mine, &[("version = 2", "version = 3"), (&from, &to), ("[timers]", notice)]);
    run_well(&two.at("publish", &two.mine, &[]));
    let (from, to) = name("Hilltown", "Lakeside");
    edit(&two.mine, &[("version = 3", "version = 4"), (&from, &to)]);
    run_well(&two.at("publish", &two.mine, &[]));
    let listed = run_well(&two.at("history", &two.mine, &[]));
    let versions: Vec<&str> = listed.lines().filter_map(|line| line.split(',').next()).collect();
    assert_eq!(versions[..2], ["Version 4", "Version 3"], "{listed}");
    assert!(listed.contains("signed by this folder's administrator"), "{listed}");
    let (third, fourth) = (two.program.path("third.toml"), two.program.path("fourth.toml"));
    let fetch = |version: &str, into: &Path| {
        two.at("fetch", &two.mine, &[])
            .into_iter()
            .map(str::to_owned)
            .chain(["--version", version, "--into", text(into)].map(str::to_owned))
            .collect::<Vec<String>>()
    };
    let borrowed = |arguments: &[String]| -> String {
        run_well(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    };
    borrowed(&fetch("3", &third));
    borrowed(&fetch("4", &fourth));
    let differ = run_well(&["policy", "diff", text(&third), text(&fourth)]);
    assert!(differ.contains("name\n  - Hilltown Advocates\n  + Lakeside Advocates"), "{differ}");
    let again = fetch("3", &third);
    let again = run_badly(&again.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(again.contains("Nothing that existed was changed"), "{again}");
    let told = run_well(&two.at("roll-back", &two.mine, &["--version", "3"]));
    assert!(told.contains("as version 5") && told.contains("notices are left out"), "{told}");
    let back = std::fs::read_to_string(two.mine.join("policy.toml")).unwrap();
    assert!(back.contains("Hilltown") && !back.contains("The river rises."), "{back}");
    run_well(&two.at("publish", &two.mine, &[]));
    assert!(http_get(two.program.visitor, "/status").unwrap().contains("\"version\":5"));
    let none = run_badly(&two.at("roll-back", &two.mine, &["--version", "77"]));
    assert!(none.contains("no version 77"), "{none}");
}

#[test]
fn wrong_input_to_a_merge_is_answered_by_a_sentence_and_changes_nothing() {
    let two = Two::new();
    let _relay = two.program.serve();
    edit(&two.theirs, &[("version = 2", "version = 3"), ("value = \"711\"", "value = \"777\"")]);
    run_well(&two.at("publish", &two.theirs, &[]));
    let path = two.mine.join("policy.toml");
    std::fs::write(&path, "this is = not TOML").unwrap();
    let said = run_badly(&two.at("merge", &two.mine, &[]));
    assert!(said.contains("line 1"), "{said}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "this is = not TOML");
    let other = folder();
    let (keys, passphrase) = program(other.path());
    let foreign = ["policy", "history", text(&keys), "--relay", &two.relay];
    let foreign = [&foreign[..], &["--passphrase-file", text(&passphrase)]].concat();
    let refused = in_a_line(&run_badly(&foreign));
    assert!(refused.contains("does not serve this program"), "{refused}");
}
