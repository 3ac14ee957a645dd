//! One call to the provider: it may be lost, late, or done without an answer.

use crate::hazard::Hazard;
use crate::world::{State, Who, World};
use evens_payments::CallError;
use evens_sandbox_provider::core::{CallFault, Operation};
use jiff::Timestamp;

/// The longest delays of very late payouts in milliseconds: beyond any claim on them, or far beyond.
const PAYOUT_LATE_MAX_MS: [u64; 3] = [120_000, 600_000, 2_400_000];

/// One call, from the moment it leaves a process.
pub(super) struct Call {
    pub(super) world: World,
    pub(super) who: Who,
    pub(super) operation: Operation,
}

impl Call {
    /// The answer, or `None` if it never arrives.
    pub(super) async fn serve<T>(
        self,
        effect: impl FnOnce(&mut State, Timestamp) -> Result<T, CallError>,
    ) -> Option<Result<T, CallError>> {
        self.pass_way().await;
        if self.strike(Hazard::CallLost) {
            self.note("is lost");
            return None;
        }
        if self.strike(Hazard::CallLate) {
            let late = self.world.lock().dice.milliseconds(2_000..=90_000);
            self.note("is late");
            self.world.sleep(late).await;
        }
        if self.operation == Operation::SendPayout && self.strike(Hazard::PayoutLate) {
            let late = self.world.lock().dice.pick(&PAYOUT_LATE_MAX_MS).unwrap_or_default();
            let late = self.world.lock().dice.milliseconds(0..=late);
            self.note("is very late");
            self.world.sleep(late).await;
        }
        let (fault, delay) = {
            let mut state = self.world.lock();
            (state.fault_of_call(self.operation), state.provider.core.settings().fault_delay)
        };
        match fault {
            Some(CallFault::FailBeforeEffect | CallFault::TooManyRequests) => {
                self.note("is not done");
                self.pass_way().await;
                return Some(Err(CallError::Unknown));
            }
            Some(CallFault::Refuse) => {
                self.note("is refused");
                self.pass_way().await;
                return Some(Err(CallError::Refused { code: "fault".to_owned() }));
            }
            Some(CallFault::Delay) => self.world.sleep(delay).await,
            _ => {}
        }
        let now = self.world.now();
        let result = effect(&mut self.world.lock(), now);
        self.note(if result.is_ok() { "is done" } else { "gets an unreadable answer" });
        match fault {
            Some(CallFault::Hang) => return None,
            Some(CallFault::LoseAnswer | CallFault::ServerError | CallFault::Garbage) => {
                self.pass_way().await;
                return Some(Err(CallError::Unknown));
            }
            _ => {}
        }
        if self.strike(Hazard::CallAnswerLost) {
            return None;
        }
        if self.strike(Hazard::CrashAfterCall) {
            self.world.crash(self.who);
            return None;
        }
        self.pass_way().await;
        Some(result)
    }

    async fn pass_way(&self) {
        let way = {
            let mut state = self.world.lock();
            let longest = state.latency_max_ms;
            state.dice.milliseconds(1..=longest)
        };
        self.world.sleep(way).await;
    }

    fn strike(&self, hazard: Hazard) -> bool {
        self.world.lock().strike(hazard)
    }

    fn note(&self, what: &str) {
        self.world.note(self.who, format_args!("{} {what}", self.operation.name()));
    }
}
