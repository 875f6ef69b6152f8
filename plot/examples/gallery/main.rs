//! Writes sample pictures into a folder: `cargo run -p outcrop-plot --example gallery -- FOLDER`.
//!
//! The data is made up, with a fixed sequence of random numbers.

#![allow(missing_docs)]

mod seismic;

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use outcrop_plot::chart::Spectrum;
use outcrop_plot::color::Rgb;
use outcrop_plot::log::{Class, Curve, Fill, LogPlot, Top, Track, standard_template};
use outcrop_plot::map::{Contours, Grid, LineStyle, Map, Points, Polyline};
use outcrop_plot::render;
use outcrop_plot::seismic::{Display, SeismicSection};
use outcrop_plot::style::{Dash, Paper};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("give the folder to write into")?;
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder)?;
    write(folder, "map40", &depth_map(40, 61, 48))?;
    write(folder, "map1000", &depth_map(1000, 150, 120))?;
    write(folder, "porosity", &porosity_map())?;
    write(folder, "wells_only", &Map { grid: None, ..depth_map(25, 10, 10) })?;
    write(folder, "log", &triple_combo(6000))?;
    write(folder, "log500", &LogPlot { scale: Some(500.0), range: Some((2500.0, 2640.0)), ..triple_combo(6000) })?;
    write(folder, "log200k", &triple_combo(200_000))?;
    let line = seismic::line(240, 450);
    write(folder, "seismic", &line)?;
    write(folder, "seismic_wiggle", &SeismicSection { display: Display::Wiggle, ..line.clone() })?;
    let gray = "grayC".to_owned();
    write(
        folder,
        "seismic_both",
        &SeismicSection { display: Display::Both, color_map: gray, ..seismic::line(60, 450) },
    )?;
    let small = SeismicSection { width: 300.0, height: 220.0, inset: None, ..seismic::line(240, 450) };
    write(folder, "seismic_small", &small)?;
    write(folder, "seismic_large", &SeismicSection { width: 1400.0, height: 900.0, ..seismic::line(2000, 1500) })?;
    write(folder, "seismic_attribute", &seismic::envelope())?;
    write(folder, "seismic_polyline", &seismic::polyline())?;
    write(folder, "time_slice", &seismic::time_slice())?;
    write(folder, "spectrum", &seismic::spectrum(true))?;
    write(folder, "spectrum_linear", &seismic::spectrum(false))?;
    Ok(())
}

trait Picture {
    fn svg(&self) -> outcrop_plot::Result<String>;
}
impl Picture for Map {
    fn svg(&self) -> outcrop_plot::Result<String> {
        self.to_svg()
    }
}
impl Picture for LogPlot {
    fn svg(&self) -> outcrop_plot::Result<String> {
        self.to_svg()
    }
}

impl Picture for SeismicSection {
    fn svg(&self) -> outcrop_plot::Result<String> {
        self.to_svg()
    }
}
impl Picture for Spectrum {
    fn svg(&self) -> outcrop_plot::Result<String> {
        self.to_svg()
    }
}

fn write(folder: &Path, name: &str, picture: &dyn Picture) -> Result<(), Box<dyn Error>> {
    let start = Instant::now();
    let svg = picture.svg()?;
    let drawn = start.elapsed();
    let png = render::png(&svg, 2.0)?;
    let rendered = start.elapsed() - drawn;
    let pdf = render::pdf(&svg)?;
    println!(
        "{name}: SVG {} kB in {drawn:.0?}, PNG {} kB in {rendered:.0?}, PDF {} kB in {:.0?}",
        svg.len() / 1000,
        png.len() / 1000,
        pdf.len() / 1000,
        start.elapsed() - drawn - rendered
    );
    std::fs::write(folder.join(format!("{name}.svg")), svg)?;
    std::fs::write(folder.join(format!("{name}.png")), png)?;
    std::fs::write(folder.join(format!("{name}.pdf")), pdf)?;
    Ok(())
}

/// Uniform numbers from 0 to 1.
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as f64 / f64::from(1u32 << 31)
    }
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.next()).sum::<f64>() - 6.0
    }
}

const X0: f64 = 436_400.0;
const Y0: f64 = 6_473_200.0;
const SPAN_X: f64 = 12_000.0;
const SPAN_Y: f64 = 9_400.0;

/// A dome with a saddle and some roughness, metres below sea level.
fn depth_at(x: f64, y: f64) -> f64 {
    let (u, v) = ((x - X0) / SPAN_X, (y - Y0) / SPAN_Y);
    let bump = |cx: f64, cy: f64, w: f64| (-((u - cx).powi(2) + (v - cy).powi(2)) / w).exp();
    2980.0 - 210.0 * bump(0.36, 0.58, 0.03) - 150.0 * bump(0.7, 0.4, 0.02)
        + 60.0 * bump(0.1, 0.1, 0.05)
        + 40.0 * (3.0 * u - 2.0 * v)
        + 6.0 * (17.0 * u).sin() * (13.0 * v).cos()
}

fn depth_map(wells: usize, nx: usize, ny: usize) -> Map {
    let (dx, dy) = (SPAN_X / (nx - 1) as f64, SPAN_Y / (ny - 1) as f64);
    let mut values = Vec::new();
    for j in 0..ny {
        for i in 0..nx {
            let (x, y) = (X0 + i as f64 * dx, Y0 + j as f64 * dy);
            let (u, v) = (i as f64 / nx as f64 - 0.5, j as f64 / ny as f64 - 0.5);
            // Undefined away from the wells, as after kriging with a search radius.
            values.push(if u * u + 0.8 * v * v > 0.27 { f64::NAN } else { depth_at(x, y) });
        }
    }
    let mut random = Random(7);
    let mut points = Points { name: Some("Wells".into()), ..Points::default() };
    let mut picks = Vec::new();
    for n in 0..wells {
        let (x, y) = (X0 + SPAN_X * (0.12 + 0.76 * random.next()), Y0 + SPAN_Y * (0.12 + 0.76 * random.next()));
        points.x.push(x);
        points.y.push(y);
        points.label.push(Some(format!("15/9-F-{}", n + 1)));
        picks.push(depth_at(x, y) + 4.0 * random.normal());
    }
    points.value = Some(picks);
    points.value_label = Some("Depth TVDSS".into());
    points.value_unit = Some("m".into());
    let turn = |k: usize| k as f64 / 60.0 * std::f64::consts::TAU;
    let outline = Polyline {
        x: (0..60).map(|k| X0 + SPAN_X * (0.5 + 0.4 * turn(k).cos())).collect(),
        y: (0..60).map(|k| Y0 + SPAN_Y * (0.5 + 0.36 * turn(k).sin() + 0.02 * (3.0 * turn(k)).sin())).collect(),
        closed: true,
        name: Some("Licence".into()),
        style: LineStyle { dash: Dash::Dashed, ..LineStyle::default() },
    };
    let fault = Polyline {
        x: (0..20).map(|k| X0 + SPAN_X * (0.15 + 0.03 * f64::from(k))).collect(),
        y: (0..20).map(|k| Y0 + SPAN_Y * (0.82 - 0.022 * f64::from(k) + 0.01 * f64::from(k % 3))).collect(),
        name: Some("Fault".into()),
        style: LineStyle { color: Rgb(0xC6, 0x28, 0x28), width: 2.2, ..LineStyle::default() },
        ..Polyline::default()
    };
    Map {
        title: "Top Hugin Formation, depth".into(),
        subtitle: Some("Ordinary kriging of well tops, spherical variogram, range 3.2 km".into()),
        x_label: "Easting".into(),
        y_label: "Northing".into(),
        crs: Some("EPSG:23031 ED50 / UTM zone 31N".into()),
        length_unit: "m".into(),
        grid: Some(Grid {
            x0: X0,
            y0: Y0,
            dx,
            dy,
            nx,
            ny,
            values,
            label: "Depth TVDSS".into(),
            unit: Some("m".into()),
            reverse: true,
            shading: wells > 100,
            smooth: wells > 100,
            ..Grid::default()
        }),
        points: vec![points],
        lines: vec![outline, fault],
        footer: Some("Source: tops.parquet (version 3), grid 200 m; made by outcrop 0.1.0 on 2026-11-23".into()),
        ..Map::default()
    }
}

fn porosity_map() -> Map {
    let (nx, ny) = (30, 60);
    let mut random = Random(3);
    let values = (0..nx * ny)
        .map(|k| {
            0.18 + 0.05 * (f64::from(k % nx) / 5.0).sin() * (f64::from(k / nx) / 9.0).cos() + 0.004 * random.normal()
        })
        .collect();
    Map {
        title: "Porosity & net-to-gross, layer <12>".into(),
        x_label: "X".into(),
        y_label: "Y".into(),
        length_unit: "ft".into(),
        grid: Some(Grid {
            dx: 50.0,
            dy: 50.0,
            nx: nx as usize,
            ny: ny as usize,
            values,
            label: "Effective porosity, arithmetic mean".into(),
            unit: Some("v/v".into()),
            color_map: "lapaz".into(),
            range: Some((0.13, 0.23)),
            contours: Contours::Step(0.02),
            ..Grid::default()
        }),
        paper: Paper::White,
        ..Map::default()
    }
}

fn triple_combo(samples: usize) -> LogPlot {
    let mut random = Random(11);
    let (from, to) = (2400.0, 3000.0);
    let step = (to - from) / samples as f64;
    let depth: Vec<f64> = (0..samples).map(|k| from + k as f64 * step).collect();
    let names = [
        ("GR", "gAPI"),
        ("CALI", "in"),
        ("BS", "in"),
        ("SP", "mV"),
        ("RDEP", "ohm.m"),
        ("RMED", "ohm.m"),
        ("RMIC", "ohm.m"),
        ("RHOB", "g/cm3"),
        ("NPHI", "v/v"),
        ("PEF", "b/e"),
        ("DT", "us/ft"),
        ("DTS", "us/ft"),
        ("ROP", "m/h"),
    ];
    let mut columns: Vec<Vec<f64>> = vec![Vec::with_capacity(samples); names.len()];
    let mut facies = Vec::new();
    let (mut noise, mut slow) = (0.0, 0.0);
    for (k, &d) in depth.iter().enumerate() {
        let rough = (600.0 / samples as f64 * 10.0).min(1.0);
        noise = noise * (1.0 - 0.3 * rough) + 0.3 * random.normal() * rough.sqrt();
        slow = slow * (1.0 - 0.02 * rough) + 0.05 * random.normal() * rough.sqrt();
        let sand = d > 2520.0 && d < 2610.0 || d > 2700.0 && d < 2760.0 || d > 2850.0 && d < 2868.0;
        let gas = d > 2520.0 && d < 2548.0;
        let coal = (d % 93.0) < 2.0;
        let vsh = (if sand { 0.12 } else { 0.75 } + 0.06 * noise + 0.1 * slow).clamp(0.0, 1.0);
        let porosity = (if sand { 0.24 } else { 0.1 }) - 0.05 * slow;
        let values = [
            20.0 + 110.0 * vsh + 2.0 * noise,
            if sand { 8.6 } else { 9.6 + 0.8 * slow.abs() + 0.1 * noise },
            8.5,
            -20.0 - 60.0 * (1.0 - vsh),
            if gas {
                60.0
            } else if sand {
                1.2
            } else {
                2.5
            } * (1.0 + 0.2 * noise).max(0.2),
            if gas {
                35.0
            } else if sand {
                1.4
            } else {
                2.4
            } * (1.0 + 0.2 * noise).max(0.2),
            if gas {
                12.0
            } else if sand {
                2.4
            } else {
                2.2
            } * (1.0 + 0.35 * noise).max(0.15),
            if coal { 1.6 } else { 2.65 - 1.65 * porosity - if gas { 0.12 } else { 0.0 } + 0.01 * noise },
            if coal { 0.5 } else { porosity + 0.28 * vsh - if gas { 0.12 } else { 0.0 } + 0.01 * noise },
            2.0 + 1.4 * vsh + 0.1 * noise,
            if coal { 125.0 } else { 58.0 + 130.0 * porosity + 18.0 * vsh + 1.5 * noise },
            if coal { 250.0 } else { 105.0 + 260.0 * porosity + 50.0 * vsh + 3.0 * noise },
            (22.0 + 10.0 * slow + 4.0 * noise).max(1.0),
        ];
        for (column, v) in columns.iter_mut().zip(values) {
            column.push(v);
        }
        facies.push(if coal {
            3.0
        } else if sand {
            1.0
        } else {
            2.0
        });
        // A gap in the density and neutron, and sonic only below 2460 m.
        if (d > 2655.0 && d < 2668.0) && k > 0 {
            for column in &mut columns[7..10] {
                *column.last_mut().unwrap_or(&mut 0.0) = f64::NAN;
            }
        }
        if d < 2460.0 {
            for column in &mut columns[10..12] {
                *column.last_mut().unwrap_or(&mut 0.0) = f64::NAN;
            }
        }
    }
    let mut tracks = standard_template(&names);
    for curve in tracks.iter_mut().flat_map(|t| &mut t.curves) {
        if let Some(k) = names.iter().position(|n| n.0 == curve.mnemonic) {
            curve.values.clone_from(&columns[k]);
        }
    }
    let class = |code: f64, name: &str, color: Rgb| Class { code, name: name.into(), color };
    tracks.push(Track {
        width: 22.0,
        curves: vec![Curve {
            mnemonic: "FACIES".into(),
            values: facies,
            fill: Some(Fill::Discrete(vec![
                class(1.0, "Sandstone", Rgb(0xF4, 0xD9, 0x6B)),
                class(2.0, "Shale", Rgb(0x8F, 0x9B, 0x84)),
                class(3.0, "Coal", Rgb(0x22, 0x22, 0x22)),
            ])),
            ..Curve::default()
        }],
        ..Track::default()
    });
    let top = |name: &str, depth: f64| Top { name: name.into(), depth };
    LogPlot {
        title: "15/9-F-1 A".into(),
        subtitle: Some("Triple combo, depth shifted, not environmentally corrected".into()),
        depth,
        depth_label: "MD".into(),
        depth_unit: "m".into(),
        tracks,
        tops: vec![
            top("Viking Gp", 2431.0),
            top("Draupne Fm", 2440.0),
            top("Heather Fm", 2446.5),
            top("Hugin Fm", 2520.0),
            top("GOC", 2548.0),
            top("Sleipner Fm", 2610.0),
            top("Skagerrak Fm", 2700.0),
            top("Smith Bank Fm", 2868.0),
        ],
        footer: Some(
            "Source: 15_9-F-1A.LAS (sha256 3fb6a8…), KB 40.4 m above mean sea level; made by outcrop 0.1.0".into(),
        ),
        ..LogPlot::default()
    }
}
