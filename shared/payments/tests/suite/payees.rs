//! Bank accounts of players: the time from which they can be paid, and the texts that show them.

use crate::common::{minute, user};
use evens_ledger::Digest;
use evens_payments::{AccountMask, AccountNumber, Payee, PayeeId, PayeeSnapshot};
use jiff::SignedDuration;

fn added() -> Payee {
    let number: AccountNumber = "IN12345678".parse().expect("a number");
    let fingerprint = Digest::of(b"IN12345678");
    let usable_after = SignedDuration::from_hours(24);
    Payee::new(user(42), number.mask(), "sealed".to_owned(), fingerprint, usable_after, minute(5))
}

#[test]
fn a_payee_can_be_paid_after_its_waiting_time_until_it_is_removed() {
    let payee = added();
    assert_eq!(payee.id, PayeeId::derive(user(42), payee.fingerprint));
    let usable = PayeeSnapshot { since: minute(5), usable_from: minute(5 + 24 * 60) };
    assert_eq!((payee.snapshot(), payee.removed_at), (Some(usable), None));
    let removed = payee.removed(minute(7)).expect("it is there");
    assert_eq!(removed, Payee { removed_at: Some(minute(7)), ..payee });
    assert_eq!((removed.snapshot(), removed.removed(minute(8))), (None, None));
}

/// The id is stored, and a sealed number can be opened only in its own item.
#[test]
fn the_id_and_the_seal_of_a_payee_are_golden() {
    let payee = added();
    assert_eq!(payee.id.as_str(), "08770495bf6eb4eef898f74c72113e61");
    assert_eq!(Payee::place_of_seal(user(42), &payee.id), "payee\n42\n08770495bf6eb4eef898f74c72113e61");
}

#[test]
fn a_mask_is_four_visible_characters() {
    for (text, is_mask) in [("5678", true), ("bank", true), ("567", false), ("56789", false), ("56 8", false)]
    {
        let mask = text.parse::<AccountMask>();
        assert_eq!(mask.as_ref().is_ok(), is_mask, "{text}");
        assert!(mask.is_err() || mask.is_ok_and(|mask| mask.to_string() == text));
    }
}

#[test]
fn debug_output_of_an_account_number_is_its_mask() {
    let number: AccountNumber = "IN12345678".parse().expect("a number");
    assert_eq!((format!("{number:?}").as_str(), number.expose()), ("AccountNumber(...5678)", "IN12345678"));
}
