//! HTTP: authentication, request bodies, and the format of answers and refusals.
//!
//! A request with two faults gets the same refusal from every route, host and version. The order:
//!
//! 1. `404` no such route
//! 2. `405` no such method on the route, with `Allow`
//! 3. `401` a missing or invalid token ([`Caller`])
//! 4. `403` a token without the role ([`Staff`])
//! 5. `429` the budget of the user, or of the address for requests without a token ([`Visitor`]), is used up
//! 6. `403` the account is blocked, or has lost the token's role
//!    `409` operators have stopped all changes of players. Bets, deposits and withdrawals are stopped by their rules
//! 7. `415` a body that is not declared as JSON or, on routes that take a file, as bytes; or that is compressed
//!    ([`JsonBody`], [`FileBody`])
//! 8. `413` a body that is too large (the same)
//! 9. `400` a body that is not a JSON object, or repeats a key (`X::parse` of `evens-contracts`)
//! 10. `422` a missing or malformed field (the same), then the query, then the header `Idempotency-Key`
//! 11. `429` the budget of a phone number in the body is used up ([`take_request`])
//! 12. `403` the body or path names another user than the caller ([`Caller::require_self`]), which needs the parsed
//!     field
//! 13. refusals that depend on the state, in the order of the rule's outcome; `docs/manual.md` lists those of bets and
//!     money
//!
//! The first eight follow from a handler's extractors in this order: [`Caller`] (or [`Staff`], [`Visitor`]),
//! [`PageCursor`] or [`IdempotencyKeyHeader`], [`JsonBody`] or [`FileBody`]. If a bet's own transaction finds the
//! account blocked, that refusal precedes all others of the state, except a replay. `408` and `503` can occur at any
//! time. `429` comes first if one address sends too many requests at once. `429` replaces `401`, `404` and `405`, and
//! `413` and `415` of callbacks, if one address was refused too often without a valid token, path or signature. `500`
//! is our fault. One layer ([`serve_layers`]) writes the body of every refusal, so each contains the request's id.
//!
//! A function passes its router to [`run_http`]; the `evens` binary hosts the same routers with [`serve_layers`]. Code
//! that needs no HTTP, and so everything that a worker needs, is in `evens-runtime`.
//!
//! Architecture invariant: no body, token, query or path parameter is logged, and no error text is used as an answer.

mod account;
mod address;
mod address_count;
mod admission;
mod answer;
mod answered_request;
mod body;
mod caller;
mod compression;
mod function;
mod idempotency;
mod layers;
mod line_limit;
mod only_line;
mod query;
mod refusal;
mod request_id;
mod request_lines;

pub use account::find_account;
pub use address::ClientAddress;
pub use address_count::AddressCount;
pub use admission::{Visitor, admit_before_body, body_size_max, take_request};
pub use answer::Answer;
pub use body::{BODY_SIZE_MAX, FILE_SIZE_MAX, FileBody, JsonBody};
pub use caller::{Caller, Staff, bearer};
pub use compression::accepts_gzip;
pub use function::run_http;
pub use idempotency::{IDEMPOTENCY_KEY, IDEMPOTENCY_REPLAYED, IdempotencyKeyHeader};
pub use layers::{REQUEST_TIMEOUT, for_requests, serve_layers};
pub use line_limit::LineLimit;
pub use only_line::only_line;
pub use query::{MonthParameter, PageCursor, parse_parameter, parse_span, require_parameter};
pub use refusal::Refusal;
pub use request_id::{RequestId, TracedContext, X_REQUEST_ID};
pub use request_lines::UpgradeAnswer;
