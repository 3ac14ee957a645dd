//! Query parameters of the routes of payments.

use crate::Parameter;
use crate::http::span::{SINCE, UNTIL};
use evens_payments::WireStatus;
use serde_json::{Value, json};
use strum::VariantArray as _;

/// Parameters of a player's orders: the start of a page, and a status. Pages follow each other in time.
const NEXT_ORDERS: Parameter = Parameter::cursor(|| json!({ "type": "string", "format": "order-cursor" }));

pub(super) const ORDERS: &[Parameter] = &[
    NEXT_ORDERS,
    Parameter { name: "status", description: "The status of the orders. Default: all", schema: order_status },
];

/// The start of a page of orders that must be checked.
pub(super) const WAITING: Parameter =
    Parameter::cursor(|| json!({ "type": "string", "format": "waiting-cursor" }));

/// Parameters of the list of withdrawals.
pub(super) const WITHDRAWAL_LIST: &[Parameter] = &[
    WAITING,
    Parameter {
        name: "state",
        description: "The state of the withdrawals. unfinished includes approved and processing. Those that \
                      are completed, failed, were rejected, cancelled or returned are listed newest first",
        schema: || {
            let waiting = ["held", "unfinished", "approved", "processing"];
            let ended = ["completed", "failed", "rejected", "cancelled", "returned"];
            let states = [&waiting[..], &ended].concat();
            json!({ "type": "string", "enum": states, "default": "held" })
        },
    },
    // Of ended withdrawals, by the time of their request.
    SINCE,
    UNTIL,
];

/// Parameters of the list of deposits.
pub(super) const DEPOSIT_LIST: &[Parameter] = &[
    WAITING,
    Parameter {
        name: "state",
        description: "unclaimed: money in suspense that needs a decision. unfinished: still followed up with \
                      the provider",
        schema: || json!({ "type": "string", "enum": ["unclaimed", "unfinished"], "default": "unclaimed" }),
    },
];

/// The start of a page of reports.
pub(super) const REPORTS: &[Parameter] =
    &[Parameter::cursor(|| json!({ "type": "string", "format": "report-cursor" }))];

/// The provider and the day of a statement file. Both are required.
pub(super) const STATED_DAY: &[Parameter] = &[
    Parameter {
        name: "provider",
        description: "The payment provider whose statement it is",
        schema: || json!({ "type": "string", "pattern": "^[a-z0-9-]+$" }),
    },
    Parameter {
        name: "day",
        description: "The day of the statement, in the provider's time zone",
        schema: || json!({ "type": "string", "format": "date" }),
    },
];

/// Parameters of the list of audit log lines.
pub(super) const AUDIT_LINES: &[Parameter] = &[
    Parameter {
        name: "day",
        description: "The day in UTC. Default: today",
        schema: || json!({ "type": "string", "format": "date" }),
    },
    Parameter {
        name: "after",
        description: "The number of the last line of the previous page",
        schema: || json!({ "type": "integer", "minimum": 0 }),
    },
];

fn order_status() -> Value {
    let names: Vec<&str> = WireStatus::VARIANTS.iter().map(Into::into).collect();
    json!({ "type": "string", "enum": names })
}
