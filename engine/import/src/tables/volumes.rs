//! Amounts of production as columns: one unit a column, that of the file which brought the column first.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, StringArray};
use arrow::datatypes::{DataType, Field};
use outcrop_connectors::table::{Column, ProductionColumn, Role, Table};
use outcrop_types::field::{self, described};
use outcrop_types::unit::Conversion;
use outcrop_types::{Dimension, Issue, Unit, tables};

use super::production::Stored;

/// Units of columns by name; none for those whose unit nobody stated.
pub(crate) type Units = HashMap<String, Option<String>>;

/// A column to be stored.
pub(super) struct Amount {
    pub(super) field: Field,
    pub(super) values: ArrayRef,
    /// Its name in the file.
    pub(super) original: String,
}

/// A column of the file, in the unit of the project's column of its name where there is one.
///
/// # Errors
/// The message of a file whose values cannot stand in the column.
pub(super) fn column(
    table: &Table,
    of: &ProductionColumn,
    rows: &[usize],
    stored: &Stored,
    issues: &mut Vec<Issue>,
) -> Result<Amount, String> {
    let Some(data) = table.columns.get(of.column) else { return Err(format!("column {} is missing", of.name)) };
    if !data.data.is_number() {
        let values: StringArray = rows.iter().map(|row| data.data.text(*row)).collect();
        let field = made(of, data, DataType::Utf8, None, None);
        return Ok(Amount { field, values: Arc::new(values), original: data.name.clone() });
    }
    let there = stored.units.get(&of.name.to_lowercase());
    let conversion = conversion(of, data, there, issues)?;
    let values: Float64Array =
        rows.iter().map(|row| data.data.number(*row).map(|value| conversion.convert(value))).collect();
    let unit = there.cloned().unwrap_or_else(|| of.unit.clone());
    let original = of.unit.as_deref().filter(|own| unit.as_deref() != Some(*own));
    let field = made(of, data, DataType::Float64, unit.as_deref(), original);
    Ok(Amount { field, values: Arc::new(values), original: data.name.clone() })
}

/// How the values of a column are brought to the unit of the project's.
fn conversion(
    of: &ProductionColumn,
    data: &Column,
    there: Option<&Option<String>>,
    issues: &mut Vec<Issue>,
) -> Result<Conversion, String> {
    let Some(there) = there else { return Ok(Conversion::IDENTITY) };
    match (there.as_deref(), of.unit.as_deref()) {
        (None, None) => Ok(Conversion::IDENTITY),
        (Some(there), Some(own)) if there == own => Ok(Conversion::IDENTITY),
        (Some(there), Some(own)) => {
            let Some((from, to)) = Unit::parse(own).zip(Unit::parse(there)).filter(|(a, b)| alike(*a, *b)) else {
                return Err(format!(
                    "column {} is in {own}, and `{}` of `production` is in {there}; one does not convert to the other; if the \
                     unit is another, state it: --unit \"{}\"={there}",
                    data.name, of.name, data.name
                ));
            };
            issues.push(converted(from, to, 0).about(&data.name));
            from.conversion(to).map_err(|e| e.to_string())
        }
        (Some(there), None) => Err(format!(
            "no unit stated for {}, and `{}` of `production` is in {there}; state it: --unit \"{}\"={there}",
            data.name, of.name, data.name
        )),
        (None, Some(own)) if of.role == Role::Value => {
            let text = format!(
                "is in {own}; the unit of `{}` of `production` is unknown, so it stays unknown for these values too",
                of.name
            );
            issues.push(Issue::warning("unit-lost", text).about(&data.name));
            Ok(Conversion::IDENTITY)
        }
        (None, Some(own)) => Err(format!(
            "column {} is in {own}, and `{}` of `production` is of a file that stated no unit; the two do not go into one column. \
             Import that file into a new project with its unit (--unit \"{}\"={own}), then this one",
            data.name, of.name, of.name
        )),
    }
}

/// A column whose rows each state their unit. All are brought to that of the project's column, else to the first row's.
///
/// # Errors
/// The message of a file in which a row states no unit, or one that does not convert.
pub(super) fn of_rows(
    table: &Table,
    of: &ProductionColumn,
    units: &Column,
    rows: &[usize],
    stored: &Stored,
    issues: &mut Vec<Issue>,
) -> Result<Amount, String> {
    let Some(data) = table.columns.get(of.column) else { return Err(format!("column {} is missing", of.name)) };
    let stated = |row: usize| units.data.text(row).or_else(|| of.unit.clone());
    // The first row is that of the file: the rows come in another order here.
    let first = rows.iter().copied().filter(|row| data.data.number(*row).is_some()).min();
    let to: Option<Unit> = match stored.units.get(&of.name.to_lowercase()) {
        None => first.and_then(stated).as_deref().and_then(Unit::parse),
        Some(there) => Some(there.as_deref().and_then(Unit::parse).ok_or_else(|| {
            format!(
                "`{}` of `production` has no unit that is known ({}), so the volumes of this file, which state theirs, do not go \
                 into it; import them into another project",
                of.name,
                there.as_deref().unwrap_or("none stated")
            )
        })?),
    };
    let mut conversions: HashMap<String, (Unit, usize)> = HashMap::new();
    let mut values: Vec<Option<f64>> = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(value) = data.data.number(*row) else {
            values.push(None);
            continue;
        };
        let line = table.line(*row);
        let Some(text) = stated(*row) else {
            return Err(format!(
                "the volume in line {line} has no unit in column {}, as others have; state it there",
                units.name
            ));
        };
        let from = Unit::parse(&text).ok_or_else(|| {
            format!(
                "`{text}` of column {} (line {line}) is not a known unit of volume, such as m3, Sm3, bbl, Mscf",
                units.name
            )
        })?;
        let target = to.unwrap_or(from);
        if !alike(from, target) {
            return Err(format!(
                "column {} has volumes in {target} and in {from} (line {line}), which do not go into one column; split the file by \
                 column {}",
                data.name, units.name
            ));
        }
        let conversion = from.conversion(target).map_err(|e| e.to_string())?;
        conversions.entry(from.symbol().to_owned()).or_insert((from, 0)).1 += 1;
        values.push(Some(conversion.convert(value)));
    }
    let mut others: Vec<(Unit, usize)> = conversions.into_values().filter(|(from, _)| Some(*from) != to).collect();
    others.sort_by_key(|(from, _)| from.symbol());
    if let Some(to) = to {
        issues.extend(others.into_iter().map(|(from, count)| converted(from, to, count).about(&data.name)));
    }
    let field = made(of, data, DataType::Float64, to.map(Unit::symbol), None);
    Ok(Amount { field, values: Arc::new(Float64Array::from(values)), original: data.name.clone() })
}

fn made(
    of: &ProductionColumn,
    data: &Column,
    data_type: DataType,
    unit: Option<&str>,
    original: Option<&str>,
) -> Field {
    let description = tables::production_column(&of.name).unwrap_or_default();
    let field = field::with(described(&of.name, data_type, true, description), field::ORIGINAL_NAME, &data.name);
    let field = field::with_unit(field, unit.unwrap_or_default());
    field::with(field, field::ORIGINAL_UNIT, original.unwrap_or_default())
}

/// The note of a change of unit, of some rows or (none counted) of a whole column.
fn converted(from: Unit, to: Unit, rows: usize) -> Issue {
    let factor = from.conversion(to).map_or(f64::NAN, |c| c.factor);
    let what = if rows == 0 { "converted".to_owned() } else { format!("{rows} values converted") };
    let flows = matches!(from.dimension(), Dimension::Volume | Dimension::VolumeRate);
    let conditions = if flows { "; the conditions volumes are stated at are not changed" } else { "" };
    Issue::warning(
        "unit-converted",
        format!("{what} from {from} to {to}, the unit of the column so far, by {factor}{conditions}"),
    )
}

/// Whether one unit takes the place of the other: they convert, and are not barrels and cubic feet, of which one counts
/// liquids and the other gas.
fn alike(a: Unit, b: Unit) -> bool {
    let plain = |u: Unit| u.symbol().trim_end_matches("/d");
    let barrels = |u: Unit| matches!(plain(u), "bbl" | "Mbbl" | "MMbbl" | "STB" | "MSTB" | "MMSTB");
    let feet = |u: Unit| matches!(plain(u), "ft3" | "Mcf" | "MMcf" | "Bcf" | "scf" | "Mscf" | "MMscf" | "Bscf");
    a.dimension() == b.dimension() && !(barrels(a) && feet(b) || feet(a) && barrels(b))
}
