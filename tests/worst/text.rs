//! Text, bytes, paths, and what the operating system takes for text.

use std::ffi::{CString, OsStr, OsString};
use std::io::{Cursor, Read};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use suitkaise::Cerial;

use crate::build::Build;
use crate::checks::Checks;
use crate::part::{Noun, part};

#[derive(Cerial)]
pub struct Text {
    plain: String,
    empty: String,
    long: String,
    boxed: Box<str>,
    bytes: Vec<u8>,
    blob: Vec<u8>,
    os: OsString,
    not_utf8: OsString,
    boxed_os: Box<OsStr>,
    c: CString,
    path: PathBuf,
    boxed_path: Box<Path>,
    cursors: (Cursor<Vec<u8>>, Cursor<String>),
    pooled: Rc<str>,
}

impl Noun for Text {
    const NAME: &'static str = "text";

    fn new(cx: &mut Build) -> Text {
        let os: Vec<u8> = (0..20).map(|_| cx.rng.u8(0x80..)).collect();
        let c: Vec<u8> = (0..9).map(|_| cx.rng.u8(1..)).collect();
        Text {
            plain: cx.text(30),
            empty: String::new(),
            long: cx.text(9).repeat(200),
            boxed: cx.text(20).into(),
            bytes: cx.some(60, |cx| cx.rng.u8(..)),
            blob: vec![cx.rng.u8(..); 5_000],
            os: cx.text(9).into(),
            not_utf8: OsString::from_vec(os.clone()),
            boxed_os: OsStr::from_bytes(&os[..3]).into(),
            c: CString::new(c).expect("no zero inside"),
            path: Path::new("/srv").join(OsStr::from_bytes(&os[..5])).join("a b"),
            boxed_path: Path::new("../up").into(),
            cursors: {
                let (mut bytes, mut text) = (Cursor::new(os.clone()), Cursor::new(cx.text(40)));
                bytes.set_position(cx.rng.u64(..20));
                text.set_position(50);
                (bytes, text)
            },
            pooled: cx.pool.text.clone(),
        }
    }

    fn verify(&self, came: &Text, checks: &mut Checks<'_>) {
        checks.same("plain", &came.plain, &self.plain);
        checks.that("empty", came.empty.is_empty());
        checks.same("long", &came.long, &self.long);
        checks.same("boxed", &came.boxed, &self.boxed);
        checks.same("bytes", &came.bytes, &self.bytes);
        checks.same("blob", &came.blob, &self.blob);
        checks.same("os", &came.os, &self.os);
        checks.same("not_utf8", came.not_utf8.as_bytes(), self.not_utf8.as_bytes());
        checks.that("not_utf8 is not UTF-8", came.not_utf8.to_str().is_none());
        checks.same("boxed_os", &came.boxed_os, &self.boxed_os);
        checks.same("c", came.c.as_bytes_with_nul(), self.c.as_bytes_with_nul());
        checks.same("path", came.path.components().count(), self.path.components().count());
        checks.same("path's name", came.path.file_name(), Some(OsStr::new("a b")));
        checks.same("boxed_path", &came.boxed_path, &self.boxed_path);
        let rest = |text: &Text| {
            let mut rest = Vec::new();
            text.cursors.0.clone().read_to_end(&mut rest).ok().map(|_| (rest, text.cursors.1.position()))
        };
        checks.same("cursors", rest(came), rest(self));
        checks.that("pooled is the pool's", Rc::ptr_eq(&came.pooled, &checks.pool.text));
    }
}
part!(Text);
