//! Recipes must not hold secrets: a field named like one is refused.

use std::any::{TypeId, type_name};
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use serde_json::Value;

use super::Reconnector;
use crate::error::{Error, ErrorKind, Result};

/// Field names of secrets, without `_` and in lower case. Whole names: `password_file` and `ssl_key_path` are paths.
const SECRET_NAMES: &[&str] = &[
    "pass",
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "passcode",
    "secret",
    "secretkey",
    "clientsecret",
    "token",
    "accesstoken",
    "authtoken",
    "apikey",
    "privatekey",
    "credential",
    "credentials",
];

/// Refuses a recipe type that has a field for a secret. Looks once per type.
pub(super) fn check<R: Reconnector>(recipe: &R) -> Result<()> {
    static CHECKED: LazyLock<Mutex<HashMap<TypeId, Option<String>>>> = LazyLock::new(Mutex::default);
    let mut checked = CHECKED.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let field = checked.entry(TypeId::of::<R>()).or_insert_with(|| {
        // A recipe that is no JSON cannot be looked through; the canary tests of its crate must.
        serde_json::to_value(recipe).ok().and_then(|value| secret_field(&value))
    });
    match field {
        None => Ok(()),
        Some(field) => Err(Error::new(
            ErrorKind::Unwritable,
            format!(
                "the recipe `{}` has a field `{field}`: a recipe travels and must not hold secrets",
                type_name::<R>()
            ),
        )
        .with_help("remove the field: `connect` gets the secret from `Connect::secret`")),
    }
}

fn secret_field(value: &Value) -> Option<String> {
    match value {
        Value::Object(fields) => fields.iter().find_map(|(name, value)| {
            let plain: String =
                name.chars().filter(|c| !"_-".contains(*c)).flat_map(char::to_lowercase).collect();
            if SECRET_NAMES.contains(&plain.as_str()) { Some(name.clone()) } else { secret_field(value) }
        }),
        Value::Array(items) => items.iter().find_map(secret_field),
        _ => None,
    }
}
