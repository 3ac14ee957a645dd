//! Answers: the tests compare whole bodies, digit by digit, and check that the document describes them.

use crate::common::{BET, MATCH, ROUND, amount};
use evens_contracts::{
    AttendanceBody, BetBody, BetListAnswer, BetMatchListAnswer, Cursor, Data, DoneAnswer, HealthAnswer,
    LedgerAnswer, LiveAnswer, LoginAnswer, MatchListAnswer, PlaceBetAnswer, Problem, ReadyAnswer,
    RecoveryAnswer, ReferralListAnswer, RefundBody, RoundBody, RoundListAnswer, SignUpAnswer, TokensAnswer,
    TokensBody, UserAnswer, UserBody, WalletBody, openapi,
};
use evens_draws::Seed;
use evens_exchange::{
    Bet, BetView, BettingLimits, CommissionRate, Deadlines, Draw, DrawRule, Match, MatchState, OracleKey,
    Outcome, PlaceBet, PlaceBetInput, PlaceBetOutcome, Placement, REFUND_AFTER, Round, RoundOutcome,
    RoundState, RoundTerms, RoundTotals, Side, Stake, place_bet,
};
use evens_ledger::{
    Amount, EntryKey, EntryPurpose, Incoming, Posting, SystemAccount, UserId, Wallet, WalletOwner,
};
use evens_own_limits::PlayLimits;
use evens_players::{FamilyId, Month, RecoveryId, Referral, RefreshToken};
use jiff::Timestamp;
use jiff::tz::Offset;
use serde::Serialize;
use serde_json::Value;

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn seed() -> Seed {
    Seed::from_bytes([0xff; 32])
}

/// The bytes 0x20 to 0x3f, as in `shared/exchange/tests/suite/bet.rs`, which says how to make the hash.
const NONCE: &str = "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f";
const NONCE_HASH: &str = "72dbb7336c76780023f83da4c355f2eeea85733b13d3477697917790c1229084";

/// A round that its first bet opened.
fn round(draw: Draw, state: RoundState) -> Round {
    let id = ROUND.parse().expect("a round");
    let terms = RoundTerms::endless(id, draw, amount("1"));
    Round { state, ..Round::open(terms, &seed(), at("2024-01-01T00:00:00Z")) }
}

/// User 42 has 500 and bets 100.50 on side A.
fn placement() -> Placement {
    let command = PlaceBet {
        bet: BET.parse().expect("a bet"),
        user: UserId::new(42).expect("a player"),
        round: ROUND.parse().expect("a round"),
        side: Side::A,
        stake: Stake::parse(amount("100.50")).expect("a stake"),
        nonce: NONCE.parse().expect("a nonce"),
        by_staff: false,
        barred: None,
        session_started_at: at("2024-01-01T00:00:00Z"),
        session_epoch: 0,
    };
    let deposit = Posting {
        key: EntryKey::new(EntryPurpose::Fund, &[&"order-1"]),
        amount: amount("500"),
        account: SystemAccount::House,
        reference: "order-1".to_owned(),
    };
    let empty = Wallet::empty(command.user);
    let (wallet, _) = empty.credit(Incoming::Credit, deposit, at("2024-01-01T00:00:00Z")).expect("fits");
    let open = round(Draw::Match, RoundState::Open);
    let play = &PlayLimits::NONE;
    let input = PlaceBetInput {
        existing: None,
        owner: WalletOwner::default(),
        round: Some(&open),
        waiting: 0,
        wallet: &wallet,
        play,
    };
    let (stake_min, day_offset) = (amount("1"), Offset::UTC);
    let limits = BettingLimits {
        is_open: true,
        stake_min,
        decimals: Amount::DECIMALS_MAX,
        waiting_max: 50,
        refund_after: REFUND_AFTER,
        day_offset,
    };
    match place_bet(&command, input, limits, at("2024-01-01T00:00:01.5Z")) {
        PlaceBetOutcome::Placed(placement) => *placement,
        refused => panic!("{refused:?}"),
    }
}

fn json(answer: &impl Serialize) -> String {
    serde_json::to_string(answer).expect("always JSON")
}

#[test]
fn a_placed_bet_is_answered_as_the_old_api_did() {
    let expected = format!(
        "{{\"status\":202,\"data\":{{\"betId\":\"{BET}\",\"status\":\"PENDING\",\"balance\":399.5,\
         \"nonceHash\":\"{NONCE_HASH}\",\"message\":\"Bet placed, waiting for match\"}}}}"
    );
    assert_eq!(json(&PlaceBetAnswer::from(&placement().bet)), expected);
}

/// Answers without a commission have no field for it.
#[test]
fn a_commission_is_shown_where_there_is_one() {
    let rate: CommissionRate = "0.025".parse().unwrap();
    let placed = placement().bet;
    let bet =
        Bet { commission: rate, paid: amount("201"), commission_paid: amount("2.5125"), ..placed.clone() };
    let round = Round { commission: rate, ..round(Draw::Match, RoundState::Open) };
    let of_bet = |bet: &Bet| json(&BetBody::from(&BetView { bet: bet.clone(), open: Amount::ZERO }));
    let of_round = json(&Data::<RoundBody>::new(&round, &RoundTotals::NOTHING, round.opened_at));
    assert!(json(&PlaceBetAnswer::from(&bet)).contains(r#","commissionRate":0.025,"#));
    assert!(of_bet(&bet).contains(r#""payout":201,"commissionRate":0.025,"commission":2.5125,"#));
    assert!(of_round.contains(r#","commissionRate":0.025,"#), "{of_round}");
    assert!(![json(&PlaceBetAnswer::from(&placed)), of_bet(&placed)].concat().contains("ommission"));
}

#[test]
fn a_repeat_is_answered_as_the_first_request_was() {
    let bet = placement().bet;
    let later = Bet { settled: bet.stake.amount(), paid: amount("201"), ..bet.clone() };
    assert_eq!(PlaceBetAnswer::from(&later), PlaceBetAnswer::from(&bet));
}

#[test]
fn a_bet_shows_all_of_its_parts() {
    let bet = Bet {
        settled: amount("50"),
        refunded: amount("20"),
        paid: amount("100"),
        updated_at: at("2024-01-01T00:05:00Z"),
        ..placement().bet
    };
    let answer = Data::<BetBody> { data: (&BetView { bet, open: amount("0.00000001") }).into() };
    let expected = format!(
        "{{\"data\":{{\"betId\":\"{BET}\",\"userId\":42,\"roundId\":\"{ROUND}\",\"side\":\"A\",\"amount\":100.5,\
         \"status\":\"PENDING\",\"open\":0.00000001,\"matched\":30.49999999,\"settled\":50,\"refunded\":20,\
         \"payout\":100,\"nonceHash\":\"{NONCE_HASH}\",\"nonce\":null,\"createdAt\":\"2024-01-01T00:00:01.500Z\",\"updatedAt\":\"2024-01-01T00:05:00.000Z\"}}}}"
    );
    assert_eq!(json(&answer), expected);
}

/// The hash is shown from the first answer on, and the nonce as soon as no part of the bet waits.
#[test]
fn a_bet_shows_its_nonce_when_nothing_of_it_waits() {
    let placed = placement().bet;
    let old = Bet { nonce: None, ..placed.clone() };
    let (hash, nonce) = (Some(NONCE_HASH.to_owned()), Some(NONCE.to_owned()));
    #[rustfmt::skip]
    let table = [
        (&placed, "100.5",      hash.clone(), None),
        (&placed, "0.00000001", hash.clone(), None),
        (&placed, "0",          hash,         nonce),
        (&old,    "100.5",      None,         None),
        (&old,    "0",          None,         None),
    ];
    for (bet, open, hash, nonce) in table {
        let view = BetView { bet: bet.clone(), open: amount(open) };
        let answer = Data::<BetBody> { data: (&view).into() };
        assert_eq!((answer.data.nonce_hash, answer.data.nonce), (hash.clone(), nonce), "{view:?}");
        assert_eq!(PlaceBetAnswer::from(bet).data.nonce_hash, hash, "{view:?}");
    }
}

/// A match of user 42 and user 43 over 100.5, where only the bet on A has a nonce.
fn bet_match(state: MatchState) -> Match {
    let Bet { id, user, round, nonce, .. } = placement().bet;
    Match {
        id: MATCH.parse().expect("a match"),
        round,
        bet_a: id,
        bet_b: "51c21350-e08e-8c4f-8123-7cd017d7e3e3".parse().expect("a bet"),
        user_a: user,
        user_b: UserId::new(43).expect("a player"),
        nonce_a: nonce,
        nonce_b: None,
        commission_a: CommissionRate::NONE,
        commission_b: CommissionRate::NONE,
        amount: amount("100.5"),
        joined_at: at("2024-01-01T00:00:02Z"),
        has_checked_players: true,
        state,
    }
}

#[test]
fn a_match_shows_what_its_draw_is_made_of_and_not_who_played() {
    let outcome = Outcome { winner: Side::B, drawn_at: at("2024-01-01T00:00:03Z") };
    #[rustfmt::skip]
    let table = [
        (MatchState::Joined,           "JOINED",  "null",    "null"),
        (MatchState::Drawn(outcome),   "DRAWN",   "\"B\"", "\"2024-01-01T00:00:03.000Z\""),
        (MatchState::Settled(outcome), "SETTLED", "\"B\"", "\"2024-01-01T00:00:03.000Z\""),
        (MatchState::Void,             "VOID",    "null",    "null"),
    ];
    for (state, name, winner, drawn_at) in table {
        let expected = format!(
            "{{\"data\":[{{\"matchId\":\"{MATCH}\",\"betAId\":\"{BET}\",\
             \"betBId\":\"51c21350-e08e-8c4f-8123-7cd017d7e3e3\",\"nonceA\":\"{NONCE}\",\"nonceB\":null,\
             \"amount\":100.5,\"state\":\"{name}\",\"winnerSide\":{winner},\
             \"createdAt\":\"2024-01-01T00:00:02.000Z\",\"drawnAt\":{drawn_at}}}],\"nextCursor\":null}}"
        );
        assert_eq!(json(&MatchListAnswer::new(&[bet_match(state)], None)), expected);
        // The bet's own player is never told who the opponent is.
        let expected = format!(
            "{{\"data\":[{{\"matchId\":\"{MATCH}\",\"amount\":100.5,\"state\":\"{name}\",\"winnerSide\":{winner},\
             \"createdAt\":\"2024-01-01T00:00:02.000Z\",\"drawnAt\":{drawn_at}}}],\"nextCursor\":null}}"
        );
        assert_eq!(json(&BetMatchListAnswer::new(&[bet_match(state)], None)), expected);
    }
}

#[test]
fn a_wallet_shows_its_balances_and_what_is_locked() {
    let locked = amount("99999999999999999999.99999999");
    let answer = Data::<WalletBody>::from(&Wallet { locked, bonus: amount("25"), ..placement().wallet });
    let expected = r#"{"data":{"userId":42,"balance":399.5,"bonusBalance":25,"lockedBalance":99999999999999999999.99999999,"version":2,"updatedAt":"2024-01-01T00:00:01.500Z"}}"#;
    assert_eq!(json(&answer), expected);
}

#[test]
fn an_entry_shows_what_its_hash_is_made_of() {
    let entry = placement().entry;
    let expected = format!(
        "{{\"data\":[{{\"number\":2,\"type\":\"DEBIT\",\"purse\":\"CASH\",\"amount\":-100.5,\"idempotentKey\":\"BET:{BET}\",\
         \"referenceId\":\"{BET}\",\"betId\":\"{BET}\",\"account\":\"stakes:{ROUND}\",\"balanceBefore\":500,\"balanceAfter\":399.5,\
         \"createdAt\":\"2024-01-01T00:00:01.5Z\",\
         \"previousHash\":\"10050eee7fbcf8f4262254fcb4d0302383a48c006652a8305ccd7bb677a00aff\",\
         \"hash\":\"9c93e084361861523215fea1ede8a0eb41ca1bdf0455e46bde46361b7b80a79e\"}}],\"nextCursor\":\"{}\"}}",
        Cursor { before: 2 }
    );
    assert_eq!(
        json(&LedgerAnswer::new(&[entry], &[(2, BET.parse().expect("a bet"))].into())),
        expected,
        "shared/ledger/tests/suite/chain.rs says how to make the hashes"
    );
}

/// The entry that gives user 42 a bonus of 25 for signing up.
fn bonus() -> evens_ledger::Entry {
    let bonus = Posting {
        key: EntryKey::new(EntryPurpose::Bonus, &[&"REG", &42]),
        amount: amount("25"),
        account: SystemAccount::BonusPool,
        reference: "42".to_owned(),
    };
    let (_, entry) = placement().wallet.credit_bonus(bonus, at("2024-01-01T00:00:02Z")).expect("fits");
    entry
}

#[test]
fn a_bonus_says_what_it_was_for() {
    let expected = "{\"data\":[{\"number\":3,\"type\":\"CREDIT\",\"purse\":\"BONUS\",\"amount\":25,\
         \"idempotentKey\":\"BONUS:REG:42\",\"referenceId\":\"42\",\"betId\":null,\"account\":\"bonus-pool\",\
         \"balanceBefore\":0,\"balanceAfter\":25,\"createdAt\":\"2024-01-01T00:00:02Z\",\
         \"previousHash\":\"9c93e084361861523215fea1ede8a0eb41ca1bdf0455e46bde46361b7b80a79e\",\
         \"hash\":\"d761be1331b4e1daa12c4762a4d83e6b8787dfec59c0df74e9505fcc7bd720f6\",\
         \"transaction\":{\"type\":\"registration_bonus\",\"status\":\"completed\",\
         \"description\":\"Welcome bonus for new registration\",\"referenceId\":\"42\",\
         \"metadata\":{\"bonusType\":\"registration\",\"usageRestriction\":\"house_games_only\",\
         \"appliedAt\":\"2024-01-01T00:00:02.000Z\"}}}],";
    let answered = json(&LedgerAnswer::new(&[bonus()], &[].into()));
    assert!(answered.starts_with(expected), "{answered}");
}

#[test]
fn the_last_page_names_no_next_one() {
    let first = evens_ledger::Entry { number: 1, ..placement().entry };
    let last_pages = [&[][..], &[first]].map(|entries| LedgerAnswer::new(entries, &[].into()).next_cursor);
    assert_eq!(last_pages, [None, None]);
    let next = |number| BetListAnswer::new(&[], number, Some(at("2024-01-01T00:00:02Z"))).next_cursor;
    assert_eq!((next(None), next(Some(0)), next(Some(1))), (None, None, None));
    assert_eq!(next(Some(2)), Some(Cursor { before: 2 }.to_string()));
    let empty = |number| json(&BetListAnswer::new(&[], number, Some(at("2024-01-01T00:00:02Z"))));
    for last in [None, Some(1)] {
        assert_eq!(empty(last), r#"{"data":[],"nextCursor":null,"readTo":null}"#);
    }
    assert!(empty(Some(2)).ends_with(r#","readTo":"2024-01-01T00:00:02.000Z"}"#), "{}", empty(Some(2)));
}

#[test]
fn a_refund_says_what_was_given_back() {
    let entry = evens_ledger::Entry { balance_after: amount("500"), ..placement().entry };
    let answer = Data::<RefundBody>::new(BET.parse().unwrap(), &entry);
    assert_eq!(json(&answer), format!(r#"{{"data":{{"betId":"{BET}","refunded":100.5,"balance":500}}}}"#));
}

#[test]
fn a_round_shows_its_seed_once_it_is_public() {
    let closed_at = at("2024-01-02T00:00:00Z");
    let outcome = RoundOutcome { winner: Side::B, fixed_at: closed_at, signature: Some(vec![0, 255]) };
    let oracle = Draw::Oracle(OracleKey { name: "referee".to_owned(), public_key: [0; 32] });
    let referee = format!("\"oracle\":{{\"name\":\"referee\",\"publicKey\":\"{}=\"}},", "A".repeat(43));
    let seed_text = format!("\"{}\"", "f".repeat(64));
    let closed = "\"2024-01-02T00:00:00.000Z\"";
    let (public, cancelled_at) = (Some(seed()), closed_at);
    #[rustfmt::skip]
    let table = [
        (Draw::Match,    RoundState::Open,                                                   "OPEN",      "match",  "",        "null",     "null",  "",                         "null"),
        (Draw::Round,    RoundState::Closed { closed_at, seed: None },                       "CLOSED",    "round",  "",        "null",     "null",  "",                         closed),
        (Draw::Match,    RoundState::Closed { closed_at, seed: public.clone() },             "CLOSED",    "match",  "",        &seed_text, "null",  "",                         closed),
        (oracle,         RoundState::Resulted { closed_at, seed: seed(), outcome },          "RESULTED",  "oracle", &referee,  &seed_text, "\"B\"", "\"signature\":\"AP8=\",",  closed),
        (Draw::Match,    RoundState::Cancelled { cancelled_at, seed: None },                 "CANCELLED", "match",  "",        "null",     "null",  "",                         closed),
        (Draw::Match,    RoundState::Cancelled { cancelled_at, seed: public },               "CANCELLED", "match",  "",        &seed_text, "null",  "",                         closed),
    ];
    let (matched, waiting_a) = (amount("7"), amount("1.5"));
    let totals = RoundTotals { matched, waiting_a, waiting_b: Amount::ZERO, is_complete: true };
    for (draw, state, state_name, draw_name, oracle, seed_text, winner, signature, closed) in table {
        let answer = Data::<RoundBody>::new(&round(draw, state), &totals, closed_at);
        let expected = format!(
            "{{\"data\":{{\"roundId\":\"{ROUND}\",\"state\":\"{state_name}\",\"draw\":\"{draw_name}\",\
             \"drawRule\":2,\"stakeMin\":1,\"closesBy\":null,\"resultBy\":null,{oracle}\
             \"seedHash\":\"af9613760f72635fbdb44a5a0a63c39f12af30f950a6ee5c971be188e89c4051\",\"seed\":{seed_text},\
             \"winnerSide\":{winner},{signature}\"openedAt\":\"2024-01-01T00:00:00.000Z\",\"closedAt\":{closed},\
             \"matched\":{{\"A\":7,\"B\":7}},\"waiting\":{{\"A\":1.5,\"B\":0}},\"totalsComplete\":true,\"totalsAt\":\"2024-01-02T00:00:00.000Z\"}}}}"
        );
        assert_eq!(json(&answer), expected);
    }
}

#[test]
fn a_round_shows_its_terms() {
    let (closes_by, result_by) = (at("2024-01-02T00:00:00Z"), at("2024-01-03T12:00:00.5Z"));
    let opened = Round {
        stake_min: amount("2.5"),
        deadlines: Some(Deadlines { closes_by, result_by }),
        opened_by: UserId::new(9).ok(),
        ..round(Draw::Match, RoundState::Open)
    };
    let old =
        Round { draw_rule: DrawRule::Ids, stake_min: Amount::ZERO, ..round(Draw::Match, RoundState::Open) };
    let zero = Amount::ZERO;
    let totals = RoundTotals { matched: zero, waiting_a: zero, waiting_b: zero, is_complete: true };
    #[rustfmt::skip]
    let table = [
        (opened, r#""drawRule":2,"stakeMin":2.5,"closesBy":"2024-01-02T00:00:00.000Z","resultBy":"2024-01-03T12:00:00.500Z","seedHash":"#),
        (old,    r#""drawRule":1,"stakeMin":0,"closesBy":null,"resultBy":null,"seedHash":"#),
    ];
    for (round, terms) in table {
        let answered = json(&Data::<RoundBody>::new(&round, &totals, round.opened_at));
        assert!(answered.contains(terms), "{answered}");
        assert!(
            !answered.to_lowercase().contains("openedby"),
            "who runs a round is the platform's business: {answered}"
        );
    }
}

/// Asserts that the document describes each member of the value, and that each required member is there.
fn assert_described(document: &Value, schema: &Value, value: &Value) {
    let schema = match schema["$ref"].as_str() {
        Some(reference) => document.pointer(&reference[1..]).expect(reference),
        None => schema,
    };
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let property = &schema["properties"][name];
                assert!(property.is_object(), "{name} is not in {schema}");
                assert_described(document, property, value);
            }
            for name in schema["required"].as_array().into_iter().flatten() {
                assert!(members.contains_key(name.as_str().expect("a name")), "{name} is not in {value}");
            }
        }
        Value::Array(items) => {
            for item in items {
                assert_described(document, &schema["items"], item);
            }
        }
        _ => {}
    }
}

#[test]
fn the_document_describes_the_answers() {
    let Placement { wallet, entry, bet, .. } = placement();
    let open = round(Draw::Match, RoundState::Open);
    let view = BetView { bet: bet.clone(), open: Amount::ZERO };
    let (one, now) = (UserId::new(1).expect("a player"), at("2024-01-01T00:00:00Z"));
    let code = "00000001".parse().expect("a code");
    let phone = "+919812345678".parse().expect("a phone number");
    let account = evens_players::Account::register(one, phone, None, code, None, now);
    let user = || UserBody::new(&account, Amount::ZERO);
    let token = RefreshToken::new(one, FamilyId::from_random([0; 16]), [0; 32]);
    let tokens = || TokensBody::new("token".to_owned(), &token);
    let referral = Referral { referrer: one, referred: bet.user, level: 1, recorded_at: now };
    let today = "2024-01-01".parse().expect("a day");
    let zero = Amount::ZERO;
    let nothing = RoundTotals { matched: zero, waiting_a: zero, waiting_b: zero, is_complete: false };
    let answers = [
        ("PlaceBetAnswer", json(&PlaceBetAnswer::from(&bet))),
        ("BetAnswer", json(&Data::<BetBody> { data: (&view).into() })),
        ("MatchListAnswer", json(&MatchListAnswer::new(&[bet_match(MatchState::Joined)], None))),
        ("BetMatchListAnswer", json(&BetMatchListAnswer::new(&[bet_match(MatchState::Void)], None))),
        ("BetListAnswer", json(&BetListAnswer::new(&[view], Some(2), Some(now)))),
        ("WalletAnswer", json(&Data::<WalletBody>::from(&wallet))),
        ("LedgerAnswer", json(&LedgerAnswer::new(&[bonus(), entry.clone()], &[(2, bet.id)].into()))),
        ("RefundAnswer", json(&Data::<RefundBody>::new(bet.id, &entry))),
        ("RoundAnswer", json(&Data::<RoundBody>::new(&open, &nothing, now))),
        (
            "RoundListAnswer",
            json(&RoundListAnswer::new(vec![Data::<RoundBody>::new(&open, &nothing, now)], None)),
        ),
        ("LiveAnswer", json(&LiveAnswer { alive: true })),
        ("ReadyAnswer", json(&ReadyAnswer { ready: false, draining: true, table: true, queues: true })),
        ("HealthAnswer", json(&HealthAnswer { healthy: true, table: true, queues: true, jackpots: true })),
        ("SignUpAnswer", json(&SignUpAnswer::new(user(), tokens()))),
        ("LoginAnswer", json(&LoginAnswer::new(user(), tokens()))),
        ("TokensAnswer", json(&TokensAnswer::new(tokens()))),
        ("TokensAnswer", json(&TokensAnswer::new(TokensBody { refresh_token: None, ..tokens() }))),
        ("DoneAnswer", json(&DoneAnswer::new("Done"))),
        ("RecoveryAnswer", json(&RecoveryAnswer::new(&RecoveryId::from_random([7; 16]), now))),
        ("UserAnswer", json(&UserAnswer::new(user()))),
        ("ReferralListAnswer", json(&ReferralListAnswer::new(&[referral], Some(2)))),
        ("AttendanceAnswer", json(&Data::<AttendanceBody>::new(Month::of(today), today, &[today], 1))),
        ("ProblemBody", json(&Problem::invalid("amount", "is negative").about_bet(BET).body("request-1"))),
    ];
    let document = openapi();
    for (name, text) in answers {
        let schema = &document["components"]["schemas"][name];
        assert!(schema.is_object(), "{name}");
        assert_described(&document, schema, &serde_json::from_str(&text).unwrap());
    }
}
