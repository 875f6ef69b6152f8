//! A database of a test's own, on either engine.

use std::sync::atomic::{AtomicU32, Ordering};

use outcrop_meta::{Job, Meta, NewJob};
use serde_json::json;
use sqlx::Connection;

use crate::postgres_server;

/// A database that is gone after the test.
pub struct Site {
    pub url: String,
    pub meta: Meta,
    _folder: Option<tempfile::TempDir>,
}

impl Site {
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("meta.db").display());
        let meta = Meta::open(&url).await.unwrap();
        Site { url, meta, _folder: Some(folder) }
    }

    /// None where Postgres is not installed.
    pub async fn postgres() -> Option<Self> {
        let url = new_postgres_database().await?;
        let meta = Meta::open(&url).await.unwrap();
        Some(Site { url, meta, _folder: None })
    }

    /// Opens the same database once more, as another process would.
    pub async fn again(&self) -> Meta {
        Meta::open(&self.url).await.unwrap()
    }

    pub async fn job(&self) -> Job {
        self.meta.enqueue(NewJob::new("p1", "krige", json!({"cell": 25}), "ann")).await.unwrap()
    }
}

pub async fn new_postgres_database() -> Option<String> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let server = postgres_server::running()?;
    let mut admin = sqlx::PgConnection::connect(&server.url("postgres")).await.unwrap();
    let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
    sqlx::query(create).execute(&mut admin).await.unwrap();
    admin.close().await.unwrap();
    Some(server.url(&name))
}

/// Makes a test for each engine of functions that take a [`Site`].
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $name() {
                super::$name(&crate::site::Site::sqlite().await).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $name() {
                let Some(site) = crate::site::Site::postgres().await else { return };
                super::$name(&site).await;
                site.meta.close().await;
            })*
        }
    };
}
pub(crate) use on_both;
