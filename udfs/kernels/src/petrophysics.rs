//! Petrophysics from logs, one depth at a time. Every function is a closed form of `f64`s:
//! a NaN in any argument gives NaN, and so does input without physical meaning. Nothing is
//! clamped: what the formula gives is returned, and the caller decides about values above 1.

mod permeability;
mod porosity;
mod saturation;
mod vshale;
mod water;

pub use permeability::{permeability_coates, permeability_timur};
pub use porosity::{
    NeutronDensityMethod, SonicMethod, bvw, porosity_density, porosity_effective, porosity_nd, porosity_sonic,
};
pub use saturation::{archie_sw, dual_water_sw, indonesia_sw, simandoux_sw, waxman_smits_b, waxman_smits_sw};
pub use vshale::{VshaleMethod, vshale_gr, vshale_nd};
pub use water::{arps_temperature, rw_from_sp};
