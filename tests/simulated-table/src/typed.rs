//! [`TypedTable`]: calls by types, each made as a [`Request`].

use crate::call::{Answer, CallItem, Request};
use evens_table::{
    Answer as CallAnswer, AnswerWithCost, Delete, Failure, FoundBatch, Get, Page, Put, Query, ReturnValues,
    Scan, Table, Update, Write,
};
use std::fmt::Debug;

/// A way to a simulated table.
pub trait Endpoint: Debug + Send + Sync {
    /// Performs a call.
    fn call(&self, request: Request) -> impl Future<Output = Result<Answer, Failure>> + Send;
}

/// The table behind an endpoint. It reports no costs, and its transactions have no token.
#[derive(Debug)]
pub struct TypedTable<E>(pub E);

impl<E: Endpoint> TypedTable<E> {
    /// Makes a call. `read` takes the value out of an answer of the right kind.
    fn call<T>(
        &self,
        request: Request,
        read: impl FnOnce(Answer) -> Option<T> + Send + 'static,
    ) -> CallAnswer<'_, T> {
        Box::pin(async move {
            match read(self.0.call(request).await?) {
                Some(value) => Ok(AnswerWithCost { value, consumed: None }),
                None => Err(Failure::NoAnswer("an answer to another call".into())),
            }
        })
    }

    fn write(&self, request: Request) -> CallAnswer<'_, ()> {
        self.call(request, |_| Some(()))
    }

    fn page(&self, request: Request) -> CallAnswer<'_, Page> {
        self.call(request, |answer| match answer {
            Answer::Page(page) => Some(page),
            _ => None,
        })
    }
}

impl<E: Endpoint> Table for TypedTable<E> {
    fn get(&self, get: Get, _: bool) -> CallAnswer<'_, Option<CallItem>> {
        self.call(Request::Get(get), |answer| match answer {
            Answer::Item(item) => Some(item),
            _ => None,
        })
    }

    fn get_batch(&self, keys: Vec<CallItem>, _: bool) -> CallAnswer<'_, FoundBatch> {
        self.call(Request::GetBatch(keys), |answer| match answer {
            Answer::Batch(batch) => Some(batch),
            _ => None,
        })
    }

    fn get_at_once(&self, keys: Vec<CallItem>, _: bool) -> CallAnswer<'_, Vec<Option<CallItem>>> {
        self.call(Request::GetAtOnce(keys), |answer| match answer {
            Answer::Items(items) => Some(items),
            _ => None,
        })
    }

    fn query(&self, query: Query, _: bool) -> CallAnswer<'_, Page> {
        self.page(Request::Query(query))
    }

    fn scan(&self, scan: Scan, _: bool) -> CallAnswer<'_, Page> {
        self.page(Request::Scan(scan))
    }

    fn put(&self, put: Put, _: bool) -> CallAnswer<'_, ()> {
        self.write(Request::Put(put))
    }

    fn update(&self, update: Update, returned: ReturnValues, _: bool) -> CallAnswer<'_, CallItem> {
        self.call(Request::Update(update, returned), |answer| match answer {
            Answer::Changed(attributes) => Some(attributes),
            _ => None,
        })
    }

    fn delete(&self, delete: Delete, _: bool) -> CallAnswer<'_, ()> {
        self.write(Request::Delete(delete))
    }

    fn transact(&self, writes: Vec<Write>, _: bool) -> CallAnswer<'_, ()> {
        self.write(Request::Transact { writes, token: None })
    }
}
