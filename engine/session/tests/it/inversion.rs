//! Post-stack inversion of the demo field's cube beside the impedance that it was made of.

use std::collections::HashMap;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Float32Type;
use outcrop_demo::elastic::Profile;
use outcrop_session::{Answer, Session};

use crate::field;

/// Samples that are compared: where the wells have logs, 1300 to 1600 ms.
const COMPARED: std::ops::Range<usize> = 325..401;

/// Impedance in time along every well, from sonic and density logs, with the place of its head.
const LOGS: &str = "SELECT s.time, s.impedance, w.x, w.y FROM synthetic((SELECT well, tvdss AS depth, dt, rhob FROM logs \
    WHERE tvdss IS NOT NULL AND dt IS NOT NULL AND rhob IS NOT NULL AND well IN (SELECT well FROM checkshots)), \
    time_depth => (SELECT well, tvdss AS depth, twt AS time FROM checkshots), ricker => 28, by => [well]) s \
    JOIN wells w ON w.well = s.well WHERE s.impedance IS NOT NULL";

fn inverted(volume: &str, more: &str) -> String {
    format!("invert_poststack({volume}, trend => ({LOGS}), smooth => 80, scale => 10000, {more})")
}

/// The logarithm of impedance below a place, the mean over each sample.
fn truth(x: f64, y: f64, samples: usize) -> Vec<f64> {
    const PARTS: usize = 16;
    let profile = Profile::at(x, y);
    let at = |k: usize, part: usize| (k as f64 - 0.5 + (part as f64 + 0.5) / PARTS as f64) * 4.0;
    (0..samples).map(|k| (0..PARTS).map(|p| profile.impedance(at(k, p)).ln()).sum::<f64>() / PARTS as f64).collect()
}

/// The mean around a sample, over 84 ms: the low frequencies, which the traces do not have.
fn level(m: &[f64], k: usize) -> f64 {
    let around = &m[k - 10..=k + 10];
    around.iter().sum::<f64>() / around.len() as f64
}

fn samples(batch: &RecordBatch) -> Vec<Vec<f32>> {
    let lists = batch.column_by_name("samples").unwrap().as_list::<i32>();
    (0..lists.len()).map(|row| lists.value(row).as_primitive::<Float32Type>().values().to_vec()).collect()
}

/// Root mean square of the difference, and the correlation.
fn compared(pairs: &[(f64, f64)]) -> (f64, f64) {
    let n = pairs.len() as f64;
    let mean = |of: &dyn Fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>() / n;
    let (a, b) = (mean(&|p| p.0), mean(&|p| p.1));
    let covariance = mean(&|p| (p.0 - a) * (p.1 - b));
    let spread = (mean(&|p| (p.0 - a).powi(2)) * mean(&|p| (p.1 - b).powi(2))).sqrt();
    (mean(&|p| (p.0 - p.1).powi(2)).sqrt(), covariance / spread)
}

async fn notices(session: &Session, sql: &str) -> (RecordBatch, Vec<String>) {
    let Answer::Rows(rows) = session.sql(sql).await.unwrap() else { panic!("no query") };
    let (schema, notices) = (std::sync::Arc::clone(rows.schema()), rows.notices());
    let batches = rows.collect().await.unwrap();
    (arrow::compute::concat_batches(&schema, &batches).unwrap(), notices.take())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_impedance_of_the_cube_is_that_it_was_made_of() {
    let session = field::session().await;
    let of = |more: &str| {
        let traces = "(SELECT * FROM seismic.cube WHERE inline % 3 = 0)";
        format!("SELECT x, y, samples FROM {} ORDER BY inline, crossline", inverted(traces, more))
    };
    let (found, said) = notices(&session, &of("ricker => 28")).await;
    // Held at what it begins with, it is that.
    let background = samples(&field::rows(&session, &of("ricker => 28, damping => 1e9")).await);
    let (x, y) = (field::numbers(&found, "x"), field::numbers(&found, "y"));
    let (mut before, mut after, mut layers) = (Vec::new(), Vec::new(), Vec::new());
    let found = samples(&found);
    let logarithms = |z: &[f32]| z.iter().map(|z| f64::from(*z).ln()).collect::<Vec<f64>>();
    for (((x, y), z), z0) in
        x.iter().zip(&y).zip(&found).zip(&background).filter(|((_, z), _)| !z[0].is_nan()).step_by(7)
    {
        let (m, m0, truth) = (logarithms(z), logarithms(z0), truth(*x, *y, z.len()));
        for k in COMPARED {
            before.push((m0[k], truth[k]));
            after.push((m[k], truth[k]));
            layers.push((m[k] - level(&m, k), truth[k] - level(&truth, k)));
        }
    }
    let ((error_before, alike_before), (error, alike)) = (compared(&before), compared(&after));
    let (misfit, same) = compared(&layers);
    println!(
        "background: error {error_before:.4}, correlation {alike_before:.3}; impedance: {error:.4}, {alike:.3}; its layers: {misfit:.4}, {same:.3}"
    );
    // The wells are kilometres apart, and what lies between them in the mean the traces do not tell; the layers they do.
    assert!(error < 0.85 * error_before && alike > 0.9, "{error_before} {error} {alike_before} {alike}");
    assert!(same > 0.9, "{misfit} {same}");
    assert!(said.iter().any(|n| n.contains("of the energy of the traces is not explained")), "{said:?}");
}

/// The dead trace has no impedance, and that is said.
#[tokio::test(flavor = "multi_thread")]
async fn a_dead_trace_has_no_impedance() {
    let session = field::session().await;
    let sql = format!("SELECT inline, samples FROM {}", inverted("seismic.cube", "ricker => 28"));
    let (found, said) = notices(&session, &sql).await;
    let all = samples(&found);
    assert_eq!(all.iter().filter(|z| z.iter().all(|z| z.is_nan())).count(), 1);
    assert!(all.iter().filter(|z| z.iter().all(|z| *z > 1000.0 && *z < 30_000.0)).count() == all.len() - 1);
    assert!(said.iter().any(|n| n.ends_with("no impedance: 1")), "{said:?}");
}

/// A condition on lines is applied before traces are read, and changes none of those that are left.
#[tokio::test(flavor = "multi_thread")]
async fn a_trace_alone_is_as_among_others() {
    let session = field::session().await;
    let of = |volume: &str| {
        format!("SELECT crossline, samples FROM {} WHERE inline = 1012", inverted(volume, "ormsby => [5, 10, 50, 70]"))
    };
    let (among, alone) = (
        field::rows(&session, &of("seismic.cube")).await,
        field::rows(&session, &of("(SELECT * FROM seismic.cube WHERE inline = 1012)")).await,
    );
    let keyed = |batch: &RecordBatch| -> HashMap<String, Vec<u32>> {
        let bits = samples(batch).into_iter().map(|z| z.iter().map(|z| z.to_bits()).collect());
        field::texts(batch, "crossline").into_iter().zip(bits).collect()
    };
    assert!(among.num_rows() > 50);
    assert_eq!(keyed(&among), keyed(&alone));
}
