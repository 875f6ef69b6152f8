//! `outcrop plot section --volume`: inlines, crosslines, sections through wells; time slices as maps.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use arrow::array::{Array, AsArray};
use arrow::datatypes::Float32Type;
use outcrop_operators::SAMPLES;
use outcrop_plot::map::{Contours, Grid, Map, Points};
use outcrop_plot::seismic::{AmplitudeRange, Display, Horizon, Polarity, SeismicSection, VerticalAxis};
use outcrop_seismic::Domain;
use outcrop_session::Session;

use super::plot::{column, one, texts};
use super::plot_grid::words;
use super::plot_seismic_horizon::along;
use super::plot_seismic_line::{LINES, alone, axis, heads, numbered, place, through};
use super::plot_seismic_volume::{Volume, whole};
use super::plot_seismic_well::projected;
use crate::arguments::{Global, PlotSection, SeismicDisplay};
use crate::context::{rows, session};
use crate::picture::Target;
use crate::print::aside;

pub(crate) async fn run(global: &Global, a: PlotSection) -> Result<ExitCode> {
    let session = session(global).await?;
    let target = Target::new(global, session.roots(), &a.output)?;
    let name = a.seismic.volume.clone().context("no volume")?;
    let volume = Volume::of(&session, &name).await?;
    let given = usize::from(a.seismic.inline.is_some())
        + usize::from(a.seismic.crossline.is_some())
        + usize::from(a.seismic.slice.is_some())
        + usize::from(!a.wells.is_empty());
    if given > 1 {
        bail!("with --volume {LINES}");
    }
    let offset = a.seismic.offset;
    if let Some(at) = a.seismic.slice {
        return slice(&session, &target, &a, &volume, at).await;
    }
    let line = match (a.seismic.inline, a.seismic.crossline) {
        (Some(n), _) => numbered(&session, &volume, "inline", "crossline", n, offset).await?,
        (_, Some(n)) => numbered(&session, &volume, "crossline", "inline", n, offset).await?,
        _ if a.wells.is_empty() => alone(&session, &volume, offset).await?,
        _ => {
            let chosen = whole(&session, &volume, offset).await?;
            let table = chosen.as_ref().map_or_else(|| volume.table.clone(), |c| c.of(&volume.table));
            let mut line = through(&session, &table, &a.wells).await?;
            line.note = chosen.map(|c| c.said("bin"));
            line
        }
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
            Ok(well) => wells.push(well),
            Err(reason) => aside!("note: well {well} is not drawn: {reason}"),
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
    let polarity = if volume.own { polarity(&session, &name).await? } else { None };
    let colors = Colors::of(&volume, &line.samples, &a);
    let project = session.project().filter(|_| volume.own).map(|p| format!("Project {}", p.settings().name));
    let crs = line.place.1.clone().filter(|c| !c.is_empty()).map(|c| format!("CRS: {c}"));
    let footer = project.into_iter().chain(crs).collect::<Vec<_>>().join("  ·  ");
    let section = SeismicSection {
        title: a.title.clone().unwrap_or(line.title),
        subtitle: Some([Some(name.clone()), line.note].into_iter().flatten().collect::<Vec<_>>().join("  ·  ")),
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
        amplitude_label: colors.label,
        color_map: colors.map,
        amplitudes: colors.range,
        horizons,
        wells,
        // Values that are never negative have no polarity.
        polarity: polarity.filter(|_| colors.signed),
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

/// Traces that tell a slice whether the values of its volume are ever negative.
const SIGNS: usize = 25;
/// Names of what is made of amplitudes, as seismic_attribute and horizon_amplitude have them, and of other volumes; one that
/// holds another comes first.
const KINDS: [&str; 18] = [
    "envelope",
    "cosine_phase",
    "phase",
    "average_frequency",
    "frequency",
    "sweetness",
    "quadrature",
    "relative_impedance",
    "impedance",
    "rms",
    "energy",
    "agc",
    "coherence",
    "semblance",
    "similarity",
    "variance",
    "spectral",
    "velocity",
];

/// How the values of a volume are coloured.
struct Colors {
    range: AmplitudeRange,
    map: String,
    label: String,
    /// Whether values are about 0, as amplitudes are.
    signed: bool,
}

impl Colors {
    /// Values that are never negative, as those of coherence or an envelope, have colours from the least to the greatest.
    fn of(volume: &Volume, samples: &[f32], a: &PlotSection) -> Colors {
        let signed = samples.iter().any(|v| *v < 0.0) || !samples.iter().any(|v| *v > 0.0);
        // As many per cent outside on either side.
        let outside = (100.0 - a.seismic.clip) / 2.0;
        let (range, map) = if signed {
            (AmplitudeRange::Symmetric(a.seismic.clip), "vik")
        } else {
            (AmplitudeRange::Percentiles(outside, 100.0 - outside), "batlow")
        };
        let map = a.seismic.color_map.clone().unwrap_or_else(|| map.to_owned());
        let plain = if signed { "Amplitude" } else { "Value, never negative" };
        let label = kind(volume.short()).unwrap_or_else(|| plain.to_owned());
        Colors { range, map, label, signed }
    }
}

/// What a volume holds by its name, where that says so.
fn kind(name: &str) -> Option<String> {
    let plain = |c: char| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    let name: String = name.chars().map(plain).collect();
    let name = format!("_{name}_");
    let kind = KINDS.iter().find(|k| name.contains(&format!("_{k}_")))?;
    Some(if *kind == "rms" || *kind == "agc" { kind.to_uppercase() } else { words(kind) })
}

/// A time or depth slice as a map, turned as the survey is.
async fn slice(session: &Session, target: &Target, a: &PlotSection, volume: &Volume, at: f64) -> Result<ExitCode> {
    let chosen = whole(session, volume, a.seismic.offset).await?;
    let table = chosen.as_ref().map_or_else(|| volume.table.clone(), |c| c.of(&volume.table));
    let head = rows(session, &format!("SELECT x, samples FROM {table} LIMIT {SIGNS}")).await?;
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
    // A slice may lie in one lobe: whole traces tell as well whether values are ever negative.
    let lists = head.column_by_name(SAMPLES).context("no samples")?.as_list::<i32>();
    let mut values: Vec<f32> = amplitude.iter().map(|v| *v as f32).collect();
    let slice = values.len();
    for row in 0..lists.len() {
        values.extend(lists.value(row).as_primitive::<Float32Type>().iter().flatten());
    }
    let colors = Colors::of(volume, &values, a);
    let range = colors.range.of(values.iter().take(slice).copied())?;
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
        subtitle: Some(
            [Some(volume.name.clone()), chosen.map(|c| c.said("bin"))]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join("  ·  "),
        ),
        x_label: "Easting".to_owned(),
        y_label: "Northing".to_owned(),
        crs,
        length_unit: unit,
        grid: Some(Grid {
            label: colors.label,
            color_map: colors.map,
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
        let found = match il.iter().zip(xl).any(|(i, c)| i.is_finite() && c.is_finite()) {
            true => format!("{ni} x {nc} of them"),
            false => "none of them, as a 2D line".to_owned(),
        };
        bail!("a slice is drawn of a survey of inlines and crosslines; this volume has {found}");
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
    if !(determinant.is_finite() && determinant > 0.0 && mx.is_finite() && my.is_finite()) {
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

#[cfg(test)]
mod tests {
    use super::kind;

    #[test]
    fn names_of_volumes_say_what_they_hold() {
        assert_eq!(kind("coherence").as_deref(), Some("Coherence"));
        assert_eq!(kind("cube-Average_Frequency-2").as_deref(), Some("Average frequency"));
        assert_eq!(kind("near_rms").as_deref(), Some("RMS"));
        assert_eq!(kind("alarms"), None);
    }
}
