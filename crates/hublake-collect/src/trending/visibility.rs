//! Who may see a repository, in whichever form that is told.

use serde::Deserialize;

/// Of an element, what it says of a repository or of the repository of a hit of code search.
#[derive(Deserialize)]
struct Visibility {
    #[serde(alias = "isPrivate")]
    private: Option<bool>,
    repository: Option<Box<Self>>,
}

impl Visibility {
    fn is_private(&self) -> bool {
        self.private == Some(true) || self.repository.as_ref().is_some_and(|repository| repository.is_private())
    }
}

/// Whether an element says that its repository is private; what a token may see is not for others.
pub(crate) fn is_private(payload: &str) -> bool {
    serde_json::from_str::<Visibility>(payload).is_ok_and(|visibility| visibility.is_private())
}

/// What is kept of an element that says so: only that, in the words of its API.
pub(crate) fn of_private(payload: &str) -> &'static str {
    if payload.contains("\"isPrivate\":") { r#"{"isPrivate":true}"# } else { r#"{"private":true}"# }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::rest(r#"{"id":1,"private":true}"#, true)]
    #[case::graphql(r#"{"id":"R_1","isPrivate":true}"#, true)]
    #[case::hit(r#"{"path":"render.yaml","repository":{"id":1,"private":true}}"#, true)]
    #[case::public(r#"{"id":1,"private":false,"description":"\"private\":true"}"#, false)]
    #[case::public_hit(r#"{"path":"render.yaml","repository":{"id":1,"private":false}}"#, false)]
    #[case::untold(r#"{"id":1}"#, false)]
    #[case::null("null", false)]
    fn an_element_tells_who_may_see_its_repository(#[case] payload: &str, #[case] expected: bool) {
        assert_eq!(is_private(payload), expected);
    }

    #[test]
    fn what_is_kept_of_a_private_one_says_so() {
        for payload in
            [r#"{"id":1,"private":true}"#, r#"{"id":"R_1","isPrivate": true}"#, r#"{"isPrivate":true,"n":1}"#]
        {
            assert!(is_private(payload) && is_private(of_private(payload)));
        }
        assert_eq!(of_private(r#"{"nameWithOwner":"a/b","isPrivate":true}"#), r#"{"isPrivate":true}"#);
    }
}
