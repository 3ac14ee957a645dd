//! Numbers of payments that queues and rules share.

use evens_contracts::Queue;
use evens_payments::PayoutTiming;

/// The job of a process that died returns after the visibility timeout. Its claim is over then, so that the payout does
/// not wait for the next sweep.
#[test]
fn a_claim_ends_before_its_job_returns() {
    let visibility_timeout = Queue::Withdrawals.rules().visibility_timeout;
    assert!(PayoutTiming::default().lease.unsigned_abs() < visibility_timeout);
}
