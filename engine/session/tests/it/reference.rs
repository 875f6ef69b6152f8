//! Published and peer-checked numbers, reached through SQL.

use std::path::PathBuf;

use outcrop_session::{Session, SessionBuilder};
use outcrop_store::Roots;
use serde_json::Value;

use crate::field::{numbers, rows};

fn load(name: &str) -> Option<Value> {
    let data = std::env::var_os("OUTCROP_DATA")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")), PathBuf::from);
    let Ok(text) = std::fs::read_to_string(data.join("../reference").join(name)) else {
        println!("skipped: OUTCROP_DATA not found");
        return None;
    };
    Some(serde_json::from_str(&text).unwrap())
}

fn list(v: &Value) -> Vec<f64> {
    v.as_array().unwrap().iter().map(|n| n.as_f64().unwrap()).collect()
}

fn session() -> Session {
    SessionBuilder::new(Roots::whole_file_system(), std::env::temp_dir()).build().unwrap()
}

/// `(VALUES (1.0, 2.0), …) AS t(a, b)`, every digit of every number kept.
fn values(names: &str, columns: &[&[f64]]) -> String {
    let rows: Vec<String> = (0..columns[0].len())
        .map(|i| format!("({})", columns.iter().map(|c| format!("{:e}", c[i])).collect::<Vec<_>>().join(", ")))
        .collect();
    format!("(VALUES {}) AS t({names})", rows.join(", "))
}

#[track_caller]
fn close(what: &str, found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (i, (a, b)) in found.iter().zip(expected).enumerate() {
        assert!((a - b).abs() <= tolerance * (1.0 + b.abs()), "{what}, row {i}: found {a}, expected {b}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn petrophysics() {
    let Some(r) = load("petrophysics.json") else { return };
    let session = session();
    let number = |v: &Value| v.as_f64().unwrap();
    let (i, d, g, w) = (&r["inputs"], &r["phi_density"], &r["vsh_inputs"], &r["phi_wyllie"]);
    let mut cases = vec![
        (
            format!("archie_sw({}, {}, {}, {}, {}, {})", i["rt"], i["phi"], i["rw"], i["a"], i["m"], i["n"]),
            number(&r["archie_sw"]),
        ),
        // a, m and n of the reference are the defaults.
        (format!("archie_sw({}, {}, {})", i["rt"], i["phi"], i["rw"]), number(&r["archie_sw"])),
        (format!("porosity_density({}, {}, {})", d["rhob"], d["rho_ma"], d["rho_fl"]), number(&d["value"])),
        (
            format!("simandoux_sw({}, {}, {}, {}, {})", i["rt"], i["phi"], i["rw"], i["vsh"], i["rsh"]),
            number(&r["simandoux_sw"]),
        ),
        (
            format!("indonesia_sw({}, {}, {}, {}, {})", i["rt"], i["phi"], i["rw"], i["vsh"], i["rsh"]),
            number(&r["indonesia_sw"]),
        ),
        (format!("porosity_sonic({}, {}, {})", w["dt"], w["dt_ma"], w["dt_fl"]), number(&w["value"])),
        (
            format!("porosity_sonic({}, {}, 189, 'raymer')", r["phi_raymer"]["dt"], r["phi_raymer"]["dt_ma"]),
            number(&r["phi_raymer"]["value"]),
        ),
        (
            format!("permeability_timur({}, {})", r["timur_k_md"]["phi"], r["timur_k_md"]["swi"]),
            number(&r["timur_k_md"]["value"]),
        ),
        (format!("vshale_gr({}, {}, {})", g["gr"], g["gr_clean"], g["gr_shale"]), number(&r["vsh_linear"])),
    ];
    for method in ["linear", "larionov_tertiary", "larionov_older", "clavier", "steiber"] {
        let call = format!("vshale_gr({}, {}, {}, '{method}')", g["gr"], g["gr_clean"], g["gr_shale"]);
        cases.push((call, number(&r[format!("vsh_{method}").as_str()])));
    }
    for (call, expected) in cases {
        close(&call, &numbers(&rows(&session, &format!("SELECT {call} AS v")).await, "v"), &[expected], 1e-15);
        // From columns as from constants.
        let column = call.replacen('(', "(v + ", 1);
        let sql = format!("SELECT {column} AS v FROM (VALUES (0.0), (0.0), (0.0)) AS t(v)");
        close(&column, &numbers(&rows(&session, &sql).await, "v"), &[expected; 3], 1e-15);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn kriging() {
    let Some(r) = load("kriging.json") else { return };
    let session = session();
    let (x, y, z) = (list(&r["x"]), list(&r["y"]), list(&r["z"]));
    let (tx, ty) = (list(&r["target_x"]), list(&r["target_y"]));
    let row: Vec<f64> = (0..tx.len()).map(|i| i as f64).collect();
    let (data, targets) = (values("x, y, z", &[&x, &y, &z]), values("x, y, row", &[&tx, &ty, &row]));
    for nugget in [0, 25] {
        let case = &r["cases"][format!("ordinary_nugget_{nugget}").as_str()];
        for search in ["neighbours => 15", "global => true", "neighbours => 15, radius => 1000000"] {
            let sql = format!(
                "SELECT * FROM krige((SELECT * FROM {data}), targets => (SELECT * FROM {targets}), psill => {}, range => {}, \
                 nugget => {nugget}, model => 'spherical', {search}) ORDER BY row",
                r["variogram"]["psill"], r["variogram"]["range"]
            );
            let batch = rows(&session, &sql).await;
            close(&sql, &numbers(&batch, "estimate"), &list(&case["estimate"]), 1e-12);
            close(&sql, &numbers(&batch, "variance"), &list(&case["variance"]), 1e-11);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn well_path() {
    let Some(r) = load("well_path.json") else { return };
    let session = session();
    let survey = values("md, inclination, azimuth", &[&list(&r["md"]), &list(&r["inc_deg"]), &list(&r["azi_deg"])]);
    let sql = format!("SELECT * FROM well_path((SELECT * FROM {survey}), dogleg_length => 30) ORDER BY md");
    let batch = rows(&session, &sql).await;
    for (column, expected) in
        [("md", "md"), ("tvd", "tvd"), ("north", "northing"), ("east", "easting"), ("dogleg", "dls_deg_per_30")]
    {
        close(column, &numbers(&batch, column), &list(&r[expected]), 1e-13);
    }
    // The stations are found again by their measured depths, in whatever order the rows come.
    let sql = format!(
        "SELECT * FROM well_path_at((SELECT * FROM {survey} ORDER BY md DESC), (SELECT md FROM {survey}), dogleg_length => 30) ORDER BY md"
    );
    let batch = rows(&session, &sql).await;
    for (column, expected) in [("tvd", "tvd"), ("north", "northing"), ("east", "easting")] {
        close(column, &numbers(&batch, column), &list(&r[expected]), 1e-12);
    }
}

/// The uniform numbers of the reference's generator (SplitMix64).
fn uniform(seed: u64, n: u64) -> Vec<f64> {
    let one = |i: u64| {
        let mut z = seed.wrapping_add(i.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        100.0 * ((z ^ (z >> 31)) >> 11) as f64 * 2f64.powi(-53)
    };
    (1..=n).map(one).collect()
}

/// The surface of the reference's points.
fn surface(x: f64, y: f64) -> f64 {
    1000.0 + 0.8 * x - 0.3 * y
        + 40.0 * (x / 9.0).sin() * (y / 13.0).cos()
        + 60.0 * (-((x - 30.0).powi(2) + (y - 70.0).powi(2)) / 128.0).exp()
        - 45.0 * (-((x - 65.0).powi(2) + (y - 35.0).powi(2)) / 72.0).exp()
        + 4.0 * (0.9 * x + 0.35 * y).sin()
}

#[tokio::test(flavor = "multi_thread")]
async fn experimental_variogram() {
    let Some(r) = load("experimental_variogram.json") else { return };
    let session = session();
    let (x, y) = (uniform(21, 400), uniform(22, 400));
    let z: Vec<f64> = x.iter().zip(&y).map(|(x, y)| surface(*x, *y)).collect();
    close("the points", &[x[2], y[2], z[2]], &list(&r["first_three"][2]), 1e-12);
    let points = values("x, y, z", &[&x, &y, &z]);
    for (estimator, column) in [("matheron", "matheron"), ("cressie", "cressie_hawkins")] {
        let sql = format!(
            "SELECT *, CAST(pairs AS DOUBLE) AS n FROM variogram((SELECT * FROM {points}), lag => 5, max_lag => 50, estimator => '{estimator}') ORDER BY lag"
        );
        let batch = rows(&session, &sql).await;
        close("pairs", &numbers(&batch, "n"), &list(&r["pairs"]), 0.0);
        close("mean distance", &numbers(&batch, "mean_distance"), &list(&r["mean_lag"]), 1e-13);
        close(estimator, &numbers(&batch, "gamma"), &list(&r[column]), 1e-12);
    }
}
