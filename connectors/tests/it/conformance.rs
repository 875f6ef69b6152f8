//! What every format owes: its own files recognised by it alone, broken ones refused with words, metadata complete.

use std::panic::catch_unwind;
use std::sync::Arc;

use outcrop_connectors::formats::{FORMATS, Recognised, recognise};
use outcrop_connectors::las::ReadOptions;
use outcrop_connectors::segy::{
    InspectOptions, MemoryBytes, OpenOptions, SampleFormat, SegyFile, SegyWriter, TraceField, WriteOptions, inspect,
};
use outcrop_connectors::table::TableOptions;
use outcrop_connectors::{PREFIX, Read, table, welllog};
use outcrop_types::field;

const CLASSIC: &str = "-996 2 10.0 20.0\n0.0 20.0 5.0 25.0\n3 30.0 0.0 5.0\n0 0 0 0 0 0 0\n1 2 3 4 5 9999900.0\n";

/// A small file of each format; none for those that are written by others (Parquet).
fn example(name: &str) -> Option<Vec<u8>> {
    let text = match name {
        "las" => {
            "~V\nVERS. 2.0 :\nWRAP. NO :\n~W\nSTRT.M 1 :\nSTOP.M 2 :\nSTEP.M 1 :\nNULL. -999.25 :\nWELL. A :\n~C\nDEPT.M :\nGR.GAPI :\n~A\n1 50\n2 60\n"
        }
        "rms_well" => "1.0\nDRILLED\nOP_1 100.0 200.0 25.0\n1\nPoro UNK lin\n100 200 1500 0.2\n101 201 1510 -999\n",
        "geojson" => {
            r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":1},"geometry":{"type":"Point","coordinates":[2,61]}}]}"#
        }
        "irap_classic" => CLASSIC,
        "zmap" => {
            "! by\n@x HEADER, GRID, 2\n15, -99999.0, , 4, 1\n2, 3, 0.0, 20.0, 0.0, 10.0\n0.0, 0.0, 0.0\n@\n 1.0 2.0\n 3.0 4.0\n 5.0 -99999.0\n"
        }
        "cps3" => {
            "FSASCI 0 1 \"Computed\" 0 1.0E+30\nFSATTR 0 0\nFSLIMI 0 20 0 10 1 6\nFSNROW 2 3\nFSXINC 10 10\n->x\n1 2\n3 4\n5 1.0E+30\n"
        }
        "surfer" => "DSAA\n3 2\n0 20\n0 10\n1 6\n1 2 3\n4 5 6\n",
        "esri_ascii" => {
            "ncols 3\nnrows 2\nxllcorner 0\nyllcorner 0\ncellsize 10\nNODATA_value -9999\n1 2 3\n4 5 -9999\n"
        }
        "gxf" => {
            "#POINTS\n3\n#ROWS\n2\n#PTSEPARATION\n10\n#RWSEPARATION\n10\n#XORIGIN\n0\n#YORIGIN\n0\n#DUMMY\n-1e9\n#GRID\n1 2 3\n4 5 -1e9\n"
        }
        "irap_points" => "1 2 3\n4 5 6\n999 999 999\n",
        "rms_attributes" => "String Name\nFloat Poro\n1 2 3 \"a b\" 0.2\n4 5 6 c UNDEF\n",
        "iesx" => {
            "PROFILE Top A            TYPE 1  4                 3d_ci7m.ifdf     m  ms\nSNAPPING PARAMETERS 5     0 1\n  6.20986880E+05  6.08088236E+06  0 14   648.62    914.00    914.00  914 5.3956040E+03 I    376 XX\n\t648.6175\t1e30\nEOD\n"
        }
        "table" => "well,md,surface\nA,1000,Top\nB,1010,Top\n",
        "rms_binary" => {
            let surface = outcrop_connectors::surface::irap::surface(CLASSIC.as_bytes()).unwrap();
            let writer = outcrop_connectors::surface::SurfaceWriter::of("gri").unwrap();
            return Some((writer.write)(&surface, &mut Vec::new()).unwrap());
        }
        "storm_binary" => {
            let mut bytes = b"STORMGRID_BINARY\n\n3 2 10.0 10.0\n0.0 20.0 0.0 10.0\n".to_vec();
            bytes.extend([1.0f64, 2.0, 3.0, 4.0, 5.0, -999.0].iter().flat_map(|v| v.to_be_bytes()));
            return Some(bytes);
        }
        "segy" => {
            let options = WriteOptions {
                text: vec!["a line".to_owned()],
                samples: 3,
                interval: 4000.0,
                format: SampleFormat::Float32,
                measurement: 1,
                fold: 1,
            };
            let mut writer = SegyWriter::new(Vec::new(), options).unwrap();
            writer.trace(&[], &[(&TraceField::at(189), 7)], &[1.0, 2.0, 3.0]).unwrap();
            writer.trace(&[], &[(&TraceField::at(189), 8)], &[4.0, 5.0, 6.0]).unwrap();
            return Some(writer.finish().unwrap().0);
        }
        // The first is written by others, the second has no mark of its own.
        "parquet" | "seismic_unix" => return None,
        other => panic!("format {other} has no example in the conformance tests; add one"),
    };
    Some(text.as_bytes().to_vec())
}

/// Reads as the format does; the error is its message.
fn read(read: Read, bytes: &[u8]) -> Result<(), String> {
    match read {
        Read::Las => welllog::read(bytes, &ReadOptions::default()).map(|_| ()).map_err(|e| e.to_string()),
        Read::Text => table::read(bytes, &TableOptions::default()).map(|_| ()).map_err(|e| e.to_string()),
        Read::Parquet => Ok(()),
        Read::Datasets(read) => read(bytes).map(|_| ()).map_err(|e| e.to_string()),
        Read::Seismic => {
            let file = SegyFile::open(Arc::new(MemoryBytes(bytes.to_vec())), &OpenOptions::default());
            file.and_then(|f| inspect(&f, &InspectOptions::default(), &|_| true)).map(|_| ()).map_err(|e| e.to_string())
        }
    }
}

#[test]
fn examples_are_recognised_by_their_format_and_read() {
    for format in FORMATS {
        let Some(bytes) = example(format.name) else { continue };
        match recognise(&bytes[..bytes.len().min(PREFIX)]) {
            Recognised::As(found) => assert_eq!(found.name, format.name),
            Recognised::Other(message) => panic!("{}: {message}", format.name),
        }
        for other in FORMATS.iter().filter(|f| f.name != format.name && f.name != "table") {
            assert!(!(other.recognise)(&bytes), "{} takes a file of {}", other.name, format.name);
        }
        read(format.read, &bytes).unwrap_or_else(|e| panic!("{}: {e}", format.name));
    }
}

#[test]
fn broken_files_are_refused_with_words() {
    for format in FORMATS {
        let Some(bytes) = example(format.name) else { continue };
        // Of a large example some places.
        let step = bytes.len() / 1000 + 1;
        let mut variants: Vec<Vec<u8>> = (0..bytes.len()).step_by(step).map(|n| bytes[..n].to_vec()).collect();
        for place in (0..bytes.len()).step_by(step) {
            for with in [0, b'\n', b' ', b'-', b'9', b'e', b'"', 0x7F, 0x80, 0xFF] {
                let mut changed = bytes.clone();
                changed[place] = with;
                variants.push(changed);
            }
        }
        for variant in variants {
            let (recognised, result) = catch_unwind(|| ((format.recognise)(&variant), read(format.read, &variant)))
                .unwrap_or_else(|_| panic!("{} panics on {:?}", format.name, String::from_utf8_lossy(&variant)));
            let _ = recognised;
            if let Err(message) = result {
                assert!(message.len() > 15, "{}: {message}", format.name);
            }
        }
    }
}

#[test]
fn datasets_say_what_their_columns_are() {
    for format in FORMATS {
        let (Some(bytes), Read::Datasets(read)) = (example(format.name), format.read) else { continue };
        let datasets = read(&bytes).unwrap();
        assert!(!datasets.is_empty(), "{}", format.name);
        for dataset in datasets {
            assert!(dataset.batch.num_rows() > 0, "{}", format.name);
            assert!(!dataset.facts.is_empty(), "{} states no facts", format.name);
            for of in dataset.batch.schema().fields() {
                let own = ["i", "j", "x", "y", "z", "lon", "lat", "geometry"].contains(&of.name().as_str());
                assert!(!own || field::description(of).is_some(), "{}: column {}", format.name, of.name());
            }
        }
    }
}

#[test]
fn formats_are_described_and_have_names_of_their_own() {
    for (place, format) in FORMATS.iter().enumerate() {
        assert!(FORMATS.iter().skip(place + 1).all(|f| f.name != format.name), "{} twice", format.name);
        assert!(!format.title.is_empty() && !format.import.is_empty() && !format.query.is_empty(), "{}", format.name);
        assert!(format.endings.iter().all(|e| !e.starts_with('.') && e.to_lowercase() == **e), "{}", format.name);
    }
    assert_eq!(FORMATS.last().map(|f| f.name), Some("table"));
}
