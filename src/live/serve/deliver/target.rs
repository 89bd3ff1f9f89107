//! To which addresses the URL of a subscription leads, and whether they may be called.

use super::reach::Reach;
use super::way::Way;
use crate::live::access::is_loopback;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

pub(in crate::live::serve) use crate::live::target::Target;

/// The longest time for a name to be resolved.
const RESOLUTION: Duration = Duration::from_secs(5);

impl Target {
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

        /// Whatever is registered is refused or called on this machine.
        #[test]
        fn any_url_is_refused_or_called_here(
            url in prop_oneof![
                any::<String>(),
                "https?://(localhost|127\\.0\\.0\\.1|\\[::1\\]|10\\.0\\.0\\.1|a@localhost)(:[0-9]{0,6})?[/?#]?[ -~]{0,10}",
                "[a-z]{0,5}:?/{0,2}[\\[\\]@:.0-9a-z]{0,15}",
            ],
        ) {
            if let Ok(found) = addresses(&url, &Reach::default()) {
                prop_assert!(found.iter().all(|to| to.ip().is_loopback() && to.port() > 0), "{:?}", found);
            }
        }
    }

    #[test]
    fn a_url_leads_where_it_may_and_what_is_refused_says_why() {
        let here = addresses("http://localhost:9000/hook?x=1#part", &Reach::default()).unwrap();
        assert_eq!(here, ["127.0.0.1:9000".parse().unwrap(), "[::1]:9000".parse().unwrap()]);
        for (url, why) in [
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
