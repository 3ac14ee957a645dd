//! Placing a bet: the checks in order, then the placement, which cannot fail.

use crate::{Bet, CommissionRate, Round, RoundId, RoundStateName, Side, Stake, UnmatchedBet};
use evens_draws::Nonce;
use evens_idempotency::{BetId, ExistingBet, Fingerprint};
use evens_ledger::{
    Amount, Entry, EntryKey, EntryPurpose, InsufficientBalance, Invariant, Posting, SystemAccount, UserId,
    Wallet, WalletOwner,
};
use evens_own_limits::{PlayBarrier, PlayLimits, PlayRefusal};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceBet {
    /// The id that follows from the user and the idempotency key.
    pub bet: BetId,
    pub user: UserId,
    pub round: RoundId,
    pub side: Side,
    pub stake: Stake,
    /// The nonce that the server drew for this request. A repeat gets the nonce of the first request.
    pub nonce: Nonce,
    /// True if the user's token has a role besides player.
    pub by_staff: bool,
    /// The bar that an exclusion register reports for the player. `None` if there is none, or no register is
    /// configured.
    pub barred: Option<PlayBarrier>,
    /// When the player's current session started.
    pub session_started_at: Timestamp,
    /// The epoch of that session.
    pub session_epoch: u64,
}

impl PlaceBet {
    pub fn fingerprint(&self) -> Fingerprint {
        Bet::fingerprint_of(self.user, &self.round, self.side, self.stake)
    }
}

/// The writes when a bet is placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    pub wallet: Wallet,
    /// The ledger entry of the debit, `BET:{betId}`.
    pub entry: Entry,
    pub bet: Bet,
    /// The unmatched part, which is the whole stake.
    pub waiting: UnmatchedBet,
    /// The player's own limits of play, with the stake added.
    pub play: PlayLimits,
}

/// Limits that apply to every bet in every round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BettingLimits {
    /// False if no bets are accepted. Bets placed earlier are matched and settled in either case.
    pub is_open: bool,
    pub stake_min: Amount,
    /// The maximum number of decimals of a stake: those of the currency. The rest could never be withdrawn.
    pub decimals: u32,
    /// The maximum number of unmatched bets of one player in one round.
    pub waiting_max: usize,
    /// The time after which an unmatched bet is refunded. A bet placed much earlier cannot be unmatched.
    pub refund_after: SignedDuration,
    /// The UTC offset at which the days of players' own limits begin.
    pub day_offset: Offset,
}

/// Everything that was read to decide about a bet.
#[derive(Debug, Clone)]
pub struct PlaceBetInput<'a> {
    /// The record under the same idempotency key.
    pub existing: Option<ExistingBet<Bet>>,
    /// The player's account, which may be newer than the token.
    pub owner: WalletOwner,
    /// `None` if the round does not exist.
    pub round: Option<&'a Round>,
    /// The number of the player's unmatched bets in the round. Counting may stop at the maximum.
    pub waiting: usize,
    pub wallet: &'a Wallet,
    /// The player's own limits of play.
    pub play: &'a PlayLimits,
}

/// The answer to a request to place a bet. The variants are in the order of the checks, and the first that applies is
/// the answer on every host.
///
/// A repeat is answered before anything that depends on the current round or balance. `UnknownRound` comes last,
/// because a bet on an unknown round can open it: a bet that would be refused must not open a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlaceBetOutcome {
    /// The player's session was ended, and the account is not blocked. A client without a session learns of no bet.
    SessionEnded,
    /// The same request was carried out earlier; this is its bet.
    PlacedBefore(Box<Bet>),
    AccountBlocked,
    /// The idempotency key was used for a different bet.
    KeyUsedForAnotherBody {
        /// The bet that was placed under the key.
        bet: BetId,
    },
    /// An exclusion register bars the player.
    Barred(PlayBarrier),
    BetsOff,
    /// The round no longer accepts bets.
    RoundNotOpen {
        state: RoundStateName,
    },
    /// The latest closing time of the round has passed.
    RoundPastClosing {
        closes_by: Timestamp,
    },
    /// The user runs the round, so they may not bet in it. If an operator opened the round, this holds for that
    /// operator and for every account with a role besides player: operators close and cancel each other's rounds.
    RunsRound,
    /// The stake has fractions of the currency's smallest coin.
    StakeTooFine {
        decimals: u32,
    },
    StakeTooSmall {
        /// The larger of the minimum of the round and that of the platform.
        stake_min: Amount,
    },
    /// The player already has the maximum number of unmatched bets in the round.
    TooManyWaiting {
        waiting_max: usize,
    },
    /// The player's own limits leave no room for the bet.
    OverOwnLimits(PlayRefusal),
    InsufficientBalance {
        balance: Amount,
        stake: Amount,
    },
    UnknownRound,
    /// The bet can be placed; these are the writes.
    Placed(Box<Placement>),
}

pub fn place_bet(
    command: &PlaceBet,
    input: PlaceBetInput<'_>,
    limits: BettingLimits,
    now: Timestamp,
) -> PlaceBetOutcome {
    let PlaceBetInput { existing, owner, round, waiting, wallet, play } = input;
    assert!(round.is_none_or(|round| round.id == command.round), "the round that was asked for");
    assert_eq!(wallet.user, command.user, "{:?}", Invariant::M8NobodyElses);
    if owner.refuses_session(command.session_epoch) {
        return PlaceBetOutcome::SessionEnded;
    }
    match existing {
        Some(ExistingBet::Bet(bet)) if bet.fingerprint == command.fingerprint() => {
            return PlaceBetOutcome::PlacedBefore(Box::new(bet));
        }
        _ if owner.is_blocked => return PlaceBetOutcome::AccountBlocked,
        Some(_) => return PlaceBetOutcome::KeyUsedForAnotherBody { bet: command.bet },
        None => {}
    }
    if let Some(barred) = command.barred {
        return PlaceBetOutcome::Barred(barred);
    }
    if !limits.is_open {
        return PlaceBetOutcome::BetsOff;
    }
    if let Some(refused) = round.and_then(|round| refused_by_round(command, owner.is_staff, round, now)) {
        return refused;
    }
    if !command.stake.amount().fits_decimals(limits.decimals) {
        return PlaceBetOutcome::StakeTooFine { decimals: limits.decimals };
    }
    let stake_min = round.map_or(limits.stake_min, |round| round.stake_min.max(limits.stake_min));
    if command.stake.amount() < stake_min {
        return PlaceBetOutcome::StakeTooSmall { stake_min };
    }
    if waiting >= limits.waiting_max {
        return PlaceBetOutcome::TooManyWaiting { waiting_max: limits.waiting_max };
    }
    let (stake, zone) = (command.stake.amount(), TimeZone::fixed(limits.day_offset));
    let play = match play.place(stake, command.session_started_at, &zone, now) {
        Ok(play) => play,
        Err(refusal) => return PlaceBetOutcome::OverOwnLimits(refusal),
    };
    let debit = Posting {
        key: EntryKey::new(EntryPurpose::Bet, &[&command.bet]),
        amount: stake,
        account: SystemAccount::Stakes(command.round.to_string()),
        reference: command.bet.to_string(),
    };
    match (wallet.debit(debit, now), round) {
        (Err(InsufficientBalance { balance, amount }), _) => {
            PlaceBetOutcome::InsufficientBalance { balance, stake: amount }
        }
        (Ok(_), None) => PlaceBetOutcome::UnknownRound,
        (Ok((wallet, entry)), Some(round)) => {
            PlaceBetOutcome::Placed(Box::new(placement(command, round.commission, wallet, entry, &play, now)))
        }
    }
}

/// The reason why the round refuses a bet of this player.
fn refused_by_round(
    command: &PlaceBet,
    is_staff: bool,
    round: &Round,
    now: Timestamp,
) -> Option<PlaceBetOutcome> {
    let state = round.state.name();
    if state != RoundStateName::Open {
        return Some(PlaceBetOutcome::RoundNotOpen { state });
    }
    if let Some(deadlines) = round.deadlines.filter(|_| round.is_past_closing(now)) {
        return Some(PlaceBetOutcome::RoundPastClosing { closes_by: deadlines.closes_by });
    }
    let runs_round = |opener: UserId| command.by_staff || is_staff || command.user == opener;
    round.opened_by.is_some_and(runs_round).then_some(PlaceBetOutcome::RunsRound)
}

/// Nothing can be refused from here on.
fn placement(
    command: &PlaceBet,
    commission: CommissionRate,
    wallet: Wallet,
    entry: Entry,
    play: &PlayLimits,
    now: Timestamp,
) -> Placement {
    let PlaceBet { bet: id, user, round, side, stake, nonce, .. } = command.clone();
    let nonce = Some(nonce);
    let bet = Bet {
        id,
        user,
        round: round.clone(),
        side,
        stake,
        fingerprint: command.fingerprint(),
        nonce: nonce.clone(),
        commission,
        balance_after: wallet.balance,
        placed_at: now,
        settled: Amount::ZERO,
        refunded: Amount::ZERO,
        paid: Amount::ZERO,
        commission_paid: Amount::ZERO,
        updated_at: now,
    };
    let open = stake.amount();
    let placed_at = now;
    let waiting =
        UnmatchedBet { bet: id, user, round, side, placed_at, nonce, commission, open, is_closed: false };
    Placement { wallet, entry, bet, waiting, play: *play }
}
