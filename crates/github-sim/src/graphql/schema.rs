//! The served part of GitHub's schema, read from `schema.graphql`, which is held against the published one.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use apollo_parser::Parser;
use apollo_parser::cst;

use super::document::{Literal, TypeRef};
use super::parse::{literal, type_ref};

const TEXT: &str = include_str!("schema.graphql");

/// The types by name.
#[derive(Debug, Default)]
pub(crate) struct Schema {
    types: HashMap<String, Type>,
}

#[derive(Debug)]
pub(crate) enum Type {
    Scalar,
    Enum(Vec<String>),
    Input(BTreeMap<String, Input>),
    Object(Object),
    /// An interface or a union, with the objects it can be.
    Abstract {
        fields: BTreeMap<String, FieldType>,
        members: Vec<String>,
    },
}

#[derive(Debug)]
pub(crate) struct Object {
    pub(crate) fields: BTreeMap<String, FieldType>,
    interfaces: Vec<String>,
}

#[derive(Debug)]
pub(crate) struct FieldType {
    pub(crate) of: TypeRef,
    pub(crate) arguments: BTreeMap<String, Input>,
}

/// An argument, or a key of an input object.
#[derive(Debug)]
pub(crate) struct Input {
    pub(crate) of: TypeRef,
    pub(crate) default: Option<Literal>,
}

/// The schema.
pub(crate) fn schema() -> &'static Schema {
    static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema::read(TEXT));
    &SCHEMA
}

impl Schema {
    pub(crate) fn find(&self, name: &str) -> Option<&Type> {
        self.types.get(name)
    }

    /// The fields of an object, an interface or a union (which has none).
    pub(crate) fn fields(&self, name: &str) -> Option<&BTreeMap<String, FieldType>> {
        match self.find(name)? {
            Type::Object(object) => Some(&object.fields),
            Type::Abstract { fields, .. } => Some(fields),
            _ => None,
        }
    }

    /// The objects that something of this type can be.
    pub(crate) fn members<'a>(&'a self, name: &'a str) -> Vec<&'a str> {
        match self.find(name) {
            Some(Type::Object(_)) => vec![name],
            Some(Type::Abstract { members, .. }) => members.iter().map(String::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether this object passes a type condition.
    pub(crate) fn admits(&self, condition: &str, object: &str) -> bool {
        self.members(condition).contains(&object)
    }

    fn read(text: &str) -> Self {
        let mut schema = Self::default();
        for name in ["Boolean", "Float", "ID", "Int", "String"] {
            schema.types.insert(name.to_owned(), Type::Scalar);
        }
        for definition in Parser::new(text).parse().document().definitions() {
            let name = definition.name().map(|name| name.text().to_string());
            if let (Some(name), Some(read)) = (name, read_type(&definition)) {
                schema.types.insert(name, read);
            }
        }
        schema.note_members();
        schema
    }

    fn note_members(&mut self) {
        let mut members: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, of) in &self.types {
            if let Type::Object(object) = of {
                for interface in &object.interfaces {
                    members.entry(interface.clone()).or_default().push(name.clone());
                }
            }
        }
        for (interface, mut objects) in members {
            objects.sort_unstable();
            if let Some(Type::Abstract { members, .. }) = self.types.get_mut(&interface) {
                *members = objects;
            }
        }
    }
}

fn read_type(definition: &cst::Definition) -> Option<Type> {
    Some(match definition {
        cst::Definition::ScalarTypeDefinition(_) => Type::Scalar,
        cst::Definition::EnumTypeDefinition(words) => {
            let values = words.enum_values_definition()?.enum_value_definitions();
            Type::Enum(values.map(|one| Some(one.enum_value()?.name()?.text().to_string())).collect::<Option<_>>()?)
        }
        cst::Definition::InputObjectTypeDefinition(object) => {
            Type::Input(inputs(object.input_fields_definition()?.input_value_definitions())?)
        }
        cst::Definition::InterfaceTypeDefinition(interface) => {
            Type::Abstract { fields: fields(interface.fields_definition())?, members: Vec::new() }
        }
        cst::Definition::UnionTypeDefinition(union) => {
            Type::Abstract { fields: BTreeMap::new(), members: names(union.union_member_types()?.named_types())? }
        }
        cst::Definition::ObjectTypeDefinition(object) => {
            let interfaces = match object.implements_interfaces() {
                Some(list) => names(list.named_types())?,
                None => Vec::new(),
            };
            Type::Object(Object { fields: fields(object.fields_definition())?, interfaces })
        }
        _ => return None,
    })
}

fn names(types: impl Iterator<Item = cst::NamedType>) -> Option<Vec<String>> {
    types.map(|one| Some(one.name()?.text().to_string())).collect()
}

fn fields(definition: Option<cst::FieldsDefinition>) -> Option<BTreeMap<String, FieldType>> {
    let field = |field: cst::FieldDefinition| {
        let arguments = match field.arguments_definition() {
            Some(list) => inputs(list.input_value_definitions())?,
            None => BTreeMap::new(),
        };
        Some((field.name()?.text().to_string(), FieldType { of: type_ref(&field.ty()?)?, arguments }))
    };
    definition?.field_definitions().map(field).collect()
}

fn inputs(definitions: impl Iterator<Item = cst::InputValueDefinition>) -> Option<BTreeMap<String, Input>> {
    let input = |one: cst::InputValueDefinition| {
        let default = match one.default_value() {
            Some(default) => Some(literal(&default.value()?)?),
            None => None,
        };
        Some((one.name()?.text().to_string(), Input { of: type_ref(&one.ty()?)?, default }))
    };
    definitions.map(input).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_definition_is_read_and_every_name_is_defined() {
        let definitions = Parser::new(TEXT).parse().document().definitions().count();
        let schema = schema();
        assert_eq!(schema.types.len(), definitions + 5);
        for name in schema.types.keys() {
            for field in schema.fields(name).into_iter().flatten().map(|(_, field)| field) {
                let inputs = field.arguments.values().map(|input| input.of.name());
                for used in inputs.chain([field.of.name()]) {
                    assert!(schema.find(used).is_some(), "{name} names {used}");
                }
            }
            for member in schema.members(name) {
                assert!(matches!(schema.find(member), Some(Type::Object(_))), "{name} has {member}");
            }
        }
        assert!(schema.admits("Node", "Issue") && schema.admits("Assignee", "Bot"));
        assert!(!schema.admits("Actor", "Issue"));
    }
}
