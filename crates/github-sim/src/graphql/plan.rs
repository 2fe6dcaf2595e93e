//! An operation that was found sound, with its variables: which fields of an object it asks for, and what that costs.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::coerce;
use super::document::{Directive, Document, Field, Inline, Operation, Selection};
use super::schema::{FieldType, schema};

/// An operation to be executed.
#[derive(Debug)]
pub(crate) struct Plan<'d> {
    document: &'d Document,
    pub(crate) operation: &'d Operation,
    pub(crate) cost: Cost,
    variables: Map<String, Value>,
}

/// Selections of one place in the document; several where fields of the same key are merged.
pub(crate) type Sets<'d> = Vec<&'d [Selection]>;

/// The fields of one key in the answer.
#[derive(Debug)]
pub(crate) struct Group<'d> {
    pub(crate) key: &'d str,
    pub(crate) fields: Vec<&'d Field>,
}

impl Inline {
    fn admits(&self, object: &str) -> bool {
        self.condition.as_ref().is_none_or(|condition| schema().admits(condition, object))
    }
}

impl<'d> Group<'d> {
    pub(crate) fn first(&self) -> Option<&'d Field> {
        self.fields.first().copied()
    }

    pub(crate) fn sets(&self) -> Sets<'d> {
        self.fields.iter().map(|field| field.selections.as_slice()).collect()
    }
}

/// What an operation can need at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Cost {
    /// One for each time that a connection is asked for.
    pub(crate) requests: u64,
    /// The items of all connections, and of `nodes`.
    pub(crate) nodes: u64,
}

impl Cost {
    /// Points of the hourly limit: requests over 100, rounded, at least one.
    /// (<https://docs.github.com/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api>)
    pub(crate) fn points(self) -> u64 {
        (self.requests.saturating_add(50) / 100).max(1)
    }

    fn add(&mut self, other: Self) {
        self.requests = self.requests.saturating_add(other.requests);
        self.nodes = self.nodes.saturating_add(other.nodes);
    }

    fn max(self, other: Self) -> Self {
        Self { requests: self.requests.max(other.requests), nodes: self.nodes.max(other.nodes) }
    }
}

impl<'d> Plan<'d> {
    /// Finds what the whole operation can need, if every page is full.
    ///
    /// Where an object can be of several types, the dearest one counts: an item is an issue or a pull request, not both.
    pub(crate) fn new(document: &'d Document, operation: &'d Operation, variables: Map<String, Value>) -> Self {
        let mut plan = Self { document, operation, cost: Cost::default(), variables };
        plan.cost = plan.cost_of("Query", &vec![operation.selections.as_slice()], 1);
        plan
    }

    /// The fields that are asked of an object of this type, in the document's order.
    pub(crate) fn groups(&self, sets: &Sets<'d>, object: &str) -> Vec<Group<'d>> {
        let mut groups = Vec::new();
        for set in sets {
            self.collect(set, object, &mut groups);
        }
        groups
    }

    /// A field's arguments by name; those that were left out have their defaults or are absent.
    pub(crate) fn arguments(&self, field: &Field, of: &FieldType) -> Map<String, Value> {
        let mut arguments = Map::new();
        for (name, input) in &of.arguments {
            let given = field.arguments.iter().find(|(key, _)| key == name).map(|(_, value)| value);
            let value = given.and_then(|given| coerce::literal(&input.of, given, &self.variables).ok().flatten());
            let default = || coerce::literal(&input.of, input.default.as_ref()?, &self.variables).ok().flatten();
            if let Some(value) = value.or_else(default) {
                arguments.insert(name.clone(), value);
            }
        }
        arguments
    }

    fn collect(&self, set: &'d [Selection], object: &str, groups: &mut Vec<Group<'d>>) {
        for selection in set {
            match selection {
                Selection::Field(field) if self.is_wanted(&field.directives) => {
                    match groups.iter_mut().find(|group| group.key == field.key()) {
                        Some(group) => group.fields.push(field),
                        None => groups.push(Group { key: field.key(), fields: vec![field] }),
                    }
                }
                Selection::Spread(spread) if self.is_wanted(&spread.directives) => {
                    if let Some(fragment) = self.document.fragments.get(&spread.name)
                        && schema().admits(&fragment.condition, object)
                    {
                        self.collect(&fragment.selections, object, groups);
                    }
                }
                Selection::Inline(inline) if self.is_wanted(&inline.directives) && inline.admits(object) => {
                    self.collect(&inline.selections, object, groups);
                }
                _ => {}
            }
        }
    }

    fn is_wanted(&self, directives: &[Directive]) -> bool {
        directives.iter().all(|directive| {
            let given = directive.arguments.iter().find(|(name, _)| name == "if").map(|(_, value)| value);
            let of = super::check::boolean();
            let value = given.and_then(|given| coerce::literal(&of, given, &self.variables).ok().flatten());
            let flag = value.and_then(|value| value.as_bool());
            match directive.name.as_str() {
                "skip" => flag != Some(true),
                "include" => flag != Some(false),
                _ => true,
            }
        })
    }

    fn cost_of(&self, of: &str, sets: &Sets<'d>, times: u64) -> Cost {
        let mut known: HashSet<Vec<*const Field>> = HashSet::new();
        let mut most = Cost::default();
        for object in schema().members(of) {
            let groups = self.groups(sets, object);
            // Most members of a union are asked for the same fields.
            let signature = groups.iter().flat_map(|group| &group.fields).map(|field| std::ptr::from_ref(*field));
            if known.insert(signature.collect()) {
                most = most.max(self.cost_of_groups(object, &groups, times));
            }
        }
        most
    }

    fn cost_of_groups(&self, object: &str, groups: &[Group<'d>], times: u64) -> Cost {
        let mut cost = Cost::default();
        for group in groups {
            let Some(field) = group.first() else { continue };
            let Some(of) = schema().fields(object).and_then(|fields| fields.get(&field.name)) else {
                continue;
            };
            let arguments = self.arguments(field, of);
            let mut inner = times;
            if of.of.name().ends_with("Connection") {
                let page = ["first", "last"].iter().find_map(|name| arguments.get(*name)?.as_u64()).unwrap_or(0);
                inner = times.saturating_mul(page.min(super::LONGEST_PAGE));
                cost.add(Cost { requests: times, nodes: inner });
            } else if let (Some(Value::Array(ids)), "nodes") = (arguments.get("ids"), field.name.as_str()) {
                inner = times.saturating_mul(ids.len() as u64);
                cost.add(Cost { requests: 0, nodes: inner });
            }
            cost.add(self.cost_of(of.of.name(), &group.sets(), inner));
        }
        cost
    }
}
