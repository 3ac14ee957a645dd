//! Accounts: their initial state, and the text forms of roles and sign-up steps.

use crate::common::{code, phone, second, user};
use evens_players::{
    Account, BonusAfter, LastLogin, ReferralBonusAfter, Registration, RegistrationError, Role, RoleError,
    UserName,
};

#[test]
fn a_new_account_is_a_players_and_owes_the_bonus() {
    let name: UserName = "Asha".parse().expect("a name");
    let number = phone("+919876543210");
    let account =
        Account::register(user(1), number.clone(), Some(name.clone()), code(1), Some(code(2)), second(0));
    let expected = Account {
        user: user(1),
        phone: number,
        name: Some(name),
        picture: None,
        role: Role::Player,
        is_blocked: false,
        session_epoch: 0,
        password_changes: 0,
        recovered_at: None,
        is_phone_verified: false,
        vip_level: 0,
        referral_code: code(1),
        referred_by: Some(code(2)),
        referrer: None,
        direct_referral_count: 0,
        registration: Registration::BonusDue,
        bonuses: None,
        last_login: None,
        created_at: second(0),
    };
    assert_eq!(account, expected);
}

#[test]
fn an_account_stays_out_of_logs_where_it_is_personal() {
    let account =
        Account::register(user(1), phone("+919876543210"), "Asha".parse().ok(), code(1), None, second(0));
    let login = LastLogin { at: second(1), address: "203.0.113.7".to_owned() };
    let text = format!("{:?}", Account { last_login: Some(login), ..account });
    for secret in ["98765", "Asha", "203.0"] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[test]
fn roles_come_back_from_their_text() {
    #[rustfmt::skip]
    let table = [
        (Role::Player,   "player"),
        (Role::Operator, "operator"),
        (Role::Oracle,   "oracle"),
        (Role::Cashier,  "cashier"),
        (Role::Auditor,  "auditor"),
        (Role::Contributor, "contributor"),
    ];
    assert_eq!(table.map(|(role, _)| role), Role::ALL);
    for (role, text) in table {
        assert_eq!((role.as_str(), role.to_string().as_str()), (text, text));
        assert_eq!(text.parse(), Ok(role));
        assert_eq!(serde_json::to_string(&role).expect("JSON"), format!("\"{text}\""));
        assert_eq!(serde_json::from_str::<Role>(&format!("\"{text}\"")).expect("a role"), role);
    }
    for text in ["", "Player", "admin", "operator "] {
        assert_eq!(text.parse::<Role>(), Err(RoleError), "{text:?}");
    }
    assert_eq!(Role::default(), Role::Player);
}

#[test]
fn steps_of_a_sign_up_come_back_from_their_text() {
    #[rustfmt::skip]
    let table = [
        // step                          text                  the platform has to act
        (Registration::VerificationDue,  "VERIFICATION_DUE",   false),
        (Registration::BonusDue,         "BONUS_DUE",          true),
        (Registration::ReferralDue,      "REFERRAL_DUE",       true),
        (Registration::DepositDue,       "DEPOSIT_DUE",        false),
        (Registration::ReferralBonusDue, "REFERRAL_BONUS_DUE", true),
        (Registration::Done,             "DONE",               false),
    ];
    assert_eq!(table.map(|(step, ..)| step), Registration::ALL);
    for (step, text, is_under_way) in table {
        assert_eq!((step.as_str(), step.is_under_way()), (text, is_under_way));
        assert_eq!(text.parse(), Ok(step));
    }
    for text in ["", "done", "BONUS"] {
        assert_eq!(text.parse::<Registration>(), Err(RegistrationError), "{text:?}");
    }
}

#[test]
fn a_sign_up_owes_one_step_after_the_other() {
    #[rustfmt::skip]
    let table = [
        (Registration::first(BonusAfter::SignUp), Registration::BonusDue),
        (Registration::first(BonusAfter::Verified), Registration::VerificationDue),
        (Registration::after_bonus(true),     Registration::ReferralDue),
        (Registration::after_bonus(false),    Registration::Done),
        (Registration::after_referral(Some(ReferralBonusAfter::SignUp)), Registration::ReferralBonusDue),
        (Registration::after_referral(Some(ReferralBonusAfter::FirstDeposit)), Registration::DepositDue),
        (Registration::after_referral(None), Registration::Done),
    ];
    for (step, expected) in table {
        assert_eq!(step, expected);
    }
}
