//! `depth_shift`: samples at corrected depths.

use datafusion::arrow::datatypes::Field;
use datafusion::common::{Result, exec_err};
use outcrop_kernels::logs::shift::shifted;
use outcrop_operators::{Call, Column, Definition, Input, Operator, Output, OutputColumn, Parameter, Planned, Rows, UnitRule};

use crate::monitor::failed;
use crate::pieces::{number_field, numbers};

#[derive(Debug)]
pub(super) struct DepthShift(Definition);

pub(super) fn operator() -> DepthShift {
    let md = UnitRule::SameAs("data", "md");
    DepthShift(Definition {
        name: "depth_shift",
        group: "Logs",
        summary: "Rows at corrected depths: by one shift, or by control points with linear change between",
        doc: "With `shift` every depth becomes `md + shift` (positive down). With `points` the depth `md` of a control point becomes \
            `to_md`; between points the shift changes linearly, and above the first and below the last it stays. Points that would \
            fold the curve over are an error. All other columns come along; rows whose md is NULL stay so. The depths are no longer \
            regular: `log_resample` makes them so.\n\n\
            Core depths to log depths are the usual case. Group both inputs with `by => [well]`; points that lack the grouping \
            column serve all groups.",
        example: "SELECT * FROM depth_shift((SELECT well, md, gr FROM logs WHERE gr IS NOT NULL), shift => 1.5, by => [well]) LIMIT 5",
        inputs: vec![
            Input::new("data", "Rows by depth", vec![Column::length("md", "Measured depth").keep_null()]).keep_rest(),
            Input::new("points", "Control points", vec![
                Column::length("md", "Depth before").unit(md),
                Column::length("to_md", "The same place after").unit(md),
            ])
            .ordered_by(&["md"])
            .optional(),
        ],
        parameters: vec![Parameter::number("shift", "Added to every depth, where there are no points").unit("unit of md")],
        output: vec![
            OutputColumn { name: "md", unit: "unit of md", doc: "Corrected depth" },
            OutputColumn { name: "the other columns", unit: "as in the input", doc: "As they are" },
        ],
    })
}

impl Operator for DepthShift {
    fn definition(&self) -> &Definition {
        &self.0
    }

    fn output(&self, planned: &Planned<'_>) -> Result<Vec<Field>> {
        let mut fields = vec![number_field("md", planned.unit("data", "md"), "Corrected depth")];
        fields.extend(planned.rest("data"));
        Ok(fields)
    }

    fn run(&self, call: &Call, inputs: &[Rows], output: &mut Output) -> Result<()> {
        let Some(data) = inputs.first() else { return exec_err!("there is no data") };
        let md = data.numbers("md");
        let md = match (inputs.get(1), call.number("shift")) {
            (None, Some(shift)) => md.iter().map(|d| d + shift).collect(),
            (Some(points), None) if points.is_empty() => {
                return exec_err!("there are no control points; give some, or leave these rows out");
            }
            (Some(points), None) => shifted(&md, &points.numbers("md"), &points.numbers("to_md")).map_err(failed)?,
            _ => return exec_err!("give `shift`, or the input `points`, one of the two"),
        };
        let mut columns = vec![numbers(md)];
        columns.extend(data.rest().iter().cloned());
        output.emit(columns)
    }
}
