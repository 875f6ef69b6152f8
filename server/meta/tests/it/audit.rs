use chrono::{Duration, SubsecRound, Utc};
use outcrop_meta::{AuditEntry, AuditFilter};
use serde_json::json;

use crate::site::{Site, on_both};

on_both!(entries_come_back_as_they_were, entries_are_filtered_and_paged, entries_cannot_be_changed);

async fn entries_come_back_as_they_were(site: &Site) {
    let entry = AuditEntry {
        time: Utc::now().trunc_subsecs(6),
        user: "ann".into(),
        action: "grant".into(),
        project: Some("p1".into()),
        target: Some("bo".into()),
        detail: json!({"role": "viewer", "text": "a\u{0}b 'quoted' \"Å\""}),
        outcome: "refused".into(),
        address: Some("[::1]:4000".into()),
        request_id: Some("r1".into()),
    };
    let id = site.meta.audit(entry.clone()).await.unwrap();
    let log = site.meta.audit_log(&AuditFilter::default()).await.unwrap();
    assert_eq!((log[0].id, &log[0].entry), (id, &entry));
    assert!(serde_json::to_string(&log[0]).unwrap().contains("\"action\":\"grant\""));
}

async fn entries_are_filtered_and_paged(site: &Site) {
    let meta = &site.meta;
    let begun = Utc::now().trunc_subsecs(6);
    for n in 0..30 {
        let mut entry = AuditEntry::new(["ann", "bo"][n % 2], ["login", "query", "import"][n % 3]);
        entry.time = begun + Duration::seconds(n as i64);
        entry.detail = json!(n);
        entry.project = Some(format!("p{}", n % 5));
        meta.audit(entry).await.unwrap();
    }
    let numbers = async |filter: AuditFilter| -> Vec<i64> {
        let log = meta.audit_log(&filter).await.unwrap();
        log.iter().map(|record| record.entry.detail.as_i64().unwrap()).collect()
    };
    assert_eq!(numbers(AuditFilter::default()).await, (0..30).rev().collect::<Vec<_>>());
    let ann = AuditFilter { user: Some("ann".into()), action: Some("query".into()), ..Default::default() };
    assert_eq!(numbers(ann).await, [28, 22, 16, 10, 4]);
    let project = AuditFilter { project: Some("p3".into()), limit: 2, ..Default::default() };
    assert_eq!(numbers(project).await, [28, 23]);
    let hours = |from, to| AuditFilter {
        since: Some(begun + Duration::seconds(from)),
        until: Some(begun + Duration::seconds(to)),
        ..Default::default()
    };
    assert_eq!(numbers(hours(3, 6)).await, [5, 4, 3]);
    let first = meta.audit_log(&AuditFilter { limit: 20, ..Default::default() }).await.unwrap();
    let next = AuditFilter { limit: 20, before_id: Some(first[19].id), ..Default::default() };
    assert_eq!(numbers(next).await, (0..10).rev().collect::<Vec<_>>());
    let injection = AuditFilter { user: Some("' OR 1=1 --".into()), ..Default::default() };
    assert!(numbers(injection).await.is_empty());
}

async fn entries_cannot_be_changed(site: &Site) {
    site.meta.audit(AuditEntry::new("ann", "login")).await.unwrap();
    for sql in ["UPDATE audit SET user_name = 'bo'", "DELETE FROM audit"] {
        let error = if site.url.starts_with("postgres") {
            sqlx::query(sql).execute(&sqlx::PgPool::connect(&site.url).await.unwrap()).await.unwrap_err()
        } else {
            sqlx::query(sql).execute(&sqlx::SqlitePool::connect(&site.url).await.unwrap()).await.unwrap_err()
        };
        assert!(error.to_string().contains("append-only"), "{error}");
    }
}
