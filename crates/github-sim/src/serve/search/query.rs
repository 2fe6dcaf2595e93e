//! The language of searches: words, and qualifiers such as `stars:10..50` or `-topic:wasm`.

use chrono::{DateTime, NaiveDate, NaiveTime};

use crate::world::calendar::DAY;

/// A search, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Query {
    pub(crate) words: Vec<Word>,
    pub(crate) qualifiers: Vec<Qualifier>,
}

/// A word, or words in quotation marks, in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) text: String,
    pub(crate) is_excluded: bool,
}

/// A name with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Qualifier {
    pub(crate) name: String,
    pub(crate) value: String,
    /// Whether what it names is left out.
    pub(crate) is_excluded: bool,
}

/// Both ends belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) from: i64,
    pub(crate) to: i64,
}

impl Query {
    /// Reads a search in which these qualifiers have a meaning.
    ///
    /// # Errors
    /// That a qualifier is not one of them. GitHub would search for it as a word, which hides mistakes.
    pub(crate) fn read(text: &str, known: &[&str]) -> Result<Self, String> {
        let mut query = Self { words: Vec::new(), qualifiers: Vec::new() };
        for token in tokens(text) {
            let (rest, is_excluded) = match token.strip_prefix('-') {
                Some(rest) if !rest.is_empty() => (rest, true),
                _ => (token.as_str(), false),
            };
            let plain = |text: &str| text.replace('"', "");
            match rest.split_once(':').filter(|(name, _)| is_name(name)) {
                Some((name, value)) if known.contains(&name) => {
                    query.qualifiers.push(Qualifier { name: name.to_owned(), value: plain(value), is_excluded })
                }
                Some((name, _)) => {
                    return Err(format!("The simulator searches by {}, not by {name}.", known.join(", ")));
                }
                None => query.words.push(Word { text: plain(rest).to_lowercase(), is_excluded }),
            }
        }
        Ok(query)
    }

    /// The values of a qualifier, those to be left out or the others.
    pub(crate) fn values<'a>(&'a self, name: &'a str, is_excluded: bool) -> impl Iterator<Item = &'a str> {
        let wanted = self.qualifiers.iter().filter(move |one| one.name == name && one.is_excluded == is_excluded);
        wanted.map(|qualifier| qualifier.value.as_str())
    }

    /// Whether a text passes a qualifier of which one value has to fit: no excluded one does, and one of the others.
    pub(crate) fn admits_one(&self, name: &str, fits: impl Fn(&str) -> bool) -> bool {
        let mut wanted = self.values(name, false).peekable();
        let is_wanted = wanted.peek().is_none() || wanted.any(&fits);
        is_wanted && !self.values(name, true).any(&fits)
    }

    /// Whether something passes a qualifier all values of which have to fit.
    pub(crate) fn admits_all(&self, name: &str, fits: impl Fn(&str) -> bool) -> bool {
        self.values(name, false).all(&fits) && !self.values(name, true).any(&fits)
    }
}

impl Range {
    /// A range of numbers.
    pub(crate) fn of_numbers(text: &str) -> Option<Self> {
        Self::read(text, |number| number.parse().ok().map(|number| (number, number)))
    }

    /// A range of times in seconds since 1970; a date is all of its day, UTC.
    pub(crate) fn of_times(text: &str) -> Option<Self> {
        Self::read(text, |text| {
            if let Ok(date) = text.parse::<NaiveDate>() {
                let first = date.and_time(NaiveTime::MIN).and_utc().timestamp();
                return Some((first, first + DAY - 1));
            }
            let at = DateTime::parse_from_rfc3339(text).ok()?.timestamp();
            Some((at, at))
        })
    }

    pub(crate) fn contains(self, number: i64) -> bool {
        (self.from..=self.to).contains(&number)
    }

    /// `point` gives the first and the last number that a text means.
    fn read(text: &str, point: impl Fn(&str) -> Option<(i64, i64)>) -> Option<Self> {
        let (least, most) = (i64::MIN, i64::MAX);
        if let Some((from, to)) = text.split_once("..") {
            let from = if from == "*" { least } else { point(from)?.0 };
            let to = if to == "*" { most } else { point(to)?.1 };
            return Some(Self { from, to });
        }
        if let Some(rest) = text.strip_prefix(">=") {
            return Some(Self { from: point(rest)?.0, to: most });
        }
        if let Some(rest) = text.strip_prefix("<=") {
            return Some(Self { from: least, to: point(rest)?.1 });
        }
        if let Some(rest) = text.strip_prefix('>') {
            return Some(Self { from: point(rest)?.1 + 1, to: most });
        }
        if let Some(rest) = text.strip_prefix('<') {
            return Some(Self { from: least, to: point(rest)?.0 - 1 });
        }
        point(text).map(|(from, to)| Self { from, to })
    }
}

/// The parts between blanks; blanks in quotation marks part nothing.
fn tokens(text: &str) -> Vec<String> {
    let (mut tokens, mut token, mut is_quoted) = (Vec::new(), String::new(), false);
    for character in text.chars() {
        match character {
            '"' => {
                is_quoted = !is_quoted;
                token.push(character);
            }
            blank if blank.is_whitespace() && !is_quoted => tokens.push(std::mem::take(&mut token)),
            other => token.push(other),
        }
    }
    tokens.push(token);
    tokens.retain(|token| !token.is_empty());
    tokens
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn a_search_is_words_and_qualifiers() {
        let query =
            Query::read("Fast \"two words\" language:\"Jupyter Notebook\" -topic:wasm -slow", &["language", "topic"]);
        let query = query.unwrap();
        let words: Vec<_> = query.words.iter().map(|word| (word.text.as_str(), word.is_excluded)).collect();
        assert_eq!(words, [("fast", false), ("two words", false), ("slow", true)]);
        assert_eq!(query.values("language", false).collect::<Vec<_>>(), ["Jupyter Notebook"]);
        assert!(query.admits_all("topic", |topic| topic == "cli"));
        assert!(!query.admits_all("topic", |topic| topic == "wasm"));
        assert!(Query::read("size:3", &["topic"]).is_err());
    }

    #[rstest]
    #[case("10", 10, 10)]
    #[case(">=10", 10, i64::MAX)]
    #[case(">10", 11, i64::MAX)]
    #[case("<=10", i64::MIN, 10)]
    #[case("<10", i64::MIN, 9)]
    #[case("10..20", 10, 20)]
    #[case("*..20", i64::MIN, 20)]
    #[case("10..*", 10, i64::MAX)]
    fn ranges_of_numbers_include_their_ends(#[case] text: &str, #[case] from: i64, #[case] to: i64) {
        assert_eq!(Range::of_numbers(text), Some(Range { from, to }));
    }

    #[test]
    fn a_date_is_all_of_its_day() {
        assert_eq!(Range::of_times("1970-01-02"), Some(Range { from: DAY, to: 2 * DAY - 1 }));
        assert_eq!(Range::of_times(">1970-01-02"), Some(Range { from: 2 * DAY, to: i64::MAX }));
        assert_eq!(Range::of_times("<1970-01-02"), Some(Range { from: i64::MIN, to: DAY - 1 }));
        assert_eq!(Range::of_times("1970-01-01T00:00:05Z..1970-01-02"), Some(Range { from: 5, to: 2 * DAY - 1 }));
        assert_eq!(Range::of_times("yesterday"), None);
    }
}
