//! The facts for a decision about a withdrawal: its player, its payee without the sealed number, and earlier orders.

use crate::payments::entities::payee::{self, UnsealedPayee};
use crate::payments::entities::payments_record;
use crate::players::entities::account;
use crate::table::item::Item;
use crate::wallet::entities::wallet;
use crate::{PlayerOrder, Store, StoreError};
use evens_ledger::UserId;
use evens_payments::{OrdersSoFar, PayeeId, PayoutFacts, PayoutPayee, PayoutPlayer, WithdrawalOrder};

/// The number of a player's newest orders that are counted. Each is read.
const COUNTED: u16 = 100;

impl Store {
    /// The facts about a withdrawal that are not stored with it. Reads the player's newest 100 orders. The sealed
    /// number of the payee is not among the attributes that are read.
    ///
    /// # Role
    /// - `BatchGetItem` on `ACCOUNT#`, `CASHIER#`, `ORDER#`, `USER#`
    /// - `GetItem` on `ORDER#`, `PAYEE#`, `PAYEE-OF#`
    /// - `Query` on `ORDERS#`
    pub async fn load_payout_facts(&self, decided: &WithdrawalOrder) -> Result<PayoutFacts, StoreError> {
        let user = decided.terms.user;
        let keys = [account::key(user), payments_record::key(user), wallet::key(user)];
        let [found, record, wallet] = self.get_several_again(keys).await?;
        let of_account =
            |item: &Item| Ok::<_, StoreError>((account::decode(item)?, account::password_since(item)?));
        let player = PayoutPlayer {
            account: found.as_ref().map(of_account).transpose()?,
            record: payments_record::of(user, record.as_ref())?,
            wallet: wallet::of(user, wallet.as_ref())?,
        };
        let mut orders = self.count_orders(decided).await?;
        let payee = self.load_payout_payee(user, &decided.payee).await?;
        if let Some(last) = &mut orders.last_payout {
            last.mask = match &payee {
                Some(payee) if payee.id == last.payee => Some(payee.mask.clone()),
                _ => self.load_unsealed(user, &last.payee).await?.map(|payee| payee.mask),
            };
        }
        Ok(PayoutFacts { player, payee, orders })
    }

    async fn count_orders(&self, decided: &WithdrawalOrder) -> Result<OrdersSoFar, StoreError> {
        let page = self.list_orders(decided.terms.user, None, None, COUNTED).await?;
        let mut orders = OrdersSoFar::default();
        for order in &page.orders {
            match order {
                PlayerOrder::Deposit(deposit) => orders.count_deposit(deposit),
                PlayerOrder::Withdrawal(other) => orders.count_withdrawal(other, decided),
            }
        }
        let oldest = page.orders.last().filter(|_| page.next_before.is_some());
        orders.counted_since = oldest.map(|order| order.terms().created_at);
        Ok(orders)
    }

    async fn load_payout_payee(&self, user: UserId, id: &PayeeId) -> Result<Option<PayoutPayee>, StoreError> {
        let Some(found) = self.load_unsealed(user, id).await? else { return Ok(None) };
        let UnsealedPayee { id, mask, fingerprint, since, removed_at } = found;
        let owner = self.find_owner(fingerprint).await?;
        let shared_with = owner.and_then(|owner| owner.besides(user));
        Ok(Some(PayoutPayee { id, mask, since, removed_at, shared_with }))
    }

    async fn load_unsealed(&self, user: UserId, id: &PayeeId) -> Result<Option<UnsealedPayee>, StoreError> {
        let names = payee::UNSEALED.map(|name| (format!("#{name}"), name));
        let projection =
            names.iter().map(|(placeholder, _)| placeholder.as_str()).collect::<Vec<_>>().join(",");
        let names: Vec<_> = names.iter().map(|(placeholder, name)| (placeholder.as_str(), *name)).collect();
        let item = self.get_attributes(&payee::key(user, id), &projection, &names).await?;
        item.as_ref().map(payee::decode_unsealed).transpose()
    }
}
