//! Point symbols.

use super::Symbol;
use crate::color::Rgb;
use crate::svg::{Svg, num, path_data, stroke};

/// A symbol in px.
#[derive(Debug, Clone, Copy)]
pub(super) struct Drawn {
    pub symbol: Symbol,
    pub x: f64,
    pub y: f64,
    pub radius: f64,
    pub fill: Rgb,
    pub stroke: Rgb,
}

/// Well symbols up to this radius are plain circles: many small ticks only blur the map.
const SMALL: f64 = 2.2;

/// From this many points on, symbols and labels are smaller.
pub(super) const CROWD: usize = 150;

/// Radius of the symbols of a map with so many points.
pub(super) fn radius_for(points: usize) -> f64 {
    match points {
        0..=CROWD => 3.6,
        _ if points <= 4 * CROWD => 2.4,
        _ => SMALL,
    }
}

/// How far a symbol of this radius reaches.
pub(super) fn reach(symbol: Symbol, radius: f64) -> f64 {
    match symbol {
        Symbol::Well if radius > SMALL => radius + radius.max(2.0) * 0.8,
        Symbol::Well => radius + 0.8,
        _ => radius,
    }
}

/// Draws symbols; each look is defined once and used wherever it stands, which keeps maps of
/// many wells small.
pub(super) fn draw_all(svg: &mut Svg, symbols: &[Drawn]) {
    let mut looks: Vec<(Symbol, f64, Rgb)> = Vec::new();
    for s in symbols {
        let look = (s.symbol, s.radius, s.stroke);
        let number = looks.iter().position(|l| *l == look).unwrap_or_else(|| {
            svg.raw(&format!("<defs><g id=\"s{}\">{}</g></defs>", looks.len(), shape(s.symbol, s.radius, s.stroke)));
            looks.push(look);
            looks.len() - 1
        });
        svg.raw(&format!("<use xlink:href=\"#s{number}\" x=\"{}\" y=\"{}\" fill=\"{}\"/>", num(s.x), num(s.y), s.fill));
    }
}

/// Draws one symbol.
pub(super) fn draw(svg: &mut Svg, s: &Drawn) {
    let place = format!("transform=\"translate({} {})\" fill=\"{}\"", num(s.x), num(s.y), s.fill);
    svg.raw(&format!("<g {place}>{}</g>", shape(s.symbol, s.radius, s.stroke)));
}

/// A symbol at the origin; its fill is inherited.
fn shape(symbol: Symbol, r: f64, line: Rgb) -> String {
    let width = if r > 3.0 {
        1.2
    } else if r > SMALL {
        0.9
    } else {
        0.6
    };
    let outline = format!("stroke=\"{line}\" stroke-width=\"{}\"", num(width));
    let polygon = |corners: &[(f64, f64)]| {
        let points: Vec<_> = corners.iter().map(|(x, y)| (x * r, y * r)).collect();
        format!("<path d=\"{}\" {outline}/>", path_data(&points, true))
    };
    let circle = format!("<circle r=\"{}\" {outline}/>", num(r));
    match symbol {
        Symbol::Dot => circle,
        Symbol::Well if r <= SMALL => format!("<circle r=\"{}\" fill=\"#FFFFFF\"/>{circle}", num(r + 0.8)),
        Symbol::Well => {
            let (a, b) = (r, reach(symbol, r));
            let ticks: String =
                [[(a, 0.0), (b, 0.0)], [(-a, 0.0), (-b, 0.0)], [(0.0, a), (0.0, b)], [(0.0, -a), (0.0, -b)]]
                    .iter()
                    .map(|tick| path_data(tick, false))
                    .collect();
            // A light rim below, so that the symbol reads on dark colours.
            format!(
                "<path d=\"{ticks}\" {}/><circle r=\"{}\" fill=\"#FFFFFF\"/><path d=\"{ticks}\" {}/>{circle}",
                stroke(Rgb::WHITE, width + 1.4, None),
                num(r + width / 2.0 + 0.7),
                stroke(line, width, None),
            )
        }
        Symbol::Cross => {
            let data = path_data(&[(-r, 0.0), (r, 0.0)], false) + &path_data(&[(0.0, -r), (0.0, r)], false);
            let rim = stroke(Rgb::WHITE, width + 2.0, None);
            format!("<path d=\"{data}\" {rim}/><path d=\"{data}\" {}/>", stroke(line, width + 0.4, None))
        }
        Symbol::Triangle => polygon(&[(0.0, -1.2), (1.05, 0.7), (-1.05, 0.7)]),
        Symbol::Square => polygon(&[(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)]),
        Symbol::Diamond => polygon(&[(0.0, -1.25), (1.25, 0.0), (0.0, 1.25), (-1.25, 0.0)]),
    }
}
