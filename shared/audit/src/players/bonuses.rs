//! M3: each promised bonus was given once, in the promised amount, and no other one was.
//!
//! The account has stored the promise since the sign-up. For an older account without it, the amount cannot be checked:
//! only that the bonus was due, and whose it was.

use crate::books::Books;
use crate::exchange::draws::CLOCK_TOLERANCE;
use crate::players::sign_up::SignUp;
use crate::report::{Subject, Violations, add};
use crate::wallet::movement::{ExpectedMovement, Movement, Purpose};
use evens_ledger::{Amount, BalanceKind, EntryKind, SystemAccount, UserId};
use evens_players::ReferralBonuses;
use evens_records::Name;

pub(crate) fn check(books: &Books, violations: &mut Violations) {
    check_given(books, violations);
    for sign_up in books.sign_ups.values() {
        let user = sign_up.user;
        for (purpose, to, amount) in promised(books, sign_up) {
            let is_missing =
                books.share.has_user(to) && !amount.is_zero() && books.movements.get(&purpose).is_none();
            let sentence = is_missing.then(|| {
                format!("The sign-up of user {user} promised {amount} to user {to}, but there is no entry {purpose}.")
            });
            add(violations, Subject::User(to), sentence);
        }
    }
}

/// Each entry that is a bonus, or is none, moves what its key means.
pub(crate) fn check_given(books: &Books, violations: &mut Violations) {
    for (purpose, movement) in books.movements.iter() {
        let misfit = misfit(books, purpose, movement);
        let sentence = misfit.map(|misfit| format!("The entry {purpose} {misfit}."));
        add(violations, Subject::User(movement.user), sentence);
    }
}

/// The referrer according to the code used at sign-up. Players cannot refer themselves. A referrer imported from
/// another system is not paid. A code may have been unused at the sign-up: a player who got it later is not the
/// referrer, unless the account already records them.
pub(crate) fn referrer_by_code(books: &Books, sign_up: &SignUp) -> Option<UserId> {
    let owner = books.names.get(&Name::Code(sign_up.referred_by?)).copied()?;
    let was_before =
        |owner: &SignUp| owner.at.saturating_add(CLOCK_TOLERANCE).is_ok_and(|at| at <= sign_up.at);
    let was_there = sign_up.referrer == Some(owner) || books.sign_ups.get(&owner).is_none_or(was_before);
    (owner != sign_up.user && was_there).then_some(owner)
}

/// The player `level` levels above in the referral tree, if any. The walk stops at a cycle, because two imported
/// players may have referred each other.
pub(crate) fn above(books: &Books, sign_up: &SignUp, level: u32) -> Option<UserId> {
    let direct = referrer_by_code(books, sign_up).filter(|by_code| sign_up.referrer == Some(*by_code))?;
    let mut below = vec![sign_up.user, direct];
    for _ in 1..level {
        let next = books.sign_ups.get(below.last()?)?.referrer.filter(|next| !below.contains(next))?;
        below.push(next);
    }
    below.pop()
}

/// The bonuses that a sign-up must have given by now: entry, recipient and amount.
fn promised(books: &Books, sign_up: &SignUp) -> impl Iterator<Item = (Purpose, UserId, Amount)> {
    let user = sign_up.user;
    let welcome = sign_up.bonuses.filter(|_| sign_up.is_welcomed());
    let welcome = welcome.map(|bonuses| (Purpose::RegistrationBonus(user), user, bonuses.registration));
    let referral = sign_up.bonuses.filter(|_| sign_up.is_done()).map(|bonuses| bonuses.referral);
    let referrals =
        referral.into_iter().flat_map(ReferralBonuses::levels).filter_map(move |(level, amount)| {
            let to = if level == 1 { referrer_by_code(books, sign_up) } else { above(books, sign_up, level) };
            Some((Purpose::ReferralBonus(user, level), to?, amount))
        });
    welcome.into_iter().chain(referrals)
}

/// The difference between an entry and the meaning of its key. A bonus comes from the bonus pool and stays separate
/// from the cash. The exchange never touches it, because it pays for house games only. The check of an entry's cause
/// decides whether a bonus was due, and to which player.
fn misfit(books: &Books, purpose: &Purpose, movement: &Movement) -> Option<String> {
    let promised = |user: &UserId| books.sign_ups.get(user).and_then(|sign_up| sign_up.bonuses);
    let (user, amount) = match purpose {
        Purpose::RegistrationBonus(user) => (*user, promised(user).map(|bonuses| bonuses.registration)),
        Purpose::ReferralBonus(referred, level) => {
            (movement.user, promised(referred).map(|bonuses| bonuses.referral.of_level(*level)))
        }
        // The checks of house bets decide which balance pays a stake and gets its return.
        Purpose::GameStake(..) | Purpose::GamePayout(..) | Purpose::GameRefund(..) | Purpose::Other(_) => {
            return None;
        }
        // No record contains its amount; only that it was due and given once.
        Purpose::DepositBonus(user) => (*user, None),
        Purpose::Bet(_)
        | Purpose::Refund(_)
        | Purpose::Settle(..)
        | Purpose::Commission(..)
        | Purpose::Void(..)
        | Purpose::Fund(_)
        | Purpose::Adjustment(..)
        | Purpose::Deposit(_)
        | Purpose::DepositRefund(_)
        | Purpose::Claim(_)
        | Purpose::ChargeBack(_)
        | Purpose::Withdrawal(_)
        | Purpose::WithdrawalBack(_)
        | Purpose::JackpotWin(_) => {
            return (movement.balance_kind != BalanceKind::Cash).then(|| "is a bonus, not cash".to_owned());
        }
    };
    let expected = ExpectedMovement {
        user,
        kind: EntryKind::Credit,
        units: amount.unwrap_or(movement.amount).units(),
        account: SystemAccount::BonusPool,
    };
    let is_cash = movement.balance_kind != BalanceKind::Bonus;
    movement.misfit(&expected, &books.accounts).or_else(|| is_cash.then(|| "is cash, not a bonus".to_owned()))
}
