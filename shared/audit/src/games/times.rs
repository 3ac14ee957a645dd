//! Times of periods: they follow from a period's number, the UTC offset of its day, and whether a block draws it.

use evens_games::Period;
use jiff::tz::Offset;

/// UTC offsets in use are multiples of 15 minutes.
const OFFSET_STEP_S: i64 = 15 * 60;

/// Compares the times of a period with its number. The offset is the one by which the period opens, so times that are
/// all moved by the same multiple of 15 minutes are not found.
pub(crate) fn fault(period: &Period) -> Option<String> {
    let opens_at = period.times.opens_at;
    let offset_s = period.id.times(Offset::UTC).opens_at.as_second() - opens_at.as_second();
    let offset = i32::try_from(offset_s).ok().and_then(|seconds| Offset::from_seconds(seconds).ok());
    let Some(offset) = offset.filter(|_| offset_s % OFFSET_STEP_S == 0) else {
        return Some(format!("opens at {opens_at}, which is not the time of its number"));
    };
    let expected = period.id.times_with(period.entropy.source(), offset);
    let of = [
        ("opens", opens_at, expected.opens_at),
        ("closes", period.times.closes_at, expected.closes_at),
        ("ends", period.times.ends_at, expected.ends_at),
    ];
    let (verb, found, expected) = of.into_iter().find(|(_, found, expected)| found != expected)?;
    Some(format!("{verb} at {found}, but its number gives {expected}"))
}
