//! [`PaymentFollower`]: handles one report or one query.

use crate::{deposits, disputes, refunds, withdrawals};
use evens_contracts::{CallbackJob, CheckPaymentJob, PaymentsJob};
use evens_payments::{CallError, DisputeId, OrderId, ProviderEvent};
use evens_providers::Payments;
use evens_runtime::{Context, JobDone, JobError, JobHandler};
use futures::future::BoxFuture;
use jiff::Timestamp;
use std::time::Duration;

/// Processes what providers report. Clones share the providers' state.
#[derive(Debug, Clone)]
pub struct PaymentFollower {
    pub(crate) payments: Payments,
}

/// Why a job failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PaymentsFault {
    /// A callback for an order that is not stored, perhaps not yet.
    #[error("the order {0} does not exist")]
    UnknownOrder(OrderId),
    /// This process has no provider of the name that the report about an order carries.
    #[error("the provider that reported on the order {0} is not configured")]
    UnknownProvider(OrderId),
    /// This process has no provider of the name that the dispute carries.
    #[error("the provider that reported the dispute {0} is not configured")]
    UnknownDisputer(DisputeId),
    /// The provider did not answer the query about a dispute.
    #[error("the provider did not report the state of the dispute {dispute}")]
    DisputeNotTold {
        dispute: DisputeId,
        #[source]
        cause: CallError,
    },
    /// The order changed while its provider was queried, so the answer may be outdated.
    #[error("the order {0} changed while its provider was queried")]
    ChangedMeanwhile(OrderId),
    /// The provider did not answer the query about an order.
    #[error("the provider did not report the state of the order {order}")]
    NotTold {
        order: OrderId,
        #[source]
        cause: CallError,
    },
}

/// The failure of a job whose query has no answer. While the provider is away, the job waits.
pub(crate) fn unanswered(cause: CallError, fault: impl FnOnce(CallError) -> PaymentsFault) -> JobError {
    match cause {
        CallError::NotSent | CallError::Unknown => JobError::later(fault(cause), Duration::ZERO),
        CallError::Refused { .. } => JobError::retryable(fault(cause)),
    }
}

impl PaymentFollower {
    pub fn new(payments: Payments) -> Self {
        Self { payments }
    }

    async fn work(&self, context: &Context, job: PaymentsJob, now: Timestamp) -> Result<JobDone, JobError> {
        match job {
            PaymentsJob::Callback(job) => self.take(context, job, now).await,
            PaymentsJob::CheckPayment(CheckPaymentJob { order_id }) => {
                match context.store.load_deposit(order_id).await? {
                    Some(order) => deposits::look(self, context, &order, now).await,
                    None => withdrawals::look(self, context, order_id, now).await,
                }
            }
        }
    }

    async fn take(&self, context: &Context, job: CallbackJob, now: Timestamp) -> Result<JobDone, JobError> {
        match job.event().map_err(JobError::permanent)? {
            ProviderEvent::Payment(report) => deposits::settle(self, context, &report, now).await,
            ProviderEvent::Payout(report) => withdrawals::settle(self, context, &report, now).await,
            ProviderEvent::Refund(report) => refunds::settle(context, &report, now).await,
            ProviderEvent::Dispute(report) => disputes::settle(self, context, &report, now).await,
        }
    }
}

impl<'a> JobHandler<'a, PaymentsJob> for PaymentFollower {
    type Handling = BoxFuture<'a, Result<JobDone, JobError>>;

    fn handle(&self, context: &'a Context, job: PaymentsJob, now: Timestamp) -> Self::Handling {
        let worker = self.clone();
        Box::pin(async move { worker.work(context, job, now).await })
    }
}
