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

pub use exchange::answer::{
    BetAnswer, BetBody, BetListAnswer, PlaceBetAnswer, PlacedBetBody, RefundAnswer, RefundBody, VoidAnswer,
    VoidBody,
};
pub use exchange::cursor::{MatchCursor, RoundCursor};
pub use exchange::jobs::*;
pub use exchange::request::{
    OpenRoundRequest, PlaceBetRequest, ResultRequest, parse_bet_id, parse_match_id, parse_round_id,
};
pub use exchange::round_answer::{
    BetMatchBody, BetMatchListAnswer, MatchBody, MatchListAnswer, OracleBody, RoundAnswer, RoundBody,
    RoundListAnswer, SideAmounts,
};
pub use exchange::waiting_answer::{UnfinishedRoundListAnswer, WaitingBetBody, WaitingBetListAnswer};
pub(crate) use games::answer::facts;
pub use games::answer::{
    ActivePeriodsAnswer, CurrentPeriodAnswer, CurrentPeriodBody, GameResultAnswer, GameResultBody,
    HistoryAnswer, NextPeriodBody, PeriodAnswer, PeriodBody, TrendBody, TrendsAnswer,
};
pub use games::bet_answer::{
    GameBetAnswer, GameBetBody, GameBetListAnswer, PlaceGameBetAnswer, PlacedGameBetBody,
};
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
pub use http::money::Money;
pub use http::openapi::openapi;
pub use http::problem::{Conflict, ConflictBody, Problem, ProblemBody, ProblemKind};
pub use http::rate::{Rate, RateRules, RateSubject};
pub use http::route::{
    Access, BlockCheck, Method, NamedSchemas, Parameter, ROUTES, RequestBody, Route, RouteAnswer, RouteBody,
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
pub use live::frame::{
    ByeFrame, EventData, EventFrame, LIVE_FRAME_BYTES_MAX, LiveEvent, PING_SECONDS, ProblemFrame, ReviewBody,
    SnapshotFrame, WaitingOrderBody,
};
pub use live::message::{
    ClientMessage, LIVE_MESSAGE_BYTES_MAX, LiveRequest, MessageFault, parse_known, parse_rooms,
};
pub use notifications::jobs::*;
pub use operations::answer::{
    DeadLetterActionAnswer, DeadLetterActionBody, DeadLetterActionListAnswer, DeadLetterAnswer,
    DeadLetterBody, DeadLetterListAnswer, FullDeadLetterBody, QueueBody, QueueListAnswer, StandingBody,
};
pub use operations::dead_letter::{
    DeadLetterFacts, DeadLetterFilter, DeadLetterId, DeadLetterIdError, JobType, UnknownJobType,
};
pub use operations::health_answer::{HealthAnswer, LiveAnswer, ReadyAnswer};
pub use operations::queue_minutes_answer::{QueueJobsBody, QueueMinutesAnswer, QueueMinutesBody};
pub use operations::request::{
    DeadLetterAction, DeadLetterLimit, DeadLetterLimitError, DeadLetterMode, DeadLettersRequest, FilterText,
    FilterTextError, FilterTime, FilterTimeError, UnknownAction,
};
pub use operations::sockets_answer::{CountBody, SocketsAnswer, SocketsBody};
pub use operations::traffic_answer::{
    MoneyMovedBody, TrafficAnswer, TrafficBody, TrafficMinutesAnswer, TrafficSpanBody,
};
pub use payments::accounts::{FreeAccountRequest, KnownAccountAnswer, KnownAccountBody};
pub use payments::adjust::{AdjustWalletRequest, AdjustedWalletAnswer, AdjustedWalletBody, AgreementBody};
pub use payments::answer::{
    CheckoutBody, DepositAnswer, DepositBody, DepositListAnswer, PayeeAnswer, PayeeBody, PayeeListAnswer,
    RequestedWithdrawalAnswer, RequestedWithdrawalBody, WithdrawalAnswer, WithdrawalBody,
    WithdrawalListAnswer,
};
pub use payments::cursor::{OrderCursor, WaitingCursor};
pub use payments::identity::{
    IdentityAnswer, IdentityBody, NoteIdentityRequest, PlayerIdentityAnswer, PlayerIdentityBody,
};
pub use payments::jobs::*;
pub use payments::limits::{
    ExclusionAnswer, ExclusionBody, ExclusionRequest, LimitAnswer, LimitBody, LimitListAnswer, LimitListBody,
    PlayerLimitsAnswer, PlayerLimitsBody, RealityCheckAnswer, RealityCheckBody, SetLimitRequest,
    SetRealityCheckRequest, WantedLimitBody, barred, held_back, parse_limit_id,
};
pub use payments::opponents::{OpponentBody, OpponentListAnswer};
pub use payments::platform::{PlatformAnswer, PlatformBody};
pub use payments::reconciliation::{
    ClosingBody, DifferenceBody, ReconciliationAnswer, ReconciliationBody, ReconciliationListAnswer,
};
pub use payments::request::{
    AddPayeeRequest, OpenDepositRequest, WithdrawalRequest, parse_order_id, parse_order_status, unknown_order,
};
pub use payments::review::{
    ApprovalBody, AuditLineBody, AuditLineListAnswer, DecisionRequest, HistoryLineBody, PlayerDebtAnswer,
    PlayerDebtBody, ResolutionBody, ReviewedWithdrawalAnswer, ReviewedWithdrawalBody,
    ReviewedWithdrawalListAnswer,
};
pub use payments::reviewed_deposit::{
    PaymentBody, PaymentRefundBody, PaymentReturnBody, ReviewedDepositAnswer, ReviewedDepositBody,
    ReviewedDepositListAnswer,
};
pub use players::answer::{
    AttendanceAnswer, AttendanceBody, DayBody, DoneAnswer, LoginAnswer, NewTokensBody, ReferralBody,
    ReferralListAnswer, SessionBody, SignUpAnswer, TokensAnswer, TokensBody, UserAnswer,
};
pub use players::jobs::*;
pub use players::request::{
    LoginRequest, PasswordRequest, PhoneCodeRequest, ProfileRequest, RefreshRequest, SignUpRequest,
    TokenKeeper, TokenKeeperError, parse_user_id, unknown_user,
};
pub use players::reviewed_user::{OpenSessionBody, ReviewedUserAnswer, ReviewedUserBody};
pub use players::user_body::UserBody;
pub use players::wallet_answer::{
    EntryBody, FoundEntriesAnswer, LedgerAnswer, TransactionBody, TransactionMetadataBody, TransferBody,
    WalletAnswer, WalletBody,
};
pub use trace_parent::{TraceParent, TraceParentError};
