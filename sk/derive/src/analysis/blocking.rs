//! Calls that may block the thread.
//!
//! Functions are known by path, methods by name. A method that is awaited does not block. Waiting for a lock is not
//! counted: nearly every shared type would block by that measure.

use std::collections::BTreeSet;

use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Block, Expr, Macro, Signature, Stmt, Token};

/// What one body calls that may block, and which of its own type's methods it calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Blocking {
    /// Paths of functions, and names of methods with a dot before them; sorted.
    pub(crate) calls: BTreeSet<String>,
    /// Methods called on `self`, or as `Self::name`.
    pub(crate) own: BTreeSet<String>,
}

/// Finds the blocking calls of a function.
pub(crate) fn blocking_calls(signature: &Signature, body: &Block) -> Blocking {
    let mut locals = Locals::default();
    locals.visit_signature(signature);
    locals.visit_block(body);
    let mut finder = Finder { locals: locals.0, found: Blocking::default() };
    finder.visit_block(body);
    finder.found
}

/// The names of variables: they are no functions.
#[derive(Default)]
struct Locals(BTreeSet<String>);

impl<'ast> Visit<'ast> for Locals {
    fn visit_pat_ident(&mut self, pat: &'ast syn::PatIdent) {
        self.0.insert(pat.ident.to_string());
        visit::visit_pat_ident(self, pat);
    }
}

/// Functions, by module or type.
const FUNCTIONS: &[(&str, &[&str])] = &[
    (
        "std::fs",
        &[
            "canonicalize",
            "copy",
            "create_dir",
            "create_dir_all",
            "exists",
            "hard_link",
            "metadata",
            "read",
            "read_dir",
            "read_link",
            "read_to_string",
            "remove_dir",
            "remove_dir_all",
            "remove_file",
            "rename",
            "set_permissions",
            "soft_link",
            "symlink_metadata",
            "write",
        ],
    ),
    ("std::io", &["copy", "read_to_string", "stdin"]),
    ("std::thread", &["park", "park_timeout", "scope", "sleep", "sleep_until"]),
    ("std::fs::File", &["create", "create_new", "open", "options"]),
    ("std::net::TcpStream", &["connect", "connect_timeout"]),
    ("std::net::TcpListener", &["bind"]),
    ("std::net::UdpSocket", &["bind"]),
    ("std::os::unix::net::UnixStream", &["connect"]),
    ("std::os::unix::net::UnixListener", &["bind"]),
    ("std::os::unix::net::UnixDatagram", &["bind"]),
    ("reqwest::blocking", &["get"]),
    ("ureq", &["delete", "get", "head", "patch", "post", "put", "request"]),
    ("minreq", &["get", "post"]),
    ("attohttpc", &["get", "post", "put"]),
    ("rusqlite::Connection", &["open", "open_in_memory", "open_with_flags"]),
    ("postgres::Client", &["connect"]),
    ("mysql::Conn", &["new"]),
    ("mysql::Pool", &["new"]),
    ("redis::Client", &["open"]),
    ("redis::cmd", &["query"]),
    ("mongodb::sync::Client", &["with_options", "with_uri_str"]),
    ("duckdb::Connection", &["open", "open_in_memory"]),
    ("sled", &["open"]),
    ("ssh2::Session", &["new"]),
    ("ldap3::LdapConn", &["new"]),
    ("diesel::PgConnection", &["establish"]),
    ("diesel::SqliteConnection", &["establish"]),
    ("diesel::MysqlConnection", &["establish"]),
    ("lettre::SmtpTransport", &["relay"]),
    ("futures::executor", &["block_on"]),
    ("pollster", &["block_on"]),
    ("tokio::task", &["block_in_place"]),
    ("suitkaise_timing", &["sleep"]),
    ("suitkaise::timing", &["sleep"]),
    ("timing", &["sleep"]),
];

/// Crates whose functions are awaited, not waited for.
const ASYNC_ROOTS: &[&str] = &["async_fs", "async_std", "futures_timer", "smol", "tokio", "async_net"];

/// Methods that block whatever they are called on.
const METHODS: &[&str] = &[
    "accept",
    "aggregate",
    "batch_execute",
    "block_on",
    "blocking_lock",
    "blocking_read",
    "blocking_recv",
    "blocking_send",
    "blocking_write",
    "bulk_write",
    "bytes_stream",
    "canonicalize",
    "commit",
    "copy_in",
    "copy_out",
    "count_documents",
    "create_dir_all",
    "delete_many",
    "delete_object",
    "delete_one",
    "distinct",
    "download",
    "estimated_document_count",
    "exec_batch",
    "exec_drop",
    "exec_first",
    "exec_iter",
    "exec_map",
    "execute_batch",
    "fetch_all",
    "fetch_one",
    "fetch_optional",
    "find_one",
    "find_one_and_update",
    "flush",
    "get_object",
    "head_object",
    "incoming",
    "insert_many",
    "insert_one",
    "into_json",
    "list_collection_names",
    "list_database_names",
    "list_objects",
    "list_objects_v2",
    "load_iter",
    "peek_from",
    "ping",
    "put_object",
    "query_drop",
    "query_first",
    "query_iter",
    "query_map",
    "query_one",
    "query_opt",
    "query_raw",
    "query_row",
    "query_typed",
    "read_dir",
    "read_exact",
    "read_line",
    "read_link",
    "read_line_lossy",
    "read_to_end",
    "read_to_string",
    "read_until",
    "read_vectored",
    "recv",
    "recv_deadline",
    "recv_from",
    "recv_timeout",
    "replace_one",
    "run_command",
    "send_form",
    "send_json",
    "send_string",
    "send_to",
    "short",
    "simple_query",
    "symlink_metadata",
    "sync_all",
    "sync_data",
    "trip",
    "try_exists",
    "update_many",
    "update_one",
    "upload",
    "wait",
    "wait_timeout",
    "wait_timeout_while",
    "wait_while",
    "wait_with_output",
    "with_uri_str",
    "write_all",
    "write_fmt",
    "write_vectored",
];

/// Methods that block when they take no argument.
const WITHOUT_ARGUMENTS: &[&str] = &[
    "exists",
    "is_dir",
    "is_file",
    "is_symlink",
    "join",
    "metadata",
    "output",
    "park",
    "rollback",
    "spawn",
    "status",
];

/// Methods that block on some types: believed of whatever is named like a connection, or is made by a call that is.
const ON_CONNECTIONS: &[&str] = &[
    "batch",
    "bytes",
    "call",
    "command",
    "connect",
    "copy",
    "create",
    "delete",
    "exec",
    "execute",
    "exists",
    "fetch",
    "find",
    "get",
    "hget",
    "hset",
    "incr",
    "insert",
    "json",
    "keys",
    "list",
    "load",
    "lpop",
    "lpush",
    "open",
    "peek",
    "prepare",
    "publish",
    "put",
    "query",
    "query_async",
    "read",
    "req_command",
    "request",
    "rpop",
    "rpush",
    "run",
    "scan",
    "seek",
    "send",
    "set",
    "shutdown",
    "subscribe",
    "text",
    "transaction",
    "update",
    "write",
    "del",
    "ttl",
    "expire",
    "set_ex",
    "get_connection",
    "post",
    "patch",
    "head",
    "select",
];

/// What such names contain.
const CONNECTION_WORDS: &[&str] = &[
    "blob",
    "bucket",
    "cache",
    "client",
    "cluster",
    "collection",
    "conn",
    "curl",
    "cursor",
    "database",
    "db",
    "disk",
    "duck",
    "elastic",
    "file",
    "ftp",
    "http",
    "influx",
    "kafka",
    "ldap",
    "listener",
    "mail",
    "mongo",
    "mysql",
    "neo4j",
    "pg",
    "pipe",
    "pool",
    "postgres",
    "reader",
    "redis",
    "remote",
    "reqwest",
    "request",
    "s3",
    "server",
    "session",
    "smtp",
    "socket",
    "sock",
    "sql",
    "ssh",
    "statement",
    "stmt",
    "stdin",
    "stdout",
    "store",
    "storage",
    "stream",
    "table",
    "tcp",
    "transaction",
    "tx",
    "udp",
    "unix",
    "upstream",
    "ureq",
    "writer",
    "child",
    "process",
    "command",
    "agent",
    "queue",
    "rx",
];

struct Finder {
    locals: BTreeSet<String>,
    found: Blocking,
}

impl Finder {
    fn function(&mut self, path: &syn::Path) {
        let segments: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
        let (Some(name), Some(root)) = (segments.last(), segments.first()) else { return };
        if let [.., owner, _] = &segments[..]
            && owner == "Self"
        {
            self.found.own.insert(name.clone());
            return;
        }
        for (module, names) in FUNCTIONS {
            if !names.contains(&name.as_str()) {
                continue;
            }
            let module: Vec<&str> = module.split("::").collect();
            let written = &segments[..segments.len() - 1];
            // `use std::fs::read` and `use std::fs` leave the end of the path. A lone name must be a function's: types
            // are written with their name. What another known crate brings is its own.
            let lone = written.is_empty()
                && !self.locals.contains(name)
                && module.last().is_some_and(|m| m.starts_with(char::is_lowercase));
            let foreign = ASYNC_ROOTS.contains(&root.as_str()) && module[0] != root.as_str();
            let tail = written.len() <= module.len()
                && module[module.len() - written.len()..].iter().zip(written).all(|(m, w)| m == w);
            if !foreign && (lone || (!written.is_empty() && tail)) {
                self.found.calls.insert(format!("{}::{name}", module.join("::")));
                return;
            }
        }
    }

    fn method(&mut self, call: &syn::ExprMethodCall) {
        let name = call.method.to_string();
        if is_self(&call.receiver) {
            self.found.own.insert(name.clone());
        }
        let known = METHODS.contains(&name.as_str())
            || (call.args.is_empty() && WITHOUT_ARGUMENTS.contains(&name.as_str()))
            || (ON_CONNECTIONS.contains(&name.as_str()) && looks_like_a_connection(&call.receiver));
        if known && !is_self(&call.receiver) {
            self.found.calls.insert(format!(".{name}"));
        }
    }
}

fn is_self(expr: &Expr) -> bool {
    match expr {
        Expr::Path(path) => path.path.is_ident("self"),
        Expr::Paren(paren) => is_self(&paren.expr),
        Expr::Reference(reference) => is_self(&reference.expr),
        Expr::Unary(unary) => is_self(&unary.expr),
        _ => false,
    }
}

fn looks_like_a_connection(expr: &Expr) -> bool {
    let mut words = String::new();
    let mut tokens: Vec<_> = quote::ToTokens::to_token_stream(expr).into_iter().collect();
    while let Some(token) = tokens.pop() {
        match token {
            proc_macro2::TokenTree::Ident(ident) => words.push_str(&ident.to_string().to_lowercase()),
            proc_macro2::TokenTree::Group(group) => tokens.extend(group.stream()),
            _ => words.push(' '),
        }
        words.push(' ');
    }
    CONNECTION_WORDS.iter().any(|word| words.contains(word))
}

impl<'ast> Visit<'ast> for Finder {
    fn visit_expr_await(&mut self, awaited: &'ast syn::ExprAwait) {
        // The awaited call itself gives way; what is inside its arguments is looked at.
        match &*awaited.base {
            Expr::Call(call) => call.args.iter().for_each(|arg| self.visit_expr(arg)),
            Expr::MethodCall(call) => {
                if is_self(&call.receiver) {
                    self.found.own.insert(call.method.to_string());
                }
                self.visit_expr(&call.receiver);
                call.args.iter().for_each(|arg| self.visit_expr(arg));
            }
            other => self.visit_expr(other),
        }
    }

    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        // Called or handed over as a value: `map(fs::read)` calls it as well.
        self.function(&path.path);
        visit::visit_expr_path(self, path);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.method(call);
        visit::visit_expr_method_call(self, call);
    }

    fn visit_macro(&mut self, mac: &'ast Macro) {
        if let Ok(args) = mac.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated) {
            args.iter().for_each(|arg| self.visit_expr(arg));
            if mac.path.segments.last().is_some_and(|s| s.ident == "write" || s.ident == "writeln")
                && args.first().is_some_and(looks_like_a_connection)
            {
                self.found.calls.insert(".write_fmt".into());
            }
        } else if let Ok(stmts) = mac.parse_body_with(Block::parse_within) {
            let stmts: Vec<Stmt> = stmts;
            stmts.iter().for_each(|stmt| self.visit_stmt(stmt));
        } else {
            // Not Rust: every known name in it counts.
            let mut tokens: Vec<_> = mac.tokens.clone().into_iter().collect();
            while let Some(token) = tokens.pop() {
                match token {
                    proc_macro2::TokenTree::Group(group) => tokens.extend(group.stream()),
                    proc_macro2::TokenTree::Ident(ident) => {
                        let name = ident.to_string();
                        if METHODS.contains(&name.as_str())
                            || FUNCTIONS.iter().any(|(_, names)| names.contains(&name.as_str()))
                        {
                            self.found.calls.insert(name);
                        }
                    }
                    _ => {}
                }
            }
        }
    }
}
