//! The grid that points are the nodes of.

use crate::GridGeometry;
use crate::grid::MAX_NODES;

/// Coordinates may be this part of a cell from their node.
pub const LATTICE_TOLERANCE: f64 = 1e-3;

impl GridGeometry {
    /// The regular grid whose nodes some points are, along the axes or turned; nodes may be missing.
    ///
    /// Coordinates may be rounded, up to a thousandth of a cell from their node (a hundredth where the grid is turned). Which
    /// corner is first: the one with the least `i` and `j` where the first axis is within 45 degrees of x.
    ///
    /// A grid turned by 45 degrees also lies on a lattice along the axes, of which it fills less than half. So where much of the
    /// lattice along the axes is empty, a turned grid that the points fill better is the one. And where all points but very few
    /// fill a coarser lattice, those few are no nodes: a finer lattice is not made up for them.
    ///
    /// # Errors
    /// Why they are no grid, with a point that shows it.
    pub fn of_points(x: &[f64], y: &[f64]) -> Result<Self, String> {
        let axes = along_axes(x, y);
        let nodes = axes.as_ref().map_or(usize::MAX, GridGeometry::nodes);
        if (x.len() as f64) >= DENSE * nodes as f64 {
            return axes;
        }
        if let Some(message) = stray(x, y, 0.0) {
            return Err(message);
        }
        let turns = Turn::of(x, y);
        match turns.iter().find_map(|turn| turn.grid(x, y)) {
            Some(turned) if (turned.nodes() as f64) < FULLER * nodes as f64 => Ok(turned),
            // A message about the axes is of more use than one about some direction, unless that names a point.
            _ => axes.map_err(|message| turns.iter().find_map(|turn| stray(x, y, turn.angle)).unwrap_or(message)),
        }
    }
}

/// The part of its nodes that a grid along the axes has, from which on no other reading is looked for.
const DENSE: f64 = 0.75;
/// A turned grid is taken where it has less than this part of the nodes of the one along the axes.
const FULLER: f64 = 2.0 / 3.0;

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

/// The direction of a turned grid.
struct Turn {
    /// One of the points.
    start: (f64, f64),
    /// The shortest way between two of them.
    short: f64,
    /// Degrees from the x axis to the grid's first axis.
    angle: f64,
}

impl Turn {
    /// Directions in which points follow each other; none where there is but one point.
    fn of(x: &[f64], y: &[f64]) -> Vec<Turn> {
        let point = |k: usize| Some((*x.get(k)?, *y.get(k)?));
        let n = x.len();
        // The shortest way between nodes is along an axis. It is looked for from several points, as one may lie alone; and
        // the middle one of them too, as one may be off its place.
        let tried = (0..16).map(|k| k * n / 16);
        let mut tried: Vec<_> =
            tried.filter_map(|k| Some((point(k)?, nearest(x, y, point(k)?, f64::MIN_POSITIVE)?))).collect();
        tried.sort_by(|a, b| distance(a.0, a.1).total_cmp(&distance(b.0, b.1)));
        let chosen = [tried.first(), tried.get(tried.len() / 2)];
        chosen.into_iter().flatten().filter_map(|&(start, next)| Turn::along(x, y, start, next)).collect()
    }

    /// The direction from one point to the next.
    fn along(x: &[f64], y: &[f64], start: (f64, f64), next: (f64, f64)) -> Option<Turn> {
        let n = x.len();
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
        let angle = u.1.atan2(u.0).to_degrees();
        Some(Turn { start, short, angle: angle - 90.0 * (angle / 90.0).round() })
    }

    /// The grid in this direction, if all points are nodes of it.
    fn grid(&self, x: &[f64], y: &[f64]) -> Option<GridGeometry> {
        let Turn { start, short, angle } = *self;
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
}

/// Says so where all points but a few make a grid at this angle and fill it; a point that is none of its nodes is named.
fn stray(x: &[f64], y: &[f64], angle: f64) -> Option<String> {
    let (sin, cos) = if angle == 0.0 { (0.0, 1.0) } else { angle.to_radians().sin_cos() };
    let start = (*x.first()?, *y.first()?);
    let (u, v): (Vec<f64>, Vec<f64>) = x
        .iter()
        .zip(y)
        .map(|(x, y)| (x - start.0, y - start.1))
        .map(|(x, y)| (x * cos + y * sin, y * cos - x * sin))
        .unzip();
    let (along, across) = (Rulings::of(u)?, Rulings::of(v)?);
    let mut off = None;
    let mut count = 0;
    for (x, y) in x.iter().zip(y) {
        let (east, north) = (x - start.0, y - start.1);
        if !(along.holds(east * cos + north * sin) && across.holds(north * cos - east * sin)) {
            off = off.or(Some((x, y)));
            count += 1;
        }
    }
    let others = x.len() - count;
    // One point in a hundred, and a grid of which they fill half: enough for a grid with slips, too few for a finer one.
    if count > 1.max(x.len() / 100) || 2 * others < along.count * across.count {
        return None;
    }
    let turned = if angle == 0.0 { String::new() } else { format!(", turned by {angle:.4} degrees") };
    let (total, (x, y)) = (x.len(), off?);
    Some(format!(
        "x {x} y {y} is not a node of the grid that the other points make, with steps of {} and {}{turned} ({count} of {} points \
         off it); leave such points out, or grid the points first",
        along.step, across.step, total,
    ))
}

/// Equal steps that most of some values are at.
struct Rulings {
    first: f64,
    step: f64,
    /// How many there are, from the first to the last of those that many values are at.
    count: usize,
}

impl Rulings {
    /// Values that few share with others are left out: they may be off.
    fn of(mut values: Vec<f64>) -> Option<Rulings> {
        values.sort_by(f64::total_cmp);
        let span = values.last()? - values.first()?;
        // Rounding of coordinates is far below a step, and there are no more steps than values.
        let same = 0.01 * span / values.len() as f64;
        let mut lines: Vec<(f64, usize)> = Vec::new();
        for value in values {
            match lines.last_mut().filter(|(at, _)| value - *at <= same) {
                Some((_, count)) => *count += 1,
                None => lines.push((value, 1)),
            }
        }
        let mut counts: Vec<usize> = lines.iter().map(|(_, count)| *count).collect();
        counts.sort_unstable();
        let median = *counts.get(counts.len() / 2)?;
        lines.retain(|(_, count)| 2 * count > median);
        let gaps = lines.windows(2).filter_map(|w| Some(w.get(1)?.0 - w.first()?.0));
        let step = gaps.fold(f64::INFINITY, f64::min);
        let (first, last) = (lines.first()?.0, lines.last()?.0);
        let count = ((last - first) / step).round();
        (count >= 1.0 && count < MAX_NODES as f64).then(|| Rulings {
            first,
            step: (last - first) / count,
            count: count as usize + 1,
        })
    }

    fn holds(&self, value: f64) -> bool {
        let place = (value - self.first) / self.step;
        (place - place.round()).abs() <= 10.0 * LATTICE_TOLERANCE
    }
}

fn distance(a: (f64, f64), b: (f64, f64)) -> f64 {
    (a.0 - b.0).hypot(a.1 - b.1)
}

/// The point nearest to a place, though not nearer than `least`.
fn nearest(x: &[f64], y: &[f64], place: (f64, f64), least: f64) -> Option<(f64, f64)> {
    let far = |p: &(f64, f64)| distance(*p, place);
    x.iter().zip(y).map(|(x, y)| (*x, *y)).filter(|p| far(p) >= least).min_by(|a, b| far(a).total_cmp(&far(b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The places of a grid's nodes, the first axis fastest.
    fn places(grid: &GridGeometry) -> (Vec<f64>, Vec<f64>) {
        (0..grid.rows).flat_map(|j| (0..grid.columns).map(move |i| (i, j))).map(|(i, j)| grid.position(i, j)).unzip()
    }

    fn grid(columns: usize, rows: usize, dx: f64, dy: f64, rotation: f64) -> GridGeometry {
        GridGeometry { columns, rows, x0: 461_500.0, y0: 5_926_500.0, dx, dy, rotation, flipped: false }
    }

    /// Turned grids that also lie on a lattice along the axes, which they would leave mostly empty.
    #[test]
    fn grids_turned_by_45_degrees_are_not_taken_for_sparse_ones() {
        let three_four_five = 0.75f64.atan().to_degrees();
        for made in [
            grid(5, 5, 10.0, 10.0, 45.0),
            grid(40, 3, 10.0, 10.0, -45.0),
            grid(7, 5, 25.0, 40.0, 45.0),
            grid(12, 9, 50.0, 50.0, three_four_five),
        ] {
            let (x, y) = places(&made);
            let found = GridGeometry::of_points(&x, &y).unwrap();
            assert_eq!(found.nodes(), made.nodes(), "{made}: {found}");
            for (x, y) in x.iter().zip(&y) {
                assert!(found.node_at(*x, *y, 1e-3).is_some(), "{made}: {found}");
            }
        }
    }

    #[test]
    fn sparse_grids_along_the_axes_stay_what_they_are() {
        let made = grid(9, 9, 10.0, 10.0, 0.0);
        let (x, y) = places(&made);
        let some = |keep: &dyn Fn(usize) -> bool| -> GridGeometry {
            let (x, y): (Vec<f64>, Vec<f64>) =
                x.iter().zip(&y).enumerate().filter(|(k, _)| keep(*k)).map(|(_, (x, y))| (*x, *y)).unzip();
            GridGeometry::of_points(&x, &y).unwrap()
        };
        assert_eq!(some(&|_| true), made);
        // Every other node: they are a whole grid turned by 45 degrees too, but its corners would be empty.
        assert_eq!(some(&|k| k % 2 == 0), made);
        // Its outline and a middle cross.
        assert_eq!(some(&|k| k % 9 % 8 == 0 || k / 9 % 8 == 0 || k % 9 == 3 || k / 9 == 4), made);
        // A third of them, here and there.
        assert_eq!(some(&|k| k == 0 || k == 80 || (k * 37 + k / 9 * 11) % 7 < 3), made);
    }

    #[test]
    fn nodes_off_the_lattice_are_named() {
        for rotation in [0.0, 30.0] {
            for off in [3.0, 5.0, 0.2] {
                let made = grid(12, 10, 10.0, 10.0, rotation);
                let (mut x, y) = places(&made);
                x[57] += off;
                let text = GridGeometry::of_points(&x, &y).unwrap_err();
                assert!(text.contains(&format!("x {} y {}", x[57], y[57])), "{rotation} {off}: {text}");
                // Rounded coordinates are no slip.
                let rounded = |v: &[f64]| v.iter().map(|v| (v * 1000.0).round() / 1000.0).collect::<Vec<f64>>();
                let (x, y) = places(&made);
                assert_eq!(GridGeometry::of_points(&rounded(&x), &rounded(&y)).unwrap().nodes(), 120);
            }
        }
        // Points without an order are refused.
        let scattered = |k: f64| (0..50).map(|i| (f64::from(i) * k).fract() * 1000.0).collect::<Vec<f64>>();
        assert!(GridGeometry::of_points(&scattered(0.618_034), &scattered(0.414_214)).is_err());
    }
}
