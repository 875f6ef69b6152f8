//! The points that a map is made from, and the nodes it is computed at: a regular grid from a few parameters, or the rows of `targets`.

use std::ops::Range;

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::Field;
use datafusion::common::{Result, exec_err, plan_err};
use outcrop_kernels::RegularGrid;
use outcrop_operators::{Call, Column, Input, Parameter, Planned, Rows, UnitRule};

use crate::pieces::{index_field, indices, number_field, numbers};

/// More nodes than this in one map is taken for a slip in the cell size.
const MOST_NODES: f64 = 1e9;

/// The input with scattered points. They arrive in the order of their places: where data are equally far the first is
/// taken, and folds are drawn by row, so the same data give the same answer whatever order they were read in.
pub(crate) fn data_input(value: &'static str) -> Input {
    Input::new(
        "data",
        "Scattered points",
        vec![
            Column::number("x", "Easting"),
            Column::number("y", "Northing").unit(UnitRule::SameAs("data", "x")),
            Column::number("value", value).sole(),
        ],
    )
    .ordered_by(&["x", "y", "value"])
}

/// The optional input with places to estimate at.
pub(crate) fn targets_input() -> Input {
    Input::new(
        "targets",
        "Places to estimate at, instead of a grid; their other columns come along",
        vec![
            Column::number("x", "Easting").unit(UnitRule::SameAs("data", "x")).keep_null(),
            Column::number("y", "Northing").unit(UnitRule::SameAs("data", "x")).keep_null(),
        ],
    )
    .optional()
    .keep_rest()
}

/// The parameters that lay out a grid.
pub(crate) fn grid_parameters() -> Vec<Parameter> {
    let unit = "unit of x";
    vec![
        Parameter::positive("cell_size", "Distance between nodes in both directions").unit(unit),
        Parameter::positive("dx", "Distance between nodes along x, where it differs from cell_size").unit(unit),
        Parameter::positive("dy", "Distance between nodes along y, where it differs from cell_size").unit(unit),
        Parameter::number("x0", "First node in x; left out, the multiple of dx at or below the smallest x").unit(unit),
        Parameter::number("y0", "First node in y; left out, the multiple of dy at or below the smallest y").unit(unit),
        Parameter::integer("nx", 1, "Nodes along x; left out, as many as reach the largest x"),
        Parameter::integer("ny", 1, "Nodes along y; left out, as many as reach the largest y"),
    ]
}

/// The fields of a node.
pub(crate) fn fields(planned: &Planned<'_>) -> Vec<Field> {
    let unit = planned.unit("data", "x");
    let mut fields = if planned.has("targets") {
        planned.rest("targets")
    } else {
        vec![index_field("i", "Position along x, from 0"), index_field("j", "Position along y, from 0")]
    };
    fields.push(number_field("x", unit, "Easting"));
    fields.push(number_field("y", unit, "Northing"));
    fields
}

/// The nodes of a call.
pub(crate) enum Nodes<'a> {
    /// A regular grid.
    Grid(RegularGrid),
    /// The targets that have a place, and where they are among all.
    Targets { rows: &'a Rows, x: Vec<f64>, y: Vec<f64>, placed: Vec<usize> },
}

impl<'a> Nodes<'a> {
    /// From the call's parameters, its targets and the data's extent.
    pub(crate) fn of(call: &Call, inputs: &'a [Rows], x: &[f64], y: &[f64]) -> Result<Self> {
        if let Some((i, _)) = call.input("targets") {
            if let Some(p) = grid_parameters().iter().find(|p| call.parameters.contains_key(p.name)) {
                return plan_err!("`{}` lays out a grid, but the call gives `targets`; leave one of them out", p.name);
            }
            let rows = &inputs[i];
            let (x, y) = (rows.numbers("x"), rows.numbers("y"));
            let placed: Vec<usize> = (0..x.len()).filter(|&i| x[i].is_finite() && y[i].is_finite()).collect();
            return Ok(Nodes::Targets { rows, x, y, placed });
        }
        let step = |name: &str| call.number(name).or(call.number("cell_size"));
        let (Some(dx), Some(dy)) = (step("dx"), step("dy")) else {
            return exec_err!(
                "give `cell_size` (the distance between nodes, in the unit of x) or `targets` (places to estimate at)"
            );
        };
        if x.is_empty() && (call.number("x0").is_none() || call.number("y0").is_none()) {
            return exec_err!(
                "there are no data, so the grid has no extent; check the input's filter, or that x, y and the value are not NULL"
            );
        }
        let (x0, nx) = axis("x", x, dx, call.number("x0"), call.count("nx"))?;
        let (y0, ny) = axis("y", y, dy, call.number("y0"), call.count("ny"))?;
        if nx as f64 * ny as f64 > MOST_NODES {
            return exec_err!("the grid would have {nx} × {ny} nodes; use a larger cell_size or a smaller extent");
        }
        Ok(Nodes::Grid(RegularGrid { x0, y0, dx, dy, nx, ny }))
    }

    /// The columns of a node, for some rows of the grid (ignored for targets), before the estimates.
    pub(crate) fn columns(&self, part: &Range<usize>) -> Vec<ArrayRef> {
        match self {
            Nodes::Grid(g) => {
                let nodes = || part.clone().flat_map(|j| (0..g.nx).map(move |i| (i, j)));
                vec![
                    indices(nodes().map(|(i, _)| i)),
                    indices(nodes().map(|(_, j)| j)),
                    numbers(nodes().map(|(i, _)| g.x(i)).collect()),
                    numbers(nodes().map(|(_, j)| g.y(j)).collect()),
                ]
            }
            Nodes::Targets { rows, x, y, .. } => {
                let mut columns = rows.rest().to_vec();
                columns.push(numbers(x.clone()));
                columns.push(numbers(y.clone()));
                columns
            }
        }
    }
}

/// A grid in parts of whole rows with about so many nodes each: what is worked and handed on at a time.
pub(crate) fn parts(grid: &RegularGrid, nodes: usize) -> impl Iterator<Item = Range<usize>> {
    let (ny, rows) = (grid.ny, (nodes / grid.nx.max(1)).max(1));
    (0..ny).step_by(rows).map(move |from| from..ny.min(from + rows))
}

/// Coordinates of the targets that have a place.
pub(crate) fn at(values: &[f64], placed: &[usize]) -> Vec<f64> {
    placed.iter().map(|&i| values[i]).collect()
}

/// Values of placed targets spread over all; `missing` elsewhere.
pub(crate) fn spread<T: Copy>(values: &[T], placed: &[usize], rows: usize, missing: T) -> Vec<T> {
    let mut all = vec![missing; rows];
    for (&i, &v) in placed.iter().zip(values) {
        all[i] = v;
    }
    all
}

fn axis(name: &str, values: &[f64], step: f64, first: Option<f64>, count: Option<usize>) -> Result<(f64, usize)> {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let first = first.unwrap_or_else(|| (low / step).floor() * step);
    let count = match count {
        Some(n) => n,
        None if high < first => {
            return exec_err!("`{name}0` = {first} lies beyond the data, which end at {high}; give `n{name}` too");
        }
        None => {
            let n = ((high - first) / step).ceil() + 1.0;
            if n > MOST_NODES {
                return exec_err!(
                    "a step of {step} along {name} makes {n} nodes over the data's extent; use a larger cell_size"
                );
            }
            n as usize
        }
    };
    Ok((first, count))
}
