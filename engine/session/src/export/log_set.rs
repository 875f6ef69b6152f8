//! A log set put together from `curves`, `logs` and `outcrop.other_curve_values`.

use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap, HashSet};

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::Float64Type;
use outcrop_connectors::las::{CurveData, CurveHeader, WriteCurve, WriteSet};
use outcrop_types::Unit;
use outcrop_types::identity::column_name;
use outcrop_types::tables::TableName;
use outcrop_types::unit::Conversion;

use super::{collect, header, number, quoted, text};
use crate::error::SessionError;
use crate::session::Session;

/// A value and the index it stands at.
type Pairs<T> = Vec<(f64, T)>;

/// A row of `curves`.
struct Known {
    name: String,
    standard: Option<String>,
    unit: Option<String>,
    original_unit: Option<String>,
    stored_in_logs: bool,
    description: Option<String>,
    /// Checksum of the file it came from.
    file: Option<String>,
}

/// What the curves of a log set have in common.
#[derive(Default)]
struct Axis {
    kind: String,
    unit: Option<String>,
    step: Option<f64>,
}

/// The values of a curve.
enum Values {
    Numbers(Pairs<f64>),
    Text(Pairs<String>),
}

/// A log set as it is written. Values are in the units of the project and are written in those of the file they came from.
pub(super) async fn read(session: &Session, well: &str, log_set: &str) -> Result<WriteSet, SessionError> {
    let condition = format!("well = {} AND log_set = {}", quoted(well), quoted(log_set));
    let header = header::read(session, well, log_set).await?;
    let (known, axis) = curves(session, &condition).await?;
    let assumed = assumed(session, well, &known).await?;
    let mut values = other_values(session, &condition).await?;
    let (rows, subsea) = logs(session, &condition, &known, &mut values).await?;
    let index = common_index(&values, &rows);
    let mut written = vec![index_curve(&index, &axis, subsea, header.index.as_ref(), &mut values)];
    let place = |k: &Known| header.curves.iter().position(|c| c.name == k.name).unwrap_or(usize::MAX);
    let mut ordered: Vec<&Known> = known.iter().collect();
    ordered.sort_by_key(|k| place(k));
    if let Some(index) = written.first_mut() {
        index.decimals = header.decimals.get("").copied().unwrap_or(0);
    }
    for curve in ordered {
        // A text index is a curve as well, which stands first already.
        if written.first().is_some_and(|c| matches!(c.data, CurveData::Text(_)))
            && header.index.as_ref().is_some_and(|i| i.mnemonic == curve.name)
        {
            continue;
        }
        let data = match values.remove(&curve.name) {
            Some(Values::Numbers(pairs)) => CurveData::Numeric(align(&index, pairs, f64::NAN)),
            Some(Values::Text(pairs)) => {
                CurveData::Text(align(&index, pairs.into_iter().map(|(d, t)| (d, Some(t))).collect(), None))
            }
            None => CurveData::Numeric(vec![f64::NAN; index.len()]),
        };
        let told = header.curves.iter().find(|c| c.name == curve.name).cloned();
        let mut of_file = told.unwrap_or_else(|| CurveHeader {
            mnemonic: curve.name.clone(),
            name: curve.name.clone(),
            description: curve.description.clone().unwrap_or_default(),
            ..CurveHeader::default()
        });
        let (unit, conversion) = written_unit(curve.original_unit.as_deref(), curve.unit.as_deref());
        // A unit that was taken for granted is not one that the file states.
        of_file.unit = if assumed.contains(&curve.name) { None } else { unit };
        let decimals = header.decimals.get(&curve.name).copied().unwrap_or(0);
        written.push(WriteCurve { header: of_file, data, decimals, conversion });
    }
    let null = header.well.iter().find(|i| i.mnemonic.eq_ignore_ascii_case("NULL"));
    Ok(WriteSet {
        null: null.and_then(|i| i.value.trim().parse().ok()),
        step: axis.step,
        well: header.well,
        parameters: header.parameters,
        other: header.other,
        curves: written,
        sections: Vec::new(),
        version: None,
    })
}

/// The unit to write, and the conversion from it to the one values are in: the file's, unless it is none or unknown.
fn written_unit(original: Option<&str>, now: Option<&str>) -> (Option<String>, Conversion) {
    let own = (now.map(str::to_owned), Conversion::IDENTITY);
    let (Some(original), Some(now)) = (original, now) else { return own };
    if original == now {
        return own;
    }
    match (Unit::parse(original), Unit::parse(now)) {
        (Some(from), Some(to)) => match from.conversion(to) {
            Ok(conversion) => (Some(original.to_owned()), conversion),
            Err(_) => own,
        },
        _ => own,
    }
}

/// The curves without a unit in their file whose unit the import took for granted. One that was stated to the import is none of
/// them: its unit is known.
async fn assumed(session: &Session, well: &str, known: &[Known]) -> Result<HashSet<String>, SessionError> {
    let without = known.iter().filter(|c| c.original_unit.is_none() && c.unit.is_some());
    let files: BTreeSet<&String> = without.filter_map(|c| c.file.as_ref()).collect();
    let mut found = HashSet::new();
    if files.is_empty() || !has(session, &TableName::outcrop("import_issues")).await? {
        return Ok(found);
    }
    for file in files {
        // What the newest import of the file noticed: an earlier one may have been told less.
        let sql = format!(
            "SELECT i.curve FROM outcrop.import_issues i JOIN outcrop.imports f ON i.\"commit\" = f.\"commit\" AND i.file = f.file \
             WHERE f.sha256 = {sha256} AND i.code = 'unit-assumed' AND i.well = {} AND f.\"commit\" = (SELECT max(\"commit\") \
             FROM outcrop.imports WHERE sha256 = {sha256} AND status = 'imported')",
            quoted(well),
            sha256 = quoted(file)
        );
        for batch in collect(session, &sql).await? {
            found.extend((0..batch.num_rows()).filter_map(|row| text(&batch, "curve", row)));
        }
    }
    found.retain(|name| known.iter().any(|c| c.name == *name && c.original_unit.is_none()));
    Ok(found)
}

async fn curves(session: &Session, condition: &str) -> Result<(Vec<Known>, Axis), SessionError> {
    let mut known = Vec::new();
    let mut axis = Axis::default();
    for batch in collect(session, &format!("SELECT * FROM curves WHERE {condition}")).await? {
        for row in 0..batch.num_rows() {
            let get = |column: &str| text(&batch, column, row);
            let Some(name) = get("mnemonic") else { continue };
            if let Some(kind) = get("index_type") {
                axis = Axis { kind, unit: get("index_unit"), step: number(&batch, "step", row) };
            }
            known.push(Known {
                name,
                standard: get("standard"),
                unit: get("unit"),
                original_unit: get("original_unit"),
                stored_in_logs: get("stored_in").as_deref() == Some("logs"),
                description: get("description"),
                file: get("file"),
            });
        }
    }
    Ok((known, axis))
}

async fn has(session: &Session, table: &TableName) -> Result<bool, SessionError> {
    Ok(match session.project() {
        Some(project) => project.snapshot().await?.has_table(table),
        None => false,
    })
}

/// The curves that are not columns of `logs`, in the order of their index.
async fn other_values(session: &Session, condition: &str) -> Result<HashMap<String, Values>, SessionError> {
    let mut values: HashMap<String, Values> = HashMap::new();
    if !has(session, &TableName::outcrop("other_curve_values")).await? {
        return Ok(values);
    }
    let sql = format!("SELECT curve, \"index\", value, text FROM outcrop.other_curve_values WHERE {condition}");
    for batch in collect(session, &sql).await? {
        for row in 0..batch.num_rows() {
            let Some(curve) = text(&batch, "curve", row) else { continue };
            let index = number(&batch, "index", row).unwrap_or(f64::NAN);
            let (value, words) = (number(&batch, "value", row), text(&batch, "text", row));
            match (values.get_mut(&curve), value, words) {
                (Some(Values::Numbers(pairs)), Some(value), _) => pairs.push((index, value)),
                (Some(Values::Text(pairs)), _, Some(words)) => pairs.push((index, words)),
                (None, Some(value), _) => _ = values.insert(curve, Values::Numbers(vec![(index, value)])),
                (None, None, Some(words)) => _ = values.insert(curve, Values::Text(vec![(index, words)])),
                _ => {}
            }
        }
    }
    for curve in values.values_mut() {
        match curve {
            Values::Numbers(pairs) => pairs.sort_by(|a, b| compare(a.0, b.0)),
            Values::Text(pairs) => pairs.sort_by(|a, b| compare(a.0, b.0)),
        }
    }
    Ok(values)
}

/// The rows of `logs`: the index of each is returned, and whether it counts from sea level; the columns join the other
/// curves.
async fn logs(
    session: &Session,
    condition: &str,
    known: &[Known],
    values: &mut HashMap<String, Values>,
) -> Result<(Vec<f64>, bool), SessionError> {
    if !has(session, &TableName::public("logs")).await? {
        return Ok((Vec::new(), false));
    }
    let batches = collect(session, &format!("SELECT * FROM outcrop.stored_logs WHERE {condition}")).await?;
    let column = |batch: &RecordBatch, name: &str| -> Vec<Option<f64>> {
        let column = batch.column_by_name(name).and_then(|c| c.as_primitive_opt::<Float64Type>());
        column.map_or_else(|| vec![None; batch.num_rows()], |c| c.iter().collect())
    };
    let mut index: Vec<f64> = Vec::new();
    let mut subsea = false;
    for batch in &batches {
        let (md, tvd, tvdss) = (column(batch, "md"), column(batch, "tvd"), column(batch, "tvdss"));
        let unstated = md.iter().zip(&tvd).all(|(m, t)| m.is_none() && t.is_none());
        subsea |= unstated && tvdss.iter().any(Option::is_some);
        index.extend(md.iter().zip(tvd).zip(tvdss).map(|((m, t), s)| m.or(t).or(s).unwrap_or(f64::NAN)));
    }
    let mut order: Vec<usize> = (0..index.len()).collect();
    let at = |i: &usize| index.get(*i).copied().unwrap_or(f64::NAN);
    order.sort_by(|a, b| compare(at(a), at(b)));
    for curve in known.iter().filter(|c| c.stored_in_logs) {
        let Some(standard) = &curve.standard else { continue };
        let name = column_name(standard);
        let all: Vec<Option<f64>> = batches.iter().flat_map(|b| column(b, &name)).collect();
        // Rows without a value are kept, so that they stay rows of their own where depths repeat.
        let pairs = order.iter().map(|i| (at(i), all.get(*i).copied().flatten().unwrap_or(f64::NAN)));
        values.insert(curve.name.clone(), Values::Numbers(pairs.collect()));
    }
    Ok((order.iter().map(at).collect(), subsea))
}

/// Numbers in order, nulls last.
fn compare(a: f64, b: f64) -> Ordering {
    a.is_nan().cmp(&b.is_nan()).then(a.partial_cmp(&b).unwrap_or(Ordering::Equal))
}

/// Every index value as often as the curve that has it most often.
fn common_index(values: &HashMap<String, Values>, rows: &[f64]) -> Vec<f64> {
    let mut index = rows.to_vec();
    for curve in values.values() {
        let own: Vec<f64> = match curve {
            Values::Numbers(pairs) => pairs.iter().map(|p| p.0).collect(),
            Values::Text(pairs) => pairs.iter().map(|p| p.0).collect(),
        };
        if own.iter().zip(&index).any(|(a, b)| compare(*a, *b) != Ordering::Equal) || own.len() != index.len() {
            index = merged(&index, &own);
        }
    }
    index
}

/// Both lists in one; a value in both is there once for each pair.
fn merged(a: &[f64], b: &[f64]) -> Vec<f64> {
    let (mut a, mut b) = (a.iter().copied().peekable(), b.iter().copied().peekable());
    let mut all = Vec::new();
    loop {
        let order = match (a.peek(), b.peek()) {
            (Some(x), Some(y)) => compare(*x, *y),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return all,
        };
        let next = if order == Ordering::Greater { b.next() } else { a.next() };
        if order == Ordering::Equal {
            b.next();
        }
        all.extend(next);
    }
}

/// Values at the rows of the index, which holds every one of theirs.
fn align<T: Clone>(index: &[f64], pairs: Pairs<T>, absent: T) -> Vec<T> {
    let mut column = Vec::with_capacity(index.len());
    let mut pairs = pairs.into_iter().peekable();
    for at in index {
        let next = pairs.next_if(|(d, _)| compare(*d, *at) == Ordering::Equal);
        column.push(next.map_or_else(|| absent.clone(), |(_, value)| value));
    }
    column
}

/// The index: as the file names it, in its unit.
fn index_curve(
    index: &[f64],
    axis: &Axis,
    subsea: bool,
    told: Option<&CurveHeader>,
    values: &mut HashMap<String, Values>,
) -> WriteCurve {
    let mnemonic = match axis.kind.as_str() {
        "tvd" if subsea => "TVDSS",
        "md" => "DEPT",
        "tvd" => "TVD",
        "time" => "TIME",
        _ => "INDEX",
    };
    let mut header =
        told.cloned().unwrap_or_else(|| CurveHeader { mnemonic: mnemonic.to_owned(), ..CurveHeader::default() });
    let depth = matches!(axis.kind.as_str(), "md" | "tvd");
    if !depth
        && let Some(told) = told
        && let Some(Values::Text(_)) = values.get(&told.mnemonic)
        && let Some(Values::Text(pairs)) = values.remove(&told.mnemonic)
    {
        let data = CurveData::Text(align(index, pairs.into_iter().map(|(d, t)| (d, Some(t))).collect(), None));
        return WriteCurve { header, data, decimals: 0, conversion: Conversion::IDENTITY };
    }
    let original = header.unit.clone();
    let (unit, conversion) = written_unit(original.as_deref(), axis.unit.as_deref());
    header.unit = unit.or(original);
    WriteCurve { header, data: CurveData::Numeric(index.to_vec()), decimals: 0, conversion }
}

/// The step of depths in order; none where it is irregular.
pub(super) fn regular_step(index: &[f64]) -> Option<f64> {
    let (first, last) = (*index.first()?, *index.last()?);
    let steps = index.len().checked_sub(1).filter(|n| *n > 0)? as f64;
    let mean = (last - first) / steps;
    // As many digits as leave every depth where it is.
    let step = (0..=12)
        .map(|d| 10f64.powi(d))
        .map(|scale| (mean * scale).round() / scale)
        .find(|step| (first + step * steps - last).abs() <= 1e-9 * last.abs().max(1.0))?;
    let near = |(i, v): (usize, &f64)| (first + step * i as f64 - v).abs() <= 0.01 * step.abs();
    (step != 0.0 && index.iter().enumerate().all(near)).then_some(step)
}
