//! UUIDs.

use cerial::{Extract, Handler, Rebuild, Result};
use uuid::Uuid;

/// `uuid::Uuid`: its sixteen bytes.
pub struct UuidHandler;
impl Handler for UuidHandler {
    type Value = Uuid;
    type State = [u8; 16];
    const KEY: &'static str = "uuid::Uuid";
    fn extract(uuid: &Uuid, _: &mut Extract) -> Result<[u8; 16]> {
        Ok(*uuid.as_bytes())
    }
    fn rebuild(bytes: [u8; 16], _: &mut Rebuild) -> Result<Uuid> {
        Ok(Uuid::from_bytes(bytes))
    }
}
