//! The formats on the wire: HTTP bodies, problems, queue jobs, and the tables of routes and of queues.
//!
//! A body or a job is parsed here, once, into types that cannot be wrong. Code behind this crate validates nothing
//! again.
//!
//! Architecture invariant: no I/O and no AWS type. A test compares the template's routes, queues and time-outs with the
//! tables here, so neither can drift.

#![warn(missing_docs)]

mod exchange;
mod games;
mod http;
mod jackpots;
mod jobs;
mod live;
mod notifications;
mod operations;
mod payments;
mod players;
mod text;
mod trace_parent;

pub use exchange::answer::{BetBody, BetListAnswer, PlaceBetAnswer, PlacedBetBody, RefundBody, VoidBody};
pub use exchange::cursor::{EndedRoundCursor, MatchCursor, RoundCursor};
pub use exchange::jobs::*;
pub use exchange::request::{
    OpenRoundRequest, PlaceBetRequest, ResultRequest, parse_bet_id, parse_match_id, parse_round_id,
};
pub use exchange::round_answer::{
    BetMatchBody, BetMatchListAnswer, MatchBody, MatchListAnswer, OracleBody, RoundBody, RoundListAnswer,
    SideAmounts,
};
pub use exchange::round_line::{EndedRoundListAnswer, RoundLineBody};
pub use exchange::waiting_answer::{UnfinishedRoundListAnswer, WaitingBetBody, WaitingBetListAnswer};
pub use games::answer::{
    ActivePeriodsAnswer, CurrentPeriodAnswer, CurrentPeriodBody, Facts, GameResultAnswer, GameResultBody,
    HistoryAnswer, NextPeriodBody, PeriodAnswer, PeriodBody, TrendBody, TrendsAnswer,
};
pub use games::bet_answer::{GameBetBody, GameBetListAnswer, PlaceGameBetAnswer, PlacedGameBetBody};
pub use games::block_request::RecordBlockRequest;
pub use games::catalog::{Decimal, GameBody, GamesAnswer, RoomBody, SelectionBody, SymbolsBody};
pub use games::cursor::PeriodCursor;
pub use games::distribution::{DistributionAnswer, DistributionBody, SelectionBetsBody};
pub use games::history::{PageLimit, PageLimitError, PageNumber, PageNumberError};
pub use games::jobs::*;
pub use games::request::{
    CancelPeriodRequest, PlaceGameBetRequest, WantedGameBet, parse_period_id, parse_room, unknown_period,
};
pub use games::result_event::{GameResultEventBody, WinningBody};
pub use games::statistics_answer::{PlayStatisticsAnswer, PlayStatisticsBody};
pub use games::verification::{BlockBody, VerificationBody};
pub use http::body::Body;
pub use http::cursor::Cursor;
pub use http::data::Data;
pub use http::day::{Day, DayError};
pub use http::money::Money;
pub use http::openapi::openapi;
pub use http::problem::{Conflict, ConflictBody, Problem, ProblemBody, ProblemKind};
pub use http::rate::{Rate, RateRules, RateSubject};
pub use http::route::{
    Access, BlockCheck, FILE_TYPE, Method, NamedSchemas, Parameter, ROUTES, RequestBody, Route, RouteAnswer,
    RouteBody, SwitchCheck,
};
pub use http::time::{HashedTime, Time, time_in_words};
pub use http::whole::{WholeNumber, WholeNumberError};
pub use jackpots::answer::{
    AwardAnswer, ContributeAnswer, ContributionBody, JackpotBody, JackpotConfigAnswer, JackpotListAnswer,
    JackpotTermsBody, JackpotTermsListAnswer, JackpotWinBody, JackpotWinListAnswer,
};
pub use jackpots::jobs::*;
pub use jackpots::proposals::{JackpotProposalListAnswer, ProposedTermsBody, ProposedWinBody};
pub use jackpots::request::{
    AwardRequest, ContributeRequest, UpdateJackpotRequest, parse_jackpot, unknown_jackpot,
};
pub use jobs::queue::{Backoff, QueueRules, UnknownQueue};
pub use jobs::*;
pub use live::event::{EventData, LiveEvent, ReviewBody, WaitingOrderBody};
pub use live::frame::{
    ByeFrame, EventFrame, LIVE_FRAME_BYTES_MAX, PING_SECONDS, ProblemFrame, SnapshotFrame,
};
pub use live::message::{
    ClientMessage, LIVE_MESSAGE_BYTES_MAX, LiveRequest, MessageFault, parse_known, parse_rooms,
};
pub use live::route::LIVE;
pub use notifications::jobs::*;
pub use operations::answer::{
    DeadLetterActionBody, DeadLetterActionListAnswer, DeadLetterAnswer, DeadLetterBody, DeadLetterListAnswer,
    FullDeadLetterBody, QueueBody, QueueListAnswer, StandingBody,
};
pub use operations::books_answer::BooksBody;
pub use operations::dead_letter::{
    DeadLetterFacts, DeadLetterFilter, DeadLetterId, DeadLetterIdError, JobType, UnknownJobType,
};
pub use operations::health_answer::{HealthAnswer, LiveAnswer, ReadyAnswer};
pub use operations::queue_minutes_answer::{QueueJobsBody, QueueMinutesBody};
pub use operations::request::{
    DeadLetterAction, DeadLetterLimit, DeadLetterLimitError, DeadLetterMode, DeadLettersRequest, FilterText,
    FilterTextError, FilterTime, FilterTimeError, UnknownAction,
};
pub use operations::sockets_answer::{CountBody, SocketsBody};
pub use operations::switches::{SetSwitchRequest, SwitchBody, SwitchListAnswer, parse_switch_name};
pub use operations::traffic_answer::{MoneyMovedBody, TrafficBody, TrafficMinutesAnswer, TrafficSpanBody};
pub use payments::accounts::{FreeAccountRequest, KnownAccountBody};
pub use payments::adjust::{AdjustWalletRequest, AdjustedWalletBody, AgreementBody};
pub use payments::answer::{
    CheckoutBody, DepositBody, DepositListAnswer, PayeeBody, PayeeListAnswer, RequestedWithdrawalBody,
    WithdrawalBody, WithdrawalListAnswer,
};
pub use payments::cursor::{OrderCursor, ReportCursor, WaitingCursor};
pub use payments::identity::{IdentityBody, NoteIdentityRequest, PlayerIdentityBody};
pub use payments::jobs::*;
pub use payments::limits::{
    ExclusionBody, ExclusionRequest, LimitBody, LimitListBody, PlayerLimitsBody, RealityCheckBody,
    SetLimitRequest, SetRealityCheckRequest, WantedLimitBody, barred, over_own_limits, parse_limit_id,
};
pub use payments::opponents::{OpponentBody, OpponentListAnswer};
pub use payments::payout_facts::{
    EarlierPayoutBody, PayoutFactsBody, PayoutMoneyBody, PayoutOrdersBody, PayoutPayeeBody, PayoutPlayerBody,
};
pub use payments::platform::PlatformBody;
pub use payments::reconciliation::{
    ClosingBody, ComparedStatementAnswer, DifferenceBody, ReconciliationAnswer, ReconciliationBody,
    ReconciliationListAnswer,
};
pub use payments::request::{
    AddPayeeRequest, OpenDepositRequest, WithdrawalRequest, parse_order_id, parse_order_status, unknown_order,
};
pub use payments::review::{
    ApprovalBody, AuditLineBody, AuditLineListAnswer, DecisionRequest, HistoryLineBody, PlayerDebtBody,
    ResolutionBody, ReviewedWithdrawalBody, ReviewedWithdrawalListAnswer,
};
pub use payments::reviewed_deposit::{
    PaymentBody, PaymentRefundBody, PaymentReturnBody, ReviewedDepositBody, ReviewedDepositListAnswer,
};
pub use players::answer::{
    AttendanceBody, DayBody, DoneAnswer, LoginAnswer, NewTokensBody, RecoveryAnswer, RecoveryBody,
    ReferralBody, ReferralListAnswer, SessionBody, SignUpAnswer, TokensAnswer, TokensBody, UserAnswer,
};
pub use players::jobs::*;
pub use players::listed_user::{ListedUserBody, ListedUserListAnswer, PlayerCursor};
pub use players::names::{NameListAnswer, NamedUserBody, NamedUsers, NamedUsersError};
pub use players::request::{
    LoginRequest, PasswordRequest, PhoneCodeRequest, ProfileRequest, RecoverRequest, RecoveryRequest,
    RefreshRequest, SignUpRequest, TokenKeeper, TokenKeeperError, parse_user_id, unknown_user,
};
pub use players::reviewed_user::{OpenSessionBody, ReviewedUserBody};
pub use players::search::{FoundBetBody, FoundOrderBody, SearchBody, SearchText, SearchTextError};
pub use players::user_body::UserBody;
pub use players::wallet_answer::{
    EntryBody, FoundEntriesAnswer, LedgerAnswer, TransactionBody, TransactionMetadataBody, TransferBody,
    WalletBody,
};
pub use trace_parent::{TraceParent, TraceParentError};
