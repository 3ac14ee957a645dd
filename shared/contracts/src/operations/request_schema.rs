//! JSON Schema of operators' requests, no looser than the parsers in `request.rs`.

use crate::http::route::RequestBody;
use crate::payments::review::reason_schema;
use crate::{DeadLetterLimit, DeadLettersRequest, Job, Parameter, Queue};
use serde_json::{Value, json};

impl RequestBody for DeadLettersRequest {
    const NAME: &'static str = "DeadLettersRequest";

    fn schema() -> Value {
        dead_letters()
    }
}

fn dead_letters() -> Value {
    let mut properties = json!({
        "action": { "type": "string", "enum": ["redrive", "delete"] },
        "reason": reason_schema(),
        "dryRun": { "type": "boolean", "default": false, "description": "Report the effect without applying it" },
    });
    for Parameter { name, description, schema } in WHICH_DEAD_LETTERS {
        properties[*name] = schema();
        properties[*name]["description"] = json!(description);
    }
    let which = ["queue", "type", "about", "error", "since", "until"];
    let any_of: Vec<_> = which.map(|name| json!({ "required": [name] })).to_vec();
    let dry_run = json!({ "required": ["dryRun"], "properties": { "dryRun": { "enum": [true] } } });
    let is_explained = json!({ "anyOf": [{ "required": ["reason"] }, dry_run] });
    json!({
        "type": "object",
        "required": ["action"],
        "allOf": [{ "anyOf": any_of }, is_explained],
        "properties": properties,
    })
}

/// The parameters that select dead letters, in a query and in a body.
pub(super) const WHICH_DEAD_LETTERS: &[Parameter] = &[
    Parameter { name: "queue", description: "Dead letters of this queue", schema: queue },
    Parameter { name: "type", description: "Dead letters with a job of this type", schema: job_type },
    Parameter {
        name: "about",
        description: "Dead letters about the user, bet, match or round with this id",
        schema: short_text,
    },
    Parameter {
        name: "error",
        description: "Dead letters whose error contains this text",
        schema: short_text,
    },
    Parameter { name: "since", description: "Dead letters from this time on", schema: moment },
    Parameter { name: "until", description: "Dead letters before this time", schema: moment },
    Parameter {
        name: "limit",
        description: "The maximum number, oldest first",
        schema: || json!({ "type": "integer", "minimum": 1, "maximum": DeadLetterLimit::MAX.get() }),
    },
];

fn queue() -> Value {
    json!({ "type": "string", "enum": Queue::ALL.map(Queue::name) })
}

fn job_type() -> Value {
    json!({ "type": "string", "enum": Job::TYPES })
}

fn short_text() -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": 256 })
}

fn moment() -> Value {
    json!({ "type": "string", "format": "date-time" })
}
