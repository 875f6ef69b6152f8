//! Curves as steps: one value for all of a block.

use std::borrow::Cow;
use std::ops::Range;

use super::samples::{DEFAULT_GAP, Intervals, SAME, check_depths, typical_step};
use crate::points::same_length;
use crate::{KernelError, Result};

/// 1.5 times 2^52: a number of at most 2^51 added to it has no fraction.
const ROUNDS: f64 = 6_755_399_441_055_744.0;

/// The one value of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BlockValue {
    /// Mean by thickness.
    #[default]
    Mean,
    /// Median by thickness: half of the thickness has readings below it.
    Median,
    /// The value with the most thickness; of several the smallest. For codes.
    Mode,
    /// Geometric mean by thickness; NaN where a reading is not above 0.
    Geometric,
    /// Harmonic mean by thickness; NaN where a reading is not above 0. For flow across layers.
    Harmonic,
    /// Least reading.
    Minimum,
    /// Greatest reading.
    Maximum,
}

impl BlockValue {
    /// All, in the order of [`BlockValue::NAMES`].
    pub const ALL: [BlockValue; 7] = [
        BlockValue::Mean,
        BlockValue::Median,
        BlockValue::Mode,
        BlockValue::Geometric,
        BlockValue::Harmonic,
        BlockValue::Minimum,
        BlockValue::Maximum,
    ];
    /// Their names in SQL.
    pub const NAMES: [&'static str; 7] = ["mean", "median", "mode", "geometric", "harmonic", "min", "max"];
}

/// An interval of depths, its base not in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Block {
    /// First depth.
    pub top: f64,
    /// The depth it ends above; infinite for an open one.
    pub base: f64,
}

/// Blocks of one thickness, at its multiples, that cover some depths.
///
/// # Errors
/// `InvalidParameter` for a thickness that is not above 0 or makes over 10^7 blocks.
pub fn regular_blocks(md: &[f64], size: f64) -> Result<Vec<Block>> {
    let (Some(&first), Some(&last)) = (md.first(), md.last()) else { return Ok(Vec::new()) };
    if !(size > 0.0 && size.is_finite()) {
        return Err(KernelError::parameter("size", format!("expected a thickness above 0, found {size}")));
    }
    // A depth that is a multiple but for rounding begins its block.
    let place = |depth: f64| (depth / size + SAME).floor();
    if place(last) - place(first) > 1e7 {
        return Err(KernelError::parameter("size", format!("{size} makes over 10 million blocks: use a larger one")));
    }
    let begin = place(first);
    let mut edges: Vec<f64> = (begin as i64..=place(last) as i64 + 1).map(|k| k as f64 * size).collect();
    // Such a depth is the edge itself; all other edges are exact, so that thicknesses are.
    for depth in md {
        let place = depth / size;
        // Adding so large a number rounds, faster than a call of the maths library does.
        let nearest = (place + ROUNDS) - ROUNDS;
        if (place - nearest).abs() <= SAME
            && let Some(edge) = edges.get_mut((nearest - begin) as usize)
        {
            *edge = edge.min(*depth);
        }
    }
    let blocks = edges.windows(2).filter_map(|pair| match pair {
        [top, base] => Some(Block { top: *top, base: *base }),
        _ => None,
    });
    Ok(blocks.collect())
}

/// Checks that blocks follow each other without overlap.
///
/// # Errors
/// `InvalidParameter` that names the two depths.
pub fn check_blocks(blocks: &[Block]) -> Result<()> {
    for pair in blocks.windows(2) {
        if pair[1].top < pair[0].base {
            return Err(KernelError::parameter(
                "zones",
                format!(
                    "the one from {} begins above the base {} of the one before it; zones must not overlap",
                    pair[1].top, pair[0].base
                ),
            ));
        }
    }
    Ok(())
}

/// The block each depth is in, by place; `None` outside all. Depths in any order.
pub fn block_of(md: &[f64], blocks: &[Block]) -> Vec<Option<usize>> {
    let one = |&depth: &f64| {
        let after = blocks.partition_point(|b| b.top <= depth);
        let at = after.checked_sub(1)?;
        blocks.get(at).filter(|b| depth < b.base).map(|_| at)
    };
    md.iter().map(one).collect()
}

/// Each reading becomes the value of its block; readings outside all blocks become NaN. Samples
/// without a reading get the block's value too.
///
/// A reading counts by the thickness it stands for inside its block: halfway to the readings beside
/// it, half a usual step at the ends and beside holes.
///
/// # Errors
/// `LengthMismatch`, `NonFinite`, `InvalidParameter` for depths that do not increase or blocks that overlap.
pub fn blocked(md: &[f64], values: &[f64], blocks: &[Block], value: BlockValue) -> Result<Vec<f64>> {
    check_depths(md)?;
    same_length("values", md.len(), values.len())?;
    check_blocks(blocks)?;
    let typical = typical_step(md);
    let whole = !values.iter().any(|v| v.is_nan());
    let (depth, reading): (Cow<'_, [f64]>, Cow<'_, [f64]>) = if whole {
        (md.into(), values.into())
    } else {
        let (depth, reading): (Vec<f64>, Vec<f64>) = md.iter().zip(values).filter(|(_, v)| !v.is_nan()).unzip();
        (depth.into(), reading.into())
    };
    let intervals = Intervals::new(typical, DEFAULT_GAP * typical);
    let mut of_block = vec![f64::NAN; blocks.len()];
    let mut parts: Vec<(f64, f64)> = Vec::new();
    in_blocks(&depth, blocks, |at, run| {
        let Block { top, base } = blocks[at];
        // One sample alone stands for no thickness that is known, and is the whole block.
        let least = if run.len() == 1 { 1.0 } else { 0.0 };
        parts.clear();
        parts.extend(run.map(|k| {
            let span = intervals.of(&depth, k);
            (reading[k], (span.1.min(base) - span.0.max(top)).max(least))
        }));
        of_block[at] = one_value(&mut parts, value);
    });
    let mut out = vec![f64::NAN; md.len()];
    in_blocks(md, blocks, |at, run| out[run].fill(of_block[at]));
    Ok(out)
}

/// Calls `f` with every block that holds some of these increasing depths, and which those are.
fn in_blocks(md: &[f64], blocks: &[Block], mut f: impl FnMut(usize, Range<usize>)) {
    let mut from = 0;
    for (at, block) in blocks.iter().enumerate() {
        while from < md.len() && md[from] < block.top {
            from += 1;
        }
        let mut to = from;
        while to < md.len() && md[to] < block.base {
            to += 1;
        }
        if to > from {
            f(at, from..to);
        }
        from = to;
    }
}

/// The value of readings with their thickness.
fn one_value(parts: &mut [(f64, f64)], value: BlockValue) -> f64 {
    let total: f64 = parts.iter().map(|p| p.1).sum();
    let mean = |f: fn(f64) -> f64| parts.iter().map(|p| f(p.0) * p.1).sum::<f64>() / total;
    let positive = parts.iter().all(|p| p.0 > 0.0);
    match value {
        BlockValue::Mean => mean(|v| v),
        BlockValue::Geometric if positive => mean(f64::ln).exp(),
        BlockValue::Harmonic if positive => 1.0 / mean(|v| 1.0 / v),
        BlockValue::Geometric | BlockValue::Harmonic => f64::NAN,
        BlockValue::Minimum => parts.iter().map(|p| p.0).fold(f64::INFINITY, f64::min),
        BlockValue::Maximum => parts.iter().map(|p| p.0).fold(f64::NEG_INFINITY, f64::max),
        BlockValue::Median => {
            parts.sort_by(|a, b| a.0.total_cmp(&b.0));
            let mut below = 0.0;
            for (i, p) in parts.iter().enumerate() {
                below += p.1;
                let half = 0.5 * total;
                if (below - half).abs() <= 1e-9 * total {
                    // Half lies below this one and half above: the middle between the two.
                    return parts.get(i + 1).map_or(p.0, |next| 0.5 * (p.0 + next.0));
                }
                if below > half {
                    return p.0;
                }
            }
            f64::NAN
        }
        BlockValue::Mode => {
            parts.sort_by(|a, b| a.0.total_cmp(&b.0));
            let (mut best, mut most, mut i) = (f64::NAN, f64::NEG_INFINITY, 0);
            while i < parts.len() {
                let same = parts[i..].iter().take_while(|p| p.0 == parts[i].0).count();
                let thickness: f64 = parts[i..i + same].iter().map(|p| p.1).sum();
                if thickness > most * (1.0 + 1e-9) {
                    (best, most) = (parts[i].0, thickness);
                }
                i += same;
            }
            best
        }
    }
}
