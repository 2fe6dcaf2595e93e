//! GitHub's JSON, written from what the world knows.
//!
//! A generated issue is kept as a [`Sketch`] and written at each request: a million issues of 3.7 KB would be
//! gigabytes, and writing one takes a few microseconds.

pub(crate) mod event;
mod issue;
pub(crate) mod label;
pub(crate) mod ordered;
pub(crate) mod repository;
pub(crate) mod text;
pub(crate) mod user;

pub(crate) use issue::write_issue;

use std::sync::LazyLock;

use crate::world::repository::Repository;

/// The host in served addresses, as in recorded data; only `Link` and `Location` name the simulator.
pub(crate) const API: &str = "https://api.github.com";
pub(crate) const SITE: &str = "https://github.com";

/// A label every generated repository has: name, colour, description.
pub(crate) const LABELS: [(&str, &str, &str); 12] = [
    ("bug", "d73a4a", "Something isn't working"),
    ("enhancement", "a2eeef", "New feature or request"),
    ("docs", "0075ca", "Improvements or additions to documentation"),
    ("good first issue", "7057ff", "Good for newcomers"),
    ("help wanted", "008672", "Extra attention is needed"),
    ("question", "d876e3", "Further information is requested"),
    ("performance", "fbca04", "Slow, or hungry for memory"),
    ("regression", "b60205", "Worked before"),
    ("A-parser", "c5def5", "Area: \"parser\" & lexer"),
    ("A-storage", "c5def5", "Area: storage"),
    ("P-high", "e99695", "Priority: high"),
    ("needs-triage 🚦", "ededed", "Nobody has looked at it"),
];

/// A milestone every generated repository has; its number is its place, from 1.
pub(crate) const MILESTONES: [&str; 4] = ["0.9", "1.0", "1.1", "Backlog"];

/// The facts from which a generated issue's JSON follows.
#[derive(Debug, Clone)]
pub(crate) struct Sketch {
    pub(crate) seed: u64,
    /// Users by index; `NOBODY` is null.
    pub(crate) author: u32,
    pub(crate) assignee: u32,
    pub(crate) closed_by: u32,
    pub(crate) body_bytes: u32,
    pub(crate) merged_at: Option<i64>,
    /// Bits of [`LABELS`].
    pub(crate) labels: u16,
    /// Index into the milestones, plus one.
    pub(crate) milestone: u8,
    pub(crate) association: u8,
    pub(crate) is_hostile: bool,
    pub(crate) is_locked: bool,
    pub(crate) is_draft: bool,
}

impl Sketch {
    /// The names of its labels.
    pub(crate) fn label_names(&self) -> impl Iterator<Item = &'static str> {
        let bits = self.labels;
        LABELS.iter().enumerate().filter(move |(index, _)| bits & (1 << index) != 0).map(|(_, label)| label.0)
    }
}

/// Appends one of the labels of a generated repository.
pub(crate) fn write_label(repository: &Repository, index: usize, bytes: &mut Vec<u8>) {
    let id = label::generated_id(repository, index);
    bytes.extend_from_slice(b"{\"id\":");
    write_number(id, bytes);
    bytes.extend_from_slice(b",\"node_id\":\"LA_kw");
    write_number(id, bytes);
    for part in
        ["\",\"url\":\"", API, "/repos/", &repository.owner, "/", &repository.name, LABEL_PATH, &LABEL_ENDS[index]]
    {
        bytes.extend_from_slice(part.as_bytes());
    }
}

const LABEL_PATH: &str = "/labels/";

/// What follows [`LABEL_PATH`] in the JSON of each label: the same in every repository.
static LABEL_ENDS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let end = |(name, color, description): &(&str, &str, &str)| {
        let label = ordered::label("o", "r", 0, name, color, description);
        label.split_once(LABEL_PATH).map(|(_, end)| end.to_owned()).unwrap_or_default()
    };
    LABELS.iter().map(end).collect()
});

/// Appends a number in digits.
pub(crate) fn write_number(number: u64, bytes: &mut Vec<u8>) {
    let mut digits = [0_u8; 20];
    let mut rest = number;
    let mut start = digits.len();
    loop {
        start -= 1;
        digits[start] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    bytes.extend_from_slice(&digits[start..]);
}

/// Appends seconds since 1970 as `2026-08-01T12:34:56Z` (days to dates after Hinnant's `civil_from_days`).
pub(crate) fn write_time(seconds: i64, bytes: &mut Vec<u8>) {
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 { month_index + 3 } else { month_index - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let mut text = *b"0000-00-00T00:00:00Z";
    let mut put = |at: usize, width: usize, number: i64| {
        let mut rest = number;
        for place in (at..at + width).rev() {
            text[place] = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
    };
    put(0, 4, year.clamp(0, 9999));
    put(5, 2, month);
    put(8, 2, day);
    put(11, 2, second / 3600);
    put(14, 2, second / 60 % 60);
    put(17, 2, second % 60);
    bytes.extend_from_slice(&text);
}

/// Seconds since 1970 as GitHub writes instants.
pub(crate) fn time_text(seconds: i64) -> String {
    let mut bytes = Vec::with_capacity(20);
    write_time(seconds, &mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_label_is_written_as_its_json() {
        let repository = Repository::new(7, "a", "b", 0);
        for (index, (name, color, description)) in LABELS.into_iter().enumerate() {
            let mut bytes = Vec::new();
            write_label(&repository, index, &mut bytes);
            let expected = ordered::label("a", "b", 700 + index as u64, name, color, description);
            assert_eq!(String::from_utf8(bytes).unwrap(), expected);
        }
    }

    #[test]
    fn times_are_written_as_chrono_writes_them() {
        for seconds in [0, 951_782_399, 951_782_400, 1_276_000_000, 1_767_225_599, 4_102_444_800, -1] {
            let expected = crate::world::issue::instant(seconds).format("%Y-%m-%dT%H:%M:%SZ").to_string();
            assert_eq!(time_text(seconds), expected);
        }
    }
}
