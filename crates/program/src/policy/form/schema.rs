//! What there is to fill in: every part of a policy with its fields, their kinds and their limits.
//!
//! The names are those of the policy's file, so that what is found by the checks, compared and merged is found again
//! beside the field. Hours are not among them: a week is drawn on. Notices come and go with a closing.

use crate::limits::{
    ACCEPT_SECONDS_MAX, ASKED_MAX, CHECKLIST_OWN_MAX, CODE_WORD_DAYS_MAX, GUIDES_MAX, LOCALES_MAX,
    PREPARED_MAX, SURVEY_FREE_TEXT, TIMER_MAX,
};

/// What belongs together and is edited on one screen.
#[derive(Debug)]
pub struct FormPart {
    /// Its name.
    pub name: &'static str,
    /// Its fields, in the order in which they stand.
    pub fields: &'static [FormField],
}

/// A field.
#[derive(Debug)]
pub struct FormField {
    /// Its name in the policy's file, with points between the names of tables; in a list of single values, nothing.
    pub name: &'static str,
    /// What can be written there.
    pub kind: FieldKind,
    /// Whether the file leaves it out where nothing is written.
    pub may_be_left_out: bool,
}

/// What can be written in a field.
#[derive(Debug)]
pub enum FieldKind {
    /// A line of at most so many bytes.
    Line(usize),
    /// Some sentences of at most so many bytes.
    Paragraph(usize),
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A whole number, at most this.
    Number(u16),
    /// A date, or a moment that names its own clock.
    Date,
    /// What an entry is called in its list: a short name in small letters.
    Id,
    /// What an entry of the list of this name is called; or nothing.
    IdOf(&'static str),
    /// The name of a file of texts, which is made of what stands in it.
    Texts,
    /// Entries, at most so many, each with these fields.
    List(usize, &'static [FormField]),
    /// Single values, at most so many.
    Values(usize, &'static FormField),
}

/// Bytes of what an entry is called.
pub(super) const ID_MAX: usize = 32;

const fn field(name: &'static str, kind: FieldKind) -> FormField {
    FormField { name, kind, may_be_left_out: false }
}

const fn optional(name: &'static str, kind: FieldKind) -> FormField {
    FormField { name, kind, may_be_left_out: true }
}

const fn line(name: &'static str, most: usize) -> FormField {
    field(name, FieldKind::Line(most))
}

const fn paragraph(name: &'static str, most: usize) -> FormField {
    field(name, FieldKind::Paragraph(most))
}

const fn number(name: &'static str, most: u16) -> FormField {
    field(name, FieldKind::Number(most))
}

const fn list(name: &'static str, most: usize, fields: &'static [FormField]) -> FormField {
    field(name, FieldKind::List(most, fields))
}

const fn values(name: &'static str, most: usize, each: &'static FormField) -> FormField {
    field(name, FieldKind::Values(most, each))
}

const ID: FormField = field("id", FieldKind::Id);

const CHOICES: &[FormField] = &[ID, line("text", 120)];

/// The number of an opening message.
const OPENING: FormField = number("", 6);

/// All that there is to fill in.
pub const FORM: &[FormPart] = &[
    FormPart {
        name: "program",
        fields: &[
            line("name", 80),
            line("neutral_name", 40),
            line("title", 40),
            field("icon", FieldKind::Choice(&["dot", "sheet", "cloud", "leaf"])),
            line("language", 16),
            paragraph("about", 800),
            paragraph("platform", 800),
            field("expires", FieldKind::Date),
        ],
    },
    FormPart { name: "leaving", fields: &[values("exits", 4, &line("", 200))] },
    FormPart {
        name: "danger",
        fields: &[line("emergency.number", 40), paragraph("emergency.text", 400)],
    },
    FormPart {
        name: "alternatives",
        fields: &[list(
            "alternatives",
            16,
            &[
                field(
                    "kind",
                    FieldKind::Choice(&[
                        "phone", "sms", "tty", "video", "email", "website", "place", "relay",
                        "hotline",
                    ]),
                ),
                line("label", 80),
                line("value", 200),
            ],
        )],
    },
    FormPart {
        name: "languages",
        fields: &[
            paragraph("languages.not_served", 800),
            list(
                "languages.served",
                24,
                &[
                    line("tag", 16),
                    line("name", 60),
                    field("by", FieldKind::Choice(&["advocates", "interpreter"])),
                    optional("hours", FieldKind::Line(200)),
                ],
            ),
        ],
    },
    FormPart {
        name: "safety",
        fields: &[
            paragraph("safety.text", 1200),
            line("safety.question", 200),
            line("safety.yes", 60),
            line("safety.not_sure", 60),
            line("safety.no", 60),
            paragraph("safety.advice", 800),
            values("safety.safer_ways", 8, &line("", 200)),
        ],
    },
    FormPart {
        name: "rights",
        fields: &[list(
            "rights",
            12,
            &[ID, line("short", 300), optional("details", FieldKind::Paragraph(2000))],
        )],
    },
    FormPart {
        name: "openings",
        fields: &[list(
            "opening_messages",
            6,
            &[paragraph("text", 1600), optional("details", FieldKind::IdOf("rights"))],
        )],
    },
    FormPart {
        name: "questions",
        fields: &[list(
            "questions",
            ASKED_MAX,
            &[
                ID,
                line("ask", 200),
                paragraph("why", 400),
                paragraph("privacy", 400),
                list("choices", 12, CHOICES),
            ],
        )],
    },
    FormPart {
        name: "survey",
        fields: &[list(
            "survey",
            ASKED_MAX,
            &[
                ID,
                line("ask", 200),
                number("free_text", SURVEY_FREE_TEXT),
                list("choices", 8, CHOICES),
            ],
        )],
    },
    FormPart {
        name: "timers",
        fields: &[
            number("timers.silence_ask", TIMER_MAX),
            number("timers.silence_warn", TIMER_MAX),
            number("timers.silence_close", TIMER_MAX),
            number("timers.line_kept", TIMER_MAX),
            number("timers.shift_margin", TIMER_MAX),
            number("timers.check_in", TIMER_MAX),
        ],
    },
    FormPart {
        name: "messages",
        fields: &[list(
            "canned_messages",
            PREPARED_MAX,
            &[ID, line("title", 80), paragraph("text", 2400)],
        )],
    },
    FormPart {
        name: "guides",
        fields: &[list(
            "guides",
            GUIDES_MAX,
            &[
                ID,
                field(
                    "kind",
                    FieldKind::Choice(&[
                        "suicide",
                        "danger",
                        "minor",
                        "prank",
                        "abuser",
                        "reporting",
                        "other",
                    ]),
                ),
                line("title", 80),
                paragraph("text", 4000),
                optional("say", FieldKind::Paragraph(2400)),
            ],
        )],
    },
    FormPart {
        name: "turned-away",
        fields: &[optional("turned_away.say", FieldKind::Paragraph(2400))],
    },
    FormPart {
        name: "checklist",
        fields: &[
            values("checklist.rights", 6, &OPENING),
            values("checklist.platform", 6, &OPENING),
            values("checklist.ending", 6, &OPENING),
            values("checklist.own", CHECKLIST_OWN_MAX, &line("", 160)),
        ],
    },
    FormPart {
        name: "offers",
        fields: &[optional("offers.accept_seconds", FieldKind::Number(ACCEPT_SECONDS_MAX))],
    },
    FormPart {
        name: "code-words",
        fields: &[
            optional("code_words.due_days", FieldKind::Number(CODE_WORD_DAYS_MAX)),
            optional("code_words.delete_days", FieldKind::Number(CODE_WORD_DAYS_MAX)),
        ],
    },
    FormPart {
        name: "locales",
        fields: &[list(
            "locales",
            LOCALES_MAX,
            &[
                line("tag", 16),
                line("name", 60),
                field("direction", FieldKind::Choice(&["ltr", "rtl"])),
                field("file", FieldKind::Texts),
            ],
        )],
    },
];
