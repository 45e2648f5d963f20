//! Values that go by handlers: patterns, addresses, identifiers, times.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::rc::Rc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use regex::{Regex, RegexSet};
use suitkaise::cerial::Via;
use suitkaise::plugins::PatternOptions;
use suitkaise::{Cerial, Pattern};

use crate::build::Build;
use crate::checks::Checks;
use crate::part::{Noun, part};

#[derive(Cerial)]
pub struct Handled {
    regex: Regex,
    named: Option<Regex>,
    set: RegexSet,
    of_bytes: regex::bytes::Regex,
    pattern: Vec<Via<Pattern>>,
    pooled: Rc<Regex>,
    url: url::Url,
    id: uuid::Uuid,
    ip: (IpAddr, IpAddr, Ipv4Addr, Ipv6Addr),
    socket: (SocketAddr, SocketAddrV4, SocketAddrV6),
    duration: Duration,
    before_1970: SystemTime,
    after: SystemTime,
    ago: Instant,
    ahead: Instant,
}

impl Noun for Handled {
    const NAME: &'static str = "handled";

    fn new(cx: &mut Build) -> Handled {
        let (v4, v6) = (Ipv4Addr::from(cx.rng.u32(..)), Ipv6Addr::from(cx.rng.u128(..)));
        let options = || {
            let mut options = PatternOptions::default();
            options.case_insensitive = true;
            options
        };
        let apart = Duration::new(cx.rng.u64(..1 << 33), cx.rng.u32(..1_000_000_000));
        let repeat = cx.rng.u8(1..5);
        let wait = Duration::from_secs(cx.rng.u64(60..3600));
        Handled {
            regex: Regex::new(&format!("^(a{{{repeat}}})(b)?")).expect("a pattern"),
            named: Some(Regex::new(r"(?<year>\d{4})-(?<month>\d\d)").expect("a pattern")),
            set: RegexSet::new(["a+", "b+", "^c$"]).expect("patterns"),
            of_bytes: regex::bytes::Regex::new(r"(?-u)\xff+").expect("a pattern"),
            pattern: vec![Via(Pattern::new("abc+", options()).expect("a pattern"))],
            pooled: cx.pool.pattern.clone(),
            url: format!("https://example.org:8443/{}?q=a%20b#end", cx.rng.u16(..)).parse().expect("a URL"),
            id: uuid::Uuid::from_u128(cx.rng.u128(..)),
            ip: (v4.into(), v6.into(), v4, v6),
            socket: (
                (v6, cx.rng.u16(..)).into(),
                SocketAddrV4::new(v4, cx.rng.u16(..)),
                SocketAddrV6::new(v6, 7, cx.rng.u32(..), cx.rng.u32(..)),
            ),
            duration: apart,
            before_1970: UNIX_EPOCH - apart,
            after: UNIX_EPOCH + apart,
            ago: Instant::now().checked_sub(Duration::from_millis(500)).unwrap_or_else(Instant::now),
            ahead: Instant::now() + wait,
        }
    }

    fn verify(&self, came: &Handled, checks: &mut Checks<'_>) {
        let groups = |regex: &Regex| {
            ["aaaab", "ab", "b"].map(|text| {
                let found = regex.captures(text)?;
                Some((found.get(1)?.range(), found.get(2).map(|group| group.range())))
            })
        };
        checks.same("regex", groups(&came.regex), groups(&self.regex));
        let found = came.named.as_ref().and_then(|regex| regex.captures("on 2024-05-17"));
        checks.same("named group", found.as_ref().map(|found| &found["month"]), Some("05"));
        checks.same("span", found.and_then(|found| found.get(0)).map(|all| all.range()), Some(3..10));
        let matched: Vec<_> = came.set.matches("xxbb").into_iter().collect();
        checks.same("set", matched, vec![1]);
        checks.same("of_bytes", came.of_bytes.find(b"a\xff\xff").map(|found| found.range()), Some(1..3));
        checks.that("pattern's options", came.pattern[0].is_match("xABCC"));
        checks.that("pooled is the pool's", Rc::ptr_eq(&came.pooled, &checks.pool.pattern));
        checks.same("url's port", came.url.port(), Some(8443));
        checks.same("url's path", came.url.path(), self.url.path());
        checks.same("url's query", came.url.query_pairs().count(), 1);
        checks.same("id", came.id, self.id);
        checks.same("ip", came.ip, self.ip);
        checks.same("is loopback", came.ip.0.is_loopback(), self.ip.0.is_loopback());
        checks.same("socket", came.socket, self.socket);
        checks.same("flow and scope", came.socket.2.scope_id(), self.socket.2.scope_id());
        checks.same("duration", came.duration, self.duration);
        checks.same("before_1970", came.before_1970, self.before_1970);
        checks.same("after", came.after.duration_since(UNIX_EPOCH).ok(), Some(self.duration));
        // The two stand still in their own time: between sending and now some of it has passed.
        let late = Duration::from_secs(60);
        let apart = |a: Instant, b: Instant| a.max(b) - a.min(b);
        checks.that("ago", apart(came.ago, self.ago) < late && came.ago < Instant::now());
        checks.that("ahead", apart(came.ahead, self.ahead) < late);
    }
}
part!(Handled);
