//! Units of measure: what a text means, and conversion between units of one dimension.
//!
//! A unit that is not in the table is *unknown*: it is never read as another one.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What a unit measures. Only units of one dimension convert into each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dimension {
    /// Length, depth, diameter.
    Length,
    /// Time.
    Time,
    /// Sonic slowness.
    Slowness,
    /// Velocity.
    Velocity,
    /// Mass density.
    Density,
    /// A fraction: porosity, saturation.
    Fraction,
    /// Natural gamma radiation.
    GammaRay,
    /// Electrical resistivity.
    Resistivity,
    /// Electrical conductivity.
    Conductivity,
    /// Electrical potential.
    Potential,
    /// Photoelectric absorption.
    Photoelectric,
    /// Temperature.
    Temperature,
    /// Plane angle.
    Angle,
    /// Permeability.
    Permeability,
    /// Pressure.
    Pressure,
    /// Force (weight on bit, cable tension).
    Force,
    /// A concentration in parts per million by mass.
    Concentration,
    /// Volume.
    Volume,
    /// Rate of penetration is a velocity; this is volume per time.
    VolumeRate,
    /// Acoustic impedance.
    Impedance,
}

struct Entry {
    symbol: &'static str,
    dimension: Dimension,
    /// One of this unit in the base unit of the dimension.
    factor: f64,
    /// What is added after the factor (temperatures).
    offset: f64,
    /// Spellings, upper case, without blanks.
    spellings: &'static [&'static str],
}

const FT: f64 = 0.3048;
const FT_US: f64 = 1200.0 / 3937.0;
/// A cubic foot, exact: the international foot is 0.3048 m.
const FT3: f64 = 0.028_316_846_592;
/// A barrel of oil, exact: 42 US gallons of 231 cubic inches (NIST Special Publication 811, appendix B.8).
const BBL: f64 = 0.158_987_294_928;
/// A day in seconds.
const DAY: f64 = 86_400.0;

macro_rules! units {
    ($($symbol:literal $dimension:ident $factor:expr, $offset:expr, [$($spelling:literal)*];)*) => {
        &[$(Entry { symbol: $symbol, dimension: Dimension::$dimension, factor: $factor, offset: $offset, spellings: &[$($spelling),*] }),*]
    };
}

/// The table. Factors are exact where the definition is (international foot 0.3048 m, inch 25.4 mm).
static UNITS: &[Entry] = units! {
    "m" Length 1.0, 0.0, ["M" "METER" "METERS" "METRE" "METRES" "MTR" "MTRS"];
    "ft" Length FT, 0.0, ["F" "FT" "FEET" "FOOT" "FTI"];
    "ftUS" Length FT_US, 0.0, ["FTUS" "USFT" "FT_US" "US-FT" "USSURVEYFOOT" "SURVEYFOOT"];
    "cm" Length 0.01, 0.0, ["CM"];
    "mm" Length 0.001, 0.0, ["MM"];
    "km" Length 1000.0, 0.0, ["KM"];
    "in" Length 0.0254, 0.0, ["IN" "INCH" "INCHES" "INS"];
    "0.1 in" Length 0.00254, 0.0, ["0.1IN" ".1IN"];
    "s" Time 1.0, 0.0, ["S" "SEC" "SECOND" "SECONDS"];
    "ms" Time 1e-3, 0.0, ["MS" "MSEC" "MILLISECOND" "MILLISECONDS"];
    "us" Time 1e-6, 0.0, ["US" "USEC" "MICROSECOND" "MICROSECONDS" "ΜS"];
    "min" Time 60.0, 0.0, ["MIN" "MINUTE" "MINUTES"];
    "h" Time 3600.0, 0.0, ["H" "HR" "HRS" "HOUR" "HOURS"];
    "d" Time DAY, 0.0, ["D" "DAY" "DAYS"];
    "us/ft" Slowness 1e-6 / FT, 0.0, ["US/F" "US/FT" "USEC/FT" "USEC/F" "US/FEET" "USPF" "USECPERFT" "MICROS/FT" "ΜS/FT"];
    "us/m" Slowness 1e-6, 0.0, ["US/M" "USEC/M" "USPM" "US/METER" "US/MTR" "ΜS/M"];
    "m/s" Velocity 1.0, 0.0, ["M/S" "M/SEC" "MPS" "MS-1"];
    "km/s" Velocity 1000.0, 0.0, ["KM/S" "KM/SEC"];
    "ft/s" Velocity FT, 0.0, ["FT/S" "F/S" "FT/SEC" "FPS"];
    "m/h" Velocity 1.0 / 3600.0, 0.0, ["M/H" "M/HR" "M/HOUR" ];
    "ft/h" Velocity FT / 3600.0, 0.0, ["FT/H" "F/H" "F/HR" "FT/HR" "FPH"];
    "m/min" Velocity 1.0 / 60.0, 0.0, ["M/MN" "M/MIN"];
    "ft/min" Velocity FT / 60.0, 0.0, ["FT/MN" "FT/MIN" "F/MN" "F/MIN" "FPM"];
    "g/cm3" Density 1000.0, 0.0, ["G/C3" "G/CC" "GM/CC" "GM/C3" "G/CM3" "GR/CC" "GR/CM3" "GM/CM3" "GCC" "G/CM**3" "G/CM^3" "GRAM/CC" "GRAMS/CC" "GMS/CC" "GMCC"];
    "kg/m3" Density 1.0, 0.0, ["K/M3" "KG/M3" "KGM3" "KG/M^3" "KG/M**3" "KG/MC"];
    "lb/gal" Density 119.826_427_316_896_9, 0.0, ["LB/G" "LB/GAL" "LBM/GAL" "PPG" "LBS/GAL"];
    "v/v" Fraction 1.0, 0.0, ["V/V" "M3/M3" "FRAC" "FRACT" "FRACTION" "DEC" "DECIMAL" "DECP" "VOL/VOL" "CFCF" "CF/CF" "FT3/FT3" "F3/F3" "M3M3" "V/V_DECIMAL" "PU/PU" "DECI" "VV" "0-1" "LIMESTONEV/V"];
    "%" Fraction 0.01, 0.0, ["%" "PU" "P.U." "PERCENT" "PCT" "PERC" "%V/V" "POROSITYUNIT" "PER"];
    "gAPI" GammaRay 1.0, 0.0, ["GAPI" "API" "GAPIU" "API-GR" "APIUNITS" "APIU" "GRAPI" "G.A.P.I." "AAPI" "API_UNITS"];
    "ohm.m" Resistivity 1.0, 0.0, ["OHMM" "OHM.M" "OHM-M" "OHM/M" "OHM_M" "OHMS" "OHM" "OHM*M" "OHMSM" "OHMMETER" "OHMMETRE" "OHM-METER" "OHMS-M" "OHM.METER" "OMM" "Ω.M" "ΩM" "Ω-M" "Ω*M" "Ω" "OHMMETERS" "OHM-METERS" "OHMM2/M"];
    "mS/m" Conductivity 1e-3, 0.0, ["MS/M" "MMHO/M" "MMHO" "MMHOS" "MMHOS/M" "MMO/M"];
    "S/m" Conductivity 1.0, 0.0, ["S/M" "MHO/M"];
    "mV" Potential 1e-3, 0.0, ["MV" "MILLIVOLT" "MILLIVOLTS" "MVOLT"];
    "V" Potential 1.0, 0.0, ["V" "VOLT" "VOLTS"];
    "b/e" Photoelectric 1.0, 0.0, ["B/E" "BARN/E" "BARNS/E" "BARNS/ELECTRON" "BE" "BARN" "BARNS" "B/EL" "BARNS/ELEC"];
    "degC" Temperature 1.0, 273.15, ["DEGC" "C" "CELSIUS" "DEG.C" "DEG_C" "DEG-C" "DEGREEC" "DEGREESC" "DEGCELSIUS" "OC" "°C" "DC"];
    "degF" Temperature 5.0 / 9.0, 273.15 - 32.0 * 5.0 / 9.0, ["DEGF" "FAHRENHEIT" "DEG.F" "DEG_F" "DEG-F" "DEGREEF" "DEGREESF" "DEGFAHRENHEIT" "OF" "°F"];
    "K" Temperature 1.0, 0.0, ["K" "KELVIN" "DEGK"];
    "deg" Angle std::f64::consts::PI / 180.0, 0.0, ["DEG" "DEGREE" "DEGREES" "DEGR" "DEGA" "DGR" "°"];
    "rad" Angle 1.0, 0.0, ["RAD" "RADIAN" "RADIANS"];
    "mD" Permeability 1.0, 0.0, ["MD" "MDARCY" "MILLIDARCY" "MILLIDARCIES" "MDC"];
    "darcy" Permeability 1000.0, 0.0, ["DARCY" "DARCIES"];
    "kPa" Pressure 1e3, 0.0, ["KPA" "KPAA"];
    "MPa" Pressure 1e6, 0.0, ["MPA"];
    "Pa" Pressure 1.0, 0.0, ["PA" "PASCAL"];
    "bar" Pressure 1e5, 0.0, ["BAR" "BARS" "BARA"];
    "psi" Pressure 6_894.757_293_168_361, 0.0, ["PSI" "PSIA" "LBF/IN2" "LB/IN2"];
    "N" Force 1.0, 0.0, ["N" "NEWTON"];
    "kN" Force 1e3, 0.0, ["KN"];
    "lbf" Force 4.448_221_615_260_5, 0.0, ["LB" "LBF" "LBS"];
    "kgf" Force 9.806_65, 0.0, ["KGF"];
    "ppm" Concentration 1.0, 0.0, ["PPM"];
    // M and MM are the thousand and the million of the oil field; what may be either (Mm3, MSm3, mcm) is not here. S, ST and
    // s are volumes at standard conditions, which differ (15 °C and 101.325 kPa, 60 °F and 14.65 to 15.025 psia) and which
    // files hardly ever state: factors are of volume alone.
    "m3" Volume 1.0, 0.0, ["M3" "M³" "M^3" "CUM"];
    "e3m3" Volume 1e3, 0.0, ["E3M3" "1E3M3" "10E3M3" "10^3M3" "10**3M3" "10³M³" "103M3" "1000M3" "1000M³" "THOUSANDM3"];
    "e6m3" Volume 1e6, 0.0, ["E6M3" "10^6M3" "10⁶M³" "106M3" "MILLM3" "MILLIONM3"];
    "Sm3" Volume 1.0, 0.0, ["SM3" "SM³" "SM^3"];
    "e3Sm3" Volume 1e3, 0.0, ["E3SM3" "10^3SM3" "10³SM³" "103SM3" "1000SM3" "1000SM³" "KSM3" "THOUSANDSM3"];
    "e6Sm3" Volume 1e6, 0.0, ["E6SM3" "10^6SM3" "10⁶SM³" "106SM3" "MILLSM3" "MILL.SM3" "MILLIONSM3"];
    "e9Sm3" Volume 1e9, 0.0, ["E9SM3" "10^9SM3" "10⁹SM³" "109SM3" "BILLSM3" "BILL.SM3" "BILLIONSM3"];
    "bbl" Volume BBL, 0.0, ["BBL" "BBLS" "BARREL" "BARRELS"];
    "Mbbl" Volume 1e3 * BBL, 0.0, ["MBBL" "MBBLS" "1000BBL" "1000BBLS"];
    "MMbbl" Volume 1e6 * BBL, 0.0, ["MMBBL" "MMBBLS"];
    "STB" Volume BBL, 0.0, ["STB" "STBS"];
    "MSTB" Volume 1e3 * BBL, 0.0, ["MSTB" "1000STB"];
    "MMSTB" Volume 1e6 * BBL, 0.0, ["MMSTB"];
    "ft3" Volume FT3, 0.0, ["FT3" "FT³" "FT^3" "CF" "CUFT"];
    "Mcf" Volume 1e3 * FT3, 0.0, ["MCF" "1000CF" "1000FT3"];
    "MMcf" Volume 1e6 * FT3, 0.0, ["MMCF"];
    "Bcf" Volume 1e9 * FT3, 0.0, ["BCF"];
    "scf" Volume FT3, 0.0, ["SCF"];
    "Mscf" Volume 1e3 * FT3, 0.0, ["MSCF" "1000SCF"];
    "MMscf" Volume 1e6 * FT3, 0.0, ["MMSCF"];
    "Bscf" Volume 1e9 * FT3, 0.0, ["BSCF"];
    "m3/d" VolumeRate 1.0 / DAY, 0.0, ["M3/D" "M³/D" "M3/DAY" "M3D" "M3PD"];
    "m3/h" VolumeRate 1.0 / 3600.0, 0.0, ["M3/H" "M3/HR" "M³/H"];
    "e3m3/d" VolumeRate 1e3 / DAY, 0.0, ["E3M3/D" "E3M3/DAY" "10^3M3/D" "10³M³/D" "103M3/D" "1000M3/D" "1000M3/DAY"];
    "Sm3/d" VolumeRate 1.0 / DAY, 0.0, ["SM3/D" "SM³/D" "SM3/DAY" "SM3D" "SM3PD"];
    "e3Sm3/d" VolumeRate 1e3 / DAY, 0.0, ["E3SM3/D" "E3SM3/DAY" "10^3SM3/D" "10³SM³/D" "1000SM3/D" "1000SM3/DAY" "KSM3/D"];
    "e6Sm3/d" VolumeRate 1e6 / DAY, 0.0, ["E6SM3/D" "10^6SM3/D" "10⁶SM³/D" "MILLSM3/D"];
    "bbl/d" VolumeRate BBL / DAY, 0.0, ["BBL/D" "BBLS/D" "BBL/DAY" "BBLS/DAY" "B/D" "BPD" "BBLPD" "BOPD" "BWPD" "BFPD" "BLPD"];
    "Mbbl/d" VolumeRate 1e3 * BBL / DAY, 0.0, ["MBBL/D" "MBBLS/D" "MBPD" "MBOPD"];
    "STB/d" VolumeRate BBL / DAY, 0.0, ["STB/D" "STB/DAY" "STBD" "STBPD"];
    "MSTB/d" VolumeRate 1e3 * BBL / DAY, 0.0, ["MSTB/D" "MSTB/DAY" "MSTBD"];
    "Mcf/d" VolumeRate 1e3 * FT3 / DAY, 0.0, ["MCF/D" "MCF/DAY" "MCFD" "MCFPD"];
    "MMcf/d" VolumeRate 1e6 * FT3 / DAY, 0.0, ["MMCF/D" "MMCF/DAY" "MMCFD" "MMCFPD"];
    "scf/d" VolumeRate FT3 / DAY, 0.0, ["SCF/D" "SCF/DAY" "SCFD"];
    "Mscf/d" VolumeRate 1e3 * FT3 / DAY, 0.0, ["MSCF/D" "MSCF/DAY" "MSCFD" "MSCFPD"];
    "MMscf/d" VolumeRate 1e6 * FT3 / DAY, 0.0, ["MMSCF/D" "MMSCF/DAY" "MMSCFD" "MMSCFPD"];
    "kg/(m2.s)" Impedance 1.0, 0.0, ["KG/M2S" "KG/M2/S" "KG/(M2.S)" "RAYL" "PA.S/M" "PA*S/M"];
    "m/s.g/cm3" Impedance 1000.0, 0.0, ["M/S.G/CM3" "M/S*G/CC" "G/CC*M/S" "G/CM3.M/S" "G/CM3*M/S" "KPA.S/M" "KPA*S/M"];
};

/// A unit of measure from the table.
#[derive(Clone, Copy)]
pub struct Unit(&'static Entry);

/// A unit text that is not in the table, or two units that do not convert.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum UnitError {
    /// The text names no unit the table knows.
    #[error("`{0}` is not a known unit")]
    Unknown(String),
    /// The units measure different things.
    #[error("{from} ({from_dimension:?}) does not convert to {to} ({to_dimension:?})")]
    Incompatible {
        /// The unit converted from.
        from: &'static str,
        /// What it measures.
        from_dimension: Dimension,
        /// The unit converted to.
        to: &'static str,
        /// What it measures.
        to_dimension: Dimension,
    },
}

impl Unit {
    /// The unit a text means, ignoring case, blanks and enclosing brackets; `None` when the table does not know it.
    ///
    /// Case decides nothing (well-log headers are upper case), so `MD` is millidarcy and `M` metre.
    ///
    /// ```
    /// use outcrop_types::Unit;
    /// assert_eq!(Unit::parse("G/C3").map(Unit::symbol), Some("g/cm3"));
    /// assert_eq!(Unit::parse("[US/F]").map(Unit::symbol), Some("us/ft"));
    /// assert!(Unit::parse("furlong").is_none());
    /// ```
    pub fn parse(text: &str) -> Option<Unit> {
        let trimmed = text.trim();
        if let Some(exact) = UNITS.iter().find(|e| e.symbol == trimmed) {
            return Some(Unit(exact));
        }
        let key = |text: &str| -> String {
            // The ohm sign (U+2126) is the letter omega (U+03A9); a dot between factors may stand in the middle.
            let plain = |c: char| match c {
                '\u{2126}' => '\u{03A9}',
                '·' | '⋅' => '.',
                c => c,
            };
            text.chars().filter(|c| !c.is_whitespace()).map(plain).flat_map(char::to_uppercase).collect()
        };
        let find = |key: String| UNITS.iter().find(|e| e.spellings.contains(&key.as_str())).map(Unit);
        // As it stands first: `.1IN` and `P.U.` have points of their own.
        find(key(trimmed))
            .or_else(|| find(key(trimmed.trim_matches(['[', ']', '(', ')', '.']))))
            .or_else(|| Unit::impedance(&key(trimmed)))
    }

    /// The impedance that a velocity times a density is, in either order and with brackets or without: `(m/s)*(kg/m3)`. None where
    /// the table has no impedance of exactly that size.
    fn impedance(key: &str) -> Option<Unit> {
        let key = key.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(key);
        key.match_indices(['*', '.', '×']).find_map(|(at, sign)| {
            let (first, second) = (key.get(..at)?, key.get(at + sign.len()..)?);
            let factor = |text: &str| {
                let inner = text.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).unwrap_or(text);
                UNITS.iter().find(|e| e.spellings.contains(&inner))
            };
            let (first, second) = (factor(first)?, factor(second)?);
            let product = match (first.dimension, second.dimension) {
                (Dimension::Velocity, Dimension::Density) | (Dimension::Density, Dimension::Velocity) => {
                    first.factor * second.factor
                }
                _ => return None,
            };
            UNITS.iter().find(|e| e.dimension == Dimension::Impedance && e.factor == product).map(Unit)
        })
    }

    /// Every unit of a dimension, in the order of the table.
    ///
    /// ```
    /// use outcrop_types::{Dimension, Unit};
    /// let symbols: Vec<&str> = Unit::of(Dimension::Slowness).map(Unit::symbol).collect();
    /// assert_eq!(symbols, ["us/ft", "us/m"]);
    /// ```
    pub fn of(dimension: Dimension) -> impl Iterator<Item = Unit> {
        UNITS.iter().filter(move |entry| entry.dimension == dimension).map(Unit)
    }

    /// The canonical symbol, as it is written in field metadata.
    pub fn symbol(self) -> &'static str {
        self.0.symbol
    }

    /// What the unit measures.
    pub fn dimension(self) -> Dimension {
        self.0.dimension
    }

    /// The factor and offset that turn a value in this unit into `to`: `value * factor + offset`.
    pub fn conversion(self, to: Unit) -> Result<Conversion, UnitError> {
        if self.dimension() != to.dimension() {
            return Err(UnitError::Incompatible {
                from: self.symbol(),
                from_dimension: self.dimension(),
                to: to.symbol(),
                to_dimension: to.dimension(),
            });
        }
        if self == to {
            return Ok(Conversion { factor: 1.0, offset: 0.0 });
        }
        Ok(Conversion { factor: self.0.factor / to.0.factor, offset: (self.0.offset - to.0.offset) / to.0.factor })
    }

    /// One value in another unit of the same dimension.
    ///
    /// ```
    /// use outcrop_types::Unit;
    /// let (ft, m) = (Unit::parse("ft").unwrap(), Unit::parse("m").unwrap());
    /// assert_eq!(ft.convert(1000.0, m).unwrap(), 304.8);
    /// ```
    pub fn convert(self, value: f64, to: Unit) -> Result<f64, UnitError> {
        Ok(self.conversion(to)?.apply(value))
    }
}

impl PartialEq for Unit {
    fn eq(&self, other: &Self) -> bool {
        self.symbol() == other.symbol()
    }
}
impl Eq for Unit {}

impl fmt::Debug for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unit({})", self.symbol())
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.symbol())
    }
}

impl FromStr for Unit {
    type Err = UnitError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Unit::parse(text).ok_or_else(|| UnitError::Unknown(text.to_owned()))
    }
}

/// A linear change of unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Conversion {
    /// Multiplied first.
    pub factor: f64,
    /// Added after.
    pub offset: f64,
}

impl Conversion {
    /// The value in the new unit.
    #[inline]
    pub fn apply(self, value: f64) -> f64 {
        value * self.factor + self.offset
    }

    /// As [`Conversion::apply`], but a factor that is one over a whole number divides, which is rounded once only:
    /// 2510 kg/m3 are 2.51 g/cm3 and not 2.5100000000000002. Values that files state are converted so.
    #[inline]
    pub fn convert(self, value: f64) -> f64 {
        if self.is_identity() {
            return value;
        }
        let divisor = (1.0 / self.factor).round();
        if self.offset == 0.0 && divisor > 1.0 && 1.0 / divisor == self.factor {
            value / divisor
        } else {
            self.apply(value)
        }
    }

    /// The conversion that changes nothing.
    pub const IDENTITY: Conversion = Conversion { factor: 1.0, offset: 0.0 };

    /// True when nothing changes.
    pub fn is_identity(self) -> bool {
        self.factor == 1.0 && self.offset == 0.0
    }
}

/// The unit a project keeps lengths and depths in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum LengthUnit {
    /// Metre.
    #[serde(rename = "m")]
    Metre,
    /// International foot, 0.3048 m.
    #[serde(rename = "ft")]
    Foot,
}

impl LengthUnit {
    /// `m` or `ft`.
    pub fn symbol(self) -> &'static str {
        match self {
            LengthUnit::Metre => "m",
            LengthUnit::Foot => "ft",
        }
    }

    /// As a unit of the table.
    pub fn unit(self) -> Unit {
        match self {
            LengthUnit::Metre => Unit(&UNITS[0]),
            LengthUnit::Foot => Unit(&UNITS[1]),
        }
    }
}

impl fmt::Display for LengthUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.symbol())
    }
}

impl FromStr for LengthUnit {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match Unit::parse(text).map(Unit::symbol) {
            Some("m") => Ok(LengthUnit::Metre),
            Some("ft") => Ok(LengthUnit::Foot),
            _ => Err(format!("`{text}` is not a project length unit; use m or ft")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_are_unique_and_upper_case() {
        let mut seen = std::collections::HashMap::new();
        for entry in UNITS {
            for spelling in entry.spellings {
                assert_eq!(*spelling, spelling.to_uppercase(), "{spelling}");
                assert_eq!(Unit::parse(spelling).map(Unit::symbol), Some(entry.symbol), "{spelling}");
                if let Some(other) = seen.insert(spelling, entry.symbol) {
                    assert_eq!(other, entry.symbol, "{spelling} is listed for {other} and {}", entry.symbol);
                }
            }
        }
        assert_eq!(LengthUnit::Metre.unit().symbol(), "m");
        assert_eq!(LengthUnit::Foot.unit().symbol(), "ft");
    }

    #[test]
    fn both_ohm_signs_are_ohms() {
        for text in ["\u{2126}.m", "\u{03A9}.m", "\u{2126}m", "\u{03A9}·m", "ω-m", "[\u{2126}.M]"] {
            assert_eq!(Unit::parse(text).map(Unit::symbol), Some("ohm.m"), "{text}");
        }
    }

    #[test]
    fn temperatures_have_an_offset() {
        let (c, f): (Unit, Unit) = ("degC".parse().unwrap(), "degF".parse().unwrap());
        assert!((c.convert(100.0, f).unwrap() - 212.0).abs() < 1e-9);
        assert!((f.convert(32.0, c).unwrap()).abs() < 1e-9);
    }

    #[test]
    fn slowness_converts_between_feet_and_metres() {
        let (a, b): (Unit, Unit) = ("us/ft".parse().unwrap(), "us/m".parse().unwrap());
        assert!((a.convert(100.0, b).unwrap() - 328.083_989_501_312_3).abs() < 1e-9);
    }

    #[test]
    fn volumes_of_the_oil_field_are_those_of_the_definitions() {
        let volume = |from: &str, to: &str| {
            let (from, to): (Unit, Unit) = (from.parse().unwrap(), to.parse().unwrap());
            from.convert(1.0, to).unwrap()
        };
        // 42 gallons of 231 cubic inches of 2.54 cm; a foot of 0.3048 m.
        assert!((volume("bbl", "m3") - 42.0 * 231.0 * 0.0254f64.powi(3)).abs() < 1e-15);
        assert!((volume("ft3", "m3") - 0.3048f64.powi(3)).abs() < 1e-16);
        // 5.614583… cubic feet a barrel: 9702 / 1728.
        assert!((volume("bbl", "ft3") - 9702.0 / 1728.0).abs() < 1e-12);
        assert_eq!(volume("MMscf", "Mscf"), 1000.0);
        assert_eq!(volume("MSTB", "STB"), 1000.0);
        assert_eq!(volume("1000 m3", "m3"), 1000.0);
        assert_eq!(volume("mill Sm3", "Sm3"), 1e6);
        assert!((volume("MMCF/D", "m3/d") - 28_316.846_592).abs() < 1e-8);
        assert!((volume("bopd", "Sm3/d") - 0.158_987_294_928).abs() < 1e-15);
        // A million in SI, a thousand in the field: neither is taken.
        assert!(["Mm3", "MSm3", "mcm"].iter().all(|unit| Unit::parse(unit).is_none()));
    }

    #[test]
    fn products_of_velocity_and_density_are_impedances() {
        let base = Unit::parse("m/s.g/cm3").unwrap();
        for text in ["(m/s)*(kg/m3)", "m/s.kg/m3", "kg/m3.m/s", "KG/M3*M/S", "(kg/m3)·(m/s)", "[M/S*KG/M3]", "Pa.s/m"]
        {
            let unit = Unit::parse(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(unit.symbol(), "kg/(m2.s)", "{text}");
            assert_eq!(unit.conversion(base).unwrap().convert(3_820_257.0), 3820.257, "{text}");
        }
        for text in ["(m/s)*(g/cc)", "g/cm3 * m/s", "km/s.kg/m3", "kPa.s/m"] {
            assert_eq!(Unit::parse(text).map(Unit::symbol), Some("m/s.g/cm3"), "{text}");
        }
        // No impedance of the table has this size, and these are no products of a velocity and a density.
        for text in ["ft/s.g/cm3", "m/s.m/s", "m/s*", "(m/s)*(kg/m3)*(m)", "m.kg/m3"] {
            assert_eq!(Unit::parse(text), None, "{text}");
        }
    }

    #[test]
    fn degrees_of_temperature_are_read_as_they_are_written() {
        for text in ["DEG_F", "DEGF", "DEG F", "deg.F", "degrees F"] {
            assert_eq!(Unit::parse(text).map(Unit::symbol), Some("degF"), "{text}");
        }
        for text in ["DEG_C", "DEGC", "DEG C", "deg.C"] {
            assert_eq!(Unit::parse(text).map(Unit::symbol), Some("degC"), "{text}");
        }
    }

    #[test]
    fn different_dimensions_do_not_convert() {
        let (a, b): (Unit, Unit) = ("ft".parse().unwrap(), "us".parse().unwrap());
        assert!(a.convert(1.0, b).is_err());
    }
}
