//! Who asks: from the headers of a request to a user and a role.
//!
//! A request carries `authorization: Bearer <token>`, with an API token or one that the handshake of Flight SQL gave for a name and
//! a password, or `authorization: Basic <name:password>`. A server that was told to ask nobody (loopback only, unless the owner says
//! otherwise) takes every caller for its owner.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};
use http::HeaderMap;
use outcrop_meta::{Identity, Meta, Role};
use rand::Rng;

use crate::error::Refusal;

/// How long a login by name and password holds.
const LOGIN: Duration = Duration::from_secs(12 * 3600);

/// The header of a token that older clients of Flight send: in base64, as all binary headers of gRPC are.
const FLIGHT_TOKEN: &str = "auth-token-bin";

/// Whoever asks.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Their name.
    pub user: String,
    /// What they may do where no grant says otherwise.
    pub role: Role,
    /// The most that their token allows; no grant goes beyond it.
    pub limit: Option<Role>,
    /// From where.
    pub address: Option<SocketAddr>,
    /// The request, in logs and the audit.
    pub request: String,
}

/// How callers are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Authentication {
    /// They say who they are.
    Required,
    /// Everybody is the owner, by this name.
    Nobody(String),
    /// Everybody who has this token is the owner: an embedded server of a desktop.
    Token(String),
}

/// Logins by name and password: tokens that live as long as the server.
#[derive(Debug, Default)]
pub struct Logins {
    tokens: Mutex<HashMap<String, (String, Instant)>>,
    /// Since when refusals are counted, and how many were noted.
    noted: Mutex<Option<(Instant, u32)>>,
}

impl Logins {
    /// A new token for a user.
    pub fn begin(&self, user: &str) -> String {
        let mut bytes = [0u8; 32];
        rand::rng().fill(&mut bytes);
        let token = format!("ocl_{}", BASE64_URL_SAFE_NO_PAD.encode(bytes));
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        tokens.retain(|_, (_, until)| *until > now);
        tokens.insert(token.clone(), (user.to_owned(), now + LOGIN));
        token
    }

    /// Whether one more refusal is written down: five in a second are, so that nobody fills the log.
    pub(crate) fn may_note(&self) -> bool {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let (since, count) =
            noted.filter(|(since, _)| now.duration_since(*since) < Duration::from_secs(1)).unwrap_or((now, 0));
        *noted = Some((since, count + 1));
        count < 5
    }

    /// Ends one.
    pub fn end(&self, token: &str) {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner).remove(token);
    }

    /// Ends all of a user.
    pub fn end_of(&self, user: &str) {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, (whose, _)| whose != user);
    }

    fn user(&self, token: &str) -> Option<String> {
        let tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.get(token).filter(|(_, until)| *until > Instant::now()).map(|(user, _)| user.clone())
    }
}

/// What a request says of its caller.
#[derive(Debug, PartialEq, Eq)]
pub enum Credentials {
    /// Nothing.
    None,
    /// A token.
    Bearer(String),
    /// A name and a password.
    Basic(String, String),
}

impl Credentials {
    /// Those of a request.
    ///
    /// # Errors
    /// A header that is of no known form.
    pub fn of(headers: &HeaderMap) -> Result<Self, Refusal> {
        let Some(value) = headers.get(http::header::AUTHORIZATION) else {
            return Ok(headers.get(FLIGHT_TOKEN).and_then(flight_token).map_or(Credentials::None, Credentials::Bearer));
        };
        let unknown = || {
            Refusal::Unknown(
                "the authorization header is neither `Bearer <token>` nor `Basic <base64 of name:password>`".to_owned(),
            )
        };
        let value = value.to_str().map_err(|_| unknown())?;
        let (scheme, rest) = value.split_once(' ').ok_or_else(unknown)?;
        match scheme.to_ascii_lowercase().as_str() {
            "bearer" => Ok(Credentials::Bearer(rest.trim().to_owned())),
            "basic" => {
                // Go's clients leave the padding out.
                let bytes = BASE64_STANDARD_NO_PAD.decode(rest.trim().trim_end_matches('=')).map_err(|_| unknown())?;
                let text = String::from_utf8(bytes).map_err(|_| unknown())?;
                let (name, password) = text.split_once(':').ok_or_else(unknown)?;
                Ok(Credentials::Basic(name.to_owned(), password.to_owned()))
            }
            _ => Err(unknown()),
        }
    }
}

/// The token in the header of the library's own client: base64 of it.
fn flight_token(value: &http::HeaderValue) -> Option<String> {
    let bytes = BASE64_STANDARD_NO_PAD.decode(value.to_str().ok()?.trim_end_matches('=')).ok()?;
    String::from_utf8(bytes).ok()
}

/// Finds out who a caller is.
///
/// # Errors
/// Nobody known, or the store's error.
pub async fn identify(
    authentication: &Authentication,
    meta: &Meta,
    logins: &Logins,
    credentials: Credentials,
) -> Result<Identity, Refusal> {
    let whole = |user: String, role: Role| Ok(Identity { user, role, token: None, limit: None });
    let refused = || {
        Refusal::Unknown(
            "this server does not know the name and password, or the token (it may have expired or been revoked)"
                .to_owned(),
        )
    };
    match (authentication, credentials) {
        (Authentication::Nobody(owner), _) => whole(owner.clone(), Role::Admin),
        (Authentication::Token(right), Credentials::Bearer(given)) if same(right, &given) => {
            whole("owner".to_owned(), Role::Admin)
        }
        (Authentication::Token(_), _) => Err(Refusal::Unknown("this server belongs to a desktop and takes its token only".to_owned())),
        (Authentication::Required, Credentials::None) => Err(Refusal::Unknown(
            "say who you are: a token (`authorization: Bearer …`, made by `outcrop users token`) or a name and password".to_owned(),
        )),
        (Authentication::Required, Credentials::Bearer(token)) => {
            if let Some(name) = logins.user(&token) {
                let user = meta.user(&name).await?.filter(|u| u.enabled).ok_or_else(refused)?;
                return whole(user.name, user.role);
            }
            meta.verify_token(&token).await?.ok_or_else(refused)
        }
        (Authentication::Required, Credentials::Basic(name, password)) => {
            let user = meta.verify_password(&name, &password).await?.ok_or_else(refused)?;
            whole(user.name, user.role)
        }
    }
}

/// Whether two secrets are the same, in a time that does not tell where they differ.
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn headers(value: &str) -> HeaderMap {
        HeaderMap::from_iter([(http::header::AUTHORIZATION, value.parse().unwrap())])
    }

    #[test]
    fn headers_are_read() {
        assert_eq!(Credentials::of(&HeaderMap::new()).unwrap(), Credentials::None);
        assert_eq!(Credentials::of(&headers("bearer abc")).unwrap(), Credentials::Bearer("abc".to_owned()));
        let basic = Credentials::Basic("ann".to_owned(), "a:b".to_owned());
        for header in ["Basic YW5uOmE6Yg==", "Basic YW5uOmE6Yg"] {
            assert_eq!(Credentials::of(&headers(header)).unwrap(), basic);
        }
        let old = HeaderMap::from_iter([(http::HeaderName::from_static(FLIGHT_TOKEN), "b2NsX2E=".parse().unwrap())]);
        assert_eq!(Credentials::of(&old).unwrap(), Credentials::Bearer("ocl_a".to_owned()));
        for wrong in ["abc", "Digest x", "Basic !!", "Basic YW5u"] {
            assert!(Credentials::of(&headers(wrong)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn secrets_are_compared_whole() {
        assert!(same("abc", "abc") && !same("abc", "abd") && !same("abc", "abcd") && !same("", "a"));
    }

    #[test]
    fn logins_end() {
        let logins = Logins::default();
        let token = logins.begin("ann");
        assert_eq!(logins.user(&token).as_deref(), Some("ann"));
        logins.end(&token);
        assert_eq!(logins.user(&token), None);
    }
}
