//! The plainest reader of SEG-Y revision 1 with IBM floats: just enough to check the cube, and no code of the engine.

use std::path::Path;

pub struct PlainSegy {
    /// The text header, a line of 80 characters each.
    pub text: Vec<String>,
    pub binary: Vec<u8>,
    pub traces: Vec<PlainTrace>,
    pub bytes: usize,
}

pub struct PlainTrace {
    pub header: Vec<u8>,
    pub samples: Vec<f64>,
}

fn number(bytes: &[u8], at: usize, length: usize) -> i64 {
    let mut value: i64 = if bytes[at - 1] >= 0x80 { -1 } else { 0 };
    for byte in &bytes[at - 1..at - 1 + length] {
        value = value * 256 + i64::from(*byte);
    }
    value
}

/// A byte of code page 037.
fn character(byte: u8) -> char {
    const ROWS: [(u8, &str); 10] = [
        (0x81, "abcdefghi"),
        (0x91, "jklmnopqr"),
        (0xA2, "stuvwxyz"),
        (0xC1, "ABCDEFGHI"),
        (0xD1, "JKLMNOPQR"),
        (0xE2, "STUVWXYZ"),
        (0xF0, "0123456789"),
        (0x4B, ".<(+"),
        (0x5C, "*);"),
        (0x60, "-/"),
    ];
    let single = [(0x40, ' '), (0x6B, ','), (0x6C, '%'), (0x7A, ':'), (0x7D, '\''), (0x7E, '=')];
    let in_row = |(first, row): &(u8, &str)| row.chars().nth(byte.checked_sub(*first)? as usize);
    single.iter().find(|s| s.0 == byte).map(|s| s.1).or_else(|| ROWS.iter().find_map(in_row)).unwrap_or('?')
}

impl PlainSegy {
    pub fn read(path: &Path) -> PlainSegy {
        let bytes = std::fs::read(path).unwrap();
        let text = bytes[..3200].chunks(80).map(|l| l.iter().map(|b| character(*b)).collect()).collect();
        let binary = bytes[3200..3600].to_vec();
        let count = number(&binary, 21, 2) as usize;
        let traces = bytes[3600..].chunks(240 + 4 * count);
        let traces = traces.map(|t| {
            assert_eq!(t.len(), 240 + 4 * count, "a trace is cut off");
            let sample = |w: &[u8]| {
                let fraction = number(&[0, w[1], w[2], w[3]], 1, 4) as f64 / 16_777_216.0;
                let value = fraction * 16f64.powi(i32::from(w[0] & 0x7F) - 64);
                if w[0] >= 0x80 { -value } else { value }
            };
            PlainTrace { header: t[..240].to_vec(), samples: t[240..].chunks(4).map(sample).collect() }
        });
        PlainSegy { text, binary, traces: traces.collect(), bytes: bytes.len() }
    }

    /// Two bytes of the binary header; bytes are counted from the beginning of the file.
    pub fn binary(&self, byte: usize) -> i64 {
        number(&self.binary, byte - 3200, 2)
    }
}

impl PlainTrace {
    pub fn long(&self, byte: usize) -> i64 {
        number(&self.header, byte, 4)
    }

    pub fn short(&self, byte: usize) -> i64 {
        number(&self.header, byte, 2)
    }

    pub fn lines(&self) -> (i32, i32) {
        (self.long(189) as i32, self.long(193) as i32)
    }

    /// CDP X and Y with the scalar.
    pub fn position(&self) -> (f64, f64) {
        assert_eq!(self.short(71), -100);
        (self.long(181) as f64 / 100.0, self.long(185) as f64 / 100.0)
    }

    /// The amplitude at a two-way time in ms, by a parabola through the nearest three samples of 4 ms.
    pub fn at(&self, twt: f64) -> f64 {
        let k = (twt / 4.0).round() as usize;
        let (a, b, c) = (self.samples[k - 1], self.samples[k], self.samples[k + 1]);
        let t = twt / 4.0 - k as f64;
        b + 0.5 * t * (c - a) + 0.5 * t * t * (a - 2.0 * b + c)
    }
}
