//! The auditor: checks that the books keep M1 to M7 and M9, and recomputes each draw.
//!
//! It trusts no rule: amounts, winners and chains are derived again from entries, matches and seeds. Of M8, only
//! the account behind each phone number, session and day is checked. An entry does not say whose token requested it.
//!
//! Architecture invariant: nothing here reads a clock, draws a random number or does I/O, and nothing here knows the
//! table. Records are passed in one by one, in any order.

mod books;
mod collect;
mod exchange;
mod games;
mod jackpots;
mod moved;
mod operations;
mod pairs;
mod payments;
mod players;
mod report;
mod share;
mod wallet;

pub use books::{Books, Completeness, Fundings, Secrets};
pub use exchange::draws::{CLOCK_TOLERANCE, MatchAudit, audit_match, audit_round};
pub use games::draws::{PeriodAudit, audit_period};
pub use jackpots::tickets::{JackpotTickets, audit_tickets};
pub use moved::{TransferOrder, may_be_of_operators};
pub use operations::day_ends::DayEnds;
pub use pairs::is_equal;
pub use report::{Counts, Offenders, OnTheWay, Part, Report, Subject, Violation, Violations};
pub use share::Share;
