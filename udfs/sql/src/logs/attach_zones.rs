//! `attach_zones`: the zone each sample or row is in.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, StringArray};
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::{Result, exec_err, plan_err};
use outcrop_kernels::logs::block::block_of;
use outcrop_operators::{Call, Column, Definition, Input, Operator, Output, OutputColumn, Planned, Rows};
use outcrop_types::field::described;

use super::zones_input::{zones, zones_input};
use crate::pieces::{number_field, numbers};

#[derive(Debug)]
pub(super) struct AttachZones(Definition);

const ADDED: [&str; 3] = ["zone", "zone_top", "zone_base"];

pub(super) fn operator() -> AttachZones {
    AttachZones(Definition {
        name: "attach_zones",
        group: "Logs",
        summary: "The zone each sample or row is in, by depth",
        doc: "A depth is in the zone whose top is at or above it and whose base is below it: the top belongs to the zone, the base to \
            the next. Rows come in any number and order, such as samples, core plugs or perforations; all their columns come along. \
            Where there is no zone, or md is NULL, `zone` is NULL. Zones that overlap are an error; those without thickness hold \
            nothing. Group both inputs with `by => [well]`.",
        example: "SELECT * FROM attach_zones((SELECT well, md, gr FROM logs), (SELECT well, surface AS zone, md AS top_md FROM tops), by => [well]) WHERE zone IS NOT NULL LIMIT 5",
        inputs: vec![
            Input::new("data", "Rows by depth", vec![Column::length("md", "Measured depth").keep_null()]).keep_rest(),
            zones_input(),
        ],
        parameters: vec![],
        output: vec![
            OutputColumn { name: "md", unit: "unit of md", doc: "Depth" },
            OutputColumn { name: "the other columns", unit: "as in the input", doc: "As they are" },
            OutputColumn { name: "zone", unit: "", doc: "Name of the zone" },
            OutputColumn { name: "zone_top, zone_base", unit: "unit of md", doc: "Its depths; NULL for the base of one that is open" },
        ],
    })
}

impl Operator for AttachZones {
    fn definition(&self) -> &Definition {
        &self.0
    }

    fn output(&self, planned: &Planned<'_>) -> Result<Vec<Field>> {
        let md = planned.unit("data", "md");
        let rest = planned.rest("data");
        if let Some(taken) = rest.iter().find(|f| ADDED.contains(&f.name().as_str())) {
            return plan_err!("attach_zones: the data have a column `{}` already; leave it out or name it otherwise", taken.name());
        }
        let mut fields = vec![number_field("md", md, "Depth")];
        fields.extend(rest);
        fields.push(described("zone", DataType::Utf8, true, "Zone the row is in"));
        fields.push(number_field("zone_top", md, "Top of the zone"));
        fields.push(number_field("zone_base", md, "Base of the zone"));
        Ok(fields)
    }

    fn run(&self, _: &Call, inputs: &[Rows], output: &mut Output) -> Result<()> {
        let [data, zone_rows] = inputs else { return exec_err!("needs data and zones") };
        let (names, blocks) = zones(zone_rows)?;
        let md = data.numbers("md");
        let places = block_of(&md, &blocks);
        let name: StringArray =
            places.iter().map(|p| p.filter(|&at| names.is_valid(at)).map(|at| names.value(at))).collect();
        let depth = |of: fn(&outcrop_kernels::logs::block::Block) -> f64| {
            let one = |p: &Option<usize>| p.and_then(|at| blocks.get(at)).map(of).filter(|d| d.is_finite());
            numbers(places.iter().map(|p| one(p).unwrap_or(f64::NAN)).collect())
        };
        let mut columns = vec![numbers(md.clone())];
        columns.extend(data.rest().iter().cloned());
        columns.extend([Arc::new(name) as ArrayRef, depth(|b| b.top), depth(|b| b.base)]);
        output.emit(columns)
    }
}
