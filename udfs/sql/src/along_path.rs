//! True vertical depths of log samples, from the surveys of their wells: what the columns `tvd` and `tvdss` of `logs` are
//! computed by. No function of SQL: it holds the paths of a project at a commit.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray, Float64Array, StringArray};
use datafusion::arrow::datatypes::{DataType, Float64Type};
use datafusion::common::{DataFusionError, Result, exec_err};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, TypeSignature, Volatility,
};
use outcrop_kernels::well_path::{Beyond, PathOptions, PathPoint, TieIn, minimum_curvature, path_at};

/// A well: its path, where it has a survey, and the elevation of its datum, where that is known.
#[derive(Debug, Default)]
struct Well {
    path: Vec<PathPoint>,
    datum_elevation: Option<f64>,
}

/// Wells and their paths, all lengths in one unit.
#[derive(Debug, Default)]
pub struct WellPaths {
    wells: HashMap<String, Well>,
    origin: String,
}

impl WellPaths {
    /// No wells yet. `origin` tells another program where it finds the same paths; equal origins are equal paths.
    pub fn of(origin: String) -> Self {
        WellPaths { wells: HashMap::new(), origin }
    }

    /// Where they come from, in the words of whoever made them.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// States the elevation of a well's depth datum above mean sea level.
    pub fn datum_elevation(&mut self, well: &str, elevation: f64) {
        self.wells.entry(well.to_owned()).or_default().datum_elevation = Some(elevation);
    }

    /// Computes a well's path by minimum curvature. Stations are sorted by `md`; angles are in degrees. A survey that begins
    /// below the datum has a vertical hole above it, as in the view `trajectories`.
    ///
    /// # Errors
    /// A survey without a path, with the well's name.
    pub fn survey(&mut self, well: &str, stations: &mut [[f64; 3]]) -> Result<()> {
        stations.sort_by(|a, b| a[0].total_cmp(&b[0]));
        let column = |i: usize| stations.iter().map(|s| s.get(i).copied().unwrap_or(f64::NAN)).collect::<Vec<f64>>();
        let md = column(0);
        let first = md.first().copied().unwrap_or(0.0);
        let tie_in = (first != 0.0).then_some(TieIn { tvd: first, north: 0.0, east: 0.0 });
        // Dogleg severity is not looked at.
        let options = PathOptions { tie_in, ..PathOptions::default() };
        let path = minimum_curvature(&md, &column(1), &column(2), &options).map_err(|e| {
            DataFusionError::Execution(format!(
                "the survey of well `{well}` has no path, so its logs have no tvd: {e}; leave tvd and tvdss out, or correct the survey"
            ))
        })?;
        self.wells.entry(well.to_owned()).or_default().path = path;
        Ok(())
    }
}

/// Which depth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VerticalDepth {
    /// True vertical depth below the well's datum.
    Tvd,
    /// True vertical depth below mean sea level: tvd less the elevation of the datum.
    Tvdss,
}

/// The function of `(well, md, tvd, tvdss)` that fills one of the depths: what is stated stays; else the depth on the
/// well's path, NULL above the first station, below the last one and without a survey.
pub fn vertical_depth(paths: Arc<WellPaths>, which: VerticalDepth) -> ScalarUDF {
    let arguments = vec![DataType::Utf8, DataType::Float64, DataType::Float64, DataType::Float64];
    let signature = Signature::new(TypeSignature::Exact(arguments), Volatility::Immutable);
    ScalarUDF::new_from_impl(Along { paths, which, signature })
}

/// What a function that [`vertical_depth`] gave is made of; `None` of another.
pub fn of_vertical_depth(function: &ScalarUDF) -> Option<(&Arc<WellPaths>, VerticalDepth)> {
    let along = function.inner().downcast_ref::<Along>()?;
    Some((&along.paths, along.which))
}

#[derive(Debug)]
struct Along {
    paths: Arc<WellPaths>,
    which: VerticalDepth,
    signature: Signature,
}

impl PartialEq for Along {
    fn eq(&self, other: &Self) -> bool {
        self.which == other.which && self.paths.origin == other.paths.origin
    }
}

impl Eq for Along {}

impl Hash for Along {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.which, &self.paths.origin).hash(state);
    }
}

impl ScalarUDFImpl for Along {
    fn name(&self) -> &str {
        match self.which {
            VerticalDepth::Tvd => "tvd_along_path",
            VerticalDepth::Tvdss => "tvdss_along_path",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let [well, md, tvd, tvdss] = arrays.as_slice() else {
            return exec_err!("{} takes well, md, tvd and tvdss", self.name());
        };
        let number = |array: &Arc<dyn Array>| array.as_primitive_opt::<Float64Type>().cloned();
        let (Some(wells), Some(md), Some(tvd), Some(tvdss)) =
            (well.as_string_opt::<i32>(), number(md), number(tvd), number(tvdss))
        else {
            return exec_err!("{} takes text and three numbers", self.name());
        };
        Ok(ColumnarValue::Array(Arc::new(self.depths(wells, &md, &tvd, &tvdss)?)))
    }
}

impl Along {
    fn depths(
        &self,
        wells: &StringArray,
        md: &Float64Array,
        tvd: &Float64Array,
        tvdss: &Float64Array,
    ) -> Result<Float64Array> {
        let stated = |array: &Float64Array, row: usize| array.is_valid(row).then(|| array.value(row));
        let mut depths = Vec::with_capacity(wells.len());
        let mut from = 0;
        while from < wells.len() {
            // Rows of a well stand together.
            let name = wells.is_valid(from).then(|| wells.value(from));
            let same = |row: &usize| wells.is_valid(*row).then(|| wells.value(*row)) == name;
            let to = (from..wells.len()).find(|row| !same(row)).unwrap_or(wells.len());
            let well = name.and_then(|name| self.paths.wells.get(name));
            let path = well.map(|w| w.path.as_slice()).unwrap_or_default();
            let on_path = match (path.first(), path.last()) {
                (Some(first), Some(last)) => {
                    let inside = |row: usize| stated(md, row).filter(|d| *d >= first.md && *d <= last.md);
                    let wanted: Vec<f64> = (from..to).map(|row| inside(row).unwrap_or(f64::NAN)).collect();
                    let points = path_at(path, &wanted, Beyond::Error).map_err(crate::monitor::failed)?;
                    points.into_iter().map(|p| (!p.tvd.is_nan()).then_some(p.tvd)).collect()
                }
                _ => vec![None; to - from],
            };
            let elevation = well.and_then(|w| w.datum_elevation);
            for (row, on_path) in (from..to).zip(on_path) {
                let below_datum = stated(tvd, row).or(on_path);
                depths.push(match self.which {
                    VerticalDepth::Tvd => below_datum,
                    VerticalDepth::Tvdss => {
                        stated(tvdss, row).or_else(|| below_datum.zip(elevation).map(|(d, e)| d - e))
                    }
                });
            }
            from = to;
        }
        Ok(depths.into_iter().collect())
    }
}
