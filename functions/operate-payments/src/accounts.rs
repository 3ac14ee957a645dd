//! `GET /api/operator/payees/{reference}` and `free`: a bank account used by one player and claimed by another. The
//! claimant got the reference with their refusal. The account number cannot be decrypted here, so a cashier who has
//! seen a proof of ownership compares the last four characters.

use crate::act::{act_because, audit_act, may_not};
use crate::players::waiting;
use axum::extract::{Extension, Path, State};
use axum::{Router, routing};
use evens_audit_log::Action;
use evens_contracts::{Data, FreeAccountRequest, KnownAccountBody, Problem, ProblemKind};
use evens_http::{Answer, JsonBody, Refusal, Staff};
use evens_ledger::Digest;
use evens_payments::{ActRefusal, FreeAccountRefusal, HoldRules, PaymentsRecord, free_account};
use evens_runtime::Context;
use evens_store::{BankAccountUse, FreeAccountChange, FreedAccount};

pub(crate) fn router() -> Router<Context> {
    Router::new()
        .route("/api/operator/payees/{reference}", routing::get(read_account))
        .route("/api/operator/payees/{reference}/free", routing::post(free))
}

async fn read_account(
    State(context): State<Context>,
    Staff(_): Staff,
    Path(reference): Path<String>,
) -> Result<Answer<Data<KnownAccountBody>>, Refusal> {
    Ok(Answer::ok(find(&context, parse_reference(&reference)?).await?))
}

/// Reserves the account for the claimant, so that no third player can add it first.
async fn free(
    State(context): State<Context>,
    Extension(holds): Extension<HoldRules>,
    Staff(caller): Staff,
    Path(reference): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Answer<Data<KnownAccountBody>>, Refusal> {
    let FreeAccountRequest { claimant, reason } = FreeAccountRequest::parse(&body)?;
    let (act, reference) = (act_because(caller, reason), parse_reference(&reference)?);
    if context.store.load_account(claimant).await?.is_none() {
        let detail = "There is no player with this userId to reserve the account for.";
        return Err(Problem::new(ProblemKind::NotFound, detail).about_field("userId").into());
    }
    let now = context.clock.now();
    let rule = |account: &BankAccountUse, before: &PaymentsRecord| -> Result<_, FreeAccountRefusal> {
        let after = free_account(before, claimant, account.freed_at.is_some(), &act, now)?;
        if account.freed_at.is_some() && account.kept_for == Some(claimant) {
            return Ok(None);
        }
        let (payee, needed) = (&account.payee, holds.approvals_needed_to_open());
        let about = format!("free {payee} for");
        let wanted = format!("{about} {claimant}");
        let (record, is_freed) = before.agreed((&about, &wanted), needed, &after, &act, now)?;
        let summary = |is_freed: bool, record: &PaymentsRecord| {
            let state = if is_freed { format!("kept for {claimant}") } else { state_text(account) };
            format!("payee {payee}: {state}{}", waiting(&record.agreements))
        };
        let (before, after) = (summary(false, before), summary(is_freed, &record));
        let act = audit_act(&act, Action::FreeAccount, &account.holder, before, after);
        Ok(Some(FreeAccountChange { record, is_freed, act }))
    };
    match context.store.free_account(reference, claimant, now, rule).await? {
        None => Err(unknown().into()),
        Some(Ok(FreedAccount { account, record, is_changed })) => {
            Ok(Answer::ok(answer(reference, &account, &record)).replayed(!is_changed))
        }
        Some(Err(FreeAccountRefusal::Act(ActRefusal::AgreedBefore))) => {
            Ok(Answer::ok(find(&context, reference).await?).replayed(true))
        }
        Some(Err(refusal)) => Err(problem_of(refusal).into()),
    }
}

async fn find(context: &Context, reference: Digest) -> Result<Data<KnownAccountBody>, Refusal> {
    let account = context.store.find_account(reference).await?.ok_or_else(unknown)?;
    let holder = context.store.load_payments_record(account.holder).await?;
    Ok(answer(reference, &account, &holder))
}

fn answer(reference: Digest, account: &BankAccountUse, holder: &PaymentsRecord) -> Data<KnownAccountBody> {
    let BankAccountUse { payee, mask, freed_at, kept_for, .. } = account;
    Data { data: KnownAccountBody::new(&reference, payee, mask.as_ref(), (*freed_at, *kept_for), holder) }
}

fn state_text(account: &BankAccountUse) -> String {
    match (account.freed_at, account.kept_for) {
        (None, _) => "in use".to_owned(),
        (Some(_), None) => "removed".to_owned(),
        (Some(_), Some(kept_for)) => format!("kept for {kept_for}"),
    }
}

fn problem_of(refusal: FreeAccountRefusal) -> Problem {
    match refusal {
        FreeAccountRefusal::Act(refusal) => may_not(refusal),
        FreeAccountRefusal::Theirs | FreeAccountRefusal::Awaited => {
            let detail = format!("The bank account was not freed: {refusal}.");
            Problem::new(ProblemKind::OrderState, detail).about_field("reference")
        }
    }
}

/// A malformed reference gets the same `404` as an unknown one.
fn parse_reference(text: &str) -> Result<Digest, Problem> {
    text.parse().map_err(|_| unknown())
}

fn unknown() -> Problem {
    let detail = "There is no bank account with this reference. The player finds the reference in the problem \
                  that refused the account.";
    Problem::new(ProblemKind::NotFound, detail).about_field("reference")
}
