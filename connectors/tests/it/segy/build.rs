//! Files made byte by byte, without the writer of the crate.

use outcrop_connectors::segy::{ByteOrder, SampleFormat};

/// What a file is made of.
pub struct Build {
    pub order: ByteOrder,
    pub format: SampleFormat,
    pub revision: [u8; 2],
    pub mark: bool,
    pub extended: Vec<Vec<u8>>,
    pub more_headers: u16,
    pub trailers: Vec<Vec<u8>>,
    pub fixed: i16,
    /// Samples the binary header states; those of the first trace where none.
    pub samples: Option<u16>,
}

impl Default for Build {
    fn default() -> Self {
        Build {
            order: ByteOrder::Big,
            format: SampleFormat::Ibm,
            revision: [1, 0],
            mark: false,
            extended: Vec::new(),
            more_headers: 0,
            trailers: Vec::new(),
            fixed: 1,
            samples: None,
        }
    }
}

/// A trace: header values by byte and width, and encoded samples.
pub struct Trace {
    pub fields: Vec<(usize, usize, i64)>,
    pub samples: Vec<u8>,
}

impl Build {
    pub fn file(&self, traces: &[Trace]) -> Vec<u8> {
        let width = self.format.width();
        let mut file =
            outcrop_connectors::segy::TextEncoding::Ebcdic.encode(&format!("{:3200}", "C 1 MADE FOR A TEST"));
        let mut binary = vec![0; 400];
        let mut put = |byte: usize, n: usize, v: i64| self.order.put(&mut binary, byte - 3201, n, v as u64);
        let samples = self.samples.unwrap_or(traces.first().map_or(0, |t| t.samples.len() / width) as u16);
        put(3217, 2, 4000);
        put(3221, 2, i64::from(samples));
        put(3225, 2, i64::from(self.format.code()));
        put(3503, 2, i64::from(self.fixed));
        put(3505, 2, self.extended.len() as i64);
        put(3507, 2, i64::from(self.more_headers));
        put(3529, 4, self.trailers.len() as i64);
        if self.mark {
            put(3297, 4, 0x0102_0304);
        }
        binary[300..302].copy_from_slice(&self.revision);
        file.extend(binary);
        self.extended.iter().for_each(|t| file.extend(t));
        for trace in traces {
            let mut header = vec![0; 240 * (1 + usize::from(self.more_headers))];
            self.order.put(&mut header, 114, 2, (trace.samples.len() / width) as u64);
            for (byte, n, v) in &trace.fields {
                self.order.put(&mut header, byte - 1, *n, *v as u64);
            }
            file.extend(header);
            file.extend(&trace.samples);
        }
        self.trailers.iter().for_each(|t| file.extend(t));
        file
    }

    /// Traces of these values, with their number in byte 1 and inline and crossline where given.
    pub fn traces(&self, values: &[Vec<f64>]) -> Vec<Trace> {
        let trace = |(i, values): (usize, &Vec<f64>)| {
            let mut samples = Vec::new();
            let encoded = self.format.encode(values, self.order, &mut samples);
            assert_eq!(encoded.unrepresentable, None);
            Trace { fields: vec![(1, 4, i as i64 + 1)], samples }
        };
        values.iter().enumerate().map(trace).collect()
    }
}
