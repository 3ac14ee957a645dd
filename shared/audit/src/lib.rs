//! The auditor's part: whether what is in the books keeps M1 to M7 and M9, and what each draw must have said.
//!
//! It takes no rule's word for anything: amounts, winners and chains are derived again from entries, matches and seeds.
//! Of M8 the books say only to whose account each phone number, session and day leads: an entry does not say whose
//! token asked for it.
//!
//! Architecture invariant: nothing here reads a clock, draws a random number or does I/O, and nothing here knows the
//! table. What is looked at is handed in one by one, in any order.

mod books;
mod exchange;
mod games;
mod jackpots;
mod operations;
mod payments;
mod players;
mod report;
mod wallet;

pub use books::{Books, Completeness, Secrets};
pub use exchange::draws::{CLOCK_TOLERANCE, MatchAudit, audit_match, audit_round};
pub use games::draws::{PeriodAudit, audit_period};
pub use jackpots::tickets::{JackpotTickets, audit_tickets};
pub use report::{Counts, Offenders, OnTheWay, Report, Subject, Violation, Violations};
