//! The writer's object table.

use std::any::{Any, TypeId, type_name};

use crate::error::{Error, ErrorKind, Result};

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Met by a weak edge only.
    Seen,
    /// Its body is being written.
    Started,
    Finished,
}

struct Object {
    state: State,
    /// An edge below it waits for its target.
    open: bool,
    /// How many heap edges follow each other from a pointer to it, at the most: a drop goes as deep.
    height: u32,
    /// The type of the pointers to it.
    pointer: TypeId,
}

impl Object {
    fn seen(pointer: TypeId) -> Object {
        Object { state: State::Seen, open: false, height: 1, pointer }
    }
}

/// An object whose body is being written.
struct Frame {
    id: usize,
    /// How many edges might follow where its pointer stands.
    left: u32,
    /// How many might follow at the deepest place that the object around it has reached before.
    outer: u32,
}

/// What a strong edge is on the wire.
pub(crate) enum Edge {
    /// The body follows.
    First(usize),
    /// The body stood before, or stands around.
    Again(usize),
    /// The body stood before, and goes deeper than the limit.
    TooDeep,
}

/// A strong edge to be written.
pub(crate) struct StrongEdge {
    pub(crate) address: usize,
    /// The type of the pointer.
    pub(crate) pointer: TypeId,
    pub(crate) name: &'static str,
    /// How many heap edges may still follow here.
    pub(crate) left: u32,
    /// Whether the object may be pointed at while it is being read.
    pub(crate) closes: bool,
}

/// Object ids by address, and what is known of each object.
pub(crate) struct WriteGraph {
    by_address: AddressMap,
    objects: Vec<Object>,
    /// The objects whose bodies are being written, outermost first.
    stack: Vec<Frame>,
    /// How many edges may follow at the deepest place below the innermost of them.
    lowest: u32,
    /// How many keys and handler states enclose the place.
    eager: u32,
    /// How many handler states and locks enclose the place: what they lead to may be freed while we write.
    transient: u32,
    /// Clones that keep such addresses from being reused.
    kept: Vec<Box<dyn Any>>,
}

impl Default for WriteGraph {
    fn default() -> WriteGraph {
        WriteGraph {
            by_address: AddressMap::default(),
            objects: Vec::new(),
            stack: Vec::new(),
            lowest: u32::MAX,
            eager: 0,
            transient: 0,
            kept: Vec::new(),
        }
    }
}

impl WriteGraph {
    /// Meets a strong edge. `keep` clones the pointer where its address might be reused.
    #[inline]
    pub(crate) fn strong(&mut self, edge: StrongEdge, keep: impl FnOnce() -> Box<dyn Any>) -> Result<Edge> {
        let (id, new) = self.by_address.get_or_add(edge.address);
        if new {
            self.objects.push(Object::seen(edge.pointer));
            if self.transient > 0 {
                self.kept.push(keep());
            }
        }
        let object = &mut self.objects[id];
        if object.pointer != edge.pointer {
            return Err(two_types(edge.name));
        }
        match object.state {
            State::Finished => {
                let (open, height) = (object.open, object.height);
                if height > edge.left {
                    return Ok(Edge::TooDeep);
                }
                self.lowest = self.lowest.min(edge.left - height);
                if open {
                    self.mark_open()?;
                }
                Ok(Edge::Again(id))
            }
            State::Started if edge.closes => {
                self.mark_open()?;
                Ok(Edge::Again(id))
            }
            State::Started => Err(cycle(edge.name)),
            State::Seen => {
                object.state = State::Started;
                self.stack.push(Frame { id, left: edge.left, outer: self.lowest });
                self.lowest = edge.left.saturating_sub(1);
                Ok(Edge::First(id))
            }
        }
    }

    /// The body of the innermost started object is written.
    #[inline]
    pub(crate) fn finish(&mut self) -> Result<()> {
        let frame = self.stack.pop().expect("invariant: a finished object was started");
        let object = &mut self.objects[frame.id];
        object.state = State::Finished;
        object.height = frame.left - self.lowest;
        self.lowest = self.lowest.min(frame.outer);
        if object.open { self.mark_open() } else { Ok(()) }
    }

    /// Meets a weak edge to a living object.
    #[inline]
    pub(crate) fn weak<P: 'static>(
        &mut self,
        address: usize,
        keep: impl FnOnce() -> Box<dyn Any>,
    ) -> Result<usize> {
        let (id, new) = self.by_address.get_or_add(address);
        if new {
            self.objects.push(Object::seen(TypeId::of::<P>()));
            if self.transient > 0 {
                self.kept.push(keep());
            }
        }
        if self.objects[id].pointer != TypeId::of::<P>() {
            return Err(two_types(type_name::<P>()));
        }
        if self.objects[id].state != State::Finished {
            self.mark_open()?;
        }
        Ok(id)
    }

    fn mark_open(&mut self) -> Result<()> {
        if self.eager > 0 {
            return Err(Error::new(
                ErrorKind::Cycle,
                "a map key or a handler's state leads to an object that is not complete when it is read",
            )
            .with_help("move the weak pointer out of the key or the handler's state"));
        }
        if let Some(owner) = self.stack.last() {
            self.objects[owner.id].open = true;
        }
        Ok(())
    }

    /// Forgets the stream; keeps the tables for the next one.
    pub(crate) fn clear(&mut self) {
        self.by_address.clear();
        self.objects.clear();
        self.objects.shrink_to(KEPT_PLACES);
        self.stack.clear();
        self.kept.clear();
        (self.eager, self.transient, self.lowest) = (0, 0, u32::MAX);
    }

    pub(crate) fn enter_eager(&mut self) {
        self.eager += 1;
    }

    pub(crate) fn leave_eager(&mut self) {
        self.eager -= 1;
    }

    pub(crate) fn enter_transient(&mut self) {
        self.transient += 1;
    }

    pub(crate) fn leave_transient(&mut self) {
        self.transient -= 1;
    }
}

#[cold]
fn cycle(name: &str) -> Error {
    Error::new(ErrorKind::Cycle, format!("a `{name}` leads back to an object that is being written"))
        .with_help(
            "make the edge that points back a `Weak`, or give the type behind it `#[cerial(cyclic)]` and `Default`: a \
             default stands in its place while it is read",
        )
}

#[cold]
fn two_types(name: &str) -> Error {
    Error::new(
        ErrorKind::Unwritable,
        format!("a `{name}` leads to an object that was met behind another type of pointer"),
    )
    .with_help("hold one object by one type: by `Rc<dyn Trait>` everywhere, or by `Rc<Type>` everywhere")
}

/// Address -> id: open addressing, a multiplicative hash.
#[derive(Default)]
pub(super) struct AddressMap {
    places: Vec<Place>,
    len: usize,
    /// Places of other generations are free: clearing costs nothing.
    generation: u32,
}

#[derive(Clone, Copy, Default)]
struct Place {
    address: usize,
    id: u32,
    generation: u32,
}

/// What a cleared map keeps for the next stream, at the most: 4 MiB.
const KEPT_PLACES: usize = (4 << 20) / size_of::<Place>();

impl AddressMap {
    /// The id of an address, or the next one.
    #[inline]
    pub(super) fn get_or_add(&mut self, address: usize) -> (usize, bool) {
        if self.len * 2 >= self.places.len() {
            self.grow();
        }
        let mask = self.places.len() - 1;
        let mut place = hash(address) & mask;
        loop {
            let taken = &mut self.places[place];
            if taken.generation != self.generation {
                *taken = Place { address, id: self.len as u32, generation: self.generation };
                self.len += 1;
                return (self.len - 1, true);
            }
            if taken.address == address {
                return (taken.id as usize, false);
            }
            place = (place + 1) & mask;
        }
    }

    fn clear(&mut self) {
        self.len = 0;
        self.generation = self.generation.wrapping_add(1);
        if self.places.len() > KEPT_PLACES || self.generation == 0 {
            *self = AddressMap { generation: 1, ..AddressMap::default() };
        }
    }

    pub(super) fn get(&self, address: usize) -> Option<usize> {
        let mask = self.places.len().checked_sub(1)?;
        let mut place = hash(address) & mask;
        loop {
            match &self.places[place] {
                taken if taken.generation != self.generation => return None,
                taken if taken.address == address => return Some(taken.id as usize),
                _ => place = (place + 1) & mask,
            }
        }
    }

    #[cold]
    fn grow(&mut self) {
        // Small tables grow fast; large ones stay small enough for the caches.
        let factor = if self.places.len() < 4096 { 4 } else { 2 };
        let len = (self.places.len() * factor).max(64);
        // Zeroed places are of generation 0, which is none.
        self.generation = self.generation.max(1);
        let old = std::mem::replace(&mut self.places, vec![Place::default(); len]);
        for taken in old.into_iter().filter(|place| place.generation == self.generation) {
            let mut place = hash(taken.address) & (len - 1);
            while self.places[place].generation == self.generation {
                place = (place + 1) & (len - 1);
            }
            self.places[place] = taken;
        }
    }
}

#[inline(always)]
fn hash(address: usize) -> usize {
    ((address as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as usize
}
