//! The surface of `outcrop plot map`: rows of a query as a regular grid.

use anyhow::{Context, Result, anyhow, bail};
use outcrop_plot::map::{Contours, Grid};
use outcrop_session::{Answer, Session};
use outcrop_types::{GridGeometry, field};

use super::plot::{column, texts};
use super::plot_system::{Stated, of_rows, of_schema};
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

/// The rows of a query as a regular grid, along the axes or turned.
pub(super) async fn grid(session: &Session, sql: &str, arguments: &PlotMap, meaning: Meaning) -> Result<Surface> {
    let Nodes { x, y, z, name, unit, xy_unit, system, known } = nodes(session, sql, arguments.value.as_deref()).await?;
    let unit = match (unit, meaning.unit) {
        (Some(own), Some(said)) if own != said => {
            bail!("--unit {said}, but the query gives `{name}` in {own}; leave --unit out, or convert in the query")
        }
        (own, said) => own.or(said),
    };
    let lattice = Lattice::of(&x, &y, known)?;
    let (nx, ny) = (lattice.columns, lattice.rows);
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
        let Some((i, j)) = lattice.node(*x, *y) else { continue };
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
        label: meaning.label.unwrap_or_else(|| words(&name)),
        unit,
        color_map: arguments.color_map.clone(),
        reverse: meaning.depth,
        contours,
        smooth: true,
        ..lattice.filled(values)?
    };
    Ok(Surface { grid, xy_unit, system })
}

/// A surface with what its x and y state.
pub(super) struct Surface {
    pub(super) grid: Grid,
    /// The unit of x and y.
    pub(super) xy_unit: Option<String>,
    /// Their coordinate reference system.
    pub(super) system: Stated,
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
    /// Their coordinate reference system.
    system: Stated,
    /// The grid whose nodes they are, where x says so.
    known: Option<GridGeometry>,
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
    let known = schema.fields().iter().find(|f| f.name().eq_ignore_ascii_case("x")).and_then(|f| field::grid(f));
    let of_fields = of_schema(schema);
    let system = Stated { layer: "--grid", crs: None, bare: 0 };
    let mut nodes = Nodes { x: Vec::new(), y: Vec::new(), z: Vec::new(), name, unit, xy_unit, system, known };
    let mut systems: Vec<Option<String>> = Vec::new();
    while let Some(batch) = rows.next().await? {
        nodes.x.extend(column(&batch, "x")?);
        nodes.y.extend(column(&batch, "y")?);
        nodes.z.extend(column(&batch, &nodes.name)?);
        systems.extend(texts(&batch, "crs")?.unwrap_or_default());
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
    nodes.system = of_rows("--grid", systems, of_fields)?;
    Ok(nodes)
}

/// The grid whose nodes the rows are, or the part of it that they cover.
struct Lattice {
    geometry: GridGeometry,
    /// The first node that a row is at.
    first: (usize, usize),
    columns: usize,
    rows: usize,
}

/// Rows may be this part of a cell from their node: coordinates are written rounded.
const OFF: f64 = 0.02;

impl Lattice {
    fn of(x: &[f64], y: &[f64], known: Option<GridGeometry>) -> Result<Lattice> {
        let (x, y): (Vec<f64>, Vec<f64>) =
            x.iter().zip(y).filter(|(x, y)| x.is_finite() && y.is_finite()).map(|(x, y)| (*x, *y)).unzip();
        // What a table of surfaces says is right for every part of it, also where few nodes are left.
        let covered = |grid: GridGeometry| -> Result<(usize, usize, usize, usize)> {
            let mut ends: Option<(usize, usize, usize, usize)> = None;
            for (x, y) in x.iter().zip(&y) {
                let (i, j) = grid.node_at(*x, *y, OFF).with_context(|| {
                    format!(
                        "x = {x}, y = {y} is not a node of the grid that the column x states ({grid}); select x and y as their table \
                         gives them, or grid the points first"
                    )
                })?;
                let (a, b, c, d) = ends.unwrap_or((i, i, j, j));
                ends = Some((a.min(i), b.max(i), c.min(j), d.max(j)));
            }
            ends.context("no row has both x and y")
        };
        let (geometry, (low_i, high_i, low_j, high_j)) = match known {
            Some(grid) => (grid, covered(grid)?),
            None => {
                let grid = GridGeometry::of_points(&x, &y).map_err(|reason| {
                    anyhow!("the rows are no regular grid: {reason}; krige and grid make one of points")
                })?;
                (grid, (0, grid.columns.saturating_sub(1), 0, grid.rows.saturating_sub(1)))
            }
        };
        let (columns, rows) = (high_i - low_i + 1, high_j - low_j + 1);
        if columns < 2 || rows < 2 {
            bail!("the rows are one line of a grid; a surface has two or more nodes along both of its directions");
        }
        Ok(Lattice { geometry, first: (low_i, low_j), columns, rows })
    }

    /// The column and row of a place, from those of the first node; none where it is no number.
    fn node(&self, x: f64, y: f64) -> Option<(usize, usize)> {
        // Those that are finite have been looked at: half a cell only says which is nearest.
        let (i, j) = self.geometry.node_at(x, y, 0.5)?;
        Some((i.checked_sub(self.first.0)?, j.checked_sub(self.first.1)?))
    }

    fn filled(&self, values: Vec<f64>) -> Result<Grid> {
        let (i, j) = self.first;
        // Steps are taken at the origin, where nothing is lost by rounding.
        let steps = GridGeometry { x0: 0.0, y0: 0.0, ..self.geometry };
        let (along, across) = (steps.position(1, 0), steps.position(0, 1));
        Ok(Grid::from_steps(self.geometry.position(i, j), along, across, (self.columns, self.rows), values)?)
    }
}

/// The name of a column for people to read.
pub(super) fn words(name: &str) -> String {
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

    /// The places of a grid's nodes, the first axis fastest.
    fn places(grid: &GridGeometry) -> (Vec<f64>, Vec<f64>) {
        (0..grid.rows).flat_map(|j| (0..grid.columns).map(move |i| (i, j))).map(|(i, j)| grid.position(i, j)).unzip()
    }

    #[test]
    fn turned_grids_are_found() -> Result<()> {
        for rotation in [0.0, 30.0, 120.0, -40.0] {
            for flipped in [false, true] {
                let (x0, y0) = (461_499.0, 5_926_500.0);
                let made = GridGeometry { columns: 7, rows: 5, x0, y0, dx: 25.0, dy: 40.0, rotation, flipped };
                let (x, y) = places(&made);
                for known in [None, Some(made)] {
                    let lattice = Lattice::of(&x, &y, known)?;
                    let mut values = vec![f64::NAN; lattice.columns * lattice.rows];
                    for (k, (x, y)) in x.iter().zip(&y).enumerate() {
                        let (i, j) = lattice.node(*x, *y).context("no node")?;
                        values[j * lattice.columns + i] = k as f64;
                    }
                    let grid = lattice.filled(values)?;
                    assert_eq!(grid.nx * grid.ny, 35);
                    // Every value is where it came from.
                    for (k, value) in grid.values.iter().enumerate() {
                        let (px, py) = grid.place((k % grid.nx) as f64, (k / grid.nx) as f64);
                        let at = *value as usize;
                        assert!((px - x[at]).hypot(py - y[at]) < 1e-6, "{rotation} {flipped} {k}");
                    }
                }
            }
        }
        Ok(())
    }

    #[test]
    fn a_part_of_a_known_grid_is_drawn_alone() -> Result<()> {
        let (x0, y0) = (1000.0, 2000.0);
        let made = GridGeometry { columns: 9, rows: 9, x0, y0, dx: 10.0, dy: 10.0, rotation: 45.0, flipped: false };
        // Two nodes across a cell: as points alone they would be a line.
        let two = [made.position(3, 4), made.position(5, 6)];
        let (x, y): (Vec<f64>, Vec<f64>) = two.into_iter().unzip();
        let lattice = Lattice::of(&x, &y, Some(made))?;
        assert_eq!((lattice.first, lattice.columns, lattice.rows), ((3, 4), 3, 3));
        // The nodes of another grid than the one named, which would be a grid of their own as well, are refused by name.
        let (x, y) = places(&made);
        let far: Vec<f64> = x.iter().map(|x| x + 3.0).collect();
        assert_eq!(Lattice::of(&far, &y, None)?.geometry.nodes(), 81);
        let text = Lattice::of(&far, &y, Some(made)).err().context("it is another grid")?.to_string();
        assert!(text.contains("x = 1003, y = 2000 is not a node"), "{text}");
        Ok(())
    }

    #[test]
    fn a_node_off_the_grid_is_refused_by_name() -> Result<()> {
        let (x0, y0) = (1000.0, 2000.0);
        let made = GridGeometry { columns: 9, rows: 9, x0, y0, dx: 10.0, dy: 10.0, rotation: 0.0, flipped: false };
        let (mut x, y) = places(&made);
        x[40] += 3.0;
        for known in [None, Some(made)] {
            let text = Lattice::of(&x, &y, known).err().context("a node is off")?.to_string();
            assert!(text.contains("1043") && text.contains("2040") && text.contains("not a node"), "{text}");
        }
        Ok(())
    }

    #[test]
    fn grids_are_regular_or_refused() -> Result<()> {
        let square = |x: &[f64], y: &[f64]| {
            let (xs, ys): (Vec<f64>, Vec<f64>) = y.iter().flat_map(|y| x.iter().map(move |x| (*x, *y))).unzip();
            Lattice::of(&xs, &ys, None)
        };
        let lattice = square(&[30.0, 10.0, 20.0, f64::NAN], &[1.0, 2.0])?;
        assert_eq!((lattice.geometry.x0, lattice.geometry.dx, lattice.columns, lattice.rows), (10.0, 10.0, 3, 2));
        assert_eq!(lattice.node(f64::NAN, 1.0), None);
        assert!(square(&[1.0], &[1.0, 2.0]).is_err());
        let text = square(&[1.0, 2.0, 3.5, 3.7], &[1.0, 2.0, 3.0]).err().map(|e| e.to_string()).unwrap_or_default();
        assert!(text.contains("no regular grid") && text.contains("krige"), "{text}");
        // A row that is missing leaves a gap, not an uneven axis.
        let gap = square(&[0.0, 5.0, 20.0], &[0.0, 5.0])?;
        assert_eq!((gap.geometry.dx, gap.columns), (5.0, 5));
        Ok(())
    }

    #[test]
    fn text_is_for_people() {
        assert_eq!(words("kriging_variance"), "Kriging variance");
        assert_eq!(thousands(25_000_000.0), "25 000 000");
        assert_eq!(thousands(100.0), "100");
    }
}
