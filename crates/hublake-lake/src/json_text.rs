//! `json_text`: one text out of a payload.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, StringBuilder};
use arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf};
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, Visitor};

/// `json_text(payload, key)`: the text under a key of a JSON object; null where the key is absent, its value is no
/// text, or the payload is no object.
///
/// It reads the payload up to the key. It is meant for looking at raw rows, not for models over many.
pub fn json_text() -> ScalarUDF {
    let text = || DataType::Utf8;
    create_udf("json_text", vec![text(), text()], text(), Volatility::Immutable, Arc::new(evaluate))
}

fn evaluate(arguments: &[ColumnarValue]) -> Result<ColumnarValue> {
    let [payloads, ColumnarValue::Scalar(ScalarValue::Utf8(key))] = arguments else {
        return exec_err!("json_text takes a payload and a constant key");
    };
    let payloads = match payloads {
        ColumnarValue::Array(array) => Arc::clone(array),
        ColumnarValue::Scalar(scalar) => scalar.to_array()?,
    };
    let payloads = payloads.as_string::<i32>();
    let mut texts = StringBuilder::new();
    for row in 0..payloads.len() {
        let key = key.as_deref().filter(|_| payloads.is_valid(row));
        texts.append_option(key.and_then(|key| text_under(payloads.value(row), key)));
    }
    Ok(ColumnarValue::Array(Arc::new(texts.finish()) as ArrayRef))
}

fn text_under(payload: &str, key: &str) -> Option<String> {
    let mut reader = serde_json::Deserializer::from_str(payload);
    Under(key).deserialize(&mut reader).ok().flatten()
}

struct Under<'a>(&'a str);

impl<'de> DeserializeSeed<'de> for Under<'_> {
    type Value = Option<String>;

    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<Self::Value, D::Error> {
        reader.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Under<'_> {
    type Value = Option<String>;

    fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
        let mut found = None;
        while let Some(key) = map.next_key::<String>()? {
            if found.is_none() && key == self.0 {
                found = match map.next_value::<serde_json::Value>()? {
                    serde_json::Value::String(text) => Some(text),
                    _ => None,
                };
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_under_its_key_only_at_the_top() {
        assert_eq!(text_under(r#"{"a":{"body":"inner"},"body":"outer"}"#, "body").as_deref(), Some("outer"));
        assert_eq!(text_under(r#"{"a":{"body":"inner"}}"#, "body"), None);
    }

    #[test]
    fn what_is_no_text_is_null() {
        for payload in [r#"{"body":null}"#, r#"{"body":1}"#, "[1]", "cut {", ""] {
            assert_eq!(text_under(payload, "body"), None, "{payload}");
        }
    }
}
