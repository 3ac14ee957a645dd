//! Values and functions that the tests share.

use evens_jackpots::{
    Award, ByGroup, JackpotConfig, JackpotGroup, JackpotTerms, Meter, MeterPart, OperationId, Pool,
    PoolState, UpdateConfig, WinCause, update_config,
};
use evens_ledger::{Amount, EntryKey, EntryPurpose, Incoming, Posting, SystemAccount, UserId, Wallet};
use jiff::{SignedDuration, Timestamp};

pub(crate) const MINOR: JackpotGroup = JackpotGroup::Minor;

pub(crate) fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

pub(crate) fn user(number: u64) -> UserId {
    UserId::new(number).unwrap()
}

pub(crate) fn operation(text: &str) -> OperationId {
    text.parse().unwrap()
}

pub(crate) fn minute(number: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_mins(number)
}

/// The terms that the documentation suggests for the minor jackpot.
pub(crate) fn terms() -> JackpotTerms {
    JackpotTerms::new(
        amount("1000"),
        "0.003".parse().unwrap(),
        "0.001".parse().unwrap(),
        amount("1000000"),
        None,
    )
    .unwrap()
}

pub(crate) fn open_terms() -> ByGroup<Option<JackpotTerms>> {
    ByGroup::of(|_| Some(terms()))
}

pub(crate) fn opened(group: JackpotGroup) -> (JackpotConfig, Pool) {
    let update = UpdateConfig { group, expected_version: 0, terms: terms() };
    let plan = update_config(&[], &update, Amount::ZERO, minute(0)).unwrap();
    (plan.config, plan.opening.unwrap().0)
}

pub(crate) fn pool_of(held: &str) -> Pool {
    Pool { amount: amount(held), ..opened(MINOR).1 }
}

pub(crate) fn meter(number: u8) -> Meter {
    let parts = ByGroup::of(|_| MeterPart::default());
    Meter { number, version: 0, last_modified_at: minute(0), parts }
}

pub(crate) fn wallet(number: u64, balance: &str) -> Wallet {
    let posting = Posting {
        key: EntryKey::new(EntryPurpose::Fund, &[&"x"]),
        amount: amount(balance),
        account: SystemAccount::House,
        reference: "x".to_owned(),
    };
    Wallet::empty(user(number)).credit(Incoming::Credit, posting, minute(0)).unwrap().0
}

/// A win of the minor jackpot by user 42, proposed by operator 700.
pub(crate) fn wanted(name: &str, requested: Option<&str>) -> Award {
    Award {
        operation: operation(name),
        group: MINOR,
        user: user(42),
        requested: requested.map(amount),
        cause: WinCause::Manual { by: user(700), agreed: None },
        reason: "a prize".to_owned(),
        at: minute(0),
        must_hit_by: None,
        winning: None,
        cycle: None,
    }
}

pub(crate) fn is_open(pool: &Pool) -> bool {
    pool.state == PoolState::Open
}
