//! The coordinates of traces as they are stored: their unit, and whether they are still those of a coordinate reference
//! system.

use outcrop_connectors::geometry::{StatedCrs, is_geographic, stated_crs};
use outcrop_seismic::Survey;
use outcrop_types::{Issue, Unit};

use crate::context::Context;

/// How x and y of a survey are stored.
pub(super) struct Coordinates {
    /// Their unit.
    pub(super) unit: String,
    /// What they are times those of the file.
    pub(super) factor: f64,
    /// The system they are coordinates of.
    pub(super) crs: Option<String>,
    /// What was assumed or changed.
    pub(super) notes: Vec<Issue>,
}

impl Coordinates {
    pub(super) fn of(survey: &Survey, context: &Context) -> Self {
        let stated = survey.coordinate_unit();
        let crs = context.crs.map(ToString::to_string);
        let mut notes = Vec::new();
        let angles = matches!(stated, "deg" | "arcsec");
        let geographic = |crs: &String| matches!(stated_crs(crs), StatedCrs::Code(known) if is_geographic(&known));
        if angles {
            let (kept, lost) = match crs {
                Some(crs) if stated == "deg" && geographic(&crs) => (Some(crs), None),
                other => (None, other),
            };
            if let Some(crs) = lost {
                let text = format!(
                    "x and y are in {stated}, which is not the unit of the axes of {crs}, so their system is null"
                );
                notes.push(Issue::warning("crs-unit", text));
            }
            return Coordinates { unit: stated.to_owned(), factor: 1.0, crs: kept, notes };
        }
        if let Some(crs) = crs.as_ref().filter(|crs| stated.is_empty() && geographic(crs)) {
            let text = format!(
                "the file does not say what its coordinates are measured in (binary header bytes 3255-3256); they are taken to \
                 be degrees, the unit of {crs}"
            );
            let notes = vec![Issue::warning("coordinate-unit-assumed", text)];
            return Coordinates { unit: "deg".to_owned(), factor: 1.0, crs: Some(crs.clone()), notes };
        }
        let project = context.plane.project;
        let own = match Unit::parse(stated) {
            Some(unit) => unit,
            None => {
                let known = context.plane.is_known();
                let text = format!(
                    "the file does not say what its coordinates are measured in (binary header bytes 3255-3256); they are \
                     taken to be in {}, {}",
                    context.plane.unit(),
                    if known { "that of the axes of their system" } else { "the project's unit" }
                );
                notes.push(Issue::warning("coordinate-unit-assumed", text));
                context.plane.unit()
            }
        };
        // Both are lengths.
        let factor = own.conversion(project.unit()).map_or(1.0, |c| c.apply(1.0));
        if factor != 1.0 {
            let text = format!("coordinates are converted from {own} to the project's {project}");
            notes.push(Issue::info("coordinates-converted", text));
        }
        let crs = crs.filter(|crs| {
            let kept = context.plane.keeps(crs, factor != 1.0) && !geographic(crs);
            if !kept {
                notes.push(context.plane.dropped(crs));
            }
            kept
        });
        Coordinates { unit: project.symbol().to_owned(), factor, crs, notes }
    }
}
