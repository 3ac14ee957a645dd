//! Placing a bet: the checks in their order, then the placement that cannot fail.

use crate::{Bet, Round, RoundId, RoundStateName, Side, Stake, UnmatchedBet};
use evens_draws::Nonce;
use evens_idempotency::{BetId, Existing, Fingerprint};
use evens_ledger::{
    Amount, Entry, EntryKey, EntryPurpose, InsufficientBalance, Invariant, Posting, SystemAccount, UserId,
    Wallet,
};
use evens_own_limits::{Barred, PlayLimits, PlayRefusal};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// A bet that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceBet {
    /// The id that follows from the user and the idempotency key.
    pub bet: BetId,
    /// Who places it.
    pub user: UserId,
    /// In which round.
    pub round: RoundId,
    /// On which side.
    pub side: Side,
    /// How much.
    pub stake: Stake,
    /// What the server has drawn for it. A repeat finds the nonce of the first one.
    pub nonce: Nonce,
    /// Whether whoever places it has a role beside playing, by their token.
    pub by_staff: bool,
    /// What a register of exclusions says against them, where one is asked.
    pub barred: Option<Barred>,
    /// When the session started in which they place it.
    pub session_started_at: Timestamp,
}

impl PlaceBet {
    /// What the request asks for, as a hash.
    pub fn fingerprint(&self) -> Fingerprint {
        Bet::fingerprint_of(self.user, &self.round, self.side, self.stake)
    }
}

/// What is written when a bet is placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    /// The wallet after the debit.
    pub wallet: Wallet,
    /// The ledger entry of the debit, `BET:{betId}`.
    pub entry: Entry,
    /// The bet.
    pub bet: Bet,
    /// What of it waits: all of it.
    pub waiting: UnmatchedBet,
    /// The player's own limits of play, with the stake counted.
    pub play: PlayLimits,
}

/// What limits every bet, whatever its round says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BettingLimits {
    /// Whether bets are placed at all. Those that were placed are carried on in either case.
    pub is_open: bool,
    /// The least stake.
    pub stake_min: Amount,
    /// How many bets of one player may wait in one round.
    pub waiting_max: usize,
    /// How long a bet waits: one that was placed much earlier waits no more.
    pub refund_after: SignedDuration,
    /// Where the days begin by which players limit what they stake and lose.
    pub day_offset: Offset,
}

/// What was read of everything that decides about a bet.
#[derive(Debug, Clone)]
pub struct SeenForBet<'a> {
    /// What is under the same key, if anything is.
    pub existing: Option<Existing<Bet>>,
    /// Whether the player's account is blocked.
    pub is_blocked: bool,
    /// Whether it has a role beside playing, whatever their token says: they may have had it before.
    pub is_staff: bool,
    /// The round, if it exists.
    pub round: Option<&'a Round>,
    /// How many of the player's bets wait in the round, as far as that was counted.
    pub waiting: usize,
    /// The player's wallet.
    pub wallet: &'a Wallet,
    /// The player's own limits of play.
    pub play: &'a PlayLimits,
}

/// What becomes of a bet that is asked for. The variants stand in the order of the checks: the first that applies is
/// the answer, on every host. A repeat is answered before anything that depends on today's round or balance; and only a
/// bet that could be placed is told that its round does not exist, so that who opens rounds by bets opens none for
/// others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlaceBetOutcome {
    /// The same request was carried out before; here is its bet.
    PlacedBefore(Box<Bet>),
    /// The account is blocked.
    AccountBlocked,
    /// The idempotency key was used for a bet that differs.
    KeyUsedForAnotherBody {
        /// The bet that was placed under the key.
        bet: BetId,
    },
    /// A register of exclusions bars the player.
    Barred(Barred),
    /// The platform takes no bets.
    BetsOff,
    /// The round takes no bets any more.
    RoundNotOpen {
        /// Where the round stands.
        state: RoundStateName,
    },
    /// The latest moment for the round to close has come.
    RoundPastClosing {
        /// That moment.
        closes_by: Timestamp,
    },
    /// Whoever runs a round places no bets in it: neither the one who opened it, nor anybody else who is no player.
    /// Operators close and cancel what another one has opened, and an oracle signs its result.
    RunsRound,
    /// The stake is less than the least.
    StakeTooSmall {
        /// The least stake.
        stake_min: Amount,
    },
    /// As many bets of the player wait in the round as may.
    TooManyWaiting {
        /// How many may.
        waiting_max: usize,
    },
    /// The player has set limits for themselves that leave no room for it.
    HeldBack(PlayRefusal),
    /// The stake is larger than the balance.
    InsufficientBalance {
        /// What the wallet holds.
        balance: Amount,
        /// What was staked.
        stake: Amount,
    },
    /// There is no such round.
    UnknownRound,
    /// The bet can be placed; this is to be written.
    Placed(Box<Placement>),
}

/// Decides on a bet from what was read.
pub fn place_bet(
    command: &PlaceBet,
    seen: SeenForBet<'_>,
    limits: BettingLimits,
    now: Timestamp,
) -> PlaceBetOutcome {
    let SeenForBet { existing, is_blocked, is_staff, round, waiting, wallet, play } = seen;
    assert!(round.is_none_or(|round| round.id == command.round), "the round that was asked for");
    assert_eq!(wallet.user, command.user, "{:?}", Invariant::M8NobodyElses);
    match existing {
        Some(Existing::Bet(bet)) if bet.fingerprint == command.fingerprint() => {
            return PlaceBetOutcome::PlacedBefore(Box::new(bet));
        }
        Some(_) | None if is_blocked => return PlaceBetOutcome::AccountBlocked,
        Some(_) => return PlaceBetOutcome::KeyUsedForAnotherBody { bet: command.bet },
        None => {}
    }
    if let Some(barred) = command.barred {
        return PlaceBetOutcome::Barred(barred);
    }
    if !limits.is_open {
        return PlaceBetOutcome::BetsOff;
    }
    if let Some(refused) = round.and_then(|round| refused_by_round(command, is_staff, round, now)) {
        return refused;
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
        Err(refusal) => return PlaceBetOutcome::HeldBack(refusal),
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
        (Ok((wallet, entry)), Some(_)) => {
            PlaceBetOutcome::Placed(Box::new(placement(command, wallet, entry, &play, now)))
        }
    }
}

/// Why a round takes no bet of that player, if it does not.
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

/// From here on nothing can be refused.
fn placement(
    command: &PlaceBet,
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
        balance_after: wallet.balance,
        placed_at: now,
        settled: Amount::ZERO,
        refunded: Amount::ZERO,
        paid: Amount::ZERO,
        updated_at: now,
    };
    let open = stake.amount();
    let waiting = UnmatchedBet { bet: id, user, round, side, placed_at: now, nonce, open, is_closed: false };
    Placement { wallet, entry, bet, waiting, play: *play }
}
