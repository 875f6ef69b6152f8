//! Files that are cut off, absurd or something else; and layouts that are unusual but right.

use std::io::Write;
use std::sync::Arc;

use outcrop_connectors::segy::{
    ByteOrder, FileBytes, OpenOptions, SampleFormat, SegyError, SegyFile, TextEncoding, Traces,
};

use super::build::{Build, Trace};
use super::{folder, has, open, open_with};

fn cube(build: &Build, traces: usize, samples: usize) -> Vec<u8> {
    let values: Vec<Vec<f64>> =
        (0..traces).map(|t| (0..samples).map(|s| (t * 10 + s) as f64 / 4.0).collect()).collect();
    build.file(&build.traces(&values))
}

fn damaged() -> OpenOptions {
    OpenOptions { damaged: true, ..OpenOptions::default() }
}

fn text(samples: &str) -> Vec<u8> {
    TextEncoding::Ebcdic.encode(&format!("{samples:3200}"))
}

#[test]
fn broken_files_are_refused_with_words() {
    let Some(folder) = folder() else { return };
    let read = |name: &str| std::fs::read(folder.join("bad").join(name)).unwrap();
    let error = open(read("small_header_only_3500.sgy")).unwrap_err();
    assert_eq!(error, SegyError::TooShort { found: 3500, expected: 3600 });
    let error = open(read("text.sgy")).unwrap_err();
    assert_eq!(error, SegyError::NoTraces { end: 3600 });
    let error = open(read("f3_truncated_mid_trace.sgy")).unwrap_err();
    let words = error.to_string();
    assert!(words.contains("247 whole ones and 70 bytes") && words.contains("trace 248 at byte 99930"), "{words}");
    assert!(words.contains("have its whole traces read: --damaged (damaged => true in read_segy)"), "{words}");
    let file = open_with(read("f3_truncated_mid_trace.sgy"), &damaged()).unwrap();
    assert_eq!(file.count(), 247);
    assert!(has(&file, "traces-cut-off"));
    assert_eq!(file.trailing().unwrap().len(), 70);
    let error = open(read("broken.sgy")).unwrap_err();
    assert!(matches!(error, SegyError::Truncated { whole: 3, trace: 4, .. }), "{error}");
    assert_eq!(open_with(read("broken.sgy"), &damaged()).unwrap().count(), 3);
}

#[test]
fn other_files_are_not_segy() {
    let error = open("well,md,value\nA,1,2\n".repeat(500).into_bytes()).unwrap_err();
    assert!(matches!(error, SegyError::NotSegy { .. }), "{error}");
    let error = open(vec![0x55; 100_000]).unwrap_err();
    assert!(matches!(error, SegyError::NotSegy { .. }), "{error}");
    assert!(error.to_string().contains("--byte-order and --sample-format"), "{error}");
    assert!(matches!(open(Vec::new()), Err(SegyError::TooShort { found: 0, .. })));
    assert!(matches!(open(vec![0; 100_000]), Err(SegyError::NotSegy { .. })));
    let mut file = cube(&Build::default(), 4, 10);
    file[3225] = 4;
    let words = open(file.clone()).unwrap_err().to_string();
    assert!(words.contains("sample format code 4") && words.contains("obsolete"), "{words}");
    assert!(words.contains("--sample-format float32 (sample_format => 'float32' in read_segy)"), "{words}");
    let stated = OpenOptions { format: Some(SampleFormat::Ibm), ..OpenOptions::default() };
    assert_eq!(open_with(file, &stated).unwrap().count(), 4);
}

#[test]
fn zero_samples_are_said() {
    let build = Build { samples: Some(0), ..Build::default() };
    let mut file = cube(&build, 4, 10);
    // Without those of the binary header the first trace header's are taken.
    assert_eq!(open(file.clone()).unwrap().layout().samples(), 10);
    file[3600 + 114..3600 + 116].copy_from_slice(&[0, 0]);
    let error = open(file.clone()).unwrap_err();
    assert_eq!(error, SegyError::NoSamples { offset: 3600 });
    let stated = OpenOptions { samples: Some(10), ..OpenOptions::default() };
    assert_eq!(open_with(file, &stated).unwrap().count(), 4);
}

/// A header that claims 2^31 of everything allocates nothing and is held against the length.
#[test]
fn absurd_counts_are_bounded() {
    for (byte, width) in [(3505, 2), (3507, 4), (3513, 8), (3521, 8), (3529, 4), (3269, 4)] {
        for value in [0x7fff_ffffu64, u64::MAX, 0x8000_0000, 1] {
            let build = Build { revision: [2, 0], mark: true, ..Build::default() };
            let mut file = cube(&build, 4, 10);
            ByteOrder::Big.put(&mut file, byte - 1, width, value);
            match open(file) {
                Ok(opened) => assert_eq!(opened.count(), 4, "byte {byte} value {value}"),
                Err(error) => assert!(!error.to_string().is_empty()),
            }
        }
    }
}

#[test]
fn every_truncation_and_change_ends_in_words_or_traces() {
    let build =
        Build { revision: [2, 1], mark: true, more_headers: 1, extended: vec![text("C 1")], ..Build::default() };
    let file = cube(&build, 5, 8);
    for length in 0..file.len() {
        if let Ok(opened) = open(file[..length].to_vec()) {
            (0..opened.count()).for_each(|t| drop(opened.trace(t).unwrap()));
        }
        if let Ok(opened) = open_with(file[..length].to_vec(), &damaged()) {
            assert!(opened.count() <= 5);
        }
    }
    for at in 3200..7300 {
        for byte in [0, 1, 0x7f, 0x80, 0xff] {
            let mut changed = file.clone();
            changed[at] = byte;
            if let Ok(opened) = open(changed) {
                (0..opened.count()).for_each(|t| drop(opened.trace(t).unwrap()));
            }
        }
    }
}

#[test]
fn traces_of_their_own_lengths_are_read() {
    for order in [ByteOrder::Big, ByteOrder::Little] {
        let build = Build { order, format: SampleFormat::Int16, fixed: 0, ..Build::default() };
        let values: Vec<Vec<f64>> = [7, 12, 3, 12, 20].iter().map(|n| (0..*n).map(f64::from).collect()).collect();
        let file = build.file(&build.traces(&values));
        let opened = open(file.clone()).unwrap();
        assert!(matches!(opened.layout().traces, Traces::Variable(_)));
        assert_eq!((opened.count(), opened.layout().samples()), (5, 20));
        for (t, values) in values.iter().enumerate() {
            assert_eq!(opened.trace_f64(t as u64).unwrap(), *values);
        }
        let cut = file[..file.len() - 3].to_vec();
        let error = open(cut.clone()).unwrap_err();
        assert!(matches!(error, SegyError::Truncated { trace: 5, whole: 4, .. }), "{error}");
        assert_eq!(open_with(cut, &damaged()).unwrap().count(), 4);
    }
    // Lengths that differ in a file that one length would divide, too.
    let build = Build { format: SampleFormat::Int16, fixed: 0, ..Build::default() };
    let values: Vec<Vec<f64>> = [10, 10, 5, 15].iter().map(|n| (0..*n).map(f64::from).collect()).collect();
    let opened = open(build.file(&build.traces(&values))).unwrap();
    assert_eq!(opened.trace_f64(3).unwrap().len(), 15);
}

#[test]
fn extended_headers_and_trailers_are_found() {
    let stanza = || text("((SEG: TEST Rev 1.0))");
    let build = Build {
        revision: [2, 1],
        mark: true,
        extended: vec![stanza(), stanza(), text("((SEG: EndText))")],
        trailers: vec![stanza(), stanza()],
        ..Build::default()
    };
    let mut file = cube(&build, 4, 10);
    let opened = open(file.clone()).unwrap();
    assert_eq!((opened.count(), opened.extended_text().len(), opened.trailing().unwrap().len()), (4, 3, 6400));
    assert!(opened.extended_text()[2].text().starts_with("((SEG: EndText))"));
    // Counts left open.
    ByteOrder::Big.put(&mut file, 3504, 2, 0xffff);
    ByteOrder::Big.put(&mut file, 3528, 4, 0xffff_ffff);
    let opened = open(file).unwrap();
    assert_eq!((opened.count(), opened.extended_text().len(), opened.trailing().unwrap().len()), (4, 3, 6400));
    // Counts that are wrong.
    let mut file = cube(&Build::default(), 4, 10);
    ByteOrder::Big.put(&mut file, 3504, 2, 2);
    let opened = open(file).unwrap();
    assert_eq!(opened.count(), 4);
    assert!(has(&opened, "extended-text-headers"));
}

#[test]
fn intervals_are_never_guessed() {
    let mut file = cube(&Build::default(), 2, 10);
    ByteOrder::Big.put(&mut file, 3216, 2, 0);
    let opened = open(file.clone()).unwrap();
    assert_eq!(opened.layout().sample_interval, None);
    assert!(has(&opened, "sample-interval-unknown"));
    ByteOrder::Big.put(&mut file, 3216, 2, 0xfff0);
    ByteOrder::Big.put(&mut file, 3600 + 116, 2, 2000);
    let opened = open(file.clone()).unwrap();
    assert_eq!(opened.layout().sample_interval, Some(2000.0));
    assert!(has(&opened, "sample-interval-negative"));
    ByteOrder::Big.put(&mut file, 3216, 2, 4000);
    assert!(has(&open(file).unwrap(), "sample-interval-differs"));
    let mut file = cube(&Build { revision: [2, 0], mark: true, ..Build::default() }, 2, 10);
    file[3272..3280].copy_from_slice(&62.5f64.to_be_bytes());
    assert_eq!(open(file).unwrap().layout().sample_interval, Some(62.5));
}

/// A file that is cut while it is open ends in an error, not in a signal.
#[test]
fn a_file_cut_while_open_is_an_error() {
    let path = std::env::temp_dir().join(format!("outcrop-segy-cut-{}.sgy", std::process::id()));
    let bytes = cube(&Build::default(), 50, 100);
    std::fs::File::create(&path).unwrap().write_all(&bytes).unwrap();
    let source = FileBytes::new(std::fs::File::open(&path).unwrap()).unwrap();
    let file = SegyFile::open(Arc::new(source), &OpenOptions::default()).unwrap();
    let memory = open(bytes).unwrap();
    assert_eq!(file.trace(49).unwrap(), memory.trace(49).unwrap());
    let fields = outcrop_connectors::segy::TraceField::standard(false);
    assert_eq!(file.scan(&fields).unwrap(), memory.scan(&fields).unwrap());
    std::fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(10_000).unwrap();
    assert!(matches!(file.trace(49), Err(SegyError::CutWhileOpen { .. })));
    assert!(matches!(file.scan(&fields), Err(SegyError::CutWhileOpen { .. })));
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn traces_that_are_not_there_are_said() {
    let file = open(cube(&Build::default(), 2, 10)).unwrap();
    assert_eq!(file.trace(2).unwrap_err(), SegyError::NoSuchTrace { trace: 3, count: 2 });
    let beyond = outcrop_connectors::segy::TraceField::at(241);
    assert!(file.scan(&[beyond]).unwrap_err().to_string().contains("240 bytes of headers"));
    let mut trace = Trace { fields: vec![(189, 4, -7)], samples: vec![0; 40] };
    trace.fields.push((71, 2, -100));
    let file = open(Build::default().file(&[trace])).unwrap();
    let columns = file.scan(&[outcrop_connectors::segy::TraceField::named("coordinate_scalar").unwrap()]).unwrap();
    assert_eq!(columns[0].integers(), [-100]);
}
