//! Brings the tables to the newest version.

use crate::database::{Lock, Pools, args};
use crate::error::{MetaError, Result};
use crate::time;

/// A step: the script for SQLite and the one for Postgres. Steps are never changed once released, only added.
struct Step {
    sqlite: &'static str,
    postgres: &'static str,
}

const STEPS: &[Step] = &[Step {
    sqlite: include_str!("../migrations/sqlite/0001_users_audit_jobs.sql"),
    postgres: include_str!("../migrations/postgres/0001_users_audit_jobs.sql"),
}];

/// The version table has the version and when it was made, a row for each step.
const VERSIONS: &str =
    "CREATE TABLE IF NOT EXISTS schema_versions (version BIGINT PRIMARY KEY, applied BIGINT NOT NULL)";

/// Makes or changes the tables, all in one transaction; others that open the database wait meanwhile.
pub(crate) async fn migrate(pools: &Pools, place: &str) -> Result<()> {
    let failed = |version: i64| {
        move |error: MetaError| match error {
            MetaError::Database(source) => MetaError::Migration { place: place.to_owned(), version, source },
            other => other,
        }
    };
    let mut tx = pools.write().await?;
    tx.alone(Lock::Migrate).await?;
    tx.run(VERSIONS, vec![]).await.map_err(failed(0))?;
    let row = tx.row("SELECT COALESCE(MAX(version), 0) AS version FROM schema_versions", vec![]).await?;
    let found = row.map_or(Ok(0), |row| row.int("version"))?;
    let known = STEPS.len() as i64;
    if found > known {
        return Err(MetaError::Newer { place: place.to_owned(), found, known });
    }
    for (version, step) in (1..).zip(STEPS).filter(|(version, _)| *version > found) {
        let script = match pools {
            Pools::Sqlite { .. } => step.sqlite,
            Pools::Postgres(_) => step.postgres,
        };
        tx.script(script).await.map_err(MetaError::Database).map_err(failed(version))?;
        tx.run("INSERT INTO schema_versions (version, applied) VALUES ($1, $2)", args![version, time::now()]).await?;
    }
    tx.commit().await
}
