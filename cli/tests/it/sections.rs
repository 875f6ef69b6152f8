//! Seismic sections: lines that are chosen or not, offsets, surfaces and wells on them, colours of attributes.

use std::path::Path;

use super::{data, fails, ok, outcrop};

/// What was said while a section was drawn, and the picture.
fn drawn(at: &Path, arguments: &[&str]) -> (String, String) {
    let output = outcrop(at, &[&["plot", "section", "-o", "s.svg", "--volume"], arguments].concat());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{arguments:?}: {said}");
    (said, std::fs::read_to_string(at.join("s.svg")).unwrap())
}

/// Why there is no section.
fn refused(at: &Path, arguments: &[&str]) -> String {
    fails(at, &[&["plot", "section", "-o", "no.svg", "--volume"], arguments].concat())
}

#[test]
fn sections_of_a_field() {
    let folder = tempfile::tempdir().unwrap();
    ok(folder.path(), &["demo", "field", "--wells", "8", "--bin", "200"]);
    let field = folder.path().join("field");
    numbers_are_said_plainly(&field);
    surfaces_have_their_column(&field);
    wells_that_are_not_drawn_have_one_reason(&field);
    only_volumes_of_the_project_say_so(&field);
    attributes_have_their_own_colors(&field);
}

fn numbers_are_said_plainly(field: &Path) {
    let text = refused(field, &["cube", "--inline", "9"]);
    assert!(text.contains("there is no inline 9; the volume has inlines 1001 to ") && !text.contains("Some"), "{text}");
    let text = refused(field, &["cube"]);
    assert!(text.contains("inlines 1001 to ") && text.contains("--crossline, --slice"), "{text}");
    assert!(refused(field, &["cube", "OUT-1", "OUT-5", "--inline", "1001"]).contains("give one of"));
    assert!(refused(field, &["cube", "--inline", "1001", "--offset", "5"]).contains("state no offset"));
}

fn surfaces_have_their_column(field: &Path) {
    let make = |sql: &str| ok(field, &["sql", "-c", sql]);
    let nodes = "440000 + 1000.0 * (value % 60) AS x, 6770000 + 1000.0 * floor(value / 60) AS y, 1400.0 + value % 60";
    for (name, columns) in [
        ("top_1", "AS z"),
        ("top_2", "AS twt, 'a' AS name"),
        ("top_3", "AS value"),
        ("several", "AS a, 1.0 AS b"),
        ("deep", "AS depth"),
    ] {
        make(&format!("CREATE TABLE surfaces.{name} AS SELECT {nodes} {columns} FROM range(3600)"));
    }
    make("CREATE TABLE surfaces.nothing AS SELECT x, y, 'a' AS name FROM surfaces.top_1");
    // The same line in the picture, whatever the column is called.
    let line = |surface: &str| drawn(field, &["cube", "--inline", "1021", "--horizon", surface]).1.replace(surface, "");
    let known = line("top_1");
    assert!(known.len() > drawn(field, &["cube", "--inline", "1021"]).1.len() + 1000);
    assert!(line("top_2") == known && line("top_3") == known, "three names of one surface");
    for (surface, told) in [
        ("several", "any of a, b could be the time"),
        ("deep", "`depth` is a depth, and the volume is in time"),
        ("nothing", "it has: x, y, name"),
    ] {
        let text = refused(field, &["cube", "--inline", "1021", "--horizon", surface]);
        assert!(text.contains(told) && text.contains(surface) && !text.contains("No field"), "{text}");
    }
}

fn wells_that_are_not_drawn_have_one_reason(field: &Path) {
    let csv = "SELECT w.well FROM wells w LEFT JOIN (SELECT DISTINCT well FROM checkshots) c ON w.well = c.well \
               WHERE c.well IS NULL ORDER BY w.well";
    let without = super::value(field, csv);
    let (said, _) = drawn(field, &["cube", "--inline", "1021", "--well", &without, "--within", "100000"]);
    assert!(said.contains(&format!("well {without} is not drawn: it has no checkshots")), "{said}");
    assert!(!said.contains("no part of its path"), "{said}");
    let (said, svg) = drawn(field, &["cube", "--inline", "1001", "--well", "OUT-1", "--within", "0.01"]);
    assert!(said.contains("well OUT-1 is not drawn: no part of its path is within 0.01 m of the section"), "{said}");
    assert!(!said.contains("checkshots") && !svg.contains(">OUT-1<"), "{said}");
    let (said, svg) = drawn(field, &["cube", "--inline", "1001", "--well", "OUT-1", "--within", "100000"]);
    assert!(!said.contains("not drawn") && svg.contains(">OUT-1<"), "{said}");
}

fn only_volumes_of_the_project_say_so(field: &Path) {
    let (_, own) = drawn(field, &["cube", "--inline", "1021"]);
    assert!(own.contains("Project demo field"));
    let (_, file) = drawn(field, &["seismic/cube.sgy", "--inline", "1021"]);
    assert!(!file.contains("Project demo field") && file.contains("Polarity not stated"));
}

fn attributes_have_their_own_colors(field: &Path) {
    let part = "(SELECT * FROM seismic.cube WHERE inline BETWEEN 1019 AND 1023)";
    for name in ["envelope", "coherence"] {
        let sql = format!("CREATE TABLE seismic.{name} AS SELECT * FROM seismic_attribute({part}, '{name}')");
        ok(field, &["sql", "-c", &sql]);
    }
    ok(field, &["sql", "-c", "CREATE TABLE seismic.other AS SELECT * FROM seismic.envelope"]);
    let (_, svg) = drawn(field, &["cube", "--inline", "1021"]);
    assert!(svg.contains(">Amplitude<") && svg.contains("Colours: ±"));
    for (name, label) in
        [("envelope", ">Envelope<"), ("coherence", ">Coherence<"), ("other", ">Value, never negative<")]
    {
        let (_, svg) = drawn(field, &[name, "--inline", "1021"]);
        assert!(svg.contains(label) && svg.contains("percentiles 1 to 99") && !svg.contains("Colours: ±"), "{name}");
        let (_, slice) = drawn(field, &[name, "--slice", "1480"]);
        assert!(slice.contains(label), "{name}");
    }
    let (_, slice) = drawn(field, &["cube", "--slice", "1480"]);
    assert!(slice.contains(">Amplitude<"));
}

#[test]
fn lines_need_no_number() {
    let Some(data) = data() else { return };
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let file = |name: &str| data.join("segy").join(name).to_str().unwrap().to_owned();

    // A stacked line along its CDPs.
    let line = file("real/volve10r12-full-twt-arb.sgy");
    let (said, svg) = drawn(at, &[&line]);
    assert!(!said.contains("in the order of the file"), "{said}");
    assert!(svg.contains("Line volve10r12-full-twt-arb") && svg.contains(">CDP<"), "{said}");
    let text = refused(at, &[&line, "--inline", "7"]);
    assert!(text.contains("the 225 traces of the volume have no inlines") && !text.contains("NaN"), "{text}");

    // A line of gathers: all traces, or those of one offset.
    let gathers = file("real/viking_small.segy");
    let (said, svg) = drawn(at, &[&gathers]);
    assert!(said.contains("480 traces are at 126 cdps") && said.contains("--offset"), "{said}");
    assert!(svg.contains(">Trace<") && svg.contains("480 traces at 126 cdps, in the order of the file"));
    let (_, svg) = drawn(at, &[&gathers, "--offset", "-262"]);
    assert!(svg.contains(">CDP<") && svg.contains("offset -262 of 120 (-3237 to -262)"));
    assert!(refused(at, &[&gathers, "--offset", "7"]).contains("the nearest is -262"));

    assert!(refused(at, &[&gathers, "--slice", "100"]).contains("none of them, as a 2D line"));

    // Traces without any number but their own.
    let (_, svg) = drawn(at, &[&file("real/f11_02673_45Hz.segy")]);
    assert!(svg.contains(">Trace<"));
    // One crossline only: it is drawn without being asked for.
    let (_, svg) = drawn(at, &[&file("real/penobscot_xl1155.sgy")]);
    assert!(svg.contains(">Crossline 1155<") && svg.contains(">Inline<"));

    // Two offsets at each place: the nearer, or the other.
    let prestack = file("segyio/small-ps.sgy");
    let (_, near) = drawn(at, &[&prestack, "--inline", "2"]);
    assert!(near.contains("offset 1 of 2 (1 to 2)") && near.contains(">Inline 2<"));
    let (_, far) = drawn(at, &[&prestack, "--inline", "2", "--offset", "2"]);
    assert!(far.contains("offset 2 of 2 (1 to 2)"));
    let text = refused(at, &[&prestack, "--crossline", "2", "--offset", "3"]);
    assert!(text.contains("there is no offset 3; of 2 from 1 to 2"), "{text}");
    assert!(refused(at, &[&prestack, "--slice", "10"]).contains("have no coordinates"));
    assert!(near.contains("Colours: 102.") && far.contains("Colours: 202."), "the samples differ");
}
