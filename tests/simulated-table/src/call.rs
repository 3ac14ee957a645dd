//! The calls of the table with their answers and failures, in the types of `evens_table`.

use evens_table::{
    AttributeValue, Delete, Failure, FoundBatch, Get, Page, Put, Query, Reason, ReturnValues, Scan, Update,
    Write,
};

/// The attributes of an item, or of a key, in a call.
pub type CallItem = evens_table::Item;

/// A call. It names no table, because there is only one.
#[derive(Debug, Clone)]
pub enum Request {
    Get(Get),
    GetBatch(Vec<CallItem>),
    GetAtOnce(Vec<CallItem>),
    Query(Query),
    Scan(Scan),
    Put(Put),
    Update(Update, ReturnValues),
    Delete(Delete),
    Transact {
        writes: Vec<Write>,
        /// The idempotency token, which only the SDK sends.
        token: Option<String>,
    },
}

impl Request {
    /// `DynamoDB`'s name of the operation.
    pub fn operation(&self) -> &'static str {
        match self {
            Self::Get(_) => "GetItem",
            Self::GetBatch(_) => "BatchGetItem",
            Self::GetAtOnce(_) => "TransactGetItems",
            Self::Query(_) => "Query",
            Self::Scan(_) => "Scan",
            Self::Put(_) => "PutItem",
            Self::Update(..) => "UpdateItem",
            Self::Delete(_) => "DeleteItem",
            Self::Transact { .. } => "TransactWriteItems",
        }
    }

    /// The writes of a transaction. `None` for other calls.
    pub fn writes(&self) -> Option<&[Write]> {
        match self {
            Self::Transact { writes, .. } => Some(writes),
            _ => None,
        }
    }
}

/// The answer to a call that succeeded.
#[derive(Debug, Clone)]
pub enum Answer {
    Item(Option<CallItem>),
    Batch(FoundBatch),
    Items(Vec<Option<CallItem>>),
    Page(Page),
    /// The attributes that an update returns.
    Changed(CallItem),
    Done,
}

impl Answer {
    /// The items of a read.
    pub fn items_mut(&mut self) -> Vec<&mut CallItem> {
        match self {
            Self::Item(item) => item.iter_mut().collect(),
            Self::Batch(batch) => batch.items.iter_mut().collect(),
            Self::Items(items) => items.iter_mut().flatten().collect(),
            Self::Page(page) => page.items.iter_mut().collect(),
            Self::Changed(_) | Self::Done => Vec::new(),
        }
    }
}

/// The reason why a call failed.
#[derive(Debug, Clone)]
pub enum Fault {
    /// The condition of a write of one item failed.
    ConditionFailed {
        /// The stored item, if it exists and the request wants it.
        found: Option<CallItem>,
    },
    /// A transaction was cancelled, with the reason of each item that caused it.
    Cancelled(Vec<Option<Reason>>),
    Refused {
        /// The status of HTTP.
        status: u16,
        code: &'static str,
        message: String,
    },
}

impl Fault {
    const VALIDATION: &'static str = "ValidationException";

    /// A refusal without a message.
    pub fn refused(status: u16, code: &'static str) -> Self {
        Self::Refused { status, code, message: String::new() }
    }

    /// An invalid request, which the store must never send.
    pub fn validation(message: impl Into<String>) -> Self {
        Self::Refused { status: 400, code: Self::VALIDATION, message: message.into() }
    }

    /// `DynamoDB`'s name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::ConditionFailed { .. } => "ConditionalCheckFailedException",
            Self::Cancelled(_) => "TransactionCanceledException",
            Self::Refused { code, .. } => code,
        }
    }

    /// Returns whether only a defect of the store causes it.
    pub fn is_defect(&self) -> bool {
        [Self::VALIDATION, "IdempotentParameterMismatchException"].contains(&self.code())
    }

    /// The code, and the reasons of a cancelled transaction, for the trace.
    pub fn summary(&self) -> String {
        match self {
            Self::ConditionFailed { .. } => self.code().to_owned(),
            Self::Cancelled(reasons) => {
                let codes: Vec<_> = reasons.iter().map(|reason| code_of(reason.as_ref())).collect();
                format!("cancelled [{}]", codes.join(" "))
            }
            Self::Refused { code, message, .. } => format!("{code} {message}").trim_end().to_owned(),
        }
    }
}

/// The code of a reason. `None` is the code of an item that caused nothing.
pub fn code_of(reason: Option<&Reason>) -> &str {
    reason.map_or("None", |reason| &reason.code)
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        let source = fault.summary().into();
        match fault {
            Fault::ConditionFailed { found } => Self::ConditionFailed { found },
            Fault::Cancelled(reasons) => Self::Cancelled { reasons, source },
            Fault::Refused { status, code, .. } => {
                Self::Refused { code: code.to_owned(), is_server_error: status >= 500, source }
            }
        }
    }
}

/// A text attribute, or an empty text if absent.
pub fn text_in<'a>(item: &'a CallItem, name: &str) -> &'a str {
    item.get(name).and_then(AttributeValue::as_text).unwrap_or_default()
}

/// The digits of a number attribute, or an empty text if absent.
pub fn number_in<'a>(item: &'a CallItem, name: &str) -> &'a str {
    match item.get(name) {
        Some(AttributeValue::N(number)) => number,
        _ => "",
    }
}

/// Sets a text attribute.
#[expect(clippy::needless_pass_by_value, reason = "texts and numbers are written in place")]
pub fn set_text(item: &mut CallItem, name: &str, text: impl ToString) {
    item.insert(name.to_owned(), AttributeValue::S(text.to_string()));
}

/// Sets a number attribute.
#[expect(clippy::needless_pass_by_value, reason = "texts and numbers are written in place")]
pub fn set_number(item: &mut CallItem, name: &str, number: impl ToString) {
    item.insert(name.to_owned(), AttributeValue::N(number.to_string()));
}
