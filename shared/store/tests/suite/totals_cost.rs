//! The cost of reading a round's totals with any number of matches: printed, and bounded.

use crate::engine::Engine;
use crate::scenario::{ROUND, match_of, round_id, second};
use evens_engines::Engines;
use evens_exchange::Match;
use evens_store::CapacityMeter;
use rusqlite::{Connection, params};
use std::path::Path;

/// Number of matches, and the maximum read units of adding them up per second.
const TABLE: [(u64, f64); 3] = [(10, 4.0), (1_000, 70.0), (100_000, 310.0)];

/// Fills the round with copies of its one match, each under its own id. Inserted by SQL, because putting them one by
/// one takes minutes.
fn copy(engine: &Engine, folder: &Path, original: &Match, count: u64) {
    let file = Connection::open(folder.join(Engines::TABLE_FILE)).expect("the table");
    // The end of an id, which is a UUID, becomes the number of the copy.
    let copies = format!(
        "WITH RECURSIVE
             copies(number, id) AS (
                 SELECT 1, substr(?2, 1, 24) || printf('%012x', 1)
                 UNION ALL SELECT number + 1, substr(?2, 1, 24) || printf('%012x', number + 1)
                 FROM copies WHERE number < ?1 - 1
             )
         INSERT OR REPLACE INTO \"{0}\" (pk, sk, item_json, item_size, cached_at, hash_prefix)
         SELECT pk, replace(sk, ?2, id), replace(item_json, ?2, id), item_size, cached_at, hash_prefix
         FROM \"{0}\", copies WHERE sk = 'S:MATCH#' || ?2",
        engine.table
    );
    let copied = file.execute(&copies, params![count, original.id.to_string()]).expect("copies");
    assert_eq!(u64::try_from(copied).unwrap(), count - 1);
}

#[tokio::test]
async fn a_look_costs_the_same_however_many_matches_the_round_has() {
    let folder = tempfile::tempdir().expect("a folder");
    let engine = Engine::embedded_in(folder.path()).await;
    let original = match_of(&engine.store, "1").await;
    let meter = CapacityMeter::default();
    let store = engine.store.clone().metered(meter.clone());
    println!("{:>8} {:>22} {:>22}", "matches", "who adds up, units/s", "who looks, units");
    for (at, (count, units_max)) in (0..).step_by(10).zip(TABLE) {
        copy(&engine, folder.path(), &original, count);
        let look = async |at| {
            let counted = store.load_round_totals(&round_id(ROUND), second(at)).await.unwrap();
            (counted.totals.matched.to_string(), meter.take())
        };
        // The first request has the turn, and a second one in the same second does not.
        let (_, first) = look(at).await;
        let (matched, again) = look(at).await;
        println!("{count:8} {:22} {:22}", first.read_units, again.read_units);
        assert!(first.read_units <= units_max && first.write_units <= 2.0, "{first:?}");
        assert!((again.calls, again.read_units, again.write_units) == (1, 0.5, 0.0), "{again:?}");
        // The next turn continues where that one stopped, at the same cost.
        let (_, next) = look(at + 1).await;
        assert!(next.read_units <= units_max, "{next:?}");
        let expected = if count <= 5_000 { count.to_string() } else { "1000".to_owned() };
        assert_eq!(matched, expected, "what was added up last, until all is read");
    }
}
