//! HTTP: who calls, what was sent, and how answers and refusals look.
//!
//! A request with two faults gets the same refusal from every route, host and version. The order:
//!
//! 1. `404` no such route
//! 2. `405` no such method there, with `Allow`
//! 3. `401` no token, or one that does not hold ([`Caller`])
//! 4. `403` a token without the role ([`Staff`])
//! 5. `429` the budget of the user, or of the address where there is no token ([`Visitor`]), is used up
//! 6. `403` the account is blocked, or does not have the token's role any more
//! 7. `415` a body that is not declared as JSON, or is compressed ([`JsonBody`])
//! 8. `413` a body that is too large ([`JsonBody`])
//! 9. `400` a body that is no JSON object, or gives a key twice (`X::parse` of `evens-contracts`)
//! 10. `422` a field that is missing or wrong (the same), then the query, then the header `Idempotency-Key`
//! 11. `429` the budget of a phone number in the body is used up ([`take_request`])
//! 12. `403` a user in the body or path who is not the caller ([`Caller::require_self`]): it takes the field to tell
//! 13. what the state says, in the order of the outcome that the route's rule has; `docs/manual.md` lists those of bets
//!     and money
//!
//! The first eight follow from a handler's arguments, if they stand in this order: [`Caller`] (or [`Staff`],
//! [`Visitor`]), [`PageCursor`] or [`IdempotencyKeyHeader`], [`JsonBody`]. Where a bet's own transaction
//! finds out that the account is blocked, it says so before anything else that the state says, unless the bet was
//! placed before. `408` and `503` can come at any time, `429` first of all where one address asks too much at once, and
//! `500` is our fault. One layer ([`serve_layers`]) gives every refusal its body, so each carries the request's id.
//!
//! A function hands its router to [`run_http`]; the `evens` binary hosts the same routers with [`serve_layers`]. What
//! needs no HTTP, which is all that a worker needs, is in `evens-runtime`.
//!
//! Architecture invariant: no body, token, query or path parameter is logged, and no error's text is an answer.

mod address;
mod admission;
mod answer;
mod body;
mod caller;
mod compression;
mod function;
mod idempotency;
mod layers;
mod query;
mod refusal;
mod request_id;

pub use address::ClientAddress;
pub use admission::{Visitor, admit_before_body, take_request};
pub use answer::Answer;
pub use body::{BODY_SIZE_MAX, JsonBody};
pub use caller::{Caller, Staff};
pub use function::run_http;
pub use idempotency::{IDEMPOTENCY_KEY, IDEMPOTENCY_REPLAYED, IdempotencyKeyHeader};
pub use layers::{REQUEST_TIMEOUT, for_requests, serve_layers};
pub use query::{MonthParameter, PageCursor, parse_parameter};
pub use refusal::Refusal;
pub use request_id::{RequestId, Traced, X_REQUEST_ID};
