//! `updateConfig`: all together, compared with what is there.

use crate::common::{MINOR, amount, minute, opened, terms};
use evens_jackpots::{
    ConflictDetails, JackpotAction, JackpotConfig, JackpotTerms, PoolState, UpdateConfig,
    UpdateConfigRefusal, terms_at, update_config,
};
use evens_ledger::{Amount, SystemAccount};

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
        let updated = update_config(there, &update(expected), Amount::ZERO, minute(1));
        match then {
            Ok(version) => assert_eq!(updated.unwrap().config.version, version),
            Err((expected, found)) => {
                let Err(UpdateConfigRefusal::Changed(violation)) = updated else { panic!("{updated:?}") };
                assert_eq!(violation.operation, JackpotAction::UpdateConfig);
                assert_eq!(violation.group, MINOR);
                assert_eq!(violation.details, ConflictDetails::Version { expected, found });
            }
        }
    }
}

#[test]
fn the_first_version_opens_the_pool_with_money_of_the_house() {
    let plan = update_config(None, &update(0), Amount::ZERO, minute(1)).unwrap();
    let (pool, transfer) = plan.opening.unwrap();
    assert_eq!((pool.amount, pool.cycle, pool.state), (amount("1000"), 0, PoolState::Open));
    assert_eq!(transfer.key.as_str(), "JACKPOT-START:minor");
    assert_eq!((transfer.from, transfer.to), (SystemAccount::House, MINOR.pool_account()));
    assert_eq!(transfer.amount, pool.amount);
    let second = update_config(Some(&plan.config), &update(1), amount("1000"), minute(2)).unwrap();
    assert_eq!(second.opening, None);
}

/// Else whoever changes the terms gives away what is there: to the next period, whoever bets in it.
#[test]
fn a_pool_that_holds_so_much_does_not_have_to_be_won_by_less() {
    let by = |limit: Option<&str>| {
        let (of, limit) = (terms(), limit.map(amount));
        JackpotTerms::new(of.start(), of.rate(), of.reserve_rate(), of.odds(), limit).unwrap()
    };
    let (config, _) = opened(MINOR);
    #[rustfmt::skip]
    let table = [
        // there,      expected, wanted,       then
        (None,         0,        Some("5000"), "Changed"),
        (None,         1,        Some("5000"), "LimitReached"),
        (None,         1,        Some("5000.00000001"), "changes"),
        (None,         1,        None,         "changes"),
        (Some("4000"), 1,        Some("5000"), "LimitReached"),
        // It was reached in play.
        (Some("4000"), 1,        Some("4000"), "changes"),
    ];
    for (there, expected_version, limit, then) in table {
        let there = JackpotConfig { terms: by(there), ..config.clone() };
        let update = UpdateConfig { group: MINOR, expected_version, terms: by(limit) };
        let said = match update_config(Some(&there), &update, amount("5000"), minute(1)) {
            Ok(_) => "changes",
            Err(UpdateConfigRefusal::Changed(_)) => "Changed",
            Err(UpdateConfigRefusal::LimitReached(held)) if held == amount("5000") => "LimitReached",
            Err(refusal) => panic!("{refusal}"),
        };
        assert_eq!(said, then, "{limit:?}");
    }
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
