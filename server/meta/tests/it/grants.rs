use outcrop_meta::{Grant, MetaError, Role};

use crate::site::{Site, on_both};

on_both!(grants_replace_the_users_role, grants_are_listed);

async fn grants_replace_the_users_role(site: &Site) {
    let meta = &site.meta;
    meta.create_user("ann", None, Role::Engineer).await.unwrap();
    assert_eq!(meta.role_on("p1", "ann").await.unwrap(), Some(Role::Engineer));
    for role in [Some(Role::Viewer), Some(Role::Admin), None, Some(Role::Engineer)] {
        meta.grant("p1", "ann", role).await.unwrap();
        assert_eq!(meta.role_on("p1", "ann").await.unwrap(), role);
        assert_eq!(meta.role_on("p2", "ann").await.unwrap(), Some(Role::Engineer));
    }
    meta.disable_user("ann").await.unwrap();
    assert_eq!(meta.role_on("p1", "ann").await.unwrap(), None);
    meta.enable_user("ann").await.unwrap();
    assert!(meta.revoke_grant("p1", "ann").await.unwrap());
    assert!(!meta.revoke_grant("p1", "ann").await.unwrap());
    assert_eq!(meta.role_on("p1", "ann").await.unwrap(), Some(Role::Engineer));
    assert_eq!(meta.role_on("p1", "zoe").await.unwrap(), None);
    assert!(matches!(meta.grant("p1", "zoe", None).await, Err(MetaError::NoUser { .. })));
    assert!(matches!(meta.grant("", "ann", None).await, Err(MetaError::InvalidName { .. })));
}

async fn grants_are_listed(site: &Site) {
    let meta = &site.meta;
    for user in ["bo", "ann"] {
        meta.create_user(user, None, Role::Viewer).await.unwrap();
        meta.grant("p1", user, Some(Role::Engineer)).await.unwrap();
    }
    meta.grant("p0", "bo", None).await.unwrap();
    let grant = |project: &str, user: &str, role| Grant { project: project.into(), user: user.into(), role };
    let engineer = Some(Role::Engineer);
    assert_eq!(meta.grants("p1").await.unwrap(), [grant("p1", "ann", engineer), grant("p1", "bo", engineer)]);
    assert_eq!(meta.grants_of("bo").await.unwrap(), [grant("p0", "bo", None), grant("p1", "bo", engineer)]);
}
