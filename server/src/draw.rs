//! Pictures: the program that has the server draws them, as `outcrop plot` does.

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;

use outcrop_session::Session;
use serde_json::{Map, Value};

/// What kind of file a picture is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureFormat {
    /// SVG.
    Svg,
    /// PNG.
    Png,
    /// PDF.
    Pdf,
}

/// A picture that is wanted.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// `map`, `log`, `section`, `crossplot`, `histogram`.
    pub kind: String,
    /// A query whose rows are drawn, where the kind takes one.
    pub sql: Option<String>,
    /// Options by the names that `outcrop plot` gives them.
    pub options: Map<String, Value>,
    /// What it becomes.
    pub format: PictureFormat,
}

/// Draws pictures.
pub trait Draw: Debug + Send + Sync {
    /// Draws one of what a session reads; the bytes of the file, or what is wrong with the wish.
    fn draw(&self, session: Session, wanted: Wanted) -> Pin<Box<dyn Future<Output = Result<Vec<u8>, String>> + Send>>;
}
