//! What is stated of seismic files, for every command that reads them.

use clap::Args;

/// What is stated of seismic files rather than left to find out.
#[derive(Args)]
#[command(next_help_heading = "Seismic files (SEG-Y, Seismic Unix)")]
pub(crate) struct Segy {
    /// Byte of inline numbers in the trace header, counted from 1: 189, or 17:2 with its width
    #[arg(long, value_name = "BYTE")]
    pub(crate) inline_byte: Option<String>,
    /// Byte of crossline numbers
    #[arg(long, value_name = "BYTE")]
    pub(crate) crossline_byte: Option<String>,
    /// Byte of eastings
    #[arg(long, value_name = "BYTE")]
    pub(crate) x_byte: Option<String>,
    /// Byte of northings
    #[arg(long, value_name = "BYTE")]
    pub(crate) y_byte: Option<String>,
    /// Byte of CDP numbers
    #[arg(long, value_name = "BYTE")]
    pub(crate) cdp_byte: Option<String>,
    /// Byte of offsets
    #[arg(long, value_name = "BYTE")]
    pub(crate) offset_byte: Option<String>,
    /// Byte of shotpoint numbers
    #[arg(long, value_name = "BYTE")]
    pub(crate) shotpoint_byte: Option<String>,
    /// Sample format, whatever the header says: a code of the standard, or ibm, float32, int16 …
    #[arg(long, value_name = "FORMAT")]
    pub(crate) sample_format: Option<String>,
    /// Byte order: big, little or pair-swapped
    #[arg(long, value_name = "ORDER")]
    pub(crate) byte_order: Option<String>,
    /// What samples lie along: time, depth or frequency
    #[arg(long)]
    pub(crate) domain: Option<String>,
    /// Distance between samples, in ms, or m or ft for depth
    #[arg(long, value_name = "STEP")]
    pub(crate) sample_interval: Option<String>,
    /// Where the first sample is, in ms, or m or ft for depth
    #[arg(long, allow_hyphen_values = true)]
    pub(crate) start: Option<String>,
    /// What the traces are: 3d, 3d_prestack, 2d, 2d_prestack, single_trace or unknown
    #[arg(long, value_name = "KIND")]
    pub(crate) geometry: Option<String>,
    /// Read the whole traces of a file that is cut off
    #[arg(long)]
    pub(crate) damaged: bool,
}

impl Segy {
    /// As the reader takes them.
    pub(crate) fn options(&self) -> anyhow::Result<outcrop_seismic::SegyOptions> {
        let mut options = outcrop_seismic::SegyOptions::default();
        let damaged = self.damaged.then(|| "true".to_owned());
        let stated = [
            ("inline_byte", &self.inline_byte),
            ("crossline_byte", &self.crossline_byte),
            ("x_byte", &self.x_byte),
            ("y_byte", &self.y_byte),
            ("cdp_byte", &self.cdp_byte),
            ("offset_byte", &self.offset_byte),
            ("shotpoint_byte", &self.shotpoint_byte),
            ("sample_format", &self.sample_format),
            ("byte_order", &self.byte_order),
            ("domain", &self.domain),
            ("sample_interval", &self.sample_interval),
            ("start", &self.start),
            ("geometry", &self.geometry),
            ("damaged", &damaged),
        ];
        for (name, value) in stated {
            if let Some(value) = value {
                let named = |e: String| anyhow::anyhow!("--{}: {e}", name.replace('_', "-"));
                options.set(name, value).map_err(named)?;
            }
        }
        Ok(options)
    }
}
