//! House games on the wire: the reasons for which requests are refused, and the form of periods, results and bets.

use evens_contracts::{
    CurrentPeriodBody, DistributionAnswer, GameBetBody, GameBody, PageLimit, PageNumber, PeriodAnswer,
    PeriodCursor, PlaceGameBetRequest, RecordBlockRequest, TrendsAnswer, parse_period_id, parse_room,
};
use evens_draws::Seed;
use evens_games::{
    Block, BlockOrigin, BlockSource, Distribution, DrawnSymbols, ExposureRules, GameBet, GameBetStatus,
    GameLimits, GameStake, Lane, Period, PeriodId, PeriodTotals, Purse, Room, Selection, ShardCount,
    TakeBlockOutcome,
};
use evens_idempotency::{BetId, Fingerprint};
use evens_ledger::{Amount, Parts, UserId};
use jiff::Timestamp;
use jiff::tz::Offset;
use serde_json::{Value, json};

fn room(text: &str) -> Room {
    text.parse().unwrap()
}

fn period_id() -> PeriodId {
    PeriodId::parse_in(room("k3-60"), "20261123000000042").unwrap()
}

fn seed() -> Seed {
    Seed::from_bytes(std::array::from_fn(|index| u8::try_from(index).unwrap()))
}

fn open() -> Period {
    Period::open(period_id(), Offset::UTC, seed().hash(), ShardCount::ONE_PER_LANE)
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The first refusal of a bet in a room of Wingo.
fn refused(body: &Value) -> String {
    let request = PlaceGameBetRequest::parse(body.to_string().as_bytes());
    let wanted = request.and_then(|request| request.in_room(room("wingo-30")));
    match wanted {
        Ok(wanted) => format!("{} {}", wanted.period, wanted.selection),
        Err(problem) => {
            let field = problem.field.unwrap_or("-");
            format!("{} {field}: {}", problem.kind.status(), problem.detail)
        }
    }
}

#[test]
fn the_first_wrong_field_is_the_answer() {
    let good = json!({
        "periodId": "20261123000000042", "betType": "COLOR", "betValue": "green", "betAmount": "10.50",
    });
    assert_eq!(refused(&good), "wingo-30-20261123000000042 COLOR:green");
    #[rustfmt::skip]
    let table = [
        ("periodId",  json!("42"),                "422 periodId: periodId must be 17 digits"),
        ("betType",   json!(""),                  "422 betType: betType must be 1 to 32 letters, digits, '_' and ','"),
        ("betValue",  json!("a-b"),               "422 betValue: betValue must be 1 to 32 letters, digits, '_' \
          and ','"),
        ("betAmount", json!(1.005),               "422 betAmount: betAmount must have at most 2 decimals"),
        ("purse",     json!("BONUS"),             "422 purse: purse must be \"BONUS_FIRST\" or \"CASH\""),
        ("betType",   json!("SUM"),               "422 betType: betType is not a bet type of this game"),
        ("betValue",  json!("blue"),              "422 betValue: betValue is not a value of this bet type"),
        ("periodId",  json!("20261123000002880"), "404 periodId: The room has no period with this id."),
    ];
    for (index, (field, value, expected)) in table.iter().enumerate() {
        let mut body = good.clone();
        // Other faults further down are not reported.
        for (field, value, _) in table[index..].iter().rev() {
            body[*field] = value.clone();
        }
        assert_eq!(refused(&body), *expected, "{field}: {value}");
    }
}

#[test]
fn a_room_and_a_period_are_there_or_not() {
    let refusal = |game: &str, duration: &str| {
        let problem = parse_room(game, duration).expect_err("a refusal");
        (problem.kind.status(), problem.field)
    };
    assert_eq!(parse_room("fiveD", "60"), Ok(room("5d-60")));
    assert_eq!(refusal("roulette", "60"), (404, Some("gameType")));
    assert_eq!(refusal("wingo", "61"), (404, Some("duration")));
    assert!(parse_period_id(room("wingo-30"), "x").is_err());
}

#[test]
fn a_period_tells_its_seed_once_it_is_drawn() {
    let shown = |period: &Period| serde_json::to_value(PeriodAnswer::from(period)).unwrap()["data"].clone();
    let hash = "630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd";
    let mut expected = json!({
        "gameType": "k3", "duration": 60, "periodId": "20261123000000042", "state": "OPEN", "rules": 1,
        "opensAt": "2026-11-23T00:42:00.000Z", "closesAt": "2026-11-23T00:42:55.000Z", "endsAt": "2026-11-23T00:43:00.000Z",
        "result": null,
        "verification": {
            "hash": hash, "link": null, "block": null, "time": null, "seedHash": hash, "seed": null,
            "message": "game\nk3-60-20261123000000042\nnone", "entropy": "none", "source": null, "blockId": null,
            "blockTime": null, "signature": null,
        },
    });
    assert_eq!(shown(&open()), expected);
    let closing = open().close(at("2026-11-23T00:42:55Z")).unwrap();
    let closed = closing.closed(PeriodTotals::default()).unwrap();
    expected["state"] = json!("CLOSED");
    assert_eq!(shown(&closed), expected);
    let drawn = closed.draw(seed(), at("2026-11-23T00:43:00.5Z")).unwrap();
    expected["state"] = json!("RESULTED");
    expected["result"] = json!({
        "dice_1": 2, "dice_2": 4, "dice_3": 1, "sum": 7, "sum_size": "small", "sum_parity": "odd",
    });
    expected["verification"]["seed"] = json!(seed().reveal());
    expected["verification"]["time"] = json!("2026-11-23T00:43:00.500Z");
    assert_eq!(shown(&drawn), expected);
}

const BLOCK_ID: &str = "0000000004a6f1c09d2f7a31c5e8b04d16f2a97c3be05d8841c6f3a2b7d9e0fc";

/// The period of a room, drawn with a block of TRON.
fn drawn_with_block(room: &str) -> Period {
    let id: PeriodId = format!("{room}-20261123000000042").parse().unwrap();
    let parent = "0000000004a6f1bf9d2f7a31c5e8b04d16f2a97c3be05d8841c6f3a2b7d9e0fc".parse().unwrap();
    let stamped = at("2026-11-23T00:42:48Z").as_millisecond();
    let block =
        Block::new(78_049_728, stamped, BLOCK_ID.parse().unwrap(), BlockOrigin::Tron(parent)).unwrap();
    let open = Period::open(id, Offset::UTC, seed().hash(), ShardCount::ONE_PER_LANE);
    let open = open.drawn_with_block_of(BlockSource::Tron);
    let closed = open.close(at("2026-11-23T00:42:45Z")).unwrap().closed(PeriodTotals::default()).unwrap();
    let TakeBlockOutcome::Taken(period) = closed.take_block(block) else { panic!("not taken") };
    period.draw(seed(), at("2026-11-23T00:43:00.5Z")).unwrap()
}

#[test]
fn a_period_tells_the_block_that_drew_it_by_the_names_that_old_clients_know() {
    let shown = |room| {
        let answer = serde_json::to_value(PeriodAnswer::from(&drawn_with_block(room))).unwrap();
        (answer["data"]["closesAt"].clone(), answer["data"]["verification"].clone())
    };
    let hash = seed().hash().to_string();
    let mut expected = json!({
        "hash": BLOCK_ID, "link": "https://tronscan.org/#/block/78049728", "block": 78_049_728,
        "time": "2026-11-23T00:42:48.000Z", "seedHash": hash, "seed": seed().reveal(), "message": null,
        "entropy": "block", "source": "tron", "blockId": BLOCK_ID, "blockTime": "2026-11-23T00:42:48.000Z",
        "signature": null,
    });
    assert_eq!(shown("trx_wix-60"), (json!("2026-11-23T00:42:45.000Z"), expected.clone()));
    expected["hash"] = json!(hash);
    expected["time"] = json!("2026-11-23T00:43:00.500Z");
    expected["message"] = json!(format!("game\nk3-60-20261123000000042\n{BLOCK_ID}"));
    assert_eq!(shown("k3-60").1, expected);
}

#[test]
fn the_period_of_the_moment_says_before_its_first_bet_what_draws_it() {
    let id = period_id();
    let open = Period::open(id, Offset::UTC, seed().hash(), ShardCount::ONE_PER_LANE);
    let by_block = open.clone().drawn_with_block_of(BlockSource::Tron);
    let shown = |opened: Option<&Period>| {
        let body = CurrentPeriodBody::new(id, id.times(Offset::UTC), opened, &[(id.next(), opened.cloned())]);
        let body = serde_json::to_value(body).unwrap();
        ["closesAt", "entropy", "source", "seedHash"].map(|name| body[name].clone())
    };
    let (early, late) = (json!("2026-11-23T00:42:45.000Z"), json!("2026-11-23T00:42:55.000Z"));
    let hash = json!(seed().hash().to_string());
    assert_eq!(shown(Some(&by_block)), [early, json!("block"), json!("tron"), hash.clone()]);
    assert_eq!(shown(Some(&open)), [late.clone(), json!("none"), Value::Null, hash]);
    assert_eq!(shown(None), [late, Value::Null, Value::Null, Value::Null]);
}

#[test]
fn a_block_that_is_handed_in_is_read_field_by_field() {
    let signature = "A".repeat(86) + "==";
    let good = json!({
        "periodId": "20261123000000042", "number": 78_049_728, "timestamp": 1_795_394_568_000_i64, "id": BLOCK_ID,
        "signature": signature,
    });
    let refused = |body: &Value| {
        let request = RecordBlockRequest::parse(body.to_string().as_bytes());
        match request.and_then(|request| request.in_room(room("trx_wix-30"))) {
            Ok((period, block)) => format!("{} {period}", block.number()),
            Err(problem) => format!("{} {}", problem.kind.status(), problem.detail),
        }
    };
    assert_eq!(refused(&good), "78049728 trx_wix-30-20261123000000042");
    #[rustfmt::skip]
    let table = [
        ("periodId",  json!("42"),         "422 periodId must be 17 digits"),
        ("number",    json!(1_u64 << 53),  "422 number must be a whole number from 0 to 9007199254740991"),
        ("timestamp", json!("soon"),       "422 timestamp is not a valid time in milliseconds"),
        ("id",        json!("ABC"),        "422 id is not 64 lower-case hexadecimal digits"),
        ("signature", json!("AAAA"),       "422 signature must be 64 bytes in base64"),
        ("timestamp", json!(i64::MAX / 2), "422 timestamp is not a valid time in milliseconds"),
        ("number",    json!(78_049_729),   "422 id must begin with the number of the block"),
        ("periodId",  json!("20261123000002880"), "404 The room has no period with this id."),
    ];
    for (field, value, expected) in table {
        let mut body = good.clone();
        body[field] = value;
        assert_eq!(refused(&body), expected, "{field}");
    }
}

#[test]
fn a_game_tells_what_it_pays_and_returns() {
    let said: GameLimits = "wingo-60:stakeMin=0.5,wingo-60:stakeMax=5,wingo-30:betsMax=60".parse().unwrap();
    // The bankroll is so large that the share of each room is 10,000.
    let bankroll = 750_000 * Room::all().count();
    let limits = |room| said.of(room, bankroll.to_string().parse().unwrap(), Offset::UTC);
    let wingo = serde_json::to_value(GameBody::new(room("wingo-30").game(), limits)).unwrap();
    assert_eq!(wingo["gameType"], "wingo");
    assert_eq!(wingo["symbols"], json!({ "count": 1, "first": 0, "last": 9 }));
    assert_eq!(
        (&wingo["feePercent"], &wingo["stakeMin"], &wingo["stakeMax"], &wingo["betsMax"]),
        (&json!(2), &json!(0.5), &json!(100_000), &json!(60)),
        "what the widest room takes"
    );
    let rooms = json!([
        {"duration": 30, "stakeMin": 1, "stakeMax": 100_000, "betsMax": 60, "stakedMax": 200_000, "exposureMax": 10_000},
        {"duration": 60, "stakeMin": 0.5, "stakeMax": 5, "betsMax": 50, "stakedMax": 200_000, "exposureMax": 10_000},
    ]);
    assert_eq!(wingo["rooms"].as_array().unwrap()[..2], rooms.as_array().unwrap()[..]);
    let green =
        wingo["selections"].as_array().unwrap().iter().find(|line| line["betValue"] == "green").unwrap();
    let expected = json!({
        "betType": "COLOR", "betValue": "green", "multipliers": [2, 1.5], "returnToPlayer": 93.1,
    });
    assert_eq!(green, &expected);
}

#[test]
fn a_bet_says_how_it_stands() {
    let game = room("k3-60").game();
    let bet = GameBet {
        id: BetId::from_bytes([7; 16]),
        user: UserId::new(41).unwrap(),
        period: period_id(),
        selection: Selection::parse(game, "SUM", "7").unwrap(),
        stake: GameStake::parse("10".parse().unwrap()).unwrap(),
        parts: Parts { cash: "7.5".parse().unwrap(), bonus: "2.5".parse().unwrap() },
        fingerprint: Fingerprint::of(&[&Purse::BonusFirst.as_str()]),
        balance_after: Amount::ZERO,
        bonus_after: Amount::ZERO,
        placed_at: at("2026-11-23T00:42:01Z"),
        paid: None,
    };
    let drawn = DrawnSymbols::parse(game, "2,4,1").unwrap();
    let shown = |status, drawn| {
        let body = serde_json::to_value(GameBetBody::new(&bet, status, drawn)).unwrap();
        (body["status"].clone(), body["winAmount"].to_string(), body["result"]["sum"].clone())
    };
    let won = GameBetStatus::Won("135.534".parse().unwrap());
    #[rustfmt::skip]
    let table = [
        (GameBetStatus::Pending,  None,         ("PENDING",  "0",       Value::Null)),
        (won,                     Some(&drawn), ("WON",      "135.534", json!(7))),
        (GameBetStatus::Lost,     Some(&drawn), ("LOST",     "0",       json!(7))),
        (GameBetStatus::Refunded, None,         ("REFUNDED", "10",      Value::Null)),
    ];
    for (status, drawn, (name, win, sum)) in table {
        assert_eq!(shown(status, drawn), (json!(name), win.to_owned(), sum));
    }
}

#[test]
fn trends_are_of_every_selection_and_cursors_come_back() {
    let drawn = DrawnSymbols::parse(room("wingo-30").game(), "7").unwrap();
    let trends = TrendsAnswer::new(room("wingo-30"), &[drawn]);
    assert_eq!((trends.data.len(), trends.periods), (17, 1));
    let cursor = PeriodCursor { before: period_id() };
    assert_eq!(cursor.to_string().parse(), Ok(cursor));
}

#[test]
fn a_page_is_about_so_many_periods() {
    let newest: PeriodId = "wingo-300-20261123000000003".parse().unwrap();
    let page = |page: &str, limit: &str| {
        let (page, limit): (PageNumber, PageLimit) = (page.parse().unwrap(), limit.parse().unwrap());
        let (oldest, newest) = page.periods(newest, limit).into_inner();
        format!("{} {}", oldest.digits(), newest.digits())
    };
    assert_eq!(page("1", "1"), "20261123000000003 20261123000000003");
    assert_eq!(page("1", "3"), "20261123000000001 20261123000000003");
    // A day has 288 periods.
    assert_eq!(page("2", "3"), "20261122000000286 20261123000000000");
    assert!(page("10000", "50").starts_with("2022"), "{}", page("10000", "50"));
    for (text, is_page, is_limit) in [
        ("50", true, true),
        ("51", true, false),
        ("0", false, false),
        ("10001", false, false),
        ("-1", false, false),
    ] {
        assert_eq!(
            (text.parse::<PageNumber>().is_ok(), text.parse::<PageLimit>().is_ok()),
            (is_page, is_limit)
        );
    }
}

/// A lane that cannot end stays in the list of unpaid lanes.
#[test]
fn operators_are_told_which_lanes_are_not_paid() {
    let period = open();
    let lanes = |period: &Period| {
        let bets = Distribution::of(period.id.room.game(), &[]);
        let rules = ExposureRules { period_max: Amount::ZERO };
        let actual = serde_json::to_value(DistributionAnswer::new(period, &bets, rules)).unwrap();
        actual["data"]["openLanes"].clone()
    };
    assert_eq!(lanes(&period), json!([]));
    let now = period.times.ends_at;
    let closed = period.close(now).unwrap().closed(PeriodTotals::default()).unwrap();
    let drawn = closed.draw(seed(), now).unwrap();
    assert_eq!(lanes(&drawn), json!((0..16).collect::<Vec<_>>()));
    let paid = Lane::all()
        .filter(|lane| lane.number() != 5)
        .fold(drawn, |drawn, lane| drawn.lane_done(lane).unwrap());
    assert_eq!(lanes(&paid), json!([5]));
    assert_eq!(lanes(&paid.lane_done(Lane::new(5).unwrap()).unwrap()), json!([]));
}
