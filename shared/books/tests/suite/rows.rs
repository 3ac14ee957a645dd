//! Rows: their exact bytes and their order.

use crate::common::{
    at, audit_line, blocked_cashier, cashier, deposit, empty, jackpot_config, jackpot_pool, jackpot_win,
    posting, seal, transfer, user, withdrawal,
};
use evens_audit_log::AuditHead;
use evens_books::{Row, RowFile};
use evens_ledger::{Digest, Incoming, SystemAccount, Wallet};
use evens_records::{JackpotRecord, Record};

fn line(record: &Record) -> (RowFile, String) {
    let row = Row::of(record).expect("a row");
    assert_eq!(row.values.len(), row.file.fields().len());
    (row.file, serde_json::to_string(&row).expect("JSON"))
}

/// Auditors' tools read these for ever: a changed row needs a new version of the format.
#[test]
fn lines_are_golden() {
    let bonus = posting("r", SystemAccount::BonusPool, "25.00000001");
    let (wallet, entry) = empty().credit_bonus(bonus, at(0)).expect("it fits");
    let provider = || "sandbox".parse().expect("a provider");
    let (fees, account) =
        (SystemAccount::ProviderFees(provider()), SystemAccount::PaymentProvider(Some(provider())));
    let fee = transfer(fees, account, "1.20");
    let (cashier, settings) = cashier().with_settings_entry(at(0));
    let settings_hash = settings.hash;
    #[rustfmt::skip]
    let table = [
        (Record::Entry(entry), RowFile::Entries, concat!(
            r#"{"user":"42","number":"1","key":"FUND:r","kind":"CREDIT","amount":"25.00000001","#,
            r#""account":"bonus-pool","reference":"r","balanceBefore":"0","balanceAfter":"25.00000001","#,
            r#""at":"2026-11-23T10:00:00.5Z","#,
            r#""previousHash":"0000000000000000000000000000000000000000000000000000000000000000","#,
            r#""balanceKind":"BONUS","#,
            r#""hash":"HASH"}"#)),
        (Record::Wallet(wallet.clone()), RowFile::Wallets,
            r#"{"user":"42","balance":"0","bonus":"25.00000001","locked":"0","version":"1","head":"HASH"}"#),
        (Record::Transfer(fee), RowFile::Transfers, concat!(
            r#"{"key":"FEE:sandbox:2026-11-23","from":"provider-fees:sandbox","#,
            r#""to":"payment-provider:sandbox","amount":"1.2","#,
            r#""reference":"2026-11-23","at":"2026-11-23T10:00:00.5Z"}"#)),
        (Record::Deposit(Box::new(deposit())), RowFile::Orders, concat!(
            r#"{"order":"DEPOSIT","direction":"deposit","user":"42","amount":"100.5","currency":"INR","#,
            r#""provider":"sandbox","createdAt":"2026-11-23T10:00:00.5Z","state":"UNCLAIMED","providerId":"dep_1","#,
            r#""payUntil":"2026-11-23T10:30:00.5Z","paymentProvider":"other","paymentId":"=pay_1","#,
            r#""paymentAmount":"101","paymentCurrency":"INR","unclaimed":"other-amount","#,
            r#""claims":"given:700,701:pay:2","returns":"pay_3","takenBack":"pay_4","payee":"","#,
            r#""holdReasons":"","approvals":"","attempt":"","failedPayouts":"","paidAfterReturn":""}"#)),
        (Record::Withdrawal(Box::new(withdrawal())), RowFile::Orders, concat!(
            r#"{"order":"WITHDRAWAL","direction":"withdrawal","user":"42","amount":"100.5","currency":"INR","#,
            r#""provider":"sandbox","createdAt":"2026-11-23T10:00:00.5Z","state":"PROCESSING","providerId":"","#,
            r#""payUntil":"","paymentProvider":"","paymentId":"","paymentAmount":"","paymentCurrency":"","#,
            r#""unclaimed":"","claims":"","returns":"","takenBack":"","payee":"91ab","holdReasons":"large four-eyes","#,
            r#""approvals":"700@2026-11-23T10:00:01.5Z 701@2026-11-23T10:00:02.5Z","attempt":"3","#,
            r#""failedPayouts":"out_1 out_2","paidAfterReturn":"false"}"#)),
        (Record::Jackpot(Box::new(JackpotRecord::Config(jackpot_config()))), RowFile::Jackpots, concat!(
            r#"{"kind":"terms","group":"minor","number":"2","at":"2026-11-23T10:00:00.5Z","startAmount":"1000","#,
            r#""rate":"0.003","reserveRate":"0.001","odds":"1000000","mustHitBy":"5000","operation":"","user":"","#,
            r#""amount":"","poolBefore":"","refill":"","topUp":"","cause":"","cash":"","ticket":"","#,
            r#""termsVersion":"","reason":""}"#)),
        (Record::Jackpot(Box::new(JackpotRecord::Win(jackpot_win()))), RowFile::Jackpots, concat!(
            r#"{"kind":"win","group":"minor","number":"0","at":"2026-11-23T10:00:00.5Z","startAmount":"","rate":"","#,
            r#""reserveRate":"","odds":"","mustHitBy":"","operation":"drawn:wingo-30-20261123000000042:minor","#,
            r#""user":"42","amount":"1003","poolBefore":"1003","refill":"1","topUp":"999","#,
            r#""cause":"drawn wingo-30-20261123000000042 07070707-0707-0707-0707-070707070707","cash":"10","#,
            r#""ticket":"00000000000000f0","termsVersion":"2","reason":""}"#)),
        (Record::Jackpot(Box::new(JackpotRecord::Pool(jackpot_pool()))), RowFile::Jackpots, concat!(
            r#"{"kind":"pool","group":"minor","number":"1","at":"2026-11-23T10:00:05.5Z","startAmount":"","rate":"","#,
            r#""reserveRate":"","odds":"","mustHitBy":"","operation":"op-7","user":"42","amount":"","poolBefore":"","#,
            r#""refill":"","topUp":"","cause":"manual 800 801","cash":"","ticket":"","termsVersion":"","#,
            r#""reason":"a birthday"}"#)),
        (Record::AuditLine(Box::new(audit_line())), RowFile::Audit, concat!(
            r#"{"number":"1","at":"2026-11-23T10:00:00.5Z","actor":"command-line","action":"block-user","#,
            r#""subject":"42","reason":"a \"friend\"\nof ours","before":"open","after":"blocked","#,
            r#""previousHash":"0000000000000000000000000000000000000000000000000000000000000000","hash":"LOGGED"}"#)),
        (Record::Seal(Box::new(seal())), RowFile::Seals,
            r#"{"day":"2026-11-23","after":"2026-11-22","previousHash":"A","wallets":"B","accounts":"C","transfers":"D","auditLog":"E","hash":"SEAL"}"#),
        (Record::Account(blocked_cashier()), RowFile::Users, r#"{"user":"42","role":"cashier","blocked":"true"}"#),
        (Record::Cashier(Box::new(cashier)), RowFile::Players, concat!(
            r#"{"user":"42","identity":"pending","settings":"reality-check 30 2026-11-23T10:00:00.5Z","#,
            r#""settingsNumber":"1","settingsHash":"SETTINGS"}"#)),
        (Record::Settings(Box::new(settings)), RowFile::Settings, concat!(
            r#"{"user":"42","number":"1","at":"2026-11-23T10:00:00.5Z","#,
            r#""settings":"reality-check 30 2026-11-23T10:00:00.5Z","#,
            r#""previousHash":"0000000000000000000000000000000000000000000000000000000000000000","hash":"SETTINGS"}"#)),
    ];
    let known = [
        ("HASH", wallet.head.to_string()),
        ("LOGGED", audit_line().hash.to_string()),
        ("SEAL", seal().digest().to_string()),
        ("SETTINGS", settings_hash.to_string()),
        ("A", Digest::of(b"before").to_string()),
        ("B", Digest::of(b"wallets").to_string()),
        ("C", Digest::of(b"accounts").to_string()),
        ("D", Digest::of(b"transfers").to_string()),
        ("E", Digest::of(b"log").to_string()),
        ("DEPOSIT", deposit().terms.id.to_string()),
        ("WITHDRAWAL", withdrawal().terms.id.to_string()),
    ];
    for (record, file, golden) in table {
        let golden = known.iter().fold(golden.to_owned(), |golden, (name, value)| {
            golden.replace(&format!("\"{name}\""), &format!("\"{value}\""))
        });
        assert_eq!(line(&record), (file, golden));
    }
}

#[test]
fn rows_stand_in_the_order_of_numbers() {
    let fund = |wallet: &Wallet| {
        wallet.credit(Incoming::Credit, posting("f", SystemAccount::House, "1"), at(0)).expect("it fits")
    };
    let entry = |number: u64, count: usize| {
        let mut made = fund(&Wallet::empty(user(number)));
        for _ in 1..count {
            made = fund(&made.0);
        }
        Row::of(&Record::Entry(made.1)).expect("a row").place
    };
    let places = [entry(9, 9), entry(9, 10), entry(10, 1), entry(100, 1), entry(256, 1)];
    assert!(places.is_sorted(), "{places:?}");
}

#[test]
fn records_without_books_have_no_row() {
    for record in [Record::AuditHead(AuditHead::default()), Record::Visit(user(1)), Record::Aside] {
        assert_eq!(Row::of(&record), None);
    }
}
