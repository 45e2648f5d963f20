//! Redis with a password for the default user and an ACL user `analytics`.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::error::{Context, Error, Result};
use crate::place;
use crate::servers::secret::password;
use crate::servers::server::{Lifetime, Running, Starting, free_port};
use crate::servers::state::State;

/// Starts an empty server and adds it to the state.
pub(crate) fn start(state: &mut State, lifetime: Lifetime) -> Result<()> {
    let program = place::on_path("redis-server")
        .ok_or_else(|| Error::new("redis-server is not installed; `cargo xtask setup` installs it"))?;
    let data = place::output("servers")?.join("redis");
    super::remove_dir(&data)?;
    fs::create_dir_all(&data).context(format_args!("create {}", data.display()))?;
    let (secret, analytics) = (password()?, password()?);
    let port = free_port()?;

    // The configuration goes by stdin: passwords are neither in the process list nor in a second file.
    let config = format!(
        "port {port}\nbind 127.0.0.1\nsave \"\"\nappendonly no\ndaemonize no\n\
         requirepass {secret}\nuser analytics on >{analytics} ~* &* +@all\n"
    );
    let argv = [program.to_string_lossy().into_owned(), "-".to_owned()];
    let mut server = Starting::spawn("redis", &argv, None, lifetime, &data.join("log"), &config)?;
    state.servers.push(Running { name: "redis".to_owned(), process: server.process()?, port, data });
    state.save()?;
    server.wait_ready(|| {
        answers(port, &format!("AUTH {secret}")) && answers(port, &format!("AUTH analytics {analytics}"))
    })?;

    state.set("REDIS_HOST", "127.0.0.1");
    state.set("REDIS_PORT", port);
    state.set("REDIS_PASSWORD", secret);
    state.set("REDIS_ACL_USER", "analytics");
    state.set("REDIS_ACL_PASSWORD", analytics);
    state.save()
}

/// Tells whether a server on `port` answers `+OK` to a command.
fn answers(port: u16, command: &str) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        stream.write_all(format!("{command}\r\n").as_bytes())?;
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line)?;
        Ok(line)
    };
    ask().is_ok_and(|line| line.trim_end() == "+OK")
}
