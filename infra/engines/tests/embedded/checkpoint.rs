//! Writes move into the table's file during use, so that no writer waits for it.

use crate::table::{self, TABLE};
use aws_sdk_dynamodb::types::AttributeValue;
use evens_engines::Engines;
use rusqlite::Connection;
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

/// A foreign reader, such as a backup, holds the log meanwhile. Afterwards it is moved into the file and shortened.
#[tokio::test]
async fn a_log_that_a_foreign_reader_held_is_shortened() {
    const LARGE_BYTES: usize = 390_000;
    let folder = tempfile::tempdir().unwrap();
    let engines = Engines::start(Some(folder.path())).await.unwrap();
    let client = table::client(&engines);
    table::create(&client).await;
    let table_file = folder.path().join(Engines::TABLE_FILE);
    let log_bytes = || folder.path().join(format!("{}-wal", Engines::TABLE_FILE)).metadata().unwrap().len();
    let reader = Connection::open(&table_file).unwrap();
    reader.execute_batch("BEGIN").unwrap();
    reader.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get::<_, i64>(0)).unwrap();
    let put = async |number: usize| {
        let put = client.put_item().table_name(TABLE).item("name", AttributeValue::S(number.to_string()));
        put.item("large", AttributeValue::S("x".repeat(LARGE_BYTES))).send().await.unwrap();
    };
    let mut number = 0;
    while log_bytes() <= 65 * 1024 * 1024 {
        assert!(number < 1_000, "{} bytes", log_bytes());
        put(number).await;
        number += 1;
    }
    drop(reader);
    let started = Instant::now();
    while log_bytes() > 64 * 1024 * 1024 {
        assert!(started.elapsed() < Duration::from_mins(1), "{} bytes", log_bytes());
        sleep(Duration::from_millis(20)).await;
    }
    put(number).await;
    engines.stop().await;
}
