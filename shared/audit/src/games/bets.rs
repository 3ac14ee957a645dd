//! M1 and M3 of bets against the house: each took its stake once, and got back what its period owes for it, once; and
//! what is left on a period's account is what its bets left there.

use crate::books::Books;
use crate::report::{Subject, Violations, add, coins};
use crate::wallet::movement::{Expected, Movement, Purpose};
use evens_games::{GameBet, GameBetRecord, OwedBet, Period, PeriodStateName, PlaceGameBet, Purse};
use evens_idempotency::BetId;
use evens_ledger::{BalanceKind, EntryKind, Invariant, Parts, SystemAccount};
use std::collections::BTreeMap;

const KINDS: [BalanceKind; 2] = [BalanceKind::Cash, BalanceKind::Bonus];

pub(crate) fn check(books: &Books, violations: &mut Violations) {
    for bet in books.game_bets.values() {
        check_stake(books, bet, violations);
        check_fingerprint(bet, violations);
        check_return(books, bet, violations);
    }
    check_accounts(books, violations);
}

/// Whether a bet explains an entry of this purpose: its stake, a payout that was made, a stake that came back.
pub(crate) fn explains(books: &Books, purpose: &Purpose) -> bool {
    let (bet, kind) = match purpose {
        Purpose::GameStake(bet, kind) | Purpose::GamePayout(bet, kind) | Purpose::GameRefund(bet, kind) => {
            (bet, *kind)
        }
        _ => return false,
    };
    let Some(bet) = books.game_bets.get(bet) else { return false };
    match purpose {
        Purpose::GameStake(..) => has_part(bet.parts, kind),
        _ => owed(books, bet).is_some_and(|(returned, owed)| {
            returned(bet.id, kind) == *purpose && has_part(owed.parts(), kind)
        }),
    }
}

/// A `GAME` entry for each balance that paid.
fn check_stake(books: &Books, bet: &GameBet, violations: &mut Violations) {
    let left = |kind| match kind {
        BalanceKind::Cash => bet.balance_after,
        BalanceKind::Bonus => bet.bonus_after,
    };
    check_parts(books, bet, (Purpose::GameStake, EntryKind::Debit), bet.parts, violations);
    for kind in KINDS {
        let purpose = Purpose::GameStake(bet.id, kind);
        // What the answer to the player said is what the ledger says.
        let movement = books.movements.get(&purpose).filter(|found| found.balance_after != left(kind));
        let fault = movement.map(|found| {
            format!("The entry {purpose} leaves {}, but the bet says {}.", found.balance_after, left(kind))
        });
        add(violations, Subject::Bet(bet.id), fault);
    }
}

/// A repeat is told from another request by the fingerprint, so it is that of the bet, from one of the purses: which
/// one was asked for is not kept.
fn check_fingerprint(bet: &GameBet, violations: &mut Violations) {
    let GameBet { id, user, period, selection, stake, fingerprint, placed_at, .. } = *bet;
    let asked_for = |purse| PlaceGameBet {
        bet: id,
        user,
        period,
        selection,
        stake,
        purse,
        by_staff: false,
        barred: None,
        session_started_at: placed_at,
    };
    let is_it = |purse| asked_for(purse).fingerprint() == fingerprint;
    let differs = ![Purse::BonusFirst, Purse::CashOnly].into_iter().any(is_it);
    let sentence = differs.then(|| format!("The bet {id} does not have the fingerprint of what it is."));
    add(violations, Subject::Bet(id), sentence);
}

/// A bet that was paid got what its period owes for it, and one `WIN` or `GAME-REFUND` entry for each balance says so.
/// One for which nothing is owed got nothing.
fn check_return(books: &Books, bet: &GameBet, violations: &mut Violations) {
    let (subject, id) = (Subject::Bet(bet.id), bet.id);
    let Some((amount, _)) = bet.paid else { return };
    let Some((purpose, owed)) = owed(books, bet) else {
        let sentence = format!("The bet {id} was paid {amount}, but its period owes nothing for it.");
        return add(violations, subject, Some(sentence));
    };
    if owed.amount != amount {
        let sentence = format!("The bet {id} was paid {amount}, but its period owes {} for it.", owed.amount);
        add(violations, subject, Some(sentence));
    }
    let kind = match purpose(id, BalanceKind::Cash) {
        Purpose::GameRefund(..) => EntryKind::Refund,
        _ => EntryKind::Credit,
    };
    check_parts(books, bet, (purpose, kind), owed.parts(), violations);
}

/// One entry for each part that is more than nothing, exactly of that part.
fn check_parts(
    books: &Books,
    bet: &GameBet,
    (purpose, entry_kind): (fn(BetId, BalanceKind) -> Purpose, EntryKind),
    parts: Parts,
    violations: &mut Violations,
) {
    for (kind, part) in parts.of_each_kind() {
        let expected = Expected {
            user: bet.user,
            kind: entry_kind,
            units: part.units(),
            account: SystemAccount::Period(bet.period.to_string()),
        };
        let purpose = purpose(bet.id, kind);
        let fault = match books.movements.get(&purpose) {
            None => Some(format!("The bet {} has no entry {purpose}.", bet.id)),
            Some(movement) => movement
                .misfit(&expected, &books.accounts)
                .or_else(|| purse_misfit(movement, kind))
                .map(|misfit| format!("The entry {purpose} {misfit}.")),
        };
        add(violations, Subject::Bet(bet.id), fault);
    }
}

fn purse_misfit(movement: &Movement, kind: BalanceKind) -> Option<String> {
    let (is, wanted) = (movement.balance_kind.as_str(), kind.as_str());
    (movement.balance_kind != kind).then(|| format!("moves {is}, not {wanted}"))
}

/// What an entry of a bet is for, by the balance that it moves.
type PurposeOfPart = fn(BetId, BalanceKind) -> Purpose;

/// What the bet's period owes for it, if anything, and by which entry.
fn owed(books: &Books, bet: &GameBet) -> Option<(PurposeOfPart, OwedBet)> {
    let period = books.periods.get(&bet.period)?;
    let owed = owed_by(period, bet)?;
    let purpose: PurposeOfPart = match period.state.name() {
        PeriodStateName::Cancelled | PeriodStateName::Refunded => Purpose::GameRefund,
        _ => Purpose::GamePayout,
    };
    Some((purpose, owed))
}

/// What a period owes for a bet, if anything.
pub(crate) fn owed_by(period: &Period, bet: &GameBet) -> Option<OwedBet> {
    period.owed_for(&[GameBetRecord::of(bet)]).pop()
}

fn has_part(parts: Parts, kind: BalanceKind) -> bool {
    parts.of_each_kind().any(|(of, _)| of == kind)
}

/// M1: what the entries left on a period's account is what its bets staked, less what came back for them.
fn check_accounts(books: &Books, violations: &mut Violations) {
    let mut by_bets: BTreeMap<String, i128> = BTreeMap::new();
    for bet in books.game_bets.values() {
        let returned = bet.paid.map_or(0, |(amount, _)| amount.units());
        *by_bets.entry(bet.period.to_string()).or_default() += bet.stake.amount().units() - returned;
    }
    let by_entries: BTreeMap<_, _> = books.accounts.periods().collect();
    let without_bets = by_entries.keys().filter(|period| !by_bets.contains_key(**period));
    let without_bets: Vec<_> = without_bets.map(|period| ((*period).to_owned(), 0)).collect();
    for (period, units) in by_bets.into_iter().chain(without_bets) {
        let (left, entries) =
            by_entries.get(period.as_str()).map_or((0, 0), |found| (found.units, found.entries));
        if left != units {
            let (left, units) = (coins(left), coins(units));
            let sentence = format!(
                "The account of the period {period} holds {left} by {entries} entries, but {units} by its bets."
            );
            let subject = period.parse().map_or(Subject::Books, Subject::Period);
            violations.add(Invariant::M1Conservation, subject, sentence);
        }
    }
}
