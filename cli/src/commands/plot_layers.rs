//! Lines, faults, polygons and posted values of maps.

use anyhow::{Context, Result, bail};
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use outcrop_connectors::geometry::{Geometry, decode};
use outcrop_plot::color::Rgb;
use outcrop_plot::map::{LineStyle, Points, Polyline, Symbol};
use outcrop_plot::style::Dash;
use outcrop_session::Session;
use outcrop_types::field;

use super::plot::{column, numbers, one, texts};
use crate::arguments::PlotMap;
use crate::context::rows;

/// The lines of a map, and the unit of their x where it is stated.
pub(super) async fn lines(session: &Session, a: &PlotMap) -> Result<(Vec<Polyline>, Option<String>)> {
    let fault = LineStyle { color: Rgb(0x8E, 0x24, 0x1B), width: 2.2, dash: Dash::Solid, fill: None };
    let line = LineStyle { width: 1.3, ..LineStyle::default() };
    let polygon = LineStyle { color: Rgb(0x17, 0x6F, 0x66), width: 1.3, dash: Dash::Solid, fill: Some(Rgb::TEAL) };
    let layers = [
        (&a.polygons, polygon, true, "Polygons"),
        (&a.lines, line, false, "Lines"),
        (&a.faults, fault, false, "Faults"),
    ];
    let (mut drawn, mut unit) = (Vec::new(), None);
    for (queries, style, closed, name) in layers {
        for query in queries {
            let (mut line, of) = layer(session, query).await.with_context(|| format!("--{}", name.to_lowercase()))?;
            line.closed = closed;
            line.style = style.clone();
            line.name = Some(line.name.unwrap_or_else(|| name.to_owned()));
            drawn.push(line);
            unit = unit.or(of);
        }
    }
    Ok((drawn, unit))
}

/// A table's name, or a query, as a query.
fn query(text: &str) -> String {
    let trimmed = text.trim().trim_end_matches(';');
    if trimmed.contains(char::is_whitespace) { trimmed.to_owned() } else { format!("SELECT * FROM {trimmed}") }
}

async fn layer(session: &Session, text: &str) -> Result<(Polyline, Option<String>)> {
    let Some(batch) = one(&rows(session, &query(text)).await?)? else { bail!("there are no rows: {text}") };
    let schema = batch.schema();
    if let Some(at) =
        schema.fields().iter().position(|f| is_geometry(f.data_type()) && f.name().eq_ignore_ascii_case("geometry"))
    {
        return Ok((of_geometries(&batch, at)?, None));
    }
    let (x, unit) = numbers(&batch, "x").context("neither `geometry` nor x and y")?;
    let y = column(&batch, "y")?;
    // A part begins where what tells parts apart changes.
    let part =
        ["part", "line", "polygon", "id", "poly_id", "name"].into_iter().find(|p| schema.field_with_name(p).is_ok());
    let parts = match part {
        Some(name) => {
            let at = schema.index_of(name)?;
            let text = cast(batch.column(at), &DataType::Utf8)?;
            let text = text.as_string::<i32>().clone();
            (0..text.len()).map(|r| text.is_valid(r).then(|| text.value(r).to_owned())).collect()
        }
        None => vec![None; x.len()],
    };
    let mut line = Polyline::default();
    for (k, (x, y)) in x.iter().zip(&y).enumerate() {
        if k > 0 && parts[k] != parts[k - 1] {
            line.x.push(f64::NAN);
            line.y.push(f64::NAN);
        }
        line.x.push(*x);
        line.y.push(*y);
    }
    Ok((line, unit))
}

fn is_geometry(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Binary | DataType::LargeBinary | DataType::BinaryView)
}

fn of_geometries(batch: &RecordBatch, at: usize) -> Result<Polyline> {
    let binary = cast(batch.column(at), &DataType::Binary)?;
    let binary = binary.as_binary::<i32>();
    let mut line = Polyline::default();
    for row in 0..binary.len() {
        if binary.is_valid(row) {
            let geometry = decode(binary.value(row)).map_err(|e| anyhow::anyhow!("row {}: {e}", row + 1))?;
            add(&mut line, &geometry);
        }
    }
    if line.x.is_empty() {
        bail!("the geometries have no lines or polygons; points are drawn by --points");
    }
    Ok(line)
}

fn add(line: &mut Polyline, geometry: &Geometry) {
    match geometry {
        Geometry::LineString(points) => part(line, points),
        Geometry::MultiLineString(parts) | Geometry::Polygon(parts) => parts.iter().for_each(|p| part(line, p)),
        Geometry::MultiPolygon(polygons) => polygons.iter().flatten().for_each(|p| part(line, p)),
        Geometry::Collection(all) => all.iter().for_each(|g| add(line, g)),
        Geometry::Point(_) | Geometry::MultiPoint(_) => {}
    }
}

fn part(line: &mut Polyline, points: &[outcrop_connectors::geometry::Position]) {
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

/// Values at their places, with the unit of x.
pub(super) async fn posted(session: &Session, text: &str) -> Result<(Points, Option<String>)> {
    let Some(batch) = one(&rows(session, &query(text)).await?)? else { bail!("--post: there are no rows") };
    let schema = batch.schema();
    let others: Vec<_> =
        schema.fields().iter().filter(|f| !["x", "y"].contains(&f.name().to_lowercase().as_str())).collect();
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
    Ok((Points { x, y, label, symbol: Symbol::Dot, name: Some(name), ..Points::default() }, unit))
}
