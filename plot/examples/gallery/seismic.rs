//! Seismic sections, slices and spectra.

use outcrop_plot::chart::{Spectrum, SpectrumCurve};
use outcrop_plot::color::Rgb;
use outcrop_plot::map::{Contours, Grid, Map, Points, Polyline, Symbol};
use outcrop_plot::seismic::{
    AmplitudeRange, Horizon, Inset, LineNumbers, Marker, Polarity, SeismicSection, VerticalAxis, Well, WellCurve,
    WellCurveKind, WellTop,
};
use outcrop_plot::style::Dash;

use crate::{Random, X0, Y0};

/// Two-way times of the surfaces of a made-up section, `u` from 0 to 1 along it, ms.
fn surfaces(u: f64) -> [f64; 4] {
    let fold = 60.0 * (-((u - 0.3) / 0.16).powi(2)).exp() + 40.0 * (-((u - 0.75) / 0.12).powi(2)).exp();
    // A fault throws everything right of it down.
    let throw = if u > 0.52 { 34.0 } else { 0.0 };
    [900.0 + 20.0 * u, 1180.0 - 0.5 * fold + 0.6 * throw, 1320.0 - fold + throw, 1420.0 - 0.9 * fold + throw]
}

/// A zero-phase wavelet of 30 Hz.
fn ricker(ms: f64) -> f64 {
    let a = (std::f64::consts::PI * 0.030 * ms).powi(2);
    (1.0 - 2.0 * a) * (-a).exp()
}

/// Amplitude at a place and a two-way time.
fn amplitude(u: f64, twt: f64) -> f64 {
    let [a, b, c, d] = surfaces(u);
    let strong = [(a, 700.0), (b, 900.0), (c, -1500.0 - 600.0 * (9.0 * u).sin()), (d, 1700.0)];
    // Weak beds between the surfaces, parallel to the nearest one.
    let beds: f64 = (0..34)
        .map(|k| {
            let level = 300.0 + 40.0 * f64::from(k);
            let with = ((level - a) / (b - a)).clamp(0.0, 1.6);
            let strength = 300.0 * (f64::from(k * k) * 1.7).sin();
            strength * ricker(twt - level - with * (surfaces(u)[1] - 1180.0))
        })
        .sum();
    beds + strong.iter().map(|(t, r)| r * ricker(twt - t)).sum::<f64>()
}

pub fn line(traces: usize, samples: usize) -> SeismicSection {
    let mut random = Random(5);
    let step = 1800.0 / samples as f64;
    let place = |k: usize| k as f64 / traces as f64;
    // A platform: no traces there.
    let shown: Vec<usize> = (0..traces).filter(|&k| !(0.60..0.63).contains(&place(k))).collect();
    let mut values = Vec::with_capacity(shown.len() * samples);
    for &k in &shown {
        for s in 0..samples {
            values.push((amplitude(place(k), s as f64 * step) + 40.0 * random.normal()) as f32);
        }
    }
    let number = |u: f64| (2000.0 + u * traces as f64).round();
    let horizon = |name: &str, which: usize, dash: Dash| Horizon {
        name: name.into(),
        dash,
        // Not picked left of a tenth, nor across the fault.
        values: shown
            .iter()
            .map(|&k| place(k))
            .map(|u| if u < 0.08 || (u - 0.52f64).abs() < 0.012 { f64::NAN } else { surfaces(u)[which] })
            .collect(),
        ..Horizon::default()
    };
    let well = |name: &str, u: f64, lean: f64, curve: bool| {
        let vertical: Vec<f64> = (0..=80).map(|k| f64::from(k) * 20.0).collect();
        let at = |t: f64| u + lean * ((t - 600.0).max(0.0) / 1000.0).powi(2);
        let top = |name: &str, which: usize| {
            let mut t = 1000.0;
            for _ in 0..20 {
                t = surfaces(at(t))[which];
            }
            WellTop { name: name.into(), vertical: t }
        };
        Well {
            name: name.into(),
            positions: vertical.iter().map(|t| number(0.0) + at(*t) * traces as f64).collect(),
            tops: vec![top("Cromer Knoll", 1), top("Hugin", 2), top("Sleipner", 3)],
            curve: curve.then(|| WellCurve {
                name: "Synthetic".into(),
                vertical: (450..800).map(|k| f64::from(k) * 2.0).collect(),
                values: (450..800).map(|k| amplitude(u, f64::from(k) * 2.0)).collect(),
                kind: WellCurveKind::Synthetic,
                color: Rgb(0xB0, 0x22, 0x22),
                ..WellCurve::default()
            }),
            vertical,
            color: None,
        }
    };
    SeismicSection {
        title: "Inline 1120".into(),
        subtitle: Some("Full stack, zero phase, time".into()),
        samples: values,
        samples_per_trace: samples,
        positions: shown.iter().map(|&k| number(place(k))).collect(),
        position_label: "Crossline".into(),
        vertical: VerticalAxis { start: 0.0, step, label: "Two-way time".into(), unit: Some("ms".into()) },
        range: Some((700.0, 1600.0)),
        polarity: Some(Polarity::Normal),
        horizons: vec![
            horizon("Cromer Knoll Gp", 1, Dash::Solid),
            horizon("Top Hugin Fm", 2, Dash::Solid),
            horizon("Base Hugin Fm", 3, Dash::Dashed),
        ],
        wells: vec![well("15/9-F-1", 0.28, 0.0, true), well("15/9-F-5 A", 0.42, 0.35, false)],
        markers: vec![Marker { position: number(0.81), label: "Crossline of 15/9-19".into() }],
        ends: ("W".into(), "E".into()),
        inset: Some(Inset {
            outline: vec![(0.0, 0.0), (10_000.0, -2600.0), (11_500.0, 3200.0), (1500.0, 5800.0)],
            line: vec![(800.0, 3000.0), (10_800.0, 400.0)],
            wells: vec![(3600.0, 2300.0), (5000.0, 1900.0), (9000.0, 2800.0)],
        }),
        footer: Some("Source: seismic.full_stack (version 2); made by outcrop 0.1.0 on 2026-11-23".into()),
        ..SeismicSection::default()
    }
}

/// An attribute that is not negative, in depth, from right to left.
pub fn envelope() -> SeismicSection {
    let line = line(240, 450);
    let positions = line.positions.iter().map(|p| 4000.0 - p).collect();
    SeismicSection {
        title: "Crossline 2060".into(),
        subtitle: Some("Envelope".into()),
        samples: line.samples.iter().map(|v| v.abs()).collect(),
        positions,
        position_label: "Inline".into(),
        vertical: VerticalAxis { start: 1000.0, step: 5.0, label: "Depth TVDSS".into(), unit: Some("m".into()) },
        range: None,
        color_map: "batlow".into(),
        amplitudes: AmplitudeRange::Percentiles(0.0, 99.0),
        amplitude_label: "Envelope".into(),
        polarity: None,
        horizons: Vec::new(),
        wells: Vec::new(),
        markers: Vec::new(),
        inset: None,
        ..line
    }
}

/// A line through wells: distances along it, crosslines below, many names above.
pub fn polyline() -> SeismicSection {
    let line = line(240, 450);
    let traces = line.positions.len();
    let well = |k: usize| Well {
        name: format!("15/9-F-{}", k + 1),
        positions: vec![500.0 + 520.0 * k as f64 + 60.0 * (k % 3) as f64; 2],
        vertical: vec![0.0, 1450.0],
        ..Well::default()
    };
    SeismicSection {
        title: "Line through the wells of the field".into(),
        subtitle: None,
        positions: (0..traces).map(|k| k as f64 * 27.5 + 4.0 * (k as f64 * 0.7).sin()).collect(),
        position_label: "Distance".into(),
        position_unit: Some("m".into()),
        line_numbers: Some(LineNumbers {
            label: "Crossline".into(),
            numbers: (0..traces).map(|k| (2300.0 - 1.37 * k as f64).round()).collect(),
        }),
        wells: (0..11).map(well).collect(),
        markers: vec![
            Marker { position: 1800.0, label: "bend".into() },
            Marker { position: 3700.0, label: "bend, inline 1120".into() },
        ],
        ..line
    }
}

/// A time slice of a survey whose inlines do not run east.
pub fn time_slice() -> Map {
    let (nx, ny) = (180, 120);
    let mut random = Random(9);
    let values: Vec<f32> = (0..nx * ny)
        .map(|k| {
            let (u, v) = ((k % nx) as f64 / nx as f64, (k / nx) as f64 / ny as f64);
            if (u - 0.7).hypot(v - 0.4) < 0.05 {
                return f32::NAN;
            }
            let bowl = 1340.0 + 90.0 * ((u - 0.4).powi(2) + 0.6 * (v - 0.5).powi(2));
            (amplitude(u, bowl) + 60.0 * random.normal()) as f32
        })
        .collect();
    let range = AmplitudeRange::default().of(values.iter().copied()).unwrap_or((-1.0, 1.0));
    let (sin, cos) = 24f64.to_radians().sin_cos();
    let (along, across) = ((37.5 * cos, 37.5 * sin), (-50.0 * sin, 50.0 * cos));
    let numbers = values.into_iter().map(f64::from).collect();
    let grid = Grid::from_steps((X0, Y0), along, across, (nx, ny), numbers).unwrap_or_default();
    let corners = grid.corners();
    let outline = Polyline {
        x: corners.iter().map(|c| c.0).collect(),
        y: corners.iter().map(|c| c.1).collect(),
        closed: true,
        name: Some("Survey".into()),
        ..Polyline::default()
    };
    let labels = ["inline 1001, crossline 2001", "1001, 2180", "1120, 2180", "1120, 2001"];
    let numbers = Points {
        x: corners.iter().map(|c| c.0).collect(),
        y: corners.iter().map(|c| c.1).collect(),
        label: labels.iter().map(|l| Some((*l).into())).collect(),
        symbol: Symbol::Square,
        ..Points::default()
    };
    Map {
        title: "Time slice 1340 ms".into(),
        subtitle: Some("Full stack; colours: 98 % of amplitudes within".into()),
        x_label: "Easting".into(),
        y_label: "Northing".into(),
        crs: Some("EPSG:23031 ED50 / UTM zone 31N".into()),
        length_unit: "m".into(),
        grid: Some(Grid {
            label: "Amplitude".into(),
            color_map: "vik".into(),
            range: Some(range),
            contours: Contours::None,
            ..grid
        }),
        points: vec![numbers],
        lines: vec![outline],
        ..Map::default()
    }
}

pub fn spectrum(decibel: bool) -> Spectrum {
    let mut random = Random(21);
    let mut curve = |name: &str, peak: f64, noise: f64| {
        let frequencies: Vec<f64> = (0..=125).map(f64::from).collect();
        let shape = |f: f64| (f / peak).powi(2) * (-(f / peak).powi(2)).exp();
        let amplitudes =
            frequencies.iter().map(|f| 800.0 * shape(*f) * (1.0 + 0.1 * random.normal()) + noise).collect();
        SpectrumCurve { name: name.into(), frequencies, amplitudes }
    };
    let mut curves = vec![curve("600 to 1200 ms", 34.0, 2.0), curve("1200 to 1800 ms", 27.0, 3.0)];
    curves.truncate(if decibel { 2 } else { 1 });
    let title = "Average amplitude spectrum, inline 1120".into();
    Spectrum { title, subtitle: Some("240 traces".into()), curves, decibel, ..Spectrum::default() }
}
