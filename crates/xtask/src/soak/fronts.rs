//! Those that write: each takes a batch that nobody was sure of, one that another front sends at the same time, or a new
//! one, and sends it.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Result, bail};

use super::client::{Answer, Client};
use super::ledger::{Ledger, Style, locked};
use crate::generate::Random;

/// How often a batch is sent to a Worker that nobody kills.
const ATTEMPTS: u32 = 50;

/// Writes until nobody answers or `ends` says so.
pub(super) fn write(client: &Client, trail: &Mutex<Ledger>, mut random: Random, ends: &AtomicBool) {
    while !ends.load(Ordering::Relaxed) {
        let number = choose(&mut locked(trail), &mut random);
        if let Answer::Gone = send(client, trail, number) {
            return;
        }
    }
}

/// Sends all that nobody is sure of until it is acknowledged.
pub(super) fn drain(client: &Client, trail: &Mutex<Ledger>) -> Result<()> {
    loop {
        let Some(number) = locked(trail).take_unsure() else { return Ok(()) };
        let mut attempts = 0;
        loop {
            let answer = send(client, trail, number);
            attempts += 1;
            match answer {
                Answer::Acknowledged(_) | Answer::Refused(_) => break,
                Answer::NotNow | Answer::Gone if attempts < ATTEMPTS => {}
                _ => bail!("a batch was sent {attempts} times in vain; at last {answer:?}"),
            }
        }
    }
}

fn choose(trail: &mut Ledger, random: &mut Random) -> usize {
    if random.permille(500)
        && let Some(number) = trail.take_unsure()
    {
        return number;
    }
    if random.permille(300)
        && let Some(number) = trail.recent(random)
    {
        return number;
    }
    let style = match random.below(4) {
        0 => Style::Body,
        1 => Style::Key,
        _ => Style::Ids,
    };
    let size = match random.below(100) {
        0 => random.between(1_000, 4_000),
        1..=9 => random.between(100, 500),
        _ => random.between(1, 40),
    };
    trail.make(style, size, random)
}

fn send(client: &Client, trail: &Mutex<Ledger>, number: usize) -> Answer {
    let (name, key, body) = {
        let trail = locked(trail);
        (trail.name().to_owned(), trail.key(number), trail.body(number))
    };
    let answer = client.append(&name, key.as_deref(), &body);
    let mut trail = locked(trail);
    match &answer {
        Answer::Acknowledged(receipt) => trail.acknowledge(number, *receipt),
        Answer::Refused(reason) => trail.refuse(number, reason),
        Answer::NotNow | Answer::Gone => trail.leave(number),
    }
    answer
}
