//! Statements of Razorpay: the requests for a day, and the meaning of its records.

use crate::common::played::{Answer, SOURCE, ScriptedServer, collection, uncalled};
use crate::common::statements::{self, fetched};
use crate::common::{at, inr, order_id};
use evens_payments::{CallError, Direction, OrderId, StatementKind, StatementLine};
use evens_providers::{LineFault, StatementFault};
use proptest::prelude::*;
use serde_json::{Value, json};

fn deposit() -> OrderId {
    order_id(Direction::Deposit)
}

fn withdrawal() -> OrderId {
    order_id(Direction::Withdrawal)
}

/// A settlement record as documented.
fn settled(kind: &str, id: &str, debit: u64, credit: u64, amount: u64, fee: u64) -> Value {
    json!({
        "entity_id": id, "type": kind, "debit": debit, "credit": credit, "amount": amount, "currency": "INR",
        "fee": fee, "tax": 0, "on_hold": false, "settled": true, "created_at": 1_567_692_556,
        "settled_at": 1_568_176_960, "settlement_id": "setl_1", "posted_at": null, "credit_type": "default",
        "description": "=cmd|' /C calc'!A0", "notes": "Beam me up Scotty.", "payment_id": null,
        "settlement_utr": "1568176960vxp0rj", "order_id": "order_1", "order_receipt": deposit().to_string(),
        "method": "card", "dispute_id": null,
    })
}

/// A movement on the payout account.
fn moved(entity: &str, debit: u64, credit: u64, amount: u64, fees: u64) -> Value {
    json!({
        "id": "txn_1", "entity": "transaction", "account_number": SOURCE, "amount": amount, "currency": "INR",
        "credit": credit, "debit": debit, "balance": 9_000_000, "created_at": 1_545_224_066,
        "source": {
            "id": "pout_1", "entity": entity, "fund_account_id": "fa_1", "amount": amount,
            "notes": { "order": withdrawal().to_string() }, "fees": fees, "tax": 1, "status": "processed",
            "created_at": 1_545_224_066, "fee_type": null,
        },
    })
}

fn with(mut record: Value, field: &str, value: Value) -> Value {
    record[field] = value;
    record
}

fn file(settled: &[Value], moved: &[Value]) -> Vec<u8> {
    json!({ "settled": settled, "moved": moved }).to_string().into_bytes()
}

fn read(settled: &[Value], moved: &[Value]) -> Result<Vec<StatementLine>, StatementFault> {
    statements::read(&uncalled(), &file(settled, moved))
}

#[tokio::test]
async fn a_day_is_fetched_page_by_page() {
    let payment = settled("payment", "pay_1", 0, 97_100, 100_000, 2_900);
    let payout = moved("payout", 100, 0, 100, 0);
    let page_of = |record: &Value, length| collection(&vec![record.clone(); length]);
    let answers = [
        page_of(&payment, 1_000),
        page_of(&payment, 1),
        page_of(&payout, 100),
        page_of(&payout, 100),
        page_of(&payout, 0),
    ];
    let played = ScriptedServer::start(answers).await;
    let provider = played.provider();
    let bytes = fetched(&provider, "2026-03-01".parse().unwrap()).await.unwrap();
    // The first and the last second of the day in India.
    let account =
        format!("GET /v1/transactions?account_number={SOURCE}&from=1772303400&to=1772389799&count=100");
    let day = "GET /v1/settlements/recon/combined?year=2026&month=03&day=01&count=1000";
    let expected = [
        format!("{day}&skip=0"),
        format!("{day}&skip=1000"),
        format!("{account}&skip=0"),
        format!("{account}&skip=100"),
        format!("{account}&skip=200"),
    ];
    assert_eq!(played.asked_what(), expected);
    assert_eq!(at("2026-02-28T18:30:00Z").as_second(), 1_772_303_400);

    let lines = statements::read(&provider, &bytes).unwrap();
    let count = |kind| lines.iter().filter(|line| line.kind == kind).count();
    let counts = [StatementKind::Payment, StatementKind::Payout, StatementKind::Settlement].map(count);
    assert_eq!(counts, [1_001, 200, 1]);
}

#[tokio::test]
async fn a_day_of_which_a_page_is_missing_is_no_day() {
    let full = collection(&vec![settled("payment", "pay_1", 0, 97_100, 100_000, 2_900); 1_000]);
    let nothing = collection(&[]);
    let tables = [
        vec![Answer::Text(500, "")],
        vec![full.clone(), Answer::Cut],
        vec![nothing.clone(), Answer::Text(429, "")],
        vec![nothing.clone(), Answer::Text(200, "<html>")],
    ];
    let day = "2026-03-01".parse().unwrap();
    for answers in tables {
        let played = ScriptedServer::start(answers.clone()).await;
        assert_eq!(fetched(&played.provider(), day).await, Err(CallError::Unknown), "{answers:?}");
    }
    let played = ScriptedServer::start([nothing.clone(), nothing]).await;
    let bytes = fetched(&played.provider(), day).await.unwrap();
    assert_eq!(statements::read(&uncalled(), &bytes), Ok(Vec::new()));
}

#[test]
fn each_kind_of_line() {
    let dispute = with(settled("adjustment", "adj_1", 500, 0, 500, 0), "dispute_id", json!("disp_1"));
    let dispute = with(dispute, "payment_id", json!("pay_1"));
    let unsettled = with(settled("payment", "pay_2", 0, 1_000, 1_000, 0), "settlement_id", Value::Null);
    let lines = read(
        &[
            settled("payment", "pay_1", 0, 97_100, 100_000, 2_900),
            settled("refund", "rfnd_1", 4_000, 0, 4_000, 0),
            with(dispute, "order_receipt", Value::Null),
            with(unsettled, "settled_at", Value::Null),
        ],
        &[moved("payout", 218, 0, 100, 118), moved("payout", 0, 100, 100, 0)],
    );
    let line = |kind, id: &str, money: &str, fee: &str| StatementLine {
        id: id.parse().unwrap(),
        kind,
        reference: Some(deposit()),
        record: None,
        dispute: None,
        money: inr(money),
        fee: fee.parse().unwrap(),
        // Six days later, at its settlement.
        charged_at: at("2019-09-11T04:42:40Z"),
        settlement: Some("setl_1".parse().unwrap()),
        at: at("2019-09-05T14:09:16Z"),
    };
    let payout = |kind, fee| StatementLine {
        reference: Some(withdrawal()),
        settlement: None,
        charged_at: at("2018-12-19T12:54:26Z"),
        at: at("2018-12-19T12:54:26Z"),
        ..line(kind, "pout_1", "1", fee)
    };
    let charge_back = line(StatementKind::ChargeBack, "adj_1", "5", "0");
    let settlement = line(StatementKind::Settlement, "setl_1", "926", "0");
    let expected = vec![
        line(StatementKind::Payment, "pay_1", "1000", "29"),
        line(StatementKind::Refund, "rfnd_1", "40", "0"),
        StatementLine {
            reference: None,
            record: Some("pay_1".parse().unwrap()),
            dispute: Some("disp_1".parse().unwrap()),
            ..charge_back
        },
        StatementLine {
            settlement: None,
            charged_at: at("2019-09-05T14:09:16Z"),
            ..line(StatementKind::Payment, "pay_2", "10", "0")
        },
        payout(StatementKind::Payout, "1.18"),
        payout(StatementKind::PayoutReturn, "0"),
        StatementLine { reference: None, settlement: None, at: at("2019-09-11T04:42:40Z"), ..settlement },
    ];
    assert_eq!(lines, Ok(expected));
}

/// A reversal of a payout, as documented.
fn reversal(debit: u64, credit: u64, payout: &Value) -> Value {
    let source = json!({ "id": "rvrsl_1", "entity": "reversal", "payout_id": payout, "amount": 100 });
    with(moved("payout", debit, credit, 100, 0), "source", source)
}

#[test]
fn a_reversal_is_the_return_of_its_payout() {
    let lines = read(&[], &[moved("payout", 100, 0, 100, 0), reversal(0, 100, &json!("pout_1"))]).unwrap();
    let found: Vec<_> = lines
        .iter()
        .map(|line| (line.id.as_str(), line.kind, line.money, line.fee, line.record.clone()))
        .collect();
    let line = |kind, record| ("pout_1", kind, inr("1"), evens_ledger::Amount::ZERO, record);
    let named = Some("pout_1".parse().unwrap());
    assert_eq!(found, [line(StatementKind::Payout, None), line(StatementKind::PayoutReturn, named)]);
    // Without a payout, or if it takes money, a person must find out.
    for (record, kind) in [
        (reversal(0, 100, &Value::Null), StatementKind::OtherIn),
        (reversal(100, 0, &json!("pout_1")), StatementKind::OtherOut),
    ] {
        let lines = read(&[], &[record]).unwrap();
        assert_eq!((lines[0].id.to_string(), lines[0].kind), ("rvrsl_1".to_owned(), kind));
    }
}

#[test]
fn a_fee_is_charged_by_the_movement_or_not_at_all() {
    let field = |name| Err(StatementFault::Line { line: 1, fault: LineFault::Field(name) });
    #[rustfmt::skip]
    let of_settled = [
        // kind,       debit, credit, amount, fee
        (("payment",   0,     900,    1_000,  100), Ok("1")),
        (("payment",   0,     1_000,  1_000,  100), Ok("0")),
        (("payment",   0,     901,    1_000,  100), field("credit")),
        (("payment",   1_000, 0,      1_000,  0),   field("credit")),
        (("payment",   1,     900,    1_000,  100), field("credit")),
        (("payment",   0,     0,      100,    101), field("credit")),
        (("refund",    1_100, 0,      1_000,  100), Ok("1")),
        (("refund",    1_000, 0,      1_000,  100), Ok("0")),
        (("refund",    900,   0,      1_000,  100), field("debit")),
        (("refund",    0,     1_000,  1_000,  0),   field("debit")),
    ];
    let payment = settled("payment", "pay_9", 0, 10_000, 10_000, 0);
    for ((kind, debit, credit, amount, fee), expected) in of_settled {
        let record = settled(kind, "id_1", debit, credit, amount, fee);
        // With the payment, the settlement is one to our bank.
        let lines = read(&[record, payment.clone()], &[]);
        assert_eq!(
            lines.map(|lines| lines[0].fee),
            expected.map(|fee| fee.parse().unwrap()),
            "{kind} {debit}"
        );
    }
    #[rustfmt::skip]
    let of_moved = [
        // debit, credit, amount, fees
        ((218,    0,      100,    118), Ok("1.18")),
        ((100,    0,      100,    118), Ok("0")),
        ((217,    0,      100,    118), field("amount")),
        ((0,      100,    100,    0),   Ok("0")),
        ((0,      218,    100,    118), field("amount")),
        ((100,    100,    100,    0),   field("amount")),
        ((0,      0,      100,    0),   field("amount")),
    ];
    for ((debit, credit, amount, fees), expected) in of_moved {
        let lines = read(&[], &[moved("payout", debit, credit, amount, fees)]);
        assert_eq!(
            lines.map(|lines| lines[0].fee),
            expected.map(|fee| fee.parse().unwrap()),
            "{debit} {credit}"
        );
    }
}

/// Money comes from our bank if we fund the payout account, or if a settlement has more refunds than payments.
#[test]
fn money_may_come_from_our_bank() {
    let refund = settled("refund", "rfnd_1", 97_101, 0, 97_101, 0);
    let payment = settled("payment", "pay_1", 0, 97_000, 100_000, 3_000);
    let lines = read(&[payment, refund], &[moved("bank_transfer", 0, 200_000, 200_000, 0)]).unwrap();
    let funding = |line: &StatementLine| {
        (line.kind == StatementKind::Funding).then(|| (line.id.to_string(), line.money, line.reference))
    };
    let found: Vec<_> = lines.iter().filter_map(funding).collect();
    let expected = [("pout_1".to_owned(), inr("2000"), None), ("setl_1".to_owned(), inr("1.01"), None)];
    assert_eq!(found, expected);
}

/// The books have no account for them. The rest of the day is still compared, and their amount is part of the
/// settlement.
#[test]
fn movements_of_another_kind_are_reported_and_the_rest_is_read() {
    let adjustment = || settled("adjustment", "adj_1", 0, 1_012, 1_012, 0);
    let strange = with(
        moved("fee_recovery", 300, 0, 100, 0),
        "source",
        json!({ "id": "rec_1", "entity": "fee_recovery" }),
    );
    let lines = read(
        &[
            settled("transfer", "trf_1", 100_296, 0, 100_000, 296),
            adjustment(),
            with(adjustment(), "dispute_id", json!("disp_1")),
            settled("reserve", "rsv_1", 5, 5, 5, 0),
            settled("payment", "pay_1", 0, 200_000, 200_000, 0),
        ],
        &[moved("bank_transfer", 100, 0, 100, 0), moved("reversal", 0, 100, 100, 0), strange],
    );
    let actual = |line: &StatementLine| format!("{} {} {}", line.kind, line.id, line.money.amount());
    let actual: Vec<_> = lines.unwrap().iter().map(actual).collect();
    let expected = [
        "other-out trf_1 1002.96",
        "other-in adj_1 10.12",
        "other-in adj_1 10.12",
        "payment pay_1 2000",
        "other-out pout_1 1",
        "other-in pout_1 1",
        "other-out rec_1 3",
        "settlement setl_1 1017.28",
    ];
    assert_eq!(actual, expected);
}

#[test]
fn files_that_are_no_statements() {
    let field = |line, field| Err(StatementFault::Line { line, fault: LineFault::Field(field) });
    let right = || settled("payment", "pay_1", 0, 97_100, 100_000, 2_900);
    let payout = || moved("payout", 100, 0, 100, 0);
    let of = |record: Value| file(&[right(), record], &[payout()]);
    let of_moved = |record: Value| file(&[right()], &[payout(), record]);
    #[rustfmt::skip]
    let table = [
        (Vec::new(),                                                       Err(StatementFault::Unreadable)),
        (b"<html>".to_vec(),                                               Err(StatementFault::Unreadable)),
        (json!({ "settled": [] }).to_string().into_bytes(),                Err(StatementFault::Unreadable)),
        (of(json!({ "entity_id": "pay_1" })),                              field(2, "columns")),
        (of(with(right(), "amount", json!(-1))),                           field(2, "columns")),
        (of(with(right(), "amount", json!(1.5))),                          field(2, "columns")),
        (of(with(right(), "entity_id", json!(""))),                        field(2, "id")),
        (of(with(right(), "currency", json!("rupees"))),                   field(2, "currency")),
        (of(with(right(), "created_at", json!(i64::MAX))),                 field(2, "created_at")),
        (of(with(right(), "settled_at", Value::Null)),                     field(2, "settled_at")),
        (of(with(right(), "settlement_id", json!("a b"))),                 field(2, "id")),
        (of(with(right(), "dispute_id", json!(""))),                       field(2, "dispute_id")),
        (of_moved(json!({ "id": "txn_2" })),                               field(3, "columns")),
        (of_moved(moved("bank_transfer", 0, 101, 100, 0)),                 field(3, "amount")),
        (of_moved(with(payout(), "currency", json!("rupees"))),            field(3, "currency")),
        (of(settled("refund", "rfnd_1", 97_100, 0, 97_100, 0)),            Ok(3)),
        (of_moved(payout()),                                               Ok(4)),
        (file(&[], &[]),                                                   Ok(0)),
    ];
    for (bytes, expected) in table {
        let lines = statements::read(&uncalled(), &bytes);
        assert_eq!(lines.map(|lines| lines.len()), expected, "{}", String::from_utf8_lossy(&bytes));
    }
}

/// Other fields and the order of the lists do not matter. A repeated list is an error.
#[test]
fn lists_may_come_in_any_order() {
    let (payment, payout) = (settled("payment", "pay_1", 0, 100, 100, 0), moved("payout", 100, 0, 100, 0));
    let file = |text: String| statements::read(&uncalled(), text.as_bytes()).map(|lines| lines.len());
    assert_eq!(file(format!(r#"{{"moved":[{payout}],"x":[{{}}],"settled":[{payment}]}}"#)), Ok(3));
    for wrong in [
        format!(r#"{{"settled":[{payment}],"moved":[],"settled":[]}}"#),
        format!(r#"{{"settled":[{payment}],"moved":{{}}}}"#),
        format!(r#"{{"settled":[{payment}],"moved":[]}} and more"#),
        format!(r#"{{"settled":[{payment}],"moved":["{}"]}}"#, "x".repeat(3 * 1024 * 1024)),
    ] {
        assert_eq!(file(wrong.clone()), Err(StatementFault::Unreadable), "{wrong:.200}");
    }
}

proptest! {
    /// A settlement equals its movements less their fees: the provider keeps nothing.
    #[test]
    fn a_settlement_is_what_its_movements_come_to(
        payments in prop::collection::vec((1_000..1_000_000_u64, 0..1_000_u64), 1..8),
        refunded in 0..1_000_u64,
    ) {
        let mut records: Vec<Value> = payments
            .iter()
            .map(|(amount, fee)| settled("payment", "pay_1", 0, amount - fee, *amount, *fee))
            .collect();
        if refunded > 0 {
            records.push(settled("refund", "rfnd_1", refunded, 0, refunded, 0));
        }
        let held: u64 = payments.iter().map(|(amount, fee)| amount - fee).sum();
        prop_assume!(held > refunded);
        let lines = read(&records, &[]).unwrap();
        let of_each = lines.iter().map(|line| line.units_signed() - line.fee.units());
        prop_assert_eq!(of_each.sum::<i128>(), 0);
        prop_assert_eq!(lines.last().unwrap().kind, StatementKind::Settlement);
        prop_assert_eq!(lines.len(), records.len() + 1);
    }
}
