//! The Log ASCII Standard (LAS) 1.2, 2.0 and 3.0 of the Canadian Well Logging Society: the text format of well logs.
//!
//! [`read`] gives a file's header and curves, [`read_header`] the header alone. Both take bytes and do no I/O. Real files stray from
//! the standard; what can be read in one way only is read so and said in an [`Issue`], what cannot becomes null or an error.
//! Nothing is guessed in silence: no unit, no null value, no column.
//!
//! Sources: CWLS LAS 1.2 (1989), 2.0 (1992, revised 1995), 3.0 (2000).
//!
//! ```
//! use outcrop_connectors::las::{self, ReadOptions};
//! let text = b"~V\nVERS. 2.0 :\nWRAP. NO :\n~W\nSTRT.M 1.0 :\nSTOP.M 1.5 :\nSTEP.M 0.5 :\nNULL. -999.25 :\nWELL. A-1 : WELL\n\
//!              ~C\nDEPT.M : depth\nGR.GAPI : gamma ray\n~A\n1.0 85.2\n1.5 -999.25\n";
//! let file = las::read(text, &ReadOptions::default()).unwrap();
//! assert_eq!(file.header.well_value("WELL"), Some("A-1"));
//! let gr = file.curve("GR").unwrap().summary();
//! assert_eq!((gr.samples, gr.nulls, gr.max), (2, 1, Some(85.2)));
//! ```

mod checks;
mod encoding;
mod error;
mod fixed;
mod header;
mod item;
mod layout;
mod model;
mod naming;
mod number;
mod report;
mod rows;
mod section;
mod summary;
mod wrapped;
mod write;
mod write_number;
mod write_sections;

use outcrop_types::Issue;

pub use error::LasError;
pub use model::{
    Curve, CurveData, CurveHeader, Delimiter, HeaderItem, IndexType, LasFile, LasHeader, LogSet, NumberFormat,
    ReadOptions, Section, Version,
};
pub(crate) use naming::name_curves;
pub use summary::CurveSummary;
pub use write::{WriteCurve, WriteError, WriteSet, WriteVersion, write};
pub use write_sections::{SectionValue, Topic, WriteSection};

use encoding::Decoder;
use header::RawSet;
use layout::{Declared, Layout};
use rows::{Input, Table};

/// Reads a LAS file.
///
/// A file without log data (a header alone, or a LAS 3.0 file of other data) is no error: it has no rows and an issue says so.
///
/// # Errors
/// [`LasError`] when the bytes are no LAS file, or its columns cannot be matched to curves.
pub fn read(bytes: &[u8], options: &ReadOptions) -> Result<LasFile, LasError> {
    let mut source = encoding::open(bytes, options.encoding.as_deref())?;
    let assembled = header::assemble(&mut source, false)?;
    let mut header = assembled.header;
    let reading = Reading { bytes: &source.bytes, decoder: assembled.decoder, options };
    let mut issues = Vec::new();
    let mut sets = assembled.sets.into_iter();
    let Some(first) = sets.next() else {
        if header.curves.is_empty() && !header.sections.is_empty() {
            issues.push(Issue::info("no-log-data", "the file has no log data; its other sections are kept"));
        } else {
            issues.push(Issue::error(
                "no-data-section",
                "the file has no ~A section, so no curve has values; it is a header only or was cut off",
            ));
        }
        let curves = empty_curves(&header.curves);
        return Ok(LasFile { header, curves, rows: 0, more: Vec::new(), issues });
    };
    let main = reading.set(&first, &header, true, &mut issues)?;
    header.curves = main.headers;
    header.index_type = main.index_type;
    let mut more = Vec::new();
    for raw in sets {
        let title = raw.title.trim().to_owned();
        let mut own = Vec::new();
        match reading.set(&raw, &header, false, &mut own) {
            Ok(set) => more.push(set),
            // One set that cannot be read does not take the others away.
            Err(error) => own.push(Issue::error("log-set-unread", error.to_string()).at_line(raw.line)),
        }
        issues.extend(own.into_iter().map(|mut issue| {
            issue.message = format!("~{title} (line {}): {}", raw.line, issue.message);
            issue
        }));
    }
    Ok(LasFile { header, curves: main.curves, rows: main.rows, more, issues })
}

/// Reads a header, looking at nothing behind the title line of the first log data (`~A`).
///
/// The bytes may be the first part of a file; [`LasHeader::complete`] is false when they end before the log data begins.
///
/// # Errors
/// [`LasError`] when the bytes are no LAS file.
pub fn read_header(bytes: &[u8], options: &ReadOptions) -> Result<LasHeader, LasError> {
    let mut source = encoding::open(bytes, options.encoding.as_deref())?;
    Ok(header::assemble(&mut source, true)?.header)
}

/// One file being read.
struct Reading<'a> {
    bytes: &'a [u8],
    decoder: Decoder,
    options: &'a ReadOptions,
}

impl Reading<'_> {
    fn set(&self, raw: &RawSet, header: &LasHeader, main: bool, issues: &mut Vec<Issue>) -> Result<LogSet, LasError> {
        let data = self.bytes.get(raw.body.clone()).unwrap_or_default();
        let first_line = raw.line + 1;
        let mut headers = raw.headers.clone();
        let declared = Declared { title: &raw.title, delimiter: header.delimiter, wrapped: header.wrapped, first_line };
        let layout = layout::detect(data, &declared, &mut headers, issues)?;
        let index_type = headers.first().map_or(IndexType::Other, naming::index_type);
        let set = |curves, rows| LogSet {
            title: raw.title.trim().to_owned(),
            parameters: raw.parameters.clone(),
            headers: headers.clone(),
            index_type,
            curves,
            rows,
            line: raw.line,
        };
        let Some(mut layout) = layout else {
            issues.push(
                Issue::error("no-data-rows", "the data section has no rows, so no curve has values").at_line(raw.line),
            );
            return Ok(set(empty_curves(&headers), 0));
        };
        let nulls = [header.null.unwrap_or(f64::NAN), self.options.null.unwrap_or(f64::NAN)];
        let mut table = rows::read(&Input { data, first_line, layout: &layout, nulls, decoder: self.decoder })?;
        if found_text(&table, &mut layout) {
            table = rows::read(&Input { data, first_line, layout: &layout, nulls, decoder: self.decoder })?;
        }
        let names: Vec<String> = headers.iter().map(|h| h.name.clone()).collect();
        issues.extend(std::mem::take(&mut table.report).issues(&names));
        if let (Some(index), Some(name), Some(format)) =
            (table.numeric.first_mut(), names.first(), layout.formats.first())
            && !index.is_empty()
        {
            issues.extend(checks::index(index, format.decimals, name, nulls, main.then_some(header)));
        }
        let rows = table.rows;
        Ok(set(curves(names, table, &layout), rows))
    }
}

/// Marks columns in which most values turned out to be text, so that they are read again as such.
fn found_text(table: &Table, layout: &mut Layout) -> bool {
    let mut found = false;
    for (c, odd) in table.odd.iter().enumerate().filter(|(_, odd)| **odd > 0) {
        let numbers = table.numeric.get(c).map_or(0, |v| v.iter().filter(|x| !x.is_nan()).count());
        if *odd > numbers as u64
            && let Some(text) = layout.text.get_mut(c)
        {
            *text = true;
            found = true;
        }
    }
    found
}

fn curves(names: Vec<String>, table: Table, layout: &Layout) -> Vec<Curve> {
    let columns = table.numeric.into_iter().zip(table.text).zip(&layout.text);
    let formats = layout.formats.iter().copied().chain(std::iter::repeat(NumberFormat::default()));
    names
        .into_iter()
        .zip(columns)
        .zip(formats)
        .map(|((name, ((numeric, text), is_text)), format)| Curve {
            name,
            data: if *is_text { CurveData::Text(text) } else { CurveData::Numeric(numeric) },
            format: if *is_text { NumberFormat::default() } else { format },
        })
        .collect()
}

fn empty_curves(headers: &[CurveHeader]) -> Vec<Curve> {
    headers
        .iter()
        .map(|h| Curve { name: h.name.clone(), data: CurveData::Numeric(Vec::new()), format: NumberFormat::default() })
        .collect()
}
