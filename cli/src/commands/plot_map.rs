//! `outcrop plot map`.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use outcrop_plot::map::{Contours, Grid, Map, Points, Symbol};
use outcrop_session::Session;
use outcrop_types::tables::TableName;

use super::plot::{numbers, one, texts};
use crate::arguments::{Global, PlotMap};
use crate::context::{quoted, rows, session};
use crate::picture;

pub(crate) async fn run(global: &Global, arguments: PlotMap) -> Result<ExitCode> {
    let session = session(global).await?;
    let settings = session.project().map(|p| p.settings());
    let length_unit = settings.as_ref().map(|s| s.length_unit.symbol().to_owned()).unwrap_or_default();

    let picks = match &arguments.surface {
        Some(name) => Some(Picks::of(&session, name).await?),
        None => None,
    };
    let grid_sql = match (&arguments.grid, &picks) {
        (Some(sql), _) => Some(sql.clone()),
        (None, Some(picks)) => {
            let cell = arguments.cell_size.unwrap_or_else(|| picks.cell_size());
            Some(format!("SELECT * FROM krige(({}), cell_size => {cell})", picks.sql))
        }
        (None, None) => None,
    };
    let grid = match &grid_sql {
        Some(sql) => Some(grid(&session, sql, &arguments, picks.is_some(), &length_unit).await?),
        None => None,
    };
    let points = points(&session, &arguments, picks.as_ref()).await?;
    if grid.is_none() && points.is_empty() {
        bail!("there is nothing to draw: give --surface NAME, --grid SQL or --points SQL");
    }
    let title = match (&arguments.title, &arguments.surface, &settings) {
        (Some(title), _, _) => title.clone(),
        (None, Some(surface), _) => surface.clone(),
        (None, None, Some(s)) => s.name.clone(),
        (None, None, None) => "Map".to_owned(),
    };
    let subtitle = arguments
        .surface
        .as_ref()
        .and(settings.as_ref())
        .map(|s| format!("{}: true vertical depth below sea level, ordinary kriging of the well picks", s.name));
    let map = Map {
        title,
        subtitle,
        x_label: "Easting".to_owned(),
        y_label: "Northing".to_owned(),
        crs: settings.as_ref().and_then(|s| s.crs.as_ref()).map(ToString::to_string),
        length_unit,
        grid,
        points,
        footer: session.project().map(|p| format!("Project {}", p.settings().name)),
        ..Map::default()
    };
    picture::write(session.roots(), map.to_svg()?, &arguments.output).await?;
    Ok(ExitCode::SUCCESS)
}

/// Picks of a surface that have a position.
struct Picks {
    sql: String,
    extent: f64,
}

impl Picks {
    async fn of(session: &Session, surface: &str) -> Result<Picks> {
        let project = session.project().context("--surface needs a project; name one with --project")?;
        let snapshot = project.snapshot().await?;
        if !snapshot.has_table(&TableName::public("tops")) {
            bail!("the project has no tops; import some: outcrop import tops.csv");
        }
        let condition =
            format!("surface = {} AND x IS NOT NULL AND y IS NOT NULL AND tvdss IS NOT NULL", quoted(surface));
        // Positions from surveys where the project has some; else those the picks came with.
        let mut sources = vec!["tops"];
        if snapshot.has_table(&TableName::public("surveys")) && snapshot.has_table(&TableName::public("wells")) {
            sources.insert(0, "tops_xyz");
        }
        for source in sources {
            let sql = format!("SELECT x, y, tvdss, well FROM {source} WHERE {condition}");
            if let Some(batch) = one(&rows(session, &sql).await?)? {
                let extent = |v: Vec<f64>| {
                    v.iter().copied().fold(f64::NEG_INFINITY, f64::max)
                        - v.iter().copied().fold(f64::INFINITY, f64::min)
                };
                let extent = extent(numbers(&batch, "x")?.0).max(extent(numbers(&batch, "y")?.0));
                return Ok(Picks { sql: format!("SELECT x, y, tvdss FROM {source} WHERE {condition}"), extent });
            }
        }
        let known = rows(session, "SELECT DISTINCT surface FROM tops ORDER BY surface LIMIT 40").await?;
        let names: Vec<String> = match one(&known)? {
            Some(batch) => texts(&batch, "surface")?.unwrap_or_default().into_iter().flatten().collect(),
            None => Vec::new(),
        };
        if names.iter().any(|n| n == surface) {
            bail!(
                "no pick of `{surface}` has x, y and tvdss: import surveys and well heads, or draw your own query: --grid \"SELECT … FROM krige(…)\""
            );
        }
        bail!("there is no surface `{surface}`; there are: {}", names.join(", "))
    }

    /// A round size with about a hundred cells over the extent.
    fn cell_size(&self) -> f64 {
        let rough = self.extent / 100.0;
        if rough.is_nan() || rough <= 0.0 {
            return 1.0;
        }
        let magnitude = 10f64.powf(rough.log10().floor());
        [1.0, 2.0, 2.5, 5.0, 10.0].iter().map(|m| m * magnitude).find(|s| *s >= rough).unwrap_or(rough)
    }
}

/// The rows of a query as a regular grid.
async fn grid(session: &Session, sql: &str, arguments: &PlotMap, of_surface: bool, length_unit: &str) -> Result<Grid> {
    let Some(batch) = one(&rows(session, sql).await?)? else { bail!("the query for the grid gives no rows") };
    let (x, _) = numbers(&batch, "x")?;
    let (y, _) = numbers(&batch, "y")?;
    let schema = batch.schema();
    let value = match &arguments.value {
        Some(name) => name.clone(),
        None => ["estimate", "value", "z"]
            .iter()
            .find(|n| schema.column_with_name(n).is_some())
            .map(|n| (*n).to_owned())
            .context("name the column that is drawn with --value")?,
    };
    let (z, unit) = numbers(&batch, &value)?;
    let (x0, dx, nx) = axis("x", &x)?;
    let (y0, dy, ny) = axis("y", &y)?;
    if nx as f64 * ny as f64 > 1e8 {
        bail!("the grid would have {nx} × {ny} nodes; draw one with a larger cell size");
    }
    let mut values = vec![f64::NAN; nx * ny];
    for ((x, y), z) in x.iter().zip(&y).zip(&z) {
        if !x.is_finite() || !y.is_finite() {
            continue;
        }
        let i = ((x - x0) / dx).round() as usize;
        let j = ((y - y0) / dy).round() as usize;
        if let Some(slot) = values.get_mut(j * nx + i) {
            *slot = *z;
        }
    }
    let contours = match arguments.contours {
        None => Contours::Auto,
        Some(0.0) => Contours::None,
        Some(step) => Contours::Step(step),
    };
    let label = if of_surface { "Depth below sea level".to_owned() } else { value };
    let unit = unit.or_else(|| of_surface.then(|| length_unit.to_owned()));
    Ok(Grid {
        x0,
        y0,
        dx,
        dy,
        nx,
        ny,
        values,
        label,
        unit,
        color_map: arguments.color_map.clone(),
        reverse: arguments.depth || of_surface,
        contours,
        smooth: true,
        ..Grid::default()
    })
}

/// First value, step and count of coordinates that lie on a regular axis.
fn axis(name: &str, values: &[f64]) -> Result<(f64, f64, usize)> {
    let mut distinct: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
    distinct.sort_by(f64::total_cmp);
    distinct.dedup();
    let (Some(&first), Some(&last)) = (distinct.first(), distinct.last()) else { bail!("`{name}` has no values") };
    let step =
        distinct.windows(2).map(|w| w[1] - w[0]).filter(|d| *d > (last - first) * 1e-9).fold(f64::INFINITY, f64::min);
    if !step.is_finite() {
        bail!("`{name}` has only one value, so the rows are no grid");
    }
    let count = ((last - first) / step).round() + 1.0;
    let off = distinct.iter().any(|v| (((v - first) / step).round() * step + first - v).abs() > step * 0.01);
    if off || count > 20_000.0 {
        bail!(
            "the values of `{name}` are not evenly spaced, so the rows are no regular grid; make one with krige or grid"
        );
    }
    Ok((first, step, count as usize))
}

/// Points with labels: as asked for, or the picks, or the well heads.
async fn points(session: &Session, arguments: &PlotMap, picks: Option<&Picks>) -> Result<Vec<Points>> {
    let (sql, name) = match (&arguments.points, picks, session.project()) {
        (Some(sql), _, _) => (sql.clone(), None),
        (None, Some(picks), _) => {
            (picks.sql.replacen("SELECT x, y, tvdss", "SELECT x, y, well AS label", 1), Some("Picks".to_owned()))
        }
        (None, None, Some(project)) if project.snapshot().await?.has_table(&TableName::public("wells")) => (
            "SELECT x, y, well AS label FROM wells WHERE x IS NOT NULL AND y IS NOT NULL".to_owned(),
            Some("Wells".to_owned()),
        ),
        _ => return Ok(vec![]),
    };
    let Some(batch) = one(&rows(session, &sql).await?)? else { return Ok(vec![]) };
    let label = texts(&batch, "label")?.unwrap_or_default();
    Ok(vec![Points {
        x: numbers(&batch, "x")?.0,
        y: numbers(&batch, "y")?.0,
        label,
        symbol: Symbol::Well,
        name,
        ..Points::default()
    }])
}
