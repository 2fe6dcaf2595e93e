//! Cells set in columns.

/// Lines in which columns are as wide as their widest cell and stand two spaces apart.
///
/// The columns `left` are set flush left, the others flush right. Rows may be shorter than others.
pub fn grid(rows: &[Vec<String>], left: &[usize]) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let cells = |column: usize| rows.iter().filter_map(move |row| row.get(column));
    let widths: Vec<usize> =
        (0..columns).map(|column| cells(column).map(|cell| wide(cell)).max().unwrap_or(0)).collect();
    let set = |(column, cell): (usize, &String)| {
        let space = " ".repeat(widths[column].saturating_sub(wide(cell)));
        if left.contains(&column) { format!("{cell}{space}") } else { format!("{space}{cell}") }
    };
    rows.iter()
        .map(|row| row.iter().enumerate().map(set).collect::<Vec<_>>().join("  ").trim_end().to_owned())
        .collect()
}

/// Characters of a text.
pub fn wide(text: &str) -> usize {
    text.chars().count()
}

/// A text in lines of at most `width` characters; those after the first begin with `indent` spaces.
pub fn wrapped(text: &str, width: usize, indent: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let body = text.trim_start();
    let mut line = " ".repeat(text.len() - body.len());
    // Words of a label are set apart by more than one space, which stay.
    for word in body.split_inclusive(' ') {
        if wide(&line) + wide(word.trim_end()) > width && !line.trim().is_empty() {
            lines.push(std::mem::replace(&mut line, " ".repeat(indent)).trim_end().to_owned());
        }
        line.push_str(word);
    }
    lines.push(line.trim_end().to_owned());
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_align_and_rows_may_be_short() {
        let row = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        let rows = [row(&["name", "views"]), row(&["a", "1"]), row(&["a longer", "≥ 100"]), row(&["no"])];
        assert_eq!(grid(&rows, &[0]), ["name      views", "a             1", "a longer  ≥ 100", "no"]);
    }

    #[test]
    fn long_lines_are_wrapped_below_their_text() {
        assert_eq!(wrapped("  note   one two three", 14, 9), ["  note   one", "         two", "         three"]);
        assert_eq!(wrapped("short", 80, 4), ["short"]);
    }
}
