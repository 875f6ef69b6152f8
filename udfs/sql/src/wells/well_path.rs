//! `well_path`: the path of a well from its deviation survey.

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::Field;
use datafusion::common::{Result, exec_err};
use outcrop_kernels::well_path::{PathOptions, PathPoint, TieIn, minimum_curvature, path_every};
use outcrop_operators::{Call, Column, Definition, Input, Operator, Output, OutputColumn, Parameter, Planned, Rows, UnitRule};

use crate::monitor::failed;
use crate::pieces::{number_field, numbers};

#[derive(Debug)]
pub(super) struct WellPath(Definition);

pub(super) fn operator() -> WellPath {
    WellPath(Definition {
        name: "well_path",
        group: "Wells",
        summary: "Path of a well from its deviation survey, by minimum curvature",
        doc: "Between two stations the path is the arc that has the stations' directions at its ends. `tvd`, `north` and `east` count \
            from the first station, unless a tie-in states where that is; with the well head's `x` and `y` in the input the path has coordinates too, and with \
            `datum_elevation` it has `tvdss = tvd - datum_elevation`, positive below sea level. Azimuths are clockwise from the north \
            of the coordinate system (grid north); surveys against true or magnetic north say so by `north`, with the `convergence` and \
            `declination` at the well: true = magnetic + declination, grid = true - convergence, both angles positive to the east. The \
            azimuths given are then those of grid north.\n\n\
            With `step` there is a point at every step of measured depth along the arcs, and at the last station; without, one at \
            each station. `dogleg` is in degrees per `dogleg_length`: 30 where md is in metres, 100 where it is in feet, and it must \
            be given where the unit of md is not known.\n\n\
            A survey that starts below 0 must say how the first station is reached: `tie_in => 'vertical'` takes the hole above it as \
            vertical, and `tie_in_tvd`, `tie_in_north` and `tie_in_east` state the position of the first station, as for a sidetrack: `x` and `y` \
            are then those of the well head, and the first station is at `x + tie_in_east`, `y + tie_in_north`. Rows arrive in the order of md, one well a run: use `by => [well]`. Rows with a NULL are left out; repeated \
            measured depths are an error.\n\n\
            Source: H. L. Taylor and M. C. Mason, *A systematic approach to well surveying calculations*, SPE Journal 12 (1972).",
        example: "SELECT * FROM well_path((SELECT well, md, inclination, azimuth FROM surveys), by => [well], step => 250) LIMIT 5",
        inputs: vec![survey_input()],
        parameters: [
            vec![Parameter::positive("step", "Distance between points along the hole; left out, the stations").unit("unit of md")],
            survey_parameters(),
        ]
        .concat(),
        output: vec![
            OutputColumn { name: "md", unit: "unit of md", doc: "Measured depth" },
            OutputColumn { name: "inclination, azimuth", unit: "deg", doc: "Direction of the hole" },
            OutputColumn { name: "tvd", unit: "unit of md", doc: "True vertical depth below the datum" },
            OutputColumn { name: "tvdss", unit: "unit of md", doc: "Below sea level (with datum_elevation)" },
            OutputColumn { name: "north, east", unit: "unit of md", doc: "Offset from the first station; with a tie-in from where that counts from" },
            OutputColumn { name: "x, y", unit: "unit of x", doc: "Coordinates (with x and y)" },
            OutputColumn { name: "dogleg", unit: "degrees per dogleg_length", doc: "Dogleg severity" },
        ],
    })
}

impl Operator for WellPath {
    fn definition(&self) -> &Definition {
        &self.0
    }

    fn output(&self, planned: &Planned<'_>) -> Result<Vec<Field>> {
        Ok(position_fields(planned))
    }

    fn run(&self, call: &Call, inputs: &[Rows], output: &mut Output) -> Result<()> {
        let survey = &inputs[0];
        let md = survey.numbers("md");
        let options = path_options(call, survey, &md)?;
        let mut path = minimum_curvature(&md, &survey.numbers("inclination"), &azimuths(call, survey)?, &options).map_err(failed)?;
        if let Some(step) = call.number("step") {
            path = path_every(&path, step).map_err(failed)?;
        }
        output.emit(position_columns(call, survey, &path))
    }
}

/// The survey, as every operator along a well path takes it.
pub(super) fn survey_input() -> Input {
    Input::new("survey", "Survey stations", vec![
        Column::length("md", "Measured depth"),
        Column::number("inclination", "Angle from the vertical, degrees").unit(UnitRule::Degrees),
        Column::number("azimuth", "Direction clockwise from north, degrees").unit(UnitRule::Degrees),
        Column::length("x", "Easting that `east` counts from: of the first station, or, with `tie_in_east`, of the place that it counts from").optional().keep_null(),
        Column::length("y", "Northing that `north` counts from: of the first station, or, with `tie_in_north`, of the place that it counts from").unit(UnitRule::SameAs("survey", "x")).optional().keep_null(),
        Column::length("datum_elevation", "Elevation of the depth datum above sea level")
            .unit(UnitRule::SameAs("survey", "md"))
            .optional()
            .keep_null(),
    ])
    .ordered_by(&["md"])
}

/// How a survey is read.
pub(super) fn survey_parameters() -> Vec<Parameter> {
    vec![
        Parameter::positive("dogleg_length", "Length that dogleg severity is given per").unit("unit of md"),
        Parameter::choice("tie_in", &["error", "vertical"], "What a first station below 0 means").default("error"),
        Parameter::number("tie_in_tvd", "True vertical depth of the first station").unit("unit of md"),
        Parameter::number("tie_in_north", "Offset to the north of the first station; with tie_in_tvd, 0 where it is left out").unit("unit of md"),
        Parameter::number("tie_in_east", "Offset to the east of the first station; with tie_in_tvd, 0 where it is left out").unit("unit of md"),
        Parameter::choice("north", &["grid", "true", "magnetic"], "What azimuths count from").default("grid"),
        Parameter::bounded("convergence", -180.0, 180.0, "Angle from true to grid north, positive to the east").unit("degrees"),
        Parameter::bounded("declination", -180.0, 180.0, "Angle from true to magnetic north, positive to the east").unit("degrees"),
    ]
}

/// The same as the kernel wants it, units checked.
pub(super) fn path_options(call: &Call, survey: &Rows, md: &[f64]) -> Result<PathOptions> {
    let Some((_, bound)) = call.input("survey") else { return exec_err!("there is no survey") };
    let md_unit = bound.unit("md").unwrap_or_default();
    let dogleg_length = match (call.number("dogleg_length"), md_unit) {
        (Some(length), _) => length,
        (None, "m") => 30.0,
        (None, "ft") => 100.0,
        (None, _) => return exec_err!("the unit of md is not known, so give `dogleg_length`: 30 for metres, 100 for feet"),
    };
    let positioned = survey.column("x").is_some() && survey.column("y").is_some();
    if let Some(unit) = bound.unit("x")
        && positioned
        && !md_unit.is_empty()
        && unit != md_unit
    {
        return exec_err!("md is in {md_unit} but x and y are in {unit}; convert one of them");
    }
    let given = ["tie_in_tvd", "tie_in_north", "tie_in_east"].map(|name| call.number(name));
    let tie_in = match md.first() {
        _ if given.iter().any(Option::is_some) => {
            let [Some(tvd), north, east] = given else {
                return exec_err!("`tie_in_north` and `tie_in_east` need `tie_in_tvd`");
            };
            if call.text("tie_in") == Some("vertical") {
                return exec_err!("`tie_in_tvd` states where the first station is; leave `tie_in => 'vertical'` out");
            }
            Some(TieIn { tvd, north: north.unwrap_or(0.0), east: east.unwrap_or(0.0) })
        }
        Some(&first) if first != 0.0 && call.text("tie_in") == Some("vertical") => {
            Some(TieIn { tvd: first, north: 0.0, east: 0.0 })
        }
        _ => None,
    };
    Ok(PathOptions { tie_in, dogleg_length })
}

/// The azimuths of a survey from grid north.
pub(super) fn azimuths(call: &Call, survey: &Rows) -> Result<Vec<f64>> {
    let (convergence, declination) = (call.number("convergence"), call.number("declination"));
    let turn = match (call.text("north").unwrap_or("grid"), convergence, declination) {
        ("grid", None, None) => return Ok(survey.numbers("azimuth")),
        ("grid", ..) => return exec_err!("`convergence` and `declination` need `north => 'true'` or `north => 'magnetic'`"),
        ("true", Some(convergence), None) => -convergence,
        ("true", None, _) => return exec_err!("`north => 'true'` needs the `convergence` at the well"),
        ("true", Some(_), Some(_)) => return exec_err!("`declination` is of no use with `north => 'true'`; leave it out"),
        (_, Some(convergence), Some(declination)) => declination - convergence,
        _ => return exec_err!("`north => 'magnetic'` needs the `declination` and the `convergence` at the well"),
    };
    Ok(survey.numbers("azimuth").into_iter().map(|a| (a + turn).rem_euclid(360.0)).collect())
}

/// The fields of a position.
pub(super) fn position_fields(planned: &Planned<'_>) -> Vec<Field> {
    let md = planned.unit("survey", "md");
    let bound = &planned.inputs[0];
    let mut fields = vec![
        number_field("md", md, "Measured depth"),
        number_field("inclination", "deg", "Angle from the vertical"),
        number_field("azimuth", "deg", "Direction clockwise from north"),
        number_field("tvd", md, "True vertical depth below the datum"),
    ];
    if bound.has("datum_elevation") {
        fields.push(number_field("tvdss", md, "True vertical depth below mean sea level"));
    }
    fields.push(number_field("north", md, "Offset to the north"));
    fields.push(number_field("east", md, "Offset to the east"));
    if bound.has("x") && bound.has("y") {
        fields.push(number_field("x", planned.unit("survey", "x"), "Easting"));
        fields.push(number_field("y", planned.unit("survey", "x"), "Northing"));
    }
    let per = match (md, planned.number("dogleg_length")) {
        ("", _) => String::new(),
        (_, Some(length)) => format!("deg/{length} {md}"),
        (_, None) if planned.gives("dogleg_length") => String::new(),
        ("m", None) => "deg/30 m".to_owned(),
        ("ft", None) => "deg/100 ft".to_owned(),
        _ => String::new(),
    };
    fields.push(number_field("dogleg", &per, "Dogleg severity; per dogleg_length where that is given"));
    fields
}

/// The columns of positions, as [`position_fields`] names them.
pub(super) fn position_columns(call: &Call, survey: &Rows, path: &[PathPoint]) -> Vec<ArrayRef> {
    let first = |role: &str| survey.numbers(role).first().copied().unwrap_or(f64::NAN);
    let column = |of: &dyn Fn(&PathPoint) -> f64| numbers(path.iter().map(of).collect());
    let has = |role: &str| call.input("survey").is_some_and(|(_, b)| b.has(role));
    let mut columns = vec![column(&|p| p.md), column(&|p| p.inclination), column(&|p| p.azimuth), column(&|p| p.tvd)];
    if has("datum_elevation") {
        let elevation = first("datum_elevation");
        columns.push(column(&|p| p.tvd - elevation));
    }
    columns.push(column(&|p| p.north));
    columns.push(column(&|p| p.east));
    if has("x") && has("y") {
        let (x, y) = (first("x"), first("y"));
        columns.push(column(&|p| x + p.east));
        columns.push(column(&|p| y + p.north));
    }
    columns.push(column(&|p| p.dogleg));
    columns
}
