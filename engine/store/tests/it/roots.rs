//! A session sees the folders it was given, and nothing else.

use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::Path;

use object_store::path::Path as ObjectPath;
use object_store::{ObjectStoreExt, PutPayload};
use outcrop_store::{NewFolders, Root, Roots, StoreError};

/// A folder `inside` that is a root and one `outside` that is not, with links between.
fn folders() -> (tempfile::TempDir, Roots) {
    let dir = tempfile::tempdir().unwrap();
    for folder in ["inside/deep/er", "outside/sub"] {
        fs::create_dir_all(dir.path().join(folder)).unwrap();
    }
    for file in ["inside/a.las", "inside/deep/B.LAS", "inside/deep/er/c.csv", "outside/secret.las", "outside/sub/s.las"]
    {
        fs::write(dir.path().join(file), file).unwrap();
    }
    let roots = Roots::folders(vec![Root::writable(dir.path().join("inside"))]).unwrap();
    (dir, roots)
}

fn names(roots: &Roots, pattern: &str, base: &Path) -> Vec<String> {
    roots.list(pattern, base).unwrap().into_iter().map(|l| l.display).collect()
}

#[test]
fn what_is_inside_resolves() {
    let (dir, roots) = folders();
    let inside = dir.path().join("inside");
    let url = url::Url::from_file_path(inside.join("a.las")).unwrap().to_string();
    for text in ["a.las", "./a.las", "deep/../a.las", &url, inside.join("a.las").to_str().unwrap()] {
        let location = roots.resolve(text, &inside).unwrap();
        assert_eq!(&roots.read_blocking(&location).unwrap()[..], b"inside/a.las", "{text}");
    }
    assert_eq!(&roots.read_prefix_blocking(&roots.resolve("a.las", &inside).unwrap(), 6).unwrap()[..], b"inside");
}

#[test]
fn what_is_outside_is_refused() {
    let (dir, roots) = folders();
    let inside = dir.path().join("inside");
    symlink(dir.path().join("outside/secret.las"), inside.join("link.las")).unwrap();
    symlink(dir.path().join("outside"), inside.join("linked")).unwrap();
    symlink(inside.join("linked"), inside.join("twice")).unwrap();
    let outside = dir.path().join("outside/secret.las");
    for text in [
        "../outside/secret.las",
        "deep/../../outside/secret.las",
        outside.to_str().unwrap(),
        url::Url::from_file_path(&outside).unwrap().as_str(),
        "/etc/passwd",
        "file:///etc/passwd",
        "file:///etc/%70asswd",
        "link.las",
        "linked/secret.las",
        "twice/secret.las",
        "linked/not-there-yet.las",
        "linked/../outside/secret.las",
    ] {
        let error = roots.resolve(text, &inside).unwrap_err();
        assert!(matches!(error, StoreError::OutsideRoots { .. }), "{text}: {error}");
        let message = error.to_string();
        assert!(message.contains("--root") && message.contains("inside"), "{message}");
    }
    // A link that leads nowhere could come to lead anywhere.
    symlink(dir.path().join("outside/new.las"), inside.join("dangling.las")).unwrap();
    assert!(matches!(roots.resolve("dangling.las", &inside).unwrap_err(), StoreError::InvalidPath { .. }));
    // A link to a place inside is fine.
    symlink(inside.join("deep"), inside.join("short")).unwrap();
    assert!(roots.resolve("short/B.LAS", &inside).is_ok());
}

#[test]
fn a_file_replaced_by_a_link_after_the_check_is_noticed() {
    let (dir, roots) = folders();
    let inside = dir.path().join("inside");
    let location = roots.resolve("a.las", &inside).unwrap();
    fs::remove_file(inside.join("a.las")).unwrap();
    symlink(dir.path().join("outside/secret.las"), inside.join("a.las")).unwrap();
    assert!(matches!(roots.read_blocking(&location).unwrap_err(), StoreError::OutsideRoots { .. }));
}

#[tokio::test]
async fn the_store_itself_keeps_to_the_folders() {
    let (dir, roots) = folders();
    let store = roots.object_store();
    let path = |file: &str| ObjectPath::parse(dir.path().canonicalize().unwrap().join(file).to_str().unwrap()).unwrap();
    assert_eq!(&store.get(&path("inside/a.las")).await.unwrap().bytes().await.unwrap()[..], b"inside/a.las");
    symlink(dir.path().join("outside"), dir.path().join("inside/linked")).unwrap();
    for file in ["outside/secret.las", "inside/linked/secret.las"] {
        let path = path(file);
        assert!(store.get(&path).await.is_err(), "{file}");
        assert!(store.get_range(&path, 0..3).await.is_err());
        assert!(store.get_ranges(&path, &[0..3, 4..5]).await.is_err());
        assert!(store.head(&path).await.is_err());
        assert!(store.put(&path, PutPayload::from_static(b"x")).await.is_err());
        assert!(store.delete(&path).await.is_err());
        assert!(store.copy(&path, &self::ObjectPath::parse("tmp/x").unwrap()).await.is_err());
    }
    assert_eq!(fs::read(dir.path().join("outside/secret.las")).unwrap(), b"outside/secret.las");
}

#[test]
fn reading_is_not_writing() {
    let (dir, _) = folders();
    let inside = dir.path().join("inside");
    let roots = Roots::folders(vec![Root::read_only(&inside), Root::writable(inside.join("deep"))]).unwrap();
    assert!(matches!(roots.resolve_for_writing("new.las", &inside).unwrap_err(), StoreError::ReadOnlyRoot { .. }));
    let readable = roots.resolve("new.las", &inside).unwrap();
    assert!(matches!(roots.writer(&readable).unwrap_err(), StoreError::ReadOnlyRoot { .. }));
    let location = roots.resolve_for_writing("deep/new/er.las", &inside).unwrap();
    let missing = roots.writer(&location).unwrap_err().to_string();
    assert!(missing.contains("mkdir -p") && !inside.join("deep/new").exists(), "{missing}");
    fs::create_dir(inside.join("deep/new")).unwrap();
    let mut writer = roots.writer(&location).unwrap();
    writer.write_all(b"half").unwrap();
    assert!(!inside.join("deep/new/er.las").exists());
    writer.write_all(b" and half").unwrap();
    writer.finish().unwrap();
    assert_eq!(fs::read(inside.join("deep/new/er.las")).unwrap(), b"half and half");

    let mut dropped = roots.writer(&location).unwrap();
    dropped.write_all(b"never").unwrap();
    drop(dropped);
    assert_eq!(fs::read(inside.join("deep/new/er.las")).unwrap(), b"half and half");
    assert_eq!(fs::read_dir(inside.join("deep/new")).unwrap().count(), 1);
}

/// Files that are staged appear when they are finished; dropped, neither they nor the folders made for them are left.
#[test]
fn files_that_appear_together_leave_nothing_when_they_do_not() {
    let (dir, roots) = folders();
    let inside = dir.path().join("inside");
    let write = |name: &str, made: &mut NewFolders| {
        let location = roots.resolve_for_writing(name, &inside).unwrap();
        roots.make_folder(&location, made).unwrap();
        let mut writer = roots.writer(&location).unwrap();
        writer.write_all(b"new").unwrap();
        writer.stage().unwrap()
    };
    let mut made = NewFolders::default();
    let (first, second) = (write("new/er/1.las", &mut made), write("new/2.las", &mut made));
    assert!(!inside.join("new/er/1.las").exists() && inside.join("new/er").is_dir());
    drop((first, second));
    drop(made);
    assert!(!inside.join("new").exists());
    let mut made = NewFolders::default();
    let (first, second) = (write("new/er/1.las", &mut made), write("deep/2.las", &mut made));
    first.finish().unwrap();
    drop(second);
    drop(made);
    assert_eq!(fs::read(inside.join("new/er/1.las")).unwrap(), b"new");
    assert_eq!(fs::read_dir(inside.join("deep")).unwrap().count(), 2, "B.LAS and er");
    // A folder outside is not made.
    let outside = roots.resolve("a.las", &inside).unwrap();
    let outside = outcrop_store::Location { local: Some(dir.path().join("outside/x/a.las")), ..outside };
    assert!(roots.make_folder(&outside, &mut NewFolders::default()).is_err());
    assert!(!dir.path().join("outside/x").exists());
}

#[test]
fn patterns_find_what_they_say() {
    let (dir, roots) = folders();
    let base = dir.path().join("inside");
    for file in ["x[1].las", "100% ok.las", "Ünit brønn.LAS", ".hidden.las", "deep/.git/z.las", "deep/q#1", "!n.las"]
    {
        fs::create_dir_all(base.join(file).parent().unwrap()).unwrap();
        fs::write(base.join(file), file).unwrap();
    }
    assert_eq!(names(&roots, "x[1].las", &base), ["x[1].las"]);
    assert_eq!(names(&roots, "100% ok.las", &base), ["100% ok.las"]);
    assert_eq!(names(&roots, "*.las", &base), ["!n.las", "100% ok.las", "a.las", "x[1].las", "Ünit brønn.LAS"]);
    assert_eq!(names(&roots, "**/*.las", &base).len(), 6);
    assert_eq!(names(&roots, "**/*.LAS", &base).len(), 6);
    assert_eq!(names(&roots, "deep", &base), ["deep/B.LAS", "deep/er/c.csv", "deep/q#1"]);
    assert_eq!(names(&roots, "deep/**", &base), ["deep/B.LAS", "deep/er/c.csv", "deep/q#1"]);
    assert_eq!(names(&roots, "{a.las,deep/er/*.csv}", &base), ["a.las", "deep/er/c.csv"]);
    assert_eq!(names(&roots, "[a-b].las", &base), ["a.las"]);
    assert_eq!(names(&roots, "?.las", &base), ["a.las"]);
    assert_eq!(names(&roots, "!*.las", &base), ["!n.las"]);
    assert_eq!(names(&roots, ".h*", &base), [".hidden.las"]);
    // Names are what they are, through the store too.
    for location in roots.list("**", &base).unwrap() {
        let name = location.local.clone().unwrap().strip_prefix(base.canonicalize().unwrap()).unwrap().to_owned();
        assert!(roots.read_blocking(&location).unwrap().ends_with(name.file_name().unwrap().as_encoded_bytes()));
    }
    for pattern in ["*.segy", "nothing/**", "**/*.nope"] {
        let message = roots.list(pattern, &base).unwrap_err().to_string();
        assert!(message.contains(pattern) && message.contains("inside"), "{message}");
    }
    assert!(matches!(roots.list("none.las", &base).unwrap_err(), StoreError::NotFound { .. }));
}

#[test]
fn a_pattern_does_not_leave_through_a_link() {
    let (dir, roots) = folders();
    let base = dir.path().join("inside");
    symlink(dir.path().join("outside"), base.join("linked")).unwrap();
    for pattern in ["**/*.las", "linked/*.las", "*/*.las", "*", "../outside/*.las", "."] {
        let found = roots.list(pattern, &base);
        assert!(matches!(found, Err(StoreError::OutsideRoots { .. })) || pattern == "*", "{pattern}: {found:?}");
    }
    fs::remove_file(base.join("linked")).unwrap();
    // A link that leads back up does not go round for ever, and a file found twice is one file.
    symlink(&base, base.join("deep/up")).unwrap();
    symlink(base.join("a.las"), base.join("same.las")).unwrap();
    assert_eq!(roots.list("**/*.las", &base).unwrap().len(), 2);
}

#[test]
fn other_stores_say_what_they_are() {
    let roots = Roots::whole_file_system();
    let message = roots.resolve("s3://bucket/x.las", Path::new("/")).unwrap_err().to_string();
    assert!(message.contains("not built in yet") && message.contains("s3"), "{message}");
    assert!(roots.resolve("file://host/x.las", Path::new("/")).is_err());
    assert!(roots.resolve("", Path::new("/")).is_err());
    assert!(roots.resolve("a\0b", Path::new("/")).is_err());
}
