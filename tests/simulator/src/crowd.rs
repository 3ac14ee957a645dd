//! All participants besides players who bet against each other, each with their own dice.

use crate::barred::Excluder;
use crate::canceller::Canceller;
use crate::cashiers::{CASHIERS, Cashiers};
use crate::dealer::Dealer;
use crate::device::Device;
use crate::dice::{Dice, OwnDice};
use crate::gamer::Gamer;
use crate::limiter::Limiter;
use crate::newcomers::Newcomers;
use crate::pages::{PAGES, Page};
use crate::payer::Payer;
use crate::process::Door;
use crate::run::{OPERATOR, Stage};
use crate::tellers::Tellers;
use crate::withdrawer::Withdrawer;
use crate::world::Who;
use evens_players::Role;
use std::sync::Arc;
use tokio::sync::watch;
use tokio::task::JoinSet;

impl Stage {
    /// Starts all of them. The game clock runs as long as a sender exists.
    pub(crate) fn start_others(
        &self,
        crowd: &mut JoinSet<()>,
        dice: OwnDice,
        users: &[u64],
        (doors, playing): (&[Door], watch::Sender<()>),
    ) -> anyhow::Result<()> {
        self.start_returns(crowd, dice.returns, doors)?;
        self.start_payers(crowd, dice.provider, users, doors)?;
        self.start_withdrawers(crowd, dice.payouts, users, doors)?;
        self.start_cashiers(crowd, dice.cashiers, doors)?;
        self.start_gamers(crowd, dice.games, users, (doors, playing))?;
        self.start_limiters(crowd, dice.limits, users, doors)?;
        if dice.has_exclusion {
            self.start_excluder(crowd, dice.exclusions, users, doors)?;
        }
        self.start_dealer(crowd, dice.jackpots, users, doors)
    }

    /// The pages of two players, or none if the run has none.
    pub(crate) fn pages(
        &self,
        dice: &mut Dice,
        users: &[u64],
        rounds: &[String],
        doors: &[Door],
    ) -> anyhow::Result<Vec<Page>> {
        let with_page = users.iter().enumerate().filter(|_| self.plan.has_pages).take(PAGES);
        let page = |(number, user): (usize, &u64)| {
            let device = self.device(Who::Page(number), *user, Role::Player, doors)?;
            let round = dice.pick(rounds).unwrap_or_default();
            Ok(Page::new(device, *user, dice.fork(), round))
        };
        with_page.map(page).collect()
    }

    fn start_cashiers(&self, crowd: &mut JoinSet<()>, dice: Dice, doors: &[Door]) -> anyhow::Result<()> {
        let (steps, pause_max_ms) = (self.plan.decisions, 2 * self.plan.pause_max_ms);
        if steps > 0 {
            let device = self.device(Who::Operator, CASHIERS[0], Role::Cashier, doors)?;
            let keys = Arc::clone(&self.keys);
            crowd.spawn(Cashiers { device, keys, dice, steps, pause_max_ms }.run());
        }
        Ok(())
    }

    /// Starts cashiers who handle deposits, and newcomers who deposit.
    fn start_returns(&self, crowd: &mut JoinSet<()>, mut dice: Dice, doors: &[Door]) -> anyhow::Result<()> {
        let Some(returns) = self.plan.returns else { return Ok(()) };
        let pause_max_ms = 2 * self.plan.pause_max_ms;
        let device = self.device(Who::Operator, CASHIERS[0], Role::Cashier, doors)?;
        let (keys, acts) = (Arc::clone(&self.keys), returns.acts);
        crowd.spawn(Tellers { device, keys, dice: dice.fork(), acts, pause_max_ms }.run());
        let (world, keys, doors) = (self.world.clone(), Arc::clone(&self.keys), doors.to_vec());
        let looks = self.plan.actions;
        crowd.spawn(Newcomers { world, keys, doors, dice, looks, pause_max_ms }.bring());
        Ok(())
    }

    /// The players, each with a device and dice of their own, or none unless `is_any`.
    fn players(
        &self,
        is_any: bool,
        users: &[u64],
        who: fn(usize) -> Who,
        dice: &mut Dice,
        doors: &[Door],
    ) -> anyhow::Result<Vec<(u64, Device, Dice)>> {
        let player = |(number, user): (usize, &u64)| {
            Ok((*user, self.device(who(number), *user, Role::Player, doors)?, dice.fork()))
        };
        users.iter().enumerate().filter(|_| is_any).map(player).collect()
    }

    fn start_payers(
        &self,
        crowd: &mut JoinSet<()>,
        mut dice: Dice,
        users: &[u64],
        doors: &[Door],
    ) -> anyhow::Result<()> {
        let (deposits, pause_max_ms) = (self.plan.deposits, 2 * self.plan.pause_max_ms);
        for (user, device, dice) in self.players(deposits > 0, users, Who::Payer, &mut dice, doors)? {
            crowd.spawn(Payer { user, device, dice, deposits, pause_max_ms }.bring());
        }
        Ok(())
    }

    fn start_withdrawers(
        &self,
        crowd: &mut JoinSet<()>,
        mut dice: Dice,
        users: &[u64],
        doors: &[Door],
    ) -> anyhow::Result<()> {
        let (withdrawals, pause_max_ms) = (self.plan.withdrawals, 2 * self.plan.pause_max_ms);
        for (user, device, dice) in self.players(withdrawals > 0, users, Who::Withdrawer, &mut dice, doors)? {
            crowd.spawn(Withdrawer { user, device, dice, withdrawals, pause_max_ms }.take());
        }
        Ok(())
    }

    fn start_gamers(
        &self,
        crowd: &mut JoinSet<()>,
        mut dice: Dice,
        users: &[u64],
        (doors, playing): (&[Door], watch::Sender<()>),
    ) -> anyhow::Result<()> {
        let (bets, day_offset) = (self.plan.game_bets, self.settings.players.attendance_offset.offset());
        let (rooms, has_blocks) = (self.plan.rooms.clone(), self.plan.has_blocks);
        for (user, device, dice) in self.players(bets > 0, users, Who::Gamer, &mut dice, doors)? {
            let (rooms, playing) = (rooms.clone(), playing.clone());
            let gamer = Gamer { user, device, dice, bets, rooms, has_blocks, playing, day_offset };
            crowd.spawn(gamer.play());
        }
        let periods = self.plan.cancels;
        if periods > 0 {
            let device = self.device(Who::Operator, OPERATOR, Role::Operator, doors)?;
            crowd.spawn(Canceller { device, dice, rooms, periods, has_blocks, day_offset }.run());
        }
        Ok(())
    }

    fn start_limiters(
        &self,
        crowd: &mut JoinSet<()>,
        mut dice: Dice,
        users: &[u64],
        doors: &[Door],
    ) -> anyhow::Result<()> {
        let (settings, pause_max_ms) = (self.plan.limits, 2 * self.plan.pause_max_ms);
        for (_, device, dice) in self.players(settings > 0, users, Who::Player, &mut dice, doors)? {
            crowd.spawn(Limiter { device, dice, settings, pause_max_ms }.set());
        }
        Ok(())
    }

    fn start_excluder(
        &self,
        crowd: &mut JoinSet<()>,
        mut dice: Dice,
        users: &[u64],
        doors: &[Door],
    ) -> anyhow::Result<()> {
        // While the players still bet.
        let pause_max_ms = self.plan.pause_max_ms * self.plan.actions;
        if let Some(user) = dice.pick(users) {
            let device = self.device(Who::Player(users.len()), user, Role::Player, doors)?;
            crowd.spawn(Excluder { device, dice, pause_max_ms }.exclude());
        }
        Ok(())
    }

    fn start_dealer(
        &self,
        crowd: &mut JoinSet<()>,
        dice: Dice,
        users: &[u64],
        doors: &[Door],
    ) -> anyhow::Result<()> {
        let (steps, pause_max_ms) = (self.plan.jackpot_steps, 2 * self.plan.pause_max_ms);
        if steps > 0 {
            let device = self.device(Who::Operator, OPERATOR, Role::Operator, doors)?;
            let (keys, users) = (Arc::clone(&self.keys), users.to_vec());
            let dealer = Dealer { device, keys, operator: OPERATOR, dice, users, steps, pause_max_ms };
            crowd.spawn(dealer.run());
        }
        Ok(())
    }
}
