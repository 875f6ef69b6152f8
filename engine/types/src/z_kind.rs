//! What the values of a surface are.

use std::fmt;
use std::str::FromStr;

use crate::Dimension;

/// What `z` of a surface is; in metadata of fields under [`crate::field::Z_KIND`].
///
/// ```
/// use outcrop_types::{Unit, ZKind};
/// let depth: ZKind = "depth".parse().unwrap();
/// assert!(depth.takes(Unit::parse("m").unwrap().dimension()));
/// assert!(!depth.takes(Unit::parse("ms").unwrap().dimension()));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ZKind {
    /// Length below a datum, counted downwards.
    Depth,
    /// Length above a datum, counted upwards.
    Elevation,
    /// Seismic travel time.
    Time,
    /// Length from base to top.
    Thickness,
    /// Anything else, such as porosity or an amplitude.
    Property,
}

impl ZKind {
    /// All of them.
    pub const ALL: [ZKind; 5] = [ZKind::Depth, ZKind::Elevation, ZKind::Time, ZKind::Thickness, ZKind::Property];

    /// `depth`, `elevation`, `time`, `thickness` or `property`.
    pub fn as_str(self) -> &'static str {
        match self {
            ZKind::Depth => "depth",
            ZKind::Elevation => "elevation",
            ZKind::Time => "time",
            ZKind::Thickness => "thickness",
            ZKind::Property => "property",
        }
    }

    /// Whether a unit of this dimension can be that of such values.
    pub fn takes(self, dimension: Dimension) -> bool {
        match self {
            ZKind::Depth | ZKind::Elevation | ZKind::Thickness => dimension == Dimension::Length,
            ZKind::Time => dimension == Dimension::Time,
            ZKind::Property => true,
        }
    }
}

impl fmt::Display for ZKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ZKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wanted = text.trim().to_ascii_lowercase();
        ZKind::ALL.into_iter().find(|k| k.as_str() == wanted).ok_or_else(|| {
            format!("`{text}` is not what z can be; use one of {}", ZKind::ALL.map(ZKind::as_str).join(", "))
        })
    }
}
