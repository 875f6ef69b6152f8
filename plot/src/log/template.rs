//! The usual layout of open-hole logs, chosen from mnemonics and units.
//!
//! Scales follow the API's standard presentation (API RP 31A, "Standard Form for Hardcopy
//! Presentation of Downhole Well Log Data") and the service companies' habit: gamma ray 0–150
//! gAPI, resistivity 0.2–2000 ohm.m, density 1.95–2.95 g/cm³ over neutron 0.45 to −0.15 v/v
//! (limestone-compatible: both lines meet in water-filled limestone), sonic 140–40 µs/ft.

use super::{Curve, FROM_DATA, Fill, Track};
use crate::color::Rgb;
use crate::style::Dash;

const GREEN: Rgb = Rgb(0x2E, 0x7D, 0x32);
const GREEN_FILL: Rgb = Rgb(0xE3, 0xF0, 0xE1);
const RED: Rgb = Rgb(0xC6, 0x28, 0x28);
const ORANGE: Rgb = Rgb(0xE0, 0x7B, 0x00);
const PURPLE: Rgb = Rgb(0x6A, 0x1B, 0x9A);
const PURPLE_LIGHT: Rgb = Rgb(0xA6, 0x55, 0xC4);
const BLUE: Rgb = Rgb(0x15, 0x55, 0xC0);
const BROWN: Rgb = Rgb(0x79, 0x55, 0x48);
const GREY: Rgb = Rgb(0x5F, 0x6B, 0x77);
const NAVY: Rgb = Rgb(0x28, 0x35, 0x93);
/// Density left of neutron: gas, or a rock lighter than limestone.
const CROSSOVER: Rgb = Rgb(0xFB, 0xE3, 0x8E);
/// Density right of neutron: shale.
const SEPARATION: Rgb = Rgb(0xE4, 0xE6, 0xE8);

/// What a curve measures, as far as the layout needs to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    GammaRay,
    Caliper,
    BitSize,
    SpontaneousPotential,
    DeepResistivity,
    MediumResistivity,
    ShallowResistivity,
    Density,
    Neutron,
    Photoelectric,
    DensityCorrection,
    Compressional,
    Shear,
}

/// Mnemonics of each kind: the API's classes and those of the large service companies and
/// national archives.
const MNEMONICS: &[(Kind, &[&str])] = &[
    (
        Kind::GammaRay,
        &[
            "GR", "GRC", "SGR", "CGR", "HGR", "ECGR", "EHGR", "HSGR", "HCGR", "GRD", "GRS", "GRR", "GRGC", "GRTO",
            "GAM", "GAMMA",
        ],
    ),
    (
        Kind::Caliper,
        &["CALI", "CAL", "CALS", "HCAL", "LCAL", "CALD", "CALX", "CALY", "C1", "C2", "HD", "CLDC", "CAL1", "CAL2"],
    ),
    (Kind::BitSize, &["BS", "BIT", "BITSIZE"]),
    (Kind::SpontaneousPotential, &["SP", "SPC", "SPR", "SSP"]),
    (
        Kind::DeepResistivity,
        &[
            "RT", "RDEP", "RDEEP", "RD", "RESD", "LLD", "HLLD", "RLLD", "ILD", "RILD", "IDPH", "AT90", "AF90", "AHT90",
            "AHF90", "RT90", "RLA5", "HRLD", "HDRS", "M2R9", "LN", "A40H", "P40H",
        ],
    ),
    (
        Kind::MediumResistivity,
        &[
            "RMED", "RESM", "RM30", "ILM", "RILM", "IMPH", "LLS", "HLLS", "RLLS", "AT30", "AF30", "AHT30", "AHF30",
            "RLA3", "HMRS", "M2R3", "SN",
        ],
    ),
    (
        Kind::ShallowResistivity,
        &[
            "RSHA", "RESS", "RXO", "RXOZ", "RXO8", "RMIC", "MSFL", "MSFC", "RMLL", "MLL", "RMSL", "SFL", "SFLU", "LL3",
            "RLL3", "LL8", "AT10", "AF10", "AHT10", "AHF10", "RLA1", "M2R1",
        ],
    ),
    (Kind::Density, &["RHOB", "RHOZ", "RHO", "DEN", "DENS", "ZDEN", "HRHO", "ROBB", "RHO8"]),
    (
        Kind::Neutron,
        &["NPHI", "TNPH", "NPOR", "HNPO", "CNC", "CNCF", "CNPOR", "NEU", "NPHI_LS", "NPHIL", "NPHILS", "TNPL", "APLC"],
    ),
    (Kind::Photoelectric, &["PEF", "PE", "PEFZ", "PEF8", "PDPE"]),
    (Kind::DensityCorrection, &["DRHO", "HDRA", "ZCOR", "DCOR"]),
    (Kind::Compressional, &["DT", "DTC", "DTCO", "DTP", "DT4P", "AC", "DTLN", "DTLF"]),
    (Kind::Shear, &["DTS", "DTSM", "DTSH", "DT4S", "DT1", "DT2", "ACS"]),
];

fn kind_of(mnemonic: &str) -> Option<Kind> {
    let name = mnemonic.trim().to_ascii_uppercase();
    // LAS readers number repeated mnemonics: GR:1, GR:2.
    let base = name.split(':').next().unwrap_or(&name);
    MNEMONICS.iter().find(|(_, names)| names.contains(&base)).map(|(kind, _)| *kind)
}

/// Units as written in LAS, DLIS and reports, brought to one spelling each.
fn unit_of(unit: &str) -> &'static str {
    let plain: String = unit
        .trim()
        .to_lowercase()
        .chars()
        .map(|c| match c {
            '³' => '3',
            'µ' | 'μ' => 'u',
            '·' => '.',
            'ω' | 'Ω' => 'o',
            c => c,
        })
        .filter(|c| !c.is_whitespace())
        .collect();
    match plain.as_str() {
        "gapi" | "api" | "gapiunits" | "apiunits" => "gAPI",
        "in" | "inch" | "inches" | "ins" | "\"" => "in",
        "mm" => "mm",
        "cm" => "cm",
        "mv" | "millivolts" => "mV",
        "ohm.m" | "ohmm" | "ohm-m" | "ohm/m" | "ohm_m" | "ohms" | "om" | "o.m" | "ohm*m" | "ohm.m2/m" | "ohmm2/m" => {
            "ohm.m"
        }
        "g/cm3" | "g/cc" | "g/c3" | "gm/cc" | "gm/cm3" | "gm/c3" | "gr/cc" | "gcm3" | "g.cm-3" | "g/cm^3" => "g/cm3",
        "kg/m3" | "k/m3" | "kgm3" | "kg.m-3" | "kg/m^3" => "kg/m3",
        "v/v" | "m3/m3" | "ft3/ft3" | "cf/cf" | "cfcf" | "frac" | "fraction" | "dec" | "decimal" | "v/v_decimal"
        | "v/vdecimal" => "v/v",
        "%" | "pct" | "percent" | "pu" | "p.u." | "%v/v" => "%",
        "b/e" | "barns/e" | "b/elec" | "b/electron" | "barn/e" | "barns/electron" | "b/el" => "b/e",
        "us/ft" | "us/f" | "usec/ft" | "us/foot" | "usft" | "microsec/ft" => "us/ft",
        "us/m" | "usec/m" | "us/metre" | "us/meter" | "usm" => "us/m",
        _ => "",
    }
}

/// The standard scale of a kind in a unit: left, right.
fn scale_of(kind: Kind, unit: &str) -> Option<(f64, f64)> {
    Some(match (kind, unit_of(unit)) {
        (Kind::GammaRay, "gAPI") => (0.0, 150.0),
        (Kind::Caliper | Kind::BitSize, "in") => (6.0, 16.0),
        (Kind::Caliper | Kind::BitSize, "mm") => (150.0, 400.0),
        (Kind::Caliper | Kind::BitSize, "cm") => (15.0, 40.0),
        (Kind::SpontaneousPotential, "mV") => (-160.0, 40.0),
        (Kind::DeepResistivity | Kind::MediumResistivity | Kind::ShallowResistivity, "ohm.m") => (0.2, 2000.0),
        (Kind::Density, "g/cm3") => (1.95, 2.95),
        (Kind::Density, "kg/m3") => (1950.0, 2950.0),
        (Kind::Neutron, "v/v") => (0.45, -0.15),
        (Kind::Neutron, "%") => (45.0, -15.0),
        (Kind::Photoelectric, "b/e") => (0.0, 10.0),
        (Kind::DensityCorrection, "g/cm3") => (-0.25, 0.25),
        (Kind::DensityCorrection, "kg/m3") => (-250.0, 250.0),
        (Kind::Compressional, "us/ft") => (140.0, 40.0),
        (Kind::Compressional, "us/m") => (500.0, 100.0),
        (Kind::Shear, "us/ft") => (440.0, 40.0),
        (Kind::Shear, "us/m") => (1500.0, 100.0),
        _ => return None,
    })
}

/// Colour, dash and width of a kind.
fn style_of(kind: Kind) -> (Rgb, Dash, f64) {
    match kind {
        Kind::GammaRay => (GREEN, Dash::Solid, 1.1),
        Kind::Caliper => (GREY, Dash::Dashed, 1.0),
        Kind::BitSize => (GREY, Dash::Dotted, 1.0),
        Kind::SpontaneousPotential => (NAVY, Dash::DashDot, 1.0),
        Kind::DeepResistivity => (RED, Dash::Solid, 1.2),
        Kind::MediumResistivity => (ORANGE, Dash::Dashed, 1.0),
        Kind::ShallowResistivity => (BROWN, Dash::Dotted, 1.1),
        Kind::Density => (RED, Dash::Solid, 1.2),
        Kind::Neutron => (BLUE, Dash::Dashed, 1.1),
        Kind::Photoelectric => (BROWN, Dash::DashDot, 0.9),
        Kind::DensityCorrection => (GREY, Dash::Dotted, 0.9),
        Kind::Compressional => (PURPLE, Dash::Solid, 1.1),
        Kind::Shear => (PURPLE_LIGHT, Dash::Dashed, 1.0),
    }
}

/// Tracks of the standard layout: kinds and width in mm.
const TRACKS: &[(&[Kind], f64)] = &[
    (&[Kind::GammaRay, Kind::Caliper, Kind::BitSize, Kind::SpontaneousPotential], 44.0),
    (&[Kind::DeepResistivity, Kind::MediumResistivity, Kind::ShallowResistivity], 50.0),
    (&[Kind::Density, Kind::Neutron, Kind::Photoelectric, Kind::DensityCorrection], 50.0),
    (&[Kind::Compressional, Kind::Shear], 36.0),
];

/// Most curves of one kind in a standard track; further ones get a track each.
const MOST_OF_A_KIND: usize = 3;

/// Lays out curves as (mnemonic, unit) in the usual triple combo: gamma ray, caliper and SP;
/// resistivities on a logarithmic scale; density, neutron and photoelectric factor with
/// crossover fill; sonic. Fill in each curve's values, found by its mnemonic, afterwards.
///
/// A scale is set only where the unit is one that the scale is known for (1.95–2.95 for g/cm3,
/// 1950–2950 for kg/m3); without a unit, or with another one, the ends are
/// [`FROM_DATA`](super::FROM_DATA). Curves of other mnemonics get a narrow track each, with
/// the range of their data. Tracks without a curve are left out. The depth itself is a
/// curve like any other here: do not list it.
///
/// ```
/// use outcrop_plot::log::standard_template;
/// let tracks = standard_template(&[("GR", "gAPI"), ("RHOB", "kg/m3"), ("NPHI", "v/v")]);
/// assert_eq!(tracks.len(), 2);
/// assert_eq!((tracks[1].curves[0].left, tracks[1].curves[0].right), (1950.0, 2950.0));
/// assert!(tracks[1].curves[0].fill.is_some());
/// ```
pub fn standard_template<M: AsRef<str>, U: AsRef<str>>(available: &[(M, U)]) -> Vec<Track> {
    let all: Vec<(&str, &str, Option<Kind>)> =
        available.iter().map(|(m, u)| (m.as_ref(), u.as_ref(), kind_of(m.as_ref()))).collect();
    let mut placed = vec![false; all.len()];
    let mut tracks = Vec::new();
    for (kinds, width) in TRACKS {
        let mut curves = Vec::new();
        for &kind in *kinds {
            let members = all.iter().zip(&mut placed).filter(|((_, _, k), _)| *k == Some(kind));
            for (number, ((mnemonic, unit, _), placed)) in members.take(MOST_OF_A_KIND).enumerate() {
                *placed = true;
                curves.push(curve(mnemonic, unit, kind, number));
            }
        }
        if !curves.is_empty() {
            add_crossover(&mut curves);
            tracks.push(Track { width: *width, curves, ..Track::default() });
        }
    }
    for ((mnemonic, unit, kind), _) in all.iter().zip(&placed).filter(|(_, placed)| !**placed) {
        let curve = match kind {
            Some(kind) => curve(mnemonic, unit, *kind, 0),
            None => Curve { mnemonic: (*mnemonic).into(), unit: (*unit).into(), ..Curve::default() },
        };
        tracks.push(Track { width: 30.0, curves: vec![curve], ..Track::default() });
    }
    tracks
}

/// The names of the layouts that [`template`] knows.
pub const TEMPLATES: [&str; 4] = ["standard", "triple", "resistivity", "sonic"];

/// A layout by its name: `standard` has every curve, the others only the curves of their tracks. `triple` is gamma ray,
/// resistivity and density-neutron, `resistivity` gamma ray and resistivity, `sonic` gamma ray and sonic. `None` for another
/// name.
pub fn template<M: AsRef<str>, U: AsRef<str>>(name: &str, available: &[(M, U)]) -> Option<Vec<Track>> {
    let left = [Kind::GammaRay, Kind::Caliper, Kind::BitSize, Kind::SpontaneousPotential];
    let resistivity = [Kind::DeepResistivity, Kind::MediumResistivity, Kind::ShallowResistivity];
    let porosity = [Kind::Density, Kind::Neutron, Kind::Photoelectric, Kind::DensityCorrection];
    let kinds: Vec<Kind> = match name.to_ascii_lowercase().as_str() {
        "standard" => return Some(standard_template(available)),
        "triple" => [&left[..], &resistivity, &porosity].concat(),
        "resistivity" => [&left[..], &resistivity].concat(),
        "sonic" => [&left[..], &[Kind::Compressional, Kind::Shear]].concat(),
        _ => return None,
    };
    let wanted: Vec<(&str, &str)> = available
        .iter()
        .map(|(m, u)| (m.as_ref(), u.as_ref()))
        .filter(|(m, _)| kind_of(m).is_some_and(|k| kinds.contains(&k)))
        .collect();
    Some(standard_template(&wanted))
}

/// A curve of a kind; further ones of the same kind differ in dash and shade.
fn curve(mnemonic: &str, unit: &str, kind: Kind, number: usize) -> Curve {
    let (color, dash, width) = style_of(kind);
    let dashes = [dash, Dash::Dotted, Dash::DashDot];
    let dash = if number == 0 { dash } else { dashes.get(number).copied().unwrap_or(Dash::Dashed) };
    let color = color.mix(Rgb::WHITE, 0.22 * number as f64);
    let resistivity = matches!(kind, Kind::DeepResistivity | Kind::MediumResistivity | Kind::ShallowResistivity);
    let scale = scale_of(kind, unit);
    let (left, right) = scale.unwrap_or((FROM_DATA, FROM_DATA));
    let fill = (kind == Kind::GammaRay && number == 0 && scale.is_some()).then_some(Fill::ToLeft(GREEN_FILL));
    Curve {
        mnemonic: mnemonic.into(),
        unit: unit.into(),
        left,
        right,
        log_scale: resistivity,
        color,
        dash,
        width,
        fill,
        ..Curve::default()
    }
}

/// Fills between the first density and the first neutron, where both have their standard
/// scales: only those lie over each other rightly.
fn add_crossover(curves: &mut [Curve]) {
    let first = |kind: Kind| {
        curves.iter().position(|c| kind_of(&c.mnemonic) == Some(kind) && scale_of(kind, &c.unit).is_some())
    };
    let (Some(density), Some(neutron)) = (first(Kind::Density), first(Kind::Neutron)) else { return };
    if let Some(curve) = curves.get_mut(density) {
        curve.fill =
            Some(Fill::Crossover { other: neutron, color_positive: Some(CROSSOVER), color_negative: Some(SEPARATION) });
    }
}
