//! The socket itself, from both sides.

use std::fs::Permissions;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream as Blocking;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use stillroom_program::{HostNoticeKind, SigningKey};
use stillroom_protocol::HostNoticeId;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};
use tokio::time::timeout;

use super::{
    ANSWER_MAX, Answer, ControlError, NoticeKind, NoticeLine, Notices, QUESTION_MAX, Question,
    SOCKET,
};
use crate::directory::DirectoryError;
use crate::holdings::{Memory, Report, Storage, name, process_bytes};
use crate::host_notices::{Given, NotGiven, fingerprint};
use crate::records::Records;

/// How long a question may take to come, and its answer to go: both ends are on this computer.
const WITHIN: Duration = Duration::from_secs(10);

/// Who answers.
pub(crate) struct Office {
    pub(crate) records: Arc<Records>,
    pub(crate) host: SigningKey,
}

/// The relay's end of the socket. Its file goes with it.
pub(crate) struct Control {
    listener: UnixListener,
    path: PathBuf,
}

impl Control {
    /// Opens the socket. What an earlier relay left there is removed: the folder is this one's alone.
    pub(crate) fn open(folder: &Path) -> io::Result<Self> {
        let path = folder.join(SOCKET);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(&path)?;
        // The folder lets nobody else in, so nobody came in between.
        std::fs::set_permissions(&path, Permissions::from_mode(0o600))?;
        Ok(Self { listener, path })
    }

    /// Answers, one after the other, as long as the relay runs.
    pub(crate) async fn answer(self, office: Office) {
        loop {
            match self.listener.accept().await {
                // Whoever asks and does not wait for the answer has none.
                Ok((stream, _)) => drop(timeout(WITHIN, office.serve(stream)).await),
                Err(error) => {
                    tracing::warn!(kind = ?error.kind(), "the control socket lets nobody in");
                    tokio::time::sleep(WITHIN).await;
                }
            }
        }
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

impl Office {
    async fn serve(&self, mut stream: UnixStream) -> io::Result<()> {
        let (reader, mut writer) = stream.split();
        let mut line = Vec::new();
        let mut reader = tokio::io::BufReader::new(reader.take(QUESTION_MAX as u64));
        reader.read_until(b'\n', &mut line).await?;
        let answer = match serde_json::from_slice(&line) {
            Ok(question) => self.perform(question).await,
            Err(_) => Answer::Refused { why: "this relay does not know that question".to_owned() },
        };
        let mut bytes = serde_json::to_vec(&answer)?;
        bytes.push(b'\n');
        writer.write_all(&bytes).await
    }

    async fn perform(&self, question: Question) -> Answer {
        self.answer(question).await.unwrap_or_else(|error| {
            error.say();
            Answer::Refused { why: error.to_string() }
        })
    }

    async fn answer(&self, question: Question) -> Result<Answer, DirectoryError> {
        let refused = |why: &str| Ok(Answer::Refused { why: why.to_owned() });
        match question {
            Question::Holdings => return self.holdings().await.map(Answer::Holdings),
            Question::Notice { kind, text } => {
                match self.records.give_notice(kind.into(), &text, &self.host).await {
                    Ok(_) => {}
                    Err(NotGiven::Length) => {
                        return refused("a notice has from 1 to 1,000 characters");
                    }
                    Err(NotGiven::TooMany) => {
                        return refused("sixteen notices stand already: withdraw one first");
                    }
                    Err(NotGiven::Directory(error)) => return Err(error),
                }
            }
            Question::Notices => {}
            Question::Withdraw { notice } => {
                let there = match notice_of(&notice) {
                    Some(id) => self.records.withdraw_notice(id).await?,
                    None => false,
                };
                if !there {
                    return refused("no notice of that name stands");
                }
            }
        }
        self.notices().await.map(Answer::Notices)
    }

    async fn notices(&self) -> Result<Notices, DirectoryError> {
        let notices = self.records.notices().await?;
        let line = |given: Given| NoticeLine {
            notice: given.notice.id.0.iter().map(|byte| format!("{byte:02x}")).collect(),
            kind: given.notice.kind.into(),
            given: given.notice.given,
            text: given.notice.text.as_str().to_owned(),
            read_by: given.read_by,
        };
        let host = fingerprint(&self.host).to_string();
        Ok(Notices { host, notices: notices.into_iter().map(line).collect() })
    }

    async fn holdings(&self) -> Result<Report, DirectoryError> {
        let storage = Storage::of(&self.records.directory.inventory().await?);
        let memory = Memory::of(&self.records.switchboard.live(), process_bytes());
        Ok(Report { program: name(&self.records.root), memory: Some(memory), storage })
    }
}

impl From<NoticeKind> for HostNoticeKind {
    fn from(kind: NoticeKind) -> Self {
        match kind {
            NoticeKind::Breach => Self::Breach,
            NoticeKind::LegalDemand => Self::LegalDemand,
            NoticeKind::Maintenance => Self::Maintenance,
        }
    }
}

impl From<HostNoticeKind> for NoticeKind {
    fn from(kind: HostNoticeKind) -> Self {
        match kind {
            HostNoticeKind::Breach => Self::Breach,
            HostNoticeKind::LegalDemand => Self::LegalDemand,
            HostNoticeKind::Maintenance => Self::Maintenance,
        }
    }
}

/// The name that 32 hexadecimal digits are.
fn notice_of(digits: &str) -> Option<HostNoticeId> {
    let mut id = HostNoticeId([0; 16]);
    if digits.len() != 2 * id.0.len() {
        return None;
    }
    for (byte, place) in id.0.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(digits.get(place..place + 2)?, 16).ok()?;
    }
    Some(id)
}

/// Asks, and waits.
pub(super) fn ask(folder: &Path, question: &Question) -> Result<Answer, ControlError> {
    let no_answer = |why: &dyn std::fmt::Display| ControlError::NoAnswer(why.to_string());
    let mut stream =
        Blocking::connect(folder.join(SOCKET)).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => ControlError::NobodyThere,
            _ => no_answer(&error),
        })?;
    let mut asked = serde_json::to_vec(question).map_err(|error| no_answer(&error))?;
    asked.push(b'\n');
    let mut answer = Vec::new();
    stream
        .set_read_timeout(Some(WITHIN))
        .and_then(|()| stream.write_all(&asked))
        .and_then(|()| {
            BufReader::new(stream.take(ANSWER_MAX as u64)).read_until(b'\n', &mut answer)
        })
        .map_err(|error| no_answer(&error))?;
    serde_json::from_slice(&answer).map_err(|error| no_answer(&error))
}
