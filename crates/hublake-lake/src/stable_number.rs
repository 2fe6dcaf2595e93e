//! `stable_number`: a number for a name.

use std::sync::Arc;

use arrow::array::{AsArray, Int64Array};
use arrow::datatypes::DataType;
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf};

/// `stable_number(text)`: the same whole number for the same text, on every machine and for ever; null for null.
///
/// It is FNV-1a of the text's bytes, 32 bits, so it is from 0 to 4,294,967,295; of a thousand names two have the same
/// number with a probability of one in ten thousand.
pub fn stable_number() -> ScalarUDF {
    let (arguments, result) = (vec![DataType::Utf8], DataType::Int64);
    create_udf("stable_number", arguments, result, Volatility::Immutable, Arc::new(evaluate))
}

fn evaluate(arguments: &[ColumnarValue]) -> Result<ColumnarValue> {
    let [texts] = arguments else { return exec_err!("stable_number takes one text") };
    let texts = match texts {
        ColumnarValue::Array(array) => Arc::clone(array),
        ColumnarValue::Scalar(scalar) => scalar.to_array()?,
    };
    let numbers: Int64Array = texts.as_string::<i32>().iter().map(|text| text.map(number_of)).collect();
    Ok(ColumnarValue::Array(Arc::new(numbers)))
}

fn number_of(text: &str) -> i64 {
    let hash = text.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    i64::from(hash)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SessionOptions, session};

    /// From the test vectors that the authors of FNV publish.
    #[test]
    fn numbers_are_those_of_fnv_1a() {
        assert_eq!(number_of(""), 0x811c_9dc5);
        assert_eq!(number_of("a"), 0xe40c_292c);
        assert_eq!(number_of("foobar"), 0xbf9c_f968);
    }

    #[tokio::test]
    async fn a_query_gives_a_number_for_each_text_and_none_for_null() {
        let context = session(&SessionOptions::default()).unwrap();
        let query = "SELECT stable_number(name) FROM (VALUES ('a'), (NULL)) AS names (name)";
        let rows = context.sql(query).await.unwrap().collect().await.unwrap();
        let numbers = rows[0].column(0).as_primitive::<arrow::datatypes::Int64Type>();
        assert_eq!(numbers.iter().collect::<Vec<_>>(), [Some(0xe40c_292c), None]);
    }
}
