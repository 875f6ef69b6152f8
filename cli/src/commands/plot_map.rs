//! `outcrop plot map`.

use std::process::ExitCode;

use anyhow::{Result, bail};
use outcrop_plot::map::{Map, Points, Symbol};
use outcrop_session::Session;
use outcrop_store::Project;
use outcrop_types::tables::TableName;

use super::plot::{column, numbers, one, texts};
use super::plot_grid::{Meaning, grid};
use super::plot_layers::{join, lines, posted};
use super::plot_picks::Picks;
use crate::arguments::{Global, PlotMap};
use crate::context::{project_session, rows, session};
use crate::picture::Target;
use crate::print::aside;

pub(crate) async fn run(global: &Global, arguments: PlotMap) -> Result<ExitCode> {
    let session = if arguments.surface.is_some() { project_session(global).await? } else { session(global).await? };
    let target = Target::new(session.roots(), &arguments.output)?;
    let settings = session.project().map(|p| p.settings());
    let project_unit = settings.as_ref().map(|s| s.length_unit.symbol().to_owned());

    let picks = match &arguments.surface {
        Some(name) => Some(Picks::of(&session, name).await?),
        None => None,
    };
    let used = picks.as_ref().map(|p| p.used(arguments.neighbours));
    let grid = match (&arguments.grid, &picks) {
        (_, Some(picks)) => {
            let sql = picks.map(arguments.cell_size, arguments.neighbours)?;
            let label = arguments.label.clone().unwrap_or_else(|| "Depth below sea level".to_owned());
            let meaning = Meaning { label: Some(label), unit: project_unit.clone(), depth: true };
            Some(grid(&session, &sql, &arguments, meaning).await?)
        }
        (Some(sql), None) => {
            let (label, unit) = (arguments.label.clone(), arguments.unit.clone());
            Some(grid(&session, sql, &arguments, Meaning { label, unit, depth: arguments.depth }).await?)
        }
        (None, None) => None,
    };
    if let Some(used) = &used {
        aside!("every node is kriged from {used}; --neighbours N takes the nearest N");
    }
    let mut points = points(&session, &arguments, picks.as_ref()).await?;
    let (lines, lines_unit) = lines(&session, &arguments).await?;
    let mut posted = match &arguments.post {
        Some(sql) => Some(posted(&session, sql).await?),
        None => None,
    };
    if let (Some((points, _)), Some((values, _))) = (&mut points, &mut posted) {
        join(points, values);
    }
    if grid.is_none() && points.is_none() && lines.is_empty() && posted.is_none() {
        bail!("there is nothing to draw: give --surface NAME, --grid SQL, --points SQL or --lines SQL");
    }
    let length_unit = length_unit(&[
        ("--xy-unit", arguments.xy_unit.clone()),
        ("the project", project_unit.filter(|_| picks.is_some())),
        ("the query for the surface", grid.as_ref().and_then(|(_, unit)| unit.clone())),
        ("the query for the points", points.as_ref().and_then(|(_, unit)| unit.clone())),
        ("the query for lines", lines_unit),
        ("the query for posted values", posted.as_ref().and_then(|(_, unit)| unit.clone())),
    ])?;
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
        .zip(used)
        .map(|(s, used)| format!("{}: true vertical depth below sea level, ordinary kriging of {used}", s.name));
    let map = Map {
        title,
        subtitle,
        x_label: "Easting".to_owned(),
        y_label: "Northing".to_owned(),
        crs: settings.as_ref().and_then(|s| s.crs.as_ref()).map(ToString::to_string),
        length_unit,
        grid: grid.map(|(grid, _)| grid),
        points: points.into_iter().chain(posted).map(|(points, _)| points).filter(|p| !p.x.is_empty()).collect(),
        lines,
        footer: session.project().map(|p| format!("Project {}", p.settings().name)),
        ..Map::default()
    };
    target.write(session.roots(), map.to_svg()?).await?;
    Ok(ExitCode::SUCCESS)
}

/// The one unit of x and y among those that are stated; empty where none is.
fn length_unit(stated: &[(&str, Option<String>)]) -> Result<String> {
    let mut known = stated.iter().filter_map(|(by, unit)| Some((by, unit.as_ref()?)));
    let Some((first, unit)) = known.next() else { return Ok(String::new()) };
    if let Some((other, another)) = known.find(|(_, u)| *u != unit) {
        bail!("x and y are in {unit} by {first} and in {another} by {other}; convert one of them in its query");
    }
    Ok(unit.clone())
}

/// Points with labels, and the unit of their x: as asked for, or the picks, or the well heads.
async fn points(
    session: &Session,
    arguments: &PlotMap,
    picks: Option<&Picks>,
) -> Result<Option<(Points, Option<String>)>> {
    let (sql, name) = match (&arguments.points, picks, session.project()) {
        (Some(sql), _, _) => (sql.clone(), None),
        (None, Some(picks), _) => (picks.points(), Some("Picks".to_owned())),
        (None, None, Some(project)) if project.snapshot().await?.has_table(&TableName::public("wells")) => (
            // Well heads in another system have no place on the map.
            match &project.settings().crs {
                Some(crs) => format!(
                    "SELECT x, y, well AS label FROM wells WHERE x IS NOT NULL AND y IS NOT NULL AND coalesce(crs, '{crs}') = '{crs}'"
                ),
                None => {
                    one_system(session, project).await?;
                    "SELECT x, y, well AS label FROM wells WHERE x IS NOT NULL AND y IS NOT NULL".to_owned()
                }
            },
            Some("Wells".to_owned()),
        ),
        _ => return Ok(None),
    };
    let Some(batch) = one(&rows(session, &sql).await?)? else { return Ok(None) };
    let label = texts(&batch, "label")?.unwrap_or_default();
    let (x, unit) = numbers(&batch, "x")?;
    let y = column(&batch, "y")?;
    Ok(Some((Points { x, y, label, symbol: Symbol::Well, name, ..Points::default() }, unit)))
}

/// Refuses to draw well heads of several systems on one map, where the project does not say which one the map is in.
async fn one_system(session: &Session, project: &Project) -> Result<()> {
    // A table that was made by SQL may state no systems.
    let wells = project.snapshot().await?.table(&TableName::public("wells")).await?;
    if wells.schema.field_with_name("crs").is_err() {
        return Ok(());
    }
    let sql = "SELECT DISTINCT crs FROM wells WHERE x IS NOT NULL AND y IS NOT NULL AND crs IS NOT NULL ORDER BY crs";
    let Some(batch) = one(&rows(session, sql).await?)? else { return Ok(()) };
    let systems: Vec<String> = texts(&batch, "crs")?.unwrap_or_default().into_iter().flatten().collect();
    if let [first, _, ..] = systems.as_slice() {
        bail!(
            "the wells are in several coordinate systems ({}), which have no map in common; draw those of one: \
             --points \"SELECT x, y, well AS label FROM wells WHERE crs = '{first}'\"",
            systems.join(", ")
        );
    }
    Ok(())
}
