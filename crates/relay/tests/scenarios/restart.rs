//! What lasts when a relay starts anew, and what does not.

use stillroom_protocol::{About, Operation, Refusal, RelayFrame, Reply, encode};

use crate::device::Line;
use crate::scene::Scene;
use crate::traffic::{SECRET, TICKET, WORDS, chat};

#[tokio::test]
async fn policies_staff_and_revocations_outlast_a_restart() {
    let mut scene = Scene::start().await;
    let (kept, lost) = (scene.program.advocate(), scene.program.advocate());
    let replaces = scene.program.policy.terms.version;
    scene.program.policy.terms.version += 1;
    let signed = scene.program.signed_policy();
    let policy = encode(&signed);
    let revoked = scene.program.revoke(lost.key());
    let mut line = scene.administrator().await;
    for operation in [
        Operation::PublishPolicy { replaces, policy: policy.clone().try_into().unwrap() },
        Operation::PublishStaff { record: encode(&kept.staff_record()).try_into().unwrap() },
        Operation::PublishRevocations { list: revoked.clone().try_into().unwrap() },
    ] {
        assert_eq!(line.ask(operation).await, Ok(Reply::Done));
    }
    let scene = scene.restart().await;
    let mut line = Line::open(scene.desks()).await;
    line.hello(&scene.program).await;
    match line.hear().await {
        RelayFrame::Greeting { policy: greeted, revocations, .. } => {
            assert_eq!(greeted[..], encode(&signed.terms_alone())[..]);
            assert_eq!(revocations[..], revoked[..]);
        }
        other => panic!("{other:?}"),
    }
    let chain = encode(&lost.chain).try_into().unwrap();
    line.say(&stillroom_protocol::ClientFrame::Staff { chain }).await;
    line.is_refused(Refusal::CertificateRefused).await;
    let mut line = Line::staff(scene.desks(), &scene.program, &kept).await;
    match line.ask(Operation::ListStaff).await {
        Ok(Reply::Records { records }) => assert_eq!(records.len(), 1),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn nothing_of_a_chat_lasts() {
    let mut scene = Scene::start().await;
    let mut chat = chat(&mut scene).await;
    chat.write().await;
    let room = chat.room;
    drop(chat);
    let scene = scene.restart().await;
    let mut survivor = scene.survivor().await;
    let token = stillroom_protocol::AttachToken([2; 32]);
    survivor.say(&stillroom_protocol::ClientFrame::Attach { room, token }).await;
    let about = About::Room(room);
    let refusal = Refusal::RoomUnknown;
    assert_eq!(survivor.hear().await, RelayFrame::Refused { about, refusal });
    assert_eq!(scene.relay.holdings().rooms, 0);
}

#[tokio::test]
async fn the_state_folder_holds_no_word_of_a_chat() {
    let mut scene = Scene::start().await;
    let mut chat = chat(&mut scene).await;
    chat.write().await;
    let room = chat.room.0;
    scene.relay.stop().await;
    let mut files = 0;
    for entry in std::fs::read_dir(&scene.config.state.folder).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        for word in [WORDS, &TICKET, &SECRET, &room, chat.advocate.key().0.as_slice()] {
            assert!(!bytes.windows(word.len()).any(|window| window == word));
        }
        files += 1;
    }
    assert!(files > 0);
    drop(scene.folder);
}

#[tokio::test]
async fn another_programs_file_over_the_same_folder_is_refused() {
    let scene = Scene::start().await;
    let other = crate::program::Program::new(2).file().encode();
    scene.relay.stop().await;
    std::fs::write(&scene.config.program.file, other).unwrap();
    assert_eq!(
        stillroom_relay::Relay::start(scene.config).await.err(),
        Some(stillroom_relay::StartError::Directory(
            stillroom_relay::directory::DirectoryError::OtherProgram
        ))
    );
}

#[tokio::test]
async fn a_programs_file_that_was_cut_or_altered_is_refused() {
    use stillroom_relay::{ProgramFile, ProgramFileError, Relay, StartError};
    let scene = Scene::start().await;
    scene.relay.stop().await;
    let whole = scene.program.file().encode();
    assert_eq!(ProgramFile::decode(&whole).unwrap().encode(), whole);
    for length in 0..whole.len() {
        assert!(ProgramFile::decode(&whole[..length]).is_err());
    }
    let mut swapped = scene.program.file();
    swapped.root = crate::program::Program::new(2).root;
    std::fs::remove_dir_all(&scene.config.state.folder).unwrap();
    std::fs::write(&scene.config.program.file, swapped.encode()).unwrap();
    assert!(matches!(
        Relay::start(scene.config).await.err(),
        Some(StartError::Program(ProgramFileError::Administrator(_)))
    ));
}
