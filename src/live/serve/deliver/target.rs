//! The URL of a subscription, taken apart and resolved.

use super::reach::Reach;
use super::way::Way;
use crate::live::access::is_loopback;
use crate::live::serve::problem::Problem;
use hyper::Uri;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

/// Where deliveries go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::live::serve) struct Target {
    /// As it is called: with a path, and without a fragment, which is for browsers alone.
    pub(in crate::live::serve) url: String,
    pub(super) https: bool,
    /// Without the brackets of an address of IPv6.
    pub(super) host: String,
    port: u16,
    /// As the header `host` has it.
    pub(in crate::live::serve) authority: String,
    /// With its parameters.
    pub(in crate::live::serve) path: String,
}

/// The longest URL.
const URL_BYTES: usize = 2_000;
/// The longest time for a name to be resolved.
const RESOLUTION: Duration = Duration::from_secs(5);

/// How a URL begins.
const fn scheme(https: bool) -> &'static str {
    if https { "https://" } else { "http://" }
}

impl Target {
    /// Reads a URL.
    pub(in crate::live::serve) fn of(url: &str) -> Result<Self, Problem> {
        let refuse = |detail| Problem::new(400, detail);
        if url.len() > URL_BYTES {
            return Err(refuse("the URL is longer than 2000 bytes"));
        }
        let uri: Uri = url.parse().map_err(|_| refuse("invalid URL"))?;
        let https = match uri.scheme_str() {
            Some("http") => false,
            Some("https") => true,
            _ => return Err(refuse("the URL has to begin with http:// or https://")),
        };
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        if authority.contains('@') {
            return Err(refuse("a user and a password in the URL are not sent; choose the scheme basic"));
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
        Ok(Self {
            url: format!("{}{authority}{path}", scheme(https)),
            https,
            host: host.to_owned(),
            port,
            authority: authority.to_owned(),
            path,
        })
    }

    /// The URL of that path and parameters at the same host.
    pub(in crate::live::serve) fn at(&self, path: &str) -> String {
        format!("{}{}{path}", scheme(self.https), self.authority)
    }

    /// The path and the parameters of a URL to the same host.
    pub(super) fn path_of<'a>(&self, url: &'a str) -> &'a str {
        url.get(scheme(self.https).len() + self.authority.len()..).unwrap_or("/")
    }

    /// The addresses of the host; each of them may be called. The source itself takes deliveries only at its receivers: a
    /// delivery to its API could cause the next.
    pub(in crate::live::serve) async fn addresses(&self, way: &Way) -> Result<Vec<SocketAddr>, &'static str> {
        let found: Vec<SocketAddr> = match self.host.parse::<IpAddr>() {
            Ok(address) => vec![SocketAddr::new(address, self.port)],
            Err(_) if self.host.eq_ignore_ascii_case("localhost") => {
                [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)]
                    .map(|address| SocketAddr::new(address, self.port))
                    .to_vec()
            }
            Err(_) if way.reach == Reach::default() => {
                return Err(
                    "only URLs of this machine (localhost) are called; start serve with --allow-remote for others",
                );
            }
            Err(_) => {
                let lookup = tokio::net::lookup_host((self.host.as_str(), self.port));
                let found = tokio::time::timeout(RESOLUTION, lookup).await;
                found.ok().and_then(Result::ok).map(Iterator::collect).unwrap_or_default()
            }
        };
        if found.is_empty() {
            return Err("the name of the host cannot be resolved");
        }
        for address in &found {
            self.allows(way, *address)?;
        }
        Ok(found)
    }

    /// Whether it is at the source itself.
    pub(in crate::live::serve) fn is_at(&self, own: &[SocketAddr]) -> bool {
        own.iter().any(|own| self.port == own.port()) && is_loopback(&self.host)
    }

    /// Whether that address may be called.
    pub(super) fn allows(&self, way: &Way, address: SocketAddr) -> Result<(), &'static str> {
        way.reach.allows(&self.host, address.ip())?;
        let is_own = way.own.iter().any(|own| address.port() == own.port())
            && address.ip().to_canonical().is_loopback();
        if is_own && !self.path.starts_with("/receiver/") {
            return Err("this is the source itself; its receivers are at /receiver/NAME");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::tls::{Certificate, Tls};
    use proptest::prelude::*;

    fn addresses(url: &str, reach: &Reach) -> Result<Vec<SocketAddr>, String> {
        let own = vec!["127.0.0.1:7878".parse().unwrap()];
        let tls = Tls::new(Certificate::Right).unwrap();
        let way = Way::new(reach.clone(), own, [&tls, &tls], &[]).unwrap();
        let target = Target::of(url).map_err(|problem| problem.detail.into_owned())?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(target.addresses(&way)).map_err(str::to_owned)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

        /// Whatever is registered is refused or called on this machine, by a header and a path that can be sent.
        #[test]
        fn any_url_is_refused_or_called_here(
            url in prop_oneof![
                any::<String>(),
                "https?://(localhost|127\\.0\\.0\\.1|\\[::1\\]|10\\.0\\.0\\.1|a@localhost)(:[0-9]{0,6})?[/?#]?[ -~]{0,10}",
                "[a-z]{0,5}:?/{0,2}[\\[\\]@:.0-9a-z]{0,15}",
            ],
        ) {
            if let (Ok(found), Ok(target)) = (addresses(&url, &Reach::default()), Target::of(&url)) {
                prop_assert!(found.iter().all(|to| to.ip().is_loopback() && to.port() > 0), "{:?}", found);
                prop_assert!(target.path.starts_with('/') && target.path.parse::<Uri>().is_ok(), "{:?}", target);
                prop_assert!(target.authority.parse::<hyper::header::HeaderValue>().is_ok(), "{:?}", target);
            }
        }
    }

    #[test]
    fn a_url_says_where_to_and_what_is_refused_says_why() {
        let here = addresses("http://localhost:9000/hook?x=1#part", &Reach::default()).unwrap();
        assert_eq!(here, ["127.0.0.1:9000".parse().unwrap(), "[::1]:9000".parse().unwrap()]);
        let target = Target::of("http://localhost:9000/hook?x=1#part").unwrap();
        assert_eq!((target.path.as_str(), target.authority.as_str()), ("/hook?x=1", "localhost:9000"));
        assert_eq!(target.url, "http://localhost:9000/hook?x=1");
        let secure = Target::of("https://localhost/hook").unwrap();
        assert_eq!((secure.port, secure.at("/other")), (443, "https://localhost/other".to_owned()));
        assert_eq!(secure.path_of("https://localhost/other?x"), "/other?x");
        for (url, why) in [
            ("ftp://localhost/", "http://"),
            ("nonsense", "http://"),
            ("http://a:b@localhost/", "basic"),
            ("http://localhost:99999/", "port"),
            ("http://example.com/", "--allow-remote"),
            ("http://93.184.216.34/", "--allow-remote"),
            ("http://169.254.169.254/latest", "--allow-remote=HOST"),
            ("http://localhost:7878/subscriptions/sub_000001/test", "/receiver/NAME"),
            ("http://[::1]:7878/", "/receiver/NAME"),
        ] {
            let refused = addresses(url, &Reach::default()).unwrap_err();
            assert!(refused.contains(why), "{url}: {refused}");
        }
        assert!(addresses("http://127.0.0.1:7878/receiver/first", &Reach::default()).is_ok());
        let public = Reach { public: true, named: Vec::new() };
        assert!(addresses("http://93.184.216.34/", &public).is_ok());
        assert!(addresses("http://192.168.0.7/", &public).is_err());
    }
}
