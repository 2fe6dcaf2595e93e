//! Values of arguments and variables, made to fit their types.

use serde_json::{Map, Value};

use super::document::{Literal, TypeRef};
use super::schema::{Input, Type, schema};
use crate::world::shape;

/// A literal as a value of a type; `Ok(None)` for a variable that was given no value.
///
/// # Errors
/// What was expected in its place.
pub(crate) fn literal(of: &TypeRef, given: &Literal, variables: &Map<String, Value>) -> Result<Option<Value>, String> {
    match (of, given) {
        (_, Literal::Variable(name)) => match variables.get(name) {
            Some(Value::Null) | None if of.is_required() => Err(format!("a value for ${name}")),
            value => Ok(value.cloned()),
        },
        (TypeRef::NonNull(_), Literal::Null) => Err(format!("{of}")),
        (TypeRef::NonNull(inner), _) => literal(inner, given, variables),
        (_, Literal::Null) => Ok(Some(Value::Null)),
        (TypeRef::List(inner), Literal::List(items)) => {
            let items = items.iter().map(|item| literal(inner, item, variables)).collect::<Result<Vec<_>, _>>()?;
            Ok(Some(items.into_iter().flatten().collect()))
        }
        (TypeRef::List(inner), _) => Ok(literal(inner, given, variables)?.map(|item| Value::Array(vec![item]))),
        (TypeRef::Named(name), _) => named(name, given, variables).map(Some),
    }
}

/// A variable's JSON as a value of its type.
///
/// # Errors
/// What was expected in its place.
pub(crate) fn json(of: &TypeRef, given: &Value) -> Result<Value, String> {
    match (of, given) {
        (TypeRef::NonNull(_), Value::Null) => Err("Expected value to not be null".to_owned()),
        (TypeRef::NonNull(inner), _) => json(inner, given),
        (_, Value::Null) => Ok(Value::Null),
        (TypeRef::List(inner), Value::Array(items)) => items.iter().map(|item| json(inner, item)).collect(),
        (TypeRef::List(inner), _) => Ok(Value::Array(vec![json(inner, given)?])),
        (TypeRef::Named(name), _) => match (schema().find(name), given) {
            (Some(Type::Scalar), _) => scalar(name, given.clone()),
            (Some(Type::Enum(words)), Value::String(word)) => one_of(words, word),
            (Some(Type::Input(keys)), Value::Object(map)) => {
                let give = |key: &str, input: &Input| map.get(key).map(|value| json(&input.of, value)).transpose();
                object(keys, map.keys(), give)
            }
            _ => Err(format!("Could not coerce value {given} to {name}")),
        },
    }
}

fn named(name: &str, given: &Literal, variables: &Map<String, Value>) -> Result<Value, String> {
    match (schema().find(name), given) {
        (Some(Type::Enum(words)), Literal::Enum(word)) => one_of(words, word),
        (Some(Type::Scalar), Literal::Text(text)) => scalar(name, Value::from(text.as_str())),
        (Some(Type::Scalar), Literal::Int(number)) => scalar(name, Value::from(*number)),
        (Some(Type::Scalar), Literal::Float(number)) => scalar(name, Value::from(*number)),
        (Some(Type::Scalar), Literal::Boolean(flag)) => scalar(name, Value::from(*flag)),
        (Some(Type::Input(keys)), Literal::Object(pairs)) => {
            let give = |key: &str, input: &Input| match pairs.iter().find(|(name, _)| name == key) {
                Some((_, value)) => literal(&input.of, value, variables),
                None => Ok(None),
            };
            object(keys, pairs.iter().map(|(key, _)| key), give)
        }
        _ => Err(name.to_owned()),
    }
}

fn object<'k>(
    keys: &std::collections::BTreeMap<String, Input>,
    mut given: impl Iterator<Item = &'k String>,
    give: impl Fn(&str, &Input) -> Result<Option<Value>, String>,
) -> Result<Value, String> {
    if let Some(foreign) = given.find(|key| !keys.contains_key(*key)) {
        return Err(format!("Field is not defined on the input object: {foreign}"));
    }
    let mut object = Map::new();
    for (key, input) in keys {
        match give(key, input)? {
            Some(value) => _ = object.insert(key.clone(), value),
            None if input.of.is_required() => return Err(format!("Expected value to not be null: {key}")),
            None => {}
        }
    }
    Ok(Value::Object(object))
}

fn one_of(words: &[String], word: &str) -> Result<Value, String> {
    if words.iter().any(|known| known == word) {
        return Ok(Value::from(word));
    }
    Err(format!("Expected {word:?} to be one of: {}", words.join(", ")))
}

fn scalar(name: &str, given: Value) -> Result<Value, String> {
    let fits = match name {
        "Int" => given.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
        "Float" => given.is_number(),
        "Boolean" => given.is_boolean(),
        "ID" => given.is_string() || given.is_i64(),
        "DateTime" | "GitTimestamp" => given.as_str().and_then(shape::seconds).is_some(),
        _ => given.is_string(),
    };
    match (fits, name, given) {
        (true, "ID", Value::Number(number)) => Ok(Value::from(number.to_string())),
        (true, _, given) => Ok(given),
        (false, _, given) => Err(format!("Could not coerce value {given} to {name}")),
    }
}
