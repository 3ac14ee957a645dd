//! Operators' acts on stuck money: an unmatched bet is refunded early, a match is voided unless its winner can be paid,
//! and a period is cancelled unless it is drawn. Each has its line in the audit log in the same transaction.

use crate::game_scenario::{
    closed, drawn as drawn_period, game_bet, game_command, of, opened_period, purses, settled_lanes,
};
use crate::scenario::{
    ROUND, amount, command, drawn, fund, holds, match_of, money, opened, place, second, seed, user,
};
use evens_audit_log::{Act, Action, Actor, AuditLine};
use evens_exchange::{Draw, MatchState, Round, RoundOutcome, RoundState, Side, draw_round};
use evens_records::Record;
use evens_store::{CancelPeriodOutcome, RefundBetOutcome, Store, VoidMatchOutcome};
use evens_switches::{SetSwitch, SetSwitchOutcome, Switch, SwitchName, SwitchState, Switches};
use futures::future::join_all;
use jiff::civil::date;

pub(crate) fn act(action: Action, subject: &impl ToString) -> Act {
    let (before, after) = (String::new(), String::new());
    let (actor, subject) = (Actor::User(user(700)), subject.to_string());
    Act { actor, action, subject, reason: "stuck".to_owned(), before, after }
}

async fn lines(store: &Store) -> Vec<AuditLine> {
    store.list_audit_lines(date(2024, 1, 1), 0, 100).await.unwrap()
}

pub(crate) async fn an_operator_refunds_what_waits_once(store: &Store) {
    fund(store, 1, "1000").await;
    let found = place(store, &command(1, "a", Side::A, "10"), second(0)).await.bet;
    let act = act(Action::RefundBet, &found.id);
    let refunds = join_all((0..8).map(|_| store.refund_bet_by(&found, &act, second(1)))).await;
    let made = refunds.iter().filter(|made| matches!(made, Ok(RefundBetOutcome::Refunded(_)))).count();
    assert!(made == 1 && refunds.iter().all(Result::is_ok), "{refunds:?}");
    assert_eq!(money(store, 1).await, holds("1000", "0"));
    let lines = lines(store).await;
    assert_eq!(lines.len(), 1, "{lines:?}");
    let actual = &lines[0].act;
    assert_eq!((actual.before.as_str(), actual.after.as_str()), ("10 waits", "refunded"));
    assert_eq!(Act { before: String::new(), after: String::new(), ..actual.clone() }, act);
}

pub(crate) async fn an_operator_voids_what_is_joined_once(store: &Store) {
    let joined = match_of(store, "10").await;
    let act = act(Action::VoidMatch, &joined.id);
    let voids = join_all((0..8).map(|_| store.void_match_by(&joined, &act, second(700)))).await;
    let made = voids.iter().filter(|made| matches!(made, Ok(VoidMatchOutcome::Voided(_)))).count();
    assert!(made == 1 && voids.iter().all(Result::is_ok), "{voids:?}");
    assert_eq!((money(store, 1).await, money(store, 2).await), (holds("1000", "0"), holds("1000", "0")));
    let lines = lines(store).await;
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!((lines[0].act.before.as_str(), lines[0].act.after.as_str()), ("JOINED", "VOID"));
}

pub(crate) async fn an_operator_undoes_no_draw(store: &Store) {
    let joined = match_of(store, "10").await;
    let outcome = drawn(store, &joined, Side::A).await;
    let act = act(Action::VoidMatch, &joined.id);
    // The match was read before it was drawn. The current state decides.
    let voided = store.void_match_by(&joined, &act, second(700)).await.unwrap();
    assert_eq!(voided, VoidMatchOutcome::Payable);
    assert!(lines(store).await.is_empty(), "an act that is not done is not logged");
    let found = store.load_match(&joined.round, joined.id).await.unwrap().expect("a match");
    assert_eq!(found.state, MatchState::Drawn(outcome));
    // The stake of 10 fits into the winner's wallet, and the payout of 20 does not.
    let rest = amount("99999999999999999984.99999999").checked_sub(amount("990")).expect("more than that");
    store.fund_wallet(user(1), rest, "nearly full", second(25)).await.unwrap();
    let voided = store.void_match_by(&joined, &act, second(700)).await.unwrap();
    assert!(matches!(voided, VoidMatchOutcome::Voided(_)), "{voided:?}");
    assert_eq!(lines(store).await[0].act.before, "DRAWN");
}

pub(crate) async fn an_operator_undoes_no_result_that_is_public(store: &Store) {
    let open = opened(store, ROUND, Draw::Round, 0).await;
    let joined = match_of(store, "10").await;
    let act = act(Action::VoidMatch, &joined.id);
    // The match is not drawn yet, but its winner is public; also if the match was read before.
    let winner = draw_round(&seed(), &open.id);
    let outcome = RoundOutcome { winner, fixed_at: second(20), signature: None };
    let state = RoundState::Resulted { closed_at: second(20), seed: seed(), outcome };
    store.move_round(&open, Round { state, ..open.clone() }).await.unwrap();
    let voided = store.void_match_by(&joined, &act, second(700)).await.unwrap();
    assert_eq!(voided, VoidMatchOutcome::Payable);
    assert!(lines(store).await.is_empty(), "an act that is not done is not logged");
    let found = store.load_match(&joined.round, joined.id).await.unwrap().expect("a match");
    assert_eq!(found.state, MatchState::Joined);
}

fn set_switch(state: SwitchState, reason: &str) -> SetSwitch {
    SetSwitch { name: SwitchName::Bets, state, by: Actor::User(user(700)), reason: reason.to_owned() }
}

pub(crate) async fn an_operator_sets_a_switch_once(store: &Store) {
    assert_eq!(store.load_switches().await.unwrap(), Switches::default());
    let off = set_switch(SwitchState::Off, "a reason with (marks) and  two spaces");
    let outcomes = join_all((0..4).map(|_| store.set_switch(&off, second(1)))).await;
    let set = outcomes.iter().filter(|made| matches!(made, Ok(SetSwitchOutcome::Set { .. }))).count();
    assert!(set == 1 && outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    let stored = store.load_switches().await.unwrap();
    let switch = Switch { state: SwitchState::Off, since: second(1), by: off.by, reason: off.reason.clone() };
    assert_eq!(stored, Switches { revision: 1, set: [(SwitchName::Bets, switch)].into() });
    let on = store.set_switch(&set_switch(SwitchState::On, "over"), second(2)).await.unwrap();
    let SetSwitchOutcome::Set { switches, .. } = on else { panic!("{on:?}") };
    assert_eq!((switches.revision, store.load_switches().await.unwrap()), (2, switches));
    let lines = lines(store).await;
    let told: Vec<_> =
        lines.iter().map(|line| (&*line.act.subject, &*line.act.before, &*line.act.after)).collect();
    assert_eq!(told, [("bets", "on", "off"), ("bets", "off", "on")]);
    let mut found = Vec::new();
    store.scan(|record| found.push(record.unwrap())).await.unwrap();
    assert!(found.iter().any(|record| matches!(record, Record::Switches(_))), "{found:?}");
}

pub(crate) async fn an_operator_cancels_a_period_once(store: &Store) {
    let period = opened_period(store).await;
    fund(store, 1, "100").await;
    game_bet(store, &game_command(1, "one", true, "10"), &period).await;
    let act = act(Action::CancelPeriod, &period.id);
    let outcomes = join_all((0..4).map(|_| store.cancel_period(period.id, &act, second(12)))).await;
    let made = outcomes.iter().filter(|made| matches!(made, Ok(CancelPeriodOutcome::Cancelled(_)))).count();
    assert!(made == 1 && outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    let Ok(CancelPeriodOutcome::Cancelled(cancelled) | CancelPeriodOutcome::CancelledBefore(cancelled)) =
        &outcomes[0]
    else {
        panic!("{outcomes:?}")
    };
    assert_eq!(settled_lanes(store, cancelled).await, 1);
    assert_eq!(purses(store, 1).await, of("100", "0"));
    let lines = lines(store).await;
    let actual: Vec<_> = lines.iter().map(|line| (&*line.act.before, &*line.act.after)).collect();
    assert_eq!(actual, [("OPEN", "CLOSING"), ("CLOSED", "CANCELLED")]);
    assert!(lines.iter().all(|line| line.act.subject == period.id.to_string()), "{lines:?}");
}

pub(crate) async fn an_operator_cancels_no_result(store: &Store) {
    let period = opened_period(store).await;
    let drawn = drawn_period(store, &closed(store, &period).await).await;
    let act = act(Action::CancelPeriod, &period.id);
    let refused = store.cancel_period(period.id, &act, second(31)).await.unwrap();
    assert_eq!(refused, CancelPeriodOutcome::Decided(drawn.clone()));
    let next = period.id.next();
    assert_eq!(store.cancel_period(next, &act, second(31)).await.unwrap(), CancelPeriodOutcome::Unknown);
    assert!(lines(store).await.is_empty(), "an act that is not done is not logged");
    settled_lanes(store, &drawn).await;
}

pub(crate) async fn acts_at_once_are_lines_of_one_chain(store: &Store) {
    fund(store, 1, "1000").await;
    let mut bets = Vec::new();
    for number in 0..6 {
        let command = command(1, &format!("key-{number}"), Side::A, "1");
        bets.push(place(store, &command, second(0)).await.bet);
    }
    let refunds = bets
        .iter()
        .map(async |found| store.refund_bet_by(found, &act(Action::RefundBet, &found.id), second(1)).await);
    for refund in join_all(refunds).await {
        assert!(matches!(refund, Ok(RefundBetOutcome::Refunded(_))), "{refund:?}");
    }
    let numbers: Vec<_> = lines(store).await.iter().map(|line| line.number).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6]);
}
