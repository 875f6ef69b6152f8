use outcrop_kernels::petrophysics::{VshaleMethod, archie_sw, porosity_density, vshale_gr};

use crate::reference::{load, number};

#[test]
fn closed_forms_match_the_reference() {
    let Some(r) = load("petrophysics.json") else { return };
    let i = |name: &str| number(&r["inputs"][name]);
    let close = |found: f64, expected: &serde_json::Value| {
        let expected = number(expected);
        assert!((found - expected).abs() < 1e-15 * (1.0 + expected.abs()), "{found} {expected}");
    };
    close(archie_sw(i("rt"), i("phi"), i("rw"), i("a"), i("m"), i("n")), &r["archie_sw"]);
    let d = &r["phi_density"];
    close(porosity_density(number(&d["rhob"]), number(&d["rho_ma"]), number(&d["rho_fl"])), &d["value"]);
    let g = &r["vsh_inputs"];
    for method in VshaleMethod::ALL {
        let found = vshale_gr(number(&g["gr"]), number(&g["gr_clean"]), number(&g["gr_shale"]), method);
        close(found, &r[format!("vsh_{method}").as_str()]);
    }
}

#[test]
fn nothing_is_clamped_and_nonsense_is_nan() {
    assert!(archie_sw(0.1, 0.1, 0.05, 1.0, 2.0, 2.0) > 1.0);
    assert!(
        (archie_sw(12.0, 0.22, 0.05, 1.0, 2.0, 1.8) - (0.05f64 / (0.22f64.powi(2) * 12.0)).powf(1.0 / 1.8)).abs()
            < 1e-15
    );
    for (rt, phi, rw) in [
        (0.0, 0.2, 0.05),
        (-1.0, 0.2, 0.05),
        (10.0, 0.0, 0.05),
        (10.0, -0.1, 0.05),
        (10.0, 22.0, 0.05),
        (10.0, 0.2, f64::NAN),
    ] {
        assert!(archie_sw(rt, phi, rw, 1.0, 2.0, 2.0).is_nan(), "{rt} {phi} {rw}");
    }
    assert!(porosity_density(2.80, 2.65, 1.0) < 0.0);
    assert!(porosity_density(2.3, 1.0, 1.0).is_nan() && porosity_density(0.0, 2.65, 1.0).is_nan());
    assert_eq!(vshale_gr(10.0, 20.0, 120.0, VshaleMethod::Linear), -0.1);
    assert_eq!(vshale_gr(170.0, 20.0, 120.0, VshaleMethod::Linear), 1.5);
    assert!(vshale_gr(170.0, 20.0, 120.0, VshaleMethod::Steiber).is_nan());
    assert!(vshale_gr(170.0, 20.0, 120.0, VshaleMethod::Clavier).is_nan());
    assert!(vshale_gr(50.0, 60.0, 60.0, VshaleMethod::Linear).is_nan());
    for method in VshaleMethod::ALL {
        assert!(vshale_gr(20.0, 20.0, 120.0, method).abs() < 0.01, "{method}: clean rock");
        assert!((vshale_gr(120.0, 20.0, 120.0, method) - 1.0).abs() < 0.011, "{method}: shale");
        assert_eq!(method.name().to_uppercase().parse::<VshaleMethod>().unwrap(), method);
    }
    let error = "larionov".parse::<VshaleMethod>().unwrap_err().to_string();
    assert!(error.contains("'larionov_tertiary', 'larionov_older'"), "{error}");
}
