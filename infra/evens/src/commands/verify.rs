//! `evens verify`: whether everything in the table keeps M1 to M7.
//!
//! | exit code | meaning |
//! |---|---|
//! | 0 | nothing offends |
//! | 1 | something offends, or an item cannot be read |
//! | 2 | could not look, or what was looked at changed each time |
//!
//! The table of a system at work is not read at one moment: of a change that happens meanwhile, one item is seen as it
//! was before and another as it is after. So where something offends beside a running system, all of it is read again,
//! a few times, and only what is then said in the same words is reported: a violation names the numbers that do not
//! agree, and none of them returns to an earlier value. What offends every time, but in other words, is undecided.

use crate::cli::{VerifyArgs, VerifyCommand};
use crate::commands::verify_report::{self, Findings};
use crate::commands::{verify_period, verify_round};
use crate::home::{Home, Sharing};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use evens_audit::{Books, Completeness, Report, Subject};
use evens_exchange::Invariant;
use evens_runtime::{Clock, StartError};
use evens_store::{Store, StoreError};
use jiff::SignedDuration;
use std::collections::BTreeSet;
use std::process::ExitCode;
use std::time::Duration;

/// The exit code for: nobody knows.
pub(crate) const COULD_NOT_LOOK: u8 = 2;

/// How often a table is read beside a running system before what still moves is called undecided.
const LOOKS_MAX: usize = 6;

/// How long one page of the table may take, before it is asked for again.
const PAGE_TIMEOUT: Duration = Duration::from_secs(30);

/// How long a change has to end between two looks. No request takes longer than its deadline of eight seconds, and
/// nearly all of them some milliseconds.
const PAUSE: Duration = Duration::from_millis(500);

/// For how long after the refund time something may still be on its way: sweepers come once a minute.
const GRACE: SignedDuration = SignedDuration::from_mins(5);

pub(crate) async fn run(args: VerifyArgs) -> ExitCode {
    let looked = match args.command {
        Some(VerifyCommand::Round(args)) => verify_round::run(args).await,
        Some(VerifyCommand::Period(args)) => verify_period::run(args).await,
        None => run_books(&args).await,
    };
    looked.unwrap_or_else(|error| {
        eprintln!("error: {error:?}");
        ExitCode::from(COULD_NOT_LOOK)
    })
}

async fn run_books(args: &VerifyArgs) -> Result<ExitCode, StartError> {
    let home = Home::open(&args.home.data, Sharing::Beside).await?;
    let found = look(&home, args).await;
    let (table, is_moving) = (home.settings.table.clone(), !home.is_embedded());
    home.close().await;
    let findings = found?;
    if findings.report.counts.total() == 0 && findings.unreadable.is_empty() {
        let hint = "name the data folder with --data, or the table with EVENS_TABLE";
        return Err(StartError::new(format!("there is nothing to verify in the table {table}"), hint));
    }
    if args.json {
        println!("{}", verify_report::json(&table, &findings));
    } else {
        print!("{}", verify_report::text(&table, &findings, is_moving));
    }
    Ok(ExitCode::from(findings.exit_code()))
}

/// Reads the table until what is found is sure, or for the last time.
async fn look(home: &Home, args: &VerifyArgs) -> Result<Findings, StartError> {
    let store = open_store(home).await?;
    let completeness = || match (args.ended, home.is_embedded()) {
        (true, _) => Completeness::Ended,
        // Nobody was at work on these books until now, so nothing in them can be late.
        (false, true) => Completeness::Stopped,
        (false, false) => {
            let patience = home.settings.betting.refund_after.saturating_add(GRACE);
            Completeness::Running { now: Clock::system().now(), patience }
        }
    };
    let mut last = look_once(&store, completeness()).await?;
    if home.is_embedded() || last.is_clean() {
        return Ok(last.into_findings(1));
    }
    let (mut always, mut looks) = (last.topics(), 1);
    loop {
        tokio::time::sleep(PAUSE).await;
        looks += 1;
        let next = look_once(&store, completeness()).await?;
        always.retain(|topic| next.topics_contain(topic));
        let confirmed = next.confirmed(&last);
        let is_sure = confirmed.size() == next.size();
        if is_sure || looks == LOOKS_MAX {
            let decided = confirmed.topics();
            let undecided = always.difference(&decided).cloned().collect();
            return Ok(Findings { undecided, ..confirmed.into_findings(looks) });
        }
        last = next;
    }
}

/// The table, without the queues: an auditor needs no permission for those. He also has more time than a request: a
/// page of a scan is a megabyte, and whoever serves it may be busy.
pub(crate) async fn open_store(home: &Home) -> Result<Store, StartError> {
    let clients = home.clients()?;
    let timeouts = TimeoutConfig::builder().operation_attempt_timeout(PAGE_TIMEOUT).build();
    let config = clients.dynamodb.config().to_builder().timeout_config(timeouts).build();
    Ok(Store::new(Client::from_conf(config), home.settings.table.clone()))
}

pub(crate) fn cannot_read(error: StoreError) -> StartError {
    let hint = "check EVENS_TABLE, AWS_ENDPOINT_URL and the permissions, and try again";
    StartError::new("the table cannot be read", hint).caused_by(error)
}

/// What one reading of the table found.
struct Look {
    report: Report,
    /// Items that are not what they say they are.
    unreadable: BTreeSet<String>,
}

async fn look_once(store: &Store, completeness: Completeness) -> Result<Look, StartError> {
    let (mut books, mut unreadable) = (Books::new(), BTreeSet::new());
    let scanned = store.scan(|record| match record {
        Ok(record) => books.record(record),
        Err(error) => drop(unreadable.insert(error.to_string())),
    });
    scanned.await.map_err(cannot_read)?;
    Ok(Look { report: books.check(completeness), unreadable })
}

impl Look {
    fn is_clean(&self) -> bool {
        self.size() == 0
    }

    fn size(&self) -> usize {
        self.report.violations().len() + self.unreadable.len()
    }

    fn confirmed(&self, earlier: &Self) -> Self {
        Self {
            report: self.report.confirmed(&earlier.report),
            unreadable: self.unreadable.intersection(&earlier.unreadable).cloned().collect(),
        }
    }

    /// What offends what, without the words.
    fn topics(&self) -> BTreeSet<(Invariant, Subject)> {
        let violations = self.report.violations().iter();
        violations.map(|violation| (violation.invariant, violation.subject.clone())).collect()
    }

    fn topics_contain(&self, topic: &(Invariant, Subject)) -> bool {
        let key = (topic.0, &topic.1);
        let found = self
            .report
            .violations()
            .binary_search_by_key(&key, |violation| (violation.invariant, &violation.subject));
        found.is_ok()
    }

    fn into_findings(self, looks: usize) -> Findings {
        let unreadable = self.unreadable.into_iter().collect();
        Findings { report: self.report, unreadable, undecided: Vec::new(), looks }
    }
}
