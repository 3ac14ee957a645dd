//! Whole statements.

use evens_payments::{CallError, StatementLine};
use evens_providers::{PaymentProvider, StatementFault};
use jiff::civil::Date;
use std::io::Cursor;

/// The file of a day.
pub(crate) async fn fetched(provider: &dyn PaymentProvider, day: Date) -> Result<Vec<u8>, CallError> {
    let mut file = Vec::new();
    provider.fetch_statement(day, &mut file).await.map(|()| file)
}

/// The lines of a file.
pub(crate) fn read(
    provider: &dyn PaymentProvider,
    file: &[u8],
) -> Result<Vec<StatementLine>, StatementFault> {
    let mut lines = Vec::new();
    provider.read_statement(&mut Cursor::new(file), &mut |line| lines.push(line)).map(|()| lines)
}
