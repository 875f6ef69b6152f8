//! Rows of IESX as tables.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, FieldRef, Schema};
use outcrop_types::{Dimension, Issue, Unit, field};

use super::row::{Row, numbers};
use super::{Content, Profile, ProfileKind};
use crate::dataset::{Dataset, DatasetError, DatasetKind};
use crate::geometry::{Geometry, Position, Z_UNIT, geometry_array, geometry_field};

/// A position of a fault boundary.
#[derive(Debug, Clone)]
pub(super) struct Boundary {
    horizon: usize,
    at: u64,
    position: Position,
    segment: i64,
}

impl Boundary {
    /// `x y segment z`.
    pub(super) fn of(text: &str, horizon: usize, at: u64) -> Option<Self> {
        let numbers = numbers(text)?;
        let &[Some(x), Some(y), Some(segment), z] = numbers.as_slice() else { return None };
        let whole = segment.fract() == 0.0 && segment.abs() < 1e15;
        whole.then_some(Boundary { horizon, at, position: Position { x, y, z }, segment: segment as i64 })
    }
}

/// The units that all horizons of a file are in.
#[derive(Clone, Copy, PartialEq)]
struct Units {
    xy: Option<&'static str>,
    z: Option<&'static str>,
}

/// The tables of a file; `of_file` is what was noticed of it as a whole, which the first of them tells.
pub(super) fn datasets(content: Content, mut of_file: Vec<Issue>) -> Result<Vec<Dataset>, DatasetError> {
    let mut made = Vec::new();
    for kind in [ProfileKind::Horizon, ProfileKind::Boundaries] {
        let profiles: Vec<&Profile> = content.profiles.iter().filter(|p| p.kind == kind).collect();
        let [first, ..] = profiles.as_slice() else { continue };
        let mut own = Vec::new();
        let units = units(&profiles, &mut own)?;
        let name = profiles.iter().all(|p| p.name == first.name).then(|| first.name.clone()).filter(|n| !n.is_empty());
        let facts = facts(&content, &profiles);
        let (kind, batch) = match kind {
            ProfileKind::Horizon => (DatasetKind::Points, horizons(&content.rows, &content.profiles, units, &mut own)?),
            ProfileKind::Boundaries => {
                (DatasetKind::Faults, boundaries(&content.boundaries, &content.profiles, units, &mut own)?)
            }
        };
        if batch.num_rows() > 0 {
            let mut issues = std::mem::take(&mut of_file);
            issues.append(&mut own);
            made.push(Dataset { kind, name, batch, facts, issues });
        }
    }
    if made.is_empty() {
        return Err(DatasetError::new("no rows behind the PROFILE line"));
    }
    Ok(made)
}

fn units(profiles: &[&Profile], issues: &mut Vec<Issue>) -> Result<Units, DatasetError> {
    let mut found: Option<(Units, &Profile)> = None;
    for profile in profiles {
        let mut own = Vec::new();
        let (xy, z) = profile.units(&mut own);
        let units = Units { xy, z };
        match found {
            None => {
                issues.extend(own);
                found = Some((units, profile));
            }
            Some((first, of)) if first != units => {
                let shown = |u: Units| format!("{} and {}", u.xy.unwrap_or("?"), u.z.unwrap_or("?"));
                return Err(DatasetError::at_line(
                    format!(
                        "`{}` is in {}, `{}` (line {}) in {}; a table has one unit a column: split the file",
                        profile.name,
                        shown(units),
                        of.name,
                        of.line,
                        shown(first)
                    ),
                    profile.line,
                ));
            }
            Some(_) => {}
        }
    }
    Ok(found.map_or(Units { xy: None, z: None }, |(units, _)| units))
}

fn facts(content: &Content, profiles: &[&Profile]) -> Vec<(String, String)> {
    let list = |of: &mut dyn Iterator<Item = String>| {
        of.filter(|t| !t.is_empty()).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(", ")
    };
    let mut facts = vec![
        ("horizon".to_owned(), list(&mut profiles.iter().map(|p| p.name.clone()))),
        ("comment".to_owned(), list(&mut profiles.iter().map(|p| p.comment.clone()))),
        ("format".to_owned(), list(&mut profiles.iter().filter_map(|p| p.format.clone()))),
        ("snapping".to_owned(), list(&mut content.snapping.iter().cloned())),
        ("lines".to_owned(), list(&mut content.rows.iter().filter_map(|r| r.line.clone()))),
        ("code".to_owned(), list(&mut content.rows.iter().filter_map(|r| r.code.map(|c| c.to_string())))),
        ("behind the inline".to_owned(), list(&mut content.rows.iter().filter_map(|r| r.remark.clone()))),
    ];
    facts.retain(|(_, text)| !text.is_empty());
    facts
}

/// Columns in the making.
#[derive(Default)]
struct Columns(Vec<(FieldRef, ArrayRef)>);

impl Columns {
    fn texts(&mut self, name: &str, description: &str, of: impl Iterator<Item = Option<String>>) {
        self.push(field::described(name, DataType::Utf8, true, description), Arc::new(of.collect::<StringArray>()));
    }

    fn whole(&mut self, name: &str, description: &str, of: impl Iterator<Item = Option<i64>>) {
        self.push(field::described(name, DataType::Int64, true, description), Arc::new(of.collect::<Int64Array>()));
    }

    fn numbers(&mut self, name: &str, description: &str, unit: Option<&str>, of: impl Iterator<Item = Option<f64>>) {
        let made = field::described(name, DataType::Float64, true, description);
        self.push(field::with_unit(made, unit.unwrap_or_default()), Arc::new(of.collect::<Float64Array>()));
    }

    /// A column that no row fills is left out.
    fn push(&mut self, of: Field, array: ArrayRef) {
        if array.null_count() < array.len() || matches!(of.name().as_str(), "x" | "y" | "z" | "geometry") {
            self.0.push((Arc::new(of), array));
        }
    }

    fn geometry(&mut self, geometries: &[Geometry], description: &str) {
        let of = geometry_field(None, description);
        self.push(of, geometry_array(geometries.iter().map(Some)));
    }

    fn batch(self) -> Result<RecordBatch, DatasetError> {
        let (fields, arrays): (Vec<FieldRef>, Vec<ArrayRef>) = self.0.into_iter().unzip();
        RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
            .map_err(|e| DatasetError::new(format!("the rows give no table: {e}")))
    }
}

fn name_of(profiles: &[Profile], horizon: usize) -> Option<String> {
    profiles.get(horizon).map(|p| p.name.clone()).filter(|n| !n.is_empty())
}

fn of_z(unit: Option<&str>) -> &'static str {
    match unit.and_then(Unit::parse).map(Unit::dimension) {
        Some(Dimension::Time) => "Two-way time of the horizon, as the file has it",
        Some(Dimension::Length) => "Depth of the horizon, as the file has it",
        _ => "Time or depth of the horizon, as the file has it",
    }
}

fn horizons(
    rows: &[Row],
    profiles: &[Profile],
    units: Units,
    issues: &mut Vec<Issue>,
) -> Result<RecordBatch, DatasetError> {
    let (z, values) = values(rows, issues);
    let mut columns = Columns::default();
    columns.texts(
        "horizon",
        "Horizon, as the PROFILE line names it",
        rows.iter().map(|r| name_of(profiles, r.horizon)),
    );
    columns.texts("line", "Name of the 2D line", rows.iter().map(|r| r.line.clone()));
    columns.whole("inline", "Number of the inline", rows.iter().map(|r| r.inline));
    let crossline = |r: &Row| r.trace.filter(|_| r.inline.is_some());
    columns.whole("crossline", "Number of the crossline", rows.iter().map(crossline));
    // Of a 3D survey shotpoint and CDP may say no more than the crossline.
    let same = |of: fn(&Row) -> Option<f64>| {
        rows.iter().all(|r| crossline(r).is_some() && of(r) == crossline(r).map(|c| c as f64))
    };
    if !same(|r| r.shotpoint) {
        columns.numbers("shotpoint", "Shotpoint", None, rows.iter().map(|r| r.shotpoint));
    }
    if !same(|r| r.cdp) {
        columns.numbers("cdp", "Common depth point", None, rows.iter().map(|r| r.cdp));
    }
    columns.whole(
        "trace",
        "Number of the trace in its line",
        rows.iter().map(|r| r.trace.filter(|_| r.inline.is_none())),
    );
    columns.whole("segment", "Segment of the interpretation", rows.iter().map(|r| r.segment));
    if rows.iter().any(|r| r.code != rows.first().and_then(|r| r.code)) {
        columns.whole("code", "Code of the row, columns 36 to 38", rows.iter().map(|r| r.code));
    }
    if rows.iter().any(|r| r.remark != rows.first().and_then(|r| r.remark.clone())) {
        columns.texts("remark", "What stands behind the number of the inline", rows.iter().map(|r| r.remark.clone()));
    }
    columns.numbers("x", "Easting, as the file has it", units.xy, rows.iter().map(|r| Some(r.x)));
    columns.numbers("y", "Northing, as the file has it", units.xy, rows.iter().map(|r| Some(r.y)));
    columns.numbers("z", of_z(units.z), units.z, z.iter().copied());
    for (place, value) in values.into_iter().enumerate() {
        let name = if place == 0 { "value".to_owned() } else { format!("value_{}", place + 1) };
        columns.numbers(
            &name,
            "Attribute of the horizon: amplitude, unless the exporter chose another",
            None,
            value.into_iter(),
        );
    }
    let points: Vec<Geometry> =
        rows.iter().zip(&z).map(|(r, z)| Geometry::Point(Some(Position { x: r.x, y: r.y, z: *z }))).collect();
    columns.geometry(&points, "Points, as WKB");
    columns.batch()
}

/// z, and the attributes: of the rows themselves and of the rows of numbers between them.
fn values(rows: &[Row], issues: &mut Vec<Issue>) -> (Vec<Option<f64>>, Vec<Vec<Option<f64>>>) {
    let mut z: Vec<Option<f64>> = rows.iter().map(|r| r.z).collect();
    let own: Vec<Option<f64>> = rows.iter().map(|r| r.amplitude).collect();
    let most = rows.iter().map(|r| r.further.len()).max().unwrap_or(0);
    let further =
        |place: usize| -> Vec<Option<f64>> { rows.iter().map(|r| r.further.get(place).copied().flatten()).collect() };
    let with = || rows.iter().filter(|r| !r.further.is_empty());
    // z has two decimals in its column.
    let rounded = |r: &&Row| match (r.z, r.further.first().copied().flatten()) {
        (Some(short), Some(long)) => (short - long).abs() <= 0.005 + 1e-6 * long.abs(),
        (None, None) => true,
        _ => false,
    };
    let mut first = 0;
    if most > 0 {
        if with().all(|r| rounded(&r)) {
            first = 1;
            for (z, long) in z.iter_mut().zip(further(0)) {
                *z = long.or(*z);
            }
        } else if let Some(row) = with().find(|r| !rounded(r)).filter(|_| with().any(|r| rounded(&r))) {
            let text = "the first number of the row below is z with more digits elsewhere, but not here; z is taken from the columns, \
                        and the numbers below are attributes";
            issues.push(Issue::warning("z-contradiction", text).at_line(row.at));
        }
    }
    let mut values: Vec<Vec<Option<f64>>> = (first..most).map(further).collect();
    // The column of the amplitude has eight digits.
    let same = |a: &Option<f64>, b: &Option<f64>| match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() <= 1e-6 * a.abs().max(b.abs()),
        (None, None) => true,
        _ => false,
    };
    let repeated = values.first().is_some_and(|value| value.iter().zip(&own).all(|(a, b)| same(a, b)));
    if !repeated && own.iter().any(Option::is_some) {
        values.insert(0, own);
    }
    values.retain(|value| value.iter().any(Option::is_some));
    (z, values)
}

fn boundaries(
    rows: &[Boundary],
    profiles: &[Profile],
    units: Units,
    issues: &mut Vec<Issue>,
) -> Result<RecordBatch, DatasetError> {
    let mut sets: Vec<(&Boundary, Vec<Position>)> = Vec::new();
    for row in rows {
        match sets.last_mut().filter(|(of, _)| (of.horizon, of.segment) == (row.horizon, row.segment)) {
            Some((_, set)) => set.push(row.position),
            None => sets.push((row, vec![row.position])),
        }
    }
    for (of, _) in sets.iter().filter(|(_, set)| set.len() == 1) {
        let text = format!("segment {} is a line of one position", of.segment);
        issues.push(Issue::warning("line-short", text).at_line(of.at));
    }
    let geometries: Vec<Geometry> = sets.iter().map(|(_, set)| Geometry::LineString(set.clone())).collect();
    let mut columns = Columns::default();
    columns.texts(
        "horizon",
        "Horizon, as the PROFILE line names it",
        sets.iter().map(|(of, _)| name_of(profiles, of.horizon)),
    );
    columns.whole("segment", "Segment of the boundaries", sets.iter().map(|(of, _)| Some(of.segment)));
    columns.whole("positions", "Positions of the segment", sets.iter().map(|(_, s)| i64::try_from(s.len()).ok()));
    let closed: BooleanArray = sets.iter().map(|(_, s)| Some(s.len() >= 4 && s.first() == s.last())).collect();
    columns.push(
        field::described("closed", DataType::Boolean, true, "Whether the last position repeats the first"),
        Arc::new(closed),
    );
    let of = field::with_unit(geometry_field(None, "Lines, as WKB"), units.xy.unwrap_or_default());
    columns.push(field::with(of, Z_UNIT, units.z.unwrap_or_default()), geometry_array(geometries.iter().map(Some)));
    columns.batch()
}
