//! Orders in a [`Story`]: each step is made by its rule and written completely.

use super::{Story, amount, user};
use evens_audit_log::{Act, Action, Actor};
use evens_idempotency::IdempotencyKey;
use evens_ledger::{Amount, Digest, ProviderName, UserId, Wallet, WalletOwner};
use evens_payments::{
    AccountNumber, CashierAct, Currency, DepositOrder, DepositPlan, DepositRules, Direction, Dispute,
    DisputeState, HoldReason, HoldRules, Money, OpenDeposit, OpenDepositInput, OrderId, OrderTerms, Payee,
    PayeeId, PayeeSnapshot, PaymentReport, PaymentState, PaymentsRecord, PayoutReport, PayoutState,
    PayoutTiming, PostedEntry, ProviderId, ReportSource, RequestWithdrawal, RequestWithdrawalInput,
    SettleDepositInput, SettlePayoutInput, TurnoverFactor, WithdrawalOrder, WithdrawalPlan, WithdrawalRules,
    WithdrawalState, approve_withdrawal, cancel_withdrawal, charge_back, claim_payout, claim_suspended,
    expire_deposit, give_first_bonus, open_deposit, refund_deposit, reject_withdrawal, request_withdrawal,
    return_unclaimed, settle_deposit, settle_dispute, settle_payout, suspense_key,
};
use evens_players::Role;
use evens_records::OrderPlace;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

pub(crate) fn rupees(coins: &str) -> Money {
    Money::parse(amount(coins), Currency::INR).expect("an amount that can be paid")
}

/// The idempotency key of a request at a moment.
fn key_at(now: Timestamp) -> IdempotencyKey {
    now.to_string().parse().expect("a key")
}

/// The provider of all orders.
pub(crate) fn provider() -> ProviderName {
    "sandbox".parse().expect("a provider's name")
}

/// No limits, and a first-deposit bonus of 25.
fn deposit_rules() -> DepositRules {
    DepositRules {
        is_open: true,
        amount_min: Amount::ZERO,
        amount_max: amount("1000000000"),
        pay_within: SignedDuration::from_mins(30),
        zone: TimeZone::UTC,
        confirm_above: None,
        first_bonus: amount("25"),
        is_first_followed: false,
        turnover: TurnoverFactor::default(),
        identity_above: None,
    }
}

/// No limits and no holds.
fn withdrawal_rules() -> WithdrawalRules {
    WithdrawalRules {
        is_open: true,
        amount_min: Amount::ZERO,
        holds: HoldRules::default(),
        confirm_above: None,
        zone: TimeZone::UTC,
    }
}

/// The provider's id of an order's payout.
pub(crate) fn payout_of(order: OrderId) -> ProviderId {
    format!("payout-{order}").parse().expect("an id")
}

fn act(now: Timestamp) -> CashierAct {
    CashierAct { by: user(90), logged_in_at: now, reason: "looked at it".parse().expect("a reason") }
}

impl Story {
    pub(crate) fn record(&self, player: u64) -> PaymentsRecord {
        let user = user(player);
        self.payments_records.get(&user).cloned().unwrap_or_else(|| PaymentsRecord::empty(user))
    }

    fn write_payments_record(&mut self, record: Option<PaymentsRecord>) {
        self.payments_records.extend(record.map(|after| (after.user, after)));
    }

    fn write_posted(&mut self, posted: Option<PostedEntry>) {
        if let Some(PostedEntry { wallet, entry }) = posted {
            self.post((wallet, entry), 0);
        }
    }

    fn list_order(&mut self, direction: Direction, terms: &OrderTerms) {
        let OrderTerms { id: order, user, created_at, .. } = *terms;
        self.order_places.insert(OrderPlace { order, direction, user, created_at });
    }

    fn write_deposit(&mut self, plan: DepositPlan) {
        self.list_order(Direction::Deposit, &plan.order.terms);
        self.deposits.insert(plan.order.terms.id, plan.order);
        self.write_payments_record(plan.record);
        self.write_posted(plan.posted);
        self.transfers.extend(plan.transfer.map(|moved| (moved.key.clone(), moved)));
    }

    fn write_withdrawal(&mut self, plan: WithdrawalPlan) {
        self.list_order(Direction::Withdrawal, &plan.order.terms);
        self.withdrawals.insert(plan.order.terms.id, plan.order);
        self.write_payments_record(plan.record);
        self.write_posted(plan.posted);
        self.transfers.extend(plan.transfer.map(|moved| (moved.key.clone(), moved)));
    }

    pub(crate) fn open_deposit(&mut self, player: u64, coins: &str) -> OrderId {
        let (now, record) = (self.tick(), self.record(player));
        let order = OrderId::derive(Direction::Deposit, user(player), &key_at(now));
        let asked = OpenDeposit {
            order,
            user: user(player),
            money: rupees(coins),
            provider: provider(),
            barred: None,
            session_epoch: 0,
        };
        let input = OpenDepositInput { existing: None, owner: WalletOwner::default(), record: &record };
        let plan = open_deposit(&asked, input, &deposit_rules(), now).expect("nothing stands in its way");
        self.write_deposit(plan);
        order
    }

    /// Changes a deposit by a rule. Does nothing if the rule refuses.
    fn change_deposit<Refusal>(
        &mut self,
        order: OrderId,
        rule: impl FnOnce(&DepositOrder, &PaymentsRecord, &Wallet, Timestamp) -> Result<DepositPlan, Refusal>,
    ) {
        let (now, order) = (self.tick(), self.deposits[&order].clone());
        let player = order.terms.user;
        if let Ok(plan) = rule(&order, &self.record(player.number()), &self.wallet(player), now) {
            self.write_deposit(plan);
        }
    }

    /// Reports a payment for a deposit.
    pub(crate) fn pay_deposit(&mut self, order: OrderId, payment: &str, coins: &str) {
        self.report_payment(order, payment, coins, PaymentState::Paid);
    }

    pub(crate) fn report_payment(&mut self, order: OrderId, payment: &str, coins: &str, state: PaymentState) {
        let report = PaymentReport {
            provider: provider(),
            id: payment.parse().expect("an id"),
            reference: order,
            money: rupees(coins),
            state,
            at: None,
            source: ReportSource::Asked,
        };
        self.change_deposit(order, |order, record, wallet, now| {
            let input = SettleDepositInput { order, record, wallet, is_blocked: false };
            settle_deposit(&report, input, &deposit_rules(), now)
        });
    }

    pub(crate) fn expire_deposit(&mut self, order: OrderId) {
        self.change_deposit(order, |order, record, _, _| {
            expire_deposit(order, record, &[], &TimeZone::UTC, order.pay_until)
        });
    }

    /// Returns a payment that could not be credited.
    pub(crate) fn return_unclaimed(&mut self, order: OrderId) {
        let before = self.deposits[&order].state;
        self.change_deposit(order, |order, _, _, now| return_unclaimed(order, &act(now), now));
        if self.deposits[&order].state != before {
            self.note_act(Action::ReturnDeposit, order, user(90));
        }
    }

    /// Cashier 90 credits a suspended payment to the player, with an audit log line.
    pub(crate) fn claim_suspended(&mut self, order: OrderId, payment: &str) {
        let payment = payment.parse().expect("an id");
        let suspended = self.transfers.get(&suspense_key(&payment)).cloned();
        self.change_deposit(order, |order, record, wallet, now| {
            let input = SettleDepositInput { order, record, wallet, is_blocked: false };
            let rules = HoldRules::default();
            claim_suspended(&payment, suspended.as_ref(), input, &act(now), &rules, &deposit_rules(), now)
        });
        self.note_act(Action::ClaimSuspended, order, user(90));
    }

    pub(crate) fn refund_deposit(&mut self, order: OrderId) {
        let before = self.deposits[&order].state;
        self.change_deposit(order, |order, record, wallet, now| {
            refund_deposit(order, record, wallet, &act(now), now)
        });
        if self.deposits[&order].state != before {
            self.note_act(Action::RefundDeposit, order, user(90));
        }
    }

    pub(crate) fn charge_back(&mut self, order: OrderId, dispute: &str) {
        let dispute = dispute.parse().expect("an id");
        self.change_deposit(order, |order, record, wallet, now| {
            charge_back(order, &dispute, record, wallet, now).ok_or(())
        });
    }

    /// The payer wins a dispute about a suspended payment.
    pub(crate) fn lose_suspended(&mut self, order: OrderId, payment: &str, coins: &str) {
        let dispute = Dispute {
            provider: provider(),
            id: format!("about-{payment}").parse().expect("an id"),
            reference: order,
            payment: payment.parse().expect("an id"),
            money: rupees(coins),
            state: DisputeState::Lost,
        };
        let suspended = self.transfers.get(&suspense_key(&dispute.payment)).cloned();
        self.change_deposit(order, |order, record, wallet, now| {
            let input = SettleDepositInput { order, record, wallet, is_blocked: false };
            settle_dispute(&dispute, suspended.as_ref(), input, now)
        });
    }

    /// Gives the first-deposit bonus, if it is due.
    pub(crate) fn give_first_bonus(&mut self, player: u64) {
        let now = self.tick();
        if let Ok(plan) = give_first_bonus(&self.record(player), &self.wallet(user(player)), now) {
            self.write_payments_record(Some(plan.record));
            self.write_posted(plan.posted);
        }
    }

    /// The player's payee, created on first use.
    fn payee(&mut self, player: u64) -> PayeeId {
        let (owner, now) = (user(player), self.tick());
        let number: AccountNumber = format!("IN1234567{player}").parse().expect("an account");
        let account = Digest::of(number.expose().as_bytes());
        self.payee_owners.insert(account, owner);
        let sealed = "sealed".to_owned();
        let added = || Payee::new(owner, number.mask(), sealed, account, SignedDuration::ZERO, now);
        self.payees.entry(owner).or_insert_with(added).id.clone()
    }

    /// Holds a requested withdrawal, as if a rule had held it for this reason.
    pub(crate) fn hold_withdrawal(&mut self, order: OrderId, reason: HoldReason) {
        let held = self.withdrawals.get_mut(&order).expect("an order");
        held.hold_reasons.push(reason);
        held.state = WithdrawalState::Held;
    }

    /// A cashier approves a held withdrawal, with an audit log line. A reason for two cashiers needs two of them.
    pub(crate) fn approve_withdrawal(&mut self, order: OrderId, cashier: u64) {
        self.change_withdrawal(order, |input, now| {
            let act = CashierAct { by: user(cashier), ..act(now) };
            approve_withdrawal(input.order, input.record, &act, &HoldRules::default(), now)
        });
        self.note_act(Action::ApproveWithdrawal, order, user(cashier));
    }

    /// A cashier rejects a held withdrawal, with an audit log line.
    pub(crate) fn reject_withdrawal(&mut self, order: OrderId, cashier: u64) {
        self.change_withdrawal(order, |input, now| {
            let act = CashierAct { by: user(cashier), ..act(now) };
            reject_withdrawal(input.order, input.record, input.wallet, &act, now)
        });
        self.note_act(Action::RejectWithdrawal, order, user(cashier));
    }

    /// Adds an audit log line for a cashier's action on an order, with the state after it.
    fn note_act(&mut self, action: Action, order: OrderId, by: UserId) {
        if !self.sign_ups.contains_key(&by) {
            self.enrol(by.number(), Role::Cashier);
        }
        let deposit = self.deposits.get(&order).map(|order| order.state.as_ref().to_owned());
        let after = deposit.unwrap_or_else(|| {
            let order = &self.withdrawals[&order];
            format!("{} with {} approvals", order.state.as_ref(), order.approvals.len())
        });
        self.log_act(Act {
            actor: Actor::User(by),
            action,
            subject: order.to_string(),
            reason: "seen".to_owned(),
            before: "as it was".to_owned(),
            after,
        });
    }

    /// Requests a withdrawal. `None` if the balance is too small.
    pub(crate) fn request_withdrawal(&mut self, player: u64, coins: &str) -> Option<OrderId> {
        let (now, record, wallet) = (self.tick(), self.record(player), self.wallet(user(player)));
        let order = OrderId::derive(Direction::Withdrawal, user(player), &key_at(now));
        let asked = RequestWithdrawal {
            order,
            user: user(player),
            money: rupees(coins),
            payee: self.payee(player),
            provider: provider(),
            session_epoch: 0,
        };
        let input = RequestWithdrawalInput {
            existing: None,
            owner: WalletOwner::default(),
            payee: Some(PayeeSnapshot { since: Timestamp::UNIX_EPOCH, usable_from: Timestamp::UNIX_EPOCH }),
            password_since: Timestamp::UNIX_EPOCH,
            record: &record,
            wallet: &wallet,
            turnover: Amount::ZERO,
            may_bet: true,
            payout_limit: None,
        };
        self.write_withdrawal(request_withdrawal(&asked, input, &withdrawal_rules(), now).ok()?);
        Some(order)
    }

    /// Changes a withdrawal by a rule. Does nothing if the rule refuses.
    fn change_withdrawal<Refusal>(
        &mut self,
        order: OrderId,
        rule: impl FnOnce(SettlePayoutInput<'_>, Timestamp) -> Result<WithdrawalPlan, Refusal>,
    ) {
        let (now, order) = (self.tick(), self.withdrawals[&order].clone());
        let player = order.terms.user;
        let (record, wallet) = (self.record(player.number()), self.wallet(player));
        if let Ok(plan) = rule(
            SettlePayoutInput {
                order: &order,
                record: &record,
                wallet: &wallet,
                owner: WalletOwner::default(),
            },
            now,
        ) {
            self.write_withdrawal(plan);
        }
    }

    pub(crate) fn cancel_withdrawal(&mut self, order: OrderId) {
        self.change_withdrawal(order, |input, now| {
            cancel_withdrawal(input.order, input.record, input.wallet, now)
        });
    }

    pub(crate) fn claim_payout(&mut self, order: OrderId) {
        self.change_withdrawal(order, |input, now| claim_payout(input.order, PayoutTiming::default(), now));
    }

    /// The provider reports the state of a payout.
    pub(crate) fn report_payout(&mut self, order: OrderId, state: PayoutState) {
        let WithdrawalOrder { terms, .. } = self.withdrawals[&order].clone();
        let report = PayoutReport {
            provider: provider(),
            id: payout_of(order),
            reference: order,
            money: terms.money,
            state,
            at: None,
            source: ReportSource::Asked,
        };
        self.change_withdrawal(order, |input, now| {
            settle_payout(&report, Some(input.order), input, &withdrawal_rules(), now)
        });
    }

    /// Requests an affordable withdrawal and pays it.
    pub(crate) fn pay_out(&mut self, player: u64, coins: &str) -> OrderId {
        let order = self.request_withdrawal(player, coins).expect("there is enough");
        self.claim_payout(order);
        self.report_payout(order, PayoutState::Paid);
        order
    }
}
