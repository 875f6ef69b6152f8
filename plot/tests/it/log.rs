use outcrop_plot::PlotError;
use outcrop_plot::color::Rgb;
use outcrop_plot::log::{Class, Curve, FROM_DATA, Fill, GridLines, LogPlot, Top, Track, standard_template};

use crate::render::{pixels, tree};

fn curve(mnemonic: &str, values: Vec<f64>) -> Curve {
    Curve { mnemonic: mnemonic.into(), unit: "u".into(), values, left: 0.0, right: 10.0, ..Curve::default() }
}

fn plot(tracks: Vec<Track>, n: usize) -> LogPlot {
    LogPlot {
        title: "Well".into(),
        depth: (0..n).map(|k| 1000.0 + k as f64).collect(),
        depth_label: "MD".into(),
        depth_unit: "m".into(),
        tracks,
        ..LogPlot::default()
    }
}

fn track(curves: Vec<Curve>) -> Track {
    Track { curves, ..Track::default() }
}

#[test]
fn the_template_knows_mnemonics_and_units() {
    let tracks = standard_template(&[
        ("DEPT", "m"),
        ("NPHI", "%"),
        ("gr", "GAPI"),
        ("RHOB", "G/CC"),
        ("LLD", "OHMM"),
        ("DT", "us/m"),
        ("CALI", "mm"),
        ("RHOZ", ""),
        ("XYZ", "furlong"),
    ]);
    let names: Vec<Vec<&str>> = tracks.iter().map(|t| t.curves.iter().map(|c| c.mnemonic.as_str()).collect()).collect();
    assert_eq!(
        names,
        vec![vec!["gr", "CALI"], vec!["LLD"], vec!["RHOB", "RHOZ", "NPHI"], vec!["DT"], vec!["DEPT"], vec!["XYZ"]]
    );
    let find = |name: &str| tracks.iter().flat_map(|t| &t.curves).find(|c| c.mnemonic == name).unwrap();
    let ends = |name: &str| (find(name).left, find(name).right);
    assert_eq!(ends("gr"), (0.0, 150.0));
    assert_eq!(ends("CALI"), (150.0, 400.0));
    assert_eq!(ends("RHOB"), (1.95, 2.95));
    assert_eq!(ends("NPHI"), (45.0, -15.0));
    assert_eq!(ends("DT"), (500.0, 100.0));
    assert_eq!(ends("LLD"), (0.2, 2000.0));
    assert!(find("LLD").log_scale);
    // No unit, no scale: nothing is guessed.
    assert!(find("RHOZ").left.is_nan() && find("XYZ").right.is_nan());
    assert!(matches!(find("RHOB").fill, Some(Fill::Crossover { other: 2, .. })));
}

#[test]
fn density_without_unit_has_no_crossover() {
    let tracks = standard_template(&[("RHOB", ""), ("NPHI", "v/v")]);
    assert!(tracks[0].curves.iter().all(|c| c.fill.is_none()));
    assert!(standard_template::<&str, &str>(&[]).is_empty());
}

#[test]
fn many_curves_of_a_kind_all_get_a_place() {
    let names: Vec<(String, &str)> = (1..=6).map(|k| (format!("GR:{k}"), "gAPI")).collect();
    let tracks = standard_template(&names);
    let placed: usize = tracks.iter().map(|t| t.curves.len()).sum();
    assert_eq!(placed, 6);
    assert_eq!(tracks[0].curves.len(), 3);
    assert_ne!(tracks[0].curves[0].dash, tracks[0].curves[1].dash);
}

#[test]
fn header_tops_and_footer_are_written() {
    let mut plot = plot(vec![track(vec![curve("GR <x>", vec![1.0, 5.0, 9.0])])], 3);
    plot.tops = vec![
        Top { name: "Top & sand".into(), depth: 1001.0 },
        Top { name: "Below".into(), depth: 5000.0 },
        Top { name: "Nowhere".into(), depth: f64::NAN },
    ];
    plot.footer = Some("from a.las".into());
    let svg = plot.to_svg().unwrap();
    tree(&svg);
    for text in ["GR &lt;x&gt;", ">u<", ">0<", ">10<", "Top &amp; sand", ">MD<", ">m<", "from a.las", "2 of 3 tops"] {
        assert!(svg.contains(text), "{text}");
    }
    assert!(!svg.contains("Below") && !svg.contains("Nowhere"));
}

/// A red line is drawn where there are samples and nowhere in the gap.
#[test]
fn gaps_stay_gaps() {
    let red = Rgb(255, 0, 0);
    let values: Vec<f64> = (0..100).map(|k| if (40..60).contains(&k) { f64::NAN } else { 5.0 }).collect();
    let curve = Curve { color: red, width: 2.0, ..curve("X", values) };
    let svg = plot(vec![Track { grid: GridLines::None, ..track(vec![curve]) }], 100).to_svg().unwrap();
    let (width, _, pixels) = pixels(&svg, 1.0);
    let rows: Vec<usize> = pixels
        .chunks(width)
        .enumerate()
        .filter(|(_, row)| row.iter().any(|p| p[0] > 200 && p[1] < 60))
        .map(|(k, _)| k)
        .collect();
    let longest = rows.windows(2).map(|w| w[1] - w[0]).max().unwrap();
    // 20 missing samples and one interval more, of 900 px for 99 intervals.
    let gap = 21.0 / 99.0 * 900.0;
    // The header's sample line is the first red row, the gap the only other jump.
    assert!((longest as f64 - gap).abs() < 4.0, "{longest} {gap}");
}

#[test]
fn a_lone_sample_and_a_constant_curve_show() {
    let mut values = vec![f64::NAN; 9];
    values[4] = 5.0;
    let lone = Curve { left: FROM_DATA, right: FROM_DATA, ..curve("LONE", values) };
    let svg = plot(vec![track(vec![lone])], 9).to_svg().unwrap();
    assert!(svg.contains(">4.5<") && svg.contains(">5.5<"), "a constant gets room on both sides");
    tree(&svg);
}

/// 200,000 samples draw as small as what the page shows.
#[test]
fn long_logs_stay_small() {
    let n = 200_000;
    let values = |phase: f64| (0..n).map(|k| 5.0 + 4.0 * (k as f64 * 0.37 + phase).sin()).collect::<Vec<_>>();
    let mut a = curve("A", values(0.0));
    a.fill = Some(Fill::Crossover { other: 1, color_positive: Some(Rgb::TEAL), color_negative: None });
    let mut plot = plot(vec![track(vec![a, curve("B", values(1.0))])], n);
    plot.depth = (0..n).map(|k| 1000.0 + k as f64 * 0.01).collect();
    let start = std::time::Instant::now();
    let svg = plot.to_svg().unwrap();
    assert!(svg.len() < 500_000, "{}", svg.len());
    assert!(start.elapsed().as_secs_f64() < 5.0);
    tree(&svg);
}

/// 1:500 draws 100 m as 200 mm, in feet too.
#[test]
fn the_scale_sets_the_height() {
    let height = |unit: &str, scale: f64| {
        let mut plot = plot(vec![track(vec![curve("A", vec![1.0; 101])])], 101);
        (plot.depth_unit, plot.scale) = (unit.into(), Some(scale));
        plot.to_svg().map(|svg| tree(&svg).size().height())
    };
    let px = |mm: f32| mm * 96.0 / 25.4;
    let (m500, m250, ft) = (height("m", 500.0).unwrap(), height("m", 250.0).unwrap(), height("ft", 240.0).unwrap());
    assert!((m250 - m500 - px(200.0)).abs() < 1.5, "{m500} {m250}");
    assert!((ft - m500 - px(30_480.0 / 240.0 - 200.0)).abs() < 1.5);
    assert!(matches!(height("s", 500.0), Err(PlotError::ScaleUnit { .. })));
    assert!(matches!(height("m", 0.0), Err(PlotError::InvalidNumber { .. })));
    assert!(matches!(height("m", 0.01), Err(PlotError::TooLarge { .. })));
}

/// Decreasing depths draw the same picture as increasing ones.
#[test]
fn the_order_of_depths_does_not_matter() {
    let values: Vec<f64> = (0..50).map(|k| f64::from(k % 7)).collect();
    let up = plot(vec![track(vec![curve("A", values.clone())])], 50);
    let mut down = up.clone();
    down.depth.reverse();
    down.tracks[0].curves[0].values.reverse();
    assert_eq!(up.to_svg().unwrap(), down.to_svg().unwrap());
}

#[test]
fn fills_draw_on_their_side() {
    let count = |fill: Fill, values: Vec<f64>| {
        let base = Curve { color: Rgb::WHITE, fill: Some(fill), ..curve("A", values) };
        let other = Curve { color: Rgb::WHITE, ..curve("B", vec![5.0; 11]) };
        let svg = plot(vec![Track { grid: GridLines::None, ..track(vec![base, other]) }], 11).to_svg().unwrap();
        pixels(&svg, 1.0).2.iter().filter(|p| p[0] > 220 && p[1] < 40 && p[2] < 40).count() as f64
    };
    let red = Rgb(255, 0, 0);
    // Depth lines cover some rows; how many shows a fill of the whole track.
    let all = vec![Class { code: 5.0, name: "All".into(), color: red }];
    let blocks = count(Fill::Discrete(all), vec![5.0; 11]);
    let whole = count(Fill::ToLeft(red), vec![10.0; 11]);
    let page = 44.0 * 96.0 / 25.4 * 900.0;
    assert!((blocks / page - 1.0).abs() < 0.04 && whole / page > 0.75, "{} {}", blocks / page, whole / page);
    let share = |n: f64| n / whole;
    assert!((share(count(Fill::ToLeft(red), vec![3.0; 11])) - 0.3).abs() < 0.04);
    assert!((share(count(Fill::ToRight(red), vec![3.0; 11])) - 0.7).abs() < 0.04);
    assert!((share(count(Fill::ToValue(8.0, red), vec![3.0; 11])) - 0.5).abs() < 0.04);
    let gas = |positive, negative| Fill::Crossover { other: 1, color_positive: positive, color_negative: negative };
    assert!((share(count(gas(Some(red), None), vec![2.0; 11])) - 0.3).abs() < 0.04);
    assert!(share(count(gas(Some(red), None), vec![8.0; 11])) < 0.001);
    assert!((share(count(gas(None, Some(red)), vec![8.0; 11])) - 0.3).abs() < 0.04);
    // A line from 0 to 10 crosses 5 half way: one triangle of a quarter of the height each.
    let ramp: Vec<f64> = (0..11).map(f64::from).collect();
    assert!((share(count(gas(Some(red), None), ramp)) - 0.125).abs() < 0.03);
    let classes = vec![Class { code: 1.0, name: "Sand".into(), color: red }];
    let codes = (0..11).map(|k| if k < 5 { 1.0 } else { 2.0 }).collect();
    assert!((count(Fill::Discrete(classes), codes) / blocks - 0.45).abs() < 0.02);
}

#[test]
fn wrong_input_is_named() {
    let error = |plot: LogPlot| plot.to_svg().unwrap_err();
    let good = || plot(vec![track(vec![curve("A", vec![1.0, 2.0, 3.0])])], 3);
    assert!(matches!(error(LogPlot { tracks: vec![], ..good() }), PlotError::Empty { .. }));
    assert!(matches!(error(LogPlot { depth: vec![], ..good() }), PlotError::Empty { .. }));
    assert!(matches!(error(LogPlot { depth: vec![f64::NAN; 3], ..good() }), PlotError::AllUndefined { .. }));
    let text = error(LogPlot { depth: vec![1.0, 2.0], ..good() }).to_string();
    assert!(text.contains("curve A") && text.contains("3 values, expected 2"), "{text}");
    let text = error(LogPlot { depth: vec![1.0, 3.0, 2.0], ..good() }).to_string();
    assert!(text.contains("depth number 3") && text.contains("sort"), "{text}");
    for range in [(5.0, 1.0), (1.0, f64::NAN), (5000.0, 6000.0)] {
        assert!(matches!(error(LogPlot { range: Some(range), ..good() }), PlotError::InvalidRange { .. }));
    }
    let with = |f: &dyn Fn(&mut Curve)| {
        let mut plot = good();
        f(&mut plot.tracks[0].curves[0]);
        plot
    };
    assert!(matches!(error(with(&|c| c.log_scale = true)), PlotError::InvalidNumber { .. }));
    assert!(matches!(error(with(&|c| c.right = c.left)), PlotError::InvalidRange { .. }));
    assert!(matches!(error(with(&|c| c.width = f64::NAN)), PlotError::InvalidNumber { .. }));
    let to_itself = Fill::Crossover { other: 0, color_positive: None, color_negative: None };
    assert!(matches!(error(with(&|c| c.fill = Some(to_itself.clone()))), PlotError::CrossoverCurve { .. }));
    // A curve without data is not an error; the header says so.
    let svg = with(&|c| c.values = vec![f64::NAN; 3]).to_svg().unwrap();
    assert!(svg.contains("no data"));
}
