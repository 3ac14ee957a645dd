//! Faults in requests about sign-up, login, sessions, profiles and attendance months.

use super::{Change, Fault, Part, To, fault, field};
use crate::world::World;
use evens_contracts::{
    LoginRequest, PasswordRequest, PhoneCodeRequest, ProfileRequest, RecoverRequest, RecoveryRequest,
    RefreshRequest, RouteBody, SignUpRequest,
};

type Fields = &'static [(&'static str, &'static str)];

const fn sign_up(name: &'static str, fields: Fields, expected: &'static str) -> Fault {
    field(name, RouteBody::of::<SignUpRequest>(), fields[0].0, fields, expected)
}

const fn login(name: &'static str, fields: Fields, expected: &'static str) -> Fault {
    field(name, RouteBody::of::<LoginRequest>(), fields[0].0, fields, expected)
}

const fn session(name: &'static str, fields: Fields) -> Fault {
    field(name, RouteBody::of::<RefreshRequest>(), "refreshToken", fields, "422 invalid refreshToken")
}

const fn profile(name: &'static str, fields: Fields, expected: &'static str) -> Fault {
    field(name, RouteBody::of::<ProfileRequest>(), fields[0].0, fields, expected)
}

const fn password(name: &'static str, fields: Fields, expected: &'static str) -> Fault {
    field(name, RouteBody::of::<PasswordRequest>(), fields[0].0, fields, expected)
}

const fn digits(name: &'static str, fields: Fields) -> Fault {
    field(name, RouteBody::of::<PhoneCodeRequest>(), "code", fields, DIGITS)
}

const fn recovery(name: &'static str, fields: Fields) -> Fault {
    field(name, RouteBody::of::<RecoveryRequest>(), "phoneNo", fields, PHONE)
}

const fn recover(name: &'static str, fields: Fields, expected: &'static str) -> Fault {
    field(name, RouteBody::of::<RecoverRequest>(), fields[0].0, fields, expected)
}

/// A field with 300 characters.
const fn long(name: &'static str, body: RouteBody, at: &'static str, expected: &'static str) -> Fault {
    fault(name, 10, Part::Field(at), To::Body(body), Change::Long(at), expected)
}

const fn month(name: &'static str, query: &'static str) -> Fault {
    fault(name, 10, Part::Query, To::Takes("month"), Change::Query(query), "422 invalid month")
}

/// A well-formed body that the stored state refuses.
const fn state(name: &'static str, body: RouteBody, fields: Fields, expected: &'static str) -> Fault {
    fault(name, 13, Part::Field(fields[0].0), To::Body(body), Change::Fields(fields), expected)
}

const PHONE: &str = "422 invalid phoneNo";
const PASSWORD: &str = "422 invalid password";
const NAME: &str = "422 invalid userName";
const CODE: &str = "422 invalid referredBy";
const PICTURE: &str = "422 invalid profilePictureId";
const CURRENT: &str = "422 invalid currentPassword";
const NEW: &str = "422 invalid newPassword";
const DIGITS: &str = "422 invalid code";
const WRONG: &str = "401 wrong-credentials -";
const ENDED: &str = "401 session-ended -";

pub(super) const FAULTS: &[Fault] = &[
    // POST /api/users/signup, in the order of its fields.
    sign_up("no phoneNo", &[("phoneNo", "")], PHONE),
    sign_up("phoneNo null", &[("phoneNo", "null")], PHONE),
    sign_up("an empty phoneNo", &[("phoneNo", "\"\"")], PHONE),
    sign_up("a phoneNo that is a number", &[("phoneNo", "9876543210")], PHONE),
    sign_up("a phoneNo that is a list", &[("phoneNo", "[\"9876543210\"]")], PHONE),
    sign_up("a phoneNo of letters", &[("phoneNo", "\"somebody\"")], PHONE),
    sign_up("a phoneNo that no plan has", &[("phoneNo", "\"+91123\"")], PHONE),
    sign_up("a phoneNo of another script", &[("phoneNo", "\"\u{96f}\u{96e}76543210\"")], PHONE),
    sign_up("a phoneNo with an extension", &[("phoneNo", "\"+919876543210;ext=5\"")], PHONE),
    sign_up("a phoneNo with a zero byte", &[("phoneNo", "\"+919876543210\\u0000\"")], PHONE),
    long("a phoneNo of 300 characters", RouteBody::of::<SignUpRequest>(), "phoneNo", PHONE),
    sign_up("no password", &[("password", "")], PASSWORD),
    sign_up("password null", &[("password", "null")], PASSWORD),
    sign_up("a password that is a number", &[("password", "1234567890")], PASSWORD),
    sign_up("a password of 7 characters", &[("password", "\"correct\"")], PASSWORD),
    sign_up("a password that is guessed first", &[("password", "\"1q2w3e4r\"")], PASSWORD),
    sign_up("a password of one key", &[("password", "\"aaaaaaaaaa\"")], PASSWORD),
    sign_up(
        "a password that is the phone number",
        &[("password", "\"98123 45670\""), ("phoneNo", "\"+919812345670\"")],
        PASSWORD,
    ),
    long("a password of 300 characters", RouteBody::of::<SignUpRequest>(), "password", PASSWORD),
    sign_up("an empty userName", &[("userName", "\"\"")], NAME),
    sign_up("a userName that is a number", &[("userName", "5")], NAME),
    sign_up("a userName with a line break", &[("userName", "\"a\\nb\"")], NAME),
    sign_up("a userName that turns the text around", &[("userName", "\"a\u{202e}b\"")], NAME),
    sign_up("a userName that nobody sees", &[("userName", "\"\u{3164}\"")], NAME),
    sign_up("userName null", &[("userName", "null")], NAME),
    sign_up("referredBy null", &[("referredBy", "null")], CODE),
    long("a userName of 300 characters", RouteBody::of::<SignUpRequest>(), "userName", NAME),
    sign_up("an empty referredBy", &[("referredBy", "\"\"")], CODE),
    sign_up("a referredBy that is a number", &[("referredBy", "12345678")], CODE),
    sign_up("a referredBy of 7 characters", &[("referredBy", "\"ABCDEFG\"")], CODE),
    sign_up("a referredBy with a letter that no code has", &[("referredBy", "\"ABCDEFGU\"")], CODE),
    long("a referredBy of 300 characters", RouteBody::of::<SignUpRequest>(), "referredBy", CODE),
    // POST /api/users/login. An impossible password is answered like a wrong one.
    login("no phoneNo", &[("phoneNo", "")], PHONE),
    login("phoneNo null", &[("phoneNo", "null")], PHONE),
    login("an empty phoneNo", &[("phoneNo", "\"\"")], PHONE),
    login("a phoneNo that is a number", &[("phoneNo", "9876543210")], PHONE),
    login("a phoneNo that no plan has", &[("phoneNo", "\"12345\"")], PHONE),
    long("a phoneNo of 300 characters", RouteBody::of::<LoginRequest>(), "phoneNo", PHONE),
    login("no password", &[("password", "")], PASSWORD),
    login("password null", &[("password", "null")], PASSWORD),
    login("a password that is a number", &[("password", "5")], PASSWORD),
    login("a password that is an object", &[("password", "{}")], PASSWORD),
    // POST /api/users/refresh and /logout.
    session("no refreshToken", &[("refreshToken", "")]),
    session("refreshToken null", &[("refreshToken", "null")]),
    session("an empty refreshToken", &[("refreshToken", "\"\"")]),
    session("a refreshToken that is a number", &[("refreshToken", "5")]),
    session("a refreshToken that is garbage", &[("refreshToken", "\"garbage\"")]),
    session("a refreshToken that is a JWT", &[("refreshToken", "\"a.b.c\"")]),
    session("a refreshToken that is cut off", &[("refreshToken", World::CUT_TOKEN)]),
    session("a refreshToken of nobody", &[("refreshToken", World::NOBODYS_TOKEN)]),
    long(
        "a refreshToken of 300 characters",
        RouteBody::of::<RefreshRequest>(),
        "refreshToken",
        "422 invalid refreshToken",
    ),
    // PATCH /api/users/me.
    profile("an empty userName", &[("userName", "\"\"")], NAME),
    profile("a userName of blanks", &[("userName", "\"  \"")], NAME),
    profile("a userName that is a list", &[("userName", "[\"a\"]")], NAME),
    profile("a userName of a blank of Braille", &[("userName", "\"\u{2800}\"")], NAME),
    profile("userName null", &[("userName", "null")], NAME),
    profile("profilePictureId null", &[("profilePictureId", "null")], PICTURE),
    profile("a userName with a control character", &[("userName", "\"a\\u0007\"")], NAME),
    long("a userName of 300 characters", RouteBody::of::<ProfileRequest>(), "userName", NAME),
    profile("a negative picture", &[("profilePictureId", "-1")], PICTURE),
    profile("half a picture", &[("profilePictureId", "1.5")], PICTURE),
    profile("a picture that is too large", &[("profilePictureId", "4294967296")], PICTURE),
    profile("a picture of letters", &[("profilePictureId", "\"abc\"")], PICTURE),
    profile("a picture that is true", &[("profilePictureId", "true")], PICTURE),
    profile("nothing to change", &[("userName", ""), ("profilePictureId", "")], NAME),
    // POST /api/users/me/password.
    password("no currentPassword", &[("currentPassword", "")], CURRENT),
    password("currentPassword null", &[("currentPassword", "null")], CURRENT),
    password("a currentPassword that is a number", &[("currentPassword", "5")], CURRENT),
    password("no newPassword", &[("newPassword", "")], NEW),
    password("newPassword null", &[("newPassword", "null")], NEW),
    password("a newPassword that is a number", &[("newPassword", "1234567890")], NEW),
    password("a newPassword of 7 characters", &[("newPassword", "\"battery\"")], NEW),
    password("a newPassword that is guessed first", &[("newPassword", "\"1Q2W3E4R\"")], NEW),
    long("a newPassword of 300 characters", RouteBody::of::<PasswordRequest>(), "newPassword", NEW),
    // POST /api/users/me/phone/verify.
    digits("no code", &[("code", "")]),
    digits("code null", &[("code", "null")]),
    digits("a code that is a number", &[("code", "123456")]),
    digits("a code of five digits", &[("code", "\"12345\"")]),
    digits("a code of seven digits", &[("code", "\"1234567\"")]),
    digits("a code of letters", &[("code", "\"abcdef\"")]),
    digits("a code with a sign", &[("code", "\"+12345\"")]),
    long("a code of 300 characters", RouteBody::of::<PhoneCodeRequest>(), "code", DIGITS),
    // POST /api/users/recovery.
    recovery("no phoneNo", &[("phoneNo", "")]),
    recovery("phoneNo null", &[("phoneNo", "null")]),
    recovery("an empty phoneNo", &[("phoneNo", "\"\"")]),
    recovery("a phoneNo that is a number", &[("phoneNo", "9876543210")]),
    recovery("a phoneNo that no plan has", &[("phoneNo", "\"12345\"")]),
    long("a phoneNo of 300 characters", RouteBody::of::<RecoveryRequest>(), "phoneNo", PHONE),
    // POST /api/users/recovery/{recoveryId}.
    recover("no code", &[("code", "")], DIGITS),
    recover("code null", &[("code", "null")], DIGITS),
    recover("a code that is a number", &[("code", "12345678")], DIGITS),
    recover("a code of six digits", &[("code", "\"123456\"")], DIGITS),
    recover("a code of nine digits", &[("code", "\"123456789\"")], DIGITS),
    recover("a code of letters", &[("code", "\"abcdefgh\"")], DIGITS),
    recover("no newPassword", &[("newPassword", "")], NEW),
    recover("a newPassword of 7 characters", &[("newPassword", "\"battery\"")], NEW),
    recover("a newPassword that is guessed first", &[("newPassword", "\"1Q2W3E4R\"")], NEW),
    long("a newPassword of 300 characters", RouteBody::of::<RecoverRequest>(), "newPassword", NEW),
    // GET /api/attendance.
    month("a month that is garbage", "?month=garbage"),
    month("an empty month", "?month="),
    month("a month 13", "?month=2026-13"),
    month("a month 0", "?month=2026-00"),
    month("a month of one digit", "?month=2026-1"),
    month("a day", "?month=2026-11-20"),
    month("a month before there were any", "?month=1999-12"),
    month("two months", "?month=2026-11&month=2026-11"),
    // A rate limit by a field of the body.
    fault(
        "a phone number whose requests are used up",
        11,
        Part::Field("phoneNo"),
        To::WithPhone,
        Change::Fields(&[("phoneNo", World::EXHAUSTED_PHONE)]),
        "429 too-many-requests -",
    ),
    // Refused because of the stored state.
    fault(
        "a user without an account",
        13,
        Part::Token,
        To::Paths(&[
            "/api/users/me",
            "/api/users/me/password",
            "/api/users/me/phone/code",
            "/api/users/me/phone/verify",
        ]),
        Change::Token("no account"),
        "404 not-found -",
    ),
    state(
        "a phoneNo that is taken",
        RouteBody::of::<SignUpRequest>(),
        &[("phoneNo", World::PHONE)],
        "409 phone-number-taken phoneNo",
    ),
    state("an unknown phoneNo", RouteBody::of::<LoginRequest>(), &[("phoneNo", "\"+919812345678\"")], WRONG),
    state("a wrong password", RouteBody::of::<LoginRequest>(), &[("password", "\"battery staple\"")], WRONG),
    state("an empty password", RouteBody::of::<LoginRequest>(), &[("password", "\"\"")], WRONG),
    state(
        "the phoneNo of a blocked account",
        RouteBody::of::<LoginRequest>(),
        &[("phoneNo", World::BLOCKED_PHONE)],
        "403 account-blocked -",
    ),
    state(
        "a wrong code",
        RouteBody::of::<RecoverRequest>(),
        &[("code", "\"76543210\"")],
        "403 wrong-code code",
    ),
    state(
        "a newPassword that is the number of the recovery",
        RouteBody::of::<RecoverRequest>(),
        &[("newPassword", "\"9812300047\"")],
        NEW,
    ),
    fault(
        "a recoveryId of no recovery",
        13,
        Part::Path,
        To::PathHas("{recoveryId}"),
        Change::Parameter("0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a"),
        "403 wrong-code code",
    ),
    fault(
        "a refreshToken of no session",
        13,
        Part::Field("refreshToken"),
        To::PathHas("refresh"),
        Change::Fields(&[("refreshToken", World::UNKNOWN_TOKEN)]),
        ENDED,
    ),
    state(
        "a newPassword that is the phone number",
        RouteBody::of::<PasswordRequest>(),
        &[("newPassword", World::PHONE)],
        NEW,
    ),
    state(
        "a wrong currentPassword",
        RouteBody::of::<PasswordRequest>(),
        &[("currentPassword", "\"battery staple\"")],
        "403 wrong-password currentPassword",
    ),
];
