//! Books made by the rules are clean, whatever events happen and in any order of records.

use crate::common::moved::check_history;
use crate::common::{Story, check};
use evens_audit::Completeness;
use evens_audit_log::Action;
use evens_exchange::{MatchId, REFUND_AFTER, Side};
use evens_ledger::Amount;
use evens_payments::{OrderId, PaymentState, PayoutState};
use jiff::SignedDuration;
use proptest::prelude::*;
use strum::VariantArray;

/// Possible events.
#[derive(Debug, Clone)]
enum Event {
    Fund { player: u64, units: i128 },
    Bonus { player: u64, units: i128 },
    Place { player: u64, round: usize, side: Side, units: i128 },
    MatchAll,
    Draw(prop::sample::Index),
    Settle(prop::sample::Index),
    Refund(prop::sample::Index),
    OpenDeposit { player: u64, units: i128 },
    Deposit(prop::sample::Index, DepositEvent),
    Withdraw { player: u64, units: i128 },
    Withdrawal(prop::sample::Index, WithdrawalEvent),
    FirstBonus { player: u64 },
}

/// Possible events of a deposit. Events that its rule refuses have no effect.
#[derive(Debug, Clone, Copy)]
enum DepositEvent {
    Paid,
    /// A second time, or with another amount.
    PaidOtherwise,
    Failed,
    Expired,
    Returned,
    Refunded,
    ChargedBack,
    /// Taken out of suspense.
    TakenBack,
}

/// Possible events of a withdrawal.
#[derive(Debug, Clone, Copy)]
enum WithdrawalEvent {
    Cancelled,
    Claimed,
    Reported(PayoutState),
}

const ROUNDS: [(&str, &str); 3] = [("first", "match"), ("second", "round"), ("third", "oracle")];

fn any_event() -> impl Strategy<Value = Event> {
    let side = prop::sample::select(Side::ALL.to_vec());
    let units = prop_oneof![1..=50_i128, (1..=50_i128).prop_map(|coins| coins * 100_000_000)];
    prop_oneof![
        1 => (1..=5_u64, 1..=9_900_000_000_i128).prop_map(|(player, units)| Event::Fund { player, units }),
        1 => (1..=5_u64, 1..=9_900_000_000_i128).prop_map(|(player, units)| Event::Bonus { player, units }),
        8 => (1..=5_u64, 0..3_usize, side, units)
            .prop_map(|(player, round, side, units)| Event::Place { player, round, side, units }),
        3 => Just(Event::MatchAll),
        3 => any::<prop::sample::Index>().prop_map(Event::Draw),
        3 => any::<prop::sample::Index>().prop_map(Event::Settle),
        2 => any::<prop::sample::Index>().prop_map(Event::Refund),
        6 => any_payment(),
    ]
}

fn any_payment() -> impl Strategy<Value = Event> {
    use DepositEvent::{ChargedBack, Expired, Failed, Paid, PaidOtherwise, Refunded, Returned, TakenBack};
    use WithdrawalEvent::{Cancelled, Claimed, Reported};
    let order = any::<prop::sample::Index>;
    // Amounts payable in rupees.
    let units = || (1..=5_000_i128).prop_map(|paise| paise * 1_000_000);
    let of_deposits =
        vec![Paid, Paid, PaidOtherwise, Failed, Expired, Returned, Refunded, ChargedBack, TakenBack];
    let of_withdrawals =
        PayoutState::VARIANTS.iter().copied().map(Reported).chain([Cancelled, Claimed, Claimed]);
    let of_withdrawals: Vec<_> = of_withdrawals.collect();
    prop_oneof![
        2 => (1..=5_u64, units()).prop_map(|(player, units)| Event::OpenDeposit { player, units }),
        4 => (order(), prop::sample::select(of_deposits)).prop_map(|(of, event)| Event::Deposit(of, event)),
        2 => (1..=5_u64, units()).prop_map(|(player, units)| Event::Withdraw { player, units }),
        4 => (order(), prop::sample::select(of_withdrawals))
            .prop_map(|(of, event)| Event::Withdrawal(of, event)),
        1 => (1..=5_u64).prop_map(|player| Event::FirstBonus { player }),
    ]
}

/// The end of a round.
#[derive(Debug, Clone, Copy)]
enum End {
    Closed,
    Cancelled,
}

fn coins(units: i128) -> String {
    evens_ledger::Amount::from_units(units).expect("small").to_string()
}

fn happen(story: &mut Story, event: &Event) {
    let some_match = |story: &Story, index: &prop::sample::Index| {
        let ids: Vec<_> = story.matches.keys().copied().collect();
        (!ids.is_empty()).then(|| *index.get(&ids))
    };
    match event {
        Event::Fund { player, units } => story.fund(*player, &coins(*units)),
        Event::Bonus { player, units } => story.bonus(*player, &coins(*units)),
        Event::Place { player, round, side, units } => {
            story.place(*player, ROUNDS[*round].0, *side, &coins(*units));
        }
        Event::MatchAll => drop(story.match_all()),
        Event::Draw(index) => {
            if let Some(id) = some_match(story, index) {
                story.draw_if_joined(id);
            }
        }
        Event::Settle(index) => {
            if let Some(id) = some_match(story, index) {
                story.settle(id);
            }
        }
        Event::Refund(index) => {
            let ids: Vec<_> = story.waiting.keys().copied().collect();
            if !ids.is_empty() {
                story.refund(*index.get(&ids));
            }
        }
        Event::OpenDeposit { player, units } => drop(story.open_deposit(*player, &coins(*units))),
        Event::Withdraw { player, units } => drop(story.request_withdrawal(*player, &coins(*units))),
        Event::FirstBonus { player } => story.give_first_bonus(*player),
        Event::Deposit(index, event) => {
            let ids: Vec<_> = story.deposits.keys().copied().collect();
            if !ids.is_empty() {
                happen_to_deposit(story, *index.get(&ids), *event);
            }
        }
        Event::Withdrawal(index, event) => {
            let ids: Vec<_> = story.withdrawals.keys().copied().collect();
            if !ids.is_empty() {
                happen_to_withdrawal(story, *index.get(&ids), *event);
            }
        }
    }
}

fn happen_to_deposit(story: &mut Story, id: OrderId, event: DepositEvent) {
    let agreed = story.deposits[&id].terms.amount().to_string();
    match event {
        DepositEvent::Paid => story.pay_deposit(id, &format!("pay-{id}"), &agreed),
        DepositEvent::PaidOtherwise => story.pay_deposit(id, &format!("otherwise-{id}"), "50.01"),
        DepositEvent::Failed => {
            story.report_payment(id, &format!("pay-{id}"), &agreed, PaymentState::Failed);
        }
        DepositEvent::Expired => story.expire_deposit(id),
        DepositEvent::Returned => story.return_unclaimed(id),
        DepositEvent::Refunded => story.refund_deposit(id),
        DepositEvent::ChargedBack => story.charge_back(id, &format!("dispute-{id}")),
        DepositEvent::TakenBack => story.lose_suspended(id, &format!("otherwise-{id}"), "50.01"),
    }
}

fn happen_to_withdrawal(story: &mut Story, id: OrderId, event: WithdrawalEvent) {
    match event {
        WithdrawalEvent::Cancelled => story.cancel_withdrawal(id),
        WithdrawalEvent::Claimed => story.claim_payout(id),
        WithdrawalEvent::Reported(state) => story.report_payout(id, state),
    }
}

/// Ends every round and everything in it.
fn end(story: &mut Story, ends: [End; 3], winner: Side) {
    for ((round, draw), end) in ROUNDS.into_iter().zip(ends) {
        match (end, draw) {
            (End::Cancelled, _) => story.cancel(round),
            (End::Closed, "oracle") => {
                story.close(round);
                story.result(round, winner);
            }
            (End::Closed, _) => story.close(round),
        }
    }
    for id in story.matches.keys().copied().collect::<Vec<_>>() {
        story.draw_if_joined(id);
        if story.settle(id).is_none() {
            story.void(id);
        }
    }
    story.refund_all();
}

fn begin() -> Story {
    let mut story = Story::default();
    for (round, draw) in ROUNDS {
        story.open(round, draw);
    }
    story.charge(ROUNDS[0].0, "0.0333");
    story.charge(ROUNDS[1].0, "0.1");
    story
}

proptest! {
    #[test]
    fn sound_histories_are_clean(
        events in prop::collection::vec(any_event(), 0..90),
        ends in prop::array::uniform3(prop::sample::select(vec![End::Closed, End::Cancelled])),
        winner in prop::sample::select(Side::ALL.to_vec()),
        order in any::<u64>(),
    ) {
        let mut story = begin();
        for event in &events {
            happen(&mut story, event);
        }
        let running = Completeness::Running { now: story.after(SignedDuration::ZERO), patience: REFUND_AFTER };
        let report = story.check(running);
        prop_assert_eq!(report.violations(), &[]);
        end(&mut story, ends, winner);
        let report = story.check(Completeness::Ended);
        prop_assert_eq!(report.violations(), &[]);
        prop_assert_eq!(report.sum_units, 0);
        // The report is the same in any order.
        let mut items = story.items();
        items.sort_by_key(|item| evens_ledger::Digest::of(format!("{order}{item:?}").as_bytes()));
        prop_assert_eq!(check(items, Completeness::Ended), report);
    }
}

/// The largest possible balance.
const LARGEST: &str = "99999999999999999999.99999999";

/// Two players meet for 5. The winner's balance is then filled up, except for `left`.
fn hardly_payable(left: &str) -> (Story, MatchId) {
    let mut story = begin();
    story.fund(1, "5");
    story.fund(2, "5");
    story.place(1, "first", Side::A, "5");
    story.place(2, "first", Side::B, "5");
    let id = story.match_all()[0];
    story.draw(id);
    let winner = story.matches[&id].state.outcome().expect("drawn").winner;
    let [largest, left] = [LARGEST, left].map(|text| text.parse::<Amount>().expect("an amount"));
    let fill = largest.checked_sub(left).expect("more than nothing");
    story.fund(story.matches[&id].user(winner).number(), &fill.to_string());
    (story, id)
}

#[test]
fn a_payable_match_is_void_only_in_a_cancelled_round() {
    // The payout is 10.
    for (left, expected) in [("5", 0), ("9.99999999", 0), ("10", 1), ("1000", 1)] {
        let (mut story, id) = hardly_payable(left);
        story.void(id);
        let report = story.check(Completeness::Ended);
        assert_eq!(report.violations().len(), expected, "{left}: {:?}", report.violations());
        story.cancel("first");
        assert_eq!(story.check(Completeness::Ended).violations(), &[], "{left}");
    }
}

#[test]
fn empty_books_are_clean() {
    let report = Story::default().check(Completeness::Ended);
    assert!(report.is_clean());
    assert_eq!((report.counts.total(), report.sum_units), (0, 0));
}

/// Only the audit log tells why such a match is void, however old its entries are.
#[test]
fn a_match_that_an_operator_voided_before_its_round_was_closed_is_in_order() {
    let mut story = Story::default();
    for player in [1, 2] {
        story.sign_up(player);
        story.fund(player, "100");
    }
    story.open("stuck", "match");
    story.place(1, "stuck", Side::A, "7");
    story.place(2, "stuck", Side::B, "7");
    let stuck = story.match_all()[0];
    story.note_operator(Action::VoidMatch, stuck, "");
    story.void(stuck);
    story.close("stuck");
    assert_eq!(story.check(Completeness::Ended).violations(), &[]);
    story.audit_lines.clear();
    let report = check_history(&story.items(), 1);
    let [violation] = report.violations() else { panic!("{:?}", report.violations()) };
    assert_eq!(violation.invariant.name(), "M7");
}
