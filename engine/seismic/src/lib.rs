//! Seismic volumes: samples of traces, read along any direction at about the same cost.
//!
//! A [`Volume`] gives samples of traces, each of which has a place in it, its *slot*. There are three:
//!
//! * [`SegyVolume`]: a SEG-Y file, read in place; slots are the traces in the order of the file;
//! * [`BrickVolume`]: samples in bricks, as a project stores them; slots are rows times columns of a grid of traces;
//! * [`MemoryVolume`]: traces that a query computed; slots are its rows.
//!
//! What a trace is (its inline, crossline, coordinates …) is not known here but in the table of traces, which names the slot of each.
//!
//! | file | what |
//! |---|---|
//! | `axis` | the vertical axis |
//! | `amplitudes` | what samples are like, found while they are read |
//! | `volume` | what a volume is |
//! | `segy` | SEG-Y files as volumes |
//! | `memory` | traces in memory as a volume |
//! | `survey` | a SEG-Y file with what its traces are |
//! | `facts` | what is known of a stored volume besides its layout |
//! | `headers` | trace headers as they are kept |
//! | `bricks/` | the stored layout: its description, writing, reading, coarser levels |

mod amplitudes;
pub mod axis;
pub mod bricks;
mod error;
mod facts;
mod headers;
mod joined;
mod memory;
mod options;
mod segy;
mod survey;
mod volume;

pub use amplitudes::AmplitudeSums;
pub use axis::{Domain, SampleAxis};
pub use bricks::{BrickVolume, Description};
pub use error::SeismicError;
pub use facts::{Amplitudes, FACTS, Lines, VolumeFacts};
pub use headers::{HEADERS_TOGETHER, fold_headers, unfold_headers};
pub use joined::open_joined;
pub use memory::MemoryVolume;
pub use options::{OPTION_NAMES, SegyOptions};
pub use segy::SegyVolume;
pub use survey::{SLOT_COLUMN, Survey};
pub use volume::{Counter, Meter, NoMeter, Volume};
