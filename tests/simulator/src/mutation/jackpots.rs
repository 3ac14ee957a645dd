//! Mutations of jackpots: contributions, and the steps of wins.

use super::Mutation;
use crate::rewrite::{self, Rewritten};
use crate::writes::{Kind, Part};
use evens_draws::Seed;
use evens_idempotency::BetId;
use evens_jackpots::{JackpotGroup, WinCause, ticket};
use evens_simulated_table::call::{CallItem, number_in, set_number, set_text, text_in};
use evens_simulated_table::item::{Attribute, Item, text};
use evens_simulated_table::{Request, Table};
use evens_table::Update;
use rust_decimal::Decimal;

const CONTRIBUTION: &str = "jackpot-contribution";
const AWARD: &str = "jackpot-award";

impl Mutation {
    /// Mutates a transaction about jackpots, given the table. Returns whether it changed anything.
    pub(super) fn rewrite_jackpot(self, written: &mut Rewritten<'_>, table: &Table) -> bool {
        match (self, written.writes().kind()) {
            (Self::ContributeTwice, Kind::Contribute) => {
                written.without_condition(Part::New(CONTRIBUTION), 0)
            }
            (Self::ContributeWithoutMeter, Kind::Contribute) => written.without(Part::Meter, 0),
            (Self::ContributeWithoutRecord, Kind::Contribute) => written.without(Part::New(CONTRIBUTION), 0),
            (Self::LaneFeedsNothing, Kind::Contribute) if is_of_lane(written) => {
                written.without(Part::New(CONTRIBUTION), 0) && written.without(Part::Meter, 0)
            }
            (Self::LaneFeedsAgain, Kind::Contribute) if is_of_lane(written) => feed_again(written, table),
            (Self::DrawnWinForgotten, Kind::OweWin) => written.without(Part::New(AWARD), 0),
            (Self::DrawnToOther, Kind::OweWin) => written.new_item(AWARD).is_some_and(give_to_other),
            (Self::DrawnByAnotherTicket, Kind::OweWin) => {
                written.new_item(AWARD).is_some_and(|award| give_to_another_bet(award, table).is_some())
            }
            (Self::AwardWithoutPool, Kind::BeginWin) => {
                written.without_condition(Part::New("jackpot-pool"), 0)
            }
            (Self::JackpotKeepsPool, Kind::FinishWin) => written.without(Part::New("jackpot-pool"), 0),
            (Self::JackpotPaidTwice, Kind::FinishWin) => {
                written.without(Part::New("jackpot-pool"), 0)
                    && written.without_condition(Part::New("jackpot-win"), 0)
                    && written.without_condition(Part::New("transfer"), 0)
            }
            (Self::JackpotWithoutTransfer, Kind::FinishWin) => written.without(Part::New("transfer"), 0),
            (Self::JackpotWithoutWallet, Kind::FinishWin) => written.without(Part::Posting, 0),
            (Self::JackpotForMore, Kind::FinishWin) => written.post_more(),
            (Self::JackpotWithoutRecord, Kind::FinishWin) => written.without(Part::New("jackpot-win"), 0),
            _ => false,
        }
    }

    /// Mutates the collection of a meter by a win. Returns whether it changed anything.
    pub(super) fn rewrite_collection(self, request: &mut Request) -> bool {
        let Request::Update(update, _) = request else { return false };
        if text_in(&update.key, "sk") != "METER" {
            return false;
        }
        match self {
            Self::CollectKeepsMeter => rewrite::replace_update(update, ", minor = :zero", ""),
            Self::CollectWithoutCondition => rewrite::without_condition_of_update(update),
            Self::CollectNothing => find_nothing(update),
            _ => false,
        }
    }
}

fn operation_of(written: &Rewritten<'_>) -> String {
    written.writes().new_text(CONTRIBUTION, "operation").unwrap_or_default().to_owned()
}

fn is_of_lane(written: &Rewritten<'_>) -> bool {
    operation_of(written).starts_with("period:")
}

/// Makes a lane contribute again under another id.
fn feed_again(written: &mut Rewritten<'_>, table: &Table) -> bool {
    let operation = operation_of(written);
    let partition = |operation: &str| format!("JACKPOT-OP#{operation}");
    if table.get(&(partition(&operation), "OP".to_owned())).is_none() {
        return false;
    }
    let again = format!("{operation}:again");
    written.new_item(CONTRIBUTION).is_some_and(|item| {
        set_text(item, "pk", partition(&again));
        set_text(item, "operation", again);
        true
    })
}

/// Makes another player the winner.
fn give_to_other(award: &mut CallItem) -> bool {
    let other = if number_in(award, "user") == "1" { 2 } else { 1 };
    set_number(award, "user", other);
    true
}

/// Makes another cash bet of the period the winner, with its own ticket, as if tickets were not compared.
fn give_to_another_bet(award: &mut CallItem, table: &Table) -> Option<()> {
    let WinCause::Drawn { period, bet, is_forced } = text_in(award, "cause").parse().ok()? else {
        return None;
    };
    let group: JackpotGroup = text_in(award, "group").parse().ok()?;
    let drawn = table.get(&(format!("PERIOD#{period}"), "PERIOD".to_owned()))?;
    let seed: Seed = text(drawn, "seed").parse().ok()?;
    let entropy = drawn.get("block_id").and_then(Attribute::text).unwrap_or("none");
    let number = |item: &Item, name: &str| match item.get(name) {
        Some(Attribute::Number(number)) => *number,
        _ => Decimal::ZERO,
    };
    let cash = |item: &Item| number(item, "stake") - number(item, "bonus");
    let is_other = |item: &&Item| {
        text(item, "period") == period.to_string()
            && text(item, "bet") != bet.to_string()
            && !cash(item).is_zero()
    };
    let other = table.of_kind("game-bet").find(is_other)?;
    let bet: BetId = text(other, "bet").parse().ok()?;
    set_text(award, "cause", WinCause::Drawn { period, bet, is_forced });
    set_number(award, "user", number(other, "user"));
    set_number(award, "cash", cash(other));
    set_text(award, "ticket", ticket(&seed, group, bet, entropy));
    Some(())
}

/// Makes the win collect nothing from a meter that is emptied all the same.
fn find_nothing(update: &mut Update) -> bool {
    rewrite::replace_update(update, "minor_won = if_not_exists(minor, :zero)", "minor_won = :zero")
}
