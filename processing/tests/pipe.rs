//! Pipes: both ends here, ends that travel, and what is refused.

use std::time::Duration;

use suitkaise_processing::{
    Anchor, Context, OneWay, Pipe, PipeErrorKind, Point, Pool, ProcessConfig, Result, Skprocess, Stdio,
    closure, skprocess,
};

suitkaise_processing::test_support!();

const SOON: Duration = Duration::from_secs(20);

fn echo(point: Point) -> u32 {
    let mut count = 0;
    while let Ok(word) = point.recv::<String>() {
        point.send(&word.to_uppercase()).expect("somebody who listens");
        count += 1;
    }
    count
}

#[test]
fn values_go_both_ways_whole_and_in_order() {
    let (anchor, point) = Pipe::pair().expect("a pipe");
    anchor.send(&(1_u8, "a".to_owned())).expect("sent");
    anchor.send(&vec![7_u8; 3]).expect("sent");
    assert_eq!(point.recv::<(u8, String)>().expect("a value"), (1, "a".into()));
    assert_eq!(point.recv::<Vec<u8>>().expect("a value"), [7; 3]);
    point.send(&5_i64).expect("sent");
    assert_eq!(anchor.recv_within::<i64>(SOON).expect("a value"), Some(5));
    assert_eq!(anchor.recv_within::<i64>(0.01).expect("no error"), None);
}

#[test]
fn a_point_travels_to_a_worker_and_is_gone_here() {
    let (anchor, point) = Pipe::pair().expect("a pipe");
    let talk = std::thread::spawn(move || {
        let answers: Vec<String> = ["a", "b"]
            .iter()
            .map(|word| {
                anchor.send(&(*word).to_owned()).expect("sent");
                anchor.recv_within(SOON).expect("a pipe").expect("in time")
            })
            .collect();
        anchor.close();
        answers
    });
    assert_eq!(Pool::workers(1).map(echo, [point]).expect("a result"), [2]);
    assert_eq!(talk.join().expect("no panic"), ["A", "B"]);
}

#[test]
fn the_end_of_a_worker_is_heard_at_the_anchor() {
    let (anchor, point) = Pipe::pair().expect("a pipe");
    let exits = |_: Point| -> u8 { std::process::exit(3) };
    assert!(Pool::workers(1).map(exits, [point]).is_err());
    assert_eq!(anchor.recv_within::<u8>(SOON).expect_err("nobody").kind(), PipeErrorKind::Closed);
}

#[test]
fn a_point_comes_back_in_a_result_and_goes_through_another_pipe() {
    let (anchor, point) = Pipe::pair().expect("a pipe");
    let back =
        Pool::workers(1).map(|point: Point| vec![point], [point]).expect("a result").pop().expect("one");
    let (front, rear) = Pipe::pair().expect("a pipe");
    front.send(&back).expect("sent");
    assert_eq!(back[0].send(&1_u8).expect_err("gone").kind(), PipeErrorKind::Gone);
    let again: Vec<Point> = rear.recv().expect("a value");
    anchor.send(&9_u8).expect("sent");
    assert_eq!(again[0].recv_within::<u8>(SOON).expect("a pipe"), Some(9));
}

#[test]
fn a_one_way_pipe_goes_one_way() {
    let (anchor, point) = Pipe::one_way(OneWay::ToAnchor).expect("a pipe");
    assert_eq!(anchor.send(&1_u8).expect_err("receives").kind(), PipeErrorKind::OneWay);
    assert_eq!(point.recv::<u8>().expect_err("sends").kind(), PipeErrorKind::OneWay);
    let send = |point: Point| point.send(&4_u8).map_err(|error| error.to_string());
    Pool::workers(1).try_map(send, [point]).expect("sent");
    assert_eq!(anchor.recv::<u8>().expect("a value"), 4);
    let (anchor, point) = Pipe::one_way(OneWay::FromAnchor).expect("a pipe");
    anchor.send(&1_u8).expect("sent");
    assert_eq!(point.recv::<u8>().expect("a value"), 1);
}

#[test]
fn an_anchor_stays_and_a_locked_point_too() {
    let (anchor, point) = Pipe::pair().expect("a pipe");
    assert!(anchor.is_locked() && !point.is_locked());
    assert_eq!(anchor.unlock().expect_err("locked").kind(), PipeErrorKind::Locked);
    let error = cerial::serialize(&anchor).expect_err("stays");
    assert!(error.to_string().contains("stays where it is"), "{error}");
    point.lock();
    let error = Pool::workers(1).map(echo, [point]).expect_err("locked");
    assert!(error.to_string().contains("locked"), "{error}");
    let _: Anchor = anchor;
}

#[test]
fn a_point_does_not_go_into_bytes_of_ones_own() {
    let (anchor, point) = Pipe::pair().expect("a pipe");
    let error = cerial::serialize(&point).expect_err("no channel");
    assert!(error.to_string().contains("travels only to a child"), "{error}");
    anchor.send(&1_u8).expect("sent");
    anchor.send(&2_u8).expect("sent");
    assert_eq!(point.recv::<u8>().expect("a value"), 1);
    let error = Pool::workers(1).map(|point: Point| point.is_locked(), [point]).expect_err("unread");
    assert!(error.to_string().contains("not taken"), "{error}");
}

#[test]
fn a_full_pipe_meets_its_deadline_and_is_whole_again() {
    let (anchor, point) = Pipe::pair().expect("a pipe");
    let block = vec![7_u8; 8 << 20];
    assert!(!anchor.send_within(&block, 0.05).expect("no error"), "nobody reads");
    let reads = std::thread::spawn(move || {
        let first: Vec<u8> = point.recv().expect("the late one");
        (first.len(), point.recv::<u8>().expect("the next"))
    });
    anchor.send(&3_u8).expect("sent");
    assert_eq!(reads.join().expect("no panic"), (8 << 20, 3));
}

#[test]
fn what_comes_as_another_type_is_an_error_and_the_pipe_goes_on() {
    let (anchor, point) = Pipe::pair().expect("a pipe");
    anchor.send(&1_u8).expect("sent");
    assert_eq!(point.recv::<String>().expect_err("a number").kind(), PipeErrorKind::Value);
    anchor.send(&2_u8).expect("sent");
    assert_eq!(point.recv::<u8>().expect("a value"), 2);
    anchor.close();
    assert_eq!(point.recv::<u8>().expect_err("nobody").kind(), PipeErrorKind::Closed);
    assert_eq!(anchor.send(&1_u8).expect_err("closed").kind(), PipeErrorKind::Gone);
}

#[test]
fn a_retried_item_has_its_point_again() {
    let (anchor, point) = Pipe::pair().expect("a pipe");
    let file = tempfile::NamedTempFile::new().expect("a file");
    let path = file.path().to_str().expect("text").to_owned();
    let once = closure!([path] |point: Point| {
        if std::fs::remove_file(path).is_ok() {
            std::process::exit(3)
        }
        point.send(&8_u8).is_ok()
    });
    assert_eq!(Pool::workers(1).retry(2).map(once, [point]).expect("a result"), [true]);
    assert_eq!(anchor.recv_within::<u8>(SOON).expect("a pipe"), Some(8));
}

/// Talks over the point that stands in it.
#[derive(cerial::Cerial)]
struct Talker {
    point: Option<Point>,
    lives: u32,
}

#[skprocess]
impl Skprocess for Talker {
    fn config(&self) -> ProcessConfig {
        ProcessConfig::new().runs(2).lives(self.lives).stderr(Stdio::Null)
    }
    fn run(&mut self, cx: &mut Context) -> Result {
        let point = match self.point.take() {
            Some(point) => point,
            None => cx.listen(SOON)?.ok_or("no point came")?,
        };
        let word: Option<String> = point.recv_within(SOON)?;
        point.send(&word.ok_or("no word came")?.to_uppercase())?;
        self.point = Some(point);
        Ok(())
    }
    fn postrun(&mut self, cx: &mut Context) -> Result {
        if self.lives > 1 && cx.current_run() == 0 {
            let point = self.point.as_ref().ok_or("no point")?;
            // The other side lets us die once.
            point.send(&std::process::id())?;
            if point.recv_within::<bool>(SOON)? == Some(true) {
                std::process::exit(3);
            }
        }
        Ok(())
    }
}

#[track_caller]
fn asks(anchor: &Anchor, word: &str) {
    anchor.send(&word.to_owned()).expect("sent");
    let answer: Option<String> = anchor.recv_within(SOON).expect("an answer");
    assert_eq!(answer, Some(word.to_uppercase()));
}

#[test]
fn a_point_stands_in_an_object_and_in_a_message_to_it() {
    let (anchor, point) = Pipe::pair().expect("a pipe");
    let object = Talker { point: Some(point), lives: 1 };
    let job = object.start().expect("a child");
    assert_eq!(object.point.as_ref().map(|point| point.send(&1_u8).is_err()), Some(true), "it moved");
    asks(&anchor, "a");
    asks(&anchor, "b");
    job.result().expect("no error");
    assert_eq!(anchor.recv_within::<u8>(SOON).expect_err("nobody").kind(), PipeErrorKind::Closed);

    let (anchor, point) = Pipe::pair().expect("a pipe");
    let job = Talker { point: None, lives: 1 }.start().expect("a child");
    job.tell(&point).expect("told");
    asks(&anchor, "a");
    asks(&anchor, "b");
    job.result().expect("no error");
}

#[test]
fn a_point_is_there_again_in_the_next_life() {
    let (anchor, point) = Pipe::pair().expect("a pipe");
    let job = Talker { point: Some(point), lives: 2 }.start().expect("a child");
    asks(&anchor, "a");
    let first: Option<u32> = anchor.recv_within(SOON).expect("a pid");
    anchor.send(&true).expect("sent");
    let second: Option<u32> = anchor.recv_within(SOON).expect("a pid");
    anchor.send(&false).expect("sent");
    assert!(first.is_some() && second.is_some() && first != second);
    asks(&anchor, "b");
    job.result().expect("a second life");
    assert_eq!(anchor.recv_within::<u8>(SOON).expect_err("nobody").kind(), PipeErrorKind::Closed);
}

#[test]
fn more_points_than_a_frame_takes_are_an_error_of_the_item() {
    let (anchors, points): (Vec<_>, Vec<_>) = (0..17).map(|_| Pipe::pair().expect("a pipe")).unzip();
    let pool = Pool::workers(1);
    let error = pool.map(|points: Vec<Point>| points.len(), [points]).expect_err("too many");
    assert!(error.to_string().contains("15 descriptors at most"), "{error}");
    assert_eq!(pool.map(|x: u8| x, [1]).expect("the pool goes on"), [1]);
    drop(anchors);
}
