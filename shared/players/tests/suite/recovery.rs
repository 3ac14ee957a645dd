//! Recoveries: their ids, the lifetime of their codes, and the accounts that may be recovered.

use crate::common::{phone, registered, rows, second};
use evens_ledger::Digest;
use evens_players::{Account, LastLogin, Recovery, RecoveryId, RecoveryIdError, Role, check_recovery};

const DAY: i64 = 24 * 60 * 60;

/// Each row is the row above with one fault repaired, so the table proves the precedence.
///
/// - `login`: the days since the last login, or since the sign-up (`never`);
/// - `recovered`: the seconds from the sending of the code to the newest recovery, if any.
const TABLE: &str = "
    role     blocked verified login     recovered outcome
    operator yes     no       91        0         Staff
    oracle   yes     no       91        0         Staff
    cashier  yes     no       91        0         Staff
    player   yes     no       91        0         Blocked
    player   no      no       91        0         NumberNotVerified
    player   no      yes      91        0         LoginTooOld
    player   no      yes      never     0         LoginTooOld
    player   no      yes      90        60        RecoveredSince
    player   no      yes      90        0         RecoveredSince
    player   no      yes      90        -1        may
    player   no      yes      0         -         may
";

#[test]
fn only_players_who_are_known_to_have_their_number_are_recovered() {
    for row in rows(TABLE) {
        let [role, blocked, verified, login, recovered, outcome] = row;
        let now = second(100 * DAY);
        let last_login = (login != "never").then(|| LastLogin {
            at: second((100 - login.parse::<i64>().expect("days")) * DAY),
            address: "203.0.113.7".to_owned(),
        });
        let account = Account {
            role: role.parse::<Role>().expect("a role"),
            is_blocked: blocked == "yes",
            is_phone_verified: verified == "yes",
            last_login,
            recovered_at: recovered.parse().ok().map(|after: i64| second(100 * DAY - 60 + after)),
            ..registered(None)
        };
        let found = check_recovery(&account, second(100 * DAY - 60), now);
        let found = found.map_or_else(|refusal| format!("{refusal:?}"), |()| "may".to_owned());
        assert_eq!(found, outcome, "{row:?}");
    }
}

#[test]
fn a_new_account_may_be_recovered_for_ninety_days() {
    let account = Account { is_phone_verified: true, ..registered(None) };
    let may = |days: i64| check_recovery(&account, second(days * DAY), second(days * DAY)).is_ok();
    assert_eq!([0, 90, 91].map(may), [true, true, false]);
}

#[test]
fn an_id_comes_back_from_its_text_and_prints_as_nothing() {
    let id = RecoveryId::from_random([0x0a; 16]);
    assert_eq!(id.reveal(), "0a".repeat(16));
    assert_eq!(id.reveal().parse(), Ok(id.clone()));
    assert_eq!(format!("{id:?}"), "RecoveryId(..)");
    assert_eq!(id.digest(), Digest::of(&[0x0a; 16]));
    for fault in ["", "0a", &"0A".repeat(16), &"0a".repeat(17), &"zz".repeat(16)] {
        assert_eq!(fault.parse::<RecoveryId>(), Err(RecoveryIdError), "{fault:?}");
    }
}

#[test]
fn a_code_of_a_recovery_holds_for_ten_minutes_and_five_tries() {
    let recovery = Recovery::new(Digest::of(b"id"), phone("+919876543210"), Digest::of(b"code"), second(0));
    assert_eq!((recovery.tries, Recovery::TRIES_MAX, recovery.expires_at()), (0, 5, second(600)));
    assert!(!format!("{recovery:?}").contains("98765"));
}
