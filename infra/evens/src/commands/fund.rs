//! `evens fund`: credits a wallet from the house, as an entry of the ledger.

use crate::cli::{FundArgs, FundWho};
use crate::commands::find_user::{find_by_number, find_by_phone};
use crate::commands::{output, require_local};
use crate::home::{Home, OpenMode};
use evens_ledger::{Amount, UserId};
use evens_players::Account;
use evens_runtime::{Context, StartError};
use evens_store::FundOutcome;
use jiff::Timestamp;
use jiff::tz::Offset;
use std::process::ExitCode;

pub(crate) async fn run(args: FundArgs) -> Result<ExitCode, StartError> {
    let home = Home::open(&args.home.data, OpenMode::Beside).await?;
    require_local(&home.settings, "fund")?;
    if args.amount.is_zero() {
        return Err(StartError::new("the amount is zero", "use an amount above zero"));
    }
    let context = home.context(home.settings.clone()).await?;
    let user = find(&context, &args.who).await?.user;
    let now = context.clock.now();
    let (amount, order) = (args.amount, args.order.unwrap_or_else(|| order_of_today(user, args.amount, now)));
    let funded = context.store.fund_wallet(user, amount, &order, now).await;
    let outcome = funded.map_err(|error| {
        StartError::new(
            format!("it is unknown whether the order {order} was credited"),
            format!("repeat the command with --order {order}"),
        )
        .caused_by(error)
    })?;
    home.close().await;
    match outcome {
        FundOutcome::Funded(wallet) => {
            output::line(format_args!(
                "Credited {amount} to user {user}, whose balance is now {}. Order: {order}",
                wallet.balance
            ));
            Ok(ExitCode::SUCCESS)
        }
        FundOutcome::FundedBefore => {
            output::line(format_args!(
                "The order {order} was credited before. Nothing changed. Another credit needs another --order."
            ));
            Ok(ExitCode::SUCCESS)
        }
        FundOutcome::OrderUsedForAnother => Err(StartError::new(
            format!("the order {order} credited another user or amount"),
            "use another --order",
        )),
        FundOutcome::BalanceTooLarge => Err(StartError::new(
            format!("the balance of user {user} cannot hold {amount} more"),
            "use a smaller amount",
        )),
    }
}

/// The order without `--order`. The same command on the same day (UTC) has the same order, so that a repeat after a
/// lost answer credits nothing again.
fn order_of_today(user: UserId, amount: Amount, now: Timestamp) -> String {
    format!("{}-user-{user}-amount-{amount}", Offset::UTC.to_datetime(now).date())
}

/// Requires an existing account, because no login would ever find the money otherwise.
async fn find(context: &Context, who: &FundWho) -> Result<Account, StartError> {
    let hint = "sign up first (POST /api/users/signup), or find the user with `evens user list`";
    let country = context.settings.players.phone_country;
    match (who.user, &who.phone) {
        (Some(user), _) => find_by_number(&context.store, user, hint).await,
        (None, Some(phone)) => find_by_phone(&context.store, country, phone, hint).await,
        (None, None) => Err(StartError::new("no user is given", "use --user or --phone")),
    }
}
