//! A SEG-Y file with what its traces are: where they lie, which columns their table has, and how they go into a volume.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int32Array, Int64Array, RecordBatch, new_null_array};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use outcrop_connectors::segy::field::TRACE_HEADER;
use outcrop_connectors::segy::field_table::TRACE_FIELDS;
use outcrop_connectors::segy::geometry::{CoordinateUnit, GeometryKind, MeasurementSystem};
use outcrop_connectors::segy::{
    FieldKind, HeaderColumn, InspectOptions, Inspection, SegyFile, TraceField, Traces, inspect, scaled,
};
use outcrop_types::field::{described, with, with_unit};

use crate::{Description, Domain, SampleAxis, SegyVolume, SeismicError};

/// The column of places of traces in a volume.
pub const SLOT_COLUMN: &str = "slot";

/// Columns that the geometry gives a meaning, before the fields of the standard: name, whether it is a whole number, description.
const DERIVED: [(&str, &str); 11] = [
    ("trace", "Number of the trace in the file, from 1"),
    ("inline", "Inline number"),
    ("crossline", "Crossline number"),
    ("cdp", "Number of the ensemble (CDP, CMP)"),
    ("shotpoint", "Shotpoint number, its scalar applied"),
    ("offset", "Distance from source to receiver, as the header has it"),
    ("x", "Easting, or longitude: scalar applied"),
    ("y", "Northing, or latitude: scalar applied"),
    ("start", "Where the first of its samples is, the same for all traces"),
    ("first_sample", "Samples before the trace begins, which are no numbers"),
    ("sample_interval", "Distance from sample to sample"),
];

/// Fields of the standard whose column is one of the above, or has another name: its own stands for what the geometry found.
const REPLACED: [&str; 7] = ["inline", "crossline", "cdp", "shotpoint", "offset", "samples", "sample_interval"];

/// A file, inspected.
#[derive(Debug, Clone)]
pub struct Survey {
    file: SegyFile,
    inspection: Inspection,
    axis: SampleAxis,
    shifts: Vec<i32>,
    stated_start: Option<f64>,
    schema: SchemaRef,
    read: Option<Read>,
}

/// Fields of the trace headers that were read together.
#[derive(Debug, Clone)]
struct Read {
    columns: Vec<(TraceField, Arc<HeaderColumn>)>,
    /// Of the bytes of the standard's header those that are not 0 in some trace.
    used: [bool; TRACE_HEADER],
}

impl Read {
    fn is_zero(&self, field: &TraceField) -> bool {
        self.used.get(field.offset()..field.offset() + field.kind.width()).is_some_and(|used| !used.contains(&true))
    }
}

impl Survey {
    /// Inspects a file. What `options` state is not looked for.
    ///
    /// # Errors
    /// As [`inspect`]; a file without samples.
    pub fn new(file: SegyFile, options: &InspectOptions, progress: &dyn Fn(u64) -> bool) -> Result<Self, SeismicError> {
        let inspection = inspect(&file, options, progress)?;
        let vertical = &inspection.vertical;
        let domain = match vertical.domain {
            outcrop_connectors::segy::Domain::Time => Domain::Time,
            outcrop_connectors::segy::Domain::Depth => Domain::Depth,
            outcrop_connectors::segy::Domain::Frequency => Domain::Frequency,
        };
        // Without an interval samples are counted, and no unit is claimed.
        let (start, interval, unit) = match vertical.interval.filter(|i| *i > 0.0) {
            Some(interval) => (vertical.starts.0, interval, vertical.unit.unwrap_or("")),
            None => (0.0, 1.0, ""),
        };
        let mut survey = Survey {
            axis: SampleAxis { start, interval, count: 0, domain, unit: unit.to_owned() },
            shifts: Vec::new(),
            stated_start: options.vertical.start,
            schema: Arc::new(Schema::empty()),
            read: None,
            file,
            inspection,
        };
        // What the geometry does not need is where the standard has it.
        let fields = &mut survey.inspection.geometry.fields;
        fields.cdp.get_or_insert_with(|| TraceField::at(21));
        fields.offset.get_or_insert_with(|| TraceField::at(37));
        survey.place_samples()?;
        survey.schema = survey.columns_there();
        Ok(survey)
    }

    /// Where the samples of each trace lie on the axis of all.
    fn place_samples(&mut self) -> Result<(), SeismicError> {
        let layout = self.file.layout();
        let longest = layout.samples() as usize;
        let vertical = &self.inspection.vertical;
        self.axis.count = longest;
        if vertical.starts.0 == vertical.starts.1 || self.axis.unit.is_empty() {
            return Ok(());
        }
        let starts = self.starts()?;
        let samples = |trace: usize| match &layout.traces {
            Traces::Fixed { samples, .. } => *samples as usize,
            Traces::Variable(places) => places.get(trace).map_or(0, |p| p.samples as usize),
        };
        let shift = |start: &f64| ((start - self.axis.start) / self.axis.interval).round();
        self.shifts = starts.iter().map(|s| shift(s) as i32).collect();
        let end = |(trace, shift): (usize, &i32)| samples(trace) + usize::try_from(*shift).unwrap_or(0);
        self.axis.count = self.shifts.iter().enumerate().map(end).max().unwrap_or(longest);
        // Delays that make the axis absurdly long are wrong, or of traces that have nothing to do with each other.
        if self.axis.count > longest.saturating_mul(64).max(1 << 20) {
            return Err(SeismicError::Request(format!(
                "traces begin between {} and {} {}, which is too far apart for one volume; state the start of all traces, or import a \
                 part of the file",
                vertical.starts.0, vertical.starts.1, self.axis.unit
            )));
        }
        Ok(())
    }

    /// The file.
    pub fn file(&self) -> &SegyFile {
        &self.file
    }

    /// What was found.
    pub fn inspection(&self) -> &Inspection {
        &self.inspection
    }

    /// The vertical axis of all traces.
    pub fn axis(&self) -> &SampleAxis {
        &self.axis
    }

    /// By how many samples each trace begins behind the first of the axis; empty where all begin there.
    pub fn shifts(&self) -> &[i32] {
        &self.shifts
    }

    /// The columns of the table of traces, in its order; the last is [`SLOT_COLUMN`].
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Reads what the columns are made of at once: each column read by itself goes over the whole file.
    ///
    /// # Errors
    /// A file that can't be read; [`SeismicError::Cancelled`] where `progress`, told how many traces were looked at, says no.
    pub fn read_headers(&mut self, progress: &dyn Fn(u64) -> bool) -> Result<(), SeismicError> {
        let mut used = [false; TRACE_HEADER];
        for trace in 0..self.file.count() {
            if trace % 4096 == 0 && !progress(trace) {
                return Err(SeismicError::Cancelled);
            }
            for (used, byte) in used.iter_mut().zip(self.file.header(trace)?) {
                *used |= byte != 0;
            }
        }
        let read = Read { columns: Vec::new(), used };
        let found = &self.inspection.geometry.fields;
        let found = [&found.inline, &found.crossline, &found.cdp, &found.offset, &found.shotpoint, &found.x, &found.y];
        let mut fields: Vec<TraceField> = Vec::new();
        for field in found.into_iter().flatten().cloned().chain(TraceField::standard(false)) {
            if field.kind != FieldKind::Text8
                && !read.is_zero(&field)
                && !fields.iter().any(|f| f.byte == field.byte && f.kind == field.kind)
            {
                fields.push(field);
            }
        }
        let columns = self.file.scan(&fields)?.into_iter().map(Arc::new);
        self.file.source().intact()?;
        self.read = Some(Read { columns: fields.into_iter().zip(columns).collect(), ..read });
        Ok(())
    }

    /// The file as a volume whose slots are its traces.
    ///
    /// # Errors
    /// More traces than a volume has slots.
    pub fn volume(&self) -> Result<SegyVolume, SeismicError> {
        SegyVolume::new(self.file.clone(), self.axis.clone(), self.shifts.clone())
    }

    /// The unit of coordinates where the file states it: `m`, `ft` or `deg`, else empty.
    pub fn coordinate_unit(&self) -> &'static str {
        match self.inspection.geometry.coordinates.as_ref().map(|c| (c.unit, c.measurement)) {
            Some((CoordinateUnit::ArcSeconds, _)) => "arcsec",
            Some((unit, _)) if unit.is_angle() => "deg",
            Some((_, MeasurementSystem::Metres)) => "m",
            Some((_, MeasurementSystem::Feet)) => "ft",
            _ => "",
        }
    }

    fn columns_there(&self) -> SchemaRef {
        let geometry = &self.inspection.geometry.fields;
        let place = |field: &Option<TraceField>| {
            field
                .as_ref()
                .map_or_else(|| ", which this file does not have".to_owned(), |f| format!(", byte {}", f.byte))
        };
        let mut fields: Vec<Field> = Vec::new();
        for (name, description) in DERIVED {
            let (kind, unit, from) = match name {
                "trace" => (DataType::Int64, "", String::new()),
                "inline" => (DataType::Int32, "", place(&geometry.inline)),
                "crossline" => (DataType::Int32, "", place(&geometry.crossline)),
                "cdp" => (DataType::Int32, "", place(&geometry.cdp)),
                "offset" => (DataType::Int32, "", place(&geometry.offset)),
                "first_sample" => (DataType::Int32, "", String::new()),
                "shotpoint" => (DataType::Float64, "", place(&geometry.shotpoint)),
                "x" => (DataType::Float64, self.coordinate_unit(), place(&geometry.x)),
                "y" => (DataType::Float64, self.coordinate_unit(), place(&geometry.y)),
                _ => (DataType::Float64, self.axis.unit.as_str(), String::new()),
            };
            let field = described(name, kind, name != "trace", &format!("{description}{from}"));
            fields.push(if unit.is_empty() { field } else { with_unit(field, unit) });
        }
        fields.push(described("sample_count", DataType::Int32, false, "Samples of the trace"));
        for field in TraceField::standard(false).into_iter().filter(|f| !REPLACED.contains(&f.name.as_str())) {
            let title = TRACE_FIELDS.iter().find(|f| f.byte == field.byte).map_or("", |f| f.title);
            let described = described(&field.name, arrow_type(field.kind), true, title);
            fields.push(with(described, "outcrop.segy_byte", &field.byte.to_string()));
        }
        fields.push(described(SLOT_COLUMN, DataType::Int64, false, "Place of the trace in the volume"));
        Arc::new(Schema::new(fields))
    }

    /// Columns of all traces, in the order of the file. The slots are those of [`Survey::volume`].
    ///
    /// # Errors
    /// A name that is not in the schema, or a file that can't be read.
    pub fn columns(&self, names: &[&str]) -> Result<RecordBatch, SeismicError> {
        let fields: Vec<Field> = names
            .iter()
            .map(|name| self.schema.field_with_name(name).cloned())
            .collect::<Result<_, _>>()
            .map_err(|e| SeismicError::Request(e.to_string()))?;
        let mut columns = Vec::with_capacity(names.len());
        for field in &fields {
            columns.push(self.column(field.name(), field.data_type())?);
        }
        let rows = usize::try_from(self.file.count()).unwrap_or(usize::MAX);
        let options = arrow::record_batch::RecordBatchOptions::new().with_row_count(Some(rows));
        RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &options)
            .map_err(|e| SeismicError::Request(e.to_string()))
    }

    fn column(&self, name: &str, kind: &DataType) -> Result<ArrayRef, SeismicError> {
        let (count, geometry) = (self.file.count(), &self.inspection.geometry.fields);
        let rows = usize::try_from(count).unwrap_or(usize::MAX);
        let whole = |field: &Option<TraceField>| -> Result<ArrayRef, SeismicError> {
            match field {
                None => Ok(new_null_array(kind, rows)),
                Some(field) => {
                    let values = self.scan(field)?.integers();
                    // A header of more than 32 bits that does not fit is no number of a line.
                    Ok(Arc::new(values.into_iter().map(|v| i32::try_from(v).ok()).collect::<Int32Array>()))
                }
            }
        };
        Ok(match name {
            "trace" => Arc::new(Int64Array::from_iter_values((1..).take(rows))),
            SLOT_COLUMN => Arc::new(Int64Array::from_iter_values((0..).take(rows))),
            "inline" => whole(&geometry.inline)?,
            "crossline" => whole(&geometry.crossline)?,
            "cdp" => whole(&geometry.cdp)?,
            "offset" => whole(&geometry.offset)?,
            "shotpoint" => match &geometry.shotpoint {
                None => new_null_array(kind, rows),
                Some(field) => Arc::new(Float64Array::from(self.shotpoints(field)?)),
            },
            "x" => self.coordinate(&geometry.x)?,
            "y" => self.coordinate(&geometry.y)?,
            "start" => Arc::new(Float64Array::from(vec![self.axis.start; rows])),
            "first_sample" if self.shifts.is_empty() => Arc::new(Int32Array::from(vec![0; rows])),
            "first_sample" => Arc::new(Int32Array::from(self.shifts.clone())),
            "sample_interval" => Arc::new(Float64Array::from(vec![self.axis.interval; rows])),
            "sample_count" => Arc::new(match &self.file.layout().traces {
                Traces::Fixed { samples, .. } => {
                    Int32Array::from(vec![i32::try_from(*samples).unwrap_or(i32::MAX); rows])
                }
                Traces::Variable(places) => {
                    Int32Array::from_iter_values(places.iter().map(|p| i32::try_from(p.samples).unwrap_or(i32::MAX)))
                }
            }),
            _ => array(&*self.scan(&TraceField::named(name)?)?),
        })
    }

    fn scan(&self, field: &TraceField) -> Result<Arc<HeaderColumn>, SeismicError> {
        if let Some(read) = &self.read {
            let same = |of: &TraceField| of.byte == field.byte && of.kind == field.kind;
            if let Some((_, column)) = read.columns.iter().find(|(of, _)| same(of)) {
                return Ok(Arc::clone(column));
            }
            if read.is_zero(field) && field.kind.width() <= 4 {
                let rows = usize::try_from(self.file.count()).unwrap_or(usize::MAX);
                let zeros = if field.kind == FieldKind::U32 {
                    HeaderColumn::I64(vec![0; rows])
                } else {
                    HeaderColumn::I32(vec![0; rows])
                };
                return Ok(Arc::new(zeros));
            }
        }
        let mut columns = self.file.scan(std::slice::from_ref(field))?;
        self.file.source().intact()?;
        columns.pop().map(Arc::new).ok_or_else(|| SeismicError::Request(format!("no column `{}`", field.name)))
    }

    fn shotpoints(&self, field: &TraceField) -> Result<Vec<f64>, SeismicError> {
        let values = self.scan(field)?;
        let rows = 0..values.len();
        if field.byte != 197 {
            return Ok(rows.map(|i| values.real(i).unwrap_or(f64::NAN)).collect());
        }
        let scalars = self.scan(&TraceField::at(201))?.integers();
        Ok(rows.map(|i| scaled(values.real(i).unwrap_or(f64::NAN), scalars.get(i).copied().unwrap_or(0))).collect())
    }

    /// x or y; null where a trace has no coordinates, which is where both are 0.
    fn coordinate(&self, field: &Option<TraceField>) -> Result<ArrayRef, SeismicError> {
        let fields = &self.inspection.geometry.fields;
        let rows = usize::try_from(self.file.count()).unwrap_or(usize::MAX);
        let (Some(field), Some(x), Some(y), Some(known)) =
            (field, &fields.x, &fields.y, &self.inspection.geometry.coordinates)
        else {
            return Ok(new_null_array(&DataType::Float64, rows));
        };
        let values = self.scan(field)?;
        let missing: Vec<bool> = if known.missing > 0 {
            let (x, y) = (self.scan(x)?, self.scan(y)?);
            (0..rows).map(|i| x.real(i) == Some(0.0) && y.real(i) == Some(0.0)).collect()
        } else {
            Vec::new()
        };
        // Real numbers of extension headers have no scalar.
        let scalars =
            if field.kind == FieldKind::F64 { Vec::new() } else { self.scan(&TraceField::at(71))?.integers() };
        let value = |i: usize| {
            let raw = values.real(i)?;
            let found = known.unit.value(raw, scalars.get(i).copied().unwrap_or(1));
            (found.is_finite() && !missing.get(i).copied().unwrap_or(false)).then_some(found)
        };
        Ok(Arc::new((0..rows).map(value).collect::<Float64Array>()))
    }

    /// Where the first sample of each trace is.
    fn starts(&self) -> Result<Vec<f64>, SeismicError> {
        let rows = usize::try_from(self.file.count()).unwrap_or(usize::MAX);
        let vertical = &self.inspection.vertical;
        if self.stated_start.is_some() || vertical.starts.0 == vertical.starts.1 || self.axis.unit.is_empty() {
            return Ok(vec![self.axis.start; rows]);
        }
        let (delay, scalar) = (self.scan(&TraceField::at(109))?, self.scan(&TraceField::at(215))?.integers());
        let start = |i: usize| scaled(delay.real(i).unwrap_or(0.0), scalar.get(i).copied().unwrap_or(0));
        Ok((0..rows).map(start).collect())
    }

    /// How the traces go into bricks: the layout of the volume, and the slot of each trace. A survey on a grid of inlines and
    /// crosslines (and offsets) that is filled well enough has rows of inlines; all else is one row in the order of the file.
    ///
    /// # Errors
    /// A volume that can't be stored, or a file that can't be read.
    pub fn bricks(&self) -> Result<(Description, Vec<u32>), SeismicError> {
        let geometry = &self.inspection.geometry;
        let traces = self.file.count();
        let grid = match (&geometry.kind, &geometry.inline, &geometry.crossline) {
            (GeometryKind::Poststack3d, Some(i), Some(c)) => Some((i, c, None)),
            (GeometryKind::Prestack3d, Some(i), Some(c)) => geometry.offset.as_ref().map(|o| (i, c, Some(o))),
            _ => None,
        };
        if let Some((inline, crossline, offset)) = grid
            && geometry.duplicates == 0
            && inline.count > 1
        {
            let offsets = offset.map_or(1, |o| o.count);
            let columns = crossline.count.saturating_mul(offsets);
            let places = inline.count.saturating_mul(columns);
            let fits = places <= traces.saturating_mul(4).saturating_add(4096) && u32::try_from(places).is_ok();
            let fields = &geometry.fields;
            if fits && let (Some(fi), Some(fc)) = (&fields.inline, &fields.crossline) {
                let (il, xl) = (self.scan(fi)?.integers(), self.scan(fc)?.integers());
                let of = match (offset, &fields.offset) {
                    (Some(_), Some(field)) => self.scan(field)?.integers(),
                    _ => Vec::new(),
                };
                let slot = |t: usize| {
                    let (i, c) = (inline.index(*il.get(t)?)?, crossline.index(*xl.get(t)?)?);
                    let o = match offset {
                        Some(axis) => axis.index(*of.get(t)?)?,
                        None => 0,
                    };
                    u32::try_from((i * crossline.count + c) * offsets + o).ok()
                };
                let slots: Option<Vec<u32>> = (0..il.len()).map(slot).collect();
                if let Some(slots) = slots {
                    let rows = u32::try_from(inline.count).unwrap_or(u32::MAX);
                    let columns = u32::try_from(columns).unwrap_or(u32::MAX);
                    return Ok((Description::new(self.axis.clone(), rows, columns)?, slots));
                }
            }
        }
        let columns = u32::try_from(traces).unwrap_or(u32::MAX);
        Ok((Description::new(self.axis.clone(), 1, columns)?, (0..columns).collect()))
    }
}

fn arrow_type(kind: FieldKind) -> DataType {
    match kind {
        FieldKind::I16 | FieldKind::U16 | FieldKind::I32 => DataType::Int32,
        FieldKind::U32 | FieldKind::I64 | FieldKind::U64 => DataType::Int64,
        FieldKind::F64 => DataType::Float64,
        FieldKind::Text8 => DataType::Utf8,
    }
}

fn array(column: &HeaderColumn) -> ArrayRef {
    match column {
        HeaderColumn::I32(v) => Arc::new(Int32Array::from(v.clone())),
        HeaderColumn::I64(v) => Arc::new(Int64Array::from(v.clone())),
        HeaderColumn::F64(v) => Arc::new(Float64Array::from(v.clone())),
    }
}
