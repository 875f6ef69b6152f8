//! Log ASCII Standard files as different service companies write them.
//!
//! Source: Canadian Well Logging Society, LAS Version 1.2 (1989) and Version 2.0 (1992).

use std::fmt::Write;

use crate::geology;
use crate::logging::{Curve, depths, logs};
use crate::{DemoWell, Result};

/// What stands for "no reading".
const NULL: &str = "-999.2500";
/// Metres in a foot.
const FOOT: f64 = 0.3048;

/// The names and units a company gives its curves.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Naming {
    /// The standard mnemonics themselves.
    Standard,
    /// Names of a modern wireline tool string.
    Wireline,
    /// Names of older digitised logs. Their deep induction is not a true resistivity, and is not called one.
    Older,
    /// Standard names, metric units.
    Metric,
}

/// How a file is written.
struct Style {
    version: &'static str,
    wrapped: bool,
    newline: &'static str,
    feet: bool,
    naming: Naming,
    sonic: bool,
    spontaneous_potential: bool,
}

impl Style {
    /// The style of well `number`; it repeats after 24 wells.
    fn of(number: usize) -> Style {
        let turn = number % 24;
        Style {
            version: if turn == 5 { "1.2" } else { "2.0" },
            wrapped: turn == 3,
            newline: if number.is_multiple_of(2) { "\r\n" } else { "\n" },
            feet: turn == 9,
            naming: match turn {
                7 | 14 => Naming::Wireline,
                11 => Naming::Older,
                17 => Naming::Metric,
                _ => Naming::Standard,
            },
            sonic: turn != 20,
            spontaneous_potential: !matches!(turn, 8 | 16 | 22),
        }
    }

    fn has(&self, curve: Curve) -> bool {
        match curve {
            Curve::Sonic => self.sonic,
            Curve::SpontaneousPotential => self.spontaneous_potential,
            _ => true,
        }
    }
}

/// Mnemonic, unit, description, and what a value of the standard unit is multiplied by.
fn column(curve: Curve, naming: Naming) -> (&'static str, &'static str, &'static str, f64) {
    use Naming::{Metric, Older, Standard, Wireline};
    match (curve, naming) {
        (Curve::GammaRay, Standard | Metric) => ("GR", "GAPI", "Gamma ray", 1.0),
        (Curve::GammaRay, Wireline) => ("HGR", "GAPI", "Gamma ray, high resolution", 1.0),
        (Curve::GammaRay, Older) => ("GRC", "API", "Gamma ray, corrected", 1.0),
        (Curve::Density, Standard) => ("RHOB", "G/C3", "Bulk density", 1.0),
        (Curve::Density, Wireline) => ("RHOZ", "G/CM3", "Formation density, standard resolution", 1.0),
        (Curve::Density, Older) => ("DEN", "G/CC", "Density", 1.0),
        (Curve::Density, Metric) => ("RHOB", "KG/M3", "Bulk density", 1000.0),
        (Curve::Neutron, Standard | Metric) => ("NPHI", "V/V", "Neutron porosity, sandstone matrix", 1.0),
        (Curve::Neutron, Wireline) => ("TNPH", "V/V", "Thermal neutron porosity, sandstone matrix", 1.0),
        (Curve::Neutron, Older) => ("CNC", "PU", "Compensated neutron, sandstone matrix", 100.0),
        (Curve::Sonic, Standard) => ("DT", "US/F", "Compressional slowness", 1.0),
        (Curve::Sonic, Wireline) => ("DTCO", "US/FT", "Delta-T compressional", 1.0),
        (Curve::Sonic, Older) => ("AC", "US/FT", "Acoustic travel time", 1.0),
        (Curve::Sonic, Metric) => ("DT", "US/M", "Compressional slowness", 1.0 / FOOT),
        (Curve::Resistivity, Standard | Metric) => ("RT", "OHMM", "True formation resistivity", 1.0),
        (Curve::Resistivity, Wireline) => ("AT90", "OHM.M", "Array induction, 90 inch, two foot resolution", 1.0),
        (Curve::Resistivity, Older) => ("ILD", "OHMM", "Induction, deep", 1.0),
        (Curve::Caliper, Standard) => ("CALI", "IN", "Caliper", 1.0),
        (Curve::Caliper, Wireline) => ("HCAL", "IN", "Caliper", 1.0),
        (Curve::Caliper, Older) => ("CAL", "IN", "Caliper", 1.0),
        (Curve::Caliper, Metric) => ("CALI", "MM", "Caliper", 25.4),
        (Curve::SpontaneousPotential, _) => ("SP", "MV", "Spontaneous potential", 1.0),
    }
}

/// The text of a well's file, and how many depths it has. `step` is in metres.
pub(crate) fn render(well: &DemoWell, number: usize, seed: u64, step: f64) -> Result<(String, usize)> {
    let style = Style::of(number);
    let (unit, metres) = if style.feet { ("FT", FOOT) } else { ("M", 1.0) };
    let step = (step / metres * 1e4).round() / 1e4;
    let index = depths(well, step, metres);
    let md: Vec<f64> = index.iter().map(|d| d * metres).collect();
    let mut curves = logs(well, number, seed, &md)?;
    curves.retain(|(curve, _)| style.has(*curve));
    let mut text = Text { text: String::new(), newline: style.newline };
    header(&mut text, well, &style, unit, &index, step);
    text.line("~Curve information");
    text.item("DEPT", unit, "", "Measured depth below kelly bushing");
    for (curve, _) in &curves {
        let (mnemonic, unit, description, _) = column(*curve, style.naming);
        text.item(mnemonic, unit, "", description);
    }
    parameters(&mut text, well, unit, metres);
    let names: Vec<&str> = curves.iter().map(|(curve, _)| column(*curve, style.naming).0).collect();
    text.line(&format!("~A DEPT {}", names.join(" ")));
    let columns: Vec<(&[f64], f64)> =
        curves.iter().map(|(curve, values)| (values.as_slice(), column(*curve, style.naming).3)).collect();
    for (row, depth) in index.iter().enumerate() {
        let values = columns.iter().map(|(values, factor)| values.get(row).map_or(f64::NAN, |v| v * factor));
        text.row(*depth, values, style.wrapped);
    }
    Ok((text.text, index.len()))
}

fn header(text: &mut Text, well: &DemoWell, style: &Style, unit: &str, index: &[f64], step: f64) {
    let wrap = if style.wrapped { ("YES", "Multiple lines per depth step") } else { ("NO", "One line per depth step") };
    text.line("~Version information");
    text.item("VERS", "", style.version, &format!("CWLS Log ASCII Standard, version {}", style.version));
    text.item("WRAP", "", wrap.0, wrap.1);
    text.line("# Synthetic data of the Outcrop demo field. No such well was drilled.");
    text.line("~Well information");
    text.item("STRT", unit, &format!("{:.4}", index.first().unwrap_or(&0.0)), "First depth");
    text.item("STOP", unit, &format!("{:.4}", index.last().unwrap_or(&0.0)), "Last depth");
    text.item("STEP", unit, &format!("{step:.4}"), "Step");
    text.item("NULL", "", NULL, "No reading");
    let items = [
        ("COMP", "Outcrop Demo Company", "Company"),
        ("WELL", well.name.as_str(), "Well"),
        ("FLD", "Outcrop", "Field"),
        ("LOC", "Block 9907", "Location"),
        ("CTRY", "Nowhere", "Country"),
        ("SRVC", "Synthetic Logging", "Service company"),
        ("UWI", well.uwi.as_str(), "Unique well identifier"),
    ];
    for (mnemonic, value, description) in items {
        // Version 1.2 had the description before the colon and the value behind it.
        let (before, behind) = if style.version == "1.2" { (description, value) } else { (value, description) };
        text.item(mnemonic, "", before, behind);
    }
}

fn parameters(text: &mut Text, well: &DemoWell, unit: &str, metres: f64) {
    text.line("~Parameter information");
    text.item(
        "EREF",
        unit,
        &format!("{:.4}", well.kb / metres),
        "Elevation of the depth reference above mean sea level",
    );
    text.item("LMF", "", "KB", "Logs measured from");
    text.item("PDAT", "", "MSL", "Permanent datum");
    text.item("RW", "OHMM", &geology::RW.to_string(), "Resistivity of the formation water at reservoir temperature");
    text.item("MUD", "", "Water based", "Mud type");
}

/// A file's text under construction.
struct Text {
    text: String,
    newline: &'static str,
}

impl Text {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push_str(self.newline);
    }

    fn item(&mut self, mnemonic: &str, unit: &str, value: &str, description: &str) {
        let head = format!("{mnemonic:<5}.{unit}");
        self.line(&format!(" {head:<12} {value:>30} : {description}"));
    }

    /// A depth and its values: on one line or, wrapped, the depth alone and lines of at most 80 characters.
    fn row(&mut self, depth: f64, values: impl Iterator<Item = f64>, wrapped: bool) {
        const PER_LINE: usize = 6;
        self.number(depth);
        for (k, value) in values.enumerate() {
            if wrapped && k % PER_LINE == 0 {
                self.text.push_str(self.newline);
            }
            self.number(value);
        }
        self.text.push_str(self.newline);
    }

    fn number(&mut self, value: f64) {
        // Writing into a String cannot fail.
        let _ = if value.is_nan() { write!(self.text, " {NULL:>11}") } else { write!(self.text, " {value:>11.4}") };
    }
}
