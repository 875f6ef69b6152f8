//! A file for each command.

pub(crate) mod demo;
pub(crate) mod diff;
pub(crate) mod export;
pub(crate) mod functions;
pub(crate) mod gc;
pub(crate) mod help;
pub(crate) mod history;
pub(crate) mod import;
pub(crate) mod info;
pub(crate) mod init;
pub(crate) mod inspect;
mod inspect_segy;
pub(crate) mod plot;
mod plot_chart;
mod plot_classes;
mod plot_grid;
mod plot_layers;
mod plot_log;
mod plot_map;
mod plot_picks;
mod plot_section;
mod plot_seismic;
mod plot_system;
mod repl;
pub(crate) mod restore;
pub(crate) mod run;
pub(crate) mod sql;
