//! Users, tokens, grants, audit.

use outcrop_proto::v1::project_service_client::ProjectServiceClient;
use outcrop_proto::v1::query_service_client::QueryServiceClient;
use outcrop_proto::v1::user_service_client::UserServiceClient;
use outcrop_proto::v1::{
    CreateTokenRequest, CreateUserRequest, DeleteUserRequest, Grant, ListAuditRequest, ListGrantsRequest,
    ListProjectsRequest, ListTokensRequest, ListUsersRequest, QueryRequest, RevokeTokenRequest, Role, SetGrantRequest,
    UpdateUserRequest,
};
use tonic::Code;

use super::{known, nobody, token, with_token};
use crate::serving::Serving;

fn asked(sql: &str) -> QueryRequest {
    QueryRequest { sql: sql.to_owned(), ..Default::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_makes_users() {
    let server = Serving::with_users().await;
    let mut admin = UserServiceClient::new(known(&server, "admin").await);
    let request =
        CreateUserRequest { name: "ann".to_owned(), role: Role::Viewer.into(), password: "ann-password".to_owned() };
    admin.create_user(request.clone()).await.unwrap();
    assert_eq!(admin.create_user(request).await.unwrap_err().code(), Code::AlreadyExists);
    let names: Vec<_> = admin.list_users(ListUsersRequest {}).await.unwrap().into_inner().users;
    assert_eq!(names.iter().map(|u| u.name.as_str()).collect::<Vec<_>>(), ["admin", "ann", "engineer", "viewer"]);
    let mut ann = QueryServiceClient::new(known(&server, "ann").await);
    ann.query(asked("SELECT 1")).await.unwrap();
    let out = UpdateUserRequest { name: "ann".to_owned(), enabled: Some(false), ..Default::default() };
    admin.update_user(out).await.unwrap();
    assert_eq!(ann.query(asked("SELECT 1")).await.unwrap_err().code(), Code::Unauthenticated);
    admin.delete_user(DeleteUserRequest { name: "ann".to_owned() }).await.unwrap();
    let last = admin.delete_user(DeleteUserRequest { name: "admin".to_owned() }).await.unwrap_err();
    assert_eq!(last.code(), Code::FailedPrecondition, "{last:?}");
    let log = admin.list_audit(ListAuditRequest::default()).await.unwrap().into_inner().entries;
    let actions: Vec<&str> = log.iter().rev().map(|e| e.action.as_str()).collect();
    assert_eq!(actions, ["create user", "change user", "login", "delete user"]);
    assert!(log.iter().all(|e| (e.user == "admin") == (e.action != "login") && e.address == "127.0.0.1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn others_see_to_themselves_only() {
    let server = Serving::with_users().await;
    let mut viewer = UserServiceClient::new(known(&server, "viewer").await);
    assert_eq!(viewer.list_users(ListUsersRequest {}).await.unwrap_err().code(), Code::PermissionDenied);
    assert_eq!(viewer.list_audit(ListAuditRequest::default()).await.unwrap_err().code(), Code::PermissionDenied);
    let request = UpdateUserRequest { name: "viewer".to_owned(), role: Role::Admin.into(), ..Default::default() };
    assert_eq!(viewer.update_user(request).await.unwrap_err().code(), Code::PermissionDenied);
    let of_other = CreateTokenRequest { user: "admin".to_owned(), label: "x".to_owned(), ..Default::default() };
    assert_eq!(viewer.create_token(of_other).await.unwrap_err().code(), Code::PermissionDenied);
    let request =
        UpdateUserRequest { name: "viewer".to_owned(), password: "another password".to_owned(), ..Default::default() };
    viewer.update_user(request).await.unwrap();
    let mut with_old = UserServiceClient::new(known(&server, "viewer").await);
    let refused = with_old.list_tokens(ListTokensRequest::default()).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unauthenticated);
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_allow_what_they_say_until_they_are_revoked() {
    let server = Serving::with_users().await;
    let secret = token(&server, "admin", Role::Viewer).await;
    let mut client = QueryServiceClient::new(with_token(&server, &secret).await);
    client.query(asked("SELECT count(*) FROM wells")).await.unwrap();
    let refused = client.query(asked("CREATE TABLE a AS SELECT 1 AS b")).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied, "{refused:?}");
    // A token makes no stronger one.
    let mut users = UserServiceClient::new(with_token(&server, &secret).await);
    let stronger =
        CreateTokenRequest { label: "stronger".to_owned(), role_limit: Role::Admin.into(), ..Default::default() };
    let made = users.create_token(stronger).await.unwrap().into_inner();
    assert_eq!(made.token.unwrap().role_limit(), Role::Viewer);
    let mut admin = UserServiceClient::new(known(&server, "admin").await);
    let tokens = admin.list_tokens(ListTokensRequest::default()).await.unwrap().into_inner().tokens;
    assert_eq!(tokens.len(), 2);
    for token in tokens {
        admin.revoke_token(RevokeTokenRequest { id: token.id }).await.unwrap();
    }
    assert_eq!(client.query(asked("SELECT 1")).await.unwrap_err().code(), Code::Unauthenticated);
}

#[tokio::test(flavor = "multi_thread")]
async fn grants_replace_the_role_on_a_project() {
    let server = Serving::copy_with(|options| {
        options.authentication = outcrop_server::Authentication::Required;
        Serving::second(options);
    })
    .await;
    let mut admin = UserServiceClient::new(known(&server, "admin").await);
    let grant = |project: &str, user: &str, role: Role| SetGrantRequest {
        grant: Some(Grant { project: project.to_owned(), user: user.to_owned(), role: role.into() }),
        remove: false,
    };
    admin.set_grant(grant("second", "viewer", Role::Engineer)).await.unwrap();
    admin.set_grant(grant("demo_field", "engineer", Role::Unspecified)).await.unwrap();
    let mut viewer = QueryServiceClient::new(known(&server, "viewer").await);
    let create = asked("CREATE TABLE a AS SELECT 1 AS b");
    assert_eq!(viewer.query(create.clone()).await.unwrap_err().code(), Code::PermissionDenied);
    viewer.query(QueryRequest { project: "second".to_owned(), ..create }).await.unwrap();
    let mut engineer = ProjectServiceClient::new(known(&server, "engineer").await);
    let seen = engineer.list_projects(ListProjectsRequest {}).await.unwrap().into_inner().projects;
    assert_eq!(seen.iter().map(|p| p.name.as_str()).collect::<Vec<_>>(), ["second"]);
    let mut engineer = QueryServiceClient::new(known(&server, "engineer").await);
    let hidden = QueryRequest { project: "demo_field".to_owned(), ..asked("SELECT 1") };
    assert_eq!(engineer.query(hidden).await.unwrap_err().code(), Code::NotFound);
    let request = ListGrantsRequest { project: "second".to_owned() };
    let grants = admin.list_grants(request).await.unwrap().into_inner().grants;
    assert_eq!((grants.len(), grants[0].role()), (1, Role::Engineer));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_told_nothing() {
    let server = Serving::with_users().await;
    let mut client = QueryServiceClient::new(nobody(&server).await);
    let status = client.query(asked("SELECT 1")).await.unwrap_err();
    assert!(status.code() == Code::Unauthenticated && status.message().contains("token"), "{status:?}");
    let mut client = QueryServiceClient::new(with_token(&server, "oc_0123_wrong").await);
    assert_eq!(client.query(asked("SELECT 1")).await.unwrap_err().code(), Code::Unauthenticated);
    let page = server.page("/metrics").await;
    assert!(page.starts_with("HTTP/1.1 401"), "{page}");
    assert!(server.page("/health").await.contains("\"ok\""));
    assert!(!server.page("/").await.contains("demo_field"));
}
