//! Two log sets that become one.

use datafusion::arrow::datatypes::Field;
use datafusion::common::{Result, plan_err};
use outcrop_operators::{BoundInput, Column, Input, Planned, UnitRule};
use outcrop_types::field;

use super::curves::curve_fields;

/// A log set as an input; the second one's depths are in the unit of the first's.
pub(super) fn log_set_input(name: &'static str, doc: &'static str, first: Option<&'static str>) -> Input {
    let md = Column::length("md", "Depth of the sample");
    let md = match first {
        Some(first) => md.unit(UnitRule::SameAs(first, "md")),
        None => md,
    };
    Input::new(name, doc, vec![md]).keep_rest().ordered_by(&["md"])
}

/// The curves of both, those of the first before those that only the second has. Curves of one name must have one unit.
pub(super) fn both(operator: &str, planned: &Planned<'_>, first: &str, second: &str) -> Result<Vec<Field>> {
    let mut fields = curve_fields(operator, planned, first)?;
    for f in curve_fields(operator, planned, second)? {
        match fields.iter_mut().find(|known| known.name() == f.name()) {
            None => fields.push(f),
            Some(known) => match (field::unit(known), field::unit(&f)) {
                (Some(a), Some(b)) if a != b => {
                    return plan_err!(
                        "{operator}: `{0}` is in {a} in `{first}` and in {b} in `{second}`; convert one: convert_unit({0}, '{a}') AS {0}",
                        f.name()
                    );
                }
                (None, Some(_)) => *known = f,
                _ => {}
            },
        }
    }
    Ok(fields)
}

/// The names of the curves of [`both`].
pub(super) fn names<'a>(first: &'a BoundInput, second: &'a BoundInput) -> Vec<&'a str> {
    let mut names: Vec<&str> = first.rest.iter().map(|c| c.source.as_str()).collect();
    for c in &second.rest {
        if !names.contains(&c.source.as_str()) {
            names.push(&c.source);
        }
    }
    names
}
