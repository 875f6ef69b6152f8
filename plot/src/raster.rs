//! Pictures of px inside an SVG, as embedded PNG.

use base64::Engine as _;
use resvg::tiny_skia;

use crate::color::Rgb;
use crate::error::{PlotError, Result};
use crate::svg::{Svg, num};

/// Draws px (red, green, blue, opacity of each, the upper row first) into a rectangle (left, top, width, height); each colour
/// times its opacity. `attributes` are further ones of the element, with a blank before them.
pub(crate) fn image(
    svg: &mut Svg,
    (x, y, width, height): (f64, f64, f64, f64),
    (columns, rows): (usize, usize),
    px: Vec<u8>,
    attributes: &str,
) -> Result<()> {
    let file = tiny_skia::IntSize::from_wh(columns as u32, rows as u32)
        .and_then(|size| tiny_skia::Pixmap::from_vec(px, size))
        .ok_or_else(|| PlotError::Png(format!("no picture of {columns} x {rows} px")))?
        .encode_png()
        .map_err(|e| PlotError::Png(e.to_string()))?;
    embed(svg, (x, y, width, height), &file, attributes);
    Ok(())
}

/// Draws px as [`image`] does, each the number of one of at most 255 colours, counted from 1; 0 is clear. A third of the size
/// of one with a colour in each px.
pub(crate) fn palette_image(
    svg: &mut Svg,
    place: (f64, f64, f64, f64),
    (columns, rows): (usize, usize),
    px: &[u8],
    colors: &[Rgb],
) -> Result<()> {
    let failed = |e: png::EncodingError| PlotError::Png(e.to_string());
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, columns as u32, rows as u32);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    let clear = [0, 0, 0];
    encoder.set_palette(colors.iter().fold(clear.to_vec(), |mut all, c| {
        all.extend([c.0, c.1, c.2]);
        all
    }));
    encoder.set_trns(&[0u8][..]);
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(px).map_err(failed)?;
    writer.finish().map_err(failed)?;
    embed(svg, place, &file, "");
    Ok(())
}

/// The element with a PNG file.
fn embed(svg: &mut Svg, (x, y, width, height): (f64, f64, f64, f64), file: &[u8], attributes: &str) {
    let data = base64::engine::general_purpose::STANDARD.encode(file);
    svg.raw(&format!(
        "<image x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" preserveAspectRatio=\"none\"{attributes} \
         xlink:href=\"data:image/png;base64,{data}\"/>",
        num(x),
        num(y),
        num(width),
        num(height)
    ));
}
