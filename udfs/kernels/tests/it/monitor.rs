use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use outcrop_kernels::cross_validation::{Folds, Method, cross_validate};
use outcrop_kernels::gridding::{self, Gridder, InverseDistance};
use outcrop_kernels::kriging::{Search, ordinary, ordinary_regular};
use outcrop_kernels::variogram::{ExperimentalOptions, Model, Variogram, experimental};
use outcrop_kernels::{KernelError, Monitor, RegularGrid, Result};

use crate::data::Data;

#[derive(Default)]
struct Counter {
    total: AtomicU64,
    done: AtomicU64,
    stop: AtomicBool,
}

impl Monitor for Counter {
    fn cancelled(&self) -> bool {
        self.stop.load(Relaxed)
    }
    fn set_total(&self, units: u64) {
        self.total.store(units, Relaxed);
    }
    fn advance(&self, units: u64) {
        self.done.fetch_add(units, Relaxed);
    }
}

const V: Variogram = Variogram { model: Model::Spherical, nugget: 1.0, psill: 2500.0, range: 25.0, anisotropy: None };

fn map(n: usize) -> RegularGrid {
    RegularGrid { x0: 0.0, y0: 0.0, dx: 100.0 / n as f64, dy: 100.0 / n as f64, nx: n, ny: n }
}

#[test]
fn finished_work_adds_up_to_the_total() {
    let d = Data::new(61, 500);
    type Work<'a> = (&'static str, &'a dyn Fn(&Counter));
    let works: [Work<'_>; 7] = [
        ("krige map", &|m| drop(ordinary_regular(d.points(), &map(53), &V, &Search::nearest(8), m).unwrap())),
        ("krige global", &|m| drop(ordinary_regular(d.points(), &map(21), &V, &Search::global(), m).unwrap())),
        ("krige targets", &|m| drop(ordinary(d.points(), &d.y, &d.x, &V, &Search::nearest(8), m).unwrap())),
        ("variogram", &|m| {
            drop(experimental(&d.x, &d.y, &d.z, &ExperimentalOptions::omnidirectional(1.0, 9.0), m).unwrap())
        }),
        ("idw", &|m| {
            let weights = gridding::Method::InverseDistance(InverseDistance::default());
            drop(Gridder::new(d.points(), weights).unwrap().grid(&map(30), m).unwrap());
        }),
        ("tin", &|m| drop(Gridder::new(d.points(), gridding::Method::Tin).unwrap().grid(&map(30), m).unwrap())),
        ("folds", &|m| {
            let method = Method::Kriging { variogram: V, search: Search::global() };
            drop(cross_validate(d.points(), &method, &Folds::KFold { k: 3, seed: 1 }, m).unwrap());
        }),
    ];
    for (name, work) in works {
        let m = Counter::default();
        work(&m);
        assert!(m.total.load(Relaxed) > 0, "{name}");
        assert_eq!(m.total.load(Relaxed), m.done.load(Relaxed), "{name}");
    }
}

#[test]
fn cancelling_stops_long_work_soon() {
    let d = Data::new(62, 6000);
    type Work<'a> = (&'static str, &'a (dyn Fn(&Counter) -> Result<()> + Sync));
    let works: [Work<'_>; 4] = [
        ("map", &|m| ordinary_regular(d.points(), &map(8000), &V, &Search::nearest(32), m).map(drop)),
        ("factor", &|m| ordinary_regular(d.points(), &map(4000), &V, &Search::global(), m).map(drop)),
        ("large neighbourhoods", &|m| ordinary_regular(d.points(), &map(4000), &V, &Search::nearest(200), m).map(drop)),
        ("triangles again and again", &|m| cross_validate(d.points(), &Method::Tin, &Folds::LeaveOneOut, m).map(drop)),
    ];
    for (name, work) in works {
        let m = Counter::default();
        std::thread::scope(|scope| {
            let running = scope.spawn(|| work(&m));
            std::thread::sleep(Duration::from_millis(150));
            m.stop.store(true, Relaxed);
            let asked = Instant::now();
            assert_eq!(running.join().unwrap(), Err(KernelError::Cancelled), "{name}");
            // Generous: the machine may be busy.
            assert!(asked.elapsed() < Duration::from_secs(2), "{name}: {:?}", asked.elapsed());
        });
    }
}
