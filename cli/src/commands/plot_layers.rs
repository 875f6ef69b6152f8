//! Lines, faults, polygons and posted values of maps.

use anyhow::{Context, Result, bail};
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use outcrop_connectors::geometry::{Geometry, Position, decode};
use outcrop_plot::color::{ColorMap, Rgb};
use outcrop_plot::map::{LineStyle, Points, Polyline, Symbol};
use outcrop_session::Session;
use outcrop_types::field;

use super::plot::{column, numbers, one, texts};
use super::plot_classes::Classes;
use super::plot_system::{Stated, stated};
use crate::arguments::PlotMap;
use crate::context::rows;

/// Lines of a map, with what their coordinates state.
#[derive(Default)]
pub(super) struct Lines {
    pub(super) drawn: Vec<Polyline>,
    /// The unit of x, where one is stated.
    pub(super) unit: Option<String>,
    /// The coordinate reference system of each layer.
    pub(super) systems: Vec<Stated>,
}

/// The lines of a map.
pub(super) async fn lines(session: &Session, a: &PlotMap) -> Result<Lines> {
    let fault = LineStyle { color: Rgb(0x8E, 0x24, 0x1B), width: 2.2, ..LineStyle::default() };
    let line = LineStyle { width: 1.3, ..LineStyle::default() };
    let teal = Rgb(0x17, 0x6F, 0x66);
    let polygon = LineStyle { color: teal, width: 1.3, fill: Some(Rgb::TEAL), ..LineStyle::default() };
    let layers = [
        (&a.polygons, polygon, "--polygons", "Polygons"),
        (&a.lines, line, "--lines", "Lines"),
        (&a.faults, fault, "--faults", "Faults"),
    ];
    let map = ColorMap::by_name(&a.color_map)?;
    let over_a_surface = a.grid.is_some() || a.surface.is_some();
    let mut lines = Lines::default();
    for (queries, style, option, name) in layers {
        for query in queries {
            let batch = layer(session, query).await.context(option)?;
            lines.systems.push(stated(option, &batch)?);
            let polygons = option == "--polygons";
            let classes = match &a.color {
                Some(column) if polygons => Some(Classes::of(&batch, column, map).context(option)?),
                _ => None,
            };
            let (parts, unit) = parts(&batch, classes.as_ref()).context(option)?;
            lines.unit = lines.unit.or(unit);
            for (k, part) in parts.into_iter().enumerate().filter(|(_, p)| !p.x.is_empty()) {
                let class = classes.as_ref().and_then(|c| Some((c.names.get(k)?.clone(), *c.colors.get(k)?)));
                let (name, style) = match class {
                    Some((name, fill)) => {
                        // Strong enough to tell the colours apart, and weaker where there is a surface to see.
                        let strength = if over_a_surface { 0.45 } else { 0.75 };
                        let color = fill.mix(Rgb::SLATE, 0.5);
                        (name, LineStyle { color, width: 0.8, fill: Some(fill), strength, ..LineStyle::default() })
                    }
                    None => (name.to_owned(), style.clone()),
                };
                lines.drawn.push(Polyline { closed: polygons, style, name: Some(name), ..part });
            }
        }
    }
    Ok(lines)
}

/// A table's name, or a query, as a query.
fn query(text: &str) -> String {
    let trimmed = text.trim().trim_end_matches(';');
    if trimmed.contains(char::is_whitespace) { trimmed.to_owned() } else { format!("SELECT * FROM {trimmed}") }
}

async fn layer(session: &Session, text: &str) -> Result<RecordBatch> {
    match one(&rows(session, &query(text)).await?)? {
        Some(batch) => Ok(batch),
        None => bail!("there are no rows: {text}"),
    }
}

/// The lines of the rows, one for each class, and the unit of their x where it is stated.
fn parts(batch: &RecordBatch, classes: Option<&Classes>) -> Result<(Vec<Polyline>, Option<String>)> {
    let class = |row: usize| classes.and_then(|c| c.of.get(row).copied()).unwrap_or(0);
    let mut lines = vec![Polyline::default(); classes.map_or(1, |c| c.names.len())];
    let schema = batch.schema();
    if let Some(at) =
        schema.fields().iter().position(|f| is_geometry(f.data_type()) && f.name().eq_ignore_ascii_case("geometry"))
    {
        let binary = cast(batch.column(at), &DataType::Binary)?;
        let binary = binary.as_binary::<i32>();
        for row in (0..binary.len()).filter(|row| binary.is_valid(*row)) {
            let geometry = decode(binary.value(row)).map_err(|e| anyhow::anyhow!("row {}: {e}", row + 1))?;
            if let Some(line) = lines.get_mut(class(row)) {
                add(line, &geometry);
            }
        }
        if lines.iter().all(|l| l.x.is_empty()) {
            bail!("the geometries have no lines or polygons; points are drawn by --points");
        }
        return Ok((lines, None));
    }
    let (x, unit) = numbers(batch, "x").context("neither `geometry` nor x and y")?;
    let y = column(batch, "y")?;
    // A part begins where what tells parts apart changes.
    let part =
        ["part", "line", "polygon", "id", "poly_id", "name"].into_iter().find(|p| schema.field_with_name(p).is_ok());
    let names = match part {
        Some(name) => texts(batch, name)?.unwrap_or_default(),
        None => vec![None; x.len()],
    };
    for (k, (x, y)) in x.iter().zip(&y).enumerate() {
        let begins = k > 0 && (names.get(k) != names.get(k - 1) || class(k) != class(k - 1));
        if let Some(line) = lines.get_mut(class(k)) {
            if begins && !line.x.is_empty() {
                line.x.push(f64::NAN);
                line.y.push(f64::NAN);
            }
            line.x.push(*x);
            line.y.push(*y);
        }
    }
    Ok((lines, unit))
}

fn is_geometry(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Binary | DataType::LargeBinary | DataType::BinaryView)
}

fn add(line: &mut Polyline, geometry: &Geometry) {
    match geometry {
        Geometry::LineString(points) => part(line, points),
        Geometry::MultiLineString(parts) => parts.iter().for_each(|p| part(line, p)),
        Geometry::Polygon(rings) => polygon(line, rings),
        Geometry::MultiPolygon(polygons) => polygons.iter().for_each(|rings| polygon(line, rings)),
        Geometry::Collection(all) => all.iter().for_each(|g| add(line, g)),
        Geometry::Point(_) | Geometry::MultiPoint(_) => {}
    }
}

/// A polygon's outline and its holes. Holes run the other way round, so that they stay clear where the whole is filled;
/// files do not all keep to that.
fn polygon(line: &mut Polyline, rings: &[Vec<Position>]) {
    let area = |ring: &[Position]| {
        // From the first corner: large coordinates would leave nothing of a small area.
        let from = ring.first().map_or((0.0, 0.0), |p| (p.x, p.y));
        let pairs = ring.iter().zip(ring.iter().skip(1));
        pairs.map(|(a, b)| (a.x - from.0) * (b.y - from.1) - (b.x - from.0) * (a.y - from.1)).sum::<f64>()
    };
    let outside = rings.first().map_or(0.0, |ring| area(ring));
    for (k, ring) in rings.iter().enumerate() {
        if k > 0 && area(ring) * outside > 0.0 {
            part(line, &ring.iter().rev().copied().collect::<Vec<_>>());
        } else {
            part(line, ring);
        }
    }
}

fn part(line: &mut Polyline, points: &[Position]) {
    if !line.x.is_empty() {
        line.x.push(f64::NAN);
        line.y.push(f64::NAN);
    }
    line.x.extend(points.iter().map(|p| p.x));
    line.y.extend(points.iter().map(|p| p.y));
}

/// Writes values that lie at points which are drawn already behind the labels of these, and leaves the others.
pub(super) fn join(points: &mut Points, posted: &mut Points) {
    let mut rest = Points { symbol: posted.symbol, name: posted.name.clone(), ..Points::default() };
    let mut joined = false;
    points.label.resize(points.x.len(), None);
    for ((x, y), value) in posted.x.iter().zip(&posted.y).zip(&posted.label) {
        let same = |k: &usize| (points.x[*k] - x).abs() < 1e-3 && (points.y[*k] - y).abs() < 1e-3;
        match ((0..points.x.len()).find(same), value) {
            (Some(at), Some(value)) => {
                let label = points.label[at].take();
                points.label[at] = Some(label.map_or_else(|| value.clone(), |l| format!("{l}: {value}")));
                joined = true;
            }
            _ => {
                rest.x.push(*x);
                rest.y.push(*y);
                rest.label.push(value.clone());
            }
        }
    }
    if joined {
        let names = [points.name.take(), posted.name.take()].into_iter().flatten().collect::<Vec<_>>();
        points.name = Some(names.join(" with ")).filter(|n| !n.is_empty());
    }
    *posted = rest;
}

/// Values at their places, with the unit and the system of x.
pub(super) async fn posted(session: &Session, text: &str) -> Result<(Points, Option<String>, Stated)> {
    let Some(batch) = one(&rows(session, &query(text)).await?)? else { bail!("--post: there are no rows") };
    let schema = batch.schema();
    let others: Vec<_> =
        schema.fields().iter().filter(|f| !["x", "y", "crs"].contains(&f.name().to_lowercase().as_str())).collect();
    let [value] = others.as_slice() else {
        let names: Vec<&str> = others.iter().map(|f| f.name().as_str()).collect();
        bail!("--post: expected x, y and one value; found besides x and y: {}", names.join(", "));
    };
    let (x, unit) = numbers(&batch, "x").context("--post")?;
    let y = column(&batch, "y").context("--post")?;
    let label = if value.data_type().is_numeric() {
        // As many decimals as three digits of the spread need: 1 in 1000 of what differs.
        let values = column(&batch, value.name())?;
        let known = || values.iter().copied().filter(|v| v.is_finite());
        let (low, high) = known().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        let spread = if high > low { high - low } else { high.abs().max(1.0) };
        let decimals = (2 - spread.log10().floor() as i32).clamp(0, 6) as usize;
        values.iter().map(|v| v.is_finite().then(|| format!("{v:.decimals$}"))).collect()
    } else {
        texts(&batch, value.name())?.unwrap_or_default()
    };
    let name = match field::unit(value) {
        Some(unit) => format!("{} ({unit})", value.name()),
        None => value.name().clone(),
    };
    Ok((
        Points { x, y, label, symbol: Symbol::Dot, name: Some(name), ..Points::default() },
        unit,
        stated("--post", &batch)?,
    ))
}
