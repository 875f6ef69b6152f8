//! What a heading of a table of production says of its amounts: of which fluid, produced or injected, and whether it is a
//! volume, a rate or a cumulative. A heading with a word that is not known says nothing: `Water depth` is no water.

use outcrop_types::{Dimension, Unit};

use super::role::Role;

/// What is produced or injected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fluid {
    Oil,
    Gas,
    Water,
    Condensate,
}

/// How it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Measure {
    /// What flowed in the period.
    Volume,
    /// Volume per time.
    Rate,
    /// What flowed up to the end of the period.
    Cumulative,
}

/// An amount that a heading names.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Quantity {
    pub(crate) fluid: Fluid,
    pub(crate) injected: bool,
    pub(crate) measure: Measure,
    /// The heading states a length of time of its own: `(1 yr)`, `First 12 months`.
    pub(crate) span: bool,
    /// The heading says more than the fluid: that it is produced, injected, a volume, a rate or a cumulative.
    pub(crate) explicit: bool,
    /// Words of the heading: the fewer, the plainer.
    pub(crate) words: usize,
    /// The unit within the name: `OIL_BBL`, `BOPD`.
    pub(crate) unit: Option<Unit>,
    /// The name says rate and the unit volume, or the other way round.
    pub(crate) contradicted: bool,
}

impl Quantity {
    /// The role of a column of such amounts; none for those of a length of time of their own, which are not the period's.
    pub(crate) fn role(&self) -> Option<Role> {
        use Fluid::{Condensate, Gas, Oil, Water};
        use Measure::{Cumulative, Rate, Volume};
        if self.span {
            return None;
        }
        Some(match (self.fluid, self.injected, self.measure) {
            (Oil, false, Volume) => Role::Oil,
            (Oil, false, Rate) => Role::OilRate,
            (Oil, false, Cumulative) => Role::CumOil,
            (Gas, false, Volume) => Role::Gas,
            (Gas, false, Rate) => Role::GasRate,
            (Gas, false, Cumulative) => Role::CumGas,
            (Water, false, Volume) => Role::Water,
            (Water, false, Rate) => Role::WaterRate,
            (Water, false, Cumulative) => Role::CumWater,
            (Condensate, false, Volume) => Role::Condensate,
            (Condensate, false, Rate) => Role::CondensateRate,
            (Condensate, false, Cumulative) => Role::CumCondensate,
            (Water, true, Volume) => Role::WaterInjection,
            (Water, true, Rate) => Role::WaterInjectionRate,
            (Water, true, Cumulative) => Role::CumWaterInjection,
            (Gas, true, Volume) => Role::GasInjection,
            (Gas, true, Rate) => Role::GasInjectionRate,
            (Gas, true, Cumulative) => Role::CumGasInjection,
            (Oil | Condensate, true, _) => return None,
        })
    }
}

/// A word of a heading.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Word {
    Fluid(Fluid),
    Injected,
    /// Produced, allocated, of the month: says nothing against a volume or a rate.
    Produced,
    /// A volume for certain.
    Volume,
    Rate,
    Cumulative,
    /// Daily and average are words of rates; of volumes they leave open what is meant.
    OfRate,
    /// `net`, `first`.
    Neutral,
    Per,
    Number,
    Day,
    Month,
    Year,
    Unit(&'static str),
}

/// Words as they are within a name, also without anything between them: `OILPROD`.
const WORDS: &[(&str, Word)] = &[
    ("oil", Word::Fluid(Fluid::Oil)),
    ("crude", Word::Fluid(Fluid::Oil)),
    ("gas", Word::Fluid(Fluid::Gas)),
    ("water", Word::Fluid(Fluid::Water)),
    ("wat", Word::Fluid(Fluid::Water)),
    ("wtr", Word::Fluid(Fluid::Water)),
    ("condensate", Word::Fluid(Fluid::Condensate)),
    ("cond", Word::Fluid(Fluid::Condensate)),
    ("injection", Word::Injected),
    ("injected", Word::Injected),
    ("inj", Word::Injected),
    ("production", Word::Produced),
    ("produced", Word::Produced),
    ("prod", Word::Produced),
    ("prd", Word::Produced),
    ("allocated", Word::Produced),
    ("alloc", Word::Produced),
    ("bore", Word::Produced),
    ("monthly", Word::Produced),
    ("volumes", Word::Volume),
    ("volume", Word::Volume),
    ("vol", Word::Volume),
    ("rates", Word::Rate),
    ("rate", Word::Rate),
    ("cumulative", Word::Cumulative),
    ("cumul", Word::Cumulative),
    ("cum", Word::Cumulative),
    ("average", Word::OfRate),
    ("daily", Word::OfRate),
    ("avg", Word::OfRate),
    ("net", Word::Neutral),
    ("first", Word::Neutral),
    ("prf", Word::Neutral),
    ("per", Word::Per),
    ("months", Word::Month),
    ("month", Word::Month),
    ("years", Word::Year),
    ("year", Word::Year),
    ("days", Word::Day),
    ("day", Word::Day),
    ("millsm3", Word::Unit("millsm3")),
    ("billsm3", Word::Unit("billsm3")),
    ("e3sm3", Word::Unit("e3sm3")),
    ("e6sm3", Word::Unit("e6sm3")),
    ("ksm3", Word::Unit("ksm3")),
    ("sm3", Word::Unit("sm3")),
    ("e3m3", Word::Unit("e3m3")),
    ("m3", Word::Unit("m3")),
    ("barrels", Word::Unit("bbl")),
    ("bbls", Word::Unit("bbl")),
    ("bbl", Word::Unit("bbl")),
    ("mbbl", Word::Unit("mbbl")),
    ("mmbbl", Word::Unit("mmbbl")),
    ("stb", Word::Unit("stb")),
    ("mstb", Word::Unit("mstb")),
    ("mmstb", Word::Unit("mmstb")),
    ("mcf", Word::Unit("mcf")),
    ("mmcf", Word::Unit("mmcf")),
    ("bcf", Word::Unit("bcf")),
    ("scf", Word::Unit("scf")),
    ("mscf", Word::Unit("mscf")),
    ("mmscf", Word::Unit("mmscf")),
];

/// Words that are one only where they stand alone between blanks, dashes and the like.
const ALONE: &[(&str, Word)] = &[
    ("yr", Word::Year),
    ("yrs", Word::Year),
    ("mo", Word::Month),
    ("mos", Word::Month),
    ("d", Word::Day),
    ("of", Word::Neutral),
    ("bopd", Word::Unit("bopd")),
    ("bwpd", Word::Unit("bwpd")),
    ("bpd", Word::Unit("bpd")),
    ("stbd", Word::Unit("stbd")),
    ("sm3d", Word::Unit("sm3d")),
    ("m3d", Word::Unit("m3d")),
    ("mcfd", Word::Unit("mcfd")),
    ("mcfpd", Word::Unit("mcfpd")),
    ("mmcfd", Word::Unit("mmcfd")),
    ("mscfd", Word::Unit("mscfd")),
    ("mmscfd", Word::Unit("mmscfd")),
];

/// Longer names are read by nobody, and need not be taken apart.
const LONGEST: usize = 80;

/// What a heading says, with the unit that stands beside it; none where it is not an amount of production or injection.
pub(crate) fn quantity(name: &str, unit: Option<&str>) -> Option<Quantity> {
    if name.len() > LONGEST {
        return None;
    }
    let mut words = Vec::new();
    let mut short = None;
    for piece in name.split(|c: char| !c.is_alphanumeric()).filter(|p| !p.is_empty()) {
        let piece = piece.to_lowercase();
        match piece.as_str() {
            // WI may be water injected or a working interest: more has to say which.
            "wi" => short = Some(Fluid::Water),
            "gi" => short = Some(Fluid::Gas),
            _ => {
                if let Some((_, word)) = ALONE.iter().find(|(text, _)| *text == piece) {
                    words.push(*word);
                } else if !take_apart(&piece, &mut words) {
                    return None;
                }
            }
        }
    }
    let stated = unit.and_then(Unit::parse);
    if stated.is_some_and(|u| !matches!(u.dimension(), Dimension::Volume | Dimension::VolumeRate)) {
        return None;
    }
    of_words(&words, short, stated)
}

/// Known words that follow each other without anything between, and digits.
fn take_apart(piece: &str, words: &mut Vec<Word>) -> bool {
    if piece.is_empty() {
        return true;
    }
    let digits = piece.len() - piece.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    if digits > 0 {
        words.push(Word::Number);
        let rest = piece.get(digits..).unwrap_or_default();
        if let Some((_, word)) = ALONE.iter().find(|(text, _)| *text == rest) {
            words.push(*word);
            return true;
        }
        return take_apart(rest, words);
    }
    let before = words.len();
    for (text, word) in WORDS {
        if let Some(rest) = piece.strip_prefix(text) {
            words.push(*word);
            if take_apart(rest, words) {
                return true;
            }
            words.truncate(before);
        }
    }
    false
}

fn of_words(words: &[Word], short: Option<Fluid>, stated: Option<Unit>) -> Option<Quantity> {
    let has = |word: Word| words.contains(&word);
    let mut fluid = None;
    for word in words {
        if let Word::Fluid(found) = word {
            if fluid.is_some_and(|f| f != *found) {
                return None;
            }
            fluid = Some(*found);
        }
    }
    let (within, per_day) = unit_within(words)?;
    let unit = stated.or(within);
    let dimension = unit.map(Unit::dimension);
    let by_unit = words.iter().find_map(|w| match w {
        Word::Unit("bopd") => Some(Fluid::Oil),
        Word::Unit("bwpd") => Some(Fluid::Water),
        // Only gas is measured in thousands of cubic feet, so `MCF Prod` is gas.
        Word::Unit("mcfd" | "mcfpd" | "mmcfd" | "mscfd" | "mmscfd") => Some(Fluid::Gas),
        Word::Unit("mcf" | "mmcf" | "bcf" | "mscf" | "mmscf") if has(Word::Produced) => Some(Fluid::Gas),
        _ => None,
    });
    let mut injected = has(Word::Injected);
    let fluid = match (fluid, short) {
        (Some(_), Some(_)) => return None,
        (Some(fluid), None) => fluid,
        (None, Some(fluid)) if has(Word::Volume) || has(Word::Rate) || has(Word::Cumulative) || dimension.is_some() => {
            injected = true;
            fluid
        }
        (None, Some(_)) => return None,
        (None, None) => by_unit?,
    };
    let rate_named = has(Word::Rate) || has(Word::Per) || per_day;
    let rate = rate_named || dimension == Some(Dimension::VolumeRate);
    let cumulative = has(Word::Cumulative);
    if rate && cumulative || has(Word::OfRate) && !rate {
        return None;
    }
    let measure = match (rate, cumulative) {
        (true, _) => Measure::Rate,
        (_, true) => Measure::Cumulative,
        _ => Measure::Volume,
    };
    let span = has(Word::Number);
    let explicit = words.iter().any(|w| {
        matches!(w, Word::Injected | Word::Produced | Word::Volume | Word::Rate | Word::Cumulative | Word::Per)
    });
    let contradicted = rate_named && stated.is_some_and(|u| u.dimension() == Dimension::Volume)
        || has(Word::Volume) && dimension == Some(Dimension::VolumeRate);
    Some(Quantity {
        fluid,
        injected,
        measure,
        span,
        explicit: explicit || short.is_some(),
        words: words.len(),
        unit: within,
        contradicted,
    })
}

/// The unit that stands within the name, and whether the name says per day; none where words of time have no meaning there.
fn unit_within(words: &[Word]) -> Option<(Option<Unit>, bool)> {
    let mut unit = None;
    let mut per_day = false;
    let mut before = None;
    for word in words {
        match word {
            Word::Unit(text) => {
                if unit.is_some() {
                    return None;
                }
                unit = Some((*text).to_owned());
            }
            // `(1 yr)`: a length of time. `bbl/d`, `bbl per day`: a rate. `bbl/month`: the volume of a month.
            Word::Day | Word::Month | Word::Year => match (before, word) {
                (Some(Word::Number), _) | (Some(Word::Unit(_)), Word::Month) => {}
                (Some(Word::Unit(text)), Word::Day) => unit = Some(format!("{text}/d")),
                (Some(Word::Per), Word::Day) => per_day = true,
                _ => return None,
            },
            _ => {}
        }
        before = Some(*word);
    }
    // A number is the length of a time, and that only.
    let numbers = words.iter().filter(|w| **w == Word::Number).count();
    let lengths =
        words.windows(2).filter(|w| matches!(w, [Word::Number, Word::Day | Word::Month | Word::Year])).count();
    if numbers != lengths || numbers > 1 {
        return None;
    }
    Some((unit.and_then(|text| Unit::parse(&text)), per_day))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn role(name: &str, unit: Option<&str>) -> Option<Role> {
        quantity(name, unit).and_then(|q| q.role())
    }

    #[test]
    fn names_of_many_sources_say_what_they_count() {
        for (name, unit, expected) in [
            ("Oil", None, Role::Oil),
            ("BORE_OIL_VOL", None, Role::Oil),
            ("BORE_WI_VOL", None, Role::WaterInjection),
            ("WI", Some("Sm3"), Role::WaterInjection),
            ("GI", Some("Sm3"), Role::GasInjection),
            ("Gas Produced", Some("Mcf"), Role::Gas),
            ("BBLS Oil", None, Role::Oil),
            ("MCF Prod", None, Role::Gas),
            ("OILPROD", None, Role::Oil),
            ("prfPrdOilNetMillSm3", None, Role::Oil),
            ("Oil", Some("bbl/d"), Role::OilRate),
            ("Average daily gas rate", None, Role::GasRate),
            ("OIL_BBL_D", None, Role::OilRate),
            ("water per day", None, Role::WaterRate),
            ("BOPD", None, Role::OilRate),
            ("MCFD", None, Role::GasRate),
            ("Oil (bbl/month)", None, Role::Oil),
            ("Cum Oil", None, Role::CumOil),
            ("cumWater_bbl", None, Role::CumWater),
            ("Water inj rate", None, Role::WaterInjectionRate),
            ("Condensate volume", None, Role::Condensate),
        ] {
            assert_eq!(role(name, unit), Some(expected), "{name}");
        }
        let unit = |name: &str| quantity(name, None).and_then(|q| q.unit).map(Unit::symbol);
        assert_eq!(unit("prfPrdOilNetMillSm3"), Some("e6Sm3"));
        assert_eq!((unit("OIL_BBL"), unit("OIL_BBL_D"), unit("BOPD")), (Some("bbl"), Some("bbl/d"), Some("bbl/d")));
        assert!(quantity("Oil rate", Some("bbl")).unwrap().contradicted);
    }

    #[test]
    fn other_names_say_nothing() {
        for name in [
            "Water depth",
            "Gas oil ratio",
            "Water cut",
            "Oil and gas",
            "WI",
            "GI",
            "Total gas",
            "Daily oil",
            "Oil price",
            "Production",
            "BBLS",
            "MCF Sold",
            "Gas lift gas",
            "wlbWaterDepth",
            "Oil year",
            "Oil per month",
            "Runs",
            "",
            "12",
            "Oil 5",
            "Cum oil rate",
        ] {
            assert_eq!(role(name, None), None, "{name}");
        }
        assert_eq!(role("Oil", Some("%")), None);
        assert_eq!(role("Gas", Some("psi")), None);
    }

    #[test]
    fn a_length_of_time_of_its_own_is_no_period() {
        for name in ["Cumulative oil production (1 yr)", "First 12 months oil", "Cum gas 6mo"] {
            let found = quantity(name, Some("MSTB")).unwrap();
            assert!(found.span && found.role().is_none(), "{name}");
        }
    }
}
