//! Pictures for the server, drawn by `outcrop plot`.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use clap::Parser;
use outcrop_server::{Draw, PictureFormat, Wanted};
use outcrop_session::Session;
use serde_json::Value;

use crate::arguments::{Arguments, Command};
use crate::picture::{Drawing, Kind};

/// Draws as `outcrop plot` does, of what the session of the request may read.
#[derive(Debug)]
pub(crate) struct Pictures;

/// Options that would reach beyond the session, or are not the caller's to say.
const NOT_FOR_CLIENTS: [&str; 5] = ["output", "project", "root", "memory", "template-file"];

impl Draw for Pictures {
    fn draw(&self, session: Session, wanted: Wanted) -> Pin<Box<dyn Future<Output = Result<Vec<u8>, String>> + Send>> {
        Box::pin(async move {
            let (kind, ending) = match wanted.format {
                PictureFormat::Svg => (Kind::Svg, "svg"),
                PictureFormat::Png => (Kind::Png, "png"),
                PictureFormat::Pdf => (Kind::Pdf, "pdf"),
            };
            let mut words = vec!["outcrop".to_owned(), "plot".to_owned()];
            if wanted.kind.starts_with('-') {
                return Err(format!("`{}` is no kind of picture", wanted.kind));
            }
            words.extend([wanted.kind.clone(), format!("--output=picture.{ending}")]);
            if let Some(sql) = &wanted.sql {
                let option = if wanted.kind == "map" { "--grid" } else { "--sql" };
                words.push(format!("{option}={sql}"));
            }
            for (name, value) in &wanted.options {
                let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
                if !plain || NOT_FOR_CLIENTS.contains(&name.as_str()) {
                    return Err(format!("there is no option `{name}` of pictures here"));
                }
                // The name of a layout; its file would be read with the server's rights.
                if name == "template" && value.as_str().is_none_or(|text| text.contains(['/', '\\', '.'])) {
                    return Err("`template` takes the name of a layout here, not a file".to_owned());
                }
                push(&mut words, name, value);
            }
            let parsed = Arguments::try_parse_from(words).map_err(|error| {
                // The first line says what is wrong; what follows is about the command line.
                error.to_string().lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned()
            })?;
            let Arguments { mut global, command: Command::Plot(plot) } = parsed else {
                return Err(format!("`{}` is no kind of picture", wanted.kind));
            };
            let picture = Arc::new(OnceLock::new());
            global.drawing = Some(Drawing { session, kind, picture: Arc::clone(&picture) });
            super::plot::run(&global, plot).await.map_err(|error| format!("{error:#}"))?;
            picture.get().cloned().ok_or_else(|| "nothing was drawn".to_owned())
        })
    }
}

/// An option as words of the command line.
fn push(words: &mut Vec<String>, name: &str, value: &Value) {
    match value {
        Value::Bool(true) => words.push(format!("--{name}")),
        Value::Bool(false) | Value::Null => {}
        Value::Array(values) => values.iter().for_each(|value| push(words, name, value)),
        Value::String(text) => words.push(format!("--{name}={text}")),
        other => words.push(format!("--{name}={other}")),
    }
}
