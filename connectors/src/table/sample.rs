//! The first records of a table, as the layout is recognised from them.

use super::error::TableError;
use super::flow::names_production;
use super::heading::split_heading;
use super::layout::Delimiter;
use super::number;
use super::records::{LineKind, Records};
use super::role::roles_of_name;

/// A record of the sample.
pub(crate) struct Sampled {
    pub(crate) line: u64,
    pub(crate) at: usize,
    pub(crate) kind: LineKind,
    pub(crate) text: String,
    pub(crate) fields: Vec<String>,
}

impl Sampled {
    pub(crate) fn is_blank(&self) -> bool {
        self.fields.iter().all(|f| f.trim().is_empty())
    }

    /// As many fields as the table has columns, or more where the further ones are empty.
    pub(crate) fn fits(&self, columns: usize) -> bool {
        self.kind == LineKind::Record
            && self.fields.len() >= columns
            && self.fields.iter().skip(columns).all(|f| f.trim().is_empty())
    }

    /// Names rather than values: no number, and most fields filled.
    pub(crate) fn is_header_like(&self, columns: usize) -> bool {
        let filled = self.fields.iter().filter(|f| !f.trim().is_empty()).count();
        filled * 2 > columns.max(1) && !self.fields.iter().any(|f| is_number(f))
    }

    /// Fields that are names of columns: those of any table, and beside one of them those of production.
    pub(crate) fn recognised(&self) -> usize {
        let (mut known, mut of_production) = (0, 0);
        for field in &self.fields {
            let heading = split_heading(field, 0, &mut Vec::new());
            if !roles_of_name(&heading.name).is_empty() {
                known += 1;
            } else if names_production(&heading.name, heading.unit.as_deref()) {
                of_production += 1;
            }
        }
        if known == 0 { 0 } else { known + of_production }
    }
}

/// True for a number, with decimal point or comma.
pub(crate) fn is_number(field: &str) -> bool {
    let field = field.trim().as_bytes();
    number::parse(field, false).is_some() || number::parse(field, true).is_some()
}

/// The first `limit` records from an offset on, split by a delimiter.
pub(crate) fn sample(
    text: &str,
    delimiter: Delimiter,
    at: usize,
    line: u64,
    limit: usize,
) -> Result<Vec<Sampled>, TableError> {
    let mut records = Records::new(text, delimiter, at, line);
    let (mut fields, mut out) = (Vec::new(), Vec::new());
    while out.len() < limit {
        let Some(place) = records.next(&mut fields)? else { break };
        out.push(Sampled {
            line: place.line,
            at: place.start,
            kind: place.kind,
            text: records.line_text(place).to_owned(),
            fields: fields.iter().map(|f| records.value(*f).into_owned()).collect(),
        });
    }
    Ok(out)
}
