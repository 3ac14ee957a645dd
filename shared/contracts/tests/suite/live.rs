//! Messages of the live channel: golden texts, as clients have them.

use evens_contracts::{
    BetBody, ByeFrame, ClientMessage, Data, EventData, EventFrame, GameResultBody, GameResultEventBody,
    LiveEvent, LiveRequest, MessageFault, Problem, ProblemFrame, ProblemKind, SnapshotFrame, WalletBody,
    parse_known, parse_rooms,
};
use evens_exchange::{Bet, BetView, CommissionRate, Side, Stake};
use evens_games::{DrawnSymbols, PeriodId};
use evens_ledger::{Amount, UserId, Wallet};
use evens_live::{ByeReason, EventId, KnownRevisions, Revision, Room};
use jiff::Timestamp;
use serde::Serialize;
use std::time::Duration;

const BET: &str = "4f6d1c1e-55d1-4b3b-9f5c-0f6c6a3a1b10";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn rooms(names: &[&str]) -> Vec<Room> {
    names.iter().map(|name| name.parse().unwrap()).collect()
}

fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

fn wallet() -> LiveEvent {
    let user = UserId::new(42).unwrap();
    let (balance, locked) = (amount("399.50"), amount("100.5"));
    let wallet = Wallet { balance, locked, version: 11, ..Wallet::empty(user) };
    let data = EventData::Wallet(Data::<WalletBody>::from(&wallet).data);
    let revision = Revision::Wallet((&wallet).into());
    LiveEvent::new(&EventId::Wallet(user), revision, &rooms(&["user:42"]), at("2026-11-28T14:00:01Z"), &data)
}

fn bet() -> LiveEvent {
    let (user, round) = (UserId::new(42).unwrap(), "r-1".parse().unwrap());
    let stake = Stake::parse(amount("100.5")).unwrap();
    let bet = Bet {
        id: BET.parse().unwrap(),
        user,
        fingerprint: Bet::fingerprint_of(user, &round, Side::A, stake),
        round,
        side: Side::A,
        stake,
        nonce: None,
        commission: CommissionRate::NONE,
        balance_after: amount("399.50"),
        placed_at: at("2026-11-28T14:00:00Z"),
        settled: amount("60"),
        refunded: Amount::ZERO,
        paid: amount("120"),
        commission_paid: Amount::ZERO,
        updated_at: at("2026-11-28T14:00:01Z"),
    };
    let view = BetView { bet, open: amount("40.5") };
    let (id, revision) = (EventId::Bet(view.bet.id), Revision::Bet((&view).into()));
    let data = EventData::Bet(BetBody::from(&view));
    LiveEvent::new(&id, revision, &rooms(&["user:42"]), at("2026-11-28T14:00:01Z"), &data)
}

#[track_caller]
fn check(frame: &impl Serialize, golden: &str) {
    assert_eq!(serde_json::to_string(frame).unwrap(), golden);
}

#[test]
fn frames_are_golden() {
    let times = (at("2026-11-28T14:00:00Z"), at("2026-11-28T15:00:00Z"));
    let in_rooms = rooms(&["user:42", "round:r-1", "rounds"]);
    check(
        &SnapshotFrame::new(Some("1".to_owned()), times, &in_rooms, vec![wallet()], true),
        r#"{"v":1,"ref":"1","ok":true,"serverTime":"2026-11-28T14:00:00.000Z","expiresAt":"2026-11-28T15:00:00.000Z","pingSeconds":25,"rooms":["user:42","round:r-1","rounds"],"events":[{"type":"wallet","id":"wallet:42","revision":"11/100.5","rooms":["user:42"],"at":"2026-11-28T14:00:01.000Z","data":{"userId":42,"balance":399.5,"bonusBalance":0,"lockedBalance":100.5,"version":11,"updatedAt":null}}],"more":true}"#,
    );
    check(
        &SnapshotFrame::new(None, times, &[], Vec::new(), false),
        r#"{"v":1,"ok":true,"serverTime":"2026-11-28T14:00:00.000Z","expiresAt":"2026-11-28T15:00:00.000Z","pingSeconds":25,"rooms":[],"events":[],"more":false}"#,
    );
    check(
        &EventFrame::new(vec![bet()], 3),
        r#"{"v":1,"events":[{"type":"bet","id":"bet:4f6d1c1e-55d1-4b3b-9f5c-0f6c6a3a1b10","revision":"120","rooms":["user:42"],"at":"2026-11-28T14:00:01.000Z","data":{"betId":"4f6d1c1e-55d1-4b3b-9f5c-0f6c6a3a1b10","userId":42,"roundId":"r-1","side":"A","amount":100.5,"status":"PENDING","open":40.5,"matched":0,"settled":60,"refunded":0,"payout":120,"nonceHash":null,"nonce":null,"createdAt":"2026-11-28T14:00:00.000Z","updatedAt":"2026-11-28T14:00:01.000Z"}}],"conflated":3}"#,
    );
    let problem = Problem::new(ProblemKind::Forbidden, "The token does not allow the room user:43.");
    check(
        &ProblemFrame::new(Some("2".to_owned()), problem.about_field("rooms")),
        r#"{"v":1,"ref":"2","problem":{"type":"urn:evens:problem:forbidden","title":"This account may not do this","detail":"The token does not allow the room user:43.","field":"rooms"}}"#,
    );
    check(
        &ByeFrame::new(ByeReason::GoingAway, Duration::from_millis(1_500)),
        r#"{"v":1,"bye":{"reason":"going-away","retryAfterMs":1500}}"#,
    );
}

/// A client marks its bets on a game by this, so losers need no request.
#[test]
fn a_result_says_what_won() {
    let id: PeriodId = "wingo-30-20261123000000042".parse().unwrap();
    let drawn = DrawnSymbols::parse(id.room.game(), "5").unwrap();
    let result = GameResultBody::new(id, &drawn, None, at("2026-11-22T18:51:30Z"));
    let data = EventData::GameResult(Box::new(GameResultEventBody::new(result, id, &drawn)));
    let in_rooms = evens_live::Room::of_periods(id.room);
    let event_id = EventId::GameResult(id);
    check(
        &LiveEvent::new(&event_id, Revision::GameResult, &in_rooms, at("2026-11-22T18:51:31Z"), &data),
        r#"{"type":"gameResult","id":"gameResult:wingo-30-20261123000000042","revision":"1","rooms":["game:wingo-30","game:wingo","games"],"at":"2026-11-22T18:51:31.000Z","data":{"gameType":"wingo","duration":30,"periodId":"20261123000000042","eventId":"wingo-30-20261123000000042","endsAt":"2026-11-22T18:51:30.000Z","result":{"color":"green,violet","number":5,"parity":"odd","size":"big"},"verification":null,"winning":[{"betType":"NUMBER","betValue":"5","multiplier":9},{"betType":"COLOR","betValue":"green","multiplier":1.5},{"betType":"COLOR","betValue":"violet","multiplier":4.5},{"betType":"SIZE","betValue":"big","multiplier":2},{"betType":"PARITY","betValue":"odd","multiplier":2}]}}"#,
    );
}

#[test]
fn an_event_knows_its_size() {
    assert_eq!(wallet().bytes(), serde_json::to_string(&wallet()).unwrap().len());
}

fn message(reference: Option<&str>, request: LiveRequest) -> ClientMessage {
    ClientMessage { reference: reference.map(str::to_owned), request }
}

#[test]
fn messages_of_clients_are_read() {
    let known = KnownRevisions {
        wallet: Some("11/100.5".parse().unwrap()),
        bets: [(BET.parse().unwrap(), "60".parse().unwrap())].into(),
        game_bets: [BET.parse().unwrap()].into(),
        orders: [(BET.parse().unwrap(), 3.into())].into(),
    };
    let hello = LiveRequest::Hello { token: "t".to_owned(), rooms: rooms(&["rounds"]), known: known.clone() };
    let bare =
        LiveRequest::Hello { token: "t".to_owned(), rooms: Vec::new(), known: KnownRevisions::default() };
    let text = r#"{"v":1,"type":"hello","ref":"1","token":"t","rooms":["rounds"],"known":{"wallet":"11/100.5","bets":{"BET":"60"},"gameBets":["BET"],"orders":{"BET":"3"},"later":1}}"#;
    assert_eq!(ClientMessage::parse(text.replace("BET", BET).as_bytes()), Ok(message(Some("1"), hello)));
    #[rustfmt::skip]
    let table = [
        (r#"{"v":1,"type":"hello","token":"t"}"#,                                     None,      bare),
        (r#"{"v":1,"type":"subscribe","ref":"2","rooms":["round:r"]}"#,               Some("2"), LiveRequest::Subscribe(rooms(&["round:r"]))),
        (r#"{"v":1,"type":"unsubscribe","rooms":[]}"#,                                None,      LiveRequest::Unsubscribe(Vec::new())),
        (r#"{"v":1,"type":"sync","ref":"3","known":{}}"#,                             Some("3"), LiveRequest::Sync(KnownRevisions::default())),
        (r#"{"v":1,"type":"sync"}"#,                                                  None,      LiveRequest::Sync(KnownRevisions::default())),
        (r#"{"v":1,"type":"ping","ref":"4","whatever":{"else":[1]}}"#,                Some("4"), LiveRequest::Ping),
    ];
    for (text, reference, request) in table {
        assert_eq!(ClientMessage::parse(text.as_bytes()), Ok(message(reference, request)), "{text}");
    }
}

#[test]
fn a_wrong_field_of_a_message_is_named() {
    let bets: Vec<_> = (0..51).map(|number| format!(r#""{}{number:02}":"1""#, &BET[..34])).collect();
    let bets = format!(r#"{{"v":1,"type":"sync","known":{{"bets":{{{}}}}}}}"#, bets.join(","));
    #[rustfmt::skip]
    let table = [
        (r#"{"type":"ping"}"#,                                              "v"),
        (r#"{"v":2,"type":"ping"}"#,                                        "v"),
        (r#"{"v":1}"#,                                                      "type"),
        (r#"{"v":1,"type":"shout"}"#,                                       "type"),
        (r#"{"v":1,"type":"ping","ref":"123456789012345678901234567890123"}"#, "ref"),
        (r#"{"v":1,"type":"hello"}"#,                                       "token"),
        (r#"{"v":1,"type":"hello","token":"t","rooms":"rounds"}"#,          "rooms"),
        (r#"{"v":1,"type":"subscribe"}"#,                                   "rooms"),
        (r#"{"v":1,"type":"subscribe","rooms":["casino"]}"#,                "rooms"),
        (r#"{"v":1,"type":"sync","known":5}"#,                              "known"),
        (r#"{"v":1,"type":"sync","known":{"wallet":"new"}}"#,               "known.wallet"),
        (r#"{"v":1,"type":"sync","known":{"bets":["60"]}}"#,                "known.bets"),
        (r#"{"v":1,"type":"sync","known":{"bets":{"no bet":"60"}}}"#,       "known.bets"),
        (&bets,                                                             "known.bets"),
        (r#"{"v":1,"type":"sync","known":{"gameBets":["no bet"]}}"#,        "known.gameBets"),
        (&bets.replace("bets", "orders"),                                   "known.orders"),
        (r#"{"v":1,"type":"sync","known":{"orders":{"no order":"1"}}}"#,    "known.orders"),
    ];
    for (text, field) in table {
        match ClientMessage::parse(text.as_bytes()) {
            Err(MessageFault::Refused { problem, .. }) => assert_eq!(problem.field, Some(field), "{text}"),
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn a_frame_that_is_no_object_is_malformed() {
    for text in ["", "{", "[]", "5", r#"{"v":1,"v":1,"type":"ping"}"#] {
        assert_eq!(ClientMessage::parse(text.as_bytes()), Err(MessageFault::Malformed), "{text:?}");
    }
}

/// M8.
#[test]
fn no_token_is_printed() {
    let text = r#"{"v":1,"type":"hello","token":"secret"}"#;
    assert!(!format!("{:?}", ClientMessage::parse(text.as_bytes())).contains("secret"));
}

#[test]
fn a_query_says_the_same() {
    assert_eq!(parse_rooms("rounds,round:r"), Ok(rooms(&["rounds", "round:r"])));
    assert_eq!(parse_rooms(""), Ok(Vec::new()));
    assert_eq!(parse_rooms("casino").unwrap_err().field, Some("rooms"));
    let wallet = Some("11/100.5".parse().unwrap());
    assert_eq!(
        parse_known(r#"{"wallet":"11/100.5"}"#),
        Ok(KnownRevisions { wallet, ..KnownRevisions::default() })
    );
    assert_eq!(parse_known("5").unwrap_err().field, Some("known"));
}
