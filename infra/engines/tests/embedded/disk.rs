//! The synced file is the one with the newest commits.

use crate::table::{self, TABLE};
use aws_sdk_dynamodb::types::AttributeValue;
use evens_engines::{Disk, Engines};
use std::error::Error;
use std::fs;
use std::path::Path;

fn log(folder: &Path) -> std::path::PathBuf {
    folder.join(format!("{}-wal", Engines::TABLE_FILE))
}

/// After a power cut, the table's file and its log remain as far as they were synced.
#[tokio::test]
async fn commits_before_a_sync_are_in_the_file_and_the_log() {
    const ITEMS: usize = 200;
    let folder = tempfile::tempdir().unwrap();
    let engines = Engines::start(Some(folder.path())).await.unwrap();
    let client = table::client(&engines);
    table::create(&client).await;
    for number in 0..ITEMS {
        let put = client.put_item().table_name(TABLE).item("name", AttributeValue::S(number.to_string()));
        put.send().await.unwrap();
    }
    Disk::of(folder.path()).sync().await.unwrap();
    let left = tempfile::tempdir().unwrap();
    for file in [folder.path().join(Engines::TABLE_FILE), log(folder.path())] {
        fs::copy(&file, left.path().join(file.file_name().unwrap())).unwrap();
    }
    engines.stop().await;
    let engines = Engines::start(Some(left.path())).await.unwrap();
    let found = table::client(&engines).scan().table_name(TABLE).send().await.unwrap();
    assert_eq!(found.count(), i32::try_from(ITEMS).unwrap());
    engines.stop().await;
}

#[tokio::test]
async fn a_log_that_cannot_be_synced_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let engines = Engines::start(Some(folder.path())).await.unwrap();
    table::create(&table::client(&engines)).await;
    let disk = Disk::of(folder.path());
    disk.sync().await.unwrap();
    fs::rename(log(folder.path()), folder.path().join("elsewhere")).unwrap();
    let error = disk.sync().await.unwrap_err();
    assert!(error.source().unwrap().to_string().contains("No such file"), "{error:?}");
    assert!(error.to_string().contains(&folder.path().display().to_string()), "{error}");
    engines.stop().await;
}
