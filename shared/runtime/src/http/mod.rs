//! HTTP: who calls, what was sent, and how answers and refusals look.
//!
//! A request with two faults gets the same refusal from every route, host and version. The order:
//!
//! 1. `404` no such route
//! 2. `405` no such method there, with `Allow`
//! 3. `401` no token, or one that does not hold ([`Caller`])
//! 4. `403` a token without the role ([`Operator`], [`Oracle`])
//! 5. `415` a body that is not declared as JSON ([`JsonBody`])
//! 6. `413` a body that is too large ([`JsonBody`])
//! 7. `400` a body that is no JSON object (`X::parse` of `evens-contracts`)
//! 8. `422` a field that is missing or wrong (the same), then `cursor`, then the header `Idempotency-Key`
//! 9. `403` a user in the body or path who is not the caller ([`Caller::require_self`]): it takes the field to tell
//! 10. what the state says: `404`, then `409`, then `400` for the balance
//!
//! The first six follow from a handler's arguments, if they stand in this order: [`Caller`] (or [`Operator`],
//! [`Oracle`]), [`PageCursor`] or [`IdempotencyKeyHeader`], [`JsonBody`]. `408` and `503` can come at any time, and `500`
//! is our fault. One layer ([`serve_layers`]) gives every refusal its body, so each carries the request's id.
//!
//! Architecture invariant: no body, token, query or path parameter is logged, and no error's text is an answer.

mod answer;
mod body;
mod caller;
mod cursor;
mod idempotency;
mod layers;
mod refusal;
mod request_id;

pub use answer::Answer;
pub use body::{BODY_SIZE_MAX, JsonBody};
pub use caller::{Caller, Operator, Oracle};
pub use cursor::PageCursor;
pub use idempotency::{IDEMPOTENCY_KEY, IDEMPOTENCY_REPLAYED, IdempotencyKeyHeader};
pub use layers::{REQUEST_TIMEOUT, serve_layers};
pub use refusal::Refusal;
pub use request_id::{RequestId, X_REQUEST_ID};
