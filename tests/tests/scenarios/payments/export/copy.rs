//! [`Copy`]: an export in the hands of a tamperer.

use super::tamperings::Tampering;
use evens_ledger::{Amount, Digest, one_line};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A row of a file, as a map of its fields.
pub(super) type Row = Map<String, Value>;

/// The hashed fields of a ledger entry and of an audit line, in order.
const HASHED_OF_ENTRY: &str =
    "user number key kind amount account reference balanceBefore balanceAfter at previousHash";
const HASHED_OF_LINE: &str = "number at actor action subject reason before after previousHash";

/// All verifiers but that of seals.
pub(super) const OF_ROWS: [&str; 7] = [
    "verify_books.py",
    "verify_keys.py",
    "verify_play.py",
    "verify_acts.py",
    "verify_decisions.py",
    "verify_suspense.py",
    "verify_jackpots.py",
];

pub(super) struct Copy {
    folder: TempDir,
}

/// The output and exit code of a verifier.
#[derive(Debug)]
pub(super) struct Verdict {
    pub(super) code: Option<i32>,
    pub(super) said: String,
}

/// Runs the verifier of `docs/books.md`. `seal` is the seal that the export printed, if the auditor kept it.
pub(super) fn verify(books: &Path, seal: Option<&str>) -> Verdict {
    run("verify_books.py", books, seal.as_slice())
}

/// Runs the verifier of daily seals. `kept` is a day with the hash of its seal, if the auditor kept it.
pub(super) fn verify_seals(books: &Path, kept: Option<[&str; 2]>) -> Verdict {
    run("verify_seals.py", books, kept.as_ref().map_or(&[][..], |kept| &kept[..]))
}

/// Runs the verifier of decisions.
pub(super) fn verify_decisions(books: &Path) -> Verdict {
    run("verify_decisions.py", books, &[])
}

/// Runs the verifier of payments in suspense.
pub(super) fn verify_suspense(books: &Path) -> Verdict {
    run("verify_suspense.py", books, &[])
}

fn run(verifier: &str, books: &Path, kept: &[&str]) -> Verdict {
    let verifier = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/books").join(verifier);
    let python = ["-I", "-S", "-B"];
    let output = Command::new("python3").args(python).arg(verifier).arg(books).args(kept).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    Verdict { code: output.status.code(), said: String::from_utf8(said).unwrap() }
}

/// Returns whether Python is installed, which the verifiers need.
pub(super) fn has_python() -> bool {
    Command::new("python3").arg("--version").output().is_ok_and(|output| output.status.success())
}

pub(super) fn text<'a>(row: &'a Row, field: &str) -> &'a str {
    row[field].as_str().unwrap()
}

pub(super) fn set(row: &mut Row, field: &str, value: &str) {
    let replaced = row.insert(field.to_owned(), value.into());
    assert!(replaced.is_some(), "there is a field {field}");
}

/// The index of the first row whose field starts with this text.
pub(super) fn place(rows: &[Row], field: &str, start: &str) -> usize {
    let found = rows.iter().position(|row| text(row, field).starts_with(start));
    found.unwrap_or_else(|| panic!("no {field} begins with {start}"))
}

pub(super) fn first<'a>(rows: &'a mut [Row], field: &str, start: &str) -> &'a mut Row {
    let place = place(rows, field, start);
    &mut rows[place]
}

/// Recomputes the hash of a ledger entry.
pub(super) fn hash_entry(row: &mut Row) {
    let more = if text(row, "balanceKind") == "BONUS" { "\nBONUS" } else { "" };
    hash(row, HASHED_OF_ENTRY, more);
}

/// Recomputes the hash of an audit line.
pub(super) fn hash_line(row: &mut Row) {
    hash(row, HASHED_OF_LINE, "");
}

fn hash(row: &mut Row, fields: &str, more: &str) {
    let lines: Vec<_> = fields.split(' ').map(|field| one_line(text(row, field))).collect();
    let digest = Digest::of(format!("{}{more}", lines.join("\n")).as_bytes());
    set(row, "hash", &digest.to_string());
}

/// Applies each change to a copy of its own. A verifier that compares rows finds it even though the manifest was
/// adjusted.
pub(super) fn each_is_found(books: &Path, tamperings: &[Tampering]) {
    for (what, tamper, found) in tamperings {
        let copy = Copy::of(books);
        tamper(&copy);
        copy.cover_up();
        let covered = OF_ROWS.map(|verifier| run(verifier, copy.folder(), &[]));
        let is_it = |verdict: &Verdict| verdict.code == Some(1) && verdict.said.contains(found);
        assert!(covered.iter().any(is_it), "{what}: {covered:?}");
    }
}

impl Copy {
    pub(super) fn of(export: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for file in fs::read_dir(export).unwrap() {
            let file = file.unwrap();
            fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
        }
        Self { folder }
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn rows(&self, file: &str) -> Vec<Row> {
        let text = fs::read_to_string(self.path(&format!("{file}.jsonl"))).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    pub(super) fn edit(&self, file: &str, change: impl FnOnce(&mut Vec<Row>)) {
        let mut rows = self.rows(file);
        change(&mut rows);
        let lines = rows.iter().map(|row| serde_json::to_string(row).unwrap() + "\n");
        fs::write(self.path(&format!("{file}.jsonl")), lines.collect::<String>()).unwrap();
    }

    pub(super) fn edit_manifest(&self, change: impl FnOnce(&mut Value)) {
        let mut manifest = serde_json::from_slice(&fs::read(self.path("manifest.json")).unwrap()).unwrap();
        change(&mut manifest);
        fs::write(self.path("manifest.json"), manifest.to_string()).unwrap();
    }

    /// Recomputes trial balance and manifest from the other files.
    pub(super) fn cover_up(&self) {
        let accounts = self.accounts();
        let rows = accounts.iter().map(|(account, (received, given))| {
            format!("{account},{},{},{}\n", coins(*received), coins(*given), coins(received - given))
        });
        let sheet = "account,received,given,balance\n".to_owned() + &rows.collect::<String>();
        fs::write(self.path("trial_balance.csv"), sheet).unwrap();
        let balance =
            |(account, (received, given)): (String, (i128, i128))| (account, coins(received - given).into());
        let balances: Map<_, _> = accounts.into_iter().map(balance).collect();
        self.edit_manifest(|manifest| manifest["accounts"] = balances.into());
        self.seal_files();
    }

    /// Recomputes the manifest's hashes from the files.
    pub(super) fn seal_files(&self) {
        self.edit_manifest(|manifest| {
            for (name, seal) in manifest["files"].as_object_mut().unwrap() {
                let text = fs::read_to_string(self.path(name)).unwrap();
                seal["sha256"] = Digest::of(text.as_bytes()).to_string().into();
                seal["lines"] = text.matches('\n').count().into();
            }
        });
    }

    /// The sums that each account received and gave, in units of the last decimal.
    fn accounts(&self) -> BTreeMap<String, (i128, i128)> {
        let mut accounts: BTreeMap<String, (i128, i128)> = BTreeMap::new();
        let mut add = |giver: &str, receiver: &str, amount: &str| {
            let units = amount.parse::<Amount>().unwrap().units();
            accounts.entry(giver.to_owned()).or_default().1 += units;
            accounts.entry(receiver.to_owned()).or_default().0 += units;
        };
        for row in self.rows("entries") {
            let wallets = format!("wallets:{}", text(&row, "balanceKind").to_lowercase());
            let (account, amount) = (text(&row, "account"), text(&row, "amount"));
            match text(&row, "kind") {
                "DEBIT" => add(&wallets, account, amount),
                _ => add(account, &wallets, amount),
            }
        }
        for row in self.rows("transfers") {
            add(text(&row, "from"), text(&row, "to"), text(&row, "amount"));
        }
        accounts
    }
}

fn coins(units: i128) -> String {
    let size = Amount::from_units(units.abs()).unwrap();
    if units < 0 { format!("-{size}") } else { size.to_string() }
}
