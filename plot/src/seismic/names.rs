//! Names above the section: wells and markers, each with a line down to its place.

use crate::color::Rgb;
use crate::font::{fit, text_width};
use crate::svg::{Svg, Text};

const SIZE: f64 = 10.0;
/// Height of a row of names, px.
pub(super) const ROW: f64 = 14.0;
/// Most rows of names; what has no room is left out.
const ROWS: usize = 4;
/// Room between names, and between a name and the line of another, px.
const CLEAR: f64 = 5.0;
/// A name is no wider than this, px.
const WIDEST: f64 = 150.0;

/// A name that wants a place.
#[derive(Debug, Clone)]
pub(super) struct Name {
    pub text: String,
    /// Where its line comes down, px.
    pub x: f64,
    pub bold: bool,
    pub color: Rgb,
}

/// A name in a row, 0 next to the section.
#[derive(Debug, Clone, PartialEq)]
struct Placed {
    text: String,
    from: f64,
    to: f64,
    row: usize,
    x: f64,
    bold: bool,
    color: Rgb,
}

/// Names that have a place.
pub(super) struct Names {
    placed: Vec<Placed>,
    /// How many rows they take.
    pub rows: usize,
    /// How many have none.
    pub left_out: usize,
}

impl Names {
    /// Places names between two px, the first ones first: in the lowest row where they touch neither a name nor a line.
    pub fn place(names: &[Name], left: f64, right: f64) -> Self {
        let mut placed: Vec<Placed> = Vec::new();
        let mut left_out = 0;
        for name in names {
            let text = fit(&name.text, SIZE, name.bold, WIDEST.min(right - left));
            let width = text_width(&text, SIZE, name.bold);
            // In the middle of its line, or to one side of it.
            let starts = [-width / 2.0, -3.0, 3.0 - width, -width / 4.0, -0.75 * width];
            let spots = || {
                (0..ROWS).flat_map(|row| starts.map(|s| (row, s))).map(|(row, start)| {
                    let from = (name.x + start).min(right - width).max(left);
                    let (text, to) = (text.clone(), from + width);
                    Placed { text, from, to, row, x: name.x, bold: name.bold, color: name.color }
                })
            };
            let clear = spots().find(|spot| placed.iter().all(|other| apart(spot, other)));
            // Where there is no such place a line may pass behind a name.
            let spot = clear.or_else(|| spots().find(|spot| placed.iter().all(|other| !overlap(spot, other))));
            match spot {
                Some(spot) => placed.push(spot),
                None => left_out += 1,
            }
        }
        let rows = placed.iter().map(|p| p.row + 1).max().unwrap_or(0);
        Self { placed, rows, left_out }
    }

    /// Draws the names above the upper edge of the section.
    pub fn draw(&self, svg: &mut Svg, top: f64, page: Rgb) {
        let y = |name: &Placed| top - 9.0 - ROW * name.row as f64;
        for name in &self.placed {
            svg.line((name.x.clamp(name.from, name.to), y(name) + 2.5), (name.x, top), name.color, 0.9);
        }
        for name in &self.placed {
            let mut text = Text::new(name.from, y(name), SIZE, &name.text).color(name.color).halo(page, 3.0);
            text.bold = name.bold;
            svg.text(text);
        }
    }
}

/// Whether two names are on top of each other.
fn overlap(a: &Placed, b: &Placed) -> bool {
    a.row == b.row && a.from < b.to + CLEAR && b.from < a.to + CLEAR
}

/// Whether two names and their lines keep clear of each other.
fn apart(a: &Placed, b: &Placed) -> bool {
    if overlap(a, b) {
        return false;
    }
    // The line of the upper one passes through the row of the lower one.
    let (upper, lower) = if a.row > b.row { (a, b) } else { (b, a) };
    a.row == b.row || upper.x < lower.from - CLEAR / 2.0 || upper.x > lower.to + CLEAR / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_clear_of_each_other() {
        let at = |k: usize, x: f64| Name { text: format!("OUT-{k}"), x, bold: true, color: Rgb::SLATE };
        let names: Vec<Name> = (0..12).map(|k| at(k, 100.0 + 9.0 * k as f64)).chain([at(12, 399.0)]).collect();
        let found = Names::place(&names, 50.0, 400.0);
        assert_eq!(found.placed.len() + found.left_out, 13);
        assert!(found.placed.len() > 6, "{}", found.left_out);
        for (k, a) in found.placed.iter().enumerate() {
            assert!(a.from >= 50.0 && a.to <= 400.0);
            assert!(found.placed.iter().skip(k + 1).all(|b| !overlap(a, b)), "{a:?}");
        }
        // With room for all no line passes behind a name.
        let names: Vec<Name> = (0..6).map(|k| at(k, 70.0 + 55.0 * k as f64)).collect();
        let found = Names::place(&names, 50.0, 400.0);
        assert!(found.left_out == 0 && found.placed.iter().all(|a| found.placed.iter().all(|b| a == b || apart(a, b))));
    }
}
