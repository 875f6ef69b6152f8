//! Wrapped data: a row runs over several lines, each row begins on a line of its own.

use outcrop_types::Severity;

use super::LasError;
use super::layout::is_row;
use super::rows::RowReader;
use super::section::{lines, split_fields};

/// Reads wrapped rows. A row whose values do not add up keeps its index only; reading goes on at the next line that looks like a row's first.
pub(super) fn read(reader: &mut RowReader<'_>) -> Result<(), LasError> {
    let input = reader.input;
    let (columns, delimiter) = (input.layout.columns, input.layout.delimiter);
    let mut row: Vec<&[u8]> = Vec::with_capacity(columns);
    let mut fields = Vec::new();
    let mut begun = 0u64;
    // The index stands alone on its line, as the standard has it: then a single value always begins a row.
    let mut index_alone = None;
    for (line, text) in lines(input.data, input.first_line) {
        if !is_row(text) {
            continue;
        }
        split_fields(text, delimiter, &mut fields);
        // A delimiter at the end of a line only carries on to the next one.
        if fields.len() > 1 && fields.last().is_some_and(|f| f.is_empty()) {
            fields.pop();
        }
        if row.is_empty() {
            begun = line;
            index_alone.get_or_insert(fields.len() == 1 && columns > 1);
        } else if index_alone == Some(true) && fields.len() == 1 && row.len() + 1 != columns {
            incomplete(reader, &row, begun)?;
            row.clear();
            begun = line;
        }
        row.extend_from_slice(&fields);
        if row.len() >= columns {
            if row.len() == columns {
                reader.put(&row, begun)?;
            } else {
                incomplete(reader, &row, begun)?;
            }
            row.clear();
        }
    }
    if !row.is_empty() {
        incomplete(reader, &row, begun)?;
    }
    Ok(())
}

fn incomplete(reader: &mut RowReader<'_>, row: &[&[u8]], line: u64) -> Result<(), LasError> {
    let columns = reader.input.layout.columns;
    let message = format!(
        "the wrapped row that begins here has {} values, expected {columns}; which curve each belongs to is not certain, so all but the index are null",
        row.len()
    );
    reader.note(Severity::Error, if row.len() < columns { "row-short" } else { "row-long" }, line, message);
    let mut kept: Vec<&[u8]> = vec![b""; columns];
    if let (Some(first), Some(index)) = (kept.first_mut(), row.first()) {
        *first = index;
    }
    reader.put(&kept, line)
}
