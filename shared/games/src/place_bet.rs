//! Placing a bet on a period: the checks in their order, then the placement that cannot fail.

use crate::{Exposure, ExposureRules, GameBet, GameBetRecord, GameStake, Period, PeriodId, PeriodState};
use crate::{PeriodStateName, Purse, Selection};
use evens_idempotency::{BetId, Existing, Fingerprint};
use evens_ledger::{
    Amount, Entry, EntryKey, EntryPurpose, InsufficientBalance, Invariant, Posting, SystemAccount, UserId,
    Wallet,
};
use evens_own_limits::{Barred, PlayLimits, PlayRefusal};
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};

/// A bet that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceGameBet {
    /// The id that follows from the user and the idempotency key.
    pub bet: BetId,
    /// Who places it.
    pub user: UserId,
    /// On which period.
    pub period: PeriodId,
    /// On what.
    pub selection: Selection,
    /// How much.
    pub stake: GameStake,
    /// Which balance pays.
    pub purse: Purse,
    /// Whether whoever places it has a role beside playing, by their token.
    pub by_staff: bool,
    /// What a register of exclusions says against them, where one is asked.
    pub barred: Option<Barred>,
    /// When the session started in which they place it.
    pub session_started_at: Timestamp,
}

/// What is written when a bet is placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GamePlacement {
    /// The wallet after the debit.
    pub wallet: Wallet,
    /// The ledger entries of the debit, `GAME:{betId}`: one of each balance that pays, cash first.
    pub entries: Vec<Entry>,
    /// The bet.
    pub bet: GameBet,
    /// The player's own limits of play, with the cash of the stake counted.
    pub play: PlayLimits,
}

/// What limits every bet in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoomLimits {
    /// Whether the platform takes bets; otherwise it refuses every new one.
    pub is_open: bool,
    /// The least stake.
    pub stake_min: Amount,
    /// The largest stake.
    pub stake_max: Amount,
    /// How many bets a player may have on one period.
    pub bets_max: usize,
    /// How much a player may stake on one period.
    pub staked_max: Amount,
    /// How many bets of all players a shard of a period takes.
    pub shard_bets_max: usize,
    /// How much one period may cost the house.
    pub exposure: ExposureRules,
    /// Where the days begin by which players limit what they stake and lose.
    pub day_offset: Offset,
}

/// What was read of everything that decides about a bet.
#[derive(Debug, Clone)]
pub struct SeenForGameBet<'a> {
    /// What is under the same key, if anything is.
    pub existing: Option<Existing<GameBet>>,
    /// Whether the player's account is blocked.
    pub is_blocked: bool,
    /// Whether it has a role beside playing, whatever their token says: they may have had it before.
    pub is_staff: bool,
    /// The period.
    pub period: &'a Period,
    /// The shard of the player's bets on it, their own and those of others.
    pub shard: &'a [GameBetRecord],
    /// What the period may cost: by the bets of this shard as they are, and by those of others as they were a moment
    /// ago.
    pub exposure: &'a Exposure,
    /// The player's wallet.
    pub wallet: &'a Wallet,
    /// The player's own limits of play.
    pub play: &'a PlayLimits,
}

/// What becomes of a bet that is asked for. The variants stand in the order of the checks: the first that applies is
/// the answer, on every host. A repeat is answered before anything that depends on today's period or balance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlaceGameBetOutcome {
    /// The same request was carried out before; here is its bet.
    PlacedBefore(Box<GameBet>),
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
    /// Whoever has a role beside playing places no bets against the house.
    RunsPlatform,
    /// The period takes no bets any more.
    PeriodNotOpen {
        /// Where it stands.
        state: PeriodStateName,
    },
    /// The period before it takes bets now.
    PeriodNotYetOpen {
        /// When this one does.
        opens_at: Timestamp,
    },
    /// The moment has come from which on it takes none.
    PeriodPastClosing {
        /// That moment.
        closes_at: Timestamp,
    },
    /// The stake is less than the least, or more than the largest.
    StakeOutOfRange {
        /// The least stake.
        stake_min: Amount,
        /// The largest stake.
        stake_max: Amount,
    },
    /// The player has as many bets on the period as they may.
    TooManyBets {
        /// How many may be.
        bets_max: usize,
    },
    /// The player would stake more on the period than they may.
    StakedTooMuch {
        /// How much may be.
        staked_max: Amount,
        /// How much of it is left.
        left: Amount,
    },
    /// The shard of the player's bets can hold no more, whosever they are.
    PeriodFull {
        /// How many it holds.
        shard_bets_max: usize,
    },
    /// The period could cost the house more than it may.
    OverExposure {
        /// What was to be bet on.
        selection: Selection,
        /// How much it may.
        period_max: Amount,
    },
    /// The player has set limits for themselves that leave no room for it.
    HeldBack(PlayRefusal),
    /// The stake is larger than what the purse holds.
    InsufficientBalance {
        /// What the purse holds.
        balance: Amount,
        /// What was staked.
        stake: Amount,
    },
    /// The bet can be placed; this is to be written.
    Placed(Box<GamePlacement>),
}

impl PlaceGameBet {
    /// What the request asks for, as a hash.
    pub fn fingerprint(&self) -> Fingerprint {
        let Self { user, period, selection, stake, purse, .. } = self;
        Fingerprint::of(&[&"game", user, period, selection, &stake.amount(), &purse.as_str()])
    }
}

/// Decides on a bet from what was read.
pub fn place_game_bet(
    command: &PlaceGameBet,
    seen: SeenForGameBet<'_>,
    limits: &RoomLimits,
    now: Timestamp,
) -> PlaceGameBetOutcome {
    let SeenForGameBet { existing, is_blocked, is_staff, period, shard, exposure, wallet, play } = seen;
    assert!(period.id == command.period, "the period that was asked for");
    assert!(period.id.room.game().id() == command.selection.game().id(), "a selection of its game");
    assert_eq!(wallet.user, command.user, "{:?}", Invariant::M8NobodyElses);
    match existing {
        Some(Existing::Bet(bet)) if bet.fingerprint == command.fingerprint() => {
            return PlaceGameBetOutcome::PlacedBefore(Box::new(bet));
        }
        Some(_) | None if is_blocked => return PlaceGameBetOutcome::AccountBlocked,
        Some(_) => return PlaceGameBetOutcome::KeyUsedForAnotherBody { bet: command.bet },
        None => {}
    }
    if let Some(barred) = command.barred {
        return PlaceGameBetOutcome::Barred(barred);
    }
    if !limits.is_open {
        return PlaceGameBetOutcome::BetsOff;
    }
    if command.by_staff || is_staff {
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
    // What the bonus pays is no money of the player's: their limits are about the rest.
    let cash = rule.parts(stake, wallet).map_or(stake, |parts| parts.cash);
    let zone = TimeZone::fixed(limits.day_offset);
    let play = match play.place(cash, command.session_started_at, &zone, now) {
        Ok(play) => play,
        Err(refusal) => return PlaceGameBetOutcome::HeldBack(refusal),
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
    /// Whether it takes no bets any more, whoever asks: nothing else has to be looked at to refuse one.
    pub fn is_over_for_bets(&self, now: Timestamp) -> bool {
        self.state != PeriodState::Open || now >= self.times.closes_at
    }
}

/// Why a period takes no bet now, if it does not.
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

/// Which limit of the room a bet would pass, if any.
fn refused_by_room(
    command: &PlaceGameBet,
    shard: &[GameBetRecord],
    exposure: &Exposure,
    limits: &RoomLimits,
) -> Option<PlaceGameBetOutcome> {
    let RoomLimits { stake_min, stake_max, bets_max, staked_max, shard_bets_max, .. } = *limits;
    let stake = command.stake.amount();
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

/// From here on nothing can be refused.
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
