//! [`request!`]: the parser and the JSON Schema of a request, both from one list of its fields.

use crate::{Body, Problem};
use serde_json::{Map, Value, json};

/// Declares `parse` and [`crate::RequestBody`] of a request. A row is a value with its field of the body: whether the
/// field is required, its reader, and a schema that is no looser than the reader. Rows are read in order, and a reader
/// may use the values above it. Parentheses hold the context of the parser, `rules` more keywords of the schema, and
/// `=>` the request, if it does not consist of the values.
macro_rules! request {
    (
        $name:ident $(($context:ident: $Context:ty))? {
            $($value:ident: $presence:ident $field:literal, $read:expr, $schema:expr;)+
        }
        $(rules $rules:expr;)?
        $(=> $request:expr)?
    ) => {
        impl $name {
            /// Parses the body, or returns the problem of the first invalid field.
            pub fn parse(bytes: &[u8] $(, $context: $Context)?) -> Result<Self, $crate::Problem> {
                let body = $crate::Body::parse(bytes)?;
                $(let $value = request!(@$presence $crate::http::request::read(&body, $field, $read)?, $field);)+
                Ok(request!(@request ($($request)?) ($($value)+)))
            }
        }

        impl $crate::RequestBody for $name {
            const NAME: &'static str = stringify!($name);

            fn schema() -> serde_json::Value {
                let fields = [$(($field, stringify!($presence) == "required", $schema)),+];
                $crate::http::request::object(fields, &[$($rules)?])
            }
        }
    };
    (@required $found:expr, $field:literal) => {
        $found.ok_or_else(|| $crate::Problem::invalid($field, "is missing"))?
    };
    (@optional $found:expr, $field:literal) => { $found };
    (@request () ($($value:ident)+)) => { Self { $($value),+ } };
    (@request ($request:expr) ($($value:ident)+)) => { $request };
}

pub(crate) use request;

/// Reads a field, so that the type of a reader that is a closure is known.
pub(crate) fn read<'a, T>(
    body: &Body<'a>,
    field: &'static str,
    reader: impl FnOnce(&Body<'a>, &'static str) -> Result<Option<T>, Problem>,
) -> Result<Option<T>, Problem> {
    reader(body, field)
}

/// The schema of an object with these fields: their names, whether each is required, and their schemas.
pub(crate) fn object<const N: usize>(fields: [(&'static str, bool, Value); N], rules: &[Value]) -> Value {
    let required: Vec<_> =
        fields.iter().filter(|(_, is_required, _)| *is_required).map(|(name, ..)| *name).collect();
    let properties: Map<_, _> =
        fields.into_iter().map(|(name, _, schema)| (name.to_owned(), schema)).collect();
    let mut object = json!({ "type": "object", "properties": properties });
    if !required.is_empty() {
        object["required"] = json!(required);
    }
    for (keyword, rule) in rules.iter().filter_map(Value::as_object).flatten() {
        object[keyword] = rule.clone();
    }
    object
}
