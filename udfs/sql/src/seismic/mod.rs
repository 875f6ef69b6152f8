//! Seismic volumes: slices, samples, attributes, amplitudes along horizons, wavelets, synthetics, impedance, depth.

mod axis;
mod background;
mod neighbours;
mod placed;
mod wavelets;
mod windows;

crate::family!(operators {
    depth_convert,
    horizon_amplitude,
    invert_poststack,
    seismic_attribute,
    seismic_samples,
    seismic_slice,
    synthetic,
    wavelet_estimate,
});
