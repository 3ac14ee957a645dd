//! Identifiers and money. Derivations never change, because stored orders are found by them.

use crate::common::{amount, minute, user};
use evens_idempotency::DerivedIdError;
use evens_payments::{
    AccountNumber, Currency, Direction, History, HistoryLine, IdError, Money, MoneyError, OrderId,
    OrderPosition, OrderPositionError, ProviderId,
};

/// To compute an id with ordinary tools, take the first 32 digits of the hash and set the version and the variant:
///
/// ```sh
/// printf 'deposit\n42\nkey-1' | openssl dgst -sha256
/// ```
#[test]
fn orders_have_golden_ids() {
    let id = |direction, player, key: &str| {
        OrderId::derive(direction, user(player), &key.parse().expect("a key")).to_string()
    };
    assert_eq!(id(Direction::Deposit, 42, "key-1"), "c3ffe465-b454-844a-9867-e0320d5f12a1");
    assert_eq!(id(Direction::Withdrawal, 42, "key-1"), "d59e7172-52ed-87fe-944b-b07a8d977194");
    assert_ne!(id(Direction::Deposit, 43, "key-1"), id(Direction::Deposit, 42, "key-1"));
    assert_ne!(id(Direction::Deposit, 42, "key-2"), id(Direction::Deposit, 42, "key-1"));
}

#[test]
fn orders_have_uuids_in_their_one_form() {
    let uuid = "c6d110f3-7eb3-8322-875b-644f690fa954";
    assert_eq!(uuid.parse::<OrderId>().map(|id| id.to_string()), Ok(uuid.to_owned()));
    for fault in ["", "order-1", "C6D110F3-7EB3-8322-875B-644F690FA954", "c6d110f37eb38322875b644f690fa954"] {
        assert_eq!(fault.parse::<OrderId>(), Err(DerivedIdError), "{fault}");
    }
}

#[test]
fn given_ids_are_short_and_plain() {
    let longest = "p".repeat(64);
    #[rustfmt::skip]
    let table = [
        ("pay_29QQoUBi66xm2f", Ok(())),
        (longest.as_str(),     Ok(())),
        ("",                   Err(IdError::Empty)),
        (&"é".repeat(65),      Err(IdError::TooLong(64))),
        ("pay 1",              Err(IdError::Character)),
        ("pay\n1",             Err(IdError::Character)),
        ("zahlung-ä",          Err(IdError::Character)),
    ];
    for (text, expected) in table {
        let parsed = text.parse::<ProviderId>().map(|id| assert_eq!(id.as_str(), text));
        assert_eq!(parsed, expected, "{text:?}");
    }
}

/// An account is recognised in every notation of its owner, and the mask never shows all of it.
#[test]
fn an_account_is_one_however_it_is_written() {
    #[rustfmt::skip]
    let table = [
        ("12345",               None),
        ("12 3456",             None),
        ("1234----",            None),
        ("123456",              Some(("123456",           "3456"))),
        ("in12345678",          Some(("IN12345678",       "5678"))),
        ("IN12345678----",      Some(("IN12345678",       "5678"))),
        ("DE02-1203-0000-0111", Some(("DE02120300000111", "0111"))),
        ("DE021203000001-11",   Some(("DE02120300000111", "0111"))),
        ("Ravi-K@okbank",       Some(("RAVI-K@OKBANK",    "bank"))),
    ];
    for (text, expected) in table {
        let number = text.parse::<AccountNumber>().ok();
        let said = number.map(|number| (number.canonical(), number.mask().to_string()));
        let said = said.as_ref().map(|(canonical, mask)| (canonical.as_str(), mask.as_str()));
        assert_eq!(said, expected, "{text}");
    }
}

#[test]
fn a_position_is_the_time_and_the_id_of_an_order() {
    let id = OrderId::derive(Direction::Deposit, user(42), &"key-1".parse().expect("a key"));
    let at = minute(0) + jiff::SignedDuration::from_nanos(1_999_999);
    let position = OrderPosition::new(at, id);
    assert_eq!((position.milliseconds(), position.order()), (1_793_577_600_001, id));
    let text = "1793577600001.c3ffe465-b454-844a-9867-e0320d5f12a1";
    assert_eq!((position.to_string().as_str(), text.parse()), (text, Ok(position)));
    assert!(position < OrderPosition::new(minute(1), id));
    for wrong in [
        "",
        "1793577600001",
        "a.c3ffe465-b454-844a-9867-e0320d5f12a1",
        "1.order",
        "9223372036854775807.c3ffe465-b454-844a-9867-e0320d5f12a1",
    ] {
        assert_eq!(wrong.parse::<OrderPosition>(), Err(OrderPositionError), "{wrong}");
    }
}

#[test]
fn money_is_what_the_currency_can_pay() {
    #[rustfmt::skip]
    let table = [
        ("0",             Currency::INR, Err(MoneyError::Zero)),
        ("1e12",          Currency::INR, Ok(100_000_000_000_000)),
        ("1000000000001", Currency::INR, Err(MoneyError::TooLarge)),
        ("0.01",          Currency::INR, Ok(1)),
        ("0.001",         Currency::INR, Err(MoneyError::TooFine { decimals: 2 })),
        ("100",           Currency::JPY, Ok(100)),
        ("100.5",         Currency::JPY, Err(MoneyError::TooFine { decimals: 0 })),
        ("0.001",         Currency::KWD, Ok(1)),
    ];
    for (text, currency, expected) in table {
        let money = Money::parse(amount(text), currency);
        assert_eq!(money.map(Money::minor_units), expected, "{text} {currency}");
        if let Ok(money) = money {
            let minor_units = u64::try_from(money.minor_units()).expect("not negative");
            assert_eq!(Money::from_minor_units(minor_units, currency), Ok(money));
        }
    }
    assert_eq!(Money::from_minor_units(u64::MAX, Currency::JPY), Err(MoneyError::TooLarge));
    assert_eq!(Money::from_minor_units(0, Currency::INR), Err(MoneyError::Zero));
}

#[test]
fn a_history_keeps_how_it_began_and_what_is_newest() {
    let line = |number: i64| HistoryLine::own(format!("line {number}"), minute(number));
    let history = (0..20).fold(History::default(), |history, number| history.with(line(number)));
    let expected: Vec<HistoryLine> = std::iter::once(0).chain(5..20).map(line).collect();
    assert_eq!(history.lines(), expected);
    assert_eq!(History::from_stored(expected), history);
}
