//! What the header of a well log states about its well.

use std::collections::HashSet;

use outcrop_connectors::las::{HeaderItem, LasHeader};
use outcrop_types::identity::uwi_key;
use outcrop_types::{DatumName, Dimension, Issue, LengthUnit, Unit};
use serde_json::{Map, Value, json};

use super::Facts;
use super::angle::{self, Axis};
use crate::plane::Plane;

/// The units a header's lengths are converted from and to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lengths {
    /// The project's.
    pub(crate) project: LengthUnit,
    /// The file's unit of depth, which lengths without a unit are taken to be in.
    pub(crate) file: Option<Unit>,
}

/// UWI (or API number) and name that a header states; placeholders are none.
pub(crate) fn identity(header: &LasHeader) -> (Option<String>, Option<String>) {
    let value = |mnemonic| {
        let text = header.well_value(mnemonic).map(str::trim)?;
        let one_line = || text.split_whitespace().collect::<Vec<_>>().join(" ");
        (uwi_key(text).is_some() && !is_null(text, header)).then(one_line)
    };
    (value("UWI").or_else(|| value("API")), value("WELL"))
}

/// What the header states, and what was assumed. `plane` is what is known of x and y, `datum` the project's default for
/// what measured depth is counted from.
pub(crate) fn from_header(
    header: &LasHeader,
    lengths: Lengths,
    plane: Plane<'_>,
    datum: Option<DatumName>,
) -> (Facts, Vec<Issue>) {
    let mut reading = Reading { header, lengths, used: HashSet::new(), issues: Vec::new() };
    let (uwi, name) = identity(header);
    let mut facts = Facts { uwi, name, ..Facts::default() };
    facts.operator = reading.text("COMP");
    facts.field = reading.text("FLD");
    facts.lon = reading.angle(&["LONG", "LON", "LONGITUDE"], Axis::Longitude);
    facts.lat = reading.angle(&["LATI", "LAT", "LATITUDE"], Axis::Latitude);
    if facts.lon == Some(0.0) && facts.lat == Some(0.0) {
        (facts.lon, facts.lat) = (None, None);
        let text = "longitude and latitude are both exactly 0, which headers write where they are not known; they are left empty";
        reading.issues.push(Issue::warning("position-zero", text).about("lon"));
    }
    let x =
        reading.coordinate(plane, &["X", "XCOORD", "X_COORD", "XCOOR", "XWELL", "EASTING", "EAST", "UTME", "SURFX"]);
    let y =
        reading.coordinate(plane, &["Y", "YCOORD", "Y_COORD", "YCOOR", "YWELL", "NORTHING", "NORTH", "UTMN", "SURFY"]);
    if let (Some((x, x_converted)), Some((y, y_converted))) = (x, y) {
        (facts.x, facts.y) = (Some(x), Some(y));
        facts.crs = plane.crs.map(ToString::to_string);
        let issue = facts.settle_crs(plane, x_converted || y_converted);
        reading.issues.extend(issue);
    }
    facts.td = reading.length(&["TDD", "TDL", "TD"]);
    (facts.datum, facts.datum_elevation) = reading.datum(datum);
    // A drill floor is never just at sea level: headers write 0 for "not filled in".
    if facts.datum_elevation == Some(0.0) && facts.datum.as_deref() != Some(DatumName::MSL.as_str()) {
        facts.datum_elevation = None;
        let text = "the elevation of the datum is 0, which headers write where it was not filled in; it is left empty, so there is \
                    no depth below sea level. Where 0 is right, or to state it, import a table of wells with the elevation";
        reading.issues.push(Issue::warning("datum-elevation-zero", text).about("datum_elevation"));
    }
    facts.headers = reading.rest();
    (facts, reading.issues)
}

fn is_null(text: &str, header: &LasHeader) -> bool {
    text.trim().parse::<f64>().is_ok_and(|v| v == -999.25 || Some(v) == header.null)
}

struct Reading<'a> {
    header: &'a LasHeader,
    lengths: Lengths,
    /// Lines whose items have a place of their own.
    used: HashSet<u64>,
    issues: Vec<Issue>,
}

impl<'a> Reading<'a> {
    fn item(&self, name: &str) -> Option<&'a HeaderItem> {
        let items = self.header.well.iter().chain(&self.header.parameters);
        items
            .filter(|i| i.mnemonic.eq_ignore_ascii_case(name) && !i.value.trim().is_empty())
            .find(|i| !is_null(&i.value, self.header))
    }

    fn text(&mut self, mnemonic: &str) -> Option<String> {
        let value = self.header.well_value(mnemonic)?.trim();
        uwi_key(value)?;
        let line = self.header.well.iter().find(|i| i.value.trim() == value).map(|i| i.line);
        self.used.extend(line);
        Some(value.to_owned())
    }

    fn angle(&mut self, names: &[&str], axis: Axis) -> Option<f64> {
        let item = names.iter().find_map(|n| self.item(n))?;
        let value = angle::parse(&item.value, axis);
        match value {
            Some(_) => _ = self.used.insert(item.line),
            None => {
                let text = format!("`{}` is not an angle in range; it is kept in `headers` only", item.value);
                self.issues.push(Issue::info("header-angle", text).at_line(item.line).about(&item.mnemonic));
            }
        }
        value
    }

    fn length(&mut self, names: &[&str]) -> Option<f64> {
        names.iter().find_map(|name| self.item(name).and_then(|item| self.length_of(item)))
    }

    /// As [`Reading::length`], but a number without a unit is in that of the axes of the coordinate system or, where that is
    /// not known, as it stands: files in feet of depth have coordinates in metres. Also whether it was converted.
    fn coordinate(&mut self, plane: Plane<'_>, names: &[&str]) -> Option<(f64, bool)> {
        let item = names.iter().find_map(|name| self.item(name))?;
        let called =
            if plane.is_known() { "the unit of the coordinate system" } else { "the project's unit of length" };
        let value = self.length_or(item, Some(plane.unit()), called)?;
        Some((value, split_number(&item.value).0 != Some(value)))
    }

    /// The item's value in the project's unit; without a unit it is taken to be in the file's unit of depth.
    fn length_of(&mut self, item: &'a HeaderItem) -> Option<f64> {
        self.length_or(item, self.lengths.file, "the file's unit of depth")
    }

    /// What cannot be read as a length stays in `headers` and is told.
    fn length_or(&mut self, item: &'a HeaderItem, assumed: Option<Unit>, called: &str) -> Option<f64> {
        let (number, behind) = split_number(&item.value);
        let unit_text = item.unit.as_deref().or(behind);
        let unit = match unit_text {
            Some(text) => Unit::parse(text).filter(|u| u.dimension() == Dimension::Length),
            None => assumed,
        };
        let (Some(number), Some(unit)) = (number, unit) else {
            let unit = item.unit.as_deref().unwrap_or_default();
            let text = format!("`{}` `{unit}` is not a length; it is kept in `headers` only", item.value);
            self.issues.push(Issue::info("header-length", text).at_line(item.line).about(&item.mnemonic));
            return None;
        };
        if unit_text.is_none() {
            let text = format!(
                "{} {number} has no unit; taken as {called}, {unit}. If that is wrong, write the unit behind the mnemonic \
                 (`{}.M`, `{}.FT`) and import the file again into a new project",
                item.mnemonic, item.mnemonic, item.mnemonic
            );
            self.issues.push(Issue::warning("header-unit-assumed", text).at_line(item.line).about(&item.mnemonic));
        }
        self.used.insert(item.line);
        unit.convert(number, self.lengths.project.unit()).ok()
    }

    /// What measured depth is counted from, and its elevation above mean sea level.
    ///
    /// `LMF` (log measured from) or `DREF` names it; its elevation is `EREF`, or the item of that name (`EKB`, `EDF` …),
    /// or `APD` above a permanent datum whose elevation is known. Where neither names it, the only one of kelly bushing,
    /// rotary table and drill floor whose elevation is stated is it; ground level is not, unless it is named.
    fn datum(&mut self, default: Option<DatumName>) -> (Option<String>, Option<f64>) {
        let named = ["LMF", "DREF"].iter().find_map(|name| {
            let item = self.item(name)?;
            item.value.parse::<DatumName>().ok().map(|datum| (datum, item.line))
        });
        if let Some((_, line)) = named {
            self.used.insert(line);
        }
        let mut name = named.map(|(datum, _)| datum);
        if let Some(item) = self.item("EREF")
            && let Some(elevation) = self.length_of(item)
        {
            name = name.or_else(|| described(&item.description)).or(default);
            return (name.map(|n| n.to_string()), Some(elevation));
        }
        if let Some(name) = name {
            let elevation = self.length(elevation_items(name)).or_else(|| self.above_permanent_datum());
            let elevation = elevation.or((name == DatumName::MSL).then_some(0.0));
            return (Some(name.to_string()), elevation);
        }
        let mut stated: Vec<(DatumName, f64, u64)> = Vec::new();
        for datum in [DatumName::KB, DatumName::RT, DatumName::DF] {
            let Some(item) = elevation_items(datum).iter().find_map(|n| self.item(n)) else { continue };
            if split_number(&item.value).0.is_some_and(|v| v != 0.0)
                && let Some(elevation) = self.length_of(item)
            {
                stated.push((datum, elevation, item.line));
            }
        }
        if let Some(default) = default
            && stated.len() > 1
        {
            stated.retain(|(datum, _, _)| *datum == default);
        }
        match stated.as_slice() {
            [(datum, elevation, _)] => (Some(datum.to_string()), Some(*elevation)),
            [] => (None, None),
            several => {
                let shown: Vec<String> = several.iter().map(|(d, e, _)| format!("{d} {e}")).collect();
                let text = format!(
                    "elevations of {} are stated, but neither LMF nor DREF says which one depth is counted from; \
                     the datum stays empty. State the project's vertical datum, or import a table of wells with it",
                    shown.join(", ")
                );
                self.issues.push(Issue::warning("datum-unclear", text).about("datum"));
                // They stay readable.
                for (_, _, line) in several {
                    self.used.remove(line);
                }
                (None, None)
            }
        }
    }

    fn above_permanent_datum(&mut self) -> Option<f64> {
        let above = ["APD", "APDAT"].iter().find_map(|n| self.item(n))?;
        let sea = self.item("PDAT").and_then(|i| i.value.parse::<DatumName>().ok()) == Some(DatumName::MSL);
        let permanent = match ["EPD", "EPDAT"].iter().find_map(|n| self.item(n)) {
            Some(item) => self.length_of(item),
            None => sea.then_some(0.0),
        };
        // Above an elevation that is not known, it is no elevation.
        let permanent = permanent?;
        self.length_of(above).map(|above| above + permanent)
    }

    /// All other items, by mnemonic, as a JSON object of value, unit and description.
    fn rest(&self) -> Map<String, Value> {
        const OWN: &[&str] = &["STRT", "STOP", "STEP", "NULL", "WELL", "UWI"];
        let mut map = Map::new();
        for item in self.header.well.iter().chain(&self.header.parameters) {
            let value = item.value.trim();
            let own = OWN.iter().any(|o| item.mnemonic.eq_ignore_ascii_case(o));
            if value.is_empty() || own || self.used.contains(&item.line) || is_null(value, self.header) {
                continue;
            }
            let mut entry = json!({ "value": value });
            if let Some(object) = entry.as_object_mut() {
                if let Some(unit) = &item.unit {
                    object.insert("unit".to_owned(), json!(unit));
                }
                if !item.description.is_empty() {
                    object.insert("description".to_owned(), json!(item.description));
                }
            }
            map.entry(item.mnemonic.to_uppercase()).or_insert(entry);
        }
        map
    }
}

/// Items that hold the elevation of a datum.
fn elevation_items(datum: DatumName) -> &'static [&'static str] {
    match datum {
        DatumName::KB => &["EKB", "KB", "ELEV_KB", "EKD", "KBE", "KB_ELEVATION"],
        DatumName::RT => &["ERT", "RT", "ELEV_RT", "RTE"],
        DatumName::DF => &["EDF", "DF", "ELEV_DF", "DFE"],
        DatumName::GL => &["EGL", "GL", "ELEV_GL", "GLE"],
        DatumName::MSL => &["EMSL"],
    }
}

/// The datum that a description names, when it names exactly one (`kb - ELEVATION OF DEPTH REFERENCE`).
fn described(text: &str) -> Option<DatumName> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter_map(|w| w.parse::<DatumName>().ok());
    let mut found: Vec<DatumName> = words.collect();
    found.dedup();
    match found.as_slice() {
        [only] if !text.to_ascii_lowercase().contains("above") => Some(*only),
        _ => None,
    }
}

/// A number, and the text behind it: `31.5 FT`.
fn split_number(text: &str) -> (Option<f64>, Option<&str>) {
    let text = text.trim();
    if let Ok(number) = text.parse::<f64>() {
        return (number.is_finite().then_some(number), None);
    }
    match text.split_once(char::is_whitespace) {
        Some((number, unit)) if Unit::parse(unit).is_some() => {
            (number.parse::<f64>().ok().filter(|n| n.is_finite()), Some(unit.trim()))
        }
        _ => (None, None),
    }
}
