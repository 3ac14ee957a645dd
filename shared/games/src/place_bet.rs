//! Placing a bet on a period: the checks in order, then the placement, which cannot fail.

use crate::{Exposure, ExposureRules, GameBet, GameBetRecord, GameStake, Period, PeriodId, PeriodState};
use crate::{PeriodStateName, Purse, Selection};
use evens_idempotency::{BetId, ExistingBet, Fingerprint};
use evens_ledger::{
    Amount, Entry, EntryKey, EntryPurpose, InsufficientBalance, Invariant, Posting, SystemAccount, UserId,
    Wallet, WalletOwner,
};
use evens_own_limits::{PlayBarrier, PlayLimits, PlayRefusal};
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceGameBet {
    /// The id that follows from the user and the idempotency key.
    pub bet: BetId,
    pub user: UserId,
    pub period: PeriodId,
    pub selection: Selection,
    pub stake: GameStake,
    /// The balances that pay.
    pub purse: Purse,
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

/// The writes when a bet is placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GamePlacement {
    pub wallet: Wallet,
    /// The ledger entries of the debit, `GAME:{betId}`, one for each balance that pays, cash first.
    pub entries: Vec<Entry>,
    pub bet: GameBet,
    /// The player's own limits of play, with the cash part of the stake added.
    pub play: PlayLimits,
}

/// The limits that apply to every bet in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoomLimits {
    /// False if no bets are accepted.
    pub is_open: bool,
    pub stake_min: Amount,
    pub stake_max: Amount,
    /// The maximum number of decimals of a stake: those of the currency. The rest could never be withdrawn.
    pub decimals: u32,
    /// The maximum number of a player's bets in one period.
    pub bets_max: usize,
    /// The maximum sum of a player's stakes in one period.
    pub staked_max: Amount,
    /// The maximum number of bets of all players in one shard of a period.
    pub shard_bets_max: usize,
    /// The limit on the cost of a period to the house.
    pub exposure: ExposureRules,
    /// The UTC offset at which the days of players' own limits begin.
    pub day_offset: Offset,
}

/// Everything that was read to decide about a bet.
#[derive(Debug, Clone)]
pub struct PlaceGameBetInput<'a> {
    /// The record under the same idempotency key.
    pub existing: Option<ExistingBet<GameBet>>,
    /// The player's account, which may be newer than the token.
    pub owner: WalletOwner,
    pub period: &'a Period,
    /// The shard with the player's bets in this period. It also holds bets of other players.
    pub shard: &'a [GameBetRecord],
    /// The possible cost of the period, from the current bets of this shard and slightly older data of the others.
    pub exposure: &'a Exposure,
    pub wallet: &'a Wallet,
    /// The player's own limits of play.
    pub play: &'a PlayLimits,
}

/// The answer to a request to place a bet. The variants are in the order of the checks, and the first that applies is
/// the answer on every host. A repeat is answered before anything that depends on the current period or balance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlaceGameBetOutcome {
    /// The player's session was ended, and the account is not blocked. A client without a session learns of no bet.
    SessionEnded,
    /// The same request was carried out earlier; this is its bet.
    PlacedBefore(Box<GameBet>),
    AccountBlocked,
    /// The idempotency key was used for a different bet.
    KeyUsedForAnotherBody {
        /// The bet that was placed under the key.
        bet: BetId,
    },
    /// An exclusion register bars the player.
    Barred(PlayBarrier),
    BetsOff,
    /// Accounts with a role besides player cannot bet against the house.
    RunsPlatform,
    /// The period no longer takes bets.
    PeriodNotOpen {
        state: PeriodStateName,
    },
    /// An earlier period takes bets now.
    PeriodNotYetOpen {
        opens_at: Timestamp,
    },
    /// The closing time of the period has passed.
    PeriodPastClosing {
        closes_at: Timestamp,
    },
    /// The stake has fractions of the currency's smallest coin.
    StakeTooFine {
        decimals: u32,
    },
    /// The stake is below the minimum or above the maximum.
    StakeOutOfRange {
        stake_min: Amount,
        stake_max: Amount,
    },
    /// The player already has the maximum number of bets in the period.
    TooManyBets {
        bets_max: usize,
    },
    /// The player's stakes in the period would exceed the maximum.
    StakedTooMuch {
        staked_max: Amount,
        /// The largest stake that still fits.
        left: Amount,
    },
    /// The shard is full with bets of all its players.
    PeriodFull {
        shard_bets_max: usize,
    },
    /// The possible cost of the period to the house would exceed the limit.
    OverExposure {
        selection: Selection,
        period_max: Amount,
    },
    /// The player's own limits leave no room for the bet.
    OverOwnLimits(PlayRefusal),
    /// The stake is larger than the content of the purse.
    InsufficientBalance {
        balance: Amount,
        stake: Amount,
    },
    /// The bet can be placed; these are the writes.
    Placed(Box<GamePlacement>),
}

impl PlaceGameBet {
    pub fn fingerprint(&self) -> Fingerprint {
        let Self { user, period, selection, stake, purse, .. } = self;
        Fingerprint::of(&[&"game", user, period, selection, &stake.amount(), &purse.as_str()])
    }
}

pub fn place_game_bet(
    command: &PlaceGameBet,
    input: PlaceGameBetInput<'_>,
    limits: &RoomLimits,
    now: Timestamp,
) -> PlaceGameBetOutcome {
    let PlaceGameBetInput { existing, owner, period, shard, exposure, wallet, play } = input;
    assert!(period.id == command.period, "the period that was asked for");
    assert!(period.id.room.game().id() == command.selection.game().id(), "a selection of its game");
    assert_eq!(wallet.user, command.user, "{:?}", Invariant::M8NobodyElses);
    if owner.refuses_session(command.session_epoch) {
        return PlaceGameBetOutcome::SessionEnded;
    }
    match existing {
        Some(ExistingBet::Bet(bet)) if bet.fingerprint == command.fingerprint() => {
            return PlaceGameBetOutcome::PlacedBefore(Box::new(bet));
        }
        _ if owner.is_blocked => return PlaceGameBetOutcome::AccountBlocked,
        Some(_) => return PlaceGameBetOutcome::KeyUsedForAnotherBody { bet: command.bet },
        None => {}
    }
    if let Some(barred) = command.barred {
        return PlaceGameBetOutcome::Barred(barred);
    }
    if !limits.is_open {
        return PlaceGameBetOutcome::BetsOff;
    }
    if command.by_staff || owner.is_staff {
        return PlaceGameBetOutcome::RunsPlatform;
    }
    if let Some(refused) = refused_by_period(period, now) {
        return refused;
    }
    if let Some(refused) = refused_by_room(command, shard, exposure, limits) {
        return refused;
    }
    let stake = command.stake.amount();
    let insufficient = |balance| PlaceGameBetOutcome::InsufficientBalance { balance, stake };
    let rule = command.purse.rule();
    // The bonus is not the player's own money, so their limits apply to the cash part only.
    let cash = rule.parts(stake, wallet).map_or(stake, |parts| parts.cash);
    let zone = TimeZone::fixed(limits.day_offset);
    let play = match play.place(cash, command.session_started_at, &zone, now) {
        Ok(play) => play,
        Err(refusal) => return PlaceGameBetOutcome::OverOwnLimits(refusal),
    };
    let Some(parts) = rule.parts(stake, wallet) else { return insufficient(rule.spendable(wallet)) };
    let debit = Posting {
        key: EntryKey::new(EntryPurpose::Game, &[&command.bet]),
        amount: stake,
        account: SystemAccount::Period(command.period.to_string()),
        reference: command.bet.to_string(),
    };
    match wallet.debit_by(rule, &debit, now) {
        Err(InsufficientBalance { balance, .. }) => insufficient(balance),
        Ok((wallet, entries)) => {
            let bet = game_bet(command, parts, &wallet, now);
            PlaceGameBetOutcome::Placed(Box::new(GamePlacement { wallet, entries, bet, play }))
        }
    }
}

impl Period {
    /// Returns `true` if the period takes no more bets from any player. A bet can then be refused without further
    /// checks.
    pub fn is_over_for_bets(&self, now: Timestamp) -> bool {
        self.state != PeriodState::Open || now >= self.times.closes_at
    }
}

/// The reason why the period takes no bet now.
fn refused_by_period(period: &Period, now: Timestamp) -> Option<PlaceGameBetOutcome> {
    let times = period.times;
    if period.state != PeriodState::Open {
        return Some(PlaceGameBetOutcome::PeriodNotOpen { state: period.state.name() });
    }
    if now < times.opens_at {
        return Some(PlaceGameBetOutcome::PeriodNotYetOpen { opens_at: times.opens_at });
    }
    let is_past = now >= times.closes_at;
    is_past.then_some(PlaceGameBetOutcome::PeriodPastClosing { closes_at: times.closes_at })
}

/// The limit of the room that the bet would exceed.
fn refused_by_room(
    command: &PlaceGameBet,
    shard: &[GameBetRecord],
    exposure: &Exposure,
    limits: &RoomLimits,
) -> Option<PlaceGameBetOutcome> {
    let RoomLimits { stake_min, stake_max, decimals, bets_max, staked_max, shard_bets_max, .. } = *limits;
    let stake = command.stake.amount();
    if !stake.fits_decimals(decimals) {
        return Some(PlaceGameBetOutcome::StakeTooFine { decimals });
    }
    if !(stake_min..=stake_max).contains(&stake) {
        return Some(PlaceGameBetOutcome::StakeOutOfRange { stake_min, stake_max });
    }
    let own = || shard.iter().filter(|record| record.user == command.user);
    if own().count() >= bets_max {
        return Some(PlaceGameBetOutcome::TooManyBets { bets_max });
    }
    let staked = own().fold(Amount::ZERO, |sum, record| sum.saturating_add(record.stake.amount()));
    let left = staked_max.saturating_sub(staked);
    if stake > left {
        return Some(PlaceGameBetOutcome::StakedTooMuch { staked_max, left });
    }
    if shard.len() >= shard_bets_max {
        return Some(PlaceGameBetOutcome::PeriodFull { shard_bets_max });
    }
    let is_over = exposure.is_over_with(command.selection, command.stake, limits.exposure);
    let (selection, period_max) = (command.selection, limits.exposure.period_max);
    is_over.then_some(PlaceGameBetOutcome::OverExposure { selection, period_max })
}

/// Nothing can be refused from here on.
fn game_bet(command: &PlaceGameBet, parts: evens_ledger::Parts, wallet: &Wallet, now: Timestamp) -> GameBet {
    GameBet {
        id: command.bet,
        user: command.user,
        period: command.period,
        selection: command.selection,
        stake: command.stake,
        parts,
        fingerprint: command.fingerprint(),
        balance_after: wallet.balance,
        bonus_after: wallet.bonus,
        placed_at: now,
        paid: None,
    }
}
