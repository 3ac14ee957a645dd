//! Progressive jackpots: three groups, each a pool that contributions fill and a win empties.
//!
//! Keeps M9: of each group, what the house gave to start with and what was contributed is what was won, what is in the
//! pool, in its meters and in its reserve, to the last of 8 decimals; and no win is larger than its pool.
//!
//! - Contributors never touch the pool. Each adds to one of [`METERS`] items that hold all groups, so several groups
//!   are one atomic step, and nobody waits for a win.
//! - A win goes by steps ([`begin_win`], [`MeterPart::collect`], [`finish_win`]). From the first to the last the pool
//!   belongs to that win; whoever finds it half done does the rest. A coin that comes in between is in this win or in
//!   the next one, never in both.
//! - What a win is drawn from is known to everybody afterwards ([`ticket`], [`JackpotDraw`]): each cash bet has a
//!   ticket, and of those of a period that win the lowest for its stake takes the pool.
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
    Award, AwardAct, AwardRefusal, AwardStep, Awarded, PROPOSAL_HOLDS_FOR, SeenForAward, WinCause,
    WinCauseError, award,
};
pub use config::{
    ConfigAct, ConfigPlan, ConfigStep, JackpotConfig, ProposedConfig, SeenForConfig, UpdateConfig,
    UpdateConfigRefusal, change_config, terms_at, update_config,
};
pub use contribute::{
    ContributeOutcome, ContributeRefusal, Contribution, cash_of, contribute, contribution_of_stakes,
};
pub use day::{Brought, DayIsFull, IsClosed, MeterPlace, day_of, meter_share};
pub use draw::{JackpotDraw, WinningBet};
pub use group::{ByGroup, JackpotGroup, JackpotGroupError};
pub use operation::{OperationId, OperationIdError};
pub use pool::{METERS, Meter, MeterPart, Pool, PoolState, Share, Standing, WonPart, standing};
pub use settings::{JackpotSettings, LogLevel, LogLevelError, RetriesMax, WrongSetting};
pub use terms::{JackpotTerms, Rate, RateError, TermsError};
pub use trigger::{CashBet, DrawnBet, Ticket, TicketError, by_ticket_for_cash, drawn, ticket, wins};
pub use violation::{ConcurrencyViolation, ConflictDetails, JackpotAction};
pub use win::{PendingWin, Win, WinPlan, begin_win, finish_win};
