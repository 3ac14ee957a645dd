//! Mutations of game periods: seeds, draws and cancellations (M7).

use super::Mutation;
use crate::rewrite::Rewritten;
use crate::writes::{Kind, Part};
use evens_games::{PeriodId, Symbols};
use evens_simulated_table::Table;
use evens_simulated_table::call::{CallItem, set_text, text_in};
use evens_simulated_table::item::text;

impl Mutation {
    /// Mutates a step of a period, given the table. Returns whether it changed anything.
    pub(super) fn rewrite_period(self, written: &mut Rewritten<'_>, table: &Table) -> bool {
        match (self, written.writes().kind()) {
            (Self::ArchiveKeepsPeriod, Kind::ArchivePeriod) => return written.without(Part::Period, 0),
            (Self::ArchiveKeepsSeed, Kind::ArchivePeriod) => return written.without(Part::PeriodSeed, 0),
            (_, Kind::MovePeriod) => {}
            _ => return false,
        }
        let state = written.writes().new_text("period", "state").unwrap_or_default().to_owned();
        let Some(period) = written.new_item("period") else { return false };
        match (self, state.as_str()) {
            (Self::PeriodSeedEarly, "CLOSING") => publish(period, table),
            (Self::DrawByExposure, "RESULTED") => draw_other(period),
            (Self::CancelDrawn, "CANCELLED" | "REFUNDED") => {
                written.without_condition(Part::New("period"), 0)
            }
            _ => false,
        }
    }
}

/// Copies a period's secret seed into its public item.
fn publish(period: &mut CallItem, table: &Table) -> bool {
    let key = (format!("SEED#PERIOD#{}", text_in(period, "period")), "SEED".to_owned());
    let Some(secret) = table.get(&key) else { return false };
    set_text(period, "seed", text(secret, "seed"));
    true
}

/// Replaces the draw by another valid one, in which each symbol is followed by the next.
fn draw_other(period: &mut CallItem) -> bool {
    let id: Option<PeriodId> = text_in(period, "period").parse().ok();
    let Some(Symbols { first, last, .. }) = id.map(|id| id.room.game().symbols()) else { return false };
    let other = |symbol: &str| {
        let symbol: u8 = symbol.parse().ok()?;
        Some(if symbol == last { first } else { symbol + 1 }.to_string())
    };
    let drawn: Option<Vec<_>> = text_in(period, "drawn").split(',').map(other).collect();
    drawn.is_some_and(|drawn| {
        set_text(period, "drawn", drawn.join(","));
        true
    })
}
