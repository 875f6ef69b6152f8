//! The field as a whole: made, and written.

use std::path::{Path, PathBuf};

use crate::{DemoCube, DemoError, DemoWell, Result, SeismicOptions, las, seismic, tables, wells};

/// What the field is to be.
#[derive(Debug, Clone, PartialEq)]
pub struct DemoOptions {
    /// How many wells, 1 to 9999.
    pub wells: usize,
    /// Seed of everything random. The geology does not depend on it.
    pub seed: u64,
    /// Distance between log samples, metre of measured depth, 0.01 to 10 (0.1524 is half a foot).
    pub log_step: f64,
    /// The seismic cube, some 60 MB; `None` writes none.
    pub seismic: Option<SeismicOptions>,
}

impl Default for DemoOptions {
    /// 24 wells, sampled every 0.1524 m, and the cube.
    fn default() -> Self {
        Self { wells: 24, seed: 20_260_101, log_step: 0.1524, seismic: Some(SeismicOptions::default()) }
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
        self.seismic.as_ref().map_or(Ok(()), SeismicOptions::check)
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
    /// How many checkshots `checkshots.csv` has.
    pub checkshots: usize,
    /// The seismic cube, where one was asked for.
    pub cube: Option<DemoCube>,
}

/// Makes the field and writes it into a folder, which is made if absent:
///
/// | file | a row is | columns |
/// |---|---|---|
/// | `las/OUT-<n>.las` | a depth | gamma ray, density, neutron, sonic, resistivity, caliper, spontaneous potential |
/// | `wells.csv` | a well | Well, UWI, X, Y, CRS, Datum, KB, Water depth, TD, Field, Operator |
/// | `tops.csv` | a pick | Well, Surface, MD, Interpreter |
/// | `surveys.csv` | a station | Well, MD, Inclination, Azimuth GN (grid north) |
/// | `checkshots.csv` | a checkshot of a vertical well | Well, MD, TVDSS, TWT |
/// | `top_reservoir_twt.csv` | a seismic pick | Line, X, Y, TWT |
/// | `seismic/cube.sgy` | a trace | SEG-Y revision 1 |
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
    let seed = options.seed;
    let logs = folder.join("las");
    std::fs::create_dir_all(&logs).map_err(|source| DemoError::Write { path: logs.clone(), source })?;
    let mut field = DemoField {
        folder: folder.to_owned(),
        wells: Vec::new(),
        files: Vec::new(),
        seismic_picks: 0,
        checkshots: 0,
        cube: None,
    };
    for (index, place) in wells::places(options.wells, seed).into_iter().enumerate() {
        let number = index + 1;
        let mut well = DemoWell::drill(number, place, seed)?;
        let (text, samples) = las::render(&well, number, seed, options.log_step)?;
        well.samples = samples;
        well.las = folder.join(&well.las);
        field.put(well.las.clone(), &text)?;
        field.wells.push(well);
    }
    field.put(folder.join("wells.csv"), &tables::wells(&field.wells))?;
    field.put(folder.join("tops.csv"), &tables::tops(&field.wells))?;
    field.put(folder.join("surveys.csv"), &tables::surveys(&field.wells))?;
    let (checkshots, count) = tables::checkshots(&field.wells)?;
    field.put(folder.join("checkshots.csv"), &checkshots)?;
    field.checkshots = count;
    let (picks, count) = tables::seismic_picks(seed);
    field.put(folder.join("top_reservoir_twt.csv"), &picks)?;
    field.seismic_picks = count;
    if let Some(options) = &options.seismic {
        field.seismic(options, seed)?;
    }
    Ok(field)
}

impl DemoField {
    fn seismic(&mut self, options: &SeismicOptions, seed: u64) -> Result<()> {
        let folder = self.folder.join("seismic");
        std::fs::create_dir_all(&folder).map_err(|source| DemoError::Write { path: folder.clone(), source })?;
        let cube = seismic::write(&folder.join("cube.sgy"), options, seed)?;
        self.files.push(cube.path.clone());
        self.cube = Some(cube);
        Ok(())
    }

    fn put(&mut self, path: PathBuf, text: &str) -> Result<()> {
        std::fs::write(&path, text).map_err(|source| DemoError::Write { path: path.clone(), source })?;
        self.files.push(path);
        Ok(())
    }
}
