//! Options of the readers, from the arguments of a call.

use datafusion::common::{Result, plan_err};
use datafusion::sql::sqlparser::ast::{Expr, FunctionArg, FunctionArgExpr, UnaryOperator, Value};
use outcrop_connectors::dataset::DatasetKind;
use outcrop_connectors::{las, table};
use outcrop_seismic::SegyOptions;
use outcrop_types::near::did_you_mean;

use super::{READERS, Reader};

/// What a call said about how to read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    pub(crate) las: las::ReadOptions,
    pub(crate) table: table::TableOptions,
    pub(crate) segy: SegyOptions,
    /// Of a file that has several, the datasets of this kind.
    pub(crate) kind: Option<DatasetKind>,
}

/// Path and options of `read_…('path', name => value)`.
pub(super) fn of_call(reader: &str, args: &[FunctionArg]) -> Result<(String, Options)> {
    let mut path = None;
    let mut options = Options::default();
    let valid = READERS.iter().find(|r| r.name == reader).map(Reader::options).unwrap_or_default();
    for arg in args {
        let (name, value) = match arg {
            FunctionArg::Unnamed(value) => (None, value),
            FunctionArg::Named { name, arg, .. } => (Some(name.value.to_lowercase()), arg),
            FunctionArg::ExprNamed { name: Expr::Identifier(name), arg, .. } => (Some(name.value.to_lowercase()), arg),
            FunctionArg::ExprNamed { name, .. } => return plan_err!("{reader}: `{name}` is not a name"),
        };
        let FunctionArgExpr::Expr(expr) = value else {
            return plan_err!("{reader}: `*` is not an argument");
        };
        let text = constant(expr);
        let Some(name) = name else {
            match (path.is_none(), text) {
                (true, Some(text)) => path = Some(text),
                _ => {
                    return plan_err!(
                        "{reader}: the one argument without a name is the path, as text in single quotes"
                    );
                }
            }
            continue;
        };
        if name == "path" {
            path = text;
            continue;
        }
        if !valid.contains(&name.as_str()) {
            let list =
                if valid.is_empty() { "only the path".to_owned() } else { format!("path, {}", valid.join(", ")) };
            let near = did_you_mean(&name, valid.iter().copied().chain(["path"]));
            return plan_err!("{reader}: no parameter `{name}`{near}; {reader} takes {list}");
        }
        let Some(text) = text else {
            return plan_err!("{reader}: `{name}` must be a constant, found {expr}");
        };
        let flag = || match text.to_lowercase().as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => plan_err!("{reader}: `{name}` expects true or false, found {text}"),
        };
        if reader.ends_with("_segy") {
            options.segy.set(&name, &text).or_else(|e| plan_err!("{reader}: {e}"))?;
            continue;
        }
        match (name.as_str(), reader.ends_with("_las")) {
            ("null", true) => match text.parse() {
                Ok(v) => options.las.null = Some(v),
                Err(_) => return plan_err!("{reader}: `null` expects a number, found '{text}'"),
            },
            ("encoding", true) => options.las.encoding = Some(text),
            ("null", false) => options.table.null.push(text),
            ("encoding", false) => match text.parse() {
                Ok(e) => options.table.encoding = Some(e),
                Err(e) => return plan_err!("{reader}: {e}"),
            },
            ("kind", _) => match [DatasetKind::Points, DatasetKind::Lines, DatasetKind::Polygons, DatasetKind::Faults]
                .into_iter()
                .find(|k| k.schema() == text.to_lowercase())
            {
                Some(kind) => options.kind = Some(kind),
                None => return plan_err!("{reader}: `kind` expects points, lines, polygons or faults, found '{text}'"),
            },
            ("delimiter", _) => match text.parse() {
                Ok(d) => options.table.delimiter = Some(d),
                Err(e) => return plan_err!("{reader}: {e}"),
            },
            ("columns", _) => match text.parse() {
                Ok(columns) => options.table.columns = Some(columns),
                Err(e) => return plan_err!("{reader}: {e}"),
            },
            ("header", _) => options.table.header = Some(flag()?),
            ("decimal_comma", _) => options.table.decimal_comma = Some(flag()?),
            ("skip_rows", _) => match text.parse() {
                Ok(n) => options.table.skip_rows = n,
                Err(_) => return plan_err!("{reader}: `skip_rows` expects a whole number, found '{text}'"),
            },
            _ => {}
        }
    }
    match path {
        Some(path) => Ok((path, options)),
        None => plan_err!("{reader}: give the path of a file, a folder or a pattern in single quotes"),
    }
}

/// A literal as text; a sign before a number counts.
fn constant(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Value(v) => match &v.value {
            Value::SingleQuotedString(text) | Value::Number(text, _) => Some(text.clone()),
            Value::Boolean(b) => Some(b.to_string()),
            _ => None,
        },
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => constant(expr).map(|t| format!("-{t}")),
        Expr::Nested(inner) => constant(inner),
        _ => None,
    }
}
