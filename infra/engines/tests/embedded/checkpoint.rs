//! Writes move into the table's file during use, so that no writer waits for it.

use crate::table::{self, TABLE};
use aws_sdk_dynamodb::types::AttributeValue;
use evens_engines::Engines;
use std::time::{Duration, Instant};
use tokio::time::sleep;

#[tokio::test]
async fn the_log_is_moved_into_the_file_during_use() {
    const LARGE_BYTES: usize = 100_000;
    let folder = tempfile::tempdir().unwrap();
    let engines = Engines::start(Some(folder.path())).await.unwrap();
    let client = table::client(&engines);
    table::create(&client).await;
    // Shorter than the length at which SQLite checkpoints the log itself.
    for number in 0..20 {
        let put = client.put_item().table_name(TABLE).item("name", AttributeValue::S(number.to_string()));
        put.item("large", AttributeValue::S("x".repeat(LARGE_BYTES))).send().await.unwrap();
    }
    let file = folder.path().join(Engines::TABLE_FILE);
    let length = || file.metadata().unwrap().len();
    let started = Instant::now();
    while length() < 20 * LARGE_BYTES as u64 {
        assert!(started.elapsed() < Duration::from_mins(1), "{} bytes", length());
        sleep(Duration::from_millis(20)).await;
    }
    engines.stop().await;
}
