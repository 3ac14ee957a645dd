//! Payments that arrive for a deposit besides its own: claims, returns and disputes of them, one after another.

use crate::claims::suspended;
use crate::common::world::World;
use crate::common::{FOUR_EYES, act, amount, deposit_of, deposit_rules, minute, payment, provider, rupees};
use evens_ledger::{SystemAccount, Transfer};
use evens_payments::{
    Alarm, ClaimSuspendedRefusal, DepositOrder, DepositPlan, DepositReportRefusal, Dispute, DisputeRefusal,
    History, HistoryLine, HoldRules, PaymentReport, PaymentState, ReturnPaymentRefusal, SettleDepositInput,
    claim_suspended, return_payment, settle_deposit, settle_dispute,
};

/// A deposit of 100 for which 90 arrived as `pay-1`, its own payment, then 100 as `pay-2`. All events are about one of
/// them.
struct Payments {
    world: World,
    transfers: [Transfer; 2],
}

impl Payments {
    fn new() -> Self {
        let (world, transfers) = suspended();
        Self { world, transfers }
    }

    fn transfer(&self, payment: &str) -> Option<&Transfer> {
        self.transfers.get(usize::from(payment == "pay-2"))
    }

    fn write<Refusal>(&mut self, plan: Result<DepositPlan, Refusal>) -> Result<(), Refusal> {
        let plan = plan?;
        assert!(self.world.write(plan));
        Ok(())
    }

    fn claim(&mut self, payment: &str, by: u64, holds: &HoldRules) -> Result<(), ClaimSuspendedRefusal> {
        let World { record, wallet, deposits, .. } = &self.world;
        let input = SettleDepositInput { order: &deposits[0], record, wallet, is_blocked: false };
        let (id, act) = (payment.parse().expect("an id"), act(by, minute(5)));
        let rules = deposit_rules();
        let plan = claim_suspended(&id, self.transfer(payment), input, &act, holds, &rules, minute(5));
        self.write(plan)
    }

    fn send_back(&mut self, payment: &str) -> Result<(), ReturnPaymentRefusal> {
        let (id, act) = (payment.parse().expect("an id"), act(9, minute(6)));
        let order = &self.world.deposits[0];
        let plan = return_payment(&id, self.transfer(payment), order, &act, minute(6));
        self.write(plan)
    }

    fn lose(&mut self, dispute: &str, payment: &str, coins: &str) -> Result<(), DisputeRefusal> {
        let World { record, wallet, deposits, .. } = &self.world;
        let order = &deposits[0];
        let dispute = Dispute {
            provider: order.terms.provider.clone(),
            id: dispute.parse().expect("an id"),
            reference: order.terms.id,
            payment: payment.parse().expect("an id"),
            money: rupees(coins),
            state: "lost".parse().expect("a state"),
        };
        let input = SettleDepositInput { order, record, wallet, is_blocked: false };
        let plan = settle_dispute(&dispute, self.transfer(payment), input, minute(7));
        self.write(plan)
    }

    /// The payments with a claim.
    fn claimed(&self) -> Vec<&str> {
        self.world.deposits[0].claims.iter().map(|claim| claim.payment.as_str()).collect()
    }
}

/// One of two cashiers has approved claims of both payments. A decision about one payment ends the claim of that
/// payment only.
#[test]
fn a_claim_waits_until_its_payment_is_sent_back_or_taken_back() {
    let waiting = || {
        let mut payments = Payments::new();
        for payment in ["pay-1", "pay-2"] {
            assert_eq!(payments.claim(payment, 9, &FOUR_EYES), Ok(()));
        }
        assert_eq!(payments.claimed(), ["pay-1", "pay-2"]);
        payments
    };
    let mut returned = waiting();
    assert_eq!(returned.send_back("pay-2"), Ok(()));
    assert_eq!(returned.claimed(), ["pay-1"]);
    let mut taken = waiting();
    assert_eq!(taken.lose("dispute-1", "pay-2", "100"), Ok(()));
    assert_eq!(taken.claimed(), ["pay-1"]);
    let mut own = waiting();
    assert_eq!(own.lose("dispute-1", "pay-1", "90"), Ok(()));
    assert_eq!(own.claimed(), ["pay-2"]);
}

/// Money given to the player is taken from their wallet only for the order's own payment, so the other needs a person.
#[test]
fn a_lost_dispute_takes_the_payment_that_it_is_about() {
    let mut payments = Payments::new();
    assert_eq!(payments.claim("pay-1", 9, &HoldRules::default()), Ok(()));
    assert_eq!(payments.lose("dispute-1", "pay-2", "99"), Err(DisputeRefusal::OtherMoney));
    assert_eq!(payments.lose("dispute-1", "pay-2", "100"), Ok(()));
    let mut given = Payments::new();
    assert_eq!(given.claim("pay-2", 9, &HoldRules::default()), Ok(()));
    assert_eq!(given.lose("dispute-1", "pay-2", "99"), Err(DisputeRefusal::OtherPayment));
}

/// A payment leaves suspense once, whatever is wanted of it later.
#[test]
fn a_payment_that_was_taken_back_is_gone() {
    let mut payments = Payments::new();
    assert_eq!(payments.lose("dispute-1", "pay-2", "100"), Ok(()));
    assert_eq!(payments.lose("dispute-1", "pay-2", "100"), Err(DisputeRefusal::NothingNew));
    assert_eq!(payments.lose("dispute-2", "pay-2", "100"), Err(DisputeRefusal::WentBack));
    let gone = payments.claim("pay-2", 9, &HoldRules::default());
    assert_eq!(gone, Err(ClaimSuspendedRefusal::NotSuspended));
    assert_eq!(payments.send_back("pay-2"), Err(ReturnPaymentRefusal::NotSuspended));
}

/// Each provider chooses its ids without knowing those of the others.
#[test]
fn a_payment_of_another_provider_with_the_same_id_is_another_payment() {
    let payments = Payments::new();
    let World { record, wallet, deposits, .. } = &payments.world;
    let order = &deposits[0];
    let own = order.payment.clone().expect("its own");
    let known = payment(order.terms.id, own.id.as_str(), own.money, PaymentState::Paid, "asked");
    let of_other = PaymentReport { provider: provider("other"), ..known.clone() };
    let settle = |report: &PaymentReport| {
        let input = SettleDepositInput { order, record, wallet, is_blocked: false };
        settle_deposit(report, input, &deposit_rules(), minute(5))
    };
    assert_eq!(settle(&known), Err(DepositReportRefusal::NothingNew));
    let plan = settle(&of_other).expect("it is new");
    let transfer = plan.transfer.expect("into suspense");
    assert_eq!((plan.order.payment, plan.alarm), (Some(own), Some(Alarm::MoneyUnclaimed)));
    assert_eq!((transfer.to, transfer.amount), (SystemAccount::Suspense(provider("other")), amount("90")));
}

/// A transfer for another order is no proof for this one.
#[test]
fn a_payment_in_suspense_for_another_order_does_not_count() {
    let mut payments = Payments::new();
    let another = deposit_of("another", "100").order;
    payments.transfers =
        payments.transfers.map(|transfer| Transfer { reference: another.to_string(), ..transfer });
    for payment in ["pay-1", "pay-2"] {
        let claimed = payments.claim(payment, 9, &HoldRules::default());
        assert_eq!(claimed, Err(ClaimSuspendedRefusal::NotSuspended), "{payment}");
    }
    assert_eq!(payments.send_back("pay-2"), Err(ReturnPaymentRefusal::NotSuspended));
}

/// Only a line with exactly an event of a dispute, a payment and a dispute is about one.
#[test]
fn other_lines_of_a_history_take_nothing_back() {
    let order = Payments::new().world.deposits.remove(0);
    let payment = "pay-2".parse().expect("an id");
    #[rustfmt::skip]
    let table = [
        ("money-taken-back pay-2 dispute-1",      true),
        ("money-taken-back pay-3 dispute-1",      false),
        ("money-taken-back pay-2",                false),
        ("money-taken-back pay-2 dispute-1 more", false),
        ("dispute-opened pay-2 dispute-1",        false),
        ("money-returned pay-2 dispute-1",        false),
        ("taken pay-2 dispute-1",                 false),
    ];
    for (cause, expected) in table {
        let history = History::from_stored(vec![HistoryLine::own(cause, minute(8))]);
        let order = DepositOrder { history, ..order.clone() };
        assert_eq!(order.was_taken_back(&payment), expected, "{cause}");
        assert_eq!(
            order.taken_back().any(|(_, dispute)| dispute == "dispute-1"),
            cause.starts_with("money-taken-back") && cause.ends_with("dispute-1")
        );
    }
}
