//! Labels that do not overlap: point labels around their symbols, levels along contour lines.

use std::collections::HashMap;

use super::frame::Frame;
use crate::font::text_width;

/// A rectangle in px.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Area {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Area {
    pub fn around(x: f64, y: f64, half_width: f64, half_height: f64) -> Self {
        Self { left: x - half_width, top: y - half_height, right: x + half_width, bottom: y + half_height }
    }

    fn grown(&self, by: f64) -> Self {
        Self { left: self.left - by, top: self.top - by, right: self.right + by, bottom: self.bottom + by }
    }

    /// Distance of a point from the area, 0 inside.
    fn distance(&self, x: f64, y: f64) -> f64 {
        let (dx, dy) = ((self.left - x).max(x - self.right).max(0.0), (self.top - y).max(y - self.bottom).max(0.0));
        dx.hypot(dy)
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }
}

/// The areas taken so far, in a hash of squares so that a thousand labels stay fast.
#[derive(Debug, Clone, Default)]
pub(super) struct Taken {
    areas: Vec<Area>,
    squares: HashMap<(i32, i32), Vec<usize>>,
}

/// Side of a square in px.
const SQUARE: f64 = 32.0;

impl Taken {
    fn squares_of(area: &Area) -> impl Iterator<Item = (i32, i32)> + use<> {
        let cell = |v: f64| (v / SQUARE).floor() as i32;
        let (left, right, top, bottom) = (cell(area.left), cell(area.right), cell(area.top), cell(area.bottom));
        (top..=bottom).flat_map(move |j| (left..=right).map(move |i| (i, j)))
    }

    pub fn take(&mut self, area: Area) {
        let number = self.areas.len();
        self.areas.push(area);
        for square in Self::squares_of(&area) {
            self.squares.entry(square).or_default().push(number);
        }
    }

    /// Whether an area is free but for what belongs to `owner` (a number given by `take`'s order).
    pub fn is_free(&self, area: &Area, owner: Option<usize>) -> bool {
        !Self::squares_of(area).any(|square| {
            self.squares.get(&square).is_some_and(|numbers| {
                numbers
                    .iter()
                    .any(|n| Some(*n) != owner && self.areas.get(*n).is_some_and(|other| other.overlaps(area)))
            })
        })
    }

    pub fn len(&self) -> usize {
        self.areas.len()
    }
}

/// A label that found its place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Placed {
    pub text: String,
    /// Left end of the base line.
    pub x: f64,
    pub y: f64,
    #[cfg_attr(not(test), allow(dead_code))]
    pub area: Area,
}

/// A point that wants a label.
#[derive(Debug, Clone)]
pub(super) struct Wish {
    pub text: String,
    pub x: f64,
    pub y: f64,
    /// Radius of the symbol.
    pub radius: f64,
    /// Number of the symbol's own area among those taken.
    pub symbol: usize,
}

/// How much nearer than any other symbol a label's own symbol must be, in px.
const CLEARANCE: f64 = 1.0;

/// Places labels in turn at the first free of twelve places around their symbol, nearest first,
/// where it is the nearest symbol; what fits nowhere is left out. What is taken before are the
/// symbols.
pub(super) fn place(wishes: &[Wish], size: f64, frame: &Frame, taken: &mut Taken) -> Vec<Placed> {
    let mut placed = Vec::new();
    let symbols = taken.clone();
    for wish in wishes {
        let width = text_width(&wish.text, size, false);
        // Letters reach 0.73 em above the base line and 0.2 em below.
        let (above, below) = (0.76 * size, 0.22 * size);
        let gap = wish.radius + 3.0;
        let middle = (above - below) / 2.0;
        let diagonal = wish.radius * 0.75 + 2.5;
        let far = gap + 5.0;
        let candidates = [
            (gap, middle),
            (diagonal, -diagonal),
            (diagonal, diagonal + above),
            (-gap - width, middle),
            (-diagonal - width, -diagonal),
            (-diagonal - width, diagonal + above),
            (-width / 2.0, -gap - below),
            (-width / 2.0, gap + above),
            (far * 0.75, -far * 0.75),
            (far * 0.75, far * 0.75 + above),
            (-far * 0.75 - width, -far * 0.75),
            (-far * 0.75 - width, far * 0.75 + above),
        ];
        let spot = candidates.into_iter().find_map(|(dx, dy)| {
            let (x, y) = (wish.x + dx, wish.y + dy);
            let area = Area { left: x - 1.5, top: y - above - 0.6, right: x + width + 1.5, bottom: y + below + 0.6 };
            let inside = area.left > frame.left + 1.0
                && area.right < frame.right() - 1.0
                && area.top > frame.top + 1.0
                && area.bottom < frame.bottom() - 1.0;
            // A label as near to another well's symbol as to its own would name the wrong well.
            let own = area.distance(wish.x, wish.y) - wish.radius;
            let clear = area.grown(own + CLEARANCE);
            let fits = inside && taken.is_free(&area, Some(wish.symbol)) && symbols.is_free(&clear, Some(wish.symbol));
            fits.then_some((x, y, area))
        });
        if let Some((x, y, area)) = spot {
            taken.take(area);
            placed.push(Placed { text: wish.text.clone(), x, y, area });
        }
    }
    placed
}

/// A place for a level on its line: the middle of the text, its angle, and the part of the line
/// (arc length from, to) that the text covers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct OnLine {
    pub x: f64,
    pub y: f64,
    pub degrees: f64,
    pub from: f64,
    pub to: f64,
}

/// Finds places for a text of `width` px along a line, about every `spacing` px, where the line
/// is straight and the ground is free; takes them.
pub(super) fn along(points: &[(f64, f64)], width: f64, spacing: f64, taken: &mut Taken, frame: &Frame) -> Vec<OnLine> {
    let mut lengths = Vec::with_capacity(points.len());
    let mut total = 0.0;
    let mut last: Option<(f64, f64)> = None;
    for &(x, y) in points {
        if let Some((a, b)) = last {
            total += (x - a).hypot(y - b);
        }
        lengths.push(total);
        last = Some((x, y));
    }
    let room = width + 8.0;
    if total < room * 2.2 {
        return Vec::new();
    }
    let at = |s: f64| -> (f64, f64) {
        let k = lengths.partition_point(|&l| l < s).clamp(1, points.len().saturating_sub(1).max(1));
        match (points.get(k - 1), points.get(k), lengths.get(k - 1), lengths.get(k)) {
            (Some(p), Some(q), Some(&a), Some(&b)) => {
                let t = if b > a { ((s - a) / (b - a)).clamp(0.0, 1.0) } else { 0.0 };
                (p.0 + (q.0 - p.0) * t, p.1 + (q.1 - p.1) * t)
            }
            _ => (f64::NAN, f64::NAN),
        }
    };
    let count = (total / spacing).floor().max(1.0);
    let stretch = total / count;
    let mut found = Vec::new();
    for k in 0..count as usize {
        // Straightness at a few places of this stretch, the best free one wins.
        let mut best: Option<(f64, OnLine, Vec<Area>)> = None;
        let start = k as f64 * stretch;
        for step in 0..16 {
            let middle = start + stretch * (f64::from(step) + 0.5) / 16.0;
            let (from, to) = (middle - room / 2.0, middle + room / 2.0);
            if from < 4.0 || to > total - 4.0 {
                continue;
            }
            let ((x1, y1), (x2, y2), (x, y)) = (at(from), at(to), at(middle));
            let chord = (x2 - x1).hypot(y2 - y1);
            let sag = (x - (x1 + x2) / 2.0).hypot(y - (y1 + y2) / 2.0);
            if !(chord > room * 0.93 && sag < 3.0) {
                continue;
            }
            let mut degrees = (y2 - y1).atan2(x2 - x1).to_degrees();
            if degrees > 90.0 {
                degrees -= 180.0;
            } else if degrees <= -90.0 {
                degrees += 180.0;
            }
            // Small squares along the text stand for its turned rectangle.
            let squares = (width / 8.0).ceil().max(2.0);
            let areas: Vec<Area> = (0..=squares as usize)
                .map(|n| {
                    let t = n as f64 / squares;
                    Area::around(x1 + (x2 - x1) * t, y1 + (y2 - y1) * t, 6.0, 6.0)
                })
                .collect();
            let inside = areas.iter().all(|a| {
                a.left > frame.left && a.right < frame.right() && a.top > frame.top && a.bottom < frame.bottom()
            });
            if !inside || !areas.iter().all(|a| taken.is_free(a, None)) {
                continue;
            }
            // Nearly upright text reads badly, a bent line worse.
            let cost = sag * 3.0 + (room - chord) + degrees.abs() / 30.0;
            let place = OnLine { x: (x1 + x2 + 2.0 * x) / 4.0, y: (y1 + y2 + 2.0 * y) / 4.0, degrees, from, to };
            if best.as_ref().is_none_or(|(least, ..)| cost < *least) {
                best = Some((cost, place, areas));
            }
        }
        if let Some((_, place, areas)) = best {
            areas.into_iter().for_each(|a| taken.take(a));
            found.push(place);
        }
    }
    found
}

/// The parts of a line that are left between gaps (arc length from, to; in order).
pub(super) fn cut(points: &[(f64, f64)], gaps: &[OnLine]) -> Vec<Vec<(f64, f64)>> {
    let mut parts = Vec::new();
    let mut part: Vec<(f64, f64)> = Vec::new();
    let mut s = 0.0;
    let covered = |s: f64| gaps.iter().any(|g| s > g.from && s < g.to);
    for pair in points.windows(2) {
        let &[(x1, y1), (x2, y2)] = pair else { continue };
        let length = (x2 - x1).hypot(y2 - y1);
        let mut stops: Vec<f64> = vec![0.0];
        stops.extend(gaps.iter().flat_map(|g| [g.from - s, g.to - s]).filter(|d| *d > 0.0 && *d < length));
        stops.push(length);
        stops.sort_by(f64::total_cmp);
        for ends in stops.windows(2) {
            let &[a, b] = ends else { continue };
            if covered(s + (a + b) / 2.0) {
                if part.len() > 1 {
                    parts.push(std::mem::take(&mut part));
                }
                part.clear();
                continue;
            }
            let on = |d: f64| {
                let t = if length > 0.0 { d / length } else { 0.0 };
                (x1 + (x2 - x1) * t, y1 + (y2 - y1) * t)
            };
            if part.is_empty() {
                part.push(on(a));
            }
            part.push(on(b));
        }
        s += length;
    }
    if part.len() > 1 {
        parts.push(part);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Frame = Frame { x_min: 0.0, y_min: 0.0, scale: 1.0, left: 0.0, top: 0.0, width: 640.0, height: 640.0 };

    #[test]
    fn a_thousand_labels_never_overlap() {
        let mut taken = Taken::default();
        // A simple congruential sequence: crowded in places, the same on every machine.
        let mut seed = 12_345u64;
        let mut next = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as f64 / f64::from(u32::MAX >> 1)
        };
        let wishes: Vec<Wish> = (0..1000)
            .map(|n| {
                let (x, y) = (640.0 * next(), 640.0 * next());
                let symbol = taken.len();
                taken.take(Area::around(x, y, 3.0, 3.0));
                Wish { text: format!("W-{n}"), x, y, radius: 3.0, symbol }
            })
            .collect();
        let placed = place(&wishes, 8.0, &FRAME, &mut taken);
        assert!(placed.len() > 100, "only {} of 1000 labels placed", placed.len());
        for (k, a) in placed.iter().enumerate() {
            assert!(a.area.left >= 0.0 && a.area.right <= 640.0 && a.area.top >= 0.0 && a.area.bottom <= 640.0);
            for b in placed.iter().skip(k + 1) {
                assert!(!a.area.overlaps(&b.area), "{} and {} overlap", a.text, b.text);
            }
        }
    }

    #[test]
    fn a_label_stands_nearest_to_its_own_symbol() {
        let spots = [(100.0, 100.0), (103.0, 112.0), (88.0, 115.0), (90.0, 128.0), (300.0, 300.0)];
        let mut taken = Taken::default();
        let wishes: Vec<Wish> = spots
            .iter()
            .enumerate()
            .map(|(n, &(x, y))| {
                taken.take(Area::around(x, y, 4.6, 4.6));
                Wish { text: format!("Well-{n}"), x, y, radius: 6.5, symbol: n }
            })
            .collect();
        let placed = place(&wishes, 10.0, &FRAME, &mut taken);
        assert!(placed.iter().any(|p| p.text == "Well-4"));
        for label in &placed {
            let distance = |n: usize| label.area.distance(spots[n].0, spots[n].1);
            let nearest = (0..spots.len()).min_by(|a, b| distance(*a).total_cmp(&distance(*b))).unwrap_or(0);
            assert_eq!(label.text, format!("Well-{nearest}"));
        }
    }

    #[test]
    fn a_line_is_cut_where_its_label_stands() {
        let line = [(100.0, 100.0), (300.0, 100.0), (500.0, 100.0)];
        let gaps = along(&line, 30.0, 1000.0, &mut Taken::default(), &FRAME);
        assert_eq!(gaps.len(), 1);
        let parts = cut(&line, &gaps);
        assert_eq!(parts.len(), 2);
        let kept: f64 = parts.iter().flat_map(|p| p.windows(2)).map(|w| (w[1].0 - w[0].0).hypot(w[1].1 - w[0].1)).sum();
        assert!((kept - (400.0 - 38.0)).abs() < 1e-9, "{kept}");
        assert_eq!(gaps[0].degrees, 0.0);
    }
}
