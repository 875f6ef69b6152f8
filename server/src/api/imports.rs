//! Files: formats, uploads, what is in them, into the project.

use std::path::Path;

use arrow::json::ArrayWriter;
use outcrop_connectors::PREFIX;
use outcrop_connectors::formats::{FORMATS, Recognised, recognise_file};
use outcrop_meta::Role;
use outcrop_proto::v1::file_source::Source as Chosen;
use outcrop_proto::v1::import_service_server::ImportService;
use outcrop_proto::v1::upload_file_request::Part;
use outcrop_proto::v1::{
    FileSource, Format, ImportFilesRequest, ImportFilesResponse, InspectFileRequest, InspectFileResponse,
    ListFormatsRequest, ListFormatsResponse, UploadFileRequest, UploadFileResponse,
};
use outcrop_session::{Answer, Session, SessionBuilder, SessionError, written_formats};
use outcrop_store::{Root, Roots};
use outcrop_workflow::sql;
use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt;
use tonic::{Request, Response, Status, Streaming};

use super::{Service, caller, given};
use crate::caller::Caller;
use crate::error::Refusal;
use crate::jobs::{ImportWork, Source, Work};

/// How long an uploaded file waits.
const WAIT: std::time::Duration = std::time::Duration::from_secs(24 * 3600);
/// Rows that a look into a file shows.
const SHOWN: usize = 20;

fn fault(error: std::io::Error) -> Refusal {
    Refusal::Fault(format!("the file could not be kept: {error}"))
}

#[tonic::async_trait]
impl ImportService for Service {
    async fn list_formats(
        &self,
        request: Request<ListFormatsRequest>,
    ) -> Result<Response<ListFormatsResponse>, Status> {
        caller(&request)?;
        let written = written_formats();
        let read = FORMATS.iter().map(|f| Format {
            name: f.name.to_owned(),
            title: f.title.to_owned(),
            extensions: f.endings.iter().map(|e| (*e).to_owned()).collect(),
            reads: true,
            writes: written.iter().any(|w| w.name == f.name),
        });
        let only = written.iter().filter(|w| !FORMATS.iter().any(|f| f.name == w.name)).map(|w| Format {
            name: w.name.to_owned(),
            title: w.title.to_owned(),
            extensions: w.endings.iter().map(|e| (*e).to_owned()).collect(),
            reads: false,
            writes: true,
        });
        Ok(Response::new(ListFormatsResponse { formats: read.chain(only).collect() }))
    }

    async fn upload_file(
        &self,
        request: Request<Streaming<UploadFileRequest>>,
    ) -> Result<Response<UploadFileResponse>, Status> {
        let caller = caller(&request)?;
        let uploads = self.app.uploads(&caller.user);
        remove_old(&uploads);
        let id = uuid::Uuid::new_v4().to_string();
        let folder = uploads.join(&id);
        let received = receive(request.into_inner(), &folder).await;
        if received.is_err() {
            let _ = tokio::fs::remove_dir_all(&folder).await;
        }
        let (bytes, sha256) = received?;
        Ok(Response::new(UploadFileResponse { upload_id: id, bytes, sha256 }))
    }

    async fn inspect_file(
        &self,
        request: Request<InspectFileRequest>,
    ) -> Result<Response<InspectFileResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let session = self.app.session(&caller, given(&asked.project)).await?;
        let source = source(asked.file)?;
        let (session, path) = self.reading(&caller, session, &source)?;
        let report = inspect(&session, &path).await?;
        Ok(Response::new(InspectFileResponse { report: report.to_string() }))
    }

    async fn import_files(
        &self,
        request: Request<ImportFilesRequest>,
    ) -> Result<Response<ImportFilesResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let (served, role) = self.app.project(&caller, given(&asked.project)).await?;
        self.app.require(&caller, role, Role::Engineer, "an import")?;
        let options: Map<String, Json> = match given(&asked.options) {
            Some(text) => serde_json::from_str(text)
                .map_err(|e| Refusal::Invalid(format!("the options are not a JSON object: {e}")))?,
            None => Map::new(),
        };
        // What is wrong is said now, not by a job that fails.
        crate::jobs::import_options(&options)?;
        let files = asked.files.into_iter().map(|f| source(Some(f))).collect::<Result<Vec<_>, _>>()?;
        for file in &files {
            if let Source::Upload(id) = file {
                self.app.upload(&caller.user, id)?;
            }
        }
        let work = Work::Import(ImportWork { files, options });
        let job_id = self.app.submit(&caller, &served.name, &work, asked.priority, 0, &asked.idempotency_key).await?;
        Ok(Response::new(ImportFilesResponse { job_id }))
    }
}

fn source(file: Option<FileSource>) -> Result<Source, Refusal> {
    match file.and_then(|f| f.source) {
        Some(Chosen::UploadId(id)) => Ok(Source::Upload(id)),
        Some(Chosen::Path(path)) => Ok(Source::Path(path)),
        None => Err(Refusal::Invalid("name a file: the id of an upload, or a path".to_owned())),
    }
}

/// Uploads that nobody imported go.
fn remove_old(uploads: &Path) {
    for entry in std::fs::read_dir(uploads).into_iter().flatten().flatten() {
        let old = entry.metadata().and_then(|m| m.modified()).is_ok_and(|m| m.elapsed().is_ok_and(|age| age > WAIT));
        if old {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// Writes the parts of a file into a folder of its own; its bytes and their hash.
async fn receive(mut parts: Streaming<UploadFileRequest>, folder: &Path) -> Result<(u64, String), Status> {
    let name = match parts.message().await?.and_then(|m| m.part) {
        Some(Part::Name(name)) => name,
        _ => return Err(Refusal::Invalid("send the name of the file first".to_owned()).into()),
    };
    // The name alone: no folders.
    let plain = Path::new(&name).file_name().and_then(|n| n.to_str()).filter(|n| *n == name && name.len() <= 200);
    let plain =
        plain.ok_or_else(|| Refusal::Invalid(format!("`{name}` is not the name of a file, without folders")))?;
    tokio::fs::create_dir_all(folder).await.map_err(fault)?;
    let mut file = tokio::fs::File::create_new(folder.join(plain)).await.map_err(fault)?;
    let (mut bytes, mut hash) = (0u64, Sha256::new());
    while let Some(message) = parts.message().await? {
        match message.part {
            Some(Part::Content(content)) => {
                bytes += content.len() as u64;
                hash.update(&content);
                file.write_all(&content).await.map_err(fault)?;
            }
            Some(Part::Name(_)) => {
                return Err(Refusal::Invalid("one file an upload: its name was sent twice".to_owned()).into());
            }
            None => {}
        }
    }
    file.flush().await.map_err(fault)?;
    Ok((bytes, hash.finalize().iter().map(|b| format!("{b:02x}")).collect()))
}

impl Service {
    /// A session that reaches a file, and the path by which it does.
    fn reading(&self, caller: &Caller, session: Session, file: &Source) -> Result<(Session, String), Refusal> {
        match file {
            Source::Path(path) => Ok((session, path.clone())),
            Source::Upload(id) => {
                let path = self.app.upload(&caller.user, id)?;
                let folder = path.parent().unwrap_or(&path).to_owned();
                let roots = Roots::folders(vec![Root::read_only(&folder)]).map_err(SessionError::from)?;
                let session = SessionBuilder::new(roots, folder).build()?;
                Ok((session, path.to_string_lossy().into_owned()))
            }
        }
    }
}

/// What is in a file: its format, what the format's own inspection says, the first rows.
async fn inspect(session: &Session, path: &str) -> Result<Json, Refusal> {
    let location = session.roots().resolve(path, session.base()).map_err(SessionError::from)?;
    let prefix = session.roots().read_prefix(&location, PREFIX).await.map_err(SessionError::from)?;
    let length = location.local.as_ref().and_then(|p| std::fs::metadata(p).ok()).map(|m| m.len());
    let (format, title, looks) = match recognise_file(&prefix, &location.display, length) {
        Recognised::As(format) => {
            let looks = format.query.split(", ").find(|q| q.starts_with("inspect_"));
            (format.name, format.title, looks)
        }
        Recognised::Other(message) if !message.is_empty() => {
            return Err(Refusal::Invalid(format!("{path}: {message}")));
        }
        Recognised::Other(_) => ("table", "A table as text", Some("inspect_csv")),
    };
    let named = sql::text(path);
    let mut report = json!({"format": format, "title": title, "bytes": length});
    if let Some(function) = looks {
        report["inspection"] = rows(session, &format!("SELECT * FROM {function}({named})"), 10_000).await?;
    }
    // Some formats hold several tables, or need to be told more; the inspection stands without rows then.
    if let Ok(first) = rows(session, &format!("SELECT * FROM {named} LIMIT {SHOWN}"), SHOWN).await {
        report["first_rows"] = first;
    }
    Ok(report)
}

/// Rows as a JSON list of objects.
async fn rows(session: &Session, text: &str, most: usize) -> Result<Json, Refusal> {
    let Answer::Rows(mut rows) = session.sql(text).await? else {
        return Err(Refusal::Fault("a look into a file gave no rows".to_owned()));
    };
    let fault = |e: arrow::error::ArrowError| Refusal::Fault(e.to_string());
    let (mut writer, mut count) = (ArrayWriter::new(Vec::new()), 0);
    while let Some(batch) = rows.next().await? {
        let batch = batch.slice(0, batch.num_rows().min(most.saturating_sub(count)));
        count += batch.num_rows();
        writer.write(&batch).map_err(fault)?;
        if count >= most {
            break;
        }
    }
    writer.finish().map_err(fault)?;
    let text = writer.into_inner();
    Ok(if text.is_empty() {
        json!([])
    } else {
        serde_json::from_slice(&text).map_err(|e| Refusal::Fault(e.to_string()))?
    })
}
