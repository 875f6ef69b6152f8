//! Opening the database.

use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use tokio::sync::{Semaphore, watch};

use crate::database::Pools;
use crate::error::{MetaError, Result};
use crate::migrate::migrate;

/// How long a writer waits for another process that writes to the same SQLite file.
const BUSY: Duration = Duration::from_secs(30);

/// How many passwords are hashed at a time: each takes 19 MiB and a core.
const HASHING: usize = 4;

/// What a server remembers. Cheap to clone; clones share connections and [notifications](Meta::watch).
#[derive(Debug, Clone)]
pub struct Meta {
    pub(crate) pools: Pools,
    pub(crate) changed: Arc<watch::Sender<i64>>,
    pub(crate) hashing: Arc<Semaphore>,
}

impl Meta {
    /// Opens the database and brings its tables to the newest version; several processes may do so at once.
    ///
    /// `url` is a path or `sqlite:///path/meta.db` (made if it is not there, readable by its owner only; its folder must be
    /// there), `sqlite::memory:` (gone with the last clone), or `postgres://user:password@host/database`, a database of
    /// Outcrop's own, made before.
    ///
    /// # Errors
    /// An address of another kind, a database that cannot be opened, tables of a newer program. No error shows the password.
    pub async fn open(url: &str) -> Result<Self> {
        let (pools, place) = if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            open_postgres(url).await?
        } else {
            open_sqlite(url).await?
        };
        migrate(&pools, &place).await?;
        let meta = Meta { pools, changed: Arc::new(watch::Sender::new(0)), hashing: Arc::new(Semaphore::new(HASHING)) };
        let revision = meta.revision().await?;
        meta.changed.send_replace(revision);
        Ok(meta)
    }

    /// Asks the database for a sign of life.
    ///
    /// # Errors
    /// It does not answer.
    pub async fn ping(&self) -> Result<()> {
        self.pools.rows("SELECT 1 AS one", vec![]).await.map(|_| ())
    }

    /// Waits for running statements and closes the connections of all clones. SQLite then folds its journal into the file.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

async fn open_postgres(url: &str) -> Result<(Pools, String)> {
    let options = PgConnectOptions::from_str(url)
        .map_err(|error| MetaError::Url { url: "postgres://…".to_owned(), reason: error.to_string() })?
        .application_name("outcrop");
    let place = format!(
        "postgres://{}@{}:{}/{}",
        options.get_username(),
        options.get_host(),
        options.get_port(),
        options.get_database().unwrap_or(options.get_username())
    );
    let pool = PgPoolOptions::new().max_connections(10).acquire_timeout(BUSY).connect_with(options).await;
    let check = "the server runs and is reachable, and that the user, the password and the database are right";
    let pool = pool.map_err(|source| MetaError::Open { place: place.clone(), check, source })?;
    Ok((Pools::Postgres(pool), place))
}

async fn open_sqlite(url: &str) -> Result<(Pools, String)> {
    let refused = |reason: String| MetaError::Url { url: without_password(url), reason };
    let options = if url == ":memory:" {
        SqliteConnectOptions::from_str("sqlite::memory:")
    } else if url.starts_with("sqlite:") {
        SqliteConnectOptions::from_str(url)
    } else if let Some((scheme, _)) = url.split_once("://") {
        return Err(refused(format!("`{scheme}` is not a database known here")));
    } else {
        Ok(SqliteConnectOptions::new().filename(url))
    };
    let options = options
        .map_err(|error| refused(error.to_string()))?
        .create_if_missing(true)
        .foreign_keys(true)
        .busy_timeout(BUSY)
        .journal_mode(SqliteJournalMode::Wal)
        // A job must not forget in a power cut that it began to commit.
        .synchronous(SqliteSynchronous::Full);
    let path = options.get_filename().to_path_buf();
    if path.as_os_str().is_empty() {
        return Err(refused("it has no path".to_owned()));
    }
    let place = path.display().to_string();
    let in_memory = url.contains(":memory:") || url.contains("mode=memory");
    if in_memory {
        // The data lives as long as its one connection.
        let pool = connect(&options, 1, &place).await?;
        return Ok((Pools::Sqlite { read: pool.clone(), write: pool }, place));
    }
    make_private(&path).map_err(|error| MetaError::Open {
        place: place.clone(),
        check: "its folder is there and may be written to",
        source: sqlx::Error::Io(error),
    })?;
    let write = connect(&options, 1, &place).await?;
    let read = connect(&options, 8, &place).await?;
    Ok((Pools::Sqlite { read, write }, place))
}

/// Connects, and tries again while another process that opens the same new file holds it: SQLite does not wait for the change
/// of the journal's kind.
async fn connect(options: &SqliteConnectOptions, most: u32, place: &str) -> Result<SqlitePool> {
    let begun = Instant::now();
    loop {
        let pool = SqlitePoolOptions::new()
            .max_connections(most)
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .acquire_timeout(BUSY * 2)
            .connect_with(options.clone());
        match pool.await {
            Ok(pool) => return Ok(pool),
            Err(sqlx::Error::Database(error)) if error.message().contains("locked") && begun.elapsed() < BUSY => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Err(source) => {
                let check = "it is a SQLite database, and that it and its folder may be written to";
                return Err(MetaError::Open { place: place.to_owned(), check, source });
            }
        }
    }
}

/// Makes the file if it is not there, for its owner only: it has hashes of passwords.
fn make_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        other => other.map(|_| ()),
    }
}

/// An address without what stands before its `@`.
fn without_password(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, rest))) => format!("{scheme}://…@{rest}"),
        _ => url.to_owned(),
    }
}
