//! [`ClientMessage`]: what a client sends.

use super::VERSION;
use crate::{Body, Problem, ProblemKind};
use evens_live::{KnownRevisions, Room};
use std::fmt;
use std::str::FromStr;

/// The maximum size of a client's message.
pub const LIVE_MESSAGE_BYTES_MAX: usize = 8 * 1_024;

/// A message of a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientMessage {
    /// Comes back in the answer.
    pub reference: Option<String>,
    /// The request.
    pub request: LiveRequest,
}

/// The request in a client's message.
#[derive(Clone, PartialEq, Eq)]
pub enum LiveRequest {
    /// Begins the session, or goes on with it under a newer token.
    Hello {
        /// The access token.
        token: String,
        /// Rooms to join besides the user's own.
        rooms: Vec<Room>,
        /// Limits the snapshot to newer states.
        known: KnownRevisions,
    },
    /// Joins rooms.
    Subscribe(Vec<Room>),
    /// Leaves rooms.
    Unsubscribe(Vec<Room>),
    /// Asks for newer states.
    Sync(KnownRevisions),
    /// Asks whether the connection lives.
    Ping,
}

/// Never prints the token.
impl fmt::Debug for LiveRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hello { rooms, known, .. } => write!(formatter, "Hello({rooms:?}, {known:?})"),
            Self::Subscribe(rooms) => write!(formatter, "Subscribe({rooms:?})"),
            Self::Unsubscribe(rooms) => write!(formatter, "Unsubscribe({rooms:?})"),
            Self::Sync(known) => write!(formatter, "Sync({known:?})"),
            Self::Ping => formatter.write_str("Ping"),
        }
    }
}

/// Why a text is not a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MessageFault {
    /// Not a JSON object: the connection ends.
    Malformed,
    /// A field is missing or wrong: the client is told which, and the connection goes on.
    Refused {
        /// Comes back in the answer.
        reference: Option<String>,
        /// The problem.
        problem: Box<Problem>,
    },
}

impl MessageFault {
    fn refused(reference: Option<String>, problem: Problem) -> Self {
        Self::Refused { reference, problem: Box::new(problem) }
    }
}

/// A client's name for its own message.
struct Reference(String);

#[derive(Debug, thiserror::Error)]
#[error("is longer than 32 characters")]
struct ReferenceError;

impl FromStr for Reference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        if text.chars().count() <= 32 { Ok(Self(text.to_owned())) } else { Err(ReferenceError) }
    }
}

impl ClientMessage {
    /// Reads a message. Fields that are not known are ignored.
    pub fn parse(bytes: &[u8]) -> Result<Self, MessageFault> {
        let body = Body::parse(bytes).map_err(|_| MessageFault::Malformed)?;
        let reference = body.optional_string("ref").map(|found| found.map(|Reference(text)| text));
        let reference = reference.map_err(|problem| MessageFault::refused(None, problem))?;
        match request(&body) {
            Ok(request) => Ok(Self { reference, request }),
            Err(problem) => Err(MessageFault::refused(reference, problem)),
        }
    }
}

fn request(body: &Body<'_>) -> Result<LiveRequest, Problem> {
    let version: u8 = body.number("v")?;
    if version != VERSION {
        return Err(Problem::invalid("v", format!("is not {VERSION}, the version that this server speaks")));
    }
    let kind: String = body.string("type")?;
    match kind.as_str() {
        "hello" => {
            let rooms = body.optional_list("rooms")?.unwrap_or_default();
            Ok(LiveRequest::Hello { token: body.string("token")?, rooms, known: known_revisions(body)? })
        }
        "subscribe" => Ok(LiveRequest::Subscribe(rooms(body)?)),
        "unsubscribe" => Ok(LiveRequest::Unsubscribe(rooms(body)?)),
        "sync" => Ok(LiveRequest::Sync(known_revisions(body)?)),
        "ping" => Ok(LiveRequest::Ping),
        _ => Err(Problem::invalid("type", "is none of hello, subscribe, unsubscribe, sync and ping")),
    }
}

fn rooms(body: &Body<'_>) -> Result<Vec<Room>, Problem> {
    body.optional_list("rooms")?.ok_or_else(|| Problem::invalid("rooms", "is missing"))
}

fn known_revisions(body: &Body<'_>) -> Result<KnownRevisions, Problem> {
    body.optional_object("known")?.as_ref().map(known_of).transpose().map(Option::unwrap_or_default)
}

fn known_of(known: &Body<'_>) -> Result<KnownRevisions, Problem> {
    let wallet = known.optional_string("known.wallet")?;
    let bets = known.optional_map("known.bets")?.unwrap_or_default();
    check_count("known.bets", bets.len())?;
    let game_bets: Vec<_> = known.optional_list("known.gameBets")?.unwrap_or_default();
    check_count("known.gameBets", game_bets.len())?;
    let orders = known.optional_map("known.orders")?.unwrap_or_default();
    check_count("known.orders", orders.len())?;
    Ok(KnownRevisions { wallet, bets, game_bets: game_bets.into_iter().collect(), orders })
}

fn check_count(field: &'static str, count: usize) -> Result<(), Problem> {
    let max = KnownRevisions::EACH_MAX;
    if count > max { Err(Problem::invalid(field, format!("has more than {max} entries"))) } else { Ok(()) }
}

/// The revisions that a client has, as a JSON object in a query.
pub fn parse_known(text: &str) -> Result<KnownRevisions, Problem> {
    match Body::parse(text.as_bytes()) {
        Ok(body) => known_of(&body),
        Err(Problem { kind: ProblemKind::MalformedBody, .. }) => {
            Err(Problem::invalid("known", "is not a JSON object"))
        }
        Err(problem) => Err(problem),
    }
}

/// Rooms in a query, separated by commas.
pub fn parse_rooms(text: &str) -> Result<Vec<Room>, Problem> {
    let names = text.split(',').filter(|name| !name.is_empty());
    names.map(|name| name.parse().map_err(|error| Problem::invalid("rooms", error))).collect()
}
