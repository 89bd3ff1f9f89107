//! HTTPS of a run: a certificate for its endpoints, made at the start, and senders that verify it.
//!
//! Nobody else knows the authority that signs it, so nothing that a run does can be mistaken for a real service. TLS
//! stands below HTTP: the bytes that a run counts are those of HTTP.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use std::io;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::{TlsAcceptor, TlsConnector, client, server};

/// The certificate of the endpoints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Certificate {
    /// Of this machine, signed by the authority that the senders trust.
    #[default]
    Right,
    /// For tests of the engine, which must refuse it: no longer valid.
    Expired,
    /// Likewise: of another name.
    OfAnotherName,
    /// Likewise: signed by an authority that the senders do not know.
    OfAnotherAuthority,
}

/// Both ends of the HTTPS of a run.
#[derive(Clone, Debug)]
pub(super) struct Tls {
    pub(super) endpoint: Arc<ServerConfig>,
    /// The authority that a sender has to know.
    pub(super) authority: CertificateDer<'static>,
    sender: Arc<ClientConfig>,
}

impl Tls {
    /// Makes an authority and the certificate of the endpoints.
    pub(super) fn new(certificate: Certificate) -> io::Result<Self> {
        let known = authority()?;
        let stranger;
        let signer = match certificate {
            Certificate::Right | Certificate::Expired | Certificate::OfAnotherName => &known,
            Certificate::OfAnotherAuthority => {
                stranger = authority()?;
                &stranger
            }
        };
        let names: &[&str] = match certificate {
            Certificate::OfAnotherName => &["webhooks.example"],
            Certificate::Right | Certificate::Expired | Certificate::OfAnotherAuthority => &NAMES,
        };
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let mut params = CertificateParams::new(names).map_err(io::Error::other)?;
        if certificate == Certificate::Expired {
            params.not_after = rcgen::date_time_ymd(2001, 1, 1);
        }
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let signed = params.signed_by(&key, signer).map_err(io::Error::other)?;
        let authority = known.as_ref().der().clone();
        let mut roots = RootCertStore::empty();
        roots.add(authority.clone()).map_err(io::Error::other)?;
        let key = PrivatePkcs8KeyDer::from(key.serialize_der()).into();
        let endpoint = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_no_client_auth()
            .with_single_cert(vec![signed.der().clone()], key)
            .map_err(io::Error::other)?;
        Ok(Self { endpoint: Arc::new(endpoint), authority, sender: trusting(roots)? })
    }

    /// How a sender speaks to the host of a URL; None if that is no name.
    pub(super) fn to(&self, host: &str) -> Option<Trust> {
        Trust::of(&self.sender, host)
    }
}

/// A sender that knows these authorities.
pub(super) fn trusting(roots: RootCertStore) -> io::Result<Arc<ClientConfig>> {
    let sender = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(sender))
}

/// Whom a sender expects at the other end.
#[derive(Clone, Debug)]
pub(super) struct Trust {
    sender: Arc<ClientConfig>,
    name: ServerName<'static>,
}

impl Trust {
    /// How a sender speaks to the host of a URL; None if that is no name.
    pub(super) fn of(sender: &Arc<ClientConfig>, host: &str) -> Option<Self> {
        let name = ServerName::try_from(host.to_owned()).ok()?;
        Some(Self { sender: Arc::clone(sender), name })
    }

    /// Speaks TLS over a connection.
    ///
    /// # Errors
    /// The other end has no certificate of that name that the sender trusts, or does not speak TLS.
    pub(super) async fn over(&self, stream: TcpStream) -> io::Result<client::TlsStream<TcpStream>> {
        TlsConnector::from(Arc::clone(&self.sender)).connect(self.name.clone(), stream).await
    }
}

/// The other end of [`Trust::over`].
pub(super) async fn accept<S: AsyncRead + AsyncWrite + Unpin>(
    endpoint: Arc<ServerConfig>,
    stream: S,
) -> io::Result<server::TlsStream<S>> {
    TlsAcceptor::from(endpoint).accept(stream).await
}

/// What this machine is called.
const NAMES: [&str; 2] = ["localhost", "127.0.0.1"];

fn authority() -> io::Result<CertifiedIssuer<'static, KeyPair>> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "a run of pollhook");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let key = KeyPair::generate().map_err(io::Error::other)?;
    CertifiedIssuer::self_signed(params, key).map_err(io::Error::other)
}

/// Named, because rustls takes none by itself where a program has two.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}
