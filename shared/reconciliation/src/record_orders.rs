//! The orders of lines that name another record of the provider instead: from the statement itself, then from the
//! provider.

use crate::ReconcileFault;
use crate::comparison::Look;
use evens_payments::{CallError, ProviderId};
use evens_providers::PaymentProvider as _;

/// Maximum number of records that the provider is asked about. Such lines are rare, and a foreign file may have many.
const ASKED_MAX: usize = 100;

impl Look<'_> {
    /// Learns the orders of the records that lines name, such as the payout of a reversal. A record without a line in
    /// the files, because its day is further back, is looked up at the provider. If that fails, `know_around` searches
    /// our books.
    pub(crate) async fn learn_orders(&mut self) -> Result<(), ReconcileFault> {
        let orders = &mut self.orders;
        self.statement.each_line(self.provider, |line| orders.want(line))?;
        if orders.unknown().next().is_none() {
            return Ok(());
        }
        self.statement.each_line(self.provider, |line| orders.note(line))?;
        let unknown: Vec<ProviderId> = orders.unknown().take(ASKED_MAX).cloned().collect();
        for record in unknown {
            match self.provider.find_order(&record).await {
                Ok(Some(order)) => orders.know(&record, order),
                Ok(None) | Err(CallError::Refused { .. }) => {}
                // Failed calls open the circuit breaker, which would block deposits and withdrawals.
                Err(CallError::NotSent | CallError::Unknown) => {
                    let provider = self.provider.name();
                    tracing::warn!(
                        "provider.name" = %provider,
                        "record.id" = %record,
                        "Could not ask {provider} about the record {record} of its statement"
                    );
                    break;
                }
            }
        }
        Ok(())
    }
}
