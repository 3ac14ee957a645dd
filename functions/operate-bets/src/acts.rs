//! Operators' actions, used by the routes and by commands.

use evens_audit_log::{Act, Action, Actor};
use evens_exchange::{Match, MatchId, Refund, RoundId, Void, VoidRefusal, refuse_void};
use evens_idempotency::BetId;
use evens_store::{RefundBetOutcome, Store, StoreError, VoidMatchOutcome};
use jiff::Timestamp;

/// The result of refunding a bet.
#[derive(Debug)]
pub enum RefundDone {
    /// The unmatched part was refunded.
    Refunded(Box<Refund>),
    Unknown,
    /// Nothing of the bet is unmatched.
    NothingWaits,
    /// The player's balance would exceed the maximum.
    BalanceTooLarge,
}

/// The result of voiding a match.
#[derive(Debug)]
pub enum VoidDone {
    /// Both stakes were returned.
    Voided(Box<Void>),
    /// The round has no such match.
    Unknown,
    Refused(VoidRefusal),
    /// Its outcome is fixed, and its winner can be paid.
    Payable,
    /// A player's balance would exceed the maximum.
    BalanceTooLarge,
}

/// Refunds the unmatched part of a bet, whatever its age and the state of its round.
///
/// # Errors
/// The table cannot be read or written.
pub async fn refund_bet(
    store: &Store,
    id: BetId,
    actor: Actor,
    reason: &str,
    now: Timestamp,
) -> Result<RefundDone, StoreError> {
    let Some(bet) = store.load_bet(id).await? else { return Ok(RefundDone::Unknown) };
    let act = act(actor, Action::RefundBet, id.to_string(), reason);
    Ok(match store.refund_bet_by(&bet, &act, now).await? {
        RefundBetOutcome::Refunded(refund) => {
            let (user, amount) = (bet.user, refund.entry.amount);
            tracing::info!("bet.id" = %id, "user.id" = %user, %amount, %actor, "{actor} refunded bet {id} to user {user}");
            RefundDone::Refunded(refund)
        }
        RefundBetOutcome::NothingWaits
        | RefundBetOutcome::NotDue { .. }
        | RefundBetOutcome::RoundEnded
        | RefundBetOutcome::NotBarred => RefundDone::NothingWaits,
        RefundBetOutcome::BalanceTooLarge => RefundDone::BalanceTooLarge,
    })
}

/// Returns both stakes of an overdue match that has not ended.
///
/// # Errors
/// The table cannot be read or written.
pub async fn void_match(
    store: &Store,
    round: &RoundId,
    id: MatchId,
    actor: Actor,
    reason: &str,
    now: Timestamp,
) -> Result<VoidDone, StoreError> {
    let Some(found) = store.load_match(round, id).await? else { return Ok(VoidDone::Unknown) };
    let of = store.load_round(round).await?;
    if let Some(refusal) = refuse_void(&found, of.as_ref(), now) {
        return Ok(VoidDone::Refused(refusal));
    }
    let act = act(actor, Action::VoidMatch, id.to_string(), reason);
    Ok(match store.void_match_by(&found, &act, now).await? {
        VoidMatchOutcome::Voided(void) => {
            tell(&found, actor);
            VoidDone::Voided(void)
        }
        VoidMatchOutcome::EndedBefore(state) => VoidDone::Refused(VoidRefusal::Ended(state)),
        VoidMatchOutcome::Payable => VoidDone::Payable,
        VoidMatchOutcome::BalanceTooLarge => VoidDone::BalanceTooLarge,
    })
}

fn tell(found: &Match, actor: Actor) {
    let Match { id, round, .. } = found;
    tracing::info!("match.id" = %id, "round.id" = %round, %actor, "{actor} voided match {id} of round {round}");
}

/// The store fills in the states before and after.
fn act(actor: Actor, action: Action, subject: String, reason: &str) -> Act {
    let (before, after) = (String::new(), String::new());
    Act { actor, action, subject, reason: reason.to_owned(), before, after }
}
