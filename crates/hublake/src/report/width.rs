//! How wide the terminal is.

/// Columns where the terminal does not tell.
const WIDTH: usize = 100;

/// Columns of the terminal.
pub fn width() -> usize {
    crate::output::new_table().width().map_or(WIDTH, usize::from)
}
