//! Puts the map together: surface, contours, lines, points, labels, furniture and footer.

use super::frame::{Extent, Frame};
use super::labels::{self, Area, Taken, Wish};
use super::surface::{self, Lines};
use super::symbols::{self, Drawn, radius_for, reach};
use super::{LineStyle, Map, Points, Symbol, furniture};
use crate::color::{ColorMap, Rgb};
use crate::color_scale::{self, COLUMN, ColorScale};
use crate::error::{PlotError, Result};
use crate::font::{text_width, wrap};
use crate::svg::{Svg, Text, num, path_data, stroke};
use crate::ticks;

/// Left margin: numbers and label of the y axis.
const LEFT: f64 = 58.0;
const GAP: f64 = 22.0;
const RIGHT: f64 = 16.0;

pub(super) fn draw(map: &Map) -> Result<String> {
    check(map)?;
    let grid = match &map.grid {
        Some(grid) => Some((grid, surface::scale_of(grid)?)),
        None => None,
    };
    let scale = match &grid {
        Some((_, scale)) => Some(scale.clone()),
        None => scale_of_points(map)?,
    };
    let subtitle = map.subtitle.as_deref().unwrap_or("").trim();
    let mut frame = Frame::around(map, LEFT, 0.0)?;
    let column = frame.right() + GAP;
    let width = column + COLUMN + RIGHT;
    let mut svg = Svg::new();
    let mut notes = Vec::new();
    let room = width - LEFT - RIGHT;
    // A tall map is narrow: what stands above it takes more lines.
    let mut top = 28.0;
    for row in wrap(&map.title, 17.0, true, room, 2) {
        svg.text(Text::new(LEFT, top, 17.0, &row).bold());
        top += 20.0;
    }
    for row in wrap(subtitle, 11.5, false, room, 4) {
        svg.text(Text::new(LEFT, top, 11.5, &row).color(GREY));
        top += 14.5;
    }
    frame.top = if subtitle.is_empty() { top - 2.0 } else { top - 0.5 };

    svg.rect(frame.left, frame.top, frame.width, frame.height, "fill=\"#FFFFFF\"");
    svg.clip_group(frame.left, frame.top, frame.width, frame.height);
    let mut contours = None;
    if let Some((grid, scale)) = &grid {
        notes.extend(surface::draw(&mut svg, grid, scale, &frame)?);
        contours = Some(surface::contour_lines(grid, scale)?);
    }
    let mut taken = Taken::default();
    let (symbols, wishes) = gather(map, &frame, scale.as_ref(), &mut taken, &mut notes);
    let crowded = symbols.len() > symbols::CROWD;
    let size = if crowded { 8.0 } else { 10.0 };
    let placed = labels::place(&wishes, size, &frame, &mut taken);
    if placed.len() < wishes.len() {
        notes.push(format!("{} of {} labels shown", placed.len(), wishes.len()));
    }
    if let (Some((grid, scale)), Some(lines)) = (&grid, &contours) {
        let world = |(i, j): (f64, f64)| {
            let (x, y) = grid.place(i, j);
            frame.place(x, y)
        };
        draw_contours(&mut svg, lines, scale, &frame, &world, &mut taken);
    }
    draw_lines(&mut svg, map, &frame);
    symbols::draw_all(&mut svg, &symbols);
    for label in &placed {
        svg.text(Text::new(label.x, label.y, size, &label.text).halo(Rgb::WHITE, 2.4));
    }
    svg.end_group();
    frame.draw_axes(&mut svg, map);

    let contour_note = contours.as_ref().and_then(|lines| {
        let unit = scale.as_ref().and_then(|s| s.unit.clone()).unwrap_or_default();
        lines.step.map(|step| format!("Contours {} {unit}", ticks::short(step)).trim_end().to_owned())
    });
    furniture::north_arrow(&mut svg, column, frame.top);
    let mut y = frame.top + 56.0;
    if let Some(scale) = &scale {
        let title = color_scale::color_bar_title_height(scale);
        let height = (frame.height - 56.0 - title - 60.0).clamp(120.0, 300.0);
        y = color_scale::color_bar(&mut svg, scale, column, y, height) + 14.0;
    }
    y = furniture::legend(&mut svg, map, column, y, contour_note.as_deref());

    let has_x_label = !map.x_label.trim().is_empty();
    let scale_y = frame.bottom() + if has_x_label { 46.0 } else { 32.0 };
    furniture::scale_bar(&mut svg, map, &frame, LEFT, scale_y);
    let bottom = footer(&mut svg, map, &notes, scale_y.max(y - 24.0) + 38.0, room);
    Ok(svg.finish(width, bottom, map.paper.color(), &map.title))
}

/// Grey of secondary text.
const GREY: Rgb = Rgb(0x4A, 0x55, 0x61);

fn check(map: &Map) -> Result<()> {
    for (k, points) in map.points.iter().enumerate() {
        let named = points.name.clone().unwrap_or_else(|| format!("number {}", k + 1));
        let n = points.x.len();
        let length = |what: &str, found: usize| {
            if found == n {
                return Ok(());
            }
            let what = format!("{what} of the points {named}");
            Err(PlotError::LengthMismatch { what, expected: n, found, because: "the points' x values" })
        };
        length("y", points.y.len())?;
        if !points.label.is_empty() {
            length("label", points.label.len())?;
        }
        if let Some(values) = &points.value {
            length("value", values.len())?;
            let grid_unit = map.grid.as_ref().and_then(|g| g.unit.as_deref());
            if let (Some(unit), Some(grid_unit)) = (points.value_unit.as_deref(), grid_unit)
                && unit.trim() != grid_unit.trim()
            {
                let (unit, grid_unit) = (unit.to_owned(), grid_unit.to_owned());
                return Err(PlotError::UnitMismatch { what: format!("the points {named}"), unit, grid_unit });
            }
        }
    }
    for (k, line) in map.lines.iter().enumerate() {
        if line.x.len() != line.y.len() {
            return Err(PlotError::LengthMismatch {
                what: format!("y of the line {}", line.name.clone().unwrap_or_else(|| format!("number {}", k + 1))),
                expected: line.x.len(),
                found: line.y.len(),
                because: "the line's x values",
            });
        }
    }
    Ok(())
}

/// The colour scale of points that carry values where there is no grid.
fn scale_of_points(map: &Map) -> Result<Option<ColorScale>> {
    let with_values = || map.points.iter().filter(|p| p.value.is_some());
    let Some(first) = with_values().next() else { return Ok(None) };
    let count: usize = with_values().flat_map(|p| &p.value).map(Vec::len).sum();
    let Some(data) = Extent::of(with_values().flat_map(|p| &p.value).flatten()).get() else {
        return Err(PlotError::AllUndefined { what: "the points' value".into(), count });
    };
    let mut scale = ColorScale::new(ColorMap::by_name("batlow")?, data, None, "the points")?;
    scale.label = first.value_label.clone().or_else(|| first.name.clone()).unwrap_or_else(|| "Value".into());
    scale.unit.clone_from(&first.value_unit);
    Ok(Some(scale))
}

/// All points in px, and the labels they want.
fn gather(
    map: &Map,
    frame: &Frame,
    scale: Option<&ColorScale>,
    taken: &mut Taken,
    notes: &mut Vec<String>,
) -> (Vec<Drawn>, Vec<Wish>) {
    let total: usize = map.points.iter().map(|p| p.x.len()).sum();
    let radius = radius_for(total);
    let (mut symbols, mut wishes, mut lost) = (Vec::new(), Vec::new(), 0usize);
    for points in &map.points {
        for (k, (&x, &y)) in points.x.iter().zip(&points.y).enumerate() {
            if !(x.is_finite() && y.is_finite()) {
                lost += 1;
                continue;
            }
            let (px, py) = frame.place(x, y);
            let symbol = taken.len();
            taken.take(Area::around(px, py, radius + 1.0, radius + 1.0));
            symbols.push(appearance(points, k, scale, px, py, radius));
            if let Some(text) = points.label.get(k).and_then(Option::as_deref).map(str::trim).filter(|t| !t.is_empty())
            {
                let radius = reach(points.symbol, radius);
                wishes.push(Wish { text: text.to_owned(), x: px, y: py, radius, symbol });
            }
        }
    }
    if lost > 0 {
        notes.push(format!("{lost} points without coordinates not shown"));
    }
    (symbols, wishes)
}

fn appearance(points: &Points, k: usize, scale: Option<&ColorScale>, x: f64, y: f64, radius: f64) -> Drawn {
    let own = points.color.unwrap_or(Rgb::SLATE);
    let value = points.value.as_ref().map(|v| v.get(k).copied().unwrap_or(f64::NAN));
    let (fill, stroke) = match (value, scale) {
        (Some(v), Some(scale)) if v.is_finite() => {
            let color = scale.color(v);
            (color, if points.symbol == Symbol::Cross { color } else { Rgb::SLATE })
        }
        (Some(_), _) => (Rgb::WHITE, own),
        (None, _) if points.symbol == Symbol::Well => (Rgb::WHITE, own),
        // A cross has no inside: its line carries the colour.
        (None, _) if points.symbol == Symbol::Cross => (own, own),
        (None, _) => (own, Rgb::WHITE),
    };
    Drawn { symbol: points.symbol, x, y, radius, fill, stroke }
}

pub(super) fn line_attributes(style: &LineStyle, closed: bool) -> String {
    let width = if style.width.is_finite() { style.width.clamp(0.3, 12.0) } else { 1.5 };
    let line = stroke(style.color, width, style.dash.array(width));
    match style.fill.filter(|_| closed) {
        Some(fill) => {
            let strength = num(if style.strength.is_finite() { style.strength.clamp(0.0, 1.0) } else { 0.2 });
            line.replacen("fill=\"none\"", &format!("fill=\"{fill}\" fill-opacity=\"{strength}\""), 1)
        }
        None => line,
    }
}

fn draw_lines(svg: &mut Svg, map: &Map, frame: &Frame) {
    for line in &map.lines {
        let vertices: Vec<Option<(f64, f64)>> = line
            .x
            .iter()
            .zip(&line.y)
            .map(|(&x, &y)| (x.is_finite() && y.is_finite()).then(|| frame.place(x, y)))
            .collect();
        let data: String = vertices
            .split(Option::is_none)
            .filter(|part| part.len() > 1)
            .map(|part| path_data(&part.iter().copied().flatten().collect::<Vec<_>>(), line.closed))
            .collect();
        let attributes = line_attributes(&line.style, line.closed);
        // A light rim, so that dark lines read on dark colours.
        if map.grid.is_some() && line.style.color.luminance() < 0.3 {
            let rim = stroke(Rgb::WHITE, line.style.width.clamp(0.3, 12.0) + 1.8, None);
            svg.path(&data, &format!("{rim} stroke-opacity=\"0.4\" stroke-linejoin=\"round\""));
        }
        svg.path(&data, &format!("{attributes} stroke-linejoin=\"round\""));
    }
}

/// Contours in px, corners rounded, in ink that reads on the colour of their level.
fn draw_contours(
    svg: &mut Svg,
    lines: &Lines,
    scale: &ColorScale,
    frame: &Frame,
    world: &dyn Fn((f64, f64)) -> (f64, f64),
    taken: &mut Taken,
) {
    let size = 9.0;
    // With few index contours every line says its level.
    let label_all = lines.index.iter().filter(|i| **i).count() < 3;
    for (contour, &index) in lines.contours.iter().zip(&lines.index) {
        let ink = scale.ink(contour.level);
        let text = ticks::fixed(contour.level, lines.decimals);
        let mut data = String::new();
        let mut labels = Vec::new();
        for line in &contour.lines {
            let mut points: Vec<(f64, f64)> = line.points.iter().map(|&p| world(p)).collect();
            points = rounded(&points, line.closed);
            if line.closed {
                points.extend(points.first().copied());
            }
            let places = if index || label_all {
                labels::along(&points, text_width(&text, size, false), 420.0, taken, frame)
            } else {
                Vec::new()
            };
            for part in labels::cut(&points, &places) {
                data.push_str(&path_data(&part, false));
            }
            labels.extend(places);
        }
        let (width, opacity) = if index { (1.4, 0.95) } else { (0.8, 0.8) };
        let attributes = stroke(ink, width, None);
        svg.path(&data, &format!("{attributes} stroke-opacity=\"{opacity}\" stroke-linejoin=\"round\""));
        for place in labels {
            let turn = place.degrees.to_radians();
            // The base line lies a third of an em below the line that the text is on.
            let (x, y) = (place.x - turn.sin() * size * 0.36, place.y + turn.cos() * size * 0.36);
            let label = Text::new(x, y, size, &text).anchor(crate::svg::Anchor::Middle);
            svg.text(label.rotate(place.degrees).color(ink));
        }
    }
}

/// Chaikin's corner cutting, twice, for display; vertices nearer than a third of a px are one.
fn rounded(points: &[(f64, f64)], closed: bool) -> Vec<(f64, f64)> {
    let mut line: Vec<(f64, f64)> = Vec::with_capacity(points.len());
    for &p in points {
        if line.last().is_none_or(|l| (l.0 - p.0).hypot(l.1 - p.1) > 0.33) {
            line.push(p);
        }
    }
    if let (Some(&end), Some(last)) = (points.last(), line.last_mut()) {
        *last = end;
    }
    for _ in 0..2 {
        // Lines of very short steps are smooth already.
        if line.len() < 3 || line.len() > 20_000 {
            break;
        }
        let mut cut = Vec::with_capacity(line.len() * 2);
        let next = line.iter().skip(1).chain(line.first().filter(|_| closed));
        if !closed {
            cut.extend(line.first());
        }
        for (&(x1, y1), &(x2, y2)) in line.iter().zip(next) {
            cut.push((0.75 * x1 + 0.25 * x2, 0.75 * y1 + 0.25 * y2));
            cut.push((0.25 * x1 + 0.75 * x2, 0.25 * y1 + 0.75 * y2));
        }
        if !closed {
            cut.extend(line.last());
        }
        line = cut;
    }
    line
}

/// Coordinate system, notes and provenance; returns the page's lower edge.
fn footer(svg: &mut Svg, map: &Map, notes: &[String], y: f64, room: f64) -> f64 {
    let given = |text: Option<&str>, otherwise: &str| match text.map(str::trim) {
        Some(text) if !text.is_empty() => text.to_owned(),
        _ => otherwise.to_owned(),
    };
    let crs = given(map.crs.as_deref(), "not stated");
    let unit = given(Some(&map.length_unit), "not stated");
    let mut parts = vec![format!("CRS: {crs}"), format!("Coordinates: {unit}"), "N: grid north".to_owned()];
    parts.extend(notes.iter().cloned());
    let mut rows = wrap(&parts.join("  ·  "), 9.5, false, room, 3);
    if let Some(text) = map.footer.as_deref() {
        rows.extend(wrap(text, 9.5, false, room, 3));
    }
    svg.line((LEFT, y - 14.0), (LEFT + room, y - 14.0), Rgb(0xC9, 0xC5, 0xBB), 0.8);
    let mut y = y;
    for row in rows {
        svg.text(Text::new(LEFT, y, 9.5, &row).color(GREY));
        y += 13.0;
    }
    y + 4.0
}
