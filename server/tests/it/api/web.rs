//! gRPC-Web, as a browser speaks it over HTTP/1.1.

use outcrop_proto::v1::{ListProjectsRequest, ListProjectsResponse};
use prost::Message;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::serving::Serving;

#[tokio::test(flavor = "multi_thread")]
async fn browsers_are_answered() {
    let server = Serving::demo().await;
    let message = ListProjectsRequest {}.encode_to_vec();
    let mut body = vec![0u8];
    body.extend(u32::try_from(message.len()).unwrap().to_be_bytes());
    body.extend(&message);
    let head = format!(
        "POST /outcrop.v1.ProjectService/ListProjects HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\n\
         Content-Type: application/grpc-web+proto\r\nX-Grpc-Web: 1\r\nContent-Length: {1}\r\nConnection: close\r\n\r\n",
        server.address,
        body.len()
    );
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&body).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let text = String::from_utf8_lossy(&answer);
    assert!(text.starts_with("HTTP/1.1 200") && text.contains("application/grpc-web"), "{text}");
    assert!(text.contains("grpc-status:0"), "{text}");
    let at = answer.windows(4).position(|w| w == b"\r\n\r\n").unwrap() + 4;
    // Chunks of HTTP/1.1: the first holds the message, after its flag and length.
    let chunk = answer[at..].windows(2).position(|w| w == b"\r\n").unwrap() + at + 2;
    let length = u32::from_be_bytes(answer[chunk + 1..chunk + 5].try_into().unwrap()) as usize;
    let told = ListProjectsResponse::decode(&answer[chunk + 5..chunk + 5 + length]).unwrap();
    assert_eq!(told.projects[0].name, "demo_field");
}
