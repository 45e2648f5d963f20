//! The second walk: puts the connections where they belong.

use std::collections::{HashMap, VecDeque};

use super::any::{AnyConnection, AnyLive};
use super::plan::{Step, Task};
use super::{Failure, Outcome, Row};

/// What the walk hands out.
pub(super) struct Finish {
    tasks: Vec<Option<Task>>,
    by_path: HashMap<String, VecDeque<usize>>,
    /// How many handles beside the first are wanted of a task's connection, and those that were made.
    followers: HashMap<usize, (usize, Vec<AnyConnection>)>,
    done: Vec<(usize, Row)>,
}

impl Finish {
    pub(super) fn new(tasks: Vec<Task>) -> Finish {
        let mut by_path: HashMap<String, VecDeque<usize>> = HashMap::new();
        let mut followers: HashMap<usize, (usize, Vec<AnyConnection>)> = HashMap::new();
        for (index, task) in tasks.iter().enumerate() {
            by_path.entry(task.row.path.clone()).or_default().push_back(index);
            if let Some(leader) = task.leader {
                followers.entry(leader).or_default().0 += 1;
            }
        }
        Finish { tasks: tasks.into_iter().map(Some).collect(), by_path, followers, done: Vec::new() }
    }

    pub(super) fn visit(&mut self, path: &str, live: &dyn AnyLive) {
        let Some(index) = self.by_path.get_mut(path).and_then(VecDeque::pop_front) else { return };
        let Some(Task { mut row, step, leader }) = self.tasks[index].take() else { return };
        match (step, leader) {
            (Step::Made(made), _) => put(&mut row, live, made),
            (Step::Settled, _) => {}
            (_, Some(leader)) => match self.followers.get_mut(&leader).and_then(|(_, made)| made.pop()) {
                Some(made) => put(&mut row, live, made),
                None => {
                    let first = self.done.iter().find(|(index, _)| *index == leader).map(|(_, row)| row);
                    row = match first {
                        Some(first) if !first.is_live() => row.failed_as(first),
                        _ => row.failed(
                            Failure::Other,
                            "the first handle on this resource gave no second one".into(),
                        ),
                    };
                }
            },
            _ => row = row.failed(Failure::Timeout, "no answer before the deadline".into()),
        }
        if let Some((wanted, made)) = self.followers.get_mut(&index)
            && row.is_live()
        {
            made.extend((0..*wanted).map_while(|_| live.second()));
        }
        if let Outcome::Failed(failure) = row.outcome {
            live.note(&format!("{failure}: {}", row.detail));
        }
        self.done.push((index, row));
    }

    pub(super) fn rows(&mut self) -> Vec<Row> {
        for (index, task) in self.tasks.iter_mut().enumerate() {
            if let Some(Task { row, step, .. }) = task.take() {
                let gone = !matches!(step, Step::Settled);
                let row = if gone {
                    row.failed(Failure::Other, "is gone: the value was changed meanwhile".into())
                } else {
                    row
                };
                self.done.push((index, row));
            }
        }
        self.done.sort_by_key(|(index, _)| *index);
        std::mem::take(&mut self.done).into_iter().map(|(_, row)| row).collect()
    }
}

fn put(row: &mut Row, live: &dyn AnyLive, made: AnyConnection) {
    match live.install(made) {
        Ok(()) => row.outcome = Outcome::Live,
        Err(error) => {
            row.outcome = Outcome::Failed(Failure::Other);
            row.detail = error.to_string();
        }
    }
}
