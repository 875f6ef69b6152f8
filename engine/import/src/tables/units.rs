//! Units of the columns of text tables.

use outcrop_connectors::table::{Detection, Role, Table};
use outcrop_types::unit::Conversion;
use outcrop_types::{Dimension, Issue, LengthUnit, Unit};

use crate::plane::Plane;

/// Brings the lengths of a table to the project's unit.
pub(crate) struct Scale<'a> {
    pub(crate) table: &'a Table,
    pub(crate) detection: &'a Detection,
    pub(crate) project: LengthUnit,
}

impl Scale<'_> {
    /// The conversion of a role's column. A column without a unit is taken to be in the project's, which is a warning; one
    /// whose unit is no length is the message of a file that cannot be imported.
    pub(crate) fn length(&self, role: Role, unit: Option<&str>, issues: &mut Vec<Issue>) -> Result<Conversion, String> {
        let same = Conversion::IDENTITY;
        let Some(column) = self.detection.column(role).and_then(|c| self.table.columns.get(c)) else { return Ok(same) };
        let Some(text) = unit else {
            let text = format!(
                "no unit stated for {} ({role}); taken as the project's unit ({}). If it is another: --unit {role}=ft",
                column.name, self.project
            );
            issues.push(Issue::warning("unit-assumed", text).about(&column.name));
            return Ok(same);
        };
        let known = Unit::parse(text).filter(|u| u.dimension() == Dimension::Length);
        let Some(unit) = known else {
            return Err(format!(
                "column {} ({role}) is in `{text}`, which is not a unit of length; state it: --unit {role}=m",
                column.name
            ));
        };
        let conversion = unit.conversion(self.project.unit()).map_err(|e| e.to_string())?;
        if !conversion.is_identity() {
            let text = format!("{} is converted from {unit} to the project's {}", column.name, self.project);
            issues.push(Issue::info("unit-converted", text).about(&column.name));
        }
        Ok(conversion)
    }

    /// As [`Scale::length`], for x and y: where their column states no unit they are in that of the axes of their system.
    pub(crate) fn coordinate(
        &self,
        role: Role,
        unit: Option<&str>,
        plane: Plane<'_>,
        issues: &mut Vec<Issue>,
    ) -> Result<Conversion, String> {
        let of_axes = plane.is_known().then(|| plane.unit().symbol());
        self.length(role, unit.or(of_axes), issues)
    }

    /// The conversion of a travel time to milliseconds. A time whose unit is not stated is refused: seconds and milliseconds
    /// are both usual.
    pub(crate) fn time(&self, role: Role, column: &str, unit: Option<&str>) -> Result<Conversion, String> {
        let known = unit.and_then(Unit::parse).filter(|u| u.dimension() == Dimension::Time);
        match (known, Unit::parse("ms"), unit) {
            (Some(unit), Some(ms), _) => unit.conversion(ms).map_err(|e| e.to_string()),
            (_, _, Some(text)) => Err(format!(
                "column {column} ({role}) is in `{text}`, which is not a unit of time; state it: --unit {role}=ms, or s"
            )),
            (_, _, None) => Err(format!(
                "no unit stated for the times of column {column} ({role}); expected ms or s; state it: --unit {role}=ms, or s"
            )),
        }
    }

    /// The conversion of an angle to degrees; degrees where nothing is stated.
    pub(crate) fn angle(&self, role: Role, unit: Option<&str>) -> Result<Conversion, String> {
        let same = Conversion { factor: 1.0, offset: 0.0 };
        let Some(text) = unit else { return Ok(same) };
        let degrees = Unit::parse("deg").filter(|u| u.dimension() == Dimension::Angle);
        match (Unit::parse(text), degrees) {
            (Some(unit), Some(degrees)) => unit.conversion(degrees).map_err(|e| e.to_string()),
            _ => Err(format!("the {role} is in `{text}`, which is not a unit of angle; state it: --unit {role}=deg")),
        }
    }
}
