//! Sections of LAS 3.0 that are not log data, from the example of the standard and from a well of Kansas.

use outcrop_import::Status;
use outcrop_types::LengthUnit;

use crate::{Place, data, number_at, numbers, outcome, row_of, texts};

#[tokio::test]
async fn the_example_of_the_standard_gives_tops_surveys_and_intervals() {
    let Some(data) = data() else { return };
    let place = Place::new(LengthUnit::Foot).await;
    let bytes = std::fs::read(data.join("las/lasio/las-30a-revised-2010.las")).unwrap();
    let report = place.file("example.las", bytes).import(&["example.las"]).await;
    let of_file = outcome(&report, "example.las");
    assert_eq!(of_file.status, Status::Imported, "{of_file:?}");

    let tops = place.rows("tops").await;
    assert_eq!(texts(&tops, "surface"), ["Viking", "Colony", "Basal Quartz"]);
    assert_eq!(number_at(&tops, "md", 0), Some(545.5 / 0.3048), "in the project's feet");
    assert_eq!(texts(&tops, "well"), vec![of_file.wells[0].clone(); 3]);

    let surveys = place.rows("surveys").await;
    assert_eq!(surveys.num_rows(), 7);
    let last = surveys.num_rows() - 1;
    assert!((number_at(&surveys, "md", last).unwrap() - 600.0 / 0.3048).abs() < 1e-9);
    assert_eq!(
        (number_at(&surveys, "inclination", last), number_at(&surveys, "azimuth", last)),
        (Some(7.41), Some(204.39))
    );

    let cores = place.rows("core_intervals").await;
    assert_eq!(texts(&cores, "section"), [["Core_Data[1]"; 3], ["Core_Data[2]"; 3]].concat());
    assert_eq!(texts(&cores, "cdes")[0], "Long cylindrical hunk of rock");
    assert_eq!(number_at(&cores, "base", 5), Some(695.0 / 0.3048));

    let tests = place.rows("tests").await;
    assert_eq!(numbers(&tests, "fsip"), [Some(13243.0), Some(21451.0), Some(0.0)]);
    assert_eq!(texts(&tests, "blowd")[2], "Blow Out");
    let perforations = place.rows("perforations").await;
    assert_eq!((perforations.num_rows(), number_at(&perforations, "top", 0)), (3, Some(545.5 / 0.3048)));
    assert_eq!(texts(&perforations, "perft_2"), ["BIG HOLE"; 3]);

    // Nothing is lost, what has no table of its own included.
    let kept = place.rows("outcrop.las_sections").await;
    let weight = row_of(&kept, "column", "WOB");
    assert_eq!((texts(&kept, "value")[weight].as_str(), texts(&kept, "unit")[weight].as_str()), ("3", "klb"));
    let headers = place.rows("outcrop.log_headers").await;
    let mud = row_of(&headers, "mnemonic", "RUN_DATE");
    assert_eq!(texts(&headers, "section")[mud], "parameter");
}

#[tokio::test]
async fn a_real_well_keeps_its_tops_and_tests() {
    let Some(data) = data() else { return };
    let place = Place::metric().await;
    let bytes = std::fs::read(data.join("las/kgs/Wellington_KGS-1-32-wDST2_LASv3.las")).unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let report = place.file("w.las", bytes).import(&["w.las"]).await;
    let of_file = outcome(&report, "w.las");
    assert_eq!(of_file.status, Status::Imported, "{of_file:?}");
    // The lines of ~Tops_Data, counted in the text itself.
    let rows = text.split("~Tops_Data").nth(1).unwrap().lines().skip(1);
    let rows: Vec<&str> =
        rows.take_while(|l| !l.starts_with('~')).filter(|l| !l.trim().is_empty() && !l.starts_with('#')).collect();
    let tops = place.rows("tops").await;
    assert_eq!(tops.num_rows(), rows.len(), "{:?}", of_file.issues);
    let first: f64 = rows[0].split(',').next().unwrap().trim().trim_matches('"').parse().unwrap();
    assert!((number_at(&tops, "md", 0).unwrap() - first * 0.3048).abs() < 1e-9);
    assert!(place.rows("tests").await.num_rows() > 100);
}

#[tokio::test]
async fn a_section_that_cannot_be_used_is_told_and_kept() {
    let place = Place::metric().await;
    let text = "~Version\nVERS. 3.0 :\nWRAP. NO :\nDLM. COMMA :\n~Well\nSTRT.M 1 :\nSTOP.M 2 :\nSTEP.M 1 :\nNULL. -999.25 :\nWELL. A :\n\
                ~Log_Definition\nDEPT.M :\nGR.GAPI :\n~Log_Data | Log_Definition\n1,10\n2,20\n\
                ~Tops_Definition\nTOPT.PARSEC : {F}\nTOPN. : {S}\n~Tops_Data | Tops_Definition\n1,Viking\n";
    let report = place.file("a.las", text).import(&["a.las"]).await;
    let of_file = outcome(&report, "a.las");
    assert_eq!(of_file.status, Status::Imported);
    let said = crate::said(of_file, "section-unused");
    assert!(said[0].contains("~Tops_Data") && said[0].contains("PARSEC"), "{said:?}");
    assert!(!place.project.snapshot().await.unwrap().has_table(&outcrop_types::tables::TableName::public("tops")));
    assert_eq!(texts(&place.rows("outcrop.las_sections").await, "value").last().unwrap(), "Viking");
}

/// A temperature of a section is none of an angle.
#[tokio::test]
async fn degrees_fahrenheit_are_no_angle() {
    let place = Place::metric().await;
    let text = "~Version\nVERS. 3.0 :\nWRAP. NO :\nDLM. COMMA :\n~Well\nSTRT.M 1 :\nSTOP.M 2 :\nSTEP.M 1 :\nNULL. -999.25 :\nWELL. A :\n\
                ~Log_Definition\nDEPT.M :\nGR.GAPI :\n~Log_Data | Log_Definition\n1,10\n2,20\n\
                ~Test_Definition\nDST. :\nDTOP.M :\n_T_TEMP .DEG F : Temperature\n~Test_Data | Test_Definition\n1,1500,120\n";
    place.file("a.las", text).import(&["a.las"]).await;
    let tests = place.rows("tests").await;
    let schema = tests.schema();
    let of = schema.field_with_name("t_temp").unwrap();
    assert_eq!((outcrop_types::field::unit(of), number_at(&tests, "t_temp", 0)), (Some("degF"), Some(120.0)));
}
