//! Which secret goes to which resource.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::Secret;
use super::reconnector::normal_key;
use crate::error::{Error, ErrorKind, Result};

/// Secrets by the key of the resource and a selector.
///
/// The key is that of the reconnector or one of its aliases (`postgres::Client`, `psycopg2.Connection`), compared
/// without case. The selector is the path of the resource (`inner.shards[1]`, or `inner.shards[*]` for all of a
/// list), the nearest field name or string map key (`analytics_db`), or `*`; they are tried in that order.
///
/// ```
/// use cerial::{Credentials, Secret};
/// let credentials = Credentials::new()
///     .with("postgres::Client", "*", Secret::from("default"))
///     .with("postgres::Client", "analytics_db", Secret::from("other"));
/// let same = Credentials::from_json(r#"{"psycopg2.Connection": {"*": "default", "analytics_db": {"password": "other"}}}"#)?;
/// assert_eq!(format!("{credentials:?}"), r#"{"postgres::Client": {"*", "analytics_db"}}"#);
/// # let _ = same;
/// # Ok::<(), cerial::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct Credentials {
    entries: Vec<Entry>,
    providers: Vec<Provider>,
}

type Provider = Arc<dyn Fn(&Wanted<'_>) -> Option<Secret> + Send + Sync>;

#[derive(Clone)]
struct Entry {
    key: String,
    normal: String,
    selector: String,
    secret: Secret,
}

/// The resource that a provider is asked for.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Wanted<'a> {
    /// Its key.
    pub key: &'a str,
    /// Its path in the value: `inner.shards[1]`.
    pub path: &'a str,
    /// The nearest field name or string map key.
    pub attribute: &'a str,
    /// Where it is: `svc@db.internal:5432/app`.
    pub place: &'a str,
}

impl Credentials {
    /// None.
    pub fn new() -> Credentials {
        Credentials::default()
    }

    /// Adds a secret. One of the same key and selector is replaced.
    #[must_use]
    pub fn with(mut self, key: &str, selector: &str, secret: impl Into<Secret>) -> Credentials {
        self.add(key, selector, secret.into());
        self
    }

    /// Adds somebody who is asked where no entry fits: a key ring, a vault.
    #[must_use]
    pub fn provider(
        mut self,
        provider: impl Fn(&Wanted<'_>) -> Option<Secret> + Send + Sync + 'static,
    ) -> Credentials {
        self.providers.push(Arc::new(provider));
        self
    }

    pub(super) fn add(&mut self, key: &str, selector: &str, secret: Secret) {
        let normal = normal_key(key);
        self.entries.retain(|entry| entry.normal != normal || entry.selector != selector);
        self.entries.push(Entry { key: key.to_owned(), normal, selector: selector.to_owned(), secret });
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.providers.is_empty()
    }

    /// The secret for a resource, and the number of the entry that it came from.
    pub(super) fn find(
        &self,
        wanted: &Wanted<'_>,
        aliases: &[&str],
    ) -> Option<(Cow<'_, Secret>, Option<usize>)> {
        let keys: Vec<String> =
            std::iter::once(wanted.key).chain(aliases.iter().copied()).map(normal_key).collect();
        let any_item = any_item(wanted.path);
        for selector in [wanted.path, &any_item, wanted.attribute, "*"] {
            for key in &keys {
                let fits = |entry: &Entry| entry.normal == *key && entry.selector == selector;
                if let Some(index) = self.entries.iter().position(fits) {
                    return Some((Cow::Borrowed(&self.entries[index].secret), Some(index)));
                }
            }
        }
        self.providers.iter().find_map(|provider| provider(wanted)).map(|secret| (Cow::Owned(secret), None))
    }

    /// Entries as `key/"selector"`, in the order in which they were added.
    pub(super) fn names(&self) -> Vec<String> {
        self.entries.iter().map(|entry| format!("{}/{:?}", entry.key, entry.selector)).collect()
    }

    /// The bytes of the one frame in which credentials may travel: over the socket between a parent and its own
    /// child. Never log, store or inspect them.
    ///
    /// # Errors
    /// [`ErrorKind::Credentials`] where there is a provider: code does not travel.
    pub fn to_frame(&self) -> Result<Zeroizing<Vec<u8>>> {
        if !self.providers.is_empty() {
            return Err(Error::new(
                ErrorKind::Credentials,
                "a credentials provider cannot travel to another process",
            )
            .with_help("add the secrets themselves, or give the provider in the child"));
        }
        let size = self.entries.iter().map(|entry| {
            let secret: usize =
                parts_of(&entry.secret).iter().map(|(name, value)| 16 + name.len() + value.len()).sum();
            32 + entry.key.len() + entry.selector.len() + secret
        });
        // Of its full size at once: a buffer that grows leaves copies behind.
        let mut out = Zeroizing::new(Vec::with_capacity(size.sum()));
        for entry in &self.entries {
            put(&mut out, &entry.key);
            put(&mut out, &entry.selector);
            let parts = parts_of(&entry.secret);
            let count = if entry.secret.text().is_some() { u64::MAX } else { parts.len() as u64 };
            out.extend_from_slice(&count.to_le_bytes());
            for (name, value) in parts {
                put(&mut out, name);
                put(&mut out, value);
            }
        }
        Ok(out)
    }

    /// Reads such a frame.
    ///
    /// # Errors
    /// [`ErrorKind::Credentials`] where it is none.
    pub fn from_frame(mut frame: &[u8]) -> Result<Credentials> {
        let mut credentials = Credentials::new();
        while !frame.is_empty() {
            let read = |frame: &mut &[u8]| -> Option<(String, String, Secret)> {
                let (key, selector) = (take(frame)?, take(frame)?);
                let count = take_count(frame)?;
                if count == u64::MAX {
                    take(frame)?;
                    return Some((key.to_owned(), selector.to_owned(), Secret::from(take(frame)?)));
                }
                let mut parts = Vec::new();
                for _ in 0..count {
                    parts.push((take(frame)?.to_owned(), take(frame)?.to_owned()));
                }
                Some((key.to_owned(), selector.to_owned(), Secret::parts(parts)))
            };
            let Some((key, selector, secret)) = read(&mut frame) else {
                return Err(Error::new(ErrorKind::Credentials, "the credentials frame is damaged"));
            };
            credentials.add(&key, &selector, secret);
        }
        Ok(credentials)
    }
}

fn parts_of(secret: &Secret) -> Vec<(&str, &str)> {
    match secret.text() {
        Some(text) => vec![("", text)],
        None => secret.part_names().into_iter().filter_map(|name| Some((name, secret.part(name)?))).collect(),
    }
}

fn put(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(&(text.len() as u64).to_le_bytes());
    out.extend_from_slice(text.as_bytes());
}

fn take_count(frame: &mut &[u8]) -> Option<u64> {
    let (count, rest) = frame.split_first_chunk()?;
    *frame = rest;
    Some(u64::from_le_bytes(*count))
}

fn take<'a>(frame: &mut &'a [u8]) -> Option<&'a str> {
    let length = usize::try_from(take_count(frame)?).ok()?;
    let (text, rest) = frame.split_at_checked(length)?;
    *frame = rest;
    std::str::from_utf8(text).ok()
}

/// `inner.shards[1]` as `inner.shards[*]`.
fn any_item(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut inside = false;
    for c in path.chars() {
        match c {
            '[' => {
                inside = true;
                out.push_str("[*]");
            }
            ']' if inside => inside = false,
            _ if inside => {}
            _ => out.push(c),
        }
    }
    out
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut keys: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for entry in &self.entries {
            keys.entry(&entry.key).or_default().insert(&entry.selector);
        }
        f.debug_map().entries(keys).finish()
    }
}

impl<K: AsRef<str>, S: AsRef<str>, V: Into<Secret>> FromIterator<(K, S, V)> for Credentials {
    fn from_iter<I: IntoIterator<Item = (K, S, V)>>(entries: I) -> Credentials {
        let mut credentials = Credentials::new();
        for (key, selector, secret) in entries {
            credentials.add(key.as_ref(), selector.as_ref(), secret.into());
        }
        credentials
    }
}

impl<V: Into<Secret>> From<HashMap<String, HashMap<String, V>>> for Credentials {
    fn from(map: HashMap<String, HashMap<String, V>>) -> Credentials {
        let mut credentials = Credentials::new();
        for (key, selectors) in map {
            for (selector, secret) in selectors {
                credentials.add(&key, &selector, secret.into());
            }
        }
        credentials
    }
}

/// What [`reconnect_all`](crate::reconnect_all) takes as credentials: [`Credentials`], a reference to them, or `()`
/// for none.
pub trait AsCredentials {
    /// The credentials.
    fn as_credentials(&self) -> Cow<'_, Credentials>;
}

impl AsCredentials for Credentials {
    fn as_credentials(&self) -> Cow<'_, Credentials> {
        Cow::Borrowed(self)
    }
}

impl AsCredentials for () {
    fn as_credentials(&self) -> Cow<'_, Credentials> {
        Cow::Owned(Credentials::new())
    }
}

impl<C: AsCredentials + ?Sized> AsCredentials for &C {
    fn as_credentials(&self) -> Cow<'_, Credentials> {
        (**self).as_credentials()
    }
}

impl<C: AsCredentials> AsCredentials for Option<C> {
    fn as_credentials(&self) -> Cow<'_, Credentials> {
        match self {
            Some(credentials) => credentials.as_credentials(),
            None => Cow::Owned(Credentials::new()),
        }
    }
}
