//! Money in suspense that cashiers credit to the player of the deposit: once, and not to themselves.

use crate::common::world::World;
use crate::common::{act, amount, deposit_of, deposit_rules, minute, payment, rows, rupees, source, user};
use evens_ledger::{Amount, Transfer, WalletOwner};
use evens_own_limits::{Exclusion, Limit};
use evens_payments::{
    ActRefusal, CashierAct, ClaimSuspendedRefusal, DepositPlan, DepositRules, DepositState, HoldRules,
    IdentityStatus, OpenDepositInput, PaymentState, RefundReport, ReturnPaymentRefusal, SettleDepositInput,
    claim_suspended, note_refund, open_deposit, return_payment, return_unclaimed, settle_deposit,
};
use jiff::SignedDuration;

/// A deposit of 100 for which 90 arrived as `pay-1`, then 100 as `pay-2`, with the transfers into suspense.
pub(crate) fn suspended() -> (World, [Transfer; 2]) {
    let mut world = World::new("0");
    let input = OpenDepositInput { existing: None, owner: WalletOwner::default(), record: &world.record };
    let plan = open_deposit(&deposit_of("key", "100"), input, &deposit_rules(), minute(0)).expect("opened");
    assert!(world.write(plan));
    let transfers = [("pay-1", "90"), ("pay-2", "100")].map(|(id, coins)| {
        let order = &world.deposits[0];
        let paid = payment(order.terms.id, id, rupees(coins), PaymentState::Paid, "asked");
        let input =
            SettleDepositInput { order, record: &world.record, wallet: &world.wallet, is_blocked: false };
        let plan = settle_deposit(&paid, input, &deposit_rules(), minute(1)).expect("put aside");
        let transfer = plan.transfer.clone().expect("into suspense");
        assert!(world.write(plan));
        transfer
    });
    (world, transfers)
}

struct ClaimInput<'a> {
    payment: &'a str,
    suspended: Option<&'a Transfer>,
    is_blocked: bool,
    act: CashierAct,
    rules: HoldRules,
    identity_above: Option<Amount>,
}

impl<'a> ClaimInput<'a> {
    fn of(payment: &'a str, suspended: &'a Transfer, by: u64) -> Self {
        let (act, rules) = (act(by, minute(5)), HoldRules::default());
        Self { payment, suspended: Some(suspended), is_blocked: false, act, rules, identity_above: None }
    }

    fn of_world(&self, world: &World) -> Result<DepositPlan, ClaimSuspendedRefusal> {
        let World { record, wallet, deposits, .. } = world;
        let input = SettleDepositInput { order: &deposits[0], record, wallet, is_blocked: self.is_blocked };
        let payment = self.payment.parse().expect("an id");
        let turnover = "0.5".parse().expect("a factor");
        let deposits = DepositRules { identity_above: self.identity_above, turnover, ..deposit_rules() };
        claim_suspended(&payment, self.suspended, input, &self.act, &self.rules, &deposits, minute(5))
    }
}

/// Each row is the row above with one fault repaired. `of` is the payment of the transfer. `by` 42 is the player. An
/// identity check is required, and `known` says whether it was passed.
const REFUSALS: &str = "
    given  of      state      by  login  blocked  excluded  limit  known  refusal
    yes    none    RETURNED   42  old    yes      yes       50     no     GivenBefore
    no     none    RETURNED   42  old    yes      yes       50     no     NotSuspended
    no     pay-2   RETURNED   42  old    yes      yes       50     no     NotSuspended
    no     pay-1   RETURNED   42  old    yes      yes       50     no     NotSuspended
    no     pay-1   UNCLAIMED  42  old    yes      yes       50     no     Act(OwnOrder)
    no     pay-1   UNCLAIMED  9   old    yes      yes       50     no     Act(LoginTooOld)
    no     pay-1   UNCLAIMED  9   new    yes      yes       50     no     AccountBlocked
    no     pay-1   UNCLAIMED  9   new    no       yes       50     no     Excluded
    no     pay-1   UNCLAIMED  9   new    no       no        50     no     OverLimit
    no     pay-1   UNCLAIMED  9   new    no       no        90     no     IdentityMissing
    no     pay-1   UNCLAIMED  9   new    no       no        90     yes    given
";

#[test]
fn money_stays_in_suspense_for_the_first_reason_that_holds() {
    for [given, of, state, by, login, blocked, excluded, limit, known, refusal] in rows::<10>(REFUSALS) {
        let (mut world, [own, beside]) = suspended();
        if given == "yes" {
            assert!(world.write(ClaimInput::of("pay-1", &own, 9).of_world(&world).expect("given")));
        }
        world.deposits[0].state = state.parse().expect("a state");
        world.record.deposit_limits.day = Limit { current: Some(amount(limit)), ..Limit::default() };
        world.record.exclusion = (excluded == "yes").then(|| Exclusion {
            since: minute(0),
            until: minute(100_000),
            ends_at: None,
        });
        let suspended = match of {
            "pay-1" => Some(&own),
            "pay-2" => Some(&beside),
            _ => None,
        };
        let mut asked =
            ClaimInput { suspended, is_blocked: blocked == "yes", ..ClaimInput::of("pay-1", &own, 9) };
        asked.act.by = user(by.parse().expect("a number"));
        asked.identity_above = Some(amount("89.99"));
        if known == "yes" {
            world.record.identity = IdentityStatus::Verified;
        }
        if login == "old" {
            asked.act.logged_in_at = minute(5) - SignedDuration::from_mins(16);
        }
        let said = match asked.of_world(&world) {
            Ok(plan) => {
                assert_eq!(plan.order.state, DepositState::Claimed);
                "given".to_owned()
            }
            Err(refused) => format!("{refused:?}"),
        };
        assert!(said.starts_with(refusal), "{said}, not {refusal}");
    }
}

#[test]
fn a_claimed_payment_is_credited_once_out_of_suspense() {
    let (mut world, [own, beside]) = suspended();
    let suspense = own.to.clone();
    assert_eq!(world.account(&suspense), amount("190").units());
    // An extra payment leaves the order as it is.
    let plan = ClaimInput::of("pay-2", &beside, 9).of_world(&world).expect("given");
    assert!(world.write(plan));
    assert_eq!(world.deposits[0].state, DepositState::Unclaimed);
    assert!(world.write(ClaimInput::of("pay-1", &own, 9).of_world(&world).expect("given")));
    assert_eq!((world.wallet.balance, world.account(&suspense)), (amount("190"), 0));
    assert_eq!(world.record.totals.actual_deposit_amount, amount("190"));
    assert_eq!(world.record.turnover_needed, amount("95"), "as of a deposit");
    assert_eq!(world.record.deposits.day.used, amount("190"));
    assert_eq!(world.deposits[0].state, DepositState::Claimed);
    for (payment, transfer) in [("pay-1", &own), ("pay-2", &beside)] {
        let again = ClaimInput::of(payment, transfer, 10).of_world(&world);
        assert_eq!(again, Err(ClaimSuspendedRefusal::GivenBefore));
    }
    let returned = return_unclaimed(&world.deposits[0], &act(9, minute(6)), minute(6));
    assert!(returned.is_err(), "{returned:?}");
    assert_eq!(world.accounts.values().sum::<i128>() + world.wallet.balance.units(), 0);
}

#[test]
fn above_a_limit_two_cashiers_must_agree() {
    let (mut world, [own, _]) = suspended();
    let rules = HoldRules { four_eyes_above: Some(amount("50")), ..HoldRules::default() };
    let by = |record| ClaimInput { rules, ..ClaimInput::of("pay-1", &own, record) };
    let plan = by(9).of_world(&world).expect("noted");
    assert_eq!((&plan.record, &plan.posted, plan.order.state), (&None, &None, DepositState::Unclaimed));
    assert!(world.write(plan));
    let again = by(9).of_world(&world);
    assert_eq!(again, Err(ClaimSuspendedRefusal::Act(ActRefusal::AgreedBefore)));
    // Until then the payment can be sent back. After that it can no longer be claimed.
    let mut other = world.clone();
    let returned = return_unclaimed(&other.deposits[0], &act(10, minute(6)), minute(6)).expect("sent back");
    assert!(other.write(returned));
    assert_eq!(by(10).of_world(&other), Err(ClaimSuspendedRefusal::NotSuspended));
    assert!(world.write(by(10).of_world(&world).expect("given")));
    assert_eq!((world.wallet.balance, world.deposits[0].state), (amount("90"), DepositState::Claimed));
    assert_eq!(world.account(&own.to), amount("100").units(), "the other payment still waits");
}

/// The order's own payment is sent back in another way. Money given to the player stays theirs, and money on its way
/// back cannot be claimed.
#[test]
fn a_further_payment_is_returned_once() {
    use ReturnPaymentRefusal::{Act, NotSuspended, ReturnedBefore};
    let (mut world, [own, beside]) = suspended();
    let back = |world: &World, payment: &str, transfer: Option<&Transfer>, by: u64| {
        let payment = payment.parse().expect("an id");
        return_payment(&payment, transfer, &world.deposits[0], &act(by, minute(6)), minute(6))
    };

    assert_eq!(back(&world, "pay-2", None, 42), Err(NotSuspended));
    assert_eq!(back(&world, "pay-2", Some(&own), 42), Err(NotSuspended));
    assert_eq!(back(&world, "pay-1", Some(&own), 9), Err(NotSuspended), "its own");
    assert_eq!(back(&world, "pay-2", Some(&beside), 42), Err(Act(ActRefusal::OwnOrder)));
    let mut given = world.clone();
    assert!(given.write(ClaimInput::of("pay-2", &beside, 9).of_world(&given).expect("given")));
    assert_eq!(back(&given, "pay-2", Some(&beside), 9), Err(NotSuspended), "it is the player's");

    let plan = back(&world, "pay-2", Some(&beside), 9).expect("it goes back");
    assert!(world.write(plan.clone()));
    assert!(!world.write(plan), "once");
    assert_eq!(back(&world, "pay-2", Some(&beside), 10), Err(ReturnedBefore));
    assert_eq!(
        ClaimInput::of("pay-2", &beside, 9).of_world(&world),
        Err(ClaimSuspendedRefusal::NotSuspended)
    );
    assert_eq!(world.account(&own.to), amount("90").units(), "its own payment still waits");
    let own_too = return_unclaimed(&world.deposits[0], &act(9, minute(7)), minute(7)).expect("it goes back");
    assert!(world.write(own_too));
    assert_eq!(world.account(&own.to), 0);

    // Both are sent back, the order's own payment first. A callback does not say which of them it is about.
    for (expected, coins) in [("pay-1", "90"), ("pay-2", "100")] {
        let order = &world.deposits[0];
        let pending = order.pending_refund().map(|(payment, _)| payment.id.as_str().to_owned());
        assert_eq!(pending.as_deref(), Some(expected));
        let report = |from: &str| RefundReport {
            provider: order.terms.provider.clone(),
            id: format!("refund of {expected}").replace(' ', "-").parse().expect("an id"),
            reference: order.terms.id,
            money: rupees(coins),
            state: "paid".parse().expect("a state"),
            source: source(from),
        };
        let actual = note_refund(order, None, &report("callback"), minute(8));
        assert_eq!(actual.is_ok(), expected == "pay-2", "one is left: {actual:?}");
        let asked = expected.parse().expect("an id");
        let plan = note_refund(order, Some(&asked), &report("asked"), minute(8)).expect("it is made");
        assert!(world.write(plan));
    }
    assert_eq!(world.deposits[0].pending_refund(), None);
    assert_eq!(world.deposits[0].state, DepositState::Returned);
}
