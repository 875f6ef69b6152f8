//! Pictures into files, by ending.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use anyhow::{Context, Result, bail};
use outcrop_plot::render;
use outcrop_session::Session;
use outcrop_store::{Location, Roots};

use crate::arguments::Global;
use crate::context::base;
use crate::output::check_folder;
use crate::print::aside;

/// Dots a picture has for each of its own units: sharp on screens and in print.
const SCALE: f32 = 2.0;

/// What kind of file a picture becomes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Svg,
    Png,
    Pdf,
}

/// A picture that a server wants: of this session, into memory.
#[derive(Debug, Clone)]
pub(crate) struct Drawing {
    pub(crate) session: Session,
    pub(crate) kind: Kind,
    pub(crate) picture: Arc<OnceLock<Vec<u8>>>,
}

/// Where a picture goes.
pub(crate) struct Target {
    kind: Kind,
    place: Place,
}

enum Place {
    File(Location),
    Memory(Arc<OnceLock<Vec<u8>>>),
}

impl Target {
    /// Checks that the picture can be written there, before the work that makes it.
    pub(crate) fn new(global: &Global, roots: &Roots, path: &Path) -> Result<Self> {
        if let Some(drawing) = &global.drawing {
            return Ok(Target { kind: drawing.kind, place: Place::Memory(Arc::clone(&drawing.picture)) });
        }
        let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
        let kind = match ending.as_str() {
            "svg" => Kind::Svg,
            "png" => Kind::Png,
            "pdf" => Kind::Pdf,
            _ => bail!(
                "{}: pictures are written as .svg, .png or .pdf; give the file one of these endings",
                path.display()
            ),
        };
        let base = base()?;
        let text = path.to_str().context("the path is not valid text")?;
        let whole = base.join(path);
        check_folder(whole.parent().unwrap_or(&base))?;
        if whole.is_dir() {
            bail!("{}: this is a folder; add the name of a file", path.display());
        }
        Ok(Target { kind, place: Place::File(roots.resolve_for_writing(text, &base)?) })
    }

    /// Draws and writes it.
    pub(crate) async fn write(&self, roots: &Roots, svg: String) -> Result<()> {
        let bytes = match self.kind {
            Kind::Svg => svg.into_bytes(),
            Kind::Png => render::png(&svg, SCALE)?,
            Kind::Pdf => render::pdf(&svg)?,
        };
        match &self.place {
            Place::File(location) => {
                roots.write(location, bytes.into()).await?;
                aside!("{}", location.display);
            }
            Place::Memory(picture) => drop(picture.set(bytes)),
        }
        Ok(())
    }
}
