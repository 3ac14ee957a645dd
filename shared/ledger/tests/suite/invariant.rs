//! The list of invariants.

use evens_ledger::Invariant;

#[test]
fn invariants_of_money_are_numbered_from_one_to_nine() {
    let names = Invariant::ALL.map(Invariant::name);
    assert_eq!(names, ["M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8", "M9", "LOG", "DAY"]);
    for invariant in Invariant::ALL {
        let is_of_money = !matches!(invariant, Invariant::AuditLogIsWhole | Invariant::SealsHold);
        assert_eq!(format!("{invariant:?}").starts_with(invariant.name()), is_of_money);
        let sentence = invariant.sentence();
        assert_eq!(sentence.find('.'), Some(sentence.len() - 1), "one sentence: {sentence}");
    }
}
