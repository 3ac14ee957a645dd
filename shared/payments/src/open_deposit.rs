//! Opening a deposit: written down, with its place in the player's limits, before the provider hears of it.

use crate::{
    Cashier, DepositOrder, DepositPlan, DepositRules, DepositState, History, HistoryLine, IdentityMissing,
    IdentityStatus, Money, OrderId, OrderTerms, OverDepositLimit, Plan,
};
use evens_idempotency::Fingerprint;
use evens_ledger::{Amount, ProviderName, UserId};
use evens_own_limits::Barred;
use jiff::Timestamp;

/// A deposit that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenDeposit {
    /// The id that follows from the user and the idempotency key.
    pub order: OrderId,
    /// Who brings money.
    pub user: UserId,
    /// How much.
    pub money: Money,
    /// Through whom. The platform chooses it, so it is no part of what is asked.
    pub provider: ProviderName,
    /// What a register of exclusions says against them, where one is asked.
    pub barred: Option<Barred>,
}

impl OpenDeposit {
    /// What the request asks for, as a hash.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&[&self.user, &self.money])
    }
}

/// What was read of everything that decides about a deposit that is asked for.
#[derive(Debug, Clone, Copy)]
pub struct SeenForOpening<'a> {
    /// The order under the same key, if there is one.
    pub existing: Option<&'a DepositOrder>,
    /// Whether the player's account is blocked.
    pub is_blocked: bool,
    /// The player's cashier record.
    pub cashier: &'a Cashier,
}

impl Cashier {
    /// Whether the player may still pay what they opened before: they are neither blocked nor excluded, nor were they
    /// refused for who they are.
    pub fn may_still_pay(&self, is_blocked: bool, now: Timestamp) -> bool {
        !is_blocked && self.excluded_until(now).is_none() && self.identity != IdentityStatus::Refused
    }
}

/// How many deposits of one player may be open: each keeps a place in their limits, and is asked about for days.
pub const OPEN_DEPOSITS_MAX: u32 = 20;

/// Why a deposit is not opened, in the order of the checks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenDepositRefusal {
    /// The same request was carried out before; here is its order.
    #[error("the deposit was opened before")]
    OpenedBefore(Box<DepositOrder>),
    /// The account is blocked.
    #[error("the account is blocked")]
    AccountBlocked,
    /// The idempotency key was used for a deposit that differs.
    #[error("the idempotency key was used for another deposit")]
    KeyUsedForAnotherBody,
    /// A register of exclusions bars the player.
    #[error("the player is barred: {0}")]
    Barred(Barred),
    /// The platform takes no deposits.
    #[error("the platform takes no deposits now")]
    DepositsOff,
    /// The player has excluded themselves.
    #[error("the player is excluded until {until} at least")]
    Excluded {
        /// Until when at least.
        until: Timestamp,
    },
    /// Less than the least deposit.
    #[error("a deposit is {amount_min} at least")]
    TooSmall {
        /// The least deposit.
        amount_min: Amount,
    },
    /// More than the largest deposit.
    #[error("a deposit is {amount_max} at most")]
    TooLarge {
        /// The largest deposit.
        amount_max: Amount,
    },
    /// As many of the player's deposits are open as may be.
    #[error("{OPEN_DEPOSITS_MAX} deposits are open, which is as many as may be")]
    TooManyOpen,
    /// It would pass a limit of the player.
    #[error(transparent)]
    OverLimit(#[from] OverDepositLimit),
    /// It must be known first who the player is.
    #[error(transparent)]
    IdentityMissing(#[from] IdentityMissing),
}

/// Opens a deposit, or says why not. A repeat is answered before anything that depends on today.
pub fn open_deposit(
    asked: &OpenDeposit,
    seen: SeenForOpening<'_>,
    rules: &DepositRules,
    now: Timestamp,
) -> Result<DepositPlan, OpenDepositRefusal> {
    use OpenDepositRefusal as Refusal;
    let SeenForOpening { existing, is_blocked, cashier } = seen;
    assert_eq!(cashier.user, asked.user, "the cashier record of whoever asks");
    match existing {
        Some(order) if order.terms.fingerprint == asked.fingerprint() => {
            return Err(Refusal::OpenedBefore(Box::new(order.clone())));
        }
        _ if is_blocked => return Err(Refusal::AccountBlocked),
        Some(_) => return Err(Refusal::KeyUsedForAnotherBody),
        None => {}
    }
    if let Some(barred) = asked.barred {
        return Err(Refusal::Barred(barred));
    }
    if !rules.is_open {
        return Err(Refusal::DepositsOff);
    }
    if let Some(until) = cashier.excluded_until(now) {
        return Err(Refusal::Excluded { until });
    }
    let amount = asked.money.amount();
    if amount < rules.amount_min {
        return Err(Refusal::TooSmall { amount_min: rules.amount_min });
    }
    if amount > rules.amount_max {
        return Err(Refusal::TooLarge { amount_max: rules.amount_max });
    }
    if cashier.open_deposits >= OPEN_DEPOSITS_MAX {
        return Err(Refusal::TooManyOpen);
    }
    cashier.check_deposit(amount, &rules.zone, now)?;
    cashier.check_identity_to_open(amount, rules.identity_above)?;
    let mut after = cashier.next();
    after.reserve_deposit(amount, &rules.zone, now);
    Ok(Plan { cashier: Some(after), ..Plan::of(None, opened(asked, rules, now)) })
}

/// From here on nothing can be refused.
fn opened(asked: &OpenDeposit, rules: &DepositRules, now: Timestamp) -> DepositOrder {
    let OpenDeposit { order: id, user, money, provider, .. } = asked.clone();
    let terms = OrderTerms { id, user, money, provider, fingerprint: asked.fingerprint(), created_at: now };
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
