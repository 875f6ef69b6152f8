//! Two small pictures kept as files. After a wanted change:
//! `OUTCROP_UPDATE_GOLDEN=1 cargo test -p outcrop-plot golden`, then look at the difference.

use std::path::PathBuf;

use outcrop_plot::log::{LogPlot, Top, standard_template};
use outcrop_plot::map::{Map, Points, Polyline};

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
