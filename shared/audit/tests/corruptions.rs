//! One corruption each, and exactly the invariants that it offends.
//!
//! Money hangs together: what changes an amount is often seen from several sides. Each row lists them all.

#![cfg(test)]

mod common;

use common::{Story, amount, round_id, second, signed, user};
use evens_audit::{CLOCK_TOLERANCE, Completeness, Item};
use evens_exchange::{
    BetId, Draw, Match, MatchId, MatchState, OracleKey, Outcome, Round, RoundState, Seed, Side,
};
use evens_ledger::{Account, Amount, Digest, Entry, EntryKey, EntryKind, Incoming, Posting, Purse, Wallet};

/// The story of all tables: user 1 and 2 meet in `game` for 10 and it is settled; of user 1's 15, 5 are refunded.
/// Users 3 and 4 meet in `void` for 7, and get it back. Users 1 and 2 meet in `coin` for 3 (one draw for the round) and
/// users 3 and 4 in `sport` for 4 (an oracle). User 1 has a bonus of 25 from before his bets, user 2 one of 5, each for
/// somebody whom he brought.
struct Case {
    story: Story,
    settled: MatchId,
    void: MatchId,
    coin: MatchId,
    refunded: BetId,
    /// What is read twice.
    twice: Option<Item>,
}

fn case() -> Case {
    let mut story = Story::default();
    for player in 1..=4 {
        story.sign_up(player, None);
        story.fund(player, "100");
    }
    story.bonus(1, "25");
    story.bonus(2, "5");
    let rounds = [("game", "match"), ("void", "match"), ("coin", "round"), ("sport", "oracle")];
    for (round, draw) in rounds {
        story.open(round, draw);
    }
    let refunded = story.place(1, "game", Side::A, "15").expect("holds 100");
    story.place(2, "game", Side::B, "10");
    let settled = story.match_all()[0];
    story.draw(settled);
    story.settle(settled);
    story.refund(refunded);
    story.place(3, "void", Side::A, "7");
    story.place(4, "void", Side::B, "7");
    let void = story.match_all()[0];
    story.cancel("void");
    story.void(void);
    story.place(1, "coin", Side::A, "3");
    story.place(2, "coin", Side::B, "3");
    story.place(3, "sport", Side::A, "4");
    story.place(4, "sport", Side::B, "4");
    let [coin, sport] = story.match_all()[..] else { panic!("two pairs") };
    story.close("game");
    story.close("coin");
    story.close("sport");
    story.result("sport", Side::B);
    for id in [coin, sport] {
        story.draw(id);
        story.settle(id);
    }
    Case { story, settled, void, coin, refunded, twice: None }
}

impl Case {
    fn entry(&mut self, purpose: &str) -> &mut Entry {
        let found = self.story.entries.iter_mut().find(|entry| entry.key.as_str().starts_with(purpose));
        found.expect("there is one")
    }

    fn drop_entry(&mut self, purpose: &str) {
        let key = self.entry(purpose).key.clone();
        self.story.entries.retain(|entry| entry.key != key);
    }

    fn wallet(&mut self, player: u64) -> &mut Wallet {
        self.story.wallets.get_mut(&user(player)).expect("there is one")
    }

    fn a_match(&mut self, id: MatchId) -> &mut Match {
        self.story.matches.get_mut(&id).expect("there is one")
    }

    fn round(&mut self, id: &str) -> &mut Round {
        self.story.rounds.get_mut(&round_id(id)).expect("there is one")
    }

    /// A well-formed entry at the end of a wallet, as only somebody who knows the format could add it.
    fn pay(&mut self, player: u64, key: EntryKey, coins: &str, account: Account) {
        let at = self.story.tick();
        let posting = Posting { key, amount: amount(coins), account, reference: "extra".to_owned() };
        let posted = self.wallet(player).credit(Incoming::Credit, posting, at).expect("fits");
        self.story.post(posted, 0);
    }
}

fn game() -> Account {
    Account::Stakes("game".to_owned())
}

/// Which invariants the corrupted story offends, in order: `M1 M4`.
fn offended(corrupt: impl FnOnce(&mut Case)) -> (String, String) {
    let mut case = case();
    assert_eq!(case.story.check(Completeness::Ended).offences(), &[], "sound before it is corrupted");
    corrupt(&mut case);
    let items = case.story.items().into_iter().chain(case.twice);
    let report = common::check(items, Completeness::Ended);
    let mut names: Vec<_> = report.offences().iter().map(|offence| offence.invariant.name()).collect();
    names.dedup();
    (names.join(" "), format!("{:#?}", report.offences()))
}

type Corruption = (&'static str, fn(&mut Case), &'static str);

fn check(table: &[Corruption]) {
    for (what, corrupt, expected) in table {
        let (names, offences) = offended(corrupt);
        assert_eq!(names, *expected, "{what}: {offences}");
    }
}

#[test]
#[rustfmt::skip]
fn of_entries() {
    check(&[
        ("an amount is changed", |case| case.entry("BET:").amount = amount("14"), "M1 M2 M3 M4"),
        ("an amount is changed with balance and hash", |case| {
            let entry = case.entry("BET:");
            entry.amount = amount("14");
            entry.balance_after = amount("86");
            entry.hash = entry.computed_hash();
        }, "M1 M3 M4"),
        ("the newest entry is dropped", |case| { case.story.entries.pop(); }, "M1 M3 M4"),
        ("an entry in the middle is dropped", |case| case.drop_entry("SETTLE:"), "M1 M3 M4"),
        ("a deposit's entry is dropped", |case| case.drop_entry("FUND:"), "M1 M3 M4"),
        ("a hash is changed", |case| case.entry("VOID:").hash = Digest::ZERO, "M4"),
        ("the hash before is changed", |case| case.entry("VOID:").previous_hash = Digest::ZERO, "M4"),
        ("a reference is changed", |case| "other".clone_into(&mut case.entry("VOID:").reference), "M4"),
        ("a time is changed", |case| case.entry("VOID:").at = second(0), "M4"),
        ("an account is changed", |case| case.entry("VOID:").account = Account::House, "M1 M3 M4"),
        ("a number is changed", |case| case.entry("SETTLE:").number += 100, "M4"),
        ("a number is given twice", |case| case.entry("SETTLE:").number = 1, "M4"),
        ("a debit becomes a credit", |case| case.entry("BET:").kind = EntryKind::Credit, "M1 M2 M3 M4"),
        ("a key is used again", |case| {
            let key = case.entry("FUND:").key.clone();
            case.pay(2, key, "5", Account::House);
        }, "M3"),
        ("a refund is paid again", |case| {
            let key = EntryKey::new("REFUND", &[&case.refunded]);
            case.pay(1, key, "5", game());
        }, "M1 M3"),
        ("a refund is paid to somebody else", |case| {
            let key = EntryKey::new("REFUND", &[&case.refunded]);
            case.story.entries.iter_mut().find(|entry| entry.key == key).expect("refunded").key =
                EntryKey::new("PAYOUT", &[&"x"]);
            case.pay(3, key, "5", Account::House);
        }, "M3 M4"),
        ("the loser is paid, too", |case| {
            let winner = case.a_match(case.settled).state.outcome().expect("settled").winner;
            let loser = case.a_match(case.settled).user(winner.opposite());
            let key = EntryKey::new("SETTLE", &[&case.settled, &loser]);
            case.pay(loser.number(), key, "20", game());
        }, "M1 M3"),
        ("a settled match is voided, too", |case| {
            let key = EntryKey::new("VOID", &[&case.settled, &user(1)]);
            case.pay(1, key, "10", game());
        }, "M1 M3"),
        ("a void match is settled, too", |case| {
            let key = EntryKey::new("SETTLE", &[&case.void, &user(3)]);
            case.pay(3, key, "14", Account::Stakes("void".to_owned()));
        }, "M1 M3"),
        ("a payout out of nothing comes from the stakes", |case| {
            case.pay(4, EntryKey::new("PAYOUT", &[&"x"]), "1", game());
        }, "M1 M3"),
        ("a gift of the house that nothing explains", |case| {
            case.pay(4, EntryKey::new("GIFT", &[&"1"]), "1000000", Account::House);
        }, "M3"),
        ("a stake that belongs to no bet", |case| {
            let key = EntryKey::new("BET", &[&case.settled]);
            case.pay(4, key, "1", Account::House);
        }, "M3"),
    ]);
}

/// Makes the entries of a wallet one chain again and has bets and wallet say the same, as only somebody who knows the
/// format could.
fn chain_again(case: &mut Case, player: u64) {
    let mut wallet = Wallet { locked: case.wallet(player).locked, ..Wallet::empty(user(player)) };
    for entry in case.story.entries.iter_mut().filter(|entry| entry.user == user(player)) {
        entry.previous_hash = wallet.head;
        entry.balance_before = wallet.held(entry.purse);
        let after = entry.balance_before.units() + entry.units_signed();
        entry.balance_after = Amount::from_units(after).expect("not negative");
        entry.hash = entry.computed_hash();
        wallet = wallet.follow(entry).expect("one chain");
    }
    *case.wallet(player) = wallet;
    for bet in case.story.bets.values_mut().filter(|bet| bet.user == user(player)) {
        let key = EntryKey::new("BET", &[&bet.id]);
        let stake = case.story.entries.iter().find(|entry| entry.key == key).expect("its stake");
        bet.balance_after = stake.balance_after;
    }
}

#[test]
#[rustfmt::skip]
fn of_bonuses() {
    check(&[
        ("a bonus appears", |case| case.wallet(3).bonus = amount("1"), "M1 M4"),
        ("a bonus is larger", |case| case.wallet(1).bonus = amount("25.00000001"), "M1 M4"),
        ("a bonus is gone", |case| case.wallet(1).bonus = Amount::ZERO, "M1 M4"),
        ("a bonus becomes cash", |case| {
            let wallet = case.wallet(1);
            wallet.balance = wallet.balance.checked_add(wallet.bonus).expect("fits");
            wallet.bonus = Amount::ZERO;
        }, "M4"),
        ("a bonus is all that a wallet has, and nothing explains it", |case| {
            let wallet = Wallet { bonus: amount("5"), ..Wallet::empty(user(9)) };
            case.story.wallets.insert(user(9), wallet);
        }, "M1 M4"),
        ("a bonus's entry is larger", |case| case.entry("BONUS:").amount = amount("26"), "M1 M2 M4"),
        ("a bonus's entry is dropped", |case| case.drop_entry("BONUS:"), "M1 M4"),
        ("a bonus's entry is relabelled as cash", |case| case.entry("BONUS:").purse = Purse::Cash, "M3 M4"),
        ("a stake is relabelled as a bonus", |case| case.entry("BET:").purse = Purse::Bonus, "M3 M4"),
        ("a deposit is relabelled as a bonus", |case| case.entry("FUND:").purse = Purse::Bonus, "M3 M4"),
        ("a payment is relabelled as a bonus, with its hash", |case| {
            case.pay(4, EntryKey::new("PAYOUT", &[&"x"]), "5", Account::House);
            let entry = case.entry("PAYOUT:");
            entry.purse = Purse::Bonus;
            entry.hash = entry.computed_hash();
        }, "M3 M4"),
        ("a stake is paid with a bonus, in a chain without fault", |case| {
            case.entry("BET:").purse = Purse::Bonus;
            chain_again(case, 1);
        }, "M3"),
        ("a bonus does not come from the bonus pool", |case| {
            case.entry("BONUS:").account = Account::House;
            chain_again(case, 1);
        }, "M3"),
        ("a bonus is in cash, in a chain without fault", |case| {
            case.entry("BONUS:").purse = Purse::Cash;
            chain_again(case, 1);
        }, "M3"),
        ("the bonus for signing up is somebody else's", |case| {
            case.entry("BONUS:").key = EntryKey::new("BONUS", &[&"REG", &user(3)]);
            chain_again(case, 1);
        }, "M3"),
        ("the bonus for signing up is one's own", |case| {
            case.entry("BONUS:").key = EntryKey::new("BONUS", &[&"REG", &user(1)]);
            chain_again(case, 1);
        }, ""),
        ("the bonus for signing up is still owed", |case| {
            case.entry("BONUS:").key = EntryKey::new("BONUS", &[&"REG", &user(1)]);
            chain_again(case, 1);
            let sign_up = case.story.sign_ups.get_mut(&user(1)).expect("signed up");
            (sign_up.owes_bonus, sign_up.owes_anything) = (true, true);
        }, "M3"),
        ("a bonus for somebody who is brought by somebody else", |case| {
            case.story.sign_ups.get_mut(&user(1_004)).expect("signed up").referrer = Some(user(3));
        }, "M3"),
        ("a bonus for somebody whose referral is not done", |case| {
            case.story.sign_ups.get_mut(&user(1_004)).expect("signed up").owes_anything = true;
        }, "M3"),
        ("a bonus for somebody who does not exist", |case| {
            case.story.sign_ups.remove(&user(1_004));
        }, "M3"),
        ("a bonus for nobody knows what", |case| {
            case.entry("BONUS:").key = EntryKey::new("BONUS", &[&"DAY", &user(1)]);
            chain_again(case, 1);
        }, "M3"),
        ("a bonus is given again", |case| {
            let key = case.entry("BONUS:").key.clone();
            case.pay(4, key, "25", Account::BonusPool);
        }, "M3"),
    ]);
}

#[test]
#[rustfmt::skip]
fn of_wallets_and_deposits() {
    check(&[
        ("a balance is changed", |case| case.wallet(1).balance = amount("1000"), "M1 M4"),
        ("a locked amount is changed", |case| case.wallet(1).locked = amount("1"), "M2"),
        ("a version is changed", |case| case.wallet(1).version += 1, "M4"),
        ("a head is changed", |case| case.wallet(1).head = Digest::ZERO, "M4"),
        ("a wallet is dropped", |case| { case.story.wallets.remove(&user(1)); }, "M1 M4"),
        ("a wallet appears", |case| {
            let wallet = Wallet { balance: amount("5"), version: 1, ..Wallet::empty(user(9)) };
            case.story.wallets.insert(user(9), wallet);
        }, "M1 M4"),
        ("an empty wallet appears", |case| {
            case.story.wallets.insert(user(9), Wallet::empty(user(9)));
        }, ""),
        ("a deposit is dropped", |case| { case.story.deposits.pop(); }, "M3"),
        ("a deposit is of another order", |case| case.story.deposits[0].order = "order-9".to_owned(), "M3"),
        ("a deposit is of another user", |case| case.story.deposits[0].user = user(2), "M3"),
        ("a deposit is larger", |case| case.story.deposits[0].amount = amount("101"), "M3"),
        ("a deposit names another entry", |case| case.story.deposits[0].entry = 2, "M3"),
        ("a deposit is there twice", |case| {
            case.twice = Some(Item::Deposit(case.story.deposits[0].clone()));
        }, "M3"),
        ("an account is there twice", |case| {
            case.twice = Some(Item::SignUp(case.story.sign_ups[&user(1)]));
        }, "M3"),
    ]);
}

#[test]
#[rustfmt::skip]
fn of_bets_and_the_book() {
    check(&[
        ("a stake at risk disappears: the bet says settled, nobody was paid", |case| {
            case.story.open("late", "match");
            let bet = case.story.place(1, "late", Side::A, "2").expect("has it");
            case.story.waiting.remove(&bet);
            let bet = case.story.bets.get_mut(&bet).expect("placed");
            bet.settled = amount("2");
        }, "M1 M2 M5"),
        ("a place in the book disappears", |case| {
            case.story.open("late", "match");
            let bet = case.story.place(1, "late", Side::A, "2").expect("has it");
            case.story.waiting.remove(&bet);
        }, "M5 M6"),
        ("a place in the book is larger than the bet", |case| {
            case.story.open("late", "match");
            let bet = case.story.place(1, "late", Side::A, "2").expect("has it");
            case.story.waiting.get_mut(&bet).expect("waits").open = amount("3");
        }, "M5 M6"),
        ("a place in the book is on the other side", |case| {
            case.story.open("late", "match");
            let bet = case.story.place(1, "late", Side::A, "2").expect("has it");
            case.story.waiting.get_mut(&bet).expect("waits").side = Side::B;
        }, "M5 M6"),
        ("a bet is there twice, with one entry", |case| {
            let bet = case.story.bets[&case.refunded].clone();
            case.twice = Some(Item::Bet(bet));
        }, "M3"),
        ("a bet is left to wait", |case| {
            case.story.open("late", "match");
            case.story.place(1, "late", Side::A, "2");
        }, "M6"),
        ("a bet is dropped", |case| { let bet = case.refunded; case.story.bets.remove(&bet); }, "M3 M5"),
        ("a bet says more refunded", |case| {
            let bet = case.refunded;
            case.story.bets.get_mut(&bet).expect("placed").refunded = amount("6");
        }, "M1 M2 M5 M6"),
        ("a bet says more paid", |case| {
            let bet = case.refunded;
            case.story.bets.get_mut(&bet).expect("placed").paid = amount("100");
        }, "M5"),
        ("a bet says another balance", |case| {
            let bet = case.refunded;
            case.story.bets.get_mut(&bet).expect("placed").balance_after = Amount::ZERO;
        }, "M3"),
        ("a bet is of another user", |case| {
            let bet = case.refunded;
            case.story.bets.get_mut(&bet).expect("placed").user = user(3);
        }, "M3 M5"),
        ("a bet was placed after its round had closed", |case| {
            let bet = case.refunded;
            case.story.bets.get_mut(&bet).expect("placed").placed_at = second(1_000);
        }, "M7"),
        ("a bet was placed before its round had opened", |case| {
            let bet = case.refunded;
            case.story.bets.get_mut(&bet).expect("placed").placed_at = second(-1_000);
        }, "M7"),
        ("a bet was placed a moment after its round had closed", |case| {
            let bet = case.refunded;
            let RoundState::Closed { closed_at, .. } = case.round("game").state else { panic!("closed") };
            let late = closed_at.checked_add(CLOCK_TOLERANCE).expect("a time");
            case.story.bets.get_mut(&bet).expect("placed").placed_at = late;
        }, ""),
    ]);
}

#[test]
#[rustfmt::skip]
fn of_matches() {
    check(&[
        ("the winners are swapped", |case| {
            let bet_match = case.a_match(case.settled);
            let MatchState::Settled(outcome) = bet_match.state else { panic!("settled") };
            bet_match.state = MatchState::Settled(Outcome { winner: outcome.winner.opposite(), ..outcome });
        }, "M3 M5 M7"),
        ("the winners of a round's draw are swapped", |case| {
            let bet_match = case.a_match(case.coin);
            let MatchState::Settled(outcome) = bet_match.state else { panic!("settled") };
            bet_match.state = MatchState::Settled(Outcome { winner: outcome.winner.opposite(), ..outcome });
        }, "M3 M5 M7"),
        ("a settled match is drawn again", |case| {
            let bet_match = case.a_match(case.settled);
            let MatchState::Settled(outcome) = bet_match.state else { panic!("settled") };
            bet_match.state = MatchState::Drawn(outcome);
        }, "M3 M5 M6"),
        ("a void match is joined again", |case| case.a_match(case.void).state = MatchState::Joined, "M3 M5 M6"),
        ("a match is dropped", |case| { let id = case.settled; case.story.matches.remove(&id); }, "M3 M5"),
        ("an amount is changed", |case| case.a_match(case.settled).amount = amount("9"), "M3 M5"),
        ("an amount is nothing", |case| case.a_match(case.void).amount = Amount::ZERO, "M3 M5"),
        ("both sides are of one user", |case| {
            let bet_match = case.a_match(case.void);
            bet_match.user_b = bet_match.user_a;
        }, "M3 M5"),
        ("the bets are swapped", |case| {
            let bet_match = case.a_match(case.void);
            std::mem::swap(&mut bet_match.bet_a, &mut bet_match.bet_b);
        }, "M5"),
        ("a match is in another round", |case| case.a_match(case.void).round = round_id("game"), "M3 M5"),
        ("a match is in no round", |case| case.a_match(case.void).round = round_id("none"), "M3 M5 M7"),
        ("a match was drawn before its round's outcome was fixed", |case| {
            let bet_match = case.a_match(case.coin);
            let MatchState::Settled(outcome) = bet_match.state else { panic!("settled") };
            bet_match.state = MatchState::Settled(Outcome { drawn_at: second(-1_000), ..outcome });
        }, "M7"),
    ]);
}

#[test]
#[rustfmt::skip]
fn of_rounds_and_seeds() {
    check(&[
        ("the secret is another one", |case| {
            case.story.seeds.insert(round_id("void"), Seed::from_bytes([9; 32]));
        }, "M7"),
        ("the hash is another one", |case| case.round("void").seed_hash = Digest::ZERO, "M7"),
        ("the secret is dropped", |case| { case.story.seeds.remove(&round_id("game")); }, "M7"),
        ("the round is dropped", |case| { case.story.rounds.remove(&round_id("game")); }, "M7"),
        ("another seed is published", |case| {
            let RoundState::Cancelled { seed, .. } = &mut case.round("void").state else { panic!() };
            *seed = Some(Seed::from_bytes([9; 32]));
        }, "M7"),
        ("the outcome is swapped", |case| {
            let RoundState::Resulted { outcome, .. } = &mut case.round("coin").state else { panic!() };
            outcome.winner = outcome.winner.opposite();
        }, "M7"),
        ("the oracle's outcome is swapped", |case| {
            let RoundState::Resulted { outcome, .. } = &mut case.round("sport").state else { panic!() };
            outcome.winner = outcome.winner.opposite();
        }, "M7"),
        ("the oracle's signature is dropped", |case| {
            let RoundState::Resulted { outcome, .. } = &mut case.round("sport").state else { panic!() };
            outcome.signature = None;
        }, "M7"),
        ("the oracle's signature is of another round", |case| {
            let RoundState::Resulted { outcome, .. } = &mut case.round("sport").state else { panic!() };
            outcome.signature = Some(signed(&round_id("game"), outcome.winner).signature);
        }, "M7"),
        ("the oracle is another one", |case| {
            case.round("sport").draw =
                Draw::Oracle(OracleKey { name: "somebody".to_owned(), public_key: [1; 32] });
        }, "M7"),
        ("the outcome was fixed before the round had closed", |case| {
            let RoundState::Resulted { outcome, .. } = &mut case.round("coin").state else { panic!() };
            outcome.fixed_at = second(-1_000);
        }, "M7"),
        ("a round of single games has an outcome", |case| case.round("coin").draw = Draw::Match, "M7"),
        ("a round that was drawn is open", |case| case.round("coin").state = RoundState::Open, "M7"),
    ]);
}
