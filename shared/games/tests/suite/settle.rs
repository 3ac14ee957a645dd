//! Settlement: winners are paid in proportion to their parts, and refunds go back to their source.

use crate::common::{PERIOD, amount, drawn, period, record, second, wallet};
use evens_games::{GameBetRecord, WinningBet, refund_bets, settle_bets, winning_bets};
use evens_ledger::{Amount, BalanceKind, EntryKind, SystemAccount};
use evens_own_limits::{PerPeriod, PlayLimits, PlayRules, PlaySum};
use proptest::prelude::*;

#[test]
fn winners_follow_from_records_and_result_alone() {
    let records = [
        record(1, "a", "NUMBER:5", "10", "0"),
        record(1, "b", "COLOR:green", "10", "0"),
        record(2, "c", "COLOR:red", "10", "0"),
        record(3, "d", "COLOR:violet", "0", "2.50"),
        record(3, "e", "SIZE:small", "1", "0"),
    ];
    let won = winning_bets(&records, &drawn("wingo", "5"));
    let won: Vec<_> = won.iter().map(|won| (won.record.bet, won.payout.to_string())).collect();
    let expected = [(0, "88.2"), (1, "14.7"), (3, "11.025")];
    assert_eq!(won, expected.map(|(index, payout)| (records[index].bet, payout.to_owned())));
}

/// A payout for a bet on a size is 2 × 98 % of the stake. If it is split in thirds, the remainder is cash.
#[test]
fn a_payout_is_shared_as_the_stake_was() {
    #[rustfmt::skip]
    let table = [
        // cash and bonus staked, cash and bonus paid
        ("10", "0",    "19.6",        "0"),
        ("0",  "10",   "0",           "19.6"),
        ("5",  "5",    "9.8",         "9.8"),
        ("2",  "1",    "3.92",        "1.96"),
        ("0.66666667", "0.33333333", "1.30666668", "0.65333332"),
    ];
    for (cash, bonus, paid_cash, paid_bonus) in table {
        let records = [record(1, "a", "SIZE:big", cash, bonus)];
        let won = winning_bets(&records, &drawn("wingo", "7"));
        let paid =
            settle_bets(&period("resulted"), &wallet(1, "1", "1"), &PlayLimits::NONE, &won, second(31));
        let after = paid.expect("it fits").wallet;
        let gained = [after.balance, after.bonus].map(|held| held.checked_sub(amount("1")).expect("more"));
        assert_eq!(gained, [paid_cash, paid_bonus].map(amount), "{cash} {bonus}");
    }
}

#[test]
fn entries_say_what_they_are_for() {
    let records = [record(1, "a", "SIZE:big", "5", "5"), record(1, "b", "SIZE:small", "1", "0")];
    let texts = |entries: &[evens_ledger::Entry]| {
        let text = |entry: &evens_ledger::Entry| {
            assert_eq!(entry.account, SystemAccount::Period(PERIOD.to_owned()));
            (entry.key.to_string(), entry.kind, entry.balance_kind, entry.amount.to_string())
        };
        entries.iter().map(text).collect::<Vec<_>>()
    };
    let (first, second_bet) = (records[0].bet, records[1].bet);
    let won = winning_bets(&records, &drawn("wingo", "7"));
    let paid = settle_bets(&period("resulted"), &wallet(1, "0", "0"), &PlayLimits::NONE, &won, second(31));
    let expected = [
        (format!("WIN:{first}"), EntryKind::Credit, BalanceKind::Cash, "9.8".to_owned()),
        (format!("WIN:{first}:BONUS"), EntryKind::Credit, BalanceKind::Bonus, "9.8".to_owned()),
    ];
    assert_eq!(texts(&paid.expect("it fits").entries), expected);
    let back =
        refund_bets(&period("cancelled"), &wallet(1, "0", "0"), &PlayLimits::NONE, &records, second(31));
    let expected = [
        (format!("GAME-REFUND:{first}"), EntryKind::Refund, BalanceKind::Cash, "5".to_owned()),
        (format!("GAME-REFUND:{first}:BONUS"), EntryKind::Refund, BalanceKind::Bonus, "5".to_owned()),
        (format!("GAME-REFUND:{second_bet}"), EntryKind::Refund, BalanceKind::Cash, "1".to_owned()),
    ];
    assert_eq!(texts(&back.expect("it fits").entries), expected);
}

#[test]
fn own_limits_count_the_cash_that_came_back() {
    let sum = PlaySum { since: second(-60), staked: amount("50"), paid: amount("1") };
    let sums = PerPeriod { day: sum, week: sum, month: sum };
    let play = PlayLimits { rules: PlayRules::NONE, sums };
    let records = [record(1, "a", "SIZE:big", "5", "5")];
    let won = winning_bets(&records, &drawn("wingo", "7"));
    let day = |play: PlayLimits| play.sums.day;
    let paid =
        settle_bets(&period("resulted"), &wallet(1, "0", "0"), &play, &won, second(31)).expect("it fits");
    assert_eq!((day(paid.play).staked, day(paid.play).paid), (amount("50"), amount("10.8")));
    let back = refund_bets(&period("cancelled"), &wallet(1, "0", "0"), &play, &records, second(31))
        .expect("it fits");
    assert_eq!((day(back.play).staked, day(back.play).paid), (amount("45"), amount("1")));
}

fn units(units: i128) -> Amount {
    Amount::from_units(units).expect("an amount")
}

proptest! {
    /// The parts add up to the payout, the bonus never exceeds its share, and a refund equals the stake.
    #[test]
    fn parts_add_up(cents in 1..=10_000_000_i128, share in 0..=1_000_000_i128, hundredths in 1..=30_000_u32) {
        let stake = units(cents * 1_000_000);
        let bonus = units(stake.units() * share / 1_000_000);
        let cash = units(stake.units() - bonus.units());
        let record: GameBetRecord = record(1, "a", "SIZE:big", &cash.to_string(), &bonus.to_string());
        let payout = record.stake.payout(evens_games::Multiplier::hundredths(hundredths));
        let (none, empty) = (PlayLimits::NONE, wallet(1, "0", "0"));
        let won = [WinningBet { record, payout }];
        let paid = settle_bets(&period("resulted"), &empty, &none, &won, second(31)).expect("it fits").wallet;
        prop_assert_eq!(paid.balance.units() + paid.bonus.units(), payout.units());
        prop_assert!(paid.bonus.units() * stake.units() <= payout.units() * bonus.units());
        prop_assert!((paid.bonus.units() + 1) * stake.units() > payout.units() * bonus.units());
        let back = refund_bets(&period("cancelled"), &empty, &none, &[record], second(31)).expect("it fits").wallet;
        prop_assert_eq!((back.balance, back.bonus), (cash, bonus));
    }
}
