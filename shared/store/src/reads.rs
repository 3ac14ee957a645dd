//! Reads. What decides about money is read strongly consistent.

use crate::entities::{Shard, bet, bet_match, entry, round, waiting, wallet};
use crate::item::{Fields, Item, Key, text};
use crate::retry::{Attempt, attempt};
use crate::write::built;
use crate::{Store, StoreError};
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_get_items::TransactGetItemsError;
use aws_sdk_dynamodb::types::{Get, KeysAndAttributes, TransactGetItem};
use evens_exchange::{Bet, BetId, BetView, Match, MatchId, Round, RoundId, Seed, Side, WaitingBet};
use evens_ledger::{Amount, Entry, UserId, Wallet};
use std::collections::HashMap;

/// A page of a player's bets, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BetPage {
    /// The bets.
    pub bets: Vec<BetView>,
    /// The next page starts before the entry of this number; `None` where there is none.
    pub next_before: Option<u64>,
}

/// A page of a round's matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchPage {
    /// The matches.
    pub matches: Vec<Match>,
    /// The next page starts after this one; `None` where there is none.
    pub next_after: Option<String>,
}

impl Store {
    /// The largest number of items in a batch read, and of bets in one consistent look (two items each).
    const BATCH_MAX: usize = 100;

    pub(crate) async fn get(&self, key: &Key) -> Result<Option<Item>, StoreError> {
        let request = self.client.get_item().table_name(&self.table).set_key(Some(key.attributes()));
        let request = request.consistent_read(true).set_return_consumed_capacity(self.report_capacity());
        let output = request.send().await?;
        self.count_read(output.consumed_capacity.as_slice());
        Ok(output.item)
    }

    /// Some items in one call, strongly consistent, in the order of their keys.
    pub(crate) async fn get_several<const N: usize>(
        &self,
        keys: [Key; N],
    ) -> Result<[Option<Item>; N], StoreError> {
        let mut found = self.get_batch(&keys).await?;
        Ok(std::array::from_fn(|position| found[position].take()))
    }

    /// At most [`Self::BATCH_MAX`] items, strongly consistent, in the order of their keys.
    async fn get_batch(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StoreError> {
        let mut found: HashMap<Key, Item> = HashMap::with_capacity(keys.len());
        let mut missing: Vec<_> = keys.iter().map(Key::attributes).collect();
        while !missing.is_empty() {
            let wanted = KeysAndAttributes::builder().set_keys(Some(missing)).consistent_read(true);
            let request = self.client.batch_get_item().request_items(&self.table, built(wanted.build())?);
            let output = request.set_return_consumed_capacity(self.report_capacity()).send().await?;
            self.count_read(output.consumed_capacity());
            for item in output.responses.into_iter().flatten().flat_map(|(_, items)| items) {
                found.insert(Key::of(&item)?, item);
            }
            let unprocessed = output.unprocessed_keys.and_then(|mut tables| tables.remove(&self.table));
            missing = unprocessed.map(|wanted| wanted.keys).unwrap_or_default();
        }
        Ok(keys.iter().map(|key| found.remove(key)).collect())
    }

    /// A user's wallet; the empty one if he never held money.
    pub async fn load_wallet(&self, user: UserId) -> Result<Wallet, StoreError> {
        let item = self.get(&wallet::key(user)).await?;
        item.as_ref().map_or_else(|| Ok(Wallet::empty(user)), wallet::decode)
    }

    /// A round, if it exists.
    pub async fn load_round(&self, id: &RoundId) -> Result<Option<Round>, StoreError> {
        self.get(&round::key(id)).await?.as_ref().map(round::decode).transpose()
    }

    /// A round's secret.
    pub async fn load_seed(&self, id: &RoundId) -> Result<Option<Seed>, StoreError> {
        self.get(&round::seed::key(id)).await?.as_ref().map(round::seed::decode).transpose()
    }

    /// A match, if it exists.
    pub async fn load_match(&self, round: &RoundId, id: MatchId) -> Result<Option<Match>, StoreError> {
        self.get(&bet_match::key(round, id)).await?.as_ref().map(bet_match::decode).transpose()
    }

    /// A bet as it was placed and what of it has ended, if it exists.
    pub async fn load_bet(&self, id: BetId) -> Result<Option<Bet>, StoreError> {
        self.get(&bet::key(id)).await?.as_ref().map(bet::decode).transpose()
    }

    /// What of a bet waits in the book, if anything does.
    pub async fn load_waiting(&self, of: &Bet) -> Result<Option<WaitingBet>, StoreError> {
        let key = waiting::key(&of.round, of.side, of.placed_at, of.id);
        self.get(&key).await?.as_ref().map(waiting::decode).transpose()
    }

    /// The same place in the book, read again.
    pub async fn load_waiting_again(&self, read: &WaitingBet) -> Result<Option<WaitingBet>, StoreError> {
        self.get(&waiting::key_of(read)).await?.as_ref().map(waiting::decode).transpose()
    }

    /// What of a bet waits in the book, and its round.
    pub async fn load_place(&self, of: &Bet) -> Result<(Option<WaitingBet>, Option<Round>), StoreError> {
        let keys = [waiting::key(&of.round, of.side, of.placed_at, of.id), round::key(&of.round)];
        let [waiting, round] = self.get_several(keys).await?;
        let waiting = waiting.as_ref().map(waiting::decode).transpose()?;
        Ok((waiting, round.as_ref().map(round::decode).transpose()?))
    }

    /// A round and its secret, if it exists.
    pub async fn load_round_and_seed(&self, id: &RoundId) -> Result<Option<(Round, Seed)>, StoreError> {
        let [round, seed] = self.get_several([round::key(id), round::seed::key(id)]).await?;
        match (round, seed) {
            (Some(round), Some(seed)) => Ok(Some((round::decode(&round)?, round::seed::decode(&seed)?))),
            (Some(_), None) => Err(StoreError::corrupt(id, "the round has no seed")),
            (None, _) => Ok(None),
        }
    }

    /// A bet and what of it waits, read at one moment, if it exists.
    pub async fn load_bet_view(&self, id: BetId) -> Result<Option<BetView>, StoreError> {
        match self.load_bet(id).await? {
            Some(bet) => Ok(self.view_bets(&[bet]).await?.pop()),
            None => Ok(None),
        }
    }

    /// These bets and what of them waits, each read at one moment. What does not change of a bet says where it waits.
    async fn view_bets(&self, bets: &[Bet]) -> Result<Vec<BetView>, StoreError> {
        let mut views = Vec::with_capacity(bets.len());
        for some in bets.chunks(Self::BATCH_MAX / 2) {
            let viewed: Result<_, StoreError> =
                attempt!(self, { self.view_bets_at_once(some).await.map(Attempt::Done) });
            views.extend(viewed?);
        }
        Ok(views)
    }

    async fn view_bets_at_once(&self, bets: &[Bet]) -> Result<Vec<BetView>, StoreError> {
        let mut request = self.client.transact_get_items();
        for of in bets {
            let waiting = waiting::key(&of.round, of.side, of.placed_at, of.id);
            for key in [bet::key(of.id), waiting] {
                let get = Get::builder().table_name(&self.table).set_key(Some(key.attributes()));
                request = request.transact_items(TransactGetItem::builder().get(built(get.build())?).build());
            }
        }
        let output = request.set_return_consumed_capacity(self.report_capacity()).send().await;
        let output = output.map_err(conflict_of_read)?;
        self.count_read(output.consumed_capacity());
        let responses = output.responses.unwrap_or_default();
        let items: Vec<_> = responses.into_iter().map(|response| response.item.unwrap_or_default()).collect();
        items.chunks_exact(2).map(|pair| view(&pair[0], &pair[1])).collect()
    }

    /// A page of a user's ledger entries, newest first: those before the entry of that number.
    pub async fn list_entries(
        &self,
        user: UserId,
        before: Option<u64>,
        limit: u16,
    ) -> Result<Vec<Entry>, StoreError> {
        let newest = before.map_or(u64::MAX, |before| before.saturating_sub(1));
        let (first, last) = (entry::key(user, 0), entry::key(user, newest));
        let request = self.client.query().table_name(&self.table);
        let request = request
            .key_condition_expression("pk = :pk AND sk BETWEEN :first AND :last")
            .expression_attribute_values(":pk", text(first.partition))
            .expression_attribute_values(":first", text(first.sort))
            .expression_attribute_values(":last", text(last.sort))
            .scan_index_forward(false)
            .limit(limit.into());
        let output = request.set_return_consumed_capacity(self.report_capacity()).send().await?;
        self.count_read(output.consumed_capacity.as_slice());
        output.items().iter().map(entry::decode).collect()
    }

    /// A page of a user's bets, newest first: they are found through the entries of their stakes.
    pub async fn list_bets(
        &self,
        user: UserId,
        before: Option<u64>,
        limit: u16,
    ) -> Result<BetPage, StoreError> {
        let limit = usize::from(limit);
        let (mut ids, mut before, mut has_more) = (Vec::new(), before, true);
        while has_more && ids.len() < limit {
            let page = u16::try_from(Self::BATCH_MAX).unwrap_or(u16::MAX);
            let entries = self.list_entries(user, before, page).await?;
            has_more = entries.len() == Self::BATCH_MAX;
            for entry in entries {
                if ids.len() == limit {
                    has_more = true;
                    break;
                }
                before = Some(entry.number);
                ids.extend(entry.key.as_str().strip_prefix("BET:").and_then(|id| id.parse::<BetId>().ok()));
            }
        }
        let mut bets = Vec::with_capacity(ids.len());
        for some in ids.chunks(Self::BATCH_MAX) {
            let keys: Vec<_> = some.iter().map(|id| bet::key(*id)).collect();
            for item in self.get_batch(&keys).await?.iter().flatten() {
                bets.push(bet::decode(item)?);
            }
        }
        Ok(BetPage { bets: self.view_bets(&bets).await?, next_before: before.filter(|_| has_more) })
    }

    /// A page of what waits on one side of a round, oldest first; `after` is the last one of the page before.
    pub async fn list_waiting(
        &self,
        round: &RoundId,
        side: Side,
        after: Option<&WaitingBet>,
        limit: u16,
    ) -> Result<Vec<WaitingBet>, StoreError> {
        let prefix = waiting::sort_prefix(round, side);
        let request = self.client.query().table_name(&self.table).consistent_read(true);
        let request = request
            .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
            .expression_attribute_values(":pk", text(waiting::partition(Shard::of(round))))
            .expression_attribute_values(":prefix", text(prefix))
            .set_exclusive_start_key(after.map(|last| waiting::key_of(last).attributes()))
            .limit(limit.into());
        let output = request.set_return_consumed_capacity(self.report_capacity()).send().await?;
        self.count_read(output.consumed_capacity.as_slice());
        output.items().iter().map(waiting::decode).collect()
    }

    /// A page of a round's matches; `after` is the `next_after` of the page before.
    pub async fn list_matches(
        &self,
        round: &RoundId,
        after: Option<&str>,
        limit: u16,
    ) -> Result<MatchPage, StoreError> {
        let partition = round::partition(round);
        let start =
            after.map(|sort| Key { partition: partition.clone(), sort: sort.to_owned() }.attributes());
        let request = self.client.query().table_name(&self.table).consistent_read(true);
        let request = request
            .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
            .expression_attribute_values(":pk", text(partition))
            .expression_attribute_values(":prefix", text(bet_match::SORT_PREFIX))
            .set_exclusive_start_key(start)
            .limit(limit.into());
        let output = request.set_return_consumed_capacity(self.report_capacity()).send().await?;
        self.count_read(output.consumed_capacity.as_slice());
        let matches = output.items().iter().map(bet_match::decode).collect::<Result<_, _>>()?;
        let last = output.last_evaluated_key.as_ref();
        let next_after = last.map(|key| Fields::of(key).get::<String>("sk")).transpose()?;
        Ok(MatchPage { matches, next_after })
    }

    /// How many small items a query reads at once.
    pub(crate) const PAGE: u16 = 1_000;

    /// Whether the table answers.
    pub async fn probe(&self) -> Result<(), StoreError> {
        self.get(&Key { partition: "PROBE".to_owned(), sort: "PROBE".to_owned() }).await.map(drop)
    }
}

/// A bet and its place in the book, as one transaction read them; an empty item is one that is not there.
fn view(bet_item: &Item, waiting_item: &Item) -> Result<BetView, StoreError> {
    let open = if waiting_item.is_empty() { Amount::ZERO } else { waiting::decode(waiting_item)?.open };
    Ok(BetView { bet: bet::decode(bet_item)?, open })
}

/// A consistent read is cancelled when a transaction is writing one of its items at that moment.
fn conflict_of_read(error: SdkError<TransactGetItemsError>) -> StoreError {
    let is_cancelled =
        error.as_service_error().is_some_and(TransactGetItemsError::is_transaction_canceled_exception);
    if is_cancelled { StoreError::Contended } else { error.into() }
}
