//! `evens export`: exit codes and files, beside a running system and without one, on correct books, on manipulated
//! books, and on books that change all the time.

use crate::system::{CommandOutput, System, number};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

struct Exports(TempDir);

impl Exports {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn count(&self) -> usize {
        fs::read_dir(self.0.path()).expect("a folder").count()
    }
}

fn export(system: &System, folder: &Path) -> CommandOutput {
    system.run(&["export", folder.to_str().expect("a path")])
}

/// All files except the manifest, which contains the time.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let paths = fs::read_dir(folder).expect("an export").map(|entry| entry.expect("a file").path());
    let name = |path: &Path| path.file_name().expect("a name").to_string_lossy().into_owned();
    let files = paths.map(|path| (name(&path), fs::read(path).expect("a file")));
    files.filter(|(name, _)| name != "manifest.json").collect()
}

fn manifest(folder: &Path) -> Value {
    serde_json::from_slice(&fs::read(folder.join("manifest.json")).expect("a manifest")).expect("JSON")
}

/// Output and exit code of the verifier of `docs/books.md`, or `None` without Python.
fn verify_by_the_page(folder: &Path) -> Option<(i32, String)> {
    let verifier = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/books/verify_books.py");
    let Ok(output) = Command::new("python3").args(["-I", "-S", "-B", verifier]).arg(folder).output() else {
        eprintln!("skipped: there is no python3 to run docs/books/verify_books.py");
        return None;
    };
    let said = String::from_utf8(output.stdout).expect("text");
    Some((output.status.code().expect("it was not killed"), said))
}

async fn played() -> System {
    let system = System::started().await;
    system.bet(1, "demo", "A", 10).await;
    system.bet(2, "demo", "B", 4).await;
    system.wait_for_matches("demo", "SETTLED", 1).await;
    system
}

#[tokio::test]
async fn the_same_books_are_the_same_files_beside_the_system_and_without_it() {
    let mut system = played().await;
    let exports = Exports::new();
    let [beside, without] = ["beside", "without"].map(|name| exports.path(name));
    let said = export(&system, &beside);
    let first = format!(
        "Exported the table evens-local to {}: 2 wallets, 5 entries, 0 transfers, 0 orders, 0 lines of the audit log.\n",
        beside.display()
    );
    assert!(said.code == 0 && said.out.starts_with(&first) && said.err.is_empty(), "{said:?}");
    system.stop();
    let said = export(&system, &without);
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(files(&beside), files(&without));
}

#[tokio::test]
async fn books_that_are_not_in_order_are_exported_as_they_are() {
    let system = played().await;
    system.corrupt("wallet", "balance", number("1000000")).await;
    let exports = Exports::new();
    let folder = exports.path("books");
    let said = export(&system, &folder);
    // M1 and M4, as `evens verify` counts them.
    let expected = "The books are NOT in order: 2 violations; run `evens verify` for details.\n";
    assert_eq!((said.code, said.err.as_str()), (1, expected));
    assert_eq!(manifest(&folder)["offenders"], 2);
    if let Some((code, said)) = verify_by_the_page(&folder) {
        assert!(code == 1 && said.contains("the wallet of user 1 is not what its entries leave\n"), "{said}");
    }

    // The same for an item that cannot be read, because its values are missing.
    let system = played().await;
    system.corrupt("wallet", "head", number("7")).await;
    let folder = exports.path("unreadable");
    let said = export(&system, &folder);
    assert_eq!(said.code, 1, "{said:?}");
    if let Some((code, said)) = verify_by_the_page(&folder) {
        assert!(code == 1 && said.contains("found faults"), "{said}");
    }
}

#[tokio::test]
async fn no_half_of_a_change_is_exported() {
    let system = played().await;
    let exports = Exports::new();
    let mut side = "A";
    for attempt in 0..3 {
        let folder = exports.path(&attempt.to_string());
        let arguments = ["export", folder.to_str().expect("a path")];
        let said = system.run_while(&arguments, async || {
            side = if side == "A" { "B" } else { "A" };
            system.bet(1, "demo", side, 1).await;
            system.bet(2, "demo", side, 1).await;
        });
        let said = said.await;
        assert_eq!(said.code, 0, "{said:?}");
        if let Some((code, said)) = verify_by_the_page(&folder) {
            assert_eq!(code, 0, "{said}");
        }
    }
}

#[tokio::test]
async fn books_that_do_not_stand_still_are_not_exported() {
    let system = played().await;
    let exports = Exports::new();
    let folder = exports.path("books");
    let mut locked = 1_000;
    // Changed before the first reading, which may end before the first change beside it.
    system.corrupt("wallet", "locked", number(&locked.to_string())).await;
    let arguments = ["export", folder.to_str().expect("a path")];
    let said = system.run_while(&arguments, async || {
        locked += 1;
        system.corrupt("wallet", "locked", number(&locked.to_string())).await;
    });
    let said = said.await;
    assert_eq!((said.code, said.out.as_str()), (2, ""), "{said:?}");
    assert!(said.err.contains("the books changed during each of 6 reads"), "{}", said.err);
    assert_eq!(exports.count(), 0, "nothing unfinished is left");
}

#[tokio::test]
async fn an_export_without_a_table_writes_nothing() {
    let (system, exports) = (System::new(), Exports::new());
    let said = export(&system, &exports.path("books"));
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    let error = "error: the table evens-local is empty\n\
                 hint: select the data folder with --data, or the table with EVENS_TABLE\n";
    assert!(said.err.ends_with(error), "{}", said.err);
    assert_eq!(exports.count(), 0);
}
