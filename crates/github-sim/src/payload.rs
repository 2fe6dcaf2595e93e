//! A JSON object as an ordered list of keys with their exact bytes, so that one key can change and the rest
//! stays as it was written.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

/// The top level of one JSON object in its own order.
#[derive(Debug)]
pub(crate) struct Payload {
    pairs: Vec<(String, Box<RawValue>)>,
}

impl Payload {
    /// Reads an object; nested values are kept as text.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(text)
    }

    /// Sets a key where it stands, or appends it.
    pub(crate) fn set(&mut self, key: &str, value: &Value) {
        self.set_text(key, value.to_string());
    }

    /// Takes a key away, if it is there.
    pub(crate) fn remove(&mut self, key: &str) {
        self.pairs.retain(|(name, _)| name != key);
    }

    /// The text of a key's value.
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.pairs.iter().find(|(name, _)| name == key).map(|(_, value)| value.get())
    }

    /// A key's value, parsed.
    pub(crate) fn value(&self, key: &str) -> Option<Value> {
        self.text(key).and_then(|text| text.parse().ok())
    }

    /// Replaces a piece of text in every value but those of the keys people write in.
    pub(crate) fn replace_in_addresses(&mut self, replacements: &[(String, String)]) {
        for (key, value) in &mut self.pairs {
            if key == "body" || key == "title" {
                continue;
            }
            let mut text = value.get().to_owned();
            for (from, to) in replacements {
                text = text.replace(from, to);
            }
            if let Ok(changed) = RawValue::from_string(text) {
                *value = changed;
            }
        }
    }

    /// Writes the object again, keys in order.
    pub(crate) fn to_bytes(&self) -> Box<[u8]> {
        let size: usize = self.pairs.iter().map(|(key, value)| key.len() + value.get().len() + 4).sum();
        let mut bytes = Vec::with_capacity(size + 2);
        bytes.push(b'{');
        for (position, (key, value)) in self.pairs.iter().enumerate() {
            if position > 0 {
                bytes.push(b',');
            }
            bytes.extend_from_slice(Value::from(key.as_str()).to_string().as_bytes());
            bytes.push(b':');
            bytes.extend_from_slice(value.get().as_bytes());
        }
        bytes.push(b'}');
        bytes.into_boxed_slice()
    }

    fn set_text(&mut self, key: &str, text: String) {
        // `Value` always prints valid JSON, so this never takes the other way.
        let Ok(value) = RawValue::from_string(text) else {
            return;
        };
        match self.pairs.iter_mut().find(|(name, _)| name == key) {
            Some((_, old)) => *old = value,
            None => self.pairs.push((key.to_owned(), value)),
        }
    }
}

impl<'de> Deserialize<'de> for Payload {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Pairs)
    }
}

struct Pairs;

impl<'de> Visitor<'de> for Pairs {
    type Value = Payload;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Payload, A::Error> {
        let mut pairs = Vec::with_capacity(40);
        while let Some(pair) = map.next_entry::<String, Box<RawValue>>()? {
            pairs.push(pair);
        }
        Ok(Payload { pairs })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn setting_a_key_keeps_the_order_and_the_other_bytes() {
        let mut payload = Payload::parse(br#"{"b":1.50,"a":{"x" : 2},"c":null}"#).unwrap();
        payload.set("a", &Value::from("new"));
        payload.set("d", &Value::from(true));
        payload.remove("c");
        assert_eq!(&*payload.to_bytes(), br#"{"b":1.50,"a":"new","d":true}"#);
    }
}
