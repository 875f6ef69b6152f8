//! Logs: curves at other steps and depths, filtered, blocked, by zones.

mod curves;
mod moving;
mod pair;
mod zones_input;

crate::family!(operators {
    attach_zones,
    block_log,
    depth_shift,
    despike,
    fill_gaps,
    log_resample,
    merge_logs,
    moving_mean,
    moving_median,
    moving_std,
    net_pay,
    splice_logs,
});
