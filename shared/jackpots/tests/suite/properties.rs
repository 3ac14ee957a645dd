//! M9 under any interleaving of contributions and the steps of wins, including steps repeated by a late process.

use crate::common::{MINOR, amount, meter, minute, open_terms, opened, operation, user, wallet, wanted};
use evens_jackpots::{
    Award, AwardAct, AwardInput, AwardStep, Meter, MeterCount, Pool, Share, award, contribute, finish_win,
    group_totals,
};
use evens_ledger::{Amount, SystemAccount, Transfer, Wallet};
use proptest::prelude::*;

const METERS: u8 = MeterCount::PRODUCTION.get();

#[derive(Debug, Clone)]
enum Step {
    Contribute(u32),
    Begin(Option<u32>),
    /// Collects some meters, in a process that believes an earlier win (this many wins ago) to be in progress.
    Collect(u8, u8, u64),
    /// Finishes a win, in such a process.
    Finish(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => any::<u32>().prop_map(Step::Contribute),
        1 => prop::option::of(any::<u32>()).prop_map(Step::Begin),
        4 => (0..METERS, 1..=METERS, prop::sample::select(vec![0, 0, 0, 1, 2]))
            .prop_map(|(from, many, late)| Step::Collect(from, many, late)),
        2 => prop::sample::select(vec![0, 0, 1]).prop_map(Step::Finish),
    ]
}

struct World {
    pool: Pool,
    meters: Vec<Meter>,
    wallet: Wallet,
    begun: Vec<Award>,
    /// The balances of the group's two accounts, and the total paid by the house, in units.
    pool_account: i128,
    reserve_account: i128,
    house: i128,
}

impl World {
    fn new() -> Self {
        let (_, pool) = opened(MINOR);
        let start = pool.amount.units();
        let meters = (0..METERS).map(meter).collect();
        let wallet = wallet(42, "1");
        Self {
            pool,
            meters,
            wallet,
            begun: Vec::new(),
            pool_account: start,
            reserve_account: 0,
            house: -start,
        }
    }

    fn book(&mut self, transfer: &Transfer) {
        for (account, units) in
            [(&transfer.from, -transfer.amount.units()), (&transfer.to, transfer.amount.units())]
        {
            match account {
                SystemAccount::JackpotPool(group) if group == "minor" => self.pool_account += units,
                SystemAccount::JackpotReserve(group) if group == "minor" => self.reserve_account += units,
                SystemAccount::House => self.house += units,
                other => panic!("{other} has no part in it"),
            }
        }
    }

    fn take(&mut self, number: usize, step: &Step) {
        let name = format!("op-{number}");
        match step {
            Step::Contribute(units) => {
                let mut amounts = evens_jackpots::ByGroup::of(|_| Amount::ZERO);
                amounts.minor = Amount::from_units(i128::from(*units) + 1).unwrap();
                let made = contribute(operation(&name), &amounts, &open_terms(), minute(1)).unwrap();
                let meter = &mut self.meters[usize::from(made.operation.meter(MeterCount::PRODUCTION))];
                meter.parts.minor.share = meter.parts.minor.share.plus(made.shares.minor);
                made.transfers().iter().for_each(|transfer| self.book(transfer));
            }
            Step::Begin(requested) => self.begin(&name, *requested),
            Step::Collect(from, many, late) => {
                let Some(award) = self.of_late(*late) else { return };
                let (operation, cycle) = (award.operation.clone(), award.cycle.unwrap());
                for number in (0..*many).map(|number| (from + number) % METERS) {
                    let part = &mut self.meters[usize::from(number)].parts.minor;
                    if let Some(collected) = part.collect(&operation, cycle) {
                        *part = collected;
                    }
                }
            }
            Step::Finish(late) => self.finish(*late),
        }
    }

    fn of_late(&self, late: u64) -> Option<Award> {
        let last = self.begun.len().checked_sub(1 + usize::try_from(late).unwrap())?;
        self.begun.get(last).cloned()
    }

    fn begin(&mut self, name: &str, requested: Option<u32>) {
        let terms = open_terms().minor.unwrap();
        let requested = requested.map(|units| Amount::from_units(i128::from(units)).unwrap());
        let wanted = Award { requested, ..wanted(name, None) };
        let totals = group_totals(&self.pool, &self.meters);
        let input = AwardInput {
            existing: None,
            is_proposer_gone: false,
            pool: Some((&self.pool, &terms)),
            totals,
            given_alone: Amount::ZERO,
            wallet: &self.wallet,
        };
        if let Ok(AwardStep::Begin(begun)) = award(&wanted, AwardAct::Draw, input, minute(1)) {
            self.pool = begun.pool;
            self.begun.push(begun.award);
        }
    }

    /// A late process finds that the pool is not reserved for its win.
    fn finish(&mut self, late: u64) {
        let Some(award) = self.of_late(late) else { return };
        if self.pool.winning().is_none_or(|win| win.award.operation != award.operation) {
            return;
        }
        let found = self.meters.iter().map(|meter| meter.parts.minor.found_by(&award.operation));
        let Some(found) = found.collect::<Option<Vec<Share>>>() else { return };
        let collected = found.into_iter().fold(Share::default(), Share::plus);
        let plan = finish_win(&self.pool, collected, &self.wallet, minute(2)).unwrap().unwrap();
        assert!(plan.win.amount <= plan.win.pool_before);
        if let Some(requested) = award.requested {
            assert_eq!(plan.win.amount, requested, "what was asked for was there, and still is");
        }
        assert!(plan.pool.amount >= amount("1000"));
        self.pool_account -= plan.entry.amount.units();
        plan.transfers.iter().for_each(|transfer| self.book(transfer));
        (self.pool, self.wallet) = (plan.pool, plan.wallet);
    }

    fn check(&self) {
        let totals = group_totals(&self.pool, &self.meters);
        assert_eq!(totals.amount.units(), self.pool_account, "the pool");
        assert_eq!(totals.reserve.units(), self.reserve_account, "the reserve");
        let won = self.wallet.balance.units() - amount("1").units();
        assert_eq!(won + self.pool_account + self.reserve_account + self.house, 0, "all of it");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_jackpot_adds_up(steps in prop::collection::vec(step(), 1..120)) {
        let mut world = World::new();
        for (number, step) in steps.iter().enumerate() {
            world.take(number, step);
            world.check();
        }
        // Another process can complete any win that has begun.
        world.take(steps.len(), &Step::Collect(0, METERS, 0));
        world.take(steps.len(), &Step::Finish(0));
        world.check();
        prop_assert!(world.pool.winning().is_none());
        prop_assert_eq!(world.wallet.user, user(42));
    }
}
