//! What is to be done, before it is known how often it takes.

use url::Url;

use crate::outcome::Request;

/// The methods that the client uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Get,
    /// Only to ask for the token of an App's installation.
    Post,
}

impl Method {
    /// GitHub's price: a read is one point, a write five.
    pub(super) fn points(self) -> u32 {
        match self {
            Self::Get => 1,
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
}

impl Call {
    pub(crate) fn get(request: Request) -> Self {
        Self { method: Method::Get, request, as_app: false }
    }

    pub(crate) fn as_app(method: Method, url: Url) -> Self {
        Self { method, request: Request::new(url), as_app: true }
    }
}
