//! `target/servers/state.json`: which servers run, and what tests must know of them.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::error::{Context, Result};
use crate::place;
use crate::process::Process;
use crate::servers::server::Running;

/// The servers of this checkout.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct State {
    /// What was started, in this order.
    pub(crate) servers: Vec<Running>,
    /// Set once every server answered.
    pub(crate) env: Vec<(String, String)>,
}

impl State {
    /// Reads the state file; a missing one, or one that was cut off while it was written, is `None`.
    pub(crate) fn load() -> Result<Option<Self>> {
        let path = path()?;
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Self::parse(&text)),
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
            Err(e) => Err(e).context(format_args!("read {}", path.display())),
        }
    }

    /// Writes the state file, readable by its owner alone, whole or not at all.
    pub(crate) fn save(&self) -> Result<()> {
        let path = path()?;
        let new = path.with_extension("json.new");
        let _ = fs::remove_file(&new);
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&new)
            .and_then(|mut f| f.write_all(self.render().as_bytes()))
            .and_then(|()| fs::rename(&new, &path))
            .context(format_args!("write {}", path.display()))
    }

    /// Removes the state file.
    pub(crate) fn remove() -> Result<()> {
        let path = path()?;
        match fs::remove_file(&path) {
            Err(e) if e.kind() != ErrorKind::NotFound => {
                Err(e).context(format_args!("remove {}", path.display()))
            }
            _ => Ok(()),
        }
    }

    /// Tells whether every server was started to the end and still runs.
    pub(crate) fn is_up(&self) -> bool {
        let has = |name| self.servers.iter().any(|s| s.name == name && s.process.is_alive());
        has("postgres") && has("redis") && self.env.iter().any(|(k, _)| k == "SUITKAISE_TEST_REDIS_PORT")
    }

    /// Sets a variable of the tests.
    pub(crate) fn set(&mut self, name: &str, value: impl ToString) {
        self.env.push((format!("SUITKAISE_TEST_{name}"), value.to_string()));
    }

    fn render(&self) -> String {
        let servers: Vec<Value> = self
            .servers
            .iter()
            .map(|s| json!({ "name": s.name, "pid": s.process.pid, "started": s.process.started, "port": s.port, "data": s.data.to_string_lossy() }))
            .collect();
        let env: serde_json::Map<String, Value> =
            self.env.iter().map(|(k, v)| (k.clone(), json!(v))).collect();
        format!("{:#}\n", json!({ "servers": servers, "env": env }))
    }

    fn parse(text: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(text).ok()?;
        let servers = value["servers"].as_array()?.iter().map(parse_server).collect::<Option<_>>()?;
        let env = value["env"].as_object()?.iter();
        let env = env.map(|(k, v)| Some((k.clone(), v.as_str()?.to_owned()))).collect::<Option<_>>()?;
        Some(Self { servers, env })
    }
}

fn parse_server(value: &Value) -> Option<Running> {
    Some(Running {
        name: value["name"].as_str()?.to_owned(),
        process: Process {
            pid: value["pid"].as_u64()?.try_into().ok()?,
            started: value["started"].as_u64()?,
        },
        port: value["port"].as_u64()?.try_into().ok()?,
        data: PathBuf::from(value["data"].as_str()?),
    })
}

fn path() -> Result<PathBuf> {
    Ok(place::output("servers")?.join("state.json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state() -> State {
        let server = |name: &str, pid| Running {
            name: name.to_owned(),
            process: Process { pid, started: 12 },
            port: 4242,
            data: PathBuf::from("/somewhere/that is not there"),
        };
        let mut state = State { servers: vec![server("postgres", 7), server("redis", 8)], env: Vec::new() };
        state.set("REDIS_PORT", 4242);
        state
    }

    #[test]
    fn what_is_written_is_what_is_read() {
        assert_eq!(State::parse(&state().render()), Some(state()));
    }

    #[test]
    fn a_damaged_file_counts_as_no_file() {
        let text = state().render();
        for end in 0..text.trim_end().len() {
            assert_eq!(State::parse(&text[..end]), None, "cut off at byte {end}");
        }
        for (from, to) in
            [("\"pid\": 7", "\"pid\": -7"), ("4242,", "424242,"), ("\"started\": 12", "\"started\": null")]
        {
            assert_ne!(text.replace(from, to), text);
            assert_eq!(State::parse(&text.replace(from, to)), None, "{to}");
        }
    }

    #[test]
    fn servers_that_are_gone_are_not_up() {
        let mut state = state();
        assert!(!state.is_up());
        let me = Process::of(std::process::id()).unwrap();
        state.servers.iter_mut().for_each(|s| s.process = me);
        assert!(state.is_up());
        state.env.clear();
        assert!(!state.is_up(), "a start that did not come to its end is not up");
    }
}
