//! What the queries of a search ask and get.

use std::collections::BTreeMap;

use hublake_github::{GraphqlData, GraphqlRateLimit};
use serde::Deserialize;

use crate::events::{RepositoryTotals, Total};

pub(super) const TOTALS: &str = include_str!("../../graphql/issue_totals.graphql");
pub(super) const COUNTS_QUERY: &str = include_str!("../../graphql/issue_counts.graphql");
pub(super) const EXIST: &str = include_str!("../../graphql/issues_exist.graphql");

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TotalsData {
    pub(super) rate_limit: Option<GraphqlRateLimit>,
    pub(super) repository: Option<RepositoryTotals>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CountsData {
    pub(super) rate_limit: Option<GraphqlRateLimit>,
    pub(super) repository: Option<Counts>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Counts {
    pub(super) database_id: Option<i64>,
    #[serde(flatten)]
    pub(super) counts: BTreeMap<String, Total>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ExistData {
    pub(super) rate_limit: Option<GraphqlRateLimit>,
    #[serde(default)]
    pub(super) nodes: Vec<Option<ExistingIssue>>,
}

#[derive(Deserialize)]
pub(super) struct ExistingIssue {
    pub(super) number: Option<i64>,
    pub(super) repository: Option<Place>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Place {
    pub(super) database_id: Option<i64>,
}

impl GraphqlData for TotalsData {
    fn rate_limit(&self) -> Option<GraphqlRateLimit> {
        self.rate_limit
    }
}

impl GraphqlData for CountsData {
    fn rate_limit(&self) -> Option<GraphqlRateLimit> {
        self.rate_limit
    }
}

impl GraphqlData for ExistData {
    fn rate_limit(&self) -> Option<GraphqlRateLimit> {
        self.rate_limit
    }
}
