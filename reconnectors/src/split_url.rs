//! The one place where a URL with a secret in it is taken apart.

use cerial::{Error, ErrorKind, Result, Secret};
use url::Url;

/// Query parameters that hold secrets, in lower case, without `_` and `-`.
const SECRET_PARAMETERS: &[&str] = &[
    "password",
    "pass",
    "pwd",
    "passwd",
    "secret",
    "token",
    "accesstoken",
    "auth",
    "authtoken",
    "apikey",
    "sslpassword",
    "passcode",
    "privatekey",
    "privatekeypwd",
    "key",
    "hexkey",
];

/// A URL without the secret that it held.
pub(crate) struct CleanUrl {
    url: Url,
}

/// Splits the secret off a URL: the password before the host, or secret query parameters.
///
/// # Errors
/// What is no URL. The message never shows it.
pub(crate) fn split(text: &str, schemes: &[&str]) -> Result<(CleanUrl, Option<Secret>)> {
    let mut url = Url::parse(text).map_err(|error| wrong(format!("this is not a URL: {error}")))?;
    if !schemes.contains(&url.scheme()) {
        return Err(wrong(format!("want a URL of {}, got one of `{}`", schemes.join(" or "), url.scheme())));
    }
    let mut parts: Vec<(String, String)> = Vec::new();
    if let Some(password) = url.password() {
        parts.push(("password".to_owned(), decode(password)?));
    }
    let (secret, open): (Vec<_>, Vec<_>) = url
        .query_pairs()
        .into_owned()
        .partition(|(name, _)| SECRET_PARAMETERS.contains(&plain(name).as_str()));
    parts.extend(secret);
    let blank = url.set_password(None).is_err() && url.password().is_some();
    if blank {
        return Err(wrong("a URL of this form cannot hold a password"));
    }
    if open.is_empty() {
        url.set_query(None);
    } else {
        url.query_pairs_mut().clear().extend_pairs(open);
    }
    let secret = match parts.len() {
        0 => None,
        1 if parts[0].0 == "password" => parts.pop().map(|(_, value)| Secret::from(value)),
        _ => Some(Secret::parts(parts)),
    };
    Ok((CleanUrl { url }, secret))
}

impl CleanUrl {
    #[cfg(feature = "redis")]
    pub(crate) fn scheme(&self) -> &str {
        self.url.scheme()
    }

    /// The user, where one is named.
    pub(crate) fn user(&self) -> Result<Option<String>> {
        match self.url.username() {
            "" => Ok(None),
            user => decode(user).map(Some),
        }
    }

    /// The host, IPv6 addresses without brackets.
    pub(crate) fn host(&self) -> Result<Option<String>> {
        match self.url.host_str() {
            None | Some("") => Ok(None),
            Some(host) => decode(host.trim_start_matches('[').trim_end_matches(']')).map(Some),
        }
    }

    pub(crate) fn port(&self) -> Option<u16> {
        self.url.port()
    }

    /// The path without its first `/`.
    pub(crate) fn path(&self) -> Result<String> {
        decode(self.url.path().trim_start_matches('/'))
    }

    /// The query parameters that are no secrets.
    pub(crate) fn parameters(&self) -> Vec<(String, String)> {
        self.url.query_pairs().into_owned().collect()
    }
}

fn plain(name: &str) -> String {
    name.chars().filter(|c| !"_-.".contains(*c)).flat_map(char::to_lowercase).collect()
}

/// Decodes `%40`.
fn decode(text: &str) -> Result<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        let (Some(high), Some(low)) = (digit(bytes.next()), digit(bytes.next())) else {
            return Err(wrong("a `%` in the URL is not followed by two hexadecimal digits"));
        };
        out.push((high * 16 + low) as u8);
    }
    String::from_utf8(out).map_err(|_| wrong("a part of the URL is not UTF-8"))
}

#[cold]
pub(crate) fn wrong(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Credentials, message)
}
