//! SVG to PNG and PDF, with the crate's own fonts only.

use std::sync::{Arc, LazyLock};

use resvg::{tiny_skia, usvg};

use crate::error::{PlotError, Result};

/// Largest side of a PNG in px, so that a wrong scale does not take all memory.
const LARGEST_SIDE: f64 = 30_000.0;
/// Largest area of a PNG in px, 4 bytes each.
const LARGEST_AREA: f64 = 250_000_000.0;

static FONTS: LazyLock<Arc<usvg::fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = usvg::fontdb::Database::new();
    for data in crate::font::FILES {
        fonts.load_font_data(data.to_vec());
    }
    fonts.set_sans_serif_family(crate::font::FAMILY);
    fonts.set_serif_family(crate::font::FAMILY);
    fonts.set_monospace_family(crate::font::FAMILY);
    Arc::new(fonts)
});

fn parse(svg: &str) -> Result<usvg::Tree> {
    let options = usvg::Options {
        font_family: crate::font::FAMILY.into(),
        fontdb: Arc::clone(&FONTS),
        // No file is ever read for an image: only data URLs are followed.
        image_href_resolver: usvg::ImageHrefResolver {
            resolve_data: usvg::ImageHrefResolver::default_data_resolver(),
            resolve_string: Box::new(|_, _| None),
        },
        ..usvg::Options::default()
    };
    usvg::Tree::from_str(svg, &options).map_err(|e| PlotError::Svg(e.to_string()))
}

/// Renders SVG text to a PNG file's bytes; `scale` 1 is 96 dpi, 2 is 192 dpi.
///
/// Text is drawn with the crate's fonts whatever the machine has; files and addresses that
/// the SVG refers to are not read.
///
/// # Errors
/// SVG that does not parse, a scale that is not positive, a picture of more than 30,000 px a
/// side or 250 million px.
pub fn png(svg: &str, scale: f32) -> Result<Vec<u8>> {
    if !(scale.is_finite() && scale > 0.0) {
        return Err(PlotError::InvalidNumber {
            what: "the PNG's scale".into(),
            found: f64::from(scale),
            expected: "a positive number such as 2",
        });
    }
    let tree = parse(svg)?;
    let side = |v: f32| (f64::from(v) * f64::from(scale)).ceil().max(1.0);
    let (width, height) = (side(tree.size().width()), side(tree.size().height()));
    let longest = width.max(height);
    if longest > LARGEST_SIDE {
        return Err(PlotError::TooLarge {
            what: "the PNG's longest side",
            found: longest,
            limit: LARGEST_SIDE,
            remedy: "use a smaller scale, a shorter depth range, or PDF",
        });
    }
    if width * height > LARGEST_AREA {
        return Err(PlotError::TooLarge {
            what: "the PNG's area",
            found: width * height,
            limit: LARGEST_AREA,
            remedy: "use a smaller scale, a shorter depth range, or PDF",
        });
    }
    let mut pixels = tiny_skia::Pixmap::new(width as u32, height as u32)
        .ok_or_else(|| PlotError::Png(format!("no memory for {width} x {height} px")))?;
    resvg::render(&tree, tiny_skia::Transform::from_scale(scale, scale), &mut pixels.as_mut());
    pixels.encode_png().map_err(|e| PlotError::Png(e.to_string()))
}

/// Converts SVG text to a PDF file's bytes: vectors stay vectors, text stays text, the page
/// has the size of the picture (96 px to the inch). Some viewers show at most 200 inches
/// (5.08 m) of a page; a longer log plot needs a smaller drawing scale for them.
///
/// # Errors
/// SVG that does not parse, or that the PDF writer refuses.
pub fn pdf(svg: &str) -> Result<Vec<u8>> {
    let tree = parse(svg)?;
    svg2pdf::to_pdf(&tree, svg2pdf::ConversionOptions::default(), svg2pdf::PageOptions { dpi: 96.0 })
        .map_err(|e| PlotError::Pdf(e.to_string()))
}
