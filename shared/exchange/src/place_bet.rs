//! Placing a bet: the checks in their order, then the placement that cannot fail.

use crate::{Bet, BetId, Fingerprint, Invariant, Round, RoundId, RoundStateName, Side, Stake, WaitingBet};
use evens_ledger::{Account, Amount, Entry, EntryKey, InsufficientBalance, Posting, UserId, Wallet};
use jiff::Timestamp;

/// A bet that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceBet {
    /// The id that follows from the user and the idempotency key.
    pub bet: BetId,
    /// Who places it.
    pub user: UserId,
    /// In which round.
    pub round: RoundId,
    /// On which side.
    pub side: Side,
    /// How much.
    pub stake: Stake,
}

impl PlaceBet {
    /// What the request asks for, as a hash.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&[&self.user, &self.round, &self.side, &self.stake.amount()])
    }
}

/// What is written when a bet is placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    /// The wallet after the debit.
    pub wallet: Wallet,
    /// The ledger entry of the debit, `BET:{betId}`.
    pub entry: Entry,
    /// The bet.
    pub bet: Bet,
    /// Its place in the book.
    pub waiting: WaitingBet,
}

/// What becomes of a bet that is asked for. The variants stand in the order of the checks: the first that applies is
/// the answer, on every host. A repeat is answered before anything that depends on today's round or balance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlaceBetOutcome {
    /// The same request was carried out before; here is its bet.
    PlacedBefore(Box<Bet>),
    /// The account is blocked. Whoever reads the wallet finds it there and does not ask this rule.
    AccountBlocked,
    /// The idempotency key was used for a bet that differs.
    KeyUsedForAnotherBody {
        /// The bet that was placed under the key.
        bet: BetId,
    },
    /// The round takes no bets any more.
    RoundNotOpen {
        /// Where the round stands.
        state: RoundStateName,
    },
    /// The stake is larger than the balance.
    InsufficientBalance {
        /// What the wallet holds.
        balance: Amount,
        /// What was staked.
        stake: Amount,
    },
    /// The bet can be placed; this is to be written.
    Placed(Box<Placement>),
}

/// Decides on a bet from what was read: the bet under the same key, the round, and the wallet.
pub fn place_bet(
    command: &PlaceBet,
    existing: Option<Bet>,
    round: &Round,
    wallet: &Wallet,
    now: Timestamp,
) -> PlaceBetOutcome {
    assert_eq!(round.id, command.round, "the round that was asked for");
    assert_eq!(wallet.user, command.user, "{:?}", Invariant::M8NobodyElses);
    match existing {
        Some(bet) if bet.fingerprint != command.fingerprint() => {
            return PlaceBetOutcome::KeyUsedForAnotherBody { bet: bet.id };
        }
        Some(bet) => return PlaceBetOutcome::PlacedBefore(Box::new(bet)),
        None => {}
    }
    if !round.takes_bets() {
        return PlaceBetOutcome::RoundNotOpen { state: round.state.name() };
    }
    let debit = Posting {
        key: EntryKey::new("BET", &[&command.bet]),
        amount: command.stake.amount(),
        account: Account::Stakes(command.round.to_string()),
        reference: command.bet.to_string(),
    };
    match wallet.debit(debit, now) {
        Err(InsufficientBalance { balance, amount }) => {
            PlaceBetOutcome::InsufficientBalance { balance, stake: amount }
        }
        Ok((wallet, entry)) => PlaceBetOutcome::Placed(Box::new(placement(command, wallet, entry, now))),
    }
}

/// From here on nothing can be refused.
fn placement(command: &PlaceBet, wallet: Wallet, entry: Entry, now: Timestamp) -> Placement {
    let PlaceBet { bet: id, user, round, side, stake } = command.clone();
    let bet = Bet {
        id,
        user,
        round: round.clone(),
        side,
        stake,
        fingerprint: command.fingerprint(),
        balance_after: wallet.balance,
        placed_at: now,
        settled: Amount::ZERO,
        refunded: Amount::ZERO,
        paid: Amount::ZERO,
        updated_at: now,
    };
    let waiting = WaitingBet { bet: id, user, round, side, placed_at: now, open: stake.amount() };
    Placement { wallet, entry, bet, waiting }
}
