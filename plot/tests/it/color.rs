use outcrop_plot::PlotError;
use outcrop_plot::color::{ColorMap, Rgb};

/// First, middle and last colours as published (Crameri, Scientific colour maps 8).
#[test]
fn tables_hold_the_published_colours() {
    let batlow = ColorMap::by_name("batlow").unwrap();
    assert_eq!(batlow.at(0.0), Rgb(1, 25, 89));
    assert_eq!(batlow.at(1.0), Rgb(250, 204, 250));
    let vik = ColorMap::by_name("vik").unwrap();
    assert_eq!(vik.at(0.0), Rgb(0, 18, 97));
    assert_eq!(vik.at(1.0), Rgb(89, 0, 8));
}

#[test]
fn every_map_is_complete() {
    for name in ColorMap::names() {
        let map = ColorMap::by_name(name).unwrap();
        let expected = if name == "batlowS" { 100 } else { 256 };
        assert_eq!(map.len(), expected, "{name}");
        let turned = ColorMap::by_name(&format!("{name}_r")).unwrap();
        for k in 0..=10 {
            let t = f64::from(k) / 10.0;
            assert_eq!(map.entry(k as usize), turned.entry(map.len() - 1 - k as usize), "{name} {t}");
        }
        assert_eq!(map.at(f64::NAN), map.at(0.0));
        assert_eq!(map.at(-3.0), map.at(0.0));
        assert_eq!(map.at(7.0), map.at(1.0));
    }
    for name in "batlow vik grayC romaO batlowS davos hawaii lapaz roma turku acton bamako oslo broc cork".split(' ') {
        ColorMap::by_name(name).unwrap();
    }
}

/// Sequential maps of this family get steadily lighter or darker.
#[test]
fn sequential_maps_have_monotonic_lightness() {
    for name in ["batlow", "oslo", "davos", "grayC", "lapaz", "acton"] {
        let map = ColorMap::by_name(name).unwrap();
        let light: Vec<f64> = (0..=16).map(|k| map.at(f64::from(k) / 16.0).luminance()).collect();
        let rising = light.windows(2).filter(|w| w[1] > w[0]).count();
        assert!(rising == 0 || rising == 16, "{name}: {light:?}");
    }
}

#[test]
fn an_unknown_name_lists_the_known_ones() {
    let error = ColorMap::by_name("jet").unwrap_err();
    assert!(matches!(error, PlotError::UnknownColorMap { .. }));
    let text = error.to_string();
    assert!(
        text.contains("'jet'") && text.contains("batlow,") && text.contains("vik") && text.contains("_r"),
        "{text}"
    );
}

#[test]
fn colours_are_read_and_written() {
    assert_eq!(Rgb::from_hex("#fff").unwrap(), Rgb::WHITE);
    assert_eq!(Rgb::from_hex(" #3fb6a8 ").unwrap().to_string(), "#3FB6A8");
    for wrong in ["", "#", "#12345", "red", "#gggggg", "#+12345", "#ééé"] {
        assert!(Rgb::from_hex(wrong).is_err(), "{wrong}");
    }
}
