//! The results of a player's bets, day by day: computed from entries that are read in any number of parts, each only
//! once.

use crate::common::{amount, bet_id, india, period_id, user};
use evens_games::{FinishedDay, PlayDays, PlayStatistics, PlayedBets, PlayedBetsError, StatisticsPeriod};
use evens_ledger::{Amount, BalanceKind, Digest, Entry, EntryKey, EntryKind, EntryPurpose, SystemAccount};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use std::collections::BTreeSet;

const FIRST: &str = "wingo-30-20261123000000042";
const SECOND: &str = "k3-60-20261124000000000";

/// The entry with this number. `GAME a FIRST` debits a stake for the bet `a` in that period.
fn entry(number: u64, text: &str, of: &str, at: &str) -> Entry {
    let words: Vec<_> = text.split_whitespace().collect();
    let (purpose, bet, period) = (words[0], words[1], words[2]);
    let (purpose, part) = purpose.split_once('+').unwrap_or((purpose, ""));
    let bet = bet_id(1, bet);
    let mut key = EntryKey::from_stored(format!("{purpose}:{bet}"));
    if part == "BONUS" {
        key = key.of_part(BalanceKind::Bonus);
    }
    Entry {
        user: user(1),
        number,
        key,
        kind: EntryKind::Debit,
        balance_kind: BalanceKind::Cash,
        amount: amount(of),
        account: SystemAccount::Period(period.to_owned()),
        reference: bet.to_string(),
        balance_before: Amount::ZERO,
        balance_after: Amount::ZERO,
        at: at.parse().unwrap(),
        previous_hash: Digest::ZERO,
        hash: Digest::ZERO,
    }
}

/// In India, 23 November begins at 18:30 UTC on the 22nd.
fn entries() -> Vec<Entry> {
    let rows = [
        (format!("GAME a {FIRST}"), "10", "2026-11-23T03:00:00Z"),
        (format!("GAME+BONUS a {FIRST}"), "5", "2026-11-23T03:00:00Z"),
        (format!("GAME b {FIRST}"), "7", "2026-11-23T03:00:01Z"),
        (format!("WIN a {FIRST}"), "20", "2026-11-23T03:00:30Z"),
        (format!("WIN+BONUS a {FIRST}"), "9.4", "2026-11-23T03:00:30Z"),
        // Placed a minute before midnight and paid after it.
        (format!("GAME c {SECOND}"), "3", "2026-11-23T18:29:00Z"),
        (format!("GAME d {SECOND}"), "4", "2026-11-23T18:30:05Z"),
        // Written by a host whose clock is behind.
        (format!("GAME e {SECOND}"), "1", "2026-11-23T18:29:59Z"),
        (format!("GAME-REFUND d {SECOND}"), "4", "2026-11-23T18:31:00Z"),
        (format!("WIN c {SECOND}"), "5.88", "2026-11-23T18:31:00Z"),
        // A bet between players.
        ("BET a -".to_owned(), "100", "2026-11-23T18:32:00Z"),
    ];
    let rows = rows.into_iter().zip(1..);
    rows.map(|((text, of, at), number)| entry(number, &text, of, at)).collect()
}

fn day(number: i8) -> Date {
    date(2026, 11, number)
}

fn read(played: &mut PlayedBets, entries: &[Entry]) {
    for entry in entries {
        played.read(entry).unwrap();
    }
}

fn paid(periods: &[&str]) -> BTreeSet<evens_games::PeriodId> {
    periods.iter().map(|period| period_id(period)).collect()
}

fn statistics(bets: u64, winning: u64, losing: u64, staked: &str, won: &str) -> PlayStatistics {
    PlayStatistics { bets, winning, losing, staked: amount(staked), won: amount(won) }
}

#[test]
fn a_bet_counts_for_its_day_and_for_nothing_once_it_was_given_back() {
    let mut played = PlayedBets::since(day(1), india());
    read(&mut played, &entries());
    assert_eq!(played.periods_to_ask(), paid(&[FIRST, SECOND]));
    let days = |periods| Vec::from_iter(played.days(&paid(periods)));
    let pending = [(day(23), statistics(3, 2, 0, "25", "35.28")), (day(24), statistics(1, 0, 0, "1", "0"))];
    assert_eq!(days(&[]), pending);
    let ended = [(day(23), statistics(3, 2, 1, "25", "35.28")), (day(24), statistics(1, 0, 1, "1", "0"))];
    assert_eq!(days(&[FIRST, SECOND]), ended);
    assert_eq!((pending[0].1.pending(), ended[0].1.pending()), (1, 0));
}

#[test]
fn a_day_is_finished_when_it_is_over_and_all_of_its_bets_have_ended() {
    let mut played = PlayedBets::since(day(1), india());
    read(&mut played, &entries());
    let finished = |periods: &[&str], today| {
        let days = played.days(&paid(periods));
        played
            .finished_days(&days, day(today))
            .iter()
            .map(|day| (day.day, day.last_entry))
            .collect::<Vec<_>>()
    };
    assert_eq!(finished(&[], 25), []);
    assert_eq!(finished(&[FIRST], 23), []);
    assert_eq!(finished(&[FIRST], 24), [(day(23), 6)]);
    assert_eq!(finished(&[FIRST], 25), [(day(23), 6)]);
    // The previous day is not finished.
    assert_eq!(finished(&[SECOND], 25), []);
    assert_eq!(finished(&[FIRST, SECOND], 25), [(day(23), 6), (day(24), 11)]);
}

/// A player without games has entries too, and each of them is read once.
#[test]
fn a_day_without_games_is_finished_when_it_is_over() {
    let mut played = PlayedBets::since(day(1), india());
    let bets =
        ["2026-11-20T03:00:00Z", "2026-11-21T03:00:00Z", "2026-11-21T04:00:00Z", "2026-11-23T03:00:00Z"];
    let bets: Vec<_> =
        bets.into_iter().zip(1..).map(|(at, number)| entry(number, "BET a -", "5", at)).collect();
    read(&mut played, &bets);
    let finished = played.finished_days(&played.days(&BTreeSet::new()), day(23));
    let none = PlayStatistics::default();
    let kept = |number, last_entry| FinishedDay { day: day(number), statistics: none, last_entry };
    assert_eq!(finished, [kept(20, 1), kept(21, 3)]);
    let mut behind = PlayedBets::behind(&finished[1], india());
    read(&mut behind, &bets);
    assert_eq!(behind.finished_days(&behind.days(&BTreeSet::new()), day(23)), [], "nothing is kept twice");
}

#[test]
fn entries_before_the_first_day_are_left_out() {
    let mut played = PlayedBets::since(day(24), india());
    let moment: Timestamp = "2026-11-23T18:30:00Z".parse().unwrap();
    assert_eq!((played.first_moment(), played.last_entry()), (moment, 0));
    read(&mut played, &entries());
    let days = played.days(&paid(&[SECOND]));
    assert_eq!(Vec::from_iter(days), [(day(24), statistics(1, 0, 1, "1", "0"))]);
    assert_eq!(played.last_entry(), 11);
}

/// The host that wrote the second entry is behind: by its clock it is still the stored day.
#[test]
fn an_entry_after_a_stored_day_counts_for_a_later_one() {
    let stored = FinishedDay { day: day(23), statistics: statistics(1, 0, 1, "7", "0"), last_entry: 6 };
    let mut played = PlayedBets::behind(&stored, india());
    read(
        &mut played,
        &[
            entry(6, &format!("GAME a {SECOND}"), "7", "2026-11-23T18:29:58Z"),
            entry(7, &format!("GAME b {SECOND}"), "3", "2026-11-23T18:29:59Z"),
        ],
    );
    let days = played.days(&paid(&[SECOND]));
    assert_eq!(Vec::from_iter(days), [(day(24), statistics(1, 0, 1, "3", "0"))]);
}

#[test]
fn an_entry_that_names_no_bet_is_an_error() {
    let good = entry(1, &format!("GAME a {FIRST}"), "1", "2026-11-23T03:00:00Z");
    let no_bet = Entry { key: EntryKey::new(EntryPurpose::Game, &[&"a"]), ..good.clone() };
    let no_period = Entry { account: SystemAccount::Period("a".to_owned()), ..good };
    for wrong in [no_bet, no_period] {
        assert_eq!(PlayedBets::since(day(1), india()).read(&wrong), Err(PlayedBetsError));
    }
}

#[test]
fn days_are_asked_for_by_name() {
    // A Tuesday. Its week began in the same month, on the 2nd.
    let today = date(2026, 11, 3);
    let rows = [
        ("today", today, today),
        ("yesterday", date(2026, 11, 2), date(2026, 11, 2)),
        ("this_week", date(2026, 11, 2), today),
        ("this_month", date(2026, 11, 1), today),
    ];
    for (name, first, last) in rows {
        let period: StatisticsPeriod = name.parse().unwrap();
        assert_eq!((period.first_day(today), period.last_day(today)), (first, last), "{name}");
    }
    assert!("Today".parse::<StatisticsPeriod>().is_err());
    let earliest = [date(2026, 11, 3), date(2026, 11, 1), date(2026, 12, 1), date(2026, 12, 31)]
        .map(StatisticsPeriod::earliest_day);
    assert_eq!(earliest, [date(2026, 11, 1), date(2026, 10, 26), date(2026, 11, 30), date(2026, 12, 1)]);
    let days = [(date(2026, 11, 1), "1"), (date(2026, 11, 2), "2"), (today, "4")];
    let days = days.map(|(day, staked)| (day, statistics(1, 0, 1, staked, "0")));
    let days = PlayDays { today, days: days.into() };
    let staked = StatisticsPeriod::ALL.map(|period| days.over(period).staked.to_string());
    assert_eq!(staked, ["4", "2", "6", "7"]);
}

#[test]
fn a_rate_is_of_what_has_ended() {
    let rate = |bets, winning, losing| statistics(bets, winning, losing, "0", "0").win_rate();
    assert_eq!(
        [rate(0, 0, 0), rate(5, 0, 0), rate(9, 1, 2), rate(9, 2, 1), rate(3, 3, 0), rate(7, 3, 4)],
        [0, 0, 3333, 6667, 10_000, 4286]
    );
}

proptest! {
    /// The result does not depend on how the reading is split, or on which finished days were stored in between.
    #[test]
    fn it_comes_to_the_same_in_parts(
        bets in proptest::collection::vec((0_i64..5 * 86_400, 0_u8..3), 1..40),
        cut in 0_usize..80,
        kept_on in 23_i8..29,
    ) {
        let mut bets = bets;
        bets.sort_unstable();
        let start: Timestamp = "2026-11-22T18:30:00Z".parse().unwrap();
        let at = |second: i64| Timestamp::from_second(start.as_second() + second).unwrap().to_string();
        let mut rows = Vec::new();
        for (index, (second, end)) in bets.iter().enumerate() {
            rows.push((*second, format!("GAME b{index} {FIRST}")));
            match end {
                0 => rows.push((second + 30, format!("WIN b{index} {FIRST}"))),
                1 => rows.push((second + 30, format!("GAME-REFUND b{index} {FIRST}"))),
                _ => {}
            }
        }
        rows.sort_by_key(|(second, _)| *second);
        let entries: Vec<_> =
            rows.iter().zip(1..).map(|((second, text), number)| entry(number, text, "2", &at(*second))).collect();
        let mut whole = PlayedBets::since(day(20), india());
        read(&mut whole, &entries);
        let all = whole.days(&paid(&[FIRST]));

        // A reading in between stores the days that are finished at that time.
        let cut = cut.min(entries.len());
        let mut early = PlayedBets::since(day(20), india());
        read(&mut early, &entries[..cut]);
        // The time of this reading follows from its entries: no payout is later.
        let is_pending = |bet: &str| {
            let comes = |entry: &Entry| entry.reference == bet && !entry.key.as_str().starts_with("GAME:");
            entries[cut..].iter().any(comes)
        };
        let is_one_pending = entries[..cut].iter().any(|entry| is_pending(&entry.reference));
        let known = if is_one_pending { BTreeSet::new() } else { paid(&[FIRST]) };
        let today = entries[..cut].last().map_or(day(20), |last| india().to_datetime(last.at).date());
        let kept: Vec<FinishedDay> = early.finished_days(&early.days(&known), today.min(day(kept_on)));
        let mut later = match kept.last() {
            Some(newest) => PlayedBets::behind(newest, india()),
            None => PlayedBets::since(day(20), india()),
        };
        read(&mut later, &entries);
        let mut days = later.days(&paid(&[FIRST]));
        let with_bets = kept.iter().filter(|kept| kept.statistics != PlayStatistics::default());
        days.extend(with_bets.map(|kept| (kept.day, kept.statistics)));
        prop_assert_eq!(days, all);
    }
}
