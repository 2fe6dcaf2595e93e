//! Errors as they stand in an answer.

use serde_json::{Value, json};

use super::document::Location;

/// One entry of `errors`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct QueryError {
    message: String,
    kind: Option<&'static str>,
    path: Vec<Value>,
    at: Option<Location>,
    extensions: Option<Value>,
}

impl QueryError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), kind: None, path: Vec::new(), at: None, extensions: None }
    }

    /// With GitHub's `type`.
    pub(crate) fn of(kind: &'static str, message: impl Into<String>) -> Self {
        Self { kind: Some(kind), ..Self::new(message) }
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::of("NOT_FOUND", message)
    }

    pub(crate) fn at(self, at: Location) -> Self {
        Self { at: Some(at), ..self }
    }

    pub(crate) fn path(self, path: &[Value]) -> Self {
        Self { path: path.to_vec(), ..self }
    }

    pub(crate) fn extensions(self, extensions: Value) -> Self {
        Self { extensions: Some(extensions), ..self }
    }

    pub(crate) fn to_json(&self) -> Value {
        let mut json = json!({"message": self.message});
        if let Some(kind) = self.kind {
            json["type"] = json!(kind);
        }
        if !self.path.is_empty() {
            json["path"] = json!(self.path);
        }
        if let Some(extensions) = &self.extensions {
            json["extensions"] = extensions.clone();
        }
        if let Some(at) = self.at {
            json["locations"] = json!([{"line": at.line, "column": at.column}]);
        }
        json
    }
}
