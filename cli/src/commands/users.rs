//! `outcrop users`.

use std::io::Read;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use outcrop_server::{Meta, Role};

use super::serve::data;
use crate::arguments::{UserRole, Users, UsersWhat};
use crate::print::{aside, say};

impl From<UserRole> for Role {
    fn from(role: UserRole) -> Role {
        match role {
            UserRole::Viewer => Role::Viewer,
            UserRole::Engineer => Role::Engineer,
            UserRole::Admin => Role::Admin,
        }
    }
}

pub(crate) async fn run(arguments: Users) -> Result<ExitCode> {
    let meta = match &arguments.place.meta {
        Some(url) => Meta::open(url).await?,
        None => {
            let folder = data(&arguments.place)?;
            std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
            let path = folder.join("meta.db");
            Meta::open(path.to_str().context("the path of the server's folder is not valid text")?).await?
        }
    };
    match arguments.what {
        UsersWhat::List => {
            for user in meta.users().await? {
                let enabled = if user.enabled { "" } else { "  (kept out)" };
                say!("{:<24} {}{enabled}", user.name, user.role.as_str())?;
            }
        }
        UsersWhat::Add { name, role, password_stdin } => {
            let password = if password_stdin { Some(password()?) } else { None };
            meta.create_user(&name, password.as_deref(), role.into()).await?;
            say!("{name} is {}", Role::from(role).as_str())?;
            if password.is_none() {
                aside!("{name} has no password; make a token with `outcrop users token {name}`");
            }
        }
        UsersWhat::Role { name, role } => {
            meta.set_role(&name, role.into()).await?;
            say!("{name} is {}", Role::from(role).as_str())?;
        }
        UsersWhat::Password { name } => {
            meta.set_password(&name, Some(&password()?)).await?;
            say!("{name} has a new password")?;
        }
        UsersWhat::Enable { name } => {
            meta.enable_user(&name).await?;
            say!("{name} may log in")?;
        }
        UsersWhat::Disable { name } => {
            meta.disable_user(&name).await?;
            say!("{name} is kept out")?;
        }
        UsersWhat::Remove { name } => {
            meta.delete_user(&name).await?;
            say!("{name} is removed")?;
        }
        UsersWhat::Token { name, label, days, role } => {
            let expires = days.map(|days| chrono::Utc::now() + chrono::Duration::days(i64::from(days)));
            let (_, secret) = meta.create_token(&name, &label, expires, role.map(Role::from)).await?;
            aside!("keep it safe, it is not shown again:");
            say!("{secret}")?;
        }
        UsersWhat::Tokens { name } => {
            for token in meta.tokens(&name).await? {
                let state = match (token.revoked, token.expires) {
                    (Some(_), _) => "revoked".to_owned(),
                    (None, Some(until)) => format!("until {}", until.format("%Y-%m-%d")),
                    (None, None) => "valid".to_owned(),
                };
                say!("{}  {:<20} {state}", token.id, token.label)?;
            }
        }
        UsersWhat::Revoke { id } => {
            meta.revoke_token(&id).await?;
            say!("{id} is revoked")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The first line of standard input.
fn password() -> Result<String> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).context("the password cannot be read from standard input")?;
    let line = text.lines().next().unwrap_or_default().to_owned();
    if line.is_empty() {
        bail!("no password came from standard input; such as: printf %s \"$PASSWORD\" | outcrop users password ann");
    }
    Ok(line)
}
