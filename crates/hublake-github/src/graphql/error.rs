//! Errors that come in the body of an answer.

use std::fmt;

use serde::Deserialize;

use crate::message::one_line;
use crate::outcome::ForbiddenKind;

/// One entry of an answer's `errors`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "Wire")]
pub struct GraphqlError {
    /// GitHub's `type`, such as `NOT_FOUND`, else the code under `extensions`, such as `undefinedField`.
    pub kind: Option<String>,
    /// The place in the data that stayed null, from the outside in; empty where it concerns the whole query.
    pub path: Vec<PathStep>,
    /// GitHub's words, on one line of at most 300 characters.
    pub message: String,
}

/// One step into the data.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum PathStep {
    /// The item at this place of a list, from 0.
    Index(usize),
    /// The field of this name or alias.
    Field(String),
}

impl GraphqlError {
    /// Whether something does not exist, or this token may not know of it.
    pub fn is_not_found(&self) -> bool {
        self.is("NOT_FOUND")
    }

    /// Which right is missing, if that is the error.
    pub fn forbidden(&self) -> Option<ForbiddenKind> {
        let by_words = ForbiddenKind::of_message(&self.message);
        let refused = self.is("FORBIDDEN") || self.is("INSUFFICIENT_SCOPES") || by_words != ForbiddenKind::Other;
        refused.then_some(by_words)
    }

    /// The index in the list `field` at the top of the data, as in `nodes.3.timelineItems`.
    pub fn index_in(&self, field: &str) -> Option<usize> {
        match self.path.as_slice() {
            [PathStep::Field(name), PathStep::Index(index), ..] if name == field => Some(*index),
            _ => None,
        }
    }

    /// The field or alias at the top of the data that the error concerns.
    pub fn top_field(&self) -> Option<&str> {
        match self.path.first()? {
            PathStep::Field(name) => Some(name),
            PathStep::Index(_) => None,
        }
    }

    pub(crate) fn is(&self, kind: &str) -> bool {
        self.kind.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(kind))
    }
}

impl fmt::Display for GraphqlError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)?;
        if let Some(kind) = &self.kind {
            write!(out, " ({kind})")?;
        }
        for (index, step) in self.path.iter().enumerate() {
            write!(out, "{}{step}", if index == 0 { " at " } else { "." })?;
        }
        Ok(())
    }
}

impl fmt::Display for PathStep {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Index(index) => write!(out, "{index}"),
            Self::Field(name) => out.write_str(&one_line(name)),
        }
    }
}

/// An entry as it comes: nothing in it can be relied on.
#[derive(Deserialize)]
struct Wire {
    r#type: Option<String>,
    #[serde(default)]
    path: Option<Vec<PathStep>>,
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    extensions: serde_json::Value,
}

impl From<Wire> for GraphqlError {
    fn from(wire: Wire) -> Self {
        let code = || wire.extensions.get("code").and_then(|code| code.as_str()).map(one_line);
        let kind = wire.r#type.as_deref().map(one_line).or_else(code);
        Self { kind, path: wire.path.unwrap_or_default(), message: one_line(&wire.message.unwrap_or_default()) }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn read(text: &str) -> GraphqlError {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn an_error_tells_its_place_and_kind() {
        let error = read(
            r#"{"type":"NOT_FOUND","path":["nodes",3,"timelineItems"],"locations":[{"line":1,"column":2}],
                "message":"Could not resolve\nto a node"}"#,
        );
        assert!(error.is_not_found());
        assert_eq!(
            (error.index_in("nodes"), error.index_in("other"), error.top_field()),
            (Some(3), None, Some("nodes"))
        );
        assert_eq!(error.to_string(), "Could not resolve to a node (NOT_FOUND) at nodes.3.timelineItems");
    }

    #[rstest]
    #[case::only_a_message(r#"{"message":"no"}"#, None, "no")]
    #[case::code(
        r#"{"message":"no","extensions":{"code":"undefinedField"}}"#,
        Some("undefinedField"),
        "no (undefinedField)"
    )]
    #[case::nulls(r#"{"type":null,"path":null,"message":null,"extensions":null}"#, None, "")]
    #[case::nothing("{}", None, "")]
    fn an_error_need_not_be_whole(#[case] text: &str, #[case] kind: Option<&str>, #[case] shown: &str) {
        let error = read(text);
        assert_eq!((error.kind.as_deref(), error.to_string().as_str()), (kind, shown));
    }

    #[rstest]
    #[case("FORBIDDEN", "Resource not accessible by personal access token", Some(ForbiddenKind::TokenLacksPermission))]
    #[case("FORBIDDEN", "Resource protected by organization SAML enforcement.", Some(ForbiddenKind::NeedsSingleSignOn))]
    #[case("INSUFFICIENT_SCOPES", "Your token has not been granted the required scopes", Some(ForbiddenKind::Other))]
    #[case("NOT_FOUND", "Could not resolve to a Repository", None)]
    fn a_missing_right_is_told(#[case] kind: &str, #[case] message: &str, #[case] expected: Option<ForbiddenKind>) {
        let error = GraphqlError { kind: Some(kind.to_owned()), path: Vec::new(), message: message.to_owned() };
        assert_eq!(error.forbidden(), expected);
    }
}
