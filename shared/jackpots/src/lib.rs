//! Progressive jackpots: three groups, each with a pool that contributions fill and a win empties.
//!
//! Keeps M9: in each group, start amounts plus contributions equal wins plus the content of pool, meters and reserve,
//! to the last of 8 decimals. No win is larger than its pool.
//!
//! - Contributions never touch the pool. Each is added to one of [`MeterCount`] items that hold all groups. So a
//!   contribution to several groups is one atomic step, and does not wait for a win.
//! - A win has several steps ([`begin_win`], [`MeterPart::collect`], [`finish_win`]). From the first to the last the
//!   pool is reserved for that win, and any process can complete a half-done win. A contribution that arrives in
//!   between counts for this win or the next one, never for both.
//! - A draw can be verified afterwards ([`ticket`], [`JackpotDraw`]): each cash bet has a ticket. The pool goes to the
//!   winning ticket of the period that is lowest for its stake.
//!
//! Architecture invariant: nothing here reads a clock, draws a random number or does I/O, and nothing here knows the
//! table.

mod award;
mod config;
mod contribute;
mod day;
mod draw;
mod group;
mod operation;
mod pool;
mod settings;
mod terms;
mod trigger;
mod violation;
mod win;

pub use award::{
    Award, AwardAct, AwardInput, AwardRefusal, AwardStep, PROPOSAL_HOLDS_FOR, StartedAward, WinCause,
    WinCauseError, award,
};
pub use config::{
    ConfigAct, ConfigPlan, ConfigStep, JackpotConfig, JackpotConfigInput, ProposedConfig, UpdateConfig,
    UpdateConfigRefusal, change_config, terms_at, update_config,
};
pub use contribute::{
    ContributeOutcome, ContributeRefusal, Contribution, cash_of, contribute, contribution_of_stakes,
};
pub use day::{DailyContributions, DayIsFull, IsClosed, MeterDay, day_of, meter_share};
pub use draw::{JackpotDraw, WinningBet};
pub use group::{ByGroup, JackpotGroup, JackpotGroupError};
pub use operation::{OperationId, OperationIdError};
pub use pool::{
    GroupTotals, Meter, MeterCount, MeterCountError, MeterPart, Pool, PoolState, Share, WonPart, group_totals,
};
pub use settings::{JackpotSettings, LogLevel, LogLevelError, RetriesMax, WrongSetting};
pub use terms::{JackpotTerms, Rate, RateError, TermsError};
pub use trigger::{CashBet, DrawnBet, Ticket, TicketError, by_ticket_for_cash, ticket, winning_bet, wins};
pub use violation::{ConcurrencyViolation, ConflictDetails, JackpotAction};
pub use win::{PendingWin, Win, WinPlan, begin_win, finish_win};
