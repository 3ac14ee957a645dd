//! Reads of rounds, matches and bets.

use crate::exchange::entities::{bet, bet_match, round, waiting};
use crate::games::entities::game_bet;
use crate::table::item::Item;
use crate::table::layout::Layout;
use crate::table::retry::{Attempt, attempt};
use crate::wallet::entities::wallet;
use crate::{Store, StoreError, WalletSnapshot};
use evens_draws::Seed;
use evens_exchange::{
    Bet, BetView, BookPosition, EntrySubject, Match, MatchId, Round, RoundId, Side, UnmatchedBet,
};
use evens_idempotency::BetId;
use evens_ledger::{Amount, Entry, UserId};
use std::collections::BTreeMap;

/// The bet, its round and the wallets that a job needs to match a bet.
#[derive(Debug)]
pub struct MatchingState {
    /// The unmatched part of the bet, if any.
    pub waiting: Option<UnmatchedBet>,
    /// The bet's round, if it exists.
    pub round: Option<Round>,
    /// The round's secret, if it was requested.
    pub seed: Option<Seed>,
    /// The requested wallets that can be read.
    pub wallets: Vec<WalletSnapshot>,
}

impl Store {
    /// A round, if it exists.
    ///
    /// # Role
    /// - `GetItem` on `ROUND#`
    pub async fn load_round(&self, id: &RoundId) -> Result<Option<Round>, StoreError> {
        self.get(&round::key(id)).await?.as_ref().map(round::decode).transpose()
    }

    /// A round as it was a moment ago, if it existed. Cheaper, for requests that only show it and for bets.
    ///
    /// # Role
    /// - `GetItem` on `ROUND#`
    pub async fn load_round_eventually(&self, id: &RoundId) -> Result<Option<Round>, StoreError> {
        self.look(&round::key(id)).await?.as_ref().map(round::decode).transpose()
    }

    /// A round's secret.
    ///
    /// # Role
    /// - `GetItem` on `SEED#`
    pub async fn load_seed(&self, id: &RoundId) -> Result<Option<Seed>, StoreError> {
        self.get(&round::seed::key(id)).await?.as_ref().map(round::seed::decode).transpose()
    }

    /// A match, if it exists.
    ///
    /// # Role
    /// - `GetItem` on `MATCHES#`
    pub async fn load_match(&self, round: &RoundId, id: MatchId) -> Result<Option<Match>, StoreError> {
        self.get(&bet_match::key(round, id)).await?.as_ref().map(bet_match::decode).transpose()
    }

    /// A match, if it exists, and the wallet of its expected winner.
    ///
    /// # Role
    /// - `BatchGetItem` on `MATCHES#`, `USER#`
    pub async fn load_match_and_wallet(
        &self,
        round: &RoundId,
        id: MatchId,
        user: UserId,
    ) -> Result<(Option<Match>, WalletSnapshot), StoreError> {
        let [found, wallet] = self.get_several_again([bet_match::key(round, id), wallet::key(user)]).await?;
        let wallet = wallet::seen(user, wallet.as_ref())?;
        Ok((found.as_ref().map(bet_match::decode).transpose()?, wallet))
    }

    /// The bets that ledger entries of a player are about, by entry number. They are found in the entries' keys, or in
    /// the matches that the keys name.
    ///
    /// # Role
    /// - `BatchGetItem` on `MATCHES#`
    pub async fn bets_of_entries(&self, entries: &[Entry]) -> Result<BTreeMap<u64, BetId>, StoreError> {
        let mut bets = BTreeMap::new();
        for entry in entries {
            if let Some(EntrySubject::Bet(bet)) = EntrySubject::of(entry) {
                bets.insert(entry.number, bet);
            }
        }
        for (entry, found) in self.matches_of_entries(entries).await? {
            let side = Side::ALL.into_iter().find(|side| found.user(*side) == entry.user);
            bets.extend(side.map(|side| (entry.number, found.bet(side))));
        }
        Ok(bets)
    }

    /// The matches that ledger entries of a player are about, with their entries. A match that cannot be read is left
    /// out, because it must not make the ledger unreadable.
    pub(crate) async fn matches_of_entries<'entries>(
        &self,
        entries: &'entries [Entry],
    ) -> Result<Vec<(&'entries Entry, Match)>, StoreError> {
        let in_matches: Vec<_> = entries
            .iter()
            .filter_map(|entry| match EntrySubject::of(entry)? {
                EntrySubject::Match { round, id } => Some((entry, bet_match::key(&round, id))),
                EntrySubject::Bet(_) => None,
            })
            .collect();
        let mut matches = Vec::new();
        // A player has one entry for each match, so each key is requested once.
        for some in in_matches.chunks(Self::BATCH_MAX) {
            let keys: Vec<_> = some.iter().map(|(_, key)| key.clone()).collect();
            for ((entry, _), item) in some.iter().zip(self.get_batch_again(&keys).await?) {
                match item.as_ref().map(bet_match::decode).transpose() {
                    Ok(found) => matches.extend(found.map(|found| (*entry, found))),
                    Err(error) => {
                        tracing::warn!("entry.number" = entry.number, "user.id" = %entry.user, %error, "Read a ledger entry without its match, because the match cannot be read");
                    }
                }
            }
        }
        Ok(matches)
    }

    /// A bet as it was placed, with the parts of it that have ended. `None` if it does not exist, or if a bet against
    /// the house has this id.
    ///
    /// # Role
    /// - `GetItem` on `BET#`
    pub async fn load_bet(&self, id: BetId) -> Result<Option<Bet>, StoreError> {
        match self.get(&bet::key(id)).await? {
            Some(item) if game_bet::is_one(&item)? => Ok(None),
            Some(item) => bet::decode(&item).map(Some),
            None => Ok(None),
        }
    }

    /// The unmatched part of a bet, if any.
    pub async fn load_waiting(&self, of: &Bet) -> Result<Option<UnmatchedBet>, StoreError> {
        let key = waiting::key(&of.round, of.side, of.placed_at, of.id, self.layout);
        self.get(&key).await?.as_ref().map(|item| waiting::decode(item, self.layout)).transpose()
    }

    /// The unmatched part of a bet, its round, and the wallets of `players`, who must be distinct. The wallets only
    /// save a later read, so an unreadable one is left out. The round's secret is read only `with_seed`, because it is
    /// not needed before a draw.
    ///
    /// # Role
    /// - `BatchGetItem` on `BOOK#`, `ROUND#`, `SEED#`, `USER#`
    /// - `GetItem` on `SEED#`
    pub async fn load_place(
        &self,
        bet: BetId,
        place: &BookPosition,
        players: &[UserId],
        with_seed: bool,
    ) -> Result<MatchingState, StoreError> {
        let BookPosition { round: id, side, placed_at } = place;
        let mut keys = vec![waiting::key(id, *side, *placed_at, bet, self.layout), round::key(id)];
        keys.extend(with_seed.then(|| round::seed::key(id)));
        keys.extend(players.iter().map(|user| wallet::key(*user)));
        let mut found = self.get_batch_again(&keys).await?.into_iter();
        let mut next = || found.next().flatten();
        let (waiting, round) = (next(), next());
        let seed = if with_seed { next() } else { None };
        let waiting = waiting.as_ref().map(|item| waiting::decode(item, self.layout)).transpose()?;
        let wallets = players.iter().filter_map(|user| wallet::seen(*user, next().as_ref()).ok()).collect();
        let (round, seed) = if with_seed {
            self.round_and_seed(id, round, seed).await?.unzip()
        } else {
            (round.as_ref().map(round::decode).transpose()?, None)
        };
        Ok(MatchingState { waiting, round, seed, wallets })
    }

    /// A round and its secret, if it exists.
    ///
    /// # Role
    /// - `BatchGetItem` on `ROUND#`, `SEED#`
    /// - `GetItem` on `SEED#`
    pub async fn load_round_and_seed(&self, id: &RoundId) -> Result<Option<(Round, Seed)>, StoreError> {
        let [round, seed] = self.get_several_again([round::key(id), round::seed::key(id)]).await?;
        self.round_and_seed(id, round, seed).await
    }

    /// The secret of a round that was read a moment ago.
    ///
    /// # Role
    /// - `GetItem` on `SEED#`
    pub async fn load_seed_of(&self, read: &Round) -> Result<Seed, StoreError> {
        let seen = self.get(&round::seed::key(&read.id)).await?;
        round::seed::decode(&self.settled_seed(&read.id, seen).await?)
    }

    async fn round_and_seed(
        &self,
        id: &RoundId,
        round: Option<Item>,
        seed: Option<Item>,
    ) -> Result<Option<(Round, Seed)>, StoreError> {
        let Some(round) = round else { return Ok(None) };
        let seed = self.settled_seed(id, seed).await?;
        Ok(Some((round::decode(&round)?, round::seed::decode(&seed)?)))
    }

    /// The secret of a round that exists. Both are written in one transaction but may become visible one after the
    /// other, so a missing secret is read again.
    async fn settled_seed(&self, id: &RoundId, seen: Option<Item>) -> Result<Item, StoreError> {
        let seed = match seen {
            None => self.get_settled(&round::seed::key(id)).await?,
            seen => seen,
        };
        seed.ok_or_else(|| StoreError::corrupt(id, "the round has no seed"))
    }

    /// A bet and its unmatched part, read at one moment, if the bet exists.
    ///
    /// # Role
    /// - `GetItem` on `BET#`, `BOOK#`
    pub async fn load_bet_view(&self, id: BetId) -> Result<Option<BetView>, StoreError> {
        match self.load_bet(id).await? {
            Some(bet) => Ok(self.view_bets(vec![bet]).await?.pop()),
            None => Ok(None),
        }
    }

    /// Each bet with its unmatched part, read at one moment. A bet that has ended has no unmatched part and is not read
    /// again.
    pub(crate) async fn view_bets(&self, bets: Vec<Bet>) -> Result<Vec<BetView>, StoreError> {
        let unended: Vec<_> = bets.iter().filter(|bet| !bet.has_ended()).collect();
        let mut views = Vec::with_capacity(unended.len());
        for some in unended.chunks(Self::BATCH_MAX / 2) {
            let viewed: Result<_, StoreError> =
                attempt!(self, Read, { self.view_bets_at_once(some).await.map(Attempt::Done) });
            views.extend(viewed?);
        }
        let mut views = views.into_iter();
        let view = |bet: Bet| {
            if bet.has_ended() { Some(BetView { bet, open: Amount::ZERO }) } else { views.next() }
        };
        Ok(bets.into_iter().filter_map(view).collect())
    }

    async fn view_bets_at_once(&self, bets: &[&Bet]) -> Result<Vec<BetView>, StoreError> {
        let mut keys = Vec::with_capacity(2 * bets.len());
        for of in bets {
            keys.extend([
                bet::key(of.id),
                waiting::key(&of.round, of.side, of.placed_at, of.id, self.layout),
            ]);
        }
        let items = self.get_at_once(&keys).await?;
        let items: Vec<_> = items.into_iter().map(Option::unwrap_or_default).collect();
        items.chunks_exact(2).map(|pair| view(&pair[0], &pair[1], self.layout)).collect()
    }
}

/// Decodes a bet and its unmatched part as one transaction read them. An empty item is a missing one.
fn view(bet_item: &Item, waiting_item: &Item, layout: Layout) -> Result<BetView, StoreError> {
    let open =
        if waiting_item.is_empty() { Amount::ZERO } else { waiting::decode(waiting_item, layout)?.open };
    Ok(BetView { bet: bet::decode(bet_item)?, open })
}
