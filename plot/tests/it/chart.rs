use outcrop_plot::PlotError;
use outcrop_plot::chart::{
    Axis, Bins, Coloring, Crossplot, Group, Histogram, Regression, Spectrum, SpectrumCurve, Statistics, class_colors,
};
use outcrop_plot::color::ColorMap;
use outcrop_plot::style::Paper;

use crate::render::tree;

fn axis(label: &str) -> Axis {
    Axis { label: label.into(), unit: Some("v/v".into()), ..Axis::default() }
}

fn crossplot(xs: Vec<f64>, ys: Vec<f64>) -> Crossplot {
    Crossplot {
        title: "Two".into(),
        subtitle: None,
        x: axis("X"),
        y: axis("Y"),
        xs,
        ys,
        coloring: Coloring::One,
        regression: None,
        footer: Some("a footer".into()),
        paper: Paper::default(),
    }
}

#[test]
fn regressions_give_back_what_they_are_made_of() {
    let x: Vec<f64> = (1..40).map(|k| f64::from(k) * 0.01).collect();
    let check = |form: Regression, f: &dyn Fn(f64) -> f64| {
        let y: Vec<f64> = x.iter().map(|x| f(*x)).collect();
        let fitted = form.fit(&x, &y).unwrap();
        assert!((fitted.a - 2.0).abs() < 1e-9 && (fitted.b + 3.0).abs() < 1e-9, "{form:?} {fitted:?}");
        assert!((fitted.r2 - 1.0).abs() < 1e-12 && fitted.n == 39);
        assert!((fitted.at(0.2) - f(0.2)).abs() < 1e-9 * f(0.2).abs());
    };
    check(Regression::Linear, &|x| 2.0 - 3.0 * x);
    check(Regression::Logarithmic, &|x| 2.0 - 3.0 * x.log10());
    check(Regression::Exponential, &|x| 10f64.powf(2.0 - 3.0 * x));
    check(Regression::Power, &|x| 10f64.powf(2.0 - 3.0 * x.log10()));
    // Half of what there is.
    let fitted = Regression::Linear.fit(&[0.0, 1.0, 2.0, 3.0], &[0.0, 2.0, 1.0, 3.0]).unwrap();
    assert!((fitted.r2 - 0.64).abs() < 1e-12 && (fitted.b - 0.8).abs() < 1e-12);
    assert_eq!(fitted.equation("PHI", "K"), "K = 0.3000 + 0.8000 PHI");
    assert!(Regression::Linear.fit(&[1.0, 1.0, 1.0], &[1.0, 2.0, 3.0]).is_none());
    assert!(Regression::Power.fit(&[-1.0, 0.0, 1.0, 2.0], &[1.0, 2.0, 3.0, 4.0]).is_none());
}

#[test]
fn every_sample_is_drawn_or_told() {
    let nan = f64::NAN;
    let mut plot = crossplot(vec![0.1, 0.2, nan, 0.4, 5.0], vec![1.0, 2.0, 3.0, nan, 2.0]);
    plot.x.range = (0.0, 1.0);
    let svg = plot.to_svg().unwrap();
    tree(&svg);
    assert!(svg.contains("2 samples") && svg.contains("2 without both values") && svg.contains("1 outside the axes"));
    assert!(svg.contains("X (v/v)") && svg.contains("a footer"));
    // A logarithmic axis leaves out what it cannot show, and says so.
    let mut plot = crossplot(vec![0.1, 0.2, 0.3], vec![1.0, -2.0, 100.0]);
    plot.y.log = true;
    let svg = plot.to_svg().unwrap();
    assert!(svg.contains("2 samples") && svg.contains("1 without both values"));
}

#[test]
fn colours_come_from_values_classes_and_counts() {
    let n = 20_000;
    let xs: Vec<f64> = (0..n).map(|k| (f64::from(k) * 0.618).fract()).collect();
    let ys: Vec<f64> = (0..n).map(|k| (f64::from(k) * 0.414).fract()).collect();
    let map = ColorMap::by_name("batlow").unwrap();
    let value = Coloring::Value { axis: axis("GR"), values: xs.clone(), map };
    let names: Vec<String> = ["sand", "shale"].map(String::from).to_vec();
    let classes = (0..n).map(|k| (k % 3 < 2).then_some((k % 3) as usize)).collect();
    let class = Coloring::Class { label: "facies".into(), names, classes };
    for (coloring, says) in [(value, "GR (v/v)"), (class, "shale"), (Coloring::Density(map), "Samples in a hexagon")] {
        let plot = Crossplot { coloring, ..crossplot(xs.clone(), ys.clone()) };
        let svg = plot.to_svg().unwrap();
        tree(&svg);
        assert!(svg.contains(says), "{says}");
        // Many samples do not make a large file.
        assert!(svg.len() < 2_000_000, "{says}: {}", svg.len());
    }
    assert_eq!(class_colors(8).iter().collect::<std::collections::HashSet<_>>().len(), 8);
}

/// The box of a regression: left, upper edge, width and height.
fn equation_box(svg: &str) -> [f64; 4] {
    let rect = svg.split("<rect ").find(|r| r.split('>').next().unwrap().contains("#C62828")).unwrap();
    ["x=\"", "y=\"", "width=\"", "height=\""].map(|key| {
        let after = rect.split_once(key).unwrap().1;
        after.split('"').next().unwrap().parse().unwrap()
    })
}

#[test]
fn the_equation_hides_no_points() {
    let inside = |x: f64, y: f64, [left, top, width, height]: [f64; 4]| {
        x > left - 1.0 && x < left + width + 1.0 && y > top - 1.0 && y < top + height + 1.0
    };
    let points = |svg: &str| -> Vec<(f64, f64)> {
        let data = svg.split("<path d=\"").find(|p| p.contains("a3.2 3.2")).unwrap().split('"').next().unwrap();
        let starts = data.split('M').filter_map(|p| p.split('a').next()?.split_once(' '));
        starts.map(|(x, y)| (x.parse::<f64>().unwrap() + 3.2, y.parse().unwrap())).collect()
    };
    // Points in all corners but one, along a line that rises and one that falls; or everywhere.
    let corners = [(0.0, 0.0), (10.0, 10.0), (0.5, 9.5), (9.5, 0.5), (3.0, 9.6), (5.0, 9.8), (7.0, 9.7)];
    for flip in [1.0, -1.0] {
        let (xs, ys): (Vec<f64>, Vec<f64>) = corners.iter().map(|(x, y)| (x * flip + 10.0, *y)).unzip();
        let svg = Crossplot { regression: Some(Regression::Linear), ..crossplot(xs, ys) }.to_svg().unwrap();
        tree(&svg);
        let at = equation_box(&svg);
        assert!(at[1] + at[3] < 46.0 + 500.0, "{at:?}");
        assert_eq!(points(&svg).len(), corners.len());
        assert!(!points(&svg).into_iter().any(|(x, y)| inside(x, y, at)), "{at:?}");
    }
    let (xs, ys) = (0..380).map(|k| (f64::from(k % 20), f64::from(k / 20) + f64::from(k % 20) * 0.01)).unzip();
    let full = Crossplot { regression: Some(Regression::Linear), ..crossplot(xs, ys) };
    let svg = full.to_svg().unwrap();
    let at = equation_box(&svg);
    assert!(at[1] > 46.0 + 500.0 + 36.0, "below the axis and its title: {at:?}");
    let notes = svg.split("<text ").find(|t| t.contains("380 samples")).unwrap().split_once("y=\"").unwrap().1;
    assert!(notes.split('"').next().unwrap().parse::<f64>().unwrap() > at[1] + at[3]);
}

#[test]
fn many_classes_are_all_named_and_empty_ones_not() {
    let names: Vec<String> = (1..=40).map(|k| format!("OUT-{k}")).collect();
    let classes = (0..780).map(|k| Some(k % 39)).collect();
    let coloring = Coloring::Class { label: "well".into(), names: names.clone(), classes };
    let (xs, ys) = (0..780).map(|k| (f64::from(k), f64::from(k % 7))).unzip();
    let svg = Crossplot { coloring, ..crossplot(xs, ys) }.to_svg().unwrap();
    let groups = names.iter().map(|name| Group { name: name.clone(), values: vec![0.1, 0.2, 0.3], rest: false });
    let mut bars = histogram(vec![], Bins::Auto);
    bars.groups =
        groups.take(39).chain([Group { name: "OUT-40".into(), values: vec![f64::NAN], rest: false }]).collect();
    bars.group_label = "well".into();
    for svg in [svg, bars.to_svg().unwrap()] {
        tree(&svg);
        let named = names.iter().filter(|n| svg.contains(&format!(">{n}<"))).count();
        assert_eq!(named, 39, "all but the one without samples");
        assert!(!svg.contains("more<"));
        // Each has a colour of its own.
        let patches = svg.split("<rect ").filter(|r| r.contains("width=\"10\" height=\"10\""));
        let colors: std::collections::HashSet<&str> =
            patches.filter_map(|p| p.split_once("fill=\"")?.1.split('"').next()).collect();
        assert_eq!(colors.len(), 39);
        // The page reaches below the last.
        let height: f64 = svg.split_once("height=\"").unwrap().1.split('"').next().unwrap().parse().unwrap();
        let last = svg.split("<text ").find(|t| t.contains(">OUT-39<")).unwrap().split_once("y=\"").unwrap().1;
        assert!(last.split('"').next().unwrap().parse::<f64>().unwrap() < height);
    }
}

/// Samples of a rare class must not vanish under those of a frequent one, nor what has no class cover anything.
#[test]
fn rare_classes_lie_above_frequent_ones() {
    for each in [10, 3000] {
        // The first class is the rarest.
        let classes: Vec<Option<usize>> =
            (0..4 * each).map(|k| if k == 7 { Some(0) } else { [Some(1), Some(1), None, Some(2)][k % 4] }).collect();
        let names = ["rare", "frequent", "middle"].map(str::to_owned).to_vec();
        let coloring = Coloring::Class { label: "zone".into(), names, classes };
        let (xs, ys) = (0..4 * each).map(|k| ((k % 100) as f64, (k / 100) as f64)).unzip();
        let svg = Crossplot { coloring, ..crossplot(xs, ys) }.to_svg().unwrap();
        tree(&svg);
        let color = |name: &str| {
            let before = svg.split(&format!(">{name}<")).next().unwrap();
            before
                .rsplit("<rect ")
                .next()
                .unwrap()
                .split_once("fill=\"")
                .unwrap()
                .1
                .split('"')
                .next()
                .unwrap()
                .to_owned()
        };
        let drawn = |name: &str| {
            let of = |path: &&str| path.contains(&format!("\"{}\"", color(name)));
            svg.split("<path ").position(|path| of(&path)).unwrap_or_else(|| panic!("{name} is not drawn"))
        };
        let order = ["none", "frequent", "middle", "rare"].map(drawn);
        assert!(order.is_sorted_by(|a, b| a < b), "{each}: {order:?}");
    }
}

/// What is in no group is grey, and takes no colour from the groups.
#[test]
fn what_is_in_no_group_is_grey() {
    let group = |name: &str, rest: bool| Group { name: name.into(), values: vec![0.1, 0.2, 0.3], rest };
    let drawn = |groups: Vec<Group>| {
        let svg = Histogram { groups, group_label: "zone".into(), ..histogram(vec![], Bins::Auto) }.to_svg().unwrap();
        let patches = svg.split("<rect ").filter(|r| r.contains("width=\"10\" height=\"10\""));
        patches.filter_map(|p| Some(p.split_once("fill=\"")?.1.split('"').next()?.to_owned())).collect::<Vec<_>>()
    };
    let alone = drawn(vec![group("a", false), group("b", false)]);
    let with = drawn(vec![group("a", false), group("none", true), group("b", false)]);
    assert_eq!(with, [alone[0].as_str(), "#B8BDC2", alone[1].as_str()]);
}

#[test]
fn charts_without_data_say_so() {
    let error = crossplot(vec![f64::NAN], vec![1.0]).to_svg().unwrap_err();
    assert!(matches!(error, PlotError::Empty { .. }), "{error}");
    assert!(matches!(crossplot(vec![1.0], vec![]).to_svg().unwrap_err(), PlotError::LengthMismatch { .. }));
    let mut same = crossplot(vec![1.0, 2.0], vec![3.0, 4.0]);
    same.x.range = (2.0, 2.0);
    assert!(matches!(same.to_svg().unwrap_err(), PlotError::InvalidRange { .. }));
    same.x = Axis { log: true, range: (0.0, 2.0), ..axis("X") };
    assert!(matches!(same.to_svg().unwrap_err(), PlotError::InvalidNumber { .. }));
    // One sample has an axis all the same.
    tree(&crossplot(vec![1.0], vec![3.0]).to_svg().unwrap());
}

fn histogram(values: Vec<f64>, bins: Bins) -> Histogram {
    Histogram {
        title: "Porosity".into(),
        subtitle: None,
        x: axis("PHI"),
        groups: vec![Group { name: "PHI".into(), values, rest: false }],
        group_label: String::new(),
        bins,
        percent: false,
        cumulative: true,
        footer: None,
        paper: Paper::default(),
    }
}

#[test]
fn percentiles_are_by_exceedance() {
    let s = Statistics::of((1..=11).map(f64::from)).unwrap();
    assert_eq!((s.n, s.mean, s.p90, s.p50, s.p10), (11, 6.0, 2.0, 6.0, 10.0));
    assert!((s.deviation - 11f64.sqrt()).abs() < 1e-12);
    assert!(Statistics::of([f64::NAN].into_iter()).is_none());
    assert!(Statistics::of([4.0].into_iter()).unwrap().deviation.is_nan());
}

#[test]
fn histograms_count_every_value_once() {
    let values: Vec<f64> = (0..100).map(|k| f64::from(k) / 100.0).chain([f64::NAN]).collect();
    for bins in [Bins::Auto, Bins::Count(7), Bins::Width(0.05)] {
        let svg = histogram(values.clone(), bins).to_svg().unwrap();
        tree(&svg);
        assert!(!svg.contains("outside the axis"), "{bins:?}");
    }
    assert!(histogram(values.clone(), Bins::Width(0.05)).to_svg().unwrap().contains("20 bins of 0.05 v/v"));
    let mut narrow = histogram(values.clone(), Bins::Auto);
    narrow.x.range = (0.0, 0.495);
    assert!(
        narrow.to_svg().unwrap().contains("50 samples outside the axis")
            || narrow.to_svg().unwrap().contains("samples outside")
    );
    let mut log = histogram(vec![0.1, 1.0, 10.0, 100.0, -5.0], Bins::Width(2.0));
    log.x.log = true;
    assert!(log.to_svg().unwrap().contains("6 bins of 0.5 of a decade"));
    let mut two = histogram(values.clone(), Bins::Auto);
    two.groups.push(Group { name: "another".into(), values, rest: false });
    two.group_label = "well".into();
    assert!(two.to_svg().unwrap().contains("another"));
    assert!(matches!(histogram(vec![], Bins::Auto).to_svg().unwrap_err(), PlotError::Empty { .. }));
    assert!(matches!(
        histogram(vec![0.0, 1.0], Bins::Width(1e-9)).to_svg().unwrap_err(),
        PlotError::InvalidNumber { .. }
    ));
}

fn spectrum() -> Spectrum {
    let frequencies: Vec<f64> = (0..=250).map(|k| f64::from(k) * 0.5).collect();
    let amplitudes = frequencies.iter().map(|f| 40.0 * (f / 30.0).powi(2) * (-(f / 30.0).powi(2)).exp()).collect();
    let curves = vec![SpectrumCurve { name: "all".into(), frequencies, amplitudes }];
    Spectrum { title: "Spectrum <1>".into(), curves, ..Spectrum::default() }
}

#[test]
fn spectra_are_drawn_in_amplitudes_and_decibels() {
    let svg = spectrum().to_svg().unwrap();
    tree(&svg);
    for text in ["Frequency (Hz)", "Amplitude (unit not stated)", "Largest at 30 Hz", "from 14.5 to 49 Hz", ">15<"] {
        assert!(svg.contains(text), "{text}");
    }
    let mut two = Spectrum { decibel: true, ..spectrum() };
    let half = |c: &SpectrumCurve| c.amplitudes.iter().map(|a| a / 2.0).collect();
    two.curves.push(SpectrumCurve { name: "half".into(), amplitudes: half(&two.curves[0]), ..two.curves[0].clone() });
    two.curves[1].amplitudes[7] = f64::NAN;
    let svg = two.to_svg().unwrap();
    tree(&svg);
    assert!(svg.contains("Amplitude (dB)") && svg.contains("half: largest at 30 Hz") && svg.contains("−60"));
    // Half of the amplitude is 6 dB lower: a tenth of the 60 dB of the axis.
    let lowest = |path: &str| -> f64 {
        let points = path.split('"').next().unwrap().split(['M', 'L']).filter_map(|p| p.split_once(' '));
        points.map(|p| p.1.parse::<f64>().unwrap()).fold(f64::INFINITY, f64::min)
    };
    let lines: Vec<f64> = svg.split("<path d=\"").filter(|p| p.contains("stroke-linejoin")).map(lowest).collect();
    assert_eq!(lines.len(), 3, "the second curve has two parts");
    assert!((lines[2] - lines[0] - 340.0 * 6.0206 / 60.0).abs() < 0.1, "{lines:?}");
}

#[test]
fn wrong_spectra_are_named() {
    let with = |change: &dyn Fn(&mut SpectrumCurve)| {
        let mut spectrum = spectrum();
        spectrum.curves.iter_mut().for_each(change);
        spectrum.to_svg()
    };
    assert!(matches!(with(&|c| c.amplitudes.truncate(3)), Err(PlotError::LengthMismatch { .. })));
    assert!(matches!(with(&|c| c.amplitudes[3] = -1.0), Err(PlotError::InvalidNumber { .. })));
    assert!(matches!(with(&|c| c.amplitudes.fill(0.0)), Err(PlotError::Empty { .. })));
    assert!(matches!(Spectrum::default().to_svg(), Err(PlotError::Empty { .. })));
}
