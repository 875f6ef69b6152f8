//! Where the traces are.

/// Azimuth in which crossline numbers grow along an inline, degrees from grid north. Inline numbers grow towards 30 degrees.
pub const INLINE_AZIMUTH: f64 = 120.0;
/// Easting and northing of the platform that the vessel could not come near, metre.
pub const PLATFORM: (f64, f64) = (463_300.0, 6_788_900.0);
/// There is no trace within this distance of the platform, metre.
pub const HOLE: f64 = 260.0;

/// Middle of the survey: between the two culminations, both of which one inline crosses.
const MIDDLE: (f64, f64) = (462_500.0, 6_787_750.0);
/// Length of an inline, metre.
const ALONG: f64 = 12_000.0;
/// From the first inline to the last, metre.
const ACROSS: f64 = 6_000.0;

/// The grid of bins of the cube.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Survey {
    /// Distance between inlines and between the traces of an inline, metre.
    pub bin: f64,
    /// Number of the first inline.
    pub first_inline: i32,
    /// How many inlines.
    pub inlines: usize,
    /// Number of the first crossline.
    pub first_crossline: i32,
    /// How many crosslines.
    pub crosslines: usize,
}

/// A bin of the survey.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bin {
    /// Inline number.
    pub inline: i32,
    /// Crossline number.
    pub crossline: i32,
    /// Easting of its middle, metre, to the centimetre as in the trace header.
    pub x: f64,
    /// Northing of its middle, metre, to the centimetre.
    pub y: f64,
}

impl Survey {
    /// The survey with bins of a size in metres.
    pub(crate) fn of(bin: f64) -> Self {
        let count = |length: f64| (length / bin + 1e-9).floor() as usize + 1;
        Self { bin, first_inline: 1001, inlines: count(ACROSS), first_crossline: 2001, crosslines: count(ALONG) }
    }

    /// Number of the last inline.
    pub fn last_inline(&self) -> i32 {
        self.first_inline + self.inlines as i32 - 1
    }

    /// Number of the last crossline.
    pub fn last_crossline(&self) -> i32 {
        self.first_crossline + self.crosslines as i32 - 1
    }

    /// Unit vectors (east, north) along an inline and across the inlines.
    fn axes() -> ((f64, f64), (f64, f64)) {
        let (sin, cos) = INLINE_AZIMUTH.to_radians().sin_cos();
        ((sin, cos), (-cos, sin))
    }

    /// Easting and northing of an inline and a crossline (fractions lie between bins), metre.
    pub fn position(&self, inline: f64, crossline: f64) -> (f64, f64) {
        let (along, across) = Self::axes();
        let u = (crossline - f64::from(self.first_crossline)) * self.bin - ALONG / 2.0;
        let v = (inline - f64::from(self.first_inline)) * self.bin - ACROSS / 2.0;
        (MIDDLE.0 + u * along.0 + v * across.0, MIDDLE.1 + u * along.1 + v * across.1)
    }

    /// Inline and crossline (with fractions) of a place, inside the survey or not.
    pub fn lines(&self, x: f64, y: f64) -> (f64, f64) {
        let (along, across) = Self::axes();
        let (dx, dy) = (x - MIDDLE.0, y - MIDDLE.1);
        let (u, v) = (dx * along.0 + dy * along.1, dx * across.0 + dy * across.1);
        (
            (v + ACROSS / 2.0) / self.bin + f64::from(self.first_inline),
            (u + ALONG / 2.0) / self.bin + f64::from(self.first_crossline),
        )
    }

    /// The bin of an inline and a crossline.
    pub fn bin(&self, inline: i32, crossline: i32) -> Bin {
        let (x, y) = self.position(f64::from(inline), f64::from(crossline));
        let cents = |v: f64| (v * 100.0).round() / 100.0;
        Bin { inline, crossline, x: cents(x), y: cents(y) }
    }

    /// Whether a bin is too near the platform to have a trace.
    pub fn is_hole(&self, bin: &Bin) -> bool {
        (bin.x - PLATFORM.0).hypot(bin.y - PLATFORM.1) < HOLE
    }

    /// Inline and crossline of the trace that is all zeros.
    pub fn dead_trace(&self) -> (i32, i32) {
        (self.first_inline + (self.inlines / 4) as i32, self.first_crossline + (self.crosslines / 3) as i32)
    }

    /// The bins of an inline that have a trace, in order of their crosslines.
    pub fn traces(&self, inline: i32) -> impl Iterator<Item = Bin> + '_ {
        (self.first_crossline..=self.last_crossline()).map(move |x| self.bin(inline, x)).filter(|b| !self.is_hole(b))
    }

    /// The four corners: first inline and first crossline, first and last, last and last, last and first.
    pub fn corners(&self) -> [Bin; 4] {
        let (i, j, x, y) = (self.first_inline, self.last_inline(), self.first_crossline, self.last_crossline());
        [self.bin(i, x), self.bin(i, y), self.bin(j, y), self.bin(j, x)]
    }
}
