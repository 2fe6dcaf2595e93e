//! A query as a syntax tree: its rules, its columns, the tables it reads.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use chrono::{DateTime, Utc};
use datafusion::common::TableReference;
use datafusion::error::Result as EngineResult;
use datafusion::sql::parser::{DFParser, Statement};
use datafusion::sql::resolve::resolve_table_references;
use datafusion::sql::sqlparser::ast::{
    CastKind, Expr, Select, SelectItem, SetExpr, Spanned, Statement as SqlStatement, Value, visit_expressions,
    visit_expressions_mut, visit_relations,
};
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer, Whitespace};

use crate::Error;
use crate::model::Column;
use crate::sql_file::SqlFile;
use crate::types;

/// The placeholder for the instant that stands for the present.
const RUN_AT: &str = "$run_at";

/// Functions whose result is not determined by the rows and `$run_at`.
const UNSTABLE: [&str; 9] = [
    "now",
    "current_date",
    "current_time",
    "current_timestamp",
    "today",
    "localtime",
    "localtimestamp",
    "random",
    "uuid",
];

/// Parses the file's query and checks that it is one `SELECT` whose result depends on its input alone.
pub(crate) fn parse(file: &SqlFile<'_>) -> Result<Statement, Error> {
    let hint = "after the header comes one SELECT, which may begin with WITH";
    let mut statements = DFParser::parse_sql(&file.padded_query()).map_err(|error| {
        let reason = error.strip_backtrace();
        file.error(line_in_message(&reason).unwrap_or(1), &reason, hint)
    })?;
    let (Some(statement), true) = (statements.pop_front(), statements.is_empty()) else {
        return Err(file.error(1, "the file does not hold exactly one statement", hint));
    };
    if final_select(&statement).is_none() {
        return Err(file.error(1, "the statement does not end in one SELECT", "put a UNION into a WITH query"));
    }
    if let Statement::Statement(query) = &statement
        && let ControlFlow::Break((line, reason)) = visit_expressions(query, |expr| match unstable(expr) {
            Some(reason) => ControlFlow::Break((line_of(expr), reason)),
            None => ControlFlow::Continue(()),
        })
    {
        return Err(file.error(line, &reason, "use $run_at, the instant that stands for the present"));
    }
    Ok(statement)
}

/// The columns of the final SELECT: each a cast with an alias and a comment behind it.
pub(crate) fn columns(file: &SqlFile<'_>, statement: &Statement) -> Result<Vec<Column>, Error> {
    let mut comments = comments_by_line(file)?;
    let mut columns: Vec<Column> = Vec::new();
    for item in final_select(statement).map(|select| select.projection.as_slice()).unwrap_or_default() {
        let hint = "write CAST(expression AS TYPE) AS name, -- comment";
        let SelectItem::ExprWithAlias { expr, alias } = item else {
            let line = item.span().start.line as usize;
            return Err(file.error(line, &format!("`{item}` has no alias"), hint));
        };
        let line = alias.span.start.line as usize;
        let name = &alias.value;
        let Expr::Cast { kind: CastKind::Cast | CastKind::DoubleColon, data_type: sql_type, .. } = expr else {
            return Err(file.error(line, &format!("{name} is no cast"), hint));
        };
        let Some(data_type) = types::arrow_type(sql_type) else {
            let reason = format!("{name} has the type {sql_type}");
            return Err(file.error(line, &reason, &format!("the types are {}", types::NAMES)));
        };
        let Some(comment) = comments.remove(&line) else {
            return Err(file.error(line, &format!("{name} has no comment of its own"), hint));
        };
        if columns.iter().any(|column| column.name == *name) {
            return Err(file.error(line, &format!("{name} is there twice"), "give each column a name of its own"));
        }
        columns.push(Column { name: name.clone(), data_type, sql_type: sql_type.to_string(), comment });
    }
    Ok(columns)
}

/// The names of the final SELECT's columns, as far as they have one.
pub(crate) fn column_names(statement: &Statement) -> Vec<String> {
    let items = final_select(statement).map(|select| select.projection.as_slice()).unwrap_or_default();
    let name = |item: &SelectItem| match item {
        SelectItem::ExprWithAlias { alias, .. } => Some(alias.value.clone()),
        SelectItem::UnnamedExpr(Expr::Identifier(name)) => Some(name.value.clone()),
        SelectItem::UnnamedExpr(Expr::CompoundIdentifier(names)) => names.last().map(|name| name.value.clone()),
        _ => None,
    };
    items.iter().filter_map(name).collect()
}

/// The tables that the query reads, each with the line of its first mention; its own WITH queries are left out.
pub(crate) fn tables(file: &SqlFile<'_>, statement: &Statement) -> Result<Vec<(TableReference, usize)>, Error> {
    let (references, _) = resolve_table_references(statement, true)
        .map_err(|error| file.error(1, &error.strip_backtrace(), "name tables as `name` or `schema.name`"))?;
    let mut lines = BTreeMap::new();
    if let Statement::Statement(query) = statement {
        let _: ControlFlow<()> = visit_relations(query, |name| {
            lines.entry(name.to_string()).or_insert(name.span().start.line as usize);
            ControlFlow::Continue(())
        });
    }
    let with_line = |reference: TableReference| {
        let line = lines.get(&reference.to_string()).copied().unwrap_or(1);
        (reference, line)
    };
    Ok(references.into_iter().map(with_line).collect())
}

/// The statement with `$run_at` replaced by the instant, in microseconds UTC.
pub(crate) fn at(statement: &Statement, run_at: DateTime<Utc>) -> EngineResult<Statement> {
    let literal = format!("arrow_cast({}, 'Timestamp(Microsecond, Some(\"UTC\"))')", run_at.timestamp_micros());
    let instant = DFParser::parse_sql_into_expr(&literal)?.expr;
    let mut bound = statement.clone();
    if let Statement::Statement(query) = &mut bound {
        let _: ControlFlow<()> = visit_expressions_mut(query, |expr| {
            if placeholder(expr) == Some(RUN_AT) {
                *expr = instant.clone();
            }
            ControlFlow::Continue(())
        });
    }
    Ok(bound)
}

fn final_select(statement: &Statement) -> Option<&Select> {
    let Statement::Statement(statement) = statement else { return None };
    let SqlStatement::Query(query) = statement.as_ref() else { return None };
    let SetExpr::Select(select) = query.body.as_ref() else { return None };
    Some(select)
}

fn unstable(expr: &Expr) -> Option<String> {
    if let Expr::Function(function) = expr {
        let name = function.name.to_string().to_lowercase();
        return UNSTABLE.contains(&name.as_str()).then(|| format!("{name} gives another result at another time"));
    }
    let name = placeholder(expr)?;
    (name != RUN_AT).then(|| format!("unknown parameter {name}"))
}

fn placeholder(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Value(value) => match &value.value {
            Value::Placeholder(name) => Some(name),
            _ => None,
        },
        _ => None,
    }
}

fn line_of(expr: &Expr) -> usize {
    (expr.span().start.line as usize).max(1)
}

/// The line that the parser's message names (`... at Line: 3, Column: 7`).
fn line_in_message(message: &str) -> Option<usize> {
    let digits = message.split("Line: ").nth(1)?;
    digits.split(|character: char| !character.is_ascii_digit()).next()?.parse().ok()
}

fn comments_by_line(file: &SqlFile<'_>) -> Result<BTreeMap<usize, String>, Error> {
    let tokens = Tokenizer::new(&GenericDialect {}, &file.padded_query())
        .tokenize_with_location()
        .map_err(|error| file.error(error.location.line as usize, &error.message, "close quotes and comments"))?;
    let mut comments = BTreeMap::new();
    for token in tokens {
        if let Token::Whitespace(Whitespace::SingleLineComment { comment, .. }) = &token.token
            && !comment.trim().is_empty()
        {
            comments.insert(token.span.start.line as usize, comment.trim().to_owned());
        }
    }
    Ok(comments)
}
