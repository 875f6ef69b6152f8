use outcrop_meta::{ErrorKind, Meta, MetaError, NewJob, Role};
use serde_json::json;

use crate::site::{Site, new_postgres_database, on_both};

on_both!(two_share_one_database, a_newer_program_made_the_tables);

async fn two_share_one_database(site: &Site) {
    let other = site.again().await;
    other.ping().await.unwrap();
    site.meta.create_user("ann", None, Role::Viewer).await.unwrap();
    assert_eq!(other.user("ann").await.unwrap().unwrap().role, Role::Viewer);
    other.set_role("ann", Role::Engineer).await.unwrap();
    assert_eq!(site.meta.user("ann").await.unwrap().unwrap().role, Role::Engineer);
    // Both write at the same time, many times.
    let write = |meta: Meta| async move {
        for _ in 0..50 {
            meta.enqueue(NewJob::new("p", "k", json!(null), "ann")).await.unwrap();
        }
    };
    tokio::join!(write(site.meta.clone()), write(other.clone()), write(other.clone()));
    assert_eq!(other.revision().await.unwrap(), 150);
    other.close().await;
    assert_eq!(other.ping().await.unwrap_err().kind(), ErrorKind::Unavailable);
    site.meta.ping().await.unwrap();
}

async fn a_newer_program_made_the_tables(site: &Site) {
    let sql = "INSERT INTO schema_versions (version, applied) VALUES (99, 0)";
    if site.url.starts_with("postgres") {
        sqlx::query(sql).execute(&sqlx::PgPool::connect(&site.url).await.unwrap()).await.unwrap();
    } else {
        sqlx::query(sql).execute(&sqlx::SqlitePool::connect(&site.url).await.unwrap()).await.unwrap();
    }
    let error = Meta::open(&site.url).await.unwrap_err();
    assert!(matches!(error, MetaError::Newer { found: 99, .. }), "{error}");
}

async fn many_open_at_once(url: &str) {
    let opened: Vec<_> = (0..8)
        .map(|_| {
            let url = url.to_owned();
            tokio::spawn(async move {
                let meta = Meta::open(&url).await.unwrap();
                meta.enqueue(NewJob::new("p", "k", json!(1), "ann")).await.unwrap();
                meta.close().await;
            })
        })
        .collect();
    for opened in opened {
        opened.await.unwrap();
    }
    assert_eq!(Meta::open(url).await.unwrap().revision().await.unwrap(), 8);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_open_one_new_file_at_once() {
    let folder = tempfile::tempdir().unwrap();
    many_open_at_once(folder.path().join("meta.db").to_str().unwrap()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_open_one_new_postgres_database_at_once() {
    let Some(url) = new_postgres_database().await else { return };
    many_open_at_once(&url).await;
}

#[tokio::test]
async fn memory_is_gone_with_the_last_clone() {
    let meta = Meta::open("sqlite::memory:").await.unwrap();
    meta.create_user("ann", None, Role::Admin).await.unwrap();
    let clone = meta.clone();
    drop(meta);
    assert_eq!(clone.users().await.unwrap().len(), 1);
    for url in ["sqlite::memory:", ":memory:"] {
        assert!(Meta::open(url).await.unwrap().users().await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn what_is_stored_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("meta data.db");
    let path = path.to_str().unwrap();
    let meta = Meta::open(path).await.unwrap();
    meta.create_user("ann", None, Role::Admin).await.unwrap();
    meta.close().await;
    let meta = Meta::open(&format!("sqlite://{}", path.replace(' ', "%20"))).await.unwrap();
    assert_eq!(meta.users().await.unwrap().len(), 1);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &str| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(path), 0o600);
        assert_eq!(mode(&format!("{path}-wal")), 0o600);
    }
}

#[tokio::test]
async fn errors_say_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("no/meta.db");
    let error = Meta::open(missing.to_str().unwrap()).await.unwrap_err().to_string();
    assert!(error.contains("no/meta.db") && error.contains("its folder is there"), "{error}");

    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "not a database, but long enough to look at".repeat(100)).unwrap();
    let error = Meta::open(text.to_str().unwrap()).await.unwrap_err().to_string();
    assert!(error.contains("notes.txt") && error.contains("SQLite database"), "{error}");

    let error = Meta::open("mysql://root:secret@host/db").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(error.to_string().contains("postgres://") && !error.to_string().contains("secret"), "{error}");
}

#[tokio::test]
async fn a_wrong_password_is_not_shown() {
    let Some(url) = new_postgres_database().await else { return };
    let (before, after) = url.split_once('@').unwrap();
    let wrong = format!("{}:secret@{after}", before.rsplit_once(':').unwrap().0);
    let error = Meta::open(&wrong).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    let error = format!("{error} {error:?}");
    assert!(error.contains("127.0.0.1") && error.contains("the password") && !error.contains("secret"), "{error}");
}
