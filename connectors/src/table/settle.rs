//! What follows from the kind of a table for its columns: units and directions of depths, the north of azimuths, columns
//! whose names say too little.

use outcrop_types::Issue;

use super::detect::{Detection, is_plain_depth};
use super::layout::TableFormat;
use super::model::{ColumnData, Table};
use super::role::{Kind, Role, key};
use super::rows::DepthSign;

pub(super) fn tops(table: &Table, found: &mut Detection) {
    if !found.any(&[Role::Surface, Role::SurfaceId]) || !found.any(&[Role::Md, Role::Tvd, Role::Tvdss, Role::Z]) {
        assign_text_and_number(table, found);
    }
    say_plain_depth(table, found);
    z(table, found);
    if found.has(Role::SurfaceId) && !found.has(Role::Surface) {
        found.issues.push(Issue::warning(
            "id-unresolved",
            "surfaces are given by id; read the table together with its dictionary (an id column of the same name and a name column)",
        ));
    }
    if found.has(Role::WellId) && !found.any(&[Role::Well, Role::Uwi]) {
        found.issues.push(Issue::warning(
            "id-unresolved",
            "wells are given by id; read the table together with the table of wells that has an id column of the same name",
        ));
    }
    tvdss_sign(table, found);
}

/// A third coordinate as depth against sea level: only where the format says what it is.
fn z(table: &Table, found: &mut Detection) {
    if found.has(Role::Z) && !found.has(Role::Tvdss) {
        let petrel = table.layout.format == TableFormat::HeaderBlock && !table.layout.nulls.is_empty();
        if petrel && let Some(column) = found.remove(Role::Z) {
            found.roles.push((column, Role::Tvdss, "Z of Petrel: elevation above mean sea level".to_owned()));
        } else if let Some(column) = found.column(Role::Z).and_then(|c| table.columns.get(c)) {
            let message = format!(
                "does not say what it is counted from; not used as a depth; settle it with --map tvdss={}",
                column.name
            );
            found.issues.push(Issue::warning("z-unclear", message).about(column.name.clone()));
        }
    }
}

pub(super) fn checkshots(table: &Table, found: &mut Detection) {
    say_plain_depth(table, found);
    z(table, found);
    tvdss_sign(table, found);
}

pub(super) fn say_plain_depth(table: &Table, found: &mut Detection) {
    let Some(column) = found.column(Role::Md).and_then(|c| table.columns.get(c)) else { return };
    if column.role.is_none() && is_plain_depth(&column.name) {
        let message = format!(
            "`{}` does not say whether it is measured or true vertical depth; taken as measured depth; settle it with --map md={} or --map tvd={}",
            column.name, column.name, column.name
        );
        let issue = if found.has(Role::Tvd) {
            Issue::info("depth-as-md", message)
        } else {
            Issue::warning("depth-as-md", message)
        };
        found.issues.push(issue.about(column.name.clone()));
    }
}

/// Whether depth against sea level grows or falls with depth below the datum.
fn tvdss_sign(table: &Table, found: &mut Detection) {
    let Some(column) = found.column(Role::Tvdss).and_then(|c| table.columns.get(c)) else { return };
    let reference = [Role::Tvd, Role::Md].iter().find_map(|r| found.column(*r)).and_then(|c| table.columns.get(c));
    let (mut down, mut up) = (0usize, 0usize);
    for row in 0..table.rows {
        let Some(value) = column.data.number(row).filter(|v| *v != 0.0) else { continue };
        let is_down = match reference {
            Some(reference) => match reference.data.number(row) {
                Some(depth) if depth > 0.0 => (value - depth).abs() < (value + depth).abs(),
                _ => continue,
            },
            None => value > 0.0,
        };
        if is_down { down += 1 } else { up += 1 }
    }
    let (sign, word) = match (down, up) {
        (0, 0) => return,
        (d, u) if d >= u * 10 => (Some(DepthSign::Down), "depth, positive downwards"),
        (d, u) if u >= d * 10 => (Some(DepthSign::Up), "elevation, negative below mean sea level"),
        _ => (None, ""),
    };
    let issue = match (sign, reference) {
        (Some(_), Some(reference)) => {
            Issue::info("tvdss-sign", format!("{word}, by comparison with `{}`", reference.name))
        }
        (Some(_), None) => {
            Issue::warning("tvdss-sign", format!("taken as {word}, as the table has no other depth to compare with"))
        }
        (None, _) => Issue::warning(
            "tvdss-sign",
            format!(
                "{down} values look like depths and {up} like elevations: the sign is unclear and the column is not used"
            ),
        ),
    };
    found.tvdss_sign = sign;
    found.issues.push(issue.about(column.name.clone()));
}

pub(super) fn surveys(table: &Table, found: &mut Detection) {
    say_plain_depth(table, found);
    north(table, found);
    if found.of_positions() {
        tvdss_sign(table, found);
    }
    let Some(md) = found.column(Role::Md).and_then(|c| table.columns.get(c)) else { return };
    let well = [Role::Well, Role::Uwi].iter().find_map(|r| found.column(*r)).and_then(|c| table.columns.get(c));
    let mut last: Option<(Option<String>, f64)> = None;
    let mut falls = Vec::new();
    for row in 0..table.rows {
        let Some(depth) = md.data.number(row) else { continue };
        let name = well.and_then(|w| w.data.text(row));
        if let Some((last_name, last_depth)) = &last
            && *last_name == name
            && depth <= *last_depth
        {
            falls.push((row, *last_depth, depth));
        }
        last = Some((name, depth));
    }
    if let Some((row, before, depth)) = falls.first() {
        let message = format!(
            "measured depth does not increase at {} stations; the first goes from {before} to {depth}",
            falls.len()
        );
        found
            .issues
            .push(Issue::warning("md-not-increasing", message).at_line(table.line(*row)).about(md.name.clone()));
    }
}

/// The name of the azimuths may say which north they are from; the lines above the table may say another.
fn north(table: &Table, found: &mut Detection) {
    let Some(column) = found.column(Role::Azimuth).and_then(|c| table.columns.get(c)) else { return };
    let Some(named) = north_of_name(&column.name) else { return };
    match &found.north_reference {
        None => found.north_reference = Some(named.to_owned()),
        Some(stated) if stated != named => {
            let message = format!(
                "the name says {named} north, the lines above the table say {stated} north; neither is taken, find out which is right"
            );
            found.issues.push(Issue::warning("north-contradiction", message).about(column.name.clone()));
            found.north_reference = None;
        }
        Some(_) => {}
    }
}

/// The north that the name of a column of azimuths states: `Azimuth GN`, `AZI_TN`, `Azim (Magnetic)`.
fn north_of_name(name: &str) -> Option<&'static str> {
    let name = key(name);
    let is = |word: &str| match word.trim_end_matches("north") {
        "gn" | "grid" | "gr" => Some("grid"),
        "tn" | "true" => Some("true"),
        "mn" | "mag" | "magnetic" | "magn" => Some("magnetic"),
        _ => None,
    };
    // `azimn` is AZI MN, so every spelling of azimuth is tried.
    ["azimuth", "azim", "azi", "az"].iter().find_map(|azimuth| {
        let (behind, before) = (name.strip_prefix(azimuth), name.strip_suffix(azimuth));
        behind.and_then(is).or_else(|| before.and_then(is))
    })
}

pub(super) fn points(table: &Table, found: &mut Detection) {
    let plain = found
        .column(Role::Md)
        .filter(|c| table.columns.get(*c).is_some_and(|c| c.role.is_none() && is_plain_depth(&c.name)));
    if plain.is_some()
        && !found.has(Role::Z)
        && let Some(column) = found.remove(Role::Md)
    {
        found.roles.push((column, Role::Z, "depth of a point".to_owned()));
    }
}

pub(super) fn wells(table: &Table, found: &mut Detection) {
    for role in [Role::Z, Role::Md] {
        if let Some(column) = found.column(role).and_then(|c| table.columns.get(c))
            && column.role.is_none()
        {
            let settles = if role == Role::Z { "datum_elevation" } else { "td" };
            let message =
                format!("does not say of what; kept as a header only; settle it with --map {settles}={}", column.name);
            found.issues.push(Issue::warning("role-unclear", message).about(column.name.clone()));
            found.remove(role);
        }
    }
}

/// Names a column of text the surface and one of numbers the measured depth, where there is just one of each.
fn assign_text_and_number(table: &Table, found: &mut Detection) -> bool {
    let free = |number: bool| -> Vec<usize> {
        (0..table.columns.len())
            .filter(|i| found.role(*i).is_none() && table.columns.get(*i).is_some_and(|c| c.data.is_number() == number))
            .collect()
    };
    let (numbers, texts) = (free(true), free(false));
    let (mut new, mut surface, mut depth) = (Vec::new(), None, None);
    if !found.any(&[Role::Surface, Role::SurfaceId])
        && let [column] = texts[..]
    {
        surface = Some(column);
        new.push((column, Role::Surface, "the only column of text".to_owned()));
    }
    if !found.any(&[Role::Md, Role::Tvd, Role::Tvdss])
        && let [column] = numbers[..]
    {
        depth = Some(column);
        new.push((column, Role::Md, "the only column of numbers".to_owned()));
    }
    if new.is_empty() {
        return false;
    }
    let name = |c: Option<usize>| c.and_then(|c| table.columns.get(c)).map_or("?", |c| c.name.as_str());
    let message = format!(
        "the names do not say it: taken as surface `{}` and measured depth `{}`; confirm it with --map surface={} --map md={}",
        name(surface.or(found.column(Role::Surface))),
        name(depth.or(found.column(Role::Md))),
        name(surface.or(found.column(Role::Surface))),
        name(depth.or(found.column(Role::Md))),
    );
    found.issues.push(Issue::warning("roles-by-values", message));
    found.roles.extend(new);
    true
}

pub(super) fn guess_tops(table: &Table, found: &mut Detection) {
    let unnamed = table.layout.header_line.is_none();
    let growing = |data: &ColumnData| {
        let numbers = data.numbers();
        let falls = numbers.windows(2).filter(|w| matches!(w, [a, b] if a > b)).count();
        numbers.len() >= 3 && falls * 10 <= numbers.len()
    };
    let numbers: Vec<_> = table.columns.iter().filter(|c| c.data.is_number()).collect();
    if table.kind.is_none()
        && unnamed
        && table.columns.len() == 2
        && matches!(numbers[..], [c] if growing(&c.data) && c.data.nulls() == 0)
        && found.roles.is_empty()
        && assign_text_and_number(table, found)
    {
        (found.kind, found.confidence) = (Kind::Tops, 0.4);
    } else if table.kind.is_none() {
        let names: Vec<&str> = table.columns.iter().take(12).map(|c| c.name.as_str()).collect();
        found.issues.push(Issue::info(
            "kind-unknown",
            format!(
                "not recognised as wells, tops, surveys, checkshots, cores, production or points by its columns ({}); state the kind, and columns with --map, such as --map md={}",
                names.join(", "),
                names.first().unwrap_or(&"column_1")
            ),
        ));
    }
}
