//! Small pictures made of characters.

const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// A line picture of a series: `height` rows of blocks, at most `width` columns wide.
///
/// A longer series is thinned to the last value of each stretch. The lowest value has one eighth of a row, so
/// that a flat series is seen as one.
pub fn area(values: &[i64], width: usize, height: usize) -> Vec<String> {
    let values = thinned(values, width);
    let (Some(low), Some(high)) = (values.iter().min(), values.iter().max()) else { return Vec::new() };
    let span = (high - low).max(1);
    let eighths = i64::try_from(height * 8).unwrap_or(8);
    let heights: Vec<i64> = values.iter().map(|value| 1 + (value - low) * (eighths - 1) / span).collect();
    (0..height)
        .rev()
        .map(|row| {
            let floor = i64::try_from(row * 8).unwrap_or_default();
            heights.iter().map(|height| block(height - floor)).collect()
        })
        .collect()
}

/// A bar of at most `width` characters for `value` where `most` is a full one.
pub fn bar(value: i64, most: i64, width: usize) -> String {
    let full = i64::try_from(width).unwrap_or_default() * 8;
    let eighths = if most > 0 { (value * full + most / 2) / most } else { 0 };
    let whole = usize::try_from(eighths / 8).unwrap_or_default();
    let mut text = "█".repeat(whole);
    if let Some(part) = usize::try_from(eighths % 8).ok().filter(|part| *part > 0) {
        text.push(['▏', '▎', '▍', '▌', '▋', '▊', '▉'][part - 1]);
    }
    text
}

fn thinned(values: &[i64], width: usize) -> Vec<i64> {
    if values.len() <= width || width == 0 {
        return values.to_vec();
    }
    (1..=width).filter_map(|column| values.get(column * values.len() / width - 1).copied()).collect()
}

fn block(eighths: i64) -> char {
    match usize::try_from(eighths) {
        Err(_) | Ok(0) => ' ',
        Ok(eighths) => BLOCKS[eighths.min(8) - 1],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rising_series_rises() {
        assert_eq!(area(&[0, 1, 2, 3, 4, 5, 6, 7], 8, 1), ["▁▂▃▄▅▆▇█"]);
        assert_eq!(area(&[0, 15], 8, 2), [" █", "▁█"]);
    }

    #[test]
    fn a_flat_series_is_a_flat_line() {
        assert_eq!(area(&[5, 5, 5], 8, 1), ["▁▁▁"]);
    }

    #[test]
    fn a_long_series_keeps_its_last_value() {
        let values: Vec<i64> = (0..1000).collect();
        let thin = thinned(&values, 10);
        assert_eq!(thin.len(), 10);
        assert_eq!(thin.last(), Some(&999));
    }

    #[test]
    fn no_values_make_no_picture() {
        assert!(area(&[], 10, 3).is_empty());
    }

    #[test]
    fn bars_are_proportional() {
        assert_eq!(bar(10, 10, 4), "████");
        assert_eq!(bar(5, 10, 4), "██");
        assert_eq!(bar(0, 10, 4), "");
        assert_eq!(bar(3, 0, 4), "");
    }
}
