//! Reads. What decides about money is read strongly consistent; what is only looked at need not be.

use crate::entities::login::Login;
use crate::entities::{account, bet, bet_match, login, referral_code, round, waiting, wallet};
use crate::error::of_code;
use crate::item::{Item, Key};
use crate::retry::{Attempt, attempt};
use crate::write::built;
use crate::{Store, StoreError};
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_get_items::TransactGetItemsError;
use aws_sdk_dynamodb::types::{CancellationReason, Get, KeysAndAttributes, TransactGetItem};
use evens_exchange::{Bet, BetId, BetView, Match, MatchId, Place, Round, RoundId, Seed, UnmatchedBet};
use evens_ledger::{Amount, UserId, Wallet};
use evens_players::{Account, PhoneNumber, ReferralCode};
use std::collections::HashMap;

/// What is read where a bet waits.
#[derive(Debug)]
pub struct PlaceFound {
    /// What of the bet waits, if anything does.
    pub waiting: Option<UnmatchedBet>,
    /// Its round with the secret, if it exists.
    pub round: Option<(Round, Seed)>,
    /// The wallets that were asked for and can be read.
    pub wallets: Vec<Wallet>,
}

impl Store {
    /// The largest number of items in a batch read and in a consistent look.
    pub(crate) const BATCH_MAX: usize = 100;

    pub(crate) async fn get(&self, key: &Key) -> Result<Option<Item>, StoreError> {
        self.get_as(key, true).await
    }

    /// The same as it was at some moment just before: for half of the cost, and for what decides nothing.
    pub(crate) async fn look(&self, key: &Key) -> Result<Option<Item>, StoreError> {
        self.get_as(key, false).await
    }

    async fn get_as(&self, key: &Key, is_consistent: bool) -> Result<Option<Item>, StoreError> {
        let request = self.client.get_item().table_name(&self.table).set_key(Some(key.attributes()));
        let request = request.consistent_read(is_consistent);
        let output = request.set_return_consumed_capacity(self.report_capacity()).send().await?;
        self.count_read(output.consumed_capacity.as_slice());
        Ok(output.item)
    }

    /// Some items in one call, strongly consistent, in the order of their keys.
    pub(crate) async fn get_several<const N: usize>(
        &self,
        keys: [Key; N],
    ) -> Result<[Option<Item>; N], StoreError> {
        self.get_batch(&keys).await.map(each)
    }

    /// The same, tried again until the deadline: for a caller that does not do that itself.
    async fn get_several_again<const N: usize>(
        &self,
        keys: [Key; N],
    ) -> Result<[Option<Item>; N], StoreError> {
        self.get_batch_again(&keys).await.map(each)
    }

    /// At most [`Self::BATCH_MAX`] items in one call, strongly consistent, in the order of their keys. Where the engine
    /// leaves some out for load, that is [`StoreError::Throttled`]: the caller tries again, with pauses.
    pub(crate) async fn get_batch(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StoreError> {
        let wanted = keys.iter().map(Key::attributes).collect();
        let wanted = KeysAndAttributes::builder().set_keys(Some(wanted)).consistent_read(true);
        let request = self.client.batch_get_item().request_items(&self.table, built(wanted.build())?);
        let output = request.set_return_consumed_capacity(self.report_capacity()).send().await?;
        self.count_read(output.consumed_capacity());
        if output.unprocessed_keys.is_some_and(|tables| !tables.is_empty()) {
            return Err(StoreError::Throttled);
        }
        let mut found: HashMap<Key, Item> = HashMap::with_capacity(keys.len());
        for item in output.responses.into_iter().flatten().flat_map(|(_, items)| items) {
            found.insert(Key::of(&item)?, item);
        }
        Ok(keys.iter().map(|key| found.remove(key)).collect())
    }

    /// The same, tried again until the deadline: for a caller that does not do that itself.
    pub(crate) async fn get_batch_again(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StoreError> {
        attempt!(self, Read, { self.get_batch(keys).await.map(Attempt::Done) })
    }

    /// A user's wallet; the empty one if he never held money.
    pub async fn load_wallet(&self, user: UserId) -> Result<Wallet, StoreError> {
        wallet::of(user, self.get(&wallet::key(user)).await?.as_ref())
    }

    /// A user's account, if it exists.
    pub async fn load_account(&self, user: UserId) -> Result<Option<Account>, StoreError> {
        self.get(&account::key(user)).await?.as_ref().map(account::decode).transpose()
    }

    /// A user's account and wallet, if the account exists.
    pub async fn load_account_and_wallet(
        &self,
        user: UserId,
    ) -> Result<Option<(Account, Wallet)>, StoreError> {
        let [account, wallet] = self.get_several_again([account::key(user), wallet::key(user)]).await?;
        let Some(account) = account.as_ref().map(account::decode).transpose()? else {
            return Ok(None);
        };
        let wallet = wallet::of(user, wallet.as_ref())?;
        Ok(Some((account, wallet)))
    }

    /// What a phone number logs in to, if anything.
    pub async fn load_login(&self, phone: &PhoneNumber) -> Result<Option<Login>, StoreError> {
        self.get(&login::key(phone)).await?.as_ref().map(login::decode).transpose()
    }

    /// Whose referral code it is, if anybody's.
    pub async fn load_referrer(&self, code: ReferralCode) -> Result<Option<UserId>, StoreError> {
        self.get(&referral_code::key(code)).await?.as_ref().map(referral_code::decode).transpose()
    }

    /// A round, if it exists.
    pub async fn load_round(&self, id: &RoundId) -> Result<Option<Round>, StoreError> {
        self.get(&round::key(id)).await?.as_ref().map(round::decode).transpose()
    }

    /// A round as it was a moment ago, if it existed: for whoever only looks at it, as bets read it, too.
    pub async fn look_at_round(&self, id: &RoundId) -> Result<Option<Round>, StoreError> {
        self.look(&round::key(id)).await?.as_ref().map(round::decode).transpose()
    }

    /// A round's secret.
    pub async fn load_seed(&self, id: &RoundId) -> Result<Option<Seed>, StoreError> {
        self.get(&round::seed::key(id)).await?.as_ref().map(round::seed::decode).transpose()
    }

    /// A match, if it exists.
    pub async fn load_match(&self, round: &RoundId, id: MatchId) -> Result<Option<Match>, StoreError> {
        self.get(&bet_match::key(round, id)).await?.as_ref().map(bet_match::decode).transpose()
    }

    /// A match, if it exists; and the wallet of who is believed to win it.
    pub async fn load_match_and_wallet(
        &self,
        round: &RoundId,
        id: MatchId,
        user: UserId,
    ) -> Result<(Option<Match>, Wallet), StoreError> {
        let [found, wallet] = self.get_several_again([bet_match::key(round, id), wallet::key(user)]).await?;
        let wallet = wallet::of(user, wallet.as_ref())?;
        Ok((found.as_ref().map(bet_match::decode).transpose()?, wallet))
    }

    /// A bet as it was placed and what of it has ended, if it exists.
    pub async fn load_bet(&self, id: BetId) -> Result<Option<Bet>, StoreError> {
        self.get(&bet::key(id)).await?.as_ref().map(bet::decode).transpose()
    }

    /// What of a bet waits in the book, if anything does.
    pub async fn load_waiting(&self, of: &Bet) -> Result<Option<UnmatchedBet>, StoreError> {
        let key = waiting::key(&of.round, of.side, of.placed_at, of.id);
        self.get(&key).await?.as_ref().map(waiting::decode).transpose()
    }

    /// What of a bet waits at its place in the book, its round, and the wallets of these players, all different, who
    /// may come to play there. They only save a look later on: one that cannot be read is left out, so that it is in
    /// nobody's way.
    pub async fn load_place(
        &self,
        bet: BetId,
        place: &Place,
        players: &[UserId],
    ) -> Result<PlaceFound, StoreError> {
        let Place { round, side, placed_at } = place;
        let mut keys =
            vec![waiting::key(round, *side, *placed_at, bet), round::key(round), round::seed::key(round)];
        keys.extend(players.iter().map(|user| wallet::key(*user)));
        let mut found = self.get_batch_again(&keys).await?.into_iter();
        let mut next = || found.next().flatten();
        let (waiting, round_item, seed) = (next(), next(), next());
        let waiting = waiting.as_ref().map(waiting::decode).transpose()?;
        let wallets = players.iter().filter_map(|user| wallet::of(*user, next().as_ref()).ok()).collect();
        Ok(PlaceFound { waiting, round: self.round_and_seed(round, round_item, seed).await?, wallets })
    }

    /// A round and its secret, if it exists.
    pub async fn load_round_and_seed(&self, id: &RoundId) -> Result<Option<(Round, Seed)>, StoreError> {
        let [round, seed] = self.get_several_again([round::key(id), round::seed::key(id)]).await?;
        self.round_and_seed(id, round, seed).await
    }

    async fn round_and_seed(
        &self,
        id: &RoundId,
        round: Option<Item>,
        seed: Option<Item>,
    ) -> Result<Option<(Round, Seed)>, StoreError> {
        let seed = match (&round, seed) {
            // The batch is no snapshot: it may have seen the round just opened, and its seed a moment before.
            (Some(_), None) => self.get_settled(&round::seed::key(id)).await?,
            (_, seed) => seed,
        };
        match (round, seed) {
            (Some(round), Some(seed)) => Ok(Some((round::decode(&round)?, round::seed::decode(&seed)?))),
            (Some(_), None) => Err(StoreError::corrupt(id, "the round has no seed")),
            (None, _) => Ok(None),
        }
    }

    /// An item as no transaction that is under way can show it: in a transaction of its own.
    pub(crate) async fn get_settled(&self, key: &Key) -> Result<Option<Item>, StoreError> {
        attempt!(self, Read, {
            let get = Get::builder().table_name(&self.table).set_key(Some(key.attributes()));
            let get = TransactGetItem::builder().get(built(get.build())?).build();
            let request = self.client.transact_get_items().transact_items(get);
            let output = request.set_return_consumed_capacity(self.report_capacity()).send().await;
            let output = output.map_err(conflict_of_read)?;
            self.count_read(output.consumed_capacity());
            let found = output.responses.unwrap_or_default().pop().and_then(|response| response.item);
            Ok(Attempt::Done(found.filter(|item| !item.is_empty())))
        })
    }

    /// A bet and what of it waits, read at one moment, if it exists.
    pub async fn load_bet_view(&self, id: BetId) -> Result<Option<BetView>, StoreError> {
        match self.load_bet(id).await? {
            Some(bet) => Ok(self.view_bets(vec![bet]).await?.pop()),
            None => Ok(None),
        }
    }

    /// These bets and what of them waits, each read at one moment. What does not change of a bet says where it waits;
    /// of those that have ended nothing does, and they are not read again.
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

    /// How many small items a query reads at once.
    pub(crate) const PAGE: u16 = 1_000;

    /// Whether the table answers.
    pub async fn probe(&self) -> Result<(), StoreError> {
        self.get(&Key { partition: "PROBE".to_owned(), sort: "PROBE".to_owned() }).await.map(drop)
    }
}

/// What was found for each of so many keys.
fn each<const N: usize>(mut found: Vec<Option<Item>>) -> [Option<Item>; N] {
    std::array::from_fn(|position| found[position].take())
}

/// A bet and its place in the book, as one transaction read them; an empty item is one that is not there.
fn view(bet_item: &Item, waiting_item: &Item) -> Result<BetView, StoreError> {
    let open = if waiting_item.is_empty() { Amount::ZERO } else { waiting::decode(waiting_item)?.open };
    Ok(BetView { bet: bet::decode(bet_item)?, open })
}

/// Why a consistent read was cancelled: mostly because a transaction is writing one of its items at that moment.
fn conflict_of_read(error: SdkError<TransactGetItemsError>) -> StoreError {
    let reasons = match error.as_service_error() {
        Some(TransactGetItemsError::TransactionCanceledException(cancelled)) => {
            cancelled.cancellation_reasons()
        }
        _ => return error.into(),
    };
    let code = reasons.iter().filter_map(CancellationReason::code).find(|code| *code != "None");
    let code = code.unwrap_or("no reason").to_owned();
    of_code(&code, error)
}
