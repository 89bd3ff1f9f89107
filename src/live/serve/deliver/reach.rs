//! Which addresses deliveries may go to. A source that calls any URL can be misused to reach what only this machine
//! can: so it calls this machine, and others only if its user says so.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What the user allows beside this machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Every public address.
    pub public: bool,
    /// Hosts by their names or addresses, private ones among them.
    pub named: Vec<String>,
}

/// Where an address leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// To this machine.
    Here,
    /// To any machine of the Internet.
    Public,
    /// Into the network of this machine, or to what a public address may stand for.
    Inside,
    /// To no single machine.
    Nowhere,
}

impl Reach {
    /// Whether deliveries to a host may go to that address of it.
    ///
    /// # Errors
    /// Why not, and what would allow it.
    pub(in crate::live::serve) fn allows(&self, host: &str, address: IpAddr) -> Result<(), &'static str> {
        let is_named = |named: &String| {
            named.eq_ignore_ascii_case(host) || named.parse().is_ok_and(|named: IpAddr| named == address)
        };
        match place(address) {
            Place::Here => Ok(()),
            Place::Nowhere => Err("that is the address of no single machine"),
            Place::Public | Place::Inside if self.named.iter().any(is_named) => Ok(()),
            Place::Public if self.public => Ok(()),
            Place::Public => {
                Err("only URLs of this machine are called; start serve with --allow-remote for others")
            }
            Place::Inside => {
                Err("that is a private address; start serve with --allow-remote=HOST to allow this very host")
            }
        }
    }
}

fn place(address: IpAddr) -> Place {
    // An address of IPv4 within one of IPv6 leads where it leads by itself.
    match address.to_canonical() {
        IpAddr::V4(address) => place_v4(address),
        IpAddr::V6(address) => place_v6(address),
    }
}

/// By the registry of special addresses (IANA, from RFC 6890).
fn place_v4(address: Ipv4Addr) -> Place {
    match address.octets() {
        [127, ..] => Place::Here,
        [0 | 224..=255, ..] => Place::Nowhere,
        [10, ..]
        | [172, 16..=31, ..]
        | [192, 168, ..]
        | [169, 254, ..]
        | [100, 64..=127, ..]
        | [192, 0, 0 | 2, _]
        | [192, 88, 99, _]
        | [198, 18..=19, ..]
        | [198, 51, 100, _]
        | [203, 0, 113, _] => Place::Inside,
        _ => Place::Public,
    }
}

fn place_v6(address: Ipv6Addr) -> Place {
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 1] => Place::Here,
        [0, 0, 0, 0, 0, 0, 0, 0] | [0xff00..=0xffff, ..] => Place::Nowhere,
        // Translations of addresses of IPv4 stand for any of them. Of the rest only 2000::/3 is assigned.
        [0x2001, 0 | 0xdb8, ..] | [0x2002, ..] => Place::Inside,
        [0x2000..=0x3fff, ..] => Place::Public,
        _ => Place::Inside,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(reach: &Reach, host: &str, address: &str) -> bool {
        reach.allows(host, address.parse().unwrap()).is_ok()
    }

    const INSIDE: [&str; 17] = [
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.0.170",
        "198.18.0.1",
        "203.0.113.9",
        "fe80::1",
        "fd00:ec2::254",
        "::ffff:10.0.0.1",
        "64:ff9b::10.0.0.1",
        "2002:a00:1::1",
        "2001::1",
        "::10.0.0.1",
        "5f00::1",
    ];

    #[test]
    fn every_address_has_its_place() {
        let (none, public) = (Reach::default(), Reach { public: true, named: Vec::new() });
        for here in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
            assert!(allowed(&none, "localhost", here), "{here}");
        }
        for outside in ["1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111"] {
            assert!(!allowed(&none, "example.com", outside), "{outside}");
            assert!(allowed(&public, "example.com", outside), "{outside}");
        }
        for nowhere in ["0.0.0.0", "0.1.2.3", "224.0.0.1", "255.255.255.255", "::", "ff02::1"] {
            let named = Reach { public: true, named: vec![nowhere.to_owned()] };
            assert!(!allowed(&named, nowhere, nowhere), "{nowhere}");
        }
        for inside in INSIDE {
            assert!(!allowed(&public, "inside.example", inside), "{inside}");
            let named = |name: &str| Reach { public: false, named: vec![name.to_owned()] };
            assert!(allowed(&named("Inside.example"), "inside.example", inside), "{inside}");
            assert!(allowed(&named(inside), "inside.example", inside), "{inside}");
            assert!(!allowed(&named("other.example"), "inside.example", inside), "{inside}");
        }
    }
}
