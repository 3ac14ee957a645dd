//! What operators do, by route or by command.

use evens_audit_log::{Act, Action, Actor};
use evens_exchange::{Match, MatchId, Refund, RoundId, Void, VoidRefusal, refuse_void};
use evens_idempotency::BetId;
use evens_store::{RefundBetOutcome, Store, StoreError, VoidMatchOutcome};
use jiff::Timestamp;

/// What became of refunding a bet.
#[derive(Debug)]
pub enum RefundDone {
    /// What waited is back.
    Refunded(Box<Refund>),
    /// There is no such bet.
    Unknown,
    /// Nothing of it waits.
    NothingWaits,
    /// The player's balance cannot hold it.
    BalanceTooLarge,
}

/// What became of voiding a match.
#[derive(Debug)]
pub enum VoidDone {
    /// Both stakes are back.
    Voided(Box<Void>),
    /// There is no such match in the round.
    Unknown,
    /// It may not be voided.
    Refused(VoidRefusal),
    /// Its outcome is fixed, and its winner can be paid.
    Payable,
    /// A player's balance cannot hold the stake.
    BalanceTooLarge,
}

/// Gives back what of a bet still waits, however long it has waited and however its round stands.
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
            tracing::info!("bet.id" = %id, "user.id" = %user, %amount, %actor, "Refunded bet {id} to user {user} by {actor}");
            RefundDone::Refunded(refund)
        }
        RefundBetOutcome::NothingWaits | RefundBetOutcome::NotDue { .. } | RefundBetOutcome::RoundEnded => {
            RefundDone::NothingWaits
        }
        RefundBetOutcome::BalanceTooLarge => RefundDone::BalanceTooLarge,
    })
}

/// Gives both stakes of a match back that should have ended and has not.
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
    tracing::info!("match.id" = %id, "round.id" = %round, %actor, "Voided match {id} of round {round} by {actor}");
}

/// The store says how the subject stood and stands.
fn act(actor: Actor, action: Action, subject: String, reason: &str) -> Act {
    let (before, after) = (String::new(), String::new());
    Act { actor, action, subject, reason: reason.to_owned(), before, after }
}
