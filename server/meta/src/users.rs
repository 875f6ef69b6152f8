//! Users.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::database::{Lock, Row, Write, args, is_taken};
use crate::error::{MetaError, Result};
use crate::names::check_user_name;
use crate::open::Meta;
use crate::role::Role;
use crate::time;

/// A user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct User {
    /// The name, which does not change.
    pub name: String,
    /// What they may do where no grant says otherwise.
    pub role: Role,
    /// Whether they may log in and use their tokens.
    pub enabled: bool,
    /// Whether they have a password; without one they log in by token only.
    pub has_password: bool,
    /// When they were made.
    pub created: DateTime<Utc>,
    /// When they last gave their password.
    pub last_login: Option<DateTime<Utc>>,
}

/// The columns of [`User`], without the hash of the password.
const COLUMNS: &str = "name, role, enabled, created, last_login, CAST(CASE WHEN password IS NULL THEN 0 ELSE 1 END AS BIGINT) AS has_password";

impl User {
    fn read(row: &Row) -> Result<Self> {
        Ok(User {
            name: row.text("name")?,
            role: row.text("role")?.parse()?,
            enabled: row.flag("enabled")?,
            has_password: row.flag("has_password")?,
            created: row.time("created")?,
            last_login: row.time_or_null("last_login")?,
        })
    }
}

impl Meta {
    /// Makes a user, enabled. Without a password they log in by token only. The name is one to 128 letters, digits and
    /// `. _ - + @`.
    ///
    /// # Errors
    /// A name that cannot be or that there is, whatever its case; a password of less than 8 or more than 1024 characters.
    pub async fn create_user(&self, name: &str, password: Option<&str>, role: Role) -> Result<User> {
        check_user_name(name)?;
        let hash = match password {
            Some(password) => Some(self.hash_password(password).await?),
            None => None,
        };
        let has_password = hash.is_some();
        let created = time::now();
        let mut tx = self.pools.write().await?;
        let made = tx.run(
            "INSERT INTO users (name, password, role, enabled, created) VALUES ($1, $2, $3, 1, $4)",
            args![name, hash, role.as_str(), created],
        );
        match made.await {
            Err(error) if is_taken(&error) => return Err(MetaError::UserExists { name: name.to_owned() }),
            other => other?,
        };
        tx.commit().await?;
        Ok(User { name: name.to_owned(), role, enabled: true, has_password, created, last_login: None })
    }

    /// Gives a user another password, or none: then they log in by token only. Also ends a lock after wrong passwords. Tokens
    /// stay; revoke them where the password was known to somebody else.
    ///
    /// # Errors
    /// No such user; a password of less than 8 or more than 1024 characters.
    pub async fn set_password(&self, name: &str, password: Option<&str>) -> Result<()> {
        let hash = match password {
            Some(password) => Some(self.hash_password(password).await?),
            None => None,
        };
        let mut tx = self.pools.write().await?;
        let changed = tx.run("UPDATE users SET password = $2 WHERE name = $1", args![name, hash]).await?;
        found(name, changed)?;
        tx.run("DELETE FROM login_failures WHERE name = $1", args![name]).await?;
        tx.commit().await
    }

    /// Gives a user another role.
    ///
    /// # Errors
    /// No such user, or the last enabled admin would be none any more.
    pub async fn set_role(&self, name: &str, role: Role) -> Result<()> {
        let mut tx = self.pools.write().await?;
        if role != Role::Admin {
            check_not_last_admin(&mut tx, name).await?;
        }
        let changed = tx.run("UPDATE users SET role = $2 WHERE name = $1", args![name, role.as_str()]).await?;
        found(name, changed)?;
        tx.commit().await
    }

    /// Keeps a user out, by password and by token, until they are enabled again.
    ///
    /// # Errors
    /// No such user, or it is the last enabled admin.
    pub async fn disable_user(&self, name: &str) -> Result<()> {
        let mut tx = self.pools.write().await?;
        check_not_last_admin(&mut tx, name).await?;
        found(name, tx.run("UPDATE users SET enabled = 0 WHERE name = $1", args![name]).await?)?;
        tx.commit().await
    }

    /// Lets a user in again, with the password and tokens they had.
    ///
    /// # Errors
    /// No such user.
    pub async fn enable_user(&self, name: &str) -> Result<()> {
        let mut tx = self.pools.write().await?;
        found(name, tx.run("UPDATE users SET enabled = 1 WHERE name = $1", args![name]).await?)?;
        tx.commit().await
    }

    /// Deletes a user with their tokens and grants. Their jobs and their entries of the audit log stay.
    ///
    /// # Errors
    /// No such user, or it is the last enabled admin.
    pub async fn delete_user(&self, name: &str) -> Result<()> {
        let mut tx = self.pools.write().await?;
        check_not_last_admin(&mut tx, name).await?;
        found(name, tx.run("DELETE FROM users WHERE name = $1", args![name]).await?)?;
        tx.run("DELETE FROM login_failures WHERE name = $1", args![name]).await?;
        tx.commit().await
    }

    /// All users by name; none on a new server, which then has to make its first admin.
    ///
    /// # Errors
    /// The database fails.
    pub async fn users(&self) -> Result<Vec<User>> {
        let (sql, args) =
            crate::filter::Where::default().statement(&format!("SELECT {COLUMNS} FROM users"), " ORDER BY lower(name)");
        self.pools.rows(sql, args).await?.iter().map(User::read).collect()
    }

    /// A user by their exact name.
    ///
    /// # Errors
    /// The database fails.
    pub async fn user(&self, name: &str) -> Result<Option<User>> {
        let mut only = crate::filter::Where::default();
        only.and("name = ?", name);
        let (sql, args) = only.statement(&format!("SELECT {COLUMNS} FROM users"), "");
        self.pools.row(sql, args).await?.as_ref().map(User::read).transpose()
    }
}

/// An error unless a statement about a user changed a row.
fn found(name: &str, changed: u64) -> Result<()> {
    if changed == 0 { Err(MetaError::NoUser { name: name.to_owned() }) } else { Ok(()) }
}

/// Refuses to take the role, the access or the account from the last enabled admin. Holds the lock until the transaction ends,
/// so that two admins cannot remove each other at the same time.
async fn check_not_last_admin(tx: &mut Write, name: &str) -> Result<()> {
    tx.alone(Lock::Admins).await?;
    let admins = tx.rows("SELECT name FROM users WHERE role = 'admin' AND enabled = 1 LIMIT 2", vec![]).await?;
    match admins.as_slice() {
        [last] if last.text("name")? == name => Err(MetaError::LastAdmin { name: name.to_owned() }),
        _ => Ok(()),
    }
}
