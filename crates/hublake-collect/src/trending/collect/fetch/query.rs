//! Files by GraphQL.

use std::fmt::Write;

use hublake_github::{GraphqlAnswer, GraphqlRequest, Outcome};
use serde_json::Map;

use super::content::{Content, MOST_BYTES};
use super::{Fetched, Want, rest};
use crate::Result;
use crate::trending::collect::ask::{Aliases, Asking, Kept, Refused};
use crate::trending::collect::details::error_of;
use crate::trending::collect::ledger::Ledger;
use crate::trending::{Branch, stream};

const BLOB: &str = "... on Blob{oid byteSize isBinary isTruncated text}";

/// Asks for some files at once; a query that takes too long is divided.
pub(super) async fn ask(asking: &Asking<'_>, ledger: &Ledger, wants: Vec<Want<'_>>) -> Result<Fetched> {
    let mut fetched = Fetched::default();
    let mut waiting = vec![wants];
    while let Some(wants) = waiting.pop() {
        let answer = match asking.query(ledger, stream::REPO_FILES, request(&wants)).await {
            Ok(answer) => answer,
            Err(Refused::Outcome(Outcome::TooSlow { .. })) if wants.len() > 1 => {
                ledger.retries();
                let (left, right) = wants.split_at(wants.len() / 2);
                waiting.extend([left.to_vec(), right.to_vec()]);
                continue;
            }
            Err(refused) => {
                let failed = wants.into_iter().map(|want| {
                    let message = refused.message(&want.described.found.full_name);
                    ledger.fails(message.clone());
                    (want, Content::Failed(message))
                });
                let failed = failed.collect();
                fetched.keep(asking, Kept::without_answer(stream::REPO_FILES, asking.now()), failed).await?;
                continue;
            }
        };
        let (mut contents, mut others) = (Vec::with_capacity(wants.len()), Vec::new());
        for (place, want) in wants.into_iter().enumerate() {
            match read(&answer, place, &want) {
                Some(Content::Failed(message)) => {
                    ledger.fails(message.clone());
                    contents.push((want, Content::Failed(message)));
                }
                Some(content) => contents.push((want, content)),
                None => others.push(want),
            }
        }
        fetched.keep(asking, Kept::of_query(stream::REPO_FILES, &answer), contents).await?;
        for want in others {
            fetched.add(rest::ask(asking, ledger, want).await?);
        }
    }
    Ok(fetched)
}

fn request(wants: &[Want<'_>]) -> GraphqlRequest {
    let (mut parameters, mut fields) = (String::new(), String::new());
    let mut variables = Map::new();
    for (place, want) in wants.iter().enumerate() {
        let (owner, name) = want.described.found.full_name.split_once('/').unwrap_or_default();
        let (argument, kind, value) = match &want.sha {
            Some(sha) => ("oid", "GitObjectID", sha.clone()),
            None => ("expression", "String", format!("HEAD:{}", want.path)),
        };
        // Writing to a string cannot fail.
        let _ = write!(parameters, "$o{place}:String!,$n{place}:String!,$x{place}:{kind}!,");
        let _ = write!(
            fields,
            " f{place}:repository(owner:$o{place},name:$n{place}){{databaseId object({argument}:$x{place}){{{BLOB}}}}}"
        );
        variables.insert(format!("o{place}"), owner.into());
        variables.insert(format!("n{place}"), name.into());
        variables.insert(format!("x{place}"), value.into());
    }
    let owner = wants.first().map(|want| want.described.found.owner()).unwrap_or_default();
    let query = format!("query({parameters}){{rateLimit{{cost limit remaining used resetAt}}{fields}}}");
    GraphqlRequest::new(query).with_variables(variables.into()).for_owner(owner)
}

/// What came of a file; none where only REST gives it whole.
fn read(answer: &GraphqlAnswer<Aliases>, place: usize, want: &Want<'_>) -> Option<Content> {
    let alias = format!("f{place}");
    let payload = answer.data.get(&alias);
    let object = payload.and_then(|payload| serde_json::from_str::<Branch>(payload).ok()?.object);
    let Some((object, sha)) = object.and_then(|object| object.oid.clone().map(|sha| (object, sha))) else {
        let error = error_of(answer, &alias);
        if want.sha.is_none() && payload.is_some() && error.is_none() {
            return Some(Content::Missing);
        }
        let reason = error.map_or("it is gone since it was listed".to_owned(), ToString::to_string);
        let full_name = &want.described.found.full_name;
        return Some(Content::Failed(format!(
            "{full_name}: {}: {reason}\nhint: nothing is to be done: the next run asks again",
            want.path
        )));
    };
    let size = object.byte_size.unwrap_or_default();
    if size > MOST_BYTES {
        return Some(Content::TooLarge);
    }
    if object.is_binary == Some(true) {
        return Some(Content::NoText { sha, size });
    }
    let text = object.text.filter(|_| object.is_truncated != Some(true))?;
    if i64::try_from(text.len()) == Ok(size) {
        return Some(Content::Text { sha, size, text });
    }
    // GitHub puts a sign of three bytes in the place of each byte that is no UTF-8.
    text.contains(char::REPLACEMENT_CHARACTER).then_some(Content::NoText { sha, size })
}
