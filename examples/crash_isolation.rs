//! Calls a C function that crashes on some inputs, and lives on.
//!
//! ```text
//! cargo run --example crash_isolation -- [--verbose] [TEXT ..]
//! ```
//!
//! `strlen` reads until it finds a zero byte, from wherever it is told to. Given no text at all, it reads address 0, and
//! that ends a process. Here each call runs in a process of its own, so what ends is that process: the parent gets an
//! error that names the signal, and goes on with the next input. `-` stands for no text.

use std::ffi::{CString, c_char};

use suitkaise::{Cerial, Context, ProcessConfig, Result, Section, Skprocess, Stdio, skprocess};

unsafe extern "C" {
    fn strlen(text: *const c_char) -> usize;
}

/// One call of the C function.
#[derive(Cerial)]
struct Length {
    text: Option<String>,
    length: usize,
}

#[skprocess]
impl Skprocess for Length {
    type Output = usize;

    fn config(&self) -> ProcessConfig {
        // A call that hangs is ended too, and one that wants all memory.
        ProcessConfig::new().runs(1).timeout(Section::Run, 5.0).memory_limit(1 << 30).stderr(Stdio::Capture)
    }

    fn run(&mut self, _: &mut Context) -> Result {
        let text = self.text.as_deref().map(CString::new).transpose()?;
        let pointer = text.as_ref().map_or(std::ptr::null(), |text| text.as_ptr());
        // SAFETY: not given: the pointer is null where there is no text. That is the mistake this program survives.
        self.length = unsafe { strlen(pointer) };
        Ok(())
    }

    fn result(&mut self, _: &mut Context) -> Result<usize> {
        Ok(self.length)
    }
}

#[suitkaise::main]
fn main() -> Result {
    let (options, mut texts): (Vec<_>, Vec<_>) = std::env::args().skip(1).partition(|arg| arg == "--verbose");
    if texts.is_empty() {
        texts = ["hello", "-", "goodbye"].map(String::from).to_vec();
    }
    let mut crashes = 0;
    for text in texts {
        let text = Some(text).filter(|text| text != "-");
        let shown = text.clone().unwrap_or("no text".into());
        let job = Length { text, length: 0 }.start()?;
        match job.result() {
            Ok(length) => println!("{shown}: {length} bytes"),
            Err(error) if error.crashed() => {
                crashes += 1;
                println!("{shown}: the call crashed: {error}");
            }
            Err(error) => return Err(error.into()),
        }
        if !options.is_empty() {
            println!("  process {:?}, {} finished runs", job.pid(), job.timers().run.num_times());
            println!("  its end: {:?}", job.death().map(|death| death.cause.to_string()));
        }
    }
    println!("{crashes} crashed, and this process is still here");
    Ok(())
}
