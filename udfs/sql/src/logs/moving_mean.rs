//! `moving_mean`: mean of the readings around each sample.

use outcrop_kernels::logs::window::Statistic;

use super::moving::{Moving, moving_operator};

pub(super) fn operator() -> Moving {
    moving_operator(
        "moving_mean",
        Statistic::Mean,
        "Mean of the readings around each sample",
        "Arithmetic. A spike is smeared over the window; `moving_median` or `despike` do not.\n\nThe window is a length, so it means the same at every step and in every log set: readings up to half of it above and below count, those at its edge too; at the ends of a curve it is shorter. A sample without a reading stays without one, and NULLs count for nothing. Every numeric column but `md`, `tvd`, `tvdss`, `x`, `y`, `north` and `east` is a curve; all other columns come along. One run takes one log set of one well: use `by => [well, log_set]`. Two samples at a depth are an error; samples whose md is NULL are left out.",
        "SELECT * FROM moving_mean((SELECT well, md, gr, rhob FROM logs WHERE gr IS NOT NULL), window => 5, by => [well]) LIMIT 5",
    )
}
