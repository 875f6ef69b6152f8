//! Small pictures kept as files. After a wanted change:
//! `OUTCROP_UPDATE_GOLDEN=1 cargo test -p outcrop-plot golden`, then look at the difference.

use std::path::PathBuf;

use outcrop_plot::log::{LogPlot, Top, standard_template};
use outcrop_plot::map::{Grid, Map, Points, Polyline};
use outcrop_plot::seismic::{Display, Horizon, Marker, Polarity, SeismicSection, VerticalAxis, Well, WellTop};

/// Compares with the file, the fonts left out.
fn check(name: &str, svg: &str) {
    let (head, rest) = svg.split_once("<style>").unwrap();
    let (_, tail) = rest.split_once("</style>").unwrap();
    let found = format!("{head}{tail}").replace("/><", "/>\n<").replace("</text><", "</text>\n<");
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("OUTCROP_UPDATE_GOLDEN").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &found).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
    if found != expected {
        let line = found.lines().zip(expected.lines()).position(|(a, b)| a != b).unwrap_or(0);
        panic!(
            "{name} differs from line {}:\nfound    {}\nexpected {}",
            line + 1,
            found.lines().nth(line).unwrap_or(""),
            expected.lines().nth(line).unwrap_or("")
        );
    }
}

#[test]
fn golden_map() {
    let wells = Points {
        x: vec![500.0, 900.0, 2500.0],
        y: vec![400.0, 420.0, 1300.0],
        label: vec![Some("A-1".into()), Some("A-2".into()), None],
        name: Some("Wells".into()),
        ..Points::default()
    };
    let outline = Polyline {
        x: vec![0.0, 3000.0, 3000.0, 0.0],
        y: vec![0.0, 0.0, 1600.0, 1600.0],
        closed: true,
        name: Some("Block 7".into()),
        ..Polyline::default()
    };
    let map = Map {
        title: "Wells of block 7".into(),
        x_label: "Easting".into(),
        y_label: "Northing".into(),
        crs: Some("local".into()),
        length_unit: "m".into(),
        points: vec![wells],
        lines: vec![outline],
        ..Map::default()
    };
    check("map.svg", &map.to_svg().unwrap());
}

#[test]
fn golden_log() {
    let names = [("GR", "gAPI"), ("RDEP", "ohm.m"), ("RHOB", "g/cm3"), ("NPHI", "v/v")];
    let values = [
        [40.0, 45.0, 120.0, f64::NAN, 110.0],
        [20.0, 22.0, 2.0, 1.5, 1.8],
        [2.2, 2.25, 2.5, 2.55, 2.5],
        [0.12, 0.14, 0.33, 0.3, 0.31],
    ];
    let mut tracks = standard_template(&names);
    for curve in tracks.iter_mut().flat_map(|t| &mut t.curves) {
        let k = names.iter().position(|n| n.0 == curve.mnemonic).unwrap();
        curve.values = values[k].to_vec();
    }
    let plot = LogPlot {
        title: "Well 1".into(),
        depth: vec![1000.0, 1005.0, 1010.0, 1015.0, 1020.0],
        depth_label: "MD".into(),
        depth_unit: "m".into(),
        scale: Some(200.0),
        tracks,
        tops: vec![Top { name: "Top shale".into(), depth: 1008.0 }],
        ..LogPlot::default()
    };
    check("log.svg", &plot.to_svg().unwrap());
}

#[test]
fn golden_section() {
    let (traces, samples) = (12, 25);
    let value = |k: usize, s: usize| 100.0 * ((s as f32 - 12.0 + 0.3 * k as f32) / 3.0).sin();
    let section = SeismicSection {
        title: "Inline 1120".into(),
        subtitle: Some("Full stack".into()),
        samples: (0..traces).flat_map(|k| (0..samples).map(move |s| value(k, s))).collect(),
        samples_per_trace: samples,
        // A trace is missing.
        positions: (0..traces).map(|k| if k < 6 { 2001.0 + k as f64 } else { 2002.0 + k as f64 }).collect(),
        position_label: "Crossline".into(),
        vertical: VerticalAxis { start: 1400.0, step: 4.0, label: "Two-way time".into(), unit: Some("ms".into()) },
        display: Display::Both,
        polarity: Some(Polarity::Normal),
        horizons: vec![Horizon {
            name: "Top sand".into(),
            values: (0..traces).map(|k| if k == 3 { f64::NAN } else { 1448.0 - 1.2 * k as f64 }).collect(),
            ..Horizon::default()
        }],
        wells: vec![Well {
            name: "A-1".into(),
            positions: vec![2004.2, 2004.6, 2006.1],
            vertical: vec![1300.0, 1420.0, 1490.0],
            tops: vec![WellTop { name: "Top sand".into(), vertical: 1444.0 }],
            ..Well::default()
        }],
        markers: vec![Marker { position: 2010.0, label: "Crossline of A-2".into() }],
        ends: ("W".into(), "E".into()),
        width: 320.0,
        height: 200.0,
        ..SeismicSection::default()
    };
    check("section.svg", &without_pictures(&section.to_svg().unwrap()));
}

#[test]
fn golden_turned_map() {
    let values = (0..20).map(|k| if k == 7 { f64::NAN } else { f64::from(k % 5) - 2.0 + f64::from(k / 5) }).collect();
    let (along, across) = ((86.602_540, -50.0), (25.0, 43.301_270));
    let grid = Grid::from_steps((1000.0, 2000.0), along, across, (5, 4), values).unwrap();
    let grid = Grid { label: "Amplitude".into(), color_map: "vik".into(), range: Some((-4.0, 4.0)), ..grid };
    let map = Map {
        title: "Time slice 1448 ms".into(),
        crs: Some("local".into()),
        length_unit: "m".into(),
        grid: Some(grid),
        ..Map::default()
    };
    check("turned.svg", &without_pictures(&map.to_svg().unwrap()));
}

/// Embedded pictures left out: how they are compressed may change.
fn without_pictures(svg: &str) -> String {
    let mut parts = svg.split("data:image/png;base64,");
    let mut text = parts.next().unwrap_or("").to_owned();
    for part in parts {
        text.push_str(part.split_once('"').map_or("", |(_, rest)| rest));
    }
    text
}
