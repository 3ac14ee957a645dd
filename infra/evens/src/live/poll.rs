//! `GET /api/live`: the snapshot that a socket gets, for clients that poll.

use super::Sockets;
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use evens_contracts::{Rate, SnapshotFrame, parse_known, parse_rooms};
use evens_http::{Answer, Refusal, bearer, parse_parameter, take_request};
use evens_hub::{Denial, check_account, problem, verify};
use evens_live::{Connection, HELLO_WITHIN, KnownRevisions, Reply, Request, Room};
use evens_runtime::Context;
use evens_runtime::tokens::TokenFault;
use std::sync::Arc;

/// Refuses in the order of all routes: `401`, `429`, `403`, `422`, and `403` for a room.
pub(super) async fn poll(
    State(context): State<Context>,
    Extension(sockets): Extension<Arc<Sockets>>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Answer<SnapshotFrame>, Refusal> {
    let session = verify(&context, bearer(&headers).map_err(Denial::Token)?)?;
    take_request(&context, Rate::Reads, &session.user.to_string()).await?;
    check_account(&context, session).await?;
    let now = context.clock.now();
    let text = |name| parse_parameter::<String>(&uri, name);
    let rooms = text("rooms")?.map_or(Ok(Vec::new()), |text| parse_rooms(&text))?;
    let known = text("known")?.map_or(Ok(KnownRevisions::default()), |text| parse_known(&text))?;
    for _ in 0..known.extra_messages() {
        take_request(&context, Rate::Reads, &session.user.to_string()).await?;
    }
    let rooms = match Connection::opened(now, HELLO_WITHIN).receive(Request::Hello(session, rooms), now) {
        Reply::Snapshot(rooms) => rooms,
        Reply::Refused(refusal) => return Err(problem(&refusal).into()),
        // Tokens are taken for some seconds longer elsewhere; a snapshot says when its token ends.
        Reply::Bye(_) => return Err(Denial::Token(TokenFault::Expired).into()),
    };
    for _ in 0..Room::extra_messages(&rooms) {
        take_request(&context, Rate::Reads, &session.user.to_string()).await?;
    }
    let (events, more) = sockets.hub.snapshot(&context, &rooms, &known).await?;
    Ok(Answer::ok(SnapshotFrame::new(None, (now, session.expires_at), &rooms, events, more)))
}
