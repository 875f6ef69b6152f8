//! `net_pay`: net thickness and its means, by cut-offs.

use datafusion::arrow::datatypes::Field;
use datafusion::common::{Result, exec_err};
use outcrop_kernels::logs::block::Block;
use outcrop_kernels::logs::pay::{Cutoffs, net_pay};
use outcrop_operators::{Call, Column, Definition, Input, Operator, Output, OutputColumn, Parameter, Planned, Rows, UnitRule};

use crate::monitor::failed;
use crate::pieces::{number_field, numbers};

#[derive(Debug)]
pub(super) struct NetPay(Definition);

pub(super) fn operator() -> NetPay {
    let fraction = |name, doc| Column::number(name, doc).unit(UnitRule::Is("v/v")).keep_null();
    let bound = |name, doc| Column::length(name, doc).unit(UnitRule::SameAs("data", "md")).optional().keep_null();
    let cutoff = |name, doc| Parameter::bounded(name, 0.0, 1.0, doc).unit("v/v");
    NetPay(Definition {
        name: "net_pay",
        group: "Logs",
        summary: "Gross, net, net to gross, mean porosity and saturation, and hydrocarbon pore thickness, by cut-offs",
        doc: "A row per group: `by => [well]`, or `by => [well, zone]` on the result of `attach_zones`, whose `zone_top` and \
            `zone_base` are the bounds that thicknesses are cut at. A sample stands for the thickness halfway to the samples beside \
            it, half a usual step at the ends and beside holes (over 1.5 usual steps).\n\n\
            Rock with `phi` of at least `phi_min` and `vsh` of at most `vsh_max` is reservoir; where `sw` is at most `sw_max` too it \
            is net. A cut-off that is left out cuts nothing; a reading on it counts. Samples without one of the readings are neither \
            logged nor net, but gross. `gross` is the zone's thickness where its bounds are known, else from the first to the last \
            sample's interval.\n\n\
            `phi` is the mean by thickness of the net, `sw` the mean by pore thickness, `vsh` by thickness; without net they are NULL. \
            `hydrocarbon_pore_thickness` is the sum of `phi (1 - sw)` times thickness over the net.\n\n\
            Thickness is that of the depth given: alias `tvd` to `md` for vertical thickness. Fractions, not percent: porosity above \
            1 is an error.\n\n\
            Source: P. F. Worthington and L. Cosentino, *The role of cutoffs in integrated reservoir studies*, SPE Reservoir Evaluation \
            & Engineering 8 (2005).",
        example: "SELECT * FROM net_pay((SELECT well, md, porosity_density(rhob, 2.65, 1.0) AS phi, archie_sw(rt, porosity_density(rhob, 2.65, 1.0), 0.05) AS sw, vshale_gr(gr, 25, 120) AS vsh FROM logs), phi_min => 0.1, sw_max => 0.5, vsh_max => 0.4, by => [well]) LIMIT 5",
        inputs: vec![
            Input::new("data", "Samples by depth", vec![
                Column::length("md", "Depth of the sample"),
                fraction("phi", "Porosity"),
                fraction("sw", "Water saturation"),
                fraction("vsh", "Shale volume").optional(),
                bound("zone_top", "Top of the interval, the same in all rows"),
                bound("zone_base", "Its base"),
            ])
            .ordered_by(&["md"]),
        ],
        parameters: vec![
            cutoff("phi_min", "Least porosity"),
            cutoff("sw_max", "Greatest water saturation"),
            cutoff("vsh_max", "Greatest shale volume"),
        ],
        output: vec![
            OutputColumn { name: "gross", unit: "unit of md", doc: "Thickness of the interval" },
            OutputColumn { name: "logged", unit: "unit of md", doc: "Thickness with all readings" },
            OutputColumn { name: "reservoir", unit: "unit of md", doc: "Thickness by the cut-offs of porosity and shale" },
            OutputColumn { name: "net", unit: "unit of md", doc: "Thickness by all cut-offs" },
            OutputColumn { name: "net_to_gross", unit: "v/v", doc: "net over gross" },
            OutputColumn { name: "phi, sw, vsh", unit: "v/v", doc: "Means of the net; vsh only where the data have it" },
            OutputColumn { name: "hydrocarbon_pore_thickness", unit: "unit of md", doc: "Thickness of hydrocarbons alone" },
        ],
    })
}

impl Operator for NetPay {
    fn definition(&self) -> &Definition {
        &self.0
    }

    fn output(&self, planned: &Planned<'_>) -> Result<Vec<Field>> {
        let md = planned.unit("data", "md");
        let mut fields = vec![
            number_field("gross", md, "Thickness of the interval"),
            number_field("logged", md, "Thickness with all readings"),
            number_field("reservoir", md, "Thickness by the cut-offs of porosity and shale"),
            number_field("net", md, "Thickness by all cut-offs"),
            number_field("net_to_gross", "v/v", "Net over gross"),
            number_field("phi", "v/v", "Mean porosity of the net"),
            number_field("sw", "v/v", "Mean water saturation of the net, by pore thickness"),
        ];
        if planned.inputs.iter().any(|i| i.has("vsh")) {
            fields.push(number_field("vsh", "v/v", "Mean shale volume of the net"));
        }
        fields.push(number_field("hydrocarbon_pore_thickness", md, "Thickness of hydrocarbons alone"));
        Ok(fields)
    }

    fn run(&self, call: &Call, inputs: &[Rows], output: &mut Output) -> Result<()> {
        let Some(data) = inputs.first() else { return exec_err!("there is no data") };
        let (md, phi, sw, vsh) = (data.numbers("md"), data.numbers("phi"), data.numbers("sw"), data.numbers("vsh"));
        let with_shale = call.input("data").is_some_and(|(_, b)| b.has("vsh"));
        if call.number("vsh_max").is_some() && !with_shale {
            return exec_err!("`vsh_max` needs the column `vsh`");
        }
        if let Some(i) = phi.iter().position(|p| *p > 1.0) {
            return exec_err!("phi is {} at md {}: fractions are expected, not percent (phi / 100)", phi[i], md[i]);
        }
        let one = |role: &str, md: &[f64]| -> Result<f64> {
            let all = data.numbers(role);
            let first = all.first().copied().unwrap_or(f64::NAN);
            match all.iter().position(|v| *v != first && !(v.is_nan() && first.is_nan())) {
                Some(row) => exec_err!(
                    "`{role}` is {first} at md {} and {} at md {}: one run takes one zone; group by it too (by => [well, zone])",
                    md[0],
                    all[row],
                    md[row]
                ),
                None => Ok(first),
            }
        };
        let (top, base) = (one("zone_top", &md)?, one("zone_base", &md)?);
        let within = (!top.is_nan() || !base.is_nan()).then(|| Block {
            top: if top.is_nan() { f64::NEG_INFINITY } else { top },
            base: if base.is_nan() { f64::INFINITY } else { base },
        });
        let cutoffs = Cutoffs { phi_min: call.number("phi_min"), sw_max: call.number("sw_max"), vsh_max: call.number("vsh_max") };
        let vsh = if with_shale { vsh } else { Vec::new() };
        let pay = net_pay(&md, &phi, &sw, &vsh, &cutoffs, within).map_err(failed)?;
        let mut values = vec![pay.gross, pay.logged, pay.reservoir, pay.net, pay.net_to_gross, pay.phi, pay.sw];
        if with_shale {
            values.push(pay.vsh);
        }
        values.push(pay.hydrocarbon_pore_thickness);
        output.emit(values.into_iter().map(|v| numbers(vec![v])).collect())
    }
}
