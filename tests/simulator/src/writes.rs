//! Recognises the store's transactions.

use evens_simulated_table::call::{CallItem, number_in, text_in};
use evens_simulated_table::item::{Key, key_of};
use evens_table::{Check, Delete, Write};

/// The writes of a transaction of the store.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Writes<'a>(pub(crate) &'a [Write]);

/// The kind of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Places a bet.
    Place,
    /// Joins two bets without paying the winner.
    Join,
    /// Joins two bets and pays the winner.
    Pay,
    /// Pays a match that was joined earlier.
    Settle,
    /// Returns both stakes of a match.
    Void,
    /// Refunds the unmatched part of a bet.
    Refund,
    /// Opens a round.
    Open,
    /// Moves a round to its next state.
    Move,
    /// Records a new player's referral.
    Referral,
    /// Gives a bonus.
    Bonus,
    /// Credits an order.
    Fund,
    /// Blocks or unblocks an account.
    Block,
    /// Places a bet on a house game.
    PlaceGame,
    /// Pays or refunds bets on a house game.
    PayGame,
    /// Opens a period of a game.
    OpenPeriod,
    /// Moves a period to its next state.
    MovePeriod,
    /// Draws a period without bets, whose result replaces it.
    ArchivePeriod,
    /// Opens a deposit.
    OpenDeposit,
    /// Credits a payment to the depositing player's wallet.
    CreditDeposit,
    /// Refunds a credited deposit by a cashier.
    RefundDeposit,
    /// Credits money in suspense to its player by a cashier.
    ClaimSuspended,
    /// Charges a disputed payment back.
    ChargeBack,
    /// Adds a payee.
    AddPayee,
    /// Requests a withdrawal.
    RequestWithdrawal,
    /// Cancels a withdrawal by its player.
    CancelWithdrawal,
    /// Rejects a withdrawal by a cashier.
    RejectWithdrawal,
    /// Claims an attempt to send a withdrawal.
    ClaimPayout,
    /// Completes a paid withdrawal.
    CompletePayout,
    /// Returns a failed or reversed withdrawal to the wallet.
    GiveBack,
    /// Applies a player's own limits to their wallet.
    HoldToLimits,
    /// Contributes to jackpots.
    Contribute,
    /// Records a drawn jackpot win as owed.
    OweWin,
    /// Begins a jackpot win.
    BeginWin,
    /// Pays a jackpot win.
    FinishWin,
    /// Any other transaction.
    Other,
}

impl Kind {
    /// Returns whether only jobs write this kind, apart from operators.
    fn is_of_job(self) -> bool {
        match self {
            Self::Join
            | Self::Pay
            | Self::Settle
            | Self::Void
            | Self::Referral
            | Self::Bonus
            | Self::PayGame
            | Self::OpenPeriod
            | Self::MovePeriod
            | Self::ArchivePeriod
            | Self::CreditDeposit
            | Self::ChargeBack
            | Self::ClaimPayout
            | Self::CompletePayout
            | Self::GiveBack
            | Self::OweWin
            | Self::FinishWin => true,
            Self::Place
            | Self::PlaceGame
            | Self::Refund
            | Self::Open
            | Self::Move
            | Self::Fund
            | Self::Block
            | Self::OpenDeposit
            | Self::RefundDeposit
            | Self::ClaimSuspended
            | Self::AddPayee
            | Self::RequestWithdrawal
            | Self::CancelWithdrawal
            | Self::RejectWithdrawal
            | Self::HoldToLimits
            | Self::Contribute
            | Self::BeginWin
            | Self::Other => false,
        }
    }
}

/// The subject of one write of a transaction. Items are recognised by their content, not by their position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part<'a> {
    /// A new item of a kind.
    New(&'a str),
    /// An unmatched bet that shrinks or goes. In a join, the taker's comes first.
    Place,
    /// A change of a match.
    Match,
    /// A wallet with a movement of money. In a void, that of side A comes first.
    Posting,
    /// A wallet without a movement: a lost stake is released, or its owner is blocked.
    Wallet,
    /// A change of an account.
    Account,
    /// The ended part of a bet. In a payout, the winner's comes first.
    Bet,
    /// The shard of a period that a bet on a house game goes into.
    Shard,
    /// A period that is deleted because it is archived.
    Period,
    /// The secret seed of a period that is deleted because it is archived.
    PeriodSeed,
    /// The jackpot meter that a contribution goes into.
    Meter,
}

/// The subject of this write, if it is one of these.
fn part(write: &Write) -> Option<Part<'_>> {
    let (key, values) = match write {
        Write::Put(put) => {
            return put.item.contains_key("kind").then(|| Part::New(text_in(&put.item, "kind")));
        }
        Write::Update(update) => (&update.key, &update.placeholders.values),
        Write::Delete(Delete { key, condition }) | Write::Check(Check { key, condition }) => {
            (key, &condition.placeholders.values)
        }
    };
    let is_deleted = matches!(write, Write::Delete(_));
    let is_posting = values.contains_key(":balance");
    match (text_in(key, "pk"), text_in(key, "sk")) {
        (_, "WALLET") => Some(if is_posting { Part::Posting } else { Part::Wallet }),
        (_, "ACCOUNT") => Some(Part::Account),
        (_, "BET") => Some(Part::Bet),
        (_, sort) if sort.starts_with("MATCH#") => Some(Part::Match),
        (partition, _) if partition.starts_with("BOOK#") => Some(Part::Place),
        (partition, _) if partition.starts_with("PERIOD-BETS#") => Some(Part::Shard),
        (partition, "PERIOD") if is_deleted && partition.starts_with("PERIOD#") => Some(Part::Period),
        (partition, "SEED") if is_deleted && partition.starts_with("SEED#") => Some(Part::PeriodSeed),
        (_, "METER") => Some(Part::Meter),
        _ => None,
    }
}

/// The values of an update, by placeholder. `None` for other writes.
fn values_of_update(write: &Write) -> Option<&CallItem> {
    match write {
        Write::Update(update) => Some(&update.placeholders.values),
        _ => None,
    }
}

impl<'a> Writes<'a> {
    /// Returns whether a job writes this, so that no request reports its failure. Operators' actions have an audit
    /// line. An operator who cancels a period also performs the clock's steps on it.
    pub(crate) fn is_of_job(self) -> bool {
        let is_of_operator = self.position(Part::New("audit-line"), 0).is_some()
            || matches!(self.new_text("period", "state"), Some("CLOSING" | "CLOSED" | "CANCELLED"));
        self.kind().is_of_job() && !is_of_operator
    }

    /// The kind of this transaction.
    pub(crate) fn kind(self) -> Kind {
        let parts: Vec<_> = self.0.iter().filter_map(part).collect();
        let has = |wanted: Part<'_>| parts.contains(&wanted);
        let values = || self.0.iter().filter_map(values_of_update);
        let sets = |name: &str| values().any(|values| values.contains_key(name));
        let is_of = |direction| self.new_text("order", "direction") == Some(direction);
        let is_in = |state| self.new_text("order", "state") == Some(state);
        let becomes = |state| is_of("withdrawal") && is_in(state);
        let posts = is_of("deposit") && has(Part::Posting);
        let is_new = has(Part::New("order-place"));
        // Bets between players are paid in parts, each with the stake it was paid for.
        let pays_game_bet = self.0.iter().any(|write| {
            let has = |name: &str| values_of_update(write).is_some_and(|values| values.contains_key(name));
            part(write) == Some(Part::Bet) && has(":paid") && !has(":stake")
        });
        let kinds = [
            (Kind::Place, has(Part::New("bet"))),
            (Kind::PlaceGame, has(Part::New("game-bet"))),
            (Kind::PayGame, pays_game_bet),
            (Kind::OpenPeriod, has(Part::New("period-seed"))),
            (Kind::ArchivePeriod, has(Part::New("archived-period"))),
            (Kind::MovePeriod, has(Part::New("period"))),
            (Kind::Pay, has(Part::New("match")) && has(Part::Posting)),
            (Kind::Join, has(Part::New("match"))),
            (Kind::Settle, has(Part::Match) && sets(":settled")),
            (Kind::Void, has(Part::Match) && sets(":void")),
            (Kind::Refund, has(Part::Place) && has(Part::Posting)),
            (Kind::Open, has(Part::New("round")) && has(Part::New("seed"))),
            (Kind::Move, has(Part::New("round"))),
            (Kind::Referral, has(Part::New("referral"))),
            (Kind::Bonus, has(Part::Account) && has(Part::Posting)),
            (Kind::Fund, has(Part::New("funding"))),
            (Kind::Block, has(Part::Account) && has(Part::Wallet)),
            (Kind::OpenDeposit, is_new && is_of("deposit")),
            (Kind::RefundDeposit, posts && is_in("REFUNDED")),
            (Kind::ClaimSuspended, posts && has(Part::New("audit-line"))),
            (Kind::ChargeBack, is_of("deposit") && has(Part::New("cashier")) && is_in("CHARGED_BACK")),
            (Kind::CreditDeposit, posts),
            (Kind::AddPayee, has(Part::New("payee"))),
            (Kind::RequestWithdrawal, is_new && is_of("withdrawal")),
            (Kind::CancelWithdrawal, becomes("CANCELLED")),
            (Kind::RejectWithdrawal, becomes("REJECTED")),
            (Kind::ClaimPayout, becomes("PROCESSING")),
            (Kind::CompletePayout, becomes("COMPLETED")),
            (Kind::GiveBack, becomes("FAILED") || becomes("RETURNED")),
            (Kind::HoldToLimits, has(Part::New("cashier")) && has(Part::Wallet)),
            (Kind::Contribute, has(Part::New("jackpot-contribution"))),
            (Kind::FinishWin, has(Part::New("jackpot-win"))),
            (Kind::BeginWin, has(Part::New("jackpot-award")) && has(Part::New("jackpot-pool"))),
            (Kind::OweWin, self.is_owed_win()),
        ];
        kinds.into_iter().find(|(_, is)| *is).map_or(Kind::Other, |(kind, _)| kind)
    }

    /// Returns whether it records a drawn jackpot win that is still to begin.
    fn is_owed_win(self) -> bool {
        let position = self.position(Part::New("jackpot-award"), 0);
        position.is_some_and(|position| match &self.0[position] {
            Write::Put(put) => put.item.contains_key("unfinished_pk"),
            _ => false,
        })
    }

    /// The position of the part with this number, counted from zero.
    pub(crate) fn position(self, wanted: Part<'_>, number: usize) -> Option<usize> {
        let positions = self.0.iter().enumerate().filter(|(_, write)| part(write) == Some(wanted));
        positions.map(|(position, _)| position).nth(number)
    }

    /// The new item of this kind.
    pub(crate) fn new_item(self, kind: &str) -> Option<&'a CallItem> {
        match &self.0[self.position(Part::New(kind), 0)?] {
            Write::Put(put) => Some(&put.item),
            _ => None,
        }
    }

    /// A text attribute of a new item of this kind.
    pub(crate) fn new_text(self, kind: &str, name: &str) -> Option<&'a str> {
        let item = self.new_item(kind)?;
        item.contains_key(name).then(|| text_in(item, name))
    }

    /// A numeric attribute of a new item of this kind.
    pub(crate) fn new_number(self, kind: &str, name: &str) -> Option<u16> {
        number_in(self.new_item(kind)?, name).parse().ok()
    }

    /// The key of the wallet with a movement of money, and the values of its update.
    pub(crate) fn posting(self) -> Option<(Key, &'a CallItem)> {
        match &self.0[self.position(Part::Posting, 0)?] {
            Write::Update(update) => Some((key_of(&update.key).ok()?, &update.placeholders.values)),
            _ => None,
        }
    }

    /// The values of the first update of this part.
    pub(crate) fn updated(self, wanted: Part<'_>) -> Option<&'a CallItem> {
        values_of_update(&self.0[self.position(wanted, 0)?])
    }

    /// The keys of the unmatched bets that it writes.
    pub(crate) fn places(self) -> impl Iterator<Item = Key> {
        let places = self.0.iter().filter(|write| part(write) == Some(Part::Place));
        places.filter_map(|write| match write {
            Write::Put(_) => None,
            Write::Update(update) => key_of(&update.key).ok(),
            Write::Delete(Delete { key, .. }) | Write::Check(Check { key, .. }) => key_of(key).ok(),
        })
    }
}
