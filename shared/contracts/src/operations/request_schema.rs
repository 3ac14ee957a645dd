//! JSON Schema of operators' requests, no looser than the parsers in `request.rs`.

use crate::http::route::RequestBody;
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
        "dryRun": { "type": "boolean", "default": false, "description": "Only say what would be done" },
    });
    for Parameter { name, description, schema } in WHICH_DEAD_LETTERS {
        properties[*name] = schema();
        properties[*name]["description"] = json!(description);
    }
    let which = ["queue", "type", "about", "error", "since", "until"];
    let any_of: Vec<_> = which.map(|name| json!({ "required": [name] })).to_vec();
    json!({ "type": "object", "required": ["action"], "anyOf": any_of, "properties": properties })
}

/// The parameters that select dead letters, in a query and in a body.
pub(super) const WHICH_DEAD_LETTERS: &[Parameter] = &[
    Parameter { name: "queue", description: "Those that this queue gave up", schema: queue },
    Parameter { name: "type", description: "Those whose job has this type", schema: job_type },
    Parameter {
        name: "about",
        description: "Those about the user, bet, match or round of this id",
        schema: short_text,
    },
    Parameter { name: "error", description: "Those whose error has this text somewhere", schema: short_text },
    Parameter { name: "since", description: "Those given up then or later", schema: moment },
    Parameter { name: "until", description: "Those given up before then", schema: moment },
    Parameter {
        name: "limit",
        description: "How many at most, those given up first",
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
