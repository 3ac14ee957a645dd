//! Times of periods: they follow from a period's number, the UTC offset of its day, and whether a block draws it.

use evens_games::Period;
use evens_players::AttendanceOffset;
use jiff::tz::Offset;

/// Compares the times of a period with its number. The offset is the one by which the period opens. So times that are
/// all moved by the same number of minutes are not found, if that number is an offset that the setting accepts.
pub(crate) fn fault(period: &Period) -> Option<String> {
    let opens_at = period.times.opens_at;
    let offset_s = period.id.times(Offset::UTC).opens_at.as_second() - opens_at.as_second();
    let offset = i32::try_from(offset_s).ok().and_then(|seconds| Offset::from_seconds(seconds).ok());
    let Some(offset) = offset.and_then(|offset| AttendanceOffset::try_from(offset).ok()) else {
        return Some(format!("opens at {opens_at}, which is not the time of its number"));
    };
    let expected = period.id.times_with(period.entropy.source(), offset.offset());
    let of = [
        ("opens", opens_at, expected.opens_at),
        ("closes", period.times.closes_at, expected.closes_at),
        ("ends", period.times.ends_at, expected.ends_at),
    ];
    let (verb, found, expected) = of.into_iter().find(|(_, found, expected)| found != expected)?;
    Some(format!("{verb} at {found}, but its number gives {expected}"))
}
