//! What is written into bricks is read from them, whatever the direction; coarser levels are means.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use outcrop_connectors::segy::{FileBytes, MemoryBytes, ReadAt};
use outcrop_seismic::bricks::{BrickSource, NewFile, Presence, write_volume};
use outcrop_seismic::{BrickVolume, Counter, Description, Domain, Meter, NoMeter, SampleAxis, SeismicError, Volume};

/// A number that tells where it is from.
fn value(row: u32, column: u32, sample: usize) -> f32 {
    (row as f32 * 1.25).sin() * 1000.0 + column as f32 * 7.5 - sample as f32 * 0.125
}

struct Truth {
    samples: usize,
    presence: Presence,
    columns: u32,
}

impl BrickSource for Truth {
    fn fill(&self, rows: Range<u32>, columns: Range<u32>, width: usize, out: &mut [f32]) -> Result<(), SeismicError> {
        for row in rows.clone() {
            for column in columns.clone() {
                if self.presence.has(row * self.columns + column) {
                    let at = ((row - rows.start) as usize * width + (column - columns.start) as usize) * self.samples;
                    for (sample, target) in out[at..at + self.samples].iter_mut().enumerate() {
                        *target = value(row, column, sample);
                    }
                }
            }
        }
        Ok(())
    }
}

fn axis(count: usize) -> SampleAxis {
    SampleAxis { start: 100.0, interval: 4.0, count, domain: Domain::Time, unit: "ms".to_owned() }
}

/// Writes a volume with the traces that `there` says; its files.
fn write(folder: &Path, description: &Description, there: impl Fn(u32) -> bool) -> (Presence, Vec<String>) {
    let mut presence = Presence::new(description.rows, description.columns);
    (0..description.rows * description.columns).filter(|s| there(*s)).for_each(|s| presence.set(s));
    let truth = Truth { samples: description.axis.count, presence: presence.clone(), columns: description.columns };
    let mut paths = Vec::new();
    let mut open = || {
        let path = folder.join(format!("{}.parquet", paths.len())).to_string_lossy().into_owned();
        let file = std::fs::File::options().create_new(true).read(true).write(true).open(&path).unwrap();
        paths.push(path.clone());
        Ok(NewFile { path, file })
    };
    let written = write_volume(description, presence.clone(), &truth, &mut open, &NoMeter).unwrap();
    assert_eq!(written.len(), paths.len());
    (presence, paths)
}

fn open(description: &Description, paths: &[String], mapped: bool) -> BrickVolume {
    let bytes = |path: &String| -> Arc<dyn ReadAt> {
        if mapped {
            Arc::new(MemoryBytes(std::fs::read(path).unwrap()))
        } else {
            Arc::new(FileBytes::new(std::fs::File::open(path).unwrap()).unwrap())
        }
    };
    let files = paths.iter().rev().map(|p| (p.clone(), bytes(p))).collect();
    BrickVolume::open(description.clone(), files).unwrap()
}

fn read(volume: &dyn Volume, slots: &[u32], samples: Range<usize>) -> Vec<f32> {
    let mut out = vec![f32::NAN; slots.len() * samples.len()];
    volume.read(slots, samples, &mut out, &NoMeter).unwrap();
    out
}

fn expected(columns: u32, slots: &[u32], samples: Range<usize>) -> Vec<f32> {
    slots.iter().flat_map(|s| samples.clone().map(move |k| value(s / columns, s % columns, k))).collect()
}

#[test]
fn every_direction_of_a_cube() {
    let dir = tempfile::tempdir().unwrap();
    let d = Description::new(axis(77), 70, 45).unwrap();
    let (_, paths) = write(dir.path(), &d, |s| s % 11 != 3);
    for mapped in [true, false] {
        let volume = open(&d, &paths, mapped);
        let there = |slots: Vec<u32>| slots.into_iter().filter(|s| s % 11 != 3).collect::<Vec<u32>>();
        let inline = there((0..45).map(|c| 41 * 45 + c).collect());
        let crossline = there((0..70).map(|r| r * 45 + 33).collect());
        let all = there((0..70 * 45).collect());
        for (slots, samples) in [
            (&inline, 0..77),
            (&crossline, 0..77),
            (&all, 50..51),
            (&all, 31..34),
            (&all, 0..77),
            (&vec![3000, 7, 1500, 7, 45], 20..77),
        ] {
            assert_eq!(read(&volume, slots, samples.clone()), expected(45, slots, samples));
        }
        assert!(read(&volume, &inline, 5..5).is_empty());
        assert!(volume.read(&[70 * 45], 0..1, &mut [0.0], &NoMeter).unwrap_err().to_string().contains("3150"));
        assert!(volume.read(&[0], 0..78, &mut [0.0; 78], &NoMeter).is_err());
        assert!(volume.read(&[0], 0..2, &mut [0.0; 3], &NoMeter).is_err());
    }
}

/// A slice touches the bricks it passes and no other.
#[test]
fn only_the_bricks_of_a_slice_are_read() {
    let dir = tempfile::tempdir().unwrap();
    let d = Description::new(axis(100), 100, 100).unwrap();
    let (_, paths) = write(dir.path(), &d, |_| true);
    let volume = open(&d, &paths, true);
    let count = |slots: &[u32], samples: Range<usize>| {
        let counter = Counter::default();
        volume.read(slots, samples.clone(), &mut vec![0.0; slots.len() * samples.len()], &counter).unwrap();
        counter.bricks()
    };
    assert_eq!(count(&(0..100).map(|c| 4000 + c).collect::<Vec<_>>(), 0..100), 4 * 4);
    assert_eq!(count(&(0..10_000).collect::<Vec<_>>(), 40..41), 4 * 4);
    assert_eq!(count(&(0..10_000).collect::<Vec<_>>(), 31..33), 2 * 4 * 4);
    assert_eq!(count(&[5], 0..32), 1);
}

#[test]
fn lines_are_one_row() {
    let dir = tempfile::tempdir().unwrap();
    let d = Description::new(axis(40), 1, 2500).unwrap();
    let (_, paths) = write(dir.path(), &d, |_| true);
    let volume = open(&d, &paths, true);
    let slots: Vec<u32> = (1000..1100).collect();
    assert_eq!(read(&volume, &slots, 3..40), expected(2500, &slots, 3..40));
}

#[test]
fn coarser_levels_are_means_of_what_is_there() {
    let dir = tempfile::tempdir().unwrap();
    let d = Description::new(axis(65), 140, 140).unwrap();
    let (presence, paths) = write(dir.path(), &d, |s| s != 0 && s != 45 && s % 7 != 2);
    let volume = open(&d, &paths, true);
    let mut mean: Vec<Vec<f32>> =
        (0..140 * 140).map(|s| if presence.has(s) { expected(140, &[s], 0..65) } else { vec![f32::NAN; 65] }).collect();
    let (mut rows, mut columns) = (140u32, 140u32);
    assert_eq!(d.levels, 2);
    for level in 1..=d.levels {
        // The reference makes each level of the one before, as is documented: a mean of up to 64 values.
        let (r, c) = (rows.div_ceil(4), columns.div_ceil(4));
        let n = mean[0].len();
        let coarse: Vec<Vec<f32>> = (0..r * c)
            .map(|s| {
                let (row, column) = (s / c * 4, s % c * 4);
                (0..n.div_ceil(4))
                    .map(|k| {
                        let mut values = Vec::new();
                        for (i, j) in (0..16).map(|place| (place / 4, place % 4)) {
                            if row + i < rows && column + j < columns {
                                let trace = &mean[((row + i) * columns + column + j) as usize];
                                values.extend(trace[4 * k..(4 * k + 4).min(n)].iter().filter(|v| !v.is_nan()));
                            }
                        }
                        values.iter().sum::<f32>() / values.len() as f32
                    })
                    .collect()
            })
            .collect();
        let coarser = volume.level(level);
        assert_eq!(coarser.axis().count, n.div_ceil(4));
        let slots: Vec<u32> = (0..r * c).collect();
        let found = read(&coarser, &slots, 0..n.div_ceil(4));
        for (found, expected) in found.iter().zip(coarse.iter().flatten()) {
            // An empty place is no number in both; nothing else is. Values up to 2048 are rounded to 8 bits at each level.
            assert!(
                (found - expected).abs() <= 2.5 * level as f32 || (found.is_nan() && expected.is_nan()),
                "{found} {expected}"
            );
        }
        (rows, columns, mean) = (r, c, coarse);
    }
}

#[test]
fn damaged_files_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let d = Description::new(axis(50), 40, 40).unwrap();
    let (_, paths) = write(dir.path(), &d, |_| true);
    let all: Vec<(String, Arc<dyn ReadAt>)> = paths
        .iter()
        .map(|p| (p.clone(), Arc::new(MemoryBytes(std::fs::read(p).unwrap())) as Arc<dyn ReadAt>))
        .collect();
    let missing = BrickVolume::open(d.clone(), all[1..].to_vec()).unwrap_err().to_string();
    assert!(missing.contains("level 0 has 0 bricks where 8 were expected"), "{missing}");
    let other = Description { rows: 80, ..d.clone() };
    assert!(BrickVolume::open(other, all.clone()).is_err());
    // Bytes of bricks overwritten: an error or other numbers, never a panic.
    let mut bytes = std::fs::read(&paths[0]).unwrap();
    let length = bytes.len();
    bytes[4..length - 2000].fill(0xff);
    let mut broken = all.clone();
    broken[0].1 = Arc::new(MemoryBytes(bytes));
    let volume = BrickVolume::open(d.clone(), broken).unwrap();
    let error = volume.read(&[0], 0..50, &mut [0.0; 50], &NoMeter).unwrap_err().to_string();
    assert!(error.contains("damaged") && error.contains("brick 0"), "{error}");
    assert!(BrickVolume::open(d, vec![("x".to_owned(), Arc::new(MemoryBytes(vec![1u8; 100])))]).is_err());
}

#[test]
fn reading_and_writing_can_be_cancelled() {
    struct Never;
    impl Meter for Never {
        fn cancelled(&self) -> bool {
            true
        }
    }
    let dir = tempfile::tempdir().unwrap();
    let d = Description::new(axis(50), 40, 40).unwrap();
    let (presence, paths) = write(dir.path(), &d, |_| true);
    let volume = open(&d, &paths, true);
    assert!(matches!(volume.read(&[0], 0..50, &mut [0.0; 50], &Never), Err(SeismicError::Cancelled)));
    let truth = Truth { samples: 50, presence: presence.clone(), columns: 40 };
    let mut open = || Ok(NewFile { path: "x".to_owned(), file: tempfile::tempfile().unwrap() });
    assert!(matches!(write_volume(&d, presence, &truth, &mut open, &Never), Err(SeismicError::Cancelled)));
}
