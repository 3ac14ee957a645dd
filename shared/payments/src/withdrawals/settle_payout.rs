//! The effect of a provider's report on a withdrawal: it was paid, it failed, or the money came back.
//!
//! No report is final: a paid payout can come back, and a failed one can be paid after all. Money is returned to the
//! wallet once, and only by the provider's current record. A payout that is made after that is owed by the player.

use crate::withdrawals::give_back::give_back;
use crate::withdrawals::payout_step::is_over;
use crate::{
    Alarm, HistoryLine, PaymentsRecord, PayoutReport, PayoutState, Plan, ProviderId, ReportSource,
    WithdrawalEvent, WithdrawalOrder, WithdrawalPlan, WithdrawalRules, WithdrawalState, keys,
};
use evens_ledger::{BalanceTooLarge, SystemAccount, Wallet, WalletOwner};
use jiff::Timestamp;

/// Everything that was read to decide about a payout.
#[derive(Debug, Clone, Copy)]
pub struct SettlePayoutInput<'a> {
    pub order: &'a WithdrawalOrder,
    pub record: &'a PaymentsRecord,
    pub wallet: &'a Wallet,
    pub owner: WalletOwner,
}

/// The reason why a report changes nothing, in the order of the checks. All but [`Self::NothingNew`] and
/// [`Self::AskProvider`] need people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PayoutReportRefusal {
    /// It is about another order or from another provider.
    #[error("the report is about another order or from another provider")]
    OtherOrder,
    /// Its amount or currency is not that of the order.
    #[error("the report has another amount or currency")]
    OtherMoney,
    #[error("the provider has a payout that was never sent")]
    NeverSent,
    /// By its own answer, the provider has two payouts for the order: it may have been paid twice.
    #[error("the provider has two payouts for the order, {known} and {other}")]
    TwoPayouts {
        /// The one known to the order.
        known: ProviderId,
        /// The unknown one.
        other: ProviderId,
    },
    #[error("the report contains nothing new")]
    NothingNew,
    /// A callback or an old answer is not enough; the provider has to be queried.
    #[error("the report must be confirmed with the provider first")]
    AskProvider,
    #[error(transparent)]
    BalanceTooLarge(#[from] BalanceTooLarge),
}

impl PayoutReportRefusal {
    /// The alarm for people, if one is raised at once.
    pub fn alarm(&self) -> Option<Alarm> {
        matches!(self, Self::TwoPayouts { .. }).then_some(Alarm::PaidTwice)
    }
}

/// Applies a provider's report.
///
/// If the report is the answer to a query, `asked_about` is the order as it was before the query. If the order has
/// changed since, the answer may be older than the change, so it moves no money back.
pub fn settle_payout(
    report: &PayoutReport,
    asked_about: Option<&WithdrawalOrder>,
    input: SettlePayoutInput<'_>,
    rules: &WithdrawalRules,
    now: Timestamp,
) -> Result<WithdrawalPlan, PayoutReportRefusal> {
    use PayoutReportRefusal as Refusal;
    let SettlePayoutInput { order, record, wallet, .. } = input;
    let player = order.terms.user;
    assert!(record.user == player && wallet.user == player, "the records of the order's player");
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
        Effect::Complete => Ok(completed(order, after, record, now)),
        Effect::Fail | Effect::Return => Ok(give_back(order, after, record, wallet, now)?),
        Effect::Owe => Ok(second_payout_plan(order, after, record, now)),
        Effect::OweNoMore => Ok(owed_no_more(order, after, record, &report.id, now)),
    }
}

/// The effect of a report on an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    /// The provider's id becomes known.
    Note,
    Complete,
    /// It will not be paid.
    Fail,
    /// It was paid and came back.
    Return,
    /// It was paid after the money had been returned to the wallet.
    Owe,
    /// A payout that the player owes came back.
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

/// The order after a report, with a history line.
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
        // The provider's record decides the end.
        resolution: None,
        history: order.history.with(line),
        ..order.clone()
    }
}

fn completed(
    order: &WithdrawalOrder,
    after: WithdrawalOrder,
    record: &PaymentsRecord,
    now: Timestamp,
) -> WithdrawalPlan {
    let terms = &order.terms;
    let mut record = record.next();
    record.finish_withdrawal(terms.amount());
    record.totals.withdrawn = record.totals.withdrawn.saturating_add(terms.amount());
    let (from, to) = (SystemAccount::Withdrawals, terms.provider_account());
    let transfer = keys::transfer_of(terms, keys::payout(terms.id), from, to, now);
    Plan { record: Some(record), transfer: Some(transfer), ..Plan::of(Some(order.clone()), after) }
}

/// The state does not change, because the money was returned. So the plan is written under the condition that the key
/// of the transfer is unused.
fn second_payout_plan(
    order: &WithdrawalOrder,
    after: WithdrawalOrder,
    record: &PaymentsRecord,
    now: Timestamp,
) -> WithdrawalPlan {
    let terms = &order.terms;
    let mut record = record.next().held();
    record.owed = record.owed.saturating_add(terms.amount());
    let (from, to) = (SystemAccount::Receivable(terms.user), terms.provider_account());
    let transfer = keys::transfer_of(terms, keys::paid_after_return(terms.id), from, to, now);
    let after = WithdrawalOrder { is_paid_after_return: true, ..after };
    let alarm = Some(Alarm::PaidAfterReturn);
    Plan { record: Some(record), transfer: Some(transfer), alarm, ..Plan::of(Some(order.clone()), after) }
}

/// The returned payout cancels the player's debt for it. If that was written off, it cancels the bad debt instead.
fn owed_no_more(
    order: &WithdrawalOrder,
    after: WithdrawalOrder,
    record: &PaymentsRecord,
    payout: &ProviderId,
    now: Timestamp,
) -> WithdrawalPlan {
    let terms = &order.terms;
    let owed = record.owed.checked_sub(terms.amount());
    let to = if owed.is_some() { SystemAccount::Receivable(terms.user) } else { SystemAccount::BadDebt };
    let transfer =
        keys::transfer_of(terms, keys::owed_back(terms.id, payout), terms.provider_account(), to, now);
    let record = owed.map(|owed| PaymentsRecord { owed, ..record.next() });
    let owed_back = [&after.owed_back[..], std::slice::from_ref(payout)].concat();
    let after = WithdrawalOrder { owed_back, ..after };
    Plan { record, transfer: Some(transfer), ..Plan::of(Some(order.clone()), after) }
}
