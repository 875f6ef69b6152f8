//! Builds SVG text.

use std::fmt::Write as _;

use crate::color::Rgb;
use crate::font;

/// Writes XML text: the five special characters become entities, characters that XML 1.0
/// forbids become U+FFFD, line breaks and tabs become spaces.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\n' | '\r' | '\t' => out.push(' '),
            '\0'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
    out
}

/// A coordinate with at most two decimals.
pub(crate) fn num(value: f64) -> String {
    let mut text = String::new();
    push_num(&mut text, value);
    text
}

/// Appends a coordinate with at most two decimals.
pub(crate) fn push_num(out: &mut String, value: f64) {
    let hundredths = (value * 100.0).round();
    if !hundredths.is_finite() {
        out.push('0');
        return;
    }
    let h = hundredths as i64;
    if h < 0 {
        out.push('-');
    }
    let h = h.unsigned_abs();
    // Writing to a String cannot fail.
    let _ = match (h / 100, h % 100) {
        (whole, 0) => write!(out, "{whole}"),
        (whole, part) if part % 10 == 0 => write!(out, "{whole}.{}", part / 10),
        (whole, part) => write!(out, "{whole}.{part:02}"),
    };
}

/// Path data of a line through points.
pub(crate) fn path_data(points: &[(f64, f64)], closed: bool) -> String {
    let mut d = String::with_capacity(points.len() * 12);
    for (k, &(x, y)) in points.iter().enumerate() {
        d.push(if k == 0 { 'M' } else { 'L' });
        push_num(&mut d, x);
        d.push(' ');
        push_num(&mut d, y);
    }
    if closed {
        d.push('Z');
    }
    d
}

/// Where the given x lies in a line of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// A line of text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Text<'a> {
    pub x: f64,
    /// The base line.
    pub y: f64,
    pub size: f64,
    pub content: &'a str,
    pub anchor: Anchor,
    pub bold: bool,
    pub color: Rgb,
    /// Degrees clockwise about (x, y).
    pub rotate: f64,
    /// Outline behind the letters, so that they read on any ground: colour and width.
    pub halo: Option<(Rgb, f64)>,
}

impl<'a> Text<'a> {
    pub fn new(x: f64, y: f64, size: f64, content: &'a str) -> Self {
        Self { x, y, size, content, anchor: Anchor::Start, bold: false, color: Rgb::SLATE, rotate: 0.0, halo: None }
    }

    pub fn anchor(self, anchor: Anchor) -> Self {
        Self { anchor, ..self }
    }

    pub fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    pub fn color(self, color: Rgb) -> Self {
        Self { color, ..self }
    }

    pub fn rotate(self, rotate: f64) -> Self {
        Self { rotate, ..self }
    }

    pub fn halo(self, color: Rgb, width: f64) -> Self {
        Self { halo: Some((color, width)), ..self }
    }
}

/// An SVG document under construction.
pub(crate) struct Svg {
    body: String,
    clips: usize,
}

impl Svg {
    pub fn new() -> Self {
        Self { body: String::new(), clips: 0 }
    }

    /// Appends markup that is already escaped.
    pub fn raw(&mut self, markup: &str) {
        self.body.push_str(markup);
    }

    pub fn text(&mut self, text: Text<'_>) {
        if text.content.trim().is_empty() {
            return;
        }
        let anchor = match text.anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let weight = if text.bold { " font-weight=\"600\"" } else { "" };
        let rotate = if text.rotate == 0.0 {
            String::new()
        } else {
            format!(" transform=\"rotate({} {} {})\"", num(text.rotate), num(text.x), num(text.y))
        };
        let halo = text.halo.map_or(String::new(), |(color, width)| {
            format!(
                " stroke=\"{color}\" stroke-width=\"{}\" stroke-linejoin=\"round\" paint-order=\"stroke\"",
                num(width)
            )
        });
        let _ = write!(
            self.body,
            "<text x=\"{}\" y=\"{}\" font-size=\"{}\" fill=\"{}\"{anchor}{weight}{rotate}{halo}>{}</text>",
            num(text.x),
            num(text.y),
            num(text.size),
            text.color,
            escape(text.content)
        );
    }

    pub fn rect(&mut self, x: f64, y: f64, width: f64, height: f64, attributes: &str) {
        let _ = write!(
            self.body,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" {attributes}/>",
            num(x),
            num(y),
            num(width),
            num(height)
        );
    }

    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), color: Rgb, width: f64) {
        self.path(&path_data(&[from, to], false), &stroke(color, width, None));
    }

    pub fn path(&mut self, data: &str, attributes: &str) {
        if !data.is_empty() {
            let _ = write!(self.body, "<path d=\"{data}\" {attributes}/>");
        }
    }

    /// Opens a group that shows only what is inside a rectangle; close it with `end_group`.
    pub fn clip_group(&mut self, x: f64, y: f64, width: f64, height: f64) {
        self.clips += 1;
        let id = self.clips;
        let _ = write!(self.body, "<clipPath id=\"c{id}\">");
        self.rect(x, y, width, height, "");
        let _ = write!(self.body, "</clipPath><g clip-path=\"url(#c{id})\">");
    }

    pub fn end_group(&mut self) {
        self.body.push_str("</g>");
    }

    /// The whole document.
    pub fn finish(self, width: f64, height: f64, page: Rgb, title: &str) -> String {
        let (w, h) = (num(width.ceil()), num(height.ceil()));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\" \
             font-family=\"'{family}', Inter, Helvetica, Arial, sans-serif\">\
             <title>{title}</title><style>{style}</style>\
             <rect width=\"{w}\" height=\"{h}\" fill=\"{page}\"/>{body}</svg>\n",
            family = font::FAMILY,
            title = escape(title),
            style = *font::STYLE_SHEET,
            body = self.body,
        )
    }
}

/// Attributes of an unfilled line.
pub(crate) fn stroke(color: Rgb, width: f64, dash: Option<String>) -> String {
    let dash = dash.map_or(String::new(), |d| format!(" stroke-dasharray=\"{d}\""));
    format!("fill=\"none\" stroke=\"{color}\" stroke-width=\"{}\"{dash}", num(width))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_are_short() {
        assert_eq!(num(12.0), "12");
        assert_eq!(num(-0.5), "-0.5");
        assert_eq!(num(6.12345), "6.12");
        assert_eq!(num(1.005), "1");
        assert_eq!(num(-0.001), "0");
        assert_eq!(num(f64::NAN), "0");
    }

    #[test]
    fn text_cannot_break_out() {
        assert_eq!(escape("<a&b>\"'\u{1}\n"), "&lt;a&amp;b&gt;&quot;&apos;\u{FFFD} ");
    }
}
