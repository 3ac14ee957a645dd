//! Statements of the sandbox provider.

use crate::common::served::SandboxServer;
use crate::common::statements::{fetched, read};
use crate::common::{account, at, first, inr, order_id, payout, payout_in, terms};
use evens_payments::{Direction, PayoutState, StatementKind, StatementLine};
use evens_providers::{LineFault, PaymentProvider, Sandbox, SandboxSettings, Sending, StatementFault};
use jiff::tz::TimeZone;
use std::io::{self, Read, Seek, SeekFrom};

const HEADER: &str = r#""at","kind","id","reference","amount","currency""#;

fn provider() -> Sandbox {
    let settings = SandboxSettings {
        name: "sandbox".parse().unwrap(),
        endpoint: "http://127.0.0.1:1".parse().unwrap(),
        key: crate::common::served::KEY.parse().unwrap(),
        secrets: crate::common::served::SECRET.parse().unwrap(),
    };
    Sandbox::new(settings).unwrap()
}

#[tokio::test]
async fn the_statement_of_today_is_fetched_and_read() {
    let served = SandboxServer::start().await;
    let provider = served.provider();
    let (deposit, withdrawal) =
        (terms(Direction::Deposit, "sandbox"), terms(Direction::Withdrawal, "sandbox"));
    let opened = provider.open_payment(first(&deposit)).await.unwrap();
    served.press(&opened, "pay").await;
    let account = account("account-1");
    provider.send_payout(payout(&withdrawal, &account, Sending::First)).await.unwrap();
    let paid = payout_in(&provider, withdrawal.id, PayoutState::Paid).await;

    let day = |at: jiff::Timestamp| at.to_zoned(TimeZone::UTC).date();
    let mut lines = Vec::new();
    // The two movements may fall on different days.
    for day in std::collections::BTreeSet::from([day(paid.at.unwrap()), day(jiff::Timestamp::now())]) {
        lines.extend(read(&provider, &fetched(&provider, day).await.unwrap()).unwrap());
    }
    let moved: Vec<_> = lines.iter().map(|line| (line.kind, line.reference, line.money, line.fee)).collect();
    let expected = [
        (StatementKind::Payment, Some(deposit.id), inr("100.50"), "2.01".parse().unwrap()),
        (StatementKind::Payout, Some(withdrawal.id), inr("100.50"), "0.07".parse().unwrap()),
    ];
    assert_eq!(moved, expected);
}

#[test]
fn each_kind_of_line() {
    let order = order_id(Direction::Deposit);
    let bytes = format!(
        r#"{HEADER}
"2026-03-01T01:00:00Z","payment","pay_1","{order}",10050,"INR"
"2026-03-01T01:00:00Z","payment-fee","pay_1","{order}",-201,"INR"
"2026-03-01T02:00:00Z","refund","ref_1","{order}",-1000,"INR"
"2026-03-01T03:00:00Z","dispute","pay_1","{order}",-9050,"INR"
"2026-03-01T04:00:00Z","payout","out_1","=cmd|' /C calc'!A0",-500,"INR"
"2026-03-01T04:00:00Z","payout-fee","out_1","=cmd|' /C calc'!A0",-7,"INR"
"2026-03-01T05:00:00Z","payout-reversal","out_1","",500,"INR"
"2026-03-01T06:00:00Z","payment","pay_2","{order}",3,"EUR"
"2026-03-01T23:59:59Z","settlement","set_1","",-5,"INR"
"#
    );
    let line = |hour: &str, kind, id: &str, money, fee: &str| StatementLine {
        id: id.parse().unwrap(),
        kind,
        reference: Some(order),
        record: matches!(kind, StatementKind::ChargeBack | StatementKind::PayoutReturn)
            .then(|| id.parse().unwrap()),
        dispute: None,
        money,
        fee: fee.parse().unwrap(),
        charged_at: at(&format!("2026-03-01T{hour}Z")),
        settlement: Some("set_1".parse().unwrap()),
        at: at(&format!("2026-03-01T{hour}Z")),
    };
    let eur = evens_payments::Money::from_minor_units(3, evens_payments::Currency::EUR).unwrap();
    let charge_back = line("03:00:00", StatementKind::ChargeBack, "pay_1", inr("90.50"), "0");
    let settlement = line("23:59:59", StatementKind::Settlement, "set_1", inr("0.05"), "0");
    let payout = line("04:00:00", StatementKind::Payout, "out_1", inr("5"), "0.07");
    let back = line("05:00:00", StatementKind::PayoutReturn, "out_1", inr("5"), "0");
    let expected = [
        line("01:00:00", StatementKind::Payment, "pay_1", inr("100.50"), "2.01"),
        line("02:00:00", StatementKind::Refund, "ref_1", inr("10"), "0"),
        StatementLine { dispute: Some("pay_1".parse().unwrap()), ..charge_back },
        StatementLine { reference: None, ..payout },
        StatementLine { reference: None, ..back },
        StatementLine { settlement: None, ..line("06:00:00", StatementKind::Payment, "pay_2", eur, "0") },
        StatementLine { reference: None, settlement: None, ..settlement },
    ];
    assert_eq!(read(&provider(), bytes.as_bytes()).unwrap(), expected);
}

/// More money went out on a day than came in, so the settlement comes from our bank.
#[test]
fn a_settlement_may_come_from_our_bank() {
    let bytes = format!(
        r#"{HEADER}
"2026-03-01T01:00:00Z","payment","pay_1","{order}",100,"INR"
"2026-03-01T04:00:00Z","payout","out_1","{order}",-500,"INR"
"2026-03-01T23:59:59Z","settlement","set_1","",400,"INR"
"#,
        order = order_id(Direction::Deposit)
    );
    let lines = read(&provider(), bytes.as_bytes()).unwrap();
    let funding = lines.last().unwrap();
    assert_eq!((funding.kind, funding.money, funding.reference), (StatementKind::Funding, inr("4"), None));
    assert_eq!(lines.iter().map(StatementLine::units_signed).sum::<i128>(), 0);
    let settlements: Vec<_> =
        lines.iter().map(|line| line.settlement.as_ref().map(evens_payments::ProviderId::as_str)).collect();
    assert_eq!(settlements, [Some("set_1"), Some("set_1"), None]);
}

#[test]
fn files_that_are_no_statements() {
    use LineFault::{Field, Fields, NoNumber, NoTime, NotText, OtherMovement, Sign};
    let line = |line, fault| Err(StatementFault::Line { line, fault });
    let at = |line: &str| format!(r#""2026-03-01T01:00:00Z",{line}"#);
    let right = at(r#""payment","pay_1","a",10050,"INR""#);
    let with = |lines: &[&str]| [&[HEADER], lines].concat().join("\n").into_bytes();
    let one = |line: &str| with(&[&at(line)]);
    let after_right = |line: &str| with(&[&right, &at(line)]);
    let fields = |found| Fields { found, expected: 6 };
    let header = Err(StatementFault::Header { expected: "at,kind,id,reference,amount,currency" });
    let utf_16 = HEADER.encode_utf16().flat_map(u16::to_le_bytes);
    #[rustfmt::skip]
    let table = [
        (Vec::new(),                                                  Err(StatementFault::Empty)),
        (b"\r\n\n".to_vec(),                                         Err(StatementFault::Empty)),
        (b"<html>".to_vec(),                                          header),
        (HEADER.replace(r#""amount","currency""#, r#""currency","amount""#).into_bytes(), header),
        (right.clone().into_bytes(),                                  header),
        ([0xff, 0xfe].into_iter().chain(utf_16).collect(),            line(1, NotText)),
        ([&with(&[&right])[..], b"\n\xe9,,,,,"].concat(),             line(3, NotText)),
        (with(&[&right, r#""2026""#]),                                line(3, fields(1))),
        (one(r#""payment","p",1,"INR""#),                             line(2, fields(5))),
        (one(r#""payment","p","",1,"INR","#),                         line(2, fields(7))),
        (with(&[r#""yesterday","payment","p","",1,"INR""#]),          line(2, NoTime("at"))),
        (one(r#""payment","","",1,"INR""#),                           line(2, Field("id"))),
        (one(r#""payment","p","",1.5,"INR""#),                        line(2, NoNumber("amount"))),
        (one(r#""payment","p","","","INR""#),                         line(2, NoNumber("amount"))),
        (one(r#""payment","p","",0,"INR""#),                          line(2, Field("amount"))),
        (one(r#""payment","p","",-1,"INR""#),                         line(2, Sign("amount"))),
        (one(r#""payout","p","",1,"INR""#),                           line(2, Sign("amount"))),
        (after_right(r#""payment-fee","pay_1","",1,"INR""#),          line(3, Sign("amount"))),
        (after_right(r#""payment-fee","pay_1","",-1,"EUR""#),         line(3, Field("currency"))),
        (one(r#""payment","p","",1,"rupees""#),                       line(2, Field("currency"))),
        (after_right(r#""payment-fee","pay_2","",-1,"INR""#),         line(3, OtherMovement)),
        (one(r#""settlement","s","",0,"INR""#),                       line(2, Field("amount"))),
        (one(r#""gift","s","",1,"INR""#),                             line(2, OtherMovement)),
        (one(r#""settlement","s","",1,"INR""#),                       Ok(1)),
        (HEADER.as_bytes().to_vec(),                                  Ok(0)),
        (with(&[&right]),                                             Ok(1)),
    ];
    let provider = provider();
    for (bytes, expected) in table {
        let found = read(&provider, &bytes);
        assert_eq!(found.map(|lines| lines.len()), expected, "{}", String::from_utf8_lossy(&bytes));
    }
}

/// With any line break, and with any lines before it.
#[test]
fn lines_are_counted_as_an_editor_does() {
    let (right, gift) = (
        r#""2026-03-01T01:00:00Z","payment","pay_1","a",1,"INR""#,
        r#""2026-03-01T01:00:00Z","gift","a","",1,"INR""#,
    );
    let in_quotes = r#""2026-03-01T01:00:00Z","payment","pay_1","a
b",1,"INR""#;
    #[rustfmt::skip]
    let table = [
        (format!("{HEADER}\n{gift}"),                        2),
        (format!("{HEADER}\r\n{gift}\r\n"),                 2),
        (format!("{HEADER}\r\n{right}\r\n{gift}"),          3),
        (format!("\u{feff}{HEADER}\r\n{right}\r\n{gift}"), 3),
        (format!("{HEADER}\n\n{right}\n\n\n{gift}\n"),      6),
        (format!("\n{HEADER}\r\n\r\n{gift}\r\n"),          4),
        (format!("{HEADER}\n{in_quotes}\n{gift}"),           4),
    ];
    for (bytes, line) in table {
        let expected = Err(StatementFault::Line { line, fault: LineFault::OtherMovement });
        assert_eq!(read(&provider(), bytes.as_bytes()), expected, "{bytes:?}");
    }
}

/// Fees usually follow at once. A later fee still belongs to its line.
#[test]
fn a_fee_may_come_later_than_what_it_is_charged_for() {
    let line = |line: &str| format!(r#""2026-03-01T01:00:00Z",{line}"#);
    let file = |lines: &[&str]| {
        let lines = lines.iter().map(|text| line(text)).collect::<Vec<_>>().join("\n");
        read(&provider(), format!("{HEADER}\n{lines}\n").as_bytes())
    };
    let (one, two) = (r#""payment","p1","",100,"INR""#, r#""payout","p1","",-100,"INR""#);
    let (fee, later) = (r#""payment-fee","p1","",-2,"INR""#, r#""payment-fee","p1","",-3,"INR""#);
    let lines = file(&[one, fee, two, later, r#""settlement","s","",5,"INR""#, later]).unwrap();
    let fees: Vec<_> = lines.iter().map(|line| line.fee.to_string()).collect();
    assert_eq!(fees, ["0.08", "0", "0"]);
    let settled = lines[..2].iter().all(|line| line.settlement.as_ref().is_some_and(|id| id.as_str() == "s"));
    assert!(settled, "{lines:?}");
    let of_line = |line, fault| Err(StatementFault::Line { line, fault });
    assert_eq!(file(&[later, one]), of_line(2, LineFault::OtherMovement), "of nothing yet");
    let foreign = r#""payment-fee","p1","",-3,"EUR""#;
    assert_eq!(file(&[one, two, foreign]), of_line(4, LineFault::Field("currency")));
}

/// A generated file of many lines that is never held as a whole.
struct GeneratedFile {
    lines: u32,
    next: u32,
    written: Vec<u8>,
}

impl Read for GeneratedFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.written.is_empty() && self.next <= self.lines {
            self.written = match self.next {
                0 => format!("{HEADER}\n"),
                line => {
                    format!("\"2026-03-01T01:00:00Z\",\"payment\",\"pay_{line}\",\"=cmd\",100,\"INR\"\n")
                }
            }
            .into_bytes();
            self.next += 1;
        }
        let count = self.written.len().min(buffer.len());
        buffer[..count].copy_from_slice(&self.written[..count]);
        self.written.drain(..count);
        Ok(count)
    }
}

impl Seek for GeneratedFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        assert_eq!(to, SeekFrom::Start(0), "it is read from its beginning");
        (self.next, self.written) = (0, Vec::new());
        Ok(0)
    }
}

#[test]
fn lines_are_handed_out_as_they_are_read() {
    let mut file = GeneratedFile { lines: 100_000, next: 0, written: Vec::new() };
    let (mut count, mut last) = (0, None);
    let mut each = |line: StatementLine| {
        count += 1;
        last = Some(line.id.to_string());
    };
    provider().read_statement(&mut file, &mut each).unwrap();
    assert_eq!((count, last.as_deref()), (100_000, Some("pay_100000")));
}

/// A file of one endless line would otherwise be held in memory as a whole.
#[test]
fn a_record_without_an_end_is_none() {
    let endless = format!("{HEADER}\n\"{}", "x\n".repeat(2 * 1024 * 1024));
    let found = read(&provider(), endless.as_bytes());
    assert_eq!(found, Err(StatementFault::Line { line: 2, fault: LineFault::TooLong }));
}
