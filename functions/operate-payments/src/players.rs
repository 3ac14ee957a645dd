//! `POST /api/operator/users/{userId}/write-off`, `release` and `adjust`: cashiers write off a player's debt, end the
//! hold on all of their withdrawals, and correct their wallet.

use crate::act::{ActOn, act_because, audit_act, may_not};
use axum::extract::{Extension, Path, State};
use axum::{Router, routing};
use evens_audit_log::{Act, Action};
use evens_contracts::{
    AdjustWalletRequest, AdjustedWalletBody, Data, PlayerDebtBody, Problem, ProblemKind, parse_user_id,
    unknown_user,
};
use evens_http::{Answer, JsonBody, Refusal, Staff};
use evens_ledger::{EntryKey, UserId, Wallet};
use evens_payments::{
    ActRefusal, AdjustPlan, AdjustRefusal, Agreement, CashierAct, Currency, PaymentsRecord, RELEASE,
    WriteOffPlan, adjust_wallet, release_account, write_off_debt,
};
use evens_runtime::Context;
use evens_store::{ChangedPaymentsRecord, PaymentsRecordChange};

pub(crate) fn router() -> Router<Context> {
    Router::new()
        .route("/api/operator/users/{userId}/write-off", routing::post(write_off))
        .route("/api/operator/users/{userId}/release", routing::post(release))
        .route("/api/operator/users/{userId}/adjust", routing::post(adjust))
}

async fn write_off(
    ActOn { context, holds, subject, act, now }: ActOn<String>,
) -> Result<Answer<Data<PlayerDebtBody>>, Refusal> {
    let user = find_player(&context, &subject).await?;
    let rule = |before: &PaymentsRecord, _: &Wallet| -> Result<_, ActRefusal> {
        let plan = write_off_debt(before, before.revision + 1, &act, now)?;
        let Some(WriteOffPlan { record, transfer }) = plan else { return Ok(None) };
        let (wanted, needed) = (format!("write-off {}", before.owed), holds.approvals_needed(before.owed));
        let (record, is_done) = before.agreed(("write-off", &wanted), needed, &record, &act, now)?;
        let line = audited_change(before, &record, Action::WriteOffDebt, &act);
        // The auditor finds the line by the entry key.
        let act = if is_done { with_reference(line, &transfer.key) } else { line };
        Ok(Some(PaymentsRecordChange { record, transfer: is_done.then_some(transfer), posted: None, act }))
    };
    let outcome = context.store.change_payments_record(user, now, rule).await?;
    answer(&context, user, outcome).await
}

async fn release(
    ActOn { context, holds, subject, act, now }: ActOn<String>,
) -> Result<Answer<Data<PlayerDebtBody>>, Refusal> {
    let user = find_player(&context, &subject).await?;
    let rule = |before: &PaymentsRecord, _: &Wallet| -> Result<_, ActRefusal> {
        let Some(after) = release_account(before, &act, now)? else { return Ok(None) };
        let needed = holds.approvals_needed_to_open();
        let (record, _) = before.agreed((RELEASE, RELEASE), needed, &after, &act, now)?;
        let act = audited_change(before, &record, Action::ReleaseAccount, &act);
        Ok(Some(PaymentsRecordChange { record, transfer: None, posted: None, act }))
    };
    let outcome = context.store.change_payments_record(user, now, rule).await?;
    answer(&context, user, outcome).await
}

async fn answer(
    context: &Context,
    user: UserId,
    outcome: Result<ChangedPaymentsRecord, ActRefusal>,
) -> Result<Answer<Data<PlayerDebtBody>>, Refusal> {
    let (record, is_replay) = stands_after(context, user, outcome).await?;
    Ok(Answer::ok(Data::<PlayerDebtBody>::from(&record)).replayed(is_replay))
}

/// The player's state after an action. The second value is `true` if nothing changed: there was nothing to do, or the
/// same cashier approved before.
pub(crate) async fn stands_after(
    context: &Context,
    user: UserId,
    outcome: Result<ChangedPaymentsRecord, ActRefusal>,
) -> Result<(PaymentsRecord, bool), Refusal> {
    match outcome {
        Ok(acted) => Ok((acted.record, !acted.is_changed)),
        Err(ActRefusal::AgreedBefore) => Ok((context.store.load_payments_record(user).await?, true)),
        Err(refusal) => Err(may_not(refusal).into()),
    }
}

async fn adjust(
    State(context): State<Context>,
    Extension(currency): Extension<Currency>,
    Staff(caller): Staff,
    Path(user_id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Answer<Data<AdjustedWalletBody>>, Refusal> {
    let AdjustWalletRequest { adjustment, reason } = AdjustWalletRequest::parse(&body, currency)?;
    let (act, user) = (act_because(caller, reason), find_player(&context, &user_id).await?);
    let now = context.clock.now();
    let rule = |before: &PaymentsRecord, wallet: &Wallet| -> Result<_, AdjustRefusal> {
        let AdjustPlan { record, posted } = adjust_wallet(before, wallet, &adjustment, &act, now)?;
        let summary = |record: &PaymentsRecord, wallet: &Wallet| {
            format!("holds {}{}", wallet.balance, waiting(&record.agreements))
        };
        let after = summary(&record, posted.as_ref().map_or(wallet, |posted| &posted.wallet));
        let line = audit_act(&act, Action::AdjustWallet, &user, summary(before, wallet), after);
        // The auditor finds the line by the entry key.
        let act = match &posted {
            Some(posted) => with_reference(line, &posted.entry.key),
            None => line,
        };
        Ok(Some(PaymentsRecordChange { record, transfer: None, posted, act }))
    };
    let (acted, is_replay) = match context.store.change_payments_record(user, now, rule).await? {
        Ok(acted) => ((acted.record, acted.wallet), false),
        Err(AdjustRefusal::MadeBefore | AdjustRefusal::Act(ActRefusal::AgreedBefore)) => {
            ((context.store.load_payments_record(user).await?, context.store.load_wallet(user).await?), true)
        }
        Err(refusal) => return Err(not_adjusted(refusal).into()),
    };
    let (record, wallet) = acted;
    Ok(Answer::ok(Data::<AdjustedWalletBody>::new(&record, &wallet)).replayed(is_replay))
}

fn not_adjusted(refusal: AdjustRefusal) -> Problem {
    match refusal {
        AdjustRefusal::Act(refusal) => may_not(refusal),
        AdjustRefusal::MadeBefore | AdjustRefusal::IdReused => {
            let detail = "opId was already used for another adjustment. Repeat its kind, amount and reason to \
                          approve it, or use a new opId.";
            Problem::new(ProblemKind::IdempotencyKeyReused, detail).about_field("opId")
        }
        AdjustRefusal::InsufficientBalance(refusal) => {
            let detail = format!("The wallet was not adjusted: {refusal}.");
            Problem::new(ProblemKind::InsufficientBalance, detail).about_field("amount")
        }
        AdjustRefusal::BalanceTooLarge(refusal) => Problem::invalid("amount", refusal),
    }
}

/// Finds the player that a request names. A malformed id, or a user without an account, is `404`. The exception is a
/// user with money: `evens fund` can credit any user id.
pub(crate) async fn find_player(context: &Context, text: &str) -> Result<UserId, Refusal> {
    let user = parse_user_id(text)?;
    let is_known = context.store.load_account(user).await?.is_some()
        || context.store.load_wallet(user).await?.version > 0;
    if is_known { Ok(user) } else { Err(unknown_user().into()) }
}

fn audited_change(before: &PaymentsRecord, after: &PaymentsRecord, action: Action, act: &CashierAct) -> Act {
    let summary = |record: &PaymentsRecord| {
        let held = if record.is_held { "held" } else { "not held" };
        format!("owes {}, {held}{}", record.owed, waiting(&record.agreements))
    };
    audit_act(act, action, &before.user, summary(before), summary(after))
}

fn with_reference(line: Act, key: &EntryKey) -> Act {
    Act { after: format!("{}, {key}", line.after), ..line }
}

/// The actions that cashiers requested and that still need approvals.
pub(crate) fn waiting(agreements: &[Agreement]) -> String {
    let wanted =
        |agreement: &Agreement| format!(", {} wanted by {}", agreement.wanted, agreement.approvals.len());
    agreements.iter().map(wanted).collect()
}
