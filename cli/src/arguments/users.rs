//! `outcrop users`

use clap::{Args, Subcommand, ValueEnum};

use super::serve::ServerPlace;

/// Users and tokens of a server
#[derive(Args)]
#[command(
    after_help = "Examples:\n  outcrop users add ann --role admin --password-stdin\n  outcrop users token ann --label notebook --days 90"
)]
pub(crate) struct Users {
    #[command(flatten)]
    pub(crate) place: ServerPlace,
    #[command(subcommand)]
    pub(crate) what: UsersWhat,
}

/// What a user may do.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum UserRole {
    /// Reads
    Viewer,
    /// Reads and changes projects
    Engineer,
    /// All that, and users, grants, audit
    Admin,
}

#[derive(Subcommand)]
pub(crate) enum UsersWhat {
    /// List the users
    List,
    /// Make a user
    Add {
        /// The name
        name: String,
        /// What they may do
        #[arg(long)]
        role: UserRole,
        /// Read a password from standard input; without one the user has tokens only
        #[arg(long)]
        password_stdin: bool,
    },
    /// Give a user another role
    Role {
        /// The name
        name: String,
        /// What they may do
        role: UserRole,
    },
    /// Set a password, read from standard input
    Password {
        /// The name
        name: String,
    },
    /// Let a user in again
    Enable {
        /// The name
        name: String,
    },
    /// Keep a user out
    Disable {
        /// The name
        name: String,
    },
    /// Remove a user
    Remove {
        /// The name
        name: String,
    },
    /// Make a token, and print it this once
    Token {
        /// The name of the user
        name: String,
        /// What it is for
        #[arg(long, default_value = "token")]
        label: String,
        /// Days until it expires; left out, never
        #[arg(long)]
        days: Option<u32>,
        /// The most that it allows
        #[arg(long)]
        role: Option<UserRole>,
    },
    /// List the tokens of a user
    Tokens {
        /// The name of the user
        name: String,
    },
    /// Make a token useless
    Revoke {
        /// The token's id, the part after `oc_`
        id: String,
    },
}
