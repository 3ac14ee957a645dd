//! A whole round in memory: any book of bets is matched, settled, voided and refunded, and no money is lost at any step
//! (M1 to M6).
//!
//! The books here are independent of the rules: they add up entries and do not know how an amount came about.

use crate::common::{ROUND, amount, draw, nonce, open_round, round_id, second, seed, user};
use evens_exchange::{
    Bet, BetStatus, BetView, BettingLimits, CommissionRate, Join, Match, MatchState, MatchVerdict,
    OpposedBets, Outcome, PlaceBet, PlaceBetInput, PlaceBetOutcome, PlayerState, REFUND_AFTER, RefundOutcome,
    RefundReason, RefundTerms, Round, RoundStep, Side, Stake, UnmatchedBet, join, place_bet, refund_waiting,
    settle, void_match,
};
use evens_idempotency::{BetId, IdempotencyKey};
use evens_ledger::{
    Amount, Entry, EntryKey, EntryPurpose, Incoming, Posting, SystemAccount, UserId, Wallet, WalletOwner,
};
use evens_own_limits::PlayLimits;
use jiff::Timestamp;
use jiff::tz::Offset;
use proptest::prelude::*;
use std::collections::{BTreeMap, HashSet};

/// A bet that a player wants to place.
#[derive(Debug, Clone)]
struct Wish {
    player: u64,
    side: Side,
    units: i128,
}

/// The end of a match.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Settled,
    /// Drawn, and voided before it was paid.
    DrawnAndVoided,
    /// Voided before it was drawn.
    Voided,
}

/// 1 to 37 coins with up to eight decimals, or 1 to 37 units of the last decimal.
fn any_wish() -> impl Strategy<Value = Wish> {
    let units = prop_oneof![
        1..=37_i128,
        100_000_000..=3_700_000_000_i128,
        (1..=37_i128).prop_map(|coins| coins * 100_000_000)
    ];
    let side = prop::sample::select(Side::ALL.to_vec());
    (1..=6_u64, side, units).prop_map(|(player, side, units)| Wish { player, side, units })
}

fn any_fate() -> impl Strategy<Value = Fate> {
    prop_oneof![3 => Just(Fate::Settled), 1 => Just(Fate::DrawnAndVoided), 1 => Just(Fate::Voided)]
}

const WAITING_MAX: usize = 8;

struct Books {
    round: Round,
    wallets: BTreeMap<UserId, Wallet>,
    entries: Vec<Entry>,
    bets: BTreeMap<BetId, Bet>,
    waiting: BTreeMap<BetId, UnmatchedBet>,
    matches: Vec<Match>,
}

impl Books {
    /// Six players with 100 each, credited by the payment provider, in a round with this minimum stake and commission.
    fn start(draw_name: &str, stake_min: &str, commission: &str) -> Self {
        let mut books = Self {
            round: Round {
                stake_min: amount(stake_min),
                commission: commission.parse().expect("a rate"),
                ..open_round(draw(draw_name))
            },
            wallets: BTreeMap::new(),
            entries: Vec::new(),
            bets: BTreeMap::new(),
            waiting: BTreeMap::new(),
            matches: Vec::new(),
        };
        for player in 1..=6 {
            let deposit = Posting {
                key: EntryKey::new(EntryPurpose::Deposit, &[&player]),
                amount: amount("100"),
                account: SystemAccount::PaymentProvider(None),
                reference: player.to_string(),
            };
            let moved = Wallet::empty(user(player)).credit(Incoming::Credit, deposit, second(0));
            books.post(moved.expect("100 fits"));
        }
        books
    }

    fn post(&mut self, (wallet, entry): (Wallet, Entry)) {
        self.wallets.insert(wallet.user, wallet);
        self.entries.push(entry);
        self.assert_money_is_all_there();
    }

    fn place(&mut self, number: usize, wish: &Wish) {
        let key: IdempotencyKey = format!("key-{number}").parse().expect("a key");
        let command = PlaceBet {
            bet: BetId::derive(user(wish.player), &key),
            user: user(wish.player),
            round: round_id(ROUND),
            side: wish.side,
            stake: Stake::parse(Amount::from_units(wish.units).expect("an amount")).expect("a stake"),
            nonce: nonce(wish.side),
            by_staff: false,
            barred: None,
            session_started_at: second(0),
            session_epoch: 0,
        };
        let input = PlaceBetInput {
            existing: None,
            owner: WalletOwner::default(),
            round: Some(&self.round),
            waiting: self.waiting.values().filter(|waiting| waiting.user == command.user).count(),
            wallet: &self.wallets[&command.user],
            play: &PlayLimits::NONE,
        };
        let limits = BettingLimits {
            is_open: true,
            stake_min: Amount::ZERO,
            decimals: Amount::DECIMALS_MAX,
            waiting_max: WAITING_MAX,
            refund_after: REFUND_AFTER,
            day_offset: Offset::UTC,
        };
        let waited = input.waiting;
        let now = second(i64::try_from(number).expect("few"));
        match place_bet(&command, input, limits, now) {
            PlaceBetOutcome::Placed(placement) => {
                self.bets.insert(command.bet, placement.bet);
                self.waiting.insert(command.bet, placement.waiting);
                self.post((placement.wallet, placement.entry));
            }
            PlaceBetOutcome::InsufficientBalance { balance, stake } => assert!(stake > balance),
            PlaceBetOutcome::StakeTooSmall { stake_min } => assert!(command.stake.amount() < stake_min),
            PlaceBetOutcome::TooManyWaiting { waiting_max } => assert_eq!(waited, waiting_max),
            refused => panic!("{refused:?}"),
        }
    }

    /// Matches the oldest opposed bets until no two bets are opposed. A rest below the minimum is refunded at once.
    fn match_all(&mut self) {
        while let Some(pair) = self.oldest_pair() {
            let Join { bet_match, a, b } = join(&pair, second(1_000));
            let mut rests = Vec::new();
            for (before, rest) in [a, b] {
                let taken = before.open.units() - rest.units();
                assert_eq!(taken, bet_match.amount.units(), "M5: each side puts in the same");
                self.waiting.remove(&before.bet);
                if !rest.is_zero() {
                    rests.push(UnmatchedBet { open: rest, ..before });
                }
            }
            assert!(bet_match.amount >= self.round.stake_min, "no match is of less than the least stake");
            self.matches.push(bet_match);
            for rest in rests {
                if rest.is_too_small(self.round.stake_min) {
                    self.refund(&rest, RefundReason::TooSmall, second(1_001));
                } else {
                    self.waiting.insert(rest.bet, rest);
                }
            }
            self.assert_money_is_all_there();
        }
    }

    fn oldest_pair(&self) -> Option<OpposedBets> {
        let mut book: Vec<_> = self.waiting.values().collect();
        book.sort_by_key(|bet| bet.placed_at);
        let mut pairs = book.iter().flat_map(|one| book.iter().map(move |other| (one, other)));
        pairs.find_map(|(one, other)| OpposedBets::of(one, other, self.round.stake_min).ok())
    }

    /// Both steps: the round stops taking bets, its order book is closed, and its seed is published.
    fn close(&mut self) {
        let RoundStep::Made(closing) = self.round.close(second(2_000)) else {
            panic!("an open round can be closed");
        };
        self.waiting.values_mut().for_each(|waiting| waiting.is_closed = true);
        let RoundStep::Made(closed) = closing.publish(&seed(), second(2_000)) else {
            panic!("a round whose book is closed can be published");
        };
        self.round = *closed;
    }

    fn end_match(&mut self, index: usize, fate: Fate) {
        let bet_match = self.matches[index].clone();
        let MatchVerdict::Winner(winner) = self.round.verdict(&bet_match, &seed()) else {
            panic!("the round has closed");
        };
        let outcome = Outcome { winner, drawn_at: second(2_001) };
        let drawn = Match { state: MatchState::Drawn(outcome), ..bet_match.clone() };
        let ended = match fate {
            Fate::Settled => {
                let winner_wallet = &self.wallets[&bet_match.user(winner)];
                let settlement = settle(&drawn, outcome, winner_wallet, second(2_002)).expect("fits");
                for side in Side::ALL {
                    let bet = self.bets.get_mut(&bet_match.bet(side)).expect("placed");
                    bet.settled = bet.settled.checked_add(bet_match.amount).expect("at most the stake");
                }
                let paid = self.bets.get_mut(&bet_match.bet(winner)).expect("placed");
                paid.paid = paid.paid.checked_add(settlement.payout).expect("at most twice the stake");
                paid.commission_paid = paid.commission_paid.saturating_add(settlement.commission_paid());
                self.matches[index].state = MatchState::Settled(outcome);
                // Both entries belong to one transaction, so the money is counted after both are written.
                self.wallets.insert(settlement.wallet.user, settlement.wallet.clone());
                self.entries.extend(settlement.entries());
                self.assert_money_is_all_there();
                MatchState::Settled(outcome)
            }
            Fate::Voided | Fate::DrawnAndVoided => {
                let read = if matches!(fate, Fate::Voided) { &bet_match } else { &drawn };
                let [a, b] = Side::ALL.map(|side| self.wallets[&bet_match.user(side)].clone());
                let void = void_match(read, &a, &b, second(2_002)).expect("fits").expect("it has not ended");
                for side in Side::ALL {
                    let bet = self.bets.get_mut(&bet_match.bet(side)).expect("placed");
                    bet.refunded = bet.refunded.checked_add(bet_match.amount).expect("at most the stake");
                }
                // Both entries belong to one transaction, so the money is counted after both are written.
                self.matches[index].state = MatchState::Void;
                self.wallets.insert(void.a.0.user, void.a.0);
                self.entries.push(void.a.1);
                self.post(void.b);
                MatchState::Void
            }
        };
        let ended = Match { state: ended, ..bet_match };
        let [a, b] = Side::ALL.map(|side| self.wallets[&ended.user(side)].clone());
        assert_eq!(void_match(&ended, &a, &b, second(2_003)), Ok(None), "what has ended is not voided");
    }

    fn refund_all(&mut self) {
        while let Some((_, waiting)) = self.waiting.pop_first() {
            let asked = self.ask_for_refund(&waiting, RefundReason::Requested, second(2_500));
            assert_eq!(asked, RefundOutcome::RoundEnded, "nobody takes back what the round gives back");
            // Fifty minutes have passed and the round has ended; either reason may be found first.
            let reasons = [RefundReason::Expired, RefundReason::RoundEnded];
            let reason = reasons[usize::from(waiting.open.units() % 2 == 0)];
            self.refund(&waiting, reason, second(3_000));
        }
    }

    fn ask_for_refund(&self, waiting: &UnmatchedBet, reason: RefundReason, now: Timestamp) -> RefundOutcome {
        let terms = RefundTerms { refund_after: REFUND_AFTER, stake_min: self.round.stake_min };
        refund_waiting(waiting, reason, &self.wallets[&waiting.user], PlayerState::default(), terms, now)
            .expect("fits")
    }

    /// Refunds the unmatched part of a bet that has left the order book.
    fn refund(&mut self, waiting: &UnmatchedBet, reason: RefundReason, now: Timestamp) {
        let RefundOutcome::Refund(refund) = self.ask_for_refund(waiting, reason, now) else {
            panic!("{waiting:?} is due: {reason}");
        };
        let placed = self.bets.get_mut(&waiting.bet).expect("placed");
        placed.refunded = placed.refunded.checked_add(waiting.open).expect("at most the stake");
        self.post((refund.wallet, refund.entry));
    }

    /// The balance of an account, computed from the entries alone: it received the money that left the wallets.
    fn on_account(&self, account: &SystemAccount) -> i128 {
        self.entries.iter().filter(|entry| entry.account == *account).map(|entry| -entry.units_signed()).sum()
    }

    /// The balance of the account of commissions.
    fn revenue(&self) -> i128 {
        self.on_account(&SystemAccount::Revenue)
    }

    fn at_risk(&self) -> i128 {
        let open: i128 = self.waiting.values().map(|bet| bet.open.units()).sum();
        let unsettled = self.matches.iter().filter(|bet_match| !bet_match.state.is_final());
        open + unsettled.map(|bet_match| 2 * bet_match.amount.units()).sum::<i128>()
    }

    /// M1 holds at any moment.
    fn assert_money_is_all_there(&self) {
        let wallets: i128 = self.wallets.values().map(|wallet| wallet.balance.units()).sum();
        let stakes = self.on_account(&SystemAccount::Stakes(ROUND.to_owned()));
        assert_eq!(
            wallets + stakes + self.revenue() + self.on_account(&SystemAccount::PaymentProvider(None)),
            0,
            "M1: the books sum to zero"
        );
        assert!(stakes >= 0, "M1: no more leaves a round than came in");
    }

    /// M1: the money at risk is the sum of unmatched and matched stakes, counted between transactions.
    fn assert_stakes_are_explained(&self) {
        assert_eq!(
            self.on_account(&SystemAccount::Stakes(ROUND.to_owned())),
            self.at_risk(),
            "M1: stakes at risk"
        );
    }

    fn assert_every_invariant(&self) {
        self.assert_money_is_all_there();
        self.assert_stakes_are_explained();
        let keys: HashSet<_> = self.entries.iter().map(|entry| &entry.key).collect();
        assert_eq!(keys.len(), self.entries.len(), "M3: one key, one effect");
        let ids: HashSet<_> = self.matches.iter().map(|bet_match| bet_match.id).collect();
        assert_eq!(ids.len(), self.matches.len(), "M3: two bets meet at most once");
        for wallet in self.wallets.values() {
            let mut explained = Wallet { locked: wallet.locked, ..Wallet::empty(wallet.user) };
            for entry in self.entries.iter().filter(|entry| entry.user == wallet.user) {
                explained = explained.follow(entry).expect("M4: the ledger explains the wallet");
            }
            explained.newest.clone_from(&wallet.newest);
            assert_eq!(explained, *wallet, "M4: up to its end");
        }
    }

    /// M6: every part of every bet has ended, and each winning part was paid.
    fn assert_every_bet_ended(&self) {
        for bet in self.bets.values() {
            let view = BetView { bet: bet.clone(), open: Amount::ZERO };
            assert!(view.matched().is_zero(), "M6: {bet:?}");
            assert!(matches!(view.status(), BetStatus::Settled | BetStatus::Refunded), "M6: {bet:?}");
            assert!(bet.paid.units() <= 2 * bet.settled.units(), "{bet:?}");
        }
        assert_eq!(self.at_risk(), 0);
    }
}

fn play(draw_name: &str, [stake_min, commission]: [&str; 2], wishes: &[Wish], fates: &[Fate]) -> Books {
    let mut books = Books::start(draw_name, stake_min, commission);
    for (number, wish) in wishes.iter().enumerate() {
        books.place(number, wish);
        books.assert_stakes_are_explained();
    }
    books.match_all();
    books.assert_every_invariant();
    books.close();
    for index in 0..books.matches.len() {
        books.end_match(index, fates[index % fates.len()]);
        books.assert_stakes_are_explained();
    }
    books.refund_all();
    books
}

proptest! {
    #[test]
    fn any_book_of_bets_ends_with_all_the_money(
        draw_name in prop::sample::select(vec!["match", "round"]),
        stake_min in prop::sample::select(vec!["0", "1"]),
        commission in prop::sample::select(vec!["0", "0.0001", "0.0333", "0.1"]),
        wishes in prop::collection::vec(any_wish(), 0..40),
        fates in prop::collection::vec(any_fate(), 1..20),
    ) {
        let books = play(draw_name, [stake_min, commission], &wishes, &fates);
        books.assert_every_invariant();
        books.assert_every_bet_ended();
        let held: i128 = books.wallets.values().map(|wallet| wallet.balance.units()).sum();
        let revenue = books.revenue();
        prop_assert_eq!(held + revenue, 600 * 100_000_000, "M1: all money is with the players or the house");
        let of_bets: i128 = books.bets.values().map(|bet| bet.commission_paid.units()).sum();
        let rate: CommissionRate = commission.parse().expect("a rate");
        let of_matches = books.matches.iter().filter(|found| matches!(found.state, MatchState::Settled(_)));
        let of_matches: i128 = of_matches.map(|found| rate.of(found.amount).units()).sum();
        prop_assert_eq!([of_bets, of_matches], [revenue; 2], "the commissions are the revenue of the house");
    }

    #[test]
    fn a_player_with_only_refunds_keeps_the_first_balance(wishes in prop::collection::vec(any_wish(), 0..40)) {
        let books = play("match", ["1", "0.1"], &wishes, &[Fate::Voided, Fate::DrawnAndVoided]);
        for wallet in books.wallets.values() {
            prop_assert_eq!(wallet.balance, amount("100"));
        }
    }

    #[test]
    fn a_round_with_one_outcome_pays_one_side_only(wishes in prop::collection::vec(any_wish(), 0..40)) {
        // The golden draw of this round in tests/draw.rs is side B.
        let books = play("round", ["0", "0.05"], &wishes, &[Fate::Settled]);
        for bet in books.bets.values() {
            let expected = match bet.side {
                Side::A => 0,
                Side::B => 2 * bet.settled.units(),
            };
            prop_assert_eq!(bet.paid.units(), expected);
        }
    }

    #[test]
    fn bets_left_after_matching_have_no_opponent(
        stake_min in prop::sample::select(vec!["0", "1"]),
        wishes in prop::collection::vec(any_wish(), 0..40),
    ) {
        let mut books = Books::start("match", stake_min, "0");
        for (number, wish) in wishes.iter().enumerate() {
            books.place(number, wish);
        }
        books.match_all();
        let left: Vec<_> = books.waiting.values().collect();
        let players_on = |side| -> HashSet<_> {
            left.iter().filter(|bet| bet.side == side).map(|bet| bet.user).collect()
        };
        let (on_a, on_b) = (players_on(Side::A), players_on(Side::B));
        let one_player_alone = on_a.len() <= 1 && on_a == on_b;
        prop_assert!(on_a.is_empty() || on_b.is_empty() || one_player_alone);
    }
}
