//! [`KnownRevisions`]: the revisions that a client has.

use crate::{BetRevision, EventId, GameBetRevision, OrderRevision, Revision, WalletRevision};
use evens_idempotency::BetId;
use evens_payments::OrderId;
use std::collections::{BTreeMap, BTreeSet};

/// The revisions that a client has, so that it is sent only newer states.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownRevisions {
    /// The wallet of the token's user.
    pub wallet: Option<WalletRevision>,
    /// Bets, at most [`KnownRevisions::EACH_MAX`].
    pub bets: BTreeMap<BetId, BetRevision>,
    /// Bets on games that the client has as pending, at most [`KnownRevisions::EACH_MAX`].
    pub game_bets: BTreeSet<BetId>,
    /// Deposits and withdrawals, at most [`KnownRevisions::EACH_MAX`].
    pub orders: BTreeMap<OrderId, OrderRevision>,
}

impl KnownRevisions {
    /// The maximum number of bets in a message, of bets on games, and of orders.
    pub const EACH_MAX: usize = 50;

    /// The number of messages that these revisions count as, besides the message that carries them.
    pub fn extra_messages(&self) -> usize {
        (self.bets.len() + self.game_bets.len() + self.orders.len()) / crate::READS_PER_MESSAGE
    }

    /// Returns whether the client lacks this state.
    pub fn lacks(&self, id: &EventId, revision: Revision) -> bool {
        let known = match id {
            EventId::Bet(id) => self.bets.get(id).copied().map(Revision::Bet),
            EventId::Wallet(_) => self.wallet.map(Revision::Wallet),
            EventId::GameBet(id) => {
                self.game_bets.contains(id).then_some(Revision::GameBet(GameBetRevision::Pending))
            }
            EventId::Deposit(id) | EventId::Withdrawal(id) => {
                self.orders.get(id).copied().map(Revision::Order)
            }
            EventId::Round(_)
            | EventId::GameResult(_)
            | EventId::Period(_)
            | EventId::Jackpots
            | EventId::Health
            | EventId::Metrics
            | EventId::Queues
            | EventId::Sockets
            | EventId::Distribution(_)
            | EventId::Review => None,
        };
        known.is_none_or(|known| revision.is_newer_than(known))
    }
}
