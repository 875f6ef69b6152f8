//! Hashes of passwords: Argon2id, version 1.3, 19 MiB, two passes (RFC 9106; the parameters are OWASP's least).

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::OwnedSemaphorePermit;

use crate::error::{MetaError, Result};
use crate::open::Meta;

/// The shortest password, in characters (NIST SP 800-63B).
const LEAST: usize = 8;

/// The longest: hashing a password of any length would be a way to keep the server busy.
const MOST: usize = 1024;

/// A hash that no password has, so that a name without one takes as long to refuse as a wrong password.
const NOBODYS: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$dd/sDNgVZvBOHFytqwg51Q$2qn4on4aST/fCILUjRi4h0d8YoUv5fpL0OJDc12xRNQ";

impl Meta {
    /// The PHC string of a password, with a salt of its own.
    pub(crate) async fn hash_password(&self, password: &str) -> Result<String> {
        let found = password.chars().count();
        if !(LEAST..=MOST).contains(&found) {
            return Err(MetaError::Password { found, least: LEAST, most: MOST });
        }
        let permit = self.hashing.clone().acquire_owned().await.map_err(failed)?;
        let password = password.to_owned();
        let hashed = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string())
        });
        hashed.await.map_err(failed)?.map_err(failed)
    }
}

/// Whether a password is that of a hash; false, after the same work, where there is no hash.
pub(crate) async fn is_password(
    password: &str,
    hash: Option<String>,
    permit: Arc<OwnedSemaphorePermit>,
) -> Result<bool> {
    let password = password.chars().take(MOST + 1).collect::<String>();
    let compared = tokio::task::spawn_blocking(move || {
        // Kept until the work ends, also when nobody waits for it any more.
        let _permit = permit;
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODYS.to_owned());
        let hash = PasswordHash::new(&hash)
            .map_err(|_| MetaError::Unreadable { what: "hash of a password", value: "…".to_owned() })?;
        Ok(Argon2::default().verify_password(password.as_bytes(), &hash).is_ok() && known)
    });
    compared.await.map_err(failed)?
}

/// A task that ended early, or what the hash function said.
pub(crate) fn failed(error: impl ToString) -> MetaError {
    MetaError::Hash(error.to_string())
}
