//! M5: no bet was matched after its player was excluded or blocked. Matches of earlier versions, whose joins did not
//! look at the players, are not checked.

use crate::books::Books;
use crate::report::{Subject, Violations};
use evens_audit_log::Action;
use evens_exchange::{Match, Side};
use evens_ledger::{Invariant, UserId};
use evens_own_limits::Exclusion;
use evens_payments::SettingsEntry;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// The largest difference between the time that an exclusion, a block or a join says, and the time at which it was
/// written. Clocks of hosts differ, too.
const LEEWAY: SignedDuration = SignedDuration::from_secs(5);

/// A time in which a player was excluded or blocked.
#[derive(Debug, Clone, Copy)]
struct Bar {
    word: &'static str,
    since: Timestamp,
    /// [`Timestamp::MAX`] if it has no end yet.
    until: Timestamp,
}

impl Bar {
    fn of(exclusion: Exclusion) -> Self {
        let until = exclusion.ends_at.unwrap_or(Timestamp::MAX);
        Self { word: "excluded", since: exclusion.since, until }
    }

    fn forbids(&self, joined_at: Timestamp) -> bool {
        let [began, ends] = [joined_at.saturating_sub(LEEWAY), joined_at.saturating_add(LEEWAY)];
        began.is_ok_and(|began| began > self.since) && ends.is_ok_and(|ends| ends < self.until)
    }
}

pub(crate) fn check(books: &Books, violations: &mut Violations) {
    let bars = bars(books);
    if bars.is_empty() {
        return;
    }
    for found in books.matches.values().filter(|found| found.has_checked_players) {
        for side in Side::ALL {
            let of_player = bars.get(&found.user(side)).map_or(&[][..], Vec::as_slice);
            if let Some(bar) = of_player.iter().find(|bar| bar.forbids(found.joined_at)) {
                let sentence = sentence(found, found.user(side), bar);
                violations.add(Invariant::M5MatchedValueIsEqual, Subject::Match(found.id), sentence);
            }
        }
    }
}

fn sentence(found: &Match, user: UserId, bar: &Bar) -> String {
    let (Match { id, joined_at, .. }, Bar { word, since, .. }) = (found, bar);
    format!("The match {id} was joined at {joined_at}, but user {user} has been {word} since {since}.")
}

/// The times in which players were excluded or blocked, as far as the present records tell.
fn bars(books: &Books) -> BTreeMap<UserId, Vec<Bar>> {
    let mut bars = blocks(books);
    for (user, exclusion) in exclusions(books) {
        bars.entry(user).or_default().push(Bar::of(exclusion));
    }
    bars
}

/// Blocks by the audit log. A part of the log may begin with the end of a block.
fn blocks(books: &Books) -> BTreeMap<UserId, Vec<Bar>> {
    let mut blocks: BTreeMap<UserId, Vec<Bar>> = BTreeMap::new();
    for line in books.audit_lines.values() {
        let Ok(user) = line.act.subject.parse() else { continue };
        match line.act.action {
            Action::BlockUser => {
                let bar = Bar { word: "blocked", since: line.at, until: Timestamp::MAX };
                blocks.entry(user).or_default().push(bar);
            }
            Action::UnblockUser => {
                let last = blocks.get_mut(&user).and_then(|blocks| blocks.last_mut());
                if let Some(bar) = last {
                    bar.until = line.at;
                }
            }
            _ => {}
        }
    }
    blocks
}

/// Each exclusion with its last known end: the newest change of a player's settings that has it, their payments record
/// or the copy in their wallet.
fn exclusions(books: &Books) -> impl Iterator<Item = (UserId, Exclusion)> {
    let in_history = books.settings.values().filter_map(|entry| Some((entry.user, exclusion_in(entry)?)));
    let in_wallets = books.play.values().filter_map(|stored| Some((stored.user, stored.rules.exclusion?)));
    let in_records =
        books.payments_records.values().filter_map(|record| Some((record.user, record.exclusion?)));
    let mut newest = BTreeMap::new();
    for (user, exclusion) in in_history.chain(in_wallets).chain(in_records) {
        newest.insert((user, exclusion.since), exclusion);
    }
    newest.into_iter().map(|((user, _), exclusion)| (user, exclusion))
}

/// The exclusion in the text of a change of settings: `exclusion {since} {until} {ends at}`, where `-` is no end.
fn exclusion_in(entry: &SettingsEntry) -> Option<Exclusion> {
    let part = entry.settings.split("; ").find_map(|part| part.strip_prefix("exclusion "))?;
    let [since, until, ends_at] = part.split(' ').collect::<Vec<_>>()[..] else { return None };
    Some(Exclusion { since: since.parse().ok()?, until: until.parse().ok()?, ends_at: ends_at.parse().ok() })
}
