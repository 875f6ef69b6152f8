//! Dash patterns and paper colours, shared by maps and log plots.

use crate::color::Rgb;

/// Dash pattern of a line, so that lines differ without colour too.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Dash {
    /// Unbroken.
    #[default]
    Solid,
    /// Long dashes.
    Dashed,
    /// Dots.
    Dotted,
    /// A dash and a dot in turn.
    DashDot,
}

impl Dash {
    /// The SVG dash array for a line of this width, or `None` for an unbroken line.
    pub(crate) fn array(self, width: f64) -> Option<String> {
        let w = width.max(0.8);
        let list: &[f64] = match self {
            Self::Solid => return None,
            Self::Dashed => &[7.0, 2.5],
            Self::Dotted => &[2.2, 1.6],
            Self::DashDot => &[8.0, 2.0, 2.0, 2.0],
        };
        Some(list.iter().map(|v| crate::svg::num(v * w)).collect::<Vec<_>>().join(" "))
    }
}

/// The colour of the page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Paper {
    /// Light paper, `#F7F5F0`, with a white drawing area.
    #[default]
    Light,
    /// White, for print.
    White,
}

impl Paper {
    /// The page's colour.
    pub fn color(self) -> Rgb {
        match self {
            Self::Light => Rgb(0xF7, 0xF5, 0xF0),
            Self::White => Rgb::WHITE,
        }
    }
}
