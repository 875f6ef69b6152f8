//! Certificates: the owner's, or one that the server signs itself for the local network.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use sha2::{Digest, Sha256};

use crate::error::Refusal;

/// How the port is encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tls {
    /// Not at all.
    Off,
    /// With a certificate (chain) and its key, PEM.
    Files {
        /// The certificate.
        certificate: PathBuf,
        /// Its key.
        key: PathBuf,
    },
    /// With a certificate that the server makes once and keeps in its folder, for these names and addresses.
    SelfSigned(Vec<String>),
}

impl Tls {
    /// A certificate of the server's own, for an address and some names.
    pub fn self_signed(address: IpAddr, names: &[String]) -> Self {
        let mut all = names_of(address);
        all.extend(names.iter().cloned());
        Tls::SelfSigned(all)
    }
}

/// What encrypts, and the certificate's fingerprint (SHA-256) for those who must compare it by eye.
pub(crate) fn acceptor(tls: &Tls, data: &Path) -> Result<Option<(tokio_rustls::TlsAcceptor, String)>, Refusal> {
    let (certificate, key) = match tls {
        Tls::Off => return Ok(None),
        Tls::Files { certificate, key } => (certificate.clone(), key.clone()),
        Tls::SelfSigned(names) => self_signed(names, data)?,
    };
    let chain = CertificateDer::pem_file_iter(&certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|e| Refusal::Invalid(format!("{}: {e}; a certificate in PEM is needed", certificate.display())))?;
    let first = chain
        .first()
        .ok_or_else(|| Refusal::Invalid(format!("{}: there is no certificate in it", certificate.display())))?;
    let digest: Vec<String> = Sha256::digest(first).iter().map(|b| format!("{b:02X}")).collect();
    let secret = PrivateKeyDer::from_pem_file(&key)
        .map_err(|e| Refusal::Invalid(format!("{}: {e}; a private key in PEM is needed", key.display())))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map(|builder| builder.with_no_client_auth())
        .and_then(|builder| builder.with_single_cert(chain, secret))
        .map_err(|e| {
            Refusal::Invalid(format!("{} and {} do not go together: {e}", certificate.display(), key.display()))
        })?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Some((tokio_rustls::TlsAcceptor::from(Arc::new(config)), digest.join(":"))))
}

/// The server's own certificate, made when it is not there or is for other names.
fn self_signed(names: &[String], data: &Path) -> Result<(PathBuf, PathBuf), Refusal> {
    let (certificate, key, listed) = (data.join("cert.pem"), data.join("key.pem"), data.join("cert.names"));
    let wanted = names.join("\n");
    let there = certificate.exists() && key.exists() && std::fs::read_to_string(&listed).is_ok_and(|l| l == wanted);
    if there {
        return Ok((certificate, key));
    }
    let fault = |e: &dyn std::fmt::Display| Refusal::Fault(format!("no certificate could be made: {e}"));
    let made = rcgen::generate_simple_self_signed(names.to_vec()).map_err(|e| fault(&e))?;
    let write = |path: &Path, text: &str| std::fs::write(path, text).map_err(|e| fault(&e));
    write_secret(&key, &made.signing_key.serialize_pem()).map_err(|e| fault(&e))?;
    write(&certificate, &made.cert.pem())?;
    write(&listed, &wanted)?;
    Ok((certificate, key))
}

/// Writes a file that only its owner may read.
fn write_secret(path: &Path, text: &str) -> std::io::Result<()> {
    let _ = std::fs::remove_file(path);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    std::io::Write::write_all(&mut options.open(path)?, text.as_bytes())
}

/// Names that a certificate for an address should have.
fn names_of(address: IpAddr) -> Vec<String> {
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    if !address.is_loopback() && !address.is_unspecified() {
        names.push(address.to_string());
    }
    if let Ok(host) = std::fs::read_to_string("/etc/hostname") {
        names.extend(Some(host.trim().to_owned()).filter(|h| !h.is_empty()));
    }
    names
}
