//! Words of a server, made fit for logs and terminals.

/// Longest message of a server that is passed on, in characters.
pub(crate) const LONGEST_MESSAGE: usize = 300;

/// `text` on one line, without control characters, cut to [`LONGEST_MESSAGE`].
pub(crate) fn one_line(text: &str) -> String {
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    one_line.chars().filter(|c| !c.is_control()).take(LONGEST_MESSAGE).collect()
}
