//! The API's root: building URLs below it, and telling it from every other host.

use url::{Host, Url};

use crate::error::Error;

const KEY: &str = "api_url";

/// The root that all requests stay below.
#[derive(Debug, Clone)]
pub(crate) struct Api {
    root: Url,
    graphql: Url,
}

impl Api {
    /// Checks the root; `keep_encrypted` refuses http:// but to this machine.
    pub(crate) fn new(given: &Url, keep_encrypted: bool) -> Result<Self, Error> {
        let refuse = |reason: String, hint| Error::Config { key: KEY, reason, hint };
        let mut root = given.clone();
        if !matches!(root.scheme(), "http" | "https") || root.host().is_none() {
            return Err(refuse(
                format!("`{}` is no web address", shown(given)),
                "use https://api.github.com, https://HOST/api/v3 or the simulator's address",
            ));
        }
        if !root.username().is_empty() || root.password().is_some() {
            return Err(refuse(
                format!("`{}` carries a user name or password", shown(given)),
                "give the token separately",
            ));
        }
        if keep_encrypted && root.scheme() == "http" && !is_loopback(&root) {
            return Err(Error::InsecureUrl { api_url: shown(given) });
        }
        root.set_query(None);
        root.set_fragment(None);
        if !root.path().ends_with('/') {
            root.set_path(&format!("{}/", root.path()));
        }
        let mut graphql = root.clone();
        let above = root.path().strip_suffix("v3/").filter(|above| above.ends_with("/api/"));
        graphql.set_path(&format!("{}graphql", above.unwrap_or(root.path())));
        Ok(Self { root, graphql })
    }

    pub(crate) fn root(&self) -> &Url {
        &self.root
    }

    /// Where queries go. GitHub Enterprise has it beside the REST API's root `/api/v3`, not below it.
    pub(crate) fn graphql(&self) -> &Url {
        &self.graphql
    }

    /// A URL below the root.
    pub(crate) fn url(&self, path: &str, query: &[(&str, &str)]) -> Url {
        let mut url = self.root.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path.split('/').filter(|segment| !segment.is_empty()));
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    /// A link or redirect of `source`, resolved; only one that stays on the API's host and below its root.
    pub(crate) fn follow(&self, source: &Url, target: &str) -> Result<Url, Error> {
        let foreign = |target: String| Error::ForeignHost { source_url: shown(source), target, api_host: self.host() };
        let Ok(url) = source.join(target) else {
            return Err(foreign("no URL".to_owned()));
        };
        if self.contains(&url) { Ok(url) } else { Err(foreign(shown(&url))) }
    }

    /// Whether a URL is the API's own, so that it may see the token.
    pub(crate) fn contains(&self, url: &Url) -> bool {
        url.origin() == self.root.origin()
            && url.username().is_empty()
            && url.password().is_none()
            && url.path().starts_with(self.root.path())
    }

    /// The path below the root, without a leading slash.
    pub(crate) fn path<'a>(&self, url: &'a Url) -> &'a str {
        url.path().strip_prefix(self.root.path()).unwrap_or_default()
    }

    fn host(&self) -> String {
        self.root.origin().ascii_serialization()
    }
}

/// A URL as messages show it: without user name, password, query and fragment.
pub(crate) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    // Both fail only for URLs that cannot have a user, which then is not there.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_fragment(None);
    url.into()
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn api(root: &str) -> Api {
        Api::new(&Url::parse(root).unwrap(), true).unwrap()
    }

    #[rstest]
    #[case::public("https://api.github.com", "https://api.github.com/repos/o/n/issues?state=all&q=a+b%26c")]
    #[case::enterprise("https://h/api/v3", "https://h/api/v3/repos/o/n/issues?state=all&q=a+b%26c")]
    #[case::with_slash("https://h/api/v3/", "https://h/api/v3/repos/o/n/issues?state=all&q=a+b%26c")]
    fn urls_keep_the_roots_path(#[case] root: &str, #[case] expected: &str) {
        let url = api(root).url("repos/o/n/issues", &[("state", "all"), ("q", "a b&c")]);
        assert_eq!(url.as_str(), expected);
    }

    #[rstest]
    #[case::public("https://api.github.com", "https://api.github.com/graphql")]
    #[case::own_cloud("https://api.octo.ghe.com/", "https://api.octo.ghe.com/graphql")]
    #[case::enterprise("https://h/api/v3", "https://h/api/graphql")]
    #[case::enterprise_with_slash("https://h:8443/api/v3/", "https://h:8443/api/graphql")]
    #[case::behind_a_prefix("https://h/github/api/v3", "https://h/github/api/graphql")]
    #[case::simulator("http://127.0.0.1:8080", "http://127.0.0.1:8080/graphql")]
    #[case::another_path("https://h/v3", "https://h/v3/graphql")]
    fn queries_go_beside_or_below_the_root(#[case] root: &str, #[case] expected: &str) {
        assert_eq!(api(root).graphql().as_str(), expected);
    }

    #[test]
    fn segments_are_escaped_and_cannot_climb() {
        assert_eq!(
            api("https://h/api/v3/").url("repos/../o?x/n#y", &[]).as_str(),
            "https://h/api/v3/repos/o%3Fx/n%23y"
        );
    }

    #[rstest]
    #[case::other_host("https://evil.example/x")]
    #[case::other_port("https://api.github.com:8443/x")]
    #[case::unencrypted("http://api.github.com/x")]
    #[case::user_part("https://me@api.github.com/x")]
    #[case::host_as_prefix("https://api.github.com.evil.example/x")]
    #[case::scheme_relative("//evil.example/x")]
    fn links_that_leave_the_host_are_refused(#[case] target: &str) {
        let api = api("https://api.github.com");
        let source = api.url("repos/o/n", &[]);
        let message = api.follow(&source, target).unwrap_err().to_string();
        assert!(message.contains("is not on the API's host https://api.github.com"), "{message}");
    }

    #[test]
    fn a_link_above_the_roots_path_is_refused() {
        let api = api("https://h/api/v3/");
        let source = api.url("repos/o/n", &[]);
        assert!(api.follow(&source, "/api/graphql").is_err());
        assert!(api.follow(&source, "/api/v3/repositories/1").is_ok());
    }

    #[rstest]
    #[case("http://127.0.0.1:8080", true)]
    #[case("http://[::1]:8080", true)]
    #[case("http://localhost:8080", true)]
    #[case("http://github.corp.example", false)]
    #[case("http://10.0.0.1", false)]
    #[case("https://github.corp.example", true)]
    #[case("ftp://github.corp.example", false)]
    #[case("https://me:secret@github.corp.example", false)]
    fn unencrypted_roots_are_for_this_machine(#[case] root: &str, #[case] accepted: bool) {
        let outcome = Api::new(&Url::parse(root).unwrap(), true);
        assert_eq!(outcome.is_ok(), accepted);
        if let Err(error) = outcome {
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }
}
