//! What every service of the server shares: the projects, the store of users and jobs, limits, what runs just now.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use outcrop_meta::{AuditEntry, Meta, Role};
use outcrop_session::{Actor, Session, SessionBuilder};
use outcrop_store::{Project, Root, Roots};
use tokio_util::sync::CancellationToken;

use crate::caller::{Authentication, Caller, Credentials, Logins};
use crate::draw::Draw;
use crate::error::Refusal;
use crate::metrics::Metrics;
use crate::queries::Queries;

/// What one user may take of the server at a time.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Queries of one user at once.
    pub queries: usize,
    /// Bytes that all queries may hold in memory; left out, two thirds of the machine's.
    pub memory: Option<usize>,
    /// How long a query may run.
    pub time: Option<Duration>,
    /// Bytes of a result (as Arrow in memory).
    pub result: Option<u64>,
    /// Bytes of one message that a client sends.
    pub message: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { queries: 64, memory: None, time: None, result: None, message: 64 << 20 }
    }
}

/// A project that is served.
#[derive(Debug)]
pub struct Served {
    /// Its name for clients: the folder's without `.outcrop`; the catalogue of Flight SQL.
    pub name: String,
    /// The project.
    pub project: Project,
    session: Session,
}

impl Served {
    /// A session that acts for somebody.
    pub fn session_for(&self, actor: Actor) -> Session {
        self.session.acting_for(actor)
    }
}

/// Everything that services share.
#[derive(Debug)]
pub struct App {
    pub(crate) projects: BTreeMap<String, Arc<Served>>,
    /// Which project a request means that names none.
    pub(crate) first: String,
    /// Users, tokens, grants, jobs, audit.
    pub meta: Meta,
    pub(crate) authentication: Authentication,
    pub(crate) logins: Logins,
    pub(crate) limits: Limits,
    pub(crate) queries: Queries,
    pub(crate) metrics: Metrics,
    pub(crate) draw: Option<Arc<dyn Draw>>,
    /// Uploaded files wait here.
    pub(crate) data: PathBuf,
    /// Cancelled when the server ends.
    pub(crate) ending: CancellationToken,
}

/// What an app is made of.
#[derive(Debug)]
pub struct AppSettings {
    /// Folders of projects; the first is meant where a request names none.
    pub projects: Vec<PathBuf>,
    /// Further folders that statements may read. Relative paths count from the first, else from the project's folder.
    pub folders: Vec<PathBuf>,
    /// The server's own folder.
    pub data: PathBuf,
    /// Where users and jobs are kept.
    pub meta: String,
    /// How callers are known.
    pub authentication: Authentication,
    /// What a user may take.
    pub limits: Limits,
    /// What draws pictures.
    pub draw: Option<Arc<dyn Draw>>,
}

impl App {
    /// Opens the projects and the store.
    ///
    /// # Errors
    /// A project or store that cannot be opened; two projects of one name.
    pub async fn open(settings: AppSettings) -> Result<Arc<Self>, Refusal> {
        let meta = Meta::open(&settings.meta).await?;
        let mut projects = BTreeMap::new();
        let mut first = None;
        for folder in &settings.projects {
            let served = serve_project(folder, &settings).await?;
            first.get_or_insert_with(|| served.name.clone());
            if let Some(other) = projects.insert(served.name.clone(), Arc::new(served)) {
                return Err(Refusal::Conflict(format!(
                    "two of the projects are called {}; rename one's folder",
                    other.name
                )));
            }
        }
        let first = first.ok_or_else(|| Refusal::Invalid("name a project to serve".to_owned()))?;
        Ok(Arc::new(App {
            projects,
            first,
            meta,
            authentication: settings.authentication,
            logins: Logins::default(),
            queries: Queries::new(settings.limits.queries),
            limits: settings.limits,
            metrics: Metrics::default(),
            draw: settings.draw,
            data: settings.data,
            ending: CancellationToken::new(),
        }))
    }

    /// A project by its name, or the first, for a caller who may see it, with their role there.
    ///
    /// # Errors
    /// No such project, as far as this caller may know.
    pub async fn project(&self, caller: &Caller, name: Option<&str>) -> Result<(Arc<Served>, Role), Refusal> {
        let name = name.filter(|n| !n.is_empty()).unwrap_or(&self.first);
        let missing = || Refusal::Missing(format!("there is no project `{name}` here that {} may see", caller.user));
        let served = self.projects.get(name).ok_or_else(missing)?;
        let role = self.role(caller, &served.name).await?.ok_or_else(missing)?;
        Ok((Arc::clone(served), role))
    }

    /// What a caller may do with a project; nothing where a grant forbids it.
    ///
    /// # Errors
    /// The store's.
    pub async fn role(&self, caller: &Caller, project: &str) -> Result<Option<Role>, Refusal> {
        if self.authentication != Authentication::Required {
            return Ok(Some(caller.role));
        }
        let role = self.meta.role_on(project, &caller.user).await?;
        Ok(role.map(|role| caller.limit.map_or(role, |most| role.min(most))))
    }

    /// A session for a caller: with what they may do, and their name on commits.
    ///
    /// # Errors
    /// As [`App::project`].
    pub async fn session(&self, caller: &Caller, project: Option<&str>) -> Result<Session, Refusal> {
        let (served, role) = self.project(caller, project).await?;
        Ok(served.session_for(Actor { author: caller.user.clone(), writes: role >= Role::Engineer, once: None }))
    }

    /// Refuses a caller of a lesser role.
    ///
    /// # Errors
    /// The refusal, saying what is needed.
    pub fn require(&self, caller: &Caller, role: Role, least: Role, what: &str) -> Result<(), Refusal> {
        if role >= least {
            return Ok(());
        }
        Err(Refusal::Forbidden(format!(
            "{} has the role {} and {what} needs {}; ask an administrator",
            caller.user,
            role.as_str(),
            least.as_str()
        )))
    }

    /// Writes down that a login was refused: the name that was given, and from where. Some in a second are enough.
    pub(crate) async fn audit_refused(&self, headers: &http::HeaderMap, peer: Option<SocketAddr>, refusal: &Refusal) {
        let user = match Credentials::of(headers) {
            Ok(Credentials::Basic(name, _)) => name.chars().take(128).collect(),
            Ok(Credentials::Bearer(_)) => String::new(),
            _ => return,
        };
        if !self.logins.may_note() {
            return;
        }
        let entry = AuditEntry {
            outcome: refusal.to_string(),
            address: peer.map(|a| a.ip().to_string()),
            ..AuditEntry::new(user, "login")
        };
        if let Err(error) = self.meta.audit(entry).await {
            tracing::error!(%error, "the audit log could not be written");
        }
    }

    /// Writes something down in the audit log. What cannot be written is told in the log, and does not undo what was done.
    pub async fn audit(&self, caller: &Caller, project: Option<&str>, action: &str, target: &str, outcome: &str) {
        let entry = AuditEntry {
            project: project.map(str::to_owned),
            target: Some(target.chars().take(4000).collect()),
            outcome: outcome.to_owned(),
            address: caller.address.map(|a| a.ip().to_string()),
            request_id: Some(caller.request.clone()),
            ..AuditEntry::new(&caller.user, action)
        };
        if let Err(error) = self.meta.audit(entry).await {
            tracing::error!(%error, action, "the audit log could not be written");
        }
    }
}

/// Opens a project as clients see it: its folder and the added ones to read, a folder of the server's own to write, nothing else. What statements
/// commit goes through the project itself.
async fn serve_project(folder: &Path, settings: &AppSettings) -> Result<Served, Refusal> {
    let folder = folder
        .canonicalize()
        .map_err(|e| Refusal::Missing(format!("{}: {e}; make a project with `outcrop init`", folder.display())))?;
    let own = Roots::folders(vec![Root::writable(&folder)]).map_err(|e| Refusal::Session(e.into()))?;
    let project = Project::open(&own, &folder).await.map_err(|e| Refusal::Session(e.into()))?;
    let stem = folder.file_stem().unwrap_or(folder.as_os_str()).to_string_lossy().into_owned();
    let files = settings.data.join("files").join(&stem);
    std::fs::create_dir_all(&files).map_err(|e| Refusal::Fault(format!("{}: {e}", files.display())))?;
    let files = files.canonicalize().map_err(|e| Refusal::Fault(format!("{}: {e}", files.display())))?;
    let mut roots = vec![Root::read_only(&folder), Root::writable(&files)];
    let mut base = files.clone();
    for (number, read) in settings.folders.iter().enumerate() {
        let read = read.canonicalize().map_err(|e| Refusal::Missing(format!("{}: {e}", read.display())))?;
        if number == 0 {
            base.clone_from(&read);
        }
        roots.push(Root::read_only(read));
    }
    let roots = Roots::folders(roots).map_err(|e| Refusal::Session(e.into()))?;
    let mut builder = SessionBuilder::new(roots, base).files(files).project(project.clone()).catalog(&stem);
    if let Some(bytes) = settings.limits.memory {
        builder = builder.memory_limit(bytes);
    }
    Ok(Served { name: stem, project, session: builder.build()? })
}
