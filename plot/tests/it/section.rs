use outcrop_plot::PlotError;
use outcrop_plot::log::{LogPlot, Section, TEMPLATES, Top, standard_template, template};

use crate::render::tree;

fn well(name: &str, first: f64, tops: &[(&str, f64)]) -> LogPlot {
    let mut tracks = standard_template(&[("GR", "gAPI")]);
    tracks[0].curves[0].values = (0..200).map(|k| f64::from(k % 120)).collect();
    LogPlot {
        title: name.into(),
        depth: (0..200).map(|k| first + f64::from(k)).collect(),
        tracks,
        tops: tops.iter().map(|(n, d)| Top { name: (*n).into(), depth: *d }).collect(),
        ..LogPlot::default()
    }
}

fn section() -> Section {
    Section {
        title: "Three wells".into(),
        wells: vec![
            well("A", 1000.0, &[("Top", 1050.0), ("Base", 1100.0)]),
            well("B", 1020.0, &[("Top", 1080.0)]),
            well("C", 1040.0, &[("Top", 1090.0), ("Base", 1150.0)]),
        ],
        distances: vec![1500.0, 500.0],
        distance_unit: "m".into(),
        depth_label: "MD".into(),
        depth_unit: "m".into(),
        fill: true,
        ..Section::default()
    }
}

/// Straight lines of a section: both ends, in px.
fn lines(svg: &str) -> Vec<[f64; 4]> {
    svg.split("<path d=\"M")
        .skip(1)
        .filter_map(|p| {
            let data = p.split('"').next()?;
            let (from, to) = data.split_once('L')?;
            let pair = |t: &str| {
                let (x, y) = t.split_once(' ')?;
                Some([x.parse().ok()?, y.parse().ok()?])
            };
            let ([a, b], [c, d]): ([f64; 2], [f64; 2]) = (pair(from)?, pair(to)?);
            Some([a, b, c, d])
        })
        .collect()
}

#[test]
fn tops_are_joined_where_both_wells_have_them() {
    let svg = section().to_svg().unwrap();
    tree(&svg);
    for says in ["Three wells", ">A<", ">B<", ">C<", "Top", "Base", "1.5 km", "500 m", "gaps not to scale"] {
        assert!(svg.contains(says), "{says}");
    }
    // Depth 1000 to 1239 over 900 px: a line from A's Top to B's falls by 30 m.
    let falls = |metres: f64| {
        let px = metres * 900.0 / 239.0;
        lines(&svg).iter().filter(|l| l[2] > l[0] && (l[3] - l[1] - px).abs() < 0.05).count()
    };
    assert_eq!((falls(30.0), falls(10.0)), (1, 1));
    // B has no Base, so nothing goes from A's to C's.
    assert_eq!(falls(50.0), 0);
}

#[test]
fn wells_hang_on_a_top() {
    let hung = Section { flatten: Some("Top".into()), range: Some((-50.0, 60.0)), ..section() };
    let svg = hung.to_svg().unwrap();
    tree(&svg);
    assert!(svg.contains("hung on Top"));
    let y: Vec<f64> = lines(&svg).iter().filter(|l| l[1] == l[3] && l[2] - l[0] > 60.0).map(|l| l[1]).collect();
    // Once in each well and once between them, all at one height.
    let most = y.iter().map(|a| y.iter().filter(|b| (*a - **b).abs() < 0.01).count()).max();
    assert_eq!(most, Some(5), "{y:?}");
    let wrong = Section { flatten: Some("Base".into()), ..section() }.to_svg().unwrap_err();
    assert!(wrong.to_string().contains("the top 'Base' in B"), "{wrong}");
}

#[test]
fn tops_do_not_strike_through_depths() {
    let mut plain = section();
    plain.wells[0].tops = vec![Top { name: "Top".into(), depth: 1100.0 }];
    let svg = plain.to_svg().unwrap();
    // A's depth track is 56 px wide from 22; its depths stand in the middle, that of 1100 at this height.
    let text = svg.split("<text ").find(|t| t.contains(">1100<")).unwrap();
    let number = |key: &str| -> f64 { text.split_once(key).unwrap().1.split('"').next().unwrap().parse().unwrap() };
    let (x, y) = (number("x=\""), number("y=\"") - 3.5);
    let near = |l: &&[f64; 4]| (l[1] - y).abs() < 0.1 && l[1] == l[3];
    let (lines, half) = (lines(&svg), 10.0);
    let drawn: Vec<_> = lines.iter().filter(near).filter(|l| l[2] - l[0] > 8.0).collect();
    assert!(drawn.iter().any(|l| l[2] < x - half && l[0] < 23.0), "{drawn:?}");
    assert!(drawn.iter().any(|l| l[0] > x + half && l[2] > 90.0), "{drawn:?}");
    assert!(!drawn.iter().any(|l| l[0] < x && l[2] > x), "{drawn:?}");
}

#[test]
fn sections_without_data_say_so() {
    assert!(matches!(Section::default().to_svg().unwrap_err(), PlotError::Empty { .. }));
    let mut wrong = section();
    wrong.range = Some((5.0, 5.0));
    assert!(matches!(wrong.to_svg().unwrap_err(), PlotError::InvalidRange { .. }));
    // A well without samples in the range keeps its place.
    let mut apart = section();
    apart.range = Some((1000.0, 1030.0));
    let svg = apart.to_svg().unwrap();
    assert!(svg.contains("no data") && svg.contains(">C<"));
    let scaled = Section { to_scale: true, ..section() }.to_svg().unwrap();
    assert!(scaled.contains("gaps in proportion"));
}

#[test]
fn templates_choose_curves() {
    let available = [("GR", "gAPI"), ("RT", "ohm.m"), ("RHOB", "g/cm3"), ("NPHI", "v/v"), ("DT", "us/ft"), ("XYZ", "")];
    let curves = |name: &str| -> Vec<String> {
        let tracks = template(name, &available).unwrap();
        tracks.iter().flat_map(|t| &t.curves).map(|c| c.mnemonic.clone()).collect()
    };
    assert_eq!(curves("triple"), ["GR", "RT", "RHOB", "NPHI"]);
    assert_eq!(curves("resistivity"), ["GR", "RT"]);
    assert_eq!(curves("SONIC"), ["GR", "DT"]);
    assert_eq!(curves("standard").len(), 6);
    assert!(TEMPLATES.iter().all(|t| template(t, &available).is_some()) && template("quad", &available).is_none());
}
