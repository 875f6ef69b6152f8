//! Documents of earlier schema versions, brought to the present one step by step.

use serde_json::Value as Json;

/// The schema version that is written, and the newest that is read.
pub const SCHEMA_VERSION: u32 = 1;

/// Brings a document from its version to the next.
type Migration = fn(&mut Json);

/// The step that leads away from version 1 comes first.
const MIGRATIONS: &[Migration] = &[];

/// The document in the present version.
///
/// # Errors
/// What the version is, where it cannot be read.
pub(crate) fn migrated(document: Json) -> Result<Json, String> {
    through(document, MIGRATIONS)
}

fn through(mut document: Json, migrations: &[Migration]) -> Result<Json, String> {
    let newest = migrations.len() as u64 + 1;
    let version = match document.get("schema_version") {
        None => return Err(format!("`schema_version` is missing; the present one is {newest}")),
        Some(found) => match found.as_u64().filter(|v| *v > 0) {
            Some(version) => version,
            None => return Err(format!("`schema_version` is a whole number from 1 to {newest}, found {found}")),
        },
    };
    if version > newest {
        return Err(format!(
            "the document is of schema version {version}, this program reads up to {newest}; use a newer one"
        ));
    }
    let behind = usize::try_from(version - 1).unwrap_or(usize::MAX);
    for migration in migrations.iter().skip(behind) {
        migration(&mut document);
    }
    document["schema_version"] = Json::from(newest);
    Ok(document)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{MIGRATIONS, SCHEMA_VERSION, through};

    #[test]
    fn a_document_goes_through_the_steps_it_lacks() {
        let steps: &[super::Migration] =
            &[|d| d["title"] = d["name"].take(), |d| d["title"] = format!("{}!", d["title"].as_str().unwrap()).into()];
        let first = through(json!({"schema_version": 1, "name": "a"}), steps).unwrap();
        assert_eq!(first, json!({"schema_version": 3, "name": null, "title": "a!"}));
        let second = through(json!({"schema_version": 2, "title": "a"}), steps).unwrap();
        assert_eq!(second, json!({"schema_version": 3, "title": "a!"}));
        let third = through(json!({"schema_version": 3, "title": "a"}), steps).unwrap();
        assert_eq!(third["title"], "a");
    }

    #[test]
    fn versions_that_are_none_or_newer_are_refused() {
        for (document, expected) in [
            (json!({}), "is missing"),
            (json!({"schema_version": 0}), "found 0"),
            (json!({"schema_version": "1"}), "found \"1\""),
            (json!({"schema_version": 9}), "schema version 9, this program reads up to 1"),
        ] {
            let message = through(document, &[]).unwrap_err();
            assert!(message.contains(expected), "{message}");
        }
    }

    #[test]
    fn there_is_a_step_from_every_version() {
        assert_eq!(MIGRATIONS.len() as u32 + 1, SCHEMA_VERSION);
    }
}
