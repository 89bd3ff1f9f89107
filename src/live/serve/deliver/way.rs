//! How deliveries reach a receiver: which addresses may be called, and whom the source trusts over HTTPS.

use super::reach::Reach;
use crate::live::error::LiveError;
use crate::live::tls::{Tls, Trust, trusting};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{CertificateError, ClientConfig, RootCertStore};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

/// The way of all deliveries.
#[derive(Clone, Debug)]
pub(in crate::live::serve) struct Way {
    pub(super) reach: Reach,
    /// Where the source and its receivers themselves listen: first the source.
    pub(in crate::live::serve) own: Vec<SocketAddr>,
    sender: Arc<ClientConfig>,
}

impl Way {
    /// The way of a source that trusts the public authorities, those of its own receivers, and those of these files (PEM).
    ///
    /// # Errors
    /// A file has no certificate.
    pub(in crate::live::serve) fn new(
        reach: Reach,
        own: Vec<SocketAddr>,
        receivers: [&Tls; 2],
        files: &[(String, Vec<u8>)],
    ) -> Result<Self, LiveError> {
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        for tls in receivers {
            roots.add(tls.authority.clone()).map_err(io::Error::other)?;
        }
        for (file, text) in files {
            let untold = |why: String| LiveError::Trust { file: file.clone(), why };
            let before = roots.len();
            for certificate in CertificateDer::pem_slice_iter(text) {
                let certificate = certificate.map_err(|error| untold(error.to_string()))?;
                roots.add(certificate).map_err(|error| untold(error.to_string()))?;
            }
            if roots.len() == before {
                return Err(untold("there is no certificate in it; it begins with BEGIN CERTIFICATE".into()));
            }
        }
        Ok(Self { reach, own, sender: trusting(roots)? })
    }

    /// Whom a receiver of that name has to be; None if that is no name.
    pub(super) fn trust(&self, host: &str) -> Option<Trust> {
        Trust::of(&self.sender, host)
    }
}

/// Why a receiver is not spoken to over TLS, in words.
pub(super) fn distrust(error: &io::Error) -> String {
    use CertificateError::{
        BadSignature, Expired, ExpiredContext, NotValidForName, NotValidForNameContext, NotValidYet,
        NotValidYetContext, UnknownIssuer,
    };
    let known = error.get_ref().and_then(|error| error.downcast_ref::<rustls::Error>());
    match known {
        Some(rustls::Error::InvalidCertificate(why)) => match why {
            Expired | ExpiredContext { .. } => "its certificate has expired".to_owned(),
            NotValidYet | NotValidYetContext { .. } => "its certificate is not valid yet".to_owned(),
            NotValidForName | NotValidForNameContext { .. } => {
                "its certificate is of another name".to_owned()
            }
            // An authority may have the name of a known one.
            UnknownIssuer | BadSignature => {
                "its certificate is signed by nobody who is known here; start serve with --trust FILE \
                              to name the authority"
                    .to_owned()
            }
            // rustls has no variant for it, and does not export the error of its verifier, which is inside.
            other if format!("{other:?}").contains("CaUsedAsEndEntity") => {
                "its certificate is that of an authority (CA:TRUE); it needs one of its own (CA:FALSE)"
                    .to_owned()
            }
            other => format!("its certificate is refused: {other:?}"),
        },
        Some(rustls::Error::InvalidMessage(_)) => "it does not speak TLS; is it http://?".to_owned(),
        Some(other) => format!("TLS failed: {other}"),
        None => format!("TLS failed: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::tls::{Certificate, accept};
    use base64::prelude::{BASE64_STANDARD, Engine};
    use tokio::net::{TcpListener, TcpStream};

    fn way(own: &Tls, files: &[(String, Vec<u8>)]) -> Result<Way, LiveError> {
        Way::new(Reach::default(), Vec::new(), [own, own], files)
    }

    /// How a source with that way speaks to a receiver with that certificate.
    fn spoken(way: &Way, receiver: &Tls, host: &str) -> Result<(), String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let endpoint = Arc::clone(&receiver.endpoint);
            let accepting = tokio::spawn(async move {
                let (stream, _) = listener.accept().await.unwrap();
                accept(endpoint, stream).await.map(drop)
            });
            let stream = TcpStream::connect(address).await.unwrap();
            let told =
                way.trust(host).unwrap().over(stream).await.map(drop).map_err(|error| distrust(&error));
            let _ = accepting.await;
            told
        })
    }

    #[test]
    fn a_certificate_is_taken_from_known_authorities_alone_and_said_why_not() {
        let (own, other) = (Tls::new(Certificate::Right).unwrap(), Tls::new(Certificate::Right).unwrap());
        let alone = way(&own, &[]).unwrap();
        assert_eq!(spoken(&alone, &own, "localhost"), Ok(()));
        assert!(spoken(&alone, &other, "localhost").unwrap_err().contains("--trust FILE"));
        let pem = format!(
            "an authority\n-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
            BASE64_STANDARD.encode(&other.authority)
        );
        let trusting = way(&own, &[("ca.pem".into(), pem.into_bytes())]).unwrap();
        assert_eq!(spoken(&trusting, &other, "localhost"), Ok(()));
        assert_eq!(
            spoken(&trusting, &other, "elsewhere.example").unwrap_err(),
            "its certificate is of another name"
        );
        let expired = Tls::new(Certificate::Expired).unwrap();
        let knowing = way(&expired, &[]).unwrap();
        assert_eq!(spoken(&knowing, &expired, "localhost").unwrap_err(), "its certificate has expired");
    }

    #[test]
    fn a_file_without_a_certificate_is_refused_by_its_name() {
        let own = Tls::new(Certificate::Right).unwrap();
        for text in ["", "no certificate", "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n"] {
            let error = way(&own, &[("ca.pem".into(), text.into())]).unwrap_err().to_string();
            assert!(error.starts_with("cannot trust ca.pem: "), "{text:?}: {error}");
        }
    }
}
