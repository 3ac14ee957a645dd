//! [`LiveEvent`]: a state that is pushed, with its schema in the API document.

use crate::games::result_event::GameResultEventBody;
use crate::{
    BetBody, DepositBody, DistributionBody, GameBetBody, HealthAnswer, JackpotBody, NamedSchemas, PeriodBody,
    QueueBody, RoundBody, SocketsBody, Time, TrafficBody, WalletBody, WithdrawalBody,
};
use evens_live::{EventId, Revision, Room};
use jiff::Timestamp;
use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use std::sync::Arc;
use utoipa::openapi::schema::{Discriminator, Type};
use utoipa::openapi::{ObjectBuilder, OneOfBuilder, Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// Defines the types of events: the type on the wire, and the body of `data`.
macro_rules! events {
    ($($(#[$about:meta])* $kind:literal => $Variant:ident($($Body:tt)+),)+) => {
        /// A state as it is pushed: the body that `GET` gives.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
        #[serde(untagged)]
        pub enum EventData {
            $($(#[$about])* $Variant($($Body)+),)+
        }

        impl EventData {
            /// The types on the wire, in the order of the variants.
            const KINDS: &[&str] = &[$($kind),+];

            /// The type on the wire, which is also the beginning of the event's id.
            fn kind(&self) -> &'static str {
                match self {
                    $(Self::$Variant(_) => $kind,)+
                }
            }
        }
    };
}

events! {
    /// As `GET /api/bets/{betId}`.
    "bet" => Bet(BetBody),
    /// As `GET /api/wallet`.
    "wallet" => Wallet(WalletBody),
    /// As `GET /api/rounds/{roundId}`.
    "round" => Round(Box<RoundBody>),
    /// As `GET /api/games/my-bets/{betId}`.
    "gameBet" => GameBet(Box<GameBetBody>),
    /// As `GET /api/deposits/{orderId}`.
    "deposit" => Deposit(DepositBody),
    /// As `GET /api/withdrawals/{orderId}`.
    "withdrawal" => Withdrawal(WithdrawalBody),
    /// As `GET …/last-result`, and the winning bets.
    "gameResult" => GameResult(Box<GameResultEventBody>),
    /// As `GET …/period/{periodId}`; only a cancelled period.
    "period" => Period(Box<PeriodBody>),
    /// As `GET /api/jackpots`.
    "jackpots" => Jackpots(Vec<JackpotBody>),
    /// As `GET /health`.
    "health" => Health(HealthAnswer),
    /// As `GET /api/operator/metrics`.
    "metrics" => Metrics(Box<TrafficBody>),
    /// As `GET /api/operator/queues`.
    "queues" => Queues(Vec<QueueBody>),
    /// As `GET /api/operator/sockets`.
    "sockets" => Sockets(Box<SocketsBody>),
    /// As `GET …/period/{periodId}/distribution`.
    "distribution" => Distribution(Box<DistributionBody>),
    /// The orders that wait for a cashier.
    "review" => Review(ReviewBody),
}

/// The orders that wait for a cashier, the longest waiting first. `GET /api/operator/withdrawals` and
/// `GET /api/operator/deposits` give the orders themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReviewBody {
    /// Held withdrawals.
    pub withdrawals: Vec<WaitingOrderBody>,
    /// Unclaimed deposits.
    pub deposits: Vec<WaitingOrderBody>,
    /// `true` if there are more of either.
    pub has_more: bool,
}

/// An order that waits for a cashier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WaitingOrderBody {
    /// The order id.
    pub order_id: String,
    /// The number of approvals so far.
    pub approvals: usize,
}

/// An event, written once for all of its sockets.
#[derive(Debug, Clone)]
pub struct LiveEvent(Arc<RawValue>);

/// The fields of each event. Events of one `id` are states of one thing.
#[derive(Serialize, ToSchema)]
struct EventBody<'a> {
    /// The type of the event.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The type and the id of the thing, such as `bet:` and the bet id.
    id: String,
    /// How new the state is. It is compared as `docs/live.md` says for the type.
    revision: String,
    /// The rooms that get the event.
    rooms: Vec<String>,
    /// The time at which the state was read.
    at: Time,
    /// The state.
    #[schema(value_type = Object)]
    data: &'a EventData,
}

impl LiveEvent {
    /// The event about a state that was read at that time, for all of these rooms.
    pub fn new(id: &EventId, revision: Revision, rooms: &[Room], at: Timestamp, data: &EventData) -> Self {
        let kind = data.kind();
        let body = EventBody {
            kind,
            id: id.subject().map_or_else(|| kind.to_owned(), |subject| format!("{kind}:{subject}")),
            revision: revision.to_string(),
            rooms: rooms.iter().map(Room::to_string).collect(),
            at: at.into(),
            data,
        };
        // A body is made of strings and numbers, which always become JSON.
        Self(to_raw_value(&body).unwrap_or_else(|_| RawValue::NULL.to_owned()).into())
    }

    /// Its size in a frame.
    pub fn bytes(&self) -> usize {
        self.0.get().len()
    }
}

impl Serialize for LiveEvent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// The name of the schema of a type of events: `BetEvent` of `bet`.
fn schema_name(kind: &str) -> String {
    let (first, rest) = kind.split_at(1);
    format!("{}{rest}Event", first.to_uppercase())
}

/// One schema for each type of event.
impl PartialSchema for LiveEvent {
    fn schema() -> RefOr<Schema> {
        let references =
            EventData::KINDS.iter().map(|kind| (*kind, Ref::from_schema_name(schema_name(kind))));
        let mapping = references.clone().map(|(kind, reference)| (kind, reference.ref_location));
        let about = "A state that is pushed. A client ignores types that it does not know.";
        let one_of = OneOfBuilder::new()
            .description(Some(about))
            .discriminator(Some(Discriminator::with_mapping("type", mapping)));
        references.fold(one_of, |one_of, (_, reference)| one_of.item(reference)).into()
    }
}

impl ToSchema for LiveEvent {
    fn schemas(all: &mut NamedSchemas) {
        if let (RefOr::T(Schema::OneOf(data)), RefOr::T(Schema::Object(fields))) =
            (EventData::schema(), EventBody::schema())
        {
            for (kind, data) in EventData::KINDS.iter().zip(data.items) {
                let of_kind = ObjectBuilder::new().schema_type(Type::String).enum_values(Some([*kind]));
                let mut event = fields.clone();
                event.properties.insert("type".to_owned(), of_kind.into());
                event.properties.insert("data".to_owned(), data);
                all.push((schema_name(kind), event.into()));
            }
        }
        EventData::schemas(all);
    }
}
