//! Tables for a terminal, with columns as wide as their contents.

/// Heads and rows, one line each. Control and invisible characters are escaped, so that outside text cannot move the
/// cursor or turn the line.
pub(crate) fn text_table<const N: usize>(
    heads: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let rows = rows.into_iter().map(|row| row.map(|cell| printable(&cell)));
    let rows: Vec<[String; N]> = std::iter::once(heads.map(str::to_owned)).chain(rows).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<_> = (0..N).map(width).collect();
    let line = |row: &[String; N]| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

/// The text on one line: line breaks and tabs are spaces, and other control and invisible characters are escaped.
pub(crate) fn printable(text: &str) -> String {
    evens_players::visible(text).replace(['\n', '\t'], " ")
}
