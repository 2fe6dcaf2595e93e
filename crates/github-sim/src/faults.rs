//! Faults served on purpose.

use std::str::FromStr;
use std::time::Duration;

use crate::Error;
use crate::random::Random;

/// One fault: where, when, what.
///
/// As text: `ENDPOINT WHEN KIND`, for example `*/issues next:3 status:502` or `* chance:0.01 drop`.
/// WHEN is `always`, `next:N`, `kth:K` or `chance:P`; KIND is `latency:MS`, `status:S`, `cut`, `drop`,
/// `secondary[:STATUS[:RETRY_AFTER]]`, `primary[:STATUS]`, `graphql-limit`, `wrong-json`, `wrong-shape` or
/// `incomplete`.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// A pattern with `*`, held against the endpoint's template (`/repos/{owner}/{repo}/issues`) and its real path.
    pub endpoint: String,
    /// Which of the matching requests.
    pub when: When,
    /// What happens.
    pub kind: FaultKind,
}

/// Which of the requests that match a fault's endpoint it strikes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum When {
    /// All.
    Always,
    /// The next so many.
    Next(u64),
    /// Only the k-th from now, counted from 1.
    Kth(u64),
    /// Each with this probability, from the options' seed.
    Chance(f64),
}

/// What a fault does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// The answer comes later.
    Latency(Duration),
    /// A server error such as 500, 502 or 503 with GitHub's kind of body.
    Status(u16),
    /// Half of the body comes, `Content-Length` promises all of it.
    CutBody,
    /// The connection closes without an answer.
    DropConnection,
    /// A secondary limit.
    SecondaryLimit {
        /// 403 or 429.
        status: u16,
        /// Seconds; `None` sends no header.
        retry_after: Option<u64>,
    },
    /// The primary limit, `x-ratelimit-remaining: 0`, whatever is left in truth.
    PrimaryLimit {
        /// 403 or 429.
        status: u16,
    },
    /// GraphQL's primary limit: 200 with an error of type `RATE_LIMIT` or `RATE_LIMITED`, whatever is left in truth.
    /// Other endpoints answer as usual.
    GraphqlLimit,
    /// A whole answer whose JSON does not parse.
    WrongJson,
    /// A 200 with an object that says `Server Error` where the data should be.
    WrongShape,
    /// A search that ran out of time: `incomplete_results` is true, and only half of what there is was found. Other
    /// endpoints answer as usual.
    Incomplete,
}

impl Fault {
    /// A fault.
    pub fn new(endpoint: impl Into<String>, when: When, kind: FaultKind) -> Self {
        Self { endpoint: endpoint.into(), when, kind }
    }
}

/// The faults of a running server and what is left of them.
#[derive(Debug)]
pub(crate) struct FaultBox {
    faults: Vec<(Fault, u64)>,
    random: Random,
}

impl FaultBox {
    pub(crate) fn new(faults: Vec<Fault>, seed: u64) -> Self {
        Self { faults: faults.into_iter().map(|fault| (fault, 0)).collect(), random: Random::new(seed) }
    }

    pub(crate) fn set(&mut self, faults: Vec<Fault>) {
        self.faults = faults.into_iter().map(|fault| (fault, 0)).collect();
    }

    /// The faults that strike this request; each one's count moves on.
    pub(crate) fn strike(&mut self, template: &str, path: &str) -> Vec<FaultKind> {
        let mut struck = Vec::new();
        for (fault, seen) in &mut self.faults {
            if !matches(&fault.endpoint, template) && !matches(&fault.endpoint, path) {
                continue;
            }
            *seen += 1;
            let strikes = match fault.when {
                When::Always => true,
                When::Next(count) => *seen <= count,
                When::Kth(k) => *seen == k,
                When::Chance(probability) => self.random.chance(probability),
            };
            if strikes {
                struck.push(fault.kind);
            }
        }
        struck
    }
}

/// Whether a text matches a pattern in which `*` stands for anything.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or_default()) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else {
            return false;
        };
        rest = after;
    }
    rest.ends_with(last)
}

impl FromStr for Fault {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let bad = |reason: String| Error::BadFault { text: text.to_owned(), reason };
        let words: Vec<&str> = text.split_whitespace().collect();
        let [endpoint, when, kind] = words.as_slice() else {
            return Err(bad(format!("it has {} words, not three", words.len())));
        };
        let when = parse_when(when).ok_or_else(|| bad(format!("`{when}` says no time")))?;
        let kind = parse_kind(kind).ok_or_else(|| bad(format!("`{kind}` is no kind of fault")))?;
        Ok(Self::new(*endpoint, when, kind))
    }
}

fn parse_when(text: &str) -> Option<When> {
    let (word, value) = text.split_once(':').unwrap_or((text, ""));
    match word {
        "always" => Some(When::Always),
        "next" => value.parse().ok().map(When::Next),
        "kth" => value.parse().ok().map(When::Kth),
        "chance" => value.parse().ok().map(When::Chance),
        _ => None,
    }
}

fn parse_kind(text: &str) -> Option<FaultKind> {
    let mut parts = text.split(':');
    let word = parts.next()?;
    let first = parts.next();
    let status = |default: u16| match first {
        None => Some(default),
        Some(text) => text.parse().ok().filter(|status| (400..600).contains(status)),
    };
    match word {
        "latency" => first?.parse().ok().map(|ms| FaultKind::Latency(Duration::from_millis(ms))),
        "status" => first.and_then(|_| status(500)).map(FaultKind::Status),
        "cut" => Some(FaultKind::CutBody),
        "drop" => Some(FaultKind::DropConnection),
        "secondary" => {
            let retry_after = match parts.next() {
                None => None,
                Some(text) => Some(text.parse().ok()?),
            };
            Some(FaultKind::SecondaryLimit { status: status(403)?, retry_after })
        }
        "primary" => Some(FaultKind::PrimaryLimit { status: status(403)? }),
        "graphql-limit" => Some(FaultKind::GraphqlLimit),
        "wrong-json" => Some(FaultKind::WrongJson),
        "wrong-shape" => Some(FaultKind::WrongShape),
        "incomplete" => Some(FaultKind::Incomplete),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_texts() {
        for (pattern, text, expected) in [
            ("*", "/repos/a/b", true),
            ("*/issues", "/repos/a/b/issues", true),
            ("*/issues", "/repos/a/b/issues/events", false),
            ("/repos/*/issues*", "/repos/a/b/issues/events", true),
            ("/user", "/user", true),
            ("/user", "/users", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} on {text}");
        }
    }

    #[test]
    fn faults_are_read_from_text() {
        let fault: Fault = "*/issues kth:2 secondary:429:7".parse().unwrap();
        let kind = FaultKind::SecondaryLimit { status: 429, retry_after: Some(7) };
        assert_eq!(fault, Fault::new("*/issues", When::Kth(2), kind));
        for wrong in ["", "* always", "* never drop", "* always melt", "* always status:12", "* always status"] {
            assert!(wrong.parse::<Fault>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_kth_fault_strikes_once() {
        let mut faults = FaultBox::new(vec!["* kth:2 drop".parse().unwrap()], 1);
        let struck: Vec<bool> = (0..4).map(|_| !faults.strike("/user", "/user").is_empty()).collect();
        assert_eq!(struck, [false, true, false, false]);
    }
}
