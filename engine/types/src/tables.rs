//! The tables of a project: their schemas, with units and descriptions in the field metadata.
//!
//! Lengths and depths are in the project's length unit; column names carry no unit.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};

use crate::field::{described, with, with_unit};
use crate::unit::LengthUnit;

/// A table of a project: `schema.name`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableName {
    /// `public`, `outcrop`, `points` …
    pub schema: String,
    /// The name within the schema.
    pub name: String,
}

impl TableName {
    /// A table of a schema.
    pub fn new(schema: impl Into<String>, name: impl Into<String>) -> Self {
        TableName { schema: schema.into(), name: name.into() }
    }

    /// A table of the default schema, `public`.
    pub fn public(name: impl Into<String>) -> Self {
        Self::new("public", name)
    }

    /// One of the engine's own lists, schema `outcrop`.
    pub fn outcrop(name: impl Into<String>) -> Self {
        Self::new("outcrop", name)
    }

    /// Reads `schema.name`, or `name` in `public`, as [`std::fmt::Display`] writes it.
    pub fn from_key(key: &str) -> Self {
        match key.split_once('.') {
            Some((schema, name)) => Self::new(schema, name),
            None => Self::public(key),
        }
    }
}

impl std::fmt::Display for TableName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.schema == "public" { f.write_str(&self.name) } else { write!(f, "{}.{}", self.schema, self.name) }
    }
}

fn text(name: &str, description: &str) -> Field {
    described(name, DataType::Utf8, true, description)
}

fn key(name: &str, description: &str) -> Field {
    described(name, DataType::Utf8, false, description)
}

fn number(name: &str, unit: &str, description: &str) -> Field {
    with_unit(described(name, DataType::Float64, true, description), unit)
}

fn count(name: &str, description: &str) -> Field {
    described(name, DataType::Int64, true, description)
}

/// The timestamp type of the engine's own lists: microseconds, UTC.
pub fn timestamp() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

fn schema(fields: Vec<Field>) -> SchemaRef {
    Arc::new(Schema::new(fields))
}

/// `wells`: a row is a wellbore, keyed by `well`.
pub fn wells(length: LengthUnit) -> SchemaRef {
    let l = length.symbol();
    schema(vec![
        key("well", "Name by which every other table refers to the wellbore"),
        text("uwi", "Unique well identifier as the source gives it"),
        text("name", "Well name as the source gives it"),
        text("operator", "Operating company"),
        text("field", "Field"),
        number("x", l, "Easting of the well head in `crs`"),
        number("y", l, "Northing of the well head in `crs`"),
        number("lon", "deg", "Longitude; null unless supplied"),
        number("lat", "deg", "Latitude; null unless supplied"),
        text("datum", "What measured depth is counted from: KB, RT, DF, GL or MSL"),
        number("datum_elevation", l, "Elevation of the datum above mean sea level"),
        number("td", l, "Total depth, measured"),
        text("crs", "Coordinate reference system of x and y, as an authority code"),
        with(
            described("geometry", DataType::Binary, true, "Well head as WKB point"),
            "ARROW:extension:name",
            "geoarrow.wkb",
        ),
        text("headers", "Further header entries, a JSON object"),
    ])
}

/// `curves`: a row is a curve of a log set.
pub fn curves() -> SchemaRef {
    schema(vec![
        key("well", "Wellbore"),
        key("log_set", "Log set: the file, or the run within it"),
        key("mnemonic", "Mnemonic in the file, numbered where it repeats"),
        text("standard", "Standard mnemonic, where the curve has one"),
        text("unit", "Unit the values are kept in"),
        text("original_unit", "Unit in the file"),
        text("stored_in", "`logs` (as a column) or `curve_values` (as rows)"),
        text("index_type", "What the index measures: md, tvd, time or other"),
        text("index_unit", "Unit of top, base and step"),
        described("top", DataType::Float64, true, "First index value with a reading"),
        described("base", DataType::Float64, true, "Last index value with a reading"),
        described("step", DataType::Float64, true, "Step; null when irregular"),
        count("samples", "Samples, with nulls"),
        count("nulls", "Null samples"),
        described("min", DataType::Float64, true, "Smallest value, in `unit`"),
        described("max", DataType::Float64, true, "Largest value, in `unit`"),
        described("mean", DataType::Float64, true, "Mean value, in `unit`"),
        text("description", "Description in the file"),
        text("file", "Checksum of the file it came from"),
    ])
}

/// The columns every `logs` table begins with; a column per standard mnemonic in use follows.
pub fn logs_base(length: LengthUnit) -> Vec<Field> {
    let l = length.symbol();
    vec![
        key("well", "Wellbore"),
        key("log_set", "Log set: the file, or the run within it"),
        number("md", l, "Measured depth below the well's datum"),
        number("tvd", l, "True vertical depth below the well's datum"),
        number("tvdss", l, "True vertical depth below mean sea level"),
    ]
}

/// `curve_values` as it is stored: values of the curves that are not columns of `logs`.
pub fn curve_values() -> SchemaRef {
    schema(vec![
        key("well", "Wellbore"),
        key("log_set", "Log set: the file, or the run within it"),
        key("curve", "Mnemonic in the file, numbered where it repeats"),
        described("index", DataType::Float64, true, "Index value; its type and unit are in `curves`"),
        described("value", DataType::Float64, true, "Value, where the curve is numeric; its unit is in `curves`"),
        text("text", "Value, where the curve is text"),
    ])
}

/// `tops`: a row is a pick.
pub fn tops(length: LengthUnit) -> SchemaRef {
    let l = length.symbol();
    schema(vec![
        key("well", "Wellbore"),
        key("surface", "Surface picked"),
        number("md", l, "Measured depth below the well's datum"),
        number("tvd", l, "True vertical depth below the well's datum"),
        number("tvdss", l, "True vertical depth below mean sea level"),
        number("x", l, "Easting"),
        number("y", l, "Northing"),
        text("interpreter", "Who picked it"),
        text("confidence", "Confidence or quality, as the source states it"),
        text("file", "Checksum of the file it came from"),
    ])
}

/// `surveys`: a row is a survey station.
pub fn surveys(length: LengthUnit) -> SchemaRef {
    schema(vec![
        key("well", "Wellbore"),
        number("md", length.symbol(), "Measured depth below the well's datum"),
        number("inclination", "deg", "Angle from the vertical"),
        number("azimuth", "deg", "Direction clockwise from north"),
        text("north_reference", "true, grid or magnetic; null when the source does not say"),
        number("declination", "deg", "Angle from true to magnetic north, positive to the east; null when not stated"),
        number("convergence", "deg", "Angle from true to grid north, positive to the east; null when not stated"),
        text("file", "Checksum of the file it came from"),
    ])
}

/// `checkshots`: a row is a pair of depth and seismic travel time.
pub fn checkshots(length: LengthUnit) -> SchemaRef {
    let l = length.symbol();
    schema(vec![
        key("well", "Wellbore"),
        number("md", l, "Measured depth below the well's datum"),
        number("tvd", l, "True vertical depth below the well's datum"),
        number("tvdss", l, "True vertical depth below mean sea level"),
        number("twt", "ms", "Two-way time, positive downwards; twice the one-way time where the source states that"),
        text("stated_time", "one-way or two-way, as the source states it"),
        text("time_datum", "What time is counted from, in the source's words; null when it does not say"),
        text("file", "Checksum of the file it came from"),
    ])
}

/// The columns every `cores` table begins with; a column for each measurement of the files follows, under its name there.
pub fn cores_base(length: LengthUnit) -> Vec<Field> {
    vec![
        key("well", "Wellbore"),
        number(
            "md",
            length.symbol(),
            "Measured depth below the well's datum; core depth unless the file has shifted it",
        ),
        text("core", "Number of the core, as the source writes it"),
        text("sample", "Number or name of the sample or plug, as the source writes it"),
        text("file", "Checksum of the file it came from"),
    ]
}

/// The columns every `production` table begins with; a column for each amount of the files follows, each with the unit of the
/// file that brought it: `oil`, `gas_rate`, `cum_water` … where the file's name for it says so ([`production_column`]), and
/// under the file's name otherwise.
pub fn production_base() -> Vec<Field> {
    let day = |name: &str, description: &str| described(name, DataType::Date32, true, description);
    vec![
        key("well", "Wellbore"),
        day("period_start", "First day of the period; null where the source states none"),
        day(
            "period_end",
            "Last day of the period: as stated, or the last of the month or year that the source names; null where it names a day alone",
        ),
        text("stream", "What is produced or injected, or the kind of flow, where the source has a column of it"),
        text("zone", "Zone, reservoir, pool or completion, as the source names it"),
        text("file", "Checksum of the file it came from"),
    ]
}

/// What a column of `production` holds, for those that the program names itself; none for others.
///
/// ```
/// use outcrop_types::tables::production_column;
/// assert_eq!(production_column("oil_rate"), Some("Oil per time"));
/// assert_eq!(production_column("whp"), None);
/// ```
pub fn production_column(name: &str) -> Option<&'static str> {
    Some(match name {
        "oil" => "Oil of the period",
        "gas" => "Gas of the period",
        "water" => "Water of the period",
        "condensate" => "Condensate of the period",
        "water_injection" => "Water injected in the period",
        "gas_injection" => "Gas injected in the period",
        "volume" => "Volume of the period, of what `stream` names",
        "oil_rate" => "Oil per time",
        "gas_rate" => "Gas per time",
        "water_rate" => "Water per time",
        "condensate_rate" => "Condensate per time",
        "water_injection_rate" => "Water injected per time",
        "gas_injection_rate" => "Gas injected per time",
        "cum_oil" => "Oil up to the end of the period",
        "cum_gas" => "Gas up to the end of the period",
        "cum_water" => "Water up to the end of the period",
        "cum_condensate" => "Condensate up to the end of the period",
        "cum_water_injection" => "Water injected up to the end of the period",
        "cum_gas_injection" => "Gas injected up to the end of the period",
        "days_on" => "Days of the period on which the well flowed",
        "hours_on" => "Hours of the period in which the well flowed",
        "period_days" => "Days of the period, as the source states them",
        _ => return None,
    })
}

/// `outcrop.log_headers`: a row is an item of the header a log set was imported with, so that an export can state it again.
pub fn log_headers() -> SchemaRef {
    schema(vec![
        key("well", "Wellbore"),
        key("log_set", "Log set: the file, or the run within it"),
        key("section", "well, curve, parameter or other"),
        count("item", "Place in its section, counted from 1"),
        text("curve", "Name of the curve in `curves`; null for the index and for other sections"),
        text("mnemonic", "Mnemonic in the file; may be empty"),
        text("unit", "Unit in the file"),
        text("value", "Value in the file, as text; the whole section of `other`"),
        text("description", "Description in the file"),
        text("format", "Format in the file, such as F10.4 or S"),
        count("decimals", "Digits behind the decimal point that a curve's numbers have in the file"),
        text("association", "Zone or run that an item of LAS 3.0 belongs to"),
        text("file", "Checksum of the file it came from"),
    ])
}

/// `outcrop.las_sections`: a row is a value of a section of LAS 3.0 that is not log data, or an item of its parameters.
pub fn las_sections() -> SchemaRef {
    schema(vec![
        key("well", "Wellbore"),
        key("section", "Title of the section, without ~ and what follows |"),
        count("row", "Row of the section, or item of a section of parameters, counted from 1"),
        text("column", "Mnemonic of the column or item; column_1, column_2 … where none is defined"),
        text("unit", "Unit in the file"),
        text("value", "Value as the file has it"),
        text("description", "Description of the column or item"),
        text("file", "Checksum of the file it came from"),
    ])
}

/// `outcrop.imports`: a row is a file of an import.
pub fn imports() -> SchemaRef {
    schema(vec![
        described("commit", DataType::Int64, true, "Project commit that holds what was read"),
        key("file", "Path of the file"),
        text("kind", "What it was read as: las, wells, tops, surveys, checkshots, cores, production, points …"),
        key("status", "imported, unchanged (the same content is already in the project) or failed"),
        text("sha256", "Checksum of the content"),
        count("bytes", "Size"),
        text("object", "Where the original is kept within the project"),
        count("rows", "Rows it gave"),
        text("wells", "Wells it gave or was joined to, blank separated when several"),
        count("warnings", "Issues of severity warning"),
        count("errors", "Issues of severity error"),
        text("message", "Why it failed, or what was done, in a line"),
        described("imported_at", timestamp(), true, "When"),
    ])
}

/// `outcrop.import_issues`: a row is a thing an import noticed.
pub fn import_issues() -> SchemaRef {
    schema(vec![
        described("commit", DataType::Int64, true, "Project commit of the import"),
        key("file", "Path of the file"),
        count("line", "Line of the file, counted from 1"),
        text("well", "Well it is about"),
        text("curve", "Curve or column it is about"),
        key("severity", "info, warning or error"),
        key("code", "A short stable word for programs"),
        key("message", "What was found, what was assumed and what to do"),
    ])
}

/// `outcrop.lineage`: a row is a statement that made a table or changed its rows, or a workflow's that wrote a file.
pub fn lineage() -> SchemaRef {
    schema(vec![
        described("commit", DataType::Int64, true, "Project commit that holds it"),
        key("table_name", "The table, or the file that a workflow wrote"),
        text("statement", "The SQL that made or changed it"),
        text(
            "inputs",
            "The tables that were read, with their versions, and the files by their full path; a JSON object",
        ),
        text("engine_version", "Version of the program"),
        described("made_at", timestamp(), true, "When"),
        text("workflow", "The workflow whose run it was; null for a statement by itself"),
        count("workflow_revision", "Its revision, as `outcrop.workflows` has it"),
        text("workflow_hash", "SHA-256 over what the workflow means"),
        text("workflow_node", "The node that wrote"),
        text("workflow_parameters", "The values of the workflow's parameters, a JSON object"),
    ])
}
