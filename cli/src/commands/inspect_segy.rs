//! `outcrop inspect` of seismic files.

use std::io;
use std::sync::Arc;

use anyhow::{Context, Result};
use outcrop_connectors::segy::geometry::{Axis, Role};
use outcrop_connectors::segy::{FileBytes, FileKind, Inspection, SegyFile, TextEncoding, TraceChoice, inspect};
use outcrop_seismic::SegyOptions;
use outcrop_store::{Location, Roots};

use crate::print::say;

/// Traces that amplitudes are looked at of.
const TRACES: u64 = 100_000;

/// Looks into a file, without reading it into memory.
pub(super) fn look(roots: &Roots, location: &Location, options: &SegyOptions) -> Result<Inspection> {
    let source = FileBytes::new(roots.open_blocking(location)?)?;
    let file = SegyFile::open(Arc::new(source), &options.open)?;
    inspect(&file, &options.inspect_with(TraceChoice::Spread(TRACES)), &|_| true).context("it can't be inspected")
}

fn row(label: &str, value: impl std::fmt::Display) -> io::Result<()> {
    say!("  {label:<16} {value}")
}

/// What was found.
pub(super) fn show(location: &Location, found: &Inspection) -> io::Result<()> {
    match found.kind {
        FileKind::SegY => {
            say!("{}: SEG-Y revision {}, {}-endian", location.display, found.revision, found.order.name())?
        }
        FileKind::SeismicUnix => say!("{}: Seismic Unix, {}-endian", location.display, found.order.name())?,
    }
    row("traces", found.trace_count)?;
    let vary = if found.samples_vary { " at most, traces have lengths of their own" } else { "" };
    row("samples", format!("{}{vary}", found.samples_per_trace))?;
    row("sample format", format!("{} ({})", found.format.name(), found.format.code()))?;
    let vertical = &found.vertical;
    let unit = vertical.unit.unwrap_or("(unit not stated)");
    let starts = match vertical.starts {
        (a, b) if a == b => format!("{a}"),
        (a, b) => format!("{a} to {b}"),
    };
    let interval = vertical.interval.map_or("not stated".to_owned(), |i| format!("{i} {unit}"));
    row("axis", format!("{} from {starts} {unit}, interval {interval}", vertical.domain.name()))?;
    if vertical.source.name() != "standard" {
        row("", format!("{} by {}", vertical.domain.name(), vertical.source.name()))?;
    }
    let geometry = &found.geometry;
    row("geometry", format!("{}, confidence {:.2}", geometry.kind.title(), geometry.confidence))?;
    row("", &geometry.evidence)?;
    let fields = &geometry.fields;
    let byte = |f: &Option<outcrop_connectors::segy::TraceField>| {
        f.as_ref().map_or(String::new(), |f| format!(", byte {}", f.byte))
    };
    axis("inlines", &geometry.inline, &byte(&fields.inline))?;
    axis("crosslines", &geometry.crossline, &byte(&fields.crossline))?;
    axis("CDPs", &geometry.cdp, &byte(&fields.cdp))?;
    axis("shotpoints", &geometry.shotpoint, &byte(&fields.shotpoint))?;
    axis("shots", &geometry.shot, &byte(&fields.shot))?;
    axis("offsets", &geometry.offset, &byte(&fields.offset))?;
    row("sorted by", geometry.order.to_string())?;
    if geometry.positions.is_some() {
        let fold = match geometry.fold {
            (a, b) if a == b => format!("{a}"),
            (a, b) => format!("{a} to {b}"),
        };
        row(
            "traces a place",
            format!("{fold}; {} places without a trace, {} duplicates", geometry.holes, geometry.duplicates),
        )?;
    }
    if let Some(c) = &geometry.coordinates {
        let places = match (&fields.x, &fields.y) {
            (Some(x), Some(y)) => format!(", bytes {} and {}", x.byte, y.byte),
            _ => String::new(),
        };
        let unit = if c.unit.is_angle() {
            c.unit.name().to_owned()
        } else {
            format!("{}, {}", c.unit.name(), c.measurement.name())
        };
        row("x", format!("{:.2} to {:.2} ({unit}){places}", c.x.0, c.x.1))?;
        row("y", format!("{:.2} to {:.2}", c.y.0, c.y.1))?;
    }
    if let Some(map) = &geometry.map {
        let spacing = |s: Option<f64>| s.map_or("-".to_owned(), |s| format!("{s:.2}"));
        row(
            "spacing",
            format!("inlines {}, crosslines {}", spacing(map.inline_spacing), spacing(map.crossline_spacing)),
        )?;
        if let Some(azimuth) = map.inline_azimuth() {
            row(
                "azimuth",
                format!(
                    "{azimuth:.2} degrees: where crossline numbers rise along an inline, clockwise from grid north"
                ),
            )?;
        }
    }
    for corner in geometry.corners.iter().flatten() {
        row(
            "corner",
            format!("inline {}, crossline {}: {:.2} {:.2}", corner.inline, corner.crossline, corner.x, corner.y),
        )?;
    }
    if let Some(a) = &found.amplitudes {
        let number = |v: Option<f64>| v.map_or("-".to_owned(), |v| format!("{v:.6}"));
        let of = if a.complete { String::new() } else { format!(" (of {} traces)", a.traces) };
        row(
            "amplitudes",
            format!("{} to {}, mean {}, rms {}{of}", number(a.min), number(a.max), number(a.mean), number(a.rms)),
        )?;
        if a.zero_traces + a.dead_traces > 0 {
            row("dead traces", format!("{} of zeros, {} by their code", a.zero_traces, a.dead_traces))?;
        }
    }
    for (label, value) in [("polarity", vertical.polarity), ("values in", vertical.value_unit)] {
        if let Some(value) = value {
            row(label, value)?;
        }
    }
    if let Some((a, b)) = vertical.datum {
        row("datum", format!("{a} to {b}"))?;
    }
    candidates(found)?;
    text(found)?;
    super::inspect::show_issues(&found.issues)
}

fn axis(label: &str, axis: &Option<Axis>, byte: &str) -> io::Result<()> {
    let Some(axis) = axis else { return Ok(()) };
    let holes =
        if axis.values.is_some() { format!(", {} of {} there", axis.present(), axis.count) } else { String::new() };
    row(label, format!("{} to {} step {}{holes}{byte}", axis.first, axis.last, axis.step))
}

/// The places in the headers that were considered, so that another can be chosen.
fn candidates(found: &Inspection) -> io::Result<()> {
    if found.geometry.candidates.is_empty() {
        return Ok(());
    }
    say!("\n  header fields considered (choose others with --inline-byte, --crossline-byte, --x-byte …)")?;
    for role in [Role::Lines, Role::Coordinates, Role::Line] {
        for c in found.geometry.candidates.iter().filter(|c| c.role == role).take(4) {
            let bytes: Vec<String> = c.fields.iter().map(|f| f.byte.to_string()).collect();
            let mark = if c.taken { "*" } else { " " };
            say!("  {mark} {:<12} bytes {:<10} {:.2}  {}", role.name(), bytes.join(", "), c.confidence, c.evidence)?;
        }
    }
    Ok(())
}

fn text(found: &Inspection) -> io::Result<()> {
    if found.text.is_empty() {
        return Ok(());
    }
    say!("\n  text header ({})", found.text_encoding.map_or("", TextEncoding::name))?;
    for line in found.text.iter().filter(|l| l.trim_start_matches(['C', ' ']).chars().any(char::is_alphabetic)) {
        say!("  {line}")?;
    }
    if !found.extended_text.is_empty() {
        say!("  and {} extended text headers", found.extended_text.len())?;
    }
    Ok(())
}
