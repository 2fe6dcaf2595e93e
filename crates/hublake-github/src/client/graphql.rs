//! Queries by GraphQL.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use url::Url;

use super::Client;
use super::call::Call;
use super::exchange::Exchange;
use super::transport::Answer;
use super::verdict::judge_query;
use crate::error::Error;
use crate::graphql::{GraphqlAnswer, GraphqlBody, GraphqlData, GraphqlOutcome, GraphqlRequest};
use crate::outcome::Outcome;

impl Client {
    /// Where queries go: `/graphql` beside the REST API's root, `/api/graphql` for a root `/api/v3`.
    pub fn graphql_url(&self) -> &Url {
        self.inner.api.graphql()
    }

    /// Sends a query; `decode` reads the answer's body, once for each answer that has one.
    ///
    /// Connection failures, 500, 503, errors that GitHub calls its own, bodies that are cut off and what
    /// `decode` refuses are retried with growing pauses; limits are waited for, in whichever way they are
    /// told. Where GitHub's clock of 10 s ran out the query is not repeated but [`Outcome::TooSlow`]; a 502
    /// or 504 that came sooner is repeated once. Where GitHub stumbles over a part of the data each time, the
    /// answer is that data with its errors.
    ///
    /// # Errors
    /// As [`Client::get`]; and [`Error::Query`] where GitHub refuses the query as it is written.
    pub async fn graphql<T, E, F>(&self, request: GraphqlRequest, decode: F) -> Result<GraphqlOutcome<T>, Error>
    where
        F: Fn(&[u8]) -> Result<GraphqlBody<T>, E> + Send + Sync,
        E: fmt::Display,
        T: GraphqlData + Send,
    {
        let decoded = Mutex::new(None);
        let judge = |answer: &Answer, now: DateTime<Utc>| {
            let (judged, body) = judge_query(answer, now, |body| decode(body).map_err(|error| error.to_string()));
            *decoded.lock().unwrap_or_else(PoisonError::into_inner) = body;
            judged
        };
        let call = Call::query(self.graphql_url().clone(), request);
        let outcome = Exchange::new(self, call).run(&judge).await?;
        let decoded = decoded.into_inner().unwrap_or_else(PoisonError::into_inner);
        let (page, data, errors) = match (outcome, decoded) {
            (Outcome::Page(page), Some(GraphqlBody { data: Some(data), errors })) => (page, data, errors),
            (outcome, _) => return Ok(GraphqlOutcome::Unavailable(outcome)),
        };
        Ok(GraphqlOutcome::Answer(Box::new(GraphqlAnswer {
            cost: data.rate_limit().and_then(|told| told.cost),
            data,
            errors,
            body: page.body,
            url: page.final_url,
            status: page.status,
            fetched_at: page.fetched_at,
            rate: page.rate,
            headers: page.headers,
            spent: page.spent,
        })))
    }
}
