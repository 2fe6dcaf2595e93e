//! Holds an operation against the schema before anything of it is executed.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::coerce;
use super::document::{Directive, Document, Field, Literal, Location, Operation, Selection, TypeRef};
use super::error::QueryError;
use super::schema::{FieldType, Input, Type, schema};

/// The values of an operation's variables.
///
/// # Errors
/// One for each variable that lacks a value or was given one that does not fit.
pub(crate) fn variables(
    operation: &Operation,
    given: &Map<String, Value>,
) -> Result<Map<String, Value>, Vec<QueryError>> {
    let (mut values, mut errors) = (Map::new(), Vec::new());
    for variable in &operation.variables {
        let (name, of) = (&variable.name, &variable.of);
        let value = match (given.get(name), &variable.default) {
            (Some(value), _) => coerce::json(of, value).map(Some),
            (None, Some(default)) => coerce::literal(of, default, &Map::new()),
            (None, None) if of.is_required() => Err("Expected value to not be null".to_owned()),
            (None, None) => Ok(None),
        };
        match value {
            Ok(value) => values.extend(value.map(|value| (name.clone(), value))),
            Err(problem) => {
                let message = format!("Variable ${name} of type {of} was provided invalid value ({problem})");
                let value = given.get(name).cloned().unwrap_or_default();
                let problems = json!([{"path": [], "explanation": problem}]);
                let extensions = json!({"value": value, "problems": problems});
                errors.push(QueryError::new(message).at(variable.at).extensions(extensions));
            }
        }
    }
    if errors.is_empty() { Ok(values) } else { Err(errors) }
}

/// What is wrong with an operation; nothing if it can be executed.
pub(crate) fn check(document: &Document, operation: &Operation) -> Vec<QueryError> {
    let operation_name = operation.name.as_ref();
    let title = operation_name.map_or_else(|| "anonymous query".to_owned(), |name| format!("query {name}"));
    let root = operation_name.map_or_else(|| "query".to_owned(), |name| format!("query {name}"));
    let mut checker = Checker {
        document,
        operation,
        path: vec![json!(root)],
        errors: Vec::new(),
        used: BTreeSet::new(),
        spread: BTreeSet::new(),
        open: Vec::new(),
    };
    checker.selections(&operation.selections, "Query");
    for variable in &operation.variables {
        if !matches!(schema().find(variable.of.name()), Some(Type::Scalar | Type::Enum(_) | Type::Input(_))) {
            let message = format!("{} isn't a defined input type (on ${})", variable.of.name(), variable.name);
            checker.refuse(message, "variableRequiresValidType", variable.at);
        }
        if !checker.used.contains(&variable.name) {
            let message = format!("Variable ${} is declared by {title} but not used", variable.name);
            checker.refuse(message, "variableNotUsed", variable.at);
        }
    }
    for (name, fragment) in &document.fragments {
        // Of several operations each uses its own.
        if document.operations.len() == 1 && !checker.spread.contains(name) {
            checker.refuse(format!("Fragment {name} was defined, but not used"), "useAndDefineFragment", fragment.at);
        }
    }
    checker.errors
}

/// The type of `@include(if:)`.
pub(crate) fn boolean() -> TypeRef {
    TypeRef::NonNull(Box::new(TypeRef::Named("Boolean".to_owned())))
}

struct Checker<'d> {
    document: &'d Document,
    operation: &'d Operation,
    path: Vec<Value>,
    errors: Vec<QueryError>,
    /// Variables.
    used: BTreeSet<String>,
    /// Fragments.
    spread: BTreeSet<String>,
    /// Fragments that the walk is inside of.
    open: Vec<String>,
}

impl<'d> Checker<'d> {
    fn refuse(&mut self, message: String, code: &str, at: Location) {
        let error = QueryError::new(message).path(&self.path).at(at).extensions(json!({"code": code}));
        self.errors.push(error);
    }

    fn selections(&mut self, selections: &'d [Selection], parent: &str) {
        for selection in selections {
            match selection {
                Selection::Field(field) => {
                    self.directives(&field.directives);
                    self.path.push(json!(field.key()));
                    self.field(field, parent);
                    self.path.pop();
                }
                Selection::Inline(inline) => {
                    self.directives(&inline.directives);
                    let condition = inline.condition.as_deref();
                    if condition.is_none_or(|condition| self.fits(condition, parent, inline.at)) {
                        self.selections(&inline.selections, condition.unwrap_or(parent));
                    }
                }
                Selection::Spread(spread) => {
                    self.directives(&spread.directives);
                    self.fragment(&spread.name, parent, spread.at);
                }
            }
        }
    }

    fn fragment(&mut self, name: &str, parent: &str, at: Location) {
        self.spread.insert(name.to_owned());
        let Some(fragment) = self.document.fragments.get(name) else {
            return self.refuse(format!("Fragment {name} was used, but not defined"), "useAndDefineFragment", at);
        };
        if self.open.iter().any(|open| open == name) {
            return self.refuse(format!("Fragment {name} contains an infinite loop"), "infiniteLoop", at);
        }
        if self.fits(&fragment.condition, parent, fragment.at) {
            self.open.push(name.to_owned());
            self.selections(&fragment.selections, &fragment.condition);
            self.open.pop();
        }
    }

    /// Whether a fragment on this type can stand in its parent.
    fn fits(&mut self, condition: &str, parent: &str, at: Location) -> bool {
        if schema().fields(condition).is_none() {
            let message = format!("No such type {condition}, so it can't be a fragment condition");
            self.refuse(message, "undefinedType", at);
            return false;
        }
        let members = schema().members(parent);
        let overlaps = schema().members(condition).iter().any(|object| members.contains(object));
        if !overlaps {
            let message = format!("Fragment on {condition} can't be spread inside {parent}");
            self.refuse(message, "cannotSpreadFragment", at);
        }
        overlaps
    }

    fn field(&mut self, field: &'d Field, parent: &str) {
        if field.name == "__typename" {
            return;
        }
        let Some(of) = schema().fields(parent).and_then(|fields| fields.get(&field.name)) else {
            let message = format!("Field '{}' doesn't exist on type '{parent}'", field.name);
            return self.refuse(message, "undefinedField", field.at);
        };
        self.arguments(field, of);
        let returns = of.of.name();
        match (schema().fields(returns).is_some(), field.selections.is_empty()) {
            (true, true) => {
                let message = format!(
                    "Field must have selections (field '{name}' returns {returns} but has no selections. \
                     Did you mean '{name} {{ ... }}'?)",
                    name = field.name
                );
                self.refuse(message, "selectionMismatch", field.at);
            }
            (false, false) => {
                let message = format!("Selections can't be made on scalars (field '{}' returns {returns})", field.name);
                self.refuse(message, "selectionMismatch", field.at);
            }
            _ => self.selections(&field.selections, returns),
        }
    }

    fn arguments(&mut self, field: &Field, of: &FieldType) {
        for (name, value) in &field.arguments {
            match of.arguments.get(name) {
                Some(input) => self.argument(&format!("Field '{}'", field.name), name, value, &input.of, field.at),
                None => {
                    let message = format!("Field '{}' doesn't accept argument '{name}'", field.name);
                    self.refuse(message, "argumentNotAccepted", field.at);
                }
            }
        }
        let is_missing = |(name, input): &(&String, &Input)| {
            let is_given = field.arguments.iter().any(|(given, _)| given == *name);
            input.of.is_required() && input.default.is_none() && !is_given
        };
        let missing: Vec<&str> = of.arguments.iter().filter(is_missing).map(|(name, _)| name.as_str()).collect();
        if !missing.is_empty() {
            let message = format!("Field '{}' is missing required arguments: {}", field.name, missing.join(", "));
            self.refuse(message, "missingRequiredArguments", field.at);
        }
    }

    fn argument(&mut self, whose: &str, name: &str, value: &Literal, of: &TypeRef, at: Location) {
        let errors = self.errors.len();
        self.note_variables(name, value, of, at);
        if self.errors.len() > errors || has_variable(value) {
            return;
        }
        if coerce::literal(of, value, &Map::new()).is_err() {
            let message = format!("Argument '{name}' on {whose} has an invalid value ({value}). Expected type '{of}'.");
            self.refuse(message, "argumentLiteralsIncompatible", at);
        }
    }

    fn note_variables(&mut self, argument: &str, value: &Literal, of: &TypeRef, at: Location) {
        match value {
            Literal::Variable(name) => self.variable(argument, name, of, at),
            Literal::List(items) => {
                let inner = match of {
                    TypeRef::NonNull(inner) => inner,
                    _ => of,
                };
                let TypeRef::List(inner) = inner else { return };
                items.iter().for_each(|item| self.note_variables(argument, item, inner, at));
            }
            Literal::Object(pairs) => {
                let Some(Type::Input(keys)) = schema().find(of.name()) else { return };
                for (key, value) in pairs {
                    match keys.get(key) {
                        Some(input) => self.note_variables(key, value, &input.of, at),
                        None => {
                            let message = format!("InputObject '{}' doesn't accept argument '{key}'", of.name());
                            self.refuse(message, "argumentNotAccepted", at);
                        }
                    }
                }
            }
            _ => {}
        }
    }

    fn variable(&mut self, argument: &str, name: &str, of: &TypeRef, at: Location) {
        self.used.insert(name.to_owned());
        let Some(declared) = self.operation.variables.iter().find(|variable| variable.name == name) else {
            return self.refuse(format!("Variable ${name} is used but not declared"), "variableNotDefined", at);
        };
        let has_default = declared.default.as_ref().is_some_and(|default| *default != Literal::Null);
        if !is_within(&declared.of, of, has_default) {
            let message = format!(
                "Nullability or type mismatch on variable ${name} and argument {argument} ({} / {of})",
                declared.of
            );
            self.refuse(message, "variableMismatch", at);
        }
    }

    fn directives(&mut self, directives: &[Directive]) {
        for directive in directives {
            if !matches!(directive.name.as_str(), "include" | "skip") {
                let message = format!("Directive @{} is not defined", directive.name);
                self.refuse(message, "undefinedDirective", directive.at);
                continue;
            }
            match directive.arguments.as_slice() {
                [(name, value)] if name == "if" => {
                    self.argument(&format!("Directive '{}'", directive.name), "if", value, &boolean(), directive.at);
                }
                _ => {
                    let message = format!("Directive '{}' is missing required arguments: if", directive.name);
                    self.refuse(message, "missingRequiredArguments", directive.at);
                }
            }
        }
    }
}

fn has_variable(value: &Literal) -> bool {
    match value {
        Literal::Variable(_) => true,
        Literal::List(items) => items.iter().any(has_variable),
        Literal::Object(pairs) => pairs.iter().any(|(_, value)| has_variable(value)),
        _ => false,
    }
}

/// Whether a variable of one type can stand where another is wanted.
fn is_within(declared: &TypeRef, wanted: &TypeRef, has_default: bool) -> bool {
    match (declared, wanted) {
        (TypeRef::NonNull(declared), TypeRef::NonNull(wanted)) => is_within(declared, wanted, false),
        (TypeRef::NonNull(declared), _) => is_within(declared, wanted, false),
        (_, TypeRef::NonNull(wanted)) => has_default && is_within(declared, wanted, false),
        (TypeRef::List(declared), TypeRef::List(wanted)) => is_within(declared, wanted, false),
        (TypeRef::Named(declared), TypeRef::Named(wanted)) => declared == wanted,
        _ => false,
    }
}
