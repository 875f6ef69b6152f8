//! Wells on a seismic section.

use anyhow::{Result, bail};
use outcrop_plot::seismic::{Well, WellTop};
use outcrop_seismic::{Domain, SampleAxis};
use outcrop_session::Session;

use super::plot::{column, numbers, one, texts};
use super::plot_seismic_line::{Line, same_place};
use crate::context::{quoted, rows};

/// A well on a line: its path within a distance of it, in time by its checkshots; or why there is nothing to draw.
pub(super) async fn projected(
    session: &Session,
    well: &str,
    line: &Line,
    within: f64,
) -> Result<std::result::Result<Well, String>> {
    let name = quoted(well);
    let head = rows(session, &format!("SELECT x, crs FROM wells WHERE well = {name}")).await?;
    if let Some(head) = one(&head)? {
        same_place(well, &head, &line.place)?;
    }
    let path = format!("SELECT x, y, tvdss FROM trajectories WHERE well = {name} ORDER BY md");
    let mut path = rows(session, &path).await.ok().map(|b| one(&b)).transpose()?.flatten();
    if path.is_none() {
        // A well without a survey goes straight down, as far as is known.
        let straight = format!(
            "SELECT x, y, -datum_elevation AS tvdss FROM wells WHERE well = {name} UNION ALL SELECT x, y, td - datum_elevation FROM wells WHERE well = {name}"
        );
        path = one(&rows(session, &straight).await?)?;
    }
    let Some(path) = path else {
        return Ok(Err("there is no such well; SELECT well FROM wells lists them".to_owned()));
    };
    let (x, y, (depth, unit)) = (column(&path, "x")?, column(&path, "y")?, numbers(&path, "tvdss")?);
    let near: Vec<Option<(f64, f64)>> = x.iter().zip(&y).map(|(x, y)| on_line(line, *x, *y)).collect();
    let nearest = near.iter().flatten().map(|(off, _)| *off).fold(f64::INFINITY, f64::min);
    if nearest > within {
        return Ok(Err(match nearest.is_finite() {
            true => format!(
                "no part of its path is within {within} {unit} of the section, the nearest is {nearest:.0} {unit} away; --within takes wells from farther",
                unit = line.place.0
            ),
            false => "it or the section has no coordinates".to_owned(),
        }));
    }
    let vertical = match Vertical::of(session, &name, &line.axis).await? {
        Ok(vertical) => vertical,
        Err(reason) => return Ok(Err(reason)),
    };
    vertical.takes(well, unit.as_deref(), &line.axis)?;
    let mut drawn = Well { name: well.to_owned(), ..Well::default() };
    for (near, d) in near.iter().zip(&depth) {
        let position = near.filter(|(off, _)| *off <= within).map(|(_, position)| position);
        drawn.positions.push(position.unwrap_or(f64::NAN));
        drawn.vertical.push(vertical.at(*d));
    }
    if !drawn.positions.iter().zip(&drawn.vertical).any(|(p, v)| p.is_finite() && v.is_finite()) {
        return Ok(Err(match &vertical.checkshots {
            Some(_) => "its checkshots do not reach the part of its path that is at the section".to_owned(),
            None => "the part of its path that is at the section has no tvdss".to_owned(),
        }));
    }
    let tops = rows(session, &format!("SELECT surface, x, y, tvdss FROM tops_xyz WHERE well = {name}"))
        .await
        .unwrap_or_default();
    if let Some(tops) = one(&tops)? {
        let names = texts(&tops, "surface")?.unwrap_or_default();
        for (name, depth) in names.into_iter().zip(column(&tops, "tvdss")?) {
            let at = vertical.at(depth);
            if let Some(name) = name.filter(|_| at.is_finite()) {
                drawn.tops.push(WellTop { name, vertical: at });
            }
        }
    }
    Ok(Ok(drawn))
}

/// From tvdss to the axis of a volume: through checkshots, or as it is.
struct Vertical {
    checkshots: Option<Vec<(f64, f64)>>,
    /// Of the depths it takes, where that is known.
    unit: Option<String>,
}

impl Vertical {
    /// The reason where a well has no checkshots to take its depths to time with.
    async fn of(session: &Session, well: &str, axis: &SampleAxis) -> Result<std::result::Result<Self, String>> {
        let none = "it has no checkshots with tvdss and twt, by which its depths would be taken to time";
        if axis.domain == Domain::Depth {
            return Ok(Ok(Vertical { checkshots: None, unit: Some(axis.unit.clone()) }));
        }
        let sql = format!(
            "SELECT tvdss, twt FROM checkshots WHERE well = {well} AND tvdss IS NOT NULL AND twt IS NOT NULL ORDER BY tvdss"
        );
        let Ok(found) = rows(session, &sql).await else { return Ok(Err(none.to_owned())) };
        let Some(found) = one(&found)? else { return Ok(Err(none.to_owned())) };
        let ((depths, unit), (times, time_unit)) = (numbers(&found, "tvdss")?, numbers(&found, "twt")?);
        if time_unit.as_deref().is_some_and(|u| u != axis.unit) {
            bail!(
                "the checkshots of well {well} are in {}, the volume in {}",
                time_unit.unwrap_or_default(),
                axis.unit
            );
        }
        let pairs: Vec<(f64, f64)> = depths.into_iter().zip(times).collect();
        Ok(if pairs.len() > 1 {
            Ok(Vertical { checkshots: Some(pairs), unit })
        } else {
            Err("it has one checkshot only, and two are needed to take its depths to time".to_owned())
        })
    }

    /// Refuses depths in another unit.
    fn takes(&self, well: &str, unit: Option<&str>, axis: &SampleAxis) -> Result<()> {
        match (unit, self.unit.as_deref()) {
            (Some(given), Some(wanted)) if given != wanted && !wanted.is_empty() => {
                let of = if self.checkshots.is_some() { "its checkshots" } else { axis.domain.as_str() };
                bail!("the path of well {well} is in {given}, but {of} in {wanted}")
            }
            _ => Ok(()),
        }
    }

    /// NaN outside of the checkshots.
    fn at(&self, depth: f64) -> f64 {
        let Some(pairs) = &self.checkshots else { return depth };
        let after = pairs.partition_point(|(d, _)| *d < depth);
        match (after.checked_sub(1).and_then(|i| pairs.get(i)), pairs.get(after)) {
            (_, Some((d, t))) if *d == depth => *t,
            (Some((d0, t0)), Some((d1, t1))) => t0 + (depth - d0) / (d1 - d0) * (t1 - t0),
            _ => f64::NAN,
        }
    }
}

/// How far a place is from a line, and where along it.
fn on_line(line: &Line, x: f64, y: f64) -> Option<(f64, f64)> {
    let mut best: Option<(f64, f64)> = None;
    for i in 1..line.x.len() {
        let (ax, ay, bx, by) = (line.x[i - 1], line.y[i - 1], line.x[i], line.y[i]);
        let (dx, dy) = (bx - ax, by - ay);
        let length = dx * dx + dy * dy;
        if !length.is_finite() || length == 0.0 {
            continue;
        }
        let part = (((x - ax) * dx + (y - ay) * dy) / length).clamp(0.0, 1.0);
        let off = (x - ax - part * dx).hypot(y - ay - part * dy);
        if off.is_finite() && best.is_none_or(|(d, _)| off < d) {
            let (p, q) = (line.positions[i - 1], line.positions[i]);
            best = Some((off, p + part * (q - p)));
        }
    }
    best
}
