//! [`PayoutFacts`]: who asks for a withdrawal and where it goes, for the cashier who decides about it.

use crate::{AccountMask, DepositOrder, DepositState, HoldRules, IdentityStatus, OrderId, PayeeId};
use crate::{PaymentsRecord, WithdrawalOrder, WithdrawalState};
use evens_ledger::{Amount, UserId, Wallet};
use evens_players::Account;
use jiff::{SignedDuration, Timestamp};
use strum::{AsRefStr, Display, EnumString, IntoStaticStr, VariantArray};

/// An account is new for this long.
const PLAYER_NEW_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A bank account is new for this long after it was added, or for as long as the hold rules say, if that is longer.
const PAYEE_NEW_FOR: SignedDuration = SignedDuration::from_hours(24);

/// A password is new for this long.
const PASSWORD_NEW_FOR: SignedDuration = SignedDuration::from_hours(24);

/// A fact about a withdrawal that a cashier must not overlook, in the order in which they are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[derive(AsRefStr, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum PayoutSign {
    PlayerBlocked,
    NewPlayer,
    PhoneUnverified,
    NewPassword,
    IdentityRefused,
    /// No withdrawal was ever paid to the player.
    FirstPayout,
    NewPayee,
    /// No withdrawal that was read was paid to this bank account.
    PayeeNeverPaid,
    /// The player has removed the bank account.
    PayeeRemoved,
    /// Another player has, had or may add the bank account.
    PayeeShared,
}

/// The account and the money of the player who asks for a withdrawal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutPlayer {
    /// The account, and the time since which it has its password. `None` if there is only a wallet.
    pub account: Option<(Account, Timestamp)>,
    pub record: PaymentsRecord,
    pub wallet: Wallet,
}

/// A bank account without its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutPayee {
    pub id: PayeeId,
    pub mask: AccountMask,
    pub since: Timestamp,
    pub removed_at: Option<Timestamp>,
    /// Another player who has or had the account, or for whom cashiers keep it. Accounts that changed hands before
    /// this was recorded have none.
    pub shared_with: Option<UserId>,
}

/// A withdrawal that was paid before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierPayout {
    pub order: OrderId,
    pub amount: Amount,
    pub payee: PayeeId,
    /// The mask of the payee, once it was read.
    pub mask: Option<AccountMask>,
    pub requested_at: Timestamp,
}

/// The player's newest orders, counted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OrdersSoFar {
    /// Deposits that the player has.
    pub deposits: u32,
    /// Withdrawals that were paid, besides the one to decide.
    pub payouts: u32,
    /// Those of them that were paid to the same bank account.
    pub payouts_to_payee: u32,
    /// The one that was requested last.
    pub last_payout: Option<EarlierPayout>,
    /// The time of the oldest order that was counted, if older ones were not. `None` if all were.
    pub counted_since: Option<Timestamp>,
}

/// The facts about a withdrawal that are not stored with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutFacts {
    pub player: PayoutPlayer,
    /// `None` if there is no such payee, which the books do not allow.
    pub payee: Option<PayoutPayee>,
    pub orders: OrdersSoFar,
}

impl OrdersSoFar {
    /// Counts a deposit.
    pub fn count_deposit(&mut self, deposit: &DepositOrder) {
        let is_kept =
            matches!(deposit.state, DepositState::Completed | DepositState::Claimed | DepositState::Disputed);
        self.deposits += u32::from(is_kept);
    }

    /// Counts another withdrawal of the player than `decided`.
    pub fn count_withdrawal(&mut self, other: &WithdrawalOrder, decided: &WithdrawalOrder) {
        if other.state != WithdrawalState::Completed || other.terms.id == decided.terms.id {
            return;
        }
        self.payouts += 1;
        self.payouts_to_payee += u32::from(other.payee == decided.payee);
        let requested_at = other.terms.created_at;
        if self.last_payout.as_ref().is_none_or(|last| last.requested_at < requested_at) {
            let (order, amount, payee) = (other.terms.id, other.terms.amount(), other.payee.clone());
            self.last_payout = Some(EarlierPayout { order, amount, payee, mask: None, requested_at });
        }
    }
}

impl PayoutFacts {
    /// The balances and all withdrawals minus the deposits, in units of the last decimal. Play, bonuses and
    /// corrections together made the difference.
    pub fn units_above_deposits(&self) -> i128 {
        let PayoutPlayer { record, wallet, .. } = &self.player;
        let [has, took] = [
            [wallet.balance, wallet.bonus, wallet.locked],
            [record.totals.withdrawn, record.being_withdrawn, Amount::ZERO],
        ]
        .map(|amounts| amounts.iter().map(|amount| amount.units()).sum::<i128>());
        has + took - record.totals.actual_deposit_amount.units()
    }

    /// The unusual facts.
    pub fn signs(&self, rules: &HoldRules, now: Timestamp) -> Vec<PayoutSign> {
        let Self { player, payee, orders } = self;
        let is_younger = |since: Timestamp, age_min| now.duration_since(since) < age_min;
        let payee_new_for = rules.payee_age_min.map_or(PAYEE_NEW_FOR, |age| age.max(PAYEE_NEW_FOR));
        let password_new_for =
            rules.password_age_min.map_or(PASSWORD_NEW_FOR, |age| age.max(PASSWORD_NEW_FOR));
        let of_account =
            |is_so: &dyn Fn(&(Account, Timestamp)) -> bool| player.account.as_ref().is_some_and(is_so);
        let of_payee = |is_so: &dyn Fn(&PayoutPayee) -> bool| payee.as_ref().is_some_and(is_so);
        // The first password is as old as the account.
        let has_new_password = |(account, since): &(Account, Timestamp)| {
            *since > account.created_at && is_younger(*since, password_new_for)
        };
        #[rustfmt::skip]
        let all = [
            (PayoutSign::PlayerBlocked,   of_account(&|(account, _)| account.is_blocked)),
            (PayoutSign::NewPlayer,       of_account(&|(account, _)| is_younger(account.created_at, PLAYER_NEW_FOR))),
            (PayoutSign::PhoneUnverified, !of_account(&|(account, _)| account.is_phone_verified)),
            (PayoutSign::NewPassword,     of_account(&has_new_password)),
            (PayoutSign::IdentityRefused, player.record.identity == IdentityStatus::Refused),
            (PayoutSign::FirstPayout,     player.record.totals.withdrawn.is_zero()),
            (PayoutSign::NewPayee,        of_payee(&|payee| is_younger(payee.since, payee_new_for))),
            (PayoutSign::PayeeNeverPaid,  orders.payouts_to_payee == 0),
            (PayoutSign::PayeeRemoved,    of_payee(&|payee| payee.removed_at.is_some())),
            (PayoutSign::PayeeShared,     of_payee(&|payee| payee.shared_with.is_some())),
        ];
        all.into_iter().filter(|(_, applies)| *applies).map(|(sign, _)| sign).collect()
    }
}
