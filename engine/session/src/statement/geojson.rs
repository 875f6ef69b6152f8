//! A result as GeoJSON: a collection of features, one a row.

use std::io::Write;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Schema, SchemaRef};
use arrow::json::WriterBuilder;
use arrow::json::writer::LineDelimited;
use datafusion::common::{DataFusionError, Result, plan_err};
use outcrop_connectors::geojson::write_geometry;
use outcrop_connectors::geometry::{EXTENSION_METADATA, EXTENSION_NAME, GEOARROW_WKB, Geometry, Position, decode};
use outcrop_store::FileWriter;

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
    /// The other columns, which are properties.
    properties: Vec<usize>,
    rows: usize,
}

impl GeoJsonWriter {
    /// Begins the collection. The geometry is the column of WKB, else `lon` and `lat`, else `x` and `y` (which stay properties).
    ///
    /// RFC 7946 has longitude and latitude on WGS 84. Coordinates of another system are written as they are, with the `crs`
    /// member of the specification of 2008, which GDAL reads; where the system is not known, that member is null.
    pub(super) fn new(mut file: FileWriter, schema: &SchemaRef) -> Result<Self> {
        let (place, crs) = place(schema)?;
        let geometry = match place {
            Place::Wkb(column) => Some(column),
            Place::Point(_, _) => None,
        };
        let properties = (0..schema.fields().len()).filter(|c| Some(*c) != geometry).collect();
        let member = match crs.as_deref() {
            Some("OGC:CRS84") => String::new(),
            Some(crs) => {
                let urn = format!("urn:ogc:def:crs:{}", crs.replacen(':', "::", 1));
                format!(r#""crs":{{"type":"name","properties":{{"name":{}}}}},"#, serde_json::Value::from(urn))
            }
            None => r#""crs":null,"#.to_owned(),
        };
        file.write_all(format!("{{\"type\":\"FeatureCollection\",{member}\"features\":[").as_bytes())?;
        Ok(GeoJsonWriter { file, place, properties, rows: 0 })
    }

    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        let properties = self.properties_of(batch)?;
        let column = |place: usize| -> Result<&ArrayRef> {
            batch.columns().get(place).ok_or_else(|| DataFusionError::Execution(format!("column {place} is missing")))
        };
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
        Ok(self.file.write_all(text.as_bytes())?)
    }

    /// The properties of each row, an object.
    fn properties_of(&self, batch: &RecordBatch) -> Result<Vec<String>> {
        if self.properties.is_empty() {
            return Ok(Vec::new());
        }
        let mut writer = WriterBuilder::new().with_explicit_nulls(true).build::<_, LineDelimited>(Vec::new());
        writer.write(&batch.project(&self.properties)?)?;
        writer.finish()?;
        let text = String::from_utf8(writer.into_inner())
            .map_err(|e| DataFusionError::Execution(format!("the properties are no text: {e}")))?;
        Ok(text.lines().map(str::to_owned).collect())
    }

    /// Ends the collection; the file is then to be put in place.
    pub(super) fn into_inner(mut self) -> Result<FileWriter> {
        self.file.write_all(b"\n]}\n")?;
        Ok(self.file)
    }
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
        let crs = schema.fields().get(x).and_then(|f| f.metadata().get("outcrop.crs"));
        // An empty text is what rows of several systems have.
        let crs = crs.filter(|crs| !crs.is_empty()).cloned();
        return Ok((Place::Point(x, y), crs));
    }
    let names: Vec<&str> = schema.fields().iter().map(|f| f.name().as_str()).collect();
    plan_err!(
        "GeoJSON needs a geometry: a column `geometry` of WKB, columns `lon` and `lat`, or `x` and `y`; the query gives {}",
        names.join(", ")
    )
}
