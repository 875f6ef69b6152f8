use outcrop_kernels::search::{Metric, Query, SearchIndex};
use outcrop_kernels::variogram::Anisotropy;

use crate::data::{Data, by_distance};

#[test]
fn nearest_is_exact() {
    let mut d = Data::new(3, 2000);
    // Ties, a cluster and a far outlier.
    for i in 0..400 {
        d.x[i] = (d.x[i] / 5.0).round() * 5.0;
        d.y[i] = (d.y[i] / 5.0).round() * 5.0;
    }
    for i in 400..900 {
        d.x[i] = 50.0 + 1e-4 * d.x[i];
    }
    d.x[900] = 1e7;
    let groups: Vec<u32> = (0..2000).map(|i| i % 7).collect();
    for anisotropy in [None, Some(Anisotropy { azimuth_degrees: 25.0, ratio: 0.3 })] {
        let metric = Metric::of(anisotropy);
        let index = SearchIndex::new(&d.x, &d.y, metric).unwrap();
        let measure = |dx: f64, dy: f64| {
            let (u, v) = metric.apply(dx, dy);
            u * u + v * v
        };
        let mut found = Vec::new();
        for (x, y) in [(50.0, 50.0), (0.0, 0.0), (-300.0, 20.0), (50.003, 70.0), (1e7, 3.0), (25.0, 25.0)] {
            let order = by_distance(&d, x, y, measure);
            for k in [1, 2, 16, 300, 5000] {
                let all = Query { neighbours: k, radius: None, sectors: None, exclude: None };
                index.nearest(x, y, &all, &mut found);
                let rows: Vec<usize> = found.iter().map(|n| n.row as usize).collect();
                if anisotropy.is_none() {
                    assert_eq!(rows, order[..k.min(2000)], "{x} {y} {k}");
                } else {
                    // Rounding of the transformed coordinates may swap exact ties.
                    assert_eq!(rows.len(), k.min(2000));
                    for (row, expected) in rows.iter().zip(&order) {
                        let (a, b) =
                            (measure(d.x[*row] - x, d.y[*row] - y), measure(d.x[*expected] - x, d.y[*expected] - y));
                        assert!((a - b).abs() <= 1e-9 * b.max(1e-6), "{a} {b}");
                    }
                }
                let limited = Query { radius: Some(20.0), exclude: Some((&groups, 3)), ..all };
                index.nearest(x, y, &limited, &mut found);
                let expected =
                    order.iter().filter(|r| groups[**r] != 3 && measure(d.x[**r] - x, d.y[**r] - y) <= 400.0).count();
                assert_eq!(found.len(), expected.min(k));
                assert!(found.iter().all(|n| groups[n.row as usize] != 3));
            }
        }
    }
}

#[test]
fn sectors_take_the_nearest_of_each() {
    let d = Data::new(9, 3000);
    let index = SearchIndex::new(&d.x, &d.y, Metric::ISOTROPIC).unwrap();
    let mut found = Vec::new();
    for (x, y) in [(50.0, 50.0), (2.0, 97.0), (-20.0, 50.0)] {
        for sectors in [4usize, 8] {
            let query = Query { neighbours: 16, radius: Some(60.0), sectors: Some(sectors as u32), exclude: None };
            index.nearest(x, y, &query, &mut found);
            let mut expected = Vec::new();
            let mut taken = vec![0; sectors];
            for row in by_distance(&d, x, y, f64::hypot) {
                let (dx, dy) = (d.x[row] - x, d.y[row] - y);
                let azimuth = dx.atan2(dy).to_degrees().rem_euclid(360.0);
                let sector = (azimuth / 360.0 * sectors as f64) as usize;
                if dx.hypot(dy) <= 60.0 && taken[sector] < 16 / sectors {
                    taken[sector] += 1;
                    expected.push(row);
                }
            }
            assert_eq!(found.iter().map(|n| n.row as usize).collect::<Vec<_>>(), expected);
        }
    }
}

#[test]
fn empty_and_bad_input() {
    let index = SearchIndex::new(&[], &[], Metric::ISOTROPIC).unwrap();
    let mut found = Vec::new();
    let query = Query { neighbours: 3, radius: None, sectors: None, exclude: None };
    index.nearest(0.0, 0.0, &query, &mut found);
    assert!(found.is_empty() && index.is_empty());
    assert!(SearchIndex::new(&[f64::NAN], &[0.0], Metric::ISOTROPIC).is_err());
    let index = SearchIndex::new(&[1.0; 100], &[1.0; 100], Metric::ISOTROPIC).unwrap();
    index.nearest(f64::NAN, 0.0, &query, &mut found);
    assert!(found.is_empty());
    index.nearest(1.0, 1.0, &query, &mut found);
    assert_eq!(found.iter().map(|n| n.row).collect::<Vec<_>>(), [0, 1, 2]);
}
