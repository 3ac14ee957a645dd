//! Jobs about deposits and withdrawals.

use crate::jobs::{GroupedJob, JobData, JobInGroup};
use evens_ledger::{Amount, Digest, ProviderName, UserId};
use evens_payments::{
    Currency, DisputeId, DisputeReport, DisputeState, Money, OrderId, PaymentReport, PaymentState,
    PayoutReport, PayoutState, ProviderEvent, ProviderId, RefundReport, ReportSource,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Processes one event of a provider's callback. The job contains the parsed event, never the callback's body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CallbackJob {
    /// The provider that sent the callback.
    #[serde(with = "crate::text")]
    pub provider: ProviderName,
    /// SHA-256 of the callback's body.
    #[serde(with = "crate::text")]
    pub digest: Digest,
    /// The index of the event in the callback, from 0.
    pub number: u32,
    /// The event.
    pub report: Box<ReportBody>,
}

/// An event of a provider, as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "camelCase")]
pub enum ReportBody {
    /// A payment to us.
    Payment(MoneyReportBody<PaymentState>),
    /// A payout.
    Payout(MoneyReportBody<PayoutState>),
    /// A refund of a deposit.
    Refund(MoneyReportBody<PayoutState>),
    /// A dispute over a payment.
    Dispute(DisputeReportBody),
}

/// An event about money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    rename_all = "camelCase",
    bound = "State: std::fmt::Display + std::str::FromStr<Err: std::fmt::Display>"
)]
pub struct MoneyReportBody<State> {
    /// The provider's id.
    #[serde(with = "crate::text")]
    pub id: ProviderId,
    /// The order.
    #[serde(with = "crate::text")]
    pub order_id: OrderId,
    /// The amount.
    #[serde(with = "crate::text")]
    pub amount: Amount,
    /// The currency code.
    pub currency: String,
    /// The state.
    #[serde(with = "crate::text")]
    pub state: State,
    /// The time of the event by the provider's clock, if given.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::text::optional")]
    pub at: Option<Timestamp>,
}

/// An event about a dispute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DisputeReportBody {
    /// The provider's id.
    #[serde(with = "crate::text")]
    pub id: DisputeId,
    /// The deposit, if the callback proves it.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::text::optional")]
    pub order_id: Option<OrderId>,
    /// The state.
    #[serde(with = "crate::text")]
    pub state: DisputeState,
}

/// The amount or currency in the job is impossible for an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("its amount or currency is not valid for an order")]
pub struct ReportFault;

impl CallbackJob {
    /// The job for one event of a callback.
    pub fn new(provider: ProviderName, digest: Digest, number: u32, event: &ProviderEvent) -> Self {
        let report = match event {
            ProviderEvent::Payment(PaymentReport { id, reference, money, state, at, .. }) => {
                ReportBody::Payment(MoneyReportBody::of(id, *reference, *money, *state, *at))
            }
            ProviderEvent::Payout(PayoutReport { id, reference, money, state, at, .. }) => {
                ReportBody::Payout(MoneyReportBody::of(id, *reference, *money, *state, *at))
            }
            ProviderEvent::Refund(RefundReport { id, reference, money, state, .. }) => {
                ReportBody::Refund(MoneyReportBody::of(id, *reference, *money, *state, None))
            }
            ProviderEvent::Dispute(DisputeReport { id, reference, state, .. }) => {
                ReportBody::Dispute(DisputeReportBody { id: id.clone(), order_id: *reference, state: *state })
            }
        };
        Self { provider, digest, number, report: Box::new(report) }
    }

    /// The order concerned, if the callback proves it.
    pub fn order_id(&self) -> Option<OrderId> {
        match &*self.report {
            ReportBody::Payment(body) => Some(body.order_id),
            ReportBody::Payout(body) | ReportBody::Refund(body) => Some(body.order_id),
            ReportBody::Dispute(body) => body.order_id,
        }
    }

    /// The order, or the dispute if there is no order.
    fn subject(&self) -> String {
        match (&*self.report, self.order_id()) {
            (ReportBody::Dispute(body), None) => body.id.to_string(),
            (_, order) => order.map(|order| order.to_string()).unwrap_or_default(),
        }
    }

    /// The provider's event, marked as the hint of a callback.
    ///
    /// # Errors
    /// The amount or currency is impossible for an order.
    pub fn event(self) -> Result<ProviderEvent, ReportFault> {
        let Self { provider, digest, report, .. } = self;
        let source = ReportSource::Callback(digest);
        Ok(match *report {
            ReportBody::Payment(body) => {
                let money = body.money()?;
                let MoneyReportBody { id, order_id: reference, state, at, .. } = body;
                ProviderEvent::Payment(PaymentReport { provider, id, reference, money, state, at, source })
            }
            ReportBody::Payout(body) => {
                let money = body.money()?;
                let MoneyReportBody { id, order_id: reference, state, at, .. } = body;
                ProviderEvent::Payout(PayoutReport { provider, id, reference, money, state, at, source })
            }
            ReportBody::Refund(body) => {
                let money = body.money()?;
                let MoneyReportBody { id, order_id: reference, state, .. } = body;
                ProviderEvent::Refund(RefundReport { provider, id, reference, money, state, source })
            }
            ReportBody::Dispute(DisputeReportBody { id, order_id: reference, state }) => {
                ProviderEvent::Dispute(DisputeReport { provider, id, reference, state, source })
            }
        })
    }
}

impl<State> MoneyReportBody<State> {
    fn of(id: &ProviderId, order_id: OrderId, money: Money, state: State, at: Option<Timestamp>) -> Self {
        let (amount, currency) = (money.amount(), money.currency().code().to_owned());
        Self { id: id.clone(), order_id, amount, currency, state, at }
    }

    fn money(&self) -> Result<Money, ReportFault> {
        let currency = Currency::from_code(&self.currency).ok_or(ReportFault)?;
        Money::parse(self.amount, currency).map_err(|_| ReportFault)
    }
}

impl JobData for CallbackJob {
    const TYPE: &'static str = "callback";

    /// Half of the hash is enough to distinguish the callbacks of a provider.
    fn id(&self) -> String {
        let digest = self.digest.to_string();
        format!("callback:{}:{}:{}", self.provider, &digest[..digest.len() / 2], self.number)
    }

    fn subjects(&self) -> Vec<String> {
        vec![self.subject()]
    }
}

impl GroupedJob for CallbackJob {
    fn group(&self) -> String {
        self.subject()
    }
}

/// Asks the provider of an order for its state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckPaymentJob {
    /// The order.
    #[serde(with = "crate::text")]
    pub order_id: OrderId,
}

impl JobData for CheckPaymentJob {
    const TYPE: &'static str = "checkPayment";

    fn id(&self) -> String {
        format!("payment-check:{}", self.order_id)
    }

    fn subjects(&self) -> Vec<String> {
        vec![self.order_id.to_string()]
    }
}

impl GroupedJob for CheckPaymentJob {
    fn group(&self) -> String {
        self.order_id.to_string()
    }
}

/// Gives a player the bonus for their first deposit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GiveFirstBonusJob {
    /// The player.
    #[serde(with = "crate::text")]
    pub user_id: UserId,
}

impl JobData for GiveFirstBonusJob {
    const TYPE: &'static str = "giveFirstBonus";

    fn id(&self) -> String {
        format!("deposit-bonus:{}", self.user_id)
    }

    fn subjects(&self) -> Vec<String> {
        vec![self.user_id.to_string()]
    }
}

impl GroupedJob for GiveFirstBonusJob {
    fn group(&self) -> String {
        self.user_id.to_string()
    }
}

/// Sends a withdrawal, or finds out its result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PayoutJob {
    /// The withdrawal.
    #[serde(with = "crate::text")]
    pub order_id: OrderId,
}

impl PayoutJob {
    /// The job for a player's withdrawal, in the order of their jobs.
    pub fn of_order(order_id: OrderId, user: UserId) -> JobInGroup {
        JobInGroup::of_player(Self { order_id }, user)
    }
}

impl JobData for PayoutJob {
    const TYPE: &'static str = "payout";

    fn id(&self) -> String {
        format!("payout:{}", self.order_id)
    }

    fn subjects(&self) -> Vec<String> {
        vec![self.order_id.to_string()]
    }
}
