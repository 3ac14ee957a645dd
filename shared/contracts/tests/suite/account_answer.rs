//! Answers about accounts: they have the old API's envelopes, digit by digit, and tell no secrets.

use crate::common::amount;
use evens_contracts::{
    AttendanceBody, Cursor, Data, DoneAnswer, LoginAnswer, ReferralListAnswer, SignUpAnswer, TokensAnswer,
    TokensBody, UserAnswer, UserBody,
};
use evens_ledger::{Amount, UserId};
use evens_players::{Account, FamilyId, LastLogin, Month, Referral, RefreshToken, Role};
use jiff::civil::Date;
use serde::Serialize;

const USER: &str = "{\"userId\":42,\"phoneNo\":\"+919812345678\",\"userName\":\"Asha\",\"profilePictureId\":3,\
     \"role\":\"player\",\"isBlocked\":false,\"isPhoneVerified\":false,\"vipLevel\":0,\"walletBalance\":0,\
     \"referringCode\":\"7ZQ4M0XK\",\"referredBy\":\"00000001\",\"directReferralCount\":2,\"totalReferrals\":2,\
     \"lastLoginAt\":\"2026-11-20T10:00:00.000Z\",\"lastLoginIp\":\"203.0.113.7\",\"createdAt\":\"2026-11-19T00:00:00.000Z\",\
     \"user_id\":42,\"phone_no\":\"+919812345678\",\"user_name\":\"Asha\",\"profile_picture_id\":3,\
     \"is_blocked\":false,\"is_phone_verified\":false,\"vip_level\":0,\"wallet_balance\":0,\
     \"referring_code\":\"7ZQ4M0XK\",\"referred_by\":\"00000001\",\"direct_referral_count\":2,\"total_referrals\":2,\
     \"last_login_at\":\"2026-11-20T10:00:00.000Z\",\"last_login_ip\":\"203.0.113.7\"}";

fn user(number: u64) -> UserId {
    UserId::new(number).expect("a player")
}

fn account() -> Account {
    let registered = Account::register(
        user(42),
        "+919812345678".parse().expect("a phone number"),
        Some("Asha".parse().expect("a name")),
        "7ZQ4M0XK".parse().expect("a referral code"),
        Some("00000001".parse().expect("a referral code")),
        "2026-11-19T00:00:00Z".parse().expect("a time"),
    );
    let at = "2026-11-20T10:00:00Z".parse().expect("a time");
    Account {
        picture: Some(3),
        direct_referral_count: 2,
        last_login: Some(LastLogin { at, address: "203.0.113.7".to_owned() }),
        ..registered
    }
}

fn token() -> RefreshToken {
    RefreshToken::new(user(42), FamilyId::from_random([7; 16]), [9; 32])
}

fn tokens() -> TokensBody {
    TokensBody::new("header.claims.signature".to_owned(), &token())
}

/// The tokens in the form in which they are answered.
fn tokens_text() -> String {
    let refresh = token().reveal();
    format!(
        "{{\"accessToken\":\"header.claims.signature\",\"refreshToken\":\"{refresh}\",\"tokenType\":\"Bearer\",\
         \"expiresIn\":900}}"
    )
}

fn json(answer: &impl Serialize) -> String {
    serde_json::to_string(answer).expect("always JSON")
}

/// D2.
#[test]
fn a_sign_up_is_answered_as_the_old_api_did() {
    let answer = SignUpAnswer::new(UserBody::new(&account(), Amount::ZERO), tokens());
    let expected = format!(
        "{{\"success\":true,\"message\":\"User registered successfully\",\"data\":{{\"user\":{USER},\"tokens\":{}}}}}",
        tokens_text()
    );
    assert_eq!(json(&answer), expected);
}

/// D15.
#[test]
fn a_login_is_answered_as_the_old_api_did() {
    let answer = LoginAnswer::new(UserBody::new(&account(), Amount::ZERO), tokens());
    let expected = format!("{{\"success\":true,\"data\":{{\"user\":{USER},\"tokens\":{}}}}}", tokens_text());
    assert_eq!(json(&answer), expected);
}

#[test]
fn new_tokens_come_alone() {
    let expected = format!("{{\"success\":true,\"data\":{{\"tokens\":{}}}}}", tokens_text());
    assert_eq!(json(&TokensAnswer::new(tokens())), expected);
    assert_eq!(json(&DoneAnswer::new("Logged out")), r#"{"success":true,"message":"Logged out"}"#);
}

/// D4: every field is there from the start.
#[test]
fn a_new_player_has_every_field() {
    let new = Account { name: None, picture: None, referred_by: None, last_login: None, ..account() };
    let blocked = Account {
        is_blocked: true,
        is_phone_verified: true,
        vip_level: 4,
        role: Role::Operator,
        direct_referral_count: u64::MAX,
        ..new
    };
    let body = UserBody::new(&blocked, amount("99999999999999999999.99999999"));
    let expected = "{\"success\":true,\"data\":{\"userId\":42,\"phoneNo\":\"+919812345678\",\"userName\":null,\
         \"profilePictureId\":null,\"role\":\"operator\",\"isBlocked\":true,\"isPhoneVerified\":true,\"vipLevel\":4,\
         \"walletBalance\":99999999999999999999.99999999,\"referringCode\":\"7ZQ4M0XK\",\"referredBy\":null,\
         \"directReferralCount\":18446744073709551615,\"totalReferrals\":18446744073709551615,\"lastLoginAt\":null,\
         \"lastLoginIp\":null,\"createdAt\":\"2026-11-19T00:00:00.000Z\",\"user_id\":42,\"phone_no\":\"+919812345678\",\
         \"user_name\":null,\"profile_picture_id\":null,\"is_blocked\":true,\"is_phone_verified\":true,\
         \"vip_level\":4,\"wallet_balance\":99999999999999999999.99999999,\"referring_code\":\"7ZQ4M0XK\",\
         \"referred_by\":null,\"direct_referral_count\":18446744073709551615,\
         \"total_referrals\":18446744073709551615,\"last_login_at\":null,\"last_login_ip\":null}}";
    assert_eq!(json(&UserAnswer::new(body)), expected);
}

#[test]
fn referrals_are_listed_with_the_cursor_of_the_next_page() {
    let recorded_at = "2026-11-20T10:00:00Z".parse().expect("a time");
    let referral = Referral { referrer: user(1), referred: user(42), level: 1, recorded_at };
    let listed = |next| json(&ReferralListAnswer::new(&[referral], next));
    let data = "{\"data\":[{\"referredId\":42,\"level\":1,\"status\":\"active\",\
         \"recordedAt\":\"2026-11-20T10:00:00.000Z\"}],\"nextCursor\":";
    assert_eq!(listed(None), format!("{data}null}}"));
    assert_eq!(listed(Some(42)), format!("{data}\"{}\"}}", Cursor { before: 42 }));
    assert_eq!(json(&ReferralListAnswer::new(&[], None)), r#"{"data":[],"nextCursor":null}"#);
}

#[test]
fn a_month_shows_its_days_up_to_today() {
    let day = |text: &str| -> Date { text.parse().expect("a day") };
    let month: Month = "2026-11".parse().expect("a month");
    let attended = [day("2026-11-03"), day("2026-11-01")];
    let answer = Data::<AttendanceBody>::new(month, day("2026-11-03"), &attended, 1);
    let expected = "{\"data\":{\"today\":\"2026-11-03\",\"streak\":1,\"month\":\"2026-11\",\"days\":[\
         {\"date\":\"2026-11-01\",\"hasLoggedIn\":true},{\"date\":\"2026-11-02\",\"hasLoggedIn\":false},\
         {\"date\":\"2026-11-03\",\"hasLoggedIn\":true}]}}";
    assert_eq!(json(&answer), expected);
    let days = |today| Data::<AttendanceBody>::new(month, day(today), &[], 0).data.days.len();
    assert_eq!((days("2026-10-31"), days("2026-11-01"), days("2027-01-01")), (0, 1, 30));
}

#[test]
fn a_token_is_answered_and_never_printed() {
    let secrets = ["header.claims.signature", &token().reveal()];
    let user = || UserBody::new(&account(), Amount::ZERO);
    let printed = [
        format!("{:?}", tokens()),
        format!("{:?}", SignUpAnswer::new(user(), tokens())),
        format!("{:?}", LoginAnswer::new(user(), tokens())),
        format!("{:?}", TokensAnswer::new(tokens())),
    ];
    for printed in printed {
        assert!(!secrets.iter().any(|secret| printed.contains(secret)), "{printed}");
    }
}
