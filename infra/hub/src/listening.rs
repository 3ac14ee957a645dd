//! [`Listening`]: which announcements were heard, so that each is passed on once and few are read again.

use evens_store::{Announcement, Announcements};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// What a process has heard of others.
#[derive(Debug, Default)]
pub(crate) struct Listening {
    /// The time of the newest announcement, at most the time at which it was read.
    newest: Option<Timestamp>,
    /// The last time at which all announcements were read that may be new.
    all_read_at: Option<Timestamp>,
    /// When each announcement was heard, by its key.
    heard: BTreeMap<Key, Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Of(String, u64),
    Unreadable(String),
}

/// The announcements to read next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NextRead {
    /// All that may be new, strongly consistent.
    All { since: Timestamp },
    /// Those that came since the newest one, as of a moment ago.
    Newest { since: Timestamp },
}

/// What is new to this process.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct News {
    pub(crate) announcements: Vec<Announcement>,
    /// The number of announcements that cannot be read.
    pub(crate) unreadable: usize,
}

impl Listening {
    /// The maximum difference between the clocks of processes.
    const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_secs(4);
    /// The time for which an announcement may become visible after a later one.
    const OVERTAKEN_BY: SignedDuration = SignedDuration::from_millis(500);
    /// Announcements of processes whose clocks are late are read this often.
    const ALL_READ_EVERY: SignedDuration = SignedDuration::from_secs(2);
    /// An announcement is read again at most this long after it was heard.
    const REMEMBERED: SignedDuration = SignedDuration::from_secs(12);

    /// The next read. Its cost follows the new announcements, not the time in which clocks may differ.
    pub(crate) fn next_read(&mut self, now: Timestamp) -> NextRead {
        let is_due = |at: Timestamp| !(at..earlier(at, -Self::ALL_READ_EVERY)).contains(&now);
        match self.newest {
            Some(newest) if !self.all_read_at.is_none_or(is_due) => {
                NextRead::Newest { since: earlier(newest, Self::OVERTAKEN_BY) }
            }
            _ => {
                self.all_read_at = Some(now);
                NextRead::All { since: earlier(now, Self::CLOCKS_DIFFER) }
            }
        }
    }

    /// Takes what a read found, and returns what is new.
    pub(crate) fn take(&mut self, found: Announcements, now: Timestamp) -> News {
        let mut news = News::default();
        for sort in found.unreadable {
            if self.heard.insert(Key::Unreadable(sort), now).is_none() {
                news.unreadable += 1;
            }
        }
        for announcement in found.heard {
            self.newest = self.newest.max(Some(announcement.at.min(now)));
            let key = Key::Of(announcement.from.to_string(), announcement.number);
            if self.heard.insert(key, now).is_none() {
                news.announcements.push(announcement);
            }
        }
        let forgotten = earlier(now, Self::REMEMBERED);
        self.heard.retain(|_, heard_at| *heard_at >= forgotten);
        news
    }
}

pub(crate) fn earlier(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.saturating_sub(by).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests {
    use super::{Listening, News, NextRead};
    use evens_store::{Announcement, Announcements, HubId};
    use jiff::Timestamp;

    fn ms(milliseconds: i64) -> Timestamp {
        Timestamp::from_millisecond(1_800_000_000_000 + milliseconds).expect("a time")
    }

    fn of(number: u64, at_ms: i64) -> Announcement {
        Announcement { from: HubId::from_random(7), number, at: ms(at_ms), changes: Vec::new() }
    }

    fn found(heard: &[Announcement], unreadable: &[&str]) -> Announcements {
        let unreadable = unreadable.iter().map(ToString::to_string).collect();
        Announcements { heard: heard.to_vec(), unreadable }
    }

    #[test]
    fn few_announcements_are_read_again() {
        let mut listening = Listening::default();
        let all = |at_ms: i64| NextRead::All { since: ms(at_ms - 4_000) };
        // Nothing was heard yet, so everything may be new.
        assert_eq!(listening.next_read(ms(0)), all(0));
        assert_eq!(listening.next_read(ms(250)), all(250));
        listening.take(found(&[of(1, 200)], &[]), ms(250));
        assert_eq!(listening.next_read(ms(500)), NextRead::Newest { since: ms(-300) });
        // A clock that is ahead hides nothing of the others.
        listening.take(found(&[of(2, 3_900)], &[]), ms(500));
        assert_eq!(listening.next_read(ms(750)), NextRead::Newest { since: ms(0) });
        // Every two seconds, those of clocks that are late are looked for.
        assert_eq!(listening.next_read(ms(2_249)), NextRead::Newest { since: ms(0) });
        assert_eq!(listening.next_read(ms(2_250)), all(2_250));
        // A clock that was set back does not end that.
        assert_eq!(listening.next_read(ms(1_000)), all(1_000));
    }

    #[test]
    fn an_announcement_is_new_once_and_one_that_cannot_be_read_is_counted_once() {
        let mut listening = Listening::default();
        let one = found(&[of(1, 0)], &["broken"]);
        let first = listening.take(one.clone(), ms(10));
        assert_eq!(first, News { announcements: vec![of(1, 0)], unreadable: 1 });
        assert_eq!(listening.take(one, ms(4_000)), News::default());
        let next = listening.take(found(&[of(1, 0), of(2, 1)], &["broken", "other"]), ms(4_100));
        assert_eq!(next, News { announcements: vec![of(2, 1)], unreadable: 1 });
        listening.take(Announcements::default(), ms(20_000));
        assert!(listening.heard.is_empty(), "what is no longer read is forgotten");
    }
}
