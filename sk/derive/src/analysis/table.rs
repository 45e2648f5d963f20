//! The table of methods that the analyses are held to.
//!
//! Each row is a method, and what it reads and writes at least. Rows marked `exactly` are idioms where saying more would
//! make every reader wait for nothing.

use std::collections::BTreeSet;

use syn::{ImplItem, ItemImpl};

use super::{Own, blocking_calls, effects_of};

fn names(list: &str) -> BTreeSet<String> {
    list.split_whitespace().map(str::to_owned).collect()
}

/// Other methods of the block, which rows call.
const HELPERS: &str = "
    fn bump(&mut self) { self.count += 1; }
    fn tick(&self) { self.clicks.set(self.clicks.get() + 1); }
    fn cell(&self) -> &Cell<u32> { &self.clicks }
    fn items_mut(&mut self) -> &mut Vec<Item> { &mut self.items }
    fn with(&self, f: impl Fn(&Cell<u32>)) { f(&self.clicks) }
    fn deep(&mut self) { self.deeper(1) }
    fn deeper(&mut self, n: u32) { if n > 0 { self.deep() } self.bump() }
    fn me(&self) -> &Self { self }
    fn opener(path: &str) -> std::fs::File { std::fs::File::open(path).unwrap() }
    fn slow(&self) { std::thread::sleep(self.pause) }
    fn slower(&self) { self.slow() }
";

struct Row(&'static str, &'static str, &'static str);

#[track_caller]
fn check(rows: &[Row], exactly: bool) {
    let mut wrong = Vec::new();
    for Row(source, reads, writes) in rows {
        let block: ItemImpl = syn::parse_str(&format!("impl Thing {{ {HELPERS} {source} }}"))
            .unwrap_or_else(|e| panic!("{source}: {e}"));
        let methods: Vec<_> = block
            .items
            .iter()
            .filter_map(|item| if let ImplItem::Fn(f) = item { Some(f) } else { None })
            .filter(|f| f.sig.receiver().is_some())
            .map(|f| Own { signature: &f.sig, body: &f.block, stated: None })
            .collect();
        let name = methods.last().unwrap().signature.ident.to_string();
        let got = &effects_of("Thing", &methods)[&name];
        let holds = |got: &BTreeSet<String>, want: &BTreeSet<String>| {
            if exactly { got == want } else { got.contains("*") || want.is_subset(got) }
        };
        if !holds(&got.reads, &names(reads)) || !holds(&got.writes, &names(writes)) {
            wrong.push(format!(
                "{source}\n    want reads [{reads}] writes [{writes}]\n    got  reads {:?} writes {:?}",
                got.reads, got.writes
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn common_idioms_say_exactly_what_they_touch() {
    check(
        &[
            Row("fn a(&self) -> u32 { self.count }", "count", ""),
            Row("fn a(&self) -> usize { self.items.len() }", "items", ""),
            Row("fn a(&mut self) { self.count = 1; }", "", "count"),
            Row("fn a(&mut self) { self.count += 1; }", "count", "count"),
            Row("fn a(&mut self, x: Item) { self.items.push(x); }", "items", "items"),
            Row(
                "fn a(&self) -> f64 { self.times.iter().sum::<f64>() / self.times.len() as f64 }",
                "times",
                "",
            ),
            Row("fn a(&self, k: &str) -> Option<u32> { self.map.get(k).copied() }", "map", ""),
            Row(
                "fn a(&self) -> Vec<String> { self.items.iter().filter(|i| i.n > self.count).map(|i| i.name.clone()).collect() }",
                "items count",
                "",
            ),
            Row("fn a(&self) -> String { format!(\"{} {:?}\", self.count, self.items) }", "count items", ""),
            Row("fn a(&self) -> u32 { let n = self.count; let m = n + 1; m * 2 }", "count", ""),
            Row("fn a(&self) -> bool { self.items.is_empty() && self.count == 0 }", "items count", ""),
            Row(
                "fn a(&mut self, host: String) { self.count += 1; *self.map.entry(host).or_default() += 1; }",
                "count map",
                "count map",
            ),
            Row(
                "fn a(&self) -> Option<&Item> { if self.count == 0 { return None; } self.items.first() }",
                "count items",
                "",
            ),
            Row("fn a(&self) -> u32 { let Thing { count, .. } = self; *count }", "count", ""),
            Row("fn a(&self) -> f64 { self.times.iter().copied().fold(f64::MIN, f64::max) }", "times", ""),
            Row("fn a(&self) -> u32 { std::cmp::max(self.count, self.other) }", "count other", ""),
            Row(
                "fn a(&self, n: usize) -> u32 { match self.items.get(n) { Some(i) => i.n, None => 0 } }",
                "items",
                "",
            ),
            Row("fn a() -> u32 { 1 } fn b(&self) -> u32 { Self::a() }", "", ""),
            Row("fn a(&self) -> u64 { let f = |x: u64| x * 2; f(3) }", "", ""),
            Row(
                "fn a(&self) -> Vec<String> { let mut out = Vec::new(); for i in &self.items { out.push(i.name.clone()); } out }",
                "items",
                "",
            ),
            Row(
                "fn a(&self) -> Vec<f64> { let mut all: Vec<_> = self.times.iter().copied().collect(); all.sort_by(f64::total_cmp); all }",
                "times",
                "",
            ),
            Row("fn a(&self) -> (u32, bool) { (self.count, self.on) }", "count on", ""),
        ],
        true,
    );
}

#[test]
fn nothing_is_missed() {
    check(
        &[
            // Aliases.
            Row("fn a(&mut self) { let c = &mut self.count; *c = 1; }", "", "count"),
            Row("fn a(&mut self) { let this = self; this.count = 1; }", "", "count"),
            Row(
                "fn a(&mut self) { let this = &mut *self; let v = &mut this.items; v.clear(); }",
                "",
                "items",
            ),
            Row("fn a(&self) { let c = &self.clicks; let d = c; d.set(1); }", "clicks", "clicks"),
            Row(
                "fn a(&self) { let mut c = &self.other_cell; for _ in 0..2 { c.set(1); c = &self.clicks; } }",
                "clicks other_cell",
                "clicks other_cell",
            ),
            Row(
                "fn a(&self) { let shared = self.state.clone(); thread::spawn(move || { shared.lock().unwrap().n = 1; }); }",
                "state",
                "state",
            ),
            Row(
                "fn a(&mut self) { let (x, y) = (&mut self.a, &mut self.b); std::mem::swap(x, y); }",
                "a b",
                "a b",
            ),
            Row("fn a(&mut self) { std::mem::swap(&mut self.a, &mut self.b); }", "", "a b"),
            Row("fn a(&mut self) -> Vec<Item> { std::mem::take(&mut self.items) }", "items", "items"),
            Row(
                "fn a(&self) { let holder = Some(&self.clicks); if let Some(c) = holder { c.set(2); } }",
                "clicks",
                "clicks",
            ),
            Row(
                "fn a(&self) { let mut all = Vec::new(); all.push(&self.clicks); for c in all { c.set(1); } }",
                "clicks",
                "clicks",
            ),
            Row("fn a(&self) { let pair = (self, 1); pair.0.clicks.set(1); }", "", "clicks"),
            Row("fn a(&mut self) { let p = &raw mut self.count; unsafe { *p = 1 } }", "", "count"),
            Row(
                "fn a(&mut self) { let c = match self.on { true => &mut self.a, false => &mut self.b }; c.push(1); }",
                "on",
                "a b",
            ),
            Row("fn a(&self) { let c = loop { break &self.clicks; }; c.set(1); }", "clicks", "clicks"),
            Row(
                "fn a(&self) { let c = 'x: { if self.on { break 'x &self.clicks; } &self.other_cell }; c.set(1); }",
                "on",
                "clicks other_cell",
            ),
            Row(
                "fn a(&self) { let x = &self.clicks; { let x = 1; drop(x); } x.set(1); }",
                "clicks",
                "clicks",
            ),
            Row(
                "fn a(&self) { let mut v = Vec::new(); v.push(&self.clicks); for c in v.iter() { c.set(1); } }",
                "clicks",
                "clicks",
            ),
            Row(
                "fn a(&self) { let mut v = Vec::new(); v.push(1); let v = &self.queue; v.push(1); }",
                "queue",
                "queue",
            ),
            Row(
                "fn a(&mut self) { let mut v = vec![]; v = std::mem::take(&mut self.items); v.push(1); }",
                "items",
                "items",
            ),
            Row(
                "fn a(&self) { let mut v = Vec::new(); v.push(&self.clicks); v.sort_by_key(|c| { c.set(1); 1 }); }",
                "clicks",
                "clicks",
            ),
            Row(
                "fn a(&self) { let mut v = Vec::new(); v.push(&self.clicks); v.retain(check); }",
                "clicks",
                "clicks",
            ),
            // Whole objects.
            Row("fn a(&mut self) { *self = Thing::default(); }", "", "*"),
            Row("fn a(&mut self) { reset(self); }", "*", "*"),
            Row("fn a(&self) { register(&self); }", "*", "*"),
            Row("fn a(&self) -> Thing { self.clone() }", "*", ""),
            Row("fn a(&self, other: &Self) -> bool { self == other }", "*", ""),
            Row("fn a(&self) -> Thing { Thing { count: 1, ..*self } }", "*", ""),
            Row("fn a(&self) -> String { format!(\"{self:?}\") }", "*", ""),
            Row("fn a(&self, other: &Self) { other.clicks.set(1); }", "", "clicks"),
            // Destructuring.
            Row(
                "fn a(&mut self) { let Self { count, items, .. } = self; *count += 1; items.clear(); }",
                "",
                "count items",
            ),
            Row("fn a(&mut self) { let Thing { count: c, .. } = &mut *self; *c = 1; }", "", "count"),
            Row("fn a(&self) { let Self { clicks, .. } = self; clicks.set(1); }", "clicks", "clicks"),
            Row(
                "fn a(&mut self) { match self { Thing { slot: Some(x), .. } => *x = 1, _ => {} } }",
                "slot",
                "slot",
            ),
            Row("fn a(&mut self) { if let Some(ref mut x) = self.slot { *x = 1; } }", "slot", "slot"),
            Row("fn a(&mut self) { if let Some(x) = &mut self.slot { x.n = 1; } }", "slot", "slot"),
            Row(
                "fn a(&mut self) { let Some(x) = self.slot.as_mut() else { return }; *x = 1; }",
                "slot",
                "slot",
            ),
            Row("fn a(&mut self) { (self.a, self.b) = (1, 2); }", "", "a b"),
            Row("fn a(&mut self) { [self.a, ..] = f(); }", "", "a"),
            Row(
                "fn a(&mut self) { while let Some(x) = self.items.pop() { self.seen.insert(x); } }",
                "items seen",
                "items seen",
            ),
            Row("fn a(&mut self) { match self { Self::On(n) => *n += 1, Self::Off => {} } }", "*", "*"),
            // Interior mutability.
            Row("fn a(&self) { self.clicks.set(1); }", "", "clicks"),
            Row("fn a(&self) { *self.state.lock().unwrap() = 1; }", "", "state"),
            Row("fn a(&self) { self.hits.fetch_add(1, Ordering::Relaxed); }", "", "hits"),
            Row("fn a(&self) { self.list.borrow_mut().push(1); }", "", "list"),
            Row("fn a(&self) { for c in self.cells.iter() { c.set(0); } }", "cells", "cells"),
            Row("fn a(&self) { self.cells.iter().for_each(|c| c.set(0)); }", "cells", "cells"),
            Row("fn a(&self) { self.cells.iter().for_each(reset_cell); }", "cells", "cells"),
            Row("fn a(&self) { self.cells.iter().for_each(Cell::touch); }", "cells", "cells"),
            Row(
                "fn a(&self) { let f = |c: &Cell<u32>| c.set(0); self.cells.iter().for_each(f); }",
                "cells",
                "cells",
            ),
            Row("fn a(&self) { let f = |c: &Cell<u32>| c.set(0); f(&self.clicks); }", "clicks", "clicks"),
            Row(
                "fn a(&self) { CALLBACK(&self.clicks); self.cells.iter().for_each(CALLBACK); }",
                "clicks cells",
                "clicks cells",
            ),
            Row("fn a(&self) { fill(&self.clicks); }", "clicks", "clicks"),
            Row("fn a(&self) { (self.callback)(3); }", "callback", "callback"),
            Row("fn a(&self) { self.once.get_or_init(|| 3); }", "once", "once"),
            Row("fn a(&self) { self.tx.send(self.count).unwrap(); }", "tx count", "tx"),
            // Exclusive look-ups: an LRU cache's `get` moves what it finds.
            Row("fn a(&mut self, k: &str) -> Option<u32> { self.cache.get(k).copied() }", "cache", "cache"),
            // Nested closures, async blocks, early returns.
            Row(
                "fn a(&self) { let f = || { let g = || self.clicks.set(1); g(); }; f(); }",
                "clicks",
                "clicks",
            ),
            Row(
                "fn a(&mut self) { (0..3).for_each(|i| { (0..i).for_each(|_| self.count += 1); }); }",
                "count",
                "count",
            ),
            Row("async fn a(&self) { async { self.clicks.set(1) }.await; }", "", "clicks"),
            Row(
                "fn a(&mut self) -> Result<(), E> { let n = self.count.checked_add(1).ok_or(E)?; self.other = n; Ok(()) }",
                "count",
                "other",
            ),
            Row(
                "fn a(&self) -> Option<&Cell<u32>> { if self.on { return Some(&self.clicks); } None }",
                "on clicks",
                "",
            ),
            // Macros.
            Row("fn a(&mut self) { write!(self.out, \"{}\", self.count).unwrap(); }", "count out", "out"),
            Row("fn a(&self) { mystery!(self => set); }", "*", "*"),
            Row("fn a(&self) { let c = &self.clicks; mystery!(c => set); }", "clicks", "clicks"),
            Row("fn a(&self) { let c = &self.clicks; mystery!(\"{c}\"); }", "clicks", "clicks"),
            Row("fn a(&self) { let v = vec![&self.clicks]; v[0].set(1); }", "clicks", "clicks"),
            Row("fn a(&self) { assert!(matches!(self.slot, Some(_))); }", "slot", ""),
            // Other methods.
            Row("fn a(&mut self) { self.bump(); }", "count", "count"),
            Row("fn a(&mut self) { self.deep(); }", "count", "count"),
            Row("fn a(&self) { self.tick() }", "clicks", "clicks"),
            Row("fn a(&self) { self.cell().set(1); }", "clicks", "clicks"),
            Row("fn a(&mut self) { self.items_mut().clear(); }", "items", "items"),
            Row("fn a(&self) { self.with(|c| c.set(1)); }", "clicks", "clicks"),
            Row("fn a(&self) { self.me().me().clicks.set(1); }", "", "clicks"),
            Row("fn a(&mut self) { Self::bump(self); }", "count", "count"),
            Row("fn a(&mut self) { Thing::bump(&mut *self); }", "count", "count"),
            Row("fn a(&mut self) { self.elsewhere(); }", "*", "*"),
            Row("fn a(&mut self) { Other::consume(self); }", "*", "*"),
            // Generics, indices, nested fields.
            Row(
                "fn a<K: Hash, V>(&mut self, k: K, f: impl Fn(&mut V)) { f(self.map.get_mut(&k).unwrap()); }",
                "map",
                "map",
            ),
            Row("fn a<F: Fn(&Cell<u32>)>(&self, f: F) { f(&self.clicks) }", "clicks", "clicks"),
            Row("fn a(&mut self, i: usize) { self.grid[i][self.column].n = 1; }", "column", "grid"),
            Row("fn a(&mut self) { self.config.limits.depth -= 1; }", "config", "config"),
            Row("fn a(&self) { self.nodes[0].cell.set(1) }", "nodes", "nodes"),
            Row("fn a(self) -> Vec<Item> { self.items }", "items", ""),
            Row("fn a(&self) -> Box<dyn Fn() + '_> { Box::new(move || self.clicks.set(1)) }", "", "clicks"),
        ],
        false,
    );
}

#[test]
fn nothing_is_missed_by_any_other_way_of_saying_it() {
    check(
        &[
            Row("fn a(&mut self) { let Self { count, .. } = &mut *self; *count += 1; }", "", "count"),
            Row("fn a(&mut self) { for i in self.items.iter_mut() { i.n += 1 } }", "items", "items"),
            Row(
                "fn a(&mut self) { std::mem::swap(&mut self.count, &mut self.other); }",
                "count other",
                "count other",
            ),
            Row("fn a(&mut self) { match &mut self.slot { Some(s) => *s = 1, None => {} } }", "slot", "slot"),
            Row("fn a(&mut self) { let (a, b) = (&mut self.count, 1); *a = b; }", "", "count"),
            Row("fn a(&mut self) { let r = 'a: { break 'a &mut self.items }; r.clear() }", "", "items"),
            Row("fn a(&self) { let c = || &self.clicks; c().set(1) }", "", "clicks"),
            Row("fn a(&self) { let f = Self::tick; f(self) }", "*", "*"),
            Row("fn a(&self) { (|| self.clicks.set(1))() }", "", "clicks"),
            Row("fn a(&self) { self.items.iter().for_each(|i| i.cell.set(1)) }", "items", "items"),
            Row("fn a(&mut self) { let s = self; s.count += 1; }", "", "count"),
            Row("fn a(&self) { let Thing { clicks: c, .. } = self; c.set(1); }", "", "clicks"),
            Row("fn a(&self) { self.items.first().map(|i| &i.cell).unwrap().set(1) }", "items", "items"),
            Row("fn a(&self) { let r: &Self = self; r.tick() }", "", "clicks"),
            Row("fn a(&mut self) { let it = self; it.bump() }", "count", "count"),
            Row("fn a(&mut self) { while let Some(x) = self.items.pop() { drop(x) } }", "items", "items"),
            Row("fn a(&self) { let c = |x: &Cell<u32>| x.set(1); c(&self.clicks); }", "", "clicks"),
            Row("fn a(&self) { let fs: [fn(&Thing); 1] = [Thing::tick]; fs[0](self); }", "*", "*"),
            Row("fn a(&self) -> usize { self.items.iter().map(Item::touch).count() }", "items", "items"),
            Row("fn a(&self) { std::thread::scope(|s| { s.spawn(|| self.clicks.set(1)); }) }", "", "clicks"),
            Row(
                "fn a(&mut self) { let Thing { items, .. } = self else { return }; items.clear() }",
                "",
                "items",
            ),
            Row("fn a(&mut self) { self.items.clone_from(&self.nodes); }", "nodes", "items"),
            Row("fn a(&mut self) { *self = Thing::default() }", "", "*"),
            Row("fn a(&mut self) { self.count = { self.clicks.set(2); 3 }; }", "", "clicks count"),
            Row("fn a(&self) { let p = &self.pair; let (a, b) = p; a.set(1) }", "", "pair"),
            Row("fn a(&mut self) { let ref mut x = self.count; *x = 1; }", "", "count"),
            Row("fn a(&mut self) { if let Thing { count: ref mut c, .. } = *self { *c = 1 } }", "", "count"),
            Row(
                "fn a(&mut self, k: u32) { self.map.entry(k).and_modify(|v| *v += self.count).or_insert(0); }",
                "map count",
                "map",
            ),
            Row("fn a(&mut self) { let x; x = &mut self.items; x.clear(); }", "", "items"),
            Row(
                "fn a(&mut self) { let mut best = &mut self.count; if self.on { best = &mut self.other; } *best = 1; }",
                "on",
                "count other",
            ),
            Row(
                "fn a(&mut self) { let all = [&mut self.count, &mut self.other]; for one in all { *one = 1; } }",
                "",
                "count other",
            ),
            Row("fn a(&mut self) { Some(&mut self.count).into_iter().for_each(|c| *c += 1); }", "", "count"),
            Row(
                "fn a(&mut self) { let mut f = || self.count += 1; let mut g = &mut f; g(); }",
                "count",
                "count",
            ),
            Row("fn a(&self) { let s = Wrapper { inner: self }; s.inner.clicks.set(1) }", "", "clicks"),
            Row("fn a(&self) { let h = Helper::new(self); h.run() }", "*", "*"),
            Row(
                "fn a(&mut self) { if self.on { &mut self.count } else { &mut self.other }.add_assign(1) }",
                "on",
                "count other",
            ),
            Row(
                "fn a(&self) { let v: Vec<_> = self.items.iter().collect(); v[0].cell.set(1) }",
                "items",
                "items",
            ),
            Row("fn a(&self) { let b = Box::new(&self.clicks); b.set(1) }", "", "clicks"),
            Row(
                "fn a(&mut self) -> std::slice::IterMut<'_, Item> { self.items.iter_mut() }",
                "items",
                "items",
            ),
            Row("fn a(&self) { unsafe { *(&self.count as *const u32 as *mut u32) = 1 } }", "", "count"),
        ],
        false,
    );
}

#[track_caller]
fn blocks(source: &str, want: &[&str]) {
    let f: syn::ImplItemFn = syn::parse_str(source).unwrap();
    let got: Vec<String> = blocking_calls(&f.sig, &f.block).calls.into_iter().collect();
    assert_eq!(got, want, "{source}");
}

#[test]
fn blocking_calls_are_found_by_path() {
    blocks("fn a() { std::fs::read(\"x\"); }", &["std::fs::read"]);
    blocks("fn a() { fs::read(\"x\"); }", &["std::fs::read"]);
    blocks("fn a() { read_to_string(\"x\"); }", &["std::fs::read_to_string"]);
    blocks("fn a() { thread::sleep(d); }", &["std::thread::sleep"]);
    blocks(
        "fn a() { File::open(p); TcpStream::connect(a); }",
        &["std::fs::File::open", "std::net::TcpStream::connect"],
    );
    blocks("fn a() { paths.map(fs::metadata); }", &["std::fs::metadata"]);
    blocks(
        "fn a() { if x { vec![fs::read(p)] } else { let f = || || sleep(d); f()() } }",
        &["std::fs::read", "std::thread::sleep"],
    );
    blocks("fn a() { reqwest::blocking::get(u); ureq::get(u); }", &["reqwest::blocking::get", "ureq::get"]);
    blocks(
        "fn a() { rusqlite::Connection::open(p); postgres::Client::connect(u, NoTls); }",
        &["postgres::Client::connect", "rusqlite::Connection::open"],
    );
}

#[test]
fn blocking_calls_are_found_by_method() {
    blocks("fn a() { rx.recv(); }", &[".recv"]);
    blocks("fn a() { handle.join(); names.join(\",\"); }", &[".join"]);
    blocks("fn a(&self) { self.conn.query_row(s, [], f); }", &[".query_row"]);
    blocks("fn a(&self) { self.redis.get(k); self.map.get(k); }", &[".get"]);
    blocks("fn a() { Command::new(\"ls\").output(); }", &[".output"]);
    blocks("fn a() { collection.find_one(q); s3.put_object(o); }", &[".find_one", ".put_object"]);
    blocks("fn a() { circuit.short(); }", &[".short"]);
    blocks("fn a() { runtime.block_on(f); rx.blocking_recv(); }", &[".block_on", ".blocking_recv"]);
    blocks("fn a() { writeln!(file, \"x\"); }", &[".write_fmt"]);
    blocks("fn a() { strange!(a => b.recv(), fs::read); }", &["read", "recv"]);
}

#[test]
fn what_is_awaited_does_not_block() {
    blocks("async fn a() { tokio::fs::read(p).await; tokio::time::sleep(d).await; rx.recv().await; }", &[]);
    blocks("async fn a() { f(std::fs::read(p)).await; }", &["std::fs::read"]);
    blocks("fn a(metadata: u32) { let copy = metadata + 1; g(copy); }", &[]);
    blocks("fn a(&self) -> u32 { self.items.iter().map(|i| i.len()).sum() }", &[]);
}
