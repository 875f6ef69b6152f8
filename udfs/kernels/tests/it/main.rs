//! The kernels against published and independently computed numbers, and at the edges of their
//! input.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod cross_validation;
mod data;
mod fit;
mod gridding;
mod kriging;
mod logs;
mod monitor;
mod petrophysics;
mod reference;
mod search;
mod seismic_attributes;
mod seismic_coherence;
mod seismic_depth;
mod seismic_poststack;
mod seismic_wavelets;
mod surface;
mod variogram;
mod well_path;
