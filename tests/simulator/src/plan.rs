//! [`Plan`]: the parameters of a run, drawn from its seed.

use crate::dice::{Dice, Odds, OwnDice};
use crate::gain::Knows;
use crate::gamer::Played;
use crate::provider::ProviderSetup;
use evens_games::Room;
use evens_ledger::Amount;
use evens_payments::{DepositRules, HoldRules, WithdrawalRules};
use evens_place_bet::RoundOpener;
use evens_players::{ReferralBonusAfter, ReferralBonuses};
use evens_providers::PaymentSettings;
use evens_runtime::{RateLimits, Settings};
use jiff::SignedDuration;

pub(crate) struct Plan {
    pub(crate) processes: usize,
    pub(crate) pollers: usize,
    pub(crate) players: usize,
    pub(crate) actions: u64,
    pub(crate) pause_max_ms: u64,
    pub(crate) beat_ms: u64,
    pub(crate) rounds: usize,
    pub(crate) late_rounds: Odds,
    pub(crate) hurry: Odds,
    pub(crate) operator_steps: u64,
    pub(crate) sign_ups: u64,
    pub(crate) made_up: u64,
    pub(crate) cheater_knows: Knows,
    /// Deposits per player.
    pub(crate) deposits: u64,
    /// Withdrawals per player.
    pub(crate) withdrawals: u64,
    /// Decisions by cashiers.
    pub(crate) decisions: u64,
    /// Bets on house games per player.
    pub(crate) game_bets: u64,
    pub(crate) rooms: Vec<Played>,
    /// Set if some periods are drawn by blocks.
    pub(crate) has_blocks: bool,
    /// Cancellations of periods.
    pub(crate) cancels: u64,
    /// Processes that run the game clock in parallel.
    pub(crate) clocks: usize,
    /// Steps of the operator of jackpots.
    pub(crate) jackpot_steps: u64,
    /// Changes of limits per player.
    pub(crate) limits: u64,
    /// Refunds and disputes, if the run has them.
    pub(crate) returns: Option<Returns>,
    /// Set if two players have a page on the live channel.
    pub(crate) has_pages: bool,
    pub(crate) provider: ProviderSetup,
    pub(crate) settings: Settings,
    pub(crate) rounds_opened_by: RoundOpener,
}

/// Refunds of a run, and waiting bonuses.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Returns {
    /// Cashiers' actions on deposits.
    pub(crate) acts: u64,
    /// The least number of deposits per player.
    deposits: u64,
    /// Set if a referrer's bonus waits for the referred player's first deposit.
    is_bonus_late: bool,
    /// The amount above which two cashiers must approve, beside the rule for withdrawals.
    four_eyes_above: Option<Amount>,
}

impl Returns {
    fn draw(dice: &mut Dice) -> Self {
        let four_eyes_above = dice.chance(3_000).then(|| Amount::from_units(20 * 100_000_000));
        Self {
            acts: dice.pick(&[6, 12, 24]).unwrap_or(6),
            deposits: dice.number(2..=4),
            is_bonus_late: dice.chance(6_000),
            four_eyes_above: four_eyes_above.and_then(Result::ok),
        }
    }

    /// The number of sign-ups, at least a few if a bonus waits for a deposit.
    fn sign_ups(self, drawn: u64) -> u64 {
        if self.is_bonus_late { drawn.max(4) } else { drawn }
    }
}

impl Plan {
    /// Optional parts (deposits, withdrawals, cashiers, games, limits, jackpots, commission, refunds) have their own
    /// dice, so that a seed without them gives the same run.
    pub(crate) fn draw(dice: &mut Dice, own: &mut OwnDice) -> anyhow::Result<Self> {
        let mut settings = Settings {
            rate_limits: if dice.chance(1_000) {
                RateLimits::of_stage(evens_runtime::Stage::Dev)
            } else {
                RateLimits::OFF
            },
            ..Settings::local()
        };
        let units = |coins: i128| Amount::from_units(coins * 100_000_000).unwrap_or_default();
        settings.players.referral_bonus =
            ReferralBonuses::direct(units(if dice.chance(5_000) { 10 } else { 0 }));
        settings.players.registration_bonus = units(if dice.chance(8_000) { 25 } else { 0 });
        if dice.chance(5_000) {
            // So short that refunds happen while faults occur.
            settings.betting.refund_after = SignedDuration::from_secs(60);
        }
        // The minimum stake refuses some bets, and keeps remainders of others out of the book.
        let stake_min = Amount::from_units(dice.pick(&[0, 50_000_000, 100_000_000]).unwrap_or_default());
        settings.betting.stake_min = stake_min.unwrap_or_default();
        // Books of earlier versions have stakes with all decimals of an amount.
        if settings.betting.stake_min.is_zero() {
            settings.betting.decimals = Amount::DECIMALS_MAX;
        }
        settings.betting.waiting_max = dice.pick(&[2, 50]).unwrap_or(50);
        // The lowest rate rounds the commission of small matches down to zero.
        let rates = ["0", "0", "0.0001", "0.0333", "0.1"];
        settings.bets.commission = own.commission.pick(&rates).unwrap_or("0").parse()?;
        let rounds_opened_by = if dice.chance(3_000) { RoundOpener::Operators } else { RoundOpener::Bets };
        let returns = own.has_returns.then(|| Returns::draw(&mut own.returns));
        let is_bonus_late = returns.is_some_and(|returns| returns.is_bonus_late);
        if is_bonus_late {
            settings.players.referral_bonus_after = ReferralBonusAfter::FirstDeposit;
            settings.players.referral_bonus = ReferralBonuses::with_above(units(10), "4,1")?;
        }
        let game_bets = own.games.pick(&[0, 0, 4, 8]).unwrap_or(0);
        if own.games.chance(3_000) {
            // A period may then cost the house 50, so that limits are reached.
            settings.games.bankroll = units(45_000);
        }
        let withdrawals = own.payouts.pick(&[0, 0, 3, 5]).unwrap_or(0);
        let decisions = own.cashiers.pick(&[0, 5, 10]).filter(|_| withdrawals > 0).unwrap_or(0);
        let rooms = Played::draw(&mut own.games);
        let needs_blocks = rooms.iter().filter_map(|played| played.room()).any(Room::needs_blocks);
        let has_blocks = own.games.chance(4_000) || needs_blocks;
        let cancels = own.games.pick(&[0, 0, 2, 4]).unwrap_or(0);
        let players = dice.number(2..=5);
        Ok(Self {
            processes: dice.index(3) + 1,
            pollers: dice.index(2) + 1,
            actions: dice.number(24..=56) / players,
            players: usize::try_from(players).unwrap_or(2),
            pause_max_ms: dice.pick(&[20, 300, 3_000, 15_000]).unwrap_or(3_000),
            beat_ms: dice.pick(&[0, 0, 400, 5_000]).unwrap_or(0),
            rounds: dice.index(3) + 1,
            late_rounds: dice.pick(&[1_000, 4_000, 7_000, 10_000]).unwrap_or(4_000),
            hurry: dice.pick(&[0, 0, 8_000]).unwrap_or(0),
            operator_steps: dice.number(0..=4),
            sign_ups: {
                let drawn = dice.pick(&[0, 0, 2, 5]).unwrap_or(0);
                returns.map_or(drawn, |returns| returns.sign_ups(drawn))
            },
            made_up: dice.pick(&[0, 0, 4, 12]).unwrap_or(0),
            cheater_knows: if dice.chance(5_000) { Knows::Public } else { Knows::Seeds },
            deposits: {
                let drawn = own.provider.pick(&[0, 0, 2, 4]).unwrap_or(0);
                returns.map_or(drawn, |returns| drawn.max(returns.deposits))
            },
            withdrawals,
            decisions,
            game_bets,
            rooms,
            has_blocks,
            cancels: if game_bets > 0 { cancels } else { 0 },
            clocks: if game_bets > 0 { own.games.index(2) + 1 } else { 0 },
            jackpot_steps: own.jackpots.pick(&[0, 0, 4, 10]).unwrap_or(0),
            limits: own.limits.pick(&[0, 0, 2, 5]).unwrap_or(0),
            returns,
            has_pages: own.has_pages,
            provider: {
                let deposits = draw_deposit_rules(&mut own.provider);
                let cashiers = (decisions > 0).then_some(&mut own.cashiers);
                let mut withdrawals = draw_withdrawal_rules(&mut own.payouts, cashiers);
                let four_eyes_above = returns.and_then(|returns| returns.four_eyes_above);
                withdrawals.holds.four_eyes_above = withdrawals.holds.four_eyes_above.or(four_eyes_above);
                ProviderSetup::new(
                    DepositRules { is_first_followed: is_bonus_late, ..deposits },
                    withdrawals,
                )?
            },
            settings,
            rounds_opened_by,
        })
    }
}

fn draw_deposit_rules(dice: &mut Dice) -> DepositRules {
    let defaults = PaymentSettings::default().deposits;
    // Some deposits expire while faults occur, and some large ones are confirmed with the provider first.
    let pay_within = if dice.chance(5_000) { SignedDuration::from_mins(2) } else { defaults.pay_within };
    let confirm_above = dice.chance(3_000).then(|| Amount::from_units(20 * 100_000_000)).and_then(Result::ok);
    // In some runs, first deposits earn a bonus.
    let first_bonus = dice.chance(5_000).then(|| Amount::from_units(5 * 100_000_000)).and_then(Result::ok);
    let first_bonus = first_bonus.unwrap_or(defaults.first_bonus);
    DepositRules { pay_within, confirm_above, first_bonus, ..defaults }
}

/// The rules of withdrawals. In runs without cashiers, none is held except those of held players.
fn draw_withdrawal_rules(dice: &mut Dice, dice_of_cashiers: Option<&mut Dice>) -> WithdrawalRules {
    // Some large withdrawals are confirmed with the provider first.
    let confirm_above = dice.chance(3_000).then(|| Amount::from_units(10 * 100_000_000)).and_then(Result::ok);
    let units = |coins: i128| Amount::from_units(coins * 100_000_000).ok();
    let holds = dice_of_cashiers.map(|dice| HoldRules {
        amount_from: units(if dice.chance(5_000) { 5 } else { 20 }),
        four_eyes_above: if dice.chance(5_000) { units(10) } else { None },
        ..HoldRules::default()
    });
    let defaults = PaymentSettings::default().withdrawals;
    WithdrawalRules { confirm_above, holds: holds.unwrap_or(defaults.holds), ..defaults }
}
