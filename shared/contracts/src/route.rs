//! The table of routes: what is served, by which function, to whom.

/// An HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Changes something.
    Post,
}

impl Method {
    /// The method's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Public,
    /// The player whom the token names, for what is his own.
    Player,
    /// A token with the operator role.
    Operator,
    /// A token with the oracle role.
    Oracle,
}

/// What a route reads or writes as a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RouteBody {
    /// `POST /api/bets`.
    PlaceBet,
    /// `POST /api/rounds`.
    OpenRound,
    /// `POST /api/rounds/{roundId}/result`.
    Result,
}

/// One route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path, its parameters in braces.
    pub path: &'static str,
    /// The folder of the function that serves it.
    pub function: &'static str,
    /// Who may use it.
    pub access: Access,
    /// The body that it reads.
    pub body: Option<RouteBody>,
    /// The status of its success.
    pub success: u16,
    /// The name of the schema of its success.
    pub answer: &'static str,
    /// Whether it takes `cursor`.
    pub paged: bool,
    /// What it does, in a few words.
    pub summary: &'static str,
}

const GET: Route = Route {
    method: Method::Get,
    path: "",
    function: "",
    access: Access::Player,
    body: None,
    success: 200,
    answer: "",
    paged: false,
    summary: "",
};

const POST: Route = Route { method: Method::Post, ..GET };

/// Every route.
pub const ROUTES: &[Route] = &[
    Route {
        path: "/api/bets",
        function: "place-bet",
        body: Some(RouteBody::PlaceBet),
        success: 202,
        answer: "PlaceBetAnswer",
        summary: "Place a bet",
        ..POST
    },
    Route {
        path: "/api/bets",
        function: "bets",
        answer: "BetListAnswer",
        paged: true,
        summary: "List the player's bets, newest first, 50 a page",
        ..GET
    },
    Route {
        path: "/api/bets/{betId}",
        function: "bets",
        answer: "BetAnswer",
        summary: "Read one of the player's bets",
        ..GET
    },
    Route {
        path: "/api/bets/{betId}/refund",
        function: "request-refund",
        answer: "RefundAnswer",
        summary: "Take back what of a bet still waits",
        ..POST
    },
    Route {
        path: "/api/wallet",
        function: "wallet",
        answer: "WalletAnswer",
        summary: "Read the player's wallet",
        ..GET
    },
    Route {
        path: "/api/wallet/ledger",
        function: "wallet",
        answer: "LedgerAnswer",
        paged: true,
        summary: "List the wallet's ledger entries, newest first, 50 a page",
        ..GET
    },
    Route {
        path: "/api/rounds/{roundId}",
        function: "rounds",
        access: Access::Public,
        answer: "RoundAnswer",
        summary: "Read a round: state, seed hash, seed once it is public, matched and waiting amounts",
        ..GET
    },
    Route {
        path: "/api/rounds/{roundId}/matches",
        function: "rounds",
        access: Access::Public,
        answer: "MatchListAnswer",
        paged: true,
        summary: "List the matches of a round that has ended, 50 a page: with its seed, each draw can be made again",
        ..GET
    },
    Route {
        path: "/api/rounds",
        function: "operate-rounds",
        access: Access::Operator,
        body: Some(RouteBody::OpenRound),
        success: 201,
        answer: "RoundAnswer",
        summary: "Open a round",
        ..POST
    },
    Route {
        path: "/api/rounds/{roundId}/close",
        function: "operate-rounds",
        access: Access::Operator,
        answer: "RoundAnswer",
        summary: "Close a round to bets and publish its seed",
        ..POST
    },
    Route {
        path: "/api/rounds/{roundId}/result",
        function: "operate-rounds",
        access: Access::Oracle,
        body: Some(RouteBody::Result),
        answer: "RoundAnswer",
        summary: "Say the result of a closed round, signed by its oracle",
        ..POST
    },
    Route {
        path: "/api/rounds/{roundId}/cancel",
        function: "operate-rounds",
        access: Access::Operator,
        answer: "RoundAnswer",
        summary: "Cancel a round that has no result: everything unsettled goes back",
        ..POST
    },
    Route {
        path: "/health",
        function: "status",
        access: Access::Public,
        answer: "HealthAnswer",
        summary: "Whether table and queues answer",
        ..GET
    },
    Route {
        path: "/openapi.json",
        function: "status",
        access: Access::Public,
        answer: "",
        summary: "This API as an OpenAPI document",
        ..GET
    },
];
