//! Where a path crosses a surface.

use super::{SampleMethod, Surface};

/// A point of a path; between points the path is straight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PathPlace {
    /// Measured depth.
    pub md: f64,
    /// Place in cells.
    pub i: f64,
    /// Place in cells.
    pub j: f64,
    /// In the unit and sign of the surface's values.
    pub z: f64,
}

/// A crossing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Crossing {
    /// Where.
    pub place: PathPlace,
    /// Whether `z` of the path is smaller than that of the surface before it: with depths, it enters
    /// from above.
    pub from_smaller: bool,
}

/// Every crossing of a path with the bilinear surface, along the path. Where the path touches the
/// surface at a point of its own without passing through, that point is one.
///
/// Pieces of the path over undefined nodes or outside the grid cross nothing. A crossing is exact to
/// the last digits where there is one in half a cell; two crossings within half a cell along the
/// path may be missed.
pub fn crossings(path: &[PathPlace], surface: &Surface<'_>) -> Vec<Crossing> {
    let height = |p: &PathPlace| p.z - surface.sample(p.i, p.j, SampleMethod::Bilinear);
    let mut found = Vec::new();
    let Some(first) = path.first() else { return found };
    let mut before = (*first, height(first));
    if before.1 == 0.0 {
        found.push(Crossing { place: before.0, from_smaller: true });
    }
    for pair in path.windows(2) {
        let (a, b) = (&pair[0], &pair[1]);
        let cells = (b.i - a.i).abs().max((b.j - a.j).abs());
        if !cells.is_finite() || !(b.z - a.z).is_finite() {
            before = (*b, f64::NAN);
            continue;
        }
        let steps = (2.0 * cells).ceil().clamp(1.0, 1e6) as usize;
        for k in 1..=steps {
            let place = if k == steps { *b } else { on(a, b, k as f64 / steps as f64) };
            let now = (place, height(&place));
            if now.1 == 0.0 && before.1 != 0.0 {
                found.push(Crossing { place, from_smaller: before.1.is_nan() || before.1 < 0.0 });
            } else if before.1 * now.1 < 0.0 {
                found.push(between(before, now, height));
            }
            before = now;
        }
    }
    found
}

/// The crossing between two places on different sides, by halving.
fn between(a: (PathPlace, f64), b: (PathPlace, f64), height: impl Fn(&PathPlace) -> f64) -> Crossing {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..80 {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        let h = height(&on(&a.0, &b.0, middle));
        if h == 0.0 {
            (low, high) = (middle, middle);
        } else if (h < 0.0) == (a.1 < 0.0) {
            low = middle;
        } else {
            high = middle;
        }
    }
    Crossing { place: on(&a.0, &b.0, 0.5 * (low + high)), from_smaller: a.1 < 0.0 }
}

fn on(a: &PathPlace, b: &PathPlace, t: f64) -> PathPlace {
    let at = |a: f64, b: f64| a + t * (b - a);
    PathPlace { md: at(a.md, b.md), i: at(a.i, b.i), j: at(a.j, b.j), z: at(a.z, b.z) }
}
