//! The table of routes: path, function, access and budget of each. Its rows are defined in the domains.
//!
//! Everything that is published about a route follows from its row.

use crate::{ProblemKind, Rate, exchange, games, jackpots, operations, payments, players};
use evens_players::Role;
use evens_switches::SwitchName;
use serde_json::{Value, json};
use std::fmt;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// An HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Executes an action.
    Post,
    /// Changes parts of a resource.
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

/// The callers that may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// All callers, without a token.
    Public,
    /// The player named by the token, for their own data.
    Player,
    /// Callers whose token has one of these roles.
    Staff(&'static [Role]),
    /// A payment provider, authenticated by the signature of its request.
    Provider,
}

impl Access {
    /// Staff who run the platform.
    pub const OPERATOR: Self = Self::Staff(&[Role::Operator]);
    /// Staff who see the numbers of the platform.
    pub const WATCHER: Self = Self::Staff(&[Role::Operator, Role::Auditor]);
    /// Callers that contribute to jackpots.
    pub const CONTRIBUTOR: Self = Self::Staff(&[Role::Operator, Role::Contributor]);
    /// Oracles, which sign results.
    pub const ORACLE: Self = Self::Staff(&[Role::Oracle]);
    /// Staff who decide about money.
    pub const CASHIER: Self = Self::Staff(&[Role::Cashier]);
    /// Staff who see decisions about money.
    pub const REVIEWER: Self = Self::Staff(&[Role::Cashier, Role::Auditor]);
    /// Staff who help players: they see accounts, wallets and bets.
    pub const SUPPORT: Self = Self::Staff(&[Role::Operator, Role::Cashier, Role::Auditor]);
    /// Staff who see the acts of all other staff.
    pub const AUDITOR: Self = Self::Staff(&[Role::Auditor]);

    /// Returns `true` if the route requires a token.
    pub fn takes_token(self) -> bool {
        match self {
            Self::Public | Self::Provider => false,
            Self::Player | Self::Staff(_) => true,
        }
    }
}

/// A request body as it is published. Its schema is no looser than its parser.
pub trait RequestBody {
    /// The name of the request.
    const NAME: &'static str;

    /// Its JSON Schema.
    fn schema() -> Value;
}

/// The body that a route reads.
#[derive(Clone, Copy)]
pub struct RouteBody {
    name: &'static str,
    schema: fn() -> Value,
}

impl RouteBody {
    /// The body of this type of request.
    pub const fn of<B: RequestBody>() -> Self {
        Self { name: B::NAME, schema: B::schema }
    }

    /// The name of the request.
    pub fn name(self) -> &'static str {
        self.name
    }

    /// Its JSON Schema.
    pub fn schema(self) -> Value {
        (self.schema)()
    }
}

/// Bodies are equal if their names are.
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

/// Schemas with their names. Each name belongs to one type.
pub type NamedSchemas = Vec<(String, RefOr<Schema>)>;

/// The answer of a route when it succeeds.
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

    /// The name of the answer's schema.
    pub fn name(self) -> String {
        (self.name)()
    }

    /// Adds the answer's schema, and those to which it refers.
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

/// A parameter of a path or a query, as it is published. Its schema is no looser than its parser.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// The parameter's name.
    pub name: &'static str,
    /// A short description; empty in a path.
    pub description: &'static str,
    /// Its JSON Schema.
    pub schema: fn() -> Value,
}

impl Parameter {
    /// The parameter `cursor` with this schema: the start of a page.
    pub(crate) const fn cursor(schema: fn() -> Value) -> Self {
        let description = "The start of the page: nextCursor of the previous page";
        Self { name: "cursor", description, schema }
    }
}

/// The parameters of a route that answers in pages of numbered entries.
pub(crate) const PAGED: &[Parameter] =
    &[Parameter::cursor(|| json!({ "type": "string", "format": "cursor" }))];

/// The point at which a request of a blocked account is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockCheck {
    /// A read before the handler is called.
    Before,
    /// The condition of the handler's own transaction.
    InTransaction,
}

/// The point at which a switch of the stage stops a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SwitchCheck {
    /// No switch stops it.
    Never,
    /// The switch `all`, before the handler is called.
    Before,
    /// This switch and `all`, in the handler's rule, which first answers the repeat of an accepted request.
    InRule(SwitchName),
}

/// The media type of a body that is a file, whatever the file contains. API Gateway passes on its bytes unchanged,
/// while it treats texts such as CSV as UTF-8.
pub const FILE_TYPE: &str = "application/octet-stream";

/// One route.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is a column of the table of routes")]
pub struct Route {
    /// The name of the route in the templates, such as `PlaceBet`. A deployment replaces a route whose name changes.
    pub name: &'static str,
    /// The method.
    pub method: Method,
    /// The path, with its parameters in braces.
    pub path: &'static str,
    /// The folder of the function that serves it.
    pub function: &'static str,
    /// The callers that may use it.
    pub access: Access,
    /// The request body in JSON, if any.
    pub body: Option<RouteBody>,
    /// `true` if the body is a file instead, of type [`FILE_TYPE`].
    pub takes_file: bool,
    /// The HTTP status of a success.
    pub success: u16,
    /// The HTTP status of a success that stored nothing new, if it differs.
    pub unchanged: Option<u16>,
    /// The answer of a success. `None` if it can be any object.
    pub answer: Option<RouteAnswer>,
    /// `true` if an unhealthy system answers 503 with the same body instead of a problem.
    pub is_told_unavailable: bool,
    /// `true` if its answer has an `ETag`, and it answers 304 without a body to a client that has this answer.
    pub has_etag: bool,
    /// `true` if it accepts an `Idempotency-Key`.
    pub takes_idempotency_key: bool,
    /// The problems that it may answer besides those that follow from the rest of the row.
    pub problems: &'static [ProblemKind],
    /// Path parameters that it may refuse. Path parameters without an entry accept any text.
    pub in_path: &'static [Parameter],
    /// The query parameters.
    pub in_query: &'static [Parameter],
    /// The budget of its requests. `None` if only the gateway limits them.
    pub rate: Option<Rate>,
    /// The point at which a blocked account is refused.
    pub block_check: BlockCheck,
    /// The point at which a switch of the stage stops a request.
    pub switch_check: SwitchCheck,
    /// A short description of its effect.
    pub summary: &'static str,
}

/// Defaults of routes that read a player's own data.
pub(crate) const GET: Route = Route {
    name: "",
    method: Method::Get,
    path: "",
    function: "",
    access: Access::Player,
    body: None,
    takes_file: false,
    success: 200,
    unchanged: None,
    answer: None,
    is_told_unavailable: false,
    has_etag: false,
    takes_idempotency_key: false,
    problems: &[],
    in_path: &[],
    in_query: &[],
    rate: Some(Rate::Reads),
    block_check: BlockCheck::Before,
    switch_check: SwitchCheck::Never,
    summary: "",
};

/// Defaults of routes that change a player's own data.
pub(crate) const POST: Route =
    Route { method: Method::Post, rate: Some(Rate::Changes), switch_check: SwitchCheck::Before, ..GET };

/// Defaults of public routes.
pub(crate) const PUBLIC: Route = Route { access: Access::Public, rate: None, ..GET };

/// Defaults of routes for sign-up, login, refresh and logout.
pub(crate) const PUBLIC_POST: Route = Route { method: Method::Post, ..PUBLIC };

/// Defaults of routes for callbacks of payment providers.
pub(crate) const CALL_BACK: Route =
    Route { method: Method::Post, access: Access::Provider, rate: None, ..GET };

/// Defaults of routes by which operators read.
pub(crate) const INSPECT: Route = Route { access: Access::OPERATOR, rate: Some(Rate::Operations), ..GET };

/// Defaults of routes by which operators act.
pub(crate) const OPERATE: Route = Route { method: Method::Post, ..INSPECT };

/// Problems that every route may answer.
const ANY: &[ProblemKind] = &[
    ProblemKind::RequestTimeout,
    ProblemKind::TooManyRequests,
    ProblemKind::Internal,
    ProblemKind::Unavailable,
];

/// Problems that a route with a token may answer.
const TOKEN: &[ProblemKind] =
    &[ProblemKind::Unauthorized, ProblemKind::Forbidden, ProblemKind::AccountBlocked];

/// Problems that a route with a body may answer.
const BODY: &[ProblemKind] = &[
    ProblemKind::MalformedBody,
    ProblemKind::UnsupportedMediaType,
    ProblemKind::PayloadTooLarge,
    ProblemKind::Invalid,
];

/// Problems that a route with query parameters may answer.
const QUERY: &[ProblemKind] = &[ProblemKind::Invalid];

impl Route {
    /// Returns `true` if the route may answer this problem. No route answers 405, which is for unknown routes.
    pub fn may_answer(&self, kind: ProblemKind) -> bool {
        ANY.contains(&kind)
            || (self.access.takes_token() && TOKEN.contains(&kind))
            || ((self.body.is_some() || self.takes_file) && BODY.contains(&kind))
            || (!self.in_query.is_empty() && QUERY.contains(&kind))
            || (self.switch_check != SwitchCheck::Never && kind == ProblemKind::Paused)
            || self.problems.contains(&kind)
    }
}

/// The routes of each domain.
const DOMAINS: [&[Route]; 7] = [
    exchange::ROUTES,
    games::ROUTES,
    jackpots::ROUTES,
    operations::ROUTES,
    payments::routes::ROUTES,
    payments::review_routes::ROUTES,
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
