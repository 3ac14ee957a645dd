//! M1 and M3 of bets against the house: each bet took its stake once and was paid once by its period. The balance of a
//! period's account equals the remainder of its bets.

use crate::books::Books;
use crate::report::{Subject, Violations, add, coins};
use crate::wallet::movement::{ExpectedMovement, Movement, Purpose};
use evens_games::{GameBet, GameBetRecord, OwedBet, Period, PeriodStateName, PlaceGameBet, Purse};
use evens_idempotency::BetId;
use evens_ledger::{Amount, BalanceKind, EntryKind, Invariant, Parts, SystemAccount, UserId};
use std::collections::{BTreeMap, HashMap};

const KINDS: [BalanceKind; 2] = [BalanceKind::Cash, BalanceKind::Bonus];

pub(crate) fn check(books: &Books, violations: &mut Violations) {
    let bets = || books.game_bets.values().filter(|bet| books.share.has_user(bet.user));
    let balances = Balances::of(books, bets());
    for bet in bets() {
        check_stake(books, &balances, bet, violations);
        check_fingerprint(bet, violations);
        check_return(books, bet, violations);
    }
    check_accounts(books, violations);
}

/// Returns `true` if a bet explains an entry of this purpose: a stake, a payout or a returned stake.
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
        _ => owed_part(books, bet).is_some_and(|(returned, owed)| {
            returned(bet.id, kind) == *purpose && has_part(owed.parts(), kind)
        }),
    }
}

/// The amounts that the entries of players left in balances that did not pay for all of their bets, with the numbers of
/// the entries, in ascending order.
struct Balances(HashMap<(UserId, BalanceKind), Vec<(u64, Amount)>>);

impl Balances {
    fn of<'a>(books: &Books, bets: impl Iterator<Item = &'a GameBet>) -> Self {
        let unpaid = |bet: &'a GameBet| KINDS.into_iter().filter(|kind| !has_part(bet.parts, *kind));
        let wanted = bets.flat_map(|bet| unpaid(bet).map(|kind| (bet.user, kind)));
        let mut balances: HashMap<_, Vec<_>> = wanted.map(|key| (key, Vec::new())).collect();
        for (_, movement) in books.movements.iter() {
            if let Some(of_kind) = balances.get_mut(&(movement.user, movement.balance_kind)) {
                of_kind.push((movement.number, movement.balance_after));
            }
        }
        for of_kind in balances.values_mut() {
            of_kind.sort_unstable();
        }
        Self(balances)
    }

    /// The balance before an entry of another balance.
    fn before(&self, user: UserId, kind: BalanceKind, number: u64) -> Amount {
        let of_kind = self.0.get(&(user, kind)).map_or(&[][..], Vec::as_slice);
        let earlier = &of_kind[..of_kind.partition_point(|(other, _)| *other < number)];
        earlier.last().map_or(Amount::ZERO, |(_, left)| *left)
    }
}

/// The stake was paid, and the balances in the answer to the player must be those in the ledger.
fn check_stake(books: &Books, balances: &Balances, bet: &GameBet, violations: &mut Violations) {
    check_stake_parts(books, bet, violations);
    let said = [(BalanceKind::Cash, bet.balance_after), (BalanceKind::Bonus, bet.bonus_after)];
    let paid = KINDS.map(|kind| books.movements.get(&Purpose::GameStake(bet.id, kind)));
    let Some(number) = paid.iter().flatten().map(|movement| movement.number).min() else { return };
    for ((kind, said), paid) in said.into_iter().zip(paid) {
        let left = match paid {
            Some(movement) => movement.balance_after,
            None if has_part(bet.parts, kind) => continue,
            None => balances.before(bet.user, kind, number),
        };
        let fault = (left != said).then(|| {
            let (kind, purpose) = (kind.as_str(), Purpose::GameStake(bet.id, kind));
            format!("The entries up to {purpose} leave {left} of {kind}, but the bet says {said}.")
        });
        add(violations, Subject::Bet(bet.id), fault);
    }
}

/// One `GAME` entry per balance that paid.
pub(crate) fn check_stake_parts(books: &Books, bet: &GameBet, violations: &mut Violations) {
    check_parts(books, bet, (Purpose::GameStake, EntryKind::Debit), bet.parts, violations);
}

/// The fingerprint distinguishes a repeat from another request, so it must be that of the bet with one of the purses.
/// The requested purse is not stored.
pub(crate) fn check_fingerprint(bet: &GameBet, violations: &mut Violations) {
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
        session_epoch: 0,
    };
    let is_it = |purse| asked_for(purse).fingerprint() == fingerprint;
    let differs = ![Purse::BonusFirst, Purse::CashOnly].into_iter().any(is_it);
    let sentence = differs.then(|| format!("The fingerprint of the bet {id} does not match its contents."));
    add(violations, Subject::Bet(id), sentence);
}

/// A paid bet got the amount its period owes, with one `WIN` or `GAME-REFUND` entry per balance. A bet that is owed
/// nothing got nothing.
pub(crate) fn check_return(books: &Books, bet: &GameBet, violations: &mut Violations) {
    let (subject, id) = (Subject::Bet(bet.id), bet.id);
    let Some((amount, _)) = bet.paid else { return };
    let Some((purpose, owed)) = owed_part(books, bet) else {
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

/// Exactly one entry per non-zero part, of that amount.
fn check_parts(
    books: &Books,
    bet: &GameBet,
    (purpose, entry_kind): (fn(BetId, BalanceKind) -> Purpose, EntryKind),
    parts: Parts,
    violations: &mut Violations,
) {
    for (kind, part) in parts.of_each_kind() {
        let expected = ExpectedMovement {
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

/// Purpose of a bet's entry, by the balance it moves.
type PurposeOfPart = fn(BetId, BalanceKind) -> Purpose;

/// The amount that the bet's period owes for it, and the purpose of the entry.
fn owed_part(books: &Books, bet: &GameBet) -> Option<(PurposeOfPart, OwedBet)> {
    let period = books.periods.get(&bet.period)?;
    let owed = owed_by(period, bet)?;
    let purpose: PurposeOfPart = match period.state.name() {
        PeriodStateName::Cancelled | PeriodStateName::Refunded => Purpose::GameRefund,
        _ => Purpose::GamePayout,
    };
    Some((purpose, owed))
}

/// The amount that a period owes for a bet, if any.
pub(crate) fn owed_by(period: &Period, bet: &GameBet) -> Option<OwedBet> {
    period.owed_for(&[GameBetRecord::of(bet)]).pop()
}

fn has_part(parts: Parts, kind: BalanceKind) -> bool {
    parts.of_each_kind().any(|(of, _)| of == kind)
}

/// M1: the balance of a period's account equals the stakes of its bets less their returns.
fn check_accounts(books: &Books, violations: &mut Violations) {
    let mut by_bets: BTreeMap<String, i128> = BTreeMap::new();
    for bet in books.game_bets.values().filter(|bet| books.share.has_period(bet.period)) {
        let returned = bet.paid.map_or(0, |(amount, _)| amount.units());
        *by_bets.entry(bet.period.to_string()).or_default() += bet.stake.amount().units() - returned;
    }
    let in_share = |period: &str| period.parse().map_or(true, |period| books.share.has_period(period));
    let by_entries: BTreeMap<_, _> =
        books.accounts.periods().filter(|(period, _)| in_share(period)).collect();
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
