//! What the names of columns say of production: periods, amounts, and what flowed where.

use outcrop_types::{Issue, Unit};

use super::date;
use super::detect::Detection;
use super::model::{Column, ColumnData, Table};
use super::quantity::quantity;
use super::role::{Role, key};

/// Names by which files call what is no amount, the surest first.
const NAMES: &[(Role, &str)] = &[
    (
        Role::Date,
        "date productiondate proddate dateprd prddate productionmonth prodmonth productionperiod prodperiod period reportdate \
         reportingdate reportmonth reportperiod reportingperiod activitydate volumedate pdate proddt datetime timestamp monthyear \
         yearmonth yyyymm month day",
    ),
    (Role::Start, "startdate periodstart periodstartdate fromdate datefrom begindate start from"),
    (Role::End, "enddate periodend periodenddate todate dateto monthenddate monthend end to"),
    (Role::Year, "year productionyear prodyear reportingyear reportyear prfyear yyyy"),
    (Role::Month, "month productionmonth prodmonth reportingmonth reportmonth prfmonth mm"),
    (Role::Day, "day dayofmonth"),
    (Role::PeriodDays, "perioddays daysinperiod daysinmonth daysofperiod calendardays"),
    (
        Role::DaysOn,
        "dayson daysonproduction daysonprod proddays productiondays producingdays daysproducing daysproduced onstreamdays \
         daysonstream daysonline onstream timeonstream",
    ),
    (
        Role::HoursOn,
        "hourson hrson onstreamhrs onstreamhours hoursonstream hrsonstream prodhrs prodhours productionhours producinghours \
         hoursproduced hoursonline hoursonproduction onstream timeonstream",
    ),
    (
        Role::Stream,
        "stream streamname product productname producttype productid productcode fluid fluidtype phase flowkind flowtype commodity",
    ),
    (
        Role::Zone,
        "zone zonename reservoir reservoirname pool poolname completion completionname producingzone producingformation \
         producingreservoir formation formationname layer layername",
    ),
    (Role::Volume, "volume productionvolume prodvolume vol quantity qty"),
    (Role::VolumeUnit, "volumeunit volumeunits volumeuom unitofmeasure uom units unit"),
];

/// What names say of production in a table.
pub(super) struct Flow {
    pub(super) roles: Vec<(usize, Role, String)>,
    pub(super) issues: Vec<Issue>,
    /// Columns whose name states a length of time of its own, such as the first year.
    pub(super) spans: Vec<usize>,
    /// Amounts whose name or unit says that they are volumes or rates, and not only of what.
    pub(super) certain: usize,
}

/// Whether a name is one of a period, an amount or what flows.
pub(crate) fn names_production(name: &str, unit: Option<&str>) -> bool {
    let plain = key(name);
    NAMES.iter().any(|(_, names)| names.split(' ').any(|n| n == plain)) || quantity(name, unit).is_some()
}

/// Roles that a table of production has as others do.
pub(super) fn keeps(role: Role) -> bool {
    matches!(
        role,
        Role::Well
            | Role::Uwi
            | Role::WellId
            | Role::X
            | Role::Y
            | Role::Lon
            | Role::Lat
            | Role::Operator
            | Role::Field
    ) || role.is_of_production()
}

/// What the columns of a table are, were it one of production.
pub(super) fn named(table: &Table, found: &Detection) -> Flow {
    let mut flow = Flow { roles: Vec::new(), issues: Vec::new(), spans: Vec::new(), certain: 0 };
    let mut candidates: Vec<(Role, usize, usize)> = Vec::new();
    for (place, column) in table.columns.iter().enumerate() {
        let empty = column.data.nulls() == column.data.len() && table.rows > 0;
        if empty || column.role.is_some() || found.role(place).is_some_and(keeps) {
            continue;
        }
        let name = key(&column.name);
        for (role, names) in NAMES {
            let Some(rank) = names.split(' ').position(|n| n == name) else { continue };
            match fits(*role, column, rank) {
                Ok(true) => candidates.push((*role, rank, place)),
                Ok(false) => {}
                Err(why) => {
                    let text = format!("not taken as {role}: {why}");
                    flow.issues.push(Issue::warning("role-contradicted", text).about(&column.name));
                }
            }
        }
        let Some(amount) = quantity(&column.name, column.unit.as_deref()) else { continue };
        if !column.data.is_number() {
            let text = "not taken as an amount of production: the values are text";
            flow.issues.push(Issue::warning("role-contradicted", text).about(&column.name));
            continue;
        }
        let known = |u: &str| Unit::parse(u).is_some();
        flow.certain +=
            usize::from(amount.explicit || amount.unit.is_some() || column.unit.as_deref().is_some_and(known));
        match amount.role() {
            Some(role) => candidates.push((role, amount.words, place)),
            None if amount.span => flow.spans.push(place),
            None => {}
        }
        if amount.contradicted {
            let text = format!(
                "the name and the unit ({}) do not agree on volume or rate; taken as {}; if it is the other, rename the column",
                column.unit.as_deref().unwrap_or("none"),
                amount.role().map_or("neither", Role::as_str)
            );
            flow.issues.push(Issue::warning("rate-unclear", text).about(&column.name));
        }
    }
    candidates.sort();
    assign(table, found, &candidates, &mut flow);
    flow
}

/// Gives each role its best named column, and each column its first role that is free.
fn assign(table: &Table, found: &Detection, candidates: &[(Role, usize, usize)], flow: &mut Flow) {
    let name = |i: usize| table.columns.get(i).map_or("", |c| c.name.as_str());
    // Where a date is stated, years and months beside it are columns as others.
    let dated = [Role::Date, Role::Start, Role::End]
        .iter()
        .any(|r| found.column(*r).is_some() || candidates.iter().any(|(c, _, _)| c == r));
    let years = found.column(Role::Year).is_some() || candidates.iter().any(|(r, _, _)| *r == Role::Year);
    for (role, _, place) in candidates {
        if matches!(role, Role::Year | Role::Month | Role::Day) && (dated || !years) {
            continue;
        }
        if flow.roles.iter().any(|(p, _, _)| p == place) {
            continue;
        }
        let taken = flow.roles.iter().find(|(_, r, _)| r == role).map(|(p, _, _)| *p).or(found.column(*role));
        match taken {
            None => flow.roles.push((*place, *role, format!("its name, `{}`", name(*place)))),
            Some(other) if role.is_flow() || *role == Role::Date => {
                let text = format!(
                    "`{}` and `{}` may both be {role}; `{}` is taken, the other keeps its name; settle it with --map {role}={}",
                    name(other),
                    name(*place),
                    name(other),
                    name(*place)
                );
                flow.issues.push(Issue::warning("role-ambiguous", text).about(name(*place)));
            }
            Some(_) => {}
        }
    }
}

/// Whether a column can have the role its name stands for; the error says why it cannot, where that is worth a word.
fn fits(role: Role, column: &Column, rank: usize) -> Result<bool, String> {
    let whole = |low: f64, high: f64| {
        let numbers = column.data.numbers();
        !numbers.is_empty() && numbers.iter().all(|n| n.fract() == 0.0 && (low..=high).contains(n))
    };
    let unit = column.unit.as_deref().and_then(Unit::parse).map(Unit::symbol);
    Ok(match role {
        Role::Date | Role::Start | Role::End => {
            let serial = column.data.is_number() && whole(10_000.0, 80_000.0);
            if date::plausible(column) {
                true
            } else if serial {
                let why = "the values are whole numbers such as the day numbers of a spreadsheet; write them as dates, YYYY-MM-DD";
                return Err(why.to_owned());
            } else if rank == 0 && role == Role::Date {
                let value = (0..column.data.len()).find_map(|row| column.data.text(row)).unwrap_or_default();
                return Err(format!(
                    "most values are no dates, such as `{value}`; write them as YYYY-MM-DD or YYYY-MM"
                ));
            } else {
                false
            }
        }
        Role::Year => whole(1850.0, 2100.0),
        Role::Month => match &column.data {
            ColumnData::Text(values) => values.iter().flatten().all(|v| date::month_of_name(v).is_some()),
            _ => whole(0.0, 12.0),
        },
        Role::Day => whole(1.0, 31.0),
        Role::DaysOn => column.data.is_number() && unit != Some("h") && (unit == Some("d") || says(column, "day")),
        Role::HoursOn => column.data.is_number() && unit != Some("d") && (unit == Some("h") || says(column, "h")),
        role if role.is_number() => column.data.is_number(),
        _ => !column.data.is_number() || role == Role::Stream || role == Role::Zone,
    })
}

/// Whether a name has a word of days or of hours in it: `On Stream` has neither.
fn says(column: &Column, word: &str) -> bool {
    key(&column.name).contains(word)
}
