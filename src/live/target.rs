//! The URL of a receiver, taken apart. The public source of a live run and `serve` read the same URLs; which of them may
//! be called is decided elsewhere.

use super::problem::Problem;
use hyper::Uri;

/// Where deliveries go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// As it is called: with a path, and without a fragment, which is for browsers alone.
    pub(super) url: String,
    /// Whether deliveries go over TLS.
    pub(super) https: bool,
    /// Without the brackets of an address of IPv6; the name that a certificate has to have.
    pub(super) host: String,
    pub(super) port: u16,
    /// As the header `host` has it.
    pub(super) authority: String,
    /// With its parameters.
    pub(super) path: String,
}

/// The longest URL.
const URL_BYTES: usize = 2_000;

impl Target {
    /// Reads a URL.
    pub(super) fn of(url: &str) -> Result<Self, Problem> {
        let refuse = |detail| Problem::new(400, detail);
        if url.len() > URL_BYTES {
            return Err(Problem::new(400, format!("the URL is longer than {URL_BYTES} bytes")));
        }
        let uri: Uri = url.parse().map_err(|_| refuse("invalid URL"))?;
        let https = match uri.scheme_str() {
            Some("http") => false,
            Some("https") => true,
            Some(_) | None => return Err(refuse("the URL has to begin with http:// or https://")),
        };
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        if authority.contains('@') {
            return Err(refuse(
                "a user and a password in the URL are not sent; leave them out, or choose the scheme basic \
                 where there is one",
            ));
        }
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
        if host.is_empty() {
            return Err(refuse("the URL has no host"));
        }
        let has_port = authority.rsplit(']').next().is_some_and(|rest| rest.contains(':'));
        let port = match (has_port, uri.port_u16()) {
            (false, _) if https => 443,
            (false, _) => 80,
            (true, port) => {
                port.filter(|&port| port > 0).ok_or_else(|| refuse("the URL has an invalid port"))?
            }
        };
        let path = uri.path_and_query().map_or_else(|| "/".into(), ToString::to_string);
        // Parameters may follow the host at once.
        let path = if path.starts_with('/') { path } else { format!("/{path}") };
        let target = Self {
            url: String::new(),
            https,
            host: host.to_owned(),
            port,
            authority: authority.to_owned(),
            path,
        };
        Ok(Self { url: target.at(&target.path), ..target })
    }

    /// The URL of that path and parameters at the same host.
    pub(super) fn at(&self, path: &str) -> String {
        format!("{}{}{path}", self.scheme(), self.authority)
    }

    /// The path and the parameters of a URL to the same host.
    pub(super) fn path_of<'a>(&self, url: &'a str) -> &'a str {
        url.get(self.scheme().len() + self.authority.len()..).unwrap_or("/")
    }

    const fn scheme(&self) -> &'static str {
        if self.https { "https://" } else { "http://" }
    }
}

/// For the fuzz target: a URL that is taken has a path that can be asked for.
#[cfg(fuzzing)]
pub(super) fn read_any_url(text: &str) {
    if let Ok(target) = Target::of(text) {
        assert!(target.path.starts_with('/') && target.path.parse::<Uri>().is_ok());
        assert_eq!(target.path_of(&target.url), target.path);
        assert_eq!(Target::of(&target.url).as_ref(), Ok(&target));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

        /// Whatever is taken can be sent as a header and a path, and is the same when it is read again.
        #[test]
        fn any_url_is_refused_or_can_be_called(
            url in prop_oneof![
                any::<String>(),
                "https?://(localhost|127\\.0\\.0\\.1|\\[::1\\]|10\\.0\\.0\\.1|a@localhost)(:[0-9]{0,6})?[/?#]?[ -~]{0,10}",
                "[a-z]{0,5}:?/{0,2}[\\[\\]@:.0-9a-z]{0,15}",
            ],
        ) {
            if let Ok(target) = Target::of(&url) {
                prop_assert!(target.port > 0 && !target.host.is_empty(), "{:?}", target);
                prop_assert!(target.path.starts_with('/') && target.path.parse::<Uri>().is_ok(), "{:?}", target);
                prop_assert!(target.authority.parse::<hyper::header::HeaderValue>().is_ok(), "{:?}", target);
                prop_assert_eq!(target.path_of(&target.url), &target.path);
                prop_assert_eq!(Target::of(&target.url), Ok(target.clone()), "{:?}", target);
            }
        }
    }

    #[test]
    fn a_url_is_taken_apart_and_what_is_refused_says_why() {
        let target = Target::of("http://localhost:9000/hook?x=1#part").unwrap();
        assert_eq!((target.path.as_str(), target.authority.as_str()), ("/hook?x=1", "localhost:9000"));
        assert_eq!(target.url, "http://localhost:9000/hook?x=1");
        let plain = Target::of("https://[::1]?x").unwrap();
        assert_eq!(
            (plain.https, plain.host.as_str(), plain.port, plain.path.as_str()),
            (true, "::1", 443, "/?x")
        );
        let secure = Target::of("https://localhost/hook").unwrap();
        assert_eq!((secure.port, secure.at("/other")), (443, "https://localhost/other".to_owned()));
        assert_eq!(secure.path_of("https://localhost/other?x"), "/other?x");
        assert_eq!(Target::of("http://example.com").unwrap().port, 80);
        let long = format!("http://localhost/{}", "x".repeat(URL_BYTES));
        for (url, why) in [
            ("ftp://localhost/", "http://"),
            ("nonsense", "http://"),
            ("http://a:b@localhost/", "basic"),
            ("http://localhost:99999/", "port"),
            ("http://localhost:0/", "port"),
            (&long, "longer than 2000 bytes"),
        ] {
            let refused = Target::of(url).unwrap_err().detail;
            assert!(refused.contains(why), "{url}: {refused}");
        }
    }
}
