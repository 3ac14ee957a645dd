//! What a provider's report does to a withdrawal: paid, failed, or come back.
//!
//! No word of a provider is its last: what is paid can come back, and what failed can be paid after all. Money goes
//! back to the wallet once, and only by the provider's present record; what is paid after that is owed by its player.

use crate::give_back::give_back;
use crate::payout_step::is_over;
use crate::{
    Alarm, Cashier, HistoryLine, PayoutReport, PayoutState, Plan, ProviderId, ReportSource, WithdrawalEvent,
    WithdrawalOrder, WithdrawalPlan, WithdrawalRules, WithdrawalState, keys,
};
use evens_ledger::{BalanceTooLarge, SystemAccount, Wallet};
use jiff::Timestamp;

/// What was read of everything that decides about a payout.
#[derive(Debug, Clone, Copy)]
pub struct SeenForPayout<'a> {
    /// The order that the report is about.
    pub order: &'a WithdrawalOrder,
    /// The player's cashier record.
    pub cashier: &'a Cashier,
    /// The player's wallet.
    pub wallet: &'a Wallet,
}

/// Why a report changes nothing, in the order of the checks. All but [`Self::NothingNew`] and [`Self::AskProvider`] are
/// for people to look at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PayoutReportRefusal {
    /// It is about another order or from another provider.
    #[error("the report is about another order, or from another provider")]
    OtherOrder,
    /// Its amount or currency is not the order's.
    #[error("the report is of another amount or currency")]
    OtherMoney,
    /// The order was never sent.
    #[error("the provider has a payout that was never sent")]
    NeverSent,
    /// By its own answer, the provider has two payouts for the order: it may have been paid twice.
    #[error("the provider has two payouts for the order, {known} and {other}")]
    TwoPayouts {
        /// The one that the order knows.
        known: ProviderId,
        /// The other one.
        other: ProviderId,
    },
    /// The order knows it.
    #[error("the report says nothing new")]
    NothingNew,
    /// A callback or an old answer is not enough: the provider's present record decides.
    #[error("the provider must be asked first")]
    AskProvider,
    /// The wallet cannot hold what is to be given back.
    #[error(transparent)]
    BalanceTooLarge(#[from] BalanceTooLarge),
}

impl PayoutReportRefusal {
    /// What people are told at once, where they are to look at it at all.
    pub fn alarm(&self) -> Option<Alarm> {
        matches!(self, Self::TwoPayouts { .. }).then_some(Alarm::PaidTwice)
    }
}

/// Does what a provider's report asks for.
///
/// `asked_about` is the order as it stood before the provider was asked, where the report is their answer. An answer
/// about an order that has changed since may be older than what changed it, and takes or gives nothing back.
pub fn settle_payout(
    report: &PayoutReport,
    asked_about: Option<&WithdrawalOrder>,
    seen: SeenForPayout<'_>,
    rules: &WithdrawalRules,
    now: Timestamp,
) -> Result<WithdrawalPlan, PayoutReportRefusal> {
    use PayoutReportRefusal as Refusal;
    let SeenForPayout { order, cashier, wallet } = seen;
    let player = order.terms.user;
    assert!(cashier.user == player && wallet.user == player, "the records of the order's player");
    if report.reference != order.terms.id || report.provider != order.terms.provider {
        return Err(Refusal::OtherOrder);
    }
    if report.money != order.terms.money {
        return Err(Refusal::OtherMoney);
    }
    if matches!(order.state, WithdrawalState::Held | WithdrawalState::Approved) {
        return Err(Refusal::NeverSent);
    }
    let effect = effect(report, order)?;
    let is_large = rules.confirm_above.is_some_and(|above| order.terms.amount() > above);
    let is_believed = match effect {
        Effect::Note => true,
        Effect::Complete => !is_large,
        Effect::Fail | Effect::Return | Effect::Owe | Effect::OweNoMore => false,
    };
    let is_present = report.source == ReportSource::Asked && asked_about == Some(order);
    if !is_present && !is_believed {
        return Err(Refusal::AskProvider);
    }
    let after = reported(order, report, effect, now);
    match effect {
        Effect::Note => Ok(Plan::of(Some(order.clone()), after)),
        Effect::Complete => Ok(completed(order, after, cashier, now)),
        Effect::Fail | Effect::Return => Ok(give_back(order, after, cashier, wallet, now)?),
        Effect::Owe => Ok(owed(order, after, cashier, now)),
        Effect::OweNoMore => Ok(owed_no_more(order, after, cashier, &report.id, now)),
    }
}

/// What a report means for an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    /// What the provider calls the payout is known.
    Note,
    /// It is paid.
    Complete,
    /// It will not be paid.
    Fail,
    /// It was paid and came back.
    Return,
    /// It is paid although its money was given back.
    Owe,
    /// What its player owes came back.
    OweNoMore,
}

fn effect(report: &PayoutReport, order: &WithdrawalOrder) -> Result<Effect, PayoutReportRefusal> {
    use PayoutReportRefusal as Refusal;
    if is_over(order, report) {
        return Err(Refusal::NothingNew);
    }
    let is_back = matches!(report.state, PayoutState::Failed | PayoutState::Returned);
    if order.owes(&report.id) && is_back && !order.owed_back.contains(&report.id) {
        return Ok(Effect::OweNoMore);
    }
    if order.paid_twice.contains(&report.id) {
        return Err(Refusal::NothingNew);
    }
    if let Some(known) = order.provider_id.clone().filter(|known| *known != report.id) {
        return Err(match report.source {
            ReportSource::Asked => Refusal::TwoPayouts { known, other: report.id.clone() },
            ReportSource::Callback(_) => Refusal::AskProvider,
        });
    }
    match (order.state, report.state) {
        (WithdrawalState::Processing, PayoutState::Processing) if order.provider_id.is_none() => {
            Ok(Effect::Note)
        }
        (WithdrawalState::Processing, PayoutState::Paid) => Ok(Effect::Complete),
        (WithdrawalState::Processing, PayoutState::Failed | PayoutState::Returned) => Ok(Effect::Fail),
        (WithdrawalState::Completed, PayoutState::Failed | PayoutState::Returned) => Ok(Effect::Return),
        (state, PayoutState::Paid) if state.is_given_back() && !order.is_paid_after_return => Ok(Effect::Owe),
        _ => Err(Refusal::NothingNew),
    }
}

/// The order after a report, with a line about it.
fn reported(
    order: &WithdrawalOrder,
    report: &PayoutReport,
    effect: Effect,
    now: Timestamp,
) -> WithdrawalOrder {
    let event = match effect {
        Effect::Note | Effect::Owe | Effect::OweNoMore => None,
        Effect::Complete => Some(WithdrawalEvent::Paid),
        Effect::Fail => Some(WithdrawalEvent::PayoutFailed),
        Effect::Return => Some(WithdrawalEvent::MoneyReturned),
    };
    let state = event.and_then(|event| order.state.after(event)).unwrap_or(order.state);
    let line: HistoryLine = report.source.line(format!("{} {}", report.state, report.id), report.at, now);
    let is_beside = order.paid_twice.contains(&report.id);
    let provider_id = if is_beside { order.provider_id.clone() } else { Some(report.id.clone()) };
    WithdrawalOrder {
        state,
        provider_id,
        // The provider's record says how it ends.
        resolution: None,
        history: order.history.with(line),
        ..order.clone()
    }
}

fn completed(
    order: &WithdrawalOrder,
    after: WithdrawalOrder,
    cashier: &Cashier,
    now: Timestamp,
) -> WithdrawalPlan {
    let terms = &order.terms;
    let mut cashier = cashier.next();
    cashier.finish_withdrawal(terms.amount());
    cashier.totals.withdrawn = cashier.totals.withdrawn.saturating_add(terms.amount());
    let (from, to) = (SystemAccount::Withdrawals, terms.provider_account());
    let transfer = keys::transfer_of(terms, keys::payout(terms.id), from, to, now);
    Plan { cashier: Some(cashier), transfer: Some(transfer), ..Plan::of(Some(order.clone()), after) }
}

/// The state stays: the money was given back. The plan is written under the condition that the transfer's key is
/// unused.
fn owed(
    order: &WithdrawalOrder,
    after: WithdrawalOrder,
    cashier: &Cashier,
    now: Timestamp,
) -> WithdrawalPlan {
    let terms = &order.terms;
    let mut cashier = cashier.next().held();
    cashier.owed = cashier.owed.saturating_add(terms.amount());
    let (from, to) = (SystemAccount::Receivable(terms.user), terms.provider_account());
    let transfer = keys::transfer_of(terms, keys::paid_after_return(terms.id), from, to, now);
    let after = WithdrawalOrder { is_paid_after_return: true, ..after };
    let alarm = Some(Alarm::PaidAfterReturn);
    Plan { cashier: Some(cashier), transfer: Some(transfer), alarm, ..Plan::of(Some(order.clone()), after) }
}

/// What came back pays what the player owes for it. Where that was written off before, it was a bad debt, and is none.
fn owed_no_more(
    order: &WithdrawalOrder,
    after: WithdrawalOrder,
    cashier: &Cashier,
    payout: &ProviderId,
    now: Timestamp,
) -> WithdrawalPlan {
    let terms = &order.terms;
    let owed = cashier.owed.checked_sub(terms.amount());
    let to = if owed.is_some() { SystemAccount::Receivable(terms.user) } else { SystemAccount::BadDebt };
    let transfer =
        keys::transfer_of(terms, keys::owed_back(terms.id, payout), terms.provider_account(), to, now);
    let cashier = owed.map(|owed| Cashier { owed, ..cashier.next() });
    let owed_back = [&after.owed_back[..], std::slice::from_ref(payout)].concat();
    let after = WithdrawalOrder { owed_back, ..after };
    Plan { cashier, transfer: Some(transfer), ..Plan::of(Some(order.clone()), after) }
}
