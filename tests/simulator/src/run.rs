//! One run: a world drawn from a seed, with faults for some minutes, and then without faults until no work is pending.

use crate::audits;
use crate::cashiers::CASHIERS;
use crate::cheater::{self, Account, Cheater};
use crate::check;
use crate::clients;
use crate::dealer::OTHER_OPERATOR;
use crate::device::{Device, Login};
use crate::dice::{Dice, OwnDice, layout_of};
use crate::gain::{Gain, Knows};
use crate::hazard::{Odd, Strikes};
use crate::keys::Keys;
use crate::made_up;
use crate::mutation::Mutation;
use crate::noise;
use crate::operator::Operator;
use crate::pages::{FOUND_AFTER, OpenPages, Page, Phase};
use crate::plan::Plan;
use crate::player::Player;
use crate::process::{self, Ask, Clocks, Door, Setup};
use crate::provider::{self, Provider, send_callbacks};
use crate::queues::create_queues;
use crate::touched::Touch;
use crate::trace::Trace;
use crate::violation::Violation;
use crate::world::{State, Who, World};
use evens_audit_log::Action;
use evens_ledger::{Amount, UserId};
use evens_payments::Direction;
use evens_players::Role;
use evens_runtime::{Context, Settings};
use evens_simulated_table::item::text;
use evens_store::{Layout, PasswordHash};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// The settings of a run.
#[derive(Debug, Clone, Copy)]
pub struct Order {
    pub seed: u64,
    /// A defect to inject.
    pub mutation: Option<Mutation>,
    /// Prints each step.
    pub is_printed: bool,
}

/// The result of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    pub violations: Vec<Violation>,
    /// A hash that is the same for each run of a seed.
    pub trace_hash: u64,
    /// The length of the trace.
    pub trace_lines: u64,
    /// The number of engine calls.
    pub calls: u64,
    /// Set if table and queues were called through the SDK.
    pub is_through_sdk: bool,
    /// The table actions of functions.
    pub touched: BTreeSet<Touch>,
    /// The number of bets between players.
    pub bets: u64,
    pub matches: u64,
    pub deposits: u64,
    pub withdrawals: u64,
    /// The number of bets on house games.
    pub game_bets: u64,
    /// The number of deposits that were refunded or disputed, or that cashiers credited.
    pub returned: u64,
    pub virtual_time: Duration,
    /// The number of occurrences of each hazard.
    pub strikes: Strikes,
    /// The number of changes by the mutation.
    pub mutated: u64,
    /// The cheater's knowledge and gain.
    pub cheater: (Knows, Gain),
}

/// The time limit for all work after the last fault.
const QUIET_AFTER: Duration = Duration::from_hours(1);

/// The additional time in runs with refunds.
const RETURNS_AFTER: Duration = Duration::from_mins(90);

/// The time after which everything in transit has arrived, so that the rest was lost.
const TOLD_AGAIN_AFTER: Duration = Duration::from_mins(10);

/// The interval of sweeps in this phase. Bets are refunded after five minutes and rounds finished after ten. The first
/// sweep after each limit finds them, and sweeps in between would cost time.
const QUIET_SWEEP_PERIOD: Duration = Duration::from_secs(330);

/// The time for which the game clock continues in this phase. The last period with bets ends within a minute, and
/// further periods only cost time.
const QUIET_CLOCKS_FOR: Duration = Duration::from_mins(2);

/// Runs a seed on this thread.
pub fn run(order: Order) -> anyhow::Result<Outcome> {
    on_paused_clock(order.seed, async {
        let (world, cheater_knows) = simulate(order, layout_of(order.seed)).await?;
        Ok(outcome(&world, cheater_knows))
    })
}

/// Runs a future of a seed on this thread, with virtual time.
pub(crate) fn on_paused_clock<T>(
    seed: u64,
    running: impl Future<Output = anyhow::Result<T>>,
) -> anyhow::Result<T> {
    // The pauses of store, queues and SDK come from the thread's generator.
    fastrand::seed(seed);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()?;
    runtime.block_on(running)
}

/// The world at the end of a run whose table has this layout, with the violations that it found.
pub(crate) async fn simulate(order: Order, layout: Layout) -> anyhow::Result<(World, Knows)> {
    let mut dice = Dice::new(order.seed);
    let mut own_dice = OwnDice::of(order.seed);
    let plan = Plan::draw(&mut dice, &mut own_dice)?;
    let odds = Odd::draw(&mut dice, &mut own_dice);
    let pace = Provider::draw_settings(&mut own_dice.provider);
    let latency_max_ms = dice.pick(&[2, 10, 50, 200]).unwrap_or(10);
    let world = World::new(State {
        latency_max_ms,
        crashes: std::iter::repeat_with(Arc::default).take(plan.processes).collect(),
        mutation: order.mutation,
        layout,
        provider: Provider::new(pace, own_dice.provider.fork()),
        ..State::new(order.seed, dice.fork(), Trace::new(order.is_printed))
    });
    let path = if world.lock().is_through_sdk { "through the SDK" } else { "by types" };
    world.note(Who::World, format_args!("table and queues are called {path}; {layout:?}"));
    create_queues(&world)?;
    let listening = world.lock().alarms.listen();
    let keys = Arc::new(Keys::new()?);
    let settings = Arc::new(plan.settings.clone());
    let auditor = clients::context(&world, Who::Auditor, 0, &settings, &keys);
    let stage = Stage { world: world.clone(), plan, keys, settings, auditor };
    let users = stage.prepare(&mut dice).await?;
    world.lock().odds = odds;
    let (operator, pages) = stage.play(&mut dice, own_dice, &users).await?;
    stage.come_to_rest(operator, pages).await?;
    drop(listening);
    let mut violations = check::check(&world, &stage.auditor.store, &stage.plan).await;
    violations.extend(check::check_moved(&world, &stage.auditor).await);
    violations.extend(check::check_history(&stage.auditor).await);
    for violation in violations {
        world.violated(violation);
    }
    Ok((world, stage.plan.cheater_knows))
}

fn outcome(world: &World, cheater_knows: Knows) -> Outcome {
    let virtual_time = Duration::from_millis(world.elapsed_ms());
    let state = world.lock();
    let count = |kind| u64::try_from(state.table.of_kind(kind).count()).unwrap_or(u64::MAX);
    let orders = |direction: Direction| {
        let orders =
            state.table.of_kind("order").filter(|order| text(order, "direction") == direction.as_ref());
        u64::try_from(orders.count()).unwrap_or(u64::MAX)
    };
    Outcome {
        violations: state.violations.clone(),
        trace_hash: state.trace.hash(),
        trace_lines: state.trace.lines(),
        calls: state.calls,
        is_through_sdk: state.is_through_sdk,
        touched: state.touched.clone(),
        bets: count("bet"),
        matches: count("match"),
        deposits: orders(Direction::Deposit),
        withdrawals: orders(Direction::Withdrawal),
        game_bets: count("game-bet"),
        returned: provider::count_returned(&state.table),
        virtual_time,
        strikes: state.strikes.clone(),
        mutated: state.mutated,
        cheater: (cheater_knows, cheater::gain(&state.table)),
    }
}

/// A run in progress.
pub(crate) struct Stage {
    pub(crate) world: World,
    pub(crate) plan: Plan,
    pub(crate) keys: Arc<Keys>,
    pub(crate) settings: Arc<Settings>,
    auditor: Context,
}

/// The user id of the operator, whose rounds accept the oracle's results.
pub(crate) const OPERATOR: u64 = 901;
const ORACLE: u64 = 902;

impl Stage {
    /// Funds the players and gives operator and oracle their roles, without faults.
    async fn prepare(&self, dice: &mut Dice) -> anyhow::Result<Vec<u64>> {
        let store = &self.auditor.store;
        let password = PasswordHash::new("$argon2id$of-no-password".to_owned());
        let has_cashiers = self.plan.decisions > 0 || self.plan.returns.is_some();
        let cashiers = CASHIERS.iter().filter(|_| has_cashiers);
        let cashiers = cashiers.map(|cashier| (*cashier, Role::Cashier));
        let dealers = [(OTHER_OPERATOR, Role::Operator)].into_iter().filter(|_| self.plan.jackpot_steps > 0);
        let operators = [(OPERATOR, Role::Operator), (ORACLE, Role::Oracle)];
        for (number, role) in operators.into_iter().chain(cashiers).chain(dealers) {
            let mut account = noise::new_account(&self.world, number, None)?;
            account.user = UserId::new(number)?;
            store.sign_up(&account, &password).await?;
            let act = noise::act_on_account(Action::SetRole, account.user, role.as_str());
            store.set_role(account.user, role, &act, self.world.now()).await?;
        }
        let users: Vec<u64> = (1..).take(self.plan.players).collect();
        for user in &users {
            if dice.chance(7_000) {
                let mut account = noise::new_account(&self.world, 950 + user, None)?;
                account.user = UserId::new(*user)?;
                store.sign_up(&account, &password).await?;
            }
            let drawn = dice.pick(&["50", "100", "500", "100000.00000001"]).unwrap_or("100");
            // So little that some have spent their deposits when these are charged back.
            let amount: Amount = if self.plan.returns.is_some() { "5" } else { drawn }.parse()?;
            store
                .fund_wallet(UserId::new(*user)?, amount, &format!("order-{user}"), self.world.now())
                .await?;
        }
        for user in cheater::ACCOUNTS {
            let (user, given) = (UserId::new(user)?, cheater::GIVEN.to_string().parse()?);
            store.fund_wallet(user, given, &format!("order-{user}"), self.world.now()).await?;
        }
        Ok(users)
    }

    fn start_processes(
        &self,
        sweep_period: Duration,
        count: usize,
        playing: watch::Receiver<()>,
    ) -> Vec<Door> {
        let rooms = self.plan.rooms.iter().filter_map(|played| played.room()).collect();
        let has_blocks = self.plan.has_blocks;
        let setup = Setup {
            settings: Arc::clone(&self.settings),
            rounds_opened_by: self.plan.rounds_opened_by,
            keys: Arc::clone(&self.keys),
            provider: self.plan.provider.clone(),
            pollers: self.plan.pollers,
            sweep_period,
            clocks: Clocks { count, rooms, has_blocks, playing },
            has_pages: self.plan.has_pages,
        };
        (0..self.plan.processes).map(|number| process::start(&self.world, number, setup.clone())).collect()
    }

    pub(crate) fn device(&self, who: Who, user: u64, role: Role, doors: &[Door]) -> anyhow::Result<Device> {
        let user = UserId::new(user)?;
        let token = self.keys.token(user, role, self.world.now())?;
        let login = Login { keys: Arc::clone(&self.keys), user, role };
        Ok(Device { world: self.world.clone(), who, token, login: Some(login), doors: doors.to_vec() })
    }

    /// The phase with faults.
    async fn play(
        &self,
        dice: &mut Dice,
        mut own_dice: OwnDice,
        users: &[u64],
    ) -> anyhow::Result<(Operator, Vec<Page>)> {
        let (world, plan) = (&self.world, &self.plan);
        let (playing, until) = watch::channel(());
        let doors = self.start_processes(Duration::from_mins(2), plan.clocks, until);
        let calling_back = send_callbacks(world, &plan.provider, &doors);
        let rounds: Vec<String> = (0..plan.rounds).map(|number| format!("r{number}")).collect();
        let mut operator = Operator {
            device: self.device(Who::Operator, OPERATOR, Role::Operator, &doors)?,
            oracle: self.device(Who::Operator, ORACLE, Role::Oracle, &doors)?,
            keys: Arc::clone(&self.keys),
            dice: dice.fork(),
            rounds: rounds.clone(),
            late_rounds: plan.late_rounds,
            hurry: plan.hurry,
        };
        operator.open().await;
        let pages = self.pages(&mut own_dice.pages, users, &rounds, &doors)?;
        let pages = OpenPages::open(pages, &doors, Phase::Faults);
        let mut crowd = JoinSet::new();
        for (number, user) in users.iter().enumerate() {
            let device = self.device(Who::Player(number), *user, Role::Player, &doors)?;
            let others = users.iter().copied().filter(|other| other != user).collect();
            let player = Player::new(
                device,
                *user,
                dice.fork(),
                rounds.clone(),
                others,
                (plan.actions, plan.pause_max_ms, plan.beat_ms),
            );
            crowd.spawn(player.play());
        }
        let pause_max_ms = plan.pause_max_ms * plan.actions / 4;
        let people =
            noise::sign_people_up(world.clone(), doors.clone(), dice.fork(), plan.sign_ups, pause_max_ms);
        crowd.spawn(people);
        crowd.spawn(made_up::make_jobs_up(world.clone(), dice.fork(), plan.made_up, pause_max_ms));
        let (who, door) = (users.to_vec(), doors.clone());
        crowd.spawn(noise::block_random_player(world.clone(), door, dice.fork(), who, pause_max_ms));
        crowd.spawn(noise::fund(world.clone(), doors.clone(), dice.fork(), users.to_vec(), pause_max_ms));
        crowd.spawn(audits::audit(world.clone(), Arc::clone(&self.settings), dice.fork(), pause_max_ms));
        self.start_others(&mut crowd, own_dice, users, (&doors, playing))?;
        let cheater = self.cheater(&rounds, &doors, dice)?;
        let actions = plan.actions * 2 / 3;
        let watching = cheater.start(plan.cheater_knows, &mut crowd, (actions, plan.pause_max_ms));
        let operating = tokio::spawn(operator.run(plan.operator_steps, 2 * pause_max_ms));
        while crowd.join_next().await.is_some() {}
        let mut operator = operating.await?;
        if dice.chance(7_000) {
            operator.end_all().await;
        }
        let pause = dice.milliseconds(0..=90_000);
        world.sleep(pause).await;
        if dice.chance(5_000) {
            noise::redrive(world);
        }
        let pause = dice.milliseconds(0..=30_000);
        world.sleep(pause).await;
        drop((watching, calling_back));
        let pages = pages.close().await?;
        for door in doors {
            let _ = door.send(Ask::Retire);
        }
        Ok((operator, pages))
    }

    fn cheater(&self, rounds: &[String], doors: &[Door], dice: &mut Dice) -> anyhow::Result<Cheater> {
        let accounts = cheater::ACCOUNTS
            .map(|user| Ok(Account { user, device: self.device(Who::Cheater, user, Role::Player, doors)? }));
        let accounts = accounts.into_iter().collect::<anyhow::Result<Vec<_>>>()?;
        Ok(Cheater::new(accounts, rounds.to_vec(), dice.fork(), self.settings.betting.stake_min))
    }

    /// The phase without faults, at whose end no work may be pending (M6).
    async fn come_to_rest(&self, mut operator: Operator, pages: Vec<Page>) -> anyhow::Result<()> {
        let world = &self.world;
        world.lock().odds = Odd::NONE;
        world.note(Who::World, format_args!("no more hazards from here on"));
        // Messages in transit still arrive, and stopped processes stay down.
        world.sleep(Duration::from_secs(30)).await;
        let (playing, until) = watch::channel(());
        tokio::spawn(async move {
            tokio::time::sleep(QUIET_CLOCKS_FOR).await;
            drop(playing);
        });
        let doors = self.start_processes(QUIET_SWEEP_PERIOD, self.plan.clocks.min(1), until);
        let calling_back = send_callbacks(world, &self.plan.provider, &doors);
        let pages = OpenPages::open(pages, &doors, Phase::Quiet);
        if self.plan.has_pages {
            // Later changes must be pushed.
            world.sleep(FOUND_AFTER + Duration::from_secs(3)).await;
        }
        // Lost work must be found without extra jobs.
        operator.hurry = 0;
        operator.device.doors.clone_from(&doors);
        operator.oracle.doors.clone_from(&doors);
        operator.end_all().await;
        let began = tokio::time::Instant::now();
        // Late in a run, refunds are requested only hourly.
        let later = if self.plan.returns.is_some() { RETURNS_AFTER } else { Duration::ZERO };
        let deadline = began + QUIET_AFTER + later;
        loop {
            world.sleep(Duration::from_secs(30)).await;
            provider::ask_again(world);
            provider::ask_about_payouts(world);
            if began.elapsed() > TOLD_AGAIN_AFTER {
                provider::tell_of_disputes_again(world);
            }
            let unrest = check::unrest(world).or_else(|| provider::unrest(world));
            let unrest = unrest.or_else(|| provider::unrest_of_payouts(world));
            match unrest.or_else(|| provider::unrest_of_returns(world)) {
                None => break,
                Some(sentence) if tokio::time::Instant::now() >= deadline => {
                    world.violated(Violation::new("M6", sentence));
                    break;
                }
                Some(_) => {}
            }
        }
        drop(calling_back);
        if self.plan.has_pages {
            // The last changes are on their way.
            world.sleep(Duration::from_secs(10)).await;
        }
        pages.close().await?;
        for door in doors {
            let _ = door.send(Ask::Retire);
        }
        Ok(())
    }
}
