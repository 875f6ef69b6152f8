//! The numbers in the files lead back to the truth.

use outcrop_demo::geology::{self, Surface, Unit};
use outcrop_demo::{DemoWell, Trajectory};
use outcrop_kernels::petrophysics::{archie_sw, porosity_density};
use outcrop_kernels::well_path::{Beyond, PathOptions, minimum_curvature, path_at};

use crate::field;
use crate::plain_las::PlainLas;

/// A curve in standard units, with its depths in metres, whatever the file calls it.
fn curve(las: &PlainLas, names: &[(&str, f64)]) -> Option<Vec<(f64, f64)>> {
    let metres = if las.items["STRT"].0 == "FT" { 0.3048 } else { 1.0 };
    let depth = &las.curves[0].2;
    let (values, factor) = names.iter().find_map(|(n, f)| las.curve(n).map(|v| (v, f)))?;
    Some(depth.iter().zip(values).map(|(d, v)| (d * metres, v * factor)).collect())
}

fn density(well: &DemoWell) -> Vec<(f64, f64)> {
    let las = PlainLas::read(&well.las);
    let unit = if las.curves.iter().any(|c| c.1 == "KG/M3") { 0.001 } else { 1.0 };
    curve(&las, &[("RHOB", unit), ("RHOZ", 1.0), ("DEN", 1.0)]).expect("a density log")
}

/// From the files alone: stations, head and elevation give the path; a pick lies on its surface.
#[test]
fn picks_lie_on_the_surfaces() {
    let read = |name: &str| std::fs::read_to_string(field().folder.join(name)).unwrap();
    let (surveys, tops, wells) = (read("surveys.csv"), read("tops.csv"), read("wells.csv"));
    let rows = |text: &str, well: &str| -> Vec<Vec<String>> {
        let rows = text.lines().map(|l| l.split(',').map(str::to_owned).collect::<Vec<_>>());
        rows.filter(|r| r[0] == well).collect()
    };
    let number = |text: &String| text.parse::<f64>().unwrap();
    let mut checked = 0;
    for well in &field().wells {
        let head = &rows(&wells, &well.name)[0];
        let stations = rows(&surveys, &well.name);
        let column = |c: usize| stations.iter().map(|r| number(&r[c])).collect::<Vec<f64>>();
        let path = minimum_curvature(&column(1), &column(2), &column(3), &PathOptions::default()).unwrap();
        for pick in rows(&tops, &well.name) {
            let surface = Surface::ALL.into_iter().find(|s| s.name() == pick[1]).unwrap();
            let at = path_at(&path, &[number(&pick[2])], Beyond::Error).unwrap()[0];
            let truth = surface.tvdss(number(&head[2]) + at.east, number(&head[3]) + at.north);
            let off = at.tvd - number(&head[6]) - truth;
            assert!(off.abs() < 0.01, "{} {}: {off} m off", well.name, surface.name());
            checked += 1;
        }
    }
    assert_eq!(checked, 24 * 4);
}

#[test]
fn wells_run_as_planned() {
    let kinds = [Trajectory::Vertical, Trajectory::BuildAndHold, Trajectory::SShaped];
    for kind in kinds {
        let of_kind: Vec<&DemoWell> = field().wells.iter().filter(|w| w.trajectory == kind).collect();
        assert!(of_kind.len() >= 3, "{kind:?}: {} wells", of_kind.len());
        for well in of_kind {
            let steepest = well.stations.iter().map(|s| s.inclination).fold(0.0, f64::max);
            let last = well.stations.last().unwrap().inclination;
            let dogleg = well.path.iter().map(|p| p.dogleg).fold(0.0, f64::max);
            match kind {
                Trajectory::Vertical => assert!(steepest < 2.0, "{}: {steepest}", well.name),
                Trajectory::BuildAndHold => assert!(last > 20.0, "{}: {last}", well.name),
                Trajectory::SShaped => assert!(steepest > 20.0 && last < 10.0, "{}: {steepest} {last}", well.name),
            }
            assert!(dogleg < 4.0, "{}: dogleg {dogleg} degrees per 30 m", well.name);
            assert!(well.picks.windows(2).all(|p| p[0].md < p[1].md));
        }
    }
}

/// Density porosity, averaged over the reservoir, is the porosity of the place.
#[test]
fn density_porosity_is_the_true_porosity() {
    for well in &field().wells {
        let (top, base) = (well.pick(Surface::TopReservoir).unwrap(), well.pick(Surface::BaseReservoir).unwrap());
        let found: Vec<f64> = density(well)
            .iter()
            .filter(|(md, rhob)| (top.md..base.md).contains(md) && rhob.is_finite())
            .map(|(_, rhob)| porosity_density(*rhob, geology::MATRIX_DENSITY, geology::FLUID_DENSITY))
            .collect();
        assert!(found.len() > 300, "{}: {} samples", well.name, found.len());
        let mean = found.iter().sum::<f64>() / found.len() as f64;
        let truth = geology::porosity(0.5 * (top.x + base.x), 0.5 * (top.y + base.y));
        assert!((mean - truth).abs() < 0.004, "{}: {mean} from the log, {truth} in the rock", well.name);
    }
}

/// Archie's equation with the field's parameters gives back the saturation, within the noise.
#[test]
fn archie_gives_back_the_water_saturation() {
    let mut pay = 0;
    let (mut sum, mut count) = (0.0, 0);
    for well in &field().wells {
        let las = PlainLas::read(&well.las);
        let Some(rt) = curve(&las, &[("RT", 1.0), ("AT90", 1.0), ("ILD", 1.0)]) else { continue };
        let density = density(well);
        let md: Vec<f64> = rt.iter().map(|(md, _)| *md).collect();
        for (((_, rt), (_, rhob)), at) in rt.iter().zip(&density).zip(well.locate(&md).unwrap()) {
            let rock = geology::rock(at.x, at.y, at.tvdss);
            if rock.unit != Unit::Reservoir || !rt.is_finite() || !rhob.is_finite() {
                continue;
            }
            let phi = porosity_density(*rhob, geology::MATRIX_DENSITY, geology::FLUID_DENSITY);
            let sw = archie_sw(*rt, phi, geology::RW, geology::ARCHIE_A, geology::ARCHIE_M, geology::ARCHIE_N);
            sum += sw - rock.water_saturation;
            count += 1;
            pay += usize::from(rock.water_saturation < 0.5);
            assert!((sw - rock.water_saturation).abs() < 0.35, "{}: {sw}, truth {}", well.name, rock.water_saturation);
        }
    }
    assert!(pay > 500, "{pay} samples of pay");
    assert!((sum / f64::from(count)).abs() < 0.005, "bias {}", sum / f64::from(count));
}

/// The first two wells find oil; the field has dry holes too.
#[test]
fn some_wells_find_oil() {
    let oil = |w: &&DemoWell| w.pick(Surface::TopReservoir).unwrap().tvdss < geology::CONTACT;
    let found = field().wells.iter().filter(oil).count();
    assert!(field().wells[..2].iter().all(|w| oil(&w)));
    assert!((4..=16).contains(&found), "{found} of 24 wells have oil");
}
