//! API tokens.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, SubsecRound, Utc};
use rand::Rng;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::database::{Row, args};
use crate::error::{MetaError, Result};
use crate::names::check_text;
use crate::open::Meta;
use crate::role::Role;
use crate::time;

/// What is known of a token; its secret is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TokenInfo {
    /// The part of the secret that may be shown: 16 hexadecimal digits.
    pub id: String,
    /// Whose it is.
    pub user: String,
    /// What it is for.
    pub label: String,
    /// The most it allows, where that is less than the user may do.
    pub role_limit: Option<Role>,
    /// When it was made.
    pub created: DateTime<Utc>,
    /// From when on it is not valid.
    pub expires: Option<DateTime<Utc>>,
    /// When it was last used, to the minute.
    pub last_used: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked: Option<DateTime<Utc>>,
}

/// Who somebody is, and what they may do where no grant says otherwise. For one project ask [`Meta::role_for`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Identity {
    /// The name of the user.
    pub user: String,
    /// The role of the user, or the token's limit where that is less.
    pub role: Role,
    /// The token, if they came with one.
    pub token: Option<String>,
    /// The most the token allows: no grant goes beyond it.
    pub limit: Option<Role>,
}

const COLUMNS: &str = "id, user_name, label, role_limit, created, expires, last_used, revoked";

/// A token is used often and its last use interests to the minute only.
const MINUTE: i64 = 60_000_000;

impl TokenInfo {
    fn read(row: &Row) -> Result<Self> {
        Ok(TokenInfo {
            id: row.text("id")?,
            user: row.text("user_name")?,
            label: row.text("label")?,
            role_limit: role_or_null(row, "role_limit")?,
            created: row.time("created")?,
            expires: row.time_or_null("expires")?,
            last_used: row.time_or_null("last_used")?,
            revoked: row.time_or_null("revoked")?,
        })
    }
}

impl Meta {
    /// Makes a token for a user: what is known of it and the secret, `oc_<id>_<32 random bytes in base64url>`, which is given
    /// this once and not stored. The label, up to 200 bytes, says what it is for; with a limit the token allows no more than
    /// that role, on any project.
    ///
    /// # Errors
    /// No such user, an empty or long label, a time of expiry in the past.
    pub async fn create_token(
        &self,
        user: &str,
        label: &str,
        expires: Option<DateTime<Utc>>,
        role_limit: Option<Role>,
    ) -> Result<(TokenInfo, String)> {
        check_text("label of a token", label, 200)?;
        let created = time::now();
        let expires = expires.map(|expires| expires.trunc_subsecs(6));
        if let Some(expires) = expires.filter(|expires| *expires <= created) {
            return Err(MetaError::TokenExpiry { expires });
        }
        let (id, secret) = new_secret();
        let mut tx = self.pools.write().await?;
        let made = tx.run(
            "INSERT INTO tokens (id, user_name, label, hash, role_limit, created, expires)
             SELECT $1, name, $3, $4, $5, $6, $7 FROM users WHERE name = $2",
            args![&*id, user, label, digest(&secret), role_limit.map(Role::as_str), created, expires],
        );
        if made.await? == 0 {
            return Err(MetaError::NoUser { name: user.to_owned() });
        }
        tx.commit().await?;
        let (user, label) = (user.to_owned(), label.to_owned());
        Ok((TokenInfo { id, user, label, role_limit, created, expires, last_used: None, revoked: None }, secret))
    }

    /// Who a token's secret belongs to; none if there is no such token, it has expired or was revoked, or the user is disabled.
    ///
    /// # Errors
    /// The database fails.
    pub async fn verify_token(&self, secret: &str) -> Result<Option<Identity>> {
        let Some(id) = id_of(secret) else { return Ok(None) };
        let sql = "SELECT t.user_name, t.hash, t.role_limit, t.last_used, t.expires, u.role
                   FROM tokens t JOIN users u ON u.name = t.user_name
                   WHERE t.id = $1 AND t.revoked IS NULL AND u.enabled = 1";
        let Some(row) = self.pools.row(sql, args![id]).await? else { return Ok(None) };
        let now = time::micros(time::now());
        let expired = row.int_or_null("expires")?.is_some_and(|expires| expires <= now);
        if !same(&row.text("hash")?, &digest(secret)) || expired {
            return Ok(None);
        }
        if row.int_or_null("last_used")?.is_none_or(|used| used < now.saturating_sub(MINUTE)) {
            let mut tx = self.pools.write().await?;
            tx.run("UPDATE tokens SET last_used = $2 WHERE id = $1", args![id, now]).await?;
            tx.commit().await?;
        }
        let role: Role = row.text("role")?.parse()?;
        let limit = role_or_null(&row, "role_limit")?;
        Ok(Some(Identity {
            user: row.text("user_name")?,
            role: limit.map_or(role, |limit| limit.min(role)),
            token: Some(id.to_owned()),
            limit,
        }))
    }

    /// The tokens of a user, the newest first, also those that are not valid any more.
    ///
    /// # Errors
    /// The database fails.
    pub async fn tokens(&self, user: &str) -> Result<Vec<TokenInfo>> {
        let mut only = crate::filter::Where::default();
        only.and("user_name = ?", user);
        let (sql, args) = only.statement(&format!("SELECT {COLUMNS} FROM tokens"), " ORDER BY created DESC, id");
        self.pools.rows(sql, args).await?.iter().map(TokenInfo::read).collect()
    }

    /// What is known of one token.
    ///
    /// # Errors
    /// The database fails.
    pub async fn token(&self, id: &str) -> Result<Option<TokenInfo>> {
        let mut only = crate::filter::Where::default();
        only.and("id = ?", id);
        let (sql, args) = only.statement(&format!("SELECT {COLUMNS} FROM tokens"), "");
        self.pools.row(sql, args).await?.as_ref().map(TokenInfo::read).transpose()
    }

    /// Makes a token invalid for good; once more changes nothing.
    ///
    /// # Errors
    /// No such token.
    pub async fn revoke_token(&self, id: &str) -> Result<()> {
        let mut tx = self.pools.write().await?;
        let sql = "UPDATE tokens SET revoked = COALESCE(revoked, $2) WHERE id = $1";
        if tx.run(sql, args![id, time::now()]).await? == 0 {
            return Err(MetaError::NoToken { id: id.to_owned() });
        }
        tx.commit().await
    }
}

/// A new id and its secret.
fn new_secret() -> (String, String) {
    let mut rng = rand::rng();
    let mut bytes = [0u8; 32];
    rng.fill(&mut bytes);
    let id = format!("{:016x}", rng.random::<u64>());
    let secret = format!("oc_{id}_{}", BASE64_URL_SAFE_NO_PAD.encode(bytes));
    (id, secret)
}

/// The id inside a secret of the form that [`new_secret`] makes.
fn id_of(secret: &str) -> Option<&str> {
    let (id, rest) = secret.strip_prefix("oc_")?.split_once('_')?;
    (id.len() == 16 && rest.len() == 43 && id.bytes().all(|b| b.is_ascii_hexdigit())).then_some(id)
}

/// What is stored of a secret. It is random and long, so that one round of a fast hash is enough.
fn digest(secret: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(secret.as_bytes()))
}

/// Whether two digests are the same, in a time that does not tell where they differ.
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
}

/// A role of a column.
fn role_or_null(row: &Row, column: &str) -> Result<Option<Role>> {
    row.text_or_null(column)?.map(|role| role.parse()).transpose()
}
