//! Search: what is common to searching repositories and searching code.

mod code;
mod query;
mod repositories;

use serde_json::json;

use super::answer::{Answer, link_of_pages};
use super::request::{Call, Question};

pub(crate) use code::search as code;
pub(crate) use repositories::search as repositories;

use query::Query;

/// A search gives no more results than these, however many it finds.
/// (<https://docs.github.com/rest/search/search#about-search>)
const MOST_RESULTS: usize = 1_000;
/// The longest text of a query, qualifiers left out.
const LONGEST_TEXT: usize = 256;

const TOO_DEEP: &str = "Only the first 1000 search results are available";

/// Reads `q` and holds it against what every search wants.
fn read(question: &Question, known: &[&str]) -> Result<Query, Answer> {
    let Some(text) = question.parameter("q").filter(|text| !text.trim().is_empty()) else {
        return Err(invalid("missing", None));
    };
    let query = Query::read(text, known).map_err(|problem| invalid("invalid", Some(&problem)))?;
    if query.words.iter().map(|word| word.text.len()).sum::<usize>() > LONGEST_TEXT {
        return Err(invalid("invalid", Some("The search is longer than 256 characters.")));
    }
    let (page, per_page) = (question.page(), question.per_page());
    if (page - 1).saturating_mul(per_page) >= MOST_RESULTS {
        return Err(Answer::error(422, TOO_DEEP));
    }
    Ok(query)
}

/// A page of results. One that ran out of time holds the first half of what it would hold, and says so.
fn results<T>(call: Call<'_>, path: &str, found: Vec<T>, write: impl Fn(&T) -> String) -> Answer {
    let (page, per_page) = (call.question.page(), call.question.per_page());
    let total = if call.is_cut_short { found.len() / 2 } else { found.len() };
    let reachable = total.min(MOST_RESULTS);
    let items: Vec<String> =
        found.iter().take(reachable).skip((page - 1) * per_page).take(per_page).map(write).collect();
    let body = format!(
        "{{\"total_count\":{total},\"incomplete_results\":{},\"items\":[{}]}}",
        call.is_cut_short,
        items.join(",")
    );
    // Answers to searches bear no ETag.
    let answer = Answer { status: 200, headers: Vec::new(), body: body.into_bytes() };
    answer.with_link(link_of_pages(call.question, path, reachable.div_ceil(per_page)))
}

fn invalid(code: &str, message: Option<&str>) -> Answer {
    let mut error = json!({"resource": "Search", "field": "q", "code": code});
    if let Some(message) = message {
        error["message"] = json!(message);
    }
    Answer::of_value(
        422,
        &json!({
            "message": "Validation Failed", "errors": [error],
            "documentation_url": "https://docs.github.com/v3/search/", "status": "422",
        }),
    )
}
