//! Open files at a place in them, and temporary ones.

use std::fs::File;
use std::io::{BufRead, Read, Seek, SeekFrom, Write};

use suitkaise::reconnectors::{OpenFile, OpenReader, OpenWriter};
use suitkaise::{Cerial, Live};

use crate::build::Build;
use crate::checks::Checks;
use crate::part::{Noun, part};

#[derive(Cerial)]
pub struct Files {
    read: Live<OpenFile>,
    at_the_end: Live<OpenFile>,
    write: Live<OpenFile>,
    append: Live<OpenFile>,
    lines: Live<OpenReader>,
    written: Live<OpenWriter>,
    #[cfg(feature = "tempfile")]
    scratch: Live<suitkaise::reconnectors::TempFile>,
}

/// What stands in every file.
const TEXT: &[u8] = b"first line\nsecond line\nand the last one";

/// Where a file is read or written next, how long it is, and what follows.
fn state(live: &Live<OpenFile>) -> Result<(u64, u64), String> {
    let mut file = live.get().map_err(|error| format!("{error:?}"))?;
    let position = file.stream_position().map_err(|error| error.to_string())?;
    Ok((position, file.metadata().map_err(|error| error.to_string())?.len()))
}

impl Noun for Files {
    const NAME: &'static str = "files";

    fn new(cx: &mut Build) -> Files {
        let place = cx.rng.u64(..TEXT.len() as u64);
        let path = |name: &str| {
            let path = cx.folder.join(format!("{}.{name}", cx.seed));
            std::fs::write(&path, TEXT).expect("the folder takes files");
            path
        };
        let open = |recipe: OpenFile| Live::open(recipe, None).expect("it is there");
        let (read, write) = (path("read"), path("write"));
        let reader = Live::open(OpenReader::from(OpenFile::read(path("lines"))), None).expect("it is there");
        let mut first = String::new();
        reader.get().expect("it is open").read_line(&mut first).expect("it has a line");
        let writer =
            Live::open(OpenWriter::from(OpenFile::append(path("written"))), None).expect("it is there");
        writer.get().expect("it is open").flush().expect("it takes bytes");
        Files {
            at_the_end: open(OpenFile::read(&read).at(TEXT.len() as u64)),
            read: open(OpenFile::read(&read).at(place)),
            write: open(OpenFile::read_write(&write).at(place)),
            append: open(OpenFile::append(path("append"))),
            lines: reader,
            written: writer,
            #[cfg(feature = "tempfile")]
            scratch: {
                let scratch = Live::open(suitkaise::reconnectors::TempFile::new().prefix("worst"), None);
                let scratch = scratch.expect("a file can be made");
                let mut file = scratch.get().expect("it is open");
                file.write_all(TEXT).expect("it takes bytes");
                file.seek(SeekFrom::Start(place)).expect("it can be moved in");
                drop(file);
                scratch
            },
        }
    }

    fn verify(&self, came: &Files, checks: &mut Checks<'_>) {
        checks.same("read", state(&came.read), state(&self.read));
        let rest = |live: &Live<OpenFile>| {
            let mut rest = Vec::new();
            live.get().ok().and_then(|mut file| file.read_to_end(&mut rest).ok()).map(|_| rest)
        };
        let (place, length) = state(&self.write).unwrap_or_default();
        checks.same("the rest", rest(&came.read).as_deref(), Some(&TEXT[place as usize..]));
        checks.same("at the end", rest(&came.at_the_end), Some(vec![]));
        checks.same("write is not cut short", state(&came.write), Ok((place, length)));
        // The byte that stands there already: the next one looks too.
        let put = came.write.get().map(|mut file| file.write_all(&TEXT[place as usize..][..1]).is_ok());
        checks.same("write takes a byte", put.ok(), Some(true));
        checks.same("write moves on", state(&came.write), Ok((place + 1, length)));
        checks.same("append", state(&came.append).map(|(_, length)| length), Ok(TEXT.len() as u64));
        let mut line = String::new();
        let read = came.lines.get().ok().and_then(|mut lines| lines.read_line(&mut line).ok());
        checks.same("the next line", (read, &*line), (Some(12), "second line\n"));
        checks.that(
            "written is open",
            came.written.get().is_ok_and(|writer| writer.get_ref().metadata().is_ok()),
        );
        #[cfg(feature = "tempfile")]
        {
            let mut rest = Vec::new();
            let file = came.scratch.get().map(|mut file| file.read_to_end(&mut rest).is_ok());
            checks.same("scratch", (file.ok(), &*rest), (Some(true), &TEXT[place as usize..]));
            let paths = (came.scratch.get(), self.scratch.get());
            let apart = |came: &File, sent: &File| came.metadata().is_ok() && sent.metadata().is_ok();
            checks.that(
                "scratch is a file of its own",
                match paths {
                    (Ok(came), Ok(sent)) => {
                        came.path() != sent.path() && apart(came.as_file(), sent.as_file())
                    }
                    _ => false,
                },
            );
        }
    }
}
part!(Files);
