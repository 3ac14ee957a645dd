//! [`Summary`]: the sums of the books per account.

use evens_audit_log::AuditHead;
use evens_ledger::{Amount, BalanceKind, LedgerAccount, Transfer};
use evens_records::Record;
use std::collections::BTreeMap;

/// The field names of the trial balance, in order.
pub const TRIAL_BALANCE_FIELDS: [&str; 4] = ["account", "received", "given", "balance"];

/// The sums of all records. The balances of all wallets form two accounts: `wallets:cash` and `wallets:bonus`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    accounts: BTreeMap<String, Turnover>,
    /// The newest line of the audit log.
    pub audit_head: AuditHead,
}

/// Amounts that an account received and gave, in units of the last decimal of an [`Amount`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Turnover {
    received_units: i128,
    given_units: i128,
}

impl Turnover {
    fn balance_units(self) -> i128 {
        self.received_units - self.given_units
    }
}

impl Summary {
    /// Adds one record. Records may come in any order, each once.
    pub fn add(&mut self, record: &Record) {
        match record {
            Record::Entry(entry) => {
                let (from, to) = entry.from_and_to();
                self.move_units(&from, &to, entry.amount.units());
            }
            Record::AuditHead(head) => self.audit_head = *head,
            record => {
                for Transfer { from, to, amount, .. } in record.transfers() {
                    let [from, to] = [from, to].map(LedgerAccount::System);
                    self.move_units(&from, &to, amount.units());
                }
            }
        }
    }

    fn move_units(&mut self, from: &LedgerAccount, to: &LedgerAccount, units: i128) {
        self.accounts.entry(name_of(from)).or_default().given_units += units;
        self.accounts.entry(name_of(to)).or_default().received_units += units;
    }

    /// The balance of each account as a decimal number, sorted by name. Negative if the account gave more than it
    /// received.
    pub fn balances(&self) -> BTreeMap<String, String> {
        let balance =
            |(name, turnover): (&String, &Turnover)| (name.clone(), coins(turnover.balance_units()));
        self.accounts.iter().map(balance).collect()
    }

    /// The rows of the trial balance, sorted by account name.
    pub fn trial_balance(&self) -> impl Iterator<Item = [String; TRIAL_BALANCE_FIELDS.len()]> {
        self.accounts.iter().map(|(name, turnover)| {
            let Turnover { received_units, given_units } = *turnover;
            [name.clone(), coins(received_units), coins(given_units), coins(turnover.balance_units())]
        })
    }
}

fn name_of(account: &LedgerAccount) -> String {
    match account {
        LedgerAccount::Wallet(_, BalanceKind::Cash) => "wallets:cash".to_owned(),
        LedgerAccount::Wallet(_, BalanceKind::Bonus) => "wallets:bonus".to_owned(),
        LedgerAccount::System(account) => account.to_string(),
    }
}

/// A sum of any size and sign as a decimal number without trailing zeros.
fn coins(units: i128) -> String {
    let unit_count = 10_u128.pow(Amount::DECIMALS_MAX);
    let sign = if units < 0 { "-" } else { "" };
    let (whole, rest) = (units.unsigned_abs() / unit_count, units.unsigned_abs() % unit_count);
    let decimals = format!("{rest:0width$}", width = Amount::DECIMALS_MAX as usize);
    match decimals.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        decimals => format!("{sign}{whole}.{decimals}"),
    }
}
