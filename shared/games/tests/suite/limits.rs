//! Limits on bets in a room: the defaults, and the configured limits of a room or of a game.

use crate::common::amount;
use evens_games::{GameLimits, Room};
use jiff::tz::Offset;

/// The limits of a room, in the order of `GET /api/games`. The bankroll gives each period a share of 10,000. Three
/// periods of each room are undrawn at a time, and all of them may cost 4 %.
fn limits(text: &str, room: &str) -> String {
    let limits: GameLimits = text.parse().expect("limits");
    let bankroll = amount(&(10_000 * 3 * Room::all().count() * 100 / 4).to_string());
    let limits = limits.of(room.parse().expect("a room"), bankroll, Offset::UTC);
    let exposure_max = limits.exposure.period_max;
    format!(
        "{} {} {} {} {exposure_max}",
        limits.stake_min, limits.stake_max, limits.bets_max, limits.staked_max
    )
}

#[test]
fn a_room_has_the_usual_limits_but_for_what_is_said_of_it() {
    #[rustfmt::skip]
    let table = [
        // text                                     room          its limits
        ("",                                        "wingo-30",   "1 100000 50 200000 10000"),
        ("",                                        "5d-600",     "1 100000 50 200000 10000"),
        // Drawn by a block alone.
        ("",                                        "trx_wix-30", "1 10000 50 20000 1000"),
        ("wingo-30:stakeMin=2.5",                   "wingo-30",   "2.5 100000 50 200000 10000"),
        ("wingo-30:stakeMax=5000",                  "wingo-30",   "1 5000 50 200000 10000"),
        ("wingo-30:betsMax=7",                      "wingo-30",   "1 100000 7 200000 10000"),
        ("wingo-30:stakedMax=900",                  "wingo-30",   "1 100000 50 900 10000"),
        ("wingo-30:exposureMax=60",                 "wingo-30",   "1 100000 50 200000 60"),
        // The share of a room is an upper limit.
        ("wingo-30:exposureMax=60000",              "wingo-30",   "1 100000 50 200000 10000"),
        ("trx_wix:exposureMax=60000",               "trx_wix-60", "1 10000 50 20000 10000"),
        ("wingo-30:betsMax=7",                      "wingo-60",   "1 100000 50 200000 10000"),
        ("wingo:betsMax=7",                         "wingo-60",   "1 100000 7 200000 10000"),
        ("5d:betsMax=7",                            "5d-60",      "1 100000 7 200000 10000"),
        ("fiveD:betsMax=7",                         "5d-60",      "1 100000 7 200000 10000"),
        ("wingo:betsMax=7, wingo-60:betsMax=9,",    "wingo-60",   "1 100000 9 200000 10000"),
        ("wingo-60:betsMax=9,wingo:betsMax=7",      "wingo-60",   "1 100000 7 200000 10000"),
        ("wingo:stakeMin=200000,wingo:stakeMax=200000", "wingo-30", "200000 200000 50 200000 10000"),
    ];
    for (text, room, expected) in table {
        assert_eq!(limits(text, room), expected, "{text:?} of {room}");
    }
}

#[test]
fn invalid_game_limits_are_named() {
    const LIMITS: &str = "is not one of stakeMin, stakeMax, betsMax, stakedMax and exposureMax";
    const NUMBER: &str = "it must be a number above 0";
    const NO_STAKE: &str = "accepts no stake: its stakeMin is above its stakeMax or its stakedMax";
    #[rustfmt::skip]
    let table = [
        ("stakeMax=5000",                    r#""stakeMax=5000" does not have the form wingo-30:stakeMax=5000"#.to_owned()),
        ("wingo-30:stakeMax",                r#""wingo-30:stakeMax" does not have the form wingo-30:stakeMax=5000"#.to_owned()),
        ("wingo-31:stake=x",                 r#""wingo-31" is neither a room nor a game"#.to_owned()),
        ("wingo-30:stake=x",                 format!(r#""stake" {LIMITS}"#)),
        ("wingo-30:stakeMax=x",              format!(r#"stakeMax cannot be "x": {NUMBER}"#)),
        ("wingo-30:stakeMax=0",              format!(r#"stakeMax cannot be "0": {NUMBER}"#)),
        ("wingo-30:exposureMax=-1",          format!(r#"exposureMax cannot be "-1": {NUMBER}"#)),
        ("wingo-30:betsMax=0",               format!(r#"betsMax cannot be "0": {NUMBER}"#)),
        ("wingo-30:betsMax=1.5",             format!(r#"betsMax cannot be "1.5": {NUMBER}"#)),
        ("wingo-30:stakeMin=100000.01",      format!("wingo-30 {NO_STAKE}")),
        ("trx_wix-60:stakedMax=0.5",         format!("trx_wix-60 {NO_STAKE}")),
    ];
    for (text, expected) in table {
        assert_eq!(text.parse::<GameLimits>().expect_err(text).to_string(), expected, "{text}");
    }
}

#[test]
fn every_room_takes_a_stake_without_a_word_of_the_house() {
    for room in Room::all() {
        let limits = GameLimits::default().of(room, amount("10000000"), Offset::UTC);
        assert!(limits.stake_min < limits.stake_max && limits.stake_max <= limits.staked_max, "{room}");
        assert_eq!(limits.stake_max == amount("10000"), room.needs_blocks(), "{room}");
    }
}
