//! The real relay on this computer, and what it promises to those who connect to it.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail like tests"
)]

mod answers;
mod audit;
mod bare;
mod certificates;
mod device;
mod headers;
#[cfg(unix)]
mod holdings;
#[cfg(unix)]
mod host_notices;
mod hours;
mod http2;
mod leaving;
mod line;
mod logs;
mod many;
mod many_tls;
mod metrics;
#[cfg(unix)]
mod moving;
mod on_the_way;
mod origins;
mod pages;
#[cfg(unix)]
mod postgres;
mod program;
mod records;
mod restart;
mod scene;
mod second_way;
mod several;
mod slow_reader;
mod stop;
mod tls;
mod traffic;
mod turn_away;
#[cfg(unix)]
mod unheard;
