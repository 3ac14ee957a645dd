//! The chain of a wallet's entries (M4): golden hashes, and proof that any change is detected.

use crate::common::{amount, at, posting, user};
use evens_ledger::{
    BalanceKind, ChainFault, Digest, Entry, EntryKey, EntryKind, EntryPurpose, Incoming, Posting,
    SystemAccount, Wallet,
};
use proptest::prelude::*;

/// A wallet that is credited 500, is debited 100.50 for a bet, and gets a bonus of 25.
fn chain() -> [Entry; 3] {
    let bet = "c6d110f3-7eb3-8322-875b-644f690fa954";
    let credit = Posting {
        key: EntryKey::new(EntryPurpose::Fund, &[&"order-1"]),
        amount: amount("500"),
        account: SystemAccount::House,
        reference: "order-1".to_owned(),
    };
    let debit = Posting {
        key: EntryKey::new(EntryPurpose::Bet, &[&bet]),
        amount: amount("100.50"),
        account: SystemAccount::Stakes("round-2024-01-01".to_owned()),
        reference: bet.to_owned(),
    };
    let empty = Wallet::empty(user(42));
    let credited = empty.credit(Incoming::Credit, credit, at("2024-01-01T00:00:00Z"));
    let (wallet, first) = credited.expect("fits");
    let (wallet, second) = wallet.debit(debit, at("2024-01-01T00:00:01.5Z")).expect("covered");
    let (_, third) = wallet.credit_bonus(bonus(), at("2024-01-01T00:00:02Z")).expect("fits");
    [first, second, third]
}

fn bonus() -> Posting {
    Posting {
        key: EntryKey::new(EntryPurpose::Bonus, &[&"REG", &42]),
        amount: amount("25"),
        account: SystemAccount::BonusPool,
        reference: "42".to_owned(),
    }
}

/// The wallet that results from these entries.
fn explained(entries: &[&Entry]) -> Wallet {
    let follow = |wallet: Wallet, entry: &&Entry| wallet.follow(entry).expect("it continues");
    entries.iter().fold(Wallet::empty(user(42)), follow)
}

/// The hashes can never change, because stored entries carry them. To compute the first one with ordinary tools:
///
/// ```sh
/// printf '42\n1\nFUND:order-1\nCREDIT\n500\nhouse\norder-1\n0\n500\n2024-01-01T00:00:00Z\n%064d' 0 |
///     openssl dgst -sha256
/// ```
///
/// The second, where the last line is the hash of the first:
///
/// ```sh
/// BET=c6d110f3-7eb3-8322-875b-644f690fa954
/// printf '42\n2\nBET:%s\nDEBIT\n100.5\nstakes:round-2024-01-01\n%s\n500\n399.5\n2024-01-01T00:00:01.5Z\n%s' \
///     $BET $BET 10050eee7fbcf8f4262254fcb4d0302383a48c006652a8305ccd7bb677a00aff | openssl dgst -sha256
/// ```
///
/// The third is of the bonus balance, so it has a further line:
///
/// ```sh
/// printf '%s\n' 42 3 BONUS:REG:42 CREDIT 25 bonus-pool 42 0 25 2024-01-01T00:00:02Z \
///     9c93e084361861523215fea1ede8a0eb41ca1bdf0455e46bde46361b7b80a79e BONUS | head -c -1 | openssl dgst -sha256
/// ```
#[test]
fn hashes_are_golden() {
    let [first, second, third] = chain();
    assert_eq!(first.previous_hash, Digest::ZERO);
    assert_eq!(first.hash.to_string(), "10050eee7fbcf8f4262254fcb4d0302383a48c006652a8305ccd7bb677a00aff");
    assert_eq!(second.previous_hash, first.hash);
    assert_eq!(second.hash.to_string(), "9c93e084361861523215fea1ede8a0eb41ca1bdf0455e46bde46361b7b80a79e");
    assert_eq!(third.previous_hash, second.hash);
    assert_eq!(third.hash.to_string(), "d761be1331b4e1daa12c4762a4d83e6b8787dfec59c0df74e9505fcc7bd720f6");
}

/// A line break and a backslash are escaped before hashing:
///
/// ```sh
/// printf '%s\n' 42 1 'FUND:a\nb\\c' CREDIT 500 house 'a\nb\\c' 0 500 2024-01-01T00:00:00Z $(printf %064d 0) |
///     head -c -1 | openssl dgst -sha256
/// ```
#[test]
fn text_of_several_lines_is_hashed_as_one() {
    let [mut entry, ..] = chain();
    entry.key = EntryKey::new(EntryPurpose::Fund, &[&"a\nb\\c"]);
    entry.reference = "a\nb\\c".to_owned();
    let golden = "8946292a2726a30cc245ebb173c780c5714c4ae140e0458d256e7f4ce26f62f2";
    assert_eq!(entry.computed_hash().to_string(), golden);
}

#[test]
fn text_cannot_move_from_one_field_into_the_next() {
    let [entry, ..] = chain();
    let stakes = |round: &str| SystemAccount::Stakes(round.to_owned());
    let one = Entry { account: stakes("r1\nr2"), reference: "x".to_owned(), ..entry.clone() };
    let other = Entry { account: stakes("r1"), reference: "r2\nx".to_owned(), ..entry.clone() };
    assert_ne!(one.computed_hash(), other.computed_hash());
    let escaped = Entry { account: stakes("r1\\nr2"), ..one.clone() };
    assert_ne!(one.computed_hash(), escaped.computed_hash());
}

#[test]
fn the_balance_kind_cannot_be_mistaken_for_another_field() {
    let [_, _, entry] = chain();
    let cash = Entry { balance_kind: BalanceKind::Cash, ..entry.clone() };
    assert_ne!(cash.computed_hash(), entry.computed_hash());
    // A field of a cash entry cannot fake the further line.
    let forged = Entry { reference: format!("{}\nBONUS", entry.reference), ..cash.clone() };
    assert_ne!(forged.computed_hash(), entry.computed_hash());
}

#[test]
fn both_balances_share_one_chain() {
    let [first, second, third] = chain();
    let wallet = explained(&[&first, &second, &third]);
    let expected = Wallet {
        balance: amount("399.5"),
        bonus: amount("25"),
        version: 3,
        head: third.hash,
        ..Wallet::empty(user(42))
    };
    assert_eq!(wallet, expected);
    assert_eq!((third.balance_before, third.balance_after), (amount("0"), amount("25")));
    let relabelled = Entry { balance_kind: BalanceKind::Bonus, ..second.clone() };
    assert_eq!(explained(&[&first]).follow(&relabelled), Err(ChainFault::BalanceBefore));
    let relabelled = Entry { balance_kind: BalanceKind::Bonus, ..first };
    assert_eq!(explained(&[]).follow(&relabelled), Err(ChainFault::Hash));
    let locked = Wallet { locked: amount("7"), ..expected };
    assert_eq!(locked.left_by(&third), locked, "what is locked is explained by bets");
}

#[test]
fn faults_are_found_in_their_order() {
    let [first, second, _] = chain();
    // Each row is the row above with one fault repaired. The hash is right up to the last fault but one.
    let other_wallet = Entry {
        user: user(43),
        number: 3,
        balance_before: amount("499"),
        balance_after: amount("1"),
        previous_hash: Digest::of(b"another"),
        hash: Digest::ZERO,
        ..second.clone()
    };
    let number = Entry { user: second.user, ..other_wallet.clone() };
    let balance_before = Entry { number: 2, ..number.clone() };
    let balance_after = Entry { balance_before: amount("500"), ..balance_before.clone() };
    let previous_hash = Entry { balance_after: amount("399.5"), ..balance_after.clone() };
    let hash = Entry { previous_hash: first.hash, ..previous_hash.clone() };
    #[rustfmt::skip]
    let table = [
        (other_wallet,   Err(ChainFault::User)),
        (number,         Err(ChainFault::Number)),
        (balance_before, Err(ChainFault::BalanceBefore)),
        (balance_after,  Err(ChainFault::BalanceAfter)),
        (previous_hash,  Err(ChainFault::PreviousHash)),
        (hash,           Err(ChainFault::Hash)),
        (second,         Ok(())),
    ];
    for (entry, expected) in table {
        assert_eq!(explained(&[&first]).follow(&entry).map(drop), expected);
    }
}

#[test]
fn an_entry_of_another_wallet_does_not_continue_this_one() {
    let [first, second, _] = chain();
    let mut foreign = Entry { user: user(43), ..second };
    foreign.hash = foreign.computed_hash();
    assert_eq!(explained(&[&first]).follow(&foreign), Err(ChainFault::User));
}

#[test]
fn a_wallet_begins_with_number_one_nothing_and_zeros() {
    let [first, second, _] = chain();
    assert_eq!(explained(&[]).follow(&first), Ok(explained(&[]).left_by(&first)));
    assert_eq!(explained(&[]).follow(&second), Err(ChainFault::Number));
    assert_eq!(explained(&[&first]).follow(&first), Err(ChainFault::Number));
}

#[test]
fn no_entry_follows_the_largest_number() {
    let [first, second, _] = chain();
    let last = Wallet { version: u64::MAX, ..explained(&[&first]) };
    assert_eq!(last.follow(&Entry { number: 0, ..second }), Err(ChainFault::Number));
}

/// A movement of money, in units of the last decimal.
#[derive(Debug, Clone)]
struct Movement {
    kind: EntryKind,
    balance_kind: BalanceKind,
    units: i128,
}

fn any_movement() -> impl Strategy<Value = Movement> {
    let kind = prop::sample::select(vec![
        (EntryKind::Debit, BalanceKind::Cash),
        (EntryKind::Debit, BalanceKind::Cash),
        (EntryKind::Credit, BalanceKind::Cash),
        (EntryKind::Refund, BalanceKind::Cash),
        (EntryKind::Payout, BalanceKind::Cash),
        (EntryKind::Credit, BalanceKind::Bonus),
    ]);
    let units = prop_oneof![4 => 0..=1_000_000_000_i128, 1 => 0..10_i128.pow(28)];
    (kind, units).prop_map(|((kind, balance_kind), units)| Movement { kind, balance_kind, units })
}

/// The wallet and its entries after these movements. Refused movements leave nothing.
fn after(movements: &[Movement]) -> (Wallet, Vec<Entry>) {
    let mut wallet = Wallet::empty(user(42));
    let mut entries = Vec::new();
    for (number, movement) in movements.iter().enumerate() {
        let amount = evens_ledger::Amount::from_units(movement.units).expect("within the limits");
        let posting = Posting { amount, ..posting(&format!("order-{number}"), "0") };
        let at = at("2024-01-01T00:00:00Z");
        let moved = match (movement.balance_kind, movement.kind) {
            (BalanceKind::Bonus, _) => wallet.credit_bonus(posting, at).ok(),
            (BalanceKind::Cash, EntryKind::Debit) => wallet.debit(posting, at).ok(),
            (BalanceKind::Cash, EntryKind::Credit) => wallet.credit(Incoming::Credit, posting, at).ok(),
            (BalanceKind::Cash, EntryKind::Refund) => wallet.credit(Incoming::Refund, posting, at).ok(),
            (BalanceKind::Cash, EntryKind::Payout) => wallet.credit(Incoming::Payout, posting, at).ok(),
        };
        if let Some((changed, entry)) = moved {
            wallet = changed;
            entries.push(entry);
        }
    }
    (wallet, entries)
}

fn first_fault(entries: &[Entry]) -> Option<ChainFault> {
    let followed = entries.iter().try_fold(Wallet::empty(user(42)), |wallet, entry| wallet.follow(entry));
    followed.err()
}

/// The entry with one of its thirteen fields changed.
fn changed(entry: &Entry, field: usize) -> Entry {
    let mut changed = entry.clone();
    let one_unit = amount("0.00000001");
    let nudged = |value: evens_ledger::Amount| value.checked_sub(one_unit).unwrap_or(one_unit);
    match field {
        0 => changed.user = user(entry.user.number() + 1),
        1 => changed.number += 1,
        2 => changed.key = EntryKey::from_stored(format!("{}:again", entry.key)),
        3 if entry.kind == EntryKind::Payout => changed.kind = EntryKind::Credit,
        3 => changed.kind = EntryKind::Payout,
        4 => changed.amount = nudged(entry.amount),
        5 => changed.account = SystemAccount::BonusPool,
        6 => changed.reference.push('x'),
        7 => changed.balance_before = nudged(entry.balance_before),
        8 => changed.balance_after = nudged(entry.balance_after),
        9 => changed.at = at("2024-01-01T00:00:00.000000001Z"),
        10 => changed.previous_hash = Digest::of(b"another"),
        11 if entry.balance_kind == BalanceKind::Bonus => changed.balance_kind = BalanceKind::Cash,
        11 => changed.balance_kind = BalanceKind::Bonus,
        _ => changed.hash = Digest::of(b"another"),
    }
    assert_ne!(&changed, entry, "field {field} was to be changed");
    changed
}

proptest! {
    #[test]
    fn any_movements_leave_a_chain_that_explains_the_wallet(movements in prop::collection::vec(any_movement(), 0..40)) {
        let (wallet, entries) = after(&movements);
        prop_assert_eq!(first_fault(&entries), None);
        prop_assert_eq!(wallet.version, entries.len() as u64);
        for balance_kind in [BalanceKind::Cash, BalanceKind::Bonus] {
            let of_kind = entries.iter().filter(|entry| entry.balance_kind == balance_kind);
            prop_assert_eq!(wallet.balance_of(balance_kind).units(), of_kind.map(Entry::units_signed).sum::<i128>());
        }
        prop_assert_eq!(wallet.head, entries.last().map_or(Digest::ZERO, |entry| entry.hash));
        prop_assert_eq!(&wallet.newest, &entries);
        let carried = Wallet { newest: entries.clone(), ..explained(&entries.iter().collect::<Vec<_>>()) };
        prop_assert_eq!(carried, wallet);
    }

    #[test]
    fn a_movement_is_refused_only_where_it_must_be(movements in prop::collection::vec(any_movement(), 1..40)) {
        let (_, entries) = after(&movements);
        let (mut cash, mut bonus) = (0, 0);
        let mut made = entries.iter().map(|entry| entry.reference.as_str()).peekable();
        for (number, movement) in movements.iter().enumerate() {
            let balance = match movement.balance_kind {
                BalanceKind::Cash => &mut cash,
                BalanceKind::Bonus => &mut bonus,
            };
            let would_be = match movement.kind {
                EntryKind::Debit => *balance - movement.units,
                EntryKind::Credit | EntryKind::Refund | EntryKind::Payout => *balance + movement.units,
            };
            let was_made = made.next_if_eq(&format!("order-{number}").as_str()).is_some();
            prop_assert_eq!(was_made, (0..10_i128.pow(28)).contains(&would_be), "order {}", number);
            *balance = if was_made { would_be } else { *balance };
        }
    }

    #[test]
    fn any_single_field_that_is_changed_shows(
        movements in prop::collection::vec(any_movement(), 1..12),
        place in any::<prop::sample::Index>(),
        field in 0..13_usize,
    ) {
        let (_, mut entries) = after(&movements);
        prop_assume!(!entries.is_empty());
        let place = place.index(entries.len());
        entries[place] = changed(&entries[place], field);
        prop_assert!(first_fault(&entries).is_some(), "field {} of entry {}", field, place);
    }

    #[test]
    fn an_entry_that_is_removed_or_swapped_shows(
        movements in prop::collection::vec(any_movement(), 2..12),
        place in any::<prop::sample::Index>(),
    ) {
        let (_, entries) = after(&movements);
        prop_assume!(entries.len() >= 2);
        let place = place.index(entries.len() - 1);
        let mut removed = entries.clone();
        removed.remove(place);
        prop_assert!(first_fault(&removed).is_some());
        let mut swapped = entries;
        swapped.swap(place, place + 1);
        prop_assert!(first_fault(&swapped).is_some());
    }
}
