//! `well_path_at`: positions at given measured depths.

use datafusion::arrow::datatypes::Field;
use datafusion::common::{Result, exec_err};
use outcrop_kernels::well_path::{Beyond, minimum_curvature, path_at};
use outcrop_operators::{Call, Column, Definition, Input, Operator, Output, OutputColumn, Planned, Rows, UnitRule};

use super::well_path::{azimuths, path_options, position_columns, position_fields, survey_input, survey_parameters};
use crate::monitor::failed;

#[derive(Debug)]
pub(super) struct WellPathAt(Definition);

pub(super) fn operator() -> WellPathAt {
    WellPathAt(Definition {
        name: "well_path_at",
        group: "Wells",
        summary: "Positions along a well at given measured depths, such as picks",
        doc: "As `well_path`, at the measured depths of `points`, on the arcs themselves. A measured depth that is NULL, above the \
            first station or below the last one has no position: NULL, never an extrapolation. Other columns of `points` come along. \
            Group both inputs with `by => [well]`.",
        example: "SELECT * FROM well_path_at((SELECT well, md, inclination, azimuth FROM surveys), (SELECT well, surface, md FROM tops), by => [well]) LIMIT 5",
        inputs: vec![
            survey_input(),
            Input::new("points", "Measured depths", vec![
                Column::length("md", "Measured depth").unit(UnitRule::SameAs("survey", "md")).keep_null(),
            ])
            .keep_rest(),
        ],
        parameters: survey_parameters(),
        output: vec![
            OutputColumn { name: "md, inclination, azimuth, tvd, tvdss, north, east, x, y, dogleg", unit: "as well_path", doc: "The position; NULL outside the survey" },
        ],
    })
}

impl Operator for WellPathAt {
    fn definition(&self) -> &Definition {
        &self.0
    }

    fn output(&self, planned: &Planned<'_>) -> Result<Vec<Field>> {
        let mut fields = planned.rest("points");
        fields.extend(position_fields(planned));
        Ok(fields)
    }

    fn run(&self, call: &Call, inputs: &[Rows], output: &mut Output) -> Result<()> {
        let [survey, points] = inputs else { return exec_err!("needs a survey and points") };
        let md = survey.numbers("md");
        let options = path_options(call, survey, &md)?;
        let path = minimum_curvature(&md, &survey.numbers("inclination"), &azimuths(call, survey)?, &options).map_err(failed)?;
        let (first, last) = (md.first().copied().unwrap_or(f64::NAN), md.last().copied().unwrap_or(f64::NAN));
        let wanted = points.numbers("md");
        // A depth outside the survey is asked for as NaN, which gives no position.
        let inside: Vec<f64> = wanted.iter().map(|&d| if d >= first && d <= last { d } else { f64::NAN }).collect();
        let mut at = path_at(&path, &inside, Beyond::Error).map_err(failed)?;
        for (point, &d) in at.iter_mut().zip(&wanted) {
            point.md = d;
        }
        let mut columns = points.rest().to_vec();
        columns.extend(position_columns(call, survey, &at));
        output.emit(columns)
    }
}
