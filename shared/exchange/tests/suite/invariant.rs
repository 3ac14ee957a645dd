//! The list of invariants.

use evens_exchange::Invariant;

#[test]
fn invariants_are_numbered_from_one_to_eight() {
    let names = Invariant::ALL.map(Invariant::name);
    assert_eq!(names, ["M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8"]);
    for invariant in Invariant::ALL {
        assert!(format!("{invariant:?}").starts_with(invariant.name()));
        let sentence = invariant.sentence();
        assert_eq!(sentence.find('.'), Some(sentence.len() - 1), "one sentence: {sentence}");
    }
}
