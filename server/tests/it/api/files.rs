//! Formats, uploads, imports.

use outcrop_proto::v1::file_source::Source;
use outcrop_proto::v1::import_service_client::ImportServiceClient;
use outcrop_proto::v1::job_service_client::JobServiceClient;
use outcrop_proto::v1::upload_file_request::Part;
use outcrop_proto::v1::{
    FileSource, ImportFilesRequest, InspectFileRequest, JobState, ListFormatsRequest, UploadFileRequest,
};
use serde_json::Value;
use tonic::{Code, Status};

use super::{Known, ended, nobody};
use crate::serving::Serving;

const LAS: &str = "~Version\nVERS. 2.0 :\nWRAP. NO :\n~Well\nSTRT.m 100 :\nSTOP.m 101 :\nSTEP.m 1 :\nNULL. -999.25 :\nWELL. NEW-1 :\n~Curve\nDEPT.m :\nGR.gAPI :\n~ASCII\n100 45.5\n101 50.25\n";

async fn client(server: &Serving) -> ImportServiceClient<Known> {
    ImportServiceClient::new(nobody(server).await)
}

async fn upload(client: &mut ImportServiceClient<Known>, name: &str, content: &[u8]) -> Result<String, Status> {
    let mut parts = vec![UploadFileRequest { part: Some(Part::Name(name.to_owned())) }];
    parts.extend(content.chunks(100).map(|c| UploadFileRequest { part: Some(Part::Content(c.to_vec().into())) }));
    let told = client.upload_file(tokio_stream::iter(parts)).await?.into_inner();
    assert_eq!(told.bytes, content.len() as u64);
    assert_eq!(told.sha256.len(), 64);
    Ok(told.upload_id)
}

fn file(source: Source) -> FileSource {
    FileSource { source: Some(source) }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_sent_looked_at_and_imported() {
    let server = Serving::copy_with(|options| options.workers = 1).await;
    let mut client = client(&server).await;
    let id = upload(&mut client, "new.las", LAS.as_bytes()).await.unwrap();
    let request = InspectFileRequest { file: Some(file(Source::UploadId(id.clone()))), ..Default::default() };
    let report = client.inspect_file(request).await.unwrap().into_inner().report;
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["format"], "las");
    assert_eq!(report["first_rows"].as_array().unwrap().len(), 2, "{report:#}");
    let files = vec![file(Source::UploadId(id))];
    let request = ImportFilesRequest { files, options: "{\"message\": \"sent\"}".to_owned(), ..Default::default() };
    let job = client.import_files(request).await.unwrap().into_inner().job_id;
    let job = ended(&mut JobServiceClient::new(nobody(&server).await), &job).await;
    assert_eq!(job.state(), JobState::Succeeded, "{job:?}");
    let result: Value = serde_json::from_str(&job.result).unwrap();
    assert_eq!((&result["wells_new"], &result["tables"]["logs"]), (&Value::from(1), &Value::from(2)), "{result:#}");
    let commit = server.project().await.head().await.unwrap();
    assert_eq!((commit.author.as_str(), commit.message.as_str()), ("tester", "sent"));
}

#[tokio::test(flavor = "multi_thread")]
async fn paths_lead_nowhere_else() {
    let server = Serving::copy_with(|options| options.workers = 1).await;
    let mut client = client(&server).await;
    for name in ["../new.las", "/etc/new.las", "a/b.las", "", ".."] {
        let refused = upload(&mut client, name, b"x").await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument, "{name}");
    }
    let request = InspectFileRequest { file: Some(file(Source::Path("/etc/passwd".to_owned()))), ..Default::default() };
    let refused = client.inspect_file(request).await.unwrap_err();
    assert!(refused.message().contains("outside"), "{refused:?}");
    let request = InspectFileRequest { file: Some(file(Source::UploadId("../../x".to_owned()))), ..Default::default() };
    assert_eq!(client.inspect_file(request).await.unwrap_err().code(), Code::NotFound);
    let request = ImportFilesRequest { files: vec![file(Source::Path("/etc/hosts".to_owned()))], ..Default::default() };
    let job = client.import_files(request).await.unwrap().into_inner().job_id;
    let job = ended(&mut JobServiceClient::new(nobody(&server).await), &job).await;
    assert!(job.state() == JobState::Failed && job.error.contains("outside"), "{job:?}");
    let files = vec![file(Source::Path("las".to_owned()))];
    let request = ImportFilesRequest { files, options: "{\"knd\": \"las\"}".to_owned(), ..Default::default() };
    let refused = client.import_files(request).await.unwrap_err();
    assert!(refused.message().contains("no option `knd`"), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn formats_are_listed() {
    let server = Serving::demo().await;
    let formats = client(&server).await.list_formats(ListFormatsRequest {}).await.unwrap().into_inner().formats;
    let las = formats.iter().find(|f| f.name == "las").unwrap();
    assert!(las.reads && las.writes && las.extensions == ["las"]);
}
