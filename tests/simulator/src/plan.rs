//! [`Plan`]: the numbers that a run is made of, drawn from its seed.

use crate::dice::{Dice, Odds};
use crate::gain::Knows;
use crate::provider::ProviderSetup;
use evens_ledger::Amount;
use evens_payments::{DepositRules, WithdrawalRules};
use evens_providers::PaymentSettings;
use evens_runtime::{RateLimits, RoundOpener, Settings};
use jiff::SignedDuration;

/// The numbers that a run is made of.
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
    /// How many times each player brings money.
    pub(crate) deposits: u64,
    /// How many times each player takes money home.
    pub(crate) withdrawals: u64,
    /// How many times each player bets against the house.
    pub(crate) game_bets: u64,
    /// How many processes bring its periods on, side by side.
    pub(crate) clocks: usize,
    /// How many steps whoever runs the jackpots takes.
    pub(crate) jackpot_steps: u64,
    /// How many times each player sets a limit of their play.
    pub(crate) limits: u64,
    pub(crate) provider: ProviderSetup,
    pub(crate) settings: Settings,
}

impl Plan {
    /// Deposits have dice of their own, and so have withdrawals, games, limits and jackpots, so that without them a
    /// seed is the same run.
    pub(crate) fn draw(
        dice: &mut Dice,
        dice_of_provider: &mut Dice,
        dice_of_payouts: &mut Dice,
        dice_of_games: &mut Dice,
        dice_of_limits: &mut Dice,
        dice_of_jackpots: &mut Dice,
    ) -> anyhow::Result<Self> {
        let mut settings = Settings {
            rate_limits: if dice.chance(1_000) {
                RateLimits::of_stage(evens_runtime::Stage::Dev)
            } else {
                RateLimits::OFF
            },
            ..Settings::local()
        };
        let units = |coins: i128| Amount::from_units(coins * 100_000_000).unwrap_or_default();
        settings.referral_bonus = units(if dice.chance(5_000) { 10 } else { 0 });
        settings.registration_bonus = units(if dice.chance(8_000) { 25 } else { 0 });
        if dice.chance(5_000) {
            // So that it falls into the time when things go wrong.
            settings.betting.refund_after = SignedDuration::from_secs(60);
        }
        // The least stake keeps some bets out, and rests of others out of the book.
        let stake_min = Amount::from_units(dice.pick(&[0, 50_000_000, 100_000_000]).unwrap_or_default());
        settings.betting.stake_min = stake_min.unwrap_or_default();
        settings.betting.waiting_max = dice.pick(&[2, 50]).unwrap_or(50);
        if dice.chance(3_000) {
            settings.rounds_opened_by = RoundOpener::Operators;
        }
        let game_bets = dice_of_games.pick(&[0, 0, 4, 8]).unwrap_or(0);
        if dice_of_games.chance(3_000) {
            // A period may cost the house 50 then, so that limits are met.
            settings.games_bankroll = units(45_000);
        }
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
            sign_ups: dice.pick(&[0, 0, 2, 5]).unwrap_or(0),
            made_up: dice.pick(&[0, 0, 4, 12]).unwrap_or(0),
            cheater_knows: if dice.chance(5_000) { Knows::Public } else { Knows::Seeds },
            deposits: dice_of_provider.pick(&[0, 0, 2, 4]).unwrap_or(0),
            withdrawals: dice_of_payouts.pick(&[0, 0, 3, 5]).unwrap_or(0),
            game_bets,
            clocks: if game_bets > 0 { dice_of_games.index(2) + 1 } else { 0 },
            jackpot_steps: dice_of_jackpots.pick(&[0, 0, 4, 10]).unwrap_or(0),
            limits: dice_of_limits.pick(&[0, 0, 2, 5]).unwrap_or(0),
            provider: ProviderSetup::new(
                draw_deposit_rules(dice_of_provider),
                draw_withdrawal_rules(dice_of_payouts),
            )?,
            settings,
        })
    }
}

/// The rules of deposits.
fn draw_deposit_rules(dice: &mut Dice) -> DepositRules {
    let defaults = PaymentSettings::default().deposits;
    // So that some deposits expire while things go wrong, and some large ones are asked about first.
    let pay_within = if dice.chance(5_000) { SignedDuration::from_mins(2) } else { defaults.pay_within };
    let confirm_above = dice.chance(3_000).then(|| Amount::from_units(20 * 100_000_000)).and_then(Result::ok);
    // So that first deposits earn something in some.
    let first_bonus = dice.chance(5_000).then(|| Amount::from_units(5 * 100_000_000)).and_then(Result::ok);
    let first_bonus = first_bonus.unwrap_or(defaults.first_bonus);
    DepositRules { pay_within, confirm_above, first_bonus, ..defaults }
}

/// The rules of withdrawals. Cashiers are to look only at those of players who owe something; none of them works here.
fn draw_withdrawal_rules(dice: &mut Dice) -> WithdrawalRules {
    // So that the provider is asked about some large ones first.
    let confirm_above = dice.chance(3_000).then(|| Amount::from_units(10 * 100_000_000)).and_then(Result::ok);
    WithdrawalRules { confirm_above, ..PaymentSettings::default().withdrawals }
}
