//! Debts of players, written off once by a cashier with a line in the audit log; accounts released from a hold; and the
//! identity status of players.

use crate::order_scenario::{act, paid_out, payout_reported, planned};
use crate::scenario::{
    amount, command, fund, holds, money, second, set_blocked, set_role, signed_up, try_place, user,
};
use evens_audit_log::{Act, Action, Actor};
use evens_exchange::{PlaceBetOutcome, Side};
use evens_ledger::{Amount, UserId, Wallet};
use evens_own_limits::PlayRefusal;
use evens_payments::{
    ActRefusal, AdjustPlan, AdjustRefusal, Adjustment, AdjustmentKind, IdentityStatus, PaymentsRecord,
    PayoutState, adjust_wallet, note_identity, release_account, write_off_debt,
};
use evens_players::Role;
use evens_store::{ChangedPaymentsRecord, PaymentsRecordChange, Store};
use futures::future::join_all;
use jiff::Timestamp;

/// A player who was paid 60 after the same 60 had been returned to them.
async fn owing(store: &Store) {
    fund(store, 1, "100").await;
    let order = paid_out(store, 1, "key-1", "60", 0).await;
    planned(payout_reported(store, &order, PayoutState::Returned, 4).await);
    planned(payout_reported(store, &order, PayoutState::Paid, 5).await);
    let record = store.load_payments_record(user(1)).await.expect("a read");
    assert_eq!((record.owed, record.is_held), (amount("60"), true));
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

fn write_off(record: &PaymentsRecord, now: Timestamp) -> Result<Option<PaymentsRecordChange>, ActRefusal> {
    let plan = write_off_debt(record, record.revision + 1, &act(90, now), now)?;
    Ok(plan.map(|plan| PaymentsRecordChange {
        record: plan.record,
        transfer: Some(plan.transfer),
        posted: None,
        act: line(Action::WriteOffDebt),
    }))
}

pub(crate) async fn a_debt_is_given_up_once(store: &Store) {
    owing(store).await;
    let now = second(9);
    let give_up = || store.change_payments_record(user(1), now, |record, _| write_off(record, now));
    let eight = join_all((0..8).map(|_| give_up())).await.into_iter();
    let eight: Vec<_> = eight.map(|acted| acted.expect("an answer").expect("no refusal")).collect();
    assert_eq!(eight.iter().filter(|acted| acted.is_changed).count(), 1, "{eight:?}");
    assert!(eight.iter().all(|acted| acted.record.owed == Amount::ZERO), "{eight:?}");
    let day = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let lines = store.list_audit_lines(day, 0, 10).await.expect("lines");
    assert_eq!(lines.into_iter().map(|line| line.act).collect::<Vec<_>>(), [line(Action::WriteOffDebt)]);

    // The account stays held until the hold is ended, too.
    let release = |record: &PaymentsRecord, _: &Wallet| -> Result<_, ActRefusal> {
        let after = release_account(record, &act(90, now), now)?;
        let act = line(Action::ReleaseAccount);
        Ok(after.map(|record| PaymentsRecordChange { record, transfer: None, posted: None, act }))
    };
    for is_changed in [true, false] {
        let acted = store.change_payments_record(user(1), now, release).await.expect("an answer");
        let record = store.load_payments_record(user(1)).await.expect("a read");
        assert!(!record.is_held);
        let wallet = store.load_wallet(user(1)).await.expect("a read");
        assert_eq!(acted, Ok(ChangedPaymentsRecord { record, wallet, is_changed }));
    }
    let own = store.change_payments_record(user(90), now, |record, _| write_off(record, now)).await;
    assert_eq!(own.expect("an answer"), Err(ActRefusal::OwnOrder));
    assert_eq!(store.load_audit_head().await.expect("a head").number, 2);
}

/// Also a bet that was decided before the debt was booked is refused. Earlier bets are found as before. The player may
/// bet again once nothing is owed and the hold is ended.
pub(crate) async fn a_debtor_or_held_player_places_no_bets(store: &Store) {
    fund(store, 1, "100").await;
    let order = paid_out(store, 1, "key-1", "60", 0).await;
    planned(payout_reported(store, &order, PayoutState::Returned, 4).await);
    let ask = |key: &'static str| async move {
        try_place(store, &command(1, key, Side::A, "1"), second(9)).await.expect("an outcome")
    };
    assert!(matches!(ask("before").await, PlaceBetOutcome::Placed(_)));
    planned(payout_reported(store, &order, PayoutState::Paid, 5).await);
    let held = PlaceBetOutcome::OverOwnLimits(PlayRefusal::Held);
    assert_eq!(ask("owes").await, held);
    assert!(matches!(ask("before").await, PlaceBetOutcome::PlacedBefore(_)));
    let now = second(9);
    let given_up = store.change_payments_record(user(1), now, |record, _| write_off(record, now)).await;
    assert!(given_up.expect("an answer").expect("no refusal").is_changed);
    assert_eq!(ask("held").await, held);
    let release = |record: &PaymentsRecord, _: &Wallet| -> Result<_, ActRefusal> {
        let after = release_account(record, &act(90, now), now)?;
        let act = line(Action::ReleaseAccount);
        Ok(after.map(|record| PaymentsRecordChange { record, transfer: None, posted: None, act }))
    };
    let released = store.change_payments_record(user(1), now, release).await;
    assert!(released.expect("an answer").expect("no refusal").is_changed);
    assert!(matches!(ask("free").await, PlaceBetOutcome::Placed(_)));
}

/// For a player without a payments record, by eight concurrent requests of a cashier.
pub(crate) async fn a_players_identity_is_noted_once(store: &Store) {
    let now = second(9);
    let note = |record: &PaymentsRecord, _: &Wallet| -> Result<_, ActRefusal> {
        let after = note_identity(record, IdentityStatus::Verified, &act(90, now), now)?;
        let act = line(Action::NoteIdentity);
        Ok(after.map(|record| PaymentsRecordChange { record, transfer: None, posted: None, act }))
    };
    let eight = join_all((0..8).map(|_| store.change_payments_record(user(1), now, note))).await.into_iter();
    let eight: Vec<_> = eight.map(|acted| acted.expect("an answer").expect("no refusal")).collect();
    assert_eq!(eight.iter().filter(|acted| acted.is_changed).count(), 1, "{eight:?}");
    let record = store.load_payments_record(user(1)).await.expect("a read");
    assert_eq!((record.identity, record.revision), (IdentityStatus::Verified, 1));
    let day = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let lines = store.list_audit_lines(day, 0, 10).await.expect("lines");
    assert_eq!(lines.into_iter().map(|line| line.act).collect::<Vec<_>>(), [line(Action::NoteIdentity)]);
}

/// By eight concurrent requests of the second cashier, after the first approved: seven find the adjustment made. An
/// approval is dropped if its cashier is blocked or loses the role.
pub(crate) async fn a_wallet_is_put_right_once(store: &Store) {
    fund(store, 1, "100").await;
    for record in 88..=91 {
        signed_up(store, record, None).await;
        set_role(store, user(record), Role::Cashier).await.expect("a role");
    }
    let now = second(9);
    let adjust = |by: u64| {
        let rule = move |record: &PaymentsRecord, wallet: &Wallet| -> Result<_, AdjustRefusal> {
            let (id, kind) = ("desk-7".parse().expect("an id"), AdjustmentKind::Debit);
            let adjustment = Adjustment { id, kind, amount: amount("5") };
            let AdjustPlan { record, posted } =
                adjust_wallet(record, wallet, &adjustment, &act(by, now), now)?;
            let act = line(Action::AdjustWallet);
            Ok(Some(PaymentsRecordChange { record, transfer: None, posted, act }))
        };
        store.change_payments_record(user(1), now, rule)
    };
    let agreed = async |by: u64| -> Vec<Vec<UserId>> {
        let acted = adjust(by).await.expect("an answer").expect("no refusal");
        let agreements = acted.record.agreements.iter();
        agreements.map(|agreement| agreement.approvals.iter().map(|approval| approval.by).collect()).collect()
    };
    assert_eq!(agreed(88).await, [[user(88)]]);
    set_blocked(store, user(88), true).await.expect("an answer");
    assert_eq!(agreed(89).await, [[user(89)]], "one is blocked");
    set_role(store, user(89), Role::Player).await.expect("a role");
    let first = adjust(90).await.expect("an answer").expect("no refusal");
    assert_eq!((first.wallet.balance, first.record.agreements.len()), (amount("100"), 1));
    let eight = join_all((0..8).map(|_| adjust(91))).await.into_iter().map(|acted| acted.expect("an answer"));
    let (done, refused): (Vec<_>, Vec<_>) = eight.partition(Result::is_ok);
    assert_eq!((done.len(), refused.len()), (1, 7));
    let before = AdjustRefusal::MadeBefore;
    assert!(refused.iter().all(|refusal| *refusal == Err(before)), "{refused:?}");
    assert_eq!(adjust(90).await.expect("an answer"), Err(before));
    assert_eq!(money(store, 1).await, holds("95", "0"));
    // Five lines give and take roles, and one is about the block.
    assert_eq!(store.load_audit_head().await.expect("a head").number, 4 + 6);
    let record = store.load_payments_record(user(1)).await.expect("a read");
    let made: Vec<_> = record.adjustments.iter().map(|made| made.id.to_string()).collect();
    assert_eq!((record.revision, record.agreements.len(), made), (4, 0, vec!["desk-7".to_owned()]));
}
