//! [`each_record`]: reads the lists of a JSON file record by record.

use crate::StatementFault;
use crate::statement_file::{RecordLimit, StatementSource, TOO_LONG};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::cell::Cell;
use std::fmt;
use std::io::BufReader;

/// Callback for each record.
type EachRecord<'a> = &'a mut dyn FnMut(&RawValue) -> Result<(), StatementFault>;

/// Passes on the records of one list in the file's JSON object.
///
/// # Errors
/// The first fault that `each` returns. Otherwise, that the file is not an object with exactly one such list.
pub(super) fn each_record(
    source: &mut dyn StatementSource,
    list: &'static str,
    each: EachRecord<'_>,
) -> Result<(), StatementFault> {
    let (read, fault) = (Cell::new(0), Cell::new(None));
    let source = RecordLimit::new(source, &read).map_err(|_| StatementFault::Broken)?;
    let mut json = serde_json::Deserializer::from_reader(BufReader::new(source));
    let seen = json.deserialize_map(Lists { list, each, read: &read, fault: &fault });
    let seen = seen.and_then(|count| json.end().map(|()| count));
    match (fault.into_inner(), seen) {
        (Some(fault), _) => Err(fault),
        (None, Ok(1)) => Ok(()),
        (None, Err(error)) if error.io_error_kind().is_some_and(|kind| kind != TOO_LONG) => {
            Err(StatementFault::Broken)
        }
        (None, Ok(_) | Err(_)) => Err(StatementFault::Unreadable),
    }
}

/// Visits the object and counts the lists of that name.
struct Lists<'a> {
    list: &'static str,
    each: EachRecord<'a>,
    read: &'a Cell<usize>,
    /// The fault of a record. The JSON parser has its own error type.
    fault: &'a Cell<Option<StatementFault>>,
}

impl<'de> Visitor<'de> for Lists<'_> {
    type Value = usize;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("lists of records")
    }

    fn visit_map<Fields: MapAccess<'de>>(self, mut fields: Fields) -> Result<usize, Fields::Error> {
        let Self { list, each, read, fault } = self;
        let mut count = 0;
        while let Some(name) = fields.next_key::<String>()? {
            if name == list {
                count += 1;
                fields.next_value_seed(List { each: Some(&mut *each), read, fault })?;
            } else if name == "settled" || name == "moved" {
                fields.next_value_seed(List { each: None, read, fault })?;
            } else {
                fields.next_value::<IgnoredAny>()?;
            }
        }
        Ok(count)
    }
}

/// Visits a list: passes on its records, or skips them.
struct List<'a> {
    each: Option<EachRecord<'a>>,
    read: &'a Cell<usize>,
    fault: &'a Cell<Option<StatementFault>>,
}

impl<'de> DeserializeSeed<'de> for List<'_> {
    type Value = ();

    fn deserialize<Json: Deserializer<'de>>(self, json: Json) -> Result<(), Json::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for List<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of records")
    }

    fn visit_seq<Records: SeqAccess<'de>>(self, mut records: Records) -> Result<(), Records::Error> {
        let Self { each, read, fault } = self;
        let Some(each) = each else {
            while records.next_element::<IgnoredAny>()?.is_some() {
                read.set(0);
            }
            return Ok(());
        };
        while let Some(record) = records.next_element::<Box<RawValue>>()? {
            read.set(0);
            each(&record).map_err(|found| {
                fault.set(Some(found));
                Records::Error::custom("a record is invalid")
            })?;
        }
        Ok(())
    }
}
