//! [`Known`]: the revisions that a client has.

use crate::{BetRevision, EventId, Revision, WalletRevision};
use evens_idempotency::BetId;
use std::collections::BTreeMap;

/// The revisions that a client has, so that it is sent only newer states.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// The wallet of the token's user.
    pub wallet: Option<WalletRevision>,
    /// Bets, at most [`Known::BETS_MAX`].
    pub bets: BTreeMap<BetId, BetRevision>,
}

impl Known {
    /// The maximum number of bets in a message.
    pub const BETS_MAX: usize = 50;

    /// So many bets count as one more message: the server may have to read each of them by itself.
    const BETS_PER_MESSAGE: usize = 10;

    /// The number of messages that these revisions count as, besides the message that carries them.
    pub fn extra_messages(&self) -> usize {
        self.bets.len() / Self::BETS_PER_MESSAGE
    }

    /// Whether the client lacks this state.
    pub fn lacks(&self, id: &EventId, revision: Revision) -> bool {
        let known = match id {
            EventId::Bet(id) => self.bets.get(id).copied().map(Revision::Bet),
            EventId::Wallet(_) => self.wallet.map(Revision::Wallet),
            EventId::Round(_) => None,
        };
        known.is_none_or(|known| revision.is_newer_than(known))
    }
}
