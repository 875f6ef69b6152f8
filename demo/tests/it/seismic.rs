//! The cube is what its headers say, and reflects where the rock changes.

use std::collections::HashSet;
use std::sync::LazyLock;

use outcrop_demo::geology::{self, AREA, Surface};
use outcrop_demo::seismic::{self, HOLE, PLATFORM};
use outcrop_demo::{DemoCube, DemoError, DemoOptions, SeismicOptions, elastic, write};

use crate::field;
use crate::plain_las::PlainLas;
use crate::plain_segy::{PlainSegy, PlainTrace};

static CUBE: LazyLock<PlainSegy> = LazyLock::new(|| PlainSegy::read(&cube().path));

fn cube() -> &'static DemoCube {
    field().cube.as_ref().unwrap()
}

/// Traces that are neither dead nor empty.
fn live() -> impl Iterator<Item = &'static PlainTrace> {
    CUBE.traces.iter().filter(|t| t.short(29) == 1)
}

#[test]
fn headers_say_what_the_file_is() {
    let (cube, segy) = (cube(), &*CUBE);
    assert_eq!((segy.text.len(), segy.binary(3225), segy.binary(3501)), (40, 1, 0x0100));
    assert!(segy.text.iter().enumerate().all(|(k, l)| l.starts_with(&format!("C{:2} ", k + 1)) && !l.contains('?')));
    for said in [
        "SEG NORMAL, AN INCREASE OF IMPEDANCE IS A POSITIVE NUMBER",
        "RICKER WAVELET OF 28 HZ",
        "EPSG:23031",
        "INLINE 189-192, CROSSLINE 193-196",
        "SEG Y REV1",
        "END TEXTUAL HEADER",
        "10000 TIMES THE REFLECTION COEFFICIENT",
    ] {
        assert!(segy.text.iter().any(|l| l.contains(said)), "{said}");
    }
    // Interval, samples, sorting, fixed length, no further text headers, metres.
    let fields = [(3217, 4000), (3221, 451), (3229, 4), (3503, 1), (3505, 0), (3255, 1), (3213, 1)];
    for (byte, value) in fields {
        assert_eq!(segy.binary(byte), value, "byte {byte}");
    }
    assert_eq!(segy.traces.len(), cube.traces);
    assert_eq!(segy.bytes, 3600 + cube.traces * (240 + 4 * cube.samples));
    let mut in_line = (0, 0);
    for (k, trace) in segy.traces.iter().enumerate() {
        let (inline, crossline) = trace.lines();
        in_line = if in_line.0 == inline { (inline, in_line.1 + 1) } else { (inline, 1) };
        assert_eq!((trace.long(1), trace.long(5)), (in_line.1, k as i64 + 1));
        assert_eq!((trace.short(115), trace.short(117), trace.short(109)), (451, 4000, 0));
        let bin = cube.survey.bin(inline, crossline);
        assert_eq!(trace.position(), (bin.x, bin.y), "inline {inline} crossline {crossline}");
        assert_eq!((trace.long(73), trace.long(77)), (trace.long(181), trace.long(185)));
    }
}

#[test]
fn the_survey_is_turned_and_lies_inside_the_field() {
    let at = |lines: (i32, i32)| CUBE.traces.iter().find(|t| t.lines() == lines).unwrap().position();
    let (a, b, c) = (at((1001, 2001)), at((1001, 2061)), at((1031, 2001)));
    let azimuth = |p: (f64, f64), q: (f64, f64)| (q.0 - p.0).atan2(q.1 - p.1).to_degrees();
    let length = |p: (f64, f64), q: (f64, f64)| (q.0 - p.0).hypot(q.1 - p.1);
    assert!((azimuth(a, b) - 120.0).abs() < 1e-3 && (length(a, b) - 12_000.0).abs() < 0.02);
    assert!((azimuth(a, c) - 30.0).abs() < 1e-3 && (length(a, c) - 6_000.0).abs() < 0.02);
    // The corner farthest west: half of the lines from the middle, back along both axes.
    assert!((a.0 - 455_803.85).abs() < 0.01 && (a.1 - 6_788_151.92).abs() < 0.01, "{a:?}");
    let [west, south, east, north] = AREA;
    assert!(CUBE.traces.iter().map(PlainTrace::position).all(|(x, y)| x > west && x < east && y > south && y < north));
    let survey = &cube().survey;
    for trace in live().step_by(97) {
        let ((inline, crossline), (x, y)) = (trace.lines(), trace.position());
        let (i, j) = survey.lines(x, y);
        assert!((i - f64::from(inline)).abs() < 1e-4 && (j - f64::from(crossline)).abs() < 1e-4);
    }
    // Both culminations are inside: the discovery wells.
    for well in &field().wells[..2] {
        let (i, j) = survey.lines(well.x, well.y);
        assert!(i > 1002.0 && i < 1030.0 && j > 2002.0 && j < 2060.0, "{}", well.name);
    }
}

#[test]
fn traces_are_missing_near_the_platform_and_one_is_dead() {
    let survey = &cube().survey;
    let there: HashSet<(i32, i32)> = CUBE.traces.iter().map(PlainTrace::lines).collect();
    assert_eq!(there.len(), CUBE.traces.len());
    let mut missing = 0;
    for inline in 1001..=1031 {
        for crossline in 2001..=2061 {
            let bin = survey.bin(inline, crossline);
            let near = (bin.x - PLATFORM.0).hypot(bin.y - PLATFORM.1) < HOLE;
            assert_eq!(there.contains(&(inline, crossline)), !near, "inline {inline} crossline {crossline}");
            missing += usize::from(near);
        }
    }
    assert!((3..=9).contains(&missing), "{missing}");
    let dead: Vec<_> = CUBE.traces.iter().filter(|t| t.samples.iter().all(|v| *v == 0.0)).collect();
    assert_eq!(dead.len(), 1);
    assert_eq!((dead[0].lines(), dead[0].short(29)), (survey.dead_trace(), 2));
    assert_eq!(live().count(), CUBE.traces.len() - 1);
}

/// Reflection coefficient of a surface from the rock on both sides of it.
fn contrast(surface: Surface, x: f64, y: f64) -> f64 {
    let z = surface.tvdss(x, y);
    let impedance = |z: f64| elastic::impedance(&geology::rock(x, y, z));
    let (above, below) = (impedance(z - 1.0), impedance(z + 1.0));
    (below - above) / (below + above)
}

#[test]
fn amplitudes_at_the_surfaces_follow_the_contrasts() {
    let (mut pairs, mut turned) = (Vec::new(), 0);
    for trace in live() {
        let (x, y) = trace.position();
        let at = |surface: Surface| {
            let amplitude = trace.at(elastic::horizon_time(surface, x, y));
            (amplitude, seismic::SCALE * contrast(surface, x, y))
        };
        // Nothing of note is near the basement; the beds above the seal and those of the reservoir interfere.
        let (amplitude, expected) = at(Surface::TopBasement);
        assert!((amplitude / expected - 1.0).abs() < 0.08, "{amplitude} instead of {expected} at {x}, {y}");
        let (amplitude, expected) = at(Surface::BaseReservoir);
        assert!((0.5..1.5).contains(&(amplitude / expected)), "{amplitude}, contrast {expected} at {x}, {y}");
        let (amplitude, expected) = at(Surface::TopShale);
        assert!(
            expected > 300.0 && (amplitude - expected).abs() < 320.0,
            "{amplitude}, contrast {expected} at {x}, {y}"
        );
        let (amplitude, expected) = at(Surface::TopReservoir);
        pairs.push((expected, amplitude));
        // Porous sand is softer than the seal, tight sand harder.
        if expected.abs() > 300.0 {
            assert!(amplitude * expected > 0.0, "{amplitude}, contrast {expected} at {x}, {y}");
            turned += usize::from(expected < 0.0);
        }
    }
    assert!(turned > 100 && turned < pairs.len() / 2, "{turned}");
    assert!(correlation(&pairs) > 0.9, "{}", correlation(&pairs));
}

fn correlation(pairs: &[(f64, f64)]) -> f64 {
    let n = pairs.len() as f64;
    let mean = pairs.iter().fold((0.0, 0.0), |m, p| (m.0 + p.0 / n, m.1 + p.1 / n));
    let (mut aa, mut bb, mut ab) = (0.0, 0.0, 0.0);
    for (a, b) in pairs {
        let (a, b) = (a - mean.0, b - mean.1);
        (aa, bb, ab) = (aa + a * a, bb + b * b, ab + a * b);
    }
    ab / (aa * bb).sqrt()
}

/// The same trace made otherwise: impedance every twentieth of a millisecond, and the wavelet summed at every one.
fn independent(x: f64, y: f64, samples: usize) -> Vec<f64> {
    const FINE: f64 = 0.05;
    const STEP: f64 = 0.02;
    const REACH: isize = (60.0 / FINE) as isize;
    let (mut twt, mut z) = (0.0, 115.0);
    let mut impedances = vec![1480.0 * 1.03; (2000.0 * 115.0 / 1480.0 / FINE).ceil() as usize];
    twt += 2000.0 * z / 1480.0;
    while (impedances.len() as f64) * FINE < 4.0 * samples as f64 + 100.0 {
        let rock = geology::rock(x, y, z + 0.5 * STEP);
        twt += 2000.0 * STEP * elastic::slowness(&rock) / 304_800.0;
        z += STEP;
        while (impedances.len() as f64) * FINE < twt {
            impedances.push(elastic::impedance(&rock));
        }
    }
    let steps: Vec<f64> = impedances.windows(2).map(|p| (p[1] - p[0]) / (p[1] + p[0])).collect();
    let trace = (0..samples).map(|s| {
        let middle = (s as f64 * 4.0 / FINE) as isize;
        let near = (middle - REACH).max(0)..=(middle + REACH).min(steps.len() as isize - 1);
        let muted = ((s as f64 * 4.0 - 200.0) / 80.0).clamp(0.0, 1.0);
        // A step is between two of the times.
        muted
            * 10_000.0
            * near.map(|k| steps[k as usize] * seismic::ricker(((k - middle) as f64 + 0.5) * FINE)).sum::<f64>()
    });
    trace.collect()
}

#[test]
fn traces_are_the_convolution_of_reflectivity_and_wavelet() {
    for trace in live().step_by(611) {
        let (x, y) = trace.position();
        let (found, other) = (seismic::amplitudes(x, y, 451), independent(x, y, 451));
        let largest = other.iter().fold(0.0f64, |m, v| m.max(v.abs()));
        for (k, (a, b)) in found.iter().zip(&other).enumerate() {
            assert!((a - b).abs() < 0.008 * largest, "sample {k}: {a}, {b}");
        }
        // What the file has more is noise.
        let noise: Vec<f64> = trace.samples.iter().zip(&found).map(|(a, b)| a - b).skip(70).collect();
        let rms = (noise.iter().map(|v| v * v).sum::<f64>() / noise.len() as f64).sqrt();
        assert!((rms - 12.0).abs() < 3.0, "{rms}");
        // Neighbours are alike within a band about 28 Hz: half a period is 18 ms.
        let lag = |k: usize| noise.windows(k + 1).map(|w| w[0] * w[k]).sum::<f64>() / (rms * rms * noise.len() as f64);
        assert!(lag(1) > 0.5 && lag(4) < -0.2, "{} {}", lag(1), lag(4));
    }
}

/// From the files alone: sonic and density of a well, its checkshots and the wavelet give the trace beside it.
#[test]
fn logs_and_checkshots_tie_to_the_cube() {
    let checkshots = std::fs::read_to_string(field().folder.join("checkshots.csv")).unwrap();
    let mut tied = 0;
    for well in &field().wells {
        let shots: Vec<(f64, f64)> = checkshots
            .lines()
            .map(|l| l.split(',').collect::<Vec<_>>())
            .filter(|r| r[0] == well.name)
            .map(|r| (r[1].parse().unwrap(), r[3].parse().unwrap()))
            .collect();
        let (i, j) = cube().survey.lines(well.x, well.y);
        let inside = i > 1001.0 && i < 1031.0 && j > 2001.0 && j < 2061.0;
        let las = PlainLas::read(&well.las);
        let (Some(density), Some(sonic)) = (las.curve("RHOB"), las.curve("DT")) else { continue };
        if shots.is_empty() || !inside {
            continue;
        }
        let md = &las.curves[0].2;
        let time = |md: f64| {
            let k = shots.partition_point(|s| s.0 < md).clamp(1, shots.len() - 1);
            let (a, b) = (shots[k - 1], shots[k]);
            a.1 + (md - a.0) / (b.0 - a.0) * (b.1 - a.1)
        };
        let mut coefficients: Vec<(f64, f64)> = Vec::new();
        let mut before: Option<f64> = None;
        for ((md, rho), dt) in md.iter().zip(density).zip(sonic) {
            let z = rho / dt;
            if z.is_finite() {
                if let Some(above) = before {
                    coefficients.push((time(*md), (z - above) / (z + above)));
                }
                before = Some(z);
            }
        }
        let trace = live().min_by(|a, b| {
            let far = |t: &PlainTrace| (t.position().0 - well.x).hypot(t.position().1 - well.y);
            far(a).total_cmp(&far(b))
        });
        let trace = trace.unwrap();
        let (from, to) = (coefficients[0].0 + 60.0, coefficients[coefficients.len() - 1].0 - 20.0);
        let pairs: Vec<(f64, f64)> = (0..451)
            .map(|k| f64::from(k) * 4.0)
            .filter(|t| *t > from && *t < to)
            .map(|t| {
                let synthetic = coefficients.iter().map(|(at, r)| 10_000.0 * r * seismic::ricker(t - at)).sum::<f64>();
                (synthetic, trace.samples[(t / 4.0) as usize])
            })
            .collect();
        assert!(pairs.len() > 40 && correlation(&pairs) > 0.95, "{}: {}", well.name, correlation(&pairs));
        tied += 1;
    }
    assert!(tied >= 2, "{tied} wells");
}

#[test]
fn sonic_logs_add_up_to_checkshot_times() {
    let checkshots = std::fs::read_to_string(field().folder.join("checkshots.csv")).unwrap();
    assert_eq!(checkshots.lines().next(), Some("Well,MD (m),TVDSS (m),TWT (ms)"));
    assert_eq!(checkshots.lines().count(), field().checkshots + 1);
    let rows: Vec<Vec<&str>> = checkshots.lines().skip(1).map(|l| l.split(',').collect()).collect();
    let mut compared = 0;
    for pair in rows.windows(2).filter(|p| p[0][0] == p[1][0]) {
        let number = |row: &[&str], column: usize| row[column].parse::<f64>().unwrap();
        let (a, b) = (&pair[0], &pair[1]);
        let velocity = 2000.0 * (number(b, 2) - number(a, 2)) / (number(b, 3) - number(a, 3));
        assert!((2000.0..6000.0).contains(&velocity), "{a:?} {b:?}: {velocity} m/s");
        let well = field().wells.iter().find(|w| w.name == a[0]).unwrap();
        let las = PlainLas::read(&well.las);
        let Some(sonic) = las.curve("DT") else { continue };
        if las.items["STRT"].0 == "FT" || las.curves.iter().any(|c| c.1 == "US/M") {
            continue;
        }
        let (from, to) = (number(a, 1), number(b, 1));
        let within: Vec<f64> =
            las.curves[0].2.iter().zip(sonic).filter(|(d, _)| **d >= from && **d < to).map(|(_, v)| *v).collect();
        if within.len() < 150 || within.iter().any(|v| v.is_nan()) {
            continue;
        }
        let mean = within.iter().sum::<f64>() / within.len() as f64;
        let (sum, shot) = (2000.0 * (to - from) * mean / 304_800.0, number(b, 3) - number(a, 3));
        assert!((sum / shot - 1.0).abs() < 0.012, "{a:?}: {sum} ms by the sonic, {shot} ms by the checkshots");
        compared += 1;
    }
    assert!(compared >= 60, "{compared}");
}

#[test]
fn the_default_cube_has_its_traces_where_the_small_one_has() {
    let folder = tempfile::tempdir().unwrap();
    let seismic = Some(SeismicOptions { samples: 2, ..SeismicOptions::default() });
    let field =
        write(folder.path(), &DemoOptions { wells: 1, log_step: 5.0, seismic, ..DemoOptions::default() }).unwrap();
    let cube = field.cube.unwrap();
    assert_eq!((cube.survey.inlines, cube.survey.crosslines), (121, 241));
    // The number of bins of 50 m in a circle of 260 m.
    assert!((121 * 241 - cube.traces).abs_diff(85) < 6, "{}", cube.traces);
    assert!(3600 + cube.traces * (240 + 4 * SeismicOptions::default().samples) < 60_000_000);
    let segy = PlainSegy::read(&cube.path);
    let corners = cube.survey.corners().map(|c| (c.inline, c.crossline, c.x, c.y));
    for (inline, crossline, x, y) in corners {
        assert_eq!(segy.traces.iter().find(|t| t.lines() == (inline, crossline)).unwrap().position(), (x, y));
        let here = self::cube().survey.corners();
        assert!(here.iter().any(|c| (c.x, c.y) == (x, y)), "{x} {y}");
    }
}

#[test]
fn no_cube_where_none_is_asked_for_and_none_of_a_wrong_size() {
    let folder = tempfile::tempdir().unwrap();
    let options = DemoOptions { wells: 1, log_step: 5.0, seismic: None, ..DemoOptions::default() };
    let field = write(folder.path(), &options).unwrap();
    assert!(field.cube.is_none() && !folder.path().join("seismic").exists());
    for wrong in [
        SeismicOptions { bin: 5.0, ..SeismicOptions::default() },
        SeismicOptions { bin: f64::NAN, ..SeismicOptions::default() },
        SeismicOptions { samples: 1, ..SeismicOptions::default() },
        SeismicOptions { noise: -1.0, ..SeismicOptions::default() },
    ] {
        let error = write(folder.path(), &DemoOptions { seismic: Some(wrong), ..options.clone() }).unwrap_err();
        assert!(matches!(error, DemoError::Option { .. }), "{error}");
    }
}
