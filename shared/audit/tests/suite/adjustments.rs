//! Adjustments of wallets and their audit lines: one corruption per row.

use crate::common::second;
use evens_audit::{Books, Completeness};
use evens_audit_log::{Act, Action, Actor, AuditHead};
use evens_ledger::{Amount, EntryKey, Incoming, Posting, SystemAccount, UserId, Wallet};
use evens_records::Record;

const PLAYER: u64 = 41;
const ONE: u64 = 701;
const OTHER: u64 = 702;
const DESK: &str = ", adjust desk-7: credit 0.5, paid at the desk, in cash wanted by 1";

/// What an adjustment of 0.5 leaves: its entry, and the lines of two cashiers.
#[derive(Debug, Clone)]
struct Adjusted {
    amount: &'static str,
    is_debit: bool,
    lines: Vec<Act>,
}

fn user(number: u64) -> UserId {
    UserId::new(number).expect("a user")
}

fn amount(text: &str) -> Amount {
    text.parse().expect("an amount")
}

fn line(by: u64, before: &str, after: &str) -> Act {
    Act {
        actor: Actor::User(user(by)),
        action: Action::AdjustWallet,
        subject: PLAYER.to_string(),
        reason: "paid at the desk, in cash".to_owned(),
        before: before.to_owned(),
        after: after.to_owned(),
    }
}

fn adjusted() -> Adjusted {
    let lines = vec![
        line(ONE, "holds 70", &format!("holds 70{DESK}")),
        line(OTHER, &format!("holds 70{DESK}"), "holds 70.5, ADJUST:41:7"),
    ];
    Adjusted { amount: "0.5", is_debit: false, lines }
}

fn sentences(Adjusted { amount: moved, is_debit, lines }: Adjusted) -> Vec<String> {
    let posting = |key: &str, moved: &str, account| Posting {
        key: EntryKey::from_stored(key.to_owned()),
        amount: amount(moved),
        account,
        reference: key.to_owned(),
    };
    let funded = posting("FUND:1", "70", SystemAccount::House);
    let (wallet, _) =
        Wallet::empty(user(PLAYER)).credit(Incoming::Credit, funded, second(0)).expect("a credit");
    let adjustment = posting("ADJUST:41:7", moved, SystemAccount::House);
    let (wallet, entry) = if is_debit {
        wallet.debit(adjustment, second(9)).expect("a debit")
    } else {
        wallet.credit(Incoming::Payout, adjustment, second(9)).expect("a credit")
    };
    let mut books = Books::new();
    for entry in &wallet.newest {
        books.record(Record::Entry(entry.clone()));
    }
    assert_eq!(wallet.newest.last(), Some(&entry));
    books.record(Record::Wallet(Wallet { newest: Vec::new(), ..wallet }));
    let mut head = AuditHead::default();
    for act in lines {
        let line = head.next(act, second(5));
        head = line.head();
        books.record(Record::AuditLine(Box::new(line)));
    }
    books.record(Record::AuditHead(head));
    let report = books.check(Completeness::Stopped);
    let sentences = report.violations().iter().map(|violation| violation.sentence.clone());
    sentences.filter(|sentence| sentence.contains("ADJUST")).collect()
}

#[test]
fn what_two_cashiers_wanted_is_in_order() {
    assert_eq!(sentences(adjusted()), [""; 0]);
    let mut debit = Adjusted { is_debit: true, ..adjusted() };
    for act in &mut debit.lines {
        act.before = act.before.replace("credit", "debit");
        act.after = act.after.replace("credit", "debit").replace("70.5", "69.5");
    }
    assert_eq!(sentences(debit), [""; 0]);
}

#[test]
fn an_adjustment_that_its_lines_do_not_say_is_found() {
    type Row = (&'static str, fn(&mut Adjusted));
    #[rustfmt::skip]
    let table: &[Row] = &[
        ("no line", |found| found.lines.clear()),
        ("one line", |found| { found.lines.remove(0); }),
        ("another amount", |found| found.amount = "5"),
        ("another amount, and the balance of it",
            |found| { found.amount = "5"; found.lines[1].after = "holds 75, ADJUST:41:7".to_owned(); }),
        ("the other direction", |found| found.is_debit = true),
        ("one cashier twice", |found| found.lines[1].actor = Actor::User(user(ONE))),
        ("the player as the first cashier", |found| found.lines[0].actor = Actor::User(user(PLAYER))),
        ("the player as the last cashier", |found| found.lines[1].actor = Actor::User(user(PLAYER))),
        ("another reason", |found| found.lines[1].reason = "by phone".to_owned()),
        ("the approval of another adjustment",
            |found| found.lines[0] = line(ONE, "holds 70", "holds 70, adjust desk-6: credit 0.5, by phone wanted by 1")),
        ("an older line of the wallet by another cashier",
            |found| found.lines[0] = line(ONE, "holds 69", "holds 70, ADJUST:41:3")),
        ("it still waits", |found| found.lines[1].after = format!("holds 70.5{DESK}, ADJUST:41:7")),
        ("two lines about it", |found| { let last = found.lines[1].clone(); found.lines.push(last); }),
        ("the first approval came later", |found| found.lines.swap(0, 1)),
    ];
    for (what, corrupt) in table {
        let mut found = adjusted();
        corrupt(&mut found);
        assert_eq!(sentences(found).len(), 1, "{what}");
    }
}
