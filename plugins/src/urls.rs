//! URLs.

use cerial::{Error, Extract, Handler, Rebuild, Result};
use url::Url;

/// `url::Url`: its text, which is parsed again. A password in it is part of the text: keep secrets out of URLs that
/// travel, or use a `Live` resource, which splits them off.
pub struct UrlHandler;
impl Handler for UrlHandler {
    type Value = Url;
    type State = String;
    const KEY: &'static str = "url::Url";
    fn extract(url: &Url, _: &mut Extract) -> Result<String> {
        Ok(url.as_str().to_owned())
    }
    fn rebuild(text: String, _: &mut Rebuild) -> Result<Url> {
        Url::parse(&text).map_err(Error::rebuild)
    }
}
