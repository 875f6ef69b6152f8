//! Zones of a well as operators take them.

use datafusion::arrow::array::{AsArray, StringArray};
use datafusion::common::Result;
use outcrop_kernels::logs::block::{Block, check_blocks};
use outcrop_operators::{Column, Input, Rows, UnitRule};

use crate::monitor::failed;

/// The view `zones`, or a table like it.
pub(super) fn zones_input() -> Input {
    Input::new(
        "zones",
        "Zones by depth, such as the view `zones`",
        vec![
            Column { kind: outcrop_operators::ColumnKind::Text, ..Column::any("zone", "Name of the zone") },
            Column::length("top_md", "Its top").unit(UnitRule::SameAs("data", "md")),
            Column::length("base_md", "Its base; left out or NULL, the top of the next, and the last zone is open")
                .unit(UnitRule::SameAs("data", "md"))
                .optional()
                .keep_null(),
        ],
    )
    .ordered_by(&["top_md"])
}

/// Names and intervals, from the top.
pub(super) fn zones(rows: &Rows) -> Result<(StringArray, Vec<Block>)> {
    let names =
        rows.column("zone").and_then(|a| a.as_string_opt::<i32>()).cloned().unwrap_or_else(|| StringArray::new_null(0));
    let (top, base) = (rows.numbers("top_md"), rows.numbers("base_md"));
    let blocks: Vec<Block> = (0..top.len())
        .map(|k| {
            let next = top.get(k + 1).copied().unwrap_or(f64::INFINITY);
            Block { top: top[k], base: base.get(k).copied().filter(|b| !b.is_nan()).unwrap_or(next) }
        })
        .collect();
    // Zones without thickness, where a bed is faulted out, hold nothing and hide nothing.
    let thick: Vec<bool> = blocks.iter().map(|b| b.base > b.top).collect();
    let blocks: Vec<Block> = blocks.into_iter().filter(|b| b.base > b.top).collect();
    let kept: StringArray = names.iter().zip(&thick).filter(|(_, t)| **t).map(|(n, _)| n).collect();
    check_blocks(&blocks).map_err(failed)?;
    Ok((kept, blocks))
}
