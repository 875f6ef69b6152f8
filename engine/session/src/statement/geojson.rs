//! A result as GeoJSON: a collection of features, one a row.

use std::collections::{BTreeSet, HashSet};
use std::io::Write;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, FieldRef, Float64Type, Schema, SchemaRef};
use arrow::json::WriterBuilder;
use arrow::json::writer::LineDelimited;
use datafusion::common::{DataFusionError, Result, plan_err};
use outcrop_connectors::geojson::write_geometry;
use outcrop_connectors::geometry::{EXTENSION_METADATA, EXTENSION_NAME, GEOARROW_WKB, Geometry, Position, decode};
use outcrop_store::FileWriter;
use outcrop_types::field;
use outcrop_types::identity::column_name;

/// Where the geometry of a row comes from.
enum Place {
    /// A column of WKB.
    Wkb(usize),
    /// Longitude and latitude, or x and y: points.
    Point(usize, usize),
}

/// Features written as they come.
pub(super) struct GeoJsonWriter {
    file: FileWriter,
    place: Place,
    /// The other columns, which are properties, with their names in the file.
    properties: Vec<(usize, String)>,
    rows: usize,
    system: System,
}

/// The system of the coordinates.
enum System {
    /// Stated by the column, and written.
    Stated,
    /// Not stated.
    Unknown,
    /// Stated by a column of the rows: the text of the features is held until all rows have said the same, or not.
    Rows { column: usize, said: BTreeSet<Option<String>>, text: String },
}

impl GeoJsonWriter {
    /// Begins the collection. The geometry is the column of WKB, else `lon` and `lat`, else `x` and `y` (which stay properties).
    ///
    /// RFC 7946 has longitude and latitude on WGS 84. Coordinates of another system are written as they are, with the `crs`
    /// member of the specification of 2008, which GDAL reads. Where the column does not state the system but all rows do, by a
    /// column `crs`, it is theirs; where it is not known, that member is null, and [`GeoJsonWriter::finish`] says so.
    pub(super) fn new(mut file: FileWriter, schema: &SchemaRef) -> Result<Self> {
        let (place, crs) = place(schema)?;
        let by_row = schema.fields().iter().position(|f| f.name() == "crs" && is_text(f.data_type()));
        let system = match (&crs, by_row) {
            (Some(_), _) => System::Stated,
            (None, Some(column)) => System::Rows { column, said: BTreeSet::new(), text: String::new() },
            (None, None) => System::Unknown,
        };
        if !matches!(system, System::Rows { .. }) {
            file.write_all(beginning(crs.as_deref()).as_bytes())?;
        }
        let properties = properties(schema, &place);
        Ok(GeoJsonWriter { file, place, properties, rows: 0, system })
    }

    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        let properties = self.properties_of(batch)?;
        let column = |place: usize| column_of(batch, place);
        let geometries: Box<dyn Fn(usize) -> std::result::Result<Option<Geometry>, String>> = match self.place {
            Place::Wkb(place) => {
                let wkb = cast(column(place)?, &DataType::LargeBinary)?;
                Box::new(move |row| {
                    let wkb = wkb.as_binary::<i64>();
                    if wkb.is_null(row) { Ok(None) } else { decode(wkb.value(row)).map(Some) }
                })
            }
            Place::Point(x, y) => {
                let (x, y) = (cast(column(x)?, &DataType::Float64)?, cast(column(y)?, &DataType::Float64)?);
                Box::new(move |row| {
                    let (x, y) = (x.as_primitive::<Float64Type>(), y.as_primitive::<Float64Type>());
                    let there = x.is_valid(row) && y.is_valid(row);
                    Ok(there.then(|| Geometry::Point(Some(Position { x: x.value(row), y: y.value(row), z: None }))))
                })
            }
        };
        let mut text = String::new();
        let mut properties = properties.iter();
        for row in 0..batch.num_rows() {
            let wrong = |message: String| {
                DataFusionError::Execution(format!(
                    "row {}: the geometry cannot be written: {message}",
                    self.rows + row + 1
                ))
            };
            text.push_str(if self.rows + row == 0 { "\n" } else { ",\n" });
            text.push_str(r#"{"type":"Feature","properties":"#);
            text.push_str(properties.next().map_or("{}", String::as_str));
            text.push_str(r#","geometry":"#);
            match geometries(row).map_err(wrong)? {
                Some(geometry) => write_geometry(&geometry, &mut text).map_err(wrong)?,
                None => text.push_str("null"),
            }
            text.push('}');
        }
        self.rows += batch.num_rows();
        if let System::Rows { column, said, text: held } = &mut self.system {
            held.push_str(&text);
            let crs = cast(column_of(batch, *column)?, &DataType::Utf8)?;
            let crs = crs.as_string::<i32>();
            for row in 0..batch.num_rows() {
                // What has no place needs no system.
                if geometries(row).is_ok_and(|g| g.is_some()) {
                    said.insert(crs.is_valid(row).then(|| crs.value(row).to_owned()));
                }
            }
            return Ok(());
        }
        Ok(self.file.write_all(text.as_bytes())?)
    }

    /// The properties of each row, an object.
    fn properties_of(&self, batch: &RecordBatch) -> Result<Vec<String>> {
        if self.properties.is_empty() {
            return Ok(Vec::new());
        }
        let mut writer = WriterBuilder::new().with_explicit_nulls(true).build::<_, LineDelimited>(Vec::new());
        let mut fields = Vec::with_capacity(self.properties.len());
        let mut columns = Vec::with_capacity(self.properties.len());
        for (place, name) in &self.properties {
            let column = column_of(batch, *place)?;
            fields.push(Field::new(name, column.data_type().clone(), true));
            columns.push(Arc::clone(column));
        }
        writer.write(&RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?)?;
        writer.finish()?;
        let text = String::from_utf8(writer.into_inner())
            .map_err(|e| DataFusionError::Execution(format!("the properties are no text: {e}")))?;
        Ok(text.lines().map(str::to_owned).collect())
    }

    /// Ends the collection; the file is then to be put in place. Also what is to be said of it.
    pub(super) fn finish(mut self) -> Result<(FileWriter, Option<String>)> {
        let mut note = matches!(self.system, System::Unknown).then(|| UNKNOWN.to_owned());
        if let System::Rows { said, text, .. } = &self.system {
            let stated: Vec<&String> = said.iter().flatten().collect();
            let one = match stated.as_slice() {
                [one] if said.len() == 1 => Some(one.as_str()),
                _ => None,
            };
            if one.is_none() {
                let mut shown: Vec<&str> = said.iter().map(|s| s.as_deref().unwrap_or("not stated")).collect();
                shown.truncate(5);
                note = Some(if stated.is_empty() {
                    UNKNOWN.to_owned()
                } else {
                    format!(
                        "the rows are in several systems ({}), so `crs` is null; write those of one: WHERE crs = '{}'",
                        shown.join(", "),
                        stated.first().map_or("", |s| s.as_str())
                    )
                });
            }
            self.file.write_all(beginning(one).as_bytes())?;
            self.file.write_all(text.as_bytes())?;
        }
        self.file.write_all(b"\n]}\n")?;
        Ok((self.file, note))
    }
}

const UNKNOWN: &str = "the system of the coordinates is not known, so `crs` is null, which some programs take for longitude and \
                       latitude on WGS 84; state it where it is lost, or write transform_crs(x, y, 'EPSG:…', 'EPSG:4326')['x'] AS lon, …['y'] AS lat";

/// The beginning of the collection.
fn beginning(crs: Option<&str>) -> String {
    let member = match crs {
        Some("OGC:CRS84") => String::new(),
        Some(crs) => {
            let urn = format!("urn:ogc:def:crs:{}", crs.replacen(':', "::", 1));
            format!(r#""crs":{{"type":"name","properties":{{"name":{}}}}},"#, serde_json::Value::from(urn))
        }
        None => r#""crs":null,"#.to_owned(),
    };
    format!("{{\"type\":\"FeatureCollection\",{member}\"features\":[")
}

/// The columns that are properties, under the names they had in the file they came from, where a query has not renamed
/// them. Coordinates that a reader took out of the geometry say nothing that the geometry does not.
fn properties(schema: &Schema, place: &Place) -> Vec<(usize, String)> {
    let says_more = |column: usize, f: &Field| match place {
        Place::Wkb(geometry) => {
            column != *geometry && f.metadata().get(field::OF_GEOMETRY).is_none_or(|of| of != "true")
        }
        Place::Point(..) => true,
    };
    let kept: Vec<(usize, &FieldRef)> =
        schema.fields().iter().enumerate().filter(|(column, f)| says_more(*column, f)).collect();
    let mut taken: HashSet<String> = kept.iter().map(|(_, f)| f.name().clone()).collect();
    let mut names = Vec::with_capacity(kept.len());
    for (column, f) in kept {
        let own = f.metadata().get(field::ORIGINAL_NAME).filter(|own| is_name_of(f.name(), own));
        let name = match own {
            Some(own) if own == f.name() || taken.insert(own.clone()) => own.clone(),
            _ => f.name().clone(),
        };
        names.push((column, name));
    }
    names
}

/// Whether a column has the name that import makes of a file's: `total_dept` of `Total_Dept`, `x_2` of a second `X`.
fn is_name_of(name: &str, own: &str) -> bool {
    let behind = name.strip_prefix(column_name(own).as_str());
    behind.is_some_and(|rest| {
        rest.is_empty() || rest.strip_prefix('_').is_some_and(|n| n.chars().all(|c| c.is_ascii_digit()))
    })
}

fn column_of(batch: &RecordBatch, place: usize) -> Result<&ArrayRef> {
    batch.columns().get(place).ok_or_else(|| DataFusionError::Execution(format!("column {place} is missing")))
}

fn is_text(of: &DataType) -> bool {
    matches!(of, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}

/// The columns of the geometry, and the system they state.
fn place(schema: &Schema) -> Result<(Place, Option<String>)> {
    let binary = |t: &DataType| matches!(t, DataType::Binary | DataType::LargeBinary | DataType::BinaryView);
    let wkb = schema.fields().iter().position(|f| {
        let stated = f.metadata().get(EXTENSION_NAME).is_some_and(|name| name == GEOARROW_WKB);
        binary(f.data_type()) && (stated || f.name() == "geometry")
    });
    if let Some(column) = wkb {
        let metadata = schema.fields().get(column).and_then(|f| f.metadata().get(EXTENSION_METADATA));
        let crs = metadata
            .and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok())
            .and_then(|m| m.get("crs").and_then(|c| c.as_str()).map(str::to_owned));
        return Ok((Place::Wkb(column), crs));
    }
    let number = |name: &str| schema.fields().iter().position(|f| f.name() == name && f.data_type().is_numeric());
    if let (Some(lon), Some(lat)) = (number("lon"), number("lat")) {
        return Ok((Place::Point(lon, lat), Some("OGC:CRS84".to_owned())));
    }
    if let (Some(x), Some(y)) = (number("x"), number("y")) {
        // An empty text is what rows of several systems have.
        let crs = schema.fields().get(x).and_then(|f| f.metadata().get(field::CRS)).filter(|c| !c.is_empty()).cloned();
        return Ok((Place::Point(x, y), crs));
    }
    let names: Vec<&str> = schema.fields().iter().map(|f| f.name().as_str()).collect();
    plan_err!(
        "GeoJSON needs a geometry: a column `geometry` of WKB, columns `lon` and `lat`, or `x` and `y`; the query gives {}",
        names.join(", ")
    )
}
