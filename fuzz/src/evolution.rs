//! Two versions of the same types: what the older one writes, the newer one reads as it should, or refuses.

use std::collections::{BTreeMap, VecDeque};

use arbitrary::{Arbitrary, Unstructured};
use cerial::{Cerial, ErrorKind, Mode};

use super::input::options;

#[derive(Cerial, Arbitrary, Debug, Clone)]
#[cerial(name = "fuzz::Job")]
struct OldJob {
    id: u32,
    title: String,
    removed: Vec<OldStep>,
    size: u16,
    narrowed: u32,
    score: f32,
    owner: String,
    state: OldState,
    steps: Vec<OldStep>,
    by_name: BTreeMap<String, Option<OldStep>>,
    pair: (u8, i8),
    last: Box<OldStep>,
}

#[derive(Cerial, Arbitrary, Debug, Clone)]
#[cerial(name = "fuzz::Step")]
struct OldStep {
    text: String,
    done: bool,
    cost: i16,
}

#[derive(Cerial, Arbitrary, Debug, Clone)]
#[cerial(name = "fuzz::State")]
enum OldState {
    Waiting,
    Running { pid: u32 },
    Done(u8),
    Gone(String),
}

#[derive(Cerial, Debug, PartialEq)]
#[cerial(name = "fuzz::Job")]
struct NewJob {
    last: Box<NewStep>,
    pair: [i64; 2],
    #[cerial(alias = "title")]
    name: String,
    id: u64,
    size: i32,
    narrowed: u8,
    score: Bits,
    owner: Option<String>,
    #[cerial(default)]
    tags: Vec<String>,
    #[cerial(default = three)]
    tries: u8,
    note: Option<String>,
    state: NewState,
    steps: VecDeque<NewStep>,
    by_name: BTreeMap<String, Option<NewStep>>,
}

/// A float that is equal to itself, also where it is none.
#[derive(Cerial, Debug)]
#[cerial(transparent)]
struct Bits(f64);

impl PartialEq for Bits {
    fn eq(&self, other: &Bits) -> bool {
        self.0 == other.0 && self.0.is_sign_negative() == other.0.is_sign_negative()
            || self.0.is_nan() && other.0.is_nan()
    }
}

#[derive(Cerial, Debug, PartialEq)]
#[cerial(name = "fuzz::Step")]
struct NewStep {
    cost: i64,
    text: String,
}

#[derive(Cerial, Debug, PartialEq)]
#[cerial(name = "fuzz::State")]
enum NewState {
    New,
    Done(u32, Option<String>),
    #[cerial(alias = "Running")]
    Active {
        pid: u64,
        #[cerial(default)]
        host: String,
    },
    Waiting,
}

fn three() -> u8 {
    3
}

/// What must come out of the old form; none where it cannot be carried over.
fn foretold(old: OldJob) -> Option<NewJob> {
    let step = |old: OldStep| NewStep { cost: old.cost.into(), text: old.text };
    Some(NewJob {
        last: Box::new(step(*old.last)),
        pair: [old.pair.0.into(), old.pair.1.into()],
        name: old.title,
        id: old.id.into(),
        size: old.size.into(),
        narrowed: u8::try_from(old.narrowed).ok()?,
        score: Bits(old.score.into()),
        owner: Some(old.owner),
        tags: vec![],
        tries: 3,
        note: None,
        state: match old.state {
            OldState::Waiting => NewState::Waiting,
            OldState::Running { pid } => NewState::Active { pid: pid.into(), host: String::new() },
            OldState::Done(code) => NewState::Done(code.into(), None),
            OldState::Gone(_) => return None,
        },
        steps: old.steps.into_iter().map(step).collect(),
        by_name: old.by_name.into_iter().map(|(name, old)| (name, old.map(step))).collect(),
    })
}

/// Builds a job of the old form, and reads it as one of the new form, alone and in a list.
pub fn check(data: &[u8]) {
    let mut input = Unstructured::new(data);
    let Ok(jobs) = Vec::<OldJob>::arbitrary(&mut input) else { return };
    let portable = options(Mode::Portable);
    let mut all = Some(Vec::new());
    for old in &jobs {
        let bytes = portable.serialize(old).expect("plain data can be written");
        let want = foretold(old.clone());
        match (portable.deserialize::<NewJob>(&bytes), &want) {
            (Ok(new), Some(want)) => assert_eq!(&new, want),
            (Err(error), None) => assert_eq!(error.kind(), ErrorKind::TypeMismatch, "{error}"),
            (new, want) => panic!("want {want:?}, got {new:?} from {old:?}"),
        }
        all = all.zip(want).map(|(mut all, want)| {
            all.push(want);
            all
        });
    }
    let bytes = portable.serialize(&jobs).expect("plain data can be written");
    assert_eq!(portable.deserialize::<Vec<NewJob>>(&bytes).ok(), all);
    let ir = portable.inspect(&bytes).expect("portable bytes can be inspected");
    assert_eq!(portable.deserialize_ir::<Vec<NewJob>>(&ir).ok(), all);
    // In JSON a float of 32 bits stands as the shortest text that gives it, which is another one of 64 bits.
    // And a variant of one field is that field: what gets a second one later is another form.
    let state = |state| if matches!(state, OldState::Done(_)) { OldState::Waiting } else { state };
    let exact = |job: OldJob| OldJob { score: f32::from(job.size), state: state(job.state), ..job };
    let exact: Vec<OldJob> = jobs.into_iter().map(exact).collect();
    let json = portable.to_json(&exact).expect("plain data has a JSON form");
    let all: Option<Vec<NewJob>> = exact.into_iter().map(foretold).collect();
    match portable.from_json::<Vec<NewJob>>(&json) {
        Ok(new) => assert_eq!(Some(new), all, "{json}"),
        Err(error) => assert!(all.is_none(), "{error:?} from {json}"),
    }
}
