//! Which days are sealed next.

use crate::schedule::{LATENESS_S, TIME_OF_ALL_S};
use evens_records::{DaySeal, SealedDays};
use evens_store::MARKS_KEPT_HOURS;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// A day is sealed this long after its end, when nothing that began in it can still arrive. A request has 25 seconds
/// and a job less, each counted from its start.
const GRACE: SignedDuration = SignedDuration::from_hours(1);

/// A day that cannot be sealed for so long is sealed by all books, because its marks will be gone.
const MARKS_KEPT: SignedDuration = SignedDuration::from_hours(MARKS_KEPT_HOURS - 24);

/// The newest day that ended long enough ago, or `None` if it or a later one is sealed. Its seal covers earlier days
/// without a seal.
pub fn day_to_seal(sealed: Option<Date>, now: Timestamp) -> Option<Date> {
    let today = now.checked_sub(GRACE).ok()?.to_zoned(TimeZone::UTC).date();
    let day = today.yesterday().ok()?;
    sealed.is_none_or(|sealed| sealed < day).then_some(day)
}

/// The days to seal by their movements, if a day is due and the check of all books had its time to seal it. The marks
/// of movements must be complete since the previous seal. They are if it and the one before it have an `after`, because
/// versions that write marks have run for a day then.
pub(crate) fn days_to_seal(seals: &[DaySeal], now: Timestamp) -> Option<SealedDays> {
    let [newest, before] = seals else { return None };
    let is_marked = newest.days.after.is_some() && before.days.after.is_some();
    let begin = DaySeal::end_of(newest.day()).filter(|_| is_marked)?;
    let of_all = SignedDuration::from_secs(TIME_OF_ALL_S + LATENESS_S);
    let last = day_to_seal(Some(newest.day()), now.saturating_sub(of_all).ok()?)?;
    (now.duration_since(begin) < MARKS_KEPT).then_some(SealedDays { last, after: Some(newest.day()) })
}

#[cfg(test)]
mod tests {
    use super::{day_to_seal, days_to_seal};
    use evens_ledger::Digest;
    use evens_records::{DaySeal, SealedDays, SealedParts};

    #[test]
    fn a_day_is_sealed_once_it_is_over_for_an_hour() {
        #[rustfmt::skip]
        let table = [
            (None,               "2026-11-23T00:59:59Z", Some("2026-11-21")),
            (None,               "2026-11-23T01:00:00Z", Some("2026-11-22")),
            (Some("2026-11-21"), "2026-11-23T00:59:59Z", None),
            (Some("2026-11-21"), "2026-11-23T01:00:00Z", Some("2026-11-22")),
            (Some("2026-11-01"), "2026-11-23T12:00:00Z", Some("2026-11-22")),
            (Some("2026-11-22"), "2026-11-23T23:59:59Z", None),
            (Some("2026-11-25"), "2026-11-23T12:00:00Z", None),
        ];
        for (sealed, now, expected) in table {
            let parse = |text: &str| text.parse().unwrap();
            let found = day_to_seal(sealed.map(parse), now.parse().unwrap());
            assert_eq!(found, expected.map(parse), "{sealed:?} at {now}");
        }
    }

    #[test]
    fn a_day_is_sealed_by_its_marks_if_the_two_seals_before_it_tell_that_they_are_complete() {
        let seal = |last: &str, after: Option<&str>| DaySeal {
            days: SealedDays { last: last.parse().unwrap(), after: after.map(|day| day.parse().unwrap()) },
            previous: Digest::ZERO,
            parts: SealedParts {
                wallets: Digest::ZERO,
                accounts: Digest::ZERO,
                transfers: Digest::ZERO,
                audit_log: Digest::ZERO,
            },
        };
        let first = seal("2026-11-18", None);
        let second = seal("2026-11-19", Some("2026-11-18"));
        let third = seal("2026-11-20", Some("2026-11-19"));
        let day = Some("2026-11-21");
        #[rustfmt::skip]
        let table = [
            (vec![],                              "2026-11-22T04:00:00Z", None),
            (vec![third.clone()],                 "2026-11-22T04:00:00Z", None),
            (vec![second.clone(), first],         "2026-11-21T04:00:00Z", None),
            // The check of all books may still seal the day.
            (vec![third.clone(), second.clone()], "2026-11-22T03:01:59Z", None),
            (vec![third.clone(), second.clone()], "2026-11-22T03:02:00Z", day),
            // The marks of its beginning are gone.
            (vec![third, second],                 "2026-12-30T00:00:00Z", None),
        ];
        for (seals, now, expected) in table {
            let found = days_to_seal(&seals, now.parse().unwrap());
            let expected = expected.map(|last| SealedDays {
                last: last.parse().unwrap(),
                after: Some("2026-11-20".parse().unwrap()),
            });
            assert_eq!(found, expected, "{now}");
        }
    }
}
