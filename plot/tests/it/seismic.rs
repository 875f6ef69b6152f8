use outcrop_plot::PlotError;
use outcrop_plot::color::ColorMap;
use outcrop_plot::render;
use outcrop_plot::seismic::{
    AmplitudeRange, Display, Horizon, Inset, LineNumbers, Marker, Polarity, SeismicSection, VerticalAxis, Well,
    WellCurve, WellCurveKind, WellTop, Wiggles,
};

use crate::render::{pixels, tree};

const TRACES: usize = 20;
const SAMPLES: usize = 30;

/// Twenty traces of thirty samples, 4 ms from 1000 ms; the value says where a sample is.
fn value(trace: usize, sample: usize) -> f32 {
    (trace as f32 - 10.0) * 10.0 + (sample as f32 - 15.0)
}

fn section() -> SeismicSection {
    SeismicSection {
        title: "Inline <1120>".into(),
        samples: (0..TRACES).flat_map(|k| (0..SAMPLES).map(move |s| value(k, s))).collect(),
        samples_per_trace: SAMPLES,
        positions: (0..TRACES).map(|k| 2001.0 + k as f64).collect(),
        position_label: "Crossline".into(),
        vertical: VerticalAxis { start: 1000.0, step: 4.0, label: "Two-way time".into(), unit: Some("ms".into()) },
        amplitudes: AmplitudeRange::Limits(-150.0, 150.0),
        smooth: false,
        width: 400.0,
        height: 290.0,
        ..SeismicSection::default()
    }
}

/// Left, top, width and height of the embedded picture.
fn place(svg: &str) -> [f64; 4] {
    let image = svg.split("<image ").nth(1).expect("a picture");
    ["x=\"", "y=\"", "width=\"", "height=\""].map(|key| {
        let (_, rest) = image.split_once(key).unwrap();
        rest.split('"').next().unwrap().parse().unwrap()
    })
}

/// A section, rendered.
struct Page {
    place: [f64; 4],
    columns: usize,
    rgba: Vec<[u8; 4]>,
}

impl Page {
    fn of(svg: &str) -> Page {
        let (columns, _, rgba) = pixels(svg, 2.0);
        Page { place: place(svg), columns, rgba }
    }

    /// The colour at a part of the way across and down the section.
    fn at(&self, across: f64, down: f64) -> [u8; 3] {
        let [x, y, width, height] = self.place;
        let (column, row) = ((2.0 * (x + across * width)) as usize, (2.0 * (y + down * height)) as usize);
        let p = self.rgba[row * self.columns + column];
        [p[0], p[1], p[2]]
    }

    /// Whether the ground shows: between the slanting lines it is white.
    fn is_blank(&self, across: f64, down: f64) -> bool {
        (0..12).any(|k| self.at(across, down + f64::from(k) * 0.002) == [255, 255, 255])
    }
}

/// The colour of a value on a scale.
fn color(map: &str, value: f64, low: f64, high: f64) -> [u8; 3] {
    let shades = 254.0;
    let share = (((value - low) / (high - low) * shades).round() / shades).clamp(0.0, 1.0);
    let c = ColorMap::by_name(map).unwrap().at(share);
    [c.0, c.1, c.2]
}

fn near(a: [u8; 3], b: [u8; 3], most: u8) -> bool {
    a.iter().zip(b).all(|(a, b)| a.abs_diff(b) <= most)
}

#[test]
fn a_section_says_what_it_shows() {
    let svg = section().to_svg().unwrap();
    tree(&svg);
    for text in ["Two-way time (ms)", ">Crossline<", ">Amplitude<", "(unit not stated)", "2010", "1100"] {
        assert!(svg.contains(text), "{text}");
    }
    assert!(svg.contains("Inline &lt;1120&gt;") && !svg.contains("<1120>"));
    // Limits say nothing of amplitudes; a symmetric range does, and so does a stated polarity.
    assert!(!svg.contains("Polarity"));
    let symmetric = SeismicSection { amplitudes: AmplitudeRange::Symmetric(98.0), ..section() };
    let svg = symmetric.to_svg().unwrap();
    assert!(svg.contains("Polarity not stated") && svg.contains("98 % of amplitudes within"));
    for (polarity, word) in [
        (Polarity::Normal, "is positive"),
        (Polarity::Reverse, "is negative"),
        (Polarity::PressurePositive, "is positive"),
        (Polarity::PressureNegative, "is negative"),
    ] {
        let svg = SeismicSection { polarity: Some(polarity), ..symmetric.clone() }.to_svg().unwrap();
        assert!(svg.contains("an increase of") && svg.contains(word), "{word}");
    }
    let unit =
        SeismicSection { amplitude_unit: Some("kPa".into()), position_unit: None, ..section() }.to_svg().unwrap();
    assert!(unit.contains("(kPa)") && unit.contains("Crossline (unit not stated)"));
}

/// Every sample has its colour at its place: traces from left to right, time downwards.
#[test]
fn samples_have_their_colours_at_their_places() {
    for (map, reversed) in [("vik", false), ("grayC", false), ("vik", true)] {
        let positions = section().positions.iter().map(|p| if reversed { -p } else { *p }).collect();
        let svg = SeismicSection { color_map: map.into(), positions, ..section() }.to_svg().unwrap();
        let page = Page::of(&svg);
        for (trace, sample) in [(0, 3), (7, 20), (12, 11), (19, 26)] {
            let across = (trace as f64 + 0.5) / TRACES as f64;
            let found = page.at(across, sample as f64 / (SAMPLES - 1) as f64);
            let expected = color(map, f64::from(value(trace, sample)), -150.0, 150.0);
            assert!(near(found, expected, 3), "{map} trace {trace} sample {sample}: {found:?}, not {expected:?}");
        }
    }
}

#[test]
fn colours_are_interpolated_where_asked_for() {
    let step = |smooth: bool| {
        let samples = (0..TRACES).flat_map(|k| vec![if k < 10 { -100.0 } else { 100.0 }; SAMPLES]).collect();
        let svg = SeismicSection { samples, smooth, ..section() }.to_svg().unwrap();
        assert_eq!(svg.contains("interpolated"), smooth);
        // A quarter of the way from trace 9 to trace 10.
        Page::of(&svg).at((9.5 + 0.25) / TRACES as f64, 0.5)
    };
    assert!(near(step(false), color("vik", -100.0, -150.0, 150.0), 3));
    assert!(near(step(true), color("vik", -50.0, -150.0, 150.0), 12), "{:?}", step(true));
}

/// What is missing is not drawn as an amplitude of 0.
#[test]
fn missing_samples_and_traces_are_blank() {
    let mut missing = section();
    missing.samples[8 * SAMPLES..9 * SAMPLES].fill(f32::NAN);
    missing.samples[3 * SAMPLES + 10..3 * SAMPLES + 20].fill(f32::NAN);
    let svg = missing.to_svg().unwrap();
    assert!(svg.contains("atched: no data"));
    let page = Page::of(&svg);
    assert!(page.is_blank(8.5 / 20.0, 0.3) && page.is_blank(3.5 / 20.0, 0.5));
    assert!(!page.is_blank(9.5 / 20.0, 0.3) && !page.is_blank(3.5 / 20.0, 0.1));
    // Traces that are left out leave a hole as wide as they were.
    let mut hole = section();
    hole.positions.drain(5..9);
    hole.samples.drain(5 * SAMPLES..9 * SAMPLES);
    let page = Page::of(&hole.to_svg().unwrap());
    assert!(page.is_blank(5.1 / 20.0, 0.4) && page.is_blank(8.9 / 20.0, 0.4));
    assert!(near(page.at(9.5 / 20.0, 3.0 / 29.0), color("vik", f64::from(value(9, 3)), -150.0, 150.0), 3));
    // Zeros are amplitudes.
    let zeros = SeismicSection { samples: vec![0.0; TRACES * SAMPLES], ..section() }.to_svg().unwrap();
    assert!(!zeros.contains("no data") && near(Page::of(&zeros).at(0.5, 0.5), color("vik", 0.0, -150.0, 150.0), 2));
}

/// Wiggles beside a missing trace do not swing into its room, whether its samples are missing or it is left out.
#[test]
fn wiggles_keep_out_of_gaps() {
    let strong = |traces: std::ops::Range<usize>| {
        let samples = traces.clone().flat_map(|k| {
            (0..SAMPLES).map(move |s| match k {
                8..=10 => f32::NAN,
                // Far beyond the range, to both sides.
                _ => {
                    if (s / 5) % 2 == 0 {
                        900.0
                    } else {
                        -900.0
                    }
                }
            })
        });
        SeismicSection {
            samples: samples.collect(),
            display: Display::Wiggle,
            wiggles: Wiggles { every: Some(1), gain: 1.5, fill: true },
            ..section()
        }
    };
    let missing = strong(0..TRACES);
    let mut left_out = strong(0..TRACES);
    left_out.samples.retain(|v| !v.is_nan());
    left_out.positions.drain(8..11);
    // x of everything that is drawn, from the left edge in widths of a trace.
    let drawn = |section: &SeismicSection| -> Vec<f64> {
        let svg = section.to_svg().unwrap();
        let spacing = section.width / TRACES as f64;
        let paths: Vec<&str> = svg.split("<path d=\"").skip(1).filter_map(|p| p.split('"').next()).collect();
        let long = paths.into_iter().filter(|p| p.len() > 2000).collect::<Vec<_>>().join(" ");
        let places = long.split(['M', 'L', 'Z']).filter_map(|p| p.split(' ').next()?.parse::<f64>().ok());
        let left = svg.split("<clipPath").nth(1).and_then(|c| c.split("x=\"").nth(1)?.split('"').next()).unwrap();
        let left: f64 = left.parse().unwrap();
        places.map(|x| (x - left) / spacing).collect()
    };
    for section in [missing, left_out] {
        let found = drawn(&section);
        assert!(found.len() > 500 && found.iter().any(|x| (x - 8.0).abs() < 0.01), "they fill their own room");
        assert!(!found.iter().any(|x| (8.01..10.99).contains(x)), "{found:?}");
        // Elsewhere they swing over their neighbours as before.
        assert!(found.iter().any(|x| (4.7..4.8).contains(x)), "trace 2, half as far again as the range's end");
    }
}

#[test]
fn more_samples_than_px_are_averaged() {
    // Traces of +100 and -100 in turn, ten to a px: grey, and no pattern.
    let (traces, samples) = (8000, 40);
    let many = SeismicSection {
        samples: (0..traces * samples).map(|k| if (k / samples) % 2 == 0 { 100.0 } else { -100.0 }).collect(),
        samples_per_trace: samples,
        positions: (0..traces).map(|k| k as f64).collect(),
        ..section()
    };
    let svg = many.to_svg().unwrap();
    assert!(svg.contains("8000 traces averaged to 800 columns"));
    assert!(near(Page::of(&svg).at(0.37, 0.5), color("vik", 0.0, -150.0, 150.0), 3));
    // The same down a trace.
    let long = SeismicSection {
        samples: (0..TRACES * 20_000).map(|k| if k % 2 == 0 { 100.0 } else { -100.0 }).collect(),
        samples_per_trace: 20_000,
        vertical: VerticalAxis { step: 0.5, ..section().vertical },
        ..section()
    };
    assert!(near(Page::of(&long.to_svg().unwrap()).at(0.37, 0.5), color("vik", 0.0, -150.0, 150.0), 6));
}

#[test]
fn ranges_of_amplitudes() {
    let values = || (-1000..=1000).map(|k| k as f32).chain([f32::NAN, 0.0, 0.0]);
    let of = |range: AmplitudeRange| range.of(values()).unwrap();
    assert_eq!(of(AmplitudeRange::Symmetric(100.0)), (-1000.0, 1000.0));
    assert_eq!(of(AmplitudeRange::Symmetric(50.0)), (-501.0, 501.0));
    assert_eq!(of(AmplitudeRange::Percentiles(0.0, 100.0)), (-1000.0, 1000.0));
    let (low, high) = of(AmplitudeRange::Percentiles(10.0, 60.0));
    assert!((low + 800.0).abs() < 3.0 && (high - 200.0).abs() < 3.0, "{low} {high}");
    // One loud spike does not set the range.
    let spike = values().chain([1e9]);
    assert!(AmplitudeRange::default().of(spike).unwrap().1 < 1000.0);
    assert_eq!(AmplitudeRange::default().of([0.0f32, f32::NAN].into_iter()).unwrap(), (-1.0, 1.0));
    assert_eq!(AmplitudeRange::Percentiles(1.0, 99.0).of([7.0f32; 9].into_iter()).unwrap(), (6.5, 7.5));
    assert!(matches!(
        AmplitudeRange::default().of([f32::NAN].into_iter()),
        Err(PlotError::AllUndefined { count: 1, .. })
    ));
    for wrong in [
        AmplitudeRange::Symmetric(0.0),
        AmplitudeRange::Symmetric(101.0),
        AmplitudeRange::Percentiles(60.0, 40.0),
        AmplitudeRange::Limits(1.0, 1.0),
        AmplitudeRange::Limits(f64::NAN, 1.0),
    ] {
        assert!(matches!(wrong.of(values()), Err(PlotError::InvalidRange { .. })), "{wrong:?}");
    }
    // Only what is shown counts.
    let loud = (0..TRACES).flat_map(|_| (0..SAMPLES).map(|s| if s < 10 { 5000.0 } else { 50.0 })).collect();
    let amplitudes = AmplitudeRange::Symmetric(98.0);
    let shown = SeismicSection { samples: loud, amplitudes, range: Some((1048.0, 1100.0)), ..section() };
    assert!(shown.to_svg().unwrap().contains("±50, 98 %"));
}

#[test]
fn wiggles_are_thinned_and_filled_to_the_right() {
    let wiggle = SeismicSection { display: Display::Wiggle, ..section() };
    // 20 traces in 400 px have room.
    let svg = wiggle.to_svg().unwrap();
    assert!(svg.contains("Wiggles: every trace, an amplitude of 150 swings to the next wiggle"));
    assert!(!svg.contains("<image") && !svg.contains("Colours"));
    let traces = 400;
    let many = SeismicSection {
        samples: vec![1.0; traces * SAMPLES],
        positions: (0..traces).map(|k| k as f64).collect(),
        display: Display::Both,
        ..section()
    };
    assert!(many.to_svg().unwrap().contains("wiggles: one trace of 8"));
    let wiggles = Wiggles { every: Some(100), ..Wiggles::default() };
    let few = SeismicSection { wiggles, ..many }.to_svg().unwrap();
    assert!(few.contains("one trace of 100"));
    // A positive lobe is dark to the right of its base line, a negative one is not filled.
    let samples = (0..SAMPLES).map(|s| {
        if (5..10).contains(&s) {
            140.0
        } else if (20..25).contains(&s) {
            -140.0
        } else {
            0.0
        }
    });
    let one = SeismicSection { samples: samples.collect(), positions: vec![1.0], ..wiggle };
    let svg = one.to_svg().unwrap();
    let (columns, _, rgba) = pixels(&svg, 2.0);
    let (left, top) = (svg.split("<clipPath id=\"c1\"><rect x=\"").nth(1).unwrap(), 42.0);
    let left: f64 = left.split('"').next().unwrap().parse().unwrap();
    let dark = |x: f64, sample: f64| {
        let (column, row) = ((2.0 * (left + x)) as usize, (2.0 * (top + sample / 29.0 * 290.0)) as usize);
        rgba[row * columns + column][0] < 60
    };
    assert!(dark(260.0, 7.0) && !dark(140.0, 7.0), "the positive lobe");
    assert!(!dark(260.0, 22.0) && !dark(140.0, 22.0), "the negative one");
}

#[test]
fn horizons_have_gaps_and_names() {
    let horizon = |name: &str, values: Vec<f64>| Horizon { name: name.into(), values, ..Horizon::default() };
    let mut gap = vec![1050.0; TRACES];
    gap[7] = f64::NAN;
    let mut short = vec![1080.0; TRACES];
    short[9..].fill(f64::NAN);
    let outside = vec![5000.0; TRACES];
    let svg = SeismicSection {
        horizons: vec![horizon("Full", gap), horizon("Short", short), horizon("Deep", outside)],
        ..section()
    };
    let svg = svg.to_svg().unwrap();
    tree(&svg);
    // Two parts of the first, drawn twice (with its rim).
    let lines: Vec<&str> = svg.split("<path d=\"").filter(|p| p.contains("stroke-linecap=\"round\"")).collect();
    assert_eq!(lines.len(), 6);
    let moves = |line: &str| line.split('"').next().unwrap().matches('M').count();
    assert_eq!((moves(lines[0]), moves(lines[2])), (2, 1));
    let x = |name: &str| -> f64 {
        let before = svg.split(&format!(">{name}<")).next().unwrap();
        let tag = before.rsplit("<text x=\"").next().unwrap();
        tag.split('"').next().unwrap().parse().unwrap()
    };
    let [left, _, width, _] = place(&svg);
    assert!(x("Full") > left + width && x("Short") < left + 0.6 * width, "{} {}", x("Full"), x("Short"));
    assert!(!svg.contains(">Deep<"));
    // A hole in the traces parts a horizon too.
    let mut hole = section();
    hole.positions.drain(5..9);
    hole.samples.drain(5 * SAMPLES..9 * SAMPLES);
    hole.horizons = vec![horizon("Full", vec![1050.0; 16])];
    let svg = hole.to_svg().unwrap();
    let line = svg.split("<path d=\"").find(|p| p.contains("stroke-linecap=\"round\"")).unwrap();
    assert_eq!(moves(line), 2);
}

fn well(name: &str, position: f64) -> Well {
    Well { name: name.into(), positions: vec![position; 2], vertical: vec![900.0, 1100.0], ..Well::default() }
}

#[test]
fn wells_and_markers_have_their_names_above() {
    let tops = vec![
        WellTop { name: "Top sand".into(), vertical: 1040.0 },
        WellTop { name: "Base sand".into(), vertical: 1041.0 },
        WellTop { name: "Below the well".into(), vertical: 1110.0 },
    ];
    let curve = |kind| WellCurve {
        name: "Curve & more".into(),
        unit: "us/ft".into(),
        vertical: (0..50).map(|k| 1000.0 + 2.0 * f64::from(k)).collect(),
        values: (0..50).map(|k| if k == 20 { f64::NAN } else { 60.0 + f64::from(k % 7) }).collect(),
        kind,
        ..WellCurve::default()
    };
    let deviated = Well {
        positions: vec![2004.0, 2006.0, 2016.0],
        vertical: vec![900.0, 1020.0, 1110.0],
        curve: Some(curve(WellCurveKind::Synthetic)),
        ..well("OUT-2", 0.0)
    };
    let section = SeismicSection {
        wells: vec![
            Well { tops, curve: Some(curve(WellCurveKind::Log)), ..well("OUT-1", 2012.0) },
            deviated,
            well("OUT-3", 2300.0),
            Well { positions: vec![2018.0, f64::NAN], ..well("OUT-4", 2018.0) },
        ],
        markers: vec![
            Marker { position: 2015.0, label: "Inline 1060".into() },
            Marker { position: 1000.0, label: "elsewhere".into() },
        ],
        ends: ("NW".into(), "SE".into()),
        ..section()
    };
    let svg = section.to_svg().unwrap();
    tree(&svg);
    for text in
        ["OUT-1", "OUT-2", "Top sand", "Base sand", "Curve &amp; more", "60–66 us/ft", "Inline 1060", "NW", "SE"]
    {
        assert!(svg.contains(&format!(">{text}<")), "{text}");
    }
    for text in ["OUT-3", "elsewhere", "Below the well"] {
        assert!(!svg.contains(text), "{text}");
    }
    let y = |name: &str| -> f64 {
        let before = svg.split(&format!(">{name}<")).next().unwrap();
        let (_, tag) = before.rsplit("<text ").next().unwrap().split_once("y=\"").unwrap();
        tag.split('"').next().unwrap().parse().unwrap()
    };
    let [_, top, ..] = place(&svg);
    assert!(y("OUT-1") < top && y("Inline 1060") < top);
    assert!(y("Base sand") - y("Top sand") >= 10.9, "tops a ms apart have names that can be read");
    // More names than there is room for are counted.
    let many = SeismicSection { wells: (0..200).map(|k| well(&format!("W-{k}"), 2005.0)).collect(), ..section };
    let svg = many.to_svg().unwrap();
    assert!(svg.contains("names above had no room"));
}

#[test]
fn a_second_row_and_a_map_of_the_line() {
    let numbers = (0..TRACES).map(|k| 3000.0 - 10.0 * k as f64).collect();
    let section = SeismicSection {
        positions: (0..TRACES).map(|k| 12.5 * k as f64).collect(),
        position_label: "Distance".into(),
        position_unit: Some("m".into()),
        line_numbers: Some(LineNumbers { label: "CDP".into(), numbers }),
        inset: Some(Inset {
            outline: vec![(0.0, 0.0), (100.0, 40.0), (80.0, 90.0), (-20.0, 50.0)],
            line: vec![(10.0, 20.0), (90.0, 60.0)],
            wells: vec![(50.0, 40.0), (f64::NAN, 1.0), (1e9, 1e9)],
        }),
        ..section()
    };
    let svg = section.to_svg().unwrap();
    tree(&svg);
    for text in ["Distance (m)", ">CDP<", ">3000<", ">2850<", "left end of the section"] {
        assert!(svg.contains(text), "{text}");
    }
    // One well is inside the little map; the others are the ends of the line.
    assert_eq!(svg.matches("r=\"1.6\"").count(), 1);
    let back_and_forth = (0..TRACES).map(|k| if k < 10 { k as f64 } else { 20.0 - k as f64 }).collect();
    let bent = SeismicSection {
        line_numbers: Some(LineNumbers { label: "Inline".into(), numbers: back_and_forth }),
        inset: Some(Inset::default()),
        ..section
    };
    assert!(bent.to_svg().unwrap().contains(">Inline<"));
    // Along an inline its number stands once.
    let numbers = vec![7.0; TRACES];
    let along = SeismicSection { line_numbers: Some(LineNumbers { label: "Inline".into(), numbers }), ..bent };
    assert_eq!(along.to_svg().unwrap().matches(">7</text>").count(), 1);
}

#[test]
fn every_display_draws_anything() {
    let one_trace = SeismicSection { positions: vec![5.0], samples: vec![1.0; SAMPLES], ..section() };
    let one_sample = SeismicSection { samples_per_trace: 1, samples: vec![1.0; TRACES], ..section() };
    let single = SeismicSection { positions: vec![5.0], samples_per_trace: 1, samples: vec![-3.0], ..section() };
    let wide = SeismicSection { range: Some((-500.0, 5000.0)), ..section() };
    let narrow = SeismicSection { range: Some((1049.0, 1050.0)), ..section() };
    let gaps = SeismicSection {
        samples: section().samples.iter().map(|v| if (*v as i32) % 3 == 0 { f32::NAN } else { *v }).collect(),
        ..section()
    };
    for section in [one_trace, one_sample, single, wide, narrow, gaps] {
        for display in [Display::Density, Display::Wiggle, Display::Both] {
            for (amplitudes, smooth) in
                [(AmplitudeRange::default(), true), (AmplitudeRange::Percentiles(0.0, 100.0), false)]
            {
                let svg = SeismicSection { display, smooth, amplitudes, ..section.clone() }.to_svg().unwrap();
                tree(&svg);
            }
        }
        let svg = SeismicSection { display: Display::Both, ..section }.to_svg().unwrap();
        assert!(render::png(&svg, 1.0).unwrap().len() > 1000);
        assert!(render::pdf(&svg).unwrap().starts_with(b"%PDF-"));
    }
}

/// 2000 traces of 1500 samples: the picture has the size of the page, not that of the data.
#[test]
fn large_sections_stay_small() {
    let (traces, samples) = (2000, 1500);
    let section = SeismicSection {
        samples: (0..traces * samples).map(|k| ((k % samples) as f32 / 20.0).sin()).collect(),
        samples_per_trace: samples,
        positions: (0..traces).map(|k| k as f64).collect(),
        display: Display::Both,
        width: 860.0,
        height: 520.0,
        ..section()
    };
    let start = std::time::Instant::now();
    let svg = section.to_svg().unwrap();
    // In a program that is not optimised, on a machine that does other things too.
    assert!(start.elapsed().as_secs() < 30, "{:?}", start.elapsed());
    assert!(svg.len() < 4_000_000, "{} bytes", svg.len());
}

#[test]
fn wrong_input_is_named() {
    let error = |section: SeismicSection| section.to_svg().unwrap_err().to_string();
    assert!(error(SeismicSection::default()).contains("at least one trace"));
    assert!(error(SeismicSection { samples_per_trace: 29, ..section() }).contains("600 values, expected 580"));
    let horizons = vec![Horizon { name: "Top".into(), values: vec![1.0], ..Horizon::default() }];
    assert!(error(SeismicSection { horizons, ..section() }).contains("the horizon Top has 1 values, expected 20"));
    let wells = vec![Well { vertical: vec![1.0], ..well("OUT-9", 2003.0) }];
    assert!(error(SeismicSection { wells, ..section() }).contains("OUT-9"));
    let curve = Some(WellCurve { name: "DT".into(), vertical: vec![1.0], ..WellCurve::default() });
    let wells = vec![Well { curve, ..well("OUT-9", 2003.0) }];
    assert!(error(SeismicSection { wells, ..section() }).contains("the curve DT of the well OUT-9"));
    let line_numbers = Some(LineNumbers { label: "CDP".into(), numbers: vec![1.0] });
    assert!(error(SeismicSection { line_numbers, ..section() }).contains("CDP"));
    let mut shuffled = section();
    shuffled.positions.swap(3, 4);
    let text = error(shuffled);
    assert!(text.contains("from trace 4 to 5 goes from 2005 to 2004") && text.contains("all increase"), "{text}");
    for (start, step) in [(0.0, 0.0), (0.0, -4.0), (0.0, f64::NAN), (f64::INFINITY, 4.0)] {
        let vertical = VerticalAxis { start, step, ..section().vertical };
        assert!(error(SeismicSection { vertical, ..section() }).contains("expected a"), "{start} {step}");
    }
    for range in [(1100.0, 1000.0), (2000.0, 3000.0), (f64::NAN, 1.0)] {
        assert!(error(SeismicSection { range: Some(range), ..section() }).contains("the range shown"), "{range:?}");
    }
    let nothing = SeismicSection { samples: vec![f32::NAN; TRACES * SAMPLES], ..section() };
    assert!(matches!(nothing.to_svg(), Err(PlotError::AllUndefined { count: 600, .. })));
    assert!(error(SeismicSection { color_map: "jet".into(), ..section() }).contains("batlow"));
    assert!(error(SeismicSection { width: 1e6, ..section() }).contains("160 to 8000 px"));
    let wiggles = Wiggles { gain: 0.0, ..Wiggles::default() };
    assert!(error(SeismicSection { wiggles, ..section() }).contains("gain"));
}
