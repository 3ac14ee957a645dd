//! Opening a deposit: it is stored, with a reservation in the player's limits, before the provider is called.

use crate::{
    DepositOrder, DepositPlan, DepositRules, DepositState, History, HistoryLine, IdentityMissing,
    IdentityStatus, Money, OrderId, OrderTerms, OverDepositLimit, PaymentsRecord, Plan,
};
use evens_idempotency::Fingerprint;
use evens_ledger::{Amount, ProviderName, UserId, WalletOwner};
use evens_own_limits::PlayBarrier;
use jiff::Timestamp;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenDeposit {
    /// The id that follows from the user and the idempotency key.
    pub order: OrderId,
    pub user: UserId,
    pub money: Money,
    /// The platform chooses the provider, so it is not part of the request.
    pub provider: ProviderName,
    /// The bar that an exclusion register reports for the player. `None` if there is none, or no register is
    /// configured.
    pub barred: Option<PlayBarrier>,
    /// The epoch of the player's current session.
    pub session_epoch: u64,
}

impl OpenDeposit {
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&[&self.user, &self.money])
    }
}

/// Everything that was read to decide about a request to open a deposit.
#[derive(Debug, Clone, Copy)]
pub struct OpenDepositInput<'a> {
    /// The order under the same idempotency key.
    pub existing: Option<&'a DepositOrder>,
    pub owner: WalletOwner,
    pub record: &'a PaymentsRecord,
}

impl PaymentsRecord {
    /// Returns `true` if the player may still pay an open deposit: they are not blocked, not excluded, and their
    /// identity check has not failed.
    pub fn may_still_pay(&self, is_blocked: bool, now: Timestamp) -> bool {
        !is_blocked && self.excluded_until(now).is_none() && self.identity != IdentityStatus::Refused
    }
}

/// The maximum number of open deposits of one player. Each has a reservation in their limits and is queried for days.
pub const OPEN_DEPOSITS_MAX: u32 = 20;

/// The reason why a deposit is not opened, in the order of the checks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenDepositRefusal {
    /// The player's session was ended, and the account is not blocked. A client without a session learns of no order.
    #[error("the session was ended")]
    SessionEnded,
    /// The same request was carried out earlier; this is its order.
    #[error("the deposit was already opened")]
    OpenedBefore(Box<DepositOrder>),
    #[error("the account is blocked")]
    AccountBlocked,
    /// The idempotency key was used for a different deposit.
    #[error("the idempotency key was used for another deposit")]
    KeyUsedForAnotherBody,
    /// An exclusion register bars the player.
    #[error("the player is excluded: {0}")]
    Barred(PlayBarrier),
    #[error("deposits are switched off")]
    DepositsOff,
    #[error("the player is excluded until at least {until}")]
    Excluded {
        /// The earliest possible end.
        until: Timestamp,
    },
    #[error("the minimum deposit is {amount_min}")]
    TooSmall { amount_min: Amount },
    #[error("the maximum deposit is {amount_max}")]
    TooLarge { amount_max: Amount },
    /// The player already has the maximum number of open deposits.
    #[error("{OPEN_DEPOSITS_MAX} deposits are open, the maximum")]
    TooManyOpen,
    #[error(transparent)]
    OverLimit(#[from] OverDepositLimit),
    #[error(transparent)]
    IdentityMissing(#[from] IdentityMissing),
}

/// Opens a deposit, or returns the refusal. A repeat is answered before anything that depends on the current state.
pub fn open_deposit(
    request: &OpenDeposit,
    input: OpenDepositInput<'_>,
    rules: &DepositRules,
    now: Timestamp,
) -> Result<DepositPlan, OpenDepositRefusal> {
    use OpenDepositRefusal as Refusal;
    let OpenDepositInput { existing, owner, record } = input;
    assert_eq!(record.user, request.user, "the payments record of whoever asks");
    if owner.refuses_session(request.session_epoch) {
        return Err(Refusal::SessionEnded);
    }
    match existing {
        Some(order) if order.terms.fingerprint == request.fingerprint() => {
            return Err(Refusal::OpenedBefore(Box::new(order.clone())));
        }
        _ if owner.is_blocked => return Err(Refusal::AccountBlocked),
        Some(_) => return Err(Refusal::KeyUsedForAnotherBody),
        None => {}
    }
    if let Some(barred) = request.barred {
        return Err(Refusal::Barred(barred));
    }
    if !rules.is_open {
        return Err(Refusal::DepositsOff);
    }
    if let Some(until) = record.excluded_until(now) {
        return Err(Refusal::Excluded { until });
    }
    let amount = request.money.amount();
    if amount < rules.amount_min {
        return Err(Refusal::TooSmall { amount_min: rules.amount_min });
    }
    if amount > rules.amount_max {
        return Err(Refusal::TooLarge { amount_max: rules.amount_max });
    }
    if record.open_deposits >= OPEN_DEPOSITS_MAX {
        return Err(Refusal::TooManyOpen);
    }
    record.check_deposit(amount, &rules.zone, now)?;
    record.check_identity_to_open(amount, rules.identity_above)?;
    let mut after = record.next();
    after.reserve_deposit(amount, &rules.zone, now);
    Ok(Plan { record: Some(after), ..Plan::of(None, new_order(request, rules, now)) })
}

/// Nothing can be refused from here on.
fn new_order(request: &OpenDeposit, rules: &DepositRules, now: Timestamp) -> DepositOrder {
    let OpenDeposit { order: id, user, money, provider, .. } = request.clone();
    let terms = OrderTerms { id, user, money, provider, fingerprint: request.fingerprint(), created_at: now };
    DepositOrder {
        terms,
        state: DepositState::Created,
        provider_id: None,
        payment: None,
        refund: None,
        claims: Vec::new(),
        returns: Vec::new(),
        agreements: Vec::new(),
        pay_until: now + rules.pay_within,
        history: History::default().with(HistoryLine::own("opened", now)),
    }
}
