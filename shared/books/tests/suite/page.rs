//! `docs/books.md` matches the code, because readers of an export have only that page.

use evens_books::{FORMAT, RowFile, TRIAL_BALANCE_FIELDS};
use evens_ledger::Digest;

const PAGE: &str = include_str!("../../../../docs/books.md");

/// The first column of every table in the section that has a column `field`.
fn tables(section: &str) -> Vec<Vec<&'static str>> {
    let (_, after) = PAGE.split_once(&format!("\n## {section}\n")).expect("the section is there");
    let mut tables: Vec<Vec<&str>> = Vec::new();
    let mut is_of_fields = false;
    for line in after.lines().take_while(|line| !line.starts_with("## ")) {
        if line.starts_with("| field |") {
            tables.push(Vec::new());
            is_of_fields = true;
        } else if !line.starts_with('|') {
            is_of_fields = false;
        } else if let (true, Some(cell), Some(table)) =
            (is_of_fields, line.split('|').nth(1), tables.last_mut())
        {
            table.extend(cell.split('`').skip(1).step_by(2));
        }
    }
    tables
}

#[test]
fn the_page_has_each_field_in_its_place() {
    #[rustfmt::skip]
    let table = [
        ("Entries",       RowFile::Entries.fields()),
        ("Wallets",       RowFile::Wallets.fields()),
        ("Transfers",     RowFile::Transfers.fields()),
        ("Accounts",      &TRIAL_BALANCE_FIELDS),
        ("Orders",        RowFile::Orders.fields()),
        ("Jackpots",      RowFile::Jackpots.fields()),
        ("The audit log", RowFile::Audit.fields()),
        ("Seals of days", RowFile::Seals.fields()),
        ("Users",         RowFile::Users.fields()),
        ("Players",       RowFile::Players.fields()),
        ("Changes of settings", RowFile::Settings.fields()),
    ];
    for (section, fields) in table {
        assert_eq!(tables(section), [fields], "{section}");
    }
    let of_manifest =
        ["format", "table", "readFrom", "readUntil", "offenders", "auditHead", "accounts", "files"];
    assert_eq!(tables("The manifest, and what seals it"), [of_manifest]);
    for file in RowFile::ALL {
        assert!(PAGE.contains(&format!("\n| `{}.jsonl` |", file.name())), "{file:?}");
    }
    assert!(PAGE.contains(FORMAT));
}

#[test]
fn the_hashes_of_the_page_are_true() {
    let zeros = "0".repeat(64);
    let of_cash =
        format!("42\n1\nFUND:order-1\nCREDIT\n500\nhouse\norder-1\n0\n500\n2024-01-01T00:00:00Z\n{zeros}");
    let of_bonus = "42\n3\nBONUS:REG:42\nCREDIT\n25\nbonus-pool\n42\n0\n25\n2024-01-01T00:00:02Z\n\
                    9c93e084361861523215fea1ede8a0eb41ca1bdf0455e46bde46361b7b80a79e\nBONUS";
    for text in [&of_cash, of_bonus] {
        assert!(PAGE.contains(&format!("= {}\n", Digest::of(text.as_bytes()))), "{text}");
    }
}

#[test]
fn the_page_has_each_account_and_what_statements_book() {
    for name in [
        "stakes:{round}",
        "withdrawals",
        "payment-provider:{name}",
        "payment-provider",
        "suspense:{name}",
        "provider-fees:{name}",
        "receivable:{user}",
        "bad-debt",
        "bank",
        "house",
        "revenue",
        "bonus-pool",
        "jackpot-pool:{group}",
        "jackpot-reserve:{group}",
        "opening:{system}",
        "FEE:{provider}:{day}",
        "SETTLEMENT:{id}",
    ] {
        let is_told = |line: &str| line.starts_with('|') && line.contains(&format!("`{name}`"));
        assert!(PAGE.lines().any(is_told), "{name}");
    }
}
