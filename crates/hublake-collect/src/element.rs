//! Dividing an answer into its elements without changing a byte of them.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

/// One element of an answer, as a range of the answer's bytes, and what is needed of it to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) id: Option<i64>,
    pub(crate) number: Option<i64>,
    pub(crate) node_id: Option<String>,
    pub(crate) created_at: Option<DateTime<Utc>>,
    pub(crate) updated_at: Option<DateTime<Utc>>,
    pub(crate) is_pull_request: bool,
}

#[derive(Default, Deserialize)]
struct Head {
    id: Option<i64>,
    number: Option<i64>,
    node_id: Option<String>,
    created_at: Option<DateTime<Utc>>,
    updated_at: Option<DateTime<Utc>>,
    pull_request: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Place {
    repository_url: Option<String>,
}

/// Divides a body, which must be one complete JSON array.
///
/// An element whose id or times are not what they should be is kept: decoding rejects it later, with a
/// reason, when it is safe in the lake.
pub(crate) fn divide(body: &[u8]) -> Result<Vec<Element>, serde_json::Error> {
    let raw: Vec<&RawValue> = serde_json::from_slice(body)?;
    let base = body.as_ptr().addr();
    Ok(raw
        .into_iter()
        .map(|value| {
            let text = value.get();
            let start = text.as_ptr().addr() - base;
            let head: Head = serde_json::from_str(text).unwrap_or_default();
            Element {
                start,
                end: start + text.len(),
                id: head.id,
                number: head.number,
                node_id: head.node_id,
                created_at: head.created_at,
                updated_at: head.updated_at,
                is_pull_request: head.pull_request.is_some(),
            }
        })
        .collect())
}

/// The `owner/name` that an element says its repository has now.
pub(crate) fn repository_name(element: &[u8]) -> Option<String> {
    let place: Place = serde_json::from_slice(element).ok()?;
    let url = place.repository_url?;
    let (rest, name) = url.rsplit_once('/')?;
    let (_, owner) = rest.rsplit_once('/')?;
    (!owner.is_empty() && !name.is_empty()).then(|| format!("{owner}/{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_keep_their_exact_bytes() {
        let body = br#"[ {"id":1,"number":7,"updated_at":"2024-01-02T03:04:05Z","x":1.50} ,{"number":8}]"#;
        let elements = divide(body).unwrap();
        assert_eq!(
            &body[elements[0].start..elements[0].end],
            br#"{"id":1,"number":7,"updated_at":"2024-01-02T03:04:05Z","x":1.50}"#
        );
        assert_eq!((elements[0].id, elements[0].number), (Some(1), Some(7)));
        assert_eq!(elements[0].updated_at.unwrap().timestamp(), 1_704_164_645);
        assert_eq!((elements[1].id, elements[1].number), (None, Some(8)));
    }

    #[test]
    fn an_element_of_a_wrong_shape_is_kept_without_a_head() {
        let body = br#"[42,{"id":"one","updated_at":"yesterday"}]"#;
        let elements = divide(body).unwrap();
        assert_eq!(elements.len(), 2);
        assert!(elements.iter().all(|element| element.id.is_none() && element.updated_at.is_none()));
    }

    #[test]
    fn a_cut_off_body_is_an_error() {
        assert!(divide(br#"[{"id":1},{"id""#).is_err());
        assert!(divide(br#"{"message":"no array"}"#).is_err());
    }

    #[test]
    fn the_repository_name_is_read_from_its_address() {
        let element = br#"{"repository_url":"https://api.github.com/repos/rust-lang/rust"}"#;
        assert_eq!(repository_name(element).as_deref(), Some("rust-lang/rust"));
        assert_eq!(repository_name(b"{}"), None);
    }
}
