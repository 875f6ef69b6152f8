//! `deviation_survey`: inclination and azimuth from positions.

use datafusion::arrow::datatypes::Field;
use datafusion::common::{Result, exec_err};
use outcrop_kernels::deviation::deviation;
use outcrop_operators::{Call, Column, Definition, Input, Operator, Output, OutputColumn, Parameter, Planned, Rows, UnitRule};

use crate::monitor::failed;
use crate::pieces::{number_field, numbers};

#[derive(Debug)]
pub(super) struct DeviationSurvey(Definition);

pub(super) fn operator() -> DeviationSurvey {
    DeviationSurvey(Definition {
        name: "deviation_survey",
        group: "Wells",
        summary: "Deviation survey of a well from positions along it: the way back from well_path",
        doc: "At a position the direction is that of the circle through it and the positions before and after it; at the ends that of the \
            arc there. With `md` in the input the rows are in its order and keep it; without it they are in the order of `tvd` (a hole \
            that turns up again needs `md`), and measured depth counts the arcs from `first_md` on: the first `tvd` where it is left \
            out, as if the hole above it were vertical. Azimuths are clockwise from the north of the coordinate system (grid north), \
            0 where the hole is vertical.\n\n\
            Positions alone do not hold the directions that a survey had: where the curvature changes from station to station they come \
            back within a fraction of a degree, and positions rounded to centimetres cost more the closer they are.\n\n\
            One run takes one well: use `by => [well]`. Two positions at one place are an error; rows with a NULL are left out.",
        example: "SELECT * FROM deviation_survey((SELECT well, md, x, y, tvd FROM trajectories), by => [well]) LIMIT 5",
        inputs: vec![
            Input::new("positions", "Positions along the hole", vec![
                Column::length("x", "Easting"),
                Column::length("y", "Northing").unit(UnitRule::SameAs("positions", "x")),
                Column::length("tvd", "True vertical depth, positive down").unit(UnitRule::SameAs("positions", "x")),
                Column::length("md", "Measured depth").unit(UnitRule::SameAs("positions", "x")).optional(),
            ])
            .ordered_by(&["md", "tvd"]),
        ],
        parameters: vec![Parameter::number("first_md", "Measured depth of the first position, without md in the input").unit("unit of x")],
        output: vec![
            OutputColumn { name: "md", unit: "unit of x", doc: "Measured depth" },
            OutputColumn { name: "inclination, azimuth", unit: "deg", doc: "Direction of the hole" },
            OutputColumn { name: "x, y, tvd", unit: "unit of x", doc: "The position" },
        ],
    })
}

impl Operator for DeviationSurvey {
    fn definition(&self) -> &Definition {
        &self.0
    }

    fn output(&self, planned: &Planned<'_>) -> Result<Vec<Field>> {
        let unit = planned.unit("positions", "x");
        Ok(vec![
            number_field("md", unit, "Measured depth"),
            number_field("inclination", "deg", "Angle from the vertical"),
            number_field("azimuth", "deg", "Direction clockwise from grid north"),
            number_field("x", unit, "Easting"),
            number_field("y", unit, "Northing"),
            number_field("tvd", unit, "True vertical depth"),
        ])
    }

    fn run(&self, call: &Call, inputs: &[Rows], output: &mut Output) -> Result<()> {
        let Some(rows) = inputs.first() else { return exec_err!("there are no positions") };
        let (x, y, tvd, md) = (rows.numbers("x"), rows.numbers("y"), rows.numbers("tvd"), rows.numbers("md"));
        let with_md = call.input("positions").is_some_and(|(_, b)| b.has("md"));
        if with_md && call.number("first_md").is_some() {
            return exec_err!("the positions have md already; leave `first_md` out");
        }
        if let Some(k) = md.windows(2).position(|w| w[1] <= w[0]) {
            return exec_err!("two positions are at md {}: one run takes one well; group by it (by => [well])", md[k]);
        }
        let first = call.number("first_md").or(tvd.first().copied()).unwrap_or(0.0);
        let stations = deviation(&y, &x, &tvd, first).map_err(failed)?;
        let column = |of: &dyn Fn(&outcrop_kernels::deviation::Station) -> f64| numbers(stations.iter().map(of).collect());
        let depths = if with_md { numbers(md.clone()) } else { column(&|s| s.md) };
        output.emit(vec![
            depths,
            column(&|s| s.inclination),
            column(&|s| s.azimuth),
            numbers(x.clone()),
            numbers(y.clone()),
            numbers(tvd.clone()),
        ])
    }
}
