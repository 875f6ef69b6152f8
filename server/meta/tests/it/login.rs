use std::time::Instant;

use outcrop_meta::{ErrorKind, MetaError, Role};

use crate::site::{Site, on_both};

on_both!(
    passwords_are_verified,
    names_are_locked_after_many_failures,
    unknown_names_are_locked_too,
    unknown_names_take_as_long,
    guesses_at_once_are_counted,
);

const RIGHT: &str = "a long password";

async fn passwords_are_verified(site: &Site) {
    let meta = &site.meta;
    meta.create_user("ann", Some(RIGHT), Role::Engineer).await.unwrap();
    meta.create_user("bot", None, Role::Engineer).await.unwrap();
    let ann = meta.verify_password("ann", RIGHT).await.unwrap().unwrap();
    assert_eq!((ann.name.as_str(), ann.role), ("ann", Role::Engineer));
    assert!(ann.last_login.is_some());
    let long = "x".repeat(100_000);
    for (name, password) in
        [("ann", "a long passwore"), ("ANN", RIGHT), ("bot", ""), ("bot", RIGHT), ("", ""), (&long, &long)]
    {
        assert_eq!(meta.verify_password(name, password).await.unwrap(), None);
    }
    meta.disable_user("ann").await.unwrap();
    assert_eq!(meta.verify_password("ann", RIGHT).await.unwrap(), None);
    meta.enable_user("ann").await.unwrap();
    meta.set_password("ann", Some("another password")).await.unwrap();
    assert_eq!(meta.verify_password("ann", RIGHT).await.unwrap(), None);
    assert!(meta.verify_password("ann", "another password").await.unwrap().is_some());
}

async fn fail(site: &Site, name: &str, times: usize) {
    for _ in 0..times {
        assert_eq!(site.meta.verify_password(name, "a wrong password").await.unwrap(), None);
    }
}

async fn names_are_locked_after_many_failures(site: &Site) {
    let meta = &site.meta;
    meta.create_user("ann", Some(RIGHT), Role::Engineer).await.unwrap();
    // Four are free, and a right one forgets them.
    fail(site, "ann", 4).await;
    assert!(meta.verify_password("ann", RIGHT).await.unwrap().is_some());
    fail(site, "ann", 4).await;
    let other = site.again().await;
    fail(site, "ann", 1).await;
    // Only this name, but everywhere.
    let (here, there) = tokio::join!(meta.verify_password("ann", RIGHT), other.verify_password("ann", RIGHT));
    let error = here.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Locked);
    let MetaError::Locked { until, failures: 5, .. } = error else { panic!("{error}") };
    assert!(matches!(there, Err(MetaError::Locked { .. })));
    assert_eq!(meta.verify_password("bo", RIGHT).await.unwrap(), None);
    other.close().await;
    // Two seconds, then four.
    tokio::time::sleep((until - chrono::Utc::now()).to_std().unwrap_or_default()).await;
    fail(site, "ann", 1).await;
    let error = meta.verify_password("ann", RIGHT).await.unwrap_err();
    let MetaError::Locked { until, .. } = error else { panic!("{error}") };
    assert!(until - chrono::Utc::now() > chrono::Duration::seconds(2));
    // A new password ends it.
    meta.set_password("ann", Some(RIGHT)).await.unwrap();
    assert!(meta.verify_password("ann", RIGHT).await.unwrap().is_some());
}

async fn unknown_names_are_locked_too(site: &Site) {
    fail(site, "nobody", 5).await;
    let error = site.meta.verify_password("nobody", RIGHT).await.unwrap_err().to_string();
    assert!(error.contains("`nobody` is locked until 2") && error.contains("wait"), "{error}");
}

async fn unknown_names_take_as_long(site: &Site) {
    let meta = &site.meta;
    for name in ["a", "b", "c"] {
        meta.create_user(name, Some(RIGHT), Role::Viewer).await.unwrap();
    }
    let mut known = Vec::new();
    let mut unknown = Vec::new();
    for (a, b) in [("a", "x"), ("b", "y"), ("c", "z"), ("a", "x"), ("b", "y"), ("c", "z")] {
        for (name, times) in [(a, &mut known), (b, &mut unknown)] {
            let begun = Instant::now();
            fail(site, name, 1).await;
            times.push(begun.elapsed());
        }
    }
    // The least of several, for the machine does other things too. Without the work it would be some hundredths.
    let (known, unknown) = (known.into_iter().min().unwrap(), unknown.into_iter().min().unwrap());
    assert!(unknown * 3 > known && known * 3 > unknown, "{known:?} {unknown:?}");
}

async fn guesses_at_once_are_counted(site: &Site) {
    site.meta.create_user("ann", Some(RIGHT), Role::Viewer).await.unwrap();
    let guesses: Vec<_> = (0..20)
        .map(|_| {
            let meta = site.meta.clone();
            tokio::spawn(async move { meta.verify_password("ann", "a wrong password").await })
        })
        .collect();
    let mut tried = 0;
    for guess in guesses {
        tried += usize::from(guess.await.unwrap().is_ok());
    }
    assert!((5..12).contains(&tried), "{tried}");
}
