//! Addresses of the internet protocols. Their states are what serde's binary formats write.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

use cerial::{Cerial, Extract, Handler, Rebuild, Result};

/// A handler whose state converts both ways without loss.
macro_rules! converted {
    ($($(#[$doc:meta])* $handler:ident, $value:ty as $state:ty, $key:literal, $extract:expr, $rebuild:expr;)*) => {$(
        $(#[$doc])*
        pub struct $handler;
        impl Handler for $handler {
            type Value = $value;
            type State = $state;
            const KEY: &'static str = $key;
            fn extract(value: &$value, _: &mut Extract) -> Result<$state> {
                let extract: fn(&$value) -> $state = $extract;
                Ok(extract(value))
            }
            fn rebuild(state: $state, _: &mut Rebuild) -> Result<$value> {
                let rebuild: fn($state) -> $value = $rebuild;
                Ok(rebuild(state))
            }
        }
    )*};
}

/// State of an `IpAddr`: its octets, network order.
#[derive(Cerial)]
#[cerial(name = "std::IpAddr")]
#[doc(hidden)]
pub enum Ip {
    V4([u8; 4]),
    V6([u8; 16]),
}

/// State of a `SocketAddrV4`: octets and port.
#[derive(Cerial)]
#[cerial(name = "std::SocketAddrV4")]
#[doc(hidden)]
pub struct SocketV4([u8; 4], u16);

/// State of a `SocketAddrV6`: octets, port, flow information, scope.
#[derive(Cerial)]
#[cerial(name = "std::SocketAddrV6")]
#[doc(hidden)]
pub struct SocketV6([u8; 16], u16, #[cerial(default)] u32, #[cerial(default)] u32);

/// State of a `SocketAddr`.
#[derive(Cerial)]
#[cerial(name = "std::SocketAddr")]
#[doc(hidden)]
pub enum Socket {
    V4(SocketV4),
    V6(SocketV6),
}

fn v4_parts(v: &SocketAddrV4) -> SocketV4 {
    SocketV4(v.ip().octets(), v.port())
}

fn v4_of(state: SocketV4) -> SocketAddrV4 {
    SocketAddrV4::new(state.0.into(), state.1)
}

fn v6_parts(v: &SocketAddrV6) -> SocketV6 {
    SocketV6(v.ip().octets(), v.port(), v.flowinfo(), v.scope_id())
}

fn v6_of(state: SocketV6) -> SocketAddrV6 {
    SocketAddrV6::new(state.0.into(), state.1, state.2, state.3)
}

converted! {
    /// `Ipv4Addr`: its four octets.
    Ipv4AddrHandler, Ipv4Addr as [u8; 4], "std::Ipv4Addr", Ipv4Addr::octets, Ipv4Addr::from;
    /// `Ipv6Addr`: its sixteen octets.
    Ipv6AddrHandler, Ipv6Addr as [u8; 16], "std::Ipv6Addr", Ipv6Addr::octets, Ipv6Addr::from;
    /// `IpAddr`: `V4` or `V6`, and the octets.
    IpAddrHandler, IpAddr as Ip, "std::IpAddr",
        |v| match v { IpAddr::V4(v) => Ip::V4(v.octets()), IpAddr::V6(v) => Ip::V6(v.octets()) },
        |s| match s { Ip::V4(s) => IpAddr::V4(s.into()), Ip::V6(s) => IpAddr::V6(s.into()) };
    /// `SocketAddrV4`: octets and port.
    SocketAddrV4Handler, SocketAddrV4 as SocketV4, "std::SocketAddrV4", v4_parts, v4_of;
    /// `SocketAddrV6`: octets, port, flow information and scope.
    SocketAddrV6Handler, SocketAddrV6 as SocketV6, "std::SocketAddrV6", v6_parts, v6_of;
    /// `SocketAddr`: `V4` or `V6`, and what that has.
    SocketAddrHandler, SocketAddr as Socket, "std::SocketAddr",
        |v| match v { SocketAddr::V4(v) => Socket::V4(v4_parts(v)), SocketAddr::V6(v) => Socket::V6(v6_parts(v)) },
        |s| match s { Socket::V4(s) => SocketAddr::V4(v4_of(s)), Socket::V6(s) => SocketAddr::V6(v6_of(s)) };
}
