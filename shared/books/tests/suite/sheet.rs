//! Formulas that a spreadsheet must not evaluate.

use evens_books::guarded;

#[test]
fn formulas_are_texts_and_numbers_are_numbers() {
    #[rustfmt::skip]
    let table = [
        ("=1+1",              "'=1+1"),
        ("+91 98765",         "'+91 98765"),
        ("-1+1",              "'-1+1"),
        ("@SUM(A1)",          "'@SUM(A1)"),
        ("\t=1",              "'\t=1"),
        ("\r=1",              "'\r=1"),
        ("\u{ff1d}1+1",       "'\u{ff1d}1+1"),
        ("\u{ff0b}91",        "'\u{ff0b}91"),
        ("\u{ff0d}1",         "'\u{ff0d}1"),
        ("\u{ff20}SUM(A1)",   "'\u{ff20}SUM(A1)"),
        ("\u{2212}1",         "'\u{2212}1"),
        ("\n=1",              "'\n=1"),
        ("-",                 "'-"),
        ("-.",                "'-."),
        ("-1.",               "'-1."),
        ("--1",               "'--1"),
        ("-1.2.3",            "'-1.2.3"),
        ("-1",                "-1"),
        ("-0.00000001",       "-0.00000001"),
        ("12.5",              "12.5"),
        ("",                  ""),
        ("house",             "house"),
        (" =1",               " =1"),
        ("payment-provider:a", "payment-provider:a"),
    ];
    for (value, expected) in table {
        assert_eq!(guarded(value), expected);
    }
}
