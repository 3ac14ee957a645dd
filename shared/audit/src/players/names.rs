//! The names under which a player is found, and the accounts they lead to: both sides must agree.
//!
//! A phone number decides whose wallet its password opens (M8). Referral codes and edges decide which player gets a
//! bonus, once (M3).

use crate::books::Books;
use crate::players::bonuses::referrer_by_code;
use crate::players::sign_up::SignUp;
use crate::report::{Subject, Violations};
use evens_ledger::{Invariant, UserId};
use evens_records::Name;
use std::collections::BTreeMap;

const WHOSE_WALLET: Invariant = Invariant::M8NobodyElses;
const WHOSE_BONUS: Invariant = Invariant::M3OneEffect;

pub(crate) fn check(books: &Books, violations: &mut Violations) {
    let mut referred: BTreeMap<UserId, Vec<UserId>> = BTreeMap::new();
    let mut counted: BTreeMap<UserId, u64> = BTreeMap::new();
    for (user, referrer) in &books.referrals {
        referred.entry(*user).or_default().push(*referrer);
        *counted.entry(*referrer).or_default() += 1;
    }
    for sign_up in books.sign_ups.values() {
        check_names(books, sign_up, violations);
        let recorded = referred.remove(&sign_up.user).unwrap_or_default();
        check_referrer(books, sign_up, &recorded, violations);
        let counted = counted.remove(&sign_up.user).unwrap_or_default();
        if counted != sign_up.referrals {
            let (user, said) = (sign_up.user, sign_up.referrals);
            let sentence = format!("User {user} counts {said} referrals, but has {counted}.");
            violations.add(WHOSE_BONUS, Subject::User(user), sentence);
        }
    }
    for user in referred.keys().chain(counted.keys()) {
        let sentence = format!("There is a referral of or by user {user}, who has no account.");
        violations.add(WHOSE_BONUS, Subject::User(*user), sentence);
    }
    check_what_leads_astray(books, violations);
}

fn rule(name: &Name) -> Invariant {
    match name {
        Name::Phone(_) => WHOSE_WALLET,
        Name::Code(_) => WHOSE_BONUS,
    }
}

/// The kind of a name. A phone number is personal data, so the name itself is not printed.
fn what(name: &Name) -> &'static str {
    match name {
        Name::Phone(_) => "phone number",
        Name::Code(_) => "referral code",
    }
}

fn is_of(name: &Name, sign_up: &SignUp) -> bool {
    match name {
        Name::Phone(phone) => *phone == sign_up.phone,
        Name::Code(code) => *code == sign_up.code,
    }
}

/// Phone number and code of an account lead to it.
fn check_names(books: &Books, sign_up: &SignUp, violations: &mut Violations) {
    let user = sign_up.user;
    for name in [Name::Phone(sign_up.phone.clone()), Name::Code(sign_up.code)] {
        let what = what(&name);
        let sentence = match books.names.get(&name) {
            Some(found) if *found == user => continue,
            Some(found) => format!("The {what} of user {user} leads to user {found}."),
            None => format!("The {what} of user {user} leads to no user."),
        };
        violations.add(rule(&name), Subject::User(user), sentence);
    }
}

/// The referrer matches the edge of the tree and, once the sign-up has ended, the code that was used.
fn check_referrer(books: &Books, sign_up: &SignUp, recorded: &[UserId], violations: &mut Violations) {
    let SignUp { user, referrer, .. } = sign_up;
    let name = |referrer: Option<UserId>| referrer.map_or("nobody".to_owned(), |user| format!("user {user}"));
    if recorded != referrer.as_slice() {
        let edges = recorded.len();
        let found = recorded.iter().find(|found| Some(**found) != *referrer).or(recorded.first()).copied();
        let (said, found) = (name(*referrer), name(found));
        let sentence = format!(
            "User {user} was referred by {said}, but has {edges} recorded referrals, one by \
                                {found}."
        );
        violations.add(WHOSE_BONUS, Subject::User(*user), sentence);
    }
    let by_code = referrer_by_code(books, sign_up).filter(|_| sign_up.is_done());
    if by_code.is_some() && by_code != *referrer {
        let (said, by_code) = (name(*referrer), name(by_code));
        let sentence = format!("User {user} was referred by {said}, but used the code of {by_code}.");
        violations.add(WHOSE_BONUS, Subject::User(*user), sentence);
    }
}

/// Every name, session and day leads to an account that knows it.
fn check_what_leads_astray(books: &Books, violations: &mut Violations) {
    for (name, user) in &books.names {
        let what = what(name);
        let sentence = match books.sign_ups.get(user) {
            Some(sign_up) if is_of(name, sign_up) => continue,
            Some(_) => format!("A {what} leads to user {user}, whose account has another."),
            None => format!("A {what} leads to user {user}, who has no account."),
        };
        violations.add(rule(name), Subject::User(*user), sentence);
    }
    for user in books.visitors.iter().filter(|user| !books.sign_ups.contains_key(user)) {
        let sentence = format!("There is a session or a day of user {user}, who has no account.");
        violations.add(WHOSE_WALLET, Subject::User(*user), sentence);
    }
}
