//! M3 and M9 of terms: a group's versions are consecutive, and each is as the audit log says that two operators agreed
//! on it. A win restarts its pool with the start amount of a version in force between its award and its payment.

use crate::books::Books;
use crate::operations::lines::Lines;
use crate::report::{Subject, Violations};
use evens_audit_log::{Action, Actor, AuditLine};
use evens_jackpots::{JackpotConfig, JackpotGroup, Win};
use evens_ledger::Invariant;
use jiff::SignedDuration;

/// Allowed difference between two clocks, plus the duration of a change of terms.
const LEEWAY: SignedDuration = SignedDuration::from_mins(1);

/// The beginning of a line about terms that wait for a second operator.
const PROPOSED: &str = "proposed: ";

pub(crate) fn check(books: &Books, group: JackpotGroup, lines: &Lines<'_>, violations: &mut Violations) {
    let versions: Vec<_> = books.jackpots.configs.range((group, 0)..=(group, u64::MAX)).collect();
    for (number, ((_, version), _)) in (1..).zip(&versions) {
        if *version != number {
            let sentence =
                format!("Terms {number} of the jackpot {group} are missing before terms {version}.");
            violations.add(Invariant::M3OneEffect, Subject::Books, sentence);
            break;
        }
    }
    let lines = lines.about(Action::UpdateJackpot, group.as_str());
    for (_, config) in &versions {
        if let Some(fault) = fault_of_lines(config, lines) {
            violations.add(Invariant::AuditLogIsWhole, Subject::Books, fault);
        }
    }
    let changes = lines.iter().filter(|line| !line.act.after.starts_with(PROPOSED)).count();
    if changes > versions.len() {
        let there = versions.len();
        let sentence = format!(
            "The audit log has {changes} changes of the terms of the jackpot {group}, which has {there} versions."
        );
        violations.add(Invariant::AuditLogIsWhole, Subject::Books, sentence);
    }
    let configs: Vec<_> = versions.into_iter().map(|(_, config)| config).collect();
    for win in books.jackpots.wins.range((group, 0)..=(group, u64::MAX)).map(|(_, win)| win) {
        let awarded_at = books.jackpots.awards.get(&win.operation).map_or(win.at, |award| award.at);
        let is_in_force = |place: usize, config: &JackpotConfig| {
            let replaced_at = configs.get(place + 1).map(|next| next.since);
            config.since <= win.at + LEEWAY && replaced_at.is_none_or(|at| at >= awarded_at - LEEWAY)
        };
        let mut versions = configs.iter().enumerate();
        if !versions.any(|(place, config)| is_in_force(place, config) && starts_again_by(win, config)) {
            let Win { operation, refill, top_up, .. } = win;
            let sentence = format!(
                "After the win {operation}, the pool of the jackpot {group} got {refill} from its reserve and \
                 {top_up} from the house, which is not its start amount."
            );
            violations.add(Invariant::M9JackpotAddsUp, Subject::User(win.user), sentence);
        }
    }
}

/// The difference between a version and the line of its change. Another operator proposed the same terms earlier; the
/// program that opens the jackpots of the local stage needs none.
fn fault_of_lines(config: &JackpotConfig, lines: &[&AuditLine]) -> Option<String> {
    let JackpotConfig { group, version, since, .. } = config;
    let text = config.to_string();
    let Some(change) = lines.iter().find(|line| line.act.after == text && line.at == *since) else {
        return Some(format!(
            "The audit log has no line about terms {version} of the jackpot {group} as they are since {since}."
        ));
    };
    let proposal = format!("{PROPOSED}{text}");
    let is_proposal = |line: &&&AuditLine| {
        let is_another = line.act.actor != change.act.actor || change.act.actor == Actor::CommandLine;
        line.number < change.number && line.act.after == proposal && is_another
    };
    lines.iter().find(is_proposal).is_none().then(|| {
        format!(
            "No second operator proposed terms {version} of the jackpot {group} before they were changed."
        )
    })
}

/// Returns `true` if a win left the start amount of these terms in the pool, or more than that if the pool had it.
fn starts_again_by(win: &Win, config: &JackpotConfig) -> bool {
    let rest = win.pool_before.saturating_sub(win.amount);
    let left = rest.saturating_add(win.refill).saturating_add(win.top_up);
    left == rest.max(config.terms.start())
}
