//! Lines, polygons and faults as they were asked for: out of tables of positions, and of files that hold features.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array, RecordBatch, UInt64Array};
use arrow::compute::take;
use arrow::datatypes::{DataType, Field, Float64Type, Schema};
use arrow::util::display::array_value_to_string;
use outcrop_connectors::dataset::{Dataset, DatasetKind};
use outcrop_connectors::geometry::{Family, Geometry, Position, Z_UNIT, decode, geometry_array, geometry_field};
use outcrop_connectors::table::{Detection, Role, Table};
use outcrop_types::{Issue, field};

use crate::{FileOutcome, Kind};

/// The code by which the reader of IRAP points says that it took one kind for another.
const BY_CONTENT: &str = "kind-by-content";

/// What positions are joined to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Lines,
    Polygons,
    /// Polygons where all of them close, else lines.
    Faults,
}

impl Shape {
    /// The shape of a stated kind; none of kinds that are not made of lines.
    pub(crate) fn of(kind: Kind) -> Option<Self> {
        match kind {
            Kind::Lines => Some(Shape::Lines),
            Kind::Polygons => Some(Shape::Polygons),
            Kind::Faults => Some(Shape::Faults),
            _ => None,
        }
    }

    /// The schema of the project that they go to.
    pub(crate) fn schema(self) -> &'static str {
        self.kind().schema()
    }

    fn kind(self) -> DatasetKind {
        match self {
            Shape::Lines => DatasetKind::Lines,
            Shape::Polygons => DatasetKind::Polygons,
            Shape::Faults => DatasetKind::Faults,
        }
    }
}

/// A line in the making: its first row, line of the file, name, and positions.
struct Set {
    row: usize,
    line: u64,
    id: String,
    positions: Vec<Position>,
}

impl Set {
    fn is_ring(&self) -> bool {
        is_ring(&self.positions)
    }
}

fn is_ring(positions: &[Position]) -> bool {
    positions.len() >= 4 && positions.first() == positions.last()
}

/// A feature for each value of the column that tells them apart, of the positions in the order of the rows. `points` are the rows with
/// x and y (or lon and lat) first, as tables of points are stored.
///
/// # Errors
/// The message for a table that has no such column, or whose polygons do not close.
pub(crate) fn of_positions(
    points: &RecordBatch,
    table: &Table,
    detection: &Detection,
    shape: Shape,
    outcome: &mut FileOutcome,
) -> Result<RecordBatch, String> {
    let schema = points.schema();
    let named = detection.column(Role::PolyId).and_then(|c| table.columns.get(c)).map(|c| c.name.as_str());
    let id = named.and_then(|name| {
        schema.fields().iter().position(|f| f.metadata().get(field::ORIGINAL_NAME).is_some_and(|n| n == name))
    });
    let Some(id) = id else {
        let names: Vec<&str> = table.columns.iter().map(|c| c.name.as_str()).collect();
        return Err(format!(
            "no column tells {} apart; its columns are {}; name one: --map poly_id=COLUMN, or import the rows as they are: --kind points",
            shape.schema(),
            names.join(", ")
        ));
    };
    let coordinate = |place: usize| points.columns().get(place).and_then(|c| c.as_primitive_opt::<Float64Type>());
    let (Some(x), Some(y)) = (coordinate(0), coordinate(1)) else {
        return Err("x and y are not numbers; name their columns: --map x=COLUMN --map y=COLUMN".to_owned());
    };
    let z = schema.fields().iter().position(|f| f.name() == "z").filter(|place| *place == 2);
    let z = z.and_then(coordinate);
    let ids = points.column(id);
    let mut sets: Vec<Set> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let (mut last, mut again) = (None, Vec::new());
    let (mut nameless, mut nowhere) = (Vec::new(), Vec::new());
    for row in 0..points.num_rows() {
        let line = table.line(row);
        if ids.is_null(row) {
            nameless.push(line);
            continue;
        }
        if x.is_null(row) || y.is_null(row) {
            nowhere.push(line);
            continue;
        }
        let name = array_value_to_string(ids, row).map_err(|e| e.to_string())?;
        let position =
            Position { x: x.value(row), y: y.value(row), z: z.filter(|z| z.is_valid(row)).map(|z| z.value(row)) };
        let place = *places.entry(name.clone()).or_insert(sets.len());
        if place == sets.len() {
            sets.push(Set { row, line, id: name, positions: Vec::new() });
        } else if last != Some(place) {
            again.push(line);
        }
        if let Some(set) = sets.get_mut(place) {
            set.positions.push(position);
        }
        last = Some(place);
    }
    let told = |code: &str, lines: &[u64], text: String| lines.first().map(|l| Issue::warning(code, text).at_line(*l));
    outcome.note(
        None,
        told("row-incomplete", &nameless, format!("{} rows name no line and are left out", nameless.len())),
    );
    outcome.note(
        None,
        told("row-incomplete", &nowhere, format!("{} rows have no coordinates and are left out", nowhere.len())),
    );
    let text = format!(
        "lines are interrupted by rows of others and taken up again, {} times; the rows of one name are one line, in the order of the file",
        again.len()
    );
    outcome.note(None, told("line-interrupted", &again, text));
    let Some(first) = sets.first() else { return Err("no row has a position and a name of its line".to_owned()) };
    let rings = sets.iter().all(Set::is_ring);
    if shape == Shape::Polygons && !rings {
        let open = sets.iter().find(|s| !s.is_ring()).unwrap_or(first);
        return Err(format!(
            "polygon {} does not close: its last position is not its first (line {}); close it, or import lines: --kind lines",
            open.id, open.line
        ));
    }
    for set in sets.iter().filter(|s| s.positions.len() == 1) {
        let text = format!("{} is a line of one position", set.id);
        outcome.note(None, [Issue::warning("line-short", text).at_line(set.line)]);
    }
    let polygons = rings && shape != Shape::Lines;
    let batch = rows(points, &sets, id, z.is_some(), polygons, outcome)?;
    outcome.rows = batch.num_rows() as u64;
    Ok(batch)
}

/// A row for each line: what tells it apart, what all its positions agree in, and its geometry.
fn rows(
    points: &RecordBatch,
    sets: &[Set],
    id: usize,
    with_z: bool,
    polygons: bool,
    outcome: &mut FileOutcome,
) -> Result<RecordBatch, String> {
    let schema = points.schema();
    let firsts = UInt64Array::from_iter_values(sets.iter().map(|s| s.row as u64));
    let mut fields: Vec<Field> = Vec::new();
    let mut columns: Vec<ArrayRef> = Vec::new();
    let mut varying: Vec<&str> = Vec::new();
    let set_of: HashMap<String, usize> = sets.iter().enumerate().map(|(k, s)| (s.id.clone(), k)).collect();
    let own = if with_z { 3 } else { 2 };
    for (place, (of, column)) in schema.fields().iter().zip(points.columns()).enumerate() {
        if place < own {
            continue;
        }
        let constant = place == id || {
            let text = |row: usize| array_value_to_string(column, row).unwrap_or_default();
            let of_sets: Vec<String> = sets.iter().map(|s| text(s.row)).collect();
            let ids = points.column(id);
            (0..points.num_rows()).filter(|row| ids.is_valid(*row)).all(|row| {
                let set = array_value_to_string(ids, row).ok().and_then(|name| set_of.get(&name).copied());
                set.is_none_or(|set| of_sets.get(set).is_some_and(|first| *first == text(row)))
            })
        };
        if !constant {
            varying.push(of.name());
            continue;
        }
        let reserved = matches!(of.name().as_str(), "positions" | "closed" | "geometry");
        let name = if reserved { format!("{}_2", of.name()) } else { of.name().clone() };
        fields.push(of.as_ref().clone().with_name(name));
        columns.push(take(column, &firsts, None).map_err(|e| e.to_string())?);
    }
    if !varying.is_empty() {
        let text = format!(
            "columns that vary along a line have no place in a table of lines and are not stored: {}; the original file is kept, and \
             --kind points keeps them",
            varying.join(", ")
        );
        outcome.note(None, [Issue::warning("columns-unused", text)]);
    }
    let whole = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    fields.push(field::described("positions", DataType::Int64, true, "Positions of the feature"));
    columns.push(Arc::new(Int64Array::from_iter_values(sets.iter().map(|s| whole(s.positions.len())))));
    if !polygons {
        fields.push(field::described("closed", DataType::Boolean, true, "Whether the last position repeats the first"));
        columns.push(Arc::new(sets.iter().map(|s| Some(s.is_ring())).collect::<BooleanArray>()));
    }
    let geometries: Vec<Geometry> = sets
        .iter()
        .map(|s| {
            let positions = s.positions.clone();
            if polygons { Geometry::Polygon(vec![positions]) } else { Geometry::LineString(positions) }
        })
        .collect();
    let x = schema.field(0);
    let description = if polygons { "Polygons, as WKB" } else { "Lines, as WKB" };
    let mut geometry = geometry_field(x.metadata().get(field::CRS).map(String::as_str), description);
    geometry = field::with_unit(geometry, field::unit(x).unwrap_or_default());
    if with_z {
        geometry = field::with(geometry, Z_UNIT, field::unit(schema.field(2)).unwrap_or_default());
    }
    fields.push(geometry);
    columns.push(geometry_array(geometries.iter().map(Some)));
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(|e| e.to_string())
}

/// The dataset as the kind that was stated: closed lines as polygons, polygons as their outlines, either as faults.
///
/// # Errors
/// The message for a dataset that is something else.
pub(crate) fn as_stated(mut dataset: Dataset, kind: Option<Kind>) -> Result<Dataset, String> {
    let shape = match kind {
        Some(Kind::Points) if dataset.kind == DatasetKind::Points => return Ok(dataset),
        Some(Kind::Points) => return Err(format!("it holds {}, not points; leave --kind out", dataset.kind)),
        Some(kind) => Shape::of(kind),
        None => None,
    };
    let Some(shape) = shape else { return Ok(dataset) };
    let by_content = dataset.issues.iter().any(|i| i.code == BY_CONTENT);
    dataset.issues.retain(|i| i.code != BY_CONTENT);
    let refused = |what: &str| Err(format!("it holds {what}, not {}; leave --kind out", shape.schema()));
    match dataset.kind {
        DatasetKind::Surface => return refused("a surface"),
        // One set that does not close is a line as well as points; other points are in no order.
        DatasetKind::Points if by_content => dataset = joined(dataset)?,
        DatasetKind::Points => return refused("points"),
        _ => {}
    }
    if shape != Shape::Faults {
        let place = dataset.batch.schema().index_of("geometry").map_err(|e| e.to_string())?;
        let changed = geometries(&dataset.batch, place)?
            .into_iter()
            .enumerate()
            .map(|(row, geometry)| geometry.map(|g| as_shape(g, shape, row)).transpose())
            .collect::<Result<Vec<_>, String>>()?;
        let mut columns = dataset.batch.columns().to_vec();
        if let Some(column) = columns.get_mut(place) {
            *column = geometry_array(changed.iter().map(Option::as_ref));
        }
        dataset.batch = RecordBatch::try_new(dataset.batch.schema(), columns).map_err(|e| e.to_string())?;
    }
    dataset.kind = shape.kind();
    Ok(dataset)
}

fn geometries(batch: &RecordBatch, place: usize) -> Result<Vec<Option<Geometry>>, String> {
    let wkb = batch.column(place).as_binary_opt::<i32>().ok_or("the column of geometries is not binary")?;
    wkb.iter().map(|bytes| bytes.map(decode).transpose().map_err(|e| format!("a geometry is not read: {e}"))).collect()
}

/// Points in the order of their file as one line.
fn joined(dataset: Dataset) -> Result<Dataset, String> {
    let place = dataset.batch.schema().index_of("geometry").map_err(|e| e.to_string())?;
    let mut positions = Vec::with_capacity(dataset.batch.num_rows());
    for geometry in geometries(&dataset.batch, place)?.into_iter().flatten() {
        geometry.visit(&mut |p: &Position| positions.push(*p));
    }
    let count = i64::try_from(positions.len()).unwrap_or(i64::MAX);
    let closed = is_ring(&positions);
    let fields = vec![
        field::described("poly_id", DataType::Int64, true, "Place of the set in the file, counted from 0"),
        field::described("positions", DataType::Int64, true, "Positions of the set"),
        field::described("closed", DataType::Boolean, true, "Whether the last position repeats the first"),
        dataset.batch.schema().field(place).clone(),
    ];
    let line = Geometry::LineString(positions);
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from(vec![0])),
        Arc::new(Int64Array::from(vec![count])),
        Arc::new(BooleanArray::from(vec![closed])),
        geometry_array(std::iter::once(Some(&line))),
    ];
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(|e| e.to_string())?;
    Ok(Dataset { kind: DatasetKind::Lines, batch, ..dataset })
}

/// A geometry as lines or polygons.
fn as_shape(geometry: Geometry, shape: Shape, row: usize) -> Result<Geometry, String> {
    let number = row + 1;
    match (shape, geometry) {
        (Shape::Lines, Geometry::Polygon(mut rings)) if rings.len() == 1 => {
            Ok(Geometry::LineString(rings.pop().unwrap_or_default()))
        }
        (Shape::Lines, Geometry::Polygon(rings)) => Ok(Geometry::MultiLineString(rings)),
        (Shape::Lines, Geometry::MultiPolygon(polygons)) => {
            Ok(Geometry::MultiLineString(polygons.into_iter().flatten().collect()))
        }
        (Shape::Polygons, Geometry::LineString(line)) if is_ring(&line) => Ok(Geometry::Polygon(vec![line])),
        (Shape::Polygons, Geometry::MultiLineString(lines)) if lines.iter().all(|l| is_ring(l)) => {
            Ok(Geometry::MultiPolygon(lines.into_iter().map(|l| vec![l]).collect()))
        }
        (_, geometry) => match (shape, geometry.family()) {
            (Shape::Lines, Some(Family::Lines)) | (Shape::Polygons, Some(Family::Polygons)) | (_, None) => Ok(geometry),
            (Shape::Polygons, Some(Family::Lines)) => Err(format!(
                "feature {number} does not close: its last position is not its first; close it, or import lines: --kind lines"
            )),
            (_, found) => {
                Err(format!("feature {number} is made of {found:?}, not of {}; leave --kind out", shape.schema()))
            }
        },
    }
}
