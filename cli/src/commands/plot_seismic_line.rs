//! The traces of a seismic section: inlines, crosslines, 2D lines, lines through wells.

use anyhow::{Context, Result, bail};
use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::Float32Type;
use outcrop_operators::{SAMPLES, axis_of};
use outcrop_plot::seismic::LineNumbers;
use outcrop_seismic::SampleAxis;
use outcrop_session::Session;
use outcrop_types::field;

use super::plot::{column, numbers, one, texts};
use super::plot_grid::words;
use super::plot_seismic_volume::{Counts, Volume, chosen};
use crate::context::{quoted, rows};
use crate::print::aside;

/// How a line of a volume is asked for.
pub(super) const LINES: &str =
    "give one of --inline, --crossline, --slice (a time or depth), or two wells and more that a section runs through";

/// Traces of a section, from left to right.
pub(super) struct Line {
    pub(super) title: String,
    /// Which of the traces they are, where that is not all there are.
    pub(super) note: Option<String>,
    pub(super) samples: Vec<f32>,
    pub(super) axis: SampleAxis,
    /// Along the section: line numbers, or distances.
    pub(super) positions: Vec<f64>,
    pub(super) label: String,
    pub(super) unit: Option<String>,
    pub(super) numbers: Option<LineNumbers>,
    pub(super) x: Vec<f64>,
    pub(super) y: Vec<f64>,
    pub(super) place: Place,
}

/// Unit of x and y, and their coordinate system.
pub(super) type Place = (String, Option<String>);

/// The axis that a column of samples states.
pub(super) fn axis(batch: &RecordBatch) -> Result<SampleAxis> {
    let schema = batch.schema();
    let field = schema.field_with_name(SAMPLES)?;
    axis_of(field).context("the samples of the volume do not say where they are")
}

/// What x states.
pub(super) fn place(batch: &RecordBatch) -> Place {
    let schema = batch.schema();
    let x = schema.field_with_name("x").ok();
    let unit = x.and_then(|f| field::unit(f)).unwrap_or_default().to_owned();
    (unit, x.and_then(|f| f.metadata().get(field::CRS).cloned()))
}

/// An inline or crossline.
pub(super) async fn numbered(
    session: &Session,
    volume: &Volume,
    of: &str,
    by: &str,
    number: i64,
    offset: Option<i64>,
) -> Result<Line> {
    let table = &volume.table;
    let condition = format!("{of} = {number} AND {by} IS NOT NULL");
    let found = Counts::of(session, table, &condition, by).await?;
    if found.traces == 0 {
        let without = Counts::of(session, table, &format!("{of} = {number}"), of).await?;
        if without.traces > 0 {
            bail!(
                "the {} traces of {of} {number} have no {by}s, by which they would stand side by side",
                without.traces
            );
        }
        bail!("{}", no_such(session, volume, of, number).await?);
    }
    let chosen = chosen(session, volume, &condition, found, offset).await?;
    let table = chosen.as_ref().map_or_else(|| table.clone(), |c| c.of(table));
    let sql = format!("SELECT {by}, x, y, samples FROM {table} WHERE {condition} ORDER BY {by}");
    let batch = one(&rows(session, &sql).await?)?.context("the line has no traces")?;
    let positions = column(&batch, by)?;
    let title = format!("{} {number}", words(of));
    let mut line = read(&batch, title, positions, words(by))?;
    line.note = chosen.map(|c| c.said(by));
    Ok(line)
}

/// Why there is no line of a number.
async fn no_such(session: &Session, volume: &Volume, of: &str, number: i64) -> Result<String> {
    let sql = format!("SELECT min({of}) AS first, max({of}) AS last, count(*) AS traces FROM {}", volume.table);
    let range = one(&rows(session, &sql).await?)?.context("the volume has no traces")?;
    let value = |name: &str| -> Result<f64> { Ok(column(&range, name)?.first().copied().unwrap_or(f64::NAN)) };
    let (first, last, traces) = (value("first")?, value("last")?, value("traces")?);
    Ok(if first.is_finite() {
        format!("there is no {of} {number}; the volume has {of}s {first} to {last}")
    } else {
        format!(
            "there is no {of} {number}: the {traces} traces of the volume have no {of}s, as those of a 2D line; leave --{of} out to draw them side by side"
        )
    })
}

/// The traces of a volume that is a line, by the numbers that tell them apart.
pub(super) async fn alone(session: &Session, volume: &Volume, offset: Option<i64>) -> Result<Line> {
    let table = &volume.table;
    let mut found = Vec::new();
    for by in ["inline", "crossline", "cdp", "shotpoint"].into_iter().filter(|by| volume.has(by)) {
        found.push((by, Counts::of(session, table, "true", by).await?));
    }
    let traces = match found.first() {
        Some((_, counts)) => counts.traces,
        None => Counts::of(session, table, "true", "trace").await?.traces,
    };
    if traces == 0 {
        bail!("the volume has no traces");
    }
    let several = |by: &str| found.iter().find(|(name, c)| *name == by && c.places > 1).map(|(_, c)| *c);
    match (several("inline"), several("crossline")) {
        // Traces that are each on a line of their own are one line across the survey.
        (Some(il), Some(xl)) if traces > il.places.max(xl.places) => bail!(
            "the volume has inlines {} to {} and crosslines {} to {}; {LINES}",
            il.first,
            il.last,
            xl.first,
            xl.last
        ),
        (None, Some(_)) | (Some(_), None) => {
            let (of, by) = if several("inline").is_some() { ("crossline", "inline") } else { ("inline", "crossline") };
            if let Some(only) = found.iter().find(|(name, c)| *name == of && c.places == 1).map(|(_, c)| c.first) {
                return numbered(session, volume, of, by, only as i64, offset).await;
            }
        }
        _ => {}
    }
    let by = ["cdp", "shotpoint"].into_iter().find_map(|by| Some((by, several(by)?)));
    let title = format!("Line {}", volume.short());
    // One trace at each number, or those of one offset.
    if let Some((by, counts)) = by.filter(|(_, c)| c.places == c.traces || offset.is_some()) {
        let condition = format!("{by} IS NOT NULL");
        let chosen = chosen(session, volume, &condition, counts, offset).await?;
        let table = chosen.as_ref().map_or_else(|| table.clone(), |c| c.of(table));
        few(chosen.as_ref().map_or(traces, |c| c.traces))?;
        let sql = format!("SELECT {by}, x, y, samples FROM {table} WHERE {condition} ORDER BY {by}");
        let batch = one(&rows(session, &sql).await?)?.context("the line has no traces")?;
        let mut line = read(&batch, title, column(&batch, by)?, label(by))?;
        line.note = chosen.map(|c| c.said(by));
        return Ok(line);
    }
    let chosen = match offset {
        Some(_) => {
            chosen(session, volume, "true", Counts { traces, places: traces, ..Counts::default() }, offset).await?
        }
        None => None,
    };
    let table = chosen.as_ref().map_or_else(|| table.clone(), |c| c.of(table));
    few(chosen.as_ref().map_or(traces, |c| c.traces))?;
    let more = by.map(|(by, _)| format!(", {by}")).unwrap_or_default();
    let batch = one(&rows(session, &format!("SELECT trace{more}, x, y, samples FROM {table} ORDER BY trace")).await?)?
        .context("the line has no traces")?;
    let mut line = read(&batch, title, column(&batch, "trace")?, "Trace".to_owned())?;
    line.note = chosen.map(|c| c.said("trace"));
    if let Some((by, counts)) = by {
        let numbers = column(&batch, by)?;
        if numbers.iter().all(|n| n.is_finite()) {
            line.numbers = Some(LineNumbers { label: label(by), numbers });
        }
        line.note = Some(format!("{} traces at {} {by}s, in the order of the file", counts.traces, counts.places));
        let remedy = if volume.has("offset") { "; --offset draws those of one offset" } else { "" };
        aside!(
            "note: {} traces are at {} {by}s, so that they are drawn in the order of the file{remedy}",
            counts.traces,
            counts.places
        );
    }
    Ok(line)
}

/// Most traces of a picture of a line that is not chosen by a number.
const MOST_TRACES: usize = 50_000;

fn few(traces: usize) -> Result<()> {
    if traces > MOST_TRACES {
        bail!(
            "the line has {traces} traces, and a picture takes {MOST_TRACES}; keep some of them as a volume and draw that: \
             CREATE TABLE seismic.part AS SELECT … WHERE …"
        );
    }
    Ok(())
}

/// Traces as they are drawn.
fn read(batch: &RecordBatch, title: String, positions: Vec<f64>, label: String) -> Result<Line> {
    let axis = axis(batch)?;
    let lists = batch.column_by_name(SAMPLES).context("no samples")?.as_list::<i32>();
    let mut samples = Vec::with_capacity(batch.num_rows() * axis.count);
    for row in 0..batch.num_rows() {
        let list = lists.value(row);
        samples.extend(list.as_primitive::<Float32Type>().iter().map(|v| v.unwrap_or(f32::NAN)));
    }
    Ok(Line {
        title,
        note: None,
        samples,
        axis,
        positions,
        label,
        unit: Some(String::new()),
        numbers: None,
        x: column(batch, "x")?,
        y: column(batch, "y")?,
        place: place(batch),
    })
}

/// What numbers along a line are called.
fn label(by: &str) -> String {
    if by == "cdp" { "CDP".to_owned() } else { words(by) }
}

/// A section through wells.
pub(super) async fn through(session: &Session, table: &str, wells: &[String]) -> Result<Line> {
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
        note: None,
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
pub(super) async fn heads(session: &Session, wells: &[String], volume: &Place) -> Result<Vec<(f64, f64)>> {
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
pub(super) fn same_place(well: &str, head: &RecordBatch, volume: &Place) -> Result<()> {
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
