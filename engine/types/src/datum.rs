//! Vertical datums and coordinate reference systems: stated, never guessed.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What measured depth is counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DatumName {
    /// Kelly bushing.
    KB,
    /// Rotary table.
    RT,
    /// Drill floor (derrick floor).
    DF,
    /// Ground level.
    GL,
    /// Mean sea level.
    MSL,
}

impl DatumName {
    /// The abbreviation used in tables: `KB`, `RT`, `DF`, `GL`, `MSL`.
    pub fn as_str(self) -> &'static str {
        match self {
            DatumName::KB => "KB",
            DatumName::RT => "RT",
            DatumName::DF => "DF",
            DatumName::GL => "GL",
            DatumName::MSL => "MSL",
        }
    }
}

impl fmt::Display for DatumName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for DatumName {
    type Err = String;

    /// Reads an abbreviation or the usual header mnemonic (`KB`, `EKB`, `ELEV_KB`, `Kelly Bushing` …).
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let key: String = text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
        match key.as_str() {
            "KB" | "EKB" | "KBE" | "ELEVKB" | "KBELEV" | "KELLYBUSHING" | "RKB" => Ok(DatumName::KB),
            "RT" | "ERT" | "RTE" | "ROTARYTABLE" => Ok(DatumName::RT),
            "DF" | "EDF" | "DFE" | "DRILLFLOOR" | "DERRICKFLOOR" => Ok(DatumName::DF),
            "GL" | "EGL" | "GLE" | "GROUNDLEVEL" | "GROUND" => Ok(DatumName::GL),
            "MSL" | "EMSL" | "SEALEVEL" | "MEANSEALEVEL" => Ok(DatumName::MSL),
            _ => Err(format!("`{text}` is not a vertical datum; use one of KB, RT, DF, GL, MSL")),
        }
    }
}

/// A coordinate reference system as an authority code, such as `EPSG:23031`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Crs(String);

impl Crs {
    /// The authority code, `AUTHORITY:CODE`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Crs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Crs {
    type Err = String;

    /// Accepts `EPSG:23031`, `epsg:23031` and a bare EPSG number.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let (authority, code) = match text.split_once(':') {
            Some((a, c)) => (a.trim().to_ascii_uppercase(), c.trim()),
            None => ("EPSG".to_owned(), text),
        };
        let well_formed = !authority.is_empty()
            && authority.chars().all(|c| c.is_ascii_alphanumeric())
            && !code.is_empty()
            && code.chars().all(|c| c.is_ascii_alphanumeric())
            && (authority != "EPSG" || code.chars().all(|c| c.is_ascii_digit()));
        if well_formed {
            Ok(Crs(format!("{authority}:{code}")))
        } else {
            Err(format!("`{text}` is not a coordinate reference system; give an authority code such as EPSG:23031"))
        }
    }
}

impl TryFrom<String> for Crs {
    type Error = String;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Crs> for String {
    fn from(crs: Crs) -> String {
        crs.0
    }
}
