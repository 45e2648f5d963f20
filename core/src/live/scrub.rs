//! Taking secrets out of text that somebody else wrote.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use super::Secret;

/// Replaces every form in which a secret may stand in a driver's message by `***`.
///
/// The forms: as it is, percent-encoded, JSON-escaped, in `{:?}` quotes, in base64 (also behind `user:`, at each of
/// the three alignments).
///
/// ```
/// use cerial::{Secret, scrub};
/// let secret = Secret::from("p@ss/word");
/// assert_eq!(scrub("bad url pg://u:p%40ss%2Fword@h", &[&secret]), "bad url pg://u:***@h");
/// ```
pub fn scrub(text: &str, secrets: &[&Secret]) -> String {
    let mut out = Zeroizing::new(text.to_owned());
    for value in secrets.iter().flat_map(|secret| secret.values()) {
        if value.is_empty() {
            continue;
        }
        let mut forms = forms(value);
        // Longest first, or a plain form inside an encoded one would leave the rest of it.
        forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
        for form in forms {
            if !form.is_empty() && out.contains(form.as_str()) {
                out = Zeroizing::new(out.replace(form.as_str(), "***"));
            }
        }
    }
    out.to_string()
}

/// Forms of fewer base64 characters than this stand in any text by chance.
const SHORTEST_BASE64: usize = 6;

fn forms(value: &str) -> Vec<Zeroizing<String>> {
    let mut forms = vec![
        Zeroizing::new(value.to_owned()),
        percent(value, true),
        percent(value, false),
        quoted(format!("{value:?}")),
    ];
    if let Ok(json) = serde_json::to_string(value) {
        forms.push(quoted(json));
    }
    for skip in 0..3 {
        for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            let mut padded = Zeroizing::new(vec![0u8; skip]);
            padded.extend_from_slice(value.as_bytes());
            let encoded = Zeroizing::new(engine.encode(&*padded));
            // Only the characters that the secret alone decides: not those it shares with its neighbours.
            let start = (skip * 8).div_ceil(6);
            let end = (skip + value.len()) * 8 / 6;
            if end >= start + SHORTEST_BASE64 {
                forms.push(Zeroizing::new(encoded[start..end].to_owned()));
            }
        }
    }
    forms
}

fn quoted(text: String) -> Zeroizing<String> {
    let text = Zeroizing::new(text);
    Zeroizing::new(text[1..text.len() - 1].to_owned())
}

fn percent(value: &str, upper: bool) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::new());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else if upper {
            out.push_str(&format!("%{byte:02X}"));
        } else {
            out.push_str(&format!("%{byte:02x}"));
        }
    }
    out
}
