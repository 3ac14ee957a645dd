//! The final check that each item has only attributes that its kind names. What is not named there, neither the roles
//! of readers nor the documents know.

use crate::violation::Violation;
use evens_simulated_table::Table;
use evens_simulated_table::item::text;
use evens_store::unknown_attributes;

pub(crate) fn check(table: &Table) -> Vec<Violation> {
    let unnamed = |item| {
        let (place, kind) = (format!("{}/{}", text(item, "pk"), text(item, "sk")), text(item, "kind"));
        let unknown = unknown_attributes(kind, item.keys().map(String::as_str));
        let sentence = format!("{place} has attributes that its kind does not name: {}.", unknown.join(", "));
        (!unknown.is_empty()).then(|| Violation::new("defect", sentence))
    };
    table.all().filter_map(unnamed).collect()
}
