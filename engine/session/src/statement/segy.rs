//! A result as a SEG-Y file: rows of traces with their samples.

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float32Type, Float64Type, Schema, SchemaRef};
use datafusion::common::{DataFusionError, Result, exec_err, plan_err};
use outcrop_connectors::segy::{SampleFormat, SegyWriter, TraceField, WriteOptions};
use outcrop_operators::{SAMPLES, axis_of, samples_type};
use outcrop_seismic::{Domain, SampleAxis};
use outcrop_store::FileWriter;
use outcrop_types::field;

use crate::error::external;

/// Columns that are written elsewhere than a field of their name.
const COORDINATES: [(&str, u16); 2] = [("x", 181), ("y", 185)];

/// A SEG-Y file being written.
pub(super) struct SegySink {
    writer: Option<SegyWriter<FileWriter>>,
    file: Option<FileWriter>,
    axis: Option<SampleAxis>,
    format: SampleFormat,
    samples: usize,
    /// Whole numbers: the column, and the field it goes to.
    whole: Vec<(usize, TraceField)>,
    coordinates: Vec<(usize, TraceField)>,
    /// Columns with what headers of the source have: the scalars of coordinates and of shotpoints, the unit of coordinates.
    scalars: [Option<usize>; 3],
    /// Code of the unit of coordinates, and what they are multiplied by where no scalar says.
    unit: (i64, f64),
    measurement: i16,
    text: Vec<String>,
}

impl SegySink {
    /// For rows of a schema; `format` is IEEE floats where it is not stated.
    pub(super) fn new(file: FileWriter, schema: &SchemaRef, format: Option<SampleFormat>) -> Result<Self> {
        let Ok(samples) = schema.index_of(SAMPLES) else {
            return plan_err!(
                "a SEG-Y file is written of traces: the query needs the column `{SAMPLES}`, as in SELECT * FROM seismic.cube WHERE …"
            );
        };
        let mut whole = Vec::new();
        for (place, column) in schema.fields().iter().enumerate() {
            if !column.data_type().is_numeric()
                || matches!(column.name().as_str(), "start" | "sample_interval" | "trace" | "sample_count")
            {
                continue;
            }
            let number = column.data_type().is_integer() || column.name() == "shotpoint";
            if let (true, Ok(field)) = (number, TraceField::named(column.name()))
                && field.byte <= 237
            {
                whole.push((place, field));
            }
        }
        // Sequence numbers are those of the new file.
        whole.retain(|(_, f)| !matches!(f.byte, 1 | 5 | 115 | 117));
        let place_of = |byte: u16| whole.iter().find(|(_, f)| f.byte == byte).map(|(place, _)| *place);
        // Other fields are in their scale too, so it is kept.
        let scalars = [place_of(71), place_of(201), place_of(89)];
        let of_x = schema.field_with_name("x").ok().and_then(field::unit);
        let unit = match of_x {
            Some("arcsec") => (2, 100.0),
            Some("deg") => (3, 10_000.0),
            _ => (1, 100.0),
        };
        let mut coordinates = Vec::new();
        let mut measurement = 0;
        for (name, byte) in COORDINATES {
            if let Ok(place) = schema.index_of(name) {
                measurement = match field::unit(schema.field(place)) {
                    Some("m") => 1,
                    Some("ft") => 2,
                    _ => measurement,
                };
                coordinates.push((place, TraceField::at(byte)));
                whole.retain(|(_, f)| f.byte != byte && f.byte != 71 && f.byte != 89);
            }
        }
        let axis = axis_of(schema.field(samples));
        if let Some(axis) = axis.as_ref().filter(|a| a.domain == Domain::Depth) {
            measurement = if axis.unit == "ft" { 2 } else { measurement.max(i16::from(axis.unit == "m")) };
        }
        let text = text(schema, axis.as_ref());
        let format = format.unwrap_or(SampleFormat::Float32);
        Ok(SegySink {
            writer: None,
            file: Some(file),
            axis,
            format,
            samples,
            whole,
            coordinates,
            scalars,
            unit,
            measurement,
            text,
        })
    }

    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        let lists = cast(batch.column(self.samples), &samples_type())?;
        let lists = lists.as_list::<i32>();
        let number = |place: usize| -> Result<ArrayRef> { Ok(cast(batch.column(place), &DataType::Float64)?) };
        let whole: Vec<ArrayRef> = self.whole.iter().map(|(p, _)| number(*p)).collect::<Result<_>>()?;
        let coordinates: Vec<ArrayRef> = self.coordinates.iter().map(|(p, _)| number(*p)).collect::<Result<_>>()?;
        let starts = batch.column_by_name("start").map(|c| cast(c, &DataType::Float64)).transpose()?;
        let [scalar, shotpoints, units] = self.scalars.map(|place| place.map(number));
        let (scalar, shotpoints, units) = (scalar.transpose()?, shotpoints.transpose()?, units.transpose()?);
        let value = |array: &ArrayRef, row: usize| {
            let array = array.as_primitive::<Float64Type>();
            (!array.is_null(row)).then(|| array.value(row))
        };
        let (scalar_field, delay_field, unit_field) = (TraceField::at(71), TraceField::at(109), TraceField::at(89));
        for row in 0..batch.num_rows() {
            if lists.is_null(row) {
                return exec_err!("row {} has no samples; leave such rows out: WHERE samples IS NOT NULL", row + 1);
            }
            let list = lists.value(row);
            let list = list.as_primitive::<Float32Type>();
            if self.writer.is_none() {
                self.begin(batch, row, list.len())?;
            }
            let mut values: Vec<(&TraceField, i64)> = Vec::new();
            for ((_, field), array) in self.whole.iter().zip(&whole) {
                if let Some(v) = value(array, row) {
                    // A shotpoint is stored with its scalar applied.
                    let v = if field.byte == 197 {
                        v * shotpoints.as_ref().map_or(1.0, |s| factor(value(s, row)))
                    } else {
                        v
                    };
                    values.push((field, v.round() as i64));
                }
            }
            // In the scale of the source or, without one, centimetres where they fit into the field; that is what
            // coordinates of surveys are rounded to at least.
            let xy: Vec<Option<f64>> = coordinates.iter().map(|a| value(a, row)).collect();
            let fits = |scale: f64| xy.iter().flatten().all(|v| (v * scale).abs() < f64::from(i32::MAX));
            let stated = scalar.as_ref().and_then(|s| value(s, row)).filter(|s| *s != 0.0 && fits(factor(Some(*s))));
            let (scale, scalar) = match (stated, self.unit.1) {
                (Some(stated), _) => (factor(Some(stated)), stated as i64),
                (None, usual) if fits(usual) => (usual, -(usual as i64)),
                (None, _) => (1.0, 1),
            };
            for ((_, field), v) in self.coordinates.iter().zip(&xy) {
                if let Some(v) = v {
                    values.push((field, (v * scale).round() as i64));
                }
            }
            if xy.iter().any(Option::is_some) {
                values.push((&scalar_field, scalar));
                let own = units.as_ref().and_then(|u| value(u, row)).filter(|u| *u != 0.0);
                values.push((&unit_field, own.map_or(self.unit.0, |u| u as i64)));
            }
            // Lists of a volume are along its axis, whatever a column of the query says.
            let start =
                self.axis.as_ref().map(|a| a.start).or(starts.as_ref().and_then(|a| value(a, row))).unwrap_or(0.0);
            if start.fract() != 0.0 || start.abs() > 32_767.0 {
                return exec_err!(
                    "a trace begins at {start}, and SEG-Y revision 1 states whole numbers up to 32767; select samples that begin at one"
                );
            }
            values.push((&delay_field, start as i64));
            let samples: Vec<f32> = list.iter().map(|v| v.unwrap_or(f32::NAN)).collect();
            if let Some(writer) = &mut self.writer {
                writer.trace(&[], &values, &samples).map_err(external)?;
            }
        }
        Ok(())
    }

    /// Writes the headers of the file, when the first trace is there.
    fn begin(&mut self, batch: &RecordBatch, row: usize, samples: usize) -> Result<()> {
        let stated = batch.column_by_name("sample_interval").map(|c| cast(c, &DataType::Float64)).transpose()?;
        let stated = stated.map(|a| a.as_primitive::<Float64Type>().value(row));
        let Some(interval) = self.axis.as_ref().map(|a| a.interval).or(stated) else {
            return plan_err!("a SEG-Y file needs the sample interval; select the column `sample_interval` too");
        };
        let Some(file) = self.file.take() else { return Ok(()) };
        // Milliseconds as microseconds; depths in thousandths of their unit.
        let options = WriteOptions {
            text: self.text.clone(),
            samples,
            interval: interval * 1000.0,
            format: self.format,
            measurement: self.measurement,
            fold: 1,
        };
        self.writer = Some(SegyWriter::new(file, options).map_err(external)?);
        Ok(())
    }

    pub(super) fn finish(self) -> Result<FileWriter> {
        match self.writer {
            Some(writer) => Ok(writer.finish().map_err(external)?.0),
            None => exec_err!("there are no traces to write; a SEG-Y file has one at least"),
        }
    }
}

/// What a value is multiplied by to be written beside a scalar: by 100 beside -100, by a tenth beside 10.
fn factor(scalar: Option<f64>) -> f64 {
    match scalar {
        Some(s) if s < 0.0 => -s,
        Some(s) if s > 0.0 => 1.0 / s,
        _ => 1.0,
    }
}

/// What the text header says: where things are.
fn text(schema: &Schema, axis: Option<&SampleAxis>) -> Vec<String> {
    let mut lines = vec!["SEG-Y REVISION 1, WRITTEN BY OUTCROP".to_owned(), String::new()];
    let has = |name: &str| schema.index_of(name).is_ok();
    for (name, line) in [
        ("inline", "INLINE NUMBER       BYTES 189-192"),
        ("crossline", "CROSSLINE NUMBER    BYTES 193-196"),
        ("cdp", "CDP NUMBER          BYTES 21-24"),
        ("offset", "OFFSET              BYTES 37-40"),
        ("x", "CDP X               BYTES 181-184, SCALAR IN BYTES 71-72"),
        ("y", "CDP Y               BYTES 185-188, SCALAR IN BYTES 71-72"),
    ] {
        if has(name) {
            lines.push(line.to_owned());
        }
    }
    if let Some(crs) = schema.index_of("x").ok().and_then(|i| schema.field(i).metadata().get(field::CRS)) {
        lines.push(format!("COORDINATES IN {crs}"));
    }
    if let Some(axis) = axis {
        let unit = if axis.unit.is_empty() { "NOT STATED".to_owned() } else { axis.unit.to_uppercase() };
        lines.push(format!("SAMPLES ALONG {}, UNIT {unit}", axis.domain.as_str().to_uppercase()));
        if axis.domain == Domain::Depth {
            lines.push("SAMPLE INTERVAL IN THOUSANDTHS OF THAT UNIT".to_owned());
        }
    }
    lines
}

/// A sample format by its name in COPY … OPTIONS.
pub(super) fn format(text: &str) -> Result<SampleFormat> {
    let mut options = outcrop_seismic::SegyOptions::default();
    options.set("sample_format", text).or_else(|e| plan_err!("COPY to SEG-Y: {e}"))?;
    options.open.format.ok_or_else(|| DataFusionError::Plan("no sample format".to_owned()))
}
