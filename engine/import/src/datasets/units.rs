//! Datasets in the project's unit, with what is stated of their coordinates.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, RecordBatch};
use arrow::datatypes::{DataType, Field, Float64Type, Schema};
use outcrop_connectors::dataset::{Dataset, DatasetKind};
use outcrop_connectors::geometry::{
    EXTENSION_METADATA, EXTENSION_NAME, GEOARROW_WKB, StatedCrs, Z_UNIT, decode, geometry_array, geometry_field,
    is_geographic, stated_crs,
};
use outcrop_types::identity::column_name;
use outcrop_types::unit::Conversion;
use outcrop_types::{Dimension, Issue, Unit, field};

use crate::FileOutcome;
use crate::context::Context;
use crate::tables::no_crs;

/// How a coordinate is brought to the project's unit, and the unit it has then.
#[derive(Debug, Clone)]
struct Axis {
    conversion: Conversion,
    unit: Option<String>,
}

/// The three coordinates, and the coordinate reference system of the first two.
struct Coordinates {
    x: Axis,
    y: Axis,
    z: Axis,
    /// Longitude and latitude in degrees.
    degrees: bool,
    crs: Option<String>,
}

/// The rows as they are stored: lengths in the project's unit, columns named as columns are, system and unit of coordinates in
/// the metadata. What was converted or taken for granted is noted.
///
/// # Errors
/// The message for a file that states what cannot be.
pub(super) fn rows(dataset: Dataset, context: &Context, outcome: &mut FileOutcome) -> Result<RecordBatch, String> {
    let Dataset { kind, batch, issues, .. } = dataset;
    let mut notes = Vec::new();
    let coordinates = coordinates(&batch, kind, context, &mut notes)?;
    let known = coordinates.crs.is_some();
    // What the reader could not know may be known here; what is still unknown is told below.
    let read = issues.into_iter().filter(|i| i.code != "z-unknown" && !(known && i.code == "crs-unknown"));
    outcome.note(None, read.chain(notes));
    let schema = batch.schema();
    let mut fields: Vec<Field> = Vec::with_capacity(schema.fields().len());
    let mut columns: Vec<ArrayRef> = Vec::with_capacity(schema.fields().len());
    let reserved = |name: &str| matches!(name, "i" | "j" | "x" | "y" | "z" | "lon" | "lat" | "geometry");
    let mut taken: Vec<String> = schema.fields().iter().map(|f| f.name().clone()).filter(|n| reserved(n)).collect();
    for (given, column) in schema.fields().iter().zip(batch.columns()) {
        let (of, column) = match given.name().as_str() {
            "geometry" if is_wkb(given) => geometry(given, column, &coordinates)?,
            name if reserved(name) => coordinate(given, column, &coordinates, context)?,
            _ => (renamed(given, &mut taken), Arc::clone(column)),
        };
        fields.push(of);
        columns.push(column);
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(|e| format!("the rows give no table: {e}"))
}

fn is_wkb(of: &Field) -> bool {
    of.metadata().get(EXTENSION_NAME).is_some_and(|n| n == GEOARROW_WKB)
}

/// A column of the file under a name that SQL takes without quotes; its own is kept.
fn renamed(given: &Field, taken: &mut Vec<String>) -> Field {
    let base = column_name(given.name());
    let mut name = base.clone();
    let mut number = 2;
    while taken.contains(&name) {
        name = format!("{base}_{number}");
        number += 1;
    }
    taken.push(name.clone());
    let own = given.metadata().get(field::ORIGINAL_NAME).cloned().unwrap_or_else(|| given.name().clone());
    let made = given.clone().with_name(&name);
    if own == name { made } else { field::with(made, field::ORIGINAL_NAME, &own) }
}

/// What is known of the coordinates: stated in the import, else by the file, else by the project.
fn coordinates(
    batch: &RecordBatch,
    kind: DatasetKind,
    context: &Context,
    notes: &mut Vec<Issue>,
) -> Result<Coordinates, String> {
    let schema = batch.schema();
    let of = |name: &str| schema.field_with_name(name).ok();
    // Lines have no columns of coordinates: what is known of theirs is with the geometry.
    let wkb = schema.fields().iter().find(|f| is_wkb(f));
    let of_file = |name: &str| match of(name) {
        Some(column) => field::unit(column),
        None if name == "z" => wkb.and_then(|f| f.metadata().get(Z_UNIT)).map(String::as_str),
        None => wkb.and_then(|f| field::unit(f)),
    };
    let degrees = of("lon").is_some();
    let mut crs = system(&schema, context, degrees, notes);
    let degrees =
        degrees || crs.as_deref().is_some_and(|c| matches!(stated_crs(c), StatedCrs::Code(crs) if is_geographic(&crs)));
    if crs.is_none() {
        notes.push(no_crs());
    }
    let project = context.length;
    // x and y that state no unit are in that of the axes of their system, where it is known.
    let own = crs.as_deref().is_some_and(|c| context.plane.crs.is_some_and(|own| own.as_str() == c));
    let of_axes = (own && context.plane.is_known()).then(|| context.plane.unit().symbol());
    let mut axis = |name: &str| -> Result<Axis, String> {
        let horizontal = name != "z";
        if horizontal && degrees {
            return Ok(Axis { conversion: Conversion::IDENTITY, unit: Some("deg".to_owned()) });
        }
        let stated = context.options.unit_of(&[name]).or_else(|| of_file(name));
        let stated = stated.or(of_axes.filter(|_| horizontal));
        let Some(text) = stated else {
            let unit = horizontal.then(|| project.symbol().to_owned());
            return Ok(Axis { conversion: Conversion::IDENTITY, unit });
        };
        match Unit::parse(text) {
            Some(unit) if unit.dimension() == Dimension::Length => {
                let conversion = unit.conversion(project.unit()).map_err(|e| e.to_string())?;
                if !conversion.is_identity() {
                    let text = format!("{name} is converted from {unit} to the project's {project}");
                    notes.push(Issue::info("unit-converted", text).about(name));
                }
                Ok(Axis { conversion, unit: Some(project.symbol().to_owned()) })
            }
            _ if horizontal => Err(format!(
                "{name} is stated to be in `{text}`, which is not a unit of length; state it: --unit {name}=m"
            )),
            // Times and properties keep their unit.
            known => Ok(Axis {
                conversion: Conversion::IDENTITY,
                unit: Some(known.map_or_else(|| text.to_owned(), |u| u.symbol().to_owned())),
            }),
        }
    };
    let (x, y, z) = (axis("x")?, axis("y")?, axis("z")?);
    let plain = |name: &str| context.options.unit_of(&[name]).is_none() && of_file(name).is_none() && !degrees;
    if of_axes.is_none() && (plain("x") || plain("y")) {
        let text = format!(
            "no unit stated for x and y; taken as the project's unit, {project}. If it is another: --unit x=ft --unit y=ft"
        );
        notes.push(Issue::warning("unit-assumed", text));
    }
    if kind == DatasetKind::Surface {
        surface(&z, context, notes)?;
    } else if of("z").is_some() && z.unit.is_none() {
        let text = "no unit stated for z; it stays unknown. State it: --unit z=m";
        notes.push(Issue::warning("unit-unknown", text).about("z"));
    }
    let converted = !(x.conversion.is_identity() && y.conversion.is_identity());
    if let Some(crs) = crs.take_if(|crs| !degrees && !context.plane.keeps(crs, converted)) {
        notes.push(context.plane.dropped(&crs));
    }
    Ok(Coordinates { x, y, z, degrees, crs })
}

/// What there is to say of z of a surface.
fn surface(z: &Axis, context: &Context, notes: &mut Vec<Issue>) -> Result<(), String> {
    match (context.options.z_kind, &z.unit) {
        (None, _) => {
            let text = "nobody stated what z is, so it stays unknown. State it: --z-kind depth, or elevation, time, thickness, property";
            notes.push(Issue::warning("z-kind-unknown", text).about("z"));
        }
        (Some(kind), Some(unit)) if Unit::parse(unit).is_some_and(|u| !kind.takes(u.dimension())) => {
            return Err(format!("the file states that z is in {unit}, which is not a unit of {kind}; check --z-kind"));
        }
        _ => {}
    }
    if z.unit.is_none() {
        let text = "no unit stated for z, so it stays unknown and nothing is converted. State it: --z-unit m";
        notes.push(Issue::warning("unit-unknown", text).about("z"));
    }
    Ok(())
}

/// The coordinate reference system: that of the file, else the stated or the project's.
fn system(schema: &Schema, context: &Context, degrees: bool, notes: &mut Vec<Issue>) -> Option<String> {
    let of_geometry = schema.fields().iter().filter(|f| is_wkb(f)).find_map(|f| {
        let stated: serde_json::Value = serde_json::from_str(f.metadata().get(EXTENSION_METADATA)?).ok()?;
        stated.get("crs")?.as_str().map(str::to_owned)
    });
    let file = of_geometry.or_else(|| schema.fields().iter().find_map(|f| f.metadata().get(field::CRS).cloned()));
    let other = context.crs.map(|c| c.as_str().to_owned());
    match (file, other) {
        (Some(file), Some(other)) if file != other => {
            let text = format!(
                "the file states {file}, and {other} is the system of the import or project; the coordinates stay in {file}, \
                 nothing is transformed"
            );
            notes.push(Issue::warning("crs-differs", text));
            Some(file)
        }
        (Some(file), _) => Some(file),
        // Degrees without a system may be of any datum.
        (None, other) => other.filter(|_| !degrees),
    }
}

/// A coordinate or the number of a node.
fn coordinate(
    given: &Field,
    column: &ArrayRef,
    of: &Coordinates,
    context: &Context,
) -> Result<(Field, ArrayRef), String> {
    let (mut made, mut column) = (given.clone(), Arc::clone(column));
    if let Some(grid) = field::grid(given) {
        let grid = grid.scaled(of.x.conversion.factor, of.y.conversion.factor).ok_or_else(|| {
            "x and y are stated in different units, in which a grid is none; state one: --unit x=m --unit y=m"
                .to_owned()
        })?;
        made = field::with(made, field::GRID, &grid.to_string());
    }
    let axis = match given.name().as_str() {
        "x" | "lon" => &of.x,
        "y" | "lat" => &of.y,
        "z" => &of.z,
        _ => return Ok((made, column)),
    };
    if let Some(values) = column.as_primitive_opt::<Float64Type>().filter(|_| !axis.conversion.is_identity()) {
        let converted: Float64Array = values.unary(|v| axis.conversion.convert(v));
        if let Some(own) = field::unit(given) {
            made = field::with(made, field::ORIGINAL_UNIT, own);
        }
        column = Arc::new(converted);
    }
    made = field::with_unit(made, axis.unit.as_deref().unwrap_or_default());
    if given.name() == "z" {
        let kind = context.options.z_kind.filter(|_| field::grid(given).is_some());
        made = field::with(made, field::Z_KIND, kind.map_or("", |k| k.as_str()));
    } else if !of.degrees {
        // What the file states may not hold any more.
        let mut metadata = made.metadata().clone();
        metadata.remove(field::CRS);
        made = field::with(made.with_metadata(metadata), field::CRS, of.crs.as_deref().unwrap_or_default());
    }
    Ok((made, column))
}

/// The geometries, converted where their coordinates are.
fn geometry(given: &Field, column: &ArrayRef, of: &Coordinates) -> Result<(Field, ArrayRef), String> {
    let description = field::description(given).unwrap_or_default();
    let mut made = geometry_field(of.crs.as_deref(), description);
    made = field::with_unit(made, of.x.unit.as_deref().unwrap_or_default());
    if given.metadata().contains_key(Z_UNIT) {
        made = field::with(made, Z_UNIT, of.z.unit.as_deref().unwrap_or_default());
    }
    if [&of.x, &of.y, &of.z].iter().all(|a| a.conversion.is_identity()) {
        return Ok((made, Arc::clone(column)));
    }
    let wkb = column.as_binary_opt::<i32>().ok_or("the column of geometries is not binary")?;
    let mut geometries = Vec::with_capacity(wkb.len());
    for bytes in wkb {
        let mut geometry = bytes.map(decode).transpose().map_err(|e| format!("a geometry is not read: {e}"))?;
        if let Some(geometry) = &mut geometry {
            geometry.change(&mut |p| {
                (p.x, p.y) = (of.x.conversion.convert(p.x), of.y.conversion.convert(p.y));
                p.z = p.z.map(|z| of.z.conversion.convert(z));
            });
        }
        geometries.push(geometry);
    }
    made = made.with_data_type(DataType::Binary);
    Ok((made, geometry_array(geometries.iter().map(Option::as_ref))))
}
