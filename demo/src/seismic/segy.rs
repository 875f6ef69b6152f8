//! SEG-Y revision 1, written byte by byte.
//!
//! Source: SEG Technical Standards Committee (2002): SEG-Y rev 1 Data Exchange Format.

use super::survey::Bin;

/// Bytes of a trace header.
const TRACE_HEADER: usize = 240;
/// Code of a live trace, and of a dead one.
const LIVE: i16 = 1;
const DEAD: i16 = 2;

/// The text header: 40 lines of 80 characters in EBCDIC. `lines` are numbered and cut; what is not there is blank.
pub(super) fn text_header(lines: &[String]) -> Vec<u8> {
    let mut header = Vec::with_capacity(3200);
    for number in 1..=40 {
        let text = match number {
            39 => "SEG Y REV1",
            40 => "END TEXTUAL HEADER",
            n => lines.get(n - 1).map_or("", String::as_str),
        };
        header.extend(format!("{:<80.80}", format!("C{number:2} {text}")).chars().map(ebcdic));
    }
    header
}

/// A character in code page 037; characters that are not used here become blanks.
fn ebcdic(c: char) -> u8 {
    let from = |base: u8, first: char| base + (c as u32 - first as u32) as u8;
    match c {
        '0'..='9' => from(0xF0, '0'),
        'A'..='I' => from(0xC1, 'A'),
        'J'..='R' => from(0xD1, 'J'),
        'S'..='Z' => from(0xE2, 'S'),
        'a'..='i' => from(0x81, 'a'),
        'j'..='r' => from(0x91, 'j'),
        's'..='z' => from(0xA2, 's'),
        '.' => 0x4B,
        '(' => 0x4D,
        '+' => 0x4E,
        '*' => 0x5C,
        ')' => 0x5D,
        ';' => 0x5E,
        '-' => 0x60,
        '/' => 0x61,
        ',' => 0x6B,
        '%' => 0x6C,
        ':' => 0x7A,
        '\'' => 0x7D,
        '=' => 0x7E,
        _ => 0x40,
    }
}

/// Puts a big-endian number at a byte of the header, counted from 1 as the standard counts.
fn put<const N: usize>(header: &mut [u8], byte: usize, number: [u8; N]) {
    if let Some(place) = header.get_mut(byte - 1..byte - 1 + N) {
        place.copy_from_slice(&number);
    }
}

/// The binary header. Bytes are counted from the beginning of the file, as the standard counts.
pub(super) fn binary_header(samples: u16, interval_us: u16) -> Vec<u8> {
    let mut header = vec![0; 400];
    let mut at = |byte: usize, number: u16| put(&mut header, byte - 3200, number.to_be_bytes());
    // A stack has one trace at a place.
    at(3213, 1);
    at(3217, interval_us);
    at(3219, interval_us);
    at(3221, samples);
    at(3223, samples);
    // IBM floating point; stacked.
    at(3225, 1);
    at(3227, 1);
    at(3229, 4);
    // Metres; a pressure increase, which an increase of impedance reflects, is a positive number.
    at(3255, 1);
    at(3257, 2);
    // Revision 1.0; all traces have one length; no further text headers.
    at(3501, 0x0100);
    at(3503, 1);
    header
}

/// What a trace header says besides its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct TraceNumbers {
    /// Trace of the line and of the file, from 1.
    pub in_line: i32,
    pub in_file: i32,
    pub dead: bool,
    pub interval_us: u16,
    /// First and last time of the mute, ms.
    pub mute: (u16, u16),
}

/// A trace: its header and its samples in IBM floating point.
pub(super) fn trace(bin: &Bin, numbers: TraceNumbers, samples: &[f64]) -> Vec<u8> {
    let mut bytes = vec![0; TRACE_HEADER];
    let mut at = |byte: usize, number: i32| put(&mut bytes, byte, number.to_be_bytes());
    at(1, numbers.in_line);
    at(5, numbers.in_file);
    at(9, bin.inline);
    at(13, bin.crossline);
    at(21, bin.crossline);
    at(25, 1);
    let cents = |v: f64| (v * 100.0).round() as i32;
    let (x, y) = (cents(bin.x), cents(bin.y));
    for (byte, number) in [(73, x), (77, y), (81, x), (85, y), (181, x), (185, y)] {
        at(byte, number);
    }
    at(189, bin.inline);
    at(193, bin.crossline);
    let mut at = |byte: usize, number: i16| put(&mut bytes, byte, number.to_be_bytes());
    at(29, if numbers.dead { DEAD } else { LIVE });
    at(31, 1);
    at(33, 1);
    at(35, 1);
    at(69, 1);
    // Coordinates are in hundredths of a metre.
    at(71, -100);
    at(89, 1);
    // The first sample is at time 0.
    at(109, 0);
    let mut at = |byte: usize, number: u16| put(&mut bytes, byte, number.to_be_bytes());
    at(111, numbers.mute.0);
    at(113, numbers.mute.1);
    at(115, samples.len() as u16);
    at(117, numbers.interval_us);
    bytes.reserve_exact(4 * samples.len());
    bytes.extend(samples.iter().flat_map(|v| ibm_float(*v as f32).to_be_bytes()));
    bytes
}

/// A number as IBM System/360 floating point: a sign, an exponent of 16 in excess of 64, a fraction of 24 bits. Its first
/// hexadecimal digit is not 0, so up to three bits of the f32 are rounded away. What is not a number is 0.
fn ibm_float(value: f32) -> u32 {
    if !value.is_normal() {
        return 0;
    }
    let bits = value.to_bits();
    // value = fraction / 2^24 * 2^exponent, the fraction in [2^23, 2^24).
    let (fraction, exponent) = ((bits & 0x7F_FFFF) | 0x80_0000, ((bits >> 23) & 0xFF) as i32 - 126);
    let sixteens = exponent.div_euclid(4) + i32::from(exponent.rem_euclid(4) != 0);
    let shift = 4 * sixteens - exponent;
    let rounded = (fraction + ((1 << shift) >> 1)) >> shift;
    (bits & 0x8000_0000) | (((sixteens + 64) as u32) << 24) | rounded
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Published words: -118.625 is the example of the standard's appendix and of IBM's Principles of Operation.
    #[test]
    fn ibm_floats_as_published() {
        for (value, word) in [
            (-118.625, 0xC276_A000),
            (1.0, 0x4110_0000),
            (0.5, 0x4080_0000),
            (0.0, 0),
            (16.0, 0x4210_0000),
            (0.1, 0x4019_999A),
        ] {
            assert_eq!(ibm_float(value), word, "{value}");
        }
    }

    #[test]
    fn the_text_header_has_forty_numbered_lines() {
        let header = text_header(&["CLIENT: A".to_owned()]);
        assert_eq!(header.len(), 3200);
        assert_eq!(header[..14], [0xC3, 0x40, 0xF1, 0x40, 0xC3, 0xD3, 0xC9, 0xC5, 0xD5, 0xE3, 0x7A, 0x40, 0xC1, 0x40]);
        assert_eq!(header[80 * 39..80 * 39 + 4], [0xC3, 0xF4, 0xF0, 0x40]);
    }
}
