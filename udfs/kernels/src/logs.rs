//! Logs: curves along a hole. Depths increase, a reading that is not there is NaN, and what lies
//! between samples is said by the interval each stands for.

pub mod block;
pub mod pay;
pub mod resample;
pub mod samples;
pub mod shift;
pub mod window;
