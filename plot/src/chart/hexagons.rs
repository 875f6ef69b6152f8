//! Points counted in hexagons.

use std::collections::HashMap;

/// Hexagons with a corner up, that touch each other.
pub(super) struct Hexagons {
    /// From the centre to a corner, px.
    pub radius: f64,
    /// Centre and how many points are in it.
    pub counted: Vec<((f64, f64), usize)>,
}

impl Hexagons {
    /// Counts points given in px.
    pub fn count(points: impl Iterator<Item = (f64, f64)>, radius: f64) -> Self {
        let (dx, dy) = (3f64.sqrt() * radius, 1.5 * radius);
        let mut counts: HashMap<(i64, i64), usize> = HashMap::new();
        for (x, y) in points {
            // The nearer of the two nearest centres, one in an even row and one in an odd.
            let centre = |odd: i64| {
                let row = 2 * ((y / dy - odd as f64) / 2.0).round() as i64 + odd;
                let column = (x / dx - odd as f64 / 2.0).round() as i64;
                let (cx, cy) = ((column as f64 + odd as f64 / 2.0) * dx, row as f64 * dy);
                ((column, row), (x - cx).powi(2) + (y - cy).powi(2))
            };
            let (even, odd) = (centre(0), centre(1));
            *counts.entry(if even.1 <= odd.1 { even.0 } else { odd.0 }).or_default() += 1;
        }
        let mut counted: Vec<((f64, f64), usize)> = counts
            .into_iter()
            .map(|((column, row), n)| (((column as f64 + row.rem_euclid(2) as f64 / 2.0) * dx, row as f64 * dy), n))
            .collect();
        // In one order, so that a picture is always the same.
        counted.sort_by(|a, b| a.0.1.total_cmp(&b.0.1).then(a.0.0.total_cmp(&b.0.0)));
        Hexagons { radius, counted }
    }

    /// The corners of the hexagon around a centre, a little over the edge so that no seams show.
    pub fn corners(&self, (x, y): (f64, f64)) -> Vec<(f64, f64)> {
        let radius = self.radius + 0.3;
        (0..6)
            .map(|k| {
                let (sin, cos) = (f64::from(k) * 60.0 + 30.0).to_radians().sin_cos();
                (x + radius * cos, y + radius * sin)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_point_is_in_its_nearest_hexagon() {
        let points: Vec<(f64, f64)> =
            (0..500).map(|k| (f64::from(k * 37 % 211) * 0.7, f64::from(k * 53 % 197) * 0.9)).collect();
        let hexagons = Hexagons::count(points.iter().copied(), 9.0);
        assert_eq!(hexagons.counted.iter().map(|h| h.1).sum::<usize>(), 500);
        for (x, y) in points {
            let distance = |h: &((f64, f64), usize)| ((h.0.0 - x).powi(2) + (h.0.1 - y).powi(2)).sqrt();
            let nearest = hexagons.counted.iter().map(distance).fold(f64::INFINITY, f64::min);
            assert!(nearest <= 9.0 + 1e-9, "{nearest}");
        }
    }
}
