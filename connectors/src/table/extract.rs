//! Typed rows out of a table.

use outcrop_types::{DatumName, Issue};

use super::detect::Detection;
use super::error::TableError;
use super::model::{Column, Table};
use super::role::{Kind, Role};
use super::rows::{DepthSign, Points, PositionRow, Rows, SurveyRow, TopRow, WellRow};

/// Rows left out that are reported one by one.
const REPORTED: usize = 10;

/// The column of a role; an error when it has to be numeric and is not.
pub(super) fn column<'t>(table: &'t Table, found: &Detection, role: Role) -> Result<Option<&'t Column>, TableError> {
    let Some(column) = found.column(role).and_then(|c| table.columns.get(c)) else { return Ok(None) };
    if role.is_number() && !column.data.is_number() && column.data.nulls() < column.data.len() {
        let row = (0..table.rows).find(|r| column.data.text(*r).is_some()).unwrap_or(0);
        return Err(TableError::TextForNumber {
            column: column.name.clone(),
            role,
            value: column.data.text(row).unwrap_or_default(),
            line: table.line(row),
        });
    }
    Ok(Some(column))
}

pub(super) fn number(column: Option<&Column>, row: usize) -> Option<f64> {
    column.and_then(|c| c.data.number(row))
}

pub(super) fn text(column: Option<&Column>, row: usize) -> Option<String> {
    column.and_then(|c| c.data.text(row)).map(|t| t.trim().to_owned()).filter(|t| !t.is_empty())
}

pub(super) fn units(table: &Table, found: &Detection) -> Vec<(Role, Option<String>)> {
    found
        .roles
        .iter()
        .filter(|(_, role, _)| *role != Role::Value)
        .filter_map(|(c, role, _)| table.columns.get(*c).map(|column| (*role, column.unit.clone())))
        .collect()
}

pub(super) fn missing(table: &Table, found: &Detection, kind: Kind, needed: &str, example: &str) -> TableError {
    let columns: Vec<String> = table
        .columns
        .iter()
        .enumerate()
        .map(|(i, c)| match found.role(i) {
            Some(role) if role != Role::Value => format!("{} ({role})", c.name),
            _ => c.name.clone(),
        })
        .collect();
    TableError::MissingRoles { kind, needed: needed.to_owned(), found: columns.join(", "), example: example.to_owned() }
}

/// Rows that lack what a row needs.
pub(super) struct LeftOut {
    pub(super) lines: Vec<u64>,
    what: &'static str,
}

impl LeftOut {
    pub(super) fn new(what: &'static str) -> Self {
        LeftOut { lines: Vec::new(), what }
    }

    pub(super) fn report(self, issues: &mut Vec<Issue>) {
        let Some(first) = self.lines.first() else { return };
        let listed: Vec<String> = self.lines.iter().take(REPORTED).map(u64::to_string).collect();
        let more = if self.lines.len() > REPORTED { " …" } else { "" };
        issues.push(
            Issue::warning(
                "row-incomplete",
                format!("{} rows are left out: {} (lines {}{more})", self.lines.len(), self.what, listed.join(", ")),
            )
            .at_line(*first),
        );
    }
}

/// The wells of a table.
///
/// # Errors
/// When no column is the well's name or identifier, or a column that has to be numeric holds text.
pub fn wells(table: &Table, found: &Detection) -> Result<Rows<WellRow>, TableError> {
    let get = |role| column(table, found, role);
    let (well, uwi) = (get(Role::Well)?, get(Role::Uwi)?);
    if well.is_none() && uwi.is_none() {
        return Err(missing(table, found, Kind::Wells, "a well name or uwi", "--map well=<column>"));
    }
    let (x, y, lon, lat) = (get(Role::X)?, get(Role::Y)?, get(Role::Lon)?, get(Role::Lat)?);
    let (elevation, td, datum) = (get(Role::DatumElevation)?, get(Role::Td)?, get(Role::DatumName)?);
    let (operator, field) = (get(Role::Operator)?, get(Role::Field)?);
    let own = [
        Role::Well,
        Role::Uwi,
        Role::X,
        Role::Y,
        Role::Lon,
        Role::Lat,
        Role::DatumElevation,
        Role::Td,
        Role::DatumName,
        Role::Operator,
        Role::Field,
    ];
    let extra: Vec<&Column> = found
        .roles
        .iter()
        .filter(|(_, role, _)| !own.contains(role))
        .filter_map(|(c, _, _)| table.columns.get(*c))
        .collect();
    let mut issues = Vec::new();
    let mut without_name = LeftOut::new("no well name and no identifier");
    let mut rows = Vec::with_capacity(table.rows);
    for row in 0..table.rows {
        let line = table.line(row);
        let (name, identifier) = (text(well, row), text(uwi, row));
        if name.is_none() && identifier.is_none() {
            without_name.lines.push(line);
            continue;
        }
        let datum = match text(datum, row) {
            Some(stated) => match stated.parse::<DatumName>() {
                Ok(datum) => Some(datum),
                Err(message) => {
                    issues.push(Issue::warning("datum-unknown", message).at_line(line));
                    None
                }
            },
            None => found.datum,
        };
        rows.push(WellRow {
            well: name,
            uwi: identifier,
            x: number(x, row),
            y: number(y, row),
            lon: number(lon, row),
            lat: number(lat, row),
            datum,
            datum_elevation: number(elevation, row),
            td: number(td, row),
            operator: text(operator, row),
            field: text(field, row),
            extra: extra.iter().filter_map(|c| text(Some(c), row).map(|v| (c.name.clone(), v))).collect(),
            line,
        });
    }
    without_name.report(&mut issues);
    Ok(Rows { rows, units: units(table, found), issues })
}

/// The picks of a table. Picks without any depth are left out and counted: no depth is made up.
///
/// # Errors
/// When no column is the surface or none is a depth, or a depth is text.
pub fn tops(table: &Table, found: &Detection) -> Result<Rows<TopRow>, TableError> {
    let get = |role| column(table, found, role);
    let surface = match get(Role::Surface)? {
        Some(column) => column,
        None => match get(Role::SurfaceId)? {
            Some(column) => column,
            None => return Err(missing(table, found, Kind::Tops, "a surface", "--map surface=<column>")),
        },
    };
    let (md, tvd, tvdss) = (get(Role::Md)?, get(Role::Tvd)?, get(Role::Tvdss)?);
    if md.is_none() && tvd.is_none() && tvdss.is_none() {
        return Err(missing(table, found, Kind::Tops, "a depth: md, tvd or tvdss", "--map md=<column>"));
    }
    let well = match get(Role::Well)? {
        Some(column) => Some(column),
        None if found.column(Role::Uwi).is_none() => get(Role::WellId)?,
        None => None,
    };
    let (uwi, x, y) = (get(Role::Uwi)?, get(Role::X)?, get(Role::Y)?);
    let (interpreter, confidence) = (get(Role::Interpreter)?, get(Role::Confidence)?);
    let mut issues = Vec::new();
    let (mut no_depth, mut no_surface) = (LeftOut::new("no depth"), LeftOut::new("no surface"));
    let mut rows = Vec::with_capacity(table.rows);
    for row in 0..table.rows {
        let line = table.line(row);
        let tvdss = match found.tvdss_sign {
            Some(DepthSign::Down) => number(tvdss, row),
            Some(DepthSign::Up) => number(tvdss, row).map(|z| 0.0 - z),
            None => None,
        };
        let (md, tvd) = (number(md, row), number(tvd, row));
        let Some(surface) = text(Some(surface), row) else {
            no_surface.lines.push(line);
            continue;
        };
        if md.is_none() && tvd.is_none() && tvdss.is_none() {
            no_depth.lines.push(line);
            continue;
        }
        rows.push(TopRow {
            well: text(well, row).or_else(|| if well.is_none() && uwi.is_none() { found.well.clone() } else { None }),
            uwi: text(uwi, row),
            surface,
            md,
            tvd,
            tvdss,
            x: number(x, row),
            y: number(y, row),
            interpreter: text(interpreter, row),
            confidence: text(confidence, row),
            line,
        });
    }
    no_surface.report(&mut issues);
    no_depth.report(&mut issues);
    Ok(Rows { rows, units: units(table, found), issues })
}

/// The stations of a survey. Stations that lack depth, inclination or azimuth are left out and counted.
///
/// # Errors
/// When a column of the three is missing or holds text.
pub fn surveys(table: &Table, found: &Detection) -> Result<Rows<SurveyRow>, TableError> {
    let get = |role| column(table, found, role);
    let (Some(md), Some(inclination), Some(azimuth)) = (get(Role::Md)?, get(Role::Inclination)?, get(Role::Azimuth)?)
    else {
        return Err(missing(
            table,
            found,
            Kind::Surveys,
            "md, inclination and azimuth",
            "--map md=<column> --map inclination=<column> --map azimuth=<column>",
        ));
    };
    let (well, uwi) = (get(Role::Well)?, get(Role::Uwi)?);
    let mut issues = Vec::new();
    let mut incomplete = LeftOut::new("measured depth, inclination or azimuth is missing");
    let mut rows = Vec::with_capacity(table.rows);
    for row in 0..table.rows {
        let line = table.line(row);
        match (md.data.number(row), inclination.data.number(row), azimuth.data.number(row)) {
            (Some(md), Some(inclination), Some(azimuth)) => rows.push(SurveyRow {
                well: text(well, row).or_else(|| found.well.clone().filter(|_| well.is_none() && uwi.is_none())),
                uwi: text(uwi, row),
                md,
                inclination,
                azimuth,
                line,
            }),
            _ => incomplete.lines.push(line),
        }
    }
    incomplete.report(&mut issues);
    Ok(Rows { rows, units: units(table, found), issues })
}

/// The positions along the holes of a table without angles, and the role of the depth that they have: [`Role::Tvdss`] or
/// [`Role::Tvd`]. Rows that lack one of the numbers are left out and counted.
///
/// # Errors
/// When a column is missing or holds text, or the sign of the depth against sea level cannot be told.
pub fn positions(table: &Table, found: &Detection) -> Result<(Rows<PositionRow>, Role), TableError> {
    let get = |role| column(table, found, role);
    let (tvdss, tvd) = (get(Role::Tvdss)?, get(Role::Tvd)?);
    let sign = match found.tvdss_sign {
        _ if tvdss.is_none() => Some(1.0),
        Some(DepthSign::Down) => Some(1.0),
        Some(DepthSign::Up) => Some(-1.0),
        None => None,
    };
    let depth = tvdss.or(tvd);
    let (Some(md), Some(x), Some(y), Some(depth), Some(sign)) =
        (get(Role::Md)?, get(Role::X)?, get(Role::Y)?, depth, sign)
    else {
        return Err(missing(
            table,
            found,
            Kind::Surveys,
            "md, inclination and azimuth, or md, x, y and tvdss, whose sign must be clear",
            "--map md=<column> --map inclination=<column> --map azimuth=<column>",
        ));
    };
    let (well, uwi) = (get(Role::Well)?, get(Role::Uwi)?);
    let mut incomplete = LeftOut::new("measured depth or a coordinate is missing");
    let mut rows = Vec::with_capacity(table.rows);
    for row in 0..table.rows {
        let line = table.line(row);
        let number = |column: &Column| column.data.number(row);
        match (number(md), number(x), number(y), number(depth)) {
            (Some(md), Some(x), Some(y), Some(depth)) => rows.push(PositionRow {
                well: text(well, row).or_else(|| found.well.clone().filter(|_| well.is_none() && uwi.is_none())),
                uwi: text(uwi, row),
                md,
                x,
                y,
                depth: sign * depth,
                line,
            }),
            _ => incomplete.lines.push(line),
        }
    }
    let mut issues = Vec::new();
    incomplete.report(&mut issues);
    let role = if tvdss.is_some() { Role::Tvdss } else { Role::Tvd };
    Ok((Rows { rows, units: units(table, found), issues }, role))
}

/// The whole table as a batch, with the places of its coordinates: x and y where it has them, else longitude and latitude.
/// Rows without coordinates stay, and are counted.
///
/// # Errors
/// When the table has neither pair, or a coordinate is text.
pub fn points(table: &Table, found: &Detection) -> Result<Points, TableError> {
    let pair = |a: Role, b: Role| found.column(a).zip(found.column(b)).map(|places| (places, (a, b)));
    let projected = pair(Role::X, Role::Y);
    let Some(((x, y), (x_role, y_role))) = projected.or_else(|| pair(Role::Lon, Role::Lat)) else {
        return Err(missing(
            table,
            found,
            Kind::Points,
            "x and y, or lon and lat",
            "--map x=<column> --map y=<column>",
        ));
    };
    let (x_column, y_column) = (column(table, found, x_role)?, column(table, found, y_role)?);
    let z = [Role::Z, Role::Tvdss, Role::Tvd].into_iter().find(|r| found.column(*r).is_some());
    if let Some(role) = z {
        column(table, found, role)?;
    }
    let mut without = LeftOut::new("");
    without.lines.extend(
        (0..table.rows)
            .filter(|r| number(x_column, *r).is_none() || number(y_column, *r).is_none())
            .map(|r| table.line(r)),
    );
    let mut issues = Vec::new();
    if let Some(first) = without.lines.first() {
        issues.push(
            Issue::warning("no-coordinates", format!("{} rows have no coordinates", without.lines.len()))
                .at_line(*first),
        );
    }
    Ok(Points {
        batch: table.to_record_batch()?,
        x,
        y,
        z: z.and_then(|r| found.column(r)),
        geographic: projected.is_none(),
        issues,
    })
}
