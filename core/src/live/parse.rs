//! Credentials from JSON, TOML and the environment. Messages never show a value, nor the text around a mistake.

use zeroize::Zeroizing;

use super::{Credentials, Secret};
use crate::error::{Error, ErrorKind, Result};

impl Credentials {
    /// Reads credentials from JSON: `{"redis::Client": {"*": "secret", "sessions": {"password": "other"}}}`.
    ///
    /// # Errors
    /// [`ErrorKind::Credentials`], naming the place of the mistake and never a value.
    pub fn from_json(text: &str) -> Result<Credentials> {
        let value: serde_json::Value = serde_json::from_str(text).map_err(|error| {
            wrong(format!("the credentials are not JSON (line {}, column {})", error.line(), error.column()))
        })?;
        let serde_json::Value::Object(keys) = value else {
            return Err(wrong("the credentials are not a JSON object"));
        };
        read(keys.into_iter().map(|(key, value)| (key, Tree::from(value))))
    }

    /// Reads credentials from TOML: a table a key, `["redis::Client"]`, with a line a selector, `"*" = "secret"`.
    ///
    /// # Errors
    /// As [`Credentials::from_json`].
    pub fn from_toml(text: &str) -> Result<Credentials> {
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
            let at = error.span().map_or(0, |span| span.start.min(text.len()));
            let line = 1 + text.as_bytes()[..at].iter().filter(|&&byte| byte == b'\n').count();
            wrong(format!("the credentials are not TOML (line {line})"))
        })?;
        read(table.into_iter().map(|(key, value)| (key, Tree::from(value))))
    }

    /// Reads credentials from an environment variable that holds JSON or TOML.
    ///
    /// # Errors
    /// [`ErrorKind::Credentials`] where it is not set; as [`Credentials::from_json`].
    pub fn from_env(variable: &str) -> Result<Credentials> {
        let secret = Secret::from_env(variable)?;
        let text = secret.text().unwrap_or_default();
        let parsed =
            if text.trim_start().starts_with('{') { Self::from_json(text) } else { Self::from_toml(text) };
        parsed.map_err(|error| wrong(format!("in the environment variable `{variable}`: {error}")))
    }
}

/// What both formats come down to.
enum Tree {
    Text(Zeroizing<String>),
    Map(Vec<(String, Tree)>),
    Other(&'static str),
}

impl From<serde_json::Value> for Tree {
    fn from(value: serde_json::Value) -> Tree {
        use serde_json::Value;
        match value {
            Value::String(text) => Tree::Text(Zeroizing::new(text)),
            Value::Object(map) => {
                Tree::Map(map.into_iter().map(|(key, value)| (key, value.into())).collect())
            }
            Value::Null => Tree::Other("null"),
            Value::Bool(_) => Tree::Other("a boolean"),
            Value::Number(_) => Tree::Other("a number"),
            Value::Array(_) => Tree::Other("a list"),
        }
    }
}

impl From<toml::Value> for Tree {
    fn from(value: toml::Value) -> Tree {
        use toml::Value;
        match value {
            Value::String(text) => Tree::Text(Zeroizing::new(text)),
            Value::Table(map) => Tree::Map(map.into_iter().map(|(key, value)| (key, value.into())).collect()),
            Value::Integer(_) | Value::Float(_) => Tree::Other("a number"),
            Value::Boolean(_) => Tree::Other("a boolean"),
            Value::Datetime(_) => Tree::Other("a date"),
            Value::Array(_) => Tree::Other("a list"),
        }
    }
}

fn read(keys: impl Iterator<Item = (String, Tree)>) -> Result<Credentials> {
    let mut credentials = Credentials::new();
    for (key, tree) in keys {
        let selectors = match tree {
            Tree::Map(selectors) => selectors,
            other => return Err(wrong(format!("at `{key}`: want a map of selectors, got {}", other.what()))),
        };
        for (selector, tree) in selectors {
            let secret = match tree {
                Tree::Text(text) => Secret::from(text.as_str()),
                Tree::Map(parts) => read_parts(&key, &selector, parts)?,
                Tree::Other(what) => {
                    return Err(wrong(format!(
                        "at `{key}`/`{selector}`: want text or a map of parts, got {what}"
                    )));
                }
            };
            credentials.add(&key, &selector, secret);
        }
    }
    Ok(credentials)
}

fn read_parts(key: &str, selector: &str, parts: Vec<(String, Tree)>) -> Result<Secret> {
    let mut out = Vec::with_capacity(parts.len());
    for (name, tree) in parts {
        match tree {
            Tree::Text(text) => out.push((name, text.to_string())),
            other => {
                let what = other.what();
                return Err(wrong(format!("at `{key}`/`{selector}`/`{name}`: want text, got {what}")));
            }
        }
    }
    Ok(Secret::parts(out))
}

impl Tree {
    fn what(&self) -> &'static str {
        match self {
            Tree::Text(_) => "text",
            Tree::Map(_) => "a map",
            Tree::Other(what) => what,
        }
    }
}

#[cold]
fn wrong(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Credentials, message)
}
