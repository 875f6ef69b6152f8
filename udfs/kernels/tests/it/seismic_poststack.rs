//! Post-stack inversion against the reference case, and at the edges of its input.

use outcrop_kernels::seismic::poststack::{Background, Damping, Inversion, PostStack};
use outcrop_kernels::seismic::wavelet::{Wavelet, ricker};
use outcrop_kernels::{KernelError, Silent};

use crate::reference::{assert_close, load, number, numbers};

#[test]
fn the_reference_case() {
    let Some(case) = load("poststack.json") else { return };
    let [wavelet, model, background, data, inverted] =
        ["wavelet", "model", "background", "data", "inverted"].map(|name| numbers(&case[name]));
    let wavelet = Wavelet::new(wavelet, 0.002).unwrap();
    let eps = number(&case["eps"]);
    let found = PostStack::new(&wavelet, model.len(), Damping::Absolute(eps)).unwrap();
    assert_close(&found.predict(&model).unwrap(), &data, 1e-14);
    // The operator, column by column.
    for (j, _) in model.iter().enumerate() {
        let unit: Vec<f64> = (0..model.len()).map(|k| f64::from(u8::from(k == j))).collect();
        let column: Vec<f64> = case["operator"].as_array().unwrap().iter().map(|row| number(&row[j])).collect();
        assert_close(&found.predict(&unit).unwrap(), &column, 1e-15);
    }
    assert_close(&found.solve(&data, &background).unwrap(), &inverted, 2e-13);
    // The same of many traces as floats; seventeen are a whole stripe and one more.
    let many = |values: &[f64]| values.iter().map(|v| *v as f32).collect::<Vec<_>>().repeat(17);
    let impedance: Vec<f64> = background.iter().map(|m| m.exp()).collect();
    let mut out = vec![0.0; 17 * model.len()];
    let report = found.invert(&many(&data), Background::Each(&many(&impedance)), &mut out, &Silent).unwrap();
    for trace in out.chunks_exact(model.len()) {
        let logarithms: Vec<f64> = trace.iter().map(|z| f64::from(*z).ln()).collect();
        assert_close(&logarithms, &inverted, 1e-6);
    }
    assert_eq!((report.inverted, report.compared), (17, 17 * 40 - 40));
}
