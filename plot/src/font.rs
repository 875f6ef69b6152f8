//! The crate's own font: Inter (SIL Open Font License), subset and renamed, see `assets/fonts/OFL.txt`.

use std::sync::LazyLock;

use base64::Engine as _;

/// Family name in SVG and in the font files.
pub(crate) const FAMILY: &str = "Outcrop Sans";
const REGULAR: &[u8] = include_bytes!("../assets/fonts/OutcropSans-Regular.otf");
const SEMIBOLD: &[u8] = include_bytes!("../assets/fonts/OutcropSans-SemiBold.otf");
const REGULAR_WEB: &[u8] = include_bytes!("../assets/fonts/OutcropSans-Regular.woff2");
const SEMIBOLD_WEB: &[u8] = include_bytes!("../assets/fonts/OutcropSans-SemiBold.woff2");

/// The font files for rendering.
pub(crate) const FILES: [&[u8]; 2] = [REGULAR, SEMIBOLD];

/// Style sheet that carries the fonts inside an SVG file (56 kB), so that browsers show it alike.
pub(crate) static STYLE_SHEET: LazyLock<String> = LazyLock::new(|| {
    let face = |weight: u32, data: &[u8]| {
        format!(
            "@font-face{{font-family:'{FAMILY}';font-weight:{weight};src:url(data:font/woff2;base64,{}) format('woff2')}}",
            base64::engine::general_purpose::STANDARD.encode(data)
        )
    };
    face(400, REGULAR_WEB) + &face(600, SEMIBOLD_WEB)
});

/// Advance widths in em.
struct Widths {
    /// Width of U+0000 to U+01FF.
    latin: Vec<f32>,
    face: Option<ttf_parser::Face<'static>>,
}

impl Widths {
    fn new(data: &'static [u8]) -> Self {
        let face = ttf_parser::Face::parse(data, 0).ok();
        let latin =
            (0..0x200u32).map(|c| char::from_u32(c).map_or(MISSING, |c| Self::measure(face.as_ref(), c))).collect();
        Self { latin, face }
    }

    fn measure(face: Option<&ttf_parser::Face<'_>>, c: char) -> f32 {
        face.and_then(|f| {
            let advance = f.glyph_hor_advance(f.glyph_index(c)?)?;
            Some(f32::from(advance) / f32::from(f.units_per_em()))
        })
        .unwrap_or(MISSING)
    }

    fn of(&self, c: char) -> f32 {
        match self.latin.get(c as usize) {
            Some(w) => *w,
            None => Self::measure(self.face.as_ref(), c),
        }
    }
}

/// Width taken for a character that the font lacks: another font of the reader's may show it.
const MISSING: f32 = 1.0;

static REGULAR_WIDTHS: LazyLock<Widths> = LazyLock::new(|| Widths::new(REGULAR));
static SEMIBOLD_WIDTHS: LazyLock<Widths> = LazyLock::new(|| Widths::new(SEMIBOLD));

/// Width of a line of text in px.
pub(crate) fn text_width(text: &str, size: f64, bold: bool) -> f64 {
    let widths = if bold { &*SEMIBOLD_WIDTHS } else { &*REGULAR_WIDTHS };
    text.chars().map(|c| f64::from(widths.of(c))).sum::<f64>() * size
}

/// The text, cut with an ellipsis when it is wider than `room` px.
pub(crate) fn fit(text: &str, size: f64, bold: bool, room: f64) -> String {
    if text_width(text, size, bold) <= room {
        return text.to_owned();
    }
    let room = room - text_width("…", size, bold);
    let mut used = 0.0;
    let kept: String = text
        .chars()
        .take_while(|c| {
            used += text_width(c.encode_utf8(&mut [0; 4]), size, bold);
            used <= room
        })
        .collect();
    format!("{}…", kept.trim_end())
}

/// The text, its middle replaced by an ellipsis when it is wider than `room` px: names often
/// differ only at their end.
pub(crate) fn fit_middle(text: &str, size: f64, bold: bool, room: f64) -> String {
    if text_width(text, size, bold) <= room {
        return text.to_owned();
    }
    let half = (room - text_width("…", size, bold)) / 2.0;
    let take = |chars: &mut dyn Iterator<Item = char>| -> Vec<char> {
        let mut used = 0.0;
        chars
            .take_while(|c| {
                used += text_width(c.encode_utf8(&mut [0; 4]), size, bold);
                used <= half
            })
            .collect()
    };
    let start: String = take(&mut text.chars()).into_iter().collect();
    let end: String = take(&mut text.chars().rev()).into_iter().rev().collect();
    format!("{start}…{end}")
}

/// Breaks a text at spaces into at most `most` lines of at most `room` px; what does not fit
/// ends with an ellipsis.
pub(crate) fn wrap(text: &str, size: f64, bold: bool, room: f64, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let full = lines.len() == most;
        match lines.last_mut() {
            // The last line takes all that is left and is cut below.
            Some(last) if full || text_width(&format!("{last} {word}"), size, bold) <= room => {
                last.push(' ');
                last.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.into_iter().map(|line| fit(&line, size, bold, room)).collect()
}
