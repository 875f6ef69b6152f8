//! Grid eXchange File (`.gxf`), Geosoft's text format in revision 3, as OpenWorks writes it too: `#KEY`, its value in the next line,
//! and behind `#GRID` the values.
//!
//! Read are uncompressed grids with the first point at the lower left, rows upwards (`#SENSE` 1, which is the default).

use outcrop_types::{GridGeometry, Unit};

use super::Surface;
use super::text::{Words, count, decode, number};
use crate::dataset::{Dataset, DatasetError};
use crate::format::{Format, Read};

/// Grid eXchange File.
pub const FORMAT: Format = Format {
    name: "gxf",
    title: "Grid eXchange Files, uncompressed",
    endings: &["gxf"],
    import: "surfaces.*",
    query: "'file', read_surface, inspect_surface",
    recognise,
    read: Read::Datasets(read),
};

/// Keys that only this format has.
fn recognise(prefix: &[u8]) -> bool {
    let text = decode(prefix);
    let mut keys = text.lines().map(str::trim).filter(|l| l.starts_with('#'));
    let first = keys.next().is_some_and(|l| KEYS.iter().any(|k| l.eq_ignore_ascii_case(k)));
    let other = text.lines().map(str::trim).find(|l| !l.is_empty() && !l.starts_with('!'));
    // Titles and comments of the format's own kind may stand before the first key.
    first && (other.is_some_and(|l| l.starts_with('#')) || keys.any(|l| l.eq_ignore_ascii_case("#POINTS")))
}

const KEYS: &[&str] = &[
    "#POINTS",
    "#ROWS",
    "#PTSEPARATION",
    "#RWSEPARATION",
    "#XORIGIN",
    "#YORIGIN",
    "#ROTATION",
    "#SENSE",
    "#DUMMY",
    "#GTYPE",
    "#TITLE",
    "#UNIT_LENGTH",
    "#TRANSFORM",
    "#MAP_PROJECTION",
    "#ZMAXIMUM",
    "#ZMINIMUM",
    "#GRID",
];

fn read(bytes: &[u8]) -> Result<Vec<Dataset>, DatasetError> {
    surface(bytes)?.into_dataset()
}

/// The header so far; what the format defaults is set.
struct Header {
    points: Option<usize>,
    rows: Option<usize>,
    separation: [Option<f64>; 2],
    origin: [Option<f64>; 2],
    rotation: f64,
    dummy: Option<f64>,
    transform: [f64; 2],
    title: Option<String>,
    unit: Option<String>,
}

/// Reads a surface.
///
/// # Errors
/// Where the header is not one, the grid is compressed or of another sense, a value is no number, or there are too few or too
/// many.
pub fn surface(bytes: &[u8]) -> Result<Surface, DatasetError> {
    let text = decode(bytes);
    let mut header = Header {
        points: None,
        rows: None,
        separation: [None; 2],
        origin: [None; 2],
        rotation: 0.0,
        dummy: None,
        transform: [1.0, 0.0],
        title: None,
        unit: None,
    };
    let mut rest = text.as_ref();
    let mut line = 0;
    let mut next = |rest: &mut &str| -> Option<(u64, String)> {
        if rest.is_empty() {
            return None;
        }
        let (content, behind) = rest.split_once('\n').unwrap_or((rest, ""));
        let content = content.trim().to_owned();
        *rest = behind;
        line += 1;
        Some((line, content))
    };
    let values_from = loop {
        let Some((at, key)) = next(&mut rest) else {
            return Err(DatasetError::new("there is no #GRID; the file is cut short"));
        };
        if key.eq_ignore_ascii_case("#GRID") {
            break at + 1;
        }
        if !key.starts_with('#') || key.starts_with("##") {
            continue;
        }
        let (at, value) = next(&mut rest).unwrap_or((at, String::new()));
        entry(&mut header, &key.to_ascii_uppercase(), value.trim_matches('"').trim(), at)?;
    };
    let missing = |what: &str| DatasetError::new(format!("the header has no {what}"));
    let columns = header.points.ok_or_else(|| missing("#POINTS"))?;
    let rows = header.rows.ok_or_else(|| missing("#ROWS"))?;
    let [dx, dy] = header.separation;
    let [x0, y0] = header.origin;
    let geometry = GridGeometry {
        columns,
        rows,
        // The format's own defaults are 0 and 1: a grid without a place is none.
        x0: x0.ok_or_else(|| missing("#XORIGIN"))?,
        y0: y0.ok_or_else(|| missing("#YORIGIN"))?,
        dx: dx.ok_or_else(|| missing("#PTSEPARATION"))?,
        dy: dy.ok_or_else(|| missing("#RWSEPARATION"))?,
        rotation: header.rotation,
        flipped: false,
    };
    let dummy = header.dummy;
    let mut values = Words::new(rest, values_from).values(columns, rows, |v| Some(v) == dummy)?;
    let [scale, offset] = header.transform;
    if scale != 1.0 || offset != 0.0 {
        values.iter_mut().for_each(|v| *v = *v * scale + offset);
    }
    let mut surface = Surface::new(geometry, values)?;
    surface.name = header.title;
    surface.xy_unit = header.unit;
    Ok(surface)
}

fn entry(header: &mut Header, key: &str, value: &str, line: u64) -> Result<(), DatasetError> {
    let wrong = || DatasetError::at_line(format!("{key} is `{value}`, expected a number"), line);
    let float = || number(value).ok_or_else(wrong);
    let nodes = || count(value).map(Some).ok_or_else(wrong);
    match key {
        "#POINTS" => header.points = nodes()?,
        "#ROWS" => header.rows = nodes()?,
        "#PTSEPARATION" => header.separation[0] = Some(float()?),
        "#RWSEPARATION" => header.separation[1] = Some(float()?),
        "#XORIGIN" => header.origin[0] = Some(float()?),
        "#YORIGIN" => header.origin[1] = Some(float()?),
        "#ROTATION" => header.rotation = float()?,
        "#DUMMY" => header.dummy = Some(float()?),
        "#TITLE" => header.title = (!value.is_empty()).then(|| value.to_owned()),
        "#UNIT_LENGTH" => {
            // `name, factor to metres`, in quotes or not.
            let name = value.split(',').next().unwrap_or_default().trim().trim_matches('"').trim();
            header.unit = Unit::parse(name).map(|u| u.symbol().to_owned());
        }
        "#SENSE" if value != "1" && value != "+1" => {
            return Err(DatasetError::at_line(
                format!("#SENSE is {value}; read are grids from the lower left, rows upwards (1)"),
                line,
            ));
        }
        "#GTYPE" if value != "0" => {
            return Err(DatasetError::at_line(
                format!("#GTYPE is {value}, a compressed grid; write it uncompressed (0)"),
                line,
            ));
        }
        "#TRANSFORM" => {
            let mut words = value.split([' ', ',', '\t']).filter(|w| !w.is_empty());
            let mut part = || words.next().and_then(number).ok_or_else(wrong);
            header.transform = [part()?, part()?];
        }
        _ => {}
    }
    Ok(())
}
