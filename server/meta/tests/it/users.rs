use outcrop_meta::{AuditEntry, AuditFilter, ErrorKind, MetaError, Role};

use crate::site::{Site, on_both};

on_both!(
    users_are_made_and_changed,
    names_are_checked,
    deleting_keeps_the_audit,
    the_last_admin_stays,
    two_admins_cannot_remove_each_other,
);

#[test]
fn roles_are_ordered_words() {
    assert!(Role::Viewer < Role::Engineer && Role::Engineer < Role::Admin);
    for role in [Role::Viewer, Role::Engineer, Role::Admin] {
        assert_eq!(role.as_str().parse::<Role>().unwrap(), role);
        assert_eq!(serde_json::to_string(&role).unwrap(), format!("\"{role}\""));
    }
    let error = "owner".parse::<Role>().unwrap_err().to_string();
    assert!(error.contains("`owner`") && error.contains("engineer"), "{error}");
}

async fn users_are_made_and_changed(site: &Site) {
    let meta = &site.meta;
    assert!(meta.users().await.unwrap().is_empty());
    let ann = meta.create_user("ann", None, Role::Engineer).await.unwrap();
    assert_eq!(meta.user("ann").await.unwrap().unwrap(), ann);
    assert!(ann.enabled && !ann.has_password);
    meta.create_user("Bo.Li@field.no", Some("a long password"), Role::Viewer).await.unwrap();
    meta.set_role("ann", Role::Viewer).await.unwrap();
    meta.set_password("ann", Some("another password")).await.unwrap();
    meta.disable_user("ann").await.unwrap();
    let users = meta.users().await.unwrap();
    let names: Vec<&str> = users.iter().map(|user| user.name.as_str()).collect();
    assert_eq!(names, ["ann", "Bo.Li@field.no"]);
    assert_eq!((users[0].role, users[0].enabled, users[0].has_password), (Role::Viewer, false, true));
    assert!(users[1].has_password);
    meta.enable_user("ann").await.unwrap();
    meta.set_password("ann", None).await.unwrap();
    let ann = meta.user("ann").await.unwrap().unwrap();
    assert!(ann.enabled && !ann.has_password);
    assert_eq!(meta.user("nobody").await.unwrap(), None);
    assert_eq!(meta.user("ANN").await.unwrap(), None);
}

async fn names_are_checked(site: &Site) {
    let meta = &site.meta;
    meta.create_user("ann", None, Role::Viewer).await.unwrap();
    for taken in ["ann", "Ann"] {
        let error = meta.create_user(taken, None, Role::Viewer).await.unwrap_err();
        assert!(matches!(error, MetaError::UserExists { .. }), "{error}");
    }
    meta.create_user("Åsa_李-1+x", None, Role::Viewer).await.unwrap();
    for wrong in ["", "a b", "a\n", "a'--", "a\0", &"x".repeat(129)] {
        let error = meta.create_user(wrong, None, Role::Viewer).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{wrong:?}: {error}");
    }
    for wrong in ["", "1234567", &"x".repeat(1025)] {
        let error = meta.create_user("bo", Some(wrong), Role::Viewer).await.unwrap_err();
        assert!(matches!(error, MetaError::Password { .. }), "{error}");
        assert!(matches!(meta.set_password("ann", Some(wrong)).await.unwrap_err(), MetaError::Password { .. }));
    }
    for error in [
        meta.set_role("zoe", Role::Admin).await.unwrap_err(),
        meta.set_password("zoe", None).await.unwrap_err(),
        meta.disable_user("zoe").await.unwrap_err(),
        meta.enable_user("zoe").await.unwrap_err(),
        meta.delete_user("zoe").await.unwrap_err(),
    ] {
        assert!(matches!(&error, MetaError::NoUser { name } if name == "zoe"), "{error}");
    }
}

async fn deleting_keeps_the_audit(site: &Site) {
    let meta = &site.meta;
    meta.create_user("ann", None, Role::Engineer).await.unwrap();
    let (_, secret) = meta.create_token("ann", "x", None, None).await.unwrap();
    meta.grant("p1", "ann", Some(Role::Admin)).await.unwrap();
    let job = site.job().await;
    meta.audit(AuditEntry::new("ann", "job.create")).await.unwrap();
    meta.delete_user("ann").await.unwrap();
    assert_eq!(meta.verify_token(&secret).await.unwrap(), None);
    assert!(meta.grants("p1").await.unwrap().is_empty());
    assert_eq!(meta.audit_log(&AuditFilter::default()).await.unwrap()[0].entry.user, "ann");
    assert_eq!(meta.job(job.id).await.unwrap().unwrap().owner, "ann");
    // Another one of that name has nothing of the first.
    meta.create_user("ann", None, Role::Viewer).await.unwrap();
    assert_eq!(meta.verify_token(&secret).await.unwrap(), None);
    assert_eq!(meta.role_on("p1", "ann").await.unwrap(), Some(Role::Viewer));
}

async fn the_last_admin_stays(site: &Site) {
    let meta = &site.meta;
    meta.create_user("root", None, Role::Admin).await.unwrap();
    meta.create_user("off", None, Role::Admin).await.unwrap();
    meta.disable_user("off").await.unwrap();
    for error in [
        meta.delete_user("root").await.unwrap_err(),
        meta.disable_user("root").await.unwrap_err(),
        meta.set_role("root", Role::Engineer).await.unwrap_err(),
    ] {
        assert!(matches!(&error, MetaError::LastAdmin { name } if name == "root"), "{error}");
    }
    meta.set_role("root", Role::Admin).await.unwrap();
    meta.delete_user("off").await.unwrap();
    meta.create_user("ann", None, Role::Viewer).await.unwrap();
    meta.set_role("ann", Role::Admin).await.unwrap();
    meta.set_role("root", Role::Viewer).await.unwrap();
    assert!(matches!(meta.disable_user("ann").await.unwrap_err(), MetaError::LastAdmin { .. }));
}

async fn two_admins_cannot_remove_each_other(site: &Site) {
    let (here, there) = (&site.meta, site.again().await);
    here.create_user("a", None, Role::Admin).await.unwrap();
    here.create_user("b", None, Role::Admin).await.unwrap();
    for _ in 0..20 {
        let (a, b) = tokio::join!(here.disable_user("a"), there.set_role("b", Role::Viewer));
        assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
        here.enable_user("a").await.unwrap();
        here.set_role("b", Role::Admin).await.unwrap();
    }
    there.close().await;
}
