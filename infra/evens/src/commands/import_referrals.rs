//! `evens import-referrals`: imports referrals from the previous system. Existing referrals are skipped, so the import
//! can be repeated. It pays no bonus.

use crate::cli::ImportReferralsArgs;
use crate::commands::find_user::find;
use crate::commands::operator::tell;
use crate::commands::{cannot_read, output};
use crate::home::{Home, OpenMode};
use csv::{ReaderBuilder, StringRecord, Trim};
use evens_audit_log::{Act, Action};
use evens_players::ImportReferral;
use evens_runtime::{Clock, Context, StartError};
use evens_store::ImportReferralOutcome;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::process::ExitCode;

/// The longest line, in bytes, without its end. Two phone numbers need much less.
const LINE_BYTES_MAX: usize = 200;

/// The largest number of lines of a file, which are parsed before the first one is imported.
const LINES_MAX: usize = 100_000;

struct Line {
    number: usize,
    referrer: String,
    referred: String,
}

/// The result of a line.
enum LineOutcome {
    Recorded,
    Before,
    Refused(String),
}

pub(crate) async fn run(args: ImportReferralsArgs) -> Result<ExitCode, StartError> {
    let unreadable = |error| {
        let message = format!("cannot read {}", args.file.display());
        StartError::new(message, "choose an existing text file with read permission").caused_by(error)
    };
    let lines = parse(BufReader::new(File::open(&args.file).map_err(unreadable)?), unreadable)?;
    let home = Home::open(&args.home.data, OpenMode::Beside).await?;
    let context = home.context(home.settings.clone()).await?;
    let act = tell(Action::ImportReferrals, args.file.display().to_string());
    let act = Act { after: format!("{} lines", lines.len()), ..act };
    context.store.log_act(&act, Clock::system().now()).await.map_err(|error| {
        let message = "the audit log could not be written, so no referral was imported";
        StartError::new(message, "repeat the command").caused_by(error)
    })?;
    // One after another: if two lines name the same player, the first one counts.
    let mut imported = Vec::with_capacity(lines.len());
    for line in &lines {
        imported.push(import(&context, line).await);
    }
    home.close().await;
    let (mut recorded, mut before, mut refused) = (0, 0, 0);
    for (line, imported) in lines.iter().zip(imported) {
        match imported? {
            LineOutcome::Recorded => recorded += 1,
            LineOutcome::Before => before += 1,
            LineOutcome::Refused(why) => {
                refused += 1;
                output::note(format_args!("line {}: {why}", line.number));
            }
        }
    }
    output::line(format_args!(
        "Imported {recorded} referrals; {before} existed before, {refused} were refused."
    ));
    Ok(if refused == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Parses all lines, or returns an error for the first invalid one, in which case nothing is changed. Empty lines are
/// skipped. Spreadsheets write a byte order mark, quotes and CRLF, all of which change nothing. Reads no further than
/// the first line that is too long or too much.
fn parse(
    mut file: impl BufRead,
    unreadable: impl Fn(std::io::Error) -> StartError,
) -> Result<Vec<Line>, StartError> {
    let mut lines = Vec::new();
    for number in 1.. {
        let mut text = String::new();
        let end = LINE_BYTES_MAX as u64 + 2;
        if file.by_ref().take(end).read_line(&mut text).map_err(&unreadable)? == 0 {
            break;
        }
        let line = text.trim_end_matches(['\r', '\n']);
        if number > LINES_MAX {
            return Err(StartError::new(
                format!("line {number} is beyond {LINES_MAX} lines; nothing was imported"),
                "split the file",
            ));
        }
        if line.len() > LINE_BYTES_MAX {
            return Err(StartError::new(
                format!("line {number} is longer than {LINE_BYTES_MAX} bytes; nothing was imported"),
                "write the referrer, a comma and the referred user, as in 42,+919876543210",
            ));
        }
        let line = if number == 1 { line.trim_start_matches('\u{feff}') } else { line };
        if !line.trim().is_empty() {
            lines.push(read(number, line)?);
        }
    }
    Ok(lines)
}

/// No user's id or phone number has a line break, so that each line is a record.
fn read(number: usize, line: &str) -> Result<Line, StartError> {
    let mut reader = ReaderBuilder::new().has_headers(false).trim(Trim::All).from_reader(line.as_bytes());
    let mut record = StringRecord::new();
    let is_read = reader.read_record(&mut record).is_ok_and(|is_read| is_read);
    match record.iter().collect::<Vec<_>>()[..] {
        [referrer, referred] if is_read && !referrer.is_empty() && !referred.is_empty() => {
            Ok(Line { number, referrer: referrer.to_owned(), referred: referred.to_owned() })
        }
        _ => Err(StartError::new(
            format!("line {number} is not a pair of users separated by a comma; nothing was imported"),
            "write the referrer, a comma and the referred user, as in 42,+919876543210",
        )),
    }
}

async fn import(context: &Context, line: &Line) -> Result<LineOutcome, StartError> {
    let country = context.settings.players.phone_country;
    let (referrer, referred) = (
        find(&context.store, country, &line.referrer).await,
        find(&context.store, country, &line.referred).await,
    );
    let (referrer, referred) = match (referrer, referred) {
        (Ok(referrer), Ok(referred)) => (referrer.user, referred.user),
        (Err(error), _) | (_, Err(error)) => return Ok(LineOutcome::Refused(error.to_string())),
    };
    let outcome = context.store.import_referral(referrer, referred, Clock::system().now()).await;
    Ok(match outcome.map_err(cannot_read)? {
        ImportReferralOutcome::Decided(ImportReferral::Recorded(_)) => LineOutcome::Recorded,
        ImportReferralOutcome::Decided(ImportReferral::RecordedBefore) => LineOutcome::Before,
        ImportReferralOutcome::Decided(ImportReferral::SelfReferral) => {
            LineOutcome::Refused(format!("user {referred} cannot be their own referrer"))
        }
        ImportReferralOutcome::Decided(ImportReferral::ReferredByAnother(other)) => {
            LineOutcome::Refused(format!("user {referred} was referred by user {other}"))
        }
        ImportReferralOutcome::Decided(ImportReferral::UnderWay) => {
            LineOutcome::Refused(format!("the sign-up of user {referred} is not finished"))
        }
        ImportReferralOutcome::UnknownUser(user) => {
            LineOutcome::Refused(format!("user {user} does not exist"))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{LINE_BYTES_MAX, LINES_MAX, Line, StartError};

    fn parse(text: &str) -> Result<Vec<Line>, StartError> {
        super::parse(text.as_bytes(), |error| StartError::new("unreadable", "").caused_by(error))
    }

    #[test]
    fn a_file_of_a_spreadsheet_is_read_like_a_plain_one() {
        let files = [
            "1,2\n\n3, +919876543210 \n",
            "\u{feff}1,2\n\n3,+919876543210",
            "\"1\",\"2\"\r\n\r\n\"3\",\"+919876543210\"\r\n",
            "\u{feff}\"1\",2\r\n  \r\n3,\" +919876543210\"\r\n",
        ];
        for text in files {
            let lines = parse(text).expect("good lines");
            let read: Vec<_> =
                lines.iter().map(|line| (line.number, &*line.referrer, &*line.referred)).collect();
            assert_eq!(read, [(1, "1", "2"), (3, "3", "+919876543210")], "{text:?}");
        }
    }

    /// A line of this length without its end.
    fn line_of(bytes: usize) -> String {
        format!("1,{}", "2".repeat(bytes - 2))
    }

    #[test]
    fn a_line_that_is_too_long_is_named() {
        for end in ["", "\n", "\r\n", "\n3,4\n"] {
            let lines = parse(&format!("1,2\n{}{end}", line_of(LINE_BYTES_MAX))).expect("200 bytes");
            assert_eq!(lines[1].referred.len(), LINE_BYTES_MAX - 2);
            let error = parse(&format!("1,2\n{}{end}", line_of(LINE_BYTES_MAX + 1)));
            let error = error.err().expect("201 bytes").to_string();
            assert!(error.starts_with("line 2 is longer than 200 bytes"), "{end:?}: {error}");
        }
    }

    #[test]
    fn a_line_that_is_one_too_many_is_named() {
        let text = "1,2\n".repeat(LINES_MAX);
        assert_eq!(parse(&text).expect("100,000 lines").len(), LINES_MAX);
        // Empty lines count, too.
        for more in ["1,2", "\n"] {
            let error = parse(&format!("{text}{more}")).err().expect("another line").to_string();
            assert!(error.starts_with("line 100001 is beyond 100000 lines"), "{more:?}: {error}");
        }
    }

    #[test]
    fn the_first_line_that_is_no_pair_is_named() {
        for (text, number) in
            [("1,2\nnobody\n", 2), ("1\n", 1), ("1,2\n\n3,4,5", 3), ("1,\n", 1), ("\"1,2\n", 1)]
        {
            let error = parse(text).err().expect("a bad line").to_string();
            assert!(error.contains(&format!("line {number} is not a pair of users")), "{text:?}: {error}");
        }
    }
}
