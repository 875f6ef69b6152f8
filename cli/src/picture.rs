//! Pictures into files, by ending.

use anyhow::{Context, Result, bail};
use outcrop_plot::render;
use outcrop_store::Roots;

use crate::context::base;

/// Dots a picture has for each of its own units: sharp on screens and in print.
const SCALE: f32 = 2.0;

/// Writes a picture where the session may write.
pub(crate) async fn write(roots: &Roots, svg: String, path: &std::path::Path) -> Result<()> {
    let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    let bytes = match ending.as_str() {
        "svg" => svg.into_bytes(),
        "png" => render::png(&svg, SCALE)?,
        "pdf" => render::pdf(&svg)?,
        _ => {
            bail!("{}: pictures are written as .svg, .png or .pdf; give the file one of these endings", path.display())
        }
    };
    let text = path.to_str().context("the path is not valid text")?;
    let location = roots.resolve_for_writing(text, &base()?)?;
    roots.write(&location, bytes.into()).await?;
    eprintln!("{}", path.display());
    Ok(())
}
