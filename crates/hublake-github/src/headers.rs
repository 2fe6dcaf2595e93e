//! Reading of answer headers.

use std::str::FromStr;
use std::time::Duration;

use chrono::{DateTime, Utc};
use http::HeaderMap;
use http::header::{DATE, LINK, RETRY_AFTER};

/// A header's text.
pub(crate) fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// A header that holds one number.
pub(crate) fn number<T: FromStr>(headers: &HeaderMap, name: &str) -> Option<T> {
    text(headers, name)?.trim().parse().ok()
}

/// `Date`: the server's present.
pub(crate) fn date(headers: &HeaderMap) -> Option<DateTime<Utc>> {
    http_date(headers.get(DATE)?.to_str().ok()?)
}

/// `Retry-After`, given in seconds or as a date.
pub(crate) fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse::<u32>() {
        return Some(Duration::from_secs(seconds.into()));
    }
    let server_now = date(headers).unwrap_or(now);
    Some((http_date(value)? - server_now).to_std().unwrap_or(Duration::ZERO))
}

/// The target of `rel="next"` among all `Link` headers.
pub(crate) fn next_link(headers: &HeaderMap) -> Option<&str> {
    headers.get_all(LINK).iter().filter_map(|value| value.to_str().ok()).find_map(next_of)
}

fn http_date(value: &str) -> Option<DateTime<Utc>> {
    Some(DateTime::parse_from_rfc2822(value).ok()?.to_utc())
}

/// Walks `<target>; param; param, <target>; ...`: a target may hold commas, so it is cut at its brackets.
fn next_of(value: &str) -> Option<&str> {
    let mut rest = value;
    while let Some((_, opened)) = rest.split_once('<') {
        let (target, parameters) = opened.split_once('>')?;
        let end = parameters.find('<').unwrap_or(parameters.len());
        let is_next = parameters[..end].split([';', ',']).any(|parameter| {
            let Some((key, relations)) = parameter.split_once('=') else {
                return false;
            };
            let relations = relations.trim().trim_matches('"');
            key.trim().eq_ignore_ascii_case("rel") && relations.split_ascii_whitespace().any(|one| one == "next")
        });
        if is_next {
            return Some(target);
        }
        rest = &parameters[end..];
    }
    None
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::only_next(r#"<https://h/a?page=2>; rel="next""#, Some("https://h/a?page=2"))]
    #[case::after_others(
        r#"<https://h/1>; rel="prev", <https://h/3>; rel="next", <https://h/9>; rel="last""#,
        Some("https://h/3")
    )]
    #[case::comma_in_target(r#"<https://h/a?labels=x,y&page=2>; rel="next""#, Some("https://h/a?labels=x,y&page=2"))]
    #[case::unquoted("<https://h/a>; rel=next", Some("https://h/a"))]
    #[case::two_relations(r#"<https://h/a>; title="t"; rel="last next""#, Some("https://h/a"))]
    #[case::none(r#"<https://h/1>; rel="first""#, None)]
    #[case::broken("<https://h/1; rel=next", None)]
    fn next_link_is_found(#[case] value: &str, #[case] expected: Option<&str>) {
        let mut headers = HeaderMap::new();
        headers.insert(LINK, HeaderValue::from_str(value).unwrap());
        assert_eq!(next_link(&headers), expected);
    }

    #[rstest]
    #[case::seconds("30", Some(30))]
    #[case::date("Sun, 01 Nov 2026 00:01:00 GMT", Some(60))]
    #[case::past_date("Sun, 01 Nov 2026 00:00:00 GMT", Some(0))]
    #[case::nonsense("soon", None)]
    fn retry_after_is_read(#[case] value: &str, #[case] seconds: Option<u64>) {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_str(value).unwrap());
        let now = "2026-11-01T00:00:00Z".parse().unwrap();
        assert_eq!(retry_after(&headers, now), seconds.map(Duration::from_secs));
    }
}
