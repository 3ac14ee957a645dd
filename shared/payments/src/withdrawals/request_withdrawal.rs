//! Requesting a withdrawal: its money leaves the wallet at once, so that it cannot be spent during the review.

use crate::{
    History, HistoryLine, HoldFacts, HoldReason, HoldRules, Money, OrderId, OrderTerms, PayeeId,
    PaymentsRecord, Plan, PostedEntry, WithdrawalOrder, WithdrawalPlan, WithdrawalState, keys,
};
use evens_idempotency::Fingerprint;
use evens_ledger::{
    Amount, InsufficientBalance, Posting, ProviderName, SystemAccount, UserId, Wallet, WalletOwner,
};
use evens_own_limits::Period;
use jiff::Timestamp;
use jiff::tz::TimeZone;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithdrawalRules {
    /// False if no withdrawals are accepted.
    pub is_open: bool,
    pub amount_min: Amount,
    /// The rules for withdrawals that cashiers review.
    pub holds: HoldRules,
    /// The amount above which a callback must be confirmed by a query. `None` means that callbacks are trusted for any
    /// amount.
    pub confirm_above: Option<Amount>,
    /// The time zone of the daily sum.
    pub zone: TimeZone,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestWithdrawal {
    /// The id that follows from the user and the idempotency key.
    pub order: OrderId,
    pub user: UserId,
    pub money: Money,
    pub payee: PayeeId,
    /// The platform chooses the provider, so it is not part of the request.
    pub provider: ProviderName,
    /// The epoch of the player's current session.
    pub session_epoch: u64,
}

impl RequestWithdrawal {
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&[&self.user, &self.money, &self.payee])
    }
}

/// A payee of the player as it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PayeeSnapshot {
    pub since: Timestamp,
    /// The time from which on it can be paid.
    pub usable_from: Timestamp,
}

/// The maximum of a payout to an account, which its payment system sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PayoutLimit {
    pub amount_max: Amount,
    /// The payment system, such as `UPI`.
    pub system: &'static str,
}

/// Everything that was read to decide about a request for a withdrawal.
#[derive(Debug, Clone, Copy)]
pub struct RequestWithdrawalInput<'a> {
    /// The order under the same idempotency key.
    pub existing: Option<&'a WithdrawalOrder>,
    pub owner: WalletOwner,
    /// `None` if the player has no such payee.
    pub payee: Option<PayeeSnapshot>,
    pub password_since: Timestamp,
    pub record: &'a PaymentsRecord,
    pub wallet: &'a Wallet,
    /// The player's stakes that count towards the requirement in the payments record, as far as their ledger was read.
    pub turnover: Amount,
    /// True if the platform accepts bets and no external register bars the player.
    pub may_bet: bool,
    /// The limit of the payee's account, as far as the provider answered; `None` if the account has none.
    pub payout_limit: Option<PayoutLimit>,
}

/// The reason why a withdrawal is refused, in the order of the checks. An exclusion is not a reason: excluded players
/// can withdraw their money.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestWithdrawalRefusal {
    /// The player's session was ended, and the account is not blocked. A client without a session learns of no order.
    #[error("the session was ended")]
    SessionEnded,
    /// The same request was carried out earlier; this is its order.
    #[error("the withdrawal was already requested")]
    RequestedBefore(Box<WithdrawalOrder>),
    #[error("the account is blocked")]
    AccountBlocked,
    /// The idempotency key was used for a different withdrawal.
    #[error("the idempotency key was used for another withdrawal")]
    KeyUsedForAnotherBody,
    #[error("withdrawals are switched off")]
    WithdrawalsOff,
    #[error("the player has no such payee")]
    UnknownPayee,
    /// The payee cannot be paid yet.
    #[error("the payee can be paid from {usable_from}")]
    PayeeNotUsable { usable_from: Timestamp },
    #[error("the minimum withdrawal is {amount_min}")]
    TooSmall { amount_min: Amount },
    #[error("the maximum of a {} payment is {}", .0.system, .0.amount_max)]
    AbovePayoutLimit(PayoutLimit),
    /// The player may play and has not staked enough of their deposits.
    #[error("the player must stake {missing} more before a withdrawal")]
    TurnoverMissing { missing: Amount },
    #[error(transparent)]
    InsufficientBalance(#[from] InsufficientBalance),
}

/// Requests a withdrawal, or returns the refusal. A repeat is answered before anything that depends on the current
/// state.
pub fn request_withdrawal(
    request: &RequestWithdrawal,
    input: RequestWithdrawalInput<'_>,
    rules: &WithdrawalRules,
    now: Timestamp,
) -> Result<WithdrawalPlan, RequestWithdrawalRefusal> {
    use RequestWithdrawalRefusal as Refusal;
    let RequestWithdrawalInput { existing, owner, payee, record, wallet, turnover, may_bet, .. } = input;
    assert!(record.user == request.user && wallet.user == request.user, "the records of whoever asks");
    if owner.refuses_session(request.session_epoch) {
        return Err(Refusal::SessionEnded);
    }
    match existing {
        Some(order) if order.terms.fingerprint == request.fingerprint() => {
            return Err(Refusal::RequestedBefore(Box::new(order.clone())));
        }
        _ if owner.is_blocked => return Err(Refusal::AccountBlocked),
        Some(_) => return Err(Refusal::KeyUsedForAnotherBody),
        None => {}
    }
    if !rules.is_open {
        return Err(Refusal::WithdrawalsOff);
    }
    let PayeeSnapshot { since: payee_since, usable_from } = payee.ok_or(Refusal::UnknownPayee)?;
    if now < usable_from {
        return Err(Refusal::PayeeNotUsable { usable_from });
    }
    let amount = request.money.amount();
    if amount < rules.amount_min {
        return Err(Refusal::TooSmall { amount_min: rules.amount_min });
    }
    if let Some(limit) = input.payout_limit.filter(|limit| amount > limit.amount_max) {
        return Err(Refusal::AbovePayoutLimit(limit));
    }
    let missing = record.turnover_needed.saturating_sub(turnover);
    let misses_turnover = !missing.is_zero();
    // A player who may not play cannot be required to; cashiers review the withdrawal instead.
    let may_play = may_bet && record.excluded_until(now).is_none() && !record.owes_or_is_held();
    if misses_turnover && may_play {
        return Err(Refusal::TurnoverMissing { missing });
    }
    let posted: PostedEntry = wallet.debit(debit(request), now)?.into();
    let password_since = input.password_since;
    let recovered_at = owner.recovered_at;
    let facts =
        HoldFacts { money: request.money, payee_since, password_since, recovered_at, misses_turnover };
    let turnover_needed = if misses_turnover { record.turnover_needed } else { Amount::ZERO };
    let after = PaymentsRecord { turnover_needed, ..with_withdrawal(record, amount, &rules.zone, now) };
    let reasons = rules.holds.reasons(&facts, &after, now);
    let order = requested(request, reasons, now);
    Ok(Plan { record: Some(after), posted: Some(posted), ..Plan::of(None, order) })
}

fn debit(request: &RequestWithdrawal) -> Posting {
    Posting {
        key: keys::withdrawal(request.order),
        amount: request.money.amount(),
        account: SystemAccount::Withdrawals,
        reference: request.order.to_string(),
    }
}

fn with_withdrawal(
    record: &PaymentsRecord,
    amount: Amount,
    zone: &TimeZone,
    now: Timestamp,
) -> PaymentsRecord {
    let withdrawals_of_day = record.withdrawals_of_day.plus(amount, Period::Day.start(now, zone));
    let recent_withdrawals = record.recent_withdrawals.plus(amount, now);
    let open_withdrawals = record.open_withdrawals + 1;
    let being_withdrawn = record.being_withdrawn.saturating_add(amount);
    PaymentsRecord {
        withdrawals_of_day,
        recent_withdrawals,
        open_withdrawals,
        being_withdrawn,
        ..record.next()
    }
}

/// Nothing can be refused from here on.
fn requested(request: &RequestWithdrawal, hold_reasons: Vec<HoldReason>, now: Timestamp) -> WithdrawalOrder {
    let RequestWithdrawal { order: id, user, money, payee, provider, session_epoch: _ } = request.clone();
    let state = if hold_reasons.is_empty() { WithdrawalState::Approved } else { WithdrawalState::Held };
    let fingerprint = request.fingerprint();
    WithdrawalOrder {
        terms: OrderTerms { id, user, money, provider, fingerprint, created_at: now },
        payee,
        state,
        provider_id: None,
        hold_reasons,
        approvals: Vec::new(),
        attempt: None,
        resolution: None,
        failed_payouts: Vec::new(),
        is_paid_after_return: false,
        paid_twice: Vec::new(),
        owed_back: Vec::new(),
        history: History::default().with(HistoryLine::own("requested", now)),
    }
}
