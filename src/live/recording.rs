//! Deliveries as they arrived at the endpoints of a run, so that others can verify what was really sent.

use super::lock;
use bytes::Bytes;
use hyper::{HeaderMap, Uri};
use std::sync::{Arc, Mutex};

/// Takes the deliveries of a run; every copy is of the same ones.
#[derive(Clone, Debug, Default)]
pub struct Recording(Arc<Mutex<Vec<Delivered>>>);

/// A delivery that an endpoint took for the source's.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delivered {
    /// The client of the scenario.
    pub client: String,
    /// The path, and the parameters after it.
    pub target: String,
    /// Names in lower case, in the order of their arrival.
    pub headers: Vec<(String, Vec<u8>)>,
    /// Byte for byte.
    pub body: Vec<u8>,
}

impl Recording {
    /// All deliveries so far, in the order of their arrival.
    pub fn all(&self) -> Vec<Delivered> {
        lock(&self.0).clone()
    }

    pub(super) fn add(&self, client: &str, uri: &Uri, headers: &HeaderMap, body: &Bytes) {
        let target = uri.path_and_query().map_or("", |target| target.as_str()).to_owned();
        let headers = headers.iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()));
        let (client, headers, body) = (client.to_owned(), headers.collect(), body.to_vec());
        lock(&self.0).push(Delivered { client, target, headers, body });
    }
}
