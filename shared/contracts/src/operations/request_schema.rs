//! What requests of operators may hold, as JSON Schema: no looser than the parsers in `request.rs`.

use crate::http::route::RequestBody;
use crate::{DeadLetterLimit, DeadLettersRequest, Job, Queue};
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
    for (name, description, schema) in which_dead_letters() {
        properties[name] = schema;
        properties[name]["description"] = json!(description);
    }
    let which = ["queue", "type", "about", "error", "since", "until"];
    let any_of: Vec<_> = which.map(|name| json!({ "required": [name] })).to_vec();
    json!({ "type": "object", "required": ["action"], "anyOf": any_of, "properties": properties })
}

/// Name, description and schema of whatever says which dead letters are meant, in a query and in a body.
pub(crate) fn which_dead_letters() -> Vec<(&'static str, &'static str, Value)> {
    let text = || json!({ "type": "string", "minLength": 1, "maxLength": 256 });
    let time = || json!({ "type": "string", "format": "date-time" });
    let queues = Queue::ALL.map(Queue::name);
    let number = json!({ "type": "integer", "minimum": 1, "maximum": DeadLetterLimit::MAX.get() });
    vec![
        ("queue", "Those that this queue gave up", json!({ "type": "string", "enum": queues })),
        ("type", "Those whose job has this type", json!({ "type": "string", "enum": Job::TYPES })),
        ("about", "Those about the user, bet, match or round of this id", text()),
        ("error", "Those whose error has this text somewhere", text()),
        ("since", "Those given up then or later", time()),
        ("until", "Those given up before then", time()),
        ("limit", "How many at most, those given up first", number),
    ]
}
