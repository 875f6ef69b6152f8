//! Tables whose rows state the zone of their UTM coordinates, which need not be the zone of the project.

use std::collections::BTreeMap;

use outcrop_connectors::table::{Detection, Role, Table};
use outcrop_types::{Crs, Issue};

/// Families of UTM systems in the EPSG registry: what is added to the zone, first and last zone.
const FAMILIES: [(u32, u32, u32); 4] = [
    (23_000, 28, 38), // ED50
    (25_800, 28, 38), // ETRS89
    (32_600, 1, 60),  // WGS 84, north
    (32_700, 1, 60),  // WGS 84, south
];

/// The column with the zones, and the system that x and y are taken to be in.
pub(super) struct Zones {
    column: String,
    crs: Crs,
    family: (u32, u32, u32),
    zone: u32,
}

impl Zones {
    /// None where the table has no such column, or the system is none of UTM.
    pub(super) fn of(table: &Table, detection: &Detection, crs: Option<&Crs>) -> Option<Self> {
        let column = table.columns.get(detection.column(Role::UtmZone)?)?.name.clone();
        let crs = crs?.clone();
        let code: u32 = crs.as_str().strip_prefix("EPSG:")?.parse().ok()?;
        let within = |(base, first, last): &(u32, u32, u32)| (base + first..=base + last).contains(&code);
        let family = FAMILIES.into_iter().find(within)?;
        Some(Zones { column, crs, family, zone: code - family.0 })
    }

    /// The zone that a row states, where it is another one: `32`, `32N`, `32 V`.
    pub(super) fn other<'a>(&self, extra: impl IntoIterator<Item = &'a (String, String)>) -> Option<u32> {
        let (_, text) = extra.into_iter().find(|(name, _)| *name == self.column)?;
        let digits: String = text.trim().chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok().filter(|zone| *zone != self.zone)
    }

    /// The system of the same datum in another zone; none where there is none.
    pub(super) fn crs(&self, zone: u32) -> Option<String> {
        let (base, first, last) = self.family;
        (first..=last).contains(&zone).then(|| format!("EPSG:{}", base + zone))
    }

    /// What is said about the rows in other zones.
    pub(super) fn issue(&self, rows: &BTreeMap<u32, usize>) -> Issue {
        let zones: Vec<String> = rows.iter().map(|(zone, n)| format!("zone {zone} ({n} rows)")).collect();
        let text = format!(
            "{} states {}, but x and y were taken to be in {}, zone {}; `crs` of these wells is the system of their own zone, \
             and they have no place on the project's maps. Choose wells by `crs` before x and y are compared",
            self.column,
            zones.join(", "),
            self.crs.as_str(),
            self.zone
        );
        Issue::warning("crs-zone", text).about(&self.column)
    }
}
