//! Ids: base64url, without padding, of what identifies a path.
//!
//! An rp never begins with a separator and an ap always does (or with a drive), so the text needs no marker.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::{PathError, PathErrorKind, Skpath, SkpathState};

pub(crate) fn encode(path: &Skpath) -> String {
    URL_SAFE_NO_PAD.encode(SkpathState::from(path).bytes())
}

pub(crate) fn decode(id: &str) -> Result<Skpath, PathError> {
    let refuse = || {
        let shown: String = id.chars().take(60).collect();
        PathError::new(PathErrorKind::InvalidId, format!("read the path id {shown:?}"))
    };
    let bytes = URL_SAFE_NO_PAD.decode(id).map_err(|e| {
        refuse().why("it is not base64url without padding, as `Skpath::id` writes it").caused_by(e)
    })?;
    if bytes.is_empty() {
        return Err(refuse().why("it is empty"));
    }
    let absolute = bytes[0] == b'/' || bytes.get(1..3) == Some(b":/".as_slice());
    let state = if absolute { SkpathState::from_ap(bytes) } else { SkpathState::from_rp(bytes) };
    Skpath::try_from(state).map_err(|e| match e.kind() {
        PathErrorKind::InvalidPath => refuse().why(e.to_string()).caused_by(e),
        _ => e,
    })
}
