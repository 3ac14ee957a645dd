//! Mutations of table calls.

use super::Mutation;
use super::rounds::{draw_by_ids, forget_closed, keep_other_nonce};
use crate::rewrite::{self, Rewritten};
use crate::writes::{Kind, Part};
use evens_simulated_table::call::{set_text, text_in};
use evens_simulated_table::{Answer, Request};
use evens_table::{AttributeValue, Item, Page, Query};

/// The condition that a wallet's owner is not blocked.
const NOT_BLOCKED: &str = " AND attribute_not_exists(blocked)";

impl Mutation {
    /// Mutates a transaction. Returns whether it changed anything.
    pub(super) fn rewrite(self, transaction: &mut Rewritten<'_>) -> bool {
        match transaction.writes().kind() {
            Kind::Place => self.rewrite_place(transaction),
            Kind::Join => self.rewrite_join(transaction),
            Kind::Pay => self.rewrite_pay(transaction),
            Kind::Settle => self.rewrite_settle(transaction),
            Kind::Void => self.rewrite_void(transaction),
            Kind::Refund => self.rewrite_refund(transaction),
            Kind::PlaceGame | Kind::PayGame => self.rewrite_game(transaction),
            kind => self.rewrite_other(kind, transaction),
        }
    }

    fn rewrite_place(self, place: &mut Rewritten<'_>) -> bool {
        match self {
            Self::PlaceWithoutVersion => place.without_version(0),
            Self::PlaceWhenBlocked => place.forget(Part::Posting, 0, NOT_BLOCKED),
            Self::PlaceWithoutEntry => place.without_entry(),
            Self::PlaceWithoutWaiting => place.without(Part::New("waiting"), 0),
            Self::PlaceOverBet => {
                place.without_condition(Part::New("bet"), 0)
                    && place.without_condition(Part::New("waiting"), 0)
            }
            Self::PlaceUncounted => place.replace_in_posting(", play_sums = :play_sums", ""),
            Self::PlaceWithoutFence => {
                place.forget(Part::Posting, 0, " AND fence = :fence")
                    || place.forget(Part::Posting, 0, " AND attribute_not_exists(fence)")
            }
            Self::NonceOther => keep_other_nonce(place),
            Self::PlaceWithoutDebit => place.replace_in_posting("balance = :balance, ", ""),
            _ => false,
        }
    }

    /// Bets on house games.
    fn rewrite_game(self, game: &mut Rewritten<'_>) -> bool {
        match (self, game.writes().kind()) {
            (Self::GameWithoutFence, Kind::PlaceGame) => game.without_condition(Part::Shard, 0),
            (Self::GameWithoutVersion, Kind::PlaceGame) => game.without_version(0),
            (Self::GameWithoutEntry, Kind::PlaceGame) => game.without_entry(),
            (Self::GameWithoutRecord, Kind::PlaceGame) => game.without(Part::Shard, 0),
            (Self::WinWithoutCondition, Kind::PayGame) => game.without_condition(Part::Bet, 0),
            (Self::WinKeepsBet, Kind::PayGame) => game.without(Part::Bet, 0),
            (Self::WinWithoutWallet, Kind::PayGame) => game.without(Part::Posting, 0),
            (Self::WinForMore, Kind::PayGame) => game.post_more(),
            _ => false,
        }
    }

    fn rewrite_join(self, join: &mut Rewritten<'_>) -> bool {
        match self {
            Self::JoinWithoutTakerCondition => join.without_condition(Part::Place, 0),
            Self::JoinWithoutOtherCondition => join.without_condition(Part::Place, 1),
            Self::JoinWhenClosed => forget_closed(join, 0) | forget_closed(join, 1),
            Self::JoinForMore => join.match_more(),
            Self::JoinLeavesAll => join.leave_all(),
            Self::JoinLeavesLess => join.leave_less(),
            Self::JoinKeepsOther => join.without(Part::Place, 1),
            Self::JoinWithoutIndex => join.without_index("match"),
            Self::JoinWithoutMatch => join.without(Part::New("match"), 0),
            Self::DrawOther => join.win_other(),
            _ => false,
        }
    }

    fn rewrite_pay(self, pay: &mut Rewritten<'_>) -> bool {
        match self {
            Self::PayWithoutTakerCondition => pay.without_condition(Part::Place, 0),
            Self::PayWithoutOtherCondition => pay.without_condition(Part::Place, 1),
            Self::JoinWhenClosed => forget_closed(pay, 0) | forget_closed(pay, 1),
            Self::JoinOfBarred => {
                pay.forget(Part::Posting, 0, NOT_BLOCKED) | pay.forget(Part::Wallet, 0, NOT_BLOCKED)
            }
            Self::PayMatchesMore => pay.match_more(),
            Self::PayLeavesAll => pay.leave_all(),
            Self::PayLeavesLess => pay.leave_less(),
            Self::PayKeepsOther => pay.without(Part::Place, 1),
            Self::PayWithoutMatch => pay.without(Part::New("match"), 0),
            Self::PayForOther => pay.win_other(),
            Self::PayWithoutVersion => pay.without_version(0),
            Self::PayWithoutWallet => pay.without(Part::Posting, 0),
            Self::PayForMore => pay.post_more(),
            Self::PayToOther => pay.post_to_other(),
            Self::PayWithoutLoser => pay.without(Part::Wallet, 0),
            Self::PayWithoutWinnerEnd => pay.without(Part::Bet, 0),
            Self::PayWithoutLoserEnd => pay.without(Part::Bet, 1),
            _ => false,
        }
    }

    fn rewrite_settle(self, settle: &mut Rewritten<'_>) -> bool {
        match self {
            Self::SettleWithoutState => settle.without(Part::Match, 0),
            Self::SettleWithoutCondition => settle.without_condition(Part::Match, 0),
            Self::SettleWithoutWallet => settle.without(Part::Posting, 0),
            Self::SettleForMore => settle.post_more(),
            Self::SettleWithoutLoser => settle.without(Part::Wallet, 0),
            Self::SettleWithoutEnd => settle.without(Part::Bet, 1),
            _ => false,
        }
    }

    fn rewrite_void(self, void: &mut Rewritten<'_>) -> bool {
        match self {
            Self::VoidWithoutB => void.without(Part::Posting, 1),
            Self::VoidWithoutCondition => void.without_condition(Part::Match, 0),
            Self::VoidWithoutConditions => {
                void.without_condition(Part::Match, 0) && void.without_version(0) && void.without_version(1)
            }
            _ => false,
        }
    }

    fn rewrite_refund(self, refund: &mut Rewritten<'_>) -> bool {
        match self {
            Self::RefundKeepsWaiting => refund.without(Part::Place, 0),
            Self::RefundWithoutCondition => refund.without_condition(Part::Place, 0),
            Self::RefundWithoutClosed | Self::RefundWhenEnded => forget_closed(refund, 0),
            Self::RefundWithoutEnd => refund.without(Part::Bet, 0),
            Self::RefundWithoutVersion => refund.without_version(0),
            _ => false,
        }
    }

    /// Rounds, registrations, accounts and orders.
    fn rewrite_other(self, kind: Kind, other: &mut Rewritten<'_>) -> bool {
        match (self, kind) {
            (Self::OpenOverRound, Kind::Open) => {
                other.without_condition(Part::New("round"), 0)
                    && other.without_condition(Part::New("seed"), 0)
            }
            (Self::DrawByIds, Kind::Open) => draw_by_ids(other),
            (Self::MoveWithoutCondition, Kind::Move) => other.without_condition(Part::New("round"), 0),
            (Self::MoveWithoutIndex, Kind::Move) => other.without_index("round"),
            (Self::BonusWithoutCondition, Kind::Bonus) => other.without_condition(Part::Account, 0),
            (Self::BonusWithoutConditions, Kind::Bonus) => {
                other.without_condition(Part::Account, 0) && other.without_version(0)
            }
            (Self::BonusWithoutLevel, Kind::Bonus) => other.without(Part::Posting, 1),
            (Self::BonusKeepsDue, Kind::Bonus) => other.without(Part::Account, 0),
            (Self::ReferralWithoutCount, Kind::Referral) => other.without(Part::Account, 1),
            (Self::ReferralTwice, Kind::Referral) => {
                other.without_condition(Part::Account, 0) && other.without_condition(Part::New("referral"), 0)
            }
            (Self::FundAgain, Kind::Fund) => other.without_condition(Part::New("funding"), 0),
            (Self::BlockWithoutWallet, Kind::Block) => other.without(Part::Wallet, 0),
            _ => self.rewrite_order(kind, other),
        }
    }

    /// Deposits, withdrawals, payees and limits.
    fn rewrite_order(self, kind: Kind, order: &mut Rewritten<'_>) -> bool {
        match (self, kind) {
            (Self::CreditKeepsOrder, Kind::CreditDeposit)
            | (Self::GiveBackKeepsOrder, Kind::GiveBack)
            | (Self::RefundKeepsDeposit, Kind::RefundDeposit)
            | (Self::ChargeBackKeepsOrder, Kind::ChargeBack) => order.without(Part::New("order"), 0),
            (Self::CreditOwesNothing, Kind::CreditDeposit) => order.owe_no_bonus(),
            (Self::CreditWithoutOrder, Kind::CreditDeposit)
            | (Self::CancelWithoutOrder, Kind::CancelWithdrawal)
            | (Self::RejectWithoutOrder, Kind::RejectWithdrawal)
            | (Self::ClaimWithoutOrder, Kind::ClaimPayout) => order.without_condition(Part::New("order"), 0),
            (Self::OpenWithoutRevision, Kind::OpenDeposit) => {
                order.without_condition(Part::New("cashier"), 0)
            }
            (Self::RequestWithoutWallet, Kind::RequestWithdrawal) => order.without_version(0),
            (Self::CompleteWithoutTransfer, Kind::CompletePayout)
            | (Self::ChargeBackWithoutDebt, Kind::ChargeBack) => order.without(Part::New("transfer"), 0),
            (Self::LimitWithoutWallet, Kind::HoldToLimits) => order.without(Part::Wallet, 0),
            (Self::PayeeOverOwner, Kind::AddPayee) => order.without_condition(Part::New("payee-owner"), 0),
            _ => false,
        }
    }

    /// Mutates a write of one item or a read. Returns whether it changed anything.
    pub(super) fn rewrite_one(self, request: &mut Request) -> bool {
        match (self, request) {
            (Self::DrawAgain, Request::Update(update, _)) => {
                rewrite::is_draw(update) && rewrite::without_condition_of_update(update)
            }
            (Self::DrawOther, Request::Update(update, _)) if rewrite::is_draw(update) => {
                rewrite::name_other_side(&mut update.placeholders.values, ":winner")
            }
            (Self::ClaimWithoutOrder, Request::Put(put)) => {
                rewrite::is_claim(put) && put.condition.take().is_some()
            }
            (Self::CloseWithoutFence, Request::Update(update, _)) => {
                rewrite::replace_update(update, "SET closed = :at", "SET closing_at = :at")
            }
            (Self::WalletOfAnother, Request::Get(get)) if text_in(&get.key, "sk") == "WALLET" => {
                let is_one = text_in(&get.key, "pk") == "USER#1";
                set_text(&mut get.key, "pk", if is_one { "USER#2" } else { "USER#1" });
                true
            }
            _ => false,
        }
    }

    /// Mutates an answer. Returns whether it changed anything.
    pub(super) fn rewrite_answer(self, request: &Request, answer: &mut Answer) -> bool {
        match (request, answer) {
            (Request::Query(query), Answer::Page(page)) => self.rewrite_page(query, page),
            (Request::GetBatch(keys), Answer::Batch(batch)) => match self {
                Self::PlaceWhenBlocked => {
                    // `rewrite` also removes the wallet's own condition.
                    let items = batch.items.iter_mut();
                    items.filter_map(|item| item.remove("blocked")).count() > 0
                }
                Self::JoinOfBarred if is_of_join(keys) => {
                    // `rewrite` also removes the condition that they are not blocked.
                    let unbarred = |item: &mut Item| {
                        let (blocked, rules) = (item.remove("blocked"), item.remove("play"));
                        blocked.or(rules)
                    };
                    batch.items.iter_mut().filter_map(unbarred).count() > 0
                }
                Self::TornRead => batch.items.len() > 1 && batch.items.pop().is_some(),
                _ => false,
            },
            _ => false,
        }
    }

    fn rewrite_page(self, query: &Query, page: &mut Page) -> bool {
        let partition = query.placeholders.values.get(":pk").and_then(AttributeValue::as_text);
        let partition = partition.unwrap_or_default();
        let is_index = query.index.is_some();
        let is_sweep_of_book = query.key_condition == "pk = :pk" && partition.starts_with("BOOK#");
        let is_blind = match self {
            Self::SweepWithoutBets => is_sweep_of_book,
            Self::SweepWithoutMatches => is_index && partition.starts_with("MATCH#"),
            Self::SweepWithoutRounds => is_index && partition.starts_with("ROUND#"),
            Self::SweepWithoutWithdrawals => is_index && partition.starts_with("WITHDRAWAL#"),
            Self::SweepWithoutDeposits => is_index && partition.starts_with("DEPOSIT#"),
            Self::SweepWithoutJackpots => is_index && partition.starts_with("JACKPOT#"),
            Self::SweepWithoutLanes => is_index && partition.starts_with("LANES#"),
            Self::SweepWithoutRegistrations => is_index && partition.starts_with("REGISTRATION#"),
            _ => false,
        };
        if is_blind {
            let had_any = !page.items.is_empty();
            *page = Page { items: Vec::new(), next: None };
            return had_any;
        }
        if self == Self::LaneWithoutBets && partition.starts_with("PERIOD-BETS#") {
            let closed = page.items.iter_mut().filter(|item| item.contains_key("closed"));
            return closed.filter_map(|item| item.remove("bets")).count() > 0;
        }
        false
    }
}

/// Returns whether a batch is read for a join: the wallets of two players, alone or with an unmatched bet and its
/// round.
fn is_of_join(keys: &[Item]) -> bool {
    let is_of = |prefix: &str| keys.iter().filter(move |key| text_in(key, "pk").starts_with(prefix)).count();
    is_of("USER#") == keys.len() || (is_of("BOOK#") > 0 && is_of("ROUND#") > 0)
}
