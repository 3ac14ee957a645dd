use crate::exchange::entities::{bet, round, waiting};
use crate::games::entities::game_bet;
use crate::table::item::Item;
use crate::table::layout::Layout;
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Write, WriteOutcome, put_new};
use crate::wallet::entities::{owner, play, wallet};
use crate::wallet::transactions::fence;
use crate::wallet::transactions::wallet_items::{Lock, OwnerCondition, post};
use crate::{Store, StoreError};
use evens_exchange::{BettingLimits, PlaceBet, PlaceBetInput, PlaceBetOutcome, Placement, place_bet};
use evens_idempotency::ExistingBet;
use jiff::Timestamp;
use std::slice::from_ref;

// The position of this item in the transaction below.
const BET: usize = 0;

impl Store {
    /// Places a bet, as the rule decides from the current state: all items, or none. It writes nothing to the round. A
    /// bet that commits after its round was closed is placed but cannot be matched (decision 018).
    ///
    /// 1. bet: absent, else the rule decides between the repeat and the reused key
    /// 2. wallet, with the entry `BET:{betId}`: version and fence are those read, its owner is not blocked, and the
    ///    command's session has not ended, else read again until the deadline. The fence changes when the player sets
    ///    limits of play, and when their role changes
    /// 3. unmatched bet: absent, because the bet was
    /// 4. ledger page that was full, if any: absent, because the wallet's version is the one read
    ///
    /// # Role
    /// - `BatchGetItem` on `BOOK#`, `ROUND#`, `USER#`
    /// - `GetItem` on `BET#`
    /// - `PutItem` on `BET#`, `BOOK#`, `LEDGER#`, `MOVED#`
    /// - `Query` on `LEDGER#`
    /// - `UpdateItem` on `USER#`
    pub async fn place_bet(
        &self,
        command: &PlaceBet,
        limits: BettingLimits,
        now: Timestamp,
    ) -> Result<PlaceBetOutcome, StoreError> {
        let mut was_sent = false;
        attempt!(self, PlaceBet, {
            let keys = [wallet::key(command.user), round::key(&command.round)];
            let [wallet, round] = self.get_several(keys).await?;
            let owner = owner::of(wallet.as_ref())?;
            let fence = wallet::fence(wallet.as_ref())?;
            let play = play::of(wallet.as_ref())?;
            let wallet = wallet::of(command.user, wallet.as_ref())?;
            let round = round.as_ref().map(round::decode).transpose()?;
            let waiting = self.count_waiting(&wallet, &command.round, limits, now).await?;
            let round = round.as_ref();
            let input =
                |existing| PlaceBetInput { existing, owner, round, waiting, wallet: &wallet, play: &play };
            let found = |item: &Item| -> Result<_, StoreError> {
                let is_of_game = game_bet::is_one(item)?;
                let found =
                    if is_of_game { ExistingBet::OtherKind } else { ExistingBet::Bet(bet::decode(item)?) };
                Ok(place_bet(command, input(Some(found)), limits, now))
            };
            let decided = place_bet(command, input(None), limits, now);
            let PlaceBetOutcome::Placed(placement) = decided else {
                // A repeat is answered before anything that depends on the current round or balance. A client may rely
                // on the answer that the round has closed. So requests that are still on their way are fenced off
                // first: those of this call, and earlier ones whose answer was lost.
                let is_fenced = was_sent || matches!(decided, PlaceBetOutcome::RoundNotOpen { .. });
                let existing = self.load_bet_for_good(command, is_fenced, fence.as_deref()).await?;
                return Ok(Attempt::Done(match existing {
                    Some(item) => {
                        self.observe_placed(command);
                        found(&item)?
                    }
                    None => decided,
                }));
            };
            was_sent = true;
            let owner =
                OwnerCondition::MayBet { session_epoch: command.session_epoch, fence: fence.as_deref() };
            match self.transact(place_bet_items(&placement, owner, self.layout)).await? {
                WriteOutcome::Committed => {
                    self.observe_entries(&[&placement.entry]);
                    self.observe_placed(command);
                    Ok(Attempt::Done(PlaceBetOutcome::Placed(placement)))
                }
                WriteOutcome::Refused { position: BET, found: Some(item) } => {
                    self.observe_placed(command);
                    Ok(Attempt::Done(found(&item)?))
                }
                WriteOutcome::Refused { .. } => Ok(Attempt::Again(StoreError::Contended)),
            }
        })
    }

    /// Reports a bet that is placed, by this call or an earlier one.
    fn observe_placed(&self, command: &PlaceBet) {
        self.observe_bet(command.bet, command.user, &command.round);
        self.observe_wallet(command.user);
    }

    /// The bet's item, if it exists. If `is_fenced`, `None` also means that no request sent so far can still create
    /// it. A request whose caller stopped waiting may still reach the table, after its caller got another answer. So
    /// the fence is replaced before the caller learns that there is no bet. A request requires the fence that it read,
    /// and no fence is ever used again.
    async fn load_bet_for_good(
        &self,
        command: &PlaceBet,
        is_fenced: bool,
        read: Option<&str>,
    ) -> Result<Option<Item>, StoreError> {
        if is_fenced {
            // A refusal means that another request has replaced the fence since.
            self.change_one(fence::advance(command.user, read)).await?;
        }
        self.get(&bet::key(command.bet)).await
    }
}

fn place_bet_items(placement: &Placement, owner: OwnerCondition<'_>, layout: Layout) -> Vec<Write> {
    let Placement { wallet, entry, bet, waiting, play } = placement;
    let lock = Lock::Add(bet.stake.amount(), play);
    let posted = post(wallet, from_ref(entry), lock, owner);
    let (bet, waiting) = (put_new(bet::encode(bet)), put_new(waiting::encode(waiting, layout)));
    [bet, posted.wallet, waiting].into_iter().chain(posted.added).collect()
}
