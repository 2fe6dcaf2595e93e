//! Runs an operation over the world.

use serde_json::{Map, Value, json};

use super::document::TypeRef;
use super::error::QueryError;
use super::object::{Arguments, Context, Found, Object, Resolved};
use super::plan::{Group, Plan, Sets};
use super::schema::schema;

/// The answer's body.
pub(crate) fn execute(plan: &Plan<'_>, context: &Context<'_>) -> Value {
    let mut execution = Execution { plan, context, errors: Vec::new(), path: Vec::new() };
    let root = vec![plan.operation.selections.as_slice()];
    let data = execution.object(&Object::Query, &root).unwrap_or_default();
    let mut body = json!({"data": data});
    if !execution.errors.is_empty() {
        body["errors"] = execution.errors.iter().map(QueryError::to_json).collect();
    }
    body
}

struct Execution<'e, 'd, 'w> {
    plan: &'e Plan<'d>,
    context: &'e Context<'w>,
    errors: Vec<QueryError>,
    path: Vec<Value>,
}

impl<'d, 'w> Execution<'_, 'd, 'w> {
    /// An object's fields; `None` when one of them is null that must not be, so that the object is null itself.
    fn object(&mut self, object: &Object<'w>, sets: &Sets<'d>) -> Option<Value> {
        let mut answer = Map::new();
        for group in self.plan.groups(sets, object.type_name()) {
            self.path.push(json!(group.key));
            let value = self.field(object, &group);
            self.path.pop();
            answer.insert(group.key.to_owned(), value?);
        }
        Some(Value::Object(answer))
    }

    fn field(&mut self, object: &Object<'w>, group: &Group<'d>) -> Option<Value> {
        let field = group.first()?;
        if field.name == "__typename" {
            return Some(json!(object.type_name()));
        }
        let of = schema().fields(object.type_name())?.get(&field.name)?;
        let sets = group.sets();
        let inner = self.plan.groups(&sets, of.of.name());
        let arguments = Arguments {
            values: self.plan.arguments(field, of),
            wanted: inner.iter().filter_map(Group::first).map(|field| field.name.as_str()).collect(),
        };
        let resolved = match object.resolve(self.context, &field.name, &arguments) {
            Ok(resolved) => resolved,
            Err(error) => {
                self.errors.push(error.path(&self.path).at(field.at));
                Resolved::Null
            }
        };
        self.complete(&of.of, resolved, group, &sets)
    }

    fn complete(&mut self, of: &TypeRef, resolved: Resolved<'w>, group: &Group<'d>, sets: &Sets<'d>) -> Option<Value> {
        let value = match resolved {
            Resolved::Null => Value::Null,
            Resolved::Leaf(value) => value,
            Resolved::Object(object) => self.object(&object, sets).unwrap_or_default(),
            Resolved::Objects(items) => self.items(items, group, sets),
        };
        let is_missing = value.is_null() && of.is_required();
        (!is_missing).then_some(value)
    }

    fn items(&mut self, items: Vec<Found<'w>>, group: &Group<'d>, sets: &Sets<'d>) -> Value {
        let mut list = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            self.path.push(json!(index));
            let value = match item {
                Ok(object) => self.object(&object, sets),
                Err(error) => {
                    let at = group.first().map(|field| field.at).unwrap_or_default();
                    self.errors.push(error.path(&self.path).at(at));
                    None
                }
            };
            self.path.pop();
            list.push(value.unwrap_or_default());
        }
        Value::Array(list)
    }
}
