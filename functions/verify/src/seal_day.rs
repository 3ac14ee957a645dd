//! Which day is sealed next.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// A day is sealed this long after its end, when nothing that began in it can still arrive. A request has 25 seconds
/// and a job less, each counted from its start.
const GRACE: SignedDuration = SignedDuration::from_hours(1);

/// The newest day that ended long enough ago, or `None` if it or a later one is sealed. Its seal covers earlier days
/// without a seal.
pub fn day_to_seal(sealed: Option<Date>, now: Timestamp) -> Option<Date> {
    let today = now.checked_sub(GRACE).ok()?.to_zoned(TimeZone::UTC).date();
    let day = today.yesterday().ok()?;
    sealed.is_none_or(|sealed| sealed < day).then_some(day)
}

#[cfg(test)]
mod tests {
    use super::day_to_seal;

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
}
