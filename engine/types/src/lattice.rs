//! The grid that points are the nodes of.

use crate::GridGeometry;
use crate::grid::MAX_NODES;

/// Coordinates may be this part of a cell from their node.
pub const LATTICE_TOLERANCE: f64 = 1e-3;

impl GridGeometry {
    /// The regular grid whose nodes some points are, along the axes or turned; nodes may be missing.
    ///
    /// Coordinates may be rounded, up to a thousandth of a cell from their node. Which corner is first: the one with the least
    /// `i` and `j` where the first axis is within 45 degrees of x.
    ///
    /// # Errors
    /// Why they are no grid, with a point that shows it.
    pub fn of_points(x: &[f64], y: &[f64]) -> Result<Self, String> {
        let axes = along_axes(x, y);
        match axes {
            Ok(grid) => Ok(grid),
            // A message about the axes is of more use than one about some direction.
            Err(message) => turned(x, y).ok_or(message),
        }
    }
}

fn along_axes(x: &[f64], y: &[f64]) -> Result<GridGeometry, String> {
    let (x0, dx, columns) = steps(x, "x")?;
    let (y0, dy, rows) = steps(y, "y")?;
    GridGeometry { columns, rows, x0, y0, dx, dy, rotation: 0.0, flipped: false }.checked()
}

/// First value, distance and number of the equal steps that values are at.
fn steps(values: &[f64], name: &str) -> Result<(f64, f64, usize), String> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.dedup();
    let (Some(first), Some(last)) = (sorted.first().copied(), sorted.last().copied()) else {
        return Err("there are no rows: a surface needs nodes".to_owned());
    };
    let span = last - first;
    // Values that differ by rounding alone are one.
    let gaps = sorted.windows(2).filter_map(|w| Some(w.get(1)? - w.first()?)).filter(|g| *g > span * 1e-9);
    let step = gaps.fold(f64::INFINITY, f64::min);
    if !(span > 0.0 && step.is_finite()) {
        return Err(format!("all rows have one {name}; a surface needs two columns and rows at least"));
    }
    let count = (span / step).round();
    let step = span / count;
    let off = |v: &f64| {
        let place = (v - first) / step;
        (place - place.round()).abs() > LATTICE_TOLERANCE
    };
    match sorted.iter().find(|v| off(v)) {
        Some(value) => Err(format!(
            "{name} {value} is not on a lattice of steps of {step} from {first}; a surface needs regular nodes: select the rows of one \
             table of `surfaces`, whose grid is known, or grid the points first"
        )),
        None if count < MAX_NODES as f64 => Ok((first, step, count as usize + 1)),
        None => Err(format!("{name} would need {count} steps of {step}; the points are not regular")),
    }
}

/// A turned grid, if the points are one.
fn turned(x: &[f64], y: &[f64]) -> Option<GridGeometry> {
    let point = |k: usize| Some((*x.get(k)?, *y.get(k)?));
    let n = x.len();
    // The shortest way between nodes is along an axis. It is looked for from several points, as one may lie alone.
    let tried =
        (0..16).map(|k| k * n / 16).filter_map(|k| Some((point(k)?, nearest(x, y, point(k)?, f64::MIN_POSITIVE)?)));
    let (start, next) = tried.min_by(|a, b| distance(a.0, a.1).total_cmp(&distance(b.0, b.1)))?;
    let mut u = (next.0 - start.0, next.1 - start.1);
    let short = u.0.hypot(u.1);
    // Rounding of two neighbours makes a poor direction: twice as far along the row, then again, it gets better.
    for sign in [1.0, -1.0] {
        let mut far = 2.0;
        while far <= n as f64 {
            let expected = (start.0 + sign * far * u.0, start.1 + sign * far * u.1);
            let found = nearest(x, y, expected, 0.0)?;
            if distance(expected, found) > 0.25 * short {
                break;
            }
            u = (sign * (found.0 - start.0) / far, sign * (found.1 - start.1) / far);
            far *= 2.0;
        }
    }
    let mut angle = u.1.atan2(u.0).to_degrees();
    angle -= 90.0 * (angle / 90.0).round();
    let (sin, cos) = angle.to_radians().sin_cos();
    let axis = |f: &dyn Fn(f64, f64) -> f64| -> Option<(f64, f64, usize)> {
        let mut at: Vec<f64> = x.iter().zip(y).map(|(x, y)| f(x - start.0, y - start.1)).collect();
        at.sort_by(f64::total_cmp);
        let (first, last) = (*at.first()?, *at.last()?);
        // No two rows are nearer than the shortest way between nodes.
        let gaps = at.windows(2).filter_map(|w| Some(w.get(1)? - w.first()?)).filter(|g| *g > 0.5 * short);
        let step = gaps.fold(f64::INFINITY, f64::min);
        let count = ((last - first) / step).round();
        (count >= 1.0 && count < MAX_NODES as f64).then(|| (first, (last - first) / count, count as usize + 1))
    };
    let (u0, dx, columns) = axis(&|x, y| x * cos + y * sin)?;
    let (v0, dy, rows) = axis(&|x, y| y * cos - x * sin)?;
    let (x0, y0) = (start.0 + u0 * cos - v0 * sin, start.1 + u0 * sin + v0 * cos);
    let grid = GridGeometry { columns, rows, x0, y0, dx, dy, rotation: angle, flipped: false }.checked().ok()?;
    x.iter().zip(y).all(|(x, y)| grid.node_at(*x, *y, 10.0 * LATTICE_TOLERANCE).is_some()).then_some(grid)
}

fn distance(a: (f64, f64), b: (f64, f64)) -> f64 {
    (a.0 - b.0).hypot(a.1 - b.1)
}

/// The point nearest to a place, though not nearer than `least`.
fn nearest(x: &[f64], y: &[f64], place: (f64, f64), least: f64) -> Option<(f64, f64)> {
    let far = |p: &(f64, f64)| distance(*p, place);
    x.iter().zip(y).map(|(x, y)| (*x, *y)).filter(|p| far(p) >= least).min_by(|a, b| far(a).total_cmp(&far(b)))
}
