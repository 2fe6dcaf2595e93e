//! From text to documents; the grammar is apollo-parser's.

use apollo_parser::Parser;
use apollo_parser::cst::{self, CstNode};

use super::document::{
    Directive, Document, Field, Fragment, Inline, Literal, Location, Operation, Selection, Spread, TypeRef, Variable,
};
use super::error::QueryError;

/// Deeper nesting is refused: reading it would need a stack of its own.
const DEEPEST: usize = 64;

/// Reads a query document.
///
/// # Errors
/// Where the text is not GraphQL.
pub(crate) fn parse(text: &str) -> Result<Document, QueryError> {
    let tree = Parser::new(text).recursion_limit(DEEPEST).parse();
    let reader = Reader::new(text);
    if let Some(error) = tree.errors().next() {
        return Err(reader.refuse(error.message(), error.index()));
    }
    let mut document = Document::default();
    for definition in tree.document().definitions() {
        let start = start_of(&definition);
        let read = match &definition {
            cst::Definition::OperationDefinition(operation) => {
                reader.operation(operation).map(|operation| document.operations.push(operation))
            }
            cst::Definition::FragmentDefinition(fragment) => {
                reader.fragment(fragment).map(|(name, fragment)| _ = document.fragments.insert(name, fragment))
            }
            _ => return Err(reader.refuse("only operations and fragments can be executed", start)),
        };
        read.ok_or_else(|| reader.refuse("this definition is not complete", start))?;
    }
    Ok(document)
}

/// A type as it is written.
pub(crate) fn type_ref(of: &cst::Type) -> Option<TypeRef> {
    let of_list = |list: &cst::ListType| Some(TypeRef::List(Box::new(type_ref(&list.ty()?)?)));
    let named = |name: &cst::NamedType| Some(TypeRef::Named(name.name()?.text().to_string()));
    match of {
        cst::Type::NamedType(name) => named(name),
        cst::Type::ListType(list) => of_list(list),
        cst::Type::NonNullType(inner) => {
            let inner = match (inner.named_type(), inner.list_type()) {
                (Some(name), _) => named(&name)?,
                (None, Some(list)) => of_list(&list)?,
                (None, None) => return None,
            };
            Some(TypeRef::NonNull(Box::new(inner)))
        }
    }
}

/// A value as it is written.
pub(crate) fn literal(value: &cst::Value) -> Option<Literal> {
    Some(match value {
        cst::Value::Variable(variable) => Literal::Variable(variable.name()?.text().to_string()),
        cst::Value::StringValue(text) => Literal::Text(String::from(text)),
        cst::Value::IntValue(number) => Literal::Int(number.source_string().trim().parse().ok()?),
        cst::Value::FloatValue(number) => Literal::Float(number.source_string().trim().parse().ok()?),
        cst::Value::BooleanValue(flag) => Literal::Boolean(flag.true_token().is_some()),
        cst::Value::NullValue(_) => Literal::Null,
        cst::Value::EnumValue(word) => Literal::Enum(word.name()?.text().to_string()),
        cst::Value::ListValue(list) => Literal::List(list.values().map(|item| literal(&item)).collect::<Option<_>>()?),
        cst::Value::ObjectValue(object) => {
            let pair = |field: cst::ObjectField| Some((field.name()?.text().to_string(), literal(&field.value()?)?));
            Literal::Object(object.object_fields().map(pair).collect::<Option<_>>()?)
        }
    })
}

struct Reader {
    /// Where each line begins.
    lines: Vec<usize>,
}

impl Reader {
    fn new(text: &str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(index, _)| index + 1);
        Self { lines: std::iter::once(0).chain(ends).collect() }
    }

    fn location(&self, index: usize) -> Location {
        let line = self.lines.partition_point(|start| *start <= index);
        let start = self.lines.get(line - 1).copied().unwrap_or(0);
        Location { line, column: index - start + 1 }
    }

    fn at(&self, node: &impl CstNode) -> Location {
        self.location(start_of(node))
    }

    fn refuse(&self, message: &str, index: usize) -> QueryError {
        let at = self.location(index);
        QueryError::new(format!("Parse error at [{}, {}]: {message}", at.line, at.column)).at(at)
    }

    fn operation(&self, operation: &cst::OperationDefinition) -> Option<Operation> {
        let is_query = operation.operation_type().is_none_or(|kind| kind.query_token().is_some());
        let declared = operation.variable_definitions().map(|list| list.variable_definitions());
        Some(Operation {
            name: operation.name().map(|name| name.text().to_string()),
            is_query,
            variables: declared.into_iter().flatten().map(|one| self.variable(&one)).collect::<Option<_>>()?,
            selections: self.selections(operation.selection_set())?,
        })
    }

    fn variable(&self, definition: &cst::VariableDefinition) -> Option<Variable> {
        let default = match definition.default_value() {
            Some(default) => Some(literal(&default.value()?)?),
            None => None,
        };
        Some(Variable {
            name: definition.variable()?.name()?.text().to_string(),
            of: type_ref(&definition.ty()?)?,
            default,
            at: self.at(definition),
        })
    }

    fn fragment(&self, fragment: &cst::FragmentDefinition) -> Option<(String, Fragment)> {
        let name = fragment.fragment_name()?.name()?.text().to_string();
        let condition = fragment.type_condition()?.named_type()?.name()?.text().to_string();
        let selections = self.selections(fragment.selection_set())?;
        Some((name, Fragment { condition, selections, at: self.at(fragment) }))
    }

    fn selections(&self, set: Option<cst::SelectionSet>) -> Option<Vec<Selection>> {
        let selections = set.map(|set| set.selections());
        selections.into_iter().flatten().map(|selection| self.selection(&selection)).collect()
    }

    fn selection(&self, selection: &cst::Selection) -> Option<Selection> {
        Some(match selection {
            cst::Selection::Field(field) => Selection::Field(Field {
                alias: field.alias().and_then(|alias| alias.name()).map(|name| name.text().to_string()),
                name: field.name()?.text().to_string(),
                arguments: arguments(field.arguments())?,
                directives: self.directives(field.directives())?,
                selections: self.selections(field.selection_set())?,
                at: self.at(field),
            }),
            cst::Selection::FragmentSpread(spread) => Selection::Spread(Spread {
                name: spread.fragment_name()?.name()?.text().to_string(),
                directives: self.directives(spread.directives())?,
                at: self.at(spread),
            }),
            cst::Selection::InlineFragment(inline) => {
                let condition = match inline.type_condition() {
                    Some(condition) => Some(condition.named_type()?.name()?.text().to_string()),
                    None => None,
                };
                Selection::Inline(Inline {
                    condition,
                    directives: self.directives(inline.directives())?,
                    selections: self.selections(inline.selection_set())?,
                    at: self.at(inline),
                })
            }
        })
    }

    fn directives(&self, directives: Option<cst::Directives>) -> Option<Vec<Directive>> {
        let directives = directives.map(|list| list.directives());
        let read = |directive: cst::Directive| {
            Some(Directive {
                name: directive.name()?.text().to_string(),
                arguments: arguments(directive.arguments())?,
                at: self.at(&directive),
            })
        };
        directives.into_iter().flatten().map(read).collect()
    }
}

fn arguments(arguments: Option<cst::Arguments>) -> Option<Vec<(String, Literal)>> {
    let arguments = arguments.map(|list| list.arguments());
    let pair = |argument: cst::Argument| Some((argument.name()?.text().to_string(), literal(&argument.value()?)?));
    arguments.into_iter().flatten().map(pair).collect()
}

fn start_of(node: &impl CstNode) -> usize {
    node.syntax().text_range().start().into()
}
