//! Statements: the movements of a day sum to zero.

use crate::common::{Provider, payment_of, payout_of, reference, second};
use evens_sandbox_provider::core::OpenPayment;
use jiff::civil::{Date, date};

const DAY: Date = date(2026, 3, 1);
const DAY_SECONDS: i64 = 86_400;

fn text(provider: &Provider, day: Date) -> String {
    String::from_utf8(provider.core.statement(day).to_csv().unwrap()).unwrap()
}

#[test]
fn a_statement_is_a_file_of_the_movements_of_a_day() {
    let mut provider = Provider::new();
    let payment = provider.paid();
    let payout = provider.payout("k", &payout_of(500, "123456789")).unwrap().id;
    provider.at(DAY_SECONDS);
    let expected = format!(
        "\"at\",\"kind\",\"id\",\"reference\",\"amount\",\"currency\"\n\
         \"2026-03-01T00:00:00Z\",\"payment\",\"{payment}\",\"order-1\",1000,\"INR\"\n\
         \"2026-03-01T00:00:00Z\",\"payment-fee\",\"{payment}\",\"order-1\",-20,\"INR\"\n\
         \"2026-03-01T00:00:03Z\",\"payout\",\"{payout}\",\"order-2\",-500,\"INR\"\n\
         \"2026-03-01T00:00:03Z\",\"payout-fee\",\"{payout}\",\"order-2\",-7,\"INR\"\n\
         \"2026-03-01T23:59:59Z\",\"settlement\",\"set_2026-03-01_INR\",\"\",-473,\"INR\"\n"
    );
    assert_eq!(text(&provider, DAY), expected);
}

#[test]
fn a_day_is_settled_when_it_is_over() {
    let mut provider = Provider::new();
    provider.paid();
    let kinds = |provider: &Provider, day| -> Vec<_> {
        provider.core.statement(day).movements.iter().map(|movement| movement.kind.name()).collect()
    };
    provider.at(DAY_SECONDS - 1);
    assert_eq!(kinds(&provider, DAY), ["payment", "payment-fee"]);
    provider.at(DAY_SECONDS);
    assert_eq!(kinds(&provider, DAY), ["payment", "payment-fee", "settlement"]);
    assert_eq!(kinds(&provider, date(2026, 3, 2)), Vec::<&str>::new());
    assert_eq!(kinds(&provider, date(9999, 12, 31)), Vec::<&str>::new());
}

#[test]
fn a_movement_stands_in_the_day_in_which_it_happened() {
    let mut provider = Provider::new();
    provider.at(DAY_SECONDS - 2);
    provider.payout("k", &payout_of(500, "123456789")).unwrap();
    provider.at(3 * DAY_SECONDS);
    assert_eq!(provider.core.statement(DAY).movements.len(), 0);
    let statement = provider.core.statement(date(2026, 3, 2));
    assert_eq!(statement.movements[0].at, second(DAY_SECONDS + 1));
    let settlement = statement.movements.last().unwrap();
    assert_eq!(settlement.amount, 507, "what is missing comes from the bank");
}

#[test]
fn a_reference_cannot_break_the_file() {
    let mut provider = Provider::new();
    let reference = reference("=cmd|'/C calc'!A0,\"x\"");
    let request = OpenPayment { reference: reference.clone(), ..payment_of(1000) };
    let id = provider.open("a", &request).unwrap().id;
    provider.core.pay(id, second(0)).unwrap();
    assert!(text(&provider, DAY).contains("\"=cmd|'/C calc'!A0,\"\"x\"\"\",1000"));
}
