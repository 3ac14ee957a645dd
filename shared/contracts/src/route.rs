//! The table of routes: what is served, by which function, to whom, and how often.

use crate::Rate;

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
    /// `POST /api/users/signup`.
    SignUp,
    /// `POST /api/users/login`.
    Login,
    /// `POST /api/users/refresh` and `POST /api/users/logout`.
    RefreshToken,
    /// `PATCH /api/users/me`.
    Profile,
    /// `POST /api/users/me/password`.
    Password,
    /// `POST /api/operator/dead-letters`.
    DeadLetters,
}

/// What a route takes in its query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parameter {
    /// `cursor`: where the page starts.
    Cursor,
    /// `month`, such as `2026-11`; without it, the current one.
    Month,
    /// Which dead letters, and how many at most.
    DeadLetters,
}

/// Who finds out that the account of a token is blocked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockCheck {
    /// A read before the handler is called.
    Before,
    /// The condition of the handler's own transaction.
    InTransaction,
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
    /// What it takes in its query.
    pub parameter: Option<Parameter>,
    /// The budget that its requests are taken from; none where only the gateway limits them.
    pub rate: Option<Rate>,
    /// Who finds out that the account is blocked.
    pub block_check: BlockCheck,
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
    parameter: None,
    rate: Some(Rate::Reads),
    block_check: BlockCheck::Before,
    summary: "",
};

const POST: Route = Route { method: Method::Post, rate: Some(Rate::Changes), ..GET };

const PUBLIC: Route = Route { access: Access::Public, rate: None, ..GET };

const PUBLIC_POST: Route = Route { method: Method::Post, ..PUBLIC };

const INSPECT: Route = Route { access: Access::Operator, rate: Some(Rate::Operations), ..GET };

const OPERATE: Route = Route { access: Access::Operator, rate: Some(Rate::Operations), ..POST };

/// Every route.
pub const ROUTES: &[Route] = &[
    Route {
        path: "/api/bets",
        function: "place-bet",
        body: Some(RouteBody::PlaceBet),
        success: 202,
        answer: "PlaceBetAnswer",
        rate: Some(Rate::Bets),
        block_check: BlockCheck::InTransaction,
        summary: "Place a bet",
        ..POST
    },
    Route {
        path: "/api/bets",
        function: "bets",
        answer: "BetListAnswer",
        parameter: Some(Parameter::Cursor),
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
        parameter: Some(Parameter::Cursor),
        summary: "List the wallet's ledger entries, newest first, 50 a page",
        ..GET
    },
    Route {
        path: "/api/rounds/{roundId}",
        function: "rounds",
        answer: "RoundAnswer",
        summary: "Read a round: state, seed hash, seed once it is public, matched and waiting amounts",
        rate: Some(Rate::Rounds),
        ..PUBLIC
    },
    Route {
        path: "/api/rounds/{roundId}/matches",
        function: "rounds",
        answer: "MatchListAnswer",
        parameter: Some(Parameter::Cursor),
        summary: "List the matches of a round that has ended, 50 a page: with its seed, each draw can be made again",
        rate: Some(Rate::Rounds),
        ..PUBLIC
    },
    Route {
        path: "/api/rounds",
        function: "operate-rounds",
        body: Some(RouteBody::OpenRound),
        success: 201,
        answer: "RoundAnswer",
        summary: "Open a round",
        ..OPERATE
    },
    Route {
        path: "/api/rounds/{roundId}/close",
        function: "operate-rounds",
        answer: "RoundAnswer",
        summary: "Close a round to bets and publish its seed",
        ..OPERATE
    },
    Route {
        path: "/api/rounds/{roundId}/result",
        function: "operate-rounds",
        access: Access::Oracle,
        body: Some(RouteBody::Result),
        answer: "RoundAnswer",
        summary: "Say the result of a closed round, signed by its oracle",
        ..OPERATE
    },
    Route {
        path: "/api/rounds/{roundId}/cancel",
        function: "operate-rounds",
        answer: "RoundAnswer",
        summary: "Cancel a round that has no result: everything unsettled goes back",
        ..OPERATE
    },
    Route {
        path: "/api/operator/queues",
        function: "dead-letters",
        answer: "QueueListAnswer",
        summary: "Read how many jobs wait, are worked on and were given up, queue by queue",
        ..INSPECT
    },
    Route {
        path: "/api/operator/dead-letters",
        function: "dead-letters",
        answer: "DeadLetterListAnswer",
        parameter: Some(Parameter::DeadLetters),
        summary: "List jobs that were given up, and what the table says about each now",
        ..INSPECT
    },
    Route {
        path: "/api/operator/dead-letters",
        function: "dead-letters",
        body: Some(RouteBody::DeadLetters),
        answer: "DeadLetterActionListAnswer",
        summary: "Send jobs that were given up to their queues again, or delete what is known of them",
        ..OPERATE
    },
    Route {
        path: "/api/operator/dead-letters/{deadLetterId}",
        function: "dead-letters",
        answer: "DeadLetterAnswer",
        summary: "Read a job that was given up",
        ..INSPECT
    },
    Route {
        path: "/api/operator/dead-letters/{deadLetterId}/redrive",
        function: "dead-letters",
        answer: "DeadLetterActionAnswer",
        summary: "Send a job that was given up to its queue again",
        ..OPERATE
    },
    Route {
        path: "/api/operator/dead-letters/{deadLetterId}/delete",
        function: "dead-letters",
        answer: "DeadLetterActionAnswer",
        summary: "Delete what is known of a job that was given up",
        ..OPERATE
    },
    Route {
        path: "/api/users/signup",
        function: "register",
        body: Some(RouteBody::SignUp),
        success: 201,
        answer: "SignUpAnswer",
        rate: Some(Rate::SignUp),
        summary: "Make an account, and log in to it",
        ..PUBLIC_POST
    },
    Route {
        path: "/api/users/login",
        function: "login",
        body: Some(RouteBody::Login),
        answer: "LoginAnswer",
        rate: Some(Rate::Login),
        summary: "Log in",
        ..PUBLIC_POST
    },
    Route {
        path: "/api/users/refresh",
        function: "login",
        body: Some(RouteBody::RefreshToken),
        answer: "TokensAnswer",
        rate: Some(Rate::Session),
        summary: "Get new tokens for a refresh token, which ends with it",
        ..PUBLIC_POST
    },
    Route {
        path: "/api/users/logout",
        function: "login",
        body: Some(RouteBody::RefreshToken),
        answer: "DoneAnswer",
        rate: Some(Rate::Session),
        summary: "End the session of a refresh token",
        ..PUBLIC_POST
    },
    Route {
        path: "/api/users/me",
        function: "account",
        answer: "UserAnswer",
        summary: "Read the player's account",
        ..GET
    },
    Route {
        method: Method::Patch,
        path: "/api/users/me",
        function: "account",
        body: Some(RouteBody::Profile),
        answer: "UserAnswer",
        summary: "Change the player's name or picture",
        ..POST
    },
    Route {
        path: "/api/users/me/password",
        function: "login",
        body: Some(RouteBody::Password),
        answer: "TokensAnswer",
        rate: Some(Rate::Password),
        summary: "Change the player's password, which ends all of his sessions and starts a new one",
        ..POST
    },
    Route {
        path: "/api/users/me/referrals",
        function: "account",
        answer: "ReferralListAnswer",
        parameter: Some(Parameter::Cursor),
        summary: "List who signed up with the player's referral code, 50 a page",
        ..GET
    },
    Route {
        path: "/api/attendance",
        function: "account",
        answer: "AttendanceAnswer",
        parameter: Some(Parameter::Month),
        summary: "Read on which days of a month the player logged in, and his streak",
        ..GET
    },
    Route {
        path: "/health",
        function: "status",
        answer: "HealthAnswer",
        summary: "Whether table and queues answer",
        ..PUBLIC
    },
    Route {
        path: "/health/live",
        function: "status",
        answer: "LiveAnswer",
        summary: "Whether the process answers",
        ..PUBLIC
    },
    Route {
        path: "/health/ready",
        function: "status",
        answer: "ReadyAnswer",
        summary: "Whether requests should be sent here",
        ..PUBLIC
    },
    Route {
        path: "/openapi.json",
        function: "status",
        answer: "",
        summary: "This API as an OpenAPI document",
        ..PUBLIC
    },
];
