use std::time::Duration;

use chrono::Utc;
use outcrop_meta::{Identity, MetaError, Role};

use crate::site::{Site, on_both};

on_both!(
    a_token_is_its_user,
    limits_hold,
    tokens_expire,
    tokens_are_revoked,
    last_use_is_written_once_a_minute,
    secrets_are_not_stored,
);

async fn a_token_is_its_user(site: &Site) {
    let meta = &site.meta;
    meta.create_user("ann", None, Role::Engineer).await.unwrap();
    let (info, secret) = meta.create_token("ann", "notebook", None, None).await.unwrap();
    assert!(secret.starts_with(&format!("oc_{}_", info.id)) && secret.len() == 3 + 16 + 1 + 43);
    let identity = meta.verify_token(&secret).await.unwrap().unwrap();
    let expected = Identity { user: "ann".into(), role: Role::Engineer, token: Some(info.id.clone()), limit: None };
    assert_eq!(identity, expected);
    for at in [0, 5, 25, secret.len() - 2] {
        let mut wrong = secret.clone().into_bytes();
        wrong[at] = if wrong[at] == b'1' { b'2' } else { b'1' };
        assert_eq!(meta.verify_token(std::str::from_utf8(&wrong).unwrap()).await.unwrap(), None);
    }
    for wrong in ["", "oc_", "oc__", "Bearer x", &format!("{secret}x"), &secret[..secret.len() - 1], "oc_é_ü"] {
        assert_eq!(meta.verify_token(wrong).await.unwrap(), None);
    }
    meta.set_role("ann", Role::Viewer).await.unwrap();
    assert_eq!(meta.verify_token(&secret).await.unwrap().unwrap().role, Role::Viewer);
    meta.disable_user("ann").await.unwrap();
    assert_eq!(meta.verify_token(&secret).await.unwrap(), None);
    meta.enable_user("ann").await.unwrap();
    assert!(meta.verify_token(&secret).await.unwrap().is_some());
    let error = meta.create_token("zoe", "x", None, None).await.unwrap_err();
    assert!(matches!(error, MetaError::NoUser { .. }), "{error}");
    for label in ["", "a\nb", &"x".repeat(201)] {
        assert!(matches!(meta.create_token("ann", label, None, None).await, Err(MetaError::InvalidName { .. })));
    }
}

async fn limits_hold(site: &Site) {
    let meta = &site.meta;
    meta.create_user("ann", None, Role::Engineer).await.unwrap();
    let (info, viewer) = meta.create_token("ann", "reads", None, Some(Role::Viewer)).await.unwrap();
    let (_, admin) = meta.create_token("ann", "all", None, Some(Role::Admin)).await.unwrap();
    assert_eq!(info.role_limit, Some(Role::Viewer));
    let viewer = meta.verify_token(&viewer).await.unwrap().unwrap();
    let admin = meta.verify_token(&admin).await.unwrap().unwrap();
    assert_eq!((viewer.role, admin.role), (Role::Viewer, Role::Engineer));
    // A grant raises the user, not the token.
    meta.grant("p1", "ann", Some(Role::Admin)).await.unwrap();
    assert_eq!(meta.role_for("p1", &viewer).await.unwrap(), Some(Role::Viewer));
    assert_eq!(meta.role_for("p1", &admin).await.unwrap(), Some(Role::Admin));
    meta.grant("p1", "ann", None).await.unwrap();
    assert_eq!(meta.role_for("p1", &viewer).await.unwrap(), None);
}

async fn tokens_expire(site: &Site) {
    let meta = &site.meta;
    meta.create_user("ann", None, Role::Engineer).await.unwrap();
    let past = meta.create_token("ann", "x", Some(Utc::now() - chrono::Duration::seconds(1)), None).await;
    assert!(matches!(past, Err(MetaError::TokenExpiry { .. })));
    let soon = Utc::now() + chrono::Duration::milliseconds(700);
    let (info, secret) = meta.create_token("ann", "x", Some(soon), None).await.unwrap();
    assert!(meta.verify_token(&secret).await.unwrap().is_some());
    assert_eq!(meta.token(&info.id).await.unwrap().unwrap().expires, info.expires);
    tokio::time::sleep(Duration::from_millis(800)).await;
    assert_eq!(meta.verify_token(&secret).await.unwrap(), None);
}

async fn tokens_are_revoked(site: &Site) {
    let meta = &site.meta;
    meta.create_user("ann", None, Role::Engineer).await.unwrap();
    let (one, first) = meta.create_token("ann", "one", None, None).await.unwrap();
    let (two, second) = meta.create_token("ann", "two", None, None).await.unwrap();
    meta.revoke_token(&one.id).await.unwrap();
    let at = meta.token(&one.id).await.unwrap().unwrap().revoked.unwrap();
    meta.revoke_token(&one.id).await.unwrap();
    assert_eq!(meta.token(&one.id).await.unwrap().unwrap().revoked, Some(at));
    assert_eq!(meta.verify_token(&first).await.unwrap(), None);
    assert!(meta.verify_token(&second).await.unwrap().is_some());
    let ids: Vec<String> = meta.tokens("ann").await.unwrap().into_iter().map(|token| token.id).collect();
    assert_eq!(ids, [two.id, one.id]);
    assert!(matches!(meta.revoke_token("0").await, Err(MetaError::NoToken { .. })));
    assert!(meta.tokens("zoe").await.unwrap().is_empty());
    assert_eq!(meta.token("0").await.unwrap(), None);
}

async fn last_use_is_written_once_a_minute(site: &Site) {
    let meta = &site.meta;
    meta.create_user("ann", None, Role::Engineer).await.unwrap();
    let (info, secret) = meta.create_token("ann", "one", None, None).await.unwrap();
    assert_eq!(info.last_used, None);
    meta.verify_token(&secret).await.unwrap();
    let used = meta.token(&info.id).await.unwrap().unwrap().last_used;
    assert!(used.is_some());
    meta.verify_token(&secret).await.unwrap();
    assert_eq!(meta.token(&info.id).await.unwrap().unwrap().last_used, used);
}

async fn secrets_are_not_stored(site: &Site) {
    site.meta.create_user("ann", Some("a long password"), Role::Engineer).await.unwrap();
    let (_, secret) = site.meta.create_token("ann", "one", None, None).await.unwrap();
    let sql = "SELECT t.hash, u.password FROM tokens t JOIN users u ON u.name = t.user_name";
    let (hash, password): (String, String) = if site.url.starts_with("postgres") {
        sqlx::query_as(sql).fetch_one(&sqlx::PgPool::connect(&site.url).await.unwrap()).await.unwrap()
    } else {
        sqlx::query_as(sql).fetch_one(&sqlx::SqlitePool::connect(&site.url).await.unwrap()).await.unwrap()
    };
    assert_eq!(hash.len(), 43);
    assert!(!secret.contains(&hash));
    // RFC 9106's id, with the parameters and a salt.
    assert!(password.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{password}");
}
