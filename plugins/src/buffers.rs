//! Shared buffers of `bytes`.

use bytes::{Bytes, BytesMut};

use crate::states::{fine, states};

states! {
    /// `bytes::Bytes`: its bytes. Two that shared one buffer come back apart.
    BytesHandler, Bytes as Vec<u8>, "bytes::Bytes", |v| v.to_vec(), |s| fine(Bytes::from(s));
    /// `bytes::BytesMut`: its bytes, without what it had reserved.
    BytesMutHandler, BytesMut as Vec<u8>, "bytes::BytesMut", |v| v.to_vec(), |s: Vec<u8>| fine(BytesMut::from(Bytes::from(s)));
}
