//! Crossplots, histograms, sections and layouts of logs.

use super::{fails, ok};

#[test]
fn charts_and_sections_of_the_demo_field() {
    let folder = tempfile::tempdir().unwrap();
    ok(folder.path(), &["demo", "field", "--wells", "8", "--bin", "200"]);
    let at = folder.path().join("field");
    let svg = |arguments: &[&str]| {
        ok(&at, &[&["plot"], arguments, &["-o", "p.svg"]].concat());
        std::fs::read_to_string(at.join("p.svg")).unwrap()
    };
    let nd = svg(&["crossplot", "--x", "nphi", "--y", "rhob", "--color", "gr"]);
    // Density grows downwards: 2.2 is above 2.6.
    let height = |text: &str| {
        let before = nd.split(&format!(">{text}</text>")).next().unwrap();
        before.rsplit("y=\"").next().unwrap().split('"').next().unwrap().parse::<f64>().unwrap()
    };
    assert!(height("2.2") < height("2.6"));
    assert!(nd.contains("RHOB (g/cm3)") && nd.contains("GR (gAPI)"));
    let zones =
        svg(&["crossplot", "--x", "gr", "--y", "rt", "--log-y", "--color", "zone", "--zones", "--well", "OUT-1"]);
    assert!(zones.contains("Top Reservoir") && zones.contains("OUT-1"));
    let fit = svg(&[
        "crossplot",
        "--x",
        "v",
        "--y",
        "w",
        "--regression",
        "linear",
        "--sql",
        "SELECT value AS v, 3 + 2 * value AS w FROM range(10)",
    ]);
    assert!(fit.contains("w = 3.000 + 2.000 v") || fit.contains("W = 3.000 + 2.000 V"), "{fit}");
    // Units that columns lose in expressions can be said, those they carry stand.
    let said = svg(&["crossplot", "--x", "gr", "--x-unit", "gAPI", "--y", "rhob * 1000", "--y-unit", "kg/m3"]);
    assert!(said.contains("GR (gAPI)") && said.contains("rhob * 1000 (kg/m3)"));
    let text = fails(&at, &["plot", "histogram", "--x", "gr", "--unit", "API", "-o", "p.svg"]);
    assert!(text.contains("--unit API, but `gr` is in gAPI"), "{text}");
    assert!(svg(&["crossplot", "--x", "gr", "--y", "rhob", "--density"]).contains("Samples in a hexagon"));
    let histogram = svg(&["histogram", "--x", "gr", "--by", "well", "--cumulative", "--where", "md > 1500"]);
    assert!(histogram.contains("P90") && histogram.contains("OUT-4") && histogram.contains("Up to the value"));
    // Zones from the shallowest down, not in the order of the alphabet.
    let zones = svg(&["histogram", "--x", "gr", "--by", "zone", "--zones"]);
    let place = |zone: &str| zones.find(&format!(">{zone}<")).unwrap_or_else(|| panic!("no {zone}"));
    assert!(place("Top Shale") < place("Top Reservoir") && place("Top Reservoir") < place("Base Reservoir"));
    assert!(place("Base Reservoir") < place("Top Basement"));
    let section = svg(&["section", "OUT-1", "OUT-2", "--depth", "tvdss", "--template", "triple"]);
    assert!(section.contains("TVDSS") && section.contains("Top Reservoir") && section.contains("km"));
    let flat = svg(&["section", "OUT-1", "OUT-2", "--flatten", "Top Reservoir", "--from", "-50", "--to", "100"]);
    assert!(flat.contains("hung on Top Reservoir"));

    let text = fails(&at, &["plot", "crossplot", "--x", "nope", "--y", "gr", "-o", "p.svg"]);
    assert!(text.contains("DESCRIBE logs") && text.contains("nope"), "{text}");
    let text = fails(&at, &["plot", "histogram", "--x", "gr", "--where", "md < 0", "-o", "p.svg"]);
    assert!(text.contains("no samples"), "{text}");
    let text = fails(&at, &["plot", "histogram", "--x", "gr", "--range", "5,5", "-o", "p.svg"]);
    assert!(text.contains("two different numbers"), "{text}");
    let text = fails(&at, &["plot", "section", "OUT-1", "NONE-1", "-o", "p.svg"]);
    assert!(text.contains("no logs of a well `NONE-1`"), "{text}");
    let text = fails(&at, &["plot", "section", "OUT-1", "OUT-2", "--flatten", "Nowhere", "-o", "p.svg"]);
    assert!(text.contains("'Nowhere' in OUT-1, OUT-2"), "{text}");
}

/// A line through wells, whose samples an order by distance alone would mix: every wiggle is that of its trace.
#[test]
fn seismic_lines_are_drawn_trace_by_trace() {
    let folder = tempfile::tempdir().unwrap();
    ok(folder.path(), &["demo", "field", "--wells", "8"]);
    let at = folder.path().join("field");
    ok(&at, &["import", "seismic/cube.sgy", "checkshots.csv"]);
    let line = ["OUT-1", "OUT-2", "--well", "OUT-1", "--display", "wiggle", "--from", "1000", "--to", "1700"];
    ok(&at, &[&["plot", "section", "--volume", "cube", "-o", "p.svg"], &line[..]].concat());
    let svg = std::fs::read_to_string(at.join("p.svg")).unwrap();
    assert_eq!(svg.matches(">OUT-2</text>").count(), 1);
    assert_eq!(svg.matches(">OUT-1</text>").count(), 1, "asked for twice, drawn once");
    assert!(svg.contains("Project demo field") && svg.contains("CRS: EPSG:23031"));

    let sql = "SELECT distance, time, amplitude FROM seismic_slice(seismic.cube, line => \
        (SELECT x, y, CAST(right(well, 1) AS DOUBLE) AS position FROM wells WHERE well IN ('OUT-1', 'OUT-2'))) WHERE time BETWEEN 1000 AND 1700";
    let csv = ok(&at, &["sql", "--format", "csv", "-c", sql]);
    let mut samples: Vec<Vec<f64>> =
        csv.lines().skip(1).map(|l| l.split(',').map(|v| v.parse().unwrap()).collect()).collect();
    samples.sort_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
    let traces: Vec<&[Vec<f64>]> = samples.chunk_by(|a, b| a[0] == b[0]).collect();
    let wiggles: Vec<Vec<(f64, f64)>> = {
        let paths = svg.split("<path d=\"").skip(1).filter(|p| p.contains("stroke-linejoin=\"round\""));
        let data = paths.map(|p| p.split('"').next().unwrap()).max_by_key(|d| d.matches('M').count()).unwrap();
        let point = |p: &str| p.split_once(' ').map(|(x, y)| (x.parse().unwrap(), y.parse().unwrap())).unwrap();
        data.split('M').skip(1).map(|run| run.split('L').map(point).collect()).collect()
    };
    let every: usize = match svg.split_once("one trace of ") {
        Some((_, after)) => after.split(|c: char| !c.is_ascii_digit()).next().unwrap().parse().unwrap(),
        None => 1,
    };
    assert!(traces.len() > 100 && traces.iter().all(|t| t.len() == 176), "a sample each 4 ms of every trace");
    assert_eq!(wiggles.len(), traces.len().div_ceil(every));
    let drawn = traces.iter().skip((traces.len() - 1) % every / 2).step_by(every);
    for (trace, wiggle) in drawn.zip(&wiggles) {
        // A sample more at both ends, where they are just outside of the frame.
        let more = (wiggle.len() - trace.len()) / 2;
        let inside = &wiggle[more..more + trace.len()];
        assert!(inside.is_sorted_by(|a, b| a.1 < b.1), "downwards");
        let pairs: Vec<(f64, f64)> = trace.iter().zip(inside).map(|(s, p)| (s[2], p.0)).collect();
        let mean = |f: &dyn Fn(&(f64, f64)) -> f64| pairs.iter().map(f).sum::<f64>() / pairs.len() as f64;
        let (a, b) = (mean(&|p| p.0), mean(&|p| p.1));
        let covariance = mean(&|p| (p.0 - a) * (p.1 - b));
        let spread = (mean(&|p| (p.0 - a).powi(2)) * mean(&|p| (p.1 - b).powi(2))).sqrt();
        // Not 1, as the strongest samples swing no farther than the next wiggles.
        assert!(covariance > 0.95 * spread, "the trace at {}: {}", trace[0][0], covariance / spread);
    }
}

#[test]
fn layouts_come_from_files() {
    let folder = tempfile::tempdir().unwrap();
    ok(folder.path(), &["demo", "field", "--wells", "8", "--bin", "200"]);
    let at = folder.path().join("field");
    let tracks = "[[track]]\nwidth = 50\n[[track.curve]]\nmnemonic = \"GR\"\nunit = \"gAPI\"\nleft = 0\nright = 200\nfill = \"left\"\n\
        [[track]]\ngrid = \"log\"\n[[track.curve]]\nmnemonic = \"rt\"\nlog = true\nleft = 0.1\nright = 1000\ncolor = \"#C62828\"\n[[track.curve]]\nmnemonic = \"MSFL\"\n";
    std::fs::write(at.join("t.toml"), tracks).unwrap();
    let log = |template: &str| ["plot", "log", "OUT-1", "--template", template, "-o", "p.svg"].map(str::to_owned);
    let run = |template: &str| ok(&at, &log(template).iter().map(String::as_str).collect::<Vec<_>>());
    let fail = |template: &str| fails(&at, &log(template).iter().map(String::as_str).collect::<Vec<_>>());
    run("t.toml");
    let svg = std::fs::read_to_string(at.join("p.svg")).unwrap();
    assert!(svg.contains(">200</text>") && svg.contains("#C62828") && !svg.contains("NPHI"));
    run("triple");
    assert!(!std::fs::read_to_string(at.join("p.svg")).unwrap().contains(">DT<"));
    assert!(fail("quad").contains("standard, triple, resistivity, sonic"));
    for (wrong, says) in [
        ("[[track]]\n", "has no curves"),
        ("[[track]]\n[[track.curve]]\nmnemonic = \"GR\"\ncolour = \"#fff\"\n", "unknown field `colour`"),
        ("[[track]]\n[[track.curve]]\nmnemonic = \"GR\"\ncolor = \"red\"\n", "'red' is not a colour"),
        ("[[track]]\n[[track.curve]]\nmnemonic = \"GR\"\nfill = \"NPHI\"\n", "another curve of the track"),
        ("[[track]]\n[[track.curve]]\nmnemonic = \"GR\"\nunit = \"ohm.m\"\n", "is in gAPI"),
    ] {
        std::fs::write(at.join("w.toml"), wrong).unwrap();
        let text = fail("w.toml");
        assert!(text.contains(says), "{wrong}: {text}");
    }
    assert!(fail("missing.toml").contains("cannot be read"));
}

#[test]
fn maps_have_lines_polygons_and_posted_values() {
    let folder = tempfile::tempdir().unwrap();
    ok(folder.path(), &["demo", "field", "--wells", "8", "--bin", "200"]);
    let at = folder.path().join("field");
    let faults = r#"{"type":"FeatureCollection","features":[
        {"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[[455000,6785000],[465000,6795000]]}},
        {"type":"Feature","properties":{},"geometry":{"type":"MultiLineString","coordinates":[[[456000,6785000],[457000,6786000]],[[458000,6785000],[459000,6786000]]]}}]}"#;
    std::fs::write(at.join("faults.geojson"), faults).unwrap();
    let svg = |arguments: &[&str]| {
        ok(&at, &[&["plot", "map", "-o", "m.svg"], arguments].concat());
        std::fs::read_to_string(at.join("m.svg")).unwrap()
    };
    let drawn = svg(&[
        "--surface",
        "Top Reservoir",
        "--cell-size",
        "1000",
        "--faults",
        "SELECT geometry FROM 'faults.geojson'",
        "--polygons",
        "SELECT * FROM (VALUES (1, 455000.0, 6785000.0), (1, 460000.0, 6785000.0), (1, 460000.0, 6790000.0)) AS t(part, x, y)",
        "--post",
        "SELECT x, y, tvdss FROM tops_xyz WHERE surface = 'Top Reservoir'",
    ]);
    assert!(
        drawn.contains("Faults") && drawn.contains("Polygons") && drawn.contains("tvdss (m)"),
        "names in the legend"
    );
    assert!(drawn.contains("#8E241B") && drawn.contains("#3FB6A8"));
    let only =
        svg(&["--lines", "SELECT geometry FROM 'faults.geojson'", "--points", "SELECT 1.0 AS x, 1.0 AS y WHERE false"]);
    assert!(only.contains("Lines"));
    let text = fails(&at, &["plot", "map", "-o", "m.svg", "--faults", "SELECT geometry FROM wells"]);
    assert!(text.contains("no lines or polygons"), "{text}");
    let text = fails(&at, &["plot", "map", "-o", "m.svg", "--post", "SELECT x, y, td, kb FROM wells"]);
    assert!(text.contains("one value") || text.contains("kb"), "{text}");
}
