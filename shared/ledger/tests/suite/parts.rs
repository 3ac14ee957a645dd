//! Movements over both balances of a wallet: how much each one pays or gets, and the entries.

use crate::common::{amount, at, posting, user, wallet_of};
use evens_ledger::{
    Amount, BalanceKind, BalanceTooLarge, DebitRule, Entry, Incoming, InsufficientBalance, LedgerAccount,
    Parts, SystemAccount, Wallet,
};
use proptest::prelude::*;

const LARGEST: &str = "99999999999999999999.99999999";
const RULES: [DebitRule; 3] = [DebitRule::CashOnly, DebitRule::CashFirst, DebitRule::BonusFirst];

fn wallet(cash: &str, bonus: &str) -> Wallet {
    Wallet { bonus: amount(bonus), ..wallet_of(cash) }
}

fn parts((cash, bonus): (&str, &str)) -> Parts {
    Parts { cash: amount(cash), bonus: amount(bonus) }
}

#[test]
fn a_rule_says_which_balance_pays() {
    use DebitRule::{BonusFirst, CashFirst, CashOnly};
    #[rustfmt::skip]
    let table = [
        // rule      cash     bonus    asked    cash and bonus that pay
        (CashOnly,   "10",    "5",     "10",    Some(("10", "0"))),
        (CashOnly,   "10",    "5",     "11",    None),
        (CashFirst,  "10",    "5",     "10",    Some(("10", "0"))),
        (CashFirst,  "10",    "5",     "11",    Some(("10", "1"))),
        (CashFirst,  "10",    "5",     "15",    Some(("10", "5"))),
        (CashFirst,  "10",    "5",     "15.00000001", None),
        (BonusFirst, "10",    "5",     "4",     Some(("0", "4"))),
        (BonusFirst, "10",    "5",     "6",     Some(("1", "5"))),
        (BonusFirst, "10",    "5",     "15.00000001", None),
        (BonusFirst, "10",    "0",     "10",    Some(("10", "0"))),
        (BonusFirst, LARGEST, LARGEST, LARGEST, Some(("0", LARGEST))),
        (CashFirst,  "0",     "0",     "0",     Some(("0", "0"))),
    ];
    for (rule, cash, bonus, asked, expected) in table {
        let paid = rule.parts(amount(asked), &wallet(cash, bonus));
        assert_eq!(paid, expected.map(parts), "{rule:?} {asked} of {cash} and {bonus}");
    }
}

#[test]
fn each_balance_that_pays_has_an_entry_with_a_key_of_its_own() {
    let before = wallet("10", "5");
    let time = at("2024-01-01T00:00:00Z");
    let (after, entries) = before.debit_by(DebitRule::BonusFirst, &posting("spin", "7"), time).unwrap();
    let said = entries.iter().map(|entry| (entry.key.as_str(), entry.balance_kind, entry.amount));
    let expected =
        [("TEST:spin", BalanceKind::Cash, amount("2")), ("TEST:spin:BONUS", BalanceKind::Bonus, amount("5"))];
    assert_eq!(said.collect::<Vec<_>>(), expected);
    assert_eq!((after.balance, after.bonus, after.version), (amount("8"), Amount::ZERO, 2));
    assert_eq!(after.newest, entries);
    // A refund goes back to the balances it came from.
    let back = parts(("2", "5"));
    let (returned, _) = after.credit_parts(Incoming::Refund, &posting("back", "0"), back, time).unwrap();
    assert_eq!((returned.balance, returned.bonus), (before.balance, before.bonus));
}

#[test]
fn a_balance_that_pays_nothing_has_no_entry() {
    let time = at("2024-01-01T00:00:00Z");
    for (rule, expected) in
        [(DebitRule::CashFirst, BalanceKind::Cash), (DebitRule::BonusFirst, BalanceKind::Bonus)]
    {
        let (after, entries) = wallet("10", "5").debit_by(rule, &posting("spin", "5"), time).unwrap();
        let balance_kinds: Vec<_> = entries.iter().map(|entry| entry.balance_kind).collect();
        assert_eq!((balance_kinds, after.version), (vec![expected], 1), "{rule:?}");
    }
}

#[test]
fn a_movement_of_nothing_leaves_one_entry_of_cash() {
    let (after, entries) = wallet("0", "0")
        .debit_by(DebitRule::CashFirst, &posting("none", "0"), at("2024-01-01T00:00:00Z"))
        .unwrap();
    assert_eq!(entries.iter().map(|entry| entry.balance_kind).collect::<Vec<_>>(), [BalanceKind::Cash]);
    assert_eq!(after.version, 1);
}

#[test]
fn a_refusal_says_what_the_rule_could_have_spent() {
    #[rustfmt::skip]
    let table = [
        (DebitRule::CashOnly,   "10"),
        (DebitRule::CashFirst,  "15"),
        (DebitRule::BonusFirst, "15"),
    ];
    for (rule, spendable) in table {
        let refused = wallet("10", "5").debit_by(rule, &posting("much", "100"), at("2024-01-01T00:00:00Z"));
        let expected = InsufficientBalance { balance: amount(spendable), amount: amount("100") };
        assert_eq!(refused, Err(expected), "{rule:?}");
    }
    // The sum of both balances does not fit an amount; a debit is not refused because of that.
    let rich = wallet(LARGEST, "1");
    assert_eq!(DebitRule::CashFirst.spendable(&rich), amount(LARGEST));
}

#[test]
fn a_balance_that_would_be_too_large_leaves_both_as_they_were() {
    let full = wallet("1", LARGEST);
    let credited = full.credit_parts(
        Incoming::Refund,
        &posting("back", "0"),
        parts(("1", "1")),
        at("2024-01-01T00:00:00Z"),
    );
    assert_eq!(credited, Err(BalanceTooLarge));
}

#[test]
fn an_entry_names_the_account_that_gives_and_the_one_that_gets() {
    let time = at("2024-01-01T00:00:00Z");
    let cash = LedgerAccount::Wallet(user(42), BalanceKind::Cash);
    let house = LedgerAccount::System(SystemAccount::House);
    let (_, paid) = wallet_of("10").debit(posting("paid", "1"), time).unwrap();
    assert_eq!(paid.from_and_to(), (cash.clone(), house.clone()));
    let (_, got) = wallet_of("10").credit(Incoming::Payout, posting("got", "1"), time).unwrap();
    assert_eq!(got.from_and_to(), (house, cash.clone()));
    let (_, bonus) = wallet_of("10").credit_bonus(posting("bonus", "1"), time).unwrap();
    assert_eq!(bonus.from_and_to().1.to_string(), "wallet:42:bonus");
    assert_eq!(cash.to_string(), "wallet:42:cash");
}

proptest! {
    #[test]
    fn parts_add_up_and_overdraw_nothing(cash in 0..2_000_i128, bonus in 0..2_000_i128, asked in 0..5_000_i128) {
        let units = |units| Amount::from_units(units).expect("within the limits");
        let before = Wallet { balance: units(cash), bonus: units(bonus), ..Wallet::empty(user(42)) };
        for rule in RULES {
            let asked_for = evens_ledger::Posting { amount: units(asked), ..posting("any", "0") };
            let debited = before.debit_by(rule, &asked_for, at("2024-01-01T00:00:00Z"));
            let spendable = if rule == DebitRule::CashOnly { cash } else { cash + bonus };
            prop_assert_eq!(debited.is_ok(), asked <= spendable, "{:?}", rule);
            let Ok((after, entries)) = debited else { continue };
            prop_assert_eq!(after.balance.units() + after.bonus.units(), cash + bonus - asked);
            prop_assert_eq!(entries.iter().map(Entry::units_signed).sum::<i128>(), -asked);
            let explained = entries.iter().try_fold(before.clone(), |wallet, entry| wallet.follow(entry));
            let explained = explained.map(|wallet| Wallet { newest: entries.clone(), ..wallet });
            prop_assert_eq!(explained, Ok(after));
        }
    }
}
