//! [`Movements`]: the movement of each idempotency key (M3).

use crate::report::{Subject, Violations};
use crate::wallet::accounts::{AccountIndex, Accounts};
use evens_exchange::MatchId;
use evens_idempotency::BetId;
use evens_ledger::{
    Amount, BalanceKind, Entry, EntryKey, EntryKind, EntryPurpose, Invariant, SystemAccount, UserId,
};
use evens_payments::OrderId;
use evens_players::{referral_bonus, registration_bonus};
use std::collections::HashMap;
use std::fmt;

/// A parsed key: the purpose of the movement.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Purpose {
    /// `BET:{bet}`: the stake.
    Bet(BetId),
    /// `REFUND:{bet}`: the unmatched part of the stake.
    Refund(BetId),
    /// `SETTLE:{match}:{user}`: the payout.
    Settle(MatchId, UserId),
    /// `COMMISSION:{match}:{user}`: the commission on the winnings.
    Commission(MatchId, UserId),
    /// `VOID:{match}:{user}`: a returned stake.
    Void(MatchId, UserId),
    /// `GAME:{bet}` or `GAME:{bet}:BONUS`: the part of a house bet's stake paid by one balance.
    GameStake(BetId, BalanceKind),
    /// `WIN:{bet}` or `WIN:{bet}:BONUS`: the part of a house bet's payout credited to one balance.
    GamePayout(BetId, BalanceKind),
    /// `GAME-REFUND:{bet}` or `GAME-REFUND:{bet}:BONUS`: the part of a house bet's stake returned to one balance.
    GameRefund(BetId, BalanceKind),
    /// `FUND:{order}`: a funding.
    Fund(String),
    /// `BONUS:REG:{user}`: a sign-up bonus.
    RegistrationBonus(UserId),
    /// `BONUS:REF:{referred}`, with `:{level}` for levels above 1: the bonus of the player at that level above a
    /// referred player.
    ReferralBonus(UserId, u32),
    /// `BONUS:DEP:{user}`: a first-deposit bonus.
    DepositBonus(UserId),
    /// `DEPOSIT:{order}`: a credited deposit.
    Deposit(OrderId),
    /// `DEPOSIT-REFUND:{order}`: a deposit refunded to its payer.
    DepositRefund(OrderId),
    /// `SUSPENSE-OUT:{payment}`: suspended money credited to the player of its deposit.
    Claim(String),
    /// `CHARGEBACK:{dispute}`: a disputed deposit taken back.
    ChargeBack(String),
    /// `WITHDRAW:{order}`: a withdrawal.
    Withdrawal(OrderId),
    /// `WITHDRAW-REV:{order}`: a withdrawal that was not paid.
    WithdrawalBack(OrderId),
    /// `JACKPOT:{operation}`: a jackpot win.
    JackpotWin(String),
    /// `ADJUST:{user}:{number}`: a correction by cashiers.
    Adjustment(UserId, u64),
    /// A key that no rule creates.
    Other(String),
}

impl Purpose {
    pub(crate) fn of(key: &str) -> Self {
        let Some((purpose, rest)) = EntryPurpose::split(key) else {
            return Self::Other(key.to_owned());
        };
        let with_user = |build: fn(MatchId, UserId) -> Self| {
            let (id, user) = rest.split_once(':')?;
            Some(build(id.parse().ok()?, user.parse().ok()?))
        };
        let of_game_bet = |build: fn(BetId, BalanceKind) -> Self| {
            let (bet, kind) = match rest.strip_suffix(":BONUS") {
                Some(bet) => (bet, BalanceKind::Bonus),
                None => (rest, BalanceKind::Cash),
            };
            bet.parse().ok().map(|bet| build(bet, kind))
        };
        let known = match purpose {
            EntryPurpose::Game => of_game_bet(Self::GameStake),
            EntryPurpose::Win => of_game_bet(Self::GamePayout),
            EntryPurpose::GameRefund => of_game_bet(Self::GameRefund),
            EntryPurpose::Bet => rest.parse().ok().map(Self::Bet),
            EntryPurpose::Refund => rest.parse().ok().map(Self::Refund),
            EntryPurpose::Settle => with_user(Self::Settle),
            EntryPurpose::Commission => with_user(Self::Commission),
            EntryPurpose::Void => with_user(Self::Void),
            EntryPurpose::Deposit => rest.parse().ok().map(Self::Deposit),
            EntryPurpose::DepositRefund => rest.parse().ok().map(Self::DepositRefund),
            EntryPurpose::SuspenseOut => Some(Self::Claim(rest.to_owned())),
            EntryPurpose::Chargeback => Some(Self::ChargeBack(rest.to_owned())),
            EntryPurpose::Withdraw => rest.parse().ok().map(Self::Withdrawal),
            EntryPurpose::WithdrawRev => rest.parse().ok().map(Self::WithdrawalBack),
            EntryPurpose::Adjust => rest
                .split_once(':')
                .and_then(|(user, number)| Some(Self::Adjustment(user.parse().ok()?, number.parse().ok()?))),
            EntryPurpose::Fund => Some(Self::Fund(rest.to_owned())),
            EntryPurpose::Jackpot => Some(Self::JackpotWin(rest.to_owned())),
            EntryPurpose::Bonus => match rest.split_once(':') {
                Some(("REG", user)) => user.parse().ok().map(Self::RegistrationBonus),
                Some(("DEP", user)) => user.parse().ok().map(Self::DepositBonus),
                Some(("REF", referred)) => Self::of_referral(referred),
                _ => None,
            },
            // Transfers between system accounts: no wallet has an entry of them.
            EntryPurpose::Payout
            | EntryPurpose::PayoutRev
            | EntryPurpose::PaidAfterReturn
            | EntryPurpose::PaidTwice
            | EntryPurpose::OwedBack
            | EntryPurpose::ChargebackOwed
            | EntryPurpose::Suspense
            | EntryPurpose::WriteOff
            | EntryPurpose::Fee
            | EntryPurpose::Settlement
            | EntryPurpose::Funding
            | EntryPurpose::JackpotStart
            | EntryPurpose::JackpotIn
            | EntryPurpose::JackpotReserve
            | EntryPurpose::JackpotRefill
            | EntryPurpose::JackpotTopUp => None,
        };
        known.unwrap_or_else(|| Self::Other(key.to_owned()))
    }

    /// `{referred}`, or `{referred}:{level}` with a level above 1.
    fn of_referral(text: &str) -> Option<Self> {
        let Some((referred, level)) = text.split_once(':') else {
            return text.parse().ok().map(|referred| Self::ReferralBonus(referred, 1));
        };
        let number = level.parse().ok().filter(|number| *number > 1 && level == format!("{number}"))?;
        Some(Self::ReferralBonus(referred.parse().ok()?, number))
    }
}

impl Purpose {
    /// The reference that an entry of this key must have.
    fn reference(&self) -> Option<String> {
        match self {
            Self::Bet(bet)
            | Self::Refund(bet)
            | Self::GameStake(bet, _)
            | Self::GamePayout(bet, _)
            | Self::GameRefund(bet, _) => Some(bet.to_string()),
            Self::Settle(id, _) | Self::Commission(id, _) | Self::Void(id, _) => Some(id.to_string()),
            Self::Fund(name) | Self::JackpotWin(name) => Some(name.clone()),
            Self::Adjustment(_, _) => Some(self.to_string()),
            Self::RegistrationBonus(user) => Some(registration_bonus(*user, Amount::ZERO).reference),
            Self::ReferralBonus(referred, level) => {
                Some(referral_bonus(*referred, *level, Amount::ZERO).reference)
            }
            Self::Deposit(order)
            | Self::DepositRefund(order)
            | Self::Withdrawal(order)
            | Self::WithdrawalBack(order) => Some(order.to_string()),
            // They refer to the deposit, which their keys do not contain.
            Self::DepositBonus(_) | Self::Claim(_) | Self::ChargeBack(_) | Self::Other(_) => None,
        }
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = match self {
            Self::Bet(bet) => EntryKey::new(EntryPurpose::Bet, &[bet]),
            Self::Refund(bet) => EntryKey::new(EntryPurpose::Refund, &[bet]),
            Self::Settle(id, user) => EntryKey::new(EntryPurpose::Settle, &[id, user]),
            Self::Commission(id, user) => EntryKey::new(EntryPurpose::Commission, &[id, user]),
            Self::Void(id, user) => EntryKey::new(EntryPurpose::Void, &[id, user]),
            Self::GameStake(bet, kind) => EntryKey::new(EntryPurpose::Game, &[bet]).of_part(*kind),
            Self::GamePayout(bet, kind) => EntryKey::new(EntryPurpose::Win, &[bet]).of_part(*kind),
            Self::GameRefund(bet, kind) => EntryKey::new(EntryPurpose::GameRefund, &[bet]).of_part(*kind),
            Self::Adjustment(user, number) => EntryKey::new(EntryPurpose::Adjust, &[user, number]),
            Self::Fund(order) => EntryKey::new(EntryPurpose::Fund, &[order]),
            Self::JackpotWin(operation) => EntryKey::new(EntryPurpose::Jackpot, &[operation]),
            Self::RegistrationBonus(user) => registration_bonus(*user, Amount::ZERO).key,
            Self::ReferralBonus(referred, level) => referral_bonus(*referred, *level, Amount::ZERO).key,
            Self::DepositBonus(user) => EntryKey::new(EntryPurpose::Bonus, &[&"DEP", user]),
            Self::Deposit(order) => EntryKey::new(EntryPurpose::Deposit, &[order]),
            Self::DepositRefund(order) => EntryKey::new(EntryPurpose::DepositRefund, &[order]),
            Self::Claim(payment) => EntryKey::new(EntryPurpose::SuspenseOut, &[payment]),
            Self::ChargeBack(dispute) => EntryKey::new(EntryPurpose::Chargeback, &[dispute]),
            Self::Withdrawal(order) => EntryKey::new(EntryPurpose::Withdraw, &[order]),
            Self::WithdrawalBack(order) => EntryKey::new(EntryPurpose::WithdrawRev, &[order]),
            Self::Other(key) => EntryKey::from_stored(key.clone()),
        };
        formatter.write_str(key.as_str())
    }
}

/// An entry's movement without its position in the chain.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Movement {
    pub(crate) user: UserId,
    pub(crate) number: u64,
    pub(crate) kind: EntryKind,
    pub(crate) balance_kind: BalanceKind,
    pub(crate) amount: Amount,
    pub(crate) balance_after: Amount,
    account: AccountIndex,
}

/// The movement that a bet or match requires.
#[derive(Debug)]
pub(crate) struct ExpectedMovement {
    pub(crate) user: UserId,
    pub(crate) kind: EntryKind,
    pub(crate) units: i128,
    pub(crate) account: SystemAccount,
}

impl Movement {
    /// The account on the other side.
    pub(crate) fn account<'a>(&self, accounts: &'a Accounts) -> &'a SystemAccount {
        accounts.account(self.account)
    }

    /// The difference between the movement and the required one.
    pub(crate) fn misfit(&self, expected: &ExpectedMovement, accounts: &Accounts) -> Option<String> {
        let account = self.account(accounts);
        if self.user != expected.user {
            Some(format!("is in the wallet of user {}, not of user {}", self.user, expected.user))
        } else if self.kind != expected.kind {
            Some(format!("is a {}, not a {}", self.kind.as_str(), expected.kind.as_str()))
        } else if self.amount.units() != expected.units {
            let wanted = crate::report::coins(expected.units);
            Some(format!("moves {}, not {wanted}", self.amount))
        } else if *account != expected.account {
            Some(format!("names the account {account}, not {}", expected.account))
        } else {
            None
        }
    }
}

/// The movement of each key.
#[derive(Debug, Default)]
pub(crate) struct Movements(HashMap<Purpose, Movement>);

impl Movements {
    /// Adds an entry. A repeated key is a violation, and so is a reference that does not match the key.
    pub(crate) fn add(&mut self, entry: &Entry, account: AccountIndex, violations: &mut Violations) {
        let Entry { user, number, kind, balance_kind, amount, balance_after, .. } = *entry;
        let movement = Movement { user, number, kind, balance_kind, amount, balance_after, account };
        let purpose = Purpose::of(entry.key.as_str());
        if purpose.reference().is_some_and(|expected| expected != entry.reference) {
            let sentence = format!(
                "Entry {number} of user {user} refers to {}, not to the reference of {purpose}.",
                entry.reference
            );
            violations.add(Invariant::M3OneEffect, Subject::User(user), sentence);
        }
        let Some(other) = self.0.get_mut(&purpose) else {
            self.0.insert(purpose, movement);
            return;
        };
        // In the entries' own order, whatever the order of arrival.
        let in_order = (other.user, other.number) <= (user, number);
        let (first, second) = if in_order { (*other, movement) } else { (movement, *other) };
        let sentence = format!(
            "The key {purpose} moved money twice: as entry {} of user {} and as entry {} of user {}.",
            first.number, first.user, second.number, second.user
        );
        *other = first;
        violations.add(Invariant::M3OneEffect, Subject::User(second.user), sentence);
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn retain(&mut self, is_kept: impl Fn(&Movement) -> bool) {
        self.0.retain(|_, movement| is_kept(movement));
    }

    pub(crate) fn get(&self, purpose: &Purpose) -> Option<&Movement> {
        self.0.get(purpose)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Purpose, &Movement)> {
        self.0.iter()
    }
}
