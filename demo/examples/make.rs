//! Writes the field into a folder: `cargo run -p outcrop-demo --example make -- FOLDER [WELLS] [LOG_STEP] [BIN]`.
//! BIN is the distance of the seismic lines in metres, `none` for no seismic cube.
//! `outcrop demo` does this and works the field from end to end; this is for benchmarks and tests.

use std::path::PathBuf;

use outcrop_demo::{DemoOptions, SeismicOptions, write};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().map(PathBuf::from).ok_or("usage: make FOLDER [WELLS] [LOG_STEP] [BIN | none]")?;
    let mut options = DemoOptions::default();
    if let Some(wells) = arguments.next() {
        options.wells = wells.parse()?;
    }
    if let Some(step) = arguments.next() {
        options.log_step = step.parse()?;
    }
    match arguments.next().as_deref() {
        None => {}
        Some("none") => options.seismic = None,
        Some(bin) => options.seismic = Some(SeismicOptions { bin: bin.parse()?, ..SeismicOptions::default() }),
    }
    let field = write(&folder, &options)?;
    println!("{} wells, {} files in {}", field.wells.len(), field.files.len(), field.folder.display());
    Ok(())
}
