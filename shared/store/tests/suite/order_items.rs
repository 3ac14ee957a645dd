//! The items of orders, byte for byte, because stored items are read for ever.

use crate::corrupt::without;
use crate::engine::Engine;
use crate::order_scenario::{
    act, changed, claimed, deposit_of, deposit_rules, held, holding_rules, moved, opened, payment,
    payout_reported, planned, report, rupees,
};
use crate::raw::{self, Item, number, text, with};
use crate::scenario::{amount, fund, second, user};
use aws_sdk_dynamodb::types::AttributeValue;
use evens_idempotency::Fingerprint;
use evens_own_limits::{Exclusion, Limit, PerPeriod, PeriodSum, RealityCheck, WantedLimit};
use evens_payments::{
    AdjustmentRequest, Agreement, Approval, DepositSum, DueBonus, HoldRules, IdentityStatus, PaymentReport,
    PaymentsRecord, PayoutState, RecentWithdrawal, RecentWithdrawals, ResolutionKind, SettingsChanges,
    SettingsHead, SettlePayoutInput, Totals, agree_to_resolution, approve_withdrawal, claim_suspended,
    hold_unsent,
};
use jiff::civil::date;
use std::fmt::Display;

/// An id, and the hash of the adjustment.
const ADJUSTED: &str = "desk-7\nf51c6fe91a5859a5ab372f8ef7ceb83df3b1ec9051eac4ca1c3987360df5d1d1";

fn item(attributes: &[(&str, AttributeValue)]) -> Item {
    attributes.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

fn list<const LINES: usize>(lines: [&str; LINES]) -> AttributeValue {
    AttributeValue::L(lines.map(text).to_vec())
}

async fn item_at(engine: &Engine, key: &str) -> Item {
    raw::everything(engine).await.remove(key).unwrap_or_else(|| panic!("nothing is at {key}"))
}

pub(crate) async fn a_deposit_is_written_as_it_always_was(engine: &Engine) {
    let store = &engine.store;
    let order = opened(store, 1, "key-1", "100.50", 0).await;
    let id = order.terms.id;
    let fingerprint = order.terms.fingerprint.digest();
    let (shard, key) = (shard_of(&id), format!("ORDER#{id} ORDER"));
    let created = item(&[
        ("pk", text(format!("ORDER#{id}"))),
        ("sk", text("ORDER")),
        ("kind", text("order")),
        ("order", text(id)),
        ("direction", text("deposit")),
        ("revision", number(1)),
        ("user", number(1)),
        ("user_a", number(1)),
        ("amount", number("100.5")),
        ("currency", text("INR")),
        ("provider", text("sandbox")),
        ("fingerprint", text(fingerprint)),
        ("created_at", text("2024-01-01T00:00:00Z")),
        ("state", text("CREATED")),
        ("pay_until", text("2024-01-01T00:30:00Z")),
        ("history", list(["2024-01-01T00:00:00Z\n\n\nopened"])),
        ("unfinished_pk", text(format!("DEPOSIT#{shard}"))),
        // Two minutes later.
        ("unfinished_sk", text("1704067320000")),
    ]);
    assert_eq!(item_at(engine, &key).await, created);
    let place = item(&[
        ("pk", text("ORDERS#1")),
        ("sk", text(format!("1704067200000#{id}"))),
        ("kind", text("order-place")),
        ("user", number(1)),
        ("order", text(id)),
        ("direction", text("deposit")),
        ("created_at", text("2024-01-01T00:00:00Z")),
    ]);
    assert_eq!(item_at(engine, &format!("ORDERS#1 1704067200000#{id}")).await, place);

    let more = PaymentReport { money: rupees("101"), ..payment(&order, "pay-1") };
    let plan = planned(report(store, &more, 5).await);
    let unclaimed = with(
        &created,
        &[
            ("revision", number(2)),
            ("state", text("UNCLAIMED")),
            ("provider_id", text("pay-1")),
            ("payment", text("sandbox\npay-1\n101\nINR\nother-amount")),
            (
                "history",
                list(["2024-01-01T00:00:00Z\n\n\nopened", "2024-01-01T00:00:05Z\n\n\npaid sandbox pay-1"]),
            ),
            ("unfinished_pk", text(format!("UNCLAIMED#{shard}"))),
            ("unfinished_sk", text("1704067205000")),
        ],
    );
    assert_eq!(item_at(engine, &key).await, unclaimed);
    let suspended = item(&[
        ("pk", text("TRANSFER#SUSPENSE:pay-1")),
        ("sk", text("TRANSFER")),
        ("kind", text("transfer")),
        ("key", text("SUSPENSE:pay-1")),
        ("from", text("payment-provider:sandbox")),
        ("to", text("suspense:sandbox")),
        ("amount", number(101)),
        ("reference", text(id)),
        ("at", text("2024-01-01T00:00:05Z")),
    ]);
    assert_eq!(item_at(engine, "TRANSFER#SUSPENSE:pay-1 TRANSFER").await, suspended);
    let record = item(&[
        ("pk", text("CASHIER#1")),
        ("sk", text("CASHIER")),
        ("kind", text("cashier")),
        ("user", number(1)),
        ("revision", number(2)),
        ("withdrawals_day", text("0000-01-01\n0")),
        ("open_deposits", number(0)),
        ("open_withdrawals", number(0)),
        ("being_withdrawn", number(0)),
        ("actual_deposit_amount", number(0)),
        ("withdrawn", number(0)),
        ("owed", number(0)),
        ("turnover_needed", number(0)),
        ("deposits_day", text("2024-01-01\n0\n0")),
        ("deposits_week", text("2024-01-01\n0\n0")),
        ("deposits_month", text("2024-01-01\n0\n0")),
    ]);
    assert_eq!(item_at(engine, "CASHIER#1 CASHIER").await, record);

    let two = HoldRules { four_eyes_above: Some(amount("1")), ..HoldRules::default() };
    let (payment, suspended) = ("pay-1".parse().expect("an id"), plan.transfer.expect("into suspense"));
    let wanted = changed(store, &order, 6, |input, now| {
        claim_suspended(&payment, Some(&suspended), input, &act(90, now), &two, &deposit_rules(), now)
    });
    wanted.await;
    let claims = list(["pay-1\nwanted\n90 2024-01-01T00:00:06Z"]);
    assert_eq!(item_at(engine, &key).await["claims"], claims);
    let found = store.load_deposit(id).await.expect("a read").expect("the deposit");
    assert_eq!((found.claims[0].approvals.len(), found.claims[0].is_given), (1, false));
}

fn shard_of(id: &impl Display) -> String {
    format!("{:02}", evens_ledger::Digest::of(id.to_string().as_bytes()).bytes()[0] % 16)
}

pub(crate) async fn a_withdrawal_is_written_as_it_always_was(engine: &Engine) {
    let store = &engine.store;
    fund(store, 1, "100").await;
    let order = held(store, 1, "key-1", "60", 0).await;
    let rules = holding_rules();
    let approved = moved(store, &order, 5, |input, now| {
        approve_withdrawal(input.order, input.record, &act(90, now), &rules.holds, now)
    });
    approved.await;
    claimed(store, &order, 10).await;
    let id = order.terms.id;
    let processing = item(&[
        ("pk", text(format!("ORDER#{id}"))),
        ("sk", text("ORDER")),
        ("kind", text("order")),
        ("order", text(id)),
        ("direction", text("withdrawal")),
        ("revision", number(3)),
        ("user", number(1)),
        ("user_a", number(1)),
        ("amount", number(60)),
        ("currency", text("INR")),
        ("provider", text("sandbox")),
        ("fingerprint", text(order.terms.fingerprint.digest())),
        ("created_at", text("2024-01-01T00:00:00Z")),
        ("state", text("PROCESSING")),
        ("payee", text(&order.payee)),
        ("hold_reasons", list(["large"])),
        ("approvals", list(["90\n2024-01-01T00:00:05Z"])),
        ("attempt", number(1)),
        ("key_since", text("2024-01-01T00:00:10Z")),
        ("lease_until", text("2024-01-01T00:00:55Z")),
        ("failed_payouts", list([])),
        (
            "history",
            list([
                "2024-01-01T00:00:00Z\n\n\nrequested",
                "2024-01-01T00:00:05Z\n\n\napproval by 90: looked at it",
                "2024-01-01T00:00:10Z\n\n\nclaim",
            ]),
        ),
        ("unfinished_pk", text(format!("WITHDRAWAL#{}", shard_of(&id)))),
        ("unfinished_sk", text("1704067260000")),
    ]);
    let key = format!("ORDER#{id} ORDER");
    assert_eq!(item_at(engine, &key).await, processing);

    let stopped = moved(store, &order, 80, |input, now| {
        let held = PaymentsRecord { is_held: true, ..input.record.clone() };
        hold_unsent(SettlePayoutInput { record: &held, ..input }, &HoldRules::default(), now).ok_or(())
    });
    stopped.await;
    // As it was stored before stopped payouts and requested retries were different states.
    assert_eq!(item_at(engine, &key).await["resolution"], text("retry\n2024-01-01T00:01:20Z\n"));
    let found = store.load_withdrawal(id).await.expect("a read").expect("the withdrawal");
    let stopped = found.resolution.expect("it is stopped");
    assert_eq!((stopped.kind, stopped.stopped_since()), (None, Some(second(80))));
    for kind in [ResolutionKind::Retry, ResolutionKind::GiveBack] {
        let wanted = moved(store, &order, 85, |input, now| {
            agree_to_resolution(input.order, kind, &act(90, now), &rules.holds, now)
        });
        wanted.await;
        let found = store.load_withdrawal(id).await.expect("a read").expect("the withdrawal");
        let wanted = found.resolution.expect("it is wanted");
        assert_eq!((wanted.kind, wanted.stopped_since()), (Some(kind), None));
    }
    let resolution = "give-back\n2024-01-01T00:01:20Z\n2024-01-01T01:01:20Z\n90 2024-01-01T00:01:25Z";
    assert_eq!(item_at(engine, &key).await["resolution"], text(resolution));

    planned(payout_reported(store, &order, PayoutState::Failed, 100).await);
    planned(payout_reported(store, &order, PayoutState::Paid, 110).await);
    let found = item_at(engine, &key).await;
    assert_eq!((&found["state"], &found["paid_after_return"]), (&text("FAILED"), &text("yes")));
    // It stays in the list of failed ones, under the time of its request.
    let listed = (&text(format!("WITHDRAWAL-FAILED#{}", shard_of(&id))), &text("1704067200000"));
    assert_eq!((&found["unfinished_pk"], &found["unfinished_sk"]), listed);
}

/// Every attribute of a payments record, as it is written and as it is read.
pub(crate) async fn a_cashier_record_is_read_in_full(engine: &Engine) {
    let order = deposit_of(1, "key-1", "1").order;
    raw::put(engine, full_cashier()).await;
    let limit = |current: Option<&str>, wanted| Limit { current: current.map(amount), wanted };
    let wanted = |limit: Option<&str>| Some(WantedLimit { limit: limit.map(amount), from: second(0) });
    let sum = |reserved: &str, used: &str, on| DepositSum {
        starts_on: on,
        reserved: amount(reserved),
        used: amount(used),
    };
    let (_, adjusted) = ADJUSTED.split_once('\n').expect("two lines");
    let expected = PaymentsRecord {
        user: user(1),
        revision: 7,
        deposit_limits: PerPeriod {
            day: limit(Some("10"), None),
            week: limit(Some("20.5"), wanted(Some("30"))),
            month: limit(Some("40"), wanted(None)),
        },
        stake_limits: PerPeriod {
            day: limit(Some("50"), None),
            week: limit(Some("60"), wanted(Some("70"))),
            month: limit(None, None),
        },
        loss_limits: PerPeriod {
            day: limit(None, None),
            week: limit(Some("0"), wanted(None)),
            month: limit(Some("90"), None),
        },
        reality_check: Some(RealityCheck { every: "30".parse().expect("minutes"), seen_at: second(60) }),
        deposits: PerPeriod {
            day: sum("1", "2", date(2024, 1, 3)),
            week: sum("3", "4", date(2024, 1, 1)),
            month: sum("5", "6.25", date(2024, 1, 1)),
        },
        withdrawals_of_day: PeriodSum { starts_on: date(2024, 1, 2), sum: amount("8") },
        open_deposits: 2,
        open_withdrawals: 3,
        being_withdrawn: amount("8.5"),
        totals: Totals { actual_deposit_amount: amount("9"), withdrawn: amount("11") },
        has_received_first_bonus: true,
        first_deposit: Some(order),
        bonus_due: Some(DueBonus { amount: amount("25"), since: second(7) }),
        owed: amount("12"),
        is_held: true,
        exclusion: Some(Exclusion { since: second(0), until: second(60), ends_at: Some(second(120)) }),
        turnover_needed: amount("13"),
        turnover_since: 14,
        identity: IdentityStatus::Verified,
        agreements: vec![Agreement {
            wanted: "release".to_owned(),
            approvals: vec![Approval { by: user(90), at: second(5) }],
        }],
        adjustments: vec![AdjustmentRequest {
            id: "desk-7".parse().expect("an id"),
            fingerprint: Fingerprint::from_stored(adjusted.parse().expect("a hash")),
        }],
        recent_withdrawals: RecentWithdrawals::from_stored(vec![
            RecentWithdrawal { at: second(1), amount: amount("3") },
            RecentWithdrawal { at: second(2), amount: amount("5") },
        ]),
        settings: SettingsHead { number: 2, hash: adjusted.parse().expect("a hash") },
        settings_changes: SettingsChanges { since: second(0), count: 2 },
    };
    assert_eq!(engine.store.load_payments_record(user(1)).await.unwrap(), expected);
    // An item from before the sum of unfinished withdrawals was stored: the day's sum is used instead.
    let before = PaymentsRecord { being_withdrawn: amount("8"), ..expected };
    raw::put(engine, without(&full_cashier(), "being_withdrawn")).await;
    assert_eq!(engine.store.load_payments_record(user(1)).await.unwrap(), before);
    let finished = with(&without(&full_cashier(), "being_withdrawn"), &[("open_withdrawals", number(0))]);
    raw::put(engine, finished).await;
    let nothing = PaymentsRecord { being_withdrawn: amount("0"), open_withdrawals: 0, ..before };
    assert_eq!(engine.store.load_payments_record(user(1)).await.unwrap(), nothing);
    raw::put(engine, full_cashier()).await;
    // The next change writes everything back that was read.
    let mut written = full_cashier();
    opened(&engine.store, 1, "key-2", "1", 2 * 86_400).await;
    written.extend(item(&[
        ("revision", number(8)),
        ("open_deposits", number(3)),
        ("deposits_day", text("2024-01-03\n2\n2")),
        ("deposits_week", text("2024-01-01\n4\n4")),
        ("deposits_month", text("2024-01-01\n6\n6.25")),
    ]));
    assert_eq!(item_at(engine, "CASHIER#1 CASHIER").await, written);
}

/// A record with every attribute.
pub(crate) fn full_cashier() -> Item {
    item(&[
        ("pk", text("CASHIER#1")),
        ("sk", text("CASHIER")),
        ("kind", text("cashier")),
        ("user", number(1)),
        ("revision", number(7)),
        ("limit_day", text("10\n\n")),
        ("limit_week", text("20.5\n30\n2024-01-01T00:00:00Z")),
        ("limit_month", text("40\n\n2024-01-01T00:00:00Z")),
        ("stakes_day", text("50\n\n")),
        ("stakes_week", text("60\n70\n2024-01-01T00:00:00Z")),
        ("losses_week", text("0\n\n2024-01-01T00:00:00Z")),
        ("losses_month", text("90\n\n")),
        ("reality_check", text("30\n2024-01-01T00:01:00Z")),
        ("deposits_day", text("2024-01-03\n1\n2")),
        ("deposits_week", text("2024-01-01\n3\n4")),
        ("deposits_month", text("2024-01-01\n5\n6.25")),
        ("withdrawals_day", text("2024-01-02\n8")),
        ("open_deposits", number(2)),
        ("open_withdrawals", number(3)),
        ("being_withdrawn", number("8.5")),
        ("actual_deposit_amount", number(9)),
        ("withdrawn", number(11)),
        ("has_received_first_bonus", text("yes")),
        ("first_deposit", text(deposit_of(1, "key-1", "1").order)),
        ("bonus_due", text("25\n2024-01-01T00:00:07Z")),
        ("owed", number(12)),
        ("held", text("yes")),
        ("exclusion", text("2024-01-01T00:00:00Z\n2024-01-01T00:01:00Z\n2024-01-01T00:02:00Z")),
        ("unfinished_pk", text(format!("FIRST-BONUS#{}", shard_of(&user(1))))),
        ("unfinished_sk", text("1704067207000")),
        ("turnover_needed", number(13)),
        ("turnover_since", number(14)),
        ("requested", text(format!("{} 3\n{} 5", second(1), second(2)))),
        ("number", number(2)),
        ("head", text(ADJUSTED.split_once('\n').expect("two lines").1)),
        ("changes", text("2024-01-01T00:00:00Z\n2")),
        ("kyc", text("verified")),
        ("agreements", list(["release\n90 2024-01-01T00:00:05Z"])),
        ("adjustments", list([ADJUSTED])),
    ])
}
