//! Addresses of the internet protocols. Their forms are what serde's binary formats write.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

use super::by_state;

#[derive(cerial_derive::Cerial)]
#[cerial(name = "std::Ipv4Addr")]
struct V4([u8; 4]);

#[derive(cerial_derive::Cerial)]
#[cerial(name = "std::Ipv6Addr")]
struct V6([u8; 16]);

#[derive(cerial_derive::Cerial)]
#[cerial(name = "std::IpAddr")]
enum Ip {
    V4([u8; 4]),
    V6([u8; 16]),
}

/// Octets and port.
#[derive(cerial_derive::Cerial)]
#[cerial(name = "std::SocketAddrV4")]
struct SocketV4([u8; 4], u16);

/// Octets, port, flow information, scope. serde's form ends behind the port.
#[derive(cerial_derive::Cerial)]
#[cerial(name = "std::SocketAddrV6")]
struct SocketV6([u8; 16], u16, #[cerial(default)] u32, #[cerial(default)] u32);

#[derive(cerial_derive::Cerial)]
#[cerial(name = "std::SocketAddr")]
enum Socket {
    V4(SocketV4),
    V6(SocketV6),
}

impl From<&SocketAddrV4> for SocketV4 {
    fn from(v: &SocketAddrV4) -> SocketV4 {
        SocketV4(v.ip().octets(), v.port())
    }
}

impl From<SocketV4> for SocketAddrV4 {
    fn from(state: SocketV4) -> SocketAddrV4 {
        SocketAddrV4::new(state.0.into(), state.1)
    }
}

impl From<&SocketAddrV6> for SocketV6 {
    fn from(v: &SocketAddrV6) -> SocketV6 {
        SocketV6(v.ip().octets(), v.port(), v.flowinfo(), v.scope_id())
    }
}

impl From<SocketV6> for SocketAddrV6 {
    fn from(state: SocketV6) -> SocketAddrV6 {
        SocketAddrV6::new(state.0.into(), state.1, state.2, state.3)
    }
}

by_state! {
    Ipv4Addr as V4, |v| V4(v.octets()), |s| Ok(s.0.into());
    Ipv6Addr as V6, |v| V6(v.octets()), |s| Ok(s.0.into());
    IpAddr as Ip,
        |v| match v { IpAddr::V4(v) => Ip::V4(v.octets()), IpAddr::V6(v) => Ip::V6(v.octets()) },
        |s| Ok(match s { Ip::V4(s) => IpAddr::V4(s.into()), Ip::V6(s) => IpAddr::V6(s.into()) });
    SocketAddrV4 as SocketV4, |v| v.into(), |s| Ok(s.into());
    SocketAddrV6 as SocketV6, |v| v.into(), |s| Ok(s.into());
    SocketAddr as Socket,
        |v| match v { SocketAddr::V4(v) => Socket::V4(v.into()), SocketAddr::V6(v) => Socket::V6(v.into()) },
        |s| Ok(match s { Socket::V4(s) => SocketAddr::V4(s.into()), Socket::V6(s) => SocketAddr::V6(s.into()) });
}
