use outcrop_plot::PlotError;
use outcrop_plot::map::{Contours, Grid, LineStyle, Map, Points, Polyline, Symbol};

use crate::render::{pixels, tree};

fn grid() -> Grid {
    Grid {
        x0: 1000.0,
        y0: 2000.0,
        dx: 100.0,
        dy: 100.0,
        nx: 20,
        ny: 10,
        values: (0..200).map(|k| 1500.0 + f64::from(k % 20) * 10.0).collect(),
        label: "Depth".into(),
        unit: Some("m".into()),
        ..Grid::default()
    }
}

fn map() -> Map {
    Map {
        title: "Top <sand> & \"more\"".into(),
        x_label: "Easting".into(),
        y_label: "Northing".into(),
        crs: Some("EPSG:23031".into()),
        length_unit: "m".into(),
        grid: Some(grid()),
        ..Map::default()
    }
}

fn wells(n: usize) -> Points {
    Points {
        x: (0..n).map(|k| 1000.0 + (k as f64 * 618.034).rem_euclid(1900.0)).collect(),
        y: (0..n).map(|k| 2000.0 + (k as f64 * 377.7).rem_euclid(900.0)).collect(),
        label: (0..n).map(|k| Some(format!("W{k}"))).collect(),
        name: Some("Wells".into()),
        ..Points::default()
    }
}

#[test]
fn a_map_says_what_it_shows() {
    let svg = map().to_svg().unwrap();
    tree(&svg);
    for text in ["Easting (m)", "Northing (m)", "Depth", "(m)", "CRS: EPSG:23031", "1600", ">N<", "<image"] {
        assert!(svg.contains(text), "{text}");
    }
    assert!(svg.contains("Top &lt;sand&gt; &amp; &quot;more&quot;"));
    assert!(!svg.contains("<sand>"));
}

#[test]
fn values_without_a_unit_are_not_values_of_an_unknown_one() {
    let bar = |unit: Option<&str>| {
        let grid = map().grid.map(|g| Grid { unit: unit.map(str::to_owned), ..g });
        Map { grid, ..map() }.to_svg().unwrap()
    };
    assert!(bar(Some("m")).contains(">(m)<"));
    assert!(bar(None).contains(">(unit not stated)<"));
    assert!(!bar(Some("")).contains("unit not stated") && !bar(Some("")).contains(">()<"));
}

#[test]
fn what_is_not_stated_is_said_so() {
    let svg = Map { crs: None, length_unit: String::new(), ..map() }.to_svg().unwrap();
    assert!(svg.contains("CRS: not stated") && svg.contains("Coordinates: not stated"));
    assert!(svg.contains("Easting (unit not stated)"));
}

/// Both axes have one scale: a picture of a square is square.
#[test]
fn axes_have_equal_scale() {
    let outline = Polyline {
        x: vec![0.0, 500.0, 500.0, 0.0],
        y: vec![0.0, 0.0, 500.0, 500.0],
        closed: true,
        ..Polyline::default()
    };
    let svg = Map { grid: None, lines: vec![outline], title: "t".into(), ..Map::default() }.to_svg().unwrap();
    let path = svg.split("<path d=\"").find(|p| p.contains('Z') && p.contains("1.5")).unwrap();
    let corners: Vec<(f64, f64)> = path
        .split('Z')
        .next()
        .unwrap()
        .split(['M', 'L'])
        .filter(|p| !p.is_empty())
        .map(|p| p.split_once(' ').map(|(x, y)| (x.parse().unwrap(), y.parse().unwrap())).unwrap())
        .collect();
    let (width, height) = (corners[1].0 - corners[0].0, corners[1].1 - corners[2].1);
    assert!(width > 100.0 && (width - height).abs() < 0.02, "{width} {height}");
}

/// The colours of the rendered picture are those of the map's nodes: south is at the bottom.
#[test]
fn rows_run_from_south_to_north() {
    let values = (0..200).map(|k| if k < 100 { 0.0 } else { 1.0 }).collect();
    let grid = Grid { values, contours: Contours::None, color_map: "grayC_r".into(), ..grid() };
    let svg = Map { grid: Some(grid), ..map() }.to_svg().unwrap();
    let (width, _, pixels) = pixels(&svg, 1.0);
    let column: Vec<u8> = pixels.iter().skip(300).step_by(width).map(|p| p[0]).collect();
    let reversed = outcrop_plot::color::ColorMap::by_name("grayC_r").unwrap();
    let (south, north) = (reversed.at(0.0).0, reversed.at(1.0).0);
    let last_north = column.iter().rposition(|v| *v == north).unwrap();
    let first_south = column.iter().skip(70).position(|v| *v == south).unwrap() + 70;
    assert!(last_north <= first_south + 1 || north > 240, "{last_north} {first_south}");
    let middle = column.len() / 3;
    assert!(column[70..middle + 200].contains(&south));
}

#[test]
fn undefined_nodes_stay_white() {
    let values = (0..200).map(|k| if k % 20 < 10 { f64::NAN } else { 1.0 }).collect();
    let full = map().to_svg().unwrap();
    let half = Map { grid: Some(Grid { values, contours: Contours::None, ..grid() }), ..map() }.to_svg().unwrap();
    let white = |svg: &str| pixels(svg, 1.0).2.iter().filter(|p| p[..3] == [255, 255, 255]).count();
    assert!(white(&half) > white(&full) + 80_000, "{} {}", white(&half), white(&full));
}

#[test]
fn every_option_draws() {
    for symbol in [Symbol::Well, Symbol::Dot, Symbol::Cross, Symbol::Triangle, Symbol::Square, Symbol::Diamond] {
        for (smooth, shading, reverse) in [(false, false, false), (true, true, true)] {
            let grid = Grid { smooth, shading, reverse, range: Some((1550.0, 1600.0)), ..grid() };
            let mut points = Points { symbol, value: Some(vec![1570.0; 30]), ..wells(30) };
            points.value.as_mut().unwrap()[3] = f64::NAN;
            points.x[5] = f64::NAN;
            let line = Polyline {
                x: vec![1100.0, 1200.0, f64::NAN, 1500.0, 1600.0, 1550.0],
                y: vec![2100.0, 2200.0, f64::NAN, 2500.0, 2550.0, 2600.0],
                closed: true,
                name: Some("Blocks".into()),
                style: LineStyle { fill: Some(outcrop_plot::color::Rgb::TEAL), ..LineStyle::default() },
            };
            let map = Map { grid: Some(grid), points: vec![points], lines: vec![line], ..map() };
            let svg = map.to_svg().unwrap();
            tree(&svg);
            assert!(svg.contains("values beyond both ends") && svg.contains("Blocks"));
            assert!(svg.contains("1 points without coordinates not shown"));
            assert_eq!(svg.contains("relief shaded"), shading);
            assert_eq!(svg.contains("interpolated"), smooth);
        }
    }
}

/// Texts with their places: x, y and what they say.
fn texts(svg: &str) -> Vec<(f64, f64, String)> {
    let number = |t: &str, key: &str| t.split_once(key)?.1.split('"').next()?.parse::<f64>().ok();
    svg.split("<text ")
        .skip(1)
        .filter_map(|t| {
            let words = t.split_once('>')?.1.split('<').next()?.to_owned();
            Some((number(t, "x=\"")?, number(t, "y=\"")?, words))
        })
        .collect()
}

#[test]
fn areas_have_patches_in_the_legend() {
    let area = |name: &str, fill| Polyline {
        x: vec![1100.0, 1200.0, 1150.0],
        y: vec![2100.0, 2100.0, 2200.0],
        closed: true,
        name: Some(name.into()),
        style: LineStyle { fill, strength: 0.6, ..LineStyle::default() },
    };
    let lines = vec![area("Lease", Some(outcrop_plot::color::Rgb::TEAL)), area("Outline", None)];
    let svg = Map { lines, ..map() }.to_svg().unwrap();
    tree(&svg);
    // The patch and the area have the fill; the outline without one is a line.
    assert_eq!(svg.matches("fill=\"#3FB6A8\" fill-opacity=\"0.6\"").count(), 2);
    assert_eq!((svg.matches("h18v10h-18z").count(), svg.matches("h18\"").count()), (1, 1));
}

#[test]
fn a_tall_map_says_all_of_its_subtitle() {
    let tall = Grid { nx: 4, ny: 50, ..grid() };
    let subtitle = "demo field: true vertical depth below sea level, ordinary kriging of all 24 picks";
    let title = "Depth of the top of the reservoir in the north of the field";
    let map = Map { grid: Some(tall), subtitle: Some(subtitle.into()), title: title.into(), ..map() };
    let svg = map.to_svg().unwrap();
    tree(&svg);
    let top = svg.split("<clipPath").nth(1).unwrap().split_once("y=\"").unwrap().1;
    let top: f64 = top.split('"').next().unwrap().parse().unwrap();
    let above: Vec<_> = texts(&svg).into_iter().filter(|t| t.1 < top && t.0 < 100.0).collect();
    let words = |rows: &[(f64, f64, String)]| rows.iter().map(|r| r.2.clone()).collect::<Vec<_>>().join(" ");
    assert_eq!(words(&above), format!("{title} {subtitle}"));
    assert!(above.len() > 3 && above.windows(2).all(|w| w[1].1 - w[0].1 > 12.0), "{above:?}");
}

#[test]
fn contours_are_labelled_and_kept_to_the_interval() {
    let grid = Grid { contours: Contours::Step(50.0), ..grid() };
    let svg = Map { grid: Some(grid), ..map() }.to_svg().unwrap();
    assert!(svg.contains("Contours 50 m"));
    let turned = svg.matches("rotate(-90").count() + svg.matches("rotate(90").count();
    assert!(turned > 4, "labels stand along upright contours");
    let levels = Grid { contours: Contours::Levels(vec![1555.5]), ..self::grid() };
    assert!(Map { grid: Some(levels), ..map() }.to_svg().unwrap().contains(">1555.5<"));
}

#[test]
fn a_thousand_wells_are_fast_and_small() {
    let start = std::time::Instant::now();
    let svg = Map { points: vec![wells(1000)], ..map() }.to_svg().unwrap();
    assert!(start.elapsed().as_secs_f64() < 5.0, "{:?}", start.elapsed());
    assert!(svg.len() < 400_000, "{}", svg.len());
    assert_eq!(svg.matches("<use ").count(), 1000);
    assert!(svg.contains("of 1000 labels shown"));
}

#[test]
fn one_well_is_a_map() {
    let svg = Map { grid: None, points: vec![wells(1)], ..map() }.to_svg().unwrap();
    tree(&svg);
    assert!(svg.contains(">W0<"));
}

#[test]
fn wrong_input_is_named() {
    let error = |map: Map| map.to_svg().unwrap_err();
    let with = |grid: Grid| Map { grid: Some(grid), ..map() };
    assert!(matches!(error(Map { grid: None, ..map() }), PlotError::Empty { .. }));
    assert!(matches!(error(with(Grid { values: vec![1.0; 7], ..grid() })), PlotError::LengthMismatch { found: 7, .. }));
    let undefined = error(with(Grid { values: vec![f64::NAN; 200], ..grid() }));
    assert!(undefined.to_string().contains("'Depth'"), "{undefined}");
    assert!(matches!(error(with(Grid { color_map: "rainbow".into(), ..grid() })), PlotError::UnknownColorMap { .. }));
    assert!(matches!(error(with(Grid { dy: -100.0, ..grid() })), PlotError::InvalidNumber { .. }));
    assert!(matches!(error(with(Grid { x0: f64::NAN, ..grid() })), PlotError::InvalidNumber { .. }));
    assert!(matches!(error(with(Grid { range: Some((2.0, 1.0)), ..grid() })), PlotError::InvalidRange { .. }));
    for step in [0.0, -5.0, f64::NAN, 1e-6] {
        let grid = Grid { contours: Contours::Step(step), ..grid() };
        assert!(matches!(error(with(grid)), PlotError::InvalidNumber { .. }), "{step}");
    }
    let short = Points { y: vec![1.0], ..wells(2) };
    let text = error(Map { points: vec![short], ..map() }).to_string();
    assert!(text.contains("Wells") && text.contains("expected 2"), "{text}");
    let unit = Points { value: Some(vec![1.0; 2]), value_unit: Some("ft".into()), ..wells(2) };
    assert!(matches!(error(Map { points: vec![unit], ..map() }), PlotError::UnitMismatch { .. }));
    let null = Points { x: vec![450_000.0, 1e300], y: vec![1.0, 2.0], ..Points::default() };
    let svg = Map { grid: None, points: vec![null], ..map() }.to_svg();
    assert!(svg.is_ok() || matches!(svg, Err(PlotError::InvalidRange { .. })));
}
