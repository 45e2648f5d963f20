//! TCP streams: the peer by name, and the options of the socket.

use std::fmt;
use std::io;
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use cerial::{Auth, Connect, Error, ErrorKind, Failure, Reach, Reconnector, Result, Secret};
use serde::{Deserialize, Serialize};
use socket2::{SockRef, TcpKeepalive};

use crate::io_failure;

/// How a TCP stream is connected: host and port, resolved at each connect, and the socket's options.
///
/// What was written and not read by the other side, and what was read and not asked for, is lost; so is the local
/// port, which is the operating system's choice. The options of a live socket are kept when it is serialized.
///
/// ```
/// # fn main() -> cerial::Result<()> {
/// use std::io::Write;
/// use cerial::Live;
/// use cerial_reconnectors::Tcp;
/// let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
/// let port = listener.local_addr()?.port();
///
/// let stream = Live::placeholder(Tcp::new("localhost", port).nodelay(true));
/// stream.get()?.write_all(b"hello")?;              // connects: it needs no secret
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tcp {
    host: String,
    port: u16,
    options: Options,
}

/// What is set after connecting; none is the system's default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Options {
    nodelay: Option<bool>,
    nonblocking: Option<bool>,
    ttl: Option<u32>,
    read_timeout: Option<Duration>,
    write_timeout: Option<Duration>,
    linger: Option<Duration>,
    keepalive: Option<Keepalive>,
    recv_buffer: Option<usize>,
    send_buffer: Option<usize>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Keepalive {
    time: Duration,
    interval: Duration,
    retries: u32,
}

impl Tcp {
    /// A stream to a host (name or address) and port.
    pub fn new(host: impl Into<String>, port: u16) -> Tcp {
        Tcp { host: host.into(), port, options: Options::default() }
    }

    /// Sends small packets at once.
    #[must_use]
    pub fn nodelay(mut self, on: bool) -> Tcp {
        self.options.nodelay = Some(on);
        self
    }

    /// Sets how long a read waits.
    #[must_use]
    pub fn read_timeout(mut self, wait: Duration) -> Tcp {
        self.options.read_timeout = Some(wait);
        self
    }

    /// Sets how long a write waits.
    #[must_use]
    pub fn write_timeout(mut self, wait: Duration) -> Tcp {
        self.options.write_timeout = Some(wait);
        self
    }

    /// Tries the addresses of the host in turn until one answers.
    fn dial(&self, cx: &Connect<'_>) -> Result<TcpStream> {
        let addresses = (self.host.as_str(), self.port).to_socket_addrs().map_err(|error| {
            Error::unreachable(format!("cannot resolve `{}`: {}", self.host, io_failure::words(&error)))
        })?;
        let mut last = Error::unreachable(format!("`{}` has no address", self.host));
        for address in addresses {
            match TcpStream::connect_timeout(&address, cx.left()) {
                Ok(stream) => return Ok(stream),
                Err(error) => last = io_failure::error(&error),
            }
            if Instant::now() >= cx.deadline() {
                break;
            }
        }
        Err(last)
    }

    fn apply(&self, stream: &TcpStream) -> io::Result<()> {
        let socket = SockRef::from(stream);
        let options = &self.options;
        if let Some(on) = options.nodelay {
            stream.set_nodelay(on)?;
        }
        if let Some(ttl) = options.ttl.filter(|_| stream.peer_addr().is_ok_and(|peer| peer.is_ipv4())) {
            stream.set_ttl(ttl)?;
        }
        if options.linger.is_some() {
            socket.set_linger(options.linger)?;
        }
        if let Some(keepalive) = &options.keepalive {
            let settings = TcpKeepalive::new().with_time(keepalive.time);
            #[cfg(any(target_os = "linux", target_vendor = "apple", windows))]
            let settings = settings.with_interval(keepalive.interval).with_retries(keepalive.retries);
            socket.set_tcp_keepalive(&settings)?;
        }
        if let Some(bytes) = options.recv_buffer {
            socket.set_recv_buffer_size(bytes)?;
        }
        if let Some(bytes) = options.send_buffer {
            socket.set_send_buffer_size(bytes)?;
        }
        stream.set_read_timeout(options.read_timeout)?;
        stream.set_write_timeout(options.write_timeout)?;
        // Last: the rest is plain calls, this changes how the user's go.
        if let Some(on) = options.nonblocking {
            stream.set_nonblocking(on)?;
        }
        Ok(())
    }

    fn read_options(stream: &TcpStream, before: &Options) -> io::Result<Options> {
        let socket = SockRef::from(stream);
        let keepalive = if socket.keepalive()? { keepalive(&socket)? } else { None };
        Ok(Options {
            nodelay: Some(stream.nodelay()?),
            #[cfg(unix)]
            nonblocking: Some(socket.nonblocking()?),
            #[cfg(not(unix))]
            nonblocking: before.nonblocking,
            ttl: stream.ttl().ok(),
            read_timeout: stream.read_timeout()?,
            write_timeout: stream.write_timeout()?,
            linger: socket.linger()?,
            keepalive,
            // The kernel tunes these by itself unless they are set, and does not tell which it is.
            recv_buffer: before.recv_buffer,
            send_buffer: before.send_buffer,
        })
    }
}

#[cfg(any(target_os = "linux", target_vendor = "apple"))]
fn keepalive(socket: &SockRef<'_>) -> io::Result<Option<Keepalive>> {
    Ok(Some(Keepalive {
        time: socket.tcp_keepalive_time()?,
        interval: socket.tcp_keepalive_interval()?,
        retries: socket.tcp_keepalive_retries()?,
    }))
}

#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
fn keepalive(_: &SockRef<'_>) -> io::Result<Option<Keepalive>> {
    Ok(None)
}

impl Reconnector for Tcp {
    type Live = TcpStream;
    const KEY: &'static str = "std::net::TcpStream";
    const ALIASES: &'static [&'static str] = &["socket.socket"];
    const AUTH: Auth = Auth::None;

    fn connect(&self, cx: &Connect<'_>) -> Result<TcpStream> {
        let stream = self.dial(cx)?;
        self.apply(&stream).map_err(|error| {
            Error::connect(Failure::Other, format!("cannot set an option of the socket: {error}"))
        })?;
        Ok(stream)
    }

    fn place(&self) -> String {
        self.to_string()
    }

    fn reach(&self) -> Reach {
        Reach::Host(self.host.clone())
    }

    fn observe(&mut self, stream: &mut TcpStream) -> Result<()> {
        if let Ok(options) = Tcp::read_options(stream, &self.options) {
            self.options = options;
        }
        Ok(())
    }

    fn is_alive(&self, stream: &mut TcpStream) -> bool {
        if !matches!(stream.take_error(), Ok(None)) {
            return false;
        }
        #[cfg(unix)]
        let before = SockRef::from(&*stream).nonblocking().unwrap_or(false);
        #[cfg(not(unix))]
        let before = self.options.nonblocking.unwrap_or(false);
        if stream.set_nonblocking(true).is_err() {
            return false;
        }
        // Nothing there yet is alive, the end of the stream is not.
        let alive = match stream.peek(&mut [0]) {
            Ok(bytes) => bytes > 0,
            Err(error) => error.kind() == io::ErrorKind::WouldBlock,
        };
        stream.set_nonblocking(before).is_ok() && alive
    }

    fn adopt(stream: &mut TcpStream) -> Result<Tcp> {
        let peer = stream.peer_addr()?;
        let mut recipe = Tcp::new(peer.ip().to_string(), peer.port());
        recipe.observe(stream)?;
        Ok(recipe)
    }

    fn from_url(url: &str) -> Result<(Tcp, Option<Secret>)> {
        let wrong = || Error::new(ErrorKind::Credentials, "want `tcp://host:port`");
        let (host, port) =
            url.strip_prefix("tcp://").and_then(|rest| rest.rsplit_once(':')).ok_or_else(wrong)?;
        if host.contains('@') {
            return Err(wrong());
        }
        let host = host.trim_start_matches('[').trim_end_matches(']');
        Ok((Tcp::new(host, port.parse().map_err(|_| wrong())?), None))
    }
}

impl fmt::Display for Tcp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}
