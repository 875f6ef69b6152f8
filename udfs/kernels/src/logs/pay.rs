//! Net pay: the thickness of rock that stores and gives hydrocarbons, and its means.

use super::block::Block;
use super::samples::{DEFAULT_GAP, check_depths, intervals, typical_step};
use crate::Result;
use crate::points::same_length;

/// What rock must have to count; a reading on the cut-off counts.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Cutoffs {
    /// Least porosity, a fraction.
    pub phi_min: Option<f64>,
    /// Greatest water saturation, a fraction.
    pub sw_max: Option<f64>,
    /// Greatest shale volume, a fraction.
    pub vsh_max: Option<f64>,
}

/// Thicknesses and means of an interval. A mean over no thickness is NaN.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pay {
    /// Thickness of the interval.
    pub gross: f64,
    /// Thickness with all readings that are asked for.
    pub logged: f64,
    /// Thickness with enough porosity and little enough shale.
    pub reservoir: f64,
    /// Thickness of reservoir with little enough water.
    pub net: f64,
    /// Net over gross.
    pub net_to_gross: f64,
    /// Porosity of the net thickness.
    pub phi: f64,
    /// Water saturation of the net thickness, weighted by porosity.
    pub sw: f64,
    /// Shale volume of the net thickness; NaN where no shale volume is given.
    pub vsh: f64,
    /// Hydrocarbon pore thickness, the sum of `phi (1 - sw)` times thickness over the net.
    pub hydrocarbon_pore_thickness: f64,
}

/// Net pay of one interval.
///
/// `md` increases; `phi`, `sw` and `vsh` (empty for none) are fractions, NaN for no reading. A
/// sample stands for the thickness halfway to the samples beside it, half a usual step at the ends
/// and beside holes (over 1.5 usual steps), cut at the bounds of `within`. Without `within` gross is
/// from the top of the first sample's interval to the base of the last one's.
///
/// A sample without a reading that is needed counts as neither logged nor net.
///
/// # Errors
/// `LengthMismatch`, `NonFinite`, `InvalidParameter` for depths that do not increase.
pub fn net_pay(
    md: &[f64],
    phi: &[f64],
    sw: &[f64],
    vsh: &[f64],
    cutoffs: &Cutoffs,
    within: Option<Block>,
) -> Result<Pay> {
    check_depths(md)?;
    same_length("phi", md.len(), phi.len())?;
    same_length("sw", md.len(), sw.len())?;
    if !vsh.is_empty() {
        same_length("vsh", md.len(), vsh.len())?;
    }
    let typical = typical_step(md);
    let spans = intervals(md, typical, DEFAULT_GAP * typical);
    let bounds = within.unwrap_or(Block { top: f64::NEG_INFINITY, base: f64::INFINITY });
    let (mut logged, mut reservoir, mut net) = (0.0, 0.0, 0.0);
    let (mut pores, mut water, mut shale) = (0.0, 0.0, 0.0);
    for (i, span) in spans.iter().enumerate() {
        let thickness = (span.1.min(bounds.base) - span.0.max(bounds.top)).max(0.0);
        let v = vsh.get(i).copied().unwrap_or(0.0);
        if phi[i].is_nan() || sw[i].is_nan() || v.is_nan() {
            continue;
        }
        logged += thickness;
        if cutoffs.phi_min.is_some_and(|c| phi[i] < c) || cutoffs.vsh_max.is_some_and(|c| v > c) {
            continue;
        }
        reservoir += thickness;
        if cutoffs.sw_max.is_some_and(|c| sw[i] > c) {
            continue;
        }
        net += thickness;
        pores += phi[i] * thickness;
        water += phi[i] * sw[i] * thickness;
        shale += v * thickness;
    }
    let gross = match (within, spans.first(), spans.last()) {
        (Some(b), _, _) if b.top.is_finite() && b.base.is_finite() => b.base - b.top,
        (_, Some(first), Some(last)) => last.1.min(bounds.base) - first.0.max(bounds.top),
        _ => 0.0,
    };
    let over = |a: f64, b: f64| if b > 0.0 { a / b } else { f64::NAN };
    Ok(Pay {
        gross,
        logged,
        reservoir,
        net,
        net_to_gross: over(net, gross),
        phi: over(pores, net),
        sw: over(water, pores),
        vsh: if vsh.is_empty() { f64::NAN } else { over(shale, net) },
        hydrocarbon_pore_thickness: pores - water,
    })
}
