//! [`JackpotBooks`]: the jackpot records of the books.

use evens_jackpots::{Award, Contribution, JackpotConfig, JackpotGroup, Meter, OperationId, Pool, Win};
use evens_ledger::{EntryKey, EntryPurpose, SystemAccount, Transfer};
use evens_records::JackpotRecord;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// The jackpot records of the books.
#[derive(Debug, Default)]
pub(crate) struct JackpotBooks {
    /// Keyed by version.
    pub(crate) configs: BTreeMap<(JackpotGroup, u64), JackpotConfig>,
    pub(crate) pools: BTreeMap<JackpotGroup, Pool>,
    pub(crate) meters: BTreeMap<u8, Meter>,
    pub(crate) contributions: BTreeMap<OperationId, Contribution>,
    pub(crate) awards: BTreeMap<OperationId, Award>,
    /// Keyed by win number.
    pub(crate) wins: BTreeMap<(JackpotGroup, u64), Win>,
    /// Index of the wins by operation.
    wins_by_operation: BTreeMap<OperationId, (JackpotGroup, u64)>,
}

impl JackpotBooks {
    /// Adds one record. Returns its description if another one has the same name.
    pub(crate) fn record(&mut self, record: JackpotRecord) -> Option<String> {
        let (is_new, what) = match record {
            JackpotRecord::Config(config) => {
                let (group, version) = (config.group, config.version);
                let is_new = self.configs.insert((group, version), config).is_none();
                (is_new, format!("terms {version} of the jackpot {group}"))
            }
            JackpotRecord::Pool(pool) => {
                let group = pool.group;
                (self.pools.insert(group, pool).is_none(), format!("pool of the jackpot {group}"))
            }
            JackpotRecord::Meter(meter) => {
                let number = meter.number;
                (self.meters.insert(number, meter).is_none(), format!("meter {number} of jackpots"))
            }
            JackpotRecord::Contribution(made) => {
                let id = made.operation.clone();
                (self.contributions.insert(id.clone(), made).is_none(), format!("operation {id}"))
            }
            JackpotRecord::Award(award) => {
                let id = award.operation.clone();
                (self.awards.insert(id.clone(), award).is_none(), format!("operation {id}"))
            }
            JackpotRecord::Win(win) => {
                let place = (win.group, win.cycle);
                let named = self.wins_by_operation.insert(win.operation.clone(), place);
                let is_new = self.wins.insert(place, win).is_none() && named.is_none();
                (is_new, format!("win {} of the jackpot {}", place.1, place.0))
            }
        };
        (!is_new).then_some(what)
    }

    /// The terms of a group in force at a moment.
    pub(crate) fn config_at(&self, group: JackpotGroup, moment: Timestamp) -> Option<&JackpotConfig> {
        let versions = self.configs.range((group, 0)..=(group, u64::MAX)).rev();
        versions.map(|(_, config)| config).find(|config| config.since <= moment)
    }

    /// Number of records.
    pub(crate) fn len(&self) -> usize {
        self.configs.len()
            + self.pools.len()
            + self.meters.len()
            + self.contributions.len()
            + self.awards.len()
            + self.wins.len()
    }

    /// The win with an operation's id.
    pub(crate) fn win_of(&self, operation: &str) -> Option<&Win> {
        let place = self.wins_by_operation.get(&OperationId::from_stored(operation.to_owned()))?;
        self.wins.get(place)
    }

    /// The transfers that must be records of their own. Those of contributions follow from them.
    pub(crate) fn transfers(&self) -> impl Iterator<Item = Transfer> {
        let starts = self.configs.values().filter_map(start_of);
        let refilled = self.wins.values().flat_map(Win::transfers);
        starts.chain(refilled)
    }

    /// Returns `true` if a record requires the transfer.
    pub(crate) fn explains(&self, transfer: &Transfer) -> bool {
        let is_same = |expected: Transfer| expected == *transfer;
        let of_win = self.win_of(&transfer.reference);
        of_win.is_some_and(|win| win.transfers().into_iter().any(is_same))
            || self.configs.values().filter_map(start_of).any(is_same)
    }
}

/// The house's transfer that starts a group with its first terms.
fn start_of(config: &JackpotConfig) -> Option<Transfer> {
    (config.version == 1).then(|| Transfer {
        key: EntryKey::new(EntryPurpose::JackpotStart, &[&config.group]),
        from: SystemAccount::House,
        to: config.group.pool_account(),
        amount: config.terms.start(),
        reference: config.group.to_string(),
        at: config.since,
    })
}
