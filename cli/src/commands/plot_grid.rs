//! The surface of `outcrop plot map`: rows of a query as a regular grid.

use anyhow::{Context, Result, bail};
use outcrop_plot::map::{Contours, Grid};
use outcrop_session::{Answer, Session};
use outcrop_types::field;

use super::plot::column;
use crate::arguments::PlotMap;
use crate::print::aside;
use crate::progress::Progress;

/// Nodes of a map. A picture shows a few thousand a side; more are taken for a slip in the cell size.
pub(super) const MOST_NODES: usize = 25_000_000;
/// Names of the column that is drawn, where the user names none.
const DRAWN: [&str; 3] = ["estimate", "value", "z"];

/// What the values are.
pub(super) struct Meaning {
    /// For the colour bar; none for the column's name.
    pub(super) label: Option<String>,
    /// Their unit, where the query does not carry it.
    pub(super) unit: Option<String>,
    /// Depths, deep ones at the lower end of the colour bar.
    pub(super) depth: bool,
}

/// The rows of a query as a regular grid, and the unit of its x and y where the query carries one.
pub(super) async fn grid(
    session: &Session,
    sql: &str,
    arguments: &PlotMap,
    meaning: Meaning,
) -> Result<(Grid, Option<String>)> {
    let Nodes { x, y, z, name, unit, xy_unit } = nodes(session, sql, arguments.value.as_deref()).await?;
    let unit = match (unit, meaning.unit) {
        (Some(own), Some(said)) if own != said => {
            bail!("--unit {said}, but the query gives `{name}` in {own}; leave --unit out, or convert in the query")
        }
        (own, said) => own.or(said),
    };
    let (x0, dx, nx) = axis("x", &x)?;
    let (y0, dy, ny) = axis("y", &y)?;
    if nx as f64 * ny as f64 > MOST_NODES as f64 {
        bail!(
            "the rows lie on a grid of {} × {} nodes, and a map takes {} at most; use a larger cell size",
            thousands(nx as f64),
            thousands(ny as f64),
            thousands(MOST_NODES as f64)
        );
    }
    let mut values = vec![f64::NAN; nx * ny];
    let mut filled = vec![false; nx * ny];
    for ((x, y), z) in x.iter().zip(&y).zip(&z) {
        if !x.is_finite() || !y.is_finite() {
            continue;
        }
        let i = ((x - x0) / dx).round() as usize;
        let j = ((y - y0) / dy).round() as usize;
        let at = j * nx + i;
        if let (Some(value), Some(filled)) = (values.get_mut(at), filled.get_mut(at)) {
            if std::mem::replace(filled, true) {
                bail!(
                    "several rows are at x = {x}, y = {y}; a map shows one surface: choose one with WHERE, or average with GROUP BY x, y"
                );
            }
            *value = *z;
        }
    }
    let contours = match arguments.contours {
        None => Contours::Auto,
        Some(0.0) => Contours::None,
        Some(step) => Contours::Step(step),
    };
    let grid = Grid {
        x0,
        y0,
        dx,
        dy,
        nx,
        ny,
        values,
        label: meaning.label.unwrap_or_else(|| words(&name)),
        unit,
        color_map: arguments.color_map.clone(),
        reverse: meaning.depth,
        contours,
        smooth: true,
        ..Grid::default()
    };
    Ok((grid, xy_unit))
}

/// The columns of the nodes, with the name and the unit of what is drawn.
struct Nodes {
    x: Vec<f64>,
    y: Vec<f64>,
    z: Vec<f64>,
    name: String,
    unit: Option<String>,
    /// The unit of x and y.
    xy_unit: Option<String>,
}

/// Reads them as they come, and ends the query where they are too many.
async fn nodes(session: &Session, sql: &str, value: Option<&str>) -> Result<Nodes> {
    let Answer::Rows(mut rows) = session.sql(sql).await? else { bail!("the surface needs a query, one that SELECTs") };
    let notices = rows.notices();
    let progress = Progress::of(&rows);
    let schema = rows.schema();
    let name = match value {
        Some(name) => name.to_owned(),
        None => DRAWN
            .iter()
            .find(|n| schema.column_with_name(n).is_some())
            .map(|n| (*n).to_owned())
            .context("the query has no column estimate, value or z; name the column that is drawn with --value")?,
    };
    let unit_of = |name: &str| {
        let field = schema.fields().iter().find(|f| f.name().eq_ignore_ascii_case(name));
        field.and_then(|f| field::unit(f)).map(str::to_owned)
    };
    let (unit, xy_unit) = (unit_of(&name), unit_of("x"));
    let mut nodes = Nodes { x: Vec::new(), y: Vec::new(), z: Vec::new(), name, unit, xy_unit };
    while let Some(batch) = rows.next().await? {
        nodes.x.extend(column(&batch, "x")?);
        nodes.y.extend(column(&batch, "y")?);
        nodes.z.extend(column(&batch, &nodes.name)?);
        if nodes.x.len() > MOST_NODES {
            bail!(
                "the query for the surface gives more than {} rows, which is more than a map takes; use a larger cell_size",
                thousands(MOST_NODES as f64)
            );
        }
    }
    drop(progress);
    notices.take().into_iter().for_each(|n| aside!("note: {n}"));
    if nodes.x.is_empty() {
        bail!("the query for the surface gives no rows");
    }
    Ok(nodes)
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
        bail!("`{name}` has only one value, {first}, so the rows are no grid, which has two or more along x and y");
    }
    let off = distinct.iter().any(|v| (((v - first) / step).round() * step + first - v).abs() > step * 0.01);
    if off {
        bail!(
            "the values of `{name}` are not evenly spaced, so the rows are no regular grid; make one with krige or grid"
        );
    }
    // At most 1e9, as smaller steps were taken for rounding.
    Ok((first, step, (((last - first) / step).round() + 1.0) as usize))
}

/// The name of a column for people to read.
fn words(name: &str) -> String {
    let text = name.replace('_', " ");
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// A count with a thin gap between thousands.
pub(super) fn thousands(count: f64) -> String {
    let digits = format!("{count:.0}");
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (k, digit) in digits.chars().enumerate() {
        if k > 0 && (digits.len() - k).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_are_regular_or_refused() -> Result<()> {
        assert_eq!(axis("x", &[30.0, 10.0, 20.0, 10.0, f64::NAN])?, (10.0, 10.0, 3));
        assert!(axis("x", &[1.0, 1.0]).is_err());
        assert!(axis("x", &[1.0, 2.0, 3.5]).is_err());
        // A row that is missing leaves a gap, not an uneven axis.
        assert_eq!(axis("x", &[0.0, 5.0, 20.0])?, (0.0, 5.0, 5));
        Ok(())
    }

    #[test]
    fn text_is_for_people() {
        assert_eq!(words("kriging_variance"), "Kriging variance");
        assert_eq!(thousands(25_000_000.0), "25 000 000");
        assert_eq!(thousands(100.0), "100");
    }
}
