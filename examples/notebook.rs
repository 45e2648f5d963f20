//! A notebook in one file: saved, loaded, and looked into without its types.
//!
//! ```text
//! cargo run --example notebook -- [--verbose] [FILE]
//! ```
//!
//! Its notes share their tags, know the folder that holds them, and carry compiled patterns and trait objects: what a
//! serializer for plain data makes you flatten first. With `--verbose` it prints what is written, part by part.

use std::path::PathBuf;
use std::rc::{Rc, Weak};

use suitkaise::cerial::{self, Options};
use suitkaise::{Cerial, inspect};

// ---- the notebook: nothing in it was bent into shape for being saved

/// A folder: its notes, by strong pointers.
#[derive(Cerial)]
struct Folder {
    name: String,
    notes: Vec<Rc<Note>>,
}

#[derive(Cerial)]
struct Note {
    title: String,
    /// The way up. Weak, so that folder and notes do not keep each other alive.
    folder: Weak<Folder>,
    /// Shared: one tag on many notes is one object, also after loading.
    tags: Vec<Rc<Tag>>,
    blocks: Vec<Box<dyn Block>>,
    /// Comes back compiled.
    highlight: Option<regex::Regex>,
}

#[derive(Cerial)]
struct Tag {
    name: String,
    /// How often it was looked up; a cell is a container like any other.
    lookups: std::cell::Cell<u32>,
}

/// What a note is made of. Anybody may add a kind: mark the trait and each `impl`.
#[cerial::object]
trait Block {
    fn show(&self, highlight: Option<&regex::Regex>) -> String;
}

#[derive(Cerial)]
struct Text(String);

#[derive(Cerial)]
struct Table {
    rows: Vec<(String, f64)>,
}

#[cerial::object]
impl Block for Text {
    fn show(&self, highlight: Option<&regex::Regex>) -> String {
        highlight.map_or(self.0.clone(), |pattern| pattern.replace_all(&self.0, "*$0*").into_owned())
    }
}

#[cerial::object]
impl Block for Table {
    fn show(&self, _: Option<&regex::Regex>) -> String {
        self.rows.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
    }
}

/// Two notes with a tag in common.
fn notebook() -> Result<Rc<Folder>, regex::Error> {
    let rust = Rc::new(Tag { name: "rust".into(), lookups: 0.into() });
    let todo = Rc::new(Tag { name: "todo".into(), lookups: 0.into() });
    let highlight = regex::Regex::new(r"\bsuit\w+")?;
    // `new_cyclic` hands out the folder's weak pointer before the folder is there.
    Ok(Rc::new_cyclic(|folder| Folder {
        name: "work".into(),
        notes: vec![
            Rc::new(Note {
                title: "carrying things".into(),
                folder: folder.clone(),
                tags: vec![rust.clone(), todo],
                blocks: vec![Box::new(Text("pack the suitkaise".into()))],
                highlight: Some(highlight),
            }),
            Rc::new(Note {
                title: "weights".into(),
                folder: folder.clone(),
                tags: vec![rust],
                blocks: vec![Box::new(Table { rows: vec![("book".into(), 1.5), ("lamp".into(), 2.0)] })],
                highlight: None,
            }),
        ],
    }))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (mut verbose, mut file) = (false, None);
    for arg in std::env::args().skip(1) {
        match &*arg {
            "--verbose" => verbose = true,
            _ => file = Some(PathBuf::from(arg)),
        }
    }
    let file = file.unwrap_or_else(|| std::env::temp_dir().join("notebook.cerial"));

    // `preflight` names each field that could not travel, before there is a value.
    cerial::preflight::<Folder>()?;
    let options = Options::new().verbose(verbose);
    std::fs::write(&file, options.serialize(&notebook()?)?)?;

    // Another run of the program, or another program with these types, would begin here.
    let bytes = std::fs::read(&file)?;
    let folder: Rc<Folder> = options.deserialize(&bytes)?;
    for note in &folder.notes {
        let tags: Vec<_> = note.tags.iter().map(|tag| &*tag.name).collect();
        let above = note.folder.upgrade().map_or("nowhere".into(), |folder| folder.name.clone());
        println!("{above}/{} [{}]", note.title, tags.join(", "));
        for block in &note.blocks {
            println!("  {}", block.show(note.highlight.as_ref()));
        }
    }
    // One tag: what the first note does to it, the second one sees.
    folder.notes[0].tags[0].lookups.set(7);
    println!("lookups: {}", folder.notes[1].tags[0].lookups.get());

    // The bytes describe themselves: this needs none of the types above.
    let tree = inspect(&bytes)?;
    println!("{} bytes of a {}", bytes.len(), tree.type_name());
    let json = cerial::ir_to_jsonable(&tree)?;
    println!("the first title, from JSON: {}", json["$value"]["notes"][0]["$value"]["title"]);
    std::fs::remove_file(&file)?;
    Ok(())
}
