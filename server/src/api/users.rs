//! Users, tokens, grants, the audit log.

use outcrop_meta::{AuditFilter, Role, TokenInfo};
use outcrop_proto::v1::user_service_server::UserService;
use outcrop_proto::v1::{
    AuditEntry, CreateTokenRequest, CreateTokenResponse, CreateUserRequest, CreateUserResponse, DeleteUserRequest,
    DeleteUserResponse, Grant, ListAuditRequest, ListAuditResponse, ListGrantsRequest, ListGrantsResponse,
    ListTokensRequest, ListTokensResponse, ListUsersRequest, ListUsersResponse, RevokeTokenRequest,
    RevokeTokenResponse, SetGrantRequest, SetGrantResponse, Token, UpdateUserRequest, UpdateUserResponse, User,
};
use tonic::{Request, Response, Status};

use super::{Service, caller, given, role_message, role_of, stamp};
use crate::caller::Caller;
use crate::error::Refusal;

impl Service {
    fn admin<T>(&self, request: &Request<T>, what: &str) -> Result<Caller, Status> {
        let caller = caller(request)?;
        self.app.require(&caller, caller.role, Role::Admin, what)?;
        Ok(caller)
    }

    /// The caller's own name, or for an administrator that of anybody.
    fn whose(&self, caller: &Caller, user: &str) -> Result<String, Refusal> {
        let user = given(user).unwrap_or(&caller.user).to_owned();
        if user != caller.user {
            self.app.require(caller, caller.role, Role::Admin, "another user's tokens")?;
        }
        Ok(user)
    }
}

fn user_message(user: outcrop_meta::User) -> User {
    User {
        name: user.name,
        role: role_message(user.role).into(),
        enabled: user.enabled,
        created: Some(stamp(user.created)),
    }
}

fn token_message(token: TokenInfo) -> Token {
    Token {
        id: token.id,
        user: token.user,
        label: token.label,
        created: Some(stamp(token.created)),
        expires: token.expires.map(stamp),
        last_used: token.last_used.map(stamp),
        revoked: token.revoked.is_some(),
        role_limit: token.role_limit.map_or(0, |role| role_message(role).into()),
    }
}

fn role_wanted(number: i32) -> Result<Role, Refusal> {
    role_of(number).ok_or_else(|| Refusal::Invalid("give a role: ROLE_VIEWER, ROLE_ENGINEER or ROLE_ADMIN".to_owned()))
}

#[tonic::async_trait]
impl UserService for Service {
    async fn list_users(&self, request: Request<ListUsersRequest>) -> Result<Response<ListUsersResponse>, Status> {
        self.admin(&request, "the list of users")?;
        let users = self.app.meta.users().await.map_err(Refusal::from)?;
        Ok(Response::new(ListUsersResponse { users: users.into_iter().map(user_message).collect() }))
    }

    async fn create_user(&self, request: Request<CreateUserRequest>) -> Result<Response<CreateUserResponse>, Status> {
        let caller = self.admin(&request, "a new user")?;
        let asked = request.into_inner();
        let role = role_wanted(asked.role)?;
        let user = self.app.meta.create_user(&asked.name, given(&asked.password), role).await.map_err(Refusal::from)?;
        self.app.audit(&caller, None, "create user", &format!("{} as {}", asked.name, role.as_str()), "ok").await;
        Ok(Response::new(CreateUserResponse { user: Some(user_message(user)) }))
    }

    async fn update_user(&self, request: Request<UpdateUserRequest>) -> Result<Response<UpdateUserResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let (role, password) = (role_of(asked.role), given(&asked.password));
        // One's own password is one's own affair.
        let own = asked.name == caller.user && role.is_none() && asked.enabled.is_none();
        if !own {
            self.app.require(&caller, caller.role, Role::Admin, "another user's account, or a role")?;
        }
        let meta = &self.app.meta;
        let mut changed = Vec::new();
        if let Some(role) = role {
            meta.set_role(&asked.name, role).await.map_err(Refusal::from)?;
            changed.push(format!("role {}", role.as_str()));
        }
        if password.is_some() {
            meta.set_password(&asked.name, password).await.map_err(Refusal::from)?;
            self.app.logins.end_of(&asked.name);
            changed.push("password".to_owned());
        }
        match asked.enabled {
            Some(true) => meta.enable_user(&asked.name).await.map_err(Refusal::from)?,
            Some(false) => meta.disable_user(&asked.name).await.map_err(Refusal::from)?,
            None => {}
        }
        changed.extend(asked.enabled.map(|on| if on { "enabled" } else { "disabled" }.to_owned()));
        let target = format!("{}: {}", asked.name, changed.join(", "));
        self.app.audit(&caller, None, "change user", &target, "ok").await;
        let user = meta.user(&asked.name).await.map_err(Refusal::from)?;
        Ok(Response::new(UpdateUserResponse { user: user.map(user_message) }))
    }

    async fn delete_user(&self, request: Request<DeleteUserRequest>) -> Result<Response<DeleteUserResponse>, Status> {
        let caller = self.admin(&request, "removing a user")?;
        let name = request.into_inner().name;
        self.app.meta.delete_user(&name).await.map_err(Refusal::from)?;
        self.app.logins.end_of(&name);
        self.app.audit(&caller, None, "delete user", &name, "ok").await;
        Ok(Response::new(DeleteUserResponse {}))
    }

    async fn list_tokens(&self, request: Request<ListTokensRequest>) -> Result<Response<ListTokensResponse>, Status> {
        let caller = caller(&request)?;
        let user = self.whose(&caller, &request.get_ref().user)?;
        let tokens = self.app.meta.tokens(&user).await.map_err(Refusal::from)?;
        Ok(Response::new(ListTokensResponse { tokens: tokens.into_iter().map(token_message).collect() }))
    }

    async fn create_token(
        &self,
        request: Request<CreateTokenRequest>,
    ) -> Result<Response<CreateTokenResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let user = self.whose(&caller, &asked.user)?;
        let expires = (asked.days > 0).then(|| chrono::Utc::now() + chrono::Duration::days(i64::from(asked.days)));
        // A token does not allow more than the one that it was made with.
        let limit = match (role_of(asked.role_limit), caller.limit.filter(|_| user == caller.user)) {
            (Some(asked), Some(own)) => Some(asked.min(own)),
            (asked, own) => asked.or(own),
        };
        let made = self.app.meta.create_token(&user, &asked.label, expires, limit).await;
        let (token, secret) = made.map_err(Refusal::from)?;
        self.app.audit(&caller, None, "create token", &format!("{} of {user}", token.id), "ok").await;
        Ok(Response::new(CreateTokenResponse { token: Some(token_message(token)), secret }))
    }

    async fn revoke_token(
        &self,
        request: Request<RevokeTokenRequest>,
    ) -> Result<Response<RevokeTokenResponse>, Status> {
        let caller = caller(&request)?;
        let id = request.into_inner().id;
        let missing = || Refusal::Missing(format!("there is no token {id}"));
        let token = self.app.meta.token(&id).await.map_err(Refusal::from)?.ok_or_else(missing)?;
        self.whose(&caller, &token.user).map_err(|_| missing())?;
        self.app.meta.revoke_token(&id).await.map_err(Refusal::from)?;
        self.app.audit(&caller, None, "revoke token", &format!("{id} of {}", token.user), "ok").await;
        Ok(Response::new(RevokeTokenResponse {}))
    }

    async fn list_grants(&self, request: Request<ListGrantsRequest>) -> Result<Response<ListGrantsResponse>, Status> {
        let caller = self.admin(&request, "the list of grants")?;
        let (served, _) = self.app.project(&caller, given(&request.get_ref().project)).await?;
        let grants = self.app.meta.grants(&served.name).await.map_err(Refusal::from)?;
        let grants = grants.into_iter().map(|grant| Grant {
            project: served.name.clone(),
            user: grant.user,
            role: grant.role.map_or(0, |role| role_message(role).into()),
        });
        Ok(Response::new(ListGrantsResponse { grants: grants.collect() }))
    }

    async fn set_grant(&self, request: Request<SetGrantRequest>) -> Result<Response<SetGrantResponse>, Status> {
        let caller = self.admin(&request, "a grant")?;
        let asked = request.into_inner();
        let grant = asked.grant.ok_or_else(|| Refusal::Invalid("give a grant: project, user, role".to_owned()))?;
        let served = self
            .app
            .projects
            .get(&grant.project)
            .ok_or_else(|| Refusal::Missing(format!("there is no project `{}` here", grant.project)))?;
        let role = role_of(grant.role);
        let said = if asked.remove {
            self.app.meta.revoke_grant(&served.name, &grant.user).await.map_err(Refusal::from)?;
            "no grant"
        } else {
            self.app.meta.grant(&served.name, &grant.user, role).await.map_err(Refusal::from)?;
            role.map_or("hidden", Role::as_str)
        };
        let target = format!("{}: {said}", grant.user);
        self.app.audit(&caller, Some(&served.name), "grant", &target, "ok").await;
        Ok(Response::new(SetGrantResponse {}))
    }

    async fn list_audit(&self, request: Request<ListAuditRequest>) -> Result<Response<ListAuditResponse>, Status> {
        self.admin(&request, "the audit log")?;
        let asked = request.into_inner();
        let filter = AuditFilter {
            user: given(&asked.user).map(str::to_owned),
            action: given(&asked.action).map(str::to_owned),
            before_id: (asked.before > 0).then_some(asked.before),
            limit: if asked.limit == 0 { 100 } else { asked.limit },
            ..AuditFilter::default()
        };
        let records = self.app.meta.audit_log(&filter).await.map_err(Refusal::from)?;
        let entries = records.into_iter().map(|record| AuditEntry {
            id: record.id,
            time: Some(stamp(record.entry.time)),
            user: record.entry.user,
            action: record.entry.action,
            project: record.entry.project.unwrap_or_default(),
            target: record.entry.target.unwrap_or_default(),
            outcome: record.entry.outcome,
            address: record.entry.address.unwrap_or_default(),
            request_id: record.entry.request_id.unwrap_or_default(),
        });
        Ok(Response::new(ListAuditResponse { entries: entries.collect() }))
    }
}
