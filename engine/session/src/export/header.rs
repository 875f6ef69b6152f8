//! The header of a log set: as it was imported, or made from `wells`.

use std::collections::HashMap;

use arrow::array::{Array, AsArray};
use arrow::datatypes::Int64Type;
use outcrop_connectors::las::{CurveHeader, HeaderItem};
use outcrop_types::tables::TableName;

use super::{collect, number, quoted, text};
use crate::error::SessionError;
use crate::session::Session;

/// What a header says.
#[derive(Debug, Default)]
pub(super) struct Header {
    pub(super) well: Vec<HeaderItem>,
    pub(super) parameters: Vec<HeaderItem>,
    pub(super) other: String,
    /// The index, where the log set was imported.
    pub(super) index: Option<CurveHeader>,
    /// Digits behind the decimal point in the file, by names in `curves`; the index has no name.
    pub(super) decimals: HashMap<String, usize>,
    /// The curves in their order, by their names in `curves`.
    pub(super) curves: Vec<CurveHeader>,
}

/// The header of a log set; ~Well always names the well.
pub(super) async fn read(session: &Session, well: &str, log_set: &str) -> Result<Header, SessionError> {
    let mut header = imported(session, well, log_set).await?;
    let names_well = |i: &HeaderItem| {
        ["WELL", "UWI", "API"].iter().any(|n| i.mnemonic.eq_ignore_ascii_case(n)) && !i.value.trim().is_empty()
    };
    if header.well.is_empty() {
        header.well = of_well(session, well).await?;
    } else if !header.well.iter().any(names_well) {
        header.well.retain(|i| !i.mnemonic.eq_ignore_ascii_case("WELL"));
        header.well.push(item("WELL", None, well, "WELL"));
    }
    Ok(header)
}

async fn imported(session: &Session, well: &str, log_set: &str) -> Result<Header, SessionError> {
    let mut header = Header::default();
    let Some(project) = session.project() else { return Ok(header) };
    if !project.snapshot().await?.has_table(&TableName::outcrop("log_headers")) {
        return Ok(header);
    }
    let sql = format!(
        "SELECT * FROM outcrop.log_headers WHERE well = {} AND log_set = {} ORDER BY section, item",
        quoted(well),
        quoted(log_set)
    );
    for batch in collect(session, &sql).await? {
        for row in 0..batch.num_rows() {
            let get = |column: &str| text(&batch, column, row);
            let or_empty = |column: &str| get(column).unwrap_or_default();
            let item = HeaderItem {
                mnemonic: or_empty("mnemonic"),
                unit: get("unit"),
                value: or_empty("value"),
                description: or_empty("description"),
                format: get("format"),
                association: get("association"),
                line: 0,
            };
            match or_empty("section").as_str() {
                "well" => header.well.push(item),
                "parameter" => header.parameters.push(item),
                "other" => header.other = item.value,
                "curve" => {
                    let decimals = batch.column_by_name("decimals").and_then(|c| c.as_primitive_opt::<Int64Type>());
                    if let Some(d) =
                        decimals.filter(|d| d.is_valid(row)).and_then(|d| usize::try_from(d.value(row)).ok())
                    {
                        header.decimals.insert(or_empty("curve"), d);
                    }
                    let curve = CurveHeader {
                        mnemonic: item.mnemonic,
                        name: or_empty("curve"),
                        unit: item.unit,
                        description: item.description,
                        value: item.value,
                        format: item.format,
                        line: 0,
                    };
                    if get("curve").is_none() { header.index = Some(curve) } else { header.curves.push(curve) }
                }
                _ => {}
            }
        }
    }
    Ok(header)
}

/// ~Well from the table `wells`, for logs that no file was imported with.
pub(super) async fn of_well(session: &Session, well: &str) -> Result<Vec<HeaderItem>, SessionError> {
    let mut items = vec![item("WELL", None, well, "WELL")];
    let Some(project) = session.project() else { return Ok(items) };
    if !project.snapshot().await?.has_table(&TableName::public("wells")) {
        return Ok(items);
    }
    let unit = project.settings().length_unit.symbol();
    for batch in collect(session, &format!("SELECT * FROM wells WHERE well = {}", quoted(well))).await?.iter().take(1) {
        if batch.num_rows() == 0 {
            continue;
        }
        for (column, mnemonic, description) in
            [("uwi", "UWI", "UNIQUE WELL ID"), ("operator", "COMP", "COMPANY"), ("field", "FLD", "FIELD")]
        {
            items.extend(text(batch, column, 0).map(|value| item(mnemonic, None, &value, description)));
        }
        let datum = text(batch, "datum", 0);
        let elevation = datum.as_deref().filter(|d| *d != "MSL").map(|d| format!("E{d}"));
        items.extend(datum.as_deref().map(|d| item("LMF", None, d, "LOG MEASURED FROM")));
        for (column, mnemonic, unit, description) in [
            (
                "datum_elevation",
                elevation.as_deref().unwrap_or("EREF"),
                unit,
                "ELEVATION OF THE DATUM ABOVE MEAN SEA LEVEL",
            ),
            ("td", "TDD", unit, "TOTAL DEPTH"),
            ("x", "X", unit, "EASTING"),
            ("y", "Y", unit, "NORTHING"),
            ("lon", "LONG", "deg", "LONGITUDE"),
            ("lat", "LATI", "deg", "LATITUDE"),
        ] {
            items.extend(number(batch, column, 0).map(|v| item(mnemonic, Some(unit), &v.to_string(), description)));
        }
    }
    Ok(items)
}

fn item(mnemonic: &str, unit: Option<&str>, value: &str, description: &str) -> HeaderItem {
    HeaderItem {
        mnemonic: mnemonic.to_owned(),
        unit: unit.map(str::to_owned),
        value: value.to_owned(),
        description: description.to_owned(),
        ..HeaderItem::default()
    }
}
