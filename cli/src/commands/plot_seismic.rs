//! `outcrop plot section --volume`: inlines, crosslines, sections through wells; time slices as maps.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::Float32Type;
use outcrop_operators::{SAMPLES, axis_of};
use outcrop_plot::map::{Contours, Grid, Map, Points};
use outcrop_plot::seismic::{
    AmplitudeRange, Display, Horizon, LineNumbers, Polarity, SeismicSection, VerticalAxis, Well, WellTop,
};
use outcrop_seismic::{Domain, SampleAxis};
use outcrop_session::Session;
use outcrop_types::field;

use super::plot::{column, numbers, one, texts};
use crate::arguments::{Global, PlotSection, SeismicDisplay};
use crate::context::{quoted, rows, session};
use crate::picture::Target;
use crate::print::aside;

/// Traces of a section, from left to right.
struct Line {
    title: String,
    samples: Vec<f32>,
    axis: SampleAxis,
    /// Along the section: line numbers, or distances.
    positions: Vec<f64>,
    label: String,
    unit: Option<String>,
    numbers: Option<LineNumbers>,
    x: Vec<f64>,
    y: Vec<f64>,
    place: Place,
}

/// Unit of x and y, and their coordinate system.
type Place = (String, Option<String>);

pub(crate) async fn run(global: &Global, a: PlotSection) -> Result<ExitCode> {
    let session = session(global).await?;
    let target = Target::new(session.roots(), &a.output)?;
    let name = a.seismic.volume.clone().context("no volume")?;
    // A file has an ending, a volume of the project has none.
    let table = if name.contains(['.', '/']) && !name.starts_with("seismic.") {
        quoted(&name)
    } else {
        format!("seismic.\"{}\"", name.trim_start_matches("seismic.").replace('"', "\"\""))
    };
    let given = usize::from(a.seismic.inline.is_some())
        + usize::from(a.seismic.crossline.is_some())
        + usize::from(a.seismic.slice.is_some())
        + usize::from(!a.wells.is_empty());
    if given != 1 {
        bail!(
            "with --volume give one of --inline, --crossline, --slice (a time or depth), or two wells and more that a section runs through"
        );
    }
    if let Some(at) = a.seismic.slice {
        return slice(&session, &target, &a, &name, &table, at).await;
    }
    let line = match (a.seismic.inline, a.seismic.crossline) {
        (Some(n), _) => numbered(&session, &table, "inline", "crossline", n).await?,
        (_, Some(n)) => numbered(&session, &table, "crossline", "inline", n).await?,
        _ => through(&session, &table, &a.wells).await?,
    };
    let mut horizons = Vec::new();
    for horizon in &a.seismic.horizon {
        horizons.push(Horizon {
            name: horizon.clone(),
            values: along(&session, horizon, &line).await?,
            ..Horizon::default()
        });
    }
    // A well that the section runs through may be asked for again.
    let mut shown: Vec<String> = a.wells.clone();
    for well in &a.seismic.well {
        if !shown.contains(well) {
            shown.push(well.clone());
        }
    }
    let mut wells = Vec::new();
    for well in &shown {
        match projected(&session, well, &line, a.seismic.within).await? {
            Some(well) => wells.push(well),
            None => aside!(
                "well {well} is not drawn: no part of its path is within {} of the section, or it has no checkshots",
                a.seismic.within
            ),
        }
    }
    let vertical_label = match line.axis.domain {
        Domain::Time => "Two-way time",
        Domain::Depth => "Depth",
        Domain::Frequency => "Frequency",
    };
    let range = match (a.from, a.to) {
        (None, None) => None,
        (from, to) => Some((from.unwrap_or(line.axis.start), to.unwrap_or(line.axis.end()))),
    };
    let polarity = polarity(&session, &name).await?;
    let project = session.project().map(|p| format!("Project {}", p.settings().name));
    let crs = line.place.1.clone().filter(|c| !c.is_empty()).map(|c| format!("CRS: {c}"));
    let footer = project.into_iter().chain(crs).collect::<Vec<_>>().join("  ·  ");
    let section = SeismicSection {
        title: a.title.clone().unwrap_or(line.title),
        subtitle: Some(name.clone()),
        samples: line.samples,
        samples_per_trace: line.axis.count,
        positions: line.positions,
        position_label: line.label,
        position_unit: line.unit,
        line_numbers: line.numbers,
        vertical: VerticalAxis {
            start: line.axis.start,
            step: line.axis.interval,
            label: vertical_label.to_owned(),
            unit: Some(line.axis.unit.clone()).filter(|u| !u.is_empty()),
        },
        range,
        display: match a.seismic.display {
            SeismicDisplay::Density => Display::Density,
            SeismicDisplay::Wiggle => Display::Wiggle,
            SeismicDisplay::Both => Display::Both,
        },
        color_map: a.seismic.color_map.clone().unwrap_or_else(|| "vik".to_owned()),
        amplitudes: AmplitudeRange::Symmetric(a.seismic.clip),
        horizons,
        wells,
        polarity,
        footer: Some(footer).filter(|f| !f.is_empty()),
        ..SeismicSection::default()
    };
    target.write(session.roots(), section.to_svg()?).await?;
    Ok(ExitCode::SUCCESS)
}

/// What the headers of a volume of the project say of its polarity: without it nobody can tell a hard from a soft reflector.
async fn polarity(session: &Session, name: &str) -> Result<Option<Polarity>> {
    if session.project().is_none() {
        return Ok(None);
    }
    let name = name.trim_start_matches("seismic.").replace('\'', "''");
    let sql = format!("SELECT stated FROM outcrop.seismic_volumes WHERE name = '{name}'");
    let Some(found) = one(&rows(session, &sql).await?)?.filter(|b| b.num_rows() > 0) else { return Ok(None) };
    let stated = texts(&found, "stated")?.into_iter().flatten().flatten().next().unwrap_or_default();
    let said = stated.lines().find_map(|line| line.strip_prefix("polarity: ")).unwrap_or_default();
    Ok(if said.contains("negative") {
        Some(Polarity::PressureNegative)
    } else if said.contains("positive") {
        Some(Polarity::PressurePositive)
    } else {
        None
    })
}

/// The axis that a column of samples states.
fn axis(batch: &RecordBatch) -> Result<SampleAxis> {
    let schema = batch.schema();
    let field = schema.field_with_name(SAMPLES)?;
    axis_of(field).context("the samples of the volume do not say where they are")
}

fn place(batch: &RecordBatch) -> Place {
    let schema = batch.schema();
    let x = schema.field_with_name("x").ok();
    let unit = x.and_then(|f| field::unit(f)).unwrap_or_default().to_owned();
    (unit, x.and_then(|f| f.metadata().get(field::CRS).cloned()))
}

/// An inline or crossline.
async fn numbered(session: &Session, table: &str, of: &str, by: &str, number: i64) -> Result<Line> {
    let sql = format!("SELECT {by}, x, y, samples FROM {table} WHERE {of} = {number} ORDER BY {by}");
    let Some(batch) = one(&rows(session, &sql).await?)? else {
        let range = rows(session, &format!("SELECT min({of}) AS first, max({of}) AS last FROM {table}")).await?;
        let range = one(&range)?.context("the volume has no traces")?;
        let (first, last) = (column(&range, "first")?, column(&range, "last")?);
        bail!("there is no {of} {number}; the volume has {:?} to {:?}", first.first(), last.first());
    };
    let axis = axis(&batch)?;
    let lists = batch.column_by_name(SAMPLES).context("no samples")?.as_list::<i32>();
    let mut samples = Vec::with_capacity(batch.num_rows() * axis.count);
    for row in 0..batch.num_rows() {
        let list = lists.value(row);
        samples.extend(list.as_primitive::<Float32Type>().iter().map(|v| v.unwrap_or(f32::NAN)));
    }
    let title = format!("{}{} {number}", of[..1].to_uppercase(), &of[1..]);
    let label = format!("{}{}", by[..1].to_uppercase(), &by[1..]);
    Ok(Line {
        title,
        samples,
        axis,
        positions: column(&batch, by)?,
        label,
        unit: Some(String::new()),
        numbers: None,
        x: column(&batch, "x")?,
        y: column(&batch, "y")?,
        place: place(&batch),
    })
}

/// A section through wells.
async fn through(session: &Session, table: &str, wells: &[String]) -> Result<Line> {
    let head = rows(session, &format!("SELECT x, samples FROM {table} LIMIT 1")).await?;
    let head = one(&head)?.context("the volume has no traces")?;
    let (axis, own) = (axis(&head)?, place(&head));
    let heads = heads(session, wells, &own).await?;
    let values: Vec<String> = heads.iter().zip(0..).map(|((x, y), n)| format!("({x:?}, {y:?}, {n})")).collect();
    if heads.len() < 2 {
        bail!("a section runs through two wells at least");
    }
    // The samples of a trace are at one distance: by that alone they would come in any order.
    let sql = format!(
        "SELECT distance, line_x, line_y, crossline, amplitude FROM seismic_slice({table}, line => \
         (SELECT * FROM (VALUES {}) AS p(x, y, position))) ORDER BY distance, {}",
        values.join(", "),
        axis.domain.as_str()
    );
    let batch = one(&rows(session, &sql).await?)?.context("the section does not pass the volume")?;
    let (distance, unit) = numbers(&batch, "distance")?;
    let (x, y, lines) = (column(&batch, "line_x")?, column(&batch, "line_y")?, column(&batch, "crossline")?);
    let samples = column(&batch, "amplitude")?;
    let every = |v: &[f64]| v.iter().step_by(axis.count).copied().collect::<Vec<f64>>();
    Ok(Line {
        title: wells.join(" – "),
        samples: samples.into_iter().map(|v| v as f32).collect(),
        positions: every(&distance),
        label: "Distance".to_owned(),
        unit: unit.or(Some(own.0.clone()).filter(|u| !u.is_empty())),
        numbers: Some(LineNumbers { label: "Crossline".to_owned(), numbers: every(&lines) }),
        x: every(&x),
        y: every(&y),
        axis,
        place: own,
    })
}

/// Where wells are, in the coordinates of a volume.
async fn heads(session: &Session, wells: &[String], volume: &Place) -> Result<Vec<(f64, f64)>> {
    let mut heads = Vec::with_capacity(wells.len());
    for well in wells {
        let found = rows(session, &format!("SELECT x, y, crs FROM wells WHERE well = {}", quoted(well))).await?;
        let found =
            one(&found)?.with_context(|| format!("there is no well `{well}`; SELECT well FROM wells lists them"))?;
        same_place(well, &found, volume)?;
        match (column(&found, "x")?.first(), column(&found, "y")?.first()) {
            (Some(x), Some(y)) if x.is_finite() && y.is_finite() => heads.push((*x, *y)),
            _ => bail!("well {well} has no coordinates"),
        }
    }
    Ok(heads)
}

/// Refuses a well whose coordinates are of another unit or system than those of the volume.
fn same_place(well: &str, head: &RecordBatch, volume: &Place) -> Result<()> {
    let (unit, _) = place(head);
    if !unit.is_empty() && !volume.0.is_empty() && unit != volume.0 {
        bail!("the coordinates of well {well} are in {unit}, those of the volume in {}", volume.0);
    }
    let crs = texts(head, "crs")?.unwrap_or_default().into_iter().flatten().next();
    match (crs, &volume.1) {
        (Some(well_crs), Some(volume)) if !well_crs.is_empty() && !volume.is_empty() && well_crs != *volume => {
            bail!(
                "well {well} is in {well_crs}, the volume in {volume}; transform one of them first, with ST_Transform"
            )
        }
        _ => Ok(()),
    }
}

/// A surface at the traces of a line.
async fn along(session: &Session, surface: &str, line: &Line) -> Result<Vec<f64>> {
    let places: Vec<String> = line
        .x
        .iter()
        .zip(&line.y)
        .zip(0..)
        .filter(|((x, y), _)| x.is_finite() && y.is_finite())
        .map(|((x, y), n)| format!("({n}, {x:?}, {y:?})"))
        .collect();
    if places.is_empty() {
        bail!("the traces have no coordinates, so that `{surface}` can't be drawn on them");
    }
    let from = if surface.contains('.') { surface.to_owned() } else { format!("surfaces.{surface}") };
    let sql = format!(
        "SELECT n, value FROM sample_grid((SELECT * FROM (VALUES {}) AS p(n, x, y)), (SELECT x, y, z FROM {from})) ORDER BY n",
        places.join(", ")
    );
    let batch = one(&rows(session, &sql).await?)?.with_context(|| format!("`{surface}` has no rows"))?;
    let (values, unit) = numbers(&batch, "value")?;
    if unit.as_deref().is_some_and(|u| u != line.axis.unit) {
        bail!(
            "`{surface}` is in {}, the volume in {}; take one of them to the domain of the other first",
            unit.unwrap_or_default(),
            line.axis.unit
        );
    }
    let mut all = vec![f64::NAN; line.x.len()];
    for (n, value) in column(&batch, "n")?.into_iter().zip(values) {
        if let Some(target) = all.get_mut(n as usize) {
            *target = value;
        }
    }
    Ok(all)
}

/// A well on a line: its path within a distance of it, in time by its checkshots.
async fn projected(session: &Session, well: &str, line: &Line, within: f64) -> Result<Option<Well>> {
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
    let Some(path) = path else { return Ok(None) };
    let vertical = Vertical::of(session, &name, &line.axis).await?;
    let Some(vertical) = vertical else { return Ok(None) };
    let (x, y, (depth, unit)) = (column(&path, "x")?, column(&path, "y")?, numbers(&path, "tvdss")?);
    vertical.takes(well, unit.as_deref(), &line.axis)?;
    let mut drawn = Well { name: well.to_owned(), ..Well::default() };
    for ((x, y), d) in x.iter().zip(&y).zip(&depth) {
        let position = on_line(line, *x, *y, within);
        drawn.positions.push(position.unwrap_or(f64::NAN));
        drawn.vertical.push(vertical.at(*d));
    }
    if !drawn.positions.iter().zip(&drawn.vertical).any(|(p, v)| p.is_finite() && v.is_finite()) {
        return Ok(None);
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
    Ok(Some(drawn))
}

/// From tvdss to the axis of a volume: through checkshots, or as it is.
struct Vertical {
    checkshots: Option<Vec<(f64, f64)>>,
    /// Of the depths it takes, where that is known.
    unit: Option<String>,
}

impl Vertical {
    /// `None` where a well has no checkshots to take its depths to time with.
    async fn of(session: &Session, well: &str, axis: &SampleAxis) -> Result<Option<Self>> {
        if axis.domain == Domain::Depth {
            return Ok(Some(Vertical { checkshots: None, unit: Some(axis.unit.clone()) }));
        }
        let sql = format!(
            "SELECT tvdss, twt FROM checkshots WHERE well = {well} AND tvdss IS NOT NULL AND twt IS NOT NULL ORDER BY tvdss"
        );
        let Ok(found) = rows(session, &sql).await else { return Ok(None) };
        let Some(found) = one(&found)? else { return Ok(None) };
        let ((depths, unit), (times, time_unit)) = (numbers(&found, "tvdss")?, numbers(&found, "twt")?);
        if time_unit.as_deref().is_some_and(|u| u != axis.unit) {
            bail!(
                "the checkshots of well {well} are in {}, the volume in {}",
                time_unit.unwrap_or_default(),
                axis.unit
            );
        }
        let pairs: Vec<(f64, f64)> = depths.into_iter().zip(times).collect();
        Ok((pairs.len() > 1).then_some(Vertical { checkshots: Some(pairs), unit }))
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

/// Where a place is along a line, if it is near.
fn on_line(line: &Line, x: f64, y: f64, within: f64) -> Option<f64> {
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
        if best.is_none_or(|(d, _)| off < d) {
            let (p, q) = (line.positions[i - 1], line.positions[i]);
            best = Some((off, p + part * (q - p)));
        }
    }
    best.filter(|(off, _)| *off <= within).map(|(_, position)| position)
}

/// A time or depth slice as a map, turned as the survey is.
async fn slice(
    session: &Session,
    target: &Target,
    a: &PlotSection,
    name: &str,
    table: &str,
    at: f64,
) -> Result<ExitCode> {
    let head = rows(session, &format!("SELECT x, samples FROM {table} LIMIT 1")).await?;
    let head = one(&head)?.context("the volume has no traces")?;
    let axis = axis(&head)?;
    let word = axis.domain.as_str();
    let sql = format!(
        "SELECT inline, crossline, x, y, {word} AS place, amplitude FROM seismic_slice({table}, {word} => {at:?})"
    );
    let batch = one(&rows(session, &sql).await?)?.context("the slice has no traces")?;
    let (il, xl) = (column(&batch, "inline")?, column(&batch, "crossline")?);
    let (x, y, amplitude) = (column(&batch, "x")?, column(&batch, "y")?, column(&batch, "amplitude")?);
    let found = column(&batch, "place")?.first().copied().unwrap_or(at);
    let own = place(&head);
    let grid = grid(&il, &xl, &x, &y, &amplitude)?;
    let range = AmplitudeRange::Symmetric(a.seismic.clip).of(amplitude.iter().map(|v| *v as f32))?;
    let mut points = Vec::new();
    if !a.seismic.well.is_empty() {
        let heads = heads(session, &a.seismic.well, &own).await?;
        let (x, y) = heads.into_iter().unzip();
        points.push(Points {
            x,
            y,
            label: a.seismic.well.iter().map(|w| Some(w.clone())).collect(),
            ..Points::default()
        });
    }
    let (unit, crs) = own;
    let title = format!("{} {found} {}", if axis.domain == Domain::Time { "Two-way time" } else { "Depth" }, axis.unit);
    let map = Map {
        title: a.title.clone().unwrap_or(title),
        subtitle: Some(name.to_owned()),
        x_label: "Easting".to_owned(),
        y_label: "Northing".to_owned(),
        crs,
        length_unit: unit,
        grid: Some(Grid {
            label: "Amplitude".to_owned(),
            color_map: a.seismic.color_map.clone().unwrap_or_else(|| "vik".to_owned()),
            range: Some(range),
            contours: Contours::None,
            ..grid
        }),
        points,
        ..Map::default()
    };
    target.write(session.roots(), map.to_svg()?).await?;
    Ok(ExitCode::SUCCESS)
}

/// Values of traces on the grid of their numbers, placed by their coordinates.
fn grid(il: &[f64], xl: &[f64], x: &[f64], y: &[f64], values: &[f64]) -> Result<Grid> {
    let axis = |v: &[f64]| {
        let mut distinct: Vec<i64> = v.iter().filter(|v| v.is_finite()).map(|v| *v as i64).collect();
        distinct.sort_unstable();
        distinct.dedup();
        let step = distinct.windows(2).map(|w| w[1] - w[0]).min().unwrap_or(1);
        let (first, last) = (distinct.first().copied().unwrap_or(0), distinct.last().copied().unwrap_or(0));
        (first, step, usize::try_from((last - first) / step + 1).unwrap_or(1))
    };
    let ((i0, di, ni), (c0, dc, nc)) = (axis(il), axis(xl));
    if ni < 2 || nc < 2 {
        bail!("a slice is drawn of a survey of inlines and crosslines; this one has {ni} x {nc}");
    }
    let mut filled = vec![f64::NAN; ni * nc];
    // Least squares of x and y over the numbers, about their means.
    let n = il.len() as f64;
    let mean = |v: &[f64]| v.iter().sum::<f64>() / n;
    let (mi, mc, mx, my) = (mean(il), mean(xl), mean(x), mean(y));
    let (mut ii, mut cc, mut ic) = (0.0, 0.0, 0.0);
    let (mut ix, mut iy, mut cx, mut cy) = (0.0, 0.0, 0.0, 0.0);
    for k in 0..il.len() {
        let (i, c, px, py) = (il[k] - mi, xl[k] - mc, x[k] - mx, y[k] - my);
        ii += i * i;
        cc += c * c;
        ic += i * c;
        ix += i * px;
        iy += i * py;
        cx += c * px;
        cy += c * py;
        let at = (il[k] as i64 - i0) / di * nc as i64 + (xl[k] as i64 - c0) / dc;
        if let Some(target) = usize::try_from(at).ok().and_then(|at| filled.get_mut(at)) {
            *target = values[k];
        }
    }
    let determinant = ii * cc - ic * ic;
    if !(determinant.is_finite() && determinant > 0.0) {
        bail!("the traces have no coordinates that a map could be drawn from");
    }
    let along = ((ii * cx - ic * ix) / determinant, (ii * cy - ic * iy) / determinant);
    let across = ((cc * ix - ic * cx) / determinant, (cc * iy - ic * cy) / determinant);
    let first = (
        mx + (i0 as f64 - mi) * across.0 + (c0 as f64 - mc) * along.0,
        my + (i0 as f64 - mi) * across.1 + (c0 as f64 - mc) * along.1,
    );
    let scale = |(x, y): (f64, f64), by: i64| (x * by as f64, y * by as f64);
    Ok(Grid::from_steps(first, scale(along, dc), scale(across, di), (nc, ni), filled)?)
}
