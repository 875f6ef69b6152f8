//! One way to run a statement, for both engines.
//!
//! Columns are of three kinds only (`BIGINT`, `DOUBLE PRECISION`, `TEXT`) and placeholders are `$1`, `$2`, …, which SQLite and
//! Postgres both know, so that a statement is written once. What differs is here: how a transaction that writes begins, how a
//! row is locked, and whose clock counts.

use chrono::{DateTime, Utc};
use sqlx::postgres::{PgPool, PgRow};
use sqlx::sqlite::{SqlitePool, SqliteRow};
use sqlx::{Postgres, Row as _, SqlSafeStr, Sqlite, Transaction};

use crate::error::Result;
use crate::time;

/// A value that is bound to a statement.
#[derive(Debug, Clone)]
pub(crate) enum Arg {
    Int(Option<i64>),
    Real(Option<f64>),
    Text(Option<String>),
}

/// The values of a statement.
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::database::Arg::from($value)),*] };
}
pub(crate) use args;

/// A statement that locks the rows it selects: SQLite has one writer at a time and needs no words for it.
macro_rules! locking {
    ($tx:expr, $sql:expr, $lock:literal) => {
        match $tx {
            $crate::database::Write::Sqlite(_) => $sql,
            $crate::database::Write::Postgres(_) => concat!($sql, $lock),
        }
    };
}
pub(crate) use locking;

impl From<i64> for Arg {
    fn from(value: i64) -> Self {
        Arg::Int(Some(value))
    }
}
impl From<i32> for Arg {
    fn from(value: i32) -> Self {
        Arg::Int(Some(value.into()))
    }
}
impl From<u32> for Arg {
    fn from(value: u32) -> Self {
        Arg::Int(Some(value.into()))
    }
}
impl From<bool> for Arg {
    fn from(value: bool) -> Self {
        Arg::Int(Some(value.into()))
    }
}
impl From<DateTime<Utc>> for Arg {
    fn from(value: DateTime<Utc>) -> Self {
        Arg::Int(Some(time::micros(value)))
    }
}
impl From<Option<DateTime<Utc>>> for Arg {
    fn from(value: Option<DateTime<Utc>>) -> Self {
        Arg::Int(value.map(time::micros))
    }
}
impl From<Option<f64>> for Arg {
    fn from(value: Option<f64>) -> Self {
        // Neither engine's JSON has NaN, and SQLite makes it null.
        Arg::Real(value.filter(|v| v.is_finite()))
    }
}
impl From<Option<String>> for Arg {
    fn from(value: Option<String>) -> Self {
        // Postgres refuses a text with a zero byte, which a log line of a worker may have.
        Arg::Text(value.map(|text| if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text }))
    }
}
impl From<String> for Arg {
    fn from(value: String) -> Self {
        Arg::from(Some(value))
    }
}
impl From<&str> for Arg {
    fn from(value: &str) -> Self {
        Arg::from(Some(value.to_owned()))
    }
}
impl From<Option<&str>> for Arg {
    fn from(value: Option<&str>) -> Self {
        Arg::from(value.map(str::to_owned))
    }
}

/// A row of a result. Columns are read by name.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

macro_rules! read {
    ($name:ident, $type:ty) => {
        pub(crate) fn $name(&self, column: &str) -> Result<$type> {
            Ok(match self {
                Row::Sqlite(row) => row.try_get(column)?,
                Row::Postgres(row) => row.try_get(column)?,
            })
        }
    };
}

impl Row {
    read!(int, i64);
    read!(int_or_null, Option<i64>);
    read!(real_or_null, Option<f64>);
    read!(text, String);
    read!(text_or_null, Option<String>);

    pub(crate) fn flag(&self, column: &str) -> Result<bool> {
        Ok(self.int(column)? != 0)
    }

    pub(crate) fn time(&self, column: &str) -> Result<DateTime<Utc>> {
        time::time(self.int(column)?)
    }

    pub(crate) fn time_or_null(&self, column: &str) -> Result<Option<DateTime<Utc>>> {
        self.int_or_null(column)?.map(time::time).transpose()
    }
}

/// The connections. SQLite has one writer at a time: a single connection for it keeps the writers of this process in a fair
/// queue, where a busy database would make them try again and again.
#[derive(Debug, Clone)]
pub(crate) enum Pools {
    Sqlite { read: SqlitePool, write: SqlitePool },
    Postgres(PgPool),
}

/// A transaction that writes; rolled back unless it is committed.
pub(crate) enum Write {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// Binds the values and runs the query with a method.
macro_rules! run {
    ($query:expr, $args:expr, $method:ident, $on:expr) => {{
        let mut query = $query;
        for arg in $args {
            query = match arg {
                Arg::Int(value) => query.bind(value),
                Arg::Real(value) => query.bind(value),
                Arg::Text(value) => query.bind(value),
            };
        }
        query.$method($on).await?
    }};
}

impl Pools {
    /// The rows of a query.
    pub(crate) async fn rows(&self, sql: impl SqlSafeStr, args: Vec<Arg>) -> Result<Vec<Row>> {
        let sql = sql.into_sql_str();
        Ok(match self {
            Pools::Sqlite { read, .. } => {
                run!(sqlx::query::<Sqlite>(sql), args, fetch_all, read).into_iter().map(Row::Sqlite).collect()
            }
            Pools::Postgres(pool) => {
                run!(sqlx::query::<Postgres>(sql), args, fetch_all, pool).into_iter().map(Row::Postgres).collect()
            }
        })
    }

    /// The first row of a query.
    pub(crate) async fn row(&self, sql: impl SqlSafeStr, args: Vec<Arg>) -> Result<Option<Row>> {
        Ok(self.rows(sql, args).await?.into_iter().next())
    }

    /// Begins a transaction that writes.
    pub(crate) async fn write(&self) -> Result<Write> {
        Ok(match self {
            // A transaction that began by reading could fail to become a writer; this one waits for its turn.
            Pools::Sqlite { write, .. } => Write::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
            Pools::Postgres(pool) => Write::Postgres(pool.begin().await?),
        })
    }
}

impl Write {
    /// The rows of a query.
    pub(crate) async fn rows(&mut self, sql: impl SqlSafeStr, args: Vec<Arg>) -> Result<Vec<Row>> {
        let sql = sql.into_sql_str();
        Ok(match self {
            Write::Sqlite(tx) => {
                run!(sqlx::query::<Sqlite>(sql), args, fetch_all, &mut **tx).into_iter().map(Row::Sqlite).collect()
            }
            Write::Postgres(tx) => {
                run!(sqlx::query::<Postgres>(sql), args, fetch_all, &mut **tx).into_iter().map(Row::Postgres).collect()
            }
        })
    }

    /// The first row of a query.
    pub(crate) async fn row(&mut self, sql: impl SqlSafeStr, args: Vec<Arg>) -> Result<Option<Row>> {
        Ok(self.rows(sql, args).await?.into_iter().next())
    }

    /// Runs a statement; the number of rows it changed.
    pub(crate) async fn run(&mut self, sql: impl SqlSafeStr, args: Vec<Arg>) -> Result<u64> {
        let sql = sql.into_sql_str();
        Ok(match self {
            Write::Sqlite(tx) => run!(sqlx::query::<Sqlite>(sql), args, execute, &mut **tx).rows_affected(),
            Write::Postgres(tx) => run!(sqlx::query::<Postgres>(sql), args, execute, &mut **tx).rows_affected(),
        })
    }

    /// Runs the statements of a script.
    pub(crate) async fn script(&mut self, sql: &'static str) -> Result<(), sqlx::Error> {
        match self {
            Write::Sqlite(tx) => sqlx::raw_sql(sql).execute(&mut **tx).await.map(|_| ()),
            Write::Postgres(tx) => sqlx::raw_sql(sql).execute(&mut **tx).await.map(|_| ()),
        }
    }

    /// Waits until no other transaction holds this lock, and holds it until the end. Whoever writes to SQLite is alone anyway.
    pub(crate) async fn alone(&mut self, lock: Lock) -> Result<()> {
        if let Write::Postgres(_) = self {
            self.rows("SELECT pg_advisory_xact_lock($1)", args![lock.key()]).await?;
        }
        Ok(())
    }

    /// Now, by the clock that all users of the database share: leases must not depend on whose clock is late.
    pub(crate) async fn now(&mut self) -> Result<DateTime<Utc>> {
        match self {
            Write::Sqlite(_) => Ok(time::now()),
            Write::Postgres(_) => {
                let sql = "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT) AS now";
                self.row(sql, vec![]).await?.map_or_else(|| Ok(time::now()), |row| row.time("now"))
            }
        }
    }

    /// Gives up, and gives the locks back at once: a transaction that is only dropped does so some time later, and until then
    /// workers pass over the job it has locked.
    pub(crate) async fn give_up<T>(self, answer: Result<T>) -> Result<T> {
        match self {
            Write::Sqlite(tx) => tx.rollback().await?,
            Write::Postgres(tx) => tx.rollback().await?,
        }
        answer
    }

    /// Makes everything durable.
    pub(crate) async fn commit(self) -> Result<()> {
        match self {
            Write::Sqlite(tx) => tx.commit().await?,
            Write::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

/// What one transaction at a time may do.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Lock {
    /// Make or change the tables.
    Migrate,
    /// Take the right to manage the server from somebody.
    Admins,
}

impl Lock {
    /// This program's number for it in Postgres: "outcrop" in ASCII, then a byte.
    fn key(self) -> i64 {
        match self {
            Lock::Migrate => 0x6f75_7463_726f_7000,
            Lock::Admins => 0x6f75_7463_726f_7001,
        }
    }
}

/// Whether an error says that a row of this key is there already.
pub(crate) fn is_taken(error: &crate::MetaError) -> bool {
    matches!(error, crate::MetaError::Database(sqlx::Error::Database(error)) if error.is_unique_violation())
}
