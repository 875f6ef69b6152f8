//! Esri ASCII raster (`.asc`): a header of names and values, then rows from north to south.
//!
//! Values are those of cells; their nodes are the centres. `NODATA_value` is -9999 where the file has none, as Esri's
//! documentation says.

use outcrop_types::GridGeometry;

use super::text::{Words, count, decode, number};
use super::{Surface, reordered};
use crate::dataset::{Dataset, DatasetError};
use crate::format::{Format, Read};

/// Esri ASCII raster.
pub const FORMAT: Format = Format {
    name: "esri_ascii",
    title: "Esri ASCII rasters",
    endings: &["asc"],
    import: "surfaces.*",
    query: "'file', read_surface, inspect_surface",
    recognise,
    read: Read::Datasets(read),
};

fn recognise(prefix: &[u8]) -> bool {
    let text = decode(prefix.get(..prefix.len().min(1024)).unwrap_or_default());
    let mut words = text.split_ascii_whitespace().map(str::to_ascii_lowercase);
    words.next().is_some_and(|w| w == "ncols")
        && words.next().is_some_and(|w| count(&w).is_some())
        && words.next().is_some_and(|w| w == "nrows")
}

fn read(bytes: &[u8]) -> Result<Vec<Dataset>, DatasetError> {
    surface(bytes)?.into_dataset()
}

/// The header so far.
#[derive(Default)]
struct Header {
    columns: Option<usize>,
    rows: Option<usize>,
    x: Option<(f64, bool)>,
    y: Option<(f64, bool)>,
    dx: Option<f64>,
    dy: Option<f64>,
    nodata: Option<f64>,
}

/// Reads a surface.
///
/// # Errors
/// Where the header is not one, a value is no number, or there are too few or too many.
pub fn surface(bytes: &[u8]) -> Result<Surface, DatasetError> {
    let text = decode(bytes);
    let mut header = Header::default();
    let mut rest = text.as_ref();
    let mut line = 1;
    loop {
        let (content, behind) = rest.split_once('\n').unwrap_or((rest, ""));
        let mut words = content.split_ascii_whitespace();
        let (name, value) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        if content.is_empty() && behind.is_empty() || number(name).is_some() {
            break;
        }
        if !name.is_empty() {
            entry(&mut header, name, value, line)?;
        }
        rest = behind;
        line += 1;
    }
    let missing = |what: &str| DatasetError::new(format!("the header has no {what}"));
    let (columns, rows) =
        (header.columns.ok_or_else(|| missing("ncols"))?, header.rows.ok_or_else(|| missing("nrows"))?);
    let dx = header.dx.ok_or_else(|| missing("cellsize"))?;
    let dy = header.dy.ok_or_else(|| missing("cellsize"))?;
    let node = |stated: Option<(f64, bool)>, step: f64, what: &str| match stated {
        Some((value, true)) => Ok(value + step / 2.0),
        Some((value, false)) => Ok(value),
        None => Err(missing(what)),
    };
    let (x0, y0) = (node(header.x, dx, "xllcorner or xllcenter")?, node(header.y, dy, "yllcorner or yllcenter")?);
    let geometry = GridGeometry { columns, rows, x0, y0, dx, dy, rotation: 0.0, flipped: false }
        .checked()
        .map_err(DatasetError::new)?;
    let nodata = header.nodata.unwrap_or(-9999.0);
    let values = Words::new(rest, line).values(columns, rows, |v| v == nodata)?;
    let mut surface = Surface::new(geometry, reordered(&values, columns, rows, |i, j| (rows - 1 - j) * columns + i))?;
    surface.facts.push(("nodata".to_owned(), nodata.to_string()));
    Ok(surface)
}

fn entry(header: &mut Header, name: &str, value: &str, line: u64) -> Result<(), DatasetError> {
    let wrong = || DatasetError::at_line(format!("{name} is `{value}`, expected a number"), line);
    let nodes = || count(value).map(Some).ok_or_else(wrong);
    let float = || number(value).ok_or_else(wrong);
    match name.to_ascii_lowercase().as_str() {
        "ncols" => header.columns = nodes()?,
        "nrows" => header.rows = nodes()?,
        "xllcorner" => header.x = Some((float()?, true)),
        "yllcorner" => header.y = Some((float()?, true)),
        "xllcenter" => header.x = Some((float()?, false)),
        "yllcenter" => header.y = Some((float()?, false)),
        "cellsize" => (header.dx, header.dy) = (Some(float()?), Some(float()?)),
        "dx" => header.dx = Some(float()?),
        "dy" => header.dy = Some(float()?),
        // Without a finite number nothing is undefined but NaN, which is no value here either.
        "nodata_value" => header.nodata = Some(float()?),
        _ => {
            return Err(DatasetError::at_line(
                format!(
                    "`{name}` is no entry of an Esri ASCII header; expected ncols, nrows, xllcorner, yllcorner, cellsize, NODATA_value"
                ),
                line,
            ));
        }
    }
    Ok(())
}
