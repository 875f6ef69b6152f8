//! Sample formats in every byte order, and IBM floats.

use outcrop_connectors::segy::{ByteOrder, SampleFormat, ibm, to_ibm};
use proptest::prelude::*;

use super::build::Build;
use super::{open, open_with};

const ORDERS: [ByteOrder; 3] = [ByteOrder::Big, ByteOrder::Little, ByteOrder::PairSwapped];

/// Values that every signed format holds, or every unsigned one.
fn values(format: SampleFormat) -> Vec<Vec<f64>> {
    let signed = format.name().starts_with('u');
    let at = |i: i32| f64::from(if signed { i * 3 + 1 } else { i * 7 - 100 });
    (0..4).map(|t| (0..24).map(|s| at(s + t)).collect()).collect()
}

#[test]
fn every_format_is_read_in_every_byte_order() {
    for format in SampleFormat::ALL {
        for order in ORDERS {
            let mark = order == ByteOrder::PairSwapped;
            let build = Build { order, format, mark, revision: if mark { [2, 0] } else { [1, 0] }, ..Build::default() };
            let values = values(format);
            let file = open(build.file(&build.traces(&values))).unwrap();
            assert_eq!((file.layout().format, file.layout().order), (format, order));
            for (t, expected) in values.iter().enumerate() {
                assert_eq!(file.trace_f64(t as u64).unwrap(), *expected, "{format:?} {order:?}");
                let single: Vec<f32> = expected.iter().map(|v| *v as f32).collect();
                assert_eq!(file.trace(t as u64).unwrap(), single, "{format:?} {order:?}");
            }
        }
    }
}

#[test]
fn bytes_of_known_values() {
    let one = |format: SampleFormat, bytes: &[u8], order| {
        let mut out = [0.0f64];
        format.decode_f64(bytes, order, &mut out);
        out[0]
    };
    use ByteOrder::{Big, Little, PairSwapped};
    assert_eq!(one(SampleFormat::Int24, &[0xff, 0xff, 0xfe], Big), -2.0);
    assert_eq!(one(SampleFormat::Int24, &[0xfe, 0xff, 0xff], Little), -2.0);
    assert_eq!(one(SampleFormat::UInt24, &[0xff, 0xff, 0xfe], Big), 16_777_214.0);
    assert_eq!(one(SampleFormat::UInt24, &[0x01, 0x02, 0x03], Little), 197_121.0);
    assert_eq!(one(SampleFormat::Int8, &[0x80], Big), -128.0);
    assert_eq!(one(SampleFormat::UInt8, &[0x80], Little), 128.0);
    assert_eq!(one(SampleFormat::UInt64, &[0xff; 8], Big), u64::MAX as f64);
    assert_eq!(one(SampleFormat::Int64, &[0xff; 8], Little), -1.0);
    assert_eq!(one(SampleFormat::Int32, &[0x00, 0x80, 0x00, 0x00], PairSwapped), f64::from(i32::MIN));
    assert_eq!(one(SampleFormat::UInt32, &[0xff; 4], Big), 4_294_967_295.0);
    assert_eq!(one(SampleFormat::Float64, &1.5f64.to_le_bytes(), Little), 1.5);
}

/// Values of the reference: exact rationals of IBM words.
#[test]
fn ibm_floats_are_exact() {
    for (word, value) in [
        (0xC276_A000, -118.625),
        (0x4264_0000, 100.0),
        (0x4110_0000, 1.0),
        (0x4080_0000, 0.5),
        (0xC110_0000, -1.0),
        (0x0010_0000, 16f64.powi(-65)),
        (0x7FFF_FFFF, 7.237_005_145_973_115_5e75),
        (0x4132_43F7, 3_294_199.0 / 1_048_576.0),
        (0x4600_0001, 1.0),
        (0x3F00_0001, 1.0 / 268_435_456.0),
    ] {
        assert_eq!(ibm(word), value, "{word:08X}");
    }
    assert!(ibm(0x8000_0000) == 0.0 && ibm(0x8000_0000).is_sign_negative());
    assert!(ibm(0).is_sign_positive());
    let mut out = [0.0f32; 3];
    SampleFormat::Ibm.decode(
        &[0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x80, 0, 0, 0],
        ByteOrder::Big,
        &mut out,
    );
    assert_eq!(out, [f32::INFINITY, f32::NEG_INFINITY, -0.0]);
}

#[test]
fn what_a_format_cannot_hold_is_said() {
    let encode = |format: SampleFormat, values: &[f64]| format.encode(values, ByteOrder::Big, &mut Vec::new());
    assert_eq!(encode(SampleFormat::Int8, &[1.0, 128.0]).unrepresentable, Some(1));
    assert_eq!(encode(SampleFormat::UInt16, &[-1.0]).unrepresentable, Some(0));
    assert_eq!(encode(SampleFormat::Ibm, &[f64::NAN]).unrepresentable, Some(0));
    assert_eq!(encode(SampleFormat::Ibm, &[1e76]).unrepresentable, Some(0));
    assert_eq!(encode(SampleFormat::Float32, &[1e39]).unrepresentable, Some(0));
    assert_eq!(encode(SampleFormat::Float32, &[f64::INFINITY, 1.0]).unrepresentable, None);
    assert_eq!(encode(SampleFormat::Int16, &[0.5, 1.5, 2.0]).rounded, 2);
    assert_eq!(to_ibm(0.1), Some(0x4019_999A));
    assert_eq!(to_ibm(-0.0), Some(0x8000_0000));
    assert_eq!(to_ibm(1.0 - 1e-12), Some(0x4110_0000));
    assert_eq!(to_ibm(1e-300), Some(0));
}

proptest! {
    /// Every normalised IBM float comes back as its own word.
    #[test]
    fn normalised_ibm_words_come_back(word in any::<u32>()) {
        prop_assume!(word & 0x00f0_0000 != 0);
        prop_assert_eq!(to_ibm(ibm(word)), Some(word));
    }

    /// The nearest IBM float is within half a unit of its last place, which is at most 2^-21 of the value.
    #[test]
    fn ibm_is_near(value in -1e30f64..1e30) {
        let back = ibm(to_ibm(value).unwrap());
        prop_assert!((back - value).abs() <= value.abs() * 2f64.powi(-21));
    }

    /// Bytes of any kind never panic, whatever they are.
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..6000), mark in any::<bool>(), damaged in any::<bool>()) {
        let mut bytes = bytes;
        if mark && bytes.len() > 3600 {
            bytes[3296..3300].copy_from_slice(&[1, 2, 3, 4]);
            bytes[3224] = 0;
            bytes[3225] &= 15;
        }
        let options = outcrop_connectors::segy::OpenOptions { damaged, ..Default::default() };
        if let Ok(file) = open_with(bytes, &options) {
            for trace in 0..file.count() {
                file.trace(trace).unwrap();
            }
        }
    }
}
