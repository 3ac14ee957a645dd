//! [`Data`]: an answer of one value.

use serde::Serialize;
use std::borrow::Cow;
use utoipa::openapi::{ObjectBuilder, Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// An answer of one value. In the document, the answer with a `BetBody` is `BetAnswer`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Data<T> {
    /// The value.
    pub data: T,
}

impl<T: ToSchema> PartialSchema for Data<T> {
    fn schema() -> RefOr<Schema> {
        let data = Ref::from_schema_name(T::name());
        ObjectBuilder::new().property("data", data).required("data").into()
    }
}

impl<T: ToSchema> ToSchema for Data<T> {
    fn name() -> Cow<'static, str> {
        let body = T::name();
        format!("{}Answer", body.strip_suffix("Body").unwrap_or(&body)).into()
    }

    fn schemas(all: &mut Vec<(String, RefOr<Schema>)>) {
        all.push((T::name().into_owned(), T::schema()));
        T::schemas(all);
    }
}
