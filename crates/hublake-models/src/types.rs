//! SQL types of declarations as Arrow types.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Fields, TimeUnit};
use datafusion::sql::sqlparser::ast::{ArrayElemTypeDef, DataType as SqlType, StructField, TimezoneInfo};
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::parser::Parser;

/// The types that a declaration may name.
pub(crate) const NAMES: &str =
    "BIGINT, DOUBLE, BOOLEAN, VARCHAR, DATE, TIMESTAMPTZ(6), VARCHAR[], ARRAY<..> and STRUCT<name type, ..>";

/// Reads a declared type, such as `TIMESTAMPTZ(6)`.
pub(crate) fn parse(text: &str) -> Option<DataType> {
    let parsed = Parser::new(&GenericDialect {}).try_with_sql(text).ok()?.parse_data_type().ok()?;
    arrow_type(&parsed)
}

/// The Arrow type, or `None` if declarations do not use the SQL type.
pub(crate) fn arrow_type(sql_type: &SqlType) -> Option<DataType> {
    match sql_type {
        SqlType::BigInt(None) => Some(DataType::Int64),
        SqlType::Double(_) => Some(DataType::Float64),
        SqlType::Boolean => Some(DataType::Boolean),
        SqlType::Varchar(None) => Some(DataType::Utf8),
        SqlType::Date => Some(DataType::Date32),
        SqlType::Timestamp(Some(6), TimezoneInfo::Tz) => {
            Some(DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())))
        }
        SqlType::Array(ArrayElemTypeDef::SquareBracket(element, None) | ArrayElemTypeDef::AngleBracket(element)) => {
            Some(DataType::List(Arc::new(Field::new_list_field(arrow_type(element)?, true))))
        }
        SqlType::Struct(fields, _) => {
            let fields = fields.iter().map(struct_field).collect::<Option<Vec<_>>>()?;
            Some(DataType::Struct(Fields::from(fields)))
        }
        _ => None,
    }
}

fn struct_field(field: &StructField) -> Option<Field> {
    Some(Field::new(&field.field_name.as_ref()?.value, arrow_type(&field.field_type)?, true))
}
