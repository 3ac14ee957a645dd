//! `updateConfig`: all together, compared with what is there.

use crate::common::{MINOR, amount, minute, opened, terms};
use evens_jackpots::{
    ConflictDetails, JackpotAction, JackpotConfig, JackpotTerms, PoolState, UpdateConfig, terms_at,
    update_config,
};
use evens_ledger::SystemAccount;

fn update(expected_version: u64) -> UpdateConfig {
    UpdateConfig { group: MINOR, expected_version, terms: terms() }
}

#[test]
fn a_version_other_than_the_expected_one_is_a_conflict_that_says_both() {
    let (read, _) = opened(MINOR);
    let fifth = JackpotConfig { version: 5, ..read };
    #[rustfmt::skip]
    let table = [
        // there,       expected, then
        (None,          0,        Ok(1)),
        (None,          1,        Err((1, 0))),
        (Some(&fifth),  0,        Err((0, 5))),
        (Some(&fifth),  4,        Err((4, 5))),
        (Some(&fifth),  5,        Ok(6)),
        (Some(&fifth),  6,        Err((6, 5))),
    ];
    for (there, expected, then) in table {
        let updated = update_config(there, &update(expected), minute(1));
        match then {
            Ok(version) => assert_eq!(updated.unwrap().config.version, version),
            Err((expected, found)) => {
                let violation = updated.unwrap_err();
                assert_eq!(violation.operation, JackpotAction::UpdateConfig);
                assert_eq!(violation.group, MINOR);
                assert_eq!(violation.details, ConflictDetails::Version { expected, found });
            }
        }
    }
}

#[test]
fn the_first_version_opens_the_pool_with_money_of_the_house() {
    let plan = update_config(None, &update(0), minute(1)).unwrap();
    let (pool, transfer) = plan.opening.unwrap();
    assert_eq!((pool.amount, pool.cycle, pool.state), (amount("1000"), 0, PoolState::Open));
    assert_eq!(transfer.key.as_str(), "JACKPOT-START:minor");
    assert_eq!((transfer.from, transfer.to), (SystemAccount::House, MINOR.pool_account()));
    assert_eq!(transfer.amount, pool.amount);
    let second = update_config(Some(&plan.config), &update(1), minute(2)).unwrap();
    assert_eq!(second.opening, None);
}

#[test]
fn the_terms_of_a_moment_are_the_newest_of_before_it() {
    let (first, _) = opened(MINOR);
    let dearer = JackpotTerms::new(
        amount("2000"),
        "0.002".parse().unwrap(),
        "0.001".parse().unwrap(),
        amount("1000000"),
        None,
    )
    .unwrap();
    let second = JackpotConfig { version: 2, terms: dearer, since: minute(10), ..first.clone() };
    let versions = [second.clone(), first.clone()];
    let table = [(-1, None), (0, Some(&first)), (9, Some(&first)), (10, Some(&second)), (11, Some(&second))];
    for (at, held) in table {
        assert_eq!(terms_at(&versions, minute(at)), held, "minute {at}");
    }
}
