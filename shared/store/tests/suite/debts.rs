//! What players owe: given up by a cashier once, with a line of the audit log; accounts that are held no more; and what
//! is known of who players are.

use crate::order_scenario::{act, paid_out, planned, told};
use crate::scenario::{amount, fund, second, user};
use evens_audit_log::{Act, Action, Actor};
use evens_ledger::Amount;
use evens_payments::{
    ActRefusal, Cashier, IdentityStatus, PayoutState, note_identity, release_account, write_off_debt,
};
use evens_store::{ActedOnCashier, CashierChange, Store};
use futures::future::join_all;
use jiff::Timestamp;

/// A player who was paid 60 after the same 60 had been given back to them.
async fn owing(store: &Store) {
    fund(store, 1, "100").await;
    let order = paid_out(store, 1, "key-1", "60", 0).await;
    planned(told(store, &order, PayoutState::Returned, 4).await);
    planned(told(store, &order, PayoutState::Paid, 5).await);
    let cashier = store.load_cashier(user(1)).await.expect("a read");
    assert_eq!((cashier.owed, cashier.is_held), (amount("60"), true));
}

fn line(action: Action) -> Act {
    Act {
        actor: Actor::User(user(90)),
        action,
        subject: user(1).to_string(),
        reason: "looked at it".to_owned(),
        before: String::new(),
        after: String::new(),
    }
}

fn write_off(cashier: &Cashier, now: Timestamp) -> Result<Option<CashierChange>, ActRefusal> {
    let plan = write_off_debt(cashier, cashier.revision + 1, &act(90, now), now)?;
    Ok(plan.map(|plan| CashierChange {
        cashier: plan.cashier,
        transfer: Some(plan.transfer),
        act: line(Action::WriteOffDebt),
    }))
}

pub(crate) async fn a_debt_is_given_up_once(store: &Store) {
    owing(store).await;
    let now = second(9);
    let give_up = || store.act_on_cashier(user(1), now, |cashier| write_off(cashier, now));
    let eight = join_all((0..8).map(|_| give_up())).await.into_iter();
    let eight: Vec<_> = eight.map(|acted| acted.expect("an answer").expect("no refusal")).collect();
    assert_eq!(eight.iter().filter(|acted| acted.is_changed).count(), 1, "{eight:?}");
    assert!(eight.iter().all(|acted| acted.cashier.owed == Amount::ZERO), "{eight:?}");
    let day = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let lines = store.list_audit_lines(day, 0, 10).await.expect("lines");
    assert_eq!(lines.into_iter().map(|line| line.act).collect::<Vec<_>>(), [line(Action::WriteOffDebt)]);

    // It stays held until that is ended, too.
    let release = |cashier: &Cashier| -> Result<_, ActRefusal> {
        let after = release_account(cashier, &act(90, now), now)?;
        let act = line(Action::ReleaseAccount);
        Ok(after.map(|cashier| CashierChange { cashier, transfer: None, act }))
    };
    for is_changed in [true, false] {
        let acted = store.act_on_cashier(user(1), now, release).await.expect("an answer");
        let cashier = store.load_cashier(user(1)).await.expect("a read");
        assert!(!cashier.is_held);
        assert_eq!(acted, Ok(ActedOnCashier { cashier, is_changed }));
    }
    let own = store.act_on_cashier(user(90), now, |cashier| write_off(cashier, now)).await;
    assert_eq!(own.expect("an answer"), Err(ActRefusal::OwnOrder));
    assert_eq!(store.load_audit_head().await.expect("a head").number, 2);
}

/// Of a player of whom nothing is known yet, by eight requests of a cashier at once.
pub(crate) async fn who_a_player_is_is_noted_once(store: &Store) {
    let now = second(9);
    let note = |cashier: &Cashier| -> Result<_, ActRefusal> {
        let after = note_identity(cashier, IdentityStatus::Verified, &act(90, now), now)?;
        let act = line(Action::NoteIdentity);
        Ok(after.map(|cashier| CashierChange { cashier, transfer: None, act }))
    };
    let eight = join_all((0..8).map(|_| store.act_on_cashier(user(1), now, note))).await.into_iter();
    let eight: Vec<_> = eight.map(|acted| acted.expect("an answer").expect("no refusal")).collect();
    assert_eq!(eight.iter().filter(|acted| acted.is_changed).count(), 1, "{eight:?}");
    let cashier = store.load_cashier(user(1)).await.expect("a read");
    assert_eq!((cashier.identity, cashier.revision), (IdentityStatus::Verified, 1));
    let day = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let lines = store.list_audit_lines(day, 0, 10).await.expect("lines");
    assert_eq!(lines.into_iter().map(|line| line.act).collect::<Vec<_>>(), [line(Action::NoteIdentity)]);
}
