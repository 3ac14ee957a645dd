//! The jackpots in the books, and the check that they add up (M9).

use crate::books::Books;
use evens_jackpots::{
    Award, Contribution, GroupTotals, JackpotConfig, JackpotGroup, Meter, OperationId, Pool, Win,
    group_totals,
};
use evens_ledger::SystemAccount;
use evens_records::JackpotRecord;
use std::collections::BTreeMap;

#[derive(Debug, Default, PartialEq)]
pub(crate) struct JackpotBooks {
    pub(crate) configs: BTreeMap<(JackpotGroup, u64), JackpotConfig>,
    pub(crate) pools: BTreeMap<JackpotGroup, Pool>,
    pub(crate) meters: Vec<Meter>,
    pub(crate) contributions: BTreeMap<OperationId, Contribution>,
    pub(crate) awards: BTreeMap<OperationId, Award>,
    pub(crate) wins: BTreeMap<(JackpotGroup, u64), Win>,
}

impl JackpotBooks {
    /// Returns `true` if the record is new.
    pub(crate) fn add(&mut self, record: JackpotRecord) -> bool {
        match record {
            JackpotRecord::Config(config) => {
                self.configs.insert((config.group, config.version), config).is_none()
            }
            JackpotRecord::Pool(pool) => self.pools.insert(pool.group, pool).is_none(),
            JackpotRecord::Meter(meter) => {
                let is_new = self.meters.iter().all(|known| known.number != meter.number);
                self.meters.push(meter);
                is_new
            }
            JackpotRecord::Contribution(made) => {
                self.contributions.insert(made.operation.clone(), made).is_none()
            }
            JackpotRecord::Award(award) => self.awards.insert(award.operation.clone(), award).is_none(),
            JackpotRecord::Win(win) => self.wins.insert((win.group, win.cycle), win).is_none(),
        }
    }

    /// The transfers of contributions follow from them, and are no records.
    fn contributed_units(&self, account: &SystemAccount) -> i128 {
        let made = self.contributions.values().flat_map(Contribution::transfers);
        made.filter(|made| made.to == *account).map(|made| made.amount.units()).sum()
    }

    /// M9: the balance of a group's accounts is in its pool, its meters and its win in progress.
    pub(crate) fn check(&self, books: &Books) {
        for (group, pool) in &self.pools {
            let GroupTotals { amount, reserve } = group_totals(pool, &self.meters);
            let units =
                |account: &SystemAccount| books.account_units(account) + self.contributed_units(account);
            assert_eq!(amount.units(), units(&group.pool_account()), "the pool {group}");
            assert_eq!(reserve.units(), units(&group.reserve_account()), "the reserve {group}");
            let wins = self.wins.range((*group, 0)..=(*group, u64::MAX));
            assert_eq!(wins.clone().count(), usize::try_from(pool.cycle).unwrap(), "wins of {group}");
            for (_, win) in wins {
                assert!(win.amount <= win.pool_before, "{win:?}");
            }
        }
    }
}
