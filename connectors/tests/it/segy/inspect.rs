//! Inspection: amplitudes against segyio, sample formats that headers state wrongly, the vertical axis, and what a file
//! is.

use std::cell::Cell;

use outcrop_connectors::segy::geometry::GeometryKind;
use outcrop_connectors::segy::{
    Amplitudes, ByteOrder, Domain, DomainSource, FileKind, InspectOptions, OpenOptions, SampleFormat, SegyError,
    SegyFile, TraceChoice, VerticalAxis, VerticalOptions, amplitudes, check_format, inspect, recognise,
    recognise_seismic_unix, vertical_axis,
};
use proptest::prelude::*;
use serde_json::Value;

use super::build::{Build, Trace};
use super::survey::Survey;
use super::{folder, open, open_path, open_with};
use crate::las_expected::files;

fn all(file: &SegyFile) -> Amplitudes {
    amplitudes(file, TraceChoice::All, &|_| true).unwrap()
}

fn near(found: Option<f64>, expected: f64) -> bool {
    found.is_some_and(|v| (v - expected).abs() <= 1e-9 * expected.abs() || (v - expected).abs() < 1e-12)
}

/// Every readable file of the data folder, by its name.
fn each(mut check: impl FnMut(&str, &SegyFile, &Value)) {
    let Some(folder) = folder() else { return };
    let expected_folder = folder.parent().unwrap().join("expected/segy");
    for path in files(&folder) {
        let name = path.strip_prefix(&folder).unwrap().to_str().unwrap().to_owned();
        let answer = std::fs::read(expected_folder.join(format!("{name}.json"))).unwrap();
        let answer: Value = serde_json::from_slice(&answer).unwrap();
        if let Ok(file) = open(std::fs::read(&path).unwrap()) {
            check(&name, &file, &answer);
        }
    }
}

#[test]
fn amplitudes_are_as_segyio_computes_them() {
    let mut compared = 0;
    each(|name, file, answer| {
        let truth = answer["segy"].get("direct_decode").unwrap_or(&answer["segy"]);
        if truth.get("amplitude").is_none() || name.starts_with("bad") {
            return;
        }
        let found = all(file);
        for (what, value) in [("min", found.min), ("max", found.max), ("mean", found.mean), ("rms", found.rms)] {
            let expected = truth["amplitude"][what].as_f64().unwrap();
            assert!(near(value, expected), "{name}: {what} {value:?} expected {expected}");
        }
        let expected = &answer["segy"]["amplitude"];
        assert_eq!(expected["dead_traces"].as_u64(), Some(found.zero_traces), "{name}");
        if let Some(none) = truth["amplitude"].get("non_finite") {
            assert_eq!(none.as_u64(), Some(found.nan + found.infinite), "{name}");
        }
        assert_eq!((found.traces, found.complete), (file.count(), true), "{name}");
        assert_eq!(found.finite + found.nan + found.infinite, found.samples, "{name}");
        // Percentiles to 1 % against the sorted samples.
        let mut sorted: Vec<f32> =
            (0..file.count()).flat_map(|t| file.trace(t).unwrap()).filter(|v| v.is_finite()).collect();
        sorted.sort_by(f32::total_cmp);
        for (part, value) in [(0.01, found.p1), (0.99, found.p99)] {
            let exact = f64::from(sorted[((sorted.len() - 1) as f64 * part).round() as usize]);
            assert!((value.unwrap() - exact).abs() <= 0.01 * exact.abs() + 1e-30, "{name}: {value:?} for {exact}");
        }
        let zeros = sorted.iter().filter(|v| **v == 0.0).count() as u64;
        assert_eq!(found.zeros, zeros, "{name}");
        compared += 1;
    });
    assert!(compared == 55 || folder().is_none());
}

#[test]
fn traces_are_counted_by_what_is_wrong_with_them() {
    let build = Build { format: SampleFormat::Float32, ..Build::default() };
    let mut traces = build.traces(&[vec![0.0; 9], vec![5.0; 9], vec![0.0; 9], (0..9).map(f64::from).collect()]);
    traces[0].fields.push((29, 2, 2));
    traces[3].samples[..4].copy_from_slice(&f32::NAN.to_be_bytes());
    traces[3].samples[4..8].copy_from_slice(&f32::INFINITY.to_be_bytes());
    let file = open(build.file(&traces)).unwrap();
    let found = all(&file);
    assert_eq!((found.zero_traces, found.constant_traces, found.dead_traces), (2, 1, 1));
    assert_eq!((found.nan, found.infinite, found.finite, found.zeros), (1, 1, 34, 18));
    assert_eq!((found.min, found.max, found.irreversible), (Some(0.0), Some(8.0), 0));
    let empty = open(build.file(&build.traces(&[vec![f64::NAN; 4]]))).unwrap();
    let found = all(&empty);
    assert_eq!((found.min, found.rms, found.p1, found.nan), (None, None, None, 4));
    let codes: Vec<String> =
        inspect(&file, &with(TraceChoice::All), &|_| true).unwrap().issues.into_iter().map(|i| i.code).collect();
    for code in ["samples-not-finite", "dead-traces", "constant-traces"] {
        assert!(codes.iter().any(|c| c == code), "{codes:?}");
    }
}

#[test]
fn a_trace_that_states_another_count_of_samples_is_named() {
    let build = Build { format: SampleFormat::Float32, ..Build::default() };
    let values: Vec<Vec<f64>> = (0..6).map(|t| (0..50).map(|s| f64::from(s + t)).collect()).collect();
    let said = |count: i64| {
        let mut traces = build.traces(&values);
        traces[3].fields.push((115, 2, count));
        let file = open(build.file(&traces)).unwrap();
        let found = inspect(&file, &InspectOptions::default(), &|_| true).unwrap();
        assert_eq!((found.trace_count, found.samples_per_trace), (6, 50));
        found.issues.into_iter().filter(|i| i.code == "trace-samples-mixed").map(|i| i.message).collect::<Vec<_>>()
    };
    let [message] = &said(40)[..] else { panic!("{:?}", said(40)) };
    // 3600 bytes of headers of the file, three traces of 240 + 200 bytes, byte 115 of the fourth.
    let byte = 3600 + 3 * 440 + 115;
    assert!(message.starts_with("the header of trace 4 states 40 samples"), "{message}");
    assert!(message.contains(&format!("byte {byte} of the file")) && message.contains("have 50"), "{message}");
    assert!(said(50).is_empty() && said(0).is_empty());
}

#[test]
fn what_single_floats_do_not_hold_is_counted() {
    for (format, values, lost) in [
        (SampleFormat::Float64, vec![0.1, 0.5, 1e-3, 16_777_217.0], 3),
        (SampleFormat::Int32, vec![16_777_217.0, 16_777_218.0, -5.0], 1),
        (SampleFormat::Int24, vec![8_388_607.0, -8_388_608.0], 0),
        (SampleFormat::Ibm, vec![1.0, -0.0, 0.1, 3.5e38], 1),
    ] {
        for order in [ByteOrder::Big, ByteOrder::Little] {
            let build = Build { format, order, ..Build::default() };
            let found = all(&open(build.file(&build.traces(std::slice::from_ref(&values)))).unwrap());
            assert_eq!(found.irreversible, lost, "{format:?} {order:?}");
        }
    }
    // Unnormalised IBM floats.
    let traces = [Trace { fields: Vec::new(), samples: vec![0x46, 0, 0, 1, 0x41, 0x10, 0, 0, 0x45, 0, 0, 0] }];
    assert_eq!(all(&open(Build::default().file(&traces)).unwrap()).irreversible, 2);
}

#[test]
fn a_spread_of_traces_and_a_stop() {
    let values: Vec<Vec<f64>> = (0..1000).map(|t| vec![f64::from(t); 50]).collect();
    let build = Build::default();
    let file = open(build.file(&build.traces(&values))).unwrap();
    let some = amplitudes(&file, TraceChoice::Spread(11), &|_| true).unwrap();
    assert_eq!(
        (some.traces, some.complete, some.min, some.max, some.samples),
        (11, false, Some(0.0), Some(999.0), 550)
    );
    let more = amplitudes(&file, TraceChoice::Spread(5000), &|_| true).unwrap();
    assert_eq!(more, all(&file));
    let calls = Cell::new(0);
    let stop = amplitudes(&file, TraceChoice::Spread(500), &|_| {
        calls.set(calls.get() + 1);
        calls.get() < 3
    });
    assert_eq!(stop, Err(SegyError::Cancelled { traces: 128 }));
    assert_eq!(amplitudes(&file, TraceChoice::All, &|_| false), Err(SegyError::Cancelled { traces: 0 }));
    let seen = Cell::new(0);
    amplitudes(&file, TraceChoice::All, &|done| {
        assert!(done >= seen.get());
        seen.set(done);
        true
    })
    .unwrap();
    assert_eq!(seen.get(), 1000);
}

fn doubtful(file: &SegyFile) -> Option<(SampleFormat, ByteOrder)> {
    let check = check_format(file).unwrap();
    let better = check.better.map(|b| (b.format, b.order));
    assert_eq!(check.issue().map(|i| i.code), better.map(|_| "sample-format-doubtful".to_owned()));
    better
}

/// No false alarm in any file, and the one file whose header is wrong: little-endian IEEE floats that it calls IBM
/// floats.
#[test]
fn right_formats_raise_no_doubt() {
    each(|name, file, _| {
        let found = doubtful(file);
        match name {
            "obspy/00001034.sgy_first_trace" => {
                assert_eq!(found, Some((SampleFormat::Float32, ByteOrder::Little)));
                let said = check_format(file).unwrap().issue().unwrap().message;
                assert!(said.contains("State that if so: --sample-format float32;"), "{said}");
            }
            _ => assert_eq!(found, None, "{name}: {:?}", check_format(file).unwrap()),
        }
    });
}

/// Real traces written in each format and byte order, and opened as another.
#[test]
fn wrong_formats_are_noticed() {
    let Some(file) = open_path("real/viking_small.segy") else { return };
    let seismic: Vec<Vec<f64>> = (0..file.count()).map(|t| file.trace_f64(t).unwrap()).collect();
    let file = open_path("real/volve10r12-full-twt-arb.sgy").unwrap();
    // Of amplitudes up to 36 too few integers would be left.
    let large = |t: u64| file.trace_f64(t).unwrap().iter().map(|v| v * 100.0).collect();
    let stack: Vec<Vec<f64>> = (0..file.count()).map(large).collect();
    let file = open_path("real/penobscot_xl1155.sgy").unwrap();
    let whole: Vec<Vec<f64>> = (0..100).map(|t| file.trace_f64(t).unwrap()[..1400].to_vec()).collect();
    use ByteOrder::{Big, Little};
    use SampleFormat::{Float32, Ibm, Int16, Int32};
    for (name, values) in [("viking", &seismic), ("volve", &stack), ("penobscot", &whole)] {
        for (truth, written) in [
            (Ibm, Big),
            (Float32, Big),
            (Int32, Big),
            (Int16, Big),
            (Ibm, Little),
            (Float32, Little),
            (Int16, Little),
            (Int32, Little),
        ] {
            // Samples in an order of their own, within a big-endian file.
            let build = Build { format: truth, order: written, ..Build::default() };
            let traces: Vec<Trace> = build
                .traces(values)
                .into_iter()
                .map(|mut t| {
                    t.fields.clear();
                    t
                })
                .collect();
            let bytes = Build { format: truth, ..Build::default() }.file(&traces);
            for stated in [Ibm, Float32, Int32, Int16] {
                if stated.width() != truth.width() {
                    continue;
                }
                let options = OpenOptions { format: Some(stated), ..OpenOptions::default() };
                let file = open_with(bytes.clone(), &options).unwrap();
                let found = doubtful(&file);
                let right = (truth, written) == (stated, Big);
                let expected = (!right).then_some((truth, written));
                assert_eq!(
                    found,
                    expected,
                    "{name}: {truth:?} {written:?} as {stated:?}: {:?}",
                    check_format(&file).unwrap()
                );
            }
        }
    }
    // Samples of 2 bytes in a file that says 4, and half as many.
    let build = Build { format: Int16, ..Build::default() };
    let bytes = build.file(&build.traces(&whole));
    let options = OpenOptions { format: Some(Float32), samples: Some(700), ..OpenOptions::default() };
    assert_eq!(doubtful(&open_with(bytes, &options).unwrap()), Some((Int16, Big)));
    // Velocities are of one sign, smooth, and seldom near a power of 16.
    let file = open_path("real/volve10-migvel-depth-sub3d.sgy").unwrap();
    let velocities: Vec<Vec<f64>> = (0..file.count()).map(|t| file.trace_f64(t).unwrap()).collect();
    for format in [Ibm, Float32, Int32, Int16] {
        let build = Build { format, ..Build::default() };
        assert_eq!(doubtful(&open(build.file(&build.traces(&velocities))).unwrap()), None, "{format:?}");
    }
    let narrow: Vec<Vec<f64>> =
        (0..50).map(|t| (0..100).map(|s| 2400.0 + f64::from(t * 3 + s * 14) * 1.07).collect()).collect();
    let build = Build { format: Float32, ..Build::default() };
    assert_eq!(doubtful(&open(build.file(&build.traces(&narrow))).unwrap()), None);
}

#[test]
fn noise_and_little_data_raise_no_doubt() {
    let mut seed = 1u32;
    let mut noise = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(seed >> 8) / f64::from(1 << 23) - 1.0
    };
    let values: Vec<Vec<f64>> = (0..100).map(|_| (0..500).map(|_| noise() * 30_000.0).collect()).collect();
    for format in
        [SampleFormat::Ibm, SampleFormat::Float32, SampleFormat::Int32, SampleFormat::Int16, SampleFormat::Float64]
    {
        let build = Build { format, ..Build::default() };
        assert_eq!(doubtful(&open(build.file(&build.traces(&values))).unwrap()), None, "{format:?}");
    }
    for values in [vec![vec![0.0; 500]; 20], vec![vec![1e30, 1e-30, 1.0]; 2], vec![vec![100.0; 500]; 20]] {
        let build = Build { format: SampleFormat::Float32, ..Build::default() };
        assert_eq!(doubtful(&open(build.file(&build.traces(&values))).unwrap()), None);
    }
}

fn axis(file: &SegyFile) -> VerticalAxis {
    vertical_axis(file, &VerticalOptions::default()).unwrap()
}

#[test]
fn times_start_where_segyio_says() {
    let mut compared = 0;
    each(|name, file, answer| {
        let (Some(first), Some(step)) =
            (answer["segy"]["first_sample"].as_f64(), answer["segy"]["sample_step"].as_f64())
        else {
            return;
        };
        if name.starts_with("bad") {
            return;
        }
        let axis = axis(file);
        assert!((axis.start - first).abs() <= 1e-9 * first.abs(), "{name}: {} expected {first}", axis.start);
        assert_eq!((axis.domain, axis.source, axis.unit), (Domain::Time, DomainSource::Standard, Some("ms")), "{name}");
        if let Some(interval) = axis.interval.filter(|_| file.layout().samples() > 1) {
            // segyio falls back to 4 ms where the two headers differ.
            assert!((interval - step).abs() < 1e-9 || step == 4.0, "{name}: {interval} expected {step}");
        }
        compared += 1;
    });
    assert!(compared > 50 || folder().is_none(), "{compared}");
}

#[test]
fn delays_and_intervals() {
    let Some(file) = open_path("segyio/delay-scalar.sgy") else { return };
    let found = axis(&file);
    assert_eq!(
        (found.start, found.starts, found.interval, found.end),
        (1000.0, (1000.0, 1000.0), Some(4.0), Some(2000.0))
    );
    let found = axis(&open_path("real/volve10r12-full-twt-arb.sgy").unwrap());
    assert!(found.polarity.unwrap().contains("negative") && found.vibratory_polarity.is_none());
    assert!(found.hints.iter().any(|h| h.starts_with("line 9: ") && h.contains("Time min: -3402")));
    // One trace of many with a delay of its own.
    let more = |t: usize, _: i64, _: i64| if t == 5000 { vec![(109, 2, 48), (215, 2, 10)] } else { vec![(109, 2, 8)] };
    let survey = Survey { inlines: (1, 1, 100), crosslines: (1, 1, 90), more, ..Survey::default() };
    let found = axis(&survey.file());
    assert_eq!((found.start, found.starts), (8.0, (8.0, 480.0)));
    assert!(found.issues.iter().any(|i| i.code == "delays-differ"));
}

fn made(put: &[(usize, usize, i64)], revision: [u8; 2], fields: &[(usize, usize, i64)]) -> SegyFile {
    let build = Build { revision, ..Build::default() };
    let mut traces = build.traces(&[vec![1.0; 11], vec![2.0; 11]]);
    traces.iter_mut().for_each(|t| t.fields.extend(fields));
    let mut bytes = build.file(&traces);
    put.iter().for_each(|(byte, width, value)| ByteOrder::Big.put(&mut bytes, byte - 1, *width, *value as u64));
    open(bytes).unwrap()
}

#[test]
fn depth_is_stated_never_guessed() {
    let codes = |axis: &VerticalAxis| axis.issues.iter().map(|i| i.code.clone()).collect::<Vec<_>>();
    // Rev 2: the trace identification code, and metres.
    let file = made(&[(3217, 2, 5), (3255, 2, 1)], [2, 0], &[(29, 2, 25), (109, 2, 1500)]);
    let found = axis(&file);
    assert_eq!((found.domain, found.source, found.unit), (Domain::Depth, DomainSource::TraceId, Some("m")));
    assert_eq!((found.start, found.interval, found.end), (1500.0, Some(5.0), Some(1550.0)));
    assert!(codes(&found).is_empty(), "{:?}", found.issues);
    // Rev 1, and feet, as stated: the header has thousandths.
    let file = made(&[(3217, 2, 20_000), (3255, 2, 2)], [1, 0], &[(29, 2, 1)]);
    assert_eq!((axis(&file).domain, axis(&file).interval), (Domain::Time, Some(20.0)));
    let depth = VerticalOptions { domain: Some(Domain::Depth), ..VerticalOptions::default() };
    let found = vertical_axis(&file, &depth).unwrap();
    assert_eq!((found.source, found.unit, found.interval), (DomainSource::Caller, Some("ft"), Some(20.0)));
    assert_eq!(codes(&found), ["depth-interval-assumed"]);
    let all = VerticalOptions { domain: Some(Domain::Depth), interval: Some(6.25), start: Some(-30.0) };
    let found = vertical_axis(&file, &all).unwrap();
    assert_eq!((found.start, found.interval, found.end, codes(&found).len()), (-30.0, Some(6.25), Some(32.5), 0));
    // Units that no header states.
    let file = made(&[(3217, 2, 5)], [2, 0], &[(29, 2, 25)]);
    assert_eq!((axis(&file).unit, codes(&axis(&file))), (None, vec!["depth-unit-unstated".to_owned()]));
    let file = made(&[(3217, 2, 4000)], [1, 0], &[(29, 2, 25)]);
    assert!(codes(&axis(&file)).contains(&"domain-of-rev-2".to_owned()));
}

#[test]
fn odd_axes_are_said() {
    let has = |file: &SegyFile, code: &str| axis(file).issues.iter().any(|i| i.code == code);
    assert!(has(&made(&[(3217, 2, 4)], [1, 0], &[]), "sample-interval-odd"));
    assert!(has(&made(&[(3217, 2, 25_000)], [1, 0], &[]), "sample-interval-odd"));
    assert!(!has(&made(&[(3217, 2, 20_000)], [1, 0], &[]), "sample-interval-odd"));
    assert!(!has(&made(&[(3217, 2, 250)], [1, 0], &[]), "sample-interval-odd"));
    let file = made(&[(3217, 2, 4000), (3600 + 117, 2, 2000)], [1, 0], &[]);
    assert!(has(&file, "sample-intervals-vary"));
    assert_eq!(axis(&file).header_intervals, (0, 2000));
    let file = made(
        &[(3257, 2, 2), (3259, 2, 1)],
        [1, 0],
        &[(53, 4, 1200), (57, 4, 1200), (69, 2, -10), (91, 2, 800), (93, 2, 1900), (203, 2, 1)],
    );
    let found = axis(&file);
    assert!(found.polarity.unwrap().contains("positive"));
    assert_eq!((found.vibratory_polarity, found.value_unit), (Some((337.5, 22.5)), Some("Pa")));
    assert_eq!((found.datum, found.velocities), (Some((120.0, 120.0)), (Some(800), Some(1900))));
}

fn with(choice: TraceChoice) -> InspectOptions {
    InspectOptions { amplitudes: Some(choice), ..InspectOptions::default() }
}

#[test]
fn an_inspection_has_everything() {
    let Some(file) = open_path("formats/Format1msb.sgy") else { return };
    let found = inspect(&file, &with(TraceChoice::All), &|_| true).unwrap();
    assert_eq!(
        (found.kind, found.order, found.format, found.format_code),
        (FileKind::SegY, ByteOrder::Big, SampleFormat::Ibm, Some(1))
    );
    assert_eq!((found.revision.to_string().as_str(), found.trace_count, found.samples_per_trace), ("1.0", 414, 75));
    assert_eq!(
        (found.sample_interval, found.vertical.start, found.geometry.kind),
        (Some(4000.0), 4.0, GeometryKind::Poststack3d)
    );
    assert_eq!(
        (found.text.len(), found.extended_text.len(), found.trace_header_bytes, found.trailing_bytes),
        (40, 0, 240, 0)
    );
    assert!(found.binary.iter().any(|(f, v)| f.name == "sorting" && v.to_string() == "4"));
    assert_eq!(found.amplitudes, Some(all(&file)));
    // Trace headers still state the samples of the uncut survey.
    assert!(found.issues.iter().any(|i| i.code == "trace-samples-differ" && i.message.contains("462")));
    assert!(found.issues.is_sorted_by(|a, b| a.severity >= b.severity));
    assert!(found.warnings().any(|i| i.code == "revision-unusual"));
    let none = inspect(&file, &InspectOptions::default(), &|_| true).unwrap();
    assert_eq!((none.amplitudes, none.geometry), (None, found.geometry));
    let su = inspect(&open_path("su/small.su").unwrap(), &InspectOptions::default(), &|_| true).unwrap();
    assert_eq!((su.kind, su.text.len(), su.binary.len(), su.format_code), (FileKind::SeismicUnix, 0, 0, None));
    assert_eq!(inspect(&file, &with(TraceChoice::All), &|_| false), Err(SegyError::Cancelled { traces: 0 }));
    each(|name, file, _| {
        let found = inspect(file, &with(TraceChoice::Spread(10)), &|_| true).unwrap();
        assert!(!found.geometry.evidence.is_empty() && found.issues.len() >= file.issues().len(), "{name}");
    });
}

#[test]
fn what_is_segy_and_what_is_not() {
    let Some(folder) = folder() else { return };
    let mut seen = 0;
    for path in files(folder.parent().unwrap()) {
        let name = path.strip_prefix(folder.parent().unwrap()).unwrap().to_str().unwrap().to_owned();
        let bytes = std::fs::read(&path).unwrap();
        let prefix = &bytes[..bytes.len().min(outcrop_connectors::PREFIX)];
        let length = Some(bytes.len() as u64);
        let segy = name.starts_with("segy/") && !name.starts_with("segy/su/");
        let found = (recognise(prefix, None), recognise(prefix, length));
        assert_eq!(found, (segy, segy), "{name}");
        let su = name.starts_with("segy/su/");
        let found = (recognise_seismic_unix(prefix, None), recognise_seismic_unix(prefix, length));
        assert_eq!(found, (su, su), "{name}");
        seen += usize::from(segy);
    }
    assert_eq!(seen, 63);
    let table = "C 1 well,md,value                                                               A,1,2\n".repeat(400);
    assert!(!recognise(table.as_bytes(), None) && !recognise(&[0; 10_000], None) && !recognise(b"", Some(0)));
}

#[test]
fn made_files_are_recognised_in_every_order() {
    for format in SampleFormat::ALL {
        for order in [ByteOrder::Big, ByteOrder::Little, ByteOrder::PairSwapped] {
            let build = Build { format, order, mark: order == ByteOrder::PairSwapped, ..Build::default() };
            let mut bytes = build.file(&build.traces(&vec![vec![1.0; 20]; 3]));
            assert!(recognise(&bytes, None), "{format:?} {order:?}");
            // Without any text header.
            bytes[..3200].fill(0);
            assert!(recognise(&bytes, Some(bytes.len() as u64)), "{format:?} {order:?}");
        }
    }
}

proptest! {
    /// Bytes of any kind are recognised or not, and inspected or not, without a panic.
    #[test]
    fn arbitrary_bytes_never_panic(
        mut bytes in proptest::collection::vec(any::<u8>(), 0..6000),
        code in 0u8..17,
        samples in 0u8..20,
    ) {
        recognise(&bytes, Some(bytes.len() as u64));
        recognise_seismic_unix(&bytes, Some(bytes.len() as u64));
        if bytes.len() > 3620 {
            bytes[3220..3222].copy_from_slice(&[0, samples]);
            bytes[3224..3226].copy_from_slice(&[0, code]);
            bytes[3296..3300].fill(0);
            bytes[3500..3506].copy_from_slice(&[1, 0, 0, 1, 0, 0]);
        }
        let options = OpenOptions { damaged: true, ..OpenOptions::default() };
        if let Ok(file) = open_with(bytes, &options) {
            let found = inspect(&file, &with(TraceChoice::All), &|_| true).unwrap();
            prop_assert!((0.0..=1.0).contains(&found.geometry.confidence));
        }
    }
}
