//! Indexes the words of every text file below a directory, in a child process.
//!
//! ```text
//! cargo run --release --example wordcount -- [DIR] [--db FILE] [--top N] [--postgres URL] [--redis URL]
//! ```
//!
//! One object does the work, and it is full of things that no serializer takes: a database connection, a socket, a
//! compiled pattern, a directory tree that points up and down, a lock, a trait object. It is serialized, goes to a
//! child process, is reconnected there, and writes the counts of one file per run into SQLite, while it reports each
//! file over the socket to a small line server in the parent.
//!
//! With `--postgres URL` the counts go to PostgreSQL, with `--redis URL` the progress goes to Redis. A password is
//! taken from `WORDCOUNT_POSTGRES_PASSWORD` and `WORDCOUNT_REDIS_PASSWORD`, or from the URL, where it is split off at
//! once.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use regex::Regex;
use suitkaise::reconnectors::{Postgres, Redis, Sqlite, Tcp};
use suitkaise::{
    Cerial, Context, Credentials, Job, Live, ProcessConfig, Result, Secret, Skprocess, cerial, skprocess,
};

// ---- the object that travels

/// A directory: its children by strong pointers, its parent by a weak one.
#[derive(Cerial)]
struct Dir {
    name: PathBuf,
    parent: Weak<Dir>,
    dirs: Vec<Arc<Dir>>,
    files: Vec<PathBuf>,
}

impl Dir {
    /// The path from the root's own name down, found by walking up.
    fn path(&self) -> PathBuf {
        match self.parent.upgrade() {
            Some(parent) => parent.path().join(&self.name),
            None => self.name.clone(),
        }
    }
}

/// Splits text into words. Behind a trait object: the child gets whichever the parent chose.
#[cerial::object]
trait Tokenizer: Send {
    fn words<'t>(&self, pattern: &Regex, text: &'t str) -> Vec<std::borrow::Cow<'t, str>>;
}

#[derive(Cerial)]
struct Lowercase {
    shortest: usize,
}

#[cerial::object]
impl Tokenizer for Lowercase {
    fn words<'t>(&self, pattern: &Regex, text: &'t str) -> Vec<std::borrow::Cow<'t, str>> {
        let long =
            pattern.find_iter(text).map(|word| word.as_str()).filter(|word| word.len() >= self.shortest);
        long.map(|word| word.to_lowercase().into()).collect()
    }
}

/// How far the work is. The child writes it, the parent's copy stays as it was: state travels one way.
#[derive(Cerial, Default)]
struct Progress {
    files: u64,
    words: u64,
    not_text: Vec<String>,
}

#[derive(Cerial)]
struct Indexer {
    root: Arc<Dir>,
    /// Every file in order: its directory (shared with the tree) and its place there.
    queue: Vec<(Arc<Dir>, usize)>,
    pattern: Regex,
    tokenizer: Box<dyn Tokenizer>,
    progress: Mutex<Progress>,
    counts: Live<Sqlite>,
    line: Live<Tcp>,
    warehouse: Option<Live<Postgres>>,
    board: Option<Live<Redis>>,
    #[cerial(skip)]
    cache: HashMap<String, u64>,
    /// What the child reconnects with; set by the parent, never serialized.
    #[cerial(skip)]
    credentials: Option<Credentials>,
}

#[skprocess(autoreconnect)]
impl Skprocess for Indexer {
    type Output = (u64, u64, Vec<String>);

    fn config(&self) -> ProcessConfig {
        let config = ProcessConfig::new().runs(self.queue.len() as u64);
        match &self.credentials {
            Some(credentials) => config.autoreconnect(credentials.clone()),
            None => config,
        }
    }

    /// One file.
    fn run(&mut self, cx: &mut Context) -> Result {
        let (dir, index) = &self.queue[cx.current_run() as usize];
        let path = dir.path().join(&dir.files[*index]);
        let words = match std::fs::read(&path).map(String::from_utf8) {
            Ok(Ok(text)) => self.count(&text),
            Ok(Err(_)) => {
                self.lock().not_text.push(path.display().to_string());
                0
            }
            Err(error) => return Err(format!("cannot read {}: {error}", path.display()).into()),
        };
        self.store()?;
        let mut progress = self.lock();
        progress.files += 1;
        progress.words += words;
        drop(progress);
        if let Some(board) = &mut self.board {
            redis::cmd("INCR").arg("wordcount:files").exec(board.get_mut()?)?;
        }
        writeln!(self.line.get_mut()?, "{words} {}", path.display())?;
        Ok(())
    }

    fn result(&mut self, _: &mut Context) -> Result<(u64, u64, Vec<String>)> {
        let mut progress = self.lock();
        Ok((progress.files, progress.words, std::mem::take(&mut progress.not_text)))
    }
}

impl Indexer {
    fn lock(&self) -> std::sync::MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn count(&mut self, text: &str) -> u64 {
        let words = self.tokenizer.words(&self.pattern, text);
        for word in &words {
            match self.cache.get_mut(&**word) {
                Some(count) => *count += 1,
                None => drop(self.cache.insert(word.clone().into_owned(), 1)),
            }
        }
        words.len() as u64
    }

    /// Adds the counts of one file to the table, in one transaction: killed at any moment, the table is whole.
    fn store(&mut self) -> Result {
        let counts = self.cache.drain();
        if let Some(warehouse) = &mut self.warehouse {
            let mut transaction = warehouse.get_mut()?.transaction()?;
            let add = transaction.prepare(
                "insert into wordcount values ($1, $2) \
                 on conflict (word) do update set n = wordcount.n + excluded.n",
            )?;
            for (word, n) in counts {
                transaction.execute(&add, &[&word, &(n as i64)])?;
            }
            return Ok(transaction.commit()?);
        }
        let transaction = self.counts.get_mut()?.transaction()?;
        {
            let mut add = transaction.prepare_cached(
                "insert into words values (?1, ?2) on conflict (word) do update set n = n + excluded.n",
            )?;
            for (word, n) in counts {
                add.execute((word, n as i64))?;
            }
        }
        Ok(transaction.commit()?)
    }
}

// ---- the parent

struct Args {
    dir: PathBuf,
    db: PathBuf,
    top: usize,
    postgres: Option<String>,
    redis: Option<String>,
}

impl Args {
    fn parse() -> Result<Args> {
        let mut parsed = Args {
            dir: PathBuf::from("."),
            db: std::env::temp_dir().join(format!("wordcount-{}.db", std::process::id())),
            top: 10,
            postgres: None,
            redis: None,
        };
        let mut args = std::env::args().skip(1);
        while let Some(arg) = args.next() {
            let mut value = || args.next().ok_or(format!("`{arg}` needs a value"));
            match &*arg {
                "--db" => parsed.db = value()?.into(),
                "--top" => parsed.top = value()?.parse()?,
                "--postgres" => parsed.postgres = Some(value()?),
                "--redis" => parsed.redis = Some(value()?),
                other if other.starts_with('-') => {
                    return Err(
                        format!("unknown option `{other}`; see the top of examples/wordcount.rs").into()
                    );
                }
                dir => parsed.dir = dir.into(),
            }
        }
        Ok(parsed)
    }
}

/// The tree below a directory, without what .gitignore leaves out.
fn read_dir(path: &Path, name: PathBuf, parent: &Weak<Dir>) -> Result<Arc<Dir>> {
    let mut dirs = Vec::new();
    let mut files = Vec::new();
    for entry in ignore::WalkBuilder::new(path).max_depth(Some(1)).sort_by_file_name(Ord::cmp).build() {
        let entry = entry?;
        if entry.depth() == 0 {
            continue;
        }
        let kind = entry.file_type();
        if kind.is_some_and(|kind| kind.is_dir()) {
            dirs.push(entry.into_path());
        } else if kind.is_some_and(|kind| kind.is_file()) {
            files.push(PathBuf::from(entry.file_name()));
        }
    }
    let mut failed = None;
    let dir = Arc::new_cyclic(|this| {
        let below = dirs.into_iter().map_while(|path| {
            let name = PathBuf::from(path.file_name().unwrap_or_default());
            read_dir(&path, name, this).map_err(|error| failed = Some(error)).ok()
        });
        Dir { name, parent: parent.clone(), dirs: below.collect(), files }
    });
    failed.map_or(Ok(dir), Err)
}

fn queue(dir: &Arc<Dir>, into: &mut Vec<(Arc<Dir>, usize)>) {
    into.extend((0..dir.files.len()).map(|index| (dir.clone(), index)));
    dir.dirs.iter().for_each(|dir| queue(dir, into));
}

/// The line server: hands each line of each client on.
fn serve(listener: TcpListener, lines: std::sync::mpsc::Sender<String>) {
    std::thread::spawn(move || {
        for client in listener.incoming().filter_map(std::io::Result::ok) {
            let lines = lines.clone();
            let read = move |client: TcpStream| {
                BufReader::new(client)
                    .lines()
                    .map_while(std::io::Result::ok)
                    .try_for_each(|line| lines.send(line))
            };
            std::thread::spawn(move || read(client));
        }
    });
}

/// Live resources for `--postgres` and `--redis`, and the secrets that the child needs for them.
struct Services {
    warehouse: Option<Live<Postgres>>,
    board: Option<Live<Redis>>,
    credentials: Credentials,
}

fn services(args: &Args) -> Result<Services> {
    use cerial::Reconnector as _;
    let mut credentials = Credentials::new();
    let mut secret = |key: &str, split: Option<Secret>, variable: &str| {
        let secret = split.or_else(|| Secret::from_env(variable).ok());
        if let Some(secret) = &secret {
            credentials = std::mem::take(&mut credentials).with(key, "*", secret.clone());
        }
        secret
    };
    let mut warehouse = None;
    if let Some(url) = &args.postgres {
        let (recipe, split) = Postgres::from_url(url)?;
        let secret = secret(Postgres::KEY, split, "WORDCOUNT_POSTGRES_PASSWORD");
        let mut live = Live::open(recipe, secret.as_ref())?;
        live.get_mut()?.batch_execute(
            "drop table if exists wordcount; create table wordcount (word text primary key, n bigint not null)",
        )?;
        warehouse = Some(live);
    }
    let mut board = None;
    if let Some(url) = &args.redis {
        let (recipe, split) = Redis::from_url(url)?;
        let secret = secret(Redis::KEY, split, "WORDCOUNT_REDIS_PASSWORD");
        let mut live = Live::open(recipe, secret.as_ref())?;
        redis::cmd("DEL").arg("wordcount:files").exec(live.get_mut()?)?;
        board = Some(live);
    }
    Ok(Services { warehouse, board, credentials })
}

fn top_words(indexer: &mut Indexer, n: usize) -> Result<Vec<(String, i64)>> {
    if let Some(warehouse) = &mut indexer.warehouse {
        let rows = warehouse
            .get_mut()?
            .query("select word, n from wordcount order by n desc, word limit $1", &[&(n as i64)])?;
        return Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect());
    }
    let db = indexer.counts.get_mut()?;
    let mut statement = db.prepare("select word, n from words order by n desc, word limit ?1")?;
    let rows = statement.query_map([n as i64], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Shows the bar until the child is done, fed by the line server.
fn watch(job: &Job<Indexer>, lines: &std::sync::mpsc::Receiver<String>, total: u64) {
    let bar = ProgressBar::new(total);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} files {per_sec} {wide_msg}") {
        bar.set_style(style);
    }
    while job.is_alive() {
        while let Ok(line) = lines.recv_timeout(Duration::from_millis(50)) {
            bar.inc(1);
            bar.set_message(line.split_once(' ').map_or(String::new(), |(_, path)| path.to_owned()));
        }
    }
    bar.inc(lines.try_iter().count() as u64);
    bar.finish_and_clear();
}

#[suitkaise::main]
fn main() -> Result {
    let args = Args::parse()?;
    let root = read_dir(&args.dir, args.dir.clone(), &Weak::new())
        .map_err(|error| format!("cannot read the directory {}: {error}", args.dir.display()))?;
    let mut files = Vec::new();
    queue(&root, &mut files);

    // The line server listens, the object connects to it: here, and again in the child.
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    let (sender, lines) = std::sync::mpsc::channel();
    serve(listener, sender);

    let Services { warehouse, board, credentials } = services(&args)?;
    let mut counts = Live::open(Sqlite::file(&args.db), None)
        .map_err(|error| format!("cannot open the database {}: {error}", args.db.display()))?;
    counts.get_mut()?.execute_batch(
        "pragma journal_mode = wal; drop table if exists words;
         create table words (word text primary key, n integer not null) without rowid;",
    )?;
    let mut indexer = Indexer {
        root,
        queue: files,
        pattern: Regex::new(r"\p{Alphabetic}[\p{Alphabetic}\p{M}'_]*")?,
        tokenizer: Box::new(Lowercase { shortest: 2 }),
        progress: Mutex::default(),
        counts,
        line: Live::open(Tcp::new("127.0.0.1", port), None)?,
        warehouse,
        board,
        cache: HashMap::new(),
        credentials: (!credentials.is_empty()).then_some(credentials),
    };

    // What travels, before it does.
    let bytes = cerial::serialize(&indexer)?;
    println!("{} files below {}, database {}", indexer.queue.len(), args.dir.display(), args.db.display());
    println!("what travels: {} bytes, of this shape:", bytes.len());
    println!("{}", cerial::inspect(&bytes)?.schema());

    let start = Instant::now();
    let job = indexer.start()?;
    println!("child process: {}", job.pid().unwrap_or_default());
    watch(&job, &lines, indexer.queue.len() as u64);

    let outcome = job.result();
    println!("\ntop words:");
    for (word, n) in top_words(&mut indexer, args.top)? {
        println!("{n:>9}  {word}");
    }
    match &outcome {
        Ok((files, words, not_text)) => {
            println!("\n{words} words in {files} files, {:.1?}", start.elapsed());
            if !not_text.is_empty() {
                println!("{} files are not text and were left out, such as {}", not_text.len(), not_text[0]);
            }
        }
        Err(error) => {
            println!("\nnot finished: {error}\nthe database holds the whole files counted until then")
        }
    }
    let timers = job.timers();
    println!("\nsetup  {}\nrun    {}\nresult {}", timers.setup, timers.run, timers.result);
    let _ = indexer.root.path();
    outcome.map(drop).map_err(Into::into)
}
