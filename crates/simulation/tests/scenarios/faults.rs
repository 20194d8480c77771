//! Chats under faults that a seed decides over: lines that break, a relay that is killed, a relay that
//! drops, repeats, alters and invents frames. Once the faults stop, everything has arrived, once and in
//! order, and nothing was shown that nobody wrote.

use core::time::Duration;

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng as _};
use stillroom_conversation::Phase;
use stillroom_protocol::{ClientFrame, RelayFrame, decode};
use stillroom_simulation::{Direction, Fate, Way};

use crate::scene::{A_WHILE, FIRST, assert_all_arrived, chatting};

/// A network and relay that are against the chat in one frame out of four. What could end a chat by the
/// relay's mere word is left out: that is a relay that denies service, which nothing can prevent.
fn hostile(seed: u64) -> Way {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let mut earlier: Vec<Vec<u8>> = Vec::new();
    Box::new(move |_, direction, frame| {
        if direction == Direction::Up {
            return passed_over(&mut rng, frame);
        }
        if matches!(decode(frame), Ok(RelayFrame::Refused { .. })) {
            return Fate::Arrives;
        }
        earlier.push(frame.to_vec());
        let some = |rng: &mut ChaCha20Rng, below: usize| rng.next_u64() as usize % below.max(1);
        match rng.next_u64() % 16 {
            0 => Fate::Dropped,
            1 => Fate::Becomes(vec![frame.to_vec(), frame.to_vec()]),
            2 => {
                let mut altered = frame.to_vec();
                let at = some(&mut rng, altered.len());
                // The first byte says which frame it is; another frame can be a refusal.
                if at > 0 {
                    altered[at] ^= 1 << (rng.next_u64() % 8);
                }
                Fate::Becomes(vec![altered])
            }
            3 => {
                let old = earlier[some(&mut rng, earlier.len())].clone();
                Fate::Becomes(vec![old, frame.to_vec()])
            }
            4 => {
                let end = some(&mut rng, frame.len());
                Fate::Becomes(vec![frame[..end].to_vec(), frame.to_vec()])
            }
            5 => {
                let mut random = vec![0; some(&mut rng, 400)];
                rng.fill_bytes(&mut random);
                if let Some(first) = random.first_mut() {
                    *first = 22;
                }
                Fate::Becomes(vec![frame.to_vec(), random])
            }
            _ => Fate::Arrives,
        }
    })
}

/// On the way up nothing is lost but with the whole line; a relay can still pass over what was posted, or
/// deliver it twice.
fn passed_over(rng: &mut ChaCha20Rng, frame: &[u8]) -> Fate {
    match (decode(frame), rng.next_u64() % 16) {
        (Ok(ClientFrame::Post { .. }), 0) => Fate::Dropped,
        (Ok(ClientFrame::Post { .. }), 1) => Fate::Becomes(vec![frame.to_vec(), frame.to_vec()]),
        _ => Fate::Arrives,
    }
}

fn a_chat_under_faults(seed: u64) {
    let (mut world, desk, survivor) = chatting(seed);
    let mut rng = ChaCha20Rng::seed_from_u64(seed.wrapping_mul(31));
    world.set_way(hostile(seed));
    for number in 0..30 {
        let (up, down) = (format!("survivor {number}"), format!("advocate {number}"));
        world.as_survivor(survivor, |core, now| core.write(&up, now).unwrap());
        world.as_desk(desk, |core, now| core.write(FIRST, &down, now).unwrap());
        match rng.next_u64() % 12 {
            0 => world.cut(survivor),
            1 => world.cut(desk),
            2 => {
                world.kill_relay();
                world.run_for(Duration::from_millis(rng.next_u64() % 8_000));
                world.start_relay();
            }
            _ => world.run_for(Duration::from_millis(rng.next_u64() % 2_000)),
        }
    }
    world.mend_way();
    assert_eq!(world.shown(survivor).phase(), Some(Phase::Chatting), "seed {seed}");
    assert_all_arrived(&mut world, desk, survivor, A_WHILE);
    world.as_desk(desk, |core, now| core.end(FIRST, now));
    let ended = |world: &stillroom_simulation::World| {
        matches!(world.shown(survivor).phase(), Some(Phase::Ended(_)))
    };
    assert!(world.run_until(A_WHILE, ended), "seed {seed}");
    assert!(world.run_until(A_WHILE, |world| world.holdings().rooms == 0), "seed {seed}");
    assert_eq!(world.holdings().bytes, 0, "seed {seed}");
}

#[test]
fn a_hundred_chats_under_faults_lose_nothing() {
    for seed in 0..100 {
        let played = std::panic::catch_unwind(|| a_chat_under_faults(seed));
        assert!(played.is_ok(), "seed {seed}");
    }
}
