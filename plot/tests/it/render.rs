use std::collections::HashSet;

use outcrop_plot::map::{Grid, Map, Points};
use outcrop_plot::{PlotError, render};
use resvg::{tiny_skia, usvg};

/// The parsed SVG.
pub fn tree(svg: &str) -> usvg::Tree {
    usvg::Tree::from_str(svg, &usvg::Options::default()).unwrap()
}

/// Width, height and RGBA of a rendered SVG.
pub fn pixels(svg: &str, scale: f32) -> (usize, usize, Vec<[u8; 4]>) {
    let pixmap = tiny_skia::Pixmap::decode_png(&render::png(svg, scale).unwrap()).unwrap();
    let rgba = pixmap.pixels().iter().map(|p| [p.red(), p.green(), p.blue(), p.alpha()]).collect();
    (pixmap.width() as usize, pixmap.height() as usize, rgba)
}

fn map() -> Map {
    Map {
        title: "Grüße, Åsgard, Δρ → ½ m³".into(),
        length_unit: "m".into(),
        grid: Some(Grid { nx: 8, ny: 8, values: (0..64).map(f64::from).collect(), ..Grid::default() }),
        points: vec![Points { x: vec![3.0], y: vec![3.0], label: vec![Some("Well-7".into())], ..Points::default() }],
        ..Map::default()
    }
}

#[test]
fn png_has_the_size_and_colours_of_the_picture() {
    let svg = map().to_svg().unwrap();
    let size = tree(&svg).size();
    let (width, height, rgba) = pixels(&svg, 2.0);
    assert_eq!((width, height), ((size.width() * 2.0) as usize, (size.height() * 2.0) as usize));
    let distinct: HashSet<_> = rgba.iter().collect();
    assert!(distinct.len() > 100, "{}", distinct.len());
    assert!(rgba.iter().all(|p| p[3] == 255), "the page is opaque");
}

/// The title is drawn by the crate's own font: the pixels differ from those without it.
#[test]
fn text_is_drawn() {
    let empty = Map { title: String::new(), ..map() }.to_svg().unwrap();
    let titled = map().to_svg().unwrap();
    let (_, _, a) = pixels(&empty, 1.0);
    let (_, _, b) = pixels(&titled, 1.0);
    let changed = a.iter().zip(&b).filter(|(p, q)| p != q).count();
    assert!(changed > 300, "{changed}");
}

#[test]
fn pdf_keeps_text_as_text() {
    let pdf = render::pdf(&map().to_svg().unwrap()).unwrap();
    assert!(pdf.starts_with(b"%PDF-"));
    let has = |needle: &[u8]| pdf.windows(needle.len()).any(|w| w == needle);
    assert!(has(b"OutcropSans"), "the font is embedded");
    assert!(has(b"/ToUnicode"), "text can be searched and copied");
    assert!(has(b"%%EOF"));
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let (a, b) = (map().to_svg().unwrap(), map().to_svg().unwrap());
    assert_eq!(a, b);
    assert_eq!(render::png(&a, 1.0).unwrap(), render::png(&b, 1.0).unwrap());
}

#[test]
fn the_font_travels_with_the_svg() {
    let svg = map().to_svg().unwrap();
    assert!(svg.contains("@font-face") && svg.contains("data:font/woff2;base64,"));
    assert!(svg.len() < 100_000, "{}", svg.len());
}

#[test]
fn wrong_input_is_an_error() {
    assert!(matches!(render::png("<svg", 1.0), Err(PlotError::Svg(_))));
    assert!(matches!(render::pdf("no svg"), Err(PlotError::Svg(_))));
    let svg = map().to_svg().unwrap();
    for scale in [0.0, -1.0, f32::NAN, f32::INFINITY] {
        assert!(matches!(render::png(&svg, scale), Err(PlotError::InvalidNumber { .. })), "{scale}");
    }
    assert!(matches!(render::png(&svg, 1000.0), Err(PlotError::TooLarge { .. })));
}

/// Files and addresses in an SVG are not followed.
#[test]
fn files_are_not_read() {
    let svg = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'>\
               <rect width='9' height='9' fill='#fff'/><image href='/etc/hostname.png' width='9' height='9'/></svg>";
    assert!(pixels(svg, 1.0).2.iter().all(|p| *p == [255; 4]));
}
