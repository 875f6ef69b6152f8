//! The port: what does not belong there is refused and the server lives; health, reflection, the network.

use std::sync::Arc;
use std::time::Duration;

use outcrop_server::{Authentication, Server, Tls};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;

use crate::serving::Serving;

#[tokio::test(flavor = "multi_thread")]
async fn health_and_reflection() {
    let server = Serving::demo().await;
    let status = HealthClient::new(server.channel().await).check(HealthCheckRequest::default()).await.unwrap();
    assert_eq!(status.into_inner().status, 1);
    let request = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let mut client = ServerReflectionClient::new(server.channel().await);
    let mut answer = client.server_reflection_info(tokio_stream::iter([request])).await.unwrap().into_inner();
    let Some(MessageResponse::ListServicesResponse(listed)) = answer.message().await.unwrap().unwrap().message_response
    else {
        panic!("no list")
    };
    let names: Vec<String> = listed.service.into_iter().map(|s| s.name).collect();
    for service in ["Project", "Catalog", "Query", "Function", "Import", "Workflow", "Job", "Plot", "User"] {
        assert!(names.contains(&format!("outcrop.v1.{service}Service")), "{names:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_and_slow_clients_do_no_harm() {
    let server = Serving::demo().await;
    for garbage in [
        &[0u8; 4096][..],
        b"GET / HTTP/9.9\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\xff\xff\xff\xff\xff\xff",
        &[0xff; 70_000],
    ] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let _ = stream.write_all(garbage).await;
        let mut answer = Vec::new();
        let _ = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut answer)).await;
    }
    // Headers without an end.
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let endless = format!("GET / HTTP/1.1\r\nx: {}", "y".repeat(1_000_000));
    let _ = stream.write_all(endless.as_bytes()).await;
    // Clients who say nothing hold nobody up.
    let mut silent = Vec::new();
    for _ in 0..50 {
        silent.push(TcpStream::connect(server.address).await.unwrap());
    }
    assert!(server.page("/health").await.contains("\"ok\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_others_may_not_ask() {
    let server = Serving::copy_with(|options| options.origins = vec!["http://localhost:5173".to_owned()]).await;
    let ask = async |host: &str, origin: &str| {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let request = format!("GET /health HTTP/1.1\r\nHost: {host}\r\nOrigin: {origin}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer.starts_with("HTTP/1.1 200")
    };
    let own = server.address.to_string();
    assert!(ask(&own, &format!("http://{own}")).await);
    assert!(!ask(&own, "https://example.com").await);
    assert!(ask(&own, "http://localhost:5173").await);
    // A name that somebody pointed at this address.
    assert!(!ask("evil.example:4150", "http://evil.example:4150").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_network_needs_tls_and_users() {
    let bind = async |tls: Tls, authentication: Authentication, insecure: bool| {
        let mut options = Serving::options().await;
        options.address = "0.0.0.0:0".parse().unwrap();
        (options.tls, options.authentication, options.insecure) = (tls, authentication, insecure);
        Server::bind(options).await.map(drop).map_err(|e| e.to_string())
    };
    let nobody = || Authentication::Nobody("tester".to_owned());
    let signed = || Tls::self_signed("127.0.0.1".parse().unwrap(), &[]);
    assert!(bind(Tls::Off, nobody(), false).await.unwrap_err().contains("TLS and users"));
    assert!(bind(signed(), nobody(), false).await.unwrap_err().contains("wants users"));
    assert!(bind(Tls::Off, Authentication::Required, false).await.unwrap_err().contains("TLS"));
    assert!(bind(signed(), Authentication::Required, false).await.unwrap_err().contains("no users yet"));
    assert!(bind(Tls::Off, nobody(), true).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_the_servers_own_encrypts() {
    let tls = Tls::self_signed("127.0.0.1".parse().unwrap(), &["field.example".to_owned()]);
    let server = Serving::copy_with(|options| options.tls = tls).await;
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(server.data.join("cert.pem")).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    for (name, right) in [("field.example", true), ("localhost", true), ("other.example", false)] {
        let stream = TcpStream::connect(server.address).await.unwrap();
        let connected = connector.connect(name.try_into().unwrap(), stream).await;
        assert_eq!(connected.is_ok(), right, "{name}");
        let Ok(mut stream) = connected else { continue };
        let request = format!("GET /health HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        assert!(String::from_utf8_lossy(&answer).contains("\"ok\""));
    }
    // What is not encrypted is not answered.
    assert!(!server.page("/health").await.contains("\"ok\""));
    // The key is for the owner's eyes.
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(server.data.join("key.pem")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}
