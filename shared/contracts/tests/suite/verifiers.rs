//! A result can be checked without Evens: the script and the page of `docs/games` draw every game again from the answer
//! about its period, and notice every change in that answer.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use evens_contracts::{PeriodAnswer, RecordBlockRequest};
use evens_draws::Seed;
use evens_games::{
    Block, BlockOrigin, BlockSource, GAMES, Game, OraclePublicKey, Period, PeriodId, PeriodTotals, Room,
    ShardCount, TakeBlockOutcome,
};
use jiff::Timestamp;
use jiff::tz::Offset;
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};
use std::io::Write;
use std::process::{Command, Stdio};

const DOCS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/games");
const BLOCK_ID: &str = "0000000004a6f1c09d2f7a31c5e8b04d16f2a97c3be05d8841c6f3a2b7d9e0fc";
const PARENT_ID: &str = "0000000004a6f1bf9d2f7a31c5e8b04d16f2a97c3be05d8841c6f3a2b7d9e0fc";
const NUMBER: u64 = 78_049_728;

const SEED: &str = "/data/verification/seed";
const SIGNATURE: &str = "/data/verification/signature";

/// An oracle's key, used only in these tests.
fn oracle() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[3; 32]).unwrap()
}

fn block(source: BlockSource, period: PeriodId, stamped: Timestamp) -> Block {
    let stamped_ms = stamped.as_millisecond();
    let (id, parent) = (BLOCK_ID.parse().unwrap(), PARENT_ID.parse().unwrap());
    match source {
        BlockSource::Local => Block::new(NUMBER, stamped_ms, id, BlockOrigin::Local(parent)).unwrap(),
        BlockSource::Tron => Block::new(NUMBER, stamped_ms, id, BlockOrigin::Tron(parent)).unwrap(),
        BlockSource::Oracle(_) => {
            let message = format!("evens-block\n{period}\n{NUMBER}\n{stamped_ms}\n{BLOCK_ID}");
            let request = json!({
                "periodId": period.digits(), "number": NUMBER, "timestamp": stamped_ms, "id": BLOCK_ID,
                "signature": BASE64_STANDARD.encode(oracle().sign(message.as_bytes())),
            });
            RecordBlockRequest::parse(request.to_string().as_bytes()).unwrap().in_room(period.room).unwrap().1
        }
    }
}

/// The answer about a drawn period of the room, with a block of that source if one is given.
fn drawn(room: Room, source: Option<BlockSource>) -> Value {
    let id: PeriodId = format!("{room}-20261123000000042").parse().unwrap();
    let seed = Seed::from_bytes(std::array::from_fn(|index| u8::try_from(index).unwrap()));
    let open = Period::open(id, Offset::UTC, seed.hash(), ShardCount::ONE_PER_LANE);
    let open = source.map_or(open.clone(), |source| open.drawn_with_block_of(source));
    let closed = open.close(open.times.closes_at).unwrap().closed(PeriodTotals::default()).unwrap();
    let closed = match source {
        None => closed,
        Some(source) => match closed.take_block(block(source, id, closed.block_from())) {
            TakeBlockOutcome::Taken(period) => *period,
            outcome => panic!("{outcome:?}"),
        },
    };
    let period = closed.draw(seed, closed.times.ends_at).unwrap();
    serde_json::to_value(PeriodAnswer::from(&period)).unwrap()
}

/// An answer about each game and each kind of block, together with a short name of it.
fn answers() -> Vec<(String, Value)> {
    let key = OraclePublicKey::from_bytes(oracle().public_key().as_ref().try_into().unwrap());
    let sources = [None, Some(BlockSource::Local), Some(BlockSource::Tron), Some(BlockSource::Oracle(key))];
    let rooms = GAMES.iter().map(|game| Room::of_game(*game).last().unwrap());
    let all = rooms.flat_map(|room| sources.map(|source| (room, source)));
    let all = all.filter(|(room, source)| source.is_some() || !room.needs_blocks());
    all.map(|(room, source)| (format!("{room} {source:?}"), drawn(room, source))).collect()
}

/// The changes that are made to an answer: the place, and the new value.
fn changes() -> Vec<(&'static str, Value)> {
    vec![
        (SEED, json!("00".repeat(32))),
        ("/data/verification/block", json!(NUMBER + 1)),
        ("/data/verification/blockTime", json!("2026-11-23T00:00:00Z")),
        ("/data/verification/blockId", json!(BLOCK_ID.replace("e0fc", "e1fc"))),
        (SIGNATURE, json!("00".repeat(64))),
        ("/data/periodId", json!("20261123000000043")),
    ]
}

/// The answer with another value in one place.
fn changed(answer: &Value, place: &str, value: Value) -> Value {
    let mut changed = answer.clone();
    *changed.pointer_mut(place).unwrap() = value;
    changed
}

/// Says whether a program that reads the answer accepts it; `None` if there is no such program.
fn says(program: &str, arguments: &[&str], answer: &Value) -> Option<bool> {
    let spawned = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut running = spawned.ok()?;
    running.stdin.take().unwrap().write_all(answer.to_string().as_bytes()).unwrap();
    let output = running.wait_with_output().unwrap();
    let actual = String::from_utf8_lossy(&output.stdout);
    let fault = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0 | 1)) && fault.is_empty(), "{answer}\n{actual}{fault}");
    Some(output.status.success())
}

fn check(says: impl Fn(&Value) -> Option<bool>) {
    for (about, answer) in answers() {
        match says(&answer) {
            None => return eprintln!("skipped: there is nobody to run it"),
            Some(is_right) => assert!(is_right, "{about}"),
        }
        let is_signed = !answer.pointer(SIGNATURE).unwrap().is_null();
        for (place, value) in changes() {
            // Without a signed message of the period, only the oracle's signature depends on the period's id.
            let is_game = |game: &&&dyn Game| answer["data"]["gameType"] == game.id();
            let is_by_block = GAMES.iter().find(is_game).is_some_and(|game| game.drawn_by_block().is_some());
            let is_of_block_alone = place == "/data/periodId" && is_by_block;
            let is_there = !answer.pointer(place).unwrap().is_null();
            if is_there && (is_signed || !is_of_block_alone) {
                assert_eq!(says(&changed(&answer, place, value)), Some(false), "{about}: {place}");
            }
        }
        // A block was promised but the seed alone was used, or the other way round.
        let has_block = !answer["data"]["verification"]["blockId"].is_null();
        let entropy = json!(if has_block { "none" } else { "block" });
        let other = changed(&answer, "/data/verification/entropy", entropy);
        assert_eq!(says(&other), Some(false), "{about}: another entropy");
        let mut other = answer.clone();
        let result = other["data"]["result"].as_object_mut().unwrap();
        let symbol = result.values_mut().find(|value| value.is_u64()).unwrap();
        *symbol = json!((symbol.as_u64().unwrap() + 1) % 6);
        assert_eq!(says(&other), Some(false), "{about}: another result");
    }
}

#[test]
fn the_script_draws_again_and_sees_what_was_changed() {
    let script = format!("{DOCS}/verify_period.py");
    check(|answer| says("python3", &[&script], answer));
}

fn page() -> String {
    std::fs::read_to_string(format!("{DOCS}/verify.html")).unwrap()
}

/// The page's own code, run outside of a browser. It succeeds if this expression about the sentences in `said` is true.
fn code_of_page(holds: &str) -> String {
    let page = page();
    let (_, code) = page.split_once("<script id=\"verifier\">").unwrap();
    let (code, _) = code.split_once("</script>").unwrap();
    format!(
        "{code}\nconst answer = JSON.parse(require(\"fs\").readFileSync(0, \"utf8\"));\n\
         verify(answer.data).then((said) => process.exit({holds} ? 0 : 1));"
    )
}

/// No sentence of the page has a cross.
const NO_CROSS: &str = "said.every(({ holds }) => holds !== false)";

#[test]
fn the_page_draws_again_and_sees_what_was_changed() {
    let run = code_of_page(NO_CROSS);
    check(|answer| says("node", &["--no-warnings", "--eval", &run], answer));
    let page = page();
    assert!(
        !page.contains("src=") && !page.contains("href=") && !page.contains("fetch("),
        "it loads nothing"
    );
}

#[test]
fn the_page_says_so_where_a_browser_cannot_check_signatures() {
    const WITHOUT_ED25519: &str = "const importKey = crypto.subtle.importKey.bind(crypto.subtle);\n\
        crypto.subtle.importKey = async (format, data, algorithm, ...rest) => {\n\
        if (algorithm === \"Ed25519\") throw new DOMException(\"unknown\", \"NotSupportedError\");\n\
        return importKey(format, data, algorithm, ...rest); };\n";
    let is_told =
        "said.some(({ holds, sentence }) => holds === null && sentence.startsWith(\"Not checked: \"))";
    let [is_told, is_not_told] = [format!("{NO_CROSS} && {is_told}"), format!("{NO_CROSS} && !{is_told}")]
        .map(|holds| code_of_page(&holds));
    for (about, answer) in answers() {
        let is_signed = !answer.pointer(SIGNATURE).unwrap().is_null();
        let run = format!("{WITHOUT_ED25519}{}", if is_signed { &is_told } else { &is_not_told });
        match says("node", &["--no-warnings", "--eval", &run], &answer) {
            None => return eprintln!("skipped: there is nobody to run it"),
            Some(is_right) => assert!(is_right, "{about}"),
        }
    }
}
