//! The amounts that a period owes for its bets, and the lanes that pay them.

use crate::common::{amount, period, record, second, wallet};
use evens_games::{Lane, Lanes, OwedBet, Period, PeriodState, PeriodStateName, PeriodTotals, pay_bets};
use evens_ledger::Parts;
use evens_own_limits::PlayLimits;

const STATES: [&str; 7] = ["open", "closing", "closed", "resulted", "settled", "cancelled", "refunded"];

/// The period draws 8. The first bet wins 19.6, of which the bonus gets a half, and the second one loses.
#[test]
fn a_drawn_period_owes_payouts_and_a_cancelled_one_all_stakes() {
    let records = [record(1, "a", "SIZE:big", "5", "5"), record(1, "b", "SIZE:small", "1", "0")];
    let stakes = vec![("10", "5", "5"), ("1", "1", "0")];
    let payouts = vec![("19.6", "9.8", "9.8")];
    let expected = [vec![], vec![], vec![], payouts.clone(), payouts, stakes.clone(), stakes];
    for (state, expected) in STATES.into_iter().zip(expected) {
        let period = period(state);
        let owed = period.owed_for(&records);
        let found: Vec<_> = owed.iter().map(|owed| (owed.amount, owed.parts())).collect();
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(whole, cash, bonus)| (amount(whole), Parts { cash: amount(cash), bonus: amount(bonus) }))
            .collect();
        assert_eq!(found, expected, "{state}");
    }
}

/// Winners are paid, or all stakes come back. The keys of the entries differ.
#[test]
fn owed_bets_are_paid_as_their_period_ended() {
    let records = [record(1, "a", "SIZE:big", "5", "5"), record(1, "b", "SIZE:small", "1", "0")];
    #[rustfmt::skip]
    let table = [
        // period       key            cash     bonus
        ("resulted",    "WIN:",         "9.8",  "9.8"),
        ("settled",     "WIN:",         "9.8",  "9.8"),
        ("cancelled",   "GAME-REFUND:", "6",    "5"),
        ("refunded",    "GAME-REFUND:", "6",    "5"),
    ];
    for (state, key, cash, bonus) in table {
        let period = period(state);
        let owed: Vec<OwedBet> = period.owed_for(&records);
        let paid =
            pay_bets(&period, &wallet(1, "0", "0"), &PlayLimits::NONE, &owed, second(31)).expect("it fits");
        assert_eq!((paid.wallet.balance, paid.wallet.bonus), (amount(cash), amount(bonus)), "{state}");
        assert!(paid.entries.iter().all(|entry| entry.key.as_str().starts_with(key)), "{state}");
    }
}

#[test]
fn lanes_are_open_while_a_period_pays() {
    let open = STATES.map(|state| period(state).open_lanes().len());
    assert_eq!(open, [0, 0, 0, 16, 0, 16, 0]);
    let lane = Lane::new(3).expect("a lane");
    for state in ["resulted", "cancelled"] {
        let rest = period(state).lane_done(lane).expect("it counts").open_lanes();
        assert!(rest.len() == 15 && !rest.contains(&lane), "{state}");
    }
}

/// Nothing has to be paid, so no lane has to run.
#[test]
fn a_period_without_bets_ends_at_once() {
    let with_bets = |state: &str, bets| {
        let period = period(state);
        let totals = PeriodTotals { bets, ..PeriodTotals::default() };
        let state = match period.state.clone() {
            PeriodState::Closed(_) => PeriodState::Closed(totals),
            PeriodState::Resulted(_, result, lanes) => PeriodState::Resulted(totals, result, lanes),
            PeriodState::Cancelled(..) => PeriodState::Cancelled(totals, Lanes::NONE),
            state => state,
        };
        Period { state, ..period }
    };
    #[rustfmt::skip]
    let table = [
        // state        bets  then                         only its result remains
        ("open",        0,    PeriodStateName::Open,       false),
        ("closed",      0,    PeriodStateName::Closed,     false),
        ("resulted",    0,    PeriodStateName::Settled,    true),
        ("resulted",    1,    PeriodStateName::Resulted,   false),
        ("settled",     3,    PeriodStateName::Settled,    false),
        ("cancelled",   0,    PeriodStateName::Refunded,   false),
        ("cancelled",   1,    PeriodStateName::Cancelled,  false),
    ];
    for (state, bets, expected, only_result) in table {
        let then = with_bets(state, bets).ended_if_empty();
        assert_eq!(
            (then.state.name(), then.settled_without_bets()),
            (expected, only_result),
            "{state} {bets}"
        );
    }
}
