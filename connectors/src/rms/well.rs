//! Wells and blocked wells of RMS (`.w`, `.rmswell`, `.bw`): logs along a path of x, y and z.
//!
//! ```text
//! 1.0                                     version
//! DISPOSAL - DRILLED                      type of the well
//! OP_1 461809.59 5932990.36 0.0000        name, x, y of the well head and elevation of its datum
//! 2                                       number of logs
//! Poro UNK lin                            name, unit, scale
//! Facies DISC 0 Background 1 Channel      name, DISC, codes and what they stand for
//! 461809.59 5932990.36 0.0 0.21 -999      x, y, z (below mean sea level) and the logs
//! ```
//!
//! They are read as well logs ([`LasFile`]), with x and y as curves `X_UTME` and `Y_UTMN`. The index is measured depth where
//! the file has a log of it (`MDepth`), else z where it never falls along the path, else the place of the row: a path that goes
//! up again has no other order. The format states no units.

use outcrop_types::{Issue, Unit};

use super::number;
use crate::las::{
    Curve, CurveData, CurveHeader, Delimiter, HeaderItem, IndexType, LasError, LasFile, LasHeader, NumberFormat,
    ReadOptions, Version, name_curves,
};

/// What stands for no reading.
const UNDEFINED: f64 = -999.0;

/// Whether the bytes begin as a well of RMS.
pub fn recognise(prefix: &[u8]) -> bool {
    let text = String::from_utf8_lossy(prefix.get(..prefix.len().min(4096)).unwrap_or_default());
    // A header longer than this is cut within its logs, which are not looked at here.
    let mut lines = text.lines().map(str::trim);
    let (Some(version), Some(kind), Some(head), Some(count)) = (lines.next(), lines.next(), lines.next(), lines.next())
    else {
        return false;
    };
    let begun = number(version).is_some() && !version.contains(char::is_whitespace);
    begun && kind.chars().any(char::is_alphabetic) && place(head).is_some() && count.parse::<u16>().is_ok()
}

/// The name, x, y and, where it is stated, the elevation of the datum.
fn place(line: &str) -> Option<(String, [f64; 2], Option<f64>)> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let numbers = fields.iter().rev().take(3).take_while(|f| number(f).is_some()).count();
    // A name there must be, were it a number.
    let numbers = numbers.min(fields.len().checked_sub(1)?);
    let (name, values) = fields.split_at_checked(fields.len() - numbers)?;
    let values: Vec<f64> = values.iter().filter_map(|f| number(f)).collect();
    match values[..] {
        [x, y] => Some((name.join(" "), [x, y], None)),
        [x, y, elevation] => Some((name.join(" "), [x, y], Some(elevation))),
        _ => None,
    }
}

fn wrong(line: u64, message: impl Into<String>) -> LasError {
    LasError::RmsWell { line, message: message.into() }
}

/// A log as its line defines it.
struct Log {
    name: String,
    unit: Option<String>,
    description: String,
    line: u64,
}

impl Log {
    fn of(text: &str, line: u64) -> Result<Self, LasError> {
        let mut fields = text.split_whitespace();
        let name =
            fields.next().ok_or_else(|| wrong(line, "expected a log, `NAME UNIT SCALE`, found an empty line"))?;
        let kind = fields.next().unwrap_or_default();
        let rest: Vec<&str> = fields.collect();
        let (unit, description) = if kind.eq_ignore_ascii_case("DISC") {
            let codes: Vec<String> = rest.chunks(2).map(|pair| pair.join(" ")).collect();
            (None, codes.join(", "))
        } else {
            // `UNK`, `unit1` and `param` are what RMS writes where there is no unit.
            (Unit::parse(kind).map(|u| u.symbol().to_owned()), String::new())
        };
        Ok(Log { name: name.to_owned(), unit, description, line })
    }
}

/// What stands above the rows.
struct Head<'t> {
    kind: &'t str,
    name: String,
    at: [f64; 2],
    elevation: Option<f64>,
    logs: Vec<Log>,
    /// The lines of the header.
    lines: usize,
}

fn head(text: &str) -> Result<Head<'_>, LasError> {
    let mut lines = (1u64..).zip(text.lines().map(str::trim));
    let mut last = 0;
    let mut next = |what: &str| {
        let found = lines.next();
        last = found.map_or(last, |(line, _)| line);
        found.ok_or_else(|| wrong(last, format!("the file ends within its header; expected {what}")))
    };
    next("a version")?;
    let (_, kind) = next("the type of the well")?;
    let (line, at) = next("name, x and y of the well")?;
    let (name, at, elevation) = place(at)
        .ok_or_else(|| wrong(line, format!("expected name, x, y and elevation of the datum, found `{at}`")))?;
    let (line, count) = next("the number of logs")?;
    let count: u16 = count.parse().map_err(|_| wrong(line, format!("expected the number of logs, found `{count}`")))?;
    let mut logs = Vec::new();
    for _ in 0..count {
        let (line, text) = next("a log")?;
        logs.push(Log::of(text, line)?);
    }
    let lines = 4 + logs.len();
    Ok(Head { kind, name, at, elevation, logs, lines })
}

/// The index, and what it counts.
fn index_header(kind: IndexType) -> CurveHeader {
    let (mnemonic, description) = match kind {
        IndexType::Md => ("MD", "Measured depth, as the file has it"),
        IndexType::Tvd => ("TVDSS", "True vertical depth below mean sea level"),
        IndexType::Time | IndexType::Other => ("ROW", "Place of the row in the file, counted from 0"),
    };
    CurveHeader { mnemonic: mnemonic.to_owned(), description: description.to_owned(), ..CurveHeader::default() }
}

fn curve_header(mnemonic: &str, description: &str) -> CurveHeader {
    CurveHeader { mnemonic: mnemonic.to_owned(), description: description.to_owned(), ..CurveHeader::default() }
}

fn header(head: &Head, text: &str, kind: IndexType, skip: Option<usize>) -> LasHeader {
    let item = |mnemonic: &str, value: String, description: &str, line| HeaderItem {
        mnemonic: mnemonic.to_owned(),
        value,
        description: description.to_owned(),
        line,
        ..HeaderItem::default()
    };
    let mut well = vec![
        item("WELL", head.name.clone(), "Well", 3),
        item("X", head.at[0].to_string(), "Easting of the well head", 3),
        item("Y", head.at[1].to_string(), "Northing of the well head", 3),
    ];
    if let Some(elevation) = head.elevation {
        well.push(item("EKB", elevation.to_string(), "Elevation of the kelly bushing", 3));
    }
    if !head.kind.is_empty() {
        well.push(item("TYPE", head.kind.to_owned(), "Type of the well", 2));
    }
    let mut curves = vec![index_header(kind)];
    curves.push(curve_header("X_UTME", "Easting along the path"));
    curves.push(curve_header("Y_UTMN", "Northing along the path"));
    if kind != IndexType::Tvd {
        curves.push(curve_header("Z_TVDSS", "True vertical depth below mean sea level along the path"));
    }
    for (place, log) in head.logs.iter().enumerate() {
        if Some(place) != skip {
            curves.push(CurveHeader {
                mnemonic: log.name.clone(),
                unit: log.unit.clone(),
                description: log.description.clone(),
                line: log.line,
                ..CurveHeader::default()
            });
        }
    }
    name_curves(&mut curves);
    LasHeader {
        version: Version::Unknown,
        version_text: String::new(),
        wrapped: false,
        delimiter: Delimiter::Space,
        encoding: "UTF-8",
        null: Some(UNDEFINED),
        well,
        parameters: Vec::new(),
        curves,
        other: String::new(),
        sections: Vec::new(),
        text: text.lines().take(head.lines).map(|l| format!("{l}\n")).collect(),
        index_type: kind,
        start: None,
        stop: None,
        step: None,
        complete: true,
        issues: Vec::new(),
    }
}

/// The place of the log of measured depth.
fn md_log(logs: &[Log]) -> Option<usize> {
    logs.iter().position(|l| ["mdepth", "md", "m_depth", "m_mdepth"].iter().any(|n| l.name.eq_ignore_ascii_case(n)))
}

/// Reads the header alone. What the index is can only be told by the rows: here it is measured depth where there is a log of it.
///
/// # Errors
/// [`LasError::RmsWell`] where the header is not that of a well of RMS, or is cut off.
pub fn read_header(bytes: &[u8]) -> Result<LasHeader, LasError> {
    let text = String::from_utf8_lossy(bytes);
    let head = head(&text)?;
    let md = md_log(&head.logs);
    Ok(header(&head, &text, if md.is_some() { IndexType::Md } else { IndexType::Tvd }, md))
}

/// Reads a well of RMS. `-999` in logs is null, and so is the null of the options.
///
/// # Errors
/// [`LasError::RmsWell`] with the line where the header or a row is not what it must be.
pub fn read(bytes: &[u8], options: &ReadOptions) -> Result<LasFile, LasError> {
    let text = String::from_utf8_lossy(bytes);
    let head = head(&text)?;
    let width = 3 + head.logs.len();
    let mut columns: Vec<Vec<f64>> = vec![Vec::new(); width];
    for (line, row) in (1u64..).zip(text.lines()).skip(head.lines) {
        let fields: Vec<&str> = row.split_ascii_whitespace().collect();
        if fields.is_empty() {
            continue;
        }
        if fields.len() != width {
            let message = format!("expected {width} values, x y z and {} logs, found {}", width - 3, fields.len());
            return Err(wrong(line, message));
        }
        for (place, (column, field)) in columns.iter_mut().zip(&fields).enumerate() {
            let value =
                number(field).ok_or_else(|| wrong(line, format!("value {} is `{field}`, not a number", place + 1)))?;
            let null = place >= 3 && (value == UNDEFINED || options.null == Some(value));
            column.push(if null { f64::NAN } else { value });
        }
    }
    let rows = columns.first().map_or(0, Vec::len);
    let mut issues = Vec::new();
    if rows == 0 {
        issues.push(Issue::error("no-data-rows", "the file has no rows, so no log has values"));
    }
    let rises = |values: &[f64]| {
        values.iter().all(|v| v.is_finite()) && values.windows(2).all(|w| matches!(w, [a, b] if a <= b))
    };
    let md = md_log(&head.logs);
    let md_rises = md.and_then(|m| columns.get(m + 3)).is_some_and(|v| rises(v));
    let (kind, skip) = match md {
        Some(place) if md_rises => (IndexType::Md, Some(place)),
        _ if columns.get(2).is_some_and(|z| rises(z)) => (IndexType::Tvd, None),
        _ => (IndexType::Other, None),
    };
    if md.is_some() && !md_rises {
        let message = "the log of measured depth has nulls or falls; it is not the index, and is kept as a curve";
        issues.push(Issue::warning("md-not-increasing", message));
    }
    match kind {
        IndexType::Tvd => issues.push(Issue::info(
            "index-tvdss",
            "the file has no log of measured depth; logs are by true vertical depth below mean sea level",
        )),
        IndexType::Other => issues.push(Issue::warning(
            "index-row",
            "the file has no log of measured depth and z falls along the path, so that depth gives no order; rows are counted. \
             Export the well with a log of measured depth",
        )),
        IndexType::Md | IndexType::Time => {}
    }
    let header = header(&head, &text, kind, skip);
    let mut columns = columns.into_iter();
    let (x, y, z) =
        (columns.next().unwrap_or_default(), columns.next().unwrap_or_default(), columns.next().unwrap_or_default());
    let mut logs: Vec<Vec<f64>> = columns.collect();
    let mut data = match (kind, skip) {
        (IndexType::Md, Some(place)) if place < logs.len() => vec![logs.remove(place), x, y, z],
        (IndexType::Tvd, _) => vec![z, x, y],
        _ => vec![(0..rows).map(|row| row as f64).collect(), x, y, z],
    };
    data.append(&mut logs);
    let curves = header
        .curves
        .iter()
        .zip(data)
        .map(|(of, values)| Curve {
            name: of.name.clone(),
            data: CurveData::Numeric(values),
            format: NumberFormat { decimals: 4, ..NumberFormat::default() },
        })
        .collect();
    Ok(LasFile { header, curves, rows, more: Vec::new(), issues })
}
