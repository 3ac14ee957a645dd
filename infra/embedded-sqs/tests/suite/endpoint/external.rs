//! An external endpoint.

use std::{
    future::{Ready, ready},
    io::Write,
};

use crate::endpoint::client::Endpoint;

const VARIABLE: &str = "SQS_TEST_ENDPOINT_URL";

/// The endpoint from the environment, if it is set.
pub(crate) fn endpoint() -> Ready<Option<Endpoint>> {
    ready(std::env::var(VARIABLE).ok().map(|url| Endpoint::at(&url)))
}

/// Reports skipped tests. It does not use a macro, because the test harness would capture the output.
#[test]
fn says_when_it_is_skipped() {
    if std::env::var(VARIABLE).is_err() {
        let notice = format!(
            "SKIPPED: the checks `elsewhere::*`, as {VARIABLE} is not set.\n\
             To run them against another server: {VARIABLE}=http://127.0.0.1:4566 cargo test -p embedded-sqs elsewhere\n"
        );
        std::io::stderr().write_all(notice.as_bytes()).expect("standard error takes words");
    }
}
