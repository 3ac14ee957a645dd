//! The tickets that win a pool, as a reader can recompute them.

use crate::common::{MINOR, amount, terms, user};
use evens_draws::Seed;
use evens_idempotency::BetId;
use evens_jackpots::{
    CashBet, JackpotGroup, JackpotTerms, Ticket, by_ticket_for_cash, ticket, winning_bet, wins,
};
use std::cmp::Ordering::{self, Greater, Less};

fn seed() -> Seed {
    Seed::from_bytes([7; 32])
}

fn bet(number: u8, cash: &str) -> CashBet {
    CashBet { bet: BetId::from_bytes([number; 16]), user: user(u64::from(number) + 1), cash: amount(cash) }
}

/// Every second ticket wins at a stake of 1,000.
fn even_terms() -> JackpotTerms {
    let rate = "0.003".parse().unwrap();
    JackpotTerms::new(amount("1000"), rate, "0".parse().unwrap(), amount("2000"), None).unwrap()
}

/// ```console
/// $ printf 'jackpot\nminor\n00000000-0000-0000-0000-000000000000\nnone' | openssl dgst -sha256 -mac HMAC \
///     -macopt hexkey:0707070707070707070707070707070707070707070707070707070707070707
/// ```
#[test]
fn a_ticket_is_what_openssl_says() {
    let of = |group, entropy| ticket(&seed(), group, BetId::from_bytes([0; 16]), entropy).0;
    assert_eq!(of(MINOR, "none"), 0x328e_be69_f912_a4d6);
    assert_eq!(of(JackpotGroup::Mega, "none"), 0xfff3_14f4_41a4_eb7b);
    assert_eq!(of(MINOR, "block"), 0xddf1_fc42_f613_27cd);
}

#[test]
fn a_ticket_wins_below_the_share_of_the_odds_exactly() {
    let half = 1_u64 << 63;
    #[rustfmt::skip]
    let table = [
        // ticket,      cash,          wins
        (0,             "0.00000001",  true),
        (0,             "0",           false),
        (half - 1,      "1000",        true),
        (half,          "1000",        false),
        (u64::MAX,      "2000",        true),
        (u64::MAX,      "1999.99999999", false),
        (u64::MAX,      "99999999999999999999", true),
    ];
    for (ticket, cash, expected) in table {
        assert_eq!(wins(Ticket(ticket), amount(cash), &even_terms()), expected, "{ticket} with {cash}");
    }
}

/// The reason why jackpots with real money need periods with blocks: the id of a bet follows from a key that the player
/// chooses.
#[test]
fn a_reader_of_a_seed_finds_a_winning_bet_unless_a_block_takes_part() {
    let terms = even_terms();
    let wins_with = |number: &u32, entropy: &str| {
        let mut id = [0; 16];
        id[..4].copy_from_slice(&number.to_be_bytes());
        wins(ticket(&seed(), MINOR, BetId::from_bytes(id), entropy), amount("0.2"), &terms)
    };
    // One ticket in 10,000 wins. With the seed the winning ids are known before a stake is placed.
    let chosen: Vec<_> = (0..200_000).filter(|number| wins_with(number, "none")).collect();
    assert!(!chosen.is_empty());
    // If a future block is part of the draw, these ids are no better than others.
    assert_eq!(chosen.iter().filter(|number| wins_with(number, "the id of a later block")).count(), 0);
}

#[test]
fn the_share_of_winning_tickets_is_what_the_odds_say() {
    let won = (0..20_000_u32).filter(|number| {
        let mut id = [0; 16];
        id[..4].copy_from_slice(&number.to_be_bytes());
        wins(ticket(&seed(), MINOR, BetId::from_bytes(id), "none"), amount("200"), &even_terms())
    });
    // The expected number is 2,000, and four standard deviations are 170.
    let won = won.count();
    assert!((1_830..=2_170).contains(&won), "{won} of 20000 at one in ten");
}

#[test]
fn of_several_the_lowest_ticket_wins_and_a_bonus_takes_no_part() {
    let all: Vec<CashBet> = (0..50).map(|number| bet(number, "1000")).collect();
    let number = |bet: &CashBet| ticket(&seed(), MINOR, bet.bet, "none");
    let by_hand = all.iter().min_by_key(|bet| number(bet)).unwrap();
    let found = winning_bet(&seed(), MINOR, &all, "none", &even_terms(), false).unwrap();
    assert_eq!((found.bet, found.ticket, found.is_forced), (*by_hand, number(by_hand), false));
    let bonus_only: Vec<_> = all
        .iter()
        .map(|found| if found == by_hand { bet(found.bet.bytes()[0], "0") } else { *found })
        .collect();
    let next = winning_bet(&seed(), MINOR, &bonus_only, "none", &even_terms(), false).unwrap();
    assert_ne!(next.bet.bet, by_hand.bet);
    assert!(next.ticket > found.ticket);
}

#[test]
fn a_lower_ticket_that_does_not_win_loses_to_one_that_does() {
    // The lowest ticket has a tiny stake.
    let all: Vec<CashBet> = (0..50).map(|number| bet(number, "2000")).collect();
    let lowest = winning_bet(&seed(), MINOR, &all, "none", &even_terms(), false).unwrap().bet;
    let poor: Vec<_> = all
        .iter()
        .map(|found| if *found == lowest { CashBet { cash: amount("0.00000001"), ..lowest } } else { *found })
        .collect();
    let found = winning_bet(&seed(), MINOR, &poor, "none", &even_terms(), false).unwrap();
    assert_ne!(found.bet.bet, lowest.bet);
    assert!(!found.is_forced);
}

#[test]
fn the_lowest_ticket_wins_a_pool_that_must_be_won() {
    let all: Vec<CashBet> = (0..5).map(|number| bet(number, "0.01")).collect();
    assert_eq!(winning_bet(&seed(), MINOR, &all, "none", &terms(), false), None);
    let found = winning_bet(&seed(), MINOR, &all, "none", &terms(), true).unwrap();
    let lowest = all.iter().map(|bet| ticket(&seed(), MINOR, bet.bet, "none")).min().unwrap();
    assert_eq!((found.ticket, found.is_forced), (lowest, true));
    assert_eq!(winning_bet(&seed(), MINOR, &[bet(1, "0")], "none", &terms(), true), None);
    assert_eq!(winning_bet(&seed(), MINOR, &[], "none", &terms(), true), None);
}

#[test]
fn a_ticket_counts_by_what_was_staked_on_it() {
    #[rustfmt::skip]
    let table: [(u64, &str, u64, &str, Ordering); 6] = [
        // ticket, cash,                    ticket,   cash,                    by ticket for cash
        (10,       "1",                     11,       "1",                     Less),
        (10,       "1",                     19,       "2",                     Greater),
        (10,       "1",                     20,       "2",                     Less), // the lower id
        (u64::MAX, "2",                     u64::MAX, "1",                     Less),
        (u64::MAX, "99999999999999999999",  u64::MAX, "1",                     Less),
        (1,        "99999999999999999999",  2,        "99999999999999999999",  Less),
    ];
    for (ticket, cash, of_other, cash_of_other, expected) in table {
        let (one, other) = ((Ticket(ticket), bet(1, cash)), (Ticket(of_other), bet(2, cash_of_other)));
        assert_eq!(by_ticket_for_cash(&one, &other), expected, "{ticket} for {cash}");
        assert_eq!(by_ticket_for_cash(&other, &one), expected.reverse(), "{ticket} for {cash}");
    }
}

#[test]
fn many_small_bets_are_drawn_no_more_often_than_one_large_one() {
    let large = bet(0, "100");
    let all: Vec<_> = (1..=100).map(|number| bet(number, "1")).chain([large]).collect();
    let is_of_large = |number: &u16| {
        let mut seed = [0; 32];
        seed[..2].copy_from_slice(&number.to_be_bytes());
        let found =
            winning_bet(&Seed::from_bytes(seed), MINOR, &all, "none", &terms(), true).expect("a winner");
        found.bet == large
    };
    // Half of 1,000 is fair, and four standard deviations are 63.
    let won = (0..1_000).filter(is_of_large).count();
    assert!(won >= 437, "{won} of 1000");
}
