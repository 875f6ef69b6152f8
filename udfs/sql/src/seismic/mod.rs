//! Seismic volumes: slices, samples, attributes, amplitudes along horizons, wavelets, synthetics, depth.

mod axis;
mod neighbours;
mod placed;
mod wavelets;
mod windows;

crate::family!(operators {
    depth_convert,
    horizon_amplitude,
    seismic_attribute,
    seismic_samples,
    seismic_slice,
    synthetic,
    wavelet_estimate,
});
