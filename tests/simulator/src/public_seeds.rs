//! The rules after a seed is public (M7), checked when the table decides. No bet that was unmatched at the round's end
//! is still open for a join, and neither such a bet nor a closed one is joined. The auditor knows only the processes'
//! own times, and tolerates ten seconds.

use crate::game_answers::archived;
use crate::violation::Violation;
use crate::writes::{Kind, Writes};
use evens_games::Lane;
use evens_simulated_table::Table;
use evens_simulated_table::item::{Item, Key, text};
use evens_table::Write;

pub(crate) fn is_public(table: &Table, round: &str) -> bool {
    table.get(&key_of(round)).is_some_and(|round| round.contains_key("seed"))
}

/// Returns whether the seed of the bet's round is public.
pub(crate) fn is_public_for(table: &Table, bet: &str) -> bool {
    let key = (format!("BET#{bet}"), "BET".to_owned());
    table.get(&key).is_some_and(|bet| is_public(table, text(bet, "round")))
}

/// The violation by a transaction that was just decided, if any.
pub(crate) fn broken_by(table: &Table, writes: &[Write], now_ms: u64) -> Option<Violation> {
    let written = Writes(writes);
    match written.kind() {
        Kind::Join | Kind::Pay => {
            let round = written.new_text("match", "round")?;
            let is_closed = |key| table.get(&key).is_some_and(|place| place.contains_key("closed_at"));
            let is_late = is_public(table, round) || written.places().any(is_closed);
            let sentence = "which has closed or whose seed is public";
            is_late.then(|| Violation::new("M7", format!("Bets were joined in {round}, {sentence}.")))
        }
        Kind::Move => {
            let round = written.new_text("round", "round")?;
            let is_published = written.new_text("round", "seed").is_some() && !is_public(table, round);
            let left = if is_published { left_open(table, round, now_ms) } else { None };
            left.map(|bet| {
                let sentence = format!("The seed of {round} is published, and the bet {bet} is not closed.");
                Violation::new("M7", sentence)
            })
        }
        Kind::MovePeriod | Kind::ArchivePeriod => {
            let (kind, seed) = match written.kind() {
                Kind::ArchivePeriod => ("archived-period", "published_seed"),
                _ => ("period", "seed"),
            };
            let period =
                written.new_text(kind, "period").filter(|_| written.new_text(kind, seed).is_some())?;
            let open = open_shard(table, period, written.new_number(kind, "shards")?)?;
            let sentence = format!("The seed of {period} is published, and its shard {open} takes bets.");
            Some(Violation::new("M7", sentence))
        }
        Kind::PlaceGame => {
            let period = written.new_text("game-bet", "period")?;
            let key = (format!("PERIOD#{period}"), "PERIOD".to_owned());
            let is_late = table.get(&key).is_some_and(|period| period.contains_key("seed"))
                || archived(table, period).is_some();
            let sentence = || format!("A bet was placed in the period {period}, whose seed is public.");
            is_late.then(|| Violation::new("M7", sentence()))
        }
        _ => None,
    }
}

/// A bet that was in the order book when its round ended and is not closed. Later bets are not concerned.
fn left_open<'a>(table: &'a Table, round: &str, now_ms: u64) -> Option<&'a str> {
    let ended_ms = table.first_ms(&key_of(round), |round| text(round, "state") != "OPEN").unwrap_or(now_ms);
    let was_there = |item: &Item| {
        let key = (text(item, "pk").to_owned(), text(item, "sk").to_owned());
        table.first_ms(&key, |_| true).is_some_and(|since_ms| since_ms < ended_ms)
    };
    let mut waiting = table.of_kind("waiting").filter(|item| text(item, "round") == round);
    let left = waiting.find(|item| !item.contains_key("closed_at") && was_there(item));
    left.map(|item| text(item, "bet"))
}

/// A shard of the period that still takes bets, if any. A missing one can no longer be created, because the
/// period is not open.
fn open_shard(table: &Table, period: &str, shards: u16) -> Option<u16> {
    let is_closed = |shard: &u16| {
        let lane = Lane::of_shard(*shard);
        let key = (format!("PERIOD-BETS#{period}#{lane}"), format!("SHARD#{shard:04}"));
        table.get(&key).is_none_or(|shard| shard.contains_key("closed"))
    };
    (0..shards).find(|shard| !is_closed(shard))
}

fn key_of(round: &str) -> Key {
    (format!("ROUND#{round}"), "ROUND".to_owned())
}
