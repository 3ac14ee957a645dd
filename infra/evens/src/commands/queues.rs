//! `evens queues`: the number of jobs that wait, are being processed or were given up.

use crate::cli::SharedArgs;
use crate::commands::dead_letters::cannot_look;
use crate::commands::text_table::text_table;
use crate::commands::{moment, output};
use crate::home::{Home, OpenMode};
use evens_dead_letters::{Overview, overview, queue_list};
use evens_runtime::StartError;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use std::process::ExitCode;

pub(crate) async fn run(args: SharedArgs) -> Result<ExitCode, StartError> {
    let home = Home::open(&args.home.data, OpenMode::Beside).await?;
    let looked = async {
        let context = home.context(home.settings.clone()).await?;
        Ok((overview(&context).await.map_err(cannot_look)?, context.clock.now()))
    };
    let looked = looked.await;
    home.close().await;
    let (overviews, now) = looked?;
    if args.json {
        output::line(json!(queue_list(&overviews)));
    } else {
        output::data(table(&overviews, now));
    }
    Ok(ExitCode::SUCCESS)
}

fn table(overviews: &[Overview], now: Timestamp) -> String {
    let heads = [
        "queue",
        "waiting",
        "in flight",
        "delayed",
        "oldest unfinished",
        "dead letters",
        "oldest dead letter",
    ];
    let row = |overview: &Overview| {
        let depth = overview.depth;
        let age = |since: Option<Timestamp>| {
            since.map_or_else(|| "-".to_owned(), |since| age(now.duration_since(since)))
        };
        [
            overview.queue.name().to_owned(),
            depth.waiting.to_string(),
            depth.in_flight.to_string(),
            depth.delayed.to_string(),
            age(overview.oldest_unfinished_at),
            depth.dead_letters.to_string(),
            overview.oldest_dead_letter_at.map_or_else(|| "-".to_owned(), moment),
        ]
    };
    text_table(heads, overviews.iter().map(row))
}

/// A duration in its largest unit.
fn age(age: SignedDuration) -> String {
    let seconds = age.as_secs().max(0);
    let (number, unit) = match seconds {
        0..60 => (seconds, "s"),
        60..3_600 => (seconds / 60, "min"),
        3_600..86_400 => (seconds / 3_600, "h"),
        _ => (seconds / 86_400, "d"),
    };
    format!("{number} {unit}")
}

#[cfg(test)]
mod tests {
    use super::age;
    use jiff::SignedDuration;

    #[test]
    fn an_age_is_said_in_its_largest_unit() {
        let rows =
            [(-5, "0 s"), (59, "59 s"), (60, "1 min"), (3_599, "59 min"), (7_200, "2 h"), (200_000, "2 d")];
        for (seconds, expected) in rows {
            assert_eq!(age(SignedDuration::from_secs(seconds)), expected);
        }
    }
}
