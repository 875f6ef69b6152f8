//! How SEG-Y files are read: what the caller states rather than leaves to be found out.

use outcrop_connectors::segy::geometry::{FieldPlace, GeometryOptions};
use outcrop_connectors::segy::{
    ByteOrder, Domain, FileKind, InspectOptions, OpenOptions, SampleFormat, TraceChoice, VerticalOptions,
};

/// Options of `read_segy`, `inspect_segy` and of an import; nothing stated by default.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SegyOptions {
    /// How bytes are read.
    pub open: OpenOptions,
    /// Where lines and coordinates are.
    pub geometry: GeometryOptions,
    /// Time or depth, start and interval.
    pub vertical: VerticalOptions,
    /// What was stated, as it was: for plans that travel.
    stated: Vec<(String, String)>,
}

/// The names of the options.
pub const OPTION_NAMES: [&str; 17] = [
    "inline_byte",
    "crossline_byte",
    "x_byte",
    "y_byte",
    "cdp_byte",
    "offset_byte",
    "shotpoint_byte",
    "geometry",
    "byte_order",
    "sample_format",
    "samples",
    "sample_interval",
    "start",
    "domain",
    "extended_headers",
    "damaged",
    "kind",
];

impl SegyOptions {
    /// Takes an option by its name.
    ///
    /// # Errors
    /// In words: a name that is none, a value that the option does not take.
    pub fn set(&mut self, name: &str, text: &str) -> Result<(), String> {
        let wrong = |expected: &str| Err(format!("`{name}` expects {expected}, found '{text}'"));
        if !OPTION_NAMES.contains(&name) {
            return Err(format!("no option `{name}`; there are {}", OPTION_NAMES.join(", ")));
        }
        let place = || text.parse::<FieldPlace>().map(Some);
        let byte = "a byte of the trace header counted from 1, such as 189, or 17:2 with its width";
        macro_rules! byte {
            ($($field:ident),*) => {
                match name {
                    $(concat!(stringify!($field), "_byte") => match place() {
                        Ok(place) => self.geometry.$field = place,
                        Err(_) => return wrong(byte),
                    },)*
                    _ => {}
                }
            };
        }
        byte!(inline, crossline, x, y, cdp, offset, shotpoint);
        let number = || text.parse::<f64>().ok().filter(|v| v.is_finite());
        match name {
            "geometry" => match text.parse() {
                Ok(kind) => self.geometry.kind = Some(kind),
                Err(_) => return wrong("3d, 3d_prestack, 2d, 2d_prestack, single_trace or unknown"),
            },
            "byte_order" => match text.to_lowercase().as_str() {
                "big" => self.open.order = Some(ByteOrder::Big),
                "little" => self.open.order = Some(ByteOrder::Little),
                "pair-swapped" => self.open.order = Some(ByteOrder::PairSwapped),
                _ => return wrong("big, little or pair-swapped"),
            },
            "sample_format" => match format(text) {
                Some(format) => self.open.format = Some(format),
                None => {
                    return wrong("a code of the standard (1 IBM float, 5 float32 …) or a name: ibm, float32, int16 …");
                }
            },
            "samples" => match text.parse() {
                Ok(n) if n > 0 => self.open.samples = Some(n),
                _ => return wrong("a whole number above 0"),
            },
            "extended_headers" => match text.parse() {
                Ok(n) => self.open.extended_text_headers = Some(n),
                Err(_) => return wrong("a whole number"),
            },
            "sample_interval" => match number().filter(|v| *v > 0.0) {
                Some(v) => self.vertical.interval = Some(v),
                None => return wrong("a number above 0, in ms for time, m or ft for depth"),
            },
            "start" => match number() {
                Some(v) => self.vertical.start = Some(v),
                None => return wrong("a number, in ms for time, m or ft for depth"),
            },
            "domain" => match text.to_lowercase().as_str() {
                "time" => self.vertical.domain = Some(Domain::Time),
                "depth" => self.vertical.domain = Some(Domain::Depth),
                "frequency" => self.vertical.domain = Some(Domain::Frequency),
                _ => return wrong("time, depth or frequency"),
            },
            "damaged" => match text.to_lowercase().as_str() {
                "true" => self.open.damaged = true,
                "false" => self.open.damaged = false,
                _ => return wrong("true or false"),
            },
            "kind" => match text.to_lowercase().as_str() {
                "segy" => self.open.kind = Some(FileKind::SegY),
                "su" | "seismic_unix" => self.open.kind = Some(FileKind::SeismicUnix),
                _ => return wrong("segy or su"),
            },
            _ => {}
        }
        self.stated.push((name.to_owned(), text.to_owned()));
        Ok(())
    }

    /// What a file is inspected with before it is read.
    pub fn inspect(&self) -> InspectOptions {
        InspectOptions { geometry: self.geometry.clone(), vertical: self.vertical, amplitudes: None }
    }

    /// The same with statistics of amplitudes.
    pub fn inspect_with(&self, amplitudes: TraceChoice) -> InspectOptions {
        InspectOptions { amplitudes: Some(amplitudes), ..self.inspect() }
    }

    /// What was stated, as JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string(&self.stated).unwrap_or_default()
    }

    /// Options from what [`SegyOptions::to_json`] gave.
    ///
    /// # Errors
    /// In words: a text that is none.
    pub fn from_json(text: &str) -> Result<Self, String> {
        let Ok(stated) = serde_json::from_str::<Vec<(String, String)>>(text) else {
            return Err("the options of a SEG-Y file are not readable".to_owned());
        };
        let mut options = SegyOptions::default();
        for (name, value) in stated {
            options.set(&name, &value)?;
        }
        Ok(options)
    }
}

/// A sample format by its code or name.
fn format(text: &str) -> Option<SampleFormat> {
    if let Ok(code) = text.parse::<i32>() {
        return SampleFormat::from_code(code).ok();
    }
    let wanted = text.to_lowercase().replace([' ', '_'], "");
    SampleFormat::ALL.into_iter().find(|f| {
        let name = f.name().to_lowercase().replace(' ', "");
        name == wanted
            || (wanted == "ibm" && *f == SampleFormat::Ibm)
            || (wanted == "ieee" && *f == SampleFormat::Float32)
    })
}
