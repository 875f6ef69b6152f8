//! The plane that x and y lie in: a coordinate reference system, the unit of its axes and that of the project.
//!
//! Coordinates are stored in the project's unit. Where that is not the unit of the system's axes, they are no longer
//! coordinates of the system, and nothing may say that they are.

use outcrop_types::{Crs, Issue, LengthUnit, Unit};

/// What is known of the coordinates of an import, unless a file says otherwise.
#[derive(Clone, Copy)]
pub(crate) struct Plane<'a> {
    /// The system stated for the import, else the project's.
    pub(crate) crs: Option<&'a Crs>,
    /// The unit of its axes, where it is known.
    pub(crate) axes: Option<Unit>,
    /// The project's unit.
    pub(crate) project: LengthUnit,
    /// Whether the system is another than the project's.
    pub(crate) other: bool,
}

impl Plane<'_> {
    /// The unit of x and y that state none: that of the system's axes, else the project's.
    pub(crate) fn unit(&self) -> Unit {
        self.axes.unwrap_or(self.project.unit())
    }

    /// Whether the unit of x and y that state none is known, since the system has it.
    pub(crate) fn is_known(&self) -> bool {
        self.axes.is_some()
    }

    /// Whether coordinates as they are stored are coordinates of a system: their unit is that of its axes or, where that is
    /// not known, the one they came in. `converted` says that they were brought to the project's unit from another.
    pub(crate) fn keeps(&self, crs: &str, converted: bool) -> bool {
        let own = self.crs.is_some_and(|c| c.as_str() == crs);
        match self.axes.filter(|_| own) {
            Some(axes) => axes == self.project.unit(),
            None => !converted,
        }
    }

    /// Why coordinates have no system any more.
    pub(crate) fn dropped(&self, crs: &str) -> Issue {
        let text = format!(
            "x and y are stored in the project's {}, which is not the unit they have in {crs}, so their system is null: they \
             must not be taken for coordinates of {crs}. A project in the unit of the system keeps it",
            self.project
        );
        Issue::warning("crs-unit", text)
    }

    /// Why a well has no coordinates: in another unit and another system than the project's they could not be told from
    /// those of other wells.
    pub(crate) fn refused(&self, crs: &str) -> Issue {
        let text = format!(
            "x and y are coordinates of {crs}, which is neither the project's system nor in its unit, {}; they are not stored. \
             Transform them to the project's system first: transform_crs",
            self.project
        );
        Issue::error("crs-unit", text)
    }
}
