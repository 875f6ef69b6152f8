//! Colours and Crameri's scientific colour maps.
//!
//! The maps are perceptually uniform and readable with colour blindness: Crameri, F., Shephard,
//! G. E., Heron, P. J. (2020): The misuse of colour in science communication. Nature
//! Communications 11, 5444. Tables and licence: `assets/colormaps`.

use std::fmt;

use crate::error::{PlotError, Result};

/// An opaque sRGB colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rgb(pub u8, pub u8, pub u8);

impl Rgb {
    /// White.
    pub const WHITE: Self = Self(0xFF, 0xFF, 0xFF);
    /// The dark slate of text and frames.
    pub const SLATE: Self = Self(0x16, 0x1C, 0x23);
    /// The teal accent.
    pub const TEAL: Self = Self(0x3F, 0xB6, 0xA8);

    /// Reads `#rgb` or `#rrggbb`.
    ///
    /// ```
    /// use outcrop_plot::color::Rgb;
    /// assert_eq!(Rgb::from_hex("#3FB6A8")?, Rgb::TEAL);
    /// # Ok::<(), outcrop_plot::PlotError>(())
    /// ```
    ///
    /// # Errors
    /// Any other text.
    pub fn from_hex(text: &str) -> Result<Self> {
        let wrong = || PlotError::InvalidColor { found: text.to_owned() };
        let digits = text.trim().strip_prefix('#').ok_or_else(wrong)?;
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        let value = u32::from_str_radix(digits, 16).map_err(|_| wrong())?;
        let part = |shift: u32, bits: u32| ((value >> shift) & ((1 << bits) - 1)) as u8;
        match digits.len() {
            3 => Ok(Self(part(8, 4) * 17, part(4, 4) * 17, part(0, 4) * 17)),
            6 => Ok(Self(part(16, 8), part(8, 8), part(0, 8))),
            _ => Err(wrong()),
        }
    }

    /// The colour between this one (`t` = 0) and another (`t` = 1), linear in sRGB.
    pub fn mix(self, other: Self, t: f64) -> Self {
        let t = t.clamp(0.0, 1.0);
        let channel = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * t).round() as u8;
        Self(channel(self.0, other.0), channel(self.1, other.1), channel(self.2, other.2))
    }

    /// Relative luminance, 0 (black) to 1 (white), WCAG 2.1.
    pub fn luminance(self) -> f64 {
        let linear = |v: u8| {
            let v = f64::from(v) / 255.0;
            if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }
}

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02X}{:02X}{:02X}", self.0, self.1, self.2)
    }
}

macro_rules! tables {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_bytes!(concat!("../assets/colormaps/", $name, ".rgb")))),+]
    };
}

/// Name and table of each map, three bytes an entry.
static TABLES: &[(&str, &[u8])] = tables![
    "acton", "bamako", "batlow", "batlowS", "broc", "cork", "davos", "grayC", "hawaii", "lapaz", "oslo", "roma",
    "romaO", "turku", "vik",
];

/// A colour map: colours for the interval from 0 to 1.
///
/// `batlow` suits magnitudes, `vik`, `broc`, `cork` and `roma` differences around a middle,
/// `romaO` cyclic values such as phase, `batlowS` classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ColorMap {
    name: &'static str,
    table: &'static [u8],
    reversed: bool,
}

impl ColorMap {
    /// The map of this name (capitals do not matter); `_r` at the end turns it round.
    ///
    /// ```
    /// use outcrop_plot::color::ColorMap;
    /// let (map, turned) = (ColorMap::by_name("batlow")?, ColorMap::by_name("batlow_r")?);
    /// assert_eq!(map.at(0.0), turned.at(1.0));
    /// assert!(ColorMap::by_name("jet").is_err());
    /// # Ok::<(), outcrop_plot::PlotError>(())
    /// ```
    ///
    /// # Errors
    /// An unknown name; the message lists all names.
    pub fn by_name(name: &str) -> Result<Self> {
        let wanted = name.trim();
        let (base, reversed) = match wanted.strip_suffix("_r") {
            Some(base) => (base, true),
            None => (wanted, false),
        };
        TABLES
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(base))
            .map(|&(name, table)| Self { name, table, reversed })
            .ok_or_else(|| PlotError::UnknownColorMap {
                name: name.to_owned(),
                known: Self::names().collect::<Vec<_>>().join(", "),
            })
    }

    /// The names of all maps.
    pub fn names() -> impl Iterator<Item = &'static str> {
        TABLES.iter().map(|&(name, _)| name)
    }

    /// The map's name, without `_r`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The map turned round.
    #[must_use]
    pub fn reversed(self) -> Self {
        Self { reversed: !self.reversed, ..self }
    }

    /// The colour at `t` from 0 to 1; values outside and NaN take the nearer end and 0.
    pub fn at(&self, t: f64) -> Rgb {
        let t = if t.is_nan() { 0.0 } else { t.clamp(0.0, 1.0) };
        let last = self.len().saturating_sub(1);
        self.entry((t * last as f64).round() as usize)
    }

    /// Entry `index` of the table, for classes; beyond the end it starts again.
    pub fn entry(&self, index: usize) -> Rgb {
        let index = index % self.len().max(1);
        let index = if self.reversed { self.len() - 1 - index } else { index };
        match self.table.get(3 * index..3 * index + 3) {
            Some(&[r, g, b]) => Rgb(r, g, b),
            _ => Rgb::SLATE,
        }
    }

    /// Number of entries: 256, or 100 for the categorical batlowS.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.table.len() / 3
    }
}
