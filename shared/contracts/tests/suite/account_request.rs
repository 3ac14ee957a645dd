//! Requests about accounts: the refusal names the first wrong field, and no refusal repeats a secret.

use crate::common::{invalid, line};
use evens_contracts::{
    Body, LoginRequest, PasswordRequest, Problem, ProblemKind, ProfileRequest, RecoverRequest,
    RecoveryRequest, RefreshRequest, SignUpRequest,
};
use evens_ledger::UserId;
use evens_players::{Country, FamilyId, RefreshToken};

/// A number of the default country.
const PHONE: &str = "\"098123 45678\"";
/// A good password that no refusal may repeat.
const SECRET: &str = "correct-horse-7";
const CODE: &str = "\"7zq4-m0xk\"";

const MISSING: &str = "is missing";
const NOT_A_STRING: &str = "is not a string";
const NOT_A_NUMBER: &str = "is not a number";
const BAD_PHONE: &str = "is not a valid phone number such as +919876543210";
const NULL: &str = "is null. Give it a value, or omit it if it is optional";
const BAD_NAME_LENGTH: &str = "must have 1 to 64 characters";
const BAD_CODE: &str = "must be a referral code of 8 letters and digits";
const BAD_TOKEN: &str = "is not a refresh token of this platform";
const BAD_PICTURE: &str = "must be a whole number from 0 to 4294967295";
const COMMON: &str = "is a common password. Choose another one";

fn token() -> RefreshToken {
    let user = UserId::new(42).expect("a player");
    RefreshToken::new(user, FamilyId::from_random([7; 16]), [9; 32])
}

fn bad_character(c: char) -> String {
    let code = u32::from(c);
    format!(
        "has the character U+{code:04X}; it may have the digits 0 to 9, a leading '+', spaces and \"-./()\""
    )
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

/// An object in which one field has this JSON as its value, or is left out if the JSON is empty.
fn with(usual: &[(&str, &str)], field: &str, json: &str) -> String {
    let fields = usual.iter().map(|(name, usual)| (*name, if *name == field { json } else { usual }));
    let written = fields.filter(|(_, json)| !json.is_empty());
    let written: Vec<_> = written.map(|(name, json)| format!("\"{name}\":{json}")).collect();
    format!("{{{}}}", written.join(","))
}

fn said<T>(parsed: Result<T, Problem>) -> String {
    parsed.map_or_else(|problem| line(&problem), |_| "good".to_owned())
}

fn sign_up(body: &str) -> Result<SignUpRequest, Problem> {
    SignUpRequest::parse(body.as_bytes(), Country::INDIA)
}

fn login(body: &str) -> Result<LoginRequest, Problem> {
    LoginRequest::parse(body.as_bytes(), Country::INDIA)
}

fn sign_up_with(field: &str, json: &str) -> String {
    let secret = quoted(SECRET);
    let usual = [("phoneNo", PHONE), ("password", &*secret), ("userName", "\"Asha\""), ("referredBy", CODE)];
    with(&usual, field, json)
}

#[test]
fn a_good_sign_up_is_read() {
    let request = sign_up(&sign_up_with("", "")).unwrap();
    assert_eq!(request.phone.as_str(), "+919812345678");
    assert_eq!(request.password.as_bytes(), SECRET.as_bytes());
    assert_eq!(request.name.unwrap().as_str(), "Asha");
    assert_eq!(request.referred_by.unwrap().to_string(), "7ZQ4M0XK");
    let request = sign_up(&sign_up_with("userName", "")).unwrap();
    assert!(request.name.is_none() && request.referred_by.is_some());
    let request = sign_up(&sign_up_with("referredBy", "")).unwrap();
    assert!(request.name.is_some() && request.referred_by.is_none());
}

/// D4, D14: clients of the old system send these names.
#[test]
fn names_of_the_old_system_are_taken() {
    let old =
        format!(r#"{{"phone_no":{PHONE},"password":"{SECRET}","user_name":"Asha","referred_by":{CODE}}}"#);
    let request = sign_up(&old).unwrap();
    assert_eq!((request.phone.as_str(), request.name.unwrap().as_str()), ("+919812345678", "Asha"));
    assert_eq!(request.referred_by.unwrap().to_string(), "7ZQ4M0XK");
    assert_eq!(login(&old).unwrap().phone.as_str(), "+919812345678");
    // If both names are given, today's name counts, and both values are checked.
    let both = |today: &str, old: &str| {
        format!(
            r#"{{"phoneNo":{today},"phone_no":{old},"password":"{SECRET}","userName":"A","user_name":"B"}}"#
        )
    };
    let request = sign_up(&both(PHONE, "\"9876543210\"")).unwrap();
    assert_eq!((request.phone.as_str(), request.name.unwrap().as_str()), ("+919812345678", "A"));
    assert_eq!(login(&both(PHONE, "\"9876543210\"")).unwrap().phone.as_str(), "+919812345678");
    let wrong = said(login(&both(PHONE, "7")));
    assert!(wrong.contains("phone_no") && wrong.contains(NOT_A_STRING), "{wrong}");
}

#[test]
fn a_number_is_the_same_however_it_is_written() {
    for json in ["+919812345678", "9812345678", "09812345678", "+91 (981) 234-56.78", "00919812345678"] {
        for phone in [
            sign_up(&sign_up_with("phoneNo", &quoted(json))).unwrap().phone,
            login(&format!(r#"{{"phoneNo":"{json}","password":""}}"#)).unwrap().phone,
        ] {
            assert_eq!(phone.as_str(), "+919812345678", "{json}");
        }
    }
}

#[test]
fn each_wrong_field_of_a_sign_up_is_named() {
    let too_long = quoted(&format!("+91{}", "9".repeat(30)));
    let (short, longest) = (quoted("corr-7!"), quoted(&"é-8".repeat(43)));
    let (name, code) = (quoted(&"n".repeat(65)), quoted("7ZQ4M0XKK"));
    #[rustfmt::skip]
    let table = [
        ("phoneNo",    "",                        MISSING),
        ("phoneNo",    "null",                    NULL),
        ("phoneNo",    "9812345678",              NOT_A_STRING),
        ("phoneNo",    "true",                    NOT_A_STRING),
        ("phoneNo",    "[]",                      NOT_A_STRING),
        ("phoneNo",    "{}",                      NOT_A_STRING),
        ("phoneNo",    &too_long,                 "is longer than 32 characters"),
        ("phoneNo",    "\"98123x45678\"",         &bad_character('x')),
        ("phoneNo",    "\"9812345678 OR 1=1\"",   &bad_character('O')),
        ("phoneNo",    "\"tel:+919812345678\"",   &bad_character('t')),
        ("phoneNo",    "\"91+9812345678\"",       &bad_character('+')),
        ("phoneNo",    "\"\\u0000\"",             &bad_character('\0')),
        ("phoneNo",    "\"९८१२३४५६७८\"",          &bad_character('९')),
        ("phoneNo",    "\"\"",                    BAD_PHONE),
        ("phoneNo",    "\"+\"",                   BAD_PHONE),
        ("phoneNo",    "\"12345\"",               BAD_PHONE),
        ("phoneNo",    "\"+999999999999\"",       BAD_PHONE),
        ("password",   "",                        MISSING),
        ("password",   "null",                    NULL),
        ("password",   "12345678",                NOT_A_STRING),
        ("password",   "[\"correct-horse-7\"]",   NOT_A_STRING),
        ("password",   "\"\"",                    "must have at least 8 characters"),
        ("password",   &short,                    "must have at least 8 characters"),
        ("password",   &longest,                  "must have at most 128 characters"),
        ("password",   "\"password\"",            COMMON),
        ("password",   "\"PassWord\"",            COMMON),
        ("password",   "\"12345678\"",            COMMON),
        ("password",   "\"qwertyuiop\"",          COMMON),
        ("password",   "\"aaaaaaaaaaaa\"",        COMMON),
        ("password",   "\"9812345678\"",          "must differ from the phone number"),
        ("password",   "\"+91 98123 45678\"",     "must differ from the phone number"),
        ("userName",   "5",                       NOT_A_STRING),
        ("userName",   "[]",                      NOT_A_STRING),
        ("userName",   "\"\"",                    BAD_NAME_LENGTH),
        ("userName",   "\"   \"",                 BAD_NAME_LENGTH),
        ("userName",   "\"a\\nb\"",               "has the character U+000A, which is invisible or changes the text around it"),
        ("userName",   "\"a\\u3164\"",            "has the character U+3164, which is invisible or changes the text around it"),
        ("userName",   "\"\\u200d\"",             "must have a letter, digit, punctuation mark or symbol"),
        ("userName",   &name,                     BAD_NAME_LENGTH),
        ("referredBy", "7",                       NOT_A_STRING),
        ("referredBy", "\"\"",                    BAD_CODE),
        ("referredBy", "\"7ZQ4M0X\"",             BAD_CODE),
        ("referredBy", &code,                     BAD_CODE),
        ("referredBy", "\"7ZQ4M0XU\"",            BAD_CODE),
    ];
    for (field, json, detail) in table {
        let body = sign_up_with(field, json);
        assert_eq!(said(sign_up(&body)), invalid(field, detail), "{body}");
    }
}

/// Each row repairs one fault of the row above.
#[test]
fn the_first_wrong_field_is_the_answer() {
    type Parse = fn(&str) -> String;
    let parse_sign_up: Parse = |body| said(sign_up(body));
    let parse_login: Parse = |body| said(login(body));
    let parse_profile: Parse = |body| said(ProfileRequest::parse(body.as_bytes()));
    let parse_password: Parse = |body| said(PasswordRequest::parse(body.as_bytes()));
    #[rustfmt::skip]
    let table = [
        (parse_sign_up,  r#"{"phoneNo":0,"password":0,"userName":0,"referredBy":0"#,                              "malformed-body -"),
        (parse_sign_up,  r#"{"phoneNo":0,"password":0,"userName":0,"referredBy":0}"#,                             "invalid phoneNo"),
        (parse_sign_up,  r#"{"phoneNo":"9812345678","password":0,"userName":0,"referredBy":0}"#,                  "invalid password"),
        (parse_sign_up,  r#"{"phoneNo":"9812345678","password":"09812345678","userName":0,"referredBy":0}"#,      "invalid password"),
        (parse_sign_up,  r#"{"phoneNo":"9812345678","password":"correct-horse-7","userName":0,"referredBy":0}"#,  "invalid userName"),
        (parse_sign_up,  r#"{"phoneNo":"9812345678","password":"correct-horse-7","referredBy":0}"#,               "invalid referredBy"),
        (parse_sign_up,  r#"{"phoneNo":"9812345678","password":"correct-horse-7"}"#,                              "good"),
        (parse_login,    "",                                                                                      "malformed-body -"),
        (parse_login,    r#"{"phoneNo":0,"password":0}"#,                                                         "invalid phoneNo"),
        (parse_login,    r#"{"phoneNo":"9812345678","password":0}"#,                                              "invalid password"),
        (parse_login,    r#"{"phoneNo":"9812345678","password":"x"}"#,                                            "good"),
        (parse_profile,  "[]",                                                                                    "malformed-body -"),
        (parse_profile,  r#"{"userName":0,"profilePictureId":-1}"#,                                               "invalid userName"),
        (parse_profile,  r#"{"userName":"Asha","profilePictureId":-1}"#,                                          "invalid profilePictureId"),
        (parse_profile,  r#"{"userName":"Asha","profilePictureId":1}"#,                                           "good"),
        (parse_password, "null",                                                                                  "malformed-body -"),
        (parse_password, r#"{"currentPassword":0,"newPassword":0}"#,                                              "invalid currentPassword"),
        (parse_password, r#"{"currentPassword":"x","newPassword":0}"#,                                            "invalid newPassword"),
        (parse_password, r#"{"currentPassword":"x","newPassword":"correct-horse-7"}"#,                            "good"),
    ];
    for (parse, body, expected) in table {
        assert_eq!(parse(body).split(": ").next(), Some(expected), "{body}");
    }
}

#[test]
fn each_wrong_field_of_a_login_is_named() {
    #[rustfmt::skip]
    let table = [
        ("phoneNo",  "",                 MISSING),
        ("phoneNo",  "null",             NULL),
        ("phoneNo",  "9812345678",       NOT_A_STRING),
        ("phoneNo",  "\"asha\"",         &bad_character('a')),
        ("phoneNo",  "\"12345\"",        BAD_PHONE),
        ("password", "",                 MISSING),
        ("password", "null",             NULL),
        ("password", "12345678",         NOT_A_STRING),
        ("password", "{\"$ne\":\"\"}",   NOT_A_STRING),
    ];
    for (field, json, detail) in table {
        let body = with(&[("phoneNo", PHONE), ("password", "\"x\"")], field, json);
        assert_eq!(said(login(&body)), invalid(field, detail), "{body}");
    }
    // A text that cannot be a password is answered as a wrong one: no answer tells what the policy was when the
    // password
    // was chosen.
    for password in ["", "x", "password", &"x".repeat(1_000)] {
        let body = format!(r#"{{"phoneNo":{PHONE},"password":"{password}"}}"#);
        assert_eq!(login(&body).unwrap().password.as_bytes(), password.as_bytes());
    }
}

#[test]
fn each_wrong_token_is_named() {
    let text = token().reveal();
    let request = RefreshRequest::parse(format!(r#"{{"refreshToken":"{text}"}}"#).as_bytes()).unwrap();
    assert_eq!(request.token.map(|token| token.reveal()), Some(text.clone()));
    assert!(RefreshRequest::parse(b"{}").unwrap().token.is_none(), "the session cookie may have it");
    let (shorter, padded, longer) =
        (quoted(&text[1..]), quoted(&format!("{text}=")), quoted(&text.repeat(2)));
    #[rustfmt::skip]
    let table = [
        ("null",          NULL),
        ("5",             NOT_A_STRING),
        ("[]",            NOT_A_STRING),
        ("\"\"",          BAD_TOKEN),
        ("\"Bearer x\"",  BAD_TOKEN),
        (&shorter,        BAD_TOKEN),
        (&padded,         BAD_TOKEN),
        (&longer,         BAD_TOKEN),
    ];
    for (json, detail) in table {
        let body = with(&[("refreshToken", "")], "refreshToken", json);
        let said = said(RefreshRequest::parse(body.as_bytes()));
        assert_eq!(said, invalid("refreshToken", detail), "{body}");
    }
}

#[test]
fn a_profile_needs_something_to_change() {
    let read = |body: &str| ProfileRequest::parse(body.as_bytes()).unwrap();
    let name = |text: &str| Some(text.parse().unwrap());
    assert_eq!(read(r#"{"userName":" Asha "}"#), ProfileRequest { name: name("Asha"), picture: None });
    assert_eq!(read(r#"{"profilePictureId":"7"}"#), ProfileRequest { name: None, picture: Some(7) });
    let both = ProfileRequest { name: name("Asha"), picture: Some(u32::MAX) };
    assert_eq!(read(r#"{"userName":"Asha","profilePictureId":4294967295}"#), both);
    #[rustfmt::skip]
    let table = [
        ("{}",                                          "userName",         "is missing, as is \
          profilePictureId. Give at least one of them"),
        (r#"{"userName":null,"profilePictureId":null}"#, "userName",        NULL),
        (r#"{"userName":"Asha","profilePictureId":null}"#, "profilePictureId", NULL),
        (r#"{"phoneNo":"+919812345678"}"#,              "userName",         "is missing, as is \
            profilePictureId. Give at least one of them"),
        (r#"{"userName":5}"#,                           "userName",         NOT_A_STRING),
        (r#"{"userName":""}"#,                          "userName",         BAD_NAME_LENGTH),
        (r#"{"profilePictureId":true}"#,                "profilePictureId", NOT_A_NUMBER),
        (r#"{"profilePictureId":[1]}"#,                 "profilePictureId", NOT_A_NUMBER),
        (r#"{"profilePictureId":-1}"#,                  "profilePictureId", BAD_PICTURE),
        (r#"{"profilePictureId":1.5}"#,                 "profilePictureId", BAD_PICTURE),
        (r#"{"profilePictureId":4294967296}"#,          "profilePictureId", BAD_PICTURE),
        (r#"{"profilePictureId":""}"#,                  "profilePictureId", BAD_PICTURE),
        (r#"{"profilePictureId":"+7"}"#,                "profilePictureId", "must be a number in plain digits"),
    ];
    for (body, field, detail) in table {
        assert_eq!(said(ProfileRequest::parse(body.as_bytes())), invalid(field, detail), "{body}");
    }
}

#[test]
fn each_wrong_field_of_a_change_of_password_is_named() {
    let secret = quoted(SECRET);
    let usual = [("currentPassword", "\"x\""), ("newPassword", &*secret)];
    let request = PasswordRequest::parse(with(&usual, "", "").as_bytes()).unwrap();
    assert_eq!((request.current.as_bytes(), request.new.as_bytes()), (&b"x"[..], SECRET.as_bytes()));
    #[rustfmt::skip]
    let table = [
        ("currentPassword", "",             MISSING),
        ("currentPassword", "null",         NULL),
        ("currentPassword", "5",            NOT_A_STRING),
        ("newPassword",     "",             MISSING),
        ("newPassword",     "[]",           NOT_A_STRING),
        ("newPassword",     "\"corr-7!\"",  "must have at least 8 characters"),
        ("newPassword",     "\"iloveyou\"", COMMON),
    ];
    for (field, json, detail) in table {
        let body = with(&usual, field, json);
        assert_eq!(said(PasswordRequest::parse(body.as_bytes())), invalid(field, detail), "{body}");
    }
}

#[test]
fn each_wrong_field_of_a_recovery_is_named() {
    const DIGITS: &str = "must be eight digits";
    let read = |body: &str| RecoveryRequest::parse(body.as_bytes(), Country::INDIA);
    let found = read(&format!("{{\"phoneNo\":{PHONE}}}")).unwrap();
    assert_eq!(found.phone.as_str(), "+919812345678");
    for (json, detail) in [("", MISSING), ("null", NULL), ("\"12345\"", BAD_PHONE), ("5", NOT_A_STRING)] {
        let body = with(&[("phoneNo", PHONE)], "phoneNo", json);
        assert_eq!(said(read(&body)), invalid("phoneNo", detail), "{body}");
    }
    let secret = quoted(SECRET);
    let usual = [("code", "\"01234567\""), ("newPassword", &*secret)];
    // People type a code as it was shown to them.
    for typed in ["\"01234567\"", "\"0123 4567\"", "\" 0123-4567 \""] {
        let request = RecoverRequest::parse(with(&usual, "code", typed).as_bytes()).unwrap();
        assert_eq!((request.code.reveal().as_str(), request.new.as_bytes()), ("01234567", SECRET.as_bytes()));
    }
    #[rustfmt::skip]
    let table = [
        ("code",        "",              MISSING),
        ("code",        "null",          NULL),
        ("code",        "12345678",      NOT_A_STRING),
        ("code",        "\"\"",          DIGITS),
        ("code",        "\"012345\"",    DIGITS),
        ("code",        "\"012345678\"", DIGITS),
        ("code",        "\"+1234567\"",  DIGITS),
        ("newPassword", "",              MISSING),
        ("newPassword", "\"corr-7!\"",   "must have at least 8 characters"),
        ("newPassword", "\"iloveyou\"",  COMMON),
    ];
    for (field, json, detail) in table {
        let body = with(&usual, field, json);
        assert_eq!(said(RecoverRequest::parse(body.as_bytes())), invalid(field, detail), "{body}");
    }
}

/// These bodies hold a secret. Some are refused, for different reasons; the others are parsed and then printed.
#[test]
fn a_secret_is_never_repeated() {
    let token = token().reveal();
    let secrets = [SECRET, "iloveyou", "9812345678", &token];
    let bodies = secrets.iter().flat_map(|secret| {
        [
            format!(r#"{{"phoneNo":0,"password":"{secret}"}}"#),
            format!(r#"{{"phoneNo":"+919812345678","password":"{secret}"}}"#),
            format!(r#"{{"phoneNo":"+919812345678","password":["{secret}"]}}"#),
            format!(r#"{{"phoneNo":"+919812345678","password":"{secret}""#),
            format!(r#"{{"phoneNo":"+919812345678","password":{secret}}}"#),
            format!(r#"{{"currentPassword":"{secret}","newPassword":"{secret}"}}"#),
            format!(r#"{{"currentPassword":"{secret}","newPassword":"short{secret}{}"}}"#, "x".repeat(128)),
            format!(r#"{{"refreshToken":"{secret}"}}"#),
            format!(r#"{{"refreshToken":"{secret}x"}}"#),
            format!(r#"{{"refreshToken":{{"x":"{secret}"}}}}"#),
            format!(r#"{{"userName":["{secret}"],"profilePictureId":"{secret}"}}"#),
        ]
    });
    for body in bodies {
        let bytes = body.as_bytes();
        let said = [
            format!("{:?}", sign_up(&body)),
            format!("{:?}", login(&body)),
            format!("{:?}", RefreshRequest::parse(bytes)),
            format!("{:?}", ProfileRequest::parse(bytes)),
            format!("{:?}", PasswordRequest::parse(bytes)),
            format!("{:?}", Body::parse(bytes)),
        ];
        for said in said {
            assert!(!secrets.iter().any(|secret| said.contains(secret)), "{said}");
        }
    }
}

#[test]
fn a_body_that_is_no_object_is_malformed_for_every_request() {
    for body in ["", "null", "[]", "\"x\"", "{", "phoneNo=1"] {
        let kinds = [
            sign_up(body).err(),
            login(body).err(),
            RefreshRequest::parse(body.as_bytes()).err(),
            ProfileRequest::parse(body.as_bytes()).err(),
            PasswordRequest::parse(body.as_bytes()).err(),
        ];
        for problem in kinds {
            assert_eq!(problem.map(|problem| problem.kind), Some(ProblemKind::MalformedBody), "{body}");
        }
    }
}
