//! M3 and M9 of terms: a group's versions are consecutive, and each has a line in the audit log. A win restarts its
//! pool with the start amount of a version in force between its award and its payment.

use crate::books::Books;
use crate::report::{Subject, Violations};
use evens_audit_log::Action;
use evens_jackpots::{JackpotConfig, JackpotGroup, Win};
use evens_ledger::Invariant;
use jiff::SignedDuration;

/// Allowed difference between two clocks, plus the duration of a change of terms.
const LEEWAY: SignedDuration = SignedDuration::from_mins(1);

pub(crate) fn check(books: &Books, group: JackpotGroup, violations: &mut Violations) {
    let versions: Vec<_> = books.jackpots.configs.range((group, 0)..=(group, u64::MAX)).collect();
    for (number, ((_, version), _)) in (1..).zip(&versions) {
        if *version != number {
            let sentence =
                format!("Terms {number} of the jackpot {group} are missing before terms {version}.");
            violations.add(Invariant::M3OneEffect, Subject::Books, sentence);
            break;
        }
    }
    let told = books.audit_lines.values().map(|line| &line.act);
    let told = told.filter(|act| act.action == Action::UpdateJackpot && act.subject == group.as_str());
    let told = told.filter(|act| !act.after.starts_with("proposed: ")).count();
    if told < versions.len() {
        let there = versions.len();
        let sentence = format!(
            "The jackpot {group} has {there} versions of its terms, but the audit log has {told} changes."
        );
        violations.add(Invariant::AuditLogIsWhole, Subject::Books, sentence);
    }
    let configs: Vec<_> = versions.into_iter().map(|(_, config)| config).collect();
    for win in books.jackpots.wins.range((group, 0)..=(group, u64::MAX)).map(|(_, win)| win) {
        let awarded_at = books.jackpots.awards.get(&win.operation).map_or(win.at, |award| award.at);
        let held = |place: usize, config: &JackpotConfig| {
            let replaced_at = configs.get(place + 1).map(|next| next.since);
            config.since <= win.at + LEEWAY && replaced_at.is_none_or(|at| at >= awarded_at - LEEWAY)
        };
        let mut versions = configs.iter().enumerate();
        if !versions.any(|(place, config)| held(place, config) && starts_again_by(win, config)) {
            let Win { operation, refill, top_up, .. } = win;
            let sentence = format!(
                "After the win {operation}, the pool of the jackpot {group} got {refill} from its reserve and \
                 {top_up} from the house, which is not its start amount."
            );
            violations.add(Invariant::M9JackpotAddsUp, Subject::User(win.user), sentence);
        }
    }
}

/// Returns `true` if a win left the start amount of these terms in the pool, or more than that if the pool had it.
fn starts_again_by(win: &Win, config: &JackpotConfig) -> bool {
    let rest = win.pool_before.saturating_sub(win.amount);
    let left = rest.saturating_add(win.refill).saturating_add(win.top_up);
    left == rest.max(config.terms.start())
}
