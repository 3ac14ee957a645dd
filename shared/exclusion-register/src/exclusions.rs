//! [`Exclusions`]: the check before a bet or a deposit.

use crate::{ExclusionRegister, NoAnswer, RegisterSettings};
use evens_breaker::{CALL_TIMEOUT, Outcome, SharedBreaker, State};
use evens_ledger::UserId;
use evens_own_limits::PlayBarrier;
use evens_runtime::{Clock, Context, Identity, StartError};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::time::timeout;

/// Lifetime of a cached answer.
pub const KEPT_FOR: SignedDuration = SignedDuration::from_mins(10);

/// Maximum number of cached answers.
const KEPT_MAX: usize = 50_000;

/// Checks players against a register of exclusions. Without a register no player is barred. Clones share the cache.
#[derive(Debug, Clone, Default)]
pub struct Exclusions(Option<Arc<RegisterClient>>);

#[derive(Debug)]
struct RegisterClient {
    register: Box<dyn ExclusionRegister>,
    breaker: SharedBreaker,
    kept: Mutex<HashMap<UserId, CachedAnswer>>,
    clock: Clock,
}

/// An answer and the time of its request.
#[derive(Debug, Clone, Copy)]
struct CachedAnswer {
    is_excluded: bool,
    asked_at: Timestamp,
}

impl Exclusions {
    /// Reads the environment of a function.
    ///
    /// # Errors
    /// 1. A malformed description of the register ([`RegisterSettings::from_env`]).
    /// 2. A register that cannot be called ([`Exclusions::new`]).
    pub async fn from_env(context: &Context) -> Result<Self, StartError> {
        let settings = RegisterSettings::from_env(&Identity::from_env(), &context.settings).await?;
        Self::new(settings, &context.clock)
    }

    /// `None`: no register is configured, so no player is checked. Nothing is called yet.
    ///
    /// # Errors
    /// There are no CA certificates to verify the register with.
    pub fn new(settings: Option<RegisterSettings>, clock: &Clock) -> Result<Self, StartError> {
        let Some(settings) = settings else { return Ok(Self::default()) };
        let register = settings.connect().map_err(|fault| {
            let hint = "install CA certificates, such as the package ca-certificates";
            StartError::new("the exclusion register cannot be called", hint).caused_by(fault)
        })?;
        Ok(Self::of(register, clock))
    }

    /// Checks players against `register`.
    pub fn of(register: Box<dyn ExclusionRegister>, clock: &Clock) -> Self {
        let (breaker, kept) = (SharedBreaker::new(), Mutex::default());
        Self(Some(Arc::new(RegisterClient { register, breaker, kept, clock: clock.clone() })))
    }

    /// The reason why a player may neither bet nor deposit, or `None` if they may.
    pub async fn barred(&self, user: UserId) -> Option<PlayBarrier> {
        let asked = self.0.as_ref()?;
        let answer = match asked.cached(user) {
            Some(is_excluded) => Ok(is_excluded),
            None => asked.ask(user).await,
        };
        match answer {
            Ok(is_excluded) => is_excluded.then_some(PlayBarrier::Excluded),
            Err(NoAnswer) => Some(PlayBarrier::Unknown),
        }
    }
}

impl RegisterClient {
    /// The cached answer, if it is still valid.
    fn cached(&self, user: UserId) -> Option<bool> {
        let kept = *self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(&user)?;
        kept.counts_at(self.clock.now()).then_some(kept.is_excluded)
    }

    /// The breaker needs the time at the end of the call, so the clock is read again. The answer's lifetime starts at
    /// the request.
    async fn ask(&self, user: UserId) -> Result<bool, NoAnswer> {
        let asked_at = self.clock.now();
        let ticket = self.breaker.admit(asked_at).map_err(|_| NoAnswer)?;
        let answer = timeout(CALL_TIMEOUT, self.register.has(user)).await.unwrap_or(Err(NoAnswer));
        let outcome = if answer.is_ok() { Outcome::Success } else { Outcome::Failure };
        self.breaker.record(ticket, outcome, self.clock.now()).inspect(|state| log_state(*state));
        let is_excluded = answer?;
        self.keep(user, CachedAnswer { is_excluded, asked_at });
        Ok(is_excluded)
    }

    fn keep(&self, user: UserId, answer: CachedAnswer) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT_MAX {
            kept.retain(|_, kept| kept.counts_at(answer.asked_at));
        }
        // Drop all: some players are then queried again.
        if kept.len() >= KEPT_MAX {
            kept.clear();
        }
        kept.insert(user, answer);
    }
}

impl CachedAnswer {
    fn counts_at(self, now: Timestamp) -> bool {
        now.duration_since(self.asked_at) < KEPT_FOR
    }
}

fn log_state(state: State) {
    match state {
        State::Open => tracing::warn!(
            "Opened the circuit breaker: the exclusion register does not answer, so bets and deposits are refused"
        ),
        State::Closed => {
            tracing::info!("Closed the circuit breaker: the exclusion register answers again");
        }
        State::HalfOpen => {}
    }
}
