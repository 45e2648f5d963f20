//! Secrets: text, or a map of named parts, that nothing prints and nothing serializes.

use std::collections::BTreeMap;
use std::fmt;

use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind, Result};

/// A password, a token or a key: known to [`Credentials`](super::Credentials) and to one
/// [`Reconnector::connect`](super::Reconnector::connect), and to nothing else.
///
/// It is text, or a map of named parts (`password`, `token`, `private_key`, `passphrase`, ..). It is not
/// `Serialize`, `Debug` and `Display` print `***`, and its memory is zeroed when it is dropped. Drivers copy what
/// they are given, so zeroing is the best that can be done, not a proof.
///
/// ```
/// use cerial::Secret;
/// let plain = Secret::from("hunter2");
/// assert_eq!(plain.password(), Some("hunter2"));
/// assert_eq!(format!("{plain} {plain:?}"), "*** ***");
///
/// let key = Secret::parts([("private_key", "-----BEGIN"), ("passphrase", "open")]);
/// assert_eq!(key.passphrase(), Some("open"));
/// assert_eq!(key.password(), None);
/// ```
#[derive(Clone)]
pub struct Secret(Form);

#[derive(Clone)]
enum Form {
    Text(Zeroizing<String>),
    Parts(BTreeMap<String, Zeroizing<String>>),
}

impl Secret {
    /// A secret of named parts.
    pub fn parts<K: Into<String>, V: Into<String>>(parts: impl IntoIterator<Item = (K, V)>) -> Secret {
        let parts = parts.into_iter().map(|(name, value)| (name.into(), exact(value.into())));
        Secret(Form::Parts(parts.collect()))
    }

    /// Reads a secret from an environment variable.
    ///
    /// # Errors
    /// [`ErrorKind::Credentials`] where the variable is not set or is not UTF-8.
    pub fn from_env(variable: &str) -> Result<Secret> {
        match std::env::var(variable) {
            Ok(value) => Ok(Secret::from(value)),
            Err(std::env::VarError::NotPresent) => Err(Error::new(
                ErrorKind::Credentials,
                format!("the environment variable `{variable}` is not set"),
            )
            .with_help(format!("set `{variable}` to the secret before the program starts"))),
            Err(std::env::VarError::NotUnicode(_)) => Err(Error::new(
                ErrorKind::Credentials,
                format!("the environment variable `{variable}` is not UTF-8"),
            )),
        }
    }

    /// The text, where the secret is plain text.
    pub fn text(&self) -> Option<&str> {
        match &self.0 {
            Form::Text(text) => Some(text),
            Form::Parts(_) => None,
        }
    }

    /// A named part; plain text is the `password`.
    pub fn part(&self, name: &str) -> Option<&str> {
        match &self.0 {
            Form::Text(text) => (name == "password").then(|| text.as_str()),
            Form::Parts(parts) => parts.get(name).map(|value| value.as_str()),
        }
    }

    /// The password: plain text, or the part of that name.
    pub fn password(&self) -> Option<&str> {
        self.part("password")
    }

    /// The token: plain text, or the part `token`, `api_key` or `access_token`.
    pub fn token(&self) -> Option<&str> {
        self.text().or_else(|| ["token", "api_key", "access_token"].iter().find_map(|name| self.part(name)))
    }

    /// The private key: the part of that name.
    pub fn private_key(&self) -> Option<&str> {
        self.part("private_key")
    }

    /// The passphrase of the private key: the part of that name.
    pub fn passphrase(&self) -> Option<&str> {
        self.part("passphrase")
    }

    /// The names of the parts, none for plain text.
    pub fn part_names(&self) -> Vec<&str> {
        match &self.0 {
            Form::Text(_) => Vec::new(),
            Form::Parts(parts) => parts.keys().map(String::as_str).collect(),
        }
    }

    /// Every text in it, for the scrubber and for the frame to a child.
    pub(super) fn values(&self) -> Vec<&str> {
        match &self.0 {
            Form::Text(text) => vec![text],
            Form::Parts(parts) => parts.values().map(|value| value.as_str()).collect(),
        }
    }
}

/// Moves text into a buffer of its exact size, so that growing never left a copy behind, and zeroes the old one.
fn exact(text: String) -> Zeroizing<String> {
    let text = Zeroizing::new(text);
    let mut out = Zeroizing::new(String::with_capacity(text.len()));
    out.push_str(&text);
    out
}

impl From<String> for Secret {
    fn from(text: String) -> Secret {
        Secret(Form::Text(exact(text)))
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Secret {
        Secret::from(text.to_owned())
    }
}

impl From<&Secret> for Secret {
    fn from(secret: &Secret) -> Secret {
        secret.clone()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}
