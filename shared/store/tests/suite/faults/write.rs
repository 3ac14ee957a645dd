//! Every write of the store, prepared so that it can happen, with its outcome as a word.

use super::write_order::OrderWrite;
use crate::engine::Engine;
use crate::payees::payee_of;
use crate::recoveries::verified;
use crate::scenario::{
    amount, bet, code, command, direct, drawn, fund, hash, match_of, newcomer, opened, phone, plan_drawn,
    refer, refund_terms, salt, second, seed, set_blocked, signed_up, terms, token, try_place, user, welcomed,
};
use evens_exchange::{
    Bet, Draw, Join, Match, MatchState, Outcome, PlaceBetOutcome, RefundReason, Round, RoundStep, Side,
};
use evens_ledger::Digest;
use evens_players::{LastLogin, RecordReferral, Recovery, ReferralBonusAfter, Session};
use evens_store::{
    AccountWrite, AddPayeeOutcome, AttendanceOutcome, BonusOutcome, DrawOutcome, FundOutcome, JoinOutcome,
    LoginOutcome, PasswordWrite, RecoverOutcome, ReferralOutcome, RefreshOutcome, RefundBetOutcome,
    RemovePayeeOutcome, RoundWrite, SettleOutcome, SignUpOutcome, Store, StoreError, VoidMatchOutcome,
};
use jiff::Timestamp;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Write {
    Place,
    Fund,
    Join,
    JoinAndSettle,
    Draw,
    Settle,
    Void,
    Refund,
    OpenRound,
    MoveRound,
    SignUp,
    Bonus,
    Referral,
    ReferralBonus,
    Block,
    RecordLogin,
    ReplacePassword,
    Recover,
    KeepRehashed,
    AddPayee,
    RemovePayee,
    Rotate,
    Attend,
    OpenDeposit,
    Credit,
    Withdraw,
    Payout,
    FirstBonus,
}

impl Write {
    pub(crate) const ALL: [Self; 28] = [
        Self::Place,
        Self::Fund,
        Self::Join,
        Self::JoinAndSettle,
        Self::Draw,
        Self::Settle,
        Self::Void,
        Self::Refund,
        Self::OpenRound,
        Self::MoveRound,
        Self::SignUp,
        Self::Bonus,
        Self::Referral,
        Self::ReferralBonus,
        Self::Block,
        Self::RecordLogin,
        Self::ReplacePassword,
        Self::Recover,
        Self::KeepRehashed,
        Self::AddPayee,
        Self::RemovePayee,
        Self::Rotate,
        Self::Attend,
        Self::OpenDeposit,
        Self::Credit,
        Self::Withdraw,
        Self::Payout,
        Self::FirstBonus,
    ];

    /// The engine's operation for this write.
    pub(crate) fn operation(self) -> &'static str {
        match self {
            Self::Draw | Self::RecordLogin | Self::KeepRehashed | Self::Rotate | Self::Attend => "UpdateItem",
            _ => "TransactWriteItems",
        }
    }

    /// The writes that are transactions.
    pub(crate) fn transactions() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|write| write.operation() == "TransactWriteItems")
    }

    /// Number of items written.
    pub(crate) fn items(self) -> usize {
        match self {
            Self::Place | Self::Refund | Self::SignUp | Self::Credit | Self::Recover => 4,
            Self::Fund
            | Self::Join
            | Self::Bonus
            | Self::Referral
            | Self::ReferralBonus
            | Self::AddPayee
            | Self::RemovePayee
            | Self::OpenDeposit
            | Self::Payout
            | Self::ReplacePassword
            | Self::FirstBonus => 3,
            Self::Withdraw => 5,
            Self::JoinAndSettle => 8,
            Self::Settle => 6,
            Self::Void => 7,
            Self::OpenRound | Self::Block => 2,
            Self::MoveRound
            | Self::Draw
            | Self::RecordLogin
            | Self::KeepRehashed
            | Self::Rotate
            | Self::Attend => 1,
        }
    }

    /// Brings the table into the state in which the write can happen. A movement of money then also writes a ledger
    /// page.
    pub(crate) async fn prepare(self, engine: &Engine) -> PreparedWrite {
        let prepared = self.prepare_all_but_pages(&engine.store).await;
        if self.is_of_money() {
            for player in [1, 2] {
                fill_page(&engine.store, player).await;
            }
        }
        prepared
    }

    /// Returns `true` if the write moves money, or may do so (a join).
    fn is_of_money(self) -> bool {
        match self {
            Self::Place
            | Self::Fund
            | Self::Join
            | Self::JoinAndSettle
            | Self::Settle
            | Self::Void
            | Self::Refund
            | Self::Bonus
            | Self::ReferralBonus
            | Self::Credit
            | Self::Withdraw
            | Self::FirstBonus => true,
            Self::Draw
            | Self::OpenRound
            | Self::MoveRound
            | Self::SignUp
            | Self::Referral
            | Self::Block
            | Self::RecordLogin
            | Self::ReplacePassword
            | Self::Recover
            | Self::KeepRehashed
            | Self::AddPayee
            | Self::RemovePayee
            | Self::Rotate
            | Self::Attend
            | Self::OpenDeposit
            | Self::Payout => false,
        }
    }

    async fn prepare_all_but_pages(self, store: &Store) -> PreparedWrite {
        match self {
            Self::Place => {
                bet(store, 1, Side::B, "1", 0).await;
                PreparedWrite::Place
            }
            Self::Fund => {
                fund(store, 1, "5").await;
                PreparedWrite::Fund
            }
            Self::Join | Self::JoinAndSettle => {
                let a = bet(store, 1, Side::A, "10", 0).await;
                let b = bet(store, 2, Side::B, "4", 1).await;
                let plan = plan_drawn(&a.waiting, &b.waiting, Side::B, 2);
                if self == Self::Join {
                    PreparedWrite::Join(plan)
                } else {
                    PreparedWrite::JoinAndSettle(plan)
                }
            }
            Self::Draw => PreparedWrite::Draw(match_of(store, "10").await),
            Self::Void => PreparedWrite::Void(match_of(store, "10").await),
            Self::Settle => {
                let joined = match_of(store, "10").await;
                let outcome = drawn(store, &joined, Side::A).await;
                PreparedWrite::Settle(joined, outcome)
            }
            Self::Refund => PreparedWrite::Refund(bet(store, 1, Side::A, "10", 0).await.bet),
            Self::OpenRound => PreparedWrite::OpenRound,
            Self::MoveRound => PreparedWrite::MoveRound(opened(store, "round", Draw::Match, 0).await),
            Self::SignUp => PreparedWrite::OfAccount(self),
            Self::Bonus
            | Self::Block
            | Self::RecordLogin
            | Self::ReplacePassword
            | Self::KeepRehashed
            | Self::AddPayee
            | Self::Attend => {
                signed_up(store, 1, None).await;
                PreparedWrite::OfAccount(self)
            }
            Self::Recover => {
                verified(store, 1).await;
                store.keep_recovery(&recovery()).await.expect("a recovery");
                PreparedWrite::OfAccount(self)
            }
            Self::RemovePayee => {
                store.add_payee(&payee_of(1, "IN12345678")).await.expect("a payee");
                PreparedWrite::OfAccount(self)
            }
            Self::Referral | Self::ReferralBonus => {
                signed_up(store, 1, None).await;
                welcomed(store, 2, Some(1)).await;
                if self == Self::ReferralBonus {
                    refer(store, 2, 1).await;
                }
                PreparedWrite::OfAccount(self)
            }
            Self::Rotate => {
                store.open_session(&Session::open(&token(1, 1, 0), second(0))).await.expect("a session");
                PreparedWrite::OfAccount(self)
            }
            Self::OpenDeposit | Self::Credit | Self::Withdraw | Self::Payout | Self::FirstBonus => {
                PreparedWrite::OfOrder(OrderWrite::prepare(self, store).await)
            }
        }
    }
}

/// Funds the wallet until it carries the maximum number of entries.
async fn fill_page(store: &Store, player: u64) {
    for order in 1.. {
        if store.load_wallet(user(player)).await.expect("a wallet").newest.len() == 4 {
            break;
        }
        fund(store, player, &format!("0.{order}")).await;
    }
}

/// A write with all its inputs.
pub(crate) enum PreparedWrite {
    Place,
    Fund,
    Join(Join),
    JoinAndSettle(Join),
    Draw(Match),
    Settle(Match, Outcome),
    Void(Match),
    Refund(Bet),
    OpenRound,
    MoveRound(Round),
    /// For players 1 and 2.
    OfAccount(Write),
    OfOrder(OrderWrite),
}

impl PreparedWrite {
    /// Writes, and returns the outcome as a word: `now`, `before`, another outcome, or the error's name.
    pub(crate) async fn write(&self, store: &Store) -> &'static str {
        self.try_to_write(store).await.unwrap_or_else(|error| word(&error))
    }

    async fn try_to_write(&self, store: &Store) -> Result<&'static str, StoreError> {
        let now = second(50);
        Ok(match self {
            Self::Place => match try_place(store, &command(1, "key-2", Side::A, "10"), now).await? {
                PlaceBetOutcome::Placed(_) => "now",
                PlaceBetOutcome::PlacedBefore(_) => "before",
                _ => "refused",
            },
            Self::Fund => match store.fund_wallet(user(1), amount("7"), "order", now).await? {
                FundOutcome::Funded(_) => "now",
                FundOutcome::FundedBefore => "before",
                FundOutcome::OrderUsedForAnother => "another",
                FundOutcome::BalanceTooLarge => "refused",
            },
            Self::Join(plan) => of_join(&store.join_bets(plan, Side::A, &Draw::Match).await?, "now"),
            Self::JoinAndSettle(plan) => {
                of_join(&store.join_and_settle(plan, Side::A, &Draw::Match, &[], now).await?, "joined")
            }
            Self::Draw(joined) => {
                let outcome = Outcome { winner: Side::B, drawn_at: now };
                match store.draw_match(joined, outcome).await? {
                    DrawOutcome::Drawn(_) => "now",
                    DrawOutcome::Before(MatchState::Drawn(found)) if found == outcome => "before",
                    DrawOutcome::Before(_) => "refused",
                }
            }
            Self::Settle(drawn, outcome) => match store.settle_match(drawn, *outcome, None, now).await? {
                SettleOutcome::Settled(_) => "now",
                SettleOutcome::EndedBefore(MatchState::Settled(_)) => "before",
                _ => "refused",
            },
            Self::Void(joined) => match store.void_match(joined, now).await? {
                VoidMatchOutcome::Voided(_) => "now",
                VoidMatchOutcome::EndedBefore(MatchState::Void) => "before",
                _ => "refused",
            },
            Self::Refund(bet) => {
                match store.refund_bet(bet, RefundReason::Requested, refund_terms(), now).await? {
                    RefundBetOutcome::Refunded(_) => "now",
                    RefundBetOutcome::NothingWaits => "before",
                    _ => "refused",
                }
            }
            Self::OpenRound => {
                let round = Round::open(terms("round", Draw::Match), &seed(), now);
                of_round(&store.open_round(round.clone(), &seed()).await?, &round)
            }
            Self::MoveRound(read) => {
                let RoundStep::Made(closed) = read.close(now) else { panic!("{read:?}") };
                of_round(&store.move_round(read, *closed.clone()).await?, &closed)
            }
            Self::OfAccount(write) => write_account(*write, store, now).await?,
            Self::OfOrder(write) => write.write(store, now).await?,
        })
    }
}

async fn write_account(write: Write, store: &Store, now: Timestamp) -> Result<&'static str, StoreError> {
    Ok(match write {
        Write::SignUp => match store.sign_up(&newcomer(1, None), &hash(1)).await? {
            SignUpOutcome::SignedUp => "now",
            SignUpOutcome::PhoneNumberTaken => "taken",
            SignUpOutcome::Collision => "collision",
        },
        Write::Bonus => of_bonus(&store.apply_registration_bonus(user(1), amount("25"), now).await?),
        Write::ReferralBonus => {
            of_bonus(&store.apply_referral_bonus(user(2), direct("10"), None, now).await?)
        }
        Write::Referral => {
            match store.record_referral(user(2), code(1), true, ReferralBonusAfter::SignUp, now).await? {
                ReferralOutcome::Decided(RecordReferral::Recorded(_), _) => "now",
                ReferralOutcome::Decided(RecordReferral::RecordedBefore(_), _) => "before",
                _ => "refused",
            }
        }
        Write::Block => match set_blocked(store, user(1), true).await? {
            AccountWrite::Written(account) if account.is_blocked => "now",
            AccountWrite::Written(_) => "not blocked",
            AccountWrite::UnknownUser => "unknown",
        },
        Write::RecordLogin => {
            let login = LastLogin { at: now, address: "203.0.113.7".to_owned() };
            match store.record_login(user(1), &login).await? {
                LoginOutcome::LoggedIn(account) if account.last_login == Some(login) => "now",
                _ => "refused",
            }
        }
        Write::ReplacePassword => {
            let account = store.load_account(user(1)).await?.expect("an account");
            let opened = Session::open(&token(1, 9, 0), now).of_epoch(account.next_session_epoch());
            match store.replace_password(&account, &hash(1), &hash(2), &opened).await? {
                PasswordWrite::Replaced => "now",
                PasswordWrite::HashChanged | PasswordWrite::SessionsEnded => "refused",
            }
        }
        Write::Recover => match store.recover(&recovery(), user(1), &hash(2), now).await? {
            RecoverOutcome::Recovered(_) => "now",
            RecoverOutcome::Used | RecoverOutcome::Refused(_) => "refused",
        },
        Write::KeepRehashed => {
            let is_kept = store.keep_rehashed(&phone(1), &hash(1), &hash(2)).await?;
            if is_kept { "now" } else { "refused" }
        }
        Write::AddPayee => match store.add_payee(&payee_of(1, "IN12345678")).await? {
            AddPayeeOutcome::Added(_) => "now",
            AddPayeeOutcome::AddedBefore(_) => "before",
            AddPayeeOutcome::OfAnother | AddPayeeOutcome::TooMany => "refused",
        },
        Write::RemovePayee => match store.remove_payee(user(1), &payee_of(1, "IN12345678").id, now).await? {
            RemovePayeeOutcome::Removed(_) => "now",
            RemovePayeeOutcome::RemovedBefore(_) => "before",
            RemovePayeeOutcome::Unknown | RemovePayeeOutcome::Awaited => "refused",
        },
        Write::Rotate => match store.rotate_session(&token(1, 1, 0), salt(1), now).await? {
            RefreshOutcome::Rotated(session)
                if session.current == token(1, 1, 0).successor(salt(1)).digest() =>
            {
                "now"
            }
            RefreshOutcome::Rotated(_) => "another",
            RefreshOutcome::Reused | RefreshOutcome::Ended => "refused",
        },
        Write::Attend => match store.record_attendance(user(1), jiff::civil::date(2024, 1, 1), now).await? {
            AttendanceOutcome::Recorded => "now",
            AttendanceOutcome::RecordedBefore => "before",
        },
        of_money => panic!("{of_money:?} is no write of an account"),
    })
}

fn of_join(outcome: &JoinOutcome, joined: &'static str) -> &'static str {
    match outcome {
        JoinOutcome::Joined => joined,
        JoinOutcome::Settled => "now",
        JoinOutcome::Changed { side: Side::A, .. } => "changed A",
        JoinOutcome::Changed { side: Side::B, .. } => "changed B",
        JoinOutcome::Barred { .. } => "barred",
        JoinOutcome::Busy => "busy",
    }
}

fn of_bonus(outcome: &BonusOutcome) -> &'static str {
    match outcome {
        BonusOutcome::Applied(_) => "now",
        BonusOutcome::AppliedBefore(_) => "before",
        BonusOutcome::Withheld(_) => "withheld",
        _ => "refused",
    }
}

fn of_round(written: &RoundWrite, wanted: &Round) -> &'static str {
    match written {
        RoundWrite::Written(_) => "now",
        RoundWrite::Found(found) if found == wanted => "before",
        RoundWrite::Found(_) => "refused",
    }
}

pub(crate) fn word(error: &StoreError) -> &'static str {
    match error {
        StoreError::Contended => "contended",
        StoreError::Throttled => "throttled",
        StoreError::Unavailable(_) => "unavailable",
        StoreError::Rejected { .. } => "rejected",
        StoreError::Corrupt { .. } => "corrupt",
    }
}

fn recovery() -> Recovery {
    Recovery::new(Digest::of(b"id"), phone(1), Digest::of(b"code"), second(1))
}
