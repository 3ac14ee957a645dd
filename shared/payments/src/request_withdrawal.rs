//! Requesting a withdrawal: its money leaves the wallet at once, so that nobody spends it while it is looked at.

use crate::{
    Cashier, History, HistoryLine, HoldFacts, HoldReason, HoldRules, Money, OrderId, OrderTerms, PayeeId,
    Plan, Posted, WithdrawalOrder, WithdrawalPlan, WithdrawalState, keys,
};
use evens_idempotency::Fingerprint;
use evens_ledger::{Amount, InsufficientBalance, Posting, ProviderName, SystemAccount, UserId, Wallet};
use evens_own_limits::Period;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The settings of withdrawals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithdrawalRules {
    /// Whether players may take money home at all.
    pub is_open: bool,
    /// The least withdrawal.
    pub amount_min: Amount,
    /// Which ones cashiers look at.
    pub holds: HoldRules,
    /// Above what amount a callback alone is not believed; none for believing all of them.
    pub confirm_above: Option<Amount>,
    /// Whose calendar the day's sum follows.
    pub zone: TimeZone,
}

/// A withdrawal that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestWithdrawal {
    /// The id that follows from the user and the idempotency key.
    pub order: OrderId,
    /// Who takes money home.
    pub user: UserId,
    /// How much.
    pub money: Money,
    /// To where.
    pub payee: PayeeId,
    /// Through whom. The platform chooses it, so it is no part of what is asked.
    pub provider: ProviderName,
}

impl RequestWithdrawal {
    /// What the request asks for, as a hash.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&[&self.user, &self.money, &self.payee])
    }
}

/// One of the player's payees, as it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeenPayee {
    /// Since when it is known.
    pub since: Timestamp,
    /// From when on it can be paid.
    pub usable_from: Timestamp,
}

/// What was read of everything that decides about a withdrawal that is asked for.
#[derive(Debug, Clone, Copy)]
pub struct SeenForWithdrawal<'a> {
    /// The order under the same key, if there is one.
    pub existing: Option<&'a WithdrawalOrder>,
    /// Whether the player's account is blocked.
    pub is_blocked: bool,
    /// The player's payee of that id, if there is one.
    pub payee: Option<SeenPayee>,
    /// Since when the player has their password.
    pub password_since: Timestamp,
    /// The player's cashier record.
    pub cashier: &'a Cashier,
    /// The player's wallet.
    pub wallet: &'a Wallet,
    /// How much the player has staked since the cashier record says, as far as their ledger was read.
    pub turnover: Amount,
    /// Whether the platform takes bets, and no register of others bars the player.
    pub may_bet: bool,
}

/// Why a withdrawal is not requested, in the order of the checks. An exclusion is no reason: excluded players take
/// their money home.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestWithdrawalRefusal {
    /// The same request was carried out before; here is its order.
    #[error("the withdrawal was requested before")]
    RequestedBefore(Box<WithdrawalOrder>),
    /// The account is blocked.
    #[error("the account is blocked")]
    AccountBlocked,
    /// The idempotency key was used for a withdrawal that differs.
    #[error("the idempotency key was used for another withdrawal")]
    KeyUsedForAnotherBody,
    /// The platform pays nothing out.
    #[error("the platform pays nothing out now")]
    WithdrawalsOff,
    /// The player has no such payee.
    #[error("the player has no such payee")]
    UnknownPayee,
    /// The payee cannot be paid yet.
    #[error("the payee can be paid from {usable_from} on")]
    PayeeNotUsable {
        /// From when on.
        usable_from: Timestamp,
    },
    /// Less than the least withdrawal.
    #[error("a withdrawal is {amount_min} at least")]
    TooSmall {
        /// The least withdrawal.
        amount_min: Amount,
    },
    /// The player may play, and has not staked enough of what they brought.
    #[error("{missing} must be staked before a withdrawal")]
    TurnoverMissing {
        /// How much is missing.
        missing: Amount,
    },
    /// The wallet holds less.
    #[error(transparent)]
    InsufficientBalance(#[from] InsufficientBalance),
}

/// Requests a withdrawal, or says why not. A repeat is answered before anything that depends on today.
pub fn request_withdrawal(
    asked: &RequestWithdrawal,
    seen: SeenForWithdrawal<'_>,
    rules: &WithdrawalRules,
    now: Timestamp,
) -> Result<WithdrawalPlan, RequestWithdrawalRefusal> {
    use RequestWithdrawalRefusal as Refusal;
    let SeenForWithdrawal { existing, is_blocked, payee, cashier, wallet, turnover, may_bet, .. } = seen;
    assert!(cashier.user == asked.user && wallet.user == asked.user, "the records of whoever asks");
    match existing {
        Some(order) if order.terms.fingerprint == asked.fingerprint() => {
            return Err(Refusal::RequestedBefore(Box::new(order.clone())));
        }
        _ if is_blocked => return Err(Refusal::AccountBlocked),
        Some(_) => return Err(Refusal::KeyUsedForAnotherBody),
        None => {}
    }
    if !rules.is_open {
        return Err(Refusal::WithdrawalsOff);
    }
    let SeenPayee { since: payee_since, usable_from } = payee.ok_or(Refusal::UnknownPayee)?;
    if now < usable_from {
        return Err(Refusal::PayeeNotUsable { usable_from });
    }
    let amount = asked.money.amount();
    if amount < rules.amount_min {
        return Err(Refusal::TooSmall { amount_min: rules.amount_min });
    }
    let missing = cashier.turnover_needed.saturating_sub(turnover);
    let misses_turnover = !missing.is_zero();
    // Nobody is asked to play who may not: cashiers look at what they take.
    let may_play = may_bet && cashier.excluded_until(now).is_none() && !cashier.owes_or_is_held();
    if misses_turnover && may_play {
        return Err(Refusal::TurnoverMissing { missing });
    }
    let posted: Posted = wallet.debit(debit(asked), now)?.into();
    let password_since = seen.password_since;
    let facts = HoldFacts { money: asked.money, payee_since, password_since, misses_turnover };
    let turnover_needed = if misses_turnover { cashier.turnover_needed } else { Amount::ZERO };
    let after = Cashier { turnover_needed, ..with_withdrawal(cashier, amount, &rules.zone, now) };
    let reasons = rules.holds.reasons(&facts, &after, now);
    let order = requested(asked, reasons, now);
    Ok(Plan { cashier: Some(after), posted: Some(posted), ..Plan::of(None, order) })
}

fn debit(asked: &RequestWithdrawal) -> Posting {
    Posting {
        key: keys::withdrawal(asked.order),
        amount: asked.money.amount(),
        account: SystemAccount::Withdrawals,
        reference: asked.order.to_string(),
    }
}

fn with_withdrawal(cashier: &Cashier, amount: Amount, zone: &TimeZone, now: Timestamp) -> Cashier {
    let withdrawals_of_day = cashier.withdrawals_of_day.plus(amount, Period::Day.start(now, zone));
    let open_withdrawals = cashier.open_withdrawals + 1;
    let being_withdrawn = cashier.being_withdrawn.saturating_add(amount);
    Cashier { withdrawals_of_day, open_withdrawals, being_withdrawn, ..cashier.next() }
}

/// From here on nothing can be refused.
fn requested(asked: &RequestWithdrawal, hold_reasons: Vec<HoldReason>, now: Timestamp) -> WithdrawalOrder {
    let RequestWithdrawal { order: id, user, money, payee, provider } = asked.clone();
    let state = if hold_reasons.is_empty() { WithdrawalState::Approved } else { WithdrawalState::Held };
    let fingerprint = asked.fingerprint();
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
