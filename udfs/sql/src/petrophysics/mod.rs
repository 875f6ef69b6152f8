//! Petrophysics: porosity, saturation and shale volume from logs.

crate::family!(scalars { archie_sw, porosity_density, vshale_gr });
