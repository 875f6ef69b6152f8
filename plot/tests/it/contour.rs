use outcrop_plot::PlotError;
use outcrop_plot::contour::{ContourLine, contours};

fn grid(nx: usize, ny: usize, f: impl Fn(f64, f64) -> f64) -> Vec<f64> {
    (0..ny).flat_map(|j| (0..nx).map(move |i| (i as f64, j as f64))).map(|(x, y)| f(x, y)).collect()
}

fn length(line: &ContourLine) -> f64 {
    let open: f64 = line.points.windows(2).map(|w| (w[1].0 - w[0].0).hypot(w[1].1 - w[0].1)).sum();
    match (line.closed, line.points.first(), line.points.last()) {
        (true, Some(a), Some(b)) => open + (a.0 - b.0).hypot(a.1 - b.1),
        _ => open,
    }
}

/// A plane's contours are straight, of known length, and exact.
#[test]
fn a_plane_gives_straight_lines() {
    let values = grid(11, 7, |x, y| 2.0 * x + y);
    let found = contours(11, 7, &values, &[9.5, 100.0]).unwrap();
    assert_eq!(found[0].lines.len(), 1);
    assert!(!found[0].lines[0].closed);
    for &(x, y) in &found[0].lines[0].points {
        assert!((2.0 * x + y - 9.5).abs() < 1e-12);
    }
    // From (4.75, 0) to (1.75, 6).
    assert!((length(&found[0].lines[0]) - 3.0f64.hypot(6.0)).abs() < 1e-9);
    assert!(found[1].lines.is_empty());
}

/// A cone's contours are closed circles of the right radius and length.
#[test]
fn a_cone_gives_circles() {
    let values = grid(101, 101, |x, y| (x - 50.0).hypot(y - 50.0));
    for radius in [5.0, 20.25, 40.0] {
        let found = contours(101, 101, &values, &[radius]).unwrap();
        assert_eq!(found[0].lines.len(), 1, "radius {radius}");
        let line = &found[0].lines[0];
        assert!(line.closed);
        for &(x, y) in &line.points {
            assert!(((x - 50.0).hypot(y - 50.0) - radius).abs() < 0.03);
        }
        assert!((length(line) / (std::f64::consts::TAU * radius) - 1.0).abs() < 0.005);
    }
}

/// Lines end at holes and at the rim, never inside; none crosses an undefined cell.
#[test]
fn holes_end_lines() {
    let values = grid(21, 21, |x, y| if (8.0..=12.0).contains(&x) && y == 10.0 { f64::NAN } else { x + 0.01 * y });
    let found = contours(21, 21, &values, &[10.5]).unwrap();
    assert_eq!(found[0].lines.len(), 2);
    for line in &found[0].lines {
        assert!(!line.closed);
        assert!(line.points.iter().all(|p| p.1 <= 9.0 || p.1 >= 11.0));
        for end in [line.points.first().unwrap(), line.points.last().unwrap()] {
            assert!([0.0, 9.0, 11.0, 20.0].contains(&end.1), "{end:?}");
        }
    }
}

/// A saddle joins the sides that its mean says.
#[test]
fn saddles_follow_the_mean() {
    let found = contours(2, 2, &[1.0, 0.0, 0.0, 0.9], &[0.4]).unwrap();
    assert_eq!(found[0].lines.len(), 2);
    // The mean 0.475 is above, so the high corners are joined and each low corner is cut off.
    let cuts_off_low = found[0].lines.iter().any(|l| l.points.iter().all(|p| p.0 > 0.5 || p.1 == 0.0));
    assert!(cuts_off_low, "{:?}", found[0].lines);
    // No vertex is lost: each of the four edges is crossed once.
    assert_eq!(found[0].lines.iter().map(|l| l.points.len()).sum::<usize>(), 4);
}

/// Every vertex lies on a cell edge at the level, for a rough surface with nodes at the level.
#[test]
fn vertices_lie_at_the_level() {
    let (nx, ny) = (40, 30);
    let values = grid(nx, ny, |x, y| ((x * 12.9898 + y * 78.233).sin() * 43.758).rem_euclid(5.0).floor());
    for contour in contours(nx, ny, &values, &[1.0, 2.0, 2.5, 4.0]).unwrap() {
        assert!(!contour.lines.is_empty());
        for &(x, y) in contour.lines.iter().flat_map(|l| &l.points) {
            let (i, j) = (x.floor() as usize, y.floor() as usize);
            let along_x = y == y.floor();
            let t = if along_x { x - x.floor() } else { y - y.floor() };
            let from = values[j * nx + i];
            let to = if t == 0.0 {
                from
            } else if along_x {
                values[j * nx + i + 1]
            } else {
                values[(j + 1) * nx + i]
            };
            assert!((from + (to - from) * t - contour.level).abs() < 1e-9, "({x}, {y}) at {}", contour.level);
        }
    }
}

#[test]
fn odd_input_is_safe() {
    assert!(matches!(contours(3, 3, &[0.0; 8], &[0.5]), Err(PlotError::LengthMismatch { expected: 9, found: 8, .. })));
    assert!(contours(usize::MAX, 2, &[0.0], &[0.5]).is_err());
    assert!(contours(0, 0, &[], &[0.5]).unwrap()[0].lines.is_empty());
    assert!(contours(1, 5, &[0.0, 1.0, 0.0, 1.0, 0.0], &[0.5]).unwrap()[0].lines.is_empty());
    assert!(contours(2, 2, &[f64::NAN; 4], &[0.5]).unwrap()[0].lines.is_empty());
    assert!(contours(2, 2, &[0.0, 1.0, 0.0, 1.0], &[f64::NAN]).unwrap()[0].lines.is_empty());
    let huge = contours(2, 2, &[-1e308, 1e308, -1e308, 1e308], &[0.0]).unwrap();
    assert_eq!(huge[0].lines[0].points, vec![(0.5, 0.0), (0.5, 1.0)]);
}
