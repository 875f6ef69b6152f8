//! `net_to_gross`: part of a thickness that is net.

use crate::numeric::Argument;
use crate::totals::{ResultUnit, Totals};

const ARGUMENTS: &[Argument] = &[
    Argument { name: "net", unit: "", default: None, doc: "Whether a row is net: true or false, or 1 or 0" },
    Argument { name: "thickness", unit: "", default: None, doc: "Thickness each row stands for" },
];

pub(super) fn function() -> Totals {
    Totals {
        name: "net_to_gross",
        group: "Petrophysics",
        summary: "Part of a thickness that is net",
        doc: "`sum(thickness where net) / sum(thickness)`. Rows where `net` or `thickness` is NULL count in neither: what was not logged is not gross either. `net_pay` takes cut-offs and keeps the gross thickness.",
        example: "SELECT well, net_to_gross(gr < 75, 0.5) AS ntg FROM logs GROUP BY well ORDER BY well LIMIT 5",
        arguments: ARGUMENTS,
        result: "v/v",
        unit: ResultUnit::Is("v/v"),
        add: |v| [if v[0] == 0.0 { 0.0 } else { v[1] }, v[1]],
        value: |[first, second]| if second == 0.0 { f64::NAN } else { first / second },
    }
}
