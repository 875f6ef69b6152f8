//! The field as a whole: made, and written.

use std::path::{Path, PathBuf};

use crate::{DemoError, DemoWell, Result, las, tables, wells};

/// What the field is to be.
#[derive(Debug, Clone, PartialEq)]
pub struct DemoOptions {
    /// How many wells, 1 to 9999.
    pub wells: usize,
    /// Seed of everything random. The geology does not depend on it.
    pub seed: u64,
    /// Distance between log samples, metre of measured depth, 0.01 to 10 (0.1524 is half a foot).
    pub log_step: f64,
}

impl Default for DemoOptions {
    /// 24 wells, sampled every 0.1524 m.
    fn default() -> Self {
        Self { wells: 24, seed: 20_260_101, log_step: 0.1524 }
    }
}

impl DemoOptions {
    fn check(&self) -> Result<()> {
        if !(1..=9999).contains(&self.wells) {
            let (expected, found) = ("a number of wells from 1 to 9999", self.wells.to_string());
            return Err(DemoError::Option { name: "wells", expected, found });
        }
        if !(0.01..=10.0).contains(&self.log_step) {
            let (expected, found) = ("a distance from 0.01 to 10 metres", self.log_step.to_string());
            return Err(DemoError::Option { name: "log_step", expected, found });
        }
        Ok(())
    }
}

/// The field that was written. The truth about the rock is in [`crate::geology`].
#[derive(Debug, Clone, PartialEq)]
pub struct DemoField {
    /// The folder.
    pub folder: PathBuf,
    /// The wells, `OUT-1` first; paths of their log files as they are on disk.
    pub wells: Vec<DemoWell>,
    /// Every file written, with the folder's path.
    pub files: Vec<PathBuf>,
    /// How many seismic picks `top_reservoir_twt.csv` has.
    pub seismic_picks: usize,
}

/// Makes the field and writes it into a folder, which is made if absent:
///
/// | file | a row is | columns |
/// |---|---|---|
/// | `las/OUT-<n>.las` | a depth | gamma ray, density, neutron, sonic, resistivity, caliper, spontaneous potential |
/// | `wells.csv` | a well | Well, UWI, X, Y, CRS, Datum, KB, Water depth, TD, Field, Operator |
/// | `tops.csv` | a pick | Well, Surface, MD, Interpreter |
/// | `surveys.csv` | a station | Well, MD, Inclination, Azimuth GN (grid north) |
/// | `top_reservoir_twt.csv` | a seismic pick | Line, X, Y, TWT |
///
/// Lengths are metres, and column names say so. The log files are as mixed as real ones: of each 24,
/// one is wrapped, one is version 1.2, one is in feet, one has metric units of density and slowness, three
/// use other mnemonics, some lack a curve, every other one ends its lines with CR LF. Files of the same
/// names in the folder are replaced, others are left alone.
///
/// # Errors
/// [`DemoError::Option`] for an option outside its range, [`DemoError::Write`] with the path.
pub fn write(folder: &Path, options: &DemoOptions) -> Result<DemoField> {
    options.check()?;
    let logs = folder.join("las");
    std::fs::create_dir_all(&logs).map_err(|source| DemoError::Write { path: logs.clone(), source })?;
    let mut field = DemoField { folder: folder.to_owned(), wells: Vec::new(), files: Vec::new(), seismic_picks: 0 };
    for (index, place) in wells::places(options.wells, options.seed).into_iter().enumerate() {
        let number = index + 1;
        let mut well = DemoWell::drill(number, place, options.seed)?;
        let (text, samples) = las::render(&well, number, options.seed, options.log_step)?;
        well.samples = samples;
        well.las = folder.join(&well.las);
        field.put(well.las.clone(), &text)?;
        field.wells.push(well);
    }
    field.put(folder.join("wells.csv"), &tables::wells(&field.wells))?;
    field.put(folder.join("tops.csv"), &tables::tops(&field.wells))?;
    field.put(folder.join("surveys.csv"), &tables::surveys(&field.wells))?;
    let (picks, count) = tables::seismic_picks(options.seed);
    field.put(folder.join("top_reservoir_twt.csv"), &picks)?;
    field.seismic_picks = count;
    Ok(field)
}

impl DemoField {
    fn put(&mut self, path: PathBuf, text: &str) -> Result<()> {
        std::fs::write(&path, text).map_err(|source| DemoError::Write { path: path.clone(), source })?;
        self.files.push(path);
        Ok(())
    }
}
