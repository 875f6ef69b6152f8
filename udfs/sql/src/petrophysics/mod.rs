//! Petrophysics: porosity, saturation, shale volume, permeability and their sums over intervals.

crate::family!(functions {
    archie_sw,
    arps_temperature,
    bvw,
    dual_water_sw,
    hydrocarbon_pore_thickness,
    indonesia_sw,
    net_to_gross,
    permeability_coates,
    permeability_timur,
    porosity_density,
    porosity_effective,
    porosity_nd,
    porosity_sonic,
    rw_from_sp,
    simandoux_sw,
    thickness_weighted_mean,
    vshale_gr,
    vshale_nd,
    waxman_smits_b,
    waxman_smits_sw,
});
