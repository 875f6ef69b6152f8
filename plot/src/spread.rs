//! Labels beside a picture, kept apart.

/// Moves places (in order) as little as needed to stand `gap` apart between `low` and `high`:
/// runs that collide are spread evenly about their mean.
pub(crate) fn spread(wanted: &[f64], gap: f64, low: f64, high: f64) -> Vec<f64> {
    // Each run: the sum of wanted starts, its length.
    let mut runs: Vec<(f64, usize)> = Vec::new();
    let start = |run: &(f64, usize)| {
        let length = gap * (run.1 - 1) as f64;
        (run.0 / run.1 as f64).min(high - length).max(low)
    };
    for &w in wanted {
        let mut run = (w, 1usize);
        while let Some(last) = runs.last().copied() {
            if start(&last) + gap * last.1 as f64 <= start(&run) {
                break;
            }
            // The wanted start of the joined run: each member's wish less its offset in the run.
            run = (last.0 + run.0 - gap * (last.1 * run.1) as f64, last.1 + run.1);
            runs.pop();
        }
        runs.push(run);
    }
    runs.iter().flat_map(|run| (0..run.1).map(move |k| start(run) + gap * k as f64)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_tops_stand_apart() {
        let places = spread(&[10.0, 11.0, 12.0, 100.0, 199.0], 12.0, 6.0, 194.0);
        assert_eq!(places.len(), 5);
        assert!(places.windows(2).all(|w| w[1] - w[0] >= 12.0 - 1e-9), "{places:?}");
        assert!(places[0] >= 6.0 && places[4] <= 194.0);
        assert_eq!(places[3], 100.0);
    }
}
