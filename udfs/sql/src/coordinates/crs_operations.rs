//! `crs_operations`: the transformations between two coordinate reference systems.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BooleanArray, StringArray};
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::{Result, exec_err};
use datafusion::error::DataFusionError;
use outcrop_operators::{Call, Definition, Operator, Output, OutputColumn, Parameter, Planned, Rows};
use outcrop_types::field::described;

use crate::pieces::{number_field, numbers};

#[derive(Debug)]
pub(super) struct CrsOperations(Definition);

pub(super) fn operator() -> CrsOperations {
    CrsOperations(Definition {
        name: "crs_operations",
        group: "Coordinates",
        summary: "The transformations between two coordinate reference systems, with accuracy and area",
        doc: "What PROJ's database (EPSG and others) knows, the best for the systems' areas first; rough guesses are left out. \
            `transform_crs` takes at each place the best that covers it, and takes one of these alone where its `name`, or one of the \
            steps that `+` joins in it, is given. One that is not `available` needs the files in `grids`; PROJ finds them in the folder \
            that the environment variable PROJ_DATA names.",
        example: "SELECT name, accuracy, area FROM crs_operations(source => 'EPSG:4230', target => 'EPSG:4326') LIMIT 5",
        inputs: vec![],
        parameters: vec![
            Parameter::text("source", "System converted from: EPSG:23031, WKT or a PROJ string with +type=crs").required(),
            Parameter::text("target", "System converted to").required(),
        ],
        output: vec![
            OutputColumn { name: "name", unit: "", doc: "Name of the transformation" },
            OutputColumn { name: "accuracy", unit: "m", doc: "Accuracy; NULL where it is not known" },
            OutputColumn { name: "area", unit: "", doc: "Where it is for" },
            OutputColumn { name: "grids", unit: "", doc: "Grid files it needs" },
            OutputColumn { name: "available", unit: "", doc: "Whether all of them are there" },
        ],
    })
}

impl Operator for CrsOperations {
    fn definition(&self) -> &Definition {
        &self.0
    }

    fn output(&self, _: &Planned<'_>) -> Result<Vec<Field>> {
        Ok(vec![
            described("name", DataType::Utf8, false, "Name of the transformation"),
            number_field("accuracy", "m", "Accuracy"),
            described("area", DataType::Utf8, false, "Where it is for"),
            described("grids", DataType::Utf8, true, "Grid files it needs"),
            described("available", DataType::Boolean, false, "Whether all grid files are there"),
        ])
    }

    fn run(&self, call: &Call, _: &[Rows], output: &mut Output) -> Result<()> {
        let (Some(source), Some(target)) = (call.text("source"), call.text("target")) else {
            return exec_err!("needs `source` and `target`");
        };
        let all = outcrop_crs::operations(source, target).map_err(|e| DataFusionError::Execution(e.to_string()))?;
        let text = |of: &dyn Fn(&outcrop_crs::Operation) -> Option<String>| -> ArrayRef {
            Arc::new(all.iter().map(of).collect::<StringArray>())
        };
        output.emit(vec![
            text(&|o| Some(o.name.clone())),
            numbers(all.iter().map(|o| o.accuracy.unwrap_or(f64::NAN)).collect()),
            text(&|o| Some(o.area.clone())),
            text(&|o| (!o.grids.is_empty()).then(|| o.grids.join(", "))),
            Arc::new(all.iter().map(|o| Some(o.available)).collect::<BooleanArray>()),
        ])
    }
}
