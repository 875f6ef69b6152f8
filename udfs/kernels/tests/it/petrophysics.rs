use outcrop_kernels::petrophysics::{
    NeutronDensityMethod, SonicMethod, VshaleMethod, archie_sw, arps_temperature, dual_water_sw, indonesia_sw,
    permeability_coates, permeability_timur, porosity_density, porosity_nd, porosity_sonic, rw_from_sp, simandoux_sw,
    vshale_gr, vshale_nd, waxman_smits_b, waxman_smits_sw,
};

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

/// The saturation put into a model's own conductivity gives the resistivity back.
#[test]
fn saturations_solve_their_equations() {
    for n in [1.0, 1.3, 1.8, 2.0, 2.4, 3.0] {
        for (rt, phi, vsh) in
            [(0.3, 0.3, 0.9), (2.0, 0.25, 0.4), (12.0, 0.22, 0.25), (500.0, 0.08, 0.02), (3.0, 0.2, 0.0)]
        {
            let (rw, rsh, a, m) = (0.05, 3.0, 0.81, 1.9);
            let close = |found: f64, what: &str| {
                assert!((found * rt - 1.0).abs() < 1e-12, "{what}: n {n}, rt {rt}: {}", 1.0 / found);
            };
            let s = simandoux_sw(rt, phi, rw, vsh, rsh, a, m, n);
            close(phi.powf(m) * s.powf(n) / (a * rw) + vsh * s / rsh, "simandoux");
            let s = indonesia_sw(rt, phi, rw, vsh, rsh, a, m, n);
            let root = (vsh.powf(1.0 - vsh / 2.0) / rsh.sqrt() + phi.powf(m / 2.0) / (a * rw).sqrt()) * s.powf(n / 2.0);
            close(root * root, "indonesia");
            let (qv, b) = (0.6 * vsh, 4.2);
            let s = waxman_smits_sw(rt, phi, rw, qv, b, a, m, n);
            if n == 1.0 && b * qv > a / (rt * phi.powf(m)) {
                assert!(s.is_nan());
                continue;
            }
            close(phi.powf(m) / a * (s.powf(n) / rw + b * qv * s.powf(n - 1.0)), "waxman-smits");
            // Bound water that conducts better, and worse, than free water.
            for rwb in [0.02, 0.2] {
                let s = dual_water_sw(rt, phi, rw, rwb, vsh, a, m, n);
                let second = vsh * (1.0 / rwb - 1.0 / rw);
                if n == 1.0 && second > a / (rt * phi.powf(m)) {
                    assert!(s.is_nan());
                    continue;
                }
                close(phi.powf(m) / a * (s.powf(n) / rw + second * s.powf(n - 1.0)), "dual water");
            }
            if vsh == 0.0 {
                let clean = archie_sw(rt, phi, rw, a, m, n);
                for s in [
                    simandoux_sw(rt, phi, rw, 0.0, rsh, a, m, n),
                    indonesia_sw(rt, phi, rw, 0.0, rsh, a, m, n),
                    waxman_smits_sw(rt, phi, rw, 0.0, b, a, m, n),
                    dual_water_sw(rt, phi, rw, 0.1, 0.0, a, m, n),
                ] {
                    assert!((s / clean - 1.0).abs() < 1e-12, "{s} {clean}");
                }
            }
        }
    }
    assert!(simandoux_sw(10.0, 0.2, 0.05, -0.1, 3.0, 1.0, 2.0, 2.0).is_nan());
    assert!(indonesia_sw(10.0, 0.2, 0.05, 1.1, 3.0, 1.0, 2.0, 2.0).is_nan());
    assert!(waxman_smits_sw(10.0, 0.2, 0.05, 0.1, 4.0, 1.0, 2.0, 0.9).is_nan());
    assert!(dual_water_sw(10.0, 20.0, 0.05, 0.1, 0.1, 1.0, 2.0, 2.0).is_nan());
}

#[test]
fn porosities_permeabilities_and_waters() {
    let close =
        |found: f64, expected: f64, digits: f64| assert!((found - expected).abs() < digits, "{found} {expected}");
    // The velocity law, put back into itself.
    let phi = porosity_sonic(85.0, 55.5, 189.0, SonicMethod::RaymerHuntGardner);
    close((1.0 - phi).powi(2) / 55.5 + phi / 189.0, 1.0 / 85.0, 1e-15);
    assert!(porosity_sonic(85.0, 55.5, 50.0, SonicMethod::Wyllie).is_nan());
    assert!(porosity_sonic(400.0, 55.5, 189.0, SonicMethod::RaymerHuntGardner).is_nan());
    close(porosity_nd(0.06, 0.30, NeutronDensityMethod::RootMeanSquare), 0.216_333, 1e-6);
    close(porosity_nd(0.06, 0.30, NeutronDensityMethod::Mean), 0.18, 1e-15);
    assert!(porosity_nd(-0.06, 0.01, NeutronDensityMethod::RootMeanSquare).is_nan());
    let points = ([-0.02, 2.65], [0.38, 2.45], [1.0, 1.0]);
    close(vshale_nd(points.0, points.0, points.1, points.2), 0.0, 1e-15);
    close(vshale_nd(points.1, points.0, points.1, points.2), 1.0, 1e-15);
    close(vshale_nd(points.2, points.0, points.1, points.2), 0.0, 1e-15);
    assert!(vshale_nd(points.1, points.0, points.0, points.2).is_nan());
    close(permeability_timur(0.22, 0.3), 121.886_665, 1e-5);
    close(permeability_coates(0.2, 0.25, 100.0), 144.0, 1e-9);
    assert!(permeability_timur(0.22, 0.0).is_nan() && permeability_coates(22.0, 0.3, 100.0).is_nan());
    // 75 to 150 degrees Fahrenheit.
    close(arps_temperature(1.0, 75.0f64.mul_add(1.0, -32.0) / 1.8, (150.0 - 32.0) / 1.8), 81.77 / 156.77, 1e-12);
    assert!(waxman_smits_b(0.05, 25.0) > 3.0 && waxman_smits_b(0.05, 90.0) > waxman_smits_b(0.05, 25.0));
    assert!(waxman_smits_b(0.05, 0.0).is_nan());
    // By hand, at 75 degrees Fahrenheit: rmf 0.5, so rmfe 0.425; K 69.975; rwe 0.425 10^(-80/69.975) = 0.030550;
    // rw (77 0.030550 + 5) / (146 - 337 0.030550) = 0.054177.
    close(rw_from_sp(-80.0, 0.5, (75.0 - 32.0) / 1.8), 0.054_177, 1e-5);
    // Water as fresh as the filtrate has no potential; the fits for weak and strong salt differ by some per cent.
    let same = rw_from_sp(0.0, 0.5, (75.0 - 32.0) / 1.8);
    assert!((same / 0.5 - 1.0).abs() < 0.15, "{same}");
    assert!(rw_from_sp(-80.0, -0.5, 60.0).is_nan());
}
