//! `transform_crs`: coordinates in another reference system.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, Float64Array, StructArray};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Fields};
use datafusion::common::{Result, ScalarValue, plan_err};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use outcrop_crs::{CrsError, CrsInfo, Transformer, describe};
use outcrop_types::field;

use crate::function::{Callable, Function, FunctionArgument};
use crate::totals::float;

const CALL: &str = "transform_crs(x, y, 'source', 'target' [, 'transformation'])";

pub(super) fn function() -> Function {
    let argument = |name, kind, default: Option<&str>, doc: &str| FunctionArgument {
        name,
        kind,
        unit: "",
        default: default.map(str::to_owned),
        doc: doc.to_owned(),
    };
    Function {
        name: "transform_crs",
        group: "Coordinates",
        summary: "Coordinates in another coordinate reference system, by PROJ",
        doc: "Gives a struct of `x` and `y`: `transform_crs(x, y, 'EPSG:23031', 'EPSG:4326')['x']` is the longitude. Axes are always \
            easting and then northing, longitude and then latitude, whatever order the authority defines; longitudes and latitudes are \
            degrees. A system is an EPSG code, WKT, or a PROJ string with `+type=crs`; where the column states its system, that is \
            the source when NULL is given, and another one is an error. So is a column in another unit than the source's axes.\n\n\
            At each place the best transformation that PROJ knows for it is taken: `crs_operations` lists them with their accuracy, \
            and one can be named. Rough guesses (\"ballpark\") are refused, and where the best one needs a grid file that is not there, \
            that is an error: no datum is changed by a worse way in silence. NULL and NaN give NULL, and so does a place that a \
            projection or a grid does not cover. Heights do not change anything; a change of datum without them comes back within a \
            millimetre.\n\n\
            Source: PROJ 9.6 with the EPSG database; tested against the worked examples of IOGP Guidance Note 373-7-2.",
        example: "SELECT well, x, y, transform_crs(x, y, 'EPSG:23031', 'EPSG:4326')['x'] AS lon, transform_crs(x, y, 'EPSG:23031', 'EPSG:4326')['y'] AS lat FROM wells WHERE x IS NOT NULL LIMIT 5",
        arguments: vec![
            argument("x", "number", None, "Easting or longitude"),
            argument("y", "number", None, "Northing or latitude"),
            argument("source", "string", None, "System they are in, a constant; NULL takes the column's"),
            argument("target", "string", None, "System they shall be in, a constant"),
            argument("transformation", "string", Some(""), "Name of the transformation, as crs_operations gives it"),
        ],
        result: "a struct of x and y, in the unit of the target's axes",
        callable: Callable::Scalar(Arc::new(ScalarUDF::new_from_impl(TransformCrs {
            signature: Signature::user_defined(Volatility::Immutable),
        }))),
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct TransformCrs {
    signature: Signature,
}

/// What a call says besides its coordinates.
struct Systems {
    source: String,
    target: String,
    transformation: Option<String>,
}

fn failed(error: CrsError) -> DataFusionError {
    DataFusionError::Execution(format!("transform_crs: {error}"))
}

fn known(system: &str) -> Result<CrsInfo> {
    describe(system).or_else(|e| plan_err!("transform_crs: {e}"))
}

impl Systems {
    fn of(fields: &[FieldRef], given: &[Option<ScalarValue>]) -> Result<Self> {
        let text = |at: usize, name: &str| match given.get(at) {
            Some(Some(value)) => match value.try_as_str() {
                Some(found) => Ok(found.map(str::to_owned)),
                None if value.is_null() => Ok(None),
                None => plan_err!("transform_crs: `{name}` must be a text, found {}; {CALL}", value.data_type()),
            },
            Some(None) => plan_err!("transform_crs: `{name}` must be a constant; {CALL}"),
            None => Ok(None),
        };
        let stated = fields.iter().take(2).find_map(|f| f.metadata().get(field::CRS)).filter(|c| !c.is_empty());
        let source = match (text(0, "source")?, stated) {
            (Some(given), Some(stated)) if !given.eq_ignore_ascii_case(stated) => {
                return plan_err!("transform_crs: x and y are in {stated}, not in {given}");
            }
            (Some(given), _) => given,
            (None, Some(stated)) => stated.clone(),
            (None, None) => {
                let target = text(1, "target")?.unwrap_or_else(|| "EPSG:4326".to_owned());
                return plan_err!(
                    "transform_crs: the system of x and y is not known, which a column states (DESCRIBE shows it) and what is \
                     calculated from it, such as min(x), does not; state it in place of NULL: transform_crs(x, y, \
                     'EPSG:23031', '{target}') for x and y in EPSG:23031"
                );
            }
        };
        let Some(target) = text(1, "target")? else { return plan_err!("transform_crs: `target` is missing; {CALL}") };
        let transformation = text(2, "transformation")?.filter(|t| !t.is_empty());
        Ok(Systems { source, target, transformation })
    }
}

fn result_fields(target: &CrsInfo, code: &str) -> Fields {
    let names = if target.geographic { ["Longitude", "Latitude"] } else { ["Easting", "Northing"] };
    let one = |name: &str, doc: &str| {
        let made = field::described(name, DataType::Float64, true, doc);
        field::with(field::with_unit(made, target.unit.unwrap_or_default()), field::CRS, code)
    };
    Fields::from(vec![one("x", names[0]), one("y", names[1])])
}

impl ScalarUDFImpl for TransformCrs {
    fn name(&self) -> &str {
        "transform_crs"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        if !(4..=5).contains(&given.len()) {
            return plan_err!("transform_crs takes {CALL}; found {} arguments", given.len());
        }
        let mut types = Vec::new();
        for (t, name) in given.iter().zip(["x", "y"]) {
            if !t.is_numeric() && *t != DataType::Null {
                return plan_err!("transform_crs: `{name}` must be a number, found {t}; {CALL}");
            }
            types.push(DataType::Float64);
        }
        for (t, name) in given[2..].iter().zip(["source", "target", "transformation"]) {
            if !matches!(t, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null) {
                return plan_err!("transform_crs: `{name}` must be a text such as 'EPSG:23031', found {t}; {CALL}");
            }
            types.push(if *t == DataType::Null { DataType::Null } else { DataType::Utf8 });
        }
        Ok(types)
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        plan_err!("transform_crs: the result depends on the systems")
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        let given: Vec<Option<ScalarValue>> = args.scalar_arguments.iter().skip(2).map(|s| s.cloned()).collect();
        let systems = Systems::of(args.arg_fields, &given)?;
        let (source, target) = (known(&systems.source)?, known(&systems.target)?);
        for f in args.arg_fields.iter().take(2) {
            if let (Some(stated), Some(unit)) = (field::unit(f), source.unit)
                && stated != unit
            {
                return plan_err!(
                    "transform_crs: `{0}` is in {stated}, but {1} ({2}) is in {unit}; convert it first: convert_unit({0}, '{unit}')",
                    f.name(),
                    systems.source,
                    source.name
                );
            }
        }
        let fields = result_fields(&target, &systems.target);
        Ok(Arc::new(Field::new("transform_crs", DataType::Struct(fields), true)))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let constant = |v: &ColumnarValue| match v {
            ColumnarValue::Scalar(s) => Some(s.clone()),
            ColumnarValue::Array(_) => None,
        };
        let given: Vec<Option<ScalarValue>> = args.args.iter().skip(2).map(constant).collect();
        let systems = Systems::of(&args.arg_fields, &given)?;
        let way = Transformer::between(&systems.source, &systems.target, systems.transformation.as_deref()).map_err(failed)?;
        let scalar = args.args.iter().take(2).all(|a| matches!(a, ColumnarValue::Scalar(_)));
        let arrays = ColumnarValue::values_to_arrays(&args.args[..2])?;
        let (x, y) = (float(&arrays[0])?, float(&arrays[1])?);
        // Constants beside a column come as one value for all.
        let rows = x.len().max(y.len());
        let at = |a: &Float64Array, row: usize| {
            let row = if a.len() == 1 { 0 } else { row };
            if a.is_null(row) { f64::NAN } else { a.value(row) }
        };
        let (mut to_x, mut to_y, mut defined) = (Vec::with_capacity(rows), Vec::with_capacity(rows), Vec::with_capacity(rows));
        for row in 0..rows {
            let place = way.transform(at(x, row), at(y, row)).map_err(failed)?;
            defined.push(place.is_some());
            let (a, b) = place.unwrap_or((0.0, 0.0));
            to_x.push(a);
            to_y.push(b);
        }
        let nulls = defined.contains(&false).then(|| NullBuffer::from(defined));
        let DataType::Struct(fields) = args.return_field.data_type().clone() else {
            return plan_err!("transform_crs gives a struct");
        };
        let column = |v: Vec<f64>| -> Result<ArrayRef> { Ok(Arc::new(Float64Array::try_new(v.into(), nulls.clone())?)) };
        let made = StructArray::try_new(fields, vec![column(to_x)?, column(to_y)?], nulls.clone())?;
        if scalar {
            return Ok(ColumnarValue::Scalar(ScalarValue::Struct(Arc::new(made))));
        }
        Ok(ColumnarValue::Array(Arc::new(made)))
    }
}
