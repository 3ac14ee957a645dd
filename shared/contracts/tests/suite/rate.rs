//! The table of request budgets (requirements D23 and X38).

use evens_contracts::{Rate, RateRules, RateSubject};
use std::collections::HashSet;
use std::time::Duration;

#[test]
fn budgets_have_the_rules_that_the_requirements_give() {
    use RateSubject::{Address, Phone, User};
    const QUARTER: u64 = 15 * 60;
    const HOUR: u64 = 60 * 60;
    const MINUTE: u64 = 60;
    #[rustfmt::skip]
    let table = [
        // budget           name          counted by  requests  seconds
        (Rate::SignUp,      "sign-up",    Address,    100,      QUARTER), // D23, X38
        (Rate::Login,       "login",      Address,    100,      QUARTER), // D23, X38
        (Rate::Phone,       "phone",      Phone,      10,       QUARTER), // one number cannot be tried from many addresses
        (Rate::Session,     "session",    Address,    1_000,    QUARTER), // many players share an address
        (Rate::Password,    "password",   User,       10,       QUARTER), // each tries the current one
        (Rate::Payees,      "payees",     User,       20,       24 * HOUR), // each answer tells if it is another's
        (Rate::DepositCalls, "deposit-calls", User,   30,       MINUTE),  // each calls the provider
        (Rate::PhoneCode,   "phone-code", Phone,     10,       HOUR),    // each costs a message, and allows five tries
        (Rate::CodeAddress, "code-address", Address, 100,      HOUR),    // many numbers from one address
        (Rate::Recovery,    "recovery",   Phone,     10,       24 * HOUR), // 50 guesses of 10^8 a day
        (Rate::RecoveryAddress, "recovery-address", Address, 20, HOUR), // each may cost a message
        (Rate::Bets,        "bets",       User,       1_200,    MINUTE),  // live play, X38
        (Rate::Changes,     "changes",    User,       120,      MINUTE),
        (Rate::Rounds,      "rounds",     Address,    600,      MINUTE),  // read without a token
        (Rate::Games,       "games",      Address,    1_200,    MINUTE),  // read without a token, every second
        (Rate::Document,    "document",   Address,    60,       MINUTE),  // 276 kB
        (Rate::Refused,     "refused",    Address,    600,      MINUTE),  // many players share an address
        (Rate::Upgrades,    "upgrades",   Address,    1_250,    MINUTE),  // an eighth of 10,000 sockets comes back
        (Rate::Reads,       "reads",      User,       1_200,    MINUTE),
        (Rate::Live,        "live",       User,       120,      MINUTE),  // a client pings each 25 s
        (Rate::Operations,  "operations", User,       600,      MINUTE),
        (Rate::Statements,  "statements", User,       10,       MINUTE),  // each reads the whole table
        (Rate::Contributions, "contributions", User,  600_000,  MINUTE),  // F16: thousands a second from one system
    ];
    assert_eq!(table.map(|row| row.0), Rate::ALL);
    for (rate, name, subject, limit, seconds) in table {
        let RateRules { name: found, subject: counted_by, budget, .. } = rate.rules();
        let found = (found, counted_by, budget.limit, budget.window);
        assert_eq!(found, (name, subject, limit, Duration::from_secs(seconds)), "{rate:?}");
    }
}

#[test]
fn budgets_have_names_that_differ_and_fit_into_settings_and_keys() {
    let names = Rate::ALL.map(|rate| rate.rules().name);
    assert_eq!(HashSet::from(names).len(), names.len(), "{names:?}");
    for name in names {
        assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{name}");
    }
}

/// A lease is taken from the counter all at once. Budgets that guard a secret are counted one by one, and no process
/// takes more than a fraction of a budget for itself.
#[test]
fn leases_are_a_fraction_of_their_budget() {
    for rate in Rate::ALL {
        let RateRules { budget, lease, .. } = rate.rules();
        assert!(lease >= 1 && lease <= budget.limit / 10, "{rate:?}");
        let guards = [
            Rate::SignUp,
            Rate::Login,
            Rate::Phone,
            Rate::Password,
            Rate::Payees,
            Rate::PhoneCode,
            Rate::CodeAddress,
            Rate::Recovery,
            Rate::RecoveryAddress,
        ];
        if guards.contains(&rate) {
            assert_eq!(lease, 1, "{rate:?}");
        }
    }
}
