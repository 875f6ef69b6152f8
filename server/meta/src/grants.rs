//! Grants: what a user may do on one project, where that is not what they may do elsewhere.

use serde::Serialize;

use crate::database::{Row, args};
use crate::error::{MetaError, Result};
use crate::names::check_text;
use crate::open::Meta;
use crate::role::Role;
use crate::tokens::Identity;

/// The word for no role at all.
const NONE: &str = "none";

/// What a user may do on a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Grant {
    /// The stable id of the project.
    pub project: String,
    /// The name of the user.
    pub user: String,
    /// Their role there; none where the project is forbidden to them.
    pub role: Option<Role>,
}

impl Grant {
    fn read(row: &Row) -> Result<Self> {
        Ok(Grant { project: row.text("project")?, user: row.text("user_name")?, role: role_of(&row.text("role")?)? })
    }
}

impl Meta {
    /// Sets what a user may do on a project, instead of what their own role says; `None` forbids it to them. A grant replaces
    /// an earlier one. Projects are named by their stable id, up to 200 bytes.
    ///
    /// # Errors
    /// No such user, an empty or long id of the project.
    pub async fn grant(&self, project: &str, user: &str, role: Option<Role>) -> Result<()> {
        check_text("id of a project", project, 200)?;
        let mut tx = self.pools.write().await?;
        let set = tx.run(
            "INSERT INTO grants (project, user_name, role) SELECT $1, name, $3 FROM users WHERE name = $2
             ON CONFLICT (project, user_name) DO UPDATE SET role = excluded.role",
            args![project, user, role.map_or(NONE, Role::as_str)],
        );
        if set.await? == 0 {
            return Err(MetaError::NoUser { name: user.to_owned() });
        }
        tx.commit().await
    }

    /// Takes a grant back, so that the user's own role holds again; false if there was none.
    ///
    /// # Errors
    /// The database fails.
    pub async fn revoke_grant(&self, project: &str, user: &str) -> Result<bool> {
        let mut tx = self.pools.write().await?;
        let sql = "DELETE FROM grants WHERE project = $1 AND user_name = $2";
        let deleted = tx.run(sql, args![project, user]).await?;
        tx.commit().await?;
        Ok(deleted > 0)
    }

    /// The grants on a project, by user.
    ///
    /// # Errors
    /// The database fails.
    pub async fn grants(&self, project: &str) -> Result<Vec<Grant>> {
        let sql = "SELECT project, user_name, role FROM grants WHERE project = $1 ORDER BY user_name";
        self.pools.rows(sql, args![project]).await?.iter().map(Grant::read).collect()
    }

    /// The grants of a user, by project: what to leave out of a list of projects, and what to add.
    ///
    /// # Errors
    /// The database fails.
    pub async fn grants_of(&self, user: &str) -> Result<Vec<Grant>> {
        let sql = "SELECT project, user_name, role FROM grants WHERE user_name = $1 ORDER BY project";
        self.pools.rows(sql, args![user]).await?.iter().map(Grant::read).collect()
    }

    /// What a user may do on a project: the grant's role if there is one, else their own. None if the project is forbidden to
    /// them, or if they are disabled or not there.
    ///
    /// # Errors
    /// The database fails.
    pub async fn role_on(&self, project: &str, user: &str) -> Result<Option<Role>> {
        let sql = "SELECT COALESCE(g.role, u.role) AS role FROM users u
                   LEFT JOIN grants g ON g.user_name = u.name AND g.project = $1
                   WHERE u.name = $2 AND u.enabled = 1";
        match self.pools.row(sql, args![project, user]).await? {
            Some(row) => role_of(&row.text("role")?),
            None => Ok(None),
        }
    }

    /// What somebody may do on a project: as [`Meta::role_on`], but never more than their token allows.
    ///
    /// # Errors
    /// The database fails.
    pub async fn role_for(&self, project: &str, identity: &Identity) -> Result<Option<Role>> {
        let role = self.role_on(project, &identity.user).await?;
        Ok(role.map(|role| identity.limit.map_or(role, |limit| limit.min(role))))
    }
}

/// The role of a stored word.
fn role_of(word: &str) -> Result<Option<Role>> {
    if word == NONE { Ok(None) } else { word.parse().map(Some) }
}
