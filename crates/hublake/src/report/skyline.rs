//! A series of counts as a skyline that stands on zero.

use crate::report::picture;

const BLOCKS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// Stands where nothing is known.
pub const GAP: char = '·';

/// `height` lines of blocks, one column a value, of which the greatest reaches the top.
///
/// Zero is one eighth of a line and anything above it at least two, so that a quiet day, a day with one visit and an
/// unknown day (a dot) are three different things.
pub fn skyline(values: &[Option<i64>], height: usize) -> Vec<String> {
    let most = values.iter().flatten().copied().max().unwrap_or_default();
    let top = i64::try_from(height * 8).unwrap_or(8);
    let heights: Vec<Option<i64>> = values.iter().map(|value| value.map(|value| eighths(value, most, top))).collect();
    let column = |height: Option<i64>, row: usize| match height {
        None if row == 0 => GAP,
        None => ' ',
        Some(height) => {
            let above = height - i64::try_from(row * 8).unwrap_or_default();
            BLOCKS[usize::try_from(above.clamp(0, 8)).unwrap_or_default()]
        }
    };
    (0..height).rev().map(|row| heights.iter().map(|height| column(*height, row)).collect()).collect()
}

/// One line of it.
pub fn line(values: &[Option<i64>]) -> String {
    skyline(values, 1).concat()
}

/// A bar as long as its share of `most`, at least visible where there is anything.
pub fn bar(value: Option<i64>, most: i64, width: usize) -> String {
    match value {
        Some(value) if value > 0 => {
            let bar = picture::bar(value, most, width);
            if bar.is_empty() { "▏".to_owned() } else { bar }
        }
        _ => String::new(),
    }
}

fn eighths(value: i64, most: i64, top: i64) -> i64 {
    match (value, most) {
        (..=0, _) => 1,
        (_, ..=1) => top,
        _ => 2 + (value - 1) * (top - 2) / (most - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_one_the_most_and_unknown_are_told_apart() {
        assert_eq!(line(&[Some(0), Some(1), None, Some(700)]), "▁▂·█");
        assert_eq!(skyline(&[Some(0), Some(1), None, Some(700)], 2), ["   █", "▁▂·█"]);
    }

    #[test]
    fn a_rising_series_rises_in_equal_steps() {
        let values: Vec<_> = (0..8).map(Some).collect();
        assert_eq!(line(&values), "▁▂▃▄▅▆▇█");
    }

    #[test]
    fn days_without_any_visit_are_a_flat_line() {
        assert_eq!(line(&[Some(0), Some(0)]), "▁▁");
        assert_eq!(line(&[]), "");
    }

    #[test]
    fn bars_show_the_least_there_is() {
        assert_eq!(bar(Some(1), 100_000, 10), "▏");
        assert_eq!(bar(Some(0), 100_000, 10), "");
        assert_eq!(bar(None, 10, 10), "");
        assert_eq!(bar(Some(10), 10, 3), "███");
    }
}
