//! Converts records to rows, with one statement for each kind of change, and back.

use std::sync::Arc;

use rusqlite::{Connection, Row, params, types::Type};
use serde::{Serialize, de::DeserializeOwned};

use crate::core::{
    Change, Content, MessageAttributes, MessageKey, Phase, Progress, QueueId, Snapshot, StoredMessage,
    Timestamp,
};

/// Writes one change within the transaction of its group.
pub(super) fn write(connection: &Connection, change: &Change) -> rusqlite::Result<()> {
    let execute = |sql: &str, parameters: &[&dyn rusqlite::ToSql]| {
        connection.prepare_cached(sql)?.execute(parameters).map(drop)
    };
    match change {
        Change::PutQueue(queue) => {
            execute("REPLACE INTO queue VALUES (?, ?)", params![queue.id.0, to_json(queue)?])
        }
        Change::DeleteQueue(QueueId(id)) => {
            execute("DELETE FROM queue WHERE id = ?", &[id])?;
            execute("DELETE FROM deduplication WHERE queue = ?", &[id])?;
            execute("DELETE FROM move_task WHERE queue = ?", &[id])?;
            execute("DELETE FROM message WHERE queue = ?", &[id])
        }
        Change::PutMessage(message) => write_message(connection, message),
        Change::ProgressMessage(key, progress) => write_progress(connection, *key, progress),
        Change::DeleteMessage(MessageKey(key)) => execute("DELETE FROM message WHERE key = ?", &[key]),
        Change::PurgeQueue(QueueId(id)) => execute("DELETE FROM message WHERE queue = ?", &[id]),
        Change::PutDeduplication(entry) => execute(
            "INSERT INTO deduplication VALUES (?, ?, ?)",
            params![entry.key.0, entry.queue.0, to_json(entry)?],
        ),
        Change::DeleteDeduplication(MessageKey(key)) => {
            execute("DELETE FROM deduplication WHERE key = ?", &[key])
        }
        Change::PutMoveTask(task) => execute(
            "REPLACE INTO move_task VALUES (?, ?, ?)",
            params![task.id, task.source.0, to_json(task)?],
        ),
        Change::DeleteMoveTask(id) => execute("DELETE FROM move_task WHERE id = ?", &[id]),
        Change::Sequence(value) => execute("REPLACE INTO sequence VALUES (1, ?)", &[value]),
    }
}

fn write_message(connection: &Connection, message: &StoredMessage) -> rusqlite::Result<()> {
    let (content, progress) = (&message.content, &message.progress);
    let attributes = if content.attributes.is_empty() { None } else { Some(to_json(&content.attributes)?) };
    connection
        .prepare_cached("INSERT INTO message VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")?
        .execute(params![
            message.key.0,
            message.queue.0,
            content.message_id,
            content.body,
            attributes,
            content.group.as_deref(),
            content.deduplication_id,
            content.trace_header,
            content.sent_at.milliseconds(),
            content.dead_letter_source,
            phase_number(progress.phase),
            progress.visible_at.milliseconds(),
            progress.receive_count,
            progress.receive_count_here,
            progress.first_received_at.map(Timestamp::milliseconds),
            progress.last_received_at.milliseconds(),
            progress.receipt,
        ])
        .map(drop)
}

fn write_progress(connection: &Connection, key: MessageKey, progress: &Progress) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE message SET phase = ?, visible_at = ?, receive_count = ?, receive_count_here = ?,
             first_received_at = ?, last_received_at = ?, receipt = ? WHERE key = ?",
        )?
        .execute(params![
            phase_number(progress.phase),
            progress.visible_at.milliseconds(),
            progress.receive_count,
            progress.receive_count_here,
            progress.first_received_at.map(Timestamp::milliseconds),
            progress.last_received_at.milliseconds(),
            progress.receipt,
            key.0,
        ])
        .map(drop)
}

/// Reads all records, sorted by key.
pub(super) fn load(connection: &Connection) -> rusqlite::Result<Snapshot> {
    let sequences = select(connection, "SELECT value FROM sequence", |row| row.get(0))?;
    Ok(Snapshot {
        sequence: sequences.first().copied().unwrap_or_default(),
        queues: select(connection, "SELECT record FROM queue ORDER BY id", from_json)?,
        messages: select(connection, "SELECT * FROM message ORDER BY key", read_message)?,
        deduplications: select(connection, "SELECT record FROM deduplication ORDER BY key", from_json)?,
        move_tasks: select(connection, "SELECT record FROM move_task ORDER BY id", from_json)?,
    })
}

fn select<T>(
    connection: &Connection,
    sql: &str,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    connection.prepare(sql)?.query_map([], read)?.collect()
}

fn read_message(row: &Row<'_>) -> rusqlite::Result<StoredMessage> {
    let time = |column: &str| row.get(column).map(Timestamp::from_milliseconds);
    let body: String = row.get("body")?;
    let attributes: Option<String> = row.get("attributes")?;
    let first_received_at: Option<u64> = row.get("first_received_at")?;
    let content = Content {
        message_id: row.get("message_id")?,
        md5_of_body: Content::digest(&body),
        body,
        attributes: attributes.map_or_else(|| Ok(MessageAttributes::new()), |text| parse_json(&text))?,
        group: row.get::<_, Option<String>>("message_group")?.map(Arc::from),
        deduplication_id: row.get("deduplication_id")?,
        trace_header: row.get("trace_header")?,
        sent_at: time("sent_at")?,
        dead_letter_source: row.get("dead_letter_source")?,
    };
    let progress = Progress {
        phase: phase_of(row.get("phase")?),
        visible_at: time("visible_at")?,
        receive_count: row.get("receive_count")?,
        receive_count_here: row.get("receive_count_here")?,
        first_received_at: first_received_at.map(Timestamp::from_milliseconds),
        last_received_at: time("last_received_at")?,
        receipt: row.get("receipt")?,
    };
    Ok(StoredMessage {
        queue: QueueId(row.get("queue")?),
        key: MessageKey(row.get("key")?),
        content: Arc::new(content),
        progress,
    })
}

/// Stored in files, so a number must never change its meaning.
fn phase_number(phase: Phase) -> u8 {
    match phase {
        Phase::Waiting => 0,
        Phase::Delayed => 1,
        Phase::InFlight => 2,
    }
}

fn phase_of(number: u8) -> Phase {
    match number {
        1 => Phase::Delayed,
        2 => Phase::InFlight,
        _ => Phase::Waiting,
    }
}

fn to_json(record: &impl Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(record).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

fn from_json<T: DeserializeOwned>(row: &Row<'_>) -> rusqlite::Result<T> {
    parse_json(&row.get::<_, String>(0)?)
}

fn parse_json<T: DeserializeOwned>(text: &str) -> rusqlite::Result<T> {
    serde_json::from_str(text)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(error)))
}
