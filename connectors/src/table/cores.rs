//! Cores: samples with a depth and what was measured on them.

use super::detect::Detection;
use super::error::TableError;
use super::extract::{LeftOut, column, missing, number, text, units};
use super::model::Table;
use super::role::{Kind, Role};
use super::rows::{CoreRow, Rows};

/// The samples of a table of cores. Samples without depth are left out and counted: no depth is made up.
///
/// # Errors
/// When there is no measured depth, or it is text.
pub fn cores(table: &Table, found: &Detection) -> Result<Rows<CoreRow>, TableError> {
    let get = |role| column(table, found, role);
    let Some(md) = get(Role::Md)? else {
        return Err(missing(table, found, Kind::Cores, "a measured depth", "--map md=<column>"));
    };
    let (well, uwi, core, sample) = (get(Role::Well)?, get(Role::Uwi)?, get(Role::Core)?, get(Role::Sample)?);
    let mut issues = Vec::new();
    let mut incomplete = LeftOut::new("no measured depth");
    let mut rows = Vec::with_capacity(table.rows);
    for row in 0..table.rows {
        let line = table.line(row);
        match number(Some(md), row) {
            Some(md) => rows.push(CoreRow {
                well: text(well, row).or_else(|| found.well.clone().filter(|_| well.is_none() && uwi.is_none())),
                uwi: text(uwi, row),
                md,
                core: text(core, row),
                sample: text(sample, row),
                row,
                line,
            }),
            None => incomplete.lines.push(line),
        }
    }
    incomplete.report(&mut issues);
    Ok(Rows { rows, units: units(table, found), issues })
}
