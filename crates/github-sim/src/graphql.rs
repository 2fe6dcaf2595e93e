//! GraphQL over the world: the part of GitHub's schema that `schema.graphql` holds.

mod check;
mod coerce;
mod document;
mod error;
mod execute;
mod object;
mod parse;
mod plan;
mod schema;

use serde_json::{Map, Value};

use document::{Document, Operation};
pub(crate) use error::QueryError;
pub(crate) use execute::execute;
pub(crate) use object::{Context, RateFacts};
pub(crate) use plan::Plan;

/// The most items a page can hold, and the most ids `nodes` takes.
pub(crate) const LONGEST_PAGE: u64 = 100;

/// The most nodes an operation may ask for.
const MOST_NODES: u64 = 500_000;

/// A query's text, read.
#[derive(Debug)]
pub(crate) struct Query {
    document: Document,
}

impl Query {
    /// Reads a query document.
    ///
    /// # Errors
    /// Where the text is not GraphQL.
    pub(crate) fn read(text: &str) -> Result<Self, QueryError> {
        Ok(Self { document: parse::parse(text)? })
    }

    /// Makes an operation ready to be executed; a document with one operation needs no name.
    ///
    /// # Errors
    /// What is wrong with the operation or its variables, or that it asks for too many nodes.
    pub(crate) fn plan(&self, name: Option<&str>, variables: &Map<String, Value>) -> Result<Plan<'_>, Vec<QueryError>> {
        let operation = self.operation(name).map_err(|error| vec![error])?;
        if !operation.is_query {
            return Err(vec![QueryError::new("The simulator answers queries, no mutations or subscriptions")]);
        }
        let problems = check::check(&self.document, operation);
        if !problems.is_empty() {
            return Err(problems);
        }
        let variables = check::variables(operation, variables)?;
        let plan = Plan::new(&self.document, operation, variables);
        let nodes = plan.cost.nodes;
        if nodes > MOST_NODES {
            let message = format!(
                "This query requests up to {} possible nodes which exceeds the maximum limit of 500,000.",
                in_thousands(nodes)
            );
            return Err(vec![QueryError::of("MAX_NODE_LIMIT_EXCEEDED", message)]);
        }
        Ok(plan)
    }

    fn operation(&self, name: Option<&str>) -> Result<&Operation, QueryError> {
        let operations = &self.document.operations;
        match (name, operations.as_slice()) {
            (None, [single]) => Ok(single),
            (None, []) => Err(QueryError::new("A query attribute must be specified and must be a string.")),
            (None, _) => Err(QueryError::new("An operation name is required")),
            (Some(name), _) => operations
                .iter()
                .find(|operation| operation.name.as_deref() == Some(name))
                .ok_or_else(|| QueryError::new(format!("No operation named \"{name}\""))),
        }
    }
}

/// 1234567 as 1,234,567.
fn in_thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
