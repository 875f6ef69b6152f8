//! Wiggle traces with variable area.

use super::SeismicSection;
use super::along::Along;
use super::draw::Frame;
use crate::color::Rgb;
use crate::svg::{Svg, num, push_num, stroke};

/// Least distance between wiggles, px.
const APART: f64 = 8.0;
/// Nothing swings farther than so many times the amplitude at the end of the range.
const FARTHEST: f64 = 1.5;
/// Height of the slices that samples are thinned to, px.
const SLICE: f64 = 0.75;

/// Draws the wiggles; `limit` is the amplitude at the end of the range. Returns what the footer must say.
pub(super) fn draw(svg: &mut Svg, section: &SeismicSection, frame: &Frame, limit: f64, over_colors: bool) -> String {
    let along = &frame.along;
    let every = section.wiggles.every.unwrap_or((APART / along.spacing).ceil() as usize).max(1);
    let swing = section.wiggles.gain * along.spacing * every as f64;
    let count = section.samples_per_trace;
    let (mut lines, mut lobes) = (String::new(), String::new());
    // As many left out on the left as on the right.
    let skipped = (along.x.len().saturating_sub(1) % every) / 2;
    for (k, &x) in along.x.iter().enumerate().skip(skipped).step_by(every) {
        let samples = section.samples.get(k * count..(k + 1) * count).unwrap_or(&[]);
        let points: Vec<(f64, f64)> = samples
            .iter()
            .enumerate()
            .map(|(s, v)| {
                (s, frame.y(section.vertical.start + s as f64 * section.vertical.step), f64::from(*v) / limit)
            })
            .filter(|(_, y, _)| *y >= frame.top - 2.0 && *y <= frame.bottom() + 2.0)
            .map(|(s, y, v)| {
                let (left, right) = room(section, along, k, s, FARTHEST * swing);
                (y, v.clamp(-left / swing, right / swing))
            })
            .collect();
        for run in points.split(|p| p.1.is_nan()).filter(|run| !run.is_empty()) {
            let run = thinned(run);
            line(&mut lines, &run, x, swing);
            if section.wiggles.fill {
                fill(&mut lobes, &run, x, swing);
            }
        }
    }
    svg.clip_group(along.left, frame.top, along.width, frame.height);
    // Over colours the lobes let them through.
    let opacity = if over_colors { " fill-opacity=\"0.35\"" } else { "" };
    svg.path(&lobes, &format!("fill=\"{}\"{opacity}", Rgb::SLATE));
    let width = (swing / 14.0).clamp(0.35, 0.8);
    svg.path(&lines, &format!("{} stroke-linejoin=\"round\"", stroke(Rgb::SLATE, width, None)));
    svg.end_group();
    match every {
        1 => "wiggles: every trace".into(),
        n => format!("wiggles: one trace of {n}"),
    }
}

/// How far a sample of a trace may swing to the left and to the right, px: to the cell of a trace that is missing there, or
/// to a hole between traces, and not into it; `farthest` where there is none.
fn room(section: &SeismicSection, along: &Along, trace: usize, sample: usize, farthest: f64) -> (f64, f64) {
    let x = |k: usize| along.x.get(k).copied().unwrap_or(f64::NAN);
    let missing = |k: usize| {
        let value = section.samples.get(k * section.samples_per_trace + sample);
        value.is_none_or(|v| v.is_nan())
    };
    let half = 0.5 * along.spacing;
    let right = |k: usize| match () {
        () if along.parted(k) => Some(x(k) + half),
        () if missing(k + 1) => Some(0.5 * (x(k) + x(k + 1))),
        () => None,
    };
    let left = |k: usize| match k.checked_sub(1) {
        Some(before) if along.parted(before) => Some(x(k) - half),
        Some(before) if missing(before) => Some(0.5 * (x(before) + x(k))),
        _ => None,
    };
    let own = x(trace);
    let to_right = (trace..along.x.len().saturating_sub(1)).take_while(|k| x(*k) - own < farthest).find_map(right);
    let to_left = (1..=trace).rev().take_while(|k| own - x(*k) < farthest).find_map(left);
    let reach = |end: Option<f64>| end.map_or(farthest, |end| (end - own).abs().min(farthest));
    (reach(to_left), reach(to_right))
}

/// First, least, greatest and last of every slice of y (M4: Jugel et al., VLDB 2014), in their order.
fn thinned(run: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let slice = |p: &(f64, f64)| (p.0 / SLICE).floor();
    let mut kept = Vec::new();
    for part in run.chunk_by(|a, b| slice(a) == slice(b)) {
        if part.len() <= 4 {
            kept.extend_from_slice(part);
            continue;
        }
        let extreme = |less: bool| {
            let ordered = |a: &usize, b: &usize| match (part.get(*a), part.get(*b)) {
                (Some(a), Some(b)) if less => a.1.total_cmp(&b.1),
                (Some(a), Some(b)) => b.1.total_cmp(&a.1),
                _ => std::cmp::Ordering::Equal,
            };
            (0..part.len()).min_by(ordered).unwrap_or(0)
        };
        let mut wanted = [0, extreme(true), extreme(false), part.len() - 1];
        wanted.sort_unstable();
        let mut last = None;
        for k in wanted {
            if last != Some(k) {
                kept.extend(part.get(k));
            }
            last = Some(k);
        }
    }
    kept
}

fn line(data: &mut String, run: &[(f64, f64)], x: f64, swing: f64) {
    for (k, (y, v)) in run.iter().enumerate() {
        data.push(if k == 0 { 'M' } else { 'L' });
        push_num(data, x + v * swing);
        data.push(' ');
        push_num(data, *y);
    }
}

/// The lobes to the right of the base line, closed where the trace crosses it.
pub(super) fn fill(data: &mut String, run: &[(f64, f64)], x: f64, swing: f64) {
    let base = num(x);
    let mut open = false;
    let mut before: Option<(f64, f64)> = None;
    for &(y, v) in run {
        let crossing = match before {
            Some((y0, v0)) if v != v0 => y0 + (y - y0) * (0.0 - v0) / (v - v0),
            _ => y,
        };
        if v > 0.0 {
            if !open {
                data.push_str(&format!("M{base} {}", num(crossing)));
                open = true;
            }
            data.push('L');
            push_num(data, x + v * swing);
            data.push(' ');
            push_num(data, y);
        } else if open {
            data.push_str(&format!("L{base} {}Z", num(crossing)));
            open = false;
        }
        before = Some((y, v));
    }
    if let (true, Some((y, _))) = (open, before) {
        data.push_str(&format!("L{base} {}Z", num(y)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lobes_end_where_the_trace_crosses_its_base_line() {
        let mut data = String::new();
        fill(&mut data, &[(0.0, -1.0), (2.0, 1.0), (4.0, 1.0), (6.0, -3.0), (8.0, 1.0)], 10.0, 5.0);
        assert_eq!(data, "M10 1L15 2L15 4L10 4.5ZM10 7.5L15 8L10 8Z");
    }

    #[test]
    fn thinning_keeps_the_extremes() {
        let run: Vec<(f64, f64)> =
            (0..1000).map(|k| (f64::from(k) * 0.01, if k == 333 { 9.0 } else { (f64::from(k) * 0.7).sin() })).collect();
        let kept = thinned(&run);
        assert!(kept.len() < 100 && kept.contains(&(3.33, 9.0)), "{}", kept.len());
        assert_eq!((kept.first(), kept.last()), (run.first(), run.last()));
    }
}
