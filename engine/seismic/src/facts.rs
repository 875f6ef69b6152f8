//! What is known of a stored volume besides its layout: where it came from, how its traces lie, what its amplitudes are like.

use serde::{Deserialize, Serialize};

/// Key of the facts, as JSON, in the metadata of the column `amplitude` of a volume's table of bricks.
pub const FACTS: &str = "outcrop.volume_facts";

/// Numbers of lines of a survey.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lines {
    /// The smallest number.
    pub first: i64,
    /// The largest number.
    pub last: i64,
    /// From one number to the next.
    pub step: i64,
    /// Distance from one line to the next, in the unit of the coordinates, where coordinates tell.
    pub spacing: Option<f64>,
    /// The byte of the trace headers they were read from, where they were.
    pub byte: Option<u16>,
}

/// What amplitudes are like; of numbers, not of NaN and infinities.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Amplitudes {
    /// The smallest.
    pub min: Option<f64>,
    /// The largest.
    pub max: Option<f64>,
    /// The mean.
    pub mean: Option<f64>,
    /// The root of the mean of the squares.
    pub rms: Option<f64>,
    /// Traces of nothing but zeros.
    pub dead_traces: u64,
    /// Samples that are no numbers or infinite.
    pub not_finite: u64,
}

/// The facts. What is not known is absent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct VolumeFacts {
    /// `3d`, `3d_prestack`, `2d`, `2d_prestack`, `single_trace`, `unknown`.
    pub kind: String,
    /// How sure the geometry is, 0 to 1.
    pub confidence: Option<f64>,
    /// Traces.
    pub traces: u64,
    /// Inlines of 3D data.
    pub inline: Option<Lines>,
    /// Crosslines of 3D data.
    pub crossline: Option<Lines>,
    /// Offsets of prestack data.
    pub offset: Option<Lines>,
    /// CDPs of lines.
    pub cdp: Option<Lines>,
    /// Places of the survey without a trace.
    pub holes: u64,
    /// Traces at a place that has one already.
    pub duplicates: u64,
    /// Direction of increasing crosslines along an inline, degrees clockwise from north.
    pub azimuth: Option<f64>,
    /// Inline, crossline, x, y of the corners.
    pub corners: Vec<[f64; 4]>,
    /// Coordinate reference system, as an authority code, where it was stated.
    pub crs: Option<String>,
    /// Unit of the coordinates, where it is known.
    pub coordinate_unit: Option<String>,
    /// What the amplitudes are like.
    pub amplitudes: Amplitudes,
    /// The file it was imported from, by its full path.
    pub file: String,
    /// Checksum of that file.
    pub sha256: String,
    /// Bytes of that file.
    pub bytes: u64,
    /// Where a copy of the file is kept within the project.
    pub object: Option<String>,
    /// `segy` or `seismic_unix`.
    pub format: String,
    /// Revision of the standard.
    pub revision: String,
    /// Code of the sample format.
    pub sample_format: u8,
    /// `big`, `little` or `pair-swapped`.
    pub byte_order: String,
    /// Polarity, datum, replacement velocity and what else the headers state, for people.
    pub stated: Vec<(String, String)>,
    /// The lines of the text header.
    pub text: Vec<String>,
}

impl VolumeFacts {
    /// The facts of a JSON text; facts that are not there are unknown.
    pub fn from_json(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The facts as JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}
