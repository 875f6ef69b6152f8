//! Grids whose directions are not those of the map.

use outcrop_plot::PlotError;
use outcrop_plot::color::ColorMap;
use outcrop_plot::map::{Contours, Grid, Map, Polyline};

use crate::render::{pixels, tree};

/// A survey of 4 by 3 nodes 100 m apart, turned so that its x runs towards the azimuth given.
fn steps(azimuth: f64, left_handed: bool) -> ((f64, f64), (f64, f64)) {
    let (sin, cos) = azimuth.to_radians().sin_cos();
    let sign = if left_handed { -1.0 } else { 1.0 };
    ((100.0 * sin, 100.0 * cos), (-sign * 100.0 * cos, sign * 100.0 * sin))
}

const FIRST: (f64, f64) = (452_000.0, 6_780_000.0);

fn grid(azimuth: f64, left_handed: bool) -> Grid {
    let (along, across) = steps(azimuth, left_handed);
    let values = (0..12).map(f64::from).collect();
    Grid::from_steps(FIRST, along, across, (4, 3), values).unwrap()
}

#[test]
fn nodes_are_where_the_steps_say() {
    for azimuth in [0.0, 30.0, 90.0, 137.0, 240.0, 359.0] {
        for left_handed in [false, true] {
            let (along, across) = steps(azimuth, left_handed);
            let grid = grid(azimuth, left_handed);
            assert!((grid.dx - 100.0).abs() < 1e-9 && (grid.dy - 100.0).abs() < 1e-9);
            for (n, value) in grid.values.iter().enumerate() {
                let (x, y) = grid.place((n % 4) as f64, (n / 4) as f64);
                let (i, j) = ((*value as usize % 4) as f64, (*value as usize / 4) as f64);
                let (u, v) = (FIRST.0 + i * along.0 + j * across.0, FIRST.1 + i * along.1 + j * across.1);
                assert!((x - u).abs() < 1e-6 && (y - v).abs() < 1e-6, "{azimuth} {left_handed}: {value} at {x} {y}");
            }
        }
    }
}

/// What is drawn at a place of the map has the colour of the nearest node, however the grid is turned.
#[test]
fn the_picture_is_turned_with_the_grid() {
    let scale = |v: f64| {
        let c = ColorMap::by_name("batlow").unwrap().at(v / 11.0);
        [c.0, c.1, c.2]
    };
    for azimuth in [90.0, 60.0, 120.0, 0.0, 205.0] {
        for left_handed in [false, true] {
            let (along, across) = steps(azimuth, left_handed);
            let grid = Grid { contours: Contours::None, range: Some((0.0, 11.0)), ..grid(azimuth, left_handed) };
            // Marks of a px at two corners tell where the map is on the page.
            let corners = grid.corners();
            let line = Polyline {
                x: corners.iter().map(|c| c.0).collect(),
                y: corners.iter().map(|c| c.1).collect(),
                closed: true,
                ..Polyline::default()
            };
            let map = Map { title: "t".into(), grid: Some(grid), lines: vec![line], ..Map::default() };
            let svg = map.to_svg().unwrap();
            tree(&svg);
            let path = svg.split("<path d=\"").find(|p| p.contains("Z\"") && p.contains("stroke-linejoin")).unwrap();
            let px: Vec<(f64, f64)> = path
                .split('Z')
                .next()
                .unwrap()
                .split(['M', 'L'])
                .filter_map(|p| p.split_once(' '))
                .map(|(x, y)| (x.parse().unwrap(), y.parse().unwrap()))
                .collect();
            let scale_of_page = (px[1].0 - px[0].0).hypot(px[1].1 - px[0].1) / 400.0;
            let place = |x: f64, y: f64| {
                (px[0].0 + (x - corners[0].0) * scale_of_page, px[0].1 - (y - corners[0].1) * scale_of_page)
            };
            let (columns, _, rgba) = pixels(&svg, 1.0);
            for value in 0..12usize {
                let (i, j) = ((value % 4) as f64, (value / 4) as f64);
                let (x, y) = place(FIRST.0 + i * along.0 + j * across.0, FIRST.1 + i * along.1 + j * across.1);
                let found = rgba[y.round() as usize * columns + x.round() as usize];
                let expected = scale(value as f64);
                let off = found.iter().zip(expected).map(|(a, b)| a.abs_diff(b)).max().unwrap();
                assert!(off <= 4, "azimuth {azimuth} {left_handed} node {value}: {found:?}, not {expected:?}");
            }
        }
    }
}

/// Light comes from the north west of the map, not of the grid: a slope that faces it is bright either way.
#[test]
fn relief_and_contours_are_turned_too() {
    let slope = |azimuth: f64| {
        let (sin, cos) = azimuth.to_radians().sin_cos();
        let (along, across) = ((100.0 * sin, 100.0 * cos), (-100.0 * cos, 100.0 * sin));
        let count = 21;
        // A plane that rises to the south east of the map.
        let plane = |n: usize| {
            let (i, j) = ((n % count) as f64, (n / count) as f64);
            let (x, y) = (i * along.0 + j * across.0, i * along.1 + j * across.1);
            x - y
        };
        let values = (0..count * count).map(plane).collect();
        let grid = Grid::from_steps((0.0, 0.0), along, across, (count, count), values).unwrap();
        let grid = Grid { shading: true, smooth: true, color_map: "grayC".into(), range: Some((-1e6, 1e6)), ..grid };
        let dark = Grid { contours: Contours::None, ..grid.clone() };
        let svg = Map { title: "t".into(), grid: Some(dark), ..Map::default() }.to_svg().unwrap();
        let (columns, rows, rgba) = pixels(&svg, 1.0);
        let lines = Map { grid: Some(Grid { contours: Contours::Step(500.0), range: None, ..grid }), ..Map::default() };
        assert!(lines.to_svg().unwrap().contains("Contours 500"));
        // The middle of the map: 58 px from the left, 46 from the top, 640 wide at most.
        rgba[(rows / 2) * columns + (columns - 140) / 2][0]
    };
    let brightness = [90.0, 45.0, 0.0, 200.0].map(slope);
    let (low, high) = (brightness.iter().min().unwrap(), brightness.iter().max().unwrap());
    assert!(high - low <= 3 && *low > 150, "{brightness:?}");
}

#[test]
fn places_are_on_the_grid_or_beside_it() {
    let grid = Grid { x0: 100.0, y0: 200.0, dx: 10.0, dy: 20.0, rotation: 30.0, nx: 5, ny: 4, ..Grid::default() };
    for (u, v, on, beside) in [
        (0.0, 0.0, true, true),
        (4.4, 3.4, true, true),
        (4.6, 0.0, false, true),
        (-0.6, 3.0, false, true),
        (2.0, 4.0, false, false),
    ] {
        let (x, y) = grid.place(u, v);
        assert_eq!((grid.holds(x, y, 0.0), grid.holds(x, y, 2.0)), (on, beside), "{u} {v}");
    }
    assert!(!grid.holds(f64::NAN, 200.0, 1e9));
}

#[test]
fn wrong_steps_are_named() {
    let from = |along, across, count: usize| Grid::from_steps(FIRST, along, across, (4, 3), vec![0.0; count]);
    assert!(matches!(from((1.0, 0.0), (0.0, 1.0), 11), Err(PlotError::LengthMismatch { expected: 12, .. })));
    assert!(matches!(from((0.0, 0.0), (0.0, 1.0), 12), Err(PlotError::InvalidNumber { .. })));
    assert!(matches!(from((1.0, 0.0), (f64::NAN, 1.0), 12), Err(PlotError::InvalidNumber { .. })));
    let skew = from((1.0, 0.0), (0.5, 1.0), 12).unwrap_err().to_string();
    assert!(skew.contains("a right angle"), "{skew}");
    // What rounding of coordinates makes of a right angle is one.
    assert!(from((25.0, 0.0), (0.02, 25.0), 12).is_ok());
    let wrong = Grid { rotation: f64::NAN, ..grid(30.0, false) };
    assert!(matches!(Map { grid: Some(wrong), ..Map::default() }.to_svg(), Err(PlotError::InvalidNumber { .. })));
}
