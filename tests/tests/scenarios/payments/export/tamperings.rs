//! Manipulations of an export, with the verifier's finding for each.

use super::copy::{Copy, Row, first, hash_entry, hash_line, place, set, text};
use evens_ledger::Amount;
use std::fs;

type Change = fn(&Copy);

/// A manipulation: its name, the change, and a part of the finding.
pub(super) type Tampering = (&'static str, Change, &'static str);

/// Detected from the rows, even if trial balance and manifest were adjusted.
#[rustfmt::skip]
pub(super) const IN_THE_ROWS: &[Tampering] = &[
    ("a fee goes to a friend", |copy| {
        copy.edit("transfers", |rows| {
            let mut more = first(rows, "key", "PAYOUT:").clone();
            for (field, value) in [("key", "FEE:sandbox:2026-11-02"), ("from", "provider-fees:sandbox"),
                ("to", "payment-provider:friend"), ("reference", "2026-11-02")] {
                set(&mut more, field, value);
            }
            rows.push(more);
        });
    }, "FEE:sandbox:2026-11-02: no TRANSFER from provider-fees:sandbox to payment-provider:friend "),
    ("a funding goes to a friend", |copy| {
        copy.edit("transfers", |rows| {
            let mut more = first(rows, "key", "PAYOUT:").clone();
            for (field, value) in [("key", "FUNDING:set-1"), ("from", "payment-provider:sandbox"),
                ("to", "receivable:43"), ("reference", "set-1")] {
                set(&mut more, field, value);
            }
            rows.push(more);
        });
    }, "FUNDING:set-1: no TRANSFER from payment-provider:sandbox to receivable:43 "),
    ("an amount of an entry is changed", |copy| {
        copy.edit("entries", |rows| set(first(rows, "key", "FUND:"), "amount", "301"));
    }, "entry 1 of user 41 does not have its hash"),
    ("and its hash is made anew", |copy| {
        copy.edit("entries", |rows| {
            let entry = first(rows, "key", "FUND:");
            set(entry, "amount", "301");
            set(entry, "balanceAfter", "301");
            hash_entry(entry);
        });
    }, "entry 2 of user 41 does not follow"),
    ("a hash is forged", |copy| {
        copy.edit("entries", |rows| set(first(rows, "key", "FUND:"), "hash", &"ab".repeat(32)));
    }, "entry 1 of user 41 does not have its hash"),
    ("an entry is about another account", |copy| {
        copy.edit("entries", |rows| set(first(rows, "key", "FUND:"), "account", "bank"));
    }, "entry 1 of user 41 does not have its hash"),
    ("an entry is removed", |copy| {
        copy.edit("entries", |rows| drop(rows.remove(1)));
    }, "entry 3 of user 41 does not follow"),
    ("two entries are swapped", |copy| {
        copy.edit("entries", |rows| rows.swap(0, 1));
    }, "entry 2 of user 41 does not follow"),
    ("an entry is there twice", |copy| {
        copy.edit("entries", |rows| rows.insert(1, rows[0].clone()));
    }, "moved money twice"),
    ("an entry is in another wallet", |copy| {
        copy.edit("entries", |rows| set(first(rows, "user", "43"), "user", "42"));
    }, "entry 1 of user 42 does not follow"),
    ("a bonus becomes cash", |copy| {
        copy.edit("entries", |rows| set(first(rows, "balanceKind", "BONUS"), "balanceKind", "CASH"));
    }, "does not have its hash"),
    ("a commission is more than a tenth, and all hashes are made anew", |copy| {
        change_commission(copy, "amount", "5");
    }, " is no commission"),
    ("a commission goes to a friend, and all hashes are made anew", |copy| {
        change_commission(copy, "account", "receivable:43");
    }, " has such a key"),
    ("a commission is about another match, and all hashes are made anew", |copy| {
        change_commission(copy, "reference", "00000000-0000-8000-8000-000000000000");
    }, " has such a key"),
    ("a commission is taken without a payout, and all hashes are made anew", |copy| {
        change_commission(copy, "key", "COMMISSION:00000000-0000-8000-8000-000000000000:41");
    }, " is no commission"),
    ("a stake becomes earnings, and all hashes are made anew", |copy| {
        let user = user_of(copy, "BET:");
        copy.edit("entries", |rows| set(first(rows, "key", "BET:"), "account", "revenue"));
        chain_anew(copy, &user);
    }, " has such a key"),
    ("a balance is changed", |copy| {
        copy.edit("wallets", |rows| set(first(rows, "user", "43"), "balance", "5000"));
    }, "the wallet of user 43 is not what its entries leave"),
    ("the head of a wallet is forged", |copy| {
        copy.edit("wallets", |rows| set(first(rows, "user", "43"), "head", &"ab".repeat(32)));
    }, "the wallet of user 43 is not what its entries leave"),
    ("a wallet is removed", |copy| {
        copy.edit("wallets", |rows| drop(rows.remove(place(rows, "user", "43"))));
    }, "no wallet has the entries of users 43"),
    ("a wallet has lost its last entry", |copy| {
        copy.edit("entries", |rows| drop(rows.remove(place(rows, "user", "43") + 1)));
    }, "the wallet of user 43 is not what its entries leave"),
    ("more is locked than is at risk", |copy| {
        copy.edit("wallets", |rows| set(first(rows, "user", "43"), "locked", "1"));
    }, "stakes come to 0 units, and must to 100000000"),
    ("a transfer goes to another provider", |copy| {
        copy.edit("transfers", |rows| set(first(rows, "key", "PAYOUT:"), "to", "payment-provider:friend"));
    }, "does not move 60 from withdrawals to payment-provider:sandbox"),
    ("a transfer is larger", |copy| {
        copy.edit("transfers", |rows| set(first(rows, "key", "SUSPENSE:"), "amount", "1000"));
    }, "from payment-provider:sandbox to suspense:sandbox"),
    ("a transfer is removed", |copy| {
        copy.edit("transfers", |rows| drop(rows.remove(place(rows, "key", "PAYOUT:"))));
    }, "does not move 60 from withdrawals to payment-provider:sandbox"),
    ("a payout is there that nobody asked for", |copy| {
        copy.edit("transfers", |rows| {
            let mut more = first(rows, "key", "PAYOUT:").clone();
            set(&mut more, "key", "PAYOUT:00000000-0000-8000-8000-000000000000");
            rows.push(more);
        });
    }, "no order explains PAYOUT:00000000-0000-8000-8000-000000000000"),
    ("money moves for no reason", |copy| {
        copy.edit("transfers", |rows| {
            let mut more = first(rows, "key", "PAYOUT:").clone();
            set(&mut more, "key", "GIFT:1");
            rows.push(more);
        });
    }, "GIFT:1: no TRANSFER from "),
    ("a transfer takes from a wallet", |copy| {
        copy.edit("transfers", |rows| {
            let mut more = first(rows, "key", "PAYOUT:").clone();
            set(&mut more, "key", "GIFT:1");
            set(&mut more, "from", "wallet:41:cash");
            rows.push(more);
        });
    }, "wallets:cash come to "),
    ("the amount of an order is changed", |copy| {
        copy.edit("orders", |rows| set(first(rows, "state", "COMPLETED"), "amount", "1"));
    }, "does not move 1 from "),
    ("a withdrawal that was paid has failed", |copy| {
        copy.edit("orders", |rows| set(first(rows, "amount", "60"), "state", "FAILED"));
    }, "WITHDRAW-REV:"),
    ("a deposit is there that nobody paid", |copy| {
        copy.edit("orders", |rows| set(first(rows, "state", "PENDING"), "state", "COMPLETED"));
    }, "does not move 7 from payment-provider:sandbox to wallet:41:cash"),
    ("money in suspense was not given to anybody", |copy| {
        copy.edit("orders", |rows| set(first(rows, "state", "CLAIMED"), "state", "UNCLAIMED"));
    }, "no order explains SUSPENSE-OUT:"),
    ("money in suspense was given, and is still there", |copy| {
        copy.edit("orders", |rows| set(first(rows, "state", "UNCLAIMED"), "state", "CLAIMED"));
    }, "from suspense:sandbox to wallet:41:cash"),
    ("an order is removed", |copy| {
        copy.edit("orders", |rows| drop(rows.remove(place(rows, "state", "HELD"))));
    }, "no order explains WITHDRAW:"),
    ("a line of the audit log is changed", |copy| {
        copy.edit("audit", |rows| set(&mut rows[0], "reason", "they asked nicely"));
    }, "audit line 1 does not have its hash"),
    ("a line of the audit log is removed", |copy| {
        copy.edit("audit", |rows| drop(rows.remove(1)));
    }, "audit line 2 does not follow"),
    ("the last line of the audit log is removed", |copy| {
        copy.edit("audit", |rows| drop(rows.pop()));
    }, "the audit log does not end where the manifest says"),
    ("two lines of the audit log are swapped", |copy| {
        copy.edit("audit", |rows| rows.swap(1, 2));
    }, "audit line 2 does not follow"),
    ("another cashier has decided, and all hashes are made anew", |copy| {
        copy.edit("audit", |rows| {
            set(first(rows, "action", "approve-withdrawal"), "actor", "900099");
            chain_lines_anew(rows);
        });
        end_audit_log_at_last_line(copy);
    }, "the audit log does not tell who decided about it"),
    ("deposits were never stopped, and all hashes are made anew", |copy| {
        copy.edit("audit", |rows| {
            rows.remove(place(rows, "after", "off"));
            chain_lines_anew(rows);
        });
        end_audit_log_at_last_line(copy);
    }, "does not follow the one before it about the switch deposits"),
];

/// Detected from the manifest, or from gaps in it.
#[rustfmt::skip]
pub(super) const IN_THE_MANIFEST: &[Tampering] = &[
    ("a sheet is changed", |copy| {
        let sheet = fs::read_to_string(copy.path("orders.csv")).unwrap();
        fs::write(copy.path("orders.csv"), sheet.replace(",60,", ",6,")).unwrap();
    }, "orders.csv has changed"),
    ("a file is removed", |copy| {
        fs::remove_file(copy.path("audit.csv")).unwrap();
    }, "the files are not "),
    ("a file is added", |copy| {
        fs::write(copy.path("more.jsonl"), "").unwrap();
    }, "the files are not "),
    ("a row has become no JSON", |copy| {
        fs::write(copy.path("orders.jsonl"), "{").unwrap();
        copy.seal_files();
    }, "the books cannot be read"),
    ("the balance of an account is changed", |copy| {
        copy.edit_manifest(|manifest| manifest["accounts"]["house"] = "0".into());
    }, "the manifest has other accounts"),
    ("the trial balance is changed", |copy| {
        let sheet = fs::read_to_string(copy.path("trial_balance.csv")).unwrap();
        fs::write(copy.path("trial_balance.csv"), sheet.replace("house,0,", "house,1,")).unwrap();
        copy.seal_files();
    }, "the trial balance differs"),
    ("the manifest says that something offended", |copy| {
        copy.edit_manifest(|manifest| manifest["offenders"] = 1.into());
    }, "evens found faults"),
];

/// Not detectable in the files if all of them were adjusted, but detected with the kept seal of the manifest.
#[rustfmt::skip]
pub(super) const BY_THE_SEAL: &[(&str, Change)] = &[
    ("a wallet has lost its last entry and knows nothing of it", |copy| {
        copy.edit("entries", |rows| drop(rows.remove(place(rows, "user", "43") + 1)));
        let entries = copy.rows("entries");
        let left = &entries[place(&entries, "user", "43")];
        copy.edit("wallets", |rows| {
            let wallet = first(rows, "user", "43");
            set(wallet, "balance", text(left, "balanceAfter"));
            set(wallet, "version", "1");
            set(wallet, "head", text(left, "hash"));
        });
    }),
    ("a wallet and all its entries are gone", |copy| {
        for file in ["entries", "wallets"] {
            copy.edit(file, |rows| rows.retain(|row| text(row, "user") != "43"));
        }
    }),
    ("a wallet is richer, and its chain is made anew", |copy| {
        let mut head = String::new();
        copy.edit("entries", |rows| {
            let last = place(rows, "user", "43") + 1;
            let entry = &mut rows[last];
            set(entry, "amount", "9000");
            set(entry, "balanceAfter", "9500");
            hash_entry(entry);
            text(entry, "hash").clone_into(&mut head);
        });
        copy.edit("wallets", |rows| {
            let wallet = first(rows, "user", "43");
            set(wallet, "balance", "9500");
            set(wallet, "head", &head);
        });
    }),
    ("a winner has paid no commission, and their chain is made anew", |copy| {
        let user = user_of(copy, "COMMISSION:");
        copy.edit("entries", |rows| drop(rows.remove(place(rows, "key", "COMMISSION:"))));
        chain_anew(copy, &user);
    }),
    ("the audit log ends one line earlier", |copy| {
        // The last line is about the seal itself, and of the day after it.
        copy.edit("audit", |rows| rows.truncate(rows.len() - 2));
        end_audit_log_at_last_line(copy);
    }),
];

/// Manipulations of the daily seals alone, with the findings.
#[rustfmt::skip]
pub(super) const IN_THE_SEALS: &[Tampering] = &[
    ("a seal is of other wallets", |copy| {
        copy.edit("seals", |rows| set(&mut rows[0], "wallets", &"ab".repeat(32)));
    }, "does not have its hash"),
    ("a seal is of another day", |copy| {
        copy.edit("seals", |rows| set(&mut rows[1], "day", "2020-01-01"));
    }, "the seal of 2020-01-01 does not follow"),
    ("the first seal is gone", |copy| {
        copy.edit("seals", |rows| drop(rows.remove(0)));
    }, "does not follow the previous one"),
    ("the seals are swapped", |copy| {
        copy.edit("seals", |rows| rows.swap(0, 1));
    }, "does not follow the previous one"),
    ("the last seal is gone, and somebody has kept it", |copy| {
        copy.edit("seals", |rows| drop(rows.pop()));
    }, "is not the one that was kept"),
];

fn user_of(copy: &Copy, key: &str) -> String {
    text(first(&mut copy.rows("entries"), "key", key), "user").to_owned()
}

/// Changes a field of the commission, and makes the chain of its wallet anew.
fn change_commission(copy: &Copy, field: &str, value: &str) {
    let user = user_of(copy, "COMMISSION:");
    copy.edit("entries", |rows| set(first(rows, "key", "COMMISSION:"), field, value));
    chain_anew(copy, &user);
}

/// Recomputes the numbers, balances and hashes of a user's entries, and the user's wallet.
pub(super) fn chain_anew(copy: &Copy, user: &str) {
    let (mut number, mut balances, mut head) = (0, [Amount::ZERO; 2], "0".repeat(64));
    copy.edit("entries", |rows| {
        for entry in rows.iter_mut().filter(|entry| text(entry, "user") == user) {
            number += 1;
            let amount: Amount = text(entry, "amount").parse().unwrap();
            let balance = &mut balances[usize::from(text(entry, "balanceKind") == "BONUS")];
            let is_debit = text(entry, "kind") == "DEBIT";
            let after = if is_debit { balance.checked_sub(amount) } else { balance.checked_add(amount) };
            set(entry, "number", &number.to_string());
            set(entry, "balanceBefore", &balance.to_string());
            *balance = after.unwrap();
            set(entry, "balanceAfter", &balance.to_string());
            set(entry, "previousHash", &head);
            hash_entry(entry);
            text(entry, "hash").clone_into(&mut head);
        }
    });
    copy.edit("wallets", |rows| {
        let wallet = first(rows, "user", user);
        let [cash, bonus] = balances.map(|balance| balance.to_string());
        for (field, value) in
            [("balance", cash), ("bonus", bonus), ("version", number.to_string()), ("head", head)]
        {
            set(wallet, field, &value);
        }
    });
}

/// Numbers and chains the lines of the audit log anew.
fn chain_lines_anew(rows: &mut [Row]) {
    let mut before = "0".repeat(64);
    for (position, line) in rows.iter_mut().enumerate() {
        set(line, "number", &(position + 1).to_string());
        set(line, "previousHash", &before);
        hash_line(line);
        text(line, "hash").clone_into(&mut before);
    }
}

/// Makes the manifest name the last remaining audit line as the newest.
pub(super) fn end_audit_log_at_last_line(copy: &Copy) {
    let lines = copy.rows("audit");
    let last = lines.last().unwrap();
    copy.edit_manifest(|manifest| {
        for field in ["number", "hash"] {
            manifest["auditHead"][field] = last[field].clone();
        }
    });
}
