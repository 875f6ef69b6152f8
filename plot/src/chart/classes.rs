//! Colours and legends of classes.

use super::GREY;
use crate::color::{ColorMap, Rgb};
use crate::font::{fit, text_width, wrap};
use crate::svg::{Anchor, Svg, Text};
use crate::ticks;

/// Width of the column that a legend stands in.
const COLUMN: f64 = 150.0;
/// Height of an entry.
const ROW: f64 = 15.0;
/// The first entries of batlowS are far apart; later ones come ever nearer to these.
const FROM_BATLOW: usize = 4;
/// Maps whose colours the others are chosen from: between them they have all hues, for eyes with colour blindness in
/// different lightness.
const OTHERS: [&str; 7] = ["roma", "hawaii", "vik", "acton", "turku", "lapaz", "bamako"];

/// The colours of classes, far apart for any eye, as many as are asked for; the first ones do not depend on how many.
pub fn class_colors(count: usize) -> Vec<Rgb> {
    // Lighter ones are hard to see on white.
    let usable = |c: &Rgb| c.luminance() < 0.62;
    let map = |name: &str| ColorMap::by_name(name).ok();
    let batlow = map("batlowS").into_iter().flat_map(|m| (0..m.len()).map(move |k| m.entry(k)));
    let mut chosen: Vec<Rgb> = batlow.filter(usable).take(count.min(FROM_BATLOW)).collect();
    if count <= chosen.len() {
        return chosen;
    }
    let steps = (0..32).map(|k| f64::from(k) / 31.0);
    let others = OTHERS.iter().filter_map(|n| map(n)).flat_map(|m| steps.clone().map(move |t| m.at(t)));
    // How far each is from the nearest of those chosen: the next is the furthest.
    let near = |lab: [f64; 3], to: Rgb| distance(lab, perceived(to));
    let mut left: Vec<(Rgb, [f64; 3], f64)> = others
        .filter(usable)
        .map(|c| (c, perceived(c), chosen.iter().map(|k| near(perceived(c), *k)).fold(f64::INFINITY, f64::min)))
        .collect();
    while chosen.len() < count {
        let Some(&(next, ..)) = left.iter().max_by(|a, b| a.2.total_cmp(&b.2)) else { break };
        chosen.push(next);
        for (_, lab, far) in &mut left {
            *far = far.min(near(*lab, next));
        }
    }
    chosen
}

/// A colour in CIE L*a*b* (1976) under D65, in which equal distances look about equal.
fn perceived(color: Rgb) -> [f64; 3] {
    let linear = |v: u8| {
        let v = f64::from(v) / 255.0;
        if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
    };
    let (r, g, b) = (linear(color.0), linear(color.1), linear(color.2));
    let f = |t: f64| if t > 216.0 / 24389.0 { t.cbrt() } else { (24389.0 / 27.0 * t + 16.0) / 116.0 };
    // IEC 61966-2-1, over the white of D65.
    let x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
    let y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
    let z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

fn distance(a: [f64; 3], b: [f64; 3]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

/// Names of classes with their colours and numbers, of those that have any; returns its lower edge.
pub(super) fn legend(svg: &mut Svg, label: &str, entries: &[(&str, Rgb, usize)], x: f64, top: f64) -> f64 {
    let mut y = top + 10.0;
    for line in wrap(label, 11.0, true, COLUMN - 20.0, 2) {
        svg.text(Text::new(x, y, 11.0, &line).bold());
        y += 16.0;
    }
    for (name, color, n) in entries.iter().filter(|e| e.2 > 0) {
        svg.rect(x, y - 8.0, 10.0, 10.0, &format!("fill=\"{color}\""));
        let count = ticks::fixed(*n as f64, 0);
        let room = COLUMN - 24.0 - 16.0 - text_width(&count, 9.5, false) - 6.0;
        svg.text(Text::new(x + 16.0, y + 1.0, 10.0, &fit(name, 10.0, false, room)));
        svg.text(Text::new(x + COLUMN - 24.0, y + 1.0, 9.5, &count).anchor(Anchor::End).color(GREY));
        y += ROW;
    }
    y
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_look_different() {
        assert!((distance(perceived(Rgb::WHITE), perceived(Rgb(0, 0, 0))) - 100.0).abs() < 0.05);
        // sRGB red: L* 53.24, a* 80.09, b* 67.20.
        assert!(distance(perceived(Rgb(255, 0, 0)), [53.24, 80.09, 67.20]) < 0.1);
        let nearest = |n: usize| {
            let labs: Vec<_> = class_colors(n).into_iter().map(perceived).collect();
            assert_eq!(labs.len(), n);
            let pairs = labs.iter().enumerate().flat_map(|(k, a)| labs.iter().take(k).map(|b| distance(*a, *b)));
            pairs.fold(f64::INFINITY, f64::min)
        };
        // A difference of 2.3 is just seen.
        assert!(
            nearest(8) > 25.0 && nearest(24) > 10.0 && nearest(40) > 7.0,
            "{} {} {}",
            nearest(8),
            nearest(24),
            nearest(40)
        );
        assert_eq!(class_colors(24)[..5], class_colors(5)[..]);
    }
}
