//! Money in and out: sound stories, and one corruption per row with exactly the invariants that it violates.

mod moved;
mod people;

use crate::common::payments::{payout_of, rupees};
use crate::common::{Story, amount, check as check_items, second, user};
use evens_audit::Completeness;
use evens_ledger::{
    Amount, BalanceKind, Entry, EntryKey, EntryKind, EntryPurpose, Incoming, Posting, SystemAccount, Transfer,
};
use evens_payments::{
    DepositOrder, DepositState, HoldReason, OrderId, PaymentsRecord, PayoutState, UnclaimedCause,
    WithdrawalOrder, WithdrawalState,
};
use evens_records::Record;

/// User 1 deposits 100 and gets 25 on top; they withdraw 40, which two cashiers approve, cancel 10, and wait for 5.
/// User 2 has 50, deposits 50, and gets those refunded. User 3's provider reported 101 instead of 100, twice: the first
/// payment is returned, the second is pending. User 4 deposits 30, withdraws 20, and has the 30 charged back: 10 are
/// taken, 20 owed. User 5 withdraws 60, which are returned and nevertheless paid. User 6 wants 8, which a cashier
/// rejects. User 7 paid 9 instead of 10, which a cashier credits. User 8 paid 21 instead of 20, and another 20; both
/// were charged back before they were in any wallet.
struct Case {
    story: Story,
    credited: OrderId,
    refunded: OrderId,
    unclaimed: OrderId,
    returned: OrderId,
    charged_back: OrderId,
    claimed: OrderId,
    taken: OrderId,
    paid: OrderId,
    cancelled: OrderId,
    open: OrderId,
    rejected: OrderId,
    come_back: OrderId,
    /// An additional record.
    beside: Option<Record>,
}

fn case() -> Case {
    let mut story = Story::default();
    let credited = story.open_deposit(1, "100");
    story.pay_deposit(credited, "pay-1", "100");
    story.pay_deposit(credited, "pay-1b", "100");
    story.give_first_bonus(1);
    let paid = story.request_withdrawal(1, "40").expect("there are 100");
    story.hold_withdrawal(paid, HoldReason::FourEyes);
    story.approve_withdrawal(paid, 90);
    story.approve_withdrawal(paid, 91);
    story.claim_payout(paid);
    story.report_payout(paid, PayoutState::Paid);
    let cancelled = story.request_withdrawal(1, "10").expect("there are 60");
    story.cancel_withdrawal(cancelled);
    let open = story.request_withdrawal(1, "5").expect("there are 60");
    story.claim_payout(open);
    story.fund(2, "50");
    let refunded = story.open_deposit(2, "50");
    story.pay_deposit(refunded, "pay-2", "50");
    story.refund_deposit(refunded);
    let [returned, unclaimed] = [(3, "pay-3"), (3, "pay-4")].map(|(player, payment)| {
        let order = story.open_deposit(player, "100");
        story.pay_deposit(order, payment, "101");
        order
    });
    story.return_unclaimed(returned);
    let charged_back = story.open_deposit(4, "30");
    story.pay_deposit(charged_back, "pay-5", "30");
    story.pay_out(4, "20");
    story.charge_back(charged_back, "dispute-1");
    story.fund(5, "60");
    story.fund(6, "8");
    let rejected = story.request_withdrawal(6, "8").expect("there are 8");
    story.hold_withdrawal(rejected, HoldReason::Large);
    story.reject_withdrawal(rejected, 90);
    let come_back = story.pay_out(5, "60");
    story.report_payout(come_back, PayoutState::Returned);
    story.report_payout(come_back, PayoutState::Paid);
    let claimed = story.open_deposit(7, "10");
    story.pay_deposit(claimed, "pay-7", "9");
    story.claim_suspended(claimed, "pay-7");
    let taken = story.open_deposit(8, "20");
    for (payment, coins) in [("pay-8", "21"), ("pay-8b", "20")] {
        story.pay_deposit(taken, payment, coins);
        story.lose_suspended(taken, payment, coins);
    }
    let beside = None;
    Case {
        story,
        credited,
        refunded,
        unclaimed,
        returned,
        charged_back,
        claimed,
        taken,
        paid,
        cancelled,
        open,
        rejected,
        come_back,
        beside,
    }
}

impl Case {
    fn entry(&mut self, key: &EntryKey) -> &mut Entry {
        self.story.entries.iter_mut().find(|entry| entry.key == *key).expect("there is one")
    }

    /// Changes an entry and everything that follows from it, so that its chain stays valid.
    fn change_entry(&mut self, key: &EntryKey, change: impl FnOnce(&mut Entry)) {
        let entry = self.entry(key);
        change(entry);
        let player = entry.user.number();
        self.story.chain_again(player);
    }

    /// Removes an entry in the same way.
    fn drop_entry(&mut self, key: &EntryKey) {
        let player = self.entry(key).user.number();
        self.story.entries.retain(|entry| entry.key != *key);
        self.story.chain_again(player);
    }

    fn transfer(&mut self, key: &EntryKey) -> &mut Transfer {
        self.story.transfers.get_mut(key).expect("there is one")
    }

    fn drop_transfer(&mut self, key: &EntryKey) {
        self.story.transfers.remove(key).expect("there is one");
    }

    /// Copies the transfer with another key.
    fn copy_transfer(&mut self, key: &EntryKey, other: EntryKey) {
        let copy = Transfer { key: other, ..self.transfer(key).clone() };
        self.beside = Some(Record::Transfer(copy));
    }

    /// The transfer of a second payout of the same withdrawal, and the debt.
    fn owe_second_payout(&mut self) {
        let paid = self.transfer(&key("PAYOUT", self.paid)).clone();
        let (key, from) = (
            EntryKey::new(EntryPurpose::PaidTwice, &[&self.paid, &"payout-2"]),
            SystemAccount::Receivable(user(1)),
        );
        self.beside = Some(Record::Transfer(Transfer { key, from, ..paid }));
        self.record(1).owed = amount("40");
        self.record(1).is_held = true;
    }

    fn deposit(&mut self, id: OrderId) -> &mut DepositOrder {
        self.story.deposits.get_mut(&id).expect("there is one")
    }

    fn withdrawal(&mut self, id: OrderId) -> &mut WithdrawalOrder {
        self.story.withdrawals.get_mut(&id).expect("there is one")
    }

    fn record(&mut self, player: u64) -> &mut PaymentsRecord {
        self.story.payments_records.get_mut(&user(player)).expect("there is one")
    }

    /// Appends a well-formed entry to a wallet.
    fn give(&mut self, player: u64, key: EntryKey, coins: &str, account: SystemAccount, reference: OrderId) {
        let at = self.story.tick();
        let reference = reference.to_string();
        let posting = Posting { key, amount: amount(coins), account, reference };
        let wallet = self.story.wallets[&user(player)].clone();
        self.story.post(wallet.credit(Incoming::Credit, posting, at).expect("it fits"), 0);
    }
}

type Corruption = (&'static str, fn(&mut Case), &'static str);

fn check(table: &[Corruption]) {
    for (what, corrupt, expected) in table {
        let mut case = case();
        assert_eq!(case.story.check(Completeness::Stopped).violations(), &[], "sound before it is corrupted");
        corrupt(&mut case);
        let items = case.story.items().into_iter().chain(case.beside);
        let report = check_items(items, Completeness::Stopped);
        let mut names: Vec<_> =
            report.violations().iter().map(|violation| violation.invariant.name()).collect();
        names.dedup();
        assert_eq!(names.join(" "), *expected, "{what}: {:#?}", report.violations());
    }
}

fn key(purpose: &str, id: OrderId) -> EntryKey {
    EntryKey::from_stored(format!("{purpose}:{id}"))
}

fn named(key: &str) -> EntryKey {
    EntryKey::from_stored(key.to_owned())
}

#[test]
fn a_sound_story_is_counted() {
    let Case { mut story, .. } = case();
    let report = story.check(Completeness::Stopped);
    let moved = (report.counts.deposits, report.counts.withdrawals, report.counts.transfers);
    assert_eq!((report.is_clean(), report.sum_units, moved), (true, 0, (7, 6, 15)));
    let expired = story.open_deposit(6, "10");
    story.expire_deposit(expired);
    assert_eq!(story.check(Completeness::Stopped).violations(), &[]);
    story.pay_deposit(expired, "pay-6", "10");
    assert_eq!(story.deposits[&expired].state, DepositState::Completed);
    assert_eq!(story.check(Completeness::Stopped).violations(), &[], "money that comes late is credited");
}

#[test]
#[rustfmt::skip]
fn of_deposits() {
    check(&[
        ("a deposit is credited without an entry", |case| case.drop_entry(&key("DEPOSIT", case.refunded)), "M3"),
        ("a deposit is credited with more", |case| {
            case.change_entry(&key("DEPOSIT", case.credited), |entry| entry.amount = amount("101"));
        }, "M3"),
        ("a deposit is credited from another account", |case| {
            case.change_entry(&key("DEPOSIT", case.credited), |entry| entry.account = SystemAccount::House);
        }, "M3"),
        ("a deposit is credited as a refund", |case| {
            case.change_entry(&key("DEPOSIT", case.credited), |entry| entry.kind = EntryKind::Refund);
        }, "M3"),
        ("a deposit is credited as a bonus", |case| {
            case.change_entry(&key("DEPOSIT", case.refunded), |entry| entry.balance_kind = BalanceKind::Bonus);
        }, "M3"),
        ("a deposit is credited to somebody else", |case| case.deposit(case.credited).terms.user = user(3), "M1 M3"),
        ("a deposit is credited twice", |case| {
            let account = case.deposit(case.credited).terms.provider_account();
            case.give(1, key("DEPOSIT", case.credited), "100", account, case.credited);
        }, "M3"),
        ("a deposit that was credited has failed", |case| {
            case.deposit(case.credited).state = DepositState::Failed;
        }, "M1 M3"),
        ("a deposit that was never paid is completed", |case| {
            case.deposit(case.unclaimed).state = DepositState::Completed;
        }, "M1 M3"),
        ("a deposit is gone", |case| { case.story.deposits.remove(&case.credited); }, "M1 M3"),
        ("a deposit is there twice", |case| {
            let twice = case.deposit(case.credited).clone();
            case.beside = Some(Record::Deposit(Box::new(twice)));
        }, "M3"),
        ("a deposit that was credited is refunded without an entry", |case| {
            case.deposit(case.credited).state = DepositState::Refunded;
        }, "M1 M3 LOG"),
        ("a refund takes less", |case| {
            case.change_entry(&key("DEPOSIT-REFUND", case.refunded), |entry| entry.amount = amount("49"));
        }, "M3"),
        ("a refund goes elsewhere", |case| {
            case.change_entry(&key("DEPOSIT-REFUND", case.refunded), |entry| entry.account = SystemAccount::House);
        }, "M3"),
        ("a deposit that was refunded is completed", |case| {
            case.deposit(case.refunded).state = DepositState::Completed;
        }, "M1 M3 LOG"),
        ("a refund refers to another deposit", |case| {
            let other = case.credited.to_string();
            case.change_entry(&key("DEPOSIT-REFUND", case.refunded), |entry| entry.reference = other);
        }, "M3"),
    ]);
}

#[test]
#[rustfmt::skip]
fn of_claims() {
    check(&[
        ("a claim is given without an entry", |case| case.drop_entry(&named("SUSPENSE-OUT:pay-7")), "M3"),
        ("more is given than was in suspense", |case| {
            case.change_entry(&named("SUSPENSE-OUT:pay-7"), |entry| entry.amount = amount("10"));
        }, "M3"),
        ("it is given from another account", |case| {
            case.change_entry(&named("SUSPENSE-OUT:pay-7"), |entry| entry.account = SystemAccount::House);
        }, "M3"),
        ("no cashier has given it", |case| case.deposit(case.claimed).claims.clear(), "M1 M3"),
        ("cashiers have only begun to", |case| case.deposit(case.claimed).claims[0].is_given = false, "M1 M3"),
        ("the log does not tell who gave it", |case| {
            case.deposit(case.claimed).claims[0].approvals[0].by = user(91);
        }, "LOG"),
        ("the deposit still waits", |case| case.deposit(case.claimed).state = DepositState::Unclaimed, "M3"),
        ("it was sent back, too", |case| {
            let into = named("SUSPENSE:pay-7");
            let Transfer { from, to, .. } = case.transfer(&into).clone();
            case.copy_transfer(&into, named("SUSPENSE-OUT:pay-7"));
            let Some(Record::Transfer(back)) = &mut case.beside else { unreachable!("just put there") };
            (back.from, back.to) = (to, from);
        }, "M3"),
        ("it was never in suspense", |case| case.drop_transfer(&named("SUSPENSE:pay-7")), "M1 M3"),
    ]);
}

#[test]
#[rustfmt::skip]
fn of_disputes() {
    check(&[
        ("nothing was taken back", |case| case.drop_entry(&named("CHARGEBACK:dispute-1")), "M3"),
        ("less was taken back", |case| {
            case.change_entry(&named("CHARGEBACK:dispute-1"), |entry| entry.amount = amount("9"));
        }, "M3"),
        ("it went elsewhere", |case| {
            case.change_entry(&named("CHARGEBACK:dispute-1"), |entry| entry.account = SystemAccount::House);
        }, "M3"),
        ("it refers to another deposit", |case| {
            let other = case.credited.to_string();
            case.change_entry(&named("CHARGEBACK:dispute-1"), |entry| entry.reference = other);
        }, "M3"),
        ("it refers to nothing", |case| {
            case.change_entry(&named("CHARGEBACK:dispute-1"), |entry| entry.reference = "nothing".to_owned());
        }, "M3"),
        ("it was given instead", |case| {
            case.change_entry(&named("CHARGEBACK:dispute-1"), |entry| entry.kind = EntryKind::Credit);
        }, "M3"),
        ("it is cash no longer", |case| {
            case.change_entry(&named("CHARGEBACK:dispute-1"), |entry| {
                (entry.balance_kind, entry.kind) = (BalanceKind::Bonus, EntryKind::Credit);
            });
        }, "M3"),
        ("what is owed has no transfer", |case| case.drop_transfer(&named("CHARGEBACK-OWED:dispute-1")), "M1 M3"),
        ("somebody else owes it", |case| {
            case.transfer(&named("CHARGEBACK-OWED:dispute-1")).from = SystemAccount::Receivable(user(5));
        }, "M1 M3"),
        ("more is owed", |case| {
            case.transfer(&named("CHARGEBACK-OWED:dispute-1")).amount = amount("21");
        }, "M1 M3"),
        ("it is owed for two disputes", |case| {
            case.copy_transfer(&named("CHARGEBACK-OWED:dispute-1"), named("CHARGEBACK-OWED:dispute-2"));
        }, "M1 M3"),
        ("the deposit is still disputed", |case| {
            case.deposit(case.charged_back).state = DepositState::Disputed;
        }, "M1 M3"),
        ("what was in suspense is nowhere", |case| case.drop_transfer(&named("SUSPENSE-OUT:pay-8")), "M3"),
        ("what was in suspense still waits", |case| case.deposit(case.taken).state = DepositState::Unclaimed, "M3"),
        ("what was in suspense went to the house", |case| {
            case.transfer(&named("SUSPENSE-OUT:pay-8b")).to = SystemAccount::House;
        }, "M3"),
        ("what was in suspense is owed, too", |case| {
            let owed = Transfer {
                key: named("CHARGEBACK-OWED:about-pay-8"),
                from: SystemAccount::Receivable(user(8)),
                ..case.transfer(&named("SUSPENSE-OUT:pay-8")).clone()
            };
            case.beside = Some(Record::Transfer(owed));
            case.record(8).owed = amount("21");
        }, "M3"),
        ("the player's record says that nothing is owed", |case| case.record(4).owed = Amount::ZERO, "M1"),
        ("it is given up, and no line of the log tells it", |case| {
            let given_up = Transfer {
                key: named("WRITE-OFF:4:9"),
                from: SystemAccount::BadDebt,
                to: SystemAccount::Receivable(user(4)),
                reference: "WRITE-OFF:4:9".to_owned(),
                ..case.transfer(&named("CHARGEBACK-OWED:dispute-1")).clone()
            };
            case.beside = Some(Record::Transfer(given_up));
            case.record(4).owed = Amount::ZERO;
        }, "M3"),
    ]);
}

#[test]
#[rustfmt::skip]
fn of_money_that_is_not_credited() {
    check(&[
        ("it is nowhere", |case| case.drop_transfer(&named("SUSPENSE:pay-4")), "M3"),
        ("it is less", |case| case.transfer(&named("SUSPENSE:pay-4")).amount = amount("100"), "M3"),
        ("it is the house's", |case| case.transfer(&named("SUSPENSE:pay-4")).to = SystemAccount::House, "M3"),
        ("it is another order's", |case| {
            let other = case.returned.to_string();
            case.transfer(&named("SUSPENSE:pay-4")).reference = other;
        }, "M3"),
        ("it is no order's", |case| {
            case.transfer(&named("SUSPENSE:pay-4")).reference = "nothing".to_owned();
        }, "M3"),
        ("it was sent back, and is still unclaimed", |case| {
            case.deposit(case.returned).state = DepositState::Unclaimed;
        }, "M3 LOG"),
        ("it was not sent back, and is returned", |case| {
            case.deposit(case.unclaimed).state = DepositState::Returned;
        }, "M3 LOG"),
        ("less was sent back", |case| {
            case.transfer(&named("SUSPENSE-OUT:pay-3")).amount = amount("100");
        }, "M3"),
        ("what was credited is in suspense, too", |case| {
            case.copy_transfer(&named("SUSPENSE:pay-1b"), named("SUSPENSE:pay-1"));
        }, "M3"),
        ("no order tells of a second payment", |case| {
            case.copy_transfer(&named("SUSPENSE:pay-1b"), named("SUSPENSE:pay-9"));
        }, "M3"),
        ("a second payment is of another provider than its order tells", |case| {
            let other: evens_ledger::ProviderName = "other".parse().expect("a name");
            let moved = case.transfer(&named("SUSPENSE:pay-1b"));
            moved.from = SystemAccount::PaymentProvider(Some(other.clone()));
            moved.to = SystemAccount::Suspense(other);
        }, "M3"),
        ("a second payment goes to the house", |case| {
            case.transfer(&named("SUSPENSE:pay-1b")).to = SystemAccount::House;
        }, "M3"),
        ("a payment is not credited and says no reason", |case| {
            case.deposit(case.unclaimed).payment.as_mut().expect("it came").unclaimed = None;
        }, "M3"),
        ("a payment that was credited has a reason against it", |case| {
            let cause = Some(UnclaimedCause::OtherAmount);
            case.deposit(case.credited).payment.as_mut().expect("it came").unclaimed = cause;
        }, "M3"),
    ]);
}

#[test]
#[rustfmt::skip]
fn of_withdrawals() {
    check(&[
        ("a withdrawal was never debited", |case| case.drop_entry(&key("WITHDRAW", case.paid)), "M1 M3"),
        ("a withdrawal was debited less", |case| {
            case.change_entry(&key("WITHDRAW", case.paid), |entry| entry.amount = amount("39"));
        }, "M1 M3"),
        ("a withdrawal was debited to another account", |case| {
            case.change_entry(&key("WITHDRAW", case.paid), |entry| entry.account = SystemAccount::House);
        }, "M1 M3"),
        ("a withdrawal is gone", |case| { case.story.withdrawals.remove(&case.paid); }, "M1 M3"),
        ("a withdrawal is there twice", |case| {
            let twice = case.withdrawal(case.paid).clone();
            case.beside = Some(Record::Withdrawal(Box::new(twice)));
        }, "M3"),
        ("a withdrawal is of more", |case| case.withdrawal(case.paid).terms.money = rupees("41"), "M1 M3"),
        ("a withdrawal is given back without an entry", |case| {
            case.drop_entry(&key("WITHDRAW-REV", case.cancelled));
        }, "M1 M3"),
        ("a withdrawal is given back twice", |case| {
            let back = key("WITHDRAW-REV", case.cancelled);
            case.give(1, back, "10", SystemAccount::Withdrawals, case.cancelled);
        }, "M1 M3"),
        ("a withdrawal is given back to somebody else", |case| {
            case.drop_entry(&key("WITHDRAW-REV", case.cancelled));
            let back = key("WITHDRAW-REV", case.cancelled);
            case.give(4, back, "10", SystemAccount::Withdrawals, case.cancelled);
        }, "M3"),
        ("a withdrawal that was paid is given back, too", |case| {
            let back = key("WITHDRAW-REV", case.paid);
            case.give(1, back, "40", SystemAccount::Withdrawals, case.paid);
        }, "M1 M3"),
        ("a withdrawal that was cancelled is open again", |case| {
            case.withdrawal(case.cancelled).state = WithdrawalState::Approved;
        }, "M1 M3"),
        ("a withdrawal that is on its way counts as paid", |case| {
            case.withdrawal(case.open).state = WithdrawalState::Completed;
        }, "M1 M3"),
        ("a withdrawal that was paid is on its way again", |case| {
            case.withdrawal(case.paid).state = WithdrawalState::Processing;
        }, "M1 M3"),
        ("a withdrawal was paid without a transfer", |case| case.drop_transfer(&key("PAYOUT", case.paid)), "M1 M3"),
        ("less was paid", |case| case.transfer(&key("PAYOUT", case.paid)).amount = amount("39"), "M1 M3"),
        ("it was paid to nobody knows whom", |case| {
            case.transfer(&key("PAYOUT", case.paid)).to = SystemAccount::House;
        }, "M3"),
        ("another time of a transfer is no fault", |case| case.transfer(&key("PAYOUT", case.paid)).at = second(9), ""),
        ("a withdrawal was paid twice", |case| {
            let moved = case.transfer(&key("PAYOUT", case.paid)).clone();
            case.beside = Some(Record::Transfer(moved));
        }, "M1 M3"),
        ("a withdrawal was paid under another key, too", |case| {
            case.copy_transfer(&key("PAYOUT", case.paid), key("PAYOUT", case.open));
        }, "M1 M3"),
        ("a second payout is owed", |case| {
            case.owe_second_payout();
            case.withdrawal(case.paid).paid_twice = vec!["payout-2".parse().expect("an id")];
        }, ""),
        ("a second payout is owed that its order does not know", Case::owe_second_payout, "M3"),
        ("a second payout that is known is not owed", |case| {
            case.withdrawal(case.paid).paid_twice = vec!["payout-2".parse().expect("an id")];
        }, "M3"),
        ("what is owed came back without a transfer", |case| {
            case.withdrawal(case.come_back).owed_back = vec![payout_of(case.come_back)];
        }, "M3"),
        ("what came back has no transfer", |case| case.drop_transfer(&key("PAYOUT-REV", case.come_back)), "M1 M3"),
        ("what was paid after that has no transfer", |case| {
            case.drop_transfer(&key("PAID-AFTER-RETURN", case.come_back));
        }, "M1 M3"),
        ("what was paid after that is forgotten", |case| {
            case.withdrawal(case.come_back).is_paid_after_return = false;
        }, "M3"),
        ("what was paid after that is owed by somebody else", |case| {
            let owed = SystemAccount::Receivable(user(4));
            case.transfer(&key("PAID-AFTER-RETURN", case.come_back)).from = owed;
        }, "M1 M3"),
    ]);
}
