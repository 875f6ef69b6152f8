//! Attributes of a trace by name.

use super::analytic::{Analytic, DEFAULT_SWEETNESS_FLOOR};
use super::filter::RelativeImpedance;
use super::moving::{Moving, MovingWindow};
use super::transform::check_interval;
use crate::Result;

/// What is computed of a trace, sample by sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attribute {
    /// [`Analytic::envelope`].
    Envelope,
    /// [`Analytic::phase`], degrees.
    Phase,
    /// [`Analytic::cosine_phase`].
    CosinePhase,
    /// [`Analytic::frequency`], hertz.
    Frequency,
    /// [`Analytic::average_frequency`], hertz.
    AverageFrequency,
    /// [`Analytic::sweetness`].
    Sweetness,
    /// [`Analytic::quadrature`].
    Quadrature,
    /// [`RelativeImpedance`].
    RelativeImpedance,
    /// The root mean square of a moving window, [`Moving::Rms`].
    Rms,
    /// The mean of the squares in a moving window, [`Moving::Energy`].
    Energy,
    /// The mean of a moving window, [`Moving::Mean`].
    Mean,
    /// The trace divided by its level, [`MovingWindow::gain`].
    Gain,
}

impl Attribute {
    /// All attributes.
    pub const ALL: [Attribute; 12] = [
        Attribute::Envelope,
        Attribute::Phase,
        Attribute::CosinePhase,
        Attribute::Frequency,
        Attribute::AverageFrequency,
        Attribute::Sweetness,
        Attribute::Quadrature,
        Attribute::RelativeImpedance,
        Attribute::Rms,
        Attribute::Energy,
        Attribute::Mean,
        Attribute::Gain,
    ];

    /// Their names, in the order of [`Attribute::ALL`].
    pub const NAMES: [&'static str; 12] = [
        "envelope",
        "phase",
        "cosine_phase",
        "frequency",
        "average_frequency",
        "sweetness",
        "quadrature",
        "relative_impedance",
        "rms",
        "energy",
        "mean",
        "agc",
    ];

    /// The attribute of a name.
    pub fn of_name(name: &str) -> Option<Attribute> {
        Attribute::NAMES.iter().position(|n| *n == name).and_then(|k| Attribute::ALL.get(k)).copied()
    }

    /// The name of the attribute.
    pub fn name(self) -> &'static str {
        Attribute::ALL.iter().position(|a| *a == self).and_then(|k| Attribute::NAMES.get(k)).copied().unwrap_or("")
    }
}

/// What some attributes ask for beside the trace.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AttributeOptions {
    /// Samples either side of the one at hand: the window of `Rms`, `Energy`, `Mean` and `Gain`, and
    /// of the averaged frequency of `AverageFrequency` and `Sweetness` (0: not averaged).
    pub half_window: usize,
    /// The lowest frequency, hertz, that `Sweetness` divides by.
    pub floor: f64,
    /// Where `RelativeImpedance` begins to pass, hertz.
    pub low_cut: f64,
}

impl Default for AttributeOptions {
    /// Five samples either side, 5 hertz, 10 hertz.
    fn default() -> AttributeOptions {
        AttributeOptions { half_window: 5, floor: DEFAULT_SWEETNESS_FLOOR, low_cut: 10.0 }
    }
}

#[derive(Clone)]
enum Work {
    Analytic(Box<Analytic>),
    Window(MovingWindow),
    Impedance(Box<RelativeImpedance>),
}

/// One attribute of traces of one length.
#[derive(Clone)]
pub struct TraceAttribute {
    attribute: Attribute,
    interval: f64,
    options: AttributeOptions,
    work: Work,
}

impl TraceAttribute {
    /// For traces of `samples` samples at `interval` seconds.
    ///
    /// # Errors
    /// `InvalidParameter` for no sample, an interval, floor or low cut that cannot be.
    pub fn new(
        attribute: Attribute,
        samples: usize,
        interval: f64,
        options: AttributeOptions,
    ) -> Result<TraceAttribute> {
        check_interval(interval)?;
        super::transform::check_positive("floor", options.floor)?;
        let work = match attribute {
            Attribute::RelativeImpedance => {
                Work::Impedance(Box::new(RelativeImpedance::new(samples, interval, options.low_cut)?))
            }
            Attribute::Rms | Attribute::Energy | Attribute::Mean | Attribute::Gain => {
                Work::Window(MovingWindow::new(options.half_window))
            }
            _ => Work::Analytic(Box::new(Analytic::new(samples)?)),
        };
        Ok(TraceAttribute { attribute, interval, options, work })
    }

    /// The attribute of a trace, into `out` of the same length.
    ///
    /// # Errors
    /// `LengthMismatch`.
    pub fn compute(&mut self, trace: &[f32], out: &mut [f32]) -> Result<()> {
        let AttributeOptions { half_window, floor, .. } = self.options;
        match (&mut self.work, self.attribute) {
            (Work::Impedance(filter), _) => filter.apply(trace, out),
            (Work::Window(window), Attribute::Gain) => window.gain(Moving::Rms, trace, out),
            (Work::Window(window), Attribute::Energy) => window.apply(Moving::Energy, trace, out),
            (Work::Window(window), Attribute::Mean) => window.apply(Moving::Mean, trace, out),
            (Work::Window(window), _) => window.apply(Moving::Rms, trace, out),
            (Work::Analytic(a), Attribute::Phase) => a.phase(trace, out),
            (Work::Analytic(a), Attribute::CosinePhase) => a.cosine_phase(trace, out),
            (Work::Analytic(a), Attribute::Frequency) => a.frequency(trace, self.interval, out),
            (Work::Analytic(a), Attribute::AverageFrequency) => {
                a.average_frequency(trace, self.interval, half_window, out)
            }
            (Work::Analytic(a), Attribute::Sweetness) => a.sweetness(trace, self.interval, half_window, floor, out),
            (Work::Analytic(a), Attribute::Quadrature) => a.quadrature(trace, out),
            (Work::Analytic(a), _) => a.envelope(trace, out),
        }
    }
}
