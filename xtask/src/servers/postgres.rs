//! PostgreSQL with scram-sha-256 passwords: a superuser `suitkaise` and a user `analytics` with a database `facts`.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::{Context, Error, Result};
use crate::place;
use crate::servers::secret::password;
use crate::servers::server::{Lifetime, Running, Starting, as_user, free_port};
use crate::servers::state::State;

/// The user that PostgreSQL runs as when we are root, which it refuses to run as.
const USER: &str = "postgres";

/// Returns the folder that holds `initdb` and `postgres`, wherever the system put it.
pub(crate) fn programs() -> Option<PathBuf> {
    let is_home = |dir: &Path| ["initdb", "postgres"].iter().all(|p| place::is_program(&dir.join(p)));
    let linked = place::on_path("postgres").and_then(|p| fs::canonicalize(p).ok());
    let mut homes: Vec<PathBuf> = linked.iter().filter_map(|p| p.parent()).map(Path::to_path_buf).collect();
    if let Ok(versions) = fs::read_dir("/usr/lib/postgresql") {
        homes.extend(versions.flatten().map(|v| v.path().join("bin")));
    }
    homes.retain(|dir| is_home(dir));
    homes.into_iter().max_by_key(|dir| {
        let version = dir.parent().and_then(Path::file_name).map(|v| v.to_string_lossy().into_owned());
        version.and_then(|v| v.parse::<u32>().ok()).unwrap_or(0)
    })
}

/// Returns `psql`.
pub(crate) fn client() -> Option<PathBuf> {
    let beside = || programs().map(|dir| dir.join("psql")).filter(|p| place::is_program(p));
    place::on_path("psql").or_else(beside)
}

/// Starts a new cluster and adds it to the state.
pub(crate) fn start(state: &mut State, lifetime: Lifetime) -> Result<()> {
    let missing = |what| Error::new(format_args!("{what} is not installed; `cargo xtask setup` installs it"));
    let programs = programs().ok_or_else(|| missing("postgresql"))?;
    let psql = client().ok_or_else(|| missing("psql"))?;
    let user = rustix::process::getuid().is_root().then_some(USER);
    let data = new_folder(user)?;
    let (secret, analytics) = (password()?, password()?);

    initdb(&programs, &data, user, &secret)?;
    let port = free_port()?;
    // No socket file: its path has a length limit that a deep checkout would break. No fsync: nobody keeps this data.
    let settings = [
        format!("port={port}"),
        "listen_addresses=127.0.0.1".to_owned(),
        "unix_socket_directories=".to_owned(),
        "fsync=off".to_owned(),
        "max_connections=200".to_owned(),
    ];
    let mut argv = vec![text(&programs.join("postgres")), "-D".to_owned(), text(&data.join("cluster"))];
    argv.extend(settings.into_iter().flat_map(|s| ["-c".to_owned(), s]));
    let mut server = Starting::spawn("postgres", &argv, user, lifetime, &data.join("log"), "")?;
    state.servers.push(Running {
        name: "postgres".to_owned(),
        process: server.process()?,
        port,
        data: data.clone(),
    });
    state.save()?;

    // The last line of the pid file says "ready" once the server takes connections; `pg_ctl -w` reads it too.
    let pid_file = data.join("cluster/postmaster.pid");
    server.wait_ready(|| {
        fs::read_to_string(&pid_file).is_ok_and(|t| t.lines().nth(7).is_some_and(|l| l.trim() == "ready"))
    })?;
    let sql = format!(
        "CREATE DATABASE suitkaise; CREATE USER analytics PASSWORD '{analytics}'; CREATE DATABASE facts OWNER analytics;"
    );
    run_sql(&psql, port, &secret, &sql).map_err(|e| server.failed(e))?;

    let ours =
        [("HOST", "127.0.0.1"), ("PORT", &port.to_string()), ("USER", "suitkaise"), ("PASSWORD", &secret)];
    ours.into_iter().for_each(|(k, v)| state.set(&format!("POSTGRES_{k}"), v));
    state.set("POSTGRES_DATABASE", "suitkaise");
    for (k, v) in [("USER", "analytics"), ("PASSWORD", &analytics), ("DATABASE", "facts")] {
        state.set(&format!("POSTGRES_ANALYTICS_{k}"), v);
    }
    state.save()
}

/// Makes an empty folder that `user` owns and can reach.
///
/// That is `target/servers/postgres`, unless the checkout lies below a folder that is closed to the user, as root's
/// home is: then it is one below `/var/tmp` whose name is made of the checkout's.
fn new_folder(user: Option<&str>) -> Result<PathBuf> {
    let here = place::output("servers")?;
    let reachable = |dir: &Path| {
        let test = as_user(user, None).arg("test").arg("-x").arg(dir).current_dir("/").status();
        test.is_ok_and(|status| status.success())
    };
    let dir = if reachable(&here) {
        here.join("postgres")
    } else {
        let mut hasher = DefaultHasher::new();
        here.hash(&mut hasher);
        PathBuf::from(format!("/var/tmp/suitkaise-postgres-{:016x}", hasher.finish()))
    };
    super::remove_dir(&dir)?;
    let mut install = Command::new("install");
    install.args(["-d", "-m", "700"]);
    if let Some(user) = user {
        install.args(["-o", user, "-g", user]);
    }
    let made = install.arg(&dir).status().context("run install")?;
    if made.success() { Ok(dir) } else { Err(Error::new(format_args!("cannot create {}", dir.display()))) }
}

/// Makes the cluster; the password goes by a file that only the server's user can read and that is gone afterwards.
fn initdb(programs: &Path, data: &Path, user: Option<&str>, secret: &str) -> Result<()> {
    let file = data.join("password");
    let owner = fs::metadata(data).context(format_args!("look at {}", data.display()))?;
    fs::write(&file, secret)
        .and_then(|()| chown(&file, Some(owner.uid()), Some(owner.gid())))
        .context(format_args!("write {}", file.display()))?;
    let mut command = as_user(user, None);
    command.arg(programs.join("initdb")).arg("-D").arg(data.join("cluster")).arg("--pwfile").arg(&file);
    command.args(["-U", "suitkaise", "-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "--no-sync"]);
    command.current_dir(data).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let made = feed(command, "").map_err(|e| Error::new(format_args!("initdb failed: {e}")));
    fs::remove_file(&file).context(format_args!("remove {}", file.display()))?;
    made
}

/// Runs SQL as the superuser; the password goes by the environment and the statements by stdin, so that neither is
/// in the process list.
fn run_sql(psql: &Path, port: u16, secret: &str, sql: &str) -> Result<()> {
    let mut command = Command::new(psql);
    command.args([
        "-X",
        "-q",
        "-v",
        "ON_ERROR_STOP=1",
        "-h",
        "127.0.0.1",
        "-U",
        "suitkaise",
        "-d",
        "postgres",
    ]);
    command.args(["-p", &port.to_string()]).env("PGPASSWORD", secret);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    feed(command, sql).map_err(|e| Error::new(format_args!("cannot create its users: {e}")))
}

/// Runs a command with `input` on its stdin; a failure is an error with what it wrote to stderr.
fn feed(mut command: Command, input: &str) -> Result<()> {
    let mut child = command.spawn().context("start it")?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that ended early gives its own, better error below.
        let _ = stdin.write_all(input.as_bytes());
    }
    let output = child.wait_with_output().context("wait for it")?;
    if output.status.success() {
        return Ok(());
    }
    Err(Error::new(format_args!("{}\n{}", output.status, String::from_utf8_lossy(&output.stderr).trim_end())))
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
