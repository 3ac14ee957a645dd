//! The books of orders: checks that they keep M1 and M3, without any knowledge of how the items were written.

use crate::books::Books;
use evens_ledger::{EntryKey, Invariant, SystemAccount, Transfer, UserId};
use evens_payments::{
    DepositOrder, DepositState, Direction, OrderId, OrderTerms, PaymentsRecord, WithdrawalOrder,
    WithdrawalState,
};
use evens_records::OrderPlace;
use std::collections::{BTreeSet, HashMap};

/// Every order, and its related items.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct OrderBooks {
    transfers: HashMap<EntryKey, Transfer>,
    deposits: HashMap<OrderId, DepositOrder>,
    withdrawals: HashMap<OrderId, WithdrawalOrder>,
    cashiers: HashMap<UserId, PaymentsRecord>,
    places: BTreeSet<OrderPlace>,
}

impl OrderBooks {
    pub(crate) fn add_transfer(&mut self, transfer: Transfer) -> bool {
        self.transfers.insert(transfer.key.clone(), transfer).is_none()
    }

    pub(crate) fn add_deposit(&mut self, order: DepositOrder) -> bool {
        self.deposits.insert(order.terms.id, order).is_none()
    }

    pub(crate) fn add_withdrawal(&mut self, order: WithdrawalOrder) -> bool {
        self.withdrawals.insert(order.terms.id, order).is_none()
    }

    pub(crate) fn add_cashier(&mut self, record: PaymentsRecord) -> bool {
        self.cashiers.insert(record.user, record).is_none()
    }

    pub(crate) fn add_place(&mut self, place: OrderPlace) -> bool {
        self.places.insert(place)
    }

    pub(crate) fn transferred_units(&self, account: &SystemAccount) -> i128 {
        let to = self.transfers.values().filter(|transfer| transfer.to == *account);
        let from = self.transfers.values().filter(|transfer| transfer.from == *account);
        let sum = |units: i128, transfer: &Transfer| units + transfer.amount.units();
        to.fold(0, sum) - from.fold(0, sum)
    }

    pub(crate) fn has_received_first_bonus(&self, user: UserId) -> bool {
        self.cashiers.get(&user).is_some_and(|record| record.has_received_first_bonus)
    }

    pub(crate) fn check(&self, books: &Books) {
        self.check_places();
        self.check_effects(books);
        self.check_accounts(books);
        for user in self.terms().map(|(_, terms)| terms.user).collect::<BTreeSet<_>>() {
            self.check_cashier(books, user);
        }
    }

    fn terms(&self) -> impl Iterator<Item = (Direction, &OrderTerms)> {
        let deposits = self.deposits.values().map(|order| (Direction::Deposit, &order.terms));
        deposits.chain(self.withdrawals.values().map(|order| (Direction::Withdrawal, &order.terms)))
    }

    /// Each order has its place, and each place its order.
    fn check_places(&self) {
        let expected: BTreeSet<_> = self
            .terms()
            .map(|(direction, terms)| OrderPlace {
                order: terms.id,
                direction,
                user: terms.user,
                created_at: terms.created_at,
            })
            .collect();
        assert_eq!(self.places, expected);
    }

    /// M3: each order has moved exactly the money that its state requires.
    fn check_effects(&self, books: &Books) {
        let rule = Invariant::M3OneEffect;
        let mut expected: Vec<EntryKey> = Vec::new();
        let key = |purpose: &str, id: OrderId| EntryKey::from_stored(format!("{purpose}:{id}"));
        for DepositOrder { terms, state, .. } in self.deposits.values() {
            use DepositState::{ChargedBack, Completed, Disputed, Refunded};
            if matches!(state, Completed | Refunded | Disputed | ChargedBack) {
                expected.push(key("DEPOSIT", terms.id));
            }
            if *state == Refunded {
                expected.push(key("DEPOSIT-REFUND", terms.id));
            }
        }
        for WithdrawalOrder { terms, state, is_paid_after_return, .. } in self.withdrawals.values() {
            expected.push(key("WITHDRAW", terms.id));
            let moved = [
                ("WITHDRAW-REV", state.is_given_back()),
                ("PAYOUT", matches!(state, WithdrawalState::Completed | WithdrawalState::Returned)),
                ("PAYOUT-REV", *state == WithdrawalState::Returned),
                ("PAID-AFTER-RETURN", *is_paid_after_return),
            ];
            let moved = moved.into_iter().filter(|(_, has_moved)| *has_moved);
            expected.extend(moved.map(|(purpose, _)| key(purpose, terms.id)));
        }
        let prefixes = [
            "DEPOSIT:",
            "DEPOSIT-REFUND:",
            "WITHDRAW:",
            "WITHDRAW-REV:",
            "PAYOUT:",
            "PAYOUT-REV:",
            "PAID-AFTER-RETURN:",
        ];
        let keys = books.entries.values().map(|entry| &entry.key).chain(self.transfers.keys());
        let mut found: Vec<_> = keys
            .filter(|key| prefixes.iter().any(|prefix| key.as_str().starts_with(prefix)))
            .cloned()
            .collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{rule:?}");
        assert!(books.entries.values().all(|entry| !self.transfers.contains_key(&entry.key)), "{rule:?}");
    }

    /// M1: the debts to players, and of players, are those of their orders and records.
    fn check_accounts(&self, books: &Books) {
        let rule = Invariant::M1Conservation;
        let unfinished = self.withdrawals.values().filter(|order| order.state.is_unfinished());
        let units: i128 = unfinished.map(|order| order.terms.amount().units()).sum();
        assert_eq!(books.account_units(&SystemAccount::Withdrawals), units, "{rule:?}");
        for PaymentsRecord { user, owed, .. } in self.cashiers.values() {
            assert_eq!(-books.account_units(&SystemAccount::Receivable(*user)), owed.units(), "{rule:?}");
        }
    }

    /// A player's payments record agrees with their orders.
    fn check_cashier(&self, books: &Books, user: UserId) {
        let record = self.cashiers.get(&user).expect("orders come with a payments record");
        let sum = |orders: &mut dyn Iterator<Item = &OrderTerms>| -> i128 {
            orders.map(|terms| terms.amount().units()).sum()
        };
        let deposits = || self.deposits.values().filter(|order| order.terms.user == user);
        let credited = deposits()
            .filter(|order| matches!(order.state, DepositState::Completed | DepositState::Disputed))
            .map(|order| &order.terms);
        let claimed = books.entries.values().filter(|entry| entry.user == user);
        let claimed = claimed.filter(|entry| entry.key.as_str().starts_with("SUSPENSE-OUT:"));
        let deposited = sum(&mut { credited }) + claimed.map(|entry| entry.amount.units()).sum::<i128>();
        assert_eq!(record.totals.actual_deposit_amount.units(), deposited, "{record:?}");
        let withdrawals = || self.withdrawals.values().filter(|order| order.terms.user == user);
        let paid = withdrawals().filter(|order| order.state == WithdrawalState::Completed);
        assert_eq!(record.totals.withdrawn.units(), sum(&mut paid.map(|order| &order.terms)), "{record:?}");
        let open = withdrawals().filter(|order| order.state.is_unfinished()).count();
        assert_eq!(record.open_withdrawals as usize, open, "{record:?}");
    }
}
