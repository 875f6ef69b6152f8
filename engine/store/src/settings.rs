//! `project.toml`: what the whole project is in.

use outcrop_types::{Crs, DatumName, LengthUnit};
use serde::{Deserialize, Serialize};

use crate::StoreError;

/// The newest format this program reads and the one it writes.
pub const FORMAT_VERSION: u32 = 1;

/// Settings of a project. Keys of `project.toml` that this program does not know are kept.
#[derive(Debug, Clone, PartialEq)]
pub struct ProjectSettings {
    /// Name shown to users.
    pub name: String,
    /// CRS of x and y, where stated; never guessed.
    pub crs: Option<Crs>,
    /// Unit of every length and depth column.
    pub length_unit: LengthUnit,
    /// Default for what measured depth is counted from, where stated; never guessed.
    pub vertical_datum: Option<DatumName>,
    /// Everything else in the file.
    pub other: toml::Table,
}

impl ProjectSettings {
    /// Settings with a name and a length unit, nothing else stated.
    pub fn new(name: impl Into<String>, length_unit: LengthUnit) -> Self {
        ProjectSettings { name: name.into(), crs: None, length_unit, vertical_datum: None, other: toml::Table::new() }
    }

    pub(crate) fn to_toml(&self, path: &str) -> Result<String, StoreError> {
        let file = File {
            format_version: FORMAT_VERSION,
            name: self.name.clone(),
            length_unit: self.length_unit.symbol().to_owned(),
            crs: self.crs.clone(),
            vertical_datum: self.vertical_datum,
            other: self.other.clone(),
        };
        toml::to_string(&file).map_err(|e| StoreError::Settings { path: path.to_owned(), reason: e.to_string() })
    }

    pub(crate) fn from_toml(text: &str, path: &str, project: &str) -> Result<Self, StoreError> {
        let damaged = |reason: String| StoreError::Damaged { path: path.to_owned(), reason };
        // The version is read by itself first: a newer format may change everything else.
        let table: toml::Table = text.parse().map_err(|e: toml::de::Error| damaged(e.to_string()))?;
        let version = table.get("format_version").and_then(toml::Value::as_integer);
        let version = version.and_then(|v| u32::try_from(v).ok()).ok_or_else(|| {
            damaged("`format_version` is missing or no number; expected `format_version = 1`".to_owned())
        })?;
        if version > FORMAT_VERSION {
            return Err(StoreError::NewerFormat {
                path: project.to_owned(),
                found: version,
                supported: FORMAT_VERSION,
            });
        }
        let file: File = table.try_into().map_err(|e: toml::de::Error| damaged(e.to_string()))?;
        let length_unit = match file.length_unit.as_str() {
            text if text == LengthUnit::Metre.symbol() => LengthUnit::Metre,
            text if text == LengthUnit::Foot.symbol() => LengthUnit::Foot,
            other => return Err(damaged(format!("`length_unit` is `{other}`; expected `m` or `ft`"))),
        };
        Ok(ProjectSettings {
            name: file.name,
            crs: file.crs,
            length_unit,
            vertical_datum: file.vertical_datum,
            other: file.other,
        })
    }
}

#[derive(Serialize, Deserialize)]
struct File {
    format_version: u32,
    name: String,
    length_unit: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    crs: Option<Crs>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    vertical_datum: Option<DatumName>,
    #[serde(flatten)]
    other: toml::Table,
}
