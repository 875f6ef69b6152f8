//! Columns of a table that have no place in the project.

use outcrop_connectors::table::{Detection, Role, Table};
use outcrop_types::Issue;

/// Names the columns with values whose roles are not among those `stored`; none when there are no such columns.
pub(crate) fn columns(table: &Table, detection: &Detection, stored: &[Role]) -> Option<Issue> {
    let filled = |column: &usize| table.columns.get(*column).filter(|c| c.data.nulls() < c.data.len());
    let unused = detection.roles.iter().filter(|(_, role, _)| !stored.contains(role));
    let names: Vec<&str> = unused.filter_map(|(column, _, _)| filled(column)).map(|c| c.name.as_str()).collect();
    (!names.is_empty()).then(|| {
        let text = format!(
            "columns that `{}` has no place for are not stored: {}; the original file is kept. If one of them is something else: \
             --map ROLE=COLUMN",
            detection.kind,
            names.join(", ")
        );
        Issue::info("columns-unused", text)
    })
}
