//! What is to be done, before it is known how often it takes.

use bytes::Bytes;
use url::Url;

use super::api::Api;
use crate::graphql::GraphqlRequest;
use crate::outcome::Request;
use crate::rate::Resource;

/// The methods that the client uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Get,
    /// Only to ask for the token of an App's installation.
    Post,
    /// A GraphQL query: sent as a POST, but a read.
    Query,
}

impl Method {
    /// GitHub's price: a read is one point, a write five.
    pub(super) fn points(self) -> u32 {
        match self {
            Self::Get | Self::Query => 1,
            Self::Post => 5,
        }
    }
}

/// A request and who makes it.
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) request: Request,
    /// A GitHub App asks under its own name, not as one of its installations.
    pub(crate) as_app: bool,
    /// What is sent along; empty where nothing is.
    pub(super) body: Bytes,
    /// What it is expected to draw on its bucket.
    pub(super) cost: u32,
}

impl Call {
    pub(crate) fn get(request: Request) -> Self {
        Self { method: Method::Get, request, as_app: false, body: Bytes::new(), cost: 1 }
    }

    pub(crate) fn as_app(method: Method, url: Url) -> Self {
        Self { method, request: Request::new(url), as_app: true, body: Bytes::new(), cost: 1 }
    }

    pub(super) fn query(url: Url, query: GraphqlRequest) -> Self {
        let body = serde_json::json!({ "query": query.query, "variables": query.variables }).to_string();
        let request = Request { owner: query.owner, ..Request::new(url) };
        Self { method: Method::Query, request, as_app: false, body: body.into(), cost: query.expected_cost }
    }

    /// The bucket that the call will draw on.
    pub(super) fn resource(&self, api: &Api) -> Resource {
        match self.method {
            Method::Query => Resource::Graphql,
            Method::Get | Method::Post => Resource::of_path(api.path(&self.request.url)),
        }
    }
}
