//! Days in a query.

use evens_contracts::Day;

#[test]
fn a_day_has_one_notation() {
    let table = [
        ("2026-11-28", true),
        ("2024-02-29", true),
        ("2026-02-29", false),
        ("2026-11-28T00:00:00", false),
        ("2026-11-28[u-ca=hebrew]", false),
        ("20261128", false),
        ("+002026-11-28", false),
        ("2026-W48-6", false),
        (" 2026-11-28", false),
        ("", false),
    ];
    for (text, is_taken) in table {
        assert_eq!(text.parse::<Day>().is_ok(), is_taken, "{text}");
    }
}
