//! The table of routes: what is served, by which function, to whom, and how often. Its rows stand with their domains.
//!
//! All that is published of a route follows from its row.

use crate::{ProblemKind, Rate, exchange, games, jackpots, operations, payments, players};
use evens_players::Role;
use serde_json::{Value, json};
use std::fmt;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// An HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Does something.
    Post,
    /// Changes parts of something.
    Patch,
}

impl Method {
    /// The method's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
        }
    }
}

/// The access rule of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Public,
    /// The player of the token, for their own data.
    Player,
    /// A token with one of these roles.
    Staff(&'static [Role]),
    /// A payment provider, by its signature over what it sends.
    Provider,
}

impl Access {
    /// Who runs the platform.
    pub const OPERATOR: Self = Self::Staff(&[Role::Operator]);
    /// Who contributes to jackpots.
    pub const CONTRIBUTOR: Self = Self::Staff(&[Role::Operator, Role::Contributor]);
    /// Who signs results.
    pub const ORACLE: Self = Self::Staff(&[Role::Oracle]);
    /// Who decides about money.
    pub const CASHIER: Self = Self::Staff(&[Role::Cashier]);
    /// Who sees what is decided about money.
    pub const REVIEWER: Self = Self::Staff(&[Role::Cashier, Role::Auditor]);
    /// Who sees what everybody else of them did.
    pub const AUDITOR: Self = Self::Staff(&[Role::Auditor]);

    /// Whether it takes a token.
    pub fn takes_token(self) -> bool {
        match self {
            Self::Public | Self::Provider => false,
            Self::Player | Self::Staff(_) => true,
        }
    }
}

/// What a request holds, as it is published: no looser than what its parser takes.
pub trait RequestBody {
    /// The name of the request.
    const NAME: &'static str;

    /// The JSON Schema of the value.
    fn schema() -> Value;
}

/// The body that a route reads.
#[derive(Clone, Copy)]
pub struct RouteBody {
    name: &'static str,
    schema: fn() -> Value,
}

impl RouteBody {
    /// The body of those requests.
    pub const fn of<B: RequestBody>() -> Self {
        Self { name: B::NAME, schema: B::schema }
    }

    /// The name of the request.
    pub fn name(self) -> &'static str {
        self.name
    }

    /// The JSON Schema of the value.
    pub fn schema(self) -> Value {
        (self.schema)()
    }
}

/// By their names.
impl PartialEq for RouteBody {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for RouteBody {}

impl fmt::Debug for RouteBody {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name)
    }
}

/// Schemas and their names, of which each is for one type.
pub type NamedSchemas = Vec<(String, RefOr<Schema>)>;

/// The success answer of a route.
#[derive(Clone, Copy)]
pub struct RouteAnswer {
    name: fn() -> String,
    add_schemas: fn(&mut NamedSchemas),
}

impl RouteAnswer {
    /// An answer of that type.
    pub const fn of<A: ToSchema>() -> Self {
        Self { name: name_of::<A>, add_schemas: add_schemas_of::<A> }
    }

    /// The name of its schema.
    pub fn name(self) -> String {
        (self.name)()
    }

    /// Adds its schema, and those that it refers to.
    pub fn add_schemas(self, all: &mut NamedSchemas) {
        (self.add_schemas)(all);
    }
}

impl fmt::Debug for RouteAnswer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name())
    }
}

fn name_of<A: ToSchema>() -> String {
    A::name().into_owned()
}

fn add_schemas_of<A: ToSchema>(all: &mut NamedSchemas) {
    all.push((name_of::<A>(), <A as PartialSchema>::schema()));
    A::schemas(all);
}

/// A published parameter of a path or a query. Its schema is at least as strict as its parser.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// A short description. Empty for path parameters.
    pub description: &'static str,
    /// The JSON Schema of the value.
    pub schema: fn() -> Value,
}

impl Parameter {
    /// `cursor`, of that schema: where a page starts.
    pub(crate) const fn cursor(schema: fn() -> Value) -> Self {
        let description = "The start of the page: nextCursor of the previous page";
        Self { name: "cursor", description, schema }
    }
}

/// What a route takes that answers in pages of what is numbered.
pub(crate) const PAGED: &[Parameter] =
    &[Parameter::cursor(|| json!({ "type": "string", "format": "cursor" }))];

/// The place of the check that the token's account is not blocked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockCheck {
    /// A read before the handler is called.
    Before,
    /// The condition of the handler's own transaction.
    InTransaction,
}

/// One route.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path, its parameters in braces.
    pub path: &'static str,
    /// The folder of the function that serves it.
    pub function: &'static str,
    /// The access rule.
    pub access: Access,
    /// The body that it reads.
    pub body: Option<RouteBody>,
    /// The HTTP status of success.
    pub success: u16,
    /// The success answer. `None`: any object.
    pub answer: Option<RouteAnswer>,
    /// True if the route returns its normal answer, not a problem, with 503 if the system is unhealthy.
    pub is_told_unavailable: bool,
    /// True if the route accepts an `Idempotency-Key`.
    pub takes_idempotency_key: bool,
    /// The problems of the route beside those that follow from its other fields.
    pub problems: &'static [ProblemKind],
    /// Path parameters that can be refused. Other path parameters accept any text.
    pub in_path: &'static [Parameter],
    /// The query parameters.
    pub in_query: &'static [Parameter],
    /// The budget that its requests are taken from; none where only the gateway limits them.
    pub rate: Option<Rate>,
    /// The place of the check that the account is not blocked.
    pub block_check: BlockCheck,
    /// A short summary.
    pub summary: &'static str,
}

/// What most routes have in common that read what is the player's own.
pub(crate) const GET: Route = Route {
    method: Method::Get,
    path: "",
    function: "",
    access: Access::Player,
    body: None,
    success: 200,
    answer: None,
    is_told_unavailable: false,
    takes_idempotency_key: false,
    problems: &[],
    in_path: &[],
    in_query: &[],
    rate: Some(Rate::Reads),
    block_check: BlockCheck::Before,
    summary: "",
};

/// The same of those that change it.
pub(crate) const POST: Route = Route { method: Method::Post, rate: Some(Rate::Changes), ..GET };

/// Of those that everybody may use.
pub(crate) const PUBLIC: Route = Route { access: Access::Public, rate: None, ..GET };

/// Of those that let somebody in or out.
pub(crate) const PUBLIC_POST: Route = Route { method: Method::Post, ..PUBLIC };

/// Of those by which payment providers call back.
pub(crate) const CALL_BACK: Route = Route { access: Access::Provider, rate: None, ..POST };

/// Of those by which operators look.
pub(crate) const INSPECT: Route = Route { access: Access::OPERATOR, rate: Some(Rate::Operations), ..GET };

/// Of those by which operators act.
pub(crate) const OPERATE: Route = Route { access: Access::OPERATOR, rate: Some(Rate::Operations), ..POST };

/// What every route may answer.
const ANY: &[ProblemKind] = &[
    ProblemKind::RequestTimeout,
    ProblemKind::TooManyRequests,
    ProblemKind::Internal,
    ProblemKind::Unavailable,
];

/// What a route that asks for a token may answer.
const TOKEN: &[ProblemKind] =
    &[ProblemKind::Unauthorized, ProblemKind::Forbidden, ProblemKind::AccountBlocked];

/// What a route that reads a body may answer.
const BODY: &[ProblemKind] = &[
    ProblemKind::MalformedBody,
    ProblemKind::UnsupportedMediaType,
    ProblemKind::PayloadTooLarge,
    ProblemKind::Invalid,
];

/// What a route that takes something in its query may answer.
const QUERY: &[ProblemKind] = &[ProblemKind::Invalid];

impl Route {
    /// Whether it may answer such a problem. None answers 405: that is for what is not a route.
    pub fn may_answer(&self, kind: ProblemKind) -> bool {
        ANY.contains(&kind)
            || (self.access.takes_token() && TOKEN.contains(&kind))
            || (self.body.is_some() && BODY.contains(&kind))
            || (!self.in_query.is_empty() && QUERY.contains(&kind))
            || self.problems.contains(&kind)
    }
}

/// The routes of each domain.
const DOMAINS: [&[Route]; 6] = [
    exchange::ROUTES,
    games::ROUTES,
    jackpots::ROUTES,
    operations::ROUTES,
    payments::routes::ROUTES,
    players::ROUTES,
];

/// Every route.
pub const ROUTES: &[Route] = &{
    let mut all = [GET; count(&DOMAINS)];
    let (mut domain, mut next) = (0, 0);
    while domain < DOMAINS.len() {
        let mut row = 0;
        while row < DOMAINS[domain].len() {
            all[next] = DOMAINS[domain][row];
            (row, next) = (row + 1, next + 1);
        }
        domain += 1;
    }
    all
};

const fn count(domains: &[&[Route]]) -> usize {
    let (mut domain, mut count) = (0, 0);
    while domain < domains.len() {
        (count, domain) = (count + domains[domain].len(), domain + 1);
    }
    count
}
