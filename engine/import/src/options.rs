//! What an import is told rather than left to find out.

use std::fmt;
use std::str::FromStr;

use outcrop_connectors::las::ReadOptions;
use outcrop_connectors::table::{self, TableOptions};
use outcrop_types::{Crs, ZKind};

use crate::seismic::SegyImport;

/// What files are read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Well logs, Log ASCII Standard.
    Las,
    /// A table of wells.
    Wells,
    /// A table of picks.
    Tops,
    /// A table of survey stations.
    Surveys,
    /// A table of checkshots: depth and seismic travel time.
    Checkshots,
    /// A table of core samples and what was measured on them.
    Cores,
    /// A table of what wells produced or injected in periods.
    Production,
    /// A table of points.
    Points,
    /// Lines: features, or a table of positions with a column that tells the lines apart.
    Lines,
    /// Polygons, the same.
    Polygons,
    /// Faults: lines or polygons, in a schema of their own.
    Faults,
}

impl Kind {
    const ALL: [Kind; 11] = [
        Kind::Las,
        Kind::Wells,
        Kind::Tops,
        Kind::Surveys,
        Kind::Checkshots,
        Kind::Cores,
        Kind::Production,
        Kind::Points,
        Kind::Lines,
        Kind::Polygons,
        Kind::Faults,
    ];

    /// `las`, `wells`, `tops`, `surveys`, `checkshots`, `cores`, `production`, `points`, `lines`, `polygons` or `faults`.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Las => "las",
            Kind::Wells => "wells",
            Kind::Tops => "tops",
            Kind::Surveys => "surveys",
            Kind::Checkshots => "checkshots",
            Kind::Cores => "cores",
            Kind::Production => "production",
            Kind::Points => "points",
            Kind::Lines => "lines",
            Kind::Polygons => "polygons",
            Kind::Faults => "faults",
        }
    }

    /// The kind of text table; none for well logs. Lines and polygons are tables of positions.
    pub(crate) fn of_table(self) -> Option<table::Kind> {
        match self {
            Kind::Las => None,
            Kind::Wells => Some(table::Kind::Wells),
            Kind::Tops => Some(table::Kind::Tops),
            Kind::Surveys => Some(table::Kind::Surveys),
            Kind::Checkshots => Some(table::Kind::Checkshots),
            Kind::Cores => Some(table::Kind::Cores),
            Kind::Production => Some(table::Kind::Production),
            Kind::Points | Kind::Lines | Kind::Polygons | Kind::Faults => Some(table::Kind::Points),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wanted = text.trim().to_ascii_lowercase();
        Kind::ALL.into_iter().find(|k| k.as_str() == wanted).ok_or_else(|| {
            format!("`{text}` is not a kind of file; use one of {}", Kind::ALL.map(Kind::as_str).join(", "))
        })
    }
}

/// The north that azimuths are counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum North {
    /// The north of the map's grid.
    Grid,
    /// The geographic pole.
    True,
    /// The magnetic pole.
    Magnetic,
}

impl North {
    /// `grid`, `true` or `magnetic`.
    pub fn as_str(self) -> &'static str {
        match self {
            North::Grid => "grid",
            North::True => "true",
            North::Magnetic => "magnetic",
        }
    }
}

impl fmt::Display for North {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for North {
    type Err = String;

    /// Reads a north as files write it: `grid`, `Grid North`, `GN`, `MAG`.
    fn from_str(text: &str) -> Result<Self, String> {
        let letters: String = text.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_ascii_lowercase();
        match letters.trim_end_matches("north") {
            "grid" | "gn" | "g" => Ok(North::Grid),
            "true" | "geographic" | "tn" | "t" => Ok(North::True),
            "magnetic" | "mag" | "mn" | "m" => Ok(North::Magnetic),
            _ => Err(format!("`{text}` is not a north; use grid, true or magnetic")),
        }
    }
}

/// Options of an import. The default tells nothing: kinds, layouts and roles are recognised, units are those that files
/// state.
#[derive(Debug, Clone, Default)]
pub struct ImportOptions {
    /// What text tables are read as; [`Kind::Las`]: what every file is read as; [`Kind::Points`], [`Kind::Lines`], [`Kind::Polygons`] and
    /// [`Kind::Faults`]: also the schema that features go to. Well logs are recognised by content and are not read as tables,
    /// whatever is said here.
    pub kind: Option<Kind>,
    /// Name of the table that points, surfaces, lines, polygons and faults go to (`points.<name>`, `surfaces.<name>` …), and of the seismic
    /// volume; the file's name when absent. Points, lines and polygons of several files with one stated name go into one table, and
    /// seismic files into one volume; a surface has a table of its own.
    pub name: Option<String>,
    /// Columns of tables by role: `("x", "Easting")`; added to [`TableOptions::map`].
    pub map: Vec<(String, String)>,
    /// Units of curves, columns or roles: `("depth", "m")`, `("GR", "gAPI")`. They take the place of what files state.
    /// `depth` is the index of well logs.
    pub units: Vec<(String, String)>,
    /// Further values that mean null, in tables and, where they are numbers, in well logs.
    pub null: Vec<String>,
    /// Further options of text tables.
    pub table: TableOptions,
    /// Further options of well logs.
    pub las: ReadOptions,
    /// Coordinate reference system of x and y; the project's when absent.
    pub crs: Option<Crs>,
    /// Unit of the axes of that system, such as `m`, where it is known: x and y that state no unit are in it, and x and y
    /// that are stored in another are not said to be in the system.
    pub crs_unit: Option<String>,
    /// Who imports.
    pub author: String,
    /// Message of the project commit; made up from what was imported when empty.
    pub message: String,
    /// What the import is for, where that may be done once only, such as a job: see [`outcrop_store::Transaction::set_key`].
    pub once: Option<String>,
    /// Text of a mnemonic table that goes before the built-in one, see
    /// [`outcrop_types::MnemonicTable::with_user_entries`].
    pub mnemonics: Option<String>,
    /// Threads that read and write; as many as the machine has when absent.
    pub threads: Option<usize>,
    /// What z of surfaces is. Where it is not stated it is unknown.
    pub z_kind: Option<ZKind>,
    /// Further options of seismic files.
    pub segy: SegyImport,
    /// The north that azimuths of surveys are from; what files state where it is absent.
    pub north: Option<North>,
    /// Degrees from true to magnetic north at the wells of surveys, east positive.
    pub declination: Option<f64>,
    /// Degrees from true to grid north at the wells of surveys, east positive.
    pub convergence: Option<f64>,
    /// Well of surveys, checkshots, cores and tops whose files name none.
    pub well: Option<String>,
    /// Whether files whose content the project has are imported once more, with what is stated now: the rows they gave
    /// before go. Tables of points, features, surfaces and volumes are made anew, which takes all files that gave rows to
    /// them.
    pub again: bool,
}

impl ImportOptions {
    /// Options for text tables: the general ones and those of tables together.
    pub(crate) fn for_tables(&self) -> TableOptions {
        let mut options = self.table.clone();
        options.map.extend(self.map.iter().cloned());
        options.units.extend(self.units.iter().cloned());
        options.null.extend(self.null.iter().cloned());
        if let Some(kind) = self.kind.and_then(Kind::of_table) {
            options.kind = Some(kind);
        }
        options
    }

    /// Options for well logs.
    pub(crate) fn for_las(&self) -> ReadOptions {
        let mut options = self.las.clone();
        if options.null.is_none() {
            options.null = self.null.iter().find_map(|text| text.trim().parse().ok());
        }
        options
    }

    /// The unit stated for a curve, by mnemonic or unique name, case aside.
    pub(crate) fn unit_of<'a>(&'a self, names: &[&str]) -> Option<&'a str> {
        let wanted = |key: &str| names.iter().any(|name| name.trim().eq_ignore_ascii_case(key.trim()));
        self.units.iter().find(|(key, _)| wanted(key)).map(|(_, unit)| unit.as_str())
    }
}
